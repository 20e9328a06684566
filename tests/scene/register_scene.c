/* SPDX-License-Identifier: Apache-2.0 */
/* The scene: genesis, blocks, transactions and workers of a register that is all in memory. */
#define OPENSSL_API_COMPAT 0x10101000L
#include "scene/register_scene.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/bn.h>

#include "format/hex.h"
#include "format/pem.h"

/* A scene that cannot be made is a broken test, not a failed one. */
static void
must(bool good, const char *what)
{
	if (!good) {
		(void)fprintf(stderr, "scene: %s\n", what);
		abort();
	}
}

struct machine *
scene_machine(struct scene *s)
{
	return (struct machine *)(void *)s->reg->opaque;
}

/* ---- keys */

/* Of the two signatures that verify, the one with the lower s. */
static void
make_s_low(uint8_t s[static 32])
{
	BIGNUM *order = NULL;
	BIGNUM *half = BN_new();
	BIGNUM *value = BN_bin2bn(s, 32, NULL);

	must(BN_hex2bn(&order, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551") != 0 &&
	    half != NULL && value != NULL && BN_rshift1(half, order) == 1, "no memory for numbers");
	if (BN_cmp(value, half) > 0) {
		must(BN_sub(value, order, value) == 1 && BN_bn2binpad(value, s, 32) == 32, "no low s");
	}
	BN_free(order);
	BN_free(half);
	BN_free(value);
}

struct scene_signing {
	struct scene *scene;
	const struct sim_key *key;
};

static bool
scene_sign(void *context, uint8_t signature[static 64], struct assay_bytes message)
{
	const struct scene_signing *signing = context;

	sim_sign(signature, &signing->scene->signer, signing->key, message.data, message.len);
	make_s_low(signature + 32);
	return true;
}

static void
accounts_make(struct scene *s)
{
	for (unsigned i = 0; i < SCENE_ACCOUNTS; i++) {
		struct scene_account *account = &s->accounts[i];

		sim_key_make(&account->key, &s->signer, s->secret, "account", i);
		sim_key_make(&account->agent, &s->signer, s->secret, "agent", i);
		account_id_of_key(s->crypto, account->id, account->key.public);
	}
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

/* ---- genesis */

struct list {
	uint8_t data[16000];
	size_t len;
};

static void
list_put(struct list *list, const void *data, size_t len)
{
	must(len <= sizeof(list->data) - list->len, "a list of genesis is too long");
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

	must(len <= room, "a list of genesis is too long");
	list->len += len;
}

static void
parameters_list(struct list *list, const struct scene_options *options)
{
	for (size_t i = 0; i < options->parameters_count; i++) {
		list_number(list, (uint64_t)options->parameters[i].id, 2);
		list_number(list, options->parameters[i].value, 8);
	}
}

static void
accounts_list(struct scene *s, struct list *list)
{
	uint8_t ids[SCENE_ACCOUNTS - 1][32];

	for (unsigned i = 0; i < SCENE_ACCOUNTS - 1; i++) {
		memcpy(ids[i], s->accounts[i].id, 32);
	}
	qsort(ids, SCENE_ACCOUNTS - 1, 32, compare_ids);
	for (unsigned i = 0; i < SCENE_ACCOUNTS - 1; i++) {
		list_put(list, ids[i], 32);
		list_number(list, SCENE_BALANCE, 8);
	}
}

static void
members_list(struct scene *s, struct genesis *genesis)
{
	uint8_t ids[SCENE_COUNCIL_COUNT][32];

	for (unsigned i = 0; i < SCENE_COUNCIL_COUNT; i++) {
		memcpy(ids[i], s->accounts[SCENE_COUNCIL + i].id, 32);
	}
	qsort(ids, SCENE_COUNCIL_COUNT, 32, compare_ids);
	must(VAR_SET(genesis->members, bytes_of(ids, sizeof(ids))), "the council");
	genesis->threshold = 2;
}

static void
programs_list(struct scene *s, struct list *programs, struct list *signers)
{
	struct add_signer_arguments signer = { .signer = { 0 } };
	struct sgx_selector sgx = { .has_mrenclave = true, .isv_prod_id = 1, .isv_svn = 1 };
	struct td_selector td = { .has_rtmr3 = false };
	struct allow_program_arguments program = { .version = 1 };
	struct assay_verdict verdict;
	const struct sim_options options[2] = { { .tee = SIM_SGX }, { .tee = SIM_TDX } };

	/* What the simulated vendor's machines measure is read from a verdict on one of them. */
	for (unsigned i = 0; i < 2; i++) {
		struct assay_policy policy;
		const struct sim_evidence *e = &s->evidence;

		must(sim_evidence_make(s->vendor, &options[i], &s->evidence), s->evidence.error);
		const struct assay_verifier verifier = { .crypto = s->crypto, .roots = e->roots, .roots_count = e->roots_count };

		assay_policy_preset(&policy, s->crypto, 0);
		(void)assay_appraise(&verdict, &verifier, &e->evidence, &e->collateral, &policy, e->at_s);
		must(verdict.authenticity == ASSAY_GENUINE, "the vendor's evidence is not genuine");
		if (i == 0) {
			memcpy(sgx.mrenclave, verdict.sgx.mrenclave, sizeof(sgx.mrenclave));
			memcpy(sgx.mrsigner, verdict.sgx.mrsigner, sizeof(sgx.mrsigner));
			sgx.isv_prod_id = verdict.sgx.isv_prod_id;
			sgx.isv_svn = verdict.sgx.isv_svn;
		} else {
			memcpy(td.mrtd, verdict.td.mrtd, sizeof(td.mrtd));
			memcpy(td.rtmr0, verdict.td.rtmr[0], sizeof(td.rtmr0));
			memcpy(td.rtmr1, verdict.td.rtmr[1], sizeof(td.rtmr1));
			memcpy(td.rtmr2, verdict.td.rtmr[2], sizeof(td.rtmr2));
		}
	}
	memcpy(s->mrenclave, sgx.mrenclave, sizeof(s->mrenclave));
	memcpy(s->mrsigner, sgx.mrsigner, sizeof(s->mrsigner));
	memcpy(s->mrtd, td.mrtd, sizeof(s->mrtd));

	memcpy(signer.signer, sgx.mrsigner, sizeof(signer.signer));
	VAR_SET(signer.name, bytes_of_text("the team"));
	list_record(signers, act_record(ACT_ADD_SIGNER), &signer);

	VAR_SET(program.name, bytes_of_text("worker"));
	memcpy(program.signer, sgx.mrsigner, sizeof(program.signer));
	program.tee = ASSAY_TEE_SGX;
	program.selector.len = (uint16_t)record_encode(&sgx_selector_record, &sgx, program.selector.data,
	    sizeof(program.selector.data));
	program_id_of_selector(s->crypto, s->program_sgx, VAR_BYTES(program.selector));
	list_record(programs, act_record(ACT_ALLOW_PROGRAM), &program);
	program.tee = ASSAY_TEE_TDX;
	program.selector.len = (uint16_t)record_encode(&td_selector_record, &td, program.selector.data,
	    sizeof(program.selector.data));
	program_id_of_selector(s->crypto, s->program_tdx, VAR_BYTES(program.selector));
	list_record(programs, act_record(ACT_ALLOW_PROGRAM), &program);
}

static void
roots_list(struct scene *s, struct list *list)
{
	for (size_t i = 0; i < s->evidence.roots_count; i++) {
		const struct assay_root *from = &s->evidence.roots[i];
		struct root root = { .kind = (uint8_t)from->kind, .simulated = from->simulated };

		must(VAR_SET(root.key, from->key), "a root's key");
		list_record(list, table_record(TABLE_ROOT), &root);
	}
}

static void
genesis_make(struct scene *s, const struct scene_options *options)
{
	static struct list parameters, roots, accounts, signers, programs;
	struct genesis genesis = { .rules = RULES_VERSION, .time_ms = SCENE_START_MS };
	struct assay_policy preset;
	char policy[ASSAY_POLICY_DOCUMENT_MAX];

	parameters.len = roots.len = accounts.len = signers.len = programs.len = 0;
	programs_list(s, &programs, &signers);
	roots_list(s, &roots);
	accounts_list(s, &accounts);
	parameters_list(&parameters, options);
	members_list(s, &genesis);
	VAR_SET(genesis.name, bytes_of_text("scene"));
	VAR_SET(genesis.backing, bytes_of_text("nothing: a test"));
	VAR_SET(genesis.log_origin, bytes_of_text("example.org/scene"));
	memcpy(genesis.log_key, s->secret, sizeof(genesis.log_key));
	genesis.treasury = options->treasury != 0 ? options->treasury : SCENE_BALANCE;
	genesis.parameters = bytes_of(parameters.data, parameters.len);
	genesis.roots = bytes_of(roots.data, roots.len);
	genesis.accounts = bytes_of(accounts.data, accounts.len);
	if (!options->without_programs) {
		genesis.signers = bytes_of(signers.data, signers.len);
		genesis.programs = bytes_of(programs.data, programs.len);
	}
	assay_policy_preset(&preset, s->crypto, 0);
	genesis.policy = options->policy != NULL ? bytes_of_text(options->policy)
	    : bytes_of(policy, assay_policy_document(&preset, policy, sizeof(policy)));
	s->genesis_len = record_encode(&genesis_record, &genesis, s->genesis, sizeof(s->genesis));
	must(s->genesis_len <= sizeof(s->genesis), "genesis is too long");
}

/* ---- ports: the memory's, watched */

static enum assay_rows_result
watched_get(void *context, struct assay_bytes key, uint8_t *out, size_t size, size_t *len)
{
	const struct scene *s = context;
	const struct assay_rows rows = memory_rows(s->memory);

	return rows.get(rows.context, key, out, size, len);
}

static bool
watched_put(void *context, struct assay_bytes key, struct assay_bytes value)
{
	const struct scene *s = context;
	const struct assay_rows rows = memory_rows(s->memory);

	if (s->on_change != NULL) {
		s->on_change(s->watcher, key);
	}
	return rows.put(rows.context, key, value);
}

static bool
watched_remove(void *context, struct assay_bytes key)
{
	const struct scene *s = context;
	const struct assay_rows rows = memory_rows(s->memory);

	if (s->on_change != NULL) {
		s->on_change(s->watcher, key);
	}
	return rows.remove(rows.context, key);
}

static enum assay_rows_result
watched_next(void *context, struct assay_bytes after, uint8_t *key, size_t *key_len, uint8_t *out, size_t size,
    size_t *len)
{
	const struct scene *s = context;
	const struct assay_rows rows = memory_rows(s->memory);

	return rows.next(rows.context, after, key, key_len, out, size, len);
}

static bool
watched_root(void *context, uint8_t root[32])
{
	const struct scene *s = context;
	const struct assay_rows rows = memory_rows(s->memory);

	return rows.root(rows.context, root);
}

static bool
watched_append(void *context, uint64_t index, struct assay_bytes entry)
{
	const struct scene *s = context;
	const struct assay_entries entries = memory_entries(s->memory);

	if (s->on_entry != NULL) {
		s->on_entry(s->watcher, entry);
	}
	return entries.append(entries.context, index, entry);
}

static struct assay_rows
scene_rows(struct scene *s)
{
	return (struct assay_rows){ s, watched_get, watched_put, watched_remove, watched_next, watched_root };
}

static struct assay_entries
scene_entries(struct scene *s)
{
	return (struct assay_entries){ s, watched_append };
}

struct scene *
scene_new(const struct scene_options *options)
{
	const char *seed = options->seed != NULL ? options->seed : "scene";
	struct scene *s = calloc(1, sizeof(*s));
	struct assay_rows rows;
	struct assay_entries entries;
	char error[160];

	must(s != NULL, "no memory");
	s->crypto = assay_crypto_openssl();
	s->memory = memory_new(s->crypto, true);
	s->reg = calloc(1, sizeof(*s->reg));
	must(s->memory != NULL && s->reg != NULL, "no memory");
	s->vendor = sim_vendor_new(seed, (int64_t)(SCENE_START_MS / 1000));
	sim_signer_open(&s->signer);
	crypto_sha256(s->crypto, s->secret, bytes_of_text(seed));
	s->time_ms = SCENE_START_MS;
	s->step_ms = 1000;
	accounts_make(s);
	genesis_make(s, options);
	rows = scene_rows(s);
	entries = scene_entries(s);
	memory_begin_block(s->memory);
	if (!assay_register_genesis(s->reg, s->crypto, &rows, &entries, bytes_of(s->genesis, s->genesis_len),
	    &s->commit, error)) {
		must(false, error);
	}
	must(memory_commit_block(s->memory), "genesis cannot be kept");
	scene_reopen(s);
	return s;
}

void
scene_free(struct scene *s)
{
	for (unsigned i = 0; i < SCENE_ACCOUNTS; i++) {
		sim_key_free(&s->accounts[i].key);
		sim_key_free(&s->accounts[i].agent);
	}
	for (size_t i = 0; i < s->worker_keys_count; i++) {
		sim_key_free(&s->worker_keys[i]);
	}
	free(s->worker_keys);
	sim_evidence_free(&s->evidence);
	sim_signer_close(&s->signer);
	sim_vendor_free(s->vendor);
	memory_free(s->memory);
	free(s->reg);
	free(s);
}

/* ---- blocks */

static void
begin(struct scene *s)
{
	if (!s->in_block) {
		s->time_ms += s->step_ms;
		memory_begin_block(s->memory);
		must(assay_register_begin(s->reg, s->time_ms), "a block cannot begin");
		s->in_block = true;
	}
}

void
scene_block(struct scene *s)
{
	begin(s);
	must(assay_register_end(s->reg, &s->commit), "a block cannot end");
	must(memory_commit_block(s->memory), "a block cannot be kept");
	s->in_block = false;
}

void
scene_blocks(struct scene *s, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		scene_block(s);
	}
}

void
scene_wait(struct scene *s, uint64_t ms)
{
	const uint64_t step_ms = s->step_ms;

	if (s->in_block) {
		scene_block(s);
	}
	s->step_ms = ms;
	begin(s);
	s->step_ms = step_ms;
}

void
scene_reopen(struct scene *s)
{
	const struct assay_rows rows = scene_rows(s);
	const struct assay_entries entries = scene_entries(s);

	if (s->in_block) {
		scene_block(s);
	}
	must(assay_register_open(s->reg, s->crypto, &rows, &entries, &s->head), "the register cannot be opened");
}

/* ---- transactions */

void
scene_compose(struct scene *s, unsigned account, bool by_agent, enum kind kind, const void *arguments)
{
	struct scene_account *from = &s->accounts[account];
	const struct sim_key *key = by_agent ? &from->agent : &from->key;
	struct scene_signing signing = { s, key };
	struct signing_key signer = { .context = &signing, .sign = scene_sign };
	struct transaction_head head = { .valid_until = UINT64_MAX };

	memcpy(signer.key, key->public, sizeof(signer.key));
	memcpy(head.register_id, s->head.register_id, sizeof(head.register_id));
	memcpy(head.sender, from->id, sizeof(head.sender));
	head.nonce = (by_agent ? from->agent_nonce : from->nonce) + 1;
	s->transaction_len = transaction_compose(s->transaction, sizeof(s->transaction), &head, kind, arguments, &signer);
	must(s->transaction_len != 0, "a transaction cannot be composed");
}

enum code
scene_send_bytes(struct scene *s, struct assay_bytes transaction)
{
	begin(s);
	s->applying = true;
	must(assay_register_apply(s->reg, transaction, &s->result), "the register failed at a transaction");
	s->applying = false;
	s->detail = s->result.detail;
	return (enum code)s->result.code;
}

static enum code
send(struct scene *s, unsigned account, bool by_agent, enum kind kind, const void *arguments)
{
	struct scene_account *from = &s->accounts[account];

	scene_compose(s, account, by_agent, kind, arguments);
	(void)scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len));
	if (s->result.charged) {
		*(by_agent ? &from->agent_nonce : &from->nonce) += 1;
	}
	return (enum code)s->result.code;
}

enum code
scene_send(struct scene *s, unsigned account, enum kind kind, const void *arguments)
{
	return send(s, account, false, kind, arguments);
}

enum code
scene_send_as_agent(struct scene *s, unsigned account, enum kind kind, const void *arguments)
{
	return send(s, account, true, kind, arguments);
}

void
scene_set_agent(struct scene *s, unsigned account)
{
	struct set_agent_key_arguments a = { .key = { 0 } };

	VAR_SET(a.key, bytes_of(s->accounts[account].agent.public, KEY_BYTES));
	must(scene_send(s, account, KIND_SET_AGENT_KEY, &a) == CODE_ACCEPTED, "an agent cannot be named");
}

/* ---- council */

uint64_t
scene_act(struct scene *s, enum act act, const void *arguments)
{
	static uint8_t encoded[DOCUMENT_BYTES_MAX];
	struct propose_arguments propose = { .act = (uint8_t)act };
	struct proposal_arguments approve;

	propose.arguments = bytes_of(encoded, record_encode(act_record(act), arguments, encoded, sizeof(encoded)));
	VAR_SET(propose.reason, bytes_of_text("a test"));
	if (scene_send(s, SCENE_COUNCIL, KIND_PROPOSE, &propose) != CODE_ACCEPTED) {
		return 0;
	}
	approve.number = scene_machine(s)->meta.proposals;
	return scene_send(s, SCENE_COUNCIL + 1, KIND_APPROVE, &approve) == CODE_ACCEPTED ? approve.number : 0;
}

void
scene_act_now(struct scene *s, enum act act, const void *arguments)
{
	const uint64_t halt_gap = parameter(scene_machine(s), PARAMETER_HALT_GAP);
	const uint64_t lock = parameter(scene_machine(s), PARAMETER_LOCK);

	must(scene_act(s, act, arguments) != 0, "an act was refused");
	scene_block(s);
	if (act_is_emergency(act)) {
		scene_block(s);
		return;
	}
	/* Steps below the gap that counts as a halt, or the lock would never pass. */
	for (uint64_t waited = 0; waited <= lock; waited += halt_gap) {
		scene_wait(s, halt_gap);
		scene_block(s);
	}
	scene_block(s);
}

/* ---- the vendor */

/* A chain in PEM as concatenated DER. */
static size_t
chain_der(uint8_t *out, size_t size, struct assay_bytes pem)
{
	struct cursor c = cursor_over(pem);
	size_t total = 0;
	size_t len;

	while (pem_next(&c, "CERTIFICATE", out + total, size - total, &len) == 1) {
		total += len;
	}
	must(total != 0, "a chain of the vendor's is not PEM");
	return total;
}

static void
signature_of(struct collateral_arguments *a, struct assay_bytes signature)
{
	a->signature.len = 64;
	if (signature.len == 64) {
		bytes_copy(a->signature.data, signature, 64);
	} else {
		must(hex_decode(a->signature.data, 64, signature), "a signature of the vendor's");
	}
}

void
scene_collateral_arguments(struct scene *s, struct collateral_arguments *a, enum collateral_kind kind,
    enum sim_tee tee, uint8_t *buffer, size_t size)
{
	const struct assay_collateral *c = &s->evidence.collateral;

	(void)tee;
	memset(a, 0, sizeof(*a));
	a->kind = (uint8_t)kind;
	switch (kind) {
	case COLLATERAL_ROOT_CRL:
		a->body = c->root_crl;
		break;
	case COLLATERAL_PCK_CRL:
		a->body = c->pck_crl;
		a->chain = bytes_of(buffer, chain_der(buffer, size, c->pck_crl_issuer_chain));
		break;
	case COLLATERAL_TCB_INFO:
		a->body = c->tcb_info;
		signature_of(a, c->tcb_info_signature);
		a->chain = bytes_of(buffer, chain_der(buffer, size, c->tcb_info_issuer_chain));
		break;
	case COLLATERAL_QE_IDENTITY:
		a->body = c->qe_identity;
		signature_of(a, c->qe_identity_signature);
		a->chain = bytes_of(buffer, chain_der(buffer, size, c->qe_identity_issuer_chain));
		break;
	}
}

void
scene_bring_collateral_for(struct scene *s, const struct sim_options *options)
{
	static const enum collateral_kind kinds[] = { COLLATERAL_ROOT_CRL, COLLATERAL_PCK_CRL,
		COLLATERAL_TCB_INFO, COLLATERAL_QE_IDENTITY };
	static uint8_t chain[CHAIN_BYTES_MAX];
	struct collateral_arguments a;

	must(sim_evidence_make(s->vendor, options, &s->evidence), s->evidence.error);
	for (unsigned i = 0; i < 4; i++) {
		enum code code;

		scene_collateral_arguments(s, &a, kinds[i], options->tee, chain, sizeof(chain));
		code = scene_send(s, 3, KIND_COLLATERAL, &a);
		if (code != CODE_ACCEPTED && code != CODE_COLLATERAL_OLDER) {
			(void)fprintf(stderr, "scene: collateral %u: %s\n", i, code_id(code));
			abort();
		}
	}
}

void
scene_bring_collateral(struct scene *s, enum sim_tee tee)
{
	const struct sim_options options = { .tee = tee };

	scene_bring_collateral_for(s, &options);
}

/* ---- workers */

void
scene_worker_make(struct scene *s, struct scene_worker *w, const struct scene_worker_options *options)
{
	memset(w, 0, sizeof(*w));
	w->operator_index = options->operator_index;
	w->options = options->sim;
	if (w->options.tee == SIM_TEE_DEFAULT) {
		w->options.tee = SIM_SGX;
	}
	memcpy(w->program, w->options.tee == SIM_TDX ? s->program_tdx : s->program_sgx, sizeof(w->program));
	sim_key_make(&w->key, &s->signer, s->secret, options->name != NULL ? options->name : "worker", options->number);
	sim_derive(w->agreement_key, sizeof(w->agreement_key), s->secret, "agreement", options->number);
	worker_id_of_key(s->crypto, w->id, w->key.public);
	s->worker_keys = realloc(s->worker_keys, (s->worker_keys_count + 1) * sizeof(s->worker_keys[0]));
	must(s->worker_keys != NULL, "no memory");
	s->worker_keys[s->worker_keys_count] = w->key;
	s->worker_keys_count++;
}

uint64_t
scene_nonce_height(struct scene *s)
{
	return s->in_block ? scene_machine(s)->meta.height - 1 : s->commit.height;
}

/* The id of a block that has ended. */
static void
block_id(struct scene *s, uint64_t height, uint8_t id[static 32])
{
	struct machine *m = scene_machine(s);
	const struct row_key key = key_u64(key_start(TABLE_BLOCK), height);
	struct block block;

	memset(id, 0, 32);
	if (!s->in_block && height == m->meta.height) {
		memcpy(id, m->last_block_id, 32);
	} else if (row_get(m, &key, &block)) {
		memcpy(id, block.id, 32);
	}
}

static struct assay_bytes
evidence_for(struct scene *s, struct scene_worker *w, uint64_t nonce_height)
{
	static uint8_t report_data[64];
	struct report_data_parts parts = { .nonce_height = nonce_height };

	memcpy(parts.register_id, s->head.register_id, sizeof(parts.register_id));
	memcpy(parts.key, w->key.public, sizeof(parts.key));
	memcpy(parts.agreement_key, w->agreement_key, sizeof(parts.agreement_key));
	memcpy(parts.operator_id, s->accounts[w->operator_index].id, sizeof(parts.operator_id));
	memcpy(parts.program, w->program, sizeof(parts.program));
	block_id(s, nonce_height, parts.block_id);
	memset(report_data, 0, sizeof(report_data));
	report_data_digest(s->crypto, report_data, &parts);
	w->options.report_data = report_data;
	must(sim_evidence_make(s->vendor, &w->options, &s->evidence), s->evidence.error);
	return s->evidence.evidence.quote;
}

void
scene_register_arguments(struct scene *s, struct register_arguments *a, struct scene_worker *w,
    uint64_t nonce_height)
{
	memset(a, 0, sizeof(*a));
	memcpy(a->key, w->key.public, sizeof(a->key));
	memcpy(a->agreement_key, w->agreement_key, sizeof(a->agreement_key));
	memcpy(a->program, w->program, sizeof(a->program));
	a->nonce_height = nonce_height;
	VAR_SET(a->endpoint, bytes_of_text("https://worker.example"));
	a->evidence = evidence_for(s, w, nonce_height);
}

void
scene_reattest_arguments(struct scene *s, struct reattest_arguments *a, struct scene_worker *w,
    uint64_t nonce_height)
{
	memset(a, 0, sizeof(*a));
	memcpy(a->worker, w->id, sizeof(a->worker));
	a->nonce_height = nonce_height;
	a->evidence = evidence_for(s, w, nonce_height);
}

enum code
scene_register(struct scene *s, struct scene_worker *w)
{
	struct register_arguments a;

	scene_register_arguments(s, &a, w, scene_nonce_height(s));
	return scene_send(s, w->operator_index, KIND_REGISTER, &a);
}

enum code
scene_bond(struct scene *s, const struct scene_worker *w, uint64_t amount)
{
	struct stake_arguments a = { .amount = amount };

	memcpy(a.worker, w->id, sizeof(a.worker));
	return scene_send(s, w->operator_index, KIND_BOND, &a);
}

enum code
scene_start(struct scene *s, const struct scene_worker *w, uint64_t ask)
{
	struct start_arguments a = { .ask = ask };

	memcpy(a.worker, w->id, sizeof(a.worker));
	return scene_send(s, w->operator_index, KIND_START, &a);
}

void
scene_worker_online(struct scene *s, struct scene_worker *w, const struct scene_worker_options *options)
{
	enum code code;

	scene_worker_make(s, w, options);
	code = scene_register(s, w);
	if (code == CODE_ACCEPTED) {
		code = scene_bond(s, w, 1000000);
	}
	if (code == CODE_ACCEPTED) {
		code = scene_start(s, w, 0);
	}
	if (code != CODE_ACCEPTED) {
		(void)fprintf(stderr, "scene: a worker does not come online: %s (%u)\n", code_id(code), s->detail);
		abort();
	}
	scene_block(s);
}

/* ---- answers */

bool
scene_is_drawn(struct scene *s, const struct scene_worker *w, uint64_t height)
{
	struct machine *m = scene_machine(s);
	const struct row_key key = key_u64(key_start(TABLE_BLOCK), height);
	const uint16_t slot = slot_of_worker(m, w->id);
	struct block block;

	return row_get(m, &key, &block) && (block.slot == slot || block.spot == slot);
}

size_t
scene_answer_bytes(struct scene *s, uint8_t *out, const struct scene_worker *w, uint64_t height,
    uint8_t id_bytes, uint8_t behind)
{
	const struct answer_state state = { .version = 1, .uptime = 1, .load = 50, .memory = 50, .behind = behind };
	uint8_t message[ANSWER_MESSAGE_BYTES];
	uint8_t id[32];

	block_id(s, height, id);
	memcpy(out, w->id, id_bytes);
	(void)record_encode(&answer_state_record, &state, out + id_bytes, STATE_BYTES);
	answer_message(message, s->head.register_id, w->id, height, id, out + id_bytes);
	sim_sign(out + id_bytes + STATE_BYTES, &s->signer, &w->key, message, sizeof(message));
	make_s_low(out + id_bytes + STATE_BYTES + 32);
	return (size_t)id_bytes + STATE_BYTES + 64;
}

enum code
scene_answer(struct scene *s, const struct scene_worker *w, uint64_t height)
{
	const struct answer_group group = { .height = height, .id_bytes = 32, .count = 1 };
	uint8_t bytes[256];
	size_t len = record_encode(&answer_group_record, &group, bytes, sizeof(bytes));
	struct answers_arguments a;

	len += scene_answer_bytes(s, bytes + len, w, height, 32, 0);
	a.groups = bytes_of(bytes, len);
	return scene_send(s, w->operator_index, KIND_ANSWERS, &a);
}

/* ---- rows */

void
scene_get_worker(struct scene *s, const struct scene_worker *w, struct worker *row)
{
	struct machine *m = scene_machine(s);
	const struct row_key key = key_of_worker(m, w->id);

	(void)row_get(m, &key, row);
}

void
scene_get_account(struct scene *s, unsigned account, struct account *row)
{
	struct machine *m = scene_machine(s);
	const struct row_key key = key_of_32(TABLE_ACCOUNT, s->accounts[account].id);

	(void)row_get(m, &key, row);
}

bool
scene_supply_holds(struct scene *s)
{
	struct machine *m = scene_machine(s);
	struct worker worker;
	struct account account;
	struct exit_stake exit_row;
	struct app app;
	struct assignment assignment;
	struct slash slash;
	struct epoch epoch;
	uint64_t balances = 0, stakes = 0, exits = 0, escrows = 0;

#define EACH(table, row) \
	for (struct row_key prefix_##row = key_start(table), key_##row = prefix_##row; \
	    row_next(m, &prefix_##row, &key_##row, &row);)
	EACH(TABLE_ACCOUNT, account) {
		balances += account.balance;
	}
	EACH(TABLE_WORKER, worker) {
		stakes += worker.stake;
	}
	EACH(TABLE_EXIT, exit_row) {
		exits += exit_row.amount;
	}
	EACH(TABLE_APP, app) {
		escrows += app.escrow;
	}
	EACH(TABLE_ASSIGNMENT, assignment) {
		escrows += assignment.reserved;
	}
	EACH(TABLE_SLASH, slash) {
		escrows += slash.state == SLASH_ESCROWED ? slash.amount : 0;
	}
	EACH(TABLE_EPOCH, epoch) {
		/* What an epoch shares out is in escrow from its closing to its last payment. */
		escrows += epoch.closed ? epoch.budget - epoch.paid : 0;
	}
#undef EACH
	return balances == m->meta.balances && stakes == m->meta.stakes && exits == m->meta.exits &&
	    escrows == m->meta.escrows &&
	    balances + stakes + exits + escrows + m->meta.treasury == m->meta.minted - m->meta.burnt;
}
