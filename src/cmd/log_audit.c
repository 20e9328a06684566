/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay log audit: the whole log again through the same machine, and the three
 * questions answered, with the entries behind the answers.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/log.h"
#include "format/hex.h"

struct act_told {
	struct act_told *next;
	uint64_t index;
	uint64_t height;
	uint64_t time_ms;
	const char *sentence;
};

/* Entries that bear an answer out: the first and second question's. */
struct behind {
	size_t count, size;
	uint64_t *list;
};

struct auditing {
	struct log_view view;
	struct audit *audit;
	struct audit_options options;
	struct audit_report report;
	bool good;
	bool verbose;
	struct act_told *first;
	struct act_told **last;
	struct behind evidences;	/* registrations and renewals that were accepted */
	struct behind answers;		/* batches of answers: the work that is paid */
	struct log_key witness;
	bool cosigns;
	const char *out;
};

static void
behind_add(struct behind *behind, uint64_t index)
{
	if (behind->count == behind->size) {
		behind->size = behind->size == 0 ? 256 : 2 * behind->size;
		behind->list = realloc(behind->list, behind->size * sizeof(behind->list[0]));
		if (behind->list == NULL) {
			exit(fail(EXIT_CANNOT_TELL, "there is no memory left", NULL, "nothing was decided"));
		}
	}
	behind->list[behind->count++] = index;
}

static void
hear(void *context, uint64_t index, uint64_t height, uint64_t time_ms, const char *sentence)
{
	struct auditing *a = context;
	struct act_told *told = arena_get(&a->view.place.arena, sizeof(*told));

	*told = (struct act_told){ NULL, index, height, time_ms,
		arena_text(&a->view.place.arena, bytes_of_text(sentence)) };
	*a->last = told;
	a->last = &told->next;
}

/* ---- the entries behind ------------------------------------------------ */

/* A source that is listened to while the audit reads it: once, in order. */
static void
entry_note(struct auditing *a, uint64_t index, struct assay_bytes entry)
{
	struct cursor c = cursor_over(entry);
	struct entry_result result;
	struct transaction_body body;

	if (cursor_u8(&c) != ENTRY_TRANSACTION) {
		return;
	}
	record_read(&entry_result_record, &result, &c);
	record_read(&transaction_body_record, &body, &c);
	if (c.bad || result.code != CODE_ACCEPTED) {
		return;
	}
	if (body.kind == KIND_REGISTER || body.kind == KIND_REATTEST) {
		behind_add(&a->evidences, index);
	} else if (body.kind == KIND_ANSWERS) {
		behind_add(&a->answers, index);
	}
}

static int
entries_note(struct auditing *a, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++) {
		struct assay_bytes entry;
		const int code = log_view_entry(&a->view, i, &entry);

		if (code != 0) {
			return code;
		}
		entry_note(a, i, entry);
	}
	return 0;
}

/* ---- answers ---------------------------------------------------------- */

static bool
genuine(const struct audit_report *r)
{
	return r->evidences_failing == 0;
}

static void
put_question(struct writer *w, const struct auditing *a, const char *question, bool good, const char *yes,
    const char *no)
{
	render_color(w, &a->view.place.style, RENDER_BOLD);
	put_text(w, question);
	render_color(w, &a->view.place.style, RENDER_PLAIN);
	put_text(w, "\n    ");
	render_color(w, &a->view.place.style, good ? RENDER_GREEN : RENDER_RED);
	put_text(w, good ? yes : no);
	render_color(w, &a->view.place.style, RENDER_PLAIN);
}

static void
put_count(struct writer *w, const char *before, uint64_t count, const char *one, const char *many)
{
	put_text(w, before);
	put_unsigned(w, count);
	put_text(w, count == 1 ? one : many);
}

static void
put_behind(struct output *out, const struct behind *behind, const char *what)
{
	struct writer *w = &out->w;

	put_text(w, "    ");
	put_text(w, what);
	for (size_t i = 0; i < behind->count; i++) {
		put_text(w, i == 0 ? " " : ", ");
		put_unsigned(w, behind->list[i]);
		if (i % 1000 == 999) {
			output_object_end(out);
		}
	}
	put_text(w, behind->count == 0 ? " none\n" : "\n");
}

static void
put_first(struct writer *w, const struct auditing *a)
{
	const struct audit_report *r = &a->report;

	put_question(w, a, "Are all workers genuine?", genuine(r), "Yes: ", "NO: ");
	put_count(w, "", r->admitted, " worker is admitted of ", " workers are admitted of ");
	put_count(w, "", r->workers, ";\n", ";\n");
	put_count(w, "    ", r->evidences, " piece of evidence was", " pieces of evidence were");
	put_text(w, r->simulated == 0 ? " verified to the vendor's root, " : " verified to the roots of genesis, ");
	put_unsigned(w, r->evidences_failing);
	put_text(w, " failing");
	put_count(w, "; ", r->evidences_refused, " was refused, for the same reason again.\n",
	    " were refused, each for the same reason again.\n");
	if (r->simulated != 0) {
		render_color(w, &a->view.place.style, RENDER_ALARM);
		put_count(w, "    SIMULATED: ", r->simulated, " root of genesis is no vendor's.",
		    " roots of genesis are no vendor's.");
		render_color(w, &a->view.place.style, RENDER_PLAIN);
		put_char(w, '\n');
	}
	if (r->evidences_failing != 0) {
		put_text(w, "    The first of them is worker ");
		put_hex(w, ARRAY_BYTES(r->failing));
		put_text(w, ".\n");
	}
}

static void
put_second(struct writer *w, const struct auditing *a)
{
	const struct audit_report *r = &a->report;

	put_question(w, a, "Was anyone paid who is not?", r->payments_without == 0, "No: ", "YES: ");
	put_count(w, "", r->payments, " payment", " payments");
	put_count(w, " of ", r->paid, " unit", " units");
	put_text(w, r->payments == 1 ? " in all,\n    traced to attested online work, "
	    : " in all,\n    each traced to attested online work, ");
	put_count(w, "", r->payments_without, " without; ", " without; ");
	put_count(w, "", r->slashes, " slash of ", " slashes of ");
	put_count(w, "", r->slashed, " unit.\n", " units.\n");
	if (r->payments_without != 0) {
		put_text(w, "    The first of them was found after entry ");
		put_unsigned(w, r->without_index);
		put_text(w, ".\n");
	}
}

static void
put_third(struct writer *w, const struct auditing *a)
{
	const struct audit_report *r = &a->report;

	put_question(w, a, "What did the team do?", r->changes_without == 0, "", "");
	put_count(w, "", r->acts, " act took effect", " acts took effect");
	put_count(w, " of ", r->proposals, " proposal", " proposals");
	put_count(w, "; ", r->changes_without, " change without an entry.\n", " changes without an entry.\n");
}

static void
put_head(struct writer *w, const struct auditing *a)
{
	const struct audit_report *r = &a->report;

	put_label(w, "register");
	put_hex(w, ARRAY_BYTES(r->register_id));
	put_char(w, '\n');
	put_label(w, "log");
	put_printable(w, a->view.key.name);
	put_text(w, a->view.key_is_told ? " (its key was taken from the log itself)\n" : "\n");
	put_label(w, "replayed");
	put_unsigned(w, r->size);
	put_text(w, " entries, to block ");
	put_unsigned(w, r->height);
	put_text(w, ", ");
	record_put_time(w, r->time_ms);
	put_char(w, '\n');
}

static void
say_text(const struct auditing *a)
{
	struct output out;
	struct writer *w = &out.w;

	output_start(&out, false, false);
	output_object(&out, NULL);
	put_head(w, a);
	put_char(w, '\n');
	put_first(w, a);
	if (a->verbose) {
		put_behind(&out, &a->evidences, "Evidence accepted in the entries");
	}
	put_char(w, '\n');
	put_second(w, a);
	if (a->verbose) {
		put_behind(&out, &a->answers, "Work shown by answers in the entries");
	}
	put_char(w, '\n');
	put_third(w, a);
	for (const struct act_told *told = a->first; told != NULL; told = told->next) {
		put_text(w, "    entry ");
		put_unsigned(w, told->index);
		put_text(w, ", ");
		record_put_time(w, told->time_ms);
		put_text(w, ": ");
		put_printable(w, bytes_of_text(told->sentence));
		put_char(w, '\n');
		output_object_end(&out);
	}
	output_object_end(&out);
	output_end(&out);
}

static void
put_list(struct output *out, const char *name, const struct behind *behind, bool verbose)
{
	struct writer *w = &out->w;

	json_put_name(w, name);
	if (!verbose) {
		json_put_null(w);
		return;
	}
	json_put_array(w);
	for (size_t i = 0; i < behind->count; i++) {
		json_put_unsigned(w, behind->list[i]);
		if (i % 1000 == 999) {
			fwrite(w->out, 1, w->len, stdout);
			w->len = 0;
		}
	}
	json_put_end(w, ']');
}

static void
json_acts(struct output *out, const struct auditing *a)
{
	struct writer *w = &out->w;

	json_put_name(w, "acts");
	json_put_array(w);
	for (const struct act_told *told = a->first; told != NULL; told = told->next) {
		json_put_object(w);
		json_number_member(w, "index", told->index);
		json_number_member(w, "height", told->height);
		json_time_member(w, "time", told->time_ms);
		json_text_member(w, "sentence", told->sentence);
		json_put_end(w, '}');
		fwrite(w->out, 1, w->len, stdout);
		w->len = 0;
	}
	json_put_end(w, ']');
}

static void
say_json(const struct auditing *a)
{
	const struct audit_report *r = &a->report;
	struct output out;
	struct writer *w = &out.w;

	output_start(&out, true, false);
	output_object(&out, "assay.audit/1");
	json_flag_member(w, "honest", a->good);
	json_put_name(w, "origin");
	json_put_string(w, a->view.key.name);
	json_flag_member(w, "key_from_log", a->view.key_is_told);
	json_hex_member(w, "register", ARRAY_BYTES(r->register_id));
	json_number_member(w, "size", r->size);
	json_number_member(w, "height", r->height);
	json_time_member(w, "time", r->time_ms);
	json_hex_member(w, "state_root", ARRAY_BYTES(r->state_root));
	json_put_name(w, "workers");
	json_put_object(w);
	json_flag_member(w, "answer", genuine(r));
	json_number_member(w, "live", r->workers);
	json_number_member(w, "admitted", r->admitted);
	json_number_member(w, "evidences", r->evidences);
	json_number_member(w, "refused", r->evidences_refused);
	json_number_member(w, "failing", r->evidences_failing);
	json_number_member(w, "simulated_roots", r->simulated);
	put_list(&out, "entries", &a->evidences, a->verbose);
	json_put_end(w, '}');
	json_put_name(w, "payments");
	json_put_object(w);
	json_flag_member(w, "answer", r->payments_without == 0);
	json_number_member(w, "count", r->payments);
	json_number_member(w, "units", r->paid);
	json_number_member(w, "without", r->payments_without);
	json_number_member(w, "slashes", r->slashes);
	json_number_member(w, "slashed", r->slashed);
	put_list(&out, "entries", &a->answers, a->verbose);
	json_put_end(w, '}');
	json_put_name(w, "team");
	json_put_object(w);
	json_number_member(w, "proposals", r->proposals);
	json_number_member(w, "took_effect", r->acts);
	json_number_member(w, "without_entry", r->changes_without);
	json_acts(&out, a);
	json_put_end(w, '}');
	output_object_end(&out);
	output_end(&out);
}

static const char *
fault_word(enum audit_fault fault)
{
	switch (fault) {
	case AUDIT_CHECKPOINT:
		return "the checkpoint is not one of this log";
	case AUDIT_FORK:
		return "this log is no continuation of the checkpoint that was seen before: there are two histories";
	case AUDIT_ROOT:
		return "the entries are not those that the checkpoint was signed for";
	case AUDIT_GENESIS:
		return "the log does not begin with this register's genesis";
	case AUDIT_ENTRY:
		return "an entry is not what the rules make at this place";
	case AUDIT_STATE:
		return "rows changed that no entry accounts for";
	case AUDIT_UNREADABLE:
		return "an entry cannot be read";
	default:
		return "the log is not honest";
	}
}

static int
say_fault(const struct auditing *a)
{
	const struct audit_report *r = &a->report;
	char fix[160];

	snprintf(fix, sizeof(fix), "keep the checkpoint and the entries: they are the proof, at entry %llu",
	    (unsigned long long)r->fault_index);
	return fail(r->fault == AUDIT_UNREADABLE ? EXIT_CANNOT_TELL : EXIT_NOT_GENUINE, r->fault_text,
	    r->fault == AUDIT_UNREADABLE ? "publish the log again, or read another copy" : fix, "%s (found at entry %llu)",
	    fault_word(r->fault), (unsigned long long)r->fault_index);
}

static int
say(const struct auditing *a)
{
	if (a->report.fault != AUDIT_FINE) {
		return say_fault(a);
	}
	if (a->view.place.json) {
		say_json(a);
	} else {
		say_text(a);
	}
	return a->good ? EXIT_YES : EXIT_NOT_GENUINE;
}

/* ---- cosigning -------------------------------------------------------- */

static bool
witness_sign(void *context, struct assay_bytes message, uint8_t signature[64])
{
	return key_sign(context, signature, message);
}

static int
cosign(struct auditing *a)
{
	struct log_signer signer = { .context = &a->witness.pair, .sign = witness_sign,
		.key = { .algorithm = NOTE_COSIGNATURE, .name = bytes_of_text(a->witness.file.label.name) } };
	static char cosigned[NOTE_BYTES_MAX];
	size_t len;

	memcpy(signer.key.key, a->witness.pair.public.bytes, sizeof(signer.key.key));
	len = audit_cosign(a->audit, &signer, (int64_t)time(NULL), cosigned, sizeof(cosigned));
	if (len == 0) {
		return fail(EXIT_CANNOT_TELL, "the key cannot sign", NULL, "the checkpoint was not cosigned");
	}
	return disk_replace(disk_posix(), a->out, bytes_of(cosigned, len)) ? 0 : fail(EXIT_CANNOT_TELL,
	    "the file cannot be written", "make room, or write elsewhere", "%s was not written", a->out);
}

/* ---- following -------------------------------------------------------- */

static int
look_again(struct auditing *a, uint64_t *last)
{
	struct store_error error = { .failure = STORE_FINE };
	char *bytes = arena_get(&a->view.place.arena, NOTE_BYTES_MAX);
	const size_t len = audit_tiles_checkpoint(a->view.tiles, NULL, bytes, NOTE_BYTES_MAX, &error);
	struct output out;

	if (len == 0) {
		return store_say(&error);
	}
	a->good = audit_continue(a->audit, bytes_of(bytes, len), false, &a->report);
	if (!a->good) {
		return say(a);
	}
	if (a->report.size == *last) {
		return 0;
	}
	*last = a->report.size;
	output_start(&out, false, false);
	put_text(&out.w, "honest to block ");
	put_unsigned(&out.w, a->report.height);
	put_text(&out.w, ", ");
	put_unsigned(&out.w, a->report.size);
	put_text(&out.w, a->cosigns ? " entries: cosigned\n" : " entries\n");
	output_object_end(&out);
	fflush(stdout);
	return a->cosigns ? cosign(a) : 0;
}

static int
follow(struct auditing *a, uint64_t interval_ms, uint64_t rounds)
{
	const struct timespec pause = { (time_t)(interval_ms / 1000), (long)(interval_ms % 1000) * 1000000 };
	uint64_t last = a->report.size;
	int code = 0;

	for (uint64_t round = 0; code == 0 && (rounds == 0 || round < rounds); round++) {
		struct arena before = a->view.place.arena;

		nanosleep(&pause, NULL);
		a->view.place.arena = (struct arena){ NULL };
		code = look_again(a, &last);
		arena_release(&a->view.place.arena);
		a->view.place.arena = before;
	}
	return code;
}

/* ---- the command ------------------------------------------------------ */

static int
options_read(struct auditing *a, struct assay_bytes *old, uint64_t *interval_ms, uint64_t *rounds)
{
	const struct arguments *arguments = a->view.arguments;
	const char *key = option_value(arguments, "key");
	const char *path = option_value(arguments, "old-checkpoint");
	const char *interval = option_value(arguments, "interval");
	const char *count = option_value(arguments, "rounds");
	const char *id = option_value(arguments, "register");
	struct checkpoint ignored;
	uint8_t *bytes = arena_get(&a->view.place.arena, 32);

	*interval_ms = 10000;
	*rounds = 0;
	a->out = option_value(arguments, "out");
	a->cosigns = key != NULL;
	a->verbose = option_given(arguments, "verbose");
	if ((key == NULL) != (a->out == NULL)) {
		return fail(EXIT_USAGE, "an auditor who cosigns writes the checkpoint with his signature to a file",
		    "give --key FILE and --out FILE, or neither", "--%s is missing, so nothing was done",
		    key == NULL ? "key" : "out");
	}
	if (option_given(arguments, "follow") && a->view.tiles == NULL) {
		return fail(EXIT_USAGE, "a store is read as it is now; what is published grows", "give --tiles DIR",
		    "--follow needs published tiles, so nothing was done");
	}
	if ((interval != NULL && !duration_parse(interval_ms, interval)) ||
	    (count != NULL && !number_parse(rounds, count, UINT32_MAX))) {
		return fail(EXIT_USAGE, "an interval is a number with its unit, rounds are a number",
		    "write --interval 10s --rounds 3",
		    "how to follow cannot be understood, so nothing was done");
	}
	if (id != NULL && (strlen(id) != 64 || !hex_decode(bytes, 32, bytes_of_text(id)))) {
		return fail(EXIT_USAGE, "a register's id has 64 hex digits", "see `assay register show`",
		    "--register %s is no id, so nothing was done", id);
	}
	a->options.register_id = id != NULL ? bytes : NULL;
	if (path != NULL) {
		const int code = checkpoint_read(old, &ignored, &a->view.place.arena, a->view.place.crypto, path, &a->view.key);

		if (code != 0) {
			return code;
		}
	}
	return key != NULL ? witness_open(&a->witness, arguments, key) : 0;
}

static int
run(struct auditing *a)
{
	struct assay_bytes old = { NULL, 0 };
	uint64_t interval_ms, rounds;
	int code = options_read(a, &old, &interval_ms, &rounds);

	if (code != 0) {
		return code;
	}
	a->options.log = &a->view.key;
	a->options.old_checkpoint = old;
	a->options.context = a;
	a->options.act = hear;
	if (a->verbose) {
		code = entries_note(a, a->view.checkpoint.size);
	}
	a->audit = code == 0 ? audit_new(a->view.place.crypto, &a->view.source, &a->options) : NULL;
	if (code == 0 && a->audit == NULL) {
		code = fail(EXIT_CANNOT_TELL, "there is no memory left", NULL, "nothing was decided");
	}
	if (code != 0) {
		return code;
	}
	a->good = audit_continue(a->audit, a->view.note, true, &a->report);
	code = say(a);
	if (code == 0 && a->cosigns) {
		code = cosign(a);
	}
	fflush(stdout);
	return code == 0 && option_given(a->view.arguments, "follow") ? follow(a, interval_ms, rounds) : code;
}

int
log_audit(const struct arguments *arguments)
{
	static struct auditing a;
	int code;

	memset(&a, 0, sizeof(a));
	a.last = &a.first;
	code = log_view_open(&a.view, arguments, LOG_NEED_CHECKPOINT | LOG_NEED_ENTRIES);
	if (code == 0) {
		code = run(&a);
	}
	if (a.audit != NULL) {
		audit_free(a.audit);
	}
	log_key_release(&a.witness);
	free(a.evidences.list);
	free(a.answers.list);
	log_view_close(&a.view);
	return code;
}
