/* SPDX-License-Identifier: Apache-2.0 */
/* Records as aligned text. */
#include "register/acts.h"
#include "render/record.h"

static bool
is_same(const char *a, const char *b)
{
	return bytes_equal_text(bytes_of_text(a), b);
}

void
record_put_time(struct writer *w, uint64_t time_ms)
{
	if (time_ms == 0) {
		put_char(w, '-');
	} else if (time_ms == NO_TIME) {
		put_text(w, "without end");
	} else {
		put_utc(w, (int64_t)(time_ms / 1000));
	}
}

void
record_put_duration(struct writer *w, uint64_t duration_ms)
{
	static const struct {
		uint64_t ms;
		const char *word;
	} units[] = { { 86400000, " d" }, { 3600000, " h" }, { 60000, " min" }, { 1000, " s" }, { 1, " ms" } };
	bool first = true;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (duration_ms >= units[i].ms) {
			put_text(w, first ? "" : " ");
			put_unsigned(w, duration_ms / units[i].ms);
			put_text(w, units[i].word);
			duration_ms %= units[i].ms;
			first = false;
		}
	}
	put_text(w, first ? "0" : "");
}

/* ---- values */

static bool
is_empty(const struct record *record, const struct field *field, const void *in)
{
	const size_t width = field->type == FIELD_U32S ? 4 : 8;

	switch (field->type) {
	case FIELD_BYTES:
	case FIELD_VAR:
	case FIELD_TEXT:
	case FIELD_SLICE:
		return bytes_all_zero(record_bytes(field, in));
	case FIELD_U32S:
	case FIELD_U64S:
		return bytes_all_zero(bytes_of((const uint8_t *)in + field->offset, field->n * width));
	default:
		return record_number(field, in) == (record_role(record, field) == ROLE_SLOT ? NO_SLOT : 0);
	}
}

static void
put_own_time(struct writer *w, uint64_t own_ms, uint64_t halted_ms)
{
	record_put_time(w, own_ms == 0 || own_ms == NO_TIME || own_ms > NO_TIME - halted_ms ? own_ms :
	    own_ms + halted_ms);
}

static void
put_bits(struct writer *w, enum field_role role, uint64_t value)
{
	bool first = true;

	for (unsigned bit = 0; bit < 8; bit++) {
		if ((value >> bit & 1) == 0) {
			continue;
		}
		put_text(w, first ? "" : ", ");
		first = false;
		if (role == ROLE_TIERS) {
			put_unsigned(w, bit + 1);
		} else {
			put_text(w, bit == ASSAY_TEE_SGX ? "sgx" : bit == ASSAY_TEE_TDX ? "tdx" : "?");
		}
	}
	put_text(w, first ? "-" : "");
}

static void
put_number(struct writer *w, const struct record *record, const struct field *field, uint64_t value,
    uint64_t halted_ms)
{
	const char *const word = record_word(record, field, value);
	const enum field_role role = record_role(record, field);

	if (word != NULL) {
		put_text(w, word);
		return;
	}
	switch (role) {
	case ROLE_TIME:
		record_put_time(w, value);
		break;
	case ROLE_OWN_TIME:
		put_own_time(w, value, halted_ms);
		break;
	case ROLE_SECONDS:
		record_put_time(w, value > NO_TIME / 1000 ? NO_TIME : value * 1000);
		break;
	case ROLE_DURATION:
		record_put_duration(w, value);
		break;
	case ROLE_TIERS:
	case ROLE_TEES:
		put_bits(w, role, value);
		break;
	case ROLE_SLOT:
		if (value == NO_SLOT) {
			put_char(w, '-');
			break;
		}
		put_unsigned(w, value);
		break;
	default:
		put_unsigned(w, value);
		break;
	}
}

static void
put_numbers(struct writer *w, const struct record *record, const struct field *field, const void *in,
    uint64_t halted_ms)
{
	const uint8_t *const at = (const uint8_t *)in + field->offset;
	uint32_t u32;
	uint64_t u64;

	for (size_t i = 0; i < field->n; i++) {
		if (field->type == FIELD_U32S) {
			memcpy(&u32, at + i * sizeof(u32), sizeof(u32));
			u64 = u32;
		} else {
			memcpy(&u64, at + i * sizeof(u64), sizeof(u64));
		}
		put_text(w, i == 0 ? "" : ", ");
		put_number(w, record, field, u64, halted_ms);
	}
}

/* Texts, or ids; what else is a list is for JSON. */
static void
put_list(struct writer *w, enum field_role role, struct assay_bytes list)
{
	struct cursor c = cursor_over(list);
	bool first = true;

	while (!c.bad && c.left != 0) {
		const struct assay_bytes item = cursor_take(&c, role == ROLE_IDS ? 32 : cursor_u8(&c));

		put_text(w, first ? "" : ", ");
		first = false;
		if (role == ROLE_IDS) {
			put_hex(w, item);
			continue;
		}
		put_printable(w, item);
		if (role == ROLE_WITNESSES) {
			put_char(w, ' ');
			put_hex(w, cursor_take(&c, 32));
		}
	}
}

/* "mrenclave ab.., isv_svn 1": a record in one line. */
static void
put_inline(struct writer *w, const struct record *record, const void *in, uint64_t halted_ms)
{
	for (size_t i = 0; i < record->count; i++) {
		put_text(w, i == 0 ? "" : ", ");
		put_text(w, record->fields[i].name);
		put_char(w, ' ');
		record_text_value(w, record, &record->fields[i], in, halted_ms);
	}
}

static bool
put_nested(struct writer *w, const struct record *record, enum field_role role, struct assay_bytes bytes,
    const void *in, uint64_t halted_ms)
{
	const struct field *const field = record_field(record, role == ROLE_SELECTOR ? "tee" : "act");
	const uint64_t value = field != NULL ? record_number(field, in) : 0;
	const struct record *const act = role == ROLE_ARGUMENTS ? act_record((unsigned)value) : NULL;
	union {
		struct sgx_selector sgx;
		struct td_selector td;
		union act_arguments act;
	} nested;
	const struct record *const inner = role == ROLE_ARGUMENTS ? act : value == ASSAY_TEE_SGX ?
	    &sgx_selector_record : value == ASSAY_TEE_TDX ? &td_selector_record : NULL;

	if (inner == NULL || !record_decode(inner, &nested, bytes)) {
		return false;
	}
	put_inline(w, inner, &nested, halted_ms);
	return true;
}

static void
put_some_bytes(struct writer *w, const struct record *record, const struct field *field, const void *in,
    uint64_t halted_ms)
{
	const enum field_role role = record_role(record, field);
	const struct assay_bytes bytes = record_bytes(field, in);

	if (bytes.len == 0 || (field->type == FIELD_BYTES && bytes_all_zero(bytes))) {
		put_char(w, '-');
	} else if (field->type == FIELD_TEXT) {
		put_printable(w, bytes);
	} else if (role == ROLE_IDS || role == ROLE_TEXTS || role == ROLE_WITNESSES) {
		put_list(w, role, bytes);
	} else if ((role == ROLE_SELECTOR || role == ROLE_ARGUMENTS) &&
	    put_nested(w, record, role, bytes, in, halted_ms)) {
		return;
	} else if (field->type == FIELD_SLICE && bytes.len > 64) {
		put_unsigned(w, bytes.len);
		put_text(w, " bytes");
	} else {
		put_hex(w, bytes);
	}
}

void
record_text_value(struct writer *w, const struct record *record, const struct field *field, const void *in,
    uint64_t halted_ms)
{
	switch (field->type) {
	case FIELD_FLAG:
		put_text(w, record_number(field, in) != 0 ? "yes" : "no");
		break;
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
		put_number(w, record, field, record_number(field, in), halted_ms);
		break;
	case FIELD_U32S:
	case FIELD_U64S:
		put_numbers(w, record, field, in, halted_ms);
		break;
	case FIELD_BYTES:
	case FIELD_VAR:
	case FIELD_TEXT:
	case FIELD_SLICE:
		put_some_bytes(w, record, field, in, halted_ms);
		break;
	}
}

/* ---- lines */

/* "attested_own_ms" is "attested": what the clock is, the value says. */
static size_t
name_len(const char *name)
{
	static const char *const ends[] = { "_own_ms", "_ms", "_s" };
	const size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const size_t end = strlen(ends[i]);

		if (len > end && is_same(name + len - end, ends[i])) {
			return len - end;
		}
	}
	return len;
}

static void
put_name(struct writer *w, const char *name, size_t columns)
{
	const size_t len = name_len(name);

	for (size_t i = 0; i < len; i++) {
		put_char(w, name[i] == '_' ? ' ' : name[i]);
	}
	put_repeated(w, ' ', len < columns ? columns - len : 1);
}

void
record_text(struct writer *w, const struct record *record, const void *in, const struct record_style *style)
{
	size_t columns = style->columns;

	for (size_t i = 0; i < record->count && style->columns == 0; i++) {
		const size_t len = name_len(record->fields[i].name) + 2;

		columns = len > columns ? len : columns;
	}
	for (size_t i = 0; i < record->count; i++) {
		const struct field *const field = &record->fields[i];

		if (!style->all && is_empty(record, field, in)) {
			continue;
		}
		put_repeated(w, ' ', style->indent);
		put_name(w, field->name, columns);
		record_text_value(w, record, field, in, style->halted_ms);
		put_char(w, '\n');
	}
}
