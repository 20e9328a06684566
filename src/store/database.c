/* SPDX-License-Identifier: Apache-2.0 */
/* The one SQLite file of a store: opening, its schema, its statements. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <unistd.h>

#include "store/database.h"

static const char schema_1[] =
	"CREATE TABLE rows(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE entries(number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
	"CREATE TABLE tiles(level INTEGER NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL,"
	" PRIMARY KEY (level, number)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE head(id INTEGER PRIMARY KEY CHECK (id = 1), height INTEGER NOT NULL,"
	" log_size INTEGER NOT NULL, row_count INTEGER NOT NULL, state_root BLOB NOT NULL CHECK (length(state_root) = 32),"
	" log_root BLOB NOT NULL CHECK (length(log_root) = 32)) STRICT;"
	/* The program never does these; somebody with a database shell should not do them by mistake. */
	"CREATE TRIGGER entries_stay BEFORE UPDATE ON entries"
	" BEGIN SELECT RAISE(ABORT, 'an entry of the log never changes'); END;"
	"CREATE TRIGGER entries_remain BEFORE DELETE ON entries"
	" BEGIN SELECT RAISE(ABORT, 'an entry of the log never goes'); END;"
	"CREATE TRIGGER tiles_stay BEFORE UPDATE ON tiles WHEN length(OLD.bytes) >= 8192"
	" BEGIN SELECT RAISE(ABORT, 'a full tile never changes'); END;"
	"CREATE TRIGGER tiles_remain BEFORE DELETE ON tiles"
	" BEGIN SELECT RAISE(ABORT, 'a tile never goes'); END;";

/* migrations[v] makes a file of version v one of version v + 1. */
static const char *const migrations[DATABASE_VERSION] = { schema_1 };

static const char *const statements[STATEMENT_COUNT] = {
	[STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
	[STATEMENT_COMMIT] = "COMMIT",
	[STATEMENT_ROLLBACK] = "ROLLBACK",
	[STATEMENT_ROW_GET] = "SELECT value FROM rows WHERE key = ?1",
	[STATEMENT_ROW_NEXT] = "SELECT key, value FROM rows WHERE key > ?1 ORDER BY key LIMIT 1",
	[STATEMENT_ROW_RANGE] = "SELECT key, value FROM rows WHERE key >= ?1 AND key < ?2",
	[STATEMENT_ROW_PUT] = ("INSERT INTO rows VALUES (?1, ?2)"
	    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"),
	[STATEMENT_ROW_REMOVE] = "DELETE FROM rows WHERE key = ?1",
	[STATEMENT_ENTRY_PUT] = "INSERT INTO entries VALUES (?1, ?2)",
	[STATEMENT_ENTRIES] = "SELECT number, bytes FROM entries WHERE number >= ?1 AND number < ?2 ORDER BY number",
	[STATEMENT_TILE_GET] = "SELECT bytes FROM tiles WHERE level = ?1 AND number = ?2",
	[STATEMENT_TILE_PUT] = ("INSERT INTO tiles VALUES (?1, ?2, ?3)"
	    " ON CONFLICT (level, number) DO UPDATE SET bytes = excluded.bytes"),
	[STATEMENT_HEAD_GET] = "SELECT height, log_size, row_count, state_root, log_root FROM head WHERE id = 1",
	[STATEMENT_HEAD_PUT] = "INSERT OR REPLACE INTO head VALUES (1, ?1, ?2, ?3, ?4, ?5)",
};

/* ---- errors ----------------------------------------------------------- */

bool
database_fail(const struct database *database, struct store_error *error, const char *what)
{
	const char *cause = sqlite3_errmsg(database->db);

	switch (sqlite3_errcode(database->db) & 0xff) {
	case SQLITE_FULL:
		return store_fail(error, STORE_FULL, cause, "Make room on the disk; nothing was lost.", "%s", what);
	case SQLITE_CORRUPT:
		return store_fail(error, STORE_DAMAGED, cause, "Restore a backup, and bring it up to date from the "
		    "published log.", "%s", what);
	case SQLITE_NOTADB:
		return store_fail(error, STORE_FOREIGN, cause, "Name the directory of a register's store.", "%s", what);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return store_fail(error, STORE_UNWRITABLE, cause, "Let this user write to the directory and its files.",
		    "%s", what);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return store_fail(error, STORE_BUSY, cause, "Wait until the other process is done.", "%s", what);
	case SQLITE_NOMEM:
		return store_fail(error, STORE_MEMORY, cause, NULL, "%s", what);
	default:
		return store_fail(error, STORE_DISK, cause, "Look at the disk and at the rights of the directory.",
		    "%s", what);
	}
}

/* ---- opening ---------------------------------------------------------- */

static bool
pragma_number(struct database *database, const char *pragma, int64_t *value)
{
	sqlite3_stmt *statement = NULL;
	bool got = false;

	if (sqlite3_prepare_v2(database->db, pragma, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW) {
		*value = sqlite3_column_int64(statement, 0);
		got = true;
	}
	/* A failed step is reported here again: keep what it says for database_fail. */
	return sqlite3_finalize(statement) == SQLITE_OK && got;
}

static bool
run_sql(struct database *database, const char *sql)
{
	return sqlite3_exec(database->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Is it ours, and of which version?  A file without anything in it is version 0. */
static bool
identify(struct database *database, const char *path, enum database_mode mode, int64_t *version,
    struct store_error *error)
{
	int64_t application, objects;

	if (!pragma_number(database, "PRAGMA application_id", &application) ||
	    !pragma_number(database, "PRAGMA user_version", version) ||
	    !pragma_number(database, "SELECT count(*) FROM sqlite_schema", &objects)) {
		char what[320];

		snprintf(what, sizeof(what), "%s cannot be read as a register's store.", path);
		return database_fail(database, error, what);
	}
	if (application == 0 && *version == 0 && objects == 0) {
		if (mode == DATABASE_CREATE) {
			return true;
		}
		return store_fail(error, STORE_MISSING, "The file is empty: its creation was not finished.",
		    "Create the store again.", "%s holds no register.", path);
	}
	if (application != DATABASE_APPLICATION_ID) {
		return store_fail(error, STORE_FOREIGN, "It is a database of another program.",
		    "Name the directory of a register's store.", "%s is not a register's store.", path);
	}
	if (mode == DATABASE_CREATE) {
		return store_fail(error, STORE_EXISTS, NULL, "Open it, or name another directory.",
		    "%s holds a register already.", path);
	}
	if (*version > DATABASE_VERSION) {
		char cause[128];

		snprintf(cause, sizeof(cause), "Its schema has version %lld; this program knows up to %d.",
		    (long long)*version, DATABASE_VERSION);
		return store_fail(error, STORE_NEWER, cause, "Use the version of assay that wrote it, or a later one.",
		    "%s was written by a newer version of assay.", path);
	}
	return true;
}

static bool
migrate(struct database *database, int64_t version)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d", DATABASE_APPLICATION_ID,
	    DATABASE_VERSION);
	/* One transaction: a file is of one version or of the next. */
	bool done = run_sql(database, "BEGIN EXCLUSIVE");

	for (int64_t v = version; done && v < DATABASE_VERSION; v++) {
		done = run_sql(database, migrations[v]);
	}
	return done && run_sql(database, sql) && run_sql(database, "COMMIT");
}

static bool
prepare(struct database *database)
{
	for (unsigned i = 0; i < STATEMENT_COUNT; i++) {
		if (sqlite3_prepare_v3(database->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT,
		    &database->statements[i], NULL) != SQLITE_OK) {
			return false;
		}
	}
	return true;
}

/* SQLite's URI of a path whose file nobody changes: what a read-only directory needs. */
static bool
immutable_uri(char *out, size_t size, const char *path)
{
	size_t len = (size_t)snprintf(out, size, "file:");

	for (; *path != '\0' && len + 4 < size; path++) {
		const char *form = strchr("%?#", *path) != NULL ? "%%%02x" : "%c";

		len += (size_t)snprintf(out + len, size - len, form, (unsigned char)*path);
	}
	len += (size_t)snprintf(out + len, size - len, "?immutable=1");
	return *path == '\0' && len < size;
}

/*
 * A reader of a directory that it cannot write to has no place for the index
 * of the WAL.  Without a WAL it needs none; with one there are blocks that it
 * would pass over, and the error stays as it is.
 */
static bool
connect_immutable(struct database *database, const char *path, const char *vfs, int flags)
{
	const int code = sqlite3_errcode(database->db) & 0xff;
	char uri[8192], wal[8192];

	if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY) {
		return true;	/* what is wrong is found out by whoever reads */
	}
	snprintf(wal, sizeof(wal), "%s-wal", path);
	if (access(wal, F_OK) == 0 || !immutable_uri(uri, sizeof(uri), path)) {
		return false;
	}
	sqlite3_close(database->db);
	database->db = NULL;
	return sqlite3_open_v2(uri, &database->db, flags | SQLITE_OPEN_URI, vfs) == SQLITE_OK;
}

static bool
connect(struct database *database, const char *path, const char *vfs, enum database_mode mode)
{
	const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
	    (mode == DATABASE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
	    (mode == DATABASE_CREATE ? SQLITE_OPEN_CREATE : 0);
	int64_t unused;

	if (sqlite3_open_v2(path, &database->db, flags, vfs) != SQLITE_OK) {
		return false;
	}
	return mode != DATABASE_READ || pragma_number(database, "PRAGMA schema_version", &unused) ||
	    connect_immutable(database, path, vfs, flags);
}

bool
database_open(struct database *database, const char *path, const char *vfs, enum database_mode mode,
    struct store_error *error)
{
	int64_t version = 0;
	char what[320];

	memset(database, 0, sizeof(*database));
	snprintf(what, sizeof(what), "The store %s cannot be opened.", path);
	if (!connect(database, path, vfs, mode)) {
		database_fail(database, error, what);
		database_close(database);
		return false;
	}
	/* Readers of a busy moment wait; a writer is alone by its lock. */
	sqlite3_busy_timeout(database->db, 5000);
	sqlite3_db_config(database->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(database->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (!identify(database, path, mode, &version, error)) {
		database_close(database);
		return false;
	}
	/* FULL: a block that is committed is on the disk, not on its way there. */
	const bool ready = mode == DATABASE_READ ? version == DATABASE_VERSION :
	    run_sql(database, "PRAGMA journal_mode = WAL") && run_sql(database, "PRAGMA synchronous = FULL") &&
	    run_sql(database, "PRAGMA journal_size_limit = 67108864") &&
	    (version == DATABASE_VERSION || migrate(database, version));

	if (!ready || !run_sql(database, "PRAGMA cache_size = -65536") || !prepare(database)) {
		if (mode == DATABASE_READ && version != DATABASE_VERSION) {
			store_fail(error, STORE_UNWRITABLE, "Its schema is of an older version.",
			    "Open it for writing once.", "%s", what);
		} else {
			database_fail(database, error, what);
		}
		database_close(database);
		return false;
	}
	return true;
}

void
database_close(struct database *database)
{
	for (unsigned i = 0; i < STATEMENT_COUNT; i++) {
		sqlite3_finalize(database->statements[i]);
	}
	sqlite3_close(database->db);
	memset(database, 0, sizeof(*database));
}

/* ---- statements ------------------------------------------------------- */

sqlite3_stmt *
database_statement(struct database *database, enum statement which)
{
	sqlite3_stmt *statement = database->statements[which];

	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return statement;
}

bool
database_run(struct database *database, enum statement which)
{
	sqlite3_stmt *statement = database->statements[which];
	const int result = sqlite3_step(statement);

	/* The reset gives the error of the step again, so that it can still be asked for. */
	return sqlite3_reset(statement) == SQLITE_OK && result == SQLITE_DONE;
}

bool
database_head(struct database *database, struct store_head *head, struct store_error *error)
{
	sqlite3_stmt *statement = database_statement(database, STATEMENT_HEAD_GET);
	const int result = sqlite3_step(statement);

	memset(head, 0, sizeof(*head));
	if (result == SQLITE_ROW) {
		const struct assay_bytes state = column_bytes(statement, 3);
		const struct assay_bytes log = column_bytes(statement, 4);
		const int64_t height = sqlite3_column_int64(statement, 0);
		const int64_t size = sqlite3_column_int64(statement, 1);
		const int64_t rows = sqlite3_column_int64(statement, 2);

		if (state.len == HASH_BYTES && log.len == HASH_BYTES && height >= 0 && size > 0 && rows >= 0) {
			head->height = (uint64_t)height;
			head->log_size = (uint64_t)size;
			head->rows = (uint64_t)rows;
			bytes_copy(head->state_root.bytes, state, HASH_BYTES);
			bytes_copy(head->log_root.bytes, log, HASH_BYTES);
			sqlite3_reset(statement);
			return true;
		}
		sqlite3_reset(statement);
		return store_fail(error, STORE_DAMAGED, "The head's row makes no sense.",
		    "Restore a backup, and bring it up to date from the published log.",
		    "The store does not know where it stands.");
	}
	if (sqlite3_reset(statement) != SQLITE_OK || result != SQLITE_DONE) {
		return database_fail(database, error, "The store's head cannot be read.");
	}
	return true;
}
