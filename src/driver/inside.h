/* SPDX-License-Identifier: Apache-2.0 */
/* What driver.c and pending.c have to say to each other. */
#ifndef DRIVER_INSIDE_H
#define DRIVER_INSIDE_H

#include "driver/driver.h"
#include "register/machine.h"

/* "0000000000000017-", the digest in hexadecimal. */
#define PENDING_NAME_BYTES	(16 + 1 + 64)

struct pending_name {
	char name[PENDING_NAME_BYTES + 1];
	uint8_t digest[32];
};

struct pending_list {
	struct pending_name *names;	/* in the order of their arrival */
	size_t count;
	size_t size;
};

struct driver {
	const struct assay_crypto *crypto;
	const struct disk *disk;
	struct store *store;
	struct assay_register *reg;
	struct assay_register_head head;
	const struct log_signer *signer;
	bool broken;			/* a block was lost: only opening again helps */
	bool has_file;
	struct checkpoint_file file;
	struct store_error unsigned_why;	/* STORE_FINE: the head is signed, or nobody is to sign */
	size_t note_len;		/* read beside a writer */
	char note[CHECKPOINT_NOTE_BYTES_MAX];
	char checkpoint_path[DISK_PATH_BYTES];
	char directory[DISK_PATH_BYTES - 256];	/* with room for the names of what waits */
	struct pending_list taken;	/* by the last block, and not yet removed */
};

static inline struct machine *
driver_machine(struct driver *driver)
{
	return (struct machine *)(void *)driver->reg->opaque;
}

/* Remove what the last block took; no block is cut before that is durable. */
bool pending_forget(struct driver *driver, struct store_error *error);
/* After a crash: find what the last block took among what waits, and remove it. */
bool pending_recover(struct driver *driver, struct store_error *error);

#endif
