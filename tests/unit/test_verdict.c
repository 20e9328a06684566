/* SPDX-License-Identifier: Apache-2.0 */
/* What a verdict shows, field by field, and reference values held against it. */
#include "core.h"

#include "appraise/verdict.h"

/* Where a field is in a report's body; little endian ones are shown big endian. */
struct place {
	enum assay_field field;
	size_t at;
	size_t len;
	bool swapped;
};

static const struct place sgx_places[] = {
	{ ASSAY_FIELD_MISCSELECT, 16, 4, true },
	{ ASSAY_FIELD_ISV_EXT_PROD_ID, 32, 16, false },
	{ ASSAY_FIELD_ATTRIBUTES, 48, 16, false },
	{ ASSAY_FIELD_MRENCLAVE, 64, 32, false },
	{ ASSAY_FIELD_MRSIGNER, 128, 32, false },
	{ ASSAY_FIELD_CONFIG_ID, 192, 64, false },
	{ ASSAY_FIELD_ISV_PROD_ID, 256, 2, true },
	{ ASSAY_FIELD_ISV_SVN, 258, 2, true },
	{ ASSAY_FIELD_CONFIG_SVN, 260, 2, true },
	{ ASSAY_FIELD_ISV_FAMILY_ID, 304, 16, false },
	{ ASSAY_FIELD_REPORT_DATA, 320, 64, false },
};

static const struct place td_places[] = {
	{ ASSAY_FIELD_MRSEAM, 16, 48, false },
	{ ASSAY_FIELD_MRSIGNERSEAM, 64, 48, false },
	{ ASSAY_FIELD_TD_ATTRIBUTES, 120, 8, false },
	{ ASSAY_FIELD_XFAM, 128, 8, false },
	{ ASSAY_FIELD_MRTD, 136, 48, false },
	{ ASSAY_FIELD_MRCONFIGID, 184, 48, false },
	{ ASSAY_FIELD_MROWNER, 232, 48, false },
	{ ASSAY_FIELD_MROWNERCONFIG, 280, 48, false },
	{ ASSAY_FIELD_RTMR0, 328, 48, false },
	{ ASSAY_FIELD_RTMR1, 376, 48, false },
	{ ASSAY_FIELD_RTMR2, 424, 48, false },
	{ ASSAY_FIELD_RTMR3, 472, 48, false },
	{ ASSAY_FIELD_REPORT_DATA, 520, 64, false },
	{ ASSAY_FIELD_MRSERVICETD, 600, 48, false },
};

static const struct place *
place_of(const struct place *places, size_t count, enum assay_field field)
{
	for (size_t i = 0; i < count; i++) {
		if (places[i].field == field) {
			return &places[i];
		}
	}
	return NULL;
}

/* Does the row on reference values pass with this one? */
static bool
holds(const struct sim_evidence *sim, enum assay_field field, struct assay_bytes value)
{
	const struct assay_reference reference = { field, value };
	const struct assay_policy policy = core_preset(0);
	struct assay_verifier verifier = core_verifier(sim);
	struct assay_verdict v;

	verifier.references = &reference;
	verifier.references_count = 1;
	assay_appraise(&v, &verifier, &sim->evidence, &sim->collateral, &policy, sim->at_s);
	assert_int_equal(v.authenticity, ASSAY_GENUINE);
	assert_int_equal(core_has_reason(&v, ASSAY_REASON_REFERENCE_VALUES),
	    v.checks[ASSAY_CHECK_REFERENCE_VALUES] == ASSAY_FAILED);
	if (v.checks[ASSAY_CHECK_REFERENCE_VALUES] == ASSAY_FAILED) {
		assert_int_equal(v.tier, ASSAY_TIER_NONE);
	}
	return v.checks[ASSAY_CHECK_REFERENCE_VALUES] == ASSAY_PASSED;
}

/* The value, and each way not to be it. */
static void
only_the_value_holds(const struct sim_evidence *sim, enum assay_field field, struct assay_bytes value)
{
	uint8_t copy[80] = { 0 };

	assert_in_range(value.len, 1, 64);
	memcpy(copy, value.data, value.len);
	if (!holds(sim, field, bytes_of(copy, value.len))) {
		fail_msg("%s does not hold", assay_field_id(field));
	}
	copy[0] ^= 0x01;
	assert_false(holds(sim, field, bytes_of(copy, value.len)));
	copy[0] ^= 0x01;
	copy[value.len - 1] ^= 0x80;
	assert_false(holds(sim, field, bytes_of(copy, value.len)));
	copy[value.len - 1] ^= 0x80;
	assert_false(holds(sim, field, bytes_of(copy, value.len - 1)));
	assert_false(holds(sim, field, bytes_of(copy, value.len + 1)));
	assert_false(holds(sim, field, bytes_of(NULL, 0)));
}

static void
check_fields(const struct sim_evidence *sim, const struct place *places, size_t count, const uint8_t *body)
{
	const struct assay_verdict v = core_judge(sim, NULL);

	assert_true(v.has_body);
	for (unsigned f = 0; f <= ASSAY_FIELD_COUNT; f++) {
		const enum assay_field field = (enum assay_field)f;
		const struct place *place = place_of(places, count, field);
		uint8_t scratch[8];
		const struct assay_bytes value = assay_verdict_field(&v, field, scratch);

		if (f == ASSAY_FIELD_NONCE || f == ASSAY_FIELD_FMSPC || f == ASSAY_FIELD_PPID ||
		    f == ASSAY_FIELD_PLATFORM_ID) {
			continue;
		}
		if (place == NULL) {
			uint8_t zero[64] = { 0 };

			assert_int_equal(value.len, 0);
			assert_false(holds(sim, field, bytes_of(zero, assay_field_len(field))));
			/* What is not there is not as expected, even where nothing was. */
			assert_false(holds(sim, field, bytes_of(NULL, 0)));
			continue;
		}
		assert_int_equal(value.len, place->len);
		assert_int_equal(value.len, assay_field_len(field));
		for (size_t i = 0; i < value.len; i++) {
			assert_int_equal(value.data[i], body[place->at + (place->swapped ? value.len - 1 - i : i)]);
		}
		only_the_value_holds(sim, field, value);
	}
}

/* Different bytes everywhere in the body, apart from what decides on genuineness. */
static void
paint(uint8_t *body, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		body[i] = (uint8_t)(i * 7 + i / 37 + 1);
	}
}

static void
an_enclaves_fields_are_its_reports(void **state)
{
	struct sim_evidence sim = { 0 };

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	paint(sim.scene->quote.body.data, 0, 384);
	core_sign_quote(&sim);
	check_fields(&sim, sgx_places, CORE_COUNT(sgx_places), sim.scene->quote.body.data);
	sim_evidence_free(&sim);
}

static void
a_tds_fields_are_its_reports(void **state)
{
	struct sim_evidence sim = { 0 };

	(void)state;
	for (unsigned type = 2; type <= 4; type++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_TDX, .version = 5, .body_type = type });
		uint8_t *body = sim.scene->quote.body.data;

		paint(body, 16, 64);
		paint(body, 120, 584);
		if (type > 2) {
			paint(body, 600, sim.scene->quote.body.len);
		}
		core_sign_quote(&sim);
		/* Before TD 1.5 there is no word on service TDs. */
		check_fields(&sim, td_places, CORE_COUNT(td_places) - (type == 2 ? 1 : 0), body);
		sim_evidence_free(&sim);
	}
}

static void
the_platforms_fields_are_its_certificates(void **state)
{
	struct sim_evidence sim = { 0 };
	uint8_t bytes[32] = "assay/platform/1";
	uint8_t id[32];

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	only_the_value_holds(&sim, ASSAY_FIELD_FMSPC, bytes_of(sim.scene->platform.fmspc, 6));
	only_the_value_holds(&sim, ASSAY_FIELD_PPID, bytes_of(sim.scene->platform.ppid, 16));
	memcpy(bytes + 16, sim.scene->platform.ppid, 16);
	sim_sha256(id, bytes, 32);
	only_the_value_holds(&sim, ASSAY_FIELD_PLATFORM_ID, bytes_of(id, 32));
	assert_false(holds(&sim, ASSAY_FIELD_NONCE, bytes_of("1", 1)));
	assert_false(holds(&sim, ASSAY_FIELD_NONCE, bytes_of(NULL, 0)));
	sim_evidence_free(&sim);
}

/* The id is in the result object too, as null where there is none. */
static void
shows_platform(const struct assay_verdict *v, const uint8_t *id)
{
	static char text[ASSAY_RESULT_JSON_MAX];
	const uint8_t digest[32] = { 0 };
	char member[80] = "\"id\":";

	if (id == NULL) {
		strcat(member, "null,");
	} else {
		strcat(member, "\"");
		for (size_t i = 0; i < 32; i++) {
			(void)snprintf(member + strlen(member), 3, "%02x", id[i]);
		}
		strcat(member, "\"");
	}
	assert_true(assay_result_json(v, bytes_of_text("r"), digest, text, sizeof(text)) > 0);
	const char *platform = strstr(text, "\"platform\":{");

	assert_non_null(platform);
	const char *shown = strstr(platform, "\"id\":");

	assert_non_null(shown);
	assert_memory_equal(shown, member, strlen(member));
}

static void
a_reports_fields(void **state)
{
	struct sim_evidence sim = { 0 };
	uint8_t pseudonym[128];
	uint8_t bytes[149] = "assay/platform/epid/1";
	uint8_t id[32];

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS, .linkable = true, .nonce = "0123456789abcdef0123456789ABCDEF" });
	paint(sim.scene->ias.quote_body, 48, 432);
	sim_ias_build(vendor, sim.scene);
	core_sign_quote(&sim);
	check_fields(&sim, sgx_places, CORE_COUNT(sgx_places), sim.scene->ias.quote_body + 48);
	only_the_value_holds(&sim, ASSAY_FIELD_NONCE, bytes_of_text("0123456789abcdef0123456789ABCDEF"));
	sim_derive(pseudonym, sizeof(pseudonym), vendor->secret, "pseudonym", 0);
	memcpy(bytes + 21, pseudonym, 128);
	sim_sha256(id, bytes, 149);
	only_the_value_holds(&sim, ASSAY_FIELD_PLATFORM_ID, bytes_of(id, 32));
	/* A report names no machine in clear. */
	assert_false(holds(&sim, ASSAY_FIELD_PPID, bytes_of(id, 16)));
	assert_false(holds(&sim, ASSAY_FIELD_FMSPC, bytes_of(id, 6)));
	assert_false(holds(&sim, ASSAY_FIELD_PPID, bytes_of(NULL, 0)));
	const struct assay_verdict v = core_judge(&sim, NULL);

	shows_platform(&v, id);
	assert_true(v.ias.linkable);
	assert_int_equal(v.ias.nonce_len, 32);
	assert_int_equal(v.ias.version, 4);
	assert_int_equal(v.version, 4);
	assert_int_equal(v.ias.timestamp_s, CORE_NOW_S - 3600);
	assert_int_equal(v.tee, ASSAY_TEE_SGX);
	sim_evidence_free(&sim);

	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	assert_false(holds(&sim, ASSAY_FIELD_PLATFORM_ID, bytes_of(id, 32)));
	assert_false(holds(&sim, ASSAY_FIELD_NONCE, bytes_of(NULL, 0)));
	const struct assay_verdict unlinkable = core_judge(&sim, NULL);

	assert_false(unlinkable.ias.linkable);
	shows_platform(&unlinkable, NULL);
	sim_evidence_free(&sim);
}

static void
a_reports_platform_information(void **state)
{
	struct sim_evidence sim = { 0 };
	struct assay_verdict v;

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS, .status = ASSAY_TCB_OUT_OF_DATE });
	v = core_judge(&sim, NULL);
	assert_true(v.ias.has_platform_info);
	assert_int_equal(v.ias.group_flags, 0x04);
	assert_int_equal(v.ias.tcb_flags, 0x0001);
	assert_int_equal(v.ias.pse_flags, 0);
	core_edit(&sim.scene->ias.body, "\"platformInfoBlob\":\"1502006504000100", "\"platformInfoBlob\":\"1502006504000102");
	core_sign_quote(&sim);
	v = core_judge(&sim, NULL);
	assert_int_equal(v.authenticity, ASSAY_GENUINE);
	assert_int_equal(v.ias.tcb_flags, 0x0001);
	assert_int_equal(v.ias.pse_flags, 0x0200);
	sim_evidence_free(&sim);
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	assert_false(core_judge(&sim, NULL).ias.has_platform_info);
	sim_evidence_free(&sim);
}

/* From version 5 on a report names the evaluation number that it was judged by. */
static void
a_reports_evaluation_number(void **state)
{
	(void)state;
	for (unsigned version = 4; version <= 5; version++) {
		for (uint32_t minimum = 0; minimum < 22; minimum += 7) {
			struct assay_policy policy = core_preset(0);
			struct sim_evidence sim = { 0 };
			struct assay_verdict v;

			policy.minimum_tcb_evaluation_number = minimum;
			core_make(&sim, (struct sim_options){ .tee = SIM_IAS, .version = version, .evaluation_number = 14 });
			v = core_judge(&sim, &policy);
			assert_int_equal(v.tcb_evaluation_number, version == 5 ? 14 : 0);
			assert_int_equal(v.tier, minimum <= v.tcb_evaluation_number ? ASSAY_TIER_1 : ASSAY_TIER_NONE);
			sim_evidence_free(&sim);
		}
	}
}

/* One of several that does not hold is enough, wherever it stands. */
static void
all_references_must_hold(void **state)
{
	struct sim_evidence sim = { 0 };
	uint8_t wrong[32] = { 1 };

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	const uint8_t *body = sim.scene->quote.body.data;
	const struct assay_reference good[3] = {
		{ ASSAY_FIELD_MRENCLAVE, bytes_of(body + 64, 32) },
		{ ASSAY_FIELD_MRSIGNER, bytes_of(body + 128, 32) },
		{ ASSAY_FIELD_REPORT_DATA, bytes_of(body + 320, 64) },
	};

	for (size_t bad = 0; bad <= 3; bad++) {
		const struct assay_policy policy = core_preset(0);
		struct assay_verifier verifier = core_verifier(&sim);
		struct assay_reference references[3];
		struct assay_verdict v;

		memcpy(references, good, sizeof(references));
		if (bad < 3) {
			references[bad] = (struct assay_reference){ ASSAY_FIELD_MRENCLAVE, bytes_of(wrong, 32) };
		}
		verifier.references = references;
		verifier.references_count = 3;
		assay_appraise(&v, &verifier, &sim.evidence, &sim.collateral, &policy, sim.at_s);
		core_expect(&v, ASSAY_GENUINE, bad < 3 ? ASSAY_CHECK_REFERENCE_VALUES : -1, bad < 3 ? 0 : 1, "references");
	}
	/* Without any the row does not exist. */
	assert_int_equal(core_judge(&sim, NULL).checks[ASSAY_CHECK_REFERENCE_VALUES], ASSAY_NOT_APPLICABLE);
	sim_evidence_free(&sim);
}

static void
a_zeroed_verdict_is_a_rejection(void **state)
{
	static const struct assay_verdict v;
	uint8_t scratch[8];

	(void)state;
	assert_int_equal(v.authenticity, ASSAY_NOT_GENUINE);
	assert_int_equal(assay_tier_number(v.tier), 0);
	assert_int_equal(v.checks[ASSAY_CHECK_QUOTE_SIGNATURE], ASSAY_NOT_REACHED);
	assert_int_equal(v.tcb_status, ASSAY_TCB_UNKNOWN);
	for (unsigned f = 0; f <= ASSAY_FIELD_COUNT; f++) {
		assert_int_equal(assay_verdict_field(&v, (enum assay_field)f, scratch).len, 0);
	}
}

/* debug is told for what it is, whatever the policy makes of it. */
static void
debug_is_told(void **state)
{
	static const enum sim_tee tees[] = { SIM_SGX, SIM_TDX, SIM_IAS };
	struct assay_policy policy = core_preset(0);

	(void)state;
	policy.permit = ASSAY_PERMIT_DEBUG;
	for (size_t i = 0; i < 3; i++) {
		for (unsigned debug = 0; debug < 2; debug++) {
			struct sim_evidence sim = { 0 };
			struct assay_verdict v;

			core_make(&sim, (struct sim_options){ .tee = tees[i], .debug = debug != 0 });
			v = core_judge(&sim, NULL);
			assert_int_equal(v.debug, debug);
			assert_int_equal(v.tier, debug ? ASSAY_TIER_NONE : ASSAY_TIER_1);
			assert_int_equal(core_has_reason(&v, ASSAY_REASON_DEBUG), debug);
			v = core_judge(&sim, &policy);
			assert_int_equal(v.debug, debug);
			assert_int_equal(v.tier, ASSAY_TIER_1);
			sim_evidence_free(&sim);
		}
	}
}

/* Nobody vouches for what a quote says whose signature the vendor found bad. */
static void
a_report_of_a_bad_quote_shows_no_measurements(void **state)
{
	(void)state;
	for (unsigned s = ASSAY_TCB_REVOKED; s < ASSAY_TCB_STATUS_COUNT; s++) {
		struct sim_evidence sim = { 0 };
		struct assay_verdict v;
		uint8_t scratch[8];

		core_make(&sim, (struct sim_options){ .tee = SIM_IAS, .status = (enum assay_tcb_status)s });
		v = core_judge(&sim, NULL);
		assert_int_equal(v.authenticity, ASSAY_GENUINE);
		assert_int_equal(v.tcb_status, s);
		assert_int_equal(v.first_failed, ASSAY_CHECK_TCB_REVOKED);
		assert_int_equal(v.has_body, s == ASSAY_TCB_REVOKED);
		assert_int_equal(assay_verdict_field(&v, ASSAY_FIELD_MRENCLAVE, scratch).len, s == ASSAY_TCB_REVOKED ? 32 : 0);
		/* And nothing is said of the enclave that it does not show. */
		for (unsigned c = ASSAY_CHECK_DEBUG; c <= ASSAY_CHECK_ENCLAVE_ATTRIBUTES; c++) {
			assert_int_equal(v.checks[c], s == ASSAY_TCB_REVOKED ? ASSAY_PASSED : ASSAY_NOT_APPLICABLE);
		}
		assert_int_equal(v.checks[ASSAY_CHECK_STATUS_TIER], ASSAY_NOT_REACHED);
		sim_evidence_free(&sim);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_enclaves_fields_are_its_reports),
		cmocka_unit_test(a_tds_fields_are_its_reports),
		cmocka_unit_test(the_platforms_fields_are_its_certificates),
		cmocka_unit_test(a_reports_fields),
		cmocka_unit_test(a_reports_platform_information),
		cmocka_unit_test(a_reports_evaluation_number),
		cmocka_unit_test(all_references_must_hold),
		cmocka_unit_test(a_zeroed_verdict_is_a_rejection),
		cmocka_unit_test(debug_is_told),
		cmocka_unit_test(a_report_of_a_bad_quote_shows_no_measurements),
	};

	return cmocka_run_group_tests(tests, core_setup, core_teardown);
}
