/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DER (X.690), strict: definite minimal lengths, single-byte tags, no more.
 * Every read goes through a cursor; a failure is the cursor's sticky bad.
 */
#ifndef FORMAT_DER_H
#define FORMAT_DER_H

#include "base/cursor.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_PRINTABLE_STRING = 0x13,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xa0,	/* constructed; | n for [n] */
	DER_CONTEXT_0_PRIMITIVE = 0x80
};

/* Content of the next element, which must have this tag. */
struct assay_bytes der_take(struct cursor *c, uint8_t tag);
/* The next element whole (tag, length, content), of this tag. */
struct assay_bytes der_take_whole(struct cursor *c, uint8_t tag);
/* A cursor over the content of the next element of this tag; bad where there is none. */
struct cursor der_enter(struct cursor *c, uint8_t tag);
/* True where the next element has this tag. */
bool der_next_is(const struct cursor *c, uint8_t tag);

/* A non-negative INTEGER as magnitude without leading zeros (zero: one 0 byte); minimal encoding required. */
struct assay_bytes der_unsigned(struct cursor *c);
/* INTEGER or ENUMERATED (by tag) in 0 .. max. */
uint32_t der_small(struct cursor *c, uint8_t tag, uint32_t max);
/* BOOLEAN, 00 or ff only. */
bool der_boolean(struct cursor *c);
/* BIT STRING without unused bits. */
struct assay_bytes der_bits(struct cursor *c);
/* UTCTime or GeneralizedTime, to the second and in Z.  GeneralizedTime is taken before
 * 2050 too, though RFC 5280 forbids it: the CA of the attestation reports has one. */
int64_t der_time(struct cursor *c);

/*
 * An ECDSA-Sig-Value (SEQUENCE of two INTEGERs, nothing after it) as r||s of
 * 32 bytes each; false where it is not one or does not fit.
 */
bool der_ecdsa_signature(uint8_t rs[static 64], struct assay_bytes der);

#endif
