/* SPDX-License-Identifier: Apache-2.0 */
/* Workers' states and dates: start, pause, stop, endpoint, and what time does by itself. */
#include "fleet.h"

static struct scene_worker w;

/* ---- start */

/* Fails where a worker starts without a bond, or its ask is lost, or it is asked from before its start. */
static void
test_start(void **state)
{
	(void)state;
	fleet_make(&w, 0, 1);
	const struct start_arguments a = fleet_start(&w);

	fleet_refused(0, KIND_START, &a, CODE_WORKER_UNKNOWN);
	assert_int_equal(scene_register(s, &w), CODE_ACCEPTED);
	fleet_refused(1, KIND_START, &a, CODE_NOT_YOURS);
	fleet_refused(0, KIND_START, &a, CODE_STAKE_LOW);
	assert_int_equal(scene_bond(s, &w, 999), CODE_ACCEPTED);
	fleet_refused(0, KIND_START, &a, CODE_STAKE_LOW);
	assert_int_equal(scene_bond(s, &w, 1), CODE_ACCEPTED);
	fleet_accepted(0, KIND_START, &a);
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	assert_int_equal(fleet_row(&w).ask, 7);
	assert_int_equal(fleet_row(&w).online_height, fleet_machine()->meta.height);
	fleet_refused(0, KIND_START, &a, CODE_WORKER_STATE);
	fleet_block();
}

static void
not_genuine(struct worker *row)
{
	row->tier = 0;
}

static void
below_floor(struct worker *row)
{
	row->tier = 6;
}

static void
attested_long_ago(struct worker *row)
{
	row->attested_own_ms = 1;
}

static void
forced(struct worker *row)
{
	row->forced_until_own_ms = NO_TIME;
}

static void
forced_no_more(struct worker *row)
{
	row->forced_until_own_ms = 0;
	row->tier = 1;
	row->attested_own_ms = SCENE_START_MS;
}

/* Fails where a start does not look at all that admission looks at. */
static void
test_start_standing(void **state)
{
	static const struct {
		void (*change)(struct worker *row);
		enum code code;
	} rows[] = {
		{ not_genuine, CODE_EVIDENCE_REFUSED },		/* appraised again, and refused */
		{ below_floor, CODE_EVIDENCE_TIER },		/* the floor has risen */
		{ attested_long_ago, CODE_NOT_ADMITTED },	/* its evidence is too old */
		{ forced, CODE_FORCED },			/* the council keeps it offline */
	};
	struct program_arguments program;
	struct signer_arguments signer;
	struct deny_arguments deny = { .kind = DENY_PLATFORM };

	(void)state;
	fleet_make(&w, 0, 1);
	const struct start_arguments a = fleet_start(&w);

	assert_int_equal(scene_register(s, &w), CODE_ACCEPTED);
	assert_int_equal(scene_bond(s, &w, 1000), CODE_ACCEPTED);
	for (size_t i = 0; i < FLEET_COUNT(rows); i++) {
		fleet_poke(&w, rows[i].change);
		fleet_refused(0, KIND_START, &a, rows[i].code);
		fleet_poke(&w, forced_no_more);
	}
	/* Each of the council's acts takes it out in its own block; none needs the queue for that. */
	memcpy(deny.value.data, fleet_row(&w).platform, 32);
	deny.value.len = 32;
	assert_true(scene_act(s, ACT_DENY, &deny) != 0);
	fleet_refused(0, KIND_START, &a, CODE_DENIED);
	memcpy(signer.signer, s->mrsigner, sizeof(signer.signer));
	assert_true(scene_act(s, ACT_REVOKE_SIGNER, &signer) != 0);
	fleet_refused(0, KIND_START, &a, CODE_SIGNER_REVOKED);
	memcpy(program.program, s->program_sgx, sizeof(program.program));
	assert_true(scene_act(s, ACT_REVOKE_PROGRAM, &program) != 0);
	fleet_refused(0, KIND_START, &a, CODE_NOT_ADMITTED);
}

/* Fails where a suspended worker comes back without attesting again. */
static void
test_start_suspended(void **state)
{
	struct force_offline_arguments force = { .force = true };
	struct reattest_arguments renewal;

	(void)state;
	fleet_online(&w, 0, 1);
	const struct start_arguments a = fleet_start(&w);

	memcpy(force.worker, w.id, sizeof(force.worker));
	assert_true(scene_act(s, ACT_FORCE_OFFLINE, &force) != 0);
	fleet_block();
	assert_int_equal(fleet_state(&w), WORKER_SUSPENDED);
	assert_int_equal(fleet_row(&w).why, WORKER_BECAUSE_FORCED);
	fleet_refused(0, KIND_START, &a, CODE_WORKER_STATE);
	force.force = false;
	assert_true(scene_act(s, ACT_FORCE_OFFLINE, &force) != 0);
	fleet_blocks(5);
	fleet_refused(0, KIND_START, &a, CODE_WORKER_STATE);
	scene_reattest_arguments(s, &renewal, &w, scene_nonce_height(s));
	assert_int_equal(scene_send(s, 0, KIND_REATTEST, &renewal), CODE_ACCEPTED);
	assert_int_equal(fleet_state(&w), WORKER_REGISTERED);
	fleet_accepted(0, KIND_START, &a);
	fleet_block();
}

/* ---- pause */

/* Fails where maintenance has no bounds, or a shorter one uses up all that was announced. */
static void
test_pause_limit(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	fleet_until_answered(&w);
	struct pause_arguments a = fleet_pause(&w, 0);
	const struct start_arguments start = fleet_start(&w);

	fleet_refused(0, KIND_PAUSE, &a, CODE_AMOUNT);
	a.duration_ms = 40001;
	fleet_refused(0, KIND_PAUSE, &a, CODE_PAUSE_LIMIT);
	fleet_refused(1, KIND_PAUSE, &a, CODE_NOT_YOURS);
	a.duration_ms = 40000;
	fleet_accepted(0, KIND_PAUSE, &a);
	assert_int_equal(fleet_state(&w), WORKER_PAUSED);
	assert_int_equal(fleet_row(&w).online_height, 0);
	fleet_refused(0, KIND_PAUSE, &a, CODE_WORKER_STATE);
	scene_wait(s, 9000);
	fleet_accepted(0, KIND_START, &start);
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	assert_int_equal(fleet_row(&w).pause_used_ms, 9000);
	a.duration_ms = 31001;
	fleet_refused(0, KIND_PAUSE, &a, CODE_PAUSE_LIMIT);
	a.duration_ms = 31000;
	fleet_accepted(0, KIND_PAUSE, &a);
	fleet_block();
	/* It ends by itself, at its date. */
	fleet_blocks(29);
	assert_int_equal(fleet_state(&w), WORKER_PAUSED);
	fleet_blocks(2);
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	a.duration_ms = 1;
	fleet_refused(0, KIND_PAUSE, &a, CODE_PAUSE_LIMIT);
}

static void
period_over(struct worker *row)
{
	row->pause_period_own_ms -= 300000;
}

static void
tier_next_worse(struct worker *row)
{
	row->tier_next = (uint8_t)(row->tier + 1);
}

static void
tier_next_none(struct worker *row)
{
	row->tier_next = 0;
}

static void
tier_next_same(struct worker *row)
{
	row->tier_next = row->tier;
}

static void
tier_next_unknown(struct worker *row)
{
	row->tier_next = UINT8_MAX;
}

static void
all_used(struct worker *row)
{
	row->pause_period_own_ms = SCENE_START_MS;
	row->pause_used_ms = 40000;
}

/* Fails where the limit never comes back, or firmware must wait for it, or anything but a worse tier doubles it. */
static void
test_pause_firmware(void **state)
{
	static void (*const no_reason[])(struct worker *row) = { tier_next_same, tier_next_unknown };
	static void (*const reason[])(struct worker *row) = { tier_next_worse, tier_next_none };

	(void)state;
	fleet_online(&w, 0, 1);
	fleet_until_answered(&w);
	struct pause_arguments a = fleet_pause(&w, 1);
	const struct start_arguments start = fleet_start(&w);

	fleet_poke(&w, all_used);
	for (size_t i = 0; i < 2; i++) {
		fleet_poke(&w, no_reason[i]);
		fleet_refused(0, KIND_PAUSE, &a, CODE_PAUSE_LIMIT);
	}
	for (size_t i = 0; i < 2; i++) {
		fleet_poke(&w, reason[i]);
		a.duration_ms = 40001;
		fleet_refused(0, KIND_PAUSE, &a, CODE_PAUSE_LIMIT);
		a.duration_ms = 40000;
		fleet_accepted(0, KIND_PAUSE, &a);
		assert_int_equal(fleet_row(&w).pause_used_ms, 80000);
		fleet_accepted(0, KIND_START, &start);
	}
	fleet_poke(&w, tier_next_same);
	fleet_poke(&w, all_used);
	fleet_poke(&w, period_over);
	a.duration_ms = 40000;
	fleet_accepted(0, KIND_PAUSE, &a);
}

/* Fails where a pause can be announced to get away from a challenge that waits. */
static void
test_pause_challenge(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	const struct pause_arguments a = fleet_pause(&w, 1000);
	const uint64_t height = fleet_until_drawn(&w);

	for (unsigned i = 0; i < FLEET_WINDOW; i++) {
		fleet_refused(0, KIND_PAUSE, &a, CODE_CHALLENGE_OPEN);
		if (i + 1 < FLEET_WINDOW) {
			fleet_block();
		}
	}
	assert_int_equal(scene_answer(s, &w, height), CODE_ACCEPTED);
	fleet_accepted(0, KIND_PAUSE, &a);
}

/* Fails where the block that draws a worker still lets it announce a pause. */
static void
test_pause_same_block(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	const struct pause_arguments a = fleet_pause(&w, 1000);

	for (unsigned i = 0; i < 3 * FLEET_EPOCH; i++) {
		scene_wait(s, 1000);
		if (scene_is_drawn(s, &w, fleet_machine()->meta.height)) {
			fleet_refused(0, KIND_PAUSE, &a, CODE_CHALLENGE_OPEN);
			return;
		}
	}
	fail();
}

/* Fails where announced maintenance costs stake, a miss, or anything but reward. */
static void
test_pause_costs_nothing(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	fleet_until_answered(&w);
	const struct pause_arguments a = fleet_pause(&w, 40000);

	fleet_accepted(0, KIND_PAUSE, &a);
	fleet_blocks(38);
	const struct worker row = fleet_row(&w);

	assert_int_equal(row.state, WORKER_PAUSED);
	assert_int_equal(row.misses, 0);
	assert_int_equal(row.stake, FLEET_STAKE);
	assert_int_equal(row.missed_mask, 0);
	assert_int_equal(fleet_slashes(NULL), 0);
}

/* Fails where a worker whose program went while it was paused comes back online. */
static void
test_pause_end_standing(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	fleet_until_answered(&w);
	const struct pause_arguments a = fleet_pause(&w, 3000);

	fleet_accepted(0, KIND_PAUSE, &a);
	fleet_poke(&w, not_genuine);
	fleet_blocks(5);
	assert_int_equal(fleet_state(&w), WORKER_SUSPENDED);
	assert_int_equal(fleet_row(&w).why, WORKER_BECAUSE_EVIDENCE);
}

/* ---- stop */

static bool
platform_is_free(void)
{
	const struct worker row = fleet_row(&w);
	const struct row_key key = key_of_32(TABLE_PLATFORM, row.platform);
	struct platform platform;

	assert_true(row_get(fleet_machine(), &key, &platform));
	return bytes_all_zero(ARRAY_BYTES(platform.sgx_worker)) && bytes_all_zero(ARRAY_BYTES(platform.operator));
}

/* Fails where stake comes free early, or never, or a halt of the register uses up the cooling down. */
static void
test_stop(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	const struct worker_arguments a = fleet_worker(&w);
	const uint64_t balance = fleet_balance(0);

	fleet_refused(1, KIND_STOP, &a, CODE_NOT_YOURS);
	assert_false(platform_is_free());
	fleet_accepted(0, KIND_STOP, &a);
	const uint64_t stopped_ms = fleet_machine()->own_ms;

	assert_int_equal(fleet_state(&w), WORKER_COOLING);
	assert_true(platform_is_free());
	fleet_refused(0, KIND_STOP, &a, CODE_WORKER_STATE);
	fleet_block();
	scene_wait(s, 3600000);
	fleet_block();
	while (fleet_machine()->own_ms < stopped_ms + 39000) {
		assert_int_equal(fleet_state(&w), WORKER_COOLING);
		assert_int_equal(fleet_balance(0), balance);
		fleet_block();
	}
	assert_int_equal(fleet_row(&w).stake, FLEET_STAKE);
	fleet_block();
	assert_int_equal(fleet_state(&w), WORKER_LEFT);
	assert_int_equal(fleet_row(&w).why, WORKER_BECAUSE_STOPPED);
	assert_int_equal(fleet_balance(0), balance + FLEET_STAKE);
	assert_int_equal(fleet_machine()->meta.workers, 0);
	fleet_refused(0, KIND_STOP, &a, CODE_WORKER_STATE);
}

/* Fails where a key can be registered again with evidence that it made before it left. */
static void
test_left_row(void **state)
{
	struct register_arguments again;

	(void)state;
	fleet_online(&w, 0, 1);
	const struct worker_arguments a = fleet_worker(&w);
	const struct worker before = fleet_row(&w);
	const struct row_key evidence = key_of_32(TABLE_EVIDENCE, before.evidence);

	fleet_accepted(0, KIND_STOP, &a);
	fleet_blocks(41);
	assert_int_equal(fleet_state(&w), WORKER_LEFT);
	assert_false(row_exists(fleet_machine(), &evidence));
	scene_register_arguments(s, &again, &w, scene_nonce_height(s));
	fleet_refused(0, KIND_REGISTER, &again, CODE_WORKER_EXISTS);
	fleet_blocks(41);
	assert_int_equal(fleet_state(&w), WORKER_NONE);
	assert_int_equal(scene_register(s, &w), CODE_ACCEPTED);
	fleet_block();
}

/* Fails where the reminder of a key goes while its evidence could still be brought. */
static void
test_left_row_blocks(void **state)
{
	static const struct scene_parameter others[] = { { PARAMETER_COOLING, 1000 } };

	(void)state;
	fleet_open(others, 1);
	fleet_online(&w, 0, 1);
	const struct worker_arguments a = fleet_worker(&w);
	const uint64_t nonce_height = fleet_row(&w).nonce_height;

	fleet_accepted(0, KIND_STOP, &a);
	fleet_block();
	while (s->commit.height <= nonce_height + 30) {
		assert_true(fleet_state(&w) == WORKER_COOLING || fleet_state(&w) == WORKER_LEFT);
		/* Blocks that come faster than they should do not shorten it. */
		scene_wait(s, 1);
		fleet_block();
		fleet_block();
	}
	fleet_blocks(40);
	assert_int_equal(fleet_state(&w), WORKER_NONE);
}

/* ---- endpoint */

static void
test_endpoint(void **state)
{
	struct endpoint_arguments a;

	(void)state;
	fleet_make(&w, 0, 1);
	memset(&a, 0, sizeof(a));
	memcpy(a.worker, w.id, sizeof(a.worker));
	VAR_SET(a.endpoint, bytes_of_text("https://elsewhere.example"));
	fleet_refused(0, KIND_ENDPOINT, &a, CODE_WORKER_UNKNOWN);
	assert_int_equal(scene_register(s, &w), CODE_ACCEPTED);
	fleet_refused(1, KIND_ENDPOINT, &a, CODE_NOT_YOURS);
	fleet_accepted(0, KIND_ENDPOINT, &a);
	const struct worker row = fleet_row(&w);

	assert_true(bytes_equal_text(VAR_BYTES(row.endpoint), "https://elsewhere.example"));
	/* Without a bond it is gone after bond_time; then it has no endpoint. */
	fleet_blocks(12);
	fleet_refused(0, KIND_ENDPOINT, &a, CODE_WORKER_STATE);
}

/* ---- what time does */

/* Fails where a worker without a bond stays, or one with a bond goes. */
static void
test_bond_time(void **state)
{
	struct scene_worker bonded;

	(void)state;
	fleet_make(&w, 0, 1);
	fleet_make(&bonded, 0, 2);
	assert_int_equal(scene_register(s, &w), CODE_ACCEPTED);
	assert_int_equal(scene_register(s, &bonded), CODE_ACCEPTED);
	assert_int_equal(scene_bond(s, &bonded, 1), CODE_ACCEPTED);
	fleet_blocks(10);
	assert_int_equal(fleet_state(&w), WORKER_REGISTERED);
	fleet_block();
	assert_int_equal(fleet_state(&w), WORKER_LEFT);
	assert_int_equal(fleet_row(&w).why, WORKER_BECAUSE_UNBONDED);
	assert_true(platform_is_free());
	assert_int_equal(fleet_state(&bonded), WORKER_REGISTERED);
}

static void
lapse_soon(struct worker *row)
{
	row->attested_own_ms = fleet_machine()->own_ms - 3600000 + 5000;
}

/* Fails where evidence does not expire, where its grace is forgotten, or a halt of the register ends it. */
static void
test_lapse(void **state)
{
	struct worker row;

	(void)state;
	fleet_online(&w, 0, 1);
	fleet_poke(&w, lapse_soon);
	row = fleet_row(&w);
	/* Its timer is set as a renewal sets it. */
	step_begin(fleet_machine());
	worker_schedule(fleet_machine(), w.id, &row);
	worker_put(fleet_machine(), w.id, &row);
	step_commit(fleet_machine(), EFFECT_NONE);
	fleet_block_kept(&w);
	scene_wait(s, 7200000);
	fleet_block_kept(&w);
	for (unsigned i = 0; i < 4; i++) {
		row = fleet_row(&w);
		assert_int_equal(worker_standing(fleet_machine(), &row), WORKER_BECAUSE_NONE);
		fleet_block_kept(&w);
	}
	fleet_block();
	row = fleet_row(&w);
	assert_int_equal(worker_standing(fleet_machine(), &row), WORKER_BECAUSE_LAPSED);
	assert_false(worker_is_admitted(fleet_machine(), &row));
	fleet_blocks(19);
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	fleet_blocks(1);
	assert_int_equal(fleet_state(&w), WORKER_SUSPENDED);
	assert_int_equal(fleet_row(&w).why, WORKER_BECAUSE_LAPSED);
	/* It was challenged meanwhile and could not answer: that is no miss. */
	assert_int_equal(fleet_row(&w).stake, FLEET_STAKE);
	assert_int_equal(fleet_slashes(NULL), 0);
}

/* Fails where silence never suspends, or where time in which the register stood still counts for it. */
static void
test_offline_limit(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	fleet_until_missed(&w);
	const uint64_t silent_ms = fleet_row(&w).silent_own_ms;

	assert_int_equal(silent_ms, fleet_machine()->own_ms);
	scene_wait(s, 500000);
	fleet_block();
	while (fleet_machine()->own_ms < silent_ms + 99000) {
		fleet_block();
		assert_int_equal(fleet_state(&w), WORKER_UNRESPONSIVE);
	}
	fleet_block();
	assert_int_equal(fleet_state(&w), WORKER_SUSPENDED);
	assert_int_equal(fleet_row(&w).why, WORKER_BECAUSE_OFFLINE);
	/* 10 % an hour for 100 s of a million: settled once, at its end. */
	struct slash slash;

	assert_int_equal(fleet_slashes(&slash), 1);
	assert_int_equal(slash.amount, FLEET_STAKE / 10 * 100 / 3600);
}

/* Fails where one block handles more dates than a timer may, or forgets those that wait. */
static void
test_bounded(void **state)
{
	static const struct scene_parameter others[] = { { PARAMETER_TIMER_ROWS, 8 } };
	static struct scene_worker many[20];
	unsigned left = 0;

	(void)state;
	fleet_open(others, 1);
	for (unsigned i = 0; i < 20; i++) {
		fleet_make(&many[i], 0, 100 + i);
		assert_int_equal(scene_register(s, &many[i]), CODE_ACCEPTED);
	}
	fleet_blocks(10);
	for (unsigned turn = 0; turn < 3; turn++) {
		fleet_block();
		left = 0;
		for (unsigned i = 0; i < 20; i++) {
			left += fleet_state(&many[i]) == WORKER_LEFT ? 1 : 0;
		}
		assert_int_equal(left, turn == 2 ? 20 : 8 * (turn + 1));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_start, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_start_standing, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_start_suspended, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_pause_limit, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_pause_firmware, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_pause_challenge, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_pause_same_block, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_pause_costs_nothing, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_pause_end_standing, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_stop, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_left_row, fleet_setup, fleet_teardown),
		cmocka_unit_test_teardown(test_left_row_blocks, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_endpoint, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_bond_time, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_lapse, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_offline_limit, fleet_setup, fleet_teardown),
		cmocka_unit_test_teardown(test_bounded, fleet_teardown),
	};

	return cmocka_run_group_tests_name("register_life", tests, NULL, NULL);
}
