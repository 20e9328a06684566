/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs about one worker, checked: from the log's key down to what the worker's row says. */
#include "base/text.h"
#include "format/base64.h"
#include "log/line.h"
#include "log/proof_text.h"
#include "register/proof.h"

const char proof_magic[20] = "assay/worker-proof/1";

#define EXTRA_TEXT_MAX	((PROOF_EXTRA_BYTES_MAX + 2) / 3 * 4)

struct checking {
	const struct assay_crypto *crypto;
	struct assay_register_proof_result *result;
	struct hash state_root;
	struct proof_tops tops;
	struct proof_shown shown;
	struct state_proof proof;
	struct hash last_key;
	bool any;
	uint8_t value[PROOF_ROW_BYTES_MAX];
	uint8_t extra[PROOF_EXTRA_BYTES_MAX];
	struct proof_text text;
};

static bool
fault(struct checking *k, enum assay_register_proof_fault which, const char *why)
{
	k->result->fault = which;
	k->result->why = why;
	return false;
}

/* ---- from the file to the state root ---------------------------------- */

/* The second line's data; parsing the rest passes over it. */
static bool
extra_take(struct checking *k, struct assay_bytes file, struct cursor *extra)
{
	struct cursor c = cursor_over(file);
	struct assay_bytes coded;
	size_t len;

	(void)line_take(&c);
	if (file.len > ASSAY_WORKER_PROOF_BYTES_MAX || !line_after(line_take(&c), "extra ", &coded) || c.bad ||
	    !base64_decode(k->extra, sizeof(k->extra), &len, coded, false) || !proof_text_parse(&k->text, file)) {
		return false;
	}
	*extra = cursor_over(bytes_of(k->extra, len));
	return bytes_equal(cursor_take(extra, sizeof(proof_magic)), bytes_of(proof_magic, sizeof(proof_magic)));
}

static bool
commit_take(struct checking *k, struct assay_bytes entry, uint64_t index, struct entry_commit *commit)
{
	struct cursor c = cursor_over(entry);

	if (cursor_u8(&c) != ENTRY_COMMIT) {
		return false;
	}
	record_read(&entry_commit_record, commit, &c);
	if (!cursor_done(&c) || commit->last != index || commit->first > index) {
		return false;
	}
	k->result->height = commit->height;
	k->result->time_ms = commit->time_ms;
	memcpy(k->result->state_root, commit->state_root, sizeof(k->result->state_root));
	memcpy(k->state_root.bytes, commit->state_root, sizeof(k->state_root.bytes));
	return true;
}

/* ---- rows ------------------------------------------------------------- */

static bool
row_check(struct checking *k, struct cursor *c)
{
	const unsigned present = cursor_u8(c);
	const struct assay_bytes key = cursor_take(c, cursor_u8(c));
	struct cursor packed = cursor_over(cursor_take(c, present == 1 ? cursor_u16be(c) : 0));
	const size_t len = unpack(&packed, k->value, sizeof(k->value));
	const struct assay_bytes value = bytes_of(k->value, len);
	struct hash hashed, digest;
	bool good;

	if (c->bad || packed.bad || present > 1 || key.len == 0) {
		return fault(k, ASSAY_PROOF_FORM, "a row is malformed");
	}
	crypto_sha256(k->crypto, hashed.bytes, key);
	if (k->any && memcmp(k->last_key.bytes, hashed.bytes, HASH_BYTES) >= 0) {
		return fault(k, ASSAY_PROOF_FORM, "rows are not in their order");
	}
	k->any = true;
	k->last_key = hashed;
	proof_path_read(c, &k->tops, &k->proof, &hashed, present == 1);
	if (c->bad) {
		return fault(k, ASSAY_PROOF_FORM, "the place of a row is malformed");
	}
	if (present == 1) {
		crypto_sha256(k->crypto, digest.bytes, value);
		k->proof.before.leaf = (struct state_leaf){ hashed, digest };
		good = state_verify_presence(&k->proof, k->crypto, STATE_DEPTH, &k->state_root, &hashed, &digest);
		k->result->rows++;
	} else {
		good = state_verify_absence(&k->proof, k->crypto, STATE_DEPTH, &k->state_root, &hashed);
		k->result->absences++;
	}
	if (!good) {
		return fault(k, ASSAY_PROOF_ROW, "a row is not as said under the state root of the commit entry");
	}
	return proof_shown_take(&k->shown, key, present == 1 ? &value : NULL) ? true
	    : fault(k, ASSAY_PROOF_ROWS, "a row says nothing about the worker, or is no row");
}

static bool
rows_check(struct checking *k, struct cursor *c)
{
	unsigned left = cursor_u8(c);

	if (left > PROOF_ROWS_MAX) {
		return fault(k, ASSAY_PROOF_FORM, "there are more rows than such a proof can need");
	}
	for (; left != 0; left--) {
		if (!row_check(k, c)) {
			return false;
		}
	}
	return cursor_done(c) ? true : fault(k, ASSAY_PROOF_FORM, "something stands behind the last row");
}

/* ---- what is so ------------------------------------------------------- */

static void
worker_tell(struct assay_register_proof_result *result, const struct proof_shown *shown)
{
	const struct worker *worker = &shown->worker;
	const uint64_t halted_ms = shown->meta.halted_ms;

	result->state = worker->state;
	result->tee = worker->tee;
	result->tier = worker->tier;
	result->tier_next = worker->tier_next;
	memcpy(result->key, worker->key, sizeof(result->key));
	memcpy(result->agreement_key, worker->agreement_key, sizeof(result->agreement_key));
	memcpy(result->operator_id, worker->operator, sizeof(result->operator_id));
	memcpy(result->program, worker->program, sizeof(result->program));
	memcpy(result->platform, worker->platform, sizeof(result->platform));
	memcpy(result->evidence, worker->evidence, sizeof(result->evidence));
	memcpy(result->endpoint, worker->endpoint.data, worker->endpoint.len);
	result->stake = worker->stake;
	result->followed = proof_shown_followed(shown);
	if (shown->has_meta) {
		const uint64_t expires_own_ms = proof_shown_expires_own_ms(shown);

		result->attested_ms = time_add(worker->attested_own_ms, halted_ms);
		result->expires_ms = time_add(expires_own_ms, halted_ms);
		memcpy(result->register_id, shown->meta.register_id, sizeof(result->register_id));
	}
}

static bool
judge(struct checking *k, const struct entry_commit *commit, const struct assay_register_proof_question *question)
{
	struct assay_register_proof_result *result = k->result;

	if (!proof_shown_fits(&k->shown, k->crypto, commit)) {
		return fault(k, ASSAY_PROOF_ROWS, "rows are missing, superfluous or do not fit together");
	}
	if (question->worker != NULL &&
	    !bytes_equal(bytes_of(question->worker, 32), ARRAY_BYTES(k->shown.subject))) {
		return fault(k, ASSAY_PROOF_WORKER, "it is about another worker");
	}
	if (!k->shown.has_worker) {
		result->standing = ASSAY_STANDING_ABSENT;
		return false;
	}
	worker_tell(result, &k->shown);
	result->why = proof_shown_standing(&k->shown);
	result->standing = result->why == NULL ? ASSAY_STANDING_ADMITTED : ASSAY_STANDING_OUT;
	if (result->why != NULL) {
		return false;
	}
	result->why = "";
	return question->tier_max == 0 || result->tier <= question->tier_max;
}

static bool
check(struct checking *k, struct assay_bytes file, const struct assay_register_proof_question *question)
{
	struct note_key log = { .algorithm = NOTE_ED25519, .name = question->log_name };
	struct checkpoint checkpoint;
	struct assay_bytes entry, body, signatures;
	struct entry_commit commit;
	struct cursor c;
	struct hash leaf;
	int64_t time_s;

	if (!extra_take(k, file, &c)) {
		return fault(k, ASSAY_PROOF_FORM, "it is no proof about a worker");
	}
	cursor_copy(&c, k->shown.subject, sizeof(k->shown.subject));
	entry = cursor_take(&c, cursor_u16be(&c));
	if (c.bad) {
		return fault(k, ASSAY_PROOF_FORM, "it ends in its commit entry");
	}
	memcpy(k->result->worker, k->shown.subject, sizeof(k->result->worker));
	memcpy(log.key, question->log_key, sizeof(log.key));
	if (note_verify(k->crypto, k->text.checkpoint, &log, &time_s) != NOTE_GOOD ||
	    !note_split(k->text.checkpoint, &body, &signatures) || !checkpoint_parse(&checkpoint, body) ||
	    !bytes_equal(checkpoint.origin, log.name)) {
		return fault(k, ASSAY_PROOF_CHECKPOINT, "the log of that key has not signed its checkpoint");
	}
	k->result->log_size = checkpoint.size;
	merkle_leaf(k->crypto, &leaf, entry);
	if (checkpoint.size == 0 || k->text.index != checkpoint.size - 1 ||
	    !inclusion_verify(k->crypto, &k->text.proof, &leaf, k->text.index, checkpoint.size, &checkpoint.root)) {
		return fault(k, ASSAY_PROOF_INCLUSION, "its commit entry is not the last one of that log");
	}
	if (!commit_take(k, entry, k->text.index, &commit)) {
		return fault(k, ASSAY_PROOF_COMMIT, "the last entry is no commit entry of this place");
	}
	return rows_check(k, &c) && judge(k, &commit, question);
}

bool
assay_register_proof_verify(struct assay_register_proof_result *result, const struct assay_crypto *crypto,
    struct assay_bytes file, const struct assay_register_proof_question *question)
{
	struct checking k;

	memset(&k, 0, sizeof(k));
	memset(result, 0, sizeof(*result));
	k.crypto = crypto;
	k.result = result;
	result->why = "";
	proof_tops_start(&k.tops, crypto);
	return check(&k, file, question);
}
