/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The embedded driver: one process that orders transactions, runs the register's
 * machine over a store, and signs a checkpoint for each block that is durable.
 *
 * A register's directory holds register.db, and pending/ with the transactions
 * that wait for the next block.  The last signed checkpoint lies elsewhere, at
 * the path that the options name: beside the log's key.
 */
#ifndef DRIVER_DRIVER_H
#define DRIVER_DRIVER_H

#include "assay_register.h"
#include "store/checkpoint_file.h"
#include "store/store.h"

struct driver;

struct driver_options {
	const char *directory;
	const char *checkpoint_path;	/* NULL: nothing is signed (reading, or a log signed elsewhere) */
	const struct log_signer *signer;	/* NULL as well then */
	enum store_mode mode;
	bool accept_missing_checkpoint;	/* somebody vouches that nothing more was signed */
	bool accept_time;		/* a clock more than an hour from the last block is meant */
	const char *vfs;		/* tests; else NULL */
	const struct disk *disk;	/* tests; else NULL */
};

/* Make a register: its directory, genesis, the first checkpoint. */
struct driver *driver_create(const struct driver_options *options, struct assay_bytes genesis,
    const struct assay_crypto *crypto, struct store_error *error);

/*
 * Open one.  For writing it says no where the store is damaged, behind its
 * checkpoint or in conflict with it, or where now_ms is more than an hour away
 * from the last block.
 */
struct driver *driver_open(const struct driver_options *options, uint64_t now_ms,
    const struct assay_crypto *crypto, struct store_error *error);
void driver_close(struct driver *driver);

const struct assay_register_head *driver_head(const struct driver *driver);
struct store *driver_store(struct driver *driver);
/* The machine, between blocks: rows can be looked up (register/machine.h), not changed. */
struct assay_register *driver_register(struct driver *driver);
/* The last signed checkpoint, a note; empty where nothing was signed. */
struct assay_bytes driver_checkpoint(const struct driver *driver);
/* Why the head is not under that checkpoint, where a signer was given; NULL where it is. */
const struct store_error *driver_unsigned(const struct driver *driver);

struct driver_result {
	uint8_t digest[32];		/* SHA-256 of the transaction */
	struct assay_register_result result;
};

/*
 * Cut one block: its time is max(last + 1 ms, now_ms).  Transactions are
 * applied in order; results[i] is that of transactions[i].  False: the block
 * is not there, and the driver must be opened anew.  Where signing fails the
 * block stands, unsigned, and is signed with the next.
 */
bool driver_cut(struct driver *driver, uint64_t now_ms, const struct assay_bytes *transactions,
    size_t count, struct driver_result *results, struct assay_register_commit *commit,
    struct store_error *error);

/* ---- transactions that wait.  Files in pending/, in the order of their arrival. */

#define PENDING_COUNT_MAX	((size_t)20000)		/* that may wait at once */
#define PENDING_BLOCK_BYTES_MAX	((size_t)4 * 1024 * 1024)	/* of them that one block takes */

/* Checks size and form only; one that waits already is taken as it is.  digest: SHA-256 of the transaction. */
bool pending_add(const char *directory, const struct assay_crypto *crypto, struct assay_bytes transaction,
    uint8_t digest[static 32], struct store_error *error);
/*
 * Cut a block of what waits and forget it; each gets its result, in order.
 * What the last block took and a crash left behind is not taken again.
 */
bool driver_cut_pending(struct driver *driver, uint64_t now_ms, void *context,
    void (*each)(void *context, const struct driver_result *result), struct assay_register_commit *commit,
    struct store_error *error);
/* The nonce that the account's (or its agent's) next transaction needs, counting those that wait. */
bool pending_next_nonce(struct driver *driver, const uint8_t account[static 32], bool agent,
    uint64_t *nonce, struct store_error *error);

#endif
