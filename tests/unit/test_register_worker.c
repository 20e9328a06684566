/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registration, renewal and replacement.  Above all: no evidence that is
 * false, foreign, old, or of another program makes a worker.
 */
#include <stdlib.h>

#include "enrol.h"

#include "register/compose.h"
#include "sim/scene.h"

static int
setup_with_collateral(void **state)
{
	enrol_setup(state);
	scene_bring_collateral(s, SIM_TDX);
	scene_bring_collateral(s, SIM_SGX);
	return 0;
}

static void
make(struct scene_worker *w, unsigned operator_index, uint32_t number, enum sim_tee tee, uint32_t machine)
{
	scene_worker_make(s, w, &(struct scene_worker_options){ .operator_index = operator_index, .number = number,
	    .sim = { .tee = tee, .index = machine } });
}

static void
online(struct scene_worker *w, unsigned operator_index, uint32_t number, enum sim_tee tee, uint32_t machine)
{
	scene_worker_online(s, w, &(struct scene_worker_options){ .operator_index = operator_index,
	    .number = number, .sim = { .tee = tee, .index = machine } });
}

static struct register_arguments
arguments(struct scene_worker *w)
{
	struct register_arguments a;

	scene_register_arguments(s, &a, w, scene_nonce_height(s));
	return a;
}

static void
register_refused(struct scene_worker *w, enum code wanted)
{
	const struct register_arguments a = arguments(w);

	enrol_refused(w->operator_index, KIND_REGISTER, &a, wanted);
}

static bool
has_evidence(const uint8_t digest[static 32])
{
	const struct row_key key = key_of_32(TABLE_EVIDENCE, digest);

	return row_exists(enrol_machine(), &key);
}

static struct platform
platform_of(const struct scene_worker *w)
{
	const struct worker row = enrol_worker(w);
	const struct row_key key = key_of_32(TABLE_PLATFORM, row.platform);
	struct platform platform;

	assert_true(row_get(enrol_machine(), &key, &platform));
	return platform;
}

static enum code
reattest(struct scene_worker *w)
{
	struct reattest_arguments a;

	scene_reattest_arguments(s, &a, w, scene_nonce_height(s));
	return scene_send(s, w->operator_index, KIND_REATTEST, &a);
}

/* ---- registration */

static void
test_registered(void **state)
{
	struct scene_worker w;
	struct register_arguments a;
	uint8_t digest[32];

	(void)state;
	make(&w, 0, 0, SIM_SGX, 0);
	a = arguments(&w);
	crypto_sha256(s->crypto, digest, a.evidence);
	enrol_expect(scene_send(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
	enrol_replay_refused();
	const struct worker row = enrol_worker(&w);

	assert_int_equal(row.state, WORKER_REGISTERED);
	assert_int_equal(row.tier, 1);
	assert_int_equal(row.stake, 0);
	assert_int_equal(row.app_slot, NO_SLOT);
	assert_int_equal(row.nonce_height, a.nonce_height);
	assert_int_equal(row.registered_height, enrol_machine()->meta.height);
	assert_int_equal(row.attested_own_ms, enrol_machine()->own_ms);
	assert_memory_equal(row.operator, s->accounts[0].id, 32);
	assert_memory_equal(row.program, s->program_sgx, 32);
	assert_memory_equal(row.evidence, digest, 32);
	assert_true(has_evidence(digest));
	assert_memory_equal(platform_of(&w).sgx_worker, w.id, 32);
	assert_memory_equal(platform_of(&w).operator, s->accounts[0].id, 32);
	assert_int_equal(enrol_machine()->meta.workers, 1);
	assert_int_equal(enrol_machine()->meta.online, 0);
	/* The same key again, with the same evidence and with new. */
	enrol_refused(0, KIND_REGISTER, &a, CODE_WORKER_EXISTS);
	scene_block(s);
	register_refused(&w, CODE_WORKER_EXISTS);
}

static void
test_registered_by_agent(void **state)
{
	struct scene_worker w;
	struct register_arguments a;

	(void)state;
	make(&w, 0, 0, SIM_TDX, 0);
	scene_set_agent(s, 0);
	a = arguments(&w);
	enrol_expect(scene_send_as_agent(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
	assert_memory_equal(enrol_worker(&w).operator, s->accounts[0].id, 32);
	assert_int_equal(enrol_worker(&w).tee, ASSAY_TEE_TDX);
}

/* Fails where a key that left can come back with evidence from before. */
static void
test_key_of_one_that_left(void **state)
{
	struct scene_worker w;
	struct worker_arguments stop;

	(void)state;
	make(&w, 0, 0, SIM_SGX, 0);
	enrol_expect(scene_register(s, &w), CODE_ACCEPTED);
	memcpy(stop.worker, w.id, sizeof(stop.worker));
	enrol_expect(scene_send(s, 0, KIND_STOP, &stop), CODE_ACCEPTED);
	register_refused(&w, CODE_WORKER_EXISTS);
}

/* ---- the block that evidence answers to */

/* Fails where a block that has not ended, an unknown or an old one will do. */
static void
test_nonce(void **state)
{
	static const struct scene_parameter parameters[] = { { PARAMETER_EPOCH_BLOCKS, 12 }, { PARAMETER_WINDOW, 2 },
		{ PARAMETER_REATTEST_WINDOW, 4 }, { PARAMETER_NONCE_AGE, 10 } };
	struct scene_worker w;
	struct register_arguments a;

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	scene_bring_collateral(s, SIM_SGX);
	make(&w, 0, 0, SIM_SGX, 0);
	scene_block(s);
	scene_wait(s, 1000);
	const uint64_t height = enrol_machine()->meta.height;

	scene_register_arguments(s, &a, &w, height);	/* under way: its id is not known */
	enrol_refused(0, KIND_REGISTER, &a, CODE_NONCE_UNKNOWN);
	a.nonce_height = height + 1;
	enrol_refused(0, KIND_REGISTER, &a, CODE_NONCE_UNKNOWN);
	a.nonce_height = UINT64_MAX;
	enrol_refused(0, KIND_REGISTER, &a, CODE_NONCE_UNKNOWN);
	scene_register_arguments(s, &a, &w, height - 1);
	scene_blocks(s, 10);
	scene_wait(s, 1000);
	assert_int_equal(enrol_machine()->meta.height - a.nonce_height, 11);
	enrol_refused(0, KIND_REGISTER, &a, CODE_NONCE_UNKNOWN);
	scene_register_arguments(s, &a, &w, enrol_machine()->meta.height - 10);
	enrol_expect(scene_send(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
}

/* ---- what evidence is bound to: each part of it */

static void
test_report_data(void **state)
{
	struct scene_worker w;
	struct register_arguments good;
	struct register_arguments a;

	(void)state;
	make(&w, 0, 0, SIM_SGX, 0);
	scene_blocks(s, 3);
	good = arguments(&w);
	a = good;
	a.key[5] ^= 1;
	enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_REPORT_DATA);
	a = good;
	a.agreement_key[31] ^= 1;
	enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_REPORT_DATA);
	a = good;
	a.nonce_height--;
	enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_REPORT_DATA);
	a = good;
	memcpy(a.program, s->program_tdx, sizeof(a.program));
	enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_REPORT_DATA);
	/* Copied from the open: the operator is another. */
	enrol_refused(1, KIND_REGISTER, &good, CODE_EVIDENCE_REPORT_DATA);
	enrol_expect(scene_send(s, 0, KIND_REGISTER, &good), CODE_ACCEPTED);
}

/* Fails where another register's evidence, another block's id, or anything in the upper half will do. */
static void
test_report_data_by_hand(void **state)
{
	for (unsigned which = 0; which < 4; which++) {
		struct report_data_parts parts = { .nonce_height = 0 };
		struct register_arguments a;
		struct scene_worker w;
		uint8_t data[64] = { 0 };
		struct block block;

		make(&w, 0, 10 + which, SIM_SGX, 10 + which);
		scene_wait(s, 1000);
		a = arguments(&w);
		const struct row_key key = key_u64(key_start(TABLE_BLOCK), a.nonce_height);

		assert_true(row_get(enrol_machine(), &key, &block));
		memcpy(parts.register_id, s->head.register_id, 32);
		memcpy(parts.key, a.key, 64);
		memcpy(parts.agreement_key, a.agreement_key, 32);
		memcpy(parts.operator_id, s->accounts[0].id, 32);
		memcpy(parts.program, a.program, 32);
		memcpy(parts.block_id, block.id, 32);
		parts.nonce_height = a.nonce_height;
		parts.register_id[0] ^= which == 1 ? 1 : 0;
		parts.block_id[0] ^= which == 2 ? 1 : 0;
		report_data_digest(s->crypto, data, &parts);
		data[63] = which == 3 ? 1 : 0;
		w.options.report_data = data;
		enrol_vendor(&w.options);
		a.evidence = s->evidence.evidence.quote;
		if (which == 0) {
			enrol_expect(scene_send(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
		} else {
			enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_REPORT_DATA);
		}
	}
	(void)state;
}

/* ---- the program inside */

/* Allow a program for the TEE by that selector; its id to the worker's. */
static void
allow(struct scene_worker *w, enum assay_tee tee, const struct record *record, const void *selector,
    uint64_t valid_from_ms)
{
	struct allow_program_arguments a = { .version = 2, .tee = (uint8_t)tee, .valid_from_ms = valid_from_ms };

	VAR_SET(a.name, bytes_of_text("another"));
	memcpy(a.signer, s->mrsigner, sizeof(a.signer));
	if (tee == ASSAY_TEE_SGX) {
		memcpy(a.signer, ((const struct sgx_selector *)selector)->mrsigner, sizeof(a.signer));
	}
	a.selector.len = (uint16_t)record_encode(record, selector, a.selector.data, sizeof(a.selector.data));
	program_id_of_selector(s->crypto, w->program, VAR_BYTES(a.selector));
	scene_act_now(s, ACT_ALLOW_PROGRAM, &a);
}

static struct sgx_selector
sgx_selector_of(const uint8_t program[static 32])
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, program);
	struct sgx_selector selector;
	struct program row;

	assert_true(row_get(enrol_machine(), &key, &row));
	assert_true(record_decode(&sgx_selector_record, &selector, VAR_BYTES(row.selector)));
	return selector;
}

static void
one_field_differs(unsigned field, enum code wanted)
{
	struct add_signer_arguments signer = { .signer = { 9 } };
	struct sgx_selector selector = sgx_selector_of(s->program_sgx);
	struct scene_worker w;

	make(&w, 0, 0, SIM_SGX, 0);
	switch (field) {
	case 0:
		selector.mrenclave[31] ^= 1;
		break;
	case 1:
		memcpy(selector.mrsigner, signer.signer, sizeof(selector.mrsigner));
		VAR_SET(signer.name, bytes_of_text("others"));
		scene_act_now(s, ACT_ADD_SIGNER, &signer);
		break;
	case 2:
		selector.isv_prod_id++;
		break;
	default:
		selector.isv_svn--;	/* a newer build of the same program is not the one that was allowed */
		break;
	}
	allow(&w, ASSAY_TEE_SGX, &sgx_selector_record, &selector, 0);
	register_refused(&w, wanted);
	memcpy(w.program, s->program_sgx, sizeof(w.program));
	enrol_expect(scene_register(s, &w), CODE_ACCEPTED);
}

static void
test_program_of_another_digest(void **state)
{
	(void)state;
	one_field_differs(0, CODE_PROGRAM_DIGEST);
}

static void
test_program_of_another_signer(void **state)
{
	(void)state;
	one_field_differs(1, CODE_PROGRAM_SIGNER);
}

static void
test_program_of_another_product(void **state)
{
	(void)state;
	one_field_differs(2, CODE_PROGRAM_PRODUCT);
}

static void
test_program_of_another_version(void **state)
{
	(void)state;
	one_field_differs(3, CODE_PROGRAM_SVN);
}

/* Fails where any of the TD's registers is not compared. */
static void
test_program_of_a_td(void **state)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, s->program_tdx);
	struct td_selector good;
	struct program row;
	struct scene_worker w;

	(void)state;
	assert_true(row_get(enrol_machine(), &key, &row));
	assert_true(record_decode(&td_selector_record, &good, VAR_BYTES(row.selector)));
	make(&w, 0, 0, SIM_TDX, 0);
	for (unsigned i = 0; i < 5; i++) {
		struct td_selector selector = good;

		selector.mrtd[47] ^= i == 0 ? 1 : 0;
		selector.rtmr0[0] ^= i == 1 ? 1 : 0;
		selector.rtmr1[1] ^= i == 2 ? 1 : 0;
		selector.rtmr2[2] ^= i == 3 ? 1 : 0;
		selector.has_rtmr3 = i == 4;
		selector.rtmr3[3] = i == 4 ? 1 : 0;
		allow(&w, ASSAY_TEE_TDX, &td_selector_record, &selector, 0);
		register_refused(&w, CODE_PROGRAM_DIGEST);
	}
	memcpy(w.program, s->program_sgx, sizeof(w.program));
	register_refused(&w, CODE_PROGRAM_TEE);
	memcpy(w.program, s->program_tdx, sizeof(w.program));
	enrol_expect(scene_register(s, &w), CODE_ACCEPTED);
}

static void
test_program_on_the_list(void **state)
{
	struct retire_program_arguments retire;
	struct program_arguments revoke;
	struct sgx_selector selector = sgx_selector_of(s->program_sgx);
	struct scene_worker w;
	struct scene_worker in;

	(void)state;
	make(&w, 0, 0, SIM_SGX, 0);
	memset(w.program, 7, sizeof(w.program));
	register_refused(&w, CODE_PROGRAM_UNKNOWN);
	selector.isv_prod_id = 77;
	allow(&w, ASSAY_TEE_SGX, &sgx_selector_record, &selector, s->time_ms + ENROL_DAY_MS);
	register_refused(&w, CODE_PROGRAM_NOT_YET);
	/* Notice: nobody new; who is in may renew until the end. */
	online(&in, 1, 1, SIM_SGX, 1);
	memcpy(w.program, s->program_sgx, sizeof(w.program));
	memcpy(retire.program, w.program, sizeof(retire.program));
	retire.notice_ms = s->time_ms + 60000;
	retire.retire_ms = s->time_ms + 2 * ENROL_DAY_MS;
	scene_act_now(s, ACT_RETIRE_PROGRAM, &retire);
	scene_wait(s, 60000);
	register_refused(&w, CODE_PROGRAM_RETIRED);
	enrol_expect(reattest(&in), CODE_ACCEPTED);
	scene_wait(s, 2 * ENROL_DAY_MS);
	struct reattest_arguments a;

	scene_reattest_arguments(s, &a, &in, scene_nonce_height(s));
	enrol_refused(1, KIND_REATTEST, &a, CODE_PROGRAM_RETIRED);
	memcpy(revoke.program, s->program_tdx, sizeof(revoke.program));
	scene_act_now(s, ACT_REVOKE_PROGRAM, &revoke);
	make(&w, 0, 2, SIM_TDX, 2);
	register_refused(&w, CODE_PROGRAM_REVOKED);
}

static void
test_signer_revoked(void **state)
{
	struct signer_arguments revoke;
	struct scene_worker w;

	(void)state;
	make(&w, 0, 0, SIM_SGX, 0);
	memcpy(revoke.signer, s->mrsigner, sizeof(revoke.signer));
	scene_act_now(s, ACT_REVOKE_SIGNER, &revoke);
	register_refused(&w, CODE_SIGNER_REVOKED);
}

/* Fails where a program that nobody can rebuild earns the tiers of one that everybody can. */
static void
test_signer_only(void **state)
{
	static const struct scene_parameter parameters[] = { ENROL_AT_ONCE, { PARAMETER_ALLOW_SIGNER_ROWS, 1 } };
	struct sgx_selector selector;
	struct scene_worker w;

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	scene_bring_collateral(s, SIM_SGX);
	make(&w, 0, 0, SIM_SGX, 0);
	selector = sgx_selector_of(s->program_sgx);
	selector.has_mrenclave = false;
	memset(selector.mrenclave, 0, sizeof(selector.mrenclave));
	allow(&w, ASSAY_TEE_SGX, &sgx_selector_record, &selector, 0);
	enrol_expect(scene_register(s, &w), CODE_ACCEPTED);
	assert_int_equal(enrol_worker(&w).tier, 4);
}

/* Advisories that a program is hardened against do not count, for it alone. */
static void
test_mitigates(void **state)
{
	const struct sim_options advised = { .tee = SIM_SGX, .advisories = { "INTEL-SA-00615" }, .advisories_count = 1 };
	static const char list[] = "\x0eINTEL-SA-00615";
	struct allow_program_arguments allow_a = { .version = 3, .tee = ASSAY_TEE_SGX };
	struct sgx_selector selector = sgx_selector_of(s->program_sgx);
	struct scene_worker w;
	struct scene_worker hardened;

	(void)state;
	sim_vendor_set_time(s->vendor, ENROL_NOW_S + 1);
	scene_bring_collateral_for(s, &advised);
	scene_worker_make(s, &w, &(struct scene_worker_options){ .sim = advised });
	enrol_expect(scene_register(s, &w), CODE_ACCEPTED);
	assert_int_equal(enrol_worker(&w).tier, 4);
	scene_worker_make(s, &hardened, &(struct scene_worker_options){ .number = 1, .sim = { .tee = SIM_SGX, .index = 1 } });
	/* The same build under a name of its own: what is selected must differ, so the digest does. */
	selector.mrenclave[0] ^= 1;
	VAR_SET(allow_a.name, bytes_of_text("hardened"));
	memcpy(allow_a.signer, selector.mrsigner, sizeof(allow_a.signer));
	VAR_SET(allow_a.mitigates, bytes_of(list, sizeof(list) - 1));
	allow_a.selector.len = (uint16_t)record_encode(&sgx_selector_record, &selector, allow_a.selector.data,
	    sizeof(allow_a.selector.data));
	program_id_of_selector(s->crypto, hardened.program, VAR_BYTES(allow_a.selector));
	hardened.options.program = selector.mrenclave;
	scene_act_now(s, ACT_ALLOW_PROGRAM, &allow_a);
	enrol_expect(scene_register(s, &hardened), CODE_ACCEPTED);
	assert_int_equal(enrol_worker(&hardened).tier, 1);
}

/* ---- fake evidence */

/* Bring of the broken set what the register takes; then register. */
static enum code
register_broken(struct scene_worker *w)
{
	static const enum collateral_kind kinds[] = { COLLATERAL_ROOT_CRL, COLLATERAL_PCK_CRL, COLLATERAL_TCB_INFO,
		COLLATERAL_QE_IDENTITY };
	struct register_arguments a = arguments(w);
	const struct assay_collateral *c = &s->evidence.collateral;

	/* What no transaction has room for; none at all fails the same check. */
	if (a.evidence.len > DOCUMENT_BYTES_MAX) {
		a.evidence = bytes_of(NULL, 0);
	}
	for (size_t i = 0; i < ENROL_COUNT(kinds); i++) {
		const struct assay_bytes chains[] = { bytes_of(c, 1), c->pck_crl_issuer_chain, c->tcb_info_issuer_chain,
			c->qe_identity_issuer_chain };
		const struct assay_bytes bodies[] = { c->root_crl, c->pck_crl, c->tcb_info, c->qe_identity };

		if (chains[i].len != 0 && bodies[i].len != 0) {
			(void)enrol_bring(kinds[i]);
		}
	}
	return scene_send(s, w->operator_index, KIND_REGISTER, &a);
}

/* The document that a break of the policy needs, as text; NULL: the usual one. */
static const char *
policy_of(const struct sim_options *options)
{
	static char text[ASSAY_POLICY_DOCUMENT_MAX + 1];
	struct sim_vendor *vendor = sim_vendor_new("broken", ENROL_NOW_S);
	struct sim_evidence evidence = { 0 };
	struct assay_policy policy;
	char error[160];
	const char *found = NULL;

	assert_true(sim_evidence_make(vendor, options, &evidence));
	if (evidence.policy.len != 0) {
		assert_true(assay_policy_parse(&policy, assay_crypto_openssl(), evidence.policy, error));
		memset(policy.name, 0, sizeof(policy.name));
		memcpy(policy.name, "broken", 6);
		text[assay_policy_document(&policy, text, sizeof(text) - 1)] = 0;
		found = text;
	}
	sim_evidence_free(&evidence);
	sim_vendor_free(vendor);
	return found;
}

/*
 * One break of every check there is: none makes a worker.  Where the defect is
 * in the evidence, the entry says which check it failed.
 */
static void
test_no_break_is_admitted(void **state)
{
	unsigned tried = 0;

	(void)state;
	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const enum assay_check check = (enum assay_check)i;
		const struct sim_options options = { .tee = sim_break_tee(check), .broken = true, .break_check = check };
		struct scene_worker w;
		struct worker row;
		enum code code;

		/* What a program measures is a matter of the allow-list here: see the tests of programs. */
		if (check == ASSAY_CHECK_REFERENCE_VALUES) {
			continue;
		}
		enrol_teardown(NULL);
		s = scene_new(&(struct scene_options){ .seed = "broken", .policy = policy_of(&options) });
		scene_worker_make(s, &w, &(struct scene_worker_options){ .sim = options });
		if (s->evidence.at_s * 1000 > (int64_t)s->time_ms) {
			scene_wait(s, (uint64_t)s->evidence.at_s * 1000 - s->time_ms);
		}
		code = register_broken(&w);
		tried++;
		if (code == CODE_ACCEPTED) {
			fail_msg("%s: admitted", assay_check_id(check));
		}
		assert_false(worker_get(enrol_machine(), w.id, &row));
		assert_int_equal(enrol_machine()->meta.workers, 0);
		/* Evidence-only checks come before those that need collateral, and so do those of the last part. */
		if (w.options.tee != SIM_IAS && w.options.tee != SIM_EPID &&
		    assay_check_consequence(check) != ASSAY_CONSEQUENCE_UNDECIDED &&
		    check != ASSAY_CHECK_TCB_INFO_SIGNER_REVOKED && check != ASSAY_CHECK_QE_IDENTITY_SIGNER_REVOKED &&
		    check != ASSAY_CHECK_PCK_CA_REVOKED &&
		    (code != CODE_EVIDENCE_REFUSED || s->detail != i + 1)) {
			fail_msg("%s: %s, %s", assay_check_id(check), code_id(code), s->detail == 0 ? "nothing" :
			    assay_check_id((enum assay_check)(s->detail - 1)));
		}
		if (w.options.tee == SIM_EPID && check == ASSAY_CHECK_QUOTE_EPID) {
			enrol_expect(code, CODE_EVIDENCE_KIND);
		}
	}
	assert_int_equal(tried, ASSAY_CHECK_COUNT - 1);
}

/* An archived report is graded elsewhere, and never makes a worker: it answers to no block. */
static void
test_reports_are_no_evidence(void **state)
{
	const struct sim_options ias = { .tee = SIM_IAS };
	struct register_arguments a;
	struct scene_worker w;

	(void)state;
	make(&w, 0, 0, SIM_SGX, 0);
	a = arguments(&w);
	enrol_vendor(&ias);
	a.evidence = s->evidence.evidence.quote;
	enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_KIND);
}

/* Where the last certificate of its chain begins: the root's, which is trusted by its key and not by what it says. */
static size_t
root_begins(struct assay_bytes quote)
{
	static const char begin[] = "-----BEGIN";
	size_t found = 0;

	for (size_t at = 0; at + sizeof(begin) - 1 <= quote.len; at++) {
		if (memcmp(quote.data + at, begin, sizeof(begin) - 1) == 0) {
			found = at;
		}
	}
	return found;
}

/* Every byte of a quote counts, up to the root's certificate. */
static void
test_flipped_bytes(void **state)
{
	static uint8_t quote[DOCUMENT_BYTES_MAX];
	struct register_arguments a;
	struct scene_worker w;

	(void)state;
	make(&w, 0, 0, SIM_SGX, 0);
	a = arguments(&w);
	const struct assay_bytes good = a.evidence;

	for (size_t at = 0; at < root_begins(good); at += 61) {
		bytes_copy(quote, good, good.len);
		quote[at] ^= 0x10;
		a.evidence = bytes_of(quote, good.len);
		assert_int_not_equal(scene_send(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
	}
	for (size_t len = 0; len < good.len; len += 97) {
		a.evidence = bytes_slice(good, 0, len);
		assert_int_not_equal(scene_send(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
	}
	assert_int_equal(enrol_machine()->meta.workers, 0);
	a.evidence = good;
	enrol_expect(scene_send(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
}

/* Fails where machines that do not say who they are are taken for one. */
static void
test_platform_unknown(void **state)
{
	struct register_arguments a;
	struct scene_worker w;

	(void)state;
	make(&w, 0, 0, SIM_SGX, 0);
	a = arguments(&w);
	struct sim_scene *scene = s->evidence.scene;
	struct sim_certificate *leaf = &scene->certificates[CERT_PCK];

	memset(scene->platform.ppid, 0, sizeof(scene->platform.ppid));
	sim_buffer_clear(&leaf->tbs);
	sim_certificate_build(leaf);
	sim_assemble(s->vendor, scene, &s->evidence);
	a.evidence = s->evidence.evidence.quote;
	enrol_refused(0, KIND_REGISTER, &a, CODE_PLATFORM_UNKNOWN);
}

static void
test_denied(void **state)
{
	struct deny_arguments deny = { .kind = DENY_PLATFORM };
	struct reattest_arguments a;
	struct scene_worker w;
	struct scene_worker in;

	(void)state;
	make(&w, 0, 0, SIM_SGX, 0);
	make(&in, 0, 1, SIM_SGX, 1);
	enrol_expect(scene_register(s, &in), CODE_ACCEPTED);
	(void)arguments(&w);
	const struct worker row = enrol_worker(&in);

	VAR_SET(deny.value, ARRAY_BYTES(row.fmspc));
	deny.kind = DENY_FMSPC;
	scene_act_now(s, ACT_DENY, &deny);
	register_refused(&w, CODE_DENIED);
	scene_reattest_arguments(s, &a, &in, scene_nonce_height(s));
	enrol_refused(0, KIND_REATTEST, &a, CODE_DENIED);
}

/* ---- one platform, one worker */

static void
test_other_operator(void **state)
{
	struct scene_worker first;
	struct scene_worker second;
	struct scene_worker third;

	(void)state;
	make(&first, 0, 0, SIM_SGX, 0);
	make(&second, 1, 1, SIM_SGX, 0);
	make(&third, 2, 2, SIM_SGX, 0);
	enrol_expect(scene_register(s, &first), CODE_ACCEPTED);
	/* Without a bond it occupies nothing. */
	enrol_expect(scene_register(s, &second), CODE_ACCEPTED);
	assert_int_equal(enrol_worker(&first).state, WORKER_LEFT);
	assert_int_equal(enrol_worker(&first).why, WORKER_BECAUSE_UNBONDED);
	assert_false(has_evidence(enrol_worker(&first).evidence));
	assert_memory_equal(platform_of(&second).sgx_worker, second.id, 32);
	assert_memory_equal(platform_of(&second).operator, s->accounts[1].id, 32);
	assert_int_equal(enrol_machine()->meta.workers, 1);
	enrol_expect(scene_bond(s, &second, 5000), CODE_ACCEPTED);
	register_refused(&third, CODE_PLATFORM_OTHER);
	enrol_expect(scene_start(s, &second, 0), CODE_ACCEPTED);
	register_refused(&third, CODE_PLATFORM_OTHER);
	/* Stopped: it cools down, and the place is free. */
	struct worker_arguments stop;

	memcpy(stop.worker, second.id, sizeof(stop.worker));
	enrol_expect(scene_send(s, 1, KIND_STOP, &stop), CODE_ACCEPTED);
	enrol_expect(scene_register(s, &third), CODE_ACCEPTED);
	assert_true(scene_supply_holds(s));
}

/* Fails where a second bond is asked for, history is cleared, or the old one lives on. */
static void
test_replaced(void **state)
{
	struct scene_worker old;
	struct scene_worker next;
	struct worker before;
	struct worker row;

	(void)state;
	online(&old, 0, 0, SIM_SGX, 0);
	scene_wait(s, 1000);
	/* A history, as if it had one. */
	before = enrol_worker(&old);
	before.asked_window[3] = 2;
	before.kept_window[3] = 1;
	before.missed_mask = 5;
	before.answers = 40;
	before.misses = 2;
	before.slashed[0] = 12;
	before.slashed_own_ms[0] = enrol_machine()->own_ms - 1000;
	before.pause_period_own_ms = enrol_machine()->own_ms - 1000;
	before.pause_used_ms = 4000;
	before.ask = 17;
	step_begin(enrol_machine());
	worker_put(enrol_machine(), old.id, &before);
	step_commit(enrol_machine(), EFFECT_NONE);
	make(&next, 0, 1, SIM_SGX, 0);
	enrol_expect(scene_register(s, &next), CODE_ACCEPTED);
	row = enrol_worker(&next);
	/* It worked, so its successor does: nothing but the key is new. */
	assert_int_equal(row.state, WORKER_ONLINE);
	assert_int_equal(row.online_height, enrol_machine()->meta.height);
	assert_int_equal(row.stake, 1000000);
	assert_int_equal(row.ask, 17);
	assert_memory_equal(row.asked_window, before.asked_window, sizeof(row.asked_window));
	assert_memory_equal(row.kept_window, before.kept_window, sizeof(row.kept_window));
	assert_int_equal(row.missed_mask, 5);
	assert_int_equal(row.answers, 40);
	assert_int_equal(row.misses, 2);
	assert_int_equal(row.slashed[0], 12);
	assert_int_equal(row.pause_used_ms, 4000);
	assert_memory_equal(row.predecessor, old.id, 32);
	assert_int_equal(row.answered[0], 0);
	assert_true(has_evidence(row.evidence));
	row = enrol_worker(&old);
	assert_int_equal(row.state, WORKER_LEFT);
	assert_int_equal(row.why, WORKER_BECAUSE_REPLACED);
	assert_int_equal(row.stake, 0);
	assert_memory_equal(row.successor, next.id, 32);
	assert_false(has_evidence(before.evidence));
	assert_memory_equal(platform_of(&next).sgx_worker, next.id, 32);
	assert_int_equal(enrol_machine()->meta.workers, 1);
	assert_int_equal(enrol_machine()->meta.online, 1);
	assert_int_equal(enrol_machine()->meta.stakes, 1000000);
	assert_true(scene_supply_holds(s));
	register_refused(&old, CODE_WORKER_EXISTS);
	scene_blocks(s, 3);
	assert_true(scene_supply_holds(s));
}

/* Fails where a replacement wakes what was not at work, or undoes what the council forced. */
static void
test_replaced_at_rest(void **state)
{
	struct force_offline_arguments force = { .force = true };
	struct pause_arguments pause = { .duration_ms = 60000 };
	struct scene_worker w[3];
	struct start_arguments start = { .ask = 0 };

	(void)state;
	online(&w[0], 0, 0, SIM_SGX, 0);
	memcpy(pause.worker, w[0].id, sizeof(pause.worker));
	enrol_expect(scene_send(s, 0, KIND_PAUSE, &pause), CODE_ACCEPTED);
	make(&w[1], 0, 1, SIM_SGX, 0);
	enrol_expect(scene_register(s, &w[1]), CODE_ACCEPTED);
	assert_int_equal(enrol_worker(&w[1]).state, WORKER_REGISTERED);
	assert_int_equal(enrol_worker(&w[1]).stake, 1000000);
	enrol_expect(scene_start(s, &w[1], 0), CODE_ACCEPTED);
	memcpy(force.worker, w[1].id, sizeof(force.worker));
	scene_act_now(s, ACT_FORCE_OFFLINE, &force);
	assert_int_equal(enrol_worker(&w[1]).state, WORKER_SUSPENDED);
	struct reattest_arguments a;

	scene_reattest_arguments(s, &a, &w[1], scene_nonce_height(s));
	enrol_refused(0, KIND_REATTEST, &a, CODE_FORCED);
	make(&w[2], 0, 2, SIM_SGX, 0);
	enrol_expect(scene_register(s, &w[2]), CODE_ACCEPTED);
	memcpy(start.worker, w[2].id, sizeof(start.worker));
	enrol_expect(scene_send(s, 0, KIND_START, &start), CODE_FORCED);
}

/* The platform keeps the last eight changes, the oldest first. */
static void
test_platform_changes(void **state)
{
	struct scene_worker w[11];
	struct platform platform;

	(void)state;
	for (uint32_t i = 0; i < ENROL_COUNT(w); i++) {
		make(&w[i], 0, i, SIM_SGX, 0);
		enrol_expect(scene_register(s, &w[i]), CODE_ACCEPTED);
		enrol_expect(scene_bond(s, &w[i], 1000), CODE_ACCEPTED);
		scene_block(s);
	}
	platform = platform_of(&w[10]);
	assert_int_equal(platform.changes.len, 8 * 41);
	assert_int_equal(platform.changes.data[7 * 41 + 40], PLATFORM_REPLACED);
	assert_memory_equal(platform.changes.data + 7 * 41 + 8, w[10].id, 32);
	assert_memory_equal(platform.changes.data + 8, w[3].id, 32);
	assert_int_equal(enrol_worker(&w[10]).stake, 11000);
	assert_true(scene_supply_holds(s));
}

/* Fails where a host of TDs has room for one only, for more than the parameter says, or for ever. */
static void
test_td_platform(void **state)
{
	static const struct scene_parameter parameters[] = { { PARAMETER_TDX_WORKERS_PER_PLATFORM, 3 }, ENROL_AT_ONCE };
	struct retire_program_arguments retire;
	struct scene_worker w[5];
	struct scene_worker upgraded;

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	scene_bring_collateral(s, SIM_TDX);
	for (uint32_t i = 0; i < 3; i++) {
		online(&w[i], i % 2, i, SIM_TDX, 0);
	}
	assert_int_equal(platform_of(&w[0]).td_workers.len, 3 * 32);
	make(&w[3], 2, 3, SIM_TDX, 0);
	register_refused(&w[3], CODE_PLATFORM_FULL);
	make(&w[4], 0, 4, SIM_TDX, 0);
	register_refused(&w[4], CODE_PLATFORM_FULL);
	/* Its program registers nobody any more: its operator's own worker makes way for the next program. */
	memcpy(retire.program, s->program_tdx, sizeof(retire.program));
	retire.notice_ms = s->time_ms + 5000;
	retire.retire_ms = s->time_ms + 10 * ENROL_DAY_MS;
	scene_act_now(s, ACT_RETIRE_PROGRAM, &retire);
	scene_wait(s, 10000);
	make(&upgraded, 0, 5, SIM_TDX, 0);
	const struct row_key key = key_of_32(TABLE_PROGRAM, s->program_tdx);
	static uint8_t mrtd[48];
	struct td_selector selector;
	struct program row;

	assert_true(row_get(enrol_machine(), &key, &row));
	assert_true(record_decode(&td_selector_record, &selector, VAR_BYTES(row.selector)));
	selector.mrtd[0] ^= 1;
	memcpy(mrtd, selector.mrtd, sizeof(mrtd));
	upgraded.options.program = mrtd;
	allow(&upgraded, ASSAY_TEE_TDX, &td_selector_record, &selector, 0);
	enrol_expect(scene_register(s, &upgraded), CODE_ACCEPTED);
	assert_int_equal(enrol_worker(&w[0]).state, WORKER_LEFT);
	assert_int_equal(enrol_worker(&w[0]).why, WORKER_BECAUSE_REPLACED);
	assert_int_equal(enrol_worker(&w[2]).state, WORKER_ONLINE);
	assert_int_equal(enrol_worker(&upgraded).stake, 1000000);
	assert_int_equal(enrol_worker(&upgraded).state, WORKER_ONLINE);
	assert_int_equal(platform_of(&upgraded).td_workers.len, 3 * 32);
	assert_true(scene_supply_holds(s));
}

/* Fails where announcements without a bond keep others out. */
static void
test_td_unbonded(void **state)
{
	static const struct scene_parameter parameters[] = { { PARAMETER_TDX_WORKERS_PER_PLATFORM, 2 }, ENROL_AT_ONCE };
	struct scene_worker w[4];

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	scene_bring_collateral(s, SIM_TDX);
	for (uint32_t i = 0; i < ENROL_COUNT(w); i++) {
		make(&w[i], i, i, SIM_TDX, 0);
		enrol_expect(scene_register(s, &w[i]), CODE_ACCEPTED);
	}
	assert_int_equal(enrol_worker(&w[0]).state, WORKER_LEFT);
	assert_int_equal(enrol_worker(&w[1]).state, WORKER_LEFT);
	assert_int_equal(enrol_worker(&w[3]).state, WORKER_REGISTERED);
	assert_int_equal(platform_of(&w[3]).td_workers.len, 2 * 32);
}

/* ---- renewal */

static void
test_renewed(void **state)
{
	struct reattest_arguments a;
	struct scene_worker w;
	struct worker before;
	struct worker after;

	(void)state;
	online(&w, 0, 0, SIM_SGX, 0);
	scene_wait(s, 1000);
	before = enrol_worker(&w);
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_expect(scene_send(s, 0, KIND_REATTEST, &a), CODE_ACCEPTED);
	enrol_replay_refused();
	after = enrol_worker(&w);
	assert_int_equal(after.state, WORKER_ONLINE);
	assert_int_equal(after.attested_own_ms, enrol_machine()->own_ms);
	assert_true(after.attested_own_ms > before.attested_own_ms);
	assert_int_equal(after.nonce_height, a.nonce_height);
	assert_true(has_evidence(after.evidence));
	assert_false(has_evidence(before.evidence));
	/* The same evidence in a new transaction: its block is used. */
	enrol_refused(0, KIND_REATTEST, &a, CODE_NONCE_USED);
	a.nonce_height++;
	enrol_refused(0, KIND_REATTEST, &a, CODE_NONCE_UNKNOWN);
	scene_blocks(s, 2);
	scene_wait(s, 1000);
	enrol_refused(0, KIND_REATTEST, &a, CODE_EVIDENCE_REPORT_DATA);
	enrol_refused(1, KIND_REATTEST, &a, CODE_NOT_YOURS);
	a.worker[0] ^= 1;
	enrol_refused(0, KIND_REATTEST, &a, CODE_WORKER_UNKNOWN);
	scene_set_agent(s, 0);
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_expect(scene_send_as_agent(s, 0, KIND_REATTEST, &a), CODE_ACCEPTED);
}

static void
test_renewal_of_another(void **state)
{
	struct worker_arguments stop;
	struct reattest_arguments a;
	struct scene_worker w;

	(void)state;
	online(&w, 0, 0, SIM_SGX, 0);
	/* Another machine. */
	w.options.index = 1;
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_refused(0, KIND_REATTEST, &a, CODE_PLATFORM_CHANGED);
	w.options.index = 0;
	/* Another program. */
	uint8_t mrenclave[32];

	memcpy(mrenclave, s->mrenclave, sizeof(mrenclave));
	mrenclave[0] ^= 1;
	w.options.program = mrenclave;
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_refused(0, KIND_REATTEST, &a, CODE_PROGRAM_DIGEST);
	w.options.program = NULL;
	/* A debug build, a forgery, and none at all. */
	w.options.debug = true;
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_refused(0, KIND_REATTEST, &a, CODE_EVIDENCE_REFUSED);
	assert_int_equal(s->detail, ASSAY_CHECK_DEBUG + 1);
	w.options.debug = false;
	a.evidence = bytes_of(NULL, 0);
	enrol_refused(0, KIND_REATTEST, &a, CODE_EVIDENCE_REFUSED);
	assert_int_equal(s->detail, ASSAY_CHECK_EVIDENCE_SIZE + 1);
	memcpy(stop.worker, w.id, sizeof(stop.worker));
	enrol_expect(scene_send(s, 0, KIND_STOP, &stop), CODE_ACCEPTED);
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_refused(0, KIND_REATTEST, &a, CODE_WORKER_STATE);
}

/* Fails where the kept tail is of another length, or what is stored is not the whole. */
static void
test_tail_kept(void **state)
{
	struct reattest_arguments a;
	struct scene_worker w;
	uint8_t digest[32];
	size_t whole;
	size_t head;

	(void)state;
	online(&w, 0, 0, SIM_SGX, 0);
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	whole = a.evidence.len;
	crypto_sha256(s->crypto, digest, a.evidence);
	/* Header, body and the length; its two signatures and its key; the rest is as it was. */
	head = 48 + 384 + 4 + 64 + 64;
	const struct row_key key = key_of_32(TABLE_EVIDENCE, enrol_worker(&w).evidence);
	struct evidence stored;

	assert_true(row_get(enrol_machine(), &key, &stored));
	assert_int_equal(stored.bytes.len, whole);
	assert_true(bytes_equal(bytes_slice(stored.bytes, head, whole - head),
	    bytes_slice(a.evidence, head, whole - head)));
	a.tail_kept = true;
	enrol_refused(0, KIND_REATTEST, &a, CODE_TAIL);	/* nothing is left to go on */
	a.evidence.len = 0;
	enrol_refused(0, KIND_REATTEST, &a, CODE_TAIL);
	a.evidence.len = head - 64 - 64 - 1;
	enrol_refused(0, KIND_REATTEST, &a, CODE_EVIDENCE_REFUSED);
	a.evidence.len = head;
	enrol_expect(scene_send(s, 0, KIND_REATTEST, &a), CODE_ACCEPTED);
	assert_true(s->transaction_len < 1000);
	assert_memory_equal(enrol_worker(&w).evidence, digest, sizeof(digest));
	assert_true(has_evidence(digest));
}

/* Nobody stays in by keeping still: not admitted at the lapse, out after the grace, back by attesting. */
static void
test_blocked_renewal(void **state)
{
	static const struct scene_parameter parameters[] = { { PARAMETER_HALT_GAP, 3600000 },
		{ PARAMETER_OFFLINE_LIMIT, 2592000000 } };
	struct scene_worker w;
	struct worker row;
	uint64_t lapse_ms;

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	scene_bring_collateral(s, SIM_SGX);
	online(&w, 0, 0, SIM_SGX, 0);
	row = enrol_worker(&w);
	lapse_ms = row.attested_own_ms + parameter(enrol_machine(), PARAMETER_EVIDENCE_AGE);
	while (enrol_machine()->own_ms + 3600000 < lapse_ms) {
		scene_wait(s, 3600000);
	}
	row = enrol_worker(&w);
	assert_true(worker_is_admitted(enrol_machine(), &row));
	scene_wait(s, lapse_ms - enrol_machine()->own_ms);
	row = enrol_worker(&w);
	assert_false(worker_is_admitted(enrol_machine(), &row));
	assert_int_equal(worker_standing(enrol_machine(), &row), WORKER_BECAUSE_LAPSED);
	for (unsigned hour = 0; hour < 6; hour++) {
		scene_wait(s, 3600000);
	}
	scene_block(s);
	row = enrol_worker(&w);
	assert_int_equal(row.state, WORKER_SUSPENDED);
	assert_int_equal(row.why, WORKER_BECAUSE_LAPSED);
	enrol_expect(reattest(&w), CODE_ACCEPTED);
	row = enrol_worker(&w);
	assert_int_equal(row.state, WORKER_REGISTERED);
	assert_int_equal(row.why, WORKER_BECAUSE_NONE);
	enrol_expect(scene_start(s, &w, 0), CODE_ACCEPTED);
	row = enrol_worker(&w);
	assert_true(worker_is_admitted(enrol_machine(), &row));
}

/* Fails where a re-attestation that was asked for is no answer, or costs a fee; or any other is free. */
static void
test_asked_for(void **state)
{
	static const struct scene_parameter parameters[] = { { PARAMETER_EPOCH_BLOCKS, 12 }, { PARAMETER_WINDOW, 2 },
		{ PARAMETER_REATTEST_WINDOW, 4 }, { PARAMETER_REATTEST_ONE_IN, 2 }, { PARAMETER_FEE_BASE, 7 } };
	struct scene_worker w;
	bool answered = false;

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	scene_bring_collateral(s, SIM_SGX);
	online(&w, 0, 0, SIM_SGX, 0);
	for (unsigned i = 0; i < 400 && !answered; i++) {
		scene_block(s);
		const uint64_t height = s->commit.height;

		if (!scene_is_drawn(s, &w, height)) {
			continue;
		}
		if (!draw_asks_reattestation(s->crypto, s->commit.block_id, w.id, 2)) {
			enrol_expect(scene_answer(s, &w, height), CODE_ACCEPTED);
			continue;
		}
		const struct worker before = enrol_worker(&w);

		enrol_expect(reattest(&w), CODE_ACCEPTED);
		assert_int_equal(s->result.fee, 0);
		const struct worker after = enrol_worker(&w);

		assert_int_equal(after.answers, before.answers + 1);
		assert_int_equal(after.answered[0], height);
		answered = true;
	}
	assert_true(answered);
	scene_block(s);
	if (!scene_is_drawn(s, &w, s->commit.height)) {
		enrol_expect(reattest(&w), CODE_ACCEPTED);
		assert_int_equal(s->result.fee, 7);
	}
	scene_blocks(s, 6);
	assert_int_equal(enrol_worker(&w).state, WORKER_ONLINE);
	assert_true(scene_supply_holds(s));
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, setup_with_collateral, enrol_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_registered),
		EACH(test_registered_by_agent),
		EACH(test_key_of_one_that_left),
		EACH(test_nonce),
		EACH(test_report_data),
		EACH(test_report_data_by_hand),
		EACH(test_program_of_another_digest),
		EACH(test_program_of_another_signer),
		EACH(test_program_of_another_product),
		EACH(test_program_of_another_version),
		EACH(test_program_of_a_td),
		EACH(test_program_on_the_list),
		EACH(test_signer_revoked),
		EACH(test_signer_only),
		EACH(test_mitigates),
		EACH(test_no_break_is_admitted),
		EACH(test_reports_are_no_evidence),
		EACH(test_flipped_bytes),
		EACH(test_platform_unknown),
		EACH(test_denied),
		EACH(test_other_operator),
		EACH(test_replaced),
		EACH(test_replaced_at_rest),
		EACH(test_platform_changes),
		EACH(test_td_platform),
		EACH(test_td_unbonded),
		EACH(test_renewed),
		EACH(test_renewal_of_another),
		EACH(test_tail_kept),
		EACH(test_blocked_renewal),
		EACH(test_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
