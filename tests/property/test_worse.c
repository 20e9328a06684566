/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worse never helps: seeded walks on which each step makes the platform, the
 * vendor's word on it, the program or the policy worse in one respect, and
 * none of which may raise a tier.
 *
 * What worse means must itself be in order, or the walk would show that of
 * its own data: the simulated vendor's levels never get better downwards
 * (where one is called worse or has an advisory, so it is with all below it),
 * and neither does a policy's table.  The version of a TDX module (TEE TCB
 * SVN 1) is not walked down: it is a name that chooses an identity, not a
 * security version.
 */
#include "property/property.h"

#include "sim/scene.h"

#define STEPS 14

static struct sim_vendor *vendor;
static struct sim_evidence made;

static int
setup(void **state)
{
	(void)state;
	vendor = sim_vendor_new("worse", PROPERTY_NOW_S);
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

/* ------------------------------------------------------------------------
 * Statuses, from the set of what is wrong
 */

enum { WRONG_SW = 1, WRONG_CONFIGURATION = 2, WRONG_OUT_OF_DATE = 4, WRONG_REVOKED = 8 };

static const unsigned wrongs_of[ASSAY_TCB_STATUS_COUNT] = {
	[ASSAY_TCB_SW_HARDENING_NEEDED] = WRONG_SW,
	[ASSAY_TCB_CONFIGURATION_NEEDED] = WRONG_CONFIGURATION,
	[ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] = WRONG_SW | WRONG_CONFIGURATION,
	[ASSAY_TCB_OUT_OF_DATE] = WRONG_OUT_OF_DATE | WRONG_SW,
	[ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = WRONG_OUT_OF_DATE | WRONG_SW | WRONG_CONFIGURATION,
	[ASSAY_TCB_REVOKED] = WRONG_OUT_OF_DATE | WRONG_SW | WRONG_CONFIGURATION | WRONG_REVOKED,
};

static enum assay_tcb_status
made_worse(enum assay_tcb_status status, unsigned by)
{
	const unsigned wrongs = wrongs_of[status] | by;

	if ((wrongs & WRONG_REVOKED) != 0) {
		return ASSAY_TCB_REVOKED;
	}
	if ((wrongs & WRONG_OUT_OF_DATE) != 0) {
		return (wrongs & WRONG_CONFIGURATION) != 0 ? ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED :
		    ASSAY_TCB_OUT_OF_DATE;
	}
	switch (wrongs) {
	case 0:
		return ASSAY_TCB_UP_TO_DATE;
	case WRONG_SW:
		return ASSAY_TCB_SW_HARDENING_NEEDED;
	case WRONG_CONFIGURATION:
		return ASSAY_TCB_CONFIGURATION_NEEDED;
	default:
		return ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED;
	}
}

static bool
is_as_bad(enum assay_tcb_status status, enum assay_tcb_status than)
{
	return (wrongs_of[status] & wrongs_of[than]) == wrongs_of[than] && status <= ASSAY_TCB_REVOKED &&
	    status != ASSAY_TCB_UNKNOWN && status != ASSAY_TCB_TD_RELAUNCH_ADVISED &&
	    status != ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
}

/* ------------------------------------------------------------------------
 * Steps
 */

struct walk {
	struct sim_rng rng;
	struct sim_options options;	/* reports are made anew from them */
	struct assay_policy policy;
	struct assay_bytes mitigated[1];
	size_t mitigated_count;
};

static const char *const ids[] = { "INTEL-SA-00334", "INTEL-SA-00615", "INTEL-SA-00088", "INTEL-SA-09999" };

#define IDS (sizeof(ids) / sizeof(ids[0]))

/* Lower a number by chance; false where it is zero. */
static bool
lower(struct walk *walk, uint8_t *value)
{
	if (*value == 0) {
		return false;
	}
	/* Often by one: that is where the edges are. */
	*value = (uint8_t)(*value - (sim_rng_below(&walk->rng, 5) != 0 ? 1 : 1 + sim_rng_below(&walk->rng, *value)));
	return true;
}

static void
rebuild_leaf(void)
{
	struct sim_certificate *leaf = &made.scene->certificates[CERT_PCK];

	made.scene->quote.described = made.scene->platform;
	sim_buffer_clear(&leaf->tbs);
	sim_certificate_build(leaf);
}

static bool
step_component(struct walk *walk)
{
	/* The components that count in the simulated levels, and one that does not. */
	static const uint8_t counting[] = { 0, 0, 1, 1, 5, 5, 5, 2, 7, 9 };
	const bool lowered = lower(walk,
	    &made.scene->platform.components[counting[sim_rng_below(&walk->rng, sizeof(counting))]]);

	rebuild_leaf();
	return lowered;
}

static bool
step_pcesvn(struct walk *walk)
{
	uint8_t pcesvn = (uint8_t)made.scene->platform.pcesvn;
	const bool lowered = lower(walk, &pcesvn);

	made.scene->platform.pcesvn = pcesvn;
	rebuild_leaf();
	return lowered;
}

static bool
step_tee_tcb_svn(struct walk *walk)
{
	static const uint8_t counting[] = { 0, 0, 2, 2, 3 };
	const size_t component = counting[sim_rng_below(&walk->rng, sizeof(counting))];
	/* At launch or, from 1.5 on, now. */
	const bool now = made.scene->options.body_type >= 3 && sim_rng_below(&walk->rng, 2) == 0;

	return made.tee == SIM_TDX && lower(walk, &made.scene->quote.body.data[(now ? 584 : 0) + component]);
}

static bool
step_qe_isv_svn(struct walk *walk)
{
	return lower(walk, &made.scene->quote.qe_report.data[258]);
}

/* Open an advisory at a level, and at all below. */
static void
open_advisory(size_t from, const char *id)
{
	for (size_t i = from; i < SIM_LEVELS; i++) {
		struct sim_level *level = &made.scene->tcb_info.levels[i];
		bool known = false;

		for (size_t j = 0; j < level->advisories_count; j++) {
			known |= strcmp(level->advisories[j], id) == 0;
		}
		if (!known) {
			assert_true(level->advisories_count < SIM_ADVISORIES_MAX);
			level->advisories[level->advisories_count++] = id;
		}
	}
}

static bool
step_advisory(struct walk *walk)
{
	const size_t from = sim_rng_below(&walk->rng, SIM_LEVELS);

	open_advisory(from, ids[sim_rng_below(&walk->rng, IDS)]);
	sim_tcb_info_build(&made.scene->tcb_info);
	return true;
}

static bool
step_status(struct walk *walk)
{
	static const unsigned by[] = { WRONG_SW, WRONG_CONFIGURATION, WRONG_OUT_OF_DATE, WRONG_REVOKED };
	struct sim_tcb_info *info = &made.scene->tcb_info;
	const unsigned wrong = by[sim_rng_below(&walk->rng, sim_rng_below(&walk->rng, 4) == 0 ? 4 : 3)];

	for (size_t i = sim_rng_below(&walk->rng, SIM_LEVELS); i < SIM_LEVELS; i++) {
		info->levels[i].status = made_worse(info->levels[i].status, wrong);
	}
	sim_tcb_info_build(info);
	return true;
}

/* Of the quoting enclave or the TDX module. */
static bool
step_isv_status(struct walk *walk)
{
	const bool module = sim_rng_below(&walk->rng, 2) == 0;
	struct sim_isv_level *levels = module ? made.scene->tcb_info.module_levels : made.scene->identity.levels;
	const unsigned wrong = sim_rng_below(&walk->rng, 8) == 0 ? WRONG_REVOKED : WRONG_OUT_OF_DATE;

	for (size_t i = sim_rng_below(&walk->rng, SIM_ISV_LEVELS); i < SIM_ISV_LEVELS; i++) {
		levels[i].status = made_worse(levels[i].status, wrong);
	}
	sim_tcb_info_build(&made.scene->tcb_info);
	sim_identity_build(&made.scene->identity);
	return true;
}

/* The newest level gets the advisory that all older ones have. */
static bool
step_isv_advisory(struct walk *walk)
{
	const bool module = sim_rng_below(&walk->rng, 2) == 0;
	struct sim_isv_level *levels = module ? made.scene->tcb_info.module_levels : made.scene->identity.levels;
	const bool lacked = levels[0].advisory == NULL;

	levels[0].advisory = levels[1].advisory;
	sim_tcb_info_build(&made.scene->tcb_info);
	sim_identity_build(&made.scene->identity);
	return lacked;
}

static bool
step_evaluation_number(struct walk *walk)
{
	uint32_t *number = sim_rng_below(&walk->rng, 2) == 0 ? &made.scene->tcb_info.evaluation_number :
	    &made.scene->identity.evaluation_number;

	if (*number == 0) {
		return false;
	}
	(*number)--;
	sim_tcb_info_build(&made.scene->tcb_info);
	sim_identity_build(&made.scene->identity);
	return true;
}

/* Debug, keys that no program needs, no SEPT_VE_DISABLE, a bit that nobody knows, a service TD. */
static bool
step_attributes(struct walk *walk)
{
	uint8_t *body = made.scene->quote.body.data;
	const uint32_t which = sim_rng_below(&walk->rng, 8);

	if (made.tee != SIM_TDX) {
		if (which < 2) {
			body[48] |= which == 0 ? 0x02 : 0x10;
		}
		return which < 2;
	}
	switch (which) {
	case 0:
		body[120] |= 0x01;
		return true;
	case 1:
		body[123] &= 0xef;
		return true;
	case 2:
		body[125] |= 0x40;
		return true;
	case 3:
		if (made.scene->options.body_type < 3) {
			return false;
		}
		body[600] |= 0x01;
		return true;
	default:
		return false;
	}
}

static bool
step_policy_table(struct walk *walk)
{
	const enum assay_tcb_status worsened = (enum assay_tcb_status)(1 + sim_rng_below(&walk->rng, ASSAY_TCB_REVOKED - 1));
	const enum assay_tier at_best = (enum assay_tier)sim_rng_below(&walk->rng, ASSAY_TIER_1);
	enum assay_tier *table = walk->policy.tier_of_status;

	for (unsigned i = 1; i < ASSAY_TCB_STATUS_COUNT; i++) {
		if ((is_as_bad((enum assay_tcb_status)i, worsened) || i == (unsigned)worsened) && table[i] > at_best) {
			table[i] = at_best;
		}
	}
	/* A TD that needs a relaunch was launched out of date: it is no better than all that is in between,
	 * and what is out of date now as well is no better than it. */
	for (unsigned i = ASSAY_TCB_UP_TO_DATE; i <= ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED; i++) {
		const unsigned relaunch = wrongs_of[i] & WRONG_CONFIGURATION ?
		    ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED : ASSAY_TCB_TD_RELAUNCH_ADVISED;

		table[relaunch] = table[relaunch] < table[i] ? table[relaunch] : table[i];
	}
	if (table[ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] > table[ASSAY_TCB_TD_RELAUNCH_ADVISED]) {
		table[ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] = table[ASSAY_TCB_TD_RELAUNCH_ADVISED];
	}
	if (table[ASSAY_TCB_OUT_OF_DATE] > table[ASSAY_TCB_TD_RELAUNCH_ADVISED]) {
		table[ASSAY_TCB_OUT_OF_DATE] = table[ASSAY_TCB_TD_RELAUNCH_ADVISED];
	}
	if (table[ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] > table[ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED]) {
		table[ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] =
		    table[ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED];
	}
	return true;
}

static bool
step_policy_lists(struct walk *walk)
{
	struct assay_policy *policy = &walk->policy;
	struct assay_advisory_list *critical = &policy->critical;

	switch (sim_rng_below(&walk->rng, 5)) {
	case 0:
		if (policy->whitelist.count == 0) {
			return false;
		}
		policy->whitelist.count--;
		return true;
	case 1:
		memset(&critical->ids[critical->count], 0, sizeof(critical->ids[0]));
		memcpy(critical->ids[critical->count].id, ids[sim_rng_below(&walk->rng, IDS)], sizeof("INTEL-SA-00000"));
		critical->ids[critical->count].fixed_s = PROPERTY_NOW_S;
		critical->count++;
		return true;
	case 2:
		policy->hard_stays_in_tier_2 = false;
		return true;
	case 3:
		policy->advisories_count_beside_up_to_date = true;
		return true;
	default:
		policy->advisories_count_at_or_below = ASSAY_TIER_1;
		return true;
	}
}

static bool
step_policy_rest(struct walk *walk)
{
	struct assay_policy *policy = &walk->policy;
	const uint32_t bit = UINT32_C(1) << sim_rng_below(&walk->rng, 5);

	switch (sim_rng_below(&walk->rng, 8)) {
	case 0:
	case 1:
		policy->permit &= ~bit;
		return true;
	case 2:
		/* Permissions are bits as well, but there are only three of these. */
		policy->require |= bit & 7;
		return true;
	case 3:
		policy->minimum_tcb_evaluation_number += 6;
		return true;
	case 4:
		if (policy->ceilings_count == ASSAY_POLICY_CEILINGS_MAX) {
			return false;
		}
		policy->ceilings[policy->ceilings_count].tee = bit > 4 ? ASSAY_TEE_SGX : ASSAY_TEE_TDX;
		policy->ceilings[policy->ceilings_count].tier = (enum assay_tier)(1 + sim_rng_below(&walk->rng, 4));
		policy->ceilings_count++;
		return true;
	case 5:
		policy->advisory_tier = (enum assay_tier)sim_rng_below(&walk->rng, (uint32_t)policy->advisory_tier + 1);
		return true;
	case 6:
		policy->out_of_date_grace_s /= 2;
		return true;
	default:
		walk->mitigated_count = 0;
		return true;
	}
}

/* Reports: made anew with a worse status or one advisory more. */
static bool
step_report(struct walk *walk)
{
	struct sim_options *o = &walk->options;

	if (sim_rng_below(&walk->rng, 2) == 0) {
		const enum assay_tcb_status worse = made_worse(o->status,
		    1u << sim_rng_below(&walk->rng, sim_rng_below(&walk->rng, 3) == 0 ? 4 : 3));

		/* The service had no word for both; what had a bad configuration has it still, whatever is out of date. */
		if (worse != ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED) {
			o->status = worse;
		} else if (o->status != ASSAY_TCB_OUT_OF_DATE) {
			o->status = ASSAY_TCB_REVOKED;
		}
		/* Without any list its advisories would be unknown, which is worse than a list of one. */
		if (o->status != ASSAY_TCB_UP_TO_DATE && o->advisories_count == 0) {
			o->advisories[o->advisories_count++] = ids[0];
		}
	} else if (o->status != ASSAY_TCB_UP_TO_DATE && o->advisories_count < SIM_ADVISORIES_MAX) {
		o->advisories[o->advisories_count++] = ids[sim_rng_below(&walk->rng, IDS)];
	} else {
		return false;
	}
	if (!sim_evidence_make(vendor, o, &made)) {
		fail_msg("%s", made.error);
	}
	return true;
}

static const struct step {
	const char *name;
	bool (*take)(struct walk *walk);
	bool quotes;
	bool reports;
} steps[] = {
	{ "platform component lowered", step_component, true, false },
	{ "PCESVN lowered", step_pcesvn, true, false },
	{ "TEE TCB SVN lowered", step_tee_tcb_svn, true, false },
	{ "QE's ISV SVN lowered", step_qe_isv_svn, true, false },
	{ "advisory added", step_advisory, true, false },
	{ "status lowered", step_status, true, false },
	{ "status of QE or module lowered", step_isv_status, true, false },
	{ "advisory of QE or module added", step_isv_advisory, true, false },
	{ "evaluation number lowered", step_evaluation_number, true, false },
	{ "attribute that a policy must permit", step_attributes, true, false },
	{ "report made worse", step_report, false, true },
	{ "policy's table shrunk", step_policy_table, true, true },
	{ "policy's lists shrunk", step_policy_lists, true, true },
	{ "policy shrunk elsewhere", step_policy_rest, true, true },
};

#define STEP_KINDS (sizeof(steps) / sizeof(steps[0]))

static unsigned long taken[STEP_KINDS];
static unsigned long lowering[STEP_KINDS];

/* ------------------------------------------------------------------------
 * Walks
 */

/* A generous start, so that there is something to take away. */
static void
start_policy(struct walk *walk)
{
	static const char hard[] = "INTEL-SA-09999";
	struct assay_policy *policy = &walk->policy;

	assay_policy_preset(policy, assay_crypto_openssl(), sim_rng_below(&walk->rng, ASSAY_PRESETS_COUNT));
	policy->permit = sim_rng_below(&walk->rng, 2) == 0 ? 0x1f : 0;
	policy->minimum_tcb_evaluation_number = sim_rng_below(&walk->rng, 2) == 0 ? 17 : 0;
	if (sim_rng_below(&walk->rng, 2) == 0) {
		policy->hard_stays_in_tier_2 = true;
		policy->hard.count = 1;
		memcpy(policy->hard.ids[0].id, hard, sizeof(hard));
	}
	walk->mitigated[0] = (struct assay_bytes){ (const uint8_t *)ids[1], strlen(ids[1]) };
	walk->mitigated_count = sim_rng_below(&walk->rng, 2);
}

static void
start_quote(struct walk *walk)
{
	static const struct sim_options rows[] = {
		{ .tee = SIM_SGX },
		{ .tee = SIM_SGX, .ca = SIM_CA_PROCESSOR, .version = 4 },
		{ .tee = SIM_SGX, .certification_type = 1 },
		{ .tee = SIM_SGX, .tcb_info_version = 2 },
		{ .tee = SIM_SGX, .smt_enabled = ASSAY_FLAG_FALSE, .dynamic_platform = ASSAY_FLAG_FALSE,
		    .cached_keys = ASSAY_FLAG_FALSE },
		{ .tee = SIM_TDX },
		{ .tee = SIM_TDX, .old_module = true },
		{ .tee = SIM_TDX, .version = 5 },
		{ .tee = SIM_TDX, .version = 5, .body_type = 4 },
		{ .tee = SIM_TDX, .version = 5, .status = ASSAY_TCB_TD_RELAUNCH_ADVISED },
	};

	walk->options = rows[sim_rng_below(&walk->rng, sizeof(rows) / sizeof(rows[0]))];
	assert_true(sim_evidence_make(vendor, &walk->options, &made));
	/* The one level that is called better than one above it, and the advisories that levels below do not repeat. */
	made.scene->tcb_info.levels[6].status = ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
	for (size_t i = 0; i < SIM_LEVELS; i++) {
		for (size_t j = 0; j < made.scene->tcb_info.levels[i].advisories_count; j++) {
			open_advisory(i, made.scene->tcb_info.levels[i].advisories[j]);
		}
	}
	sim_tcb_info_build(&made.scene->tcb_info);
	sim_assemble(vendor, made.scene, &made);
	if (sim_rng_below(&walk->rng, 3) == 0) {
		walk->policy.out_of_date_grace_s = INT64_C(200) * 86400;
	}
}

static void
start_report(struct walk *walk)
{
	walk->options = (struct sim_options){ .tee = SIM_IAS, .version = 4 + sim_rng_below(&walk->rng, 2),
		.status = ASSAY_TCB_UP_TO_DATE };
	assert_true(sim_evidence_make(vendor, &walk->options, &made));
}

static void
judge(const struct walk *walk, struct assay_verdict *v)
{
	struct subject subject = subject_of_sim("walk", &made);

	subject.verifier.mitigated = walk->mitigated;
	subject.verifier.mitigated_count = walk->mitigated_count;
	appraise(v, &subject, &walk->policy);
	if (fault_in_verdict(v)[0] != '\0') {
		fail_msg("%s", fault_in_verdict(v));
	}
}

static void
walk_down(uint64_t seed, bool report)
{
	struct walk walk = { .rng = { seed } };
	struct assay_verdict before, after;

	start_policy(&walk);
	if (report) {
		start_report(&walk);
	} else {
		start_quote(&walk);
	}
	judge(&walk, &before);
	assert_int_equal(before.authenticity, ASSAY_GENUINE);
	for (unsigned i = 0; i < STEPS && has_any_tier(&before); i++) {
		const size_t kind = sim_rng_below(&walk.rng, STEP_KINDS);

		if (!(report ? steps[kind].reports : steps[kind].quotes) || !steps[kind].take(&walk)) {
			continue;
		}
		sim_assemble(vendor, made.scene, &made);
		judge(&walk, &after);
		taken[kind]++;
		lowering[kind] += after.tier < before.tier;
		if (!no_better(&after, &before)) {
			fail_msg("seed %llu, step %u, %s: from tier %u (%s) to %u (%s); by preset %u %u %u, %u %u %u",
			    (unsigned long long)seed, i, steps[kind].name, assay_tier_number(before.tier),
			    assay_tcb_status_word(before.tcb_status, before.kind), assay_tier_number(after.tier),
			    assay_tcb_status_word(after.tcb_status, after.kind),
			    assay_tier_number(before.tier_by_preset[0]), assay_tier_number(before.tier_by_preset[1]),
			    assay_tier_number(before.tier_by_preset[2]), assay_tier_number(after.tier_by_preset[0]),
			    assay_tier_number(after.tier_by_preset[1]), assay_tier_number(after.tier_by_preset[2]));
		}
		before = after;
	}
}

static void
no_step_down_raises_a_tier(void **state)
{
	const unsigned long walks = property_number("ASSAY_WALKS", 2000, 40000);

	(void)state;
	for (unsigned long i = 0; i < walks; i++) {
		walk_down(i * UINT64_C(0x9e3779b97f4a7c15) + 1, i % 8 == 7);
	}
	for (size_t i = 0; i < STEP_KINDS; i++) {
		print_message("# %-36s %7lu taken, %6lu lowered the tier\n", steps[i].name, taken[i], lowering[i]);
		/* A step that never lowers anything tests nothing. */
		assert_true(lowering[i] > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_step_down_raises_a_tier),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
