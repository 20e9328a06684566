/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed bytes, and text written into a buffer that may be too small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/text.h"

static void
equal_means_length_and_content(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		bool equal;
	} rows[] = {
		{ "", "", true },
		{ "a", "a", true },
		{ "a", "b", false },
		{ "ab", "a", false },
		{ "a", "ab", false },
		{ "", "a", false },
		{ "abc", "abd", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(bytes_equal(bytes_of_text(rows[i].a), bytes_of_text(rows[i].b)), rows[i].equal);
		assert_int_equal(bytes_equal_text(bytes_of_text(rows[i].a), rows[i].b), rows[i].equal);
	}
	assert_true(bytes_equal(bytes_of(NULL, 0), bytes_of_text("")));
	assert_true(bytes_equal(bytes_of(NULL, 0), bytes_of(NULL, 0)));
	assert_int_equal(bytes_of_text("abc").len, 3);
}

static void
a_slice_lies_inside(void **state)
{
	const struct assay_bytes b = bytes_of_text("abcdef");

	(void)state;
	assert_true(bytes_equal_text(bytes_slice(b, 0, 6), "abcdef"));
	assert_true(bytes_equal_text(bytes_slice(b, 2, 3), "cde"));
	assert_true(bytes_equal_text(bytes_slice(b, 5, 1), "f"));
	/* An empty slice points nowhere, so that nobody reads through it. */
	assert_null(bytes_slice(b, 6, 0).data);
	assert_int_equal(bytes_slice(b, 6, 0).len, 0);
	assert_null(bytes_slice(bytes_of(NULL, 0), 0, 0).data);
}

static void
zero_is_every_byte(void **state)
{
	uint8_t bytes[5] = { 0 };

	(void)state;
	assert_true(bytes_all_zero(bytes_of(bytes, 5)));
	assert_true(bytes_all_zero(bytes_of(NULL, 0)));
	for (size_t i = 0; i < 5; i++) {
		bytes[i] = 0x80;
		assert_false(bytes_all_zero(bytes_of(bytes, 5)));
		bytes[i] = 0;
	}
	bytes[4] = 1;
	assert_true(bytes_all_zero(bytes_of(bytes, 4)));
}

static void
copies_have_a_length(void **state)
{
	uint8_t out[4] = { 9, 9, 9, 9 };

	(void)state;
	bytes_copy(out, bytes_of("abc", 3), 3);
	assert_memory_equal(out, "abc\x09", 4);
	bytes_copy(out, bytes_of(NULL, 0), 0);
	assert_memory_equal(out, "abc\x09", 4);
}

/* What does not fit is counted and not written; nothing after it is written either. */
static void
text_counts_what_does_not_fit(void **state)
{
	char out[8];
	struct text t = { out, 5, 0 };

	(void)state;
	memset(out, '#', sizeof(out));
	text_puts(&t, "abc");
	assert_true(text_fits(&t));
	text_puts(&t, "de");
	assert_true(text_fits(&t));
	assert_int_equal(t.len, 5);
	text_puts(&t, "f");
	assert_false(text_fits(&t));
	text_puts(&t, "g");
	assert_int_equal(t.len, 7);
	assert_memory_equal(out, "abcde###", 8);

	struct text none = { NULL, 0, 0 };

	text_puts(&none, "");
	assert_true(text_fits(&none));
	text_puts(&none, "long");
	text_puts(&none, "x");
	assert_int_equal(none.len, 5);

	struct text gap = { out, 4, 0 };

	memset(out, '#', sizeof(out));
	text_puts(&gap, "abcdef");
	text_puts(&gap, "g");
	assert_memory_equal(out, "########", 8);
}

static void
numbers_are_decimal(void **state)
{
	static const struct {
		int64_t value;
		const char *text;
	} rows[] = {
		{ 0, "0" }, { 1, "1" }, { 9, "9" }, { 10, "10" }, { -1, "-1" }, { -10, "-10" },
		{ INT64_MAX, "9223372036854775807" }, { INT64_MIN, "-9223372036854775808" },
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text t = { out, sizeof(out), 0 };

		text_integer(&t, rows[i].value);
		assert_true(bytes_equal_text(bytes_of(out, t.len), rows[i].text));
	}
	struct text t = { out, sizeof(out), 0 };

	text_unsigned(&t, UINT64_MAX);
	assert_true(bytes_equal_text(bytes_of(out, t.len), "18446744073709551615"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_means_length_and_content),
		cmocka_unit_test(a_slice_lies_inside),
		cmocka_unit_test(zero_is_every_byte),
		cmocka_unit_test(copies_have_a_length),
		cmocka_unit_test(text_counts_what_does_not_fit),
		cmocka_unit_test(numbers_are_decimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
