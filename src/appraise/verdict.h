/* SPDX-License-Identifier: Apache-2.0 */
/* Facts, trail and grade, written down as a verdict. */
#ifndef APPRAISE_VERDICT_H
#define APPRAISE_VERDICT_H

#include "appraise/grade.h"

/* What the evidence and the collateral say, apart from time and policy. */
void verdict_facts(struct assay_verdict *verdict, const struct facts *facts);
/* Status and advisories. */
void verdict_standing(struct assay_verdict *verdict, const struct standing *standing);
/* Tier, reasons and the NO_TIER rows. */
void verdict_grade(struct assay_verdict *verdict, const struct grade *grade);
/* The rows and what they add up to. */
void verdict_trail(struct assay_verdict *verdict, const struct trail *trail);

/* Do all of the verifier's reference values hold? */
bool verdict_references_hold(const struct assay_verdict *verdict, const struct assay_verifier *verifier);

#endif
