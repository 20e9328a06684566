/* SPDX-License-Identifier: Apache-2.0 */
/* Collateral, verified once (struct assay_prepared from the inside). */
#ifndef VERIFY_PREPARED_H
#define VERIFY_PREPARED_H

#include "collateral/qe_identity.h"
#include "collateral/tcb_info.h"
#include "verify/trail.h"
#include "x509/chain.h"
#include "x509/crl.h"

#define NO_ROOT UINT32_MAX

/* An SGX root by its key.  Prepared collateral outlives the verifier that it
 * was prepared with, so it names its root by what cannot mean another one. */
struct root_key {
	bool known;
	uint8_t key[64];
};

/* First and last second at which something holds. */
struct interval {
	int64_t from_s;
	int64_t until_s;
};

/* A two-certificate chain: who signed, and under which root. */
struct issuer_chain {
	struct root_key root;
	const struct certificate *signer;	/* NULL: no such chain */
	const struct certificate *root_certificate;
	bool signature_valid;		/* the root signed the signer */
	struct interval dates;
	struct chain chain;
};

struct prepared {
	/* Results of the rows that need no evidence; the rest is not-reached. */
	uint8_t results[ASSAY_CHECK_COUNT];

	struct issuer_chain pck_crl_issuer;
	struct issuer_chain tcb_info_issuer;
	struct issuer_chain qe_identity_issuer;

	struct crl root_crl;
	struct root_key root_crl_root;
	struct crl pck_crl;
	struct tcb_info tcb_info;
	struct qe_identity qe_identity;

	uint32_t parts_count;
	struct assay_collateral_part parts[ASSAY_COLLATERAL_PARTS_MAX];

	struct assay_bytes pck_certificate_chain;	/* as given; for quotes without one */
	uint8_t root_crl_decoded[CRL_DECODED_BYTES_MAX];
	uint8_t pck_crl_decoded[CRL_DECODED_BYTES_MAX];
};

_Static_assert(sizeof(struct prepared) <= ASSAY_PREPARED_BYTES, "ASSAY_PREPARED_BYTES is too small");

static inline const struct prepared *
prepared_of(const struct assay_prepared *opaque)
{
	return (const struct prepared *)(const void *)opaque->opaque;
}

/* The index of the trusted root of that kind with that key, or NO_ROOT. */
uint32_t root_find(const struct assay_verifier *verifier, enum assay_root_kind kind,
    struct assay_bytes key);

/* Without overflow; seconds is not negative, which is asserted of every policy. */
static inline int64_t
time_add(int64_t time_s, int64_t seconds)
{
	return time_s > INT64_MAX - seconds ? INT64_MAX : time_s + seconds;
}

static inline struct interval
interval_meet(struct interval a, struct interval b)
{
	return (struct interval){ a.from_s > b.from_s ? a.from_s : b.from_s,
	    a.until_s < b.until_s ? a.until_s : b.until_s };
}

static inline bool
root_key_is(const struct root_key *root, const uint8_t key[static 64])
{
	return root->known && memcmp(root->key, key, sizeof(root->key)) == 0;
}

/*
 * A root certificate's own dates are never looked at: it is trusted by key,
 * its self-signature is not checked, and so its dates could say anything.
 */
static inline struct interval
certificate_dates(const struct certificate *certificate)
{
	return (struct interval){ certificate->not_before_s, certificate->not_after_s };
}

#endif
