/* SPDX-License-Identifier: Apache-2.0 */
/* Grading: every member of a policy, every reason, the rows that take a tier away. */
#include "world.h"

#define AT_S INT64_C(1780315200)

static struct assay_policy
preset(void)
{
	struct assay_policy policy = *policy_preset(0);

	return policy;
}

static void
list_add(struct assay_advisory_list *list, const char *id, int64_t fixed_s)
{
	memset(&list->ids[list->count], 0, sizeof(list->ids[0]));
	memcpy(list->ids[list->count].id, id, strlen(id));
	list->ids[list->count].fixed_s = fixed_s;
	list->count++;
}

/* The platform has this status and, where not NULL, this advisory. */
static void
platform(enum assay_tcb_status status, const char *advisory)
{
	world_reset(ASSAY_TEE_SGX);
	world.prepared.tcb_info.levels[0].status = status;
	world.prepared.tcb_info.levels[0].date_s = AT_S;
	if (advisory != NULL) {
		world_advise_platform(0, advisory);
	}
}

static void
only_reasons(const struct grade *g, const enum assay_reason *reasons, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!grade_has(g, reasons[i])) {
			fail_msg("lacks %s", assay_reason_id(reasons[i]));
		}
	}
	if (g->reasons_count != count) {
		fail_msg("%u reasons, the last is %s", g->reasons_count,
		    assay_reason_id((enum assay_reason)g->reasons[g->reasons_count - 1]));
	}
}

#define ONLY_REASONS(g, ...) \
	only_reasons(g, (const enum assay_reason[]){ __VA_ARGS__ }, \
	    WORLD_COUNT(((const enum assay_reason[]){ __VA_ARGS__ })))

/* ---- status ----------------------------------------------------------- */

static const struct {
	enum assay_tcb_status status;
	enum assay_tier tier;
	enum assay_reason reason;
} statuses[] = {
	{ ASSAY_TCB_UP_TO_DATE, ASSAY_TIER_1, ASSAY_REASON_UP_TO_DATE },
	{ ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_TIER_2, ASSAY_REASON_SW_HARDENING_NEEDED },
	{ ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_TIER_3, ASSAY_REASON_CONFIGURATION_NEEDED },
	{ ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, ASSAY_TIER_3,
	    ASSAY_REASON_CONFIGURATION_AND_SW_HARDENING_NEEDED },
	{ ASSAY_TCB_OUT_OF_DATE, ASSAY_TIER_5, ASSAY_REASON_OUT_OF_DATE },
	{ ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, ASSAY_TIER_5, ASSAY_REASON_OUT_OF_DATE_CONFIGURATION_NEEDED },
	{ ASSAY_TCB_REVOKED, ASSAY_TIER_NONE, ASSAY_REASON_REVOKED },
};

static void
a_status_has_its_tier_and_its_reason(void **state)
{
	const struct assay_policy policy = preset();

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(statuses); i++) {
		const bool revoked = statuses[i].status == ASSAY_TCB_REVOKED;

		platform(statuses[i].status, NULL);
		const struct grade g = world_grade(&policy, AT_S);

		assert_int_equal(g.tier, statuses[i].tier);
		assert_int_equal(g.tcb_tier, statuses[i].tier);
		ONLY_REASONS(&g, statuses[i].reason);
		assert_int_equal(g.results[ASSAY_CHECK_TCB_REVOKED], revoked ? ASSAY_FAILED : ASSAY_PASSED);
		/* A revoked status is its own reason: the table is not asked. */
		assert_int_equal(g.results[ASSAY_CHECK_STATUS_TIER], revoked ? ASSAY_NOT_REACHED : ASSAY_PASSED);
		assert_int_equal(g.deciding, statuses[i].reason);
	}
}

static void
a_status_that_the_table_lacks_has_no_tier(void **state)
{
	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(statuses); i++) {
		struct assay_policy policy = preset();

		if (statuses[i].status == ASSAY_TCB_REVOKED) {
			continue;
		}
		policy.tier_of_status[statuses[i].status] = ASSAY_TIER_NONE;
		platform(statuses[i].status, NULL);
		const struct grade g = world_grade(&policy, AT_S);

		assert_int_equal(g.tier, ASSAY_TIER_NONE);
		ONLY_REASONS(&g, statuses[i].reason, ASSAY_REASON_STATUS_UNTIERED);
		assert_int_equal(g.results[ASSAY_CHECK_STATUS_TIER], ASSAY_FAILED);
		assert_int_equal(g.results[ASSAY_CHECK_TCB_REVOKED], ASSAY_PASSED);
	}
}

/* Even a policy that says otherwise cannot give a revoked platform a tier. */
static void
revoked_is_never_tiered(void **state)
{
	struct assay_policy policy = preset();
	struct grade g;

	(void)state;
	for (unsigned s = 0; s < ASSAY_TCB_STATUS_COUNT; s++) {
		policy.tier_of_status[s] = ASSAY_TIER_1;
	}
	platform(ASSAY_TCB_REVOKED, NULL);
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_NONE);
	assert_int_equal(g.tcb_tier, ASSAY_TIER_NONE);
	for (unsigned s = ASSAY_TCB_REVOKED; s < ASSAY_TCB_STATUS_COUNT; s++) {
		world_reset_report((enum assay_tcb_status)s);
		g = world_grade(&policy, AT_S);
		assert_int_equal(g.tier, ASSAY_TIER_NONE);
		assert_int_equal(g.results[ASSAY_CHECK_TCB_REVOKED], ASSAY_FAILED);
	}
}

static void
reports_of_bad_quotes_say_why(void **state)
{
	static const enum assay_reason reasons[] = {
		ASSAY_REASON_REVOKED, ASSAY_REASON_SIGNATURE_INVALID, ASSAY_REASON_SIGNATURE_REVOKED,
		ASSAY_REASON_KEY_REVOKED, ASSAY_REASON_SIGRL_VERSION_MISMATCH,
	};
	const struct assay_policy policy = preset();

	(void)state;
	for (unsigned i = 0; i < WORLD_COUNT(reasons); i++) {
		world_reset_report((enum assay_tcb_status)(ASSAY_TCB_REVOKED + i));
		const struct grade g = world_grade(&policy, AT_S);

		assert_int_equal(g.tier, ASSAY_TIER_NONE);
		ONLY_REASONS(&g, reasons[i]);
	}
}

static void
a_zeroed_policy_gives_no_tier(void **state)
{
	static const struct assay_policy nothing;

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(statuses); i++) {
		platform(statuses[i].status, NULL);
		assert_int_equal(world_grade(&nothing, AT_S).tier, ASSAY_TIER_NONE);
		world_reset_report(statuses[i].status);
		assert_int_equal(world_grade(&nothing, AT_S).tier, ASSAY_TIER_NONE);
	}
}

/* ---- parts ------------------------------------------------------------ */

static void
what_no_level_covers_has_no_tier(void **state)
{
	const struct assay_policy policy = preset();
	struct grade g;

	(void)state;
	world_reset_with_module();
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.results[ASSAY_CHECK_TDX_MODULE_LEVEL], ASSAY_PASSED);
	world.prepared.tcb_info.levels[0].sgx[0] = 1;
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_NONE);
	ONLY_REASONS(&g, ASSAY_REASON_TCB_NO_LEVEL);
	assert_int_equal(g.results[ASSAY_CHECK_TCB_LEVEL], ASSAY_FAILED);
	assert_int_equal(g.results[ASSAY_CHECK_QE_LEVEL], ASSAY_PASSED);
	/* The rows on the status have nothing to judge; the others are made. */
	assert_int_equal(g.results[ASSAY_CHECK_TCB_REVOKED], ASSAY_NOT_REACHED);
	assert_int_equal(g.results[ASSAY_CHECK_STATUS_TIER], ASSAY_NOT_REACHED);
	assert_int_equal(g.results[ASSAY_CHECK_DEBUG], ASSAY_PASSED);

	world_reset_with_module();
	world.prepared.tcb_info.modules[0].levels[0].isv_svn = 1;
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_NONE);
	ONLY_REASONS(&g, ASSAY_REASON_TDX_MODULE_NO_LEVEL);
	assert_int_equal(g.results[ASSAY_CHECK_TDX_MODULE_LEVEL], ASSAY_FAILED);

	world_reset_with_module();
	world.prepared.qe_identity.levels[0].isv_svn = 1;
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_NONE);
	ONLY_REASONS(&g, ASSAY_REASON_QE_NO_LEVEL);

	/* All three at once. */
	world.prepared.tcb_info.levels[0].sgx[0] = 1;
	world.prepared.tcb_info.modules[0].levels[0].isv_svn = 1;
	g = world_grade(&policy, AT_S);
	ONLY_REASONS(&g, ASSAY_REASON_TCB_NO_LEVEL, ASSAY_REASON_TDX_MODULE_NO_LEVEL, ASSAY_REASON_QE_NO_LEVEL);

	/* Without a module to judge the row does not exist. */
	world_reset(ASSAY_TEE_TDX);
	assert_int_equal(world_grade(&policy, AT_S).results[ASSAY_CHECK_TDX_MODULE_LEVEL], ASSAY_NOT_REACHED);
	/* Where only what runs now has one, it does. */
	world.facts.module_current = &world.prepared.tcb_info.modules[0];
	assert_int_equal(world_grade(&policy, AT_S).results[ASSAY_CHECK_TDX_MODULE_LEVEL], ASSAY_PASSED);
}

static void
parts_that_are_out_of_date_are_named(void **state)
{
	const struct assay_policy policy = preset();
	struct grade g;

	(void)state;
	world_reset_with_module();
	world.prepared.qe_identity.levels[0].status = ASSAY_TCB_OUT_OF_DATE;
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_5);
	ONLY_REASONS(&g, ASSAY_REASON_OUT_OF_DATE, ASSAY_REASON_QE_OUT_OF_DATE);

	world_reset_with_module();
	world.prepared.tcb_info.modules[0].levels[0].status = ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_5);
	ONLY_REASONS(&g, ASSAY_REASON_OUT_OF_DATE_CONFIGURATION_NEEDED, ASSAY_REASON_TDX_MODULE_OUT_OF_DATE);

	/* The platform alone. */
	world_reset_with_module();
	world.prepared.tcb_info.levels[0].status = ASSAY_TCB_OUT_OF_DATE;
	g = world_grade(&policy, AT_S);
	ONLY_REASONS(&g, ASSAY_REASON_OUT_OF_DATE);
}

/* ---- the relaunch statuses -------------------------------------------- */

static void
relaunching(enum assay_tcb_status now, const char *advisory)
{
	struct tdx_module *module = &world.prepared.tcb_info.modules[0];

	world_reset_with_module();
	world.prepared.tcb_info.levels[0].status = now;
	world.facts.td.has_1_5 = true;
	world.facts.td.tee_tcb_svn2[0] = 2;
	world.facts.td.tee_tcb_svn2[1] = 1;
	module->levels_count = 2;
	module->levels[0] = (struct isv_level){ .isv_svn = 2, .status = ASSAY_TCB_UP_TO_DATE };
	module->levels[1] = (struct isv_level){ .isv_svn = 0, .status = ASSAY_TCB_OUT_OF_DATE };
	if (advisory != NULL) {
		world_advise_module(1, advisory);
	}
}

static void
a_relaunch_is_no_better_than_tier_4(void **state)
{
	struct assay_policy policy = preset();
	struct grade g;

	(void)state;
	relaunching(ASSAY_TCB_UP_TO_DATE, NULL);
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_4);
	/* The module that runs now is a newer one: it is not what is out of date. */
	ONLY_REASONS(&g, ASSAY_REASON_TD_RELAUNCH_ADVISED, ASSAY_REASON_TABLE_SILENT);

	relaunching(ASSAY_TCB_CONFIGURATION_NEEDED, NULL);
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_4);
	ONLY_REASONS(&g, ASSAY_REASON_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED, ASSAY_REASON_TABLE_SILENT);

	policy.tier_of_status[ASSAY_TCB_TD_RELAUNCH_ADVISED] = ASSAY_TIER_1;
	policy.tier_of_status[ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] = ASSAY_TIER_3;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
	relaunching(ASSAY_TCB_UP_TO_DATE, NULL);
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
	policy.tier_of_status[ASSAY_TCB_TD_RELAUNCH_ADVISED] = ASSAY_TIER_5;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_5);
}

/* ---- advisories ------------------------------------------------------- */

static void
an_advisory_counts_unless_it_is_listed(void **state)
{
	static const enum assay_tcb_status rows[] = {
		ASSAY_TCB_UP_TO_DATE, ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_TCB_CONFIGURATION_NEEDED,
		ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED,
	};
	const struct assay_policy policy = preset();

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
		struct grade g;

		platform(rows[i], "INTEL-SA-00615");
		g = world_grade(&policy, AT_S);
		assert_int_equal(g.tier, ASSAY_TIER_4);
		assert_int_equal(g.counted, 1);
		assert_true(grade_has(&g, ASSAY_REASON_ADVISORIES_COUNTED));
		assert_int_equal(g.deciding, ASSAY_REASON_ADVISORIES_COUNTED);
		/* The published table says so of each of them. */
		assert_false(grade_has(&g, ASSAY_REASON_TABLE_SILENT));

		platform(rows[i], "INTEL-SA-00334");
		g = world_grade(&policy, AT_S);
		assert_int_equal(g.tier, policy.tier_of_status[rows[i]]);
		assert_int_equal(g.counted, 0);
		assert_int_equal(g.reasons_count, 1);
	}
	/* Out of date is worse than that already. */
	platform(ASSAY_TCB_OUT_OF_DATE, "INTEL-SA-00615");
	const struct grade g = world_grade(&policy, AT_S);

	assert_int_equal(g.tier, ASSAY_TIER_5);
	ONLY_REASONS(&g, ASSAY_REASON_OUT_OF_DATE);
}

/* An id is equal or it is not: no prefixes, no longer ones. */
static void
ids_are_compared_whole(void **state)
{
	static const char *const others[] = {
		"INTEL-SA-0033", "INTEL-SA-003340", "INTEL-SA-00335", "intel-sa-00334", "",
		"INTEL-SA-00334-AND-MORE-THAN-FITS",
	};
	const struct assay_policy policy = preset();

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(others); i++) {
		platform(ASSAY_TCB_SW_HARDENING_NEEDED, others[i]);
		assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
	}
}

static void
each_advisory_that_counts_has_its_bit(void **state)
{
	const struct assay_policy policy = preset();
	static char ids[ASSAY_ADVISORIES_MAX][8];
	struct grade g;

	(void)state;
	platform(ASSAY_TCB_SW_HARDENING_NEEDED, "INTEL-SA-00219");
	world_advise_platform(0, "INTEL-SA-00615");
	world_advise_platform(0, "INTEL-SA-00381");
	world_advise_platform(0, "INTEL-SA-00657");
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.counted, 0xa);
	/* The last that there can be. */
	platform(ASSAY_TCB_SW_HARDENING_NEEDED, NULL);
	for (unsigned i = 0; i < ASSAY_ADVISORIES_MAX; i++) {
		ids[i][0] = (char)('A' + i / 10);
		ids[i][1] = (char)('0' + i % 10);
		world_advise_platform(0, i == 0 ? "INTEL-SA-00219" : ids[i]);
	}
	g = world_grade(&policy, AT_S);
	assert_true(g.counted == UINT64_MAX - 1);
}

static void
what_the_program_mitigates_does_not_count(void **state)
{
	const struct assay_policy policy = preset();
	const struct assay_bytes mitigated[] = { bytes_of_text("INTEL-SA-00657"), bytes_of_text("INTEL-SA-00615") };

	(void)state;
	platform(ASSAY_TCB_SW_HARDENING_NEEDED, "INTEL-SA-00615");
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
	world.verifier.mitigated = mitigated;
	world.verifier.mitigated_count = 1;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
	world.verifier.mitigated_count = 2;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_2);
	world_advise_platform(0, "INTEL-SA-00828");
	const struct grade g = world_grade(&policy, AT_S);

	assert_int_equal(g.tier, ASSAY_TIER_4);
	assert_int_equal(g.counted, 2);
	/* A critical one stays critical, whoever claims to be hardened against it. */
	const struct assay_bytes critical[] = { bytes_of_text("INTEL-SA-00088") };

	platform(ASSAY_TCB_SW_HARDENING_NEEDED, "INTEL-SA-00088");
	world.verifier.mitigated = critical;
	world.verifier.mitigated_count = 1;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
}

static void
the_advisory_tier_is_the_policys(void **state)
{
	struct assay_policy policy = preset();

	(void)state;
	platform(ASSAY_TCB_SW_HARDENING_NEEDED, "INTEL-SA-00615");
	policy.advisory_tier = ASSAY_TIER_3;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_3);
	policy.advisory_tier = ASSAY_TIER_2;
	struct grade g = world_grade(&policy, AT_S);

	/* It lowers nothing, so it is no reason. */
	assert_int_equal(g.tier, ASSAY_TIER_2);
	assert_false(grade_has(&g, ASSAY_REASON_ADVISORIES_COUNTED));
	policy.advisory_tier = ASSAY_TIER_NONE;
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_NONE);
	assert_true(grade_has(&g, ASSAY_REASON_ADVISORIES_COUNTED));
	assert_true(grade_has(&g, ASSAY_REASON_STATUS_UNTIERED));
}

static void
advisories_count_from_a_tier_on(void **state)
{
	static const struct {
		enum assay_tier from;
		enum assay_tcb_status status;
		enum assay_tier tier;
	} rows[] = {
		{ ASSAY_TIER_1, ASSAY_TCB_UP_TO_DATE, ASSAY_TIER_4 },
		{ ASSAY_TIER_1, ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_TIER_4 },
		{ ASSAY_TIER_2, ASSAY_TCB_UP_TO_DATE, ASSAY_TIER_1 },
		{ ASSAY_TIER_2, ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_TIER_4 },
		{ ASSAY_TIER_3, ASSAY_TCB_UP_TO_DATE, ASSAY_TIER_1 },
		{ ASSAY_TIER_3, ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_TIER_2 },
		{ ASSAY_TIER_3, ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_TIER_4 },
		{ ASSAY_TIER_4, ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_TIER_3 },
		{ ASSAY_TIER_NONE, ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_TIER_3 },
	};

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
		struct assay_policy policy = preset();

		policy.advisories_count_at_or_below = rows[i].from;
		platform(rows[i].status, "INTEL-SA-00615");
		assert_int_equal(world_grade(&policy, AT_S).tier, rows[i].tier);
	}
}

static void
advisories_beside_up_to_date_may_only_inform(void **state)
{
	struct assay_policy policy = preset();

	(void)state;
	policy.advisories_count_beside_up_to_date = false;
	platform(ASSAY_TCB_UP_TO_DATE, "INTEL-SA-00615");
	const struct grade g = world_grade(&policy, AT_S);

	assert_int_equal(g.tier, ASSAY_TIER_1);
	assert_int_equal(g.counted, 0);
	ONLY_REASONS(&g, ASSAY_REASON_UP_TO_DATE);
	platform(ASSAY_TCB_SW_HARDENING_NEEDED, "INTEL-SA-00615");
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
}

static void
hard_ones_may_stay_in_tier_2(void **state)
{
	struct assay_policy policy = preset();
	struct grade g;

	(void)state;
	list_add(&policy.hard, "INTEL-SA-00657", 0);
	list_add(&policy.hard, "INTEL-SA-00615", 0);
	platform(ASSAY_TCB_UP_TO_DATE, "INTEL-SA-00615");
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_4);
	policy.hard_stays_in_tier_2 = true;
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_2);
	assert_int_equal(g.counted, 0);
	ONLY_REASONS(&g, ASSAY_REASON_UP_TO_DATE, ASSAY_REASON_ADVISORIES_HARD);
	/* It lowers nothing below that. */
	platform(ASSAY_TCB_SW_HARDENING_NEEDED, "INTEL-SA-00615");
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_2);
	ONLY_REASONS(&g, ASSAY_REASON_SW_HARDENING_NEEDED);
	platform(ASSAY_TCB_CONFIGURATION_NEEDED, "INTEL-SA-00615");
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_3);
	/* One that is not hard still counts beside it. */
	platform(ASSAY_TCB_UP_TO_DATE, "INTEL-SA-00615");
	world_advise_platform(0, "INTEL-SA-00828");
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_4);
	assert_int_equal(g.counted, 2);
	assert_false(grade_has(&g, ASSAY_REASON_ADVISORIES_HARD));
}

static void
a_list_that_cannot_be_known_is_tier_4_at_best(void **state)
{
	const struct assay_policy policy = preset();

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(statuses); i++) {
		/* Beside UpToDate too: from 2026 on the vendor lists advisories there. */
		static const enum assay_tier tiers[] = {
			ASSAY_TIER_4, ASSAY_TIER_4, ASSAY_TIER_4, ASSAY_TIER_4, ASSAY_TIER_5, ASSAY_TIER_5, ASSAY_TIER_NONE,
		};
		struct grade g;

		platform(statuses[i].status, NULL);
		world.prepared.tcb_info.version = 2;
		g = world_grade(&policy, AT_S);
		assert_int_equal(g.tier, tiers[i]);
		ONLY_REASONS(&g, statuses[i].reason, ASSAY_REASON_ADVISORIES_UNKNOWN);
		assert_int_equal(g.counted, 0);
		/* Where the status alone explains the tier, the list does not. */
		assert_int_equal(g.deciding, tiers[i] == ASSAY_TIER_4 ? ASSAY_REASON_ADVISORIES_UNKNOWN : statuses[i].reason);

		/* The same of a report; but beside OK no report of any version lists one. */
		world_reset_report(statuses[i].status);
		world.facts.ias_advisories_unknown = true;
		assert_int_equal(world_grade(&policy, AT_S).tier, i == 0 ? ASSAY_TIER_1 : tiers[i]);
	}
	/* Where advisories do not count for the status, what is not known of them does not either. */
	platform(ASSAY_TCB_SW_HARDENING_NEEDED, NULL);
	world.prepared.tcb_info.version = 2;
	assert_int_equal(world_grade(policy_preset(1), AT_S).tier, ASSAY_TIER_2);
	platform(ASSAY_TCB_UP_TO_DATE, NULL);
	world.prepared.tcb_info.version = 2;
	assert_int_equal(world_grade(policy_preset(1), AT_S).tier, ASSAY_TIER_1);
	assert_int_equal(world_grade(policy_preset(2), AT_S).tier, ASSAY_TIER_1);
	/* What is unknown may be hard as well, where the policy has tier 2 for that. */
	struct assay_policy mild = preset();

	mild.advisory_tier = ASSAY_TIER_1;
	assert_int_equal(world_grade(&mild, AT_S).tier, ASSAY_TIER_1);
	mild.hard_stays_in_tier_2 = true;
	assert_int_equal(world_grade(&mild, AT_S).tier, ASSAY_TIER_1);
	list_add(&mild.hard, "INTEL-SA-00615", 0);
	assert_int_equal(world_grade(&mild, AT_S).tier, ASSAY_TIER_2);
}

/* The vendor's notes on servicing are listed like advisories, and are taken like them. */
static void
a_note_on_servicing_counts_like_an_advisory(void **state)
{
	static const enum assay_tier tiers[ASSAY_PRESETS_COUNT] = { ASSAY_TIER_4, ASSAY_TIER_1, ASSAY_TIER_1 };
	struct assay_policy policy = preset();

	(void)state;
	platform(ASSAY_TCB_UP_TO_DATE, "INTEL-DOC-10000");
	for (unsigned p = 0; p < ASSAY_PRESETS_COUNT; p++) {
		assert_int_equal(world_grade(policy_preset(p), AT_S).tier, tiers[p]);
	}
	list_add(&policy.whitelist, "INTEL-DOC-10000", 0);
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_1);
}

static void
a_critical_advisory_refuses(void **state)
{
	const struct assay_policy policy = preset();
	struct grade g;

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(statuses); i++) {
		platform(statuses[i].status, "INTEL-SA-00219");
		world_advise_platform(0, "INTEL-SA-00088");
		g = world_grade(&policy, AT_S);
		assert_int_equal(g.tier, ASSAY_TIER_NONE);
		assert_int_equal(g.tcb_tier, ASSAY_TIER_NONE);
		assert_int_equal(g.results[ASSAY_CHECK_CRITICAL_ADVISORY], ASSAY_FAILED);
		assert_true(grade_has(&g, ASSAY_REASON_ADVISORIES_CRITICAL));
		/* Nothing but the policy makes it critical. */
		if (statuses[i].tier != ASSAY_TIER_NONE) {
			assert_int_not_equal(world_grade(policy_preset(1), AT_S).tier, ASSAY_TIER_NONE);
		}
	}
	/* The whitelist does not help. */
	struct assay_policy both = preset();

	list_add(&both.whitelist, "INTEL-SA-00088", 0);
	platform(ASSAY_TCB_UP_TO_DATE, "INTEL-SA-00088");
	assert_int_equal(world_grade(&both, AT_S).tier, ASSAY_TIER_NONE);
	/* Of the quoting enclave's level, and of a report. */
	platform(ASSAY_TCB_UP_TO_DATE, NULL);
	world_advise_qe(0, "INTEL-SA-00088");
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
	world_reset_report(ASSAY_TCB_OUT_OF_DATE);
	world.facts.ias_advisories[0] = bytes_of_text("INTEL-SA-00088");
	world.facts.ias_advisories_count = 1;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
}

/* Version 2 carries no ids: the date of the level tells whether the fix is in it. */
static void
without_a_list_the_date_decides_on_critical_ones(void **state)
{
	struct assay_policy policy = preset();
	const int64_t fixed_s = policy.critical.ids[0].fixed_s;
	static const struct {
		unsigned version;
		enum assay_tcb_status status;
		int64_t after_s;
		bool open;
	} rows[] = {
		{ 2, ASSAY_TCB_OUT_OF_DATE, -1, true },
		{ 2, ASSAY_TCB_OUT_OF_DATE, 0, false },
		{ 2, ASSAY_TCB_OUT_OF_DATE, 1, false },
		{ 2, ASSAY_TCB_SW_HARDENING_NEEDED, -1, true },
		{ 2, ASSAY_TCB_UP_TO_DATE, -1, true },	/* no status says what is listed beside it */
		{ 2, ASSAY_TCB_UP_TO_DATE, 0, false },
		{ 3, ASSAY_TCB_OUT_OF_DATE, -1, false },	/* the list would name it */
	};

	(void)state;
	assert_int_equal(fixed_s, 1515024000);
	for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
		platform(rows[i].status, NULL);
		world.prepared.tcb_info.version = (uint8_t)rows[i].version;
		world.prepared.tcb_info.levels[0].date_s = fixed_s + rows[i].after_s;
		const struct grade g = world_grade(&policy, AT_S);

		assert_int_equal(g.results[ASSAY_CHECK_CRITICAL_ADVISORY], rows[i].open ? ASSAY_FAILED : ASSAY_PASSED);
		assert_int_equal(grade_has(&g, ASSAY_REASON_ADVISORIES_CRITICAL), rows[i].open);
	}
	/* The second of two critical ones, with the later fix. */
	list_add(&policy.critical, "INTEL-SA-00233", fixed_s + 1000);
	platform(ASSAY_TCB_OUT_OF_DATE, NULL);
	world.prepared.tcb_info.version = 2;
	world.prepared.tcb_info.levels[0].date_s = fixed_s + 999;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
	world.prepared.tcb_info.levels[0].date_s = fixed_s + 1000;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_5);
	/* It is the platform's level that counts, not the quoting enclave's. */
	world.prepared.qe_identity.levels[0].date_s = 1;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_5);
	/* Without a date nothing is ruled out; nor is what has no known fix. */
	world.prepared.tcb_info.levels[0].date_s = 0;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
	world.prepared.tcb_info.levels[0].date_s = AT_S;
	list_add(&policy.critical, "INTEL-SA-99999", 0);
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
	world.prepared.tcb_info.levels[0].status = ASSAY_TCB_UP_TO_DATE;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
	world.prepared.tcb_info.version = 3;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_1);
}

/* A report has no level, but a date of its own. */
static void
without_a_list_a_report_is_judged_by_its_date(void **state)
{
	struct assay_policy policy = preset();
	const int64_t fixed_s = policy.critical.ids[0].fixed_s;
	static const struct {
		enum assay_tcb_status status;
		int64_t after_s;
		bool unknown;
		enum assay_tier tier;
	} rows[] = {
		{ ASSAY_TCB_UP_TO_DATE, -1, true, ASSAY_TIER_NONE },
		{ ASSAY_TCB_UP_TO_DATE, 0, true, ASSAY_TIER_1 },
		{ ASSAY_TCB_CONFIGURATION_NEEDED, -1, true, ASSAY_TIER_NONE },
		{ ASSAY_TCB_CONFIGURATION_NEEDED, 0, true, ASSAY_TIER_4 },
		{ ASSAY_TCB_OUT_OF_DATE, -1, true, ASSAY_TIER_NONE },
		{ ASSAY_TCB_OUT_OF_DATE, 0, true, ASSAY_TIER_5 },
		{ ASSAY_TCB_OUT_OF_DATE, -1, false, ASSAY_TIER_5 },	/* the list would name it */
	};

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
		world_reset_report(rows[i].status);
		world.facts.ias.timestamp_s = fixed_s + rows[i].after_s;
		world.facts.ias_advisories_unknown = rows[i].unknown;
		const struct grade g = world_grade(&policy, AT_S);

		assert_int_equal(g.tier, rows[i].tier);
		assert_int_equal(g.results[ASSAY_CHECK_CRITICAL_ADVISORY],
		    rows[i].tier == ASSAY_TIER_NONE ? ASSAY_FAILED : ASSAY_PASSED);
	}
	world_reset_report(ASSAY_TCB_UP_TO_DATE);
	world.facts.ias_advisories_unknown = true;
	list_add(&policy.critical, "INTEL-SA-99999", 0);
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
}

/* More than a verdict can hold: a critical one may be among those that were left out. */
static void
what_does_not_fit_may_be_critical(void **state)
{
	static char ids[ASSAY_ADVISORIES_MAX + 1][8];

	(void)state;
	for (unsigned over = 0; over < 2; over++) {
		struct assay_policy policy = preset();

		platform(ASSAY_TCB_UP_TO_DATE, NULL);
		for (unsigned i = 0; i < ASSAY_ADVISORIES_MAX + over; i++) {
			ids[i][0] = (char)('A' + i / 10);
			ids[i][1] = (char)('0' + i % 10);
			if (i < 40) {
				world_advise_platform(0, ids[i]);
			} else {
				world_advise_qe(0, ids[i]);
			}
		}
		assert_int_equal(world_grade(&policy, AT_S).tier, over ? ASSAY_TIER_NONE : ASSAY_TIER_4);
		policy.critical.count = 0;
		assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
	}
}

/* ---- ceilings and grace ----------------------------------------------- */

static void
a_ceiling_holds_its_own_kind_of_tee(void **state)
{
	struct assay_policy policy = preset();
	struct grade g;

	(void)state;
	policy.ceilings_count = 2;
	policy.ceilings[0] = (struct assay_ceiling){ ASSAY_TEE_TDX, ASSAY_TIER_3, "young" };
	policy.ceilings[1] = (struct assay_ceiling){ ASSAY_TEE_SGX, ASSAY_TIER_2, "old" };
	world_reset(ASSAY_TEE_TDX);
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_3);
	assert_string_equal(g.ceiling_word, "young");
	ONLY_REASONS(&g, ASSAY_REASON_UP_TO_DATE, ASSAY_REASON_CEILING);
	platform(ASSAY_TCB_UP_TO_DATE, NULL);
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_2);
	assert_string_equal(g.ceiling_word, "old");
	/* What is not above it is not held. */
	platform(ASSAY_TCB_SW_HARDENING_NEEDED, NULL);
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_2);
	assert_null(g.ceiling_word);
	ONLY_REASONS(&g, ASSAY_REASON_SW_HARDENING_NEEDED);
	policy.ceilings_count = 1;
	platform(ASSAY_TCB_UP_TO_DATE, NULL);
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_1);
	/* A report is of an SGX enclave. */
	policy.ceilings_count = 2;
	world_reset_report(ASSAY_TCB_UP_TO_DATE);
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_2);
}

#define RENEWED_S (AT_S - 1000)

/* A newer level came at RENEWED_S; the part of that number is out of date since. */
static void
outdated(unsigned part, enum assay_tcb_status status)
{
	struct tdx_module *module = &world.prepared.tcb_info.modules[0];
	struct tcb_info *info = &world.prepared.tcb_info;
	struct qe_identity *identity = &world.prepared.qe_identity;

	world_reset_with_module();
	info->levels[0].date_s = 1;
	identity->levels[0].date_s = 1;
	module->levels[0].date_s = 1;
	if (part == 0) {
		info->levels_count = 2;
		info->levels[0] = (struct tcb_level){ .sgx = { 1 }, .status = ASSAY_TCB_UP_TO_DATE, .date_s = RENEWED_S };
		info->levels[1] = (struct tcb_level){ .status = status, .date_s = 1 };
	} else {
		struct isv_level *levels = part == 1 ? identity->levels : module->levels;

		levels[0] = (struct isv_level){ .isv_svn = 1, .status = ASSAY_TCB_UP_TO_DATE, .date_s = RENEWED_S };
		levels[1] = (struct isv_level){ .status = status, .date_s = 1 };
		identity->levels_count = part == 1 ? 2 : 1;
		module->levels_count = part == 2 ? 2 : 1;
	}
}

static void
out_of_date_has_a_grace_since_its_successor(void **state)
{
	static const struct {
		int64_t grace_s;
		bool in_grace;
	} rows[] = { { 0, false }, { -5000, false }, { 1, false }, { 999, false }, { 1000, true }, { 1001, true } };

	(void)state;
	for (unsigned part = 0; part < 3; part++) {
		for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
			struct assay_policy policy = preset();
			struct grade g;

			policy.out_of_date_grace_s = rows[i].grace_s;
			outdated(part, ASSAY_TCB_OUT_OF_DATE);
			g = world_grade(&policy, AT_S);
			/* Never as up to date. */
			assert_int_equal(g.tier, rows[i].in_grace ? ASSAY_TIER_4 : ASSAY_TIER_5);
			assert_int_equal(grade_has(&g, ASSAY_REASON_GRACE_OUT_OF_DATE), rows[i].in_grace);
			assert_true(grade_has(&g, ASSAY_REASON_OUT_OF_DATE));
			/* And the grade holds no longer than the grace. */
			assert_int_equal(g.until_s, rows[i].in_grace ? RENEWED_S + rows[i].grace_s : INT64_MAX);
			outdated(part, ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED);
			assert_int_equal(world_grade(&policy, AT_S).tier, rows[i].in_grace ? ASSAY_TIER_4 : ASSAY_TIER_5);
		}
	}
}

/* Whatever the table says: with the grace never worse than without, and what it did not raise it did not do. */
static void
a_grace_never_takes_a_tier(void **state)
{
	static const enum assay_tcb_status out_of_date[] = {
		ASSAY_TCB_OUT_OF_DATE, ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
	};
	static const enum assay_tcb_status relaunch[] = {
		ASSAY_TCB_TD_RELAUNCH_ADVISED, ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
	};

	(void)state;
	for (unsigned i = 0; i < 2 * 6 * 6 * 6 * 4; i++) {
		struct assay_policy policy = preset();
		const unsigned which = i % 2;

		policy.tier_of_status[out_of_date[which]] = (enum assay_tier)(i / 2 % 6);
		policy.tier_of_status[relaunch[which]] = (enum assay_tier)(i / 12 % 6);
		policy.advisory_tier = (enum assay_tier)(i / 72 % 6);
		/* Without an advisory; with one that counts; counting from tier 5 on; under a ceiling. */
		const unsigned kind = i / 432;

		policy.advisories_count_at_or_below = kind == 2 ? ASSAY_TIER_5 : ASSAY_TIER_1;
		policy.ceilings_count = kind == 3;
		policy.ceilings[0] = (struct assay_ceiling){ ASSAY_TEE_SGX, ASSAY_TIER_5, "low" };
		outdated(0, out_of_date[which]);
		if (kind != 0) {
			world_advise_platform(1, "INTEL-SA-00615");
		}
		const struct grade without = world_grade(&policy, AT_S);

		policy.out_of_date_grace_s = 1000;
		const struct grade with = world_grade(&policy, AT_S);
		const bool gained = with.tier > without.tier;

		assert_true(with.tier >= without.tier);
		assert_true(!gained || with.tier <= ASSAY_TIER_4);
		assert_int_equal(grade_has(&with, ASSAY_REASON_GRACE_OUT_OF_DATE), gained);
		assert_int_equal(with.until_s, gained ? RENEWED_S + 1000 : INT64_MAX);
		/* The policy's own word on a relaunch is what a grace can give. */
		assert_true(!gained || with.tier <= policy.tier_of_status[relaunch[which]]);
		if (kind == 0 && policy.tier_of_status[relaunch[which]] == ASSAY_TIER_4 &&
		    policy.tier_of_status[out_of_date[which]] == ASSAY_TIER_5) {
			assert_true(gained);
			assert_int_equal(with.deciding, ASSAY_REASON_GRACE_OUT_OF_DATE);
		}
	}
}

static void
the_grace_runs_from_the_first_part_that_was_renewed(void **state)
{
	struct assay_policy policy = preset();

	(void)state;
	policy.out_of_date_grace_s = 1000;
	outdated(0, ASSAY_TCB_OUT_OF_DATE);
	world.prepared.qe_identity.levels_count = 2;
	world.prepared.qe_identity.levels[0] = (struct isv_level){ .isv_svn = 1, .date_s = RENEWED_S - 1 };
	world.prepared.qe_identity.levels[1] = (struct isv_level){ .status = ASSAY_TCB_OUT_OF_DATE };
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_5);
	world.prepared.qe_identity.levels[0].date_s = RENEWED_S + 1;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
	/* A part whose newest level is out of date has no successor, and no grace. */
	for (unsigned part = 0; part < 3; part++) {
		outdated((part + 1) % 3, ASSAY_TCB_OUT_OF_DATE);
		if (part == 0) {
			world.prepared.tcb_info.levels[0].status = ASSAY_TCB_OUT_OF_DATE;
		} else if (part == 1) {
			world.prepared.qe_identity.levels[0].status = ASSAY_TCB_OUT_OF_DATE;
		} else {
			world.prepared.tcb_info.modules[0].levels[0].status = ASSAY_TCB_OUT_OF_DATE;
		}
		assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_5);
	}
	/* It is our own successor that counts, not what came after it. */
	outdated(0, ASSAY_TCB_OUT_OF_DATE);
	world.prepared.tcb_info.levels_count = 3;
	world.prepared.tcb_info.levels[2] = world.prepared.tcb_info.levels[1];
	world.prepared.tcb_info.levels[1] = (struct tcb_level){ .sgx = { 1 }, .date_s = RENEWED_S - 1,
		.status = ASSAY_TCB_OUT_OF_DATE };
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_5);
	policy.out_of_date_grace_s = 1001;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
	outdated(1, ASSAY_TCB_OUT_OF_DATE);
	world.prepared.qe_identity.levels_count = 3;
	world.prepared.qe_identity.levels[2] = world.prepared.qe_identity.levels[1];
	world.prepared.qe_identity.levels[1] = (struct isv_level){ .isv_svn = 1, .date_s = RENEWED_S - 2,
		.status = ASSAY_TCB_OUT_OF_DATE };
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_5);
	/* Levels of our own date differ by configuration: they are no successors. */
	outdated(0, ASSAY_TCB_OUT_OF_DATE);
	world.prepared.tcb_info.levels_count = 3;
	world.prepared.tcb_info.levels[2] = world.prepared.tcb_info.levels[1];
	world.prepared.tcb_info.levels[1] = (struct tcb_level){ .sgx = { 1 }, .date_s = 1,
		.status = ASSAY_TCB_SW_HARDENING_NEEDED };
	policy.out_of_date_grace_s = 1000;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
	/* Where all levels above are out of date as well there is nothing to update to. */
	world.prepared.tcb_info.levels[0].status = ASSAY_TCB_OUT_OF_DATE;
	world.prepared.tcb_info.levels[1].status = ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_5);
	for (unsigned part = 1; part < 3; part++) {
		outdated(part, ASSAY_TCB_OUT_OF_DATE);
		assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
		(part == 1 ? world.prepared.qe_identity.levels : world.prepared.tcb_info.modules[0].levels)[0].status =
		    ASSAY_TCB_OUT_OF_DATE;
		assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_5);
	}
	outdated(1, ASSAY_TCB_OUT_OF_DATE);
	/* A grace without end does not overflow. */
	policy.out_of_date_grace_s = INT64_MAX;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_4);
	/* A report does not say when. */
	world_reset_report(ASSAY_TCB_OUT_OF_DATE);
	policy.out_of_date_grace_s = INT64_C(1) << 40;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_5);
	/* Nothing else has a grace. */
	outdated(0, ASSAY_TCB_CONFIGURATION_NEEDED);
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_3);
	outdated(0, ASSAY_TCB_REVOKED);
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
}

/* ---- rows that take a tier away --------------------------------------- */

static void
the_evaluation_number_has_a_minimum(void **state)
{
	struct assay_policy policy = preset();

	(void)state;
	for (unsigned minimum = 17; minimum < 20; minimum++) {
		struct grade g;

		policy.minimum_tcb_evaluation_number = minimum;
		platform(ASSAY_TCB_UP_TO_DATE, NULL);
		g = world_grade(&policy, AT_S);
		assert_int_equal(g.tier, minimum <= 18 ? ASSAY_TIER_1 : ASSAY_TIER_NONE);
		assert_int_equal(grade_has(&g, ASSAY_REASON_EVALUATION_NUMBER), minimum > 18);
		world_reset_report(ASSAY_TCB_UP_TO_DATE);
		assert_int_equal(world_grade(&policy, AT_S).tier, minimum <= 18 ? ASSAY_TIER_1 : ASSAY_TIER_NONE);
	}
	/* The lower of the two documents counts. */
	policy.minimum_tcb_evaluation_number = 18;
	platform(ASSAY_TCB_UP_TO_DATE, NULL);
	world.prepared.tcb_info.evaluation_number = 17;
	assert_int_equal(world_standing().evaluation_number, 17);
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
	world.prepared.tcb_info.evaluation_number = 19;
	assert_int_equal(world_standing().evaluation_number, 18);
	world.prepared.qe_identity.evaluation_number = 17;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
}

static void
platform_flags_must_be_stated(void **state)
{
	(void)state;
	for (unsigned require = 0; require < 8; require++) {
		for (unsigned flags = 0; flags < 27; flags++) {
			struct assay_policy policy = preset();
			struct assay_platform *p = &world.facts.platform;

			policy.require = require;
			platform(ASSAY_TCB_UP_TO_DATE, NULL);
			p->smt_enabled = (enum assay_flag)(flags % 3);
			p->dynamic_platform = (enum assay_flag)(flags / 3 % 3);
			p->cached_keys = (enum assay_flag)(flags / 9);
			const bool hold = ((require & ASSAY_REQUIRE_SMT_DISABLED) == 0 || flags % 3 == ASSAY_FLAG_FALSE) &&
			    ((require & ASSAY_REQUIRE_STATIC_PLATFORM) == 0 || flags / 3 % 3 == ASSAY_FLAG_FALSE) &&
			    ((require & ASSAY_REQUIRE_NO_CACHED_KEYS) == 0 || flags / 9 == ASSAY_FLAG_FALSE);
			const struct grade g = world_grade(&policy, AT_S);

			assert_int_equal(g.tier, hold ? ASSAY_TIER_1 : ASSAY_TIER_NONE);
			assert_int_equal(grade_has(&g, ASSAY_REASON_PLATFORM_FLAGS), !hold);
			assert_int_equal(g.results[ASSAY_CHECK_PLATFORM_FLAGS], hold ? ASSAY_PASSED : ASSAY_FAILED);
		}
	}
}

static void
reports_have_an_age(void **state)
{
	struct assay_policy policy = preset();
	static const struct {
		int64_t max_s;
		bool passes;
	} rows[] = { { 0, true }, { 99, false }, { 100, true }, { 101, true } };

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
		struct grade g;

		policy.report_age_max_s = rows[i].max_s;
		world_reset_report(ASSAY_TCB_UP_TO_DATE);
		world.facts.ias.timestamp_s = AT_S - 100;
		g = world_grade(&policy, AT_S);
		assert_int_equal(g.tier, rows[i].passes ? ASSAY_TIER_1 : ASSAY_TIER_NONE);
		assert_int_equal(grade_has(&g, ASSAY_REASON_REPORT_AGE), !rows[i].passes);
		assert_int_equal(g.results[ASSAY_CHECK_REPORT_AGE], rows[i].passes ? ASSAY_PASSED : ASSAY_FAILED);
		assert_int_equal(g.until_s, rows[i].passes && rows[i].max_s != 0 ? AT_S - 100 + rows[i].max_s : INT64_MAX);
		/* A quote has no timestamp. */
		platform(ASSAY_TCB_UP_TO_DATE, NULL);
		g = world_grade(&policy, AT_S);
		assert_int_equal(g.tier, ASSAY_TIER_1);
		assert_int_equal(g.results[ASSAY_CHECK_REPORT_AGE], ASSAY_NOT_REACHED);
	}
}

/* Every set of the permissions against each defect: only the one by that name helps. */
static void
permits(enum assay_tee tee, void (*defect)(void), uint32_t permission, enum assay_check check,
    enum assay_reason why)
{
	struct assay_policy policy = preset();

	for (uint32_t permit = 0; permit < 32; permit++) {
		struct grade g;
		const bool passes = (permit & permission) != 0;

		world_reset(tee);
		defect();
		policy.permit = permit;
		g = world_grade(&policy, AT_S);
		assert_int_equal(g.results[check], passes ? ASSAY_PASSED : ASSAY_FAILED);
		assert_int_equal(g.tier, passes ? ASSAY_TIER_1 : ASSAY_TIER_NONE);
		/* The status alone would still earn it. */
		assert_int_equal(g.tcb_tier, ASSAY_TIER_1);
		assert_int_equal(grade_has(&g, why), !passes);
		assert_int_equal(g.reasons_count, passes ? 1 : 2);
	}
}

static void
sgx_debug(void)
{
	world.facts.sgx.attributes[0] |= SGX_FLAG_DEBUG;
}

static void
sgx_no_init(void)
{
	world.facts.sgx.attributes[0] = 0;
}

static void
sgx_provision(void)
{
	world.facts.sgx.attributes[0] |= SGX_FLAG_PROVISION_KEY;
}

static void
sgx_launch(void)
{
	world.facts.sgx.attributes[0] |= SGX_FLAG_EINITTOKEN_KEY;
}

static void
sgx_32_bits(void)
{
	world.facts.sgx.attributes[0] = SGX_FLAG_INIT;
}

static void
sgx_reserved(void)
{
	world.facts.sgx.attributes[7] = 0x80;
}

static void
td_debug(void)
{
	world.facts.td.td_attributes[0] |= 1;
}

static void
td_reserved(void)
{
	world.facts.td.td_attributes[1] |= 0x10;
}

static void
td_xfam_reserved(void)
{
	world.facts.td.xfam[3] = 0x80;
}

static void
td_xfam_incomplete(void)
{
	world.facts.td.xfam[0] = 0x01;
}

static void
td_no_sept(void)
{
	world.facts.td.td_attributes[3] = 0;
}

static void
td_service(void)
{
	world.facts.td.mrservicetd[47] = 1;
}

static void
td_service_at_start(void)
{
	world.facts.td.init_servicetd_hash[0] = 1;
}

static void
td_service_now(void)
{
	world.facts.td.current_servicetd_hash[20] = 1;
}

static void
each_permission_permits_its_own_defect(void **state)
{
	static const struct {
		enum assay_tee tee;
		void (*defect)(void);
		uint32_t permission;
		enum assay_check check;
		enum assay_reason why;
	} rows[] = {
		{ ASSAY_TEE_SGX, sgx_debug, ASSAY_PERMIT_DEBUG, ASSAY_CHECK_DEBUG, ASSAY_REASON_DEBUG },
		{ ASSAY_TEE_SGX, sgx_no_init, ASSAY_PERMIT_ENCLAVE_ATTRIBUTES, ASSAY_CHECK_ENCLAVE_ATTRIBUTES,
		    ASSAY_REASON_ENCLAVE_ATTRIBUTES },
		{ ASSAY_TEE_SGX, sgx_provision, ASSAY_PERMIT_ENCLAVE_ATTRIBUTES, ASSAY_CHECK_ENCLAVE_ATTRIBUTES,
		    ASSAY_REASON_ENCLAVE_ATTRIBUTES },
		{ ASSAY_TEE_SGX, sgx_launch, ASSAY_PERMIT_ENCLAVE_ATTRIBUTES, ASSAY_CHECK_ENCLAVE_ATTRIBUTES,
		    ASSAY_REASON_ENCLAVE_ATTRIBUTES },
		{ ASSAY_TEE_SGX, sgx_32_bits, ASSAY_PERMIT_ENCLAVE_ATTRIBUTES, ASSAY_CHECK_ENCLAVE_ATTRIBUTES,
		    ASSAY_REASON_ENCLAVE_ATTRIBUTES },
		{ ASSAY_TEE_SGX, sgx_reserved, ASSAY_PERMIT_ENCLAVE_ATTRIBUTES, ASSAY_CHECK_ENCLAVE_ATTRIBUTES,
		    ASSAY_REASON_ENCLAVE_ATTRIBUTES },
		{ ASSAY_TEE_TDX, td_debug, ASSAY_PERMIT_DEBUG, ASSAY_CHECK_DEBUG, ASSAY_REASON_DEBUG },
		{ ASSAY_TEE_TDX, td_reserved, ASSAY_PERMIT_TD_ATTRIBUTES, ASSAY_CHECK_TD_ATTRIBUTES,
		    ASSAY_REASON_TD_ATTRIBUTES },
		{ ASSAY_TEE_TDX, td_xfam_reserved, ASSAY_PERMIT_TD_ATTRIBUTES, ASSAY_CHECK_TD_ATTRIBUTES,
		    ASSAY_REASON_TD_ATTRIBUTES },
		{ ASSAY_TEE_TDX, td_xfam_incomplete, ASSAY_PERMIT_TD_ATTRIBUTES, ASSAY_CHECK_TD_ATTRIBUTES,
		    ASSAY_REASON_TD_ATTRIBUTES },
		{ ASSAY_TEE_TDX, td_no_sept, ASSAY_PERMIT_SEPT_VE, ASSAY_CHECK_SEPT_VE_DISABLE,
		    ASSAY_REASON_SEPT_VE_DISABLE },
		{ ASSAY_TEE_TDX, td_service, ASSAY_PERMIT_SERVICE_TD, ASSAY_CHECK_SERVICE_TD, ASSAY_REASON_SERVICE_TD },
		{ ASSAY_TEE_TDX, td_service_at_start, ASSAY_PERMIT_SERVICE_TD, ASSAY_CHECK_SERVICE_TD,
		    ASSAY_REASON_SERVICE_TD },
		{ ASSAY_TEE_TDX, td_service_now, ASSAY_PERMIT_SERVICE_TD, ASSAY_CHECK_SERVICE_TD,
		    ASSAY_REASON_SERVICE_TD },
	};

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
		permits(rows[i].tee, rows[i].defect, rows[i].permission, rows[i].check, rows[i].why);
	}
}

/* The flags that an enclave may have without being asked about: CET, KSS, AEX-Notify. */
static void
known_enclave_attributes_are_no_defect(void **state)
{
	const struct assay_policy policy = preset();

	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		const bool known = bit == 0 || bit == 2 || bit == 6 || bit == 7 || bit == 10;

		world_reset(ASSAY_TEE_SGX);
		world.facts.sgx.attributes[bit / 8] |= (uint8_t)(1u << bit % 8);
		const struct grade g = world_grade(&policy, AT_S);

		/* DEBUG has a row of its own. */
		assert_int_equal(g.results[ASSAY_CHECK_ENCLAVE_ATTRIBUTES], known || bit == 1 ? ASSAY_PASSED : ASSAY_FAILED);
		assert_int_equal(g.tier, known ? ASSAY_TIER_1 : ASSAY_TIER_NONE);
	}
}

/* Where the vendor vouches for no enclave, nothing is said of one. */
static void
without_a_body_there_is_nothing_to_judge(void **state)
{
	struct assay_policy policy = preset();
	struct grade g;

	(void)state;
	world_reset_report(ASSAY_TCB_SIGNATURE_INVALID);
	memset(&world.facts.sgx, 0, sizeof(world.facts.sgx));
	world.facts.has_body = false;
	g = world_grade(&policy, AT_S);
	ONLY_REASONS(&g, ASSAY_REASON_SIGNATURE_INVALID);
	assert_int_equal(g.results[ASSAY_CHECK_DEBUG], ASSAY_NOT_REACHED);
	assert_int_equal(g.results[ASSAY_CHECK_ENCLAVE_ATTRIBUTES], ASSAY_NOT_REACHED);
	assert_int_equal(g.results[ASSAY_CHECK_STATUS_TIER], ASSAY_NOT_REACHED);
	/* And no status makes up for it. */
	world.facts.ias_status = ASSAY_TCB_UP_TO_DATE;
	assert_int_equal(world_grade(&policy, AT_S).tier, ASSAY_TIER_NONE);
}

/* The bits that a TD may set without being asked about. */
static void
known_td_attributes_are_no_defect(void **state)
{
	const struct assay_policy policy = preset();

	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		const bool known = bit == 28 || bit == 30 || bit == 31 || bit == 63;

		world_reset(ASSAY_TEE_TDX);
		world.facts.td.td_attributes[bit / 8] |= (uint8_t)(1u << bit % 8);
		const struct grade g = world_grade(&policy, AT_S);

		assert_int_equal(g.results[ASSAY_CHECK_TD_ATTRIBUTES], known || bit == 0 ? ASSAY_PASSED : ASSAY_FAILED);
		assert_int_equal(g.tier, known ? ASSAY_TIER_1 : ASSAY_TIER_NONE);
	}
	for (unsigned bit = 0; bit < 64; bit++) {
		const bool known = bit < 64 && (UINT64_C(0x0006dbe7) >> bit & 1) != 0;

		world_reset(ASSAY_TEE_TDX);
		world.facts.td.xfam[bit / 8] |= (uint8_t)(1u << bit % 8);
		assert_int_equal(world_grade(&policy, AT_S).tier, known ? ASSAY_TIER_1 : ASSAY_TIER_NONE);
	}
}

static void
rows_are_those_of_the_tee(void **state)
{
	const struct assay_policy policy = preset();
	struct grade g;

	(void)state;
	world_reset(ASSAY_TEE_SGX);
	memset(&world.facts.td, 0xff, sizeof(world.facts.td));
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_1);
	assert_int_equal(g.results[ASSAY_CHECK_SEPT_VE_DISABLE], ASSAY_NOT_REACHED);
	world_reset(ASSAY_TEE_TDX);
	memset(&world.facts.sgx, 0xff, sizeof(world.facts.sgx));
	g = world_grade(&policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_1);
	assert_int_equal(g.results[ASSAY_CHECK_ENCLAVE_ATTRIBUTES], ASSAY_NOT_REACHED);
}

static void
references_must_hold_where_there_are_any(void **state)
{
	const struct assay_policy policy = preset();

	(void)state;
	for (unsigned has = 0; has < 2; has++) {
		for (unsigned hold = 0; hold < 2; hold++) {
			struct standing standing;
			struct grade g;

			platform(ASSAY_TCB_UP_TO_DATE, NULL);
			world.verifier.references_count = has;
			standing = world_standing();
			standing.references_hold = hold != 0;
			grade(&g, &standing, &policy, AT_S);
			assert_int_equal(g.tier, has == 0 || hold != 0 ? ASSAY_TIER_1 : ASSAY_TIER_NONE);
			assert_int_equal(grade_has(&g, ASSAY_REASON_REFERENCE_VALUES), has != 0 && hold == 0);
			assert_int_equal(g.results[ASSAY_CHECK_REFERENCE_VALUES],
			    has == 0 ? ASSAY_NOT_REACHED : hold != 0 ? ASSAY_PASSED : ASSAY_FAILED);
		}
	}
}

/* More is wrong than a verdict has room to say: it stays a refusal. */
static void
reasons_are_bounded(void **state)
{
	struct assay_policy policy = preset();
	struct standing standing;
	struct grade g;

	(void)state;
	relaunching(ASSAY_TCB_CONFIGURATION_NEEDED, "INTEL-SA-00088");
	world_advise_module(1, "INTEL-SA-00615");
	world.prepared.tcb_info.version = 2;
	world.prepared.tcb_info.levels[0].date_s = 1;
	world.prepared.qe_identity.levels[0].status = ASSAY_TCB_OUT_OF_DATE;
	policy.minimum_tcb_evaluation_number = 99;
	policy.require = 7;
	policy.ceilings_count = 1;
	policy.ceilings[0] = (struct assay_ceiling){ ASSAY_TEE_TDX, ASSAY_TIER_5, "low" };
	td_debug();
	td_reserved();
	td_no_sept();
	world.facts.td.td_attributes[0] |= 1;
	td_service();
	world.verifier.references_count = 1;
	standing = world_standing();
	grade(&g, &standing, &policy, AT_S);
	assert_int_equal(g.tier, ASSAY_TIER_NONE);
	assert_in_range(g.reasons_count, 10, ASSAY_REASONS_MAX);
	for (uint32_t i = 0; i < g.reasons_count; i++) {
		assert_int_not_equal(g.reasons[i], ASSAY_REASON_NONE);
		for (uint32_t j = 0; j < i; j++) {
			assert_int_not_equal(g.reasons[i], g.reasons[j]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_status_has_its_tier_and_its_reason),
		cmocka_unit_test(a_status_that_the_table_lacks_has_no_tier),
		cmocka_unit_test(revoked_is_never_tiered),
		cmocka_unit_test(reports_of_bad_quotes_say_why),
		cmocka_unit_test(a_zeroed_policy_gives_no_tier),
		cmocka_unit_test(what_no_level_covers_has_no_tier),
		cmocka_unit_test(parts_that_are_out_of_date_are_named),
		cmocka_unit_test(a_relaunch_is_no_better_than_tier_4),
		cmocka_unit_test(an_advisory_counts_unless_it_is_listed),
		cmocka_unit_test(ids_are_compared_whole),
		cmocka_unit_test(each_advisory_that_counts_has_its_bit),
		cmocka_unit_test(what_the_program_mitigates_does_not_count),
		cmocka_unit_test(the_advisory_tier_is_the_policys),
		cmocka_unit_test(advisories_count_from_a_tier_on),
		cmocka_unit_test(advisories_beside_up_to_date_may_only_inform),
		cmocka_unit_test(hard_ones_may_stay_in_tier_2),
		cmocka_unit_test(a_list_that_cannot_be_known_is_tier_4_at_best),
		cmocka_unit_test(a_note_on_servicing_counts_like_an_advisory),
		cmocka_unit_test(a_critical_advisory_refuses),
		cmocka_unit_test(without_a_list_the_date_decides_on_critical_ones),
		cmocka_unit_test(without_a_list_a_report_is_judged_by_its_date),
		cmocka_unit_test(what_does_not_fit_may_be_critical),
		cmocka_unit_test(a_ceiling_holds_its_own_kind_of_tee),
		cmocka_unit_test(out_of_date_has_a_grace_since_its_successor),
		cmocka_unit_test(a_grace_never_takes_a_tier),
		cmocka_unit_test(the_grace_runs_from_the_first_part_that_was_renewed),
		cmocka_unit_test(the_evaluation_number_has_a_minimum),
		cmocka_unit_test(platform_flags_must_be_stated),
		cmocka_unit_test(reports_have_an_age),
		cmocka_unit_test(each_permission_permits_its_own_defect),
		cmocka_unit_test(known_enclave_attributes_are_no_defect),
		cmocka_unit_test(without_a_body_there_is_nothing_to_judge),
		cmocka_unit_test(known_td_attributes_are_no_defect),
		cmocka_unit_test(rows_are_those_of_the_tee),
		cmocka_unit_test(references_must_hold_where_there_are_any),
		cmocka_unit_test(reasons_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
