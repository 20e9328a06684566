/* SPDX-License-Identifier: Apache-2.0 */
/* Where an audit reads a log from: a store, or a directory of published tiles. */
#include <stdio.h>
#include <stdlib.h>

#include "driver/audit.h"

#define AT_ONCE		TILE_WIDTH	/* entries that are read in one go */
#define BYTES_AT_ONCE	((size_t)4 * 1024 * 1024)

/* ---- entries at hand -------------------------------------------------- */

struct shelf {
	uint64_t first;
	size_t count;
	size_t ends[AT_ONCE];
	size_t len;
	uint8_t bytes[BUNDLE_BYTES_MAX];
};

static bool
shelf_has(const struct shelf *shelf, uint64_t index, struct assay_bytes *entry)
{
	if (index < shelf->first || index - shelf->first >= shelf->count) {
		return false;
	}
	const size_t i = (size_t)(index - shelf->first);
	const size_t from = i == 0 ? 0 : shelf->ends[i - 1];

	*entry = bytes_slice(bytes_of(shelf->bytes, shelf->len), from, shelf->ends[i] - from);
	return true;
}

static bool
shelf_put(struct shelf *shelf, struct assay_bytes entry)
{
	if (shelf->count == AT_ONCE || entry.len > sizeof(shelf->bytes) - shelf->len) {
		return false;
	}
	bytes_copy(shelf->bytes + shelf->len, entry, entry.len);
	shelf->len += entry.len;
	shelf->ends[shelf->count] = shelf->len;
	shelf->count++;
	return true;
}

static void
shelf_clear(struct shelf *shelf, uint64_t first)
{
	shelf->first = first;
	shelf->count = 0;
	shelf->len = 0;
}

/* ---- a store ---------------------------------------------------------- */

struct from_store {
	struct store *store;
	struct shelf shelf;
};

static bool
store_each(void *context, uint64_t index, struct assay_bytes entry)
{
	struct from_store *const from = context;

	(void)index;
	/* At least one, however long it is. */
	return shelf_put(&from->shelf, entry) && from->shelf.len < BYTES_AT_ONCE;
}

static bool
store_source_entry(void *context, uint64_t index, struct assay_bytes *entry, struct store_error *error)
{
	struct from_store *const from = context;
	const uint64_t size = store_head(from->store)->log_size;

	if (shelf_has(&from->shelf, index, entry)) {
		return true;
	}
	if (index >= size) {
		return store_fail(error, STORE_BEHIND, NULL, NULL, "The store has %llu entries, and not entry %llu.",
		    (unsigned long long)size, (unsigned long long)index);
	}
	shelf_clear(&from->shelf, index);
	if (!store_each_entry(from->store, index, size - index < AT_ONCE ? size : index + AT_ONCE, from, store_each,
	    error)) {
		return false;
	}
	return shelf_has(&from->shelf, index, entry) || store_fail(error, STORE_DAMAGED, NULL, NULL,
	    "The store does not give entry %llu.", (unsigned long long)index);
}

bool
audit_store_open(struct audit_source *source, struct store *store)
{
	struct from_store *const from = calloc(1, sizeof(*from));

	if (from != NULL) {
		from->store = store;
	}
	*source = (struct audit_source){ .context = from, .entry = store_source_entry };
	return from != NULL;
}

void
audit_store_close(struct audit_source *source)
{
	free(source->context);
	source->context = NULL;
}

/* ---- published tiles -------------------------------------------------- */

struct from_tiles {
	const struct disk *disk;
	const struct assay_crypto *crypto;
	uint64_t size;			/* of the log, by its checkpoint */
	struct shelf shelf;
	char directory[DISK_PATH_BYTES - TILE_PATH_BYTES - 8];
	uint8_t bundle[BUNDLE_BYTES_MAX];
	uint8_t hashes[TILE_BYTES_MAX];
};

/* A tile's bytes, as they were published for a log of this size. */
static bool
tile_read(struct from_tiles *from, const struct tile *tile, uint8_t *out, size_t size, size_t *len,
    struct store_error *error)
{
	char name[TILE_PATH_BYTES], path[DISK_PATH_BYTES];

	tile_path(name, tile);
	snprintf(path, sizeof(path), "%s/%s", from->directory, name);
	switch (from->disk->read(from->disk->context, path, out, size, len)) {
	case DISK_READ:
		return true;
	case DISK_ABSENT:
		return store_fail(error, STORE_MISSING, "It is not there.", "Publish the log again.",
		    "The published log cannot be read: %s.", path);
	case DISK_FAILED:
		break;
	}
	return store_fail(error, STORE_DISK, "It cannot be read, or is longer than any tile.", NULL,
	    "The published log cannot be read: %s.", path);
}

static bool
tiles_disagree(struct store_error *error, const struct tile *tile)
{
	char name[TILE_PATH_BYTES];

	tile_path(name, tile);
	return store_fail(error, STORE_DAMAGED, "It does not hold what the entries hash to.", "Publish the log again.",
	    "The published tile %s is wrong.", name);
}

/* The hashes that are served with these entries: a client that proves by them must find them right. */
static bool
hashes_agree(struct from_tiles *from, const struct tile *entries, struct store_error *error)
{
	const struct tile tile = { 0, entries->number, entries->width };
	size_t len = 0;

	if (!tile_read(from, &tile, from->hashes, sizeof(from->hashes), &len, error)) {
		return false;
	}
	if (len != (size_t)tile.width * HASH_BYTES) {
		return tiles_disagree(error, &tile);
	}
	for (unsigned i = 0; i < tile.width; i++) {
		struct assay_bytes entry;
		struct hash leaf;

		if (!shelf_has(&from->shelf, from->shelf.first + i, &entry)) {
			return tiles_disagree(error, &tile);
		}
		merkle_leaf(from->crypto, &leaf, entry);
		if (memcmp(from->hashes + (size_t)i * HASH_BYTES, leaf.bytes, HASH_BYTES) != 0) {
			return tiles_disagree(error, &tile);
		}
	}
	return true;
}

static void
tile_root(const struct assay_crypto *crypto, struct hash *out, const uint8_t *hashes)
{
	struct hash nodes[TILE_WIDTH];

	memcpy(nodes, hashes, sizeof(nodes));
	for (size_t width = TILE_WIDTH; width > 1; width /= 2) {
		for (size_t i = 0; i < width / 2; i++) {
			merkle_node(crypto, &nodes[i], &nodes[2 * i], &nodes[2 * i + 1]);
		}
	}
	*out = nodes[0];
}

/* The root of a full tile stands in the one above it; from->hashes are of the lower one. */
static bool
parents_agree(struct from_tiles *from, const struct tile *entries, struct store_error *error)
{
	uint64_t index = entries->number;

	for (unsigned level = 1; level < 8 && entries->width == TILE_WIDTH; level++, index /= TILE_WIDTH) {
		const struct tile above = tile_at(level, index, from->size);
		struct hash root;
		size_t len = 0;

		tile_root(from->crypto, &root, from->hashes);
		if (!tile_read(from, &above, from->hashes, sizeof(from->hashes), &len, error)) {
			return false;
		}
		if (len != (size_t)above.width * HASH_BYTES ||
		    memcmp(from->hashes + index % TILE_WIDTH * HASH_BYTES, root.bytes, HASH_BYTES) != 0) {
			return tiles_disagree(error, &above);
		}
		if (index % TILE_WIDTH != TILE_WIDTH - 1) {
			break;
		}
	}
	return true;
}

static bool
bundle_read(struct from_tiles *from, uint64_t index, struct store_error *error)
{
	const struct tile tile = tile_at(TILE_LEVEL_ENTRIES, index, from->size);
	struct assay_bytes bundle = { from->bundle, 0 };
	struct assay_bytes entry;
	bool bad = false;

	if (tile.width == 0) {
		return store_fail(error, STORE_BEHIND, NULL, NULL, "The published log has %llu entries, and not entry %llu.",
		    (unsigned long long)from->size, (unsigned long long)index);
	}
	if (!tile_read(from, &tile, from->bundle, sizeof(from->bundle), &bundle.len, error)) {
		return false;
	}
	shelf_clear(&from->shelf, tile.number * TILE_WIDTH);
	while (bundle_next(&bundle, &entry, &bad)) {
		bad = bad || !shelf_put(&from->shelf, entry);
	}
	if (bad || from->shelf.count != tile.width) {
		shelf_clear(&from->shelf, 0);
		return tiles_disagree(error, &tile);
	}
	if (!hashes_agree(from, &tile, error) || !parents_agree(from, &tile, error)) {
		shelf_clear(&from->shelf, 0);
		return false;
	}
	return true;
}

static bool
tiles_source_entry(void *context, uint64_t index, struct assay_bytes *entry, struct store_error *error)
{
	struct from_tiles *const from = context;

	if (shelf_has(&from->shelf, index, entry)) {
		return true;
	}
	return bundle_read(from, index, error) && (shelf_has(&from->shelf, index, entry) ||
	    store_fail(error, STORE_DAMAGED, NULL, NULL, "The published log does not give entry %llu.",
	    (unsigned long long)index));
}

static bool
tiles_source_grown(void *context, const struct checkpoint *checkpoint, struct store_error *error)
{
	struct from_tiles *const from = context;

	(void)error;
	from->size = checkpoint->size;
	shelf_clear(&from->shelf, 0);	/* what was at its edge has become wider */
	return true;
}

bool
audit_tiles_open(struct audit_source *source, const char *directory, const struct assay_crypto *crypto,
    const struct disk *disk)
{
	struct from_tiles *from = strlen(directory) < sizeof(from->directory) ? calloc(1, sizeof(*from)) : NULL;

	if (from != NULL) {
		from->disk = disk == NULL ? disk_posix() : disk;
		from->crypto = crypto;
		snprintf(from->directory, sizeof(from->directory), "%s", directory);
	}
	*source = (struct audit_source){ .context = from, .entry = tiles_source_entry, .grown = tiles_source_grown };
	return from != NULL;
}

void
audit_tiles_close(struct audit_source *source)
{
	free(source->context);
	source->context = NULL;
}

size_t
audit_tiles_checkpoint(const char *directory, const struct disk *disk, char *out, size_t size, struct store_error *error)
{
	char path[DISK_PATH_BYTES];
	size_t len = 0;
	const int path_len = snprintf(path, sizeof(path), "%s/checkpoint", directory);

	disk = disk == NULL ? disk_posix() : disk;
	if (path_len < 0 || (size_t)path_len >= sizeof(path) ||
	    disk->read(disk->context, path, (uint8_t *)out, size, &len) != DISK_READ) {
		store_fail(error, STORE_MISSING, "It is not there, or is longer than any checkpoint.", NULL,
		    "The published log has no checkpoint: %s/checkpoint.", directory);
		return 0;
	}
	return len;
}
