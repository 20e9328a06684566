/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a quote: what is accepted must lie inside, in order, and end where the bytes do. */
#include <stdlib.h>

#include "evidence/quote.h"
#include "evidence/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool true_always)
{
	if (!true_always) {
		abort();
	}
}

static void
read_all(struct assay_bytes view)
{
	volatile uint8_t sum = 0;

	for (size_t i = 0; i < view.len; i++) {
		sum = (uint8_t)(sum ^ view.data[i]);
	}
}

static void
check_good(const struct quote *quote, struct assay_bytes bytes)
{
	struct certification_fields fields;

	demand(quote->signed_bytes.data == bytes.data);
	demand(quote->signed_bytes.len + 4 + 64 + quote->from_attestation_key.len == bytes.len);
	demand(quote->signature.len == 64 && quote->attestation_key.len == 64);
	demand(quote->attestation_key.data == quote->from_attestation_key.data);
	demand(quote->qe_report.len == SGX_REPORT_BYTES && quote->qe_report_signature.len == 64);
	demand(quote->user_data.len == 20);
	demand(quote_length(bytes) == bytes.len);
	read_all(quote->qe_authentication);
	read_all(quote->certification);
	if (quote_certification_fields(&fields, quote)) {
		read_all(fields.ppid);
		demand(fields.cpusvn.len == 16);
		demand(fields.pce_id.len == 2 || (fields.pce_id.len == 0 && fields.ppid.len == 16));
	}
}

static void
check_body(const struct quote *quote)
{
	if (quote->tee == ASSAY_TEE_TDX) {
		struct assay_td_report report;

		td_report_parse(&report, quote->body);
		(void)td_report_attributes(&report);
		(void)td_report_xfam(&report);
	} else {
		struct assay_sgx_report report;

		sgx_report_parse(&report, quote->body);
		(void)sgx_report_flags(&report);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct assay_bytes bytes = bytes_of(data, size);
	struct epid_quote epid;
	struct quote quote;
	const enum assay_check failed = quote_parse(&quote, bytes);

	if (failed == ASSAY_CHECK_COUNT) {
		check_good(&quote, bytes);
		check_body(&quote);
	} else if (failed == ASSAY_CHECK_QUOTE_EPID) {
		demand(quote.kind == ASSAY_EVIDENCE_EPID_QUOTE);
		check_body(&quote);
	}
	demand(quote_length(bytes) <= size);
	if (epid_quote_parse(&epid, bytes, false) || epid_quote_parse(&epid, bytes, true)) {
		read_all(epid.basename);
		read_all(epid.report);
	}
	return 0;
}
