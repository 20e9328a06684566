/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 (RFC 3629): shortest forms only, no surrogates. */
#include "format/utf8.h"

size_t
utf8_character(struct assay_bytes text)
{
	uint8_t lowest = 0x80;	/* the second byte's bounds: no long forms, no surrogates */
	uint8_t highest = 0xbf;
	size_t len = 2;

	if (text.len == 0) {
		return 0;
	}
	const uint8_t first = text.data[0];

	if (first < 0x80) {
		return 1;
	}
	if (first < 0xc2 || first > 0xf4) {
		return 0;
	}
	if (first >= 0xf0) {
		len = 4;
		lowest = first == 0xf0 ? 0x90 : 0x80;
		highest = first == 0xf4 ? 0x8f : 0xbf;
	} else if (first >= 0xe0) {
		len = 3;
		lowest = first == 0xe0 ? 0xa0 : 0x80;
		highest = first == 0xed ? 0x9f : 0xbf;
	}
	if (text.len < len || text.data[1] < lowest || text.data[1] > highest) {
		return 0;
	}
	for (size_t i = 2; i < len; i++) {
		if ((text.data[i] & 0xc0) != 0x80) {
			return 0;
		}
	}
	return len;
}

bool
utf8_is_valid(struct assay_bytes text)
{
	for (size_t at = 0; at < text.len;) {
		const size_t len = utf8_character(bytes_slice(text, at, text.len - at));

		if (len == 0) {
			return false;
		}
		at += len;
	}
	return true;
}
