/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A proof about one worker, composed: which rows it needs, in their order, with
 * their places.
 *
 * Few rows are enough: when the council or a parameter changes who stands, the
 * workers' own rows follow in a queue, and one row says how far that queue has
 * come.  Where it has not come to this worker, the rows behind its standing are
 * shown themselves.
 */
#include "base/text.h"
#include "format/base64.h"
#include "log/proof_text.h"
#include "register/proof.h"

struct wanted {
	struct row_key key;
	struct hash hashed;
};

struct composing {
	const struct proof_request *request;
	const struct assay_crypto *crypto;
	bool failed;
	struct proof_shown shown;
	size_t count;
	struct wanted wanted[PROOF_ROWS_MAX];
	struct proof_sink sink;
	struct proof_tops tops;
	struct state_proof proof;
	uint8_t value[PROOF_ROW_BYTES_MAX];
	uint8_t extra[PROOF_EXTRA_BYTES_MAX];
};

static enum assay_rows_result
row_read(struct composing *k, const struct row_key *key, struct assay_bytes *value)
{
	const struct assay_rows *rows = &k->request->rows;
	size_t len = 0;
	const enum assay_rows_result result = rows->get(rows->context, bytes_of(key->bytes, key->len), k->value,
	    sizeof(k->value), &len);

	*value = bytes_of(k->value, result == ASSAY_ROWS_FOUND ? len : 0);
	k->failed = k->failed || result == ASSAY_ROWS_FAILED;
	return result;
}

/* Show this row, or that there is none. */
static void
want(struct composing *k, struct row_key key)
{
	struct assay_bytes value;
	struct wanted wanted = { .key = key };
	size_t at = k->count;

	if (k->count == PROOF_ROWS_MAX || k->failed) {
		k->failed = true;
		return;
	}
	crypto_sha256(k->crypto, wanted.hashed.bytes, bytes_of(key.bytes, key.len));
	for (size_t i = 0; i < k->count; i++) {
		if (hash_equal(&k->wanted[i].hashed, &wanted.hashed)) {
			return;
		}
	}
	/* What the reader will know of it. */
	if (row_read(k, &key, &value) == ASSAY_ROWS_FAILED || !proof_shown_take(&k->shown,
	    bytes_of(key.bytes, key.len), value.len != 0 ? &value : NULL)) {
		k->failed = true;
		return;
	}
	while (at > 0 && memcmp(k->wanted[at - 1].hashed.bytes, wanted.hashed.bytes, HASH_BYTES) > 0) {
		k->wanted[at] = k->wanted[at - 1];
		at--;
	}
	k->wanted[at] = wanted;
	k->count++;
}

static void
want_parameter(struct composing *k, enum parameter_id id)
{
	want(k, key_u16(key_start(TABLE_PARAMETER), (uint16_t)id));
}

static struct row_key
deny_key(enum deny_kind kind, struct assay_bytes value)
{
	return key_bytes(key_u8(key_start(TABLE_DENY), (uint8_t)kind), value);
}

/* All rows of the deny list: together with their number that is proof that there are no others. */
static void
want_deny_list(struct composing *k)
{
	const struct assay_rows *rows = &k->request->rows;
	struct row_key key = key_start(TABLE_DENY);
	size_t key_len = key.len;
	size_t len;

	/* No more than there are: behind them stand rows of any length. */
	for (uint32_t left = k->shown.meta.denied; left != 0 && !k->failed; left--) {
		const struct row_key after = key;

		if (rows->next(rows->context, bytes_of(after.bytes, after.len), key.bytes, &key_len, k->value,
		    sizeof(k->value), &len) != ASSAY_ROWS_FOUND || key.bytes[0] != TABLE_DENY) {
			k->failed = true;
			return;
		}
		key.len = (uint8_t)key_len;
		want(k, key);
	}
}

static void
want_not_denied(struct composing *k)
{
	const struct worker *worker = &k->shown.worker;

	want(k, deny_key(DENY_PLATFORM, ARRAY_BYTES(worker->platform)));
	want(k, deny_key(DENY_FMSPC, ARRAY_BYTES(worker->fmspc)));
	want(k, deny_key(DENY_STATUS, bytes_of(&worker->status, 1)));
	want(k, deny_key(DENY_PROGRAM, ARRAY_BYTES(worker->program)));
	want(k, deny_key(DENY_SIGNER, ARRAY_BYTES(k->shown.program.signer)));
}

/* The rows that the worker's own has followed, or has yet to follow. */
static void
want_causes(struct composing *k)
{
	want_parameter(k, PARAMETER_FLOOR_TIER);
	want(k, key_of_32(TABLE_PROGRAM, k->shown.worker.program));
	if (k->shown.has_program && !k->failed) {
		want(k, key_of_32(TABLE_SIGNER, k->shown.program.signer));
	}
	if (k->shown.meta.denied == 0 || k->failed) {
		return;
	}
	if (k->shown.meta.denied <= PROOF_DENIES_MAX / 2 && !proof_shown_followed(&k->shown)) {
		want_deny_list(k);
	} else {
		want_not_denied(k);
	}
}

static void
want_all(struct composing *k)
{
	const struct row_key epoch = key_u16(key_start(TABLE_PARAMETER), PARAMETER_EPOCH_BLOCKS);
	struct assay_bytes head = bytes_of(k->request->worker, 4);
	struct assay_bytes value;
	struct parameter blocks = { 0 };

	if (row_read(k, &epoch, &value) != ASSAY_ROWS_FOUND ||
	    !record_decode(table_record(TABLE_PARAMETER), &blocks, value) || blocks.value == 0) {
		k->failed = true;
		return;
	}
	memcpy(k->shown.subject, k->request->worker, sizeof(k->shown.subject));
	want(k, key_bytes(key_u16(key_start(TABLE_WORKER), (uint16_t)(key_take(&head, 4) % blocks.value)),
	    ARRAY_BYTES(k->request->worker)));
	if (!k->shown.has_worker) {
		want_parameter(k, PARAMETER_EPOCH_BLOCKS);
		return;
	}
	want(k, key_start(TABLE_META));
	if (k->shown.worker.state != WORKER_ONLINE) {
		return;
	}
	want_parameter(k, PARAMETER_EVIDENCE_AGE);
	want_parameter(k, PARAMETER_STAKE_LEAST);
	/* In date by the vendor's own word, nobody asks by how much that may be stretched. */
	if (k->shown.worker.valid_until_s <= k->shown.meta.time_ms / 1000) {
		want_parameter(k, PARAMETER_VENDOR_STRETCH);
	}
	want(k, key_start(TABLE_SWEEP));
	if (k->request->whole || !proof_shown_followed(&k->shown)) {
		want_causes(k);
	}
}

static void
row_write(struct composing *k, const struct wanted *wanted)
{
	const struct assay_bytes key = bytes_of(wanted->key.bytes, wanted->key.len);
	struct assay_bytes value;
	const bool present = row_read(k, &wanted->key, &value) == ASSAY_ROWS_FOUND;

	sink_number(&k->sink, present, 1);
	sink_number(&k->sink, key.len, 1);
	sink_put(&k->sink, key);
	if (present) {
		struct proof_sink measure = { NULL, 0, 0 };

		sink_packed(&measure, value);
		sink_number(&k->sink, measure.len, 2);
		sink_packed(&k->sink, value);
	}
	if (!k->request->prove(k->request->context, &k->proof, key) || k->proof.present != present ||
	    !proof_path_write(&k->sink, &k->tops, &k->proof, &wanted->hashed)) {
		k->failed = true;
	}
}

/* The header and the extra line, then the proof of the commit entry without its own header. */
static size_t
file_write(char *out, size_t size, struct composing *k, uint64_t index)
{
	static const char head[] = "c2sp.org/tlog-proof@v1\n";
	const size_t room = (k->sink.len + 2) / 3 * 4;
	const struct proof_text text = { index, k->request->inclusion, k->request->checkpoint };
	struct text t = { out, size, 0 };

	text_puts(&t, head);
	text_puts(&t, "extra ");
	if (t.len + room + 1 > size) {
		return 0;
	}
	t.len += base64_encode(out + t.len, bytes_of(k->extra, k->sink.len));
	text_puts(&t, "\n");

	const size_t len = proof_text_format(out + t.len, size - t.len, &text);
	const size_t skip = sizeof(head) - 1;

	if (len == 0) {
		return 0;
	}
	memmove(out + t.len, out + t.len + skip, len - skip);
	return t.len + len - skip;
}

size_t
proof_compose(char *out, size_t size, const struct proof_request *request, const struct assay_crypto *crypto)
{
	struct cursor c = cursor_over(request->commit);
	struct entry_commit commit;
	struct composing k;

	memset(&k, 0, sizeof(k));
	k.request = request;
	k.crypto = crypto;
	k.sink = (struct proof_sink){ k.extra, sizeof(k.extra), 0 };
	proof_tops_start(&k.tops, crypto);
	if (cursor_u8(&c) != ENTRY_COMMIT) {
		return 0;
	}
	record_read(&entry_commit_record, &commit, &c);
	if (!cursor_done(&c)) {
		return 0;
	}
	want_all(&k);
	sink_put(&k.sink, bytes_of(proof_magic, sizeof(proof_magic)));
	sink_put(&k.sink, ARRAY_BYTES(request->worker));
	sink_number(&k.sink, request->commit.len, 2);
	sink_put(&k.sink, request->commit);
	sink_number(&k.sink, k.count, 1);
	for (size_t i = 0; i < k.count && !k.failed; i++) {
		row_write(&k, &k.wanted[i]);
	}
	if (k.failed || k.sink.len > k.sink.size) {
		return 0;
	}
	const size_t len = file_write(out, size, &k, commit.last);

	return len <= ASSAY_WORKER_PROOF_BYTES_MAX ? len : 0;
}
