/* SPDX-License-Identifier: Apache-2.0 */
/* The words for people: every value has one, no two share an id, and what is no value has "?". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"

static void
every_check_has_its_words(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const enum assay_check check = (enum assay_check)i;

		assert_true(strchr(assay_check_id(check), '.') != NULL);
		assert_true(strlen(assay_check_text(check)) > 20);
		assert_true(strlen(assay_check_specification(check)) > 2);
		for (unsigned j = 0; j < i; j++) {
			assert_string_not_equal(assay_check_id(check), assay_check_id((enum assay_check)j));
		}
	}
	assert_string_equal(assay_check_id(ASSAY_CHECK_EVIDENCE_SIZE), "evidence.size");
	assert_string_equal(assay_check_id(ASSAY_CHECK_REFERENCE_VALUES), "reference.values");
	assert_string_equal(assay_check_text(ASSAY_CHECK_QUOTE_SIGNATURE), "the attestation key signed the quote");
	assert_string_equal(assay_check_specification(ASSAY_CHECK_QUOTE_SIGNATURE), "QUOTE signature data");
	assert_string_equal(assay_check_id(ASSAY_CHECK_COUNT), "?");
	assert_string_equal(assay_check_text(ASSAY_CHECK_COUNT), "?");
	assert_string_equal(assay_check_specification(ASSAY_CHECK_COUNT), "?");
	assert_string_equal(assay_check_id((enum assay_check)-1), "?");
}

static void
every_reason_has_its_words(void **state)
{
	(void)state;
	for (unsigned i = 1; i < ASSAY_REASON_COUNT; i++) {
		const enum assay_reason reason = (enum assay_reason)i;

		assert_true(strchr(assay_reason_id(reason), '.') != NULL);
		assert_true(strlen(assay_reason_text(reason)) > 20);
		assert_string_not_equal(assay_reason_remedy(reason), "?");
	}
	assert_string_equal(assay_reason_id(ASSAY_REASON_UP_TO_DATE), "status.up-to-date");
	assert_string_equal(assay_reason_remedy(ASSAY_REASON_UP_TO_DATE), "");
	assert_string_equal(assay_reason_id(ASSAY_REASON_REFERENCE_VALUES), "reference.values");
	assert_string_equal(assay_reason_remedy(ASSAY_REASON_TDX_MODULE_NO_LEVEL), "update the TDX module");
	assert_string_equal(assay_reason_id(ASSAY_REASON_NONE), "?");
	assert_string_equal(assay_reason_text(ASSAY_REASON_NONE), "?");
	assert_string_equal(assay_reason_remedy(ASSAY_REASON_NONE), "?");
	assert_string_equal(assay_reason_id(ASSAY_REASON_COUNT), "?");
}

static void
every_field_has_an_id_and_a_length(void **state)
{
	static const struct {
		enum assay_field field;
		const char *id;
		size_t len;
	} rows[] = {
		{ ASSAY_FIELD_MRENCLAVE, "mrenclave", 32 },
		{ ASSAY_FIELD_MISCSELECT, "miscselect", 4 },
		{ ASSAY_FIELD_MRTD, "mrtd", 48 },
		{ ASSAY_FIELD_TD_ATTRIBUTES, "td_attributes", 8 },
		{ ASSAY_FIELD_REPORT_DATA, "report_data", 64 },
		{ ASSAY_FIELD_NONCE, "nonce", 0 },
		{ ASSAY_FIELD_PLATFORM_ID, "platform_id", 32 },
		{ ASSAY_FIELD_NONE, "?", 0 },
		{ ASSAY_FIELD_COUNT, "?", 0 },
		{ (enum assay_field)300, "?", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(assay_field_id(rows[i].field), rows[i].id);
		assert_int_equal(assay_field_len(rows[i].field), rows[i].len);
	}
}

static void
statuses_have_the_vendors_own_words(void **state)
{
	static const struct {
		enum assay_tcb_status status;
		const char *pcs;
		const char *ias;
	} rows[] = {
		{ ASSAY_TCB_UNKNOWN, "Unknown", "Unknown" },
		{ ASSAY_TCB_UP_TO_DATE, "UpToDate", "OK" },
		{ ASSAY_TCB_SW_HARDENING_NEEDED, "SWHardeningNeeded", "SW_HARDENING_NEEDED" },
		{ ASSAY_TCB_CONFIGURATION_NEEDED, "ConfigurationNeeded", "CONFIGURATION_NEEDED" },
		{ ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, "ConfigurationAndSWHardeningNeeded",
		    "CONFIGURATION_AND_SW_HARDENING_NEEDED" },
		{ ASSAY_TCB_OUT_OF_DATE, "OutOfDate", "GROUP_OUT_OF_DATE" },
		{ ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, "OutOfDateConfigurationNeeded", "?" },
		{ ASSAY_TCB_TD_RELAUNCH_ADVISED, "TDRelaunchAdvised", "?" },
		{ ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED, "TDRelaunchAdvisedConfigurationNeeded", "?" },
		{ ASSAY_TCB_REVOKED, "Revoked", "GROUP_REVOKED" },
		{ ASSAY_TCB_SIGNATURE_INVALID, "?", "SIGNATURE_INVALID" },
		{ ASSAY_TCB_SIGNATURE_REVOKED, "?", "SIGNATURE_REVOKED" },
		{ ASSAY_TCB_KEY_REVOKED, "?", "KEY_REVOKED" },
		{ ASSAY_TCB_SIGRL_VERSION_MISMATCH, "?", "SIGRL_VERSION_MISMATCH" },
		{ ASSAY_TCB_STATUS_COUNT, "?", "?" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(assay_tcb_status_word(rows[i].status, ASSAY_EVIDENCE_SGX_QUOTE), rows[i].pcs);
		assert_string_equal(assay_tcb_status_word(rows[i].status, ASSAY_EVIDENCE_TDX_QUOTE), rows[i].pcs);
		assert_string_equal(assay_tcb_status_word(rows[i].status, ASSAY_EVIDENCE_IAS_REPORT), rows[i].ias);
	}
}

static void
small_enums_have_words(void **state)
{
	(void)state;
	assert_string_equal(assay_authenticity_word(ASSAY_NOT_GENUINE), "not-genuine");
	assert_string_equal(assay_authenticity_word(ASSAY_UNDECIDED), "undecided");
	assert_string_equal(assay_authenticity_word(ASSAY_GENUINE), "genuine");
	assert_string_equal(assay_authenticity_word((enum assay_authenticity)3), "?");
	assert_string_equal(assay_evidence_kind_word(ASSAY_EVIDENCE_NONE), "unknown");
	assert_string_equal(assay_evidence_kind_word(ASSAY_EVIDENCE_SGX_QUOTE), "sgx-quote");
	assert_string_equal(assay_evidence_kind_word(ASSAY_EVIDENCE_TDX_QUOTE), "tdx-quote");
	assert_string_equal(assay_evidence_kind_word(ASSAY_EVIDENCE_EPID_QUOTE), "epid-quote");
	assert_string_equal(assay_evidence_kind_word(ASSAY_EVIDENCE_IAS_REPORT), "ias-report");
	assert_string_equal(assay_evidence_kind_word((enum assay_evidence_kind)5), "?");
}

static void
tiers_have_numbers(void **state)
{
	(void)state;
	assert_int_equal(assay_tier_number(ASSAY_TIER_NONE), 0);
	assert_int_equal(assay_tier_number(ASSAY_TIER_1), 1);
	assert_int_equal(assay_tier_number(ASSAY_TIER_2), 2);
	assert_int_equal(assay_tier_number(ASSAY_TIER_3), 3);
	assert_int_equal(assay_tier_number(ASSAY_TIER_4), 4);
	assert_int_equal(assay_tier_number(ASSAY_TIER_5), 5);
	assert_int_equal(assay_tier_number((enum assay_tier)6), 0);
	assert_int_equal(assay_tier_number((enum assay_tier)7), 0);
	assert_true(ASSAY_TIER_1 > ASSAY_TIER_2 && ASSAY_TIER_5 > ASSAY_TIER_NONE);
}

static void
presets_have_names(void **state)
{
	(void)state;
	assert_string_equal(assay_policy_preset_name(0), "confidence");
	assert_string_equal(assay_policy_preset_name(1), "phala-chain");
	assert_string_equal(assay_policy_preset_name(2), "confidence-2026");
	assert_string_equal(assay_policy_preset_name(ASSAY_PRESETS_COUNT), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_check_has_its_words),
		cmocka_unit_test(every_reason_has_its_words),
		cmocka_unit_test(every_field_has_an_id_and_a_length),
		cmocka_unit_test(statuses_have_the_vendors_own_words),
		cmocka_unit_test(small_enums_have_words),
		cmocka_unit_test(tiers_have_numbers),
		cmocka_unit_test(presets_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
