/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal: the vendors write both letter cases, so both are read; only the lower is written. */
#include "format/hex.h"

/* The value of a digit, or 0x80 where the character is none. */
static uint8_t
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return (uint8_t)(c - '0');
	}
	if (c >= 'a' && c <= 'f') {
		return (uint8_t)(c - 'a' + 10);
	}
	if (c >= 'A' && c <= 'F') {
		return (uint8_t)(c - 'A' + 10);
	}
	return 0x80;
}

bool
hex_is_digit(uint8_t c)
{
	return hex_value(c) < 16;
}

bool
hex_decode(uint8_t *out, size_t len, struct assay_bytes text)
{
	/* An odd length has no half, and doubling len could overflow. */
	if (text.len % 2 != 0 || text.len / 2 != len) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		const uint8_t high = hex_value(text.data[2 * i]);
		const uint8_t low = hex_value(text.data[2 * i + 1]);

		if (((high | low) & 0x80) != 0) {
			return false;
		}
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void
hex_encode(char *out, struct assay_bytes in)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < in.len; i++) {
		out[2 * i] = digits[in.data[i] >> 4];
		out[2 * i + 1] = digits[in.data[i] & 0x0f];
	}
}
