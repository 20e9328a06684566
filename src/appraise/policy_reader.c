/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading policies (assay.policy/1): any order of members is accepted, unknown
 * and repeated members are refused, and what is missing is left at its
 * strictest.
 */
#include "appraise/policy.h"
#include "appraise/policy_walk.h"
#include "appraise/policy_words.h"

struct reader {
	struct walk w;
	struct assay_policy *policy;
	bool schema;
};

static enum assay_tier
take_tier(struct reader *r)
{
	const int64_t number = walk_integer(&r->w, 1, 5, "a tier is a whole number from 1 to 5");

	return r->w.failed ? ASSAY_TIER_NONE : (enum assay_tier)(6 - number);
}

/* The vendor advises to relaunch what was launched out of date: no policy can make more of it. */
static enum assay_tier
take_tier_of(struct reader *r, enum assay_tcb_status status)
{
	if (status != ASSAY_TCB_TD_RELAUNCH_ADVISED &&
	    status != ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED) {
		return take_tier(r);
	}
	const int64_t number = walk_integer(&r->w, 4, 5, "a TD to be relaunched has tier 4 at best: 4 or 5");

	return r->w.failed ? ASSAY_TIER_NONE : (enum assay_tier)(6 - number);
}

static int64_t
take_seconds(struct reader *r)
{
	return walk_integer(&r->w, 0, ASSAY_POLICY_SECONDS_MAX, "whole seconds from 0 to 316224000 (ten years) are asked for");
}

static void
take_name(struct reader *r, char out[static ASSAY_WORD_BYTES])
{
	walk_word(&r->w, out, ASSAY_WORD_BYTES, "1 to 31 letters, digits, - . _ are asked for");
}

static void
take_id(struct reader *r, struct assay_advisory *advisory)
{
	memset(advisory, 0, sizeof(*advisory));
	walk_word(&r->w, advisory->id, sizeof(advisory->id), "an id has 1 to 23 letters, digits, - . _");
}

/* ---- members ---------------------------------------------------------- */

/* Where the next id goes; NULL where there is no room, which has been told. */
static struct assay_advisory *
next_id(struct reader *r, struct assay_advisory_list *list)
{
	if (list->count == ASSAY_POLICY_IDS_MAX) {
		walk_refuse(&r->w, "a list has at most 64 advisories");
		return NULL;
	}
	list->count++;
	return &list->ids[list->count - 1];
}

static void
take_ids(struct reader *r, struct assay_advisory_list *list)
{
	struct elements e;

	walk_enter_list(&r->w, &e);
	while (walk_next_element(&r->w, &e)) {
		struct assay_advisory *advisory = next_id(r, list);

		if (advisory != NULL) {
			take_id(r, advisory);
		}
	}
}

static void
take_critical_one(struct reader *r, struct assay_advisory *advisory)
{
	struct members m;
	struct assay_bytes name;
	int64_t fixed_s = 0;

	walk_enter_object(&r->w, &m);
	while (walk_next_member(&r->w, &m, &name)) {
		if (bytes_equal_text(name, "id")) {
			take_id(r, advisory);
		} else if (bytes_equal_text(name, "fixed")) {
			fixed_s = walk_utc(&r->w);
		} else {
			walk_unknown_member(&r->w);
		}
	}
	advisory->fixed_s = fixed_s;
	if (advisory->id[0] == '\0') {
		walk_missing_member(&r->w, &m, "id");
	}
}

static void
take_critical(struct reader *r, struct assay_advisory_list *list)
{
	struct elements e;

	walk_enter_list(&r->w, &e);
	while (walk_next_element(&r->w, &e)) {
		struct assay_advisory *advisory = next_id(r, list);

		if (advisory != NULL) {
			take_critical_one(r, advisory);
		}
	}
}

static void
take_advisories(struct reader *r)
{
	struct assay_policy *policy = r->policy;
	struct members m;
	struct assay_bytes name;

	walk_enter_object(&r->w, &m);
	while (walk_next_member(&r->w, &m, &name)) {
		if (bytes_equal_text(name, "tier")) {
			policy->advisory_tier = take_tier(r);
		} else if (bytes_equal_text(name, "count_from_tier")) {
			policy->advisories_count_at_or_below = take_tier(r);
		} else if (bytes_equal_text(name, "count_beside_up_to_date")) {
			policy->advisories_count_beside_up_to_date = walk_boolean(&r->w);
		} else if (bytes_equal_text(name, "hard_stays_in_tier_2")) {
			policy->hard_stays_in_tier_2 = walk_boolean(&r->w);
		} else if (bytes_equal_text(name, "whitelist")) {
			take_ids(r, &policy->whitelist);
		} else if (bytes_equal_text(name, "hard")) {
			take_ids(r, &policy->hard);
		} else if (bytes_equal_text(name, "critical")) {
			take_critical(r, &policy->critical);
		} else {
			walk_unknown_member(&r->w);
		}
	}
}

static void
take_tiers(struct reader *r)
{
	struct members m;
	struct assay_bytes name;

	walk_enter_object(&r->w, &m);
	while (walk_next_member(&r->w, &m, &name)) {
		bool found = false;

		for (size_t i = 0; i < TIERED_COUNT && !found; i++) {
			const enum assay_tcb_status status = policy_tiered[i];

			if (bytes_equal_text(name, assay_tcb_status_word(status, ASSAY_EVIDENCE_SGX_QUOTE))) {
				r->policy->tier_of_status[status] = take_tier_of(r, status);
				found = true;
			}
		}
		if (!found) {
			walk_unknown_member(&r->w);
		}
	}
}

static uint32_t
take_flags(struct reader *r, const struct flag_word *words, size_t count, const char *wanted)
{
	struct elements e;
	uint32_t flags = 0;

	walk_enter_list(&r->w, &e);
	while (walk_next_element(&r->w, &e)) {
		const struct assay_bytes word = walk_string(&r->w, wanted);
		uint32_t bit = 0;

		for (size_t i = 0; i < count; i++) {
			bit |= bytes_equal_text(word, words[i].word) ? words[i].bit : 0;
		}
		if (bit == 0) {
			walk_refuse(&r->w, wanted);
		}
		flags |= bit;
	}
	return flags;
}

static enum assay_tee
take_tee(struct reader *r)
{
	static const char wanted[] = "it is sgx or tdx";
	const struct assay_bytes tee = walk_string(&r->w, wanted);

	if (bytes_equal_text(tee, "sgx")) {
		return ASSAY_TEE_SGX;
	}
	if (bytes_equal_text(tee, "tdx")) {
		return ASSAY_TEE_TDX;
	}
	walk_refuse(&r->w, wanted);
	return ASSAY_TEE_NONE;
}

/* Two would both hold, but a verdict has room for the word of one. */
static bool
has_ceiling(const struct assay_policy *policy, enum assay_tee tee)
{
	for (uint32_t i = 0; i < policy->ceilings_count; i++) {
		if (policy->ceilings[i].tee == tee) {
			return true;
		}
	}
	return false;
}

static void
take_ceiling(struct reader *r, struct assay_ceiling *ceiling)
{
	struct members m;
	struct assay_bytes name;

	walk_enter_object(&r->w, &m);
	while (walk_next_member(&r->w, &m, &name)) {
		if (bytes_equal_text(name, "tee")) {
			ceiling->tee = take_tee(r);
			if (!r->w.failed && has_ceiling(r->policy, ceiling->tee)) {
				walk_refuse(&r->w, "another ceiling is for this TEE already");
			}
		} else if (bytes_equal_text(name, "tier")) {
			ceiling->tier = take_tier(r);
		} else if (bytes_equal_text(name, "word")) {
			take_name(r, ceiling->word);
		} else {
			walk_unknown_member(&r->w);
		}
	}
	if (ceiling->tee == ASSAY_TEE_NONE) {
		walk_missing_member(&r->w, &m, "tee");
	} else if (ceiling->tier == ASSAY_TIER_NONE) {
		walk_missing_member(&r->w, &m, "tier");
	} else if (ceiling->word[0] == '\0') {
		walk_missing_member(&r->w, &m, "word");
	}
}

static void
take_ceilings(struct reader *r)
{
	struct assay_policy *policy = r->policy;
	struct elements e;

	walk_enter_list(&r->w, &e);
	while (walk_next_element(&r->w, &e)) {
		if (policy->ceilings_count == ASSAY_POLICY_CEILINGS_MAX) {
			walk_refuse(&r->w, "there are at most 8 ceilings");
			return;
		}
		take_ceiling(r, &policy->ceilings[policy->ceilings_count]);
		policy->ceilings_count++;
	}
}

static void
take_schema(struct reader *r)
{
	static const char wanted[] = "it is assay.policy/1";

	if (!bytes_equal_text(walk_string(&r->w, wanted), "assay.policy/1")) {
		walk_refuse(&r->w, wanted);
	}
	r->schema = true;
}

static void
take_tier_next_at(struct reader *r)
{
	if (json_type(&r->w.j) == JSON_NULL) {
		walk_null(&r->w);
	} else {
		r->policy->tier_next_at_s = walk_utc(&r->w);
	}
}

static void
take_member(struct reader *r, struct assay_bytes name)
{
	struct assay_policy *policy = r->policy;

	if (bytes_equal_text(name, "schema")) {
		take_schema(r);
	} else if (bytes_equal_text(name, "name")) {
		take_name(r, policy->name);
	} else if (bytes_equal_text(name, "tiers")) {
		take_tiers(r);
	} else if (bytes_equal_text(name, "advisories")) {
		take_advisories(r);
	} else if (bytes_equal_text(name, "minimum_tcb_evaluation_number")) {
		policy->minimum_tcb_evaluation_number = (uint32_t)walk_integer(&r->w, 0, INT32_MAX,
		    "a whole number from 0 to 2147483647 is asked for");
	} else if (bytes_equal_text(name, "permit")) {
		policy->permit = take_flags(r, policy_permit_words, PERMIT_WORDS_COUNT,
		    "the words are debug, enclave-attributes, td-attributes, no-sept-ve-disable, service-td");
	} else if (bytes_equal_text(name, "require")) {
		policy->require = take_flags(r, policy_require_words, REQUIRE_WORDS_COUNT,
		    "the words are smt-disabled, static-platform, no-cached-keys");
	} else if (bytes_equal_text(name, "ceilings")) {
		take_ceilings(r);
	} else if (bytes_equal_text(name, "collateral_grace_s")) {
		policy->collateral_grace_s = take_seconds(r);
	} else if (bytes_equal_text(name, "out_of_date_grace_s")) {
		policy->out_of_date_grace_s = take_seconds(r);
	} else if (bytes_equal_text(name, "report_age_max_s")) {
		policy->report_age_max_s = take_seconds(r);
	} else if (bytes_equal_text(name, "tier_next_at")) {
		take_tier_next_at(r);
	} else {
		walk_unknown_member(&r->w);
	}
}

/* Results show a policy's name: whoever reads "confidence" must be able to rely on it. */
static bool
borrows_a_name(const struct assay_policy *policy, const struct assay_crypto *crypto)
{
	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		struct assay_policy preset;

		if (!bytes_equal_text(bytes_of_text(policy->name), assay_policy_preset_name(i))) {
			continue;
		}
		assay_policy_preset(&preset, crypto, i);
		return memcmp(policy->digest, preset.digest, sizeof(preset.digest)) != 0;
	}
	return false;
}

static void
take_document(struct reader *r)
{
	struct members m;
	struct assay_bytes name;

	walk_enter_object(&r->w, &m);
	while (walk_next_member(&r->w, &m, &name)) {
		take_member(r, name);
	}
	walk_end(&r->w);
	if (!r->schema) {
		walk_missing_member(&r->w, &m, "schema");
	} else if (r->policy->name[0] == '\0') {
		walk_missing_member(&r->w, &m, "name");
	}
}

bool
assay_policy_parse(struct assay_policy *policy, const struct assay_crypto *crypto,
    struct assay_bytes document, char error[static 160])
{
	struct reader r = { .policy = policy };

	walk_start(&r.w, document, error);
	memset(policy, 0, sizeof(*policy));
	/* A list of advisories that the document leaves out counts everything. */
	policy->advisories_count_at_or_below = ASSAY_TIER_1;
	policy->advisories_count_beside_up_to_date = true;
	take_document(&r);
	if (!r.w.failed) {
		policy_digest(policy, crypto);
		if (borrows_a_name(policy, crypto)) {
			walk_refuse_member(&r.w, "name",
			    "it is that of a preset, and the policy is another: give it a name of its own");
		}
	}
	if (r.w.failed) {
		memset(policy, 0, sizeof(*policy));
	}
	return !r.w.failed;
}
