/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing collateral, from the inside: what is looked for, and who signed what. */
#ifndef CMD_PICK_SIGNER_H
#define CMD_PICK_SIGNER_H

#include "cmd/shelf.h"
#include "evidence/quote.h"
#include "x509/chain.h"

struct window {
	int64_t from_s;
	int64_t until_s;
};

/* What the evidence claims about itself. */
struct wanted {
	enum assay_tee tee;
	bool has_quote;
	struct quote quote;
	struct chain own;		/* the certificates in the quote; count 0: none */
	const struct certificate *leaf;	/* of the PCK chain, or NULL */
	bool leaf_is_own;
	bool has_fmspc;
	uint8_t fmspc[6];
	struct assay_bytes root_key;	/* of the quote's own chain, or empty */
};

bool is_root(const struct certificate *certificate);
bool overlaps(int64_t from_s, int64_t until_s, struct window window);

/*
 * Is this the word of the root that the evidence itself hangs from?  Such parts
 * are preferred: a directory may hold those of other roots, or broken ones.
 * The library verifies whatever is chosen all the same.
 */
bool pick_sound(struct shelf_part *part, const struct shelf *shelf, const struct wanted *wanted);

/* DER of the certificate and of its issuers up to a root; as far as they are at hand. */
struct assay_bytes pick_chain_up(const struct certificate *certificate, const struct shelf *shelf,
    const struct wanted *wanted, struct window window, struct arena *arena);
/* The chain of a TCB info's or identity's signer: its own, or one put together. */
struct assay_bytes pick_signer_chain(const struct shelf_part *part, const struct shelf *shelf,
    const struct wanted *wanted, struct window window, struct arena *arena);
/* The chain of a CRL's issuer: out of the quote, or one put together. */
struct assay_bytes pick_crl_issuer_chain(const struct shelf_part *crl, const struct shelf *shelf,
    const struct wanted *wanted, struct window window, struct arena *arena);

#endif
