/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text written into a caller's buffer.  What does not fit is counted and not
 * written, so a writer needs to check only once, at its end.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/bytes.h"

struct text {
	char *out;
	size_t size;
	size_t len;	/* as if there were room for all */
};

static inline void
text_put(struct text *t, const char *data, size_t len)
{
	if (t->len <= t->size && len <= t->size - t->len && len != 0) {
		memcpy(t->out + t->len, data, len);
	}
	t->len += len;
}

static inline void
text_puts(struct text *t, const char *s)
{
	text_put(t, s, strlen(s));
}

static inline void
text_unsigned(struct text *t, uint64_t value)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		i--;
		digits[i] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	text_put(t, digits + i, sizeof(digits) - i);
}

static inline void
text_integer(struct text *t, int64_t value)
{
	if (value < 0) {
		text_put(t, "-", 1);
		text_unsigned(t, (uint64_t)0 - (uint64_t)value);
	} else {
		text_unsigned(t, (uint64_t)value);
	}
}

/* True where everything fits. */
static inline bool
text_fits(const struct text *t)
{
	return t->len <= t->size;
}

#endif
