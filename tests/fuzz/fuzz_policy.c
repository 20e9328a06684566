/* SPDX-License-Identifier: Apache-2.0 */
/* A policy document that is read writes itself, and reads the same again. */
#include <stdlib.h>

#include "base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct assay_policy policy, again;
	static char document[ASSAY_POLICY_DOCUMENT_MAX];
	char error[160];

	if (!assay_policy_parse(&policy, assay_crypto_openssl(), (struct assay_bytes){ data, size }, error)) {
		if (strlen(error) == 0 || policy.name[0] != '\0') {
			abort();
		}
		return 0;
	}
	const size_t len = assay_policy_document(&policy, document, sizeof(document));

	if (len > sizeof(document) || !assay_policy_parse(&again, assay_crypto_openssl(),
	    (struct assay_bytes){ (const uint8_t *)document, len }, error) ||
	    memcmp(again.digest, policy.digest, sizeof(policy.digest)) != 0) {
		abort();
	}
	return 0;
}
