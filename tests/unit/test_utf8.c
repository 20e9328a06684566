/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8: every length, and every way to be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "format/utf8.h"

static void
characters_have_their_length(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *why;
	} rows[] = {
		{ "", 0, "nothing" },
		{ "a", 1, "ASCII" },
		{ "\x7f", 1, "the last of one byte" },
		{ "\x80", 0, "a byte that only continues" },
		{ "\xbf", 0, "the last that only continues" },
		{ "\xc1\xbf", 0, "two bytes where one would do" },
		{ "\xc2\x80", 2, "the first of two bytes" },
		{ "\xdf\xbf", 2, "the last of two bytes" },
		{ "\xdf", 0, "cut after one of two" },
		{ "\xdf\x7f", 0, "no continuation below" },
		{ "\xdf\xc0", 0, "no continuation above" },
		{ "\xe0\x9f\xbf", 0, "three bytes where two would do" },
		{ "\xe0\xa0\x80", 3, "the first of three bytes" },
		{ "\xed\x9f\xbf", 3, "the last before the surrogates" },
		{ "\xed\xa0\x80", 0, "a surrogate" },
		{ "\xee\x80\x80", 3, "the first after the surrogates" },
		{ "\xef\xbf\xbf", 3, "the last of three bytes" },
		{ "\xef\xbf", 0, "cut after two of three" },
		{ "\xef\xbf\x41", 0, "a third byte that does not continue" },
		{ "\xf0\x8f\xbf\xbf", 0, "four bytes where three would do" },
		{ "\xf0\x90\x80\x80", 4, "the first of four bytes" },
		{ "\xf4\x8f\xbf\xbf", 4, "the last there is" },
		{ "\xf4\x90\x80\x80", 0, "beyond the last" },
		{ "\xf4\x8f\xbf", 0, "cut after three of four" },
		{ "\xf4\x8f\xbf\xc0", 0, "a fourth byte that does not continue" },
		{ "\xf5\x80\x80\x80", 0, "a lead byte that no character has" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (utf8_character(bytes_of_text(rows[i].text)) != rows[i].len) {
			fail_msg("%s", rows[i].why);
		}
		assert_int_equal(utf8_is_valid(bytes_of_text(rows[i].text)), rows[i].len != 0 || i == 0);
	}
}

static void
a_text_is_as_good_as_its_worst_character(void **state)
{
	(void)state;
	assert_true(utf8_is_valid(bytes_of_text("a\xc3\xa9\xe2\x80\x94\xf0\x9f\x94\x91z")));
	assert_false(utf8_is_valid(bytes_of_text("a\xc3\xa9\xff z")));
	assert_false(utf8_is_valid(bytes_of_text("abc\xe2\x80")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_have_their_length),
		cmocka_unit_test(a_text_is_as_good_as_its_worst_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
