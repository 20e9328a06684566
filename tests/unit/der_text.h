/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of parsers of DER: elements put together from hex digits. */
#ifndef TEST_UNIT_DER_TEXT_H
#define TEST_UNIT_DER_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "format/hex.h"

#define DER_TEXT_BYTES_MAX ((size_t)16 * 1024)

/* Bytes that grow; an element is closed around what stands behind its beginning. */
struct der_text {
	size_t len;
	uint8_t bytes[DER_TEXT_BYTES_MAX];
};

static inline void
der_text_add(struct der_text *d, const char *hex)
{
	const size_t len = strlen(hex) / 2;

	assert_true(len <= sizeof d->bytes - d->len);
	assert_true(hex_decode(d->bytes + d->len, len, bytes_of_text(hex)));
	d->len += len;
}

/* Put a tag and the length in front of everything from begin on. */
static inline void
der_text_close(struct der_text *d, size_t begin, uint8_t tag)
{
	const size_t len = d->len - begin;
	uint8_t head[4] = { tag, (uint8_t)len };
	size_t head_len = 2;

	if (len >= 0x100) {
		head[1] = 0x82;
		head[2] = (uint8_t)(len >> 8);
		head[3] = (uint8_t)len;
		head_len = 4;
	} else if (len >= 0x80) {
		head[1] = 0x81;
		head[2] = (uint8_t)len;
		head_len = 3;
	}
	assert_true(head_len <= sizeof d->bytes - d->len);
	memmove(d->bytes + begin + head_len, d->bytes + begin, len);
	memcpy(d->bytes + begin, head, head_len);
	d->len += head_len;
}

/* A copy of exactly its size; der_text_free gives it back. */
static inline struct assay_bytes
der_text_copy(const struct der_text *d)
{
	uint8_t *const out = malloc(d->len != 0 ? d->len : 1);

	assert_non_null(out);
	memcpy(out, d->bytes, d->len);
	return bytes_of(out, d->len);
}

static inline void
der_text_free(struct assay_bytes bytes)
{
	free((void *)(uintptr_t)bytes.data);
}

/* Parts of certificates and CRLs, in hex. */
#define DER_NAME_ROOT "30173115301306035504030c0c5465737420526f6f74204341"	/* CN=Test Root CA */
#define DER_NAME_LEAF "30143112301006035504030c0954657374204c656166"	/* CN=Test Leaf */
#define DER_ECDSA_SHA256 "300a06082a8648ce3d040302"
#define DER_ECDSA_SHA384 "300a06082a8648ce3d040303"
#define DER_RSA_SHA256 "300d06092a864886f70d01010b0500"
#define DER_SIGNATURE "0309003006020101020102"	/* r = 1, s = 2 */
#define DER_TIME_2018 "170d3138303532313130343531305a"	/* 180521104510Z */
#define DER_TIME_2049 "170d3439313233313233353935395a"	/* 491231235959Z */

#endif
