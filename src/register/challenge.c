/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Challenges: which workers a block asks, until when each may answer, and what
 * becomes of those who did not.
 *
 * A draw asks all workers of a slot, so no row is written for the asking.  What
 * a block drew is in its row; when its window ends, the workers of its slots
 * are walked, in a bounded queue.
 */
#include "register/challenge.h"

#define WORKER_KEY_BYTES	34
#define SPOT_TRIES		8
#define DRAW_HASHES_MAX		16

bool
block_get(struct machine *m, uint64_t height, struct block *block)
{
	const struct row_key key = key_u64(key_start(TABLE_BLOCK), height);

	return row_get(m, &key, block);
}

/* ---- draws */

/* Chance that anyone can compute again: from the id of the block before. */
struct draw {
	const char *domain;
	uint32_t tries;
};

static uint64_t
draw_hash(const struct machine *m, struct draw *draw)
{
	const struct row_key number = key_u32((struct row_key){ { 0 }, 0 }, draw->tries);
	const struct assay_bytes parts[3] = {
		bytes_of_text(draw->domain),
		ARRAY_BYTES(m->meta.block_id),
		bytes_of(number.bytes, number.len)
	};
	uint8_t digest[32];
	struct assay_bytes head = bytes_of(digest, 8);

	m->crypto->sha256(m->crypto->context, digest, parts, 3);
	draw->tries++;
	return key_take(&head, 8);
}

/* Evenly one of 0 .. n - 1; hashes beyond the last whole multiple of n are passed over. */
static uint64_t
draw_number(const struct machine *m, struct draw *draw, uint64_t n)
{
	for (unsigned i = 0; i < DRAW_HASHES_MAX; i++) {
		const uint64_t hash = draw_hash(m, draw);

		if (hash < UINT64_MAX - UINT64_MAX % n) {
			return hash % n;
		}
	}
	return 0;
}

static bool
slot_is_drawn(const struct epoch *epoch, unsigned slot)
{
	return (epoch->drawn.data[slot / 8] >> (slot % 8) & 1) != 0;
}

/* The slot that is number n among those drawn, or those not drawn, in this epoch. */
static uint16_t
slot_nth(const struct machine *m, const struct epoch *epoch, uint64_t n, bool drawn)
{
	const unsigned slots = (unsigned)parameter(m, PARAMETER_EPOCH_BLOCKS);

	for (unsigned slot = 0; slot < slots; slot++) {
		if (slot_is_drawn(epoch, slot) == drawn && n-- == 0) {
			return (uint16_t)slot;
		}
	}
	return NO_SLOT;
}

static void
slot_get(struct machine *m, uint16_t slot, struct slot *row)
{
	const struct row_key key = key_u16(key_start(TABLE_SLOT), slot);

	row_get(m, &key, row);
}

static void
slot_mark(struct machine *m, uint16_t slot)
{
	const struct row_key key = key_u16(key_start(TABLE_SLOT), slot);
	struct slot row;

	slot_get(m, slot, &row);
	row.drawn[1] = row.drawn[0];
	row.drawn[0] = m->meta.height;
	row_put(m, &key, &row);
}

/* One that was drawn already, sometimes, and of which no draw waits any more. */
static uint16_t
spot_draw(struct machine *m, const struct epoch *epoch)
{
	const uint64_t drawn = parameter(m, PARAMETER_EPOCH_BLOCKS) - epoch->left;
	struct draw draw = { "assay/spot/1", 0 };

	if (drawn == 0 || draw_number(m, &draw, 1000) >= parameter(m, PARAMETER_SPOT)) {
		return NO_SLOT;
	}
	for (unsigned i = 0; i < SPOT_TRIES; i++) {
		const uint16_t slot = slot_nth(m, epoch, draw_number(m, &draw, drawn), true);
		struct slot row;

		slot_get(m, slot, &row);
		if (row.drawn[0] + parameter(m, PARAMETER_REATTEST_WINDOW) < m->meta.height) {
			return slot;
		}
	}
	return NO_SLOT;
}

static uint16_t
main_draw(struct machine *m, struct epoch *epoch)
{
	struct draw draw = { "assay/draw/1", 0 };
	uint16_t slot;

	if (epoch->left == 0) {
		return NO_SLOT;
	}
	slot = slot_nth(m, epoch, draw_number(m, &draw, epoch->left), false);
	if (slot != NO_SLOT) {
		epoch->drawn.data[slot / 8] = (uint8_t)(epoch->drawn.data[slot / 8] | 1 << slot % 8);
		epoch->left--;
	}
	return slot;
}

/*
 * What is drawn follows from the id of the block before, which the log has; so
 * these rows, like those of the block itself, are no effect.
 */
void
challenge_draw(struct machine *m)
{
	struct block block;
	struct epoch epoch;

	epoch_turn(m);
	step_begin(m);
	if (!block_get(m, m->meta.height, &block) || !epoch_get(m, m->meta.epoch, &epoch)) {
		m->failed = true;
		step_abort(m);
		return;
	}
	block.epoch = m->meta.epoch;
	block.spot = spot_draw(m, &epoch);
	block.slot = main_draw(m, &epoch);
	if (block.slot != NO_SLOT) {
		slot_mark(m, block.slot);
	}
	if (block.spot != NO_SLOT) {
		slot_mark(m, block.spot);
	}
	const struct row_key key = key_u64(key_start(TABLE_BLOCK), m->meta.height);

	row_put(m, &key, &block);
	epoch_put(m, m->meta.epoch, &epoch);
	step_commit(m, EFFECT_NONE);
}

/* ---- who is asked */

static bool
is_asked(const struct worker *worker, uint64_t height)
{
	return (worker->state == WORKER_ONLINE || worker->state == WORKER_UNRESPONSIVE) &&
	    worker->online_height != 0 && worker->online_height < height;
}

static bool
has_answered(const struct worker *worker, uint64_t height)
{
	return worker->answered[0] == height || worker->answered[1] == height;
}

static bool
asks_reattestation(const struct machine *m, const uint8_t id[static 32], const struct block *block)
{
	return draw_asks_reattestation(m->crypto, block->id, id, parameter(m, PARAMETER_REATTEST_ONE_IN));
}

static uint64_t
window_of(const struct machine *m, bool reattest)
{
	return parameter(m, reattest ? PARAMETER_REATTEST_WINDOW : PARAMETER_WINDOW);
}

enum code
draw_check(const struct machine *m, const uint8_t id[static 32], const struct worker *worker, uint64_t height,
    const struct block *block, bool reattest)
{
	const uint16_t slot = slot_of_worker(m, id);

	if ((block->slot != slot && block->spot != slot) || !is_asked(worker, height)) {
		return CODE_ANSWER_NOT_ASKED;
	}
	if (has_answered(worker, height)) {
		return CODE_ANSWER_TWICE;
	}
	if (asks_reattestation(m, id, block) != reattest) {
		return reattest ? CODE_ANSWER_NOT_ASKED : CODE_ANSWER_REATTEST;
	}
	return height + window_of(m, reattest) < m->meta.height ? CODE_ANSWER_HEIGHT : CODE_ACCEPTED;
}

enum code
challenge_is_open(struct machine *m, const uint8_t id[static 32], const struct worker *worker, uint64_t height,
    bool reattest)
{
	struct block block;

	/* The id of the block that is being made is not known, so nothing can be bound to it. */
	if (height >= m->meta.height || !block_get(m, height, &block)) {
		return CODE_ANSWER_HEIGHT;
	}
	return draw_check(m, id, worker, height, &block, reattest);
}

static bool
draw_waits(struct machine *m, const uint8_t id[static 32], const struct worker *worker, uint64_t height)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	struct sweep sweep;
	struct block block;

	if (height == 0 || !is_asked(worker, height) || has_answered(worker, height)) {
		return false;
	}
	if (height == m->meta.height) {
		return true;
	}
	/* Until it is judged, however far the queue is behind. */
	return block_get(m, height, &block) && row_get(m, &key, &sweep) &&
	    height >= (asks_reattestation(m, id, &block) ? sweep.reattest_height : sweep.due_height);
}

bool
challenge_waits(struct machine *m, const uint8_t id[static 32], const struct worker *worker)
{
	struct slot slot;

	slot_get(m, slot_of_worker(m, id), &slot);
	return draw_waits(m, id, worker, slot.drawn[0]) || draw_waits(m, id, worker, slot.drawn[1]);
}

/* ---- windows that ended */

/* One queue: of answers, or of re-attestations; it stands in the sweep row. */
struct queue {
	bool reattest;
	uint64_t window;
	uint64_t height;	/* the draw that is judged */
	bool spot;
	struct row_key after;	/* the worker judged last; length 0: none of the slot yet */

	/* of the draw */
	struct block block;
	uint64_t ended_own_ms;
	uint32_t missed;	/* not yet counted in its epoch */
};

static bool
has_missed(struct machine *m, const struct queue *q, const uint8_t id[static 32], const struct worker *worker)
{
	if (!is_asked(worker, q->height) || asks_reattestation(m, id, &q->block) != q->reattest) {
		return false;
	}
	/* Of draws older than the last two that it answered nothing is known any more. */
	if (has_answered(worker, q->height) || worker->answered[1] > q->height) {
		return false;
	}
	/* Its answers are not taken, so their absence means nothing. */
	return worker_standing(m, worker) == WORKER_BECAUSE_NONE;
}

static void
miss(struct machine *m, const struct queue *q, const uint8_t id[static 32], struct worker *worker)
{
	const enum worker_reason why = q->reattest ? WORKER_BECAUSE_UNATTESTED : WORKER_BECAUSE_MISSED;

	window_note(worker, q->block.epoch, false);
	worker->misses++;
	if (worker->state == WORKER_ONLINE) {
		worker->silent_own_ms = q->ended_own_ms;
		worker->silent_height = q->height;
		worker_enter(m, id, worker, WORKER_UNRESPONSIVE, why);
	} else if (q->reattest) {
		/* Its key is not enough any more, whatever it missed first. */
		worker->why = (uint8_t)why;
	}
	if (window_misses(worker) >= parameter(m, PARAMETER_MISSES_LIMIT)) {
		worker_enter(m, id, worker, WORKER_SUSPENDED, WORKER_BECAUSE_OFFLINE);
	}
}

/* The misses of a slot, into their epoch, at once: its row is long. */
static void
missed_count(struct machine *m, struct queue *q)
{
	struct epoch epoch;

	if (q->missed == 0) {
		return;
	}
	step_begin(m);
	if (epoch_get(m, q->block.epoch, &epoch)) {
		epoch.asked += q->missed;
		epoch_put(m, q->block.epoch, &epoch);
	}
	step_commit(m, EFFECT_MISSED);
	q->missed = 0;
}

static void
slot_judge(struct machine *m, struct queue *q, uint16_t slot, uint64_t *left)
{
	const struct row_key prefix = key_u16(key_start(TABLE_WORKER), slot);
	struct worker worker;

	if (q->after.len == 0) {
		q->after = prefix;
	}
	while (*left != 0 && row_next(m, &prefix, &q->after, &worker)) {
		const uint8_t *const id = q->after.bytes + prefix.len;

		(*left)--;
		if (has_missed(m, q, id, &worker)) {
			step_begin(m);
			miss(m, q, id, &worker);
			worker_put(m, id, &worker);
			step_commit(m, EFFECT_MISSED);
			q->missed++;
		}
	}
	missed_count(m, q);
}

/*
 * When the window ended; false where nobody can be said to have missed it: where
 * the register stood still meanwhile, or where a new epoch has made windows
 * shorter than this one was when it was drawn.
 */
static bool
window_end(struct machine *m, struct queue *q)
{
	const uint64_t end = q->height + q->window;
	struct block last = { .time_ms = m->meta.time_ms, .own_ms = m->own_ms };

	if (!q->reattest && end < m->meta.epoch_start) {
		return false;
	}
	if (end != m->meta.height && !block_get(m, end, &last)) {
		return false;
	}
	q->ended_own_ms = last.own_ms;
	return last.time_ms - last.own_ms == q->block.time_ms - q->block.own_ms;
}

/* Judge what is left of one slot of the draw; then go on to the next. */
static void
queue_step(struct machine *m, struct queue *q, uint64_t *left)
{
	const bool has_block = block_get(m, q->height, &q->block);
	const uint16_t slot = q->spot ? q->block.spot : q->block.slot;

	/* A look at a draw counts as much as one at a worker, so that none is free. */
	(*left)--;
	if (has_block && slot != NO_SLOT && window_end(m, q)) {
		slot_judge(m, q, slot, left);
		if (*left == 0) {
			return;
		}
	}
	q->after.len = 0;
	q->height += q->spot ? 1 : 0;
	q->spot = !q->spot;
}

static void
queue_run(struct machine *m, struct queue *q)
{
	uint64_t left = parameter(m, PARAMETER_TIMER_ROWS);

	q->window = window_of(m, q->reattest);
	while (left != 0 && q->height + q->window <= m->meta.height && !m->failed) {
		queue_step(m, q, &left);
	}
	effect_flush(m);
}

static struct row_key
after_load(struct assay_bytes after)
{
	return after.len == 0 ? (struct row_key){ { 0 }, 0 } : key_bytes(key_start(TABLE_WORKER), after);
}

static struct assay_bytes
after_store(const struct queue *q)
{
	return q->after.len != 1 + WORKER_KEY_BYTES ? bytes_of(NULL, 0) : key_primary(&q->after);
}

void
challenge_timer(struct machine *m)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	struct sweep sweep;

	if (!row_get(m, &key, &sweep)) {
		m->failed = true;
		return;
	}
	struct queue answers = { .height = sweep.due_height, .spot = sweep.due_spot,
		.after = after_load(VAR_BYTES(sweep.due_after)) };
	struct queue renewals = { .reattest = true, .height = sweep.reattest_height,
		.spot = sweep.reattest_spot, .after = after_load(VAR_BYTES(sweep.reattest_after)) };

	queue_run(m, &answers);
	queue_run(m, &renewals);
	step_begin(m);
	row_get(m, &key, &sweep);
	sweep.due_height = answers.height;
	sweep.due_spot = answers.spot;
	VAR_SET(sweep.due_after, after_store(&answers));
	sweep.reattest_height = renewals.height;
	sweep.reattest_spot = renewals.spot;
	VAR_SET(sweep.reattest_after, after_store(&renewals));
	row_put(m, &key, &sweep);
	step_commit(m, EFFECT_NONE);
	epoch_close(m);
	effect_flush(m);
}
