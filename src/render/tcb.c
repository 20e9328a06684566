/* SPDX-License-Identifier: Apache-2.0 */
/* A platform beside the vendor's TCB levels. */
#include "render/tcb.h"

#include "format/utc.h"
#include "render/words.h"

/* ----- comparing ----- */

/* The first TDX component that the platform's levels judge. */
static size_t
tdx_first(const struct tcb_comparison *c)
{
	return c->tdx[1] > 0 ? 2 : 0;
}

bool
tcb_level_covers(const struct tcb_comparison *c, uint32_t i)
{
	const struct tcb_level *level = &c->info->levels[i];

	for (size_t k = 0; k < 16; k++) {
		if (c->sgx[k] < level->sgx[k]) {
			return false;
		}
	}
	for (size_t k = c->has_tdx ? tdx_first(c) : 16; k < 16; k++) {
		if (c->tdx[k] < level->tdx[k]) {
			return false;
		}
	}
	return c->pcesvn >= level->pcesvn;
}

uint32_t
tcb_level_matched(const struct tcb_comparison *c)
{
	uint32_t i = 0;

	while (i < c->info->levels_count && !tcb_level_covers(c, i)) {
		i++;
	}
	return i;
}

/* What is short, one after the other. */
struct short_by {
	enum assay_shortfall_part part;
	size_t index;
	unsigned has;
	unsigned needs;
	enum assay_raised_by raised_by;
};

/* The n-th shortage of level i; false where there are fewer. */
static bool
shortage(const struct tcb_comparison *c, uint32_t i, size_t n, struct short_by *out)
{
	const struct tcb_level *level = &c->info->levels[i];

	for (size_t k = 0; k < 16; k++) {
		if (c->sgx[k] < level->sgx[k] && n-- == 0) {
			*out = (struct short_by){ ASSAY_SHORTFALL_SGX_COMPONENT, k, c->sgx[k], level->sgx[k],
			    c->info->sgx_raised_by[k] };
			return true;
		}
	}
	if (c->pcesvn < level->pcesvn && n-- == 0) {
		*out = (struct short_by){ ASSAY_SHORTFALL_PCESVN, 0, c->pcesvn, level->pcesvn, ASSAY_RAISED_BY_PSW };
		return true;
	}
	for (size_t k = c->has_tdx ? tdx_first(c) : 16; k < 16; k++) {
		if (c->tdx[k] < level->tdx[k] && n-- == 0) {
			*out = (struct short_by){ ASSAY_SHORTFALL_TDX_COMPONENT, k, c->tdx[k], level->tdx[k],
			    c->info->tdx_raised_by[k] };
			return true;
		}
	}
	return false;
}

/* ----- text ----- */

/* Below "platform  sgx", which stands before them; two lines where they do not fit in one. */
#define SVNS_INDENT 13
#define SVNS_COLUMNS (SVNS_INDENT + 16 * 4 + sizeof("  pcesvn 65535") - 1)

static void
put_svns(struct writer *w, const uint16_t *svns, const struct render_style *style)
{
	for (size_t i = 0; i < 16; i++) {
		if (i == 8 && style->columns < SVNS_COLUMNS) {
			put_char(w, '\n');
			put_repeated(w, ' ', SVNS_INDENT);
		}
		put_text(w, svns[i] < 10 ? "   " : svns[i] < 100 ? "  " : " ");
		put_unsigned(w, svns[i]);
	}
}

static void
put_shortages(struct writer *w, const struct tcb_comparison *c, uint32_t i, const struct render_style *style)
{
	struct short_by s;

	for (size_t n = 0; shortage(c, i, n, &s); n++) {
		put_text(w, "          ");
		render_color(w, style, RENDER_RED);
		put_text(w, "short: ");
		render_color(w, style, RENDER_PLAIN);
		put_text(w, shortfall_part_word(s.part));
		if (s.part != ASSAY_SHORTFALL_PCESVN) {
			put_char(w, ' ');
			put_unsigned(w, s.index);
		}
		put_text(w, " has ");
		put_unsigned(w, s.has);
		put_text(w, ", needs ");
		put_unsigned(w, s.needs);
		put_text(w, ": raised ");
		put_text(w, raised_by_text(s.raised_by));
		put_char(w, '\n');
	}
}

static void
put_level(struct writer *w, const struct tcb_comparison *c, uint32_t i, const struct render_style *style)
{
	const struct tcb_level *level = &c->info->levels[i];
	const bool matched = i == tcb_level_matched(c);
	const char *status = assay_tcb_status_word(level->status, ASSAY_EVIDENCE_SGX_QUOTE);
	char date[UTC_TEXT_BYTES];

	utc_format(date, level->date_s);
	render_color(w, style, matched ? RENDER_BOLD : RENDER_PLAIN);
	put_text(w, matched ? "→ " : tcb_level_covers(c, i) ? "✓ " : "✗ ");
	put_text(w, i + 1 < 10 ? " " : "");
	put_unsigned(w, i + 1);
	put_text(w, "  ");
	put_bytes(w, bytes_of(date, 10));
	put_text(w, "  ");
	if (c->tiers[i] == ASSAY_TIER_NONE) {
		put_text(w, "no tier");
	} else {
		put_text(w, "tier ");
		put_unsigned(w, assay_tier_number(c->tiers[i]));
		put_char(w, ' ');
	}
	put_text(w, "  ");
	put_text(w, status);
	render_color(w, style, RENDER_PLAIN);
	put_text(w, "\n          sgx");
	put_svns(w, level->sgx, style);
	put_text(w, "  pcesvn ");
	put_unsigned(w, level->pcesvn);
	if (c->has_tdx) {
		put_text(w, "\n          tdx");
		put_svns(w, level->tdx, style);
	}
	put_char(w, '\n');
	put_shortages(w, c, i, style);
	for (uint32_t k = 0; k < level->advisories.count; k++) {
		put_text(w, k % 5 != 0 ? " " : k == 0 ? "          open: " : "\n                ");
		put_printable(w, c->info->advisories[level->advisories.first + k]);
	}
	put_text(w, level->advisories.count != 0 ? "\n" : "");
}

void
render_tcb_text(struct writer *w, const struct tcb_comparison *c, const struct render_style *style)
{
	put_text(w, "platform  sgx");
	put_svns(w, c->sgx, style);
	put_text(w, "  pcesvn ");
	put_unsigned(w, c->pcesvn);
	if (c->has_tdx) {
		put_text(w, "\n          tdx");
		put_svns(w, c->tdx, style);
		if (memcmp(c->tdx, c->tdx_now, sizeof(c->tdx)) != 0) {
			put_text(w, "  at launch\n          tdx");
			put_svns(w, c->tdx_now, style);
			put_text(w, "  now");
		}
	}
	put_text(w, "\n\nlevels, the highest first (→ matches, ✓ is covered, ✗ is not):\n");
	for (uint32_t i = 0; i < c->info->levels_count; i++) {
		put_level(w, c, i, style);
	}
	if (tcb_level_matched(c) == c->info->levels_count) {
		render_color(w, style, RENDER_RED);
		put_text(w, "no level covers this platform\n");
		render_color(w, style, RENDER_PLAIN);
	}
}

/* ----- JSON ----- */

void
render_svns_json(struct writer *w, const char *name, const uint16_t *svns)
{
	json_put_name(w, name);
	if (svns == NULL) {
		json_put_null(w);
		return;
	}
	json_put_array(w);
	for (size_t i = 0; i < 16; i++) {
		json_put_unsigned(w, svns[i]);
	}
	json_put_end(w, ']');
}

void
render_tier_json(struct writer *w, enum assay_tier tier)
{
	if (tier == ASSAY_TIER_NONE) {
		json_put_null(w);
	} else {
		json_put_unsigned(w, assay_tier_number(tier));
	}
}

static void
put_json_shortages(struct writer *w, const struct tcb_comparison *c, uint32_t i)
{
	struct short_by s;

	json_put_name(w, "shortfall");
	json_put_array(w);
	for (size_t n = 0; shortage(c, i, n, &s); n++) {
		json_put_object(w);
		json_put_name(w, "part");
		json_put_text(w, shortfall_part_word(s.part));
		json_put_name(w, "index");
		if (s.part == ASSAY_SHORTFALL_PCESVN) {
			json_put_null(w);
		} else {
			json_put_unsigned(w, s.index);
		}
		json_put_name(w, "has");
		json_put_unsigned(w, s.has);
		json_put_name(w, "needs");
		json_put_unsigned(w, s.needs);
		json_put_name(w, "raised_by");
		json_put_text(w, raised_by_word(s.raised_by));
		json_put_end(w, '}');
	}
	json_put_end(w, ']');
}

static void
put_json_level(struct writer *w, const struct tcb_comparison *c, uint32_t i)
{
	const struct tcb_level *level = &c->info->levels[i];

	json_put_object(w);
	json_put_name(w, "status");
	json_put_text(w, assay_tcb_status_word(level->status, ASSAY_EVIDENCE_SGX_QUOTE));
	json_put_name(w, "date");
	json_put_utc(w, level->date_s);
	json_put_name(w, "tier");
	render_tier_json(w, c->tiers[i]);
	json_put_name(w, "covers");
	json_put_boolean(w, tcb_level_covers(c, i));
	json_put_name(w, "matches");
	json_put_boolean(w, i == tcb_level_matched(c));
	render_svns_json(w, "sgx", level->sgx);
	json_put_name(w, "pcesvn");
	json_put_unsigned(w, level->pcesvn);
	render_svns_json(w, "tdx", c->has_tdx ? level->tdx : NULL);
	put_json_shortages(w, c, i);
	json_put_name(w, "advisories");
	if (c->info->version < 3) {
		json_put_null(w);	/* this version cannot carry them */
	} else {
		json_put_array(w);
		for (uint32_t k = 0; k < level->advisories.count; k++) {
			json_put_string(w, c->info->advisories[level->advisories.first + k]);
		}
		json_put_end(w, ']');
	}
	json_put_end(w, '}');
}

void
render_tcb_json(struct writer *w, const struct tcb_comparison *c)
{
	json_put_array(w);
	for (uint32_t i = 0; i < c->info->levels_count; i++) {
		put_json_level(w, c, i);
	}
	json_put_end(w, ']');
}
