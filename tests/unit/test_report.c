/* SPDX-License-Identifier: Apache-2.0 */
/* Report bodies: every field stands where the layout says, and nothing else is read. */
#include "text.h"

#include "evidence/report.h"

/* A field of a body: where it stands in the bytes and in the struct. */
struct field {
	const char *name;
	size_t at;
	size_t offset;
	size_t size;
};

#define SGX(member, at) \
	{ #member, at, offsetof(struct assay_sgx_report, member), \
	    sizeof(((struct assay_sgx_report *)NULL)->member) }
#define TD(member, at) \
	{ #member, at, offsetof(struct assay_td_report, member), \
	    sizeof(((struct assay_td_report *)NULL)->member) }

static const struct field sgx_fields[] = {
	SGX(cpusvn, 0),
	SGX(isv_ext_prod_id, 32),
	SGX(attributes, 48),
	SGX(mrenclave, 64),
	SGX(mrsigner, 128),
	SGX(config_id, 192),
	SGX(isv_family_id, 304),
	SGX(report_data, 320)
};

static const struct field td_fields_1_0[] = {
	TD(tee_tcb_svn, 0),
	TD(mrseam, 16),
	TD(mrsignerseam, 64),
	TD(seam_attributes, 112),
	TD(td_attributes, 120),
	TD(xfam, 128),
	TD(mrtd, 136),
	TD(mrconfigid, 184),
	TD(mrowner, 232),
	TD(mrownerconfig, 280),
	TD(rtmr[0], 328),
	TD(rtmr[1], 376),
	TD(rtmr[2], 424),
	TD(rtmr[3], 472),
	TD(report_data, 520)
};

static const struct field td_fields_1_5[] = {
	TD(tee_tcb_svn2, 584),
	TD(mrservicetd, 600)
};

static const struct field td_fields_extension[] = {
	TD(vm_id, 648),
	TD(td_id, 649),
	TD(device_info_hash, 681),
	TD(init_servicetd_hash, 729),
	TD(init_servicetd_attributes, 777),
	TD(init_cpusvn, 785),
	TD(init_tee_tcb_svn, 801),
	TD(init_tee_fmspc, 817),
	TD(current_servicetd_hash, 829),
	TD(current_servicetd_attributes, 877)
};

#define COUNT(table) (sizeof (table) / sizeof (table)[0])

/* No two runs of 8 bytes of a body are equal, and no byte is zero. */
static void
pattern(uint8_t *body, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		body[i] = (uint8_t)(i % 2 == 0 ? 1 + i % 251 : 1 + i / 251 * 7 + i % 13);
	}
}

static void
check_fields(const void *report, const uint8_t *body, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const uint8_t *const value = (const uint8_t *)report + fields[i].offset;

		if (memcmp(value, body + fields[i].at, fields[i].size) != 0) {
			fail_msg("%s is not the bytes at %zu", fields[i].name, fields[i].at);
		}
	}
}

static void
check_zero(const void *report, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!bytes_all_zero(bytes_of((const uint8_t *)report + fields[i].offset, fields[i].size))) {
			fail_msg("%s is not zero", fields[i].name);
		}
	}
}

static void
sgx_report_has_every_field(void **state)
{
	uint8_t body[SGX_REPORT_BYTES];
	struct assay_sgx_report report;

	(void)state;
	pattern(body, sizeof body);
	memcpy(body + 16, "\x01\x02\x03\xf4", 4);
	memcpy(body + 256, "\x34\x12\x78\x56\xbc\x9a", 6);
	memset(&report, 0xff, sizeof report);
	sgx_report_parse(&report, bytes_of(body, sizeof body));
	check_fields(&report, body, sgx_fields, COUNT(sgx_fields));
	assert_int_equal(report.miscselect, 0xf4030201);
	assert_int_equal(report.isv_prod_id, 0x1234);
	assert_int_equal(report.isv_svn, 0x5678);
	assert_int_equal(report.config_svn, 0x9abc);
}

static void
sgx_flags_are_little_endian(void **state)
{
	uint8_t body[SGX_REPORT_BYTES] = { 0 };
	struct assay_sgx_report report;

	(void)state;
	memcpy(body + 48, "\x33\x00\x00\x00\x00\x00\x00\x80", 8);
	sgx_report_parse(&report, bytes_of(body, sizeof body));
	assert_true(sgx_report_flags(&report) == (UINT64_C(0x8000000000000000) | SGX_FLAG_INIT |
	    SGX_FLAG_DEBUG | SGX_FLAG_PROVISION_KEY | SGX_FLAG_EINITTOKEN_KEY));
}

static void
td_report_has_every_field_of_its_size(void **state)
{
	static const size_t sizes[] = {
		TD_REPORT_1_0_BYTES, TD_REPORT_1_5_BYTES, TD_REPORT_1_5_EXTENDED_BYTES
	};

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		uint8_t *const body = malloc(sizes[i]);
		struct assay_td_report report;

		assert_non_null(body);
		pattern(body, sizes[i]);
		memset(&report, 0xff, sizeof report);
		td_report_parse(&report, bytes_of(body, sizes[i]));
		check_fields(&report, body, td_fields_1_0, COUNT(td_fields_1_0));
		assert_int_equal(report.has_1_5, sizes[i] >= TD_REPORT_1_5_BYTES);
		assert_int_equal(report.has_extension, sizes[i] == TD_REPORT_1_5_EXTENDED_BYTES);
		if (report.has_1_5) {
			check_fields(&report, body, td_fields_1_5, COUNT(td_fields_1_5));
		} else {
			check_zero(&report, td_fields_1_5, COUNT(td_fields_1_5));
		}
		if (report.has_extension) {
			check_fields(&report, body, td_fields_extension, COUNT(td_fields_extension));
		} else {
			check_zero(&report, td_fields_extension, COUNT(td_fields_extension));
		}
		free(body);
	}
}

static void
td_attributes_and_xfam_are_little_endian(void **state)
{
	uint8_t body[TD_REPORT_1_0_BYTES] = { 0 };
	struct assay_td_report report;

	(void)state;
	memcpy(body + 120, "\x01\x00\x00\xd0\x00\x00\x00\x80", 8);
	memcpy(body + 128, "\xe7\xdb\x06\x00\x00\x00\x00\x01", 8);
	td_report_parse(&report, bytes_of(body, sizeof body));
	assert_true(td_report_attributes(&report) == TD_KNOWN);
	assert_true(td_report_xfam(&report) == (TD_XFAM_KNOWN | UINT64_C(1) << 56));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sgx_report_has_every_field),
		cmocka_unit_test(sgx_flags_are_little_endian),
		cmocka_unit_test(td_report_has_every_field_of_its_size),
		cmocka_unit_test(td_attributes_and_xfam_are_little_endian),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
