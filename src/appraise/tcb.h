/* SPDX-License-Identifier: Apache-2.0 */
/* TCB matching: which of the vendor's levels covers what a quote was made with. */
#ifndef APPRAISE_TCB_H
#define APPRAISE_TCB_H

#include "verify/facts.h"

#define NO_LEVEL UINT32_MAX

/* Advisories of a result: views, without duplicates. */
struct advisories {
	bool unknown;
	bool overflow;		/* there were more than fit: any could have been among them */
	uint32_t count;
	struct assay_bytes ids[ASSAY_ADVISORIES_MAX];
};

/* Which level each part is at; NO_LEVEL where none covers it. */
struct tcb_levels {
	uint32_t platform;
	uint32_t module;		/* 0 where there is no module to judge */
	uint32_t qe;
};

struct tcb_match {
	bool platform_covered;
	bool module_covered;		/* true where there is none to judge */
	bool qe_covered;
	struct tcb_levels launch;
	enum assay_tcb_status status;	/* merged; UNKNOWN where not all is covered */
	enum assay_tcb_status qe_status;
	enum assay_tcb_status module_status;
	int64_t date_s;			/* the earliest of the levels matched */
	struct advisories advisories;
};

/* Match a quote's facts (not an IAS report's). */
void tcb_match(struct tcb_match *match, const struct facts *facts);

/* The merged status where the parts were at these levels. */
enum assay_tcb_status tcb_merge(const struct facts *facts, const struct tcb_levels *levels);
/* The advisories of these levels: platform, then QE, then module. */
void tcb_advisories(struct advisories *advisories, const struct facts *facts,
    const struct tcb_levels *levels);

#endif
