/* SPDX-License-Identifier: Apache-2.0 */
/* Mutations of unsigned bytes, layer by layer; everything is signed again afterwards. */
#include <stdio.h>
#include <string.h>

#include "sim/scene.h"

#define QE_REPORT_DATA_AT 320

uint64_t
sim_rng_next(struct sim_rng *rng)
{
	/* splitmix64 */
	uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint32_t
sim_rng_below(struct sim_rng *rng, uint32_t bound)
{
	return (uint32_t)((sim_rng_next(rng) >> 32) * bound >> 32);
}

const char *
sim_layer_name(enum sim_layer layer)
{
	static const char *const names[SIM_LAYER_COUNT] = {
		[SIM_LAYER_ROOT_CERTIFICATE] = "root-certificate",
		[SIM_LAYER_PCK_CA_CERTIFICATE] = "pck-ca-certificate",
		[SIM_LAYER_PCK_CERTIFICATE] = "pck-certificate",
		[SIM_LAYER_TCB_SIGNER_CERTIFICATE] = "tcb-signer-certificate",
		[SIM_LAYER_ROOT_CRL] = "root-crl",
		[SIM_LAYER_PCK_CRL] = "pck-crl",
		[SIM_LAYER_TCB_INFO] = "tcb-info",
		[SIM_LAYER_QE_IDENTITY] = "qe-identity",
		[SIM_LAYER_QE_REPORT] = "qe-report",
		[SIM_LAYER_QE_AUTHENTICATION] = "qe-authentication",
		[SIM_LAYER_QUOTE_HEADER] = "quote-header",
		[SIM_LAYER_QUOTE_BODY] = "quote-body",
		[SIM_LAYER_IAS_CA_CERTIFICATE] = "ias-ca-certificate",
		[SIM_LAYER_IAS_CERTIFICATE] = "ias-certificate",
		[SIM_LAYER_IAS_REPORT] = "ias-report",
	};

	return layer < SIM_LAYER_COUNT ? names[layer] : "?";
}

static struct sim_buffer *
layer_bytes(struct sim_scene *scene, enum sim_layer layer)
{
	switch (layer) {
	case SIM_LAYER_ROOT_CERTIFICATE:
		return &scene->certificates[CERT_ROOT].tbs;
	case SIM_LAYER_PCK_CA_CERTIFICATE:
		return &scene->certificates[CERT_PCK_CA].tbs;
	case SIM_LAYER_PCK_CERTIFICATE:
		return &scene->certificates[CERT_PCK].tbs;
	case SIM_LAYER_TCB_SIGNER_CERTIFICATE:
		return &scene->certificates[CERT_TCB_SIGNER].tbs;
	case SIM_LAYER_ROOT_CRL:
		return &scene->crls[CRL_ROOT].tbs;
	case SIM_LAYER_PCK_CRL:
		return &scene->crls[CRL_PCK].tbs;
	case SIM_LAYER_TCB_INFO:
		return &scene->tcb_info.text;
	case SIM_LAYER_QE_IDENTITY:
		return &scene->identity.text;
	case SIM_LAYER_QE_REPORT:
		return &scene->quote.qe_report;
	case SIM_LAYER_QE_AUTHENTICATION:
		return &scene->quote.authentication;
	case SIM_LAYER_QUOTE_HEADER:
		return &scene->quote.header;
	case SIM_LAYER_QUOTE_BODY:
		return &scene->quote.body;
	case SIM_LAYER_IAS_CA_CERTIFICATE:
		return &scene->certificates[CERT_IAS_CA].tbs;
	case SIM_LAYER_IAS_CERTIFICATE:
		return &scene->certificates[CERT_IAS_LEAF].tbs;
	case SIM_LAYER_IAS_REPORT:
		return &scene->ias.body;
	default:
		return NULL;
	}
}

static bool
has_layer(const struct sim_scene *scene, enum sim_layer layer)
{
	if (layer >= SIM_LAYER_COUNT) {
		return false;
	}
	return layer >= SIM_LAYER_IAS_CA_CERTIFICATE ? scene->options.tee == SIM_IAS : scene->dcap;
}

static void
restore(struct sim_scene *scene)
{
	if (!scene->saved.used) {
		return;
	}

	struct sim_buffer *bytes = layer_bytes(scene, scene->saved.layer);

	sim_buffer_clear(bytes);
	sim_put_copy(bytes, &scene->saved.bytes);
	if (scene->saved.layer == SIM_LAYER_QE_AUTHENTICATION) {
		memcpy(scene->quote.qe_report.data + QE_REPORT_DATA_AT, scene->saved.report_data, 64);
	}
	scene->saved.used = false;
}

/* Other authentication data, and the QE's report about them: what a break did to the report stays done. */
static void
mutate_authentication(struct sim_scene *scene, struct sim_rng *rng, char what[static 120])
{
	uint8_t *report_data = scene->quote.qe_report.data + QE_REPORT_DATA_AT;
	uint8_t broken[64];

	memcpy(scene->saved.report_data, report_data, 64);
	sim_quote_bind(&scene->quote);
	for (size_t i = 0; i < 64; i++) {
		broken[i] = report_data[i] ^ scene->saved.report_data[i];
	}
	sim_mutate_raw(&scene->quote.authentication, rng, what);
	sim_quote_bind(&scene->quote);
	for (size_t i = 0; i < 64; i++) {
		report_data[i] ^= broken[i];
	}
}

bool
sim_evidence_mutate(struct sim_vendor *vendor, struct sim_evidence *out, enum sim_layer layer, struct sim_rng *rng)
{
	struct sim_scene *scene = out->scene;

	/* What was changed after signing would be changed again. */
	if (scene == NULL || !has_layer(scene, layer) ||
	    (scene->options.broken && sim_break(scene->options.break_check)->after != NULL)) {
		return false;
	}
	restore(scene);

	struct sim_buffer *bytes = layer_bytes(scene, layer);
	char what[120] = "";

	scene->saved.used = true;
	scene->saved.layer = layer;
	sim_buffer_clear(&scene->saved.bytes);
	sim_put_copy(&scene->saved.bytes, bytes);
	switch (layer) {
	case SIM_LAYER_TCB_INFO:
	case SIM_LAYER_QE_IDENTITY:
	case SIM_LAYER_IAS_REPORT:
		sim_mutate_json(bytes, rng, what);
		break;
	case SIM_LAYER_QE_AUTHENTICATION:
		mutate_authentication(scene, rng, what);
		break;
	case SIM_LAYER_QE_REPORT:
	case SIM_LAYER_QUOTE_HEADER:
	case SIM_LAYER_QUOTE_BODY:
		sim_mutate_raw(bytes, rng, what);
		break;
	default:
		sim_mutate_der(bytes, rng, what);
		break;
	}
	(void)snprintf(out->mutation, sizeof(out->mutation), "%s: %.90s", sim_layer_name(layer), what);
	sim_assemble(vendor, scene, out);
	return true;
}
