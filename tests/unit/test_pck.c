/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PCK certificate's SGX extension.  The document is written as text: hex
 * bytes, with round brackets around what a length byte stands before.
 */
#include "text.h"

#include "collateral/pck.h"

#define OID "2a864886f84d010d01"
#define PAIR(arcs, value) "30(06(" OID arcs ")" value ")"
#define SVN(n, value) PAIR("02" n, "02(" value ")")

#define PPID PAIR("01", "04(000102030405060708090a0b0c0d0e0f)")
#define COMPONENTS \
	SVN("01", "0c") SVN("02", "0d") SVN("03", "7f") SVN("04", "0080") SVN("05", "00ff") \
	SVN("06", "01") SVN("07", "00") SVN("08", "02") SVN("09", "00") SVN("0a", "00") SVN("0b", "00") \
	SVN("0c", "00") SVN("0d", "00") SVN("0e", "00") SVN("0f", "00") SVN("10", "09")
#define PCESVN SVN("11", "00ff01")
#define CPUSVN PAIR("0212", "04(f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff)")
#define TCB PAIR("02", "30(" COMPONENTS PCESVN CPUSVN ")")
#define PCE_ID PAIR("03", "04(0a0b)")
#define FMSPC PAIR("04", "04(00906ed50000)")
#define SGX_TYPE PAIR("05", "0a(01)")
#define INSTANCE PAIR("06", "04(101112131415161718191a1b1c1d1e1f)")
#define DYNAMIC PAIR("0701", "01(ff)")
#define CACHED PAIR("0702", "01(00)")
#define SMT PAIR("0703", "01(ff)")
#define CONFIGURATION PAIR("07", "30(" DYNAMIC CACHED SMT ")")

static const char processor[] = "30(" PPID TCB PCE_ID FMSPC SGX_TYPE ")";
static const char platform_base[] =
    "30(" PPID TCB PCE_ID FMSPC SGX_TYPE INSTANCE CONFIGURATION ")";

#define DER_BYTES_MAX 2048

static uint8_t
digit(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The length at the front of len bytes of content, in as few bytes as can be. */
static size_t
put_length(uint8_t out[static 3], size_t len)
{
	if (len < 0x80) {
		out[0] = (uint8_t)len;
		return 1;
	}
	if (len < 0x100) {
		out[0] = 0x81;
		out[1] = (uint8_t)len;
		return 2;
	}
	out[0] = 0x82;
	out[1] = (uint8_t)(len >> 8);
	out[2] = (uint8_t)len;
	return 3;
}

/* Bytes of the text, of exactly their size. */
static struct assay_bytes
assemble(struct assay_bytes text)
{
	uint8_t out[DER_BYTES_MAX];
	size_t opened[8];
	size_t depth = 0;
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '(') {
			assert_true(depth < 8);
			opened[depth++] = len;
		} else if (text.data[i] == ')') {
			uint8_t length[3];

			assert_true(depth > 0);
			const size_t from = opened[--depth];
			const size_t count = put_length(length, len - from);

			assert_true(len + count <= sizeof out);
			memmove(out + from + count, out + from, len - from);
			memcpy(out + from, length, count);
			len += count;
		} else {
			assert_true(len < sizeof out && i + 1 < text.len);
			out[len++] = (uint8_t)(digit((char)text.data[i]) << 4 | digit((char)text.data[i + 1]));
			i++;
		}
	}
	assert_int_equal(depth, 0);

	uint8_t *const copy = malloc(len != 0 ? len : 1);

	assert_non_null(copy);
	memcpy(copy, out, len);
	return bytes_of(copy, len);
}

static bool
parse_changed(struct assay_platform *platform, const char *base, const char *from, const char *to)
{
	const struct assay_bytes text = text_changed(base, from, to);
	const struct assay_bytes der = assemble(text);
	const bool good = pck_extension_parse(platform, der);

	text_free(der);
	text_free(text);
	return good;
}

static void
check_common(const struct assay_platform *platform)
{
	assert_memory_equal(platform->ppid, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", 16);
	assert_memory_equal(platform->components,
	    "\x0c\x0d\x7f\x80\xff\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00\x09", 16);
	assert_int_equal(platform->pcesvn, 0xff01);
	assert_memory_equal(platform->cpusvn, "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff", 16);
	assert_memory_equal(platform->pce_id, "\x0a\x0b", 2);
	assert_memory_equal(platform->fmspc, "\x00\x90\x6e\xd5\x00\x00", 6);
	assert_int_equal(platform->sgx_type, 1);
	assert_false(platform->has_id);
	assert_true(bytes_all_zero(bytes_of(platform->id, sizeof platform->id)));
}

static void
a_processor_certificate_is_read(void **state)
{
	struct assay_platform platform;

	(void)state;
	memset(&platform, 0xff, sizeof platform);
	assert_true(parse_changed(&platform, processor, "", ""));
	check_common(&platform);
	assert_false(platform.has_instance_id);
	assert_int_equal(platform.dynamic_platform, ASSAY_FLAG_UNDEFINED);
	assert_int_equal(platform.cached_keys, ASSAY_FLAG_UNDEFINED);
	assert_int_equal(platform.smt_enabled, ASSAY_FLAG_UNDEFINED);
}

static void
a_platform_certificate_is_read(void **state)
{
	struct assay_platform platform;

	(void)state;
	assert_true(parse_changed(&platform, platform_base, "", ""));
	check_common(&platform);
	assert_true(platform.has_instance_id);
	assert_memory_equal(platform.instance_id,
	    "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f", 16);
	assert_int_equal(platform.dynamic_platform, ASSAY_FLAG_TRUE);
	assert_int_equal(platform.cached_keys, ASSAY_FLAG_FALSE);
	assert_int_equal(platform.smt_enabled, ASSAY_FLAG_TRUE);
}

static void
entries_may_come_in_any_order(void **state)
{
	static const struct text_change rows[] = {
		{ "the PPID last", platform_base, "30(" TCB PCE_ID FMSPC SGX_TYPE INSTANCE CONFIGURATION PPID ")" },
		{ "the CPUSVN first", COMPONENTS PCESVN CPUSVN, CPUSVN COMPONENTS PCESVN },
		{ "no flag at all", DYNAMIC CACHED SMT, "" },
		{ "one flag", DYNAMIC CACHED, "" },
		{ "SGX type 0", "0a(01)", "0a(00)" },
		{ "SGX type 2", "0a(01)", "0a(02)" },
	};
	struct assay_platform platform;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!parse_changed(&platform, platform_base, rows[i].from, rows[i].to)) {
			fail_msg("refused: %s", rows[i].reason);
		}
	}
	assert_true(parse_changed(&platform, platform_base, DYNAMIC CACHED, ""));
	assert_int_equal(platform.dynamic_platform, ASSAY_FLAG_UNDEFINED);
	assert_int_equal(platform.cached_keys, ASSAY_FLAG_UNDEFINED);
	assert_int_equal(platform.smt_enabled, ASSAY_FLAG_TRUE);
}

static void
a_fault_is_refused(void **state)
{
	static const struct text_change rows[] = {
		{ "nothing", platform_base, "" },
		{ "an empty sequence", platform_base, "30()" },
		{ "another tag outside", "30(" PPID, "31(" PPID },
		{ "a byte after the extension", CONFIGURATION ")", CONFIGURATION ")00" },
		{ "an indefinite length", platform_base, "3080" PPID TCB PCE_ID FMSPC SGX_TYPE "0000" },
		{ "a length of two bytes where one would do", PCE_ID, "308110" "06(" OID "03)04(0a0b)" },
		{ "no PPID", PPID, "" },
		{ "the PPID twice", PPID, PPID PPID },
		{ "a PPID of 15 bytes", "0d0e0f)", "0d0e)" },
		{ "a PPID of 17 bytes", "0d0e0f)", "0d0e0f10)" },
		{ "a PPID that is a bit string", "04(0001", "03(0001" },
		{ "no TCB", TCB, "" },
		{ "the TCB twice", TCB, TCB TCB },
		{ "a TCB that is a set", "30(" COMPONENTS, "31(" COMPONENTS },
		{ "an empty TCB", COMPONENTS PCESVN CPUSVN, "" },
		{ "no component 1", SVN("01", "0c"), "" },
		{ "no component 16", SVN("10", "09"), "" },
		{ "component 1 twice, and no 2", SVN("02", "0d"), SVN("01", "0d") },
		{ "a component too many", SVN("10", "09"), SVN("10", "09") SVN("13", "00") },
		{ "component 0", SVN("01", "0c"), SVN("00", "0c") },
		{ "component 32", SVN("01", "0c"), SVN("20", "0c") },
		{ "component 33, which has the bit of 1", SVN("01", "0c"), SVN("21", "0c") },
		{ "a component of 256", "02(00ff)", "02(0100)" },
		{ "a component below zero", "02(0080)", "02(80)" },
		{ "a component with a zero too many", "02(0c)", "02(000c)" },
		{ "a component without a byte", "02(0c)", "02()" },
		{ "a component that is an enumeration", "02(0c)", "0a(0c)" },
		{ "a component with something after it", "02(0c)", "02(0c)0500" },
		{ "no PCE SVN", PCESVN, "" },
		{ "a PCE SVN of 65536", "02(00ff01)", "02(010000)" },
		{ "no CPUSVN", CPUSVN, "" },
		{ "a CPUSVN of 15 bytes", "fdfeff", "fdfe" },
		{ "a CPUSVN that is an integer", "04(f0", "02(f0" },
		{ "no PCE id", PCE_ID, "" },
		{ "the PCE id twice", PCE_ID, PCE_ID PCE_ID },
		{ "a PCE id of 3 bytes", "0a0b)", "0a0b0c)" },
		{ "no FMSPC", FMSPC, "" },
		{ "an FMSPC of 5 bytes", "00906ed50000", "00906ed500" },
		{ "an FMSPC of 7 bytes", "00906ed50000", "00906ed5000000" },
		{ "an empty FMSPC", "00906ed50000", "" },
		{ "no SGX type", SGX_TYPE, "" },
		{ "SGX type 3", "0a(01)", "0a(03)" },
		{ "an SGX type that is an integer", "0a(01)", "02(01)" },
		{ "the SGX type twice", SGX_TYPE, SGX_TYPE SGX_TYPE },
		{ "an instance id without a configuration", CONFIGURATION, "" },
		{ "a configuration without an instance id", INSTANCE, "" },
		{ "an instance id of 8 bytes", "18191a1b1c1d1e1f)", ")" },
		{ "the instance id twice", INSTANCE, INSTANCE INSTANCE },
		{ "the configuration twice", CONFIGURATION, CONFIGURATION CONFIGURATION },
		{ "a flag twice", CACHED, DYNAMIC },
		{ "a flag that is 01", "01(ff)", "01(01)" },
		{ "a flag of two bytes", "01(ff)", "01(ffff)" },
		{ "a flag that is an integer", "01(ff)", "02(01)" },
		{ "a fourth flag", SMT, SMT PAIR("0704", "01(ff)") },
		{ "flag 0", DYNAMIC, PAIR("0700", "01(ff)") },
		{ "a configuration that is a flag", "30(" DYNAMIC CACHED SMT ")", "01(ff)" },
		{ "an unknown entry", SGX_TYPE, SGX_TYPE PAIR("08", "04(00)") },
		{ "entry 0", PPID, PPID PAIR("00", "04(00)") },
		{ "entry 33, which has the bit of 1", PPID, PAIR("21", "04(000102030405060708090a0b0c0d0e0f)") },
		{ "an OID of another extension", OID "03", "2a864886f84d010d0203" },
		{ "an OID with an arc more", OID "03", OID "0300" },
		{ "an OID with an arc less", OID "03", OID },
		{ "a TCB's OID under another entry", OID "0201", OID "0301" },
		{ "a flag's OID in the TCB", OID "0201", OID "0701" },
		{ "an OID that is none", "06(" OID "03)", "04(" OID "03)" },
		{ "an entry that is a set", "30(06(" OID "03)", "31(06(" OID "03)" },
		{ "an entry without a value", "04(0a0b)", "" },
		{ "an entry with two values", "04(0a0b)", "04(0a0b)04(0a0b)" },
		{ "an entry that is no pair", PCE_ID, PCE_ID "0500" }
	};
	struct assay_platform platform;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (parse_changed(&platform, platform_base, rows[i].from, rows[i].to)) {
			fail_msg("accepted: %s", rows[i].reason);
		}
	}
}

static void
every_prefix_is_refused(void **state)
{
	const struct assay_bytes whole = assemble(bytes_of_text(platform_base));
	struct assay_platform platform;

	(void)state;
	for (size_t len = 0; len < whole.len; len++) {
		const struct assay_bytes part = text_prefix((const char *)whole.data, len);

		assert_false(pck_extension_parse(&platform, part));
		text_free(part);
	}
	text_free(whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_processor_certificate_is_read),
		cmocka_unit_test(a_platform_certificate_is_read),
		cmocka_unit_test(entries_may_come_in_any_order),
		cmocka_unit_test(a_fault_is_refused),
		cmocka_unit_test(every_prefix_is_refused),
	};

	return cmocka_run_group_tests_name("pck", tests, NULL, NULL);
}
