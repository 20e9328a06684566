/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power cuts: a register's store and its checkpoint file on a disk that loses
 * or tears any of what was not synced.  Behind each operation of a run of
 * blocks the power fails; the disk is put together again as it may be found
 * (cut_disk.h), and the store is opened, judged, and gone on with.  Then the
 * power fails once more, in that.
 *
 * The last three tests are tests of this test: a store that does not sync, a
 * checkpoint signed before its block is committed, and a checkpoint file that
 * is not synced are each found out.
 *
 * ASSAY_CUTS is how many cuts are made: 150, or 10,000 in a long run.
 */
#include "unit/scratch.h"

#include "property/cut_disk.h"
#include "property/property.h"
#include "store/inside.h"

#define DIRECTORY "s"
#define CHECKPOINT "k/checkpoint"
#define EVENTS 512

enum defect {
	SOUND = 0,
	DATABASE_NOT_SYNCED,
	SIGNED_TOO_EARLY,
	CHECKPOINT_NOT_SYNCED
};

/* What was signed, and when: before operation `at` of the disk. */
struct event {
	size_t at;
	bool released;		/* shown to somebody: acknowledged */
	uint64_t size;
	struct hash root;
};

struct history {
	const struct cut_disk *disk;
	EVP_PKEY *key;
	struct event events[EVENTS];
	unsigned count;
};

static struct log_signer signer;

static void
record(struct history *history, bool released, uint64_t size, const struct hash *root)
{
	assert_true(history->count < EVENTS);
	history->events[history->count] = (struct event){ history->disk->count, released, size, *root };
	history->count++;
}

/* Whatever the key has ever signed must fit together, whether or not it was shown. */
static bool
recording_sign(void *context, struct assay_bytes message, uint8_t signature[64])
{
	struct history *history = context;
	struct checkpoint checkpoint;

	assert_true(checkpoint_parse(&checkpoint, message));
	record(history, false, checkpoint.size, &checkpoint.root);
	return scratch_sign(history->key, message, signature);
}

static const struct disk *
checkpoint_disk(const struct cut_disk *disk, enum defect defect, struct disk *lying)
{
	*lying = disk->disk;
	if (defect == CHECKPOINT_NOT_SYNCED) {
		lying->sync = cut_disk_yes;
		lying->sync_directory = cut_disk_yes;
	}
	return lying;
}

/* ---- a run ------------------------------------------------------------ */

struct session {
	struct cut_disk *disk;
	struct history *history;
	struct store *store;
	struct checkpoint_file file;
	struct disk checkpoint_disk;
	struct log_signer signer;
	struct store_error error;
};

static bool
session_open(struct session *s, enum store_mode mode, enum defect defect)
{
	const struct store_options options = { .mode = mode, .threads = 1, .vfs = s->disk->vfs_name,
		.disk = &s->disk->disk };

	s->signer = signer;
	s->signer.context = s->history;
	s->signer.sign = recording_sign;
	s->history->key = signer.context;
	s->history->disk = s->disk;
	s->store = store_open(DIRECTORY, &options, assay_crypto_openssl(), &s->error);
	if (s->store == NULL) {
		return false;
	}
	/* Small, so that what is in the WAL moves to the database often. */
	sqlite3_wal_autocheckpoint(s->store->database.db, 12);
	if (defect == DATABASE_NOT_SYNCED) {
		sqlite3_exec(s->store->database.db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	}
	if (!checkpoint_file_open(&s->file, CHECKPOINT, checkpoint_disk(s->disk, defect, &s->checkpoint_disk),
	    assay_crypto_openssl(), &signer.key, &s->error)) {
		store_close(s->store);
		s->store = NULL;
		return false;
	}
	return true;
}

static void
session_close(struct session *s)
{
	if (s->store != NULL) {
		checkpoint_file_close(&s->file);
		store_close(s->store);
		s->store = NULL;
	}
}

/* The defect: the log as it will be is signed while its block is still open. */
static bool
sign_too_early(struct session *s)
{
	struct checkpoint checkpoint = { .origin = signer.key.name };
	char note[CHECKPOINT_NOTE_BYTES_MAX];
	uint8_t signature[64];

	store_log(s->store, &checkpoint.size, &checkpoint.root);
	size_t len = checkpoint_format(note, sizeof(note), &checkpoint);

	if (!recording_sign(s->history, bytes_of(note, len), signature)) {
		return false;
	}
	len = note_append_signature(note, sizeof(note), len, true, assay_crypto_openssl(), &signer.key, 0, signature);
	if (!disk_replace(&s->checkpoint_disk, CHECKPOINT, bytes_of(note, len))) {
		return false;
	}
	record(s->history, true, checkpoint.size, &checkpoint.root);
	return true;
}

/* Salt makes another history of the same heights. */
static bool
block(struct session *s, uint64_t height, unsigned salt, enum defect defect)
{
	char text[64];

	if (!store_begin_block(s->store, &s->error)) {
		return false;
	}
	scratch_fill(s->store, height * 64 + salt, 12, (unsigned)(height % 3));
	snprintf(text, sizeof(text), "commit %llu %u", (unsigned long long)height, salt);
	scratch_append(s->store, bytes_of_text(text));
	if (defect == SIGNED_TOO_EARLY) {
		return sign_too_early(s) && store_commit_block(s->store, height, &s->error);
	}
	if (!store_commit_block(s->store, height, &s->error) ||
	    !checkpoint_file_sign(&s->file, s->store, &s->signer, &s->error)) {
		return false;
	}
	record(s->history, true, s->file.size, &s->file.root);
	return true;
}

static void
run(struct cut_disk *disk, struct history *history, unsigned blocks, enum defect defect)
{
	struct session s = { .disk = disk, .history = history };

	assert_true(session_open(&s, STORE_CREATE, defect));
	checkpoint_file_accept_missing(&s.file);
	for (unsigned h = 0; h < blocks; h++) {
		if (!block(&s, h, 0, defect)) {
			fail_msg("%s %s", s.error.what, s.error.cause);
		}
		/* Stopped and started in the middle: the WAL goes and comes back. */
		if (h == blocks / 2) {
			session_close(&s);
			assert_true(session_open(&s, STORE_WRITE, defect));
		}
	}
	session_close(&s);
}

/* ---- after a cut ------------------------------------------------------ */

/* What was promised before the cut; the rest has not happened. */
static void
history_until(const struct history *history, size_t at, struct history *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; i < history->count; i++) {
		if (history->events[i].at <= at) {
			out->events[out->count] = history->events[i];
			out->events[out->count].at = 0;
			out->count++;
		}
	}
}

/* Does everything that was signed fit the log in the store? */
static const char *
signed_is_kept(struct session *s)
{
	const uint64_t size = store_head(s->store)->log_size;
	struct hash root;

	for (unsigned i = 0; i < s->history->count; i++) {
		const struct event *e = &s->history->events[i];

		if (e->size > size) {
			return e->released ? "what was acknowledged is gone" : "what was signed is gone";
		}
		if (!store_log_root(s->store, e->size, &root, &s->error)) {
			return "the log cannot be read";
		}
		if (!hash_equal(&root, &e->root)) {
			return "what was signed is no beginning of the log";
		}
	}
	return NULL;
}

static const char *
reopen(struct session *s)
{
	if (session_open(s, STORE_WRITE, SOUND)) {
		return NULL;
	}
	/* Before the first block is acknowledged there may be no store yet. */
	if (s->history->count == 0 && s->error.failure != STORE_DAMAGED && session_open(s, STORE_CREATE, SOUND)) {
		return NULL;
	}
	print_message("%s %s\n", s->error.what, s->error.cause);
	return "the store or the checkpoint file does not open";
}

static const char *
judge(struct session *s, unsigned salt)
{
	const char *complaint = signed_is_kept(s);
	uint64_t released = 0;

	if (complaint != NULL) {
		return complaint;
	}
	for (unsigned i = 0; i < s->history->count; i++) {
		if (s->history->events[i].released && s->history->events[i].size > released) {
			released = s->history->events[i].size;
		}
	}
	if (released > (s->file.present ? s->file.size : 0)) {
		return "the last signed checkpoint is gone or older than what was shown";
	}
	if (released == 0) {
		checkpoint_file_accept_missing(&s->file);
	}
	if (checkpoint_file_standing(&s->file, s->store, &s->error) != CHECKPOINT_AGREES) {
		return "the store may not be signed for";
	}
	if (!store_check(s->store, &s->error)) {
		return "the store is damaged";
	}
	/* Two blocks that differ from those the first run would have made. */
	for (unsigned i = 0; i < 2; i++) {
		const struct store_head *head = store_head(s->store);

		if (!block(s, head->log_size == 0 ? 0 : head->height + 1, salt, SOUND)) {
			print_message("%s %s\n", s->error.what, s->error.cause);
			return "the store cannot be gone on with";
		}
	}
	return signed_is_kept(s);
}

/* Cut behind so many operations, and judge what is found; NULL where all is well. */
static const char *
survive(const struct cut_disk *disk, const struct history *history, size_t count, uint64_t seed, unsigned depth)
{
	static struct history histories[3];
	struct history *mine = &histories[depth];
	struct session s = { .history = mine };

	s.disk = cut_disk_after(disk, count, seed);
	history_until(history, count, mine);
	const char *complaint = reopen(&s);

	if (complaint == NULL) {
		complaint = judge(&s, 1 + depth);
	}
	session_close(&s);
	if (complaint == NULL && depth < 1) {
		complaint = survive(s.disk, mine, (size_t)(cut_random(&seed) % (s.disk->count + 1)), seed, depth + 1);
	}
	cut_disk_free(s.disk);
	return complaint;
}

/* How many of the cuts ended badly. */
static unsigned long
cuts(unsigned blocks, unsigned long count, enum defect defect)
{
	static struct history history;
	struct cut_image nothing = { 0 };
	struct cut_disk *disk = cut_disk_new(&nothing, 7);
	unsigned long bad = 0;

	memset(&history, 0, sizeof(history));
	run(disk, &history, blocks, defect);
	for (unsigned long i = 0; i < count && (defect == SOUND || bad == 0); i++) {
		/* Every operation has its turn before one has two. */
		const size_t at = count > disk->count ? i % (disk->count + 1) : i * disk->count / count;
		const char *complaint = survive(disk, &history, at, 1000 + i, 0);

		if (complaint != NULL) {
			bad++;
			if (defect == SOUND) {
				print_error("cut %lu, behind operation %zu of %zu: %s\n", i, at, disk->count, complaint);
			}
		}
	}
	print_message("%zu operations\n", disk->count);
	cut_disk_free(disk);
	return bad;
}

static void
nothing_acknowledged_is_lost(void **state)
{
	const unsigned long count = property_number("ASSAY_CUTS", 150, 10000);

	(void)state;
	assert_int_equal(cuts(property_long() ? 40 : 12, count, SOUND), 0);
}

static void
a_store_that_does_not_sync_is_found_out(void **state)
{
	(void)state;
	assert_true(cuts(8, 200, DATABASE_NOT_SYNCED) > 0);
}

static void
signing_before_the_commit_is_found_out(void **state)
{
	(void)state;
	assert_true(cuts(8, 200, SIGNED_TOO_EARLY) > 0);
}

static void
a_checkpoint_that_is_not_synced_is_found_out(void **state)
{
	(void)state;
	assert_true(cuts(8, 200, CHECKPOINT_NOT_SYNCED) > 0);
}

/* ---- what is published ------------------------------------------------ */

static bool
read_published(void *context, const struct tile *tile, uint8_t *out)
{
	struct cut_disk *disk = context;
	char name[TILE_PATH_BYTES], path[TILE_PATH_BYTES + 8];
	size_t len;

	tile_path(name, tile);
	snprintf(path, sizeof(path), "p/%s", name);
	return disk->disk.read(disk, path, out, TILE_BYTES_MAX, &len) == DISK_READ && len == tile->width * HASH_BYTES;
}

/* Whoever reads the checkpoint finds all that it speaks of. */
static void
assert_published(struct cut_disk *disk, uint64_t acknowledged)
{
	static uint8_t bytes[BUNDLE_BYTES_MAX];
	static struct tile_reader reader;
	struct assay_bytes text, signatures;
	struct checkpoint checkpoint;
	struct hash root;
	size_t len;

	if (disk->disk.read(disk, "p/checkpoint", bytes, sizeof(bytes), &len) != DISK_READ) {
		assert_int_equal(acknowledged, 0);
		return;
	}
	assert_true(note_split(bytes_of(bytes, len), &text, &signatures));
	assert_true(checkpoint_parse(&checkpoint, text));
	assert_true(checkpoint.size >= acknowledged);
	reader.context = disk;
	reader.read = read_published;
	reader.crypto = assay_crypto_openssl();
	reader.size = checkpoint.size;
	const struct hash_source source = tile_source(&reader);

	assert_true(merkle_root(&source, reader.crypto, 0, checkpoint.size, &root));
	assert_true(hash_equal(&root, &checkpoint.root));
	for (uint64_t at = 0; at < reader.size; at += TILE_WIDTH) {
		const struct tile tile = tile_at(TILE_LEVEL_ENTRIES, at, reader.size);
		struct assay_bytes bundle, entry;
		char name[TILE_PATH_BYTES], path[TILE_PATH_BYTES + 8];
		unsigned count = 0;
		bool bad;

		tile_path(name, &tile);
		snprintf(path, sizeof(path), "p/%s", name);
		assert_int_equal(disk->disk.read(disk, path, bytes, sizeof(bytes), &bundle.len), DISK_READ);
		for (bundle.data = bytes; bundle_next(&bundle, &entry, &bad); count++) {
		}
		assert_int_equal(count, tile.width);
	}
}

static void
what_is_published_is_whole(void **state)
{
	static struct history history;
	struct cut_image nothing = { 0 };
	struct cut_disk *disk = cut_disk_new(&nothing, 8);
	struct cut_disk *site = cut_disk_new(&nothing, 9);
	struct session s = { .disk = disk, .history = &history };
	struct {
		size_t at;
		uint64_t size;
	} published[8] = { { 0, 0 } };

	(void)state;
	assert_true(session_open(&s, STORE_CREATE, SOUND));
	checkpoint_file_accept_missing(&s.file);
	for (unsigned h = 0; h < 8; h++) {
		assert_true(store_begin_block(s.store, &s.error));
		for (unsigned i = 0; i < 50; i++) {
			scratch_append(s.store, bytes_of(&i, sizeof(i)));
		}
		assert_true(store_commit_block(s.store, h, &s.error));
		assert_true(checkpoint_file_sign(&s.file, s.store, &s.signer, &s.error));
		assert_true(store_publish(s.store, "p", bytes_of(s.file.note, s.file.note_len), &site->disk, &s.error));
		published[h].at = site->count;
		published[h].size = s.file.size;
	}
	session_close(&s);
	for (size_t at = 0; at <= site->count; at++) {
		uint64_t acknowledged = 0;

		for (unsigned h = 0; h < 8 && published[h].at <= at; h++) {
			acknowledged = published[h].size;
		}
		for (uint64_t seed = 0; seed < 3; seed++) {
			struct cut_disk *found = cut_disk_after(site, at, at * 3 + seed);

			assert_published(found, acknowledged);
			cut_disk_free(found);
		}
	}
	cut_disk_free(site);
	cut_disk_free(disk);
}

static int
setup(void **state)
{
	(void)state;
	signer = scratch_signer(3);
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
		cmocka_unit_test(what_is_published_is_whole),
		cmocka_unit_test(a_store_that_does_not_sync_is_found_out),
		cmocka_unit_test(signing_before_the_commit_is_found_out),
		cmocka_unit_test(a_checkpoint_that_is_not_synced_is_found_out),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
