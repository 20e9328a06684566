/* SPDX-License-Identifier: Apache-2.0 */
/* What standard output can show. */
#define _DEFAULT_SOURCE
#include "cmd/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "render/render.h"

/* Where nobody says: files and pipes are read in editors as often as on terminals. */
#define COLUMNS_ELSEWHERE 100
#define COLUMNS_LEAST 40
#define COLUMNS_MOST 400

/* 0 where neither the environment nor the terminal says. */
static unsigned
columns_of(int descriptor)
{
	const char *text = getenv("COLUMNS");
	unsigned long columns = text == NULL ? 0 : strtoul(text, NULL, 10);
	struct winsize size;

	if (columns == 0 && isatty(descriptor) && ioctl(descriptor, TIOCGWINSZ, &size) == 0) {
		columns = size.ws_col;
	}
	if (columns == 0) {
		return 0;
	}
	return columns < COLUMNS_LEAST ? COLUMNS_LEAST : columns > COLUMNS_MOST ? COLUMNS_MOST : (unsigned)columns;
}

unsigned
terminal_columns(void)
{
	const unsigned columns = columns_of(STDOUT_FILENO);

	return columns == 0 ? COLUMNS_ELSEWHERE : columns;
}

unsigned
terminal_error_columns(void)
{
	return columns_of(STDERR_FILENO);
}

/* Line by line, so that a buffer for one is enough; a line beyond all bounds stays as it is. */
void
terminal_write(FILE *to, struct assay_bytes text, unsigned columns)
{
	static char out[(size_t)64 * 1024];
	size_t at = 0;

	while (at < text.len) {
		const uint8_t *newline = memchr(text.data + at, '\n', text.len - at);
		const size_t end = newline == NULL ? text.len : (size_t)(newline - text.data) + 1;
		const struct assay_bytes line = bytes_slice(text, at, end - at);
		struct writer w;

		writer_start(&w, out, sizeof(out));
		if (columns != 0) {
			render_folded(&w, line, columns);
		}
		if (columns == 0 || w.full) {
			fwrite(line.data, 1, line.len, to);
		} else {
			fwrite(out, 1, w.len, to);
		}
		at = end;
	}
}

bool
terminal_shows_color(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0') &&
	    (terminal == NULL || strcmp(terminal, "dumb") != 0);
}
