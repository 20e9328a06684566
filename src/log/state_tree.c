/* SPDX-License-Identifier: Apache-2.0 */
/* The authenticated state: a tree over all rows of the register. */
#include "crypto/crypto.h"
#include "log/state_tree.h"

/* ---- hashing ---------------------------------------------------------- */

void
state_key(const struct assay_crypto *crypto, struct hash *key, uint8_t table, struct assay_bytes primary_key)
{
	crypto_sha256_2(crypto, key->bytes, bytes_of(&table, 1), primary_key);
}

uint32_t
state_bucket(const struct hash *key, unsigned depth)
{
	const uint32_t head = (uint32_t)key->bytes[0] << 16 | (uint32_t)key->bytes[1] << 8 | key->bytes[2];

	assert(depth <= STATE_DEPTH_MAX);
	return head >> (24 - depth);
}

/* An engine's key-value leaf; key_len is below 128, so its length takes one byte. */
static void
leaf_hash(const struct assay_crypto *crypto, struct hash *out, struct assay_bytes key,
    const struct hash *value)
{
	static const uint8_t tag = 0;
	static const uint8_t value_len = HASH_BYTES;
	const uint8_t key_len = (uint8_t)key.len;
	const struct assay_bytes parts[5] = {
		{ &tag, 1 }, { &key_len, 1 }, key, { &value_len, 1 }, { value->bytes, HASH_BYTES },
	};

	crypto->sha256(crypto->context, out->bytes, parts, 5);
}

static void
row_hash(const struct assay_crypto *crypto, struct hash *out, const struct state_leaf *leaf)
{
	leaf_hash(crypto, out, bytes_of(leaf->key.bytes, HASH_BYTES), &leaf->value);
}

/* A bucket as a leaf of the tree on top: no key of its own, its root as value. */
static void
bucket_hash(const struct assay_crypto *crypto, struct hash *out, const struct hash *bucket_root)
{
	struct hash value;

	crypto_sha256(crypto, value.bytes, bytes_of(bucket_root->bytes, HASH_BYTES));
	leaf_hash(crypto, out, bytes_of(NULL, 0), &value);
}

void
state_bucket_root(const struct assay_crypto *crypto, struct hash *out, const struct state_leaf *leaves,
    size_t count)
{
	struct frontier frontier;

	frontier.size = 0;
	for (size_t i = 0; i < count; i++) {
		struct hash h;

		assert(i == 0 || memcmp(leaves[i - 1].key.bytes, leaves[i].key.bytes, HASH_BYTES) < 0);
		row_hash(crypto, &h, &leaves[i]);
		frontier_append(&frontier, crypto, &h);
	}
	frontier_root(&frontier, crypto, out);
}

/* ---- the tree on top -------------------------------------------------- */

void
state_tree_init(struct state_tree *tree, const struct assay_crypto *crypto)
{
	struct hash level, empty;

	assert(tree->depth >= 1 && tree->depth <= STATE_DEPTH_MAX);
	state_bucket_root(crypto, &empty, NULL, 0);
	bucket_hash(crypto, &level, &empty);
	/* All nodes of a level are equal, so one hash a level is enough. */
	for (unsigned d = tree->depth + 1; d-- > 0;) {
		for (size_t i = (size_t)1 << d; i < (size_t)2 << d; i++) {
			tree->nodes[i] = level;
		}
		merkle_node(crypto, &level, &level, &level);
	}
}

static void
node_renew(struct state_tree *tree, const struct assay_crypto *crypto, size_t i)
{
	merkle_node(crypto, &tree->nodes[i], &tree->nodes[2 * i], &tree->nodes[2 * i + 1]);
}

void
state_tree_put(struct state_tree *tree, const struct assay_crypto *crypto, uint32_t bucket,
    const struct hash *bucket_root)
{
	assert(bucket < (UINT32_C(1) << tree->depth));
	bucket_hash(crypto, &tree->nodes[((size_t)1 << tree->depth) + bucket], bucket_root);
}

void
state_tree_climb(struct state_tree *tree, const struct assay_crypto *crypto, uint32_t bucket, size_t top)
{
	for (size_t i = (((size_t)1 << tree->depth) + bucket) / 2; i >= top && i > 0; i /= 2) {
		node_renew(tree, crypto, i);
	}
}

void
state_tree_fill(struct state_tree *tree, const struct assay_crypto *crypto, size_t top)
{
	const size_t bottom = (size_t)1 << tree->depth;
	size_t level = top;
	size_t width = 1;

	assert(top > 0);
	while (2 * level < bottom) {
		level *= 2;
		width *= 2;
	}
	/* From the level above the buckets upward, each a run of nodes under top. */
	for (; level >= top && level < bottom; level /= 2, width /= 2) {
		for (size_t i = level; i < level + width; i++) {
			node_renew(tree, crypto, i);
		}
	}
}

void
state_tree_set(struct state_tree *tree, const struct assay_crypto *crypto, uint32_t bucket,
    const struct hash *bucket_root)
{
	state_tree_put(tree, crypto, bucket, bucket_root);
	state_tree_climb(tree, crypto, bucket, 1);
}

/* ---- proving ---------------------------------------------------------- */

struct leaves {
	const struct assay_crypto *crypto;
	const struct state_leaf *leaves;
	size_t count;
};

/* The root of a run of leaves, computed anew: a bucket is small. */
static bool
leaves_subtree(void *context, unsigned level, uint64_t index, struct hash *out)
{
	const struct leaves *l = context;

	state_bucket_root(l->crypto, out, l->leaves + (index << level), (size_t)1 << level);
	return true;
}

static void
path_prove(struct state_path *path, struct leaves *l, size_t index)
{
	const struct hash_source source = { l, leaves_subtree };

	path->leaf = l->leaves[index];
	path->index = index;
	inclusion_prove(&path->proof, &source, l->crypto, index, l->count);
}

void
state_prove(struct state_proof *proof, const struct state_tree *tree, const struct assay_crypto *crypto,
    const struct hash *key, const struct state_leaf *leaves, size_t count)
{
	struct leaves l = { crypto, leaves, count };
	size_t at = 0;

	memset(proof, 0, sizeof(*proof));
	proof->depth = tree->depth;
	proof->bucket_size = count;
	while (at < count && memcmp(leaves[at].key.bytes, key->bytes, HASH_BYTES) < 0) {
		at++;
	}
	proof->present = at < count && hash_equal(&leaves[at].key, key);
	if (proof->present) {
		proof->has_before = true;
		path_prove(&proof->before, &l, at);
	} else {
		proof->has_before = at > 0;
		proof->has_after = at < count;
		if (proof->has_before) {
			path_prove(&proof->before, &l, at - 1);
		}
		if (proof->has_after) {
			path_prove(&proof->after, &l, at);
		}
	}
	size_t node = ((size_t)1 << tree->depth) + state_bucket(key, tree->depth);

	for (unsigned d = 0; d < tree->depth; d++) {
		proof->top[d] = tree->nodes[node ^ 1];
		node /= 2;
	}
}

/* ---- checking --------------------------------------------------------- */

/* The bucket's root by one leaf's path: folded here, so that two paths can be held against each other. */
static bool
path_root(const struct state_path *path, const struct assay_crypto *crypto, uint64_t size, struct hash *out)
{
	struct hash leaf, h;

	row_hash(crypto, &leaf, &path->leaf);
	h = leaf;
	if (path->index >= size || path->proof.count > PROOF_HASHES_MAX) {
		return false;
	}
	/* Fold without knowing the root: what comes out is then compared on top. */
	uint64_t fn = path->index;
	uint64_t sn = size - 1;

	for (uint32_t i = 0; i < path->proof.count; i++) {
		if (sn == 0) {
			return false;
		}
		if ((fn & 1) != 0 || fn == sn) {
			merkle_node(crypto, &h, &path->proof.hashes[i], &h);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_node(crypto, &h, &h, &path->proof.hashes[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	*out = h;
	return sn == 0;
}

static bool
top_verify(const struct state_proof *proof, const struct assay_crypto *crypto, const struct hash *root,
    const struct hash *key, const struct hash *bucket_root)
{
	const uint32_t bucket = state_bucket(key, proof->depth);
	struct hash h;

	bucket_hash(crypto, &h, bucket_root);
	for (unsigned d = 0; d < proof->depth; d++) {
		if ((bucket >> d & 1) != 0) {
			merkle_node(crypto, &h, &proof->top[d], &h);
		} else {
			merkle_node(crypto, &h, &h, &proof->top[d]);
		}
	}
	return hash_equal(&h, root);
}

bool
state_verify_presence(const struct state_proof *proof, const struct assay_crypto *crypto, unsigned depth,
    const struct hash *root, const struct hash *key, const struct hash *value)
{
	struct hash bucket_root;

	return proof->depth == depth && depth <= STATE_DEPTH_MAX && proof->present && proof->has_before &&
	    hash_equal(&proof->before.leaf.key, key) && hash_equal(&proof->before.leaf.value, value) &&
	    path_root(&proof->before, crypto, proof->bucket_size, &bucket_root) &&
	    top_verify(proof, crypto, root, key, &bucket_root);
}

/*
 * The size of a bucket is not in its root, but the direction of every fold is
 * in the hashes: a leaf that is folded as the last of its bucket has nothing
 * to its right, whatever size is claimed, and two leaves that are folded as
 * neighbours are neighbours.
 */
bool
state_verify_absence(const struct state_proof *proof, const struct assay_crypto *crypto, unsigned depth,
    const struct hash *root, const struct hash *key)
{
	struct hash before, after, bucket_root;

	if (proof->depth != depth || depth > STATE_DEPTH_MAX || proof->present) {
		return false;
	}
	if (!proof->has_before && !proof->has_after) {
		state_bucket_root(crypto, &bucket_root, NULL, 0);
		return proof->bucket_size == 0 && top_verify(proof, crypto, root, key, &bucket_root);
	}
	if (proof->has_before && (memcmp(proof->before.leaf.key.bytes, key->bytes, HASH_BYTES) >= 0 ||
	    !path_root(&proof->before, crypto, proof->bucket_size, &before))) {
		return false;
	}
	if (proof->has_after && (memcmp(proof->after.leaf.key.bytes, key->bytes, HASH_BYTES) <= 0 ||
	    !path_root(&proof->after, crypto, proof->bucket_size, &after))) {
		return false;
	}
	if (proof->has_before && proof->has_after) {
		return proof->after.index == proof->before.index + 1 && hash_equal(&before, &after) &&
		    top_verify(proof, crypto, root, key, &before);
	}
	if (proof->has_before) {
		return proof->before.index == proof->bucket_size - 1 &&
		    top_verify(proof, crypto, root, key, &before);
	}
	return proof->after.index == 0 && top_verify(proof, crypto, root, key, &after);
}
