/* SPDX-License-Identifier: Apache-2.0 */
/* Breaks of the quote itself and of the chain from the root to the quoted program. */
#include <string.h>

#include "sim/breaks.h"

AFTER(evidence_size)
{
	const bool report = scene->options.tee == SIM_IAS;
	struct sim_buffer *bytes = report ? &scene->ias.body : &scene->quote.bytes;

	/* Far more than is read, and not what a command trims: zeros after a quote, white space around a report. */
	if (report) {
		for (size_t i = 0; i <= ASSAY_EVIDENCE_BYTES_MAX; i += 16) {
			sim_buffer_insert(bytes, 1, "                ", 16);
		}
	}
	while (bytes->len <= ASSAY_EVIDENCE_BYTES_MAX) {
		sim_put_byte(bytes, 0x5a);
	}
	out->evidence.quote = sim_view(bytes);
}

PLAN(quote_version)
{
	(void)vendor;
	if (scene->options.tee == SIM_EPID) {
		sim_store_le16(scene->ias.quote_body, 6);
	} else {
		sim_store_le16(scene->quote.header.data, 6);
	}
}

PLAN(quote_key_type)
{
	(void)vendor;
	/* ECDSA over P-384: named by the format, made by nobody. */
	sim_store_le16(scene->quote.header.data + 2, 3);
}

PLAN(quote_tee)
{
	(void)vendor;
	/* Version 3 can only carry SGX; 0x82 does not exist. */
	sim_store_le32(scene->quote.header.data + 4, scene->quote.version == 3 ? 0x81 : 0x82);
}

PLAN(quote_vendor)
{
	(void)vendor;
	scene->quote.header.data[12] ^= 0x01;
}

CHOOSE(quote_body)
{
	if (options->version == 0) {
		options->version = 5;
	}
	return options->version == 5 ? NULL : "only quotes of version 5 say what body they carry; use --version 5";
}

PLAN(quote_body)
{
	(void)vendor;
	sim_store_le16(scene->quote.header.data + 48, 9);
}

PLAN(quote_form)
{
	(void)vendor;
	/* The certification data reach one byte beyond the quote. */
	scene->quote.size_lie = 1;
}

PLAN(quote_certification)
{
	(void)vendor;
	scene->quote.certification_type = 7;
}

CHOOSE(certification_clear)
{
	if (options->certification_type == 0) {
		options->certification_type = 1;
	}
	return options->certification_type <= 3 ? NULL : "this break needs --certification 1, 2 or 3";
}

AFTER(pck_present)
{
	(void)scene;
	out->collateral.pck_certificate_chain = (struct assay_bytes){ NULL, 0 };
}

PLAN(pck_form)
{
	(void)vendor;
	/* Nobody vouches for the leaf: the CA between is left out. */
	sim_chain_set(scene, CHAIN_PCK, 2, (const uint8_t[]){ CERT_PCK, CERT_ROOT });
}

PLAN(pck_root)
{
	struct sim_certificate *leaf = &scene->certificates[CERT_PCK];

	/* All names are right and all signatures good, under the forger's own root. */
	leaf->signer = &vendor->keys[KEY_FORGER];
	leaf->authority = vendor->keys[KEY_FORGER].key_id;
	sim_chain_set(scene, CHAIN_PCK, 3, (const uint8_t[]){ CERT_PCK, CERT_FORGER_CA, CERT_FORGER_ROOT });
}

PLAN(pck_roles)
{
	(void)vendor;
	scene->certificates[CERT_PCK].subject = "Simulated SGX Developer Certificate";
}

PLAN(pck_ca_signature)
{
	struct sim_certificate *leaf = &scene->certificates[CERT_PCK];
	struct sim_certificate *ca = &scene->certificates[CERT_FORGER_CA];

	/* The forger's CA claims the genuine root as its issuer. */
	ca->authority = vendor->keys[KEY_ROOT].key_id;
	leaf->signer = &vendor->keys[KEY_FORGER];
	leaf->authority = vendor->keys[KEY_FORGER].key_id;
	sim_chain_set(scene, CHAIN_PCK, 3, (const uint8_t[]){ CERT_PCK, CERT_FORGER_CA, CERT_ROOT });
}

PLAN(pck_signature)
{
	scene->certificates[CERT_PCK].signer = &vendor->keys[KEY_FORGER];
}

PLAN(pck_extension)
{
	(void)vendor;
	scene->platform.without_fmspc = true;
}

PLAN(pck_fits_quote)
{
	(void)vendor;
	/* The chain beside the quote is genuine, and another machine's. */
	if (scene->quote.certification_type == 1) {
		scene->quote.described.ppid[0] ^= 0x01;
	} else {
		scene->quote.described.cpusvn[0] ^= 0x01;
	}
}

PLAN(qe_report_signature)
{
	scene->quote.qe_report_signer = &vendor->keys[KEY_FORGER];
}

PLAN(qe_report_binding)
{
	(void)vendor;
	scene->quote.qe_report.data[320] ^= 0x01;
}

AFTER(quote_signature)
{
	/* Someone else's report data in a quote that was signed before. */
	(void)out;
	scene->quote.bytes.data[scene->quote.header.len + scene->quote.body.len -
	    (scene->options.tee == SIM_TDX ? scene->quote.body.len - 520 : 64)] ^= 0x01;
}
