/* SPDX-License-Identifier: Apache-2.0 */
/* Errors and notes on standard error, as text or as JSON. */
#include "cmd/failure.h"

#include <stdarg.h>
#include <stdio.h>

#include "render/writer.h"

#define MESSAGE_BYTES_MAX 8192

static bool as_json;

void
failure_as_json(bool json)
{
	as_json = json;
}

static void
put_line(struct writer *w, const char *label, const char *text)
{
	if (text != NULL) {
		put_text(w, label);
		put_printable(w, bytes_of_text(text));
		put_char(w, '\n');
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
	fputs(w->out, stderr);
}

int
fail(int exit_code, const char *cause, const char *fix, const char *format, ...)
{
	char message[MESSAGE_BYTES_MAX];
	char out[MESSAGE_BYTES_MAX * 8];
	struct writer w;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	writer_start(&w, out, sizeof(out));
	if (as_json) {
		json_put_object(&w);
		put_member(&w, "schema", "assay.error/1");
		json_put_name(&w, "exit");
		json_put_unsigned(&w, (uint64_t)exit_code);
		put_member(&w, "error", message);
		put_member(&w, "cause", cause);
		put_member(&w, "fix", fix);
		json_put_end(&w, '}');
		put_char(&w, '\n');
	} else {
		put_line(&w, "error: ", message);
		put_line(&w, "  cause: ", cause);
		put_line(&w, "  fix: ", fix);
	}
	say(&w);
	return exit_code;
}

void
note(const char *format, ...)
{
	char message[MESSAGE_BYTES_MAX];
	char out[MESSAGE_BYTES_MAX * 8];
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
		put_line(&w, "note: ", message);
	}
	say(&w);
}
