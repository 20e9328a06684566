/* SPDX-License-Identifier: Apache-2.0 */
/* The store's file: creating, opening, who else has it, what is not a store, damage, backups. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "unit/scratch.h"

#include "store/inside.h"

static const struct assay_crypto *crypto;

static void
sql(const char *directory, const char *statement)
{
	char path[512];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/%s", directory, STORE_NAME);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, statement, NULL, NULL, NULL) != SQLITE_OK) {
		fail_msg("%s: %s", statement, sqlite3_errmsg(db));
	}
	sqlite3_close(db);
}

static void
put_file(const char *directory, const char *name, const void *bytes, size_t len)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	assert_true(disk_posix()->write(NULL, path, bytes_of(bytes, len)));
}

/* ---- life ------------------------------------------------------------- */

static void
a_store_is_as_it_was_left(void **state)
{
	struct scratch scratch;
	struct store_error error;
	char directory[512];

	(void)state;
	scratch_make(&scratch);
	snprintf(directory, sizeof(directory), "%s/with/parents", scratch.directory);
	assert_int_equal(scratch_refused(directory, STORE_WRITE), STORE_MISSING);
	assert_int_equal(scratch_refused(directory, STORE_READ), STORE_MISSING);
	struct store *store = scratch_open(directory, STORE_CREATE);

	assert_int_equal(store_head(store)->log_size, 0);
	store_close(store);
	/* Created, and nothing in it yet. */
	store = scratch_open(directory, STORE_WRITE);
	assert_int_equal(store_head(store)->log_size, 0);
	scratch_blocks(store, 0, 10);
	const struct store_head head = *store_head(store);

	assert_int_equal(head.height, 9);
	store_close(store);
	assert_int_equal(scratch_refused(directory, STORE_CREATE), STORE_EXISTS);
	store = scratch_open(directory, STORE_WRITE);
	assert_memory_equal(store_head(store), &head, sizeof(head));
	/* The next block, and no other. */
	assert_false(scratch_block(store, 9, 1, 1, &error));
	assert_false(scratch_block(store, 11, 1, 1, &error));
	assert_memory_equal(store_head(store), &head, sizeof(head));
	/* A block has an entry. */
	assert_false(scratch_block(store, 10, 1, 0, &error));
	assert_true(scratch_block(store, 10, 1, 1, &error));
	assert_true(store_check(store, &error));
	store_close(store);
	scratch_remove(&scratch);
}

static void
a_block_left_open_is_none(void **state)
{
	struct scratch scratch;
	struct store_error error;

	(void)state;
	scratch_make(&scratch);
	struct store *store = scratch_open(scratch.directory, STORE_CREATE);

	scratch_blocks(store, 0, 3);
	const struct store_head head = *store_head(store);

	assert_true(store_begin_block(store, &error));
	scratch_fill(store, 3, 30, 3);
	store_close(store);
	store = scratch_open(scratch.directory, STORE_WRITE);
	assert_memory_equal(store_head(store), &head, sizeof(head));
	store_close(store);
	scratch_remove(&scratch);
}

/* A file written by a creation that the power cut short. */
static void
a_creation_can_be_finished(void **state)
{
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	put_file(scratch.directory, STORE_NAME, "", 0);
	assert_int_equal(scratch_refused(scratch.directory, STORE_WRITE), STORE_MISSING);
	assert_int_equal(scratch_refused(scratch.directory, STORE_READ), STORE_MISSING);
	store_close(scratch_open(scratch.directory, STORE_CREATE));
	store_close(scratch_open(scratch.directory, STORE_WRITE));
	scratch_remove(&scratch);
}

/* ---- others ----------------------------------------------------------- */

static void
one_writer_and_any_readers(void **state)
{
	struct scratch scratch;
	struct store_error error;
	uint8_t key[ASSAY_ROW_KEY_BYTES_MAX], value[512], root[32];
	size_t key_len, len;

	(void)state;
	scratch_make(&scratch);
	struct store *writer = scratch_open(scratch.directory, STORE_CREATE);

	scratch_blocks(writer, 0, 5);
	assert_int_equal(scratch_refused(scratch.directory, STORE_WRITE), STORE_BUSY);
	assert_int_equal(scratch_refused(scratch.directory, STORE_CREATE), STORE_BUSY);
	struct store *reader = scratch_open(scratch.directory, STORE_READ);
	const struct store_head head = *store_head(reader);

	/* The writer goes on; the reader stays where it was, rows and log and root alike. */
	scratch_blocks(writer, 5, 20);
	struct store *later = scratch_open(scratch.directory, STORE_READ);

	assert_int_equal(store_head(later)->height, 19);
	assert_memory_equal(store_head(reader), &head, sizeof(head));
	assert_true(store_check(reader, &error));
	assert_true(store_check(later, &error));
	const struct assay_rows rows = store_rows(reader);

	assert_true(rows.root(rows.context, root));
	assert_memory_equal(root, head.state_root.bytes, sizeof(root));
	assert_int_equal(rows.next(rows.context, bytes_of(NULL, 0), key, &key_len, value, sizeof(value), &len),
	    ASSAY_ROWS_FOUND);
	assert_false(store_begin_block(reader, &error));
	assert_int_equal(error.failure, STORE_UNWRITABLE);
	assert_false(rows.put(rows.context, bytes_of("k", 1), bytes_of("v", 1)));
	store_close(reader);
	store_close(later);
	store_close(writer);
	store_close(scratch_open(scratch.directory, STORE_WRITE));
	scratch_remove(&scratch);
}

/* The lock is held against other processes, and ends with the one that has it. */
static void
a_dead_writer_holds_no_lock(void **state)
{
	struct scratch scratch;
	int ends[2], status;
	char byte;

	(void)state;
	scratch_make(&scratch);
	store_close(scratch_open(scratch.directory, STORE_CREATE));
	assert_int_equal(pipe(ends), 0);
	const pid_t child = fork();

	if (child == 0) {
		close(ends[0]);
		scratch_open(scratch.directory, STORE_WRITE);
		if (write(ends[1], "x", 1) != 1) {
			_exit(1);
		}
		pause();
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(scratch_refused(scratch.directory, STORE_WRITE), STORE_BUSY);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	store_close(scratch_open(scratch.directory, STORE_WRITE));
	close(ends[0]);
	scratch_remove(&scratch);
}

/* root may write anywhere: then there is nothing to see. */
static void
a_directory_without_rights_is_read(void **state)
{
	struct scratch scratch;
	struct store_error error;
	int status;

	(void)state;
	scratch_make(&scratch);
	struct store *store = scratch_open(scratch.directory, STORE_CREATE);

	scratch_blocks(store, 0, 4);
	store_close(store);
	/* As somebody else, in a process of its own. */
	assert_int_equal(chmod(scratch.directory, 0555), 0);
	const pid_t child = fork();

	if (child == 0) {
		if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
			_exit(77);
		}
		const struct store_options read = { .mode = STORE_READ };

		store = store_open(scratch.directory, &read, crypto, &error);
		if (store == NULL || store_head(store)->height != 3 || !store_check(store, &error)) {
			fprintf(stderr, "%s %s\n", error.what, error.cause);
			_exit(1);
		}
		store_close(store);
		_exit(scratch_refused(scratch.directory, STORE_WRITE) == STORE_UNWRITABLE ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	scratch_remove(&scratch);
	if (WEXITSTATUS(status) == 77) {
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- what is no store ------------------------------------------------- */

static void
what_is_no_store_is_refused(void **state)
{
	static const struct {
		const char *sql;	/* makes a file; NULL: garbage */
		enum store_failure failure;
	} rows[] = {
		{ NULL, STORE_FOREIGN },
		{ "CREATE TABLE t(a); INSERT INTO t VALUES (1)", STORE_FOREIGN },
		{ "PRAGMA application_id = 252006673", STORE_FOREIGN },		/* another program's */
		{ "PRAGMA user_version = 1", STORE_FOREIGN },			/* a version, and of nobody */
		{ "PRAGMA application_id = 1634956153; PRAGMA user_version = 2", STORE_NEWER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scratch scratch;
		char garbage[9000];

		scratch_make(&scratch);
		memset(garbage, 'x', sizeof(garbage));
		if (rows[i].sql == NULL) {
			put_file(scratch.directory, STORE_NAME, garbage, sizeof(garbage));
		} else {
			sql(scratch.directory, rows[i].sql);
		}
		assert_int_equal(scratch_refused(scratch.directory, STORE_WRITE), rows[i].failure);
		assert_int_equal(scratch_refused(scratch.directory, STORE_READ), rows[i].failure);
		/* Nor is it made one. */
		assert_int_equal(scratch_refused(scratch.directory, STORE_CREATE),
		    rows[i].failure == STORE_NEWER ? STORE_EXISTS : rows[i].failure);
		scratch_remove(&scratch);
	}
}

/* ---- damage ----------------------------------------------------------- */

/* Whatever is changed in the rows from outside, the root tells. */
static void
changed_rows_are_found(void **state)
{
	static const char *const changes[] = {
		"UPDATE rows SET value = x'00' WHERE key = (SELECT max(key) FROM rows)",
		"DELETE FROM rows WHERE key = (SELECT min(key) FROM rows)",
		"INSERT INTO rows VALUES (x'0102030405060708', x'')",
		"INSERT INTO rows VALUES (x'', x'')",
		"UPDATE head SET state_root = zeroblob(32)",
		"DELETE FROM head",
		"DELETE FROM rows",
		"DROP TABLE rows",
	};
	struct store_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct scratch scratch;

		scratch_make(&scratch);
		struct store *store = scratch_open(scratch.directory, STORE_CREATE);

		scratch_blocks(store, 0, 20);
		store_close(store);
		sql(scratch.directory, changes[i]);
		const enum store_failure failure = scratch_refused(scratch.directory, STORE_WRITE);

		if (strncmp(changes[i], "DROP", 4) == 0) {
			assert_int_not_equal(failure, STORE_FINE);
			scratch_remove(&scratch);
			continue;
		}
		if (failure != STORE_DAMAGED) {
			fail_msg("%s: %d", changes[i], failure);
		}
		/* It may be looked at, and says so; it has no root. */
		store = scratch_open(scratch.directory, STORE_READ);
		assert_non_null(store_damage(store));
		const struct assay_rows rows = store_rows(store);
		uint8_t root[32];

		assert_false(rows.root(rows.context, root));
		assert_false(store_check(store, &error));
		store_close(store);
		scratch_remove(&scratch);
	}
}

static size_t
read_whole(const char *path, uint8_t *out, size_t size)
{
	size_t len;

	assert_int_equal(disk_posix()->read(NULL, path, out, size, &len), DISK_READ);
	return len;
}

/*
 * Any bit, any length: the store opens only if what it says is what it was, and
 * never crashes.
 */
static void
flipped_and_cut_files_are_found(void **state)
{
	static uint8_t bytes[1 << 20];
	struct scratch scratch, other;
	struct store_error error;
	uint64_t seed = 23;
	char path[512];
	unsigned refused = 0;

	(void)state;
	scratch_make(&scratch);
	scratch_make(&other);
	struct store *store = scratch_open(scratch.directory, STORE_CREATE);

	scratch_blocks(store, 0, 40);
	const struct store_head head = *store_head(store);

	store_close(store);
	snprintf(path, sizeof(path), "%s/%s", scratch.directory, STORE_NAME);
	const size_t len = read_whole(path, bytes, sizeof(bytes));

	for (unsigned i = 0; i < 300; i++) {
		const bool cut = i % 5 == 0;
		const size_t at = scratch_random(&seed) % len;
		const uint8_t bit = (uint8_t)(1 << scratch_random(&seed) % 8);
		const struct store_options options = { .mode = STORE_WRITE };

		bytes[at] ^= cut ? 0 : bit;
		put_file(other.directory, STORE_NAME, bytes, cut ? at : len);
		store = store_open(other.directory, &options, crypto, &error);
		if (store == NULL) {
			refused++;
		} else {
			/* What was hit is unused, or a part that only a full check reads. */
			const struct assay_rows rows = store_rows(store);
			uint8_t root[32];

			assert_memory_equal(store_head(store), &head, sizeof(head));
			assert_true(rows.root(rows.context, root));
			assert_memory_equal(root, head.state_root.bytes, sizeof(root));
			store_check(store, &error);
			store_close(store);
		}
		bytes[at] ^= cut ? 0 : bit;
	}
	assert_true(refused > 60);
	scratch_remove(&scratch);
	scratch_remove(&other);
}

/* ---- backup ----------------------------------------------------------- */

static void
a_backup_is_of_one_block(void **state)
{
	struct scratch scratch, other;
	struct store_error error;
	char file[600];

	(void)state;
	scratch_make(&scratch);
	scratch_make(&other);
	snprintf(file, sizeof(file), "%s/%s", other.directory, STORE_NAME);
	assert_false(store_backup(scratch.directory, file, &error));
	assert_int_equal(error.failure, STORE_MISSING);
	struct store *store = scratch_open(scratch.directory, STORE_CREATE);

	scratch_blocks(store, 0, 30);
	/* While the store is open, with a block begun that is none yet. */
	assert_true(store_begin_block(store, &error));
	scratch_fill(store, 30, 20, 2);
	if (!store_backup(scratch.directory, file, &error)) {
		fail_msg("%s %s", error.what, error.cause);
	}
	assert_true(store_commit_block(store, 30, &error));
	assert_false(store_backup(scratch.directory, file, &error));
	assert_int_equal(error.failure, STORE_EXISTS);
	struct store *restored = scratch_open(other.directory, STORE_WRITE);

	assert_int_equal(store_head(restored)->height, 29);
	assert_true(store_check(restored, &error));
	/* It goes on as the first did. */
	assert_true(scratch_block(restored, 30, 20, 2, &error));
	assert_memory_equal(store_head(restored), store_head(store), sizeof(struct store_head));
	store_close(restored);
	store_close(store);
	/* Where it cannot be written nothing is left. */
	snprintf(file, sizeof(file), "%s/no/such/directory", other.directory);
	assert_false(store_backup(scratch.directory, file, &error));
	scratch_remove(&scratch);
	scratch_remove(&other);
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
		cmocka_unit_test(a_store_is_as_it_was_left),
		cmocka_unit_test(a_block_left_open_is_none),
		cmocka_unit_test(a_creation_can_be_finished),
		cmocka_unit_test(one_writer_and_any_readers),
		cmocka_unit_test(a_dead_writer_holds_no_lock),
		cmocka_unit_test(a_directory_without_rights_is_read),
		cmocka_unit_test(what_is_no_store_is_refused),
		cmocka_unit_test(changed_rows_are_found),
		cmocka_unit_test(flipped_and_cut_files_are_found),
		cmocka_unit_test(a_backup_is_of_one_block),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
