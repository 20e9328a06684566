/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way to read input: a cursor over borrowed bytes with a sticky
 * failure.  Reading past the end gives empty bytes or zero and marks the
 * cursor bad; look at no field before cursor_done() or !bad says yes.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include "base/bytes.h"

struct cursor {
	const uint8_t *next;
	size_t left;
	bool bad;
};

static inline struct cursor
cursor_over(struct assay_bytes in)
{
	return (struct cursor){ in.data, in.len, false };
}

static inline struct assay_bytes
cursor_take(struct cursor *c, size_t len)
{
	if (c->bad || len > c->left) {
		c->bad = true;
		return (struct assay_bytes){ NULL, 0 };
	}
	if (len == 0) {
		return (struct assay_bytes){ NULL, 0 };
	}
	const struct assay_bytes out = { c->next, len };

	c->next += len;
	c->left -= len;
	return out;
}

/* Copy len bytes out; zero-fills where they are not there. */
static inline void
cursor_copy(struct cursor *c, void *out, size_t len)
{
	const struct assay_bytes b = cursor_take(c, len);

	if (b.len == len && len != 0) {
		memcpy(out, b.data, len);
	} else {
		memset(out, 0, len);
	}
}

/* The next byte without reading it; 0 at the end. */
static inline uint8_t
cursor_peek(const struct cursor *c)
{
	return (c->bad || c->left == 0) ? 0 : *c->next;
}

static inline uint8_t
cursor_u8(struct cursor *c)
{
	const struct assay_bytes b = cursor_take(c, 1);

	return b.len == 1 ? b.data[0] : 0;
}

static inline uint16_t
cursor_u16le(struct cursor *c)
{
	const struct assay_bytes b = cursor_take(c, 2);

	return b.len == 2 ? (uint16_t)(b.data[0] | b.data[1] << 8) : 0;
}

static inline uint16_t
cursor_u16be(struct cursor *c)
{
	const struct assay_bytes b = cursor_take(c, 2);

	return b.len == 2 ? (uint16_t)(b.data[0] << 8 | b.data[1]) : 0;
}

static inline uint32_t
cursor_u32le(struct cursor *c)
{
	const uint32_t low = cursor_u16le(c);
	const uint32_t high = cursor_u16le(c);

	return low | high << 16;
}

/* All that is left. */
static inline struct assay_bytes
cursor_rest(struct cursor *c)
{
	return cursor_take(c, c->left);
}

/* True where nothing failed and nothing is left over. */
static inline bool
cursor_done(const struct cursor *c)
{
	return !c->bad && c->left == 0;
}

#endif
