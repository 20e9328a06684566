/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence under what is in force: verdicts into rows, late vendors, memos that
 * decide nothing, and stored evidence that is appraised again.
 */
#include "enrol.h"

#include "sim/scene.h"

#define VALID_MS (29 * ENROL_DAY_MS)

static const enum collateral_kind kinds[] = {
	COLLATERAL_ROOT_CRL, COLLATERAL_PCK_CRL, COLLATERAL_TCB_INFO, COLLATERAL_QE_IDENTITY,
};

/* Documents of these options, dated some time later than the scene's own; those that are not newer are left out. */
static void
bring_later(const struct sim_options *options, int64_t later_s)
{
	sim_vendor_set_time(s->vendor, ENROL_NOW_S + later_s);
	enrol_vendor(options);
	for (size_t i = 0; i < ENROL_COUNT(kinds); i++) {
		const enum code code = enrol_bring(kinds[i]);

		assert_true(code == CODE_ACCEPTED || code == CODE_COLLATERAL_OLDER);
	}
}

static void
bring(const struct sim_options *options)
{
	bring_later(options, 0);
}

/* ---- what the verdict says, into the row */

/* Fails where the row and the library's own verdict differ. */
static void
test_row_is_the_verdict(void **state)
{
	static const struct sim_options rows[] = {
		{ .tee = SIM_SGX }, { .tee = SIM_SGX, .status = ASSAY_TCB_SW_HARDENING_NEEDED, .index = 1 },
		{ .tee = SIM_SGX, .status = ASSAY_TCB_CONFIGURATION_NEEDED, .index = 2 },
		{ .tee = SIM_SGX, .status = ASSAY_TCB_OUT_OF_DATE, .index = 3 },
		{ .tee = SIM_TDX, .index = 4 }, { .tee = SIM_TDX, .status = ASSAY_TCB_OUT_OF_DATE, .index = 5 },
		{ .tee = SIM_TDX, .version = 5, .body_type = 3, .index = 6 },
		{ .tee = SIM_SGX, .ca = SIM_CA_PROCESSOR, .index = 7 },
	};
	static const unsigned tiers[] = { 1, 2, 3, 5, 1, 5, 1, 1 };

	(void)state;
	for (uint32_t i = 0; i < ENROL_COUNT(rows); i++) {
		const struct scene_worker_options options = { .number = i, .sim = rows[i] };
		struct register_arguments a;
		struct assay_policy policy;
		struct assay_verdict v;
		struct scene_worker w;

		bring(&rows[i]);
		scene_worker_make(s, &w, &options);
		scene_register_arguments(s, &a, &w, scene_nonce_height(s));
		enrol_expect(scene_send(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
		const struct worker row = enrol_worker(&w);
		const struct assay_verifier verifier = { .crypto = s->crypto, .roots = s->evidence.roots,
			.roots_count = s->evidence.roots_count };

		assay_policy_preset(&policy, s->crypto, 0);
		assay_appraise(&v, &verifier, &s->evidence.evidence, &s->evidence.collateral, &policy,
		    (int64_t)(s->time_ms / 1000));
		assert_int_equal(assay_tier_number(v.tier), tiers[i]);
		assert_int_equal(row.tier, tiers[i]);
		assert_int_equal(row.failed_check, 0);
		assert_int_equal(row.status, v.tcb_status);
		assert_int_equal(row.valid_until_s, v.valid_until_s);
		assert_int_equal(row.evaluation_number, 18);
		assert_int_equal(row.tier_next, UINT8_MAX);
		assert_int_equal(row.tee, v.tee);
		assert_memory_equal(row.platform, v.platform.id, 32);
		assert_memory_equal(row.fmspc, v.platform.fmspc, 6);
		assert_memory_equal(row.components, v.platform.components, 16);
		assert_int_equal(row.pcesvn, v.platform.pcesvn);
		assert_int_equal(row.appraised_height, enrol_machine()->meta.height);
		struct assay_bytes list = VAR_BYTES(row.advisories);
		struct assay_bytes id;

		for (unsigned k = 0; k < v.advisories_count; k++) {
			assert_true(list_next(&list, &id));
			assert_true(bytes_equal_text(id, v.advisories[k]));
		}
		assert_int_equal(list.len, 0);
	}
}

/* ---- missing and late collateral */

/* Fails where a missing part does not count, or a forgery is called undecided without one. */
static void
test_missing_parts(void **state)
{
	const struct sim_options sim = { .tee = SIM_SGX };
	const struct sim_options forged = { .tee = SIM_SGX, .broken = true,
		.break_check = ASSAY_CHECK_QUOTE_SIGNATURE };
	struct register_arguments a;
	struct scene_worker w;
	struct scene_worker other;

	(void)state;
	scene_worker_make(s, &w, &(struct scene_worker_options){ .sim = sim });
	scene_worker_make(s, &other, &(struct scene_worker_options){ .number = 1, .sim = forged });
	for (size_t i = 0; i <= ENROL_COUNT(kinds); i++) {
		scene_register_arguments(s, &a, &other, scene_nonce_height(s));
		enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_REFUSED);
		assert_int_equal(s->detail, ASSAY_CHECK_QUOTE_SIGNATURE + 1);
		scene_register_arguments(s, &a, &w, scene_nonce_height(s));
		if (i < ENROL_COUNT(kinds)) {
			enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_UNDECIDED);
			enrol_expect(enrol_bring(kinds[i]), CODE_ACCEPTED);
		}
	}
	enrol_expect(scene_send(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
}

/* A collateral of another model says nothing of this one. */
static void
test_other_model(void **state)
{
	const struct sim_options sgx = { .tee = SIM_SGX };
	struct register_arguments a;
	struct scene_worker w;

	(void)state;
	bring(&sgx);
	scene_worker_make(s, &w, &(struct scene_worker_options){ .sim = { .tee = SIM_TDX } });
	scene_register_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_UNDECIDED);
	assert_int_equal(s->detail, ASSAY_CHECK_TCB_INFO_PRESENT + 1);
}

/* Fails where the stretch is not given, is given twice, or has no end. */
static void
test_late_vendor(void **state)
{
	static const uint64_t stretch_ms = 3 * ENROL_DAY_MS;
	const struct sim_options sim = { .tee = SIM_SGX };
	const uint64_t until_ms = SCENE_START_MS + VALID_MS;
	struct register_arguments a;
	struct scene_worker w;
	struct scene_worker late;
	struct scene_worker later;

	(void)state;
	bring(&sim);
	scene_worker_online(s, &w, &(struct scene_worker_options){ .sim = sim });
	assert_int_equal(enrol_worker(&w).valid_until_s, until_ms / 1000);
	/* One leap is a halt, which moves none of the vendor's dates. */
	scene_wait(s, until_ms - s->time_ms + 3600000);
	enrol_make(&late, 0, 1, SIM_SGX, 1);
	enrol_expect(scene_register(s, &late), CODE_ACCEPTED);
	assert_int_equal(enrol_worker(&late).tier, 1);
	/* The vendor's date, though the verdict rests on its grace. */
	assert_int_equal(enrol_worker(&late).valid_until_s, until_ms / 1000);
	const struct worker row = enrol_worker(&w);

	assert_int_equal(worker_evidence_expires_own_ms(enrol_machine(), &row),
	    until_ms + stretch_ms - enrol_machine()->meta.halted_ms);
	assert_true(worker_is_admitted(enrol_machine(), &row));
	enrol_make(&later, 0, 2, SIM_SGX, 2);
	scene_wait(s, until_ms + stretch_ms - s->time_ms + 1000);
	assert_false(worker_is_admitted(enrol_machine(), &row));
	scene_register_arguments(s, &a, &later, scene_nonce_height(s));
	enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_UNDECIDED);
	assert_int_equal(s->detail, ASSAY_CHECK_ROOT_CRL_DATES + 1);
	/* It comes at last, and everybody is back without doing anything. */
	bring_later(&sim, (int64_t)(s->time_ms / 1000) - ENROL_NOW_S);
	enrol_sweep();
	const struct worker back = enrol_worker(&w);

	assert_int_equal(back.state, WORKER_ONLINE);
	assert_true(worker_is_admitted(enrol_machine(), &back));
	assert_int_equal(back.attested_own_ms, row.attested_own_ms);
}

/* ---- appraised again */

/* Fails where a worker keeps its tier until it calls, or where its evidence becomes younger. */
static void
test_demoted_without_its_help(void **state)
{
	const struct sim_options sim = { .tee = SIM_SGX };
	const struct sim_options advised = { .tee = SIM_SGX, .advisories = { "INTEL-SA-00615" },
		.advisories_count = 1 };
	struct scene_worker w;

	(void)state;
	bring(&sim);
	scene_worker_online(s, &w, &(struct scene_worker_options){ .sim = sim });
	const struct worker before = enrol_worker(&w);

	assert_int_equal(before.tier, 1);
	scene_blocks(s, 10);
	bring_later(&advised, 60);
	enrol_sweep();
	const struct worker after = enrol_worker(&w);

	assert_int_equal(after.tier, 4);
	assert_int_equal(after.state, WORKER_ONLINE);
	assert_int_equal(after.attested_own_ms, before.attested_own_ms);
	assert_int_equal(after.nonce_height, before.nonce_height);
	assert_memory_equal(after.evidence, before.evidence, 32);
	assert_int_equal(after.stake, before.stake);
	assert_true(after.appraised_height > before.appraised_height);
	/* And raised, when the vendor says so. */
	bring_later(&sim, 120);
	enrol_sweep();
	assert_int_equal(enrol_worker(&w).tier, 1);
}

/* Fails where a CRL has no effect on those who are in. */
static void
test_revoked_later(void **state)
{
	const struct sim_options sim = { .tee = SIM_SGX };
	const struct sim_options revoked = { .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_PCK_REVOKED };
	struct scene_worker w;
	struct scene_worker other;

	(void)state;
	bring(&sim);
	scene_worker_online(s, &w, &(struct scene_worker_options){ .sim = sim });
	enrol_online(&other, 0, 1, SIM_SGX, 1);
	bring_later(&revoked, 60);
	enrol_sweep();
	const struct worker row = enrol_worker(&w);

	assert_int_equal(row.state, WORKER_SUSPENDED);
	assert_int_equal(row.why, WORKER_BECAUSE_EVIDENCE);
	assert_int_equal(row.failed_check, ASSAY_CHECK_PCK_REVOKED + 1);
	assert_int_equal(row.tier, 0);
	assert_int_equal(enrol_worker(&other).state, WORKER_ONLINE);
	assert_int_equal(enrol_worker(&other).tier, 1);
}

/* Fails where a tier below the floor keeps a worker in. */
static void
test_below_the_floor(void **state)
{
	static const struct scene_parameter parameters[] = { { PARAMETER_FLOOR_TIER, 3 }, ENROL_AT_ONCE };
	const struct sim_options sim = { .tee = SIM_SGX };
	const struct sim_options advised = { .tee = SIM_SGX, .advisories = { "INTEL-SA-00615" },
		.advisories_count = 1 };
	struct register_arguments a;
	struct scene_worker w;
	struct scene_worker other;

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	bring(&sim);
	scene_worker_online(s, &w, &(struct scene_worker_options){ .sim = sim });
	scene_worker_make(s, &other, &(struct scene_worker_options){ .number = 1,
	    .sim = { .tee = SIM_SGX, .index = 1, .status = ASSAY_TCB_OUT_OF_DATE } });
	scene_register_arguments(s, &a, &other, scene_nonce_height(s));
	enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_TIER);
	bring_later(&advised, 60);
	enrol_sweep();
	assert_int_equal(enrol_worker(&w).state, WORKER_SUSPENDED);
	assert_int_equal(enrol_worker(&w).why, WORKER_BECAUSE_TIER);
	assert_int_equal(enrol_worker(&w).tier, 4);
}

/* Fails where a newer set that waits is not seen, or has no date. */
static void
test_tier_next(void **state)
{
	const struct sim_options sim = { .tee = SIM_SGX };
	const struct sim_options next = { .tee = SIM_SGX, .evaluation_number = 19, .advisories = { "INTEL-SA-00615" },
		.advisories_count = 1 };
	struct scene_worker w;

	(void)state;
	bring(&sim);
	scene_worker_online(s, &w, &(struct scene_worker_options){ .sim = sim });
	bring_later(&next, 0);
	enrol_sweep();
	const struct worker row = enrol_worker(&w);

	assert_int_equal(row.tier, 1);
	assert_int_equal(row.tier_next, 4);
	assert_int_equal(row.tier_next_ms, enrol_in_force(COLLATERAL_TCB_INFO, ASSAY_TEE_SGX).next_ms);
	/* A renewal says the same as the sweep. */
	struct reattest_arguments a;

	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_expect(scene_send(s, 0, KIND_REATTEST, &a), CODE_ACCEPTED);
	assert_int_equal(enrol_worker(&w).tier_next, 4);
}

#define MANY 9

/* Fails where a block does more than it may, or where a request in the midst of a pass makes the last wait. */
static void
test_bounded_queue(void **state)
{
	static const struct scene_parameter parameters[] = { ENROL_AT_ONCE, { PARAMETER_APPRAISALS, 2 } };
	const struct sim_options sim = { .tee = SIM_SGX };
	const struct sim_options advised = { .tee = SIM_SGX, .advisories = { "INTEL-SA-00615" },
		.advisories_count = 1 };
	struct scene_worker w[MANY];

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	bring(&sim);
	for (uint32_t i = 0; i < MANY; i++) {
		enrol_online(&w[i], 0, i, SIM_SGX, i);
	}
	enrol_sweep();
	bring_later(&advised, 60);
	for (unsigned block = 1; block <= 4; block++) {
		unsigned demoted = 0;

		scene_block(s);
		for (uint32_t i = 0; i < MANY; i++) {
			demoted += enrol_worker(&w[i]).tier == 4 ? 1 : 0;
		}
		assert_int_equal(demoted, 2 * block);
		if (block == 2) {
			bring_later(&sim, 120);	/* a request in the midst */
			bring_later(&advised, 180);
		}
	}
	enrol_sweep();
	for (uint32_t i = 0; i < MANY; i++) {
		const struct worker row = enrol_worker(&w[i]);

		assert_int_equal(row.tier, 4);
		assert_true(row.appraised_height >= enrol_machine()->meta.collateral_height);
	}
}

/* A pass over those whom nothing concerns appraises, and logs, nothing. */
static void
test_unconcerned(void **state)
{
	const struct sim_options sim = { .tee = SIM_SGX };
	const struct sim_options tdx = { .tee = SIM_TDX };
	struct scene_worker w;

	(void)state;
	bring(&sim);
	scene_worker_online(s, &w, &(struct scene_worker_options){ .sim = sim });
	enrol_sweep();
	scene_block(s);
	const struct worker before = enrol_worker(&w);

	enrol_vendor(&tdx);
	enrol_expect(enrol_bring(COLLATERAL_QE_IDENTITY), CODE_ACCEPTED);
	enrol_sweep();
	assert_int_equal(enrol_worker(&w).appraised_height, before.appraised_height);
}

/* Revoked or retired: the row follows what standing says already. */
static void
test_row_follows_standing(void **state)
{
	const struct sim_options sim = { .tee = SIM_SGX };
	struct program_arguments revoke;
	struct scene_worker w;

	(void)state;
	bring(&sim);
	scene_worker_online(s, &w, &(struct scene_worker_options){ .sim = sim });
	memcpy(revoke.program, w.program, sizeof(revoke.program));
	scene_act_now(s, ACT_REVOKE_PROGRAM, &revoke);
	enrol_sweep();
	assert_int_equal(enrol_worker(&w).state, WORKER_SUSPENDED);
	assert_int_equal(enrol_worker(&w).why, WORKER_BECAUSE_PROGRAM);
}

/* Fails where a worker stands on evidence that is not there. */
static void
test_evidence_lost(void **state)
{
	const struct sim_options sim = { .tee = SIM_SGX };
	struct scene_worker w;

	(void)state;
	bring(&sim);
	scene_worker_online(s, &w, &(struct scene_worker_options){ .sim = sim });
	scene_wait(s, 1000);
	const struct worker row = enrol_worker(&w);

	step_begin(enrol_machine());
	evidence_remove(enrol_machine(), row.evidence);
	step_commit(enrol_machine(), EFFECT_NONE);
	bring_later(&sim, 60);
	enrol_sweep();
	assert_int_equal(enrol_worker(&w).state, WORKER_SUSPENDED);
	assert_int_equal(enrol_worker(&w).why, WORKER_BECAUSE_EVIDENCE);
	assert_int_equal(enrol_worker(&w).failed_check, ASSAY_CHECK_EVIDENCE_SIZE + 1);
}

/* Fails where a date that a parameter moves to the front is still waited for. */
static void
test_dates_move(void **state)
{
	static const struct scene_parameter parameters[] = { { PARAMETER_EPOCH_BLOCKS, 12 }, { PARAMETER_WINDOW, 2 },
		{ PARAMETER_REATTEST_WINDOW, 4 }, ENROL_AT_ONCE };
	const struct set_parameter_arguments set = { .parameter = PARAMETER_BOND_TIME, .value = 100000 };
	const struct sim_options sim = { .tee = SIM_SGX };
	struct scene_worker w;

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	bring(&sim);
	enrol_make(&w, 0, 0, SIM_SGX, 0);
	enrol_expect(scene_register(s, &w), CODE_ACCEPTED);
	scene_act_now(s, ACT_SET_PARAMETER, &set);
	scene_blocks(s, 25);
	assert_int_equal(enrol_worker(&w).state, WORKER_REGISTERED);
	scene_blocks(s, 20);
	assert_int_equal(enrol_worker(&w).state, WORKER_LEFT);
}

/* A stricter policy acts on those who are in. */
static void
test_policy_changes(void **state)
{
	const struct sim_options sim = { .tee = SIM_SGX, .status = ASSAY_TCB_SW_HARDENING_NEEDED };
	struct set_policy_arguments set;
	struct assay_policy policy;
	static char document[ASSAY_POLICY_DOCUMENT_MAX];
	struct scene_worker w;

	(void)state;
	bring(&sim);
	scene_worker_online(s, &w, &(struct scene_worker_options){ .sim = sim });
	assert_int_equal(enrol_worker(&w).tier, 2);
	assay_policy_preset(&policy, s->crypto, 0);
	memset(policy.name, 0, sizeof(policy.name));
	memcpy(policy.name, "stricter", 8);
	policy.tier_of_status[ASSAY_TCB_SW_HARDENING_NEEDED] = ASSAY_TIER_NONE;
	set.document = bytes_of(document, assay_policy_document(&policy, document, sizeof(document)));
	scene_act_now(s, ACT_SET_POLICY, &set);
	enrol_sweep();
	assert_int_equal(enrol_worker(&w).state, WORKER_SUSPENDED);
	assert_int_equal(enrol_worker(&w).failed_check, ASSAY_CHECK_STATUS_TIER + 1);
}

/* ---- memos */

/* More kinds of platforms than slots, twice over; each block's root to roots. */
static unsigned
memo_story(uint8_t roots[][32], bool reopened)
{
	unsigned count = 0;

	enrol_teardown(NULL);
	enrol_open(NULL, 0);
	for (uint32_t i = 0; i < 24; i++) {
		const struct sim_options sim = { .tee = i % 2 == 0 ? SIM_SGX : SIM_TDX, .index = i % 7,
			.ca = i % 4 == 0 ? SIM_CA_PROCESSOR : SIM_CA_PLATFORM, .advisories = { "INTEL-SA-00615" },
			.advisories_count = i % 5 == 0 ? 1 : 0 };
		struct scene_worker w;

		bring_later(&sim, (int64_t)i * 60);
		scene_worker_make(s, &w, &(struct scene_worker_options){ .number = i, .sim = sim });
		(void)scene_register(s, &w);
		scene_block(s);
		memcpy(roots[count], s->commit.state_root, 32);
		count++;
		if (reopened) {
			scene_reopen(s);
		}
	}
	return count;
}

/* Fails where a result depends on what is kept in memory. */
static void
test_memos_decide_nothing(void **state)
{
	static uint8_t kept[24][32];
	static uint8_t fresh[24][32];

	(void)state;
	assert_int_equal(memo_story(kept, false), 24);
	assert_int_equal(memo_story(fresh, true), 24);
	assert_memory_equal(kept, fresh, sizeof(kept));
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, enrol_setup, enrol_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_row_is_the_verdict),
		EACH(test_missing_parts),
		EACH(test_other_model),
		EACH(test_late_vendor),
		EACH(test_demoted_without_its_help),
		EACH(test_revoked_later),
		EACH(test_below_the_floor),
		EACH(test_tier_next),
		EACH(test_bounded_queue),
		EACH(test_unconcerned),
		EACH(test_row_follows_standing),
		EACH(test_evidence_lost),
		EACH(test_dates_move),
		EACH(test_policy_changes),
		EACH(test_memos_decide_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
