/* SPDX-License-Identifier: Apache-2.0 */
/* The wrappings in which people pass bytes around. */
#include "cmd/decode.h"

#include "format/base64.h"
#include "format/hex.h"
#include "format/json.h"
#include "format/json_text.h"
#include "format/utf8.h"
#include "render/writer.h"

static const struct assay_bytes nothing = { NULL, 0 };

static bool
is_white(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct assay_bytes
trimmed(struct assay_bytes text)
{
	size_t from = 0;
	size_t end = text.len;

	while (from < end && is_white(text.data[from])) {
		from++;
	}
	while (end > from && (is_white(text.data[end - 1]) || text.data[end - 1] == '\0')) {
		end--;
	}
	return bytes_slice(text, from, end - from);
}

bool
looks_like_text(struct assay_bytes bytes)
{
	size_t at = 0;

	while (at < bytes.len) {
		const struct assay_bytes rest = bytes_slice(bytes, at, bytes.len - at);
		const size_t len = utf8_character(rest);

		if (len == 0 || (bytes.data[at] < 0x20 && !is_white(bytes.data[at]))) {
			return false;
		}
		at += len;
	}
	return bytes.len != 0;
}

bool
begins_with(struct assay_bytes bytes, const char *text)
{
	const size_t len = strlen(text);

	return bytes.len >= len && memcmp(bytes.data, text, len) == 0;
}

size_t
find_text(struct assay_bytes bytes, const char *text)
{
	const size_t len = strlen(text);

	for (size_t at = 0; at + len <= bytes.len; at++) {
		if (memcmp(bytes.data + at, text, len) == 0) {
			return at;
		}
	}
	return bytes.len;
}

/* The text without white space, mapped to the standard alphabet of base64. */
static struct assay_bytes
without_white(struct arena *arena, struct assay_bytes text, bool base64)
{
	uint8_t *out = arena_get(arena, text.len + 3);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (is_white(c)) {
			continue;
		}
		if (base64) {
			c = c == '-' ? '+' : c == '_' ? '/' : c;
		}
		out[len] = c;
		len++;
	}
	while (base64 && len % 4 != 0) {
		out[len] = '=';
		len++;
	}
	return bytes_of(out, len);
}

struct assay_bytes
decode_hex(struct arena *arena, struct assay_bytes text)
{
	struct assay_bytes digits = without_white(arena, text, false);

	if (begins_with(digits, "0x") || begins_with(digits, "0X")) {
		digits = bytes_slice(digits, 2, digits.len - 2);
	}
	if (digits.len == 0 || digits.len % 2 != 0) {
		return nothing;
	}
	uint8_t *out = arena_get(arena, digits.len / 2);

	return hex_decode(out, digits.len / 2, digits) ? bytes_of(out, digits.len / 2) : nothing;
}

struct assay_bytes
decode_base64(struct arena *arena, struct assay_bytes text)
{
	const struct assay_bytes characters = without_white(arena, text, true);
	uint8_t *out = arena_get(arena, characters.len);
	size_t len;

	if (characters.len == 0 || !base64_decode(out, characters.len, &len, characters, false)) {
		return nothing;
	}
	return bytes_of(out, len);
}

struct assay_bytes
decode_pem(struct arena *arena, struct assay_bytes text)
{
	if (!begins_with(text, "-----BEGIN ")) {
		return nothing;
	}
	size_t from = 0;

	while (from < text.len && text.data[from] != '\n') {
		from++;
	}
	const struct assay_bytes rest = bytes_slice(text, from, text.len - from);
	const size_t end = find_text(rest, "-----END ");

	return end == rest.len ? nothing : decode_base64(arena, bytes_slice(rest, 0, end));
}

struct assay_bytes
decode_url(struct arena *arena, struct assay_bytes text)
{
	uint8_t *out = arena_get(arena, text.len);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '%') {
			if (text.len - i < 3 || !hex_decode(out + len, 1, bytes_slice(text, i + 1, 2))) {
				return nothing;
			}
			i += 2;
		} else {
			out[len] = text.data[i];
		}
		len++;
	}
	return bytes_of(out, len);
}

struct assay_bytes
decode_json_string(struct arena *arena, struct assay_bytes raw)
{
	size_t len;

	if (raw.len < 2) {
		return nothing;
	}
	uint8_t *out = arena_get(arena, raw.len);

	return json_text_decode(out, raw.len, &len, raw) ? bytes_of(out, len) : nothing;
}

struct assay_bytes
json_member_raw(struct assay_bytes object, const char *name)
{
	struct json j = json_over(object);
	struct assay_bytes found = nothing;
	struct assay_bytes member;

	if (json_type(&j) != JSON_OBJECT) {
		return nothing;
	}
	struct json_object o = json_object(&j);

	while (json_member(&j, &o, &member)) {
		const struct assay_bytes value = json_skip(&j);

		if (bytes_equal_text(member, name)) {
			found = value;
		}
	}
	return json_done(&j) ? found : nothing;
}

struct assay_bytes
json_member_string(struct arena *arena, struct assay_bytes object, const char *name)
{
	return decode_json_string(arena, json_member_raw(object, name));
}
