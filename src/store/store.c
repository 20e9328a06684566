/* SPDX-License-Identifier: Apache-2.0 */
/* The durable store of a register: opening, rows, blocks. */
#include <stdio.h>
#include <stdlib.h>

#include "store/inside.h"

#define FIX_DAMAGE "Restore a backup, and bring it up to date from the published log."

/* ---- rows, below a block ---------------------------------------------- */

static enum assay_rows_result
port_failed(struct store *store)
{
	database_fail(&store->database, &store->failure, "A row cannot be read.");
	return ASSAY_ROWS_FAILED;
}

static bool
copy_column(sqlite3_stmt *statement, int column, uint8_t *out, size_t size, size_t *len)
{
	const struct assay_bytes bytes = column_bytes(statement, column);

	if (bytes.len > size) {
		return false;
	}
	bytes_copy(out, bytes, bytes.len);
	*len = bytes.len;
	return true;
}

static enum assay_rows_result
rows_get(void *context, struct assay_bytes key, uint8_t *out, size_t size, size_t *len)
{
	struct store *store = context;
	sqlite3_stmt *statement = database_statement(&store->database, STATEMENT_ROW_GET);

	bind_bytes(statement, 1, key);
	const int result = sqlite3_step(statement);

	if (result == SQLITE_ROW) {
		const bool fits = copy_column(statement, 0, out, size, len);

		sqlite3_reset(statement);
		return fits ? ASSAY_ROWS_FOUND : ASSAY_ROWS_FAILED;
	}
	if (sqlite3_reset(statement) != SQLITE_OK) {
		return port_failed(store);
	}
	return result == SQLITE_DONE ? ASSAY_ROWS_ABSENT : ASSAY_ROWS_FAILED;
}

static enum assay_rows_result
rows_next(void *context, struct assay_bytes after, uint8_t *key, size_t *key_len, uint8_t *out, size_t size,
    size_t *len)
{
	struct store *store = context;
	sqlite3_stmt *statement = database_statement(&store->database, STATEMENT_ROW_NEXT);

	bind_bytes(statement, 1, after);
	const int result = sqlite3_step(statement);

	if (result == SQLITE_ROW) {
		const bool fits = copy_column(statement, 0, key, ASSAY_ROW_KEY_BYTES_MAX, key_len) &&
		    copy_column(statement, 1, out, size, len);

		sqlite3_reset(statement);
		return fits ? ASSAY_ROWS_FOUND : ASSAY_ROWS_FAILED;
	}
	if (sqlite3_reset(statement) != SQLITE_OK) {
		return port_failed(store);
	}
	return result == SQLITE_DONE ? ASSAY_ROWS_ABSENT : ASSAY_ROWS_FAILED;
}

/* ---- opening ---------------------------------------------------------- */

static bool
take_lock(struct store *store, const char *directory, struct store_error *error)
{
	char path[DISK_PATH_BYTES];
	bool busy;

	if (store->mode == STORE_READ) {
		return true;
	}
	if (store->mode == STORE_CREATE && !store->disk->make_directory(store->disk->context, directory)) {
		return store_fail(error, STORE_UNWRITABLE, NULL, "Name a directory that this user may create.",
		    "The directory %s cannot be created.", directory);
	}
	if (!store->disk->exists(store->disk->context, directory)) {
		return store_fail(error, STORE_MISSING, NULL, "Name the directory of a register's store, or create one.",
		    "There is no directory %s.", directory);
	}
	snprintf(path, sizeof(path), "%s/lock", directory);
	store->lock = store->disk->lock(store->disk->context, path, &busy);
	if (store->lock >= 0) {
		return true;
	}
	if (busy) {
		return store_fail(error, STORE_BUSY, "Another process is writing to it.",
		    "Stop that process, or open the store for reading.", "The store %s is in use.", directory);
	}
	return store_fail(error, STORE_UNWRITABLE, "Its lock file cannot be opened.",
	    "Let this user write to the directory, or open the store for reading.",
	    "The store %s cannot be written to.", directory);
}

static bool
open_database(struct store *store, struct store_error *error)
{
	static const enum database_mode modes[] = {
		[STORE_READ] = DATABASE_READ,
		[STORE_WRITE] = DATABASE_WRITE,
		[STORE_CREATE] = DATABASE_CREATE,
	};

	if (store->vfs == NULL && store->mode != STORE_CREATE &&
	    !store->disk->exists(store->disk->context, store->path)) {
		return store_fail(error, STORE_MISSING, NULL, "Name the directory of a register's store, or create one.",
		    "There is no store %s.", store->path);
	}
	if (!database_open(&store->database, store->path, store->vfs, modes[store->mode], error)) {
		return false;
	}
	/* A reader sees one block for as long as it lives, as its tree does. */
	if (store->mode == STORE_READ &&
	    sqlite3_exec(store->database.db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
		return database_fail(&store->database, error, "The store cannot be read.");
	}
	return true;
}

static bool
load_state(struct store *store, unsigned threads, struct store_error *error)
{
	store->buckets = buckets_new(store->crypto, threads);
	if (store->buckets == NULL) {
		return store_fail(error, STORE_MEMORY, NULL, NULL, "There is not enough memory for the state tree.");
	}
	buckets_expect(store->buckets, store->head.rows);
	if (!store_load(store, threads, error)) {
		return false;
	}
	const bool empty = store->head.log_size == 0;

	if (buckets_count(store->buckets) != store->head.rows ||
	    (!empty && !hash_equal(buckets_root(store->buckets), &store->head.state_root))) {
		return store_fail(error, STORE_DAMAGED, empty ? "There are rows, and no block that put them there." :
		    "The rows do not hash to the state root that its last block recorded: at least one was changed, "
		    "added or removed by something other than the register.", FIX_DAMAGE,
		    "The rows of %s are not those of its last block.", store->path);
	}
	return true;
}

static bool
open_parts(struct store *store, const struct store_options *options, const char *directory,
    struct store_error *error)
{
	const struct assay_rows below = { .context = store, .get = rows_get, .next = rows_next };

	if (!take_lock(store, directory, error) || !open_database(store, error)) {
		return false;
	}
	const bool sound = database_head(&store->database, &store->head, error) && log_edge_load(store, error) &&
	    (options->without_state || load_state(store, options->threads == 0 ? 2 : options->threads, error));

	if (!sound) {
		/* A damaged store is still evidence: it may be looked at, never gone on with. */
		if (error->failure != STORE_DAMAGED || store->mode != STORE_READ) {
			return false;
		}
		store->damage = *error;
		buckets_free(store->buckets);
		store->buckets = NULL;
	}
	overlay_init(&store->overlay, store->crypto, &below, store->buckets);
	return true;
}

struct store *
store_open(const char *directory, const struct store_options *options, const struct assay_crypto *crypto,
    struct store_error *error)
{
	struct store *store = calloc(1, sizeof(*store));

	memset(error, 0, sizeof(*error));
	assert(!options->without_state || options->mode == STORE_READ);
	if (store == NULL) {
		store_fail(error, STORE_MEMORY, NULL, NULL, "There is not enough memory to open a store.");
		return NULL;
	}
	store->crypto = crypto;
	store->disk = options->disk == NULL ? disk_posix() : options->disk;
	store->vfs = options->vfs;
	store->mode = options->mode;
	store->lock = -1;
	const int len = snprintf(store->path, sizeof(store->path), "%s/%s", directory, STORE_NAME);

	if (len < 0 || (size_t)len + 8 >= sizeof(store->path)) {
		store_fail(error, STORE_MISSING, "Its path is too long.", NULL, "The store cannot be opened.");
		free(store);
		return NULL;
	}
	if (!open_parts(store, options, directory, error)) {
		store_close(store);
		return NULL;
	}
	return store;
}

void
store_close(struct store *store)
{
	if (store == NULL) {
		return;
	}
	if (store->overlay.crypto != NULL) {
		overlay_drop(&store->overlay);
	}
	pending_free(&store->pending);
	buckets_free(store->buckets);
	database_close(&store->database);
	if (store->lock >= 0) {
		store->disk->unlock(store->disk->context, store->lock);
	}
	free(store);
}

const struct store_head *
store_head(const struct store *store)
{
	return &store->head;
}

const struct assay_crypto *
store_crypto(const struct store *store)
{
	return store->crypto;
}

bool
store_writable(const struct store *store)
{
	return store->mode != STORE_READ;
}

const struct store_error *
store_damage(const struct store *store)
{
	return store->damage.failure == STORE_FINE ? NULL : &store->damage;
}

const struct store_error *
store_failure(const struct store *store)
{
	return &store->failure;
}

/* ---- the ports -------------------------------------------------------- */

struct assay_rows
store_rows(struct store *store)
{
	return overlay_rows(&store->overlay);
}

static bool
entries_append(void *context, uint64_t index, struct assay_bytes entry)
{
	struct store *store = context;

	return store->in_block && pending_append(&store->pending, store->crypto, index, entry);
}

struct assay_entries
store_entries(struct store *store)
{
	return (struct assay_entries){ store, entries_append };
}

void
store_log(const struct store *store, uint64_t *size, struct hash *root)
{
	const struct frontier *frontier = store->in_block ? &store->pending.frontier : &store->frontier;

	*size = frontier->size;
	frontier_root(frontier, store->crypto, root);
}

bool
store_prove_row(struct store *store, struct state_proof *proof, struct assay_bytes key)
{
	struct hash digest;

	if (store->buckets == NULL || !overlay_settle(&store->overlay)) {
		return false;
	}
	crypto_sha256(store->crypto, digest.bytes, key);
	buckets_prove(store->buckets, proof, &digest);
	return true;
}

/* ---- blocks ----------------------------------------------------------- */

bool
store_begin_block(struct store *store, struct store_error *error)
{
	assert(!store->in_block);
	if (store->mode == STORE_READ) {
		return store_fail(error, STORE_UNWRITABLE, "It was opened for reading.", "Open it for writing.",
		    "No block can be added to the store.");
	}
	if (store->uncertain) {
		return store_fail(error, STORE_DISK, "A commit failed, and only the disk knows how far it came.",
		    "Open the store again.", "No block can be added to the store.");
	}
	store->in_block = true;
	overlay_begin(&store->overlay);
	memset(&store->failure, 0, sizeof(store->failure));
	pending_begin(&store->pending, &store->frontier);
	return true;
}

void
store_abort_block(struct store *store)
{
	assert(store->in_block);
	overlay_drop(&store->overlay);
	store->in_block = false;
}

static bool
write_row(void *context, struct assay_bytes key, const struct assay_bytes *value)
{
	struct store *store = context;
	const enum statement which = value == NULL ? STATEMENT_ROW_REMOVE : STATEMENT_ROW_PUT;
	sqlite3_stmt *statement = database_statement(&store->database, which);

	bind_bytes(statement, 1, key);
	if (value != NULL) {
		bind_bytes(statement, 2, *value);
	}
	return database_run(&store->database, which);
}

static bool
write_tile(void *context, const struct tile *tile, const struct hash *hashes)
{
	struct store *store = context;
	sqlite3_stmt *statement = database_statement(&store->database, STATEMENT_TILE_PUT);

	sqlite3_bind_int(statement, 1, (int)tile->level);
	sqlite3_bind_int64(statement, 2, (int64_t)tile->number);
	bind_bytes(statement, 3, bytes_of(hashes->bytes, tile->width * sizeof(*hashes)));
	return database_run(&store->database, STATEMENT_TILE_PUT);
}

static bool
write_entries(struct store *store)
{
	struct assay_bytes bundle = bytes_of(store->pending.bytes, store->pending.len);
	struct assay_bytes entry;
	bool bad;

	for (uint64_t index = store->frontier.size; bundle_next(&bundle, &entry, &bad); index++) {
		sqlite3_stmt *statement = database_statement(&store->database, STATEMENT_ENTRY_PUT);

		sqlite3_bind_int64(statement, 1, (int64_t)index);
		bind_bytes(statement, 2, entry);
		if (!database_run(&store->database, STATEMENT_ENTRY_PUT)) {
			return false;
		}
	}
	return true;
}

/* Full tiles as they fill up, then the ones at the new edge that have changed. */
static bool
write_tiles(struct store *store, struct edge *edge)
{
	const uint64_t old_size = edge->size;

	for (size_t i = 0; i < store->pending.count; i++) {
		if (!edge_append(edge, store->crypto, &store->pending.leaves[i], store, write_tile)) {
			return false;
		}
	}
	for (unsigned level = 0; level < EDGE_LEVELS; level++) {
		const struct tile tile = { level, edge->size >> (8 * level) >> 8, edge_width(edge->size, level) };

		if (tile.width != 0 && old_size >> (8 * level) != edge->size >> (8 * level) &&
		    !write_tile(store, &tile, edge->tiles[level])) {
			return false;
		}
	}
	return true;
}

static bool
write_head(struct store *store, const struct store_head *head)
{
	sqlite3_stmt *statement = database_statement(&store->database, STATEMENT_HEAD_PUT);

	sqlite3_bind_int64(statement, 1, (int64_t)head->height);
	sqlite3_bind_int64(statement, 2, (int64_t)head->log_size);
	sqlite3_bind_int64(statement, 3, (int64_t)head->rows);
	bind_bytes(statement, 4, bytes_of(head->state_root.bytes, HASH_BYTES));
	bind_bytes(statement, 5, bytes_of(head->log_root.bytes, HASH_BYTES));
	return database_run(&store->database, STATEMENT_HEAD_PUT);
}

/* Everything in one transaction, so that a block is there as a whole or not at all. */
static bool
write_block(struct store *store, const struct store_head *head, struct edge *edge, struct store_error *error)
{
	static const char what[] = "The block could not be written; the store is as it was before it.";
	const bool begun = database_run(&store->database, STATEMENT_BEGIN);
	const bool written = begun && overlay_write(&store->overlay, store, write_row) && write_entries(store) &&
	    write_tiles(store, edge) && write_head(store, head);

	if (written && database_run(&store->database, STATEMENT_COMMIT)) {
		return true;
	}
	database_fail(&store->database, error, what);
	/*
	 * After a failed sync nobody can tell what the disk holds, and a second one
	 * that succeeds proves nothing.  Room that ran out is no such case.
	 */
	store->uncertain |= written && error->failure != STORE_FULL;
	if (sqlite3_get_autocommit(store->database.db) == 0 &&
	    !database_run(&store->database, STATEMENT_ROLLBACK)) {
		store->uncertain = true;
	}
	return false;
}

static bool
may_commit(const struct store *store, uint64_t height, struct store_error *error)
{
	if (store->overlay.failed || store->pending.failed) {
		return store_fail(error, store->failure.failure == STORE_FINE ? STORE_DISK : store->failure.failure,
		    store->failure.what, store->failure.fix, "The block is lost: a row or an entry of it could not be "
		    "kept.");
	}
	if (store->pending.frontier.size == store->frontier.size) {
		return store_fail(error, STORE_CONFLICT, "Every block has its commit entry.", NULL,
		    "A block without an entry cannot be committed.");
	}
	if (height > INT64_MAX || (store->head.log_size != 0 && height != store->head.height + 1)) {
		return store_fail(error, STORE_CONFLICT, NULL, NULL, "The store is at height %llu: block %llu is not the "
		    "next.", (unsigned long long)store->head.height, (unsigned long long)height);
	}
	return true;
}

bool
store_commit_block(struct store *store, uint64_t height, struct store_error *error)
{
	struct store_head head = { .height = height };
	struct edge edge = store->edge;

	assert(store->in_block);
	if (!overlay_settle(&store->overlay)) {
		store_fail(&store->failure, STORE_MEMORY, NULL, NULL, "There is not enough memory for the block's rows.");
	}
	store_log(store, &head.log_size, &head.log_root);
	head.state_root = *buckets_root(store->buckets);
	head.rows = buckets_count(store->buckets);
	if (!may_commit(store, height, error) || !write_block(store, &head, &edge, error)) {
		store_abort_block(store);
		return false;
	}
	overlay_keep(&store->overlay);
	store->head = head;
	store->edge = edge;
	store->frontier = store->pending.frontier;
	store->in_block = false;
	return true;
}
