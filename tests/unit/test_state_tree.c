/* SPDX-License-Identifier: Apache-2.0 */
/* The authenticated state: roots, presence, absence, and proofs that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "log/state_tree.h"

#define DEPTH 4
#define ROWS 100

static const struct assay_crypto *crypto;
static struct state_leaf rows[ROWS];
static struct state_leaf sorted[1 << DEPTH][ROWS];
static size_t sizes[1 << DEPTH];
static struct hash nodes[STATE_NODES(DEPTH)];
static struct state_tree tree = { DEPTH, nodes };

static int
by_key(const void *a, const void *b)
{
	return memcmp(((const struct state_leaf *)a)->key.bytes, ((const struct state_leaf *)b)->key.bytes, 32);
}

static void
name(struct hash *key, unsigned i)
{
	const uint8_t primary[2] = { (uint8_t)i, (uint8_t)(i >> 8) };

	state_key(crypto, key, 3, bytes_of(primary, sizeof(primary)));
}

static int
setup(void **state)
{
	(void)state;
	crypto = assay_crypto_openssl();
	state_tree_init(&tree, crypto);
	for (unsigned i = 0; i < ROWS; i++) {
		const uint8_t value = (uint8_t)i;

		name(&rows[i].key, i);
		crypto_sha256(crypto, rows[i].value.bytes, bytes_of(&value, 1));
		const uint32_t bucket = state_bucket(&rows[i].key, DEPTH);

		/* Bucket 5 stays empty, for a proof of absence from nothing. */
		if (bucket != 5) {
			sorted[bucket][sizes[bucket]] = rows[i];
			sizes[bucket]++;
		}
	}
	for (uint32_t b = 0; b < 1 << DEPTH; b++) {
		struct hash root;

		qsort(sorted[b], sizes[b], sizeof(sorted[b][0]), by_key);
		state_bucket_root(crypto, &root, sorted[b], sizes[b]);
		state_tree_set(&tree, crypto, b, &root);
	}
	return 0;
}

static void
prove(struct state_proof *proof, const struct hash *key)
{
	const uint32_t bucket = state_bucket(key, DEPTH);

	state_prove(proof, &tree, crypto, key, sorted[bucket], sizes[bucket]);
}

static void
every_row_is_present(void **state)
{
	struct state_proof proof;

	(void)state;
	for (unsigned i = 0; i < ROWS; i++) {
		struct hash other = rows[i].value;

		other.bytes[7] ^= 1;
		prove(&proof, &rows[i].key);
		if (state_bucket(&rows[i].key, DEPTH) == 5) {
			assert_true(state_verify_absence(&proof, crypto, DEPTH, state_tree_root(&tree), &rows[i].key));
			continue;
		}
		assert_true(state_verify_presence(&proof, crypto, DEPTH, state_tree_root(&tree), &rows[i].key,
		    &rows[i].value));
		assert_false(state_verify_presence(&proof, crypto, DEPTH, state_tree_root(&tree), &rows[i].key, &other));
		assert_false(state_verify_presence(&proof, crypto, DEPTH, &other, &rows[i].key, &rows[i].value));
		assert_false(state_verify_presence(&proof, crypto, DEPTH - 1, state_tree_root(&tree), &rows[i].key,
		    &rows[i].value));
		assert_false(state_verify_absence(&proof, crypto, DEPTH, state_tree_root(&tree), &rows[i].key));
	}
}

static void
every_other_key_is_absent(void **state)
{
	struct state_proof proof;

	(void)state;
	for (unsigned i = ROWS; i < ROWS + 400; i++) {
		struct hash key;

		name(&key, i);
		prove(&proof, &key);
		assert_true(state_verify_absence(&proof, crypto, DEPTH, state_tree_root(&tree), &key));
		assert_false(state_verify_presence(&proof, crypto, DEPTH, state_tree_root(&tree), &key,
		    &rows[0].value));
	}
}

/* Many buckets at once, by each way up or by all nodes under some, give the tree that one by one gave. */
static void
many_buckets_at_once(void **state)
{
	static struct hash other_nodes[STATE_NODES(DEPTH)];
	struct state_tree other = { DEPTH, other_nodes };

	(void)state;
	for (unsigned way = 0; way < 3; way++) {
		state_tree_init(&other, crypto);
		for (uint32_t b = 0; b < 1 << DEPTH; b++) {
			struct hash root;

			state_bucket_root(crypto, &root, sorted[b], sizes[b]);
			state_tree_put(&other, crypto, b, &root);
		}
		switch (way) {
		case 0:
			state_tree_fill(&other, crypto, 1);
			break;
		case 1:	/* as two threads share it */
			state_tree_fill(&other, crypto, 2);
			state_tree_fill(&other, crypto, 3);
			assert_false(hash_equal(state_tree_root(&other), state_tree_root(&tree)));
			state_tree_climb(&other, crypto, 0, 1);
			break;
		default:
			for (uint32_t b = 0; b < 1 << DEPTH; b++) {
				state_tree_climb(&other, crypto, b, b < 1 << (DEPTH - 1) ? 2 : 3);
			}
			state_tree_climb(&other, crypto, 3, 1);
			break;
		}
		assert_memory_equal(other_nodes + 1, nodes + 1, sizeof(nodes) - sizeof(nodes[0]));
	}
}

/* Hide a row: show its neighbours as if they stood side by side, or an edge that is none. */
static void
a_row_cannot_be_hidden(void **state)
{
	struct state_proof proof, left, right;

	(void)state;
	for (unsigned b = 0; b < 1 << DEPTH; b++) {
		for (size_t i = 0; i < sizes[b]; i++) {
			const struct hash *key = &sorted[b][i].key;

			prove(&proof, key);
			memset(&proof.before, 0, sizeof(proof.before));
			proof.present = false;
			proof.has_before = i > 0;
			proof.has_after = i + 1 < sizes[b];
			if (proof.has_before) {
				prove(&left, &sorted[b][i - 1].key);
				proof.before = left.before;
			}
			if (proof.has_after) {
				prove(&right, &sorted[b][i + 1].key);
				proof.after = right.before;
			}
			/* Every size and index that could be claimed. */
			for (uint64_t size = 0; size <= sizes[b] + 2; size++) {
				for (uint64_t index = 0; index <= size; index++) {
					proof.bucket_size = size;
					proof.before.index = index;
					proof.after.index = proof.has_before ? index + 1 : index;
					assert_false(state_verify_absence(&proof, crypto, DEPTH, state_tree_root(&tree),
					    key));
				}
			}
		}
	}
}

static void
a_change_changes_the_root(void **state)
{
	struct hash before = *state_tree_root(&tree);
	struct hash root;

	(void)state;
	state_bucket_root(crypto, &root, sorted[3], sizes[3] - 1);
	state_tree_set(&tree, crypto, 3, &root);
	assert_false(hash_equal(&before, state_tree_root(&tree)));
	state_bucket_root(crypto, &root, sorted[3], sizes[3]);
	state_tree_set(&tree, crypto, 3, &root);
	assert_true(hash_equal(&before, state_tree_root(&tree)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_present),
		cmocka_unit_test(many_buckets_at_once),
		cmocka_unit_test(every_other_key_is_absent),
		cmocka_unit_test(a_row_cannot_be_hidden),
		cmocka_unit_test(a_change_changes_the_root),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
