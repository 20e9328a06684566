/* SPDX-License-Identifier: Apache-2.0 */
/* One verdict as a tree for a terminal. */
#include "format/utc.h"
#include "render/render.h"
#include "render/words.h"

#define LABEL_COLUMNS	14	/* "├─ " and a label, padded */

void
render_color(struct writer *w, const struct render_style *style, enum render_color color)
{
	static const char *const codes[] = {
		[RENDER_PLAIN] = "\033[0m",
		[RENDER_BOLD] = "\033[1m",
		[RENDER_DIM] = "\033[2m",
		[RENDER_GREEN] = "\033[32m",
		[RENDER_YELLOW] = "\033[33m",
		[RENDER_RED] = "\033[31m",
		[RENDER_ALARM] = "\033[1;37;45m",
	};

	if (style->color) {
		put_text(w, codes[color]);
	}
}

void
render_filled(struct writer *w, const struct render_style *style, const char *prefix, size_t indent,
    const char *text)
{
	const size_t room = style->columns > indent + 24 ? style->columns - indent : 24;
	const struct assay_bytes all = bytes_of_text(text);
	size_t column = 0;
	size_t at = 0;

	while (at < all.len) {
		size_t end = at;

		while (end < all.len && all.data[end] != ' ') {
			end++;
		}
		const struct assay_bytes word = bytes_slice(all, at, end - at);
		const size_t columns = printable_columns(word);

		if (column != 0 && column + 1 + columns > room) {
			put_char(w, '\n');
			put_text(w, prefix);
			column = 0;
		} else if (column != 0) {
			put_char(w, ' ');
			column++;
		}
		put_printable(w, word);
		column += columns;
		at = end + 1;
	}
	put_char(w, '\n');
}

/* A branch of the tree: its label, then the text that the caller writes. */
static void
branch(struct writer *w, const struct render_style *style, const char *label)
{
	const size_t used = 3 + strlen(label);

	render_color(w, style, RENDER_DIM);
	put_text(w, "├─ ");
	put_text(w, label);
	render_color(w, style, RENDER_PLAIN);
	put_repeated(w, ' ', used < LABEL_COLUMNS ? LABEL_COLUMNS - used : 1);
}

/* A further line of the branch before. */
static void
twig(struct writer *w, const struct render_style *style)
{
	render_color(w, style, RENDER_DIM);
	put_text(w, "│");
	render_color(w, style, RENDER_PLAIN);
	put_repeated(w, ' ', LABEL_COLUMNS - 1);
}

static void
filled(struct writer *w, const struct render_style *style, const char *text)
{
	render_filled(w, style, "│             ", LABEL_COLUMNS, text);
}

static enum render_color
color_of(enum assay_authenticity authenticity, enum assay_tier tier)
{
	if (authenticity == ASSAY_NOT_GENUINE) {
		return RENDER_RED;
	}
	if (authenticity == ASSAY_UNDECIDED) {
		return RENDER_YELLOW;
	}
	if (tier >= ASSAY_TIER_3) {
		return RENDER_GREEN;
	}
	return tier == ASSAY_TIER_NONE ? RENDER_RED : RENDER_YELLOW;
}

static void
put_tier(struct writer *w, enum assay_tier tier)
{
	if (tier == ASSAY_TIER_NONE) {
		put_text(w, "no tier");
	} else {
		put_text(w, "tier ");
		put_unsigned(w, assay_tier_number(tier));
	}
}

static void
put_headline(struct writer *w, const struct assay_verdict *v, struct assay_bytes name,
    const struct render_style *style)
{
	if (v->simulated) {
		render_color(w, style, RENDER_ALARM);
		put_text(w, "*** SIMULATED: this verdict stands on a root that is not the vendor's. It proves nothing. ***");
		render_color(w, style, RENDER_PLAIN);
		put_char(w, '\n');
	}
	render_color(w, style, RENDER_BOLD);
	put_printable(w, name);
	render_color(w, style, RENDER_PLAIN);
	put_text(w, ": ");
	render_color(w, style, color_of(v->authenticity, v->tier));
	switch (v->authenticity) {
	case ASSAY_GENUINE:
		put_text(w, "genuine, ");
		put_tier(w, v->tier);
		break;
	case ASSAY_UNDECIDED:
		put_text(w, "undecided");
		break;
	case ASSAY_NOT_GENUINE:
		put_text(w, "NOT GENUINE");
		break;
	}
	render_color(w, style, RENDER_PLAIN);
	if (v->simulated) {
		put_text(w, " (SIMULATED)");
	}
	put_char(w, '\n');
}

/* Why the verdict is not "genuine": the first check that failed. */
static void
put_first_failed(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	const enum assay_check check = (enum assay_check)v->first_failed;

	branch(w, style, "why");
	render_color(w, style, RENDER_RED);
	put_text(w, "✗ ");
	put_text(w, assay_check_id(check));
	render_color(w, style, RENDER_PLAIN);
	put_text(w, " failed. It asks that:\n");
	twig(w, style);
	filled(w, style, assay_check_text(check));
	twig(w, style);
	put_text(w, "(");
	put_text(w, assay_check_specification(check));
	put_text(w, ")\n");
}

static void
put_reason(struct writer *w, const struct assay_verdict *v, enum assay_reason reason,
    const struct render_style *style)
{
	put_text(w, assay_reason_id(reason));
	if (reason == ASSAY_REASON_CEILING && v->ceiling_word[0] != '\0') {
		put_char(w, ':');
		put_printable(w, bytes_of_text(v->ceiling_word));
	}
	put_char(w, '\n');
	twig(w, style);
	put_text(w, "  ");
	render_filled(w, style, "│               ", LABEL_COLUMNS + 2, assay_reason_text(reason));
}

static void
put_why(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	if (v->authenticity != ASSAY_GENUINE) {
		if (v->first_failed >= 0) {
			put_first_failed(w, v, style);
		}
		return;
	}
	for (unsigned i = 0; i < v->reasons_count; i++) {
		if (i == 0) {
			branch(w, style, "why");
		} else {
			twig(w, style);
		}
		put_reason(w, v, (enum assay_reason)v->reasons[i], style);
	}
}

static void
put_shortfall_line(struct writer *w, const struct assay_verdict *v, const struct assay_shortfall *s,
    const struct render_style *style)
{
	char text[256];
	struct writer line;

	writer_start(&line, text, sizeof(text));
	put_text(&line, shortfall_part_word(s->part));
	if (s->part == ASSAY_SHORTFALL_SGX_COMPONENT || s->part == ASSAY_SHORTFALL_TDX_COMPONENT) {
		put_char(&line, ' ');
		put_unsigned(&line, s->index);
	}
	if (s->part != ASSAY_SHORTFALL_CONFIGURATION) {
		put_text(&line, " has ");
		put_unsigned(&line, s->has);
		put_text(&line, ", needs ");
		put_unsigned(&line, s->needs);
	}
	if (s->status != ASSAY_TCB_UNKNOWN) {
		put_text(&line, " for ");
		put_text(&line, assay_tcb_status_word(s->status, v->kind));
	}
	put_text(&line, ": raised ");
	put_text(&line, raised_by_text(s->raised_by));
	if (writer_finish(&line) != 0) {
		render_filled(w, style, "│               ", LABEL_COLUMNS + 2, text);
	}
}

/* True where an earlier reason has the same remedy. */
static bool
remedy_said(const struct assay_verdict *v, unsigned i)
{
	const char *remedy = assay_reason_remedy((enum assay_reason)v->reasons[i]);

	for (unsigned k = 0; k < i; k++) {
		if (bytes_equal_text(bytes_of_text(assay_reason_remedy((enum assay_reason)v->reasons[k])), remedy)) {
			return true;
		}
	}
	return false;
}

static void
put_raise(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	bool first = true;

	for (unsigned i = 0; v->authenticity == ASSAY_GENUINE && i < v->reasons_count; i++) {
		const char *remedy = assay_reason_remedy((enum assay_reason)v->reasons[i]);

		if (remedy[0] == '\0' || remedy_said(v, i)) {
			continue;
		}
		if (first) {
			branch(w, style, "to raise it");
		} else {
			twig(w, style);
		}
		first = false;
		filled(w, style, remedy);
	}
	for (unsigned i = 0; i < v->shortfalls_count; i++) {
		if (first && i == 0) {
			branch(w, style, "to raise it");
		} else {
			twig(w, style);
		}
		put_shortfall_line(w, v, &v->shortfalls[i], style);
	}
}

static void
put_next(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	if (v->has_tier_next || v->tier_next_at_s != 0) {
		branch(w, style, "next");
		if (v->has_tier_next) {
			put_tier(w, v->tier_next);
			put_text(w, " under the newer set of collateral");
		} else {
			put_text(w, "newer collateral is not at hand");
		}
		if (v->tier_next_at_s != 0) {
			put_text(w, ", from ");
			put_utc(w, v->tier_next_at_s);
		}
		put_char(w, '\n');
	}
	if (v->has_as_of) {
		branch(w, style, "as of");
		put_utc(w, v->as_of_s);
		put_text(w, v->as_of_s < v->at_s ? ", when everything was last within its dates: " :
		    ", when everything is first within its dates: ");
		render_color(w, style, color_of(v->as_of_authenticity, v->as_of_tier));
		put_text(w, assay_authenticity_word(v->as_of_authenticity));
		if (v->as_of_authenticity == ASSAY_GENUINE) {
			put_text(w, ", ");
			put_tier(w, v->as_of_tier);
		}
		render_color(w, style, RENDER_PLAIN);
		put_char(w, '\n');
	}
}

static void
put_policy(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	bool agree = true;

	branch(w, style, "policy");
	put_printable(w, bytes_of_text(v->policy_name));
	put_text(w, "  sha256 ");
	put_hex_short(w, bytes_of(v->policy_digest, sizeof(v->policy_digest)));
	put_char(w, '\n');
	for (unsigned i = 1; i < ASSAY_PRESETS_COUNT; i++) {
		agree = agree && v->tier_by_preset[i] == v->tier_by_preset[0];
	}
	if (agree) {
		return;
	}
	twig(w, style);
	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		put_text(w, i == 0 ? "presets disagree: " : ", ");
		put_text(w, assay_policy_preset_name(i));
		put_text(w, " ");
		put_tier(w, v->tier_by_preset[i]);
	}
	put_char(w, '\n');
}

static void
put_time(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	branch(w, style, "at");
	put_utc(w, v->at_s);
	if (v->has_validity) {
		put_text(w, v->valid_from_s <= v->at_s && v->at_s <= v->valid_until_s
		    ? "; holds from " : "; the documents hold from ");
		put_utc(w, v->valid_from_s);
		put_text(w, " until ");
		put_utc(w, v->valid_until_s);
	}
	put_char(w, '\n');
}

static void
put_advisories(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	/* All ids with their stars and separators; the longest real list has 20. */
	char text[ASSAY_ADVISORIES_MAX * (ASSAY_ADVISORY_BYTES + 4) + 1];
	struct writer line;

	if (v->advisories_unknown) {
		branch(w, style, "advisories");
		put_text(w, "unknown: this version of the format cannot carry them\n");
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
	branch(w, style, "advisories");
	filled(w, style, text);
	if (v->advisories_counted != 0) {
		twig(w, style);
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

static void
put_evidence(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	if (v->kind == ASSAY_EVIDENCE_NONE) {
		return;
	}
	branch(w, style, "evidence");
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

static void
put_platform(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	if (v->tcb_status != ASSAY_TCB_UNKNOWN) {
		branch(w, style, "status");
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
	if (!v->has_platform) {
		return;
	}
	const struct assay_platform *p = &v->platform;

	branch(w, style, "platform");
	if (p->has_id) {
		put_hex(w, bytes_of(p->id, sizeof(p->id)));
		put_char(w, '\n');
		twig(w, style);
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
				twig(w, style);
				put_repeated(w, ' ', 16);
			}
			put_hex(w, bytes_slice(value, at, value.len - at < 32 ? value.len - at : 32));
		}
	}
	put_char(w, '\n');
}

static void
put_measurements(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
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
			branch(w, style, "measured");
		} else {
			twig(w, style);
		}
		first = false;
		put_text(w, id);
		put_repeated(w, ' ', strlen(id) < 16 ? 16 - strlen(id) : 1);
		put_value(w, style, field, value);
	}
}

static void
put_collateral(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	for (unsigned i = 0; i < v->collateral_count; i++) {
		const struct assay_collateral_part *part = &v->collateral[i];
		const char *word = collateral_kind_word(part->kind);
		const bool late = v->at_s > part->next_update_s;
		const bool early = v->at_s < part->issued_s;

		if (i == 0) {
			branch(w, style, "collateral");
		} else {
			twig(w, style);
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

static void
put_checks(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
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

void
render_verdict(struct writer *w, const struct assay_verdict *verdict, struct assay_bytes name,
    const struct render_style *style)
{
	put_headline(w, verdict, name, style);
	put_why(w, verdict, style);
	put_raise(w, verdict, style);
	put_next(w, verdict, style);
	put_policy(w, verdict, style);
	put_time(w, verdict, style);
	put_evidence(w, verdict, style);
	put_platform(w, verdict, style);
	put_measurements(w, verdict, style);
	put_collateral(w, verdict, style);
	put_checks(w, verdict, style);
}
