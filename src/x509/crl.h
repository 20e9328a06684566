/* SPDX-License-Identifier: Apache-2.0 */
/* An X.509 version 2 CRL in the shape that Intel issues (PCK CRL profile). */
#ifndef X509_CRL_H
#define X509_CRL_H

#include "base/bytes.h"

/* Views into der. */
struct crl {
	struct assay_bytes der;
	struct assay_bytes tbs;
	uint8_t signature_rs[64];	/* ECDSA P-256 with SHA-256 only */
	struct assay_bytes issuer;	/* the Name, whole */
	int64_t this_update_s;
	int64_t next_update_s;		/* required */
	struct assay_bytes number;	/* crlNumber's magnitude; required */
	struct assay_bytes revoked;	/* contents of revokedCertificates; empty: none */
	uint32_t revoked_count;
};

/*
 * Parse one CRL that is exactly der.  Every entry is checked (serial, date,
 * entry extensions); an unknown critical extension, a delta or an indirect
 * CRL is refused.
 */
bool crl_parse(struct crl *crl, struct assay_bytes der);

struct assay_signature_item crl_signature_item(const struct crl *crl, struct assay_bytes issuer_key);

/* serial: magnitude without leading zeros, as certificate.serial. */
bool crl_has_serial(const struct crl *crl, struct assay_bytes serial);

/*
 * A CRL as served: DER; or PEM ("X509 CRL") or hex digits, decoded into out
 * of size bytes (trailing white space and NULs allowed).  Returns the DER, or
 * empty where it is none of these or does not fit.
 */
struct assay_bytes crl_der(struct assay_bytes served, uint8_t *out, size_t size);

#endif
