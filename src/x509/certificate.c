/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate parser: RFC 5280's Certificate from top to bottom, narrowed
 * to the shapes that are issued.  What is not known is refused.
 */
#include "x509/certificate.h"
#include "x509/parts.h"
#include "base/limits.h"
#include "format/der.h"

#define RSA_MODULUS_BYTES_MIN 256
#define RSA_MODULUS_BYTES_MAX 512

static const uint8_t oid_basic_constraints[] = { 0x55, 0x1d, 0x13 };	/* 2.5.29.19 */
static const uint8_t oid_key_usage[] = { 0x55, 0x1d, 0x0f };		/* 2.5.29.15 */
/* 1.2.840.113741.1.13.1 */
static const uint8_t oid_sgx[] = { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01 };

/* SubjectPublicKeyInfo's AlgorithmIdentifiers, contents: id-ecPublicKey with prime256v1 ... */
static const uint8_t key_p256[] = {
	0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07
};
/* ... and rsaEncryption with NULL. */
static const uint8_t key_rsa[] = {
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
};

static const uint8_t exponent_65537[] = { 0x01, 0x00, 0x01 };

/* A P-256 point: uncompressed, the only form that is issued. */
static bool
parse_key_p256(struct certificate *certificate, struct assay_bytes bits)
{
	struct cursor c = cursor_over(bits);

	if (cursor_u8(&c) != 0x04) {
		return false;
	}
	certificate->key_algorithm = ASSAY_ECDSA_P256_SHA256;
	certificate->key = cursor_take(&c, 64);
	return cursor_done(&c);
}

static bool
parse_key_rsa(struct certificate *certificate, struct assay_bytes bits)
{
	struct cursor c = cursor_over(bits);
	struct cursor key = der_enter(&c, DER_SEQUENCE);
	const struct assay_bytes modulus = der_unsigned(&key);
	const struct assay_bytes exponent = der_unsigned(&key);

	if (!cursor_done(&c) || !cursor_done(&key) || !PARTS_IS(exponent, exponent_65537) ||
	    modulus.len < RSA_MODULUS_BYTES_MIN || modulus.len > RSA_MODULUS_BYTES_MAX ||
	    (modulus.len == RSA_MODULUS_BYTES_MIN && (modulus.data[0] & 0x80) == 0)) {
		return false;
	}
	certificate->key_algorithm = ASSAY_RSA_PKCS1_SHA256;
	certificate->key = modulus;
	return true;
}

static bool
parse_key(struct certificate *certificate, struct cursor *tbs)
{
	struct cursor info = der_enter(tbs, DER_SEQUENCE);
	const struct assay_bytes algorithm = der_take(&info, DER_SEQUENCE);
	const struct assay_bytes bits = der_bits(&info);

	if (!cursor_done(&info)) {
		return false;
	}
	if (PARTS_IS(algorithm, key_p256)) {
		return parse_key_p256(certificate, bits);
	}
	return PARTS_IS(algorithm, key_rsa) && parse_key_rsa(certificate, bits);
}

/* BasicConstraints; a path length only says something about a CA. */
static bool
parse_basic_constraints(struct certificate *certificate, struct assay_bytes value)
{
	struct cursor c = cursor_over(value);
	struct cursor inside = der_enter(&c, DER_SEQUENCE);

	certificate->has_basic_constraints = true;
	if (der_next_is(&inside, DER_BOOLEAN)) {
		certificate->is_ca = der_boolean(&inside);
		/* FALSE is the default, which DER leaves out. */
		inside.bad |= !certificate->is_ca;
	}
	if (certificate->is_ca && der_next_is(&inside, DER_INTEGER)) {
		certificate->has_path_length = true;
		certificate->path_length = (uint8_t)der_small(&inside, DER_INTEGER, UINT8_MAX);
	}
	return cursor_done(&c) && cursor_done(&inside);
}

/* KeyUsage, a named bit list: at most nine bits, and no zero bit at the end. */
static bool
parse_key_usage(struct certificate *certificate, struct assay_bytes value)
{
	struct cursor c = cursor_over(value);
	struct cursor bits = cursor_over(der_take(&c, DER_BIT_STRING));
	const uint8_t unused = cursor_u8(&bits);
	const uint8_t first = cursor_u8(&bits);
	const uint8_t last = bits.left > 0 ? cursor_u8(&bits) : first;

	if (!cursor_done(&c) || !cursor_done(&bits) || unused > 7 ||
	    (last & ((1U << (unused + 1)) - 1)) != 1U << unused) {
		return false;
	}
	certificate->has_key_usage = true;
	certificate->key_usage = first;
	return true;
}

static bool
parse_extensions(struct certificate *certificate, struct cursor *tbs)
{
	struct cursor tagged = der_enter(tbs, DER_CONTEXT_0 | 3);
	struct extensions extensions;
	struct extension e;
	bool good = true;

	extensions_enter(&extensions, &tagged);
	while (good && extensions_next(&extensions, &e)) {
		if (PARTS_IS(e.oid, oid_basic_constraints)) {
			good = parse_basic_constraints(certificate, e.value);
		} else if (PARTS_IS(e.oid, oid_key_usage)) {
			good = parse_key_usage(certificate, e.value);
		} else if (PARTS_IS(e.oid, oid_sgx)) {
			certificate->sgx_extension = e.value;
		} else {
			good = !e.critical;
		}
	}
	return good && !extensions.list.bad && cursor_done(&tagged);
}

static bool
parse_tbs(struct certificate *certificate)
{
	struct cursor whole = cursor_over(certificate->tbs);
	struct cursor tbs = der_enter(&whole, DER_SEQUENCE);
	struct cursor version = der_enter(&tbs, DER_CONTEXT_0);
	struct assay_bytes issuer_common_name;

	/* Version 3 is written as 2. */
	if (der_small(&version, DER_INTEGER, UINT8_MAX) != 2 || !cursor_done(&version)) {
		return false;
	}
	certificate->serial = der_unsigned(&tbs);
	if (certificate->serial.len > SERIAL_BYTES_MAX) {
		return false;
	}
	certificate->signature_algorithm = parts_signature_algorithm(&tbs);
	certificate->issuer = parts_name(&tbs, &issuer_common_name);

	struct cursor validity = der_enter(&tbs, DER_SEQUENCE);

	certificate->not_before_s = der_time(&validity);
	certificate->not_after_s = der_time(&validity);
	certificate->subject = parts_name(&tbs, &certificate->subject_common_name);
	return cursor_done(&validity) && parse_key(certificate, &tbs) &&
	    parse_extensions(certificate, &tbs) && cursor_done(&tbs);
}

static bool
parse(struct certificate *certificate)
{
	struct cursor whole = cursor_over(certificate->der);
	struct cursor c = der_enter(&whole, DER_SEQUENCE);

	certificate->tbs = der_take_whole(&c, DER_SEQUENCE);
	const enum assay_algorithm algorithm = parts_signature_algorithm(&c);
	const struct assay_bytes signature = der_bits(&c);

	if (!cursor_done(&whole) || !cursor_done(&c) || !parse_tbs(certificate) ||
	    certificate->signature_algorithm != algorithm) {
		return false;
	}
	if (algorithm == ASSAY_ECDSA_P256_SHA256) {
		return der_ecdsa_signature(certificate->signature_rs, signature);
	}
	certificate->signature_rsa = signature;
	return signature.len >= RSA_MODULUS_BYTES_MIN && signature.len <= RSA_MODULUS_BYTES_MAX;
}

bool
certificate_parse(struct certificate *certificate, struct assay_bytes der)
{
	*certificate = (struct certificate){ .der = der };
	if (der.len > CERTIFICATE_BYTES_MAX || !parse(certificate)) {
		/* Nothing half-read is left to be looked at. */
		*certificate = (struct certificate){ 0 };
		return false;
	}
	return true;
}

struct assay_signature_item
certificate_signature_item(const struct certificate *certificate, struct assay_bytes issuer_key)
{
	struct assay_signature_item item = {
		.algorithm = certificate->signature_algorithm,
		.key = issuer_key,
		.message = certificate->tbs,
		.signature = certificate->signature_rsa
	};

	if (certificate->signature_algorithm == ASSAY_ECDSA_P256_SHA256) {
		item.signature = bytes_of(certificate->signature_rs, sizeof certificate->signature_rs);
	}
	return item;
}

bool
certificate_has_role(const struct certificate *certificate, const char *phrase)
{
	const struct assay_bytes name = certificate->subject_common_name;
	const size_t len = strlen(phrase);

	if (len == 0 || name.len < len) {
		return false;
	}
	const size_t before = name.len - len;

	/* The phrase is whole words: "XSGX Root CA" does not end in it. */
	return (before == 0 || name.data[before - 1] == ' ') &&
	    bytes_equal_text(bytes_slice(name, before, len), phrase);
}
