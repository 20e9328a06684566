/* SPDX-License-Identifier: Apache-2.0 */
/* What certificates and CRLs have in common: names, algorithms, extensions. */
#ifndef X509_PARTS_H
#define X509_PARTS_H

#include "base/cursor.h"

/* True where the bytes are exactly those of the constant array. */
#define PARTS_IS(bytes, constant) bytes_equal((bytes), bytes_of((constant), sizeof(constant)))

/*
 * A Name that is not empty, of one attribute in each step, in printable
 * ASCII (which all that the vendors issue is).  Returns it whole;
 * *common_name is empty where there is not exactly one.  A failure is the
 * cursor's.
 */
struct assay_bytes parts_name(struct cursor *c, struct assay_bytes *common_name);

/* The AlgorithmIdentifier of a signature: ECDSA with SHA-256 without
 * parameters, or RSA (PKCS #1) with SHA-256 and NULL.  NONE, and the cursor
 * bad, for any other. */
enum assay_algorithm parts_signature_algorithm(struct cursor *c);

struct extension {
	struct assay_bytes oid;
	bool critical;
	struct assay_bytes value;	/* the OCTET STRING's content */
};

/* Extensions of one list; the longest real one has 6. */
#define PARTS_EXTENSIONS_MAX 16

/* A list of extensions, none of which may occur twice. */
struct extensions {
	struct cursor list;	/* bad is the failure of the whole */
	size_t count;
	struct assay_bytes seen[PARTS_EXTENSIONS_MAX];
};

/* Enter a SEQUENCE of extensions, of which there must be one at least. */
void extensions_enter(struct extensions *extensions, struct cursor *c);
/* One call an extension until false: the end, or a failure, which list.bad tells. */
bool extensions_next(struct extensions *extensions, struct extension *extension);

#endif
