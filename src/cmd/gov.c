/* SPDX-License-Identifier: Apache-2.0 */
/* assay gov: what the council proposes, approves and has done. */
#include <stdio.h>

#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/gov_words.h"
#include "cmd/near.h"
#include "cmd/register_fields.h"
#include "cmd/register_find.h"
#include "cmd/register_table.h"
#include "cmd/register_verbs.h"

/* ---- proposing -------------------------------------------------------- */

static int
gov_propose(const struct arguments *arguments)
{
	const char *const name = arguments->operands[1];
	struct near near = { .count = 0 };
	char all[512] = "acts are ";
	char text[256];
	char what[96];

	if (arguments->operands_count != 2) {
		return fail(EXIT_USAGE, "an act is missing after it", "run `assay help gov` for the acts",
		    "`assay gov propose` was not told what to propose, so nothing was done");
	}
	for (unsigned act = 0; act < ACT_END; act++) {
		if (act_record(act) == NULL) {
			continue;
		}
		if (strcmp(act_name(act), name) == 0) {
			snprintf(what, sizeof(what), "assay gov propose %s", name);
			return verb_propose(arguments, what, (enum act)act, NULL, NULL);
		}
		near_offer(&near, name, act_name(act));
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", act == ACT_ALLOW_PROGRAM ? "" : ", ",
		    act_name(act));
	}
	return fail(EXIT_USAGE, "there is no such act", near_text(&near, text, sizeof(text), all),
	    "`assay gov propose %s` cannot be understood", name);
}

/* ---- looking ---------------------------------------------------------- */

static const char *
state_word(const struct proposal *proposal)
{
	const struct record *const record = table_record(TABLE_PROPOSAL);
	const char *const word = record_word(record, record_field(record, "state"), proposal->state);

	return word != NULL ? word : "?";
}

static void
put_approvals_json(struct writer *w, struct place *place, uint64_t number)
{
	const struct row_key prefix = key_u64(key_start(TABLE_APPROVAL), number);
	struct row_key key = prefix;
	struct approval approval;

	json_put_name(w, "approved_by");
	json_put_array(w);
	while (row_next(place->m, &prefix, &key, &approval)) {
		json_put_object(w);
		json_hex_member(w, "member", bytes_of(key.bytes + 9, 32));
		json_number_member(w, "height", approval.height);
		json_put_end(w, '}');
	}
	json_put_end(w, ']');
}

static void
put_proposal_json(struct output *out, struct place *place, uint64_t number, const struct proposal *proposal)
{
	const struct row_key council_key = key_start(TABLE_COUNCIL);
	struct council council;
	struct writer *const w = &out->w;
	char sentence[2048];
	struct writer s;

	output_object(out, "assay.proposal/1");
	writer_start(&s, sentence, sizeof(sentence));
	put_act(&s, place, proposal->act, proposal->arguments);
	json_number_member(w, "number", number);
	json_put_name(w, "sentence");
	json_put_string(w, bytes_of(sentence, s.len));
	(void)row_get(place->m, &council_key, &council);
	json_number_member(w, "threshold", council.threshold);
	record_json(w, table_record(TABLE_PROPOSAL), proposal);
	json_time_member(w, "proposed", time_of_own(place->m, proposal->proposed_own_ms));
	json_time_member(w, "effective", time_of_own(place->m, proposal->effective_own_ms));
	json_time_member(w, "lapses", time_of_own(place->m, proposal->lapses_own_ms));
	put_approvals_json(w, place, number);
	output_object_end(out);
}

static enum render_color
color_of(const struct proposal *proposal)
{
	switch (proposal->state) {
	case PROPOSAL_DONE:
		return RENDER_GREEN;
	case PROPOSAL_OPEN:
	case PROPOSAL_LOCKED:
		return RENDER_YELLOW;
	default:
		return RENDER_DIM;
	}
}

static void
put_dates(struct writer *w, struct place *place, const struct proposal *proposal)
{
	const struct {
		const char *label;
		uint64_t own_ms;
	} dates[] = {
		{ "proposed", proposal->proposed_own_ms },
		{ "approved", proposal->passed_own_ms },
		{ proposal->state == PROPOSAL_LOCKED ? "takes effect" : "took effect", proposal->effective_own_ms },
		{ proposal->state == PROPOSAL_DONE ? "ends, unless confirmed" : "lapses", proposal->lapses_own_ms }
	};

	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		if (dates[i].own_ms != 0) {
			put_label(w, dates[i].label);
			record_put_time(w, time_of_own(place->m, dates[i].own_ms));
			put_char(w, '\n');
		}
	}
}

static void
put_proposal(struct writer *w, struct place *place, uint64_t number, const struct proposal *proposal)
{
	const struct row_key prefix = key_u64(key_start(TABLE_APPROVAL), number);
	struct row_key key = prefix;
	struct approval approval;

	put_label(w, "proposal");
	put_unsigned(w, number);
	put_text(w, "  ");
	render_color(w, &place->style, color_of(proposal));
	put_text(w, state_word(proposal));
	render_color(w, &place->style, RENDER_PLAIN);
	put_char(w, '\n');
	put_label(w, act_name(proposal->act));
	put_act(w, place, proposal->act, proposal->arguments);
	put_char(w, '\n');
	put_label(w, "because");
	put_printable(w, VAR_BYTES(proposal->reason));
	put_char(w, '\n');
	put_label(w, "proposed by");
	put_hex(w, ARRAY_BYTES(proposal->proposer));
	put_char(w, '\n');
	while (row_next(place->m, &prefix, &key, &approval)) {
		put_label(w, "approved by");
		put_hex(w, bytes_of(key.bytes + 9, 32));
		put_text(w, " at height ");
		put_unsigned(w, approval.height);
		put_char(w, '\n');
	}
	put_dates(w, place, proposal);
}

static int
gov_show(const struct arguments *arguments)
{
	struct proposal *proposal;
	struct output out;
	struct place place;
	uint64_t number = 0;
	int code = fields_check(arguments, NULL, "assay gov show", NULL);

	if (code == 0 && (arguments->operands_count != 2 || !number_parse(&number, arguments->operands[1], UINT64_MAX))) {
		return fail(EXIT_USAGE, "proposals are known by their number", "give one: assay gov list shows them",
		    "`assay gov show` was not told what to show");
	}
	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	proposal = arena_get(&place.arena, sizeof(*proposal));
	if (code == 0 && !proposal_load(&place, number, proposal)) {
		code = place_check(&place);
		code = code != 0 ? code : fail(EXIT_USAGE, "there are no more than were made",
		    "run `assay gov list` for those that there are", "proposal %s is not known", arguments->operands[1]);
	}
	if (code == 0) {
		output_start(&out, place.json, false);
		if (place.json) {
			put_proposal_json(&out, &place, number, proposal);
		} else {
			put_proposal(&out.w, &place, number, proposal);
		}
		output_end(&out);
	}
	place_close(&place);
	return code;
}

static void
proposal_add_line(struct table_text *table, struct place *place, uint64_t number, const struct proposal *proposal)
{
	struct cell cells[4];

	for (size_t i = 0; i < 4; i++) {
		cell_start(&cells[i]);
	}
	put_unsigned(&cells[0].w, number);
	put_unsigned(&cells[1].w, proposal->approvals);
	record_put_time(&cells[2].w, time_of_own(place->m, proposal->effective_own_ms));
	put_act(&cells[3].w, place, proposal->act, proposal->arguments);

	const char *const texts[] = {
		state_word(proposal), cell_text(&cells[0]), cell_text(&cells[1]), cell_text(&cells[2]), cell_text(&cells[3])
	};

	table_add(table, color_of(proposal), texts);
}

static int
gov_list(const struct arguments *arguments)
{
	static const char *const heads[] = { "STATE", "NUMBER", "APPROVALS", "EFFECTIVE", "WHAT", NULL };
	struct proposal *proposal;
	struct table_text table;
	struct output out;
	struct place place;
	int code = fields_check(arguments, NULL, "assay gov list", NULL);

	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	proposal = arena_get(&place.arena, sizeof(*proposal));
	table_start(&table, heads);
	output_start(&out, place.json, true);
	for (uint64_t number = 1; code == 0 && number <= place.m->meta.proposals; number++) {
		if (!proposal_load(&place, number, proposal)) {
			continue;
		}
		if (place.json) {
			put_proposal_json(&out, &place, number, proposal);
		} else {
			proposal_add_line(&table, &place, number, proposal);
		}
	}
	code = code == 0 ? place_check(&place) : code;
	if (code == 0 && place.json) {
		output_end(&out);
	} else if (code == 0) {
		table_finish(&table, &place.style, "nothing was ever proposed");
	}
	place_close(&place);
	return code;
}

int
command_gov(const struct arguments *arguments)
{
	static const struct verb verbs[] = {
		{ .word = "propose", .run = gov_propose, .operand = "ACT", .operands_max = 1 },
		{ .word = "approve", .kind = KIND_APPROVE, .operand = "number" },
		{ .word = "withdraw", .kind = KIND_WITHDRAW_APPROVAL, .operand = "number" },
		{ .word = "show", .run = gov_show, .operand = "NUMBER", .operands_max = 1 },
		{ .word = "list", .run = gov_list },
		{ .word = "log", .run = gov_log },
		{ .word = NULL }
	};

	return verbs_run(arguments, "gov", verbs);
}
