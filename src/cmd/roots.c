/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to trust. */
#include "cmd/roots.h"

#include "cmd/failure.h"
#include "cmd/file.h"
#include "base/limits.h"
#include "format/pem.h"
#include "x509/certificate.h"

void
roots_start(struct roots *roots)
{
	roots->count = 0;
	for (size_t i = 0; i < sizeof(assay_roots_intel) / sizeof(assay_roots_intel[0]); i++) {
		roots->roots[i] = assay_roots_intel[i];
		roots->count++;
	}
}

static int
no_root(const char *path, const char *cause)
{
	return fail(EXIT_USAGE, cause,
	    "give a PEM file of root certificates: P-256 for quotes and collateral, RSA for archived reports",
	    "%s holds no root that can be trusted, so nothing was decided", path);
}

static int
add_certificate(struct roots *roots, const char *path, struct assay_bytes der)
{
	struct certificate certificate;

	if (!certificate_parse(&certificate, der)) {
		return no_root(path, "a certificate in it is not in the vendor's shape (strict DER, P-256 or RSA with SHA-256)");
	}
	if (!bytes_equal(certificate.subject, certificate.issuer)) {
		return no_root(path, "a certificate in it is no root: it names another issuer");
	}
	if (roots->count == ROOTS_MAX) {
		return no_root(path, "there are too many roots");
	}
	roots->roots[roots->count] = (struct assay_root){
		.kind = certificate.key_algorithm == ASSAY_ECDSA_P256_SHA256
		    ? ASSAY_ROOT_INTEL_SGX : ASSAY_ROOT_INTEL_IAS,
		.key = certificate.key,
		.simulated = true,
	};
	roots->count++;
	return 0;
}

int
roots_add(struct roots *roots, struct arena *arena, const char *path)
{
	struct assay_bytes file;
	size_t before = roots->count;
	bool cut;
	int code = file_read(&file, &cut, arena, path, EVIDENCE_FILE_BYTES_MAX);

	if (code != 0) {
		return code;
	}
	struct cursor c = cursor_over(file);

	for (;;) {
		uint8_t *der = arena_get(arena, CERTIFICATE_BYTES_MAX);
		size_t len;
		const int found = pem_next(&c, "CERTIFICATE", der, CERTIFICATE_BYTES_MAX, &len);

		if (found < 0) {
			return no_root(path, "it is not a sequence of PEM blocks labelled CERTIFICATE");
		}
		if (found == 0) {
			break;
		}
		code = add_certificate(roots, path, bytes_of(der, len));
		if (code != 0) {
			return code;
		}
	}
	return roots->count == before ? no_root(path, "it is empty") : 0;
}
