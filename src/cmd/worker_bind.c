/* SPDX-License-Identifier: Apache-2.0 */
/* assay worker bind, assay worker answer: what a worker puts into its evidence, and what it signs. */
#include <stdio.h>

#include "cmd/failure.h"
#include "cmd/register_fields.h"
#include "cmd/register_find.h"
#include "cmd/register_send.h"
#include "cmd/worker_words.h"
#include "register/challenge.h"

/* ---- bind ------------------------------------------------------------- */

static int
missing(const char *option, const char *fix)
{
	return fail(EXIT_USAGE, "evidence is bound to a worker's keys, its operator and its program", fix,
	    "--%s is missing, so nothing was done", option);
}

/* The id of a block that has ended; false: it is no row any more, or never was one. */
static bool
block_id_of(struct machine *m, uint64_t height, uint8_t id[static 32])
{
	const struct row_key key = key_u64(key_start(TABLE_BLOCK), height);
	struct block block;

	if (height == m->meta.height) {
		memcpy(id, m->last_block_id, 32);
		return true;
	}
	if (!row_get(m, &key, &block)) {
		return false;
	}
	memcpy(id, block.id, sizeof(block.id));
	return true;
}

static int
parts_read(struct place *place, struct report_data_parts *parts)
{
	const struct arguments *const arguments = place->arguments;
	const char *key = option_value(arguments, "worker-key");
	const char *agreement = option_value(arguments, "agreement-key");
	const char *operator = option_value(arguments, "operator");
	const char *program = option_value(arguments, "program");
	const char *height = option_value(arguments, "height");
	struct register_arguments *const a = arena_get(&place->arena, sizeof(*a));
	int code;

	if (key == NULL || agreement == NULL || operator == NULL || program == NULL) {
		return key == NULL ? missing("worker-key", "give --worker-key HEX or @FILE") :
		    agreement == NULL ? missing("agreement-key", "give --agreement-key HEX, the worker's X25519 key") :
		    operator == NULL ? missing("operator", "give --operator ID or @FILE, the account that registers it") :
		    missing("program", "give --program ID, a row of the allow-list");
	}
	code = find_key(key, "--worker-key", KEY_P256, parts->key);
	if (code == 0) {
		code = field_set(place, kind_record(KIND_REGISTER), a, "agreement_key", agreement);
		memcpy(parts->agreement_key, a->agreement_key, sizeof(parts->agreement_key));
	}
	if (code == 0) {
		code = find_account(operator, "--operator", parts->operator_id);
	}
	if (code == 0) {
		code = find_id(place, TABLE_PROGRAM, program, "--program", parts->program);
	}
	parts->nonce_height = place->m->meta.height;
	if (code == 0 && height != NULL && !number_parse(&parts->nonce_height, height, UINT64_MAX)) {
		code = fail(EXIT_USAGE, "it is no height", "leave it out: the last block is best",
		    "--height %s cannot be understood, so nothing was done", height);
	}
	memcpy(parts->register_id, place->m->meta.register_id, sizeof(parts->register_id));
	if (code == 0 && !block_id_of(place->m, parts->nonce_height, parts->block_id)) {
		code = fail(EXIT_USAGE, "that block is too old, or has not been cut yet",
		    "leave --height out: the last block is best", "nothing can be bound to block %llu",
		    (unsigned long long)parts->nonce_height);
	}
	return code;
}

static void
put_binding(struct output *out, struct place *place, const struct report_data_parts *parts)
{
	uint8_t report_data[64] = { 0 };
	struct writer *const w = &out->w;
	uint8_t id[32];

	report_data_digest(place->crypto, report_data, parts);
	worker_id_of_key(place->crypto, id, parts->key);
	output_object(out, "assay.binding/1");
	if (out->json) {
		json_hex_member(w, "register", ARRAY_BYTES(parts->register_id));
		json_hex_member(w, "worker", ARRAY_BYTES(id));
		json_hex_member(w, "key", ARRAY_BYTES(parts->key));
		json_hex_member(w, "agreement_key", ARRAY_BYTES(parts->agreement_key));
		json_hex_member(w, "operator", ARRAY_BYTES(parts->operator_id));
		json_hex_member(w, "program", ARRAY_BYTES(parts->program));
		json_number_member(w, "nonce_height", parts->nonce_height);
		json_hex_member(w, "block_id", ARRAY_BYTES(parts->block_id));
		json_hex_member(w, "report_data", ARRAY_BYTES(report_data));
	} else {
		put_label(w, "worker");
		put_hex(w, ARRAY_BYTES(id));
		put_text(w, "\n");
		put_label(w, "nonce height");
		put_unsigned(w, parts->nonce_height);
		put_text(w, "\n");
		put_label(w, "REPORT_DATA");
		put_hex(w, ARRAY_BYTES(report_data));
		put_text(w, "\n");
	}
	output_object_end(out);
}

int
worker_bind(const struct arguments *arguments)
{
	static const char *const more[] = { "worker-key", "agreement-key", "operator", "program", "height", NULL };
	struct report_data_parts parts = { .nonce_height = 0 };
	struct output out;
	struct place place;
	int code = fields_check(arguments, NULL, "assay worker bind", more);

	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	if (code == 0) {
		code = parts_read(&place, &parts);
	}
	if (code == 0) {
		output_start(&out, place.json, false);
		put_binding(&out, &place, &parts);
		output_end(&out);
		code = place_check(&place);
	}
	place_close(&place);
	return code;
}

/* ---- answer ----------------------------------------------------------- */

#define OPEN_MAX 8

struct answering {
	struct place *place;
	struct key_pair pair;
	uint8_t id[32];
	struct worker worker;
	uint64_t open[OPEN_MAX];	/* draws that wait */
	size_t open_count;
	bool asks_reattestation;
	uint64_t reattest_height;
};

/* Rows of blocks: which of them drew this worker, and have no answer yet? */
static void
draws_find(struct answering *a)
{
	struct machine *const m = a->place->m;
	const struct row_key prefix = key_start(TABLE_BLOCK);
	struct row_key key = prefix;
	struct block block;

	while (row_next(m, &prefix, &key, &block) && a->open_count < OPEN_MAX) {
		struct assay_bytes primary = key_primary(&key);
		const uint64_t height = key_take(&primary, 8);

		/* The last block's row has no id yet. */
		if (!block_id_of(m, height, block.id)) {
			continue;
		}
		const enum code code = draw_check(m, a->id, &a->worker, height, &block, false);

		if (code == CODE_ACCEPTED) {
			a->open[a->open_count] = height;
			a->open_count++;
		} else if (code == CODE_ANSWER_REATTEST &&
		    draw_check(m, a->id, &a->worker, height, &block, true) == CODE_ACCEPTED) {
			a->asks_reattestation = true;
			a->reattest_height = height;
		}
	}
	/* Silence ends with an answer to any of the last blocks. */
	if (a->worker.state == WORKER_UNRESPONSIVE && a->open_count == 0) {
		a->open[0] = m->meta.height;
		a->open_count = 1;
	}
}

/* One group: its head, the whole id, what it says of itself, its signature. */
static bool
group_put(struct answering *a, uint64_t height, uint8_t *out, size_t size, size_t *len)
{
	const struct answer_group group = { .height = height, .id_bytes = 32, .count = 1 };
	const struct answer_state state = { .version = 1, .load = 255, .memory = 255 };
	uint8_t message[ANSWER_MESSAGE_BYTES];
	uint8_t block_id[32];
	uint8_t *const at = out + *len;
	size_t used = record_encode(&answer_group_record, &group, at, size - *len);

	if (size - *len < used + 32 + STATE_BYTES + 64 || !block_id_of(a->place->m, height, block_id)) {
		return false;
	}
	memcpy(at + used, a->id, 32);
	used += 32;
	(void)record_encode(&answer_state_record, &state, at + used, STATE_BYTES);
	answer_message(message, a->place->m->meta.register_id, a->id, height, block_id, at + used);
	used += STATE_BYTES;
	if (!key_sign(&a->pair, at + used, bytes_of(message, sizeof(message)))) {
		return false;
	}
	*len += used + 64;
	return true;
}

static int
nothing_open(const struct answering *a)
{
	char cause[96];

	if (a->asks_reattestation) {
		snprintf(cause, sizeof(cause), "the draw of height %llu asks for a re-attestation",
		    (unsigned long long)a->reattest_height);
		return fail(EXIT_NO, cause, "assay worker bind --height HEIGHT, attest, then assay tx reattest",
		    "a signature alone is no answer to this draw");
	}
	return fail(EXIT_NO, "it was not drawn lately, or has answered already", "wait for the next block",
	    "no draw waits for an answer of this worker");
}

static int
answer(struct answering *a)
{
	uint8_t *const groups = arena_get(&a->place->arena, 4096);
	struct answers_arguments arguments;
	size_t len = 0;

	draws_find(a);
	if (a->open_count == 0) {
		return nothing_open(a);
	}
	for (size_t i = 0; i < a->open_count; i++) {
		if (!group_put(a, a->open[i], groups, 4096, &len)) {
			return fail(EXIT_BUG, "OpenSSL failed, or a block has no id", NULL, "the answer cannot be signed");
		}
	}
	arguments.groups = bytes_of(groups, len);
	return send_one(a->place, KIND_ANSWERS, &arguments);
}

static int
answering_open(struct answering *a, const char *path)
{
	struct key_file file = { .has_public = false };
	int code;

	if (path == NULL) {
		return missing("worker-key", "give --worker-key FILE, the key that signs the answer");
	}
	path += path[0] == '@';
	code = key_read(&file, path);
	if (code == 0) {
		code = key_unlock(&a->pair, &file, path, NULL);
	}
	key_file_release(&file);
	if (code != 0) {
		return code;
	}
	if (a->pair.public.algorithm != KEY_P256) {
		return fail(EXIT_USAGE, "workers have ECDSA P-256 keys", "give another key file",
		    "%s is no worker's key, so nothing was done", path);
	}
	worker_id_of_key(a->place->crypto, a->id, a->pair.public.bytes);
	return worker_get(a->place->m, a->id, &a->worker) ? 0 : row_unknown(a->place, "worker", path);
}

int
worker_answer(const struct arguments *arguments)
{
	static const char *const more[] = { "worker-key", NULL };
	struct answering *a;
	struct place place;
	int code = fields_check(arguments, NULL, "assay worker answer", more);

	if (code != 0) {
		return code;
	}
	code = place_open_to_send(&place, arguments);
	a = arena_get(&place.arena, sizeof(*a));
	a->place = &place;
	if (code == 0) {
		code = answering_open(a, option_value(arguments, "worker-key"));
	}
	if (code == 0) {
		code = answer(a);
	}
	key_release(&a->pair);
	place_close(&place);
	return code;
}
