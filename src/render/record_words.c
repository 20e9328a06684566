/* SPDX-License-Identifier: Apache-2.0 */
/* What the fields of records mean: the words of numbers, and roles by name. */
#include "register/machine.h"
#include "render/record.h"
#include "render/words.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static bool
is_same(const char *a, const char *b)
{
	return bytes_equal_text(bytes_of_text(a), b);
}

/* ---- enumerations: a function of the number; NULL: there is no such word */

#define WORDS(name, ...) \
	static const char * \
	name(unsigned value) \
	{ \
		static const char *const words[] = { __VA_ARGS__ }; \
		return value < COUNT(words) ? words[value] : NULL; \
	}

WORDS(worker_state_word, [WORKER_NONE] = "none", [WORKER_REGISTERED] = "registered", [WORKER_ONLINE] = "online",
    [WORKER_UNRESPONSIVE] = "unresponsive", [WORKER_PAUSED] = "paused", [WORKER_SUSPENDED] = "suspended",
    [WORKER_COOLING] = "cooling-down", [WORKER_LEFT] = "left")
WORDS(worker_reason_word, [WORKER_BECAUSE_NONE] = "none", [WORKER_BECAUSE_MISSED] = "missed",
    [WORKER_BECAUSE_OFFLINE] = "offline", [WORKER_BECAUSE_LAPSED] = "lapsed", [WORKER_BECAUSE_EVIDENCE] = "evidence",
    [WORKER_BECAUSE_TIER] = "tier", [WORKER_BECAUSE_PROGRAM] = "program", [WORKER_BECAUSE_SIGNER] = "signer",
    [WORKER_BECAUSE_DENIED] = "denied", [WORKER_BECAUSE_FORCED] = "forced", [WORKER_BECAUSE_STAKE] = "stake",
    [WORKER_BECAUSE_STOPPED] = "stopped", [WORKER_BECAUSE_REPLACED] = "replaced",
    [WORKER_BECAUSE_UNBONDED] = "unbonded",
    [WORKER_BECAUSE_UNATTESTED] = "unattested")
WORDS(proposal_state_word, [PROPOSAL_OPEN] = "open", [PROPOSAL_LOCKED] = "locked", [PROPOSAL_DONE] = "done",
    [PROPOSAL_LAPSED] = "lapsed", [PROPOSAL_DEAD] = "dead", [PROPOSAL_FAILED] = "failed")
WORDS(collateral_word, [COLLATERAL_ROOT_CRL] = "root-crl", [COLLATERAL_PCK_CRL] = "pck-crl",
    [COLLATERAL_TCB_INFO] = "tcb-info", [COLLATERAL_QE_IDENTITY] = "qe-identity")
WORDS(deny_word, [DENY_PLATFORM] = "platform", [DENY_FMSPC] = "fmspc", [DENY_COMPONENT] = "component",
    [DENY_ADVISORY] = "advisory", [DENY_STATUS] = "status", [DENY_PROGRAM] = "program", [DENY_SIGNER] = "signer")
WORDS(slash_rule_word, [SLASH_SILENCE] = "silence")
WORDS(slash_state_word, [SLASH_ESCROWED] = "escrowed", [SLASH_BURNT] = "burnt", [SLASH_RETURNED] = "returned",
    [SLASH_VOIDED] = "voided")
WORDS(app_state_word, [APP_OPEN] = "open", [APP_CLOSED] = "closed")
WORDS(app_order_word, [APP_BEST] = "best", [APP_CHEAPEST] = "cheapest")
WORDS(root_kind_word, [ASSAY_ROOT_INTEL_SGX] = "intel-sgx", [ASSAY_ROOT_INTEL_IAS] = "intel-ias")
WORDS(reattest_form_word, [REATTEST_WHOLE] = "whole", [REATTEST_HEAD] = "head",
    [REATTEST_SIGNATURE] = "signature")
WORDS(tees_word, [ASSAY_TEE_SGX] = "sgx", [ASSAY_TEE_TDX] = "tdx")

static const char *
status_word(unsigned value)
{
	return value > ASSAY_TCB_UNKNOWN && value <= ASSAY_TCB_REVOKED ?
	    assay_tcb_status_word((enum assay_tcb_status)value, ASSAY_EVIDENCE_SGX_QUOTE) : NULL;
}

static const char *
tier_next_word(unsigned value)
{
	return value == UINT8_MAX ? "unknown" : NULL;
}

static const char *
failed_check_word(unsigned value)
{
	return value == 0 ? "none" : value <= ASSAY_CHECK_COUNT ? assay_check_id((enum assay_check)(value - 1)) : NULL;
}

static const char *
kind_word(unsigned value)
{
	return kind_record(value) != NULL ? kind_name(value) : NULL;
}

static const char *
act_word(unsigned value)
{
	return act_record(value) != NULL ? act_name(value) : NULL;
}

static const char *
code_word(unsigned value)
{
	return !is_same(code_id(value), "?") ? code_id(value) : NULL;
}

static const char *
effect_word(unsigned value)
{
	return !is_same(effect_name(value), "?") ? effect_name(value) : NULL;
}

static const char *
parameter_word(unsigned value)
{
	return parameter_bounds(value) != NULL ? parameter_bounds(value)->name : NULL;
}

static const struct {
	const char *record;	/* NULL: any */
	const char *field;
	const char *(*word)(unsigned value);
} enumerations[] = {
	{ "worker", "state", worker_state_word },
	{ "worker", "why", worker_reason_word },
	{ "worker", "status", status_word },
	{ "worker", "tier_next", tier_next_word },
	{ "worker", "failed_check", failed_check_word },
	{ "proposal", "state", proposal_state_word },
	{ "slash", "state", slash_state_word },
	{ "slash", "rule", slash_rule_word },
	{ "app", "state", app_state_word },
	{ "root", "kind", root_kind_word },
	{ "collateral", "kind", collateral_word },
	{ "deny", "kind", deny_word },
	{ "undeny", "kind", deny_word },
	{ "transaction_body", "kind", kind_word },
	{ "reattest", "form", reattest_form_word },
	{ "set-parameter", "parameter", parameter_word },
	{ NULL, "act", act_word },
	{ NULL, "tee", tees_word },
	{ NULL, "order", app_order_word },
	{ NULL, "code", code_word },
	{ NULL, "effect", effect_word }
};

static const char *(*
words_of(const struct record *record, const struct field *field))(unsigned value)
{
	if (field->type != FIELD_U8 && field->type != FIELD_U16) {
		return NULL;
	}
	for (size_t i = 0; i < COUNT(enumerations); i++) {
		if (is_same(enumerations[i].field, field->name) &&
		    (enumerations[i].record == NULL || is_same(enumerations[i].record, record->name))) {
			return enumerations[i].word;
		}
	}
	return NULL;
}

const char *
record_word(const struct record *record, const struct field *field, uint64_t value)
{
	const char *(*const word)(unsigned) = words_of(record, field);

	return word != NULL && value <= UINT16_MAX ? word((unsigned)value) : NULL;
}

bool
record_has_words(const struct record *record, const struct field *field)
{
	return words_of(record, field) != NULL;
}

const char *
record_word_next(const struct record *record, const struct field *field, unsigned *at)
{
	const char *(*const word)(unsigned) = words_of(record, field);

	while (word != NULL && *at <= (field->type == FIELD_U8 ? UINT8_MAX : UINT16_MAX)) {
		const char *const found = word(*at);

		*at += 1;
		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

bool
record_word_value(uint64_t *value, const struct record *record, const struct field *field, struct assay_bytes word)
{
	unsigned at = 0;
	const char *found;

	while ((found = record_word_next(record, field, &at)) != NULL) {
		if (bytes_equal_text(word, found)) {
			*value = at - 1;
			return true;
		}
	}
	return false;
}

/* ---- roles */

static const struct {
	const char *field;
	enum field_role role;
} roles[] = {
	{ "duration_ms", ROLE_DURATION },
	{ "halted_ms", ROLE_DURATION },
	{ "pause_used_ms", ROLE_DURATION },
	{ "aged_ms", ROLE_DURATION },
	{ "stretched_ms", ROLE_DURATION },
	{ "tiers", ROLE_TIERS },
	{ "tees", ROLE_TEES },
	{ "members", ROLE_IDS },
	{ "td_workers", ROLE_IDS },
	{ "advisories", ROLE_TEXTS },
	{ "mitigates", ROLE_TEXTS },
	{ "witnesses", ROLE_WITNESSES },
	{ "changes", ROLE_CHANGES },
	{ "validators", ROLE_VALIDATORS },
	{ "selector", ROLE_SELECTOR },
	{ "document", ROLE_DOCUMENT },
	{ "slot", ROLE_SLOT },
	{ "spot", ROLE_SLOT },
	{ "app_slot", ROLE_SLOT }
};

static bool
ends_in(const char *name, const char *end)
{
	const size_t len = strlen(name);
	const size_t end_len = strlen(end);

	return len >= end_len && is_same(name + len - end_len, end);
}

enum field_role
record_role(const struct record *record, const struct field *field)
{
	for (size_t i = 0; i < COUNT(roles); i++) {
		if (is_same(roles[i].field, field->name)) {
			return roles[i].role;
		}
	}
	if (is_same(field->name, "arguments") && record_field(record, "act") != NULL) {
		return ROLE_ARGUMENTS;
	}
	if (field->type != FIELD_U64 && field->type != FIELD_U64S) {
		return ROLE_PLAIN;
	}
	return ends_in(field->name, "_own_ms") ? ROLE_OWN_TIME : ends_in(field->name, "_ms") ? ROLE_TIME :
	    ends_in(field->name, "_s") ? ROLE_SECONDS : ROLE_PLAIN;
}

/* ---- values */

const struct field *
record_field(const struct record *record, const char *name)
{
	for (size_t i = 0; i < record->count; i++) {
		if (is_same(record->fields[i].name, name)) {
			return &record->fields[i];
		}
	}
	return NULL;
}

uint64_t
record_number(const struct field *field, const void *in)
{
	const uint8_t *const at = (const uint8_t *)in + field->offset;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	bool flag;

	switch (field->type) {
	case FIELD_U8:
		return *at;
	case FIELD_FLAG:
		memcpy(&flag, at, sizeof(flag));
		return flag;
	case FIELD_U16:
		memcpy(&u16, at, sizeof(u16));
		return u16;
	case FIELD_U32:
		memcpy(&u32, at, sizeof(u32));
		return u32;
	case FIELD_U64:
		memcpy(&u64, at, sizeof(u64));
		return u64;
	default:
		return 0;
	}
}

struct assay_bytes
record_bytes(const struct field *field, const void *in)
{
	const uint8_t *const at = (const uint8_t *)in + field->offset;
	struct assay_bytes bytes = { NULL, 0 };
	uint16_t len;

	switch (field->type) {
	case FIELD_BYTES:
		return bytes_of(at, field->n);
	case FIELD_VAR:
	case FIELD_TEXT:
		memcpy(&len, at, sizeof(len));
		return bytes_of(len != 0 ? at + sizeof(len) : NULL, len);
	case FIELD_SLICE:
		memcpy(&bytes, at, sizeof(bytes));
		return bytes;
	default:
		return bytes;
	}
}
