/* SPDX-License-Identifier: Apache-2.0 */
/* The PCK certificate's SGX extension, OID 1.2.840.113741.1.13.1. */
#ifndef COLLATERAL_PCK_H
#define COLLATERAL_PCK_H

#include "base/bytes.h"

/*
 * Parse the extension's value.  Every entry of the standard set must be there
 * once: PPID, TCB (16 components, PCESVN, CPUSVN), PCE id, FMSPC, SGX type;
 * platform instance id and configuration may be.  False otherwise, on
 * duplicates, unknown entries, wrong tags or lengths.  id is left zero.
 */
bool pck_extension_parse(struct assay_platform *platform, struct assay_bytes extension);

#endif
