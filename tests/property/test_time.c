/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edges of time: every document counts from its first second to its last, and
 * not a second longer; the verdict's own dates are exact at both ends; and
 * as_of is the verdict that was to be had then.
 */
#include "property/property.h"

#include <stdio.h>

#include "sim/scene.h"

#define HOUR_S ((int64_t)3600)

static struct sim_vendor *vendor;
static struct sim_evidence made;
static json_t *manifest;
static struct assay_policy confidence;
static struct assay_prepared prepared;

static int
setup(void **state)
{
	(void)state;
	vendor = sim_vendor_new("time", PROPERTY_NOW_S);
	manifest = vector_json("dcap", "manifest.json");
	assay_policy_preset(&confidence, assay_crypto_openssl(), 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	json_decref(manifest);
	sim_evidence_free(&made);
	sim_vendor_free(vendor);
	return 0;
}

/* ------------------------------------------------------------------------
 * One subject, many times
 */

struct timed {
	struct subject subject;
	const struct assay_policy *policy;
};

static void
at(struct assay_verdict *v, const struct timed *t, int64_t at_s)
{
	assay_appraise_prepared(v, &t->subject.verifier, &t->subject.evidence, &prepared, NULL, t->policy, at_s);
	if (fault_in_verdict(v)[0] != '\0') {
		fail_msg("%s at %lld: %s", t->subject.name, (long long)at_s, fault_in_verdict(v));
	}
}

static struct timed
timed_open(const struct subject *subject, const struct assay_policy *policy)
{
	assay_prepare(&prepared, &subject->verifier, &subject->collateral);
	return (struct timed){ *subject, policy };
}

static void
must_be_genuine(const struct timed *t, int64_t at_s)
{
	struct assay_verdict v;

	at(&v, t, at_s);
	if (v.authenticity != ASSAY_GENUINE) {
		fail_msg("%s at %lld: %s, first failed %s", t->subject.name, (long long)at_s,
		    assay_authenticity_word(v.authenticity), check_name(v.first_failed));
	}
	assert_int_equal(v.at_s, at_s);
}

/* Undecided at the row (or any row of dates where it is negative); and what as_of says is what is said then. */
static void
must_be_undecided(const struct timed *t, int64_t at_s, int row, bool as_of)
{
	struct assay_verdict v, then;

	at(&v, t, at_s);
	if (v.authenticity != ASSAY_UNDECIDED || (row >= 0 && v.first_failed != row) ||
	    v.first_failed < ASSAY_CHECK_IAS_DATES || v.first_failed > ASSAY_CHECK_QE_IDENTITY_DATES) {
		fail_msg("%s at %lld: %s, first failed %s, expected %s", t->subject.name, (long long)at_s,
		    assay_authenticity_word(v.authenticity), check_name(v.first_failed), check_name(row));
	}
	assert_false(has_any_tier(&v));
	assert_int_equal(v.has_as_of, as_of);
	if (!as_of) {
		return;
	}
	assert_int_equal(v.as_of_s, at_s < v.valid_from_s ? v.valid_from_s : v.valid_until_s);
	at(&then, t, v.as_of_s);
	assert_int_equal(then.authenticity, v.as_of_authenticity);
	assert_int_equal(then.authenticity, ASSAY_GENUINE);
	assert_int_equal(then.tier, v.as_of_tier);
}

/* Both ends of the verdict's dates. */
static void
must_be_exact(const struct timed *t, int64_t from_s, int64_t until_s)
{
	struct assay_verdict v;

	at(&v, t, t->subject.at_s);
	assert_true(v.has_validity);
	assert_int_equal(v.valid_from_s, from_s);
	assert_int_equal(v.valid_until_s, until_s);
	must_be_undecided(t, from_s - 1, -1, true);
	must_be_genuine(t, from_s);
	must_be_genuine(t, until_s);
	if (from_s < until_s) {
		must_be_genuine(t, from_s + 1);
		must_be_genuine(t, until_s - 1);
	}
	if (until_s == INT64_MAX) {
		return;
	}
	must_be_undecided(t, until_s + 1, -1, true);
}

/* ------------------------------------------------------------------------
 * Real
 */

static void
real_sets_are_exact_at_both_ends(void **state)
{
	size_t i, k;
	json_t *quote, *set;
	unsigned sets = 0;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	json_array_foreach(json_object_get(manifest, "quotes"), i, quote) {
		json_array_foreach(json_object_get(quote, "collaterals"), k, set) {
			struct real real;

			if (strcmp(json_text(set, "verdict"), "accept") == 0 &&
			    real_load(&real, json_text(quote, "file"), json_text(set, "file"), json_text(set, "at"))) {
				struct assay_verdict v;

				real.subject.name = json_text(set, "file");
				const struct timed t = timed_open(&real.subject, &confidence);

				at(&v, &t, real.subject.at_s);
				if (v.authenticity == ASSAY_GENUINE) {
					sets++;
					must_be_exact(&t, v.valid_from_s, v.valid_until_s);
					/* Stated by those who collected them. */
					assert_true(v.valid_until_s <= vector_time(json_text(set, "valid_to")));
					assert_true(v.valid_from_s >= vector_time(json_text(set, "valid_from")));
				}
				real_free(&real);
			}
		}
	}
	print_message("# %u real sets\n", sets);
	assert_true(sets >= 140);
}

static void
real_reports_have_no_end(void **state)
{
	json_t *rows = vector_json("ias", "manifest.json");
	const struct assay_bytes chain = vector_load("ias", "ias-signing-chain.pem");
	size_t i;
	json_t *row;

	(void)state;
	json_array_foreach(rows, i, row) {
		struct subject s = { .name = json_text(row, "report"), .verifier = verifier_intel(),
			.at_s = INT64_C(1893456000) };

		if (strcmp(json_text(row, "signature"), "valid") != 0) {
			continue;
		}
		s.evidence.quote = vector_load("ias", json_text(row, "report"));
		s.evidence.ias_signature = vector_load("ias", json_text(row, "sig"));
		s.evidence.ias_certificates = chain;
		if (s.evidence.quote.data != NULL) {
			const struct timed t = timed_open(&s, &confidence);

			must_be_exact(&t, vector_time(json_text(row, "timestamp")), INT64_MAX);
		}
		vector_free(s.evidence.quote);
		vector_free(s.evidence.ias_signature);
	}
	vector_free(chain);
	json_decref(rows);
	if (i == 0) {
		skip();
	}
}

/* ------------------------------------------------------------------------
 * Simulated: each document in turn is the one that begins last and ends first
 */

enum document {
	DOCUMENT_ROOT = 0,
	DOCUMENT_PCK_CA,
	DOCUMENT_PCK,
	DOCUMENT_TCB_SIGNER,
	DOCUMENT_ROOT_CRL,
	DOCUMENT_PCK_CRL,
	DOCUMENT_TCB_INFO,
	DOCUMENT_QE_IDENTITY,
	DOCUMENT_COUNT
};

static const struct {
	const char *name;
	enum assay_check row;
	bool grace;
} documents[DOCUMENT_COUNT] = {
	{ "root", ASSAY_CHECK_PCK_DATES, false },
	{ "PCK CA", ASSAY_CHECK_PCK_DATES, false },
	{ "PCK certificate", ASSAY_CHECK_PCK_DATES, false },
	{ "TCB signer", ASSAY_CHECK_TCB_INFO_SIGNER_DATES, false },
	{ "root CRL", ASSAY_CHECK_ROOT_CRL_DATES, true },
	{ "PCK CRL", ASSAY_CHECK_PCK_CRL_DATES, true },
	{ "TCB info", ASSAY_CHECK_TCB_INFO_DATES, true },
	{ "QE identity", ASSAY_CHECK_QE_IDENTITY_DATES, true },
};

static void
date_certificate(unsigned which, int64_t from_s, int64_t until_s)
{
	struct sim_certificate *certificate = &made.scene->certificates[which];

	certificate->not_before_s = from_s;
	certificate->not_after_s = until_s;
	sim_buffer_clear(&certificate->tbs);
	sim_certificate_build(certificate);
}

static void
date_crl(unsigned which, int64_t from_s, int64_t until_s)
{
	struct sim_crl *crl = &made.scene->crls[which];

	crl->this_update_s = from_s;
	crl->next_update_s = until_s;
	sim_buffer_clear(&crl->tbs);
	sim_crl_build(crl);
}

static void
date_document(enum document document, int64_t from_s, int64_t until_s)
{
	static const unsigned certificates[] = { CERT_ROOT, CERT_PCK_CA, CERT_PCK, CERT_TCB_SIGNER };

	switch (document) {
	case DOCUMENT_ROOT_CRL:
		date_crl(CRL_ROOT, from_s, until_s);
		break;
	case DOCUMENT_PCK_CRL:
		date_crl(CRL_PCK, from_s, until_s);
		break;
	case DOCUMENT_TCB_INFO:
		made.scene->tcb_info.issued_s = from_s;
		made.scene->tcb_info.next_update_s = until_s;
		sim_tcb_info_build(&made.scene->tcb_info);
		break;
	case DOCUMENT_QE_IDENTITY:
		made.scene->identity.issued_s = from_s;
		made.scene->identity.next_update_s = until_s;
		sim_identity_build(&made.scene->identity);
		break;
	default:
		date_certificate(certificates[document], from_s, until_s);
		break;
	}
	sim_assemble(vendor, made.scene, &made);
}

static const struct sim_options quotes[] = {
	{ .tee = SIM_SGX },
	{ .tee = SIM_SGX, .ca = SIM_CA_PROCESSOR, .certification_type = 3, .tcb_info_version = 2 },
	{ .tee = SIM_TDX, .status = ASSAY_TCB_SW_HARDENING_NEEDED },
	{ .tee = SIM_TDX, .version = 5, .status = ASSAY_TCB_TD_RELAUNCH_ADVISED },
	{ .tee = SIM_SGX, .status = ASSAY_TCB_OUT_OF_DATE },
};

#define QUOTES (sizeof(quotes) / sizeof(quotes[0]))

static void
each_document_bounds_the_verdict(void **state)
{
	const int64_t from_s = PROPERTY_NOW_S - HOUR_S;
	const int64_t until_s = PROPERTY_NOW_S + HOUR_S;

	(void)state;
	for (size_t i = 0; i < QUOTES; i++) {
		for (unsigned d = DOCUMENT_PCK_CA; d < DOCUMENT_COUNT; d++) {
			assert_true(sim_evidence_make(vendor, &quotes[i], &made));
			date_document((enum document)d, from_s, until_s);

			const struct subject subject = subject_of_sim(documents[d].name, &made);
			const struct timed t = timed_open(&subject, &confidence);

			must_be_exact(&t, from_s, until_s);
			must_be_undecided(&t, from_s - 1, (int)documents[d].row, true);
			must_be_undecided(&t, until_s + 1, (int)documents[d].row, true);
			/* Far away, and where arithmetic ends. */
			must_be_undecided(&t, 0, -1, true);
			must_be_undecided(&t, INT64_MIN, -1, true);
			must_be_undecided(&t, INT64_MAX, -1, true);
		}
	}
}

/* A root is trusted by its key: what its certificate says of dates is nobody's word. */
static void
dates_of_a_root_change_nothing(void **state)
{
	static struct assay_verdict plain, dated;

	(void)state;
	for (size_t i = 0; i < QUOTES; i++) {
		assert_true(sim_evidence_make(vendor, &quotes[i], &made));
		const struct subject subject = subject_of_sim("root", &made);
		const struct timed t = timed_open(&subject, &confidence);

		at(&plain, &t, PROPERTY_NOW_S);
		date_document(DOCUMENT_ROOT, 0, HOUR_S);
		const struct subject ended = subject_of_sim("ended root", &made);
		const struct timed u = timed_open(&ended, &confidence);

		at(&dated, &u, PROPERTY_NOW_S);
		assert_int_equal(dated.authenticity, ASSAY_GENUINE);
		assert_int_equal(dated.valid_from_s, plain.valid_from_s);
		assert_int_equal(dated.valid_until_s, plain.valid_until_s);
		assert_int_equal(dated.tier, plain.tier);
	}
}

/* One document ends before another begins: no second is right, and there is no as_of. */
static void
no_common_second(void **state)
{
	struct assay_verdict v;

	(void)state;
	assert_true(sim_evidence_make(vendor, &quotes[0], &made));
	date_document(DOCUMENT_TCB_INFO, PROPERTY_NOW_S - HOUR_S, PROPERTY_NOW_S);
	date_document(DOCUMENT_QE_IDENTITY, PROPERTY_NOW_S + 1, PROPERTY_NOW_S + HOUR_S);

	const struct subject subject = subject_of_sim("no common second", &made);
	const struct timed t = timed_open(&subject, &confidence);

	at(&v, &t, PROPERTY_NOW_S);
	assert_true(v.has_validity);
	assert_int_equal(v.valid_from_s, PROPERTY_NOW_S + 1);
	assert_int_equal(v.valid_until_s, PROPERTY_NOW_S);
	must_be_undecided(&t, PROPERTY_NOW_S, ASSAY_CHECK_QE_IDENTITY_DATES, false);
	must_be_undecided(&t, PROPERTY_NOW_S + 1, ASSAY_CHECK_TCB_INFO_DATES, false);
	/* One common second is enough. */
	date_document(DOCUMENT_QE_IDENTITY, PROPERTY_NOW_S, PROPERTY_NOW_S + HOUR_S);

	const struct subject touching = subject_of_sim("one common second", &made);
	const struct timed u = timed_open(&touching, &confidence);

	must_be_exact(&u, PROPERTY_NOW_S, PROPERTY_NOW_S);
}

/* ------------------------------------------------------------------------
 * Grace
 */

static bool
has_reason(const struct assay_verdict *v, enum assay_reason reason)
{
	return memchr(v->reasons, (int)reason, v->reasons_count) != NULL;
}

static void
late_collateral_has_its_grace(void **state)
{
	const int64_t until_s = PROPERTY_NOW_S + HOUR_S;
	const int64_t grace_s = 1000;
	struct assay_policy patient = confidence;
	struct assay_verdict v;

	(void)state;
	patient.collateral_grace_s = grace_s;
	for (unsigned d = DOCUMENT_PCK_CA; d < DOCUMENT_COUNT; d++) {
		assert_true(sim_evidence_make(vendor, &quotes[0], &made));
		date_document((enum document)d, PROPERTY_NOW_S - HOUR_S, until_s);

		const struct subject subject = subject_of_sim(documents[d].name, &made);
		const struct timed t = timed_open(&subject, &patient);

		at(&v, &t, until_s);
		assert_int_equal(v.tier, ASSAY_TIER_1);
		assert_false(has_reason(&v, ASSAY_REASON_GRACE_COLLATERAL));
		/* Early is never late. */
		must_be_undecided(&t, PROPERTY_NOW_S - HOUR_S - 1, (int)documents[d].row, true);
		if (!documents[d].grace) {
			must_be_undecided(&t, until_s + 1, (int)documents[d].row, true);
			continue;
		}
		for (int64_t late_s = 1; late_s <= grace_s; late_s += grace_s - 1) {
			at(&v, &t, until_s + late_s);
			assert_int_equal(v.tier, ASSAY_TIER_1);
			assert_true(has_reason(&v, ASSAY_REASON_GRACE_COLLATERAL));
			/* What rests on grace holds until the grace ends. */
			assert_int_equal(v.valid_until_s, until_s + grace_s);
		}
		must_be_undecided(&t, until_s + grace_s + 1, (int)documents[d].row, true);
	}
}

static void
out_of_date_has_its_grace(void **state)
{
	static const struct {
		struct sim_options options;
		enum assay_tier within;
	} rows[] = {
		/* Tier 4 is what grace can give. */
		{ { .tee = SIM_SGX, .status = ASSAY_TCB_OUT_OF_DATE }, ASSAY_TIER_4 },
		{ { .tee = SIM_SGX, .status = ASSAY_TCB_OUT_OF_DATE, .no_advisories = true }, ASSAY_TIER_4 },
		{ { .tee = SIM_SGX, .status = ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, .no_advisories = true },
		    ASSAY_TIER_4 },
		{ { .tee = SIM_TDX, .module_status = ASSAY_TCB_OUT_OF_DATE }, ASSAY_TIER_4 },
		{ { .tee = SIM_TDX, .qe_status = ASSAY_TCB_OUT_OF_DATE }, ASSAY_TIER_4 },
	};
	/* All these became out of date on the same day, 120 days before. */
	const int64_t renewal_s = PROPERTY_NOW_S - PROPERTY_NOW_S % 86400 - INT64_C(120) * 86400;
	struct assay_policy patient = confidence;
	struct assay_verdict v;

	(void)state;
	patient.out_of_date_grace_s = PROPERTY_NOW_S - renewal_s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(sim_evidence_make(vendor, &rows[i].options, &made));

		const struct subject subject = subject_of_sim("out of date", &made);
		const struct timed t = timed_open(&subject, &patient);

		for (int64_t off_s = -1; off_s <= 0; off_s++) {
			at(&v, &t, PROPERTY_NOW_S + off_s);
			assert_int_equal(v.tier, rows[i].within);
			assert_true(has_reason(&v, ASSAY_REASON_GRACE_OUT_OF_DATE));
			assert_int_equal(v.valid_until_s, PROPERTY_NOW_S);
		}
		at(&v, &t, PROPERTY_NOW_S + 1);
		assert_int_equal(v.tier, ASSAY_TIER_5);
		assert_false(has_reason(&v, ASSAY_REASON_GRACE_OUT_OF_DATE));
	}
}

/* The longest grace that a document can ask for, at times where arithmetic ends. */
static void
grace_of_ten_years(void **state)
{
	static const int64_t times[] = { INT64_MIN, INT64_MIN + 1, -1, 0, 1, PROPERTY_NOW_S, INT64_MAX - 1, INT64_MAX };
	static const char document[] = "{\"schema\":\"assay.policy/1\",\"name\":\"endless\",\"collateral_grace_s\":316224000,"
	    "\"out_of_date_grace_s\":316224000,\"report_age_max_s\":316224000}";
	struct assay_policy endless;
	struct assay_verdict v;
	char error[160];

	(void)state;
	assert_true(assay_policy_parse(&endless, assay_crypto_openssl(),
	    (struct assay_bytes){ (const uint8_t *)document, sizeof(document) - 1 }, error));
	memcpy(endless.tier_of_status, confidence.tier_of_status, sizeof(endless.tier_of_status));
	for (unsigned kind = 0; kind < 2; kind++) {
		assert_true(sim_evidence_make(vendor, &(struct sim_options){ .tee = kind == 0 ? SIM_SGX : SIM_IAS,
		    .status = ASSAY_TCB_OUT_OF_DATE }, &made));
		const struct subject subject = subject_of_sim("ten years of grace", &made);
		const struct timed t = timed_open(&subject, &endless);

		for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
			at(&v, &t, times[i]);
		}
	}
}

/* ------------------------------------------------------------------------
 * Reports
 */

static void
reports_have_their_edges(void **state)
{
	static const int64_t age_s = 5000;
	struct assay_policy young = confidence;
	struct assay_verdict v;

	(void)state;
	assert_true(sim_evidence_make(vendor, &(struct sim_options){ .tee = SIM_IAS, .report_age_s = HOUR_S }, &made));
	const int64_t made_s = PROPERTY_NOW_S - HOUR_S;
	const struct subject subject = subject_of_sim("report", &made);

	young.report_age_max_s = age_s;
	const struct timed t = timed_open(&subject, &confidence);
	const struct timed y = { subject, &young };

	must_be_exact(&t, made_s, INT64_MAX);
	must_be_undecided(&t, made_s - 1, ASSAY_CHECK_IAS_TIME, true);
	must_be_undecided(&t, INT64_MIN, ASSAY_CHECK_IAS_TIME, true);
	at(&v, &y, made_s + age_s);
	assert_int_equal(v.tier, ASSAY_TIER_1);
	at(&v, &y, made_s + age_s + 1);
	assert_int_equal(v.tier, ASSAY_TIER_NONE);
	assert_int_equal(v.first_failed, ASSAY_CHECK_REPORT_AGE);
	at(&v, &y, INT64_MAX);
	assert_int_equal(v.first_failed, ASSAY_CHECK_REPORT_AGE);
}

/* The signing certificate is judged at the report's own time. */
static void
the_report_certificate_has_its_edges(void **state)
{
	const int64_t made_s = PROPERTY_NOW_S - HOUR_S;

	(void)state;
	for (int64_t off_s = -1; off_s <= 1; off_s++) {
		for (unsigned end = 0; end < 2; end++) {
			struct assay_verdict v;
			const int64_t far_s = 1000 * HOUR_S;

			assert_true(sim_evidence_make(vendor,
			    &(struct sim_options){ .tee = SIM_IAS, .report_age_s = HOUR_S }, &made));
			date_certificate(CERT_IAS_LEAF, end == 0 ? made_s + off_s : made_s - far_s,
			    end == 0 ? made_s + far_s : made_s + off_s);
			sim_assemble(vendor, made.scene, &made);

			const struct subject subject = subject_of_sim("report's certificate", &made);
			const struct timed t = timed_open(&subject, &confidence);
			const bool within = end == 0 ? off_s <= 0 : off_s >= 0;

			at(&v, &t, PROPERTY_NOW_S + 10 * far_s);
			assert_int_equal(v.authenticity, within ? ASSAY_GENUINE : ASSAY_UNDECIDED);
			assert_int_equal(v.first_failed, within ? -1 : ASSAY_CHECK_IAS_DATES);
			assert_false(v.has_as_of);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_sets_are_exact_at_both_ends),
		cmocka_unit_test(real_reports_have_no_end),
		cmocka_unit_test(each_document_bounds_the_verdict),
		cmocka_unit_test(dates_of_a_root_change_nothing),
		cmocka_unit_test(no_common_second),
		cmocka_unit_test(late_collateral_has_its_grace),
		cmocka_unit_test(out_of_date_has_its_grace),
		cmocka_unit_test(grace_of_ten_years),
		cmocka_unit_test(reports_have_their_edges),
		cmocka_unit_test(the_report_certificate_has_its_edges),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
