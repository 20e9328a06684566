/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts made by hand, for tests of matching, grading and shortfalls: no bytes,
 * no signatures, any combination of levels.
 */
#ifndef TEST_UNIT_WORLD_H
#define TEST_UNIT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "appraise/grade.h"
#include "appraise/policy.h"
#include "appraise/shortfall.h"
#include "evidence/report.h"

#define WORLD_COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct {
	struct facts facts;
	struct prepared prepared;
	struct assay_verifier verifier;
} world;

/* A level of each part that covers everything, up to date and without advisories. */
static inline void
world_reset(enum assay_tee tee)
{
	struct tcb_info *info = &world.prepared.tcb_info;

	memset(&world, 0, sizeof(world));
	world.facts.good = true;
	world.facts.tee = tee;
	world.facts.kind = tee == ASSAY_TEE_TDX ? ASSAY_EVIDENCE_TDX_QUOTE : ASSAY_EVIDENCE_SGX_QUOTE;
	world.facts.version = 4;
	world.facts.has_body = true;
	world.facts.has_platform = true;
	world.facts.prepared = &world.prepared;
	world.facts.sgx.attributes[0] = SGX_FLAGS_NEEDED;
	world.facts.td.td_attributes[3] = 0x10;		/* SEPT_VE_DISABLE */
	world.facts.td.xfam[0] = 0x03;
	info->version = 3;
	info->tee = tee;
	info->levels_count = 1;
	info->levels[0].status = ASSAY_TCB_UP_TO_DATE;
	info->evaluation_number = 18;
	world.prepared.qe_identity.evaluation_number = 18;
	world.prepared.qe_identity.levels_count = 1;
	world.prepared.qe_identity.levels[0].status = ASSAY_TCB_UP_TO_DATE;
	info->modules_count = 1;
	info->modules[0].version = 1;
	info->modules[0].levels_count = 1;
	info->modules[0].levels[0].status = ASSAY_TCB_UP_TO_DATE;
}

/* A TD whose module has an identity of its own. */
static inline void
world_reset_with_module(void)
{
	world_reset(ASSAY_TEE_TDX);
	world.facts.td.tee_tcb_svn[1] = 1;
	world.facts.module_launch = &world.prepared.tcb_info.modules[0];
	world.facts.module_current = world.facts.module_launch;
}

/* An archived report of that status. */
static inline void
world_reset_report(enum assay_tcb_status status)
{
	world_reset(ASSAY_TEE_SGX);
	world.facts.kind = ASSAY_EVIDENCE_IAS_REPORT;
	world.facts.prepared = NULL;
	world.facts.has_platform = false;
	world.facts.ias_status = status;
	world.facts.ias_evaluation_number = 18;
	/* Noon of 1 June 2026. */
	world.facts.ias.timestamp_s = INT64_C(1780315200);
}

/* Ids for a level, appended to the pool of TCB info or of the QE identity. */
static inline void
world_list(struct advisory_range *range, struct assay_bytes *pool, uint32_t *pool_count, const char *id)
{
	if (range->count == 0) {
		range->first = (uint16_t)*pool_count;
	}
	pool[*pool_count] = bytes_of_text(id);
	(*pool_count)++;
	range->count++;
}

static inline void
world_advise_platform(uint32_t level, const char *id)
{
	struct tcb_info *info = &world.prepared.tcb_info;

	world_list(&info->levels[level].advisories, info->advisories, &info->advisories_count, id);
}

static inline void
world_advise_module(uint32_t level, const char *id)
{
	struct tcb_info *info = &world.prepared.tcb_info;

	world_list(&info->modules[0].levels[level].advisories, info->advisories, &info->advisories_count, id);
}

static inline void
world_advise_qe(uint32_t level, const char *id)
{
	struct qe_identity *identity = &world.prepared.qe_identity;

	world_list(&identity->levels[level].advisories, identity->advisories, &identity->advisories_count, id);
}

static inline struct standing
world_standing(void)
{
	struct standing standing;

	standing_of(&standing, &world.facts, &world.verifier);
	return standing;
}

static inline struct grade
world_grade(const struct assay_policy *policy, int64_t at_s)
{
	const struct standing standing = world_standing();
	struct grade g;

	grade(&g, &standing, policy, at_s);
	return g;
}

static inline bool
grade_has(const struct grade *g, enum assay_reason reason)
{
	for (uint32_t i = 0; i < g->reasons_count; i++) {
		if (g->reasons[i] == (uint8_t)reason) {
			return true;
		}
	}
	return false;
}

#endif
