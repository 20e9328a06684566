/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON against jansson: every document at hand, and seeded mutations of them
 * (ASSAY_MUTATIONS says how many).  Where both accept, both read the same.
 * Where one accepts and the other does not, one of the classes below says
 * why; a disagreement without a class is a failure.
 */
#define _POSIX_C_SOURCE 200809L	/* vector.h lists directories */

/* Both sides name their types alike: ours get other names in this file. */
#define json_type ours_json_type
#define JSON_OBJECT OURS_OBJECT
#define JSON_ARRAY OURS_ARRAY
#define JSON_STRING OURS_STRING
#define JSON_TRUE OURS_TRUE
#define JSON_FALSE OURS_FALSE
#define JSON_NULL OURS_NULL
#include "format/json.h"
#include "format/json_text.h"
#undef json_type
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL
#undef json_object
#undef json_array
#undef json_string
#undef json_integer

#include <jansson.h>

#include "unit/vector.h"

#include "differential/mutate.h"

#define DOCUMENTS_MAX 1024

enum class { READ_ALIKE, REFUSED, NUMBER_TOO_GREAT, TOO_DEEP, TOO_MANY_MEMBERS, ESCAPED_NAME, NUL_BYTE,
	UNEXPLAINED, CLASSES };

static const struct {
	const char *what;
	const char *why;
} classes[CLASSES] = {
	[READ_ALIKE] = { "read alike by both", "" },
	[REFUSED] = { "refused by both", "" },
	[NUMBER_TOO_GREAT] = { "we accept a number beyond jansson's", "passed over, a number is text of any size; "
	    "json_integer, which reads one, has bounds" },
	[TOO_DEEP] = { "we refuse what nests deep", "limits.h: 16; jansson: 2,048" },
	[TOO_MANY_MEMBERS] = { "we refuse an object of many members", "limits.h: 40, to bound the search for doubles" },
	[ESCAPED_NAME] = { "we refuse a name with an escape", "one spelling of each name: doubles compare as bytes" },
	[NUL_BYTE] = { "we refuse a NUL between tokens", "RFC 8259 has no such white space; jansson's reader passes "
	    "over it" },
	[UNEXPLAINED] = { "unexplained", "a fault" }
};

static struct assay_bytes documents[DOCUMENTS_MAX];
static size_t documents_count;
static struct mutate mutate;
static unsigned long counts[CLASSES];

static void
keep(struct assay_bytes text)
{
	for (size_t i = 0; i < documents_count; i++) {
		if (bytes_equal(documents[i], text)) {
			return;
		}
	}
	assert_true(documents_count < DOCUMENTS_MAX);
	documents[documents_count++] = vector_copy(text);
}

/* The document, and those that it holds as strings. */
static void
visit(const char *name, struct assay_bytes text, void *context)
{
	json_t *const whole = json_loadb((const char *)text.data, text.len, 0, NULL);
	const char *key;
	json_t *value;

	(void)name;
	(void)context;
	keep(text);
	json_object_foreach(whole, key, value) {
		if (json_is_string(value) && json_string_value(value)[0] == '{') {
			keep(bytes_of(json_string_value(value), json_string_length(value)));
		}
	}
	json_decref(whole);
}

static int
load(void **state)
{
	(void)state;
	(void)vector_each("dcap", ".json", visit, NULL);
	(void)vector_each("dcap/json", ".json", visit, NULL);
	(void)vector_each("dcap/oe-json", ".json", visit, NULL);
	(void)vector_each("ias", ".json", visit, NULL);
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	for (size_t i = 0; i < documents_count; i++) {
		vector_free(documents[i]);
	}
	documents_count = 0;
	return 0;
}

static size_t
depth_of(const json_t *value)
{
	size_t deepest = 0;
	const char *key;
	json_t *inner;
	size_t i;

	if (!json_is_object(value) && !json_is_array(value)) {
		return 0;
	}
	json_object_foreach((json_t *)(uintptr_t)value, key, inner) {
		deepest = depth_of(inner) > deepest ? depth_of(inner) : deepest;
	}
	json_array_foreach(value, i, inner) {
		deepest = depth_of(inner) > deepest ? depth_of(inner) : deepest;
	}
	return deepest + 1;
}

static bool
has_many_members(const json_t *value)
{
	const char *key;
	json_t *inner;
	size_t i;

	if (json_is_object(value) && json_object_size(value) > JSON_MEMBERS_MAX) {
		return true;
	}
	json_object_foreach((json_t *)(uintptr_t)value, key, inner) {
		if (has_many_members(inner)) {
			return true;
		}
	}
	json_array_foreach(value, i, inner) {
		if (has_many_members(inner)) {
			return true;
		}
	}
	return false;
}

/* In text that is JSON: a string with a backslash, and a colon after it. */
static bool
has_escaped_name(struct assay_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		bool escaped = false;

		if (text.data[i] != '"') {
			continue;
		}
		for (i++; text.data[i] != '"'; i++) {
			if (text.data[i] == '\\') {
				escaped = true;
				i++;
			}
		}
		size_t after = i + 1;

		while (after < text.len && strchr(" \t\r\n", text.data[after]) != NULL) {
			after++;
		}
		if (escaped && after < text.len && text.data[after] == ':') {
			return true;
		}
	}
	return false;
}

/* Our reader meets what jansson holds: names and elements in order, and each value. */
static bool
is_same(struct json *j, const json_t *theirs)
{
	static uint8_t text[65536];

	switch (json_typeof(theirs)) {
	case JSON_OBJECT: {
		struct assay_json_object o = assay_json_object(j);
		void *at = json_object_iter((json_t *)(uintptr_t)theirs);
		struct assay_bytes name;

		while (json_member(j, &o, &name)) {
			if (at == NULL || !bytes_equal_text(name, json_object_iter_key(at)) ||
			    !is_same(j, json_object_iter_value(at))) {
				return false;
			}
			at = json_object_iter_next((json_t *)(uintptr_t)theirs, at);
		}
		return at == NULL && !json_failed(j);
	}
	case JSON_ARRAY: {
		struct assay_json_array a = assay_json_array(j);
		size_t i = 0;

		while (json_element(j, &a)) {
			if (i >= json_array_size(theirs) || !is_same(j, json_array_get(theirs, i))) {
				return false;
			}
			i++;
		}
		return i == json_array_size(theirs) && !json_failed(j);
	}
	case JSON_STRING: {
		const struct assay_bytes raw = json_skip(j);
		size_t len;

		return json_text_decode(text, sizeof text, &len, raw) && bytes_equal(bytes_of(text, len),
		    bytes_of(json_string_value(theirs), json_string_length(theirs)));
	}
	case JSON_INTEGER: {
		struct json passed = *j;
		const struct assay_bytes raw = json_skip(&passed);

		/* These two are integers for jansson and for nobody whom we read. */
		if (bytes_equal_text(raw, "-0") || bytes_equal_text(raw, "-9223372036854775808")) {
			*j = passed;
			return true;
		}
		return assay_json_integer(j, INT64_MIN, INT64_MAX) == json_integer_value(theirs) && !json_failed(j);
	}
	case JSON_REAL: {
		struct json integer = *j;

		(void)assay_json_integer(&integer, INT64_MIN, INT64_MAX);
		return json_skip(j).len > 0 && json_failed(&integer);
	}
	case JSON_TRUE:
		return bytes_equal_text(json_skip(j), "true");
	case JSON_FALSE:
		return bytes_equal_text(json_skip(j), "false");
	case JSON_NULL:
		return bytes_equal_text(json_skip(j), "null");
	default:
		return false;
	}
}

static void
compare(struct assay_bytes text)
{
	const struct assay_bytes copy = vector_copy(text);
	struct json j = json_over(copy);
	json_error_t error;
	json_t *const theirs = json_loadb((const char *)copy.data, copy.len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	enum class found = UNEXPLAINED;

	(void)json_skip(&j);
	if (json_done(&j)) {
		if (theirs != NULL) {
			struct json again = json_over(copy);

			found = is_same(&again, theirs) && json_done(&again) ? READ_ALIKE : UNEXPLAINED;
		} else if (json_error_code(&error) == json_error_numeric_overflow) {
			found = NUMBER_TOO_GREAT;
		}
	} else if (theirs == NULL) {
		found = REFUSED;
	} else if (depth_of(theirs) > JSON_DEPTH_MAX) {
		found = TOO_DEEP;
	} else if (has_many_members(theirs)) {
		found = TOO_MANY_MEMBERS;
	} else if (has_escaped_name(copy)) {
		found = ESCAPED_NAME;
	} else if (memchr(copy.data, 0, copy.len) != NULL) {
		found = NUL_BYTE;
	}
	counts[found]++;
	if (found == UNEXPLAINED) {
		fail_msg("no class says why we %s and jansson says \"%s\" of: %.*s",
		    json_done(&j) ? "accept" : "refuse", theirs != NULL ? "good" : error.text, (int)copy.len,
		    (const char *)copy.data);
	}
	json_decref(theirs);
	vector_free(copy);
}

static void
report(const char *what)
{
	for (unsigned i = 0; i < CLASSES; i++) {
		if (counts[i] != 0) {
			print_message("# %s: %8lu %-36s %s\n", what, counts[i], classes[i].what, classes[i].why);
		}
	}
	memset(counts, 0, sizeof counts);
}

static void
genuine_documents_agree(void **state)
{
	(void)state;
	if (documents_count == 0) {
		skip();
	}
	for (size_t i = 0; i < documents_count; i++) {
		compare(documents[i]);
	}
	report("genuine");
}

/* One piece of JSON put in, put over another, or a run of the document copied elsewhere. */
static void
mutate_json(struct mutate *m, struct assay_bytes in)
{
	static const char *const pieces[] = {
		"{", "}", "[", "]", ":", ",", "\"", "\\", "\"a\":1,", "\"\\u0061\":1,", "\\u0000", "\\ud83d\\ude00",
		"\\ud800", "\\/", "\xc3\xa9", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80", "\xef\xbb\xbf", "null",
		"true", "1e999", "-0", "01", "1.", "1.5e-3", "9223372036854775807", "9223372036854775808",
		"-9223372036854775808", "[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]", "/**/", " ", "\n", "\t", "\x01", "\x7f", "+1"
	};
	size_t changes = 1 + mutate_below(m, 2);

	m->len = 0;
	mutate_add(m, in.data, in.len);
	for (; changes > 0 && m->len > 0; changes--) {
		const size_t at = mutate_below(m, m->len);
		const size_t count = mutate_below(m, m->len - at < 12 ? m->len - at + 1 : 12);
		const char *const piece = pieces[mutate_below(m, sizeof pieces / sizeof pieces[0])];
		uint8_t run[64];

		switch (mutate_below(m, 4)) {
		case 0:
			mutate_splice(m, at, 0, piece, strlen(piece));
			break;
		case 1:
			mutate_splice(m, at, count, piece, strlen(piece));
			break;
		case 2:
			memcpy(run, m->bytes + at, count);
			mutate_splice(m, mutate_below(m, m->len), 0, run, count);
			break;
		default:
			mutate_splice(m, at, count, NULL, 0);
			break;
		}
	}
}

/* Whole members and elements: copied, so that names double and lists grow. */
static void
mutate_member(struct mutate *m, struct assay_bytes in)
{
	static uint8_t run[4096];
	size_t begin = mutate_below(m, in.len);
	size_t end;

	m->len = 0;
	mutate_add(m, in.data, in.len);
	while (begin > 0 && in.data[begin] != ',') {
		begin--;
	}
	end = begin + 1;
	while (end < in.len && in.data[end] != ',') {
		end++;
	}
	if (in.data[begin] == ',' && end - begin <= sizeof run) {
		memcpy(run, in.data + begin, end - begin);
		for (size_t copies = 1 + mutate_below(m, 2); copies > 0; copies--) {
			mutate_splice(m, end, 0, run, end - begin);
		}
	}
}

static void
mutated_documents_agree(void **state)
{
	(void)state;
	if (documents_count == 0) {
		skip();
	}
	mutate.state = UINT64_C(0x5eed0004);
	for (unsigned long i = mutations_wanted(); i > 0; i--) {
		const struct assay_bytes text = documents[mutate_below(&mutate, documents_count)];

		if (i % 4 == 0) {
			mutate_bytes(&mutate, text);
		} else if (i % 4 == 1) {
			mutate_member(&mutate, text);
		} else {
			mutate_json(&mutate, text);
		}
		compare(bytes_of(mutate.bytes, mutate.len));
	}
	report("mutated");
}

/* Small texts in which each class, and each form of number and string, is dense. */
static void
made_documents_agree(void **state)
{
	static const char *const seeds[] = {
		"[0,-1,1.5,2e3,\"\\u00e9\\n\",true,false,null,{\"a\":{\"b\":[]}}]", "\"\\ud83d\\ude00\"", "-12.5E+7", "{}",
		/* As many members as may be. */
		"{\"A\":0,\"B\":0,\"C\":0,\"D\":0,\"E\":0,\"F\":0,\"G\":0,\"H\":0,\"I\":0,\"J\":0,\"K\":0,"
		    "\"L\":0,\"M\":0,\"N\":0,\"O\":0,\"P\":0,\"Q\":0,\"R\":0,\"S\":0,\"T\":0,\"U\":0,\"V\":0,"
		    "\"W\":0,\"X\":0,\"Y\":0,\"Z\":0,\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,"
		    "\"7\":0,\"8\":0,\"9\":0,\"g\":0,\"h\":0,\"i\":0,\"j\":0}",
		"{\"a\":1,\"b\":[1,2,{\"c\":\"d\"}],\"e\":{\"f\":-3}}", "[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]"
	};

	(void)state;
	mutate.state = UINT64_C(0x5eed0005);
	for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
		compare(bytes_of_text(seeds[i]));
	}
	for (unsigned long i = 4 * mutations_wanted(); i > 0; i--) {
		const struct assay_bytes seed = bytes_of_text(seeds[mutate_below(&mutate, sizeof seeds / sizeof seeds[0])]);

		if (i % 4 == 0) {
			mutate_bytes(&mutate, seed);
		} else {
			mutate_json(&mutate, seed);
		}
		compare(bytes_of(mutate.bytes, mutate.len));
	}
	report("made");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(genuine_documents_agree),
		cmocka_unit_test(mutated_documents_agree),
		cmocka_unit_test(made_documents_agree)
	};

	return cmocka_run_group_tests(tests, load, unload);
}
