/* SPDX-License-Identifier: Apache-2.0 */
/* TCB info of both versions: what is taken, what is refused, and in which order levels stand. */
#include <stdio.h>

#include "text.h"

#include "collateral/tcb_info.h"

#define DATES "\"issueDate\":\"2025-01-02T03:04:05Z\",\"nextUpdate\":\"2025-02-01T03:04:05Z\","
#define PLATFORM "\"fmspc\":\"00906eD50000\",\"pceId\":\"0a01\",\"tcbType\":0,\"tcbEvaluationDataNumber\":17,"
#define LEVEL_END(date, status) "\"tcbDate\":\"" date "T00:00:00Z\",\"tcbStatus\":\"" status "\""

/* Version 2: components by number. */
#define NUMBERED(first, second, pcesvn) \
	"{\"sgxtcbcomp01svn\":" first ",\"sgxtcbcomp02svn\":" second ",\"sgxtcbcomp03svn\":2," \
	"\"sgxtcbcomp04svn\":4,\"sgxtcbcomp05svn\":1,\"sgxtcbcomp06svn\":128,\"sgxtcbcomp07svn\":6," \
	"\"sgxtcbcomp08svn\":0,\"sgxtcbcomp09svn\":9,\"sgxtcbcomp10svn\":10,\"sgxtcbcomp11svn\":0," \
	"\"sgxtcbcomp12svn\":0,\"sgxtcbcomp13svn\":0,\"sgxtcbcomp14svn\":0,\"sgxtcbcomp15svn\":0," \
	"\"sgxtcbcomp16svn\":255,\"pcesvn\":" pcesvn "}"

static const char version_2[] =
    "{\"version\":2," DATES PLATFORM "\"tcbLevels\":["
    "{\"tcb\":" NUMBERED("7", "8", "13") "," LEVEL_END("2020-01-01", "SWHardeningNeeded") "},"
    "{\"tcb\":" NUMBERED("6", "9", "65535") "," LEVEL_END("2019-01-01", "OutOfDate") "}]}";

/* Version 3: components in arrays. */
#define SGX_COMPONENTS(first, second) \
	"\"sgxtcbcomponents\":[" \
	"{\"svn\":" first ",\"category\":\"BIOS\",\"type\":\"Early Microcode Update\"}," \
	"{\"svn\":" second ",\"category\":\"OS/VMM\",\"type\":\"SGX Late Microcode Update\"}," \
	"{\"svn\":3,\"category\":\"OS/VMM\",\"type\":\"TXT SINIT\"},{\"svn\":4,\"category\":\"BIOS\"}," \
	"{\"svn\":5},{\"svn\":6},{\"svn\":7},{\"svn\":8,\"category\":\"OS/VMM\",\"type\":\"SEAMLDR ACM\"}," \
	"{\"svn\":9},{\"svn\":10},{\"svn\":11},{\"svn\":12},{\"svn\":13},{\"svn\":14},{\"svn\":15},{\"svn\":255}]"
#define TDX_COMPONENTS(first, third) \
	"\"tdxtcbcomponents\":[" \
	"{\"svn\":" first ",\"category\":\"OS/VMM\",\"type\":\"TDX Module\"}," \
	"{\"svn\":0,\"category\":\"OS/VMM\",\"type\":\"TDX Module\"}," \
	"{\"svn\":" third ",\"category\":\"OS/VMM\",\"type\":\"TDX Late Microcode Update\"}," \
	"{\"svn\":20,\"category\":\"news\",\"type\":\"unheard of\"}," \
	"{\"svn\":21},{\"svn\":22},{\"svn\":23},{\"svn\":24},{\"svn\":25},{\"svn\":26},{\"svn\":27}," \
	"{\"svn\":28},{\"svn\":29},{\"svn\":30},{\"svn\":31},{\"svn\":32}]"
#define HEX_16 "00112233445566778899aabbccddeeff"
#define HEX_48 HEX_16 HEX_16 "FFEEDDCCBBAA99887766554433221100"

static const char version_3[] =
    "{\"id\":\"SGX\",\"version\":3," DATES PLATFORM "\"tcbLevels\":["
    "{\"tcb\":{" SGX_COMPONENTS("11", "2") ",\"pcesvn\":13}," LEVEL_END("2025-01-01", "UpToDate") "},"
    "{\"tcb\":{" SGX_COMPONENTS("11", "1") ",\"pcesvn\":13}," LEVEL_END("2024-01-01", "ConfigurationNeeded")
    ",\"advisoryIDs\":[\"INTEL-SA-00001\",\"INTEL-DOC-10000\"]},"
    "{\"tcb\":{" SGX_COMPONENTS("11", "1") ",\"pcesvn\":5}," LEVEL_END("2018-01-01", "Revoked")
    ",\"advisoryIDs\":[]}]}";

static const char version_3_tdx[] =
    "{\"id\":\"TDX\",\"version\":3," DATES PLATFORM
    "\"tdxModule\":{\"mrsigner\":\"" HEX_48 "\",\"attributes\":\"0102030405060708\","
    "\"attributesMask\":\"FFFFFFFFFFFFFFFE\"},"
    "\"tdxModuleIdentities\":["
    "{\"id\":\"TDX_03\",\"mrsigner\":\"" HEX_48 "\",\"attributes\":\"1112131415161718\","
    "\"attributesMask\":\"FFFFFFFFFFFFFFFF\",\"tcbLevels\":["
    "{\"tcb\":{\"isvsvn\":6}," LEVEL_END("2024-11-13", "UpToDate") "},"
    "{\"tcb\":{\"isvsvn\":3}," LEVEL_END("2023-08-09", "OutOfDate")
    ",\"advisoryIDs\":[\"INTEL-SA-01036\"]}]},"
    "{\"id\":\"TDX_1F\",\"mrsigner\":\"" HEX_48 "\",\"attributes\":\"2112131415161718\","
    "\"attributesMask\":\"FFFFFFFFFFFFFFFF\",\"tcbLevels\":["
    "{\"tcb\":{\"isvsvn\":65535}," LEVEL_END("2024-11-13", "UpToDate") "}]}],"
    "\"tcbLevels\":["
    "{\"tcb\":{" SGX_COMPONENTS("3", "2") ",\"pcesvn\":13," TDX_COMPONENTS("5", "6") "},"
    LEVEL_END("2025-01-01", "UpToDate") "},"
    "{\"tcb\":{" SGX_COMPONENTS("3", "2") ",\"pcesvn\":13," TDX_COMPONENTS("5", "2") "},"
    LEVEL_END("2024-01-01", "OutOfDate") ",\"advisoryIDs\":[\"INTEL-SA-00002\"]}]}";

static struct tcb_info info;

static bool
parse(const char *text)
{
	const struct assay_bytes whole = text_whole(text);
	const bool good = tcb_info_parse(&info, whole);

	text_free(whole);
	return good;
}

/* For tests of views into the text: as long as the program. */
static bool
parse_kept(const char *text)
{
	return tcb_info_parse(&info, bytes_of_text(text));
}

static void
check_document(enum assay_tee tee, uint8_t version)
{
	assert_int_equal(info.version, version);
	assert_int_equal(info.tee, tee);
	assert_true(info.issued_s == 1735787045);
	assert_true(info.next_update_s == 1738379045);
	assert_memory_equal(info.fmspc, "\x00\x90\x6e\xd5\x00\x00", 6);
	assert_memory_equal(info.pce_id, "\x0a\x01", 2);
	assert_int_equal(info.evaluation_number, 17);
}

static void
check_svns(const uint16_t svns[static 16], const uint16_t expected[static 16])
{
	for (size_t i = 0; i < 16; i++) {
		assert_int_equal(svns[i], expected[i]);
	}
}

static void
version_2_is_read(void **state)
{
	(void)state;
	assert_true(parse(version_2));
	check_document(ASSAY_TEE_SGX, 2);
	assert_int_equal(info.levels_count, 2);
	check_svns(info.levels[0].sgx, (const uint16_t[16]){ 7, 8, 2, 4, 1, 128, 6, 0, 9, 10, 0, 0, 0, 0, 0, 255 });
	assert_int_equal(info.levels[0].pcesvn, 13);
	assert_int_equal(info.levels[0].status, ASSAY_TCB_SW_HARDENING_NEEDED);
	assert_true(info.levels[0].date_s == 1577836800);
	assert_int_equal(info.levels[0].advisories.count, 0);
	assert_int_equal(info.levels[1].pcesvn, 65535);
	assert_int_equal(info.levels[1].status, ASSAY_TCB_OUT_OF_DATE);
	assert_int_equal(info.advisories_count, 0);
	assert_int_equal(info.modules_count, 0);
	assert_false(info.has_tdx_module);
	for (size_t i = 0; i < 16; i++) {
		assert_int_equal(info.sgx_raised_by[i], ASSAY_RAISED_BY_UNKNOWN);
		assert_int_equal(info.levels[0].tdx[i], 0);
	}
}

static void
version_3_is_read(void **state)
{
	(void)state;
	assert_true(parse_kept(version_3));
	check_document(ASSAY_TEE_SGX, 3);
	assert_int_equal(info.levels_count, 3);
	check_svns(info.levels[0].sgx, (const uint16_t[16]){ 11, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255 });
	assert_int_equal(info.levels[0].advisories.count, 0);
	assert_int_equal(info.levels[1].status, ASSAY_TCB_CONFIGURATION_NEEDED);
	assert_int_equal(info.levels[1].advisories.first, 0);
	assert_int_equal(info.levels[1].advisories.count, 2);
	assert_int_equal(info.levels[2].status, ASSAY_TCB_REVOKED);
	assert_int_equal(info.levels[2].pcesvn, 5);
	assert_int_equal(info.levels[2].advisories.count, 0);
	assert_int_equal(info.advisories_count, 2);
	assert_true(bytes_equal_text(info.advisories[0], "INTEL-SA-00001"));
	assert_true(bytes_equal_text(info.advisories[1], "INTEL-DOC-10000"));
	assert_int_equal(info.sgx_raised_by[0], ASSAY_RAISED_BY_BIOS);
	assert_int_equal(info.sgx_raised_by[1], ASSAY_RAISED_BY_MICROCODE);
	assert_int_equal(info.sgx_raised_by[2], ASSAY_RAISED_BY_SINIT);
	assert_int_equal(info.sgx_raised_by[3], ASSAY_RAISED_BY_BIOS);
	assert_int_equal(info.sgx_raised_by[4], ASSAY_RAISED_BY_UNKNOWN);
	assert_int_equal(info.sgx_raised_by[7], ASSAY_RAISED_BY_BIOS);
}

static void
version_3_of_tdx_is_read(void **state)
{
	(void)state;
	assert_true(parse_kept(version_3_tdx));
	check_document(ASSAY_TEE_TDX, 3);
	assert_true(info.has_tdx_module);
	assert_memory_equal(info.tdx_module.attributes, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
	assert_memory_equal(info.tdx_module.attributes_mask, "\xff\xff\xff\xff\xff\xff\xff\xfe", 8);
	assert_memory_equal(info.tdx_module.mrsigner + 30, "\xee\xff\xff\xee", 4);
	assert_int_equal(info.tdx_module.levels_count, 0);
	assert_int_equal(info.modules_count, 2);
	assert_int_equal(info.modules[0].version, 3);
	assert_memory_equal(info.modules[0].attributes, "\x11", 1);
	assert_int_equal(info.modules[0].levels_count, 2);
	assert_int_equal(info.modules[0].levels[0].isv_svn, 6);
	assert_int_equal(info.modules[0].levels[0].status, ASSAY_TCB_UP_TO_DATE);
	assert_true(info.modules[0].levels[0].date_s == 1731456000);
	assert_int_equal(info.modules[0].levels[0].advisories.count, 0);
	assert_int_equal(info.modules[0].levels[1].isv_svn, 3);
	assert_int_equal(info.modules[0].levels[1].status, ASSAY_TCB_OUT_OF_DATE);
	assert_int_equal(info.modules[0].levels[1].advisories.first, 0);
	assert_int_equal(info.modules[0].levels[1].advisories.count, 1);
	assert_int_equal(info.modules[1].version, 0x1f);
	assert_int_equal(info.modules[1].levels[0].isv_svn, 65535);
	assert_int_equal(info.levels_count, 2);
	check_svns(info.levels[0].tdx, (const uint16_t[16]){ 5, 0, 6, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 });
	assert_int_equal(info.levels[1].tdx[2], 2);
	assert_int_equal(info.levels[1].advisories.first, 1);
	assert_true(bytes_equal_text(info.advisories[1], "INTEL-SA-00002"));
	assert_int_equal(info.tdx_raised_by[0], ASSAY_RAISED_BY_TDX_MODULE);
	assert_int_equal(info.tdx_raised_by[2], ASSAY_RAISED_BY_MICROCODE);
	assert_int_equal(info.tdx_raised_by[3], ASSAY_RAISED_BY_UNKNOWN);
}

/* Changes to a document that leave it good. */
static void
check_accepted(const char *base, const struct text_change *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct assay_bytes text = text_changed(base, rows[i].from, rows[i].to);

		if (!tcb_info_parse(&info, text)) {
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

		if (tcb_info_parse(&info, text)) {
			fail_msg("accepted: %s", rows[i].reason);
		}
		text_free(text);
	}
}

#define COUNT(table) (sizeof (table) / sizeof (table)[0])

static void
what_the_vendor_may_add_is_passed_over(void **state)
{
	static const struct text_change rows[] = {
		{ "a new member of the document", "{\"id\"", "{\"new\":[{\"a\":null}],\"id\"" },
		{ "a new member of a level", "{\"tcb\":{\"sgx", "{\"new\":\"\\n\",\"tcb\":{\"sgx" },
		{ "a new member of a TCB", "{\"sgxtcbcomponents\"", "{\"new\":1.5,\"sgxtcbcomponents\"" },
		{ "a new member of a component", "{\"svn\":5}", "{\"svn\":5,\"new\":true}" },
		{ "a new member of a module", "{\"id\":\"TDX_03\"", "{\"new\":{},\"id\":\"TDX_03\"" },
		{ "a new member of the module", "{\"mrsigner\"", "{\"id\":1,\"mrsigner\"" },
		{ "a new member of a module's level", "{\"tcb\":{\"isvsvn\":6}", "{\"new\":0,\"tcb\":{\"isvsvn\":6}" },
		{ "a new member of a module's TCB", "{\"isvsvn\":6}", "{\"new\":0,\"isvsvn\":6}" },
		{ "members in another order", "\"id\":\"TDX\",\"version\":3", "\"version\":3,\"id\":\"TDX\"" },
		{ "white space", "{\"id\":\"TDX\",", " {\r\n\t\"id\" : \"TDX\" , " },
		{ "no module for version 0", "\"tdxModule\"", "\"noModule\"" },
		{ "no modules", "\"tdxModuleIdentities\"", "\"noModules\"" },
		{ "lower case in a module's id", "TDX_1F", "TDX_1f" },
		{ "lower case hex", "FFFFFFFFFFFFFFFE", "fffffffffffffffe" },
		{ "a component that no platform has", "{\"svn\":21}", "{\"svn\":65473}" },
		{ "an advisory of 23 characters", "INTEL-SA-01036", "INTEL-SA-ABCXYZ-0123456" }
	};

	(void)state;
	check_accepted(version_3_tdx, rows, COUNT(rows));
}

static void
every_status_word_is_known(void **state)
{
	static const struct {
		const char *word;
		enum assay_tcb_status status;
	} words[] = {
		{ "UpToDate", ASSAY_TCB_UP_TO_DATE },
		{ "SWHardeningNeeded", ASSAY_TCB_SW_HARDENING_NEEDED },
		{ "ConfigurationNeeded", ASSAY_TCB_CONFIGURATION_NEEDED },
		{ "ConfigurationAndSWHardeningNeeded", ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED },
		{ "OutOfDate", ASSAY_TCB_OUT_OF_DATE },
		{ "OutOfDateConfigurationNeeded", ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED },
		{ "Revoked", ASSAY_TCB_REVOKED },
		{ "uptodate", ASSAY_TCB_UNKNOWN },
		{ "UpToDate ", ASSAY_TCB_UNKNOWN },
		{ "", ASSAY_TCB_UNKNOWN },
		{ "OK", ASSAY_TCB_UNKNOWN },
		{ "TDRelaunchAdvised", ASSAY_TCB_UNKNOWN }
	};

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		assert_int_equal(tcb_status_parse(bytes_of_text(words[i].word)), words[i].status);
	}
}

static void
a_document_with_a_fault_is_refused(void **state)
{
	static const struct text_change rows[] = {
		{ "no id", "\"id\":\"TDX\",", "" },
		{ "an unknown id", "\"id\":\"TDX\"", "\"id\":\"QVE\"" },
		{ "an id in lower case", "\"id\":\"TDX\"", "\"id\":\"tdx\"" },
		{ "an id that is a number", "\"id\":\"TDX\"", "\"id\":1" },
		{ "the id twice", "\"id\":\"TDX\"", "\"id\":\"TDX\",\"id\":\"TDX\"" },
		{ "SGX with TDX's members", "\"id\":\"TDX\"", "\"id\":\"SGX\"" },
		{ "no version", "\"version\":3,", "" },
		{ "version 1", "\"version\":3", "\"version\":1" },
		{ "version 2 with an id", "\"version\":3", "\"version\":2" },
		{ "version 4", "\"version\":3", "\"version\":4" },
		{ "a version that is a string", "\"version\":3", "\"version\":\"3\"" },
		{ "a version with a fraction", "\"version\":3", "\"version\":3.0" },
		{ "a version with an exponent", "\"version\":3", "\"version\":3e0" },
		{ "a version with a leading zero", "\"version\":3", "\"version\":03" },
		{ "version 2^32 + 3", "\"version\":3", "\"version\":4294967299" },
		{ "no issue date", "\"issueDate\":\"2025-01-02T03:04:05Z\",", "" },
		{ "an issue date with a fraction", "03:04:05Z\",\"next", "03:04:05.0Z\",\"next" },
		{ "an issue date with an offset", "03:04:05Z\",\"next", "03:04:05+00:00\",\"next" },
		{ "an issue date that no calendar has", "2025-01-02", "2025-02-30" },
		{ "no next update", "\"nextUpdate\":\"2025-02-01T03:04:05Z\",", "" },
		{ "a next update without a zone", "2025-02-01T03:04:05Z", "2025-02-01T03:04:05" },
		{ "no FMSPC", "\"fmspc\":\"00906eD50000\",", "" },
		{ "an FMSPC of 5 bytes", "00906eD50000", "00906eD500" },
		{ "an FMSPC of 7 bytes", "00906eD50000", "00906eD5000000" },
		{ "an FMSPC that is no hex", "00906eD50000", "00906gD50000" },
		{ "no PCE id", "\"pceId\":\"0a01\",", "" },
		{ "a PCE id of 1 byte", "0a01", "0a" },
		{ "no TCB type", "\"tcbType\":0,", "" },
		{ "a TCB type that is not known", "\"tcbType\":0", "\"tcbType\":1" },
		{ "no evaluation number", "\"tcbEvaluationDataNumber\":17,", "" },
		{ "a negative evaluation number", "Number\":17", "Number\":-1" },
		{ "evaluation number 2^31", "Number\":17", "Number\":2147483648" },
		{ "an evaluation number with a plus", "Number\":17", "Number\":+17" },
		{ "no levels", "\"tcbLevels\":[{\"tcb\":{\"sgx", "\"levels\":[{\"tcb\":{\"sgx" },
		{ "levels that are an object", "],\"tcbLevels\":[", "],\"tcbLevels\":{\"a\":" },
		{ "text after the document", "{\"id\"", "{}{\"id\"" },
		{ "a byte order mark", "{\"id\"", "\xef\xbb\xbf{\"id\"" },
		{ "a name with an escape", "\"version\"", "\"\\u0076ersion\"" },
		{ "a string with an escape", "2025-01-02", "2025-01-0\\u0032" }
	};

	(void)state;
	check_refused(version_3_tdx, rows, COUNT(rows));
}

static void
a_level_with_a_fault_is_refused(void **state)
{
	static const struct text_change rows[] = {
		{ "15 SGX components", ",{\"svn\":255}]", "]" },
		{ "17 SGX components", ",{\"svn\":255}]", ",{\"svn\":255},{\"svn\":0}]" },
		{ "15 TDX components", ",{\"svn\":32}]", "]" },
		{ "17 TDX components", ",{\"svn\":32}]", ",{\"svn\":32},{\"svn\":0}]" },
		{ "no SGX components", "\"sgxtcbcomponents\"", "\"components\"" },
		{ "no TDX components", "\"tdxtcbcomponents\"", "\"components\"" },
		{ "no TDX components in the second level", "\"advisoryIDs\":[\"INTEL-SA-00002\"]}]",
		    "\"advisoryIDs\":[]},{\"tcb\":{" SGX_COMPONENTS("0", "0") ",\"pcesvn\":1},"
		    LEVEL_END("2020-01-01", "OutOfDate") "}]" },
		{ "components in both shapes", "{\"sgxtcbcomponents\"",
		    "{\"sgxtcbcomp01svn\":1,\"sgxtcbcomponents\"" },
		{ "a component without an SVN", "{\"svn\":5}", "{}" },
		{ "a component of 65536", "{\"svn\":5}", "{\"svn\":65536}" },
		{ "a component of -1", "{\"svn\":5}", "{\"svn\":-1}" },
		{ "a component with a fraction", "{\"svn\":5}", "{\"svn\":5.0}" },
		{ "a component that is a number", "{\"svn\":5}", "5" },
		{ "a component with its SVN twice", "{\"svn\":5}", "{\"svn\":5,\"svn\":5}" },
		{ "a category that is a number", "\"category\":\"BIOS\"", "\"category\":1" },
		{ "a type that is null", "\"type\":\"TXT SINIT\"", "\"type\":null" },
		{ "no PCE SVN", ",\"pcesvn\":13", "" },
		{ "PCE SVN 65536", "\"pcesvn\":13", "\"pcesvn\":65536" },
		{ "PCE SVN -1", "\"pcesvn\":13", "\"pcesvn\":-1" },
		{ "a level without a date", "\"tcbDate\":\"2025-01-01T00:00:00Z\",", "" },
		{ "a level with a bad date", "\"tcbDate\":\"2025-01-01T00", "\"tcbDate\":\"2025-01-01 00" },
		{ "a level without a status", "T00:00:00Z\",\"tcbStatus\":\"UpToDate\"},{\"tcb\":{\"sgx",
		    "T00:00:00Z\"},{\"tcb\":{\"sgx" },
		{ "a level with an unknown status", "2025-01-01T00:00:00Z\",\"tcbStatus\":\"UpToDate\"",
		    "2025-01-01T00:00:00Z\",\"tcbStatus\":\"Fine\"" },
		{ "a level with version 1's status", "2025-01-01T00:00:00Z\",\"tcbStatus\"",
		    "2025-01-01T00:00:00Z\",\"status\"" },
		{ "a level without a TCB", "{\"tcb\":{\"sgx", "{\"tcbs\":{\"sgx" },
		{ "a level that is an array", "\"tcbLevels\":[{\"tcb\":{\"sgx", "\"tcbLevels\":[[],{\"tcb\":{\"sgx" },
		{ "an advisory that is a number", "\"INTEL-SA-00002\"", "2" },
		{ "an empty advisory", "INTEL-SA-00002", "" },
		{ "an advisory in lower case", "INTEL-SA-00002", "intel-sa-00002" },
		{ "an advisory with a space", "INTEL-SA-00002", "INTEL SA-00002" },
		{ "an advisory with an underscore", "INTEL-SA-00002", "INTEL_SA-00002" },
		{ "an advisory of 24 characters", "INTEL-SA-00002", "INTEL-SA-ABCXYZ-01234567" },
		{ "advisories that are a string", "[\"INTEL-SA-00002\"]", "\"INTEL-SA-00002\"" },
		{ "two levels with equal SVNs", TDX_COMPONENTS("5", "2"), TDX_COMPONENTS("5", "6") }
	};

	(void)state;
	check_refused(version_3_tdx, rows, COUNT(rows));
}

static void
a_module_with_a_fault_is_refused(void **state)
{
	static const struct text_change rows[] = {
		{ "the module without a signer", "{\"mrsigner\":\"" HEX_48 "\",", "{" },
		{ "a signer of 47 bytes", HEX_16 HEX_16 "FFEE", HEX_16 HEX_16 "FF" },
		{ "the module without attributes", "\"attributes\":\"0102030405060708\",", "" },
		{ "attributes of 7 bytes", "0102030405060708", "01020304050607" },
		{ "the module without a mask", ",\"attributesMask\":\"FFFFFFFFFFFFFFFE\"", "" },
		{ "a mask that is a number", "\"FFFFFFFFFFFFFFFE\"", "255" },
		{ "the module is null", "\"tdxModule\":{", "\"tdxModule\":null,\"x\":{" },
		{ "an identity without an id", "\"id\":\"TDX_03\",", "" },
		{ "an id of one digit", "TDX_03", "TDX_3" },
		{ "an id of three digits", "TDX_03", "TDX_003" },
		{ "an id that is no hex", "TDX_03", "TDX_0G" },
		{ "an id of something else", "TDX_03", "SGX_03" },
		{ "an id in lower case", "TDX_03", "tdx_03" },
		{ "two modules of one id", "TDX_03", "TDX_1f" },
		{ "an identity without a signer", "\"id\":\"TDX_03\",\"mrsigner\"", "\"id\":\"TDX_03\",\"signer\"" },
		{ "an identity without levels", "\"tcbLevels\":[{\"tcb\":{\"isvsvn\":6}", "\"levels\":[{\"tcb\":{\"isvsvn\":6}" },
		{ "an identity with no level in its list", "[{\"tcb\":{\"isvsvn\":65535},"
		    LEVEL_END("2024-11-13", "UpToDate") "}]", "[]" },
		{ "two levels of one SVN", "{\"isvsvn\":3}", "{\"isvsvn\":6}" },
		{ "a level without an SVN", "{\"isvsvn\":6}", "{}" },
		{ "an SVN of 65536", "{\"isvsvn\":6}", "{\"isvsvn\":65536}" },
		{ "an SVN of -1", "{\"isvsvn\":6}", "{\"isvsvn\":-1}" },
		{ "an SVN that is a string", "{\"isvsvn\":6}", "{\"isvsvn\":\"6\"}" },
		{ "a level without a date", "\"tcbDate\":\"2024-11-13T00:00:00Z\",", "" },
		{ "a level without a status", "13T00:00:00Z\",\"tcbStatus\":\"UpToDate\"", "13T00:00:00Z\"" },
		{ "a level with an unknown status", "13T00:00:00Z\",\"tcbStatus\":\"UpToDate\"",
		    "13T00:00:00Z\",\"tcbStatus\":\"Up\"" },
		{ "a level without a TCB", "{\"tcb\":{\"isvsvn\":6},", "{" },
		{ "identities that are an object", "\"tdxModuleIdentities\":[", "\"tdxModuleIdentities\":{" }
	};

	(void)state;
	check_refused(version_3_tdx, rows, COUNT(rows));
}

static void
version_3_of_sgx_has_no_tdx_members(void **state)
{
	static const struct text_change rows[] = {
		{ "a TDX module", "\"tcbLevels\"", "\"tdxModule\":{\"mrsigner\":\"" HEX_48 "\","
		    "\"attributes\":\"0102030405060708\",\"attributesMask\":\"FFFFFFFFFFFFFFFE\"},\"tcbLevels\"" },
		{ "a list of TDX modules", "\"tcbLevels\"", "\"tdxModuleIdentities\":[],\"tcbLevels\"" },
		{ "TDX components", "\"pcesvn\":13", TDX_COMPONENTS("1", "1") ",\"pcesvn\":13" },
		{ "TDX without TDX components", "\"id\":\"SGX\"", "\"id\":\"TDX\"" },
		{ "no level", "\"tcbLevels\":[", "\"tcbLevels\":[],\"x\":[" },
		{ "no id", "\"id\":\"SGX\",", "" }
	};

	(void)state;
	check_refused(version_3, rows, COUNT(rows));
}

static void
version_2_with_a_fault_is_refused(void **state)
{
	static const struct text_change rows[] = {
		{ "version 3 without an id", "\"version\":2", "\"version\":3" },
		{ "version 3 of SGX with version 2's components", "\"version\":2", "\"id\":\"SGX\",\"version\":3" },
		{ "an id", "{\"version\":2", "{\"id\":\"SGX\",\"version\":2" },
		{ "the TDX id", "{\"version\":2", "{\"id\":\"TDX\",\"version\":2" },
		{ "version 3's components", NUMBERED("7", "8", "13"),
		    "{" SGX_COMPONENTS("7", "8") ",\"pcesvn\":13}" },
		{ "component 1 is missing", "\"sgxtcbcomp01svn\":7,", "" },
		{ "component 16 is missing", "\"sgxtcbcomp16svn\":255,", "" },
		{ "component 0 in place of 1", "comp01svn", "comp00svn" },
		{ "component 17 in place of 16", "comp16svn", "comp17svn" },
		{ "component 20 in place of 10", "comp10svn", "comp20svn" },
		{ "a component's number that is none", "comp01svn", "comp0:svn" },
		{ "a component in capital letters", "sgxtcbcomp01svn", "sgxtcbcomp01SVN" },
		{ "a component of another beginning", "sgxtcbcomp01svn", "tdxtcbcomp01svn" },
		{ "a component without its zero", "sgxtcbcomp01svn", "sgxtcbcomp1svn" },
		{ "a component twice", "\"sgxtcbcomp02svn\"", "\"sgxtcbcomp01svn\"" },
		{ "a component of 65536", "\"sgxtcbcomp01svn\":7", "\"sgxtcbcomp01svn\":65536" },
		{ "a negative component", "\"sgxtcbcomp01svn\":7", "\"sgxtcbcomp01svn\":-7" },
		{ "no PCE SVN", ",\"pcesvn\":13", "" },
		{ "no component at all", NUMBERED("7", "8", "13"), "{\"pcesvn\":13}" },
		{ "two levels with equal SVNs", NUMBERED("6", "9", "65535"), NUMBERED("7", "8", "13") }
	};
	static const struct text_change good[] = {
		{ "an unknown member beside the components", "\"pcesvn\":13", "\"sgxtcbcomp99svn\":1,\"pcesvn\":13" },
		{ "advisories, which later version 2 may have", "\"SWHardeningNeeded\"",
		    "\"SWHardeningNeeded\",\"advisoryIDs\":[\"INTEL-SA-00079\"]" }
	};

	(void)state;
	check_refused(version_2, rows, COUNT(rows));
	check_accepted(version_2, good, COUNT(good));
	assert_int_equal(info.levels[0].advisories.count, 1);
}

/* Levels out of order: the SGX components decide, then PCE SVN, then the TDX components. */
static void
levels_are_sorted_descending(void **state)
{
	static const char *const orders[] = {
		"\"tcbLevels\":[{\"tcb\":" NUMBERED("5", "1", "9") "," LEVEL_END("2018-01-01", "OutOfDate") "},"
		"{\"tcb\":" NUMBERED("6", "0", "1") "," LEVEL_END("2018-01-01", "OutOfDate") "},"
		"{\"tcb\":" NUMBERED("6", "0", "2") "," LEVEL_END("2018-01-01", "OutOfDate") "},"
		"{\"tcb\":" NUMBERED("255", "0", "0") "," LEVEL_END("2020-01-01", "UpToDate") "},"
		"{\"tcb\":" NUMBERED("5", "2", "3") "," LEVEL_END("2018-01-01", "OutOfDate") "}]",
		"\"tcbLevels\":[{\"tcb\":" NUMBERED("6", "0", "2") "," LEVEL_END("2018-01-01", "OutOfDate") "},"
		"{\"tcb\":" NUMBERED("255", "0", "0") "," LEVEL_END("2020-01-01", "UpToDate") "},"
		"{\"tcb\":" NUMBERED("5", "2", "3") "," LEVEL_END("2018-01-01", "OutOfDate") "},"
		"{\"tcb\":" NUMBERED("6", "0", "1") "," LEVEL_END("2018-01-01", "OutOfDate") "},"
		"{\"tcb\":" NUMBERED("5", "1", "9") "," LEVEL_END("2018-01-01", "OutOfDate") "}]"
	};
	static const struct {
		uint8_t first;
		uint8_t second;
		uint16_t pcesvn;
	} expected[] = { { 255, 0, 0 }, { 6, 0, 2 }, { 6, 0, 1 }, { 5, 2, 3 }, { 5, 1, 9 } };

	(void)state;
	for (size_t i = 0; i < COUNT(orders); i++) {
		const char *const at = strstr(version_2, "\"tcbLevels\"");
		char rest[2048];

		assert_true(strlen(at) < sizeof rest);
		strcpy(rest, at);
		rest[strlen(rest) - 1] = '\0';
		const struct assay_bytes text = text_changed(version_2, rest, orders[i]);

		assert_true(tcb_info_parse(&info, text));
		assert_int_equal(info.levels_count, COUNT(expected));
		for (size_t k = 0; k < COUNT(expected); k++) {
			assert_int_equal(info.levels[k].sgx[0], expected[k].first);
			assert_int_equal(info.levels[k].sgx[1], expected[k].second);
			assert_int_equal(info.levels[k].pcesvn, expected[k].pcesvn);
		}
		assert_int_equal(info.levels[0].status, ASSAY_TCB_UP_TO_DATE);
		text_free(text);
	}
}

/* The high byte of a component decides before its low byte does. */
static void
components_are_compared_as_numbers(void **state)
{
	const struct assay_bytes text = text_changed(version_2, NUMBERED("6", "9", "65535"), NUMBERED("256", "0", "0"));

	(void)state;
	assert_true(tcb_info_parse(&info, text));
	assert_int_equal(info.levels[0].sgx[0], 256);
	assert_int_equal(info.levels[1].sgx[0], 7);
	text_free(text);
}

static void
words_and_tdx_components_follow_the_first_level(void **state)
{
	/* The first level becomes the second one; its words must go with it. */
	const struct assay_bytes text = text_changed(version_3_tdx, TDX_COMPONENTS("5", "6"),
	    "\"tdxtcbcomponents\":[{\"svn\":5},{\"svn\":0},{\"svn\":1},{\"svn\":20},{\"svn\":21},{\"svn\":22},"
	    "{\"svn\":23},{\"svn\":24},{\"svn\":25},{\"svn\":26},{\"svn\":27},{\"svn\":28},{\"svn\":29},"
	    "{\"svn\":30},{\"svn\":31},{\"svn\":32}]");

	(void)state;
	assert_true(tcb_info_parse(&info, text));
	assert_int_equal(info.levels[0].tdx[2], 2);
	assert_int_equal(info.levels[0].status, ASSAY_TCB_OUT_OF_DATE);
	assert_int_equal(info.levels[1].tdx[2], 1);
	assert_int_equal(info.tdx_raised_by[0], ASSAY_RAISED_BY_TDX_MODULE);
	text_free(text);
}

/* Either word is enough; where they differ, the category counts. */
static void
words_say_who_raises_a_component(void **state)
{
	static const struct {
		const char *words;
		enum assay_raised_by expected;
	} rows[] = {
		{ "", ASSAY_RAISED_BY_UNKNOWN },
		{ ",\"category\":\"BIOS\"", ASSAY_RAISED_BY_BIOS },
		{ ",\"type\":\"Early Microcode Update\"", ASSAY_RAISED_BY_BIOS },
		{ ",\"type\":\"SEAMLDR ACM\"", ASSAY_RAISED_BY_BIOS },
		{ ",\"type\":\"TXT SINIT\",\"category\":\"BIOS\"", ASSAY_RAISED_BY_BIOS },
		{ ",\"type\":\"TXT SINIT\",\"category\":\"OS/VMM\"", ASSAY_RAISED_BY_SINIT },
		{ ",\"type\":\"SGX Late Microcode Update\"", ASSAY_RAISED_BY_MICROCODE },
		{ ",\"type\":\"TDX Late Microcode Update\"", ASSAY_RAISED_BY_MICROCODE },
		{ ",\"type\":\"TDX Module\"", ASSAY_RAISED_BY_TDX_MODULE },
		{ ",\"type\":\"tdx module\"", ASSAY_RAISED_BY_UNKNOWN },
		{ ",\"category\":\"OS/VMM\"", ASSAY_RAISED_BY_UNKNOWN }
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char component[128];

		(void)snprintf(component, sizeof component, "{\"svn\":5%s}", rows[i].words);
		const struct assay_bytes text = text_changed(version_3, "{\"svn\":5}", component);

		assert_true(tcb_info_parse(&info, text));
		assert_int_equal(info.sgx_raised_by[4], rows[i].expected);
		text_free(text);
	}
}

static void
module_levels_are_sorted_descending(void **state)
{
	const struct assay_bytes text = text_changed(version_3_tdx, "{\"isvsvn\":3}", "{\"isvsvn\":7}");

	(void)state;
	assert_true(tcb_info_parse(&info, text));
	assert_int_equal(info.modules[0].levels[0].isv_svn, 7);
	assert_int_equal(info.modules[0].levels[0].status, ASSAY_TCB_OUT_OF_DATE);
	assert_int_equal(info.modules[0].levels[1].isv_svn, 6);
	text_free(text);
}

/* Repeats a piece with a number in it until there are count, separated by commas. */
static char *
repeated(const char *format_before, const char *format_after, unsigned count, unsigned step)
{
	const size_t each = strlen(format_before) + strlen(format_after) + 8;
	char *const out = malloc(each * count + 1);
	size_t len = 0;

	assert_non_null(out);
	out[0] = '\0';
	for (unsigned i = 0; i < count; i++) {
		len += (size_t)snprintf(out + len, each + 1, "%s%s%u%s", i == 0 ? "" : ",", format_before,
		    i * step, format_after);
	}
	return out;
}

static void
check_limit(const char *base, const char *from, const char *before, const char *after, unsigned limit)
{
	for (unsigned more = 0; more <= 1; more++) {
		char *const list = repeated(before, after, limit + more, 1);
		const struct assay_bytes text = text_changed(base, from, list);

		assert_int_equal(tcb_info_parse(&info, text), more == 0);
		text_free(text);
		free(list);
	}
}

static void
limits_hold_to_the_last_one(void **state)
{
	(void)state;
	/* Levels: one is in the document already. */
	check_limit(version_2, "{\"tcb\":" NUMBERED("7", "8", "13") "," LEVEL_END("2020-01-01", "SWHardeningNeeded") "}",
	    "{\"tcb\":{\"sgxtcbcomp01svn\":1,\"sgxtcbcomp02svn\":1,\"sgxtcbcomp03svn\":1,\"sgxtcbcomp04svn\":1,"
	    "\"sgxtcbcomp05svn\":1,\"sgxtcbcomp06svn\":1,\"sgxtcbcomp07svn\":1,\"sgxtcbcomp08svn\":1,"
	    "\"sgxtcbcomp09svn\":1,\"sgxtcbcomp10svn\":1,\"sgxtcbcomp11svn\":1,\"sgxtcbcomp12svn\":1,"
	    "\"sgxtcbcomp13svn\":1,\"sgxtcbcomp14svn\":1,\"sgxtcbcomp15svn\":1,\"sgxtcbcomp16svn\":1,\"pcesvn\":",
	    "}," LEVEL_END("2020-01-01", "SWHardeningNeeded") "}", TCB_LEVELS_MAX - 1);
	check_limit(version_3_tdx, "{\"tcb\":{\"isvsvn\":65535}," LEVEL_END("2024-11-13", "UpToDate") "}",
	    "{\"tcb\":{\"isvsvn\":", "}," LEVEL_END("2024-11-13", "UpToDate") "}", ISV_LEVELS_MAX);
	check_limit(version_3_tdx, "\"INTEL-SA-00002\"", "\"INTEL-SA-", "\"", LEVEL_ADVISORIES_MAX);
}

/* n modules with ids TDX_80 and up, which all the document's own are below. */
static void
modules_are_limited(void **state)
{
	(void)state;
	for (unsigned more = 0; more <= 1; more++) {
		char list[8192];
		size_t len = 0;

		list[0] = '\0';
		for (unsigned i = 0; i < TDX_MODULES_MAX - 2 + more; i++) {
			len += (size_t)snprintf(list + len, sizeof list - len,
			    "{\"id\":\"TDX_%02x\",\"mrsigner\":\"" HEX_48 "\",\"attributes\":\"1112131415161718\","
			    "\"attributesMask\":\"FFFFFFFFFFFFFFFF\",\"tcbLevels\":[{\"tcb\":{\"isvsvn\":0},"
			    LEVEL_END("2024-11-13", "UpToDate") "}]},", 0x80 + i);
			assert_true(len < sizeof list);
		}
		strcat(list, "{\"id\":\"TDX_03\"");
		const struct assay_bytes text = text_changed(version_3_tdx, "{\"id\":\"TDX_03\"", list);

		assert_int_equal(tcb_info_parse(&info, text), more == 0);
		text_free(text);
	}
}

/* Levels with 64 advisories each fill the pool: the next one is too many. */
static void
advisories_of_all_levels_are_limited(void **state)
{
	(void)state;
	for (unsigned more = 0; more <= 1; more++) {
		char *const ids = repeated("\"INTEL-SA-", "\"", LEVEL_ADVISORIES_MAX, 1);
		const size_t size = 40000 + (size_t)TCB_ADVISORIES_MAX * 20;
		char *const list = malloc(size);
		size_t len = 0;

		assert_non_null(list);
		for (unsigned i = 0; i < TCB_ADVISORIES_MAX / LEVEL_ADVISORIES_MAX + more; i++) {
			len += (size_t)snprintf(list + len, size - len,
			    "{\"tcb\":{\"isvsvn\":%u}," LEVEL_END("2024-11-13", "UpToDate")
			    ",\"advisoryIDs\":[%s]},", 100 + i, more == 1 && i == 0 ? "\"INTEL-SA-0\"" : ids);
			assert_true(len < size);
		}
		(void)snprintf(list + len, size - len, "{\"tcb\":{\"isvsvn\":65535}");
		/* The document's own advisories are taken away first. */
		const char *const own = "\"advisoryIDs\":[\"INTEL-SA-00002\"]";
		const char *const other = "\"advisoryIDs\":[\"INTEL-SA-01036\"]";
		const struct assay_bytes first = text_changed(version_3_tdx, own, "\"advisoryIDs\":[]");
		char *const second = malloc(first.len + 1);

		assert_non_null(second);
		memcpy(second, first.data, first.len);
		second[first.len] = '\0';
		const struct assay_bytes third = text_changed(second, other, "\"advisoryIDs\":[]");
		char *const fourth = malloc(third.len + 1);

		assert_non_null(fourth);
		memcpy(fourth, third.data, third.len);
		fourth[third.len] = '\0';
		const struct assay_bytes text = text_changed(fourth, "{\"tcb\":{\"isvsvn\":65535}", list);

		assert_int_equal(tcb_info_parse(&info, text), more == 0);
		if (more == 0) {
			assert_int_equal(info.advisories_count, TCB_ADVISORIES_MAX);
		}
		text_free(text);
		text_free(third);
		text_free(first);
		free(fourth);
		free(second);
		free(list);
		free(ids);
	}
}

static void
every_prefix_is_refused(void **state)
{
	static const char *const bases[] = { version_2, version_3, version_3_tdx };

	(void)state;
	for (size_t i = 0; i < COUNT(bases); i++) {
		for (size_t len = 0; len < strlen(bases[i]); len++) {
			const struct assay_bytes text = text_prefix(bases[i], len);

			assert_false(tcb_info_parse(&info, text));
			text_free(text);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_2_is_read),
		cmocka_unit_test(version_3_is_read),
		cmocka_unit_test(version_3_of_tdx_is_read),
		cmocka_unit_test(what_the_vendor_may_add_is_passed_over),
		cmocka_unit_test(every_status_word_is_known),
		cmocka_unit_test(a_document_with_a_fault_is_refused),
		cmocka_unit_test(a_level_with_a_fault_is_refused),
		cmocka_unit_test(a_module_with_a_fault_is_refused),
		cmocka_unit_test(version_3_of_sgx_has_no_tdx_members),
		cmocka_unit_test(version_2_with_a_fault_is_refused),
		cmocka_unit_test(levels_are_sorted_descending),
		cmocka_unit_test(components_are_compared_as_numbers),
		cmocka_unit_test(words_and_tdx_components_follow_the_first_level),
		cmocka_unit_test(words_say_who_raises_a_component),
		cmocka_unit_test(module_levels_are_sorted_descending),
		cmocka_unit_test(limits_hold_to_the_last_one),
		cmocka_unit_test(modules_are_limited),
		cmocka_unit_test(advisories_of_all_levels_are_limited),
		cmocka_unit_test(every_prefix_is_refused),
	};

	return cmocka_run_group_tests_name("tcb-info", tests, NULL, NULL);
}
