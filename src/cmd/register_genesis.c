/* SPDX-License-Identifier: Apache-2.0 */
/* A register's genesis from a description in JSON. */
#include "cmd/register_genesis.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/assayer.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/near.h"
#include "cmd/register_fields.h"
#include "cmd/register_find.h"
#include "cmd/register_value.h"
#include "cmd/roots.h"
#include "format/json.h"
#include "format/json_text.h"

#define LIST_BYTES_MAX	20000
#define PATH_BYTES	192

struct list {
	uint8_t data[LIST_BYTES_MAX];
	size_t len;
};

struct description {
	struct place *place;
	const char *file;
	char member[PATH_BYTES];	/* that is read */
	struct genesis genesis;
	uint64_t parameters[PARAMETER_END];
	struct list encoded_parameters, roots, accounts, signers, programs;
	char *policy;
	int code;			/* of the first error */
};

/* ---- errors and paths ------------------------------------------------- */

static int
refuse(struct description *d, const char *cause, const char *fix)
{
	if (d->code == 0) {
		d->code = fail(EXIT_USAGE, cause, fix, "%s cannot be a genesis: %s%s is wrong, so no register was made", d->file,
		    d->member[0] != '\0' ? "member " : "what stands there", d->member);
	}
	return d->code;
}

/* Go into a member or element; the length before, for leave. */
static size_t
enter(struct description *d, struct assay_bytes name, size_t index)
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

static void
leave(struct description *d, size_t len)
{
	d->member[len] = '\0';
}

/* ---- values ----------------------------------------------------------- */

/* A string's meaning, zero-terminated; NULL after an error. */
static const char *
string_read(struct description *d, struct json *j)
{
	const bool is_string = json_type(j) == JSON_STRING;
	const struct assay_bytes raw = json_skip(j);
	char *const out = arena_get(&d->place->arena, raw.len + 1);
	size_t len;

	if (!is_string || !json_text_decode((uint8_t *)out, raw.len, &len, raw) || memchr(out, 0, len) != NULL) {
		refuse(d, "a string has to stand there", "write it in quotation marks");
		return NULL;
	}
	out[len] = '\0';
	return out;
}

static uint64_t
number_read(struct description *d, struct json *j, uint64_t most)
{
	const bool is_number = json_type(j) == JSON_NUMBER;
	const struct assay_bytes raw = json_skip(j);
	uint64_t value = 0;

	if (!is_number || !number_parse(&value, arena_text(&d->place->arena, raw), most)) {
		refuse(d, "a whole number has to stand there, or it is too large", "write its decimal digits alone");
		return 0;
	}
	return value;
}

static bool
object_enter(struct description *d, struct json *j, struct json_object *o)
{
	if (d->code == 0 && json_type(j) == JSON_OBJECT) {
		*o = json_object(j);
		return true;
	}
	refuse(d, "an object has to stand there", "write { \"name\": value, ... }");
	(void)json_skip(j);
	return false;
}

static bool
array_enter(struct description *d, struct json *j, struct json_array *a)
{
	if (d->code == 0 && json_type(j) == JSON_ARRAY) {
		*a = json_array(j);
		return true;
	}
	refuse(d, "a list has to stand there", "write [ ..., ... ]");
	(void)json_skip(j);
	return false;
}

static void
unknown(struct description *d, struct json *j, struct assay_bytes name, const char *const *words)
{
	struct near near = { .count = 0 };
	const char *const given = arena_text(&d->place->arena, name);
	char text[256];

	for (; *words != NULL; words++) {
		near_offer(&near, given, *words);
	}
	(void)json_skip(j);
	refuse(d, "there is no such member", near_text(&near, text, sizeof(text), "leave it out"));
}

/* Files stand beside the description. */
static const char *
beside(struct description *d, const char *name)
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
at_beside(struct description *d, const char *text)
{
	const char *path;
	char *out;

	if (text[0] != '@') {
		return text;
	}
	path = beside(d, text + 1);
	out = arena_get(&d->place->arena, strlen(path) + 2);
	out[0] = '@';
	memcpy(out + 1, path, strlen(path));
	return out;
}

static void
account_read(struct description *d, struct json *j, uint8_t id[static 32])
{
	const char *const text = string_read(d, j);

	memset(id, 0, 32);
	if (text != NULL && d->code == 0) {
		char what[PATH_BYTES + 64];

		snprintf(what, sizeof(what), "%s: %s", d->file, d->member);
		d->code = find_account(at_beside(d, text), what, id);
	}
}

static void
list_put(struct description *d, struct list *list, const void *data, size_t len)
{
	if (len > sizeof(list->data) - list->len) {
		refuse(d, "the list is too long for one entry of the log", "shorten it");
		return;
	}
	memcpy(list->data + list->len, data, len);
	list->len += len;
}

static void
list_number(struct description *d, struct list *list, uint64_t value, unsigned bytes)
{
	for (unsigned i = bytes; i-- > 0;) {
		const uint8_t byte = (uint8_t)(value >> (8 * i));

		list_put(d, list, &byte, 1);
	}
}

/* ---- records as objects ----------------------------------------------- */

/* A value as the command line has it: lists are joined by commas. */
static const char *
value_text(struct description *d, struct json *j)
{
	const enum json_type type = json_type(j);
	struct json_array a;
	char *joined;
	size_t len = 0;

	if (type == JSON_STRING) {
		return string_read(d, j);
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
		const char *const item = string_read(d, j);

		if (item == NULL || strlen(item) + 2 > LIST_BYTES_MAX - len) {
			refuse(d, "the list is too long, or holds no strings", NULL);
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

static void record_read_object(struct description *d, struct json *j, const struct record *record, void *out);

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
		record_read_object(d, j, &sgx_selector_record, &sgx);
		len = (uint16_t)record_encode(&sgx_selector_record, &sgx, encoded, sizeof(encoded));
	} else if (tee == ASSAY_TEE_TDX) {
		record_read_object(d, j, &td_selector_record, &td);
		len = (uint16_t)record_encode(&td_selector_record, &td, encoded, sizeof(encoded));
	} else {
		refuse(d, "which TEE it is for must stand before it", "put member \"tee\" before \"selector\"");
		(void)json_skip(j);
		return;
	}
	memcpy(at, &len, sizeof(len));
	memcpy(at + sizeof(len), encoded, len);
}

static void
field_from_json(struct description *d, struct json *j, const struct record *record, const struct field *field,
    void *out)
{
	char what[PATH_BYTES + 64];
	const char *text;

	if (record_role(record, field) == ROLE_SELECTOR && json_type(j) == JSON_OBJECT) {
		selector_read(d, j, record, field, out);
		return;
	}
	text = value_text(d, j);
	snprintf(what, sizeof(what), "%s: %s", d->file, d->member);
	if (text != NULL && d->code == 0) {
		const struct reading reading = {
			.place = d->place, .record = record, .field = field, .out = out, .option = what, .text = at_beside(d, text)
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
record_read_object(struct description *d, struct json *j, const struct record *record, void *out)
{
	bool seen[64] = { false };
	const char *names[65] = { NULL };
	struct json_object o;
	struct assay_bytes name;

	assert(record->count < 64);
	for (size_t i = 0; i < record->count; i++) {
		names[i] = record->fields[i].name;
	}
	if (!object_enter(d, j, &o)) {
		return;
	}
	while (json_member(j, &o, &name)) {
		const size_t len = enter(d, name, 0);
		const struct field *const field = field_named(record, name);

		if (field == NULL) {
			unknown(d, j, name, names);
		} else {
			seen[field - record->fields] = true;
			field_from_json(d, j, record, field, out);
		}
		leave(d, len);
	}
	for (size_t i = 0; i < record->count; i++) {
		if (!seen[i] && !may_be_absent(record, &record->fields[i])) {
			const size_t len = enter(d, bytes_of_text(names[i]), 0);

			refuse(d, "it is missing", record->fields[i].text);
			leave(d, len);
		}
	}
}

static void
acts_read(struct description *d, struct json *j, enum act act, struct list *list)
{
	const struct record *const record = act_record(act);
	uint8_t *const encoded = arena_get(&d->place->arena, 8192);
	struct json_array a;
	size_t index = 0;

	if (!array_enter(d, j, &a)) {
		return;
	}
	while (json_element(j, &a)) {
		const size_t len = enter(d, (struct assay_bytes){ NULL, 0 }, index);
		void *const arguments = arena_get(&d->place->arena, record->struct_size);

		index++;
		record_read_object(d, j, record, arguments);
		if (d->code == 0) {
			list_put(d, list, encoded, record_encode(record, arguments, encoded, 8192));
		}
		leave(d, len);
	}
}

/* ---- the members of a genesis ----------------------------------------- */

static void
read_name(struct description *d, struct json *j)
{
	const char *const text = string_read(d, j);

	if (text != NULL && (!VAR_SET(d->genesis.name, bytes_of_text(text)) || text[0] == '\0')) {
		refuse(d, "a register's name has 1 to 64 bytes", "shorten it");
	}
}

static void
read_backing(struct description *d, struct json *j)
{
	const char *const text = string_read(d, j);

	if (text != NULL && !VAR_SET(d->genesis.backing, bytes_of_text(text))) {
		refuse(d, "it has more than 500 bytes", "shorten it");
	}
}

static void
read_time(struct description *d, struct json *j)
{
	const char *const text = string_read(d, j);
	int64_t seconds = 0;

	if (text != NULL && d->code == 0) {
		d->code = time_parse(&seconds, text);
		d->genesis.time_ms = (uint64_t)seconds * 1000;
	}
}

static void
parameter_read(struct description *d, struct json *j, struct assay_bytes name)
{
	const char *names[PARAMETER_END + 1] = { NULL };
	size_t count = 0;
	char fix[128];

	for (unsigned i = 0; i < PARAMETER_END; i++) {
		const struct parameter_bounds *const b = parameter_bounds(i);

		if (b == NULL) {
			continue;
		}
		names[count] = b->name;
		count++;
		if (bytes_equal_text(name, b->name)) {
			const char *const text = value_text(d, j);

			if (text == NULL || !(strcmp(b->unit, "ms") == 0 ? duration_parse(&d->parameters[i], text) :
			    number_parse(&d->parameters[i], text, UINT64_MAX)) || d->parameters[i] < b->lowest ||
			    d->parameters[i] > b->highest) {
				snprintf(fix, sizeof(fix), "write a number of %s from %llu to %llu", b->unit,
				    (unsigned long long)b->lowest, (unsigned long long)b->highest);
				refuse(d, "the value is no number, or out of the parameter's bounds", fix);
			}
			return;
		}
	}
	unknown(d, j, name, names);
}

static void
read_parameters(struct description *d, struct json *j)
{
	struct json_object o;
	struct assay_bytes name;

	if (!object_enter(d, j, &o)) {
		return;
	}
	while (json_member(j, &o, &name)) {
		const size_t len = enter(d, name, 0);

		parameter_read(d, j, name);
		leave(d, len);
	}
	if (d->code == 0 && !parameters_fit(d->parameters)) {
		refuse(d, "they do not fit each other", "window <= reattest_window < epoch_blocks / 2, nonce_age >= reattest_window, "
		    "offline_limit >= window * block_interval");
	}
}

static void
root_read(struct description *d, struct json *j)
{
	const char *const text = string_read(d, j);
	struct roots roots = { .count = 0 };

	if (text == NULL || d->code != 0) {
		return;
	}
	if (strcmp(text, "intel") == 0) {
		roots_start(&roots);
	} else {
		d->code = roots_add(&roots, &d->place->arena, beside(d, text));
	}
	for (size_t i = 0; d->code == 0 && i < roots.count; i++) {
		struct root root = { .kind = (uint8_t)roots.roots[i].kind, .simulated = roots.roots[i].simulated };
		uint8_t encoded[600];

		if (!VAR_SET(root.key, roots.roots[i].key)) {
			refuse(d, "a root's key is too long", NULL);
			return;
		}
		list_put(d, &d->roots, encoded, record_encode(table_record(TABLE_ROOT), &root, encoded, sizeof(encoded)));
	}
}

static void
read_roots(struct description *d, struct json *j)
{
	struct json_array a;
	size_t index = 0;

	if (json_type(j) == JSON_STRING) {
		root_read(d, j);
		return;
	}
	if (!array_enter(d, j, &a)) {
		return;
	}
	while (json_element(j, &a)) {
		const size_t len = enter(d, (struct assay_bytes){ NULL, 0 }, index);

		index++;
		root_read(d, j);
		leave(d, len);
	}
}

/* The log's key: a verifier key, or the file that holds it. */
static void
log_key_read(struct description *d, struct json *j)
{
	const char *const text = string_read(d, j);
	struct note_key key;
	struct key_file *file;

	if (text == NULL || d->code != 0) {
		return;
	}
	if (key_verifier_parse(&key, bytes_of_text(text)) && key.algorithm == NOTE_ED25519) {
		memcpy(d->genesis.log_key, key.key, sizeof(key.key));
		(void)VAR_SET(d->genesis.log_origin, key.name);
		return;
	}
	file = arena_get(&d->place->arena, sizeof(*file));
	d->code = key_read(file, beside(d, text + (text[0] == '@')));
	if (d->code == 0 && (file->label.kind != KEY_LOG || !file->has_public)) {
		refuse(d, "it is not the key of a log", "make one: assay key new --kind log --name NAME FILE");
	} else if (d->code == 0) {
		memcpy(d->genesis.log_key, file->public.bytes, sizeof(d->genesis.log_key));
		if (!VAR_SET(d->genesis.log_origin, bytes_of_text(file->label.name))) {
			refuse(d, "the log's name has more than 128 bytes", "make a key with a shorter name");
		}
	}
	key_file_release(file);
}

static void
read_log(struct description *d, struct json *j)
{
	static const char *const names[] = { "key", "quorum", "witnesses", NULL };
	const struct record *const rotate = act_record(ACT_ROTATE_LOG);
	struct rotate_log_arguments *const arguments = arena_get(&d->place->arena, sizeof(*arguments));
	struct json_object o;
	struct assay_bytes name;

	if (!object_enter(d, j, &o)) {
		return;
	}
	while (json_member(j, &o, &name)) {
		const size_t len = enter(d, name, 0);

		if (bytes_equal_text(name, "key")) {
			log_key_read(d, j);
		} else if (bytes_equal_text(name, "quorum")) {
			d->genesis.log_quorum = (uint8_t)number_read(d, j, WITNESSES_MAX);
		} else if (bytes_equal_text(name, "witnesses")) {
			field_from_json(d, j, rotate, record_field(rotate, "witnesses"), arguments);
			(void)VAR_SET(d->genesis.witnesses, VAR_BYTES(arguments->witnesses));
		} else {
			unknown(d, j, name, names);
		}
		leave(d, len);
	}
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static void
members_read(struct description *d, struct json *j)
{
	uint8_t ids[COUNCIL_MAX][32];
	struct json_array a;
	size_t count = 0;

	if (!array_enter(d, j, &a)) {
		return;
	}
	while (json_element(j, &a)) {
		const size_t len = enter(d, (struct assay_bytes){ NULL, 0 }, count);

		if (count == COUNCIL_MAX) {
			refuse(d, "a council has at most 32 members", "name fewer");
			(void)json_skip(j);
		} else {
			account_read(d, j, ids[count]);
			count++;
		}
		leave(d, len);
	}
	qsort(ids, count, 32, compare_ids);
	(void)VAR_SET(d->genesis.members, bytes_of(ids, count * 32));
}

static void
read_council(struct description *d, struct json *j)
{
	static const char *const names[] = { "threshold", "members", NULL };
	struct json_object o;
	struct assay_bytes name;

	if (!object_enter(d, j, &o)) {
		return;
	}
	while (json_member(j, &o, &name)) {
		const size_t len = enter(d, name, 0);

		if (bytes_equal_text(name, "threshold")) {
			d->genesis.threshold = (uint8_t)number_read(d, j, COUNCIL_MAX);
		} else if (bytes_equal_text(name, "members")) {
			members_read(d, j);
		} else {
			unknown(d, j, name, names);
		}
		leave(d, len);
	}
	if (d->code == 0 && 2 * (size_t)d->genesis.threshold * 32 <= d->genesis.members.len) {
		refuse(d, "the threshold has to be more than half of the members", "raise it");
	}
}

static void
read_treasury(struct description *d, struct json *j)
{
	d->genesis.treasury = number_read(d, j, (uint64_t)1 << 63);
}

static void
account_entry_read(struct description *d, struct json *j)
{
	static const char *const names[] = { "account", "balance", NULL };
	struct json_object o;
	struct assay_bytes name;
	uint8_t id[32] = { 0 };
	uint64_t balance = 0;

	if (!object_enter(d, j, &o)) {
		return;
	}
	while (json_member(j, &o, &name)) {
		const size_t len = enter(d, name, 0);

		if (bytes_equal_text(name, "account")) {
			account_read(d, j, id);
		} else if (bytes_equal_text(name, "balance")) {
			balance = number_read(d, j, (uint64_t)1 << 63);
		} else {
			unknown(d, j, name, names);
		}
		leave(d, len);
	}
	if (d->code == 0 && (balance == 0 || bytes_all_zero(ARRAY_BYTES(id)))) {
		refuse(d, "an account and a balance above 0 have to stand there", "leave out accounts without a balance");
	}
	list_put(d, &d->accounts, id, sizeof(id));
	list_number(d, &d->accounts, balance, 8);
}

static int
compare_accounts(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static void
read_accounts(struct description *d, struct json *j)
{
	struct json_array a;
	size_t index = 0;

	if (!array_enter(d, j, &a)) {
		return;
	}
	while (json_element(j, &a)) {
		const size_t len = enter(d, (struct assay_bytes){ NULL, 0 }, index);

		index++;
		account_entry_read(d, j);
		leave(d, len);
	}
	qsort(d->accounts.data, d->accounts.len / 40, 40, compare_accounts);
}

/* A preset, a file beside the description, or the document itself. */
static void
read_policy(struct description *d, struct json *j)
{
	static struct assay_policy policy;
	char error[160];
	const char *text;

	if (json_type(j) == JSON_OBJECT) {
		if (!assay_policy_parse(&policy, d->place->crypto, json_skip(j), error)) {
			refuse(d, error, "assay policy check FILE says more");
		}
	} else if ((text = string_read(d, j)) != NULL && d->code == 0) {
		bool preset = false;

		for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
			preset = preset || strcmp(assay_policy_preset_name(i), text) == 0;
		}
		d->code = policy_load(&policy, &d->place->arena, preset ? text : beside(d, text));
	}
	if (d->code == 0) {
		d->policy = arena_get(&d->place->arena, ASSAY_POLICY_DOCUMENT_MAX);
		d->genesis.policy = bytes_of(d->policy, assay_policy_document(&policy, d->policy, ASSAY_POLICY_DOCUMENT_MAX));
	}
}

static void
read_signers(struct description *d, struct json *j)
{
	acts_read(d, j, ACT_ADD_SIGNER, &d->signers);
}

static void
read_programs(struct description *d, struct json *j)
{
	acts_read(d, j, ACT_ALLOW_PROGRAM, &d->programs);
}

static void
read_schema(struct description *d, struct json *j)
{
	const char *const text = string_read(d, j);

	if (text != NULL && strcmp(text, "assay.genesis/1") != 0) {
		refuse(d, "this version reads assay.genesis/1", "write \"schema\": \"assay.genesis/1\"");
	}
}

static const struct {
	const char *name;
	bool needed;
	void (*read)(struct description *d, struct json *j);
} members[] = {
	{ "schema", true, read_schema },
	{ "name", true, read_name },
	{ "backing", true, read_backing },
	{ "time", false, read_time },
	{ "parameters", false, read_parameters },
	{ "roots", true, read_roots },
	{ "log", true, read_log },
	{ "council", true, read_council },
	{ "treasury", false, read_treasury },
	{ "accounts", false, read_accounts },
	{ "policy", true, read_policy },
	{ "signers", false, read_signers },
	{ "programs", false, read_programs }
};
#define MEMBERS_COUNT (sizeof(members) / sizeof(members[0]))

static void
description_read(struct description *d, struct assay_bytes text)
{
	const char *names[MEMBERS_COUNT + 1] = { NULL };
	bool seen[MEMBERS_COUNT] = { false };
	struct json j = json_over(text);
	struct json_object o;
	struct assay_bytes name;

	for (size_t i = 0; i < MEMBERS_COUNT; i++) {
		names[i] = members[i].name;
	}
	if (!object_enter(d, &j, &o)) {
		return;
	}
	while (json_member(&j, &o, &name)) {
		const size_t len = enter(d, name, 0);
		size_t i = 0;

		while (i < MEMBERS_COUNT && !bytes_equal_text(name, members[i].name)) {
			i++;
		}
		if (i == MEMBERS_COUNT) {
			unknown(d, &j, name, names);
		} else {
			seen[i] = true;
			members[i].read(d, &j);
		}
		leave(d, len);
	}
	if (d->code == 0 && !json_done(&j)) {
		refuse(d, "it is no JSON, or a member stands there twice", "jq . FILE says where it ends to be any");
	}
	for (size_t i = 0; i < MEMBERS_COUNT; i++) {
		if (members[i].needed && !seen[i]) {
			(void)enter(d, bytes_of_text(names[i]), 0);
			refuse(d, "it is missing", "doc/register.md describes all members");
		}
	}
}

static void
parameters_encode(struct description *d)
{
	for (unsigned i = 0; i < PARAMETER_END; i++) {
		const struct parameter_bounds *const b = parameter_bounds(i);

		/* The canonical list names only those that differ. */
		if (b != NULL && d->parameters[i] != b->genesis) {
			list_number(d, &d->encoded_parameters, i, 2);
			list_number(d, &d->encoded_parameters, d->parameters[i], 8);
		}
	}
}

int
genesis_read(struct place *place, const char *path, uint64_t now_ms, struct assay_bytes *genesis)
{
	struct description *const d = arena_get(&place->arena, sizeof(*d));
	uint8_t *const out = arena_get(&place->arena, ASSAY_GENESIS_BYTES_MAX);
	struct assay_bytes text;
	bool cut;

	d->place = place;
	d->file = path;
	d->genesis.rules = RULES_VERSION;
	d->genesis.time_ms = now_ms;
	for (unsigned i = 0; i < PARAMETER_END; i++) {
		d->parameters[i] = parameter_bounds(i) != NULL ? parameter_bounds(i)->genesis : 0;
	}
	d->code = file_read(&text, &cut, &place->arena, path, EVIDENCE_FILE_BYTES_MAX);
	if (d->code == 0) {
		description_read(d, text);
	}
	if (d->code != 0) {
		return d->code;
	}
	parameters_encode(d);
	d->genesis.parameters = bytes_of(d->encoded_parameters.data, d->encoded_parameters.len);
	d->genesis.roots = bytes_of(d->roots.data, d->roots.len);
	d->genesis.accounts = bytes_of(d->accounts.data, d->accounts.len);
	d->genesis.signers = bytes_of(d->signers.data, d->signers.len);
	d->genesis.programs = bytes_of(d->programs.data, d->programs.len);
	if (d->genesis.parameters.len > 1000 || d->roots.len > 4000 || d->signers.len > 4000 || d->programs.len > 16000 ||
	    record_encode(&genesis_record, &d->genesis, out, ASSAY_GENESIS_BYTES_MAX) > ASSAY_GENESIS_BYTES_MAX) {
		return refuse(d, "it is longer than one entry of the log may be", "allow programs and add signers by acts later");
	}
	*genesis = bytes_of(out, record_encode(&genesis_record, &d->genesis, out, ASSAY_GENESIS_BYTES_MAX));
	return 0;
}
