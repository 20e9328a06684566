/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as the vendors write them, to and from seconds since 1970, UTC. */
#ifndef FORMAT_UTC_H
#define FORMAT_UTC_H

#include "base/bytes.h"

#define UTC_TEXT_BYTES 21	/* "2026-11-25T03:28:19Z" and a zero */

/* "YYYY-MM-DDThh:mm:ssZ" exactly, years 1970 to 9999, real days only, no leap second. */
bool utc_parse(int64_t *seconds, struct assay_bytes text);
/* An IAS timestamp: "YYYY-MM-DDThh:mm:ss" with an optional "." and 1 to 9 digits, no zone; cut to the second. */
bool utc_parse_ias(int64_t *seconds, struct assay_bytes text);
/* Contents of a DER UTCTime (13 bytes, RFC 5280's century) or GeneralizedTime (15 bytes), both
 * ending in Z; years 1970 to 9999. */
bool utc_parse_der(int64_t *seconds, uint8_t tag, struct assay_bytes content);
/* Writes 20 characters and a zero.  Outside years 1970 to 9999: clamped. */
void utc_format(char out[static UTC_TEXT_BYTES], int64_t seconds);

#endif
