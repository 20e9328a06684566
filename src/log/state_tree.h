/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The authenticated state: a tree over all rows of the register.
 *
 * A row's key is SHA-256(table | primary key).  Its first bits pick a bucket;
 * the rows of a bucket, sorted by key, are the leaves of an RFC 6962 tree; the
 * buckets are the leaves of a perfect tree on top.  A leaf is written as an
 * engine's key-value proof has it, so that stock clients can check presence:
 * 00 | length of key | key | 20 | SHA-256(value).
 *
 * A proof says that a row has this value, or that there is no such row.
 */
#ifndef LOG_STATE_TREE_H
#define LOG_STATE_TREE_H

#include "log/merkle.h"

#define STATE_DEPTH_MAX 20		/* 16 million rows */
#define STATE_DEPTH 16			/* the register's own: 65,536 buckets */

/* Nodes of the tree on top: node 1 is the root, node i has children 2i and 2i + 1. */
struct state_tree {
	unsigned depth;
	struct hash *nodes;		/* the caller's, STATE_NODES(depth) of them */
};

#define STATE_NODES(depth) ((size_t)2 << (depth))

/* A row as the tree sees it. */
struct state_leaf {
	struct hash key;		/* SHA-256(table | primary key) */
	struct hash value;		/* SHA-256(canonical row) */
};

/* All buckets empty. */
void state_tree_init(struct state_tree *tree, const struct assay_crypto *crypto);

void state_key(const struct assay_crypto *crypto, struct hash *key, uint8_t table,
    struct assay_bytes primary_key);
uint32_t state_bucket(const struct hash *key, unsigned depth);

/* The root of a bucket's leaves, which are sorted by key, no two equal. */
void state_bucket_root(const struct assay_crypto *crypto, struct hash *out,
    const struct state_leaf *leaves, size_t count);

/* Put a bucket's new root in; costs depth hashes. */
void state_tree_set(struct state_tree *tree, const struct assay_crypto *crypto, uint32_t bucket,
    const struct hash *bucket_root);

/*
 * The same in two steps, for many buckets at once: put the roots in, then
 * renew the nodes above them, up to and including top, which is on their way
 * to the root: those of one bucket, or all of them.  What lies under different
 * nodes may be done by different threads.
 */
void state_tree_put(struct state_tree *tree, const struct assay_crypto *crypto, uint32_t bucket,
    const struct hash *bucket_root);
void state_tree_climb(struct state_tree *tree, const struct assay_crypto *crypto, uint32_t bucket,
    size_t top);
void state_tree_fill(struct state_tree *tree, const struct assay_crypto *crypto, size_t top);

static inline const struct hash *
state_tree_root(const struct state_tree *tree)
{
	return &tree->nodes[1];
}

/* One leaf and its way to the bucket's root. */
struct state_path {
	struct state_leaf leaf;
	uint64_t index;
	struct proof proof;
};

/*
 * Presence: one path, whose leaf has the key.  Absence: no path where the
 * bucket is empty; else the paths of the neighbours, before and after, of
 * which one is missing at the bucket's edge.
 */
struct state_proof {
	unsigned depth;
	uint64_t bucket_size;
	bool present;
	bool has_before;	/* presence: the row itself */
	bool has_after;
	struct state_path before;
	struct state_path after;
	struct hash top[STATE_DEPTH_MAX];	/* siblings from the bucket upward */
};

/* Prove the key from the leaves of its bucket, sorted. */
void state_prove(struct state_proof *proof, const struct state_tree *tree,
    const struct assay_crypto *crypto, const struct hash *key, const struct state_leaf *leaves,
    size_t count);

/* Does the row with this key have the value with this digest, under this root? */
bool state_verify_presence(const struct state_proof *proof, const struct assay_crypto *crypto,
    unsigned depth, const struct hash *root, const struct hash *key, const struct hash *value);
/* Is there no row with this key, under this root? */
bool state_verify_absence(const struct state_proof *proof, const struct assay_crypto *crypto,
    unsigned depth, const struct hash *root, const struct hash *key);

#endif
