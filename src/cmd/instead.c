/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file is that was given as evidence and is none.
 *
 * The rule.  Malformed evidence is not genuine, exit 3, and only the library
 * says so.  A file that is recognisably another kind of thing, or not any form
 * that is known, accuses nobody: the caller took the wrong file, exit 2.  What
 * could be a quote that was damaged goes to the library:
 *
 *   - the vendor's id of a quoting enclave stands where a quote has it, or
 *   - a version, key type and TEE of a quote stand at the start, as far as
 *     there are bytes at all, or
 *   - an EPID quote's form is good, or
 *   - a text that begins as a JSON object names a member that only archived
 *     reports have.
 *
 * An AMD report is evidence that this version cannot read: exit 4.
 */
#include "cmd/instead.h"

#include <stdio.h>

#include "base/cursor.h"
#include "cmd/decode.h"
#include "cmd/failure.h"
#include "cmd/shelf.h"
#include "evidence/quote.h"

#define TEXT_BYTES 256

/* ----- what may be evidence ----- */

static bool
begins_like_quote(struct assay_bytes bytes)
{
	static const uint8_t intel[16] = {
		0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07
	};
	struct cursor c = cursor_over(bytes);
	const uint16_t version = cursor_u16le(&c);
	const bool has_version = !c.bad && version >= 3 && version <= 5;
	const uint16_t key_type = cursor_u16le(&c);
	const bool has_key_type = c.bad || key_type == 2 || key_type == 3;
	const uint32_t tee = cursor_u32le(&c);
	/* In version 3 the quoting enclave's SVNs come right here. */
	const bool has_tee = c.bad || version == 3 || tee == 0 || tee == 0x81;

	cursor_take(&c, 4);
	return (has_version && has_key_type && has_tee) ||
	    bytes_equal(cursor_take(&c, sizeof(intel)), bytes_of(intel, sizeof(intel)));
}

static bool
begins_like_report(struct assay_bytes bytes)
{
	return bytes.len != 0 && bytes.data[0] == '{' &&
	    (find_text(bytes, "\"isvEnclaveQuoteStatus\"") != bytes.len ||
	    find_text(bytes, "\"isvEnclaveQuoteBody\"") != bytes.len);
}

bool
may_be_evidence(struct assay_bytes bytes)
{
	struct epid_quote epid;

	/* AMD's may begin like an EPID quote. */
	return !is_snp_report(bytes) && (begins_like_quote(bytes) || begins_like_report(bytes) ||
	    epid_quote_parse(&epid, bytes, false));
}

/* 1,184 bytes, version 2 to 5, signed with ECDSA P-384 (algorithm 1). */
bool
is_snp_report(struct assay_bytes bytes)
{
	struct cursor c = cursor_over(bytes);
	const uint32_t version = cursor_u32le(&c);

	cursor_take(&c, 0x34 - 4);
	return bytes.len == 1184 && version >= 2 && version <= 5 && cursor_u32le(&c) == 1;
}

/* ----- what else it is ----- */

static int
refuse(const struct input *input, const char *cause, const char *fix)
{
	return fail(EXIT_USAGE, cause, fix, "%s is not evidence, so nothing was decided", input->name);
}

struct archive {
	const char *magic;
	size_t len;
	const char *cause;
	const char *fix;
};

static int
refuse_archive(const struct input *input)
{
	static const struct archive archives[] = {
		{ "\x1f\x8b", 2, "it is compressed (gzip)", "unpack it: gunzip -c FILE | assay verify -" },
		{ "PK\x03\x04", 4, "it is an archive (zip)", "unpack it, and give the files that it holds" },
		{ "\xfd" "7zXZ", 5, "it is compressed (xz)", "unpack it: xz -dc FILE | assay verify -" },
		{ "\x28\xb5\x2f\xfd", 4, "it is compressed (zstd)", "unpack it: zstd -dc FILE | assay verify -" },
		{ "BZh", 3, "it is compressed (bzip2)", "unpack it: bunzip2 -c FILE | assay verify -" },
	};

	for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++) {
		const struct archive *a = &archives[i];

		if (bytes_equal(bytes_slice(input->file, 0, a->len < input->file.len ? a->len : input->file.len),
		    bytes_of(a->magic, a->len))) {
			return refuse(input, a->cause, a->fix);
		}
	}
	return 0;
}

/* "TCB info", "2 certificates", "TCB info, QE identity, 2 CRLs"; returns true where there are only certificates. */
static bool
put_parts(struct writer *w, const struct shelf *shelf)
{
	static const enum shelf_kind kinds[] = {
		SHELF_TCB_INFO, SHELF_QE_IDENTITY, SHELF_CRL, SHELF_CERTIFICATE
	};
	bool first = true;
	bool only_certificates = true;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		size_t count = 0;

		for (size_t i = 0; i < shelf->parts_count; i++) {
			count += shelf->parts[i]->kind == kinds[k];
		}
		if (count == 0) {
			continue;
		}
		only_certificates = only_certificates && kinds[k] == SHELF_CERTIFICATE;
		put_text(w, first ? "" : ", ");
		first = false;
		put_unsigned(w, count);
		put_char(w, ' ');
		put_text(w, shelf_kind_word(kinds[k]));
		put_text(w, count == 1 ? "" : kinds[k] == SHELF_QE_IDENTITY ? " documents" : "s");
	}
	return only_certificates;
}

static int
refuse_collateral(const struct input *input)
{
	struct shelf shelf = { .parts_count = 0 };
	char cause[TEXT_BYTES];
	struct writer w;
	int code = 0;

	if (shelf_add_bytes(&shelf, input->file, input->name) != 0 && shelf.parts_count != 0) {
		writer_start(&w, cause, sizeof(cause));
		put_text(&w, "it is no quote and no report; it holds ");
		const bool only_certificates = put_parts(&w, &shelf);

		writer_finish(&w);
		code = refuse(input, cause, only_certificates
		    ? "give certificates beside the evidence: with --collateral those of a platform, "
		    "with --certificates those of a report"
		    : "give it beside the evidence: assay verify EVIDENCE --collateral FILE");
	}
	shelf_release(&shelf);
	return code;
}

static int
refuse_json(const struct input *input, struct assay_bytes text)
{
	struct arena arena = { NULL };
	const struct assay_bytes schema = json_member_string(&arena, text, "schema");
	const bool is_policy = begins_with(schema, "assay.policy/");
	const bool is_ours = begins_with(schema, "assay.");

	arena_release(&arena);
	if (is_policy) {
		return refuse(input, "it is a policy document", "give it beside the evidence with --policy, "
		    "or check it with `assay policy check`");
	}
	if (is_ours) {
		return refuse(input, "it is a document that assay itself wrote",
		    "give the evidence that the document is about");
	}
	return refuse(input, "it is JSON, but neither the body of an archived report (isvEnclaveQuoteBody) "
	    "nor an object with a quote in a member that is known", "give the quote itself: raw, hex, base64, "
	    "or as the member \"quote\" of an object");
}

/* Digits of hex, an odd number of them: half a byte is lost somewhere. */
static bool
is_broken_hex(struct assay_bytes text)
{
	size_t digits = 0;

	for (size_t i = begins_with(text, "0x") ? 2 : 0; i < text.len; i++) {
		if (text.data[i] != 0 && strchr("0123456789abcdefABCDEF", text.data[i]) != NULL) {
			digits++;
		} else if (text.data[i] == 0 || strchr(" \t\r\n", text.data[i]) == NULL) {
			return false;
		}
	}
	return digits % 2 != 0;
}

static int
refuse_text(const struct input *input, struct assay_bytes text)
{
	if (text.data[0] == '{') {
		return refuse_json(input, text);
	}
	if (begins_with(text, "-----BEGIN ")) {
		return refuse(input, "it is a PEM block that holds no quote", "give the quote itself");
	}
	if (is_broken_hex(text)) {
		return refuse(input, "it is hex with an odd number of digits: at least one is missing or too many",
		    "take the hex anew from where it came from, whole");
	}
	return refuse(input, input->wrapping == input->wrappings
	    ? "it is hex or base64 of bytes that are no quote" : "it is text, and neither hex nor base64 of a quote",
	    "give a quote, or the body of an archived report with --signature and --certificates");
}

int
input_refused(const struct input *input)
{
	const struct assay_bytes text = trimmed(input->file);

	if (may_be_evidence(input->evidence)) {
		return 0;
	}
	/* What is not read is not accused. */
	if (is_snp_report(input->evidence)) {
		return fail(EXIT_CANNOT_TELL, "it is an AMD SEV-SNP attestation report, which this version does not read",
		    "use the vendor's own tools for it", "%s cannot be judged, so nothing was decided", input->name);
	}
	if (text.len == 0) {
		return refuse(input, input->file.len == 0 ? "it is empty" : "it is blank: white space or zero bytes only",
		    "give a file that holds a quote, or the body of an archived report");
	}
	int code = refuse_archive(input);

	if (code == 0) {
		code = refuse_collateral(input);
	}
	if (code != 0) {
		return code;
	}
	return looks_like_text(text) ? refuse_text(input, text) :
	    refuse(input, "its bytes begin like no quote of a known version, and are no other form that is known",
	    "give a quote (version 3, 4 or 5), or the body of an archived report");
}
