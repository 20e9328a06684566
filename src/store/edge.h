/* SPDX-License-Identifier: Apache-2.0 */
/* The right edge of the log's tiles: those that are not full yet. */
#ifndef STORE_EDGE_H
#define STORE_EDGE_H

#include "log/tile.h"

#define EDGE_LEVELS 8

struct edge {
	uint64_t size;		/* leaves */
	struct hash tiles[EDGE_LEVELS][TILE_WIDTH];
};

/* How many hashes the tile at the edge of a level has; 0 to 255. */
static inline unsigned
edge_width(uint64_t size, unsigned level)
{
	return (unsigned)(size >> (8 * level) & (TILE_WIDTH - 1));
}

/* A tile that has become full leaves through write; false where that fails. */
bool edge_append(struct edge *edge, const struct assay_crypto *crypto, const struct hash *leaf, void *context,
    bool (*write)(void *context, const struct tile *tile, const struct hash *hashes));

#endif
