/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean": what is offered for a word, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cmd/near.h"

static const struct {
	const char *reason;
	const char *given;
	const char *said;
} rows[] = {
	{ "a letter left out", "verfy", "did you mean verify?" },
	{ "a letter too many", "verifyy", "did you mean verify?" },
	{ "another case", "Check", "did you mean check?" },
	{ "a piece of a word", "plet", "did you mean completions?" },
	{ "two that are as near", "lost", "did you mean list or last?" },
	{ "the very word", "check", "nothing is near" },
	{ "the very word, and one that is near it", "list", "did you mean last?" },
	{ "nothing like it", "zzzzzz", "nothing is near" },
	{ "no word at all", "", "nothing is near" },
};

static void
words_are_offered(void **state)
{
	static const char *const words[] = { "verify", "check", "completions", "list", "last" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct near near = { .count = 0 };
		char text[256];

		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
			near_offer(&near, rows[i].given, words[k]);
		}
		assert_string_equal(near_text(&near, text, sizeof(text), "nothing is near"), rows[i].said);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
