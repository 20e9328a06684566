/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks as they are read: up to their commit entry, which says their time, and
 * some of them ahead of the one that is replayed, so that their signatures can
 * be decided meanwhile.
 *
 * What is guessed here of a transaction is not looked at by anything but the
 * table of decided signatures.
 */
#include <stdlib.h>

#include "driver/audit_inside.h"
#include "evidence/quote.h"
#include "format/pem.h"
#include "x509/certificate.h"

#define CERTIFICATE_BYTES_MAX 4096

/* ---- guessing what the machine will verify ---------------------------- */

/* The quote's own signature, and those of the enclave and the certificate behind it. */
static void
guess_evidence(struct ahead_job *job, struct assay_bytes evidence)
{
	uint8_t der[2][CERTIFICATE_BYTES_MAX];
	struct certificate leaf, issuer;
	struct quote quote;
	size_t len[2];

	if (quote_parse(&quote, evidence) != ASSAY_CHECK_COUNT) {
		return;
	}
	ahead_job_add(job, ASSAY_ECDSA_P256_SHA256, quote.attestation_key, quote.signed_bytes, quote.signature);
	struct cursor pem = cursor_over(quote.certification);

	if (quote.certification_type != CERTIFICATION_PCK_CHAIN ||
	    pem_next(&pem, "CERTIFICATE", der[0], sizeof(der[0]), &len[0]) != 1 ||
	    !certificate_parse(&leaf, bytes_of(der[0], len[0]))) {
		return;
	}
	ahead_job_add(job, ASSAY_ECDSA_P256_SHA256, leaf.key, quote.qe_report, quote.qe_report_signature);
	if (pem_next(&pem, "CERTIFICATE", der[1], sizeof(der[1]), &len[1]) == 1 &&
	    certificate_parse(&issuer, bytes_of(der[1], len[1]))) {
		const struct assay_signature_item item = certificate_signature_item(&leaf, issuer.key);

		ahead_job_add(job, item.algorithm, item.key, item.message, item.signature);
	}
}

static void
guess_answer(struct audit *audit, struct ahead_job *job, const struct hash *block_id, uint64_t height,
    struct assay_bytes beginning, struct assay_bytes state, struct assay_bytes signature)
{
	uint8_t message[ANSWER_MESSAGE_BYTES];
	const uint8_t *id, *key;
	uint32_t at = 0;

	if (beginning.len < 3) {
		return;		/* too many begin so */
	}
	key = trace_key(audit->trace, beginning, &at, &id);
	if (key != NULL) {
		answer_message(message, audit->report.register_id, id, height, block_id->bytes, state.data);
		ahead_job_add(job, ASSAY_ECDSA_P256_SHA256, bytes_of(key, KEY_BYTES), bytes_of(message, sizeof(message)),
		    signature);
	}
}

static void
guess_answers(struct audit *audit, struct ahead_job *job, struct assay_bytes groups)
{
	struct cursor c = cursor_over(groups);

	while (c.left != 0 && !c.bad) {
		struct answer_group group;

		record_read(&answer_group_record, &group, &c);
		const struct audit_id *const known = &audit->ids[group.height % AUDIT_IDS];

		for (unsigned i = 0; i < group.count && !c.bad; i++) {
			const struct assay_bytes beginning = cursor_take(&c, group.id_bytes);
			const struct assay_bytes state = cursor_take(&c, STATE_BYTES);
			const struct assay_bytes signature = cursor_take(&c, 64);

			if (!c.bad && known->height == group.height && known->known) {
				guess_answer(audit, job, &known->id, group.height, beginning, state, signature);
			}
		}
	}
}

static void
guess_transaction(struct audit *audit, struct ahead_job *job, struct assay_bytes transaction)
{
	uint8_t *const message = audit->message;
	struct register_arguments enrol;
	struct reattest_arguments renewal;
	struct answers_arguments answers;
	struct transaction_body body;
	struct transaction_seal seal;
	struct cursor c = cursor_over(transaction);

	record_read(&transaction_body_record, &body, &c);
	const struct assay_bytes signed_bytes = bytes_slice(transaction, 0, transaction.len - c.left);

	record_read(&transaction_seal_record, &seal, &c);
	if (!cursor_done(&c)) {
		return;
	}
	const size_t len = transaction_message(message, sizeof(audit->message), audit->report.register_id, signed_bytes);

	ahead_job_add(job, ASSAY_ECDSA_P256_SHA256, ARRAY_BYTES(seal.key), bytes_of(message, len),
	    ARRAY_BYTES(seal.signature));
	if (body.kind == KIND_ANSWERS && record_decode(kind_record(KIND_ANSWERS), &answers, body.arguments)) {
		guess_answers(audit, job, answers.groups);
	} else if (body.kind == KIND_REGISTER && record_decode(kind_record(KIND_REGISTER), &enrol, body.arguments)) {
		trace_know(audit->trace, enrol.key);
		guess_evidence(job, enrol.evidence);
	} else if (body.kind == KIND_REATTEST && record_decode(kind_record(KIND_REATTEST), &renewal, body.arguments)) {
		guess_evidence(job, renewal.evidence);
	}
}

static void
block_guess(struct audit *audit, struct audit_block *block)
{
	struct audit_id *const id = &audit->ids[block->commit.height % AUDIT_IDS];

	if (ahead_is_of_use(audit->ahead)) {
		block->job = ahead_job_new();
	}
	for (size_t i = 0; block->job != NULL && i < block->count; i++) {
		struct cursor c = cursor_over(block_entry(block, i));
		struct entry_result result;

		if (cursor_u8(&c) == ENTRY_TRANSACTION) {
			record_read(&entry_result_record, &result, &c);
			if (!c.bad) {
				guess_transaction(audit, block->job, cursor_rest(&c));
			}
		}
	}
	ahead_job_submit(audit->ahead, block->job);
	*id = (struct audit_id){ block->commit.height, block->id, true };
}

/* ---- reading ---------------------------------------------------------- */

static bool
block_add(struct audit_block *block, struct assay_bytes entry)
{
	if (block->count == block->ends_size) {
		const size_t size = block->ends_size * 2 + 64;
		size_t *const ends = realloc(block->ends, size * sizeof(*ends));

		if (ends == NULL) {
			return false;
		}
		block->ends = ends;
		block->ends_size = size;
	}
	if (entry.len > block->size - block->len) {
		const size_t size = block->size * 2 + entry.len + 4096;
		uint8_t *const bytes = realloc(block->bytes, size);

		if (bytes == NULL) {
			return false;
		}
		block->bytes = bytes;
		block->size = size;
	}
	if (entry.len != 0) {
		bytes_copy(block->bytes + block->len, entry, entry.len);
	}
	block->len += entry.len;
	block->ends[block->count] = block->len;
	block->count++;
	return true;
}

/* The commit entry fits what came before it: the machine asserts that time goes on. */
static bool
commit_read(struct audit *audit, struct audit_block *block, struct assay_bytes entry, uint64_t index)
{
	const struct assay_bytes record = bytes_slice(entry, 1, entry.len - 1);
	struct entry_commit *const commit = &block->commit;

	if (!record_decode(&entry_commit_record, commit, record)) {
		return audit_fail(audit, AUDIT_ENTRY, index, "entry %llu is no well-formed commit entry",
		    (unsigned long long)index);
	}
	if (commit->height != audit->read_height) {
		return audit_fail(audit, AUDIT_ENTRY, index, "entry %llu ends block %llu; the next one is block %llu",
		    (unsigned long long)index, (unsigned long long)commit->height, (unsigned long long)audit->read_height);
	}
	if (commit->time_ms > AUDIT_TIME_MS_MAX || (commit->height != 0 && commit->time_ms <= audit->read_time_ms)) {
		return audit_fail(audit, AUDIT_ENTRY, index,
		    "entry %llu gives block %llu a time that is not after that of the block before, or beyond the year 9999",
		    (unsigned long long)index, (unsigned long long)commit->height);
	}
	merkle_leaf(audit->crypto, &block->id, entry);
	audit->read_height++;
	audit->read_time_ms = commit->time_ms;
	return true;
}

static bool
block_read_on(struct audit *audit, struct audit_block *block, uint64_t size)
{
	bool ended = false;

	block->first = audit->read.size;
	block->len = 0;
	block->count = 0;
	while (!ended) {
		const uint64_t index = audit->read.size;
		struct store_error error;
		struct assay_bytes entry;
		struct hash leaf;

		if (index == size) {
			return audit_fail(audit, AUDIT_ENTRY, index - 1,
			    "the checkpoint of %llu entries ends within block %llu, which has no commit entry",
			    (unsigned long long)size, (unsigned long long)audit->read_height);
		}
		if (!audit->source.entry(audit->source.context, index, &entry, &error)) {
			return audit_fail(audit, AUDIT_UNREADABLE, index, "%s %s", error.what, error.cause);
		}
		if (block->len > AUDIT_BLOCK_BYTES_MAX) {
			return audit_fail(audit, AUDIT_ENTRY, index, "block %llu is larger than any block can be",
			    (unsigned long long)audit->read_height);
		}
		if (!block_add(block, entry)) {
			return audit_fail(audit, AUDIT_UNREADABLE, index, "there is not enough memory for block %llu",
			    (unsigned long long)audit->read_height);
		}
		merkle_leaf(audit->crypto, &leaf, entry);
		frontier_append(&audit->read, audit->crypto, &leaf);
		ended = entry.len != 0 && entry.data[0] == ENTRY_COMMIT;
		if (ended && !commit_read(audit, block, entry, index)) {
			return false;
		}
	}
	return true;
}

/* A whole block or nothing, so that what could not be read can be asked for again. */
static bool
block_read(struct audit *audit, struct audit_block *block, uint64_t size)
{
	const struct frontier before = audit->read;

	if (block_read_on(audit, block, size)) {
		return true;
	}
	audit->read = before;
	return false;
}

static void
fault_put_off(struct audit *audit)
{
	struct audit_report *const r = &audit->report;

	audit->late = r->fault;
	audit->late_index = r->fault_index;
	memcpy(audit->late_text, r->fault_text, sizeof(audit->late_text));
	r->fault = AUDIT_FINE;
	r->fault_index = 0;
	memset(r->fault_text, 0, sizeof(r->fault_text));
}

static struct audit_block *
fault_tell(struct audit *audit)
{
	const enum audit_fault fault = audit->late;

	audit->late = AUDIT_FINE;
	audit_fail(audit, fault, audit->late_index, "%s", audit->late_text);
	return NULL;
}

static struct audit_block *
ring(struct audit *audit, size_t i)
{
	return &audit->blocks[(audit->blocks_first + i) % AUDIT_BLOCKS_AHEAD];
}

struct audit_block *
audit_block_next(struct audit *audit, uint64_t size)
{
	const size_t most = ahead_is_of_use(audit->ahead) ? AUDIT_BLOCKS_AHEAD : 1;

	while (audit->late == AUDIT_FINE && audit->read.size < size && audit->blocks_count < most &&
	    (audit->blocks_count == 0 || audit->blocks_bytes < AUDIT_BYTES_AHEAD)) {
		struct audit_block *const block = ring(audit, audit->blocks_count);

		if (!block_read(audit, block, size)) {
			fault_put_off(audit);
			break;
		}
		block_guess(audit, block);
		audit->blocks_count++;
		audit->blocks_bytes += block->len;
	}
	if (audit->blocks_count == 0 && audit->late != AUDIT_FINE) {
		return fault_tell(audit);
	}
	return audit->blocks_count != 0 ? ring(audit, 0) : NULL;
}

void
audit_block_done(struct audit *audit)
{
	struct audit_block *const block = ring(audit, 0);

	audit->blocks_bytes -= block->len;
	ahead_job_free(audit->ahead, block->job);
	block->job = NULL;
	audit->blocks_first = (audit->blocks_first + 1) % AUDIT_BLOCKS_AHEAD;
	audit->blocks_count--;
}

void
audit_blocks_drop(struct audit *audit)
{
	for (size_t i = 0; i < AUDIT_BLOCKS_AHEAD; i++) {
		ahead_job_free(audit->ahead, audit->blocks[i].job);
		free(audit->blocks[i].bytes);
		free(audit->blocks[i].ends);
	}
	memset(audit->blocks, 0, sizeof(audit->blocks));
	audit->blocks_count = 0;
	audit->blocks_bytes = 0;
}
