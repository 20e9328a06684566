/* SPDX-License-Identifier: Apache-2.0 */
/* What quotes and archived reports claim. */
#include <stdio.h>

#include "base/cursor.h"
#include "cmd/inspect_parts.h"
#include "evidence/ias_report.h"
#include "evidence/report.h"
#include "render/words.h"
#include "x509/chain.h"

/* DCAP headers have the key's type at byte 2, the TEE's at byte 4. */
static void
inspect_header(struct claims *c, struct assay_bytes bytes)
{
	struct cursor at = cursor_over(bytes);
	const uint16_t version = cursor_u16le(&at);
	const uint16_t key_type = cursor_u16le(&at);
	const uint32_t tee_type = cursor_u32le(&at);
	const uint16_t first = cursor_u16le(&at);
	const uint16_t second = cursor_u16le(&at);
	const struct assay_bytes vendor = cursor_take(&at, 16);
	const struct assay_bytes user_data = cursor_take(&at, 20);

	if (at.bad) {
		return;
	}
	claims_group(c, "header");
	claims_unsigned(c, "version", version);
	claims_unsigned(c, "attestation_key_type", key_type);
	if (version == 3) {
		claims_unsigned(c, "qe_svn", first);
		claims_unsigned(c, "pce_svn", second);
	} else {
		claims_unsigned(c, "tee_type", tee_type);
	}
	claims_hex(c, "qe_vendor_id", vendor);
	claims_hex(c, "user_data", user_data);
	claims_end_group(c);
}

void
inspect_sgx_report(struct claims *c, const char *name, struct assay_bytes body)
{
	struct assay_sgx_report r;

	if (body.len != SGX_REPORT_BYTES) {
		return;
	}
	sgx_report_parse(&r, body);
	claims_group(c, name);
	claims_hex(c, "mrenclave", bytes_of(r.mrenclave, sizeof(r.mrenclave)));
	claims_hex(c, "mrsigner", bytes_of(r.mrsigner, sizeof(r.mrsigner)));
	claims_unsigned(c, "isv_prod_id", r.isv_prod_id);
	claims_unsigned(c, "isv_svn", r.isv_svn);
	claims_hex(c, "attributes", bytes_of(r.attributes, sizeof(r.attributes)));
	claims_boolean(c, "debug", (sgx_report_flags(&r) & SGX_FLAG_DEBUG) != 0);
	claims_unsigned(c, "miscselect", r.miscselect);
	claims_hex(c, "cpusvn", bytes_of(r.cpusvn, sizeof(r.cpusvn)));
	claims_hex(c, "isv_ext_prod_id", bytes_of(r.isv_ext_prod_id, sizeof(r.isv_ext_prod_id)));
	claims_hex(c, "isv_family_id", bytes_of(r.isv_family_id, sizeof(r.isv_family_id)));
	claims_hex(c, "config_id", bytes_of(r.config_id, sizeof(r.config_id)));
	claims_unsigned(c, "config_svn", r.config_svn);
	claims_hex(c, "report_data", bytes_of(r.report_data, sizeof(r.report_data)));
	claims_end_group(c);
}

static void
inspect_td_report_extension(struct claims *c, const struct assay_td_report *r)
{
	claims_unsigned(c, "vm_id", r->vm_id);
	claims_hex(c, "td_id", bytes_of(r->td_id, sizeof(r->td_id)));
	claims_hex(c, "device_info_hash", bytes_of(r->device_info_hash, sizeof(r->device_info_hash)));
	claims_hex(c, "init_servicetd_hash", bytes_of(r->init_servicetd_hash, sizeof(r->init_servicetd_hash)));
	claims_hex(c, "init_servicetd_attributes",
	    bytes_of(r->init_servicetd_attributes, sizeof(r->init_servicetd_attributes)));
	claims_hex(c, "init_cpusvn", bytes_of(r->init_cpusvn, sizeof(r->init_cpusvn)));
	claims_hex(c, "init_tee_tcb_svn", bytes_of(r->init_tee_tcb_svn, sizeof(r->init_tee_tcb_svn)));
	claims_hex(c, "init_tee_fmspc", bytes_of(r->init_tee_fmspc, sizeof(r->init_tee_fmspc)));
	claims_hex(c, "current_servicetd_hash",
	    bytes_of(r->current_servicetd_hash, sizeof(r->current_servicetd_hash)));
	claims_hex(c, "current_servicetd_attributes",
	    bytes_of(r->current_servicetd_attributes, sizeof(r->current_servicetd_attributes)));
}

static void
inspect_td_report(struct claims *c, struct assay_bytes body)
{
	static const char *const rtmrs[] = { "rtmr0", "rtmr1", "rtmr2", "rtmr3" };
	struct assay_td_report r;

	td_report_parse(&r, body);
	claims_group(c, "body");
	claims_hex(c, "mrtd", bytes_of(r.mrtd, sizeof(r.mrtd)));
	for (size_t i = 0; i < 4; i++) {
		claims_hex(c, rtmrs[i], bytes_of(r.rtmr[i], sizeof(r.rtmr[i])));
	}
	claims_hex(c, "mrconfigid", bytes_of(r.mrconfigid, sizeof(r.mrconfigid)));
	claims_hex(c, "mrowner", bytes_of(r.mrowner, sizeof(r.mrowner)));
	claims_hex(c, "mrownerconfig", bytes_of(r.mrownerconfig, sizeof(r.mrownerconfig)));
	claims_hex(c, "mrseam", bytes_of(r.mrseam, sizeof(r.mrseam)));
	claims_hex(c, "mrsignerseam", bytes_of(r.mrsignerseam, sizeof(r.mrsignerseam)));
	claims_hex(c, "seam_attributes", bytes_of(r.seam_attributes, sizeof(r.seam_attributes)));
	claims_hex(c, "td_attributes", bytes_of(r.td_attributes, sizeof(r.td_attributes)));
	claims_boolean(c, "debug", (td_report_attributes(&r) & TD_DEBUG) != 0);
	claims_hex(c, "xfam", bytes_of(r.xfam, sizeof(r.xfam)));
	claims_svns(c, "tee_tcb_svn", r.tee_tcb_svn);
	if (r.has_1_5) {
		claims_svns(c, "tee_tcb_svn2", r.tee_tcb_svn2);
		claims_hex(c, "mrservicetd", bytes_of(r.mrservicetd, sizeof(r.mrservicetd)));
	}
	if (r.has_extension) {
		inspect_td_report_extension(c, &r);
	}
	claims_hex(c, "report_data", bytes_of(r.report_data, sizeof(r.report_data)));
	claims_end_group(c);
}

static void
inspect_certification(struct claims *c, const struct quote *quote)
{
	static const char *const types[] = {
		"none", "PPID in clear, CPUSVN, PCESVN, PCE id", "PPID encrypted (RSA-2048), CPUSVN, PCESVN, PCE id",
		"PPID encrypted (RSA-3072), CPUSVN, PCESVN, PCE id", "PCK certificate", "PCK certificate chain",
		"QE report", "platform manifest"
	};
	static struct chain chain;
	struct certification_fields fields;

	claims_group(c, "certification");
	claims_unsigned(c, "type", quote->certification_type);
	claims_text(c, "means", quote->certification_type < sizeof(types) / sizeof(types[0])
	    ? types[quote->certification_type] : "unknown");
	claims_unsigned(c, "bytes", quote->certification.len);
	if (quote_certification_fields(&fields, quote)) {
		if (fields.ppid.len != 0) {
			claims_hex(c, "ppid", fields.ppid);
		}
		claims_hex(c, "cpusvn", fields.cpusvn);
		claims_unsigned(c, "pcesvn", fields.pcesvn);
		claims_hex(c, "pce_id", fields.pce_id);
	} else if ((quote->certification_type == CERTIFICATION_PCK_CHAIN ||
	    quote->certification_type == CERTIFICATION_PCK_LEAF) && chain_parse(&chain, quote->certification)) {
		claims_list(c, "certificates");
		for (uint32_t i = 0; i < chain.count; i++) {
			claims_group(c, NULL);
			inspect_certificate(c, &chain.certificates[i]);
			claims_end_group(c);
		}
		claims_end_list(c);
	}
	claims_end_group(c);
}

static void
inspect_epid(struct claims *c, struct assay_bytes bytes, bool body_only)
{
	struct epid_quote q;

	if (!epid_quote_parse(&q, bytes, body_only)) {
		return;
	}
	claims_group(c, "epid");
	claims_unsigned(c, "version", q.version);
	claims_boolean(c, "linkable", q.linkable);
	claims_unsigned(c, "group_id", q.group_id);
	claims_unsigned(c, "qe_svn", q.qe_svn);
	claims_unsigned(c, "pce_svn", q.pce_svn);
	claims_unsigned(c, "extended_group_id", q.extended_group_id);
	claims_hex(c, "basename", q.basename);
	claims_end_group(c);
	inspect_sgx_report(c, "body", q.report);
}

bool
inspect_quote(struct claims *c, struct assay_bytes bytes)
{
	struct quote quote;
	const enum assay_check failed = quote_parse(&quote, bytes);

	claims_text(c, "kind", quote.kind == ASSAY_EVIDENCE_NONE ? "quote" : assay_evidence_kind_word(quote.kind));
	claims_unsigned(c, "bytes", bytes.len);
	if (failed == ASSAY_CHECK_QUOTE_EPID) {
		inspect_epid(c, bytes, false);
		return true;
	}
	inspect_header(c, bytes);
	if (failed != ASSAY_CHECK_COUNT && failed != ASSAY_CHECK_QUOTE_CERTIFICATION) {
		claims_text(c, "malformed", assay_check_id(failed));
		return false;
	}
	if (quote.tee == ASSAY_TEE_TDX) {
		inspect_td_report(c, quote.body);
	} else {
		inspect_sgx_report(c, "body", quote.body);
	}
	claims_group(c, "signature");
	claims_hex(c, "signature", quote.signature);
	claims_hex(c, "attestation_key", quote.attestation_key);
	claims_hex(c, "qe_report_signature", quote.qe_report_signature);
	claims_hex(c, "qe_authentication", quote.qe_authentication);
	claims_end_group(c);
	inspect_sgx_report(c, "qe_report", quote.qe_report);
	inspect_certification(c, &quote);
	if (failed != ASSAY_CHECK_COUNT) {
		claims_text(c, "malformed", assay_check_id(failed));
		return false;
	}
	return true;
}

static void
inspect_platform_info(struct claims *c, const struct ias_report *report)
{
	claims_group(c, "platform_info");
	claims_unsigned(c, "group_flags", report->platform_info.group_flags);
	claims_unsigned(c, "tcb_flags", report->platform_info.tcb_flags);
	claims_unsigned(c, "pse_flags", report->platform_info.pse_flags);
	claims_hex(c, "latest_cpusvn",
	    bytes_of(report->platform_info.latest_cpusvn, sizeof(report->platform_info.latest_cpusvn)));
	claims_unsigned(c, "latest_isv_svn", report->platform_info.latest_isv_svn);
	claims_unsigned(c, "extended_group_id", report->platform_info.extended_group_id);
	claims_unsigned(c, "group_id", report->platform_info.group_id);
	claims_end_group(c);
}

bool
inspect_ias_report(struct claims *c, struct assay_bytes body)
{
	struct ias_report report;

	claims_text(c, "kind", assay_evidence_kind_word(ASSAY_EVIDENCE_IAS_REPORT));
	claims_unsigned(c, "bytes", body.len);
	if (!ias_report_parse(&report, body)) {
		claims_text(c, "malformed", assay_check_id(ASSAY_CHECK_IAS_FORM));
		return false;
	}
	claims_unsigned(c, "version", report.version);
	claims_utc(c, "timestamp", report.timestamp_s);
	claims_text(c, "status", assay_tcb_status_word(report.status, ASSAY_EVIDENCE_IAS_REPORT));
	claims_boolean(c, "linkable", report.has_pseudonym);
	if (report.has_pseudonym) {
		claims_hex(c, "pseudonym", bytes_of(report.pseudonym, sizeof(report.pseudonym)));
	}
	if (report.advisories_unknown) {
		claims_text(c, "advisories_unknown", report.version < 4 ? "this version cannot carry them"
		    : "the status comes with advisories, and the report names none");
	} else {
		claims_words(c, "advisories", report.advisories, report.advisories_count);
	}
	if (report.nonce.len != 0) {
		claims_string(c, "nonce", report.nonce);
	}
	if (report.has_platform_info) {
		inspect_platform_info(c, &report);
	}
	if (!report.quote_body_good) {
		claims_text(c, "malformed", assay_check_id(ASSAY_CHECK_IAS_QUOTE_BODY));
		return false;
	}
	inspect_epid(c, bytes_of(report.quote_body, sizeof(report.quote_body)), true);
	return true;
}
