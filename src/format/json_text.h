/* SPDX-License-Identifier: Apache-2.0 */
/* What a JSON string means, where escapes may stand in it (RFC 8259 section 7). */
#ifndef FORMAT_JSON_TEXT_H
#define FORMAT_JSON_TEXT_H

#include "base/bytes.h"

/*
 * Decode the raw text of a string, quotation marks included, as json_skip
 * returns it.  The meaning is never longer than the text: where size is
 * raw.len it always fits.  False where the text is no string, an escape is
 * wrong, a surrogate stands alone or it does not fit.
 */
bool json_text_decode(uint8_t *out, size_t size, size_t *len, struct assay_bytes raw);

#endif
