/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of the block that is open: not in the log before it is committed. */
#ifndef STORE_PENDING_H
#define STORE_PENDING_H

#include "log/tile.h"

struct pending {
	struct frontier frontier;	/* of the log with these entries */
	struct hash *leaves;
	size_t count, leaves_size;
	uint8_t *bytes;			/* as in a bundle */
	size_t len, bytes_size;
	bool failed;			/* an entry was lost: the block must not be kept */
};

void pending_begin(struct pending *pending, const struct frontier *frontier);
/* False where index is not the next, the entry is too long, or there is no memory. */
bool pending_append(struct pending *pending, const struct assay_crypto *crypto, uint64_t index,
    struct assay_bytes entry);
void pending_free(struct pending *pending);

/* One more entry in a bundle that grows; false where there is no memory. */
bool bundle_append(uint8_t **bytes, size_t *len, size_t *size, struct assay_bytes entry);

#endif
