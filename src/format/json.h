/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON (RFC 8259), strict: one value, valid UTF-8, no duplicate member names,
 * no BOM, depth and member limits (limits.h).  A reader walks the text and
 * fails stickily; nothing is stored.
 *
 *	struct json j = json_over(text);
 *	struct json_object o = json_object(&j);
 *	struct assay_bytes name;
 *	while (json_member(&j, &o, &name)) {
 *		if (bytes_equal_text(name, "version")) {
 *			version = json_integer(&j, 0, 255);
 *		} else {
 *			json_skip(&j);
 *		}
 *	}
 *	if (!json_done(&j)) ...
 *
 * Each member's value and each element must be read or skipped exactly once.
 */
#ifndef FORMAT_JSON_H
#define FORMAT_JSON_H

#include "base/cursor.h"
#include "base/limits.h"

/*
 * Another widely used library exports these four names.  A program may link
 * with both, so that ours have names of their own for the linker.
 */
#define json_object assay_json_object
#define json_array assay_json_array
#define json_string assay_json_string
#define json_integer assay_json_integer

struct json {
	struct cursor c;	/* bad is the sticky failure of the whole */
	unsigned depth;
};

struct json_object {
	bool started;
	uint32_t count;
	struct assay_bytes names[JSON_MEMBERS_MAX];	/* for the search for duplicates */
};

struct json_array {
	bool started;
};

enum json_type {
	JSON_NONE = 0, JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL
};

struct json json_over(struct assay_bytes text);
/* The type of the value at hand, by its first byte (white space skipped). */
enum json_type json_type(struct json *j);

/* Enter an object; then one call a member until false (end, or failure).
 * Names with escapes are refused. */
struct json_object json_object(struct json *j);
bool json_member(struct json *j, struct json_object *o, struct assay_bytes *name);
/* Enter an array; then one call an element until false. */
struct json_array json_array(struct json *j);
bool json_element(struct json *j, struct json_array *a);

/* A string's bytes between the quotes.  A string with an escape is refused:
 * nothing that the vendors sign and we use has one. */
struct assay_bytes json_string(struct json *j);
/* An integer in lowest .. highest, written without fraction, exponent, plus or leading zero. */
int64_t json_integer(struct json *j, int64_t lowest, int64_t highest);
bool json_boolean(struct json *j);
/* Check and pass over any value; returns its exact text. */
struct assay_bytes json_skip(struct json *j);
/* A string of exactly 2 * len hex digits, decoded. */
void json_hex(struct json *j, uint8_t *out, size_t len);
/* A string that utc_parse takes. */
int64_t json_utc(struct json *j);

void json_fail(struct json *j);
bool json_failed(const struct json *j);
/* True where the one value was read whole and only white space follows. */
bool json_done(struct json *j);

#endif
