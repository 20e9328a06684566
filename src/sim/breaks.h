/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the simulator: the hands behind the table of breaks.  choose_*
 * settles options, plan_* changes what is said and signed, after_* changes
 * what has been signed.
 */
#ifndef SIM_BREAKS_H
#define SIM_BREAKS_H

#include "sim/scene.h"

#define CHOOSE(name) const char *sim_break_choose_##name(struct sim_options *options)
#define PLAN(name) void sim_break_plan_##name(struct sim_vendor *vendor, struct sim_scene *scene)
#define AFTER(name) void sim_break_after_##name(struct sim_scene *scene, struct sim_evidence *out)

/* break_quote.c */
AFTER(evidence_size);
PLAN(quote_version);
PLAN(quote_key_type);
PLAN(quote_tee);
PLAN(quote_vendor);
CHOOSE(quote_body);
PLAN(quote_body);
PLAN(quote_form);
PLAN(quote_certification);
CHOOSE(certification_clear);
AFTER(pck_present);
PLAN(pck_form);
PLAN(pck_root);
PLAN(pck_roles);
PLAN(pck_ca_signature);
PLAN(pck_signature);
PLAN(pck_extension);
PLAN(pck_fits_quote);
PLAN(qe_report_signature);
PLAN(qe_report_binding);
AFTER(quote_signature);

/* break_ias.c */
AFTER(ias_present);
PLAN(ias_certificates);
PLAN(ias_root);
PLAN(ias_roles);
PLAN(ias_certificate_signature);
CHOOSE(ias_signature);
AFTER(ias_signature);
PLAN(ias_form);
PLAN(ias_quote_body);
PLAN(ias_dates);
PLAN(ias_time);

/* break_collateral.c */
AFTER(root_crl_present);
PLAN(root_crl_form);
PLAN(root_crl_signature);
PLAN(pck_ca_revoked);
AFTER(pck_crl_present);
PLAN(pck_crl_chain);
PLAN(pck_crl_form);
PLAN(pck_crl_signature);
PLAN(pck_crl_issuer);
PLAN(pck_revoked);
AFTER(tcb_info_present);
PLAN(tcb_info_chain);
PLAN(tcb_info_signer);
PLAN(tcb_info_signer_revoked);
AFTER(tcb_info_signature);
PLAN(tcb_info_form);
CHOOSE(tcb_info_tee);
PLAN(tcb_info_tee);
PLAN(tcb_info_fmspc);
PLAN(tcb_info_pce_id);
AFTER(qe_identity_present);
PLAN(qe_identity_chain);
PLAN(qe_identity_signer);
PLAN(qe_identity_signer_revoked);
AFTER(qe_identity_signature);
PLAN(qe_identity_form);
PLAN(qe_identity_tee);
PLAN(pck_dates);
PLAN(root_crl_dates);
PLAN(pck_crl_dates);
PLAN(tcb_info_signer_dates);
PLAN(tcb_info_dates);
PLAN(qe_identity_signer_dates);
PLAN(qe_identity_dates);

/* break_platform.c */
PLAN(qe_miscselect);
PLAN(qe_attributes);
PLAN(qe_mrsigner);
PLAN(qe_product);
PLAN(tdx_module_identity);
PLAN(tdx_module_signer);
PLAN(tdx_module_attributes);
PLAN(tcb_level);
CHOOSE(tdx_module_level);
PLAN(tdx_module_level);
PLAN(qe_level);
CHOOSE(tcb_revoked);
CHOOSE(status_tier);
PLAN(status_tier);
CHOOSE(critical_advisory);
PLAN(evaluation_number);
CHOOSE(platform_flags);
PLAN(platform_flags);
PLAN(report_age);
CHOOSE(debug);
PLAN(enclave_attributes);
PLAN(td_attributes);
PLAN(sept_ve_disable);
CHOOSE(service_td);
PLAN(service_td);
AFTER(reference_values);

#endif
