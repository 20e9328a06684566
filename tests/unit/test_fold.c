/* SPDX-License-Identifier: Apache-2.0 */
/* Lines broken at a terminal's width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "render/render.h"

static const struct {
	const char *reason;
	unsigned columns;
	const char *text;
	const char *folded;
} rows[] = {
	{ "nothing", 20, "", "" },
	{ "a line that fits to its last column", 10, "1234567890\n", "1234567890\n" },
	{ "one column too many", 10, "12345 67890\n", "12345\n  67890\n" },
	{ "without a newline at the end", 10, "12345 67890", "12345\n  67890" },
	{ "each line for itself", 10, "12345 67890\nab\n", "12345\n  67890\nab\n" },
	{ "its own indentation is kept", 12, "  1234 6789 ab\n", "  1234 6789\n    ab\n" },
	{ "under the first column's text", 16, "name  one two three\n", "name  one two\n      three\n" },
	{ "a first column of more than half", 10, "abcdef  one two\n", "abcdef\n  one two\n" },
	{ "a gap of one blank is none", 12, "name one two three\n", "name one two\n  three\n" },
	{ "a word that fits on no line stays", 8, "is 0123456789 yes\n", "is 0123456789\n  yes\n" },
	{ "a word that fits under the indentation only", 12, "name  0123456789\n", "name\n  0123456789\n" },
	{ "the trunk of a tree goes on", 24, "├─ at         now and until then\n",
	    "├─ at         now and\n│             until then\n" },
	{ "a line beside the trunk", 24, "│             now and until then\n",
	    "│             now and\n│             until then\n" },
	{ "below the last branch there is none", 24, "└─ at         now and until then\n",
	    "└─ at         now and\n              until then\n" },
	{ "a character is one column, whatever its bytes", 9, "ééé ééééé\n", "ééé ééééé\n" },
	{ "colours take no column", 9, "\033[31m123\033[0m 56789\n", "\033[31m123\033[0m 56789\n" },
	{ "colours go on", 9, "\033[31m123 567890\033[0m\n", "\033[31m123\n  567890\033[0m\n" },
	{ "the trunk goes on in its colour", 24, "\033[2m├─ at\033[0m         now and until then\n",
	    "\033[2m├─ at\033[0m         now and\n\033[2m│\033[0m             until then\n" },
	{ "and the text beside it in its own", 24, "\033[2m├─ at\033[0m         \033[31mnow and until then\033[0m\n",
	    "\033[2m├─ at\033[0m         \033[31mnow and\n\033[0m\033[2m│\033[0m\033[31m             until then\033[0m\n" },
	{ "what is not UTF-8 is a column a byte", 4, "\xff\xff \xff\n", "\xff\xff \xff\n" },
	{ "an escape that does not end", 4, "ab cd \033[3\n", "ab cd \033[3\n" },
};

static void
lines_are_broken_at_blanks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[256];
		struct writer w;

		writer_start(&w, out, sizeof(out));
		render_folded(&w, bytes_of_text(rows[i].text), rows[i].columns);
		assert_int_not_equal(writer_finish(&w) == 0, rows[i].folded[0] != '\0');
		if (strcmp(out, rows[i].folded) != 0) {
			fail_msg("%s: \"%s\"", rows[i].reason, out);
		}
	}
}

/* Whatever the width, only blanks are added or taken away. */
static void
no_word_is_lost(void **state)
{
	static const char text[] = "├─ name      one two  three   four 0123456789abcdef0123456789abcdef five\n";

	(void)state;
	for (unsigned columns = 1; columns < 90; columns++) {
		char out[2048];
		char words[2][256] = { "", "" };
		struct writer w;

		writer_start(&w, out, sizeof(out));
		render_folded(&w, bytes_of_text(text), columns);
		assert_true(writer_finish(&w) != 0);
		for (unsigned i = 0; i < 2; i++) {
			const char *from = i == 0 ? text : out;
			size_t len = 0;

			for (; *from != '\0'; from++) {
				/* The trunk's three bytes are not ASCII. */
				if (*from > ' ' && (unsigned char)*from < 0x80) {
					words[i][len++] = *from;
				}
			}
		}
		assert_string_equal(words[0], words[1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_broken_at_blanks),
		cmocka_unit_test(no_word_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
