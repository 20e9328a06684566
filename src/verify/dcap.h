/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain of trust of a DCAP quote, in two phases: begin parses and
 * collects the signatures to check, conclude judges them.  Between the two
 * the caller has one batch decided, for one quote or for many.
 */
#ifndef VERIFY_DCAP_H
#define VERIFY_DCAP_H

#include "evidence/quote.h"
#include "verify/cache.h"
#include "verify/facts.h"

#define DCAP_ITEMS_MAX 4	/* PCK CA, PCK leaf, QE report, quote */

struct dcap {
	struct quote quote;
	uint8_t key_digest[32];		/* for the attestation-key cache */
	uint8_t leaf_digest[32];	/* for the platform cache */
	bool key_cached;
	bool leaf_cached;
	bool ca_known;			/* verified with the collateral */
	struct pck_facts pck;
	const struct certificate *ca;	/* views into chain, unless key_cached */
	const struct certificate *leaf;
	struct chain chain;
	size_t items_count;
	struct assay_signature_item items[DCAP_ITEMS_MAX];
};

/* Rows evidence.size to pck.roles; leaves items to be decided where the trail is open. */
void dcap_begin(struct dcap *dcap, struct trail *trail, const struct assay_verifier *verifier,
    struct assay_bytes bytes, const struct prepared *prepared);

/* The other rows up to the dates; fills in facts. */
void dcap_conclude(struct dcap *dcap, struct facts *facts, struct trail *trail,
    const struct assay_verifier *verifier, const struct prepared *prepared);

#endif
