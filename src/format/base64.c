/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64, decoded four characters at a time through one table.  Only the
 * canonical text of a byte string is taken, so that no two texts mean the same.
 */
#include "format/base64.h"

#define N 0x80	/* no character of the alphabet */

static const uint8_t values[256] = {
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, 62, N, N, N, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, N, N, N, N, N, N,
	N, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, N, N, N, N, N,
	N, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
};

#undef N

#define NOT_IN_ALPHABET 0x80

/* Pass over one LF or CRLF; a second one, or a CR alone, stays and fails as a character. */
static size_t
skip_newline(struct assay_bytes text, size_t at)
{
	if (at < text.len && text.data[at] == '\n') {
		return at + 1;
	}
	if (text.len - at >= 2 && text.data[at] == '\r' && text.data[at + 1] == '\n') {
		return at + 2;
	}
	return at;
}

/*
 * The next four characters, with a newline between them where it may be;
 * false where fewer are left.
 */
static bool
gather(uint8_t quad[static 4], struct assay_bytes text, size_t *at, bool newlines)
{
	for (size_t i = 0; i < 4; i++) {
		if (newlines && i > 0) {
			*at = skip_newline(text, *at);
		}
		if (*at >= text.len) {
			return false;
		}
		quad[i] = text.data[(*at)++];
	}
	return true;
}

/*
 * As many whole groups without newlines as there are from text.data[*at] on,
 * into out from out[*used] on.  This is nearly all of the work.
 */
static void
decode_run(uint8_t *out, size_t size, size_t *used, struct assay_bytes text, size_t *at)
{
	size_t from = *at;
	size_t to = *used;

	while (text.len - from >= 4 && size - to >= 3) {
		const uint8_t a = values[text.data[from]];
		const uint8_t b = values[text.data[from + 1]];
		const uint8_t c = values[text.data[from + 2]];
		const uint8_t d = values[text.data[from + 3]];

		if (((a | b | c | d) & NOT_IN_ALPHABET) != 0) {
			break;
		}
		out[to] = (uint8_t)(a << 2 | b >> 4);
		out[to + 1] = (uint8_t)(b << 4 | c >> 2);
		out[to + 2] = (uint8_t)(c << 6 | d);
		from += 4;
		to += 3;
	}
	*at = from;
	*used = to;
}

/* Bytes in a group of four, decoded into group; 0 where it is not canonical. */
static size_t
decode_group(uint8_t group[static 3], const uint8_t quad[static 4])
{
	const uint8_t a = values[quad[0]];
	const uint8_t b = values[quad[1]];
	const uint8_t c = values[quad[2]];
	const uint8_t d = values[quad[3]];

	if (((a | b) & NOT_IN_ALPHABET) != 0) {
		return 0;
	}
	group[0] = (uint8_t)(a << 2 | b >> 4);
	group[1] = (uint8_t)(b << 4 | c >> 2);
	group[2] = (uint8_t)(c << 6 | d);
	if (((c | d) & NOT_IN_ALPHABET) == 0) {
		return 3;
	}
	/* Padding: the bits that it cuts off must be zero. */
	if (quad[3] != '=') {
		return 0;
	}
	if (quad[2] == '=') {
		return (b & 0x0f) == 0 ? 1 : 0;
	}
	return (c & (NOT_IN_ALPHABET | 0x03)) == 0 ? 2 : 0;
}

bool
base64_decode(uint8_t *out, size_t size, size_t *len, struct assay_bytes text, bool newlines)
{
	size_t at = 0;
	size_t used = 0;

	*len = 0;
	while (at < text.len) {
		uint8_t quad[4];
		uint8_t group[3];

		decode_run(out, size, &used, text, &at);
		if (newlines && at > 0) {
			at = skip_newline(text, at);
		}
		if (at == text.len) {
			break;
		}
		/* The first of a line, a newline inside the group, padding, too little room, or an error. */
		if (!gather(quad, text, &at, newlines)) {
			return false;
		}
		const size_t n = decode_group(group, quad);

		if (n == 0 || size - used < n) {
			return false;
		}
		memcpy(&out[used], group, n);
		used += n;
		if (n < 3) {
			/* Padding ends the text. */
			if (newlines) {
				at = skip_newline(text, at);
			}
			if (at != text.len) {
				return false;
			}
		}
	}
	*len = used;
	return true;
}

size_t
base64_encode(char *out, struct assay_bytes in)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t len = 0;

	for (size_t at = 0; at < in.len; at += 3) {
		const size_t n = in.len - at < 3 ? in.len - at : 3;
		const uint32_t group = (uint32_t)in.data[at] << 16 |
		    (n > 1 ? (uint32_t)in.data[at + 1] << 8 : 0) | (n > 2 ? in.data[at + 2] : 0u);

		out[len] = digits[group >> 18];
		out[len + 1] = digits[group >> 12 & 63];
		out[len + 2] = n > 1 ? digits[group >> 6 & 63] : '=';
		out[len + 3] = n > 2 ? digits[group & 63] : '=';
		len += 4;
	}
	return len;
}
