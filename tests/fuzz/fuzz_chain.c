/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a chain: a path that is found names each certificate once, each issued by the one before. */
#include <stdlib.h>

#include "x509/chain.h"

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
	static struct chain chain;
	const struct certificate *path[ASSAY_CHAIN_CERTIFICATES_MAX];

	if (!chain_parse(&chain, bytes_of(data, size))) {
		demand(chain.count == 0);
		return 0;
	}
	demand(chain.count >= 1 && chain.count <= ASSAY_CHAIN_CERTIFICATES_MAX);
	for (uint32_t wanted = 0; wanted <= ASSAY_CHAIN_CERTIFICATES_MAX; wanted++) {
		if (!chain_order(&chain, path, wanted)) {
			continue;
		}
		demand(wanted == chain.count);
		demand(bytes_equal(path[0]->issuer, path[0]->subject));
		for (uint32_t i = 1; i < wanted; i++) {
			demand(bytes_equal(path[i]->issuer, path[i - 1]->subject));
			for (uint32_t k = 0; k < i; k++) {
				demand(path[i] != path[k] && !bytes_equal(path[i]->der, path[k]->der));
			}
		}
	}
	return 0;
}
