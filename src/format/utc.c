/* SPDX-License-Identifier: Apache-2.0 */
/* Dates, by the proleptic Gregorian calendar; no time zones, no leap seconds, no locale. */
#include "format/utc.h"
#include "format/der.h"

#define DAY_S	((int64_t)86400)
#define LAST_S	INT64_C(253402300799)	/* 9999-12-31T23:59:59Z */

struct date {
	unsigned year;
	unsigned month;
	unsigned day;
	unsigned hour;
	unsigned minute;
	unsigned second;
};

static bool
is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned
days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from the first of January of the year 1 to that of the year, which is not 0. */
static int64_t
days_before_year(unsigned year)
{
	const unsigned past = year - 1;

	return (int64_t)365 * past + past / 4 - past / 100 + past / 400;
}

static bool
date_to_seconds(int64_t *seconds, const struct date *d)
{
	if (d->year < 1970 || d->year > 9999 || d->month < 1 || d->month > 12 || d->day < 1 ||
	    d->day > days_in_month(d->year, d->month) || d->hour > 23 || d->minute > 59 ||
	    d->second > 59) {
		return false;
	}
	int64_t days = days_before_year(d->year) - days_before_year(1970) + d->day - 1;

	for (unsigned month = 1; month < d->month; month++) {
		days += days_in_month(d->year, month);
	}
	*seconds = days * DAY_S + (int64_t)d->hour * 3600 + (int64_t)d->minute * 60 + d->second;
	return true;
}

/* A number of exactly so many digits. */
static unsigned
take_digits(struct cursor *c, unsigned count)
{
	unsigned value = 0;

	for (unsigned i = 0; i < count; i++) {
		const uint8_t digit = cursor_u8(c);

		if (digit < '0' || digit > '9') {
			c->bad = true;
			return 0;
		}
		value = value * 10 + (unsigned)(digit - '0');
	}
	return value;
}

static void
take_character(struct cursor *c, uint8_t wanted)
{
	if (cursor_u8(c) != wanted) {
		c->bad = true;
	}
}

/* "YYYY-MM-DDThh:mm:ss" */
static struct date
take_date(struct cursor *c)
{
	struct date d = { 0 };

	d.year = take_digits(c, 4);
	take_character(c, '-');
	d.month = take_digits(c, 2);
	take_character(c, '-');
	d.day = take_digits(c, 2);
	take_character(c, 'T');
	d.hour = take_digits(c, 2);
	take_character(c, ':');
	d.minute = take_digits(c, 2);
	take_character(c, ':');
	d.second = take_digits(c, 2);
	return d;
}

bool
utc_parse(int64_t *seconds, struct assay_bytes text)
{
	struct cursor c = cursor_over(text);
	const struct date d = take_date(&c);

	*seconds = 0;
	take_character(&c, 'Z');
	return cursor_done(&c) && date_to_seconds(seconds, &d);
}

bool
utc_parse_ias(int64_t *seconds, struct assay_bytes text)
{
	struct cursor c = cursor_over(text);
	const struct date d = take_date(&c);

	*seconds = 0;
	if (c.left > 0) {
		take_character(&c, '.');
		if (c.left < 1 || c.left > 9) {
			return false;
		}
		(void)take_digits(&c, (unsigned)c.left);
	}
	return cursor_done(&c) && date_to_seconds(seconds, &d);
}

bool
utc_parse_der(int64_t *seconds, uint8_t tag, struct assay_bytes content)
{
	struct cursor c = cursor_over(content);
	struct date d = { 0 };

	*seconds = 0;
	if (tag == DER_UTC_TIME) {
		/* RFC 5280, 4.1.2.5.1: 50 to 99 is the last century. */
		d.year = take_digits(&c, 2);
		d.year += d.year >= 50 ? 1900 : 2000;
	} else if (tag == DER_GENERALIZED_TIME) {
		d.year = take_digits(&c, 4);
	} else {
		return false;
	}
	d.month = take_digits(&c, 2);
	d.day = take_digits(&c, 2);
	d.hour = take_digits(&c, 2);
	d.minute = take_digits(&c, 2);
	d.second = take_digits(&c, 2);
	take_character(&c, 'Z');
	return cursor_done(&c) && date_to_seconds(seconds, &d);
}

/* Write value in so many digits from out[at] on. */
static void
put_digits(char *out, size_t at, unsigned count, unsigned value)
{
	for (unsigned i = count; i > 0; i--) {
		out[at + i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
}

void
utc_format(char out[static UTC_TEXT_BYTES], int64_t seconds)
{
	if (seconds < 0) {
		seconds = 0;
	} else if (seconds > LAST_S) {
		seconds = LAST_S;
	}
	const int64_t days = seconds / DAY_S + days_before_year(1970);
	const unsigned rest = (unsigned)(seconds % DAY_S);
	/* A year has at least 365 days: this is the year or a few too many. */
	unsigned year = (unsigned)(days / 365) + 1;
	unsigned month = 1;

	while (days_before_year(year) > days) {
		year--;
	}
	unsigned day = (unsigned)(days - days_before_year(year));

	while (day >= days_in_month(year, month)) {
		day -= days_in_month(year, month);
		month++;
	}
	memcpy(out, "0000-00-00T00:00:00Z", UTC_TEXT_BYTES);
	put_digits(out, 0, 4, year);
	put_digits(out, 5, 2, month);
	put_digits(out, 8, 2, day + 1);
	put_digits(out, 11, 2, rest / 3600);
	put_digits(out, 14, 2, rest / 60 % 60);
	put_digits(out, 17, 2, rest % 60);
}
