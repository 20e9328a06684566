/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Apps and assignment: who is drawn, who is not, what is paid, and what
 * becomes of a slot whose worker stops being admitted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "scene/register_scene.h"

/* Epochs of a minute, so that several pass in a test. */
static const struct scene_parameter short_epochs[] = {
	{ PARAMETER_EPOCH_BLOCKS, 60 },
	{ PARAMETER_WINDOW, 10 },
	{ PARAMETER_REATTEST_WINDOW, 20 },
	{ PARAMETER_REATTEST_ONE_IN, 10000 },
	{ PARAMETER_SPOT, 0 },
	{ PARAMETER_NONCE_AGE, 100 },
};

#define WORKERS 6

struct stage {
	struct scene *s;
	struct scene_worker workers[WORKERS];
	struct app_open_arguments open;
	uint8_t app[32];
};

static struct stage *
stage_new(const char *seed, unsigned workers)
{
	struct stage *stage = calloc(1, sizeof(*stage));
	struct scene *s;

	assert_non_null(stage);
	s = scene_new(&(struct scene_options){ .seed = seed, .parameters = short_epochs,
	    .parameters_count = sizeof(short_epochs) / sizeof(short_epochs[0]) });
	stage->s = s;
	scene_bring_collateral(s, SIM_SGX);
	scene_block(s);
	for (unsigned i = 0; i < workers; i++) {
		scene_worker_online(s, &stage->workers[i], &(struct scene_worker_options){
		    .operator_index = i % 3, .number = i, .sim = { .index = i } });
	}
	stage->open = (struct app_open_arguments){ .tiers = 7, .tees = 1 << ASSAY_TEE_SGX, .slots = 2, .pay = 100,
		.order = APP_BEST, .escrow = 10000 };
	memcpy(stage->open.program, s->program_sgx, 32);
	VAR_SET(stage->open.name, bytes_of_text("an app"));
	return stage;
}

static void
stage_free(struct stage *stage)
{
	scene_free(stage->s);
	free(stage);
}

/* Account 3 opens it. */
static enum code
open_app(struct stage *stage)
{
	const enum code code = scene_send(stage->s, 3, KIND_APP_OPEN, &stage->open);

	app_id_of_opening(stage->s->crypto, stage->app, stage->s->accounts[3].id, stage->s->accounts[3].nonce);
	return code;
}

static bool
get_app(struct stage *stage, struct app *app)
{
	struct machine *m = scene_machine(stage->s);
	const struct row_key key = key_of_32(TABLE_APP, stage->app);

	return row_get(m, &key, app);
}

static bool
get_assignment(struct stage *stage, uint16_t slot, struct assignment *assignment)
{
	struct machine *m = scene_machine(stage->s);
	const struct row_key key = key_u16(key_of_32(TABLE_ASSIGNMENT, stage->app), slot);

	return row_get(m, &key, assignment);
}

/* The worker in that slot; NULL: none. */
static struct scene_worker *
worker_in(struct stage *stage, uint16_t slot)
{
	struct assignment assignment;

	if (get_assignment(stage, slot, &assignment) && !bytes_all_zero(ARRAY_BYTES(assignment.worker))) {
		for (unsigned i = 0; i < WORKERS; i++) {
			if (memcmp(stage->workers[i].id, assignment.worker, 32) == 0) {
				return &stage->workers[i];
			}
		}
	}
	return NULL;
}

/* Blocks, in which all workers but one answer what they are asked. */
static void
live(struct stage *stage, unsigned workers, uint64_t blocks, const struct scene_worker *silent)
{
	struct scene *s = stage->s;

	for (uint64_t i = 0; i < blocks; i++) {
		scene_block(s);
		for (unsigned k = 0; k < workers; k++) {
			const struct scene_worker *w = &stage->workers[k];

			if (w != silent && scene_is_drawn(s, w, s->commit.height)) {
				(void)scene_answer(s, w, s->commit.height);
			}
		}
	}
	assert_true(scene_supply_holds(s));
}

static void
slots_are_filled_and_paid(void **state)
{
	struct stage *stage = stage_new("paid", 3);
	struct scene *s = stage->s;
	struct account before, after;
	struct worker row;
	struct app app;

	(void)state;
	assert_int_equal(open_app(stage), CODE_ACCEPTED);
	scene_blocks(s, 4);
	assert_true(get_app(stage, &app));
	assert_int_equal(app.filled, 2);
	assert_int_equal(app.escrow, 10000 - 2 * 100);
	assert_non_null(worker_in(stage, 0));
	assert_non_null(worker_in(stage, 1));
	assert_ptr_not_equal(worker_in(stage, 0), worker_in(stage, 1));
	scene_get_worker(s, worker_in(stage, 1), &row);
	assert_memory_equal(row.app, stage->app, 32);
	assert_int_equal(row.app_slot, 1);

	/* After the first whole epoch the operator has its pay. */
	scene_get_account(s, worker_in(stage, 0)->operator_index, &before);
	live(stage, 3, 60 + 60 + 30, NULL);
	scene_get_account(s, worker_in(stage, 0)->operator_index, &after);
	assert_true(after.balance >= before.balance + 100);
	assert_true(get_app(stage, &app));
	assert_true(app.escrow <= 10000 - 4 * 100);
	stage_free(stage);
}

/* The owner pays for epochs that were kept, and for no others. */
static void
silence_is_not_paid_and_is_replaced(void **state)
{
	struct stage *stage = stage_new("silent", 3);
	struct scene *s = stage->s;
	struct scene_worker *silent;
	struct account before, after;
	struct worker row;

	(void)state;
	stage->open.slots = 1;
	assert_int_equal(open_app(stage), CODE_ACCEPTED);
	scene_blocks(s, 3);
	silent = worker_in(stage, 0);
	assert_non_null(silent);
	scene_get_account(s, silent->operator_index, &before);
	live(stage, 3, 60 + 60 + 40, silent);
	assert_non_null(worker_in(stage, 0));
	assert_ptr_not_equal(worker_in(stage, 0), silent);
	scene_get_account(s, silent->operator_index, &after);
	assert_int_equal(after.balance, before.balance);
	scene_get_worker(s, silent, &row);
	assert_int_equal(row.app_slot, NO_SLOT);
	stage_free(stage);
}

static void
only_who_fits_is_drawn(void **state)
{
	static const struct {
		const char *why;
		uint8_t tiers;
		uint8_t tees;
		uint64_t pay;
		bool fits;
	} rows[] = {
		{ "all in order", 1, 1 << ASSAY_TEE_SGX, 50, true },
		{ "of a tier that it does not have", 30, 1 << ASSAY_TEE_SGX, 50, false },
		{ "of another TEE", 1, 1 << ASSAY_TEE_TDX, 50, false },
		{ "for less than it asks", 1, 1 << ASSAY_TEE_SGX, 49, false },
		{ "for more", 1, 1 << ASSAY_TEE_SGX | 1 << ASSAY_TEE_TDX, 51, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stage *stage = stage_new("fits", 0);
		struct scene *s = stage->s;

		scene_worker_make(s, &stage->workers[0], &(struct scene_worker_options){ .operator_index = 0 });
		assert_int_equal(scene_register(s, &stage->workers[0]), CODE_ACCEPTED);
		assert_int_equal(scene_bond(s, &stage->workers[0], 1000), CODE_ACCEPTED);
		assert_int_equal(scene_start(s, &stage->workers[0], 50), CODE_ACCEPTED);
		stage->open.tiers = rows[i].tiers;
		stage->open.tees = rows[i].tees;
		stage->open.pay = rows[i].pay;
		stage->open.slots = 1;
		assert_int_equal(open_app(stage), CODE_ACCEPTED);
		/* Fewer blocks than a window: nobody is missed yet. */
		scene_blocks(s, 6);
		if ((worker_in(stage, 0) != NULL) != rows[i].fits) {
			fail_msg("%s", rows[i].why);
		}
		stage_free(stage);
	}
}

/* Of several that fit, "cheapest" takes the lowest ask among those that its draws came upon. */
static void
cheapest_takes_the_lowest_ask(void **state)
{
	unsigned cheapest = 0;

	(void)state;
	for (unsigned round = 0; round < 6; round++) {
		const char *seeds[] = { "c0", "c1", "c2", "c3", "c4", "c5" };
		struct stage *stage = stage_new(seeds[round], 0);
		struct scene *s = stage->s;

		for (unsigned i = 0; i < 2; i++) {
			scene_worker_make(s, &stage->workers[i], &(struct scene_worker_options){
			    .operator_index = i, .number = i, .sim = { .index = i } });
			assert_int_equal(scene_register(s, &stage->workers[i]), CODE_ACCEPTED);
			assert_int_equal(scene_bond(s, &stage->workers[i], 1000), CODE_ACCEPTED);
			assert_int_equal(scene_start(s, &stage->workers[i], i == 0 ? 90 : 10), CODE_ACCEPTED);
		}
		stage->open.order = APP_CHEAPEST;
		stage->open.slots = 1;
		assert_int_equal(open_app(stage), CODE_ACCEPTED);
		scene_blocks(s, 3);
		cheapest += worker_in(stage, 0) == &stage->workers[1] ? 1 : 0;
		stage_free(stage);
	}
	/* Eight draws of two miss one of them once in 128. */
	assert_true(cheapest >= 5);
}

static void
who_is_denied_loses_its_slot(void **state)
{
	struct stage *stage = stage_new("denied", 2);
	struct scene *s = stage->s;
	struct deny_arguments deny = { .kind = DENY_PLATFORM };
	struct scene_worker *first;
	struct worker row;

	(void)state;
	stage->open.slots = 1;
	assert_int_equal(open_app(stage), CODE_ACCEPTED);
	scene_blocks(s, 3);
	first = worker_in(stage, 0);
	assert_non_null(first);
	scene_get_worker(s, first, &row);
	VAR_SET(deny.value, ARRAY_BYTES(row.platform));
	scene_act_now(s, ACT_DENY, &deny);
	/* Fewer blocks than a window: the other one is not missed meanwhile. */
	scene_blocks(s, 5);
	scene_get_worker(s, first, &row);
	assert_int_equal(row.state, WORKER_SUSPENDED);
	assert_int_equal(row.app_slot, NO_SLOT);
	assert_non_null(worker_in(stage, 0));
	assert_ptr_not_equal(worker_in(stage, 0), first);
	stage_free(stage);
}

static void
refusals(void **state)
{
	struct stage *stage = stage_new("refused", 0);
	struct scene *s = stage->s;
	struct app_change_arguments change = { .tiers = 31, .tees = 2, .slots = 1, .pay = 1, .order = APP_BEST };
	struct app_fund_arguments fund = { .amount = 5 };
	struct app_arguments close_it;
	const struct app_open_arguments good = stage->open;

	(void)state;
	stage->open.tiers = 0;
	assert_int_equal(open_app(stage), CODE_APP_TIERS);
	stage->open.tiers = 32;
	assert_int_equal(open_app(stage), CODE_APP_TIERS);
	stage->open = good;
	stage->open.tees = 1;
	assert_int_equal(open_app(stage), CODE_APP_TIERS);
	stage->open = good;
	stage->open.slots = 0;
	assert_int_equal(open_app(stage), CODE_APP_SLOTS);
	stage->open.slots = APP_SLOTS_MAX + 1;
	assert_int_equal(open_app(stage), CODE_APP_SLOTS);
	stage->open = good;
	stage->open.order = 3;
	assert_int_equal(open_app(stage), CODE_APP_ORDER);
	stage->open = good;
	stage->open.program[0] ^= 1;
	assert_int_equal(open_app(stage), CODE_PROGRAM_UNKNOWN);
	stage->open = good;
	stage->open.escrow = 2 * stage->open.pay - 1;
	assert_int_equal(open_app(stage), CODE_APP_ESCROW);
	stage->open.pay = UINT64_MAX;
	assert_int_equal(open_app(stage), CODE_APP_ESCROW);
	stage->open = good;
	stage->open.escrow = 2 * SCENE_BALANCE;
	assert_int_equal(open_app(stage), CODE_BALANCE);
	stage->open = good;
	assert_int_equal(open_app(stage), CODE_ACCEPTED);

	memcpy(change.program, s->program_sgx, 32);
	assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change), CODE_APP_UNKNOWN);
	memcpy(change.app, stage->app, 32);
	assert_int_equal(scene_send(s, 0, KIND_APP_CHANGE, &change), CODE_APP_NOT_YOURS);
	change.order = 0;
	assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change), CODE_APP_ORDER);
	change.order = APP_CHEAPEST;
	assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change), CODE_ACCEPTED);

	assert_int_equal(scene_send(s, 3, KIND_APP_FUND, &fund), CODE_APP_UNKNOWN);
	memcpy(fund.app, stage->app, 32);
	assert_int_equal(scene_send(s, 0, KIND_APP_FUND, &fund), CODE_APP_NOT_YOURS);
	fund.amount = 0;
	assert_int_equal(scene_send(s, 3, KIND_APP_FUND, &fund), CODE_AMOUNT);
	fund.amount = UINT64_MAX;
	assert_int_equal(scene_send(s, 3, KIND_APP_FUND, &fund), CODE_AMOUNT);
	fund.amount = 2 * SCENE_BALANCE;
	assert_int_equal(scene_send(s, 3, KIND_APP_FUND, &fund), CODE_BALANCE);
	fund.amount = 7;
	assert_int_equal(scene_send(s, 3, KIND_APP_FUND, &fund), CODE_ACCEPTED);

	memset(close_it.app, 0, 32);
	assert_int_equal(scene_send(s, 3, KIND_APP_CLOSE, &close_it), CODE_APP_UNKNOWN);
	memcpy(close_it.app, stage->app, 32);
	assert_int_equal(scene_send(s, 0, KIND_APP_CLOSE, &close_it), CODE_APP_NOT_YOURS);
	scene_block(s);
	scene_block(s);
	assert_true(scene_supply_holds(s));
	assert_int_equal(scene_send(s, 3, KIND_APP_CLOSE, &close_it), CODE_ACCEPTED);
	assert_int_equal(scene_send(s, 3, KIND_APP_FUND, &fund), CODE_APP_CLOSED);
	scene_blocks(s, 30);
	assert_true(scene_supply_holds(s));
	stage_free(stage);
}

/* Closing gives everything back, and leaves neither rows nor workers that are tied. */
static void
a_closed_app_leaves_nothing(void **state)
{
	struct stage *stage = stage_new("closed", 2);
	struct scene *s = stage->s;
	struct app_arguments close_it;
	struct assignment assignment;
	struct account owner;
	struct worker row;
	struct app app;

	(void)state;
	assert_int_equal(open_app(stage), CODE_ACCEPTED);
	memcpy(close_it.app, stage->app, 32);
	scene_blocks(s, 4);
	assert_int_equal(scene_send(s, 3, KIND_APP_CLOSE, &close_it), CODE_ACCEPTED);
	live(stage, 2, 60 * 2 + 40, NULL);
	assert_false(get_app(stage, &app));
	assert_false(get_assignment(stage, 0, &assignment));
	assert_false(get_assignment(stage, 1, &assignment));
	scene_get_worker(s, &stage->workers[0], &row);
	assert_int_equal(row.app_slot, NO_SLOT);
	scene_get_account(s, 3, &owner);
	/* What the two workers earned in the epoch that they had begun to work for is theirs. */
	assert_true(owner.balance == SCENE_BALANCE || owner.balance == SCENE_BALANCE - 100 ||
	    owner.balance == SCENE_BALANCE - 200);
	stage_free(stage);
}

/* The list of candidates has no holes, whoever leaves it, and each row knows its place. */
static void
candidates_stay_dense(void **state)
{
	struct stage *stage = stage_new("dense", WORKERS);
	struct scene *s = stage->s;
	struct machine *m = scene_machine(s);
	const struct row_key program_key = key_of_32(TABLE_PROGRAM, s->program_sgx);
	static const unsigned order[] = { 2, 0, 5, 1, 4, 3 };

	(void)state;
	for (unsigned gone = 0; gone < WORKERS; gone++) {
		struct worker_arguments stop;
		struct program program;

		row_get(m, &program_key, &program);
		assert_int_equal(program.candidates, WORKERS - gone);
		for (uint32_t i = 0; i < program.candidates; i++) {
			const struct row_key key = key_u32(key_of_32(TABLE_CANDIDATE, s->program_sgx), i);
			struct candidate candidate;
			struct worker row;

			assert_true(row_get(m, &key, &candidate));
			assert_true(worker_get(m, candidate.worker, &row));
			assert_int_equal(row.candidate, i + 1);
		}
		memcpy(stop.worker, stage->workers[order[gone]].id, 32);
		assert_int_equal(scene_send(s, stage->workers[order[gone]].operator_index, KIND_STOP, &stop),
		    CODE_ACCEPTED);
	}
	stage_free(stage);
}

static struct app_change_arguments
change_of(const struct stage *stage)
{
	struct app_change_arguments change = { .tiers = stage->open.tiers, .tees = stage->open.tees,
		.slots = stage->open.slots, .pay = stage->open.pay, .order = stage->open.order };

	memcpy(change.app, stage->app, 32);
	memcpy(change.program, stage->open.program, 32);
	return change;
}

/* Timer rows of the app's slots. */
static unsigned
timers_of(struct stage *stage)
{
	struct machine *m = scene_machine(stage->s);
	const struct row_key prefix = key_u8(key_start(TABLE_TIMER), TIMER_APP);
	struct row_key key = prefix;
	struct timer timer;
	unsigned count = 0;

	while (row_next(m, &prefix, &key, &timer)) {
		count += memcmp(key.bytes + prefix.len + 8, stage->app, 32) == 0 ? 1 : 0;
	}
	return count;
}

/* Fails where slots that go and come leave a hole, or a place with two timers, each of which begets
 * the next one for ever. */
static void
a_place_has_one_timer(void **state)
{
	struct stage *stage = stage_new("timers", 0);
	struct scene *s = stage->s;
	struct app_change_arguments change;
	struct assignment assignment;
	struct app app;

	(void)state;
	stage->open.slots = 5;
	assert_int_equal(open_app(stage), CODE_ACCEPTED);
	change = change_of(stage);
	scene_blocks(s, 12);
	change.slots = 1;
	assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change), CODE_ACCEPTED);
	scene_block(s);
	for (unsigned i = 0; i < 40; i++) {
		assert_true(get_app(stage, &app));
		change.slots = 5;
		assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change),
		    app.places > 1 ? CODE_APP_SLOTS : CODE_ACCEPTED);
		if (app.places == 1) {
			break;
		}
		scene_block(s);
	}
	for (unsigned i = 0; i < 20; i++) {
		change.slots = 1;
		assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change), CODE_ACCEPTED);
		change.slots = 5;
		(void)scene_send(s, 3, KIND_APP_CHANGE, &change);
		scene_block(s);
	}
	(void)scene_send(s, 3, KIND_APP_CHANGE, &change);
	scene_blocks(s, 30);
	change.slots = 5;
	(void)scene_send(s, 3, KIND_APP_CHANGE, &change);
	scene_blocks(s, 10);
	assert_true(get_app(stage, &app));
	assert_int_equal(app.places, 5);
	assert_int_equal(timers_of(stage), 5);
	for (uint16_t slot = 0; slot < 5; slot++) {
		assert_true(get_assignment(stage, slot, &assignment));
	}
	stage_free(stage);
}

/* Fails where a change asks for what nobody could be paid for. */
static void
a_change_is_covered(void **state)
{
	struct stage *stage = stage_new("covered", 0);
	struct scene *s = stage->s;
	struct app_change_arguments change;

	(void)state;
	assert_int_equal(open_app(stage), CODE_ACCEPTED);
	change = change_of(stage);
	change.slots = 101;
	assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change), CODE_APP_ESCROW);
	change.slots = 100;
	assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change), CODE_ACCEPTED);
	change.pay = 101;
	assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change), CODE_APP_ESCROW);
	change.pay = UINT64_MAX;
	assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change), CODE_APP_ESCROW);
	/* Less than before is asked for whatever there is. */
	change.pay = 100;
	change.slots = 99;
	assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change), CODE_ACCEPTED);
	stage_free(stage);
}

/* Fails where an owner who asks for others in the middle of an epoch gets it for nothing as soon as
 * the worker renews its evidence. */
static void
a_change_is_no_way_out(void **state)
{
	struct stage *stage = stage_new("way out", 1);
	struct scene *s = stage->s;
	struct app_change_arguments change;
	struct reattest_arguments renewal;
	struct account before, after;
	struct assignment assignment;
	struct worker row;

	(void)state;
	stage->open.slots = 1;
	assert_int_equal(open_app(stage), CODE_ACCEPTED);
	scene_blocks(s, 4);
	assert_true(get_assignment(stage, 0, &assignment));
	assert_ptr_equal(worker_in(stage, 0), &stage->workers[0]);
	scene_get_account(s, 0, &before);
	while (scene_machine(s)->meta.epoch < assignment.epoch) {
		live(stage, 1, 1, NULL);
	}
	change = change_of(stage);
	change.tiers = 8;
	change.pay = 0;
	assert_int_equal(scene_send(s, 3, KIND_APP_CHANGE, &change), CODE_ACCEPTED);
	scene_reattest_arguments(s, &renewal, &stage->workers[0], scene_nonce_height(s));
	assert_int_equal(scene_send(s, 0, KIND_REATTEST, &renewal), CODE_ACCEPTED);
	assert_ptr_equal(worker_in(stage, 0), &stage->workers[0]);
	live(stage, 1, 60 + 30, NULL);
	/* Paid for the epoch that it kept, and let go then. */
	assert_null(worker_in(stage, 0));
	scene_get_worker(s, &stage->workers[0], &row);
	assert_int_equal(row.app_slot, NO_SLOT);
	scene_get_account(s, 0, &after);
	assert_int_equal(after.balance, before.balance + 100);
	stage_free(stage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_are_filled_and_paid),
		cmocka_unit_test(silence_is_not_paid_and_is_replaced),
		cmocka_unit_test(only_who_fits_is_drawn),
		cmocka_unit_test(cheapest_takes_the_lowest_ask),
		cmocka_unit_test(who_is_denied_loses_its_slot),
		cmocka_unit_test(refusals),
		cmocka_unit_test(a_closed_app_leaves_nothing),
		cmocka_unit_test(candidates_stay_dense),
		cmocka_unit_test(a_place_has_one_timer),
		cmocka_unit_test(a_change_is_covered),
		cmocka_unit_test(a_change_is_no_way_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
