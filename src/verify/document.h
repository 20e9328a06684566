/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One document of a vendor by itself: does it hang from a trusted root, and
 * what does it say of itself?  For those who keep collateral and put sets of
 * it together later; a set is verified by assay_prepare, with the same code.
 */
#ifndef VERIFY_DOCUMENT_H
#define VERIFY_DOCUMENT_H

#include "base/bytes.h"

enum document_result {
	DOCUMENT_FORM = 0,	/* it is none of that kind, or not in its canonical form */
	DOCUMENT_SIGNATURE,	/* it does not hang from a trusted root */
	DOCUMENT_GOOD
};

/* As it is kept: the signed text, or a CRL's DER; the signature raw; the
 * chain as DER, signer first, nothing behind it. */
struct document_parts {
	enum assay_collateral_kind kind;
	struct assay_bytes body;
	struct assay_bytes signature;	/* empty for CRLs */
	struct assay_bytes chain;	/* empty for the root's CRL */
};

/* Views point into the parts. */
struct document {
	bool platform_ca;		/* PCK CRL: of the platform CA */
	enum assay_tee tee;		/* TCB info and identities, as are */
	uint8_t fmspc[6];		/* (TCB info only) */
	uint8_t version;		/* (TCB info only) */
	uint32_t evaluation_number;
	int64_t newest_level_s;		/* the newest of the dates of its levels */
	int64_t issued_s;		/* thisUpdate, issueDate */
	int64_t next_update_s;
	struct assay_bytes crl_number;	/* CRLs: big endian, shortest form */
	struct assay_bytes signer_serial;	/* empty for the root's CRL, as are the dates: */
	int64_t signer_from_s;
	int64_t signer_until_s;
};

/* work is overwritten.  *document is filled in where it is good. */
enum document_result document_verify(struct document *document, struct assay_prepared *work,
    const struct assay_verifier *verifier, const struct document_parts *parts);

#endif
