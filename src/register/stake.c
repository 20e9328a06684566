/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stake: bonded, taken off, withdrawn; and what silence costs of it.  There is
 * one rule that slashes, and each slash is a row that names it.
 */
#include "register/challenge.h"

#define SLASH_KEY_BYTES	44	/* epoch, worker, height */
#define HOUR_MS		UINT64_C(3600000)
#define MILLION		UINT64_C(1000000)
#define RING		8

/* ---- bond, unbond, withdraw */

enum code
apply_bond(struct machine *m, const struct stake_arguments *a)
{
	struct worker worker;
	enum code code = worker_of_sender(m, a->worker, &worker);

	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (worker.state == WORKER_COOLING || worker.state == WORKER_LEFT) {
		return CODE_WORKER_STATE;
	}
	if (a->amount == 0) {
		return CODE_AMOUNT;
	}
	if (!account_debit(m, worker.operator, a->amount)) {
		return CODE_BALANCE;
	}
	if (!amount_add(&worker.stake, a->amount) || !amount_add(&m->meta.stakes, a->amount)) {
		return CODE_AMOUNT;
	}
	worker_schedule(m, a->worker, &worker);
	worker_put(m, a->worker, &worker);
	return CODE_ACCEPTED;
}

/* Who works keeps the least bond; who is silent keeps all until that is settled. */
static enum code
unbond_check(const struct machine *m, const struct worker *worker, uint64_t amount)
{
	const bool works = worker->state == WORKER_PAUSED;

	/* Who is asked may have fallen silent already, and what it takes off would be out of reach. */
	if (worker->state == WORKER_ONLINE || worker->state == WORKER_COOLING || worker->state == WORKER_LEFT ||
	    worker->state == WORKER_UNRESPONSIVE) {
		return CODE_WORKER_STATE;
	}
	if (amount == 0) {
		return CODE_AMOUNT;
	}
	if (amount > worker->stake ||
	    (works && worker->stake - amount < parameter(m, PARAMETER_STAKE_LEAST))) {
		return CODE_STAKE_LOW;
	}
	return CODE_ACCEPTED;
}

enum code
apply_unbond(struct machine *m, const struct stake_arguments *a)
{
	struct worker worker;
	enum code code = worker_of_sender(m, a->worker, &worker);

	if (code == CODE_ACCEPTED) {
		code = unbond_check(m, &worker, a->amount);
	}
	if (code != CODE_ACCEPTED) {
		return code;
	}
	const struct exit_stake exit = {
		.amount = a->amount,
		.due_own_ms = time_add(m->own_ms, parameter(m, PARAMETER_COOLING))
	};

	m->meta.exits_count++;
	const struct row_key key = key_u64(key_of_32(TABLE_EXIT, worker.operator), m->meta.exits_count);

	worker.stake -= a->amount;
	m->meta.stakes -= a->amount;
	m->meta.exits += a->amount;
	row_put(m, &key, &exit);
	worker_schedule(m, a->worker, &worker);
	worker_put(m, a->worker, &worker);
	return CODE_ACCEPTED;
}

enum code
apply_withdraw(struct machine *m, const struct withdraw_arguments *a)
{
	const struct row_key key = key_u64(key_of_32(TABLE_EXIT, m->sender), a->number);
	struct exit_stake exit;

	if (!row_get(m, &key, &exit)) {
		return CODE_EXIT_UNKNOWN;
	}
	if (exit.due_own_ms > m->own_ms) {
		return CODE_EXIT_EARLY;
	}
	if (!account_credit(m, m->sender, exit.amount)) {
		return CODE_AMOUNT;
	}
	m->meta.exits -= exit.amount;
	row_remove(m, &key);
	return CODE_ACCEPTED;
}

/* ---- the slashes of a period, in a ring: their sum has a cap */

static uint64_t
slashed_lately(const struct machine *m, const struct worker *worker)
{
	const uint64_t period_ms = parameter(m, PARAMETER_SLASH_PERIOD);
	uint64_t sum = 0;

	for (unsigned i = 0; i < RING; i++) {
		if (time_add(worker->slashed_own_ms[i], period_ms) > m->own_ms) {
			sum += worker->slashed[i];
		}
	}
	return sum;
}

static unsigned
ring_oldest(const struct worker *worker, unsigned but)
{
	unsigned oldest = but == 0 ? 1 : 0;

	for (unsigned i = 0; i < RING; i++) {
		if (i != but && worker->slashed_own_ms[i] < worker->slashed_own_ms[oldest]) {
			oldest = i;
		}
	}
	return oldest;
}

static void
ring_add(const struct machine *m, struct worker *worker, uint64_t amount)
{
	const uint64_t period_ms = parameter(m, PARAMETER_SLASH_PERIOD);
	unsigned at = ring_oldest(worker, RING);

	if (worker->slashed[at] != 0 && time_add(worker->slashed_own_ms[at], period_ms) > m->own_ms) {
		/* Full: the oldest counts as long as the next one does, so the cap holds. */
		const unsigned next = ring_oldest(worker, at);

		worker->slashed[next] += worker->slashed[at];
	}
	worker->slashed[at] = amount;
	worker->slashed_own_ms[at] = m->own_ms;
}

/* A slash that came back is none that the cap counts.  It may have been merged into a later one. */
static void
ring_take(struct worker *worker, uint64_t own_ms, uint64_t amount)
{
	unsigned at = RING;

	for (unsigned i = 0; i < RING; i++) {
		if (worker->slashed_own_ms[i] >= own_ms && worker->slashed[i] >= amount &&
		    (at == RING || worker->slashed_own_ms[i] < worker->slashed_own_ms[at])) {
			at = i;
		}
	}
	if (at != RING) {
		worker->slashed[at] -= amount;
	}
}

/* ---- silence */

static bool
slashing_is_paused(const struct machine *m)
{
	return m->meta.slashing_paused_until_own_ms > m->own_ms;
}

static uint64_t
silence_costs(const struct machine *m, const struct worker *worker)
{
	const uint64_t silent_ms = m->own_ms > worker->silent_own_ms ? m->own_ms - worker->silent_own_ms : 0;
	const uint64_t rate = parameter(m, PARAMETER_SLASH_RATE);
	const uint64_t most = mul_div(worker->stake, parameter(m, PARAMETER_SLASH_CAP), 1000);
	const uint64_t lately = slashed_lately(m, worker);
	uint64_t amount;

	if (rate != 0 && silent_ms > UINT64_MAX / rate) {
		amount = worker->stake;
	} else {
		amount = mul_div(worker->stake, rate * silent_ms, MILLION * HOUR_MS);
	}
	const uint64_t left = most > lately ? most - lately : 0;

	return amount < left ? amount : left;
}

static struct row_key
slash_key(uint32_t epoch, const uint8_t worker[static 32], uint64_t height)
{
	return key_u64(key_bytes(key_u32(key_start(TABLE_SLASH), epoch), bytes_of(worker, 32)), height);
}

static void
slash_make(struct machine *m, const uint8_t id[static 32], struct worker *worker, uint64_t amount)
{
	const struct row_key key =
	    slash_key(epoch_of_height(m, worker->silent_height), id, worker->silent_height);
	struct slash slash = {
		.rule = SLASH_SILENCE,
		.state = SLASH_ESCROWED,
		.amount = amount,
		.silent_own_ms = worker->silent_own_ms,
		.ended_own_ms = m->own_ms,
		.settled_own_ms = time_add(m->own_ms, parameter(m, PARAMETER_SLASH_ESCROW)),
		.height = m->meta.height
	};

	memcpy(slash.operator, worker->operator, sizeof(slash.operator));
	worker->stake -= amount;
	m->meta.stakes -= amount;
	m->meta.escrows += amount;
	ring_add(m, worker, amount);
	row_put(m, &key, &slash);
	timer_set(m, TIMER_SLASH, slash.settled_own_ms, key_primary(&key));
}

void
silence_settle(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	if (worker->silent_own_ms == 0) {
		return;
	}
	if (!slashing_is_paused(m) && !epoch_void_since(m, worker->silent_height)) {
		const uint64_t amount = silence_costs(m, worker);

		if (amount != 0) {
			slash_make(m, id, worker, amount);
		}
	}
	worker->silent_own_ms = 0;
	worker->silent_height = 0;
}

/* ---- what becomes of a slash */

/* Out of escrow, to the stake that it came from, or to the operator where that is gone. */
static void
slash_give_back(struct machine *m, const struct row_key *key, struct slash *slash, enum slash_state state)
{
	struct assay_bytes primary = key_primary(key);
	struct worker worker;
	uint8_t id[32];

	bytes_copy(id, bytes_slice(primary, 4, sizeof(id)), sizeof(id));
	m->meta.escrows -= slash->amount;
	if (worker_get(m, id, &worker) && worker.state != WORKER_LEFT) {
		worker.stake += slash->amount;
		m->meta.stakes += slash->amount;
		ring_take(&worker, slash->ended_own_ms, slash->amount);
		worker_schedule(m, id, &worker);
		worker_put(m, id, &worker);
	} else if (!account_credit(m, slash->operator, slash->amount)) {
		m->meta.treasury += slash->amount;
	}
	timer_clear(m, TIMER_SLASH, slash->settled_own_ms, primary);
	slash->state = (uint8_t)state;
	slash->settled_own_ms = m->own_ms;
	row_put(m, key, slash);
}

enum code
slash_return(struct machine *m, const struct return_slash_arguments *a)
{
	const struct row_key key = slash_key(a->epoch, a->worker, a->height);
	struct slash slash;

	if (!row_get(m, &key, &slash)) {
		return CODE_SLASH_UNKNOWN;
	}
	if (slash.state != SLASH_ESCROWED) {
		return CODE_TOO_LATE;
	}
	slash_give_back(m, &key, &slash, SLASH_RETURNED);
	return CODE_ACCEPTED;
}

static void
sweep_get(struct machine *m, struct sweep *sweep)
{
	const struct row_key key = key_start(TABLE_SWEEP);

	if (!row_get(m, &key, sweep)) {
		m->failed = true;
	}
}

static void
sweep_put(struct machine *m, const struct sweep *sweep)
{
	const struct row_key key = key_start(TABLE_SWEEP);

	row_put(m, &key, sweep);
}

/*
 * All epochs that the silence went through are closed, so none of them can turn
 * out void any more: only then is what it cost burnt.
 */
static bool
slash_is_final(const struct machine *m, const struct sweep *sweep, const struct slash *slash)
{
	return !sweep->voiding && epoch_of_height(m, slash->height) < sweep->close_epoch;
}

/* One slash whose escrow has ended; false where none is due. */
static bool
slash_burn_one(struct machine *m, const struct sweep *sweep)
{
	struct row_key key = key_start(TABLE_SLASH);
	uint8_t subject[64];
	size_t len = 0;
	uint64_t due;
	struct slash slash;

	step_begin(m);
	if (!timer_take(m, TIMER_SLASH, m->own_ms, &due, subject, &len) || len != SLASH_KEY_BYTES) {
		step_abort(m);
		return false;
	}
	key = key_bytes(key, bytes_of(subject, len));
	if (row_get(m, &key, &slash) && slash.state == SLASH_ESCROWED) {
		if (slash_is_final(m, sweep, &slash)) {
			slash.state = SLASH_BURNT;
			m->meta.escrows -= slash.amount;
			m->meta.burnt += slash.amount;
		} else {
			slash.settled_own_ms =
			    time_add(m->own_ms, parameter(m, PARAMETER_BLOCK_INTERVAL));
			timer_set(m, TIMER_SLASH, slash.settled_own_ms, key_primary(&key));
		}
		row_put(m, &key, &slash);
	}
	step_commit(m, EFFECT_SLASH);
	return true;
}

/* ---- a void epoch */

/* A silence that began before may have gone on through it; a day's epochs before it hold those. */
void
void_begin(struct sweep *sweep, uint32_t number)
{
	const uint32_t from = number > WINDOW_EPOCHS ? number - WINDOW_EPOCHS : 0;
	const struct row_key key = key_u32(key_start(TABLE_SLASH), from);

	sweep->voiding = true;
	sweep->void_epoch = number;
	VAR_SET(sweep->void_after, key_primary(&key));
}

/* The next slash row of the sweep; false: there are no more that can concern the epoch. */
static bool
void_one(struct machine *m, struct sweep *sweep, uint64_t epoch_start)
{
	const struct row_key prefix = key_start(TABLE_SLASH);
	struct row_key key = key_bytes(prefix, VAR_BYTES(sweep->void_after));
	struct assay_bytes primary;
	struct slash slash;

	if (!row_next(m, &prefix, &key, &slash)) {
		return false;
	}
	primary = key_primary(&key);
	VAR_SET(sweep->void_after, primary);
	if (key_take(&primary, 4) > sweep->void_epoch) {
		return false;
	}
	if (slash.state == SLASH_ESCROWED && slash.height >= epoch_start) {
		step_begin(m);
		slash_give_back(m, &key, &slash, SLASH_VOIDED);
		step_commit(m, EFFECT_SLASH);
	}
	return true;
}

static void
void_run(struct machine *m, struct sweep *sweep, uint64_t *left)
{
	const uint64_t start = (sweep->void_epoch - 1) * parameter(m, PARAMETER_EPOCH_BLOCKS) + 1;

	while (*left != 0 && sweep->voiding && !m->failed) {
		sweep->voiding = void_one(m, sweep, start);
		(*left)--;
	}
	if (!sweep->voiding) {
		VAR_SET(sweep->void_after, bytes_of(NULL, 0));
	}
	step_begin(m);
	sweep_put(m, sweep);
	step_commit(m, EFFECT_NONE);
}

void
slash_timer(struct machine *m)
{
	uint64_t left = parameter(m, PARAMETER_TIMER_ROWS);
	struct sweep sweep;

	sweep_get(m, &sweep);
	if (sweep.voiding) {
		void_run(m, &sweep, &left);
	}
	while (left != 0 && !m->failed && slash_burn_one(m, &sweep)) {
		left--;
	}
	effect_flush(m);
}
