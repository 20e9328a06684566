/* SPDX-License-Identifier: Apache-2.0 */
/* SGX and TD report bodies: fixed layouts, integers little endian. */
#include "base/cursor.h"
#include "evidence/report.h"

void
sgx_report_parse(struct assay_sgx_report *report, struct assay_bytes body)
{
	struct cursor c = cursor_over(body);

	assert(body.len == SGX_REPORT_BYTES);
	memset(report, 0, sizeof *report);
	cursor_copy(&c, report->cpusvn, sizeof report->cpusvn);
	report->miscselect = cursor_u32le(&c);
	cursor_take(&c, 12);
	cursor_copy(&c, report->isv_ext_prod_id, sizeof report->isv_ext_prod_id);
	cursor_copy(&c, report->attributes, sizeof report->attributes);
	cursor_copy(&c, report->mrenclave, sizeof report->mrenclave);
	cursor_take(&c, 32);
	cursor_copy(&c, report->mrsigner, sizeof report->mrsigner);
	cursor_take(&c, 32);
	cursor_copy(&c, report->config_id, sizeof report->config_id);
	report->isv_prod_id = cursor_u16le(&c);
	report->isv_svn = cursor_u16le(&c);
	report->config_svn = cursor_u16le(&c);
	cursor_take(&c, 42);
	cursor_copy(&c, report->isv_family_id, sizeof report->isv_family_id);
	cursor_copy(&c, report->report_data, sizeof report->report_data);
	assert(cursor_done(&c));
}

static void
extension_parse(struct assay_td_report *report, struct cursor *c)
{
	report->has_extension = true;
	report->vm_id = cursor_u8(c);
	cursor_copy(c, report->td_id, sizeof report->td_id);
	cursor_copy(c, report->device_info_hash, sizeof report->device_info_hash);
	cursor_copy(c, report->init_servicetd_hash, sizeof report->init_servicetd_hash);
	cursor_copy(c, report->init_servicetd_attributes, sizeof report->init_servicetd_attributes);
	cursor_copy(c, report->init_cpusvn, sizeof report->init_cpusvn);
	cursor_copy(c, report->init_tee_tcb_svn, sizeof report->init_tee_tcb_svn);
	cursor_copy(c, report->init_tee_fmspc, sizeof report->init_tee_fmspc);
	cursor_copy(c, report->current_servicetd_hash, sizeof report->current_servicetd_hash);
	cursor_copy(c, report->current_servicetd_attributes,
	    sizeof report->current_servicetd_attributes);
}

void
td_report_parse(struct assay_td_report *report, struct assay_bytes body)
{
	struct cursor c = cursor_over(body);

	assert(body.len == TD_REPORT_1_0_BYTES || body.len == TD_REPORT_1_5_BYTES ||
	    body.len == TD_REPORT_1_5_EXTENDED_BYTES);
	memset(report, 0, sizeof *report);
	cursor_copy(&c, report->tee_tcb_svn, sizeof report->tee_tcb_svn);
	cursor_copy(&c, report->mrseam, sizeof report->mrseam);
	cursor_copy(&c, report->mrsignerseam, sizeof report->mrsignerseam);
	cursor_copy(&c, report->seam_attributes, sizeof report->seam_attributes);
	cursor_copy(&c, report->td_attributes, sizeof report->td_attributes);
	cursor_copy(&c, report->xfam, sizeof report->xfam);
	cursor_copy(&c, report->mrtd, sizeof report->mrtd);
	cursor_copy(&c, report->mrconfigid, sizeof report->mrconfigid);
	cursor_copy(&c, report->mrowner, sizeof report->mrowner);
	cursor_copy(&c, report->mrownerconfig, sizeof report->mrownerconfig);
	for (size_t i = 0; i < 4; i++) {
		cursor_copy(&c, report->rtmr[i], sizeof report->rtmr[i]);
	}
	cursor_copy(&c, report->report_data, sizeof report->report_data);
	if (body.len >= TD_REPORT_1_5_BYTES) {
		report->has_1_5 = true;
		cursor_copy(&c, report->tee_tcb_svn2, sizeof report->tee_tcb_svn2);
		cursor_copy(&c, report->mrservicetd, sizeof report->mrservicetd);
	}
	if (body.len == TD_REPORT_1_5_EXTENDED_BYTES) {
		extension_parse(report, &c);
	}
	assert(cursor_done(&c));
}

static uint64_t
u64_little_endian(const uint8_t bytes[static 8])
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++) {
		value |= (uint64_t)bytes[i] << (8 * i);
	}
	return value;
}

uint64_t
sgx_report_flags(const struct assay_sgx_report *report)
{
	return u64_little_endian(report->attributes);
}

uint64_t
td_report_attributes(const struct assay_td_report *report)
{
	return u64_little_endian(report->td_attributes);
}

uint64_t
td_report_xfam(const struct assay_td_report *report)
{
	return u64_little_endian(report->xfam);
}
