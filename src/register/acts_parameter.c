/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters: the act that changes one, and the start of the epoch at which it
 * comes.  The vendor's evaluation number is a parameter that only grows.
 */
#include "register/acts.h"

static struct row_key
parameter_key(unsigned id)
{
	return key_u16(key_start(TABLE_PARAMETER), (uint16_t)id);
}

/* Do all parameters fit each other once this change and those that wait already have come? */
static bool
fits_with_others(struct machine *m, const struct set_parameter_arguments *set)
{
	uint64_t values[PARAMETER_END];

	memcpy(values, m->parameters, sizeof(values));
	for (unsigned i = 0; i < PARAMETER_END; i++) {
		const struct row_key key = parameter_key(i);
		struct parameter row;

		if (row_get(m, &key, &row) && row.next_epoch != 0) {
			values[i] = row.next;
		}
	}
	values[set->parameter] = set->value;
	return parameters_fit(values);
}

static enum code
set_parameter_check(struct machine *m, const union act_arguments *a)
{
	const struct set_parameter_arguments *set = &a->set_parameter_arguments;
	const struct parameter_bounds *bounds = parameter_bounds(set->parameter);
	const struct row_key key = parameter_key(set->parameter);
	struct parameter row;

	if (bounds == NULL) {
		return CODE_ACT_ARGUMENTS;
	}
	if (bounds->when != PARAMETER_EPOCH) {
		return CODE_PARAMETER_FIXED;
	}
	if (set->value < bounds->lowest || set->value > bounds->highest || !fits_with_others(m, set)) {
		return CODE_PARAMETER_RANGE;
	}
	row_get(m, &key, &row);
	return set->value == (row.next_epoch != 0 ? row.next : row.value) ? CODE_ACT_NOTHING : CODE_ACCEPTED;
}

static enum code
set_parameter_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct set_parameter_arguments *set = &a->set_parameter_arguments;
	const struct row_key key = parameter_key(set->parameter);
	struct parameter row;

	(void)deed;
	row_get(m, &key, &row);
	row.next = set->value;
	row.next_epoch = m->meta.epoch + 1;
	row_put(m, &key, &row);
	return CODE_ACCEPTED;
}

const struct act_rule act_set_parameter = { set_parameter_check, set_parameter_do, NULL, NULL };

/* ---- the start of an epoch */

/*
 * What had expired under the value that ends now stays expired: a longer one
 * must not let anybody in again.  Of several past values the one that reaches
 * furthest says it all.
 */
static void
expired_keep(uint64_t *before_ms, uint64_t *ended_ms, uint64_t old_ms, uint64_t now_ms)
{
	if (now_ms >= old_ms && now_ms - old_ms >= *ended_ms - *before_ms) {
		*before_ms = old_ms;
		*ended_ms = now_ms;
	}
}

/* What hangs on a value that has changed: who stands, and when workers' dates are. */
static void
parameter_follow(struct machine *m, unsigned id, uint64_t old)
{
	switch (id) {
	case PARAMETER_EVIDENCE_AGE:
		expired_keep(&m->meta.aged_ms, &m->meta.aged_own_ms, old, m->own_ms);
		appraise_again(m);
		break;
	case PARAMETER_VENDOR_STRETCH:
		expired_keep(&m->meta.stretched_ms, &m->meta.stretched_time_ms, old, m->meta.time_ms);
		appraise_again(m);
		break;
	case PARAMETER_FLOOR_TIER:
	case PARAMETER_STAKE_LEAST:
	case PARAMETER_LAPSE_GRACE:
	case PARAMETER_OFFLINE_LIMIT:
	case PARAMETER_BOND_TIME:
		appraise_again(m);
		break;
	case PARAMETER_TCB_NUMBER_AUTO:
		collateral_refresh(m);
		break;
	default:
		break;
	}
}

static void
parameter_turn(struct machine *m, unsigned id, struct parameter *row)
{
	const struct row_key key = parameter_key(id);
	const uint64_t old = row->value;

	row->value = row->next;
	row->next = 0;
	row->next_epoch = 0;
	row_put(m, &key, row);
	m->parameters[id] = row->value;
	parameter_follow(m, id, old);
}

void
parameters_turn(struct machine *m)
{
	const bool own_steps = !m->in_step;

	for (unsigned i = 0; i < PARAMETER_END; i++) {
		const struct row_key key = parameter_key(i);
		struct parameter row;

		if (!row_get(m, &key, &row) || row.next_epoch == 0 || row.next_epoch > m->meta.epoch) {
			continue;
		}
		if (own_steps) {
			step_begin(m);
		}
		parameter_turn(m, i, &row);
		if (own_steps) {
			step_commit(m, EFFECT_PARAMETERS);
		}
	}
	if (own_steps) {
		effect_flush(m);
	}
}

/* ---- the vendor's evaluation number */

static enum code
raise_check(struct machine *m, const union act_arguments *a)
{
	return a->raise_tcb_number_arguments.number > parameter(m, PARAMETER_TCB_NUMBER) ? CODE_ACCEPTED
	    : CODE_ACT_NOTHING;
}

static enum code
raise_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct row_key key = parameter_key(PARAMETER_TCB_NUMBER);
	struct parameter row;

	(void)deed;
	row_get(m, &key, &row);
	row.value = a->raise_tcb_number_arguments.number;
	row_put(m, &key, &row);
	m->parameters[PARAMETER_TCB_NUMBER] = row.value;
	collateral_refresh(m);
	return CODE_ACCEPTED;
}

const struct act_rule act_raise_tcb_number = { raise_check, raise_do, NULL, NULL };
