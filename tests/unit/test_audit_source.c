/* SPDX-License-Identifier: Apache-2.0 */
/* Audits of a store and of published tiles; following a log that grows, and cosigning it. */
#include "unit/ledger_play.h"

#include "driver/audit_inside.h"

static struct play *p;
static struct scratch scratch, keys, published;
static char checkpoint_path[300];
static struct driver *driver;

static int
setup(void **state)
{
	struct store_error error;

	(void)state;
	p = calloc(1, sizeof(*p));
	scratch_make(&scratch);
	scratch_make(&keys);
	scratch_make(&published);
	snprintf(checkpoint_path, sizeof(checkpoint_path), "%s/last", keys.directory);
	play_start(p);
	const struct driver_options options = { .directory = scratch.directory, .checkpoint_path = checkpoint_path,
		.signer = &p->signer };

	driver = driver_create(&options, ledger_genesis(p->s), assay_crypto_openssl(), &error);
	assert_non_null(driver);
	play_feed(p, driver);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	driver_close(driver);
	scratch_remove(&scratch);
	scratch_remove(&keys);
	scratch_remove(&published);
	play_end(p);
	free(p);
	return 0;
}

static void
grow(unsigned blocks)
{
	for (unsigned i = 0; i < blocks; i++) {
		play_block(p);
	}
	play_feed(p, driver);
}

static void
publish(void)
{
	struct store_error error;

	if (!store_publish(driver_store(driver), published.directory, driver_checkpoint(driver), NULL, &error)) {
		fail_msg("%s %s", error.what, error.cause);
	}
}

static struct audit_options
options_of(void)
{
	return (struct audit_options){ .log = &p->signer.key, .checkpoint = driver_checkpoint(driver), .threads = 2 };
}

static void
a_store_is_audited(void **state)
{
	const struct audit_options options = options_of();
	struct audit_source source;
	struct audit_report r;

	(void)state;
	assert_true(audit_store_open(&source, driver_store(driver)));
	assert_true(audit_run(&r, assay_crypto_openssl(), &source, &options));
	assert_int_equal(r.size, driver_head(driver)->log_size);
	assert_int_equal(r.admitted, PLAY_WORKERS);
	audit_store_close(&source);
}

static enum audit_fault
audit_published(struct audit_report *r)
{
	struct audit_options options = options_of();
	char note[CHECKPOINT_NOTE_BYTES_MAX];
	struct audit_source source;
	struct store_error error;

	options.checkpoint = bytes_of(note, audit_tiles_checkpoint(published.directory, NULL, note, sizeof(note), &error));
	assert_true(options.checkpoint.len != 0);
	assert_true(audit_tiles_open(&source, published.directory, assay_crypto_openssl(), NULL));
	(void)audit_run(r, assay_crypto_openssl(), &source, &options);
	audit_tiles_close(&source);
	return r->fault;
}

/* One byte of that file is another one; put back afterwards. */
static enum audit_fault
audit_with_changed(const char *name, long offset, struct audit_report *r)
{
	char path[700];
	enum audit_fault fault;
	int byte;

	snprintf(path, sizeof(path), "%s/%s", published.directory, name);
	FILE *f = fopen(path, "r+b");

	if (f == NULL) {
		fail_msg("there is no %s", path);
	}
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(fseek(f, offset, SEEK_SET), 0);
		byte = fgetc(f);
		assert_int_equal(fseek(f, offset, SEEK_SET), 0);
		fputc(byte ^ 1, f);
		fflush(f);
		if (i == 0) {
			fault = audit_published(r);
		}
	}
	fclose(f);
	return fault;
}

/* Mutations caught: hashes that are served and not looked at, at either level. */
static void
published_tiles_are_audited_with_their_hashes(void **state)
{
	struct audit_report r;
	char path[700];

	(void)state;
	grow(300);
	publish();
	assert_true(driver_head(driver)->log_size > 256);
	if (audit_published(&r) != AUDIT_FINE) {
		fail_msg("%s", r.fault_text);
	}
	assert_int_equal(r.size, driver_head(driver)->log_size);
	assert_memory_equal(r.state_root, p->s->commit.state_root, 32);
	assert_int_equal(audit_with_changed("tile/0/000", 40, &r), AUDIT_UNREADABLE);
	assert_non_null(strstr(r.fault_text, "tile/0/000 is wrong"));
	snprintf(path, sizeof(path), "tile/1/000.p/%u", (unsigned)(driver_head(driver)->log_size / 256));
	assert_int_equal(audit_with_changed(path, 3, &r), AUDIT_UNREADABLE);
	assert_non_null(strstr(r.fault_text, "tile/1/000"));
	assert_int_equal(audit_with_changed("tile/entries/000", 300, &r), AUDIT_UNREADABLE);
	assert_int_equal(audit_published(&r), AUDIT_FINE);
	snprintf(path, sizeof(path), "%s/tile/entries/000", published.directory);
	assert_int_equal(remove(path), 0);
	assert_int_equal(audit_published(&r), AUDIT_UNREADABLE);
}

/* One row of the auditor's own is changed behind its back, and the same checkpoint asked about again. */
static void
audit_put(struct audit *audit, const struct row_key *key, const void *row)
{
	static uint8_t bytes[ASSAY_ROW_BYTES_MAX];
	const size_t len = record_encode(table_record((enum table)key->bytes[0]), row, bytes, sizeof(bytes));
	const struct assay_rows rows = memory_rows(audit->memory);

	memory_begin_block(audit->memory);
	assert_true(rows.put(rows.context, bytes_of(key->bytes, key->len), bytes_of(bytes, len)));
	/* A block has an entry, of which the memory keeps the count only. */
	const struct assay_entries entries = memory_entries(audit->memory);
	struct hash root;
	uint64_t size;

	memory_log(audit->memory, &size, &root);
	assert_true(entries.append(entries.context, size, bytes_of_text("x")));
	assert_true(memory_commit_block(audit->memory));
}

/* Mutations caught: evidence that is not appraised anew, or whose worker's row is believed instead. */
static void
evidence_that_does_not_hold_is_counted(void **state)
{
	const struct audit_options options = options_of();
	const struct row_key worker_key = key_of_worker(scene_machine(p->s), p->workers[1].id);
	static uint8_t quote[DOCUMENT_BYTES_MAX];
	struct audit_source source;
	struct evidence evidence;
	struct worker worker;
	struct audit_report r;
	struct audit *audit;

	(void)state;
	assert_true(audit_store_open(&source, driver_store(driver)));
	audit = audit_new(assay_crypto_openssl(), &source, &options);
	assert_true(audit_continue(audit, driver_checkpoint(driver), true, &r));
	assert_int_equal(r.evidences_failing, 0);
	scene_get_worker(p->s, &p->workers[1], &worker);
	struct row_key key = key_of_32(TABLE_EVIDENCE, worker.evidence);

	/* Evidence of the right digest, which was tampered with before it was hashed. */
	assert_true(row_get(scene_machine(p->s), &key, &evidence));
	bytes_copy(quote, evidence.bytes, evidence.bytes.len);
	quote[300] ^= 1;
	evidence.bytes = bytes_of(quote, evidence.bytes.len);
	crypto_sha256(assay_crypto_openssl(), worker.evidence, evidence.bytes);
	key = key_of_32(TABLE_EVIDENCE, worker.evidence);
	audit_put(audit, &key, &evidence);
	audit_put(audit, &worker_key, &worker);
	assert_true(audit_continue(audit, driver_checkpoint(driver), false, &r));
	assert_false(audit_continue(audit, driver_checkpoint(driver), true, &r));
	assert_int_equal(r.fault, AUDIT_FINE);
	assert_int_equal(r.admitted, PLAY_WORKERS);
	assert_int_equal(r.evidences_failing, 1);
	assert_memory_equal(r.failing, p->workers[1].id, 32);
	/* Evidence that is not there at all. */
	memset(worker.evidence, 7, sizeof(worker.evidence));
	audit_put(audit, &worker_key, &worker);
	assert_false(audit_continue(audit, driver_checkpoint(driver), true, &r));
	assert_int_equal(r.evidences_failing, 1);
	audit_free(audit);
	audit_store_close(&source);
}

static size_t
published_note(char note[static CHECKPOINT_NOTE_BYTES_MAX])
{
	struct store_error error;

	publish();
	return audit_tiles_checkpoint(published.directory, NULL, note, CHECKPOINT_NOTE_BYTES_MAX, &error);
}

/* Mutations caught: a replay that begins anew, a cosignature without a replay. */
static void
a_follower_goes_on_from_where_it_was_and_cosigns(void **state)
{
	struct log_signer witness = scratch_signer(33);
	const struct audit_options options = options_of();
	char note[CHECKPOINT_NOTE_BYTES_MAX], cosigned[2 * CHECKPOINT_NOTE_BYTES_MAX];
	char first[CHECKPOINT_NOTE_BYTES_MAX];
	size_t first_len = 0;
	struct audit_source source;
	struct audit_report r;
	struct audit *audit;
	int64_t time_s;
	size_t len;

	(void)state;
	witness.key.algorithm = NOTE_COSIGNATURE;
	witness.key.name = bytes_of_text("witness.example");
	assert_true(audit_tiles_open(&source, published.directory, assay_crypto_openssl(), NULL));
	audit = audit_new(assay_crypto_openssl(), &source, &options);
	assert_int_equal(audit_cosign(audit, &witness, 1790000000, cosigned, sizeof(cosigned)), 0);
	for (unsigned i = 0; i < 5; i++) {
		grow(i == 0 ? 1 : 60);
		len = published_note(note);
		if (i == 0) {
			memcpy(first, note, len);
			first_len = len;
		}
		if (!audit_continue(audit, bytes_of(note, len), i % 2 == 0, &r)) {
			fail_msg("%s", r.fault_text);
		}
		assert_int_equal(r.size, driver_head(driver)->log_size);
		assert_int_equal(r.admitted, PLAY_WORKERS);
		len = audit_cosign(audit, &witness, 1790000000 + i, cosigned, sizeof(cosigned));
		assert_true(len != 0);
		assert_int_equal(note_verify(assay_crypto_openssl(), bytes_of(cosigned, len), &witness.key, &time_s),
		    NOTE_GOOD);
		assert_int_equal(time_s, 1790000000 + i);
		assert_int_equal(note_verify(assay_crypto_openssl(), bytes_of(cosigned, len), &p->signer.key, &time_s),
		    NOTE_GOOD);
		/* The same one again is no step, and no fault. */
		len = published_note(note);
		assert_true(audit_continue(audit, bytes_of(note, len), false, &r));
	}
	/* What is no checkpoint of the log takes the cosignature away, and nothing else. */
	assert_false(audit_continue(audit, bytes_of_text("x"), true, &r));
	assert_int_equal(r.fault, AUDIT_CHECKPOINT);
	assert_int_equal(audit_cosign(audit, &witness, 1790000000, cosigned, sizeof(cosigned)), 0);
	assert_true(audit_continue(audit, bytes_of(note, len), true, &r));
	assert_true(audit_cosign(audit, &witness, 1790000000, cosigned, sizeof(cosigned)) != 0);
	/* Nor does one of before, which was good once. */
	assert_false(audit_continue(audit, bytes_of(first, first_len), true, &r));
	assert_int_equal(r.fault, AUDIT_FORK);
	assert_true(audit_continue(audit, bytes_of(note, len), true, &r));
	/* No fault in the log, and an answer that is not what it must be. */
	audit->report.payments_without = 1;
	assert_int_equal(audit_cosign(audit, &witness, 1790000000, cosigned, sizeof(cosigned)), 0);
	audit->report.payments_without = 0;
	assert_true(audit_cosign(audit, &witness, 1790000000, cosigned, sizeof(cosigned)) != 0);
	witness.key.algorithm = NOTE_ED25519;
	assert_int_equal(audit_cosign(audit, &witness, 1790000000, cosigned, sizeof(cosigned)), 0);
	audit_free(audit);
	audit_tiles_close(&source);
	scratch_signer_free(&witness);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_store_is_audited, setup, teardown),
		cmocka_unit_test_setup_teardown(published_tiles_are_audited_with_their_hashes, setup, teardown),
		cmocka_unit_test_setup_teardown(evidence_that_does_not_hold_is_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(a_follower_goes_on_from_where_it_was_and_cosigns, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
