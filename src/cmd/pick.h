/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which collateral at hand fits a piece of evidence: by TEE, FMSPC, issuer and
 * date.  Choosing decides nothing: the library judges what was chosen.
 */
#ifndef CMD_PICK_H
#define CMD_PICK_H

#include "cmd/shelf.h"

struct pick {
	struct assay_collateral collateral;
	bool has_newer;			/* a set of a higher TCB evaluation number is at hand */
	struct assay_collateral newer;
	bool alone;			/* the one set given, as it stands */
	unsigned tcb_infos;		/* at hand that fit */
	const struct shelf_part *tcb_info;	/* the chosen one, or NULL */
	const struct shelf_part *tcb_info_newer;
};

/*
 * Choose for the time at_s.  Chains that had to be put together live in
 * arena.
 */
void pick_collateral(struct pick *pick, const struct shelf *shelf, const struct assay_evidence *evidence,
    int64_t at_s, struct arena *arena);

/* Choose what goes with this TCB info, at a time within its dates, which is
 * returned: the last second at which as much as possible is within its dates. */
int64_t pick_around(struct pick *pick, const struct shelf *shelf, const struct assay_evidence *evidence,
    const struct shelf_part *tcb_info, struct arena *arena);

/* True where the TCB info is for the TEE and FMSPC that the evidence claims. */
bool pick_fits(const struct shelf *shelf, const struct shelf_part *tcb_info, const struct assay_evidence *evidence);

/*
 * The PCK certificate that the evidence claims to come from: its own, or the
 * one at hand that its certification data describes.  False where there is
 * none.  der: of the leaf; view into evidence, shelf or arena.
 */
bool pick_pck(struct certificate *leaf, const struct shelf *shelf, const struct assay_evidence *evidence,
    struct arena *arena);

#endif
