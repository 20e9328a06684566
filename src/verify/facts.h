/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the chain of trust has proven about a piece of evidence, before any
 * policy looks at it: the result of verify/, the input of appraise/.
 */
#ifndef VERIFY_FACTS_H
#define VERIFY_FACTS_H

#include "evidence/ias_report.h"
#include "verify/prepared.h"

/* Dates of a document, with the row that judges them. */
struct dated {
	enum assay_check check;
	struct interval dates;
	bool grace;		/* the policy's grace for late collateral applies */
};

#define DATED_MAX 9

struct facts {
	bool good;			/* no closing failure before the dates */
	enum assay_evidence_kind kind;
	uint16_t version;
	enum assay_tee tee;
	bool simulated;

	bool has_body;			/* signed by a chain that ends at a trusted root */
	struct assay_sgx_report sgx;
	struct assay_td_report td;

	/* Quotes */
	bool has_platform;
	struct assay_platform platform;
	const struct prepared *prepared;	/* NULL for IAS reports */
	uint16_t qe_isv_svn;
	const struct tdx_module *module_launch;	/* NULL where components 0 and 1 decide */
	const struct tdx_module *module_current;

	/* IAS reports */
	struct assay_ias ias;
	enum assay_tcb_status ias_status;
	uint32_t ias_evaluation_number;
	bool ias_advisories_unknown;
	uint32_t ias_advisories_count;
	struct assay_bytes ias_advisories[ASSAY_ADVISORIES_MAX];
	uint8_t ias_platform_id[32];
	bool ias_has_platform_id;

	uint32_t dated_count;
	struct dated dated[DATED_MAX];
};

static inline void
facts_date(struct facts *facts, enum assay_check check, struct interval dates, bool grace)
{
	assert(facts->dated_count < DATED_MAX);
	facts->dated[facts->dated_count] = (struct dated){ check, dates, grace };
	facts->dated_count++;
}

#endif
