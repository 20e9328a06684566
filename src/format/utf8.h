/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 (RFC 3629): shortest forms only, no surrogates. */
#ifndef FORMAT_UTF8_H
#define FORMAT_UTF8_H

#include "base/bytes.h"

/* The length, 2 to 4, of the sequence at text.data[at], whose first byte is
 * not ASCII; 0 where it is none. */
size_t utf8_length(struct assay_bytes text, size_t at);

bool utf8_is_valid(struct assay_bytes text);

#endif
