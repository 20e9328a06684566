/* SPDX-License-Identifier: Apache-2.0 */
/* Acts on units: made and destroyed with a reference to the outside, and slashes given back. */
#include "register/acts.h"

#define SUPPLY_MAX	((uint64_t)1 << 63)

static bool
is_treasury(const struct act_credit_arguments *a)
{
	return bytes_all_zero(ARRAY_BYTES(a->account));
}

static enum code
credit_check(struct machine *m, const union act_arguments *a)
{
	const struct act_credit_arguments *credit = &a->act_credit_arguments;
	const uint64_t supply = m->meta.minted - m->meta.burnt;

	if (credit->reference.len == 0) {
		return CODE_REASON;
	}
	if (credit->amount == 0 || credit->amount > SUPPLY_MAX - supply ||
	    credit->amount > UINT64_MAX - m->meta.minted) {
		return CODE_AMOUNT;
	}
	return CODE_ACCEPTED;
}

static enum code
credit_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct act_credit_arguments *credit = &a->act_credit_arguments;

	(void)deed;
	m->meta.minted += credit->amount;
	if (is_treasury(credit)) {
		m->meta.treasury += credit->amount;
		return CODE_ACCEPTED;
	}
	return account_credit(m, credit->account, credit->amount) ? CODE_ACCEPTED : CODE_AMOUNT;
}

const struct act_rule act_credit = { credit_check, credit_do, NULL, NULL };

static enum code
debit_check(struct machine *m, const union act_arguments *a)
{
	const struct act_credit_arguments *debit = &a->act_credit_arguments;
	struct account account;

	if (debit->reference.len == 0) {
		return CODE_REASON;
	}
	if (debit->amount == 0) {
		return CODE_AMOUNT;
	}
	if (is_treasury(debit)) {
		return m->meta.treasury < debit->amount ? CODE_BALANCE : CODE_ACCEPTED;
	}
	if (!account_get(m, debit->account, &account)) {
		return CODE_ACCOUNT_UNKNOWN;
	}
	return account.balance < debit->amount ? CODE_BALANCE : CODE_ACCEPTED;
}

/* Burnt is never more than minted, so it cannot overflow. */
static enum code
debit_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct act_credit_arguments *debit = &a->act_credit_arguments;

	(void)deed;
	m->meta.burnt += debit->amount;
	if (is_treasury(debit)) {
		m->meta.treasury -= debit->amount;
		return CODE_ACCEPTED;
	}
	return account_debit(m, debit->account, debit->amount) ? CODE_ACCEPTED : CODE_BALANCE;
}

const struct act_rule act_debit = { debit_check, debit_do, NULL, NULL };

/* ---- slashes: what silence cost, while it is in escrow */

static enum code
return_check(struct machine *m, const union act_arguments *a)
{
	const struct return_slash_arguments *back = &a->return_slash_arguments;
	const struct row_key key = key_u64(key_bytes(key_u32(key_start(TABLE_SLASH), back->epoch),
	    ARRAY_BYTES(back->worker)), back->height);
	struct slash slash;

	if (!row_get(m, &key, &slash)) {
		return CODE_SLASH_UNKNOWN;
	}
	return slash.state == SLASH_ESCROWED && slash.settled_own_ms > m->own_ms ? CODE_ACCEPTED : CODE_TOO_LATE;
}

static enum code
return_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	(void)deed;
	return slash_return(m, &a->return_slash_arguments);
}

const struct act_rule act_return_slash = { return_check, return_do, NULL, NULL };
