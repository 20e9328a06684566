/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of attestation verification reports, member by member and version by version. */
#include <stdio.h>

#include "text.h"

#include "base/limits.h"
#include "evidence/ias_report.h"

/* 432 bytes 02 00 01 00 and then 00: a linkable EPID quote of version 2. */
#define A_8 "AAAAAAAA"
#define A_64 A_8 A_8 A_8 A_8 A_8 A_8 A_8 A_8
#define BODY_AFTER_6 A_64 A_64 A_64 A_64 A_64 A_64 A_64 A_64 A_8 A_8 A_8 A_8 A_8 A_8
#define QUOTE_BODY "AgABAAAA" BODY_AFTER_6 A_8
/* 128 bytes of zero. */
#define PSEUDONYM A_64 A_64 A_8 A_8 A_8 A_8 A_8 "AAA="

#define PLATFORM_INFO_END \
	"0D0D02040180070000000000000000001234" "000C" "00000002" "01020304" "00000B2B" \
	"4444444444444444444444444444444444444444444444444444444444444444" \
	"4444444444444444444444444444444444444444444444444444444444444444"
#define PLATFORM_INFO "15020065" "04" "0009" "0102" PLATFORM_INFO_END

#define ID "\"id\":\"142090828149453720542199954221331392599\","
#define TIMESTAMP "\"timestamp\":\"2021-02-14T23:14:15.956073\","
#define STATUS "\"isvEnclaveQuoteStatus\":\"GROUP_OUT_OF_DATE\","

static const char version_5[] =
    "{\"nonce\":\"0123456789ABCDEF\"," ID TIMESTAMP "\"version\":5,"
    "\"epidPseudonym\":\"" PSEUDONYM "\","
    "\"advisoryURL\":\"https://security-center.intel.com\","
    "\"advisoryIDs\":[\"INTEL-SA-00381\",\"INTEL-SA-00389\"],"
    "\"tcbEvaluationDataNumber\":11,"
    STATUS
    "\"platformInfoBlob\":\"" PLATFORM_INFO "\","
    "\"isvEnclaveQuoteBody\":\"" QUOTE_BODY "\"}";

static const char version_3[] =
    "{" ID TIMESTAMP "\"version\":3,\"isvEnclaveQuoteStatus\":\"OK\","
    "\"isvEnclaveQuoteBody\":\"" QUOTE_BODY "\"}";

static const char version_2[] =
    "{" ID "\"isvEnclaveQuoteStatus\":\"GROUP_REVOKED\",\"revocationReason\":1,"
    "\"isvEnclaveQuoteBody\":\"" QUOTE_BODY "\"," "\"timestamp\":\"2018-07-20T04:12:54\"}";

static struct ias_report report;

static void
version_5_is_read(void **state)
{
	uint8_t body[432] = { 2, 0, 1 };

	(void)state;
	memset(&report, 0xff, sizeof report);
	assert_true(ias_report_parse(&report, bytes_of_text(version_5)));
	assert_int_equal(report.version, 5);
	assert_true(report.timestamp_s == 1613344455);
	assert_int_equal(report.status, ASSAY_TCB_OUT_OF_DATE);
	assert_true(report.has_pseudonym);
	assert_true(bytes_all_zero(bytes_of(report.pseudonym, sizeof report.pseudonym)));
	assert_false(report.advisories_unknown);
	assert_int_equal(report.advisories_count, 2);
	assert_true(bytes_equal_text(report.advisories[0], "INTEL-SA-00381"));
	assert_true(bytes_equal_text(report.advisories[1], "INTEL-SA-00389"));
	assert_true(report.has_platform_info);
	assert_int_equal(report.platform_info.group_flags, 4);
	assert_int_equal(report.platform_info.tcb_flags, 9);
	assert_int_equal(report.platform_info.pse_flags, 0x0102);
	assert_memory_equal(report.platform_info.latest_cpusvn,
	    "\x0d\x0d\x02\x04\x01\x80\x07\0\0\0\0\0\0\0\0\0", 16);
	assert_int_equal(report.platform_info.latest_isv_svn, 0x3412);
	assert_int_equal(report.platform_info.extended_group_id, 0x01020304);
	assert_int_equal(report.platform_info.group_id, 0xb2b);
	assert_int_equal(report.evaluation_number, 11);
	assert_true(bytes_equal_text(report.nonce, "0123456789ABCDEF"));
	assert_true(report.quote_body_good);
	assert_memory_equal(report.quote_body, body, sizeof body);
}

static void
version_3_is_read(void **state)
{
	(void)state;
	assert_true(ias_report_parse(&report, bytes_of_text(version_3)));
	assert_int_equal(report.version, 3);
	assert_int_equal(report.status, ASSAY_TCB_UP_TO_DATE);
	assert_false(report.has_pseudonym);
	assert_true(report.advisories_unknown);
	assert_int_equal(report.advisories_count, 0);
	assert_false(report.has_platform_info);
	assert_int_equal(report.evaluation_number, 0);
	assert_int_equal(report.nonce.len, 0);
	assert_true(report.quote_body_good);
}

static void
version_2_names_none(void **state)
{
	(void)state;
	assert_true(ias_report_parse(&report, bytes_of_text(version_2)));
	assert_int_equal(report.version, 2);
	assert_true(report.timestamp_s == 1532059974);
	assert_int_equal(report.status, ASSAY_TCB_REVOKED);
	assert_true(report.advisories_unknown);
}

static void
every_status_is_known(void **state)
{
	static const struct {
		const char *word;
		enum assay_tcb_status status;
		bool since_4;
		bool has_advisories;
	} words[] = {
		{ "OK", ASSAY_TCB_UP_TO_DATE, false, false },
		{ "SIGNATURE_INVALID", ASSAY_TCB_SIGNATURE_INVALID, false, false },
		{ "GROUP_REVOKED", ASSAY_TCB_REVOKED, false, false },
		{ "SIGNATURE_REVOKED", ASSAY_TCB_SIGNATURE_REVOKED, false, false },
		{ "KEY_REVOKED", ASSAY_TCB_KEY_REVOKED, false, false },
		{ "SIGRL_VERSION_MISMATCH", ASSAY_TCB_SIGRL_VERSION_MISMATCH, false, false },
		{ "GROUP_OUT_OF_DATE", ASSAY_TCB_OUT_OF_DATE, false, true },
		{ "CONFIGURATION_NEEDED", ASSAY_TCB_CONFIGURATION_NEEDED, false, true },
		{ "SW_HARDENING_NEEDED", ASSAY_TCB_SW_HARDENING_NEEDED, true, true },
		{ "CONFIGURATION_AND_SW_HARDENING_NEEDED",
		    ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, true, true }
	};

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		for (unsigned version = 3; version <= 5; version++) {
			char members[128];

			(void)snprintf(members, sizeof members,
			    "\"version\":%u,\"isvEnclaveQuoteStatus\":\"%s\"", version, words[i].word);
			const struct assay_bytes text = text_changed(version_3,
			    "\"version\":3,\"isvEnclaveQuoteStatus\":\"OK\"", members);

			assert_int_equal(ias_report_parse(&report, text), version >= 4 || !words[i].since_4);
			assert_int_equal(report.status, words[i].status);
			/* No list where there should be one: the advisories are not known. */
			assert_int_equal(report.advisories_unknown, version < 4 || words[i].has_advisories);
			text_free(text);
		}
	}
}

static void
good_changes_are_taken(void **state)
{
	static const struct text_change rows[] = {
		{ "members that are not known", "\"version\":5", "\"isvNew\":{\"a\":[\"\\u0041b\"]},\"version\":5" },
		{ "escapes in a member that is passed over", "https://security-center.intel.com", "https:\\/\\/\\u0041" },
		{ "a manifest's status", "\"version\":5",
		    "\"pseManifestStatus\":\"OK\",\"pseManifestHash\":\"00\",\"version\":5" },
		{ "a short id", "142090828149453720542199954221331392599", "7" },
		{ "no fraction of a second", "15.956073", "15" },
		{ "nine digits of a second", "15.956073", "15.956073001" },
		{ "a nonce of 32 characters", "0123456789ABCDEF", "0123456789ABCDEF0123456789abcdef" },
		{ "no nonce", "\"nonce\":\"0123456789ABCDEF\",", "" },
		{ "an empty nonce", "0123456789ABCDEF", "" },
		{ "no pseudonym", "\"epidPseudonym\":\"" PSEUDONYM "\",", "" },
		{ "no platform info", "\"platformInfoBlob\":\"" PLATFORM_INFO "\",", "" },
		{ "platform info in lower case", "0D0D0204", "0d0d0204" },
		{ "no evaluation number", "\"tcbEvaluationDataNumber\":11,", "" },
		{ "no advisory in the list", "\"INTEL-SA-00381\",\"INTEL-SA-00389\"", "" },
		{ "advisories of a revoked group", "GROUP_OUT_OF_DATE", "GROUP_REVOKED" },
		{ "an informational advisory", "INTEL-SA-00381", "INTEL-DOC-10000" },
		{ "version 4 with advisories", "\"version\":5,", "\"version\":4,\"x\":" "\"y\"," },
		{ "a newline at the end", QUOTE_BODY "\"}", QUOTE_BODY "\"}\n" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *base = version_5;
		char version_4[4096];

		/* Version 4 has no evaluation number, so that row starts without one. */
		if (strncmp(rows[i].to, "\"version\":4", 11) == 0) {
			const struct assay_bytes cut =
			    text_changed(version_5, "\"tcbEvaluationDataNumber\":11,", "");

			assert_true(cut.len < sizeof version_4);
			memcpy(version_4, cut.data, cut.len);
			version_4[cut.len] = '\0';
			text_free(cut);
			base = version_4;
		}
		const struct assay_bytes text = text_changed(base, rows[i].from, rows[i].to);

		if (!ias_report_parse(&report, text) || !report.quote_body_good ||
		    report.advisories_unknown) {
			fail_msg("refused: %s", rows[i].reason);
		}
		text_free(text);
	}
}

static void
check_refused(const char *base, const struct text_change *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct assay_bytes text = text_changed(base, rows[i].from, rows[i].to);

		if (ias_report_parse(&report, text)) {
			fail_msg("accepted: %s", rows[i].reason);
		}
		text_free(text);
	}
}

static void
a_fault_is_refused(void **state)
{
	static const struct text_change rows[] = {
		{ "no id", ID, "" },
		{ "an id that is a number", "\"142090828149453720542199954221331392599\"", "1" },
		{ "an empty id", "142090828149453720542199954221331392599", "" },
		{ "an id of 40 digits", "142090828149453720542199954221331392599",
		    "1420908281494537205421999542213313925990" },
		{ "an id in hex", "142090828149453720542199954221331392599", "14a" },
		{ "an id with a slash", "142090828149453720542199954221331392599", "1/4" },
		{ "no timestamp", TIMESTAMP, "" },
		{ "a timestamp with a zone", "956073\"", "956073Z\"" },
		{ "a timestamp with a space", "14T23", "14 23" },
		{ "a timestamp that no calendar has", "2021-02-14", "2021-02-29" },
		{ "a timestamp that is a number", "\"2021-02-14T23:14:15.956073\"", "1613344455" },
		{ "no status", STATUS, "" },
		{ "an unknown status", "GROUP_OUT_OF_DATE", "GROUP_FINE" },
		{ "a status in lower case", "GROUP_OUT_OF_DATE", "group_out_of_date" },
		{ "an empty status", "GROUP_OUT_OF_DATE", "" },
		{ "a status that is null", "\"GROUP_OUT_OF_DATE\"", "null" },
		{ "no quote body", ",\"isvEnclaveQuoteBody\":\"" QUOTE_BODY "\"", "" },
		{ "a quote body that is an array", "\"isvEnclaveQuoteBody\":", "\"isvEnclaveQuoteBody\":[],\"x\":" },
		{ "a quote body with an escape", "\"AgAB", "\"\\u0041gAB" },
		{ "version 1", "\"version\":5", "\"version\":1" },
		{ "version 2, which has no such member", "\"version\":5", "\"version\":2" },
		{ "version 6", "\"version\":5", "\"version\":6" },
		{ "a version that is a string", "\"version\":5", "\"version\":\"5\"" },
		{ "version 4 with an evaluation number", "\"version\":5", "\"version\":4" },
		{ "version 3 with advisories", "\"version\":5", "\"version\":3" },
		{ "a negative evaluation number", "Number\":11", "Number\":-11" },
		{ "evaluation number 2^31", "Number\":11", "Number\":2147483648" },
		{ "a reason for a revocation that was none", "\"version\":5", "\"revocationReason\":1,\"version\":5" },
		{ "a nonce of 33 characters", "0123456789ABCDEF", "0123456789ABCDEF0123456789abcdef0" },
		{ "a nonce that is a number", "\"0123456789ABCDEF\"", "1" },
		{ "a pseudonym of 127 bytes", "AAA=\"", "AA==\"" },
		{ "a pseudonym of 129 bytes", "AAA=\"", "AAAA\"" },
		{ "a pseudonym that is no base64", "\"AAAA", "\"AA*A" },
		{ "an empty pseudonym", PSEUDONYM, "" },
		{ "advisories that are a string", "[\"INTEL-SA-00381\",\"INTEL-SA-00389\"]", "\"INTEL-SA-00381\"" },
		{ "an advisory that is a number", "\"INTEL-SA-00381\"", "381" },
		{ "an advisory of 24 characters", "INTEL-SA-00381", "INTEL-SA-ABCXYZ-01234567" },
		{ "an advisory in lower case", "INTEL-SA-00381", "intel-sa-00381" },
		{ "an empty advisory", "INTEL-SA-00381", "" },
		{ "advisories of a good status", "GROUP_OUT_OF_DATE", "OK" },
		{ "advisories of an invalid signature", "GROUP_OUT_OF_DATE", "SIGNATURE_INVALID" },
		{ "platform info of another type", "15020065", "16020065" },
		{ "platform info of another version", "15020065", "15010065" },
		{ "platform info of another length", "15020065", "15020064" },
		{ "platform info in little endian", "15020065", "15026500" },
		{ "platform info one byte short", "4444\",", "44\"," },
		{ "platform info one byte long", "4444\",", "444444\"," },
		{ "platform info that is no hex", "15020065", "1502006g" },
		{ "platform info that is a number", "\"" PLATFORM_INFO "\"", "15" },
		{ "empty platform info", PLATFORM_INFO, "" },
		{ "a status twice", STATUS, STATUS STATUS },
		{ "an unknown member twice", "\"version\":5", "\"x\":1,\"x\":1,\"version\":5" },
		{ "a second object", QUOTE_BODY "\"}", QUOTE_BODY "\"}{}" },
		{ "an array", "{\"nonce\"", "[{\"nonce\"" },
		{ "a byte order mark", "{\"nonce\"", "\xef\xbb\xbf{\"nonce\"" },
		{ "a control character at the end", QUOTE_BODY "\"}", QUOTE_BODY "\"}\x01" },
		{ "invalid UTF-8 in a member that is passed over", "security", "\xc0\xaf" }
	};
	static const struct text_change old[] = {
		{ "an advisory URL in version 3", "\"version\":3", "\"version\":3,\"advisoryURL\":\"\"" },
		{ "an empty list of advisories in version 3", "\"version\":3", "\"version\":3,\"advisoryIDs\":[]" },
		{ "an evaluation number in version 3", "\"version\":3", "\"version\":3,\"tcbEvaluationDataNumber\":1" },
		{ "a later status in a body without version", "\"version\":3,\"isvEnclaveQuoteStatus\":\"OK\"",
		    "\"isvEnclaveQuoteStatus\":\"SW_HARDENING_NEEDED\"" }
	};

	(void)state;
	check_refused(version_5, rows, sizeof rows / sizeof rows[0]);
	check_refused(version_3, old, sizeof old / sizeof old[0]);
}

static void
the_quote_body_is_a_check_of_its_own(void **state)
{
	static const struct text_change rows[] = {
		{ "429 bytes", A_8 "\"}", "AAAA\"}" },
		{ "435 bytes", A_8 "\"}", A_8 "AAAA\"}" },
		{ "431 bytes", A_8 "\"}", "AAAAAAA=\"}" },
		{ "nothing", QUOTE_BODY, "" },
		{ "no base64", "AgABAAAA", "AgAB*AAA" },
		{ "spare bits", A_8 "\"}", "AAAAAAB=\"}" },
		{ "the other alphabet", "AgABAAAA", "AgAB-_AA" },
		{ "a DCAP quote", "AgABAAAA", "AwACAAAA" },
		{ "version 0", "AgABAAAA", "AAABAAAA" },
		{ "an unknown signature type", "AgABAAAA", "AgACAAAA" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_changed(version_5, rows[i].from, rows[i].to);

		if (!ias_report_parse(&report, text)) {
			fail_msg("refused as a form: %s", rows[i].reason);
		}
		if (report.quote_body_good) {
			fail_msg("a good quote body: %s", rows[i].reason);
		}
		text_free(text);
	}
}

static void
limits_hold_to_the_last_one(void **state)
{
	(void)state;
	for (unsigned more = 0; more <= 1; more++) {
		char list[2048];
		size_t len = 0;

		for (unsigned i = 0; i < ASSAY_ADVISORIES_MAX - 1 + more; i++) {
			len += (size_t)snprintf(list + len, sizeof list - len, "\"INTEL-SA-%u\",", i);
			assert_true(len < sizeof list);
		}
		strcat(list, "\"INTEL-SA-00389\"");
		const struct assay_bytes text = text_changed(version_5,
		    "\"INTEL-SA-00381\",\"INTEL-SA-00389\"", list);

		assert_int_equal(ias_report_parse(&report, text), more == 0);
		text_free(text);

		char *const white = malloc(IAS_REPORT_BYTES_MAX + 2);

		assert_non_null(white);
		memset(white, ' ', IAS_REPORT_BYTES_MAX + 1);
		memcpy(white, version_5, strlen(version_5));
		assert_int_equal(ias_report_parse(&report, bytes_of(white, IAS_REPORT_BYTES_MAX + more)),
		    more == 0);
		free(white);
	}
}

static void
every_prefix_is_refused(void **state)
{
	(void)state;
	for (size_t len = 0; len < strlen(version_5); len++) {
		const struct assay_bytes text = text_prefix(version_5, len);

		assert_false(ias_report_parse(&report, text));
		text_free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_5_is_read),
		cmocka_unit_test(version_3_is_read),
		cmocka_unit_test(version_2_names_none),
		cmocka_unit_test(every_status_is_known),
		cmocka_unit_test(good_changes_are_taken),
		cmocka_unit_test(a_fault_is_refused),
		cmocka_unit_test(the_quote_body_is_a_check_of_its_own),
		cmocka_unit_test(limits_hold_to_the_last_one),
		cmocka_unit_test(every_prefix_is_refused),
	};

	return cmocka_run_group_tests_name("ias-report", tests, NULL, NULL);
}
