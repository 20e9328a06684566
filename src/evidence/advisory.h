/* SPDX-License-Identifier: Apache-2.0 */
/* Advisory ids ("INTEL-SA-01234", "INTEL-DOC-10000"), as every document of the vendor writes them. */
#ifndef EVIDENCE_ADVISORY_H
#define EVIDENCE_ADVISORY_H

#include "base/bytes.h"

/* 1 to 23 capital letters, digits and hyphens: what a verdict can hold. */
static inline bool
advisory_is_good(struct assay_bytes id)
{
	if (id.len == 0 || id.len >= ASSAY_ADVISORY_BYTES) {
		return false;
	}
	for (size_t i = 0; i < id.len; i++) {
		const uint8_t c = id.data[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) {
			return false;
		}
	}
	return true;
}

#endif
