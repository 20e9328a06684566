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
	unsigned rivals;		/* of the chosen one that were appraised under too */
};

/*
 * Choose for the time at_s.  Chains that had to be put together live in
 * arena.
 */
void pick_collateral(struct pick *pick, const struct shelf *shelf, const struct assay_evidence *evidence,
    int64_t at_s, struct arena *arena);

/*
 * The vendor may sign two sets of TCB info with one number and one date that
 * say different things, or one number in two formats; nothing in them tells
 * which is meant.  A rival is such a set beside the chosen one.  It is never
 * the order of reading that decides: the caller appraises under each, and the
 * outcome that is worst for the platform stands (pick_worse).  Start with
 * *at = 0; false where there is no further rival.
 */
bool pick_rival(struct pick *rival, const struct pick *chosen, const struct shelf *shelf,
    const struct assay_evidence *evidence, int64_t at_s, size_t *at, struct arena *arena);
/* Is a, which is b's rival, the worse outcome?  Of equal ones it is the set whose bytes come first. */
bool pick_worse(const struct assay_verdict *a, const struct pick *picked_a, const struct assay_verdict *b,
    const struct pick *picked_b);

/* The same of the newer set, and of what it says of the next tier. */
bool pick_rival_newer(struct pick *rival, const struct pick *chosen, const struct shelf *shelf,
    const struct assay_evidence *evidence, int64_t at_s, size_t *at, struct arena *arena);
bool pick_worse_newer(const struct assay_verdict *a, const struct pick *picked_a, const struct assay_verdict *b,
    const struct pick *picked_b);

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
