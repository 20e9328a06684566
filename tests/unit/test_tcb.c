/* SPDX-License-Identifier: Apache-2.0 */
/* TCB matching: components, levels, the merged status, advisories, the relaunch rule. */
#include "world.h"

#define UP ASSAY_TCB_UP_TO_DATE
#define SW ASSAY_TCB_SW_HARDENING_NEEDED
#define CF ASSAY_TCB_CONFIGURATION_NEEDED
#define CS ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED
#define OD ASSAY_TCB_OUT_OF_DATE
#define OC ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED
#define RV ASSAY_TCB_REVOKED
#define RA ASSAY_TCB_TD_RELAUNCH_ADVISED
#define RC ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
#define UN ASSAY_TCB_UNKNOWN

static struct tcb_match
match(void)
{
	struct tcb_match m;

	tcb_match(&m, &world.facts);
	return m;
}

static const char *
word(enum assay_tcb_status status)
{
	return assay_tcb_status_word(status, ASSAY_EVIDENCE_TDX_QUOTE);
}

/* ---- matching --------------------------------------------------------- */

static void
each_sgx_component_and_the_pcesvn_must_reach_the_level(void **state)
{
	(void)state;
	for (size_t i = 0; i < 17; i++) {
		for (int delta = -1; delta <= 1; delta++) {
			world_reset(ASSAY_TEE_SGX);
			memset(world.facts.platform.components, 100, 16);
			world.facts.platform.pcesvn = 100;
			for (size_t j = 0; j < 16; j++) {
				world.prepared.tcb_info.levels[0].sgx[j] = 100;
			}
			world.prepared.tcb_info.levels[0].pcesvn = 100;
			if (i < 16) {
				world.facts.platform.components[i] = (uint8_t)(100 + delta);
			} else {
				world.facts.platform.pcesvn = (uint16_t)(100 + delta);
			}
			const struct tcb_match m = match();

			assert_int_equal(m.platform_covered, delta >= 0);
			assert_int_equal(m.launch.platform, delta >= 0 ? 0 : NO_LEVEL);
			assert_int_equal(m.status, delta >= 0 ? UP : UN);
			/* The other parts are judged all the same. */
			assert_true(m.qe_covered);
			assert_true(m.module_covered);
			assert_int_equal(m.launch.qe, 0);
		}
	}
}

static void
a_level_above_255_covers_nobody(void **state)
{
	(void)state;
	world_reset(ASSAY_TEE_SGX);
	memset(world.facts.platform.components, 255, 16);
	world.prepared.tcb_info.levels[0].sgx[3] = 256;
	assert_false(match().platform_covered);
	world.prepared.tcb_info.levels[0].sgx[3] = 255;
	assert_true(match().platform_covered);
}

/* With a module of version 0 all sixteen count; later ones have levels of their own for the first two. */
static void
tdx_components_count_by_the_modules_version(void **state)
{
	(void)state;
	for (unsigned version = 0; version < 2; version++) {
		for (size_t i = 0; i < 16; i++) {
			if (i == 1) {
				continue;
			}
			if (version == 0) {
				world_reset(ASSAY_TEE_TDX);
			} else {
				world_reset_with_module();
			}
			world.prepared.tcb_info.levels[0].tdx[i] = 4;
			world.facts.td.tee_tcb_svn[i] = 3;

			const bool counts = version == 0 || i >= 2;

			assert_int_equal(match().platform_covered, !counts);
			world.facts.td.tee_tcb_svn[i] = 4;
			assert_true(match().platform_covered);
		}
	}
	/* Component 1 of a level, which a module of version 0 cannot reach. */
	world_reset(ASSAY_TEE_TDX);
	world.prepared.tcb_info.levels[0].tdx[1] = 1;
	assert_false(match().platform_covered);
	world_reset_with_module();
	world.prepared.tcb_info.levels[0].tdx[1] = 2;
	assert_true(match().platform_covered);
}

static void
tdx_components_do_not_count_for_sgx(void **state)
{
	(void)state;
	world_reset(ASSAY_TEE_SGX);
	for (size_t i = 0; i < 16; i++) {
		world.prepared.tcb_info.levels[0].tdx[i] = 9;
	}
	assert_true(match().platform_covered);
}

/* All conditions must hold for one and the same level. */
static void
the_first_level_that_covers_all_is_ours(void **state)
{
	struct tcb_level *levels = world.prepared.tcb_info.levels;

	(void)state;
	world_reset(ASSAY_TEE_TDX);
	world.prepared.tcb_info.levels_count = 4;
	levels[0] = (struct tcb_level){ .sgx = { 5 }, .pcesvn = 9, .tdx = { 1 }, .status = UP };
	levels[1] = (struct tcb_level){ .sgx = { 4 }, .pcesvn = 9, .tdx = { 3 }, .status = SW };
	levels[2] = (struct tcb_level){ .sgx = { 4 }, .pcesvn = 8, .tdx = { 2 }, .status = OD };
	levels[3] = (struct tcb_level){ .sgx = { 3 }, .pcesvn = 8, .tdx = { 0 }, .status = RV };
	static const struct {
		uint8_t sgx;
		uint16_t pcesvn;
		uint8_t tdx;
		uint32_t level;
	} rows[] = {
		{ 5, 9, 1, 0 }, { 6, 10, 9, 0 }, { 4, 9, 3, 1 }, { 4, 9, 2, 2 }, { 5, 8, 3, 2 }, { 4, 9, 1, 3 },
		{ 5, 9, 0, 3 }, { 3, 8, 0, 3 }, { 2, 9, 9, NO_LEVEL }, { 5, 7, 9, NO_LEVEL },
	};

	for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
		world.facts.platform.components[0] = rows[i].sgx;
		world.facts.platform.pcesvn = rows[i].pcesvn;
		world.facts.td.tee_tcb_svn[0] = rows[i].tdx;
		const struct tcb_match m = match();

		assert_int_equal(m.launch.platform, rows[i].level);
		assert_int_equal(m.status, rows[i].level == NO_LEVEL ? UN : levels[rows[i].level].status);
	}
}

static void
qe_and_module_take_the_first_level_not_above_theirs(void **state)
{
	static const struct {
		uint16_t svn;
		uint32_t level;
	} rows[] = { { 9, 0 }, { 8, 0 }, { 7, 1 }, { 6, 1 }, { 5, 2 }, { 4, 2 }, { 3, NO_LEVEL }, { 0, NO_LEVEL } };
	static const enum assay_tcb_status statuses[] = { UP, OD, RV };

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
		for (unsigned module = 0; module < 2; module++) {
			struct isv_level *levels;

			world_reset_with_module();
			levels = module ? world.prepared.tcb_info.modules[0].levels : world.prepared.qe_identity.levels;
			for (uint32_t j = 0; j < 3; j++) {
				levels[j].isv_svn = (uint16_t)(8 - 2 * j);
				levels[j].status = statuses[j];
			}
			world.prepared.tcb_info.modules[0].levels_count = module ? 3 : 1;
			world.prepared.qe_identity.levels_count = module ? 1 : 3;
			world.facts.td.tee_tcb_svn[0] = (uint8_t)rows[i].svn;
			world.facts.qe_isv_svn = rows[i].svn;
			const struct tcb_match m = match();

			assert_int_equal(module ? m.launch.module : m.launch.qe, rows[i].level);
			assert_int_equal(module ? m.launch.qe : m.launch.module, 0);
			assert_int_equal(m.module_covered, !module || rows[i].level != NO_LEVEL);
			assert_int_equal(m.qe_covered, module || rows[i].level != NO_LEVEL);
			assert_true(m.platform_covered);
			assert_int_equal(m.status, rows[i].level == NO_LEVEL ? UN : statuses[rows[i].level]);
			assert_int_equal(m.advisories.unknown, rows[i].level == NO_LEVEL);
			if (rows[i].level != NO_LEVEL) {
				assert_int_equal(m.module_status, module ? statuses[rows[i].level] : UP);
				assert_int_equal(m.qe_status, module ? UP : statuses[rows[i].level]);
			}
		}
	}
}

/* ---- merging ---------------------------------------------------------- */

/* The vendor's table: platform, then the worse of quoting enclave and module. */
static enum assay_tcb_status
merged_by_the_book(enum assay_tcb_status platform, enum assay_tcb_status qe, enum assay_tcb_status module)
{
	if (platform == RV || qe == RV || module == RV) {
		return RV;
	}
	if (qe == OD || module == OD) {
		return platform == UP || platform == SW ? OD : platform == CF || platform == CS ? OC : platform;
	}
	return platform;
}

static void
the_worst_part_counts(void **state)
{
	static const enum assay_tcb_status platforms[] = { UP, SW, CF, CS, OD, OC, RV };
	static const enum assay_tcb_status parts[] = { UP, OD, RV };

	(void)state;
	for (size_t p = 0; p < WORLD_COUNT(platforms); p++) {
		for (size_t q = 0; q < WORLD_COUNT(parts); q++) {
			for (size_t m = 0; m < WORLD_COUNT(parts); m++) {
				world_reset_with_module();
				world.prepared.tcb_info.levels[0].status = platforms[p];
				world.prepared.qe_identity.levels[0].status = parts[q];
				world.prepared.tcb_info.modules[0].levels[0].status = parts[m];
				const enum assay_tcb_status expected =
				    merged_by_the_book(platforms[p], parts[q], parts[m]);

				if (match().status != expected) {
					fail_msg("%s, QE %s, module %s: %s", word(platforms[p]), word(parts[q]),
					    word(parts[m]), word(match().status));
				}
				/* Where there is no module to judge it does not count. */
				world.facts.module_launch = NULL;
				world.facts.module_current = NULL;
				assert_int_equal(match().status, merged_by_the_book(platforms[p], parts[q], UP));
			}
		}
	}
}

/* What the vendor has not said so far, read to the side of no. */
static void
other_statuses_of_parts_add_up(void **state)
{
	static const struct {
		enum assay_tcb_status platform;
		enum assay_tcb_status qe;
		enum assay_tcb_status status;
	} rows[] = {
		{ UP, SW, SW }, { UP, CF, CF }, { SW, CF, CS }, { CF, SW, CS }, { UP, OC, OC }, { OD, CF, OC },
		{ UN, UP, UN }, { UP, UN, UN }, { UN, RV, UN }, { RA, UP, UN }, { UP, RC, UN },
		{ ASSAY_TCB_SIGNATURE_INVALID, UP, UN }, { ASSAY_TCB_STATUS_COUNT, UP, UN },
	};

	(void)state;
	for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
		world_reset(ASSAY_TEE_SGX);
		world.prepared.tcb_info.levels[0].status = rows[i].platform;
		world.prepared.qe_identity.levels[0].status = rows[i].qe;
		assert_int_equal(match().status, rows[i].status);
	}
}

static void
the_date_is_the_earliest_of_the_parts(void **state)
{
	(void)state;
	for (unsigned earliest = 0; earliest < 3; earliest++) {
		world_reset_with_module();
		world.prepared.tcb_info.levels[0].date_s = earliest == 0 ? 100 : 200;
		world.prepared.qe_identity.levels[0].date_s = earliest == 1 ? 100 : 300;
		world.prepared.tcb_info.modules[0].levels[0].date_s = earliest == 2 ? 100 : 400;
		assert_int_equal(match().date_s, 100);
	}
	world.facts.module_launch = NULL;
	world.facts.module_current = NULL;
	assert_int_equal(match().date_s, 200);
	/* None where not all is covered. */
	world.prepared.tcb_info.levels[0].sgx[0] = 1;
	assert_int_equal(match().date_s, 0);
}

/* ---- advisories ------------------------------------------------------- */

static void
advisories_are_platform_then_qe_then_module_without_doubles(void **state)
{
	static const char *const expected[] = { "P1", "P2", "Q1", "M1" };
	struct tcb_match m;

	(void)state;
	world_reset_with_module();
	world_advise_platform(0, "P1");
	world_advise_platform(0, "P2");
	world_advise_platform(0, "P1");
	world_advise_qe(0, "P2");
	world_advise_qe(0, "Q1");
	world_advise_module(0, "M1");
	world_advise_module(0, "Q1");
	m = match();
	assert_false(m.advisories.unknown);
	assert_int_equal(m.advisories.count, WORLD_COUNT(expected));
	for (size_t i = 0; i < WORLD_COUNT(expected); i++) {
		assert_true(bytes_equal_text(m.advisories.ids[i], expected[i]));
	}
	world.facts.module_launch = NULL;
	world.facts.module_current = NULL;
	assert_int_equal(match().advisories.count, 3);
	/* Where a part is not covered nothing is known. */
	world.prepared.qe_identity.levels[0].isv_svn = 1;
	m = match();
	assert_true(m.advisories.unknown);
	assert_int_equal(m.advisories.count, 0);
}

static void
only_our_levels_advisories_are_ours(void **state)
{
	(void)state;
	world_reset(ASSAY_TEE_SGX);
	world.prepared.tcb_info.levels_count = 2;
	world.prepared.tcb_info.levels[0].sgx[0] = 1;
	world.prepared.tcb_info.levels[1].status = OD;
	world_advise_platform(0, "A");
	world_advise_platform(1, "B");
	world_advise_platform(1, "C");
	assert_int_equal(match().advisories.count, 2);
	assert_true(bytes_equal_text(match().advisories.ids[0], "B"));
	assert_true(bytes_equal_text(match().advisories.ids[1], "C"));
}

static void
version_2_carries_no_list(void **state)
{
	(void)state;
	world_reset(ASSAY_TEE_SGX);
	world.prepared.tcb_info.version = 2;
	assert_true(match().advisories.unknown);
	world.prepared.tcb_info.version = 3;
	assert_false(match().advisories.unknown);
}

static void
more_than_can_be_held_is_unknown(void **state)
{
	static char ids[ASSAY_ADVISORIES_MAX + 1][8];

	(void)state;
	for (unsigned over = 0; over < 2; over++) {
		world_reset(ASSAY_TEE_SGX);
		for (unsigned i = 0; i < ASSAY_ADVISORIES_MAX + over; i++) {
			ids[i][0] = (char)('A' + i / 10);
			ids[i][1] = (char)('0' + i % 10);
			if (i < 40) {
				world_advise_platform(0, ids[i]);
			} else {
				world_advise_qe(0, ids[i]);
			}
		}
		/* One that is known already needs no room. */
		world_advise_qe(0, ids[0]);
		assert_int_equal(match().advisories.count, ASSAY_ADVISORIES_MAX);
		assert_int_equal(match().advisories.unknown, over != 0);
	}
}

/* ---- the relaunch rule ------------------------------------------------ */

static void
a_level_for_each(enum assay_tcb_status launch, enum assay_tcb_status current)
{
	world_reset_with_module();
	world.facts.td.has_1_5 = true;
	world.prepared.tcb_info.levels_count = 2;
	world.prepared.tcb_info.levels[0] = (struct tcb_level){ .tdx = { 0, 0, 7 }, .status = current };
	world.prepared.tcb_info.levels[1] = (struct tcb_level){ .tdx = { 0, 0, 5 }, .status = launch };
	world.facts.td.tee_tcb_svn[2] = 5;
	world.facts.td.tee_tcb_svn2[1] = 1;
	world.facts.td.tee_tcb_svn2[2] = 7;
}

/* Launch against now, all of both. */
static void
out_of_date_at_launch_and_good_now_is_relaunch_advised(void **state)
{
	static const enum assay_tcb_status all[] = { UP, SW, CF, CS, OD, OC, RV, UN };
	static const enum assay_tcb_status expected[8][8] = {
		/* now:	 UP  SW  CF  CS  OD  OC  RV  UN	    at launch: */
		{ UP, UP, UP, UP, UP, UP, RV, UN },	/* UP */
		{ SW, SW, SW, SW, SW, SW, RV, UN },	/* SW */
		{ CF, CF, CF, CF, CF, CF, RV, UN },	/* CF */
		{ CS, CS, CS, CS, CS, CS, RV, UN },	/* CS */
		{ RA, RA, RC, RC, OD, OD, RV, UN },	/* OD */
		{ RC, RC, RC, RC, OC, OC, RV, UN },	/* OC */
		{ RV, RV, RV, RV, RV, RV, RV, UN },	/* RV */
		{ UN, UN, UN, UN, UN, UN, RV, UN },	/* UN */
	};

	(void)state;
	for (size_t l = 0; l < 8; l++) {
		for (size_t n = 0; n < 8; n++) {
			a_level_for_each(all[l], all[n]);
			const struct tcb_match m = match();

			if (m.status != expected[l][n]) {
				fail_msg("launch %s, now %s: %s", word(all[l]), word(all[n]), word(m.status));
			}
			/* Level, date and advisories are those of the launch. */
			assert_int_equal(m.launch.platform, 1);
			/* Before TD 1.5 a quote says nothing of now. */
			world.facts.td.has_1_5 = false;
			assert_int_equal(match().status, all[l]);
		}
	}
}

static void
what_runs_now_must_be_covered_too(void **state)
{
	struct tcb_match m;

	(void)state;
	/* By no platform level. */
	a_level_for_each(OD, UP);
	world.facts.td.tee_tcb_svn2[2] = 4;
	m = match();
	assert_false(m.platform_covered);
	assert_true(m.module_covered);
	assert_int_equal(m.status, UN);
	assert_true(m.advisories.unknown);
	/* By no module level. */
	a_level_for_each(OD, UP);
	world.prepared.tcb_info.modules[0].levels[0].isv_svn = 2;
	world.facts.td.tee_tcb_svn[0] = 2;
	world.facts.td.tee_tcb_svn2[0] = 1;
	m = match();
	assert_true(m.platform_covered);
	assert_false(m.module_covered);
	assert_int_equal(m.status, UN);
	/* The other way round: only the launch is not covered. */
	world.facts.td.tee_tcb_svn[0] = 1;
	world.facts.td.tee_tcb_svn2[0] = 2;
	m = match();
	assert_false(m.module_covered);
	assert_int_equal(m.status, UN);
	a_level_for_each(OD, UP);
	world.facts.td.tee_tcb_svn[2] = 4;
	m = match();
	assert_false(m.platform_covered);
	assert_int_equal(m.status, UN);
	/* What a TD 1.0 would say in that place is nothing. */
	world.facts.td.tee_tcb_svn[2] = 7;
	world.facts.td.tee_tcb_svn2[2] = 0;
	world.facts.td.has_1_5 = false;
	assert_int_equal(match().status, UP);
}

/* Each side is judged with its own module. */
static void
launch_and_now_have_modules_of_their_own(void **state)
{
	struct tdx_module *modules = world.prepared.tcb_info.modules;

	(void)state;
	a_level_for_each(UP, UP);
	world.facts.td.tee_tcb_svn[2] = 7;
	world.prepared.tcb_info.modules_count = 2;
	modules[1] = modules[0];
	modules[1].version = 3;
	modules[0].levels[0].status = OD;
	modules[1].levels[0].isv_svn = 4;
	world.facts.td.tee_tcb_svn2[1] = 3;
	world.facts.td.tee_tcb_svn2[0] = 4;
	world.facts.module_current = &modules[1];
	assert_int_equal(match().status, RA);
	assert_int_equal(match().module_status, OD);
	world.facts.td.tee_tcb_svn2[0] = 3;
	assert_false(match().module_covered);
	/* Version 0 now: components 0 and 1 decide on the platform's level. */
	world.facts.module_current = NULL;
	world.facts.td.tee_tcb_svn2[1] = 0;
	assert_int_equal(match().status, RA);
	world.prepared.tcb_info.levels[0].tdx[0] = 4;
	world.prepared.tcb_info.levels[1].tdx[0] = 4;
	assert_false(match().platform_covered);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sgx_component_and_the_pcesvn_must_reach_the_level),
		cmocka_unit_test(a_level_above_255_covers_nobody),
		cmocka_unit_test(tdx_components_count_by_the_modules_version),
		cmocka_unit_test(tdx_components_do_not_count_for_sgx),
		cmocka_unit_test(the_first_level_that_covers_all_is_ours),
		cmocka_unit_test(qe_and_module_take_the_first_level_not_above_theirs),
		cmocka_unit_test(the_worst_part_counts),
		cmocka_unit_test(other_statuses_of_parts_add_up),
		cmocka_unit_test(the_date_is_the_earliest_of_the_parts),
		cmocka_unit_test(advisories_are_platform_then_qe_then_module_without_doubles),
		cmocka_unit_test(only_our_levels_advisories_are_ours),
		cmocka_unit_test(version_2_carries_no_list),
		cmocka_unit_test(more_than_can_be_held_is_unknown),
		cmocka_unit_test(out_of_date_at_launch_and_good_now_is_relaunch_advised),
		cmocka_unit_test(what_runs_now_must_be_covered_too),
		cmocka_unit_test(launch_and_now_have_modules_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
