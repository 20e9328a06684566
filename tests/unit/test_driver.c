/* SPDX-License-Identifier: Apache-2.0 */
/* The embedded driver: blocks, clocks, signing, what waits, and what goes wrong between them. */
#include <sqlite3.h>
#include <sys/stat.h>

#include "unit/ledger.h"

static struct scene *s;
static struct scratch scratch, keys;
static struct log_signer signer;
static char checkpoint_path[300];
static bool signer_refuses;

static bool
sign_sometimes(void *context, struct assay_bytes message, uint8_t signature[64])
{
	return !signer_refuses && scratch_sign(context, message, signature);
}

static int
setup(void **state)
{
	(void)state;
	s = scene_new(&(struct scene_options){ .seed = "driver" });
	signer = scratch_signer(9);
	signer.sign = sign_sometimes;
	signer_refuses = false;
	ledger_name_signer(s, &signer);
	scratch_make(&scratch);
	scratch_make(&keys);
	snprintf(checkpoint_path, sizeof(checkpoint_path), "%s/last", keys.directory);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	scratch_remove(&scratch);
	scratch_remove(&keys);
	scratch_signer_free(&signer);
	scene_free(s);
	return 0;
}

static struct driver_options
options_of(enum store_mode mode)
{
	return (struct driver_options){ .directory = scratch.directory, .checkpoint_path = checkpoint_path,
		.signer = &signer, .mode = mode };
}

static struct driver *
make(void)
{
	const struct driver_options options = options_of(STORE_CREATE);
	struct store_error error;
	struct driver *driver = driver_create(&options, ledger_genesis(s), assay_crypto_openssl(), &error);

	if (driver == NULL) {
		fail_msg("%s %s", error.what, error.cause);
	}
	return driver;
}

static struct driver *
open_at(uint64_t now_ms)
{
	const struct driver_options options = options_of(STORE_WRITE);
	struct store_error error;
	struct driver *driver = driver_open(&options, now_ms, assay_crypto_openssl(), &error);

	if (driver == NULL) {
		fail_msg("%s %s", error.what, error.cause);
	}
	return driver;
}

static enum store_failure
refused_with(const struct driver_options *options, uint64_t now_ms)
{
	struct store_error error;
	struct driver *driver = driver_open(options, now_ms, assay_crypto_openssl(), &error);

	if (driver != NULL) {
		driver_close(driver);
		return STORE_FINE;
	}
	assert_true(strlen(error.what) > 10 && error.what[strlen(error.what) - 1] == '.');
	return error.failure;
}

static void
cut(struct driver *driver, uint64_t now_ms)
{
	struct assay_register_commit commit;
	struct store_error error;

	if (!driver_cut(driver, now_ms, NULL, 0, NULL, &commit, &error)) {
		fail_msg("%s %s", error.what, error.cause);
	}
}

/* What the note says it covers. */
static uint64_t
signed_size(const struct driver *driver)
{
	struct assay_bytes text, signatures;
	struct checkpoint checkpoint;

	if (driver_checkpoint(driver).len == 0) {
		return 0;
	}
	assert_true(note_split(driver_checkpoint(driver), &text, &signatures));
	assert_true(checkpoint_parse(&checkpoint, text));
	return checkpoint.size;
}

/* Mutation caught: any difference between what the driver and the bare machine are given or make. */
static void
it_makes_the_same_blocks_as_the_machine_in_memory(void **state)
{
	struct driver *driver = make();

	(void)state;
	assert_memory_equal(driver_head(driver)->register_id, s->head.register_id, 32);
	for (unsigned i = 0; i < 5; i++) {
		struct assay_bytes transactions[3];
		uint8_t copies[3][1000];
		struct driver_result results[3];
		struct assay_register_commit commit;
		struct store_error error;

		for (unsigned k = 0; k < 3; k++) {
			const struct assay_bytes t = ledger_transfer(s, k, 7, k == 2 ? 0 : 10 + i);

			bytes_copy(copies[k], t, t.len);
			transactions[k] = bytes_of(copies[k], t.len);
			(void)scene_send_bytes(s, t);
			s->accounts[k].nonce++;
		}
		scene_block(s);
		assert_true(driver_cut(driver, s->time_ms, transactions, 3, results, &commit, &error));
		assert_memory_equal(commit.block_id, s->commit.block_id, 32);
		assert_int_equal(commit.log_size, s->commit.log_size);
		assert_int_equal(results[0].result.code, CODE_ACCEPTED);
		assert_int_equal(results[2].result.code, CODE_AMOUNT);
		assert_int_equal(signed_size(driver), commit.log_size);
		assert_null(driver_unsigned(driver));
		if (i == 2) {
			driver_close(driver);
			driver = open_at(s->time_ms + 500);
		}
	}
	driver_close(driver);
}

/* Mutation caught: the hour, either of its sides, and the millisecond after the last block. */
static void
a_clock_far_from_the_last_block_stops_it(void **state)
{
	const uint64_t hour_ms = 3600000;
	struct driver_options options = options_of(STORE_WRITE);

	(void)state;
	driver_close(make());
	assert_int_equal(refused_with(&options, SCENE_START_MS + hour_ms), STORE_FINE);
	assert_int_equal(refused_with(&options, SCENE_START_MS + hour_ms + 1), STORE_CONFLICT);
	assert_int_equal(refused_with(&options, SCENE_START_MS - hour_ms), STORE_FINE);
	assert_int_equal(refused_with(&options, SCENE_START_MS - hour_ms - 1), STORE_CONFLICT);
	options.accept_time = true;
	assert_int_equal(refused_with(&options, SCENE_START_MS + 3 * hour_ms), STORE_FINE);
	assert_int_equal(refused_with(&options, UINT64_MAX), STORE_CONFLICT);
	options = options_of(STORE_READ);
	assert_int_equal(refused_with(&options, 0), STORE_FINE);

	struct driver *driver = open_at(SCENE_START_MS);

	cut(driver, SCENE_START_MS - 1000);
	assert_int_equal(driver_head(driver)->time_ms, SCENE_START_MS + 1);
	cut(driver, SCENE_START_MS + 5000);
	assert_int_equal(driver_head(driver)->time_ms, SCENE_START_MS + 5000);
	driver_close(driver);
}

/* Mutations caught: a block that is signed for before it is there, or never after a failure. */
static void
a_block_without_a_signature_is_signed_with_the_next(void **state)
{
	struct driver *driver = make();

	(void)state;
	signer_refuses = true;
	cut(driver, SCENE_START_MS + 1000);
	assert_non_null(driver_unsigned(driver));
	assert_int_equal(signed_size(driver), 2);
	signer_refuses = false;
	cut(driver, SCENE_START_MS + 2000);
	assert_null(driver_unsigned(driver));
	assert_int_equal(signed_size(driver), driver_head(driver)->log_size);
	signer_refuses = true;
	cut(driver, SCENE_START_MS + 3000);
	driver_close(driver);
	signer_refuses = false;
	driver = open_at(SCENE_START_MS + 3000);
	assert_int_equal(signed_size(driver), driver_head(driver)->log_size);
	driver_close(driver);
}

static void
only_the_key_that_the_register_names_may_sign(void **state)
{
	struct log_signer other = scratch_signer(10);
	struct driver_options options = options_of(STORE_CREATE);
	struct store_error error;

	(void)state;
	options.signer = &other;
	assert_null(driver_create(&options, ledger_genesis(s), assay_crypto_openssl(), &error));
	assert_int_equal(error.failure, STORE_CONFLICT);
	driver_close(make());
	options.mode = STORE_WRITE;
	options.checkpoint_path = scratch_path(&keys, "other");
	assert_int_equal(refused_with(&options, SCENE_START_MS), STORE_CONFLICT);
	/* One key, one log: a second register cannot be made where the first one's checkpoint lies. */
	options = options_of(STORE_CREATE);
	options.directory = scratch_path(&scratch, "second");
	assert_null(driver_create(&options, ledger_genesis(s), assay_crypto_openssl(), &error));
	assert_int_equal(error.failure, STORE_EXISTS);
	scratch_signer_free(&other);
}

/* Behind, in conflict, missing: see the checkpoint file; here, that the driver asks it. */
static void
a_store_that_is_not_what_was_signed_is_not_gone_on_with(void **state)
{
	struct driver_options options = options_of(STORE_WRITE);
	struct driver *driver = make();
	struct store_error error;
	char command[1200];

	(void)state;
	assert_true(store_backup(scratch.directory, scratch_path(&keys, "backup"), &error));
	cut(driver, SCENE_START_MS + 1000);
	driver_close(driver);
	snprintf(command, sizeof(command), "mv '%s' '%s.away'", checkpoint_path, checkpoint_path);
	assert_int_equal(system(command), 0);
	assert_int_equal(refused_with(&options, SCENE_START_MS), STORE_MISSING);
	snprintf(command, sizeof(command), "mv '%s.away' '%s'", checkpoint_path, checkpoint_path);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof(command), "rm '%s'/register.db* && cp '%s' '%s/register.db'", scratch.directory,
	    scratch_path(&keys, "backup"), scratch.directory);
	assert_int_equal(system(command), 0);
	assert_int_equal(refused_with(&options, SCENE_START_MS), STORE_BEHIND);
	/* It can still be read. */
	options.mode = STORE_READ;
	assert_int_equal(refused_with(&options, SCENE_START_MS), STORE_FINE);
}

/* Mutation caught: going on after a lost block. */
static void
after_a_lost_block_it_must_be_opened_again(void **state)
{
	struct assay_register_commit commit;
	struct store_error error;
	struct driver *driver = make();
	sqlite3 *other;

	(void)state;
	cut(driver, SCENE_START_MS + 1000);
	const uint64_t size = driver_head(driver)->log_size;

	/* Somebody else writes to the file, so that the block cannot be written. */
	assert_int_equal(sqlite3_open(scratch_path(&scratch, STORE_NAME), &other), SQLITE_OK);
	if (sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) {
		sqlite3_close(other);
		driver_close(driver);
		skip();
	}
	assert_false(driver_cut(driver, SCENE_START_MS + 2000, NULL, 0, NULL, &commit, &error));
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	assert_false(driver_cut(driver, SCENE_START_MS + 2000, NULL, 0, NULL, &commit, &error));
	driver_close(driver);
	driver = open_at(SCENE_START_MS + 2000);
	assert_int_equal(driver_head(driver)->log_size, size);
	cut(driver, SCENE_START_MS + 2000);
	driver_close(driver);
}

static void
genesis_that_is_none_leaves_nothing_behind(void **state)
{
	const struct driver_options options = options_of(STORE_CREATE);
	struct store_error error;

	(void)state;
	assert_null(driver_create(&options, bytes_of_text("genesis"), assay_crypto_openssl(), &error));
	assert_int_equal(error.failure, STORE_CONFLICT);
	driver_close(make());
	assert_null(driver_create(&options, ledger_genesis(s), assay_crypto_openssl(), &error));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_makes_the_same_blocks_as_the_machine_in_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(a_clock_far_from_the_last_block_stops_it, setup, teardown),
		cmocka_unit_test_setup_teardown(a_block_without_a_signature_is_signed_with_the_next, setup, teardown),
		cmocka_unit_test_setup_teardown(only_the_key_that_the_register_names_may_sign, setup, teardown),
		cmocka_unit_test_setup_teardown(a_store_that_is_not_what_was_signed_is_not_gone_on_with, setup, teardown),
		cmocka_unit_test_setup_teardown(after_a_lost_block_it_must_be_opened_again, setup, teardown),
		cmocka_unit_test_setup_teardown(genesis_that_is_none_leaves_nothing_behind, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
