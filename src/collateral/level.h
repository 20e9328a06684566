/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What TCB info and enclave identities have in common: lists of advisories,
 * and the levels of one SVN that TDX modules and quoting enclaves have.
 */
#ifndef COLLATERAL_LEVEL_H
#define COLLATERAL_LEVEL_H

#include "collateral/tcb_info.h"
#include "format/json.h"

/* Where the ids of all levels of one document go. */
struct advisory_pool {
	struct assay_bytes *ids;
	uint32_t count;
	uint32_t size;
};

/* The largest evaluation number that we take: the vendor counts by one a quarter. */
#define EVALUATION_NUMBER_MAX INT32_MAX

/* Members of a level, as level_member_read tells them. */
enum {
	HAS_TCB = 1 << 0,	/* differs from kind to kind: the caller reads it */
	HAS_DATE = 1 << 1,
	HAS_STATUS = 1 << 2,
	HAS_ADVISORIES = 1 << 3,
	NEEDS_LEVEL = HAS_TCB | HAS_DATE | HAS_STATUS
};

/* Each reads the value at hand; what is wrong fails the reader. */
void advisories_read(struct json *j, struct advisory_pool *pool, struct advisory_range *range);
enum assay_tcb_status tcb_status_read(struct json *j);
/* Levels are sorted descending; none at all, or two of one SVN, is wrong. */
void isv_levels_read(struct json *j, struct advisory_pool *pool,
    struct isv_level levels[static ISV_LEVELS_MAX], uint32_t *count);

/* The members that levels of every kind share; 0 where it is none of them and still unread. */
unsigned level_member_read(struct json *j, struct advisory_pool *pool, struct assay_bytes name,
    int64_t *date_s, enum assay_tcb_status *status, struct advisory_range *advisories);

#endif
