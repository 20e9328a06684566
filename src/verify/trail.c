/* SPDX-License-Identifier: Apache-2.0 */
/* The trail of an appraisal: a result for every row of checks.def. */
#include "verify/trail.h"

static const uint8_t consequences[ASSAY_CHECK_COUNT] = {
#define ASSAY_CHECK(symbol, id, consequence, text, specification) ASSAY_CONSEQUENCE_##consequence,
#include "checks.def"
#undef ASSAY_CHECK
};

enum assay_consequence
assay_check_consequence(enum assay_check check)
{
	if ((unsigned)check >= ASSAY_CHECK_COUNT) {
		return ASSAY_CONSEQUENCE_NOT_GENUINE;
	}
	return (enum assay_consequence)consequences[check];
}

/* Rows that rest on the PCK chain, and on nothing else that is unproven. */
static bool
rests_on_pck_chain(enum assay_check check)
{
	return (check >= ASSAY_CHECK_PCK_FORM && check <= ASSAY_CHECK_PCK_FITS_QUOTE) ||
	    check == ASSAY_CHECK_QE_REPORT_SIGNATURE;
}

void
trail_record(struct trail *trail, enum assay_check check, bool passed)
{
	assert(!trail->closed);
	trail->results[check] = passed ? ASSAY_PASSED : ASSAY_FAILED;
	if (passed) {
		return;
	}
	if (trail->first_failed < 0) {
		trail->first_failed = (int)check;
	}
	switch (assay_check_consequence(check)) {
	case ASSAY_CONSEQUENCE_NO_TIER:
		break;
	case ASSAY_CONSEQUENCE_UNDECIDED:
		trail->closed = true;
		trail->authenticity = ASSAY_UNDECIDED;
		break;
	case ASSAY_CONSEQUENCE_NOT_GENUINE:
	default:
		trail->closed = true;
		trail->authenticity = trail->pck_chain_is_collateral && rests_on_pck_chain(check) ?
		    ASSAY_UNDECIDED : ASSAY_NOT_GENUINE;
		break;
	}
}

void
trail_not_applicable(struct trail *trail, enum assay_check first, enum assay_check last)
{
	for (unsigned i = (unsigned)first; i <= (unsigned)last; i++) {
		trail->results[i] = ASSAY_NOT_APPLICABLE;
	}
}
