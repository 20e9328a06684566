/* SPDX-License-Identifier: Apache-2.0 */
/* Dates in the four forms that the vendors write. */
#include "text.h"

#include "format/der.h"
#include "format/utc.h"

struct row {
	const char *text;
	int64_t wanted_s;	/* -1: refused */
	const char *reason;
};

static void
check(bool (*parse)(int64_t *, struct assay_bytes), const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct assay_bytes text = text_whole(rows[i].text);
		int64_t seconds = 1;

		if (parse(&seconds, text) != (rows[i].wanted_s >= 0)) {
			fail_msg("%s: %s", rows[i].text, rows[i].reason);
		}
		assert_int_equal(seconds, rows[i].wanted_s >= 0 ? rows[i].wanted_s : 0);
		text_free(text);
	}
}

#define CHECK(parse, rows) check((parse), (rows), sizeof(rows) / sizeof((rows)[0]))

static void
dates_of_documents(void **state)
{
	static const struct row rows[] = {
		{ "1970-01-01T00:00:00Z", 0, "the first second" },
		{ "1999-12-31T23:59:59Z", 946684799, "the end of a century" },
		{ "2000-02-29T00:00:00Z", 951782400, "400 years: a leap year" },
		{ "2024-02-29T12:34:56Z", 1709210096, "a leap day" },
		{ "2024-12-31T00:00:00Z", 1735603200, "the last day of a leap year" },
		{ "2026-11-25T03:28:19Z", 1795577299, "a nextUpdate" },
		{ "2100-03-01T00:00:00Z", 4107542400, "a century without a leap day" },
		{ "9999-12-31T23:59:59Z", 253402300799, "the last second" },
		{ "1969-12-31T23:59:59Z", -1, "before 1970" },
		{ "2023-02-29T00:00:00Z", -1, "no leap year" },
		{ "2100-02-29T00:00:00Z", -1, "no leap year, by the rule of centuries" },
		{ "2023-04-31T00:00:00Z", -1, "a day that April does not have" },
		{ "2023-00-01T00:00:00Z", -1, "month 0" },
		{ "2023-13-01T00:00:00Z", -1, "month 13" },
		{ "2023-01-00T00:00:00Z", -1, "day 0" },
		{ "2023-01-32T00:00:00Z", -1, "day 32" },
		{ "2023-01-01T24:00:00Z", -1, "hour 24" },
		{ "2023-01-01T00:60:00Z", -1, "minute 60" },
		{ "2016-12-31T23:59:60Z", -1, "a leap second" },
		{ "2023-01-01T00:00:00", -1, "no zone" },
		{ "2023-01-01T00:00:00z", -1, "a small z" },
		{ "2023-01-01t00:00:00Z", -1, "a small t" },
		{ "2023-01-01 00:00:00Z", -1, "a blank for the T" },
		{ "2023-01-01T00:00:00+00:00", -1, "an offset" },
		{ "2023-01-01T00:00:00.0Z", -1, "a fraction" },
		{ "2023-01-01T00:00:00ZZ", -1, "text after" },
		{ "2023/01/01T00:00:00Z", -1, "slashes" },
		{ "2023-01/01T00:00:00Z", -1, "one slash" },
		{ "2023-01-01T00-00:00Z", -1, "a dash for a colon" },
		{ "2023-01-01T00:00-00Z", -1, "a dash for the second colon" },
		{ "23-01-01T00:00:00Z", -1, "two digits of a year" },
		{ "2023-1-01T00:00:00Z", -1, "one digit of a month" },
		{ "+023-01-01T00:00:00Z", -1, "a sign" },
		{ "2023-01-01T0a:00:00Z", -1, "a letter" },
		{ " 2023-01-01T00:00:00Z", -1, "a blank before" },
		{ "2023-01-01T00:00:00Z ", -1, "a blank after" },
		{ "", -1, "nothing" }
	};
	int64_t seconds;

	(void)state;
	CHECK(utc_parse, rows);
	assert_false(utc_parse(&seconds, bytes_of("2023-01-01T00:00:00Z\0", 21)));
}

static void
timestamps_of_reports(void **state)
{
	static const struct row rows[] = {
		{ "2020-02-09T14:43:32", 1581259412, "no fraction" },
		{ "2020-02-09T14:43:32.9", 1581259412, "one digit, cut" },
		{ "2020-02-09T14:43:32.958203", 1581259412, "six digits" },
		{ "2020-02-09T14:43:32.999999999", 1581259412, "nine digits" },
		{ "2020-02-09T14:43:32.", -1, "a point without digits" },
		{ "2020-02-09T14:43:32.0000000000", -1, "ten digits" },
		{ "2020-02-09T14:43:32,5", -1, "a comma" },
		{ "2020-02-09T14:43:32Z", -1, "a zone" },
		{ "2020-02-09T14:43:32.5Z", -1, "a zone after the fraction" },
		{ "2020-02-30T14:43:32.5", -1, "a day that is not there" },
		{ "2020-02-09T14:43", -1, "no seconds" },
		{ "", -1, "nothing" }
	};

	(void)state;
	CHECK(utc_parse_ias, rows);
}

static bool
parse_utc_time(int64_t *seconds, struct assay_bytes text)
{
	return utc_parse_der(seconds, DER_UTC_TIME, text);
}

static bool
parse_generalized_time(int64_t *seconds, struct assay_bytes text)
{
	return utc_parse_der(seconds, DER_GENERALIZED_TIME, text);
}

static void
times_of_certificates(void **state)
{
	static const struct row utc_times[] = {
		{ "700101000000Z", 0, "1970" },
		{ "180521104510Z", 1526899510, "2018" },
		{ "491231235959Z", 2524607999, "the last of this century's half" },
		{ "991231235959Z", 946684799, "1999" },
		{ "500101000000Z", -1, "1950" },
		{ "691231235959Z", -1, "1969" },
		{ "1805211045Z", -1, "no seconds" },
		{ "180521104510", -1, "no zone" },
		{ "180521104510+0000", -1, "an offset" },
		{ "20180521104510Z", -1, "four digits of a year" },
		{ "180532104510Z", -1, "day 32" },
		{ "1805211045x0Z", -1, "a letter" },
		{ "", -1, "nothing" }
	};
	static const struct row generalized_times[] = {
		{ "20500101000000Z", 2524608000, "2050" },
		{ "20491231235959Z", 2524607999, "2049, as one genuine CA has it" },
		{ "99991231235959Z", 253402300799, "no end" },
		{ "19691231235959Z", -1, "before 1970" },
		{ "00000101000000Z", -1, "the year 0" },
		{ "20500101000000.5Z", -1, "a fraction" },
		{ "20500101000000", -1, "no zone" },
		{ "500101000000Z", -1, "two digits of a year" }
	};
	int64_t seconds;

	(void)state;
	CHECK(parse_utc_time, utc_times);
	CHECK(parse_generalized_time, generalized_times);
	assert_false(utc_parse_der(&seconds, DER_OCTET_STRING, bytes_of_text("180521104510Z")));
}

static void
every_day_comes_back(void **state)
{
	char text[UTC_TEXT_BYTES];
	int64_t back;

	(void)state;
	for (int64_t day = 0; day < 2932897; day += 13) {
		const int64_t seconds = day * 86400 + day * 7919 % 86400;

		utc_format(text, seconds);
		assert_int_equal(strlen(text), 20);
		assert_true(utc_parse(&back, bytes_of_text(text)));
		assert_int_equal(back, seconds);
	}
}

static void
formatting_is_clamped(void **state)
{
	static const struct row rows[] = {
		{ "1970-01-01T00:00:00Z", 0, "" },
		{ "1970-01-01T00:00:00Z", -1, "" },
		{ "1970-01-01T00:00:00Z", INT64_MIN, "" },
		{ "2000-12-31T23:59:59Z", 978307199, "" },
		{ "2001-01-01T00:00:00Z", 978307200, "" },
		{ "9999-12-31T23:59:59Z", 253402300799, "" },
		{ "9999-12-31T23:59:59Z", 253402300800, "" },
		{ "9999-12-31T23:59:59Z", INT64_MAX, "" }
	};
	char text[UTC_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		utc_format(text, rows[i].wanted_s);
		assert_string_equal(text, rows[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_of_documents),
		cmocka_unit_test(timestamps_of_reports),
		cmocka_unit_test(times_of_certificates),
		cmocka_unit_test(every_day_comes_back),
		cmocka_unit_test(formatting_is_clamped)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
