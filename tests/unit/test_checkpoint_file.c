/* SPDX-License-Identifier: Apache-2.0 */
/* The last signed checkpoint: when a store is signed for, and every case in which it is not. */
#include "unit/scratch.h"

#include <sqlite3.h>

static const struct assay_crypto *crypto;
static struct log_signer signer;
static struct scratch scratch, keys;
static char path[512];
static struct store *store;
static struct checkpoint_file file;
static struct store_error error;

static int
setup(void **state)
{
	(void)state;
	crypto = assay_crypto_openssl();
	signer = scratch_signer(9);
	scratch_make(&scratch);
	scratch_make(&keys);
	snprintf(path, sizeof(path), "%s/checkpoint", keys.directory);
	store = scratch_open(scratch.directory, STORE_CREATE);
	assert_true(checkpoint_file_open(&file, path, NULL, crypto, &signer.key, &error));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	checkpoint_file_close(&file);
	store_close(store);
	scratch_remove(&scratch);
	scratch_remove(&keys);
	scratch_signer_free(&signer);
	return 0;
}

static void
assert_signs(void)
{
	if (!checkpoint_file_sign(&file, store, &signer, &error)) {
		fail_msg("%s %s", error.what, error.cause);
	}
	assert_int_equal(file.size, store_head(store)->log_size);
	assert_true(hash_equal(&file.root, &store_head(store)->log_root));
}

static void
assert_refuses(enum store_failure failure)
{
	const bool present = file.present;
	const uint64_t size = file.size;

	assert_false(checkpoint_file_sign(&file, store, &signer, &error));
	assert_int_equal(error.failure, failure);
	assert_true(strlen(error.what) > 10);
	assert_int_equal(file.present, present);
	assert_int_equal(file.size, size);
}

static void
reopen_file(void)
{
	checkpoint_file_close(&file);
	assert_true(checkpoint_file_open(&file, path, NULL, crypto, &signer.key, &error));
}

/* ---- the ordinary life ------------------------------------------------ */

static void
a_block_is_signed_for(void **state)
{
	char note[CHECKPOINT_NOTE_BYTES_MAX];
	struct assay_bytes text, signatures;
	struct checkpoint checkpoint;
	uint8_t bytes[CHECKPOINT_NOTE_BYTES_MAX];
	int64_t time_s;
	size_t len;

	(void)state;
	/* Nothing to sign yet. */
	assert_int_equal(checkpoint_file_standing(&file, store, &error), CHECKPOINT_AGREES);
	assert_refuses(STORE_MISSING);
	scratch_blocks(store, 0, 3);
	/* A log, and no word of what was signed: somebody has to vouch. */
	assert_int_equal(checkpoint_file_standing(&file, store, &error), CHECKPOINT_MISSING);
	assert_refuses(STORE_MISSING);
	checkpoint_file_accept_missing(&file);
	assert_signs();
	/* What is on the disk is what was shown: a note that anybody can check. */
	assert_int_equal(disk_posix()->read(NULL, path, bytes, sizeof(bytes), &len), DISK_READ);
	assert_true(bytes_equal(bytes_of(bytes, len), bytes_of(file.note, file.note_len)));
	assert_int_equal(note_verify(crypto, bytes_of(bytes, len), &signer.key, &time_s), NOTE_GOOD);
	assert_true(note_split(bytes_of(bytes, len), &text, &signatures));
	assert_true(checkpoint_parse(&checkpoint, text));
	assert_true(bytes_equal_text(checkpoint.origin, "example.org/scratch"));
	assert_int_equal(checkpoint.size, store_head(store)->log_size);
	/* The same again is the same. */
	memcpy(note, file.note, file.note_len);
	assert_signs();
	assert_memory_equal(note, file.note, file.note_len);
	/* Blocks may be signed for one by one or not; and after a new start. */
	scratch_blocks(store, 3, 8);
	assert_signs();
	struct store *writer = store;

	store = scratch_open(scratch.directory, STORE_READ);
	assert_int_equal(checkpoint_file_standing(&file, store, &error), CHECKPOINT_AGREES);
	assert_refuses(STORE_UNWRITABLE);
	store_close(store);
	store = writer;
	reopen_file();
	assert_true(file.present);
	assert_int_equal(checkpoint_file_standing(&file, store, &error), CHECKPOINT_AGREES);
	scratch_blocks(store, 8, 9);
	assert_signs();
}

/* While a block is open only what is committed is signed for. */
static void
an_open_block_is_not_signed_for(void **state)
{
	(void)state;
	const struct store_head head = *store_head(store);

	checkpoint_file_accept_missing(&file);
	scratch_blocks(store, 0, 1);
	assert_true(store_begin_block(store, &error));
	scratch_fill(store, 1, 5, 5);
	assert_signs();
	assert_true(store_head(store)->log_size > head.log_size);
	store_abort_block(store);
	assert_signs();
}

/* ---- stores that are not what was signed ------------------------------ */

static void
a_restored_backup_is_not_signed_for(void **state)
{
	struct scratch other;
	char backup[600];

	(void)state;
	scratch_make(&other);
	snprintf(backup, sizeof(backup), "%s/%s", other.directory, STORE_NAME);
	checkpoint_file_accept_missing(&file);
	scratch_blocks(store, 0, 5);
	assert_true(store_backup(scratch.directory, backup, &error));
	scratch_blocks(store, 5, 9);
	assert_signs();
	struct store *original = store;

	store = scratch_open(other.directory, STORE_WRITE);
	assert_int_equal(checkpoint_file_standing(&file, store, &error), CHECKPOINT_BEHIND);
	assert_refuses(STORE_BEHIND);
	/* Nor when it goes its own way past that size: then it is another history. */
	for (uint64_t h = 5; h < 20; h++) {
		assert_true(store_begin_block(store, &error));
		scratch_append(store, bytes_of_text("another history"));
		assert_true(store_commit_block(store, h, &error));
	}
	assert_int_equal(checkpoint_file_standing(&file, store, &error), CHECKPOINT_CONFLICTS);
	assert_refuses(STORE_CONFLICT);
	store_close(store);
	assert_int_equal(unlink(backup), 0);
	/* Brought up to date with the entries that were signed for, it is signed for again. */
	store = original;
	assert_true(store_backup(scratch.directory, backup, &error));
	store = scratch_open(other.directory, STORE_WRITE);
	assert_int_equal(checkpoint_file_standing(&file, store, &error), CHECKPOINT_AGREES);
	scratch_blocks(store, 9, 12);
	assert_signs();
	store_close(store);
	store = original;
	assert_refuses(STORE_BEHIND);
	scratch_remove(&other);
}

/* An entry that was changed on the disk after its commit is found before it is signed for. */
static void
what_is_signed_was_read_back(void **state)
{
	char database[512];
	sqlite3 *db;

	(void)state;
	checkpoint_file_accept_missing(&file);
	scratch_blocks(store, 0, 3);
	assert_signs();
	scratch_blocks(store, 3, 5);
	snprintf(database, sizeof(database), "%s/%s", scratch.directory, STORE_NAME);
	assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DROP TRIGGER entries_stay; UPDATE entries SET bytes = x'42'"
	    " WHERE number = (SELECT max(number) FROM entries)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_refuses(STORE_DAMAGED);
}

/* ---- the file itself -------------------------------------------------- */

static void
a_strange_file_is_refused(void **state)
{
	static const char other_name[] = "example.org/other";
	struct log_signer stranger = scratch_signer(10);
	struct checkpoint_file other;
	char note[CHECKPOINT_NOTE_BYTES_MAX];

	(void)state;
	checkpoint_file_accept_missing(&file);
	scratch_blocks(store, 0, 3);
	assert_signs();
	const size_t len = file.note_len;

	memcpy(note, file.note, len);
	checkpoint_file_close(&file);
	/* Another key; another log's name. */
	assert_false(checkpoint_file_open(&other, path, NULL, crypto, &stranger.key, &error));
	assert_int_equal(error.failure, STORE_FOREIGN);
	struct note_key renamed = signer.key;

	renamed.name = bytes_of_text(other_name);
	assert_false(checkpoint_file_open(&other, path, NULL, crypto, &renamed, &error));
	assert_int_equal(error.failure, STORE_FOREIGN);
	/* Any bit, any length. */
	for (size_t i = 0; i < len; i++) {
		note[i] ^= 4;
		assert_true(disk_posix()->write(NULL, path, bytes_of(note, len)));
		assert_false(checkpoint_file_open(&other, path, NULL, crypto, &signer.key, &error));
		note[i] ^= 4;
		assert_true(disk_posix()->write(NULL, path, bytes_of(note, i)));
		assert_false(checkpoint_file_open(&other, path, NULL, crypto, &signer.key, &error));
	}
	assert_int_equal(truncate(path, 100000), 0);
	assert_false(checkpoint_file_open(&other, path, NULL, crypto, &signer.key, &error));
	assert_true(disk_posix()->write(NULL, path, bytes_of(note, len)));
	assert_true(checkpoint_file_open(&file, path, NULL, crypto, &signer.key, &error));
	scratch_signer_free(&stranger);
}

static void
others_keep_off(void **state)
{
	struct checkpoint_file other;
	uint8_t old[CHECKPOINT_NOTE_BYTES_MAX];
	size_t old_len;

	(void)state;
	assert_false(checkpoint_file_open(&other, path, NULL, crypto, &signer.key, &error));
	assert_int_equal(error.failure, STORE_BUSY);
	checkpoint_file_accept_missing(&file);
	scratch_blocks(store, 0, 3);
	assert_signs();
	old_len = file.note_len;
	memcpy(old, file.note, old_len);
	scratch_blocks(store, 3, 4);
	assert_signs();
	/* Somebody puts an older one in its place, or takes it away, while it is in use. */
	assert_true(disk_posix()->write(NULL, path, bytes_of(old, old_len)));
	scratch_blocks(store, 4, 5);
	assert_refuses(STORE_CONFLICT);
	assert_int_equal(unlink(path), 0);
	assert_refuses(STORE_CONFLICT);
	/* A lost file is not made up for by itself. */
	reopen_file();
	assert_int_equal(checkpoint_file_standing(&file, store, &error), CHECKPOINT_MISSING);
	assert_refuses(STORE_MISSING);
	checkpoint_file_accept_missing(&file);
	assert_signs();
}

static bool
no_signature(void *context, struct assay_bytes message, uint8_t signature[64])
{
	(void)context;
	(void)message;
	(void)signature;
	return false;
}

static bool
wrong_signature(void *context, struct assay_bytes message, uint8_t signature[64])
{
	if (!scratch_sign(context, message, signature)) {
		return false;
	}
	signature[5] ^= 1;
	return true;
}

static void
a_bad_signature_is_not_kept(void **state)
{
	struct log_signer bad = signer;

	(void)state;
	checkpoint_file_accept_missing(&file);
	scratch_blocks(store, 0, 2);
	bad.sign = no_signature;
	assert_false(checkpoint_file_sign(&file, store, &bad, &error));
	bad.sign = wrong_signature;
	assert_false(checkpoint_file_sign(&file, store, &bad, &error));
	assert_false(disk_posix()->exists(NULL, path));
	assert_signs();
}

/* ---- a disk that does not do as it is told ---------------------------- */

static struct disk odd;
static unsigned fail_at, calls;
static bool swap;

static bool
fails(void)
{
	calls++;
	return calls == fail_at;
}

static bool
odd_write(void *context, const char *name, struct assay_bytes bytes)
{
	return !fails() && disk_posix()->write(context, name, swap ? bytes_slice(bytes, 0, bytes.len / 2) : bytes);
}

static bool
odd_sync(void *context, const char *name)
{
	return !fails() && disk_posix()->sync(context, name);
}

static bool
odd_rename(void *context, const char *from, const char *to)
{
	return !fails() && disk_posix()->rename(context, from, to);
}

static bool
odd_sync_directory(void *context, const char *name)
{
	return !fails() && disk_posix()->sync_directory(context, name);
}

static void
a_failing_disk_gives_nothing_out(void **state)
{
	(void)state;
	odd = *disk_posix();
	odd.write = odd_write;
	odd.sync = odd_sync;
	odd.rename = odd_rename;
	odd.sync_directory = odd_sync_directory;
	checkpoint_file_accept_missing(&file);
	scratch_blocks(store, 0, 1);
	assert_signs();
	for (unsigned i = 1; i <= 5; i++) {
		checkpoint_file_close(&file);
		assert_true(checkpoint_file_open(&file, path, &odd, crypto, &signer.key, &error));
		scratch_blocks(store, i, i + 1);
		calls = 0;
		fail_at = i;
		swap = i == 5;		/* everything succeeds, and half of it is there */
		assert_false(checkpoint_file_sign(&file, store, &signer, &error));
		fail_at = 0;
		/* Not again either, before it is known what is on the disk. */
		assert_false(checkpoint_file_sign(&file, store, &signer, &error));
		if (!swap) {
			reopen_file();
			assert_signs();
		}
	}
	swap = false;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_block_is_signed_for, setup, teardown),
		cmocka_unit_test_setup_teardown(an_open_block_is_not_signed_for, setup, teardown),
		cmocka_unit_test_setup_teardown(a_restored_backup_is_not_signed_for, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_signed_was_read_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_strange_file_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(others_keep_off, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bad_signature_is_not_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failing_disk_gives_nothing_out, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
