/* SPDX-License-Identifier: Apache-2.0 */
/* What would raise the tier: the nearest levels that earn a better one. */
#ifndef APPRAISE_SHORTFALL_H
#define APPRAISE_SHORTFALL_H

#include "appraise/grade.h"

/* Fill in the verdict's shortfalls. */
void shortfall_find(struct assay_verdict *verdict, const struct standing *standing,
    const struct grade *now, const struct assay_policy *policy, int64_t at_s);

#endif
