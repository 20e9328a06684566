/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who works for whom.  Each slot of an app has a turn, once an epoch or when
 * its worker stops: what the last epoch earned is paid, the worker kept or
 * replaced, an empty slot drawn for.  The draw can be computed again by anyone.
 */
#include "register/rules.h"

/* A slot that finds nobody asks again, more and more seldom. */
#define ASK_AGAIN_BLOCKS	4
#define ASK_AGAIN_BLOCKS_MAX	300

/* ---- the list of a program's workers that are online */

static struct row_key
candidate_key(const uint8_t program[static 32], uint32_t index)
{
	return key_u32(key_of_32(TABLE_CANDIDATE, program), index);
}

void
candidate_add(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	const struct row_key program_key = key_of_32(TABLE_PROGRAM, worker->program);
	struct program program;
	struct candidate candidate;

	if (worker->candidate != 0 || !row_get(m, &program_key, &program)) {
		return;
	}
	const struct row_key key = candidate_key(worker->program, program.candidates);

	memcpy(candidate.worker, id, sizeof(candidate.worker));
	row_put(m, &key, &candidate);
	program.candidates++;
	worker->candidate = program.candidates;
	row_put(m, &program_key, &program);
}

/* The last one takes its place, so that the list stays dense. */
void
candidate_remove(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	const struct row_key program_key = key_of_32(TABLE_PROGRAM, worker->program);
	const uint32_t place = worker->candidate;
	struct program program;
	struct candidate last;

	(void)id;
	if (place == 0 || !row_get(m, &program_key, &program)) {
		return;
	}
	assert(place <= program.candidates);
	const struct row_key last_key = candidate_key(worker->program, program.candidates - 1);

	if (place != program.candidates && row_get(m, &last_key, &last)) {
		const struct row_key key = candidate_key(worker->program, place - 1);
		const struct row_key moved_key = key_of_worker(m, last.worker);
		struct worker moved;

		row_put(m, &key, &last);
		if (row_get(m, &moved_key, &moved)) {
			moved.candidate = place;
			row_put(m, &moved_key, &moved);
		}
	}
	row_remove(m, &last_key);
	program.candidates--;
	row_put(m, &program_key, &program);
	worker->candidate = 0;
}

/* ---- slots */

static struct row_key
assignment_key(const uint8_t app[static 32], uint16_t slot)
{
	return key_u16(key_of_32(TABLE_ASSIGNMENT, app), slot);
}

void
assignment_schedule(struct machine *m, const uint8_t app[static 32], uint16_t slot,
    struct assignment *assignment, uint64_t height)
{
	const struct row_key key = assignment_key(app, slot);

	if (assignment->timer_height != 0) {
		timer_clear(m, TIMER_APP, assignment->timer_height, key_primary(&key));
	}
	assignment->timer_height = height;
	timer_set(m, TIMER_APP, height, key_primary(&key));
}

/* Answered every challenge of that epoch, and was asked at least once. */
static bool
worker_kept_epoch(const struct worker *worker, uint32_t epoch)
{
	const uint32_t i = epoch % WINDOW_EPOCHS;

	return epoch <= worker->window_epoch && worker->window_epoch - epoch < WINDOW_EPOCHS &&
	    worker->asked_window[i] != 0 && worker->kept_window[i] >= worker->asked_window[i];
}

/* What was set aside for the epoch goes to the worker's operator where it kept
 * the epoch, else back to the app, or to its owner where that is closed. */
static void
reserved_settle(struct machine *m, struct app *app, struct assignment *assignment, const struct worker *worker)
{
	const uint64_t amount = assignment->reserved;
	const bool over = assignment->epoch < m->meta.epoch;

	assignment->reserved = 0;
	if (amount == 0) {
		return;
	}
	if (over && worker_kept_epoch(worker, assignment->epoch)) {
		m->meta.escrows -= amount;
		(void)account_credit(m, worker->operator, amount);
	} else if (app->state == APP_OPEN) {
		app->escrow += amount;
	} else {
		m->meta.escrows -= amount;
		(void)account_credit(m, app->owner, amount);
	}
}

static void
slot_empty(struct machine *m, struct app *app, struct assignment *assignment, struct worker *worker)
{
	reserved_settle(m, app, assignment, worker);
	memset(assignment->worker, 0, sizeof(assignment->worker));
	assignment->tries = 0;
	app->filled--;
	memset(worker->app, 0, sizeof(worker->app));
	worker->app_slot = NO_SLOT;
}

static bool
has_app(const struct worker *worker)
{
	return !bytes_all_zero(ARRAY_BYTES(worker->app));
}

void
assignment_release(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	const struct row_key app_key = key_of_32(TABLE_APP, worker->app);
	const struct row_key key = assignment_key(worker->app, worker->app_slot);
	uint8_t app_id[32];
	uint16_t slot;
	struct app app;
	struct assignment assignment;

	(void)id;
	if (!has_app(worker)) {
		return;
	}
	memcpy(app_id, worker->app, sizeof(app_id));
	slot = worker->app_slot;
	if (!row_get(m, &app_key, &app) || !row_get(m, &key, &assignment)) {
		m->failed = true;	/* a worker's app is always there */
		return;
	}
	slot_empty(m, &app, &assignment, worker);
	assignment_schedule(m, app_id, slot, &assignment, m->meta.height + 1);
	row_put(m, &app_key, &app);
	row_put(m, &key, &assignment);
}

/* What makes an app take a worker or not. */
static bool
is_offered_alike(const struct worker *a, const struct worker *b)
{
	return a->tier == b->tier && a->tee == b->tee && a->ask == b->ask &&
	    memcmp(a->program, b->program, sizeof(a->program)) == 0;
}

/*
 * Only where it is the worker that has changed: an app whose owner changed what
 * it asks for owes the epoch that has begun, and lets go at the slot's turn.
 */
void
assignment_check(struct machine *m, const uint8_t id[static 32], struct worker *worker, const struct worker *before)
{
	const struct row_key app_key = key_of_32(TABLE_APP, worker->app);
	struct app app;

	if (has_app(worker) && !is_offered_alike(worker, before) && (!row_get(m, &app_key, &app) || !app_accepts(&app, worker))) {
		assignment_release(m, id, worker);
	}
}

/* ---- the draw */

/* Below count, each number with the same chance; false: this try drew nothing. */
static bool
draw(const struct machine *m, const struct row_key *slot_key, uint32_t try, uint32_t count, uint32_t *index)
{
	static const char domain[] = "assay/assign/1";
	const struct row_key number = key_u32((struct row_key){ { 0 }, 0 }, try);
	const struct assay_bytes parts[] = {
		bytes_of(domain, sizeof(domain) - 1),
		ARRAY_BYTES(m->last_block_id),
		key_primary(slot_key),
		bytes_of(number.bytes, number.len)
	};
	uint8_t digest[32];
	struct assay_bytes head = bytes_of(digest, 8);

	m->crypto->sha256(m->crypto->context, digest, parts, sizeof(parts) / sizeof(parts[0]));
	const uint64_t value = key_take(&head, 8);

	*index = (uint32_t)(value % count);
	/* The last, incomplete round of count numbers would favour the low ones. */
	return value <= UINT64_MAX - (UINT64_MAX % count + 1) % count;
}

/* Is its verdict of the collateral and policy in force, as far as the pass over all workers has come? */
static bool
is_swept(struct machine *m, const struct worker *worker)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	struct sweep sweep;

	return row_get(m, &key, &sweep) &&
	    (!sweep.appraising || worker->appraised_height > verdict_cause_height(m, worker));
}

static bool
is_better(const struct machine *m, const struct app *app, const struct worker *a, const struct worker *b)
{
	if (app->order == APP_CHEAPEST && a->ask != b->ask) {
		return a->ask < b->ask;
	}
	return worker_score(m, a) > worker_score(m, b);
}

struct pick {
	bool found;
	uint8_t id[32];
	struct worker worker;
};

/* The best of those that the tries came upon; the first of equals. */
static void
pick_worker(struct machine *m, const struct row_key *slot_key, const struct app *app, struct pick *pick)
{
	const struct row_key program_key = key_of_32(TABLE_PROGRAM, app->program);
	struct program program;

	pick->found = false;
	if (!row_get(m, &program_key, &program) || program.candidates == 0) {
		return;
	}
	for (uint32_t try = 0; try < parameter(m, PARAMETER_ASSIGN_TRIES); try++) {
		struct candidate candidate;
		struct worker worker;
		uint32_t index;

		if (!draw(m, slot_key, try, program.candidates, &index)) {
			continue;
		}
		const struct row_key key = candidate_key(app->program, index);

		if (!row_get(m, &key, &candidate) || !worker_get(m, candidate.worker, &worker) ||
		    has_app(&worker) || !app_accepts(app, &worker) || !is_swept(m, &worker) ||
		    !worker_is_admitted(m, &worker)) {
			continue;
		}
		if (!pick->found || is_better(m, app, &worker, &pick->worker)) {
			pick->found = true;
			memcpy(pick->id, candidate.worker, sizeof(pick->id));
			pick->worker = worker;
		}
	}
}

/* ---- a slot's turn */

struct turn {
	uint8_t app_id[32];
	uint16_t slot;
	uint64_t due;
	struct row_key app_key;
	struct row_key key;
	struct app app;
	struct assignment assignment;
};

/* The height at which the epoch that is paid next is over and judged. */
static uint64_t
payday(const struct machine *m, uint32_t epoch)
{
	const uint64_t ahead = epoch >= m->meta.epoch ? (uint64_t)epoch - m->meta.epoch + 1 : 0;

	return m->meta.epoch_start + ahead * parameter(m, PARAMETER_EPOCH_BLOCKS) +
	    parameter(m, PARAMETER_REATTEST_WINDOW) + 2;
}

static bool
epoch_is_closed(struct machine *m, uint32_t epoch)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	struct sweep sweep;

	return row_get(m, &key, &sweep) && epoch < sweep.close_epoch;
}

/* The slot is no longer wanted: its row goes, and with the last one a closed app. */
static void
turn_end_place(struct machine *m, struct turn *t)
{
	row_remove(m, &t->key);
	t->app.places--;
	if (t->app.places == 0 && t->app.state == APP_CLOSED) {
		row_remove(m, &t->app_key);
	} else {
		row_put(m, &t->app_key, &t->app);
	}
}

static void
turn_put(struct machine *m, struct turn *t, uint64_t height)
{
	assignment_schedule(m, t->app_id, t->slot, &t->assignment, height);
	row_put(m, &t->key, &t->assignment);
	row_put(m, &t->app_key, &t->app);
}

/* Pay the worker for its epoch, and keep it for the next one if it may stay. */
static bool
turn_keep(struct machine *m, struct turn *t)
{
	uint8_t worker_id[32];
	struct worker worker;

	if (!worker_get(m, t->assignment.worker, &worker)) {
		m->failed = true;
		return true;
	}
	if (t->app.state == APP_OPEN && t->slot < t->app.slots && worker_is_admitted(m, &worker) &&
	    app_accepts(&t->app, &worker)) {
		if (!epoch_is_closed(m, t->assignment.epoch)) {
			turn_put(m, t, m->meta.height + ASK_AGAIN_BLOCKS);
			return true;
		}
		reserved_settle(m, &t->app, &t->assignment, &worker);
		if (amount_take(&t->app.escrow, t->app.pay)) {
			t->assignment.reserved = t->app.pay;
			t->assignment.epoch++;
			turn_put(m, t, payday(m, t->assignment.epoch));
			return true;
		}
	}
	memcpy(worker_id, t->assignment.worker, sizeof(worker_id));
	slot_empty(m, &t->app, &t->assignment, &worker);
	worker_put(m, worker_id, &worker);
	return false;
}

static void
turn_fill(struct machine *m, struct turn *t)
{
	struct pick pick;

	pick_worker(m, &t->key, &t->app, &pick);
	if (!pick.found || !amount_take(&t->app.escrow, t->app.pay)) {
		const uint64_t wait = ASK_AGAIN_BLOCKS + (uint64_t)t->assignment.tries;

		t->assignment.tries++;
		turn_put(m, t, m->meta.height + (wait < ASK_AGAIN_BLOCKS_MAX ? wait : ASK_AGAIN_BLOCKS_MAX));
		return;
	}
	memcpy(t->assignment.worker, pick.id, sizeof(t->assignment.worker));
	t->assignment.height = m->meta.height;
	t->assignment.epoch = m->meta.epoch + 1;
	t->assignment.reserved = t->app.pay;
	t->assignment.tries = 0;
	t->app.filled++;
	memcpy(pick.worker.app, t->app_id, sizeof(pick.worker.app));
	pick.worker.app_slot = t->slot;
	worker_put(m, pick.id, &pick.worker);
	turn_put(m, t, payday(m, t->assignment.epoch));
}

/* The next slot comes to be in the next block, so that many slots are many steps. */
static void
turn_new_place(struct machine *m, struct turn *t)
{
	const struct row_key next = key_u16(key_of_32(TABLE_ASSIGNMENT, t->app_id), (uint16_t)(t->slot + 1));

	t->app.places++;
	if (t->slot + 1 < t->app.slots) {
		timer_set(m, TIMER_APP, m->meta.height + 1, key_primary(&next));
	}
}

static void
slot_turn(struct machine *m, struct turn *t)
{
	bool has_place;

	if (!row_get(m, &t->app_key, &t->app)) {
		return;
	}
	has_place = row_get(m, &t->key, &t->assignment);
	/* A timer too many, of a place that has another one or is not the next to come. */
	if (has_place ? t->assignment.timer_height != t->due : t->slot != t->app.places) {
		return;
	}
	t->assignment.timer_height = 0;		/* it has just been taken */
	if (!has_place) {
		if (t->app.state != APP_OPEN || t->slot >= t->app.slots) {
			return;
		}
		turn_new_place(m, t);
	} else if (!bytes_all_zero(ARRAY_BYTES(t->assignment.worker)) && turn_keep(m, t)) {
		return;
	}
	if (t->app.state != APP_OPEN || t->slot >= t->app.slots) {
		turn_end_place(m, t);
	} else {
		turn_fill(m, t);
	}
}

void
assign_timer(struct machine *m)
{
	for (uint64_t i = 0; i < parameter(m, PARAMETER_ASSIGN_SLOTS) && !m->failed; i++) {
		struct turn turn = { .slot = 0 };
		uint8_t subject[64];
		size_t len;

		step_begin(m);
		if (!timer_take(m, TIMER_APP, m->meta.height, &turn.due, subject, &len) || len != 34) {
			step_abort(m);
			break;
		}
		memcpy(turn.app_id, subject, sizeof(turn.app_id));
		turn.slot = (uint16_t)(subject[32] << 8 | subject[33]);
		turn.app_key = key_of_32(TABLE_APP, turn.app_id);
		turn.key = assignment_key(turn.app_id, turn.slot);
		slot_turn(m, &turn);
		step_commit(m, EFFECT_ASSIGNED);
	}
}
