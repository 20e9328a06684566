/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows port over rows that are kept somewhere, with the changes of one
 * block on top: every change is seen at once, and nothing below changes
 * before the block is kept.  However often a row is put in a block, it is
 * hashed once a root and written once.
 */
#ifndef STORE_OVERLAY_H
#define STORE_OVERLAY_H

#include "assay_register.h"
#include "store/buckets.h"
#include "store/sorted.h"

struct overlay {
	const struct assay_crypto *crypto;
	struct assay_rows below;	/* get and next */
	struct buckets *buckets;	/* NULL: there is no root */
	/* Rows as this block has them. */
	struct sorted puts;
	/*
	 * Keys removed in this block, whether or not they were put again: next
	 * passes over them below.  The value is the last key of the run of removed
	 * ones that begins here, so that a queue emptied from its front does not
	 * become slower with each row; below does not change in a block, so a run
	 * only grows.
	 */
	struct sorted removed;
	bool open;		/* a block is open: changes are allowed */
	bool failed;		/* something could not be read or changed: the block must not be kept */
	uint8_t scratch[ASSAY_ROW_BYTES_MAX];
};

void overlay_init(struct overlay *overlay, const struct assay_crypto *crypto, const struct assay_rows *below,
    struct buckets *buckets);
struct assay_rows overlay_rows(struct overlay *overlay);

/* From now on changes are allowed. */
void overlay_begin(struct overlay *overlay);

/* Bring the tree up to date.  False: no memory; then the block must be dropped. */
bool overlay_settle(struct overlay *overlay);

/*
 * What has to be done below, in the order of keys: value is NULL for a row to
 * be removed, which may not be there.  Stops where write says no.
 */
bool overlay_write(const struct overlay *overlay, void *context,
    bool (*write)(void *context, struct assay_bytes key, const struct assay_bytes *value));

/* The block was written below, or is to be forgotten. */
void overlay_keep(struct overlay *overlay);
void overlay_drop(struct overlay *overlay);

#endif
