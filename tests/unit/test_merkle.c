/* SPDX-License-Identifier: Apache-2.0 */
/* Merkle trees: roots by the definition, proofs of every size up to a few hundred, and proofs that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "log/merkle.h"

#define LEAVES 300

static struct hash leaves[LEAVES];
static const struct assay_crypto *crypto;

/* The definition of RFC 6962, as plainly as it can be said. */
static struct hash
mth(size_t first, size_t end)
{
	struct hash out;

	if (end == first) {
		crypto_sha256(crypto, out.bytes, bytes_of(NULL, 0));
		return out;
	}
	if (end - first == 1) {
		return leaves[first];
	}
	size_t k = 1;

	while (k * 2 < end - first) {
		k *= 2;
	}
	const struct hash left = mth(first, first + k);
	const struct hash right = mth(first + k, end);

	merkle_node(crypto, &out, &left, &right);
	return out;
}

static bool
subtree(void *context, unsigned level, uint64_t index, struct hash *out)
{
	(void)context;
	assert_true((index + 1) << level <= LEAVES);
	*out = mth((size_t)(index << level), (size_t)((index + 1) << level));
	return true;
}

static const struct hash_source source = { NULL, subtree };

static int
setup(void **state)
{
	(void)state;
	crypto = assay_crypto_openssl();
	for (unsigned i = 0; i < LEAVES; i++) {
		const uint8_t entry[2] = { (uint8_t)i, (uint8_t)(i >> 8) };

		merkle_leaf(crypto, &leaves[i], bytes_of(entry, sizeof(entry)));
	}
	return 0;
}

static void
known_hashes(void **state)
{
	/* SHA-256 of nothing, and of one zero byte: the empty tree and the leaf of an empty entry. */
	static const uint8_t empty[4] = { 0xe3, 0xb0, 0xc4, 0x42 };
	static const uint8_t leaf[4] = { 0x6e, 0x34, 0x0b, 0x9c };
	const struct frontier none = { 0 };
	struct hash h;

	(void)state;
	frontier_root(&none, crypto, &h);
	assert_memory_equal(h.bytes, empty, 4);
	merkle_leaf(crypto, &h, bytes_of(NULL, 0));
	assert_memory_equal(h.bytes, leaf, 4);
}

static void
the_frontier_has_the_root_of_the_definition(void **state)
{
	struct frontier frontier = { 0 };
	struct hash root, by_source;

	(void)state;
	for (size_t n = 0; n <= LEAVES; n++) {
		const struct hash expected = mth(0, n);

		frontier_root(&frontier, crypto, &root);
		assert_true(hash_equal(&root, &expected));
		assert_true(merkle_root(&source, crypto, 0, n, &by_source));
		assert_true(hash_equal(&by_source, &expected));
		if (n < LEAVES) {
			frontier_append(&frontier, crypto, &leaves[n]);
		}
	}
}

static void
every_entry_is_included(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 7, 8, 9, 64, 65, 255, 256, 257, LEAVES };
	struct proof proof;

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		const struct hash root = mth(0, sizes[s]);

		for (size_t i = 0; i < sizes[s]; i++) {
			assert_true(inclusion_prove(&proof, &source, crypto, i, sizes[s]));
			assert_true(inclusion_verify(crypto, &proof, &leaves[i], i, sizes[s], &root));
			/* Another index, another size, another leaf, a changed or cut proof. */
			assert_false(inclusion_verify(crypto, &proof, &leaves[i], i + 1, sizes[s], &root));
			assert_false(inclusion_verify(crypto, &proof, &leaves[i], sizes[s], sizes[s], &root));
			assert_false(inclusion_verify(crypto, &proof, &leaves[(i + 1) % LEAVES], i, sizes[s], &root));
			if (proof.count > 0) {
				proof.hashes[proof.count - 1].bytes[31] ^= 1;
				assert_false(inclusion_verify(crypto, &proof, &leaves[i], i, sizes[s], &root));
				proof.hashes[proof.count - 1].bytes[31] ^= 1;
				proof.count--;
				assert_false(inclusion_verify(crypto, &proof, &leaves[i], i, sizes[s], &root));
			}
			proof.count = PROOF_HASHES_MAX + 1;
			assert_false(inclusion_verify(crypto, &proof, &leaves[i], i, sizes[s], &root));
		}
	}
}

static void
every_prefix_is_consistent(void **state)
{
	struct proof proof;

	(void)state;
	for (size_t n = 0; n <= 130; n++) {
		const struct hash new_root = mth(0, n);

		for (size_t m = 0; m <= n; m++) {
			const struct hash old_root = mth(0, m);
			struct hash other = old_root;

			other.bytes[0] ^= 1;
			assert_true(consistency_prove(&proof, &source, crypto, m, n));
			assert_true(consistency_verify(crypto, &proof, m, &old_root, n, &new_root));
			assert_false(consistency_verify(crypto, &proof, m, &other, n, &new_root));
			if (m != 0 && m != n) {
				assert_false(consistency_verify(crypto, &proof, m, &old_root, n, &other));
				proof.hashes[proof.count] = new_root;
				proof.count++;
				assert_false(consistency_verify(crypto, &proof, m, &old_root, n, &new_root));
				proof.count -= 2;
				assert_false(consistency_verify(crypto, &proof, m, &old_root, n, &new_root));
			}
			if (m > 0) {
				assert_false(consistency_verify(crypto, &proof, n + 1, &old_root, n, &new_root));
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_hashes),
		cmocka_unit_test(the_frontier_has_the_root_of_the_definition),
		cmocka_unit_test(every_entry_is_included),
		cmocka_unit_test(every_prefix_is_consistent),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
