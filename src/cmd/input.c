/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence as people have it.  What the bytes are is decided by looking at
 * them, never by a file's name; what is not understood goes on as it is, and
 * the library says what is wrong with it.
 */
#include "cmd/input.h"

#include <stdio.h>

#include "cmd/decode.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/instead.h"
#include "crypto/crypto.h"
#include "format/json.h"

/* base64 inside a JSON member inside PEM: nobody needs more. */
#define WRAPPINGS_MAX 4

static const char *const quote_members[] = {
	"quote", "isvEnclaveQuote", "intel_quote", "sgx_quote", "tdx_quote", "td_quote", "raw_quote", "quote_hex",
	"quote_base64", "evidence"
};

/* The body of an archived report, or what is left of one. */
static bool
is_ias_report(struct assay_bytes text)
{
	return json_member_raw(text, "isvEnclaveQuoteStatus").len != 0 ||
	    json_member_raw(text, "isvEnclaveQuoteBody").len != 0;
}

static void
add_wrapping(struct input *input, const char *wrapping)
{
	const size_t len = strlen(input->wrappings);

	snprintf(input->wrappings + len, sizeof(input->wrappings) - len, "%s%s", len == 0 ? "" : ", ", wrapping);
	input->wrapping = input->wrappings;
}

/* A quote that a JSON string may hold; empty where it is neither hex nor base64. */
static struct assay_bytes
decode_value(struct input *input, struct assay_bytes value)
{
	const struct assay_bytes text = trimmed(decode_json_string(&input->arena, value));
	struct assay_bytes decoded = decode_hex(&input->arena, text);

	if (decoded.len == 0) {
		decoded = decode_base64(&input->arena, text);
	}
	if (decoded.len == 0) {
		decoded = decode_pem(&input->arena, text);
	}
	return decoded;
}

static struct assay_bytes
quote_member(struct input *input, struct assay_bytes object)
{
	for (size_t i = 0; i < sizeof(quote_members) / sizeof(quote_members[0]); i++) {
		const struct assay_bytes value = json_member_raw(object, quote_members[i]);
		const struct assay_bytes decoded = decode_value(input, value);

		if (decoded.len != 0) {
			return decoded;
		}
	}
	return (struct assay_bytes){ NULL, 0 };
}

/* The quote of a JSON object: one of its members, or of a member that is an object itself. */
static struct assay_bytes
quote_in_json(struct input *input, struct assay_bytes object)
{
	struct json j = json_over(object);
	struct assay_bytes found = quote_member(input, object);
	struct assay_bytes name;

	if (found.len != 0 || json_type(&j) != JSON_OBJECT) {
		return found;
	}
	struct json_object o = json_object(&j);

	while (json_member(&j, &o, &name)) {
		const bool object_inside = json_type(&j) == JSON_OBJECT;
		const struct assay_bytes value = json_skip(&j);

		if (object_inside && found.len == 0) {
			found = quote_member(input, value);
		}
	}
	return json_done(&j) ? found : (struct assay_bytes){ NULL, 0 };
}

/* Trailing zeros that real files carry, and white space after a report. */
static void
trim(struct input *input)
{
	const struct assay_bytes b = input->evidence;
	const size_t length = assay_untrusted_quote_length(b);
	size_t kept = b.len;

	/* One that ends in zeros has a length of its own, and some begin like an EPID quote. */
	if (is_snp_report(b)) {
		return;
	}
	if (length != 0 && length < b.len && bytes_all_zero(bytes_slice(b, length, b.len - length))) {
		kept = length;
		note("%s: %zu zero bytes after the quote were left out", input->name, b.len - kept);
	} else if (b.len != 0 && b.data[0] == '{') {
		while (kept > 0 && b.data[kept - 1] != '}') {
			if (memchr(" \t\r\n", b.data[kept - 1], 4) == NULL) {
				return;
			}
			kept--;
		}
		if (kept != b.len && is_ias_report(bytes_slice(b, 0, kept))) {
			note("%s: white space after the report was left out", input->name);
		}
	}
	input->evidence = bytes_slice(b, 0, kept);
}

/* Take one wrapping off; false where there is none that is understood. */
static bool
unwrap_once(struct input *input)
{
	const struct assay_bytes text = trimmed(input->evidence);
	struct assay_bytes inside;

	if (assay_untrusted_quote_length(input->evidence) != 0 || !looks_like_text(text)) {
		return false;
	}
	if (text.data[0] == '{') {
		inside = is_ias_report(text) ? (struct assay_bytes){ NULL, 0 } : quote_in_json(input, text);
		if (inside.len == 0) {
			return false;
		}
		add_wrapping(input, "JSON");
	} else if ((inside = decode_pem(&input->arena, text)).len != 0) {
		add_wrapping(input, "PEM");
	} else if ((inside = decode_hex(&input->arena, text)).len != 0) {
		add_wrapping(input, "hex");
	} else if ((inside = decode_base64(&input->arena, text)).len != 0) {
		add_wrapping(input, "base64");
	} else {
		return false;
	}
	input->evidence = inside;
	return true;
}

void
input_unwrap(struct input *input)
{
	unsigned wrappings = 0;

	input->wrapping = "raw";
	input->evidence = input->file;
	while (wrappings < WRAPPINGS_MAX && unwrap_once(input)) {
		wrappings++;
	}
	if (wrappings == 0 && input->evidence.len != 0 && trimmed(input->evidence).len != 0 &&
	    trimmed(input->evidence).data[0] == '{' && looks_like_text(input->evidence)) {
		/* White space before a report was not signed by anybody. */
		input->evidence = bytes_slice(input->evidence, find_text(input->evidence, "{"),
		    input->evidence.len - find_text(input->evidence, "{"));
	}
	trim(input);
	crypto_sha256(assay_crypto_openssl(), input->digest, input->evidence);
}

int
input_load(struct input *input, const char *path)
{
	bool cut;

	memset(input, 0, sizeof(*input));
	input->name = path;
	const int code = file_read(&input->file, &cut, &input->arena, path, EVIDENCE_FILE_BYTES_MAX);

	if (code != 0) {
		return code;
	}
	if (cut) {
		note("%s: only its first %zu bytes were read; no evidence is as large", path, input->file.len);
	}
	input_unwrap(input);
	return 0;
}

void
input_release(struct input *input)
{
	arena_release(&input->arena);
}
