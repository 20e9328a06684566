/* SPDX-License-Identifier: Apache-2.0 */
/* DER elements: one encoding for each value, and nothing read past an end. */
#include "der_text.h"

#include "format/der.h"

/* A byte string in hex becomes a cursor over exactly its bytes, freed at the end of the row. */
static struct assay_bytes
bytes_of_hex(const char *hex)
{
	static struct der_text d;

	d.len = 0;
	der_text_add(&d, hex);
	return der_text_copy(&d);
}

static void
elements_are_taken(void **state)
{
	static const struct {
		const char *reason;
		const char *hex;
		bool good;
		size_t len;
	} rows[] = {
		{ "empty", "0400", true, 0 },
		{ "one byte", "0401ff", true, 1 },
		{ "another tag", "0501ff", false, 0 },
		{ "nothing", "", false, 0 },
		{ "a tag alone", "04", false, 0 },
		{ "content cut short", "0402ff", false, 0 },
		{ "the indefinite form", "0480ff0000", false, 0 },
		{ "a long form of a short length", "048101ff", false, 0 },
		{ "a length of two bytes cut short", "0482", false, 0 },
		{ "a length of two bytes cut in two", "048201", false, 0 },
		{ "a leading zero in the length", "04820001ff", false, 0 },
		{ "two leading zeros in the length", "0483000001ff", false, 0 },
		{ "four bytes of length", "048400000001ff", false, 0 },
		{ "the reserved first byte", "04ff", false, 0 },
		{ "more than there is, in two bytes", "0482ffffff", false, 0 },
		{ "more than there is, in three bytes", "0483ffffffff", false, 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes in = bytes_of_hex(rows[i].hex);
		struct cursor c = cursor_over(in);
		struct cursor whole = cursor_over(in);
		const struct assay_bytes content = der_take(&c, DER_OCTET_STRING);
		const struct assay_bytes element = der_take_whole(&whole, DER_OCTET_STRING);

		if (c.bad == rows[i].good || whole.bad == rows[i].good || content.len != rows[i].len ||
		    element.len != (rows[i].good ? in.len : 0)) {
			fail_msg("%s", rows[i].reason);
		}
		der_text_free(in);
	}
}

/* Each length is taken in its one form and in no other. */
static void
lengths_have_one_form(void **state)
{
	static const size_t lengths[] = { 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000 };
	static const unsigned forms[] = { 0, 1, 1, 2, 2, 3 };
	uint8_t *const in = calloc(1, 0x10000 + 8);

	(void)state;
	assert_non_null(in);
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		for (unsigned form = 1; form <= 3; form++) {
			in[0] = DER_OCTET_STRING;
			in[1] = (uint8_t)(0x80 | form);
			for (unsigned k = 0; k < form; k++) {
				in[2 + k] = (uint8_t)(lengths[i] >> (8 * (form - 1 - k)));
			}
			struct cursor c = cursor_over(bytes_of(in, 2 + form + lengths[i]));
			const struct assay_bytes content = der_take(&c, DER_OCTET_STRING);
			const bool fits = lengths[i] >> (8 * form) == 0;

			assert_int_equal(cursor_done(&c) && content.len == lengths[i], forms[i] == form && fits);
		}
	}
	free(in);
}

static void
integers_are_minimal(void **state)
{
	static const struct {
		const char *reason;
		const char *hex;
		int small;		/* as der_small up to 300; -1: refused */
		size_t len;		/* of the magnitude; 0: refused */
	} rows[] = {
		{ "zero", "020100", 0, 1 },
		{ "one", "020101", 1, 1 },
		{ "127", "02017f", 127, 1 },
		{ "128 needs a zero before", "02020080", 128, 1 },
		{ "255", "020200ff", 255, 1 },
		{ "256", "02020100", 256, 2 },
		{ "the greatest allowed", "0202012c", 300, 2 },
		{ "one more", "0202012d", -1, 2 },
		{ "four bytes", "02047fffffff", -1, 4 },
		{ "four bytes with the highest bit", "020500ffffffff", -1, 4 },
		{ "five bytes", "02050100000000", -1, 5 },
		{ "five bytes of which four are 1", "02050100000001", -1, 5 },
		{ "no content", "0200", -1, 0 },
		{ "negative", "020180", -1, 0 },
		{ "-1", "0201ff", -1, 0 },
		{ "a zero too many", "02020001", -1, 0 },
		{ "zero in two bytes", "02020000", -1, 0 },
		{ "another type", "0a0101", -1, 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes in = bytes_of_hex(rows[i].hex);
		struct cursor c = cursor_over(in);
		const struct assay_bytes magnitude = der_unsigned(&c);

		if (magnitude.len != rows[i].len || c.bad != (rows[i].len == 0)) {
			fail_msg("magnitude: %s", rows[i].reason);
		}
		c = cursor_over(in);
		const uint32_t small = der_small(&c, DER_INTEGER, 300);

		if (c.bad != (rows[i].small < 0) || (!c.bad && small != (uint32_t)rows[i].small)) {
			fail_msg("small: %s", rows[i].reason);
		}
		der_text_free(in);
	}
}

static void
small_values_of_other_types(void **state)
{
	const struct assay_bytes enumerated = bytes_of_hex("0a0102");
	const struct assay_bytes great = bytes_of_hex("020500ffffffff");
	struct cursor c = cursor_over(enumerated);

	(void)state;
	assert_int_equal(der_small(&c, DER_ENUMERATED, 2), 2);
	assert_true(cursor_done(&c));
	c = cursor_over(great);
	assert_true(der_small(&c, DER_INTEGER, UINT32_MAX) == UINT32_MAX);
	assert_true(cursor_done(&c));
	der_text_free(enumerated);
	der_text_free(great);
}

static void
booleans_and_bits(void **state)
{
	static const struct {
		const char *reason;
		const char *hex;
		int boolean;	/* -1: refused */
		int bits;	/* their bytes; -1: refused */
	} rows[] = {
		{ "FALSE", "010100", 0, -1 },
		{ "TRUE", "0101ff", 1, -1 },
		{ "TRUE as in BER", "010101", -1, -1 },
		{ "a boolean without content", "0100", -1, -1 },
		{ "a boolean of two bytes", "0102ffff", -1, -1 },
		{ "no bits", "030100", -1, 0 },
		{ "eight bits", "0302007f", -1, 1 },
		{ "seven bits", "0302017e", -1, -1 },
		{ "no byte that counts the unused bits", "0300", -1, -1 },
		{ "the constructed form", "23020000", -1, -1 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes in = bytes_of_hex(rows[i].hex);
		struct cursor c = cursor_over(in);
		const bool boolean = der_boolean(&c);

		if (c.bad != (rows[i].boolean < 0) || boolean != (rows[i].boolean == 1)) {
			fail_msg("boolean: %s", rows[i].reason);
		}
		c = cursor_over(in);
		const struct assay_bytes bits = der_bits(&c);

		if (c.bad != (rows[i].bits < 0) || (!c.bad && bits.len != (size_t)rows[i].bits)) {
			fail_msg("bits: %s", rows[i].reason);
		}
		der_text_free(in);
	}
}

static void
times(void **state)
{
	static const struct {
		const char *reason;
		const char *hex;
		int64_t wanted_s;	/* -1: refused */
	} rows[] = {
		{ "a UTCTime", DER_TIME_2018, 1526899510 },
		{ "a GeneralizedTime", "180f32303530303130313030303030305a", 2524608000 },
		{ "a GeneralizedTime before 2050", "180f32303439313233313233353935395a", 2524607999 },
		{ "a UTCTime with the tag of the other", "180d3138303532313130343531305a", -1 },
		{ "a text", "0c0d3138303532313130343531305a", -1 },
		{ "nothing", "", -1 },
		{ "cut short", "170d31383035323131303435", -1 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes in = bytes_of_hex(rows[i].hex);
		struct cursor c = cursor_over(in);
		const int64_t seconds = der_time(&c);

		if (c.bad != (rows[i].wanted_s < 0) || seconds != (c.bad ? 0 : rows[i].wanted_s)) {
			fail_msg("%s", rows[i].reason);
		}
		der_text_free(in);
	}
}

static void
entering_and_looking_ahead(void **state)
{
	const struct assay_bytes in = bytes_of_hex("3003020107" "0401ff");
	struct cursor c = cursor_over(in);

	(void)state;
	assert_true(der_next_is(&c, DER_SEQUENCE));
	assert_false(der_next_is(&c, DER_OCTET_STRING));
	struct cursor inside = der_enter(&c, DER_SEQUENCE);

	assert_int_equal(der_small(&inside, DER_INTEGER, 7), 7);
	assert_true(cursor_done(&inside));
	/* The end of the inner element is an end, though bytes follow it. */
	(void)der_take(&inside, DER_OCTET_STRING);
	assert_true(inside.bad);
	assert_false(c.bad);
	inside = der_enter(&c, DER_SEQUENCE);
	assert_true(inside.bad && c.bad);
	assert_false(der_next_is(&c, DER_OCTET_STRING));
	c = cursor_over(bytes_of(NULL, 0));
	assert_false(der_next_is(&c, 0));
	der_text_free(in);
}

#define R32 "7f" "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define R33 "00ff" "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static void
signatures_become_raw(void **state)
{
	static const struct {
		const char *reason;
		const char *hex;
		bool good;
		uint8_t first_of_r;
		uint8_t last_of_s;
	} rows[] = {
		{ "small numbers are filled up", "3006020101020102", true, 0, 2 },
		{ "32 bytes each", "3044" "0220" R32 "0220" R32, true, 0x7f, 0xff },
		{ "32 bytes with a zero before", "3046" "0221" R33 "0221" R33, true, 0xff, 0xff },
		{ "zeros, which the arithmetic refuses", "3006020100020100", true, 0, 0 },
		{ "r of 33 bytes", "3026" "022101" "0000000000000000000000000000000000000000000000000000000000000000"
		    "020101", false, 0, 0 },
		{ "s of 33 bytes", "3026" "020101"
		    "022101" "0000000000000000000000000000000000000000000000000000000000000000", false, 0, 0 },
		{ "a zero too many", "300702020001020102", false, 0, 0 },
		{ "a negative r", "3006020181020102", false, 0, 0 },
		{ "a negative s", "3006020101020182", false, 0, 0 },
		{ "an empty r", "30050200020102", false, 0, 0 },
		{ "no s", "3003020101", false, 0, 0 },
		{ "a third number", "3009020101020102020103", false, 0, 0 },
		{ "bytes after it", "300602010102010200", false, 0, 0 },
		{ "a set", "3106020101020102", false, 0, 0 },
		{ "nothing", "", false, 0, 0 },
		{ "the length in two bytes", "308106020101020102", false, 0, 0 }
	};
	uint8_t rs[64];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes in = bytes_of_hex(rows[i].hex);

		memset(rs, 0x55, sizeof rs);
		if (der_ecdsa_signature(rs, in) != rows[i].good) {
			fail_msg("%s", rows[i].reason);
		}
		if (rows[i].good) {
			assert_int_equal(rs[0], rows[i].first_of_r);
			assert_int_equal(rs[63], rows[i].last_of_s);
		}
		der_text_free(in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_are_taken),
		cmocka_unit_test(lengths_have_one_form),
		cmocka_unit_test(integers_are_minimal),
		cmocka_unit_test(small_values_of_other_types),
		cmocka_unit_test(booleans_and_bits),
		cmocka_unit_test(times),
		cmocka_unit_test(entering_and_looking_ahead),
		cmocka_unit_test(signatures_become_raw)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
