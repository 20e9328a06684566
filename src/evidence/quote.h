/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel quotes, byte layouts only: DCAP versions 3, 4 and 5, EPID 1 and 2.
 * facts: header 48 bytes, body, u32 length, signature data.
 */
#ifndef EVIDENCE_QUOTE_H
#define EVIDENCE_QUOTE_H

#include "base/bytes.h"

/* Types of certification data (QUOTE). */
enum {
	CERTIFICATION_PPID_CLEAR = 1,
	CERTIFICATION_PPID_RSA_2048 = 2,
	CERTIFICATION_PPID_RSA_3072 = 3,
	CERTIFICATION_PCK_LEAF = 4,
	CERTIFICATION_PCK_CHAIN = 5,
	CERTIFICATION_QE_REPORT = 6,
	CERTIFICATION_PLATFORM_MANIFEST = 7
};

/* Fields are views into the quote. */
struct quote {
	uint16_t version;
	enum assay_evidence_kind kind;
	enum assay_tee tee;
	struct assay_bytes user_data;		/* 20 bytes of the header */

	uint16_t body_type;			/* 1 SGX, 2 TD 1.0, 3 TD 1.5, 4 TD 1.5 extended */
	struct assay_bytes body;

	struct assay_bytes signed_bytes;	/* header (with descriptor) and body */
	struct assay_bytes signature;		/* r||s over signed_bytes */
	struct assay_bytes attestation_key;	/* x||y */
	struct assay_bytes qe_report;		/* 384 bytes */
	struct assay_bytes qe_report_signature;
	struct assay_bytes qe_authentication;	/* of any length */
	uint16_t certification_type;		/* the inner one where the outer is 6 */
	struct assay_bytes certification;
	/* The exact bytes from the attestation key to the end: the key of the
	 * attestation-key cache. */
	struct assay_bytes from_attestation_key;
};

/* EPID (IAS quote structure): 48-byte header, report at 48. */
struct epid_quote {
	uint16_t version;
	bool linkable;
	uint32_t group_id;
	uint16_t qe_svn;
	uint16_t pce_svn;
	uint32_t extended_group_id;
	struct assay_bytes basename;		/* 32 */
	struct assay_bytes report;		/* 384 */
};

/*
 * Parse a quote that is exactly bytes.  Returns ASSAY_CHECK_COUNT where all
 * is well, else the check that fails: QUOTE_VERSION, QUOTE_EPID (after the
 * form of the EPID quote was found good; kind, version, tee SGX and body are
 * then set), QUOTE_KEY_TYPE, QUOTE_TEE, QUOTE_VENDOR, QUOTE_BODY, QUOTE_FORM
 * or QUOTE_CERTIFICATION, in that order.  version is set where two bytes
 * could be read, kind and tee as soon as they are known.
 */
enum assay_check quote_parse(struct quote *quote, struct assay_bytes bytes);

/* Parse an EPID quote; body_only: the 432 bytes of an IAS report. */
bool epid_quote_parse(struct epid_quote *quote, struct assay_bytes bytes, bool body_only);

/* The quote's length by its own length fields, 0 where it is none. */
size_t quote_length(struct assay_bytes bytes);

/* Clear fields of certification data 1 to 3: PPID (type 1 only, else empty), CPUSVN, PCESVN, PCE id
 * (empty in the oldest form of type 1, of 34 bytes). */
struct certification_fields {
	struct assay_bytes ppid;
	struct assay_bytes cpusvn;
	uint16_t pcesvn;
	struct assay_bytes pce_id;
};
bool quote_certification_fields(struct certification_fields *fields, const struct quote *quote);

#endif
