/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the command says on standard error, and its exit codes.  An error is
 * what failed and what follows from it, then the cause, then the fix.
 */
#ifndef CMD_FAILURE_H
#define CMD_FAILURE_H

#include <stdbool.h>

enum {
	EXIT_YES = 0,
	EXIT_NO = 1,		/* genuine, but below what was asked */
	EXIT_USAGE = 2,		/* usage or configuration */
	EXIT_NOT_GENUINE = 3,
	EXIT_CANNOT_TELL = 4,
	EXIT_BUG = 70
};

/* From now on errors and notes are JSON objects, one a line. */
void failure_as_json(bool json);

/* Say an error; cause and fix may be NULL.  Returns exit_code. */
int fail(int exit_code, const char *cause, const char *fix, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Say something that the reader should know and that changes no result. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
