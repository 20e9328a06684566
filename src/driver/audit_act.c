/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the team did, one sentence for each step: who, what, why, when it takes
 * effect and when it did.  Dates on the register's own clock are given as the
 * block time at which they come if the register does not stand still.
 */
#include "driver/audit_inside.h"
#include "format/utc.h"
#include "register/acts.h"

#define SENTENCE_BYTES	2400

struct sentence {
	struct text text;
	char out[SENTENCE_BYTES];
};

static void
sentence_begin(struct sentence *s, uint64_t proposal)
{
	memset(s->out, 0, sizeof(s->out));
	s->text = (struct text){ s->out, sizeof(s->out) - 1, 0 };
	text_puts(&s->text, "proposal ");
	text_unsigned(&s->text, proposal);
	text_puts(&s->text, " ");
}

static void
say(struct audit *audit, uint64_t index, struct sentence *s)
{
	const struct machine *const m = audit_machine(audit);

	text_end(&s->text, s->out, sizeof(s->out));
	if (audit->options.act != NULL) {
		audit->options.act(audit->options.context, index, m->meta.height, m->meta.time_ms, s->out);
	}
}

static void
say_date(struct sentence *s, const struct machine *m, uint64_t own_ms)
{
	char utc[UTC_TEXT_BYTES];

	utc_format(utc, (int64_t)(time_add(own_ms, m->meta.halted_ms) / 1000));
	text_puts(&s->text, utc);
}

/* A program's name, from its row or from the act that brings it. */
static void
say_program(struct sentence *s, struct machine *m, const uint8_t id[static 32])
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, id);
	struct program program;

	if (row_get(m, &key, &program)) {
		text_puts(&s->text, "\"");
		text_put(&s->text, (const char *)program.name.data, program.name.len);
		text_puts(&s->text, "\" version ");
		text_unsigned(&s->text, program.version);
		text_puts(&s->text, " ");
	}
	text_puts(&s->text, "(");
	text_short_id(&s->text, bytes_of(id, 32));
	text_puts(&s->text, ")");
}

/* What is done: "revoke-program "worker" version 1 (ab12...)". */
static void
say_act(struct sentence *s, struct machine *m, const struct proposal *proposal)
{
	const struct record *const record = act_record(proposal->act);
	uint8_t program[32];
	union act_arguments a;

	text_puts(&s->text, act_name(proposal->act));
	text_puts(&s->text, " ");
	if (record == NULL || !record_decode(record, &a, proposal->arguments)) {
		return;
	}
	switch (proposal->act) {
	case ACT_RETIRE_PROGRAM:
		memcpy(program, a.retire_program_arguments.program, sizeof(program));
		say_program(s, m, program);
		break;
	case ACT_REVOKE_PROGRAM:
		memcpy(program, a.program_arguments.program, sizeof(program));
		say_program(s, m, program);
		break;
	case ACT_SET_PARAMETER:
		text_puts(&s->text, parameter_bounds(a.set_parameter_arguments.parameter) != NULL ?
		    parameter_bounds(a.set_parameter_arguments.parameter)->name : "?");
		text_puts(&s->text, " to ");
		text_unsigned(&s->text, a.set_parameter_arguments.value);
		break;
	default:
		text_puts(&s->text, "(");
		record_describe(&s->text, record, &a);
		text_puts(&s->text, ")");
		break;
	}
}

/* The arguments are borrowed from m->document, so that they last while names are looked up. */
static bool
proposal_find(struct machine *m, uint64_t number, struct proposal *proposal)
{
	const struct row_key key = key_u64(key_start(TABLE_PROPOSAL), number);

	if (!row_get(m, &key, proposal)) {
		return false;
	}
	bytes_copy(m->document, proposal->arguments, proposal->arguments.len);
	proposal->arguments = bytes_of(m->document, proposal->arguments.len);
	return true;
}

/* Whether it has passed by this step, and what follows. */
static void
say_standing(struct audit *audit, struct sentence *s, const struct proposal *proposal)
{
	const struct machine *const m = audit_machine(audit);

	if (proposal->state == PROPOSAL_LOCKED) {
		text_puts(&s->text, "; it has its approvals, and takes effect at ");
		say_date(s, m, proposal->effective_own_ms);
	} else if (proposal->state == PROPOSAL_DONE) {
		audit->report.acts++;
		text_puts(&s->text, "; it took effect at once, for a time that ends at ");
		say_date(s, m, proposal->lapses_own_ms);
	} else {
		text_puts(&s->text, "; it has ");
		text_unsigned(&s->text, proposal->approvals);
		text_puts(&s->text, proposal->approvals == 1 ? " approval" : " approvals");
	}
}

static void
say_proposed(struct audit *audit, uint64_t index, uint64_t number, const struct proposal *proposal)
{
	struct machine *const m = audit_machine(audit);
	struct sentence s;

	audit->report.proposals++;
	sentence_begin(&s, number);
	text_puts(&s.text, "was made by ");
	text_short_id(&s.text, ARRAY_BYTES(proposal->proposer));
	text_puts(&s.text, ": ");
	say_act(&s, m, proposal);
	text_puts(&s.text, ", because \"");
	text_put(&s.text, (const char *)proposal->reason.data, proposal->reason.len);
	text_puts(&s.text, "\"");
	say_standing(audit, &s, proposal);
	say(audit, index, &s);
}

void
audit_act_transaction(struct audit *audit, uint64_t index, const struct transaction_body *body)
{
	struct machine *const m = audit_machine(audit);
	const bool proposes = body->kind == KIND_PROPOSE || body->kind == KIND_CREDIT || body->kind == KIND_DEBIT;
	struct proposal_arguments a = { .number = m->meta.proposals };
	struct proposal proposal;
	struct sentence s;

	if (!proposes && ((body->kind != KIND_APPROVE && body->kind != KIND_WITHDRAW_APPROVAL) ||
	    !record_decode(kind_record(body->kind), &a, body->arguments))) {
		return;
	}
	if (!proposal_find(m, a.number, &proposal)) {
		return;
	}
	if (proposes) {
		say_proposed(audit, index, a.number, &proposal);
		return;
	}
	sentence_begin(&s, a.number);
	text_puts(&s.text, body->kind == KIND_APPROVE ? "was approved by " : "lost the approval of ");
	text_short_id(&s.text, ARRAY_BYTES(body->sender));
	say_standing(audit, &s, &proposal);
	say(audit, index, &s);
}

/* What became of it, by the kind of effect that changed its row. */
static const char *
outcome(unsigned effect, const struct proposal *proposal)
{
	switch (proposal->state) {
	case PROPOSAL_DONE:
		return effect == EFFECT_ACT ? "took effect: " : "was for a time and has been confirmed: ";
	case PROPOSAL_LAPSED:
		return effect == EFFECT_LAPSED ? "was for a time, which is over: " :
		    "lapsed without approvals enough: ";
	case PROPOSAL_DEAD:
		return "died with the council that it was made under: ";
	case PROPOSAL_FAILED:
		return "could no longer be done when its time came: ";
	default:
		return "changed: ";
	}
}

void
audit_act_effect(struct audit *audit, uint64_t index, struct assay_bytes entry)
{
	struct machine *const m = audit_machine(audit);
	struct effect_change change;
	struct entry_effect effect;
	struct cursor c;

	if (!effect_open(&c, &effect, entry)) {
		return;
	}
	while (effect_next(&c, &change)) {
		struct assay_bytes primary = bytes_slice(change.key, 1, change.key.len - 1);
		struct proposal proposal;
		struct sentence s;

		if (change.key.data[0] != TABLE_PROPOSAL || change.key.len != 9) {
			continue;
		}
		const uint64_t number = key_take(&primary, 8);

		if (!proposal_find(m, number, &proposal)) {
			continue;
		}
		audit->report.acts += effect.effect == EFFECT_ACT && proposal.state == PROPOSAL_DONE ? 1 : 0;
		sentence_begin(&s, number);
		text_puts(&s.text, outcome(effect.effect, &proposal));
		say_act(&s, m, &proposal);
		say(audit, index, &s);
	}
}
