/* SPDX-License-Identifier: Apache-2.0 */
/* What would raise the tier: the nearest better level, and what it needs that is not there. */
#include "world.h"

#define AT_S INT64_C(1780315200)

static struct assay_verdict verdict;

static void
find_with(const struct assay_policy *policy)
{
	const struct standing standing = world_standing();
	struct grade g;

	memset(&verdict, 0, sizeof(verdict));
	grade(&g, &standing, policy, AT_S);
	shortfall_find(&verdict, &standing, &g, policy, AT_S);
}

static void
find(void)
{
	find_with(policy_preset(0));
}

static void
expect(size_t i, enum assay_shortfall_part part, unsigned index, unsigned has, unsigned needs,
    enum assay_tcb_status status, enum assay_raised_by raised_by)
{
	const struct assay_shortfall *s = &verdict.shortfalls[i];

	if (i >= verdict.shortfalls_count) {
		fail_msg("there are only %u shortfalls", verdict.shortfalls_count);
	}
	if (s->part != part || s->index != index || s->has != has || s->needs != needs || s->status != status ||
	    s->raised_by != raised_by) {
		fail_msg("shortfall %zu: part %u index %u has %u needs %u status %s raised by %u", i, (unsigned)s->part,
		    s->index, s->has, s->needs, assay_tcb_status_word(s->status, ASSAY_EVIDENCE_SGX_QUOTE),
		    (unsigned)s->raised_by);
	}
}

/* Levels like the vendor's: component 0 for microcode, component 5 for the configuration. */
static void
ladder(enum assay_tee tee)
{
	struct tcb_info *info = &world.prepared.tcb_info;

	if (tee == ASSAY_TEE_TDX) {
		world_reset_with_module();
	} else {
		world_reset(tee);
	}
	info->levels_count = 5;
	info->levels[0] = (struct tcb_level){ .sgx = { 12, [5] = 4 }, .pcesvn = 13, .status = ASSAY_TCB_UP_TO_DATE };
	info->levels[1] = (struct tcb_level){ .sgx = { 12, [5] = 3 }, .pcesvn = 13,
		.status = ASSAY_TCB_SW_HARDENING_NEEDED };
	info->levels[2] = (struct tcb_level){ .sgx = { 12, [5] = 2 }, .pcesvn = 13,
		.status = ASSAY_TCB_CONFIGURATION_NEEDED };
	info->levels[3] = (struct tcb_level){ .sgx = { 7, [5] = 2 }, .pcesvn = 11, .status = ASSAY_TCB_OUT_OF_DATE };
	info->levels[4] = (struct tcb_level){ .sgx = { 3, [5] = 2 }, .pcesvn = 11, .status = ASSAY_TCB_REVOKED };
	info->sgx_raised_by[0] = ASSAY_RAISED_BY_MICROCODE;
	info->sgx_raised_by[5] = ASSAY_RAISED_BY_BIOS;
	info->tdx_raised_by[2] = ASSAY_RAISED_BY_SINIT;
	world.facts.platform.components[0] = 12;
	world.facts.platform.components[5] = 4;
	world.facts.platform.pcesvn = 13;
}

static void
the_best_lacks_nothing(void **state)
{
	(void)state;
	ladder(ASSAY_TEE_SGX);
	find();
	assert_int_equal(verdict.shortfalls_count, 0);
}

static void
needs_are_those_of_the_lowest_better_level(void **state)
{
	(void)state;
	/* Tier 2: the only better level is the newest. */
	ladder(ASSAY_TEE_SGX);
	world.facts.platform.components[5] = 3;
	find();
	assert_int_equal(verdict.shortfalls_count, 1);
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 5, 3, 4, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_BIOS);
	/* Tier 3. */
	world.facts.platform.components[5] = 2;
	find();
	assert_int_equal(verdict.shortfalls_count, 1);
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 5, 2, 3, ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_RAISED_BY_BIOS);
	/* Tier 5: component and PCESVN of the level for tier 3, not of the newest. */
	world.facts.platform.components[0] = 9;
	world.facts.platform.pcesvn = 11;
	find();
	assert_int_equal(verdict.shortfalls_count, 2);
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 0, 9, 12, ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_RAISED_BY_MICROCODE);
	expect(1, ASSAY_SHORTFALL_PCESVN, 0, 11, 13, ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_RAISED_BY_PSW);
	/* The PCESVN alone. */
	world.facts.platform.components[0] = 12;
	world.facts.platform.pcesvn = 12;
	find();
	assert_int_equal(verdict.shortfalls_count, 1);
	expect(0, ASSAY_SHORTFALL_PCESVN, 0, 12, 13, ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_RAISED_BY_PSW);
	/* Revoked: out of date is better than that. */
	world.facts.platform.components[0] = 4;
	find();
	assert_int_equal(verdict.shortfalls_count, 1);
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 0, 4, 7, ASSAY_TCB_OUT_OF_DATE, ASSAY_RAISED_BY_MICROCODE);
	/* Below all levels. */
	world.facts.platform.components[0] = 1;
	world.facts.platform.pcesvn = 5;
	find();
	assert_int_equal(verdict.shortfalls_count, 2);
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 0, 1, 7, ASSAY_TCB_OUT_OF_DATE, ASSAY_RAISED_BY_MICROCODE);
	expect(1, ASSAY_SHORTFALL_PCESVN, 0, 5, 11, ASSAY_TCB_OUT_OF_DATE, ASSAY_RAISED_BY_PSW);
}

static void
every_component_has_its_place(void **state)
{
	(void)state;
	world_reset_with_module();
	world.prepared.tcb_info.levels_count = 2;
	world.prepared.tcb_info.levels[1].status = ASSAY_TCB_OUT_OF_DATE;
	for (size_t i = 0; i < 16; i++) {
		world.prepared.tcb_info.levels[0].sgx[i] = (uint16_t)(20 + i);
		world.prepared.tcb_info.levels[0].tdx[i] = (uint16_t)(40 + i);
		world.prepared.tcb_info.sgx_raised_by[i] = (enum assay_raised_by)(i % 3);
		world.prepared.tcb_info.tdx_raised_by[i] = (enum assay_raised_by)(i % 4);
		world.facts.platform.components[i] = (uint8_t)i;
		world.facts.td.tee_tcb_svn[i] = (uint8_t)(1 + i);
	}
	find();
	/* The first two of TDX are the module's. */
	assert_int_equal(verdict.shortfalls_count, 30);
	for (unsigned i = 0; i < 16; i++) {
		expect(i, ASSAY_SHORTFALL_SGX_COMPONENT, i, i, 20 + i, ASSAY_TCB_UP_TO_DATE,
		    (enum assay_raised_by)(i % 3));
	}
	for (unsigned i = 2; i < 16; i++) {
		expect(14 + i, ASSAY_SHORTFALL_TDX_COMPONENT, i, 1 + i, 40 + i, ASSAY_TCB_UP_TO_DATE,
		    (enum assay_raised_by)(i % 4));
	}
	/* Under a module of version 0 they are components. */
	world.facts.module_launch = NULL;
	world.facts.module_current = NULL;
	world.facts.td.tee_tcb_svn[1] = 0;
	find();
	assert_int_equal(verdict.shortfalls_count, 32);
	expect(16, ASSAY_SHORTFALL_TDX_COMPONENT, 0, 1, 40, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_UNKNOWN);
	expect(17, ASSAY_SHORTFALL_TDX_COMPONENT, 1, 0, 41, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_BIOS);
	/* An enclave has none of them. */
	world.facts.tee = ASSAY_TEE_SGX;
	world.facts.kind = ASSAY_EVIDENCE_SGX_QUOTE;
	find();
	assert_int_equal(verdict.shortfalls_count, 16);
}

static void
give_levels(struct isv_level *levels, uint32_t *count)
{
	static const enum assay_tcb_status statuses[] = {
		ASSAY_TCB_UP_TO_DATE, ASSAY_TCB_UP_TO_DATE, ASSAY_TCB_OUT_OF_DATE, ASSAY_TCB_REVOKED,
	};

	*count = 4;
	for (unsigned i = 0; i < 4; i++) {
		levels[i] = (struct isv_level){ .isv_svn = (uint16_t)(8 - 2 * i), .status = statuses[i] };
	}
}

/* The lowest level of it that is as good as its newest, and nothing of the platform. */
static void
a_part_alone_may_be_what_is_lacking(void **state)
{
	(void)state;
	for (unsigned svn = 0; svn < 6; svn++) {
		ladder(ASSAY_TEE_SGX);
		give_levels(world.prepared.qe_identity.levels, &world.prepared.qe_identity.levels_count);
		world.facts.qe_isv_svn = (uint16_t)svn;
		find();
		assert_int_equal(verdict.shortfalls_count, 1);
		/* From revoked, or covered by none, out of date is the nearest better one. */
		expect(0, ASSAY_SHORTFALL_QE, 0, svn, svn < 4 ? 4 : 6,
		    svn < 4 ? ASSAY_TCB_OUT_OF_DATE : ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_PSW);

		ladder(ASSAY_TEE_TDX);
		give_levels(world.prepared.tcb_info.modules[0].levels, &world.prepared.tcb_info.modules[0].levels_count);
		world.facts.td.tee_tcb_svn[0] = (uint8_t)svn;
		find();
		assert_int_equal(verdict.shortfalls_count, 1);
		expect(0, ASSAY_SHORTFALL_TDX_MODULE, 0, svn, svn < 4 ? 4 : 6,
		    svn < 4 ? ASSAY_TCB_OUT_OF_DATE : ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_TDX_MODULE);
	}
	ladder(ASSAY_TEE_SGX);
	give_levels(world.prepared.qe_identity.levels, &world.prepared.qe_identity.levels_count);
	world.facts.qe_isv_svn = 6;
	find();
	assert_int_equal(verdict.shortfalls_count, 0);
}

static void
parts_may_lack_together(void **state)
{
	(void)state;
	/* Platform, module and quoting enclave are all out of date. */
	ladder(ASSAY_TEE_TDX);
	give_levels(world.prepared.qe_identity.levels, &world.prepared.qe_identity.levels_count);
	give_levels(world.prepared.tcb_info.modules[0].levels, &world.prepared.tcb_info.modules[0].levels_count);
	world.facts.qe_isv_svn = 5;
	world.facts.td.tee_tcb_svn[0] = 4;
	world.facts.platform.components[0] = 8;
	find();
	assert_int_equal(verdict.shortfalls_count, 3);
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 0, 8, 12, ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_RAISED_BY_MICROCODE);
	expect(1, ASSAY_SHORTFALL_TDX_MODULE, 0, 4, 6, ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_RAISED_BY_TDX_MODULE);
	expect(2, ASSAY_SHORTFALL_QE, 0, 5, 6, ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_RAISED_BY_PSW);
	/* With the platform in order, module and quoting enclave. */
	world.facts.platform.components[0] = 12;
	find();
	assert_int_equal(verdict.shortfalls_count, 2);
	expect(0, ASSAY_SHORTFALL_TDX_MODULE, 0, 4, 6, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_TDX_MODULE);
	expect(1, ASSAY_SHORTFALL_QE, 0, 5, 6, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_PSW);
	/* The quoting enclave is in order: it is not asked to be newer. */
	world.facts.qe_isv_svn = 6;
	find();
	assert_int_equal(verdict.shortfalls_count, 1);
	expect(0, ASSAY_SHORTFALL_TDX_MODULE, 0, 4, 6, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_TDX_MODULE);
	/* The module has no level that covers it. */
	world.facts.td.tee_tcb_svn[0] = 1;
	world.facts.qe_isv_svn = 4;
	find();
	assert_int_equal(verdict.shortfalls_count, 1);
	expect(0, ASSAY_SHORTFALL_TDX_MODULE, 0, 1, 4, ASSAY_TCB_OUT_OF_DATE, ASSAY_RAISED_BY_TDX_MODULE);
}

/* Advisories, not the status, hold it down: the level without them is the better one. */
static void
a_level_with_fewer_advisories_is_better(void **state)
{
	(void)state;
	ladder(ASSAY_TEE_SGX);
	world_advise_platform(1, "INTEL-SA-00615");
	world.facts.platform.components[5] = 2;
	find();
	/* SWHardeningNeeded has a counted advisory: no better than tier 3 needs, so the newest it is. */
	assert_int_equal(verdict.shortfalls_count, 1);
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 5, 2, 4, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_BIOS);
	/* A whitelisted one does not matter. */
	ladder(ASSAY_TEE_SGX);
	world_advise_platform(1, "INTEL-SA-00334");
	world.facts.platform.components[5] = 2;
	find();
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 5, 2, 3, ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_RAISED_BY_BIOS);
	/* A critical one takes the candidate out altogether. */
	ladder(ASSAY_TEE_SGX);
	world_advise_platform(1, "INTEL-SA-00088");
	world_advise_platform(2, "INTEL-SA-00088");
	world.facts.platform.components[5] = 2;
	find();
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 5, 2, 4, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_BIOS);
	/* Advisories of the quoting enclave's level count for a candidate as well. */
	ladder(ASSAY_TEE_SGX);
	give_levels(world.prepared.qe_identity.levels, &world.prepared.qe_identity.levels_count);
	world_advise_qe(1, "INTEL-SA-00615");
	world.facts.qe_isv_svn = 5;
	find();
	assert_int_equal(verdict.shortfalls_count, 1);
	expect(0, ASSAY_SHORTFALL_QE, 0, 5, 6, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_PSW);
	world.facts.qe_isv_svn = 6;
	find();
	expect(0, ASSAY_SHORTFALL_QE, 0, 6, 8, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_PSW);
}

/* A date rules a critical advisory out for a candidate as for ourselves. */
static void
candidates_of_version_2_are_judged_by_their_date(void **state)
{
	(void)state;
	ladder(ASSAY_TEE_SGX);
	world.prepared.tcb_info.version = 2;
	for (unsigned i = 0; i < 5; i++) {
		world.prepared.tcb_info.levels[i].date_s = i < 2 ? 1600000000 : 1400000000;
	}
	world.facts.platform.components[0] = 8;
	world.facts.platform.components[5] = 2;
	find();
	expect(1, ASSAY_SHORTFALL_SGX_COMPONENT, 5, 2, 3, ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_RAISED_BY_BIOS);
}

static void
the_policy_says_what_is_better(void **state)
{
	struct assay_policy policy = *policy_preset(0);

	(void)state;
	ladder(ASSAY_TEE_SGX);
	policy.tier_of_status[ASSAY_TCB_UP_TO_DATE] = ASSAY_TIER_2;
	world.facts.platform.components[5] = 3;
	find_with(&policy);
	assert_int_equal(verdict.shortfalls_count, 0);
	/* Nobody gets above the ceiling. */
	policy = *policy_preset(0);
	policy.ceilings_count = 1;
	policy.ceilings[0] = (struct assay_ceiling){ ASSAY_TEE_SGX, ASSAY_TIER_3, "held" };
	world.facts.platform.components[5] = 2;
	find_with(&policy);
	/* It is not a component that the platform lacks, but its configuration may still be put right. */
	assert_int_equal(verdict.shortfalls_count, 1);
	expect(0, ASSAY_SHORTFALL_CONFIGURATION, 0, 0, 0, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_CONFIGURATION);
	/* In grace now, which is tier 4: what is better than that counts. */
	policy = *policy_preset(0);
	policy.out_of_date_grace_s = 1000;
	world.prepared.tcb_info.levels[2].date_s = AT_S;
	world.facts.platform.components[0] = 8;
	find_with(&policy);
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 0, 8, 12, ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_RAISED_BY_MICROCODE);
}

static void
where_no_level_helps_it_is_the_configuration(void **state)
{
	static const struct {
		enum assay_tcb_status status;
		enum assay_tcb_status reached;	/* UNKNOWN: nothing to say */
	} rows[] = {
		{ ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_TCB_UP_TO_DATE },
		{ ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, ASSAY_TCB_SW_HARDENING_NEEDED },
		{ ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, ASSAY_TCB_OUT_OF_DATE },
		{ ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_TCB_UNKNOWN },
		{ ASSAY_TCB_OUT_OF_DATE, ASSAY_TCB_UNKNOWN },
		{ ASSAY_TCB_REVOKED, ASSAY_TCB_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
		world_reset(ASSAY_TEE_SGX);
		world.prepared.tcb_info.levels[0].status = rows[i].status;
		find();
		if (rows[i].reached == ASSAY_TCB_UNKNOWN) {
			assert_int_equal(verdict.shortfalls_count, 0);
		} else {
			assert_int_equal(verdict.shortfalls_count, 1);
			expect(0, ASSAY_SHORTFALL_CONFIGURATION, 0, 0, 0, rows[i].reached, ASSAY_RAISED_BY_CONFIGURATION);
		}
	}
}

/* What stands behind the last level is nothing. */
static void
levels_end_where_they_end(void **state)
{
	struct tcb_info *info = &world.prepared.tcb_info;

	(void)state;
	ladder(ASSAY_TEE_TDX);
	give_levels(world.prepared.qe_identity.levels, &world.prepared.qe_identity.levels_count);
	give_levels(info->modules[0].levels, &info->modules[0].levels_count);
	world.prepared.qe_identity.levels[4].status = ASSAY_TCB_UP_TO_DATE;
	info->modules[0].levels[4].status = ASSAY_TCB_UP_TO_DATE;
	info->levels[5].status = ASSAY_TCB_UP_TO_DATE;
	world.facts.platform.components[0] = 1;
	world.facts.qe_isv_svn = 1;
	world.facts.td.tee_tcb_svn[0] = 1;
	find();
	assert_int_equal(verdict.shortfalls_count, 3);
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 0, 1, 7, ASSAY_TCB_OUT_OF_DATE, ASSAY_RAISED_BY_MICROCODE);
	expect(1, ASSAY_SHORTFALL_TDX_MODULE, 0, 1, 4, ASSAY_TCB_OUT_OF_DATE, ASSAY_RAISED_BY_TDX_MODULE);
	expect(2, ASSAY_SHORTFALL_QE, 0, 1, 4, ASSAY_TCB_OUT_OF_DATE, ASSAY_RAISED_BY_PSW);
}

/* Our level lists more than can be held; the better one does not. */
static void
a_better_level_is_not_held_to_our_list(void **state)
{
	static char ids[ASSAY_ADVISORIES_MAX + 1][8];

	(void)state;
	ladder(ASSAY_TEE_SGX);
	for (unsigned i = 0; i <= ASSAY_ADVISORIES_MAX; i++) {
		ids[i][0] = (char)('A' + i / 10);
		ids[i][1] = (char)('0' + i % 10);
		world_advise_platform(1, ids[i]);
	}
	world.facts.platform.components[5] = 3;
	find();
	assert_int_equal(verdict.shortfalls_count, 1);
	expect(0, ASSAY_SHORTFALL_SGX_COMPONENT, 5, 3, 4, ASSAY_TCB_UP_TO_DATE, ASSAY_RAISED_BY_BIOS);
}

/* Where something else keeps the tier away, no component is to blame. */
static void
a_row_of_the_policy_is_no_shortfall(void **state)
{
	(void)state;
	ladder(ASSAY_TEE_SGX);
	world.facts.sgx.attributes[0] |= SGX_FLAG_DEBUG;
	find();
	assert_int_equal(verdict.shortfalls_count, 0);
	/* What would be raised is still said. */
	world.facts.platform.components[5] = 3;
	find();
	assert_int_equal(verdict.shortfalls_count, 1);
}

static void
a_relaunch_or_a_report_lacks_no_component(void **state)
{
	struct tdx_module *module = &world.prepared.tcb_info.modules[0];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		ladder(ASSAY_TEE_TDX);
		world.facts.td.has_1_5 = true;
		give_levels(module->levels, &module->levels_count);
		world.facts.td.tee_tcb_svn[0] = 4;
		world.facts.td.tee_tcb_svn2[0] = 8;
		world.facts.td.tee_tcb_svn2[1] = 1;
		world.facts.platform.components[5] = i == 0 ? 4 : 2;
		assert_int_equal(world_standing().match.status, i == 0 ? ASSAY_TCB_TD_RELAUNCH_ADVISED :
		    ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED);
		find();
		assert_int_equal(verdict.shortfalls_count, 0);
	}
	world_reset_report(ASSAY_TCB_OUT_OF_DATE);
	find();
	assert_int_equal(verdict.shortfalls_count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_lacks_nothing),
		cmocka_unit_test(needs_are_those_of_the_lowest_better_level),
		cmocka_unit_test(every_component_has_its_place),
		cmocka_unit_test(a_part_alone_may_be_what_is_lacking),
		cmocka_unit_test(parts_may_lack_together),
		cmocka_unit_test(a_level_with_fewer_advisories_is_better),
		cmocka_unit_test(candidates_of_version_2_are_judged_by_their_date),
		cmocka_unit_test(the_policy_says_what_is_better),
		cmocka_unit_test(where_no_level_helps_it_is_the_configuration),
		cmocka_unit_test(levels_end_where_they_end),
		cmocka_unit_test(a_better_level_is_not_held_to_our_list),
		cmocka_unit_test(a_row_of_the_policy_is_no_shortfall),
		cmocka_unit_test(a_relaunch_or_a_report_lacks_no_component),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
