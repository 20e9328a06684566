/* SPDX-License-Identifier: Apache-2.0 */
/* The changes of one block over rows that are kept somewhere. */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "store/overlay.h"

static enum assay_rows_result
copy_out(struct assay_bytes value, uint8_t *out, size_t size, size_t *len)
{
	if (value.len > size) {
		return ASSAY_ROWS_FAILED;
	}
	bytes_copy(out, value, value.len);
	*len = value.len;
	return ASSAY_ROWS_FOUND;
}

/* ---- the port --------------------------------------------------------- */

static bool
lost(struct overlay *overlay)
{
	overlay->failed |= overlay->open;
	return false;
}

/* A block that did not see what is there must not be kept, whatever its maker thinks. */
static enum assay_rows_result
seen(struct overlay *overlay, enum assay_rows_result result)
{
	if (result == ASSAY_ROWS_FAILED) {
		lost(overlay);
	}
	return result;
}

static enum assay_rows_result
overlay_get(void *context, struct assay_bytes key, uint8_t *out, size_t size, size_t *len)
{
	struct overlay *overlay = context;
	const struct sorted_row *row = sorted_find(&overlay->puts, key);

	if (row != NULL) {
		return seen(overlay, copy_out(row_value(row), out, size, len));
	}
	if (sorted_find(&overlay->removed, key) != NULL) {
		return ASSAY_ROWS_ABSENT;
	}
	return seen(overlay, overlay->below.get(overlay->below.context, key, out, size, len));
}

static bool
overlay_put(void *context, struct assay_bytes key, struct assay_bytes value)
{
	struct overlay *overlay = context;

	if (!overlay->open || key.len == 0 || key.len > ASSAY_ROW_KEY_BYTES_MAX ||
	    value.len > ASSAY_ROW_BYTES_MAX) {
		return lost(overlay);
	}
	struct sorted_row *row = sorted_put(&overlay->puts, key, value);

	if (row == NULL) {
		return lost(overlay);
	}
	row->hashed = false;
	return true;
}

static bool
overlay_remove(void *context, struct assay_bytes key)
{
	struct overlay *overlay = context;
	size_t len;

	if (!overlay->open ||
	    overlay_get(overlay, key, overlay->scratch, sizeof(overlay->scratch), &len) != ASSAY_ROWS_FOUND) {
		return lost(overlay);
	}
	struct sorted_row *row = sorted_find(&overlay->removed, key);

	if (row == NULL) {
		row = sorted_put(&overlay->removed, key, key);
	}
	if (row == NULL) {
		return lost(overlay);
	}
	row->hashed = false;
	sorted_remove(&overlay->puts, key);
	return true;
}

/* The next row below that this block did not remove, in key and out. */
static enum assay_rows_result
next_below(struct overlay *overlay, struct assay_bytes after, uint8_t *key, size_t *key_len, uint8_t *out,
    size_t size, size_t *len)
{
	struct sorted_row *run = NULL;
	struct sorted_row *row = NULL;

	for (;;) {
		const enum assay_rows_result result = overlay->below.next(overlay->below.context, after, key,
		    key_len, out, size, len);

		if (result == ASSAY_ROWS_FOUND) {
			row = sorted_find(&overlay->removed, bytes_of(key, *key_len));
		}
		if (result != ASSAY_ROWS_FOUND || row == NULL) {
			/* after is the last key of the run that began at the first one met. */
			if (run != NULL && key_compare(after, row_value(run)) > 0 &&
			    sorted_put(&overlay->removed, row_key(run), after) == NULL) {
				return ASSAY_ROWS_FAILED;
			}
			return result;
		}
		run = run == NULL ? row : run;
		after = row_value(row);
	}
}

static enum assay_rows_result
overlay_next(void *context, struct assay_bytes after, uint8_t *key, size_t *key_len, uint8_t *out, size_t size,
    size_t *len)
{
	struct overlay *overlay = context;
	const struct sorted_row *row = sorted_after(&overlay->puts, after);
	const enum assay_rows_result below = next_below(overlay, after, key, key_len, out, size, len);

	if (row == NULL || below == ASSAY_ROWS_FAILED ||
	    (below == ASSAY_ROWS_FOUND && key_compare(row_key(row), bytes_of(key, *key_len)) > 0)) {
		return seen(overlay, below);
	}
	bytes_copy(key, row_key(row), row->key_len);
	*key_len = row->key_len;
	return seen(overlay, copy_out(row_value(row), out, size, len));
}

static bool
overlay_root(void *context, uint8_t root[ASSAY_AT_LEAST(32)])
{
	struct overlay *overlay = context;

	if (overlay->failed || overlay->buckets == NULL || !overlay_settle(overlay)) {
		return lost(overlay);
	}
	memcpy(root, buckets_root(overlay->buckets)->bytes, HASH_BYTES);
	return true;
}

void
overlay_init(struct overlay *overlay, const struct assay_crypto *crypto, const struct assay_rows *below,
    struct buckets *buckets)
{
	memset(overlay, 0, sizeof(*overlay));
	overlay->crypto = crypto;
	overlay->below = *below;
	overlay->buckets = buckets;
}

struct assay_rows
overlay_rows(struct overlay *overlay)
{
	return (struct assay_rows){ overlay, overlay_get, overlay_put, overlay_remove, overlay_next,
		overlay_root };
}

void
overlay_begin(struct overlay *overlay)
{
	overlay->open = true;
	overlay->failed = false;
}

/* ---- the tree --------------------------------------------------------- */

/* The rows of one side that the tree has not seen yet. */
static size_t
collect(const struct overlay *overlay, const struct sorted *sorted, bool present, struct bucket_change *changes)
{
	size_t count = 0;

	for (struct sorted_row *row = sorted_after(sorted, bytes_of(NULL, 0)); row != NULL;
	    row = sorted_after(sorted, row_key(row))) {
		struct bucket_change *change = &changes[count];

		if (row->hashed) {
			continue;
		}
		change->present = present;
		crypto_sha256(overlay->crypto, change->key.bytes, row_key(row));
		if (present) {
			crypto_sha256(overlay->crypto, change->value.bytes, row_value(row));
		}
		row->hashed = true;
		count++;
	}
	return count;
}

bool
overlay_settle(struct overlay *overlay)
{
	const size_t most = overlay->puts.count + overlay->removed.count;

	if (overlay->buckets == NULL || most == 0) {
		return true;
	}
	struct bucket_change *changes = calloc(most, sizeof(*changes));

	if (changes == NULL) {
		return false;
	}
	/* A row that was removed and put again is in both: it ends as it was put. */
	size_t count = collect(overlay, &overlay->removed, false, changes);

	count += collect(overlay, &overlay->puts, true, changes + count);
	const bool applied = buckets_apply(overlay->buckets, changes, count);

	free(changes);
	overlay->failed |= !applied;
	return applied;
}

/* ---- the end of a block ----------------------------------------------- */

bool
overlay_write(const struct overlay *overlay, void *context,
    bool (*write)(void *context, struct assay_bytes key, const struct assay_bytes *value))
{
	const struct sorted_row *put = sorted_after(&overlay->puts, bytes_of(NULL, 0));
	const struct sorted_row *gone = sorted_after(&overlay->removed, bytes_of(NULL, 0));

	/* One walk over both, because neighbours in a table are neighbours on the disk. */
	while (put != NULL || gone != NULL) {
		if (put == NULL || (gone != NULL && key_compare(row_key(gone), row_key(put)) < 0)) {
			if (!write(context, row_key(gone), NULL)) {
				return false;
			}
			gone = sorted_after(&overlay->removed, row_key(gone));
			continue;
		}
		const struct assay_bytes value = row_value(put);

		if (!write(context, row_key(put), &value)) {
			return false;
		}
		if (gone != NULL && key_compare(row_key(gone), row_key(put)) == 0) {
			gone = sorted_after(&overlay->removed, row_key(gone));
		}
		put = sorted_after(&overlay->puts, row_key(put));
	}
	return true;
}

static void
forget(struct overlay *overlay)
{
	sorted_clear(&overlay->puts);
	sorted_clear(&overlay->removed);
	overlay->open = false;
	overlay->failed = false;
}

void
overlay_keep(struct overlay *overlay)
{
	if (overlay->buckets != NULL) {
		buckets_keep(overlay->buckets);
	}
	forget(overlay);
}

void
overlay_drop(struct overlay *overlay)
{
	if (overlay->buckets != NULL) {
		buckets_undo(overlay->buckets);
	}
	forget(overlay);
}
