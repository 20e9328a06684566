/* SPDX-License-Identifier: Apache-2.0 */
/* Names, algorithms and extensions, as RFC 5280 writes them in certificates and CRLs alike. */
#include "x509/parts.h"
#include "format/der.h"

static const uint8_t oid_common_name[] = { 0x55, 0x04, 0x03 };	/* 2.5.4.3 */

/* AlgorithmIdentifiers, contents: ecdsa-with-SHA256 ... */
static const uint8_t ecdsa_with_sha256[] = {
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02
};
/* ... and sha256WithRSAEncryption with NULL. */
static const uint8_t sha256_with_rsa[] = {
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00
};

/* An OBJECT IDENTIFIER's content: whole subidentifiers, none of which begins with a zero digit. */
static struct assay_bytes
take_oid(struct cursor *c)
{
	const struct assay_bytes oid = der_take(c, DER_OID);
	bool first = true;

	for (size_t i = 0; i < oid.len; i++) {
		if (first && oid.data[i] == 0x80) {
			c->bad = true;
		}
		first = (oid.data[i] & 0x80) == 0;
	}
	if (oid.len == 0 || !first) {
		c->bad = true;
	}
	return oid;
}

static bool
is_printable(struct assay_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < 0x20 || text.data[i] > 0x7e) {
			return false;
		}
	}
	return text.len > 0;
}

struct assay_bytes
parts_name(struct cursor *c, struct assay_bytes *common_name)
{
	struct cursor ahead = *c;
	struct cursor steps = der_enter(&ahead, DER_SEQUENCE);
	size_t common_names = 0;

	*common_name = bytes_of(NULL, 0);
	if (steps.left == 0) {
		c->bad = true;
	}
	while (steps.left > 0) {
		struct cursor set = der_enter(&steps, DER_SET);
		struct cursor pair = der_enter(&set, DER_SEQUENCE);
		const struct assay_bytes oid = take_oid(&pair);
		const uint8_t tag = cursor_peek(&pair);
		const struct assay_bytes text = der_take(&pair, tag);

		if (!cursor_done(&set) || !cursor_done(&pair) || !is_printable(text) ||
		    (tag != DER_UTF8_STRING && tag != DER_PRINTABLE_STRING && tag != DER_IA5_STRING)) {
			c->bad = true;
			break;
		}
		if (PARTS_IS(oid, oid_common_name)) {
			*common_name = text;
			common_names++;
		}
	}
	if (common_names != 1) {
		*common_name = bytes_of(NULL, 0);
	}
	return der_take_whole(c, DER_SEQUENCE);
}

enum assay_algorithm
parts_signature_algorithm(struct cursor *c)
{
	const struct assay_bytes identifier = der_take(c, DER_SEQUENCE);

	if (PARTS_IS(identifier, ecdsa_with_sha256)) {
		return ASSAY_ECDSA_P256_SHA256;
	}
	if (PARTS_IS(identifier, sha256_with_rsa)) {
		return ASSAY_RSA_PKCS1_SHA256;
	}
	c->bad = true;
	return ASSAY_ALGORITHM_NONE;
}

void
extensions_enter(struct extensions *extensions, struct cursor *c)
{
	extensions->count = 0;
	extensions->list = der_enter(c, DER_SEQUENCE);
	if (extensions->list.left == 0) {
		extensions->list.bad = true;
	}
}

bool
extensions_next(struct extensions *extensions, struct extension *extension)
{
	struct cursor *list = &extensions->list;

	if (list->bad || list->left == 0) {
		return false;
	}
	struct cursor c = der_enter(list, DER_SEQUENCE);

	extension->oid = take_oid(&c);
	extension->critical = false;
	if (der_next_is(&c, DER_BOOLEAN)) {
		extension->critical = der_boolean(&c);
		/* FALSE is the default, which DER leaves out. */
		c.bad |= !extension->critical;
	}
	extension->value = der_take(&c, DER_OCTET_STRING);
	if (!cursor_done(&c) || extensions->count == PARTS_EXTENSIONS_MAX) {
		list->bad = true;
		return false;
	}
	for (size_t i = 0; i < extensions->count; i++) {
		if (bytes_equal(extensions->seen[i], extension->oid)) {
			list->bad = true;
			return false;
		}
	}
	extensions->seen[extensions->count] = extension->oid;
	extensions->count++;
	return true;
}
