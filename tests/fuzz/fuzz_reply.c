/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a reply of the vendor: the signed text is inside, an object, and the signature hex. */
#include <stdlib.h>

#include "collateral/reply.h"
#include "format/hex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct assay_bytes reply, const char *member)
{
	uint8_t rs[64];
	struct assay_bytes signed_text;
	struct assay_bytes signature;

	if (!reply_split(reply, member, &signed_text, &signature)) {
		return;
	}
	if (signed_text.len < 2 || signed_text.data[0] != '{' ||
	    signed_text.data[signed_text.len - 1] != '}' ||
	    signed_text.data < reply.data || signed_text.len > reply.len ||
	    !hex_decode(rs, sizeof rs, signature)) {
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(bytes_of(data, size), "tcbInfo");
	check(bytes_of(data, size), "enclaveIdentity");
	return 0;
}
