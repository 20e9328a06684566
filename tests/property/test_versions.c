/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 2 of the TCB info never helps: the same levels, told once in version
 * 3 and once in version 2, which has no room for advisories, and judged by
 * policies made by chance.  Any status may have any list.
 *
 * One thing is taken from the policy: a level that is not older than the fix
 * of a critical advisory has that fix, so no list there names it.
 */
#include "property/property.h"

#include "sim/scene.h"

static struct sim_vendor *vendor;
static struct sim_evidence made;

static int
setup(void **state)
{
	(void)state;
	vendor = sim_vendor_new("versions", PROPERTY_NOW_S);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sim_evidence_free(&made);
	sim_vendor_free(vendor);
	return 0;
}

static const char *const ids[] = {
	"INTEL-SA-00334", "INTEL-SA-00615", "INTEL-SA-00088", "INTEL-SA-09999", "INTEL-DOC-10000",
};

#define IDS (sizeof(ids) / sizeof(ids[0]))

/* The presets' critical advisory is fixed on the second of these days. */
static const int64_t dates_s[] = {
	INT64_C(1509494400), INT64_C(1515024000), INT64_C(1515024000) - 86400, INT64_C(1609459200),
	INT64_C(1774000000) / 86400 * 86400,
};

#define DATES (sizeof(dates_s) / sizeof(dates_s[0]))

/* ------------------------------------------------------------------------
 * Policies
 */

static void
list_by_chance(struct assay_advisory_list *list, struct sim_rng *rng, bool dated)
{
	list->count = 0;
	for (size_t i = 0; i < IDS; i++) {
		if (sim_rng_below(rng, 4) != 0) {
			continue;
		}
		struct assay_advisory *advisory = &list->ids[list->count];

		memset(advisory, 0, sizeof(*advisory));
		memcpy(advisory->id, ids[i], strlen(ids[i]));
		if (dated && sim_rng_below(rng, 4) != 0) {
			advisory->fixed_s = dates_s[sim_rng_below(rng, DATES)];
		}
		list->count++;
	}
}

static enum assay_tier
tier_by_chance(struct sim_rng *rng)
{
	return (enum assay_tier)sim_rng_below(rng, ASSAY_TIER_1 + 1);
}

/* A preset, or one that has nothing in common with them. */
static void
policy_by_chance(struct assay_policy *policy, struct sim_rng *rng)
{
	assay_policy_preset(policy, assay_crypto_openssl(), sim_rng_below(rng, ASSAY_PRESETS_COUNT));
	if (sim_rng_below(rng, 2) == 0) {
		return;
	}
	for (unsigned i = ASSAY_TCB_UP_TO_DATE; i < ASSAY_TCB_REVOKED; i++) {
		policy->tier_of_status[i] = tier_by_chance(rng);
	}
	policy->advisory_tier = tier_by_chance(rng);
	policy->advisories_count_at_or_below = tier_by_chance(rng);
	policy->advisories_count_beside_up_to_date = sim_rng_below(rng, 2) == 0;
	policy->hard_stays_in_tier_2 = sim_rng_below(rng, 2) == 0;
	list_by_chance(&policy->whitelist, rng, false);
	list_by_chance(&policy->hard, rng, false);
	list_by_chance(&policy->critical, rng, true);
	policy->out_of_date_grace_s = (int64_t)sim_rng_below(rng, 2) * ASSAY_POLICY_SECONDS_MAX;
}

static bool
has_fix(const struct assay_policy *policy, const char *id, int64_t date_s)
{
	for (uint32_t i = 0; i < policy->critical.count; i++) {
		const struct assay_advisory *critical = &policy->critical.ids[i];

		if (strcmp(critical->id, id) == 0 && critical->fixed_s != 0 && date_s >= critical->fixed_s) {
			return true;
		}
	}
	return false;
}

/* ------------------------------------------------------------------------
 * Levels
 */

static void
level_by_chance(struct sim_level *level, const struct assay_policy *policy, struct sim_rng *rng)
{
	static const enum assay_tcb_status statuses[] = {
		ASSAY_TCB_UP_TO_DATE, ASSAY_TCB_UP_TO_DATE, ASSAY_TCB_UP_TO_DATE, ASSAY_TCB_SW_HARDENING_NEEDED,
		ASSAY_TCB_CONFIGURATION_NEEDED, ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED,
		ASSAY_TCB_OUT_OF_DATE, ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, ASSAY_TCB_REVOKED,
	};
	struct assay_policy presets[ASSAY_PRESETS_COUNT];

	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		assay_policy_preset(&presets[i], assay_crypto_openssl(), i);
	}
	level->status = statuses[sim_rng_below(rng, sizeof(statuses) / sizeof(statuses[0]))];
	level->date_s = dates_s[sim_rng_below(rng, DATES)];
	level->advisories_count = 0;
	for (size_t i = 0; i < IDS; i++) {
		bool fixed = has_fix(policy, ids[i], level->date_s);

		for (unsigned p = 0; p < ASSAY_PRESETS_COUNT; p++) {
			fixed |= has_fix(&presets[p], ids[i], level->date_s);
		}
		if (!fixed && sim_rng_below(rng, 4) == 0) {
			level->advisories[level->advisories_count] = ids[i];
			level->advisories_count++;
		}
	}
}

/* ------------------------------------------------------------------------
 * Pairs
 */

static unsigned long up_to_date_open;		/* an open advisory beside UpToDate cost the tier under version 3 */
static unsigned long up_to_date_critical;	/* a critical one did */
static unsigned long tiered;			/* version 2 earned a tier at all */

static void
tell(struct assay_verdict *v, unsigned version, const struct assay_policy *policy)
{
	made.scene->tcb_info.version = version;
	sim_tcb_info_build(&made.scene->tcb_info);
	sim_assemble(vendor, made.scene, &made);
	const struct subject subject = subject_of_sim("pair", &made);

	appraise(v, &subject, policy);
	if (fault_in_verdict(v)[0] != '\0') {
		fail_msg("version %u: %s", version, fault_in_verdict(v));
	}
	assert_int_equal(v->authenticity, ASSAY_GENUINE);
}

static void
tally(const struct assay_verdict *two, const struct assay_verdict *three, const struct assay_policy *policy)
{
	if (three->tcb_status == ASSAY_TCB_UP_TO_DATE) {
		up_to_date_critical += three->checks[ASSAY_CHECK_CRITICAL_ADVISORY] == ASSAY_FAILED;
		up_to_date_open += three->tier != ASSAY_TIER_NONE && three->advisories_counted != 0 &&
		    three->tier < policy->tier_of_status[ASSAY_TCB_UP_TO_DATE];
	}
	tiered += two->tier != ASSAY_TIER_NONE;
}

static void
version_2_never_helps(void **state)
{
	const unsigned long pairs = property_number("ASSAY_PAIRS", 1500, 40000);

	(void)state;
	assert_true(sim_evidence_make(vendor, &(struct sim_options){ .tee = SIM_SGX }, &made));
	const uint8_t newest = made.scene->platform.components[0];

	for (unsigned long seed = 0; seed < pairs; seed++) {
		struct sim_rng rng = { seed * UINT64_C(0x9e3779b97f4a7c15) + 3 };
		struct sim_certificate *leaf = &made.scene->certificates[CERT_PCK];
		struct assay_policy policy;
		struct assay_verdict two, three;

		policy_by_chance(&policy, &rng);
		for (size_t i = 0; i < SIM_LEVELS; i++) {
			level_by_chance(&made.scene->tcb_info.levels[i], &policy, &rng);
		}
		made.scene->platform.components[0] = (uint8_t)(newest - sim_rng_below(&rng, 2));
		made.scene->quote.described = made.scene->platform;
		sim_buffer_clear(&leaf->tbs);
		sim_certificate_build(leaf);
		tell(&three, 3, &policy);
		tell(&two, 2, &policy);
		assert_int_equal(two.tcb_status, three.tcb_status);
		if (!no_better(&two, &three)) {
			fail_msg("seed %lu: %s, level of %lld: tier %u under version 2, %u under version 3; by preset "
			    "%u %u %u, %u %u %u", seed, assay_tcb_status_word(two.tcb_status, two.kind),
			    (long long)two.tcb_date_s, assay_tier_number(two.tier), assay_tier_number(three.tier),
			    assay_tier_number(two.tier_by_preset[0]), assay_tier_number(two.tier_by_preset[1]),
			    assay_tier_number(two.tier_by_preset[2]), assay_tier_number(three.tier_by_preset[0]),
			    assay_tier_number(three.tier_by_preset[1]), assay_tier_number(three.tier_by_preset[2]));
		}
		tally(&two, &three, &policy);
	}
	print_message("# %lu pairs: beside UpToDate an open advisory cost the tier %lu times, a critical one %lu times; "
	    "version 2 earned a tier %lu times\n", pairs, up_to_date_open, up_to_date_critical, tiered);
	/* Without these the pairs would show nothing. */
	assert_true(up_to_date_open > 0 && up_to_date_critical > 0 && tiered > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_2_never_helps),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
