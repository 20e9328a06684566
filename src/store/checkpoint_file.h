/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last signed checkpoint, in a file of its own beside the key: never in
 * the store's directory, never in a backup, never rolled back.  It is what
 * keeps one key from signing two histories, whatever happens to the store.
 *
 * Signing comes after the block is on the disk and read back; a checkpoint
 * counts, and leaves this file's functions, once it is on the disk and read
 * back itself.
 */
#ifndef STORE_CHECKPOINT_FILE_H
#define STORE_CHECKPOINT_FILE_H

#include "log/note.h"
#include "store/store.h"

#define CHECKPOINT_NOTE_BYTES_MAX 2048

/* Who signs: the key's name is the log's origin. */
struct log_signer {
	void *context;
	struct note_key key;
	bool (*sign)(void *context, struct assay_bytes message, uint8_t signature[64]);
};

struct checkpoint_file {
	const struct disk *disk;
	const struct assay_crypto *crypto;
	char path[DISK_PATH_BYTES];
	char origin[NOTE_NAME_BYTES_MAX + 1];
	struct note_key key;
	int lock;
	bool present;
	bool missing_accepted;
	bool uncertain;			/* a write failed half-way: only opening again can tell */
	size_t note_len;
	char note[CHECKPOINT_NOTE_BYTES_MAX];	/* the last signed one, where present */
	uint64_t size;
	struct hash root;
};

/* May a store be signed for? */
enum checkpoint_standing {
	CHECKPOINT_REFUSED = 0,	/* it could not be found out */
	CHECKPOINT_AGREES,	/* the store is what was signed, or continues it */
	CHECKPOINT_MISSING,	/* the store holds a log, and nothing says what of it was signed */
	CHECKPOINT_BEHIND,	/* more was signed than the store holds */
	CHECKPOINT_CONFLICTS	/* what was signed is no beginning of this log */
};

/*
 * Open the file of that log's key, which need not be there yet, and keep others
 * from it.  False where it holds something else than a checkpoint by that key.
 */
bool checkpoint_file_open(struct checkpoint_file *file, const char *path, const struct disk *disk,
    const struct assay_crypto *crypto, const struct note_key *key, struct store_error *error);
void checkpoint_file_close(struct checkpoint_file *file);

/* error is filled in for all but CHECKPOINT_AGREES, and says what to do. */
enum checkpoint_standing checkpoint_file_standing(const struct checkpoint_file *file, struct store *store,
    struct store_error *error);

/* Somebody vouches that nothing was signed beyond the store: a new register, or a lost file. */
void checkpoint_file_accept_missing(struct checkpoint_file *file);

/*
 * Sign for what the store holds, if that is allowed.  Where it returns true
 * file->note is the checkpoint of the store's head and may be shown; where
 * that was signed before it is the same one.
 */
bool checkpoint_file_sign(struct checkpoint_file *file, struct store *store, const struct log_signer *signer,
    struct store_error *error);

#endif
