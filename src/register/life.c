/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker's states and dates.  A state changes in worker_enter and nowhere
 * else; a date acts through the one timer row that each worker has.
 */
#include "register/challenge.h"

#define WORKER_KEY_BYTES	34	/* slot, id */

enum code
worker_of_sender(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	if (!worker_get(m, id, worker)) {
		return CODE_WORKER_UNKNOWN;
	}
	return memcmp(worker->operator, m->sender, sizeof(m->sender)) == 0 ? CODE_ACCEPTED : CODE_NOT_YOURS;
}

/* ---- the platform that a worker occupies */

static void
platform_note(struct platform *platform, uint64_t height, const uint8_t id[static 32],
    enum platform_change change)
{
	const size_t size = 41;
	const struct row_key line = key_u8(
	    key_bytes(key_u64((struct row_key){ { 0 }, 0 }, height), bytes_of(id, 32)), (uint8_t)change);

	assert(line.len == size);
	if (platform->changes.len + size > sizeof(platform->changes.data)) {
		memmove(platform->changes.data, platform->changes.data + size, platform->changes.len - size);
		platform->changes.len = (uint16_t)(platform->changes.len - size);
	}
	memcpy(platform->changes.data + platform->changes.len, line.bytes, size);
	platform->changes.len = (uint16_t)(platform->changes.len + size);
}

static bool
td_worker_remove(struct platform *platform, const uint8_t id[static 32])
{
	for (size_t at = 0; at + 32 <= platform->td_workers.len; at += 32) {
		if (memcmp(platform->td_workers.data + at, id, 32) == 0) {
			const size_t rest = platform->td_workers.len - at - 32;

			memmove(platform->td_workers.data + at, platform->td_workers.data + at + 32, rest);
			memset(platform->td_workers.data + at + rest, 0, 32);
			platform->td_workers.len = (uint16_t)(platform->td_workers.len - 32);
			return true;
		}
	}
	return false;
}

/* The place is free for another one; where a successor has taken it, it is his. */
static void
platform_release(struct machine *m, const uint8_t id[static 32], const struct worker *worker)
{
	const struct row_key key = key_of_32(TABLE_PLATFORM, worker->platform);
	struct platform platform;
	bool released;

	if (!row_get(m, &key, &platform)) {
		return;
	}
	released = td_worker_remove(&platform, id);
	if (memcmp(platform.sgx_worker, id, 32) == 0) {
		memset(platform.sgx_worker, 0, sizeof(platform.sgx_worker));
		memset(platform.operator, 0, sizeof(platform.operator));
		released = true;
	}
	if (released) {
		platform_note(&platform, m->meta.height, id, PLATFORM_LEFT);
		row_put(m, &key, &platform);
	}
}

/* ---- states */

static void
online_leave(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	if (worker->candidate != 0) {
		candidate_remove(m, id, worker);
	}
	if (!bytes_all_zero(ARRAY_BYTES(worker->app))) {
		assignment_release(m, id, worker);
	}
}

/* Who is silent stays asked, so the height since which it is asked stays too. */
static void
online_since(const struct machine *m, struct worker *worker, enum worker_state from)
{
	if (worker->state == WORKER_ONLINE) {
		if (from != WORKER_ONLINE && from != WORKER_UNRESPONSIVE) {
			worker->online_height = m->meta.height;
		}
		window_advance(worker, m->meta.epoch);
	} else if (worker->state != WORKER_UNRESPONSIVE) {
		worker->online_height = 0;
	}
}

void
worker_enter(struct machine *m, const uint8_t id[static 32], struct worker *worker, enum worker_state state,
    enum worker_reason why)
{
	const enum worker_state from = (enum worker_state)worker->state;
	const bool leaves = state == WORKER_COOLING || state == WORKER_LEFT;

	if (state != WORKER_UNRESPONSIVE) {
		silence_settle(m, id, worker);
	}
	/* Whom a slash leaves with too little bonds and starts again, or a lower bond to come would let it in. */
	if (state == WORKER_ONLINE && worker->stake < parameter(m, PARAMETER_STAKE_LEAST)) {
		state = WORKER_REGISTERED;
		why = WORKER_BECAUSE_STAKE;
	}
	if (state != WORKER_ONLINE) {
		online_leave(m, id, worker);
	}
	if (state != WORKER_PAUSED) {
		worker->paused_until_own_ms = 0;
	}
	worker->state = (uint8_t)state;
	worker->why = (uint8_t)why;
	online_since(m, worker, from);
	if (state == WORKER_ONLINE && worker->candidate == 0) {
		candidate_add(m, id, worker);
	}
	if (leaves) {
		worker->free_own_ms = state == WORKER_LEFT ? m->own_ms :
		    time_add(m->own_ms, parameter(m, PARAMETER_COOLING));
		if (why != WORKER_BECAUSE_REPLACED) {
			platform_release(m, id, worker);
		}
	}
	if (state == WORKER_LEFT) {
		evidence_remove(m, worker->evidence);
	}
	if (leaves || state == WORKER_SUSPENDED) {
		reward_settle(m, worker);
	}
	worker_schedule(m, id, worker);
}

/* ---- dates */

static bool
is_live(const struct worker *worker)
{
	return worker->state == WORKER_REGISTERED || worker->state == WORKER_ONLINE ||
	    worker->state == WORKER_UNRESPONSIVE || worker->state == WORKER_PAUSED;
}

static bool
is_unbonded(const struct worker *worker)
{
	return (worker->state == WORKER_REGISTERED || worker->state == WORKER_SUSPENDED) && worker->stake == 0;
}

static uint64_t
lapse_own_ms(const struct machine *m, const struct worker *worker)
{
	return time_add(worker_evidence_expires_own_ms(m, worker), parameter(m, PARAMETER_LAPSE_GRACE));
}

/*
 * The row of a worker that left reminds of its key for as long as evidence that
 * the key made before could be brought again.
 */
static uint64_t
removal_own_ms(const struct machine *m, const struct worker *worker)
{
	const uint64_t last = worker->nonce_height + parameter(m, PARAMETER_NONCE_AGE);
	const uint64_t interval_ms = parameter(m, PARAMETER_BLOCK_INTERVAL);
	const uint64_t due = time_add(worker->free_own_ms, parameter(m, PARAMETER_COOLING));
	const uint64_t fresh = last >= m->meta.height ?
	    time_add(m->own_ms, (last - m->meta.height + 1) * interval_ms) : 0;

	return due > fresh ? due : fresh;
}

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The earliest date on which something happens to it by itself. */
static uint64_t
worker_due(const struct machine *m, const struct worker *worker)
{
	uint64_t due = NO_TIME;

	if (worker->state == WORKER_LEFT) {
		return removal_own_ms(m, worker);
	}
	if (worker->state == WORKER_COOLING) {
		due = worker->free_own_ms;
	}
	if (is_live(worker)) {
		due = lapse_own_ms(m, worker);
	}
	if (worker->state == WORKER_UNRESPONSIVE) {
		due = earlier(due, time_add(worker->silent_own_ms, parameter(m, PARAMETER_OFFLINE_LIMIT)));
	}
	if (worker->state == WORKER_PAUSED) {
		due = earlier(due, worker->paused_until_own_ms);
	}
	if (is_unbonded(worker)) {
		due = earlier(due, time_add(worker->attested_own_ms, parameter(m, PARAMETER_BOND_TIME)));
	}
	if (worker->forced_until_own_ms != 0) {
		due = earlier(due, worker->forced_until_own_ms);
	}
	return due;
}

void
worker_schedule(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	const struct row_key key = key_of_worker(m, id);
	uint64_t due = worker_due(m, worker);

	due = due == NO_TIME ? 0 : due == 0 ? 1 : due;
	if (due == worker->timer_own_ms) {
		return;
	}
	if (worker->timer_own_ms != 0) {
		timer_clear(m, TIMER_WORKER, worker->timer_own_ms, key_primary(&key));
	}
	if (due != 0) {
		timer_set(m, TIMER_WORKER, due, key_primary(&key));
	}
	worker->timer_own_ms = due;
}

/* What it has bonded goes back to its operator. */
static void
stake_free(struct machine *m, struct worker *worker)
{
	if (worker->stake != 0 && account_credit(m, worker->operator, worker->stake)) {
		m->meta.stakes -= worker->stake;
		worker->stake = 0;
	}
}

/* Maintenance is over whether its operator says so or not: it is asked again.
 * Lapsed evidence has a grace of its own. */
static void
pause_end(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	const enum worker_reason reason = worker_standing(m, worker);

	if (reason == WORKER_BECAUSE_NONE || reason == WORKER_BECAUSE_LAPSED) {
		worker_enter(m, id, worker, WORKER_ONLINE, WORKER_BECAUSE_NONE);
	} else {
		worker_enter(m, id, worker, WORKER_SUSPENDED, reason);
	}
}

static void
row_forget(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	const struct row_key key = key_of_worker(m, id);

	reward_settle(m, worker);
	row_remove(m, &key);
}

/* What a date that has come does.  False: the row is gone. */
static bool
worker_dates(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	const uint64_t now = m->own_ms;

	if (worker->forced_until_own_ms <= now) {
		worker->forced_until_own_ms = 0;
	}
	if (worker->state == WORKER_LEFT) {
		if (removal_own_ms(m, worker) <= now) {
			row_forget(m, id, worker);
			return false;
		}
	} else if (worker->state == WORKER_COOLING) {
		if (worker->free_own_ms <= now) {
			stake_free(m, worker);
			worker_enter(m, id, worker, WORKER_LEFT, (enum worker_reason)worker->why);
		}
	} else if (is_unbonded(worker) &&
	    time_add(worker->attested_own_ms, parameter(m, PARAMETER_BOND_TIME)) <= now) {
		worker_enter(m, id, worker, WORKER_LEFT, WORKER_BECAUSE_UNBONDED);
	} else if (is_live(worker) && lapse_own_ms(m, worker) <= now) {
		worker_enter(m, id, worker, WORKER_SUSPENDED, WORKER_BECAUSE_LAPSED);
	} else if (worker->state == WORKER_UNRESPONSIVE &&
	    time_add(worker->silent_own_ms, parameter(m, PARAMETER_OFFLINE_LIMIT)) <= now) {
		worker_enter(m, id, worker, WORKER_SUSPENDED, WORKER_BECAUSE_OFFLINE);
	} else if (worker->state == WORKER_PAUSED && worker->paused_until_own_ms <= now) {
		pause_end(m, id, worker);
	}
	worker_schedule(m, id, worker);
	return true;
}

/* One timer row; false where none is due. */
static bool
worker_timer_one(struct machine *m)
{
	uint8_t subject[64];
	size_t len = 0;
	uint64_t due;
	struct worker worker;

	step_begin(m);
	if (!timer_take(m, TIMER_WORKER, m->own_ms, &due, subject, &len) || len != WORKER_KEY_BYTES) {
		step_abort(m);
		return false;
	}
	const uint8_t *const id = subject + 2;

	if (worker_get(m, id, &worker)) {
		worker.timer_own_ms = 0;
		if (worker_dates(m, id, &worker)) {
			worker_put(m, id, &worker);
		}
	}
	step_commit(m, EFFECT_WORKERS);
	return true;
}

void
worker_timer(struct machine *m)
{
	for (uint64_t left = parameter(m, PARAMETER_TIMER_ROWS); left != 0 && !m->failed; left--) {
		if (!worker_timer_one(m)) {
			break;
		}
	}
	effect_flush(m);
}

/* ---- what an operator asks for */

enum code
apply_start(struct machine *m, const struct start_arguments *a)
{
	struct worker worker;
	enum worker_reason reason;
	enum code code = worker_of_sender(m, a->worker, &worker);

	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (worker.state != WORKER_REGISTERED && worker.state != WORKER_PAUSED) {
		return CODE_WORKER_STATE;
	}
	if (worker.forced_until_own_ms > m->own_ms) {
		return CODE_FORCED;
	}
	if (worker.stake < parameter(m, PARAMETER_STAKE_LEAST)) {
		return CODE_STAKE_LOW;
	}
	reason = worker_standing(m, &worker);
	if (reason != WORKER_BECAUSE_NONE) {
		return code_of_reason(reason);
	}
	if (worker.paused_until_own_ms > m->own_ms) {
		/* Maintenance that was shorter than announced is left for another time. */
		const uint64_t unused = worker.paused_until_own_ms - m->own_ms;

		worker.pause_used_ms -= earlier(unused, worker.pause_used_ms);
	}
	worker.ask = a->ask;
	worker_enter(m, a->worker, &worker, WORKER_ONLINE, WORKER_BECAUSE_NONE);
	worker_put(m, a->worker, &worker);
	return CODE_ACCEPTED;
}

/* Newer collateral makes its tier worse, or leaves it none. */
static bool
tier_worsens(const struct worker *worker)
{
	return worker->tier != 0 && worker->tier_next != UINT8_MAX &&
	    (worker->tier_next == 0 || worker->tier_next > worker->tier);
}

/*
 * What is left of the announced maintenance.  The firmware that a tier will ask
 * for must not have to wait for next month: while the tier is about to worsen,
 * the limit is twice what it is.
 */
static uint64_t
pause_left_ms(const struct machine *m, struct worker *worker)
{
	const uint64_t limit = parameter(m, PARAMETER_PAUSE_LIMIT) * (tier_worsens(worker) ? 2 : 1);

	if (worker->pause_period_own_ms == 0 ||
	    time_add(worker->pause_period_own_ms, parameter(m, PARAMETER_PAUSE_PERIOD)) <= m->own_ms) {
		worker->pause_period_own_ms = m->own_ms;
		worker->pause_used_ms = 0;
	}
	return worker->pause_used_ms < limit ? limit - worker->pause_used_ms : 0;
}

enum code
apply_pause(struct machine *m, const struct pause_arguments *a)
{
	struct worker worker;
	enum code code = worker_of_sender(m, a->worker, &worker);

	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (worker.state != WORKER_ONLINE) {
		return CODE_WORKER_STATE;
	}
	if (a->duration_ms == 0) {
		return CODE_AMOUNT;
	}
	if (a->duration_ms > pause_left_ms(m, &worker)) {
		return CODE_PAUSE_LIMIT;
	}
	if (challenge_waits(m, a->worker, &worker)) {
		return CODE_CHALLENGE_OPEN;
	}
	worker.pause_used_ms += a->duration_ms;
	worker.paused_until_own_ms = time_add(m->own_ms, a->duration_ms);
	worker_enter(m, a->worker, &worker, WORKER_PAUSED, WORKER_BECAUSE_NONE);
	worker_put(m, a->worker, &worker);
	return CODE_ACCEPTED;
}

/* Out, whatever it was: the stake stays in the row while it cools down. */
enum code
apply_stop(struct machine *m, const struct worker_arguments *a)
{
	struct worker worker;
	enum code code = worker_of_sender(m, a->worker, &worker);

	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (worker.state == WORKER_COOLING || worker.state == WORKER_LEFT) {
		return CODE_WORKER_STATE;
	}
	worker_enter(m, a->worker, &worker, WORKER_COOLING, WORKER_BECAUSE_STOPPED);
	worker_put(m, a->worker, &worker);
	return CODE_ACCEPTED;
}

enum code
apply_endpoint(struct machine *m, const struct endpoint_arguments *a)
{
	struct worker worker;
	enum code code = worker_of_sender(m, a->worker, &worker);

	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (worker.state == WORKER_LEFT) {
		return CODE_WORKER_STATE;
	}
	VAR_SET(worker.endpoint, VAR_BYTES(a->endpoint));
	reward_settle(m, &worker);
	worker_put(m, a->worker, &worker);
	return CODE_ACCEPTED;
}
