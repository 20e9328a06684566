/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Genesis: the one document that everything else follows from.  It is entry 0
 * of the log, and its digest is the register's id, so it has one encoding.
 */
#include "base/text.h"
#include "register/rules.h"

#define SUPPLY_MAX	((uint64_t)1 << 63)

/* What is wrong, for whoever wrote the genesis. */
struct genesis_reader {
	struct machine *m;
	struct genesis genesis;
	char *error;
};

static bool
refuse(struct genesis_reader *r, const char *why)
{
	struct text text = { r->error, 159, 0 };

	if (r->error[0] == 0) {
		text_puts(&text, why);
		r->error[text_fits(&text) ? text.len : 159] = 0;
	}
	return false;
}

/* ---- parameters: all of them become rows */

static bool
parameter_set(struct genesis_reader *r, uint16_t number, uint64_t value)
{
	const struct parameter_bounds *b = parameter_bounds(number);

	if (b == NULL) {
		return refuse(r, "there is no such parameter");
	}
	if (value < b->lowest || value > b->highest) {
		return refuse(r, "a parameter is out of its bounds");
	}
	if (value == b->genesis) {
		return refuse(r, "a parameter is listed with the value that it has anyway");
	}
	r->m->parameters[number] = value;
	return true;
}

static bool
parameters_read(struct genesis_reader *r)
{
	struct cursor c = cursor_over(r->genesis.parameters);
	unsigned last = 0;

	for (unsigned i = 0; i < PARAMETER_END; i++) {
		r->m->parameters[i] = parameter_bounds(i) != NULL ? parameter_bounds(i)->genesis : 0;
	}
	while (c.left != 0) {
		const struct assay_bytes item = cursor_take(&c, 10);
		struct assay_bytes rest = item;

		if (c.bad) {
			return refuse(r, "the list of parameters is cut off");
		}
		const uint16_t number = (uint16_t)key_take(&rest, 2);

		if (number <= last) {
			return refuse(r, "parameters must ascend");
		}
		last = number;
		if (!parameter_set(r, number, key_take(&rest, 8))) {
			return false;
		}
	}
	return parameters_fit(r->m->parameters) || refuse(r, "parameters do not fit each other: see doc/register.md");
}

static void
parameters_write(struct machine *m)
{
	for (unsigned i = 0; i < PARAMETER_END; i++) {
		const struct row_key key = key_u16(key_start(TABLE_PARAMETER), (uint16_t)i);
		const struct parameter row = { .value = m->parameters[i] };

		if (parameter_bounds(i) != NULL) {
			step_begin(m);
			row_put(m, &key, &row);
			step_commit(m, EFFECT_NONE);
		}
	}
}

/* ---- lists of records, each its own step */

static bool
roots_write(struct genesis_reader *r)
{
	const struct record *record = table_record(TABLE_ROOT);
	struct cursor c = cursor_over(r->genesis.roots);
	uint8_t number = 0;

	while (c.left != 0) {
		struct root root;

		record_read(record, &root, &c);
		if (c.bad || root.key.len == 0 || number >= ASSAY_ROOTS_MAX ||
		    (root.kind != ASSAY_ROOT_INTEL_SGX && root.kind != ASSAY_ROOT_INTEL_IAS)) {
			return refuse(r, "the list of roots is malformed");
		}
		const struct row_key key = key_u8(key_start(TABLE_ROOT), number);

		number++;
		step_begin(r->m);
		row_put(r->m, &key, &root);
		step_commit(r->m, EFFECT_NONE);
	}
	return number != 0 || refuse(r, "a register without roots can admit nobody");
}

static bool
accounts_write(struct genesis_reader *r)
{
	struct machine *m = r->m;
	struct cursor c = cursor_over(r->genesis.accounts);
	uint8_t last[32] = { 0 };
	bool first = true;

	while (c.left != 0) {
		struct assay_bytes rest = cursor_take(&c, 40);

		if (c.bad) {
			return refuse(r, "the list of accounts is cut off");
		}
		const struct assay_bytes id = bytes_slice(rest, 0, 32);

		rest = bytes_slice(rest, 32, 8);
		const uint64_t balance = key_take(&rest, 8);

		if (!first && memcmp(last, id.data, sizeof(last)) >= 0) {
			return refuse(r, "accounts must ascend");
		}
		first = false;
		memcpy(last, id.data, sizeof(last));
		step_begin(m);
		if (balance == 0 || !amount_add(&m->meta.minted, balance) || m->meta.minted > SUPPLY_MAX ||
		    !account_credit(m, last, balance)) {
			step_abort(m);
			return refuse(r, "balances must not be 0, nor exceed 2^63 in all");
		}
		step_commit(m, EFFECT_NONE);
	}
	return true;
}

/* Signers and programs come to be as by the acts of the council that add them. */
static enum code
act_write(struct machine *m, enum act act, const void *arguments)
{
	return act == ACT_ADD_SIGNER ? signer_add(m, arguments) : program_allow(m, arguments);
}

static bool
acts_write(struct genesis_reader *r, enum act act, struct assay_bytes list, const char *malformed)
{
	struct cursor c = cursor_over(list);

	while (c.left != 0) {
		union {
			struct add_signer_arguments signer;
			struct allow_program_arguments program;
		} arguments;
		enum code code;

		record_read(act_record(act), &arguments, &c);
		if (c.bad) {
			return refuse(r, malformed);
		}
		step_begin(r->m);
		code = act_write(r->m, act, &arguments);
		if (code != CODE_ACCEPTED) {
			step_abort(r->m);
			return refuse(r, code_text(code));
		}
		step_commit(r->m, EFFECT_NONE);
	}
	return true;
}

/* Council, log and policy: one row each, by the functions that the acts use. */
static bool
single_rows_write(struct genesis_reader *r)
{
	const struct genesis *g = &r->genesis;
	struct machine *m = r->m;
	const struct row_key block_key = key_u64(key_start(TABLE_BLOCK), 0);
	const struct row_key sweep_key = key_start(TABLE_SWEEP);
	struct block block = { .time_ms = m->meta.time_ms, .own_ms = m->own_ms, .slot = NO_SLOT, .spot = NO_SLOT };
	struct sweep sweep = { .due_height = 1, .reattest_height = 1, .close_epoch = 1 };
	enum code code;

	step_begin(m);
	row_put(m, &block_key, &block);
	row_put(m, &sweep_key, &sweep);
	code = council_set(m, g->threshold, VAR_BYTES(g->members));
	if (code == CODE_ACCEPTED) {
		code = log_set(m, VAR_BYTES(g->log_origin), g->log_key, g->log_quorum, VAR_BYTES(g->witnesses));
	}
	if (code == CODE_ACCEPTED) {
		code = policy_set(m, g->policy);
	}
	if (code != CODE_ACCEPTED) {
		step_abort(m);
		return refuse(r, code_text(code));
	}
	step_commit(m, EFFECT_NONE);
	return true;
}

static bool
genesis_write(struct genesis_reader *r, struct assay_bytes bytes)
{
	const struct genesis *g = &r->genesis;
	struct machine *m = r->m;

	if (bytes.len > ASSAY_GENESIS_BYTES_MAX || !record_decode(&genesis_record, &r->genesis, bytes)) {
		return refuse(r, "it is no canonical genesis");
	}
	if (g->rules != RULES_VERSION) {
		return refuse(r, "it asks for rules that this version does not have");
	}
	if (g->name.len == 0 || g->log_origin.len == 0) {
		return refuse(r, "the register and its log need a name");
	}
	crypto_sha256(m->crypto, m->meta.register_id, bytes);
	m->meta.rules = g->rules;
	m->meta.time_ms = g->time_ms;
	m->meta.treasury = g->treasury;
	m->meta.minted = g->treasury;
	m->own_ms = g->time_ms;
	if (g->treasury > SUPPLY_MAX || g->time_ms > (uint64_t)INT64_MAX) {
		return refuse(r, "the treasury, or the time, is beyond its bounds");
	}
	if (!parameters_read(r)) {
		return false;
	}
	parameters_write(m);
	return roots_write(r) && accounts_write(r) && single_rows_write(r) &&
	    acts_write(r, ACT_ADD_SIGNER, g->signers, "the list of signers is malformed") &&
	    acts_write(r, ACT_ALLOW_PROGRAM, g->programs, "the list of programs is malformed");
}

bool
assay_register_genesis(struct assay_register *reg, const struct assay_crypto *crypto,
    const struct assay_rows *rows, const struct assay_entries *entries, struct assay_bytes genesis,
    struct assay_register_commit *commit, char error[static 160])
{
	struct machine *m = (struct machine *)(void *)reg->opaque;
	struct genesis_reader reader = { .m = m, .error = error };
	const struct row_key meta_key = key_start(TABLE_META);
	struct meta meta;

	memset(m, 0, sizeof(*m));
	memset(commit, 0, sizeof(*commit));
	error[0] = 0;
	m->crypto = crypto;
	m->rows = *rows;
	m->entries = *entries;
	if (row_get(m, &meta_key, &meta)) {
		return refuse(&reader, "there is a register in these rows already");
	}
	if (!genesis_write(&reader, genesis)) {
		return false;
	}
	m->entry[0] = ENTRY_GENESIS;
	bytes_copy(m->entry + 1, genesis, genesis.len);
	entry_append(m, bytes_of(m->entry, genesis.len + 1));
	/* Block 0 holds nothing but genesis: what came in is its digest. */
	memcpy(m->inputs, m->meta.register_id, sizeof(m->inputs));
	m->effect = EFFECT_NONE;
	block_end(m, commit);
	return !m->failed || refuse(&reader, "a port failed");
}
