/* SPDX-License-Identifier: Apache-2.0 */
/* A description in JSON: members with their paths, values, records as objects. */
#include "cmd/register_genesis_inside.h"

#include <stdio.h>

#include "cmd/failure.h"
#include "cmd/near.h"
#include "cmd/register_fields.h"
#include "cmd/register_find.h"
#include "cmd/register_value.h"
#include "format/json_text.h"

/* ---- errors and paths ------------------------------------------------- */

int
genesis_refuse(struct description *d, const char *cause, const char *fix)
{
	if (d->code == 0) {
		d->code = fail(EXIT_USAGE, cause, fix, "%s cannot be a genesis: %s%s is wrong, so no register was made", d->file,
		    d->member[0] != '\0' ? "member " : "what stands there", d->member);
	}
	return d->code;
}

/* Go into a member or element; the length before, for leave. */
size_t
genesis_enter(struct description *d, struct assay_bytes name, size_t index)
{
	const size_t len = strlen(d->member);

	if (name.data != NULL) {
		snprintf(d->member + len, sizeof(d->member) - len, "%s%.*s", len != 0 ? "." : "",
		    (int)(name.len < 64 ? name.len : 64), (const char *)name.data);
	} else {
		snprintf(d->member + len, sizeof(d->member) - len, "[%zu]", index);
	}
	return len;
}

void
genesis_leave(struct description *d, size_t len)
{
	d->member[len] = '\0';
}

/* ---- values ----------------------------------------------------------- */

/* A string's meaning, zero-terminated; NULL after an error. */
const char *
genesis_string(struct description *d, struct json *j)
{
	const bool is_string = json_type(j) == JSON_STRING;
	const struct assay_bytes raw = json_skip(j);
	char *const out = arena_get(&d->place->arena, raw.len + 1);
	size_t len;

	if (!is_string || !json_text_decode((uint8_t *)out, raw.len, &len, raw) || memchr(out, 0, len) != NULL) {
		genesis_refuse(d, "a string has to stand there", "write it in quotation marks");
		return NULL;
	}
	out[len] = '\0';
	return out;
}

uint64_t
genesis_number(struct description *d, struct json *j, uint64_t most)
{
	const bool is_number = json_type(j) == JSON_NUMBER;
	const struct assay_bytes raw = json_skip(j);
	uint64_t value = 0;

	if (!is_number || !number_parse(&value, arena_text(&d->place->arena, raw), most)) {
		genesis_refuse(d, "a whole number has to stand there, or it is too large", "write its decimal digits alone");
		return 0;
	}
	return value;
}

bool
genesis_object(struct description *d, struct json *j, struct json_object *o)
{
	if (d->code == 0 && json_type(j) == JSON_OBJECT) {
		*o = json_object(j);
		return true;
	}
	genesis_refuse(d, "an object has to stand there", "write { \"name\": value, ... }");
	(void)json_skip(j);
	return false;
}

bool
genesis_array(struct description *d, struct json *j, struct json_array *a)
{
	if (d->code == 0 && json_type(j) == JSON_ARRAY) {
		*a = json_array(j);
		return true;
	}
	genesis_refuse(d, "a list has to stand there", "write [ ..., ... ]");
	(void)json_skip(j);
	return false;
}

void
genesis_unknown(struct description *d, struct json *j, struct assay_bytes name, const char *const *words)
{
	struct near near = { .count = 0 };
	const char *const given = arena_text(&d->place->arena, name);
	char text[256];

	for (; *words != NULL; words++) {
		near_offer(&near, given, *words);
	}
	(void)json_skip(j);
	genesis_refuse(d, "there is no such member", near_text(&near, text, sizeof(text), "leave it out"));
}

/* Files stand beside the description. */
const char *
genesis_beside(struct description *d, const char *name)
{
	const char *const slash = strrchr(d->file, '/');
	const size_t size = strlen(d->file) + strlen(name) + 2;
	char *const out = arena_get(&d->place->arena, size);

	if (name[0] == '/' || slash == NULL) {
		return name;
	}
	snprintf(out, size, "%.*s/%s", (int)(slash - d->file), d->file, name);
	return out;
}

/* "@FILE" with the file's path beside the description; other text as it is. */
static const char *
genesis_at_beside(struct description *d, const char *text)
{
	const char *path;
	char *out;

	if (text[0] != '@') {
		return text;
	}
	path = genesis_beside(d, text + 1);
	out = arena_get(&d->place->arena, strlen(path) + 2);
	out[0] = '@';
	memcpy(out + 1, path, strlen(path));
	return out;
}

void
genesis_account(struct description *d, struct json *j, uint8_t id[static 32])
{
	const char *const text = genesis_string(d, j);

	memset(id, 0, 32);
	if (text != NULL && d->code == 0) {
		char what[PATH_BYTES + 64];

		snprintf(what, sizeof(what), "%s: %s", d->file, d->member);
		d->code = find_account(genesis_at_beside(d, text), what, id);
	}
}

void
genesis_put(struct description *d, struct genesis_list *list, const void *data, size_t len)
{
	if (len > sizeof(list->data) - list->len) {
		genesis_refuse(d, "the list is too long for one entry of the log", "shorten it");
		return;
	}
	memcpy(list->data + list->len, data, len);
	list->len += len;
}

void
genesis_put_number(struct description *d, struct genesis_list *list, uint64_t value, unsigned bytes)
{
	for (unsigned i = bytes; i-- > 0;) {
		const uint8_t byte = (uint8_t)(value >> (8 * i));

		genesis_put(d, list, &byte, 1);
	}
}

/* ---- records as objects ----------------------------------------------- */

/* A value as the command line has it: lists are joined by commas. */
const char *
genesis_value_text(struct description *d, struct json *j)
{
	const enum json_type type = json_type(j);
	struct json_array a;
	char *joined;
	size_t len = 0;

	if (type == JSON_STRING) {
		return genesis_string(d, j);
	}
	if (type == JSON_TRUE || type == JSON_FALSE) {
		return json_boolean(j) ? "yes" : "no";
	}
	if (type != JSON_ARRAY) {
		return arena_text(&d->place->arena, json_skip(j));
	}
	joined = arena_get(&d->place->arena, LIST_BYTES_MAX);
	a = json_array(j);
	while (json_element(j, &a)) {
		const char *const item = genesis_string(d, j);

		if (item == NULL || strlen(item) + 2 > LIST_BYTES_MAX - len) {
			genesis_refuse(d, "the list is too long, or holds no strings", NULL);
			return NULL;
		}
		len += (size_t)snprintf(joined + len, LIST_BYTES_MAX - len, "%s%s", len != 0 ? "," : "", item);
	}
	return joined;
}

static const struct field *
field_named(const struct record *record, struct assay_bytes name)
{
	for (size_t i = 0; i < record->count; i++) {
		const char *const field = record->fields[i].name;
		const size_t len = strlen(field);
		const bool is_time = len > 3 && strcmp(field + len - 3, "_ms") == 0;

		if (bytes_equal_text(name, field) || (is_time && bytes_equal(name, bytes_of(field, len - 3)))) {
			return &record->fields[i];
		}
	}
	return NULL;
}

static void genesis_read_record(struct description *d, struct json *j, const struct record *record, void *out);

/* What evidence must show: by the TEE that was named before it. */
static void
selector_read(struct description *d, struct json *j, const struct record *record, const struct field *field, void *out)
{
	const uint64_t tee = record_number(record_field(record, "tee"), out);
	uint8_t encoded[SELECTOR_BYTES_MAX];
	struct sgx_selector sgx = { .has_mrenclave = true };
	struct td_selector td = { .has_rtmr3 = false };
	uint8_t *const at = (uint8_t *)out + field->offset;
	uint16_t len;

	if (tee == ASSAY_TEE_SGX) {
		genesis_read_record(d, j, &sgx_selector_record, &sgx);
		len = (uint16_t)record_encode(&sgx_selector_record, &sgx, encoded, sizeof(encoded));
	} else if (tee == ASSAY_TEE_TDX) {
		genesis_read_record(d, j, &td_selector_record, &td);
		len = (uint16_t)record_encode(&td_selector_record, &td, encoded, sizeof(encoded));
	} else {
		genesis_refuse(d, "which TEE it is for must stand before it", "put member \"tee\" before \"selector\"");
		(void)json_skip(j);
		return;
	}
	memcpy(at, &len, sizeof(len));
	memcpy(at + sizeof(len), encoded, len);
}

void
genesis_field(struct description *d, struct json *j, const struct record *record, const struct field *field,
    void *out)
{
	char what[PATH_BYTES + 64];
	const char *text;

	if (record_role(record, field) == ROLE_SELECTOR && json_type(j) == JSON_OBJECT) {
		selector_read(d, j, record, field, out);
		return;
	}
	text = genesis_value_text(d, j);
	snprintf(what, sizeof(what), "%s: %s", d->file, d->member);
	if (text != NULL && d->code == 0) {
		const struct reading reading = {
			.place = d->place, .record = record, .field = field, .out = out, .option = what,
			.text = genesis_at_beside(d, text)
		};

		d->code = value_read(&reading);
	}
}

/* Members that a selector may leave out besides those of acts. */
static bool
may_be_absent(const struct record *record, const struct field *field)
{
	uint64_t value;

	return field_is_optional(record, field, &value) || strcmp(field->name, "has_mrenclave") == 0 ||
	    strcmp(field->name, "has_rtmr3") == 0 || strcmp(field->name, "rtmr3") == 0;
}

static void
genesis_read_record(struct description *d, struct json *j, const struct record *record, void *out)
{
	bool seen[64] = { false };
	const char *names[65] = { NULL };
	struct json_object o;
	struct assay_bytes name;

	assert(record->count < 64);
	for (size_t i = 0; i < record->count; i++) {
		names[i] = record->fields[i].name;
	}
	if (!genesis_object(d, j, &o)) {
		return;
	}
	while (json_member(j, &o, &name)) {
		const size_t len = genesis_enter(d, name, 0);
		const struct field *const field = field_named(record, name);

		if (field == NULL) {
			genesis_unknown(d, j, name, names);
		} else {
			seen[field - record->fields] = true;
			genesis_field(d, j, record, field, out);
		}
		genesis_leave(d, len);
	}
	for (size_t i = 0; i < record->count; i++) {
		if (!seen[i] && !may_be_absent(record, &record->fields[i])) {
			const size_t len = genesis_enter(d, bytes_of_text(record->fields[i].name), 0);

			genesis_refuse(d, "it is missing", record->fields[i].text);
			genesis_leave(d, len);
		}
	}
}

void
genesis_records(struct description *d, struct json *j, enum act act, struct genesis_list *list)
{
	const struct record *const record = act_record(act);
	uint8_t *const encoded = arena_get(&d->place->arena, 8192);
	struct json_array a;
	size_t index = 0;

	if (!genesis_array(d, j, &a)) {
		return;
	}
	while (json_element(j, &a)) {
		const size_t len = genesis_enter(d, (struct assay_bytes){ NULL, 0 }, index);
		void *const arguments = arena_get(&d->place->arena, record->struct_size);

		index++;
		genesis_read_record(d, j, record, arguments);
		if (d->code == 0) {
			genesis_put(d, list, encoded, record_encode(record, arguments, encoded, 8192));
		}
		genesis_leave(d, len);
	}
}
