/* SPDX-License-Identifier: Apache-2.0 */
/* Files as the signed checkpoint and the published tiles need them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/disk.h"

/* ---- the files of this machine ---------------------------------------- */

static enum disk_result
posix_read(void *context, const char *path, uint8_t *out, size_t size, size_t *len)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 1;
	uint8_t beyond;

	(void)context;
	if (fd < 0) {
		return errno == ENOENT || errno == ENOTDIR ? DISK_ABSENT : DISK_FAILED;
	}
	*len = 0;
	while (*len < size && n > 0) {
		n = read(fd, out + *len, size - *len);
		*len += n > 0 ? (size_t)n : 0;
	}
	if (n >= 0 && *len == size) {
		n = read(fd, &beyond, 1);
	}
	close(fd);
	return n == 0 ? DISK_READ : DISK_FAILED;
}

static bool
posix_write(void *context, const char *path, struct assay_bytes bytes)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	size_t done = 0;

	(void)context;
	if (fd < 0) {
		return false;
	}
	while (done < bytes.len) {
		const ssize_t n = write(fd, bytes.data + done, bytes.len - done);

		if (n <= 0) {
			break;
		}
		done += (size_t)n;
	}
	return close(fd) == 0 && done == bytes.len;
}

static bool
sync_path(const char *path, int flags)
{
	const int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0) {
		return false;
	}
	const bool synced = fsync(fd) == 0;

	return close(fd) == 0 && synced;
}

static bool
posix_sync(void *context, const char *path)
{
	(void)context;
	return sync_path(path, O_RDONLY);
}

static bool
posix_sync_directory(void *context, const char *path)
{
	(void)context;
	return sync_path(path, O_RDONLY | O_DIRECTORY);
}

static bool
posix_rename(void *context, const char *from, const char *to)
{
	(void)context;
	return rename(from, to) == 0;
}

static bool
posix_remove(void *context, const char *path)
{
	(void)context;
	return unlink(path) == 0;
}

static bool
posix_make_directory(void *context, const char *path)
{
	char part[DISK_PATH_BYTES];
	struct stat is;
	const size_t len = strlen(path);

	(void)context;
	if (len >= sizeof(part)) {
		return false;
	}
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0') {
			continue;
		}
		part[i] = '\0';
		if (mkdir(part, 0755) != 0 && errno != EEXIST) {
			return false;
		}
		part[i] = path[i];
	}
	return stat(path, &is) == 0 && S_ISDIR(is.st_mode);
}

static bool
posix_exists(void *context, const char *path)
{
	(void)context;
	return access(path, F_OK) == 0;
}

/* The lock ends with the process, so that a crash leaves none behind; the file itself stays. */
static int
posix_lock(void *context, const char *path, bool *busy)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	(void)context;
	*busy = false;
	if (fd < 0) {
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		*busy = errno == EWOULDBLOCK;
		close(fd);
		return -1;
	}
	return fd;
}

static void
posix_unlock(void *context, int lock)
{
	(void)context;
	close(lock);
}

const struct disk *
disk_posix(void)
{
	static const struct disk disk = {
		NULL, posix_read, posix_write, posix_sync, posix_rename, posix_sync_directory, posix_remove,
		posix_make_directory, posix_exists, posix_lock, posix_unlock,
	};

	return &disk;
}

/* ---- on any disk ------------------------------------------------------ */

void
disk_parent(char out[static DISK_PATH_BYTES], const char *path)
{
	const char *slash = strrchr(path, '/');
	const size_t len = slash == NULL ? 0 : (size_t)(slash - path);

	assert(len < DISK_PATH_BYTES);
	if (slash == NULL) {
		memcpy(out, ".", 2);
	} else if (len == 0) {
		memcpy(out, "/", 2);
	} else {
		memcpy(out, path, len);
		out[len] = '\0';
	}
}

bool
disk_replace(const struct disk *disk, const char *path, struct assay_bytes bytes)
{
	char fresh[DISK_PATH_BYTES], directory[DISK_PATH_BYTES];
	const int len = snprintf(fresh, sizeof(fresh), "%s.new", path);

	if (len < 0 || (size_t)len >= sizeof(fresh)) {
		return false;
	}
	disk_parent(directory, path);
	/* A name must never lead to bytes that are not yet durable. */
	return disk->write(disk->context, fresh, bytes) && disk->sync(disk->context, fresh) &&
	    disk->rename(disk->context, fresh, path) && disk->sync_directory(disk->context, directory);
}
