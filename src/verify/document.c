/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One document of a vendor, verified as a set that has nothing else in it: so
 * that what is kept today and what is appraised with tomorrow were judged by
 * one and the same code.
 */
#include "verify/document.h"
#include "verify/prepared.h"
#include "verify/roles.h"

static bool
passed(const struct prepared *p, enum assay_check check)
{
	return p->results[check] == ASSAY_PASSED;
}

/* Two certificates in DER, the signer first, and nothing else: one chain has one form. */
static bool
chain_is_canonical(struct assay_bytes bytes)
{
	const struct certificate *path[ASSAY_CHAIN_CERTIFICATES_MAX];
	struct chain chain;

	return chain_parse(&chain, bytes) && chain_order(&chain, path, 2) &&
	    path[1]->der.data == bytes.data &&
	    path[1]->der.len + path[0]->der.len == bytes.len;
}

static bool
form_holds(const struct document_parts *parts)
{
	const bool crl = parts->kind == ASSAY_COLLATERAL_ROOT_CRL || parts->kind == ASSAY_COLLATERAL_PCK_CRL;

	if (parts->body.len == 0 || parts->signature.len != (crl ? 0u : 64u)) {
		return false;
	}
	if (parts->kind == ASSAY_COLLATERAL_ROOT_CRL) {
		return parts->chain.len == 0;
	}
	return chain_is_canonical(parts->chain);
}

static void
from_issuer(struct document *document, const struct issuer_chain *issuer)
{
	document->signer_serial = issuer->signer->serial;
	document->signer_from_s = issuer->dates.from_s;
	document->signer_until_s = issuer->dates.until_s;
}

/* CRLs come in other encodings too; kept is the DER, and no copy of it. */
static bool
from_crl(struct document *document, const struct crl *crl, struct assay_bytes body)
{
	document->issued_s = crl->this_update_s;
	document->next_update_s = crl->next_update_s;
	document->crl_number = crl->number;
	return crl->der.data == body.data && crl->der.len == body.len;
}

static enum document_result
conclude_root_crl(struct document *document, const struct prepared *p, const struct document_parts *parts)
{
	if (!passed(p, ASSAY_CHECK_ROOT_CRL_FORM) || !from_crl(document, &p->root_crl, parts->body)) {
		return DOCUMENT_FORM;
	}
	return passed(p, ASSAY_CHECK_ROOT_CRL_SIGNATURE) ? DOCUMENT_GOOD : DOCUMENT_SIGNATURE;
}

static enum document_result
conclude_pck_crl(struct document *document, const struct prepared *p, const struct document_parts *parts)
{
	if (!passed(p, ASSAY_CHECK_PCK_CRL_FORM) || !from_crl(document, &p->pck_crl, parts->body)) {
		return DOCUMENT_FORM;
	}
	if (!passed(p, ASSAY_CHECK_PCK_CRL_CHAIN) || !passed(p, ASSAY_CHECK_PCK_CRL_SIGNATURE)) {
		return DOCUMENT_SIGNATURE;
	}
	from_issuer(document, &p->pck_crl_issuer);
	document->platform_ca = role_is_pck_platform_ca(p->pck_crl_issuer.signer);
	return DOCUMENT_GOOD;
}

static int64_t
newest_isv_level(const struct isv_level *levels, uint32_t count, int64_t newest_s)
{
	for (uint32_t i = 0; i < count; i++) {
		newest_s = levels[i].date_s > newest_s ? levels[i].date_s : newest_s;
	}
	return newest_s;
}

static int64_t
newest_tcb_level(const struct tcb_info *info)
{
	int64_t newest_s = info->levels[0].date_s;

	for (uint32_t i = 1; i < info->levels_count; i++) {
		newest_s = info->levels[i].date_s > newest_s ? info->levels[i].date_s : newest_s;
	}
	for (uint32_t i = 0; i < info->modules_count; i++) {
		newest_s = newest_isv_level(info->modules[i].levels, info->modules[i].levels_count, newest_s);
	}
	return newest_s;
}

static enum document_result
conclude_tcb_info(struct document *document, const struct prepared *p)
{
	const struct tcb_info *info = &p->tcb_info;

	if (!passed(p, ASSAY_CHECK_TCB_INFO_CHAIN) || !passed(p, ASSAY_CHECK_TCB_INFO_SIGNER) ||
	    !passed(p, ASSAY_CHECK_TCB_INFO_SIGNATURE)) {
		return DOCUMENT_SIGNATURE;
	}
	if (!passed(p, ASSAY_CHECK_TCB_INFO_FORM)) {
		return DOCUMENT_FORM;
	}
	from_issuer(document, &p->tcb_info_issuer);
	document->tee = info->tee;
	document->version = info->version;
	memcpy(document->fmspc, info->fmspc, sizeof(document->fmspc));
	document->evaluation_number = info->evaluation_number;
	document->newest_level_s = newest_tcb_level(info);
	document->issued_s = info->issued_s;
	document->next_update_s = info->next_update_s;
	return DOCUMENT_GOOD;
}

static enum document_result
conclude_qe_identity(struct document *document, const struct prepared *p)
{
	const struct qe_identity *identity = &p->qe_identity;

	if (!passed(p, ASSAY_CHECK_QE_IDENTITY_CHAIN) || !passed(p, ASSAY_CHECK_QE_IDENTITY_SIGNER) ||
	    !passed(p, ASSAY_CHECK_QE_IDENTITY_SIGNATURE)) {
		return DOCUMENT_SIGNATURE;
	}
	if (!passed(p, ASSAY_CHECK_QE_IDENTITY_FORM) || identity->id == QE_IDENTITY_OTHER) {
		return DOCUMENT_FORM;
	}
	from_issuer(document, &p->qe_identity_issuer);
	document->tee = identity->id == QE_IDENTITY_TD_QE ? ASSAY_TEE_TDX : ASSAY_TEE_SGX;
	document->evaluation_number = identity->evaluation_number;
	document->newest_level_s = newest_isv_level(identity->levels, identity->levels_count,
	    identity->levels[0].date_s);
	document->issued_s = identity->issued_s;
	document->next_update_s = identity->next_update_s;
	return DOCUMENT_GOOD;
}

enum document_result
document_verify(struct document *document, struct assay_prepared *work, const struct assay_verifier *verifier,
    const struct document_parts *parts)
{
	const struct prepared *p = prepared_of(work);
	struct assay_collateral alone = { 0 };

	memset(document, 0, sizeof(*document));
	if (!form_holds(parts)) {
		return DOCUMENT_FORM;
	}
	switch (parts->kind) {
	case ASSAY_COLLATERAL_ROOT_CRL:
		alone.root_crl = parts->body;
		assay_prepare(work, verifier, &alone);
		return conclude_root_crl(document, p, parts);
	case ASSAY_COLLATERAL_PCK_CRL:
		alone.pck_crl = parts->body;
		alone.pck_crl_issuer_chain = parts->chain;
		assay_prepare(work, verifier, &alone);
		return conclude_pck_crl(document, p, parts);
	case ASSAY_COLLATERAL_TCB_INFO:
		alone.tcb_info = parts->body;
		alone.tcb_info_signature = parts->signature;
		alone.tcb_info_issuer_chain = parts->chain;
		assay_prepare(work, verifier, &alone);
		return conclude_tcb_info(document, p);
	case ASSAY_COLLATERAL_QE_IDENTITY:
		alone.qe_identity = parts->body;
		alone.qe_identity_signature = parts->signature;
		alone.qe_identity_issuer_chain = parts->chain;
		assay_prepare(work, verifier, &alone);
		return conclude_qe_identity(document, p);
	}
	return DOCUMENT_FORM;
}
