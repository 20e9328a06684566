/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict DER.  There is no recursion here: callers enter what they know, so
 * nesting is bounded by their code, and lengths by the cursor.
 */
#include "format/der.h"
#include "format/utc.h"

/*
 * The length after a tag: definite, in the shortest form, at most 3 bytes of
 * length (16 MiB, above every limit on input).
 */
static size_t
take_length(struct cursor *c)
{
	const uint8_t first = cursor_u8(c);
	size_t len = 0;

	if (first < 0x80) {
		return first;
	}
	const unsigned count = first & 0x7f;

	/* 0x80 is the indefinite form. */
	if (count < 1 || count > 3) {
		c->bad = true;
		return 0;
	}
	for (unsigned i = 0; i < count; i++) {
		len = len << 8 | cursor_u8(c);
	}
	if (len < 0x80 || (count > 1 && len >> (8 * (count - 1)) == 0)) {
		c->bad = true;
		return 0;
	}
	return len;
}

bool
der_next_is(const struct cursor *c, uint8_t tag)
{
	return !c->bad && c->left > 0 && cursor_peek(c) == tag;
}

struct assay_bytes
der_take(struct cursor *c, uint8_t tag)
{
	if (!der_next_is(c, tag)) {
		c->bad = true;
		return bytes_of(NULL, 0);
	}
	(void)cursor_u8(c);
	return cursor_take(c, take_length(c));
}

struct assay_bytes
der_take_whole(struct cursor *c, uint8_t tag)
{
	struct cursor start = *c;

	(void)der_take(c, tag);
	if (c->bad) {
		return bytes_of(NULL, 0);
	}
	return cursor_take(&start, start.left - c->left);
}

struct cursor
der_enter(struct cursor *c, uint8_t tag)
{
	struct cursor inside = cursor_over(der_take(c, tag));

	inside.bad = c->bad;
	return inside;
}

/* The content of a non-negative INTEGER or ENUMERATED, without the byte that carries only the sign. */
static struct assay_bytes
take_magnitude(struct cursor *c, uint8_t tag)
{
	const struct assay_bytes content = der_take(c, tag);

	if (content.len == 0 || (content.data[0] & 0x80) != 0) {
		c->bad = true;
		return bytes_of(NULL, 0);
	}
	if (content.len == 1 || content.data[0] != 0) {
		return content;
	}
	if ((content.data[1] & 0x80) == 0) {
		c->bad = true;
		return bytes_of(NULL, 0);
	}
	return bytes_slice(content, 1, content.len - 1);
}

struct assay_bytes
der_unsigned(struct cursor *c)
{
	return take_magnitude(c, DER_INTEGER);
}

uint32_t
der_small(struct cursor *c, uint8_t tag, uint32_t max)
{
	const struct assay_bytes magnitude = take_magnitude(c, tag);
	uint32_t value = 0;

	if (magnitude.len > sizeof value) {
		c->bad = true;
		return 0;
	}
	for (size_t i = 0; i < magnitude.len; i++) {
		value = value << 8 | magnitude.data[i];
	}
	if (value > max) {
		c->bad = true;
		return 0;
	}
	return value;
}

bool
der_boolean(struct cursor *c)
{
	const struct assay_bytes content = der_take(c, DER_BOOLEAN);

	if (content.len != 1 || (content.data[0] != 0x00 && content.data[0] != 0xff)) {
		c->bad = true;
		return false;
	}
	return content.data[0] == 0xff;
}

struct assay_bytes
der_bits(struct cursor *c)
{
	const struct assay_bytes content = der_take(c, DER_BIT_STRING);

	if (content.len == 0 || content.data[0] != 0) {
		c->bad = true;
		return bytes_of(NULL, 0);
	}
	return bytes_slice(content, 1, content.len - 1);
}

int64_t
der_time(struct cursor *c)
{
	const uint8_t tag = cursor_peek(c);
	const struct assay_bytes content = der_take(c, tag);
	int64_t seconds = 0;

	if (c->bad || !utc_parse_der(&seconds, tag, content)) {
		c->bad = true;
		return 0;
	}
	return seconds;
}

/* Right-align one of the two numbers; false where it does not fit. */
static bool
put_scalar(uint8_t *out, struct assay_bytes magnitude)
{
	if (magnitude.len > 32) {
		return false;
	}
	memset(out, 0, 32 - magnitude.len);
	bytes_copy(&out[32 - magnitude.len], magnitude, magnitude.len);
	return true;
}

bool
der_ecdsa_signature(uint8_t rs[static 64], struct assay_bytes der)
{
	struct cursor c = cursor_over(der);
	struct cursor pair = der_enter(&c, DER_SEQUENCE);
	const struct assay_bytes r = der_unsigned(&pair);
	const struct assay_bytes s = der_unsigned(&pair);

	return cursor_done(&c) && cursor_done(&pair) && put_scalar(&rs[0], r) &&
	    put_scalar(&rs[32], s);
}
