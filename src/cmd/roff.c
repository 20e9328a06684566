/* SPDX-License-Identifier: Apache-2.0 */
/* Text for manual pages in mdoc(7), to standard output. */
#include "cmd/roff.h"

#include <stdio.h>
#include <string.h>

void
roff_text(const char *text, bool line_start)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\') {
			fputs("\\e", stdout);
		} else if (line_start && (*text == '.' || *text == '\'')) {
			printf("\\&%c", *text);
		} else {
			putchar(*text);
		}
		line_start = false;
	}
}

void
roff_sentences(const char *text)
{
	char sentence[2048];

	while (*text != '\0') {
		size_t len = 0;

		if (strncmp(text, "\n\n", 2) == 0) {
			puts(".Pp");
			text += 2;
		}
		while (text[len] != '\0' && text[len] != '\n' &&
		    !(len > 0 && text[len] == ' ' && text[len - 1] == '.')) {
			len++;
		}
		snprintf(sentence, sizeof(sentence), "%.*s", (int)len, text);
		roff_text(sentence, true);
		putchar('\n');
		text += len;
		/* The space after a sentence, or a line's own end. */
		text += *text == ' ' || (*text == '\n' && text[1] != '\n') ? 1 : 0;
	}
}

void
roff_argument(const char *text)
{
	putchar('"');
	roff_text(text, false);
	putchar('"');
}
