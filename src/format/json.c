/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON reader.  It walks the text once; the only state that grows is the
 * list of names of an object at hand, against which each new name is compared.
 */
#include "format/hex.h"
#include "format/json.h"
#include "format/utc.h"
#include "format/utf8.h"

/* What a byte means inside a string. */
enum {
	PLAIN = 0,	/* ASCII that stands for itself */
	QUOTE,
	ESCAPE,
	LEAD,		/* not ASCII: UTF-8 must be checked */
	CONTROL		/* never allowed */
};

#define C8	CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL
#define P8	PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, PLAIN
#define L16	LEAD, LEAD, LEAD, LEAD, LEAD, LEAD, LEAD, LEAD, \
		LEAD, LEAD, LEAD, LEAD, LEAD, LEAD, LEAD, LEAD

static const uint8_t string_class[256] = {
	C8, C8, C8, C8,
	PLAIN, PLAIN, QUOTE, PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, P8, P8, P8,
	P8, P8, P8, PLAIN, PLAIN, PLAIN, PLAIN, ESCAPE, PLAIN, PLAIN, PLAIN, P8, P8, P8, P8,
	L16, L16, L16, L16, L16, L16, L16, L16
};

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline void
skip_white_space(struct json *j)
{
	uint8_t c = cursor_peek(&j->c);

	while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
		(void)cursor_u8(&j->c);
		c = cursor_peek(&j->c);
	}
}

/* Take one structural character; false, and nothing taken, where another is next. */
static inline bool
take_if(struct json *j, uint8_t wanted)
{
	if (cursor_peek(&j->c) != wanted) {
		return false;
	}
	(void)cursor_u8(&j->c);
	return true;
}

struct json
json_over(struct assay_bytes text)
{
	struct json j = { cursor_over(text), 0 };

	/* No value at all must not look like one that was read whole. */
	skip_white_space(&j);
	if (j.c.left == 0) {
		json_fail(&j);
	}
	return j;
}

void
json_fail(struct json *j)
{
	j->c.bad = true;
}

bool
json_failed(const struct json *j)
{
	return j->c.bad;
}

bool
json_done(struct json *j)
{
	skip_white_space(j);
	return cursor_done(&j->c) && j->depth == 0;
}

enum json_type
json_type(struct json *j)
{
	/* JSON_NONE for all other bytes. */
	static const uint8_t types[256] = {
		['{'] = JSON_OBJECT, ['['] = JSON_ARRAY, ['"'] = JSON_STRING,
		['t'] = JSON_TRUE, ['f'] = JSON_FALSE, ['n'] = JSON_NULL, ['-'] = JSON_NUMBER,
		['0'] = JSON_NUMBER, ['1'] = JSON_NUMBER, ['2'] = JSON_NUMBER, ['3'] = JSON_NUMBER,
		['4'] = JSON_NUMBER, ['5'] = JSON_NUMBER, ['6'] = JSON_NUMBER, ['7'] = JSON_NUMBER,
		['8'] = JSON_NUMBER, ['9'] = JSON_NUMBER
	};

	skip_white_space(j);
	return (enum json_type)types[cursor_peek(&j->c)];
}

/* Begin a value, which must be of this type. */
static bool
expect(struct json *j, enum json_type type)
{
	if (json_type(j) != type) {
		json_fail(j);
		return false;
	}
	return true;
}

/* The UTF-16 unit of four hex digits at text.data[at]; false where they are not there. */
static bool
utf16_unit(uint16_t *unit, struct assay_bytes text, size_t at)
{
	uint8_t bytes[2];

	if (text.len - at < 4 || !hex_decode(bytes, 2, bytes_slice(text, at, 4))) {
		return false;
	}
	*unit = (uint16_t)(bytes[0] << 8 | bytes[1]);
	return true;
}

/*
 * The length of the escape at text.data[at], which is a backslash; 0 where it
 * is none, half of a surrogate pair, or stands for NUL.
 */
static size_t
escape_length(struct assay_bytes text, size_t at)
{
	uint16_t unit = 0;
	uint16_t low = 0;

	if (text.len - at < 2) {
		return 0;
	}
	switch (text.data[at + 1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return 2;
	case 'u':
		break;
	default:
		return 0;
	}
	if (!utf16_unit(&unit, text, at + 2) || unit == 0 || (unit & 0xfc00) == 0xdc00) {
		return 0;
	}
	if ((unit & 0xfc00) != 0xd800) {
		return 6;
	}
	if (text.len - at < 8 || text.data[at + 6] != '\\' || text.data[at + 7] != 'u' ||
	    !utf16_unit(&low, text, at + 8) || (low & 0xfc00) != 0xdc00) {
		return 0;
	}
	return 12;
}

/* A string, checked; returns what stands between the quotes. */
static struct assay_bytes
take_string(struct json *j, bool escapes)
{
	if (!expect(j, JSON_STRING)) {
		return bytes_of(NULL, 0);
	}
	(void)cursor_u8(&j->c);
	struct cursor ahead = j->c;
	const struct assay_bytes rest = cursor_rest(&ahead);
	size_t at = 0;

	for (;;) {
		size_t step = 0;

		while (at < rest.len && string_class[rest.data[at]] == PLAIN) {
			at++;
		}
		if (at == rest.len) {
			break;
		}
		switch (string_class[rest.data[at]]) {
		case QUOTE:
			(void)cursor_take(&j->c, at + 1);
			return bytes_slice(rest, 0, at);
		case ESCAPE:
			step = escapes ? escape_length(rest, at) : 0;
			break;
		case LEAD:
			step = utf8_character(bytes_slice(rest, at, rest.len - at));
			break;
		default:
			break;
		}
		if (step == 0) {
			break;
		}
		at += step;
	}
	json_fail(j);
	return bytes_of(NULL, 0);
}

struct assay_bytes
json_string(struct json *j)
{
	return take_string(j, false);
}

struct json_object
json_object(struct json *j)
{
	/* The names are not cleared: only the first count of them are ever read. */
	struct json_object o;

	o.started = false;
	o.count = 0;
	if (expect(j, JSON_OBJECT)) {
		(void)cursor_u8(&j->c);
		j->depth++;
		if (j->depth > JSON_DEPTH_MAX) {
			json_fail(j);
		}
	}
	return o;
}

static bool
is_duplicate(const struct json_object *o, struct assay_bytes name)
{
	for (uint32_t i = 0; i < o->count; i++) {
		if (bytes_equal(o->names[i], name)) {
			return true;
		}
	}
	return false;
}

bool
json_member(struct json *j, struct json_object *o, struct assay_bytes *name)
{
	*name = bytes_of(NULL, 0);
	skip_white_space(j);
	if (j->c.bad) {
		return false;
	}
	if (take_if(j, '}')) {
		j->depth--;
		return false;
	}
	if (o->started && !take_if(j, ',')) {
		json_fail(j);
		return false;
	}
	o->started = true;
	const struct assay_bytes found = take_string(j, false);

	skip_white_space(j);
	if (j->c.bad || !take_if(j, ':') || o->count >= JSON_MEMBERS_MAX || is_duplicate(o, found)) {
		json_fail(j);
		return false;
	}
	o->names[o->count] = found;
	o->count++;
	*name = found;
	return true;
}

struct json_array
json_array(struct json *j)
{
	if (expect(j, JSON_ARRAY)) {
		(void)cursor_u8(&j->c);
		j->depth++;
		if (j->depth > JSON_DEPTH_MAX) {
			json_fail(j);
		}
	}
	return (struct json_array){ false };
}

bool
json_element(struct json *j, struct json_array *a)
{
	skip_white_space(j);
	if (j->c.bad) {
		return false;
	}
	if (take_if(j, ']')) {
		j->depth--;
		return false;
	}
	if (a->started) {
		if (!take_if(j, ',') || json_type(j) == JSON_NONE) {
			json_fail(j);
			return false;
		}
	}
	a->started = true;
	return true;
}

/* One or more digits; 0 where there are none, and the number fails. */
static size_t
take_digits(struct json *j)
{
	size_t count = 0;

	while (is_digit(cursor_peek(&j->c))) {
		(void)cursor_u8(&j->c);
		count++;
	}
	if (count == 0) {
		json_fail(j);
	}
	return count;
}

/* Pass over a number of any form. */
static void
skip_number(struct json *j)
{
	(void)take_if(j, '-');
	const uint8_t first = cursor_peek(&j->c);
	const size_t count = take_digits(j);

	if (first == '0' && count > 1) {
		json_fail(j);
	}
	if (take_if(j, '.')) {
		(void)take_digits(j);
	}
	if (take_if(j, 'e') || take_if(j, 'E')) {
		if (!take_if(j, '+')) {
			(void)take_if(j, '-');
		}
		(void)take_digits(j);
	}
}

int64_t
json_integer(struct json *j, int64_t lowest, int64_t highest)
{
	int64_t value = 0;

	if (!expect(j, JSON_NUMBER)) {
		return 0;
	}
	const bool negative = take_if(j, '-');
	const uint8_t first = cursor_peek(&j->c);
	size_t count = 0;

	while (is_digit(cursor_peek(&j->c))) {
		const int64_t digit = cursor_u8(&j->c) - '0';

		if (value > (INT64_MAX - digit) / 10) {
			json_fail(j);
			return 0;
		}
		value = value * 10 + digit;
		count++;
	}
	const uint8_t after = cursor_peek(&j->c);

	if (count == 0 || (first == '0' && (count > 1 || negative)) || after == '.' || after == 'e' ||
	    after == 'E') {
		json_fail(j);
		return 0;
	}
	value = negative ? -value : value;
	if (value < lowest || value > highest) {
		json_fail(j);
		return 0;
	}
	return value;
}

/* Take a literal name. */
static void
take_word(struct json *j, const char *word)
{
	if (!bytes_equal_text(cursor_take(&j->c, strlen(word)), word)) {
		json_fail(j);
	}
}

bool
json_boolean(struct json *j)
{
	const enum json_type type = json_type(j);

	if (type == JSON_TRUE) {
		take_word(j, "true");
		return !j->c.bad;
	}
	if (type == JSON_FALSE) {
		take_word(j, "false");
	} else {
		json_fail(j);
	}
	return false;
}

static void skip_value(struct json *j);

static void
skip_object(struct json *j)
{
	struct json_object o = json_object(j);
	struct assay_bytes name;

	while (json_member(j, &o, &name)) {
		skip_value(j);
	}
}

static void
skip_array(struct json *j)
{
	struct json_array a = json_array(j);

	while (json_element(j, &a)) {
		skip_value(j);
	}
}

/* Recursion ends at JSON_DEPTH_MAX, where the reader fails. */
static void
skip_value(struct json *j)
{
	switch (json_type(j)) {
	case JSON_OBJECT:
		skip_object(j);
		break;
	case JSON_ARRAY:
		skip_array(j);
		break;
	case JSON_STRING:
		(void)take_string(j, true);
		break;
	case JSON_NUMBER:
		skip_number(j);
		break;
	case JSON_TRUE:
		take_word(j, "true");
		break;
	case JSON_FALSE:
		take_word(j, "false");
		break;
	case JSON_NULL:
		take_word(j, "null");
		break;
	case JSON_NONE:
	default:
		json_fail(j);
		break;
	}
}

struct assay_bytes
json_skip(struct json *j)
{
	skip_white_space(j);
	struct cursor start = j->c;

	skip_value(j);
	if (j->c.bad) {
		return bytes_of(NULL, 0);
	}
	return cursor_take(&start, start.left - j->c.left);
}

void
json_hex(struct json *j, uint8_t *out, size_t len)
{
	const struct assay_bytes text = take_string(j, false);

	if (j->c.bad || !hex_decode(out, len, text)) {
		json_fail(j);
		memset(out, 0, len);
	}
}

int64_t
json_utc(struct json *j)
{
	const struct assay_bytes text = take_string(j, false);
	int64_t seconds = 0;

	if (j->c.bad || !utc_parse(&seconds, text)) {
		json_fail(j);
		return 0;
	}
	return seconds;
}
