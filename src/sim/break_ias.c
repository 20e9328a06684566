/* SPDX-License-Identifier: Apache-2.0 */
/* Breaks of archived attestation verification reports. */
#include <string.h>

#include "sim/breaks.h"

AFTER(ias_present)
{
	(void)scene;
	out->evidence.ias_signature = (struct assay_bytes){ NULL, 0 };
	out->evidence.ias_certificates = (struct assay_bytes){ NULL, 0 };
}

PLAN(ias_certificates)
{
	(void)vendor;
	scene->chains[CHAIN_IAS].cut_leaf = true;
}

PLAN(ias_root)
{
	const struct sim_rsa *forger = sim_vendor_rsa(vendor, RSA_FORGER);
	struct sim_certificate *leaf = &scene->certificates[CERT_IAS_LEAF];
	struct sim_certificate *ca = &scene->certificates[CERT_IAS_FORGER_CA];
	const struct sim_buffer tbs = ca->tbs;
	const struct sim_buffer der = ca->der;

	*ca = scene->certificates[CERT_IAS_CA];
	ca->tbs = tbs;
	ca->der = der;
	ca->rsa = forger;
	ca->rsa_signer = forger;
	ca->authority = forger->key_id;
	leaf->rsa_signer = forger;
	leaf->authority = forger->key_id;
	sim_chain_set(scene, CHAIN_IAS, 2, (const uint8_t[]){ CERT_IAS_LEAF, CERT_IAS_FORGER_CA });
}

PLAN(ias_roles)
{
	(void)vendor;
	scene->certificates[CERT_IAS_LEAF].subject = "Simulated SGX Developer Signing";
}

PLAN(ias_certificate_signature)
{
	scene->certificates[CERT_IAS_LEAF].rsa_signer = sim_vendor_rsa(vendor, RSA_FORGER);
}

CHOOSE(ias_signature)
{
	if (options->status == ASSAY_TCB_UNKNOWN) {
		options->status = ASSAY_TCB_OUT_OF_DATE;
	}
	return options->status != ASSAY_TCB_UP_TO_DATE ? NULL :
	    "this break turns another status into OK; leave --status out";
}

AFTER(ias_signature)
{
	static const char member[] = "\"isvEnclaveQuoteStatus\":\"";
	struct sim_buffer *body = &scene->ias.body;
	const size_t member_len = sizeof(member) - 1;

	/* The owner of an out-of-date machine edits what the service said of it. */
	for (size_t i = 0; i + member_len < body->len; i++) {
		if (memcmp(body->data + i, member, member_len) == 0) {
			const size_t word_len = strlen(sim_ias_status_word(scene->ias.status));

			sim_buffer_remove(body, i + member_len, word_len);
			sim_buffer_insert(body, i + member_len, "OK", 2);
			break;
		}
	}
	out->evidence.quote = sim_view(body);
}

PLAN(ias_form)
{
	(void)vendor;
	scene->ias.omit = "timestamp";
}

PLAN(ias_quote_body)
{
	(void)vendor;
	scene->ias.quote_body_len--;
}

PLAN(ias_dates)
{
	(void)vendor;
	scene->certificates[CERT_IAS_LEAF].not_after_s = scene->ias.timestamp_s - SIM_DAY_S;
}

PLAN(ias_time)
{
	(void)vendor;
	scene->ias.timestamp_s = scene->now_s + SIM_DAY_S;
}
