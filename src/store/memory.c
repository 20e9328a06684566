/* SPDX-License-Identifier: Apache-2.0 */
/* A register's store in memory. */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "store/memory.h"
#include "store/overlay.h"
#include "store/pending.h"

struct memory {
	const struct assay_crypto *crypto;
	struct sorted rows;
	struct overlay overlay;
	struct pending pending;
	struct frontier frontier;
	bool in_block;
	bool keep_entries;
	uint8_t *entries;		/* as in a bundle */
	size_t entries_len, entries_size;
	size_t *offsets;		/* of each entry in it */
	size_t offsets_count, offsets_size;
};

/* ---- rows, below a block ---------------------------------------------- */

static enum assay_rows_result
row_out(const struct sorted_row *row, uint8_t *out, size_t size, size_t *len)
{
	if (row == NULL) {
		return ASSAY_ROWS_ABSENT;
	}
	if (row->value_len > size) {
		return ASSAY_ROWS_FAILED;
	}
	bytes_copy(out, row_value(row), row->value_len);
	*len = row->value_len;
	return ASSAY_ROWS_FOUND;
}

static enum assay_rows_result
rows_get(void *context, struct assay_bytes key, uint8_t *out, size_t size, size_t *len)
{
	const struct memory *memory = context;

	return row_out(sorted_find(&memory->rows, key), out, size, len);
}

static enum assay_rows_result
rows_next(void *context, struct assay_bytes after, uint8_t *key, size_t *key_len, uint8_t *out, size_t size,
    size_t *len)
{
	const struct memory *memory = context;
	const struct sorted_row *row = sorted_after(&memory->rows, after);
	const enum assay_rows_result result = row_out(row, out, size, len);

	if (result == ASSAY_ROWS_FOUND) {
		bytes_copy(key, row_key(row), row->key_len);
		*key_len = row->key_len;
	}
	return result;
}

/* ---- the whole -------------------------------------------------------- */

struct memory *
memory_new(const struct assay_crypto *crypto, bool keep_entries)
{
	struct memory *memory = calloc(1, sizeof(*memory));
	struct buckets *buckets = buckets_new(crypto, 2);

	if (memory == NULL || buckets == NULL) {
		buckets_free(buckets);
		free(memory);
		return NULL;
	}
	const struct assay_rows below = { .context = memory, .get = rows_get, .next = rows_next };

	memory->crypto = crypto;
	memory->keep_entries = keep_entries;
	overlay_init(&memory->overlay, crypto, &below, buckets);
	return memory;
}

void
memory_free(struct memory *memory)
{
	if (memory == NULL) {
		return;
	}
	sorted_clear(&memory->rows);
	sorted_clear(&memory->overlay.puts);
	sorted_clear(&memory->overlay.removed);
	buckets_free(memory->overlay.buckets);
	pending_free(&memory->pending);
	free(memory->entries);
	free(memory->offsets);
	free(memory);
}

struct assay_rows
memory_rows(struct memory *memory)
{
	return overlay_rows(&memory->overlay);
}

static bool
entries_append(void *context, uint64_t index, struct assay_bytes entry)
{
	struct memory *memory = context;

	return memory->in_block && pending_append(&memory->pending, memory->crypto, index, entry);
}

struct assay_entries
memory_entries(struct memory *memory)
{
	return (struct assay_entries){ memory, entries_append };
}

void
memory_log(const struct memory *memory, uint64_t *size, struct hash *root)
{
	const struct frontier *frontier = memory->in_block ? &memory->pending.frontier : &memory->frontier;

	*size = frontier->size;
	frontier_root(frontier, memory->crypto, root);
}

bool
memory_prove_row(struct memory *memory, struct state_proof *proof, struct assay_bytes key)
{
	struct hash digest;

	if (!overlay_settle(&memory->overlay)) {
		return false;
	}
	crypto_sha256(memory->crypto, digest.bytes, key);
	buckets_prove(memory->overlay.buckets, proof, &digest);
	return true;
}

bool
memory_entry(const struct memory *memory, uint64_t index, struct assay_bytes *entry)
{
	bool bad;

	if (index >= memory->offsets_count) {
		return false;
	}
	struct assay_bytes bundle = bytes_of(memory->entries, memory->entries_len);

	bundle = bytes_slice(bundle, memory->offsets[index], bundle.len - memory->offsets[index]);
	return bundle_next(&bundle, entry, &bad);
}

/* ---- blocks ----------------------------------------------------------- */

void
memory_begin_block(struct memory *memory)
{
	assert(!memory->in_block);
	memory->in_block = true;
	overlay_begin(&memory->overlay);
	pending_begin(&memory->pending, &memory->frontier);
}

void
memory_abort_block(struct memory *memory)
{
	assert(memory->in_block);
	overlay_drop(&memory->overlay);
	memory->in_block = false;
}

static bool
write_row(void *context, struct assay_bytes key, const struct assay_bytes *value)
{
	struct memory *memory = context;

	if (value == NULL) {
		sorted_remove(&memory->rows, key);
		return true;
	}
	return sorted_put(&memory->rows, key, *value) != NULL;
}

static bool
keep_entry(struct memory *memory, struct assay_bytes entry)
{
	if (memory->offsets_count == memory->offsets_size) {
		const size_t size = memory->offsets_size * 2 + 64;
		size_t *offsets = realloc(memory->offsets, size * sizeof(*offsets));

		if (offsets == NULL) {
			return false;
		}
		memory->offsets = offsets;
		memory->offsets_size = size;
	}
	memory->offsets[memory->offsets_count] = memory->entries_len;
	if (!bundle_append(&memory->entries, &memory->entries_len, &memory->entries_size, entry)) {
		return false;
	}
	memory->offsets_count++;
	return true;
}

static bool
keep_entries(struct memory *memory)
{
	struct assay_bytes bundle = bytes_of(memory->pending.bytes, memory->pending.len);
	const size_t count = memory->offsets_count;
	const size_t len = memory->entries_len;
	struct assay_bytes entry;
	bool bad;

	while (memory->keep_entries && bundle_next(&bundle, &entry, &bad)) {
		if (!keep_entry(memory, entry)) {
			memory->offsets_count = count;
			memory->entries_len = len;
			return false;
		}
	}
	return true;
}

bool
memory_commit_block(struct memory *memory)
{
	assert(memory->in_block);
	if (!overlay_settle(&memory->overlay) || memory->overlay.failed || memory->pending.failed ||
	    !keep_entries(memory)) {
		memory_abort_block(memory);
		return false;
	}
	/* Rows that are only half written are no store any more: there is nothing to go back to. */
	if (!overlay_write(&memory->overlay, memory, write_row)) {
		abort();
	}
	overlay_keep(&memory->overlay);
	memory->frontier = memory->pending.frontier;
	memory->in_block = false;
	return true;
}
