/* SPDX-License-Identifier: Apache-2.0 */
/* The play's genesis: its accounts, simulated roots, two programs, and the parameters that compress time. */
#include "cmd/assay_sim_play.h"

#include <stdio.h>
#include <stdlib.h>

#include "format/hex.h"

static const struct {
	enum parameter_id id;
	uint64_t value;
	const char *text;
} parameters[] = {
	{ PARAMETER_EPOCH_BLOCKS, PLAY_DAY_BLOCKS, "blocks: a day" },
	{ PARAMETER_WINDOW, 3, "blocks: three hours to answer" },
	{ PARAMETER_REATTEST_WINDOW, 8, "blocks" },
	{ PARAMETER_REATTEST_ONE_IN, 6, "challenges" },
	{ PARAMETER_NONCE_AGE, 48, "blocks: two days" },
	{ PARAMETER_HALT_GAP, PLAY_HOUR_MS, "ms: an hour between blocks is no halt" },
	{ PARAMETER_REWARD, 9000, "units a day" },
	{ PARAMETER_TCB_NUMBER, 18, "the vendor's sets up to this number count" },
};

struct list {
	uint8_t data[16000];
	size_t len;
};

static void
list_put(struct list *list, const void *data, size_t len)
{
	play_must(len <= sizeof(list->data) - list->len, "a list of genesis is too long");
	memcpy(list->data + list->len, data, len);
	list->len += len;
}

static void
list_number(struct list *list, uint64_t value, unsigned bytes)
{
	for (unsigned i = bytes; i-- > 0;) {
		const uint8_t byte = (uint8_t)(value >> (8 * i));

		list_put(list, &byte, 1);
	}
}

static void
list_record(struct list *list, const struct record *record, const void *in)
{
	const size_t room = sizeof(list->data) - list->len;
	const size_t len = record_encode(record, in, list->data + list->len, room);

	play_must(len <= room, "a list of genesis is too long");
	list->len += len;
}

void
play_accounts_make(struct play *p)
{
	static const char *const names[PLAY_ACCOUNTS] = { "council-1", "council-2", "council-3", "operator-1",
		"operator-2", "operator-3", "client", "relay", "cheat" };

	for (unsigned i = 0; i < PLAY_ACCOUNTS; i++) {
		p->accounts[i].name = names[i];
		sim_key_make(&p->accounts[i].key, &p->signer, p->secret, "account", i);
		account_id_of_key(p->crypto, p->accounts[i].id, p->accounts[i].key.public);
	}
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static void
accounts_list(const struct play *p, struct list *list)
{
	uint8_t ids[PLAY_ACCOUNTS][32];

	for (unsigned i = 0; i < PLAY_ACCOUNTS; i++) {
		memcpy(ids[i], p->accounts[i].id, 32);
	}
	qsort(ids, PLAY_ACCOUNTS, 32, compare_ids);
	for (unsigned i = 0; i < PLAY_ACCOUNTS; i++) {
		list_put(list, ids[i], 32);
		list_number(list, PLAY_BALANCE, 8);
	}
}

static void
council_put(const struct play *p, struct genesis *genesis)
{
	uint8_t ids[PLAY_OPERATOR - PLAY_COUNCIL][32];

	for (unsigned i = 0; i < PLAY_COUNT(ids); i++) {
		memcpy(ids[i], p->accounts[PLAY_COUNCIL + i].id, 32);
	}
	qsort(ids, PLAY_COUNT(ids), 32, compare_ids);
	play_must(VAR_SET(genesis->members, bytes_of(ids, sizeof(ids))), "the council is too large");
	genesis->threshold = 2;
}

static void
program_set(struct play *p, enum play_program which, const char *name, uint32_t version, enum assay_tee tee,
    const struct record *record, const void *selector)
{
	struct allow_program_arguments *const a = &p->programs[which];

	VAR_SET(a->name, bytes_of_text(name));
	VAR_SET(a->source, bytes_of_text(version == 1 ? "v1" : "v2"));
	a->version = version;
	a->tee = (uint8_t)tee;
	a->selector.len = (uint16_t)record_encode(record, selector, a->selector.data, sizeof(a->selector.data));
	program_id_of_selector(p->crypto, p->program_ids[which], VAR_BYTES(a->selector));
}

/* What the simulated machines measure is read from a verdict on one of each kind. */
static void
programs_make(struct play *p)
{
	static const enum sim_tee tees[] = { SIM_SGX, SIM_TDX };
	struct sgx_selector sgx = { .has_mrenclave = true };
	struct td_selector td = { .has_rtmr3 = false };
	static struct assay_verdict verdict;
	static struct assay_policy policy;

	assay_policy_preset(&policy, p->crypto, 0);
	/* SGX last: its roots are those of genesis. */
	for (unsigned i = 2; i-- > 0;) {
		const struct sim_options options = { .tee = tees[i] };
		const struct sim_evidence *const e = &p->evidence;

		play_must(sim_evidence_make(p->vendor, &options, &p->evidence), e->error);
		const struct assay_verifier verifier = { .crypto = p->crypto, .roots = e->roots,
			.roots_count = e->roots_count };

		(void)assay_appraise(&verdict, &verifier, &e->evidence, &e->collateral, &policy, e->at_s);
		play_must(verdict.authenticity == ASSAY_GENUINE, "the simulated vendor's evidence is not genuine");
		if (tees[i] == SIM_TDX) {
			memcpy(td.mrtd, verdict.td.mrtd, sizeof(td.mrtd));
			memcpy(td.rtmr0, verdict.td.rtmr[0], sizeof(td.rtmr0));
			memcpy(td.rtmr1, verdict.td.rtmr[1], sizeof(td.rtmr1));
			memcpy(td.rtmr2, verdict.td.rtmr[2], sizeof(td.rtmr2));
		} else {
			memcpy(sgx.mrenclave, verdict.sgx.mrenclave, sizeof(sgx.mrenclave));
			memcpy(sgx.mrsigner, verdict.sgx.mrsigner, sizeof(sgx.mrsigner));
			sgx.isv_prod_id = verdict.sgx.isv_prod_id;
			sgx.isv_svn = verdict.sgx.isv_svn;
		}
	}
	program_set(p, PLAY_SGX_1, "worker", 1, ASSAY_TEE_SGX, &sgx_selector_record, &sgx);
	program_set(p, PLAY_TDX_1, "worker-vm", 1, ASSAY_TEE_TDX, &td_selector_record, &td);
	sim_derive(p->mrenclave_2, sizeof(p->mrenclave_2), p->secret, "program", 2);
	memcpy(sgx.mrenclave, p->mrenclave_2, sizeof(sgx.mrenclave));
	program_set(p, PLAY_SGX_2, "worker", 2, ASSAY_TEE_SGX, &sgx_selector_record, &sgx);
	for (unsigned i = 0; i < PLAY_PROGRAMS; i++) {
		memcpy(p->programs[i].signer, sgx.mrsigner, sizeof(p->programs[i].signer));
	}
}

static void
roots_list(const struct play *p, struct list *list)
{
	for (size_t i = 0; i < p->evidence.roots_count; i++) {
		const struct assay_root *const from = &p->evidence.roots[i];
		struct root root = { .kind = (uint8_t)from->kind, .simulated = from->simulated };

		play_must(VAR_SET(root.key, from->key), "a root's key is too long");
		list_record(list, table_record(TABLE_ROOT), &root);
	}
}

void
play_genesis_make(struct play *p)
{
	static struct list changed, roots, accounts, signers, programs;
	static char policy[ASSAY_POLICY_DOCUMENT_MAX];
	static struct genesis genesis;
	static struct assay_policy preset;
	struct add_signer_arguments signer;

	programs_make(p);
	for (size_t i = 0; i < PLAY_COUNT(parameters); i++) {
		list_number(&changed, (uint64_t)parameters[i].id, 2);
		list_number(&changed, parameters[i].value, 8);
	}
	roots_list(p, &roots);
	accounts_list(p, &accounts);
	memset(&signer, 0, sizeof(signer));
	memcpy(signer.signer, p->programs[0].signer, sizeof(signer.signer));
	VAR_SET(signer.name, bytes_of_text("the team"));
	list_record(&signers, act_record(ACT_ADD_SIGNER), &signer);
	list_record(&programs, act_record(ACT_ALLOW_PROGRAM), &p->programs[PLAY_SGX_1]);
	list_record(&programs, act_record(ACT_ALLOW_PROGRAM), &p->programs[PLAY_TDX_1]);
	council_put(p, &genesis);
	VAR_SET(genesis.name, bytes_of_text("play"));
	VAR_SET(genesis.backing, bytes_of_text("nothing: a play with simulated machines"));
	VAR_SET(genesis.log_origin, p->log.key.name);
	memcpy(genesis.log_key, p->log.key.key, sizeof(genesis.log_key));
	assay_policy_preset(&preset, p->crypto, 0);
	genesis.rules = RULES_VERSION;
	genesis.time_ms = PLAY_START_MS;
	genesis.treasury = 100 * PLAY_BALANCE;
	genesis.parameters = bytes_of(changed.data, changed.len);
	genesis.roots = bytes_of(roots.data, roots.len);
	genesis.accounts = bytes_of(accounts.data, accounts.len);
	genesis.signers = bytes_of(signers.data, signers.len);
	genesis.programs = bytes_of(programs.data, programs.len);
	genesis.policy = bytes_of(policy, assay_policy_document(&preset, policy, sizeof(policy)));
	p->genesis_len = record_encode(&genesis_record, &genesis, p->genesis, sizeof(p->genesis));
	play_must(p->genesis_len <= sizeof(p->genesis), "genesis is too long");
}

void
play_genesis_tell(const struct play *p)
{
	char id[65];

	hex_encode(id, bytes_of(p->register_id, 32));
	id[64] = '\0';
	play_heading(p, "A register in compressed time");
	play_say(0, "Its genesis is its own, with SIMULATED roots: no machine of any vendor has part in it. Time is "
	    "compressed: a block here is an hour, where a register that serves cuts one each second.");
	(void)printf("\nregister    %s\n", id);
	(void)printf("council     2 of %u must approve; acts wait %llu h\n", (unsigned)(PLAY_OPERATOR - PLAY_COUNCIL),
	    (unsigned long long)(parameter(p->m, PARAMETER_LOCK) / PLAY_HOUR_MS));
	(void)printf("programs    worker 1 (SGX), worker-vm 1 (TDX)\n");
	for (size_t i = 0; i < PLAY_COUNT(parameters); i++) {
		(void)printf("%-12s%-16s %8llu  %s\n", i == 0 ? "parameters" : "", parameter_bounds(parameters[i].id)->name,
		    (unsigned long long)parameters[i].value, parameters[i].text);
	}
	(void)printf("%-12s%s\n", "", "all others as doc/register.md has them");
}
