/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would raise the tier.
 *
 * Walk the platform's levels upward from ours; at each ask what tier it would
 * earn with the quoting enclave and the TDX module as they are, or at their
 * newest.  The first that is better is the nearest, and what it needs and we
 * lack is the shortfall.
 */
#include "appraise/shortfall.h"

struct search {
	const struct standing *standing;
	const struct assay_policy *policy;
	enum assay_tier better_than;
	int64_t at_s;
};

static bool
is_better(const struct search *search, const struct tcb_levels *levels)
{
	const enum assay_tcb_status status = tcb_merge(search->standing->facts, levels);

	/* Advisories and ceilings only lower: most candidates end here. */
	if (search->policy->tier_of_status[status] <= search->better_than) {
		return false;
	}
	struct standing there = *search->standing;
	struct grade g;

	there.covered = true;
	there.match.platform_covered = true;
	there.match.module_covered = true;
	there.match.qe_covered = true;
	there.match.launch = *levels;
	there.match.status = status;
	there.level_date_s = there.facts->prepared->tcb_info.levels[levels->platform].date_s;
	there.renewal_s = RENEWAL_NEVER;
	tcb_advisories(&there.match.advisories, there.facts, levels);
	grade(&g, &there, search->policy, search->at_s);
	return g.tcb_tier > search->better_than;
}

/* Our own level of each part, or the lowest there is where none covers it. */
static struct tcb_levels
start_of(const struct standing *standing)
{
	const struct facts *facts = standing->facts;
	struct tcb_levels levels = standing->match.launch;

	if (levels.platform == NO_LEVEL) {
		levels.platform = facts->prepared->tcb_info.levels_count - 1;
	}
	if (levels.qe == NO_LEVEL) {
		levels.qe = facts->prepared->qe_identity.levels_count - 1;
	}
	if (levels.module == NO_LEVEL) {
		levels.module = facts->module_launch->levels_count - 1;
	}
	return levels;
}

/* The lowest level of one part that is as good as its newest. */
static void
lower_part(const struct search *search, struct tcb_levels *levels, uint32_t *part, uint32_t start)
{
	for (uint32_t i = start; i > *part; i--) {
		const uint32_t newest = *part;

		*part = i;
		if (is_better(search, levels)) {
			return;
		}
		*part = newest;
	}
}

static bool
nearest(const struct search *search, struct tcb_levels *found)
{
	const struct tcb_levels start = start_of(search->standing);

	for (uint32_t p = start.platform + 1; p-- > 0;) {
		const struct tcb_levels candidates[] = {
			{ p, start.module, start.qe }, { p, start.module, 0 },
			{ p, 0, start.qe }, { p, 0, 0 },
		};

		for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
			*found = candidates[i];
			if (is_better(search, found)) {
				lower_part(search, found, &found->qe, start.qe);
				lower_part(search, found, &found->module, start.module);
				return true;
			}
		}
	}
	return false;
}

static void
lack(struct assay_verdict *verdict, enum assay_shortfall_part part, size_t index, unsigned has,
    unsigned needs, enum assay_tcb_status status, enum assay_raised_by raised_by)
{
	if (has >= needs && part != ASSAY_SHORTFALL_CONFIGURATION) {
		return;
	}
	assert(verdict->shortfalls_count < ASSAY_SHORTFALLS_MAX);
	verdict->shortfalls[verdict->shortfalls_count] = (struct assay_shortfall){ part, (uint8_t)index,
		(uint16_t)has, (uint16_t)needs, status, raised_by };
	verdict->shortfalls_count++;
}

static void
compare(struct assay_verdict *verdict, const struct facts *facts, const struct tcb_levels *levels)
{
	const struct tcb_info *info = &facts->prepared->tcb_info;
	const struct tcb_level *level = &info->levels[levels->platform];
	const enum assay_tcb_status status = tcb_merge(facts, levels);

	for (size_t i = 0; i < 16; i++) {
		lack(verdict, ASSAY_SHORTFALL_SGX_COMPONENT, i, facts->platform.components[i], level->sgx[i],
		    status, info->sgx_raised_by[i]);
	}
	lack(verdict, ASSAY_SHORTFALL_PCESVN, 0, facts->platform.pcesvn, level->pcesvn, status,
	    ASSAY_RAISED_BY_PSW);
	if (facts->tee == ASSAY_TEE_TDX) {
		for (size_t i = facts->td.tee_tcb_svn[1] > 0 ? 2 : 0; i < 16; i++) {
			lack(verdict, ASSAY_SHORTFALL_TDX_COMPONENT, i, facts->td.tee_tcb_svn[i],
			    level->tdx[i], status, info->tdx_raised_by[i]);
		}
	}
	if (facts->module_launch != NULL) {
		lack(verdict, ASSAY_SHORTFALL_TDX_MODULE, 0, facts->td.tee_tcb_svn[0],
		    facts->module_launch->levels[levels->module].isv_svn, status, ASSAY_RAISED_BY_TDX_MODULE);
	}
	lack(verdict, ASSAY_SHORTFALL_QE, 0, facts->qe_isv_svn,
	    facts->prepared->qe_identity.levels[levels->qe].isv_svn, status, ASSAY_RAISED_BY_PSW);
}

static bool
needs_configuration(enum assay_tcb_status status)
{
	return status == ASSAY_TCB_CONFIGURATION_NEEDED ||
	    status == ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED ||
	    status == ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
}

void
shortfall_find(struct assay_verdict *verdict, const struct standing *standing, const struct grade *now,
    const struct assay_policy *policy, int64_t at_s)
{
	const struct facts *facts = standing->facts;
	const struct search search = { standing, policy, now->tcb_tier, at_s };
	struct tcb_levels found;

	/* A TD that only needs a relaunch lacks no component. */
	if (facts->kind == ASSAY_EVIDENCE_IAS_REPORT || now->tcb_tier == ASSAY_TIER_1 ||
	    standing->match.status == ASSAY_TCB_TD_RELAUNCH_ADVISED ||
	    standing->match.status == ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED) {
		return;
	}
	if (nearest(&search, &found)) {
		compare(verdict, facts, &found);
	}
	if (verdict->shortfalls_count == 0 && needs_configuration(standing->match.status)) {
		lack(verdict, ASSAY_SHORTFALL_CONFIGURATION, 0, 0, 0,
		    standing->match.status == ASSAY_TCB_CONFIGURATION_NEEDED ? ASSAY_TCB_UP_TO_DATE :
		    standing->match.status == ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED ?
		    ASSAY_TCB_SW_HARDENING_NEEDED : ASSAY_TCB_OUT_OF_DATE, ASSAY_RAISED_BY_CONFIGURATION);
	}
}
