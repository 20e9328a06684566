/* SPDX-License-Identifier: Apache-2.0 */
/* Who signed what is at hand, and the chains that lead to a root. */
#include "cmd/pick_signer.h"

#include "crypto/crypto.h"
#include "format/hex.h"
#include "x509/crl.h"

bool
is_root(const struct certificate *certificate)
{
	return bytes_equal(certificate->subject, certificate->issuer);
}

/* ----- whose word a part is ----- */

static struct assay_bytes
root_of(const struct certificate *certificate, const struct roots *roots)
{
	for (size_t i = 0; i < roots->count; i++) {
		const struct assay_root *root = &roots->roots[i];

		if (root->kind == ASSAY_ROOT_INTEL_SGX && (bytes_equal(certificate->key, root->key) ||
		    crypto_verify_one(assay_crypto_openssl(), certificate_signature_item(certificate, root->key)))) {
			return root->key;
		}
	}
	return (struct assay_bytes){ NULL, 0 };
}

static bool
signed_part(const struct shelf_part *part, const struct certificate *signer)
{
	struct assay_signature_item item = {
		.algorithm = ASSAY_ECDSA_P256_SHA256, .key = signer->key, .message = part->bytes
	};
	uint8_t rs[64];
	struct crl crl;

	if (part->kind == SHELF_CRL) {
		return bytes_equal(signer->subject, part->issuer) && crl_parse(&crl, part->bytes) &&
		    crypto_verify_one(assay_crypto_openssl(), crl_signature_item(&crl, signer->key));
	}
	item.signature = bytes_of(rs, sizeof(rs));
	if (part->signature.len == sizeof(rs)) {
		item.signature = part->signature;
	} else if (!hex_decode(rs, sizeof(rs), part->signature)) {
		return false;
	}
	return crypto_verify_one(assay_crypto_openssl(), item);
}

/* Could this certificate have signed that part, by its role? */
static bool
could_sign(const struct shelf_part *part, const struct certificate *signer)
{
	return signer->key_algorithm == ASSAY_ECDSA_P256_SHA256 && (part->kind == SHELF_CRL ?
	    bytes_equal(signer->subject, part->issuer) : certificate_has_role(signer, "SGX TCB Signing"));
}

static struct assay_bytes
vouch(const struct shelf_part *part, const struct shelf *shelf, const struct certificate *certificates,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (could_sign(part, &certificates[i]) && signed_part(part, &certificates[i])) {
			const struct assay_bytes root = root_of(&certificates[i], shelf->roots);

			if (root.len != 0) {
				return root;
			}
		}
	}
	return (struct assay_bytes){ NULL, 0 };
}

/*
 * Which root stands behind a certificate at hand, found once.  Only such a
 * certificate is tried as a signer: the vendor's are few, and what anybody can
 * put into a directory must cost one check each, not one for every part.
 */
static struct assay_bytes
root_behind(struct shelf_part *certificate, const struct shelf *shelf)
{
	if (!certificate->vouched_known) {
		certificate->vouched_known = true;
		certificate->vouched_by = root_of(&certificate->certificate, shelf->roots);
	}
	return certificate->vouched_by;
}

static struct assay_bytes
vouch_from_shelf(const struct shelf_part *part, const struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->parts_count; i++) {
		struct shelf_part *c = shelf->parts[i];

		if (c->kind == SHELF_CERTIFICATE && c->read && could_sign(part, &c->certificate) &&
		    root_behind(c, shelf).len != 0 && signed_part(part, &c->certificate)) {
			return c->vouched_by;
		}
	}
	return (struct assay_bytes){ NULL, 0 };
}

bool
pick_sound(struct shelf_part *part, const struct shelf *shelf, const struct wanted *wanted)
{
	static struct chain chain;

	if (shelf->roots == NULL) {
		return false;
	}
	if (!part->vouched_known) {
		part->vouched_known = true;
		if (part->chain.len == 0) {
			part->vouched_by = vouch_from_shelf(part, shelf);
		} else if (chain_parse(&chain, part->chain)) {
			part->vouched_by = vouch(part, shelf, chain.certificates, chain.count);
		}
	}
	struct assay_bytes vouched_by = part->vouched_by;

	/* What one quote's own certificates vouch for is not remembered for the next quote. */
	if (vouched_by.len == 0 && part->chain.len == 0) {
		vouched_by = vouch(part, shelf, wanted->own.certificates, wanted->own.count);
	}
	return vouched_by.len != 0 && (wanted->root_key.len == 0 || bytes_equal(wanted->root_key, vouched_by));
}

/* ----- chains ----- */

static bool
signed_by(const struct certificate *certificate, const struct certificate *issuer)
{
	return bytes_equal(certificate->issuer, issuer->subject) &&
	    crypto_verify_one(assay_crypto_openssl(), certificate_signature_item(certificate, issuer->key));
}

bool
overlaps(int64_t from_s, int64_t until_s, struct window window)
{
	return from_s <= window.until_s && window.from_s <= until_s;
}

/* The issuer at hand: in the quote or on the shelf; one within the window where there is one. */
static const struct certificate *
issuer_of(const struct certificate *certificate, const struct shelf *shelf, const struct wanted *wanted,
    struct window window)
{
	const struct certificate *found = NULL;

	for (uint32_t i = 0; i < wanted->own.count; i++) {
		if (signed_by(certificate, &wanted->own.certificates[i])) {
			found = &wanted->own.certificates[i];
		}
	}
	for (size_t i = 0; i < shelf->parts_count; i++) {
		const struct shelf_part *part = shelf->parts[i];

		if (part->kind == SHELF_CERTIFICATE && part->read &&
		    (found == NULL || (overlaps(part->from_s, part->until_s, window) &&
		    !overlaps(found->not_before_s, found->not_after_s, window))) &&
		    signed_by(certificate, &part->certificate)) {
			found = &part->certificate;
		}
	}
	return found;
}

struct assay_bytes
pick_chain_up(const struct certificate *certificate, const struct shelf *shelf, const struct wanted *wanted,
    struct window window, struct arena *arena)
{
	uint8_t *out = arena_get(arena, ASSAY_CHAIN_CERTIFICATES_MAX * CERTIFICATE_BYTES_MAX);
	size_t len = 0;

	for (unsigned i = 0; certificate != NULL && i < ASSAY_CHAIN_CERTIFICATES_MAX; i++) {
		if (certificate->der.len > CERTIFICATE_BYTES_MAX) {
			break;
		}
		memcpy(out + len, certificate->der.data, certificate->der.len);
		len += certificate->der.len;
		certificate = is_root(certificate) ? NULL : issuer_of(certificate, shelf, wanted, window);
	}
	return bytes_of(out, len);
}

struct assay_bytes
pick_signer_chain(const struct shelf_part *part, const struct shelf *shelf, const struct wanted *wanted,
    struct window window, struct arena *arena)
{
	const struct certificate *signer = NULL;

	for (size_t i = 0; part->chain.len == 0 && i < shelf->parts_count; i++) {
		struct shelf_part *c = shelf->parts[i];

		if (c->kind == SHELF_CERTIFICATE && c->read &&
		    (signer == NULL || overlaps(c->from_s, c->until_s, window)) &&
		    could_sign(part, &c->certificate) && root_behind(c, shelf).len != 0 &&
		    signed_part(part, &c->certificate)) {
			signer = &c->certificate;
		}
	}
	return signer == NULL ? part->chain : pick_chain_up(signer, shelf, wanted, window, arena);
}

struct assay_bytes
pick_crl_issuer_chain(const struct shelf_part *crl, const struct shelf *shelf, const struct wanted *wanted,
    struct window window, struct arena *arena)
{
	const struct certificate *found = NULL;

	for (uint32_t i = 0; i < wanted->own.count; i++) {
		if (bytes_equal(wanted->own.certificates[i].subject, crl->issuer)) {
			found = &wanted->own.certificates[i];
		}
	}
	for (size_t i = 0; found == NULL && i < shelf->parts_count; i++) {
		struct shelf_part *part = shelf->parts[i];

		if (part->kind == SHELF_CERTIFICATE && part->read && could_sign(crl, &part->certificate) &&
		    root_behind(part, shelf).len != 0 && signed_part(crl, &part->certificate)) {
			found = &part->certificate;
		}
	}
	return found == NULL ? (struct assay_bytes){ NULL, 0 } : pick_chain_up(found, shelf, wanted, window, arena);
}
