/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Borrowed bytes.  Nothing outside base/ does arithmetic on a pointer into
 * input; everything else slices.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <assert.h>
#include <string.h>

#include "assay.h"

static inline struct assay_bytes
bytes_of(const void *data, size_t len)
{
	return (struct assay_bytes){ data, len };
}

/* The bytes of a string literal or zero-terminated text, without the zero. */
static inline struct assay_bytes
bytes_of_text(const char *text)
{
	return (struct assay_bytes){ (const uint8_t *)text, strlen(text) };
}

static inline bool
bytes_equal(struct assay_bytes a, struct assay_bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool
bytes_equal_text(struct assay_bytes a, const char *text)
{
	return bytes_equal(a, bytes_of_text(text));
}

/* from and len must lie inside. */
static inline struct assay_bytes
bytes_slice(struct assay_bytes b, size_t from, size_t len)
{
	assert(from <= b.len && len <= b.len - from);
	if (len == 0) {
		return (struct assay_bytes){ NULL, 0 };
	}
	return (struct assay_bytes){ b.data + from, len };
}

static inline bool
bytes_all_zero(struct assay_bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		if (b.data[i] != 0) {
			return false;
		}
	}
	return true;
}

/* Copy exactly len bytes; b must have that length. */
static inline void
bytes_copy(void *out, struct assay_bytes b, size_t len)
{
	assert(b.len == len);
	if (len != 0) {
		memcpy(out, b.data, len);
	}
}

#endif
