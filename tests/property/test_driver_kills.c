/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that takes what waits into blocks is killed at any instant: what was
 * put there is applied once, in order, and the log has no line that says otherwise.
 *
 * ASSAY_KILLS is how many times: 10, or 1,000 in a long run.
 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "unit/ledger.h"

#define EACH_TIME	12	/* transactions that are put there while it runs */

static struct scene *s;
static struct log_signer signer;
static struct scratch scratch, keys;
static char checkpoint_path[300];

static unsigned long
kills_wanted(void)
{
	const char *const number = getenv("ASSAY_KILLS");
	const char *const in_long = getenv("ASSAY_LONG");

	if (number != NULL && number[0] != '\0') {
		return strtoul(number, NULL, 10);
	}
	return in_long != NULL && in_long[0] != '\0' && strcmp(in_long, "0") != 0 ? 1000 : 10;
}

static struct driver *
open_it(void)
{
	const struct driver_options options = { .directory = scratch.directory, .checkpoint_path = checkpoint_path,
		.signer = &signer, .mode = STORE_WRITE, .accept_time = true };
	struct store_error error;
	struct driver *const driver = driver_open(&options, SCENE_START_MS, assay_crypto_openssl(), &error);

	if (driver == NULL) {
		fail_msg("%s %s", error.what, error.cause);
	}
	return driver;
}

/* Blocks without end. */
static void
work(void)
{
	struct driver *const driver = open_it();
	struct assay_register_commit commit;
	struct store_error error;

	while (driver_cut_pending(driver, driver_head(driver)->time_ms + 1, NULL, NULL, &commit, &error)) {
	}
	_exit(1);
}

static void
add_some(uint64_t *seed)
{
	struct timespec wait = { 0, 0 };
	struct store_error error;
	uint8_t digest[32];

	for (unsigned i = 0; i < EACH_TIME; i++) {
		wait.tv_nsec = (long)(scratch_random(seed) % 3000000);
		nanosleep(&wait, NULL);
		if (!pending_add(scratch.directory, assay_crypto_openssl(), ledger_transfer(s, 0, 1, 1), digest, &error)) {
			fail_msg("%s %s", error.what, error.cause);
		}
		s->accounts[0].nonce++;
	}
}

static void
kill_once(uint64_t *seed)
{
	const struct timespec wait = { 0, (long)(scratch_random(seed) % 20000000) };
	int status;
	const pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		work();
	}
	add_some(seed);
	nanosleep(&wait, NULL);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

struct seen {
	uint64_t accepted;
	uint64_t others;
};

static bool
look(void *context, uint64_t index, struct assay_bytes entry)
{
	struct seen *const seen = context;
	struct cursor c = cursor_over(entry);
	const uint8_t type = cursor_u8(&c);
	struct entry_result result;

	(void)index;
	if (type == ENTRY_TRANSACTION) {
		record_read(&entry_result_record, &result, &c);
		seen->accepted += result.code == CODE_ACCEPTED ? 1 : 0;
		seen->others += result.code == CODE_ACCEPTED ? 0 : 1;
	}
	seen->others += type == ENTRY_REFUSED ? 1 : 0;
	return true;
}

static void
what_waits_is_applied_once(void **state)
{
	const unsigned long kills = kills_wanted();
	struct assay_register_commit commit;
	struct seen seen = { 0, 0 };
	struct store_error error;
	struct account account;
	uint64_t seed = 23;

	(void)state;
	for (unsigned long i = 0; i < kills; i++) {
		kill_once(&seed);
	}
	struct driver *const driver = open_it();

	while (driver_cut_pending(driver, driver_head(driver)->time_ms + 1, NULL, NULL, &commit, &error) &&
	    commit.log_size > commit.first_entry + 1) {
		/* Until nothing waits any more; an epoch's turn may fill a block besides. */
		const struct row_key key = key_of_32(TABLE_ACCOUNT, s->accounts[0].id);

		assert_true(row_get((struct machine *)(void *)driver_register(driver)->opaque, &key, &account));
		if (account.nonce == s->accounts[0].nonce) {
			break;
		}
	}
	assert_true(store_each_entry(driver_store(driver), 0, driver_head(driver)->log_size, &seen, look, &error));
	assert_int_equal(seen.accepted, kills * EACH_TIME);
	assert_int_equal(seen.others, 0);
	assert_null(driver_unsigned(driver));
	print_message("%llu blocks\n", (unsigned long long)driver_head(driver)->height);
	driver_close(driver);
}

static int
setup(void **state)
{
	struct store_error error;

	(void)state;
	s = scene_new(&(struct scene_options){ .seed = "kills" });
	signer = scratch_signer(9);
	ledger_name_signer(s, &signer);
	scratch_make(&scratch);
	scratch_make(&keys);
	snprintf(checkpoint_path, sizeof(checkpoint_path), "%s/last", keys.directory);
	const struct driver_options options = { .directory = scratch.directory, .checkpoint_path = checkpoint_path,
		.signer = &signer };
	struct driver *const driver = driver_create(&options, ledger_genesis(s), assay_crypto_openssl(), &error);

	assert_non_null(driver);
	driver_close(driver);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_waits_is_applied_once),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
