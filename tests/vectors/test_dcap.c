/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every real quote with every real set of collateral, judged at its time,
 * against the verdict that the manifest states; and every altered set, which
 * must fail at the check that its name says.
 */
#include "vectors/load.h"

#include <setjmp.h>
#include <cmocka.h>

static json_t *manifest;
static struct assay_policy confidence;

static int
setup(void **state)
{
	(void)state;
	manifest = vector_json("dcap", "manifest.json");
	assay_policy_preset(&confidence, assay_crypto_openssl(), 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	json_decref(manifest);
	return 0;
}

struct run {
	struct assay_verdict verdict;
	uint8_t test_root[64];
};

/* Judge one quote with one set; test_root: a file, trusted in this run alone. */
static void
judge(struct run *run, const char *quote_file, const char *collateral_file, int64_t at_s, const char *test_root)
{
	const struct assay_bytes quote = vector_load("dcap", quote_file);
	json_t *object = vector_json("dcap", collateral_file);
	struct assay_root root = { ASSAY_ROOT_INTEL_SGX, { run->test_root, 64 }, true };
	struct assay_verifier verifier = { .crypto = assay_crypto_openssl(), .roots = assay_roots_intel,
		.roots_count = 2 };
	const struct assay_evidence evidence = { .quote = quote };
	struct assay_collateral collateral = { 0 };

	if (test_root[0] != '\0') {
		assert_true(vector_root_key(run->test_root, "dcap", test_root));
		verifier.roots = &root;
		verifier.roots_count = 1;
	}
	if (object != NULL) {
		collateral = vector_collateral(object);
	}
	assay_appraise(&run->verdict, &verifier, &evidence, &collateral, &confidence, at_s);
	json_decref(object);
	vector_free(quote);
}

static const char *
first_failed(const struct assay_verdict *verdict)
{
	return verdict->first_failed < 0 ? "" : assay_check_id((enum assay_check)verdict->first_failed);
}

static bool
has_advisory(const struct assay_verdict *verdict, const char *id)
{
	for (unsigned i = 0; i < verdict->advisories_count; i++) {
		if (strcmp(verdict->advisories[i], id) == 0) {
			return true;
		}
	}
	return false;
}

static bool
advisories_equal(const struct assay_verdict *verdict, const json_t *expected)
{
	size_t i;
	json_t *id;
	size_t distinct = 0;

	json_array_foreach(expected, i, id) {
		bool again = false;

		if (!has_advisory(verdict, json_string_value(id))) {
			return false;
		}
		for (size_t k = 0; k < i; k++) {
			again |= strcmp(json_string_value(json_array_get(expected, k)), json_string_value(id)) == 0;
		}
		distinct += !again;
	}
	return distinct == verdict->advisories_count;
}

/* Empty where the verdict is as the manifest says, else what is not. */
static const char *
compare(const struct assay_verdict *v, const json_t *set)
{
	const char *expected = json_text(set, "verdict");
	const char *reason = json_text(set, "reason");

	if (strcmp(expected, "accept") == 0) {
		if (v->authenticity != ASSAY_GENUINE) {
			return "not accepted";
		}
		if (strcmp(assay_tcb_status_word(v->tcb_status, v->kind), json_text(set, "status")) != 0) {
			return "another status";
		}
		if (!advisories_equal(v, json_object_get(set, "advisories"))) {
			return "other advisories";
		}
		return "";
	}
	if (strcmp(expected, "accept-without-crl") == 0) {
		return v->authenticity == ASSAY_UNDECIDED &&
		    v->first_failed == ASSAY_CHECK_ROOT_CRL_PRESENT ? "" : "not undecided at the missing CRL";
	}
	if (strstr(reason, "TCB_NOT_SUPPORTED") != NULL) {
		return v->authenticity == ASSAY_GENUINE && v->tier == ASSAY_TIER_NONE &&
		    v->reasons_count > 0 && strcmp(assay_reason_id((enum assay_reason)v->reasons[0]),
		    "tcb.no-level") == 0 ? "" : "not genuine without a level";
	}
	return v->authenticity == ASSAY_NOT_GENUINE ? "" : "not refused";
}

static void
every_set_has_its_verdict(void **state)
{
	unsigned failures = 0;
	unsigned sets = 0;
	size_t i, k;
	json_t *quote, *set;
	struct run run;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	json_array_foreach(json_object_get(manifest, "quotes"), i, quote) {
		json_array_foreach(json_object_get(quote, "collaterals"), k, set) {
			judge(&run, json_text(quote, "file"), json_text(set, "file"),
			    vector_time(json_text(set, "at")), json_text(set, "test_root"));
			const char *why = compare(&run.verdict, set);

			sets++;
			if (why[0] != '\0') {
				failures++;
				print_error("%s: %s (%s %s, tier %u, failed %s; expected %s %s)\n", json_text(set, "file"),
				    why, assay_authenticity_word(run.verdict.authenticity),
				    assay_tcb_status_word(run.verdict.tcb_status, run.verdict.kind),
				    assay_tier_number(run.verdict.tier), first_failed(&run.verdict),
				    json_text(set, "verdict"), json_text(set, "status"));
			}
		}
	}
	assert_true(sets >= 178);
	assert_int_equal(failures, 0);
}

/* Quotes without collateral: forgeries are refused, the rest cannot be decided. */
static void
quotes_alone(void **state)
{
	static const struct {
		const char *file;
		const char *check;
	} refused[] = {
		{ "sgx-v3-00808e300000-01.quote.bin", "pck.root" },
		{ "tdx-v4-30806f000000-01.quote.bin", "pck.root" },
		{ "sgx-v3-badchain-01.quote.bin", "pck.form" },
		{ "tdx-v4-badchain-01.quote.bin", "pck.form" },
		{ "tdx-v4-badchain-03.quote.bin", "pck.root" },
		{ "sgx-v3-ctype3-01.quote.bin", "pck.present" },
		{ "sgx-v3-ctype3-02.quote.bin", "pck.present" },
		{ "sgx-v3-ctype1-03.quote.bin", "pck.present" },
		{ "sgx-v3-90c06f000000-01.quote.bin", "root-crl.present" },
		{ "sgx-v3-00906ea10000-02.quote.bin", "quote.signature" },
	};
	unsigned failures = 0;
	struct run run;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		judge(&run, refused[i].file, "none", 1751623124, "");
		if (strcmp(first_failed(&run.verdict), refused[i].check) != 0) {
			failures++;
			print_error("%s: fails at %s, not at %s\n", refused[i].file, first_failed(&run.verdict),
			    refused[i].check);
		}
		assert_int_equal(run.verdict.tier, ASSAY_TIER_NONE);
	}
	assert_int_equal(failures, 0);
}

static void
altered_sets_fail_where_their_names_say(void **state)
{
	static const struct {
		const char *name;
		const char *check;
	} rows[] = {
		{ "neg-wrong-fmspc", "tcb-info.fmspc" },
		{ "neg-td-qe-identity-for-sgx", "qe-identity.tee" },
		{ "neg-platform-crl-for-processor-chain", "pck-crl.issuer" },
		{ "neg-pck-crl-as-root-crl", "root-crl.signature" },
		{ "neg-swapped-signature", "tcb-info.signature" },
		{ "neg-pck-ca-as-tcb-signer", "tcb-info.signer" },
		{ "neg-pretty-printed-tcb-info", "tcb-info.signature" },
		{ "neg-zero-qe-identity-signature", "qe-identity.signature" },
		{ "neg-expired-by-one-second", ".dates" },
		{ "neg-sgx-tcb-info-for-tdx", "tcb-info.tee" },
		{ "neg-sgx-qe-identity-for-tdx", "qe-identity.tee" },
		{ "neg-crl-issuer-chain-mismatch", "pck-crl.chain" },
		{ "neg-edited-status", "tcb-info.signature" },
		{ "neg-duplicate-key-appended", "tcb-info.signature" },
		{ "neg-missing-root-crl", "root-crl.present" },
	};
	unsigned failures = 0;
	size_t i;
	json_t *altered;
	struct run run;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	json_array_foreach(json_object_get(manifest, "mismatches"), i, altered) {
		const char *file = json_text(altered, "collateral");
		const char *check = NULL;

		judge(&run, json_text(altered, "quote"), file, vector_time(json_text(altered, "at")), "");
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
			if (strncmp(file, rows[k].name, strlen(rows[k].name)) == 0 && file[strlen(rows[k].name)] == '.') {
				check = rows[k].check;
			}
		}
		assert_non_null(check);
		if (strstr(first_failed(&run.verdict), check) == NULL ||
		    run.verdict.authenticity != ASSAY_UNDECIDED || run.verdict.tier != ASSAY_TIER_NONE) {
			failures++;
			print_error("%s: %s at %s, not at %s\n", file,
			    assay_authenticity_word(run.verdict.authenticity), first_failed(&run.verdict), check);
		}
	}
	assert_int_equal(i, sizeof(rows) / sizeof(rows[0]));
	assert_int_equal(failures, 0);
}

/* The same evidence under TCB info of versions 2 and 3 of one evaluation number. */
static void
version_2_never_grades_better(void **state)
{
	unsigned pairs = 0;
	size_t i, k, l;
	json_t *quote, *a, *b;
	struct run old, new;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	json_array_foreach(json_object_get(manifest, "quotes"), i, quote) {
		json_array_foreach(json_object_get(quote, "collaterals"), k, a) {
			json_array_foreach(json_object_get(quote, "collaterals"), l, b) {
				if (json_integer_value(json_object_get(a, "tcb_version")) != 2 ||
				    json_integer_value(json_object_get(b, "tcb_version")) != 3 ||
				    json_integer_value(json_object_get(a, "tcb_eval")) !=
				    json_integer_value(json_object_get(b, "tcb_eval"))) {
					continue;
				}
				judge(&old, json_text(quote, "file"), json_text(a, "file"),
				    vector_time(json_text(a, "at")), json_text(a, "test_root"));
				judge(&new, json_text(quote, "file"), json_text(b, "file"),
				    vector_time(json_text(b, "at")), json_text(b, "test_root"));
				pairs++;
				if (old.verdict.tier > new.verdict.tier) {
					fail_msg("%s: tier %u under version 2, %u under version 3", json_text(a, "file"),
					    assay_tier_number(old.verdict.tier), assay_tier_number(new.verdict.tier));
				}
				for (unsigned p = 0; p < ASSAY_PRESETS_COUNT; p++) {
					assert_true(old.verdict.tier_by_preset[p] <= new.verdict.tier_by_preset[p]);
				}
			}
		}
	}
	assert_true(pairs >= 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_set_has_its_verdict),
		cmocka_unit_test(quotes_alone),
		cmocka_unit_test(altered_sets_fail_where_their_names_say),
		cmocka_unit_test(version_2_never_grades_better),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
