/* SPDX-License-Identifier: Apache-2.0 */
/* The log of a store: its tiles, its entries, proofs, and reading it all again. */
#include <stdlib.h>

#include "store/inside.h"

#define FIX_DAMAGE "Restore a backup, and bring it up to date from the published log."

static bool
damaged(struct store_error *error, const char *cause)
{
	return store_fail(error, STORE_DAMAGED, cause, FIX_DAMAGE, "The log in the store contradicts itself.");
}

/* ---- tiles ------------------------------------------------------------ */

bool
log_tile_read(struct store *store, const struct tile *tile, uint8_t *out)
{
	sqlite3_stmt *statement = database_statement(&store->database, STATEMENT_TILE_GET);
	const size_t len = (size_t)tile->width * HASH_BYTES;

	sqlite3_bind_int(statement, 1, (int)tile->level);
	sqlite3_bind_int64(statement, 2, (int64_t)tile->number);
	bool got = sqlite3_step(statement) == SQLITE_ROW;

	if (got) {
		const struct assay_bytes bytes = column_bytes(statement, 0);

		/* A partial tile grew since: its beginning never changes. */
		got = bytes.len >= len && bytes.len % HASH_BYTES == 0 && bytes.len <= TILE_BYTES_MAX;
		if (got) {
			bytes_copy(out, bytes_slice(bytes, 0, len), len);
		}
	}
	sqlite3_reset(statement);
	return got;
}

static bool
source_read(void *context, const struct tile *tile, uint8_t *out)
{
	return log_tile_read(context, tile, out);
}

static struct hash_source
source_of(struct store *store, struct tile_reader *reader, uint64_t size)
{
	reader->context = store;
	reader->read = source_read;
	reader->crypto = store->crypto;
	reader->size = size;
	return tile_source(reader);
}

/* All that appending to the tree of that size needs. */
static bool
frontier_load(struct store *store, struct frontier *frontier, uint64_t size)
{
	struct tile_reader reader;
	const struct hash_source source = source_of(store, &reader, size);

	memset(frontier, 0, sizeof(*frontier));
	frontier->size = size;
	for (unsigned level = 0; level < 64; level++) {
		if ((size >> level & 1) != 0 &&
		    !source.subtree(source.context, level, (size >> level) - 1, &frontier->hashes[level])) {
			return false;
		}
	}
	return true;
}

bool
log_edge_load(struct store *store, struct store_error *error)
{
	const uint64_t size = store->head.log_size;
	struct hash root;

	store->edge.size = size;
	store->frontier.size = 0;
	if (size == 0) {
		return true;
	}
	for (unsigned level = 0; level < EDGE_LEVELS; level++) {
		const struct tile tile = { level, size >> (8 * level) >> 8, edge_width(size, level) };

		if (tile.width != 0 && !log_tile_read(store, &tile, store->edge.tiles[level]->bytes)) {
			return damaged(error, "A tile at the end of the log is missing or too short.");
		}
	}
	if (!frontier_load(store, &store->frontier, size)) {
		return damaged(error, "A tile of the log is missing or too short.");
	}
	frontier_root(&store->frontier, store->crypto, &root);
	if (!hash_equal(&root, &store->head.log_root)) {
		return damaged(error, "The hashes at the end of the log do not give the root that its last block recorded.");
	}
	return true;
}

static bool
no_such(struct store_error *error, uint64_t size)
{
	return store_fail(error, STORE_MISSING, NULL, NULL, "The log has %llu entries, and what was asked for is not "
	    "among them.", (unsigned long long)size);
}

/* ---- entries ---------------------------------------------------------- */

/* Each entry is held against its leaf: what leaves the store is what the log committed to. */
static bool
bundle_read(struct store *store, const struct tile *tile, uint8_t *out, size_t size, size_t *len,
    struct store_error *error)
{
	const struct tile leaves_tile = { 0, tile->number, tile->width };
	uint8_t leaves[TILE_BYTES_MAX];
	const uint64_t first = tile->number * TILE_WIDTH;
	unsigned count = 0;
	int result;

	if (!log_tile_read(store, &leaves_tile, leaves)) {
		return damaged(error, "A tile of the log is missing or too short.");
	}
	sqlite3_stmt *statement = database_statement(&store->database, STATEMENT_ENTRIES);

	sqlite3_bind_int64(statement, 1, (int64_t)first);
	sqlite3_bind_int64(statement, 2, (int64_t)(first + tile->width));
	*len = 0;
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		const struct assay_bytes entry = column_bytes(statement, 1);
		struct hash leaf;

		merkle_leaf(store->crypto, &leaf, entry);
		if (count >= tile->width || sqlite3_column_int64(statement, 0) != (int64_t)(first + count) ||
		    entry.len > ENTRY_BYTES_MAX || memcmp(leaf.bytes, leaves + (size_t)count * HASH_BYTES, HASH_BYTES) != 0) {
			break;
		}
		if (size - *len < entry.len + 2) {
			sqlite3_reset(statement);
			return store_fail(error, STORE_MEMORY, NULL, NULL, "There is no room for %u entries.", tile->width);
		}
		out[*len] = (uint8_t)(entry.len >> 8);
		out[*len + 1] = (uint8_t)entry.len;
		bytes_copy(out + *len + 2, entry, entry.len);
		*len += entry.len + 2;
		count++;
	}
	const bool failed = sqlite3_reset(statement) != SQLITE_OK;

	if (failed) {
		return database_fail(&store->database, error, "The entries of the log cannot be read.");
	}
	if (result != SQLITE_DONE || count != tile->width) {
		return damaged(error, "An entry of the log is missing, or is not the one that was logged.");
	}
	return true;
}

bool
store_tile(struct store *store, const struct tile *tile, uint8_t *out, size_t size, size_t *len,
    struct store_error *error)
{
	const bool entries = tile->level == TILE_LEVEL_ENTRIES;
	const unsigned level = entries ? 0 : tile->level;
	const uint64_t hashes = level < EDGE_LEVELS ? store->head.log_size >> (8 * level) : 0;

	if (tile->width == 0 || tile->width > TILE_WIDTH || tile->number > hashes / TILE_WIDTH ||
	    tile->width > hashes - tile->number * TILE_WIDTH) {
		return no_such(error, store->head.log_size);
	}
	if (entries) {
		return bundle_read(store, tile, out, size, len, error);
	}
	*len = (size_t)tile->width * HASH_BYTES;
	if (*len > size) {
		return store_fail(error, STORE_MEMORY, NULL, NULL, "There is no room for a tile.");
	}
	return log_tile_read(store, tile, out) || damaged(error, "A tile of the log is missing or too short.");
}

bool
store_each_entry(struct store *store, uint64_t first, uint64_t end, void *context,
    bool (*each)(void *context, uint64_t index, struct assay_bytes entry), struct store_error *error)
{
	bool done = true;

	if (end > store->head.log_size || first > end) {
		return no_such(error, store->head.log_size);
	}
	uint8_t *bytes = malloc(BUNDLE_BYTES_MAX);

	if (bytes == NULL) {
		return store_fail(error, STORE_MEMORY, NULL, NULL, "There is not enough memory to read entries.");
	}
	/* A bundle is copied out first, so that each may ask the store for more. */
	for (uint64_t at = first - first % TILE_WIDTH; done && at < end; at += TILE_WIDTH) {
		const struct tile tile = tile_at(TILE_LEVEL_ENTRIES, at, end);
		struct assay_bytes bundle, entry;
		uint64_t index = at;
		bool bad;

		done = store_tile(store, &tile, bytes, BUNDLE_BYTES_MAX, &bundle.len, error);
		bundle.data = bytes;
		for (; done && bundle_next(&bundle, &entry, &bad); index++) {
			if (index >= first && !each(context, index, entry)) {
				free(bytes);
				return true;
			}
		}
	}
	free(bytes);
	return done;
}

/* ---- proofs ----------------------------------------------------------- */

bool
store_log_root(struct store *store, uint64_t size, struct hash *root, struct store_error *error)
{
	struct tile_reader reader;
	const struct hash_source source = source_of(store, &reader, size);

	if (size > store->head.log_size) {
		return no_such(error, store->head.log_size);
	}
	return merkle_root(&source, store->crypto, 0, size, root) ||
	    damaged(error, "A tile of the log is missing or too short.");
}

bool
store_prove_inclusion(struct store *store, struct proof *proof, uint64_t index, uint64_t size,
    struct store_error *error)
{
	struct tile_reader reader;
	const struct hash_source source = source_of(store, &reader, size);

	if (size > store->head.log_size || index >= size) {
		return no_such(error, store->head.log_size);
	}
	return inclusion_prove(proof, &source, store->crypto, index, size) ||
	    damaged(error, "A tile of the log is missing or too short.");
}

bool
store_prove_consistency(struct store *store, struct proof *proof, uint64_t old_size, uint64_t new_size,
    struct store_error *error)
{
	struct tile_reader reader;
	const struct hash_source source = source_of(store, &reader, new_size);

	if (new_size > store->head.log_size || old_size > new_size) {
		return no_such(error, store->head.log_size);
	}
	return consistency_prove(proof, &source, store->crypto, old_size, new_size) ||
	    damaged(error, "A tile of the log is missing or too short.");
}

/* ---- reading it again ------------------------------------------------- */

struct again {
	const struct assay_crypto *crypto;
	struct frontier frontier;
};

static bool
hash_again(void *context, uint64_t index, struct assay_bytes entry)
{
	struct again *again = context;
	struct hash leaf;

	(void)index;
	merkle_leaf(again->crypto, &leaf, entry);
	frontier_append(&again->frontier, again->crypto, &leaf);
	return true;
}

bool
store_read_back(struct store *store, uint64_t old_size, struct store_error *error)
{
	struct again again = { .crypto = store->crypto };
	struct store_head head;
	struct hash root;

	if (!database_head(&store->database, &head, error)) {
		return false;
	}
	if (head.log_size != store->head.log_size || head.height != store->head.height ||
	    !hash_equal(&head.log_root, &store->head.log_root) ||
	    !hash_equal(&head.state_root, &store->head.state_root)) {
		return damaged(error, "The head on the disk is not the one that was written.");
	}
	if (old_size > head.log_size) {
		return no_such(error, head.log_size);
	}
	if (!frontier_load(store, &again.frontier, old_size)) {
		return damaged(error, "A tile of the log is missing or too short.");
	}
	if (!store_each_entry(store, old_size, head.log_size, &again, hash_again, error)) {
		return false;
	}
	frontier_root(&again.frontier, store->crypto, &root);
	return hash_equal(&root, &head.log_root) ||
	    damaged(error, "The entries do not give the root that the last block recorded.");
}

/* ---- everything ------------------------------------------------------- */

struct checking {
	struct store *store;
	struct edge edge;
	uint64_t tiles;
};

static bool
same_tile(void *context, const struct tile *tile, const struct hash *hashes)
{
	struct checking *checking = context;
	uint8_t stored[TILE_BYTES_MAX];

	checking->tiles++;
	return log_tile_read(checking->store, tile, stored) &&
	    memcmp(stored, hashes->bytes, (size_t)tile->width * HASH_BYTES) == 0;
}

static bool
check_entry(void *context, uint64_t index, struct assay_bytes entry)
{
	struct checking *checking = context;
	struct hash leaf;

	(void)index;
	merkle_leaf(checking->store->crypto, &leaf, entry);
	return edge_append(&checking->edge, checking->store->crypto, &leaf, checking, same_tile);
}

static bool
ask(struct store *store, const char *sql, int64_t *number, char *text, size_t size)
{
	sqlite3_stmt *statement = NULL;
	bool got = false;

	if (sqlite3_prepare_v2(store->database.db, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW) {
		const struct assay_bytes answer = column_bytes(statement, 0);
		const size_t len = answer.len < size ? answer.len : size - 1;

		*number = sqlite3_column_int64(statement, 0);
		bytes_copy(text, bytes_slice(answer, 0, len), len);
		text[len] = '\0';
		got = true;
	}
	return sqlite3_finalize(statement) == SQLITE_OK && got;
}

bool
store_check(struct store *store, struct store_error *error)
{
	struct checking checking = { .store = store };
	const uint64_t size = store->head.log_size;
	int64_t entries = 0;
	int64_t tiles = 0;
	int64_t unused;
	char text[256];

	if (!ask(store, "PRAGMA integrity_check(1)", &unused, text, sizeof(text))) {
		return database_fail(&store->database, error, "The store cannot be read.");
	}
	if (strcmp(text, "ok") != 0) {
		return damaged(error, text);
	}
	if (!store_each_entry(store, 0, size, &checking, check_entry, error)) {
		return false;
	}
	if (checking.edge.size != size) {
		return damaged(error, "A full tile of the log is not the one that its entries give.");
	}
	for (unsigned level = 0; level < EDGE_LEVELS; level++) {
		const struct tile tile = { level, size >> (8 * level) >> 8, edge_width(size, level) };

		if (tile.width != 0 && !same_tile(&checking, &tile, checking.edge.tiles[level])) {
			return damaged(error, "A tile at the end of the log is not the one that its entries give.");
		}
	}
	if (!ask(store, "SELECT count(*) FROM entries", &entries, text, sizeof(text)) ||
	    !ask(store, "SELECT count(*) FROM tiles", &tiles, text, sizeof(text))) {
		return database_fail(&store->database, error, "The store cannot be read.");
	}
	if ((uint64_t)entries != size || (uint64_t)tiles != checking.tiles) {
		return damaged(error, "There are entries or tiles beyond the end of the log.");
	}
	return store->damage.failure == STORE_FINE || damaged(error, store->damage.cause);
}
