/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay log cosign, cosignatures: what a witness is sent (C2SP tlog-witness,
 * add-checkpoint), and what it answers, put to the checkpoint.  Carrying the
 * two is somebody else's work.
 */
#include <stdio.h>

#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/log.h"
#include "log/line.h"
#include "log/proof_text.h"

int
log_cosign(const struct arguments *arguments)
{
	const char *request = option_value(arguments, "request");
	const char *seen = option_value(arguments, "old-checkpoint");
	struct checkpoint old = { .size = 0 };
	struct assay_bytes old_note;
	struct log_view view;
	struct proof *proof;
	int code;

	if (request == NULL) {
		return fail(EXIT_USAGE, "the request to a witness is written to a file", "give --request FILE",
		    "--request is missing, so nothing was done");
	}
	code = log_view_open(&view, arguments, LOG_NEED_CHECKPOINT);
	if (code == 0 && seen != NULL) {
		code = checkpoint_read(&old_note, &old, &view.place.arena, view.place.crypto, seen, &view.key);
	}
	if (code == 0 && old.size > view.checkpoint.size) {
		code = fail(EXIT_USAGE, "the witness has seen more than the checkpoint covers", "give a newer checkpoint",
		    "%s is ahead of the checkpoint, so nothing was done", seen);
	}
	if (code == 0) {
		char *out = arena_get(&view.place.arena, NOTE_BYTES_MAX);

		proof = arena_get(&view.place.arena, sizeof(*proof));
		code = log_view_consistency(&view, proof, old.size);
		const size_t len = witness_request_format(out, NOTE_BYTES_MAX, old.size, proof, view.note);

		if (code == 0 && (len == 0 || !disk_replace(disk_posix(), request, bytes_of(out, len)))) {
			code = fail(EXIT_CANNOT_TELL, "the file cannot be written", "make room, or write elsewhere",
			    "%s was not written", request);
		}
	}
	log_view_close(&view);
	return code;
}

/* ---- the answer ------------------------------------------------------- */

struct known {
	size_t count;
	struct note_key keys[WITNESSES_MAX + QUORUM_NAMES_MAX];
};

/* Witnesses that the register itself names. */
static void
known_from_row(struct known *known, struct log_view *view)
{
	const struct row_key key = key_start(TABLE_LOG);
	struct log *row = arena_get(&view->place.arena, sizeof(*row));

	if (!view->has_place || !row_get(view->place.m, &key, row)) {
		return;
	}
	struct cursor c = cursor_over(VAR_BYTES(row->witnesses));

	while (!c.bad && c.left != 0 && known->count < WITNESSES_MAX) {
		struct note_key *witness = &known->keys[known->count];

		witness->algorithm = NOTE_COSIGNATURE;
		witness->name = cursor_take(&c, cursor_u8(&c));
		cursor_copy(&c, witness->key, sizeof(witness->key));
		known->count += c.bad ? 0 : 1;
	}
}

static int
known_from_options(struct known *known, struct log_view *view)
{
	const char *text;
	size_t at = 0;

	while ((text = option_next(view->arguments, "witness", &at)) != NULL) {
		int code;

		if (known->count == sizeof(known->keys) / sizeof(known->keys[0])) {
			return fail(EXIT_USAGE, "there are more witnesses than a note can have", NULL, "nothing was done");
		}
		code = verifier_read(&known->keys[known->count], &view->place.arena, text, NOTE_COSIGNATURE);
		if (code != 0) {
			return code;
		}
		known->count++;
	}
	return known->count != 0 ? 0 : fail(EXIT_USAGE, "the register names no witnesses",
	    "give each one's verifier key with --witness VKEY", "nobody knows whose cosignatures these are, so nothing was done");
}

/* One line of the answer behind the note; it must be of somebody who is known. */
static int
line_add(struct log_view *view, const struct known *known, char *out, size_t *len, struct assay_bytes line)
{
	char shown[80];
	int64_t time_s;

	if (*len + line.len + 1 > NOTE_BYTES_MAX) {
		return fail(EXIT_USAGE, "a note has at most 64 KiB", NULL,
		    "there are too many cosignatures, so nothing was done");
	}
	for (size_t i = 0; i < known->count; i++) {
		const struct assay_bytes so_far = bytes_of(out, *len);
		const size_t before = *len;

		if (note_verify(view->place.crypto, so_far, &known->keys[i], &time_s) == NOTE_GOOD) {
			continue;
		}
		bytes_copy(out + *len, line, line.len);
		out[*len + line.len] = '\n';
		if (note_verify(view->place.crypto, bytes_of(out, *len + line.len + 1), &known->keys[i], &time_s) == NOTE_GOOD) {
			*len += line.len + 1;
			return 0;
		}
		*len = before;
	}
	snprintf(shown, sizeof(shown), "%.*s", (int)(line.len < 40 ? line.len : 40), (const char *)line.data);
	return fail(EXIT_NOT_GENUINE, "no witness who is known has cosigned this checkpoint so, or it is there already",
	    "give the answer to the request for this very checkpoint", "the line \"%s\" was not added, nor was anything else",
	    shown);
}

int
log_cosignatures(const struct arguments *arguments)
{
	struct known *known;
	struct log_view view;
	struct assay_bytes answer;
	char *out;
	size_t len, added = 0;
	bool cut;
	int code;

	if (strcmp(arguments->operands[1], "add") != 0) {
		return fail(EXIT_USAGE, "cosignatures are added to a checkpoint", "write `assay log cosignatures add FILE`",
		    "`assay log cosignatures %s` cannot be understood, so nothing was done", arguments->operands[1]);
	}
	code = log_view_open(&view, arguments, LOG_NEED_CHECKPOINT);
	known = arena_get(&view.place.arena, sizeof(*known));
	out = arena_get(&view.place.arena, NOTE_BYTES_MAX);
	if (code == 0) {
		known_from_row(known, &view);
		code = known_from_options(known, &view);
	}
	code = code != 0 ? code : file_read(&answer, &cut, &view.place.arena, arguments->operands[2], NOTE_BYTES_MAX);
	if (code == 0) {
		struct cursor c = cursor_over(answer);

		len = view.note.len;
		bytes_copy(out, view.note, len);
		while (code == 0 && c.left != 0) {
			const struct assay_bytes line = line_take(&c);

			code = c.bad ? fail(EXIT_USAGE, "its last line has no end", NULL, "%s is no answer of a witness",
			    arguments->operands[2]) : line_add(&view, known, out, &len, line);
			added++;
		}
		if (code == 0 && added == 0) {
			code = fail(EXIT_USAGE, "it is empty", NULL, "%s is no answer of a witness", arguments->operands[2]);
		}
	}
	if (code == 0) {
		code = out_write(arguments, bytes_of(out, len));
	}
	log_view_close(&view);
	return code;
}
