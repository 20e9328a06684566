/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The durable store of a register: rows, entries and tiles of its log in one
 * SQLite file in a directory, so that a block is there as a whole or not at
 * all, and the state tree over the rows in memory.
 *
 *	store = store_open(directory, &options, crypto, &error);
 *	store_begin_block(store, &error);
 *	... the machine works on store_rows(store) and store_entries(store) ...
 *	store_commit_block(store, height, &error);	or store_abort_block(store)
 *
 * What a commit returned true for is on the disk.  One process writes; others
 * may read.  One thread at a time uses a struct store.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "assay_register.h"
#include "log/state_tree.h"
#include "log/tile.h"
#include "store/disk.h"
#include "store/error.h"

struct store;

enum store_mode {
	STORE_READ = 0,		/* beside a writer; sees the store as it was when opened */
	STORE_WRITE,
	STORE_CREATE		/* the directory may exist, a store in it may not */
};

struct store_options {
	enum store_mode mode;
	bool without_state;	/* no tree: the log can be read, roots and proofs of rows cannot; only for reading */
	unsigned threads;	/* 0: two */
	const char *vfs;	/* SQLite's file system; NULL: the ordinary one */
	const struct disk *disk;	/* for the lock; NULL: the ordinary one */
};

/* What the store holds, as of the last block kept. */
struct store_head {
	uint64_t height;
	uint64_t log_size;	/* 0: nothing yet, not even genesis */
	uint64_t rows;
	struct hash state_root;
	struct hash log_root;
};

struct store *store_open(const char *directory, const struct store_options *options,
    const struct assay_crypto *crypto, struct store_error *error);
void store_close(struct store *store);

const struct store_head *store_head(const struct store *store);
const struct assay_crypto *store_crypto(const struct store *store);
/* Was it opened to be added to?  Only such a store is signed for: it is alone. */
bool store_writable(const struct store *store);

/*
 * A store that contradicts itself (its rows are not those of its root, say)
 * opens for reading only; this says what is wrong, or NULL.
 */
const struct store_error *store_damage(const struct store *store);
/* What a port last failed at: the ports themselves only say no. */
const struct store_error *store_failure(const struct store *store);

/* ---- blocks ----------------------------------------------------------- */

struct assay_rows store_rows(struct store *store);
struct assay_entries store_entries(struct store *store);

bool store_begin_block(struct store *store, struct store_error *error);
/* False: the block is not in the store, which is as it was before the block. */
bool store_commit_block(struct store *store, uint64_t height, struct store_error *error);
void store_abort_block(struct store *store);

/* Size and root of the log with the entries of the block that is open. */
void store_log(const struct store *store, uint64_t *size, struct hash *root);

/* Prove the presence or absence of a row under the root as it is. */
bool store_prove_row(struct store *store, struct state_proof *proof, struct assay_bytes key);

/* ---- the log: what is committed --------------------------------------- */

/* Bundles have at most BUNDLE_BYTES_MAX; tiles of hashes 8 KiB. */
bool store_tile(struct store *store, const struct tile *tile, uint8_t *out, size_t size, size_t *len,
    struct store_error *error);

/*
 * Each entry from first to end - 1, checked against the tree, in order.  Stops
 * where each says no, and returns true then: the caller knows why.
 */
bool store_each_entry(struct store *store, uint64_t first, uint64_t end, void *context,
    bool (*each)(void *context, uint64_t index, struct assay_bytes entry), struct store_error *error);

/* Proofs in the tree of any size up to the head's. */
bool store_log_root(struct store *store, uint64_t size, struct hash *root, struct store_error *error);
bool store_prove_inclusion(struct store *store, struct proof *proof, uint64_t index, uint64_t size,
    struct store_error *error);
bool store_prove_consistency(struct store *store, struct proof *proof, uint64_t old_size, uint64_t new_size,
    struct store_error *error);

/*
 * Read the entries since old_size from the disk again, and hash them: is the
 * log what the head says?  What is signed has been read back.
 */
bool store_read_back(struct store *store, uint64_t old_size, struct store_error *error);

/*
 * Everything: SQLite's own check, every entry against its leaf, every tile
 * against the tiles below.  Takes as long as reading it all.
 */
bool store_check(struct store *store, struct store_error *error);

/*
 * Write the log as static files (C2SP tlog-tiles) up to the size of this
 * signed checkpoint, which is written last.  Only what is new since the
 * checkpoint that is there already is written.
 */
bool store_publish(struct store *store, const char *directory, struct assay_bytes checkpoint,
    const struct disk *disk, struct store_error *error);

/* ---- backup ----------------------------------------------------------- */

/*
 * Copy a store that may be in use to a file, which appears as a whole.  As
 * STORE_NAME in a directory of its own it is a store.
 */
#define STORE_NAME "register.db"
bool store_backup(const char *directory, const char *file, struct store_error *error);

#endif
