/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies as documents: assay.policy/1, JSON.
 *
 * Writing gives the canonical text, which the digest is of; reading accepts
 * any member order, refuses unknown and duplicate members, and leaves what is
 * missing at its strictest.
 */
#include "appraise/policy.h"
#include "base/text.h"
#include "format/json.h"
#include "format/utc.h"

/* Statuses that a policy may give a tier; all others never have one. */
static const enum assay_tcb_status tiered[] = {
	ASSAY_TCB_UP_TO_DATE, ASSAY_TCB_SW_HARDENING_NEEDED, ASSAY_TCB_CONFIGURATION_NEEDED,
	ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, ASSAY_TCB_OUT_OF_DATE,
	ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, ASSAY_TCB_TD_RELAUNCH_ADVISED,
	ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
};

struct flag_word {
	const char *word;
	uint32_t bit;
};

static const struct flag_word permit_words[] = {
	{ "debug", ASSAY_PERMIT_DEBUG },
	{ "enclave-attributes", ASSAY_PERMIT_ENCLAVE_ATTRIBUTES },
	{ "td-attributes", ASSAY_PERMIT_TD_ATTRIBUTES },
	{ "no-sept-ve-disable", ASSAY_PERMIT_SEPT_VE },
	{ "service-td", ASSAY_PERMIT_SERVICE_TD },
};

static const struct flag_word require_words[] = {
	{ "smt-disabled", ASSAY_REQUIRE_SMT_DISABLED },
	{ "static-platform", ASSAY_REQUIRE_STATIC_PLATFORM },
	{ "no-cached-keys", ASSAY_REQUIRE_NO_CACHED_KEYS },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- writing ---------------------------------------------------------- */

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
	for (size_t i = 0; i < COUNT(tiered); i++) {
		const enum assay_tier tier = policy->tier_of_status[tiered[i]];

		if (tier == ASSAY_TIER_NONE) {
			continue;
		}
		text_puts(t, first ? "" : ",");
		put_member(t, assay_tcb_status_word(tiered[i], ASSAY_EVIDENCE_SGX_QUOTE));
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
	put_flags(&t, "permit", policy->permit, permit_words, COUNT(permit_words));
	put_flags(&t, "require", policy->require, require_words, COUNT(require_words));
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

/* ---- reading ---------------------------------------------------------- */

/* Ten years: longer than any grace or age that makes sense. */
#define SECONDS_MAX (INT64_C(10) * 366 * 86400)

static enum assay_tier
take_tier(struct json *j)
{
	return (enum assay_tier)(6 - json_integer(j, 1, 5));
}

/* A word of the policy's own: printable, and harmless wherever it is shown. */
static void
take_word(struct json *j, char out[static ASSAY_WORD_BYTES])
{
	const struct assay_bytes word = json_string(j);

	memset(out, 0, ASSAY_WORD_BYTES);
	if (word.len == 0 || word.len >= ASSAY_WORD_BYTES) {
		json_fail(j);
		return;
	}
	for (size_t i = 0; i < word.len; i++) {
		const uint8_t c = word.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '.' || c == '_')) {
			json_fail(j);
			return;
		}
	}
	bytes_copy(out, word, word.len);
}

static void
take_id(struct json *j, struct assay_advisory *advisory)
{
	char word[ASSAY_WORD_BYTES];

	take_word(j, word);
	memset(advisory, 0, sizeof(*advisory));
	if (strlen(word) >= ASSAY_ADVISORY_BYTES) {
		json_fail(j);
		return;
	}
	memcpy(advisory->id, word, strlen(word));
}

static struct assay_advisory *
next_id(struct json *j, struct assay_advisory_list *list)
{
	if (list->count == ASSAY_POLICY_IDS_MAX) {
		json_fail(j);
		return &list->ids[0];
	}
	list->count++;
	return &list->ids[list->count - 1];
}

static void
take_ids(struct json *j, struct assay_advisory_list *list)
{
	struct json_array a = json_array(j);

	while (json_element(j, &a)) {
		take_id(j, next_id(j, list));
	}
}

static void
take_critical(struct json *j, struct assay_advisory_list *list)
{
	struct json_array a = json_array(j);

	while (json_element(j, &a)) {
		struct assay_advisory *advisory = next_id(j, list);
		struct json_object o = json_object(j);
		struct assay_bytes name;
		int64_t fixed_s = 0;

		while (json_member(j, &o, &name)) {
			if (bytes_equal_text(name, "id")) {
				take_id(j, advisory);
			} else if (bytes_equal_text(name, "fixed")) {
				fixed_s = json_utc(j);
			} else {
				json_fail(j);
			}
		}
		advisory->fixed_s = fixed_s;
		if (advisory->id[0] == '\0') {
			json_fail(j);
		}
	}
}

static void
take_advisories(struct json *j, struct assay_policy *policy)
{
	struct json_object o = json_object(j);
	struct assay_bytes name;

	while (json_member(j, &o, &name)) {
		if (bytes_equal_text(name, "tier")) {
			policy->advisory_tier = take_tier(j);
		} else if (bytes_equal_text(name, "count_from_tier")) {
			policy->advisories_count_at_or_below = take_tier(j);
		} else if (bytes_equal_text(name, "count_beside_up_to_date")) {
			policy->advisories_count_beside_up_to_date = json_boolean(j);
		} else if (bytes_equal_text(name, "hard_stays_in_tier_2")) {
			policy->hard_stays_in_tier_2 = json_boolean(j);
		} else if (bytes_equal_text(name, "whitelist")) {
			take_ids(j, &policy->whitelist);
		} else if (bytes_equal_text(name, "hard")) {
			take_ids(j, &policy->hard);
		} else if (bytes_equal_text(name, "critical")) {
			take_critical(j, &policy->critical);
		} else {
			json_fail(j);
		}
	}
}

static void
take_tiers(struct json *j, struct assay_policy *policy)
{
	struct json_object o = json_object(j);
	struct assay_bytes name;

	while (json_member(j, &o, &name)) {
		bool found = false;

		for (size_t i = 0; i < COUNT(tiered) && !found; i++) {
			if (bytes_equal_text(name, assay_tcb_status_word(tiered[i], ASSAY_EVIDENCE_SGX_QUOTE))) {
				policy->tier_of_status[tiered[i]] = take_tier(j);
				found = true;
			}
		}
		if (!found) {
			json_fail(j);
		}
	}
}

static uint32_t
take_flags(struct json *j, const struct flag_word *words, size_t count)
{
	struct json_array a = json_array(j);
	uint32_t flags = 0;

	while (json_element(j, &a)) {
		const struct assay_bytes word = json_string(j);
		uint32_t bit = 0;

		for (size_t i = 0; i < count; i++) {
			bit |= bytes_equal_text(word, words[i].word) ? words[i].bit : 0;
		}
		if (bit == 0) {
			json_fail(j);
		}
		flags |= bit;
	}
	return flags;
}

static void
take_ceiling(struct json *j, struct assay_ceiling *ceiling)
{
	struct json_object o = json_object(j);
	struct assay_bytes name;

	while (json_member(j, &o, &name)) {
		if (bytes_equal_text(name, "tee")) {
			const struct assay_bytes tee = json_string(j);

			ceiling->tee = bytes_equal_text(tee, "sgx") ? ASSAY_TEE_SGX :
			    bytes_equal_text(tee, "tdx") ? ASSAY_TEE_TDX : ASSAY_TEE_NONE;
		} else if (bytes_equal_text(name, "tier")) {
			ceiling->tier = take_tier(j);
		} else if (bytes_equal_text(name, "word")) {
			take_word(j, ceiling->word);
		} else {
			json_fail(j);
		}
	}
	if (ceiling->tee == ASSAY_TEE_NONE || ceiling->tier == ASSAY_TIER_NONE || ceiling->word[0] == '\0') {
		json_fail(j);
	}
}

static void
take_ceilings(struct json *j, struct assay_policy *policy)
{
	struct json_array a = json_array(j);

	while (json_element(j, &a)) {
		if (policy->ceilings_count == ASSAY_POLICY_CEILINGS_MAX) {
			json_fail(j);
			return;
		}
		take_ceiling(j, &policy->ceilings[policy->ceilings_count]);
		policy->ceilings_count++;
	}
}

static void
take_tier_next_at(struct json *j, struct assay_policy *policy)
{
	if (json_type(j) == JSON_NULL) {
		json_skip(j);
	} else {
		policy->tier_next_at_s = json_utc(j);
	}
}

static bool
take_member(struct json *j, struct assay_policy *policy, struct assay_bytes name, bool *schema)
{
	if (bytes_equal_text(name, "schema")) {
		*schema = bytes_equal_text(json_string(j), "assay.policy/1");
	} else if (bytes_equal_text(name, "name")) {
		take_word(j, policy->name);
	} else if (bytes_equal_text(name, "tiers")) {
		take_tiers(j, policy);
	} else if (bytes_equal_text(name, "advisories")) {
		take_advisories(j, policy);
	} else if (bytes_equal_text(name, "minimum_tcb_evaluation_number")) {
		policy->minimum_tcb_evaluation_number = (uint32_t)json_integer(j, 0, INT32_MAX);
	} else if (bytes_equal_text(name, "permit")) {
		policy->permit = take_flags(j, permit_words, COUNT(permit_words));
	} else if (bytes_equal_text(name, "require")) {
		policy->require = take_flags(j, require_words, COUNT(require_words));
	} else if (bytes_equal_text(name, "ceilings")) {
		take_ceilings(j, policy);
	} else if (bytes_equal_text(name, "collateral_grace_s")) {
		policy->collateral_grace_s = json_integer(j, 0, SECONDS_MAX);
	} else if (bytes_equal_text(name, "out_of_date_grace_s")) {
		policy->out_of_date_grace_s = json_integer(j, 0, SECONDS_MAX);
	} else if (bytes_equal_text(name, "report_age_max_s")) {
		policy->report_age_max_s = json_integer(j, 0, SECONDS_MAX);
	} else if (bytes_equal_text(name, "tier_next_at")) {
		take_tier_next_at(j, policy);
	} else {
		return false;
	}
	return true;
}

static bool
say(char error[static 160], const char *what, struct assay_bytes name)
{
	struct text t = { error, 159, 0 };

	text_puts(&t, what);
	for (size_t i = 0; i < name.len && i < 40; i++) {
		const char c = (char)name.data[i];

		text_put(&t, c >= ' ' && c <= '~' ? &c : "?", 1);
	}
	error[t.len < 159 ? t.len : 159] = '\0';
	return false;
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

bool
assay_policy_parse(struct assay_policy *policy, const struct assay_crypto *crypto,
    struct assay_bytes document, char error[static 160])
{
	struct json j = json_over(document);
	struct json_object o = json_object(&j);
	struct assay_bytes name = { NULL, 0 };
	struct assay_bytes last = { NULL, 0 };
	bool schema = false;

	memset(policy, 0, sizeof(*policy));
	/* A list of advisories that the document leaves out counts everything. */
	policy->advisories_count_at_or_below = ASSAY_TIER_1;
	policy->advisories_count_beside_up_to_date = true;
	while (json_member(&j, &o, &name)) {
		last = name;
		if (!take_member(&j, policy, name, &schema)) {
			memset(policy, 0, sizeof(*policy));
			return say(error, "the policy has a member that is not known: ", name);
		}
	}
	if (!json_done(&j)) {
		memset(policy, 0, sizeof(*policy));
		return say(error, "the policy is not well-formed JSON, or a value is not allowed, at or after member: ",
		    last);
	}
	if (!schema || policy->name[0] == '\0') {
		memset(policy, 0, sizeof(*policy));
		return say(error, "the policy lacks \"schema\":\"assay.policy/1\" or a \"name\"", bytes_of(NULL, 0));
	}
	policy_digest(policy, crypto);
	if (borrows_a_name(policy, crypto)) {
		memset(policy, 0, sizeof(*policy));
		return say(error, "the name is that of a preset, and the policy is another: give it a name of its own",
		    bytes_of(NULL, 0));
	}
	return true;
}
