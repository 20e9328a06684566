/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Acts from the inside.  An act is four functions: could it be done now, do
 * it, is it in force, and take it back when its time is over.  The last two
 * are of emergency acts only.  The council acts at once only where it takes
 * away: what gives back (undo, resume) has its lock like any other act.
 */
#ifndef REGISTER_ACTS_H
#define REGISTER_ACTS_H

#include "register/rules.h"

union act_arguments {
#define ACT(number, symbol, name, arguments, id, how, text) struct name name;
#define ACT_ALIKE(number, symbol, name, arguments, id, how, text)
#include "register/acts.def"
#undef ACT
#undef ACT_ALIKE
};

/* By whom, why, and for how long: own clock; NO_TIME: for good. */
struct act_deed {
	uint64_t proposal;
	struct assay_bytes reason;
	uint64_t until_own_ms;
};

enum act_hold {
	ACT_NOT_IN_FORCE = 0,
	ACT_FOR_A_TIME,		/* an emergency act that nobody has confirmed */
	ACT_FOR_GOOD
};

struct act_rule {
	enum code (*check)(struct machine *m, const union act_arguments *a);
	enum code (*perform)(struct machine *m, const union act_arguments *a, const struct act_deed *deed);
	enum act_hold (*hold)(struct machine *m, const union act_arguments *a);	/* NULL: no emergency act */
	void (*lapse)(struct machine *m, const union act_arguments *a);		/* inside a step */
};

/* Does it take effect as soon as it has passed?  Only where it takes away, and is not in force. */
bool act_is_at_once(struct machine *m, unsigned act, struct assay_bytes arguments);
enum act_hold act_hold(struct machine *m, unsigned act, struct assay_bytes arguments);

/* Of a date in a row (0: never) and of one in meta or a worker (0: not at all). */
uint64_t row_until(uint64_t until_own_ms);
bool row_until_holds(const struct machine *m, uint64_t until_own_ms);
bool revocation_holds(const struct machine *m, uint64_t revoked_ms, uint64_t until_own_ms);

/* ---- acts_program.c */
extern const struct act_rule act_allow_program;
extern const struct act_rule act_retire_program;
extern const struct act_rule act_revoke_program;
extern const struct act_rule act_add_signer;
extern const struct act_rule act_revoke_signer;

/* ---- acts_deny.c */
extern const struct act_rule act_deny;
extern const struct act_rule act_undeny;
extern const struct act_rule act_force_offline;
extern const struct act_rule act_pause_slashing;

/* ---- acts_rules.c */
extern const struct act_rule act_set_policy;
extern const struct act_rule act_set_parameter;
extern const struct act_rule act_raise_tcb_number;
extern const struct act_rule act_activate_rules;

/* ---- acts_council.c */
extern const struct act_rule act_replace_council;
extern const struct act_rule act_rotate_log;
extern const struct act_rule act_set_validators;

/* ---- acts_units.c */
extern const struct act_rule act_return_slash;
extern const struct act_rule act_credit;
extern const struct act_rule act_debit;

#endif
