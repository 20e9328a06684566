/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replay: the machine is given what came in, and what it makes is compared
 * with the log, entry by entry.
 */
#include "driver/audit_inside.h"

/* ---- what the machine makes ------------------------------------------- */

static bool
differs(struct audit *audit, uint64_t index, struct assay_bytes said, struct assay_bytes made)
{
	struct entry_commit a, b;
	char words[256] = "";
	struct text t = { words, sizeof(words) - 1, 0 };

	if (said.len != 0 && made.len != 0 && said.data[0] == ENTRY_COMMIT && made.data[0] == ENTRY_COMMIT &&
	    record_decode(&entry_commit_record, &a, bytes_slice(said, 1, said.len - 1)) &&
	    record_decode(&entry_commit_record, &b, bytes_slice(made, 1, made.len - 1)) &&
	    memcmp(a.state_root, b.state_root, sizeof(a.state_root)) != 0) {
		audit->report.changes_without = 1;
		return audit_fail(audit, AUDIT_STATE, index,
		    "entry %llu: the state root of block %llu is not that of the rows; a row was changed without an entry",
		    (unsigned long long)index, (unsigned long long)a.height);
	}
	entries_differ(&t, said, made);
	text_end(&t, words, sizeof(words));
	return audit_fail(audit, AUDIT_ENTRY, index, "entry %llu (block %llu) %s", (unsigned long long)index,
	    (unsigned long long)audit->block->commit.height, words);
}

static bool
made(void *context, uint64_t index, struct assay_bytes entry)
{
	struct audit *const audit = context;
	const struct audit_block *const block = audit->block;

	if (block == NULL || index != block->first + audit->at || audit->at >= block->count) {
		return audit_fail(audit, AUDIT_ENTRY, index, "entry %llu has no place in its block",
		    (unsigned long long)index);
	}
	const struct assay_bytes said = block_entry(block, audit->at);

	if (!bytes_equal(said, entry)) {
		return differs(audit, index, said, entry);
	}
	audit->at++;
	return true;
}

/* ---- books ------------------------------------------------------------ */

static void
settle(struct audit *audit, uint64_t index, bool expiring)
{
	struct audit_report *const r = &audit->report;
	struct trace_sum sum;

	trace_settle(audit->trace, audit_machine(audit), expiring, &sum);
	if (sum.without != 0 && r->payments_without == 0) {
		r->without_index = index;
	}
	r->payments += sum.payments;
	r->paid += sum.paid;
	r->payments_without += sum.without;
	r->slashes += sum.slashes;
	r->slashed += sum.slashed;
}

struct incoming {
	uint64_t index;
	struct entry_result result;
	struct assay_bytes whole;
	bool formed;
	struct transaction_body body;
};

static void
before(struct audit *audit, const struct incoming *in)
{
	struct answers_arguments answers;

	if (in->formed && in->result.code == CODE_ACCEPTED && in->body.kind == KIND_ANSWERS &&
	    record_decode(kind_record(KIND_ANSWERS), &answers, in->body.arguments)) {
		trace_answers(audit->trace, audit_machine(audit), answers.groups, VAR_BYTES(in->result.parts));
	}
}

static void
after(struct audit *audit, const struct incoming *in)
{
	const bool accepted = in->result.code == CODE_ACCEPTED;
	struct audit_report *const r = &audit->report;
	struct register_arguments enrol;
	struct reattest_arguments renewal;

	if (in->body.kind == KIND_REGISTER || in->body.kind == KIND_REATTEST) {
		r->evidences += accepted ? 1 : 0;
		r->evidences_refused += accepted ? 0 : 1;
	}
	if (accepted && in->body.kind == KIND_REGISTER &&
	    record_decode(kind_record(KIND_REGISTER), &enrol, in->body.arguments)) {
		trace_registered(audit->trace, audit_machine(audit), &enrol);
	}
	if (accepted && in->body.kind == KIND_REATTEST &&
	    record_decode(kind_record(KIND_REATTEST), &renewal, in->body.arguments)) {
		trace_reattested(audit->trace, audit_machine(audit), &renewal);
	}
	if (accepted) {
		audit_act_transaction(audit, in->index, &in->body);
	}
	settle(audit, in->index, false);
}

/* ---- entries ---------------------------------------------------------- */

static bool
port_failed(struct audit *audit, uint64_t index)
{
	/* Where the machine stopped for what it made, that has been said already. */
	audit->lost = true;
	return audit_fail(audit, AUDIT_UNREADABLE, index, "there is not enough memory to replay entry %llu",
	    (unsigned long long)index);
}

static bool
replay_transaction(struct audit *audit, uint64_t index, struct assay_bytes entry)
{
	struct assay_register_result result;
	struct incoming in = { .index = index };
	struct cursor c = cursor_over(entry);
	struct cursor body;

	(void)cursor_u8(&c);
	record_read(&entry_result_record, &in.result, &c);
	if (c.bad) {
		return audit_fail(audit, AUDIT_ENTRY, index, "entry %llu is no well-formed transaction entry",
		    (unsigned long long)index);
	}
	in.whole = cursor_rest(&c);
	body = cursor_over(in.whole);
	record_read(&transaction_body_record, &in.body, &body);
	in.formed = !body.bad;
	before(audit, &in);
	if (!assay_register_apply(audit->reg, in.whole, &result)) {
		return port_failed(audit, index);
	}
	after(audit, &in);
	return true;
}

static bool
replay_refused(struct audit *audit, uint64_t index, struct assay_bytes entry)
{
	struct entry_refused refused;

	if (!record_decode(&entry_refused_record, &refused, bytes_slice(entry, 1, entry.len - 1)) ||
	    refused.code == CODE_ACCEPTED || refused.code >= CODE_ARGUMENTS) {
		return audit_fail(audit, AUDIT_ENTRY, index,
		    "entry %llu withholds a transaction for a reason that is none (code %u)", (unsigned long long)index,
		    refused.code);
	}
	return assay_register_apply_refused(audit->reg, refused.digest, refused.code) || port_failed(audit, index);
}

static bool
replay_entry(struct audit *audit, uint64_t index, struct assay_bytes entry)
{
	switch (entry.len != 0 ? entry.data[0] : ENTRY_GENESIS) {
	case ENTRY_TRANSACTION:
		return replay_transaction(audit, index, entry);
	case ENTRY_REFUSED:
		return replay_refused(audit, index, entry);
	case ENTRY_EFFECT:
	case ENTRY_COMMIT:
		return true;	/* the machine makes them, or not */
	default:
		return audit_fail(audit, AUDIT_ENTRY, index, "entry %llu is of no kind that stands within a block",
		    (unsigned long long)index);
	}
}

/* ---- blocks ----------------------------------------------------------- */

static void
acts_of_block(struct audit *audit)
{
	const struct audit_block *const block = audit->block;

	for (size_t i = 0; i < block->count; i++) {
		const struct assay_bytes entry = block_entry(block, i);

		if (entry.len != 0 && entry.data[0] == ENTRY_EFFECT) {
			audit_act_effect(audit, block->first + i, entry);
		}
	}
}

static bool
replay_inside(struct audit *audit)
{
	struct audit_block *const block = audit->block;
	const uint64_t last = block->first + block->count - 1;
	struct assay_register_commit commit;

	if (!assay_register_begin(audit->reg, block->commit.time_ms)) {
		return port_failed(audit, block->first);
	}
	settle(audit, block->first, false);
	for (size_t i = 0; i < block->count; i++) {
		if (!replay_entry(audit, block->first + i, block_entry(block, i))) {
			return false;
		}
	}
	if (!assay_register_end(audit->reg, &commit)) {
		return port_failed(audit, last);
	}
	if (audit->at != block->count) {
		return audit_fail(audit, AUDIT_ENTRY, block->first + audit->at, "entry %llu has no place in its block",
		    (unsigned long long)block->first + audit->at);
	}
	settle(audit, last, true);
	memcpy(audit->report.state_root, commit.state_root, sizeof(commit.state_root));
	return true;
}

static bool
replay_block(struct audit *audit)
{
	memory_begin_block(audit->memory);
	if (!replay_inside(audit)) {
		memory_abort_block(audit->memory);
		return false;
	}
	if (!memory_commit_block(audit->memory) || trace_failed(audit->trace)) {
		return port_failed(audit, audit->block->first);
	}
	acts_of_block(audit);
	return true;
}

/* Entry 0, from which everything follows, and the commit of height 0. */
static bool
replay_genesis(struct audit *audit)
{
	const struct audit_block *const block = audit->block;
	const struct assay_entries entries = { audit, made };
	const struct assay_bytes first = block_entry(block, 0);
	struct assay_register_commit commit;
	struct assay_register_head head;
	char error[160] = "";
	bool good;

	if (first.len == 0 || first.data[0] != ENTRY_GENESIS || block->count != 2) {
		return audit_fail(audit, AUDIT_GENESIS, 0, "the log does not begin with a genesis and its commit entry");
	}
	memory_begin_block(audit->memory);
	good = assay_register_genesis(audit->reg, ahead_crypto(audit->ahead), &audit->rows, &entries,
	    bytes_slice(first, 1, first.len - 1), &commit, error);
	if (!good) {
		memory_abort_block(audit->memory);
		return audit_fail(audit, AUDIT_GENESIS, 0, "no register can be made of the genesis: %s", error);
	}
	if (!memory_commit_block(audit->memory) ||
	    !assay_register_open(audit->reg, ahead_crypto(audit->ahead), &audit->rows, &entries, &head)) {
		return port_failed(audit, 0);
	}
	memcpy(audit->report.state_root, commit.state_root, sizeof(commit.state_root));
	audit->open = true;
	return true;
}

/* Whose log is it?  Before anything of it is replayed, and before anything is guessed of it. */
static bool
genesis_is_wanted(struct audit *audit)
{
	struct store_error error;
	struct assay_bytes entry;

	if (audit->read.size != 0) {
		return true;
	}
	if (!audit->source.entry(audit->source.context, 0, &entry, &error)) {
		return audit_fail(audit, AUDIT_UNREADABLE, 0, "%s %s", error.what, error.cause);
	}
	if (entry.len == 0 || entry.data[0] != ENTRY_GENESIS) {
		return audit_fail(audit, AUDIT_GENESIS, 0, "entry 0 is no genesis");
	}
	crypto_sha256(audit->crypto, audit->report.register_id, bytes_slice(entry, 1, entry.len - 1));
	return audit->options.register_id == NULL ||
	    memcmp(audit->options.register_id, audit->report.register_id, 32) == 0 ||
	    audit_fail(audit, AUDIT_GENESIS, 0, "entry 0 is the genesis of another register");
}

bool
audit_replay(struct audit *audit, uint64_t size)
{
	bool good = genesis_is_wanted(audit);

	while (good && audit->replayed < size) {
		audit->block = audit_block_next(audit, size);
		if (audit->block == NULL) {
			return false;
		}
		audit->at = 0;
		ahead_job_use(audit->ahead, audit->block->job);
		good = audit->open ? replay_block(audit) : replay_genesis(audit);
		if (good) {
			audit->replayed += audit->block->count;
			audit->report.size = audit->replayed;
			audit->report.height = audit->block->commit.height;
			audit->report.time_ms = audit->block->commit.time_ms;
		}
		audit->lost = audit->lost || !good;
		audit->block = NULL;
		audit_block_done(audit);
		if (audit->options.progress != NULL) {
			audit->options.progress(audit->options.context, audit->replayed, size);
		}
	}
	return good;
}
