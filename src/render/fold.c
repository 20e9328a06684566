/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines that are too long for a terminal, broken at blanks.  What goes on
 * stands under the text that it belongs to: beside the trunk of a tree, which
 * is kept, or after the first gap of two blanks or more (the end of a first
 * column).  A word that is too long for any line, such as a digest, stays
 * where it is.
 */
#include "format/utf8.h"
#include "render/tree.h"

#define TRUNK "│"
#define BRANCH "├"
#define LAST_BRANCH "└"
#define PLAIN "\033[0m"

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

/* How lines after the first begin. */
struct hang {
	bool trunk;	/* the tree goes on beside them */
	size_t text;	/* the column under the text */
	size_t least;	/* for a word that does not fit there */
};

static struct hang
hang_of(struct assay_bytes line, size_t width)
{
	struct hang hang = { false, 2, 2 };
	size_t column = 0;
	size_t blanks = 0;
	size_t columns;
	bool text = false;

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
			hang.text = column <= width / 2 ? column : hang.least;
			return hang;
		}
		if (!text) {
			hang.trunk = bytes_equal_text(one, TRUNK) || bytes_equal_text(one, BRANCH);
			const bool tree = hang.trunk || bytes_equal_text(one, LAST_BRANCH);

			hang.least = tree ? LABEL_COLUMNS : blanks + 2;
			hang.text = hang.least;
			if (tree) {
				return hang;
			}
		}
		text = true;
		blanks = 0;
	}
	return hang;
}

/* The trunk keeps the colour that it has on the first line, and the text beside it its own. */
static void
put_start(struct writer *w, size_t hang, bool trunk, struct assay_bytes trunk_color, struct assay_bytes text_color)
{
	put_char(w, '\n');
	if (trunk && trunk_color.len != 0) {
		put_text(w, text_color.len != 0 ? PLAIN : "");
		put_bytes(w, trunk_color);
		put_text(w, TRUNK PLAIN);
		put_bytes(w, text_color);
	} else {
		put_text(w, trunk ? TRUNK : "");
	}
	put_repeated(w, ' ', hang - (trunk ? 1 : 0));
}

/* The colour that is on after the text, where it was color before; empty: none. */
static struct assay_bytes
color_after(struct assay_bytes color, struct assay_bytes text)
{
	size_t columns;

	for (size_t at = 0; at < text.len;) {
		const struct assay_bytes rest = rest_of(text, at);
		const size_t len = next_length(rest, &columns);

		if (columns == 0) {
			color = bytes_slice(rest, 0, bytes_equal_text(bytes_slice(rest, 0, len), PLAIN) ? 0 : len);
		}
		at += len;
	}
	return color;
}

static void
fold_line(struct writer *w, struct assay_bytes line, size_t width)
{
	const struct hang hang = hang_of(line, width);
	const struct assay_bytes trunk_color = bytes_slice(line, 0, escape_length(line));
	struct assay_bytes color = { NULL, 0 };
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
		const size_t start = hang.text + columns <= width ? hang.text : hang.least;

		if (any && columns != 0 && column > start && column + blanks + columns > width && start + columns <= width) {
			put_start(w, start, hang.trunk, trunk_color, color);
			column = start;
		} else {
			put_repeated(w, ' ', blanks);
			column += blanks;
		}
		put_bytes(w, word);
		color = color_after(color, word);
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
		size_t len = 0;

		while (at + len < text.len && text.data[at + len] != '\n') {
			len++;
		}
		const struct assay_bytes line = bytes_slice(text, at, len);

		if (columns_of(line) <= columns) {
			put_bytes(w, line);
		} else {
			fold_line(w, line, columns);
		}
		at += len;
		if (at < text.len) {
			put_char(w, '\n');
			at++;
		}
	}
}
