/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: the grammar to the letter, and the reader's promises. */
#include <stdio.h>

#include "text.h"

#include "format/json.h"

struct row {
	const char *reason;
	const char *text;
};

/* Is the text one whole value? */
static bool
is_value(struct assay_bytes text)
{
	struct json j = json_over(text);

	(void)json_skip(&j);
	return json_done(&j);
}

static void
check_values(const struct row *rows, size_t count, bool wanted)
{
	for (size_t i = 0; i < count; i++) {
		const struct assay_bytes text = text_whole(rows[i].text);

		if (is_value(text) != wanted) {
			fail_msg("%s: %s", wanted ? "refused" : "accepted", rows[i].reason);
		}
		text_free(text);
	}
}

static void
values_are_accepted(void **state)
{
	static const struct row rows[] = {
		{ "an object", "{}" },
		{ "an array", "[]" },
		{ "a string", "\"\"" },
		{ "true", "true" },
		{ "false", "false" },
		{ "null", "null" },
		{ "zero", "0" },
		{ "a negative zero", "-0" },
		{ "a fraction", "-0.10" },
		{ "an exponent", "1e5" },
		{ "a capital exponent with a sign", "10.01E+05" },
		{ "a negative exponent", "1e-5" },
		{ "a number beyond 64 bits", "123456789012345678901234567890" },
		{ "all white space", " \t\r\n{ \t\r\n\"a\" \t\r\n: \t\r\n1 \t\r\n, \"b\" : [ 1 , 2 ] } \t\r\n" },
		{ "nesting", "{\"a\":[{\"b\":[[],{}]}],\"c\":{\"d\":{\"e\":null}}}" },
		{ "the same name in different objects", "{\"a\":{\"a\":1},\"b\":{\"a\":1}}" },
		{ "an empty name", "{\"\":1}" },
		{ "names that begin alike", "{\"a\":1,\"aa\":1}" },
		{ "each escape", "\"\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0041 \\uabCD\"" },
		{ "a pair of surrogates", "\"\\ud83d\\ude00\"" },
		{ "the first and the last pair", "\"\\uD800\\uDC00\\uDBFF\\uDFFF\"" },
		{ "the units around the surrogates", "\"\\ud7ff\\ue000\"" },
		{ "DEL", "\"\x7f\"" },
		{ "two bytes of UTF-8", "\"\xc2\x80 \xdf\xbf\"" },
		{ "three bytes of UTF-8", "\"\xe0\xa0\x80 \xe1\x80\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf\"" },
		{ "four bytes of UTF-8", "\"\xf0\x90\x80\x80 \xf1\x80\x80\x80 \xf4\x8f\xbf\xbf\"" },
		{ "a name in UTF-8", "{\"\xc3\xa9\":1}" },
		{ "the deepest nesting", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]" },
		{ "the deepest nesting of objects", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":"
		    "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}}}}}}}" },
		{ "deep nesting beside deep nesting", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]],[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]" }
	};

	(void)state;
	check_values(rows, sizeof rows / sizeof rows[0], true);
}

static void
text_that_is_no_value(void **state)
{
	static const struct row rows[] = {
		{ "nothing", "" },
		{ "only white space", " \n" },
		{ "two values", "1 2" },
		{ "a value and a comma", "1," },
		{ "text after the object", "{}x" },
		{ "a second object", "{}{}" },
		{ "a byte order mark", "\xef\xbb\xbf{}" },
		{ "a comment", "{}/**/" },
		{ "a form feed", "\f{}" },
		{ "a no-break space", "\xc2\xa0{}" },
		{ "capital letters", "True" },
		{ "true cut short", "tru" },
		{ "true and a letter", "truex" },
		{ "another t", "txue" },
		{ "false cut short", "fals" },
		{ "null cut short", "nul" },
		{ "NaN", "NaN" },
		{ "a name without quotes", "{a:1}" },
		{ "single quotes", "{'a':1}" },
		{ "a number as a name", "{1:1}" },
		{ "no colon", "{\"a\" 1}" },
		{ "two colons", "{\"a\"::1}" },
		{ "a comma for the colon", "{\"a\",1}" },
		{ "no value", "{\"a\":}" },
		{ "no value and a comma", "{\"a\":,\"b\":1}" },
		{ "no comma between members", "{\"a\":1 \"b\":1}" },
		{ "two commas between members", "{\"a\":1,,\"b\":1}" },
		{ "a comma at the end of an object", "{\"a\":1,}" },
		{ "a comma in an empty object", "{,}" },
		{ "a comma at the beginning of an object", "{,\"a\":1}" },
		{ "an object left open", "{\"a\":1" },
		{ "an object left open at the name", "{\"a" },
		{ "an object left open at its beginning", "{" },
		{ "a bracket for a brace", "{\"a\":1]" },
		{ "no comma between elements", "[1 2]" },
		{ "two commas between elements", "[1,,2]" },
		{ "a comma at the end of an array", "[1,]" },
		{ "a comma in an empty array", "[,]" },
		{ "an array left open", "[1" },
		{ "an array left open at its beginning", "[" },
		{ "an array left open at the comma", "[1," },
		{ "a brace for a bracket", "[1}" },
		{ "a closing bracket alone", "]" },
		{ "a name twice", "{\"a\":1,\"a\":1}" },
		{ "a name twice, far apart", "{\"a\":1,\"b\":2,\"c\":3,\"a\":4}" },
		{ "a name twice, deep inside", "[{\"x\":{\"a\":1,\"a\":2}}]" },
		{ "an empty name twice", "{\"\":1,\"\":2}" },
		{ "an escape in a name", "{\"\\u0061\":1}" },
		{ "a plus", "+1" },
		{ "a leading zero", "01" },
		{ "a negative leading zero", "-01" },
		{ "two zeros", "00" },
		{ "a minus alone", "-" },
		{ "a minus and a letter", "-a" },
		{ "no digit after the point", "1." },
		{ "no digit before the point", ".5" },
		{ "an exponent without digits", "1e" },
		{ "an exponent with only a sign", "1e+" },
		{ "an exponent with two signs", "1e+-1" },
		{ "an exponent with a fraction", "1e1.5" },
		{ "hexadecimal", "0x10" },
		{ "infinity", "-Infinity" },
		{ "a string left open", "\"abc" },
		{ "a string left open at an escape", "\"abc\\" },
		{ "a string left open behind an escape", "\"abc\\\"" },
		{ "a newline in a string", "\"a\nb\"" },
		{ "a tab in a string", "\"a\tb\"" },
		{ "the last control character in a string", "\"\x1f\"" },
		{ "an escape that is none", "\"\\x41\"" },
		{ "a capital escape", "\"\\N\"" },
		{ "an escape of three digits", "\"\\u004\"" },
		{ "an escape cut short by the end", "\"\\u00" },
		{ "an escape that is not hexadecimal", "\"\\u00g1\"" },
		{ "an escaped NUL", "\"\\u0000\"" },
		{ "a high surrogate alone", "\"\\ud800\"" },
		{ "a high surrogate before a letter", "\"\\ud800abcdef\"" },
		{ "a high surrogate before another escape", "\"\\ud800\\n12345\"" },
		{ "a high surrogate before no surrogate", "\"\\ud800\\u0041\"" },
		{ "two high surrogates", "\"\\ud800\\ud800\"" },
		{ "a high surrogate before half an escape", "\"\\ud800\\udc0\"" },
		{ "a high surrogate before the end", "\"\\ud800\\u" },
		{ "a low surrogate alone", "\"\\udc00\"" },
		{ "a lone continuation byte", "\"\x80\"" },
		{ "a sequence that is not the shortest", "\"\xc0\x80\"" },
		{ "another of two bytes", "\"\xc1\xbf\"" },
		{ "another of three bytes", "\"\xe0\x9f\xbf\"" },
		{ "another of four bytes", "\"\xf0\x8f\xbf\xbf\"" },
		{ "a surrogate in UTF-8", "\"\xed\xa0\x80\"" },
		{ "beyond the last character", "\"\xf4\x90\x80\x80\"" },
		{ "a first byte beyond all", "\"\xf5\x80\x80\x80\"" },
		{ "the byte ff", "\"\xff\"" },
		{ "a sequence of two cut by the quote", "\"\xc3\"" },
		{ "a sequence of two cut by the end", "\"\xc3" },
		{ "a sequence of three with two bytes", "\"\xe1\x80\"\"" },
		{ "a sequence of four with three bytes", "\"\xf1\x80\x80\"\"" },
		{ "a sequence with a wrong last byte", "\"\xf1\x80\x80\xc0\"" },
		{ "invalid UTF-8 in a name", "{\"\xff\":1}" },
		{ "one level too deep", "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]" },
		{ "one level too deep, at last an object", "[[[[[[[[[[[[[[[[{}]]]]]]]]]]]]]]]]" },
		{ "one level too deep, left open", "[[[[[[[[[[[[[[[[[" }
	};

	(void)state;
	check_values(rows, sizeof rows / sizeof rows[0], false);
	assert_false(is_value(bytes_of("{}\0", 3)));
	assert_false(is_value(bytes_of("\"\0\"", 3)));
	assert_false(is_value(bytes_of("[1,\0002]", 6)));
}

/* Every beginning of a document is no document. */
static void
every_cut_is_refused(void **state)
{
	static const char text[] = "{\"a\":[1.5e1,\"\xc3\xa9\\ud83d\\ude00\",true,null],\"b\":{\"c\":false}}";

	(void)state;
	for (size_t len = 0; len < strlen(text); len++) {
		const struct assay_bytes cut = text_prefix(text, len);

		assert_false(is_value(cut));
		text_free(cut);
	}
	assert_true(is_value(bytes_of_text(text)));
}

static void
members_are_limited(void **state)
{
	char text[JSON_MEMBERS_MAX * 8 + 32];

	(void)state;
	for (unsigned members = JSON_MEMBERS_MAX; members <= JSON_MEMBERS_MAX + 1; members++) {
		size_t len = 0;

		for (unsigned i = 0; i < members; i++) {
			len += (size_t)snprintf(text + len, sizeof text - len, "%c\"%u\":0", i == 0 ? '{' : ',', i);
		}
		(void)snprintf(text + len, sizeof text - len, "}");
		assert_int_equal(is_value(bytes_of_text(text)), members == JSON_MEMBERS_MAX);
	}
}

static void
a_document_is_read(void **state)
{
	static const char text[] = " {\"name\" : \"x\", \"list\":[ 1,-2 ,3], \"yes\":true,\"no\":false, "
	    "\"hex\":\"00fF\",\"at\":\"1970-01-01T00:01:00Z\",\"rest\": {\"b\": [ 1 ] } } ";
	const struct assay_bytes document = text_whole(text);
	struct json j = json_over(document);
	struct json_object o = json_object(&j);
	struct assay_bytes name;
	int64_t sum = 0;
	unsigned members = 0;
	uint8_t bytes[2];

	(void)state;
	while (json_member(&j, &o, &name)) {
		members++;
		if (bytes_equal_text(name, "name")) {
			assert_int_equal(json_type(&j), JSON_STRING);
			assert_true(bytes_equal_text(json_string(&j), "x"));
		} else if (bytes_equal_text(name, "list")) {
			struct json_array a = json_array(&j);

			while (json_element(&j, &a)) {
				sum = sum * 10 + json_integer(&j, -2, 3);
			}
		} else if (bytes_equal_text(name, "yes")) {
			assert_true(json_boolean(&j));
		} else if (bytes_equal_text(name, "no")) {
			assert_false(json_boolean(&j));
			assert_false(json_failed(&j));
		} else if (bytes_equal_text(name, "hex")) {
			json_hex(&j, bytes, 2);
			assert_memory_equal(bytes, "\x00\xff", 2);
		} else if (bytes_equal_text(name, "at")) {
			assert_int_equal(json_utc(&j), 60);
		} else {
			assert_true(bytes_equal_text(json_skip(&j), "{\"b\": [ 1 ] }"));
		}
	}
	assert_int_equal(members, 7);
	assert_int_equal(sum, 83);
	assert_true(json_done(&j));
	text_free(document);
}

static void
types_are_told_by_the_first_byte(void **state)
{
	static const struct {
		const char *text;
		enum json_type type;
	} rows[] = {
		{ "{", JSON_OBJECT }, { " [", JSON_ARRAY }, { "\n\"", JSON_STRING }, { "-", JSON_NUMBER },
		{ "0", JSON_NUMBER }, { "9", JSON_NUMBER }, { "t", JSON_TRUE }, { "f", JSON_FALSE },
		{ "n", JSON_NULL }, { "}", JSON_NONE }, { "+", JSON_NONE }, { "", JSON_NONE }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct json j = json_over(bytes_of_text(rows[i].text));

		assert_int_equal(json_type(&j), rows[i].type);
	}
}

static void
integers_are_exact(void **state)
{
	static const struct {
		const char *reason;
		const char *text;
		int64_t lowest;
		int64_t highest;
		bool good;
		int64_t value;
	} rows[] = {
		{ "the lowest", "0", 0, 255, true, 0 },
		{ "the highest", "255", 0, 255, true, 255 },
		{ "one more", "256", 0, 255, false, 0 },
		{ "one less", "-1", 0, 255, false, 0 },
		{ "a negative number", "-17", -20, 0, true, -17 },
		{ "the greatest of all", "9223372036854775807", 0, INT64_MAX, true, INT64_MAX },
		{ "one more than the greatest", "9223372036854775808", 0, INT64_MAX, false, 0 },
		{ "2^64", "18446744073709551616", 0, INT64_MAX, false, 0 },
		{ "2^64 + 1, which would wrap to 1", "18446744073709551617", 0, 255, false, 0 },
		{ "2^32 + 1", "4294967297", 0, 255, false, 0 },
		{ "the most negative that is read", "-9223372036854775807", INT64_MIN, 0, true, -INT64_MAX },
		{ "a negative zero", "-0", -1, 1, false, 0 },
		{ "a leading zero", "01", 0, 255, false, 0 },
		{ "a fraction", "1.0", 0, 255, false, 0 },
		{ "an exponent", "1e0", 0, 255, false, 0 },
		{ "a capital exponent", "1E0", 0, 255, false, 0 },
		{ "a plus", "+1", 0, 255, false, 0 },
		{ "a minus alone", "-", -9, 9, false, 0 },
		{ "a string", "\"1\"", 0, 255, false, 0 },
		{ "true", "true", 0, 255, false, 0 },
		{ "null", "null", 0, 255, false, 0 },
		{ "an array", "[1]", 0, 255, false, 0 },
		{ "letters behind", "1a", 0, 255, false, 1 },
		{ "nothing", "", 0, 255, false, 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_whole(rows[i].text);
		struct json j = json_over(text);
		const int64_t value = json_integer(&j, rows[i].lowest, rows[i].highest);

		if (json_done(&j) != rows[i].good || value != rows[i].value) {
			fail_msg("%s", rows[i].reason);
		}
		text_free(text);
	}
}

static void
typed_readers_refuse_other_types(void **state)
{
	static const struct row rows[] = {
		{ "an object", "{\"a\":1}" }, { "an array", "[1]" }, { "a string", "\"xyz\"" },
		{ "an escaped string", "\"\\n\"" }, { "a number", "1" }, { "true", "true" }, { "null", "null" },
		{ "hex of another length", "\"00112\"" }, { "hex with another letter", "\"0g\"" },
		{ "a date without a zone", "\"1970-01-01T00:00:00\"" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_whole(rows[i].text);
		const bool plain_string = text.data[0] == '"' && text.data[1] != '\\';
		uint8_t out[1] = { 0x55 };
		struct json j = json_over(text);

		(void)json_object(&j);
		assert_int_equal(json_failed(&j), text.data[0] != '{');
		j = json_over(text);
		(void)json_array(&j);
		assert_int_equal(json_failed(&j), text.data[0] != '[');
		j = json_over(text);
		(void)json_string(&j);
		assert_int_equal(json_failed(&j), !plain_string);
		j = json_over(text);
		assert_int_equal(json_boolean(&j), text.data[0] == 't');
		assert_int_equal(json_failed(&j), text.data[0] != 't');
		j = json_over(text);
		json_hex(&j, out, 1);
		assert_true(json_failed(&j));
		assert_int_equal(out[0], 0);
		j = json_over(text);
		assert_int_equal(json_utc(&j), 0);
		assert_true(json_failed(&j));
		text_free(text);
	}
}

static void
a_word_cut_short_is_no_boolean(void **state)
{
	struct json j = json_over(bytes_of_text("tru"));

	(void)state;
	assert_false(json_boolean(&j));
	assert_true(json_failed(&j));
}

/* A caller that reads too little or too much is found out, not followed. */
static void
each_value_is_read_once(void **state)
{
	struct json j = json_over(bytes_of_text("{\"a\":1,\"b\":2}"));
	struct json_object o = json_object(&j);
	struct assay_bytes name;

	(void)state;
	assert_true(json_member(&j, &o, &name));
	assert_false(json_member(&j, &o, &name));	/* the value was not read */
	assert_true(json_failed(&j));
	assert_false(json_member(&j, &o, &name));
	assert_int_equal(name.len, 0);

	j = json_over(bytes_of_text("[1,2]"));
	struct json_array a = json_array(&j);

	assert_true(json_element(&j, &a));
	(void)json_skip(&j);
	(void)json_skip(&j);
	assert_true(json_failed(&j));
	assert_false(json_element(&j, &a));

	/* An object that was not read to its end is not done. */
	j = json_over(bytes_of_text("{}"));
	(void)json_object(&j);
	assert_false(json_done(&j));

	j = json_over(bytes_of_text("1"));
	assert_false(json_done(&j));
	json_fail(&j);
	assert_int_equal(json_skip(&j).len, 0);
	assert_int_equal(json_integer(&j, 0, 9), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_accepted),
		cmocka_unit_test(text_that_is_no_value),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(members_are_limited),
		cmocka_unit_test(a_document_is_read),
		cmocka_unit_test(types_are_told_by_the_first_byte),
		cmocka_unit_test(integers_are_exact),
		cmocka_unit_test(typed_readers_refuse_other_types),
		cmocka_unit_test(a_word_cut_short_is_no_boolean),
		cmocka_unit_test(each_value_is_read_once)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
