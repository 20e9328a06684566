/* SPDX-License-Identifier: Apache-2.0 */
/* The cursor: reads what is there, fails stickily where it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cursor.h"

static const uint8_t five[5] = { 0x01, 0x82, 0x03, 0x84, 0x05 };

static void
integers_have_their_byte_order(void **state)
{
	struct cursor c = cursor_over(bytes_of(five, 5));

	(void)state;
	assert_int_equal(cursor_u8(&c), 0x01);
	assert_int_equal(cursor_u32le(&c), 0x05840382);
	assert_true(cursor_done(&c));
	c = cursor_over(bytes_of(five, 5));
	assert_int_equal(cursor_u16le(&c), 0x8201);
	assert_int_equal(cursor_u16be(&c), 0x0384);
	assert_false(cursor_done(&c));
	assert_int_equal(cursor_peek(&c), 0x05);
	assert_int_equal(cursor_u8(&c), 0x05);
	assert_int_equal(cursor_peek(&c), 0);
	assert_true(cursor_done(&c));
}

/* Each reader at the end, and one byte short of what it needs. */
static void
reading_past_the_end_gives_nothing(void **state)
{
	(void)state;
	for (unsigned reader = 0; reader < 6; reader++) {
		static const size_t needs[] = { 1, 2, 2, 4, 5, 5 };
		uint8_t copy[5] = { 7, 7, 7, 7, 7 };
		struct cursor c = cursor_over(bytes_of(five, needs[reader] - 1));

		switch (reader) {
		case 0:
			assert_int_equal(cursor_u8(&c), 0);
			break;
		case 1:
			assert_int_equal(cursor_u16le(&c), 0);
			break;
		case 2:
			assert_int_equal(cursor_u16be(&c), 0);
			break;
		case 3:
			/* The half that was there does not matter to who looks at bad first. */
			(void)cursor_u32le(&c);
			break;
		case 4:
			assert_int_equal(cursor_take(&c, 5).len, 0);
			break;
		default:
			cursor_copy(&c, copy, 5);
			assert_true(bytes_all_zero(bytes_of(copy, 5)));
			break;
		}
		assert_true(c.bad);
		assert_false(cursor_done(&c));
	}
}

static void
failure_is_sticky(void **state)
{
	struct cursor c = cursor_over(bytes_of(five, 5));

	(void)state;
	assert_int_equal(cursor_take(&c, 6).len, 0);
	assert_int_equal(c.left, 5);
	assert_int_equal(cursor_u8(&c), 0);
	assert_int_equal(cursor_peek(&c), 0);
	assert_int_equal(cursor_take(&c, 0).len, 0);
	assert_int_equal(cursor_rest(&c).len, 0);
	assert_true(c.bad);
}

static void
takes_and_copies(void **state)
{
	struct cursor c = cursor_over(bytes_of(five, 5));
	uint8_t copy[2];

	(void)state;
	cursor_copy(&c, copy, 2);
	assert_memory_equal(copy, five, 2);
	cursor_copy(&c, copy, 0);
	assert_memory_equal(copy, five, 2);
	assert_int_equal(cursor_take(&c, 0).len, 0);
	assert_false(c.bad);

	const struct assay_bytes rest = cursor_rest(&c);

	assert_int_equal(rest.len, 3);
	assert_memory_equal(rest.data, five + 2, 3);
	assert_true(cursor_done(&c));
	assert_int_equal(cursor_rest(&c).len, 0);
	assert_true(cursor_done(&c));

	struct cursor empty = cursor_over(bytes_of(NULL, 0));

	assert_true(cursor_done(&empty));
	assert_int_equal(cursor_peek(&empty), 0);
	assert_true(cursor_done(&empty));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_have_their_byte_order),
		cmocka_unit_test(reading_past_the_end_gives_nothing),
		cmocka_unit_test(failure_is_sticky),
		cmocka_unit_test(takes_and_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
