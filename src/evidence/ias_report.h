/* SPDX-License-Identifier: Apache-2.0 */
/* The body of an attestation verification report (IAS API, versions 2 to 5). */
#ifndef EVIDENCE_IAS_REPORT_H
#define EVIDENCE_IAS_REPORT_H

#include "base/bytes.h"

struct ias_report {
	uint8_t version;			/* 2 where the member is absent; 3, 4, 5 */
	int64_t timestamp_s;
	enum assay_tcb_status status;		/* a word that is not known: the report is refused */
	bool has_pseudonym;			/* linkable */
	uint8_t pseudonym[128];
	bool advisories_unknown;		/* version below 4, or missing where the status has some */
	uint32_t advisories_count;
	struct assay_bytes advisories[ASSAY_ADVISORIES_MAX];	/* views into the body */
	bool has_platform_info;
	struct {
		uint8_t group_flags;
		uint16_t tcb_flags;
		uint16_t pse_flags;
		uint8_t latest_cpusvn[16];
		uint16_t latest_isv_svn;
		uint32_t extended_group_id;
		uint32_t group_id;
	} platform_info;			/* see facts: TLV header, 101 bytes */
	uint32_t evaluation_number;		/* version 5; 0: none */
	struct assay_bytes nonce;		/* at most 32 characters; empty: none */
	bool quote_body_good;			/* isvEnclaveQuoteBody is base64 of an EPID quote's 432 bytes */
	uint8_t quote_body[432];
};

/* Parse a body that is exactly one JSON object.  False: IAS_FORM fails;
 * !quote_body_good: IAS_QUOTE_BODY fails. */
bool ias_report_parse(struct ias_report *report, struct assay_bytes body);

#endif
