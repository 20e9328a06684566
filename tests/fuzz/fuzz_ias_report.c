/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the body of an IAS report. */
#include <stdlib.h>

#include "base/limits.h"
#include "evidence/advisory.h"
#include "evidence/ias_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool true_always)
{
	if (!true_always) {
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ias_report report;

	if (!ias_report_parse(&report, bytes_of(data, size))) {
		return 0;
	}
	demand(size <= IAS_REPORT_BYTES_MAX);
	demand(report.status != ASSAY_TCB_UNKNOWN && report.status < ASSAY_TCB_STATUS_COUNT);
	demand(report.version >= 2 && report.version <= 5);
	demand(report.version >= 4 || (report.advisories_count == 0 && report.advisories_unknown));
	demand(report.nonce.len <= 32);
	demand(report.advisories_count <= ASSAY_ADVISORIES_MAX);
	for (uint32_t i = 0; i < report.advisories_count; i++) {
		demand(advisory_is_good(report.advisories[i]));
	}
	return 0;
}
