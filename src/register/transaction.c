/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One transaction: form, key, signature, nonce, height and fee; then its rule.
 * What fails before the nonce is taken changes nothing; what fails after it
 * costs the nonce and the fee.
 */
#include "register/rules.h"

/* Room for the arguments of any kind. */
union arguments {
#define KIND(number, symbol, name, arguments, id, who, rows, codes, text) struct name name;
#define KIND_ALIKE(number, symbol, name, arguments, id, who, rows, codes, text)
#include "register/kinds.def"
#undef KIND
#undef KIND_ALIKE
};

static enum code
dispatch(struct machine *m, enum kind kind, const union arguments *a)
{
	switch (kind) {
	case KIND_TRANSFER:
		return apply_transfer(m, &a->transfer_arguments);
	case KIND_CREDIT:
		return apply_credit(m, &a->credit_arguments);
	case KIND_DEBIT:
		return apply_debit(m, &a->credit_arguments);
	case KIND_SET_AGENT_KEY:
		return apply_set_agent_key(m, &a->set_agent_key_arguments);
	case KIND_ROTATE_KEY:
		return apply_rotate_key(m, &a->rotate_key_arguments);
	case KIND_COLLATERAL:
		return apply_collateral(m, &a->collateral_arguments);
	case KIND_REGISTER:
		return apply_register(m, &a->register_arguments);
	case KIND_REATTEST:
		return apply_reattest(m, &a->reattest_arguments);
	case KIND_START:
		return apply_start(m, &a->start_arguments);
	case KIND_PAUSE:
		return apply_pause(m, &a->pause_arguments);
	case KIND_STOP:
		return apply_stop(m, &a->worker_arguments);
	case KIND_ANSWERS:
		return apply_answers(m, &a->answers_arguments);
	case KIND_ENDPOINT:
		return apply_endpoint(m, &a->endpoint_arguments);
	case KIND_BOND:
		return apply_bond(m, &a->stake_arguments);
	case KIND_UNBOND:
		return apply_unbond(m, &a->stake_arguments);
	case KIND_WITHDRAW:
		return apply_withdraw(m, &a->withdraw_arguments);
	case KIND_APP_OPEN:
		return apply_app_open(m, &a->app_open_arguments);
	case KIND_APP_CHANGE:
		return apply_app_change(m, &a->app_change_arguments);
	case KIND_APP_FUND:
		return apply_app_fund(m, &a->app_fund_arguments);
	case KIND_APP_CLOSE:
		return apply_app_close(m, &a->app_arguments);
	case KIND_PROPOSE:
		return apply_propose(m, &a->propose_arguments);
	case KIND_APPROVE:
		return apply_approve(m, &a->proposal_arguments);
	case KIND_WITHDRAW_APPROVAL:
		return apply_withdraw_approval(m, &a->proposal_arguments);
	case KIND_CONFIRM_BUILD:
		return apply_confirm_build(m, &a->confirm_build_arguments);
	case KIND_STATEMENT:
		return apply_statement(m, &a->statement_arguments);
	case KIND_END:
		break;
	}
	return CODE_KIND;
}

/* ---- what comes before the rule */

struct transaction {
	struct assay_bytes whole;
	struct assay_bytes body_bytes;
	struct transaction_body body;
	struct transaction_seal seal;
	uint64_t fee;			/* taken */
	bool owes;			/* and there was not enough for all of it */
	struct account before;		/* its sender, where it owes */
};

static enum code
transaction_read(struct transaction *t, struct assay_bytes whole)
{
	struct cursor c = cursor_over(whole);

	t->whole = whole;
	if (whole.len > ASSAY_TRANSACTION_BYTES_MAX) {
		return CODE_SIZE;
	}
	record_read(&transaction_body_record, &t->body, &c);
	if (c.bad) {
		return CODE_FORM;
	}
	t->body_bytes = bytes_slice(whole, 0, whole.len - c.left);
	record_read(&transaction_seal_record, &t->seal, &c);
	if (!cursor_done(&c)) {
		return CODE_FORM;
	}
	return kind_record(t->body.kind) != NULL ? CODE_ACCEPTED : CODE_KIND;
}

/* Rotations whose lock has ended take effect when the account next signs. */
static void
account_turn(const struct machine *m, struct account *account)
{
	if (account->key_next.len != 0 && account->key_next_own_ms <= m->own_ms) {
		VAR_SET(account->key, VAR_BYTES(account->key_next));
		VAR_SET(account->key_next, bytes_of(NULL, 0));
		account->key_next_own_ms = 0;
	}
	if (account->agent_key_next.len != 0 && account->agent_key_next_own_ms <= m->own_ms) {
		VAR_SET(account->agent_key, VAR_BYTES(account->agent_key_next));
		VAR_SET(account->agent_key_next, bytes_of(NULL, 0));
		account->agent_key_next_own_ms = 0;
	}
}

/* Is the key one that may sign this for the sender?  The account's first
 * signature brings its key: the id is the key's digest. */
static bool
key_may_sign(struct machine *m, const struct transaction *t, struct account *account)
{
	const struct assay_bytes key = ARRAY_BYTES(t->seal.key);
	uint8_t id[32];

	m->by_agent = false;
	if (account->key.len == 0) {
		account_id_of_key(m->crypto, id, t->seal.key);
		if (memcmp(id, t->body.sender, sizeof(id)) == 0) {
			VAR_SET(account->key, key);
		}
	}
	if (bytes_equal(VAR_BYTES(account->key), key)) {
		return true;
	}
	m->by_agent = true;
	return kind_signer(t->body.kind) == KIND_BY_AGENT && bytes_equal(VAR_BYTES(account->agent_key), key);
}

/* s at most half the group's order: of the two signatures that verify, one is
 * canonical, so that nobody can make a second transaction out of one. */
static bool
is_low_s(const uint8_t signature[static 64])
{
	static const uint8_t half_order[32] = {
		0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8
	};

	return memcmp(signature + 32, half_order, sizeof(half_order)) <= 0;
}

static bool
signature_is_good(struct machine *m, const struct transaction *t)
{
	struct assay_signature_item item = {
		.algorithm = ASSAY_ECDSA_P256_SHA256,
		.key = ARRAY_BYTES(t->seal.key),
		.message = { m->document,
		    transaction_message(m->document, sizeof(m->document), m->meta.register_id, t->body_bytes) },
		.signature = ARRAY_BYTES(t->seal.signature)
	};

	return is_low_s(t->seal.signature) && crypto_verify_one(m->crypto, item);
}

static uint64_t
fee_of(const struct machine *m, struct assay_bytes transaction)
{
	/* Both parameters are bounded far below what could overflow here. */
	return parameter(m, PARAMETER_FEE_BASE) + transaction.len * parameter(m, PARAMETER_FEE_BYTE);
}

/* Answers and renewals that are due are free, so a sender with an empty
 * balance may send them; where they turn out to be neither, they are refused. */
static bool
may_be_free(unsigned kind)
{
	return kind == KIND_ANSWERS || kind == KIND_REATTEST;
}

/* Form, key, signature, nonce, height and fee; takes the latter three, in a step of their own. */
static enum code
transaction_admit(struct machine *m, struct transaction *t)
{
	struct account account;
	bool exists;

	exists = account_get(m, t->body.sender, &account);
	t->before = account;
	account_turn(m, &account);
	if (!key_may_sign(m, t, &account)) {
		return CODE_KEY;
	}
	if (!signature_is_good(m, t)) {
		return CODE_SIGNATURE;
	}
	uint64_t *const nonce = m->by_agent ? &account.agent_nonce : &account.nonce;

	if (t->body.nonce == 0 || t->body.nonce - 1 != *nonce) {
		return CODE_NONCE;
	}
	if (t->body.valid_until < m->meta.height) {
		return CODE_EXPIRED;
	}
	t->fee = fee_of(m, t->whole);
	t->owes = account.balance < t->fee;
	if (t->owes && (!exists || !may_be_free(t->body.kind))) {
		return CODE_FEE;
	}
	t->fee = t->owes ? account.balance : t->fee;
	*nonce = t->body.nonce;
	account.balance -= t->fee;
	m->meta.balances -= t->fee;
	m->meta.treasury += t->fee;
	account_put(m, t->body.sender, &account);
	memcpy(m->sender, t->body.sender, sizeof(m->sender));
	return CODE_ACCEPTED;
}

/* ---- the rule, and what the log says */

static enum code
transaction_run(struct machine *m, const struct transaction *t)
{
	/* apply_answers opens a step for each answer. */
	const bool own_steps = t->body.kind == KIND_ANSWERS;
	union arguments arguments;
	enum code code;

	if (!record_decode(kind_record(t->body.kind), &arguments, t->body.arguments)) {
		return CODE_ARGUMENTS;
	}
	if (own_steps) {
		return dispatch(m, (enum kind)t->body.kind, &arguments);
	}
	step_begin(m);
	if (kind_signer(t->body.kind) == KIND_BY_COUNCIL && !council_has(m, m->sender)) {
		code = CODE_NOT_COUNCIL;
	} else {
		code = dispatch(m, (enum kind)t->body.kind, &arguments);
	}
	if (code == CODE_ACCEPTED) {
		step_commit(m, EFFECT_NONE);
	} else {
		step_abort(m);
	}
	return code;
}

/* As if it had not been let in: it has changed nothing but its sender's row. */
static void
admission_undo(struct machine *m, const struct transaction *t)
{
	step_begin(m);
	m->meta.treasury -= t->fee;
	m->meta.balances += t->fee;
	account_put(m, t->body.sender, &t->before);
	step_commit(m, EFFECT_NONE);
}

/* What of the fee is not due: of a batch, the share of the answers that were taken, or one good
 * answer would carry hundreds of others for nothing. */
static uint64_t
fee_free(const struct machine *m, const struct transaction *t)
{
	const uint64_t part_bytes = 4;
	const uint64_t refused = m->result.parts.len / part_bytes;

	if (t->body.kind != KIND_ANSWERS || refused == 0) {
		return t->fee;
	}
	return mul_div(t->fee, m->batch.accepted, m->batch.accepted + refused);
}

static void
fee_return(struct machine *m, struct transaction *t)
{
	const uint64_t fee = fee_free(m, t);

	t->fee -= fee;
	step_begin(m);
	m->meta.treasury -= fee;
	account_credit(m, m->sender, fee);
	step_commit(m, EFFECT_NONE);
}

static void
inputs_add(struct machine *m, const uint8_t digest[static 32])
{
	crypto_sha256_2(m->crypto, m->inputs, ARRAY_BYTES(m->inputs), bytes_of(digest, 32));
}

static void
entry_of_transaction(struct machine *m, const struct transaction *t)
{
	size_t len;

	m->entry[0] = ENTRY_TRANSACTION;
	len = 1 + record_encode(&entry_result_record, &m->result, m->entry + 1, sizeof(m->entry) - 1);
	assert(len + t->whole.len <= sizeof(m->entry));
	bytes_copy(m->entry + len, t->whole, t->whole.len);
	entry_append(m, bytes_of(m->entry, len + t->whole.len));
}

void
transaction_refused(struct machine *m, const uint8_t digest[static 32], uint16_t code)
{
	struct entry_refused refused = { .height = m->meta.height, .code = code };
	size_t len;

	memcpy(refused.digest, digest, sizeof(refused.digest));
	m->result.code = code;
	m->entry[0] = ENTRY_REFUSED;
	len = 1 + record_encode(&entry_refused_record, &refused, m->entry + 1, sizeof(m->entry) - 1);
	inputs_add(m, digest);
	entry_append(m, bytes_of(m->entry, len));
}

void
transaction_apply(struct machine *m, struct assay_bytes whole)
{
	struct transaction t;
	uint8_t digest[32];
	enum code code = transaction_read(&t, whole);

	memset(&m->result, 0, sizeof(m->result));
	m->result.height = m->meta.height;
	m->detail = 0;
	m->free = false;
	crypto_sha256(m->crypto, digest, whole);
	if (code == CODE_ACCEPTED) {
		step_begin(m);
		code = transaction_admit(m, &t);
		if (code == CODE_ACCEPTED) {
			step_commit(m, EFFECT_NONE);
		} else {
			step_abort(m);
		}
	}
	if (code != CODE_ACCEPTED) {
		transaction_refused(m, digest, (uint16_t)code);
		return;
	}
	code = transaction_run(m, &t);
	if (code != CODE_ACCEPTED && t.owes) {
		/* Or whoever has nothing could fill the log for nothing. */
		admission_undo(m, &t);
		transaction_refused(m, digest, CODE_FEE);
		return;
	}
	if (code == CODE_ACCEPTED && m->free) {
		fee_return(m, &t);
	}
	m->result.code = (uint16_t)code;
	m->result.detail = m->detail;
	m->result.fee = t.fee;
	inputs_add(m, digest);
	entry_of_transaction(m, &t);
}
