/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of parsers of text: a good document, and rows that each replace
 * one piece of it.  The piece must be there, so that no row can be idle.
 */
#ifndef TEST_UNIT_TEXT_H
#define TEST_UNIT_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"

/* One way to change a document: the first from becomes to. */
struct text_change {
	const char *reason;
	const char *from;
	const char *to;
};

/* A new text, of exactly its size and without a zero, so that the sanitizer sees each byte past its end. */
static inline struct assay_bytes
text_changed(const char *base, const char *from, const char *to)
{
	const char *const at = strstr(base, from);

	if (at == NULL) {
		fail_msg("the document has no \"%s\" to replace", from);
	}
	const size_t before = (size_t)(at - base);
	const size_t after = strlen(at + strlen(from));
	const size_t len = before + strlen(to) + after;
	uint8_t *const out = malloc(len != 0 ? len : 1);

	assert_non_null(out);
	memcpy(out, base, before);
	memcpy(out + before, to, strlen(to));
	memcpy(out + before + strlen(to), at + strlen(from), after);
	return bytes_of(out, len);
}

static inline struct assay_bytes
text_whole(const char *base)
{
	return text_changed(base, "", "");
}

static inline void
text_free(struct assay_bytes text)
{
	free((void *)(uintptr_t)text.data);
}

/* The first len bytes of base, by themselves. */
static inline struct assay_bytes
text_prefix(const char *base, size_t len)
{
	uint8_t *const out = malloc(len != 0 ? len : 1);

	assert_non_null(out);
	memcpy(out, base, len);
	return bytes_of(out, len);
}

#endif
