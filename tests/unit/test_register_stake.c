/* SPDX-License-Identifier: Apache-2.0 */
/* Stake and slashes: what is bonded, taken off and withdrawn, and what silence costs. */
#include "fleet.h"

#include "register/challenge.h"

static struct scene_worker w;

/* ---- bond, unbond, withdraw */

static void
test_bond(void **state)
{
	(void)state;
	fleet_make(&w, 0, 1);
	struct stake_arguments a = fleet_stake(&w, 5);

	fleet_refused(0, KIND_BOND, &a, CODE_WORKER_UNKNOWN);
	assert_int_equal(scene_register(s, &w), CODE_ACCEPTED);
	fleet_refused(1, KIND_BOND, &a, CODE_NOT_YOURS);
	a.amount = 0;
	fleet_refused(0, KIND_BOND, &a, CODE_AMOUNT);
	a.amount = SCENE_BALANCE + 1;
	fleet_refused(0, KIND_BOND, &a, CODE_BALANCE);
	a.amount = 5;
	fleet_accepted(0, KIND_BOND, &a);
	assert_int_equal(fleet_row(&w).stake, 5);
	assert_int_equal(fleet_balance(0), SCENE_BALANCE - 5);
	assert_int_equal(fleet_machine()->meta.stakes, 5);
	fleet_block();
	const struct worker_arguments stop = fleet_worker(&w);

	fleet_accepted(0, KIND_STOP, &stop);
	fleet_refused(0, KIND_BOND, &a, CODE_WORKER_STATE);
	fleet_block();
}

/* Fails where a worker goes below the least bond while it works, or stake comes free before its time. */
static void
test_unbond(void **state)
{
	struct withdraw_arguments out = { .number = 1 };

	(void)state;
	fleet_make(&w, 0, 1);
	struct stake_arguments a = fleet_stake(&w, 1);

	fleet_refused(0, KIND_UNBOND, &a, CODE_WORKER_UNKNOWN);
	fleet_online(&w, 0, 1);
	fleet_refused(1, KIND_UNBOND, &a, CODE_NOT_YOURS);
	/* Who is asked may be silent already: what it took off would be out of reach. */
	fleet_refused(0, KIND_UNBOND, &a, CODE_WORKER_STATE);
	const struct pause_arguments pause = fleet_pause(&w, 30000);

	fleet_accepted(0, KIND_PAUSE, &pause);
	a.amount = 0;
	fleet_refused(0, KIND_UNBOND, &a, CODE_AMOUNT);
	a.amount = FLEET_STAKE - 999;
	fleet_refused(0, KIND_UNBOND, &a, CODE_STAKE_LOW);
	a.amount = FLEET_STAKE - 1000;
	fleet_accepted(0, KIND_UNBOND, &a);
	const uint64_t balance = fleet_balance(0);
	const uint64_t due_ms = fleet_machine()->own_ms + 40000;

	assert_int_equal(fleet_row(&w).stake, 1000);
	assert_int_equal(fleet_machine()->meta.exits, FLEET_STAKE - 1000);
	a.amount = 1;
	fleet_refused(0, KIND_UNBOND, &a, CODE_STAKE_LOW);
	fleet_refused(1, KIND_WITHDRAW, &out, CODE_EXIT_UNKNOWN);
	fleet_refused(0, KIND_WITHDRAW, &out, CODE_EXIT_EARLY);
	fleet_block();
	scene_wait(s, 3600000);
	fleet_refused(0, KIND_WITHDRAW, &out, CODE_EXIT_EARLY);
	while (fleet_machine()->own_ms < due_ms - 1000) {
		fleet_block();
	}
	scene_wait(s, 999);
	fleet_refused(0, KIND_WITHDRAW, &out, CODE_EXIT_EARLY);
	scene_wait(s, 1);
	fleet_accepted(0, KIND_WITHDRAW, &out);
	assert_int_equal(fleet_balance(0), balance + FLEET_STAKE - 1000);
	fleet_refused(0, KIND_WITHDRAW, &out, CODE_EXIT_UNKNOWN);
	fleet_block();
}

/* Fails where stake that silence will be charged to can be taken away first, or a worker that left has any. */
static void
test_unbond_states(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	const struct stake_arguments a = fleet_stake(&w, 1);
	const struct worker_arguments stop = fleet_worker(&w);

	fleet_until_missed(&w);
	fleet_refused(0, KIND_UNBOND, &a, CODE_WORKER_STATE);
	fleet_accepted(0, KIND_STOP, &stop);
	fleet_refused(0, KIND_UNBOND, &a, CODE_WORKER_STATE);
	fleet_block();
}

/* Fails where one that is out keeps anything back from its operator. */
static void
test_unbond_all(void **state)
{
	(void)state;
	fleet_make(&w, 0, 1);
	assert_int_equal(scene_register(s, &w), CODE_ACCEPTED);
	assert_int_equal(scene_bond(s, &w, 50), CODE_ACCEPTED);
	struct stake_arguments a = fleet_stake(&w, 51);

	fleet_refused(0, KIND_UNBOND, &a, CODE_STAKE_LOW);
	a.amount = 50;
	fleet_accepted(0, KIND_UNBOND, &a);
	assert_int_equal(fleet_row(&w).stake, 0);
	fleet_blocks(12);
	assert_int_equal(fleet_state(&w), WORKER_LEFT);
}

/* ---- silence */

/* The worker answers the last block that has ended, drawn or not. */
static void
recover(void)
{
	assert_int_equal(scene_answer(s, &w, scene_nonce_height(s)), CODE_ACCEPTED);
}

/* Fails where silence costs by the block, by the miss, or by anything but its length. */
static void
test_silence(void **state)
{
	struct slash slash;

	(void)state;
	fleet_online(&w, 0, 1);
	const uint64_t height = fleet_until_missed(&w);
	const uint64_t silent_ms = fleet_row(&w).silent_own_ms;

	assert_int_equal(fleet_row(&w).silent_height, height);
	assert_int_equal(fleet_slashes(NULL), 0);
	fleet_blocks(9);
	scene_wait(s, 500);
	recover();
	const struct worker row = fleet_row(&w);
	const uint64_t length_ms = fleet_machine()->own_ms - silent_ms;

	assert_int_equal(row.state, WORKER_ONLINE);
	assert_int_equal(row.silent_own_ms, 0);
	assert_int_equal(fleet_slashes(&slash), 1);
	assert_int_equal(length_ms, 9500);
	assert_int_equal(slash.amount, FLEET_STAKE / 10 * length_ms / 3600000);
	assert_int_equal(slash.rule, SLASH_SILENCE);
	assert_int_equal(slash.state, SLASH_ESCROWED);
	assert_int_equal(slash.silent_own_ms, silent_ms);
	assert_int_equal(slash.ended_own_ms, fleet_machine()->own_ms);
	assert_int_equal(row.stake, FLEET_STAKE - slash.amount);
	assert_int_equal(fleet_machine()->meta.stakes, row.stake);
	fleet_block_kept(&w);
	/* Burnt when its escrow ends, not before, and a halt does not bring that closer. */
	scene_wait(s, 900000);
	fleet_block_kept(&w);
	while (fleet_machine()->own_ms < slash.settled_own_ms) {
		assert_int_equal(fleet_machine()->meta.burnt, 0);
		fleet_block_kept(&w);
	}
	assert_int_equal(fleet_slashes(&slash), 1);
	assert_int_equal(slash.state, SLASH_BURNT);
	assert_int_equal(fleet_machine()->meta.burnt, slash.amount);
}

/* Fails where one whom a slash left with too little stays online: a lower bond, an act, would let it in. */
static void
test_stake_too_low(void **state)
{
	static const struct scene_parameter least = { PARAMETER_STAKE_LEAST, FLEET_STAKE * 9 / 10 };

	(void)state;
	fleet_teardown(NULL);
	fleet_open(&least, 1);
	fleet_online(&w, 0, 0);
	const struct stake_arguments most = fleet_stake(&w, FLEET_STAKE - parameter(fleet_machine(), PARAMETER_STAKE_LEAST));

	const struct pause_arguments pause = fleet_pause(&w, 30000);
	const struct start_arguments start = fleet_start(&w);

	fleet_accepted(0, KIND_PAUSE, &pause);
	fleet_accepted(0, KIND_UNBOND, &most);
	fleet_accepted(0, KIND_START, &start);
	fleet_until_missed(&w);
	fleet_blocks(5);
	recover();
	assert_int_equal(fleet_slashes(NULL), 1);
	assert_int_equal(fleet_state(&w), WORKER_REGISTERED);
	assert_int_equal(fleet_row(&w).why, WORKER_BECAUSE_STAKE);
	fleet_block();
	const struct stake_arguments more = fleet_stake(&w, 1000);

	fleet_refused(0, KIND_START, &start, CODE_STAKE_LOW);
	fleet_accepted(0, KIND_BOND, &more);
	fleet_accepted(0, KIND_START, &start);
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	fleet_block();
}

/* Fails where time in which the register stood still is charged. */
static void
test_silence_halt(void **state)
{
	struct slash slash;

	(void)state;
	fleet_online(&w, 0, 1);
	fleet_until_missed(&w);
	fleet_blocks(3);
	scene_wait(s, 36000000);
	fleet_block();
	scene_wait(s, 1000);
	recover();
	assert_int_equal(fleet_slashes(&slash), 1);
	assert_int_equal(slash.ended_own_ms - slash.silent_own_ms, 4000);
	assert_int_equal(slash.amount, FLEET_STAKE / 10 * 4 / 3600);
	fleet_block();
}

/* Fails where the council's pause of slashing is not heeded, or outlives its end. */
static void
test_slashing_paused(void **state)
{
	struct pause_slashing_arguments pause = { .pause = true };

	(void)state;
	fleet_online(&w, 0, 1);
	fleet_until_missed(&w);
	fleet_blocks(5);
	assert_true(scene_act(s, ACT_PAUSE_SLASHING, &pause) != 0);
	recover();
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	assert_int_equal(fleet_slashes(NULL), 0);
	assert_int_equal(fleet_row(&w).stake, FLEET_STAKE);
	fleet_block();
	pause.pause = false;
	assert_true(scene_act(s, ACT_PAUSE_SLASHING, &pause) != 0);
	fleet_blocks(5);
	fleet_until_missed(&w);
	fleet_blocks(5);
	recover();
	assert_int_equal(fleet_slashes(NULL), 1);
	fleet_block();
}

/* ---- the cap, on a row that nobody else sees */

/* A silence of that many hours that ends now, of a stake of a million; returns what it cost. */
static uint64_t
silence_of(struct worker *row, uint64_t hours)
{
	struct machine *m = fleet_machine();
	const uint64_t before = row->stake;

	row->silent_own_ms = m->own_ms - hours * 3600000;
	row->silent_height = m->meta.height;
	silence_settle(m, w.id, row);
	assert_int_equal(row->silent_own_ms, 0);
	return before - row->stake;
}

/* Fails where a stake loses more than the cap in a period, by one silence or by many, or for ever after. */
static void
test_cap(void **state)
{
	struct machine *m;
	struct worker row;
	uint64_t sum = 0;

	(void)state;
	fleet_online(&w, 0, 1);
	scene_wait(s, 1000);
	m = fleet_machine();
	row = fleet_row(&w);
	step_begin(m);
	/* Ten per cent an hour: an hour is beyond the cap of 5 %. */
	assert_int_equal(silence_of(&row, 1), FLEET_STAKE / 20);
	assert_int_equal(silence_of(&row, 1), 0);
	step_abort(m);
	row = fleet_row(&w);
	/* Many short ones: more than the ring has places for. */
	for (unsigned i = 0; i < 30; i++) {
		step_begin(m);
		m->own_ms += 86400000 - 1;
		row.silent_own_ms = m->own_ms - 72000;
		row.silent_height = m->meta.height;
		const uint64_t before = row.stake;

		silence_settle(m, w.id, &row);
		sum += before - row.stake;
		assert_true(sum <= FLEET_STAKE / 20);
		step_abort(m);
	}
	assert_true(sum > FLEET_STAKE / 25);
	/* After a period without any it can be charged again. */
	step_begin(m);
	m->own_ms += 2592000000;
	assert_true(silence_of(&row, 1) >= row.stake / 20);
	step_abort(m);
}

/* Fails where no amount of stake or silence is too much for the arithmetic. */
static void
test_extremes(void **state)
{
	struct machine *m;
	struct worker row;

	(void)state;
	fleet_online(&w, 0, 1);
	scene_wait(s, 1000);
	m = fleet_machine();
	step_begin(m);
	row = fleet_row(&w);
	row.stake = UINT64_C(1) << 63;
	m->meta.stakes = row.stake;
	row.silent_own_ms = 1;
	row.silent_height = 1;
	silence_settle(m, w.id, &row);
	assert_int_equal((UINT64_C(1) << 63) - row.stake, mul_div(UINT64_C(1) << 63, 50, 1000));
	/* A silence that costs less than a unit makes no row. */
	row.stake = 1000;
	row.silent_own_ms = m->own_ms - 1;
	row.silent_height = 2;
	silence_settle(m, w.id, &row);
	assert_int_equal(row.stake, 1000);
	step_abort(m);
}

/* ---- given back */

static struct return_slash_arguments
slash_at(uint64_t height)
{
	struct return_slash_arguments a = { .epoch = fleet_epoch_of(height), .height = height };

	memcpy(a.worker, w.id, sizeof(a.worker));
	return a;
}

/* Fails where a returned slash does not lead to the stake that it came from, or is burnt besides. */
static void
test_return(void **state)
{
	struct return_slash_arguments a;
	struct slash slash;

	(void)state;
	fleet_online(&w, 0, 1);
	const uint64_t height = fleet_until_missed(&w);

	a = slash_at(height);
	assert_int_equal(slash_return(fleet_machine(), &a), CODE_SLASH_UNKNOWN);
	fleet_blocks(9);
	recover();
	assert_int_equal(fleet_slashes(&slash), 1);
	const uint64_t slashed_ms = slash.ended_own_ms;

	scene_act_now(s, ACT_RETURN_SLASH, &a);
	const struct row_key first = key_u64(key_bytes(key_u32(key_start(TABLE_SLASH), a.epoch),
	    bytes_of(a.worker, 32)), a.height);

	assert_true(row_get(fleet_machine(), &first, &slash));
	assert_int_equal(slash.state, SLASH_RETURNED);
	const struct worker row = fleet_row(&w);

	for (unsigned i = 0; i < 8; i++) {
		assert_true(row.slashed[i] == 0 || row.slashed_own_ms[i] > slashed_ms);
	}
	step_begin(fleet_machine());
	assert_int_equal(slash_return(fleet_machine(), &a), CODE_TOO_LATE);
	step_abort(fleet_machine());
	for (unsigned i = 0; i < 230; i++) {
		fleet_block_kept(&w);
	}
	/* What else it was silent for while the act was waited for is not given back. */
	const struct row_key prefix = key_start(TABLE_SLASH);
	uint64_t burnt = 0;

	for (struct row_key key = prefix; row_next(fleet_machine(), &prefix, &key, &slash);) {
		burnt += slash.state == SLASH_RETURNED ? 0 : slash.amount;
	}
	assert_int_equal(fleet_row(&w).stake, FLEET_STAKE - burnt);
	assert_true(fleet_machine()->meta.burnt <= burnt);
	assert_true(scene_supply_holds(s));
}

/* Fails where a slash is returned to a row that nobody can take it out of any more. */
static void
test_return_left(void **state)
{
	struct return_slash_arguments a;
	struct slash slash;

	(void)state;
	fleet_online(&w, 0, 1);
	const uint64_t height = fleet_until_missed(&w);
	const struct worker_arguments stop = fleet_worker(&w);

	a = slash_at(height);
	fleet_blocks(9);
	fleet_accepted(0, KIND_STOP, &stop);
	assert_int_equal(fleet_slashes(&slash), 1);
	fleet_blocks(42);
	assert_int_equal(fleet_state(&w), WORKER_LEFT);
	const uint64_t balance = fleet_balance(0);

	scene_wait(s, 1000);
	step_begin(fleet_machine());
	assert_int_equal(slash_return(fleet_machine(), &a), CODE_ACCEPTED);
	step_commit(fleet_machine(), EFFECT_ACT);
	effect_flush(fleet_machine());
	assert_int_equal(fleet_balance(0), balance + slash.amount);
	fleet_block();
}

/* ---- void epochs */

#define MANY	((unsigned)12)

static struct scene_worker many[MANY];

static void
many_online(void)
{
	for (unsigned i = 0; i < MANY; i++) {
		fleet_online(&many[i], 0, 200 + i);
	}
}

/* Everybody that the last block drew answers, or everybody that has gone silent comes back. */
static void
all_answer(void)
{
	const uint64_t height = scene_nonce_height(s);

	for (unsigned i = 0; i < MANY; i++) {
		if (scene_is_drawn(s, &many[i], height) || fleet_state(&many[i]) == WORKER_UNRESPONSIVE) {
			assert_int_equal(scene_answer(s, &many[i], height), CODE_ACCEPTED);
		}
	}
}

static void
blocks_answered(uint64_t to)
{
	while (s->commit.height < to) {
		all_answer();
		fleet_block();
	}
}

/*
 * An outage of everybody, from within one epoch to within the one after the
 * next: the middle one is void.  Fails where any silence that went through it
 * costs anything in the end, settled before it closed or after.
 */
static void
test_void(void **state)
{
	struct slash slash;
	const struct row_key prefix = key_start(TABLE_SLASH);
	struct row_key key = prefix;
	unsigned before = 0;

	(void)state;
	many_online();
	const uint64_t start = (uint64_t)fleet_machine()->meta.epoch * FLEET_EPOCH + 1;

	blocks_answered(start + 12);
	/* The epoch that runs shall not be void, the next one shall: as if one had been, and as if none. */
	fleet_machine()->meta.void_epoch = fleet_machine()->meta.epoch;
	/* Some blocks before the void epoch begins nobody answers any more. */
	fleet_to_height(start + FLEET_EPOCH + 20);
	fleet_machine()->meta.void_epoch = 0;
	const uint32_t number = fleet_epoch_of(start + FLEET_EPOCH);

	/* Half of them come back before it has closed, the others later. */
	for (unsigned i = 0; i < MANY; i++) {
		if (fleet_state(&many[i]) == WORKER_UNRESPONSIVE && i % 2 == 0) {
			assert_int_equal(scene_answer(s, &many[i], scene_nonce_height(s)), CODE_ACCEPTED);
		}
	}
	fleet_block();
	while (row_next(fleet_machine(), &prefix, &key, &slash)) {
		struct assay_bytes primary = key_primary(&key);

		before += key_take(&primary, 4) < number ? 1 : 0;
	}
	assert_true(before != 0);
	fleet_to_height(start + 2 * FLEET_EPOCH + FLEET_REATTEST + 1);
	assert_true(fleet_epoch(number).closed);
	assert_true(fleet_epoch(number).is_void);
	assert_int_equal(fleet_machine()->meta.void_epoch, number + 1);
	blocks_answered(s->commit.height + 2);
	uint64_t kept = 0;
	uint64_t stakes = 0;
	unsigned voided = 0;

	for (key = prefix; row_next(fleet_machine(), &prefix, &key, &slash);) {
		struct assay_bytes primary = key_primary(&key);
		const bool met_it = key_take(&primary, 4) <= number && slash.height >= start + FLEET_EPOCH;

		assert_int_equal(slash.state, met_it ? SLASH_VOIDED : SLASH_ESCROWED);
		kept += met_it ? 0 : slash.amount;
		voided += met_it ? 1 : 0;
	}
	for (unsigned i = 0; i < MANY; i++) {
		stakes += fleet_row(&many[i]).stake;
	}
	assert_true(voided > 2);
	assert_int_equal(stakes, MANY * FLEET_STAKE - kept);
	assert_int_equal(fleet_machine()->meta.burnt, 0);
}

/* Fails where a slash is burnt before it is known whether its epoch was void. */
static void
test_escrow_waits(void **state)
{
	static const struct scene_parameter others[] = { { PARAMETER_SLASH_ESCROW, 1000 } };
	struct slash slash;

	(void)state;
	fleet_open(others, 1);
	fleet_online(&w, 0, 1);
	fleet_until_missed(&w);
	fleet_block();
	recover();
	fleet_block();
	const uint64_t end = fleet_epoch_of(s->commit.height) * FLEET_EPOCH + FLEET_REATTEST;

	while (s->commit.height < end) {
		assert_int_equal(fleet_slashes(&slash), 1);
		assert_int_equal(slash.state, SLASH_ESCROWED);
		fleet_block_kept(&w);
	}
	fleet_blocks(2);
	assert_int_equal(fleet_slashes(&slash), 1);
	assert_int_equal(slash.state, SLASH_BURNT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bond, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_unbond, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_unbond_states, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_unbond_all, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_silence, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_stake_too_low, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_silence_halt, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_slashing_paused, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_cap, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_extremes, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_return, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_return_left, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_void, fleet_setup, fleet_teardown),
		cmocka_unit_test_teardown(test_escrow_waits, fleet_teardown),
	};

	return cmocka_run_group_tests_name("register_stake", tests, NULL, NULL);
}
