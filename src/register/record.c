/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical encoding of records: one writer and one reader for all of them. */
#include "register/record.h"

#include "format/utf8.h"

/* Bytes of a number, or of one of several; 0 for what is no number. */
static unsigned
number_bytes(enum field_type type)
{
	switch (type) {
	case FIELD_U8:
	case FIELD_FLAG:
		return 1;
	case FIELD_U16:
		return 2;
	case FIELD_U32:
	case FIELD_U32S:
		return 4;
	case FIELD_U64:
	case FIELD_U64S:
		return 8;
	default:
		return 0;
	}
}

static size_t
numbers_count(const struct field *field)
{
	return field->type == FIELD_U32S || field->type == FIELD_U64S ? field->n : 1;
}

/* ---- writing */

struct out {
	uint8_t *data;
	size_t size;
	size_t len;	/* as if there were room for all */
};

static void
put(struct out *out, const void *data, size_t len)
{
	if (out->len <= out->size && len <= out->size - out->len && len != 0) {
		memcpy(out->data + out->len, data, len);
	}
	out->len += len;
}

static void
put_number(struct out *out, uint64_t value, unsigned bytes)
{
	uint8_t big_endian[8];

	for (unsigned i = 0; i < bytes; i++) {
		big_endian[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
	}
	put(out, big_endian, bytes);
}

static void
put_var(struct out *out, const void *data, size_t len, size_t max)
{
	assert(len <= max && max <= UINT16_MAX);
	put_number(out, len, 2);
	put(out, data, len);
}

static uint64_t
load_number(const uint8_t *member, enum field_type type)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	bool flag;

	switch (type) {
	case FIELD_FLAG:
		memcpy(&flag, member, sizeof(flag));
		return flag ? 1 : 0;
	case FIELD_U16:
		memcpy(&u16, member, sizeof(u16));
		return u16;
	case FIELD_U32:
	case FIELD_U32S:
		memcpy(&u32, member, sizeof(u32));
		return u32;
	case FIELD_U64:
	case FIELD_U64S:
		memcpy(&u64, member, sizeof(u64));
		return u64;
	default:
		return *member;
	}
}

static void
put_field(struct out *out, const struct field *field, const uint8_t *member)
{
	struct assay_bytes slice;
	uint16_t len;

	switch (field->type) {
	case FIELD_BYTES:
		put(out, member, field->n);
		break;
	case FIELD_VAR:
	case FIELD_TEXT:
		memcpy(&len, member, sizeof(len));
		put_var(out, member + sizeof(len), len, field->n);
		break;
	case FIELD_SLICE:
		memcpy(&slice, member, sizeof(slice));
		put_var(out, slice.data, slice.len, field->n);
		break;
	default:
		for (size_t i = 0; i < numbers_count(field); i++) {
			const unsigned bytes = number_bytes(field->type);

			put_number(out, load_number(member + i * bytes, field->type), bytes);
		}
		break;
	}
}

size_t
record_encode(const struct record *record, const void *in, uint8_t *out, size_t size)
{
	struct out writer = { out, size, 0 };

	for (size_t i = 0; i < record->count; i++) {
		put_field(&writer, &record->fields[i],
		    (const uint8_t *)in + record->fields[i].offset);
	}
	return writer.len;
}

/* ---- reading */

static uint64_t
take_number(struct cursor *in, unsigned bytes)
{
	const struct assay_bytes taken = cursor_take(in, bytes);
	uint64_t value = 0;

	for (size_t i = 0; i < taken.len; i++) {
		value = value << 8 | taken.data[i];
	}
	return value;
}

static void
store_number(uint8_t *member, enum field_type type, uint64_t value)
{
	const uint16_t u16 = (uint16_t)value;
	const uint32_t u32 = (uint32_t)value;
	const bool flag = value != 0;

	switch (type) {
	case FIELD_FLAG:
		memcpy(member, &flag, sizeof(flag));
		break;
	case FIELD_U16:
		memcpy(member, &u16, sizeof(u16));
		break;
	case FIELD_U32:
	case FIELD_U32S:
		memcpy(member, &u32, sizeof(u32));
		break;
	case FIELD_U64:
	case FIELD_U64S:
		memcpy(member, &value, sizeof(value));
		break;
	default:
		*member = (uint8_t)value;
		break;
	}
}

/* Text for people to see: UTF-8, and nothing that moves a cursor. */
static bool
is_text(struct assay_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < 0x20 || text.data[i] == 0x7f) {
			return false;
		}
	}
	return utf8_is_valid(text);
}

static struct assay_bytes
take_var(struct cursor *in, const struct field *field)
{
	const size_t len = (size_t)take_number(in, 2);
	struct assay_bytes taken;

	if (len > field->n) {
		in->bad = true;
	}
	taken = cursor_take(in, len);
	if (field->type == FIELD_TEXT && !is_text(taken)) {
		in->bad = true;
	}
	return taken;
}

static void
take_field(struct cursor *in, const struct field *field, uint8_t *member)
{
	struct assay_bytes taken;
	uint16_t len;

	switch (field->type) {
	case FIELD_BYTES:
		cursor_copy(in, member, field->n);
		break;
	case FIELD_VAR:
	case FIELD_TEXT:
		taken = take_var(in, field);
		if (!in->bad) {
			len = (uint16_t)taken.len;
			memcpy(member, &len, sizeof(len));
			bytes_copy(member + sizeof(len), taken, len);
		}
		break;
	case FIELD_SLICE:
		taken = take_var(in, field);
		memcpy(member, &taken, sizeof(taken));
		break;
	default:
		for (size_t i = 0; i < numbers_count(field); i++) {
			const unsigned bytes = number_bytes(field->type);
			const uint64_t value = take_number(in, bytes);

			if (field->type == FIELD_FLAG && value > 1) {
				in->bad = true;
			}
			store_number(member + i * bytes, field->type, value);
		}
		break;
	}
}

void
record_read(const struct record *record, void *out, struct cursor *in)
{
	memset(out, 0, record->struct_size);
	for (size_t i = 0; i < record->count; i++) {
		take_field(in, &record->fields[i], (uint8_t *)out + record->fields[i].offset);
	}
	if (in->bad) {
		memset(out, 0, record->struct_size);
	}
}

bool
record_decode(const struct record *record, void *out, struct assay_bytes in)
{
	struct cursor c = cursor_over(in);

	record_read(record, out, &c);
	if (!cursor_done(&c)) {
		memset(out, 0, record->struct_size);
		return false;
	}
	return true;
}

size_t
record_bytes_max(const struct record *record)
{
	size_t total = 0;

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		const unsigned bytes = number_bytes(field->type);

		if (bytes != 0) {
			total += bytes * numbers_count(field);
		} else {
			total += field->n + (field->type == FIELD_BYTES ? 0 : 2);
		}
	}
	return total;
}

bool
var_set(uint16_t *len, uint8_t *data, size_t max, struct assay_bytes value)
{
	memset(data, 0, max);
	*len = 0;
	if (value.len > max) {
		return false;
	}
	bytes_copy(data, value, value.len);
	*len = (uint16_t)value.len;
	return true;
}
