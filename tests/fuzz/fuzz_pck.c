/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the SGX extension of a PCK certificate, or as certificates that may hold one. */
#include <stdlib.h>

#include "collateral/pck.h"
#include "x509/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct assay_bytes extension)
{
	struct assay_platform platform;

	if (pck_extension_parse(&platform, extension) && (platform.sgx_type > 2 || platform.has_id ||
	    platform.dynamic_platform > ASSAY_FLAG_TRUE)) {
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct chain chain;

	check(bytes_of(data, size));
	if (chain_parse(&chain, bytes_of(data, size))) {
		for (uint32_t i = 0; i < chain.count; i++) {
			check(chain.certificates[i].sgx_extension);
		}
	}
	return 0;
}
