/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of answers: their form, each answer's code, and what an accepted one changes. */
#include "fleet.h"

#define MANY	((unsigned)450)

static struct scene_worker w;

/* ---- batches by hand */

static uint8_t groups[58000];
static size_t groups_len;

static void
batch_start(void)
{
	groups_len = 0;
}

static void
group_add(uint64_t height, uint8_t id_bytes, uint16_t count)
{
	const struct answer_group group = { .height = height, .id_bytes = id_bytes, .count = count };

	groups_len += record_encode(&answer_group_record, &group, groups + groups_len, sizeof(groups) - groups_len);
}

static void
answer_add(const struct scene_worker *of, uint64_t height, uint8_t id_bytes, uint8_t behind)
{
	assert_true(groups_len + 32 + STATE_BYTES + 64 <= sizeof(groups));
	groups_len += scene_answer_bytes(s, groups + groups_len, of, height, id_bytes, behind);
}

static enum code
batch_send(void)
{
	const struct answers_arguments a = { bytes_of(groups, groups_len) };

	return scene_send(s, 1, KIND_ANSWERS, &a);
}

/* The code of one answer of the last batch; accepted where it is not listed. */
static enum code
part(unsigned index)
{
	struct assay_bytes parts = VAR_BYTES(fleet_machine()->result.parts);

	while (parts.len != 0) {
		const uint64_t at = key_take(&parts, 2);
		const uint64_t code = key_take(&parts, 2);

		if (at == index) {
			return (enum code)code;
		}
	}
	return CODE_ACCEPTED;
}

static void
one_refused(const struct scene_worker *of, uint64_t height, uint8_t id_bytes, uint8_t behind, enum code code)
{
	struct answers_arguments a;

	batch_start();
	group_add(height, id_bytes, 1);
	answer_add(of, height, id_bytes, behind);
	a.groups = bytes_of(groups, groups_len);
	/* Replays are of the transaction; the part is that of the first sending. */
	assert_int_equal(batch_send(), CODE_ANSWERS_NONE);
	if (part(0) != code) {
		fail_msg("%s, not %s", code_id(part(0)), code_id(code));
	}
	fleet_refused(1, KIND_ANSWERS, &a, CODE_ANSWERS_NONE);
}

/* ---- form */

/* Fails where bytes that are no whole groups reach a lookup. */
static void
test_form(void **state)
{
	struct answers_arguments a;

	(void)state;
	fleet_online(&w, 0, 1);
	const uint64_t height = fleet_until_drawn(&w);

	batch_start();
	a.groups = bytes_of(groups, 0);
	fleet_refused(1, KIND_ANSWERS, &a, CODE_ANSWERS_FORM);
	group_add(height, 32, 1);
	answer_add(&w, height, 32, 0);
	/* Cut off anywhere, or with a byte more. */
	for (size_t len = 1; len < groups_len; len += 13) {
		a.groups = bytes_of(groups, len);
		fleet_refused(1, KIND_ANSWERS, &a, CODE_ANSWERS_FORM);
	}
	a.groups = bytes_of(groups, groups_len + 1);
	fleet_refused(1, KIND_ANSWERS, &a, CODE_ANSWERS_FORM);
	static const struct {
		uint8_t id_bytes;
		uint16_t count;
	} heads[] = {
		{ 1, 1 },	/* too little of an id */
		{ 33, 1 },	/* more than there is of it */
		{ 32, 0 },	/* an empty group */
		{ 32, 2 },	/* one more than follows */
	};

	for (size_t i = 0; i < FLEET_COUNT(heads); i++) {
		batch_start();
		group_add(height, heads[i].id_bytes, heads[i].count);
		answer_add(&w, height, 32, 0);
		a.groups = bytes_of(groups, groups_len);
		fleet_refused(1, KIND_ANSWERS, &a, CODE_ANSWERS_FORM);
	}
	/* A good group does not save a bad one. */
	batch_start();
	group_add(height, 32, 1);
	answer_add(&w, height, 32, 0);
	group_add(height, 32, 0);
	a.groups = bytes_of(groups, groups_len);
	fleet_refused(1, KIND_ANSWERS, &a, CODE_ANSWERS_FORM);
	assert_int_equal(scene_answer(s, &w, height), CODE_ACCEPTED);
}

/* ---- codes */

static void
not_genuine(struct worker *row)
{
	row->tier = 0;
}

static void
genuine(struct worker *row)
{
	row->tier = 1;
}

static void
test_codes(void **state)
{
	struct scene_worker stranger;

	(void)state;
	fleet_online(&w, 0, 1);
	fleet_make(&stranger, 0, 9);
	const uint64_t height = fleet_until_drawn(&w);

	one_refused(&stranger, height, 32, 0, CODE_ANSWER_WORKER);
	one_refused(&stranger, height, 2, 0, CODE_ANSWER_WORKER);
	one_refused(&w, height + 1, 32, 0, CODE_ANSWER_HEIGHT);		/* the block that is being made */
	one_refused(&w, height + 100, 32, 0, CODE_ANSWER_HEIGHT);
	one_refused(&w, UINT64_MAX, 32, 0, CODE_ANSWER_HEIGHT);
	one_refused(&w, 0, 32, 0, CODE_ANSWER_HEIGHT);
	one_refused(&w, height, 32, 129, CODE_ANSWER_BEHIND);		/* a clone, or one cut off */
	if (!scene_is_drawn(s, &w, height - 1)) {
		one_refused(&w, height - 1, 32, 0, CODE_ANSWER_NOT_ASKED);
		/* Two bytes of an id are looked for in the slots drawn only. */
		one_refused(&w, height - 1, 3, 0, CODE_ANSWER_WORKER);
		one_refused(&w, height - 1, 4, 0, CODE_ANSWER_NOT_ASKED);
	}
	fleet_poke(&w, not_genuine);
	one_refused(&w, height, 32, 0, CODE_ANSWER_NOT_ADMITTED);
	fleet_poke(&w, genuine);
	batch_start();
	group_add(height, 32, 1);
	answer_add(&w, height, 32, 128);
	for (size_t i = groups_len - 64 - STATE_BYTES; i < groups_len; i += 9) {
		/* Any bit of state or signature. */
		groups[i] ^= 1;
		assert_int_equal(batch_send(), CODE_ANSWERS_NONE);
		assert_int_equal(part(0), CODE_ANSWER_SIGNATURE);
		groups[i] ^= 1;
	}
	assert_int_equal(batch_send(), CODE_ACCEPTED);
	one_refused(&w, height, 32, 0, CODE_ANSWER_TWICE);
	fleet_block();
}

/* Fails where one register's answers count in another, or one draw's for another. */
static void
test_binding(void **state)
{
	struct scene_worker other;

	(void)state;
	fleet_online(&w, 0, 1);
	fleet_online(&other, 0, 2);
	const uint64_t height = fleet_until_drawn(&w);

	batch_start();
	group_add(height, 32, 1);
	answer_add(&w, height - 1, 32, 0);	/* signed for another block */
	assert_int_equal(batch_send(), CODE_ANSWERS_NONE);
	assert_int_equal(part(0), CODE_ANSWER_SIGNATURE);
	batch_start();
	group_add(height, 32, 1);
	s->head.register_id[0] ^= 1;
	answer_add(&w, height, 32, 0);		/* for another register */
	s->head.register_id[0] ^= 1;
	assert_int_equal(batch_send(), CODE_ANSWERS_NONE);
	assert_int_equal(part(0), CODE_ANSWER_SIGNATURE);
	batch_start();
	group_add(height, 32, 1);
	answer_add(&other, height, 32, 0);	/* by another worker */
	memcpy(groups + groups_len - 32 - STATE_BYTES - 64, w.id, 32);
	assert_int_equal(batch_send(), CODE_ANSWERS_NONE);
	assert_int_equal(part(0), CODE_ANSWER_SIGNATURE);
}

/* ---- what an accepted one changes */

static void
test_accepted(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	const uint64_t height = fleet_until_drawn(&w);
	const uint64_t balance = fleet_balance(1);

	batch_start();
	group_add(height, 4, 1);
	answer_add(&w, height, 4, 0);
	assert_int_equal(batch_send(), CODE_ACCEPTED);
	assert_int_equal(s->result.fee, 0);
	assert_int_equal(fleet_balance(1), balance);
	const struct worker row = fleet_row(&w);
	const uint32_t epoch = fleet_epoch_of(height);

	assert_int_equal(row.answered[0], height);
	assert_int_equal(row.answers, 1);
	assert_int_equal(row.state_height, height);
	assert_int_equal(row.signed_state[0], 1);
	assert_int_equal(row.asked_window[epoch % WINDOW_EPOCHS], 1);
	assert_int_equal(row.kept_window[epoch % WINDOW_EPOCHS], 1);
	assert_int_equal(row.owed_weight[0] + row.owed_weight[1], FLEET_STAKE);
	assert_int_equal(fleet_epoch(epoch).weight, FLEET_STAKE);
	assert_int_equal(fleet_epoch(epoch).answered, 1);
	fleet_block();
}

/* Fails where answers that are due are not free, or where they carry others for nothing. */
static void
test_fee(void **state)
{
	static const struct scene_parameter others[] = { { PARAMETER_FEE_BASE, 7 }, { PARAMETER_FEE_BYTE, 1 } };

	(void)state;
	fleet_open(others, 2);
	fleet_online(&w, 0, 1);
	const uint64_t height = fleet_until_drawn(&w);
	uint64_t balance = fleet_balance(1);
	uint64_t fee;

	batch_start();
	group_add(height, 32, 2);
	answer_add(&w, height - 1, 32, 0);
	answer_add(&w, height, 32, 0);
	assert_int_equal(batch_send(), CODE_ACCEPTED);
	assert_int_equal(part(0), CODE_ANSWER_SIGNATURE);
	assert_int_equal(part(1), CODE_ACCEPTED);
	/* One of two: of the odd unit the sender has the loss. */
	fee = 7 + s->transaction_len;
	assert_int_equal(s->result.fee, fee - fee / 2);
	assert_int_equal(fleet_balance(1), balance - s->result.fee);
	balance = fleet_balance(1);
	assert_int_equal(batch_send(), CODE_ANSWERS_NONE);
	assert_int_equal(s->result.fee, 7 + s->transaction_len);
	assert_int_equal(fleet_balance(1), balance - s->result.fee);
	fleet_block();
}

/* Fails where an answer that brought a worker back once can do it again. */
static void
test_recovery_twice(void **state)
{
	static const struct scene_parameter others[] = { { PARAMETER_SPOT, 1000 }, { PARAMETER_WINDOW, 8 } };

	(void)state;
	fleet_open(others, 2);
	fleet_online(&w, 0, 1);
	while (fleet_state(&w) == WORKER_ONLINE) {
		fleet_block();
	}
	const uint64_t height = s->commit.height;

	assert_int_equal(scene_answer(s, &w, height), CODE_ACCEPTED);
	assert_int_equal(fleet_row(&w).state_height, height);
	assert_int_equal(fleet_row(&w).answers, scene_is_drawn(s, &w, height) ? 1 : 0);
	fleet_block();
	one_refused(&w, height, 32, 0, scene_is_drawn(s, &w, height) ? CODE_ANSWER_TWICE : CODE_ANSWER_NOT_ASKED);
	/* It goes silent again before that block's window has passed. */
	step_begin(fleet_machine());
	struct worker row = fleet_row(&w);

	row.silent_own_ms = fleet_machine()->own_ms;
	row.silent_height = height;
	worker_enter(fleet_machine(), w.id, &row, WORKER_UNRESPONSIVE, WORKER_BECAUSE_MISSED);
	worker_put(fleet_machine(), w.id, &row);
	step_commit(fleet_machine(), EFFECT_NONE);
	one_refused(&w, height, 32, 0, CODE_ANSWER_TWICE);
	assert_int_equal(scene_answer(s, &w, height + 1), CODE_ACCEPTED);
	assert_int_equal(fleet_state(&w), WORKER_ONLINE);
}

/* Fails where one batch can count an answer twice, or bring a worker back twice. */
static void
test_twice_in_one(void **state)
{
	(void)state;
	fleet_online(&w, 0, 1);
	const uint64_t height = fleet_until_drawn(&w);

	batch_start();
	group_add(height, 32, 2);
	answer_add(&w, height, 32, 0);
	answer_add(&w, height, 32, 1);
	assert_int_equal(batch_send(), CODE_ACCEPTED);
	assert_int_equal(part(0), CODE_ACCEPTED);
	assert_int_equal(part(1), CODE_ANSWER_TWICE);
	assert_int_equal(fleet_row(&w).answers, 1);
	fleet_block();
	fleet_until_missed(&w);
	batch_start();
	group_add(s->commit.height, 32, 2);
	answer_add(&w, s->commit.height, 32, 0);
	answer_add(&w, s->commit.height, 32, 1);
	assert_int_equal(batch_send(), CODE_ACCEPTED);
	assert_int_equal(part(1), CODE_ANSWER_NOT_ASKED);
	fleet_block();
}

/* ---- crowds */

static struct scene_worker many[MANY];

/* Rows loaded directly: copies of one worker with keys and ids of their own. */
static void
many_load(void)
{
	struct machine *m = fleet_machine();

	fleet_online(&w, 0, 1);
	const struct worker model = fleet_row(&w);

	scene_wait(s, 1000);
	for (unsigned i = 0; i < MANY; i++) {
		struct worker row = model;

		fleet_make(&many[i], 0, 1000 + i);
		memcpy(row.key, many[i].key.public, sizeof(row.key));
		crypto_sha256(s->crypto, row.platform, ARRAY_BYTES(many[i].id));
		row.candidate = 0;
		row.timer_own_ms = 0;
		row.state = WORKER_REGISTERED;
		step_begin(m);
		const struct row_key key = key_of_32(TABLE_PLATFORM, row.platform);
		struct platform platform = { .weight_epoch = 0 };

		row_put(m, &key, &platform);
		worker_enter(m, many[i].id, &row, WORKER_ONLINE, WORKER_BECAUSE_NONE);
		worker_put(m, many[i].id, &row);
		m->meta.stakes += row.stake;
		m->meta.minted += row.stake;
		step_commit(m, EFFECT_NONE);
	}
	fleet_block();
}

static int
compare(const void *a, const void *b)
{
	return memcmp(((const struct scene_worker *)a)->id, ((const struct scene_worker *)b)->id, 32);
}

/* The shortest beginning of an id, from that many bytes, by which no two drawn at that height are alike. */
static uint8_t
shortest(uint64_t height)
{
	uint8_t len = 2;

	for (unsigned i = 0; i < MANY; i++) {
		for (unsigned j = i + 1; j < MANY && len < 32; j++) {
			if (scene_is_drawn(s, &many[i], height) && scene_is_drawn(s, &many[j], height)) {
				while (memcmp(many[i].id, many[j].id, len) == 0) {
					len++;
				}
			}
		}
	}
	return len;
}

/* Fails where one answer more than are taken at once is lost, or where order or length of ids decides. */
static void
test_crowd(void **state)
{
	uint64_t heights[FLEET_EPOCH];
	unsigned answered = 0;

	(void)state;
	/* All of an epoch's draws at once: windows as long as they can be. */
	static const struct scene_parameter others[] = { { PARAMETER_WINDOW, 11 }, { PARAMETER_REATTEST_WINDOW, 11 } };

	fleet_open(others, 2);
	many_load();
	qsort(many, MANY, sizeof(many[0]), compare);
	fleet_to_height(fleet_machine()->meta.epoch * FLEET_EPOCH + 11);
	batch_start();
	for (unsigned i = 0; i < 11; i++) {
		unsigned drawn = 0;

		heights[i] = s->commit.height - i;
		for (unsigned j = 0; j < MANY; j++) {
			drawn += scene_is_drawn(s, &many[j], heights[i]) ? 1 : 0;
		}
		const uint8_t id_bytes = shortest(heights[i]);

		if (drawn == 0) {
			continue;
		}
		group_add(heights[i], id_bytes, (uint16_t)drawn);
		for (unsigned j = 0; j < MANY; j++) {
			/* One group in three is not in the order of ids. */
			const struct scene_worker *of = &many[i % 3 == 0 ? MANY - 1 - j : j];

			if (scene_is_drawn(s, of, heights[i])) {
				answer_add(of, heights[i], id_bytes, 0);
				answered++;
			}
		}
	}
	/* Junk, so that the batch is longer than what is taken at once. */
	const unsigned junk = 440 - answered;

	group_add(heights[0], 32, (uint16_t)(junk + 1));
	for (unsigned i = 0; i < junk; i++) {
		answer_add(&w, heights[0], 32, 0);
		groups[groups_len - 1] ^= 1;
	}
	unsigned last = 0;

	while (!scene_is_drawn(s, &many[last], heights[0])) {
		last++;
	}
	answer_add(&many[last], heights[0], 32, 0);
	assert_true(answered > 150);
	assert_int_equal(batch_send(), CODE_ACCEPTED);
	for (unsigned i = 0; i < answered; i++) {
		assert_int_equal(part(i), CODE_ACCEPTED);
	}
	for (unsigned i = answered; i < answered + junk; i++) {
		assert_int_not_equal(part(i), CODE_ACCEPTED);
	}
	/* The very last one stands behind the first 400. */
	assert_int_equal(part(answered + junk), CODE_ANSWER_TWICE);
	unsigned counted = 0;

	for (unsigned i = 0; i < MANY; i++) {
		counted += fleet_row(&many[i]).answers;
	}
	assert_int_equal(counted, answered);
	assert_int_equal(fleet_epoch(fleet_machine()->meta.epoch).answered, answered);
	assert_int_equal(fleet_epoch(fleet_machine()->meta.epoch).weight, answered * FLEET_STAKE);
	fleet_block();
}

/* Workers drawn at that height, in the order of their ids. */
static unsigned
drawn_at(uint64_t height, const struct scene_worker **out)
{
	unsigned count = 0;

	for (unsigned i = 0; i < MANY; i++) {
		if (scene_is_drawn(s, &many[i], height)) {
			out[count++] = &many[i];
		}
	}
	return count;
}

/* Fails where a row that was read ahead in one slot is taken for one of another. */
static void
test_groups(void **state)
{
	const struct scene_worker *lower[MANY];
	const struct scene_worker *upper[MANY];

	(void)state;
	many_load();
	qsort(many, MANY, sizeof(many[0]), compare);
	fleet_block();
	fleet_block();
	uint64_t first = s->commit.height;
	uint64_t second = first - 1;

	assert_true(drawn_at(first, lower) > 2 && drawn_at(second, upper) > 2);
	if (slot_of_worker(fleet_machine(), lower[0]->id) > slot_of_worker(fleet_machine(), upper[0]->id)) {
		first = second;
		second = s->commit.height;
	}
	const unsigned first_count = drawn_at(first, lower);
	const unsigned second_count = drawn_at(second, upper);

	/* The last but one of the lower slot: what follows it is read, and has a high id. */
	batch_start();
	group_add(first, 8, 1);
	answer_add(lower[first_count - 2], first, 8, 0);
	group_add(second, 8, (uint16_t)second_count);
	for (unsigned i = 0; i < second_count; i++) {
		answer_add(upper[i], second, 8, 0);
	}
	assert_int_equal(batch_send(), CODE_ACCEPTED);
	for (unsigned i = 0; i <= second_count; i++) {
		assert_int_equal(part(i), CODE_ACCEPTED);
	}
}

/* Fails where a beginning that two workers have picks one of them. */
static void
test_ambiguous(void **state)
{
	unsigned a = 0;
	unsigned b = 0;

	(void)state;
	many_load();
	qsort(many, MANY, sizeof(many[0]), compare);
	/* Two of one slot that begin alike: there is a pair, or two are made to be one. */
	for (unsigned i = 0; i + 1 < MANY && b == 0; i++) {
		for (unsigned j = i + 1; j < MANY; j++) {
			if (slot_of_worker(fleet_machine(), many[i].id) == slot_of_worker(fleet_machine(), many[j].id)) {
				a = i;
				b = j;
				break;
			}
		}
	}
	struct machine *m = fleet_machine();
	struct worker row = fleet_row(&many[b]);
	const uint64_t height = fleet_until_drawn(&many[a]);

	/* The second one comes to begin like the first. */
	scene_wait(s, 1000);
	memcpy(many[b].id, many[a].id, 31);
	many[b].id[31] = (uint8_t)(many[a].id[31] ^ 1);
	const struct row_key key = key_of_worker(m, many[b].id);

	row.timer_own_ms = 0;
	row.candidate = 0;
	row.state = WORKER_LEFT;
	row.stake = 0;
	step_begin(m);
	row_put(m, &key, &row);
	step_commit(m, EFFECT_NONE);
	one_refused(&many[a], height, 4, 0, CODE_ANSWER_WORKER);
	one_refused(&many[a], height, 31, 0, CODE_ANSWER_WORKER);
	one_refused(&many[a], height, 3, 0, CODE_ANSWER_WORKER);
	batch_start();
	group_add(height, 32, 1);
	answer_add(&many[a], height, 32, 0);
	assert_int_equal(batch_send(), CODE_ACCEPTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_form, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_codes, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_binding, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_accepted, fleet_setup, fleet_teardown),
		cmocka_unit_test_teardown(test_fee, fleet_teardown),
		cmocka_unit_test_teardown(test_recovery_twice, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_twice_in_one, fleet_setup, fleet_teardown),
		cmocka_unit_test_teardown(test_crowd, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_groups, fleet_setup, fleet_teardown),
		cmocka_unit_test_setup_teardown(test_ambiguous, fleet_setup, fleet_teardown),
	};

	return cmocka_run_group_tests_name("register_answers", tests, NULL, NULL);
}
