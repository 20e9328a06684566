/* SPDX-License-Identifier: Apache-2.0 */
/* Copying a store that may be in use. */
#include <stdio.h>

#include "store/inside.h"

/* Everything at once: a reader's view does not move, so the copy is of one block. */
static bool
copy(struct database *from, const char *to, struct store_error *error)
{
	sqlite3 *target = NULL;
	int result = sqlite3_open_v2(to, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

	if (result == SQLITE_OK) {
		sqlite3_backup *backup = sqlite3_backup_init(target, "main", from->db, "main");

		if (backup != NULL) {
			sqlite3_backup_step(backup, -1);
			sqlite3_backup_finish(backup);
		}
		result = sqlite3_errcode(target);
	}
	if (result != SQLITE_OK) {
		store_fail(error, (result & 0xff) == SQLITE_FULL ? STORE_FULL : STORE_DISK, sqlite3_errmsg(target),
		    "Make room, and let this user write there.", "The backup %s cannot be written.", to);
	}
	sqlite3_close(target);
	return result == SQLITE_OK;
}

bool
store_backup(const char *directory, const char *file, struct store_error *error)
{
	const struct disk *disk = disk_posix();
	char from[DISK_PATH_BYTES], fresh[DISK_PATH_BYTES], parent[DISK_PATH_BYTES];
	struct database database;
	struct store_head head;

	if (snprintf(from, sizeof(from), "%s/%s", directory, STORE_NAME) >= (int)sizeof(from) - 8 ||
	    snprintf(fresh, sizeof(fresh), "%s.new", file) >= (int)sizeof(fresh) - 8) {
		return store_fail(error, STORE_MISSING, "A path is too long.", NULL, "There is no backup.");
	}
	if (disk->exists(disk->context, file)) {
		return store_fail(error, STORE_EXISTS, NULL, "Name a new file, or remove that one.",
		    "There is a file %s already.", file);
	}
	if (!disk->exists(disk->context, from)) {
		return store_fail(error, STORE_MISSING, NULL, "Name the directory of a register's store.",
		    "There is no store %s.", from);
	}
	if (!database_open(&database, from, NULL, DATABASE_READ, error)) {
		return false;
	}
	/* Left over from a backup that was interrupted. */
	disk->remove(disk->context, fresh);
	const bool copied = database_head(&database, &head, error) && copy(&database, fresh, error);

	database_close(&database);
	disk_parent(parent, file);
	if (copied && disk->sync(disk->context, fresh) && disk->rename(disk->context, fresh, file) &&
	    disk->sync_directory(disk->context, parent)) {
		return true;
	}
	disk->remove(disk->context, fresh);
	return copied ? store_fail(error, STORE_UNWRITABLE, NULL, "Make room, and let this user write there.",
	    "The backup %s cannot be written.", file) : false;
}
