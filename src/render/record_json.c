/* SPDX-License-Identifier: Apache-2.0 */
/* Records as JSON. */
#include "register/acts.h"
#include "render/record.h"

/* What a list in bytes does not hold to is written as the bytes that it is. */
static bool
list_is_whole(enum field_role role, struct assay_bytes list)
{
	struct cursor c = cursor_over(list);

	switch (role) {
	case ROLE_IDS:
		return list.len % 32 == 0;
	case ROLE_CHANGES:
		return list.len % 41 == 0;
	case ROLE_VALIDATORS:
		return list.len % 40 == 0;
	case ROLE_TEXTS:
	case ROLE_WITNESSES:
		while (!c.bad && c.left != 0) {
			(void)cursor_take(&c, cursor_u8(&c));
			(void)cursor_take(&c, role == ROLE_WITNESSES ? 32 : 0);
		}
		return !c.bad;
	default:
		return false;
	}
}

static uint64_t
take_u64(struct cursor *c)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++) {
		value = value << 8 | cursor_u8(c);
	}
	return value;
}

static void
put_witness(struct writer *w, struct cursor *c)
{
	const struct assay_bytes name = cursor_take(c, cursor_u8(c));

	json_put_object(w);
	json_put_name(w, "name");
	json_put_string(w, name);
	json_put_name(w, "key");
	json_put_hex(w, cursor_take(c, 32));
	json_put_end(w, '}');
}

static void
put_change(struct writer *w, struct cursor *c)
{
	static const char *const words[] = {
		[PLATFORM_JOINED] = "joined", [PLATFORM_REPLACED] = "replaced", [PLATFORM_LEFT] = "left"
	};
	unsigned change;

	json_put_object(w);
	json_put_name(w, "height");
	json_put_unsigned(w, take_u64(c));
	json_put_name(w, "worker");
	json_put_hex(w, cursor_take(c, 32));
	json_put_name(w, "change");
	change = cursor_u8(c);
	json_put_text(w, change >= PLATFORM_JOINED && change <= PLATFORM_LEFT ? words[change] : "?");
	json_put_end(w, '}');
}

static void
put_validator(struct writer *w, struct cursor *c)
{
	json_put_object(w);
	json_put_name(w, "key");
	json_put_hex(w, cursor_take(c, 32));
	json_put_name(w, "power");
	json_put_unsigned(w, take_u64(c));
	json_put_end(w, '}');
}

static void
put_list(struct writer *w, enum field_role role, struct assay_bytes list)
{
	struct cursor c = cursor_over(list);

	json_put_array(w);
	while (!c.bad && c.left != 0) {
		if (role == ROLE_IDS) {
			json_put_hex(w, cursor_take(&c, 32));
		} else if (role == ROLE_TEXTS) {
			json_put_string(w, cursor_take(&c, cursor_u8(&c)));
		} else if (role == ROLE_WITNESSES) {
			put_witness(w, &c);
		} else if (role == ROLE_CHANGES) {
			put_change(w, &c);
		} else {
			put_validator(w, &c);
		}
	}
	json_put_end(w, ']');
}

static void
put_record(struct writer *w, const struct record *record, const void *in)
{
	json_put_object(w);
	record_json(w, record, in);
	json_put_end(w, '}');
}

/* By the TEE that stands beside it. */
static bool
put_selector(struct writer *w, const struct record *record, struct assay_bytes bytes, const void *in)
{
	const struct field *const field = record_field(record, "tee");
	const uint64_t tee = field != NULL ? record_number(field, in) : 0;
	struct sgx_selector sgx;
	struct td_selector td;

	if (tee == ASSAY_TEE_SGX && record_decode(&sgx_selector_record, &sgx, bytes)) {
		put_record(w, &sgx_selector_record, &sgx);
		return true;
	}
	if (tee == ASSAY_TEE_TDX && record_decode(&td_selector_record, &td, bytes)) {
		put_record(w, &td_selector_record, &td);
		return true;
	}
	return false;
}

static bool
put_arguments(struct writer *w, const struct record *record, struct assay_bytes bytes, const void *in)
{
	const struct record *const act = act_record((unsigned)record_number(record_field(record, "act"), in));
	union act_arguments arguments;

	if (act == NULL || !record_decode(act, &arguments, bytes)) {
		return false;
	}
	put_record(w, act, &arguments);
	return true;
}

static void
put_some_bytes(struct writer *w, const struct record *record, const struct field *field, const void *in)
{
	const enum field_role role = record_role(record, field);
	const struct assay_bytes bytes = record_bytes(field, in);

	if (role == ROLE_DOCUMENT || field->type == FIELD_TEXT) {
		json_put_string(w, bytes);
	} else if (list_is_whole(role, bytes)) {
		put_list(w, role, bytes);
	} else if ((role != ROLE_SELECTOR || !put_selector(w, record, bytes, in)) &&
	    (role != ROLE_ARGUMENTS || !put_arguments(w, record, bytes, in))) {
		json_put_hex(w, bytes);
	}
}

static void
put_number(struct writer *w, const struct record *record, const struct field *field, const void *in)
{
	const enum field_role role = record_role(record, field);
	const uint64_t value = record_number(field, in);
	const char *const word = record_word(record, field, value);

	if (word != NULL) {
		json_put_text(w, word);
	} else if (value == NO_TIME && (role == ROLE_TIME || role == ROLE_OWN_TIME || role == ROLE_SECONDS)) {
		/* Without an end; many readers take no number as large. */
		json_put_null(w);
	} else if (role == ROLE_TIERS || role == ROLE_TEES) {
		json_put_array(w);
		for (unsigned bit = 0; bit < 8; bit++) {
			if ((value >> bit & 1) != 0 && role == ROLE_TIERS) {
				json_put_unsigned(w, bit + 1);
			} else if ((value >> bit & 1) != 0) {
				json_put_text(w, bit == ASSAY_TEE_SGX ? "sgx" : bit == ASSAY_TEE_TDX ? "tdx" : "?");
			}
		}
		json_put_end(w, ']');
	} else {
		json_put_unsigned(w, value);
	}
}

static void
put_numbers(struct writer *w, const struct field *field, const void *in)
{
	const uint8_t *const at = (const uint8_t *)in + field->offset;
	uint32_t u32;
	uint64_t u64;

	json_put_array(w);
	for (size_t i = 0; i < field->n; i++) {
		if (field->type == FIELD_U32S) {
			memcpy(&u32, at + i * sizeof(u32), sizeof(u32));
			u64 = u32;
		} else {
			memcpy(&u64, at + i * sizeof(u64), sizeof(u64));
		}
		json_put_unsigned(w, u64);
	}
	json_put_end(w, ']');
}

void
record_json_value(struct writer *w, const struct record *record, const struct field *field, const void *in)
{
	switch (field->type) {
	case FIELD_FLAG:
		json_put_boolean(w, record_number(field, in) != 0);
		break;
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
		put_number(w, record, field, in);
		break;
	case FIELD_U32S:
	case FIELD_U64S:
		put_numbers(w, field, in);
		break;
	case FIELD_BYTES:
	case FIELD_VAR:
	case FIELD_TEXT:
	case FIELD_SLICE:
		put_some_bytes(w, record, field, in);
		break;
	}
}

void
record_json(struct writer *w, const struct record *record, const void *in)
{
	for (size_t i = 0; i < record->count; i++) {
		json_put_name(w, record->fields[i].name);
		record_json_value(w, record, &record->fields[i], in);
	}
}
