/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk whose power can fail, for SQLite (as a VFS) and for the checkpoint
 * file (as a struct disk): it lives in memory and writes every operation down.
 * From what was written down up to any moment another disk is made, as it may
 * be found when the power is back: of what had not been synced any subset is
 * there, writes torn at sectors, names with or without their files.
 *
 * It can also fail, at the n-th operation, with any error.
 *
 * What it assumes: a sync makes a file's bytes durable, and its name if it is
 * new, and then all changes of names before that; else these are durable after a
 * sync of the directory; a write changes no byte beside its own.
 */
#ifndef PROPERTY_CUT_DISK_H
#define PROPERTY_CUT_DISK_H

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "store/disk.h"

#define CUT_FILES 256
#define CUT_NAME 128
#define CUT_SECTOR 512
#define CUT_SHM_REGIONS 64

enum cut_kind {
	CUT_WRITE,		/* bytes at an offset */
	CUT_TRUNCATE,
	CUT_SYNC,
	CUT_CREATE,		/* a name for a new file */
	CUT_RENAME,
	CUT_REMOVE,
	CUT_SYNC_DIRECTORY
};

struct cut_operation {
	enum cut_kind kind;
	unsigned file;
	char name[CUT_NAME];
	char to[CUT_NAME];
	size_t offset;
	size_t len;
	uint8_t *bytes;
};

struct cut_content {
	uint8_t *bytes;
	size_t len;
};

struct cut_name {
	char name[CUT_NAME];
	unsigned file;
};

/* Files by number, and names for them. */
struct cut_image {
	struct cut_content files[CUT_FILES];
	unsigned files_count;
	struct cut_name names[CUT_FILES];
	unsigned names_count;
};

struct cut_disk {
	struct cut_image start;		/* durable from the beginning */
	struct cut_image now;		/* as the process sees it */
	struct cut_operation *operations;
	size_t count, size;
	/* Faults: from operation fail_at on (counted from 1, reads among them if reads_fail), fail_times fail. */
	unsigned long calls;
	unsigned long fail_at, fail_times;
	int fail_code;			/* of SQLite */
	bool reads_fail;
	/* A defect for a test of the test: what a sync would have made durable is not. */
	bool syncs_lie;
	uint8_t *shm[CUT_FILES][CUT_SHM_REGIONS];
	uint64_t random;
	sqlite3_vfs vfs;
	struct disk disk;
	char vfs_name[32];
};

static inline uint64_t
cut_random(uint64_t *seed)
{
	uint64_t x = *seed += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static inline void *
cut_must(void *p)
{
	if (p == NULL) {
		abort();
	}
	return p;
}

/* ---- images ----------------------------------------------------------- */

static inline void
content_write(struct cut_content *content, size_t offset, const uint8_t *bytes, size_t len)
{
	if (offset + len > content->len) {
		content->bytes = cut_must(realloc(content->bytes, offset + len + 1));
		memset(content->bytes + content->len, 0, offset + len - content->len);
		content->len = offset + len;
	}
	if (len != 0) {
		memcpy(content->bytes + offset, bytes, len);
	}
}

static inline void
content_truncate(struct cut_content *content, size_t len)
{
	if (len < content->len) {
		content->len = len;
	} else {
		content_write(content, len, NULL, 0);
	}
}

static inline struct cut_name *
image_find(struct cut_image *image, const char *name)
{
	for (unsigned i = 0; i < image->names_count; i++) {
		if (strcmp(image->names[i].name, name) == 0) {
			return &image->names[i];
		}
	}
	return NULL;
}

static inline void
image_name(struct cut_image *image, const char *name, unsigned file)
{
	struct cut_name *at = image_find(image, name);

	if (at == NULL) {
		if (image->names_count == CUT_FILES || strlen(name) >= CUT_NAME) {
			abort();
		}
		at = &image->names[image->names_count];
		image->names_count++;
		memcpy(at->name, name, strlen(name) + 1);
	}
	at->file = file;
}

static inline void
image_unname(struct cut_image *image, const char *name)
{
	struct cut_name *at = image_find(image, name);

	if (at != NULL) {
		image->names_count--;
		*at = image->names[image->names_count];
	}
}

static inline void
image_rename(struct cut_image *image, const char *from, const char *to)
{
	const struct cut_name *at = image_find(image, from);

	if (at != NULL) {
		const unsigned file = at->file;

		image_unname(image, from);
		image_name(image, to, file);
	}
}

static inline void
image_copy(struct cut_image *to, const struct cut_image *from)
{
	*to = *from;
	for (unsigned i = 0; i < from->files_count; i++) {
		to->files[i].bytes = cut_must(malloc(from->files[i].len + 1));
		if (from->files[i].len != 0) {
			memcpy(to->files[i].bytes, from->files[i].bytes, from->files[i].len);
		}
	}
}

static inline void
image_free(struct cut_image *image)
{
	for (unsigned i = 0; i < image->files_count; i++) {
		free(image->files[i].bytes);
	}
	memset(image, 0, sizeof(*image));
}

/* ---- operations ------------------------------------------------------- */

/* Does this call fail? */
static inline bool
cut_fails(struct cut_disk *disk, bool reads)
{
	if (reads && !disk->reads_fail) {
		return false;
	}
	disk->calls++;
	return disk->fail_at != 0 && disk->calls >= disk->fail_at && disk->calls < disk->fail_at + disk->fail_times;
}

static inline void
cut_note(struct cut_disk *disk, enum cut_kind kind, unsigned file, const char *name, const char *to, size_t offset,
    const void *bytes, size_t len)
{
	if (disk->count == disk->size) {
		disk->size = disk->size * 2 + 256;
		disk->operations = cut_must(realloc(disk->operations, disk->size * sizeof(*disk->operations)));
	}
	struct cut_operation *o = &disk->operations[disk->count];

	disk->count++;
	memset(o, 0, sizeof(*o));
	o->kind = kind;
	o->file = file;
	snprintf(o->name, sizeof(o->name), "%s", name == NULL ? "" : name);
	snprintf(o->to, sizeof(o->to), "%s", to == NULL ? "" : to);
	o->offset = offset;
	o->len = len;
	if (bytes != NULL) {
		o->bytes = cut_must(malloc(len + 1));
		memcpy(o->bytes, bytes, len);
	}
}

static inline unsigned
cut_create(struct cut_disk *disk, const char *name)
{
	const unsigned file = disk->now.files_count;

	if (file == CUT_FILES) {
		abort();
	}
	disk->now.files_count++;
	image_name(&disk->now, name, file);
	cut_note(disk, CUT_CREATE, file, name, NULL, 0, NULL, 0);
	return file;
}

static inline void
cut_write(struct cut_disk *disk, unsigned file, size_t offset, const void *bytes, size_t len)
{
	content_write(&disk->now.files[file], offset, bytes, len);
	cut_note(disk, CUT_WRITE, file, NULL, NULL, offset, bytes, len);
}

static inline void
cut_sync(struct cut_disk *disk, unsigned file)
{
	if (!disk->syncs_lie) {
		cut_note(disk, CUT_SYNC, file, NULL, NULL, 0, NULL, 0);
	}
}

/* ---- as SQLite's file system ------------------------------------------ */

struct cut_file {
	sqlite3_file base;
	struct cut_disk *disk;
	unsigned file;
	bool temporary;
};

static inline struct cut_file *
cut_file_of(sqlite3_file *file)
{
	return (struct cut_file *)(void *)file;
}

static int
cut_x_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

static int
cut_x_read(sqlite3_file *file, void *out, int amount, sqlite3_int64 offset)
{
	struct cut_file *f = cut_file_of(file);
	const struct cut_content *content = &f->disk->now.files[f->file];
	const size_t from = (size_t)offset;
	size_t have = from < content->len ? content->len - from : 0;

	if (cut_fails(f->disk, true)) {
		return SQLITE_IOERR_READ;
	}
	have = have < (size_t)amount ? have : (size_t)amount;
	if (have != 0) {
		memcpy(out, content->bytes + from, have);
	}
	if (have == (size_t)amount) {
		return SQLITE_OK;
	}
	memset((uint8_t *)out + have, 0, (size_t)amount - have);
	return SQLITE_IOERR_SHORT_READ;
}

static int
cut_x_write(sqlite3_file *file, const void *bytes, int amount, sqlite3_int64 offset)
{
	struct cut_file *f = cut_file_of(file);

	if (cut_fails(f->disk, false)) {
		return f->disk->fail_code;
	}
	cut_write(f->disk, f->file, (size_t)offset, bytes, (size_t)amount);
	return SQLITE_OK;
}

static int
cut_x_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct cut_file *f = cut_file_of(file);

	if (cut_fails(f->disk, false)) {
		return SQLITE_IOERR_TRUNCATE;
	}
	content_truncate(&f->disk->now.files[f->file], (size_t)size);
	cut_note(f->disk, CUT_TRUNCATE, f->file, NULL, NULL, (size_t)size, NULL, 0);
	return SQLITE_OK;
}

static int
cut_x_sync(sqlite3_file *file, int flags)
{
	struct cut_file *f = cut_file_of(file);

	(void)flags;
	if (cut_fails(f->disk, false)) {
		return f->disk->fail_code == SQLITE_FULL ? SQLITE_OK : SQLITE_IOERR_FSYNC;
	}
	cut_sync(f->disk, f->file);
	return SQLITE_OK;
}

static int
cut_x_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct cut_file *f = cut_file_of(file);

	*size = (sqlite3_int64)f->disk->now.files[f->file].len;
	return SQLITE_OK;
}

static int
cut_x_lock(sqlite3_file *file, int lock)
{
	(void)file;
	(void)lock;
	return SQLITE_OK;
}

static int
cut_x_check_lock(sqlite3_file *file, int *out)
{
	(void)file;
	*out = 0;
	return SQLITE_OK;
}

static int
cut_x_control(sqlite3_file *file, int operation, void *argument)
{
	(void)file;
	(void)operation;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int
cut_x_sector(sqlite3_file *file)
{
	(void)file;
	return CUT_SECTOR;
}

static int
cut_x_device(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* One connection at a time: the index of the WAL is only memory, and is gone with the power. */
static int
cut_x_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
	struct cut_file *f = cut_file_of(file);
	uint8_t **shm = &f->disk->shm[f->file][region];

	if (region >= CUT_SHM_REGIONS) {
		return SQLITE_NOMEM;
	}
	if (*shm == NULL && extend != 0) {
		*shm = cut_must(calloc(1, (size_t)size));
	}
	*out = *shm;
	return SQLITE_OK;
}

static int
cut_x_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	(void)file;
	(void)offset;
	(void)n;
	(void)flags;
	return SQLITE_OK;
}

static void
cut_x_shm_barrier(sqlite3_file *file)
{
	(void)file;
}

static int
cut_x_shm_unmap(sqlite3_file *file, int delete)
{
	struct cut_file *f = cut_file_of(file);

	(void)delete;
	for (unsigned i = 0; i < CUT_SHM_REGIONS; i++) {
		free(f->disk->shm[f->file][i]);
		f->disk->shm[f->file][i] = NULL;
	}
	return SQLITE_OK;
}

static const sqlite3_io_methods cut_methods = {
	.iVersion = 2,
	.xClose = cut_x_close,
	.xRead = cut_x_read,
	.xWrite = cut_x_write,
	.xTruncate = cut_x_truncate,
	.xSync = cut_x_sync,
	.xFileSize = cut_x_size,
	.xLock = cut_x_lock,
	.xUnlock = cut_x_lock,
	.xCheckReservedLock = cut_x_check_lock,
	.xFileControl = cut_x_control,
	.xSectorSize = cut_x_sector,
	.xDeviceCharacteristics = cut_x_device,
	.xShmMap = cut_x_shm_map,
	.xShmLock = cut_x_shm_lock,
	.xShmBarrier = cut_x_shm_barrier,
	.xShmUnmap = cut_x_shm_unmap,
};

static int
cut_x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	struct cut_disk *disk = vfs->pAppData;
	struct cut_file *f = cut_file_of(file);
	const char *called = name == NULL ? "(temporary)" : name;
	const struct cut_name *at = image_find(&disk->now, called);

	memset(f, 0, sizeof(*f));
	if (at == NULL && (flags & SQLITE_OPEN_CREATE) == 0) {
		return SQLITE_CANTOPEN;
	}
	if (at == NULL && cut_fails(disk, false)) {
		return disk->fail_code == SQLITE_FULL ? SQLITE_FULL : SQLITE_CANTOPEN;
	}
	f->disk = disk;
	f->file = at == NULL ? cut_create(disk, called) : at->file;
	f->base.pMethods = &cut_methods;
	if (out_flags != NULL) {
		*out_flags = flags;
	}
	return SQLITE_OK;
}

static int
cut_x_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
	struct cut_disk *disk = vfs->pAppData;

	if (image_find(&disk->now, name) == NULL) {
		return SQLITE_IOERR_DELETE_NOENT;
	}
	if (cut_fails(disk, false)) {
		return SQLITE_IOERR_DELETE;
	}
	image_unname(&disk->now, name);
	cut_note(disk, CUT_REMOVE, 0, name, NULL, 0, NULL, 0);
	if (sync_directory != 0 && !disk->syncs_lie) {
		cut_note(disk, CUT_SYNC_DIRECTORY, 0, NULL, NULL, 0, NULL, 0);
	}
	return SQLITE_OK;
}

static int
cut_x_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	struct cut_disk *disk = vfs->pAppData;

	(void)flags;
	*out = image_find(&disk->now, name) != NULL;
	return SQLITE_OK;
}

static int
cut_x_full(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)size, "%s", name);
	return SQLITE_OK;
}

static int
cut_x_randomness(sqlite3_vfs *vfs, int n, char *out)
{
	struct cut_disk *disk = vfs->pAppData;

	for (int i = 0; i < n; i++) {
		out[i] = (char)cut_random(&disk->random);
	}
	return n;
}

static int
cut_x_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds;
}

static int
cut_x_time(sqlite3_vfs *vfs, double *out)
{
	(void)vfs;
	*out = 2461000.5;
	return SQLITE_OK;
}

static int
cut_x_error(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	(void)n;
	(void)out;
	return 0;
}

/* ---- as the checkpoint file's disk ------------------------------------ */

static enum disk_result
cut_disk_read(void *context, const char *path, uint8_t *out, size_t size, size_t *len)
{
	struct cut_disk *disk = context;
	const struct cut_name *at = image_find(&disk->now, path);

	*len = 0;
	if (cut_fails(disk, true)) {
		return DISK_FAILED;
	}
	if (at == NULL) {
		return DISK_ABSENT;
	}
	const struct cut_content *content = &disk->now.files[at->file];

	if (content->len > size) {
		return DISK_FAILED;
	}
	if (content->len != 0) {
		memcpy(out, content->bytes, content->len);
	}
	*len = content->len;
	return DISK_READ;
}

static bool
cut_disk_write(void *context, const char *path, struct assay_bytes bytes)
{
	struct cut_disk *disk = context;
	const struct cut_name *at = image_find(&disk->now, path);

	if (cut_fails(disk, false)) {
		return false;
	}
	const unsigned file = at == NULL ? cut_create(disk, path) : at->file;

	content_truncate(&disk->now.files[file], 0);
	cut_note(disk, CUT_TRUNCATE, file, NULL, NULL, 0, NULL, 0);
	cut_write(disk, file, 0, bytes.data, bytes.len);
	return true;
}

static bool
cut_disk_sync(void *context, const char *path)
{
	struct cut_disk *disk = context;
	const struct cut_name *at = image_find(&disk->now, path);

	if (at == NULL || cut_fails(disk, false)) {
		return false;
	}
	cut_sync(disk, at->file);
	return true;
}

static bool
cut_disk_rename(void *context, const char *from, const char *to)
{
	struct cut_disk *disk = context;

	if (image_find(&disk->now, from) == NULL || cut_fails(disk, false)) {
		return false;
	}
	image_rename(&disk->now, from, to);
	cut_note(disk, CUT_RENAME, 0, from, to, 0, NULL, 0);
	return true;
}

static bool
cut_disk_sync_directory(void *context, const char *path)
{
	struct cut_disk *disk = context;

	(void)path;
	if (cut_fails(disk, false)) {
		return false;
	}
	if (!disk->syncs_lie) {
		cut_note(disk, CUT_SYNC_DIRECTORY, 0, NULL, NULL, 0, NULL, 0);
	}
	return true;
}

static bool
cut_disk_remove(void *context, const char *path)
{
	struct cut_disk *disk = context;

	image_unname(&disk->now, path);
	cut_note(disk, CUT_REMOVE, 0, path, NULL, 0, NULL, 0);
	return true;
}

/* Directories are there. */
static bool
cut_disk_yes(void *context, const char *path)
{
	(void)context;
	(void)path;
	return true;
}

static int
cut_disk_lock(void *context, const char *path, bool *busy)
{
	(void)context;
	(void)path;
	*busy = false;
	return 0;
}

static void
cut_disk_unlock(void *context, int lock)
{
	(void)context;
	(void)lock;
}

/* ---- the whole -------------------------------------------------------- */

/* A disk with these files on it; takes the image over. */
static inline struct cut_disk *
cut_disk_new(struct cut_image *image, uint64_t seed)
{
	static unsigned serial;
	struct cut_disk *disk = cut_must(calloc(1, sizeof(*disk)));

	disk->start = *image;
	image_copy(&disk->now, image);
	memset(image, 0, sizeof(*image));
	disk->random = seed;
	serial++;
	snprintf(disk->vfs_name, sizeof(disk->vfs_name), "cut-%u", serial);
	disk->vfs = (sqlite3_vfs){
		.iVersion = 1, .szOsFile = sizeof(struct cut_file), .mxPathname = CUT_NAME - 1,
		.zName = disk->vfs_name, .pAppData = disk, .xOpen = cut_x_open, .xDelete = cut_x_delete,
		.xAccess = cut_x_access, .xFullPathname = cut_x_full, .xRandomness = cut_x_randomness,
		.xSleep = cut_x_sleep, .xCurrentTime = cut_x_time, .xGetLastError = cut_x_error,
	};
	disk->disk = (struct disk){
		disk, cut_disk_read, cut_disk_write, cut_disk_sync, cut_disk_rename, cut_disk_sync_directory,
		cut_disk_remove, cut_disk_yes, cut_disk_yes, cut_disk_lock, cut_disk_unlock,
	};
	if (sqlite3_vfs_register(&disk->vfs, 0) != SQLITE_OK) {
		abort();
	}
	return disk;
}

static inline void
cut_disk_free(struct cut_disk *disk)
{
	sqlite3_vfs_unregister(&disk->vfs);
	for (size_t i = 0; i < disk->count; i++) {
		free(disk->operations[i].bytes);
	}
	free(disk->operations);
	image_free(&disk->start);
	image_free(&disk->now);
	for (unsigned f = 0; f < CUT_FILES; f++) {
		for (unsigned i = 0; i < CUT_SHM_REGIONS; i++) {
			free(disk->shm[f][i]);
		}
	}
	free(disk);
}

/* ---- power ------------------------------------------------------------ */

static inline void
operation_apply(struct cut_image *image, const struct cut_operation *o)
{
	switch (o->kind) {
	case CUT_WRITE:
		content_write(&image->files[o->file], o->offset, o->bytes, o->len);
		break;
	case CUT_TRUNCATE:
		content_truncate(&image->files[o->file], o->offset);
		break;
	case CUT_CREATE:
		image_name(image, o->name, o->file);
		break;
	case CUT_RENAME:
		image_rename(image, o->name, o->to);
		break;
	case CUT_REMOVE:
		image_unname(image, o->name);
		break;
	case CUT_SYNC:
	case CUT_SYNC_DIRECTORY:
		break;
	}
}

/* Some sectors of a write arrived, others did not. */
static inline void
operation_tear(struct cut_image *image, const struct cut_operation *o, uint64_t *seed)
{
	for (size_t at = 0, next; at < o->len; at = next) {
		next = (o->offset + at) / CUT_SECTOR * CUT_SECTOR + CUT_SECTOR - o->offset;
		next = next < o->len ? next : o->len;
		if (cut_random(seed) % 2 == 0) {
			content_write(&image->files[o->file], o->offset + at, o->bytes + at, next - at);
		}
	}
}

static inline bool
is_of_directory(const struct cut_operation *o)
{
	return o->kind == CUT_CREATE || o->kind == CUT_RENAME || o->kind == CUT_REMOVE;
}

/*
 * The disk as it may be found after the power failed behind the first count
 * operations.  The seed decides about each that was not durable; in one of
 * four cases all of them are lost, in another all arrived.
 */
static inline struct cut_disk *
cut_disk_after(const struct cut_disk *disk, size_t count, uint64_t seed)
{
	bool *done = cut_must(calloc(count + 1, sizeof(*done)));
	const unsigned manner = (unsigned)(cut_random(&seed) % 4);
	struct cut_image image;

	image_copy(&image, &disk->start);
	for (; image.files_count < disk->now.files_count; image.files_count++) {
		image.files[image.files_count] = (struct cut_content){ cut_must(malloc(1)), 0 };
	}
	for (size_t i = 0; i < count; i++) {
		const struct cut_operation *sync = &disk->operations[i];

		if (sync->kind != CUT_SYNC && sync->kind != CUT_SYNC_DIRECTORY) {
			continue;
		}
		/* A new name is durable with its file, and the changes of names before it with it: they are journalled. */
		size_t names_until = sync->kind == CUT_SYNC_DIRECTORY ? i : 0;

		for (size_t k = 0; k < i && sync->kind == CUT_SYNC; k++) {
			if (disk->operations[k].kind == CUT_CREATE && disk->operations[k].file == sync->file && !done[k]) {
				names_until = k + 1;
			}
		}
		for (size_t k = 0; k < i; k++) {
			const struct cut_operation *o = &disk->operations[k];
			const bool durable = is_of_directory(o) ? k < names_until :
			    sync->kind == CUT_SYNC && o->file == sync->file;

			if (durable && !done[k]) {
				operation_apply(&image, o);
				done[k] = true;
			}
		}
	}
	for (size_t k = 0; k < count; k++) {
		const struct cut_operation *o = &disk->operations[k];
		const unsigned fate = manner == 0 ? 0 : manner == 1 ? 1 : (unsigned)(cut_random(&seed) % 3);

		if (done[k] || fate == 0) {
			continue;
		}
		if (fate == 2 && o->kind == CUT_WRITE) {
			operation_tear(&image, o, &seed);
		} else {
			operation_apply(&image, o);
		}
	}
	free(done);
	return cut_disk_new(&image, seed);
}

#endif
