/* SPDX-License-Identifier: Apache-2.0 */
/* A platform beside the vendor's TCB levels: which matches, and what the others ask for. */
#ifndef RENDER_TCB_H
#define RENDER_TCB_H

#include "collateral/tcb_info.h"
#include "render/render.h"

/* 64 levels with every component short and 64 advisories each stay below. */
#define RENDER_TCB_MAX ((size_t)512 * 1024)

struct tcb_comparison {
	const struct tcb_info *info;
	uint16_t sgx[16];	/* components of the platform */
	uint16_t pcesvn;
	bool has_tdx;		/* the next two are there */
	uint16_t tdx[16];	/* components when the TD was launched */
	uint16_t tdx_now[16];	/* and when it was quoted */
	enum assay_tier tiers[TCB_LEVELS_MAX];	/* of each level, by status and advisories */
};

/* True where the platform has all that level i asks for.  Components 0 and 1
 * of a TDX module with levels of its own are not the platform's. */
bool tcb_level_covers(const struct tcb_comparison *comparison, uint32_t i);
/* The first level that covers, or levels_count. */
uint32_t tcb_level_matched(const struct tcb_comparison *comparison);

void render_tcb_text(struct writer *w, const struct tcb_comparison *comparison, const struct render_style *style);
/* A member: 16 numbers, or null where svns is NULL. */
void render_svns_json(struct writer *w, const char *name, const uint16_t *svns);
/* A number, or null where there is none. */
void render_tier_json(struct writer *w, enum assay_tier tier);
/* The levels as a JSON array. */
void render_tcb_json(struct writer *w, const struct tcb_comparison *comparison);

#endif
