/* SPDX-License-Identifier: Apache-2.0 */
/* Merkle trees over entries (RFC 6962 section 2.1, SHA-256). */
#include "crypto/crypto.h"
#include "log/merkle.h"

void
merkle_leaf(const struct assay_crypto *crypto, struct hash *out, struct assay_bytes entry)
{
	static const uint8_t tag = 0;

	crypto_sha256_2(crypto, out->bytes, bytes_of(&tag, 1), entry);
}

void
merkle_node(const struct assay_crypto *crypto, struct hash *out, const struct hash *left,
    const struct hash *right)
{
	static const uint8_t tag = 1;
	const struct assay_bytes parts[3] = {
		{ &tag, 1 }, { left->bytes, HASH_BYTES }, { right->bytes, HASH_BYTES },
	};

	crypto->sha256(crypto->context, out->bytes, parts, 3);
}

/* ---- the growing tree ------------------------------------------------- */

void
frontier_append(struct frontier *frontier, const struct assay_crypto *crypto, const struct hash *leaf)
{
	struct hash carry = *leaf;
	unsigned level = 0;

	assert(frontier->size != UINT64_MAX);
	/* Two complete subtrees of one size make one of the next, like adding one to a binary number. */
	while ((frontier->size >> level & 1) != 0) {
		merkle_node(crypto, &carry, &frontier->hashes[level], &carry);
		level++;
	}
	frontier->hashes[level] = carry;
	frontier->size++;
}

void
frontier_root(const struct frontier *frontier, const struct assay_crypto *crypto, struct hash *out)
{
	bool started = false;

	crypto_sha256(crypto, out->bytes, bytes_of(NULL, 0));
	for (unsigned level = 0; level < 64; level++) {
		if ((frontier->size >> level & 1) == 0) {
			continue;
		}
		if (started) {
			merkle_node(crypto, out, &frontier->hashes[level], out);
		} else {
			*out = frontier->hashes[level];
			started = true;
		}
	}
}

/* ---- checking proofs -------------------------------------------------- */

static unsigned
bit_length(uint64_t x)
{
	unsigned n = 0;

	while (x != 0) {
		x >>= 1;
		n++;
	}
	return n;
}

static unsigned
ones(uint64_t x)
{
	unsigned n = 0;

	while (x != 0) {
		n += (unsigned)(x & 1);
		x >>= 1;
	}
	return n;
}

bool
inclusion_verify(const struct assay_crypto *crypto, const struct proof *proof, const struct hash *leaf,
    uint64_t index, uint64_t size, const struct hash *root)
{
	struct hash h = *leaf;

	if (index >= size) {
		return false;
	}
	/* Below the point where the leaf's path leaves the right edge siblings lie on both sides, above it on the left. */
	const unsigned inner = bit_length(index ^ (size - 1));
	const unsigned border = inner == 64 ? 0 : ones(index >> inner);

	if (proof->count != inner + border || proof->count > PROOF_HASHES_MAX) {
		return false;
	}
	for (unsigned i = 0; i < proof->count; i++) {
		if (i >= inner || (index >> i & 1) != 0) {
			merkle_node(crypto, &h, &proof->hashes[i], &h);
		} else {
			merkle_node(crypto, &h, &h, &proof->hashes[i]);
		}
	}
	return hash_equal(&h, root);
}

bool
consistency_verify(const struct assay_crypto *crypto, const struct proof *proof, uint64_t old_size,
    const struct hash *old_root, uint64_t new_size, const struct hash *new_root)
{
	uint32_t next = 0;

	if (old_size > new_size || proof->count > PROOF_HASHES_MAX) {
		return false;
	}
	if (old_size == 0 || old_size == new_size) {
		struct hash empty;

		crypto_sha256(crypto, empty.bytes, bytes_of(NULL, 0));
		return proof->count == 0 && (old_size == 0 ? hash_equal(old_root, &empty) :
		    hash_equal(old_root, new_root)) &&
		    (new_size != 0 || hash_equal(new_root, &empty));
	}
	uint64_t fn = old_size - 1;
	uint64_t sn = new_size - 1;

	while ((fn & 1) != 0) {
		fn >>= 1;
		sn >>= 1;
	}
	struct hash of_old = *old_root;
	struct hash of_new = *old_root;

	/* fn is 0 where the old tree is one complete subtree: then its root stands for the first hash. */
	if (fn != 0) {
		if (proof->count == 0) {
			return false;
		}
		of_old = of_new = proof->hashes[0];
		next = 1;
	}
	for (; next < proof->count; next++) {
		const struct hash *h = &proof->hashes[next];

		if (sn == 0) {
			return false;
		}
		if ((fn & 1) != 0 || fn == sn) {
			merkle_node(crypto, &of_old, h, &of_old);
			merkle_node(crypto, &of_new, h, &of_new);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_node(crypto, &of_new, &of_new, h);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_equal(&of_old, old_root) && hash_equal(&of_new, new_root);
}

/* ---- making proofs ---------------------------------------------------- */

/* The largest power of two below n; n > 1. */
static uint64_t
split(uint64_t n)
{
	return UINT64_C(1) << (bit_length(n - 1) - 1);
}

static bool
is_complete(uint64_t first, uint64_t end)
{
	const uint64_t n = end - first;

	return (n & (n - 1)) == 0 && first % n == 0;
}

bool
merkle_root(const struct hash_source *source, const struct assay_crypto *crypto, uint64_t first,
    uint64_t end, struct hash *out)
{
	struct hash right;

	assert(first < end || end == 0);
	if (end == 0) {
		crypto_sha256(crypto, out->bytes, bytes_of(NULL, 0));
		return true;
	}
	if (is_complete(first, end)) {
		const unsigned level = bit_length(end - first) - 1;

		return source->subtree(source->context, level, first >> level, out);
	}
	const uint64_t middle = first + split(end - first);

	if (!merkle_root(source, crypto, first, middle, out) ||
	    !merkle_root(source, crypto, middle, end, &right)) {
		return false;
	}
	merkle_node(crypto, out, out, &right);
	return true;
}

static bool
proof_push(struct proof *proof, const struct hash_source *source, const struct assay_crypto *crypto,
    uint64_t first, uint64_t end)
{
	assert(proof->count < PROOF_HASHES_MAX);
	if (!merkle_root(source, crypto, first, end, &proof->hashes[proof->count])) {
		return false;
	}
	proof->count++;
	return true;
}

/* RFC 6962 PATH, over the leaves first to end - 1. */
static bool
path(struct proof *proof, const struct hash_source *source, const struct assay_crypto *crypto,
    uint64_t index, uint64_t first, uint64_t end)
{
	if (end - first == 1) {
		return true;
	}
	const uint64_t middle = first + split(end - first);

	if (index < middle) {
		return path(proof, source, crypto, index, first, middle) &&
		    proof_push(proof, source, crypto, middle, end);
	}
	return path(proof, source, crypto, index, middle, end) &&
	    proof_push(proof, source, crypto, first, middle);
}

bool
inclusion_prove(struct proof *proof, const struct hash_source *source,
    const struct assay_crypto *crypto, uint64_t index, uint64_t size)
{
	assert(index < size);
	proof->count = 0;
	return path(proof, source, crypto, index, 0, size);
}

/* RFC 6962 SUBPROOF: known where the reader has the root of these leaves already. */
static bool
subproof(struct proof *proof, const struct hash_source *source, const struct assay_crypto *crypto,
    uint64_t old_size, uint64_t first, uint64_t end, bool known)
{
	if (old_size == end) {
		return known || proof_push(proof, source, crypto, first, end);
	}
	const uint64_t middle = first + split(end - first);

	if (old_size <= middle) {
		return subproof(proof, source, crypto, old_size, first, middle, known) &&
		    proof_push(proof, source, crypto, middle, end);
	}
	return subproof(proof, source, crypto, old_size, middle, end, false) &&
	    proof_push(proof, source, crypto, first, middle);
}

bool
consistency_prove(struct proof *proof, const struct hash_source *source,
    const struct assay_crypto *crypto, uint64_t old_size, uint64_t new_size)
{
	assert(old_size <= new_size);
	proof->count = 0;
	return old_size == 0 || old_size == new_size ||
	    subproof(proof, source, crypto, old_size, 0, new_size, true);
}
