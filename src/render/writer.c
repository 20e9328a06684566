/* SPDX-License-Identifier: Apache-2.0 */
/* Writing into a caller's buffer: text, text for a terminal, JSON. */
#include "format/utf8.h"
#include "render/writer.h"

#include "format/utc.h"

static const char hex_digits[] = "0123456789abcdef";

void
writer_start(struct writer *w, char *out, size_t size)
{
	*w = (struct writer){ .out = out, .size = size };
}

size_t
writer_finish(struct writer *w)
{
	put_char(w, '\0');
	return w->full ? 0 : w->len - 1;
}

void
put_char(struct writer *w, char c)
{
	if (w->full || w->len == w->size) {
		w->full = true;
		return;
	}
	w->out[w->len] = c;
	w->len++;
}

void
put_bytes(struct writer *w, struct assay_bytes text)
{
	if (w->full || text.len > w->size - w->len) {
		w->full = true;
		return;
	}
	if (text.len != 0) {
		memcpy(w->out + w->len, text.data, text.len);
	}
	w->len += text.len;
}

void
put_text(struct writer *w, const char *text)
{
	put_bytes(w, bytes_of_text(text));
}

void
put_unsigned(struct writer *w, uint64_t value)
{
	char digits[20];
	size_t count = 0;

	do {
		digits[count] = (char)('0' + value % 10);
		count++;
		value /= 10;
	} while (value != 0);
	while (count != 0) {
		count--;
		put_char(w, digits[count]);
	}
}

void
put_hex(struct writer *w, struct assay_bytes bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		put_char(w, hex_digits[bytes.data[i] >> 4]);
		put_char(w, hex_digits[bytes.data[i] & 15]);
	}
}

void
put_hex_short(struct writer *w, struct assay_bytes bytes)
{
	put_hex(w, bytes_slice(bytes, 0, bytes.len < 8 ? bytes.len : 8));
}

void
put_utc(struct writer *w, int64_t seconds)
{
	char text[UTC_TEXT_BYTES];

	utc_format(text, seconds);
	put_text(w, text);
}

void
put_repeated(struct writer *w, char c, size_t count)
{
	for (size_t i = 0; i < count && !w->full; i++) {
		put_char(w, c);
	}
}

/* A character that a terminal may obey rather than show: C0, DEL, C1, and the
 * marks that turn the direction of text. */
static bool
obeyed_by_terminals(struct assay_bytes character)
{
	const uint8_t *c = character.data;

	if (character.len == 1) {
		return c[0] < 0x20 || c[0] == 0x7f;
	}
	if (character.len == 2) {
		return c[0] == 0xc2 && c[1] < 0xa0;
	}
	if (character.len == 3 && c[0] == 0xe2) {
		return (c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xa8 && c[2] <= 0xae))) ||
		    (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9);
	}
	return false;
}

void
put_printable(struct writer *w, struct assay_bytes text)
{
	size_t at = 0;

	while (at < text.len) {
		const struct assay_bytes rest = bytes_slice(text, at, text.len - at);
		const size_t len = utf8_character(rest);

		if (len != 0 && !obeyed_by_terminals(bytes_slice(rest, 0, len))) {
			put_bytes(w, bytes_slice(rest, 0, len));
			at += len;
			continue;
		}
		put_text(w, "\\x");
		put_hex(w, bytes_slice(rest, 0, 1));
		at++;
	}
}

size_t
printable_columns(struct assay_bytes text)
{
	size_t columns = 0;
	size_t at = 0;

	while (at < text.len) {
		const struct assay_bytes rest = bytes_slice(text, at, text.len - at);
		const size_t len = utf8_character(rest);

		if (len != 0 && !obeyed_by_terminals(bytes_slice(rest, 0, len))) {
			columns++;
			at += len;
		} else {
			columns += 4;
			at++;
		}
	}
	return columns;
}

static void
separate(struct writer *w)
{
	if (w->comma) {
		put_char(w, ',');
	}
	w->comma = true;
}

void
json_put_object(struct writer *w)
{
	separate(w);
	put_char(w, '{');
	w->comma = false;
}

void
json_put_array(struct writer *w)
{
	separate(w);
	put_char(w, '[');
	w->comma = false;
}

void
json_put_end(struct writer *w, char bracket)
{
	put_char(w, bracket);
	w->comma = true;
}

static void
put_escape(struct writer *w, uint8_t c)
{
	put_text(w, "\\u00");
	put_char(w, hex_digits[c >> 4]);
	put_char(w, hex_digits[c & 15]);
}

static void
put_quoted(struct writer *w, struct assay_bytes text)
{
	size_t at = 0;

	put_char(w, '"');
	while (at < text.len && !w->full) {
		const struct assay_bytes rest = bytes_slice(text, at, text.len - at);
		const size_t len = utf8_character(rest);
		const uint8_t c = text.data[at];

		if (len == 0 || c < 0x20 || c == 0x7f) {
			put_escape(w, c);
			at++;
			continue;
		}
		if (c == '"' || c == '\\') {
			put_char(w, '\\');
		}
		put_bytes(w, bytes_slice(rest, 0, len));
		at += len;
	}
	put_char(w, '"');
}

void
json_put_name(struct writer *w, const char *name)
{
	separate(w);
	put_quoted(w, bytes_of_text(name));
	put_char(w, ':');
	w->comma = false;
}

void
json_put_string(struct writer *w, struct assay_bytes text)
{
	separate(w);
	put_quoted(w, text);
}

void
json_put_text(struct writer *w, const char *text)
{
	json_put_string(w, bytes_of_text(text));
}

void
json_put_hex(struct writer *w, struct assay_bytes bytes)
{
	separate(w);
	put_char(w, '"');
	put_hex(w, bytes);
	put_char(w, '"');
}

void
json_put_unsigned(struct writer *w, uint64_t value)
{
	separate(w);
	put_unsigned(w, value);
}

void
json_put_boolean(struct writer *w, bool value)
{
	separate(w);
	put_text(w, value ? "true" : "false");
}

void
json_put_null(struct writer *w)
{
	separate(w);
	put_text(w, "null");
}

void
json_put_utc(struct writer *w, int64_t seconds)
{
	separate(w);
	put_char(w, '"');
	put_utc(w, seconds);
	put_char(w, '"');
}

void
json_put_raw(struct writer *w, struct assay_bytes json)
{
	separate(w);
	put_bytes(w, json);
}
