/* SPDX-License-Identifier: Apache-2.0 */
/* Acts of the council in words. */
#include "cmd/gov_words.h"

#include "register/acts.h"

bool
proposal_load(struct place *place, uint64_t number, struct proposal *proposal)
{
	const struct row_key key = key_u64(key_start(TABLE_PROPOSAL), number);

	if (!row_get(place->m, &key, proposal)) {
		return false;
	}
	proposal->arguments = arena_copy(&place->arena, proposal->arguments);
	return true;
}

static void
put_named(struct writer *w, struct place *place, enum table table, const uint8_t id[static 32])
{
	const struct record *const record = table_record(table);
	const struct row_key key = key_of_32(table, id);
	void *const row = arena_get(&place->arena, record->struct_size);
	const struct field *const version = record_field(record, "version");

	if (row_get(place->m, &key, row)) {
		put_char(w, '"');
		put_printable(w, record_bytes(record_field(record, "name"), row));
		put_char(w, '"');
		if (version != NULL) {
			put_text(w, " version ");
			put_unsigned(w, record_number(version, row));
		}
		put_text(w, " (");
		put_id(w, id);
		put_char(w, ')');
	} else {
		put_id(w, id);
	}
}

static void
put_denied(struct writer *w, struct place *place, const struct deny_arguments *a)
{
	const struct record *const record = act_record(ACT_DENY);
	const struct record *const worker = table_record(TABLE_WORKER);
	const struct assay_bytes value = VAR_BYTES(a->value);
	const char *const kind = record_word(record, record_field(record, "kind"), a->kind);
	const char *status;

	put_text(w, kind != NULL ? kind : "?");
	put_char(w, ' ');
	if (a->kind == DENY_ADVISORY) {
		put_printable(w, value);
	} else if (a->kind == DENY_STATUS && value.len == 1) {
		status = record_word(worker, record_field(worker, "status"), value.data[0]);
		put_text(w, status != NULL ? status : "?");
	} else if (a->kind == DENY_PROGRAM && value.len == 32) {
		put_named(w, place, TABLE_PROGRAM, value.data);
	} else if (a->kind == DENY_COMPONENT && value.len == 9) {
		put_hex(w, bytes_slice(value, 0, 6));
		put_text(w, ", index ");
		put_unsigned(w, value.data[6]);
		put_text(w, " below ");
		put_unsigned(w, (uint64_t)value.data[7] << 8 | value.data[8]);
	} else {
		put_hex(w, value);
	}
}

static void
put_parameter(struct writer *w, const struct set_parameter_arguments *a)
{
	const struct parameter_bounds *const b = parameter_bounds(a->parameter);

	put_text(w, "set ");
	put_text(w, b != NULL ? b->name : "a parameter that there is not");
	put_text(w, " to ");
	if (b != NULL && strcmp(b->unit, "ms") == 0) {
		record_put_duration(w, a->value);
		return;
	}
	put_unsigned(w, a->value);
	put_char(w, ' ');
	put_text(w, b != NULL ? b->unit : "");
}

static void
put_units(struct writer *w, const char *verb, const char *whose, const struct act_credit_arguments *a)
{
	put_text(w, verb);
	put_unsigned(w, a->amount);
	put_text(w, whose);
	if (bytes_all_zero(ARRAY_BYTES(a->account))) {
		put_text(w, "the treasury");
	} else {
		put_text(w, "account ");
		put_id(w, a->account);
	}
	put_text(w, " on \"");
	put_printable(w, VAR_BYTES(a->reference));
	put_char(w, '"');
}

static void
put_program_act(struct writer *w, struct place *place, unsigned act, const union act_arguments *a)
{
	if (act == ACT_ALLOW_PROGRAM) {
		put_text(w, "allow program \"");
		put_printable(w, VAR_BYTES(a->allow_program_arguments.name));
		put_text(w, "\" version ");
		put_unsigned(w, a->allow_program_arguments.version);
		put_text(w, a->allow_program_arguments.tee == ASSAY_TEE_TDX ? " for TDX" : " for SGX");
	} else if (act == ACT_RETIRE_PROGRAM) {
		put_text(w, "retire program ");
		put_named(w, place, TABLE_PROGRAM, a->retire_program_arguments.program);
		put_text(w, ": no registration from ");
		record_put_time(w, a->retire_program_arguments.notice_ms);
		put_text(w, ", out at ");
		record_put_time(w, a->retire_program_arguments.retire_ms);
	} else if (act == ACT_REVOKE_PROGRAM) {
		put_text(w, "revoke program ");
		put_named(w, place, TABLE_PROGRAM, a->program_arguments.program);
	} else if (act == ACT_ADD_SIGNER) {
		put_text(w, "let \"");
		put_printable(w, VAR_BYTES(a->add_signer_arguments.name));
		put_text(w, "\" sign programs (");
		put_id(w, a->add_signer_arguments.signer);
		put_char(w, ')');
	} else {
		put_text(w, "revoke signer ");
		put_named(w, place, TABLE_SIGNER, a->signer_arguments.signer);
	}
}

static void
put_council(struct writer *w, const struct replace_council_arguments *a)
{
	put_text(w, "replace the council by ");
	put_unsigned(w, a->members.len / 32);
	put_text(w, a->members.len == 32 ? " member, of which " : " members, of which ");
	put_unsigned(w, a->threshold);
	put_text(w, " must approve:");
	for (size_t at = 0; at + 32 <= a->members.len; at += 32) {
		put_char(w, ' ');
		put_id(w, a->members.data + at);
	}
}

static void
put_decoded(struct writer *w, struct place *place, unsigned act, const union act_arguments *a)
{
	uint8_t digest[32];

	switch (act) {
	case ACT_SET_POLICY:
		crypto_sha256(place->crypto, digest, a->set_policy_arguments.document);
		put_text(w, "put policy ");
		put_hex(w, ARRAY_BYTES(digest));
		put_text(w, " in force");
		break;
	case ACT_SET_PARAMETER:
		put_parameter(w, &a->set_parameter_arguments);
		break;
	case ACT_RAISE_TCB_NUMBER:
		put_text(w, "let vendor sets up to number ");
		put_unsigned(w, a->raise_tcb_number_arguments.number);
		put_text(w, " come into force");
		break;
	case ACT_DENY:
	case ACT_UNDENY:
		put_text(w, act == ACT_DENY ? "deny " : "no longer deny ");
		put_denied(w, place, &a->deny_arguments);
		break;
	case ACT_FORCE_OFFLINE:
		put_text(w, a->force_offline_arguments.force ? "keep offline worker " : "no longer keep offline worker ");
		put_id(w, a->force_offline_arguments.worker);
		break;
	case ACT_PAUSE_SLASHING:
		put_text(w, a->pause_slashing_arguments.pause ? "stop slashing" : "resume slashing");
		break;
	case ACT_RETURN_SLASH:
		put_text(w, "give back what worker ");
		put_id(w, a->return_slash_arguments.worker);
		put_text(w, " lost for its silence since height ");
		put_unsigned(w, a->return_slash_arguments.height);
		break;
	case ACT_REPLACE_COUNCIL:
		put_council(w, &a->replace_council_arguments);
		break;
	case ACT_ROTATE_LOG:
		put_text(w, "let the log be signed by ");
		put_hex(w, ARRAY_BYTES(a->rotate_log_arguments.key));
		break;
	case ACT_SET_VALIDATORS:
		put_text(w, "set ");
		put_unsigned(w, a->set_validators_arguments.validators.len / 40);
		put_text(w, " validators");
		break;
	case ACT_CREDIT:
		put_units(w, "make ", " units for ", &a->act_credit_arguments);
		break;
	case ACT_DEBIT:
		put_units(w, "destroy ", " units of ", &a->act_credit_arguments);
		break;
	case ACT_ACTIVATE_RULES:
		put_text(w, "go over to rules ");
		put_unsigned(w, a->activate_rules_arguments.rules);
		put_text(w, " at height ");
		put_unsigned(w, a->activate_rules_arguments.height);
		break;
	default:
		put_program_act(w, place, act, a);
		break;
	}
}

void
put_act(struct writer *w, struct place *place, unsigned act, struct assay_bytes arguments)
{
	const struct record *const record = act_record(act);
	union act_arguments *const a = arena_get(&place->arena, sizeof(*a));

	if (record == NULL || !record_decode(record, a, arguments)) {
		put_text(w, record == NULL ? "an act that this version does not know" : act_name(act));
		return;
	}
	put_decoded(w, place, act, a);
}
