/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the command says on standard error, and its exit codes.  An error is
 * what failed and what follows from it, then the cause, then the fix.
 */
#ifndef CMD_FAILURE_H
#define CMD_FAILURE_H

#include <stdbool.h>

#include "render/writer.h"

enum {
	EXIT_YES = 0,
	EXIT_NO = 1,		/* genuine, but below what was asked */
	EXIT_USAGE = 2,		/* usage or configuration */
	EXIT_NOT_GENUINE = 3,
	EXIT_CANNOT_TELL = 4,
	EXIT_REFUSED = 5,	/* by the register */
	EXIT_BUG = 70
};

/* From now on errors and notes are JSON objects, one a line. */
void failure_as_json(bool json);

#define FAILURE_ERROR_BYTES 8192

struct failure {
	int exit_code;
	char error[FAILURE_ERROR_BYTES];
	char cause[1024];	/* empty: not known */
	char fix[2048];		/* empty: there is none; else one thing to do a line */
};

/* From now on an error is kept here instead of being said; NULL: said again. */
void failure_keep(struct failure *failure);
void failure_say(const struct failure *failure);
/* As an object (assay.error/1); input_name is that of the input that it is about, or NULL. */
void failure_json(struct writer *w, const struct failure *failure, const char *input_name);

/* Say an error; cause and fix may be NULL.  Returns exit_code. */
int fail(int exit_code, const char *cause, const char *fix, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Say something that the reader should know and that changes no result. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
