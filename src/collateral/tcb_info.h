/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCB info (PCS), versions 2 and 3, SGX and TDX.  tcb_info_parse reads only
 * text whose signature has been found good.
 */
#ifndef COLLATERAL_TCB_INFO_H
#define COLLATERAL_TCB_INFO_H

#include "base/limits.h"
#include "base/bytes.h"

/* Advisory ids of a level: entries first .. first + count - 1 of the pool. */
struct advisory_range {
	uint16_t first;
	uint16_t count;
};

/* A level of a TDX module or a quoting enclave. */
struct isv_level {
	uint16_t isv_svn;
	enum assay_tcb_status status;
	int64_t date_s;
	struct advisory_range advisories;
};

/*
 * A component that a level asks for may be above 255: no platform has that,
 * so such a level covers none, but it is no reason to refuse the document.
 */
struct tcb_level {
	uint16_t sgx[16];
	uint16_t pcesvn;
	uint16_t tdx[16];
	enum assay_tcb_status status;
	int64_t date_s;
	struct advisory_range advisories;
};

struct tdx_module {
	uint8_t version;		/* of "TDX_nn": hex digits, tee_tcb_svn[1] */
	uint8_t mrsigner[48];
	uint8_t attributes[8];
	uint8_t attributes_mask[8];	/* read for its form: as at the vendor, all attributes must be zero, masked or not */
	uint32_t levels_count;		/* descending isv_svn */
	struct isv_level levels[ISV_LEVELS_MAX];
};

struct tcb_info {
	uint8_t version;
	enum assay_tee tee;
	int64_t issued_s;
	int64_t next_update_s;
	uint8_t fmspc[6];
	uint8_t pce_id[2];
	uint32_t evaluation_number;
	uint32_t levels_count;		/* descending, see below */
	struct tcb_level levels[TCB_LEVELS_MAX];
	enum assay_raised_by sgx_raised_by[16];	/* from category and type, of the first level */
	enum assay_raised_by tdx_raised_by[16];
	bool has_tdx_module;		/* "tdxModule": for version 0 of the module */
	struct tdx_module tdx_module;	/* without levels */
	uint32_t modules_count;
	struct tdx_module modules[TDX_MODULES_MAX];
	uint32_t advisories_count;
	struct assay_bytes advisories[TCB_ADVISORIES_MAX];	/* the pool: views into the text */
};

/*
 * Parse the signed text.  False where a member is missing, doubled, of the
 * wrong type or out of range, a status is not known, the component arrays do
 * not have 16 entries, there is no level, or two levels have equal SVNs.
 * Levels are sorted descending by (SGX components, PCESVN, TDX components).
 */
bool tcb_info_parse(struct tcb_info *info, struct assay_bytes text);

/* PCS statuses by their exact words; UNKNOWN for any other. */
enum assay_tcb_status tcb_status_parse(struct assay_bytes word);

#endif
