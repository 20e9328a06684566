/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one SQLite file of a store: opening, its schema, its statements.
 */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include <sqlite3.h>

#include "store/store.h"

#define DATABASE_APPLICATION_ID 0x61737379	/* "assy" */
#define DATABASE_VERSION 1

enum statement {
	STATEMENT_BEGIN,
	STATEMENT_COMMIT,
	STATEMENT_ROLLBACK,
	STATEMENT_ROW_GET,
	STATEMENT_ROW_NEXT,
	STATEMENT_ROW_RANGE,
	STATEMENT_ROW_PUT,
	STATEMENT_ROW_REMOVE,
	STATEMENT_ENTRY_PUT,
	STATEMENT_ENTRIES,
	STATEMENT_TILE_GET,
	STATEMENT_TILE_PUT,
	STATEMENT_HEAD_GET,
	STATEMENT_HEAD_PUT,
	STATEMENT_COUNT
};

struct database {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENT_COUNT];
};

enum database_mode {
	DATABASE_READ,
	DATABASE_WRITE,
	DATABASE_CREATE		/* an empty file may be there: the power failed in a creation */
};

/* vfs is SQLite's name of the file system, NULL for the ordinary one. */
bool database_open(struct database *database, const char *path, const char *vfs, enum database_mode mode,
    struct store_error *error);
void database_close(struct database *database);

/* Fill in what SQLite says went wrong; what says what follows from it.  Always false. */
bool database_fail(const struct database *database, struct store_error *error, const char *what);

/* A statement, reset and without values. */
sqlite3_stmt *database_statement(struct database *database, enum statement which);
/* Run one that gives no rows. */
bool database_run(struct database *database, enum statement which);

bool database_head(struct database *database, struct store_head *head, struct store_error *error);

/* A column's bytes, until the next step. */
static inline struct assay_bytes
column_bytes(sqlite3_stmt *statement, int column)
{
	/* The length is to be asked for after the bytes. */
	const void *data = sqlite3_column_blob(statement, column);

	return bytes_of(data, (size_t)sqlite3_column_bytes(statement, column));
}

/* Bind bytes that live until the statement is reset; none are an empty blob, not NULL. */
static inline void
bind_bytes(sqlite3_stmt *statement, int parameter, struct assay_bytes bytes)
{
	sqlite3_bind_blob64(statement, parameter, bytes.len == 0 ? "" : (const void *)bytes.data, bytes.len,
	    SQLITE_STATIC);
}

#endif
