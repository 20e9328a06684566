/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal: lower or upper case, nothing between the digits. */
#ifndef FORMAT_HEX_H
#define FORMAT_HEX_H

#include "base/bytes.h"

/* Decode text of exactly 2 * len digits; false where it is anything else. */
bool hex_decode(uint8_t *out, size_t len, struct assay_bytes text);
/* Encode in lower case; writes 2 * len characters and no zero. */
void hex_encode(char *out, struct assay_bytes in);
bool hex_is_digit(uint8_t c);

#endif
