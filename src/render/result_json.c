/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result object (assay.result/1): a verdict as JSON.  Members keep their
 * order and are never left out; what is absent is null.
 */
#include "render/render.h"
#include "render/words.h"

/* A name of this many bytes is cut: escaped it still leaves room for the rest. */
#define NAME_BYTES_MAX 1024

static void
name_tier(struct writer *w, const char *name, enum assay_tier tier)
{
	json_put_name(w, name);
	if (tier == ASSAY_TIER_NONE) {
		json_put_null(w);
	} else {
		json_put_unsigned(w, assay_tier_number(tier));
	}
}

static void
name_utc(struct writer *w, const char *name, bool present, int64_t seconds)
{
	json_put_name(w, name);
	if (present) {
		json_put_utc(w, seconds);
	} else {
		json_put_null(w);
	}
}

static void
name_hex(struct writer *w, const char *name, bool present, const void *data, size_t len)
{
	json_put_name(w, name);
	if (present) {
		json_put_hex(w, bytes_of(data, len));
	} else {
		json_put_null(w);
	}
}

static void
name_text(struct writer *w, const char *name, bool present, const char *text)
{
	json_put_name(w, name);
	if (present) {
		json_put_text(w, text);
	} else {
		json_put_null(w);
	}
}

static void
name_unsigned(struct writer *w, const char *name, bool present, uint64_t value)
{
	json_put_name(w, name);
	if (present) {
		json_put_unsigned(w, value);
	} else {
		json_put_null(w);
	}
}

static void
name_boolean(struct writer *w, const char *name, bool present, bool value)
{
	json_put_name(w, name);
	if (present) {
		json_put_boolean(w, value);
	} else {
		json_put_null(w);
	}
}

static void
put_input(struct writer *w, const struct assay_verdict *v, struct assay_bytes name, const uint8_t *digest)
{
	json_put_name(w, "input");
	json_put_object(w);
	json_put_name(w, "name");
	json_put_string(w, bytes_slice(name, 0, name.len < NAME_BYTES_MAX ? name.len : NAME_BYTES_MAX));
	name_hex(w, "sha256", true, digest, 32);
	name_text(w, "kind", v->kind != ASSAY_EVIDENCE_NONE, assay_evidence_kind_word(v->kind));
	name_unsigned(w, "version", v->version != 0, v->version);
	json_put_end(w, '}');
}

/* Only where the presets disagree: then all of them. */
static void
put_tier_by_policy(struct writer *w, const struct assay_verdict *v)
{
	bool agree = true;

	for (unsigned i = 1; i < ASSAY_PRESETS_COUNT; i++) {
		agree = agree && v->tier_by_preset[i] == v->tier_by_preset[0];
	}
	json_put_name(w, "tier_by_policy");
	json_put_object(w);
	for (unsigned i = 0; !agree && i < ASSAY_PRESETS_COUNT; i++) {
		name_tier(w, assay_policy_preset_name(i), v->tier_by_preset[i]);
	}
	json_put_end(w, '}');
}

static void
put_reasons(struct writer *w, const struct assay_verdict *v)
{
	json_put_name(w, "reasons");
	json_put_array(w);
	if (v->authenticity != ASSAY_GENUINE && v->first_failed >= 0) {
		json_put_text(w, assay_check_id((enum assay_check)v->first_failed));
	}
	for (unsigned i = 0; v->authenticity == ASSAY_GENUINE && i < v->reasons_count; i++) {
		const enum assay_reason reason = (enum assay_reason)v->reasons[i];

		if (reason == ASSAY_REASON_CEILING && v->ceiling_word[0] != '\0') {
			char text[ASSAY_WORD_BYTES + 32];
			struct writer word;

			writer_start(&word, text, sizeof(text));
			put_text(&word, assay_reason_id(reason));
			put_char(&word, ':');
			put_text(&word, v->ceiling_word);
			json_put_string(w, bytes_of(text, word.len));
		} else {
			json_put_text(w, assay_reason_id(reason));
		}
	}
	json_put_end(w, ']');
}

static void
put_times(struct writer *w, const struct assay_verdict *v)
{
	json_put_name(w, "time");
	json_put_object(w);
	json_put_name(w, "at");
	json_put_utc(w, v->at_s);
	name_utc(w, "valid_from", v->has_validity, v->valid_from_s);
	name_utc(w, "valid_until", v->has_validity && v->valid_until_s < RENDER_NO_END_S, v->valid_until_s);
	json_put_end(w, '}');

	json_put_name(w, "as_of");
	if (!v->has_as_of) {
		json_put_null(w);
		return;
	}
	json_put_object(w);
	json_put_name(w, "at");
	json_put_utc(w, v->as_of_s);
	json_put_name(w, "verdict");
	json_put_text(w, assay_authenticity_word(v->as_of_authenticity));
	name_tier(w, "tier", v->as_of_tier);
	json_put_end(w, '}');
}

/* all: every advisory; else those that count under the policy, whether or not the tier is due to them. */
static void
put_advisories(struct writer *w, const struct assay_verdict *v, bool all)
{
	json_put_name(w, all ? "advisories" : "advisories_counted");
	if (v->advisories_unknown || v->tcb_status == ASSAY_TCB_UNKNOWN) {
		json_put_null(w);
		return;
	}
	json_put_array(w);
	for (unsigned i = 0; i < v->advisories_count; i++) {
		if (all || (v->advisories_counted >> i & 1) != 0) {
			json_put_text(w, v->advisories[i]);
		}
	}
	json_put_end(w, ']');
}

static void
put_shortfall(struct writer *w, const struct assay_verdict *v)
{
	json_put_name(w, "shortfall");
	json_put_array(w);
	for (unsigned i = 0; i < v->shortfalls_count; i++) {
		const struct assay_shortfall *s = &v->shortfalls[i];
		const bool indexed = s->part == ASSAY_SHORTFALL_SGX_COMPONENT ||
		    s->part == ASSAY_SHORTFALL_TDX_COMPONENT;
		const bool counted = s->part != ASSAY_SHORTFALL_CONFIGURATION;

		json_put_object(w);
		json_put_name(w, "part");
		json_put_text(w, shortfall_part_word(s->part));
		name_unsigned(w, "index", indexed, s->index);
		name_unsigned(w, "has", counted, s->has);
		name_unsigned(w, "needs", counted, s->needs);
		name_text(w, "status", s->status != ASSAY_TCB_UNKNOWN, assay_tcb_status_word(s->status, v->kind));
		json_put_name(w, "raised_by");
		json_put_text(w, raised_by_word(s->raised_by));
		json_put_end(w, '}');
	}
	json_put_end(w, ']');
}

static void
name_flag(struct writer *w, const char *name, bool present, enum assay_flag flag)
{
	name_boolean(w, name, present && flag != ASSAY_FLAG_UNDEFINED, flag == ASSAY_FLAG_TRUE);
}

static void
put_ias(struct writer *w, const struct assay_verdict *v)
{
	const struct assay_ias *ias = &v->ias;

	json_put_name(w, "ias");
	if (v->kind != ASSAY_EVIDENCE_IAS_REPORT || ias->version == 0) {
		json_put_null(w);
		return;
	}
	json_put_object(w);
	name_utc(w, "timestamp", true, ias->timestamp_s);
	name_boolean(w, "linkable", true, ias->linkable);
	name_unsigned(w, "group_flags", ias->has_platform_info, ias->group_flags);
	name_unsigned(w, "tcb_flags", ias->has_platform_info, ias->tcb_flags);
	name_unsigned(w, "pse_flags", ias->has_platform_info, ias->pse_flags);
	json_put_end(w, '}');
}

static void
put_platform(struct writer *w, const struct assay_verdict *v)
{
	const struct assay_platform *p = &v->platform;
	const bool has = v->has_platform;

	json_put_name(w, "platform");
	json_put_object(w);
	name_text(w, "vendor", v->kind != ASSAY_EVIDENCE_NONE, vendor_word(v->kind));
	name_text(w, "tee", v->tee != ASSAY_TEE_NONE, tee_word(v->tee));
	name_hex(w, "id", p->has_id, p->id, sizeof(p->id));
	name_hex(w, "fmspc", has, p->fmspc, sizeof(p->fmspc));
	name_text(w, "tcb_status", v->tcb_status != ASSAY_TCB_UNKNOWN,
	    assay_tcb_status_word(v->tcb_status, v->kind));
	name_unsigned(w, "tcb_evaluation_number", v->tcb_evaluation_number != 0, v->tcb_evaluation_number);
	put_advisories(w, v, true);
	put_advisories(w, v, false);
	put_shortfall(w, v);

	name_utc(w, "tcb_date", v->tcb_date_s != 0, v->tcb_date_s);
	name_hex(w, "ppid", has && p->has_id, p->ppid, sizeof(p->ppid));
	name_hex(w, "pce_id", has, p->pce_id, sizeof(p->pce_id));
	name_hex(w, "components", has, p->components, sizeof(p->components));
	name_unsigned(w, "pcesvn", has, p->pcesvn);
	name_unsigned(w, "sgx_type", has, p->sgx_type);
	name_flag(w, "dynamic_platform", has, p->dynamic_platform);
	name_flag(w, "cached_keys", has, p->cached_keys);
	name_flag(w, "smt_enabled", has, p->smt_enabled);
	put_ias(w, v);
	json_put_end(w, '}');
}

/* These fields have a place of their own in the object. */
static bool
stands_elsewhere(enum assay_field field)
{
	return field == ASSAY_FIELD_REPORT_DATA || field == ASSAY_FIELD_FMSPC ||
	    field == ASSAY_FIELD_PPID || field == ASSAY_FIELD_PLATFORM_ID;
}

static void
put_measurements(struct writer *w, const struct assay_verdict *v)
{
	json_put_name(w, "measurements");
	if (!v->has_body) {
		json_put_null(w);
		return;
	}
	json_put_object(w);
	for (int i = 1; i < ASSAY_FIELD_COUNT; i++) {
		const enum assay_field field = (enum assay_field)i;
		uint8_t scratch[8];
		const struct assay_bytes value = assay_verdict_field(v, field, scratch);

		if (value.len == 0 || stands_elsewhere(field)) {
			continue;
		}
		json_put_name(w, assay_field_id(field));
		if (field == ASSAY_FIELD_NONCE) {
			json_put_string(w, value);
		} else if (value.len == 2) {
			json_put_unsigned(w, (uint64_t)value.data[0] << 8 | value.data[1]);
		} else {
			json_put_hex(w, value);
		}
	}
	if (v->tee == ASSAY_TEE_SGX) {
		name_hex(w, "cpusvn", true, v->sgx.cpusvn, sizeof(v->sgx.cpusvn));
	} else if (v->tee == ASSAY_TEE_TDX) {
		name_hex(w, "seam_attributes", true, v->td.seam_attributes, sizeof(v->td.seam_attributes));
		name_hex(w, "tee_tcb_svn", true, v->td.tee_tcb_svn, sizeof(v->td.tee_tcb_svn));
		if (v->td.has_1_5) {
			name_hex(w, "tee_tcb_svn2", true, v->td.tee_tcb_svn2, sizeof(v->td.tee_tcb_svn2));
		}
	}
	json_put_end(w, '}');
}

static void
put_report_data(struct writer *w, const struct assay_verdict *v)
{
	uint8_t scratch[8];
	const struct assay_bytes value = assay_verdict_field(v, ASSAY_FIELD_REPORT_DATA, scratch);

	name_hex(w, "report_data", v->has_body && value.len != 0, value.data, value.len);
	name_boolean(w, "debug", v->has_body, v->debug);
}

static void
put_collateral(struct writer *w, const struct assay_verdict *v)
{
	json_put_name(w, "collateral");
	json_put_array(w);
	for (unsigned i = 0; i < v->collateral_count; i++) {
		const struct assay_collateral_part *part = &v->collateral[i];

		json_put_object(w);
		json_put_name(w, "kind");
		json_put_text(w, collateral_kind_word(part->kind));
		name_hex(w, "sha256", true, part->digest, sizeof(part->digest));
		name_utc(w, "issued", true, part->issued_s);
		name_utc(w, "next_update", true, part->next_update_s);
		json_put_end(w, '}');
	}
	json_put_end(w, ']');
}

static void
put_checks(struct writer *w, const struct assay_verdict *v)
{
	json_put_name(w, "checks");
	json_put_array(w);
	for (int i = 0; i < ASSAY_CHECK_COUNT; i++) {
		json_put_object(w);
		json_put_name(w, "id");
		json_put_text(w, assay_check_id((enum assay_check)i));
		json_put_name(w, "result");
		json_put_text(w, check_result_word((enum assay_check_result)v->checks[i]));
		json_put_name(w, "text");
		json_put_text(w, assay_check_text((enum assay_check)i));
		json_put_end(w, '}');
	}
	json_put_end(w, ']');
}

size_t
render_result(const struct assay_verdict *verdict, const struct assay_verifier *verifier,
    struct assay_bytes input_name, const uint8_t input_digest[static 32], char *out, size_t size)
{
	const struct assay_verdict *v = verdict;
	struct writer writer;
	struct writer *w = &writer;

	writer_start(w, out, size);
	json_put_object(w);
	json_put_name(w, "schema");
	json_put_text(w, "assay.result/1");
	put_input(w, v, input_name, input_digest);
	json_put_name(w, "verdict");
	json_put_text(w, assay_authenticity_word(v->authenticity));
	name_tier(w, "tier", v->tier);
	put_tier_by_policy(w, v);
	name_tier(w, "tier_next", v->has_tier_next ? v->tier_next : ASSAY_TIER_NONE);
	name_utc(w, "tier_next_at", v->tier_next_at_s != 0, v->tier_next_at_s);
	put_reasons(w, v);
	json_put_name(w, "policy");
	json_put_object(w);
	json_put_name(w, "name");
	json_put_text(w, v->policy_name);
	name_hex(w, "sha256", true, v->policy_digest, sizeof(v->policy_digest));
	json_put_end(w, '}');
	put_times(w, v);
	put_platform(w, v);
	put_measurements(w, v);
	put_report_data(w, v);
	put_collateral(w, v);
	put_checks(w, v);
	name_boolean(w, "simulated", true, v->simulated);
	/* tier_next null means "no tier" where this is true, else "not known". */
	name_boolean(w, "tier_next_known", true, v->has_tier_next);
	if (verifier->references_count != 0) {
		json_put_name(w, "expected");
		render_references_json(w, v, verifier);
	}
	json_put_end(w, '}');
	return writer_finish(w);
}

size_t
assay_result_json(const struct assay_verdict *verdict, struct assay_bytes input_name,
    const uint8_t input_digest[static 32], char *out, size_t size)
{
	const struct assay_verifier nothing_expected = { .references_count = 0 };

	return render_result(verdict, &nothing_expected, input_name, input_digest, out, size);
}
