/* SPDX-License-Identifier: Apache-2.0 */
/* assay log checkpoint, prove: what a log hands out about itself. */
#include <stdio.h>

#include "base/text.h"
#include "cmd/failure.h"
#include "cmd/log.h"
#include "cmd/register_find.h"
#include "format/base64.h"
#include "log/proof_text.h"
#include "register/proof.h"

/* ---- checkpoint ------------------------------------------------------- */

/* With the log's key what is not under a checkpoint yet is signed for. */
static int
head_sign(const struct arguments *arguments)
{
	struct place place;
	int code = place_open(&place, arguments, "key");

	if (code == 0 && driver_unsigned(place.driver) != NULL) {
		code = store_say(driver_unsigned(place.driver));
	}
	place_close(&place);
	return code;
}

int
log_checkpoint(const struct arguments *arguments)
{
	struct log_view view;
	int code = option_value(arguments, "key") != NULL ? head_sign(arguments) : 0;

	if (code != 0) {
		return code;
	}
	code = log_view_open(&view, arguments, LOG_NEED_CHECKPOINT);
	if (code == 0) {
		code = out_write(arguments, view.note);
	}
	if (code == 0 && view.tiles == NULL && view.checkpoint.size < log_view_size(&view)) {
		note("%llu entries of the store are not under this checkpoint yet",
		    (unsigned long long)(log_view_size(&view) - view.checkpoint.size));
	}
	log_view_close(&view);
	return code;
}

/* ---- prove entry ------------------------------------------------------ */

/* A tlog-proof; the entry itself goes along in its extra data where there is room. */
static size_t
entry_proof_format(struct arena *arena, const struct proof_text *text, struct assay_bytes entry, char **out)
{
	static const char head[] = "c2sp.org/tlog-proof@v1\n";
	const size_t magic = sizeof(ENTRY_PROOF_MAGIC) - 1;
	const size_t coded = (magic + entry.len + 2) / 3 * 4;
	const size_t before = sizeof(head) - 1 + 6 + coded + 1;
	uint8_t *extra = arena_get(arena, magic + entry.len);
	char *bytes = arena_get(arena, before + NOTE_BYTES_MAX);
	size_t len = proof_text_format(bytes + before, NOTE_BYTES_MAX, text);
	struct text t = { bytes, before, 0 };

	*out = bytes + before;
	if (len == 0 || before + len - (sizeof(head) - 1) > NOTE_BYTES_MAX) {
		return len;
	}
	memcpy(extra, ENTRY_PROOF_MAGIC, magic);
	bytes_copy(extra + magic, entry, entry.len);
	text_puts(&t, head);
	text_puts(&t, "extra ");
	t.len += base64_encode(bytes + t.len, bytes_of(extra, magic + entry.len));
	text_puts(&t, "\n");
	memmove(bytes + before, bytes + before + sizeof(head) - 1, len - (sizeof(head) - 1));
	*out = bytes;
	return before + len - (sizeof(head) - 1);
}

static int
prove_entry(const struct arguments *arguments, const char *word)
{
	struct log_view view;
	struct proof_text *text;
	struct assay_bytes entry;
	uint64_t index;
	char *out;
	int code = log_view_open(&view, arguments, LOG_NEED_CHECKPOINT);

	if (code == 0 && !number_parse(&index, word, UINT64_MAX)) {
		code = fail(EXIT_USAGE, "entries are counted from 0, which is genesis", "give a number",
		    "%s is no index, so nothing was done", word);
	}
	if (code == 0 && index >= view.checkpoint.size) {
		code = fail(EXIT_USAGE, "the checkpoint is of fewer entries", "cut a block and sign for it first",
		    "entry %s is not under the checkpoint, so it cannot be proved", word);
	}
	if (code == 0) {
		text = arena_get(&view.place.arena, sizeof(*text));
		text->index = index;
		text->checkpoint = view.note;
		code = log_view_inclusion(&view, &text->proof, index, view.checkpoint.size);
		if (code == 0) {
			code = log_view_entry(&view, index, &entry);
		}
		if (code == 0) {
			const size_t len = entry_proof_format(&view.place.arena, text, entry, &out);

			code = out_write(arguments, bytes_of(out, len));
		}
	}
	log_view_close(&view);
	return code;
}

/* ---- prove worker ----------------------------------------------------- */

static bool
prove_row(void *context, struct state_proof *proof, struct assay_bytes key)
{
	return store_prove_row(context, proof, key);
}

static int
compose(struct log_view *view, const uint8_t id[static 32], struct assay_bytes *file)
{
	struct store *store = driver_store(view->place.driver);
	struct proof_request *request = arena_get(&view->place.arena, sizeof(*request));
	char *out = arena_get(&view->place.arena, ASSAY_WORKER_PROOF_BYTES_MAX);
	int code;

	request->whole = option_given(view->arguments, "whole");
	request->rows = store_rows(store);
	request->context = store;
	request->prove = prove_row;
	request->checkpoint = view->note;
	memcpy(request->worker, id, sizeof(request->worker));
	code = log_view_inclusion(view, &request->inclusion, view->checkpoint.size - 1, view->checkpoint.size);
	if (code == 0) {
		code = log_view_entry(view, view->checkpoint.size - 1, &request->commit);
	}
	if (code != 0) {
		return code;
	}
	request->commit = arena_copy(&view->place.arena, request->commit);
	const size_t len = proof_compose(out, ASSAY_WORKER_PROOF_BYTES_MAX, request, view->place.crypto);

	*file = bytes_of(out, len);
	return len != 0 ? 0 : fail(EXIT_CANNOT_TELL, "a row cannot be read, or the deny list is too long to be shown whole",
	    "cut a few blocks, until the workers' rows have followed, and prove it then", "no proof could be made");
}

/* What it is asked to show has to be so: a proof of something else is no answer. */
static int
check_shown(struct log_view *view, struct assay_bytes file, const uint8_t id[static 32])
{
	const char *tier = option_value(view->arguments, "tier");
	struct assay_register_proof_question question = { .log_name = view->key.name, .worker = id };
	struct assay_register_proof_result *result = arena_get(&view->place.arena, sizeof(*result));
	uint64_t tier_max = 0;

	if (tier != NULL && (!number_parse(&tier_max, tier, 5) || tier_max == 0)) {
		return fail(EXIT_USAGE, "tiers are 1 (the best) to 5", "give one of them", "--tier %s is no tier", tier);
	}
	question.tier_max = (uint8_t)tier_max;
	memcpy(question.log_key, view->key.key, sizeof(question.log_key));
	if (assay_register_proof_verify(result, view->place.crypto, file, &question)) {
		return 0;
	}
	if (result->fault != ASSAY_PROOF_FINE) {
		return fail(EXIT_BUG, result->why, NULL, "the proof that was made does not verify");
	}
	if (tier != NULL) {
		return fail(EXIT_NO, result->standing == ASSAY_STANDING_ABSENT ? "there is no such worker"
		    : result->standing == ASSAY_STANDING_OUT ? result->why : "it is admitted at a worse tier",
		    "without --tier a proof of what is so is made", "the worker is not admitted at tier %s or better", tier);
	}
	if (result->standing != ASSAY_STANDING_ADMITTED) {
		note("the proof shows that the worker is not admitted: %s",
		    result->standing == ASSAY_STANDING_ABSENT ? "there is none" : result->why);
	}
	return 0;
}

static int
prove_worker(const struct arguments *arguments, const char *word)
{
	struct log_view view;
	struct assay_bytes file;
	uint8_t id[32];
	int code;

	if (option_value(arguments, "tiles") != NULL) {
		return fail(EXIT_USAGE, "published tiles hold entries, not rows",
		    "give --store DIR; whoever has only tiles can replay them (assay log audit)",
		    "a worker cannot be proved from --tiles, so nothing was done");
	}
	code = log_view_open(&view, arguments, LOG_NEED_CHECKPOINT);
	if (code == 0) {
		code = find_id(&view.place, TABLE_WORKER, word, "the worker", id);
	}
	if (code == 0 && view.checkpoint.size != log_view_size(&view)) {
		code = fail(EXIT_CANNOT_TELL, "rows can be proved as they are now, which no checkpoint covers yet",
		    "sign for it first: assay log checkpoint --key FILE --checkpoint FILE",
		    "the checkpoint is of %llu entries and the store has %llu, so nothing was done",
		    (unsigned long long)view.checkpoint.size, (unsigned long long)log_view_size(&view));
	}
	if (code == 0) {
		code = compose(&view, id, &file);
	}
	if (code == 0) {
		code = check_shown(&view, file, id);
	}
	if (code == 0) {
		code = out_write(arguments, file);
	}
	log_view_close(&view);
	return code;
}

int
log_prove(const struct arguments *arguments)
{
	const char *what = arguments->operands[1];

	if (strcmp(what, "entry") == 0) {
		return prove_entry(arguments, arguments->operands[2]);
	}
	if (strcmp(what, "worker") == 0) {
		return prove_worker(arguments, arguments->operands[2]);
	}
	return fail(EXIT_USAGE, "an entry or a worker can be proved", "write `assay log prove entry INDEX` or `assay log prove "
	    "worker ID`", "`assay log prove %s` cannot be understood, so nothing was done", what);
}
