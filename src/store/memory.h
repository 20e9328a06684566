/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A register's store in memory: the same ports, the same roots, nothing on any
 * disk.  For audits that replay a log, scratch registers and tests.
 */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

#include "assay_register.h"
#include "log/state_tree.h"
#include "log/tile.h"

struct memory;

/*
 * NULL where there is no memory.  Entries are kept where keep_entries says so;
 * the log's root is kept in any case.
 */
struct memory *memory_new(const struct assay_crypto *crypto, bool keep_entries);
void memory_free(struct memory *memory);

struct assay_rows memory_rows(struct memory *memory);
struct assay_entries memory_entries(struct memory *memory);

void memory_begin_block(struct memory *memory);
/* False: a row or an entry could not be kept; then the block is forgotten. */
bool memory_commit_block(struct memory *memory);
void memory_abort_block(struct memory *memory);

/* Of what is there, with the block that is open. */
void memory_log(const struct memory *memory, uint64_t *size, struct hash *root);
bool memory_prove_row(struct memory *memory, struct state_proof *proof, struct assay_bytes key);
/* Of the blocks committed; borrowed until the next change.  False where it is not there or not kept. */
bool memory_entry(const struct memory *memory, uint64_t index, struct assay_bytes *entry);

#endif
