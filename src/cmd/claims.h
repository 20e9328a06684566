/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and values, nested, as indented text or as JSON: what `inspect` and
 * `tcb` show.  Written to standard output as it grows.
 */
#ifndef CMD_CLAIMS_H
#define CMD_CLAIMS_H

#include "render/render.h"

#define CLAIMS_BYTES ((size_t)64 * 1024)

struct claims {
	struct writer w;
	struct render_style style;
	bool json;
	unsigned depth;
	char out[CLAIMS_BYTES];
};

void claims_start(struct claims *claims, bool json, const struct render_style *style);
/* Everything to standard output; with a newline where it is JSON. */
void claims_finish(struct claims *claims);

/* A group of values: an object.  name is NULL for an element of a list. */
void claims_group(struct claims *claims, const char *name);
/* A list of groups or of plain values. */
void claims_list(struct claims *claims, const char *name);
void claims_end_group(struct claims *claims);
void claims_end_list(struct claims *claims);

void claims_text(struct claims *claims, const char *name, const char *text);
void claims_string(struct claims *claims, const char *name, struct assay_bytes text);
void claims_hex(struct claims *claims, const char *name, struct assay_bytes bytes);
void claims_unsigned(struct claims *claims, const char *name, uint64_t value);
void claims_boolean(struct claims *claims, const char *name, bool value);
void claims_utc(struct claims *claims, const char *name, int64_t seconds);
void claims_numbers(struct claims *claims, const char *name, const uint16_t *numbers, size_t count);
/* One byte after the other, in decimal. */
void claims_svns(struct claims *claims, const char *name, const uint8_t svns[static 16]);
/* Texts in one line. */
void claims_words(struct claims *claims, const char *name, const struct assay_bytes *words, size_t count);

#endif
