/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that cuts and signs blocks is killed at any instant, and started
 * again on the same files: nothing that it acknowledged is lost, and whatever
 * it ever showed is one history.
 *
 * ASSAY_KILLS is how many times: 10, or 1,000 in a long run.
 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "unit/scratch.h"

#include "property/property.h"

/* What is acknowledged goes through a pipe: it outlives who wrote it. */
struct acknowledged {
	uint64_t size;
	struct hash root;
};

static struct log_signer signer;

static void
open_both(const char *directory, const char *checkpoint, struct store **store, struct checkpoint_file *file)
{
	struct store_error error;

	*store = scratch_open(directory, STORE_WRITE);
	if (!checkpoint_file_open(file, checkpoint, NULL, assay_crypto_openssl(), &signer.key, &error)) {
		fail_msg("%s %s", error.what, error.cause);
	}
}

/* Blocks without end; the run's number makes each run's blocks its own. */
static void
work(const char *directory, const char *checkpoint, unsigned long number, int out)
{
	struct checkpoint_file file;
	struct store_error error;
	struct store *store;
	char text[64];

	open_both(directory, checkpoint, &store, &file);
	for (;;) {
		const uint64_t height = store_head(store)->height + 1;

		assert_true(store_begin_block(store, &error));
		scratch_fill(store, height * 1009 + number, 12, (unsigned)(height % 4));
		snprintf(text, sizeof(text), "commit %llu %lu", (unsigned long long)height, number);
		scratch_append(store, bytes_of_text(text));
		if (!store_commit_block(store, height, &error) || !checkpoint_file_sign(&file, store, &signer, &error)) {
			_exit(1);
		}
		const struct acknowledged shown = { file.size, file.root };

		if (write(out, &shown, sizeof(shown)) != (ssize_t)sizeof(shown)) {
			_exit(1);
		}
	}
}

static void
kill_once(const char *directory, const char *checkpoint, unsigned long number, uint64_t *seed,
    struct acknowledged *last)
{
	const struct timespec wait = { 0, (long)(scratch_random(seed) % 30000000) };
	int ends[2], status;

	assert_int_equal(pipe(ends), 0);
	const pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		work(directory, checkpoint, number, ends[1]);
	}
	close(ends[1]);
	/* Most of the time it is at work when the signal comes, sometimes still opening the store. */
	if (scratch_random(seed) % 4 != 0) {
		assert_int_equal(read(ends[0], last, sizeof(*last)), sizeof(*last));
	}
	nanosleep(&wait, NULL);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	while (read(ends[0], last, sizeof(*last)) == (ssize_t)sizeof(*last)) {
	}
	close(ends[0]);
}

static void
nothing_acknowledged_is_lost(void **state)
{
	const unsigned long kills = property_number("ASSAY_KILLS", 10, 1000);
	struct acknowledged *all = calloc(kills + 1, sizeof(*all));
	struct scratch scratch, key;
	char checkpoint[512];
	struct checkpoint_file file;
	struct store_error error;
	struct hash root;
	uint64_t seed = 17;

	(void)state;
	assert_non_null(all);
	scratch_make(&scratch);
	scratch_make(&key);
	snprintf(checkpoint, sizeof(checkpoint), "%s/checkpoint", key.directory);
	struct store *store = scratch_open(scratch.directory, STORE_CREATE);

	scratch_blocks(store, 0, 1);
	assert_true(checkpoint_file_open(&file, checkpoint, NULL, assay_crypto_openssl(), &signer.key, &error));
	checkpoint_file_accept_missing(&file);
	assert_true(checkpoint_file_sign(&file, store, &signer, &error));
	all[0] = (struct acknowledged){ file.size, file.root };
	checkpoint_file_close(&file);
	store_close(store);

	for (unsigned long i = 0; i < kills; i++) {
		all[i + 1] = all[i];
		kill_once(scratch.directory, checkpoint, i, &seed, &all[i + 1]);
		open_both(scratch.directory, checkpoint, &store, &file);
		assert_int_equal(checkpoint_file_standing(&file, store, &error), CHECKPOINT_AGREES);
		assert_true(file.size >= all[i + 1].size);
		for (unsigned long k = 0; k <= i + 1; k++) {
			assert_true(store_log_root(store, all[k].size, &root, &error));
			assert_true(hash_equal(&root, &all[k].root));
		}
		checkpoint_file_close(&file);
		store_close(store);
	}
	store = scratch_open(scratch.directory, STORE_WRITE);
	assert_true(store_check(store, &error));
	print_message("%llu blocks\n", (unsigned long long)store_head(store)->height);
	store_close(store);
	scratch_remove(&scratch);
	scratch_remove(&key);
	free(all);
}

static int
setup(void **state)
{
	(void)state;
	signer = scratch_signer(4);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	scratch_signer_free(&signer);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_acknowledged_is_lost),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
