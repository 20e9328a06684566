/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merkle trees over entries (RFC 6962 section 2.1, SHA-256): the tree of a
 * transparency log.  A leaf is SHA-256(00 | entry), a node is
 * SHA-256(01 | left | right), the empty tree is SHA-256("").
 */
#ifndef LOG_MERKLE_H
#define LOG_MERKLE_H

#include "base/bytes.h"

#define HASH_BYTES 32

/* A proof has at most one hash a level, and a consistency proof one more. */
#define PROOF_HASHES_MAX 65

struct hash {
	uint8_t bytes[HASH_BYTES];
};

struct proof {
	uint32_t count;
	struct hash hashes[PROOF_HASHES_MAX];
};

/*
 * The right edge of a growing tree: all that appending needs.  hashes[k] is
 * the root of a complete subtree of 2^k leaves where bit k of size is set.
 */
struct frontier {
	uint64_t size;
	struct hash hashes[64];
};

void merkle_leaf(const struct assay_crypto *crypto, struct hash *out, struct assay_bytes entry);
void merkle_node(const struct assay_crypto *crypto, struct hash *out, const struct hash *left,
    const struct hash *right);

static inline bool
hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, HASH_BYTES) == 0;
}

void frontier_append(struct frontier *frontier, const struct assay_crypto *crypto, const struct hash *leaf);
void frontier_root(const struct frontier *frontier, const struct assay_crypto *crypto, struct hash *out);

/* Is leaf the entry at index of the tree of that size and root? */
bool inclusion_verify(const struct assay_crypto *crypto, const struct proof *proof, const struct hash *leaf,
    uint64_t index, uint64_t size, const struct hash *root);

/* Is the old tree a prefix of the new one? */
bool consistency_verify(const struct assay_crypto *crypto, const struct proof *proof, uint64_t old_size,
    const struct hash *old_root, uint64_t new_size, const struct hash *new_root);

/*
 * Where the hashes of a stored tree come from: the root of the complete
 * subtree of 2^level leaves that begins at leaf index * 2^level.  False where
 * it cannot be had; then what was asked for fails.
 */
struct hash_source {
	void *context;
	bool (*subtree)(void *context, unsigned level, uint64_t index, struct hash *out);
};

/* The root of the leaves first to end - 1; first < end, or both 0. */
bool merkle_root(const struct hash_source *source, const struct assay_crypto *crypto, uint64_t first,
    uint64_t end, struct hash *out);

/* index < size. */
bool inclusion_prove(struct proof *proof, const struct hash_source *source,
    const struct assay_crypto *crypto, uint64_t index, uint64_t size);
/* old_size <= new_size. */
bool consistency_prove(struct proof *proof, const struct hash_source *source,
    const struct assay_crypto *crypto, uint64_t old_size, uint64_t new_size);

#endif
