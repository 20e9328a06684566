/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that is full or fails, at each of its operations in turn, once or from
 * then on: the block is refused, the store is as it was before it, and when the
 * disk works again it comes to the same rows and the same log as if nothing had
 * been.
 */
#include "unit/scratch.h"

#include "property/cut_disk.h"
#include "store/inside.h"

#define BLOCKS 6

static struct store_head expected[BLOCKS];	/* of a disk without faults */
static unsigned long calls_of_all;

static struct store *
open_on(struct cut_disk *disk, enum store_mode mode, struct store_error *error)
{
	const struct store_options options = { .mode = mode, .threads = 1, .vfs = disk->vfs_name, .disk = &disk->disk };
	struct store *store = store_open("s", &options, assay_crypto_openssl(), error);

	if (store != NULL) {
		/* So that pages move from the WAL into the database, and that fails too. */
		sqlite3_wal_autocheckpoint(store->database.db, 8);
		sqlite3_exec(store->database.db, "PRAGMA cache_size = 4", NULL, NULL, NULL);
	}
	return store;
}

static void
disk_works(struct cut_disk *disk)
{
	disk->fail_at = 0;
}

/* Is it what it was after some block, whole? */
static void
assert_whole(struct store *store)
{
	const struct store_head *head = store_head(store);
	struct store_head none = { 0 };
	const struct assay_rows rows = store_rows(store);
	uint8_t root[32];

	if (head->log_size == 0) {
		assert_memory_equal(head, &none, sizeof(none));
	} else {
		assert_true(head->height < BLOCKS);
		assert_memory_equal(head, &expected[head->height], sizeof(*head));
		assert_true(rows.root(rows.context, root));
		assert_memory_equal(root, head->state_root.bytes, sizeof(root));
	}
}

static struct store *
create(struct cut_disk *disk)
{
	struct store_error error;
	struct store *store = open_on(disk, STORE_CREATE, &error);

	if (store != NULL) {
		return store;
	}
	disk_works(disk);
	store = open_on(disk, STORE_CREATE, &error);
	if (store == NULL && error.failure == STORE_EXISTS) {
		store = open_on(disk, STORE_WRITE, &error);
	}
	if (store == NULL) {
		fail_msg("%s %s", error.what, error.cause);
	}
	return store;
}

/* All blocks, whatever fails on the way. */
static void
run(struct cut_disk *disk, struct store_head *heads)
{
	struct store *store = create(disk);
	struct store_error error;

	for (uint64_t h = 0; h < BLOCKS; ) {
		if (scratch_block(store, h, 40, 3, &error)) {
			if (heads != NULL) {
				heads[h] = *store_head(store);
			} else {
				assert_whole(store);
			}
			h++;
			continue;
		}
		assert_true(heads == NULL);
		assert_true(strlen(error.what) > 10);
		disk_works(disk);
		assert_whole(store);
		if (error.failure != STORE_FULL) {
			/* Only the disk knows whether the block is there; asking it twice does not harm. */
			store_close(store);
			store = open_on(disk, STORE_WRITE, &error);
			if (store == NULL) {
				fail_msg("%s %s", error.what, error.cause);
			}
			assert_whole(store);
			h = store_head(store)->log_size == 0 ? 0 : store_head(store)->height + 1;
		}
	}
	disk_works(disk);
	assert_true(store_check(store, &error));
	store_close(store);
	store = open_on(disk, STORE_WRITE, &error);
	assert_non_null(store);
	assert_int_equal(store_head(store)->height, BLOCKS - 1);
	assert_whole(store);
	store_close(store);
}

static void
run_with(unsigned long at, unsigned long times, int code, bool reads)
{
	struct cut_image nothing = { 0 };
	struct cut_disk *disk = cut_disk_new(&nothing, 5);

	disk->fail_at = at;
	disk->fail_times = times;
	disk->fail_code = code;
	disk->reads_fail = reads;
	run(disk, NULL);
	cut_disk_free(disk);
}

static void
through_all(int code, bool reads)
{
	/* Every operation in a long run, a part of them otherwise. */
	const unsigned long step = getenv("ASSAY_LONG") != NULL ? 1 : calls_of_all / 50 + 1;

	for (unsigned long at = 1; at <= calls_of_all; at += step) {
		run_with(at, 1, code, reads);
		run_with(at, 1000000, code, reads);
	}
}

static void
a_full_disk_loses_nothing(void **state)
{
	(void)state;
	through_all(SQLITE_FULL, false);
}

static void
failing_writes_lose_nothing(void **state)
{
	(void)state;
	through_all(SQLITE_IOERR_WRITE, false);
}

static void
failing_reads_lose_nothing(void **state)
{
	(void)state;
	through_all(SQLITE_IOERR_WRITE, true);
}

/* A port that fails says so, and the block that saw it is not kept. */
static void
a_port_that_fails_loses_the_block(void **state)
{
	struct cut_image nothing = { 0 };
	struct cut_disk *disk = cut_disk_new(&nothing, 5);
	struct store_error error;
	struct store *store = create(disk);
	const struct assay_rows rows = store_rows(store);
	uint8_t key[ASSAY_ROW_KEY_BYTES_MAX], value[512];
	size_t key_len, len;

	(void)state;
	for (uint64_t h = 0; h < BLOCKS; h++) {
		assert_true(scratch_block(store, h, 40, 3, &error));
	}
	assert_true(store_begin_block(store, &error));
	sqlite3_db_release_memory(store->database.db);
	disk->calls = 0;
	disk->reads_fail = true;
	disk->fail_at = 1;
	disk->fail_times = 1000000;
	assert_int_equal(rows.next(rows.context, bytes_of(NULL, 0), key, &key_len, value, sizeof(value), &len),
	    ASSAY_ROWS_FAILED);
	assert_int_equal(store_failure(store)->failure, STORE_DISK);
	assert_int_equal(rows.get(rows.context, bytes_of("\x03\x01", 2), value, sizeof(value), &len), ASSAY_ROWS_FAILED);
	/* What cannot be seen cannot be removed. */
	assert_false(rows.remove(rows.context, bytes_of("\x03\x01", 2)));
	disk_works(disk);
	scratch_append(store, bytes_of_text("commit"));
	assert_false(store_commit_block(store, BLOCKS, &error));
	assert_whole(store);
	assert_true(scratch_block(store, BLOCKS, 40, 3, &error));
	store_close(store);
	cut_disk_free(disk);
}

static int
setup(void **state)
{
	struct cut_image nothing = { 0 };
	struct cut_disk *disk = cut_disk_new(&nothing, 5);

	(void)state;
	disk->reads_fail = true;
	run(disk, expected);
	calls_of_all = disk->calls;
	cut_disk_free(disk);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_disk_loses_nothing),
		cmocka_unit_test(failing_writes_lose_nothing),
		cmocka_unit_test(failing_reads_lose_nothing),
		cmocka_unit_test(a_port_that_fails_loses_the_block),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
