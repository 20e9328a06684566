/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every row of checks.def is the first to fail for evidence with that one
 * defect, with the consequence that the table states; and evidence without a
 * defect passes every row and has the tier of its status.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "sim/sim.h"

#define NOW_S INT64_C(1790000000)

static struct sim_vendor *vendor;

static int
setup(void **state)
{
	(void)state;
	vendor = sim_vendor_new("breaks", NOW_S);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sim_vendor_free(vendor);
	return 0;
}

static void
judge(struct assay_verdict *verdict, const struct sim_evidence *sim)
{
	struct assay_policy policy;
	char error[160] = "";
	const struct assay_verifier verifier = {
		.crypto = assay_crypto_openssl(),
		.roots = sim->roots,
		.roots_count = sim->roots_count,
		.references = sim->references,
		.references_count = sim->references_count,
	};

	if (sim->policy.len != 0) {
		if (!assay_policy_parse(&policy, verifier.crypto, sim->policy, error)) {
			fail_msg("policy: %s", error);
		}
	} else {
		assay_policy_preset(&policy, verifier.crypto, 0);
	}
	assay_appraise(verdict, &verifier, &sim->evidence, &sim->collateral, &policy, sim->at_s);
}

static enum assay_authenticity
authenticity_of(enum assay_check check)
{
	switch (assay_check_consequence(check)) {
	case ASSAY_CONSEQUENCE_NO_TIER:
		return ASSAY_GENUINE;
	case ASSAY_CONSEQUENCE_UNDECIDED:
		return ASSAY_UNDECIDED;
	case ASSAY_CONSEQUENCE_NOT_GENUINE:
	default:
		return ASSAY_NOT_GENUINE;
	}
}

static void
every_check_fails_alone(void **state)
{
	unsigned failures = 0;

	(void)state;
	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const enum assay_check check = (enum assay_check)i;
		const struct sim_options options = { .broken = true, .break_check = check };
		struct sim_evidence sim = { 0 };
		struct assay_verdict v;

		if (!sim_evidence_make(vendor, &options, &sim)) {
			print_error("%s: %s\n", assay_check_id(check), sim.error);
			failures++;
			continue;
		}
		judge(&v, &sim);
		if (v.first_failed != (int)i || v.authenticity != authenticity_of(check) ||
		    v.tier != ASSAY_TIER_NONE || !v.simulated) {
			print_error("%s: first fails %s (%s, tier %u)\n", assay_check_id(check),
			    v.first_failed < 0 ? "nothing" : assay_check_id((enum assay_check)v.first_failed),
			    assay_authenticity_word(v.authenticity), assay_tier_number(v.tier));
			failures++;
		}
		/* What a closed trail leaves out was not proven. */
		for (unsigned k = i + 1; v.authenticity != ASSAY_GENUINE && k < ASSAY_CHECK_COUNT; k++) {
			assert_true(v.checks[k] == ASSAY_NOT_REACHED || v.checks[k] == ASSAY_NOT_APPLICABLE);
		}
		sim_evidence_free(&sim);
	}
	assert_int_equal(failures, 0);
}

static void
the_unbroken_has_the_tier_of_its_status(void **state)
{
	static const struct {
		enum assay_tcb_status status;
		const char *advisory;	/* NULL: none */
		unsigned tier;
	} rows[] = {
		{ ASSAY_TCB_UP_TO_DATE, NULL, 1 },
		{ ASSAY_TCB_UP_TO_DATE, "INTEL-SA-00381", 1 },
		{ ASSAY_TCB_UP_TO_DATE, "INTEL-SA-00615", 4 },
		{ ASSAY_TCB_SW_HARDENING_NEEDED, NULL, 2 },
		{ ASSAY_TCB_SW_HARDENING_NEEDED, "INTEL-SA-00334", 2 },
		{ ASSAY_TCB_SW_HARDENING_NEEDED, "INTEL-SA-00615", 4 },
		{ ASSAY_TCB_CONFIGURATION_NEEDED, NULL, 3 },
		{ ASSAY_TCB_CONFIGURATION_NEEDED, "INTEL-SA-00219", 3 },
		{ ASSAY_TCB_CONFIGURATION_NEEDED, "INTEL-SA-00161", 4 },
		{ ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, NULL, 3 },
		{ ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, "INTEL-SA-00161", 4 },
		{ ASSAY_TCB_OUT_OF_DATE, NULL, 5 },
		{ ASSAY_TCB_OUT_OF_DATE, "INTEL-SA-00161", 5 },
		{ ASSAY_TCB_OUT_OF_DATE, "INTEL-SA-00088", 0 },
		{ ASSAY_TCB_REVOKED, NULL, 0 },
	};
	static const enum sim_tee tees[] = { SIM_SGX, SIM_TDX, SIM_IAS };

	(void)state;
	for (size_t t = 0; t < sizeof(tees) / sizeof(tees[0]); t++) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct sim_options options = { .tee = tees[t], .status = rows[i].status,
				.no_advisories = true };
			struct sim_evidence sim = { 0 };
			struct assay_verdict v;

			/* A report lists none beside OK. */
			if (tees[t] == SIM_IAS && rows[i].status == ASSAY_TCB_UP_TO_DATE && rows[i].advisory != NULL) {
				continue;
			}
			if (rows[i].advisory != NULL) {
				options.no_advisories = false;
				options.advisories[0] = rows[i].advisory;
				options.advisories_count = 1;
			}
			if (!sim_evidence_make(vendor, &options, &sim)) {
				fail_msg("%s", sim.error);
			}
			judge(&v, &sim);
			/* A report whose status comes with advisories, and that names none, hides them. */
			const unsigned tier = tees[t] == SIM_IAS && rows[i].advisory == NULL &&
			    (rows[i].tier == 2 || rows[i].tier == 3) ? 4 : rows[i].tier;

			if (v.authenticity != ASSAY_GENUINE || assay_tier_number(v.tier) != tier ||
			    v.tcb_status != rows[i].status) {
				fail_msg("%s %s %s: %s %s, tier %u, failed %s", assay_evidence_kind_word(v.kind),
				    assay_tcb_status_word(rows[i].status, v.kind),
				    rows[i].advisory == NULL ? "" : rows[i].advisory,
				    assay_authenticity_word(v.authenticity), assay_tcb_status_word(v.tcb_status, v.kind),
				    assay_tier_number(v.tier),
				    v.first_failed < 0 ? "nothing" : assay_check_id((enum assay_check)v.first_failed));
			}
			sim_evidence_free(&sim);
		}
	}
}

/* Every version, body and certification type that exists. */
static void
every_form_is_accepted(void **state)
{
	static const struct sim_options rows[] = {
		{ .tee = SIM_SGX, .version = 3 },
		{ .tee = SIM_SGX, .version = 3, .ca = SIM_CA_PROCESSOR },
		{ .tee = SIM_SGX, .version = 3, .certification_type = 1 },
		{ .tee = SIM_SGX, .version = 3, .certification_type = 2 },
		{ .tee = SIM_SGX, .version = 3, .certification_type = 3 },
		{ .tee = SIM_SGX, .version = 3, .certification_type = 4 },
		{ .tee = SIM_SGX, .version = 3, .tcb_info_version = 2 },
		{ .tee = SIM_SGX, .version = 4 },
		{ .tee = SIM_SGX, .version = 5, .body_type = 1 },
		{ .tee = SIM_TDX, .version = 4 },
		{ .tee = SIM_TDX, .version = 4, .old_module = true },
		{ .tee = SIM_TDX, .version = 5, .body_type = 2 },
		{ .tee = SIM_TDX, .version = 5, .body_type = 3 },
		{ .tee = SIM_TDX, .version = 5, .body_type = 4 },
		{ .tee = SIM_TDX, .version = 5, .body_type = 4, .certification_type = 3 },
		{ .tee = SIM_IAS, .version = 4, .linkable = true },
		{ .tee = SIM_IAS, .version = 5, .nonce = "0123456789abcdef" },
		{ .tee = SIM_IAS, .version = 3 },
		{ .tee = SIM_IAS, .version = 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_evidence sim = { 0 };
		struct assay_verdict v;
		/* What version 2 cannot carry is not known. */
		const enum assay_tier tier = rows[i].tcb_info_version == 2 ? ASSAY_TIER_4 : ASSAY_TIER_1;

		if (!sim_evidence_make(vendor, &rows[i], &sim)) {
			fail_msg("row %zu: %s", i, sim.error);
		}
		judge(&v, &sim);
		if (v.tier != tier) {
			fail_msg("row %zu: %s, tier %u, failed %s", i, assay_authenticity_word(v.authenticity),
			    assay_tier_number(v.tier),
			    v.first_failed < 0 ? "nothing" : assay_check_id((enum assay_check)v.first_failed));
		}
		for (unsigned k = 0; k < ASSAY_CHECK_COUNT; k++) {
			assert_true(v.checks[k] == ASSAY_PASSED || v.checks[k] == ASSAY_NOT_APPLICABLE);
		}
		sim_evidence_free(&sim);
	}
}

/* A TD that was launched under an old module which has been updated since. */
static void
relaunch_is_advised(void **state)
{
	static const enum assay_tcb_status statuses[] = {
		ASSAY_TCB_TD_RELAUNCH_ADVISED, ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct sim_options options = { .tee = SIM_TDX, .version = 5, .body_type = 3,
			.status = statuses[i], .no_advisories = true };
		struct sim_evidence sim = { 0 };
		struct assay_verdict v;

		if (!sim_evidence_make(vendor, &options, &sim)) {
			fail_msg("%s", sim.error);
		}
		judge(&v, &sim);
		assert_int_equal(v.tcb_status, statuses[i]);
		assert_int_equal(v.tier, ASSAY_TIER_4);
		assert_int_equal(v.shortfalls_count, 0);
		sim_evidence_free(&sim);
	}
}

/* A list that cannot be carried, and no date from which the fix is in. */
static void
a_critical_advisory_without_a_date_is_not_ruled_out(void **state)
{
	const struct sim_options options = { .tee = SIM_SGX, .tcb_info_version = 2, .status = ASSAY_TCB_OUT_OF_DATE };
	struct sim_evidence sim = { 0 };
	struct assay_policy policy;
	struct assay_verdict v;

	(void)state;
	assert_true(sim_evidence_make(vendor, &options, &sim));
	const struct assay_verifier verifier = { .crypto = assay_crypto_openssl(), .roots = sim.roots,
		.roots_count = sim.roots_count };

	assay_policy_preset(&policy, verifier.crypto, 0);
	assay_appraise(&v, &verifier, &sim.evidence, &sim.collateral, &policy, sim.at_s);
	assert_int_equal(v.tier, ASSAY_TIER_5);
	policy.critical.ids[0].fixed_s = 0;
	assay_appraise(&v, &verifier, &sim.evidence, &sim.collateral, &policy, sim.at_s);
	assert_int_equal(v.tier, ASSAY_TIER_NONE);
	assert_int_equal(v.first_failed, ASSAY_CHECK_CRITICAL_ADVISORY);
	sim_evidence_free(&sim);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_check_fails_alone),
		cmocka_unit_test(the_unbroken_has_the_tier_of_its_status),
		cmocka_unit_test(every_form_is_accepted),
		cmocka_unit_test(relaunch_is_advised),
		cmocka_unit_test(a_critical_advisory_without_a_date_is_not_ruled_out),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
