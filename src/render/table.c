/* SPDX-License-Identifier: Apache-2.0 */
/* Many verdicts as a table, one line each, the best tier first. */
#include "render/render.h"
#include "render/words.h"

void
render_row_of(struct render_row *row, const struct assay_verdict *verdict)
{
	const struct assay_verdict *v = verdict;
	const char *reason = "";
	struct writer w;

	*row = (struct render_row){
		.authenticity = v->authenticity,
		.tier = v->tier,
		.kind = v->kind,
		.status = v->tcb_status,
		.version = v->version,
		.simulated = v->simulated,
	};
	if (v->first_failed >= 0 && v->tier == ASSAY_TIER_NONE) {
		reason = assay_check_id((enum assay_check)v->first_failed);
	} else if (v->deciding_reason != ASSAY_REASON_NONE) {
		reason = assay_reason_id((enum assay_reason)v->deciding_reason);
	}
	writer_start(&w, row->reason, sizeof(row->reason));
	put_text(&w, reason);
	if (writer_finish(&w) == 0) {
		row->reason[0] = '\0';
	}
}

void
render_row_of_failure(struct render_row *row, const char *cause)
{
	struct writer w;

	*row = (struct render_row){ .authenticity = ASSAY_UNDECIDED };
	writer_start(&w, row->failure, sizeof(row->failure) - 1);
	put_bytes(&w, bytes_slice(bytes_of_text(cause), 0,
	    strlen(cause) < sizeof(row->failure) ? strlen(cause) : sizeof(row->failure) - 1));
}

static bool
failed(const struct render_row *row)
{
	return row->failure[0] != '\0';
}

int
render_row_compare(const struct render_row *a, const struct render_row *b)
{
	if (failed(a) != failed(b)) {
		return failed(a) ? 1 : -1;
	}
	if (a->tier != b->tier) {
		return a->tier > b->tier ? -1 : 1;
	}
	if (a->authenticity != b->authenticity) {
		return a->authenticity > b->authenticity ? -1 : 1;
	}
	return 0;
}

enum { COLUMN_TIER = 6, COLUMN_VERDICT = 13 };

static void
cell(struct writer *w, const char *text, size_t columns)
{
	const size_t len = strlen(text);

	put_text(w, text);
	put_repeated(w, ' ', len < columns ? columns - len : 1);
}

/* "sgx-quote v3"; at most 23 characters. */
static void
kind_text(char out[static 24], const struct render_row *row)
{
	struct writer w;

	writer_start(&w, out, 24);
	put_text(&w, failed(row) ? "-" : row->kind == ASSAY_EVIDENCE_NONE ? "?" : assay_evidence_kind_word(row->kind));
	if (row->version != 0) {
		put_text(&w, " v");
		put_unsigned(&w, row->version);
	}
	if (writer_finish(&w) == 0) {
		out[0] = '\0';
	}
}

static const char *
status_text(const struct render_row *row)
{
	return row->status == ASSAY_TCB_UNKNOWN ? "-" : assay_tcb_status_word(row->status, row->kind);
}

static const char *
reason_text(const struct render_row *row)
{
	return row->reason[0] == '\0' ? "-" : row->reason;
}

static size_t
wider(size_t width, const char *text)
{
	return strlen(text) + 2 > width ? strlen(text) + 2 : width;
}

void
render_table_measure(struct render_widths *widths, const struct render_row *rows, size_t count)
{
	char kind[24];

	widths->kind = wider(0, "KIND");
	widths->status = wider(0, "STATUS");
	widths->reason = wider(0, "REASON");
	for (size_t i = 0; i < count; i++) {
		kind_text(kind, &rows[i]);
		widths->kind = wider(widths->kind, kind);
		widths->status = wider(widths->status, status_text(&rows[i]));
		widths->reason = wider(widths->reason, reason_text(&rows[i]));
	}
}

void
render_table_head(struct writer *w, const struct render_widths *widths, const struct render_style *style)
{
	render_color(w, style, RENDER_BOLD);
	cell(w, "TIER", COLUMN_TIER);
	cell(w, "VERDICT", COLUMN_VERDICT);
	cell(w, "KIND", widths->kind);
	cell(w, "STATUS", widths->status);
	cell(w, "REASON", widths->reason);
	put_text(w, "NAME");
	render_color(w, style, RENDER_PLAIN);
	put_char(w, '\n');
}

static enum render_color
row_color(const struct render_row *row)
{
	if (row->authenticity == ASSAY_GENUINE && row->tier >= ASSAY_TIER_3) {
		return RENDER_GREEN;
	}
	return row->authenticity == ASSAY_UNDECIDED || row->tier != ASSAY_TIER_NONE ? RENDER_YELLOW : RENDER_RED;
}

void
render_table_row(struct writer *w, const struct render_row *row, struct assay_bytes name,
    const struct render_widths *widths, const struct render_style *style)
{
	char kind[24];
	const char tier[2] = {
		row->tier == ASSAY_TIER_NONE ? '-' : (char)('0' + assay_tier_number(row->tier)), '\0'
	};

	kind_text(kind, row);
	render_color(w, style, row_color(row));
	cell(w, tier, COLUMN_TIER);
	cell(w, failed(row) ? "not judged" : assay_authenticity_word(row->authenticity), COLUMN_VERDICT);
	render_color(w, style, RENDER_PLAIN);
	cell(w, kind, widths->kind);
	cell(w, status_text(row), widths->status);
	cell(w, reason_text(row), widths->reason);
	if (row->simulated) {
		render_color(w, style, RENDER_ALARM);
		put_text(w, "SIMULATED");
		render_color(w, style, RENDER_PLAIN);
		put_char(w, ' ');
	}
	put_printable(w, name);
	put_text(w, failed(row) ? ": " : "");
	put_printable(w, bytes_of_text(row->failure));
	put_char(w, '\n');
}
