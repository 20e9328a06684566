/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions that wait: their order, their bounds, and what a crash leaves of them. */
#include "unit/ledger.h"

static struct scene *s;
static struct scratch scratch, keys;
static struct log_signer signer;
static char checkpoint_path[300];

static int
setup(void **state)
{
	struct store_error error;

	(void)state;
	s = scene_new(&(struct scene_options){ .seed = "pending" });
	signer = scratch_signer(9);
	ledger_name_signer(s, &signer);
	scratch_make(&scratch);
	scratch_make(&keys);
	snprintf(checkpoint_path, sizeof(checkpoint_path), "%s/last", keys.directory);
	const struct driver_options options = { .directory = scratch.directory, .checkpoint_path = checkpoint_path,
		.signer = &signer };

	struct driver *driver = driver_create(&options, ledger_genesis(s), assay_crypto_openssl(), &error);

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

static struct driver *
open_it(void)
{
	const struct driver_options options = { .directory = scratch.directory, .checkpoint_path = checkpoint_path,
		.signer = &signer, .mode = STORE_WRITE };
	struct store_error error;
	struct driver *driver = driver_open(&options, SCENE_START_MS, assay_crypto_openssl(), &error);

	if (driver == NULL) {
		fail_msg("%s %s", error.what, error.cause);
	}
	return driver;
}

static void
add(struct assay_bytes transaction)
{
	uint8_t digest[32], expected[32];
	struct store_error error;

	if (!pending_add(scratch.directory, assay_crypto_openssl(), transaction, digest, &error)) {
		fail_msg("%s %s", error.what, error.cause);
	}
	crypto_sha256(assay_crypto_openssl(), expected, transaction);
	assert_memory_equal(digest, expected, 32);
}

struct gathered {
	size_t count;
	struct driver_result results[64];
};

static void
gather(void *context, const struct driver_result *result)
{
	struct gathered *g = context;

	g->results[g->count++] = *result;
}

static size_t
cut(struct driver *driver, struct gathered *g)
{
	struct assay_register_commit commit;
	struct store_error error;

	g->count = 0;
	if (!driver_cut_pending(driver, driver_head(driver)->time_ms + 1000, g, gather, &commit, &error)) {
		fail_msg("%s %s", error.what, error.cause);
	}
	return g->count;
}

static size_t
waiting(void)
{
	char command[600];
	size_t count = 0;

	snprintf(command, sizeof(command), "ls '%s/pending' 2>/dev/null | wc -l", scratch.directory);
	FILE *f = popen(command, "r");

	assert_int_equal(fscanf(f, "%zu", &count), 1);
	pclose(f);
	return count;
}

/* Mutation caught: names that sort otherwise, a digest that is another one's. */
static void
they_are_taken_in_the_order_of_their_arrival(void **state)
{
	struct driver *driver = open_it();
	static struct gathered g;
	uint8_t digest[32];

	(void)state;
	assert_int_equal(cut(driver, &g), 0);
	for (unsigned i = 0; i < 20; i++) {
		add(ledger_transfer(s, 0, 1, i + 1));
		s->accounts[0].nonce++;
	}
	assert_int_equal(waiting(), 20);
	assert_int_equal(cut(driver, &g), 20);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(g.results[i].result.code, CODE_ACCEPTED);
	}
	crypto_sha256(assay_crypto_openssl(), digest, bytes_of(s->transaction, s->transaction_len));
	assert_memory_equal(g.results[19].digest, digest, 32);
	assert_int_equal(waiting(), 0);
	assert_int_equal(cut(driver, &g), 0);
	driver_close(driver);
}

static void
what_has_no_form_does_not_wait(void **state)
{
	static uint8_t long_one[ASSAY_TRANSACTION_BYTES_MAX + 1];
	const struct assay_bytes good = ledger_transfer(s, 0, 1, 1);
	struct store_error error;
	uint8_t digest[32];

	(void)state;
	assert_false(pending_add(scratch.directory, assay_crypto_openssl(), bytes_of(NULL, 0), digest, &error));
	assert_false(pending_add(scratch.directory, assay_crypto_openssl(), bytes_of(good.data, good.len - 1), digest,
	    &error));
	assert_false(pending_add(scratch.directory, assay_crypto_openssl(), bytes_of(long_one, sizeof(long_one)), digest,
	    &error));
	assert_int_equal(error.failure, STORE_FOREIGN);
	assert_false(pending_add(scratch_path(&scratch, "elsewhere"), assay_crypto_openssl(), good, digest, &error));
	assert_int_equal(error.failure, STORE_MISSING);
	assert_int_equal(waiting(), 0);
	/* The same one twice waits once. */
	add(good);
	add(good);
	assert_int_equal(waiting(), 1);
}

/* Mutation caught: applying again what the last block holds. */
static void
what_a_crash_leaves_of_the_last_block_is_no_noise(void **state)
{
	static struct gathered g;
	struct driver *driver = open_it();
	char command[1200];

	(void)state;
	add(ledger_transfer(s, 0, 1, 5));
	s->accounts[0].nonce++;
	/* One that a block refuses without charging stands there as its digest only. */
	s->accounts[2].nonce = 40;
	add(ledger_transfer(s, 2, 1, 5));
	snprintf(command, sizeof(command), "cp -r '%s/pending' '%s/kept'", scratch.directory, keys.directory);
	assert_int_equal(system(command), 0);
	assert_int_equal(cut(driver, &g), 2);
	assert_int_equal(g.results[1].result.code, CODE_NONCE);
	driver_close(driver);
	/* As if the process had died between the block and the removal; one more has come since. */
	snprintf(command, sizeof(command), "cp '%s/kept/'* '%s/pending/'", keys.directory, scratch.directory);
	assert_int_equal(system(command), 0);
	add(ledger_transfer(s, 0, 1, 6));
	assert_int_equal(waiting(), 3);
	driver = open_it();
	assert_int_equal(waiting(), 1);
	const uint64_t size = driver_head(driver)->log_size;

	assert_int_equal(cut(driver, &g), 1);
	assert_int_equal(g.results[0].result.code, CODE_ACCEPTED);
	/* Its one transaction and the commit entry. */
	assert_true(driver_head(driver)->log_size >= size + 2);
	driver_close(driver);
}

/* Mutation caught: a block cut while what the last one took lies there still. */
static void
no_block_is_cut_before_what_was_taken_is_gone(void **state)
{
	static struct gathered g;
	struct assay_register_commit commit;
	struct store_error error;
	struct driver *driver = open_it();
	char command[1200];

	(void)state;
	if (geteuid() == 0) {
		/* Nobody forbids root to remove a file; a directory in its place does. */
		add(ledger_transfer(s, 0, 1, 5));
		assert_int_equal(cut(driver, &g), 1);
	}
	add(ledger_transfer(s, 3, 1, 5));
	snprintf(command, sizeof(command), "cd '%s/pending' && f=$(ls) && cp $f ../f && echo $f >../name", scratch.directory);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof(command), "cd '%s/pending' && chattr +i $(cat ../name) 2>/dev/null", scratch.directory);
	if (system(command) != 0) {
		driver_close(driver);
		skip();
	}
	assert_int_equal(cut(driver, &g), 1);
	const uint64_t height = driver_head(driver)->height;

	assert_false(driver_cut(driver, driver_head(driver)->time_ms + 1, NULL, 0, NULL, &commit, &error));
	assert_false(driver_cut_pending(driver, driver_head(driver)->time_ms + 1, NULL, NULL, &commit, &error));
	snprintf(command, sizeof(command), "cd '%s/pending' && chattr -i $(cat ../name)", scratch.directory);
	assert_int_equal(system(command), 0);
	assert_int_equal(cut(driver, &g), 0);
	assert_int_equal(driver_head(driver)->height, height + 1);
	driver_close(driver);
}

static void
a_file_that_was_changed_is_not_taken(void **state)
{
	struct driver *driver = open_it();
	struct assay_register_commit commit;
	struct store_error error;
	char command[1200];

	(void)state;
	add(ledger_transfer(s, 0, 1, 5));
	snprintf(command, sizeof(command), "cd '%s/pending' && echo x >>\"$(ls)\"", scratch.directory);
	assert_int_equal(system(command), 0);
	assert_false(driver_cut_pending(driver, SCENE_START_MS + 1000, NULL, NULL, &commit, &error));
	assert_int_equal(error.failure, STORE_DAMAGED);
	/* Files that are none of ours are passed over. */
	snprintf(command, sizeof(command), "cd '%s/pending' && rm * && echo x >note.txt", scratch.directory);
	assert_int_equal(system(command), 0);
	assert_true(driver_cut_pending(driver, SCENE_START_MS + 1000, NULL, NULL, &commit, &error));
	driver_close(driver);
}

static uint64_t
next_nonce(struct driver *driver, unsigned account, bool agent)
{
	struct store_error error;
	uint64_t nonce;

	assert_true(pending_next_nonce(driver, s->accounts[account].id, agent, &nonce, &error));
	return nonce;
}

/* Mutations caught: forgetting those that wait, or counting the agent's with the account's. */
static void
nonces_count_what_waits(void **state)
{
	static struct gathered g;
	struct driver *driver = open_it();
	struct set_agent_key_arguments name = { .key = { 0 } };
	struct endpoint_arguments endpoint = { .worker = { 1 } };

	(void)state;
	assert_int_equal(next_nonce(driver, 0, false), 1);
	add(ledger_transfer(s, 0, 1, 1));
	s->accounts[0].nonce++;
	add(ledger_transfer(s, 0, 1, 2));
	s->accounts[0].nonce++;
	assert_int_equal(next_nonce(driver, 0, false), 3);
	assert_int_equal(next_nonce(driver, 1, false), 1);
	VAR_SET(name.key, bytes_of(s->accounts[0].agent.public, KEY_BYTES));
	scene_compose(s, 0, false, KIND_SET_AGENT_KEY, &name);
	add(bytes_of(s->transaction, s->transaction_len));
	s->accounts[0].nonce++;
	assert_int_equal(cut(driver, &g), 3);
	assert_int_equal(next_nonce(driver, 0, false), 4);
	assert_int_equal(next_nonce(driver, 0, true), 1);
	scene_compose(s, 0, true, KIND_ENDPOINT, &endpoint);
	add(bytes_of(s->transaction, s->transaction_len));
	assert_int_equal(next_nonce(driver, 0, true), 2);
	assert_int_equal(next_nonce(driver, 0, false), 4);
	/* As many of the agent's as its account has sent: they are not the account's. */
	for (unsigned i = 0; i < 4; i++) {
		s->accounts[0].agent_nonce++;
		scene_compose(s, 0, true, KIND_ENDPOINT, &endpoint);
		add(bytes_of(s->transaction, s->transaction_len));
	}
	assert_int_equal(next_nonce(driver, 0, true), 6);
	assert_int_equal(next_nonce(driver, 0, false), 4);
	driver_close(driver);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(they_are_taken_in_the_order_of_their_arrival, setup, teardown),
		cmocka_unit_test_setup_teardown(what_has_no_form_does_not_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(what_a_crash_leaves_of_the_last_block_is_no_noise, setup, teardown),
		cmocka_unit_test_setup_teardown(no_block_is_cut_before_what_was_taken_is_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_was_changed_is_not_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(nonces_count_what_waits, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
