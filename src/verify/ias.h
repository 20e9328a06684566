/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain of trust of an archived attestation verification report: report
 * signing CA -> signing certificate -> report.  Judged at the report's own
 * signed timestamp.
 */
#ifndef VERIFY_IAS_H
#define VERIFY_IAS_H

#include "verify/facts.h"

void ias_verify(struct facts *facts, struct trail *trail, const struct assay_verifier *verifier,
    const struct assay_evidence *evidence);

#endif
