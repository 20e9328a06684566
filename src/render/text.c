/* SPDX-License-Identifier: Apache-2.0 */
/* One verdict as a tree for a terminal. */
#include "format/utc.h"
#include "render/render.h"
#include "render/tree.h"
#include "render/words.h"

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

/* Beside the trunk of the tree, which has one colour on every line. */
static void
filled_beside_trunk(struct writer *w, const struct render_style *style, size_t indent, const char *text)
{
	char prefix[64];
	struct writer p;

	writer_start(&p, prefix, sizeof(prefix));
	render_color(&p, style, RENDER_DIM);
	put_text(&p, "│");
	render_color(&p, style, RENDER_PLAIN);
	put_repeated(&p, ' ', indent - 1);
	writer_finish(&p);
	render_filled(w, style, prefix, indent, text);
}

void
tree_branch(struct writer *w, const struct render_style *style, const char *label)
{
	const size_t used = 3 + strlen(label);

	render_color(w, style, RENDER_DIM);
	put_text(w, "├─ ");
	put_text(w, label);
	render_color(w, style, RENDER_PLAIN);
	put_repeated(w, ' ', used < LABEL_COLUMNS ? LABEL_COLUMNS - used : 1);
}

void
tree_twig(struct writer *w, const struct render_style *style)
{
	render_color(w, style, RENDER_DIM);
	put_text(w, "│");
	render_color(w, style, RENDER_PLAIN);
	put_repeated(w, ' ', LABEL_COLUMNS - 1);
}

void
tree_filled(struct writer *w, const struct render_style *style, const char *text)
{
	filled_beside_trunk(w, style, LABEL_COLUMNS, text);
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

	tree_branch(w, style, "why");
	render_color(w, style, RENDER_RED);
	put_text(w, "✗ ");
	put_text(w, assay_check_id(check));
	render_color(w, style, RENDER_PLAIN);
	put_text(w, " failed. It asks that:\n");
	tree_twig(w, style);
	tree_filled(w, style, assay_check_text(check));
	tree_twig(w, style);
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
	tree_twig(w, style);
	put_text(w, "  ");
	filled_beside_trunk(w, style, LABEL_COLUMNS + 2, assay_reason_text(reason));
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
			tree_branch(w, style, "why");
		} else {
			tree_twig(w, style);
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
		filled_beside_trunk(w, style, LABEL_COLUMNS + 2, text);
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
			tree_branch(w, style, "to raise it");
		} else {
			tree_twig(w, style);
		}
		first = false;
		tree_filled(w, style, remedy);
	}
	for (unsigned i = 0; i < v->shortfalls_count; i++) {
		if (first && i == 0) {
			tree_branch(w, style, "to raise it");
		} else {
			tree_twig(w, style);
		}
		put_shortfall_line(w, v, &v->shortfalls[i], style);
	}
}

static void
put_next(struct writer *w, const struct assay_verdict *v, const struct render_style *style)
{
	if (v->has_tier_next || v->tier_next_at_s != 0) {
		tree_branch(w, style, "next");
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
		tree_branch(w, style, "as of");
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

	tree_branch(w, style, "policy");
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
	tree_twig(w, style);
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
	tree_branch(w, style, "at");
	put_utc(w, v->at_s);
	if (v->has_validity) {
		put_text(w, v->valid_from_s <= v->at_s && v->at_s <= v->valid_until_s
		    ? "; holds from " : "; the documents hold from ");
		put_utc(w, v->valid_from_s);
		if (v->valid_until_s >= RENDER_NO_END_S) {
			put_text(w, ", no end");
		} else {
			put_text(w, " until ");
			put_utc(w, v->valid_until_s);
		}
	}
	put_char(w, '\n');
}

void
render_verdict(struct writer *w, const struct assay_verdict *verdict, const struct assay_verifier *verifier,
    struct assay_bytes name, const struct render_style *style)
{
	put_headline(w, verdict, name, style);
	put_why(w, verdict, style);
	tree_references(w, verdict, verifier, style);
	put_raise(w, verdict, style);
	put_next(w, verdict, style);
	put_policy(w, verdict, style);
	put_time(w, verdict, style);
	tree_evidence(w, verdict, style);
	tree_platform(w, verdict, style);
	tree_measurements(w, verdict, style);
	tree_collateral(w, verdict, style);
	tree_checks(w, verdict, style);
}
