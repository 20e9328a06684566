/* SPDX-License-Identifier: Apache-2.0 */
/* A few certificates that came together, in any order, PEM or DER. */
#ifndef X509_CHAIN_H
#define X509_CHAIN_H

#include "base/limits.h"
#include "x509/certificate.h"

/* Decoded certificates.  Points into itself: do not copy or move. */
struct chain {
	uint32_t count;
	struct certificate certificates[ASSAY_CHAIN_CERTIFICATES_MAX];
	uint8_t der[ASSAY_CHAIN_CERTIFICATES_MAX][CERTIFICATE_BYTES_MAX];	/* of PEM */
};

/*
 * Split and parse.  PEM (told by its first byte that is no white space being
 * '-') or concatenated DER; trailing NUL bytes and white space are allowed
 * after PEM, NUL bytes after DER.  A byte-identical duplicate is refused, as
 * is an empty chain.
 */
bool chain_parse(struct chain *chain, struct assay_bytes bytes);

/*
 * Sort out who is who by structure: the root is the one whose subject equals
 * its issuer, then each next certificate names the one before as its issuer.
 * On success path[0] is the root and path[count - 1] the leaf, all
 * certificates are in the path, and count is as wanted.  False where they do
 * not form exactly one such path.
 */
bool chain_order(const struct chain *chain, const struct certificate *path[static ASSAY_CHAIN_CERTIFICATES_MAX],
    uint32_t wanted);

#endif
