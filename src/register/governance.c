/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proposals: how an act of the council comes to its effect.
 *
 *	OPEN ---- approvals enough ----> LOCKED ---- its lock ends ----> DONE or FAILED
 *	 |                                 |  (an emergency act: DONE at once, LAPSED
 *	 +- proposal_life -> LAPSED        |   in the end unless it was confirmed)
 *	 +---- another council ----> DEAD -+
 *
 * A proposal waits for one date at a time, which follows from its row; its
 * timer row is at that date.  Those that nobody but their proposer wants wait in
 * a queue of their own, so that one member cannot keep the acts of all waiting
 * behind them.  Approvals are of one generation of the council,
 * so nobody's approval outlives his membership.
 */
#include "register/acts.h"

/* ---- the council */

bool
council_has(struct machine *m, const uint8_t id[static 32])
{
	const struct row_key key = key_start(TABLE_COUNCIL);
	struct council council;

	row_get(m, &key, &council);
	for (size_t at = 0; at + 32 <= council.members.len; at += 32) {
		if (bytes_equal(bytes_slice(VAR_BYTES(council.members), at, 32), bytes_of(id, 32))) {
			return true;
		}
	}
	return false;
}

static bool
approvals_suffice(struct machine *m, const struct proposal *proposal)
{
	const struct row_key key = key_start(TABLE_COUNCIL);
	struct council council;

	/* A council that is not there has no majority. */
	return row_get(m, &key, &council) && proposal->approvals >= council.threshold;
}

/* ---- rows */

static struct row_key
proposal_key(uint64_t number)
{
	return key_u64(key_start(TABLE_PROPOSAL), number);
}

static struct row_key
approval_key(uint64_t number, const uint8_t member[static 32])
{
	return key_bytes(key_u64(key_start(TABLE_APPROVAL), number), bytes_of(member, 32));
}

struct date {
	enum timer_class queue;
	uint64_t due_own_ms;	/* 0: it waits for nothing */
};

static struct date
proposal_date(const struct proposal *proposal)
{
	switch (proposal->state) {
	case PROPOSAL_OPEN:
		return (struct date){ TIMER_LAPSE, proposal->lapses_own_ms };
	case PROPOSAL_DONE:
		return (struct date){ TIMER_PROPOSAL, proposal->lapses_own_ms };
	case PROPOSAL_LOCKED:
		return (struct date){ TIMER_PROPOSAL, proposal->effective_own_ms };
	default:
		return (struct date){ TIMER_PROPOSAL, 0 };
	}
}

static bool
is_same_date(const struct date *a, const struct date *b)
{
	return a->queue == b->queue && a->due_own_ms == b->due_own_ms;
}

/* The arguments are copied to m->document, so that they last while the rule reads other rows. */
static bool
proposal_get(struct machine *m, uint64_t number, struct proposal *proposal)
{
	const struct row_key key = proposal_key(number);

	if (!row_get(m, &key, proposal)) {
		return false;
	}
	const size_t len = proposal->arguments.len;

	assert(len <= sizeof(m->document));
	bytes_copy(m->document, proposal->arguments, len);
	proposal->arguments = bytes_of(len != 0 ? m->document : NULL, len);
	return true;
}

/* was: what it waited for before, whose timer goes. */
static void
proposal_put(struct machine *m, uint64_t number, const struct proposal *proposal, struct date was)
{
	const struct row_key key = proposal_key(number);
	const struct row_key subject = key_u64((struct row_key){ { 0 }, 0 }, number);
	const struct date date = proposal_date(proposal);

	if (was.due_own_ms != 0 && !is_same_date(&was, &date)) {
		timer_clear(m, was.queue, was.due_own_ms, bytes_of(subject.bytes, subject.len));
	}
	if (date.due_own_ms != 0) {
		timer_set(m, date.queue, date.due_own_ms, bytes_of(subject.bytes, subject.len));
	}
	row_put(m, &key, proposal);
}

static void
approval_put(struct machine *m, uint64_t number)
{
	const struct row_key key = approval_key(number, m->sender);
	const struct approval approval = { m->meta.height };

	row_put(m, &key, &approval);
}

/* ---- from approval to effect */

/* It has what it needs: an emergency act is done now and for a time, any other waits for its lock. */
static enum code
proposal_pass(struct machine *m, uint64_t number, struct proposal *proposal)
{
	const uint64_t until_own_ms = time_add(m->own_ms, parameter(m, PARAMETER_EMERGENCY_LIFE));
	enum code code;

	proposal->passed_own_ms = m->own_ms;
	if (!act_is_at_once(m, proposal->act, proposal->arguments)) {
		proposal->state = PROPOSAL_LOCKED;
		proposal->effective_own_ms = time_add(m->own_ms, parameter(m, PARAMETER_LOCK));
		return CODE_ACCEPTED;
	}
	code = act_do(m, proposal->act, proposal->arguments, number, VAR_BYTES(proposal->reason), until_own_ms);
	proposal->state = PROPOSAL_DONE;
	proposal->effective_own_ms = m->own_ms;
	proposal->lapses_own_ms = until_own_ms;
	return code;
}

static enum code
proposal_approved(struct machine *m, uint64_t number, struct proposal *proposal)
{
	proposal->approvals++;
	approval_put(m, number);
	return approvals_suffice(m, proposal) ? proposal_pass(m, number, proposal) : CODE_ACCEPTED;
}

enum code
apply_propose(struct machine *m, const struct propose_arguments *a)
{
	struct proposal proposal;
	enum code code;

	if (!council_has(m, m->sender)) {
		return CODE_NOT_COUNCIL;
	}
	if (act_record(a->act) == NULL) {
		return CODE_ACT_UNKNOWN;
	}
	if (a->reason.len == 0) {
		return CODE_REASON;
	}
	code = act_check(m, a->act, a->arguments);
	if (code != CODE_ACCEPTED) {
		return code;
	}
	memset(&proposal, 0, sizeof(proposal));
	proposal.act = a->act;
	proposal.state = PROPOSAL_OPEN;
	memcpy(proposal.proposer, m->sender, sizeof(proposal.proposer));
	proposal.generation = m->meta.council_generation;
	proposal.proposed_own_ms = m->own_ms;
	proposal.lapses_own_ms = time_add(m->own_ms, parameter(m, PARAMETER_PROPOSAL_LIFE));
	VAR_SET(proposal.reason, VAR_BYTES(a->reason));
	proposal.arguments = a->arguments;
	m->meta.proposals++;
	code = proposal_approved(m, m->meta.proposals, &proposal);
	proposal_put(m, m->meta.proposals, &proposal, (struct date){ TIMER_PROPOSAL, 0 });
	return code;
}

static bool
is_open(const struct machine *m, const struct proposal *proposal)
{
	return proposal->state == PROPOSAL_OPEN && proposal->generation == m->meta.council_generation &&
	    proposal->lapses_own_ms > m->own_ms;
}

enum code
apply_approve(struct machine *m, const struct proposal_arguments *a)
{
	const struct row_key key = approval_key(a->number, m->sender);
	struct proposal proposal;
	struct date was;
	enum code code;

	if (!council_has(m, m->sender)) {
		return CODE_NOT_COUNCIL;
	}
	if (!proposal_get(m, a->number, &proposal)) {
		return CODE_PROPOSAL_UNKNOWN;
	}
	if (!is_open(m, &proposal)) {
		return CODE_PROPOSAL_CLOSED;
	}
	if (row_exists(m, &key)) {
		return CODE_APPROVED;
	}
	was = proposal_date(&proposal);
	code = proposal_approved(m, a->number, &proposal);
	proposal_put(m, a->number, &proposal, was);
	return code;
}

/*
 * An approval can be taken back until the act takes effect: that is what the
 * lock is for.  One that falls below the threshold is open again, for what is
 * left of its life.
 */
enum code
apply_withdraw_approval(struct machine *m, const struct proposal_arguments *a)
{
	const struct row_key key = approval_key(a->number, m->sender);
	struct proposal proposal;
	struct date was;

	if (!council_has(m, m->sender)) {
		return CODE_NOT_COUNCIL;
	}
	if (!proposal_get(m, a->number, &proposal)) {
		return CODE_PROPOSAL_UNKNOWN;
	}
	if (proposal.generation != m->meta.council_generation ||
	    (proposal.state != PROPOSAL_LOCKED && !is_open(m, &proposal))) {
		return CODE_PROPOSAL_CLOSED;
	}
	if (!row_exists(m, &key)) {
		return CODE_NOT_APPROVED;
	}
	was = proposal_date(&proposal);
	row_remove(m, &key);
	proposal.approvals--;
	if (proposal.state == PROPOSAL_LOCKED && !approvals_suffice(m, &proposal)) {
		proposal.state = PROPOSAL_OPEN;
		proposal.passed_own_ms = 0;
		proposal.effective_own_ms = 0;
	}
	proposal_put(m, a->number, &proposal, was);
	return CODE_ACCEPTED;
}

/* Units are made and destroyed by an act like any other; the reference is the reason. */
static enum code
propose_units(struct machine *m, enum act act, const struct credit_arguments *a)
{
	uint8_t encoded[600];
	struct propose_arguments propose;

	memset(&propose, 0, sizeof(propose));
	propose.act = (uint8_t)act;
	VAR_SET(propose.reason, VAR_BYTES(a->reference));
	propose.arguments = bytes_of(encoded,
	    record_encode(kind_record(KIND_CREDIT), a, encoded, sizeof(encoded)));
	assert(propose.arguments.len <= sizeof(encoded));
	return apply_propose(m, &propose);
}

enum code
apply_credit(struct machine *m, const struct credit_arguments *a)
{
	return propose_units(m, ACT_CREDIT, a);
}

enum code
apply_debit(struct machine *m, const struct credit_arguments *a)
{
	return propose_units(m, ACT_DEBIT, a);
}

/* ---- dates */

/* Its lock has ended.  What can no longer be done changes nothing, and says so. */
static enum effect
proposal_effect(struct machine *m, uint64_t number, struct proposal *proposal)
{
	const enum code code = act_do(m, proposal->act, proposal->arguments, number,
	    VAR_BYTES(proposal->reason), NO_TIME);

	proposal->state = code == CODE_ACCEPTED ? PROPOSAL_DONE : PROPOSAL_FAILED;
	proposal->lapses_own_ms = 0;
	proposal->effective_own_ms = m->own_ms;
	return code == CODE_ACCEPTED ? EFFECT_ACT : EFFECT_PROPOSAL;
}

/* An emergency act's time is over: it ends, unless another proposal has made it last. */
static enum effect
proposal_emergency_ends(struct machine *m, struct proposal *proposal)
{
	proposal->lapses_own_ms = 0;
	if (act_hold(m, proposal->act, proposal->arguments) == ACT_FOR_GOOD) {
		return EFFECT_PROPOSAL;
	}
	act_lapse(m, proposal->act, proposal->arguments);
	proposal->state = PROPOSAL_LAPSED;
	return EFFECT_LAPSED;
}

static enum effect
proposal_turn(struct machine *m, uint64_t number, struct proposal *proposal)
{
	if (proposal->state == PROPOSAL_DONE) {
		return proposal_emergency_ends(m, proposal);
	}
	if (proposal->generation != m->meta.council_generation) {
		proposal->state = PROPOSAL_DEAD;
		return EFFECT_PROPOSAL;
	}
	if (proposal->state == PROPOSAL_LOCKED) {
		return proposal_effect(m, number, proposal);
	}
	proposal->state = PROPOSAL_LAPSED;
	return EFFECT_PROPOSAL;
}

/* The first proposal of that queue that is due; false: none.  One step. */
static bool
proposal_timer(struct machine *m, enum timer_class queue)
{
	uint8_t subject[64];
	struct proposal proposal;
	enum effect effect = EFFECT_PROPOSAL;
	struct date taken = { .queue = queue };
	size_t len;

	step_begin(m);
	if (!timer_take(m, queue, m->own_ms, &taken.due_own_ms, subject, &len)) {
		step_abort(m);
		return false;
	}
	struct assay_bytes rest = bytes_of(subject, len);
	const uint64_t number = key_take(&rest, 8);

	/* Its timer moves with it, so one that comes at another date is a row too many. */
	if (proposal_get(m, number, &proposal)) {
		const struct date date = proposal_date(&proposal);

		if (is_same_date(&date, &taken)) {
			effect = proposal_turn(m, number, &proposal);
			proposal_put(m, number, &proposal, (struct date){ TIMER_PROPOSAL, 0 });
		}
	}
	step_commit(m, effect);
	return true;
}

/* Programs whose day has come: they stand no more, and rows are to follow. */
static bool
program_timer(struct machine *m)
{
	uint8_t subject[64];
	uint64_t due;
	size_t len;

	step_begin(m);
	if (!timer_take(m, TIMER_PROGRAM, m->meta.time_ms, &due, subject, &len)) {
		step_abort(m);
		return false;
	}
	appraise_again(m);
	step_commit(m, EFFECT_ACT);
	return true;
}

void
governance_timer(struct machine *m)
{
	unsigned acts = 0;
	unsigned programs = 0;
	unsigned lapses = 0;

	while (acts < ACTS_PER_BLOCK && !m->failed && proposal_timer(m, TIMER_PROPOSAL)) {
		acts++;
	}
	/* Never behind acts: that rows have yet to follow is what proofs about workers go by. */
	while (programs < ACTS_PER_BLOCK && !m->failed && program_timer(m)) {
		programs++;
	}
	while (lapses < ACTS_PER_BLOCK && !m->failed && proposal_timer(m, TIMER_LAPSE)) {
		lapses++;
	}
	effect_flush(m);
}
