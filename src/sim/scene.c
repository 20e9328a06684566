/* SPDX-License-Identifier: Apache-2.0 */
/* Builds, signs and hands out: from a plan to evidence and collateral. */
#include "sim/scene.h"

#include <stdlib.h>
#include <string.h>

#include "sim/der.h"

/* ------------------------------------------------------------------------
 * Unsigned bytes
 */

static bool
chain_is_used(const struct sim_scene *scene, unsigned chain)
{
	return chain == CHAIN_IAS ? scene->options.tee == SIM_IAS : scene->dcap;
}

static void
build(struct sim_vendor *vendor, struct sim_scene *scene)
{
	bool wanted[CERT_COUNT] = { [CERT_ROOT] = true };

	for (unsigned i = 0; i < CHAIN_COUNT; i++) {
		for (size_t j = 0; chain_is_used(scene, i) && j < scene->chains[i].count; j++) {
			wanted[scene->chains[i].which[j]] = true;
		}
	}
	wanted[CERT_IAS_CA] = scene->options.tee == SIM_IAS;
	for (size_t i = 0; i < CERT_COUNT; i++) {
		sim_buffer_clear(&scene->certificates[i].tbs);
		sim_buffer_clear(&scene->certificates[i].der);
		if (wanted[i]) {
			sim_certificate_build(&scene->certificates[i]);
		}
	}
	if (scene->dcap) {
		sim_crl_build(&scene->crls[CRL_ROOT]);
		sim_crl_build(&scene->crls[CRL_PCK]);
		sim_tcb_info_build(&scene->tcb_info);
		sim_identity_build(&scene->identity);
	} else if (scene->options.tee == SIM_IAS) {
		sim_ias_build(vendor, scene);
	}
}

/* ------------------------------------------------------------------------
 * Signatures and encodings
 */

static void
sign_certificates(struct sim_vendor *vendor, struct sim_scene *scene)
{
	for (size_t i = 0; i < CERT_COUNT; i++) {
		if (scene->certificates[i].tbs.len != 0) {
			sim_certificate_sign(vendor, &scene->certificates[i]);
		}
	}
	for (size_t i = 0; i < CHAIN_COUNT; i++) {
		struct sim_chain *chain = &scene->chains[i];

		sim_buffer_clear(&chain->pem);
		for (size_t j = 0; chain_is_used(scene, (unsigned)i) && j < chain->count; j++) {
			const struct sim_buffer *der = &scene->certificates[chain->which[j]].der;

			sim_put_pem(&chain->pem, "CERTIFICATE", der->data, der->len - (j == 0 && chain->cut_leaf ? 1 : 0));
		}
	}
}

static void
sign_crl(struct sim_vendor *vendor, struct sim_crl *crl)
{
	uint8_t signature[64];

	sim_sign(signature, &vendor->signer, crl->signer, crl->tbs.data, crl->tbs.len);
	sim_buffer_clear(&crl->der);
	sim_der_signed_ecdsa(&crl->der, &crl->tbs, signature);
}

static void
sign_text(struct sim_vendor *vendor, struct sim_buffer *hex, const struct sim_buffer *text, const struct sim_key *key)
{
	uint8_t signature[64];

	sim_sign(signature, &vendor->signer, key, text->data, text->len);
	sim_buffer_clear(hex);
	sim_put_hex(hex, signature, sizeof(signature));
}

static void
hand_out_dcap(struct sim_scene *scene, struct sim_evidence *out)
{
	struct assay_collateral *c = &out->collateral;

	out->evidence.quote = sim_view(&scene->quote.bytes);
	if (scene->quote.certification_type < 5) {
		c->pck_certificate_chain = sim_view(&scene->chains[CHAIN_PCK].pem);
	}
	c->root_crl = sim_view(&scene->crls[CRL_ROOT].der);
	c->pck_crl = sim_view(&scene->crls[CRL_PCK].der);
	c->pck_crl_issuer_chain = sim_view(&scene->chains[CHAIN_PCK_CRL].pem);
	c->tcb_info = sim_view(&scene->tcb_info.text);
	c->tcb_info_signature = sim_view(&scene->tcb_info.signature);
	c->tcb_info_issuer_chain = sim_view(&scene->chains[CHAIN_TCB_INFO].pem);
	c->qe_identity = sim_view(&scene->identity.text);
	c->qe_identity_signature = sim_view(&scene->identity.signature);
	c->qe_identity_issuer_chain = sim_view(&scene->chains[CHAIN_QE_IDENTITY].pem);
}

static void
assemble_ias(struct sim_vendor *vendor, struct sim_scene *scene, struct sim_evidence *out)
{
	struct sim_ias *ias = &scene->ias;
	uint8_t signature[512];

	sim_rsa_sign(signature, &vendor->signer, ias->signer, ias->body.data, ias->body.len);
	sim_buffer_clear(&ias->signature);
	sim_put_base64(&ias->signature, signature, ias->signer->modulus_len);
	out->evidence.quote = sim_view(&ias->body);
	out->evidence.ias_signature = sim_view(&ias->signature);
	out->evidence.ias_certificates = sim_view(&scene->chains[CHAIN_IAS].pem);
}

void
sim_assemble(struct sim_vendor *vendor, struct sim_scene *scene, struct sim_evidence *out)
{
	out->evidence = (struct assay_evidence){ 0 };
	out->collateral = (struct assay_collateral){ 0 };
	sign_certificates(vendor, scene);
	if (scene->dcap) {
		sign_crl(vendor, &scene->crls[CRL_ROOT]);
		sign_crl(vendor, &scene->crls[CRL_PCK]);
		sign_text(vendor, &scene->tcb_info.signature, &scene->tcb_info.text, scene->tcb_info.signer);
		sign_text(vendor, &scene->identity.signature, &scene->identity.text, scene->identity.signer);
		sim_quote_assemble(vendor, scene);
		hand_out_dcap(scene, out);
	} else if (scene->options.tee == SIM_IAS) {
		assemble_ias(vendor, scene, out);
	} else {
		sim_epid_assemble(vendor, scene);
		out->evidence.quote = sim_view(&scene->quote.bytes);
	}
	out->policy = sim_view(&scene->policy);
	if (scene->options.broken) {
		const struct sim_break *broken = sim_break(scene->options.break_check);

		if (broken->after != NULL) {
			broken->after(scene, out);
		}
	}
}

static void
hand_out_roots(struct sim_vendor *vendor, struct sim_scene *scene, struct sim_evidence *out)
{
	const struct sim_certificate *root = &scene->certificates[CERT_ROOT];

	sim_buffer_clear(&scene->roots_pem);
	sim_put_pem(&scene->roots_pem, "CERTIFICATE", root->der.data, root->der.len);
	out->roots[0] = (struct assay_root){ ASSAY_ROOT_INTEL_SGX, { vendor->keys[KEY_ROOT].public, 64 }, true };
	out->roots_count = 1;
	if (scene->options.tee == SIM_IAS) {
		const struct sim_certificate *ca = &scene->certificates[CERT_IAS_CA];

		sim_put_pem(&scene->roots_pem, "CERTIFICATE", ca->der.data, ca->der.len);
		out->roots[1] = (struct assay_root){ ASSAY_ROOT_INTEL_IAS, { ca->rsa->modulus, ca->rsa->modulus_len }, true };
		out->roots_count = 2;
	}
	out->roots_pem = sim_view(&scene->roots_pem);
}

bool
sim_evidence_make(struct sim_vendor *vendor, const struct sim_options *options, struct sim_evidence *out)
{
	struct sim_options resolved = *options;

	if (!sim_options_resolve(&resolved, out->error)) {
		return false;
	}
	if (out->scene == NULL) {
		out->scene = sim_must(calloc(1, sizeof(*out->scene)));
	}

	struct sim_scene *scene = out->scene;

	scene->options = resolved;
	scene->saved.used = false;
	out->error[0] = '\0';
	out->mutation[0] = '\0';
	out->at_s = vendor->now_s;
	out->references_count = 0;
	out->tee = resolved.tee;
	out->version = resolved.version;
	sim_plan(vendor, scene);
	if (resolved.broken && sim_break(resolved.break_check)->plan != NULL) {
		sim_break(resolved.break_check)->plan(vendor, scene);
	}
	build(vendor, scene);
	sim_assemble(vendor, scene, out);
	hand_out_roots(vendor, scene, out);
	return true;
}

void
sim_evidence_free(struct sim_evidence *out)
{
	struct sim_scene *scene = out->scene;

	if (scene != NULL) {
		struct sim_buffer *const buffers[] = {
			&scene->tcb_info.text, &scene->tcb_info.signature, &scene->identity.text, &scene->identity.signature,
			&scene->quote.header, &scene->quote.body, &scene->quote.qe_report, &scene->quote.authentication,
			&scene->quote.bytes, &scene->ias.body, &scene->ias.signature, &scene->policy, &scene->roots_pem,
			&scene->saved.bytes,
		};

		for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++) {
			sim_buffer_free(buffers[i]);
		}
		for (size_t i = 0; i < CERT_COUNT; i++) {
			sim_buffer_free(&scene->certificates[i].tbs);
			sim_buffer_free(&scene->certificates[i].der);
		}
		for (size_t i = 0; i < CHAIN_COUNT; i++) {
			sim_buffer_free(&scene->chains[i].pem);
		}
		for (size_t i = 0; i < CRL_COUNT; i++) {
			sim_buffer_free(&scene->crls[i].tbs);
			sim_buffer_free(&scene->crls[i].der);
		}
		free(scene);
	}
	*out = (struct sim_evidence){ 0 };
}
