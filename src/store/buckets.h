/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state tree over all rows (log/state_tree.h), in memory: 65,536 buckets of
 * sorted leaves and the nodes above them.  Changes are written down until they
 * are kept, so that a block can be taken back.  Some 80 bytes a row.
 */
#ifndef STORE_BUCKETS_H
#define STORE_BUCKETS_H

#include "log/state_tree.h"

struct buckets;

struct bucket_change {
	struct hash key;	/* SHA-256 of the row's key */
	struct hash value;	/* SHA-256 of its value, where present */
	bool present;
};

/* NULL where there is no memory.  At most two threads are of use. */
struct buckets *buckets_new(const struct assay_crypto *crypto, unsigned threads);
void buckets_free(struct buckets *buckets);

/* About so many rows will be loaded: room for them is made at once.  A wrong number does no harm. */
void buckets_expect(struct buckets *buckets, uint64_t rows);
/* A row of a tree that is being loaded; any thread, any order.  False: no memory. */
bool buckets_load(struct buckets *buckets, const struct state_leaf *leaf);
/* All rows are loaded, by all threads: sort and hash.  False where two had one key, or there is no memory. */
bool buckets_loaded(struct buckets *buckets);

/*
 * Changes in order, and the new root.  Removing what is not there changes
 * nothing.  False where there is no memory: then undo.
 */
bool buckets_apply(struct buckets *buckets, const struct bucket_change *changes, size_t count);
/* Keep what was applied since the last time, or take it back. */
void buckets_keep(struct buckets *buckets);
void buckets_undo(struct buckets *buckets);

const struct hash *buckets_root(const struct buckets *buckets);
uint64_t buckets_count(const struct buckets *buckets);
/* Presence or absence of a key under the root as it is. */
void buckets_prove(const struct buckets *buckets, struct state_proof *proof, const struct hash *key);

#endif
