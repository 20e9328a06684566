/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's standing in words. */
#include "cmd/worker_words.h"

#include "render/words.h"

struct words {
	const char *word;
	const char *text;
	const char *to_do;
};

static const struct words reasons[] = {
	[WORKER_BECAUSE_NONE] = { "admitted", "its state, evidence, program, platform, tier and stake all allow it", "" },
	[WORKER_BECAUSE_MISSED] = { "missed", "it did not answer in its window", "let it answer any of the last block ids" },
	[WORKER_BECAUSE_OFFLINE] = { "offline", "it was silent for too long, or missed too many epochs",
	    "re-attest, then start it" },
	[WORKER_BECAUSE_LAPSED] = { "lapsed", "its evidence has expired", "re-attest" },
	[WORKER_BECAUSE_EVIDENCE] = { "evidence", "its evidence earns no tier under the collateral and policy in force",
	    "mend what the failed check names, then re-attest" },
	[WORKER_BECAUSE_TIER] = { "tier", "its tier is below the floor", "raise what falls short, then re-attest" },
	[WORKER_BECAUSE_PROGRAM] = { "program", "its program is retired or revoked", "register a worker of its successor" },
	[WORKER_BECAUSE_SIGNER] = { "signer", "the signer of its program is revoked",
	    "register a worker of a program by a signer that stands" },
	[WORKER_BECAUSE_DENIED] = { "denied",
	    "it is on the deny list, by platform, kind of platform, component, advisory or status",
	    "assay gov log says why; where firmware is the reason, raise it and re-attest" },
	[WORKER_BECAUSE_FORCED] = { "forced", "the council keeps it offline",
	    "assay gov log says why; answer in public with assay tx statement" },
	[WORKER_BECAUSE_STAKE] = { "stake", "its stake is below the least bond", "bond more: assay stake bond" },
	[WORKER_BECAUSE_STOPPED] = { "stopped", "its operator stopped it", "" },
	[WORKER_BECAUSE_REPLACED] = { "replaced", "another worker of its operator took its place", "" },
	[WORKER_BECAUSE_UNBONDED] = { "unbonded", "no bond came within the time for it", "register anew, and bond" },
	[WORKER_BECAUSE_UNATTESTED] = { "unattested", "it missed a window in which it was to re-attest",
	    "re-attest: an answer of its key alone does not bring it back" }
};

static const struct words states[] = {
	[WORKER_NONE] = { "none", "it is not there", "" },
	[WORKER_REGISTERED] = { "registered", "it is registered, and has not been started",
	    "bond (assay stake bond), then start it (assay tx start)" },
	[WORKER_ONLINE] = { "online", "it is online", "" },
	[WORKER_UNRESPONSIVE] = { "unresponsive", "it did not answer in its window", "let it answer any of the last block ids" },
	[WORKER_PAUSED] = { "paused", "its operator announced maintenance", "start it when that is done (assay tx start)" },
	[WORKER_SUSPENDED] = { "suspended", "it was taken out", "re-attest, then start it" },
	[WORKER_COOLING] = { "cooling-down", "its operator stopped it, and its stake is on its way out", "" },
	[WORKER_LEFT] = { "left", "it has left; its key can never be a worker's again", "" }
};
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

void
worker_view(struct worker_view *view, struct machine *m, const uint8_t id[static 32], const struct worker *row)
{
	const bool gone = row->state == WORKER_COOLING || row->state == WORKER_LEFT || row->state >= COUNT(states);
	/* What keeps it out now; else what took it out then; else its state alone. */
	unsigned reason = gone ? WORKER_BECAUSE_NONE : worker_standing(m, row);
	const struct words *words = &states[row->state < COUNT(states) ? row->state : 0];

	if (reason == WORKER_BECAUSE_NONE && row->state == WORKER_SUSPENDED) {
		reason = row->why;
	}
	memset(view, 0, sizeof(*view));
	view->id = id;
	view->row = row;
	view->admitted = worker_is_admitted(m, row);
	if (view->admitted || (reason != WORKER_BECAUSE_NONE && reason < COUNT(reasons) &&
	    (row->state != WORKER_REGISTERED || reason != WORKER_BECAUSE_STAKE))) {
		words = &reasons[view->admitted ? WORKER_BECAUSE_NONE : reason];
	}
	view->standing = words->word;
	view->text = words->text;
	view->to_do = words->to_do;
	view->expires_own_ms = row->state == WORKER_LEFT ? 0 : worker_evidence_expires_own_ms(m, row);
}

void
worker_view_fill(struct worker_view *view, struct place *place)
{
	struct machine *const m = place->m;
	struct appraisal *const appraisal = arena_get(&place->arena, sizeof(*appraisal));
	struct platform *const platform = arena_get(&place->arena, sizeof(*platform));
	struct program *const program = arena_get(&place->arena, sizeof(*program));
	const struct row_key evidence_key = key_of_32(TABLE_EVIDENCE, view->row->evidence);
	const struct row_key program_key = key_of_32(TABLE_PROGRAM, view->row->program);
	const struct row_key platform_key = key_of_32(TABLE_PLATFORM, view->row->platform);
	struct evidence evidence;
	struct assay_bytes bytes = { NULL, 0 };

	if (row_get(m, &evidence_key, &evidence)) {
		bytes = arena_copy(&place->arena, evidence.bytes);
	}
	(void)row_get(m, &program_key, program);
	(void)row_get(m, &platform_key, platform);
	if (bytes.len != 0) {
		appraise(m, appraisal, bytes, VAR_BYTES(program->mitigates));
		view->verdict = &appraisal->verdict;
	}
	view->platform = platform;
}

/* ---- JSON ------------------------------------------------------------- */

static void
put_shortfall_json(struct writer *w, const struct assay_verdict *v)
{
	json_put_name(w, "shortfall");
	if (v == NULL) {
		json_put_null(w);
		return;
	}
	json_put_array(w);
	for (unsigned i = 0; i < v->shortfalls_count; i++) {
		const struct assay_shortfall *const s = &v->shortfalls[i];

		json_put_object(w);
		json_text_member(w, "part", shortfall_part_word(s->part));
		json_number_member(w, "index", s->index);
		json_number_member(w, "has", s->has);
		json_number_member(w, "needs", s->needs);
		json_text_member(w, "status", assay_tcb_status_word(s->status, v->kind));
		json_text_member(w, "raised_by", raised_by_word(s->raised_by));
		json_put_end(w, '}');
	}
	json_put_end(w, ']');
}

void
worker_put_json(struct output *out, struct place *place, const struct worker_view *view)
{
	struct machine *const m = place->m;
	struct writer *const w = &out->w;

	output_object(out, "assay.worker/1");
	json_hex_member(w, "id", bytes_of(view->id, 32));
	json_number_member(w, "slot", slot_of_worker(m, view->id));
	json_flag_member(w, "admitted", view->admitted);
	json_text_member(w, "standing", view->standing);
	json_text_member(w, "standing_text", view->text);
	json_text_member(w, "to_do", view->to_do);
	json_time_member(w, "expires", time_of_own(m, view->expires_own_ms));
	json_number_member(w, "score", worker_score(m, view->row));
	json_number_member(w, "score_factor", tier_factor(m, view->row->tier));
	json_number_member(w, "score_kept", worker_kept_per_mille(view->row));
	put_shortfall_json(w, view->verdict);
	json_put_name(w, "platform_changes");
	if (view->platform != NULL) {
		record_json_value(w, table_record(TABLE_PLATFORM), record_field(table_record(TABLE_PLATFORM), "changes"),
		    view->platform);
	} else {
		json_put_null(w);
	}
	record_json(w, table_record(TABLE_WORKER), view->row);
	output_object_end(out);
}

/* ---- text ------------------------------------------------------------- */

static void
put_shortfall(struct writer *w, const struct assay_verdict *v)
{
	for (unsigned i = 0; i < v->shortfalls_count; i++) {
		const struct assay_shortfall *const s = &v->shortfalls[i];

		put_label(w, i == 0 ? "falls short" : "");
		put_text(w, shortfall_part_word(s->part));
		if (s->part == ASSAY_SHORTFALL_SGX_COMPONENT || s->part == ASSAY_SHORTFALL_TDX_COMPONENT) {
			put_char(w, ' ');
			put_unsigned(w, s->index);
		}
		if (s->part != ASSAY_SHORTFALL_CONFIGURATION) {
			put_text(w, " has ");
			put_unsigned(w, s->has);
			put_text(w, ", needs ");
			put_unsigned(w, s->needs);
		}
		put_text(w, " for ");
		put_text(w, assay_tcb_status_word(s->status, v->kind));
		put_text(w, ": ");
		put_text(w, raised_by_text(s->raised_by));
		put_char(w, '\n');
	}
}

static void
put_tier(struct writer *w, const struct worker *row)
{
	const struct record *const record = table_record(TABLE_WORKER);
	const char *const check = record_word(record, record_field(record, "failed_check"), row->failed_check);

	put_label(w, "tier");
	if (row->tier != 0) {
		put_unsigned(w, row->tier);
	} else {
		put_text(w, "none");
	}
	put_text(w, ", ");
	record_text_value(w, record, record_field(record, "status"), row, 0);
	if (row->failed_check != 0 && check != NULL) {
		put_text(w, "; failed ");
		put_text(w, check);
	}
	if (row->tier_next != UINT8_MAX) {
		put_text(w, "; under newer collateral ");
		if (row->tier_next != 0) {
			put_unsigned(w, row->tier_next);
		} else {
			put_text(w, "none");
		}
		if (row->tier_next_ms != 0) {
			put_text(w, " from ");
			record_put_time(w, row->tier_next_ms);
		}
	}
	put_char(w, '\n');
}

static void
put_dates(struct writer *w, struct machine *m, const struct worker_view *view)
{
	const uint64_t until_s = view->row->valid_until_s;

	put_label(w, "evidence");
	put_text(w, "accepted ");
	record_put_time(w, time_of_own(m, view->row->attested_own_ms));
	put_text(w, ", expires ");
	record_put_time(w, time_of_own(m, view->expires_own_ms));
	put_text(w, ", within the vendor's dates until ");
	record_put_time(w, until_s > NO_TIME / 1000 ? NO_TIME : until_s * 1000);
	put_char(w, '\n');
}

static void
put_score(struct writer *w, struct machine *m, const struct worker *row)
{
	put_label(w, "score");
	put_unsigned(w, worker_score(m, row));
	put_text(w, ": factor ");
	put_unsigned(w, tier_factor(m, row->tier));
	put_text(w, ", answers kept ");
	put_unsigned(w, worker_kept_per_mille(row));
	put_text(w, ", both of 1000; ");
	put_unsigned(w, row->answers);
	put_text(w, " answers and ");
	put_unsigned(w, row->misses);
	put_text(w, " misses ever\n");
}

static void
put_changes(struct writer *w, const struct platform *platform)
{
	static const char *const words[] = {
		[PLATFORM_JOINED] = "joined", [PLATFORM_REPLACED] = "was replaced", [PLATFORM_LEFT] = "left"
	};
	struct assay_bytes changes = VAR_BYTES(platform->changes);
	bool first = true;

	while (changes.len >= 41) {
		const uint64_t height = key_take(&changes, 8);
		const struct assay_bytes id = bytes_slice(changes, 0, 32);
		const uint8_t change = changes.data[32];

		changes = bytes_slice(changes, 33, changes.len - 33);
		put_label(w, first ? "on platform" : "");
		first = false;
		put_id(w, id.data);
		put_char(w, ' ');
		put_text(w, change >= PLATFORM_JOINED && change <= PLATFORM_LEFT ? words[change] : "?");
		put_text(w, " at height ");
		put_unsigned(w, height);
		put_char(w, '\n');
	}
}

void
worker_put_text(struct output *out, struct place *place, const struct worker_view *view)
{
	const struct render_style *const style = &place->style;
	struct writer *const w = &out->w;

	output_object(out, "assay.worker/1");
	put_label(w, "worker");
	put_hex(w, bytes_of(view->id, 32));
	put_char(w, '\n');
	render_color(w, style, view->admitted ? RENDER_GREEN : RENDER_RED);
	put_label(w, view->admitted ? "admitted" : "not admitted");
	render_color(w, style, RENDER_PLAIN);
	put_text(w, view->text);
	put_char(w, '\n');
	if (view->to_do[0] != '\0') {
		put_label(w, "  to do");
		put_text(w, view->to_do);
		put_char(w, '\n');
	}
	if (view->row->state != WORKER_LEFT) {
		put_tier(w, view->row);
		if (view->verdict != NULL) {
			put_shortfall(w, view->verdict);
		}
		put_dates(w, place->m, view);
		put_score(w, place->m, view->row);
	}
	if (view->platform != NULL) {
		put_changes(w, view->platform);
	}
	put_text(w, "\n");
	record_text(w, table_record(TABLE_WORKER), view->row,
	    &(struct record_style){ .indent = 2, .halted_ms = place->m->meta.halted_ms });
	output_object_end(out);
}
