/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files, bounded. */
#define _POSIX_C_SOURCE 200809L
#include "cmd/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

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
	/* Asked without opening it: who writes into a pipe notices when it is closed again. */
	if (access(path, R_OK) != 0) {
		cannot_read(path, strerror(errno));
		return false;
	}
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

static int
read_open(struct assay_bytes *bytes, bool *cut, struct arena *arena, FILE *file, const char *path, size_t max)
{
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
	if (ferror(file) != 0) {
		return cannot_read(path, strerror(errno));
	}
	*cut = len > max;
	*bytes = bytes_of(data, len > max ? max : len);
	return 0;
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
	const int code = read_open(bytes, cut, arena, file, path, max);

	if (!standard) {
		fclose(file);
	}
	return code;
}

static const char *
irregular(const struct stat *status)
{
	return S_ISREG(status->st_mode) ? NULL : S_ISDIR(status->st_mode) ? "it is a directory" : "it is no regular file";
}

/* The file, or NULL and why it is none that can be read. */
static FILE *
open_regular(const char *path, const char **why)
{
	struct stat status;

	if (stat(path, &status) != 0) {
		*why = errno == ENOENT ? "it is a link that leads nowhere" : strerror(errno);
		return NULL;
	}
	*why = irregular(&status);
	if (*why != NULL) {
		return NULL;
	}
	/* Without waiting, should it have become a pipe by now. */
	const int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (descriptor < 0) {
		*why = strerror(errno);
		return NULL;
	}
	*why = fstat(descriptor, &status) != 0 ? strerror(errno) : irregular(&status);
	FILE *file = *why == NULL ? fdopen(descriptor, "rb") : NULL;

	if (file == NULL) {
		*why = *why == NULL ? strerror(errno) : *why;
		close(descriptor);
	}
	return file;
}

const char *
file_read_regular(struct assay_bytes *bytes, bool *cut, struct arena *arena, const char *path, size_t max)
{
	static struct failure failure;
	const char *why;
	FILE *file = open_regular(path, &why);

	if (file == NULL) {
		return why;
	}
	failure_keep(&failure);
	const int code = read_open(bytes, cut, arena, file, path, max);

	failure_keep(NULL);
	fclose(file);
	return code == 0 ? NULL : failure.cause;
}
