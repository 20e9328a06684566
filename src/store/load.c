/* SPDX-License-Identifier: Apache-2.0 */
/* Filling the state tree in from all rows, when a store is opened. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "store/inside.h"

/* Rows are read in ranges of their first byte, the table, and the top bits of the second. */
#define PARTS 16
#define RANGES (256 * PARTS)

struct loading {
	struct store *store;
	atomic_uint next;		/* range */
	atomic_bool failed;
	pthread_mutex_t lock;
	struct store_error *error;
};

static void
bound(uint8_t out[static ASSAY_ROW_KEY_BYTES_MAX + 1], size_t *len, unsigned range)
{
	if (range == RANGES) {
		memset(out, 0xff, ASSAY_ROW_KEY_BYTES_MAX + 1);
		*len = ASSAY_ROW_KEY_BYTES_MAX + 1;
		return;
	}
	out[0] = (uint8_t)(range / PARTS);
	out[1] = (uint8_t)(range % PARTS * (256 / PARTS));
	/*
	 * A table's first bound has no second byte: the key that is the table alone
	 * comes before zero.  The very first has none: no row may escape.
	 */
	*len = range == 0 ? 0 : range % PARTS == 0 ? 1 : 2;
}

static bool
load_range(struct loading *loading, struct database *database, unsigned range, struct store_error *error)
{
	const struct assay_crypto *crypto = loading->store->crypto;
	sqlite3_stmt *statement = database_statement(database, STATEMENT_ROW_RANGE);
	uint8_t from[ASSAY_ROW_KEY_BYTES_MAX + 1], to[ASSAY_ROW_KEY_BYTES_MAX + 1];
	size_t from_len, to_len;

	bound(from, &from_len, range);
	bound(to, &to_len, range + 1);
	bind_bytes(statement, 1, bytes_of(from, from_len));
	bind_bytes(statement, 2, bytes_of(to, to_len));
	int result;

	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		const struct assay_bytes key = column_bytes(statement, 0);
		const struct assay_bytes value = column_bytes(statement, 1);
		struct state_leaf leaf = { 0 };

		crypto_sha256(crypto, leaf.key.bytes, key);
		crypto_sha256(crypto, leaf.value.bytes, value);
		if (!buckets_load(loading->store->buckets, &leaf)) {
			sqlite3_reset(statement);
			return store_fail(error, STORE_MEMORY, NULL, "The state tree needs some 80 bytes a row.",
			    "There is not enough memory for the store's rows.");
		}
	}
	if (result != SQLITE_DONE) {
		database_fail(database, error, "The store's rows cannot be read.");
		sqlite3_reset(statement);
		return false;
	}
	return sqlite3_reset(statement) == SQLITE_OK;
}

static void
load_ranges(struct loading *loading, struct database *database)
{
	unsigned range;
	struct store_error error;

	while (!loading->failed && (range = atomic_fetch_add(&loading->next, 1)) < RANGES) {
		if (!load_range(loading, database, range, &error)) {
			pthread_mutex_lock(&loading->lock);
			*loading->error = error;
			loading->failed = true;
			pthread_mutex_unlock(&loading->lock);
		}
	}
}

/*
 * The second reader.  Where it cannot open the store, or sees another block
 * than the first one (a writer went on in between), the first does it all.
 */
static void *
help_load(void *context)
{
	struct loading *loading = context;
	const struct store *store = loading->store;
	struct database database;
	struct store_error error;
	struct store_head head;

	if (!database_open(&database, store->path, store->vfs, DATABASE_READ, &error)) {
		return NULL;
	}
	if (sqlite3_exec(database.db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK &&
	    database_head(&database, &head, &error) && head.log_size == store->head.log_size &&
	    hash_equal(&head.log_root, &store->head.log_root)) {
		load_ranges(loading, &database);
	}
	database_close(&database);
	return NULL;
}

bool
store_load(struct store *store, unsigned threads, struct store_error *error)
{
	struct loading loading = { .store = store, .error = error };
	pthread_t helper;

	pthread_mutex_init(&loading.lock, NULL);
	const bool helped = threads > 1 && pthread_create(&helper, NULL, help_load, &loading) == 0;

	load_ranges(&loading, &store->database);
	if (helped) {
		pthread_join(helper, NULL);
	}
	pthread_mutex_destroy(&loading.lock);
	if (loading.failed) {
		return false;
	}
	if (!buckets_loaded(store->buckets)) {
		return store_fail(error, STORE_DAMAGED, "Two rows have one key, or memory ran out.", NULL,
		    "The store's rows contradict each other.");
	}
	return true;
}
