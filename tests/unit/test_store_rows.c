/* SPDX-License-Identifier: Apache-2.0 */
/* The rows port, over SQLite and in memory: against a plain list, and against each other. */
#include "unit/scratch.h"

#include "store/memory.h"
#include "store/overlay.h"

#define KEYS 300
#define BLOCKS 60
#define OPERATIONS 120

static const struct assay_crypto *crypto;

struct model_row {
	uint8_t key[ASSAY_ROW_KEY_BYTES_MAX];
	size_t key_len;
	uint8_t value[300];
	size_t value_len;
	bool present;
};

struct model {
	struct model_row rows[KEYS];
};

static struct assay_bytes
model_key(const struct model_row *row)
{
	return bytes_of(row->key, row->key_len);
}

static int
by_key(const void *a, const void *b)
{
	const struct model_row *x = a;
	const struct model_row *y = b;

	return key_compare(model_key(x), model_key(y));
}

/* Keys that begin each other, with zeros and the highest bytes, up to the longest. */
static void
model_make(struct model *model, uint64_t seed)
{
	static const uint8_t letters[4] = { 0, 1, 0x7f, 0xff };
	unsigned count = 0;

	memset(model, 0, sizeof(*model));
	while (count < KEYS) {
		struct model_row *row = &model->rows[count];
		bool seen = false;

		row->key_len = count == 0 ? ASSAY_ROW_KEY_BYTES_MAX : 1 + scratch_random(&seed) % 5;
		for (size_t i = 0; i < row->key_len; i++) {
			row->key[i] = letters[scratch_random(&seed) % 4];
		}
		for (unsigned i = 0; i < count; i++) {
			seen |= key_compare(model_key(&model->rows[i]), model_key(row)) == 0;
		}
		count += !seen;
	}
	qsort(model->rows, KEYS, sizeof(model->rows[0]), by_key);
}

/* The state root from its definition, bucket by bucket. */
static void
model_root(const struct model *model, struct hash *root)
{
	static struct hash nodes[STATE_NODES(STATE_DEPTH)];
	struct state_tree tree = { STATE_DEPTH, nodes };
	struct state_leaf leaves[KEYS];
	size_t count = 0;

	state_tree_init(&tree, crypto);
	for (unsigned i = 0; i < KEYS; i++) {
		const struct model_row *row = &model->rows[i];

		if (row->present) {
			size_t at = count;
			struct state_leaf leaf;

			crypto_sha256(crypto, leaf.key.bytes, model_key(row));
			crypto_sha256(crypto, leaf.value.bytes, bytes_of(row->value, row->value_len));
			while (at > 0 && memcmp(leaves[at - 1].key.bytes, leaf.key.bytes, HASH_BYTES) > 0) {
				leaves[at] = leaves[at - 1];
				at--;
			}
			leaves[at] = leaf;
			count++;
		}
	}
	for (size_t i = 0, end; i < count; i = end) {
		const uint32_t bucket = state_bucket(&leaves[i].key, STATE_DEPTH);
		struct hash bucket_root;

		for (end = i; end < count && state_bucket(&leaves[end].key, STATE_DEPTH) == bucket; end++) {
		}
		state_bucket_root(crypto, &bucket_root, leaves + i, end - i);
		state_tree_set(&tree, crypto, bucket, &bucket_root);
	}
	*root = *state_tree_root(&tree);
}

/* Every key, and the way through all of them. */
static void
assert_same(const struct model *model, const struct assay_rows *rows)
{
	uint8_t key[ASSAY_ROW_KEY_BYTES_MAX], value[300];
	size_t key_len = 0, len = 0;

	for (unsigned i = 0; i < KEYS; i++) {
		const struct model_row *row = &model->rows[i];
		const enum assay_rows_result result = rows->get(rows->context, model_key(row), value, sizeof(value), &len);

		assert_int_equal(result, row->present ? ASSAY_ROWS_FOUND : ASSAY_ROWS_ABSENT);
		if (row->present) {
			assert_true(bytes_equal(bytes_of(value, len), bytes_of(row->value, row->value_len)));
		}
	}
	for (unsigned i = 0; i < KEYS; i++) {
		const struct model_row *row = &model->rows[i];

		if (row->present) {
			/* after may lie where the key is written to. */
			assert_int_equal(rows->next(rows->context, bytes_of(key, key_len), key, &key_len, value, sizeof(value),
			    &len), ASSAY_ROWS_FOUND);
			assert_true(bytes_equal(bytes_of(key, key_len), model_key(row)));
			assert_true(bytes_equal(bytes_of(value, len), bytes_of(row->value, row->value_len)));
		}
	}
	assert_int_equal(rows->next(rows->context, bytes_of(key, key_len), key, &key_len, value, sizeof(value), &len),
	    ASSAY_ROWS_ABSENT);
}

static void
change(struct model *model, const struct assay_rows *ports, uint64_t *seed)
{
	struct model_row *row = &model->rows[scratch_random(seed) % KEYS];
	const bool remove = row->present && scratch_random(seed) % 3 == 0;

	row->present = !remove;
	row->value_len = scratch_random(seed) % sizeof(row->value);
	memset(row->value, (int)scratch_random(seed), row->value_len);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(remove ? ports[i].remove(ports[i].context, model_key(row)) :
		    ports[i].put(ports[i].context, model_key(row), bytes_of(row->value, row->value_len)));
	}
}

static void
assert_roots(const struct model *model, const struct assay_rows *ports)
{
	struct hash expected;
	uint8_t root[2][32];

	model_root(model, &expected);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(ports[i].root(ports[i].context, root[i]));
		assert_memory_equal(root[i], expected.bytes, HASH_BYTES);
	}
}

static void
both_ports_are_a_sorted_list(void **state)
{
	static struct model model, before;
	struct scratch scratch;
	struct store_error error;
	uint64_t seed = 11;
	uint64_t height = 0;

	(void)state;
	scratch_make(&scratch);
	model_make(&model, 5);
	struct store *store = scratch_open(scratch.directory, STORE_CREATE);
	struct memory *memory = memory_new(crypto, true);

	assert_non_null(memory);
	struct assay_rows ports[2] = { store_rows(store), memory_rows(memory) };

	for (unsigned b = 0; b < BLOCKS; b++) {
		const bool keep = scratch_random(&seed) % 4 != 0;

		before = model;
		assert_true(store_begin_block(store, &error));
		memory_begin_block(memory);
		for (unsigned i = 0; i < OPERATIONS; i++) {
			change(&model, ports, &seed);
			if (scratch_random(&seed) % 40 == 0) {
				assert_roots(&model, ports);
			}
		}
		assert_same(&model, &ports[0]);
		assert_same(&model, &ports[1]);
		if (keep) {
			const struct assay_entries entries = memory_entries(memory);

			scratch_append(store, bytes_of_text("commit"));
			assert_true(entries.append(entries.context, height, bytes_of_text("commit")));
			assert_true(store_commit_block(store, height, &error));
			assert_true(memory_commit_block(memory));
			height++;
		} else {
			store_abort_block(store);
			memory_abort_block(memory);
			model = before;
		}
		assert_roots(&model, ports);
		assert_same(&model, &ports[0]);
		assert_same(&model, &ports[1]);
		if (b % 10 == 9) {
			store_close(store);
			store = scratch_open(scratch.directory, STORE_WRITE);
			ports[0] = store_rows(store);
			assert_roots(&model, ports);
		}
	}
	struct hash log_of_store, log_of_memory;
	uint64_t size;

	store_log(store, &size, &log_of_store);
	memory_log(memory, &size, &log_of_memory);
	assert_int_equal(size, height);
	assert_true(hash_equal(&log_of_store, &log_of_memory));
	store_close(store);
	memory_free(memory);
	scratch_remove(&scratch);
}

/* More rows than fit one thread's share, so that both work: the root is the same as in small steps. */
static void
threads_change_no_root(void **state)
{
	struct memory *at_once = memory_new(crypto, false);
	struct memory *in_steps = memory_new(crypto, false);
	const struct assay_rows a = memory_rows(at_once);
	const struct assay_rows b = memory_rows(in_steps);
	uint8_t root_a[32], root_b[32], root_0[32];

	(void)state;
	assert_true(a.root(a.context, root_0));
	memory_begin_block(at_once);
	memory_begin_block(in_steps);
	for (uint32_t i = 0; i < 20000; i++) {
		const uint32_t key = i * 2654435761U;

		assert_true(a.put(a.context, bytes_of(&key, sizeof(key)), bytes_of(&i, sizeof(i))));
		assert_true(b.put(b.context, bytes_of(&key, sizeof(key)), bytes_of(&i, sizeof(i))));
		if (i % 100 == 0) {
			assert_true(b.root(b.context, root_b));
		}
	}
	assert_true(a.root(a.context, root_a));
	assert_true(b.root(b.context, root_b));
	assert_memory_equal(root_a, root_b, sizeof(root_a));
	memory_abort_block(at_once);
	memory_abort_block(in_steps);
	assert_true(a.root(a.context, root_a));
	assert_true(b.root(b.context, root_b));
	assert_memory_equal(root_a, root_0, sizeof(root_a));
	assert_memory_equal(root_b, root_0, sizeof(root_a));
	memory_free(at_once);
	memory_free(in_steps);
}

/* What a port refuses loses the block: nothing of it may be kept. */
static void
a_refusal_loses_the_block(void **state)
{
	static uint8_t large[ASSAY_ROW_BYTES_MAX + 1];
	struct scratch scratch;
	struct store_error error;
	uint8_t root[32];

	(void)state;
	scratch_make(&scratch);
	struct store *store = scratch_open(scratch.directory, STORE_CREATE);
	const struct assay_rows rows = store_rows(store);
	const struct assay_entries entries = store_entries(store);

	/* Outside a block nothing changes. */
	assert_false(rows.put(rows.context, bytes_of("a", 1), bytes_of("b", 1)));
	assert_false(rows.remove(rows.context, bytes_of("a", 1)));
	assert_false(entries.append(entries.context, 0, bytes_of("a", 1)));
	for (unsigned i = 0; i < 6; i++) {
		assert_true(store_begin_block(store, &error));
		assert_true(rows.put(rows.context, bytes_of("a", 1), bytes_of("b", 1)));
		scratch_append(store, bytes_of("c", 1));
		switch (i) {
		case 0:	/* a row too long */
			assert_false(rows.put(rows.context, bytes_of("k", 1), bytes_of(large, sizeof(large))));
			break;
		case 1:	/* a key too long */
			assert_false(rows.put(rows.context, bytes_of(large, ASSAY_ROW_KEY_BYTES_MAX + 1), bytes_of("v", 1)));
			break;
		case 2:	/* no key */
			assert_false(rows.put(rows.context, bytes_of(NULL, 0), bytes_of("v", 1)));
			break;
		case 3:	/* nothing to remove */
			assert_false(rows.remove(rows.context, bytes_of("k", 1)));
			break;
		case 4:	/* not the next entry */
			assert_false(entries.append(entries.context, 2, bytes_of("d", 1)));
			break;
		default:	/* an entry too long */
			assert_false(entries.append(entries.context, 1, bytes_of(large, ENTRY_BYTES_MAX + 1)));
			break;
		}
		if (i < 4) {
			assert_false(rows.root(rows.context, root));
		}
		assert_false(store_commit_block(store, 0, &error));
		assert_int_equal(store_head(store)->log_size, 0);
	}
	/* The longest of both are kept. */
	assert_true(store_begin_block(store, &error));
	assert_true(rows.put(rows.context, bytes_of(large, ASSAY_ROW_KEY_BYTES_MAX),
	    bytes_of(large, ASSAY_ROW_BYTES_MAX)));
	scratch_append(store, bytes_of(large, ASSAY_ROW_BYTES_MAX));
	assert_true(store_commit_block(store, 0, &error));
	/* A buffer too small is a failure, not a shorter row. */
	size_t len;

	assert_int_equal(rows.get(rows.context, bytes_of(large, ASSAY_ROW_KEY_BYTES_MAX), large, 100, &len),
	    ASSAY_ROWS_FAILED);
	store_close(store);
	scratch_remove(&scratch);
}

/* Emptying a queue from its front, as timers do, looks at each row below about once. */
static unsigned nexts_below;
static enum assay_rows_result (*real_next)(void *context, struct assay_bytes after, uint8_t *key, size_t *key_len,
    uint8_t *out, size_t size, size_t *len);

static enum assay_rows_result
counting_next(void *context, struct assay_bytes after, uint8_t *key, size_t *key_len, uint8_t *out, size_t size,
    size_t *len)
{
	nexts_below++;
	return real_next(context, after, key, key_len, out, size, len);
}

static void
a_queue_empties_in_linear_time(void **state)
{
	static struct overlay overlay;
	struct memory *memory = memory_new(crypto, false);
	const struct assay_rows rows = memory_rows(memory);
	uint8_t key[ASSAY_ROW_KEY_BYTES_MAX], value[8];
	size_t key_len, len;
	unsigned removed = 0;

	(void)state;
	memory_begin_block(memory);
	for (uint32_t i = 0; i < 2000; i++) {
		const uint8_t name[3] = { 9, (uint8_t)(i >> 8), (uint8_t)i };

		assert_true(rows.put(rows.context, bytes_of(name, sizeof(name)), bytes_of(&i, sizeof(i))));
	}
	assert_true(memory_commit_block(memory));

	struct assay_rows below = rows;

	real_next = below.next;
	below.next = counting_next;
	overlay_init(&overlay, crypto, &below, NULL);
	overlay_begin(&overlay);
	const struct assay_rows top = overlay_rows(&overlay);

	while (top.next(top.context, bytes_of("\x08", 1), key, &key_len, value, sizeof(value), &len) ==
	    ASSAY_ROWS_FOUND) {
		assert_true(top.remove(top.context, bytes_of(key, key_len)));
		removed++;
		/* Some come back in between, and go again at once. */
		if (removed % 100 == 0 && removed < 2000) {
			assert_true(top.put(top.context, bytes_of(key, key_len), bytes_of(value, len)));
			assert_true(top.remove(top.context, bytes_of(key, key_len)));
		}
	}
	assert_int_equal(removed, 2000);
	assert_true(nexts_below < 4 * 2000);
	overlay_drop(&overlay);
	memory_free(memory);
}

static void
rows_are_proved(void **state)
{
	struct scratch scratch;
	struct state_proof proof;
	struct hash key, digest, root;
	uint8_t value[512];
	size_t len;

	(void)state;
	scratch_make(&scratch);
	struct store *store = scratch_open(scratch.directory, STORE_CREATE);

	scratch_blocks(store, 0, 30);
	const struct assay_rows rows = store_rows(store);

	assert_true(rows.root(rows.context, root.bytes));
	assert_true(hash_equal(&root, &store_head(store)->state_root));
	for (unsigned i = 0; i < 256; i++) {
		const uint8_t name[5] = { (uint8_t)(1 + i % 5), (uint8_t)i, 0, 0, 0 };
		const struct assay_bytes row = bytes_of(name, sizeof(name));
		const bool present = rows.get(rows.context, row, value, sizeof(value), &len) == ASSAY_ROWS_FOUND;

		crypto_sha256(crypto, key.bytes, row);
		assert_true(store_prove_row(store, &proof, row));
		if (present) {
			crypto_sha256(crypto, digest.bytes, bytes_of(value, len));
			assert_true(state_verify_presence(&proof, crypto, STATE_DEPTH, &root, &key, &digest));
		} else {
			assert_true(state_verify_absence(&proof, crypto, STATE_DEPTH, &root, &key));
		}
	}
	store_close(store);
	scratch_remove(&scratch);
}

static int
setup(void **state)
{
	(void)state;
	crypto = assay_crypto_openssl();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ports_are_a_sorted_list),
		cmocka_unit_test(threads_change_no_root),
		cmocka_unit_test(a_refusal_loses_the_block),
		cmocka_unit_test(a_queue_empties_in_linear_time),
		cmocka_unit_test(rows_are_proved),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
