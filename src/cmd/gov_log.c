/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay gov log: each step of the council as a sentence, from the entries of
 * the log.  What comes of a step is told when it comes.
 */
#include <stdio.h>

#include "cmd/failure.h"
#include "cmd/gov_words.h"
#include "cmd/register_fields.h"

enum step_kind {
	STEP_PROPOSED,
	STEP_APPROVED,
	STEP_WITHDRAWN,
	STEP_EFFECT,
	STEP_CONFIRMED,
	STEP_ENDED,
	STEP_LAPSED,
	STEP_DIED,
	STEP_FAILED
};

static const struct {
	const char *word;
	const char *before;	/* of the act */
} steps[] = {
	[STEP_PROPOSED] = { "proposed", "proposed to " },
	[STEP_APPROVED] = { "approved", "approved to " },
	[STEP_WITHDRAWN] = { "approval-withdrawn", "took the approval back to " },
	[STEP_EFFECT] = { "took-effect", "took effect: " },
	[STEP_CONFIRMED] = { "confirmed", "was for a time, and stays: " },
	[STEP_ENDED] = { "ended", "was for a time, which is over: " },
	[STEP_LAPSED] = { "lapsed", "lapsed without approvals enough: " },
	[STEP_DIED] = { "died", "died with the council that it was made under: " },
	[STEP_FAILED] = { "failed", "could no longer be done when its time came: " }
};

struct step {
	struct step *next;
	uint64_t index;
	uint64_t proposal;
	enum step_kind kind;
	uint8_t by[32];		/* zero: the register itself */
};

struct reading_log {
	struct place *place;
	struct output *out;
	uint64_t proposals;	/* made so far */
	uint64_t last_ms;
	uint64_t halted_ms;
	struct step *first;	/* of the block that is read */
	struct step **last;
	struct proposal *proposal;
	bool no_block;
};

static void
step_add(struct reading_log *r, uint64_t index, uint64_t proposal, enum step_kind kind, const uint8_t *by)
{
	struct step *const step = arena_get(&r->place->arena, sizeof(*step));

	step->index = index;
	step->proposal = proposal;
	step->kind = kind;
	if (by != NULL) {
		memcpy(step->by, by, sizeof(step->by));
	}
	*r->last = step;
	r->last = &step->next;
}

/* ---- entries ---------------------------------------------------------- */

static void
read_transaction(struct reading_log *r, uint64_t index, struct cursor *c)
{
	struct entry_result result;
	struct transaction_body body;
	struct proposal_arguments a;

	record_read(&entry_result_record, &result, c);
	record_read(&transaction_body_record, &body, c);
	if (c->bad || result.code != CODE_ACCEPTED) {
		return;
	}
	if (body.kind == KIND_PROPOSE || body.kind == KIND_CREDIT || body.kind == KIND_DEBIT) {
		r->proposals++;
		step_add(r, index, r->proposals, STEP_PROPOSED, body.sender);
	} else if ((body.kind == KIND_APPROVE || body.kind == KIND_WITHDRAW_APPROVAL) &&
	    record_decode(kind_record(body.kind), &a, body.arguments)) {
		step_add(r, index, a.number, body.kind == KIND_APPROVE ? STEP_APPROVED : STEP_WITHDRAWN, body.sender);
	}
}

/* State is the second field of a proposal's row, which lies in the entry whole or as its digest. */
static enum step_kind
outcome(struct reading_log *r, unsigned effect, uint64_t number, struct assay_bytes row, bool whole)
{
	struct proposal *const proposal = r->proposal;
	unsigned state = 0;

	/* A row that is not there whole has ended where it stands now, unless the effect says more. */
	if ((whole && record_decode(table_record(TABLE_PROPOSAL), proposal, row)) ||
	    proposal_load(r->place, number, proposal)) {
		state = proposal->state;
	}
	if (effect == EFFECT_LAPSED) {
		return STEP_ENDED;
	}
	if (effect == EFFECT_ACT) {
		return STEP_EFFECT;
	}
	return state == PROPOSAL_DONE ? STEP_CONFIRMED : state == PROPOSAL_DEAD ? STEP_DIED :
	    state == PROPOSAL_FAILED ? STEP_FAILED : STEP_LAPSED;
}

static void
read_effect(struct reading_log *r, uint64_t index, struct cursor *c)
{
	struct entry_effect effect;

	record_read(&entry_effect_record, &effect, c);
	while (!c->bad && c->left != 0) {
		const struct assay_bytes key = cursor_take(c, cursor_u8(c));
		struct assay_bytes row = { NULL, 0 };
		uint8_t form = 0;

		for (unsigned i = 0; i < 2; i++) {
			form = cursor_u8(c);
			row = form != 0 ? cursor_take(c, cursor_u16be(c)) : row;
		}
		if (!c->bad && key.len == 9 && key.data[0] == TABLE_PROPOSAL) {
			struct assay_bytes rest = bytes_slice(key, 1, 8);
			const uint64_t number = key_take(&rest, 8);

			step_add(r, index, number, outcome(r, effect.effect, number, row, form == 1), NULL);
		}
	}
}

/* ---- sentences -------------------------------------------------------- */

/* What the row says of the step that gave it its last approval. */
static void
put_consequence(struct writer *w, struct reading_log *r, const struct step *step, uint64_t own_ms)
{
	const struct proposal *const p = r->proposal;

	if ((step->kind != STEP_PROPOSED && step->kind != STEP_APPROVED) || p->passed_own_ms != own_ms) {
		return;
	}
	if (p->state == PROPOSAL_LOCKED) {
		put_text(w, "; it has its approvals, and takes effect at ");
		record_put_time(w, time_of_own(r->place->m, p->effective_own_ms));
	} else if (p->effective_own_ms == p->passed_own_ms && p->effective_own_ms != 0) {
		put_text(w, "; it took effect at once");
		if (p->state == PROPOSAL_DONE && p->lapses_own_ms != 0) {
			put_text(w, ", and ends at ");
			record_put_time(w, time_of_own(r->place->m, p->lapses_own_ms));
			put_text(w, " unless it is confirmed");
		}
	} else {
		put_text(w, "; it had its approvals");
	}
}

static void
put_sentence(struct writer *w, struct reading_log *r, const struct step *step, uint64_t own_ms)
{
	if (!bytes_all_zero(ARRAY_BYTES(step->by))) {
		put_id(w, step->by);
		put_char(w, ' ');
	} else {
		put_text(w, "proposal ");
		put_unsigned(w, step->proposal);
		put_char(w, ' ');
	}
	put_text(w, steps[step->kind].before);
	put_act(w, r->place, r->proposal->act, r->proposal->arguments);
	if (step->kind == STEP_PROPOSED) {
		put_text(w, ", because \"");
		put_printable(w, VAR_BYTES(r->proposal->reason));
		put_char(w, '"');
	}
	put_consequence(w, r, step, own_ms);
}

static void
put_step(struct reading_log *r, const struct step *step, const struct entry_commit *commit)
{
	char sentence[4096];
	struct writer s;
	struct writer *const w = &r->out->w;

	if (!proposal_load(r->place, step->proposal, r->proposal)) {
		return;
	}
	writer_start(&s, sentence, sizeof(sentence));
	put_sentence(&s, r, step, commit->time_ms - r->halted_ms);
	output_object(r->out, "assay.step/1");
	if (r->out->json) {
		json_number_member(w, "index", step->index);
		json_number_member(w, "height", commit->height);
		json_time_member(w, "time", commit->time_ms);
		json_number_member(w, "proposal", step->proposal);
		json_text_member(w, "step", steps[step->kind].word);
		json_put_name(w, "by");
		if (bytes_all_zero(ARRAY_BYTES(step->by))) {
			json_put_null(w);
		} else {
			json_put_hex(w, ARRAY_BYTES(step->by));
		}
		json_text_member(w, "act", act_name(r->proposal->act));
		json_put_name(w, "reason");
		json_put_string(w, VAR_BYTES(r->proposal->reason));
		json_put_name(w, "sentence");
		json_put_string(w, bytes_of(sentence, s.len));
	} else {
		record_put_time(w, commit->time_ms);
		put_text(w, "  ");
		put_unsigned(w, step->proposal);
		put_text(w, "  ");
		put_bytes(w, bytes_of(sentence, s.len));
		put_text(w, "  [entry ");
		put_unsigned(w, step->index);
		put_text(w, "]\n");
	}
	output_object_end(r->out);
}

static bool
read_entry(void *context, uint64_t index, struct assay_bytes entry)
{
	struct reading_log *const r = context;
	struct cursor c = cursor_over(entry);
	const uint8_t type = cursor_u8(&c);
	struct entry_commit commit;

	if (type == ENTRY_TRANSACTION) {
		read_transaction(r, index, &c);
	} else if (type == ENTRY_EFFECT) {
		read_effect(r, index, &c);
	} else if (type == ENTRY_COMMIT) {
		record_read(&entry_commit_record, &commit, &c);
		if (c.bad) {
			return true;
		}
		if (r->last_ms != 0 && commit.time_ms - r->last_ms > parameter(r->place->m, PARAMETER_HALT_GAP)) {
			r->halted_ms += commit.time_ms - r->last_ms;
		}
		r->last_ms = commit.time_ms;
		for (const struct step *step = r->first; step != NULL; step = step->next) {
			put_step(r, step, &commit);
		}
		r->first = NULL;
		r->last = &r->first;
	}
	return true;
}

int
gov_log(const struct arguments *arguments)
{
	struct reading_log r = { .proposals = 0 };
	struct store_error error;
	struct output out;
	struct place place;
	int code = fields_check(arguments, NULL, "assay gov log", NULL);

	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	if (code == 0) {
		r.place = &place;
		r.out = &out;
		r.last = &r.first;
		r.proposal = arena_get(&place.arena, sizeof(*r.proposal));
		output_start(&out, place.json, true);
		if (!store_each_entry(driver_store(place.driver), 0, driver_head(place.driver)->log_size, &r, read_entry,
		    &error)) {
			code = store_say(&error);
		}
	}
	code = code == 0 ? place_check(&place) : code;
	if (code == 0) {
		if (!place.json && out.count == 0) {
			put_text(&out.w, "the council has done nothing\n");
		}
		output_end(&out);
	}
	place_close(&place);
	return code;
}
