/* SPDX-License-Identifier: Apache-2.0 */
/* Acts of the council: which function does which act. */
#include "register/acts.h"

static const struct act_rule *const act_rules[ACT_END] = {
	[ACT_ALLOW_PROGRAM] = &act_allow_program,
	[ACT_RETIRE_PROGRAM] = &act_retire_program,
	[ACT_REVOKE_PROGRAM] = &act_revoke_program,
	[ACT_ADD_SIGNER] = &act_add_signer,
	[ACT_REVOKE_SIGNER] = &act_revoke_signer,
	[ACT_SET_POLICY] = &act_set_policy,
	[ACT_SET_PARAMETER] = &act_set_parameter,
	[ACT_RAISE_TCB_NUMBER] = &act_raise_tcb_number,
	[ACT_DENY] = &act_deny,
	[ACT_UNDENY] = &act_undeny,
	[ACT_FORCE_OFFLINE] = &act_force_offline,
	[ACT_PAUSE_SLASHING] = &act_pause_slashing,
	[ACT_RETURN_SLASH] = &act_return_slash,
	[ACT_REPLACE_COUNCIL] = &act_replace_council,
	[ACT_ROTATE_LOG] = &act_rotate_log,
	[ACT_SET_VALIDATORS] = &act_set_validators,
	[ACT_CREDIT] = &act_credit,
	[ACT_DEBIT] = &act_debit,
	[ACT_ACTIVATE_RULES] = &act_activate_rules,
};

/* The act's rule and its arguments; NULL, and why in *code, where they are none. */
static const struct act_rule *
act_read(unsigned act, struct assay_bytes arguments, union act_arguments *a, enum code *code)
{
	const struct record *record = act_record(act);

	*code = CODE_ACT_UNKNOWN;
	if (record == NULL || act_rules[act] == NULL) {
		return NULL;
	}
	*code = CODE_ACT_ARGUMENTS;
	return record_decode(record, a, arguments) ? act_rules[act] : NULL;
}

enum code
act_check(struct machine *m, unsigned act, struct assay_bytes arguments)
{
	union act_arguments a;
	enum code code;
	const struct act_rule *rule = act_read(act, arguments, &a, &code);

	return rule != NULL ? rule->check(m, &a) : code;
}

enum code
act_do(struct machine *m, unsigned act, struct assay_bytes arguments, uint64_t proposal,
    struct assay_bytes reason, uint64_t until_own_ms)
{
	const struct act_deed deed = { proposal, reason, until_own_ms };
	union act_arguments a;
	enum code code;
	const struct act_rule *rule = act_read(act, arguments, &a, &code);

	if (rule == NULL) {
		return code;
	}
	code = rule->check(m, &a);
	return code == CODE_ACCEPTED ? rule->perform(m, &a, &deed) : code;
}

enum act_hold
act_hold(struct machine *m, unsigned act, struct assay_bytes arguments)
{
	union act_arguments a;
	enum code code;
	const struct act_rule *rule = act_read(act, arguments, &a, &code);

	return rule != NULL && rule->hold != NULL ? rule->hold(m, &a) : ACT_NOT_IN_FORCE;
}

/* An undoing (of force-offline, of pause-slashing) is of what is in force, so it never is. */
bool
act_is_at_once(struct machine *m, unsigned act, struct assay_bytes arguments)
{
	union act_arguments a;
	enum code code;
	const struct act_rule *rule = act_read(act, arguments, &a, &code);

	return rule != NULL && act_is_emergency(act) && rule->hold(m, &a) == ACT_NOT_IN_FORCE;
}

void
act_lapse(struct machine *m, unsigned act, struct assay_bytes arguments)
{
	union act_arguments a;
	enum code code;
	const struct act_rule *rule = act_read(act, arguments, &a, &code);

	if (rule != NULL && rule->lapse != NULL) {
		rule->lapse(m, &a);
	}
}

uint64_t
row_until(uint64_t until_own_ms)
{
	return until_own_ms == NO_TIME ? 0 : until_own_ms;
}

bool
row_until_holds(const struct machine *m, uint64_t until_own_ms)
{
	return until_own_ms == 0 || until_own_ms > m->own_ms;
}

bool
revocation_holds(const struct machine *m, uint64_t revoked_ms, uint64_t until_own_ms)
{
	return revoked_ms != 0 && row_until_holds(m, until_own_ms);
}
