/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts: balances, and the keys that sign for them. */
#include "register/rules.h"

bool
account_get(struct machine *m, const uint8_t id[static 32], struct account *account)
{
	const struct row_key key = key_of_32(TABLE_ACCOUNT, id);

	return row_get(m, &key, account);
}

void
account_put(struct machine *m, const uint8_t id[static 32], const struct account *account)
{
	const struct row_key key = key_of_32(TABLE_ACCOUNT, id);

	row_put(m, &key, account);
}

bool
account_credit(struct machine *m, const uint8_t id[static 32], uint64_t amount)
{
	struct account account;

	account_get(m, id, &account);
	if (!amount_add(&account.balance, amount) || !amount_add(&m->meta.balances, amount)) {
		return false;
	}
	account_put(m, id, &account);
	return true;
}

bool
account_debit(struct machine *m, const uint8_t id[static 32], uint64_t amount)
{
	struct account account;

	if (!account_get(m, id, &account) || !amount_take(&account.balance, amount)) {
		return false;
	}
	m->meta.balances -= amount;
	account_put(m, id, &account);
	return true;
}

enum code
apply_transfer(struct machine *m, const struct transfer_arguments *a)
{
	if (a->amount == 0) {
		return CODE_AMOUNT;
	}
	if (memcmp(a->to, m->sender, sizeof(a->to)) == 0) {
		return CODE_SELF;
	}
	if (!account_debit(m, m->sender, a->amount)) {
		return CODE_BALANCE;
	}
	return account_credit(m, a->to, a->amount) ? CODE_ACCEPTED : CODE_AMOUNT;
}

/* One key, one place: a key that signs for two of an account's parts would
 * make their nonces one another's. */
static bool
key_is_used(const struct machine *m, const struct account *account, struct assay_bytes key)
{
	uint8_t id[32];

	account_id_of_key(m->crypto, id, key.data);
	return bytes_equal(VAR_BYTES(account->key), key) || bytes_equal(VAR_BYTES(account->agent_key), key) ||
	    bytes_equal(VAR_BYTES(account->key_next), key) ||
	    bytes_equal(VAR_BYTES(account->agent_key_next), key) || memcmp(id, m->sender, sizeof(id)) == 0;
}

enum code
apply_set_agent_key(struct machine *m, const struct set_agent_key_arguments *a)
{
	struct account account;

	account_get(m, m->sender, &account);
	if (a->key.len != 0 && a->key.len != KEY_BYTES) {
		return CODE_ARGUMENTS;
	}
	if (a->key.len != 0 && key_is_used(m, &account, VAR_BYTES(a->key))) {
		return CODE_KEY_USED;
	}
	if (a->key.len == 0 && account.agent_key.len == 0) {
		return CODE_KEY_USED;
	}
	VAR_SET(account.agent_key, VAR_BYTES(a->key));
	VAR_SET(account.agent_key_next, bytes_of(NULL, 0));
	account.agent_key_next_own_ms = 0;
	account_put(m, m->sender, &account);
	return CODE_ACCEPTED;
}

enum code
apply_rotate_key(struct machine *m, const struct rotate_key_arguments *a)
{
	const uint64_t due = time_add(m->own_ms, parameter(m, PARAMETER_ROTATE_LOCK));
	struct account account;

	account_get(m, m->sender, &account);
	if (key_is_used(m, &account, ARRAY_BYTES(a->key))) {
		return CODE_KEY_USED;
	}
	if (m->by_agent ? account.agent_key_next.len != 0 : account.key_next.len != 0) {
		return CODE_ROTATION_PENDING;
	}
	if (m->by_agent) {
		VAR_SET(account.agent_key_next, ARRAY_BYTES(a->key));
		account.agent_key_next_own_ms = due;
	} else {
		VAR_SET(account.key_next, ARRAY_BYTES(a->key));
		account.key_next_own_ms = due;
	}
	account_put(m, m->sender, &account);
	return CODE_ACCEPTED;
}
