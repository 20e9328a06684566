/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and numbers, as the log's texts have them. */
#ifndef LOG_LINE_H
#define LOG_LINE_H

#include "base/cursor.h"

/* The next line without its newline; the cursor is bad where there is none. */
struct assay_bytes line_take(struct cursor *c);
/* What follows head in the line; false where the line does not begin so. */
bool line_after(struct assay_bytes line, const char *head, struct assay_bytes *rest);
/* Decimal without leading zeros, at most 19 digits. */
bool line_decimal(uint64_t *value, struct assay_bytes text);

#endif
