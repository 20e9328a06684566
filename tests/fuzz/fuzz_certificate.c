/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a certificate: what is accepted has every field in its bounds and its bytes. */
#include <stdlib.h>

#include "base/limits.h"
#include "x509/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool true_always)
{
	if (!true_always) {
		abort();
	}
}

static bool
is_inside(struct assay_bytes part, struct assay_bytes whole)
{
	return part.len == 0 || (part.data >= whole.data && part.len <= whole.len &&
	    part.data + part.len <= whole.data + whole.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct assay_bytes der = bytes_of(data, size);
	struct certificate c;
	struct certificate again;

	if (!certificate_parse(&c, der)) {
		demand(c.der.len == 0 && c.key.len == 0 && !c.is_ca && c.tbs.len == 0);
		return 0;
	}
	demand(size <= CERTIFICATE_BYTES_MAX);
	demand(is_inside(c.tbs, der) && is_inside(c.serial, der) && is_inside(c.issuer, der) &&
	    is_inside(c.subject, der) && is_inside(c.subject_common_name, c.subject) &&
	    is_inside(c.key, c.tbs) && is_inside(c.sgx_extension, c.tbs) && is_inside(c.signature_rsa, der));
	demand(c.serial.len >= 1 && c.serial.len <= SERIAL_BYTES_MAX);
	demand(c.issuer.len > 2 && c.subject.len > 2);
	demand(c.not_before_s >= 0 && c.not_after_s >= 0);
	demand(c.key_algorithm == ASSAY_ECDSA_P256_SHA256 ? c.key.len == 64 :
	    c.key_algorithm == ASSAY_RSA_PKCS1_SHA256 && c.key.len >= 256 && c.key.len <= 512);
	demand(c.signature_algorithm == ASSAY_ECDSA_P256_SHA256 ? c.signature_rsa.len == 0 :
	    c.signature_algorithm == ASSAY_RSA_PKCS1_SHA256 && c.signature_rsa.len >= 256);
	demand(c.has_basic_constraints || !c.is_ca);
	demand(c.is_ca || !c.has_path_length);
	demand(c.has_key_usage || c.key_usage == 0);
	demand(certificate_signature_item(&c, c.key).message.len == c.tbs.len);
	/* It is exactly these bytes: none less. */
	demand(!certificate_parse(&again, bytes_of(data, size - 1)));
	return 0;
}
