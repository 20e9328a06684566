/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An X.509 certificate in the fixed shapes that Intel (and AMD, next) issue:
 * version 3, ECDSA P-256 with SHA-256 or RSA (2048 to 4096 bits, exponent
 * 65537) with SHA-256.  Parsing decides nothing about trust.
 */
#ifndef X509_CERTIFICATE_H
#define X509_CERTIFICATE_H

#include "base/bytes.h"

/* Key usage bits, as in the BIT STRING's first byte. */
enum {
	KEY_USAGE_DIGITAL_SIGNATURE = 0x80,
	KEY_USAGE_NON_REPUDIATION = 0x40,
	KEY_USAGE_KEY_CERT_SIGN = 0x04,
	KEY_USAGE_CRL_SIGN = 0x02
};

/* All views point into der. */
struct certificate {
	struct assay_bytes der;
	struct assay_bytes tbs;			/* what is signed */
	enum assay_algorithm signature_algorithm;
	uint8_t signature_rs[64];		/* ECDSA */
	struct assay_bytes signature_rsa;	/* RSA */
	struct assay_bytes serial;		/* magnitude, 1 to 20 bytes */
	struct assay_bytes issuer;		/* the Name, whole */
	struct assay_bytes subject;
	struct assay_bytes subject_common_name;	/* empty where there is not exactly one */
	int64_t not_before_s;
	int64_t not_after_s;
	enum assay_algorithm key_algorithm;	/* that this key can sign with */
	struct assay_bytes key;			/* x||y or modulus, as in assay_signature_item */
	bool has_basic_constraints;
	bool is_ca;
	bool has_path_length;
	uint8_t path_length;
	bool has_key_usage;
	uint8_t key_usage;
	struct assay_bytes sgx_extension;	/* extnValue content of 1.2.840.113741.1.13.1, or empty */
};

/*
 * Parse one certificate that is exactly der.  False where it is not in the
 * shape: unknown critical extension, duplicate extension, wrong version,
 * algorithms that differ inside and outside, non-minimal DER, anything left.
 */
bool certificate_parse(struct certificate *certificate, struct assay_bytes der);

/* An item for the crypto port: did this key sign this certificate? */
struct assay_signature_item certificate_signature_item(const struct certificate *certificate,
    struct assay_bytes issuer_key);

/* True where the subject's common name ends in the role's phrase ("SGX Root CA"), whole words. */
bool certificate_has_role(const struct certificate *certificate, const char *phrase);

#endif
