/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as JSON: passing over the text and walking through it must agree. */
#include <stdlib.h>

#include "format/json.h"
#include "format/json_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool true_always)
{
	if (!true_always) {
		abort();
	}
}

/* A value read piece by piece; what it does not look into it passes over. */
static void
walk(struct json *j)
{
	struct json_object o;
	struct json_array a;
	struct assay_bytes name;
	uint8_t bytes[4];

	switch (json_type(j)) {
	case JSON_OBJECT:
		o = json_object(j);
		while (json_member(j, &o, &name)) {
			demand(name.len == 0 || name.data != NULL);
			walk(j);
		}
		break;
	case JSON_ARRAY:
		a = json_array(j);
		while (json_element(j, &a)) {
			walk(j);
		}
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		(void)json_boolean(j);
		break;
	case JSON_STRING:
	case JSON_NUMBER: {
		/* The typed readers take no more than what may be passed over. */
		struct json string = *j;
		struct json hex = *j;
		struct json utc = *j;
		struct json integer = *j;

		(void)json_string(&string);
		json_hex(&hex, bytes, sizeof bytes);
		(void)json_utc(&utc);
		const int64_t value = json_integer(&integer, -9, INT64_MAX);

		demand(value >= -9);
		(void)json_skip(j);
		demand(!json_failed(j) || (json_failed(&string) && json_failed(&hex) && json_failed(&utc)));
		demand(json_failed(&string) || string.c.left == j->c.left);
		demand(json_failed(&hex) || !json_failed(&string));
		demand(json_failed(&utc) || !json_failed(&string));
		break;
	}
	case JSON_NULL:
	case JSON_NONE:
	default:
		(void)json_skip(j);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t text[4096];
	struct json skipped = json_over(bytes_of(data, size));
	struct json walked = skipped;
	const struct assay_bytes whole = json_skip(&skipped);
	size_t len;

	walk(&walked);
	demand(json_done(&skipped) == json_done(&walked));
	if (!json_failed(&skipped) && whole.len != 0) {
		struct json again = json_over(whole);

		demand(bytes_equal(json_skip(&again), whole) && json_done(&again));
		if (whole.data[0] == '"' && whole.len <= sizeof text) {
			demand(json_text_decode(text, sizeof text, &len, whole) && len <= whole.len - 2);
		}
	}
	return 0;
}
