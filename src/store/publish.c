/* SPDX-License-Identifier: Apache-2.0 */
/* The log as static files, for any server of files (C2SP tlog-tiles). */
#include <stdio.h>
#include <stdlib.h>

#include "log/note.h"
#include "store/inside.h"

struct publishing {
	struct store *store;
	const struct disk *disk;
	const char *directory;
	uint64_t old_size;
	uint64_t new_size;
	uint8_t *bytes;
	struct store_error *error;
};

static bool
unwritable(struct publishing *p, const char *path)
{
	return store_fail(p->error, STORE_UNWRITABLE, NULL, "Let this user write to the directory, and make room.",
	    "The log cannot be published: %s cannot be written.", path);
}

/* What is published already.  Another log there is not to be overwritten. */
static bool
published(struct publishing *p, const struct checkpoint *fresh)
{
	char path[DISK_PATH_BYTES];
	struct assay_bytes note = { p->bytes, 0 };
	struct assay_bytes text, signatures;
	struct checkpoint old;
	struct hash root;

	snprintf(path, sizeof(path), "%s/checkpoint", p->directory);
	switch (p->disk->read(p->disk->context, path, p->bytes, NOTE_BYTES_MAX, &note.len)) {
	case DISK_ABSENT:
		p->old_size = 0;
		return true;
	case DISK_FAILED:
		return unwritable(p, path);
	case DISK_READ:
		break;
	}
	if (!note_split(note, &text, &signatures) || !checkpoint_parse(&old, text) ||
	    !bytes_equal(old.origin, fresh->origin)) {
		return store_fail(p->error, STORE_FOREIGN, NULL, "Name an empty directory.",
		    "%s is not a checkpoint of this log.", path);
	}
	p->old_size = old.size;
	if (old.size > fresh->size) {
		return store_fail(p->error, STORE_BEHIND, "A larger log is published there already.", NULL,
		    "The log cannot be published in %s.", p->directory);
	}
	if (!store_log_root(p->store, old.size, &root, p->error)) {
		return false;
	}
	return hash_equal(&root, &old.root) || store_fail(p->error, STORE_CONFLICT,
	    "What is published there is not a beginning of this log.", NULL,
	    "The log cannot be published in %s.", p->directory);
}

/* A directory's name is durable only with the directory that it is in. */
static bool
make_directory(struct publishing *p, const char *path)
{
	char at[DISK_PATH_BYTES], parent[DISK_PATH_BYTES];

	if (p->disk->exists(p->disk->context, path)) {
		return true;
	}
	if (!p->disk->make_directory(p->disk->context, path)) {
		return false;
	}
	snprintf(at, sizeof(at), "%s", path);
	while (strlen(at) >= strlen(p->directory)) {
		disk_parent(parent, at);
		if (!p->disk->sync_directory(p->disk->context, parent)) {
			return false;
		}
		if (strcmp(parent, at) == 0) {
			break;
		}
		memcpy(at, parent, sizeof(at));
	}
	return true;
}

static bool
publish_tile(struct publishing *p, const struct tile *tile)
{
	char name[TILE_PATH_BYTES], path[DISK_PATH_BYTES], parent[DISK_PATH_BYTES];
	size_t len;

	tile_path(name, tile);
	const int written = snprintf(path, sizeof(path), "%s/%s", p->directory, name);

	if (written < 0 || (size_t)written >= sizeof(path) - 8) {
		return unwritable(p, p->directory);
	}
	disk_parent(parent, path);
	if (!store_tile(p->store, tile, p->bytes, BUNDLE_BYTES_MAX, &len, p->error)) {
		return false;
	}
	return (make_directory(p, parent) && disk_replace(p->disk, path, bytes_of(p->bytes, len))) ||
	    unwritable(p, path);
}

/* The tiles of a level that the larger log has and the smaller one had not, or not so wide. */
static bool
publish_level(struct publishing *p, unsigned level)
{
	const unsigned shift = level == TILE_LEVEL_ENTRIES ? 0 : 8 * level;
	const uint64_t old_count = p->old_size >> shift;
	const uint64_t new_count = p->new_size >> shift;

	for (uint64_t at = old_count - old_count % TILE_WIDTH; old_count < new_count && at < new_count;
	    at += TILE_WIDTH) {
		const struct tile tile = tile_at(level, at, p->new_size);

		if (!publish_tile(p, &tile)) {
			return false;
		}
	}
	return true;
}

static bool
publish(struct publishing *p, struct assay_bytes note)
{
	struct assay_bytes text, signatures;
	struct checkpoint fresh;
	struct hash root;
	char path[DISK_PATH_BYTES];

	if (!note_split(note, &text, &signatures) || !checkpoint_parse(&fresh, text)) {
		return store_fail(p->error, STORE_FOREIGN, NULL, NULL, "What is to be published is not a checkpoint.");
	}
	p->new_size = fresh.size;
	if (!store_log_root(p->store, fresh.size, &root, p->error)) {
		return false;
	}
	if (!hash_equal(&root, &fresh.root)) {
		return store_fail(p->error, STORE_CONFLICT, "The checkpoint is of another log.", NULL,
		    "The log cannot be published.");
	}
	if (!make_directory(p, p->directory)) {
		return unwritable(p, p->directory);
	}
	if (!published(p, &fresh)) {
		return false;
	}
	for (unsigned level = 0; level < EDGE_LEVELS; level++) {
		if (!publish_level(p, level)) {
			return false;
		}
	}
	/* Last: whoever has read it finds all that it speaks of. */
	snprintf(path, sizeof(path), "%s/checkpoint", p->directory);
	return publish_level(p, TILE_LEVEL_ENTRIES) && (disk_replace(p->disk, path, note) || unwritable(p, path));
}

bool
store_publish(struct store *store, const char *directory, struct assay_bytes checkpoint,
    const struct disk *disk, struct store_error *error)
{
	struct publishing p = { .store = store, .disk = disk == NULL ? disk_posix() : disk,
		.directory = directory, .error = error };

	if (strlen(directory) + TILE_PATH_BYTES + 8 > DISK_PATH_BYTES) {
		return unwritable(&p, directory);
	}
	p.bytes = malloc(BUNDLE_BYTES_MAX);
	if (p.bytes == NULL) {
		return store_fail(error, STORE_MEMORY, NULL, NULL, "There is not enough memory to publish the log.");
	}
	const bool done = publish(&p, checkpoint);

	free(p.bytes);
	return done;
}
