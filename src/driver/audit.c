/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An audit from its checkpoint to its answers.  First the cheap part, which tells
 * whether these are the entries that were signed for; then the replay.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "driver/audit_inside.h"
#include "register/rules.h"

#define PROGRESS_ENTRIES 4096

bool
audit_fail(struct audit *audit, enum audit_fault fault, uint64_t index, const char *format, ...)
{
	va_list arguments;

	if (audit->report.fault == AUDIT_FINE) {
		audit->report.fault = fault;
		audit->report.fault_index = index;
		va_start(arguments, format);
		vsnprintf(audit->report.fault_text, sizeof(audit->report.fault_text), format, arguments);
		va_end(arguments);
	}
	return false;
}

/* ---- opening ---------------------------------------------------------- */

struct audit *
audit_new(const struct assay_crypto *crypto, const struct audit_source *source, const struct audit_options *options)
{
	struct audit *audit = calloc(1, sizeof(*audit));
	struct assay_rows rows;

	if (audit == NULL) {
		return NULL;
	}
	audit->crypto = crypto;
	audit->source = *source;
	audit->options = *options;
	audit->memory = memory_new(crypto, false);
	audit->reg = calloc(1, sizeof(*audit->reg));
	audit->ahead = ahead_new(crypto, options->threads);
	audit->trace = trace_new(crypto);
	if (audit->memory == NULL || audit->reg == NULL || audit->ahead == NULL || audit->trace == NULL) {
		audit_free(audit);
		return NULL;
	}
	rows = memory_rows(audit->memory);
	audit->rows = trace_rows(audit->trace, &rows);
	return audit;
}

void
audit_free(struct audit *audit)
{
	if (audit == NULL) {
		return;
	}
	if (audit->ahead != NULL) {
		audit_blocks_drop(audit);
	}
	ahead_free(audit->ahead);
	trace_free(audit->trace);
	memory_free(audit->memory);
	free(audit->reg);
	free(audit);
}

/* ---- checkpoints ------------------------------------------------------ */

static bool
checkpoint_open(struct audit *audit, struct assay_bytes note, struct checkpoint *checkpoint, const char *which)
{
	struct assay_bytes text, signatures;
	int64_t time_s;

	if (!note_split(note, &text, &signatures) || !checkpoint_parse(checkpoint, text)) {
		return audit_fail(audit, AUDIT_CHECKPOINT, 0, "the %scheckpoint is not a checkpoint", which);
	}
	if (!bytes_equal(checkpoint->origin, audit->options.log->name)) {
		return audit_fail(audit, AUDIT_CHECKPOINT, 0, "the %scheckpoint is of another log", which);
	}
	if (note_verify(audit->crypto, note, audit->options.log, &time_s) != NOTE_GOOD) {
		return audit_fail(audit, AUDIT_CHECKPOINT, 0, "the %scheckpoint is not signed by the log's key", which);
	}
	return true;
}

static bool
forked(struct audit *audit, const struct checkpoint *old)
{
	return audit_fail(audit, AUDIT_FORK, old->size == 0 ? 0 : old->size - 1,
	    "the first %llu entries are not those of the checkpoint that was seen before: the log has two histories",
	    (unsigned long long)old->size);
}

/* ---- first: are these the entries that were signed for? --------------- */

/* One more entry under the tree; the old checkpoint is met on the way. */
static bool
hash_entry(struct audit *audit, struct frontier *tree, const struct checkpoint *old)
{
	struct store_error error;
	struct assay_bytes entry;
	struct hash hash;

	if (!audit->source.entry(audit->source.context, tree->size, &entry, &error)) {
		return audit_fail(audit, AUDIT_UNREADABLE, tree->size, "%s %s", error.what, error.cause);
	}
	merkle_leaf(audit->crypto, &hash, entry);
	frontier_append(tree, audit->crypto, &hash);
	if (old != NULL && tree->size == old->size) {
		frontier_root(tree, audit->crypto, &hash);
		return hash_equal(&hash, &old->root) || forked(audit, old);
	}
	return true;
}

static bool
hash_entries(struct audit *audit, const struct checkpoint *checkpoint, const struct checkpoint *old)
{
	struct frontier tree = audit->hashed;
	struct hash root;

	while (tree.size < checkpoint->size) {
		if (!hash_entry(audit, &tree, old)) {
			return false;
		}
		if (audit->options.progress != NULL && tree.size % PROGRESS_ENTRIES == 0) {
			audit->options.progress(audit->options.context, audit->replayed, checkpoint->size);
		}
	}
	frontier_root(&tree, audit->crypto, &root);
	if (!hash_equal(&root, &checkpoint->root)) {
		return checkpoint->size == audit->hashed.size ? forked(audit, checkpoint) :
		    audit_fail(audit, AUDIT_ROOT, checkpoint->size == 0 ? 0 : checkpoint->size - 1,
		    "the %llu entries are not those of the checkpoint", (unsigned long long)checkpoint->size);
	}
	audit->hashed = tree;
	return true;
}

static bool
entries_are_signed_for(struct audit *audit, struct assay_bytes note, struct checkpoint *checkpoint)
{
	const bool has_old = audit->options.old_checkpoint.len != 0 && !audit->old_seen;
	struct store_error error;
	struct checkpoint old = { .size = 0 };

	memset(checkpoint, 0, sizeof(*checkpoint));
	if (!checkpoint_open(audit, note, checkpoint, "") ||
	    (has_old && !checkpoint_open(audit, audit->options.old_checkpoint, &old, "old "))) {
		return false;
	}
	if (has_old && old.size > checkpoint->size) {
		return audit_fail(audit, AUDIT_FORK, 0,
		    "the log has %llu entries; %llu were signed for in the checkpoint that was seen before",
		    (unsigned long long)checkpoint->size, (unsigned long long)old.size);
	}
	if (checkpoint->size < audit->hashed.size) {
		return audit_fail(audit, AUDIT_FORK, 0, "the log has become shorter: %llu entries, after %llu",
		    (unsigned long long)checkpoint->size, (unsigned long long)audit->hashed.size);
	}
	if (checkpoint->size == 0) {
		return audit_fail(audit, AUDIT_GENESIS, 0, "the log is empty: it has no genesis");
	}
	if (audit->source.grown != NULL && !audit->source.grown(audit->source.context, checkpoint, &error)) {
		return audit_fail(audit, AUDIT_UNREADABLE, 0, "%s %s", error.what, error.cause);
	}
	if (!hash_entries(audit, checkpoint, has_old ? &old : NULL)) {
		return false;
	}
	audit->old_seen = true;
	return true;
}

/* ---- last: the answers ------------------------------------------------ */

/* Anew from the bytes: nothing of the worker's own row is believed but which evidence it stands on. */
static bool
evidence_holds(struct audit *audit, const struct worker *worker)
{
	struct machine *const m = audit_machine(audit);
	const struct row_key key = key_of_32(TABLE_EVIDENCE, worker->evidence);
	const struct row_key program_key = key_of_32(TABLE_PROGRAM, worker->program);
	struct appraisal appraisal;
	struct program program;
	struct evidence row;
	uint8_t digest[32];

	if (!row_get(m, &program_key, &program) || !row_get(m, &key, &row)) {
		return false;
	}
	bytes_copy(m->document, row.bytes, row.bytes.len);
	const struct assay_bytes evidence = bytes_of(m->document, row.bytes.len);

	crypto_sha256(audit->crypto, digest, evidence);
	appraise(m, &appraisal, evidence, VAR_BYTES(program.mitigates));
	return memcmp(digest, worker->evidence, sizeof(digest)) == 0 &&
	    appraisal.verdict.authenticity == ASSAY_GENUINE && appraisal.verdict.tier != ASSAY_TIER_NONE;
}

static void
count_worker(struct audit *audit, const struct row_key *key, const struct worker *worker, bool thoroughly)
{
	struct audit_report *const r = &audit->report;

	r->workers += worker->state != WORKER_LEFT ? 1 : 0;
	if (!worker_is_admitted(audit_machine(audit), worker)) {
		return;
	}
	r->admitted++;
	if (thoroughly && !evidence_holds(audit, worker)) {
		if (r->evidences_failing == 0 && key->len == 35) {
			memcpy(r->failing, key->bytes + 3, sizeof(r->failing));
		}
		r->evidences_failing++;
	}
}

static void
answer(struct audit *audit, bool thoroughly)
{
	struct machine *const m = audit_machine(audit);
	const struct row_key workers = key_start(TABLE_WORKER);
	const struct row_key roots = key_start(TABLE_ROOT);
	struct audit_report *const r = &audit->report;
	struct row_key key = workers;
	struct worker worker;
	struct root root;

	r->workers = 0;
	r->admitted = 0;
	r->evidences_failing = 0;
	r->simulated = 0;
	/* What was decided ahead is of blocks that are past. */
	ahead_job_use(audit->ahead, NULL);
	if (thoroughly) {
		memset(&m->memos, 0, sizeof(m->memos));
	}
	while (row_next(m, &workers, &key, &worker)) {
		count_worker(audit, &key, &worker, thoroughly);
	}
	key = roots;
	while (row_next(m, &roots, &key, &root)) {
		r->simulated += root.simulated ? 1 : 0;
	}
}

/* ---- the whole -------------------------------------------------------- */

static bool
is_good(const struct audit_report *r)
{
	return r->fault == AUDIT_FINE && r->evidences_failing == 0 && r->payments_without == 0 &&
	    r->changes_without == 0;
}

/* What does not touch what was replayed can be tried again with another checkpoint. */
static bool
go_on(struct audit *audit, struct assay_bytes note, bool thoroughly)
{
	struct checkpoint checkpoint;
	struct hash root;

	if (!entries_are_signed_for(audit, note, &checkpoint)) {
		return true;
	}
	if (!audit_replay(audit, checkpoint.size)) {
		/* What could not be read may be there the next time. */
		return audit->report.fault == AUDIT_UNREADABLE && !audit->lost;
	}
	frontier_root(&audit->read, audit->crypto, &root);
	if (!hash_equal(&root, &checkpoint.root)) {
		return audit_fail(audit, AUDIT_ROOT, checkpoint.size - 1,
		    "the entries were others when they were read a second time");
	}
	answer(audit, thoroughly);
	audit->note_len = note.len <= sizeof(audit->note) ? note.len : 0;
	bytes_copy(audit->note, bytes_slice(note, 0, audit->note_len), audit->note_len);
	return true;
}

bool
audit_continue(struct audit *audit, struct assay_bytes checkpoint, bool thoroughly, struct audit_report *report)
{
	if (!audit->dead) {
		audit->report.fault = AUDIT_FINE;
		audit->report.fault_index = 0;
		audit->report.fault_text[0] = '\0';
		audit->dead = !go_on(audit, checkpoint, thoroughly);
	}
	if (audit->report.fault != AUDIT_FINE) {
		audit->note_len = 0;
	}
	*report = audit->report;
	return is_good(report);
}

size_t
audit_cosign(const struct audit *audit, const struct log_signer *witness, int64_t now_s, char *out, size_t size)
{
	const struct assay_bytes note = { (const uint8_t *)audit->note, audit->note_len };
	char message[64 + CHECKPOINT_TEXT_BYTES_MAX];
	struct assay_bytes text, signatures;
	uint8_t signature[64];

	if (!is_good(&audit->report) || audit->note_len == 0 || audit->note_len > size ||
	    witness->key.algorithm != NOTE_COSIGNATURE || !note_split(note, &text, &signatures) ||
	    text.len > CHECKPOINT_TEXT_BYTES_MAX) {
		return 0;
	}
	const size_t head = note_cosignature_head(message, now_s);

	bytes_copy(message + head, text, text.len);
	if (!witness->sign(witness->context, bytes_of(message, head + text.len), signature)) {
		return 0;
	}
	bytes_copy(out, note, note.len);
	return note_append_signature(out, size, note.len, false, audit->crypto, &witness->key, now_s, signature);
}

bool
audit_run(struct audit_report *report, const struct assay_crypto *crypto, const struct audit_source *source,
    const struct audit_options *options)
{
	struct audit *const audit = audit_new(crypto, source, options);
	bool good;

	if (audit == NULL) {
		memset(report, 0, sizeof(*report));
		report->fault = AUDIT_UNREADABLE;
		snprintf(report->fault_text, sizeof(report->fault_text), "there is not enough memory for an audit");
		return false;
	}
	good = audit_continue(audit, options->checkpoint, true, report);
	audit_free(audit);
	return good;
}
