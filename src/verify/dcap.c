/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain of trust of a DCAP quote: root -> PCK CA -> PCK certificate ->
 * quoting enclave's report -> attestation key -> quote; then revocation, TCB
 * info, QE identity and TDX module, each against this quote.  Reads top to
 * bottom in the order of checks.def.
 */
#include "collateral/pck.h"
#include "crypto/crypto.h"
#include "evidence/report.h"
#include "verify/dcap.h"
#include "verify/roles.h"

/* Order of items; each is left empty where its result is already known. */
enum { ITEM_CA, ITEM_LEAF, ITEM_QE_REPORT, ITEM_QUOTE };

_Static_assert(ITEM_QUOTE + 1 == DCAP_ITEMS_MAX, "one slot for each signature");

/* ---- phase 1 ---------------------------------------------------------- */

static bool
begin_form(struct dcap *dcap, struct trail *trail, struct assay_bytes bytes)
{
	static const enum assay_check rows[] = {
		ASSAY_CHECK_QUOTE_VERSION, ASSAY_CHECK_QUOTE_EPID, ASSAY_CHECK_QUOTE_KEY_TYPE,
		ASSAY_CHECK_QUOTE_TEE, ASSAY_CHECK_QUOTE_VENDOR, ASSAY_CHECK_QUOTE_BODY,
		ASSAY_CHECK_QUOTE_FORM, ASSAY_CHECK_QUOTE_CERTIFICATION,
	};
	const enum assay_check failed = quote_parse(&dcap->quote, bytes);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!trail_check(trail, rows[i], rows[i] != failed)) {
			return false;
		}
	}
	return true;
}

/* The name of a quote's attestation key and all that vouches for it.  The
 * version is in it because it decides where the same bytes are cut. */
static void
key_digest(struct dcap *dcap, const struct assay_crypto *crypto)
{
	const uint8_t version = (uint8_t)dcap->quote.version;

	crypto_sha256_2(crypto, dcap->key_digest, bytes_of(&version, 1), dcap->quote.from_attestation_key);
}

static bool
begin_chain(struct dcap *dcap, struct trail *trail, const struct assay_verifier *verifier,
    const struct prepared *prepared)
{
	const struct quote *quote = &dcap->quote;
	const struct certificate *path[ASSAY_CHAIN_CERTIFICATES_MAX] = { NULL };
	const bool in_quote = quote->certification_type == CERTIFICATION_PCK_CHAIN;
	const struct assay_bytes bytes = in_quote ? quote->certification : prepared->pck_certificate_chain;

	trail->pck_chain_is_collateral = !in_quote;
	if (!trail_check(trail, ASSAY_CHECK_PCK_PRESENT, bytes.len != 0) ||
	    !trail_check(trail, ASSAY_CHECK_PCK_FORM, bytes.len <= ASSAY_COLLATERAL_BYTES_MAX &&
	    chain_parse(&dcap->chain, bytes) && chain_order(&dcap->chain, path, 3))) {
		return false;
	}
	dcap->ca = path[1];
	dcap->leaf = path[2];
	dcap->pck.root = root_find(verifier, ASSAY_ROOT_INTEL_SGX, path[0]->key);
	dcap->pck.dates = interval_meet(certificate_dates(path[1]), certificate_dates(path[2]));
	return trail_check(trail, ASSAY_CHECK_PCK_ROOT, dcap->pck.root != NO_ROOT) &&
	    trail_check(trail, ASSAY_CHECK_PCK_ROLES, role_is_root(path[0]) && role_is_pck_ca(path[1]) &&
	    role_is_pck_leaf(path[2]));
}

static void
serial_copy(struct serial *serial, struct assay_bytes bytes)
{
	assert(bytes.len <= SERIAL_BYTES_MAX);
	memset(serial, 0, sizeof(*serial));
	serial->len = (uint8_t)bytes.len;
	bytes_copy(serial->bytes, bytes, bytes.len);
}

/* The CA's certificate came with the CRL, and was verified there under the same root. */
static bool
ca_is_known(const struct dcap *dcap, const struct prepared *prepared)
{
	const struct issuer_chain *issuer = &prepared->pck_crl_issuer;

	return issuer->signer != NULL && issuer->signature_valid &&
	    root_key_is(&issuer->root, dcap->pck.root_key) &&
	    bytes_equal(issuer->signer->der, dcap->ca->der);
}

static void
begin_chain_items(struct dcap *dcap, const struct assay_verifier *verifier, const struct prepared *prepared)
{
	bytes_copy(dcap->pck.root_key, verifier->roots[dcap->pck.root].key, 64);
	bytes_copy(dcap->pck.ca_key, dcap->ca->key, 64);
	serial_copy(&dcap->pck.leaf_serial, dcap->leaf->serial);
	serial_copy(&dcap->pck.ca_serial, dcap->ca->serial);

	dcap->ca_known = ca_is_known(dcap, prepared);
	if (!dcap->ca_known) {
		dcap->items[ITEM_CA] = certificate_signature_item(dcap->ca,
		    verifier->roots[dcap->pck.root].key);
	}
	if (verifier->cache != NULL) {
		crypto_sha256(verifier->crypto, dcap->pck.ca_subject_digest, dcap->ca->subject);
		crypto_sha256_2(verifier->crypto, dcap->leaf_digest, dcap->leaf->der, dcap->ca->key);
		const struct pck_facts *cached = cache_get(verifier->cache, CACHE_PLATFORM, dcap->leaf_digest);

		if (cached != NULL) {
			dcap->leaf_cached = true;
			dcap->pck.platform = cached->platform;
		}
	}
	if (!dcap->leaf_cached) {
		dcap->items[ITEM_LEAF] = certificate_signature_item(dcap->leaf, dcap->ca->key);
	}
	dcap->items[ITEM_QE_REPORT] = (struct assay_signature_item){ ASSAY_ECDSA_P256_SHA256,
	    dcap->leaf->key, dcap->quote.qe_report, dcap->quote.qe_report_signature, false };
}

static uint32_t
root_of(const struct pck_facts *pck, const struct assay_verifier *verifier)
{
	return root_find(verifier, ASSAY_ROOT_INTEL_SGX, bytes_of(pck->root_key, sizeof(pck->root_key)));
}

void
dcap_begin(struct dcap *dcap, struct trail *trail, const struct assay_verifier *verifier,
    struct assay_bytes bytes, const struct prepared *prepared)
{
	dcap->key_cached = false;
	dcap->leaf_cached = false;
	dcap->items_count = 0;
	memset(&dcap->pck, 0, sizeof(dcap->pck));
	memset(dcap->items, 0, sizeof(dcap->items));
	if (!begin_form(dcap, trail, bytes)) {
		return;
	}
	if (verifier->cache != NULL && dcap->quote.certification_type == CERTIFICATION_PCK_CHAIN) {
		key_digest(dcap, verifier->crypto);
		const struct pck_facts *cached = cache_get(verifier->cache, CACHE_ATTESTATION_KEY,
		    dcap->key_digest);

		/* The root is looked up anew: a cache must not outlive the trust in a root. */
		if (cached != NULL && root_of(cached, verifier) != NO_ROOT) {
			dcap->key_cached = true;
			dcap->pck = *cached;
			dcap->pck.root = root_of(cached, verifier);
			for (unsigned i = ASSAY_CHECK_PCK_PRESENT; i <= ASSAY_CHECK_PCK_ROLES; i++) {
				trail_check(trail, (enum assay_check)i, true);
			}
		}
	}
	if (!dcap->key_cached) {
		if (!begin_chain(dcap, trail, verifier, prepared)) {
			return;
		}
		begin_chain_items(dcap, verifier, prepared);
	}
	dcap->items[ITEM_QUOTE] = (struct assay_signature_item){ ASSAY_ECDSA_P256_SHA256,
	    dcap->quote.attestation_key, dcap->quote.signed_bytes, dcap->quote.signature, false };
	dcap->items_count = DCAP_ITEMS_MAX;
}

/* ---- phase 2 ---------------------------------------------------------- */

/* The public name of a machine. */
static void
platform_id(struct assay_platform *platform, const struct assay_crypto *crypto)
{
	crypto_sha256_2(crypto, platform->id, bytes_of_text("assay/platform/1"),
	    bytes_of(platform->ppid, sizeof(platform->ppid)));
	platform->has_id = true;
}

/* Does the leaf given beside the quote fit what the quote says of it? */
static bool
leaf_fits(const struct dcap *dcap)
{
	const struct assay_platform *platform = &dcap->pck.platform;
	struct certification_fields fields;

	if (dcap->quote.certification_type == CERTIFICATION_PCK_LEAF) {
		struct chain given;

		return chain_parse(&given, dcap->quote.certification) && given.count == 1 &&
		    bytes_equal(given.certificates[0].der, dcap->leaf->der);
	}
	return quote_certification_fields(&fields, &dcap->quote) &&
	    (fields.ppid.len == 0 || bytes_equal(fields.ppid, bytes_of(platform->ppid, 16))) &&
	    bytes_equal(fields.cpusvn, bytes_of(platform->cpusvn, 16)) && fields.pcesvn == platform->pcesvn &&
	    (fields.pce_id.len == 0 || bytes_equal(fields.pce_id, bytes_of(platform->pce_id, 2)));
}

static bool
binding_holds(const struct quote *quote, const struct assay_sgx_report *qe, const struct assay_crypto *crypto)
{
	uint8_t digest[32];

	crypto_sha256_2(crypto, digest, quote->attestation_key, quote->qe_authentication);
	return memcmp(qe->report_data, digest, 32) == 0 &&
	    bytes_all_zero(bytes_of(qe->report_data + 32, 32));
}

/* A Platform CA's certificates say which instance of the platform it is, and its configuration. */
static bool
extension_fits(struct dcap *dcap)
{
	struct assay_platform *platform = &dcap->pck.platform;

	return pck_extension_parse(platform, dcap->leaf->sgx_extension) &&
	    (platform->has_instance_id || !role_is_pck_platform_ca(dcap->ca));
}

static bool
conclude_evidence(struct dcap *dcap, struct trail *trail, const struct assay_verifier *verifier,
    const struct assay_sgx_report *qe)
{
	if (!trail_check(trail, ASSAY_CHECK_PCK_CA_SIGNATURE,
	    dcap->key_cached || dcap->ca_known || dcap->items[ITEM_CA].valid) ||
	    !trail_check(trail, ASSAY_CHECK_PCK_SIGNATURE,
	    dcap->key_cached || dcap->leaf_cached || dcap->items[ITEM_LEAF].valid)) {
		return false;
	}
	if (!dcap->key_cached && !dcap->leaf_cached) {
		if (!trail_check(trail, ASSAY_CHECK_PCK_EXTENSION, extension_fits(dcap))) {
			return false;
		}
		platform_id(&dcap->pck.platform, verifier->crypto);
		cache_put(verifier->cache, CACHE_PLATFORM, dcap->leaf_digest, &dcap->pck);
	} else {
		trail_check(trail, ASSAY_CHECK_PCK_EXTENSION, true);
	}
	if (dcap->quote.certification_type == CERTIFICATION_PCK_CHAIN) {
		trail_not_applicable(trail, ASSAY_CHECK_PCK_FITS_QUOTE, ASSAY_CHECK_PCK_FITS_QUOTE);
	} else if (!trail_check(trail, ASSAY_CHECK_PCK_FITS_QUOTE, leaf_fits(dcap))) {
		return false;
	}
	if (!trail_check(trail, ASSAY_CHECK_QE_REPORT_SIGNATURE,
	    dcap->key_cached || dcap->items[ITEM_QE_REPORT].valid) ||
	    !trail_check(trail, ASSAY_CHECK_QE_REPORT_BINDING,
	    dcap->key_cached || binding_holds(&dcap->quote, qe, verifier->crypto))) {
		return false;
	}
	if (!dcap->key_cached && dcap->quote.certification_type == CERTIFICATION_PCK_CHAIN) {
		cache_put(verifier->cache, CACHE_ATTESTATION_KEY, dcap->key_digest, &dcap->pck);
	}
	return trail_check(trail, ASSAY_CHECK_QUOTE_SIGNATURE, dcap->items[ITEM_QUOTE].valid);
}

/* A row that was decided with the collateral, which must hang from the quote's own root. */
static bool
from_prepared(struct trail *trail, const struct prepared *prepared, enum assay_check check, bool also)
{
	return trail_check(trail, check, prepared->results[check] == ASSAY_PASSED && also);
}

static bool
serial_revoked(const struct crl *crl, const struct serial *serial)
{
	return crl_has_serial(crl, bytes_of(serial->bytes, serial->len));
}

/* Is the CRL's issuer the CA that issued the PCK certificate, by name and key? */
static bool
ca_is_issuer(const struct dcap *dcap, const struct assay_verifier *verifier,
    const struct certificate *issuer)
{
	uint8_t digest[32];

	if (!bytes_equal(issuer->key, bytes_of(dcap->pck.ca_key, 64))) {
		return false;
	}
	if (!dcap->key_cached) {
		return bytes_equal(issuer->subject, dcap->ca->subject);
	}
	crypto_sha256(verifier->crypto, digest, issuer->subject);
	return memcmp(digest, dcap->pck.ca_subject_digest, sizeof(digest)) == 0;
}

static bool
conclude_revocation(struct dcap *dcap, struct trail *trail, const struct assay_verifier *verifier,
    const struct prepared *p)
{
	const struct pck_facts *pck = &dcap->pck;

	return from_prepared(trail, p, ASSAY_CHECK_ROOT_CRL_PRESENT, true) &&
	    from_prepared(trail, p, ASSAY_CHECK_ROOT_CRL_FORM, true) &&
	    from_prepared(trail, p, ASSAY_CHECK_ROOT_CRL_SIGNATURE, root_key_is(&p->root_crl_root, pck->root_key)) &&
	    trail_check(trail, ASSAY_CHECK_PCK_CA_REVOKED, !serial_revoked(&p->root_crl, &pck->ca_serial)) &&
	    from_prepared(trail, p, ASSAY_CHECK_PCK_CRL_PRESENT, true) &&
	    from_prepared(trail, p, ASSAY_CHECK_PCK_CRL_CHAIN, root_key_is(&p->pck_crl_issuer.root, pck->root_key) &&
	    !crl_has_serial(&p->root_crl, p->pck_crl_issuer.signer->serial)) &&
	    from_prepared(trail, p, ASSAY_CHECK_PCK_CRL_FORM, true) &&
	    from_prepared(trail, p, ASSAY_CHECK_PCK_CRL_SIGNATURE, true) &&
	    trail_check(trail, ASSAY_CHECK_PCK_CRL_ISSUER,
	    ca_is_issuer(dcap, verifier, p->pck_crl_issuer.signer)) &&
	    trail_check(trail, ASSAY_CHECK_PCK_REVOKED, !serial_revoked(&p->pck_crl, &pck->leaf_serial));
}

static bool
conclude_tcb_info(struct dcap *dcap, struct trail *trail, const struct prepared *p)
{
	const struct assay_platform *platform = &dcap->pck.platform;

	return from_prepared(trail, p, ASSAY_CHECK_TCB_INFO_PRESENT, true) &&
	    from_prepared(trail, p, ASSAY_CHECK_TCB_INFO_CHAIN,
	    root_key_is(&p->tcb_info_issuer.root, dcap->pck.root_key)) &&
	    from_prepared(trail, p, ASSAY_CHECK_TCB_INFO_SIGNER, true) &&
	    trail_check(trail, ASSAY_CHECK_TCB_INFO_SIGNER_REVOKED,
	    !crl_has_serial(&p->root_crl, p->tcb_info_issuer.signer->serial)) &&
	    from_prepared(trail, p, ASSAY_CHECK_TCB_INFO_SIGNATURE, true) &&
	    from_prepared(trail, p, ASSAY_CHECK_TCB_INFO_FORM, true) &&
	    trail_check(trail, ASSAY_CHECK_TCB_INFO_TEE, p->tcb_info.tee == dcap->quote.tee) &&
	    trail_check(trail, ASSAY_CHECK_TCB_INFO_FMSPC, memcmp(p->tcb_info.fmspc, platform->fmspc, 6) == 0) &&
	    trail_check(trail, ASSAY_CHECK_TCB_INFO_PCE_ID,
	    memcmp(p->tcb_info.pce_id, platform->pce_id, 2) == 0);
}

/* (value & mask) == expected: an expected bit outside its mask can never match. */
static bool
masked_equal(const uint8_t *value, const uint8_t *mask, const uint8_t *expected, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((value[i] & mask[i]) != expected[i]) {
			return false;
		}
	}
	return true;
}

static bool
conclude_qe_identity(struct dcap *dcap, struct trail *trail, const struct prepared *p,
    const struct assay_sgx_report *qe)
{
	const struct qe_identity *identity = &p->qe_identity;
	const enum qe_identity_id wanted = dcap->quote.tee == ASSAY_TEE_TDX ? QE_IDENTITY_TD_QE : QE_IDENTITY_QE;
	const uint8_t miscselect[4] = { (uint8_t)qe->miscselect, (uint8_t)(qe->miscselect >> 8),
		(uint8_t)(qe->miscselect >> 16), (uint8_t)(qe->miscselect >> 24) };

	return from_prepared(trail, p, ASSAY_CHECK_QE_IDENTITY_PRESENT, true) &&
	    from_prepared(trail, p, ASSAY_CHECK_QE_IDENTITY_CHAIN,
	    root_key_is(&p->qe_identity_issuer.root, dcap->pck.root_key)) &&
	    from_prepared(trail, p, ASSAY_CHECK_QE_IDENTITY_SIGNER, true) &&
	    trail_check(trail, ASSAY_CHECK_QE_IDENTITY_SIGNER_REVOKED,
	    !crl_has_serial(&p->root_crl, p->qe_identity_issuer.signer->serial)) &&
	    from_prepared(trail, p, ASSAY_CHECK_QE_IDENTITY_SIGNATURE, true) &&
	    from_prepared(trail, p, ASSAY_CHECK_QE_IDENTITY_FORM, true) &&
	    trail_check(trail, ASSAY_CHECK_QE_IDENTITY_TEE, identity->id == wanted) &&
	    trail_check(trail, ASSAY_CHECK_QE_MISCSELECT,
	    masked_equal(miscselect, identity->miscselect_mask, identity->miscselect, 4)) &&
	    trail_check(trail, ASSAY_CHECK_QE_ATTRIBUTES,
	    masked_equal(qe->attributes, identity->attributes_mask, identity->attributes, 16)) &&
	    trail_check(trail, ASSAY_CHECK_QE_MRSIGNER, memcmp(qe->mrsigner, identity->mrsigner, 32) == 0) &&
	    trail_check(trail, ASSAY_CHECK_QE_PRODUCT, qe->isv_prod_id == identity->isv_prod_id);
}

/*
 * The record of the module of this version: "tdxModule" for version 0, else
 * the identity of that name.  Where TCB info predates module identities only
 * version 0 can be judged.
 */
static const struct tdx_module *
module_find(const struct tcb_info *info, const uint8_t tee_tcb_svn[static 16])
{
	const uint8_t version = tee_tcb_svn[1];

	if (version == 0) {
		return info->has_tdx_module ? &info->tdx_module : NULL;
	}
	for (uint32_t i = 0; i < info->modules_count; i++) {
		if (info->modules[i].version == version) {
			return &info->modules[i];
		}
	}
	return NULL;
}

/* No module of any version is signed by this one. */
static bool
signer_is_foreign(const struct tcb_info *info, const struct assay_td_report *td)
{
	bool found = info->has_tdx_module && memcmp(info->tdx_module.mrsigner, td->mrsignerseam, 48) == 0;

	for (uint32_t i = 0; i < info->modules_count && !found; i++) {
		found = memcmp(info->modules[i].mrsigner, td->mrsignerseam, 48) == 0;
	}
	return !found && (info->has_tdx_module || info->modules_count != 0);
}

/* A module that the TCB info does not know (yet) may be anything but what none is. */
static bool
module_fits_signer(const struct tcb_info *info, const struct tdx_module *module,
    const struct assay_td_report *td)
{
	return module != NULL ? memcmp(module->mrsigner, td->mrsignerseam, 48) == 0 : !signer_is_foreign(info, td);
}

static bool
module_fits_attributes(const struct tdx_module *module, const struct assay_td_report *td)
{
	return bytes_all_zero(bytes_of(td->seam_attributes, 8)) &&
	    (module == NULL || memcmp(module->attributes, td->seam_attributes, 8) == 0);
}

static bool
conclude_tdx_module(struct facts *facts, struct trail *trail, const struct prepared *p)
{
	const struct assay_td_report *td = &facts->td;
	const struct tcb_info *info = &p->tcb_info;
	const struct tdx_module *launch = module_find(info, td->tee_tcb_svn);
	const struct tdx_module *current = td->has_1_5 ? module_find(info, td->tee_tcb_svn2) : launch;

	if (!trail_check(trail, ASSAY_CHECK_TDX_MODULE_SIGNER, module_fits_signer(info, launch, td) &&
	    module_fits_signer(info, current, td)) ||
	    !trail_check(trail, ASSAY_CHECK_TDX_MODULE_ATTRIBUTES, module_fits_attributes(launch, td) &&
	    module_fits_attributes(current, td)) ||
	    !trail_check(trail, ASSAY_CHECK_TDX_MODULE_IDENTITY, launch != NULL && current != NULL)) {
		return false;
	}
	facts->module_launch = td->tee_tcb_svn[1] == 0 ? NULL : launch;
	facts->module_current = !td->has_1_5 ? facts->module_launch : td->tee_tcb_svn2[1] == 0 ? NULL : current;
	return true;
}

static void
collect_dates(const struct dcap *dcap, struct facts *facts, const struct prepared *p)
{
	const struct interval root_crl = { p->root_crl.this_update_s, p->root_crl.next_update_s };
	const struct interval pck_crl = { p->pck_crl.this_update_s, p->pck_crl.next_update_s };
	const struct interval tcb_info = { p->tcb_info.issued_s, p->tcb_info.next_update_s };
	const struct interval qe_identity = { p->qe_identity.issued_s, p->qe_identity.next_update_s };

	facts_date(facts, ASSAY_CHECK_PCK_DATES, dcap->pck.dates, false);
	facts_date(facts, ASSAY_CHECK_ROOT_CRL_DATES, root_crl, true);
	/* Grace is for lists that are late, not for certificates that have ended. */
	facts_date(facts, ASSAY_CHECK_PCK_CRL_DATES, p->pck_crl_issuer.dates, false);
	facts_date(facts, ASSAY_CHECK_PCK_CRL_DATES, pck_crl, true);
	facts_date(facts, ASSAY_CHECK_TCB_INFO_SIGNER_DATES, p->tcb_info_issuer.dates, false);
	facts_date(facts, ASSAY_CHECK_TCB_INFO_DATES, tcb_info, true);
	facts_date(facts, ASSAY_CHECK_QE_IDENTITY_SIGNER_DATES, p->qe_identity_issuer.dates, false);
	facts_date(facts, ASSAY_CHECK_QE_IDENTITY_DATES, qe_identity, true);
}

void
dcap_conclude(struct dcap *dcap, struct facts *facts, struct trail *trail,
    const struct assay_verifier *verifier, const struct prepared *prepared)
{
	struct assay_sgx_report qe;

	facts->simulated = verifier->roots[dcap->pck.root].simulated;
	sgx_report_parse(&qe, dcap->quote.qe_report);
	if (!conclude_evidence(dcap, trail, verifier, &qe)) {
		return;
	}
	facts->has_platform = true;
	facts->platform = dcap->pck.platform;
	facts->prepared = prepared;
	facts->qe_isv_svn = qe.isv_svn;
	facts->has_body = true;
	if (dcap->quote.tee == ASSAY_TEE_TDX) {
		td_report_parse(&facts->td, dcap->quote.body);
	} else {
		sgx_report_parse(&facts->sgx, dcap->quote.body);
		trail_not_applicable(trail, ASSAY_CHECK_TDX_MODULE_SIGNER, ASSAY_CHECK_TDX_MODULE_IDENTITY);
	}
	if (!conclude_revocation(dcap, trail, verifier, prepared) || !conclude_tcb_info(dcap, trail, prepared) ||
	    !conclude_qe_identity(dcap, trail, prepared, &qe)) {
		return;
	}
	if (dcap->quote.tee == ASSAY_TEE_TDX && !conclude_tdx_module(facts, trail, prepared)) {
		return;
	}
	collect_dates(dcap, facts, prepared);
	facts->good = true;
}
