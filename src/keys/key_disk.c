/* SPDX-License-Identifier: Apache-2.0 */
/* Key files on disk: read by their owner only, never overwritten, whole or not there. */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/key_file.h"

#define OTHERS_MASK (S_IRWXG | S_IRWXO)

/* ---- reading ---------------------------------------------------------- */

static enum key_result
read_all(char out[static KEY_FILE_BYTES_MAX], size_t *len, int fd)
{
	char more;

	*len = 0;
	for (;;) {
		const bool full = *len == KEY_FILE_BYTES_MAX;
		const ssize_t got = full ? read(fd, &more, 1) : read(fd, out + *len, KEY_FILE_BYTES_MAX - *len);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			return got < 0 ? KEY_SYSTEM : KEY_GOOD;
		}
		if (full) {
			return KEY_TOO_LARGE;
		}
		*len += (size_t)got;
	}
}

static enum key_result
read_checked(char out[static KEY_FILE_BYTES_MAX], size_t *len, int fd)
{
	struct stat status;

	if (fstat(fd, &status) != 0) {
		return KEY_SYSTEM;
	}
	if (!S_ISREG(status.st_mode)) {
		return KEY_NOT_A_FILE;
	}
	if ((status.st_mode & OTHERS_MASK) != 0) {
		return KEY_TOO_OPEN;
	}
	return read_all(out, len, fd);
}

enum key_result
key_disk_read(char out[static KEY_FILE_BYTES_MAX], size_t *len, const char *path)
{
	/* Nobody waits for the other end of a pipe that lies where a key should. */
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	*len = 0;
	if (fd < 0) {
		return KEY_SYSTEM;
	}
	const enum key_result result = read_checked(out, len, fd);
	const int error = errno;

	close(fd);
	if (result != KEY_GOOD) {
		OPENSSL_cleanse(out, KEY_FILE_BYTES_MAX);
		*len = 0;
	}
	errno = error;
	return result;
}

/* ---- writing ---------------------------------------------------------- */

static bool
write_all(int fd, struct assay_bytes text)
{
	size_t done = 0;

	while (done < text.len) {
		const ssize_t put = write(fd, text.data + done, text.len - done);

		if (put < 0 && errno != EINTR) {
			return false;
		}
		done += put > 0 ? (size_t)put : 0;
	}
	return fsync(fd) == 0;
}

/* A name is on the disk when its directory is. */
static bool
sync_directory_of(const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');
	/* Of "key" it is ".", of "/key" it is "/". */
	const int len = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);

	if (len >= (int)sizeof(directory)) {
		errno = ENAMETOOLONG;
		return false;
	}
	snprintf(directory, sizeof(directory), "%.*s", len, slash == NULL ? "." : path);
	const int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		return false;
	}
	/* Some file systems cannot sync a directory; that is no reason to take the key away again. */
	const bool good = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
	const int error = errno;

	close(fd);
	errno = error;
	return good;
}

/* Closes fd; what was begun is taken away where it cannot be finished. */
static enum key_result
finish(int fd, const char *path, bool good)
{
	int error = errno;

	if (close(fd) != 0 && good) {
		good = false;
		error = errno;
	}
	if (!good) {
		unlink(path);
		errno = error;
		return KEY_SYSTEM;
	}
	return KEY_GOOD;
}

enum key_result
key_disk_create(const char *path, struct assay_bytes text)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);

	if (fd < 0) {
		return errno == EEXIST ? KEY_EXISTS : KEY_SYSTEM;
	}
	/* The umask may have taken what the owner needs. */
	const bool good = fchmod(fd, S_IRUSR | S_IWUSR) == 0 && write_all(fd, text) && sync_directory_of(path);

	return finish(fd, path, good);
}

static bool
keep_owner(int fd, const char *path)
{
	struct stat old, new;

	if (stat(path, &old) != 0 || fstat(fd, &new) != 0) {
		return false;
	}
	return (old.st_uid == new.st_uid && old.st_gid == new.st_gid) || fchown(fd, old.st_uid, old.st_gid) == 0;
}

enum key_result
key_disk_replace(const char *path, struct assay_bytes text)
{
	char real[PATH_MAX];
	char beside[PATH_MAX];

	/* Where the path is a link, the file behind it is meant. */
	if (realpath(path, real) == NULL) {
		return KEY_SYSTEM;
	}
	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", real) >= (int)sizeof(beside)) {
		errno = ENAMETOOLONG;
		return KEY_SYSTEM;
	}
	const int fd = mkstemp(beside);

	if (fd < 0) {
		return KEY_SYSTEM;
	}
	const bool good = fchmod(fd, S_IRUSR | S_IWUSR) == 0 && keep_owner(fd, real) && write_all(fd, text) &&
	    rename(beside, real) == 0;
	const enum key_result result = finish(fd, beside, good);

	return result == KEY_GOOD && !sync_directory_of(real) ? KEY_SYSTEM : result;
}
