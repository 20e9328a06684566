/* SPDX-License-Identifier: Apache-2.0 */
/* What a JSON string means: escapes, surrogates, and the size of the buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/json_text.h"

struct row {
	const char *raw;
	size_t len;		/* of the meaning */
	const char *meaning;	/* NULL: refused */
};

static const struct row rows[] = {
	{ "\"\"", 0, "" },
	{ "\"a\"", 1, "a" },
	{ "\"plain text, with blanks\"", 23, "plain text, with blanks" },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", 8, "\"\\/\b\f\n\r\t" },
	{ "\"x\\ny\"", 3, "x\ny" },
	{ "\"\\u0041\"", 1, "A" },
	{ "\"\\u0000\"", 1, "\0" },
	{ "\"\\u007f\"", 1, "\x7f" },
	{ "\"\\u0080\"", 2, "\xc2\x80" },
	{ "\"\\u07FF\"", 2, "\xdf\xbf" },
	{ "\"\\u0800\"", 3, "\xe0\xa0\x80" },
	{ "\"\\ud7ff\"", 3, "\xed\x9f\xbf" },
	{ "\"\\ue000\"", 3, "\xee\x80\x80" },
	{ "\"\\uffff\"", 3, "\xef\xbf\xbf" },
	{ "\"\\ud800\\udc00\"", 4, "\xf0\x90\x80\x80" },
	{ "\"\\uD83D\\uDE00\"", 4, "\xf0\x9f\x98\x80" },
	{ "\"\\udbff\\udfff\"", 4, "\xf4\x8f\xbf\xbf" },
	{ "\"\xc3\xa9\"", 2, "\xc3\xa9" },
	/* No string at all. */
	{ "", 0, NULL },
	{ "\"", 0, NULL },
	{ "x", 0, NULL },
	{ "ab", 0, NULL },
	{ "\"a", 0, NULL },
	{ "a\"", 0, NULL },
	{ "17", 0, NULL },
	/* What may not stand in one. */
	{ "\"a\"b\"", 0, NULL },
	{ "\"a\nb\"", 0, NULL },
	{ "\"\x1f\"", 0, NULL },
	{ "\"\t\"", 0, NULL },
	/* Escapes that there are none of, or that are cut. */
	{ "\"\\a\"", 0, NULL },
	{ "\"\\N\"", 0, NULL },
	{ "\"\\0\"", 0, NULL },
	{ "\"\\\"", 0, NULL },
	{ "\"\\u\"", 0, NULL },
	{ "\"\\u1\"", 0, NULL },
	{ "\"\\u123\"", 0, NULL },
	{ "\"\\u12g4\"", 0, NULL },
	{ "\"\\U0041\"", 0, NULL },
	/* Surrogates alone, in the wrong order, cut, or followed by something else. */
	{ "\"\\ud800\"", 0, NULL },
	{ "\"\\udbff\"", 0, NULL },
	{ "\"\\udc00\"", 0, NULL },
	{ "\"\\udfff\"", 0, NULL },
	{ "\"\\udc00\\udc00\"", 0, NULL },
	{ "\"\\udc00\\ud800\"", 0, NULL },
	{ "\"\\ud800\\ud800\"", 0, NULL },
	{ "\"\\ud800\\udbff\"", 0, NULL },
	{ "\"\\ud800\\ue000\"", 0, NULL },
	{ "\"\\ud800\\u0041\"", 0, NULL },
	{ "\"\\ud800xudc00\"", 0, NULL },
	{ "\"\\ud800\\ndc00\"", 0, NULL },
	{ "\"\\ud800\\\"", 0, NULL },
	{ "\"\\ud800\\u\"", 0, NULL },
	{ "\"\\ud800\\udc0\"", 0, NULL },
	{ "\"\\ud800\\udc0g\"", 0, NULL },
};

/* From memory of exactly its size, so that the sanitizer sees each byte past its end. */
static bool
decode(uint8_t *out, size_t size, size_t *len, const char *raw)
{
	const size_t raw_len = strlen(raw);
	char *copy = malloc(raw_len != 0 ? raw_len : 1);

	assert_non_null(copy);
	memcpy(copy, raw, raw_len);

	const bool decoded = json_text_decode(out, size, len, bytes_of(copy, raw_len));

	free(copy);
	return decoded;
}

static void
every_row_means_what_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t out[64];
		size_t len = 99;
		const bool decoded = decode(out, sizeof(out), &len, rows[i].raw);

		if (decoded != (rows[i].meaning != NULL)) {
			fail_msg("row %zu: %s", i, rows[i].raw);
		}
		if (decoded) {
			assert_int_equal(len, rows[i].len);
			assert_memory_equal(out, rows[i].meaning, len);
		}
	}
}

/* A buffer of every size from nothing to just enough. */
static void
what_does_not_fit_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].meaning == NULL) {
			continue;
		}
		for (size_t size = 0; size <= rows[i].len; size++) {
			uint8_t *out = malloc(size != 0 ? size : 1);
			size_t len;

			assert_non_null(out);
			assert_int_equal(decode(out, size, &len, rows[i].raw), size == rows[i].len);
			free(out);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_means_what_it_says),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
