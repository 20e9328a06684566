/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of text. */
#include "cmd/register_table.h"

#include <stdio.h>
#include <stdlib.h>

struct table_line {
	struct table_line *next;
	enum render_color color;
	const char *cells[TABLE_COLUMNS_MAX];
};

void
table_start(struct table_text *table, const char *const *heads)
{
	memset(table, 0, sizeof(*table));
	table->heads = heads;
	while (heads[table->columns] != NULL) {
		table->columns++;
	}
	assert(table->columns <= TABLE_COLUMNS_MAX);
}

void
table_add(struct table_text *table, enum render_color color, const char *const *cells)
{
	struct table_line *const line = arena_get(&table->arena, sizeof(*line));

	line->color = color;
	for (size_t i = 0; i < table->columns; i++) {
		line->cells[i] = arena_text(&table->arena, bytes_of_text(cells[i]));
	}
	if (table->last != NULL) {
		table->last->next = line;
	} else {
		table->first = line;
	}
	table->last = line;
	table->count++;
}

static void
put_line(const char *const *cells, size_t columns, const size_t *widths, enum render_color color,
    const struct render_style *style)
{
	char out[8192];
	struct writer w;

	writer_start(&w, out, sizeof(out));
	render_color(&w, style, color);
	for (size_t i = 0; i < columns; i++) {
		const struct assay_bytes cell = bytes_of_text(cells[i]);

		put_printable(&w, cell);
		if (i + 1 < columns) {
			put_repeated(&w, ' ', widths[i] + 2 - printable_columns(cell));
		}
		/* Only the first column has the line's colour: it says what the line is. */
		if (i == 0 && color != RENDER_BOLD) {
			render_color(&w, style, RENDER_PLAIN);
		}
	}
	if (color == RENDER_BOLD) {
		render_color(&w, style, RENDER_PLAIN);
	}
	put_char(&w, '\n');
	fwrite(out, 1, w.len, stdout);
}

void
table_finish(struct table_text *table, const struct render_style *style, const char *nothing)
{
	size_t widths[TABLE_COLUMNS_MAX];

	if (table->count == 0) {
		printf("%s\n", nothing);
		return;
	}
	for (size_t i = 0; i < table->columns; i++) {
		widths[i] = strlen(table->heads[i]);
		for (const struct table_line *line = table->first; line != NULL; line = line->next) {
			const size_t width = printable_columns(bytes_of_text(line->cells[i]));

			widths[i] = width > widths[i] ? width : widths[i];
		}
	}
	put_line(table->heads, table->columns, widths, RENDER_BOLD, style);
	for (const struct table_line *line = table->first; line != NULL; line = line->next) {
		put_line(line->cells, table->columns, widths, line->color, style);
	}
	arena_release(&table->arena);
}

void
cell_start(struct cell *cell)
{
	writer_start(&cell->w, cell->text, sizeof(cell->text));
}

const char *
cell_text(struct cell *cell)
{
	if (writer_finish(&cell->w) == 0) {
		/* Too long, or empty: what fits is shown. */
		cell->text[cell->w.len < sizeof(cell->text) ? cell->w.len : sizeof(cell->text) - 1] = '\0';
	}
	return cell->text;
}
