/* SPDX-License-Identifier: Apache-2.0 */
/* Facts and a policy give a tier, with its reasons. */
#ifndef APPRAISE_GRADE_H
#define APPRAISE_GRADE_H

#include "appraise/tcb.h"

#define RENEWAL_NEVER INT64_MIN

/* All that a tier can depend on, apart from the policy and the time. */
struct standing {
	const struct facts *facts;
	struct tcb_match match;		/* IAS: status and advisories only */
	bool covered;			/* a level covers every part */
	int64_t level_date_s;		/* of the platform's level, or of the report; 0: none */
	int64_t renewal_s;		/* when the first of the parts that are out of date became so;
					 *   RENEWAL_NEVER: there is nothing newer, or nothing is out of date */
	uint32_t evaluation_number;
	bool references_hold;
	bool has_references;
	const struct assay_bytes *mitigated;
	size_t mitigated_count;
};

struct grade {
	enum assay_tier tier;
	enum assay_tier tcb_tier;	/* by status and advisories alone */
	int64_t until_s;		/* the last second at which a grace or an age still holds */
	uint64_t counted;		/* bit i: advisory i counts under the policy */
	uint8_t deciding;		/* enum assay_reason: what the tier is due to */
	uint32_t reasons_count;
	uint8_t reasons[ASSAY_REASONS_MAX];
	uint8_t results[ASSAY_CHECK_COUNT];	/* of the NO_TIER rows, else 0 */
	const char *ceiling_word;	/* into the policy, or NULL */
};

void standing_of(struct standing *standing, const struct facts *facts,
    const struct assay_verifier *verifier);

void grade(struct grade *grade, const struct standing *standing, const struct assay_policy *policy,
    int64_t at_s);

#endif
