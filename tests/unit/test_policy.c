/* SPDX-License-Identifier: Apache-2.0 */
/* Policies as documents: the round trip, the digest, and each way to be refused. */
#include "text.h"

#include <stdio.h>

/* All members, in the canonical order. */
static const char full[] =
    "{\"schema\":\"assay.policy/1\",\"name\":\"all.Of-it_9\",\"tiers\":{\"UpToDate\":1,\"SWHardeningNeeded\":2,"
    "\"ConfigurationNeeded\":3,\"ConfigurationAndSWHardeningNeeded\":4,\"OutOfDate\":5,"
    "\"OutOfDateConfigurationNeeded\":5,\"TDRelaunchAdvised\":4,\"TDRelaunchAdvisedConfigurationNeeded\":5},"
    "\"advisories\":{\"tier\":3,\"count_from_tier\":2,\"count_beside_up_to_date\":false,\"hard_stays_in_tier_2\":true,"
    "\"whitelist\":[\"INTEL-SA-00219\",\"INTEL-SA-00334\"],\"hard\":[\"INTEL-SA-00615\"],"
    "\"critical\":[{\"id\":\"INTEL-SA-00088\",\"fixed\":\"2018-01-04T00:00:00Z\"},{\"id\":\"INTEL-SA-00233\"}]},"
    "\"minimum_tcb_evaluation_number\":17,\"permit\":[\"debug\",\"enclave-attributes\",\"td-attributes\","
    "\"no-sept-ve-disable\",\"service-td\"],\"require\":[\"smt-disabled\",\"static-platform\",\"no-cached-keys\"],"
    "\"ceilings\":[{\"tee\":\"tdx\",\"tier\":2,\"word\":\"young\"},{\"tee\":\"sgx\",\"tier\":5,\"word\":\"old\"}],"
    "\"collateral_grace_s\":60,\"out_of_date_grace_s\":86400,\"report_age_max_s\":3600,"
    "\"tier_next_at\":\"2027-01-01T00:00:00Z\"}";

static const char least[] = "{\"schema\":\"assay.policy/1\",\"name\":\"least\"}";

static bool
parse(struct assay_policy *policy, struct assay_bytes document, char error[static 160])
{
	memset(policy, 0xa5, sizeof(*policy));
	memset(error, '#', 160);
	return assay_policy_parse(policy, assay_crypto_openssl(), document, error);
}

static struct assay_policy
parsed(const char *text)
{
	struct assay_policy policy;
	const struct assay_bytes copy = text_whole(text);
	char error[160];

	if (!parse(&policy, copy, error)) {
		fail_msg("%s", error);
	}
	text_free(copy);
	return policy;
}

static void
every_member_is_read(void **state)
{
	const struct assay_policy p = parsed(full);

	(void)state;
	assert_string_equal(p.name, "all.Of-it_9");
	assert_int_equal(p.tier_of_status[ASSAY_TCB_UNKNOWN], ASSAY_TIER_NONE);
	assert_int_equal(p.tier_of_status[ASSAY_TCB_UP_TO_DATE], ASSAY_TIER_1);
	assert_int_equal(p.tier_of_status[ASSAY_TCB_SW_HARDENING_NEEDED], ASSAY_TIER_2);
	assert_int_equal(p.tier_of_status[ASSAY_TCB_CONFIGURATION_NEEDED], ASSAY_TIER_3);
	assert_int_equal(p.tier_of_status[ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED], ASSAY_TIER_4);
	assert_int_equal(p.tier_of_status[ASSAY_TCB_OUT_OF_DATE], ASSAY_TIER_5);
	assert_int_equal(p.tier_of_status[ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED], ASSAY_TIER_5);
	assert_int_equal(p.tier_of_status[ASSAY_TCB_TD_RELAUNCH_ADVISED], ASSAY_TIER_4);
	assert_int_equal(p.tier_of_status[ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED], ASSAY_TIER_5);
	for (unsigned s = ASSAY_TCB_REVOKED; s < ASSAY_TCB_STATUS_COUNT; s++) {
		assert_int_equal(p.tier_of_status[s], ASSAY_TIER_NONE);
	}
	assert_int_equal(p.advisory_tier, ASSAY_TIER_3);
	assert_int_equal(p.advisories_count_at_or_below, ASSAY_TIER_2);
	assert_false(p.advisories_count_beside_up_to_date);
	assert_true(p.hard_stays_in_tier_2);
	assert_int_equal(p.whitelist.count, 2);
	assert_string_equal(p.whitelist.ids[0].id, "INTEL-SA-00219");
	assert_string_equal(p.whitelist.ids[1].id, "INTEL-SA-00334");
	assert_int_equal(p.hard.count, 1);
	assert_string_equal(p.hard.ids[0].id, "INTEL-SA-00615");
	assert_int_equal(p.critical.count, 2);
	assert_string_equal(p.critical.ids[0].id, "INTEL-SA-00088");
	assert_int_equal(p.critical.ids[0].fixed_s, 1515024000);
	assert_string_equal(p.critical.ids[1].id, "INTEL-SA-00233");
	assert_int_equal(p.critical.ids[1].fixed_s, 0);
	assert_int_equal(p.minimum_tcb_evaluation_number, 17);
	assert_int_equal(p.permit, ASSAY_PERMIT_DEBUG | ASSAY_PERMIT_ENCLAVE_ATTRIBUTES | ASSAY_PERMIT_TD_ATTRIBUTES |
	    ASSAY_PERMIT_SEPT_VE | ASSAY_PERMIT_SERVICE_TD);
	assert_int_equal(p.require, ASSAY_REQUIRE_SMT_DISABLED | ASSAY_REQUIRE_STATIC_PLATFORM |
	    ASSAY_REQUIRE_NO_CACHED_KEYS);
	assert_int_equal(p.ceilings_count, 2);
	assert_int_equal(p.ceilings[0].tee, ASSAY_TEE_TDX);
	assert_int_equal(p.ceilings[0].tier, ASSAY_TIER_2);
	assert_string_equal(p.ceilings[0].word, "young");
	assert_int_equal(p.ceilings[1].tee, ASSAY_TEE_SGX);
	assert_int_equal(p.ceilings[1].tier, ASSAY_TIER_5);
	assert_string_equal(p.ceilings[1].word, "old");
	assert_int_equal(p.collateral_grace_s, 60);
	assert_int_equal(p.out_of_date_grace_s, 86400);
	assert_int_equal(p.report_age_max_s, 3600);
	assert_int_equal(p.tier_next_at_s, 1798761600);
}

static void
each_word_is_its_own_bit(void **state)
{
	static const struct {
		const char *list;
		const char *word;
		uint32_t bit;
	} rows[] = {
		{ "permit", "debug", ASSAY_PERMIT_DEBUG },
		{ "permit", "enclave-attributes", ASSAY_PERMIT_ENCLAVE_ATTRIBUTES },
		{ "permit", "td-attributes", ASSAY_PERMIT_TD_ATTRIBUTES },
		{ "permit", "no-sept-ve-disable", ASSAY_PERMIT_SEPT_VE },
		{ "permit", "service-td", ASSAY_PERMIT_SERVICE_TD },
		{ "require", "smt-disabled", ASSAY_REQUIRE_SMT_DISABLED },
		{ "require", "static-platform", ASSAY_REQUIRE_STATIC_PLATFORM },
		{ "require", "no-cached-keys", ASSAY_REQUIRE_NO_CACHED_KEYS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[160];

		(void)snprintf(text, sizeof(text), "{\"schema\":\"assay.policy/1\",\"name\":\"x\",\"%s\":[\"%s\"]}",
		    rows[i].list, rows[i].word);
		const struct assay_policy p = parsed(text);

		assert_int_equal(p.permit, rows[i].list[0] == 'p' ? rows[i].bit : 0);
		assert_int_equal(p.require, rows[i].list[0] == 'r' ? rows[i].bit : 0);
	}
}

static void
what_is_missing_is_strict(void **state)
{
	const struct assay_policy p = parsed(least);

	(void)state;
	for (unsigned s = 0; s < ASSAY_TCB_STATUS_COUNT; s++) {
		assert_int_equal(p.tier_of_status[s], ASSAY_TIER_NONE);
	}
	assert_int_equal(p.advisory_tier, ASSAY_TIER_NONE);
	assert_int_equal(p.advisories_count_at_or_below, ASSAY_TIER_1);
	assert_true(p.advisories_count_beside_up_to_date);
	assert_false(p.hard_stays_in_tier_2);
	assert_int_equal(p.whitelist.count + p.hard.count + p.critical.count + p.ceilings_count, 0);
	assert_int_equal(p.permit, 0);
	assert_int_equal(p.require, 0);
	assert_int_equal(p.collateral_grace_s, 0);
	assert_int_equal(p.out_of_date_grace_s, 0);
	assert_int_equal(p.tier_next_at_s, 0);
}

/* ---- writing ---------------------------------------------------------- */

static void
round_trip(const struct assay_policy *policy)
{
	char text[ASSAY_POLICY_DOCUMENT_MAX];
	const size_t len = assay_policy_document(policy, text, sizeof(text));
	struct assay_policy again;
	uint8_t digest[32];
	char error[160];
	const struct assay_bytes document = bytes_of(text, len);

	assert_true(len < sizeof(text));
	if (!parse(&again, document, error)) {
		fail_msg("%s", error);
	}
	assert_memory_equal(&again, policy, sizeof(again));
	assay_crypto_openssl()->sha256(NULL, digest, &document, 1);
	assert_memory_equal(again.digest, digest, 32);
}

static void
documents_make_the_round_trip(void **state)
{
	char text[ASSAY_POLICY_DOCUMENT_MAX];
	struct assay_policy policy = parsed(full);

	(void)state;
	/* What is canonical is written as it was read. */
	assert_int_equal(assay_policy_document(&policy, text, sizeof(text)), sizeof(full) - 1);
	assert_memory_equal(text, full, sizeof(full) - 1);
	round_trip(&policy);
	policy = parsed("{\"schema\":\"assay.policy/1\",\"name\":\"little\",\"advisories\":{\"tier\":5}}");
	round_trip(&policy);
	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		assay_policy_preset(&policy, assay_crypto_openssl(), i);
		assert_string_equal(policy.name, assay_policy_preset_name(i));
		round_trip(&policy);
	}
}

static void
the_default_reads_like_this(void **state)
{
	static const char expected[] =
	    "{\"schema\":\"assay.policy/1\",\"name\":\"confidence\",\"tiers\":{\"UpToDate\":1,\"SWHardeningNeeded\":2,"
	    "\"ConfigurationNeeded\":3,\"ConfigurationAndSWHardeningNeeded\":3,\"OutOfDate\":5,"
	    "\"OutOfDateConfigurationNeeded\":5,\"TDRelaunchAdvised\":4,\"TDRelaunchAdvisedConfigurationNeeded\":4},"
	    "\"advisories\":{\"tier\":4,\"count_from_tier\":1,\"count_beside_up_to_date\":true,"
	    "\"hard_stays_in_tier_2\":false,\"whitelist\":[\"INTEL-SA-00219\",\"INTEL-SA-00334\",\"INTEL-SA-00381\","
	    "\"INTEL-SA-00389\"],\"hard\":[],\"critical\":[{\"id\":\"INTEL-SA-00088\",\"fixed\":\"2018-01-04T00:00:00Z\"}]},"
	    "\"minimum_tcb_evaluation_number\":0,\"permit\":[],\"require\":[],\"ceilings\":[],\"collateral_grace_s\":0,"
	    "\"out_of_date_grace_s\":0,\"report_age_max_s\":0,\"tier_next_at\":null}";
	char text[ASSAY_POLICY_DOCUMENT_MAX];
	struct assay_policy policy;

	(void)state;
	assay_policy_preset(&policy, assay_crypto_openssl(), 0);
	assert_int_equal(assay_policy_document(&policy, text, sizeof(text)), sizeof(expected) - 1);
	assert_memory_equal(text, expected, sizeof(expected) - 1);
}

static void
presets_differ_where_they_should(void **state)
{
	struct assay_policy p[ASSAY_PRESETS_COUNT];

	(void)state;
	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		assay_policy_preset(&p[i], assay_crypto_openssl(), i);
		assert_memory_equal(p[i].tier_of_status, p[0].tier_of_status, sizeof(p[0].tier_of_status));
		assert_memory_equal(&p[i].whitelist, &p[0].whitelist, sizeof(p[0].whitelist));
		assert_int_equal(p[i].advisory_tier, ASSAY_TIER_4);
		assert_int_equal(p[i].permit, 0);
	}
	assert_int_equal(p[0].advisories_count_at_or_below, ASSAY_TIER_1);
	assert_int_equal(p[1].advisories_count_at_or_below, ASSAY_TIER_3);
	assert_int_equal(p[2].advisories_count_at_or_below, ASSAY_TIER_1);
	assert_true(p[0].advisories_count_beside_up_to_date);
	assert_true(p[1].advisories_count_beside_up_to_date);
	assert_false(p[2].advisories_count_beside_up_to_date);
	assert_int_equal(p[0].critical.count, 1);
	assert_int_equal(p[1].critical.count, 0);
	assert_int_equal(p[2].critical.count, 1);
	assert_memory_not_equal(p[0].digest, p[1].digest, 32);
	assert_memory_not_equal(p[0].digest, p[2].digest, 32);
}

static void
the_length_is_told_whatever_fits(void **state)
{
	struct assay_policy policy;

	(void)state;
	assay_policy_preset(&policy, assay_crypto_openssl(), 0);
	char whole[ASSAY_POLICY_DOCUMENT_MAX];
	const size_t len = assay_policy_document(&policy, whole, sizeof(whole));

	assert_int_equal(assay_policy_document(&policy, NULL, 0), len);
	for (size_t size = len - 2; size < len + 2; size++) {
		char *text = malloc(size);

		assert_non_null(text);
		assert_int_equal(assay_policy_document(&policy, text, size), len);
		if (size >= len) {
			assert_memory_equal(text, whole, len);
		}
		free(text);
	}
}

/* The longest that there can be still fits. */
static void
the_largest_policy_fits(void **state)
{
	struct assay_policy p = parsed(full);
	struct assay_advisory_list *const lists[] = { &p.whitelist, &p.hard, &p.critical };

	(void)state;
	memset(p.name, 'n', ASSAY_WORD_BYTES - 1);
	for (size_t l = 0; l < 3; l++) {
		lists[l]->count = ASSAY_POLICY_IDS_MAX;
		for (size_t i = 0; i < ASSAY_POLICY_IDS_MAX; i++) {
			memset(&lists[l]->ids[i], 0, sizeof(lists[l]->ids[i]));
			memset(lists[l]->ids[i].id, 'X', ASSAY_ADVISORY_BYTES - 1);
			lists[l]->ids[i].fixed_s = l == 2 ? 1515024000 : 0;
		}
	}
	p.ceilings_count = ASSAY_POLICY_CEILINGS_MAX;
	for (size_t i = 0; i < ASSAY_POLICY_CEILINGS_MAX; i++) {
		p.ceilings[i] = (struct assay_ceiling){ ASSAY_TEE_TDX, ASSAY_TIER_5, "" };
		memset(p.ceilings[i].word, 'w', ASSAY_WORD_BYTES - 1);
	}
	p.minimum_tcb_evaluation_number = INT32_MAX;
	p.collateral_grace_s = p.out_of_date_grace_s = p.report_age_max_s = INT64_C(10) * 366 * 86400;
	char text[ASSAY_POLICY_DOCUMENT_MAX];
	const size_t len = assay_policy_document(&p, text, sizeof(text));
	struct assay_policy again;
	char error[160];

	assert_true(len <= sizeof(text));
	/* A document names each TEE once: a policy made by hand may hold more. */
	assert_false(parse(&again, bytes_of(text, len), error));
	p.ceilings_count = 1;
	memset(&p.ceilings[1], 0, sizeof(p.ceilings) - sizeof(p.ceilings[0]));
	const size_t shorter = assay_policy_document(&p, text, sizeof(text));

	assert_true(parse(&again, bytes_of(text, shorter), error));
	memcpy(p.digest, again.digest, 32);
	assert_memory_equal(&again, &p, sizeof(p));
}

/* ---- the digest ------------------------------------------------------- */

static const struct text_change different[] = {
	{ "name", "all.Of-it_9", "all.Of-it_8" },
	{ "tier of a status", "\"SWHardeningNeeded\":2", "\"SWHardeningNeeded\":3" },
	{ "a status without a tier", "\"OutOfDate\":5,", "" },
	{ "advisory tier", "\"tier\":3", "\"tier\":4" },
	{ "count from tier", "\"count_from_tier\":2", "\"count_from_tier\":1" },
	{ "beside up to date", "\"count_beside_up_to_date\":false", "\"count_beside_up_to_date\":true" },
	{ "hard", "\"hard_stays_in_tier_2\":true", "\"hard_stays_in_tier_2\":false" },
	{ "whitelist", ",\"INTEL-SA-00334\"", "" },
	{ "order of the whitelist", "\"INTEL-SA-00219\",\"INTEL-SA-00334\"", "\"INTEL-SA-00334\",\"INTEL-SA-00219\"" },
	{ "hard list", "[\"INTEL-SA-00615\"]", "[]" },
	{ "critical list", ",{\"id\":\"INTEL-SA-00233\"}", "" },
	{ "fixed", "2018-01-04", "2018-01-05" },
	{ "no fixed", ",\"fixed\":\"2018-01-04T00:00:00Z\"", "" },
	{ "evaluation number", "number\":17", "number\":18" },
	{ "permit", "\"debug\",", "" },
	{ "require", "\"smt-disabled\",", "" },
	{ "the order of ceilings",
	    "{\"tee\":\"tdx\",\"tier\":2,\"word\":\"young\"},{\"tee\":\"sgx\",\"tier\":5,\"word\":\"old\"}",
	    "{\"tee\":\"sgx\",\"tier\":5,\"word\":\"old\"},{\"tee\":\"tdx\",\"tier\":2,\"word\":\"young\"}" },
	{ "a ceiling less", ",{\"tee\":\"sgx\",\"tier\":5,\"word\":\"old\"}", "" },
	{ "ceiling's tier", "\"tier\":5,\"word\":\"old\"", "\"tier\":4,\"word\":\"old\"" },
	{ "ceiling's word", "young", "yound" },
	{ "collateral grace", "\"collateral_grace_s\":60", "\"collateral_grace_s\":61" },
	{ "out-of-date grace", "86400", "86401" },
	{ "report age", "3600", "3601" },
	{ "tier next at", "\"2027-01-01T00:00:00Z\"", "null" },
};

static void
every_member_is_in_the_digest(void **state)
{
	const struct assay_policy policy = parsed(full);

	(void)state;
	for (size_t i = 0; i < sizeof(different) / sizeof(different[0]); i++) {
		const struct assay_bytes text = text_changed(full, different[i].from, different[i].to);
		struct assay_policy other;
		char error[160];

		if (!parse(&other, text, error)) {
			fail_msg("%s: %s", different[i].reason, error);
		}
		if (memcmp(other.digest, policy.digest, 32) == 0) {
			fail_msg("%s: the digest is the same", different[i].reason);
		}
		round_trip(&other);
		text_free(text);
	}
}

/* How it is written does not matter. */
static const struct text_change same[] = {
	{ "blanks", ",\"name\":", " ,\n\t\"name\" : " },
	{ "order of members", "\"schema\":\"assay.policy/1\",\"name\":\"all.Of-it_9\"",
	    "\"name\":\"all.Of-it_9\",\"schema\":\"assay.policy/1\"" },
	{ "order of words", "\"debug\",\"enclave-attributes\"", "\"enclave-attributes\",\"debug\"" },
	{ "a word twice", "[\"debug\",", "[\"debug\",\"debug\"," },
	{ "order in a critical one", "{\"id\":\"INTEL-SA-00088\",\"fixed\":\"2018-01-04T00:00:00Z\"}",
	    "{\"fixed\":\"2018-01-04T00:00:00Z\",\"id\":\"INTEL-SA-00088\"}" },
	{ "order in a ceiling", "{\"tee\":\"tdx\",\"tier\":2,\"word\":\"young\"}",
	    "{\"word\":\"young\",\"tier\":2,\"tee\":\"tdx\"}" },
};

static void
the_digest_is_of_the_meaning(void **state)
{
	const struct assay_policy policy = parsed(full);

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		const struct assay_bytes text = text_changed(full, same[i].from, same[i].to);
		struct assay_policy other;
		char error[160];

		if (!parse(&other, text, error) || memcmp(&other, &policy, sizeof(other)) != 0) {
			fail_msg("%s", same[i].reason);
		}
		text_free(text);
	}
}

/* ---- refusals --------------------------------------------------------- */

static const struct {
	struct text_change change;
	const char *error;	/* the path and what is wrong; what is asked for may follow */
} refused[] = {
	{ { "no object", full, "[]" }, "the document: wrong type" },
	{ { "nothing", full, "" }, "not well-formed JSON at byte 0, in the document" },
	{ { "cut", "\"tier_next_at\":\"2027-01-01T00:00:00Z\"}", "\"tier_next_at\":null" },
	    "not well-formed JSON at byte 904, in the document" },
	{ { "something after it", "\"2027-01-01T00:00:00Z\"}", "null}x" },
	    "not well-formed JSON at byte 905, in the document" },
	{ { "an unknown member", "\"require\":", "\"requires\":" }, "requires: unknown member" },
	{ { "a long unknown member", "\"require\":",
	    "\"0123456789012345678901234567890123456789-and-more\":" },
	    "0123456789012345678901234567890123456789: unknown member" },
	{ { "an unknown member that is not text", "\"require\":", "\"r\xc3\xa9quire\":" },
	    "r?\?quire: unknown member" },
	{ { "a control character shown", "\"require\":", "\"r\x7fquire\":" }, "r?quire: unknown member" },
	{ { "the first and the last that are shown", "\"require\":", "\" r~\":" }, " r~: unknown member" },
	{ { "a doubled member", "\"require\":", "\"permit\":" }, "permit: repeated member" },
	{ { "no schema", "\"schema\":\"assay.policy/1\",", "" }, "schema: missing member" },
	{ { "another schema", "assay.policy/1", "assay.policy/2" }, "schema: out of range" },
	{ { "schema of another type", "\"assay.policy/1\"", "1" }, "schema: wrong type" },
	{ { "no name", "\"name\":\"all.Of-it_9\",", "" }, "name: missing member" },
	{ { "an empty name", "all.Of-it_9", "" }, "name: out of range" },
	{ { "a name of 32", "all.Of-it_9", "12345678901234567890123456789012" }, "name: out of range" },
	{ { "a name with a blank", "all.Of-it_9", "all of it" }, "name: out of range" },
	{ { "a name with a slash", "all.Of-it_9", "a/b" }, "name: out of range" },
	{ { "a name before the letters", "all.Of-it_9", "a@b" }, "name: out of range" },
	{ { "a name after the capitals", "all.Of-it_9", "a[b" }, "name: out of range" },
	{ { "a name before the small ones", "all.Of-it_9", "a`b" }, "name: out of range" },
	{ { "a name after the small ones", "all.Of-it_9", "a{b" }, "name: out of range" },
	{ { "a name after the digits", "all.Of-it_9", "a:b" }, "name: out of range" },
	{ { "a name that is escaped", "all.Of-it_9", "\\u0061ll" }, "name: out of range" },
	{ { "tiers as a list", "{\"UpToDate\":1,", "[{\"UpToDate\":1," }, "not well-formed JSON at byte 56, in tiers" },
	{ { "an unknown status", "\"UpToDate\":1", "\"upToDate\":1" }, "tiers.upToDate: unknown member" },
	{ { "a revoked status", "\"UpToDate\":1", "\"Revoked\":1" }, "tiers.Revoked: unknown member" },
	{ { "a report's status", "\"UpToDate\":1", "\"OK\":1" }, "tiers.OK: unknown member" },
	{ { "tier 0", "\"UpToDate\":1", "\"UpToDate\":0" }, "tiers.UpToDate: out of range" },
	{ { "tier 6", "\"UpToDate\":1", "\"UpToDate\":6" }, "tiers.UpToDate: out of range" },
	{ { "a tier that is no number", "\"UpToDate\":1", "\"UpToDate\":\"1\"" }, "tiers.UpToDate: wrong type" },
	{ { "an unknown member of the advisories", "\"whitelist\"", "\"whitelists\"" },
	    "advisories.whitelists: unknown member" },
	{ { "a doubled member of the advisories", "\"hard\":", "\"whitelist\":" },
	    "advisories.whitelist: repeated member" },
	{ { "advisory tier 6", "\"tier\":3", "\"tier\":6" }, "advisories.tier: out of range" },
	{ { "count from tier 0", "\"count_from_tier\":2", "\"count_from_tier\":0" },
	    "advisories.count_from_tier: out of range" },
	{ { "a flag that is none", "\"count_beside_up_to_date\":false", "\"count_beside_up_to_date\":0" },
	    "advisories.count_beside_up_to_date: wrong type" },
	{ { "a flag that is text", "\"hard_stays_in_tier_2\":true", "\"hard_stays_in_tier_2\":\"true\"" },
	    "advisories.hard_stays_in_tier_2: wrong type" },
	{ { "an id of 24", "\"INTEL-SA-00219\"", "\"123456789012345678901234\"" },
	    "advisories.whitelist[0]: out of range" },
	{ { "an empty id", "\"INTEL-SA-00219\"", "\"\"" }, "advisories.whitelist[0]: out of range" },
	{ { "an id that is a number", "\"INTEL-SA-00219\"", "219" }, "advisories.whitelist[0]: wrong type" },
	{ { "a critical one that is a word", "{\"id\":\"INTEL-SA-00233\"}", "\"INTEL-SA-00233\"" },
	    "advisories.critical[1]: wrong type" },
	{ { "a critical one without an id", "{\"id\":\"INTEL-SA-00233\"}", "{}" },
	    "advisories.critical[1].id: missing member" },
	{ { "a critical one with a date only", "{\"id\":\"INTEL-SA-00233\"}", "{\"fixed\":\"2018-01-04T00:00:00Z\"}" },
	    "advisories.critical[1].id: missing member" },
	{ { "a critical one with an unknown member", "\"fixed\"", "\"fix\"" },
	    "advisories.critical[0].fix: unknown member" },
	{ { "a date that is none", "2018-01-04", "2018-02-30" }, "advisories.critical[0].fixed: out of range" },
	{ { "a negative evaluation number", "number\":17", "number\":-1" },
	    "minimum_tcb_evaluation_number: out of range" },
	{ { "an evaluation number too large", "number\":17", "number\":2147483648" },
	    "minimum_tcb_evaluation_number: out of range" },
	{ { "a permission that is none", "\"debug\"", "\"Debug\"" }, "permit[0]: out of range" },
	{ { "a permission from the other list", "\"debug\"", "\"smt-disabled\"" }, "permit[0]: out of range" },
	{ { "an empty permission", "\"debug\"", "\"\"" }, "permit[0]: out of range" },
	{ { "a requirement that is none", "\"smt-disabled\"", "\"debug\"" }, "require[0]: out of range" },
	{ { "permissions as one word", "[\"smt-disabled\",\"static-platform\",\"no-cached-keys\"]", "\"smt-disabled\"" },
	    "require: wrong type" },
	{ { "a TD to be relaunched above tier 4", "\"TDRelaunchAdvised\":4", "\"TDRelaunchAdvised\":3" },
	    "tiers.TDRelaunchAdvised: out of range" },
	{ { "the same with a bad configuration", "\"TDRelaunchAdvisedConfigurationNeeded\":5",
	    "\"TDRelaunchAdvisedConfigurationNeeded\":1" }, "tiers.TDRelaunchAdvisedConfigurationNeeded: out of range" },
	{ { "a second ceiling for one TEE", "\"tee\":\"sgx\"", "\"tee\":\"tdx\"" }, "ceilings[1].tee: out of range" },
	{ { "a ceiling without a TEE", "\"tee\":\"tdx\",", "" }, "ceilings[0].tee: missing member" },
	{ { "a ceiling for another TEE", "\"tee\":\"tdx\"", "\"tee\":\"snp\"" }, "ceilings[0].tee: out of range" },
	{ { "a ceiling without a tier", "\"tier\":2,", "" }, "ceilings[0].tier: missing member" },
	{ { "a ceiling of tier 0", "\"tier\":2,", "\"tier\":0," }, "ceilings[0].tier: out of range" },
	{ { "a ceiling without a word", ",\"word\":\"young\"", "" }, "ceilings[0].word: missing member" },
	{ { "a ceiling's word with a blank", "young", "too young" }, "ceilings[0].word: out of range" },
	{ { "a ceiling with an unknown member", "\"word\":\"young\"", "\"word\":\"young\",\"x\":1" },
	    "ceilings[0].x: unknown member" },
	{ { "a negative grace", "\"collateral_grace_s\":60", "\"collateral_grace_s\":-60" },
	    "collateral_grace_s: out of range" },
	{ { "a grace of more than ten years", "\"collateral_grace_s\":60", "\"collateral_grace_s\":316224001" },
	    "collateral_grace_s: out of range" },
	{ { "a grace that is no number", "\"out_of_date_grace_s\":86400", "\"out_of_date_grace_s\":\"1d\"" },
	    "out_of_date_grace_s: wrong type" },
	{ { "a negative grace for firmware", "\"out_of_date_grace_s\":86400", "\"out_of_date_grace_s\":-1" },
	    "out_of_date_grace_s: out of range" },
	{ { "an age in fractions", "3600", "3600.5" }, "report_age_max_s: out of range" },
	{ { "an age of more than ten years", "3600", "316224001" }, "report_age_max_s: out of range" },
	{ { "a date that is a number", "\"2027-01-01T00:00:00Z\"", "1798761600" }, "tier_next_at: wrong type" },
	{ { "a date without a zone", "2027-01-01T00:00:00Z", "2027-01-01T00:00:00" }, "tier_next_at: out of range" },
	{ { "tiers in a list", "{\"UpToDate\":1,\"SWHardeningNeeded\":2,", "[],\"tier\":{" }, "tiers: wrong type" },
	{ { "a member without a name", "\"require\":", "\"\":" }, ": unknown member" },
	{ { "a comma at the end", "\"2027-01-01T00:00:00Z\"}", "null,}" },
	    "not well-formed JSON at byte 904, in the document" },
	{ { "a value that is no JSON", "\"UpToDate\":1", "\"UpToDate\":one" },
	    "not well-formed JSON at byte 68, in tiers.UpToDate" },
	{ { "a null that is none", "\"2027-01-01T00:00:00Z\"", "nul" },
	    "not well-formed JSON at byte 900, in tier_next_at" },
	{ { "a truth that is none", "\"count_beside_up_to_date\":false", "\"count_beside_up_to_date\":fals" },
	    "not well-formed JSON at byte 334, in advisories.count_beside_up_to_date" },
	{ { "a date of no form in a list", "\"2018-01-04T00:00:00Z\"", "2018" }, "advisories.critical[0].fixed: wrong type" },
	{ { "a list that does not end", "\"no-cached-keys\"]", "\"no-cached-keys\"" },
	    "require[3]: out of range" },
};

static void
each_refusal_names_its_member(void **state)
{
	static const struct assay_policy nothing;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const struct assay_bytes text = text_changed(full, refused[i].change.from, refused[i].change.to);
		struct assay_policy policy;
		char error[160];

		if (parse(&policy, text, error)) {
			fail_msg("%s: is taken", refused[i].change.reason);
		}
		const char *end = memchr(error, '\0', sizeof(error));

		const size_t want = strlen(refused[i].error);

		assert_non_null(end);
		if (strncmp(error, refused[i].error, want) != 0 || (error[want] != '\0' && error[want] != ',')) {
			fail_msg("%s: \"%s\"", refused[i].change.reason, error);
		}
		/* Nothing is left that somebody might use. */
		assert_memory_equal(&policy, &nothing, sizeof(policy));
		text_free(text);
	}
}

static void
grace_may_be_ten_years(void **state)
{
	const struct assay_bytes text = text_changed(full, "\"collateral_grace_s\":60", "\"collateral_grace_s\":316224000");
	struct assay_policy policy;
	char error[160];

	(void)state;
	assert_true(parse(&policy, text, error));
	assert_int_equal(policy.collateral_grace_s, 316224000);
	text_free(text);
}

/* Names and ids of the greatest length. */
static void
words_may_be_31_and_ids_23_long(void **state)
{
	const struct assay_policy p = parsed("{\"schema\":\"assay.policy/1\",\"name\":\"1234567890123456789012345678901\","
	    "\"advisories\":{\"hard\":[\"12345678901234567890123\"]}}");

	(void)state;
	assert_int_equal(strlen(p.name), 31);
	assert_string_equal(p.hard.ids[0].id, "12345678901234567890123");
	/* The ends of the ranges. */
	assert_string_equal(parsed("{\"schema\":\"assay.policy/1\",\"name\":\"azAZ09-._\"}").name, "azAZ09-._");
}

/* A list of this many entries, in a document of its own. */
static bool
list_is_taken(const char *before, const char *entry, const char *after, size_t count)
{
	char *text = malloc(16384);
	struct assay_policy policy;
	char error[160];
	size_t len = 0;

	assert_non_null(text);
	len += (size_t)snprintf(text, 16384, "{\"schema\":\"assay.policy/1\",\"name\":\"x\",%s", before);
	for (size_t i = 0; i < count; i++) {
		len += (size_t)snprintf(text + len, 16384 - len, i == 0 ? "%s" : ",%s", entry);
	}
	len += (size_t)snprintf(text + len, 16384 - len, "%s}", after);
	const bool taken = parse(&policy, bytes_of(text, len), error);

	free(text);
	return taken;
}

static void
lists_are_bounded(void **state)
{
	static const struct {
		const char *before;
		const char *entry;
		const char *after;
		size_t most;
	} rows[] = {
		{ "\"advisories\":{\"whitelist\":[", "\"A\"", "]}", ASSAY_POLICY_IDS_MAX },
		{ "\"advisories\":{\"hard\":[", "\"A\"", "]}", ASSAY_POLICY_IDS_MAX },
		{ "\"advisories\":{\"critical\":[", "{\"id\":\"A\"}", "]}", ASSAY_POLICY_IDS_MAX },
		/* One for each TEE: the second of the same is one too many. */
		{ "\"ceilings\":[", "{\"tee\":\"sgx\",\"tier\":1,\"word\":\"w\"}", "]", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(list_is_taken(rows[i].before, rows[i].entry, rows[i].after, 0));
		assert_true(list_is_taken(rows[i].before, rows[i].entry, rows[i].after, rows[i].most));
		assert_false(list_is_taken(rows[i].before, rows[i].entry, rows[i].after, rows[i].most + 1));
	}
}

/* Every prefix of a document is none. */
static void
no_prefix_is_a_policy(void **state)
{
	(void)state;
	for (size_t len = 0; len + 1 < sizeof(full); len++) {
		const struct assay_bytes text = text_prefix(full, len);
		struct assay_policy policy;
		char error[160];

		assert_false(parse(&policy, text, error));
		text_free(text);
	}
}

/* Whoever reads a preset's name in a result must be able to rely on it. */
static void
a_presets_name_is_its_own(void **state)
{
	static char document[ASSAY_POLICY_DOCUMENT_MAX];
	struct assay_policy policy;
	char error[160];

	(void)state;
	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		assay_policy_preset(&policy, assay_crypto_openssl(), i);
		size_t len = assay_policy_document(&policy, document, sizeof(document));

		assert_true(assay_policy_parse(&policy, assay_crypto_openssl(),
		    (struct assay_bytes){ (const uint8_t *)document, len }, error));
		policy.permit = ASSAY_PERMIT_DEBUG;
		len = assay_policy_document(&policy, document, sizeof(document));
		assert_false(assay_policy_parse(&policy, assay_crypto_openssl(),
		    (struct assay_bytes){ (const uint8_t *)document, len }, error));
		assert_non_null(strstr(error, "that of a preset"));
		assert_int_equal(policy.name[0], '\0');
		assert_int_equal(policy.permit, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(each_word_is_its_own_bit),
		cmocka_unit_test(what_is_missing_is_strict),
		cmocka_unit_test(documents_make_the_round_trip),
		cmocka_unit_test(the_default_reads_like_this),
		cmocka_unit_test(presets_differ_where_they_should),
		cmocka_unit_test(the_length_is_told_whatever_fits),
		cmocka_unit_test(the_largest_policy_fits),
		cmocka_unit_test(every_member_is_in_the_digest),
		cmocka_unit_test(the_digest_is_of_the_meaning),
		cmocka_unit_test(each_refusal_names_its_member),
		cmocka_unit_test(grace_may_be_ten_years),
		cmocka_unit_test(words_may_be_31_and_ids_23_long),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(no_prefix_is_a_policy),
		cmocka_unit_test(a_presets_name_is_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
