/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCB matching, as the vendor's own verifier does it: walk the levels from
 * the highest down; the first of which no component is above ours is our
 * level.  Platform, TDX module and quoting enclave have levels of their own,
 * and the worst of them counts.
 */
#include "appraise/tcb.h"

/* ---- matching --------------------------------------------------------- */

static bool
all_at_least(const uint8_t *have, const uint16_t *need, size_t from)
{
	for (size_t i = from; i < 16; i++) {
		if (have[i] < need[i]) {
			return false;
		}
	}
	return true;
}

/*
 * A TDX module of version 1 or later has an identity and levels of its own,
 * so the two components that count the module are left out of the platform's.
 */
static bool
level_covers(const struct tcb_level *level, const struct facts *facts, const uint8_t *tee_tcb_svn)
{
	const struct assay_platform *platform = &facts->platform;

	return all_at_least(platform->components, level->sgx, 0) && platform->pcesvn >= level->pcesvn &&
	    (tee_tcb_svn == NULL || all_at_least(tee_tcb_svn, level->tdx, tee_tcb_svn[1] > 0 ? 2 : 0));
}

static uint32_t
platform_level(const struct facts *facts, const uint8_t *tee_tcb_svn)
{
	const struct tcb_info *info = &facts->prepared->tcb_info;

	for (uint32_t i = 0; i < info->levels_count; i++) {
		if (level_covers(&info->levels[i], facts, tee_tcb_svn)) {
			return i;
		}
	}
	return NO_LEVEL;
}

static uint32_t
isv_level(const struct isv_level *levels, uint32_t count, uint16_t isv_svn)
{
	for (uint32_t i = 0; i < count; i++) {
		if (levels[i].isv_svn <= isv_svn) {
			return i;
		}
	}
	return NO_LEVEL;
}

/* ---- merging ---------------------------------------------------------- */

/* A status as the set of what is wrong. */
enum {
	WRONG_SW = 1,
	WRONG_CONFIGURATION = 2,
	WRONG_OUT_OF_DATE = 4,
	WRONG_REVOKED = 8,
	WRONG_UNKNOWN = 16
};

static unsigned
status_wrongs(enum assay_tcb_status status)
{
	switch (status) {
	case ASSAY_TCB_UP_TO_DATE:
		return 0;
	case ASSAY_TCB_SW_HARDENING_NEEDED:
		return WRONG_SW;
	case ASSAY_TCB_CONFIGURATION_NEEDED:
		return WRONG_CONFIGURATION;
	case ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED:
		return WRONG_CONFIGURATION | WRONG_SW;
	case ASSAY_TCB_OUT_OF_DATE:
		return WRONG_OUT_OF_DATE;
	case ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED:
		return WRONG_OUT_OF_DATE | WRONG_CONFIGURATION;
	case ASSAY_TCB_REVOKED:
		return WRONG_REVOKED;
	case ASSAY_TCB_UNKNOWN:
	case ASSAY_TCB_TD_RELAUNCH_ADVISED:
	case ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED:
	case ASSAY_TCB_SIGNATURE_INVALID:
	case ASSAY_TCB_SIGNATURE_REVOKED:
	case ASSAY_TCB_KEY_REVOKED:
	case ASSAY_TCB_SIGRL_VERSION_MISMATCH:
	case ASSAY_TCB_STATUS_COUNT:
	default:
		return WRONG_UNKNOWN;
	}
}

/* Out of date swallows the need for hardening: what must be updated anyway is not hardened first. */
static enum assay_tcb_status
status_of_wrongs(unsigned wrongs)
{
	if ((wrongs & WRONG_UNKNOWN) != 0) {
		return ASSAY_TCB_UNKNOWN;
	}
	if ((wrongs & WRONG_REVOKED) != 0) {
		return ASSAY_TCB_REVOKED;
	}
	if ((wrongs & WRONG_OUT_OF_DATE) != 0) {
		return (wrongs & WRONG_CONFIGURATION) != 0 ? ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED :
		    ASSAY_TCB_OUT_OF_DATE;
	}
	switch (wrongs) {
	case 0:
		return ASSAY_TCB_UP_TO_DATE;
	case WRONG_SW:
		return ASSAY_TCB_SW_HARDENING_NEEDED;
	case WRONG_CONFIGURATION:
		return ASSAY_TCB_CONFIGURATION_NEEDED;
	default:
		return ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED;
	}
}

static enum assay_tcb_status
merge_with(const struct facts *facts, const struct tcb_levels *levels, const struct tdx_module *module)
{
	unsigned wrongs = status_wrongs(facts->prepared->tcb_info.levels[levels->platform].status) |
	    status_wrongs(facts->prepared->qe_identity.levels[levels->qe].status);

	if (module != NULL) {
		wrongs |= status_wrongs(module->levels[levels->module].status);
	}
	return status_of_wrongs(wrongs);
}

enum assay_tcb_status
tcb_merge(const struct facts *facts, const struct tcb_levels *levels)
{
	return merge_with(facts, levels, facts->module_launch);
}

static void
advisories_add(struct advisories *advisories, const struct assay_bytes *pool, struct advisory_range range)
{
	for (uint32_t i = range.first; i < (uint32_t)range.first + range.count; i++) {
		bool known = false;

		for (uint32_t j = 0; j < advisories->count && !known; j++) {
			known = bytes_equal(advisories->ids[j], pool[i]);
		}
		if (known) {
			continue;
		}
		if (advisories->count == ASSAY_ADVISORIES_MAX) {
			/* More than can be shown is more than can be judged. */
			advisories->unknown = true;
			advisories->overflow = true;
			return;
		}
		advisories->ids[advisories->count] = pool[i];
		advisories->count++;
	}
}

void
tcb_advisories(struct advisories *advisories, const struct facts *facts, const struct tcb_levels *levels)
{
	const struct tcb_info *info = &facts->prepared->tcb_info;
	const struct qe_identity *identity = &facts->prepared->qe_identity;

	advisories->count = 0;
	advisories->overflow = false;
	advisories->unknown = info->version < 3;
	advisories_add(advisories, info->advisories, info->levels[levels->platform].advisories);
	advisories_add(advisories, identity->advisories, identity->levels[levels->qe].advisories);
	if (facts->module_launch != NULL) {
		advisories_add(advisories, info->advisories,
		    facts->module_launch->levels[levels->module].advisories);
	}
}

/* ---- the relaunch rule for TD 1.5 ------------------------------------- */

/*
 * The TD was launched under an out-of-date TCB, but what runs now is not: a
 * relaunch mends it.  In every other case the launch decides, because it is
 * what the TD's secrets were given to; except that a TCB which is revoked, or
 * of which we know nothing, is never made good by an earlier one.
 */
static enum assay_tcb_status
relaunch(enum assay_tcb_status launch, enum assay_tcb_status current)
{
	const unsigned at_launch = status_wrongs(launch);
	const unsigned now = status_wrongs(current);

	if ((now & (WRONG_REVOKED | WRONG_UNKNOWN)) != 0) {
		return current;
	}
	if ((at_launch & WRONG_OUT_OF_DATE) == 0 ||
	    (now & WRONG_OUT_OF_DATE) != 0) {
		return launch;
	}
	return ((at_launch | now) & WRONG_CONFIGURATION) != 0 ?
	    ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED : ASSAY_TCB_TD_RELAUNCH_ADVISED;
}

/* ---- all together ----------------------------------------------------- */

static bool
levels_find(struct tcb_levels *levels, const struct facts *facts, const uint8_t *tee_tcb_svn,
    const struct tdx_module *module)
{
	const struct qe_identity *identity = &facts->prepared->qe_identity;

	levels->platform = platform_level(facts, tee_tcb_svn);
	levels->qe = isv_level(identity->levels, identity->levels_count, facts->qe_isv_svn);
	levels->module = 0;
	if (module != NULL) {
		assert(tee_tcb_svn != NULL);
		levels->module = isv_level(module->levels, module->levels_count, tee_tcb_svn[0]);
	}
	return levels->platform != NO_LEVEL && levels->qe != NO_LEVEL && levels->module != NO_LEVEL;
}

static int64_t
earliest(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void
tcb_match(struct tcb_match *match, const struct facts *facts)
{
	const struct tcb_info *info = &facts->prepared->tcb_info;
	const struct qe_identity *identity = &facts->prepared->qe_identity;
	const bool td = facts->tee == ASSAY_TEE_TDX;
	const bool td_1_5 = td && facts->td.has_1_5;
	struct tcb_levels current;

	memset(match, 0, sizeof(*match));
	const bool launch_covered = levels_find(&match->launch, facts,
	    td ? facts->td.tee_tcb_svn : NULL, facts->module_launch);
	const bool current_covered = !td_1_5 ? launch_covered :
	    levels_find(&current, facts, facts->td.tee_tcb_svn2, facts->module_current);

	match->platform_covered = match->launch.platform != NO_LEVEL &&
	    (!td_1_5 || current.platform != NO_LEVEL);
	match->module_covered = match->launch.module != NO_LEVEL && (!td_1_5 || current.module != NO_LEVEL);
	match->qe_covered = match->launch.qe != NO_LEVEL;
	match->advisories.unknown = true;
	if (!launch_covered || !current_covered) {
		return;
	}
	match->status = tcb_merge(facts, &match->launch);
	if (td_1_5) {
		match->status = relaunch(match->status, merge_with(facts, &current, facts->module_current));
	}
	match->qe_status = identity->levels[match->launch.qe].status;
	match->date_s = earliest(info->levels[match->launch.platform].date_s,
	    identity->levels[match->launch.qe].date_s);
	if (facts->module_launch != NULL) {
		match->module_status = facts->module_launch->levels[match->launch.module].status;
		match->date_s = earliest(match->date_s,
		    facts->module_launch->levels[match->launch.module].date_s);
	}
	tcb_advisories(&match->advisories, facts, &match->launch);
}
