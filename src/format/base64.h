/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648 section 4, canonical: padding required, spare bits zero). */
#ifndef FORMAT_BASE64_H
#define FORMAT_BASE64_H

#include "base/bytes.h"

/*
 * Decode into out of size bytes and set *len.  Where newlines is true, one LF
 * or CRLF behind any character is skipped (PEM bodies); nothing else is, and
 * no empty line.  False where the text is not canonical base64 or does not
 * fit.
 */
bool base64_decode(uint8_t *out, size_t size, size_t *len, struct assay_bytes text, bool newlines);

/* Writes (in.len + 2) / 3 * 4 characters and no zero; returns how many. */
size_t base64_encode(char *out, struct assay_bytes in);

#endif
