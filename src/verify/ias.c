/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of trust of an archived attestation verification report. */
#include "crypto/crypto.h"
#include "evidence/quote.h"
#include "evidence/report.h"
#include "format/base64.h"
#include "verify/ias.h"
#include "verify/roles.h"

#define IAS_SIGNATURE_BYTES 256		/* RSA-2048 */

struct ias_signer {
	const struct certificate *leaf;
	const struct certificate *root;		/* NULL where only the leaf was sent */
	struct interval dates;
};

/* The signing certificate, alone or with its CA. */
static bool
signer_open(struct ias_signer *signer, struct chain *chain, struct assay_bytes bytes)
{
	const struct certificate *path[ASSAY_CHAIN_CERTIFICATES_MAX];

	if (bytes.len > ASSAY_COLLATERAL_BYTES_MAX || !chain_parse(chain, bytes)) {
		return false;
	}
	if (chain->count == 1) {
		signer->leaf = &chain->certificates[0];
		signer->root = NULL;
		signer->dates = certificate_dates(signer->leaf);
		return true;
	}
	if (!chain_order(chain, path, 2)) {
		return false;
	}
	signer->root = path[0];
	signer->leaf = path[1];
	signer->dates = certificate_dates(path[1]);
	return true;
}

/*
 * The trusted root that signed the leaf.  Where the CA's certificate was not
 * sent every root of this kind is tried, so that HTTP headers cut to the
 * first certificate still verify.
 */
static uint32_t
signer_root(const struct ias_signer *signer, const struct assay_verifier *verifier)
{
	if (signer->root != NULL) {
		return root_find(verifier, ASSAY_ROOT_INTEL_IAS, signer->root->key);
	}
	for (size_t i = 0; i < verifier->roots_count; i++) {
		if (verifier->roots[i].kind == ASSAY_ROOT_INTEL_IAS &&
		    crypto_verify_one(verifier->crypto,
		    certificate_signature_item(signer->leaf, verifier->roots[i].key))) {
			return (uint32_t)i;
		}
	}
	return NO_ROOT;
}

static struct assay_bytes
signature_decode(uint8_t out[static IAS_SIGNATURE_BYTES], struct assay_bytes served)
{
	size_t len;

	if (served.len == IAS_SIGNATURE_BYTES) {
		return served;
	}
	if (!base64_decode(out, IAS_SIGNATURE_BYTES, &len, served, true)) {
		return bytes_of(NULL, 0);
	}
	return bytes_of(out, len);
}

/* A linkable report names its machine by a pseudonym; it is not a PPID, so it gets a tag of its own. */
static void
pseudonym_id(struct facts *facts, const struct assay_crypto *crypto, const struct ias_report *report)
{
	facts->ias_has_platform_id = report->has_pseudonym;
	if (report->has_pseudonym) {
		crypto_sha256_2(crypto, facts->ias_platform_id, bytes_of_text("assay/platform/epid/1"),
		    bytes_of(report->pseudonym, sizeof(report->pseudonym)));
	}
}

/* Where the vendor found the quote's signature bad, or its key revoked, nobody
 * vouches for what the quote says; a revoked group is a status of the TCB. */
static bool
vendor_vouches(enum assay_tcb_status status)
{
	return status != ASSAY_TCB_SIGNATURE_INVALID && status != ASSAY_TCB_SIGNATURE_REVOKED &&
	    status != ASSAY_TCB_KEY_REVOKED && status != ASSAY_TCB_SIGRL_VERSION_MISMATCH;
}

static void
facts_fill(struct facts *facts, const struct assay_crypto *crypto, const struct ias_report *report,
    const struct epid_quote *quote)
{
	facts->version = report->version;
	facts->tee = ASSAY_TEE_SGX;
	facts->has_body = vendor_vouches(report->status);
	if (facts->has_body) {
		sgx_report_parse(&facts->sgx, quote->report);
	}
	facts->ias.version = report->version;
	facts->ias.timestamp_s = report->timestamp_s;
	facts->ias.linkable = quote->linkable;
	facts->ias.has_platform_info = report->has_platform_info;
	facts->ias.group_flags = report->platform_info.group_flags;
	facts->ias.tcb_flags = report->platform_info.tcb_flags;
	facts->ias.pse_flags = report->platform_info.pse_flags;
	facts->ias.nonce_len = (uint8_t)report->nonce.len;
	bytes_copy(facts->ias.nonce, report->nonce, report->nonce.len);
	facts->ias_status = report->status;
	facts->ias_evaluation_number = report->evaluation_number;
	facts->ias_advisories_unknown = report->advisories_unknown;
	facts->ias_advisories_count = report->advisories_count;
	memcpy(facts->ias_advisories, report->advisories, sizeof(facts->ias_advisories));
	pseudonym_id(facts, crypto, report);
}

/*
 * Without what proves it a report stays undecided; but bytes that are no
 * report at all need no proof, and none of its rows.  Nothing that is parsed
 * here is kept.
 */
static void
refuse_unproven(struct facts *facts, struct trail *trail, struct assay_bytes body)
{
	struct ias_report report;
	struct epid_quote quote;
	const bool form = body.len <= IAS_REPORT_BYTES_MAX && ias_report_parse(&report, body);
	const bool quote_body = form && report.quote_body_good &&
	    epid_quote_parse(&quote, bytes_of(report.quote_body, sizeof(report.quote_body)), true);

	if (quote_body) {
		trail_check(trail, ASSAY_CHECK_IAS_PRESENT, false);
		return;
	}
	facts->kind = form ? ASSAY_EVIDENCE_IAS_REPORT : ASSAY_EVIDENCE_NONE;
	trail_not_applicable(trail, ASSAY_CHECK_IAS_PRESENT, ASSAY_CHECK_IAS_SIGNATURE);
	if (trail_check(trail, ASSAY_CHECK_IAS_FORM, form)) {
		trail_check(trail, ASSAY_CHECK_IAS_QUOTE_BODY, false);
	}
}

void
ias_verify(struct facts *facts, struct trail *trail, const struct assay_verifier *verifier,
    const struct assay_evidence *evidence)
{
	const struct assay_bytes body = evidence->quote;
	struct ias_signer signer = { 0 };
	struct ias_report report;
	struct epid_quote quote;
	struct chain chain;
	uint8_t decoded[IAS_SIGNATURE_BYTES];

	if (evidence->ias_signature.len == 0 || evidence->ias_certificates.len == 0) {
		refuse_unproven(facts, trail, body);
		return;
	}
	if (!trail_check(trail, ASSAY_CHECK_IAS_PRESENT, true) ||
	    !trail_check(trail, ASSAY_CHECK_IAS_CERTIFICATES,
	    signer_open(&signer, &chain, evidence->ias_certificates))) {
		return;
	}
	const uint32_t root = signer_root(&signer, verifier);

	if (!trail_check(trail, ASSAY_CHECK_IAS_ROOT, root != NO_ROOT)) {
		return;
	}
	facts->simulated = verifier->roots[root].simulated;
	if (!trail_check(trail, ASSAY_CHECK_IAS_ROLES, role_is_ias_signer(signer.leaf) &&
	    (signer.root == NULL || role_is_ias_root(signer.root)))) {
		return;
	}
	struct assay_signature_item items[2] = {
		certificate_signature_item(signer.leaf, verifier->roots[root].key),
		{ ASSAY_RSA_PKCS1_SHA256, signer.leaf->key, body,
		    signature_decode(decoded, evidence->ias_signature), false },
	};

	verifier->crypto->verify(verifier->crypto->context, items, 2);
	if (!trail_check(trail, ASSAY_CHECK_IAS_CERTIFICATE_SIGNATURE, items[0].valid) ||
	    !trail_check(trail, ASSAY_CHECK_IAS_SIGNATURE, items[1].valid) ||
	    !trail_check(trail, ASSAY_CHECK_IAS_FORM, body.len <= IAS_REPORT_BYTES_MAX &&
	    ias_report_parse(&report, body)) ||
	    !trail_check(trail, ASSAY_CHECK_IAS_QUOTE_BODY, report.quote_body_good &&
	    epid_quote_parse(&quote, bytes_of(report.quote_body, sizeof(report.quote_body)), true))) {
		return;
	}
	facts_fill(facts, verifier->crypto, &report, &quote);
	if (!trail_check(trail, ASSAY_CHECK_IAS_DATES, report.timestamp_s >= signer.dates.from_s &&
	    report.timestamp_s <= signer.dates.until_s)) {
		return;
	}
	facts_date(facts, ASSAY_CHECK_IAS_TIME, (struct interval){ report.timestamp_s, INT64_MAX }, false);
	facts->good = true;
}
