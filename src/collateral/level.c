/* SPDX-License-Identifier: Apache-2.0 */
/* Statuses, lists of advisories, and the levels of TDX modules and quoting enclaves. */
#include "collateral/level.h"
#include "evidence/advisory.h"

enum assay_tcb_status
tcb_status_parse(struct assay_bytes word)
{
	static const struct {
		const char *word;
		enum assay_tcb_status status;
	} known[] = {
		{ "UpToDate", ASSAY_TCB_UP_TO_DATE },
		{ "OutOfDate", ASSAY_TCB_OUT_OF_DATE },
		{ "SWHardeningNeeded", ASSAY_TCB_SW_HARDENING_NEEDED },
		{ "ConfigurationNeeded", ASSAY_TCB_CONFIGURATION_NEEDED },
		{ "ConfigurationAndSWHardeningNeeded", ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED },
		{ "OutOfDateConfigurationNeeded", ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED },
		{ "Revoked", ASSAY_TCB_REVOKED }
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (bytes_equal_text(word, known[i].word)) {
			return known[i].status;
		}
	}
	return ASSAY_TCB_UNKNOWN;
}

enum assay_tcb_status
tcb_status_read(struct json *j)
{
	const enum assay_tcb_status status = tcb_status_parse(json_string(j));

	if (status == ASSAY_TCB_UNKNOWN) {
		json_fail(j);
	}
	return status;
}

void
advisories_read(struct json *j, struct advisory_pool *pool, struct advisory_range *range)
{
	struct json_array a = json_array(j);

	range->first = (uint16_t)pool->count;
	range->count = 0;
	while (json_element(j, &a)) {
		const struct assay_bytes id = json_string(j);

		if (!advisory_is_good(id) || range->count == LEVEL_ADVISORIES_MAX ||
		    pool->count == pool->size) {
			json_fail(j);
			return;
		}
		pool->ids[pool->count++] = id;
		range->count++;
	}
}

static uint16_t
isv_svn_read(struct json *j)
{
	struct json_object o = json_object(j);
	struct assay_bytes name;
	uint16_t isv_svn = 0;
	bool has_isv_svn = false;

	while (json_member(j, &o, &name)) {
		if (bytes_equal_text(name, "isvsvn")) {
			isv_svn = (uint16_t)json_integer(j, 0, UINT16_MAX);
			has_isv_svn = true;
		} else {
			json_skip(j);
		}
	}
	if (!has_isv_svn) {
		json_fail(j);
	}
	return isv_svn;
}

unsigned
level_member_read(struct json *j, struct advisory_pool *pool, struct assay_bytes name,
    int64_t *date_s, enum assay_tcb_status *status, struct advisory_range *advisories)
{
	if (bytes_equal_text(name, "tcbDate")) {
		*date_s = json_utc(j);
		return HAS_DATE;
	}
	if (bytes_equal_text(name, "tcbStatus")) {
		*status = tcb_status_read(j);
		return HAS_STATUS;
	}
	if (bytes_equal_text(name, "advisoryIDs")) {
		advisories_read(j, pool, advisories);
		return HAS_ADVISORIES;
	}
	return 0;
}

static void
isv_level_read(struct json *j, struct advisory_pool *pool, struct isv_level *level)
{
	struct json_object o = json_object(j);
	struct assay_bytes name;
	unsigned has = 0;

	memset(level, 0, sizeof *level);
	while (json_member(j, &o, &name)) {
		const unsigned member = level_member_read(j, pool, name, &level->date_s,
		    &level->status, &level->advisories);

		if (member != 0) {
			has |= member;
		} else if (bytes_equal_text(name, "tcb")) {
			level->isv_svn = isv_svn_read(j);
			has |= HAS_TCB;
		} else {
			json_skip(j);
		}
	}
	if ((has & NEEDS_LEVEL) != NEEDS_LEVEL) {
		json_fail(j);
	}
}

void
isv_levels_read(struct json *j, struct advisory_pool *pool,
    struct isv_level levels[static ISV_LEVELS_MAX], uint32_t *count)
{
	struct json_array a = json_array(j);

	*count = 0;
	while (json_element(j, &a)) {
		struct isv_level level;
		uint32_t at = *count;

		isv_level_read(j, pool, &level);
		if (json_failed(j) || *count == ISV_LEVELS_MAX) {
			json_fail(j);
			return;
		}
		while (at > 0 && levels[at - 1].isv_svn < level.isv_svn) {
			levels[at] = levels[at - 1];
			at--;
		}
		if (at > 0 && levels[at - 1].isv_svn == level.isv_svn) {
			json_fail(j);
			return;
		}
		levels[at] = level;
		(*count)++;
	}
	if (*count == 0) {
		json_fail(j);
	}
}
