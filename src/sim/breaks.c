/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of breaks: one for each row of the checks' table.  A new check
 * without an entry here does not compile.
 */
#include "sim/breaks.h"

#include <string.h>

/* { what is done, for which evidence, choose, plan, after } */
#define BREAK_EVIDENCE_SIZE \
	{ "the evidence is padded beyond the limit", \
	    TEE_DCAP | TEE_IAS | TEE_EPID, NULL, NULL, sim_break_after_evidence_size }
#define BREAK_QUOTE_VERSION \
	{ "a quote of version 6", \
	    TEE_DCAP | TEE_EPID, NULL, sim_break_plan_quote_version, NULL }
#define BREAK_QUOTE_EPID \
	{ "a raw EPID quote, which only the ended service could check", \
	    TEE_EPID, NULL, NULL, NULL }
#define BREAK_QUOTE_KEY_TYPE \
	{ "an attestation key of type 3", \
	    TEE_DCAP, NULL, sim_break_plan_quote_key_type, NULL }
#define BREAK_QUOTE_TEE \
	{ "a TEE type that does not exist, or not in this version", \
	    TEE_DCAP, NULL, sim_break_plan_quote_tee, NULL }
#define BREAK_QUOTE_VENDOR \
	{ "a quoting enclave of another vendor", \
	    TEE_DCAP, NULL, sim_break_plan_quote_vendor, NULL }
#define BREAK_QUOTE_BODY \
	{ "a body of type 9", \
	    TEE_DCAP, sim_break_choose_quote_body, sim_break_plan_quote_body, NULL }
#define BREAK_QUOTE_FORM \
	{ "certification data that reach beyond the quote's end", \
	    TEE_DCAP, NULL, sim_break_plan_quote_form, NULL }
#define BREAK_QUOTE_CERTIFICATION \
	{ "certification data of type 7", \
	    TEE_DCAP, NULL, sim_break_plan_quote_certification, NULL }
#define BREAK_PCK_PRESENT \
	{ "a clear PPID in the quote, and no PCK chain beside it", \
	    TEE_DCAP, sim_break_choose_certification_clear, NULL, sim_break_after_pck_present }
#define BREAK_PCK_FORM \
	{ "a PCK chain without its CA", \
	    TEE_DCAP, NULL, sim_break_plan_pck_form, NULL }
#define BREAK_PCK_ROOT \
	{ "a whole PCK chain under the forger's own root of the right name", \
	    TEE_DCAP, NULL, sim_break_plan_pck_root, NULL }
#define BREAK_PCK_ROLES \
	{ "a leaf that is no PCK certificate by its name", \
	    TEE_DCAP, NULL, sim_break_plan_pck_roles, NULL }
#define BREAK_PCK_CA_SIGNATURE \
	{ "a PCK CA that the root never signed", \
	    TEE_DCAP, NULL, sim_break_plan_pck_ca_signature, NULL }
#define BREAK_PCK_SIGNATURE \
	{ "a PCK certificate that the CA never signed", \
	    TEE_DCAP, NULL, sim_break_plan_pck_signature, NULL }
#define BREAK_PCK_EXTENSION \
	{ "a PCK certificate whose SGX extension lacks the FMSPC", \
	    TEE_DCAP, NULL, sim_break_plan_pck_extension, NULL }
#define BREAK_PCK_FITS_QUOTE \
	{ "the genuine PCK chain of another machine beside the quote", \
	    TEE_DCAP, sim_break_choose_certification_clear, sim_break_plan_pck_fits_quote, NULL }
#define BREAK_QE_REPORT_SIGNATURE \
	{ "a quoting enclave's report signed by the forger", \
	    TEE_DCAP, NULL, sim_break_plan_qe_report_signature, NULL }
#define BREAK_QE_REPORT_BINDING \
	{ "a genuine quoting enclave's report about another attestation key", \
	    TEE_DCAP, NULL, sim_break_plan_qe_report_binding, NULL }
#define BREAK_QUOTE_SIGNATURE \
	{ "report data exchanged after signing", \
	    TEE_DCAP, NULL, NULL, sim_break_after_quote_signature }
#define BREAK_IAS_PRESENT \
	{ "a report without its signature and certificates", \
	    TEE_IAS, NULL, NULL, sim_break_after_ias_present }
#define BREAK_IAS_CERTIFICATES \
	{ "a signing certificate that lacks its last byte", \
	    TEE_IAS, NULL, sim_break_plan_ias_certificates, NULL }
#define BREAK_IAS_ROOT \
	{ "a signing chain under the forger's own CA of the right name", \
	    TEE_IAS, NULL, sim_break_plan_ias_root, NULL }
#define BREAK_IAS_ROLES \
	{ "a signer that is no report signing certificate by its name", \
	    TEE_IAS, NULL, sim_break_plan_ias_roles, NULL }
#define BREAK_IAS_CERTIFICATE_SIGNATURE \
	{ "a signing certificate that the CA never signed", \
	    TEE_IAS, NULL, sim_break_plan_ias_certificate_signature, NULL }
#define BREAK_IAS_SIGNATURE \
	{ "a status turned into OK after signing", \
	    TEE_IAS, sim_break_choose_ias_signature, NULL, sim_break_after_ias_signature }
#define BREAK_IAS_FORM \
	{ "a report without a timestamp", \
	    TEE_IAS, NULL, sim_break_plan_ias_form, NULL }
#define BREAK_IAS_QUOTE_BODY \
	{ "a report on 431 bytes of a quote", \
	    TEE_IAS, NULL, sim_break_plan_ias_quote_body, NULL }
#define BREAK_ROOT_CRL_PRESENT \
	{ "the root's CRL is withheld", \
	    TEE_DCAP, NULL, NULL, sim_break_after_root_crl_present }
#define BREAK_ROOT_CRL_FORM \
	{ "a root's CRL without a next update", \
	    TEE_DCAP, NULL, sim_break_plan_root_crl_form, NULL }
#define BREAK_ROOT_CRL_SIGNATURE \
	{ "a root's CRL signed by the forger", \
	    TEE_DCAP, NULL, sim_break_plan_root_crl_signature, NULL }
#define BREAK_PCK_CA_REVOKED \
	{ "the PCK CA is on the root's CRL", \
	    TEE_DCAP, NULL, sim_break_plan_pck_ca_revoked, NULL }
#define BREAK_PCK_CRL_PRESENT \
	{ "the PCK CRL is withheld", \
	    TEE_DCAP, NULL, NULL, sim_break_after_pck_crl_present }
#define BREAK_PCK_CRL_CHAIN \
	{ "a PCK CRL whose issuer chain ends at the forger's root", \
	    TEE_DCAP, NULL, sim_break_plan_pck_crl_chain, NULL }
#define BREAK_PCK_CRL_FORM \
	{ "a PCK CRL without a next update", \
	    TEE_DCAP, NULL, sim_break_plan_pck_crl_form, NULL }
#define BREAK_PCK_CRL_SIGNATURE \
	{ "a PCK CRL signed by the forger", \
	    TEE_DCAP, NULL, sim_break_plan_pck_crl_signature, NULL }
#define BREAK_PCK_CRL_ISSUER \
	{ "the genuine CRL of the other PCK CA", \
	    TEE_DCAP, NULL, sim_break_plan_pck_crl_issuer, NULL }
#define BREAK_PCK_REVOKED \
	{ "the PCK certificate is on its CA's CRL", \
	    TEE_DCAP, NULL, sim_break_plan_pck_revoked, NULL }
#define BREAK_TCB_INFO_PRESENT \
	{ "the TCB info is withheld", \
	    TEE_DCAP, NULL, NULL, sim_break_after_tcb_info_present }
#define BREAK_TCB_INFO_CHAIN \
	{ "a TCB info whose issuer chain ends at the forger's root", \
	    TEE_DCAP, NULL, sim_break_plan_tcb_info_chain, NULL }
#define BREAK_TCB_INFO_SIGNER \
	{ "a TCB info signed by the PCK CA", \
	    TEE_DCAP, NULL, sim_break_plan_tcb_info_signer, NULL }
#define BREAK_TCB_INFO_SIGNER_REVOKED \
	{ "the TCB signing certificate is on the root's CRL", \
	    TEE_DCAP, NULL, sim_break_plan_tcb_info_signer_revoked, NULL }
#define BREAK_TCB_INFO_SIGNATURE \
	{ "a level of the TCB info bettered after signing", \
	    TEE_DCAP, NULL, NULL, sim_break_after_tcb_info_signature }
#define BREAK_TCB_INFO_FORM \
	{ "a TCB info without the PCE id", \
	    TEE_DCAP, NULL, sim_break_plan_tcb_info_form, NULL }
#define BREAK_TCB_INFO_TEE \
	{ "the TCB info of the other TEE", \
	    TEE_DCAP, sim_break_choose_tcb_info_tee, sim_break_plan_tcb_info_tee, NULL }
#define BREAK_TCB_INFO_FMSPC \
	{ "the TCB info of another FMSPC", \
	    TEE_DCAP, NULL, sim_break_plan_tcb_info_fmspc, NULL }
#define BREAK_TCB_INFO_PCE_ID \
	{ "the TCB info of another PCE id", \
	    TEE_DCAP, NULL, sim_break_plan_tcb_info_pce_id, NULL }
#define BREAK_QE_IDENTITY_PRESENT \
	{ "the QE identity is withheld", \
	    TEE_DCAP, NULL, NULL, sim_break_after_qe_identity_present }
#define BREAK_QE_IDENTITY_CHAIN \
	{ "a QE identity whose issuer chain ends at the forger's root", \
	    TEE_DCAP, NULL, sim_break_plan_qe_identity_chain, NULL }
#define BREAK_QE_IDENTITY_SIGNER \
	{ "a QE identity signed by the PCK CA", \
	    TEE_DCAP, NULL, sim_break_plan_qe_identity_signer, NULL }
#define BREAK_QE_IDENTITY_SIGNER_REVOKED \
	{ "the QE identity's own signing certificate is on the root's CRL", \
	    TEE_DCAP, NULL, sim_break_plan_qe_identity_signer_revoked, NULL }
#define BREAK_QE_IDENTITY_SIGNATURE \
	{ "a level of the QE identity bettered after signing", \
	    TEE_DCAP, NULL, NULL, sim_break_after_qe_identity_signature }
#define BREAK_QE_IDENTITY_FORM \
	{ "a QE identity without the product id", \
	    TEE_DCAP, NULL, sim_break_plan_qe_identity_form, NULL }
#define BREAK_QE_IDENTITY_TEE \
	{ "the QE identity of the other TEE", \
	    TEE_DCAP, NULL, sim_break_plan_qe_identity_tee, NULL }
#define BREAK_QE_MISCSELECT \
	{ "a quoting enclave with a bit of MISCSELECT", \
	    TEE_DCAP, NULL, sim_break_plan_qe_miscselect, NULL }
#define BREAK_QE_ATTRIBUTES \
	{ "a quoting enclave in debug mode", \
	    TEE_DCAP, NULL, sim_break_plan_qe_attributes, NULL }
#define BREAK_QE_MRSIGNER \
	{ "a quoting enclave of another signer", \
	    TEE_DCAP, NULL, sim_break_plan_qe_mrsigner, NULL }
#define BREAK_QE_PRODUCT \
	{ "another product of the quoting enclave's signer", \
	    TEE_DCAP, NULL, sim_break_plan_qe_product, NULL }
#define BREAK_TDX_MODULE_IDENTITY \
	{ "a TDX module of version 42 (hexadecimal)", \
	    TEE_TDX, NULL, sim_break_plan_tdx_module_identity, NULL }
#define BREAK_TDX_MODULE_SIGNER \
	{ "a TDX module of another signer", \
	    TEE_TDX, NULL, sim_break_plan_tdx_module_signer, NULL }
#define BREAK_TDX_MODULE_ATTRIBUTES \
	{ "a TDX module with an attribute", \
	    TEE_TDX, NULL, sim_break_plan_tdx_module_attributes, NULL }
#define BREAK_IAS_DATES \
	{ "a signing certificate that had ended a day before the report", \
	    TEE_IAS, NULL, sim_break_plan_ias_dates, NULL }
#define BREAK_IAS_TIME \
	{ "a report from tomorrow", \
	    TEE_IAS, NULL, sim_break_plan_ias_time, NULL }
#define BREAK_PCK_DATES \
	{ "a PCK certificate that ended yesterday", \
	    TEE_DCAP, NULL, sim_break_plan_pck_dates, NULL }
#define BREAK_ROOT_CRL_DATES \
	{ "a root's CRL that was to be renewed yesterday", \
	    TEE_DCAP, NULL, sim_break_plan_root_crl_dates, NULL }
#define BREAK_PCK_CRL_DATES \
	{ "a PCK CRL that was to be renewed yesterday", \
	    TEE_DCAP, NULL, sim_break_plan_pck_crl_dates, NULL }
#define BREAK_TCB_INFO_SIGNER_DATES \
	{ "a TCB signing certificate that ended yesterday", \
	    TEE_DCAP, NULL, sim_break_plan_tcb_info_signer_dates, NULL }
#define BREAK_TCB_INFO_DATES \
	{ "a TCB info that was to be renewed yesterday", \
	    TEE_DCAP, NULL, sim_break_plan_tcb_info_dates, NULL }
#define BREAK_QE_IDENTITY_SIGNER_DATES \
	{ "a signing certificate of the QE identity's own that ended yesterday", \
	    TEE_DCAP, NULL, sim_break_plan_qe_identity_signer_dates, NULL }
#define BREAK_QE_IDENTITY_DATES \
	{ "a QE identity that was to be renewed yesterday", \
	    TEE_DCAP, NULL, sim_break_plan_qe_identity_dates, NULL }
#define BREAK_TCB_LEVEL \
	{ "a microcode below all levels", \
	    TEE_DCAP, NULL, sim_break_plan_tcb_level, NULL }
#define BREAK_TDX_MODULE_LEVEL \
	{ "a TDX module below all levels", \
	    TEE_TDX, sim_break_choose_tdx_module_level, sim_break_plan_tdx_module_level, NULL }
#define BREAK_QE_LEVEL \
	{ "a quoting enclave below all levels", \
	    TEE_DCAP, NULL, sim_break_plan_qe_level, NULL }
#define BREAK_TCB_REVOKED \
	{ "a platform at a revoked level", \
	    TEE_DCAP | TEE_IAS, sim_break_choose_tcb_revoked, NULL, NULL }
#define BREAK_STATUS_TIER \
	{ "a policy without a tier for the status", \
	    TEE_DCAP | TEE_IAS, sim_break_choose_status_tier, sim_break_plan_status_tier, NULL }
#define BREAK_CRITICAL_ADVISORY \
	{ "INTEL-SA-00088 is open", \
	    TEE_DCAP | TEE_IAS, sim_break_choose_critical_advisory, NULL, NULL }
#define BREAK_EVALUATION_NUMBER \
	{ "a policy that asks for the next evaluation number", \
	    TEE_DCAP, NULL, sim_break_plan_evaluation_number, NULL }
#define BREAK_PLATFORM_FLAGS \
	{ "a policy that asks for SMT to be disabled", \
	    TEE_DCAP, sim_break_choose_platform_flags, sim_break_plan_platform_flags, NULL }
#define BREAK_REPORT_AGE \
	{ "a policy that asks for a younger report", \
	    TEE_IAS, NULL, sim_break_plan_report_age, NULL }
#define BREAK_DEBUG \
	{ "an enclave or TD in debug mode", \
	    TEE_DCAP | TEE_IAS, sim_break_choose_debug, NULL, NULL }
#define BREAK_ENCLAVE_ATTRIBUTES \
	{ "an enclave that holds the provisioning key", \
	    TEE_SGX | TEE_IAS, NULL, sim_break_plan_enclave_attributes, NULL }
#define BREAK_TD_ATTRIBUTES \
	{ "a TD with a reserved attribute", \
	    TEE_TDX, NULL, sim_break_plan_td_attributes, NULL }
#define BREAK_SEPT_VE_DISABLE \
	{ "a TD without SEPT_VE_DISABLE", \
	    TEE_TDX, NULL, sim_break_plan_sept_ve_disable, NULL }
#define BREAK_SERVICE_TD \
	{ "a TD to which a service TD is bound", \
	    TEE_TDX, sim_break_choose_service_td, sim_break_plan_service_td, NULL }
#define BREAK_REFERENCE_VALUES \
	{ "another program is expected", \
	    TEE_DCAP | TEE_IAS, NULL, NULL, sim_break_after_reference_values }

static const struct sim_break breaks[ASSAY_CHECK_COUNT] = {
#define ASSAY_CHECK(symbol, id, consequence, text, specification) [ASSAY_CHECK_##symbol] = BREAK_##symbol,
#include "checks.def"
#undef ASSAY_CHECK
};

static const char *const ids[ASSAY_CHECK_COUNT] = {
#define ASSAY_CHECK(symbol, id, consequence, text, specification) [ASSAY_CHECK_##symbol] = (id),
#include "checks.def"
#undef ASSAY_CHECK
};

const struct sim_break *
sim_break(enum assay_check check)
{
	return &breaks[check];
}

bool
sim_break_find(enum assay_check *check, const char *id)
{
	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		if (strcmp(ids[i], id) == 0) {
			*check = (enum assay_check)i;
			return true;
		}
	}
	return false;
}

const char *
sim_break_id(enum assay_check check)
{
	return check < ASSAY_CHECK_COUNT ? ids[check] : "?";
}

const char *
sim_break_text(enum assay_check check)
{
	return check < ASSAY_CHECK_COUNT ? breaks[check].text : "?";
}

bool
sim_break_fits(enum assay_check check, enum sim_tee tee)
{
	return check < ASSAY_CHECK_COUNT && (breaks[check].tees & 1u << tee) != 0;
}

enum sim_tee
sim_break_tee(enum assay_check check)
{
	for (unsigned tee = SIM_SGX; tee <= SIM_EPID; tee++) {
		if (sim_break_fits(check, (enum sim_tee)tee)) {
			return (enum sim_tee)tee;
		}
	}
	return SIM_SGX;
}
