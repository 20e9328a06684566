/* SPDX-License-Identifier: Apache-2.0 */
/* The presets: policies as constants. */
#include "appraise/policy.h"
#include "crypto/crypto.h"

/* The table of tiers that all presets share (doc/tiers.md). */
#define TIER_TABLE {							\
	[ASSAY_TCB_UP_TO_DATE] = ASSAY_TIER_1,				\
	[ASSAY_TCB_SW_HARDENING_NEEDED] = ASSAY_TIER_2,			\
	[ASSAY_TCB_CONFIGURATION_NEEDED] = ASSAY_TIER_3,		\
	[ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] = ASSAY_TIER_3, \
	[ASSAY_TCB_OUT_OF_DATE] = ASSAY_TIER_5,				\
	[ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = ASSAY_TIER_5,	\
	[ASSAY_TCB_TD_RELAUNCH_ADVISED] = ASSAY_TIER_4,			\
	[ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] = ASSAY_TIER_4, \
}

/* Advisories that the first network of this kind held to be harmless to its workers. */
#define WHITELIST { 4, {						\
	{ "INTEL-SA-00219", 0 }, { "INTEL-SA-00334", 0 },		\
	{ "INTEL-SA-00381", 0 }, { "INTEL-SA-00389", 0 } } }

/* Meltdown and Spectre; the TCB recovery that has the fix is of 4 January 2018. */
#define CRITICAL { 1, { { "INTEL-SA-00088", INT64_C(1515024000) } } }

static const struct assay_policy presets[ASSAY_PRESETS_COUNT] = {
	{
		.name = "confidence",
		.tier_of_status = TIER_TABLE,
		.advisory_tier = ASSAY_TIER_4,
		.advisories_count_at_or_below = ASSAY_TIER_1,
		.advisories_count_beside_up_to_date = true,
		.whitelist = WHITELIST,
		.critical = CRITICAL,
	},
	{
		/* What that chain did from February 2023: advisories count only from
		 * tier 3 on, and none was refused outright. */
		.name = "phala-chain",
		.tier_of_status = TIER_TABLE,
		.advisory_tier = ASSAY_TIER_4,
		.advisories_count_at_or_below = ASSAY_TIER_3,
		.advisories_count_beside_up_to_date = true,
		.whitelist = WHITELIST,
	},
	{
		/* Since 2026 the vendor lists advisories beside UpToDate; here they
		 * inform and do not count. */
		.name = "confidence-2026",
		.tier_of_status = TIER_TABLE,
		.advisory_tier = ASSAY_TIER_4,
		.advisories_count_at_or_below = ASSAY_TIER_1,
		.advisories_count_beside_up_to_date = false,
		.whitelist = WHITELIST,
		.critical = CRITICAL,
	},
};

const struct assay_policy *
policy_preset(unsigned i)
{
	assert(i < ASSAY_PRESETS_COUNT);
	return &presets[i];
}

const char *
assay_policy_preset_name(unsigned i)
{
	return i < ASSAY_PRESETS_COUNT ? presets[i].name : "?";
}

void
assay_policy_preset(struct assay_policy *policy, const struct assay_crypto *crypto, unsigned i)
{
	*policy = *policy_preset(i);
	policy_digest(policy, crypto);
}

void
policy_digest(struct assay_policy *policy, const struct assay_crypto *crypto)
{
	char document[ASSAY_POLICY_DOCUMENT_MAX];
	const size_t len = assay_policy_document(policy, document, sizeof(document));

	assert(len <= sizeof(document));
	crypto_sha256(crypto, policy->digest, bytes_of(document, len));
}
