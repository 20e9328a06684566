/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The auditor's books: payments as rows show them, against answers as entries show
 * them.  The machine pays nobody wrongly, so here the rows are changed by hand.
 */
#include "unit/ledger_play.h"

#include "driver/trace.h"

static struct play *p;
static struct trace *t;
static struct machine *m;
static struct assay_rows rows;

static int
setup(void **state)
{
	struct assay_rows below;

	(void)state;
	p = calloc(1, sizeof(*p));
	play_start(p);
	m = scene_machine(p->s);
	below = memory_rows(p->s->memory);
	t = trace_new(p->s->crypto);
	rows = trace_rows(t, &below);
	scene_wait(p->s, 1000);		/* a block is open: rows can be put */
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	trace_free(t);
	play_end(p);
	free(p);
	return 0;
}

static void
put(const struct row_key *key, const void *row)
{
	static uint8_t bytes[ASSAY_ROW_BYTES_MAX];
	const size_t len = record_encode(table_record((enum table)key->bytes[0]), row, bytes, sizeof(bytes));

	assert_true(rows.put(rows.context, bytes_of(key->bytes, key->len), bytes_of(bytes, len)));
}

static struct worker
worker_row(unsigned i)
{
	struct worker row;

	scene_get_worker(p->s, &p->workers[i], &row);
	return row;
}

static void
put_worker(unsigned i, const struct worker *row)
{
	const struct row_key key = key_of_worker(m, p->workers[i].id);

	put(&key, row);
}

static void
put_epoch(uint32_t number, uint64_t weight, uint64_t budget, uint64_t paid)
{
	const struct row_key key = key_u32(key_start(TABLE_EPOCH), number);
	const struct epoch epoch = { .closed = true, .weight = weight, .budget = budget, .paid = paid };

	put(&key, &epoch);
}

/* The books know the worker as the entries bring it. */
static void
enrol(unsigned i)
{
	struct register_arguments a = { .nonce_height = 0 };
	struct worker row = worker_row(i);

	memcpy(a.key, row.key, sizeof(a.key));
	trace_registered(t, m, &a);
	put_worker(i, &row);
}

/* An accepted answer of it to the last draw of its own. */
static uint64_t
answer(unsigned i)
{
	const struct answer_group group = { .count = 1, .id_bytes = 32 };
	struct answer_group drawn = group;
	uint8_t bytes[200];

	for (drawn.height = m->meta.height - 1; !scene_is_drawn(p->s, &p->workers[i], drawn.height); drawn.height--) {
		assert_true(drawn.height > 1);
	}
	size_t len = record_encode(&answer_group_record, &drawn, bytes, sizeof(bytes));

	memcpy(bytes + len, p->workers[i].id, 32);
	memset(bytes + len + 32, 0, STATE_BYTES + 64);
	trace_answers(t, m, bytes_of(bytes, len + 32 + STATE_BYTES + 64), bytes_of(NULL, 0));
	return drawn.height;
}

static struct trace_sum
settle(bool expiring)
{
	struct trace_sum sum;

	trace_settle(t, m, expiring, &sum);
	assert_false(trace_failed(t));
	return sum;
}

static void
owe(struct worker *row, uint32_t epoch, uint64_t weight)
{
	row->owed_epoch[0] = epoch;
	row->owed_weight[0] = weight;
}

static uint32_t
epoch_of(uint64_t height)
{
	return (uint32_t)((height - 1) / 24 + 1);
}

static void
blocks_until_all_are_drawn(void)
{
	for (unsigned i = 0; i < 26; i++) {
		scene_block(p->s);
	}
	scene_wait(p->s, 1000);
}

/* Mutations caught: a payment without an answer counted as good, or one with an answer as bad; another epoch's answer. */
static void
a_share_is_covered_by_an_answer_in_that_epoch(void **state)
{
	struct worker row;
	struct trace_sum sum;
	uint32_t epoch;

	(void)state;
	blocks_until_all_are_drawn();
	enrol(0);
	epoch = epoch_of(answer(0));
	row = worker_row(0);
	owe(&row, epoch, 10);
	put_worker(0, &row);
	put_epoch(epoch, 40, 1000, 0);
	sum = settle(true);
	assert_int_equal(sum.payments, 0);
	owe(&row, 0, 0);
	put_worker(0, &row);
	put_epoch(epoch, 40, 1000, 250);
	sum = settle(false);
	assert_int_equal(sum.payments, 1);
	assert_int_equal(sum.paid, 250);
	assert_int_equal(sum.without, 0);
	/* The same of the next epoch, in which it answered nothing. */
	owe(&row, epoch + 1, 10);
	put_worker(0, &row);
	put_epoch(epoch + 1, 40, 1000, 0);
	(void)settle(true);
	owe(&row, 0, 0);
	put_worker(0, &row);
	put_epoch(epoch + 1, 40, 1000, 250);
	sum = settle(false);
	assert_int_equal(sum.payments, 1);
	assert_int_equal(sum.without, 1);
}

/* Mutations caught: an answer that counts although the evidence is out of date, the tier is none, or nobody registered it. */
static void
an_answer_counts_only_with_evidence_in_date(void **state)
{
	(void)state;
	blocks_until_all_are_drawn();
	for (unsigned i = 0; i < 4; i++) {
		struct worker row = worker_row(1);
		uint32_t epoch;

		trace_free(t);
		const struct assay_rows below = memory_rows(p->s->memory);

		t = trace_new(p->s->crypto);
		rows = trace_rows(t, &below);
		if (i != 3) {
			enrol(1);
		}
		if (i == 1) {
			row.tier = 0;
		} else if (i == 2) {
			row.valid_until_s = 1;
		}
		put_worker(1, &row);
		epoch = epoch_of(answer(1));
		owe(&row, epoch, 10);
		put_worker(1, &row);
		put_epoch(epoch, 40, 1000, 0);
		(void)settle(true);
		owe(&row, 0, 0);
		put_worker(1, &row);
		put_epoch(epoch, 40, 1000, 250);
		assert_int_equal(settle(false).without, i == 0 ? 0 : 1);
	}
}

/* Mutation caught: units that leave an epoch and are nobody's share. */
static void
what_goes_out_of_an_epoch_must_be_somebodys(void **state)
{
	(void)state;
	put_epoch(3, 40, 1000, 0);
	(void)settle(true);
	put_epoch(3, 40, 1000, 7);
	assert_int_equal(settle(true).without, 1);
	/* Even all of it, as long as nobody's claim has run out. */
	put_epoch(3, 40, 1000, 1000);
	assert_int_equal(settle(true).without, 1);
	m->meta.epoch = 3 + 721;
	put_epoch(3, 40, 2000, 1000);
	(void)settle(true);
	put_epoch(3, 40, 2000, 2000);
	assert_int_equal(settle(true).without, 0);
	put_epoch(4, 40, 1000, 0);
	(void)settle(true);
	put_epoch(4, 40, 1000, 1000);
	assert_int_equal(settle(true).without, 1);
	m->meta.epoch = 1;
}

/* Mutation caught: what a successor takes over counted as paid, out of another one's share. */
static void
what_moves_to_a_successor_is_not_paid(void **state)
{
	struct worker old = worker_row(0);
	struct worker new = worker_row(1);
	struct worker paid = worker_row(2);
	struct trace_sum sum;
	uint32_t epoch;

	(void)state;
	blocks_until_all_are_drawn();
	enrol(0);
	enrol(2);
	epoch = epoch_of(answer(2));
	owe(&old, epoch, 10);
	owe(&paid, epoch, 10);
	put_worker(0, &old);
	put_worker(2, &paid);
	put_epoch(epoch, 40, 1000, 0);
	(void)settle(true);
	owe(&old, 0, 0);
	owe(&paid, 0, 0);
	owe(&new, epoch, 10);
	memcpy(new.predecessor, p->workers[0].id, sizeof(new.predecessor));
	put_worker(0, &old);
	put_worker(1, &new);
	put_worker(2, &paid);
	put_epoch(epoch, 40, 1000, 250);
	sum = settle(false);
	assert_int_equal(sum.payments, 1);
	assert_int_equal(sum.without, 0);
}

static void
put_app(uint64_t escrow, uint8_t state_)
{
	const uint8_t id[32] = { 9 };
	const struct row_key key = key_of_32(TABLE_APP, id);
	const struct app app = { .escrow = escrow, .state = state_ };

	put(&key, &app);
}

static void
put_slot(unsigned worker, uint32_t epoch, uint64_t reserved)
{
	const uint8_t id[32] = { 9 };
	const struct row_key key = key_u16(key_of_32(TABLE_ASSIGNMENT, id), 0);
	struct assignment slot = { .epoch = epoch, .reserved = reserved };

	memcpy(slot.worker, p->workers[worker].id, sizeof(slot.worker));
	put(&key, &slot);
}

/* Mutations caught: an app's pay that is not looked up, or is taken for what goes back to its funds. */
static void
an_apps_pay_is_covered_too(void **state)
{
	struct trace_sum sum;
	uint32_t epoch;

	(void)state;
	blocks_until_all_are_drawn();
	enrol(2);
	epoch = epoch_of(answer(2));
	put_app(1000, APP_OPEN);
	put_slot(2, epoch, 50);
	(void)settle(true);
	/* Paid, and set aside anew. */
	put_slot(2, epoch + 1, 50);
	put_app(950, APP_OPEN);
	sum = settle(true);
	assert_int_equal(sum.payments, 1);
	assert_int_equal(sum.paid, 50);
	assert_int_equal(sum.without, 0);
	/* Not paid: it goes back. */
	put_slot(2, epoch + 2, 50);
	put_app(950, APP_OPEN);
	assert_int_equal(settle(true).payments, 0);
	/* Paid for an epoch in which it answered nothing. */
	put_slot(2, epoch + 3, 50);
	put_app(900, APP_OPEN);
	sum = settle(true);
	assert_int_equal(sum.payments, 1);
	assert_int_equal(sum.without, 1);
	/* Closed: what is left is its owner's. */
	put_slot(2, 0, 0);
	put_app(0, APP_CLOSED);
	assert_int_equal(settle(false).without, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_share_is_covered_by_an_answer_in_that_epoch, setup, teardown),
		cmocka_unit_test_setup_teardown(an_answer_counts_only_with_evidence_in_date, setup, teardown),
		cmocka_unit_test_setup_teardown(what_goes_out_of_an_epoch_must_be_somebodys, setup, teardown),
		cmocka_unit_test_setup_teardown(what_moves_to_a_successor_is_not_paid, setup, teardown),
		cmocka_unit_test_setup_teardown(an_apps_pay_is_covered_too, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
