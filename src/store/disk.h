/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few operations on files that the signed checkpoint and the published
 * tiles need, as a port: a test puts a disk under them whose power can fail.
 */
#ifndef STORE_DISK_H
#define STORE_DISK_H

#include "base/bytes.h"

#define DISK_PATH_BYTES 4096

enum disk_result {
	DISK_FAILED = 0,
	DISK_ABSENT,
	DISK_READ
};

struct disk {
	void *context;
	/* A whole file.  FAILED also where it is longer than size. */
	enum disk_result (*read)(void *context, const char *path, uint8_t *out, size_t size, size_t *len);
	/* Create or replace; nothing is durable before sync. */
	bool (*write)(void *context, const char *path, struct assay_bytes bytes);
	bool (*sync)(void *context, const char *path);
	/* Replaces what is there; durable after sync_directory. */
	bool (*rename)(void *context, const char *from, const char *to);
	bool (*sync_directory)(void *context, const char *path);
	bool (*remove)(void *context, const char *path);
	/* With its parents; true where it is there already. */
	bool (*make_directory)(void *context, const char *path);
	bool (*exists)(void *context, const char *path);
	/*
	 * Nobody else gets the lock of this path until it is unlocked or the
	 * process ends.  Returns -1 where it cannot be had; then *busy tells
	 * whether somebody else has it.
	 */
	int (*lock)(void *context, const char *path, bool *busy);
	void (*unlock)(void *context, int lock);
};

/* The files of this machine. */
const struct disk *disk_posix(void);

/*
 * Put a file in place as a whole: whatever happens, there is the old one or
 * the new one afterwards, and the new one where this returned true.
 */
bool disk_replace(const struct disk *disk, const char *path, struct assay_bytes bytes);

/* The directory of a path: "." where it names none. */
void disk_parent(char out[static DISK_PATH_BYTES], const char *path);

#endif
