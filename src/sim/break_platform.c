/* SPDX-License-Identifier: Apache-2.0 */
/* Breaks of the quoting enclave, the TDX module, the TCB level and the policy's rows. */
#include <string.h>

#include "sim/breaks.h"

/* Offsets inside reports, from their first byte. */
enum {
	SGX_MISCSELECT_AT = 16,
	SGX_ATTRIBUTES_AT = 48,
	SGX_MRSIGNER_AT = 128,
	SGX_ISV_PROD_ID_AT = 256,
	SGX_ISV_SVN_AT = 258,
	TD_TEE_TCB_SVN_AT = 0,
	TD_MRSIGNERSEAM_AT = 64,
	TD_SEAM_ATTRIBUTES_AT = 112,
	TD_ATTRIBUTES_AT = 120,
	TD_TEE_TCB_SVN2_AT = 584,
	TD_MRSERVICETD_AT = 600,
	TD_INIT_SERVICETD_HASH_AT = 729,
	TD_CURRENT_SERVICETD_HASH_AT = 829
};

PLAN(qe_miscselect)
{
	(void)vendor;
	scene->quote.qe_report.data[SGX_MISCSELECT_AT] ^= 0x01;
}

PLAN(qe_attributes)
{
	(void)vendor;
	/* A quoting enclave in debug mode: its owner can sign anything. */
	scene->quote.qe_report.data[SGX_ATTRIBUTES_AT] |= 0x02;
}

PLAN(qe_mrsigner)
{
	(void)vendor;
	scene->quote.qe_report.data[SGX_MRSIGNER_AT] ^= 0x01;
}

PLAN(qe_product)
{
	(void)vendor;
	scene->quote.qe_report.data[SGX_ISV_PROD_ID_AT] ^= 0x04;
}

PLAN(tdx_module_identity)
{
	(void)vendor;
	scene->quote.body.data[TD_TEE_TCB_SVN_AT + 1] = 0x42;
	if (scene->quote.body_type >= 3) {
		scene->quote.body.data[TD_TEE_TCB_SVN2_AT + 1] = 0x42;
	}
}

PLAN(tdx_module_signer)
{
	(void)vendor;
	scene->quote.body.data[TD_MRSIGNERSEAM_AT] = 0x01;
}

PLAN(tdx_module_attributes)
{
	(void)vendor;
	scene->quote.body.data[TD_SEAM_ATTRIBUTES_AT] = 0x01;
}

PLAN(tcb_level)
{
	(void)vendor;
	/* Below all levels, the revoked one included. */
	scene->platform.components[0] = 1;
	scene->platform.cpusvn[0] = 1;
	scene->quote.described = scene->platform;
	scene->quote.qe_report.data[0] = 1;
	if (scene->options.tee == SIM_SGX) {
		scene->quote.body.data[0] = 1;
	}
}

CHOOSE(tdx_module_level)
{
	return options->old_module ? "a module of version 0 has no levels of its own" : NULL;
}

PLAN(tdx_module_level)
{
	(void)vendor;
	scene->quote.body.data[TD_TEE_TCB_SVN_AT] = 1;
	if (scene->quote.body_type >= 3) {
		scene->quote.body.data[TD_TEE_TCB_SVN2_AT] = 1;
	}
}

PLAN(qe_level)
{
	(void)vendor;
	sim_store_le16(scene->quote.qe_report.data + SGX_ISV_SVN_AT, 1);
}

CHOOSE(tcb_revoked)
{
	if (options->status == ASSAY_TCB_UNKNOWN) {
		options->status = ASSAY_TCB_REVOKED;
	}
	return options->status == ASSAY_TCB_REVOKED || options->status >= ASSAY_TCB_SIGNATURE_INVALID ? NULL :
	    "this break is a status; leave --status out";
}

CHOOSE(status_tier)
{
	return options->status < ASSAY_TCB_REVOKED ? NULL : "a revoked status fails an earlier check; leave --status out";
}

PLAN(status_tier)
{
	(void)vendor;
	sim_policy_build(&scene->policy, &(const struct sim_policy_change){ .without_status = scene->options.status });
}

CHOOSE(critical_advisory)
{
	if (options->tcb_info_version == 2 || (options->tee == SIM_IAS && options->version != 0 && options->version < 4)) {
		return "this break needs a format that lists advisories (TCB info 3, IAS reports 4 and 5)";
	}
	if (options->tee == SIM_IAS && options->status == ASSAY_TCB_UNKNOWN) {
		options->status = ASSAY_TCB_OUT_OF_DATE;
	}
	if (options->advisories_count == SIM_ADVISORIES_MAX) {
		return "too many advisories";
	}
	options->advisories[options->advisories_count++] = "INTEL-SA-00088";
	return NULL;
}

PLAN(evaluation_number)
{
	(void)vendor;
	sim_policy_build(&scene->policy, &(const struct sim_policy_change){
	    .minimum_evaluation_number = scene->options.evaluation_number + 1 });
}

CHOOSE(platform_flags)
{
	return options->ca == SIM_CA_PROCESSOR || options->smt_enabled != ASSAY_FLAG_FALSE ? NULL :
	    "this break needs a platform that does not say that SMT is disabled";
}

PLAN(platform_flags)
{
	(void)vendor;
	sim_policy_build(&scene->policy, &(const struct sim_policy_change){ .require = "smt-disabled" });
}

PLAN(report_age)
{
	(void)vendor;
	sim_policy_build(&scene->policy, &(const struct sim_policy_change){
	    .report_age_max_s = scene->options.report_age_s > 1 ? scene->options.report_age_s - 1 : 1 });
	if (scene->options.report_age_s <= 1) {
		scene->ias.timestamp_s = scene->now_s - 2;
	}
}

CHOOSE(debug)
{
	options->debug = true;
	return NULL;
}

/* The report's attributes, wherever the evidence carries them. */
static uint8_t *
sgx_attributes(struct sim_scene *scene)
{
	return scene->options.tee == SIM_IAS ? scene->ias.quote_body + 48 + SGX_ATTRIBUTES_AT :
	    scene->quote.body.data + SGX_ATTRIBUTES_AT;
}

PLAN(enclave_attributes)
{
	(void)vendor;
	/* PROVISION_KEY: who may ask for it can act as a quoting enclave's helper. */
	*sgx_attributes(scene) |= 0x10;
}

PLAN(td_attributes)
{
	(void)vendor;
	scene->quote.body.data[TD_ATTRIBUTES_AT + 1] |= 0x01;
}

PLAN(sept_ve_disable)
{
	(void)vendor;
	scene->quote.body.data[TD_ATTRIBUTES_AT + 3] &= 0xef;
}

CHOOSE(service_td)
{
	if (options->version == 0) {
		options->version = 5;
	}
	return options->version == 5 && options->body_type != 2 ? NULL :
	    "only version 5 with body type 3 or 4 names service TDs";
}

PLAN(service_td)
{
	sim_derive(scene->quote.body.data + TD_MRSERVICETD_AT, 48, vendor->secret, "service TD", 0);
	if (scene->quote.body_type == 4) {
		sim_derive(scene->quote.body.data + TD_INIT_SERVICETD_HASH_AT, 48, vendor->secret, "service TD", 1);
		sim_derive(scene->quote.body.data + TD_CURRENT_SERVICETD_HASH_AT, 48, vendor->secret, "service TD", 1);
	}
}

AFTER(reference_values)
{
	const bool tdx = scene->options.tee == SIM_TDX;
	const size_t len = tdx ? 48 : 32;
	const uint8_t *measured = tdx ? scene->quote.body.data + 136 :
	    scene->options.tee == SIM_IAS ? scene->ias.quote_body + 48 + 64 : scene->quote.body.data + 64;
	struct sim_expectation *expectation = &out->expectations[0];
	struct sim_buffer text = { 0 };

	memcpy(expectation->value, measured, len);
	expectation->value[0] ^= 0x01;
	sim_put_text(&text, tdx ? "mrtd=" : "mrenclave=");
	sim_put_hex(&text, expectation->value, len);
	sim_put_byte(&text, 0);
	memcpy(expectation->text, text.data, text.len);
	sim_buffer_free(&text);
	out->references[0] = (struct assay_reference){ tdx ? ASSAY_FIELD_MRTD : ASSAY_FIELD_MRENCLAVE,
	    { expectation->value, len } };
	out->references_count = 1;
}
