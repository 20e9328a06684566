/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines that are too long for a terminal, broken at blanks.  What goes on
 * stands under the text that it belongs to: beside the trunk of a tree, which is
 * kept, or after the first gap of two blanks or more (the end of a first column).  A word that is too long for any line, such as a digest, stays where it
 * is.
 */
#include "format/utf8.h"
#include "render/tree.h"

#define TRUNK "│"
#define BRANCH "├"

/* Length of what takes no column at the start: an escape sequence that sets a colour. */
static size_t
escape_length(struct assay_bytes text)
{
	size_t len = 2;

	if (text.len < 2 || text.data[0] != 0x1b || text.data[1] != '[') {
		return 0;
	}
	while (len < text.len && text.data[len] != 'm') {
		len++;
	}
	return len < text.len ? len + 1 : text.len;
}

/* The next character or escape sequence; *columns is 1 or 0. */
static size_t
next_length(struct assay_bytes text, size_t *columns)
{
	size_t len = escape_length(text);

	*columns = len == 0;
	if (len == 0) {
		len = utf8_character(text);
	}
	return len == 0 ? 1 : len;
}

static struct assay_bytes
rest_of(struct assay_bytes line, size_t at)
{
	return bytes_slice(line, at, line.len - at);
}

static size_t
columns_of(struct assay_bytes text)
{
	size_t all = 0;
	size_t columns;

	for (size_t at = 0; at < text.len; all += columns) {
		at += next_length(rest_of(text, at), &columns);
	}
	return all;
}

/* Where lines after the first begin; *trunk where the tree goes on beside them. */
static size_t
hang_of(struct assay_bytes line, size_t width, bool *trunk)
{
	size_t column = 0;
	size_t blanks = 0;
	size_t indent = 0;
	size_t columns;
	bool text = false;

	*trunk = false;
	for (size_t at = 0; at < line.len; column += columns) {
		const struct assay_bytes rest = rest_of(line, at);
		const size_t len = next_length(rest, &columns);
		const struct assay_bytes one = bytes_slice(rest, 0, len);

		at += len;
		if (columns == 0) {
			continue;
		}
		if (one.data[0] == ' ') {
			blanks++;
			continue;
		}
		if (text && blanks >= 2) {
			return column <= width / 2 ? column : indent + 2;
		}
		if (!text) {
			indent = blanks;
			*trunk = bytes_equal_text(one, TRUNK) || bytes_equal_text(one, BRANCH);
			if (*trunk) {
				return LABEL_COLUMNS;
			}
		}
		text = true;
		blanks = 0;
	}
	return indent + 2;
}

static void
put_start(struct writer *w, size_t hang, bool trunk)
{
	put_char(w, '\n');
	put_text(w, trunk ? TRUNK : "");
	put_repeated(w, ' ', hang - (trunk ? 1 : 0));
}

static void
fold_line(struct writer *w, struct assay_bytes line, size_t width)
{
	bool trunk;
	const size_t hang = hang_of(line, width, &trunk);
	size_t column = 0;
	size_t at = 0;
	bool any = false;	/* a word stands on this line already */

	while (at < line.len) {
		size_t blanks = 0;

		while (at + blanks < line.len && line.data[at + blanks] == ' ') {
			blanks++;
		}
		size_t end = at + blanks;

		while (end < line.len && line.data[end] != ' ') {
			end++;
		}
		const struct assay_bytes word = bytes_slice(line, at + blanks, end - at - blanks);
		const size_t columns = columns_of(word);

		if (any && column > hang && columns != 0 && column + blanks + columns > width &&
		    hang + columns <= width) {
			put_start(w, hang, trunk);
			column = hang;
		} else {
			put_repeated(w, ' ', blanks);
			column += blanks;
		}
		put_bytes(w, word);
		column += columns;
		any = any || columns != 0;
		at = end;
	}
}

void
render_folded(struct writer *w, struct assay_bytes text, unsigned columns)
{
	size_t at = 0;

	while (at < text.len) {
		const uint8_t *newline = memchr(text.data + at, '\n', text.len - at);
		const size_t len = newline == NULL ? text.len - at : (size_t)(newline - text.data) - at;
		const struct assay_bytes line = bytes_slice(text, at, len);

		if (columns_of(line) <= columns) {
			put_bytes(w, line);
		} else {
			fold_line(w, line, columns);
		}
		at += len;
		if (newline != NULL) {
			put_char(w, '\n');
			at++;
		}
	}
}
