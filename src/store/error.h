/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why something about a store could not be done: what failed and what follows
 * from it, the cause, the fix.  Each is a sentence or empty.
 */
#ifndef STORE_ERROR_H
#define STORE_ERROR_H

#include "base/bytes.h"

enum store_failure {
	STORE_FINE = 0,
	STORE_MISSING,		/* there is no such store, or no such file */
	STORE_EXISTS,		/* there is one already */
	STORE_FOREIGN,		/* the file is somebody else's, or nobody's */
	STORE_NEWER,		/* a later version of this program wrote it */
	STORE_BUSY,		/* another process has it */
	STORE_DAMAGED,		/* what is stored contradicts itself */
	STORE_BEHIND,		/* older than what was signed for */
	STORE_CONFLICT,		/* another history than what was signed for */
	STORE_FULL,		/* no room on the disk */
	STORE_UNWRITABLE,	/* read-only, by permission or by the way it was opened */
	STORE_MEMORY,
	STORE_DISK		/* any other failure of reading and writing */
};

struct store_error {
	enum store_failure failure;
	char what[320];
	char cause[320];
	char fix[320];
};

/* Fill an error in, cause and fix may be NULL; always false, for the caller to return. */
bool store_fail(struct store_error *error, enum store_failure failure, const char *cause, const char *fix,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
