/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one public door: evidence + collateral + policy + now -> verdict.
 *
 * Each appraisal goes through the same steps, whether it comes alone, with
 * prepared collateral, from a cache or in a batch: begin, decide signatures,
 * conclude, compare dates, grade.
 */
#include "appraise/policy.h"
#include "appraise/shortfall.h"
#include "appraise/verdict.h"
#include "verify/dcap.h"
#include "verify/ias.h"

/* How many quotes share one call of the crypto port. */
#define BATCH 8

/* One appraisal on its way. */
struct appraisal {
	const struct assay_verifier *verifier;
	const struct assay_policy *policy;
	int64_t now_s;
	struct trail trail;
	struct facts facts;
	struct dcap dcap;	/* quotes only */
};

/* ---- begin ------------------------------------------------------------ */

/* A report is told by its first byte: nothing may precede the object, white space neither. */
static bool
is_ias_report(const struct assay_evidence *evidence)
{
	return evidence->quote.len != 0 && evidence->quote.data[0] == '{';
}

/* Rows that this kind of evidence does not have. */
static void
mark_not_applicable(struct trail *trail, bool ias)
{
	if (ias) {
		trail_not_applicable(trail, ASSAY_CHECK_QUOTE_VERSION, ASSAY_CHECK_QUOTE_SIGNATURE);
		trail_not_applicable(trail, ASSAY_CHECK_ROOT_CRL_PRESENT, ASSAY_CHECK_TDX_MODULE_IDENTITY);
		trail_not_applicable(trail, ASSAY_CHECK_PCK_DATES, ASSAY_CHECK_QE_IDENTITY_DATES);
		trail_not_applicable(trail, ASSAY_CHECK_TCB_LEVEL, ASSAY_CHECK_QE_LEVEL);
	} else {
		trail_not_applicable(trail, ASSAY_CHECK_IAS_PRESENT, ASSAY_CHECK_IAS_QUOTE_BODY);
		trail_not_applicable(trail, ASSAY_CHECK_IAS_DATES, ASSAY_CHECK_IAS_TIME);
		trail_not_applicable(trail, ASSAY_CHECK_REPORT_AGE, ASSAY_CHECK_REPORT_AGE);
	}
}

static void
mark_not_applicable_tee(struct appraisal *a)
{
	if (a->facts.good && !a->facts.has_body) {
		/* Nobody vouches for an enclave. */
		trail_not_applicable(&a->trail, ASSAY_CHECK_DEBUG, ASSAY_CHECK_SERVICE_TD);
	} else if (a->facts.tee == ASSAY_TEE_TDX) {
		trail_not_applicable(&a->trail, ASSAY_CHECK_ENCLAVE_ATTRIBUTES, ASSAY_CHECK_ENCLAVE_ATTRIBUTES);
	} else {
		trail_not_applicable(&a->trail, ASSAY_CHECK_TD_ATTRIBUTES, ASSAY_CHECK_SERVICE_TD);
	}
	if (a->facts.module_launch == NULL && a->facts.module_current == NULL) {
		trail_not_applicable(&a->trail, ASSAY_CHECK_TDX_MODULE_LEVEL, ASSAY_CHECK_TDX_MODULE_LEVEL);
	}
	if (a->verifier->references_count == 0) {
		trail_not_applicable(&a->trail, ASSAY_CHECK_REFERENCE_VALUES, ASSAY_CHECK_REFERENCE_VALUES);
	}
}

static bool
any_root_simulated(const struct assay_verifier *verifier)
{
	for (size_t i = 0; i < verifier->roots_count; i++) {
		if (verifier->roots[i].simulated) {
			return true;
		}
	}
	return false;
}

/* What a caller has made by hand must keep to what assay.h says. */
static void
assert_policy(const struct assay_policy *policy)
{
	assert(policy->collateral_grace_s >= 0 && policy->collateral_grace_s <= ASSAY_POLICY_SECONDS_MAX);
	assert(policy->out_of_date_grace_s >= 0 && policy->out_of_date_grace_s <= ASSAY_POLICY_SECONDS_MAX);
	assert(policy->report_age_max_s >= 0 && policy->report_age_max_s <= ASSAY_POLICY_SECONDS_MAX);
	assert(policy->whitelist.count <= ASSAY_POLICY_IDS_MAX);
	assert(policy->hard.count <= ASSAY_POLICY_IDS_MAX);
	assert(policy->critical.count <= ASSAY_POLICY_IDS_MAX);
	assert(policy->ceilings_count <= ASSAY_POLICY_CEILINGS_MAX);
	assert((unsigned)policy->advisory_tier <= ASSAY_TIER_1);
	assert((unsigned)policy->advisories_count_at_or_below <= ASSAY_TIER_1);
	for (unsigned i = 0; i < ASSAY_TCB_STATUS_COUNT; i++) {
		assert((unsigned)policy->tier_of_status[i] <= ASSAY_TIER_1);
	}
	for (uint32_t i = 0; i < policy->ceilings_count; i++) {
		assert((unsigned)policy->ceilings[i].tier <= ASSAY_TIER_1);
	}
}

static void
appraisal_begin(struct appraisal *a, const struct assay_verifier *verifier,
    const struct assay_evidence *evidence, const struct prepared *prepared,
    const struct assay_policy *policy, int64_t now_s)
{
	const bool ias = is_ias_report(evidence);

	assert_policy(policy);
	a->verifier = verifier;
	a->policy = policy;
	a->now_s = now_s;
	a->dcap.items_count = 0;
	trail_open(&a->trail);
	mark_not_applicable(&a->trail, ias);
	memset(&a->facts, 0, sizeof(a->facts));
	/* Until a root is known, one that is simulated may be the one. */
	a->facts.simulated = any_root_simulated(verifier);
	if (!trail_check(&a->trail, ASSAY_CHECK_EVIDENCE_SIZE,
	    evidence->quote.len != 0 && evidence->quote.len <= ASSAY_EVIDENCE_BYTES_MAX)) {
		return;
	}
	if (ias) {
		a->facts.kind = ASSAY_EVIDENCE_IAS_REPORT;
		ias_verify(&a->facts, &a->trail, verifier, evidence);
		return;
	}
	dcap_begin(&a->dcap, &a->trail, verifier, evidence->quote, prepared);
	a->facts.kind = a->dcap.quote.kind;
	a->facts.version = a->dcap.quote.version;
	a->facts.tee = a->dcap.quote.tee;
}

/* ---- dates ------------------------------------------------------------ */

/* When all documents are within their dates; false where there are none. */
static bool
validity(const struct facts *facts, struct interval *all)
{
	*all = (struct interval){ INT64_MIN, INT64_MAX };
	for (uint32_t i = 0; i < facts->dated_count; i++) {
		*all = interval_meet(*all, facts->dated[i].dates);
	}
	return facts->dated_count != 0;
}

/* What grace made of the dates. */
struct grace {
	bool used;
	int64_t until_s;	/* then the verdict holds until here */
};

/* Record the rows of dates at a time. */
static bool
check_dates(struct trail *trail, const struct facts *facts, const struct assay_policy *policy,
    int64_t at_s, struct grace *graced)
{
	*graced = (struct grace){ false, INT64_MAX };
	for (uint32_t i = 0; i < facts->dated_count; i++) {
		const struct dated *dated = &facts->dated[i];
		const int64_t late_s = at_s > dated->dates.until_s ? at_s - dated->dates.until_s : 0;
		const bool grace = dated->grace && late_s > 0 && late_s <= policy->collateral_grace_s;
		const int64_t until_s = dated->grace ?
		    time_add(dated->dates.until_s, policy->collateral_grace_s) : dated->dates.until_s;

		if (!trail_check(trail, dated->check, at_s >= dated->dates.from_s && (late_s == 0 || grace))) {
			return false;
		}
		graced->used |= grace;
		graced->until_s = until_s < graced->until_s ? until_s : graced->until_s;
	}
	return true;
}

/* The nearest time at which all was in date, and the tier it had. */
static void
find_as_of(struct assay_verdict *verdict, const struct appraisal *a, const struct standing *standing)
{
	struct grade g;

	if (verdict->valid_from_s > verdict->valid_until_s) {
		return;
	}
	verdict->has_as_of = true;
	verdict->as_of_s = a->now_s > verdict->valid_until_s ? verdict->valid_until_s : verdict->valid_from_s;
	grade(&g, standing, a->policy, verdict->as_of_s);
	verdict->as_of_authenticity = ASSAY_GENUINE;
	verdict->as_of_tier = g.tier;
}

/* ---- conclude --------------------------------------------------------- */

static void
grade_all(struct assay_verdict *verdict, struct appraisal *a, const struct standing *standing,
    const struct grace *graced)
{
	struct grade g;

	grade(&g, standing, a->policy, a->now_s);
	verdict_grade(verdict, &g);
	if (graced->used) {
		verdict->valid_until_s = graced->until_s;
	}
	if (g.until_s < verdict->valid_until_s) {
		verdict->valid_until_s = g.until_s;
	}
	if (graced->used && verdict->reasons_count < ASSAY_REASONS_MAX) {
		verdict->reasons[verdict->reasons_count] = ASSAY_REASON_GRACE_COLLATERAL;
		verdict->reasons_count++;
		/* Where nothing but the status has decided, the grace is what is worth saying. */
		if (verdict->deciding_reason == verdict->reasons[0]) {
			verdict->deciding_reason = ASSAY_REASON_GRACE_COLLATERAL;
		}
	}
	if (a->facts.kind != ASSAY_EVIDENCE_IAS_REPORT) {
		shortfall_find(verdict, standing, &g, a->policy, a->now_s);
	}
	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		grade(&g, standing, policy_preset(i), a->now_s);
		verdict->tier_by_preset[i] = g.tier;
	}
}

static void
appraisal_finish(struct assay_verdict *verdict, struct appraisal *a)
{
	struct standing standing;
	struct interval all;
	struct grace graced;

	memset(verdict, 0, sizeof(*verdict));
	verdict->at_s = a->now_s;
	verdict->kind = a->facts.kind;
	verdict->version = a->facts.version;
	verdict->tee = a->facts.tee;
	memcpy(verdict->policy_name, a->policy->name, sizeof(verdict->policy_name));
	memcpy(verdict->policy_digest, a->policy->digest, sizeof(verdict->policy_digest));
	verdict_facts(verdict, &a->facts);
	mark_not_applicable_tee(a);
	verdict->has_validity = validity(&a->facts, &all);
	if (verdict->has_validity) {
		verdict->valid_from_s = all.from_s;
		verdict->valid_until_s = all.until_s;
	}
	if (!a->facts.good) {
		assert(a->trail.closed);
		verdict_trail(verdict, &a->trail);
		return;
	}
	standing_of(&standing, &a->facts, a->verifier);
	standing.references_hold = verdict_references_hold(verdict, a->verifier);
	verdict_standing(verdict, &standing);
	const bool in_date = check_dates(&a->trail, &a->facts, a->policy, a->now_s, &graced);

	verdict_trail(verdict, &a->trail);
	if (in_date) {
		grade_all(verdict, a, &standing, &graced);
	} else {
		find_as_of(verdict, a, &standing);
	}
}

/* The tier under a newer set of collateral: the same evidence, judged again from its proven half. */
static void
find_tier_next(struct assay_verdict *verdict, struct appraisal *a, const struct trail *begun,
    const struct prepared *newer)
{
	struct trail trail = *begun;
	struct facts facts;
	struct standing standing;
	struct grade g;
	struct grace graced;

	memset(&facts, 0, sizeof(facts));
	facts.kind = a->facts.kind;
	facts.tee = a->facts.tee;
	dcap_conclude(&a->dcap, &facts, &trail, a->verifier, newer);
	if (!facts.good || !check_dates(&trail, &facts, a->policy, a->now_s, &graced)) {
		return;
	}
	standing_of(&standing, &facts, a->verifier);
	standing.references_hold = verdict_references_hold(verdict, a->verifier);
	grade(&g, &standing, a->policy, a->now_s);
	verdict->has_tier_next = true;
	verdict->tier_next = g.tier;
	verdict->tier_next_at_s = a->policy->tier_next_at_s;
}

enum assay_tier
assay_appraise_prepared(struct assay_verdict *verdict, const struct assay_verifier *verifier,
    const struct assay_evidence *evidence, const struct assay_prepared *prepared,
    const struct assay_prepared *newer, const struct assay_policy *policy, int64_t now_s)
{
	struct appraisal a;

	appraisal_begin(&a, verifier, evidence, prepared_of(prepared), policy, now_s);
	const struct trail begun = a.trail;

	if (a.dcap.items_count != 0) {
		verifier->crypto->verify(verifier->crypto->context, a.dcap.items, a.dcap.items_count);
		dcap_conclude(&a.dcap, &a.facts, &a.trail, verifier, prepared_of(prepared));
	}
	appraisal_finish(verdict, &a);
	if (newer != NULL && a.facts.good && a.dcap.items_count != 0) {
		find_tier_next(verdict, &a, &begun, prepared_of(newer));
	}
	return verdict->tier;
}

enum assay_tier
assay_appraise(struct assay_verdict *verdict, const struct assay_verifier *verifier,
    const struct assay_evidence *evidence, const struct assay_collateral *collateral,
    const struct assay_policy *policy, int64_t now_s)
{
	struct assay_prepared prepared;

	assay_prepare(&prepared, verifier, collateral);
	return assay_appraise_prepared(verdict, verifier, evidence, &prepared, NULL, policy, now_s);
}

/* Up to BATCH appraisals with one call of the crypto port. */
static void
appraise_some(struct assay_verdict *verdicts, const struct assay_verifier *verifier,
    const struct assay_evidence *evidence, size_t count, const struct prepared *prepared,
    const struct assay_policy *policy, int64_t now_s)
{
	struct appraisal appraisals[BATCH];
	struct assay_signature_item items[BATCH * DCAP_ITEMS_MAX];
	size_t items_count = 0;

	for (size_t i = 0; i < count; i++) {
		struct appraisal *a = &appraisals[i];

		appraisal_begin(a, verifier, &evidence[i], prepared, policy, now_s);
		memcpy(&items[items_count], a->dcap.items, a->dcap.items_count * sizeof(items[0]));
		items_count += a->dcap.items_count;
	}
	verifier->crypto->verify(verifier->crypto->context, items, items_count);
	items_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct appraisal *a = &appraisals[i];

		memcpy(a->dcap.items, &items[items_count], a->dcap.items_count * sizeof(items[0]));
		items_count += a->dcap.items_count;
		if (a->dcap.items_count != 0) {
			dcap_conclude(&a->dcap, &a->facts, &a->trail, verifier, prepared);
		}
		appraisal_finish(&verdicts[i], a);
	}
}

void
assay_appraise_batch(struct assay_verdict *verdicts, const struct assay_verifier *verifier,
    const struct assay_evidence *evidence, size_t count, const struct assay_prepared *prepared,
    const struct assay_policy *policy, int64_t now_s)
{
	for (size_t i = 0; i < count; i += BATCH) {
		const size_t some = count - i < BATCH ? count - i : BATCH;

		appraise_some(&verdicts[i], verifier, &evidence[i], some, prepared_of(prepared), policy, now_s);
	}
}
