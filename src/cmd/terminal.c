/* SPDX-License-Identifier: Apache-2.0 */
/* What standard output can show. */
#define _DEFAULT_SOURCE
#include "cmd/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Where nobody says: files and pipes are read in editors as often as on terminals. */
#define COLUMNS_ELSEWHERE 100
#define COLUMNS_LEAST 40
#define COLUMNS_MOST 400

unsigned
terminal_columns(void)
{
	const char *text = getenv("COLUMNS");
	unsigned long columns = text == NULL ? 0 : strtoul(text, NULL, 10);
	struct winsize size;

	if (columns == 0 && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
		columns = size.ws_col;
	}
	if (columns == 0) {
		return COLUMNS_ELSEWHERE;
	}
	return columns < COLUMNS_LEAST ? COLUMNS_LEAST : columns > COLUMNS_MOST ? COLUMNS_MOST : (unsigned)columns;
}

bool
terminal_shows_color(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0') &&
	    (terminal == NULL || strcmp(terminal, "dumb") != 0);
}
