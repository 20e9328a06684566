/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collateral, verified once.
 *
 * Everything that can be decided without evidence is decided here, in one
 * batch of signatures: issuer chains, CRLs, TCB info, QE identity.  The JSON
 * texts are parsed only after their signatures were found good.  Whether a
 * document is the right one for a quote is decided with the quote (dcap.c).
 */
#include "crypto/crypto.h"
#include "format/hex.h"
#include "verify/prepared.h"
#include "verify/roles.h"

/* Signatures of a whole set.  The root CRL has one for each root that might
 * have signed it; usually that is one. */
enum {
	ITEM_PCK_CA,
	ITEM_TCB_INFO_SIGNER,
	ITEM_QE_IDENTITY_SIGNER,
	ITEM_PCK_CRL,
	ITEM_TCB_INFO,
	ITEM_QE_IDENTITY,
	ITEM_ROOT_CRL,
	ROOTS_MAX = ASSAY_ROOTS_MAX,
	ITEMS_MAX = ITEM_ROOT_CRL + ROOTS_MAX
};

uint32_t
root_find(const struct assay_verifier *verifier, enum assay_root_kind kind, struct assay_bytes key)
{
	for (size_t i = 0; i < verifier->roots_count; i++) {
		if (verifier->roots[i].kind == kind && bytes_equal(verifier->roots[i].key, key)) {
			return (uint32_t)i;
		}
	}
	return NO_ROOT;
}

static void
root_set(struct root_key *root, struct assay_bytes key)
{
	root->known = true;
	bytes_copy(root->key, key, sizeof(root->key));
}

/* Structure only: two certificates, of which one names the other as issuer. */
static void
issuer_open(struct issuer_chain *issuer, const struct assay_verifier *verifier, struct assay_bytes bytes)
{
	const struct certificate *path[ASSAY_CHAIN_CERTIFICATES_MAX];

	issuer->root.known = false;
	issuer->signer = NULL;
	issuer->root_certificate = NULL;
	issuer->signature_valid = false;
	if (bytes.len > ASSAY_COLLATERAL_BYTES_MAX || !chain_parse(&issuer->chain, bytes) ||
	    !chain_order(&issuer->chain, path, 2)) {
		return;
	}
	issuer->root_certificate = path[0];
	issuer->signer = path[1];
	issuer->dates = certificate_dates(path[1]);
	if (role_is_root(path[0]) && root_find(verifier, ASSAY_ROOT_INTEL_SGX, path[0]->key) != NO_ROOT) {
		root_set(&issuer->root, path[0]->key);
	}
}

static struct assay_signature_item
issuer_item(const struct issuer_chain *issuer)
{
	if (!issuer->root.known) {
		return (struct assay_signature_item){ 0 };
	}
	return certificate_signature_item(issuer->signer, bytes_of(issuer->root.key, sizeof(issuer->root.key)));
}

/* The same certificate under the same root need not be verified twice. */
static bool
issuer_same(const struct issuer_chain *a, const struct issuer_chain *b)
{
	return a->signer != NULL && b->signer != NULL && b->root.known && root_key_is(&a->root, b->root.key) &&
	    bytes_equal(a->signer->der, b->signer->der);
}

static bool
issuer_good(const struct issuer_chain *issuer)
{
	return issuer->root.known && issuer->signature_valid;
}

/* 64 bytes r||s from a signature as served; empty where it is none. */
static struct assay_bytes
signature_decode(uint8_t out[static 64], struct assay_bytes served)
{
	if (served.len == 64) {
		return served;
	}
	return hex_decode(out, 64, served) ? bytes_of(out, 64) : bytes_of(NULL, 0);
}

static struct assay_signature_item
document_item(const struct issuer_chain *issuer, struct assay_bytes text, struct assay_bytes signature)
{
	if (issuer->signer == NULL || text.len == 0 || text.len > ASSAY_COLLATERAL_BYTES_MAX) {
		return (struct assay_signature_item){ 0 };
	}
	return (struct assay_signature_item){ ASSAY_ECDSA_P256_SHA256, issuer->signer->key, text, signature, false };
}

static bool
crl_open(struct crl *crl, struct assay_bytes served, uint8_t *decoded)
{
	if (served.len > ASSAY_COLLATERAL_BYTES_MAX) {
		return false;
	}
	const struct assay_bytes der = crl_der(served, decoded, CRL_DECODED_BYTES_MAX);

	return der.len != 0 && crl_parse(crl, der);
}

static void
record(struct prepared *p, enum assay_check check, bool passed)
{
	p->results[check] = passed ? ASSAY_PASSED : ASSAY_FAILED;
}

static void
record_part(struct prepared *p, const struct assay_crypto *crypto, enum assay_collateral_kind kind,
    struct assay_bytes bytes, int64_t issued_s, int64_t next_update_s)
{
	struct assay_collateral_part *part = &p->parts[p->parts_count];

	assert(p->parts_count < ASSAY_COLLATERAL_PARTS_MAX);
	memset(part, 0, sizeof(*part));
	part->kind = kind;
	part->issued_s = issued_s;
	part->next_update_s = next_update_s;
	crypto_sha256(crypto, part->digest, bytes);
	p->parts_count++;
}

/* The subject of the root by the chains at hand, to hold the root CRL's issuer against. */
static struct assay_bytes
root_name(const struct prepared *p)
{
	const struct issuer_chain *const issuers[] = {
		&p->pck_crl_issuer, &p->tcb_info_issuer, &p->qe_identity_issuer,
	};

	for (size_t i = 0; i < sizeof(issuers) / sizeof(issuers[0]); i++) {
		if (root_key_is(&issuers[i]->root, p->root_crl_root.key)) {
			return issuers[i]->root_certificate->subject;
		}
	}
	return bytes_of(NULL, 0);
}

static void
conclude_root_crl(struct prepared *p, const struct assay_verifier *verifier,
    const struct assay_collateral *collateral, bool parsed, const struct assay_signature_item *items,
    size_t items_count)
{
	p->root_crl_root.known = false;
	record(p, ASSAY_CHECK_ROOT_CRL_PRESENT, collateral->root_crl.len != 0);
	record(p, ASSAY_CHECK_ROOT_CRL_FORM, parsed);
	for (size_t i = 0; i < items_count; i++) {
		if (items[i].valid) {
			root_set(&p->root_crl_root, items[i].key);
		}
	}
	if (p->root_crl_root.known) {
		const struct assay_bytes name = root_name(p);

		p->root_crl_root.known = name.len == 0 || bytes_equal(name, p->root_crl.issuer);
	}
	record(p, ASSAY_CHECK_ROOT_CRL_SIGNATURE, p->root_crl_root.known);
	if (p->root_crl_root.known) {
		record_part(p, verifier->crypto, ASSAY_COLLATERAL_ROOT_CRL, p->root_crl.der,
		    p->root_crl.this_update_s, p->root_crl.next_update_s);
	}
}

static void
conclude_pck_crl(struct prepared *p, const struct assay_verifier *verifier,
    const struct assay_collateral *collateral, bool parsed, bool signature_valid)
{
	const struct issuer_chain *issuer = &p->pck_crl_issuer;
	const bool chain = issuer_good(issuer) && role_is_pck_ca(issuer->signer) &&
	    (issuer->signer->key_usage & KEY_USAGE_CRL_SIGN) != 0;
	const bool good = chain && parsed && signature_valid &&
	    bytes_equal(p->pck_crl.issuer, issuer->signer->subject);

	record(p, ASSAY_CHECK_PCK_CRL_PRESENT, collateral->pck_crl.len != 0);
	record(p, ASSAY_CHECK_PCK_CRL_CHAIN, chain);
	record(p, ASSAY_CHECK_PCK_CRL_FORM, parsed);
	record(p, ASSAY_CHECK_PCK_CRL_SIGNATURE, good);
	if (good) {
		record_part(p, verifier->crypto, ASSAY_COLLATERAL_PCK_CRL, p->pck_crl.der,
		    p->pck_crl.this_update_s, p->pck_crl.next_update_s);
	}
}

static void
conclude_tcb_info(struct prepared *p, const struct assay_verifier *verifier,
    const struct assay_collateral *collateral, bool signature_valid)
{
	const struct issuer_chain *issuer = &p->tcb_info_issuer;
	const bool signer = issuer_good(issuer) && role_is_tcb_signer(issuer->signer);
	const bool form = signer && signature_valid && tcb_info_parse(&p->tcb_info, collateral->tcb_info);

	record(p, ASSAY_CHECK_TCB_INFO_PRESENT, collateral->tcb_info.len != 0);
	record(p, ASSAY_CHECK_TCB_INFO_CHAIN, issuer_good(issuer));
	record(p, ASSAY_CHECK_TCB_INFO_SIGNER, signer);
	record(p, ASSAY_CHECK_TCB_INFO_SIGNATURE, signature_valid);
	record(p, ASSAY_CHECK_TCB_INFO_FORM, form);
	if (form) {
		record_part(p, verifier->crypto, ASSAY_COLLATERAL_TCB_INFO, collateral->tcb_info,
		    p->tcb_info.issued_s, p->tcb_info.next_update_s);
	}
}

static void
conclude_qe_identity(struct prepared *p, const struct assay_verifier *verifier,
    const struct assay_collateral *collateral, bool signature_valid)
{
	const struct issuer_chain *issuer = &p->qe_identity_issuer;
	const bool signer = issuer_good(issuer) && role_is_tcb_signer(issuer->signer);
	const bool form = signer && signature_valid &&
	    qe_identity_parse(&p->qe_identity, collateral->qe_identity);

	record(p, ASSAY_CHECK_QE_IDENTITY_PRESENT, collateral->qe_identity.len != 0);
	record(p, ASSAY_CHECK_QE_IDENTITY_CHAIN, issuer_good(issuer));
	record(p, ASSAY_CHECK_QE_IDENTITY_SIGNER, signer);
	record(p, ASSAY_CHECK_QE_IDENTITY_SIGNATURE, signature_valid);
	record(p, ASSAY_CHECK_QE_IDENTITY_FORM, form);
	if (form) {
		record_part(p, verifier->crypto, ASSAY_COLLATERAL_QE_IDENTITY, collateral->qe_identity,
		    p->qe_identity.issued_s, p->qe_identity.next_update_s);
	}
}

void
assay_prepare(struct assay_prepared *prepared, const struct assay_verifier *verifier,
    const struct assay_collateral *collateral)
{
	struct prepared *p = (struct prepared *)(void *)prepared->opaque;
	struct assay_signature_item items[ITEMS_MAX] = { { 0 } };
	size_t crl_roots_count = 0;
	uint8_t tcb_info_signature[64];
	uint8_t qe_identity_signature[64];

	assert(verifier->roots_count <= ASSAY_ROOTS_MAX);
	memset(p->results, 0, sizeof(p->results));
	p->parts_count = 0;
	p->pck_certificate_chain = collateral->pck_certificate_chain;
	issuer_open(&p->pck_crl_issuer, verifier, collateral->pck_crl_issuer_chain);
	issuer_open(&p->tcb_info_issuer, verifier, collateral->tcb_info_issuer_chain);
	issuer_open(&p->qe_identity_issuer, verifier, collateral->qe_identity_issuer_chain);

	const bool root_crl = crl_open(&p->root_crl, collateral->root_crl, p->root_crl_decoded);
	const bool pck_crl = crl_open(&p->pck_crl, collateral->pck_crl, p->pck_crl_decoded);
	const bool same_signer = issuer_same(&p->tcb_info_issuer, &p->qe_identity_issuer);

	items[ITEM_PCK_CA] = issuer_item(&p->pck_crl_issuer);
	items[ITEM_TCB_INFO_SIGNER] = issuer_item(&p->tcb_info_issuer);
	if (!same_signer) {
		items[ITEM_QE_IDENTITY_SIGNER] = issuer_item(&p->qe_identity_issuer);
	}
	if (pck_crl && p->pck_crl_issuer.signer != NULL) {
		items[ITEM_PCK_CRL] = crl_signature_item(&p->pck_crl, p->pck_crl_issuer.signer->key);
	}
	items[ITEM_TCB_INFO] = document_item(&p->tcb_info_issuer, collateral->tcb_info,
	    signature_decode(tcb_info_signature, collateral->tcb_info_signature));
	items[ITEM_QE_IDENTITY] = document_item(&p->qe_identity_issuer, collateral->qe_identity,
	    signature_decode(qe_identity_signature, collateral->qe_identity_signature));
	for (size_t i = 0; root_crl && i < verifier->roots_count && crl_roots_count < ROOTS_MAX; i++) {
		if (verifier->roots[i].kind == ASSAY_ROOT_INTEL_SGX) {
			items[ITEM_ROOT_CRL + crl_roots_count] =
			    crl_signature_item(&p->root_crl, verifier->roots[i].key);
			crl_roots_count++;
		}
	}

	verifier->crypto->verify(verifier->crypto->context, items, ITEM_ROOT_CRL + crl_roots_count);

	p->pck_crl_issuer.signature_valid = items[ITEM_PCK_CA].valid;
	p->tcb_info_issuer.signature_valid = items[ITEM_TCB_INFO_SIGNER].valid;
	p->qe_identity_issuer.signature_valid =
	    items[same_signer ? ITEM_TCB_INFO_SIGNER : ITEM_QE_IDENTITY_SIGNER].valid;
	conclude_root_crl(p, verifier, collateral, root_crl, &items[ITEM_ROOT_CRL], crl_roots_count);
	conclude_pck_crl(p, verifier, collateral, pck_crl, items[ITEM_PCK_CRL].valid);
	conclude_tcb_info(p, verifier, collateral, items[ITEM_TCB_INFO].valid);
	conclude_qe_identity(p, verifier, collateral, items[ITEM_QE_IDENTITY].valid);
}
