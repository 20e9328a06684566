/* SPDX-License-Identifier: Apache-2.0 */
/* Every archived report with its signature, and what was altered. */
#include "vectors/load.h"

#include <setjmp.h>
#include <cmocka.h>

static json_t *manifest;
static struct assay_policy confidence;
static struct assay_bytes chain;

static int
setup(void **state)
{
	(void)state;
	manifest = vector_json("ias", "manifest.json");
	chain = vector_load("ias", "ias-signing-chain.pem");
	assay_policy_preset(&confidence, assay_crypto_openssl(), 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	json_decref(manifest);
	vector_free(chain);
	return 0;
}

static void
judge(struct assay_verdict *verdict, struct assay_bytes body, struct assay_bytes signature,
    struct assay_bytes certificates, int64_t at_s)
{
	const struct assay_verifier verifier = { .crypto = assay_crypto_openssl(), .roots = assay_roots_intel,
		.roots_count = 2 };
	const struct assay_evidence evidence = { body, signature, certificates };
	const struct assay_collateral none = { 0 };

	assay_appraise(verdict, &verifier, &evidence, &none, &confidence, at_s);
}

static bool
advisories_equal(const struct assay_verdict *verdict, const json_t *expected)
{
	size_t i;
	json_t *id;

	json_array_foreach(expected, i, id) {
		bool found = false;

		for (unsigned k = 0; k < verdict->advisories_count; k++) {
			found |= strcmp(verdict->advisories[k], json_string_value(id)) == 0;
		}
		if (!found) {
			return false;
		}
	}
	return i == verdict->advisories_count;
}

static void
every_report_has_its_status(void **state)
{
	size_t i;
	json_t *row;
	unsigned reports = 0;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	json_array_foreach(manifest, i, row) {
		const struct assay_bytes body = vector_load("ias", json_text(row, "report"));
		const struct assay_bytes signature = vector_load("ias", json_text(row, "sig"));
		struct assay_verdict v;

		if (body.data == NULL) {
			continue;
		}
		/* Long after the signing certificate has ended: the report's own time counts. */
		judge(&v, body, signature, chain, vector_time("2030-01-01T00:00:00Z"));
		if (strcmp(json_text(row, "signature"), "valid") != 0) {
			assert_int_equal(v.authenticity, ASSAY_NOT_GENUINE);
			assert_int_equal(v.first_failed, ASSAY_CHECK_IAS_SIGNATURE);
		} else {
			reports++;
			assert_int_equal(v.authenticity, ASSAY_GENUINE);
			assert_string_equal(assay_tcb_status_word(v.tcb_status, v.kind), json_text(row, "status"));
			assert_true(advisories_equal(&v, json_object_get(row, "advisories")));
			assert_int_equal(v.advisories_unknown,
			    json_integer_value(json_object_get(row, "version")) < 4);
			assert_int_equal(v.ias.timestamp_s, vector_time(json_text(row, "timestamp")));
			if (v.debug || strcmp(json_text(row, "status"), "SIGNATURE_INVALID") == 0) {
				assert_int_equal(v.tier, ASSAY_TIER_NONE);
			} else {
				assert_int_not_equal(v.tier, ASSAY_TIER_NONE);
			}
			/* Before the report was made it cannot have been true. */
			judge(&v, body, signature, chain, vector_time(json_text(row, "timestamp")) - 1);
			assert_int_equal(v.authenticity, ASSAY_UNDECIDED);
			assert_int_equal(v.first_failed, ASSAY_CHECK_IAS_TIME);
			assert_true(v.has_as_of);
		}
		vector_free(body);
		vector_free(signature);
	}
	assert_true(reports >= 20);
}

static void
what_was_altered_is_refused(void **state)
{
	static const char good[] = "ias-v4-2021-11-23-ok-0417a6";
	char name[64];
	struct assay_verdict v;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	struct assay_bytes body = vector_load("ias", "neg-ias-v3-2019-06-17-0f409e.report.json");
	struct assay_bytes signature = vector_load("ias", "neg-ias-v3-2019-06-17-0f409e.sig.b64");

	judge(&v, body, signature, chain, 1893456000);
	assert_int_equal(v.authenticity, ASSAY_NOT_GENUINE);
	assert_int_equal(v.first_failed, ASSAY_CHECK_IAS_SIGNATURE);
	vector_free(body);
	vector_free(signature);

	snprintf(name, sizeof(name), "%s.report.json", good);
	body = vector_load("ias", name);
	snprintf(name, sizeof(name), "%s.sig.b64", good);
	signature = vector_load("ias", name);
	const struct assay_bytes bad_leaf = vector_load("ias", "neg-leaf-bad-signature.pem");

	judge(&v, body, signature, bad_leaf, 1893456000);
	assert_int_equal(v.authenticity, ASSAY_NOT_GENUINE);
	assert_true(v.first_failed == ASSAY_CHECK_IAS_CERTIFICATE_SIGNATURE ||
	    v.first_failed == ASSAY_CHECK_IAS_ROOT);
	judge(&v, body, (struct assay_bytes){ NULL, 0 }, chain, 1893456000);
	assert_int_equal(v.authenticity, ASSAY_UNDECIDED);
	assert_int_equal(v.first_failed, ASSAY_CHECK_IAS_PRESENT);
	judge(&v, body, signature, chain, 1893456000);
	assert_int_equal(v.tier, ASSAY_TIER_1);
	vector_free(bad_leaf);
	vector_free(body);
	vector_free(signature);
}

/* A raw EPID quote is decoded, and nobody can decide it. */
static void
epid_quotes_are_undecided(void **state)
{
	static const char *const files[] = {
		"epid-v2-01.quote.bin", "epid-v2-02.quote.bin", "epid-v2-03.quote.bin", "epid-v2-06.quote.bin",
	};
	const struct assay_bytes none = { NULL, 0 };

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const struct assay_bytes quote = vector_load("ias", files[i]);
		struct assay_verdict v;

		judge(&v, quote, none, none, 1893456000);
		assert_int_equal(v.kind, ASSAY_EVIDENCE_EPID_QUOTE);
		assert_int_equal(v.authenticity, ASSAY_UNDECIDED);
		assert_int_equal(v.first_failed, ASSAY_CHECK_QUOTE_EPID);
		assert_false(v.has_body);
		vector_free(quote);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_report_has_its_status),
		cmocka_unit_test(what_was_altered_is_refused),
		cmocka_unit_test(epid_quotes_are_undecided),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
