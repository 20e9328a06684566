/* SPDX-License-Identifier: Apache-2.0 */
/* How bytes, DER and JSON are changed: sometimes blindly, more often at a place that means something. */
#include <stdio.h>
#include <string.h>

#include "sim/scene.h"

#define WHAT_BYTES 120

static size_t
pick(struct sim_rng *rng, size_t bound)
{
	return sim_rng_below(rng, (uint32_t)bound);
}

static const uint8_t edges[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };

/* Blind: a bit, a byte, or a run of bytes.  The length may change. */
static void
mutate_blindly(struct sim_buffer *bytes, struct sim_rng *rng, char what[static WHAT_BYTES], bool may_resize)
{
	const size_t at = pick(rng, bytes->len);

	switch (pick(rng, may_resize ? 6 : 4)) {
	case 0:
	case 1: {
		const size_t bit = pick(rng, 8);

		bytes->data[at] ^= (uint8_t)(1u << bit);
		(void)snprintf(what, WHAT_BYTES, "bit %zu of byte %zu flipped", bit, at);
		break;
	}
	case 2:
		bytes->data[at] = edges[pick(rng, sizeof(edges))];
		(void)snprintf(what, WHAT_BYTES, "byte %zu set to %02x", at, bytes->data[at]);
		break;
	case 3: {
		const size_t room = bytes->len - at;
		const size_t len = 1 + pick(rng, room < 16 ? room : 16);
		const uint8_t with = edges[pick(rng, sizeof(edges))];

		memset(bytes->data + at, with, len);
		(void)snprintf(what, WHAT_BYTES, "%zu bytes at %zu set to %02x", len, at, with);
		break;
	}
	case 4: {
		const uint8_t byte = (uint8_t)sim_rng_next(rng);

		sim_buffer_insert(bytes, at, &byte, 1);
		(void)snprintf(what, WHAT_BYTES, "byte %02x put in at %zu", byte, at);
		break;
	}
	default:
		sim_buffer_remove(bytes, at, 1);
		(void)snprintf(what, WHAT_BYTES, "byte %zu taken out", at);
		break;
	}
}

void
sim_mutate_raw(struct sim_buffer *bytes, struct sim_rng *rng, char what[static WHAT_BYTES])
{
	if (bytes->len == 0) {
		sim_put_byte(bytes, (uint8_t)sim_rng_next(rng));
		(void)snprintf(what, WHAT_BYTES, "a byte put into nothing");
		return;
	}
	/* One in sixteen changes the length; more would only try the length checks. */
	mutate_blindly(bytes, rng, what, pick(rng, 16) == 0 && bytes->len > 1);
}

/* ------------------------------------------------------------------------
 * DER: elements of the simulator's own well-formed output
 */

#define ELEMENTS_MAX 512
#define DEPTH_MAX 16

struct element {
	size_t at;			/* of its tag */
	size_t header;			/* bytes of tag and length */
	size_t len;			/* of its content */
	size_t parent;			/* index; its own where there is none */
};

static bool
read_header(const struct sim_buffer *bytes, size_t at, size_t end, struct element *element)
{
	if (end - at < 2) {
		return false;
	}

	const uint8_t first = bytes->data[at + 1];
	size_t header = 2;
	size_t len = first;

	if (first >= 0x80) {
		const size_t count = first & 0x7f;

		if (count == 0 || count > 3 || end - at - 2 < count) {
			return false;
		}
		len = 0;
		for (size_t i = 0; i < count; i++) {
			len = len << 8 | bytes->data[at + 2 + i];
		}
		header += count;
	}
	element->at = at;
	element->header = header;
	element->len = len;
	return len <= end - at - header;
}

/* Is it constructed, or an octet string around exactly one element (an extension's value)? */
static bool
has_elements(const struct sim_buffer *bytes, const struct element *element)
{
	const size_t content = element->at + element->header;
	struct element inner;

	if ((bytes->data[element->at] & 0x20) != 0) {
		return true;
	}
	return bytes->data[element->at] == 0x04 && element->len > 2 && bytes->data[content] == 0x30 &&
	    read_header(bytes, content, content + element->len, &inner) && inner.header + inner.len == element->len;
}

/* All elements in order. */
static size_t
list_elements(const struct sim_buffer *bytes, struct element elements[static ELEMENTS_MAX])
{
	struct {
		size_t at, end, parent;
	} stack[DEPTH_MAX] = { { 0, bytes->len, 0 } };
	size_t depth = 1;
	size_t count = 0;

	while (depth > 0 && count < ELEMENTS_MAX) {
		struct element element;

		if (stack[depth - 1].at >= stack[depth - 1].end ||
		    !read_header(bytes, stack[depth - 1].at, stack[depth - 1].end, &element)) {
			depth--;
			continue;
		}
		element.parent = depth == 1 ? count : stack[depth - 1].parent;
		elements[count] = element;
		stack[depth - 1].at = element.at + element.header + element.len;
		if (has_elements(bytes, &element) && depth < DEPTH_MAX) {
			stack[depth].at = element.at + element.header;
			stack[depth].end = element.at + element.header + element.len;
			stack[depth].parent = count;
			depth++;
		}
		count++;
	}
	return count;
}

/* Bytes were put in or taken out inside the element: mend all lengths above, in minimal form. */
static void
mend_lengths(struct sim_buffer *bytes, const struct element *elements, size_t which, int64_t by)
{
	int64_t grown = by;

	for (;;) {
		const struct element *e = &elements[which];
		const size_t len = (size_t)((int64_t)e->len + grown);
		uint8_t encoded[4] = { 0 };
		size_t encoded_len = 1;

		if (len < 0x80) {
			encoded[0] = (uint8_t)len;
		} else if (len < 0x100) {
			encoded[0] = 0x81;
			encoded[1] = (uint8_t)len;
			encoded_len = 2;
		} else {
			encoded[0] = 0x82;
			encoded[1] = (uint8_t)(len >> 8);
			encoded[2] = (uint8_t)len;
			encoded_len = 3;
		}
		sim_buffer_remove(bytes, e->at + 1, e->header - 1);
		sim_buffer_insert(bytes, e->at + 1, encoded, encoded_len);
		grown += (int64_t)encoded_len - (int64_t)(e->header - 1);
		if (e->parent == which) {
			return;
		}
		which = e->parent;
	}
}

static void
mutate_content(struct sim_buffer *bytes, struct sim_rng *rng, const struct element *e, char what[static WHAT_BYTES])
{
	const size_t at = e->at + e->header + pick(rng, e->len);
	const uint8_t before = bytes->data[at];

	switch (pick(rng, 3)) {
	case 0:
		bytes->data[at] ^= (uint8_t)(1u << pick(rng, 8));
		break;
	case 1:
		bytes->data[at] = edges[pick(rng, sizeof(edges))];
		break;
	default:
		bytes->data[at] = (uint8_t)(before + (pick(rng, 2) == 0 ? 1 : -1));
		break;
	}
	(void)snprintf(what, WHAT_BYTES, "byte %zu (element %02x at %zu) from %02x to %02x", at, bytes->data[e->at], e->at,
	    before, bytes->data[at]);
}

void
sim_mutate_der(struct sim_buffer *bytes, struct sim_rng *rng, char what[static WHAT_BYTES])
{
	struct element elements[ELEMENTS_MAX];
	const size_t count = list_elements(bytes, elements);

	if (count < 2 || pick(rng, 8) == 0) {
		mutate_blindly(bytes, rng, what, true);
		return;
	}

	/* The outermost element is left alone: taking it out or doubling it leaves nothing to be read. */
	const size_t which = 1 + pick(rng, count - 1);
	const struct element *e = &elements[which];
	const size_t whole = e->header + e->len;

	switch (pick(rng, 8)) {
	case 0: {				/* taken out, lengths mended */
		const size_t parent = e->parent;

		(void)snprintf(what, WHAT_BYTES, "element %02x of %zu bytes at %zu taken out", bytes->data[e->at], whole, e->at);
		sim_buffer_remove(bytes, e->at, whole);
		mend_lengths(bytes, elements, parent, -(int64_t)whole);
		break;
	}
	case 1: {				/* doubled, lengths mended */
		struct sim_buffer copy = { 0 };

		(void)snprintf(what, WHAT_BYTES, "element %02x of %zu bytes at %zu doubled", bytes->data[e->at], whole, e->at);
		sim_put(&copy, bytes->data + e->at, whole);
		sim_buffer_insert(bytes, e->at, copy.data, copy.len);
		mend_lengths(bytes, elements, e->parent, (int64_t)whole);
		sim_buffer_free(&copy);
		break;
	}
	case 2:					/* another tag */
		bytes->data[e->at] ^= (uint8_t)(1u << pick(rng, 8));
		(void)snprintf(what, WHAT_BYTES, "tag at %zu now %02x", e->at, bytes->data[e->at]);
		break;
	case 3: {				/* content one byte longer, lengths mended */
		const uint8_t byte = edges[pick(rng, sizeof(edges))];

		(void)snprintf(what, WHAT_BYTES, "byte %02x put before the content of the element at %zu", byte, e->at);
		sim_buffer_insert(bytes, e->at + e->header, &byte, 1);
		mend_lengths(bytes, elements, which, 1);
		break;
	}
	default:
		if (e->len == 0) {
			mutate_blindly(bytes, rng, what, false);
		} else {
			mutate_content(bytes, rng, e, what);
		}
		break;
	}
}

/* ------------------------------------------------------------------------
 * JSON: compact text of the simulator's own
 */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* A place where the predicate holds, found from a random start; len where there is none. */
static size_t
find_from(const struct sim_buffer *bytes, struct sim_rng *rng, bool (*holds)(uint8_t c))
{
	const size_t start = pick(rng, bytes->len);

	for (size_t i = 0; i < bytes->len; i++) {
		const size_t at = (start + i) % bytes->len;

		if (holds(bytes->data[at])) {
			return at;
		}
	}
	return bytes->len;
}

static bool
is_quote_mark(uint8_t c)
{
	return c == '"';
}

static bool
is_comma(uint8_t c)
{
	return c == ',';
}

/* From a comma to the next one of the same depth or the end of the surrounding value. */
static size_t
member_end(const struct sim_buffer *bytes, size_t comma_at)
{
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = comma_at + 1; i < bytes->len; i++) {
		const uint8_t c = bytes->data[i];

		if (c == '"') {
			in_string = !in_string;
		} else if (in_string) {
			continue;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			if (depth == 0) {
				return i;
			}
			depth--;
		} else if (c == ',' && depth == 0) {
			return i;
		}
	}
	return bytes->len;
}

static const char *const words[] = {
	"UpToDate", "SWHardeningNeeded", "ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded", "OutOfDate",
	"OutOfDateConfigurationNeeded", "Revoked", "uptodate", "Unknown", "", "OK", "GROUP_OUT_OF_DATE", "KEY_REVOKED",
};

static const char *const numbers[] = {
	"-1", "256", "65535", "65536", "4294967296", "18446744073709551616", "1.0", "1e0", "00", "\"1\"", "null", "true",
};

static void
replace_string(struct sim_buffer *bytes, struct sim_rng *rng, char what[static WHAT_BYTES])
{
	const size_t open = find_from(bytes, rng, is_quote_mark);
	const char *word = words[pick(rng, sizeof(words) / sizeof(words[0]))];
	size_t close = open + 1;

	while (close < bytes->len && bytes->data[close] != '"') {
		close++;
	}
	if (close >= bytes->len) {
		mutate_blindly(bytes, rng, what, true);
		return;
	}
	sim_buffer_remove(bytes, open + 1, close - open - 1);
	sim_buffer_insert(bytes, open + 1, word, strlen(word));
	(void)snprintf(what, WHAT_BYTES, "text between quotation marks at %zu now \"%s\"", open, word);
}

static void
replace_number(struct sim_buffer *bytes, struct sim_rng *rng, char what[static WHAT_BYTES])
{
	size_t at = find_from(bytes, rng, is_digit);
	const char *number = numbers[pick(rng, sizeof(numbers) / sizeof(numbers[0]))];
	size_t len = 1;

	while (at > 0 && is_digit(bytes->data[at - 1])) {
		at--;
	}
	while (at + len < bytes->len && is_digit(bytes->data[at + len])) {
		len++;
	}
	sim_buffer_remove(bytes, at, len);
	sim_buffer_insert(bytes, at, number, strlen(number));
	(void)snprintf(what, WHAT_BYTES, "number at %zu now %s", at, number);
}

static void
change_member(struct sim_buffer *bytes, struct sim_rng *rng, char what[static WHAT_BYTES], bool doubled)
{
	const size_t at = find_from(bytes, rng, is_comma);
	const size_t len = member_end(bytes, at) - at;

	if (doubled) {
		struct sim_buffer copy = { 0 };

		sim_put(&copy, bytes->data + at, len);
		sim_buffer_insert(bytes, at, copy.data, copy.len);
		sim_buffer_free(&copy);
	} else {
		sim_buffer_remove(bytes, at, len);
	}
	(void)snprintf(what, WHAT_BYTES, "member or entry of %zu bytes at %zu %s", len, at, doubled ? "doubled" : "taken out");
}

void
sim_mutate_json(struct sim_buffer *bytes, struct sim_rng *rng, char what[static WHAT_BYTES])
{
	switch (pick(rng, 8)) {
	case 0:
		mutate_blindly(bytes, rng, what, true);
		break;
	case 1:
		replace_string(bytes, rng, what);
		break;
	case 2:
		replace_number(bytes, rng, what);
		break;
	case 3:
		change_member(bytes, rng, what, true);
		break;
	case 4:
		change_member(bytes, rng, what, false);
		break;
	default: {
		const size_t at = find_from(bytes, rng, pick(rng, 2) == 0 ? is_digit : is_hex);
		const uint8_t before = bytes->data[at];

		bytes->data[at] = (uint8_t)"0123456789abcdefABCDEF"[pick(rng, is_digit(before) ? 10 : 22)];
		(void)snprintf(what, WHAT_BYTES, "character %zu from %c to %c", at, before, bytes->data[at]);
		break;
	}
	}
}
