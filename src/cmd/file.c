/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files, bounded. */
#define _POSIX_C_SOURCE 200809L
#include "cmd/file.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cmd/failure.h"

#define CHUNK_BYTES ((size_t)16 * 1024)

bool
file_is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int
cannot_read(const char *path, const char *cause)
{
	return fail(EXIT_USAGE, cause,
	    "give the path of a file that exists and that you may read (of a directory its files), or - for standard input",
	    "%s cannot be read, so nothing was decided", path);
}

bool
file_readable(const char *path)
{
	if (strcmp(path, "-") == 0) {
		return true;
	}
	if (file_is_directory(path)) {
		cannot_read(path, "it is a directory");
		return false;
	}
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		cannot_read(path, strerror(errno));
		return false;
	}
	fclose(file);
	return true;
}

/* Room for the whole file and one byte more, which tells that it has ended. */
static size_t
first_size(FILE *file, size_t max)
{
	struct stat status;

	if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0) {
		return CHUNK_BYTES;
	}
	return ((uintmax_t)status.st_size < max ? (size_t)status.st_size : max) + 1;
}

int
file_read(struct assay_bytes *bytes, bool *cut, struct arena *arena, const char *path, size_t max)
{
	const bool standard = strcmp(path, "-") == 0;

	if (!file_readable(path)) {
		return EXIT_USAGE;
	}
	FILE *file = standard ? stdin : fopen(path, "rb");

	if (file == NULL) {
		return cannot_read(path, strerror(errno));
	}
	/* A regular file is read in one piece; of others chunks double. */
	size_t size = first_size(file, max);
	uint8_t *data = arena_get(arena, size);
	size_t len = 0;

	for (;;) {
		len += fread(data + len, 1, size - len, file);
		if (len < size || size > max) {
			break;
		}
		uint8_t *larger = arena_get(arena, size * 2);

		memcpy(larger, data, len);
		data = larger;
		size *= 2;
	}
	const bool failed = ferror(file) != 0;
	const int error = errno;

	if (!standard) {
		fclose(file);
	}
	if (failed) {
		return cannot_read(path, strerror(error));
	}
	*cut = len > max;
	*bytes = bytes_of(data, len > max ? max : len);
	return 0;
}
