/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of the block that is open. */
#include <stdlib.h>

#include "store/pending.h"

bool
bundle_append(uint8_t **bytes, size_t *len, size_t *size, struct assay_bytes entry)
{
	assert(entry.len <= ENTRY_BYTES_MAX);
	if (*size - *len < entry.len + 2) {
		const size_t larger = *size * 2 + entry.len + 2;
		uint8_t *grown = realloc(*bytes, larger);

		if (grown == NULL) {
			return false;
		}
		*bytes = grown;
		*size = larger;
	}
	(*bytes)[*len] = (uint8_t)(entry.len >> 8);
	(*bytes)[*len + 1] = (uint8_t)entry.len;
	bytes_copy(*bytes + *len + 2, entry, entry.len);
	*len += entry.len + 2;
	return true;
}

void
pending_begin(struct pending *pending, const struct frontier *frontier)
{
	pending->frontier = *frontier;
	pending->count = 0;
	pending->len = 0;
	pending->failed = false;
}

bool
pending_append(struct pending *pending, const struct assay_crypto *crypto, uint64_t index,
    struct assay_bytes entry)
{
	if (pending->count == pending->leaves_size) {
		const size_t size = pending->leaves_size * 2 + 64;
		struct hash *leaves = realloc(pending->leaves, size * sizeof(*leaves));

		if (leaves == NULL) {
			pending->failed = true;
			return false;
		}
		pending->leaves = leaves;
		pending->leaves_size = size;
	}
	if (index != pending->frontier.size || index > INT64_MAX - 1 || entry.len > ENTRY_BYTES_MAX ||
	    !bundle_append(&pending->bytes, &pending->len, &pending->bytes_size, entry)) {
		pending->failed = true;
		return false;
	}
	merkle_leaf(crypto, &pending->leaves[pending->count], entry);
	frontier_append(&pending->frontier, crypto, &pending->leaves[pending->count]);
	pending->count++;
	return true;
}

void
pending_free(struct pending *pending)
{
	free(pending->leaves);
	free(pending->bytes);
	memset(pending, 0, sizeof(*pending));
}
