/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three teams that cheat with the log's own key, and who catches each: the store
 * that is opened again, the replayer, the witness, the old checkpoint.
 */
#include <sqlite3.h>

#include "store/buckets.h"
#include "unit/ledger_play.h"

static struct play *p;
static struct scratch scratch, other, keys;
static struct driver *driver;

static struct driver *
make(const struct scratch *where, const char *name)
{
	char path[300];
	struct store_error error;
	struct driver *made;

	snprintf(path, sizeof(path), "%s/%s", keys.directory, name);
	const struct driver_options options = { .directory = where->directory, .checkpoint_path = path,
		.signer = &p->signer };

	made = driver_create(&options, ledger_genesis(p->s), assay_crypto_openssl(), &error);
	if (made == NULL) {
		fail_msg("%s %s", error.what, error.cause);
	}
	return made;
}

static int
setup(void **state)
{
	(void)state;
	p = calloc(1, sizeof(*p));
	scratch_make(&scratch);
	scratch_make(&other);
	scratch_make(&keys);
	play_start(p);
	driver = make(&scratch, "last");
	for (unsigned i = 0; i < 20; i++) {
		play_block(p);
	}
	play_feed(p, driver);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	driver_close(driver);
	scratch_remove(&scratch);
	scratch_remove(&other);
	scratch_remove(&keys);
	play_end(p);
	free(p);
	return 0;
}

static struct audit_report
audit_driver(struct driver *of, struct assay_bytes old)
{
	const struct audit_options options = { .log = &p->signer.key, .checkpoint = driver_checkpoint(of),
		.old_checkpoint = old, .threads = 1 };
	struct audit_source source;
	struct audit_report r;

	assert_true(audit_store_open(&source, driver_store(of)));
	(void)audit_run(&r, assay_crypto_openssl(), &source, &options);
	audit_store_close(&source);
	return r;
}

/* What a witness asks for: is what it saw a beginning of this? */
static bool
witness_is_content(struct assay_bytes seen, struct driver *of)
{
	struct checkpoint old, new;
	struct assay_bytes text, signatures;
	struct store_error error;
	struct proof proof;

	assert_true(note_split(seen, &text, &signatures) && checkpoint_parse(&old, text));
	assert_true(note_split(driver_checkpoint(of), &text, &signatures) && checkpoint_parse(&new, text));
	assert_true(store_prove_consistency(driver_store(of), &proof, old.size, new.size, &error));
	return consistency_verify(assay_crypto_openssl(), &proof, old.size, &old.root, new.size, &new.root);
}

/* ---- the first team edits a row */

static void
run(sqlite3 *db, const char *sql, const void *blob, int len, const void *second, int second_len)
{
	sqlite3_stmt *statement;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	if (blob != NULL) {
		sqlite3_bind_blob(statement, 1, blob, len, SQLITE_TRANSIENT);
	}
	if (second != NULL) {
		sqlite3_bind_blob(statement, 2, second, second_len, SQLITE_TRANSIENT);
	}
	assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
	sqlite3_finalize(statement);
}

/* A million units more for account 0. */
static void
row_edit(const char *path)
{
	const struct row_key key = key_of_32(TABLE_ACCOUNT, p->s->accounts[0].id);
	uint8_t bytes[1000];
	struct account account;
	sqlite3 *db;
	size_t len;

	scene_get_account(p->s, 0, &account);
	account.balance += 1000000;
	len = record_encode(table_record(TABLE_ACCOUNT), &account, bytes, sizeof(bytes));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run(db, "UPDATE rows SET value = ?2 WHERE key = ?1", key.bytes, key.len, bytes, (int)len);
	assert_int_equal(sqlite3_changes(db), 1);
	sqlite3_close(db);
}

/* And makes the store believe that its rows are those of its last block. */
static void
root_edit(const char *path)
{
	struct buckets *buckets = buckets_new(assay_crypto_openssl(), 1);
	sqlite3_stmt *statement;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT key, value FROM rows", -1, &statement, NULL), SQLITE_OK);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		struct state_leaf leaf;

		crypto_sha256(assay_crypto_openssl(), leaf.key.bytes, bytes_of(sqlite3_column_blob(statement, 0),
		    (size_t)sqlite3_column_bytes(statement, 0)));
		crypto_sha256(assay_crypto_openssl(), leaf.value.bytes, bytes_of(sqlite3_column_blob(statement, 1),
		    (size_t)sqlite3_column_bytes(statement, 1)));
		assert_true(buckets_load(buckets, &leaf));
	}
	sqlite3_finalize(statement);
	assert_true(buckets_loaded(buckets));
	run(db, "UPDATE head SET state_root = ?1", buckets_root(buckets)->bytes, 32, NULL, 0);
	sqlite3_close(db);
	buckets_free(buckets);
}

/* Caught by: the store, when it is opened; where that is fooled too, the replayer.  The witness sees nothing. */
static void
a_row_edited_in_the_database(void **state)
{
	struct driver_options options = { .directory = scratch.directory, .signer = &p->signer, .mode = STORE_WRITE };
	const uint64_t now_ms = driver_head(driver)->time_ms;
	char checkpoint[300], seen[CHECKPOINT_NOTE_BYTES_MAX];
	struct assay_register_commit commit;
	struct store_error error;
	struct audit_report r;

	(void)state;
	snprintf(checkpoint, sizeof(checkpoint), "%s/last", keys.directory);
	options.checkpoint_path = checkpoint;
	const struct assay_bytes note = bytes_of(seen, driver_checkpoint(driver).len);

	bytes_copy(seen, driver_checkpoint(driver), note.len);
	driver_close(driver);
	row_edit(scratch_path(&scratch, STORE_NAME));
	driver = driver_open(&options, now_ms, assay_crypto_openssl(), &error);
	assert_null(driver);
	assert_int_equal(error.failure, STORE_DAMAGED);

	root_edit(scratch_path(&scratch, STORE_NAME));
	driver = driver_open(&options, now_ms, assay_crypto_openssl(), &error);
	if (driver == NULL) {
		fail_msg("%s %s", error.what, error.cause);
	}
	assert_true(driver_cut(driver, now_ms + 1000, NULL, 0, NULL, &commit, &error));
	assert_null(driver_unsigned(driver));
	r = audit_driver(driver, note);
	assert_int_equal(r.fault, AUDIT_STATE);
	assert_int_equal(r.fault_index, driver_head(driver)->log_size - 1);
	assert_int_equal(r.changes_without, 1);
	assert_true(witness_is_content(note, driver));
}

/* ---- the second team acts without an entry */

static struct assay_bytes *
entries_of_play(size_t *count)
{
	struct assay_bytes *list = calloc(p->s->commit.log_size, sizeof(list[0]));

	*count = p->s->commit.log_size;
	for (size_t i = 0; i < *count; i++) {
		assert_true(memory_entry(p->s->memory, i, &list[i]));
	}
	return list;
}

struct entries {
	struct assay_bytes *list;
	size_t count;
};

static bool
entry_get(void *context, uint64_t index, struct assay_bytes *entry, struct store_error *error)
{
	const struct entries *const e = context;

	(void)error;
	*entry = e->list[index];
	return true;
}

static struct audit_report
audit_list(struct entries *e)
{
	const struct audit_source source = { .context = e, .entry = entry_get };
	struct audit_options options = { .log = &p->signer.key, .threads = 1 };
	struct frontier tree = { .size = 0 };
	char note[CHECKPOINT_NOTE_BYTES_MAX];
	struct audit_report r;
	struct hash hash;
	size_t len;

	for (size_t i = 0; i < e->count; i++) {
		merkle_leaf(assay_crypto_openssl(), &hash, e->list[i]);
		frontier_append(&tree, assay_crypto_openssl(), &hash);
	}
	frontier_root(&tree, assay_crypto_openssl(), &hash);
	ledger_note(note, &len, &p->signer, tree.size, &hash);
	options.checkpoint = bytes_of(note, len);
	(void)audit_run(&r, assay_crypto_openssl(), &source, &options);
	return r;
}

/* Its machine does the act and goes on: every later entry follows from it.  Caught by: the replayer. */
static void
an_act_applied_without_an_entry(void **state)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, p->s->program_sgx);
	const struct assay_rows rows = memory_rows(p->s->memory);
	uint64_t size_before;
	struct entries e;
	struct audit_report r;
	struct program program;
	uint8_t bytes[2000];
	struct hash root;
	size_t len;

	(void)state;
	assert_true(row_get(scene_machine(p->s), &key, &program));
	program.revoked_ms = p->s->time_ms;
	len = record_encode(table_record(TABLE_PROGRAM), &program, bytes, sizeof(bytes));
	memory_log(p->s->memory, &size_before, &root);
	scene_wait(p->s, 1000);		/* a block is open */
	assert_true(rows.put(rows.context, bytes_of(key.bytes, key.len), bytes_of(bytes, len)));
	for (unsigned i = 0; i < 30; i++) {
		scene_block(p->s);
	}
	e.list = entries_of_play(&e.count);
	r = audit_list(&e);
	assert_int_equal(r.fault, AUDIT_STATE);
	assert_true(r.fault_index >= size_before);
	assert_int_equal(r.changes_without, 1);
	free(e.list);
}

/* The act was logged, and its entries are taken out of the log that is shown.  Caught by: the replayer. */
static void
an_act_left_out_of_the_log(void **state)
{
	const struct program_arguments revoke = { .program = { 0 } };
	struct program_arguments a = revoke;
	struct entries e;
	struct audit_report r;
	size_t kept = 0;

	(void)state;
	memcpy(a.program, p->s->program_sgx, sizeof(a.program));
	assert_int_not_equal(scene_act(p->s, ACT_REVOKE_PROGRAM, &a), 0);
	for (unsigned i = 0; i < 5; i++) {
		scene_block(p->s);
	}
	e.list = entries_of_play(&e.count);
	r = audit_list(&e);
	assert_int_equal(r.fault, AUDIT_FINE);
	assert_int_equal(r.acts, 1);
	assert_int_equal(r.admitted, 0);
	for (size_t i = 0; i < e.count; i++) {
		struct cursor c = cursor_over(e.list[i]);
		struct transaction_body body = { .kind = 0 };
		struct entry_result result;

		if (cursor_u8(&c) == ENTRY_TRANSACTION) {
			record_read(&entry_result_record, &result, &c);
			record_read(&transaction_body_record, &body, &c);
		}
		if (body.kind != KIND_PROPOSE && body.kind != KIND_APPROVE) {
			e.list[kept++] = e.list[i];
		}
	}
	assert_int_equal(kept, e.count - 2);
	e.count = kept;
	r = audit_list(&e);
	assert_int_equal(r.fault, AUDIT_ENTRY);
	free(e.list);
}

/* ---- the third team keeps two histories */

/* Caught by: the old checkpoint in an auditor's hands, the witness, and the file beside the key; no replay alone. */
static void
two_checkpoints_of_one_size(void **state)
{
	struct driver *fork = make(&other, "another");
	struct assay_register_commit commit;
	struct driver_result result;
	struct audit_source source;
	struct store_error error;
	struct audit_report r;
	struct audit *audit;
	char checkpoint[300];

	(void)state;
	play_feed(p, fork);
	const uint64_t now_ms = driver_head(driver)->time_ms + 1000;
	const struct assay_bytes paid = ledger_transfer(p->s, 0, 1, 5);

	assert_true(driver_cut(driver, now_ms, &paid, 1, &result, &commit, &error));
	const struct assay_bytes not_paid = ledger_transfer(p->s, 0, 2, 5);

	assert_true(driver_cut(fork, now_ms, &not_paid, 1, &result, &commit, &error));
	assert_int_equal(driver_head(driver)->log_size, driver_head(fork)->log_size);

	/* Each by itself is a register that keeps its rules. */
	assert_int_equal(audit_driver(driver, bytes_of(NULL, 0)).fault, AUDIT_FINE);
	assert_int_equal(audit_driver(fork, bytes_of(NULL, 0)).fault, AUDIT_FINE);
	assert_false(witness_is_content(driver_checkpoint(driver), fork));
	r = audit_driver(fork, driver_checkpoint(driver));
	assert_int_equal(r.fault, AUDIT_FORK);

	/* Who follows has seen the first one. */
	assert_true(audit_store_open(&source, driver_store(driver)));
	const struct audit_options options = { .log = &p->signer.key, .threads = 1 };

	audit = audit_new(assay_crypto_openssl(), &source, &options);
	assert_true(audit_continue(audit, driver_checkpoint(driver), true, &r));
	assert_false(audit_continue(audit, driver_checkpoint(fork), true, &r));
	assert_int_equal(r.fault, AUDIT_FORK);
	audit_free(audit);
	audit_store_close(&source);

	/* However far the fork goes on. */
	assert_true(driver_cut(fork, now_ms + 1000, NULL, 0, NULL, &commit, &error));
	r = audit_driver(fork, driver_checkpoint(driver));
	assert_int_equal(r.fault, AUDIT_FORK);

	/* The key itself does not sign for the fork where its own file lies. */
	driver_close(fork);
	snprintf(checkpoint, sizeof(checkpoint), "%s/last", keys.directory);
	driver_close(driver);
	const struct driver_options wrong = { .directory = other.directory, .checkpoint_path = checkpoint,
		.signer = &p->signer, .mode = STORE_WRITE };

	driver = driver_open(&wrong, now_ms, assay_crypto_openssl(), &error);
	assert_null(driver);
	assert_int_equal(error.failure, STORE_CONFLICT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_row_edited_in_the_database, setup, teardown),
		cmocka_unit_test_setup_teardown(an_act_applied_without_an_entry, setup, teardown),
		cmocka_unit_test_setup_teardown(an_act_left_out_of_the_log, setup, teardown),
		cmocka_unit_test_setup_teardown(two_checkpoints_of_one_size, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
