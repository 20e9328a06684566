/* SPDX-License-Identifier: Apache-2.0 */
/* Chains: taken apart by their encoding here, put in order by names; who is trusted is decided later. */
#include "x509/chain.h"
#include "format/der.h"
#include "format/pem.h"

/* Add one certificate; false where it is not one, one too many, or there already. */
static bool
add(struct chain *chain, struct assay_bytes der)
{
	if (chain->count == ASSAY_CHAIN_CERTIFICATES_MAX) {
		return false;
	}
	for (uint32_t i = 0; i < chain->count; i++) {
		if (bytes_equal(chain->certificates[i].der, der)) {
			return false;
		}
	}
	if (!certificate_parse(&chain->certificates[chain->count], der)) {
		return false;
	}
	chain->count++;
	return true;
}

static bool
parse_pem(struct chain *chain, struct assay_bytes bytes)
{
	uint8_t spare[1] = { 0 };
	struct cursor c = cursor_over(bytes);

	for (;;) {
		const bool full = chain->count == ASSAY_CHAIN_CERTIFICATES_MAX;
		uint8_t *out = full ? spare : chain->der[chain->count];
		size_t len;
		const int found = pem_next(&c, "CERTIFICATE", out,
		    full ? sizeof spare : CERTIFICATE_BYTES_MAX, &len);

		if (found <= 0) {
			return found == 0;
		}
		if (!add(chain, bytes_of(out, len))) {
			return false;
		}
	}
}

static bool
parse_der(struct chain *chain, struct assay_bytes bytes)
{
	struct cursor c = cursor_over(bytes);

	while (der_next_is(&c, DER_SEQUENCE)) {
		const struct assay_bytes der = der_take_whole(&c, DER_SEQUENCE);

		if (c.bad || !add(chain, der)) {
			return false;
		}
	}
	return bytes_all_zero(cursor_rest(&c));
}

/* True where the first byte that is no white space is a '-'. */
static bool
is_pem(struct assay_bytes bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		const uint8_t c = bytes.data[i];

		if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
			return c == '-';
		}
	}
	return false;
}

bool
chain_parse(struct chain *chain, struct assay_bytes bytes)
{
	chain->count = 0;
	const bool good = is_pem(bytes) ? parse_pem(chain, bytes) : parse_der(chain, bytes);

	if (!good || chain->count == 0) {
		chain->count = 0;
		return false;
	}
	return true;
}

/* True where the certificate is in the path already. */
static bool
is_in_path(const struct certificate *certificate, const struct certificate *const *path, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		if (path[i] == certificate) {
			return true;
		}
	}
	return false;
}

bool
chain_order(const struct chain *chain, const struct certificate *path[static ASSAY_CHAIN_CERTIFICATES_MAX],
    uint32_t wanted)
{
	const struct certificate *certificate;
	uint32_t roots = 0;
	uint32_t len = 0;

	if (wanted == 0 || chain->count != wanted) {
		return false;
	}
	for (uint32_t i = 0; i < chain->count; i++) {
		certificate = &chain->certificates[i];
		if (bytes_equal(certificate->subject, certificate->issuer)) {
			path[0] = certificate;
			roots++;
		}
	}
	if (roots != 1) {
		return false;
	}
	for (len = 1; len < wanted; len++) {
		const struct assay_bytes issuer = path[len - 1]->subject;
		uint32_t found = 0;

		for (uint32_t i = 0; i < chain->count; i++) {
			certificate = &chain->certificates[i];
			if (bytes_equal(certificate->issuer, issuer) && !is_in_path(certificate, path, len)) {
				path[len] = certificate;
				found++;
			}
		}
		/* None: the path breaks off.  Two: it forks. */
		if (found != 1) {
			return false;
		}
	}
	return true;
}
