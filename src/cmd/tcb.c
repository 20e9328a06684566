/* SPDX-License-Identifier: Apache-2.0 */
/* assay tcb: a platform beside the vendor's TCB levels, and its tier over time. */
#include <stdio.h>
#include <stdlib.h>

#include "appraise/grade.h"
#include "cmd/assayer.h"
#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/instead.h"
#include "cmd/lacking.h"
#include "cmd/terminal.h"
#include "collateral/pck.h"
#include "evidence/quote.h"
#include "evidence/report.h"
#include "format/hex.h"
#include "render/tcb.h"
#include "render/words.h"

/* Large ones, one of each for the whole run. */
static struct assayer the_assayer;
static struct input the_input;
static struct assay_verdict the_verdict;
static struct tcb_info the_info;
static char the_output[RENDER_TCB_MAX];

/* What has been written so far, to standard output. */
static void
write_out(struct writer *w, const struct render_style *style, bool json)
{
	terminal_write(stdout, bytes_of(w->out, w->len), json ? 0 : style->columns);
	w->len = 0;
}

/* ----- one comparison ----- */

/* The tier that a level earns by its status and advisories alone. */
static enum assay_tier
tier_of_level(const struct tcb_info *info, const struct tcb_level *level, const struct assay_policy *policy,
    int64_t at_s)
{
	static struct facts facts;
	static struct standing standing;
	static struct grade g;

	memset(&facts, 0, sizeof(facts));
	memset(&standing, 0, sizeof(standing));
	facts.tee = info->tee;
	facts.kind = info->tee == ASSAY_TEE_TDX ? ASSAY_EVIDENCE_TDX_QUOTE : ASSAY_EVIDENCE_SGX_QUOTE;
	standing.facts = &facts;
	standing.covered = true;
	standing.renewal_s = INT64_MIN;
	standing.level_date_s = level->date_s;
	standing.evaluation_number = info->evaluation_number;
	standing.match.platform_covered = true;
	standing.match.module_covered = true;
	standing.match.qe_covered = true;
	standing.match.status = level->status;
	standing.match.advisories.unknown = info->version < 3;
	standing.match.advisories.count = level->advisories.count;
	for (uint32_t i = 0; i < level->advisories.count; i++) {
		standing.match.advisories.ids[i] = info->advisories[level->advisories.first + i];
	}
	grade(&g, &standing, policy, at_s);
	return g.tcb_tier;
}

static void
widen(uint16_t to[static 16], const uint8_t from[static 16])
{
	for (size_t i = 0; i < 16; i++) {
		to[i] = from[i];
	}
}

/* The SVNs that the evidence claims; false where it has no PCK certificate or no body. */
static bool
platform_svns(struct tcb_comparison *comparison, struct assay_platform *platform,
    const struct assay_evidence *evidence, struct assayer *a)
{
	struct certificate leaf;
	struct quote quote;
	struct assay_td_report td;

	memset(platform, 0, sizeof(*platform));
	memset(comparison, 0, sizeof(*comparison));
	if (quote_parse(&quote, evidence->quote) != ASSAY_CHECK_COUNT ||
	    !pick_pck(&leaf, &a->shelf, evidence, &a->arena) ||
	    !pck_extension_parse(platform, leaf.sgx_extension)) {
		return false;
	}
	widen(comparison->sgx, platform->components);
	comparison->pcesvn = platform->pcesvn;
	if (quote.tee == ASSAY_TEE_TDX) {
		td_report_parse(&td, quote.body);
		comparison->has_tdx = true;
		widen(comparison->tdx, td.tee_tcb_svn);
		widen(comparison->tdx_now, td.has_1_5 ? td.tee_tcb_svn2 : td.tee_tcb_svn);
	}
	return true;
}

static void
put_text_comparison(struct writer *w, const struct tcb_comparison *comparison, const struct pick *pick,
    const struct assay_platform *platform, const struct render_style *style)
{
	const struct tcb_info *info = comparison->info;

	if (the_verdict.simulated) {
		render_color(w, style, RENDER_ALARM);
		put_text(w, "*** SIMULATED: this stands on a root that is not the vendor's ***");
		render_color(w, style, RENDER_PLAIN);
		put_char(w, '\n');
	}
	put_printable(w, bytes_of_text(the_input.name));
	put_text(w, ": ");
	put_text(w, assay_authenticity_word(the_verdict.authenticity));
	if (the_verdict.tier != ASSAY_TIER_NONE) {
		put_text(w, ", tier ");
		put_unsigned(w, assay_tier_number(the_verdict.tier));
	}
	if (the_verdict.tcb_status != ASSAY_TCB_UNKNOWN) {
		put_text(w, ", ");
		put_text(w, assay_tcb_status_word(the_verdict.tcb_status, the_verdict.kind));
	}
	put_text(w, "\nTCB info  ");
	put_text(w, tee_word(info->tee));
	put_text(w, " version ");
	put_unsigned(w, info->version);
	put_text(w, ", evaluation number ");
	put_unsigned(w, info->evaluation_number);
	put_text(w, ", ");
	put_utc(w, info->issued_s);
	put_text(w, " to ");
	put_utc(w, info->next_update_s);
	if (pick->tcb_info != NULL) {
		put_text(w, "\nfrom      ");
		put_printable(w, bytes_of_text(pick->tcb_info->source));
	}
	put_text(w, "\nFMSPC     ");
	put_hex(w, bytes_of(platform->fmspc, sizeof(platform->fmspc)));
	put_text(w, ", PCE id ");
	put_hex(w, bytes_of(platform->pce_id, sizeof(platform->pce_id)));
	put_char(w, '\n');
	render_tcb_text(w, comparison, style);
}

static void
put_json_start(struct writer *w, const char *schema)
{
	json_put_object(w);
	json_put_name(w, "schema");
	json_put_text(w, schema);
	json_put_name(w, "name");
	json_put_text(w, the_input.name);
	json_put_name(w, "sha256");
	json_put_hex(w, bytes_of(the_input.digest, sizeof(the_input.digest)));
}

static void
put_json_verdict(struct writer *w, const struct assay_verdict *verdict)
{
	json_put_name(w, "verdict");
	json_put_text(w, assay_authenticity_word(verdict->authenticity));
	json_put_name(w, "tier");
	render_tier_json(w, verdict->tier);
	json_put_name(w, "tcb_status");
	if (verdict->tcb_status != ASSAY_TCB_UNKNOWN) {
		json_put_text(w, assay_tcb_status_word(verdict->tcb_status, verdict->kind));
	} else {
		json_put_null(w);
	}
	json_put_name(w, "simulated");
	json_put_boolean(w, verdict->simulated);
}

static void
put_json_comparison(struct writer *w, const struct tcb_comparison *comparison,
    const struct assay_platform *platform)
{
	const struct tcb_info *info = comparison->info;

	put_json_start(w, "assay.tcb/1");
	put_json_verdict(w, &the_verdict);
	json_put_name(w, "platform");
	json_put_object(w);
	json_put_name(w, "fmspc");
	json_put_hex(w, bytes_of(platform->fmspc, sizeof(platform->fmspc)));
	json_put_name(w, "pce_id");
	json_put_hex(w, bytes_of(platform->pce_id, sizeof(platform->pce_id)));
	render_svns_json(w, "sgx", comparison->sgx);
	json_put_name(w, "pcesvn");
	json_put_unsigned(w, comparison->pcesvn);
	render_svns_json(w, "tdx", comparison->has_tdx ? comparison->tdx : NULL);
	render_svns_json(w, "tdx_now", comparison->has_tdx ? comparison->tdx_now : NULL);
	json_put_end(w, '}');
	json_put_name(w, "tcb_info");
	json_put_object(w);
	json_put_name(w, "version");
	json_put_unsigned(w, info->version);
	json_put_name(w, "tee");
	json_put_text(w, tee_word(info->tee));
	json_put_name(w, "tcb_evaluation_number");
	json_put_unsigned(w, info->evaluation_number);
	json_put_name(w, "issued");
	json_put_utc(w, info->issued_s);
	json_put_name(w, "next_update");
	json_put_utc(w, info->next_update_s);
	json_put_end(w, '}');
	json_put_name(w, "levels");
	render_tcb_json(w, comparison);
	json_put_end(w, '}');
	put_char(w, '\n');
}

static int
cannot_compare(const char *cause, const char *fix)
{
	return fail(EXIT_CANNOT_TELL, cause, fix, "%s cannot be compared with the vendor's TCB levels", the_input.name);
}

/* Levels of another platform say nothing: not even what to update. */
static int
another_platform(const struct tcb_info *info, const struct assay_platform *platform)
{
	char cause[160];
	char theirs[13] = "";
	char ours[13] = "";

	hex_encode(theirs, bytes_of(info->fmspc, sizeof(info->fmspc)));
	hex_encode(ours, bytes_of(platform->fmspc, sizeof(platform->fmspc)));
	snprintf(cause, sizeof(cause), "the TCB info given is for %s on FMSPC %s, the evidence is from %s on FMSPC %s",
	    info->tee == ASSAY_TEE_TDX ? "TDX" : "SGX", theirs, the_verdict.tee == ASSAY_TEE_TDX ? "TDX" : "SGX", ours);
	return cannot_compare(cause, "give the TCB info of the evidence's own platform with --collateral");
}

static int
compare(struct assayer *a, const struct render_style *style, bool json)
{
	static struct tcb_comparison comparison;
	const struct assay_evidence evidence = assayer_evidence(a, &the_input);
	struct assay_platform platform;
	struct pick pick;
	struct writer w;

	assayer_appraise(a, &the_verdict, &pick, &the_input);
	if (!platform_svns(&comparison, &platform, &evidence, a)) {
		return the_verdict.authenticity == ASSAY_NOT_GENUINE
		    ? fail(EXIT_NOT_GENUINE, assay_check_text((enum assay_check)the_verdict.first_failed), NULL,
		    "%s is not genuine: check %s failed", the_input.name,
		    assay_check_id((enum assay_check)the_verdict.first_failed))
		    : cannot_compare("it holds no PCK certificate, which states the platform's security version numbers",
		    "give the PCK certificate chain with --collateral");
	}
	if (pick.collateral.tcb_info.len == 0 || !tcb_info_parse(&the_info, pick.collateral.tcb_info)) {
		if (the_verdict.authenticity == ASSAY_UNDECIDED) {
			say_what_is_lacking(&the_verdict, &evidence, &pick, &a->shelf, the_input.name);
		}
		return cannot_compare("no TCB info that fits was given", "give it with --collateral");
	}
	if (the_info.tee != the_verdict.tee ||
	    memcmp(the_info.fmspc, platform.fmspc, sizeof(platform.fmspc)) != 0) {
		return another_platform(&the_info, &platform);
	}
	comparison.info = &the_info;
	for (uint32_t i = 0; i < the_info.levels_count; i++) {
		comparison.tiers[i] = tier_of_level(&the_info, &the_info.levels[i], &a->policy, a->at_s);
	}
	writer_start(&w, the_output, sizeof(the_output));
	if (json) {
		put_json_comparison(&w, &comparison, &platform);
	} else {
		put_text_comparison(&w, &comparison, &pick, &platform, style);
	}
	write_out(&w, style, json);
	if (the_verdict.authenticity == ASSAY_UNDECIDED) {
		say_what_is_lacking(&the_verdict, &evidence, &pick, &a->shelf, the_input.name);
	}
	return verdict_exit(&the_verdict, ASSAY_TIER_NONE);
}

/* ----- history ----- */

static int
by_number_and_date(const void *a, const void *b)
{
	const struct shelf_part *x = *(const struct shelf_part *const *)a;
	const struct shelf_part *y = *(const struct shelf_part *const *)b;

	if (x->evaluation_number != y->evaluation_number) {
		return x->evaluation_number < y->evaluation_number ? -1 : 1;
	}
	return x->issued_s < y->issued_s ? -1 : x->issued_s > y->issued_s;
}

static void
put_history_text(struct writer *w, const struct shelf_part *part, const struct render_style *style)
{
	struct render_row row;
	const char *status;

	render_row_of(&row, &the_verdict);
	status = row.status == ASSAY_TCB_UNKNOWN ? "-" : assay_tcb_status_word(row.status, row.kind);
	put_text(w, part->evaluation_number < 10 ? " " : "");
	put_unsigned(w, part->evaluation_number);
	put_text(w, "  ");
	put_utc(w, part->from_s);
	put_text(w, "  ");
	put_utc(w, part->until_s);
	put_text(w, "  ");
	render_color(w, style, row.tier >= ASSAY_TIER_3 ? RENDER_GREEN : row.tier != ASSAY_TIER_NONE
	    ? RENDER_YELLOW : RENDER_RED);
	if (row.tier == ASSAY_TIER_NONE) {
		put_text(w, "-    ");
	} else {
		put_unsigned(w, assay_tier_number(row.tier));
		put_text(w, "    ");
	}
	render_color(w, style, RENDER_PLAIN);
	put_text(w, status);
	put_repeated(w, ' ', strlen(status) < 34 ? 34 - strlen(status) : 1);
	put_text(w, row.reason[0] == '\0' ? "-" : row.reason);
	put_text(w, row.simulated ? "  SIMULATED" : "");
	put_char(w, '\n');
}

static void
put_history_json(struct writer *w, const struct shelf_part *part)
{
	struct render_row row;

	render_row_of(&row, &the_verdict);
	json_put_object(w);
	json_put_name(w, "tcb_evaluation_number");
	json_put_unsigned(w, part->evaluation_number);
	json_put_name(w, "from");
	json_put_utc(w, part->from_s);
	json_put_name(w, "until");
	json_put_utc(w, part->until_s);
	json_put_name(w, "at");
	json_put_utc(w, the_verdict.at_s);
	put_json_verdict(w, &the_verdict);
	json_put_name(w, "reason");
	json_put_text(w, row.reason);
	json_put_name(w, "source");
	json_put_text(w, part->source);
	json_put_end(w, '}');
}

/* The sets of TCB info at hand that fit, in order; returns their number. */
static size_t
fitting(struct assayer *a, const struct assay_evidence *evidence, const struct shelf_part **parts)
{
	size_t count = 0;

	for (size_t i = 0; i < a->shelf.parts_count; i++) {
		if (pick_fits(&a->shelf, a->shelf.parts[i], evidence)) {
			parts[count] = a->shelf.parts[i];
			count++;
		}
	}
	if (count != 0) {
		qsort(parts, count, sizeof(*parts), by_number_and_date);
	}
	return count;
}

static int
history(struct assayer *a, const struct render_style *style, bool json)
{
	const struct assay_evidence evidence = assayer_evidence(a, &the_input);
	const struct shelf_part **parts = arena_get(&a->arena, (a->shelf.parts_count + 1) * sizeof(*parts));
	const size_t count = fitting(a, &evidence, parts);
	struct pick pick;
	struct writer w;

	if (count == 0) {
		return cannot_compare("no TCB info that fits was given", "give several sets with --collateral");
	}
	writer_start(&w, the_output, sizeof(the_output));
	if (json) {
		put_json_start(&w, "assay.tcb-history/1");
		json_put_name(&w, "history");
		json_put_array(&w);
	} else {
		render_color(&w, style, RENDER_BOLD);
		put_text(&w, "No  FROM                  UNTIL                 TIER STATUS                            REASON\n");
		render_color(&w, style, RENDER_PLAIN);
	}
	for (size_t i = 0; i < count; i++) {
		const int64_t at_s = pick_around(&pick, &a->shelf, &evidence, parts[i], &a->arena);

		assay_appraise(&the_verdict, &a->verifier, &evidence, &pick.collateral, &a->policy, at_s);
		if (json) {
			put_history_json(&w, parts[i]);
		} else {
			put_history_text(&w, parts[i], style);
		}
		write_out(&w, style, json);
	}
	if (json) {
		json_put_end(&w, ']');
		json_put_end(&w, '}');
		put_char(&w, '\n');
		write_out(&w, style, json);
	}
	return EXIT_YES;
}

int
command_tcb(const struct arguments *arguments)
{
	struct render_style style;
	const bool json = option_given(arguments, "json");
	int code = style_parse(&style, arguments);

	if (code == 0) {
		code = standard_input_once(arguments);
	}
	if (code == 0) {
		code = assayer_start(&the_assayer, arguments);
	}
	if (code == 0) {
		code = input_load(&the_input, arguments->operands[0]);
	}
	if (code == 0) {
		code = input_refused(&the_input);
	}
	if (code == 0 && the_input.evidence.data[0] == '{') {
		code = cannot_compare("it is an archived report: the vendor's service compared the platform with its levels "
		    "itself, and the report states only the outcome",
		    "verify it: assay verify REPORT --signature FILE --certificates FILE");
	}
	if (code == 0) {
		code = option_given(arguments, "history") ? history(&the_assayer, &style, json)
		    : compare(&the_assayer, &style, json);
	}
	input_release(&the_input);
	assayer_release(&the_assayer);
	return code;
}
