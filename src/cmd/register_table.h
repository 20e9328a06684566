/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of text with columns as wide as what stands in them. */
#ifndef CMD_REGISTER_TABLE_H
#define CMD_REGISTER_TABLE_H

#include "cmd/memory.h"
#include "render/render.h"

#define TABLE_COLUMNS_MAX 10

struct table_text {
	struct arena arena;
	const char *const *heads;	/* NULL ends them */
	size_t columns;
	struct table_line *first;
	struct table_line *last;
	size_t count;
};

void table_start(struct table_text *table, const char *const *heads);
/* A line; cells are copied. */
void table_add(struct table_text *table, enum render_color color, const char *const *cells);
/* Write it, or the sentence that there is nothing, and forget it. */
void table_finish(struct table_text *table, const struct render_style *style, const char *nothing);

/* Text of a cell: written with a writer, ended, and kept in the arena. */
#define CELL_BYTES 160
struct cell {
	char text[CELL_BYTES];
	struct writer w;
};
void cell_start(struct cell *cell);
const char *cell_text(struct cell *cell);

#endif
