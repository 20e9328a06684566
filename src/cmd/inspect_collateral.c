/* SPDX-License-Identifier: Apache-2.0 */
/* What certificates, CRLs, TCB info and QE identities claim. */
#include <stdio.h>

#include "cmd/inspect_parts.h"
#include "collateral/pck.h"
#include "collateral/qe_identity.h"
#include "format/der.h"
#include "render/words.h"
#include "x509/crl.h"

/* A Name as people write it: "CN=Intel SGX Root CA, O=Intel Corporation". */
static void
claims_name(struct claims *c, const char *label, struct assay_bytes name)
{
	/* Object identifiers 2.5.4.x that the vendors use. */
	static const struct {
		uint8_t last;
		const char *text;
	} kinds[] = { { 3, "CN" }, { 6, "C" }, { 7, "L" }, { 8, "ST" }, { 10, "O" }, { 11, "OU" } };
	char out[1024];
	struct writer w;
	struct cursor whole = cursor_over(name);
	struct cursor sets = der_enter(&whole, DER_SEQUENCE);

	writer_start(&w, out, sizeof(out));
	while (!sets.bad && sets.left != 0) {
		struct cursor set = der_enter(&sets, DER_SET);
		struct cursor pair = der_enter(&set, DER_SEQUENCE);
		const struct assay_bytes oid = der_take(&pair, DER_OID);
		const uint8_t tag = cursor_peek(&pair);
		const struct assay_bytes value = der_take(&pair, tag);
		const char *kind = "?";

		if (pair.bad) {
			break;
		}
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			if (oid.len == 3 && oid.data[0] == 0x55 && oid.data[1] == 4 && oid.data[2] == kinds[i].last) {
				kind = kinds[i].text;
			}
		}
		put_text(&w, w.len == 0 ? "" : ", ");
		put_text(&w, kind);
		put_char(&w, '=');
		put_bytes(&w, value);
	}
	claims_string(c, label, bytes_of(out, w.len));
}

static void
claims_flag(struct claims *c, const char *name, enum assay_flag flag)
{
	if (flag != ASSAY_FLAG_UNDEFINED) {
		claims_boolean(c, name, flag == ASSAY_FLAG_TRUE);
	}
}

void
inspect_certificate(struct claims *c, const struct certificate *certificate)
{
	struct assay_platform p;

	memset(&p, 0, sizeof(p));
	claims_name(c, "subject", certificate->subject);
	claims_name(c, "issuer", certificate->issuer);
	claims_hex(c, "serial", certificate->serial);
	claims_utc(c, "not_before", certificate->not_before_s);
	claims_utc(c, "not_after", certificate->not_after_s);
	claims_text(c, "key", certificate->key_algorithm == ASSAY_ECDSA_P256_SHA256 ? "P-256" : "RSA");
	if (!pck_extension_parse(&p, certificate->sgx_extension)) {
		return;
	}
	claims_group(c, "sgx");
	claims_hex(c, "ppid", bytes_of(p.ppid, sizeof(p.ppid)));
	claims_hex(c, "fmspc", bytes_of(p.fmspc, sizeof(p.fmspc)));
	claims_hex(c, "pce_id", bytes_of(p.pce_id, sizeof(p.pce_id)));
	claims_svns(c, "components", p.components);
	claims_unsigned(c, "pcesvn", p.pcesvn);
	claims_hex(c, "cpusvn", bytes_of(p.cpusvn, sizeof(p.cpusvn)));
	claims_text(c, "type", p.sgx_type == 0 ? "standard" : p.sgx_type == 1 ? "scalable" : "scalable with integrity");
	if (p.has_instance_id) {
		claims_hex(c, "platform_instance_id", bytes_of(p.instance_id, sizeof(p.instance_id)));
	}
	claims_flag(c, "dynamic_platform", p.dynamic_platform);
	claims_flag(c, "cached_keys", p.cached_keys);
	claims_flag(c, "smt_enabled", p.smt_enabled);
	claims_end_group(c);
}

static void
inspect_isv_levels(struct claims *c, const struct isv_level *levels, uint32_t count, const struct assay_bytes *pool)
{
	claims_list(c, "levels");
	for (uint32_t i = 0; i < count; i++) {
		claims_group(c, NULL);
		claims_unsigned(c, "isv_svn", levels[i].isv_svn);
		claims_text(c, "status", assay_tcb_status_word(levels[i].status, ASSAY_EVIDENCE_SGX_QUOTE));
		claims_utc(c, "date", levels[i].date_s);
		claims_words(c, "advisories", pool + levels[i].advisories.first, levels[i].advisories.count);
		claims_end_group(c);
	}
	claims_end_list(c);
}

static void
inspect_modules(struct claims *c, const struct tcb_info *info)
{
	if (info->modules_count == 0) {
		return;
	}
	claims_list(c, "tdx_modules");
	for (uint32_t i = 0; i < info->modules_count; i++) {
		const struct tdx_module *module = &info->modules[i];

		claims_group(c, NULL);
		claims_unsigned(c, "version", module->version);
		claims_hex(c, "mrsigner", bytes_of(module->mrsigner, sizeof(module->mrsigner)));
		inspect_isv_levels(c, module->levels, module->levels_count, info->advisories);
		claims_end_group(c);
	}
	claims_end_list(c);
}

static bool
inspect_tcb_info(struct claims *c, const struct shelf_part *part)
{
	static struct tcb_info info;

	if (!tcb_info_parse(&info, part->bytes)) {
		return false;
	}
	claims_text(c, "tee", tee_word(info.tee));
	claims_unsigned(c, "version", info.version);
	claims_utc(c, "issued", info.issued_s);
	claims_utc(c, "next_update", info.next_update_s);
	claims_hex(c, "fmspc", bytes_of(info.fmspc, sizeof(info.fmspc)));
	claims_hex(c, "pce_id", bytes_of(info.pce_id, sizeof(info.pce_id)));
	claims_unsigned(c, "tcb_evaluation_number", info.evaluation_number);
	inspect_modules(c, &info);
	claims_list(c, "levels");
	for (uint32_t i = 0; i < info.levels_count; i++) {
		const struct tcb_level *level = &info.levels[i];

		claims_group(c, NULL);
		claims_text(c, "status", assay_tcb_status_word(level->status, ASSAY_EVIDENCE_SGX_QUOTE));
		claims_utc(c, "date", level->date_s);
		claims_numbers(c, "sgx", level->sgx, 16);
		claims_unsigned(c, "pcesvn", level->pcesvn);
		if (info.tee == ASSAY_TEE_TDX) {
			claims_numbers(c, "tdx", level->tdx, 16);
		}
		claims_words(c, "advisories", info.advisories + level->advisories.first, level->advisories.count);
		claims_end_group(c);
	}
	claims_end_list(c);
	return true;
}

static bool
inspect_qe_identity(struct claims *c, const struct shelf_part *part)
{
	static struct qe_identity identity;

	if (!qe_identity_parse(&identity, part->bytes)) {
		return false;
	}
	claims_text(c, "id", identity.id == QE_IDENTITY_QE ? "QE" : identity.id == QE_IDENTITY_TD_QE ? "TD_QE" : "other");
	claims_utc(c, "issued", identity.issued_s);
	claims_utc(c, "next_update", identity.next_update_s);
	claims_unsigned(c, "tcb_evaluation_number", identity.evaluation_number);
	claims_hex(c, "mrsigner", bytes_of(identity.mrsigner, sizeof(identity.mrsigner)));
	claims_unsigned(c, "isv_prod_id", identity.isv_prod_id);
	claims_hex(c, "miscselect", bytes_of(identity.miscselect, sizeof(identity.miscselect)));
	claims_hex(c, "miscselect_mask", bytes_of(identity.miscselect_mask, sizeof(identity.miscselect_mask)));
	claims_hex(c, "attributes", bytes_of(identity.attributes, sizeof(identity.attributes)));
	claims_hex(c, "attributes_mask", bytes_of(identity.attributes_mask, sizeof(identity.attributes_mask)));
	inspect_isv_levels(c, identity.levels, identity.levels_count, identity.advisories);
	return true;
}

static bool
inspect_crl(struct claims *c, const struct shelf_part *part)
{
	struct crl crl;

	if (!crl_parse(&crl, part->bytes)) {
		return false;
	}
	claims_name(c, "issuer", crl.issuer);
	claims_hex(c, "number", crl.number);
	claims_utc(c, "this_update", crl.this_update_s);
	claims_utc(c, "next_update", crl.next_update_s);
	claims_unsigned(c, "revoked_count", crl.revoked_count);
	if (!c->json) {
		return true;
	}
	struct cursor entries = cursor_over(crl.revoked);

	claims_list(c, "revoked");
	while (!entries.bad && entries.left != 0) {
		struct cursor entry = der_enter(&entries, DER_SEQUENCE);

		claims_group(c, NULL);
		claims_hex(c, "serial", der_unsigned(&entry));
		claims_utc(c, "date", der_time(&entry));
		claims_end_group(c);
	}
	claims_end_list(c);
	return true;
}

bool
inspect_part(struct claims *c, const struct shelf_part *part)
{
	bool good = part->read;

	claims_text(c, "kind", shelf_kind_word(part->kind));
	switch (part->kind) {
	case SHELF_TCB_INFO:
		good = inspect_tcb_info(c, part);
		break;
	case SHELF_QE_IDENTITY:
		good = inspect_qe_identity(c, part);
		break;
	case SHELF_CRL:
		good = inspect_crl(c, part);
		break;
	case SHELF_CERTIFICATE:
		if (good) {
			inspect_certificate(c, &part->certificate);
		}
		break;
	}
	if (!good) {
		claims_text(c, "malformed", "it does not have the form of its kind");
	}
	return good;
}
