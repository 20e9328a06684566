/* SPDX-License-Identifier: Apache-2.0 */
/* What evidence claims, before anything has been verified: for building requests only. */
#include "collateral/pck.h"
#include "evidence/quote.h"
#include "verify/roles.h"
#include "x509/chain.h"

size_t
assay_untrusted_quote_length(struct assay_bytes bytes)
{
	return quote_length(bytes);
}

bool
assay_untrusted_collateral_id(struct assay_collateral_id *id, const struct assay_evidence *evidence)
{
	const struct certificate *path[ASSAY_CHAIN_CERTIFICATES_MAX];
	struct assay_platform platform;
	struct quote quote;
	struct chain chain;

	memset(id, 0, sizeof(*id));
	if (evidence->quote.len > ASSAY_EVIDENCE_BYTES_MAX ||
	    quote_parse(&quote, evidence->quote) != ASSAY_CHECK_COUNT ||
	    quote.certification_type != CERTIFICATION_PCK_CHAIN ||
	    !chain_parse(&chain, quote.certification) || !chain_order(&chain, path, 3) ||
	    !pck_extension_parse(&platform, path[2]->sgx_extension)) {
		return false;
	}
	id->tee = quote.tee;
	memcpy(id->fmspc, platform.fmspc, sizeof(id->fmspc));
	id->pck_ca_is_platform = role_is_pck_platform_ca(path[1]);
	return true;
}
