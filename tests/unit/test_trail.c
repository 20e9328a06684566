/* SPDX-License-Identifier: Apache-2.0 */
/* The trail: what each row's failure means, and that the first that matters closes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verify/trail.h"

static enum assay_authenticity
authenticity_of(enum assay_consequence consequence)
{
	return consequence == ASSAY_CONSEQUENCE_UNDECIDED ? ASSAY_UNDECIDED : ASSAY_NOT_GENUINE;
}

static void
a_failure_closes_unless_it_only_costs_the_tier(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const enum assay_check check = (enum assay_check)i;
		const enum assay_consequence consequence = assay_check_consequence(check);
		struct trail trail;

		trail_open(&trail);
		assert_int_equal(trail.first_failed, -1);
		assert_true(trail_check(&trail, check, true));
		assert_int_equal(trail.results[i], ASSAY_PASSED);
		assert_int_equal(trail.first_failed, -1);
		assert_false(trail.closed);
		assert_false(trail_check(&trail, check, false));
		assert_int_equal(trail.results[i], ASSAY_FAILED);
		assert_int_equal(trail.first_failed, (int)i);
		assert_int_equal(trail.closed, consequence != ASSAY_CONSEQUENCE_NO_TIER);
		if (trail.closed) {
			assert_int_equal(trail.authenticity, authenticity_of(consequence));
		}
	}
}

static void
the_first_failure_is_kept(void **state)
{
	struct trail trail;

	(void)state;
	trail_open(&trail);
	assert_false(trail_check(&trail, ASSAY_CHECK_DEBUG, false));
	assert_false(trail_check(&trail, ASSAY_CHECK_TCB_LEVEL, false));
	assert_int_equal(trail.first_failed, ASSAY_CHECK_DEBUG);
	assert_false(trail.closed);
}

/* A chain that came beside the quote may be the wrong one: no stain on the quote. */
static void
a_given_chain_leaves_its_rows_undecided(void **state)
{
	static const enum assay_check soft[] = {
		ASSAY_CHECK_PCK_FORM, ASSAY_CHECK_PCK_ROOT, ASSAY_CHECK_PCK_ROLES, ASSAY_CHECK_PCK_CA_SIGNATURE,
		ASSAY_CHECK_PCK_SIGNATURE, ASSAY_CHECK_PCK_EXTENSION, ASSAY_CHECK_PCK_FITS_QUOTE,
		ASSAY_CHECK_QE_REPORT_SIGNATURE,
	};

	(void)state;
	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const enum assay_consequence consequence = assay_check_consequence((enum assay_check)i);
		bool is_soft = consequence == ASSAY_CONSEQUENCE_UNDECIDED;
		struct trail trail;

		for (size_t j = 0; j < sizeof(soft) / sizeof(soft[0]); j++) {
			is_soft |= soft[j] == (enum assay_check)i;
		}
		trail_open(&trail);
		trail.pck_chain_is_collateral = true;
		(void)trail_check(&trail, (enum assay_check)i, false);
		if (consequence != ASSAY_CONSEQUENCE_NO_TIER) {
			assert_int_equal(trail.authenticity, is_soft ? ASSAY_UNDECIDED : ASSAY_NOT_GENUINE);
		}
	}
}

static void
not_applicable_is_a_range_with_both_ends(void **state)
{
	struct trail trail;

	(void)state;
	trail_open(&trail);
	trail_not_applicable(&trail, ASSAY_CHECK_IAS_PRESENT, ASSAY_CHECK_IAS_QUOTE_BODY);
	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		assert_int_equal(trail.results[i], i >= ASSAY_CHECK_IAS_PRESENT && i <= ASSAY_CHECK_IAS_QUOTE_BODY ?
		    ASSAY_NOT_APPLICABLE : ASSAY_NOT_REACHED);
	}
	trail_not_applicable(&trail, ASSAY_CHECK_DEBUG, ASSAY_CHECK_DEBUG);
	assert_int_equal(trail.results[ASSAY_CHECK_DEBUG], ASSAY_NOT_APPLICABLE);
	assert_int_equal(trail.results[ASSAY_CHECK_DEBUG + 1], ASSAY_NOT_REACHED);
	assert_int_equal(trail.first_failed, -1);
}

static void
what_is_no_check_is_the_worst(void **state)
{
	(void)state;
	assert_int_equal(assay_check_consequence(ASSAY_CHECK_COUNT), ASSAY_CONSEQUENCE_NOT_GENUINE);
	assert_int_equal(assay_check_consequence((enum assay_check)1000), ASSAY_CONSEQUENCE_NOT_GENUINE);
	assert_int_equal(assay_check_consequence(ASSAY_CHECK_REFERENCE_VALUES), ASSAY_CONSEQUENCE_NO_TIER);
	assert_int_equal(assay_check_consequence(ASSAY_CHECK_PCK_PRESENT), ASSAY_CONSEQUENCE_UNDECIDED);
	assert_int_equal(assay_check_consequence(ASSAY_CHECK_EVIDENCE_SIZE), ASSAY_CONSEQUENCE_NOT_GENUINE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_closes_unless_it_only_costs_the_tier),
		cmocka_unit_test(the_first_failure_is_kept),
		cmocka_unit_test(a_given_chain_leaves_its_rows_undecided),
		cmocka_unit_test(not_applicable_is_a_range_with_both_ends),
		cmocka_unit_test(what_is_no_check_is_the_worst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
