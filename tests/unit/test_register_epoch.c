/* SPDX-License-Identifier: Apache-2.0 */
/* Epochs and rewards: when one closes, when it is void, what it pays and to whom. */
#include "fleet.h"

#include "register/challenge.h"

static struct scene_worker w;

/* The epoch that runs is over, and the next one has come so far that it has closed. */
static void
to_closed(uint32_t number)
{
	fleet_to_height(number * FLEET_EPOCH + FLEET_REATTEST - 1);
	assert_false(fleet_epoch(number).closed);
	fleet_block();
	assert_true(fleet_epoch(number).closed);
}

/* ---- weight and pay */

static void
stake_of_1500(struct worker *row)
{
	row->stake = 1500;
	row->tier = 5;
}

/* Fails where a share is not by weight, or more is paid than there is, or twice, or before the epoch has closed. */
static void
test_shares(void **state)
{
	struct scene_worker other;

	(void)state;
	fleet_online(&w, 0, 1);
	fleet_online(&other, 1, 2);
	fleet_poke(&other, stake_of_1500);
	fleet_machine()->meta.stakes -= FLEET_STAKE - 1500;
	fleet_machine()->meta.balances += 0;
	fleet_machine()->meta.burnt += FLEET_STAKE - 1500;
	const uint32_t number = fleet_machine()->meta.epoch + 1;

	fleet_to_height((number - 1) * FLEET_EPOCH + 1);
	while (fleet_machine()->meta.height < number * FLEET_EPOCH + 2) {
		const uint64_t height = scene_nonce_height(s);

		if (scene_is_drawn(s, &w, height) || fleet_state(&w) == WORKER_UNRESPONSIVE) {
			assert_int_equal(scene_answer(s, &w, height), CODE_ACCEPTED);
		}
		if (scene_is_drawn(s, &other, height) || fleet_state(&other) == WORKER_UNRESPONSIVE) {
			assert_int_equal(scene_answer(s, &other, height), CODE_ACCEPTED);
		}
		fleet_block();
	}
	const uint64_t treasury = fleet_machine()->meta.treasury;
	struct epoch epoch = fleet_epoch(number);

	/* A million at tier 1; 1,500 at tier 5, which counts 700 per mille. */
	assert_int_equal(epoch.asked, 2);
	assert_int_equal(epoch.answered, 2);
	const uint64_t small = fleet_row(&other).stake * 700 / 1000;
	const uint64_t large = fleet_row(&w).stake;

	assert_int_equal(epoch.weight, large + small);
	assert_int_equal(epoch.budget, 0);
	const uint64_t before = fleet_balance(0);
	const uint64_t before_other = fleet_balance(1);

	to_closed(number);
	epoch = fleet_epoch(number);
	assert_int_equal(epoch.budget, FLEET_REWARD);
	assert_int_equal(epoch.drawn.len, 0);
	assert_int_equal(fleet_machine()->meta.treasury, treasury - FLEET_REWARD);
	assert_int_equal(fleet_balance(0), before);
	/* Any touch pays: here, a new endpoint. */
	struct endpoint_arguments a;

	memset(&a, 0, sizeof(a));
	memcpy(a.worker, w.id, sizeof(a.worker));
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(scene_send(s, 0, KIND_ENDPOINT, &a), CODE_ACCEPTED);
		assert_int_equal(fleet_balance(0), before + FLEET_REWARD * large / (large + small));
	}
	memcpy(a.worker, other.id, sizeof(a.worker));
	assert_int_equal(scene_send(s, 1, KIND_ENDPOINT, &a), CODE_ACCEPTED);
	assert_int_equal(fleet_balance(1), before_other + FLEET_REWARD * small / (large + small));
	const struct worker settled = fleet_row(&other);

	for (unsigned i = 0; i < 2; i++) {
		assert_true(settled.owed_epoch[i] != number && (settled.owed_epoch[i] == 0) == (settled.owed_weight[i] == 0));
	}
	/* What rounding has left goes back when it is too late to fetch anything. */
	epoch = fleet_epoch(number);
	const uint64_t left = epoch.budget - epoch.paid;

	assert_true(left != 0 && left < 3);
	step_begin(fleet_machine());
	reward_expire(fleet_machine(), number);
	reward_expire(fleet_machine(), number);
	step_commit(fleet_machine(), EFFECT_EPOCH);
	effect_flush(fleet_machine());
	assert_int_equal(fleet_machine()->meta.treasury, treasury - FLEET_REWARD + left);
	fleet_block();
}

/* Fails where who did not answer is paid, or an epoch in which nobody did keeps a budget. */
static void
test_no_answer_no_share(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	const uint32_t number = fleet_machine()->meta.epoch + 1;
	const uint64_t treasury = fleet_machine()->meta.treasury;

	to_closed(number);
	const struct epoch epoch = fleet_epoch(number);

	assert_int_equal(epoch.weight, 0);
	assert_int_equal(epoch.budget, 0);
	assert_true(epoch.asked != 0);
	assert_int_equal(fleet_machine()->meta.treasury, treasury);
}

/* Fails where a budget is more than the treasury holds. */
static void
test_treasury(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	fleet_until_answered(&w);
	const uint32_t number = fleet_epoch_of(fleet_row(&w).answered[0]);

	fleet_machine()->meta.burnt += fleet_machine()->meta.treasury - 7;
	fleet_machine()->meta.treasury = 7;
	to_closed(number);
	assert_int_equal(fleet_epoch(number).budget, 7);
	assert_int_equal(fleet_machine()->meta.treasury, 0);
}

/* Fails where chance pays: a worker that is asked twice in an epoch earns as one that is asked once. */
static void
test_once_an_epoch(void **state)
{
	static const struct scene_parameter others[] = { { PARAMETER_SPOT, 1000 } };
	bool twice = false;

	(void)state;
	fleet_open(others, 1);
	fleet_online(&w, 0, 1);
	while (!twice) {
		const uint64_t height = fleet_until_drawn(&w);
		const uint32_t number = fleet_epoch_of(height);

		assert_int_equal(scene_answer(s, &w, height), CODE_ACCEPTED);
		assert_int_equal(fleet_epoch(number).weight, FLEET_STAKE);
		twice = fleet_epoch(number).answered == 2;
	}
	fleet_block();
}

/* Fails where stake beyond the cap earns, or several workers of a platform have a cap each. */
static void
test_platform_cap(void **state)
{
	struct machine *m;
	struct worker a;
	struct worker b;

	(void)state;
	fleet_online(&w, 0, 1);
	scene_wait(s, 1000);
	m = fleet_machine();
	a = fleet_row(&w);
	b = a;
	const uint32_t number = m->meta.epoch;

	step_begin(m);
	a.stake = 600000;
	b.stake = 600000;
	weight_add(m, w.id, &a, number);
	assert_int_equal(fleet_epoch(number).weight, 600000);
	/* Asked twice in an epoch, it earns once, though the platform's cap leaves room. */
	weight_add(m, w.id, &a, number);
	assert_int_equal(fleet_epoch(number).weight, 600000);
	weight_add(m, w.id, &b, number);
	assert_int_equal(fleet_epoch(number).weight, 1000000);
	b.owed_weight[0] = b.owed_weight[1] = 0;
	weight_add(m, w.id, &b, number);
	assert_int_equal(fleet_epoch(number).weight, 1000000);
	step_abort(m);
	/* Another epoch, another cap; a tier that counts less counts after it. */
	step_begin(m);
	a = fleet_row(&w);
	a.stake = 5000000;
	a.tier = 4;
	weight_add(m, w.id, &a, number);
	assert_int_equal(fleet_epoch(number).weight, 800000);
	step_abort(m);
}

/* Fails where no tier, too little stake, or a state in which nobody works earns. */
static void
test_no_weight(void **state)
{
	struct machine *m;

	(void)state;
	fleet_online(&w, 0, 1);
	scene_wait(s, 1000);
	m = fleet_machine();
	for (unsigned i = 0; i < 4; i++) {
		struct worker row = fleet_row(&w);

		row.tier = i == 0 ? 0 : row.tier;
		row.tier = i == 1 ? 6 : row.tier;
		row.stake = i == 2 ? 999 : row.stake;
		row.state = i == 3 ? WORKER_SUSPENDED : row.state;
		step_begin(m);
		weight_add(m, w.id, &row, m->meta.epoch);
		assert_int_equal(fleet_epoch(m->meta.epoch).answered, 1);
		assert_int_equal(fleet_epoch(m->meta.epoch).weight, 0);
		step_abort(m);
	}
}

/* ---- score */

static void
test_score(void **state)
{
	static const struct {
		uint8_t tier;
		uint32_t kept;	/* of 8 */
		uint32_t score;
	} rows[] = {
		{ 1, 8, 1000 },
		{ 2, 8, 1000 },
		{ 3, 4, 500 },
		{ 4, 8, 800 },
		{ 5, 4, 350 },
		{ 0, 8, 0 },	/* no tier, no score */
		{ 6, 8, 0 },	/* unknown is none */
		{ 1, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < FLEET_COUNT(rows); i++) {
		struct worker row = { .tier = rows[i].tier };

		row.asked_window[3] = 6;
		row.asked_window[23] = 2;
		row.kept_window[3] = (uint8_t)(rows[i].kept > 6 ? 6 : rows[i].kept);
		row.kept_window[23] = (uint8_t)(rows[i].kept > 6 ? rows[i].kept - 6 : 0);
		assert_int_equal(worker_score(fleet_machine(), &row), rows[i].score);
	}
	assert_int_equal(worker_score(fleet_machine(), &(struct worker){ .tier = 1 }), 0);
}

/* Fails where the windows lose an epoch, keep one for too long, or take a late answer for a new one. */
static void
test_windows(void **state)
{
	struct worker row = { .window_epoch = 100 };

	(void)state;
	window_note(&row, 100, false);
	window_note(&row, 101, true);
	window_note(&row, 100, true);
	assert_int_equal(row.window_epoch, 101);
	assert_int_equal(row.missed_mask, 2);
	assert_int_equal(row.asked_window[100 % 24], 2);
	assert_int_equal(row.kept_window[100 % 24], 1);
	window_note(&row, 123, false);
	assert_int_equal(window_misses(&row), 2);
	assert_int_equal(row.asked_window[100 % 24], 2);
	window_advance(&row, 124);
	assert_int_equal(window_misses(&row), 1);
	assert_int_equal(row.asked_window[100 % 24], 0);
	/* Too old to be written down. */
	window_note(&row, 100, false);
	assert_int_equal(window_misses(&row), 1);
	window_advance(&row, 500);
	assert_int_equal(row.missed_mask, 0);
	assert_int_equal(worker_kept_per_mille(&row), 0);
	for (unsigned i = 0; i < 300; i++) {
		window_note(&row, 500, true);
	}
	assert_int_equal(row.asked_window[500 % 24], UINT8_MAX);
	assert_int_equal(worker_kept_per_mille(&row), 1000);
}

/* ---- void */

static void
counts(uint32_t number, uint32_t asked, uint32_t answered)
{
	struct machine *m = fleet_machine();
	struct epoch epoch = fleet_epoch(number);

	if (!s->in_block) {
		scene_wait(s, 1000);
	}
	epoch.asked = asked;
	epoch.answered = answered;
	step_begin(m);
	epoch_put(m, number, &epoch);
	step_commit(m, EFFECT_NONE);
}

/* Fails where few answers are no outage, an outage of few is one, or a second one within a day is. */
static void
test_void_rule(void **state)
{
	static const struct {
		uint32_t asked;
		uint32_t answered;
		uint32_t last;	/* epochs since the last void one; 0: never */
		bool is_void;
	} rows[] = {
		{ 10, 3, 0, true },	/* less than a third of enough */
		{ 9, 0, 0, false },	/* too few to tell */
		{ 10, 4, 0, false },	/* more than a third */
		{ 1000, 333, 0, false },
		{ 1000, 332, 0, true },
		{ 1000, 0, 23, false },	/* twice within 24 */
		{ 1000, 0, 24, true },
		{ 0, 0, 0, false },
	};

	(void)state;
	fleet_to_height(25 * FLEET_EPOCH + FLEET_REATTEST + 1);
	for (size_t i = 0; i < FLEET_COUNT(rows); i++) {
		const uint32_t number = fleet_machine()->meta.epoch;

		fleet_machine()->meta.void_epoch = rows[i].last == 0 ? 0 : number - rows[i].last + 1;
		counts(number, rows[i].asked, rows[i].answered);
		to_closed(number);
		assert_int_equal(fleet_epoch(number).is_void, rows[i].is_void);
		if (rows[i].is_void) {
			assert_int_equal(fleet_machine()->meta.void_epoch, number + 1);
		}
		/* The sweep that gives back ends, and the next epoch can close. */
		fleet_block();
	}
}

/* Fails where an epoch closes before what it asked last is judged. */
static void
test_close_waits(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	to_closed(fleet_machine()->meta.epoch);
	to_closed(fleet_machine()->meta.epoch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_shares, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_no_answer_no_share, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_treasury, fleet_setup, fleet_teardown),
		cmocka_unit_test_teardown(test_once_an_epoch, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_platform_cap, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_no_weight, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_score, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_windows, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_void_rule, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_close_waits, fleet_setup, fleet_teardown),
	};

	return cmocka_run_group_tests_name("register_epoch", tests, NULL, NULL);
}
