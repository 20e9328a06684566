/* SPDX-License-Identifier: Apache-2.0 */
/* What a JSON string means, where escapes may stand in it. */
#include "base/cursor.h"
#include "format/hex.h"
#include "format/json_text.h"

struct writer {
	uint8_t *out;
	size_t size;
	size_t len;
	bool full;
};

static void
put(struct writer *w, uint32_t byte)
{
	if (w->len == w->size) {
		w->full = true;
		return;
	}
	w->out[w->len] = (uint8_t)byte;
	w->len++;
}

/* A code point as UTF-8. */
static void
put_code_point(struct writer *w, uint32_t c)
{
	if (c < 0x80) {
		put(w, c);
	} else if (c < 0x800) {
		put(w, 0xc0 | c >> 6);
		put(w, 0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		put(w, 0xe0 | c >> 12);
		put(w, 0x80 | (c >> 6 & 0x3f));
		put(w, 0x80 | (c & 0x3f));
	} else {
		put(w, 0xf0 | c >> 18);
		put(w, 0x80 | (c >> 12 & 0x3f));
		put(w, 0x80 | (c >> 6 & 0x3f));
		put(w, 0x80 | (c & 0x3f));
	}
}

/* The four digits after "\u". */
static uint32_t
take_unit(struct cursor *c)
{
	const struct assay_bytes digits = cursor_take(c, 4);
	uint8_t unit[2] = { 0, 0 };

	if (digits.len == 4 && !hex_decode(unit, 2, digits)) {
		c->bad = true;
	}
	return (uint32_t)unit[0] << 8 | unit[1];
}

static void
take_unicode(struct cursor *c, struct writer *w)
{
	const uint32_t high = take_unit(c);

	if (high < 0xd800 || high > 0xdfff) {
		put_code_point(w, high);
		return;
	}
	if (high > 0xdbff || cursor_u8(c) != '\\' || cursor_u8(c) != 'u') {
		c->bad = true;
		return;
	}
	const uint32_t low = take_unit(c);

	if (low < 0xdc00 || low > 0xdfff) {
		c->bad = true;
		return;
	}
	put_code_point(w, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
}

static void
take_escape(struct cursor *c, struct writer *w)
{
	static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	const uint8_t e = cursor_u8(c);

	if (e == 'u') {
		take_unicode(c, w);
		return;
	}
	for (size_t i = 0; i + 1 < sizeof(escapes); i += 2) {
		if ((uint8_t)escapes[i] == e) {
			put(w, (uint8_t)escapes[i + 1]);
			return;
		}
	}
	c->bad = true;
}

bool
json_text_decode(uint8_t *out, size_t size, size_t *len, struct assay_bytes raw)
{
	struct writer w = { out, size, 0, false };

	*len = 0;
	if (raw.len < 2 || raw.data[0] != '"' || raw.data[raw.len - 1] != '"') {
		return false;
	}
	struct cursor c = cursor_over(bytes_slice(raw, 1, raw.len - 2));

	while (!c.bad && c.left != 0 && !w.full) {
		const uint8_t byte = cursor_u8(&c);

		if (byte == '\\') {
			take_escape(&c, &w);
		} else if (byte == '"' || byte < 0x20) {
			return false;
		} else {
			put(&w, byte);
		}
	}
	*len = w.len;
	return cursor_done(&c) && !w.full;
}
