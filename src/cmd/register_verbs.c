/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs that send a transaction of one kind, or propose one act. */
#include "cmd/register_verbs.h"

#include <stdio.h>

#include "cmd/failure.h"
#include "cmd/input.h"
#include "cmd/near.h"
#include "cmd/register_fields.h"
#include "cmd/register_send.h"
#include "evidence/quote.h"
#include "evidence/report.h"

/* ---- kinds ------------------------------------------------------------ */

static int
record_from(struct place *place, const struct record *record, void *out, const char *what, const char *name,
    const char *operand, const char *selector)
{
	const char *const given[] = { name != NULL ? name : selector, name != NULL ? selector : NULL, NULL };
	int code = 0;

	if (name != NULL) {
		code = field_set(place, record, out, name, operand);
	}
	return code != 0 ? code : fields_read(place, record, out, what, given);
}

int
verb_send(const struct arguments *arguments, const char *what, enum kind kind, const char *name, const char *operand)
{
	const struct record *const record = kind_record(kind);
	struct place place;
	void *out;
	int code = fields_check(arguments, record, what, NULL);

	if (code != 0) {
		return code;
	}
	code = place_open_to_send(&place, arguments);
	if (code == 0) {
		out = arena_get(&place.arena, record->struct_size);
		code = record_from(&place, record, out, what, name, operand, NULL);
		if (code == 0) {
			code = send_one(&place, kind, out);
		}
	}
	place_close(&place);
	return code;
}

/* ---- acts ------------------------------------------------------------- */

static const char *const selector_options[] = {
	"reason", "quote", "mrenclave", "mrsigner", "isv-prod-id", "isv-svn", "mrtd", "rtmr0", "rtmr1", "rtmr2", "rtmr3", NULL
};
static const char *const reason_options[] = { "reason", NULL };

/* What a quote says of its program, unverified: whoever approves the act compares it with a build. */
static int
selector_from_quote(struct allow_program_arguments *a, const char *path)
{
	struct input input = { .name = path };
	struct sgx_selector sgx = { .has_mrenclave = true };
	struct td_selector td = { .has_rtmr3 = false };
	struct assay_sgx_report report;
	struct assay_td_report td_report;
	struct quote quote;
	int code = input_load(&input, path);

	if (code == 0 && (quote_parse(&quote, input.evidence) != ASSAY_CHECK_COUNT || quote.tee == ASSAY_TEE_NONE)) {
		code = fail(EXIT_USAGE, "it is no quote that can be read", "give a quote of the program, or its measurements",
		    "%s does not say which program made it, so nothing was done", path);
	} else if (code == 0 && quote.tee == ASSAY_TEE_SGX) {
		sgx_report_parse(&report, quote.body);
		memcpy(sgx.mrenclave, report.mrenclave, sizeof(sgx.mrenclave));
		memcpy(sgx.mrsigner, report.mrsigner, sizeof(sgx.mrsigner));
		sgx.isv_prod_id = report.isv_prod_id;
		sgx.isv_svn = report.isv_svn;
		a->selector.len = (uint16_t)record_encode(&sgx_selector_record, &sgx, a->selector.data, sizeof(a->selector.data));
		a->tee = ASSAY_TEE_SGX;
	} else if (code == 0) {
		td_report_parse(&td_report, quote.body);
		memcpy(td.mrtd, td_report.mrtd, sizeof(td.mrtd));
		memcpy(td.rtmr0, td_report.rtmr[0], sizeof(td.rtmr0));
		memcpy(td.rtmr1, td_report.rtmr[1], sizeof(td.rtmr1));
		memcpy(td.rtmr2, td_report.rtmr[2], sizeof(td.rtmr2));
		a->selector.len = (uint16_t)record_encode(&td_selector_record, &td, a->selector.data, sizeof(a->selector.data));
		a->tee = ASSAY_TEE_TDX;
	}
	input_release(&input);
	return code;
}

/* The measurements as options of their own, or a quote that shows them. */
static int
selector_read(struct place *place, struct allow_program_arguments *a, const char *what, bool *done)
{
	const char *quote = option_value(place->arguments, "quote");
	static const char *const sgx_given[] = { "has_mrenclave", NULL };
	static const char *const td_given[] = { "has_rtmr3", "rtmr3", NULL };
	struct sgx_selector sgx = { .has_mrenclave = option_given(place->arguments, "mrenclave") };
	struct td_selector td = { .has_rtmr3 = option_given(place->arguments, "rtmr3") };
	int code = 0;

	*done = true;
	if (quote != NULL) {
		return selector_from_quote(a, quote);
	}
	if (option_given(place->arguments, "mrsigner") || option_given(place->arguments, "mrenclave")) {
		code = fields_read(place, &sgx_selector_record, &sgx, what, sgx_given);
		a->tee = ASSAY_TEE_SGX;
		a->selector.len = (uint16_t)record_encode(&sgx_selector_record, &sgx, a->selector.data, sizeof(a->selector.data));
	} else if (option_given(place->arguments, "mrtd")) {
		code = fields_read(place, &td_selector_record, &td, what, td.has_rtmr3 ? sgx_given : td_given);
		a->tee = ASSAY_TEE_TDX;
		a->selector.len = (uint16_t)record_encode(&td_selector_record, &td, a->selector.data, sizeof(a->selector.data));
	} else {
		*done = false;
	}
	return code;
}

static int
act_read(struct place *place, enum act act, void *out, const char *what, const char *name, const char *operand)
{
	bool selected = false;
	static const char *const selector_given[] = { "tee", "selector", NULL };
	int code = 0;

	if (act != ACT_ALLOW_PROGRAM) {
		return record_from(place, act_record(act), out, what, name, operand, NULL);
	}
	code = selector_read(place, out, what, &selected);
	if (code == 0 && !selected && !option_given(place->arguments, "selector")) {
		return fail(EXIT_USAGE, "a program is known by its measurements", "give --quote FILE, a quote that it made; or "
		    "--mrenclave, --mrsigner, --isv-prod-id and --isv-svn; or --mrtd and --rtmr0 to --rtmr2",
		    "`%s` does not say which program, so nothing was done", what);
	}
	return code != 0 ? code : fields_read(place, act_record(act), out, what, selected ? selector_given : NULL);
}

static int
propose(struct place *place, enum act act, const char *what, const char *name, const char *operand)
{
	const struct record *const record = act_record(act);
	struct propose_arguments *const a = arena_get(&place->arena, sizeof(*a));
	void *const arguments = arena_get(&place->arena, record->struct_size);
	uint8_t *const encoded = arena_get(&place->arena, DOCUMENT_BYTES_MAX);
	const char *reason = option_value(place->arguments, "reason");
	int code;

	if (reason == NULL || reason[0] == '\0') {
		return fail(EXIT_USAGE, "whoever audits the register reads why, for ever",
		    "give --reason TEXT, at most 500 bytes", "`%s` needs a reason, so nothing was done", what);
	}
	if (!VAR_SET(a->reason, bytes_of_text(reason))) {
		return fail(EXIT_USAGE, "it has more than 500 bytes", "say it in fewer words",
		    "the reason is too long, so nothing was done");
	}
	code = act_read(place, act, arguments, what, name, operand);
	if (code != 0) {
		return code;
	}
	a->act = (uint8_t)act;
	a->arguments = bytes_of(encoded, record_encode(record, arguments, encoded, DOCUMENT_BYTES_MAX));
	return send_one(place, KIND_PROPOSE, a);
}

int
verb_propose(const struct arguments *arguments, const char *what, enum act act, const char *name, const char *operand)
{
	struct place place;
	int code = fields_check(arguments, act_record(act), what,
	    act == ACT_ALLOW_PROGRAM ? selector_options : reason_options);

	if (code != 0) {
		return code;
	}
	code = place_open_to_send(&place, arguments);
	if (code == 0) {
		code = propose(&place, act, what, name, operand);
	}
	place_close(&place);
	return code;
}

/* ---- verbs ------------------------------------------------------------ */

static int
verb_unknown(const char *command, const char *word, const struct verb *verbs)
{
	struct near near = { .count = 0 };
	char cause[256] = "its words are ";
	char otherwise[64];
	char text[256];

	for (const struct verb *v = verbs; v->word != NULL; v++) {
		const size_t len = strlen(cause);

		near_offer(&near, word, v->word);
		snprintf(cause + len, sizeof(cause) - len, "%s%s", v == verbs ? "" : ", ", v->word);
	}
	snprintf(otherwise, sizeof(otherwise), "run `assay help %s`", command);
	return fail(EXIT_USAGE, cause, near_text(&near, text, sizeof(text), otherwise), "`assay %s %s` cannot be understood",
	    command, word);
}

static int
count_wrong(const struct arguments *arguments, const char *what, const struct verb *v)
{
	const size_t most = v->run != NULL ? v->operands_max : v->operand != NULL;
	char usage[160];

	if (arguments->operands_count - 1 > most) {
		return fail(EXIT_USAGE, "it is one word too many", "leave it out", "`%s` does not know what to do with %s", what,
		    arguments->operands[most + 1]);
	}
	snprintf(usage, sizeof(usage), "write `%s %s`", what, v->operand);
	return fail(EXIT_USAGE, "something is missing after it", usage,
	    "`%s` was not told what to work on, so nothing was done", what);
}

int
verbs_run(const struct arguments *arguments, const char *command, const struct verb *verbs)
{
	const struct verb *v = verbs;
	char what[96];

	while (v->word != NULL && strcmp(v->word, arguments->operands[0]) != 0) {
		v++;
	}
	if (v->word == NULL) {
		return verb_unknown(command, arguments->operands[0], verbs);
	}
	snprintf(what, sizeof(what), "assay %s %s", command, v->word);
	if (arguments->operands_count - 1 > (v->run != NULL ? v->operands_max : v->operand != NULL) ||
	    (v->run == NULL && v->operand != NULL && arguments->operands_count != 2)) {
		return count_wrong(arguments, what, v);
	}
	if (v->run != NULL) {
		return v->run(arguments);
	}
	const char *operand = v->operand != NULL ? arguments->operands[1] : NULL;

	return v->act != 0 ? verb_propose(arguments, what, (enum act)v->act, v->operand, operand) :
	    verb_send(arguments, what, (enum kind)v->kind, v->operand, operand);
}
