/* SPDX-License-Identifier: Apache-2.0 */
/* Everything but the evidence. */
#define _POSIX_C_SOURCE 200809L
#include "cmd/assayer.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cmd/decode.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/near.h"
#include "cmd/terminal.h"
#include "format/base64.h"
#include "format/hex.h"
#include "format/utc.h"

#define CACHE_ENTRIES 256

/* Large, and borrowing: one of each for the whole run. */
static struct assay_prepared the_prepared;
static struct assay_prepared the_newer;

/* ----- options ----- */

int
time_parse(int64_t *seconds, const char *text)
{
	char whole[UTC_TEXT_BYTES + 16];
	char *end;

	if (utc_parse(seconds, bytes_of_text(text))) {
		return 0;
	}
	if (strlen(text) == 10) {
		snprintf(whole, sizeof(whole), "%sT00:00:00Z", text);
		if (utc_parse(seconds, bytes_of_text(whole))) {
			return 0;
		}
	}
	if (text[0] >= '0' && text[0] <= '9' && strlen(text) <= 12) {
		*seconds = strtoll(text, &end, 10);
		/* 9999-12-31T23:59:59Z, where the dates end that can be written. */
		if (*end == '\0' && *seconds <= INT64_C(253402300799)) {
			return 0;
		}
	}
	return fail(EXIT_USAGE, "it is no time, or no day that the calendar has",
	    "write it like 2026-11-25T03:28:19Z (UTC), 2026-11-25, or as seconds since 1970",
	    "--at %s cannot be understood, so nothing was decided", text);
}

static int
policy_unknown(const char *name)
{
	struct near near = { .count = 0 };
	char text[256];

	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		near_offer(&near, name, assay_policy_preset_name(i));
	}
	return fail(EXIT_USAGE, "it is neither the name of a preset nor a file that can be read",
	    near_text(&near, text, sizeof(text), "run `assay policy list` for the presets"),
	    "there is no policy %s, so nothing was decided", name);
}

int
policy_load(struct assay_policy *policy, struct arena *arena, const char *name)
{
	char error[160] = "";
	struct assay_bytes file;
	bool cut;

	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		if (strcmp(assay_policy_preset_name(i), name) == 0) {
			assay_policy_preset(policy, assay_crypto_openssl(), i);
			return 0;
		}
	}
	FILE *there = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");

	if (there == NULL) {
		return policy_unknown(name);
	}
	if (there != stdin) {
		fclose(there);
	}
	const int code = file_read(&file, &cut, arena, name, ASSAY_POLICY_DOCUMENT_MAX * 4);

	if (code != 0) {
		return code;
	}
	if (cut || !assay_policy_parse(policy, assay_crypto_openssl(), file, error)) {
		return fail(EXIT_USAGE, cut ? "it is larger than any policy" : error,
		    "compare it with `assay policy show confidence`",
		    "%s is no policy document (assay.policy/1), so nothing was decided", name);
	}
	return 0;
}

int
style_parse(struct render_style *style, const struct arguments *arguments)
{
	const char *when = option_value(arguments, "color");

	when = when == NULL ? "auto" : when;
	style->wide = option_given(arguments, "wide");
	style->columns = terminal_columns();
	if (strcmp(when, "always") == 0) {
		style->color = true;
	} else if (strcmp(when, "never") == 0) {
		style->color = false;
	} else if (strcmp(when, "auto") == 0) {
		style->color = terminal_shows_color();
	} else {
		return fail(EXIT_USAGE, "it is none of auto, always and never", "write --color auto, always or never",
		    "--color %s cannot be understood", when);
	}
	return 0;
}

/* ----- reference values ----- */

static int
expect_unknown(const char *text, size_t len)
{
	struct near near = { .count = 0 };
	char given[64];
	char out[256];

	snprintf(given, sizeof(given), "%.*s", len < sizeof(given) ? (int)len : 0, text);
	for (int i = 1; i < ASSAY_FIELD_COUNT; i++) {
		near_offer(&near, given, assay_field_id((enum assay_field)i));
	}
	return fail(EXIT_USAGE, "evidence has no field of that name",
	    near_text(&near, out, sizeof(out), "run `assay explain` for the list of fields"),
	    "--expect %s cannot be understood, so nothing was decided", text);
}

/* An integer of two bytes, in decimal or as 0x.... */
static struct assay_bytes
integer_value(struct arena *arena, const char *text)
{
	uint8_t *out = arena_get(arena, 2);
	char *end;
	const long value = strtol(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || value < 0 || value > 65535) {
		return (struct assay_bytes){ NULL, 0 };
	}
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)(value & 255);
	return bytes_of(out, 2);
}

static struct assay_bytes
field_value(struct arena *arena, enum assay_field field, const char *text)
{
	const size_t len = assay_field_len(field);
	const char *digits = strncmp(text, "0x", 2) == 0 ? text + 2 : text;

	if (field == ASSAY_FIELD_NONCE) {
		return strlen(text) <= 32 ? arena_copy(arena, bytes_of_text(text)) : (struct assay_bytes){ NULL, 0 };
	}
	if (len == 2) {
		return integer_value(arena, text);
	}
	uint8_t *out = arena_get(arena, len);

	return hex_decode(out, len, bytes_of_text(digits)) ? bytes_of(out, len) : (struct assay_bytes){ NULL, 0 };
}

static int
add_reference(struct assayer *a, const char *text)
{
	const char *equals = strchr(text, '=');
	const size_t len = equals == NULL ? strlen(text) : (size_t)(equals - text);
	char cause[128];

	if (equals == NULL) {
		return fail(EXIT_USAGE, "there is no = in it", "write --expect FIELD=VALUE, as in --expect isv_prod_id=1",
		    "--expect %s cannot be understood, so nothing was decided", text);
	}
	if (a->verifier.references_count == REFERENCES_MAX) {
		return fail(EXIT_USAGE, "there are too many of them", "expect fewer values", "--expect %s is one too many",
		    text);
	}
	for (int i = 1; i < ASSAY_FIELD_COUNT; i++) {
		const enum assay_field field = (enum assay_field)i;
		const char *id = assay_field_id(field);

		if (strlen(id) != len || memcmp(id, text, len) != 0) {
			continue;
		}
		const struct assay_bytes value = field_value(&a->arena, field, equals + 1);

		if (value.len == 0) {
			snprintf(cause, sizeof(cause), field == ASSAY_FIELD_NONCE ? "a nonce has 1 to 32 characters"
			    : assay_field_len(field) == 2 ? "the value is a number from 0 to 65535"
			    : "the value is %zu hex digits", assay_field_len(field) * 2);
			return fail(EXIT_USAGE, cause, "give the whole value",
			    "--expect %s cannot be understood, so nothing was decided", text);
		}
		a->references[a->verifier.references_count] = (struct assay_reference){ field, value };
		a->verifier.references_count++;
		return 0;
	}
	return expect_unknown(text, len);
}

/* ----- starting ----- */

/* A signature of a report is 256 bytes, or their base64.  Anything else is a
 * mistake of the caller and says nothing against the report. */
static int
check_signature(struct assayer *a, const char *path)
{
	uint8_t decoded[256];
	size_t len = 0;

	if (a->ias_signature.len == sizeof(decoded) || (base64_decode(decoded, sizeof(decoded), &len,
	    a->ias_signature, true) && len == sizeof(decoded))) {
		return 0;
	}
	return fail(EXIT_USAGE, "it is neither 256 bytes nor their base64",
	    "give the value of the header X-IASReport-Signature; the certificates go with --certificates",
	    "%s is no signature of a report, so nothing was decided", path);
}

static int
load_ias(struct assayer *a, const char *signature, const char *certificates)
{
	bool cut;
	int code = 0;

	if (signature != NULL) {
		code = file_read(&a->ias_signature, &cut, &a->arena, signature, EVIDENCE_FILE_BYTES_MAX);
		if (code == 0 && looks_like_text(trimmed(a->ias_signature))) {
			a->ias_signature = trimmed(a->ias_signature);
			if (find_text(a->ias_signature, "%") != a->ias_signature.len) {
				a->ias_signature = decode_url(&a->arena, a->ias_signature);
			}
		}
		if (code == 0) {
			code = check_signature(a, signature);
		}
	}
	if (code == 0 && certificates != NULL) {
		code = file_read(&a->ias_certificates, &cut, &a->arena, certificates, EVIDENCE_FILE_BYTES_MAX);
		if (code == 0 && begins_with(trimmed(a->ias_certificates), "-----BEGIN%20")) {
			a->ias_certificates = decode_url(&a->arena, trimmed(a->ias_certificates));
		}
	}
	return code;
}

static int
load_lists(struct assayer *a, const struct arguments *arguments)
{
	const char *value;
	int code = 0;

	for (size_t at = 0; code == 0 && (value = option_next(arguments, "insecure-root", &at)) != NULL;) {
		code = roots_add(&a->roots, &a->arena, value);
	}
	for (size_t at = 0; code == 0 && (value = option_next(arguments, "expect", &at)) != NULL;) {
		code = add_reference(a, value);
	}
	for (size_t at = 0; code == 0 && (value = option_next(arguments, "collateral", &at)) != NULL;) {
		code = shelf_add(&a->shelf, value);
	}
	return code;
}

int
assayer_start(struct assayer *a, const struct arguments *arguments)
{
	const char *policy = option_value(arguments, "policy");
	const char *at = option_value(arguments, "at");

	memset(a, 0, sizeof(*a));
	roots_start(&a->roots);
	a->shelf.roots = &a->roots;
	a->at_s = (int64_t)time(NULL);
	int code = policy_load(&a->policy, &a->arena, policy == NULL ? assay_policy_preset_name(0) : policy);

	if (code == 0 && at != NULL) {
		code = time_parse(&a->at_s, at);
	}
	if (code == 0) {
		code = load_lists(a, arguments);
	}
	if (code == 0) {
		code = load_ias(a, option_value(arguments, "signature"), option_value(arguments, "certificates"));
	}
	a->cache.entries = CACHE_ENTRIES;
	a->cache.storage = arena_get(&a->arena, ASSAY_CACHE_BYTES(CACHE_ENTRIES));
	a->verifier.crypto = assay_crypto_openssl();
	a->verifier.roots = a->roots.roots;
	a->verifier.roots_count = a->roots.count;
	a->verifier.references = a->references;
	a->verifier.cache = &a->cache;
	return code;
}

void
assayer_release(struct assayer *a)
{
	shelf_release(&a->shelf);
	arena_release(&a->arena);
}

/* ----- appraising ----- */

struct assay_evidence
assayer_evidence(const struct assayer *a, const struct input *input)
{
	struct assay_evidence evidence = { .quote = input->evidence };

	if (input->evidence.len != 0 && input->evidence.data[0] == '{') {
		evidence.ias_signature = a->ias_signature;
		evidence.ias_certificates = a->ias_certificates;
	}
	return evidence;
}

static bool
same_collateral(const struct assay_collateral *a, const struct assay_collateral *b)
{
	const struct assay_bytes pairs[][2] = {
		{ a->pck_certificate_chain, b->pck_certificate_chain },
		{ a->root_crl, b->root_crl },
		{ a->pck_crl, b->pck_crl },
		{ a->pck_crl_issuer_chain, b->pck_crl_issuer_chain },
		{ a->tcb_info, b->tcb_info },
		{ a->tcb_info_signature, b->tcb_info_signature },
		{ a->tcb_info_issuer_chain, b->tcb_info_issuer_chain },
		{ a->qe_identity, b->qe_identity },
		{ a->qe_identity_signature, b->qe_identity_signature },
		{ a->qe_identity_issuer_chain, b->qe_identity_issuer_chain },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (!bytes_equal(pairs[i][0], pairs[i][1])) {
			return false;
		}
	}
	return true;
}

/* Under every set of TCB info that might as well have been chosen; the worst verdict stands. */
static void
appraise_rivals(struct assayer *a, struct assay_verdict *verdict, struct pick *pick,
    const struct assay_evidence *evidence)
{
	static struct assay_prepared the_rival;
	static struct assay_verdict other;
	const struct pick chosen = *pick;
	struct pick rival;
	unsigned count = 0;

	for (size_t at = 0; pick_rival(&rival, &chosen, &a->shelf, evidence, a->at_s, &at, &a->arena);) {
		assay_prepare(&the_rival, &a->verifier, &rival.collateral);
		assay_appraise_prepared(&other, &a->verifier, evidence, &the_rival, pick->has_newer ? &the_newer : NULL,
		    &a->policy, a->at_s);
		count++;
		if (pick_worse(&other, &rival, verdict, pick)) {
			*verdict = other;
			*pick = rival;
		}
	}
	pick->rivals = count;
}

/* The same of newer sets: the worst that is to come stands. */
static void
appraise_newer_rivals(struct assayer *a, struct assay_verdict *verdict, struct pick *pick,
    const struct assay_evidence *evidence)
{
	static struct assay_verdict other;
	const struct pick chosen = *pick;
	struct pick rival;

	for (size_t at = 0; pick_rival_newer(&rival, &chosen, &a->shelf, evidence, a->at_s, &at, &a->arena);) {
		assay_prepare(&the_newer, &a->verifier, &rival.newer);
		assay_appraise_prepared(&other, &a->verifier, evidence, &the_prepared, &the_newer, &a->policy, a->at_s);
		if (pick_worse_newer(&other, &rival, verdict, pick)) {
			*verdict = other;
			*pick = rival;
		}
	}
	/* What the_newer was made of last need not be what stands. */
	if (chosen.has_newer) {
		assay_prepare(&the_newer, &a->verifier, &pick->newer);
	}
}

void
assayer_appraise(struct assayer *a, struct assay_verdict *verdict, struct pick *pick, const struct input *input)
{
	const struct assay_evidence evidence = assayer_evidence(a, input);

	/* In the assayer's arena: prepared collateral borrows what was put together. */
	pick_collateral(pick, &a->shelf, &evidence, a->at_s, &a->arena);
	if (!a->is_prepared || !same_collateral(&a->prepared_for, &pick->collateral)) {
		assay_prepare(&the_prepared, &a->verifier, &pick->collateral);
		a->prepared_for = pick->collateral;
		a->is_prepared = true;
	}
	if (pick->has_newer) {
		assay_prepare(&the_newer, &a->verifier, &pick->newer);
	}
	assay_appraise_prepared(verdict, &a->verifier, &evidence, &the_prepared, pick->has_newer ? &the_newer : NULL,
	    &a->policy, a->at_s);
	appraise_newer_rivals(a, verdict, pick, &evidence);
	appraise_rivals(a, verdict, pick, &evidence);
}

int
verdict_exit(const struct assay_verdict *verdict, enum assay_tier at_least)
{
	switch (verdict->authenticity) {
	case ASSAY_NOT_GENUINE:
		return EXIT_NOT_GENUINE;
	case ASSAY_UNDECIDED:
		return EXIT_CANNOT_TELL;
	case ASSAY_GENUINE:
		break;
	}
	return verdict->tier == ASSAY_TIER_NONE || verdict->tier < at_least ? EXIT_NO : EXIT_YES;
}

int
worse_exit(int a, int b)
{
	static const int order[] = { EXIT_NOT_GENUINE, EXIT_CANNOT_TELL, EXIT_NO, EXIT_YES };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (a == order[i] || b == order[i]) {
			return order[i];
		}
	}
	return EXIT_BUG;
}
