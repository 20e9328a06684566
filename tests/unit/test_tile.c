/* SPDX-License-Identifier: Apache-2.0 */
/* Tiles: paths, and proofs over a log of many tiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "log/tile.h"

#define ENTRIES 70000	/* more than one tile at level 1 */

static const struct assay_crypto *crypto;
static struct hash *levels[3];

static int
setup(void **state)
{
	(void)state;
	crypto = assay_crypto_openssl();
	for (unsigned l = 0; l < 3; l++) {
		levels[l] = calloc(ENTRIES, sizeof(struct hash));
	}
	for (uint32_t i = 0; i < ENTRIES; i++) {
		merkle_leaf(crypto, &levels[0][i], (struct assay_bytes){ (const uint8_t *)&i, sizeof(i) });
	}
	for (unsigned l = 1; l < 3; l++) {
		for (size_t i = 0; i < (size_t)ENTRIES >> (8 * l); i++) {
			struct frontier f = { 0 };

			for (size_t k = 0; k < TILE_WIDTH; k++) {
				frontier_append(&f, crypto, &levels[l - 1][i * TILE_WIDTH + k]);
			}
			frontier_root(&f, crypto, &levels[l][i]);
		}
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	for (unsigned l = 0; l < 3; l++) {
		free(levels[l]);
	}
	return 0;
}

static unsigned reads;

static bool
read_tile(void *context, const struct tile *tile, uint8_t *out)
{
	(void)context;
	reads++;
	if (tile->level > 2) {
		return false;
	}
	memcpy(out, levels[tile->level][tile->number * TILE_WIDTH].bytes, (size_t)tile->width * HASH_BYTES);
	return true;
}

static void
proofs_over_tiles_verify(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 255, 256, 257, 511, 512, 1000, 65535, 65536, 65537, ENTRIES };
	static struct tile_reader reader;
	struct proof proof;

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		const uint64_t size = sizes[s];
		struct hash root;

		reader = (struct tile_reader){ .read = read_tile, .crypto = crypto, .size = size };
		const struct hash_source source = tile_source(&reader);
		struct frontier f = { 0 };

		for (size_t i = 0; i < size; i++) {
			frontier_append(&f, crypto, &levels[0][i]);
		}
		frontier_root(&f, crypto, &root);
		for (uint64_t i = 0; i < size; i += 1 + size / 13) {
			assert_true(inclusion_prove(&proof, &source, crypto, i, size));
			assert_true(inclusion_verify(crypto, &proof, &levels[0][i], i, size, &root));
		}
		for (uint64_t old = 1; old < size; old += 1 + size / 11) {
			struct frontier g = { 0 };
			struct hash old_root;

			for (size_t i = 0; i < old; i++) {
				frontier_append(&g, crypto, &levels[0][i]);
			}
			frontier_root(&g, crypto, &old_root);
			assert_true(consistency_prove(&proof, &source, crypto, old, size));
			assert_true(consistency_verify(crypto, &proof, old, &old_root, size, &root));
		}
	}
	assert_int_not_equal(reads, 0);
}

static void
paths_are_those_of_the_specification(void **state)
{
	static const struct {
		struct tile tile;
		const char *path;
	} rows[] = {
		{ { 0, 0, 256 }, "tile/0/000" },
		{ { 0, 1234067, 256 }, "tile/0/x001/x234/067" },
		{ { 1, 999, 7 }, "tile/1/999.p/7" },
		{ { 7, 1000, 256 }, "tile/7/x001/000" },
		{ { TILE_LEVEL_ENTRIES, 42, 255 }, "tile/entries/042.p/255" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[TILE_PATH_BYTES];
		struct tile tile;

		tile_path(path, &rows[i].tile);
		assert_string_equal(path, rows[i].path);
		assert_true(tile_parse_path(&tile, (struct assay_bytes){ (const uint8_t *)path, strlen(path) }));
		assert_int_equal(tile.level, rows[i].tile.level);
		assert_int_equal(tile.number, rows[i].tile.number);
		assert_int_equal(tile.width, rows[i].tile.width);
	}
}

static void
other_paths_are_refused(void **state)
{
	static const char *const rows[] = {
		"", "tile", "tile/0", "tile/0/", "tile/0/1", "tile/0/0001", "tile/8/000", "tile/00/000",
		"tile/0/x000/001", "tile/0/x01/001", "tile/0/001.p/0", "tile/0/001.p/256", "tile/0/001.p/07",
		"tile/0/001.p/", "tile/0/001/", "tile/0/001.p/7x", "tile/data/001", "/tile/0/001", "tile/0/../001",
		"tile/0/x999/x999/x999/x999/x999/x999/999",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tile tile;

		if (tile_parse_path(&tile, (struct assay_bytes){ (const uint8_t *)rows[i], strlen(rows[i]) })) {
			fail_msg("accepted: %s", rows[i]);
		}
	}
}

static void
bundles_are_cut_into_entries(void **state)
{
	static const uint8_t good[] = { 0, 3, 'a', 'b', 'c', 0, 0, 0, 1, 'x' };
	struct assay_bytes bundle = { good, sizeof(good) };
	struct assay_bytes entry;
	bool bad;

	(void)state;
	assert_true(bundle_next(&bundle, &entry, &bad));
	assert_int_equal(entry.len, 3);
	assert_true(bundle_next(&bundle, &entry, &bad));
	assert_int_equal(entry.len, 0);
	assert_true(bundle_next(&bundle, &entry, &bad));
	assert_int_equal(entry.data[0], 'x');
	assert_false(bundle_next(&bundle, &entry, &bad));
	assert_false(bad);
	for (size_t len = 1; len < sizeof(good); len++) {
		unsigned entries = 0;

		bundle = (struct assay_bytes){ good, len };
		while (bundle_next(&bundle, &entry, &bad)) {
			entries++;
		}
		assert_true(entries < 3);
		assert_true(bad || len == 5 || len == 7);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proofs_over_tiles_verify),
		cmocka_unit_test(paths_are_those_of_the_specification),
		cmocka_unit_test(other_paths_are_refused),
		cmocka_unit_test(bundles_are_cut_into_entries),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
