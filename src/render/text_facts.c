/* SPDX-License-Identifier: Apache-2.0 */
/* The tree's lower half: what the verdict stands on. */
#include "format/utc.h"
#include "render/tree.h"
#include "render/words.h"

static void
put_advisories(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	/* All ids with their stars and separators; the longest real list has 20. */
	char text[ASSAY_ADVISORIES_MAX * (ASSAY_ADVISORY_BYTES + 4) + 1];
	struct writer line;

	if (v->advisories_unknown) {
		tree_branch(w, style, "advisories");
		put_text(w, v->kind == ASSAY_EVIDENCE_IAS_REPORT && v->version >= 4
		    ? "unknown: the status comes with advisories, and the report names none\n"
		    : "unknown: this version of the format cannot carry them\n");
		return;
	}
	if (v->advisories_count == 0) {
		return;
	}
	writer_start(&line, text, sizeof(text));
	for (unsigned i = 0; i < v->advisories_count; i++) {
		put_text(&line, i == 0 ? "" : ", ");
		put_text(&line, v->advisories[i]);
		put_text(&line, (v->advisories_counted >> i & 1) != 0 ? "*" : "");
	}
	if (writer_finish(&line) == 0) {
		return;
	}
	tree_branch(w, style, "advisories");
	tree_filled(w, style, text);
	if (v->advisories_counted != 0) {
		tree_twig(w, style);
		put_text(w, "* counts against the tier\n");
	}
}

static void
put_flag(struct writer *w, const char *name, enum assay_flag flag)
{
	if (flag != ASSAY_FLAG_UNDEFINED) {
		put_text(w, ", ");
		put_text(w, name);
		put_text(w, flag == ASSAY_FLAG_TRUE ? " yes" : " no");
	}
}

void
tree_evidence(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	if (v->kind == ASSAY_EVIDENCE_NONE) {
		return;
	}
	tree_branch(w, style, "evidence");
	put_text(w, assay_evidence_kind_word(v->kind));
	if (v->version != 0) {
		put_text(w, " version ");
		put_unsigned(w, v->version);
	}
	if (v->kind == ASSAY_EVIDENCE_IAS_REPORT && v->ias.version != 0) {
		put_text(w, ", made ");
		put_utc(w, v->ias.timestamp_s);
		put_text(w, v->ias.linkable ? ", linkable" : ", unlinkable");
	}
	if (v->has_body && v->debug) {
		render_color(w, style, RENDER_RED);
		put_text(w, ", DEBUG mode");
		render_color(w, style, RENDER_PLAIN);
	}
	put_char(w, '\n');
}

void
tree_platform(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	if (v->tcb_status != ASSAY_TCB_UNKNOWN) {
		tree_branch(w, style, "status");
		put_text(w, assay_tcb_status_word(v->tcb_status, v->kind));
		if (v->tcb_evaluation_number != 0) {
			put_text(w, ", TCB evaluation ");
			put_unsigned(w, v->tcb_evaluation_number);
		}
		if (v->tcb_date_s != 0) {
			char date[UTC_TEXT_BYTES];

			utc_format(date, v->tcb_date_s);
			put_text(w, ", level of ");
			put_bytes(w, bytes_of(date, 10));
		}
		put_char(w, '\n');
	}
	put_advisories(w, v, style);
	if (!v->has_platform && !v->platform.has_id) {
		return;
	}
	const struct assay_platform *p = &v->platform;

	tree_branch(w, style, "platform");
	if (!v->has_platform) {
		put_hex(w, bytes_of(p->id, sizeof(p->id)));
		put_char(w, '\n');
		return;
	}
	if (p->has_id) {
		put_hex(w, bytes_of(p->id, sizeof(p->id)));
		put_char(w, '\n');
		tree_twig(w, style);
	}
	put_text(w, "FMSPC ");
	put_hex(w, bytes_of(p->fmspc, sizeof(p->fmspc)));
	put_text(w, ", PCE id ");
	put_hex(w, bytes_of(p->pce_id, sizeof(p->pce_id)));
	put_flag(w, "SMT", p->smt_enabled);
	put_flag(w, "dynamic platform", p->dynamic_platform);
	put_flag(w, "cached keys", p->cached_keys);
	put_char(w, '\n');
}

/* Long values are broken into lines of 64 digits. */
static void
put_value(struct writer *w, const struct render_style *style, enum assay_field field, struct assay_bytes value)
{
	if (field == ASSAY_FIELD_NONCE) {
		put_printable(w, value);
	} else if (value.len == 2) {
		put_unsigned(w, (uint64_t)value.data[0] << 8 | value.data[1]);
	} else if (bytes_all_zero(value) && value.len > 8) {
		put_text(w, "0");
	} else {
		for (size_t at = 0; at < value.len; at += 32) {
			if (at != 0) {
				put_char(w, '\n');
				tree_twig(w, style);
				put_repeated(w, ' ', 16);
			}
			put_hex(w, bytes_slice(value, at, value.len - at < 32 ? value.len - at : 32));
		}
	}
	put_char(w, '\n');
}

void
tree_measurements(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	bool first = true;

	for (int i = 1; v->has_body && i < ASSAY_FIELD_COUNT; i++) {
		const enum assay_field field = (enum assay_field)i;
		uint8_t scratch[8];
		const struct assay_bytes value = assay_verdict_field(v, field, scratch);
		const char *id = assay_field_id(field);

		if (value.len == 0 || field == ASSAY_FIELD_FMSPC || field == ASSAY_FIELD_PPID ||
		    field == ASSAY_FIELD_PLATFORM_ID) {
			continue;
		}
		if (first) {
			tree_branch(w, style, "measured");
		} else {
			tree_twig(w, style);
		}
		first = false;
		put_text(w, id);
		put_repeated(w, ' ', strlen(id) < 16 ? 16 - strlen(id) : 1);
		put_value(w, style, field, value);
	}
}

void
tree_collateral(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	for (unsigned i = 0; i < v->collateral_count; i++) {
		const struct assay_collateral_part *part = &v->collateral[i];
		const char *word = collateral_kind_word(part->kind);
		const bool late = v->at_s > part->next_update_s;
		const bool early = v->at_s < part->issued_s;

		if (i == 0) {
			tree_branch(w, style, "collateral");
		} else {
			tree_twig(w, style);
		}
		put_text(w, word);
		put_repeated(w, ' ', 12 - (strlen(word) < 12 ? strlen(word) : 12));
		put_hex_short(w, bytes_of(part->digest, sizeof(part->digest)));
		put_text(w, "  ");
		render_color(w, style, late || early ? RENDER_RED : RENDER_PLAIN);
		put_utc(w, part->issued_s);
		put_text(w, " to ");
		put_utc(w, part->next_update_s);
		put_text(w, late ? "  past" : early ? "  not yet" : "");
		render_color(w, style, RENDER_PLAIN);
		put_char(w, '\n');
	}
}

static enum render_color
color_of_result(uint8_t result)
{
	return result == ASSAY_PASSED ? RENDER_GREEN : result == ASSAY_FAILED ? RENDER_RED : RENDER_DIM;
}

static void
put_mark(struct writer *w, const struct render_style *style, uint8_t result)
{
	render_color(w, style, color_of_result(result));
	put_text(w, check_result_mark((enum assay_check_result)result));
	render_color(w, style, RENDER_PLAIN);
}

static void
put_checks_wide(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	for (int i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const char *id = assay_check_id((enum assay_check)i);

		put_text(w, "   ");
		put_mark(w, style, v->checks[i]);
		put_char(w, ' ');
		put_text(w, id);
		put_repeated(w, ' ', strlen(id) < 26 ? 26 - strlen(id) : 1);
		render_filled(w, style, "                               ", 31, assay_check_text((enum assay_check)i));
	}
}

/* Length of an id's first part: "tcb-info" of "tcb-info.form". */
static size_t
subject_length(const char *id)
{
	size_t len = 0;

	while (id[len] != '\0' && id[len] != '.') {
		len++;
	}
	return len;
}

static bool
same_subject(int a, int b)
{
	const char *x = assay_check_id((enum assay_check)a);
	const char *y = assay_check_id((enum assay_check)b);
	const size_t len = subject_length(x);

	return len == subject_length(y) && memcmp(x, y, len) == 0;
}

/* One line for checks first to last - 1, which have one subject. */
static void
put_checks_line(struct writer *w, const struct assay_verdict *v, const struct render_style *style, int first,
    int last)
{
	const char *id = assay_check_id((enum assay_check)first);
	const size_t len = subject_length(id);
	size_t column = 3 + 12;

	put_text(w, "   ");
	put_bytes(w, bytes_slice(bytes_of_text(id), 0, len));
	put_repeated(w, ' ', len < 12 ? 12 - len : 1);
	for (int i = first; i < last; i++) {
		const char *rest = assay_check_id((enum assay_check)i);
		const size_t from = subject_length(rest) + 1;
		const size_t columns = strlen(rest) - from + 3;

		if (v->checks[i] == ASSAY_NOT_APPLICABLE) {
			continue;
		}
		if (column + columns > style->columns) {
			put_char(w, '\n');
			put_repeated(w, ' ', 15);
			column = 15;
		}
		put_text(w, column == 15 ? "" : " ");
		put_mark(w, style, v->checks[i]);
		put_char(w, ' ');
		put_bytes(w, bytes_slice(bytes_of_text(rest), from, strlen(rest) - from));
		column += columns;
	}
	put_char(w, '\n');
}

void
tree_checks(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	unsigned counts[4] = { 0 };

	for (int i = 0; i < ASSAY_CHECK_COUNT; i++) {
		counts[v->checks[i] & 3]++;
	}
	render_color(w, style, RENDER_DIM);
	put_text(w, "└─ checks");
	render_color(w, style, RENDER_PLAIN);
	put_repeated(w, ' ', LABEL_COLUMNS - 9);
	put_unsigned(w, counts[ASSAY_PASSED]);
	put_text(w, " ✓ passed, ");
	put_unsigned(w, counts[ASSAY_FAILED]);
	put_text(w, " ✗ failed, ");
	put_unsigned(w, counts[ASSAY_NOT_REACHED]);
	put_text(w, " · not reached, ");
	put_unsigned(w, counts[ASSAY_NOT_APPLICABLE]);
	put_text(w, " – not applicable\n");
	if (style->wide) {
		put_checks_wide(w, v, style);
		return;
	}
	for (int first = 0; first < ASSAY_CHECK_COUNT;) {
		int last = first + 1;
		bool any = v->checks[first] != ASSAY_NOT_APPLICABLE;

		while (last < ASSAY_CHECK_COUNT && same_subject(first, last)) {
			any = any || v->checks[last] != ASSAY_NOT_APPLICABLE;
			last++;
		}
		if (any) {
			put_checks_line(w, v, style, first, last);
		}
		first = last;
	}
}
