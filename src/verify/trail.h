/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trail of an appraisal: a result for every row of checks.def.
 *
 * Rows are recorded in the order of the table.  The first failure whose
 * consequence is not merely "no tier" closes the trail: what comes later
 * stays not-reached, so a reader sees what was proven before.
 */
#ifndef VERIFY_TRAIL_H
#define VERIFY_TRAIL_H

#include "base/bytes.h"

struct trail {
	uint8_t results[ASSAY_CHECK_COUNT];	/* enum assay_check_result */
	int first_failed;			/* enum assay_check, or -1 */
	bool closed;
	/* The PCK chain was given as collateral: that it does not fit says
	 * nothing against the evidence. */
	bool pck_chain_is_collateral;
	enum assay_authenticity authenticity;	/* where closed */
};

static inline void
trail_open(struct trail *trail)
{
	memset(trail, 0, sizeof(*trail));
	trail->first_failed = -1;
}

void trail_record(struct trail *trail, enum assay_check check, bool passed);

/* Record a row; returns passed. */
static inline bool
trail_check(struct trail *trail, enum assay_check check, bool passed)
{
	trail_record(trail, check, passed);
	return passed;
}

/* Rows first to last do not apply to this evidence. */
void trail_not_applicable(struct trail *trail, enum assay_check first, enum assay_check last);

#endif
