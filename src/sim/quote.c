/* SPDX-License-Identifier: Apache-2.0 */
/* Quotes, byte by byte: DCAP versions 3, 4 and 5, and raw EPID quotes. */
#include <string.h>

#include "sim/scene.h"

static const uint8_t vendor_id[16] = {
	0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07,
};

static const unsigned body_sizes[] = { 0, 384, 584, 648, 885 };

#define SGX_INIT 0x01
#define SGX_DEBUG 0x02
#define SGX_MODE64 0x04
#define SGX_PROVISION_KEY 0x10
#define SGX_XFRM 0xe7
#define TD_SEPT_VE_DISABLE UINT64_C(0x10000000)
#define TD_DEBUG 1u
#define TD_XFAM UINT64_C(0x000618e7)

static uint8_t *
reset(struct sim_buffer *buffer, size_t len)
{
	sim_buffer_clear(buffer);
	return memset(sim_buffer_extend(buffer, len), 0, len);
}

static void
fill_or_derive(uint8_t *at, size_t len, const uint8_t *given, const struct sim_vendor *vendor, const char *label,
    uint32_t number)
{
	if (given != NULL) {
		memcpy(at, given, len);
	} else {
		sim_derive(at, len, vendor->secret, label, number);
	}
}

static void
put_sgx_report(uint8_t report[static 384], const struct sim_vendor *vendor, const struct sim_scene *scene)
{
	const struct sim_options *o = &scene->options;

	memcpy(report, scene->platform.cpusvn, 16);
	report[48] = (uint8_t)(SGX_INIT | SGX_MODE64 | (o->debug ? SGX_DEBUG : 0));
	report[56] = SGX_XFRM;
	fill_or_derive(report + 64, 32, o->program, vendor, "program", 0);
	fill_or_derive(report + 128, 32, o->signer, vendor, "program signer", 0);
	sim_store_le16(report + 256, 1);
	sim_store_le16(report + 258, 1);
	fill_or_derive(report + 320, 64, o->report_data, vendor, "report data", o->index);
}

static void
put_td_report(uint8_t *report, const struct sim_vendor *vendor, const struct sim_scene *scene)
{
	const struct sim_options *o = &scene->options;

	/* tee_tcb_svn stays zero here: the plan fills it in by status. */
	sim_derive(report + 16, 48, vendor->secret, "TDX module", 0);
	sim_store_le64(report + 120, TD_SEPT_VE_DISABLE | (o->debug ? TD_DEBUG : 0));
	sim_store_le64(report + 128, TD_XFAM);
	fill_or_derive(report + 136, 48, o->program, vendor, "TD program", 0);
	for (uint32_t i = 0; i < 4; i++) {
		sim_derive(report + 328 + (size_t)48 * i, 48, vendor->secret, "run-time register", i);
	}
	fill_or_derive(report + 520, 64, o->report_data, vendor, "report data", o->index);
	if (o->body_type == 4) {
		report[648] = 1;
		sim_derive(report + 649, 32, vendor->secret, "TD id", o->index);
		sim_derive(report + 681, 48, vendor->secret, "device information", o->index);
		memcpy(report + 785, scene->platform.cpusvn, 16);
		memcpy(report + 817, scene->platform.fmspc, 6);
	}
}

static void
put_qe_report(uint8_t report[static 384], const struct sim_vendor *vendor, const struct sim_scene *scene)
{
	memcpy(report, scene->platform.cpusvn, 16);
	report[48] = SGX_INIT | SGX_MODE64 | SGX_PROVISION_KEY;
	report[56] = SGX_XFRM;
	sim_derive(report + 64, 32, vendor->secret, scene->identity.tdx ? "TD quoting enclave" : "quoting enclave", 0);
	memcpy(report + 128, scene->identity.mrsigner, 32);
	sim_store_le16(report + 256, scene->identity.isv_prod_id);
}

static void
put_header(struct sim_vendor *vendor, struct sim_scene *scene)
{
	struct sim_quote *quote = &scene->quote;
	uint8_t *header = reset(&quote->header, quote->version == 5 ? 54 : 48);

	sim_store_le16(header, quote->version);
	sim_store_le16(header + 2, 2);
	if (quote->version == 3) {
		sim_store_le16(header + 8, 8);
		sim_store_le16(header + 10, scene->platform.pcesvn);
	} else if (scene->options.tee == SIM_TDX) {
		sim_store_le32(header + 4, 0x81);
	}
	memcpy(header + 12, vendor_id, sizeof(vendor_id));
	sim_derive(header + 28, 16, vendor->secret, "QE id", scene->options.index);
	if (quote->version == 5) {
		sim_store_le16(header + 48, quote->body_type);
		sim_store_le32(header + 50, body_sizes[quote->body_type]);
	}
}

void
sim_quote_build(struct sim_vendor *vendor, struct sim_scene *scene)
{
	struct sim_quote *quote = &scene->quote;
	uint8_t *body = reset(&quote->body, body_sizes[quote->body_type]);

	put_header(vendor, scene);
	if (scene->options.tee == SIM_TDX) {
		put_td_report(body, vendor, scene);
	} else {
		put_sgx_report(body, vendor, scene);
	}
	put_qe_report(reset(&quote->qe_report, 384), vendor, scene);

	uint8_t *authentication = reset(&quote->authentication, 32);

	for (uint8_t i = 0; i < 32; i++) {
		authentication[i] = i;
	}
}

void
sim_quote_bind(struct sim_quote *quote)
{
	struct sim_buffer bound = { 0 };

	sim_put(&bound, quote->attestation->public, 64);
	sim_put_copy(&bound, &quote->authentication);
	sim_sha256(quote->qe_report.data + 320, bound.data, bound.len);
	memset(quote->qe_report.data + 352, 0, 32);
	sim_buffer_free(&bound);
}

static void
put_certification(struct sim_buffer *out, struct sim_vendor *vendor, const struct sim_scene *scene)
{
	const struct sim_platform *described = &scene->quote.described;
	const struct sim_chain *chain = &scene->chains[CHAIN_PCK];
	const struct sim_certificate *leaf = &scene->certificates[CERT_PCK];

	switch (scene->quote.certification_type) {
	case 1:
		sim_put(out, described->ppid, sizeof(described->ppid));
		break;
	case 2:
	case 3: {
		const size_t len = scene->quote.certification_type == 2 ? 256 : 384;

		/* Encrypted to the vendor; nobody else can tell it from chance. */
		sim_derive(sim_buffer_extend(out, len), len, vendor->secret, "encrypted PPID", scene->options.index);
		break;
	}
	case 4:
		sim_put_pem(out, "CERTIFICATE", leaf->der.data, leaf->der.len);
		return;
	case 5:
		sim_put_copy(out, &chain->pem);
		/* As in most real quotes, a zero ends the text. */
		sim_put_byte(out, 0);
		return;
	default:
		sim_derive(sim_buffer_extend(out, 64), 64, vendor->secret, "platform manifest", scene->options.index);
		return;
	}
	sim_put(out, described->cpusvn, sizeof(described->cpusvn));
	sim_put_le16(out, described->pcesvn);
	sim_put(out, described->pce_id, sizeof(described->pce_id));
}

/* What follows the attestation key in versions 3; in 4 and 5 it is data of type 6. */
static void
put_qe_data(struct sim_buffer *out, struct sim_vendor *vendor, const struct sim_scene *scene)
{
	const struct sim_quote *quote = &scene->quote;
	uint8_t signature[64];

	sim_sign(signature, &vendor->signer, quote->qe_report_signer, quote->qe_report.data, quote->qe_report.len);
	sim_put_copy(out, &quote->qe_report);
	sim_put(out, signature, sizeof(signature));
	sim_put_le16(out, (unsigned)quote->authentication.len);
	sim_put_copy(out, &quote->authentication);
	sim_put_le16(out, quote->certification_type);

	const size_t size_at = out->len;

	sim_put_le32(out, 0);
	put_certification(out, vendor, scene);
	sim_store_le32(out->data + size_at, (uint32_t)(out->len - size_at - 4 + quote->size_lie));
}

void
sim_quote_assemble(struct sim_vendor *vendor, struct sim_scene *scene)
{
	struct sim_quote *quote = &scene->quote;
	struct sim_buffer *out = &quote->bytes;
	uint8_t signature[64];

	sim_buffer_clear(out);
	sim_put_copy(out, &quote->header);
	sim_put_copy(out, &quote->body);
	sim_sign(signature, &vendor->signer, quote->attestation, out->data, out->len);

	const size_t size_at = out->len;

	sim_put_le32(out, 0);
	sim_put(out, signature, sizeof(signature));
	sim_put(out, quote->attestation->public, 64);
	if (quote->version == 3) {
		put_qe_data(out, vendor, scene);
	} else {
		sim_put_le16(out, 6);

		const size_t outer_at = out->len;

		sim_put_le32(out, 0);
		put_qe_data(out, vendor, scene);
		sim_store_le32(out->data + outer_at, (uint32_t)(out->len - outer_at - 4));
	}
	sim_store_le32(out->data + size_at, (uint32_t)(out->len - size_at - 4));
}

#define EPID_SIGNATURE_BYTES 680

void
sim_epid_body(struct sim_vendor *vendor, struct sim_scene *scene)
{
	uint8_t *body = memset(scene->ias.quote_body, 0, sizeof(scene->ias.quote_body));
	const bool report = scene->options.tee == SIM_IAS;
	const unsigned version = report ? 2 : scene->options.version;

	sim_store_le16(body, version);
	sim_store_le16(body + 2, scene->options.linkable ? 1 : 0);
	sim_derive(body + 4, 2, vendor->secret, "EPID group", 0);
	sim_store_le16(body + 8, 12);
	sim_store_le16(body + 10, version == 1 ? 0 : 11);
	/* The base name is zero where the quote cannot be linked. */
	if (scene->options.linkable) {
		sim_derive(body + 16, 32, vendor->secret, "base name", 0);
	}
	put_sgx_report(body + 48, vendor, scene);
	scene->ias.quote_body_len = sizeof(scene->ias.quote_body);
}

void
sim_epid_assemble(struct sim_vendor *vendor, struct sim_scene *scene)
{
	struct sim_buffer *out = &scene->quote.bytes;

	sim_buffer_clear(out);
	sim_put(out, scene->ias.quote_body, sizeof(scene->ias.quote_body));
	sim_put_le32(out, EPID_SIGNATURE_BYTES);
	sim_derive(sim_buffer_extend(out, EPID_SIGNATURE_BYTES), EPID_SIGNATURE_BYTES, vendor->secret,
	    "EPID signature", scene->options.index);
}
