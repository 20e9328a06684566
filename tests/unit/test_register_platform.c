/* SPDX-License-Identifier: Apache-2.0 */
/* One platform, one worker: who makes way for whom, and what goes over to a successor. */
#include "enrol.h"

/* ---- one platform, one worker */

static void
test_other_operator(void **state)
{
	struct scene_worker first;
	struct scene_worker second;
	struct scene_worker third;

	(void)state;
	enrol_make(&first, 0, 0, SIM_SGX, 0);
	enrol_make(&second, 1, 1, SIM_SGX, 0);
	enrol_make(&third, 2, 2, SIM_SGX, 0);
	enrol_expect(scene_register(s, &first), CODE_ACCEPTED);
	/* Without a bond it occupies nothing. */
	enrol_expect(scene_register(s, &second), CODE_ACCEPTED);
	assert_int_equal(enrol_worker(&first).state, WORKER_LEFT);
	assert_int_equal(enrol_worker(&first).why, WORKER_BECAUSE_UNBONDED);
	assert_false(enrol_has_evidence(enrol_worker(&first).evidence));
	assert_memory_equal(enrol_platform_of(&second).sgx_worker, second.id, 32);
	assert_memory_equal(enrol_platform_of(&second).operator, s->accounts[1].id, 32);
	assert_int_equal(enrol_machine()->meta.workers, 1);
	enrol_expect(scene_bond(s, &second, 5000), CODE_ACCEPTED);
	enrol_register_refused(&third, CODE_PLATFORM_OTHER);
	enrol_expect(scene_start(s, &second, 0), CODE_ACCEPTED);
	enrol_register_refused(&third, CODE_PLATFORM_OTHER);
	/* Stopped: it cools down, and the place is free. */
	struct worker_arguments stop;

	memcpy(stop.worker, second.id, sizeof(stop.worker));
	enrol_expect(scene_send(s, 1, KIND_STOP, &stop), CODE_ACCEPTED);
	enrol_expect(scene_register(s, &third), CODE_ACCEPTED);
	assert_true(scene_supply_holds(s));
}

/* Fails where a bond alone holds a machine that its operator cannot attest on any more, or where that
 * bond is lost. */
static void
test_lapsed_makes_way(void **state)
{
	static const struct scene_parameter soon[] = { { PARAMETER_EVIDENCE_AGE, 600000 },
		{ PARAMETER_LAPSE_GRACE, 60000 }, { PARAMETER_COOLING, 120000 } };
	static const enum sim_tee tees[] = { SIM_SGX, SIM_TDX };

	(void)state;
	for (unsigned t = 0; t < 2; t++) {
		struct scene_worker first[16];
		struct scene_worker second;
		struct account account;
		const unsigned full = tees[t] == SIM_SGX ? 1 : 16;

		enrol_teardown(NULL);
		enrol_open(soon, ENROL_COUNT(soon));
		scene_bring_collateral(s, tees[t]);
		for (unsigned i = 0; i < full; i++) {
			enrol_make(&first[i], 0, i, tees[t], 0);
			enrol_expect(scene_register(s, &first[i]), CODE_ACCEPTED);
			enrol_expect(scene_bond(s, &first[i], 1), CODE_ACCEPTED);
		}
		enrol_make(&second, 1, 16, tees[t], 0);
		scene_wait(s, 59000);
		enrol_register_refused(&second, full == 1 ? CODE_PLATFORM_OTHER : CODE_PLATFORM_FULL);
		for (unsigned i = 0; i < 13; i++) {
			scene_wait(s, 59000);
		}
		assert_int_equal(enrol_worker(&first[0]).state, WORKER_SUSPENDED);
		enrol_expect(scene_register(s, &second), CODE_ACCEPTED);
		assert_int_equal(enrol_worker(&first[0]).state, WORKER_COOLING);
		assert_int_equal(enrol_worker(&first[0]).why, WORKER_BECAUSE_LAPSED);
		assert_int_equal(enrol_worker(&first[0]).stake, 1);
		if (full == 1) {
			assert_memory_equal(enrol_platform_of(&second).sgx_worker, second.id, 32);
		} else {
			assert_int_equal(enrol_platform_of(&second).td_workers.len, 16 * 32);
		}
		assert_true(scene_supply_holds(s));
		for (unsigned i = 0; i < 3; i++) {
			scene_wait(s, 59000);
		}
		scene_block(s);
		assert_int_equal(enrol_worker(&first[0]).state, WORKER_LEFT);
		scene_get_account(s, 0, &account);
		assert_int_equal(account.balance, SCENE_BALANCE - full + 1);
		assert_true(scene_supply_holds(s));
	}
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
	enrol_online(&old, 0, 0, SIM_SGX, 0);
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
	enrol_make(&next, 0, 1, SIM_SGX, 0);
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
	assert_true(enrol_has_evidence(row.evidence));
	row = enrol_worker(&old);
	assert_int_equal(row.state, WORKER_LEFT);
	assert_int_equal(row.why, WORKER_BECAUSE_REPLACED);
	assert_int_equal(row.stake, 0);
	assert_memory_equal(row.successor, next.id, 32);
	assert_false(enrol_has_evidence(before.evidence));
	assert_memory_equal(enrol_platform_of(&next).sgx_worker, next.id, 32);
	assert_int_equal(enrol_machine()->meta.workers, 1);
	assert_int_equal(enrol_machine()->meta.online, 1);
	assert_int_equal(enrol_machine()->meta.stakes, 1000000);
	assert_true(scene_supply_holds(s));
	enrol_register_refused(&old, CODE_WORKER_EXISTS);
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
	enrol_online(&w[0], 0, 0, SIM_SGX, 0);
	memcpy(pause.worker, w[0].id, sizeof(pause.worker));
	enrol_expect(scene_send(s, 0, KIND_PAUSE, &pause), CODE_ACCEPTED);
	enrol_make(&w[1], 0, 1, SIM_SGX, 0);
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
	enrol_make(&w[2], 0, 2, SIM_SGX, 0);
	enrol_expect(scene_register(s, &w[2]), CODE_ACCEPTED);
	memcpy(start.worker, w[2].id, sizeof(start.worker));
	enrol_expect(scene_send(s, 0, KIND_START, &start), CODE_FORCED);
}

/* Fails where a successor comes away with silence that its predecessor owes for. */
static void
test_replaced_in_silence(void **state)
{
	static const struct scene_parameter parameters[] = { { PARAMETER_EPOCH_BLOCKS, 12 }, { PARAMETER_WINDOW, 2 },
		{ PARAMETER_REATTEST_WINDOW, 4 }, { PARAMETER_HALT_GAP, 3600000 } };
	struct scene_worker old;
	struct scene_worker next;
	struct worker row;

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	scene_bring_collateral(s, SIM_SGX);
	enrol_online(&old, 0, 0, SIM_SGX, 0);
	for (unsigned i = 0; i < 40 && enrol_worker(&old).state == WORKER_ONLINE; i++) {
		scene_block(s);
	}
	assert_int_equal(enrol_worker(&old).state, WORKER_UNRESPONSIVE);
	scene_wait(s, 3600000);
	scene_wait(s, 3600000);
	enrol_make(&next, 0, 1, SIM_SGX, 0);
	enrol_expect(scene_register(s, &next), CODE_ACCEPTED);
	row = enrol_worker(&next);
	assert_int_equal(row.state, WORKER_REGISTERED);
	assert_true(row.stake <= 1000000 - 2000);
	assert_int_equal(row.slashed[0], 1000000 - row.stake);
	assert_int_equal(enrol_machine()->meta.escrows, 1000000 - row.stake);
	assert_int_equal(enrol_worker(&old).stake, 0);
	assert_int_equal(enrol_worker(&old).silent_own_ms, 0);
	assert_true(scene_supply_holds(s));
}

/* Fails where a reinstall loses the work: an app goes on with the successor of whom it had. */
static void
test_replaced_at_work(void **state)
{
	struct app_open_arguments open = { .tiers = 0x1f, .tees = 1 << ASSAY_TEE_SGX, .slots = 1, .pay = 10,
		.order = APP_BEST, .escrow = 100000 };
	struct scene_worker old;
	struct scene_worker next;
	struct worker before;
	struct worker after;
	struct assignment assignment;

	(void)state;
	enrol_online(&old, 0, 0, SIM_SGX, 0);
	enrol_sweep();
	VAR_SET(open.name, bytes_of_text("an app"));
	memcpy(open.program, s->program_sgx, sizeof(open.program));
	enrol_expect(scene_send(s, 2, KIND_APP_OPEN, &open), CODE_ACCEPTED);
	for (unsigned i = 0; i < 10 && enrol_worker(&old).app_slot == NO_SLOT; i++) {
		scene_block(s);
	}
	before = enrol_worker(&old);
	assert_int_equal(before.app_slot, 0);
	enrol_make(&next, 0, 1, SIM_SGX, 0);
	enrol_expect(scene_register(s, &next), CODE_ACCEPTED);
	after = enrol_worker(&next);
	assert_memory_equal(after.app, before.app, sizeof(after.app));
	assert_int_equal(after.app_slot, 0);
	const struct row_key key = key_u16(key_bytes(key_start(TABLE_ASSIGNMENT), ARRAY_BYTES(after.app)), 0);

	assert_true(row_get(enrol_machine(), &key, &assignment));
	assert_memory_equal(assignment.worker, next.id, 32);
	assert_int_equal(enrol_worker(&old).app_slot, NO_SLOT);
	scene_blocks(s, 5);
	assert_memory_equal(enrol_worker(&next).app, before.app, 32);
	assert_true(scene_supply_holds(s));
}

/* The platform keeps the last eight changes, the oldest first. */
static void
test_platform_changes(void **state)
{
	struct scene_worker w[11];
	struct platform platform;

	(void)state;
	for (uint32_t i = 0; i < ENROL_COUNT(w); i++) {
		enrol_make(&w[i], 0, i, SIM_SGX, 0);
		enrol_expect(scene_register(s, &w[i]), CODE_ACCEPTED);
		enrol_expect(scene_bond(s, &w[i], 1000), CODE_ACCEPTED);
		scene_block(s);
	}
	platform = enrol_platform_of(&w[10]);
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
	static const struct scene_parameter parameters[] = {
		{ PARAMETER_TDX_WORKERS_PER_PLATFORM, 3 }, ENROL_AT_ONCE };
	struct retire_program_arguments retire;
	struct scene_worker w[5];
	struct scene_worker upgraded;
	struct scene_worker other;

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	scene_bring_collateral(s, SIM_TDX);
	for (uint32_t i = 0; i < 3; i++) {
		enrol_online(&w[i], i % 2, i, SIM_TDX, 0);
	}
	assert_int_equal(enrol_platform_of(&w[0]).td_workers.len, 3 * 32);
	enrol_make(&w[3], 2, 3, SIM_TDX, 0);
	enrol_register_refused(&w[3], CODE_PLATFORM_FULL);
	enrol_make(&w[4], 0, 4, SIM_TDX, 0);
	enrol_register_refused(&w[4], CODE_PLATFORM_FULL);
	/* Its program registers nobody any more: its operator's own worker makes way for the next program. */
	memcpy(retire.program, s->program_tdx, sizeof(retire.program));
	retire.notice_ms = s->time_ms + 5000;
	retire.retire_ms = s->time_ms + 10 * ENROL_DAY_MS;
	scene_act_now(s, ACT_RETIRE_PROGRAM, &retire);
	scene_wait(s, 10000);
	enrol_make(&upgraded, 0, 5, SIM_TDX, 0);
	const struct row_key key = key_of_32(TABLE_PROGRAM, s->program_tdx);
	static uint8_t mrtd[48];
	struct td_selector selector;
	struct program row;

	assert_true(row_get(enrol_machine(), &key, &row));
	assert_true(record_decode(&td_selector_record, &selector, VAR_BYTES(row.selector)));
	selector.mrtd[0] ^= 1;
	memcpy(mrtd, selector.mrtd, sizeof(mrtd));
	upgraded.options.program = mrtd;
	enrol_allow(&upgraded, ASSAY_TEE_TDX, &td_selector_record, &selector, 0);
	/* Nobody makes way for another operator. */
	enrol_make(&other, 2, 6, SIM_TDX, 0);
	memcpy(other.program, upgraded.program, sizeof(other.program));
	other.options.program = mrtd;
	enrol_register_refused(&other, CODE_PLATFORM_FULL);
	enrol_expect(scene_register(s, &upgraded), CODE_ACCEPTED);
	assert_int_equal(enrol_worker(&w[0]).state, WORKER_LEFT);
	assert_int_equal(enrol_worker(&w[0]).why, WORKER_BECAUSE_REPLACED);
	assert_int_equal(enrol_worker(&w[2]).state, WORKER_ONLINE);
	assert_int_equal(enrol_worker(&upgraded).stake, 1000000);
	assert_int_equal(enrol_worker(&upgraded).state, WORKER_ONLINE);
	assert_int_equal(enrol_platform_of(&upgraded).td_workers.len, 3 * 32);
	assert_true(scene_supply_holds(s));
}

/* Fails where announcements without a bond keep others out. */
static void
test_td_unbonded(void **state)
{
	static const struct scene_parameter parameters[] = {
		{ PARAMETER_TDX_WORKERS_PER_PLATFORM, 2 }, ENROL_AT_ONCE };
	struct scene_worker w[4];

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	scene_bring_collateral(s, SIM_TDX);
	for (uint32_t i = 0; i < ENROL_COUNT(w); i++) {
		enrol_make(&w[i], i, i, SIM_TDX, 0);
		enrol_expect(scene_register(s, &w[i]), CODE_ACCEPTED);
	}
	assert_int_equal(enrol_worker(&w[0]).state, WORKER_LEFT);
	assert_int_equal(enrol_worker(&w[1]).state, WORKER_LEFT);
	assert_int_equal(enrol_worker(&w[3]).state, WORKER_REGISTERED);
	assert_int_equal(enrol_platform_of(&w[3]).td_workers.len, 2 * 32);
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, enrol_setup_ready, enrol_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_other_operator),
		EACH(test_lapsed_makes_way),
		EACH(test_replaced),
		EACH(test_replaced_at_rest),
		EACH(test_replaced_in_silence),
		EACH(test_replaced_at_work),
		EACH(test_platform_changes),
		EACH(test_td_platform),
		EACH(test_td_unbonded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
