/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded mutations for differential tests: the same seed makes the same inputs everywhere. */
#ifndef TEST_DIFFERENTIAL_MUTATE_H
#define TEST_DIFFERENTIAL_MUTATE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "format/der.h"

#define MUTATE_BYTES_MAX ((size_t)64 * 1024)

/* xorshift64*: good enough to choose places. */
struct mutate {
	uint64_t state;
	size_t len;
	uint8_t bytes[MUTATE_BYTES_MAX];
};

static inline unsigned long
mutations_wanted(void)
{
	const char *const text = getenv("ASSAY_MUTATIONS");

	return text != NULL && text[0] != '\0' ? strtoul(text, NULL, 10) : 1500;
}

static inline size_t
mutate_below(struct mutate *m, size_t limit)
{
	m->state ^= m->state >> 12;
	m->state ^= m->state << 25;
	m->state ^= m->state >> 27;
	return (size_t)(m->state * UINT64_C(2685821657736338717) >> 16) % limit;
}

static inline void
mutate_add(struct mutate *m, const void *data, size_t len)
{
	if (len != 0 && len <= sizeof m->bytes - m->len) {
		memcpy(m->bytes + m->len, data, len);
		m->len += len;
	}
}

/* Replace count bytes at the place by others. */
static inline void
mutate_splice(struct mutate *m, size_t at, size_t count, const void *data, size_t len)
{
	if (at > m->len || count > m->len - at || len > sizeof m->bytes - (m->len - count)) {
		return;
	}
	memmove(m->bytes + at + len, m->bytes + at + count, m->len - at - count);
	if (len != 0) {
		memcpy(m->bytes + at, data, len);
	}
	m->len += len - count;
}

/* One to three changed, lost, added or copied bytes. */
static inline void
mutate_bytes(struct mutate *m, struct assay_bytes in)
{
	static const uint8_t telling[] = {
		0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1f, 0x20,
		0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0xa0, 0xa3, 0xff, '-', '\n', '=', '"', ',', '\\'
	};
	size_t changes = 1 + mutate_below(m, 3);

	m->len = 0;
	mutate_add(m, in.data, in.len);
	for (; changes > 0 && m->len > 0; changes--) {
		const size_t at = mutate_below(m, m->len);
		uint8_t byte = (uint8_t)mutate_below(m, 256);

		switch (mutate_below(m, 8)) {
		case 0:
		case 1:
		case 2:
			m->bytes[at] ^= (uint8_t)(1U << mutate_below(m, 8));
			break;
		case 3:
			m->bytes[at] = byte;
			break;
		case 4:
		case 5:
			m->bytes[at] = telling[mutate_below(m, sizeof telling)];
			break;
		case 6:
			mutate_splice(m, at, 1, NULL, 0);
			break;
		default:
			byte = telling[mutate_below(m, sizeof telling)];
			mutate_splice(m, at, 0, &byte, 1);
			break;
		}
	}
}

/* Put a tag and the length in front of everything from begin on; at times the length in a longer form. */
static inline void
mutate_close(struct mutate *m, size_t begin, uint8_t tag, bool longer)
{
	const size_t len = m->len - begin;
	uint8_t head[5] = { tag, 0x83, (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len };
	size_t head_len = 5;

	if (!longer && len < 0x10000) {
		head_len = len < 0x80 ? 2 : len < 0x100 ? 3 : 4;
		head[1] = (uint8_t)(len < 0x80 ? len : 0x80 + head_len - 2);
		memmove(head + 2, head + 7 - head_len, head_len - 2);
	}
	mutate_splice(m, begin, 0, head, head_len);
}

/* Elements of the list, and of what is inside them, in the order in which they begin. */
static inline size_t
mutate_elements(struct assay_bytes list)
{
	struct cursor c = cursor_over(list);
	size_t count = 0;

	while (c.left > 0) {
		const uint8_t tag = cursor_peek(&c);
		const struct assay_bytes content = der_take(&c, tag);

		if (c.bad) {
			return 0;
		}
		count += 1 + ((tag & 0x20) != 0 || tag == DER_OCTET_STRING ? mutate_elements(content) : 0);
	}
	return count;
}

/* Copy a list, and change the element which is target places on; all lengths around it are made to fit. */
static inline void
mutate_list(struct mutate *m, struct assay_bytes list, size_t *target)
{
	static const uint8_t tags[] = {
		0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31,
		0x80, 0x81, 0x82, 0xa0, 0xa1, 0xa3
	};
	struct cursor c = cursor_over(list);

	while (c.left > 0) {
		const uint8_t tag = cursor_peek(&c);
		struct cursor whole = c;
		const struct assay_bytes content = der_take(&c, tag);
		const struct assay_bytes element = der_take_whole(&whole, tag);
		const bool here = (*target)-- == 0;
		const size_t begin = m->len;
		const size_t change = here ? mutate_below(m, 9) : 9;
		uint8_t noise[24];

		if (change == 0) {
			continue;	/* lost */
		}
		if (((tag & 0x20) != 0 || tag == DER_OCTET_STRING) && mutate_elements(content) > 0) {
			mutate_list(m, content, target);
		} else {
			mutate_add(m, content.data, content.len);
		}
		for (size_t i = 0; i < sizeof noise; i++) {
			noise[i] = (uint8_t)mutate_below(m, 256);
		}
		if (change == 1) {
			m->len = begin;
			mutate_add(m, noise, mutate_below(m, sizeof noise));
		} else if (change == 2 && content.len > 0) {
			m->len = begin + mutate_below(m, content.len);
		} else if (change == 3) {
			mutate_splice(m, begin, 0, "\0", 1);
		} else if (change == 4) {
			mutate_add(m, noise, 1 + mutate_below(m, 3));
		}
		mutate_close(m, begin, change == 5 ? tags[mutate_below(m, sizeof tags)] : tag, change == 6);
		if (change == 7) {
			mutate_add(m, element.data, element.len);	/* twice */
		}
	}
}

/* One element of the DER changed, lost or doubled. */
static inline void
mutate_der(struct mutate *m, struct assay_bytes der)
{
	const size_t count = mutate_elements(der);
	size_t target;

	m->len = 0;
	if (count == 0) {
		return;
	}
	target = mutate_below(m, count);
	mutate_list(m, der, &target);
}

#endif
