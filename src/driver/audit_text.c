/* SPDX-License-Identifier: Apache-2.0 */
/* Entries in words: what one says, and in what it differs from what the rules make. */
#include "driver/audit_inside.h"
#include "format/hex.h"

#define SHORT_ID_BYTES	6
#define ROW_STRUCT_MAX	8192

static const char *const state_words[] = {
	[WORKER_NONE] = "none", [WORKER_REGISTERED] = "registered", [WORKER_ONLINE] = "online",
	[WORKER_UNRESPONSIVE] = "unresponsive", [WORKER_PAUSED] = "paused", [WORKER_SUSPENDED] = "suspended",
	[WORKER_COOLING] = "cooling down", [WORKER_LEFT] = "left"
};

static const char *
state_word(uint8_t state)
{
	return state < sizeof(state_words) / sizeof(state_words[0]) ? state_words[state] : "?";
}

void
text_short_id(struct text *t, struct assay_bytes id)
{
	char hex[2 * SHORT_ID_BYTES];
	const size_t len = id.len < SHORT_ID_BYTES ? id.len : SHORT_ID_BYTES;

	hex_encode(hex, bytes_slice(id, 0, len));
	text_put(t, hex, 2 * len);
	if (id.len > len) {
		text_puts(t, "...");
	}
}

void
text_end(struct text *t, char *out, size_t size)
{
	out[size - 1] = '\0';
	if (text_fits(t) && t->len < size) {
		out[t->len] = '\0';
	}
}

/* ---- effects ---------------------------------------------------------- */

bool
effect_open(struct cursor *c, struct entry_effect *effect, struct assay_bytes entry)
{
	*c = cursor_over(entry);
	if (cursor_u8(c) != ENTRY_EFFECT) {
		return false;
	}
	record_read(&entry_effect_record, effect, c);
	return !c->bad;
}

bool
effect_next(struct cursor *c, struct effect_change *change)
{
	memset(change, 0, sizeof(*change));
	if (c->bad || c->left == 0) {
		return false;
	}
	change->key = cursor_take(c, cursor_u8(c));
	for (unsigned i = 0; i < 2; i++) {
		change->form[i] = cursor_u8(c);
		if (change->form[i] != 0) {
			change->row[i] = cursor_take(c, cursor_u16be(c));
		}
	}
	return !c->bad && change->key.len != 0 && change->form[0] <= 2 && change->form[1] <= 2;
}

static void
subject_describe(struct text *t, struct assay_bytes key)
{
	const struct record *const record = table_record((enum table)key.data[0]);
	const size_t skip = key.data[0] == TABLE_WORKER && key.len == 35 ? 3 : 1;

	text_puts(t, record != NULL ? table_name((enum table)key.data[0]) : "a row of no table");
	if (key.len > skip) {
		text_puts(t, " ");
		text_short_id(t, bytes_slice(key, skip, key.len - skip));
	}
}

static void
value_describe(struct text *t, const struct field *field, const uint8_t *at)
{
	struct assay_bytes bytes;
	uint16_t len;
	uint64_t u64;
	uint32_t u32;

	switch (field->type) {
	case FIELD_U8:
	case FIELD_FLAG:
		text_unsigned(t, *at);
		break;
	case FIELD_U16:
		memcpy(&len, at, sizeof(len));
		text_unsigned(t, len);
		break;
	case FIELD_U32:
		memcpy(&u32, at, sizeof(u32));
		text_unsigned(t, u32);
		break;
	case FIELD_U64:
		memcpy(&u64, at, sizeof(u64));
		text_unsigned(t, u64);
		break;
	case FIELD_BYTES:
		text_short_id(t, bytes_of(at, field->n));
		break;
	case FIELD_TEXT:
		memcpy(&len, at, sizeof(len));
		text_puts(t, "\"");
		text_put(t, (const char *)at + sizeof(len), len);
		text_puts(t, "\"");
		break;
	case FIELD_VAR:
		memcpy(&len, at, sizeof(len));
		text_short_id(t, bytes_of(at + sizeof(len), len));
		break;
	case FIELD_SLICE:
		memcpy(&bytes, at, sizeof(bytes));
		text_unsigned(t, bytes.len);
		text_puts(t, " bytes");
		break;
	case FIELD_U32S:
	case FIELD_U64S:
		text_puts(t, "other numbers");
		break;
	}
}

void
record_describe(struct text *t, const struct record *record, const void *in)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *const field = &record->fields[i];

		text_puts(t, i == 0 ? "" : ", ");
		text_puts(t, field->name);
		text_puts(t, " ");
		value_describe(t, field, (const uint8_t *)in + field->offset);
	}
}

/* Do two texts of a value differ?  The texts are what the reader sees. */
static bool
field_differs(const struct field *field, const uint8_t *a, const uint8_t *b)
{
	size_t size = 0;

	switch (field->type) {
	case FIELD_U8:
	case FIELD_FLAG:
		size = 1;
		break;
	case FIELD_U16:
		size = 2;
		break;
	case FIELD_U32:
		size = 4;
		break;
	case FIELD_U64:
		size = 8;
		break;
	case FIELD_BYTES:
		size = field->n;
		break;
	case FIELD_VAR:
	case FIELD_TEXT:
		size = 2 + field->n;	/* structs are zeroed before they are filled in */
		break;
	case FIELD_U32S:
		size = 4 * field->n;
		break;
	case FIELD_U64S:
		size = 8 * field->n;
		break;
	case FIELD_SLICE:
		return false;
	}
	return memcmp(a, b, size) != 0;
}

static void
change_describe(struct text *t, const struct effect_change *change)
{
	static _Thread_local _Alignas(16) uint8_t rows[2][ROW_STRUCT_MAX];
	const enum table table = (enum table)change->key.data[0];
	const struct record *const record = table_record(table);

	subject_describe(t, change->key);
	if (change->form[0] == 0 || change->form[1] == 0) {
		text_puts(t, change->form[0] == 0 ? " came to be" : " was removed");
		return;
	}
	if (record == NULL || record->struct_size > ROW_STRUCT_MAX || change->form[0] != 1 || change->form[1] != 1 ||
	    !record_decode(record, rows[0], change->row[0]) || !record_decode(record, rows[1], change->row[1])) {
		text_puts(t, " changed");
		return;
	}
	for (size_t i = 0; i < record->count; i++) {
		const struct field *const field = &record->fields[i];
		const uint8_t *const a = rows[0] + field->offset;
		const uint8_t *const b = rows[1] + field->offset;

		if (field_differs(field, a, b)) {
			const bool is_state = table == TABLE_WORKER && i == 0;

			text_puts(t, is_state ? " went from " : " had its ");
			if (is_state) {
				text_puts(t, state_word(*a));
				text_puts(t, " to ");
				text_puts(t, state_word(*b));
				return;
			}
			text_puts(t, field->name);
			text_puts(t, " go from ");
			value_describe(t, field, a);
			text_puts(t, " to ");
			value_describe(t, field, b);
			return;
		}
	}
	text_puts(t, " changed");
}

/* ---- entries ---------------------------------------------------------- */

static void
transaction_describe(struct text *t, struct assay_bytes whole)
{
	struct transaction_body body;
	struct cursor c = cursor_over(whole);

	record_read(&transaction_body_record, &body, &c);
	if (c.bad) {
		text_puts(t, "a transaction");
		return;
	}
	text_puts(t, "the ");
	text_puts(t, kind_record(body.kind) != NULL ? kind_name(body.kind) : "unknown");
	text_puts(t, " number ");
	text_unsigned(t, body.nonce);
	text_puts(t, " of ");
	text_short_id(t, ARRAY_BYTES(body.sender));
}

static void
result_describe(struct text *t, const struct entry_result *result, struct assay_bytes whole)
{
	transaction_describe(t, whole);
	if (result->code == CODE_ACCEPTED) {
		text_puts(t, " was accepted");
	} else {
		text_puts(t, " was refused with ");
		text_puts(t, code_id(result->code));
	}
	text_puts(t, " for a fee of ");
	text_unsigned(t, result->fee);
	if (result->parts.len != 0) {
		text_puts(t, ", ");
		text_unsigned(t, result->parts.len / 4);
		text_puts(t, " of its answers refused");
	}
}

void
entry_describe(struct text *t, struct assay_bytes entry)
{
	struct cursor c = cursor_over(entry);
	const uint8_t type = cursor_u8(&c);
	struct effect_change change;
	struct entry_effect effect;
	struct entry_refused refused;
	struct entry_commit commit;
	struct entry_result result;

	if (type == ENTRY_TRANSACTION && entry.len != 0) {
		record_read(&entry_result_record, &result, &c);
		if (!c.bad) {
			result_describe(t, &result, cursor_rest(&c));
			return;
		}
	} else if (type == ENTRY_REFUSED) {
		record_read(&entry_refused_record, &refused, &c);
		if (!c.bad) {
			text_puts(t, "transaction ");
			text_short_id(t, ARRAY_BYTES(refused.digest));
			text_puts(t, " was refused with ");
			text_puts(t, code_id(refused.code));
			return;
		}
	} else if (type == ENTRY_EFFECT && effect_open(&c, &effect, entry) && effect_next(&c, &change)) {
		change_describe(t, &change);
		text_puts(t, " (");
		text_puts(t, effect_name(effect.effect));
		text_puts(t, ")");
		return;
	} else if (type == ENTRY_COMMIT) {
		record_read(&entry_commit_record, &commit, &c);
		if (!c.bad) {
			text_puts(t, "block ");
			text_unsigned(t, commit.height);
			text_puts(t, " was over");
			return;
		}
	}
	text_puts(t, "something that is no entry");
}

/* The first change in which two effects differ. */
static bool
effects_differ(struct text *t, struct assay_bytes said, struct assay_bytes made)
{
	struct effect_change a, b;
	struct entry_effect ea, eb;
	struct cursor ca, cb;

	if (!effect_open(&ca, &ea, said) || !effect_open(&cb, &eb, made) || ea.effect != eb.effect) {
		return false;
	}
	for (;;) {
		const bool has_a = effect_next(&ca, &a);
		const bool has_b = effect_next(&cb, &b);

		if (has_a && has_b && bytes_equal(a.key, b.key) && a.form[0] == b.form[0] && a.form[1] == b.form[1] &&
		    bytes_equal(a.row[0], b.row[0]) && bytes_equal(a.row[1], b.row[1])) {
			continue;
		}
		if (!has_a && !has_b) {
			return false;
		}
		if (has_a) {
			text_puts(t, "says that ");
			change_describe(t, &a);
		} else {
			text_puts(t, "leaves something out");
		}
		text_puts(t, has_b ? "; by the rules " : "; by the rules it did not");
		if (has_b) {
			change_describe(t, &b);
		}
		return true;
	}
}

void
entries_differ(struct text *t, struct assay_bytes said, struct assay_bytes made)
{
	const size_t start = t->len;

	if (effects_differ(t, said, made)) {
		return;
	}
	t->len = start;
	text_puts(t, "says that ");
	entry_describe(t, said);
	text_puts(t, "; by the rules it must say that ");
	entry_describe(t, made);
}
