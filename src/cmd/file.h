/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files, bounded. */
#ifndef CMD_FILE_H
#define CMD_FILE_H

#include "cmd/memory.h"

/* Of evidence in any wrapping: hex of the largest is 128 KiB; JSON adds event logs. */
#define EVIDENCE_FILE_BYTES_MAX	((size_t)1024 * 1024)
/* Of collateral: the PCS client tool writes every FMSPC into one file, some 3 MiB. */
#define COLLATERAL_FILE_BYTES_MAX	((size_t)4 * 1024 * 1024)

/*
 * Read the file, or standard input where path is "-".  At most max bytes are
 * read; *cut is set where there were more.  0, or the exit code of an error
 * that has been said.
 */
int file_read(struct assay_bytes *bytes, bool *cut, struct arena *arena, const char *path, size_t max);

/*
 * The same for a regular file, or a link to one, out of a directory: what else
 * lies there (pipes, sockets, devices) might never end.  NULL, or why it was
 * not read.
 */
const char *file_read_regular(struct assay_bytes *bytes, bool *cut, struct arena *arena, const char *path, size_t max);

/* True where the file can be opened to read and is no directory; else the error has been said. */
bool file_readable(const char *path);
bool file_is_directory(const char *path);

#endif
