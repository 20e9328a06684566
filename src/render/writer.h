/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing into a caller's buffer: plain text, text made safe for a terminal,
 * and JSON.  A writer that runs full stays full and writes nothing more.
 */
#ifndef RENDER_WRITER_H
#define RENDER_WRITER_H

#include "base/bytes.h"

struct writer {
	char *out;
	size_t size;
	size_t len;
	bool full;	/* something did not fit */
	bool comma;	/* JSON: the next name or element needs a comma before it */
};

void writer_start(struct writer *w, char *out, size_t size);
/* Ends the text with a zero; returns its length, or 0 where it did not fit. */
size_t writer_finish(struct writer *w);

void put_char(struct writer *w, char c);
void put_text(struct writer *w, const char *text);
void put_bytes(struct writer *w, struct assay_bytes text);
void put_unsigned(struct writer *w, uint64_t value);
void put_hex(struct writer *w, struct assay_bytes bytes);
/* The first bytes of a digest, for people: "1cc40342efff07a0". */
void put_hex_short(struct writer *w, struct assay_bytes bytes);
void put_utc(struct writer *w, int64_t seconds);
void put_repeated(struct writer *w, char c, size_t count);
/* Any bytes, made safe for a terminal: control characters and what is not UTF-8 as \xNN. */
void put_printable(struct writer *w, struct assay_bytes text);
/* Columns that put_printable takes: one a character; wide characters are not known. */
size_t printable_columns(struct assay_bytes text);


/*
 * JSON.  Values and containers place their own commas:
 *
 *	json_put_object(w);
 *	json_put_name(w, "tier");
 *	json_put_unsigned(w, 2);
 *	json_put_end(w, '}');
 */
void json_put_object(struct writer *w);
void json_put_array(struct writer *w);
void json_put_end(struct writer *w, char bracket);
void json_put_name(struct writer *w, const char *name);
void json_put_text(struct writer *w, const char *text);
/* Any bytes: what is not UTF-8 becomes \u00NN, byte by byte. */
void json_put_string(struct writer *w, struct assay_bytes text);
void json_put_hex(struct writer *w, struct assay_bytes bytes);
void json_put_unsigned(struct writer *w, uint64_t value);
void json_put_boolean(struct writer *w, bool value);
void json_put_null(struct writer *w);
void json_put_utc(struct writer *w, int64_t seconds);
/* Text that is JSON already. */
void json_put_raw(struct writer *w, struct assay_bytes json);

#endif
