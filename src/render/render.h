/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict as text for a terminal: one verdict as a tree, many as a table. */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include "render/writer.h"

struct render_style {
	bool color;		/* ANSI colours */
	bool wide;		/* every check on a line of its own, with its sentence */
	unsigned columns;	/* of the terminal; at least 40 */
};

/* 32 KiB always suffice for a tree; 8 KiB for one row of a table. */
#define RENDER_VERDICT_MAX	((size_t)64 * 1024)
#define RENDER_ROW_MAX		((size_t)8 * 1024)

/* The verdict on the input of that name, as a tree; verifier: what was expected. */
void render_verdict(struct writer *w, const struct assay_verdict *verdict, const struct assay_verifier *verifier,
    struct assay_bytes name, const struct render_style *style);

/* assay_result_json, and member "expected" where the verifier has reference values. */
#define RENDER_RESULT_MAX	(ASSAY_RESULT_JSON_MAX + (size_t)32 * 1024)
size_t render_result(const struct assay_verdict *verdict, const struct assay_verifier *verifier,
    struct assay_bytes input_name, const uint8_t input_digest[static 32], char *out, size_t size);
void render_references_json(struct writer *w, const struct assay_verdict *verdict,
    const struct assay_verifier *verifier);

/* The last second that can be written: what is good until then has no end. */
#define RENDER_NO_END_S		INT64_C(253402300799)

/* What a table shows of one verdict. */
struct render_row {
	enum assay_authenticity authenticity;
	enum assay_tier tier;
	enum assay_evidence_kind kind;
	enum assay_tcb_status status;
	uint16_t version;
	bool simulated;
	char reason[64];	/* the first id, zero-terminated */
	char failure[128];	/* why it could not be judged at all; else empty */
};

void render_row_of(struct render_row *row, const struct assay_verdict *verdict);
void render_row_of_failure(struct render_row *row, const char *cause);
/* Order of a table: best tier first; then genuine, undecided, not genuine, not judged; 0 where equal. */
int render_row_compare(const struct render_row *a, const struct render_row *b);
/* How wide the columns of a table must be. */
struct render_widths {
	size_t kind;
	size_t status;
	size_t reason;
};
void render_table_measure(struct render_widths *widths, const struct render_row *rows, size_t count);
void render_table_head(struct writer *w, const struct render_widths *widths, const struct render_style *style);
void render_table_row(struct writer *w, const struct render_row *row, struct assay_bytes name,
    const struct render_widths *widths, const struct render_style *style);

/* Shared by the renderers and by the command's own text. */
enum render_color {
	RENDER_PLAIN = 0, RENDER_BOLD, RENDER_DIM, RENDER_GREEN, RENDER_YELLOW, RENDER_RED, RENDER_ALARM
};
void render_color(struct writer *w, const struct render_style *style, enum render_color color);
/* Text filled into lines of the style's width; lines after the first begin
 * with prefix, which takes indent columns, as the first line's start does. */
void render_filled(struct writer *w, const struct render_style *style, const char *prefix, size_t indent,
    const char *text);

/* Text with the lines broken that are longer than that many columns. */
void render_folded(struct writer *w, struct assay_bytes text, unsigned columns);

#endif
