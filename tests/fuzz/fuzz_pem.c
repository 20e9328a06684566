/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as PEM and as base64: room is kept, and reading always comes to an end. */
#include <stdlib.h>

#include "format/base64.h"
#include "format/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool true_always)
{
	if (!true_always) {
		abort();
	}
}

static void
read_blocks(struct assay_bytes text, const char *label, size_t room)
{
	struct cursor c = cursor_over(text);
	uint8_t *const out = malloc(room != 0 ? room : 1);
	int found;

	demand(out != NULL);
	do {
		const size_t left = c.left;
		size_t len;

		found = pem_next(&c, label, out, room, &len);
		demand(len <= room && (found == 1) == (len > 0));
		demand(found != 1 || c.left < left);
		demand(found != 0 || c.left == 0);
	} while (found == 1);
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct assay_bytes text = bytes_of(data, size);
	uint8_t plain[1024];
	uint8_t broken[1024];
	size_t plain_len;
	size_t broken_len;

	read_blocks(text, "CERTIFICATE", 4096);
	read_blocks(text, "CERTIFICATE", 3);
	read_blocks(text, "X509 CRL", 64);
	/* Text that needs no newlines means the same where they are allowed. */
	if (base64_decode(plain, sizeof plain, &plain_len, text, false)) {
		demand(base64_decode(broken, sizeof broken, &broken_len, text, true));
		demand(bytes_equal(bytes_of(plain, plain_len), bytes_of(broken, broken_len)));
		demand(plain_len <= size / 4 * 3);
	}
	return 0;
}
