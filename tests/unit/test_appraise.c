/* SPDX-License-Identifier: Apache-2.0 */
/* The whole: reasons, presets, dates, grace, newer collateral, and what bytes claim before that. */
#include "core.h"
#include "death.h"

static struct sim_evidence sim;

static int
done(void **state)
{
	(void)state;
	sim_evidence_free(&sim);
	return 0;
}

static void
advise(struct sim_options *options, const char *id)
{
	options->no_advisories = id == NULL;
	options->advisories_count = id == NULL ? 0 : 1;
	options->advisories[0] = id;
}

/* ---- presets and reasons ---------------------------------------------- */

/* Where the presets agree and where they do not. */
static void
each_preset_has_its_say(void **state)
{
	static const struct {
		enum sim_tee tee;
		enum assay_tcb_status status;
		const char *advisory;
		unsigned tiers[ASSAY_PRESETS_COUNT];
	} rows[] = {
		{ SIM_SGX, ASSAY_TCB_UP_TO_DATE, NULL, { 1, 1, 1 } },
		{ SIM_SGX, ASSAY_TCB_UP_TO_DATE, "INTEL-SA-00615", { 4, 1, 1 } },
		{ SIM_SGX, ASSAY_TCB_UP_TO_DATE, "INTEL-SA-00334", { 1, 1, 1 } },
		{ SIM_SGX, ASSAY_TCB_UP_TO_DATE, "INTEL-SA-00088", { 0, 1, 0 } },
		{ SIM_TDX, ASSAY_TCB_SW_HARDENING_NEEDED, "INTEL-SA-00615", { 4, 2, 4 } },
		{ SIM_SGX, ASSAY_TCB_CONFIGURATION_NEEDED, "INTEL-SA-00615", { 4, 4, 4 } },
		{ SIM_TDX, ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, NULL, { 3, 3, 3 } },
		{ SIM_SGX, ASSAY_TCB_OUT_OF_DATE, "INTEL-SA-00615", { 5, 5, 5 } },
		{ SIM_SGX, ASSAY_TCB_OUT_OF_DATE, "INTEL-SA-00088", { 0, 5, 0 } },
		{ SIM_SGX, ASSAY_TCB_REVOKED, NULL, { 0, 0, 0 } },
		{ SIM_IAS, ASSAY_TCB_SW_HARDENING_NEEDED, "INTEL-SA-00615", { 4, 2, 4 } },
		{ SIM_IAS, ASSAY_TCB_SW_HARDENING_NEEDED, NULL, { 4, 2, 4 } },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		struct sim_options options = { .tee = rows[i].tee, .status = rows[i].status };

		advise(&options, rows[i].advisory);
		core_make(&sim, options);
		for (unsigned p = 0; p < ASSAY_PRESETS_COUNT; p++) {
			const struct assay_policy policy = core_preset(p);
			const struct assay_verdict v = core_judge(&sim, &policy);

			assert_int_equal(assay_tier_number(v.tier), rows[i].tiers[p]);
			assert_string_equal(v.policy_name, policy.name);
			assert_memory_equal(v.policy_digest, policy.digest, 32);
			/* Whatever the policy in force, all of them are told. */
			for (unsigned q = 0; q < ASSAY_PRESETS_COUNT; q++) {
				assert_int_equal(assay_tier_number(v.tier_by_preset[q]), rows[i].tiers[q]);
			}
		}
	}
}

static void
judge_by(void *policy)
{
	(void)core_judge(&sim, policy);
}

/* A policy that no document can say is the caller's mistake: nothing overflows, nothing is read beyond a list. */
static void
a_policy_outside_its_ranges_is_asserted(void **state)
{
	struct assay_policy nothing;

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	for (unsigned i = 0; i < 20; i++) {
		struct assay_policy policy = core_preset(0);
		int64_t *const seconds[] = { &policy.collateral_grace_s, &policy.out_of_date_grace_s,
			&policy.report_age_max_s };
		static const int64_t values_s[] = { ASSAY_POLICY_SECONDS_MAX, ASSAY_POLICY_SECONDS_MAX + 1, -1, INT64_MIN };
		bool good = false;

		switch (i) {
		case 12:
			policy.whitelist.count = ASSAY_POLICY_IDS_MAX + 1;
			break;
		case 13:
			policy.hard.count = ASSAY_POLICY_IDS_MAX + 1;
			break;
		case 14:
			policy.critical.count = UINT32_MAX;
			break;
		case 15:
			policy.ceilings_count = ASSAY_POLICY_CEILINGS_MAX + 1;
			break;
		case 16:
			policy.advisory_tier = (enum assay_tier)(ASSAY_TIER_1 + 1);
			break;
		case 17:
			policy.advisories_count_at_or_below = (enum assay_tier)-1;
			break;
		case 18:
			policy.tier_of_status[ASSAY_TCB_STATUS_COUNT - 1] = (enum assay_tier)6;
			break;
		case 19:
			policy.ceilings_count = 1;
			policy.ceilings[0].tier = (enum assay_tier)6;
			break;
		default:
			*seconds[i / 4] = values_s[i % 4];
			good = i % 4 == 0;
			break;
		}
		if (is_asserted(judge_by, &policy) == good) {
			fail_msg("row %u", i);
		}
	}
	memset(&nothing, 0, sizeof(nothing));
	assert_false(is_asserted(judge_by, &nothing));
}

/* A policy of one's own does not change what the presets say. */
static void
a_zeroed_policy_refuses_everybody(void **state)
{
	static const struct assay_policy nothing;
	static const enum sim_tee tees[] = { SIM_SGX, SIM_TDX, SIM_IAS };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		core_make(&sim, (struct sim_options){ .tee = tees[i] });
		const struct assay_verdict v = core_judge(&sim, &nothing);

		core_expect(&v, ASSAY_GENUINE, ASSAY_CHECK_STATUS_TIER, 0, "zeroed");
		assert_true(core_has_reason(&v, ASSAY_REASON_STATUS_UNTIERED));
		assert_int_equal(v.tier_by_preset[0], ASSAY_TIER_1);
	}
}

/* The reasons of evidence that is not genuine, or not decided, are its first failed check alone. */
static void
only_what_is_graded_has_reasons(void **state)
{
	static const enum assay_check breaks[] = {
		ASSAY_CHECK_QUOTE_SIGNATURE, ASSAY_CHECK_TCB_INFO_SIGNATURE, ASSAY_CHECK_TCB_INFO_DATES,
		ASSAY_CHECK_PCK_REVOKED,
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(breaks); i++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .broken = true, .break_check = breaks[i] });
		const struct assay_verdict v = core_judge(&sim, NULL);

		assert_int_equal(v.reasons_count, 0);
		assert_int_equal(v.tier, ASSAY_TIER_NONE);
		assert_int_equal(v.shortfalls_count, 0);
		for (unsigned p = 0; p < ASSAY_PRESETS_COUNT; p++) {
			assert_int_equal(v.tier_by_preset[p], ASSAY_TIER_NONE);
		}
	}
}

/* Each NO_TIER row brings its reason, and all of them run. */
static void
rows_without_a_tier_have_their_reason(void **state)
{
	static const struct {
		enum assay_check check;
		enum assay_reason reason;
	} rows[] = {
		{ ASSAY_CHECK_TCB_LEVEL, ASSAY_REASON_TCB_NO_LEVEL },
		{ ASSAY_CHECK_TDX_MODULE_LEVEL, ASSAY_REASON_TDX_MODULE_NO_LEVEL },
		{ ASSAY_CHECK_QE_LEVEL, ASSAY_REASON_QE_NO_LEVEL },
		{ ASSAY_CHECK_TCB_REVOKED, ASSAY_REASON_REVOKED },
		{ ASSAY_CHECK_STATUS_TIER, ASSAY_REASON_STATUS_UNTIERED },
		{ ASSAY_CHECK_CRITICAL_ADVISORY, ASSAY_REASON_ADVISORIES_CRITICAL },
		{ ASSAY_CHECK_EVALUATION_NUMBER, ASSAY_REASON_EVALUATION_NUMBER },
		{ ASSAY_CHECK_PLATFORM_FLAGS, ASSAY_REASON_PLATFORM_FLAGS },
		{ ASSAY_CHECK_REPORT_AGE, ASSAY_REASON_REPORT_AGE },
		{ ASSAY_CHECK_DEBUG, ASSAY_REASON_DEBUG },
		{ ASSAY_CHECK_ENCLAVE_ATTRIBUTES, ASSAY_REASON_ENCLAVE_ATTRIBUTES },
		{ ASSAY_CHECK_TD_ATTRIBUTES, ASSAY_REASON_TD_ATTRIBUTES },
		{ ASSAY_CHECK_SEPT_VE_DISABLE, ASSAY_REASON_SEPT_VE_DISABLE },
		{ ASSAY_CHECK_SERVICE_TD, ASSAY_REASON_SERVICE_TD },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		struct assay_policy policy = core_preset(0);
		char error[160];

		core_make(&sim, (struct sim_options){ .broken = true, .break_check = rows[i].check });
		if (sim.policy.len != 0) {
			assert_true(assay_policy_parse(&policy, assay_crypto_openssl(), sim.policy, error));
		}
		const struct assay_verdict v = core_judge(&sim, &policy);

		core_expect(&v, ASSAY_GENUINE, (int)rows[i].check, 0, assay_check_id(rows[i].check));
		assert_true(core_has_reason(&v, rows[i].reason));
		assert_int_equal(v.checks[ASSAY_CHECK_EVALUATION_NUMBER],
		    rows[i].check == ASSAY_CHECK_EVALUATION_NUMBER ? ASSAY_FAILED : ASSAY_PASSED);
		/* The same evidence without the defect has none of it. */
		core_make(&sim, (struct sim_options){ .tee = sim.tee });
		const struct assay_verdict good = core_judge(&sim, NULL);

		assert_int_equal(good.tier, ASSAY_TIER_1);
		assert_int_equal(good.reasons_count, 1);
		assert_int_equal(good.reasons[0], ASSAY_REASON_UP_TO_DATE);
	}
}

/* Everything at once: the most reasons that one verdict can have, fifteen, have room. */
static void
a_verdict_holds_all_reasons_at_once(void **state)
{
	static const uint8_t expected[32] = { 1 };
	const struct assay_reference reference = { ASSAY_FIELD_MRTD, bytes_of(expected, 32) };
	struct assay_policy policy = core_preset(0);
	struct sim_buffer ids = { 0 };
	struct assay_verifier verifier;
	struct assay_verdict v;

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_TDX, .version = 5, .status = ASSAY_TCB_OUT_OF_DATE,
	    .qe_status = ASSAY_TCB_OUT_OF_DATE, .module_status = ASSAY_TCB_OUT_OF_DATE, .debug = true });
	uint8_t *body = sim.scene->quote.body.data;

	body[121] |= 0x01;	/* a reserved attribute */
	body[123] = 0;		/* SEPT_VE_DISABLE */
	body[600] = 1;		/* a service TD */
	sim.scene->tcb_info.next_update_s = CORE_NOW_S - 1;
	core_retell(&sim);
	/* As many advisories as a level can list, and more from the other parts. */
	for (unsigned i = 0; i < 64; i++) {
		char id[16];

		(void)snprintf(id, sizeof(id), i == 0 ? "[\"X-%u\"" : ",\"X-%u\"", i);
		sim_put_text(&ids, id);
	}
	sim_put_text(&ids, "]");
	sim_put_byte(&ids, 0);
	core_edit(&sim.scene->tcb_info.text, "[\"INTEL-SA-00615\",\"INTEL-SA-00828\"]", (const char *)ids.data);
	core_sign_quote(&sim);
	policy.collateral_grace_s = 10;
	policy.tier_of_status[ASSAY_TCB_OUT_OF_DATE] = ASSAY_TIER_1;
	policy.advisory_tier = ASSAY_TIER_3;
	policy.minimum_tcb_evaluation_number = 99;
	policy.require = ASSAY_REQUIRE_SMT_DISABLED;
	policy.ceilings_count = 1;
	policy.ceilings[0] = (struct assay_ceiling){ ASSAY_TEE_TDX, ASSAY_TIER_5, "low" };
	verifier = core_verifier(&sim);
	verifier.references = &reference;
	verifier.references_count = 1;
	assay_appraise(&v, &verifier, &sim.evidence, &sim.collateral, &policy, sim.at_s);
	core_expect(&v, ASSAY_GENUINE, ASSAY_CHECK_CRITICAL_ADVISORY, 0, "everything");
	assert_true(v.advisories_unknown);
	assert_int_equal(v.advisories_count, ASSAY_ADVISORIES_MAX);
	assert_int_equal(v.reasons_count, 15);
	assert_int_equal(v.reasons[14], ASSAY_REASON_GRACE_COLLATERAL);
	assert_int_equal(v.deciding_reason, ASSAY_REASON_CEILING);
	for (unsigned i = 0; i < v.reasons_count; i++) {
		for (unsigned j = 0; j < i; j++) {
			assert_int_not_equal(v.reasons[i], v.reasons[j]);
		}
	}
	assert_string_equal(v.ceiling_word, "low");
	sim_buffer_free(&ids);
}

/* Version 2 of the TCB info never grades better than version 3 of the same levels. */
static void
version_2_is_no_better_than_version_3(void **state)
{
	static const enum assay_tcb_status statuses[] = {
		ASSAY_TCB_UP_TO_DATE, ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_TCB_CONFIGURATION_NEEDED,
		ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, ASSAY_TCB_OUT_OF_DATE,
		ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, ASSAY_TCB_REVOKED,
	};
	/* The last is listed for what is from before its fix: where else would the vendor list it? */
	static const char *const advisories[] = { NULL, "INTEL-SA-00334", "INTEL-SA-00615", "INTEL-DOC-10000",
		"INTEL-SA-00088" };
	const int64_t before_the_fix_s = core_preset(0).critical.ids[0].fixed_s - CORE_DAY_S;

	(void)state;
	for (size_t s = 0; s < CORE_COUNT(statuses); s++) {
		for (size_t a = 0; a < CORE_COUNT(advisories); a++) {
			struct sim_options options = { .tee = SIM_SGX, .status = statuses[s] };
			struct assay_verdict two;
			struct assay_verdict three;

			advise(&options, advisories[a]);
			core_make(&sim, options);
			for (size_t l = 0; l < SIM_LEVELS && a == CORE_COUNT(advisories) - 1; l++) {
				sim.scene->tcb_info.levels[l].date_s = before_the_fix_s;
			}
			core_retell(&sim);
			three = core_judge(&sim, NULL);
			sim.scene->tcb_info.version = 2;
			core_retell(&sim);
			two = core_judge(&sim, NULL);
			assert_int_equal(two.tcb_status, three.tcb_status);
			assert_true(two.advisories_unknown);
			assert_false(three.advisories_unknown);
			assert_int_equal(two.advisories_count, 0);
			assert_true(core_has_reason(&two, ASSAY_REASON_ADVISORIES_UNKNOWN));
			assert_false(core_has_reason(&three, ASSAY_REASON_ADVISORIES_UNKNOWN));
			assert_true(two.tier <= three.tier);
			for (unsigned p = 0; p < ASSAY_PRESETS_COUNT; p++) {
				assert_true(two.tier_by_preset[p] <= three.tier_by_preset[p]);
			}
		}
	}
}

/* ---- what a verdict says of the TCB ----------------------------------- */

static void
advisories_are_told_with_those_that_count(void **state)
{
	static const char *const expected[] = { "INTEL-SA-00219", "INTEL-SA-00999", "INTEL-SA-00615", "INTEL-SA-01036" };
	struct sim_options options = { .tee = SIM_TDX, .status = ASSAY_TCB_SW_HARDENING_NEEDED,
		.qe_status = ASSAY_TCB_OUT_OF_DATE, .module_status = ASSAY_TCB_OUT_OF_DATE,
		.advisories = { "INTEL-SA-00219", "INTEL-SA-00999" }, .advisories_count = 2 };
	struct assay_policy policy = core_preset(0);
	struct assay_verdict v;

	(void)state;
	core_make(&sim, options);
	v = core_judge(&sim, NULL);
	assert_int_equal(v.tcb_status, ASSAY_TCB_OUT_OF_DATE);
	assert_int_equal(v.tier, ASSAY_TIER_5);
	assert_int_equal(v.advisories_count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(v.advisories[i], expected[i]);
	}
	assert_true(core_has_reason(&v, ASSAY_REASON_QE_OUT_OF_DATE));
	assert_true(core_has_reason(&v, ASSAY_REASON_TDX_MODULE_OUT_OF_DATE));
	assert_int_equal(v.tcb_date_s, (CORE_NOW_S - 400 * CORE_DAY_S) / CORE_DAY_S * CORE_DAY_S);
	assert_int_equal(v.tcb_evaluation_number, 18);
	/* Where they lower the tier they have their bits. */
	policy.tier_of_status[ASSAY_TCB_OUT_OF_DATE] = ASSAY_TIER_3;
	v = core_judge(&sim, &policy);
	assert_int_equal(v.tier, ASSAY_TIER_4);
	assert_int_equal(v.advisories_counted, 0xe);
	assert_true(core_has_reason(&v, ASSAY_REASON_ADVISORIES_COUNTED));
}

static void
what_the_program_mitigates_is_the_verifiers(void **state)
{
	const struct assay_bytes mitigated[] = { bytes_of_text("INTEL-SA-00615") };
	const struct assay_policy policy = core_preset(0);
	struct sim_options options = { .tee = SIM_SGX, .status = ASSAY_TCB_SW_HARDENING_NEEDED };
	struct assay_verifier verifier;
	struct assay_verdict v;

	(void)state;
	advise(&options, "INTEL-SA-00615");
	core_make(&sim, options);
	v = core_judge(&sim, NULL);
	assert_int_equal(v.tier, ASSAY_TIER_4);
	assert_int_equal(v.advisories_counted, 1);
	verifier = core_verifier(&sim);
	verifier.mitigated = mitigated;
	verifier.mitigated_count = 1;
	assay_appraise(&v, &verifier, &sim.evidence, &sim.collateral, &policy, sim.at_s);
	assert_int_equal(v.tier, ASSAY_TIER_2);
	assert_int_equal(v.advisories_counted, 0);
	assert_int_equal(v.advisories_count, 1);
	assert_int_equal(v.tier_by_preset[0], ASSAY_TIER_2);
}

static void
a_ceilings_word_is_told(void **state)
{
	struct assay_policy policy = core_preset(0);
	struct assay_verdict v;

	(void)state;
	policy.ceilings_count = 1;
	policy.ceilings[0] = (struct assay_ceiling){ ASSAY_TEE_TDX, ASSAY_TIER_2, "young" };
	core_make(&sim, (struct sim_options){ .tee = SIM_TDX });
	v = core_judge(&sim, &policy);
	assert_int_equal(v.tier, ASSAY_TIER_2);
	assert_string_equal(v.ceiling_word, "young");
	assert_true(core_has_reason(&v, ASSAY_REASON_CEILING));
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	v = core_judge(&sim, &policy);
	assert_int_equal(v.tier, ASSAY_TIER_1);
	assert_string_equal(v.ceiling_word, "");
}

/* The flags of the certificate; a Processor CA says nothing of them, nor does a report. */
static void
platform_flags_are_the_certificates(void **state)
{
	static const struct {
		struct sim_options options;
		enum assay_flag flags;
		bool passes;
	} rows[] = {
		{ { .tee = SIM_SGX, .smt_enabled = ASSAY_FLAG_FALSE, .dynamic_platform = ASSAY_FLAG_FALSE,
		    .cached_keys = ASSAY_FLAG_FALSE }, ASSAY_FLAG_FALSE, true },
		{ { .tee = SIM_SGX }, ASSAY_FLAG_TRUE, false },
		{ { .tee = SIM_SGX, .ca = SIM_CA_PROCESSOR }, ASSAY_FLAG_UNDEFINED, false },
		{ { .tee = SIM_IAS }, ASSAY_FLAG_UNDEFINED, false },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		for (uint32_t require = 0; require < 8; require++) {
			struct assay_policy policy = core_preset(0);
			struct assay_verdict v;

			policy.require = require;
			core_make(&sim, rows[i].options);
			v = core_judge(&sim, &policy);
			assert_int_equal(v.platform.smt_enabled, rows[i].flags);
			assert_int_equal(v.platform.dynamic_platform, rows[i].flags);
			assert_int_equal(v.platform.cached_keys, rows[i].flags);
			assert_int_equal(v.tier, rows[i].passes || require == 0 ? ASSAY_TIER_1 : ASSAY_TIER_NONE);
		}
	}
}

/* ---- dates ------------------------------------------------------------ */

/* Each document in turn is the only one that is late or early. */
struct document {
	enum assay_check check;
	bool grace;
	int64_t *from_s;
	int64_t *until_s;
};

#define DOCUMENTS 8

static void
documents(struct document out[static DOCUMENTS])
{
	struct sim_scene *s = sim.scene;

	/* The two signers are told apart. */
	s->identity.signer = &vendor->keys[KEY_QE_SIGNER];
	sim_chain_set(s, CHAIN_QE_IDENTITY, 2, (const uint8_t[]){ CERT_QE_SIGNER, CERT_ROOT });
	const struct document all[DOCUMENTS] = {
		{ ASSAY_CHECK_PCK_DATES, false, &s->certificates[CERT_PCK].not_before_s,
		    &s->certificates[CERT_PCK].not_after_s },
		{ ASSAY_CHECK_PCK_DATES, false, &s->certificates[CERT_PCK_CA].not_before_s,
		    &s->certificates[CERT_PCK_CA].not_after_s },
		{ ASSAY_CHECK_ROOT_CRL_DATES, true, &s->crls[CRL_ROOT].this_update_s, &s->crls[CRL_ROOT].next_update_s },
		{ ASSAY_CHECK_PCK_CRL_DATES, true, &s->crls[CRL_PCK].this_update_s, &s->crls[CRL_PCK].next_update_s },
		{ ASSAY_CHECK_TCB_INFO_SIGNER_DATES, false, &s->certificates[CERT_TCB_SIGNER].not_before_s,
		    &s->certificates[CERT_TCB_SIGNER].not_after_s },
		{ ASSAY_CHECK_TCB_INFO_DATES, true, &s->tcb_info.issued_s, &s->tcb_info.next_update_s },
		{ ASSAY_CHECK_QE_IDENTITY_SIGNER_DATES, false, &s->certificates[CERT_QE_SIGNER].not_before_s,
		    &s->certificates[CERT_QE_SIGNER].not_after_s },
		{ ASSAY_CHECK_QE_IDENTITY_DATES, true, &s->identity.issued_s, &s->identity.next_update_s },
	};

	memcpy(out, all, sizeof(all));
}

static void
each_document_has_its_dates(void **state)
{
	static const struct {
		int64_t from_s;		/* against now */
		int64_t until_s;
		int64_t grace_s;
		int result;		/* -1: too early, 0: in date, 1: too late */
		bool graced;		/* in date by grace, where there is one */
	} rows[] = {
		{ 0, 1000, 0, 0, false }, { 1, 1000, 0, -1, false }, { 1, 1000, 5000, -1, false },
		{ -1000, 0, 0, 0, false }, { -1000, -1, 0, 1, false }, { -1000, -60, 59, 1, false },
		{ -1000, -60, 60, 1, true }, { -1000, -60, 61, 1, true }, { -1000, 0, 60, 0, false },
	};

	(void)state;
	for (size_t d = 0; d < DOCUMENTS; d++) {
		for (size_t i = 0; i < CORE_COUNT(rows); i++) {
			struct assay_policy policy = core_preset(0);
			struct document all[DOCUMENTS];
			struct assay_verdict v;

			core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
			documents(all);
			*all[d].from_s = CORE_NOW_S + rows[i].from_s;
			*all[d].until_s = CORE_NOW_S + rows[i].until_s;
			core_retell(&sim);
			policy.collateral_grace_s = rows[i].grace_s;
			v = core_judge(&sim, &policy);
			const bool graced = rows[i].graced && all[d].grace;
			const bool in_date = rows[i].result == 0 || graced;

			core_expect(&v, in_date ? ASSAY_GENUINE : ASSAY_UNDECIDED, in_date ? -1 : (int)all[d].check,
			    in_date ? 1 : 0, assay_check_id(all[d].check));
			assert_int_equal(core_has_reason(&v, ASSAY_REASON_GRACE_COLLATERAL), graced);
			assert_true(v.has_validity);
			assert_int_equal(v.has_as_of, !in_date);
			if (!in_date) {
				/* The nearest second at which all was in date. */
				assert_int_equal(v.as_of_s, CORE_NOW_S + (rows[i].result < 0 ? rows[i].from_s : rows[i].until_s));
				assert_int_equal(v.as_of_authenticity, ASSAY_GENUINE);
				assert_int_equal(v.as_of_tier, ASSAY_TIER_1);
				assert_int_equal(v.valid_until_s, CORE_NOW_S + rows[i].until_s);
			} else {
				assert_int_equal(v.as_of_s, 0);
				/* It holds until the first document ends, or its grace does. */
				assert_int_equal(v.valid_until_s,
				    CORE_NOW_S + rows[i].until_s + (graced ? rows[i].grace_s : 0));
			}
		}
	}
}

static void
the_crls_chain_has_no_grace(void **state)
{
	struct assay_policy policy = core_preset(0);
	struct assay_verdict v;

	(void)state;
	policy.collateral_grace_s = 100 * CORE_DAY_S;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	/* The quote carries the CA's certificate that is still good; the CRL came with one that has ended. */
	const struct assay_bytes quote = sim.evidence.quote;
	struct sim_evidence other = { 0 };

	core_make(&other, (struct sim_options){ .tee = SIM_SGX });
	other.scene->certificates[CERT_PCK_CA].not_after_s = CORE_NOW_S - 1;
	core_retell(&other);
	other.evidence.quote = quote;
	v = core_judge(&other, &policy);
	core_expect(&v, ASSAY_UNDECIDED, ASSAY_CHECK_PCK_CRL_DATES, 0, "the CRL's chain");
	assert_int_equal(v.as_of_s, CORE_NOW_S - 1);
	sim_evidence_free(&other);
}

/* All of the validity is the first beginning and the first end. */
static void
validity_is_where_all_documents_meet(void **state)
{
	struct document all[DOCUMENTS];
	struct assay_verdict v;

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_TDX });
	documents(all);
	for (size_t i = 0; i < DOCUMENTS; i++) {
		*all[i].from_s = CORE_NOW_S - 5000 + 10 * (int64_t)(i % 4);
		*all[i].until_s = CORE_NOW_S + 5000 + 10 * (int64_t)(i % 3);
	}
	core_retell(&sim);
	v = core_judge(&sim, NULL);
	assert_int_equal(v.valid_from_s, CORE_NOW_S - 4970);
	assert_int_equal(v.valid_until_s, CORE_NOW_S + 5000);
	assert_int_equal(v.at_s, CORE_NOW_S);
	/* Both edges, and one second beyond each. */
	for (int64_t beyond = 0; beyond < 2; beyond++) {
		v = core_judge_at(&sim, NULL, CORE_NOW_S - 4970 - beyond);
		assert_int_equal(v.authenticity, beyond ? ASSAY_UNDECIDED : ASSAY_GENUINE);
		assert_int_equal(v.as_of_s, beyond ? CORE_NOW_S - 4970 : 0);
		v = core_judge_at(&sim, NULL, CORE_NOW_S + 5000 + beyond);
		assert_int_equal(v.authenticity, beyond ? ASSAY_UNDECIDED : ASSAY_GENUINE);
		assert_int_equal(v.as_of_s, beyond ? CORE_NOW_S + 5000 : 0);
	}
	v = core_judge_at(&sim, NULL, INT64_MAX);
	assert_int_equal(v.authenticity, ASSAY_UNDECIDED);
	v = core_judge_at(&sim, NULL, INT64_MIN);
	assert_int_equal(v.authenticity, ASSAY_UNDECIDED);
}

/* Documents that were never in date together. */
static void
there_may_be_no_such_second(void **state)
{
	struct document all[DOCUMENTS];
	struct assay_verdict v;

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	documents(all);
	*all[2].until_s = CORE_NOW_S - 100;
	*all[2].from_s = CORE_NOW_S - 200;
	*all[3].from_s = CORE_NOW_S - 99;
	core_retell(&sim);
	v = core_judge(&sim, NULL);
	core_expect(&v, ASSAY_UNDECIDED, ASSAY_CHECK_ROOT_CRL_DATES, 0, "never");
	assert_true(v.has_validity);
	assert_true(v.valid_from_s > v.valid_until_s);
	assert_false(v.has_as_of);
	/* A single second is one. */
	*all[3].from_s = CORE_NOW_S - 100;
	core_retell(&sim);
	v = core_judge(&sim, NULL);
	assert_true(v.has_as_of);
	assert_int_equal(v.as_of_s, CORE_NOW_S - 100);
}

/* As of its day, with the tier and the policy of today. */
static void
as_of_is_graded_by_the_policy(void **state)
{
	struct assay_policy policy = core_preset(0);
	struct assay_verdict v;

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .status = ASSAY_TCB_OUT_OF_DATE });
	v = core_judge_at(&sim, NULL, CORE_NOW_S + 40 * CORE_DAY_S);
	assert_int_equal(v.authenticity, ASSAY_UNDECIDED);
	assert_int_equal(v.as_of_tier, ASSAY_TIER_5);
	assert_int_equal(v.tcb_status, ASSAY_TCB_OUT_OF_DATE);
	policy.tier_of_status[ASSAY_TCB_OUT_OF_DATE] = ASSAY_TIER_NONE;
	v = core_judge_at(&sim, &policy, CORE_NOW_S + 40 * CORE_DAY_S);
	assert_true(v.has_as_of);
	assert_int_equal(v.as_of_tier, ASSAY_TIER_NONE);
	assert_int_equal(v.as_of_authenticity, ASSAY_GENUINE);
	/* A grace that was running at that time. */
	policy = core_preset(0);
	policy.out_of_date_grace_s = 200 * CORE_DAY_S;
	v = core_judge_at(&sim, &policy, CORE_NOW_S + 80 * CORE_DAY_S);
	assert_int_equal(v.as_of_tier, ASSAY_TIER_4);
}

/* A forgery is one, whatever the dates of its collateral. */
static void
dates_come_last(void **state)
{
	static const enum assay_check breaks[] = {
		ASSAY_CHECK_QUOTE_SIGNATURE, ASSAY_CHECK_PCK_REVOKED, ASSAY_CHECK_TCB_INFO_SIGNATURE,
		ASSAY_CHECK_QE_MRSIGNER, ASSAY_CHECK_IAS_SIGNATURE,
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(breaks); i++) {
		core_make(&sim, (struct sim_options){ .broken = true, .break_check = breaks[i] });
		const struct assay_verdict v = core_judge_at(&sim, NULL, CORE_NOW_S + 4000 * CORE_DAY_S);

		assert_int_equal(v.first_failed, breaks[i]);
		assert_false(v.has_as_of);
	}
}

/* ---- grace for platforms ---------------------------------------------- */

static void
an_out_of_date_platform_has_its_grace(void **state)
{
	struct assay_policy policy = core_preset(0);
	struct assay_verdict v;
	int64_t newer_s;

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .status = ASSAY_TCB_OUT_OF_DATE, .no_advisories = true });
	newer_s = sim.scene->tcb_info.levels[0].date_s;
	policy.out_of_date_grace_s = CORE_NOW_S - newer_s;
	v = core_judge(&sim, &policy);
	core_expect(&v, ASSAY_GENUINE, -1, 4, "in its grace");
	assert_int_equal(v.tcb_status, ASSAY_TCB_OUT_OF_DATE);
	assert_true(core_has_reason(&v, ASSAY_REASON_GRACE_OUT_OF_DATE));
	assert_true(core_has_reason(&v, ASSAY_REASON_OUT_OF_DATE));
	assert_int_equal(v.valid_until_s, CORE_NOW_S);
	v = core_judge_at(&sim, &policy, CORE_NOW_S + 1);
	core_expect(&v, ASSAY_GENUINE, -1, 5, "after it");
	assert_false(core_has_reason(&v, ASSAY_REASON_GRACE_OUT_OF_DATE));
	/* What would raise it is still told. */
	assert_true(v.shortfalls_count > 0);
	/* No preset has such a grace. */
	v = core_judge(&sim, &policy);
	assert_int_equal(v.tier_by_preset[0], ASSAY_TIER_5);
}

static void
a_reports_age_ends_its_validity(void **state)
{
	struct assay_policy policy = core_preset(0);
	struct assay_verdict v;

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	policy.report_age_max_s = 3600;
	v = core_judge(&sim, &policy);
	core_expect(&v, ASSAY_GENUINE, -1, 1, "just young enough");
	assert_int_equal(v.valid_until_s, CORE_NOW_S);
	v = core_judge_at(&sim, &policy, CORE_NOW_S + 1);
	core_expect(&v, ASSAY_GENUINE, ASSAY_CHECK_REPORT_AGE, 0, "too old");
}

/* ---- newer collateral -------------------------------------------------- */

static struct assay_verdict
judge_next(const struct sim_evidence *newer, const struct assay_policy *policy, struct assay_cache *cache)
{
	struct assay_verifier verifier = core_verifier(&sim);
	struct assay_prepared *sets = calloc(2, sizeof(*sets));
	struct assay_verdict v;

	assert_non_null(sets);
	assay_prepare(&sets[0], &verifier, &sim.collateral);
	assay_prepare(&sets[1], &verifier, &newer->collateral);
	verifier.cache = cache;
	assay_appraise_prepared(&v, &verifier, &sim.evidence, &sets[0], &sets[1], policy, sim.at_s);
	free(sets);
	return v;
}

static void
a_newer_set_gives_the_next_tier(void **state)
{
	static const struct {
		const char *reason;
		enum assay_tcb_status status;	/* that the newer set gives our level */
		enum assay_tier next;
	} rows[] = {
		{ "the same", ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_TIER_2 },
		{ "better", ASSAY_TCB_UP_TO_DATE, ASSAY_TIER_1 },
		{ "worse", ASSAY_TCB_OUT_OF_DATE, ASSAY_TIER_5 },
		{ "none", ASSAY_TCB_REVOKED, ASSAY_TIER_NONE },
	};
	struct sim_evidence newer = { 0 };
	struct assay_cache cache = { calloc(1, ASSAY_CACHE_BYTES(16)), 16 };

	(void)state;
	assert_non_null(cache.storage);
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		struct sim_options options = { .tee = SIM_SGX, .status = ASSAY_TCB_SW_HARDENING_NEEDED,
			.no_advisories = true };
		struct assay_policy policy = core_preset(0);
		struct assay_verdict v;

		core_make(&sim, options);
		core_make(&newer, options);
		newer.scene->tcb_info.levels[1].status = rows[i].status;
		newer.scene->tcb_info.evaluation_number = 19;
		newer.scene->identity.evaluation_number = 19;
		core_retell(&newer);
		for (unsigned cached = 0; cached < 3; cached++) {
			v = judge_next(&newer, &policy, cached == 0 ? NULL : &cache);
			core_expect(&v, ASSAY_GENUINE, -1, 2, rows[i].reason);
			assert_true(v.has_tier_next);
			assert_int_equal(v.tier_next, rows[i].next);
			assert_int_equal(v.tier_next_at_s, 0);
			/* The rest is told of the set in force. */
			assert_int_equal(v.tcb_evaluation_number, 18);
		}
		policy.tier_next_at_s = CORE_NOW_S + 1;
		v = judge_next(&newer, &policy, NULL);
		assert_int_equal(v.tier_next_at_s, CORE_NOW_S + 1);
		/* The set in force out of its dates: what comes is known all the same. */
		sim.scene->tcb_info.next_update_s = CORE_NOW_S - 1;
		core_retell(&sim);
		v = judge_next(&newer, &policy, NULL);
		assert_int_equal(v.authenticity, ASSAY_UNDECIDED);
		assert_true(v.has_tier_next);
		assert_int_equal(v.tier_next, rows[i].next);
	}
	sim_evidence_free(&newer);
	free(cache.storage);
}

static void
a_newer_set_that_is_not_good_says_nothing(void **state)
{
	struct sim_options options = { .tee = SIM_SGX };
	const struct assay_policy policy = core_preset(0);
	struct sim_evidence newer = { 0 };
	struct assay_verdict v;

	(void)state;
	core_make(&sim, options);
	for (unsigned i = 0; i < 6; i++) {
		core_make(&newer, options);
		switch (i) {
		case 0:
			newer.scene->tcb_info.next_update_s = CORE_NOW_S - 1;
			break;
		case 1:
			newer.scene->tcb_info.issued_s = CORE_NOW_S + 1;
			break;
		case 2:
			newer.scene->tcb_info.fmspc[0] ^= 1;
			break;
		case 3:
			newer.scene->identity.signer = &vendor->keys[KEY_FORGER];
			break;
		case 4:
			newer.scene->crls[CRL_PCK].revoked_count = 1;
			memcpy(newer.scene->crls[CRL_PCK].revoked[0], newer.scene->certificates[CERT_PCK].serial, 20);
			break;
		default:
			newer.scene->tcb_info.tdx = true;
			break;
		}
		core_retell(&newer);
		v = judge_next(&newer, &policy, NULL);
		core_expect(&v, ASSAY_GENUINE, -1, 1, "the set in force");
		assert_false(v.has_tier_next);
		assert_int_equal(v.tier_next, ASSAY_TIER_NONE);
	}
	/* No set at all. */
	newer.collateral = (struct assay_collateral){ 0 };
	assert_false(judge_next(&newer, &policy, NULL).has_tier_next);
	/* Evidence that is not genuine has no next tier. */
	core_make(&newer, options);
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_QUOTE_SIGNATURE });
	v = judge_next(&newer, &policy, NULL);
	assert_int_equal(v.authenticity, ASSAY_NOT_GENUINE);
	assert_false(v.has_tier_next);
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_QUOTE_VERSION });
	assert_false(judge_next(&newer, &policy, NULL).has_tier_next);
	/* A report rests on no collateral. */
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	v = judge_next(&newer, &policy, NULL);
	core_expect(&v, ASSAY_GENUINE, -1, 1, "a report");
	assert_false(v.has_tier_next);
	sim_evidence_free(&newer);
}

/* A TD is judged as a TD tomorrow as well. */
static void
the_next_tier_of_a_td(void **state)
{
	const struct assay_policy policy = core_preset(0);
	struct sim_evidence newer = { 0 };

	(void)state;
	for (unsigned debug = 0; debug < 2; debug++) {
		const struct sim_options options = { .tee = SIM_TDX, .version = 5, .debug = debug != 0 };

		core_make(&sim, options);
		core_make(&newer, options);
		newer.scene->tcb_info.levels[0].status = ASSAY_TCB_SW_HARDENING_NEEDED;
		core_retell(&newer);
		const struct assay_verdict v = judge_next(&newer, &policy, NULL);

		assert_int_equal(v.tier, debug ? ASSAY_TIER_NONE : ASSAY_TIER_1);
		assert_true(v.has_tier_next);
		assert_int_equal(v.tier_next, debug ? ASSAY_TIER_NONE : ASSAY_TIER_2);
	}
	sim_evidence_free(&newer);
}

/* What is expected to be measured is expected tomorrow as well. */
static void
the_next_tier_asks_for_the_references_too(void **state)
{
	struct sim_options options = { .tee = SIM_SGX };
	const struct assay_policy policy = core_preset(0);
	struct assay_prepared *set = calloc(1, sizeof(*set));
	struct assay_verdict v;

	(void)state;
	assert_non_null(set);
	core_make(&sim, options);
	for (unsigned wrong = 0; wrong < 2; wrong++) {
		uint8_t value[32];
		const struct assay_reference reference = { ASSAY_FIELD_MRENCLAVE, bytes_of(value, 32) };
		struct assay_verifier verifier = core_verifier(&sim);

		memcpy(value, sim.scene->quote.body.data + 64, 32);
		value[0] ^= (uint8_t)wrong;
		verifier.references = &reference;
		verifier.references_count = 1;
		assay_prepare(set, &verifier, &sim.collateral);
		assay_appraise_prepared(&v, &verifier, &sim.evidence, set, set, &policy, sim.at_s);
		assert_true(v.has_tier_next);
		assert_int_equal(v.tier, wrong ? ASSAY_TIER_NONE : ASSAY_TIER_1);
		assert_int_equal(v.tier_next, v.tier);
	}
	free(set);
}

/* ---- before anything is verified -------------------------------------- */

static void
what_to_fetch_is_claimed_by_the_quote(void **state)
{
	static const struct {
		struct sim_options options;
		bool named;
		bool platform_ca;
	} rows[] = {
		{ { .tee = SIM_SGX }, true, true },
		{ { .tee = SIM_SGX, .version = 5 }, true, true },
		{ { .tee = SIM_TDX }, true, true },
		{ { .tee = SIM_TDX, .version = 5 }, true, true },
		{ { .tee = SIM_SGX, .ca = SIM_CA_PROCESSOR }, true, false },
		{ { .tee = SIM_SGX, .certification_type = 1 }, false, false },
		{ { .tee = SIM_SGX, .certification_type = 4 }, false, false },
		{ { .tee = SIM_IAS }, false, false },
		{ { .tee = SIM_EPID }, false, false },
		/* It is a claim: nothing is verified. */
		{ { .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_QUOTE_SIGNATURE }, true, true },
		{ { .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_PCK_ROOT }, true, true },
		{ { .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_PCK_FORM }, false, false },
		{ { .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_PCK_EXTENSION }, false, false },
		{ { .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_EVIDENCE_SIZE }, false, false },
		{ { .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_QUOTE_VERSION }, false, false },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		struct assay_collateral_id id;

		core_make(&sim, rows[i].options);
		memset(&id, 0xa5, sizeof(id));
		assert_int_equal(assay_untrusted_collateral_id(&id, &sim.evidence), rows[i].named);
		assert_int_equal(id.pck_ca_is_platform, rows[i].platform_ca);
		if (rows[i].named) {
			assert_memory_equal(id.fmspc, sim.scene->platform.fmspc, 6);
			assert_int_equal(id.tee, rows[i].options.tee == SIM_TDX ? ASSAY_TEE_TDX : ASSAY_TEE_SGX);
		} else {
			assert_int_equal(id.tee, ASSAY_TEE_NONE);
		}
	}
	struct assay_collateral_id id;

	assert_false(assay_untrusted_collateral_id(&id, &(const struct assay_evidence){ 0 }));
	/* As large as evidence may be, and a byte larger. */
	for (size_t over = 0; over < 2; over++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
		struct sim_buffer *pem = &sim.scene->chains[CHAIN_PCK].pem;
		const size_t pad = ASSAY_EVIDENCE_BYTES_MAX + over - sim.evidence.quote.len;

		memset(sim_buffer_extend(pem, pad), 0, pad);
		sim_quote_assemble(vendor, sim.scene);
		sim.evidence.quote = sim_view(&sim.scene->quote.bytes);
		assert_int_equal(sim.evidence.quote.len, ASSAY_EVIDENCE_BYTES_MAX + over);
		assert_int_equal(assay_untrusted_collateral_id(&id, &sim.evidence), over == 0);
		const struct assay_verdict v = core_judge(&sim, NULL);

		core_expect(&v, over ? ASSAY_NOT_GENUINE : ASSAY_GENUINE, over ? ASSAY_CHECK_EVIDENCE_SIZE : -1,
		    over ? 0 : 1, "at the limit");
	}
	/* A certificate in another order still has its FMSPC. */
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	sim_chain_set(sim.scene, CHAIN_PCK, 3, (const uint8_t[]){ CERT_ROOT, CERT_PCK, CERT_PCK_CA });
	core_retell(&sim);
	assert_true(assay_untrusted_collateral_id(&id, &sim.evidence));
	/* Two certificates are no chain. */
	sim_chain_set(sim.scene, CHAIN_PCK, 2, (const uint8_t[]){ CERT_PCK, CERT_PCK_CA });
	core_retell(&sim);
	assert_false(assay_untrusted_collateral_id(&id, &sim.evidence));
}

static void
a_quotes_length_is_its_own(void **state)
{
	static const struct sim_options rows[] = {
		{ .tee = SIM_SGX }, { .tee = SIM_SGX, .version = 4 }, { .tee = SIM_TDX, .version = 5 },
		{ .tee = SIM_EPID, .version = 2 },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		struct sim_buffer padded = { 0 };

		core_make(&sim, rows[i]);
		const struct assay_bytes quote = sim.evidence.quote;

		assert_int_equal(assay_untrusted_quote_length(quote), quote.len);
		sim_put(&padded, quote.data, quote.len);
		memset(sim_buffer_extend(&padded, 100), 0, 100);
		assert_int_equal(assay_untrusted_quote_length(sim_view(&padded)), quote.len);
		/* The library itself takes no padding. */
		sim.evidence.quote = sim_view(&padded);
		struct assay_collateral_id id;

		assert_false(assay_untrusted_collateral_id(&id, &sim.evidence));
		if (rows[i].tee != SIM_EPID) {
			const struct assay_verdict v = core_judge(&sim, NULL);

			core_expect(&v, ASSAY_NOT_GENUINE, ASSAY_CHECK_QUOTE_FORM, 0, "padded");
		}
		sim_buffer_free(&padded);
	}
	assert_int_equal(assay_untrusted_quote_length(bytes_of_text("{\"id\":1}")), 0);
	assert_int_equal(assay_untrusted_quote_length(bytes_of(NULL, 0)), 0);
}

/* ---- the same, however it is asked ------------------------------------ */

static void
a_verdict_is_a_function_of_its_input(void **state)
{
	static const enum sim_tee tees[] = { SIM_SGX, SIM_TDX, SIM_IAS };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct assay_policy policy = core_preset(0);
		struct assay_prepared *set = malloc(sizeof(*set));
		struct assay_verdict a;
		struct assay_verdict b;
		struct assay_verifier verifier;

		assert_non_null(set);
		core_make(&sim, (struct sim_options){ .tee = tees[i], .status = ASSAY_TCB_CONFIGURATION_NEEDED });
		verifier = core_verifier(&sim);
		memset(set, 0xa5, sizeof(*set));
		memset(&a, 0x5a, sizeof(a));
		memset(&b, 0xa5, sizeof(b));
		const enum assay_tier tier = assay_appraise(&a, &verifier, &sim.evidence, &sim.collateral, &policy, sim.at_s);

		assay_prepare(set, &verifier, &sim.collateral);
		assert_int_equal(assay_appraise_prepared(&b, &verifier, &sim.evidence, set, NULL, &policy, sim.at_s), tier);
		assert_int_equal(a.tier, tier);
		assert_memory_equal(&a, &b, sizeof(a));
		free(set);
	}
}

#define TEST(name) cmocka_unit_test_teardown(name, done)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_preset_has_its_say),
		TEST(a_zeroed_policy_refuses_everybody),
		TEST(a_policy_outside_its_ranges_is_asserted),
		TEST(only_what_is_graded_has_reasons),
		TEST(rows_without_a_tier_have_their_reason),
		TEST(a_verdict_holds_all_reasons_at_once),
		TEST(version_2_is_no_better_than_version_3),
		TEST(advisories_are_told_with_those_that_count),
		TEST(what_the_program_mitigates_is_the_verifiers),
		TEST(a_ceilings_word_is_told),
		TEST(platform_flags_are_the_certificates),
		TEST(each_document_has_its_dates),
		TEST(the_crls_chain_has_no_grace),
		TEST(validity_is_where_all_documents_meet),
		TEST(there_may_be_no_such_second),
		TEST(as_of_is_graded_by_the_policy),
		TEST(dates_come_last),
		TEST(an_out_of_date_platform_has_its_grace),
		TEST(a_reports_age_ends_its_validity),
		TEST(a_newer_set_gives_the_next_tier),
		TEST(a_newer_set_that_is_not_good_says_nothing),
		TEST(the_next_tier_of_a_td),
		TEST(the_next_tier_asks_for_the_references_too),
		TEST(what_to_fetch_is_claimed_by_the_quote),
		TEST(a_quotes_length_is_its_own),
		TEST(a_verdict_is_a_function_of_its_input),
	};

	return cmocka_run_group_tests(tests, core_setup, core_teardown);
}
