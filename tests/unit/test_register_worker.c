/* SPDX-License-Identifier: Apache-2.0 */
/* Registration: the block, the report data and the program that evidence must be of. */
#include "enrol.h"

/* ---- registration */

static void
test_registered(void **state)
{
	struct scene_worker w;
	struct register_arguments a;
	uint8_t digest[32];

	(void)state;
	enrol_make(&w, 0, 0, SIM_SGX, 0);
	a = enrol_arguments(&w);
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
	assert_true(enrol_has_evidence(digest));
	assert_memory_equal(enrol_platform_of(&w).sgx_worker, w.id, 32);
	assert_memory_equal(enrol_platform_of(&w).operator, s->accounts[0].id, 32);
	assert_int_equal(enrol_machine()->meta.workers, 1);
	assert_int_equal(enrol_machine()->meta.online, 0);
	/* The same key again, with the same evidence and with new. */
	enrol_refused(0, KIND_REGISTER, &a, CODE_WORKER_EXISTS);
	scene_block(s);
	enrol_register_refused(&w, CODE_WORKER_EXISTS);
}

static void
test_registered_by_agent(void **state)
{
	struct scene_worker w;
	struct register_arguments a;

	(void)state;
	enrol_make(&w, 0, 0, SIM_TDX, 0);
	scene_set_agent(s, 0);
	a = enrol_arguments(&w);
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
	enrol_make(&w, 0, 0, SIM_SGX, 0);
	enrol_expect(scene_register(s, &w), CODE_ACCEPTED);
	memcpy(stop.worker, w.id, sizeof(stop.worker));
	enrol_expect(scene_send(s, 0, KIND_STOP, &stop), CODE_ACCEPTED);
	enrol_register_refused(&w, CODE_WORKER_EXISTS);
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
	enrol_make(&w, 0, 0, SIM_SGX, 0);
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
	enrol_make(&w, 0, 0, SIM_SGX, 0);
	scene_blocks(s, 3);
	good = enrol_arguments(&w);
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

		enrol_make(&w, 0, 10 + which, SIM_SGX, 10 + which);
		scene_wait(s, 1000);
		a = enrol_arguments(&w);
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

	enrol_make(&w, 0, 0, SIM_SGX, 0);
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
	enrol_allow(&w, ASSAY_TEE_SGX, &sgx_selector_record, &selector, 0);
	enrol_register_refused(&w, wanted);
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
	enrol_make(&w, 0, 0, SIM_TDX, 0);
	for (unsigned i = 0; i < 5; i++) {
		struct td_selector selector = good;

		selector.mrtd[47] ^= i == 0 ? 1 : 0;
		selector.rtmr0[0] ^= i == 1 ? 1 : 0;
		selector.rtmr1[1] ^= i == 2 ? 1 : 0;
		selector.rtmr2[2] ^= i == 3 ? 1 : 0;
		selector.has_rtmr3 = i == 4;
		selector.rtmr3[3] = i == 4 ? 1 : 0;
		enrol_allow(&w, ASSAY_TEE_TDX, &td_selector_record, &selector, 0);
		enrol_register_refused(&w, CODE_PROGRAM_DIGEST);
	}
	memcpy(w.program, s->program_sgx, sizeof(w.program));
	enrol_register_refused(&w, CODE_PROGRAM_TEE);
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
	enrol_make(&w, 0, 0, SIM_SGX, 0);
	memset(w.program, 7, sizeof(w.program));
	enrol_register_refused(&w, CODE_PROGRAM_UNKNOWN);
	selector.isv_prod_id = 77;
	enrol_allow(&w, ASSAY_TEE_SGX, &sgx_selector_record, &selector, s->time_ms + ENROL_DAY_MS);
	enrol_register_refused(&w, CODE_PROGRAM_NOT_YET);
	/* Notice: nobody new; who is in may renew until the end. */
	enrol_online(&in, 1, 1, SIM_SGX, 1);
	memcpy(w.program, s->program_sgx, sizeof(w.program));
	memcpy(retire.program, w.program, sizeof(retire.program));
	retire.notice_ms = s->time_ms + 60000;
	retire.retire_ms = s->time_ms + 2 * ENROL_DAY_MS;
	scene_act_now(s, ACT_RETIRE_PROGRAM, &retire);
	scene_wait(s, 60000);
	enrol_register_refused(&w, CODE_PROGRAM_RETIRED);
	enrol_expect(enrol_reattest(&in), CODE_ACCEPTED);
	scene_wait(s, 2 * ENROL_DAY_MS);
	struct reattest_arguments a;

	scene_reattest_arguments(s, &a, &in, scene_nonce_height(s));
	enrol_refused(1, KIND_REATTEST, &a, CODE_PROGRAM_RETIRED);
	memcpy(revoke.program, s->program_tdx, sizeof(revoke.program));
	scene_act_now(s, ACT_REVOKE_PROGRAM, &revoke);
	enrol_make(&w, 0, 2, SIM_TDX, 2);
	enrol_register_refused(&w, CODE_PROGRAM_REVOKED);
}

static void
test_signer_revoked(void **state)
{
	struct signer_arguments revoke;
	struct scene_worker w;

	(void)state;
	enrol_make(&w, 0, 0, SIM_SGX, 0);
	memcpy(revoke.signer, s->mrsigner, sizeof(revoke.signer));
	scene_act_now(s, ACT_REVOKE_SIGNER, &revoke);
	enrol_register_refused(&w, CODE_SIGNER_REVOKED);
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
	enrol_make(&w, 0, 0, SIM_SGX, 0);
	selector = sgx_selector_of(s->program_sgx);
	selector.has_mrenclave = false;
	memset(selector.mrenclave, 0, sizeof(selector.mrenclave));
	enrol_allow(&w, ASSAY_TEE_SGX, &sgx_selector_record, &selector, 0);
	enrol_expect(scene_register(s, &w), CODE_ACCEPTED);
	assert_int_equal(enrol_worker(&w).tier, 4);
}

/* Advisories that a program is hardened against do not count, for it alone. */
static void
test_mitigates(void **state)
{
	const struct sim_options advised = { .tee = SIM_SGX, .advisories = { "INTEL-SA-00615" },
		.advisories_count = 1 };
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
	enrol_make(&hardened, 0, 1, SIM_SGX, 1);
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

static void
test_denied(void **state)
{
	struct deny_arguments deny = { .kind = DENY_PLATFORM };
	struct reattest_arguments a;
	struct scene_worker w;
	struct scene_worker in;

	(void)state;
	enrol_make(&w, 0, 0, SIM_SGX, 0);
	enrol_make(&in, 0, 1, SIM_SGX, 1);
	enrol_expect(scene_register(s, &in), CODE_ACCEPTED);
	(void)enrol_arguments(&w);
	const struct worker row = enrol_worker(&in);

	VAR_SET(deny.value, ARRAY_BYTES(row.fmspc));
	deny.kind = DENY_FMSPC;
	scene_act_now(s, ACT_DENY, &deny);
	enrol_register_refused(&w, CODE_DENIED);
	scene_reattest_arguments(s, &a, &in, scene_nonce_height(s));
	enrol_refused(0, KIND_REATTEST, &a, CODE_DENIED);
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, enrol_setup_ready, enrol_teardown)

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
		EACH(test_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
