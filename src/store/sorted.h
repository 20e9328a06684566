/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows in the order of their keys, in memory: a search tree that is kept
 * balanced by random priorities (a treap).  Finding, changing and the next
 * key cost a logarithm of the number of rows.
 */
#ifndef STORE_SORTED_H
#define STORE_SORTED_H

#include "base/bytes.h"

struct sorted_row {
	struct sorted_row *left;
	struct sorted_row *right;
	uint64_t priority;
	uint8_t *value;
	size_t value_len;
	size_t key_len;
	bool hashed;		/* the user's: false in a new row, kept by a replacement */
	uint8_t key[];
};

struct sorted {
	struct sorted_row *root;
	size_t count;
	uint64_t random;
};

/* Keys in the order of their bytes, a key before the longer ones that it begins. */
int key_compare(struct assay_bytes a, struct assay_bytes b);

struct sorted_row *sorted_find(const struct sorted *sorted, struct assay_bytes key);
/* The first row whose key is greater; NULL where there is none. */
struct sorted_row *sorted_after(const struct sorted *sorted, struct assay_bytes key);
/* Insert or replace; NULL where there is no memory, then nothing changed. */
struct sorted_row *sorted_put(struct sorted *sorted, struct assay_bytes key, struct assay_bytes value);
bool sorted_remove(struct sorted *sorted, struct assay_bytes key);
void sorted_clear(struct sorted *sorted);

static inline struct assay_bytes
row_key(const struct sorted_row *row)
{
	return bytes_of(row->key, row->key_len);
}

static inline struct assay_bytes
row_value(const struct sorted_row *row)
{
	return bytes_of(row->value, row->value_len);
}

#endif
