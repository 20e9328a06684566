/* SPDX-License-Identifier: Apache-2.0 */
/* The right edge of the log's tiles. */
#include "store/edge.h"

static void
tile_root(const struct assay_crypto *crypto, struct hash *out, const struct hash *hashes)
{
	struct frontier frontier;

	frontier.size = 0;
	for (unsigned i = 0; i < TILE_WIDTH; i++) {
		frontier_append(&frontier, crypto, &hashes[i]);
	}
	frontier_root(&frontier, crypto, out);
}

bool
edge_append(struct edge *edge, const struct assay_crypto *crypto, const struct hash *leaf, void *context,
    bool (*write)(void *context, const struct tile *tile, const struct hash *hashes))
{
	struct hash carry = *leaf;

	for (unsigned level = 0; level < EDGE_LEVELS; level++) {
		const uint64_t index = edge->size >> (8 * level);
		const unsigned at = (unsigned)(index % TILE_WIDTH);
		const struct tile tile = { level, index / TILE_WIDTH, TILE_WIDTH };

		edge->tiles[level][at] = carry;
		if (at != TILE_WIDTH - 1) {
			break;
		}
		if (!write(context, &tile, edge->tiles[level])) {
			return false;
		}
		tile_root(crypto, &carry, edge->tiles[level]);
	}
	edge->size++;
	return true;
}
