/* SPDX-License-Identifier: Apache-2.0 */
/* PEM (RFC 7468): blocks of one label, strictly framed. */
#ifndef FORMAT_PEM_H
#define FORMAT_PEM_H

#include "base/cursor.h"

/*
 * Find the next block "-----BEGIN label-----" ... "-----END label-----" at
 * the cursor and decode its body into out.  White space (space, tab, CR, LF)
 * and NUL bytes before it are skipped; any other text, and any other label,
 * is an error; the next block may also begin right behind the last one's END
line, as in chains joined from files without a last newline.  Returns 1 with *len set, 0 where only white space and NULs
 * are left, -1 on error.
 */
int pem_next(struct cursor *c, const char *label, uint8_t *out, size_t size, size_t *len);

#endif
