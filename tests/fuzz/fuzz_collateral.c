/* SPDX-License-Identifier: Apache-2.0 */
/* A set of collateral as JSON: what is read lies within the buffer. */
#include <stdlib.h>

#include "base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct assay_collateral collateral;
	uint8_t *buffer = malloc(size == 0 ? 1 : size);

	if (assay_collateral_parse(&collateral, (struct assay_bytes){ data, size }, buffer, size)) {
		const struct assay_bytes *parts = &collateral.pck_certificate_chain;

		for (size_t i = 0; i < sizeof(collateral) / sizeof(*parts); i++) {
			if (parts[i].len != 0 && (parts[i].data < buffer || parts[i].data + parts[i].len > buffer + size)) {
				abort();
			}
		}
	}
	free(buffer);
	return 0;
}
