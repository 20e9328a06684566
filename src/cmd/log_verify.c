/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay log verify: a proof about an entry or a worker, for who has nothing
 * but the log's key and, if he likes, witnesses whom he trusts.
 */
#include <stdio.h>
#include <time.h>

#include "cmd/assayer.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/log.h"
#include "cmd/register_find.h"
#include "format/base64.h"
#include "format/hex.h"
#include "log/line.h"
#include "log/proof_text.h"
#include "register/proof.h"

struct verifying {
	const struct arguments *arguments;
	struct place place;	/* arena, style, crypto */
	struct note_key keys[QUORUM_LOGS_MAX];
	size_t keys_count;
	const struct note_key *log;	/* of them, whose checkpoint it is */
	bool has_quorum;
	bool quorum_met;
	struct quorum quorum;
	struct quorum_seen seen;
	int64_t oldest_s;
	uint64_t tier_max;
	bool has_worker;
	uint8_t worker[32];
	struct proof_text text;
	struct checkpoint checkpoint;
	struct assay_bytes file;
	struct assay_bytes entry;	/* that an entry proof is about */
	bool is_worker;
	struct assay_register_proof_result result;
};

/* ---- what is asked ---------------------------------------------------- */

static int
quorum_read(struct verifying *v)
{
	const char *path = option_value(v->arguments, "witnesses");
	struct assay_bytes text;
	const char *wrong;
	char cause[160];
	unsigned line;
	bool cut;
	int code;

	if (path == NULL) {
		return 0;
	}
	code = file_read(&text, &cut, &v->place.arena, path, QUORUM_BYTES_MAX);
	if (code != 0) {
		return code;
	}
	wrong = quorum_parse(&v->quorum, text, &line);
	if (wrong != NULL) {
		snprintf(cause, sizeof(cause), "line %u: %s", line, wrong);
		return fail(EXIT_USAGE, cause, "see `man assay` or C2SP tlog-policy for its form",
		    "%s is no trust policy, so nothing was decided", path);
	}
	v->has_quorum = true;
	return 0;
}

static int
oldest_read(struct verifying *v)
{
	const char *age = option_value(v->arguments, "max-age");
	const char *at = option_value(v->arguments, "at");
	int64_t now_s = (int64_t)time(NULL);
	uint64_t age_ms = 0;
	int code = at != NULL ? time_parse(&now_s, at) : 0;

	if (code == 0 && age != NULL && (!v->has_quorum || !duration_parse(&age_ms, age))) {
		code = fail(EXIT_USAGE, v->has_quorum ? "it is a number with its unit" :
		    "only cosignatures have a time, and without --witnesses nobody knows whose count",
		    v->has_quorum ? "write it like 90s, 15min, 2h or 7d" : "give --witnesses FILE as well",
		    "--max-age %s cannot be used, so nothing was decided", age);
	}
	v->oldest_s = age != NULL ? now_s - (int64_t)(age_ms / 1000) : INT64_MIN;
	return code;
}

/* The log's key: an option, the policy's logs, or a store's own row. */
static int
keys_read(struct verifying *v)
{
	bool given;
	int code = log_key_option(&v->keys[0], &v->place.arena, v->arguments, &given);

	if (code != 0) {
		return code;
	}
	v->keys_count = given ? 1 : v->quorum.logs_count;
	if (!given) {
		memcpy(v->keys, v->quorum.logs, sizeof(v->keys));
	}
	return v->keys_count != 0 ? 0 : fail(EXIT_USAGE, "a proof is of the log whose key its reader knows",
	    "give --log VKEY, or --witnesses FILE with a line log", "nobody said which log to believe, so nothing was decided");
}

static int
question_read(struct verifying *v)
{
	const char *tier = option_value(v->arguments, "tier");
	const char *worker = option_value(v->arguments, "worker");

	if (tier != NULL && (!number_parse(&v->tier_max, tier, 5) || v->tier_max == 0)) {
		return fail(EXIT_USAGE, "tiers are 1 (the best) to 5", "give one of them", "--tier %s is no tier", tier);
	}
	v->has_worker = worker != NULL;
	if (worker != NULL && (strlen(worker) != 64 || !hex_decode(v->worker, 32, bytes_of_text(worker)))) {
		return fail(EXIT_USAGE, "only a store can tell whose id begins so", "give all 64 hex digits",
		    "--worker %s is no worker's id, so nothing was decided", worker);
	}
	return 0;
}

/* ---- the file --------------------------------------------------------- */

/* Extra data of the kind that begins with magic; false: another one.  *broken: it is no base64. */
static bool
extra_of(struct verifying *v, const char *magic, struct assay_bytes *data, bool *broken)
{
	struct cursor c = cursor_over(v->file);
	struct assay_bytes coded;
	size_t len;

	(void)line_take(&c);
	if (!line_after(line_take(&c), "extra ", &coded)) {
		return false;
	}
	uint8_t *bytes = arena_get(&v->place.arena, coded.len);

	*broken = !base64_decode(bytes, coded.len, &len, coded, false);
	if (*broken || len < strlen(magic) || memcmp(bytes, magic, strlen(magic)) != 0) {
		return false;
	}
	*data = bytes_slice(bytes_of(bytes, len), strlen(magic), len - strlen(magic));
	return true;
}

static int
file_take(struct verifying *v, const char *path)
{
	struct assay_bytes extra;
	const char *entry = option_value(v->arguments, "entry");
	bool broken = false;
	bool cut;
	int code = file_read(&v->file, &cut, &v->place.arena, path, NOTE_BYTES_MAX);

	if (code != 0) {
		return code;
	}
	if (cut || !proof_text_parse(&v->text, v->file)) {
		return fail(EXIT_NOT_GENUINE, "it is no tlog-proof (C2SP)", "give a file that `assay log prove` wrote",
		    "%s is no proof", path);
	}
	v->is_worker = extra_of(v, "assay/worker-proof/1", &extra, &broken);
	if (v->is_worker) {
		return 0;
	}
	if (entry != NULL) {
		return file_read(&v->entry, &cut, &v->place.arena, entry, ENTRY_BYTES_MAX);
	}
	if (broken) {
		return fail(EXIT_NOT_GENUINE, "its extra data is no base64", NULL, "%s proves nothing", path);
	}
	return extra_of(v, ENTRY_PROOF_MAGIC, &v->entry, &broken) ? 0
	    : fail(EXIT_USAGE, "the entry does not stand in the proof itself",
	    "give it with --entry FILE", "%s proves an entry that is not at hand, so nothing was decided", path);
}

static bool
log_find(struct verifying *v)
{
	struct assay_bytes text, signatures;
	int64_t time_s;

	if (!note_split(v->text.checkpoint, &text, &signatures) || !checkpoint_parse(&v->checkpoint, text)) {
		return false;
	}
	for (size_t i = 0; i < v->keys_count && v->log == NULL; i++) {
		if (bytes_equal(v->keys[i].name, v->checkpoint.origin) &&
		    note_verify(v->place.crypto, v->text.checkpoint, &v->keys[i], &time_s) == NOTE_GOOD) {
			v->log = &v->keys[i];
		}
	}
	return v->log != NULL;
}

/* ---- saying it -------------------------------------------------------- */

static const char *
standing_word(enum assay_register_standing standing)
{
	switch (standing) {
	case ASSAY_STANDING_ABSENT:
		return "absent";
	case ASSAY_STANDING_OUT:
		return "out";
	case ASSAY_STANDING_ADMITTED:
		return "admitted";
	default:
		return NULL;
	}
}

static void
put_worker_json(struct writer *w, const struct assay_register_proof_result *r)
{
	json_put_name(w, "worker");
	json_put_object(w);
	json_hex_member(w, "id", ARRAY_BYTES(r->worker));
	json_text_member(w, "standing", standing_word(r->standing));
	json_text_member(w, "why", r->why[0] != '\0' ? r->why : NULL);
	json_put_name(w, "tier");
	if (r->tier != 0) {
		json_put_unsigned(w, r->tier);
	} else {
		json_put_null(w);
	}
	json_hex_member(w, "operator", ARRAY_BYTES(r->operator_id));
	json_hex_member(w, "program", ARRAY_BYTES(r->program));
	json_hex_member(w, "platform", ARRAY_BYTES(r->platform));
	json_hex_member(w, "evidence", ARRAY_BYTES(r->evidence));
	json_hex_member(w, "key", ARRAY_BYTES(r->key));
	json_hex_member(w, "agreement_key", ARRAY_BYTES(r->agreement_key));
	json_text_member(w, "endpoint", r->endpoint);
	json_number_member(w, "stake", r->stake);
	json_time_member(w, "attested_at", r->attested_ms);
	json_time_member(w, "expires_at", r->expires_ms);
	json_hex_member(w, "register", ARRAY_BYTES(r->register_id));
	json_number_member(w, "height", r->height);
	json_time_member(w, "time", r->time_ms);
	json_hex_member(w, "state_root", ARRAY_BYTES(r->state_root));
	json_number_member(w, "rows", r->rows);
	json_number_member(w, "absences", r->absences);
	json_flag_member(w, "followed", r->followed);
	json_put_end(w, '}');
}

static void
put_json(const struct verifying *v)
{
	struct output out;
	struct writer *w = &out.w;

	output_start(&out, true, false);
	output_object(&out, "assay.proof/1");
	json_text_member(w, "kind", v->is_worker ? "worker" : "entry");
	json_put_name(w, "origin");
	json_put_string(w, v->checkpoint.origin);
	json_number_member(w, "size", v->checkpoint.size);
	json_hex_member(w, "root", ARRAY_BYTES(v->checkpoint.root.bytes));
	json_put_name(w, "index");
	if (v->is_worker) {
		json_put_null(w);
	} else {
		json_put_unsigned(w, v->text.index);
	}
	json_put_name(w, "cosignatures");
	json_put_array(w);
	for (size_t i = 0; i < v->quorum.count; i++) {
		if (v->seen.times_s[i] != 0) {
			json_put_object(w);
			json_put_name(w, "witness");
			json_put_string(w, v->quorum.names[i].key.name);
			json_time_member(w, "time", (uint64_t)v->seen.times_s[i] * 1000);
			json_put_end(w, '}');
		}
	}
	json_put_end(w, ']');
	json_put_name(w, "quorum");
	if (v->has_quorum) {
		json_put_boolean(w, v->quorum_met);
	} else {
		json_put_null(w);
	}
	if (v->is_worker) {
		put_worker_json(w, &v->result);
	} else {
		json_put_name(w, "worker");
		json_put_null(w);
	}
	output_object_end(&out);
	output_end(&out);
}

static void
put_worker_text(struct writer *w, const struct verifying *v)
{
	const struct assay_register_proof_result *r = &v->result;

	put_label(w, "worker");
	put_hex(w, ARRAY_BYTES(r->worker));
	put_char(w, '\n');
	put_label(w, "standing");
	if (r->standing == ASSAY_STANDING_ADMITTED) {
		put_text(w, "admitted at tier ");
		put_unsigned(w, r->tier);
	} else if (r->standing == ASSAY_STANDING_ABSENT) {
		put_text(w, "there is no such worker");
	} else {
		put_text(w, "not admitted: ");
		put_text(w, r->why);
	}
	put_char(w, '\n');
	put_label(w, "as of");
	put_text(w, "block ");
	put_unsigned(w, r->height);
	put_text(w, ", ");
	record_put_time(w, r->time_ms);
	put_char(w, '\n');
	if (r->standing == ASSAY_STANDING_ABSENT) {
		return;
	}
	put_label(w, "program");
	put_hex(w, ARRAY_BYTES(r->program));
	put_char(w, '\n');
	put_label(w, "operator");
	put_hex(w, ARRAY_BYTES(r->operator_id));
	put_char(w, '\n');
	put_label(w, "agreement key");
	put_hex(w, ARRAY_BYTES(r->agreement_key));
	put_char(w, '\n');
	if (r->endpoint[0] != '\0') {
		put_label(w, "endpoint");
		put_printable(w, bytes_of_text(r->endpoint));
		put_char(w, '\n');
	}
	put_label(w, "evidence");
	put_text(w, "of ");
	record_put_time(w, r->attested_ms);
	put_text(w, ", expires ");
	record_put_time(w, r->expires_ms);
	put_char(w, '\n');
}

static void
put_text_all(const struct verifying *v)
{
	struct output out;
	struct writer *w = &out.w;

	output_start(&out, false, false);
	output_object(&out, NULL);
	if (v->is_worker) {
		put_worker_text(w, v);
	} else {
		put_label(w, "entry");
		put_unsigned(w, v->text.index);
		put_text(w, ", ");
		put_unsigned(w, v->entry.len);
		put_text(w, " bytes, is in the log\n");
	}
	put_label(w, "checkpoint");
	put_unsigned(w, v->checkpoint.size);
	put_text(w, " entries of ");
	put_printable(w, v->checkpoint.origin);
	put_char(w, '\n');
	if (v->has_quorum) {
		put_label(w, "witnesses");
		put_unsigned(w, v->seen.good);
		put_text(w, v->seen.good == 1 ? " cosignature" : " cosignatures");
		if (v->seen.good != 0) {
			put_text(w, ", the oldest of ");
			put_utc(w, v->seen.oldest_s);
		}
		if (v->seen.old != 0) {
			put_text(w, "; too old: ");
			put_unsigned(w, v->seen.old);
		}
		put_text(w, v->quorum_met ? ": enough\n" : ": NOT what the policy wants\n");
	}
	output_object_end(&out);
	output_end(&out);
}

/* ---- deciding --------------------------------------------------------- */

static int
decide(struct verifying *v, const char *path)
{
	struct assay_register_proof_question question = { .worker = v->has_worker ? v->worker : NULL,
		.tier_max = (uint8_t)v->tier_max };
	bool good = true;

	if (!log_find(v)) {
		return fail(EXIT_NOT_GENUINE, "no log whose key is known has signed its checkpoint",
		    "compare the log's verifier key with the one that its operator publishes", "%s proves nothing", path);
	}
	question.log_name = v->log->name;
	memcpy(question.log_key, v->log->key, sizeof(question.log_key));
	if (v->is_worker) {
		good = assay_register_proof_verify(&v->result, v->place.crypto, v->file, &question);
		if (v->result.fault != ASSAY_PROOF_FINE) {
			return fail(EXIT_NOT_GENUINE, v->result.why, NULL, "%s proves nothing", path);
		}
		/* A tier asks for a worker that is admitted; else whatever is proved is an answer. */
		good = good || v->tier_max == 0;
	} else if (!proof_text_verify(&v->text, v->place.crypto, v->log, v->entry, &v->checkpoint)) {
		return fail(EXIT_NOT_GENUINE, "the entry is not at that place of the log", NULL, "%s proves nothing", path);
	} else if (v->tier_max != 0 || v->has_worker) {
		return fail(EXIT_USAGE, "it proves an entry", "give a file that `assay log prove worker` wrote",
		    "%s is about no worker, so nothing was decided", path);
	}
	v->quorum_met = !v->has_quorum ||
	    quorum_check(&v->quorum, v->place.crypto, v->text.checkpoint, v->oldest_s, &v->seen);
	if (v->seen.bad) {
		return fail(EXIT_NOT_GENUINE, "a witness's cosignature does not verify", NULL, "%s proves nothing", path);
	}
	if (v->place.json) {
		put_json(v);
	} else {
		put_text_all(v);
	}
	return good && v->quorum_met ? EXIT_YES : EXIT_NO;
}

int
log_verify(const struct arguments *arguments)
{
	struct place bare = { .arguments = arguments, .crypto = assay_crypto_openssl(),
		.json = option_given(arguments, "json") };
	struct verifying *v = arena_get(&bare.arena, sizeof(*v));
	const char *path = arguments->operands[1];
	int code;

	v->arguments = arguments;
	v->place = bare;
	code = style_parse(&v->place.style, arguments);
	code = code != 0 ? code : quorum_read(v);
	code = code != 0 ? code : oldest_read(v);
	code = code != 0 ? code : keys_read(v);
	code = code != 0 ? code : question_read(v);
	code = code != 0 ? code : file_take(v, path);
	code = code != 0 ? code : decide(v, path);

	/* What it lies in goes as well. */
	struct arena arena = v->place.arena;

	arena_release(&arena);
	return code;
}
