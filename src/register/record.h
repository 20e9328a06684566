/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records: the one canonical encoding of everything that the register keeps,
 * is sent or logs.  A record is a list of fields, written as a macro:
 *
 *	#define TRANSFER_ARGUMENTS(F, R) \
 *		F(R, BYTES, to, 32, "account that gets it") \
 *		F(R, U64, amount, 0, "smallest units")
 *
 * from which the struct, its encoding, its text and its documentation follow.
 * Integers are big endian; what varies in length has its length in front, in
 * 16 bits.  Decoding accepts exactly what encoding can produce.
 */
#ifndef REGISTER_RECORD_H
#define REGISTER_RECORD_H

#include "base/cursor.h"

enum field_type {
	FIELD_U8,
	FIELD_FLAG,	/* bool: 0 or 1 */
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_BYTES,	/* exactly n bytes */
	FIELD_VAR,	/* at most n bytes, kept in the struct */
	FIELD_TEXT,	/* as VAR, and UTF-8 without control characters */
	FIELD_SLICE,	/* at most n bytes, borrowed from what was decoded */
	FIELD_U32S,	/* exactly n numbers */
	FIELD_U64S
};

struct field {
	enum field_type type;
	size_t offset;		/* in the struct */
	size_t n;
	const char *name;
	const char *text;	/* what it is, for people */
};

struct record {
	const char *name;
	const struct field *fields;
	size_t count;
	size_t struct_size;
};

/* The struct of a record: struct transfer { TRANSFER_ARGUMENTS(FIELD_MEMBER, transfer) }; */
#define FIELD_MEMBER(R, type, name, n, text)	FIELD_MEMBER_##type(name, n)
#define FIELD_MEMBER_U8(name, n)	uint8_t name;
#define FIELD_MEMBER_FLAG(name, n)	bool name;
#define FIELD_MEMBER_U16(name, n)	uint16_t name;
#define FIELD_MEMBER_U32(name, n)	uint32_t name;
#define FIELD_MEMBER_U64(name, n)	uint64_t name;
#define FIELD_MEMBER_BYTES(name, n)	uint8_t name[n];
#define FIELD_MEMBER_VAR(name, n)	struct { uint16_t len; uint8_t data[n]; } name;
#define FIELD_MEMBER_TEXT(name, n)	struct { uint16_t len; uint8_t data[n]; } name;
#define FIELD_MEMBER_SLICE(name, n)	struct assay_bytes name;
#define FIELD_MEMBER_U32S(name, n)	uint32_t name[n];
#define FIELD_MEMBER_U64S(name, n)	uint64_t name[n];

/* Its description: static const struct field transfer_fields[] = { TRANSFER_ARGUMENTS(FIELD_DESCRIBE, transfer) }; */
#define FIELD_DESCRIBE(R, type, name, n, text) \
	{ FIELD_##type, offsetof(struct R, name), n, #name, text },

/* Bytes of a VAR, TEXT or BYTES member. */
#define VAR_BYTES(var)	((struct assay_bytes){ (var).len != 0 ? (var).data : NULL, (var).len })
#define ARRAY_BYTES(array)	((struct assay_bytes){ (array), sizeof(array) })

/*
 * Returns the length; where that exceeds size, out holds no whole record.  The
 * caller keeps to the fields' own limits, which is asserted.
 */
size_t record_encode(const struct record *record, const void *in, uint8_t *out, size_t size);

/* All of in is one record.  False, and *out zeroed, where it is not. */
bool record_decode(const struct record *record, void *out, struct assay_bytes in);

/* A record at the front of what the cursor has; on failure the cursor is bad. */
void record_read(const struct record *record, void *out, struct cursor *in);

/* The longest encoding that there is. */
size_t record_bytes_max(const struct record *record);

/* Set a VAR or TEXT member; false, and empty, where it is too long. */
bool var_set(uint16_t *len, uint8_t *data, size_t max, struct assay_bytes value);
#define VAR_SET(var, value)	var_set(&(var).len, (var).data, sizeof((var).data), value)

#endif
