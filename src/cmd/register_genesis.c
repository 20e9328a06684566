/* SPDX-License-Identifier: Apache-2.0 */
/* A register's genesis from a description in JSON. */
#include "cmd/register_genesis.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/assayer.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/register_genesis_inside.h"
#include "cmd/roots.h"

/* ---- the members of a genesis ----------------------------------------- */

static void
read_name(struct description *d, struct json *j)
{
	const char *const text = genesis_string(d, j);

	if (text != NULL && (!VAR_SET(d->genesis.name, bytes_of_text(text)) || text[0] == '\0')) {
		genesis_refuse(d, "a register's name has 1 to 64 bytes", "shorten it");
	}
}

static void
read_backing(struct description *d, struct json *j)
{
	const char *const text = genesis_string(d, j);

	if (text != NULL && !VAR_SET(d->genesis.backing, bytes_of_text(text))) {
		genesis_refuse(d, "it has more than 500 bytes", "shorten it");
	}
}

static void
read_time(struct description *d, struct json *j)
{
	const char *const text = genesis_string(d, j);
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
			const char *const text = genesis_value_text(d, j);

			if (text == NULL || !(strcmp(b->unit, "ms") == 0 ? duration_parse(&d->parameters[i], text) :
			    number_parse(&d->parameters[i], text, UINT64_MAX)) || d->parameters[i] < b->lowest ||
			    d->parameters[i] > b->highest) {
				snprintf(fix, sizeof(fix), "write a number of %s from %llu to %llu", b->unit,
				    (unsigned long long)b->lowest, (unsigned long long)b->highest);
				genesis_refuse(d, "the value is no number, or out of the parameter's bounds", fix);
			}
			return;
		}
	}
	genesis_unknown(d, j, name, names);
}

static void
read_parameters(struct description *d, struct json *j)
{
	struct json_object o;
	struct assay_bytes name;

	if (!genesis_object(d, j, &o)) {
		return;
	}
	while (json_member(j, &o, &name)) {
		const size_t len = genesis_enter(d, name, 0);

		parameter_read(d, j, name);
		genesis_leave(d, len);
	}
	if (d->code == 0 && !parameters_fit(d->parameters)) {
		genesis_refuse(d, "they do not fit each other",
		    "window <= reattest_window < epoch_blocks / 2, nonce_age >= reattest_window, "
		    "offline_limit >= window * block_interval");
	}
}

static void
root_read(struct description *d, struct json *j)
{
	const char *const text = genesis_string(d, j);
	struct roots roots = { .count = 0 };

	if (text == NULL || d->code != 0) {
		return;
	}
	if (strcmp(text, "intel") == 0) {
		roots_start(&roots);
	} else {
		d->code = roots_add(&roots, &d->place->arena, genesis_beside(d, text));
	}
	for (size_t i = 0; d->code == 0 && i < roots.count; i++) {
		struct root root = { .kind = (uint8_t)roots.roots[i].kind, .simulated = roots.roots[i].simulated };
		uint8_t encoded[600];

		if (!VAR_SET(root.key, roots.roots[i].key)) {
			genesis_refuse(d, "a root's key is too long", NULL);
			return;
		}
		genesis_put(d, &d->roots, encoded, record_encode(table_record(TABLE_ROOT), &root, encoded, sizeof(encoded)));
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
	if (!genesis_array(d, j, &a)) {
		return;
	}
	while (json_element(j, &a)) {
		const size_t len = genesis_enter(d, (struct assay_bytes){ NULL, 0 }, index);

		index++;
		root_read(d, j);
		genesis_leave(d, len);
	}
}

/* The log's key: a verifier key, or the file that holds it. */
static void
log_key_read(struct description *d, struct json *j)
{
	const char *const text = genesis_string(d, j);
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
	d->code = key_read(file, genesis_beside(d, text + (text[0] == '@')));
	if (d->code == 0 && (file->label.kind != KEY_LOG || !file->has_public)) {
		genesis_refuse(d, "it is not the key of a log", "make one: assay key new --kind log --name NAME FILE");
	} else if (d->code == 0) {
		memcpy(d->genesis.log_key, file->public.bytes, sizeof(d->genesis.log_key));
		if (!VAR_SET(d->genesis.log_origin, bytes_of_text(file->label.name))) {
			genesis_refuse(d, "the log's name has more than 128 bytes", "make a key with a shorter name");
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

	if (!genesis_object(d, j, &o)) {
		return;
	}
	while (json_member(j, &o, &name)) {
		const size_t len = genesis_enter(d, name, 0);

		if (bytes_equal_text(name, "key")) {
			log_key_read(d, j);
		} else if (bytes_equal_text(name, "quorum")) {
			d->genesis.log_quorum = (uint8_t)genesis_number(d, j, WITNESSES_MAX);
		} else if (bytes_equal_text(name, "witnesses")) {
			genesis_field(d, j, rotate, record_field(rotate, "witnesses"), arguments);
			(void)VAR_SET(d->genesis.witnesses, VAR_BYTES(arguments->witnesses));
		} else {
			genesis_unknown(d, j, name, names);
		}
		genesis_leave(d, len);
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

	if (!genesis_array(d, j, &a)) {
		return;
	}
	while (json_element(j, &a)) {
		const size_t len = genesis_enter(d, (struct assay_bytes){ NULL, 0 }, count);

		if (count == COUNCIL_MAX) {
			genesis_refuse(d, "a council has at most 32 members", "name fewer");
			(void)json_skip(j);
		} else {
			genesis_account(d, j, ids[count]);
			count++;
		}
		genesis_leave(d, len);
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

	if (!genesis_object(d, j, &o)) {
		return;
	}
	while (json_member(j, &o, &name)) {
		const size_t len = genesis_enter(d, name, 0);

		if (bytes_equal_text(name, "threshold")) {
			d->genesis.threshold = (uint8_t)genesis_number(d, j, COUNCIL_MAX);
		} else if (bytes_equal_text(name, "members")) {
			members_read(d, j);
		} else {
			genesis_unknown(d, j, name, names);
		}
		genesis_leave(d, len);
	}
	if (d->code == 0 && 2 * (size_t)d->genesis.threshold * 32 <= d->genesis.members.len) {
		genesis_refuse(d, "the threshold has to be more than half of the members", "raise it");
	}
}

static void
read_treasury(struct description *d, struct json *j)
{
	d->genesis.treasury = genesis_number(d, j, (uint64_t)1 << 63);
}

static void
account_entry_read(struct description *d, struct json *j)
{
	static const char *const names[] = { "account", "balance", NULL };
	struct json_object o;
	struct assay_bytes name;
	uint8_t id[32] = { 0 };
	uint64_t balance = 0;

	if (!genesis_object(d, j, &o)) {
		return;
	}
	while (json_member(j, &o, &name)) {
		const size_t len = genesis_enter(d, name, 0);

		if (bytes_equal_text(name, "account")) {
			genesis_account(d, j, id);
		} else if (bytes_equal_text(name, "balance")) {
			balance = genesis_number(d, j, (uint64_t)1 << 63);
		} else {
			genesis_unknown(d, j, name, names);
		}
		genesis_leave(d, len);
	}
	if (d->code == 0 && (balance == 0 || bytes_all_zero(ARRAY_BYTES(id)))) {
		genesis_refuse(d, "an account and a balance above 0 have to stand there", "leave out accounts without a balance");
	}
	genesis_put(d, &d->accounts, id, sizeof(id));
	genesis_put_number(d, &d->accounts, balance, 8);
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

	if (!genesis_array(d, j, &a)) {
		return;
	}
	while (json_element(j, &a)) {
		const size_t len = genesis_enter(d, (struct assay_bytes){ NULL, 0 }, index);

		index++;
		account_entry_read(d, j);
		genesis_leave(d, len);
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
			genesis_refuse(d, error, "assay policy check FILE says more");
		}
	} else if ((text = genesis_string(d, j)) != NULL && d->code == 0) {
		bool preset = false;

		for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
			preset = preset || strcmp(assay_policy_preset_name(i), text) == 0;
		}
		d->code = policy_load(&policy, &d->place->arena, preset ? text : genesis_beside(d, text));
	}
	if (d->code == 0) {
		d->policy = arena_get(&d->place->arena, ASSAY_POLICY_DOCUMENT_MAX);
		d->genesis.policy = bytes_of(d->policy, assay_policy_document(&policy, d->policy, ASSAY_POLICY_DOCUMENT_MAX));
	}
}

static void
read_signers(struct description *d, struct json *j)
{
	genesis_records(d, j, ACT_ADD_SIGNER, &d->signers);
}

static void
read_programs(struct description *d, struct json *j)
{
	genesis_records(d, j, ACT_ALLOW_PROGRAM, &d->programs);
}

static void
read_schema(struct description *d, struct json *j)
{
	const char *const text = genesis_string(d, j);

	if (text != NULL && strcmp(text, "assay.genesis/1") != 0) {
		genesis_refuse(d, "this version reads assay.genesis/1", "write \"schema\": \"assay.genesis/1\"");
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
	if (!genesis_object(d, &j, &o)) {
		return;
	}
	while (json_member(&j, &o, &name)) {
		const size_t len = genesis_enter(d, name, 0);
		size_t i = 0;

		while (i < MEMBERS_COUNT && !bytes_equal_text(name, members[i].name)) {
			i++;
		}
		if (i == MEMBERS_COUNT) {
			genesis_unknown(d, &j, name, names);
		} else {
			seen[i] = true;
			members[i].read(d, &j);
		}
		genesis_leave(d, len);
	}
	if (d->code == 0 && !json_done(&j)) {
		genesis_refuse(d, "it is no JSON, or a member stands there twice", "jq . FILE says where it ends to be any");
	}
	for (size_t i = 0; i < MEMBERS_COUNT; i++) {
		if (members[i].needed && !seen[i]) {
			(void)genesis_enter(d, bytes_of_text(names[i]), 0);
			genesis_refuse(d, "it is missing", "doc/register.md describes all members");
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
			genesis_put_number(d, &d->encoded_parameters, i, 2);
			genesis_put_number(d, &d->encoded_parameters, d->parameters[i], 8);
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
		return genesis_refuse(d, "it is longer than one entry of the log may be",
		    "allow programs and add signers by acts later");
	}
	*genesis = bytes_of(out, record_encode(&genesis_record, &d->genesis, out, ASSAY_GENESIS_BYTES_MAX));
	return 0;
}
