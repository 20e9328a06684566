/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel quotes, byte layouts only.  The header and the body's descriptor say
 * how long the body is, a length says how long the signature data is, and
 * nothing may be left over at any level.
 */
#include "base/cursor.h"
#include "evidence/quote.h"
#include "evidence/report.h"

#define ATTESTATION_KEY_ECDSA_P256 2
#define TEE_TYPE_SGX 0
#define TEE_TYPE_TDX 0x81

#define EPID_BODY_BYTES 432

/* Body types, as version 5 numbers them. */
enum {
	BODY_SGX = 1,
	BODY_TD_1_0 = 2,
	BODY_TD_1_5 = 3,
	BODY_TD_1_5_EXTENDED = 4
};

static const uint8_t intel_vendor_id[16] = {
	0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07
};

/* The size of a body of this type in a quote of this TEE; 0 where there is none. */
static size_t
body_size(uint16_t type, enum assay_tee tee)
{
	if (tee == ASSAY_TEE_SGX) {
		return type == BODY_SGX ? SGX_REPORT_BYTES : 0;
	}
	switch (type) {
	case BODY_TD_1_0:
		return TD_REPORT_1_0_BYTES;
	case BODY_TD_1_5:
		return TD_REPORT_1_5_BYTES;
	case BODY_TD_1_5_EXTENDED:
		return TD_REPORT_1_5_EXTENDED_BYTES;
	default:
		return 0;
	}
}

static void
tee_set(struct quote *quote, uint32_t tee_type)
{
	if (tee_type == TEE_TYPE_SGX) {
		quote->tee = ASSAY_TEE_SGX;
		quote->kind = ASSAY_EVIDENCE_SGX_QUOTE;
	} else if (tee_type == TEE_TYPE_TDX && quote->version >= 4) {
		quote->tee = ASSAY_TEE_TDX;
		quote->kind = ASSAY_EVIDENCE_TDX_QUOTE;
	}
}

/*
 * The header after the version, of versions 3 to 5.  A check passes only
 * where its own bytes were there.  Kind and TEE are set before the key's type
 * is refused, so that the verdict can name them.
 */
static enum assay_check
header_parse(struct quote *quote, struct cursor *c)
{
	const uint16_t key_type = cursor_u16le(c);
	const bool key_type_there = !c->bad;
	const uint32_t tee_type = cursor_u32le(c);
	const bool tee_type_there = !c->bad;

	if (tee_type_there) {
		tee_set(quote, tee_type);
	}
	if (!key_type_there || key_type != ATTESTATION_KEY_ECDSA_P256) {
		return ASSAY_CHECK_QUOTE_KEY_TYPE;
	}
	if (quote->tee == ASSAY_TEE_NONE) {
		return ASSAY_CHECK_QUOTE_TEE;
	}
	/* Version 3 has the SVNs of QE and PCE here; the signed reports say the same better. */
	cursor_take(c, 4);
	if (!bytes_equal(cursor_take(c, sizeof intel_vendor_id),
	    bytes_of(intel_vendor_id, sizeof intel_vendor_id))) {
		return ASSAY_CHECK_QUOTE_VENDOR;
	}
	quote->user_data = cursor_take(c, 20);
	return ASSAY_CHECK_COUNT;
}

/* Everything that is signed, and no more: leaves the cursor at the length of the signature data. */
static enum assay_check
signed_part_parse(struct quote *quote, struct cursor *c, struct assay_bytes bytes)
{
	const enum assay_check failed = header_parse(quote, c);
	size_t size;

	if (failed != ASSAY_CHECK_COUNT) {
		return failed;
	}
	if (quote->version == 5) {
		quote->body_type = cursor_u16le(c);
		const uint32_t stated = cursor_u32le(c);

		size = body_size(quote->body_type, quote->tee);
		if (c->bad || size == 0 || stated != size) {
			return ASSAY_CHECK_QUOTE_BODY;
		}
	} else {
		quote->body_type = quote->tee == ASSAY_TEE_SGX ? BODY_SGX : BODY_TD_1_0;
		size = body_size(quote->body_type, quote->tee);
	}
	quote->body = cursor_take(c, size);
	if (c->bad) {
		return ASSAY_CHECK_QUOTE_FORM;
	}
	quote->signed_bytes = bytes_slice(bytes, 0, bytes.len - c->left);
	return ASSAY_CHECK_COUNT;
}

static enum assay_check
signature_data_parse(struct quote *quote, struct assay_bytes data)
{
	struct cursor c = cursor_over(data);

	quote->signature = cursor_take(&c, 64);
	quote->attestation_key = cursor_take(&c, 64);
	if (quote->version >= 4) {
		const uint16_t outer_type = cursor_u16le(&c);
		const uint32_t outer_size = cursor_u32le(&c);
		const struct assay_bytes outer = cursor_take(&c, outer_size);

		if (!cursor_done(&c)) {
			return ASSAY_CHECK_QUOTE_FORM;
		}
		if (outer_type != CERTIFICATION_QE_REPORT) {
			return ASSAY_CHECK_QUOTE_CERTIFICATION;
		}
		c = cursor_over(outer);
	}
	quote->qe_report = cursor_take(&c, SGX_REPORT_BYTES);
	quote->qe_report_signature = cursor_take(&c, 64);
	const uint16_t authentication_size = cursor_u16le(&c);
	quote->qe_authentication = cursor_take(&c, authentication_size);
	quote->certification_type = cursor_u16le(&c);
	const uint32_t certification_size = cursor_u32le(&c);
	quote->certification = cursor_take(&c, certification_size);
	if (!cursor_done(&c)) {
		return ASSAY_CHECK_QUOTE_FORM;
	}
	if (quote->certification_type < CERTIFICATION_PPID_CLEAR ||
	    quote->certification_type > CERTIFICATION_PCK_CHAIN) {
		return ASSAY_CHECK_QUOTE_CERTIFICATION;
	}
	return ASSAY_CHECK_COUNT;
}

static enum assay_check
epid_parse(struct quote *quote, struct assay_bytes bytes)
{
	struct epid_quote epid;

	quote->kind = ASSAY_EVIDENCE_EPID_QUOTE;
	quote->tee = ASSAY_TEE_SGX;
	if (!epid_quote_parse(&epid, bytes, false)) {
		return ASSAY_CHECK_QUOTE_FORM;
	}
	quote->body_type = BODY_SGX;
	quote->body = epid.report;
	return ASSAY_CHECK_QUOTE_EPID;
}

enum assay_check
quote_parse(struct quote *quote, struct assay_bytes bytes)
{
	struct cursor c = cursor_over(bytes);

	memset(quote, 0, sizeof *quote);
	quote->version = cursor_u16le(&c);
	if (quote->version == 1 || quote->version == 2) {
		return epid_parse(quote, bytes);
	}
	if (quote->version < 3 || quote->version > 5) {
		return ASSAY_CHECK_QUOTE_VERSION;
	}

	const enum assay_check failed = signed_part_parse(quote, &c, bytes);

	if (failed != ASSAY_CHECK_COUNT) {
		return failed;
	}
	const uint32_t size = cursor_u32le(&c);
	const struct assay_bytes data = cursor_take(&c, size);

	if (!cursor_done(&c)) {
		return ASSAY_CHECK_QUOTE_FORM;
	}
	if (data.len > 64) {
		quote->from_attestation_key = bytes_slice(data, 64, data.len - 64);
	}
	return signature_data_parse(quote, data);
}

bool
epid_quote_parse(struct epid_quote *quote, struct assay_bytes bytes, bool body_only)
{
	struct cursor c = cursor_over(bytes);

	memset(quote, 0, sizeof *quote);
	quote->version = cursor_u16le(&c);
	const uint16_t signature_type = cursor_u16le(&c);
	quote->linkable = signature_type == 1;
	quote->group_id = cursor_u32le(&c);
	quote->qe_svn = cursor_u16le(&c);
	quote->pce_svn = cursor_u16le(&c);
	quote->extended_group_id = cursor_u32le(&c);
	quote->basename = cursor_take(&c, 32);
	quote->report = cursor_take(&c, SGX_REPORT_BYTES);
	if (!body_only) {
		/* The signature is encrypted to a service: only its length means anything here. */
		const uint32_t size = cursor_u32le(&c);

		cursor_take(&c, size);
	}
	return cursor_done(&c) && (quote->version == 1 || quote->version == 2) &&
	    signature_type <= 1;
}

size_t
quote_length(struct assay_bytes bytes)
{
	struct cursor c = cursor_over(bytes);
	struct quote quote;

	memset(&quote, 0, sizeof quote);
	quote.version = cursor_u16le(&c);
	if (quote.version == 1 || quote.version == 2) {
		c = cursor_over(bytes);
		cursor_take(&c, EPID_BODY_BYTES);
	} else if (quote.version < 3 || quote.version > 5 ||
	    signed_part_parse(&quote, &c, bytes) != ASSAY_CHECK_COUNT) {
		return 0;
	}
	const uint32_t size = cursor_u32le(&c);

	cursor_take(&c, size);
	return c.bad ? 0 : bytes.len - c.left;
}

bool
quote_certification_fields(struct certification_fields *fields, const struct quote *quote)
{
	struct cursor c = cursor_over(quote->certification);

	memset(fields, 0, sizeof *fields);
	switch (quote->certification_type) {
	case CERTIFICATION_PPID_CLEAR:
		fields->ppid = cursor_take(&c, 16);
		break;
	case CERTIFICATION_PPID_RSA_2048:
		cursor_take(&c, 256);
		break;
	case CERTIFICATION_PPID_RSA_3072:
		cursor_take(&c, 384);
		break;
	default:
		return false;
	}
	fields->cpusvn = cursor_take(&c, 16);
	fields->pcesvn = cursor_u16le(&c);
	/* The oldest quotes of type 1 end before the PCE id. */
	if (quote->certification_type == CERTIFICATION_PPID_CLEAR && cursor_done(&c)) {
		return true;
	}
	fields->pce_id = cursor_take(&c, 2);
	return cursor_done(&c);
}
