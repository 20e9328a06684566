/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal digits, in both directions. */
#include "text.h"

#include "format/hex.h"

static void
digits_are_decoded(void **state)
{
	static const char text[] = "0123456789abcdefABCDEF";
	static const uint8_t wanted[11] = {
		0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xab, 0xcd, 0xef
	};
	const struct assay_bytes digits = text_whole(text);
	uint8_t out[11];

	(void)state;
	assert_true(hex_decode(out, sizeof out, digits));
	assert_memory_equal(out, wanted, sizeof wanted);
	assert_true(hex_decode(out, 0, bytes_of(NULL, 0)));
	text_free(digits);
}

static void
other_text_is_refused(void **state)
{
	static const struct {
		const char *reason;
		const char *text;
	} rows[] = {
		{ "one digit short", "001" },
		{ "one digit more", "00112" },
		{ "one byte short", "00" },
		{ "one byte more", "001122" },
		{ "nothing", "" },
		{ "a letter behind f", "001g" },
		{ "a letter behind F", "G011" },
		{ "the byte before 0", "00/1" },
		{ "the byte behind 9", "00:1" },
		{ "the byte before A", "@011" },
		{ "the byte before a", "00`1" },
		{ "a blank between", "00 1" },
		{ "a prefix", "0x11" },
		{ "a sign", "+011" }
	};
	uint8_t out[2];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_whole(rows[i].text);

		if (hex_decode(out, sizeof out, text)) {
			fail_msg("accepted: %s", rows[i].reason);
		}
		text_free(text);
	}
	/* The greatest length must not wrap around. */
	assert_false(hex_decode(out, SIZE_MAX / 2 + 2, bytes_of_text("0011")));
}

static void
digits_are_told_from_others(void **state)
{
	unsigned count = 0;

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		const bool wanted = c != 0 && strchr("0123456789abcdefABCDEF", (int)c) != NULL;

		assert_int_equal(hex_is_digit((uint8_t)c), wanted);
		count += wanted ? 1 : 0;
	}
	assert_int_equal(count, 22);
}

static void
encoding_is_lower_case_and_comes_back(void **state)
{
	uint8_t all[256];
	uint8_t back[256];
	char text[513];

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		all[i] = (uint8_t)i;
	}
	text[512] = '#';
	hex_encode(text, bytes_of(all, sizeof all));
	assert_int_equal(text[512], '#');
	assert_memory_equal(text, "000102", 6);
	assert_memory_equal(text + 506, "fdfeff", 6);
	assert_true(hex_decode(back, sizeof back, bytes_of(text, 512)));
	assert_memory_equal(back, all, sizeof all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_are_decoded),
		cmocka_unit_test(other_text_is_refused),
		cmocka_unit_test(digits_are_told_from_others),
		cmocka_unit_test(encoding_is_lower_case_and_comes_back)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
