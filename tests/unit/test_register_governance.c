/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals: approvals, locks, lapse, death, and emergency acts with their end. */
#include "council.h"

/* ---- what is proposed here: units for an account, a denial */

static struct act_credit_arguments
credit_of(uint64_t amount)
{
	struct act_credit_arguments a;

	memset(&a, 0, sizeof(a));
	memcpy(a.account, s->accounts[1].id, sizeof(a.account));
	a.amount = amount;
	VAR_SET(a.reference, bytes_of_text("invoice 7"));
	return a;
}

static struct deny_arguments
denial(uint8_t first)
{
	struct deny_arguments a;

	memset(&a, 0, sizeof(a));
	a.kind = DENY_PLATFORM;
	a.value.len = 32;
	a.value.data[0] = first;
	return a;
}

static bool
is_denied(uint8_t first)
{
	const struct deny_arguments a = denial(first);

	return deny_has(council_machine(), DENY_PLATFORM, VAR_BYTES(a.value));
}

static uint64_t
balance(unsigned account)
{
	struct account row;

	scene_get_account(s, account, &row);
	return row.balance;
}

static uint64_t
propose_credit(unsigned member, uint64_t amount)
{
	const struct act_credit_arguments a = credit_of(amount);

	assert_int_equal(council_propose(member, ACT_CREDIT, &a), CODE_ACCEPTED);
	return council_last();
}

/* ---- approvals */

/* Fails where the proposer's approval does not count, or counts for two. */
static void
test_proposer_counts(void **state)
{
	const uint64_t number = propose_credit(0, 5);
	struct proposal proposal = council_proposal(number);

	(void)state;
	assert_int_equal(proposal.state, PROPOSAL_OPEN);
	assert_int_equal(proposal.approvals, 1);
	assert_int_equal(proposal.lapses_own_ms, proposal.proposed_own_ms + COUNCIL_LIFE_MS);
	assert_int_equal(council_approve(0, number), CODE_APPROVED);
	assert_int_equal(council_approve(1, number), CODE_ACCEPTED);
	proposal = council_proposal(number);
	assert_int_equal(proposal.state, PROPOSAL_LOCKED);
	assert_int_equal(proposal.approvals, 2);
	assert_int_equal(proposal.effective_own_ms, council_machine()->own_ms + COUNCIL_LOCK_MS);
}

/* Fails where the lock is not kept to the millisecond, or the effect is not at the block's start. */
static void
test_lock(void **state)
{
	const uint64_t before = balance(1);
	const uint64_t number = propose_credit(0, 5);

	(void)state;
	assert_int_equal(council_approve(2, number), CODE_ACCEPTED);
	council_wait(COUNCIL_LOCK_MS - 1);
	assert_int_equal(council_state(number), PROPOSAL_LOCKED);
	assert_int_equal(balance(1), before);
	council_wait(1);
	assert_int_equal(council_state(number), PROPOSAL_DONE);
	assert_int_equal(balance(1), before + 5);
	assert_true(scene_supply_holds(s));
	council_wait(COUNCIL_LIFE_MS);
	assert_int_equal(council_state(number), PROPOSAL_DONE);
	assert_int_equal(balance(1), before + 5);
}

/* Fails where locks are kept in block time: a halt of the register would use them up unseen. */
static void
test_halt_is_no_time(void **state)
{
	const uint64_t number = propose_credit(0, 5);

	(void)state;
	assert_int_equal(council_approve(1, number), CODE_ACCEPTED);
	scene_wait(s, 10 * COUNCIL_LOCK_MS);
	assert_int_equal(council_state(number), PROPOSAL_LOCKED);
	council_wait(COUNCIL_LOCK_MS);
	assert_int_equal(council_state(number), PROPOSAL_DONE);
}

/* Fails where an approval cannot be taken back, or the act takes effect all the same. */
static void
test_withdraw(void **state)
{
	const uint64_t before = balance(1);
	const uint64_t number = propose_credit(0, 5);
	struct proposal proposal;

	(void)state;
	assert_int_equal(council_approve(1, number), CODE_ACCEPTED);
	assert_int_equal(council_withdraw(0, number), CODE_ACCEPTED);
	proposal = council_proposal(number);
	assert_int_equal(proposal.state, PROPOSAL_OPEN);
	assert_int_equal(proposal.approvals, 1);
	assert_int_equal(proposal.effective_own_ms, 0);
	council_wait(COUNCIL_LOCK_MS);
	assert_int_equal(council_state(number), PROPOSAL_OPEN);
	assert_int_equal(balance(1), before);
	/* Approved again, it has a lock of its own from then. */
	assert_int_equal(council_approve(2, number), CODE_ACCEPTED);
	council_wait(COUNCIL_LOCK_MS - 1);
	assert_int_equal(balance(1), before);
	council_wait(1);
	assert_int_equal(balance(1), before + 5);
}

/* Fails where a third approval, once withdrawn, opens what two still carry. */
static void
test_withdraw_above_threshold(void **state)
{
	const uint64_t number = propose_credit(0, 5);

	(void)state;
	assert_int_equal(council_withdraw(0, number), CODE_ACCEPTED);
	assert_int_equal(council_proposal(number).approvals, 0);
	assert_int_equal(council_approve(0, number), CODE_ACCEPTED);
	assert_int_equal(council_state(number), PROPOSAL_OPEN);
	assert_int_equal(council_approve(1, number), CODE_ACCEPTED);
	assert_int_equal(council_state(number), PROPOSAL_LOCKED);
}

/* Fails where anything of a proposal can change but its state and approvals. */
static void
test_immutable(void **state)
{
	const uint64_t number = propose_credit(0, 5);
	const struct act_credit_arguments other = credit_of(6);
	uint8_t before[32];
	uint8_t after[32];
	struct proposal proposal = council_proposal(number);

	(void)state;
	crypto_sha256_2(s->crypto, before, proposal.arguments, VAR_BYTES(proposal.reason));
	assert_int_equal(council_propose(0, ACT_CREDIT, &other), CODE_ACCEPTED);
	assert_int_equal(council_last(), number + 1);
	assert_int_equal(council_withdraw(0, number), CODE_ACCEPTED);
	assert_int_equal(council_approve(1, number), CODE_ACCEPTED);
	assert_int_equal(council_approve(2, number), CODE_ACCEPTED);
	council_wait(COUNCIL_LOCK_MS);
	proposal = council_proposal(number);
	crypto_sha256_2(s->crypto, after, proposal.arguments, VAR_BYTES(proposal.reason));
	assert_int_equal(proposal.state, PROPOSAL_DONE);
	assert_memory_equal(before, after, sizeof(before));
	assert_memory_equal(proposal.proposer, s->accounts[SCENE_COUNCIL].id, 32);
}

/* ---- lapse and death */

/* Fails where an old proposal can still be passed, at the block of its end or after it. */
static void
test_lapse(void **state)
{
	const uint64_t number = propose_credit(0, 5);

	(void)state;
	council_wait(COUNCIL_LIFE_MS - 1);
	assert_int_equal(council_state(number), PROPOSAL_OPEN);
	council_wait(1);
	assert_int_equal(council_state(number), PROPOSAL_LAPSED);
	assert_int_equal(council_approve(1, number), CODE_PROPOSAL_CLOSED);
	assert_int_equal(council_withdraw(0, number), CODE_PROPOSAL_CLOSED);
}

/* Members without the last one, and in its place account 2. */
static struct replace_council_arguments
another_council(void)
{
	struct replace_council_arguments a;
	const uint8_t *first = s->accounts[SCENE_COUNCIL].id;
	const uint8_t *second = s->accounts[2].id;
	const bool ascending = memcmp(first, second, 32) < 0;

	memset(&a, 0, sizeof(a));
	a.threshold = 2;
	a.members.len = 64;
	memcpy(a.members.data, ascending ? first : second, 32);
	memcpy(a.members.data + 32, ascending ? second : first, 32);
	return a;
}

/* Fails where approvals of a council that is gone still bring anything about. */
static void
test_council_changes(void **state)
{
	const struct replace_council_arguments replace = another_council();
	const uint64_t before = balance(1);
	const uint64_t open = propose_credit(0, 5);
	const uint64_t council = council_pass(ACT_REPLACE_COUNCIL, &replace);
	const struct proposal_arguments approve = { open };
	uint64_t locked;

	(void)state;
	council_wait(1000);
	locked = propose_credit(0, 7);
	assert_int_equal(council_approve(1, locked), CODE_ACCEPTED);
	council_wait(COUNCIL_LOCK_MS - 1000);
	assert_int_equal(council_state(council), PROPOSAL_DONE);
	assert_int_equal(council_machine()->meta.council_generation, 2);
	assert_false(council_has(council_machine(), s->accounts[SCENE_COUNCIL + 1].id));
	assert_int_equal(council_approve(1, open), CODE_NOT_COUNCIL);
	assert_int_equal(scene_send(s, 2, KIND_APPROVE, &approve), CODE_PROPOSAL_CLOSED);
	assert_int_equal(council_withdraw(0, open), CODE_PROPOSAL_CLOSED);
	council_wait(COUNCIL_LIFE_MS);
	assert_int_equal(council_state(open), PROPOSAL_DEAD);
	assert_int_equal(council_state(locked), PROPOSAL_DEAD);
	assert_int_equal(balance(1), before);
}

/* ---- emergency acts */

/* Fails where an emergency act waits, does not end, or ends at another time. */
static void
test_emergency_lapses(void **state)
{
	const struct deny_arguments a = denial(1);
	uint64_t number;

	(void)state;
	assert_int_equal(council_propose(0, ACT_DENY, &a), CODE_ACCEPTED);
	number = council_last();
	assert_false(is_denied(1));
	assert_int_equal(council_approve(1, number), CODE_ACCEPTED);
	assert_true(is_denied(1));
	assert_int_equal(council_state(number), PROPOSAL_DONE);
	assert_int_equal(council_withdraw(0, number), CODE_PROPOSAL_CLOSED);
	council_wait(COUNCIL_EMERGENCY_MS - 1);
	assert_true(is_denied(1));
	council_wait(1);
	assert_false(is_denied(1));
	assert_int_equal(council_state(number), PROPOSAL_LAPSED);
	assert_int_equal(council_machine()->meta.denied, 0);
}

/* Fails where the confirmation acts without its lock, or does not last. */
static void
test_emergency_confirmed(void **state)
{
	const struct deny_arguments a = denial(1);
	const uint64_t first = council_pass(ACT_DENY, &a);
	const uint64_t second = council_pass(ACT_DENY, &a);

	(void)state;
	assert_int_equal(council_state(first), PROPOSAL_DONE);
	assert_int_equal(council_state(second), PROPOSAL_LOCKED);
	council_wait(COUNCIL_LOCK_MS);
	assert_int_equal(council_state(second), PROPOSAL_DONE);
	assert_int_equal(council_propose(0, ACT_DENY, &a), CODE_ACT_NOTHING);
	council_wait(2 * COUNCIL_EMERGENCY_MS);
	assert_true(is_denied(1));
	assert_int_equal(council_state(first), PROPOSAL_DONE);
	assert_int_equal(council_machine()->meta.denied, 1);
	assert_int_equal(council_proposal(first).lapses_own_ms, 0);
}

/* Fails where a confirmation that comes after the end is lost, or acts at once. */
static void
test_emergency_confirmed_late(void **state)
{
	const struct deny_arguments a = denial(1);
	uint64_t second;

	(void)state;
	(void)council_pass(ACT_DENY, &a);
	council_wait(COUNCIL_EMERGENCY_MS - 5000);
	second = council_pass(ACT_DENY, &a);
	council_wait(6000);
	assert_false(is_denied(1));
	council_wait(COUNCIL_LOCK_MS - 6000);
	assert_int_equal(council_state(second), PROPOSAL_DONE);
	assert_true(is_denied(1));
	council_wait(2 * COUNCIL_EMERGENCY_MS);
	assert_true(is_denied(1));
}

/* Fails where the end of one denial takes back another that came after it. */
static void
test_emergency_anew(void **state)
{
	const struct deny_arguments a = denial(1);
	uint64_t third;

	(void)state;
	(void)council_pass(ACT_DENY, &a);
	(void)council_act(ACT_UNDENY, &a);
	assert_false(is_denied(1));
	third = council_pass(ACT_DENY, &a);
	assert_true(is_denied(1));
	council_wait(COUNCIL_EMERGENCY_MS - COUNCIL_LOCK_MS);
	assert_true(is_denied(1));
	council_wait(COUNCIL_LOCK_MS - 1);
	assert_true(is_denied(1));
	council_wait(1);
	assert_false(is_denied(1));
	assert_int_equal(council_state(third), PROPOSAL_LAPSED);
}

/* Fails where resuming, which gives nothing back to anybody in need, skips its lock. */
static void
test_undo_is_locked(void **state)
{
	const struct pause_slashing_arguments pause = { true };
	const struct pause_slashing_arguments resume = { false };
	uint64_t number;

	(void)state;
	(void)council_pass(ACT_PAUSE_SLASHING, &pause);
	assert_int_not_equal(council_machine()->meta.slashing_paused_until_own_ms, 0);
	number = council_pass(ACT_PAUSE_SLASHING, &resume);
	assert_int_equal(council_state(number), PROPOSAL_LOCKED);
	assert_int_not_equal(council_machine()->meta.slashing_paused_until_own_ms, 0);
	council_wait(COUNCIL_LOCK_MS);
	assert_int_equal(council_state(number), PROPOSAL_DONE);
	assert_int_equal(council_machine()->meta.slashing_paused_until_own_ms, 0);
}

/* ---- what can no longer be done */

/* Fails where an act is not looked at again when its time comes. */
static void
test_failed(void **state)
{
	struct act_credit_arguments a = credit_of(SCENE_BALANCE);
	uint64_t first;
	uint64_t second;

	(void)state;
	first = council_pass(ACT_DEBIT, &a);
	second = council_pass(ACT_DEBIT, &a);
	council_wait(COUNCIL_LOCK_MS);
	assert_int_equal(council_state(first), PROPOSAL_DONE);
	assert_int_equal(council_state(second), PROPOSAL_FAILED);
	assert_int_equal(balance(1), 0);
	assert_int_equal(council_machine()->meta.burnt, SCENE_BALANCE);
	assert_true(scene_supply_holds(s));
}

/* Fails where a block does all that is due at once, or forgets the rest. */
static void
test_bounded(void **state)
{
	const uint64_t before = balance(1);

	(void)state;
	for (unsigned i = 0; i < ACTS_PER_BLOCK + 3; i++) {
		const uint64_t number = propose_credit(0, 1);

		assert_int_equal(council_approve(1, number), CODE_ACCEPTED);
	}
	council_wait(COUNCIL_LOCK_MS);
	assert_int_equal(balance(1), before + ACTS_PER_BLOCK);
	scene_wait(s, 1000);
	assert_int_equal(balance(1), before + ACTS_PER_BLOCK + 3);
}

/* Fails where a proposal lives on because its block had no room to end it. */
static void
test_bounded_lapse(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ACTS_PER_BLOCK + 1; i++) {
		(void)propose_credit(0, 1);
	}
	council_wait(COUNCIL_LIFE_MS);
	assert_int_equal(council_state(ACTS_PER_BLOCK), PROPOSAL_LAPSED);
	assert_int_equal(council_state(ACTS_PER_BLOCK + 1), PROPOSAL_OPEN);
	assert_int_equal(council_approve(1, ACTS_PER_BLOCK + 1), CODE_PROPOSAL_CLOSED);
	scene_wait(s, 1000);
	assert_int_equal(council_state(ACTS_PER_BLOCK + 1), PROPOSAL_LAPSED);
}

/* Fails where a member's proposals that nobody approved keep an act waiting that was passed. */
static void
test_nobody_is_kept_waiting(void **state)
{
	const uint64_t before = balance(1);
	uint64_t number;

	(void)state;
	for (unsigned i = 0; i < 5 * ACTS_PER_BLOCK; i++) {
		(void)propose_credit(0, 1);
	}
	council_wait(COUNCIL_LIFE_MS - COUNCIL_LOCK_MS);
	number = propose_credit(1, 7);
	assert_int_equal(council_approve(2, number), CODE_ACCEPTED);
	council_wait(COUNCIL_LOCK_MS);
	assert_int_equal(council_state(number), PROPOSAL_DONE);
	assert_int_equal(balance(1), before + 7);
}

/* Fails where a block full of acts puts off that workers of a retired program are looked at: proofs would
 * still show them admitted. */
static void
test_retirement_beside_acts(void **state)
{
	struct retire_program_arguments a = { .notice_ms = 1 };

	(void)state;
	scene_wait(s, 1000);
	memcpy(a.program, s->program_sgx, sizeof(a.program));
	a.retire_ms = council_machine()->meta.time_ms + 2 * COUNCIL_LOCK_MS;
	(void)council_pass(ACT_RETIRE_PROGRAM, &a);
	council_wait(COUNCIL_LOCK_MS);
	for (unsigned i = 0; i < ACTS_PER_BLOCK; i++) {
		const uint64_t number = propose_credit(0, 1);

		assert_int_equal(council_approve(1, number), CODE_ACCEPTED);
	}
	assert_false(council_is_sweeping());
	council_wait(COUNCIL_LOCK_MS);
	assert_true(council_machine()->meta.time_ms >= a.retire_ms);
	assert_true(council_is_sweeping());
}

/* ---- refusals: each with its code, and nothing else changed */

enum refusal {
	REFUSE_STRANGER,
	REFUSE_ACT_ZERO,
	REFUSE_ACT_BEYOND,
	REFUSE_REASON,
	REFUSE_CUT,
	REFUSE_LONGER,
	REFUSE_EMPTY,
	REFUSE_APPROVE_STRANGER,
	REFUSE_APPROVE_UNKNOWN,
	REFUSE_APPROVE_ZERO,
	REFUSE_APPROVE_TWICE,
	REFUSE_APPROVE_LOCKED,
	REFUSE_WITHDRAW_STRANGER,
	REFUSE_WITHDRAW_UNKNOWN,
	REFUSE_WITHDRAW_OTHERS,
	REFUSE_WITHDRAW_DONE,
	REFUSE_CREDIT_STRANGER,
	REFUSE_CREDIT_REASON,
	REFUSE_CREDIT_AMOUNT,
	REFUSE_DEBIT_BALANCE,
	REFUSE_DEBIT_UNKNOWN,
	REFUSE_COUNT
};

static const struct {
	unsigned member;
	enum code code;
} refusals[REFUSE_COUNT] = {
	[REFUSE_STRANGER] = { 9, CODE_NOT_COUNCIL },
	[REFUSE_ACT_ZERO] = { 0, CODE_ACT_UNKNOWN },
	[REFUSE_ACT_BEYOND] = { 0, CODE_ACT_UNKNOWN },
	[REFUSE_REASON] = { 0, CODE_REASON },
	[REFUSE_CUT] = { 0, CODE_ACT_ARGUMENTS },
	[REFUSE_LONGER] = { 0, CODE_ACT_ARGUMENTS },
	[REFUSE_EMPTY] = { 0, CODE_ACT_ARGUMENTS },
	[REFUSE_APPROVE_STRANGER] = { 9, CODE_NOT_COUNCIL },
	[REFUSE_APPROVE_UNKNOWN] = { 1, CODE_PROPOSAL_UNKNOWN },
	[REFUSE_APPROVE_ZERO] = { 1, CODE_PROPOSAL_UNKNOWN },
	[REFUSE_APPROVE_TWICE] = { 0, CODE_APPROVED },
	[REFUSE_APPROVE_LOCKED] = { 2, CODE_PROPOSAL_CLOSED },
	[REFUSE_WITHDRAW_STRANGER] = { 9, CODE_NOT_COUNCIL },
	[REFUSE_WITHDRAW_UNKNOWN] = { 0, CODE_PROPOSAL_UNKNOWN },
	[REFUSE_WITHDRAW_OTHERS] = { 2, CODE_NOT_APPROVED },
	[REFUSE_WITHDRAW_DONE] = { 0, CODE_PROPOSAL_CLOSED },
	[REFUSE_CREDIT_STRANGER] = { 9, CODE_NOT_COUNCIL },
	[REFUSE_CREDIT_REASON] = { 0, CODE_REASON },
	[REFUSE_CREDIT_AMOUNT] = { 0, CODE_AMOUNT },
	[REFUSE_DEBIT_BALANCE] = { 0, CODE_BALANCE },
	[REFUSE_DEBIT_UNKNOWN] = { 0, CODE_ACCOUNT_UNKNOWN },
};

static enum code
send_units(unsigned member, enum kind kind, uint64_t amount, const char *reference, bool known)
{
	struct credit_arguments a;

	memset(&a, 0, sizeof(a));
	memset(a.account, 0xee, sizeof(a.account));
	if (known) {
		memcpy(a.account, s->accounts[1].id, sizeof(a.account));
	}
	a.amount = amount;
	VAR_SET(a.reference, bytes_of_text(reference));
	return scene_send(s, council_account(member), kind, &a);
}

/* open, locked, done: proposals by member 0 in these states. */
static enum code
refuse(enum refusal refusal, unsigned member, uint64_t open, uint64_t locked, uint64_t done)
{
	const struct act_credit_arguments credit = credit_of(5);
	uint8_t bytes[600];
	const size_t len = record_encode(act_record(ACT_CREDIT), &credit, bytes, sizeof(bytes));

	bytes[len] = 0;
	switch (refusal) {
	case REFUSE_STRANGER:
		return council_propose_bytes(member, ACT_CREDIT, "a test", bytes_of(bytes, len));
	case REFUSE_ACT_ZERO:
		return council_propose_bytes(member, 0, "a test", bytes_of(bytes, len));
	case REFUSE_ACT_BEYOND:
		return council_propose_bytes(member, ACT_END, "a test", bytes_of(bytes, len));
	case REFUSE_REASON:
		return council_propose_bytes(member, ACT_CREDIT, "", bytes_of(bytes, len));
	case REFUSE_CUT:
		return council_propose_bytes(member, ACT_CREDIT, "a test", bytes_of(bytes, len - 1));
	case REFUSE_LONGER:
		return council_propose_bytes(member, ACT_CREDIT, "a test", bytes_of(bytes, len + 1));
	case REFUSE_EMPTY:
		return council_propose_bytes(member, ACT_CREDIT, "a test", bytes_of(NULL, 0));
	case REFUSE_APPROVE_STRANGER:
		return council_approve(member, open);
	case REFUSE_APPROVE_UNKNOWN:
		return council_approve(member, council_last() + 1);
	case REFUSE_APPROVE_ZERO:
		return council_approve(member, 0);
	case REFUSE_APPROVE_TWICE:
		return council_approve(member, open);
	case REFUSE_APPROVE_LOCKED:
		return council_approve(member, locked);
	case REFUSE_WITHDRAW_STRANGER:
		return council_withdraw(member, open);
	case REFUSE_WITHDRAW_UNKNOWN:
		return council_withdraw(member, council_last() + 1);
	case REFUSE_WITHDRAW_OTHERS:
		return council_withdraw(member, locked);
	case REFUSE_WITHDRAW_DONE:
		return council_withdraw(member, done);
	case REFUSE_CREDIT_STRANGER:
		return send_units(member, KIND_CREDIT, 5, "invoice 7", true);
	case REFUSE_CREDIT_REASON:
		return send_units(member, KIND_CREDIT, 5, "", true);
	case REFUSE_CREDIT_AMOUNT:
		return send_units(member, KIND_CREDIT, 0, "invoice 7", true);
	case REFUSE_DEBIT_BALANCE:
		return send_units(member, KIND_DEBIT, SCENE_BALANCE + 6, "invoice 7", true);
	case REFUSE_DEBIT_UNKNOWN:
		return send_units(member, KIND_DEBIT, 5, "invoice 7", false);
	default:
		return CODE_ACCEPTED;
	}
}

static void
test_refusals(void **state)
{
	const struct act_credit_arguments credit = credit_of(5);
	const uint64_t done = council_act(ACT_CREDIT, &credit);
	const uint64_t open = propose_credit(0, 5);
	const uint64_t locked = council_pass(ACT_CREDIT, &credit);

	(void)state;
	for (unsigned i = 0; i < REFUSE_COUNT; i++) {
		/* Whoever sends it, his nonce changes, and that alone. */
		const uint8_t *sender = s->accounts[council_account(refusals[i].member)].id;
		uint8_t before[32];
		uint8_t after[32];

		council_digest(before, sender);
		const enum code code = refuse((enum refusal)i, refusals[i].member, open, locked, done);

		council_digest(after, sender);
		if (code != refusals[i].code || memcmp(before, after, sizeof(before)) != 0 || !s->result.charged) {
			fail_msg("refusal %u: %s, not %s", i, code_id(code), code_id(refusals[i].code));
		}
		assert_true(council_is_listed(code));
		/* The same bytes again. */
		assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_NONCE);
	}
}

/* Fails where an agent's hot key can govern, or where what was accepted can be played again. */
static void
test_keys_and_replay(void **state)
{
	const struct act_credit_arguments credit = credit_of(5);
	uint8_t bytes[600];
	struct propose_arguments a;

	(void)state;
	memset(&a, 0, sizeof(a));
	a.act = ACT_CREDIT;
	VAR_SET(a.reason, bytes_of_text("a test"));
	a.arguments = bytes_of(bytes, record_encode(act_record(ACT_CREDIT), &credit, bytes, sizeof(bytes)));
	scene_set_agent(s, SCENE_COUNCIL);
	assert_int_equal(scene_send_as_agent(s, SCENE_COUNCIL, KIND_PROPOSE, &a), CODE_KEY);
	assert_int_equal(scene_send(s, SCENE_COUNCIL, KIND_PROPOSE, &a), CODE_ACCEPTED);
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_NONCE);
	assert_int_equal(council_last(), 1);
	assert_int_equal(council_approve(1, 1), CODE_ACCEPTED);
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_NONCE);
	assert_int_equal(council_withdraw(1, 1), CODE_ACCEPTED);
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_NONCE);
	assert_int_equal(council_proposal(1).approvals, 1);
}

/* Fails where the two kinds for units do not come to the acts of their names. */
static void
test_units_by_kind(void **state)
{
	const uint64_t before = balance(1);

	(void)state;
	assert_int_equal(send_units(0, KIND_CREDIT, 9, "invoice 7", true), CODE_ACCEPTED);
	assert_int_equal(council_approve(1, 1), CODE_ACCEPTED);
	assert_int_equal(send_units(0, KIND_DEBIT, 4, "refund 3", true), CODE_ACCEPTED);
	assert_int_equal(council_approve(1, 2), CODE_ACCEPTED);
	council_wait(COUNCIL_LOCK_MS);
	assert_int_equal(council_proposal(1).act, ACT_CREDIT);
	assert_int_equal(council_proposal(2).act, ACT_DEBIT);
	assert_int_equal(balance(1), before + 5);
	assert_true(scene_supply_holds(s));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, council_setup, council_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_proposer_counts),
		TEST(test_lock),
		TEST(test_halt_is_no_time),
		TEST(test_withdraw),
		TEST(test_withdraw_above_threshold),
		TEST(test_immutable),
		TEST(test_lapse),
		TEST(test_council_changes),
		TEST(test_emergency_lapses),
		TEST(test_emergency_confirmed),
		TEST(test_emergency_confirmed_late),
		TEST(test_emergency_anew),
		TEST(test_undo_is_locked),
		TEST(test_failed),
		TEST(test_bounded),
		TEST(test_bounded_lapse),
		TEST(test_retirement_beside_acts),
		TEST(test_nobody_is_kept_waiting),
		TEST(test_refusals),
		TEST(test_keys_and_replay),
		TEST(test_units_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
