/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in the order of their keys, in memory. */
#include <stdlib.h>

#include "store/sorted.h"

int
key_compare(struct assay_bytes a, struct assay_bytes b)
{
	const size_t shorter = a.len < b.len ? a.len : b.len;
	const int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);

	if (order != 0) {
		return order;
	}
	return (a.len > b.len) - (a.len < b.len);
}

/* Steele, Lea and Flood's splitmix64: the shape depends on the order of calls alone. */
static uint64_t
next_priority(struct sorted *sorted)
{
	uint64_t x = sorted->random += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

struct sorted_row *
sorted_find(const struct sorted *sorted, struct assay_bytes key)
{
	struct sorted_row *row = sorted->root;

	while (row != NULL) {
		const int order = key_compare(key, row_key(row));

		if (order == 0) {
			break;
		}
		row = order < 0 ? row->left : row->right;
	}
	return row;
}

struct sorted_row *
sorted_after(const struct sorted *sorted, struct assay_bytes key)
{
	struct sorted_row *row = sorted->root;
	struct sorted_row *best = NULL;

	while (row != NULL) {
		if (key_compare(key, row_key(row)) < 0) {
			best = row;
			row = row->left;
		} else {
			row = row->right;
		}
	}
	return best;
}

/* All rows below key to *low, the others to *high. */
static void
split(struct sorted_row *row, struct assay_bytes key, struct sorted_row **low, struct sorted_row **high)
{
	while (row != NULL) {
		if (key_compare(row_key(row), key) < 0) {
			*low = row;
			low = &row->right;
			row = row->right;
		} else {
			*high = row;
			high = &row->left;
			row = row->left;
		}
	}
	*low = NULL;
	*high = NULL;
}

/* Every key of low is below every key of high. */
static struct sorted_row *
merge(struct sorted_row *low, struct sorted_row *high)
{
	struct sorted_row *root = NULL;
	struct sorted_row **at = &root;

	while (low != NULL && high != NULL) {
		if (low->priority > high->priority) {
			*at = low;
			at = &low->right;
			low = low->right;
		} else {
			*at = high;
			at = &high->left;
			high = high->left;
		}
	}
	*at = low == NULL ? high : low;
	return root;
}

static void
insert(struct sorted *sorted, struct sorted_row *row)
{
	struct sorted_row **at = &sorted->root;

	while (*at != NULL && (*at)->priority > row->priority) {
		at = key_compare(row_key(row), row_key(*at)) < 0 ? &(*at)->left : &(*at)->right;
	}
	split(*at, row_key(row), &row->left, &row->right);
	*at = row;
	sorted->count++;
}

struct sorted_row *
sorted_put(struct sorted *sorted, struct assay_bytes key, struct assay_bytes value)
{
	struct sorted_row *row = sorted_find(sorted, key);
	uint8_t *copy = malloc(value.len == 0 ? 1 : value.len);

	if (copy == NULL) {
		return NULL;
	}
	bytes_copy(copy, value, value.len);
	if (row == NULL) {
		row = calloc(1, sizeof(*row) + key.len);
		if (row == NULL) {
			free(copy);
			return NULL;
		}
		bytes_copy(row->key, key, key.len);
		row->key_len = key.len;
		row->priority = next_priority(sorted);
		insert(sorted, row);
	}
	free(row->value);
	row->value = copy;
	row->value_len = value.len;
	return row;
}

bool
sorted_remove(struct sorted *sorted, struct assay_bytes key)
{
	struct sorted_row **at = &sorted->root;

	while (*at != NULL) {
		const int order = key_compare(key, row_key(*at));

		if (order == 0) {
			break;
		}
		at = order < 0 ? &(*at)->left : &(*at)->right;
	}
	struct sorted_row *row = *at;

	if (row == NULL) {
		return false;
	}
	*at = merge(row->left, row->right);
	free(row->value);
	free(row);
	sorted->count--;
	return true;
}

void
sorted_clear(struct sorted *sorted)
{
	struct sorted_row *row = sorted->root;

	/* Turn the tree to the right until the root has no left side, then cut the root off: no stack. */
	while (row != NULL) {
		struct sorted_row *left = row->left;

		if (left != NULL) {
			row->left = left->right;
			left->right = row;
			row = left;
		} else {
			struct sorted_row *right = row->right;

			free(row->value);
			free(row);
			row = right;
		}
	}
	sorted->root = NULL;
	sorted->count = 0;
}
