/* SPDX-License-Identifier: Apache-2.0 */
/* The log of a store: entries, tiles, proofs at every size, static files, and what does not fit. */
#include "unit/scratch.h"

#include "store/edge.h"
#include "store/inside.h"

#define ENTRIES 700	/* two full tiles and a part of one */

static const struct assay_crypto *crypto;
static struct scratch scratch;
static struct store *store;
static struct hash roots[ENTRIES + 1];	/* of each size, from the definition */
static struct hash leaves[ENTRIES];
static uint8_t buffer[BUNDLE_BYTES_MAX];

/* Blocks of 1, 2, 3 ... entries, so that tiles fill up in the middle of some and at the end of none. */
static int
setup(void **state)
{
	struct frontier frontier = { 0 };
	struct store_error error;
	uint8_t bytes[4096];
	uint64_t height = 0;

	(void)state;
	crypto = assay_crypto_openssl();
	frontier_root(&frontier, crypto, &roots[0]);
	scratch_make(&scratch);
	store = scratch_open(scratch.directory, STORE_CREATE);
	for (uint64_t i = 0, left = 1; i < ENTRIES; height++, left = height % 9 + 1) {
		assert_true(store_begin_block(store, &error));
		for (; left > 0 && i < ENTRIES; left--, i++) {
			const struct assay_bytes entry = scratch_entry(i, bytes);

			scratch_append(store, entry);
			merkle_leaf(crypto, &leaves[i], entry);
			frontier_append(&frontier, crypto, &leaves[i]);
			frontier_root(&frontier, crypto, &roots[i + 1]);
		}
		assert_true(store_commit_block(store, height, &error));
	}
	/* What follows is read by a store that did not write it. */
	store_close(store);
	store = scratch_open(scratch.directory, STORE_WRITE);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	store_close(store);
	scratch_remove(&scratch);
	return 0;
}

struct seen {
	uint64_t next;
	uint64_t stop;
};

static bool
see(void *context, uint64_t index, struct assay_bytes entry)
{
	struct seen *seen = context;
	uint8_t bytes[4096];

	assert_int_equal(index, seen->next);
	assert_true(bytes_equal(entry, scratch_entry(index, bytes)));
	seen->next++;
	return seen->next != seen->stop;
}

static void
entries_come_in_order(void **state)
{
	static const struct {
		uint64_t first, end;
		bool good;
	} ranges[] = {
		{ 0, ENTRIES, true },
		{ 0, 0, true },		/* none */
		{ 255, 257, true },	/* over the edge of a bundle */
		{ 256, 512, true },	/* a bundle */
		{ 3, 4, true },		/* an empty one */
		{ ENTRIES - 1, ENTRIES, true },
		{ ENTRIES, ENTRIES, true },
		{ 0, ENTRIES + 1, false },	/* not there yet */
		{ 5, 4, false },
	};
	struct store_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		struct seen seen = { ranges[i].first, 0 };

		assert_int_equal(store_each_entry(store, ranges[i].first, ranges[i].end, &seen, see, &error), ranges[i].good);
		assert_int_equal(seen.next, ranges[i].good ? ranges[i].end : ranges[i].first);
	}
	struct seen seen = { 0, 300 };

	assert_true(store_each_entry(store, 0, ENTRIES, &seen, see, &error));
	assert_int_equal(seen.next, 300);
}

static void
proofs_hold_at_every_size(void **state)
{
	struct store_error error;
	struct proof proof;
	struct hash root;
	uint64_t seed = 3;

	(void)state;
	for (uint64_t size = 0; size <= ENTRIES; size++) {
		assert_true(store_log_root(store, size, &root, &error));
		assert_true(hash_equal(&root, &roots[size]));
		const uint64_t old = size == 0 ? 0 : scratch_random(&seed) % (size + 1);

		assert_true(store_prove_consistency(store, &proof, old, size, &error));
		assert_true(consistency_verify(crypto, &proof, old, &roots[old], size, &roots[size]));
		if (size != 0) {
			const uint64_t index = scratch_random(&seed) % size;

			assert_true(store_prove_inclusion(store, &proof, index, size, &error));
			assert_true(inclusion_verify(crypto, &proof, &leaves[index], index, size, &roots[size]));
		}
	}
	assert_false(store_log_root(store, ENTRIES + 1, &root, &error));
	assert_false(store_prove_inclusion(store, &proof, ENTRIES, ENTRIES, &error));
	assert_false(store_prove_inclusion(store, &proof, 0, ENTRIES + 1, &error));
	assert_false(store_prove_consistency(store, &proof, 2, 1, &error));
	assert_false(store_prove_consistency(store, &proof, 1, ENTRIES + 1, &error));
	assert_int_equal(error.failure, STORE_MISSING);
}

static void
tiles_are_those_of_the_log(void **state)
{
	static const struct {
		struct tile tile;
		bool good;
	} rows[] = {
		{ { 0, 0, 256 }, true },
		{ { 0, 0, 3 }, true },			/* as it was when the log had three entries */
		{ { 0, 2, ENTRIES - 512 }, true },
		{ { 0, 2, ENTRIES - 512 + 1 }, false },	/* not so wide yet */
		{ { 0, 3, 1 }, false },			/* not there yet */
		{ { 0, UINT64_MAX, 1 }, false },	/* never */
		{ { 0, 0, 0 }, false },			/* no tile */
		{ { 0, 0, 257 }, false },
		{ { 1, 0, 2 }, true },
		{ { 1, 0, 3 }, false },
		{ { 7, 0, 1 }, false },
		{ { 8, 0, 1 }, false },			/* no level */
		{ { TILE_LEVEL_ENTRIES, 0, 256 }, true },
		{ { TILE_LEVEL_ENTRIES, 2, 5 }, true },
		{ { TILE_LEVEL_ENTRIES, 2, ENTRIES - 512 + 1 }, false },
	};
	struct store_error error;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct tile *tile = &rows[i].tile;

		assert_int_equal(store_tile(store, tile, buffer, sizeof(buffer), &len, &error), rows[i].good);
		if (rows[i].good && tile->level == 0) {
			assert_int_equal(len, tile->width * HASH_BYTES);
			assert_memory_equal(buffer, leaves[tile->number * TILE_WIDTH].bytes, len);
		}
		if (rows[i].good) {
			assert_false(store_tile(store, tile, buffer, len - 1, &len, &error));
		}
	}
}

/* A tree of three levels of tiles, by the edge alone. */
static struct hash kept[300];
static unsigned kept_count;

static bool
keep_second(void *context, const struct tile *tile, const struct hash *hashes)
{
	(void)context;
	assert_int_equal(tile->width, TILE_WIDTH);
	if (tile->level == 1) {
		kept[tile->number] = hashes[0];
		kept_count++;
	}
	return true;
}

static void
tiles_fill_up_level_by_level(void **state)
{
	static struct edge edge;
	struct frontier first = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 65536 * 2 + 300; i++) {
		struct hash leaf;

		merkle_leaf(crypto, &leaf, bytes_of(&i, sizeof(i)));
		if (i < TILE_WIDTH) {
			frontier_append(&first, crypto, &leaf);
		}
		assert_true(edge_append(&edge, crypto, &leaf, NULL, keep_second));
	}
	struct hash root;

	frontier_root(&first, crypto, &root);
	assert_int_equal(kept_count, 2);
	assert_true(hash_equal(&kept[0], &root));
	assert_int_equal(edge_width(edge.size, 0), 300 - 256);
	assert_int_equal(edge_width(edge.size, 1), 1);
	assert_int_equal(edge_width(edge.size, 2), 2);
}

/* ---- published -------------------------------------------------------- */

static size_t
sign(char *note, size_t size, uint64_t log_size, const struct hash *root, uint8_t key)
{
	struct log_signer signer = scratch_signer(key);
	const struct checkpoint checkpoint = { signer.key.name, log_size, *root };
	uint8_t signature[64];
	size_t len = checkpoint_format(note, size, &checkpoint);

	assert_true(scratch_sign(signer.context, bytes_of(note, len), signature));
	len = note_append_signature(note, size, len, true, crypto, &signer.key, 0, signature);
	scratch_signer_free(&signer);
	return len;
}

struct folder {
	const char *path;
	unsigned reads;
};

static bool
read_published(void *context, const struct tile *tile, uint8_t *out)
{
	struct folder *folder = context;
	char name[TILE_PATH_BYTES], path[1024];
	size_t len;

	tile_path(name, tile);
	snprintf(path, sizeof(path), "%s/%s", folder->path, name);
	folder->reads++;
	return disk_posix()->read(NULL, path, out, TILE_BYTES_MAX, &len) == DISK_READ && len == tile->width * HASH_BYTES;
}

/* A client of static files: the checkpoint, the root from tiles, each entry from bundles. */
static void
assert_published(const char *directory, uint64_t size)
{
	static struct tile_reader reader;
	struct folder folder = { directory, 0 };
	struct hash root;
	char path[1024], name[TILE_PATH_BYTES];
	uint64_t index = 0;

	reader.context = &folder;
	reader.read = read_published;
	reader.crypto = crypto;
	reader.size = size;
	const struct hash_source source = tile_source(&reader);

	assert_true(merkle_root(&source, crypto, 0, size, &root));
	assert_true(hash_equal(&root, &roots[size]));
	while (index < size) {
		const struct tile tile = tile_at(TILE_LEVEL_ENTRIES, index, size);
		struct assay_bytes bundle, entry;
		uint8_t bytes[4096];
		bool bad;

		tile_path(name, &tile);
		snprintf(path, sizeof(path), "%s/%s", directory, name);
		assert_int_equal(disk_posix()->read(NULL, path, buffer, sizeof(buffer), &bundle.len), DISK_READ);
		bundle.data = buffer;
		for (unsigned i = 0; i < tile.width; i++, index++) {
			assert_true(bundle_next(&bundle, &entry, &bad));
			assert_true(bytes_equal(entry, scratch_entry(index, bytes)));
		}
		assert_int_equal(bundle.len, 0);
	}
}

static void
the_log_is_published_as_files(void **state)
{
	static const uint64_t sizes[] = { 1, 1, 200, 256, 300, 512, ENTRIES };
	struct scratch site;
	struct store_error error;
	char directory[512], path[1024], note[2048];
	size_t len;

	(void)state;
	scratch_make(&site);
	snprintf(directory, sizeof(directory), "%s/made/of/parts", site.directory);
	snprintf(path, sizeof(path), "%s/checkpoint", directory);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		len = sign(note, sizeof(note), sizes[i], &roots[sizes[i]], 1);
		if (!store_publish(store, directory, bytes_of(note, len), NULL, &error)) {
			fail_msg("%s %s", error.what, error.cause);
		}
		assert_published(directory, sizes[i]);
		size_t there;

		assert_int_equal(disk_posix()->read(NULL, path, buffer, sizeof(buffer), &there), DISK_READ);
		assert_true(bytes_equal(bytes_of(buffer, there), bytes_of(note, len)));
	}
	/* Never backwards. */
	len = sign(note, sizeof(note), 300, &roots[300], 1);
	assert_false(store_publish(store, directory, bytes_of(note, len), NULL, &error));
	assert_int_equal(error.failure, STORE_BEHIND);
	/* Not a checkpoint of this log. */
	len = sign(note, sizeof(note), 300, &roots[299], 1);
	assert_false(store_publish(store, directory, bytes_of(note, len), NULL, &error));
	assert_int_equal(error.failure, STORE_CONFLICT);
	assert_false(store_publish(store, directory, bytes_of_text("no checkpoint\n"), NULL, &error));
	assert_int_equal(error.failure, STORE_FOREIGN);
	/* Larger than the log. */
	len = sign(note, sizeof(note), ENTRIES + 1, &roots[299], 1);
	assert_false(store_publish(store, directory, bytes_of(note, len), NULL, &error));
	assert_int_equal(error.failure, STORE_MISSING);
	/* Another log is there. */
	len = sign(note, sizeof(note), 100, &roots[99], 1);
	assert_true(disk_replace(disk_posix(), path, bytes_of(note, len)));
	len = sign(note, sizeof(note), ENTRIES, &roots[ENTRIES], 1);
	assert_false(store_publish(store, directory, bytes_of(note, len), NULL, &error));
	assert_int_equal(error.failure, STORE_CONFLICT);
	/* Something is there that is no checkpoint. */
	assert_true(disk_replace(disk_posix(), path, bytes_of_text("hello\n")));
	assert_false(store_publish(store, directory, bytes_of(note, len), NULL, &error));
	assert_int_equal(error.failure, STORE_FOREIGN);
	assert_true(disk_replace(disk_posix(), path, bytes_of(note, len)));
	scratch_remove(&site);
}

/* ---- what does not fit ------------------------------------------------ */

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

static bool
nothing(void *context, uint64_t index, struct assay_bytes entry)
{
	(void)context;
	(void)index;
	(void)entry;
	return true;
}

/* Somebody with a database shell, who also knows how to switch triggers off. */
static void
a_changed_log_is_found(void **state)
{
	static const struct {
		const char *sql;
		bool opens;	/* the end of the log is sound */
		bool reads;	/* so are the entries and their leaves */
	} rows[] = {
		/* one bit of an entry */
		{ "UPDATE entries SET bytes = CAST(x'00' || substr(bytes, 2) AS BLOB) WHERE number = 300", true, false },
		/* an entry in another's place */
		{ "UPDATE entries SET bytes = (SELECT bytes FROM entries WHERE number = 1) WHERE number = 2", true,
		    false },
		/* an entry gone, at the end and in the middle */
		{ "DELETE FROM entries WHERE number = 699", true, false },
		{ "DELETE FROM entries WHERE number = 12", true, false },
		/* one beyond the end */
		{ "INSERT INTO entries VALUES (700, x'00')", true, true },
		/* a leaf in a full tile: the entry no longer fits it */
		{ "UPDATE tiles SET bytes = CAST(substr(bytes, 1, 31) || x'00' || substr(bytes, 33) AS BLOB)"
		    " WHERE level = 0 AND number = 1", true, false },
		/* the hash of a full tile */
		{ "UPDATE tiles SET bytes = CAST(x'00' || substr(bytes, 2) AS BLOB) WHERE level = 1", false, true },
		/* a leaf at the edge */
		{ "UPDATE tiles SET bytes = CAST(x'00' || substr(bytes, 2) AS BLOB) WHERE level = 0 AND number = 2", false,
		    false },
		/* a tile gone, or shorter, or longer, or not in hashes */
		{ "DELETE FROM tiles WHERE level = 0 AND number = 2", false, false },
		{ "DELETE FROM tiles WHERE level = 0 AND number = 0", true, false },
		{ "UPDATE tiles SET bytes = substr(bytes, 33) WHERE level = 0 AND number = 2", false, false },
		{ "UPDATE tiles SET bytes = CAST(bytes || x'00' AS BLOB) WHERE level = 0 AND number = 2", false, false },
		{ "INSERT INTO tiles VALUES (0, 3, x'00')", true, true },
		/* the head */
		{ "UPDATE head SET log_size = 699", false, true },
		{ "UPDATE head SET log_size = 1 << 60", false, true },
		{ "UPDATE head SET log_root = zeroblob(32)", false, true },
		{ "DELETE FROM head", true, true },
	};
	struct store_error error;
	char copy[512], file[600];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scratch other;

		scratch_make(&other);
		snprintf(copy, sizeof(copy), "%s", other.directory);
		snprintf(file, sizeof(file), "%s/%s", copy, STORE_NAME);
		assert_true(store_backup(scratch.directory, file, &error));
		sql(copy, "DROP TRIGGER entries_stay; DROP TRIGGER entries_remain; DROP TRIGGER tiles_stay;"
		    "DROP TRIGGER tiles_remain;");
		sql(copy, rows[i].sql);
		const struct store_options options = { .mode = STORE_READ, .without_state = true };
		struct store *damaged = store_open(copy, &options, crypto, &error);

		assert_non_null(damaged);
		if ((store_damage(damaged) == NULL) != rows[i].opens) {
			fail_msg("row %zu: damage is %s", i, rows[i].opens ? "seen" : "not seen");
		}
		const uint64_t size = store_head(damaged)->log_size;
		const bool reads = store_each_entry(damaged, 0, size < ENTRIES ? size : ENTRIES, NULL, nothing, &error);

		if (reads != rows[i].reads) {
			fail_msg("row %zu: entries are %s", i, reads ? "read" : "not read");
		}
		assert_false(store_check(damaged, &error));
		assert_int_equal(error.failure, STORE_DAMAGED);
		store_close(damaged);
		if (!rows[i].opens) {
			assert_int_equal(scratch_refused(copy, STORE_WRITE), STORE_DAMAGED);
		}
		scratch_remove(&other);
	}
	assert_true(store_check(store, &error));
}

static void
triggers_keep_mistakes_out(void **state)
{
	static const char *const statements[] = {
		"UPDATE entries SET bytes = x'00' WHERE number = 1",
		"DELETE FROM entries WHERE number = 1",
		"UPDATE tiles SET bytes = zeroblob(8192) WHERE level = 0 AND number = 0",
		"DELETE FROM tiles",
		"INSERT INTO rows VALUES (NULL, x'00')",
		"INSERT INTO rows VALUES ('text', x'00')",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		assert_int_not_equal(sqlite3_exec(store->database.db, statements[i], NULL, NULL, NULL), SQLITE_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_come_in_order),
		cmocka_unit_test(proofs_hold_at_every_size),
		cmocka_unit_test(tiles_are_those_of_the_log),
		cmocka_unit_test(tiles_fill_up_level_by_level),
		cmocka_unit_test(the_log_is_published_as_files),
		cmocka_unit_test(a_changed_log_is_found),
		cmocka_unit_test(triggers_keep_mistakes_out),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
