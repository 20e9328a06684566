/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies that quotes carry: SGX reports and TD reports. */
#ifndef EVIDENCE_REPORT_H
#define EVIDENCE_REPORT_H

#include "base/bytes.h"

#define SGX_REPORT_BYTES 384
#define TD_REPORT_1_0_BYTES 584
#define TD_REPORT_1_5_BYTES 648
#define TD_REPORT_1_5_EXTENDED_BYTES 885

/* SGX ATTRIBUTES flags (first eight bytes, little endian). */
#define SGX_FLAG_INIT		UINT64_C(0x01)
#define SGX_FLAG_DEBUG		UINT64_C(0x02)
#define SGX_FLAG_MODE64		UINT64_C(0x04)
#define SGX_FLAG_PROVISION_KEY	UINT64_C(0x10)
#define SGX_FLAG_EINITTOKEN_KEY	UINT64_C(0x20)
#define SGX_FLAG_CET		UINT64_C(0x40)
#define SGX_FLAG_KSS		UINT64_C(0x80)
#define SGX_FLAG_AEX_NOTIFY	UINT64_C(0x400)

/* What an application's enclave must have, and what it may have.  DEBUG is
 * judged apart; the two keys are for the vendor's own enclaves. */
#define SGX_FLAGS_NEEDED	(SGX_FLAG_INIT | SGX_FLAG_MODE64)
#define SGX_FLAGS_ORDINARY	(SGX_FLAGS_NEEDED | SGX_FLAG_DEBUG | SGX_FLAG_CET | SGX_FLAG_KSS | SGX_FLAG_AEX_NOTIFY)

/* TD ATTRIBUTES (little endian). */
#define TD_DEBUG		UINT64_C(0x0000000000000001)
#define TD_SEPT_VE_DISABLE	UINT64_C(0x0000000010000000)
#define TD_PKS			UINT64_C(0x0000000040000000)
#define TD_KL			UINT64_C(0x0000000080000000)
#define TD_PERFMON		UINT64_C(0x8000000000000000)
#define TD_KNOWN		(TD_DEBUG | TD_SEPT_VE_DISABLE | TD_PKS | TD_KL | TD_PERFMON)

/* XFAM: bits that must be set (x87, SSE) and bits that may be. */
#define TD_XFAM_FIXED_1		UINT64_C(0x00000003)
#define TD_XFAM_KNOWN		UINT64_C(0x0006dbe7)

/* Both assert the length: the quote's parser has made it right. */
void sgx_report_parse(struct assay_sgx_report *report, struct assay_bytes body);
void td_report_parse(struct assay_td_report *report, struct assay_bytes body);

uint64_t sgx_report_flags(const struct assay_sgx_report *report);
uint64_t td_report_attributes(const struct assay_td_report *report);
uint64_t td_report_xfam(const struct assay_td_report *report);

#endif
