/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No prefix passes, and nothing that goes on: every truncation and every
 * extension of a quote is refused by its form, those of a report by its
 * signature, and no part of the collateral can be cut without the tier.
 */
#include "property/property.h"

static struct sim_vendor *vendor;
static json_t *manifest;
static struct assay_policy confidence;
static unsigned long refused;

static int
setup(void **state)
{
	(void)state;
	vendor = sim_vendor_new("prefix", PROPERTY_NOW_S);
	manifest = vector_json("dcap", "manifest.json");
	assay_policy_preset(&confidence, assay_crypto_openssl(), 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	json_decref(manifest);
	sim_vendor_free(vendor);
	return 0;
}

/* ------------------------------------------------------------------------
 * Evidence
 */

struct cut {
	const struct subject *subject;
	struct assay_prepared *prepared;
	struct memory memory;
	struct assay_crypto port;
	struct assay_verifier verifier;
	bool report;
	unsigned failures;
};

static void
must_be_refused(struct cut *cut, const struct assay_evidence *evidence, const char *how)
{
	struct assay_verdict v;
	/* A report has no lengths inside: it is the signature that no longer fits. */
	const int latest = cut->report ? ASSAY_CHECK_IAS_SIGNATURE : ASSAY_CHECK_QUOTE_FORM;

	assay_appraise_prepared(&v, &cut->verifier, evidence, cut->prepared, NULL, &confidence, cut->subject->at_s);
	refused++;
	if (v.authenticity != ASSAY_NOT_GENUINE || has_any_tier(&v) || v.first_failed > latest ||
	    fault_in_verdict(&v)[0] != '\0') {
		cut->failures++;
		if (cut->failures < 10) {
			print_error("%s %s at %zu bytes: %s, first failed %s %s\n", cut->subject->name, how,
			    evidence->quote.len, assay_authenticity_word(v.authenticity), check_name(v.first_failed),
			    fault_in_verdict(&v));
		}
	}
}

/* Each truncation and extension is a buffer of exactly its size, so that a read beyond it is seen. */
static void
must_be_refused_as(struct cut *cut, const uint8_t *data, size_t len, const char *how)
{
	struct assay_evidence evidence = cut->subject->evidence;
	uint8_t *exact = malloc(len == 0 ? 1 : len);

	memcpy(exact, data, len);
	evidence.quote = (struct assay_bytes){ exact, len };
	must_be_refused(cut, &evidence, how);
	free(exact);
}

static void
cut_and_extend(const struct subject *subject)
{
	static struct assay_prepared prepared;
	static uint8_t longer[ASSAY_EVIDENCE_BYTES_MAX + 2];
	const struct assay_bytes whole = subject->evidence.quote;
	struct cut cut = { .subject = subject, .prepared = &prepared, .report = whole.data[0] == '{',
		.memory = { .learning = true } };
	struct assay_verdict v;

	cut.port = memory_port(&cut.memory);
	cut.verifier = subject->verifier;
	cut.verifier.crypto = &cut.port;
	assay_prepare(&prepared, &cut.verifier, &subject->collateral);
	assay_appraise_prepared(&v, &cut.verifier, &subject->evidence, &prepared, NULL, &confidence, subject->at_s);
	cut.memory.learning = false;
	for (size_t len = 0; len < whole.len; len++) {
		must_be_refused_as(&cut, whole.data, len, "cut");
	}
	assert_true(whole.len + 1 < sizeof(longer));
	memset(longer, 0, sizeof(longer));
	memcpy(longer, whole.data, whole.len);
	for (unsigned byte = 0; byte < 256; byte++) {
		longer[whole.len] = (uint8_t)byte;
		must_be_refused_as(&cut, longer, whole.len + 1, "extended by a byte");
	}
	longer[whole.len] = 0;
	for (size_t pad = 1; whole.len + pad < sizeof(longer); pad = pad < 64 ? pad + 1 : pad * 2) {
		must_be_refused_as(&cut, longer, whole.len + pad, "padded with zeros");
	}
	must_be_refused_as(&cut, longer, sizeof(longer) - 1, "padded beyond the limit");
	/* The same twice in a row is not one of it. */
	if (whole.len * 2 < sizeof(longer)) {
		memcpy(longer + whole.len, whole.data, whole.len);
		must_be_refused_as(&cut, longer, whole.len * 2, "doubled");
	}
	memory_free(&cut.memory);
	assert_int_equal(cut.failures, 0);
}

static void
real_quotes(void **state)
{
	size_t i;
	json_t *row;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	refused = 0;
	json_array_foreach(json_object_get(manifest, "quotes"), i, row) {
		const json_t *set = json_array_get(json_object_get(row, "collaterals"), 0);
		struct real real;

		/* The first set that there is; a quote without one needs none to be refused. */
		(void)real_load(&real, json_text(row, "file"), set == NULL ? "none" : json_text(set, "file"),
		    set == NULL ? "2026-01-01T00:00:00Z" : json_text(set, "at"));
		assert_non_null(real.subject.evidence.quote.data);
		/* Some files were padded by those who kept them. */
		real.subject.evidence.quote.len = assay_untrusted_quote_length(real.subject.evidence.quote);
		cut_and_extend(&real.subject);
		real_free(&real);
	}
	print_message("# %lu altered lengths of %zu real quotes refused\n", refused, i);
	assert_true(refused > 100000);
}

static void
real_reports(void **state)
{
	json_t *rows = vector_json("ias", "manifest.json");
	const struct assay_bytes chain = vector_load("ias", "ias-signing-chain.pem");
	size_t i;
	json_t *row;

	(void)state;
	refused = 0;
	json_array_foreach(rows, i, row) {
		struct subject s = { .name = json_text(row, "report"), .verifier = verifier_intel(),
			.at_s = INT64_C(1893456000) };

		s.evidence.quote = vector_load("ias", json_text(row, "report"));
		s.evidence.ias_signature = vector_load("ias", json_text(row, "sig"));
		s.evidence.ias_certificates = chain;
		if (s.evidence.quote.data != NULL) {
			cut_and_extend(&s);
		}
		vector_free(s.evidence.quote);
		vector_free(s.evidence.ias_signature);
	}
	vector_free(chain);
	json_decref(rows);
	if (i == 0) {
		skip();
	}
	print_message("# %lu altered lengths of %zu real reports refused\n", refused, i);
	assert_true(refused > 10000);
}

static void
simulated(void **state)
{
	static const struct {
		const char *name;
		struct sim_options options;
	} rows[] = {
		{ "SGX v3", { .tee = SIM_SGX } },
		{ "SGX v4", { .tee = SIM_SGX, .version = 4, .ca = SIM_CA_PROCESSOR } },
		{ "SGX v5", { .tee = SIM_SGX, .version = 5 } },
		{ "SGX, PPID in clear", { .tee = SIM_SGX, .certification_type = 1 } },
		{ "SGX, PPID under RSA 2048", { .tee = SIM_SGX, .certification_type = 2 } },
		{ "SGX, PPID under RSA 3072", { .tee = SIM_SGX, .certification_type = 3 } },
		{ "SGX, leaf alone", { .tee = SIM_SGX, .certification_type = 4 } },
		{ "TDX v4", { .tee = SIM_TDX, .version = 4 } },
		{ "TDX v5 1.0", { .tee = SIM_TDX, .version = 5, .body_type = 2 } },
		{ "TDX v5 1.5", { .tee = SIM_TDX, .version = 5, .body_type = 3 } },
		{ "TDX v5 extended", { .tee = SIM_TDX, .version = 5, .body_type = 4 } },
		{ "IAS without version", { .tee = SIM_IAS, .version = 2 } },
		{ "IAS v4", { .tee = SIM_IAS, .version = 4, .status = ASSAY_TCB_SW_HARDENING_NEEDED } },
		{ "IAS v5", { .tee = SIM_IAS, .version = 5, .linkable = true, .nonce = "0123" } },
		{ "EPID v1", { .tee = SIM_EPID, .version = 1 } },
		{ "EPID v2", { .tee = SIM_EPID, .version = 2 } },
	};
	struct sim_evidence made = { 0 };

	(void)state;
	refused = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct assay_verdict v;

		if (!sim_evidence_make(vendor, &rows[i].options, &made)) {
			fail_msg("%s: %s", rows[i].name, made.error);
		}
		const struct subject subject = subject_of_sim(rows[i].name, &made);

		appraise(&v, &subject, &confidence);
		assert_int_equal(v.first_failed, rows[i].options.tee == SIM_EPID ? ASSAY_CHECK_QUOTE_EPID : -1);
		cut_and_extend(&subject);
	}
	sim_evidence_free(&made);
	print_message("# %lu altered lengths of simulated evidence refused\n", refused);
}

/* ------------------------------------------------------------------------
 * Collateral and what accompanies a report
 */

static bool
is_blank(struct assay_bytes whole, size_t from)
{
	for (size_t i = from; i < whole.len; i++) {
		if (strchr(" \t\r\n", whole.data[i]) == NULL && whole.data[i] != '\0') {
			return false;
		}
	}
	return true;
}

/* What *slot holds is cut everywhere, in steps; cutting white space off a PEM text's end takes nothing away. */
static void
cut_part(const struct subject *subject, struct assay_evidence *evidence, struct assay_collateral *collateral,
    const char *name, struct assay_bytes *slot, struct memory *memory)
{
	const struct assay_bytes whole = *slot;
	const struct assay_crypto port = memory_port(memory);
	struct assay_verifier verifier = subject->verifier;
	unsigned failures = 0;

	verifier.crypto = &port;
	for (size_t len = 0; len < whole.len; len += property_long() || whole.len - len < 80 ? 1 : 7) {
		struct assay_verdict v;

		slot->len = len;
		assay_appraise(&v, &verifier, evidence, collateral, &confidence, subject->at_s);
		refused++;
		if ((v.authenticity == ASSAY_GENUINE && !is_blank(whole, len)) || fault_in_verdict(&v)[0] != '\0') {
			failures++;
			print_error("%s, %s cut to %zu of %zu bytes: %s %s\n", subject->name, name, len, whole.len,
			    assay_authenticity_word(v.authenticity), fault_in_verdict(&v));
		}
	}
	*slot = whole;
	assert_int_equal(failures, 0);
}

static void
cut_all_parts(const struct subject *subject)
{
	struct assay_evidence e = subject->evidence;
	struct assay_collateral c = subject->collateral;
	struct memory memory = { .learning = true };
	const struct assay_crypto port = memory_port(&memory);
	struct assay_verifier verifier = subject->verifier;
	struct assay_verdict v;
	struct {
		const char *name;
		struct assay_bytes *slot;
	} parts[] = {
		{ "ias_signature", &e.ias_signature },
		{ "pck_certificate_chain", &c.pck_certificate_chain },
		{ "root_crl", &c.root_crl },
		{ "pck_crl", &c.pck_crl },
		{ "pck_crl_issuer_chain", &c.pck_crl_issuer_chain },
		{ "tcb_info", &c.tcb_info },
		{ "tcb_info_signature", &c.tcb_info_signature },
		{ "tcb_info_issuer_chain", &c.tcb_info_issuer_chain },
		{ "qe_identity", &c.qe_identity },
		{ "qe_identity_signature", &c.qe_identity_signature },
		{ "qe_identity_issuer_chain", &c.qe_identity_issuer_chain },
	};

	verifier.crypto = &port;
	assay_appraise(&v, &verifier, &e, &c, &confidence, subject->at_s);
	memory.learning = false;
	assert_int_equal(v.authenticity, ASSAY_GENUINE);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		cut_part(subject, &e, &c, parts[i].name, parts[i].slot, &memory);
	}
	memory_free(&memory);
}

static void
parts_beside(void **state)
{
	static const struct sim_options rows[] = {
		{ .tee = SIM_SGX, .certification_type = 2 },
		{ .tee = SIM_TDX },
		{ .tee = SIM_IAS },
	};
	struct sim_evidence made = { 0 };
	struct real real;

	(void)state;
	refused = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(sim_evidence_make(vendor, &rows[i], &made));
		const struct subject subject = subject_of_sim("simulated", &made);

		cut_all_parts(&subject);
	}
	sim_evidence_free(&made);
	if (real_load(&real, "sgx-v3-00606a000000-03.quote.bin", "sgx-v3-00606a000000-03.collateral-b.json",
	    "2025-08-30T05:09:06Z")) {
		cut_all_parts(&real.subject);
	}
	real_free(&real);
	print_message("# %lu cut parts of collateral gave no tier\n", refused);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_quotes),
		cmocka_unit_test(real_reports),
		cmocka_unit_test(simulated),
		cmocka_unit_test(parts_beside),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
