/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log as static files (C2SP tlog-tiles, version 1): tiles of 256 hashes,
 * bundles of 256 entries, a path for each.
 */
#ifndef LOG_TILE_H
#define LOG_TILE_H

#include "log/merkle.h"

#define TILE_WIDTH 256
#define TILE_BYTES_MAX ((size_t)TILE_WIDTH * HASH_BYTES)
#define TILE_LEVEL_ENTRIES 255		/* bundles of entries, not hashes */
#define TILE_PATH_BYTES 80
#define ENTRY_BYTES_MAX 65535		/* a bundle's length has 16 bits */
#define BUNDLE_BYTES_MAX ((size_t)TILE_WIDTH * (ENTRY_BYTES_MAX + 2))

/* A tile: level (0 to 7, or TILE_LEVEL_ENTRIES), number, and how many hashes
 * or entries it has; 256 is a full one. */
struct tile {
	unsigned level;
	uint64_t number;
	unsigned width;
};

/* "tile/0/x001/x234/067", partial ones with ".p/W".  Writes a zero. */
void tile_path(char out[static TILE_PATH_BYTES], const struct tile *tile);
/* Exactly what tile_path can write. */
bool tile_parse_path(struct tile *tile, struct assay_bytes path);

/* The tile of a level that has this hash (level 0: this entry) in a log of that size; width 0: none. */
struct tile tile_at(unsigned level, uint64_t index, uint64_t size);

/*
 * A source of hashes for proofs, over tiles: read gives a tile's bytes, which
 * are width * 32, or fails.
 */
struct tile_reader {
	void *context;
	bool (*read)(void *context, const struct tile *tile, uint8_t *out);
	const struct assay_crypto *crypto;
	uint64_t size;			/* of the tree */
	uint8_t bytes[TILE_BYTES_MAX];	/* the tile read last */
	struct tile last;		/* width 0: none */
};
struct hash_source tile_source(struct tile_reader *reader);

/* Entries in a bundle, one after another: a length of 16 bits, big endian, then
 * the entry.  Returns the entry and moves on; false at the end or where the
 * bundle is malformed (then *bad). */
bool bundle_next(struct assay_bytes *bundle, struct assay_bytes *entry, bool *bad);

#endif
