/* SPDX-License-Identifier: Apache-2.0 */
/* Breaks of revocation lists, TCB info and QE identity, and of the dates of everything. */
#include <string.h>

#include "sim/breaks.h"

static const struct assay_bytes nothing;

static void
revoke(struct sim_scene *scene, unsigned list, unsigned certificate)
{
	struct sim_crl *crl = &scene->crls[list];

	memcpy(crl->revoked[crl->revoked_count++], scene->certificates[certificate].serial, 20);
}

/* The identity gets a signing certificate of its own, so that the TCB info's stays good. */
static void
separate_identity_signer(struct sim_vendor *vendor, struct sim_scene *scene)
{
	scene->identity.signer = &vendor->keys[KEY_QE_SIGNER];
	sim_chain_set(scene, CHAIN_QE_IDENTITY, 2, (const uint8_t[]){ CERT_QE_SIGNER, CERT_ROOT });
}

/* Changes the text's last digit or letter that belongs to a status: "UpToDate" is worth forging. */
static void
edit_after_signing(struct sim_buffer *text)
{
	static const char from[] = "OutOfDate\"";
	const size_t len = sizeof(from) - 1;

	for (size_t i = 0; i + len <= text->len; i++) {
		if (memcmp(text->data + i, from, len) == 0) {
			sim_buffer_remove(text, i, len);
			sim_buffer_insert(text, i, "UpToDate\"", 9);
			return;
		}
	}
}

AFTER(root_crl_present)
{
	(void)scene;
	out->collateral.root_crl = nothing;
}

PLAN(root_crl_form)
{
	(void)vendor;
	scene->crls[CRL_ROOT].without_next_update = true;
}

PLAN(root_crl_signature)
{
	scene->crls[CRL_ROOT].signer = &vendor->keys[KEY_FORGER];
}

PLAN(pck_ca_revoked)
{
	(void)vendor;
	revoke(scene, CRL_ROOT, CERT_PCK_CA);
}

AFTER(pck_crl_present)
{
	(void)scene;
	out->collateral.pck_crl = nothing;
}

PLAN(pck_crl_chain)
{
	struct sim_crl *crl = &scene->crls[CRL_PCK];

	crl->signer = &vendor->keys[KEY_FORGER];
	crl->authority = vendor->keys[KEY_FORGER].key_id;
	sim_chain_set(scene, CHAIN_PCK_CRL, 2, (const uint8_t[]){ CERT_FORGER_CA, CERT_FORGER_ROOT });
}

PLAN(pck_crl_form)
{
	(void)vendor;
	scene->crls[CRL_PCK].without_next_update = true;
}

PLAN(pck_crl_signature)
{
	scene->crls[CRL_PCK].signer = &vendor->keys[KEY_FORGER];
}

PLAN(pck_crl_issuer)
{
	const struct sim_certificate *other = &scene->certificates[CERT_OTHER_CA];
	struct sim_crl *crl = &scene->crls[CRL_PCK];

	(void)vendor;
	crl->issuer = other->subject;
	crl->signer = other->key;
	crl->authority = other->key->key_id;
	sim_chain_set(scene, CHAIN_PCK_CRL, 2, (const uint8_t[]){ CERT_OTHER_CA, CERT_ROOT });
}

PLAN(pck_revoked)
{
	(void)vendor;
	revoke(scene, CRL_PCK, CERT_PCK);
}

AFTER(tcb_info_present)
{
	(void)scene;
	out->collateral.tcb_info = nothing;
}

PLAN(tcb_info_chain)
{
	scene->tcb_info.signer = &vendor->keys[KEY_FORGER];
	sim_chain_set(scene, CHAIN_TCB_INFO, 2, (const uint8_t[]){ CERT_FORGER_SIGNER, CERT_FORGER_ROOT });
}

PLAN(tcb_info_signer)
{
	(void)vendor;
	/* Genuine, below the right root, but not the one to speak about TCBs. */
	scene->tcb_info.signer = scene->certificates[CERT_PCK_CA].key;
	sim_chain_set(scene, CHAIN_TCB_INFO, 2, (const uint8_t[]){ CERT_PCK_CA, CERT_ROOT });
}

PLAN(tcb_info_signer_revoked)
{
	(void)vendor;
	revoke(scene, CRL_ROOT, CERT_TCB_SIGNER);
}

AFTER(tcb_info_signature)
{
	edit_after_signing(&scene->tcb_info.text);
	out->collateral.tcb_info = sim_view(&scene->tcb_info.text);
}

PLAN(tcb_info_form)
{
	(void)vendor;
	scene->tcb_info.omit = "pceId";
}

CHOOSE(tcb_info_tee)
{
	return options->tcb_info_version != 2 ? NULL : "TCB info of version 2 is always that of SGX; use --tcb-info-version 3";
}

PLAN(tcb_info_tee)
{
	(void)vendor;
	scene->tcb_info.tdx = !scene->tcb_info.tdx;
}

PLAN(tcb_info_fmspc)
{
	(void)vendor;
	scene->tcb_info.fmspc[5] ^= 0x01;
}

PLAN(tcb_info_pce_id)
{
	(void)vendor;
	scene->tcb_info.pce_id[0] ^= 0x01;
}

AFTER(qe_identity_present)
{
	(void)scene;
	out->collateral.qe_identity = nothing;
}

PLAN(qe_identity_chain)
{
	scene->identity.signer = &vendor->keys[KEY_FORGER];
	sim_chain_set(scene, CHAIN_QE_IDENTITY, 2, (const uint8_t[]){ CERT_FORGER_SIGNER, CERT_FORGER_ROOT });
}

PLAN(qe_identity_signer)
{
	(void)vendor;
	scene->identity.signer = scene->certificates[CERT_PCK_CA].key;
	sim_chain_set(scene, CHAIN_QE_IDENTITY, 2, (const uint8_t[]){ CERT_PCK_CA, CERT_ROOT });
}

PLAN(qe_identity_signer_revoked)
{
	separate_identity_signer(vendor, scene);
	revoke(scene, CRL_ROOT, CERT_QE_SIGNER);
}

AFTER(qe_identity_signature)
{
	edit_after_signing(&scene->identity.text);
	out->collateral.qe_identity = sim_view(&scene->identity.text);
}

PLAN(qe_identity_form)
{
	(void)vendor;
	scene->identity.omit = "isvprodid";
}

PLAN(qe_identity_tee)
{
	(void)vendor;
	scene->identity.tdx = !scene->identity.tdx;
}

/* ------------------------------------------------------------------------
 * Dates: each ended yesterday
 */

PLAN(pck_dates)
{
	(void)vendor;
	scene->certificates[CERT_PCK].not_after_s = scene->now_s - SIM_DAY_S;
}

static void
end_crl(struct sim_scene *scene, unsigned which)
{
	scene->crls[which].this_update_s = scene->now_s - 31 * SIM_DAY_S;
	scene->crls[which].next_update_s = scene->now_s - SIM_DAY_S;
}

PLAN(root_crl_dates)
{
	(void)vendor;
	end_crl(scene, CRL_ROOT);
}

PLAN(pck_crl_dates)
{
	(void)vendor;
	end_crl(scene, CRL_PCK);
}

PLAN(tcb_info_signer_dates)
{
	separate_identity_signer(vendor, scene);
	scene->certificates[CERT_TCB_SIGNER].not_after_s = scene->now_s - SIM_DAY_S;
}

PLAN(tcb_info_dates)
{
	(void)vendor;
	scene->tcb_info.issued_s = scene->now_s - 31 * SIM_DAY_S;
	scene->tcb_info.next_update_s = scene->now_s - SIM_DAY_S;
}

PLAN(qe_identity_signer_dates)
{
	separate_identity_signer(vendor, scene);
	scene->certificates[CERT_QE_SIGNER].not_after_s = scene->now_s - SIM_DAY_S;
}

PLAN(qe_identity_dates)
{
	(void)vendor;
	scene->identity.issued_s = scene->now_s - 31 * SIM_DAY_S;
	scene->identity.next_update_s = scene->now_s - SIM_DAY_S;
}
