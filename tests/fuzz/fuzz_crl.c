/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a CRL, in each form in which one is served: every entry that was read is found again. */
#include <stdlib.h>

#include "base/limits.h"
#include "format/der.h"
#include "x509/crl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool true_always)
{
	if (!true_always) {
		abort();
	}
}

static void
check(struct assay_bytes der)
{
	struct crl crl;
	uint32_t count = 0;

	if (!crl_parse(&crl, der)) {
		demand(crl.der.len == 0 && crl.revoked.len == 0 && crl.revoked_count == 0);
		return;
	}
	demand(crl.number.len >= 1 && crl.issuer.len > 2 && crl.this_update_s >= 0 && crl.next_update_s >= 0);
	demand((crl.revoked_count == 0) == (crl.revoked.len == 0));
	struct cursor list = cursor_over(crl.revoked);

	while (list.left > 0) {
		struct cursor entry = der_enter(&list, DER_SEQUENCE);
		const struct assay_bytes serial = der_unsigned(&entry);

		demand(serial.len >= 1 && serial.len <= SERIAL_BYTES_MAX);
		/* A long list takes its time squared. */
		demand(count >= 64 || crl_has_serial(&crl, serial));
		count++;
	}
	demand(count == crl.revoked_count);
	demand(!crl_has_serial(&crl, bytes_of(NULL, 0)));
	demand(crl_signature_item(&crl, crl.number).signature.len == 64);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t out[CRL_DECODED_BYTES_MAX];
	const struct assay_bytes served = bytes_of(data, size);
	const struct assay_bytes der = crl_der(served, out, sizeof out);

	demand(der.len <= size);
	check(served);
	if (der.len != 0) {
		check(der);
	}
	return 0;
}
