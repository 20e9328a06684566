/* SPDX-License-Identifier: Apache-2.0 */
/* Acts that keep out: the deny list, single workers, and the pause of slashing. */
#include "register/acts.h"

/* ---- the deny list */

static struct row_key
deny_key(const struct deny_arguments *a)
{
	return key_bytes(key_u8(key_start(TABLE_DENY), a->kind), VAR_BYTES(a->value));
}

/* FMSPC, index, least SVN allowed: components have one byte, PCESVN has two.  A least of 0 denies nobody. */
static bool
component_is_good(struct assay_bytes value)
{
	struct assay_bytes rest = value;

	if (value.len != 9) {
		return false;
	}
	rest = bytes_slice(value, 6, 3);
	const uint64_t index = key_take(&rest, 1);
	const uint64_t least = key_take(&rest, 2);

	return index <= 16 && least != 0 && (index == 16 || least <= UINT8_MAX);
}

static bool
advisory_is_good(struct assay_bytes value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] <= ' ' || value.data[i] > '~') {
			return false;
		}
	}
	return value.len != 0 && value.len < ASSAY_ADVISORY_BYTES;
}

static bool
deny_value_is_good(const struct deny_arguments *a)
{
	const struct assay_bytes value = VAR_BYTES(a->value);

	switch (a->kind) {
	case DENY_PLATFORM:
	case DENY_PROGRAM:
	case DENY_SIGNER:
		return value.len == 32;
	case DENY_FMSPC:
		return value.len == 6;
	case DENY_COMPONENT:
		return component_is_good(value);
	case DENY_ADVISORY:
		return advisory_is_good(value);
	case DENY_STATUS:
		return value.len == 1 && value.data[0] < ASSAY_TCB_STATUS_COUNT;
	default:
		return false;
	}
}

static enum act_hold
deny_hold(struct machine *m, const union act_arguments *a)
{
	const struct row_key key = deny_key(&a->deny_arguments);
	struct deny deny;

	if (!row_get(m, &key, &deny) || !row_until_holds(m, deny.until_own_ms)) {
		return ACT_NOT_IN_FORCE;
	}
	return deny.until_own_ms == 0 ? ACT_FOR_GOOD : ACT_FOR_A_TIME;
}

static enum code
deny_check(struct machine *m, const union act_arguments *a)
{
	if (!deny_value_is_good(&a->deny_arguments)) {
		return CODE_ACT_ARGUMENTS;
	}
	return deny_hold(m, a) == ACT_FOR_GOOD ? CODE_ACT_NOTHING : CODE_ACCEPTED;
}

static enum code
deny_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct row_key key = deny_key(&a->deny_arguments);
	const bool in_force = deny_hold(m, a) != ACT_NOT_IN_FORCE;
	struct deny deny;

	/* Of two rows in time one must not count twice: the list's length says whether to look at all. */
	if (!row_get(m, &key, &deny)) {
		m->meta.denied++;
	}
	if (!in_force) {
		deny.since_ms = m->meta.time_ms;
		deny.proposal = deed->proposal;
		VAR_SET(deny.reason, deed->reason);
	}
	deny.until_own_ms = row_until(deed->until_own_ms);
	row_put(m, &key, &deny);
	appraise_again(m);
	return CODE_ACCEPTED;
}

static void
deny_remove(struct machine *m, const struct row_key *key)
{
	row_remove(m, key);
	m->meta.denied--;
}

static void
deny_lapse(struct machine *m, const union act_arguments *a)
{
	const struct row_key key = deny_key(&a->deny_arguments);
	struct deny deny;

	if (row_get(m, &key, &deny) && !row_until_holds(m, deny.until_own_ms)) {
		deny_remove(m, &key);
	}
}

const struct act_rule act_deny = { deny_check, deny_do, deny_hold, deny_lapse };

static enum code
undeny_check(struct machine *m, const union act_arguments *a)
{
	if (!deny_value_is_good(&a->deny_arguments)) {
		return CODE_ACT_ARGUMENTS;
	}
	return deny_hold(m, a) == ACT_NOT_IN_FORCE ? CODE_ACT_NOTHING : CODE_ACCEPTED;
}

/* Who was put out stays out until it attests again; who was not yet reached stands as before. */
static enum code
undeny_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct row_key key = deny_key(&a->deny_arguments);

	(void)deed;
	deny_remove(m, &key);
	return CODE_ACCEPTED;
}

const struct act_rule act_undeny = { undeny_check, undeny_do, NULL, NULL };

/* ---- single workers */

static enum act_hold
until_hold(const struct machine *m, uint64_t until_own_ms)
{
	if (until_own_ms == NO_TIME) {
		return ACT_FOR_GOOD;
	}
	return until_own_ms > m->own_ms ? ACT_FOR_A_TIME : ACT_NOT_IN_FORCE;
}

static enum act_hold
force_hold(struct machine *m, const union act_arguments *a)
{
	struct worker worker;

	if (!worker_get(m, a->force_offline_arguments.worker, &worker)) {
		return ACT_NOT_IN_FORCE;
	}
	return until_hold(m, worker.forced_until_own_ms);
}

static enum code
force_check(struct machine *m, const union act_arguments *a)
{
	const struct force_offline_arguments *force = &a->force_offline_arguments;
	struct worker worker;
	enum act_hold hold;

	if (!worker_get(m, force->worker, &worker)) {
		return CODE_WORKER_UNKNOWN;
	}
	if (worker.state == WORKER_COOLING || worker.state == WORKER_LEFT) {
		return CODE_WORKER_STATE;
	}
	hold = until_hold(m, worker.forced_until_own_ms);
	return hold == (force->force ? ACT_FOR_GOOD : ACT_NOT_IN_FORCE) ? CODE_ACT_NOTHING : CODE_ACCEPTED;
}

/* Undone, it stays suspended until it attests again: nothing but evidence lets a worker in. */
static enum code
force_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct force_offline_arguments *force = &a->force_offline_arguments;
	struct worker worker;

	worker_get(m, force->worker, &worker);
	worker.forced_until_own_ms = force->force ? deed->until_own_ms : 0;
	if (force->force && (worker.state == WORKER_ONLINE || worker.state == WORKER_UNRESPONSIVE ||
	    worker.state == WORKER_PAUSED)) {
		worker_enter(m, force->worker, &worker, WORKER_SUSPENDED, WORKER_BECAUSE_FORCED);
	} else {
		worker_schedule(m, force->worker, &worker);
	}
	worker_put(m, force->worker, &worker);
	return CODE_ACCEPTED;
}

static void
force_lapse(struct machine *m, const union act_arguments *a)
{
	const uint8_t *id = a->force_offline_arguments.worker;
	struct worker worker;

	if (worker_get(m, id, &worker) && worker.forced_until_own_ms != 0 &&
	    until_hold(m, worker.forced_until_own_ms) == ACT_NOT_IN_FORCE) {
		worker.forced_until_own_ms = 0;
		worker_schedule(m, id, &worker);
		worker_put(m, id, &worker);
	}
}

const struct act_rule act_force_offline = { force_check, force_do, force_hold, force_lapse };

/* ---- slashing */

static enum act_hold
slashing_hold(struct machine *m, const union act_arguments *a)
{
	(void)a;
	return until_hold(m, m->meta.slashing_paused_until_own_ms);
}

static enum code
slashing_check(struct machine *m, const union act_arguments *a)
{
	const bool pause = a->pause_slashing_arguments.pause;

	return slashing_hold(m, a) == (pause ? ACT_FOR_GOOD : ACT_NOT_IN_FORCE) ? CODE_ACT_NOTHING
	    : CODE_ACCEPTED;
}

static enum code
slashing_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	m->meta.slashing_paused_until_own_ms = a->pause_slashing_arguments.pause ? deed->until_own_ms : 0;
	return CODE_ACCEPTED;
}

static void
slashing_lapse(struct machine *m, const union act_arguments *a)
{
	if (slashing_hold(m, a) == ACT_NOT_IN_FORCE) {
		m->meta.slashing_paused_until_own_ms = 0;
	}
}

const struct act_rule act_pause_slashing = { slashing_check, slashing_do, slashing_hold, slashing_lapse };
