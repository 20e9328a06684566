/* SPDX-License-Identifier: Apache-2.0 */
/* Enclave identity (PCS), version 2: the quoting enclaves of SGX and TDX. */
#ifndef COLLATERAL_QE_IDENTITY_H
#define COLLATERAL_QE_IDENTITY_H

#include "collateral/tcb_info.h"

enum qe_identity_id {
	QE_IDENTITY_OTHER = 0,	/* a well-formed identity of another enclave (QVE) */
	QE_IDENTITY_QE,
	QE_IDENTITY_TD_QE
};

struct qe_identity {
	enum qe_identity_id id;
	int64_t issued_s;
	int64_t next_update_s;
	uint32_t evaluation_number;
	uint8_t miscselect[4];		/* in memory order, as the report's */
	uint8_t miscselect_mask[4];
	uint8_t attributes[16];
	uint8_t attributes_mask[16];
	uint8_t mrsigner[32];
	uint16_t isv_prod_id;
	uint32_t levels_count;		/* descending isv_svn, no two equal */
	struct isv_level levels[ISV_LEVELS_MAX];
	uint32_t advisories_count;
	struct assay_bytes advisories[LEVEL_ADVISORIES_MAX * 4];	/* the pool */
};

/* Parse the signed text; false as for tcb_info_parse. */
bool qe_identity_parse(struct qe_identity *identity, struct assay_bytes text);

#endif
