/* SPDX-License-Identifier: Apache-2.0 */
/* Text for manual pages in mdoc(7), to standard output. */
#ifndef CMD_ROFF_H
#define CMD_ROFF_H

#include <stdbool.h>

/* When the pages were last looked through. */
#define ROFF_DATE "November 25, 2026"

/* Text of a macro's arguments or of a line: backslashes, and what would begin a macro, are escaped. */
void roff_text(const char *text, bool line_start);
/* Sentences, each on a line of its own as mdoc wants them; "\n\n" parts paragraphs. */
void roff_sentences(const char *text);
/* A word as an argument of a macro: between quotation marks where it has several parts. */
void roff_argument(const char *text);

#endif
