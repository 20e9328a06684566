/* SPDX-License-Identifier: Apache-2.0 */
/* The value of one field from a word of the command line. */
#include "cmd/register_value.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/assayer.h"
#include "cmd/decode.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/input.h"
#include "cmd/near.h"
#include "cmd/register_find.h"
#include "format/hex.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static int
wrong(const struct reading *r, const char *cause, const char *fix)
{
	return fail(EXIT_USAGE, cause, fix, "%s %s cannot be understood, so nothing was done", r->option, r->text);
}

static int
number_put(const struct reading *r, uint64_t value)
{
	uint8_t *const at = r->out + r->field->offset;
	const uint8_t u8 = (uint8_t)value;
	const uint16_t u16 = (uint16_t)value;
	const uint32_t u32 = (uint32_t)value;
	const bool flag = value != 0;

	switch (r->field->type) {
	case FIELD_U8:
		memcpy(at, &u8, sizeof(u8));
		break;
	case FIELD_FLAG:
		memcpy(at, &flag, sizeof(flag));
		break;
	case FIELD_U16:
		memcpy(at, &u16, sizeof(u16));
		break;
	case FIELD_U32:
		memcpy(at, &u32, sizeof(u32));
		break;
	default:
		memcpy(at, &value, sizeof(value));
		break;
	}
	return 0;
}

static uint64_t
highest(const struct field *field)
{
	return field->type == FIELD_U8 ? UINT8_MAX : field->type == FIELD_U16 ? UINT16_MAX :
	    field->type == FIELD_U32 ? UINT32_MAX : UINT64_MAX;
}

static int
word_read(const struct reading *r)
{
	struct near near = { .count = 0 };
	char all[512] = "its words are ";
	char text[256];
	unsigned at = 0;
	uint64_t value;
	const char *word;

	if (record_word_value(&value, r->record, r->field, bytes_of_text(r->text))) {
		return number_put(r, value);
	}
	while ((word = record_word_next(r->record, r->field, &at)) != NULL) {
		near_offer(&near, r->text, word);
		if (strlen(all) + strlen(word) + 4 < sizeof(all)) {
			snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s",
			    all[strlen(all) - 1] == ' ' ? "" : ", ", word);
		}
	}
	return wrong(r, "there is no such word", near_text(&near, text, sizeof(text), all));
}

/* "1-3", "1,2,5", or what a use asks for: "finance". */
static bool
tiers_parse(uint64_t *bits, const char *text)
{
	static const char *const strict[] = { "finance", "secrets", "gatekeeper" };
	static const char *const wide[] = { "analytics", "batch", "oracle", "vpn", "game", "web", "ephemeral", "dapp" };

	*bits = 0;
	for (size_t i = 0; i < COUNT(strict); i++) {
		*bits = strcmp(text, strict[i]) == 0 ? 0x07 : *bits;
	}
	for (size_t i = 0; i < COUNT(wide); i++) {
		*bits = strcmp(text, wide[i]) == 0 ? 0x1f : *bits;
	}
	while (*bits == 0 || *text == ',') {
		text += *text == ',';
		const unsigned from = (unsigned)(text[0] - '0');
		const bool range = text[0] != '\0' && text[1] == '-';
		const unsigned to = range ? (unsigned)(text[2] - '0') : from;

		if (from < 1 || from > 5 || to < from || to > 5) {
			return false;
		}
		for (unsigned tier = from; tier <= to; tier++) {
			*bits |= UINT64_C(1) << (tier - 1);
		}
		text += range ? 3 : 1;
		if (*text == '\0') {
			return true;
		}
		if (*text != ',') {
			return false;
		}
	}
	return true;
}

static int
bits_read(const struct reading *r, enum field_role role)
{
	uint64_t bits = 0;

	if (role == ROLE_TIERS) {
		return tiers_parse(&bits, r->text) ? number_put(r, bits) :
		    wrong(r, "tiers are 1, the best, to 5", "write it like 1-3 or 1,2,5, or as a use: finance, secrets, "
		    "gatekeeper (1-3); analytics, batch, oracle, vpn, game, web, ephemeral, dapp (1-5)");
	}
	if (strcmp(r->text, "sgx") == 0 || strcmp(r->text, "sgx,tdx") == 0 || strcmp(r->text, "tdx,sgx") == 0) {
		bits |= UINT64_C(1) << ASSAY_TEE_SGX;
	}
	if (strstr(r->text, "tdx") != NULL && (strlen(r->text) == 3 || bits != 0)) {
		bits |= UINT64_C(1) << ASSAY_TEE_TDX;
	}
	return bits != 0 ? number_put(r, bits) : wrong(r, "TEEs are sgx and tdx", "write sgx, tdx or sgx,tdx");
}

static int
number_read(const struct reading *r)
{
	const enum field_role role = record_role(r->record, r->field);
	int64_t seconds;
	uint64_t value;

	if (record_has_words(r->record, r->field)) {
		return word_read(r);
	}
	if (r->field->type == FIELD_FLAG) {
		return strcmp(r->text, "yes") == 0 ? number_put(r, 1) : strcmp(r->text, "no") == 0 ? number_put(r, 0) :
		    wrong(r, "it is neither yes nor no", "write yes or no");
	}
	if (role == ROLE_TIERS || role == ROLE_TEES) {
		return bits_read(r, role);
	}
	if (role == ROLE_DURATION) {
		return duration_parse(&value, r->text) ? number_put(r, value) :
		    wrong(r, "it is no duration", "write it like 90s, 30min, 2h or 7d");
	}
	if (role == ROLE_TIME) {
		if (r->text[0] == '+' && r->place->m != NULL && duration_parse(&value, r->text + 1)) {
			return number_put(r, time_add(r->place->m->meta.time_ms, value));
		}
		const int code = time_parse(&seconds, r->text);

		return code != 0 ? code : number_put(r, (uint64_t)seconds * 1000);
	}
	/* A parameter's unit may be milliseconds: then a duration says more. */
	if (strcmp(r->record->name, "set-parameter") == 0 && duration_parse(&value, r->text)) {
		return number_put(r, value);
	}
	return number_parse(&value, r->text, highest(r->field)) ? number_put(r, value) :
	    wrong(r, "it is no whole number, or too large", "write its decimal digits alone");
}

/* ---- bytes */

static int
contents(const struct reading *r, struct assay_bytes *bytes)
{
	bool cut;
	int code;

	if (r->text[0] != '@') {
		*bytes = bytes_of_text(r->text);
		return 0;
	}
	code = file_read(bytes, &cut, &r->place->arena, r->text + 1, EVIDENCE_FILE_BYTES_MAX);
	return code != 0 || !cut ? code : wrong(r, "the file is too large", NULL);
}

static int
put_var(const struct reading *r, struct assay_bytes value)
{
	uint16_t len;
	uint8_t *const at = r->out + r->field->offset;
	char cause[96];

	if (r->field->type == FIELD_SLICE) {
		if (value.len <= r->field->n) {
			memcpy(at, &value, sizeof(value));
			return 0;
		}
	} else if (var_set(&len, at + sizeof(len), r->field->n, value)) {
		memcpy(at, &len, sizeof(len));
		return 0;
	}
	snprintf(cause, sizeof(cause), "it has %zu bytes, and may have %zu", value.len, r->field->n);
	return wrong(r, cause, NULL);
}

static int
text_read(const struct reading *r)
{
	struct assay_bytes text;
	const int code = contents(r, &text);

	return code != 0 ? code : put_var(r, r->text[0] == '@' ? trimmed(text) : text);
}

static int raw_read(const struct reading *r);

/* A quote comes in many wrappings; a part of one is what its file holds. */
static int
evidence_read(const struct reading *r)
{
	const struct field *const form = record_field(r->record, "form");

	if (form != NULL && record_number(form, r->out) != REATTEST_WHOLE) {
		return raw_read(r);
	}
	struct input *const input = arena_get(&r->place->arena, sizeof(*input));
	int code;

	code = input_load(input, r->text + (r->text[0] == '@'));
	if (code == 0) {
		code = put_var(r, arena_copy(&r->place->arena, input->evidence));
	}
	input_release(input);
	return code;
}

/* @FILE is the file's bytes as they are; anything else is hex digits. */
static int
raw_read(const struct reading *r)
{
	struct assay_bytes bytes;
	int code;

	if (r->text[0] == '@') {
		code = contents(r, &bytes);
		return code != 0 ? code : put_var(r, bytes);
	}
	uint8_t *const out = arena_get(&r->place->arena, strlen(r->text) / 2 + 1);

	if (!hex_decode(out, strlen(r->text) / 2, bytes_of_text(r->text))) {
		return wrong(r, "it is neither hex digits nor @FILE", "write hex digits, or @ and the name of a file");
	}
	return put_var(r, bytes_of(out, strlen(r->text) / 2));
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

/* A verifier key, as witnesses hand it out. */
static int
witness_read(const struct reading *r, const char *item, uint8_t *out, size_t room, size_t *len)
{
	struct note_key key;

	if (!key_verifier_parse(&key, bytes_of_text(item)) || key.algorithm != NOTE_COSIGNATURE) {
		return wrong(r, "a witness is known by its verifier key, NAME+ID+KEY", "assay key show FILE prints it");
	}
	if (key.name.len + 33 > room) {
		return wrong(r, "the list is too long", NULL);
	}
	out[0] = (uint8_t)key.name.len;
	bytes_copy(out + 1, key.name, key.name.len);
	memcpy(out + 1 + key.name.len, key.key, sizeof(key.key));
	*len = 1 + key.name.len + sizeof(key.key);
	return 0;
}

/* KEY:POWER. */
static int
validator_read(const struct reading *r, const char *item, uint8_t out[static 40])
{
	uint64_t power;

	if (strlen(item) < 66 || item[64] != ':' || !hex_decode(out, 32, bytes_of(item, 64)) ||
	    !number_parse(&power, item + 65, UINT64_MAX)) {
		return wrong(r, "a validator is its Ed25519 key and its power", "write each as 64 hex digits, a colon, a number");
	}
	for (unsigned i = 0; i < 8; i++) {
		out[32 + i] = (uint8_t)(power >> (8 * (7 - i)));
	}
	return 0;
}

static int
text_item_read(const struct reading *r, const char *item, uint8_t *out, size_t room, size_t *len)
{
	*len = strlen(item) + 1;
	if (*len > 256 || *len > room) {
		return wrong(r, "the list is too long", NULL);
	}
	out[0] = (uint8_t)strlen(item);
	memcpy(out + 1, item, strlen(item));
	return 0;
}

static int
item_read(const struct reading *r, enum field_role role, const char *item, uint8_t *out, size_t room, size_t *len)
{
	*len = role == ROLE_IDS ? 32 : 40;
	switch (role) {
	case ROLE_IDS:
		return room < 32 ? wrong(r, "the list is too long", NULL) : find_account(item, r->option, out);
	case ROLE_VALIDATORS:
		return room < 40 ? wrong(r, "the list is too long", NULL) : validator_read(r, item, out);
	case ROLE_WITNESSES:
		return witness_read(r, item, out, room, len);
	default:
		return text_item_read(r, item, out, room, len);
	}
}

/* Parted by commas. */
static int
list_read(const struct reading *r, enum field_role role)
{
	uint8_t list[4096];
	char *item = arena_text(&r->place->arena, bytes_of_text(r->text));
	size_t len = 0;
	int code = 0;

	while (item != NULL && *item != '\0' && code == 0) {
		char *const comma = strchr(item, ',');
		size_t item_len = 0;

		if (comma != NULL) {
			*comma = '\0';
		}
		code = item_read(r, role, item, list + len, sizeof(list) - len, &item_len);
		len += item_len;
		item = comma != NULL ? comma + 1 : NULL;
	}
	if (code == 0 && role == ROLE_IDS) {
		qsort(list, len / 32, 32, compare_ids);
	}
	return code != 0 ? code : put_var(r, bytes_of(list, len));
}

/* ---- ids and keys */

static const struct {
	const char *field;
	enum table table;
} tables[] = {
	{ "worker", TABLE_WORKER },
	{ "program", TABLE_PROGRAM },
	{ "app", TABLE_APP }
};

static int
bytes_read(const struct reading *r)
{
	uint8_t *const at = r->out + r->field->offset;
	const char *const name = r->field->name;
	uint8_t key[64];
	int code;

	for (size_t i = 0; i < COUNT(tables); i++) {
		if (strcmp(tables[i].field, name) == 0) {
			return find_id(r->place, tables[i].table, r->text, r->option, at);
		}
	}
	if (strcmp(name, "signer") == 0 && strcmp(r->record->name, "add-signer") != 0) {
		return find_id(r->place, TABLE_SIGNER, r->text, r->option, at);
	}
	if (strcmp(name, "account") == 0 && strcmp(r->text, "treasury") == 0) {
		memset(at, 0, r->field->n);
		return 0;
	}
	if (strcmp(name, "to") == 0 || strcmp(name, "account") == 0) {
		return find_account(r->text, r->option, at);
	}
	if (strcmp(name, "key") == 0) {
		code = find_key(r->text, r->option, r->field->n == 32 ? KEY_ED25519 : KEY_P256, key);
		memcpy(at, key, r->field->n);
		return code;
	}
	return hex_decode(at, r->field->n, bytes_of_text(r->text)) ? 0 :
	    wrong(r, r->field->n == 32 ? "it has to be 64 hex digits" : "it has not the right number of hex digits",
	    r->field->text);
}

/* An agent's key: a key file, its digits, or none. */
static int
var_key_read(const struct reading *r)
{
	uint8_t key[64];
	int code;

	if (strcmp(r->text, "none") == 0) {
		return put_var(r, (struct assay_bytes){ NULL, 0 });
	}
	code = find_key(r->text, r->option, KEY_P256, key);
	return code != 0 ? code : put_var(r, bytes_of(key, KEY_BYTES));
}

/* FMSPC:INDEX:LEAST. */
static int
component_read(const struct reading *r)
{
	const bool long_enough = strlen(r->text) >= 16 && r->text[12] == ':';
	uint8_t value[9];
	char *colon = NULL;
	char *end = NULL;
	const unsigned long index = long_enough ? strtoul(r->text + 13, &colon, 10) : 0;
	const unsigned long least = long_enough && *colon == ':' ? strtoul(colon + 1, &end, 10) : 0;

	if (end == NULL || end == colon + 1 || *end != '\0' || !hex_decode(value, 6, bytes_of(r->text, 12)) ||
	    index > 16 || least > UINT16_MAX) {
		return wrong(r, "a component is an FMSPC, an index (16: PCESVN) and the least SVN that is allowed",
		    "write it like 00906ed50000:3:14");
	}
	value[6] = (uint8_t)index;
	value[7] = (uint8_t)(least >> 8);
	value[8] = (uint8_t)least;
	return put_var(r, bytes_of(value, sizeof(value)));
}

static int
status_read(const struct reading *r)
{
	const struct record *const worker = table_record(TABLE_WORKER);
	uint64_t value;
	uint8_t status;

	if (!record_word_value(&value, worker, record_field(worker, "status"), bytes_of_text(r->text))) {
		return wrong(r, "it is no status", "write the vendor's word: OutOfDate, ConfigurationNeeded ...");
	}
	status = (uint8_t)value;
	return put_var(r, bytes_of(&status, 1));
}

/* What is denied, in the form that its kind has. */
static int
denied_read(const struct reading *r)
{
	const struct field *const kind = record_field(r->record, "kind");
	uint8_t id[32];
	int code;

	switch (record_number(kind, r->out)) {
	case DENY_PLATFORM:
		code = find_id(r->place, TABLE_PLATFORM, r->text, r->option, id);
		return code != 0 ? code : put_var(r, bytes_of(id, sizeof(id)));
	case DENY_PROGRAM:
		code = find_id(r->place, TABLE_PROGRAM, r->text, r->option, id);
		return code != 0 ? code : put_var(r, bytes_of(id, sizeof(id)));
	case DENY_SIGNER:
		code = find_id(r->place, TABLE_SIGNER, r->text, r->option, id);
		return code != 0 ? code : put_var(r, bytes_of(id, sizeof(id)));
	case DENY_COMPONENT:
		return component_read(r);
	case DENY_STATUS:
		return status_read(r);
	case DENY_ADVISORY:
		return put_var(r, bytes_of_text(r->text));
	default:
		return raw_read(r);
	}
}

/* The document in force is the canonical one: what a digest is of. */
static int
document_read(const struct reading *r)
{
	struct assay_policy *const policy = arena_get(&r->place->arena, sizeof(*policy));
	char *const document = arena_get(&r->place->arena, ASSAY_POLICY_DOCUMENT_MAX);
	const int code = policy_load(policy, &r->place->arena, r->text + (r->text[0] == '@'));

	return code != 0 ? code :
	    put_var(r, bytes_of(document, assay_policy_document(policy, document, ASSAY_POLICY_DOCUMENT_MAX)));
}

int
value_read(const struct reading *r)
{
	const enum field_role role = record_role(r->record, r->field);

	switch (r->field->type) {
	case FIELD_TEXT:
		return text_read(r);
	case FIELD_BYTES:
		return bytes_read(r);
	case FIELD_VAR:
		if (strcmp(r->field->name, "value") == 0) {
			return denied_read(r);
		}
		return strcmp(r->field->name, "key") == 0 ? var_key_read(r) :
		    role == ROLE_PLAIN || role == ROLE_SELECTOR ? raw_read(r) : list_read(r, role);
	case FIELD_SLICE:
		return role == ROLE_DOCUMENT ? document_read(r) : strcmp(r->field->name, "evidence") == 0 ? evidence_read(r) :
		    raw_read(r);
	default:
		return number_read(r);
	}
}
