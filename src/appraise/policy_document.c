/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies as documents: assay.policy/1, JSON.  This is the writing: the
 * canonical text, which the digest is of.  policy_reader.c reads.
 */
#include "appraise/policy.h"
#include "appraise/policy_words.h"
#include "base/text.h"
#include "format/utc.h"

const enum assay_tcb_status policy_tiered[TIERED_COUNT] = {
	ASSAY_TCB_UP_TO_DATE, ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_TCB_CONFIGURATION_NEEDED,
	ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, ASSAY_TCB_OUT_OF_DATE,
	ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, ASSAY_TCB_TD_RELAUNCH_ADVISED,
	ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
};

const struct flag_word policy_permit_words[PERMIT_WORDS_COUNT] = {
	{ "debug", ASSAY_PERMIT_DEBUG },
	{ "enclave-attributes", ASSAY_PERMIT_ENCLAVE_ATTRIBUTES },
	{ "td-attributes", ASSAY_PERMIT_TD_ATTRIBUTES },
	{ "no-sept-ve-disable", ASSAY_PERMIT_SEPT_VE },
	{ "service-td", ASSAY_PERMIT_SERVICE_TD },
};

const struct flag_word policy_require_words[REQUIRE_WORDS_COUNT] = {
	{ "smt-disabled", ASSAY_REQUIRE_SMT_DISABLED },
	{ "static-platform", ASSAY_REQUIRE_STATIC_PLATFORM },
	{ "no-cached-keys", ASSAY_REQUIRE_NO_CACHED_KEYS },
};

static void
put_member(struct text *t, const char *name)
{
	text_puts(t, "\"");
	text_puts(t, name);
	text_puts(t, "\":");
}

static void
put_tiers(struct text *t, const struct assay_policy *policy)
{
	bool first = true;

	put_member(t, "tiers");
	text_puts(t, "{");
	for (size_t i = 0; i < TIERED_COUNT; i++) {
		const enum assay_tier tier = policy->tier_of_status[policy_tiered[i]];

		if (tier == ASSAY_TIER_NONE) {
			continue;
		}
		text_puts(t, first ? "" : ",");
		put_member(t, assay_tcb_status_word(policy_tiered[i], ASSAY_EVIDENCE_SGX_QUOTE));
		text_unsigned(t, assay_tier_number(tier));
		first = false;
	}
	text_puts(t, "},");
}

static void
put_ids(struct text *t, const char *name, const struct assay_advisory_list *list)
{
	put_member(t, name);
	text_puts(t, "[");
	for (uint32_t i = 0; i < list->count; i++) {
		text_puts(t, i == 0 ? "\"" : ",\"");
		text_puts(t, list->ids[i].id);
		text_puts(t, "\"");
	}
	text_puts(t, "],");
}

static void
put_critical(struct text *t, const struct assay_advisory_list *list)
{
	put_member(t, "critical");
	text_puts(t, "[");
	for (uint32_t i = 0; i < list->count; i++) {
		char date[UTC_TEXT_BYTES];

		text_puts(t, i == 0 ? "{\"id\":\"" : ",{\"id\":\"");
		text_puts(t, list->ids[i].id);
		text_puts(t, "\"");
		if (list->ids[i].fixed_s != 0) {
			utc_format(date, list->ids[i].fixed_s);
			text_puts(t, ",\"fixed\":\"");
			text_puts(t, date);
			text_puts(t, "\"");
		}
		text_puts(t, "}");
	}
	text_puts(t, "]");
}

static void
put_flags(struct text *t, const char *name, uint32_t flags, const struct flag_word *words, size_t count)
{
	bool first = true;

	put_member(t, name);
	text_puts(t, "[");
	for (size_t i = 0; i < count; i++) {
		if ((flags & words[i].bit) != 0) {
			text_puts(t, first ? "\"" : ",\"");
			text_puts(t, words[i].word);
			text_puts(t, "\"");
			first = false;
		}
	}
	text_puts(t, "],");
}

static void
put_ceilings(struct text *t, const struct assay_policy *policy)
{
	put_member(t, "ceilings");
	text_puts(t, "[");
	for (uint32_t i = 0; i < policy->ceilings_count; i++) {
		const struct assay_ceiling *ceiling = &policy->ceilings[i];

		text_puts(t, i == 0 ? "{\"tee\":\"" : ",{\"tee\":\"");
		text_puts(t, ceiling->tee == ASSAY_TEE_TDX ? "tdx" : "sgx");
		text_puts(t, "\",\"tier\":");
		text_unsigned(t, assay_tier_number(ceiling->tier));
		text_puts(t, ",\"word\":\"");
		text_puts(t, ceiling->word);
		text_puts(t, "\"}");
	}
	text_puts(t, "],");
}

static void
put_advisories(struct text *t, const struct assay_policy *policy)
{
	put_member(t, "advisories");
	text_puts(t, "{");
	/* Left out, it means that an advisory which counts leaves no tier. */
	if (policy->advisory_tier != ASSAY_TIER_NONE) {
		put_member(t, "tier");
		text_unsigned(t, assay_tier_number(policy->advisory_tier));
		text_puts(t, ",");
	}
	text_puts(t, "\"count_from_tier\":");
	text_unsigned(t, assay_tier_number(policy->advisories_count_at_or_below));
	text_puts(t, ",\"count_beside_up_to_date\":");
	text_puts(t, policy->advisories_count_beside_up_to_date ? "true" : "false");
	text_puts(t, ",\"hard_stays_in_tier_2\":");
	text_puts(t, policy->hard_stays_in_tier_2 ? "true," : "false,");
	put_ids(t, "whitelist", &policy->whitelist);
	put_ids(t, "hard", &policy->hard);
	put_critical(t, &policy->critical);
	text_puts(t, "},");
}

static void
put_seconds(struct text *t, const char *name, int64_t seconds)
{
	put_member(t, name);
	text_integer(t, seconds);
	text_puts(t, ",");
}

size_t
assay_policy_document(const struct assay_policy *policy, char *out, size_t size)
{
	struct text t = { out, size, 0 };
	char date[UTC_TEXT_BYTES];

	text_puts(&t, "{\"schema\":\"assay.policy/1\",\"name\":\"");
	text_puts(&t, policy->name);
	text_puts(&t, "\",");
	put_tiers(&t, policy);
	put_advisories(&t, policy);
	put_member(&t, "minimum_tcb_evaluation_number");
	text_unsigned(&t, policy->minimum_tcb_evaluation_number);
	text_puts(&t, ",");
	put_flags(&t, "permit", policy->permit, policy_permit_words, PERMIT_WORDS_COUNT);
	put_flags(&t, "require", policy->require, policy_require_words, REQUIRE_WORDS_COUNT);
	put_ceilings(&t, policy);
	put_seconds(&t, "collateral_grace_s", policy->collateral_grace_s);
	put_seconds(&t, "out_of_date_grace_s", policy->out_of_date_grace_s);
	put_seconds(&t, "report_age_max_s", policy->report_age_max_s);
	put_member(&t, "tier_next_at");
	if (policy->tier_next_at_s == 0) {
		text_puts(&t, "null}");
	} else {
		utc_format(date, policy->tier_next_at_s);
		text_puts(&t, "\"");
		text_puts(&t, date);
		text_puts(&t, "\"}");
	}
	return t.len;
}
