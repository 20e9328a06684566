/* SPDX-License-Identifier: Apache-2.0 */
/* Errors and notes on standard error, as text or as JSON. */
#include "cmd/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/terminal.h"


/* One a byte as \u00NN or \xNN, and what stands around them. */
#define OUT_BYTES (sizeof(struct failure) * 6 + 256)

static bool as_json;

void
failure_as_json(bool json)
{
	as_json = json;
}

static struct failure *kept_in;

void
failure_keep(struct failure *failure)
{
	kept_in = failure;
}

static void
put_line(struct writer *w, const char *label, struct assay_bytes text)
{
	if (text.len != 0) {
		put_text(w, label);
		put_printable(w, text);
		put_char(w, '\n');
	}
}

/* A fix may be several things to do, one a line. */
static void
put_fixes(struct writer *w, const char *fix)
{
	while (*fix != '\0') {
		const size_t len = strcspn(fix, "\n");

		put_line(w, "  fix: ", bytes_of(fix, len));
		fix += len + (fix[len] == '\n');
	}
}

static void
put_member(struct writer *w, const char *name, const char *text)
{
	json_put_name(w, name);
	if (text != NULL) {
		json_put_text(w, text);
	} else {
		json_put_null(w);
	}
}

static void
say(struct writer *w)
{
	if (writer_finish(w) == 0) {
		fputs("error: the message does not fit\n", stderr);
		return;
	}
	fflush(stdout);
	terminal_write(stderr, bytes_of_text(w->out), as_json ? 0 : terminal_error_columns());
}

void
failure_json(struct writer *w, const struct failure *failure, const char *input_name)
{
	json_put_object(w);
	put_member(w, "schema", "assay.error/1");
	json_put_name(w, "exit");
	json_put_unsigned(w, (uint64_t)failure->exit_code);
	put_member(w, "error", failure->error);
	put_member(w, "cause", failure->cause[0] == '\0' ? NULL : failure->cause);
	put_member(w, "fix", failure->fix[0] == '\0' ? NULL : failure->fix);
	if (input_name != NULL) {
		json_put_name(w, "input");
		json_put_object(w);
		put_member(w, "name", input_name);
		json_put_end(w, '}');
	}
	json_put_end(w, '}');
}

void
failure_say(const struct failure *failure)
{
	char out[OUT_BYTES];
	struct writer w;

	writer_start(&w, out, sizeof(out));
	if (as_json) {
		failure_json(&w, failure, NULL);
		put_char(&w, '\n');
	} else {
		put_line(&w, "error: ", bytes_of_text(failure->error));
		put_line(&w, "  cause: ", bytes_of_text(failure->cause));
		put_fixes(&w, failure->fix);
	}
	say(&w);
}

int
fail(int exit_code, const char *cause, const char *fix, const char *format, ...)
{
	struct failure failure = { .exit_code = exit_code };
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(failure.error, sizeof(failure.error), format, arguments);
	va_end(arguments);
	snprintf(failure.cause, sizeof(failure.cause), "%s", cause == NULL ? "" : cause);
	snprintf(failure.fix, sizeof(failure.fix), "%s", fix == NULL ? "" : fix);
	if (kept_in != NULL) {
		*kept_in = failure;
	} else {
		failure_say(&failure);
	}
	return exit_code;
}

void
note(const char *format, ...)
{
	char message[FAILURE_ERROR_BYTES];
	char out[OUT_BYTES];
	struct writer w;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	writer_start(&w, out, sizeof(out));
	if (as_json) {
		json_put_object(&w);
		put_member(&w, "schema", "assay.note/1");
		put_member(&w, "note", message);
		json_put_end(&w, '}');
		put_char(&w, '\n');
	} else {
		put_line(&w, "note: ", bytes_of_text(message));
	}
	say(&w);
}
