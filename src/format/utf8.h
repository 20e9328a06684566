/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 (RFC 3629): shortest forms only, no surrogates. */
#ifndef FORMAT_UTF8_H
#define FORMAT_UTF8_H

#include "base/bytes.h"

/* The length, 1 to 4, of the character that the text begins with; 0 where it
 * begins with none or is empty. */
size_t utf8_character(struct assay_bytes text);

bool utf8_is_valid(struct assay_bytes text);

#endif
