/* SPDX-License-Identifier: Apache-2.0 */
/* Draws, windows, and what becomes of who did not answer. */
#include "fleet.h"

static struct scene_worker w;

static struct block
block_at(uint64_t height)
{
	const struct row_key key = key_u64(key_start(TABLE_BLOCK), height);
	struct block block;

	assert_true(row_get(fleet_machine(), &key, &block));
	return block;
}

/* ---- draws */

/* As the rule says it, written down once more: hash number try of a block's id, as a number. */
static uint64_t
hash_of(const char *domain, const uint8_t id[static 32], uint32_t try)
{
	const uint8_t number[4] = { (uint8_t)(try >> 24), (uint8_t)(try >> 16), (uint8_t)(try >> 8), (uint8_t)try };
	const struct assay_bytes parts[3] = { bytes_of_text(domain), bytes_of(id, 32), bytes_of(number, 4) };
	uint8_t digest[32];
	uint64_t value = 0;

	s->crypto->sha256(s->crypto->context, digest, parts, 3);
	for (unsigned i = 0; i < 8; i++) {
		value = value << 8 | digest[i];
	}
	return value;
}

/* Fails where a slot is asked twice or never in an epoch, or anybody cannot compute the draw again. */
static void
test_each_slot_once(void **state)
{
	(void)state;
	fleet_to_height(FLEET_EPOCH);
	for (unsigned epoch = 2; epoch < 6; epoch++) {
		bool drawn[FLEET_EPOCH] = { false };

		for (uint64_t i = 0; i < FLEET_EPOCH; i++) {
			fleet_block();
			const uint64_t height = s->commit.height;
			const struct block block = block_at(height);
			const struct block before = block_at(height - 1);
			uint64_t nth = hash_of("assay/draw/1", before.id, 0) % (FLEET_EPOCH - i);
			uint16_t slot = 0;

			while (drawn[slot] || nth-- != 0) {
				slot++;
			}
			assert_int_equal(block.epoch, epoch);
			assert_int_equal(block.slot, slot);
			assert_int_equal(block.spot, NO_SLOT);
			drawn[slot] = true;
		}
		assert_int_equal(fleet_machine()->meta.epoch, epoch);
		assert_int_equal(fleet_epoch(epoch).left, 0);
	}
}

/* Fails where a slot is drawn besides while a draw of it waits, out of turn, or at another rate than was set. */
static void
test_spot(void **state)
{
	static const struct scene_parameter others[] = { { PARAMETER_SPOT, 500 } };
	uint64_t last[FLEET_EPOCH] = { 0 };
	uint64_t before_last[FLEET_EPOCH] = { 0 };
	unsigned spots = 0;
	unsigned wanted = 0;

	(void)state;
	fleet_open(others, 1);
	for (unsigned i = 0; i < 10 * FLEET_EPOCH; i++) {
		fleet_block();
		const uint64_t height = s->commit.height;
		const struct block block = block_at(height);
		const struct block before = block_at(height - 1);
		const uint64_t epoch_start = (fleet_epoch_of(height) - 1) * FLEET_EPOCH + 1;

		wanted += hash_of("assay/spot/1", before.id, 0) % 1000 < 500 ? 1 : 0;
		if (block.spot != NO_SLOT) {
			spots++;
			assert_true(hash_of("assay/spot/1", before.id, 0) % 1000 < 500);
			assert_int_not_equal(block.spot, block.slot);
			assert_true(last[block.spot] >= epoch_start || height < 2 * FLEET_EPOCH);
			assert_true(last[block.spot] + FLEET_REATTEST < height);
			before_last[block.spot] = last[block.spot];
			last[block.spot] = height;
		}
		/* Two draws of a slot at most wait at once. */
		assert_true(before_last[block.slot] == 0 || before_last[block.slot] + FLEET_REATTEST < height);
		before_last[block.slot] = last[block.slot];
		last[block.slot] = height;
		const struct row_key key = key_u16(key_start(TABLE_SLOT), block.slot);
		struct slot row;

		assert_true(row_get(fleet_machine(), &key, &row));
		assert_int_equal(row.drawn[0], height);
		/* Those of before this test began are not known to it. */
		assert_true(before_last[block.slot] == 0 || row.drawn[1] == before_last[block.slot]);
	}
	/* Early in an epoch there may be none to draw from. */
	assert_true(spots > 50 && spots <= wanted);
}

/* ---- a window that ends */

/* Fails where a miss is judged early or late, is charged at once, or cannot be made good. */
static void
test_missed(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	const uint64_t height = fleet_until_drawn(&w);

	fleet_to_height(height + FLEET_WINDOW - 1);
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	fleet_block();
	struct worker row = fleet_row(&w);

	assert_int_equal(row.state, WORKER_UNRESPONSIVE);
	assert_int_equal(row.why, WORKER_BECAUSE_MISSED);
	assert_int_equal(row.misses, 1);
	assert_int_equal(row.missed_mask, UINT32_C(1) << (row.window_epoch - fleet_epoch_of(height)));
	assert_int_equal(row.silent_own_ms, block_at(height + FLEET_WINDOW).own_ms);
	assert_false(worker_is_admitted(fleet_machine(), &row));
	assert_int_equal(fleet_epoch(fleet_epoch_of(height)).asked, 1);
	assert_int_equal(fleet_epoch(fleet_epoch_of(height)).answered, 0);
	assert_int_equal(fleet_slashes(NULL), 0);
	/* The draw that it missed is over; a block of the window serves, drawn or not. */
	assert_int_equal(scene_answer(s, &w, height), CODE_ANSWERS_NONE);
	assert_int_equal(scene_answer(s, &w, s->commit.height), CODE_ACCEPTED);
	row = fleet_row(&w);
	assert_int_equal(row.state, WORKER_ONLINE);
	assert_true(worker_is_admitted(fleet_machine(), &row));
	/* It came back, but has not been asked: it earns nothing by that. */
	assert_int_equal(row.owed_weight[0] + row.owed_weight[1] != 0, scene_is_drawn(s, &w, s->commit.height));
	fleet_block();
}

/* Fails where the last block of a window is not a part of it. */
static void
test_last_block(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	const uint64_t height = fleet_until_drawn(&w);

	fleet_to_height(height + FLEET_WINDOW - 1);
	assert_int_equal(scene_answer(s, &w, height), CODE_ACCEPTED);
	fleet_block();
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	assert_int_equal(fleet_row(&w).misses, 0);
	assert_int_equal(fleet_epoch(fleet_epoch_of(height)).answered, 1);
	fleet_blocks(FLEET_WINDOW);
	assert_int_equal(fleet_epoch(fleet_epoch_of(height)).asked, 1);
}

/* Fails where who came online at a draw, or after it, is asked by it. */
static void
test_not_before_start(void **state)
{
	(void)state;
	fleet_make(&w, 0, 1);
	assert_int_equal(scene_register(s, &w), CODE_ACCEPTED);
	assert_int_equal(scene_bond(s, &w, 1000), CODE_ACCEPTED);
	for (;;) {
		fleet_block();
		scene_wait(s, 1000);
		if (scene_is_drawn(s, &w, fleet_machine()->meta.height)) {
			break;
		}
	}
	const uint64_t height = fleet_machine()->meta.height;

	assert_int_equal(scene_start(s, &w, 0), CODE_ACCEPTED);
	fleet_block();
	assert_int_equal(scene_answer(s, &w, height), CODE_ANSWERS_NONE);
	fleet_to_height(height + FLEET_WINDOW + 1);
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	assert_int_equal(fleet_row(&w).misses, 0);
}

/* Fails where time in which the register stood still takes away from a window. */
static void
test_halt_in_window(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	uint64_t height = fleet_until_drawn(&w);

	fleet_to_height(height + FLEET_WINDOW - 1);
	scene_wait(s, 10001);
	fleet_blocks(2);
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	assert_int_equal(fleet_row(&w).misses, 0);
	/* A gap that is no halt excuses nobody. */
	height = fleet_until_drawn(&w);
	scene_wait(s, 10000);
	fleet_to_height(height + FLEET_WINDOW);
	assert_int_equal(fleet_state(&w), WORKER_UNRESPONSIVE);
}

/* Fails where windows that are open when an epoch makes them shorter end before they were to. */
static void
test_shorter_window(void **state)
{
	static struct scene_worker many[30];

	(void)state;
	for (unsigned i = 0; i < 30; i++) {
		fleet_online(&many[i], 0, 500 + i);
	}
	const uint64_t start = (uint64_t)fleet_machine()->meta.epoch * FLEET_EPOCH + 1;

	fleet_to_height(start - 1);
	fleet_machine()->parameters[PARAMETER_WINDOW] = 1;
	fleet_block();
	for (unsigned i = 0; i < 30; i++) {
		const bool late = scene_is_drawn(s, &many[i], start - 2);

		assert_true(!late || fleet_row(&many[i]).silent_height != start - 2);
	}
	/* From then on windows are as short as that. */
	fleet_block();
	for (unsigned i = 0; i < 30; i++) {
		if (scene_is_drawn(s, &many[i], start)) {
			assert_int_equal(fleet_state(&many[i]), WORKER_UNRESPONSIVE);
		}
	}
}

static void
not_genuine(struct worker *row)
{
	row->tier = 0;
}

/* Fails where one whose answers would not be taken is charged with not having given any. */
static void
test_not_admitted_no_miss(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	const uint64_t height = fleet_until_drawn(&w);

	fleet_poke(&w, not_genuine);
	fleet_to_height(height + FLEET_WINDOW + 1);
	assert_int_equal(fleet_row(&w).misses, 0);
	assert_int_equal(fleet_slashes(NULL), 0);
}

static void
answered_newer_ones(struct worker *row)
{
	row->answered[0] = s->commit.height + 2;
	row->answered[1] = s->commit.height + 1;
}

/* Fails where a late turn takes an answer that a row remembers no more for a miss. */
static void
test_forgotten_answer(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	const uint64_t height = fleet_until_drawn(&w);

	fleet_poke(&w, answered_newer_ones);
	fleet_to_height(height + FLEET_WINDOW + 1);
	assert_int_equal(fleet_row(&w).misses, 0);
}

/* Fails where three missed epochs of the last 24 leave a worker in, or two put it out. */
static void
test_misses_limit(void **state)
{
	static const struct scene_parameter others[] = { { PARAMETER_MISSES_LIMIT, 3 } };

	(void)state;
	fleet_open(others, 1);
	fleet_online(&w, 0, 1);
	for (unsigned i = 0; i < 2; i++) {
		fleet_until_missed(&w);
		assert_int_equal(scene_answer(s, &w, s->commit.height), CODE_ACCEPTED);
		fleet_block();
		fleet_until_answered(&w);
	}
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	const uint64_t height = fleet_until_drawn(&w);

	fleet_to_height(height + FLEET_WINDOW);
	assert_int_equal(fleet_state(&w), WORKER_SUSPENDED);
	assert_int_equal(fleet_row(&w).why, WORKER_BECAUSE_OFFLINE);
	assert_int_equal(fleet_row(&w).silent_own_ms, 0);
}

/* Fails where a miss is remembered for longer than 24 epochs. */
static void
test_misses_age(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	fleet_until_missed(&w);
	assert_int_equal(scene_answer(s, &w, s->commit.height), CODE_ACCEPTED);
	fleet_block();
	const uint32_t from = fleet_machine()->meta.epoch;

	while (fleet_machine()->meta.epoch < from + WINDOW_EPOCHS - 2) {
		fleet_until_answered(&w);
	}
	assert_int_not_equal(fleet_row(&w).missed_mask, 0);
	while (fleet_machine()->meta.epoch < from + WINDOW_EPOCHS + 1) {
		fleet_until_answered(&w);
	}
	assert_int_equal(fleet_row(&w).missed_mask, 0);
	assert_int_equal(worker_kept_per_mille(&(struct worker){ .asked_window = { 4 }, .kept_window = { 3 } }), 750);
	const struct worker row = fleet_row(&w);

	assert_int_equal(worker_kept_per_mille(&row), 1000);
}

/* ---- cheats and crowds */

/* Fails where answers that were signed before their block keep a worker in. */
static void
test_signs_ahead(void **state)
{
	unsigned epochs;
	struct machine *m = fleet_machine();

	(void)state;
	fleet_online(&w, 0, 1);
	const uint32_t from = m->meta.epoch;

	while (fleet_state(&w) == WORKER_ONLINE) {
		const uint64_t height = fleet_until_drawn(&w);
		struct row_key key = key_u64(key_start(TABLE_BLOCK), height);
		struct block block;
		struct block guess;
		uint8_t bytes[256];
		const struct answer_group group = { .height = height, .id_bytes = 32, .count = 1 };
		size_t len = record_encode(&answer_group_record, &group, bytes, sizeof(bytes));
		struct answers_arguments a;

		/* What it knows ahead is the block before: it signs as if that were the one. */
		scene_wait(s, 1000);
		assert_true(row_get(m, &key, &block));
		guess = block_at(height - 1);
		step_begin(m);
		row_put(m, &key, &guess);
		step_commit(m, EFFECT_NONE);
		len += scene_answer_bytes(s, bytes + len, &w, height, 32, 0);
		step_begin(m);
		row_put(m, &key, &block);
		step_commit(m, EFFECT_NONE);
		a.groups = bytes_of(bytes, len);
		assert_int_equal(scene_send(s, 0, KIND_ANSWERS, &a), CODE_ANSWERS_NONE);
		fleet_blocks(FLEET_WINDOW);
	}
	epochs = m->meta.epoch - from;
	assert_true(epochs <= 3);
}

/*
 * Fails where draws come at foreseeable blocks: each is up only near the place
 * in the epoch at which it was drawn first.
 */
static void
test_predictable(void **state)
{
	static struct scene_worker some[6];
	uint64_t place[6] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		fleet_online(&some[i], 0, 300 + i);
	}
	for (unsigned i = 0; i < 6; i++) {
		place[i] = fleet_until_drawn(&some[i]) % FLEET_EPOCH;
		for (unsigned j = 0; j < 6; j++) {
			const uint64_t height = scene_nonce_height(s);

			if (fleet_state(&some[j]) == WORKER_UNRESPONSIVE || scene_is_drawn(s, &some[j], height)) {
				(void)scene_answer(s, &some[j], height);
			}
		}
	}
	uint32_t misses[6];

	for (unsigned i = 0; i < 6; i++) {
		misses[i] = fleet_row(&some[i]).misses;
	}
	fleet_to_height(fleet_machine()->meta.epoch * FLEET_EPOCH);
	for (unsigned block = 0; block < 3 * FLEET_EPOCH; block++) {
		const uint64_t height = scene_nonce_height(s);

		for (unsigned i = 0; i < 6; i++) {
			const uint64_t away = (height + FLEET_EPOCH - place[i]) % FLEET_EPOCH;
			const bool up = away <= 2 || away >= FLEET_EPOCH - 2;

			if (up && fleet_state(&some[i]) == WORKER_ONLINE && scene_is_drawn(s, &some[i], height)) {
				assert_int_equal(scene_answer(s, &some[i], height), CODE_ACCEPTED);
			}
		}
		fleet_block();
	}
	for (unsigned i = 0; i < 6; i++) {
		assert_true(fleet_row(&some[i]).misses > misses[i]);
	}
}

/* Fails where a crowd of junk, or of workers to be judged, takes away from anybody's window, or from a turn's bound. */
static void
test_spam(void **state)
{
	static const struct scene_parameter others[] = { { PARAMETER_TIMER_ROWS, 8 } };
	static struct scene_worker many[60];
	uint8_t junk[200] = { 1, 2, 3 };
	unsigned slot_of[FLEET_EPOCH] = { 0 };
	unsigned crowd = 0;

	(void)state;
	fleet_open(others, 1);
	for (unsigned i = 0; i < 60; i++) {
		fleet_online(&many[i], 0, 400 + i);
		slot_of[slot_of_worker(fleet_machine(), many[i].id)]++;
	}
	for (unsigned i = 1; i < FLEET_EPOCH; i++) {
		crowd = slot_of[i] > slot_of[crowd] ? i : crowd;
	}
	w = many[59];
	for (unsigned turn = 0; turn < 6; turn++) {
		const uint64_t height = fleet_until_drawn(&w);

		for (unsigned i = 0; i < FLEET_WINDOW - 1; i++) {
			for (unsigned j = 0; j < 20; j++) {
				junk[3] = (uint8_t)j;
				(void)scene_send_bytes(s, bytes_of(junk, sizeof(junk)));
			}
			fleet_block();
		}
		fleet_block_kept(&w);
		assert_true(fleet_row(&w).answered[0] >= height);
	}
	assert_int_equal(fleet_row(&w).misses, 0);
	/* All the others were judged, however many stood in one slot. */
	fleet_blocks(4 * FLEET_EPOCH);
	for (unsigned i = 0; i < 59; i++) {
		assert_true(fleet_row(&many[i]).misses != 0);
	}
}

/* ---- re-attestations */

/* Fails where one that is asked to re-attest may answer plainly, or is judged by the shorter window. */
static void
test_reattestation(void **state)
{
	static const struct scene_parameter others[] = { { PARAMETER_REATTEST_ONE_IN, 2 } };
	unsigned asked = 0;
	unsigned missed = 0;
	struct reattest_arguments a;

	(void)state;
	fleet_open(others, 1);
	fleet_online(&w, 0, 1);
	while (missed == 0) {
		const uint64_t height = fleet_until_drawn(&w);

		fleet_block();
		const struct block block = block_at(height);

		if (!draw_asks_reattestation(s->crypto, block.id, w.id, 2)) {
			assert_int_equal(scene_answer(s, &w, height), CODE_ACCEPTED);
			continue;
		}
		asked++;
		assert_int_equal(scene_answer(s, &w, height), CODE_ANSWERS_NONE);
		assert_int_equal(s->result.code, CODE_ANSWERS_NONE);
		assert_int_equal(fleet_machine()->result.parts.data[3], CODE_ANSWER_REATTEST);
		/* Another draw that comes meanwhile may be missed: this one is not, until its window ends. */
		fleet_to_height(height + FLEET_WINDOW + 1);
		assert_int_not_equal(fleet_row(&w).silent_height, height);
		fleet_to_height(height + FLEET_REATTEST - 1);
		assert_int_not_equal(fleet_row(&w).silent_height, height);
		if (asked >= 3 && fleet_state(&w) == WORKER_ONLINE) {
			fleet_block();
			missed++;
			assert_int_equal(fleet_state(&w), WORKER_UNRESPONSIVE);
			assert_int_equal(fleet_row(&w).silent_height, height);
			assert_int_equal(fleet_row(&w).silent_own_ms, fleet_machine()->own_ms);
			break;
		}
		const uint32_t answers = fleet_row(&w).answers;

		scene_reattest_arguments(s, &a, &w, height);
		assert_int_equal(scene_send(s, 0, KIND_REATTEST, &a), CODE_ACCEPTED);
		assert_int_equal(fleet_row(&w).answers, answers + 1);
		fleet_block();
		assert_int_not_equal(fleet_row(&w).silent_height, height);
	}
	assert_int_equal(missed, 1);
	/* The key alone does not bring it back, or one taken out of its TEE would do. */
	assert_int_equal(fleet_row(&w).why, WORKER_BECAUSE_UNATTESTED);
	assert_int_equal(scene_answer(s, &w, scene_nonce_height(s)), CODE_ANSWERS_NONE);
	assert_int_equal(fleet_machine()->result.parts.data[3], CODE_ANSWER_REATTEST);
	assert_int_equal(fleet_state(&w), WORKER_UNRESPONSIVE);
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	assert_int_equal(scene_send(s, 0, KIND_REATTEST, &a), CODE_ACCEPTED);
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
	assert_int_equal(fleet_row(&w).silent_own_ms, 0);
	fleet_block();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_slot_once, fleet_setup, fleet_teardown),
		cmocka_unit_test_teardown(test_spot, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_missed, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_last_block, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_not_before_start, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_halt_in_window, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_shorter_window, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_not_admitted_no_miss, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_forgotten_answer, fleet_setup, fleet_teardown),
		cmocka_unit_test_teardown(test_misses_limit, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_misses_age, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_signs_ahead, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_predictable, fleet_setup, fleet_teardown),
		cmocka_unit_test_teardown(test_spam, fleet_teardown),
		cmocka_unit_test_teardown(test_reattestation, fleet_teardown),
	};

	return cmocka_run_group_tests_name("register_challenge", tests, NULL, NULL);
}
