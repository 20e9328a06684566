/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of a store share, and nobody else sees. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include "crypto/crypto.h"
#include "store/database.h"
#include "store/edge.h"
#include "store/overlay.h"
#include "store/pending.h"

struct store {
	const struct assay_crypto *crypto;
	const struct disk *disk;
	const char *vfs;
	enum store_mode mode;
	char path[DISK_PATH_BYTES];	/* of the database */
	int lock;			/* -1: none */
	struct database database;
	struct store_head head;
	struct buckets *buckets;
	struct overlay overlay;
	struct edge edge;
	struct frontier frontier;
	struct pending pending;
	bool in_block;
	bool uncertain;			/* a commit failed in a way that only opening again can judge */
	struct store_error damage;
	struct store_error failure;
};

/* Fill the tree in from all rows.  False: they cannot be read, or there is no memory. */
bool store_load(struct store *store, unsigned threads, struct store_error *error);

/* The right edge and the frontier of the committed log, from its tiles. */
bool log_edge_load(struct store *store, struct store_error *error);
/* The hashes of a tile as it is stored, at least width of them; false also where there are fewer. */
bool log_tile_read(struct store *store, const struct tile *tile, uint8_t *out);

#endif
