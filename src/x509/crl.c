/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CRL parser: RFC 5280's CertificateList, complete and direct, narrowed
 * to what is issued.  An entry that cannot be read might be the one that
 * matters, so one bad entry refuses the list.
 */
#include "x509/crl.h"
#include "x509/parts.h"
#include "base/limits.h"
#include "format/der.h"
#include "format/hex.h"
#include "format/pem.h"

static const uint8_t oid_crl_number[] = { 0x55, 0x1d, 0x14 };			/* 2.5.29.20 */
static const uint8_t oid_reason[] = { 0x55, 0x1d, 0x15 };			/* 2.5.29.21 */
static const uint8_t oid_delta_indicator[] = { 0x55, 0x1d, 0x1b };		/* 2.5.29.27 */
static const uint8_t oid_issuing_distribution_point[] = { 0x55, 0x1d, 0x1c };	/* 2.5.29.28 */
static const uint8_t oid_certificate_issuer[] = { 0x55, 0x1d, 0x1d };		/* 2.5.29.29 */

/* CRLReason: 7 is not used, and 8 (removeFromCRL) belongs to delta CRLs alone. */
static bool
parse_reason(struct assay_bytes value)
{
	struct cursor c = cursor_over(value);
	const uint32_t reason = der_small(&c, DER_ENUMERATED, 10);

	return cursor_done(&c) && reason != 7 && reason != 8;
}

static bool
parse_entry_extensions(struct cursor *entry)
{
	struct extensions extensions;
	struct extension e;
	bool good = true;

	extensions_enter(&extensions, entry);
	while (good && extensions_next(&extensions, &e)) {
		if (PARTS_IS(e.oid, oid_reason)) {
			good = parse_reason(e.value);
		} else {
			/* The certificate's issuer would make the list indirect. */
			good = !e.critical && !PARTS_IS(e.oid, oid_certificate_issuer);
		}
	}
	return good && !extensions.list.bad;
}

static bool
parse_revoked(struct crl *crl)
{
	struct cursor list = cursor_over(crl->revoked);

	while (list.left > 0) {
		struct cursor entry = der_enter(&list, DER_SEQUENCE);
		const struct assay_bytes serial = der_unsigned(&entry);

		(void)der_time(&entry);
		if (entry.bad || serial.len > SERIAL_BYTES_MAX) {
			return false;
		}
		if (entry.left > 0 && !parse_entry_extensions(&entry)) {
			return false;
		}
		if (!cursor_done(&entry)) {
			return false;
		}
		crl->revoked_count++;
	}
	return true;
}

static bool
parse_extensions(struct crl *crl, struct cursor *tbs)
{
	struct cursor tagged = der_enter(tbs, DER_CONTEXT_0);
	struct extensions extensions;
	struct extension e;
	bool good = true;

	extensions_enter(&extensions, &tagged);
	while (good && extensions_next(&extensions, &e)) {
		if (PARTS_IS(e.oid, oid_crl_number)) {
			struct cursor c = cursor_over(e.value);

			crl->number = der_unsigned(&c);
			good = cursor_done(&c) && crl->number.len <= SERIAL_BYTES_MAX;
		} else {
			/* Refused even where they are not marked critical, as they must be. */
			good = !e.critical && !PARTS_IS(e.oid, oid_delta_indicator) &&
			    !PARTS_IS(e.oid, oid_issuing_distribution_point);
		}
	}
	return good && !extensions.list.bad && cursor_done(&tagged) && crl->number.len > 0;
}

static bool
parse_tbs(struct crl *crl)
{
	struct cursor whole = cursor_over(crl->tbs);
	struct cursor tbs = der_enter(&whole, DER_SEQUENCE);
	struct assay_bytes common_name;

	/* Version 2 is written as 1. */
	if (der_small(&tbs, DER_INTEGER, UINT8_MAX) != 1 ||
	    parts_signature_algorithm(&tbs) != ASSAY_ECDSA_P256_SHA256) {
		return false;
	}
	crl->issuer = parts_name(&tbs, &common_name);
	crl->this_update_s = der_time(&tbs);
	crl->next_update_s = der_time(&tbs);
	if (der_next_is(&tbs, DER_SEQUENCE)) {
		crl->revoked = der_take(&tbs, DER_SEQUENCE);
		/* RFC 5280, 5.1.2.6: absent where there are none. */
		if (crl->revoked.len == 0) {
			return false;
		}
	}
	return parse_extensions(crl, &tbs) && cursor_done(&tbs) && parse_revoked(crl);
}

static bool
parse(struct crl *crl)
{
	struct cursor whole = cursor_over(crl->der);
	struct cursor c = der_enter(&whole, DER_SEQUENCE);

	crl->tbs = der_take_whole(&c, DER_SEQUENCE);
	const enum assay_algorithm algorithm = parts_signature_algorithm(&c);
	const struct assay_bytes signature = der_bits(&c);

	return cursor_done(&whole) && cursor_done(&c) && algorithm == ASSAY_ECDSA_P256_SHA256 &&
	    parse_tbs(crl) && der_ecdsa_signature(crl->signature_rs, signature);
}

bool
crl_parse(struct crl *crl, struct assay_bytes der)
{
	*crl = (struct crl){ .der = der };
	if (der.len > ASSAY_COLLATERAL_BYTES_MAX || !parse(crl)) {
		*crl = (struct crl){ 0 };
		return false;
	}
	return true;
}

struct assay_signature_item
crl_signature_item(const struct crl *crl, struct assay_bytes issuer_key)
{
	return (struct assay_signature_item){
		.algorithm = ASSAY_ECDSA_P256_SHA256,
		.key = issuer_key,
		.message = crl->tbs,
		.signature = bytes_of(crl->signature_rs, sizeof crl->signature_rs)
	};
}

bool
crl_has_serial(const struct crl *crl, struct assay_bytes serial)
{
	struct cursor list = cursor_over(crl->revoked);

	while (list.left > 0) {
		struct cursor entry = der_enter(&list, DER_SEQUENCE);

		if (bytes_equal(der_unsigned(&entry), serial)) {
			return true;
		}
	}
	return false;
}

static bool
is_filler(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* Binary: exactly the first element, with nothing but NUL bytes after it. */
static struct assay_bytes
trim_der(struct assay_bytes served)
{
	struct cursor c = cursor_over(served);
	const struct assay_bytes der = der_take_whole(&c, DER_SEQUENCE);

	return bytes_all_zero(cursor_rest(&c)) ? der : bytes_of(NULL, 0);
}

static struct assay_bytes
decode_hex(struct assay_bytes served, uint8_t *out, size_t size)
{
	size_t len = served.len;

	while (len > 0 && is_filler(served.data[len - 1])) {
		len--;
	}
	if (len / 2 > size || !hex_decode(out, len / 2, bytes_slice(served, 0, len))) {
		return bytes_of(NULL, 0);
	}
	return bytes_of(out, len / 2);
}

struct assay_bytes
crl_der(struct assay_bytes served, uint8_t *out, size_t size)
{
	struct cursor c = cursor_over(served);
	size_t len = 0;
	size_t more = 0;

	/* Hex digits of a SEQUENCE begin with a '3', which is not its tag. */
	if (der_next_is(&c, DER_SEQUENCE)) {
		return trim_der(served);
	}
	if (served.len > 0 && hex_is_digit(served.data[0])) {
		return decode_hex(served, out, size);
	}
	/* One block; a second would have no room left, whatever it says. */
	if (pem_next(&c, "X509 CRL", out, size, &len) != 1 ||
	    pem_next(&c, "X509 CRL", out, 0, &more) != 0) {
		return bytes_of(NULL, 0);
	}
	return bytes_of(out, len);
}
