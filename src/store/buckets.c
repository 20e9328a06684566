/* SPDX-License-Identifier: Apache-2.0 */
/* The state tree over all rows, in memory. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "store/buckets.h"

#define BUCKETS ((size_t)1 << STATE_DEPTH)
#define HALF (BUCKETS / 2)
/* Fewer changes than this are done sooner than a thread starts. */
#define CHANGES_WORTH_A_THREAD 512
/* With more dirty buckets than this it is cheaper to renew all nodes above than each way up. */
#define DIRTY_WORTH_A_FILL 2048

/* A bucket of millions of rows has some 80 leaves: hashing them all for one that changed would be the
 * most of a block's work. */
#define GROUP 8

struct bucket {
	struct state_leaf *leaves;
	/*
	 * The roots of each eight leaves, the last perhaps of fewer.  As eight is a
	 * power of two, an RFC 6962 tree over these is the tree over all leaves.
	 */
	struct hash *groups;
	uint64_t dirty;			/* a bit a group; the highest for all from there on */
	uint32_t count;
	uint32_t size;
};

/* How a leaf was before a change. */
struct undo {
	struct state_leaf leaf;
	bool present;
};

/* The buckets under one of the root's two children: a thread's share. */
struct half {
	struct buckets *buckets;
	unsigned number;
	const struct bucket_change *changes;
	size_t changes_count;
	struct undo *undo;
	size_t undo_count, undo_size;
	uint64_t rows;
	uint32_t dirty_count;
	uint32_t dirty[HALF];
	bool failed;
};

struct buckets {
	const struct assay_crypto *crypto;
	unsigned threads;
	struct state_tree tree;
	struct hash nodes[STATE_NODES(STATE_DEPTH)];
	struct bucket buckets[BUCKETS];
	struct half halves[2];
	/* While rows are loaded: places taken in each bucket, and the leaves that found none. */
	atomic_uint taken[BUCKETS];
	struct state_leaf *overflow;
	size_t overflow_count, overflow_size;
	pthread_mutex_t overflow_lock;
};

struct buckets *
buckets_new(const struct assay_crypto *crypto, unsigned threads)
{
	struct buckets *b = calloc(1, sizeof(*b));

	if (b == NULL) {
		return NULL;
	}
	b->crypto = crypto;
	b->threads = threads;
	b->tree = (struct state_tree){ STATE_DEPTH, b->nodes };
	for (unsigned i = 0; i < 2; i++) {
		b->halves[i].buckets = b;
		b->halves[i].number = i;
	}
	pthread_mutex_init(&b->overflow_lock, NULL);
	state_tree_init(&b->tree, crypto);
	return b;
}

void
buckets_free(struct buckets *b)
{
	if (b == NULL) {
		return;
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		free(b->buckets[i].leaves);
		free(b->buckets[i].groups);
	}
	pthread_mutex_destroy(&b->overflow_lock);
	free(b->overflow);
	free(b->halves[0].undo);
	free(b->halves[1].undo);
	free(b);
}

static bool
bucket_resize(struct bucket *bucket, uint32_t size)
{
	struct state_leaf *leaves = realloc(bucket->leaves, size * sizeof(*leaves));

	if (leaves == NULL) {
		return false;
	}
	bucket->leaves = leaves;
	struct hash *groups = realloc(bucket->groups, (size + GROUP - 1) / GROUP * sizeof(*groups));

	if (groups == NULL) {
		return false;
	}
	bucket->groups = groups;
	bucket->size = size;
	return true;
}

/* Room for one leaf more.  A quarter at a time: half of it stays unused, for millions of rows. */
static bool
bucket_grow(struct bucket *bucket)
{
	return bucket->count < bucket->size || bucket_resize(bucket, bucket->size + bucket->size / 4 + 2);
}

/* Both halves, at once where that pays. */
static void
in_halves(struct buckets *b, void *(*work)(void *), bool worth)
{
	pthread_t other;
	const bool started = worth && b->threads > 1 &&
	    pthread_create(&other, NULL, work, &b->halves[1]) == 0;

	work(&b->halves[0]);
	if (started) {
		pthread_join(other, NULL);
	} else {
		work(&b->halves[1]);
	}
	state_tree_climb(&b->tree, b->crypto, 0, 1);
}

/* ---- hashing ---------------------------------------------------------- */

static uint64_t
group_bit(uint32_t group)
{
	return UINT64_C(1) << (group < 63 ? group : 63);
}

/* Hash what is dirty, and put the bucket's root into the tree. */
static void
bucket_hash(struct buckets *b, uint32_t at)
{
	struct bucket *bucket = &b->buckets[at];
	struct frontier frontier;
	struct hash root;

	frontier.size = 0;
	for (uint32_t first = 0; first < bucket->count; first += GROUP) {
		const uint32_t left = bucket->count - first;
		struct hash *group = &bucket->groups[first / GROUP];

		if ((bucket->dirty & group_bit(first / GROUP)) != 0) {
			state_bucket_root(b->crypto, group, bucket->leaves + first, left < GROUP ? left : GROUP);
		}
		frontier_append(&frontier, b->crypto, group);
	}
	frontier_root(&frontier, b->crypto, &root);
	bucket->dirty = 0;
	state_tree_put(&b->tree, b->crypto, at, &root);
}

static void
half_hash(struct half *half)
{
	struct buckets *b = half->buckets;
	const size_t top = 2 + half->number;
	const bool fill = half->dirty_count > DIRTY_WORTH_A_FILL;

	for (uint32_t i = 0; i < half->dirty_count; i++) {
		const uint32_t at = half->dirty[i];

		bucket_hash(b, at);
		if (!fill) {
			state_tree_climb(&b->tree, b->crypto, at, top);
		}
	}
	if (fill) {
		state_tree_fill(&b->tree, b->crypto, top);
	}
	half->dirty_count = 0;
}

/* ---- loading ---------------------------------------------------------- */

void
buckets_expect(struct buckets *b, uint64_t rows)
{
	const uint64_t each = rows / BUCKETS;
	uint32_t spread = 0;

	/* Small ones grow soon enough; more than this is no number of rows but a mistake. */
	if (each < 8 || each > 4096) {
		return;
	}
	while ((uint64_t)spread * spread < each) {
		spread++;
	}
	/* Two standard deviations: one bucket of fifty has to grow. */
	for (size_t i = 0; i < BUCKETS; i++) {
		if (!bucket_resize(&b->buckets[i], (uint32_t)each + 2 * spread)) {
			return;
		}
	}
}

static bool
overflow_put(struct buckets *b, const struct state_leaf *leaf)
{
	if (b->overflow_count == b->overflow_size) {
		const size_t size = b->overflow_size * 2 + 1024;
		struct state_leaf *grown = realloc(b->overflow, size * sizeof(*grown));

		if (grown == NULL) {
			return false;
		}
		b->overflow = grown;
		b->overflow_size = size;
	}
	b->overflow[b->overflow_count] = *leaf;
	b->overflow_count++;
	return true;
}

bool
buckets_load(struct buckets *b, const struct state_leaf *leaf)
{
	const uint32_t at = state_bucket(&leaf->key, STATE_DEPTH);
	const unsigned place = atomic_fetch_add_explicit(&b->taken[at], 1, memory_order_relaxed);

	/* A lock for each row would cost as much as its hash. */
	if (place < b->buckets[at].size) {
		b->buckets[at].leaves[place] = *leaf;
		return true;
	}
	pthread_mutex_lock(&b->overflow_lock);
	const bool put = overflow_put(b, leaf);

	pthread_mutex_unlock(&b->overflow_lock);
	return put;
}

/* Bring those home that found no place. */
static bool
overflow_settle(struct buckets *b)
{
	bool settled = true;

	for (size_t i = 0; i < BUCKETS; i++) {
		const unsigned taken = b->taken[i];

		b->buckets[i].count = taken < b->buckets[i].size ? taken : b->buckets[i].size;
	}
	for (size_t i = 0; settled && i < b->overflow_count; i++) {
		struct bucket *bucket = &b->buckets[state_bucket(&b->overflow[i].key, STATE_DEPTH)];

		settled = bucket_grow(bucket);
		if (settled) {
			bucket->leaves[bucket->count] = b->overflow[i];
			bucket->count++;
		}
	}
	free(b->overflow);
	b->overflow = NULL;
	b->overflow_count = 0;
	b->overflow_size = 0;
	return settled;
}

static int
by_key(const void *a, const void *b)
{
	const struct state_leaf *x = a;
	const struct state_leaf *y = b;

	return memcmp(x->key.bytes, y->key.bytes, HASH_BYTES);
}

static void *
half_loaded(void *context)
{
	struct half *half = context;
	struct buckets *b = half->buckets;

	for (uint32_t i = 0; i < HALF && !half->failed; i++) {
		const uint32_t at = (uint32_t)(half->number * HALF) + i;
		struct bucket *bucket = &b->buckets[at];

		if (bucket->count == 0) {
			continue;
		}
		half->rows += bucket->count;
		qsort(bucket->leaves, bucket->count, sizeof(*bucket->leaves), by_key);
		for (uint32_t k = 1; k < bucket->count; k++) {
			half->failed |= by_key(&bucket->leaves[k - 1], &bucket->leaves[k]) == 0;
		}
		bucket->dirty = UINT64_MAX;
		half->dirty[half->dirty_count] = at;
		half->dirty_count++;
	}
	if (!half->failed) {
		half_hash(half);
	}
	return NULL;
}

bool
buckets_loaded(struct buckets *b)
{
	if (!overflow_settle(b)) {
		return false;
	}
	in_halves(b, half_loaded, true);
	return !b->halves[0].failed && !b->halves[1].failed;
}

/* ---- changing --------------------------------------------------------- */

/* Where the key is or would be. */
static uint32_t
bucket_search(const struct bucket *bucket, const struct hash *key, bool *found)
{
	uint32_t low = 0;
	uint32_t high = bucket->count;

	*found = false;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		const int order = memcmp(bucket->leaves[middle].key.bytes, key->bytes, HASH_BYTES);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/* The bucket's leaves change at this place, and where they move after it too. */
static void
soil(struct half *half, uint32_t at, uint32_t leaf, bool moved)
{
	struct bucket *bucket = &half->buckets->buckets[at];
	const uint64_t bit = group_bit(leaf / GROUP);

	if (bucket->dirty == 0) {
		half->dirty[half->dirty_count] = at;
		half->dirty_count++;
	}
	bucket->dirty |= moved ? ~(bit - 1) : bit;
}

/* Make the leaf so.  There must be room for it. */
static void
bucket_set(struct half *half, const struct state_leaf *leaf, bool present)
{
	const uint32_t bucket_at = state_bucket(&leaf->key, STATE_DEPTH);
	struct bucket *bucket = &half->buckets->buckets[bucket_at];
	bool found;
	const uint32_t at = bucket_search(bucket, &leaf->key, &found);

	if (!present && !found) {
		return;
	}
	soil(half, bucket_at, at, present != found);
	if (present && !found) {
		memmove(bucket->leaves + at + 1, bucket->leaves + at,
		    (bucket->count - at) * sizeof(*bucket->leaves));
		bucket->count++;
		half->rows++;
	}
	if (present) {
		bucket->leaves[at] = *leaf;
	} else {
		memmove(bucket->leaves + at, bucket->leaves + at + 1,
		    (bucket->count - at - 1) * sizeof(*bucket->leaves));
		bucket->count--;
		half->rows--;
	}
}

static bool
remember(struct half *half, const struct state_leaf *leaf, bool present)
{
	if (half->undo_count == half->undo_size) {
		const size_t size = half->undo_size * 2 + 64;
		struct undo *undo = realloc(half->undo, size * sizeof(*undo));

		if (undo == NULL) {
			return false;
		}
		half->undo = undo;
		half->undo_size = size;
	}
	half->undo[half->undo_count] = (struct undo){ *leaf, present };
	half->undo_count++;
	return true;
}

static bool
half_change(struct half *half, const struct bucket_change *change, uint32_t at)
{
	struct bucket *bucket = &half->buckets->buckets[at];
	struct state_leaf leaf = { change->key, change->value };
	bool found;
	const uint32_t old = bucket_search(bucket, &change->key, &found);

	if (found ? change->present && hash_equal(&bucket->leaves[old].value, &change->value) : !change->present) {
		return true;
	}
	if (!remember(half, found ? &bucket->leaves[old] : &leaf, found) || !bucket_grow(bucket)) {
		return false;
	}
	bucket_set(half, &leaf, change->present);
	return true;
}

static void *
half_apply(void *context)
{
	struct half *half = context;

	half->failed = false;
	for (size_t i = 0; i < half->changes_count && !half->failed; i++) {
		const uint32_t at = state_bucket(&half->changes[i].key, STATE_DEPTH);

		if (at / HALF == half->number) {
			half->failed = !half_change(half, &half->changes[i], at);
		}
	}
	half_hash(half);
	return NULL;
}

bool
buckets_apply(struct buckets *b, const struct bucket_change *changes, size_t count)
{
	if (count == 0) {
		return true;
	}
	for (unsigned i = 0; i < 2; i++) {
		b->halves[i].changes = changes;
		b->halves[i].changes_count = count;
	}
	in_halves(b, half_apply, count >= CHANGES_WORTH_A_THREAD);
	return !b->halves[0].failed && !b->halves[1].failed;
}

void
buckets_keep(struct buckets *b)
{
	b->halves[0].undo_count = 0;
	b->halves[1].undo_count = 0;
}

static void *
half_undo(void *context)
{
	struct half *half = context;

	/* A bucket never gives room back, so what was in it fits again. */
	while (half->undo_count > 0) {
		half->undo_count--;
		const struct undo *undo = &half->undo[half->undo_count];

		bucket_set(half, &undo->leaf, undo->present);
	}
	half_hash(half);
	return NULL;
}

void
buckets_undo(struct buckets *b)
{
	in_halves(b, half_undo, b->halves[0].undo_count + b->halves[1].undo_count >= CHANGES_WORTH_A_THREAD);
}

/* ---- reading ---------------------------------------------------------- */

const struct hash *
buckets_root(const struct buckets *b)
{
	return state_tree_root(&b->tree);
}

uint64_t
buckets_count(const struct buckets *b)
{
	return b->halves[0].rows + b->halves[1].rows;
}

void
buckets_prove(const struct buckets *b, struct state_proof *proof, const struct hash *key)
{
	const struct bucket *bucket = &b->buckets[state_bucket(key, STATE_DEPTH)];

	state_prove(proof, &b->tree, b->crypto, key, bucket->leaves, bucket->count);
}
