/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts and a policy give a tier, with its reasons.
 *
 * The status picks a row of the policy's table; advisories that count, lists
 * that cannot be known and ceilings can only lower it; a failed NO_TIER row
 * takes it away.  Nothing here can raise a tier.
 */
#include "appraise/grade.h"
#include "evidence/report.h"

/* ---- what the facts say ----------------------------------------------- */

static bool
is_out_of_date(enum assay_tcb_status status)
{
	return status == ASSAY_TCB_OUT_OF_DATE || status == ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
}

static bool
is_relaunch(enum assay_tcb_status status)
{
	return status == ASSAY_TCB_TD_RELAUNCH_ADVISED ||
	    status == ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
}

/*
 * A part that is out of date became so when the first level above its own
 * appeared that has a later date; levels of one date differ by configuration.
 * Where no level above is in date there is nothing to update to, and no grace
 * to do it in.
 */
struct successor {
	int64_t own_s;
	int64_t first_s;	/* RENEWAL_NEVER: none so far */
	bool in_date;		/* one of those above is */
};

static void
succeed(struct successor *successor, enum assay_tcb_status status, int64_t date_s)
{
	successor->in_date |= !is_out_of_date(status);
	if (date_s > successor->own_s && (successor->first_s == RENEWAL_NEVER || date_s < successor->first_s)) {
		successor->first_s = date_s;
	}
}

/* The same walk twice: levels of a platform and of a part differ in type. */
static int64_t
platform_successor(const struct tcb_level *levels, uint32_t at)
{
	struct successor successor = { levels[at].date_s, RENEWAL_NEVER, false };

	for (uint32_t i = 0; i < at; i++) {
		succeed(&successor, levels[i].status, levels[i].date_s);
	}
	return successor.in_date ? successor.first_s : RENEWAL_NEVER;
}

static int64_t
isv_successor(const struct isv_level *levels, uint32_t at)
{
	struct successor successor = { levels[at].date_s, RENEWAL_NEVER, false };

	for (uint32_t i = 0; i < at; i++) {
		succeed(&successor, levels[i].status, levels[i].date_s);
	}
	return successor.in_date ? successor.first_s : RENEWAL_NEVER;
}

/* When the first of the parts that are out of date became so. */
static int64_t
renewal(const struct standing *standing)
{
	const struct facts *facts = standing->facts;
	const struct tcb_levels *at = &standing->match.launch;
	const struct tcb_info *info = &facts->prepared->tcb_info;
	int64_t renewal_s = INT64_MAX;

	if (is_out_of_date(info->levels[at->platform].status)) {
		renewal_s = platform_successor(info->levels, at->platform);
	}
	if (is_out_of_date(standing->match.qe_status)) {
		const int64_t qe_s = isv_successor(facts->prepared->qe_identity.levels, at->qe);

		renewal_s = qe_s < renewal_s ? qe_s : renewal_s;
	}
	if (is_out_of_date(standing->match.module_status)) {
		const int64_t module_s = isv_successor(facts->module_launch->levels, at->module);

		renewal_s = module_s < renewal_s ? module_s : renewal_s;
	}
	return renewal_s == INT64_MAX ? RENEWAL_NEVER : renewal_s;
}

void
standing_of(struct standing *standing, const struct facts *facts, const struct assay_verifier *verifier)
{
	memset(standing, 0, sizeof(*standing));
	standing->facts = facts;
	standing->mitigated = verifier->mitigated;
	standing->mitigated_count = verifier->mitigated_count;
	standing->has_references = verifier->references_count != 0;
	standing->renewal_s = RENEWAL_NEVER;
	if (facts->kind == ASSAY_EVIDENCE_IAS_REPORT) {
		struct advisories *advisories = &standing->match.advisories;

		standing->covered = true;
		standing->level_date_s = facts->ias.timestamp_s;
		standing->match.status = facts->ias_status;
		standing->evaluation_number = facts->ias_evaluation_number;
		advisories->unknown = facts->ias_advisories_unknown;
		advisories->count = facts->ias_advisories_count;
		memcpy(advisories->ids, facts->ias_advisories, sizeof(advisories->ids));
		return;
	}
	const uint32_t of_tcb_info = facts->prepared->tcb_info.evaluation_number;
	const uint32_t of_identity = facts->prepared->qe_identity.evaluation_number;

	standing->evaluation_number = of_tcb_info < of_identity ? of_tcb_info : of_identity;
	tcb_match(&standing->match, facts);
	standing->covered = standing->match.platform_covered && standing->match.module_covered &&
	    standing->match.qe_covered;
	if (standing->covered) {
		standing->level_date_s = facts->prepared->tcb_info.levels[standing->match.launch.platform].date_s;
		standing->renewal_s = renewal(standing);
	}
}

/* ---- advisories ------------------------------------------------------- */

static bool
id_equal(const struct assay_advisory *entry, struct assay_bytes id)
{
	return id.len < ASSAY_ADVISORY_BYTES && memcmp(entry->id, id.data, id.len) == 0 &&
	    entry->id[id.len] == '\0';
}

static bool
list_has(const struct assay_advisory_list *list, struct assay_bytes id)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (id_equal(&list->ids[i], id)) {
			return true;
		}
	}
	return false;
}

static bool
is_mitigated(const struct standing *standing, struct assay_bytes id)
{
	for (size_t i = 0; i < standing->mitigated_count; i++) {
		if (bytes_equal(standing->mitigated[i], id)) {
			return true;
		}
	}
	return false;
}

/*
 * A critical advisory is open: listed, or not to be ruled out.  Where the
 * list cannot be known the date decides, whatever the status: what is from
 * before the fix lacks it, and without both dates nothing rules it out.
 */
static bool
critical_open(const struct standing *standing, const struct assay_policy *policy)
{
	const struct advisories *advisories = &standing->match.advisories;

	for (uint32_t i = 0; i < advisories->count; i++) {
		if (list_has(&policy->critical, advisories->ids[i])) {
			return true;
		}
	}
	if (advisories->overflow) {
		return policy->critical.count != 0;
	}
	if (!advisories->unknown) {
		return false;
	}
	for (uint32_t i = 0; i < policy->critical.count; i++) {
		const int64_t fixed_s = policy->critical.ids[i].fixed_s;

		if (fixed_s == 0 || standing->level_date_s == 0 || standing->level_date_s < fixed_s) {
			return true;
		}
	}
	return false;
}

/* ---- time ------------------------------------------------------------- */

/* The grade holds no longer than this. */
static void
holds_until(struct grade *g, int64_t until_s)
{
	if (until_s < g->until_s) {
		g->until_s = until_s;
	}
}

/* ---- reasons and rows ------------------------------------------------- */

static void
reason(struct grade *g, enum assay_reason why)
{
	for (uint32_t i = 0; i < g->reasons_count; i++) {
		if (g->reasons[i] == (uint8_t)why) {
			return;
		}
	}
	if (why != ASSAY_REASON_NONE && g->reasons_count < ASSAY_REASONS_MAX) {
		g->reasons[g->reasons_count] = (uint8_t)why;
		g->reasons_count++;
	}
}

static bool
row(struct grade *g, enum assay_check check, bool passed, enum assay_reason why)
{
	g->results[check] = passed ? ASSAY_PASSED : ASSAY_FAILED;
	if (!passed) {
		reason(g, why);
	}
	return passed;
}

static enum assay_reason
status_reason(enum assay_tcb_status status)
{
	static const uint8_t reasons[ASSAY_TCB_STATUS_COUNT] = {
		[ASSAY_TCB_UP_TO_DATE] = ASSAY_REASON_UP_TO_DATE,
		[ASSAY_TCB_SW_HARDENING_NEEDED] = ASSAY_REASON_SW_HARDENING_NEEDED,
		[ASSAY_TCB_CONFIGURATION_NEEDED] = ASSAY_REASON_CONFIGURATION_NEEDED,
		[ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] =
		    ASSAY_REASON_CONFIGURATION_AND_SW_HARDENING_NEEDED,
		[ASSAY_TCB_OUT_OF_DATE] = ASSAY_REASON_OUT_OF_DATE,
		[ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = ASSAY_REASON_OUT_OF_DATE_CONFIGURATION_NEEDED,
		[ASSAY_TCB_TD_RELAUNCH_ADVISED] = ASSAY_REASON_TD_RELAUNCH_ADVISED,
		[ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] =
		    ASSAY_REASON_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
		[ASSAY_TCB_REVOKED] = ASSAY_REASON_REVOKED,
		[ASSAY_TCB_SIGNATURE_INVALID] = ASSAY_REASON_SIGNATURE_INVALID,
		[ASSAY_TCB_SIGNATURE_REVOKED] = ASSAY_REASON_SIGNATURE_REVOKED,
		[ASSAY_TCB_KEY_REVOKED] = ASSAY_REASON_KEY_REVOKED,
		[ASSAY_TCB_SIGRL_VERSION_MISMATCH] = ASSAY_REASON_SIGRL_VERSION_MISMATCH,
	};

	return (enum assay_reason)reasons[status];
}

static bool
is_revoked(enum assay_tcb_status status)
{
	return status >= ASSAY_TCB_REVOKED && status < ASSAY_TCB_STATUS_COUNT;
}

/* ---- the tier by status and advisories -------------------------------- */

static void
lower_to(struct grade *g, enum assay_tier at_best, enum assay_reason why)
{
	if (g->tcb_tier > at_best) {
		g->tcb_tier = at_best;
		g->deciding = (uint8_t)why;
		reason(g, why);
	}
}

/*
 * What cannot be known is taken for the worst that could be listed.  Beside
 * OK no report of any version lists anything, so nothing is unknown there;
 * beside UpToDate TCB info lists advisories since 2026.
 */
static void
count_unknown(struct grade *g, const struct standing *standing, const struct assay_policy *policy,
    enum assay_tcb_status status)
{
	enum assay_tier at_best = policy->advisory_tier;

	if (status == ASSAY_TCB_UP_TO_DATE && standing->facts->kind == ASSAY_EVIDENCE_IAS_REPORT) {
		return;
	}
	if (policy->hard_stays_in_tier_2 && policy->hard.count != 0 && at_best > ASSAY_TIER_2) {
		at_best = ASSAY_TIER_2;
	}
	lower_to(g, at_best, ASSAY_REASON_ADVISORIES_UNKNOWN);
}

static void
count_advisories(struct grade *g, const struct standing *standing, const struct assay_policy *policy,
    enum assay_tcb_status status, enum assay_tier base)
{
	const struct advisories *advisories = &standing->match.advisories;
	bool hard = false;

	if (advisories->unknown) {
		reason(g, ASSAY_REASON_ADVISORIES_UNKNOWN);
	}
	if (base > policy->advisories_count_at_or_below ||
	    (status == ASSAY_TCB_UP_TO_DATE && !policy->advisories_count_beside_up_to_date)) {
		return;
	}
	for (uint32_t i = 0; i < advisories->count; i++) {
		const struct assay_bytes id = advisories->ids[i];

		if (list_has(&policy->whitelist, id) || is_mitigated(standing, id)) {
			continue;
		}
		if (policy->hard_stays_in_tier_2 && list_has(&policy->hard, id)) {
			hard = true;
			continue;
		}
		g->counted |= UINT64_C(1) << i;
	}
	if (g->counted != 0) {
		lower_to(g, policy->advisory_tier, ASSAY_REASON_ADVISORIES_COUNTED);
	}
	if (hard) {
		lower_to(g, ASSAY_TIER_2, ASSAY_REASON_ADVISORIES_HARD);
	}
	if (advisories->unknown) {
		count_unknown(g, standing, policy, status);
	}
}

/* The status as if it were this one, with all that can lower what it earns. */
static void
read_status(struct grade *g, const struct standing *standing, const struct assay_policy *policy,
    enum assay_tcb_status status)
{
	enum assay_tier base = policy->tier_of_status[status];

	if (is_relaunch(status) && base > ASSAY_TIER_4) {
		base = ASSAY_TIER_4;
	}
	g->tcb_tier = base;
	count_advisories(g, standing, policy, status, base);
	for (uint32_t i = 0; i < policy->ceilings_count; i++) {
		const struct assay_ceiling *ceiling = &policy->ceilings[i];

		if (ceiling->tee == standing->facts->tee && g->tcb_tier > ceiling->tier) {
			lower_to(g, ceiling->tier, ASSAY_REASON_CEILING);
			g->ceiling_word = ceiling->word;
		}
	}
}

/*
 * Within its grace an out-of-date platform may be graded as a TD that needs
 * one relaunch is: what mends it is known and at hand.  So it is never above
 * a platform that is in date, whatever that one lacks, and it never pays to
 * leave an update undone.  A grace is given, not imposed: where the policy has
 * more for the status itself, that stands.
 */
static void
read_in_grace(struct grade *g, const struct grade *begun, const struct standing *standing,
    const struct assay_policy *policy, int64_t at_s)
{
	const enum assay_tcb_status status = standing->match.status;
	struct grade graced = *begun;

	if (!is_out_of_date(status) || policy->out_of_date_grace_s <= 0 || standing->renewal_s == RENEWAL_NEVER ||
	    at_s > time_add(standing->renewal_s, policy->out_of_date_grace_s)) {
		return;
	}
	reason(&graced, ASSAY_REASON_GRACE_OUT_OF_DATE);
	graced.deciding = ASSAY_REASON_GRACE_OUT_OF_DATE;
	holds_until(&graced, time_add(standing->renewal_s, policy->out_of_date_grace_s));
	read_status(&graced, standing, policy, status == ASSAY_TCB_OUT_OF_DATE ?
	    ASSAY_TCB_TD_RELAUNCH_ADVISED : ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED);
	if (graced.tcb_tier > g->tcb_tier) {
		*g = graced;
	}
}

static void
grade_tcb(struct grade *g, const struct standing *standing, const struct assay_policy *policy, int64_t at_s)
{
	const enum assay_tcb_status status = standing->match.status;

	reason(g, status_reason(status));
	g->deciding = (uint8_t)status_reason(status);
	if (is_out_of_date(standing->match.qe_status)) {
		reason(g, ASSAY_REASON_QE_OUT_OF_DATE);
		g->deciding = ASSAY_REASON_QE_OUT_OF_DATE;
	}
	/* Where a relaunch is advised, the module that runs now is a newer one. */
	if (is_out_of_date(standing->match.module_status) && !is_relaunch(status)) {
		reason(g, ASSAY_REASON_TDX_MODULE_OUT_OF_DATE);
		g->deciding = ASSAY_REASON_TDX_MODULE_OUT_OF_DATE;
	}
	const struct grade begun = *g;

	read_status(g, standing, policy, status);
	read_in_grace(g, &begun, standing, policy, at_s);
	if (is_relaunch(status)) {
		reason(g, ASSAY_REASON_TABLE_SILENT);
	}
}

/* ---- rows that take a tier away --------------------------------------- */

static bool
flags_hold(const struct assay_platform *platform, uint32_t require)
{
	return ((require & ASSAY_REQUIRE_SMT_DISABLED) == 0 || platform->smt_enabled == ASSAY_FLAG_FALSE) &&
	    ((require & ASSAY_REQUIRE_STATIC_PLATFORM) == 0 ||
	    platform->dynamic_platform == ASSAY_FLAG_FALSE) &&
	    ((require & ASSAY_REQUIRE_NO_CACHED_KEYS) == 0 || platform->cached_keys == ASSAY_FLAG_FALSE);
}

static bool
rows_tcb(struct grade *g, const struct standing *standing, const struct assay_policy *policy)
{
	const bool quote = standing->facts->kind != ASSAY_EVIDENCE_IAS_REPORT;
	bool passed = true;

	if (quote) {
		passed &= row(g, ASSAY_CHECK_TCB_LEVEL, standing->match.platform_covered,
		    ASSAY_REASON_TCB_NO_LEVEL);
		if (standing->facts->module_launch != NULL || standing->facts->module_current != NULL) {
			passed &= row(g, ASSAY_CHECK_TDX_MODULE_LEVEL, standing->match.module_covered,
			    ASSAY_REASON_TDX_MODULE_NO_LEVEL);
		}
		passed &= row(g, ASSAY_CHECK_QE_LEVEL, standing->match.qe_covered, ASSAY_REASON_QE_NO_LEVEL);
	}
	if (!standing->covered) {
		return false;
	}
	const enum assay_tcb_status status = standing->match.status;

	passed &= row(g, ASSAY_CHECK_TCB_REVOKED, !is_revoked(status), ASSAY_REASON_NONE);
	/* Of a status that no policy can give a tier, the policy was not asked. */
	if (!is_revoked(status)) {
		passed &= row(g, ASSAY_CHECK_STATUS_TIER, g->tcb_tier != ASSAY_TIER_NONE,
		    ASSAY_REASON_STATUS_UNTIERED);
	}
	passed &= row(g, ASSAY_CHECK_CRITICAL_ADVISORY, !critical_open(standing, policy),
	    ASSAY_REASON_ADVISORIES_CRITICAL);
	return passed;
}

static bool
rows_platform(struct grade *g, const struct standing *standing, const struct assay_policy *policy,
    int64_t at_s)
{
	const struct facts *facts = standing->facts;
	bool passed = row(g, ASSAY_CHECK_EVALUATION_NUMBER,
	    standing->evaluation_number >= policy->minimum_tcb_evaluation_number,
	    ASSAY_REASON_EVALUATION_NUMBER);

	/* A report says nothing of the platform's flags: what is asked for is then not known. */
	passed &= row(g, ASSAY_CHECK_PLATFORM_FLAGS, flags_hold(&facts->platform, policy->require),
	    ASSAY_REASON_PLATFORM_FLAGS);
	if (facts->kind == ASSAY_EVIDENCE_IAS_REPORT) {
		const int64_t until_s = policy->report_age_max_s == 0 ? INT64_MAX :
		    time_add(facts->ias.timestamp_s, policy->report_age_max_s);

		if (row(g, ASSAY_CHECK_REPORT_AGE, at_s <= until_s, ASSAY_REASON_REPORT_AGE)) {
			holds_until(g, until_s);
		} else {
			passed = false;
		}
	}
	return passed;
}

static bool
rows_enclave(struct grade *g, const struct assay_sgx_report *report, uint32_t permit)
{
	const uint64_t flags = sgx_report_flags(report);
	const bool plain = (flags & SGX_FLAGS_NEEDED) == SGX_FLAGS_NEEDED && (flags & ~SGX_FLAGS_ORDINARY) == 0;
	bool passed = row(g, ASSAY_CHECK_DEBUG, (flags & SGX_FLAG_DEBUG) == 0 ||
	    (permit & ASSAY_PERMIT_DEBUG) != 0, ASSAY_REASON_DEBUG);

	passed &= row(g, ASSAY_CHECK_ENCLAVE_ATTRIBUTES, plain || (permit & ASSAY_PERMIT_ENCLAVE_ATTRIBUTES) != 0,
	    ASSAY_REASON_ENCLAVE_ATTRIBUTES);
	return passed;
}

static bool
no_service_td(const struct assay_td_report *report)
{
	return bytes_all_zero(bytes_of(report->mrservicetd, 48)) &&
	    bytes_all_zero(bytes_of(report->init_servicetd_hash, 48)) &&
	    bytes_all_zero(bytes_of(report->current_servicetd_hash, 48));
}

static bool
rows_td(struct grade *g, const struct assay_td_report *report, uint32_t permit)
{
	const uint64_t attributes = td_report_attributes(report);
	const uint64_t xfam = td_report_xfam(report);
	const bool known = (attributes & ~TD_KNOWN) == 0 && (xfam & ~TD_XFAM_KNOWN) == 0 &&
	    (xfam & TD_XFAM_FIXED_1) == TD_XFAM_FIXED_1;
	bool passed = row(g, ASSAY_CHECK_DEBUG, (attributes & TD_DEBUG) == 0 ||
	    (permit & ASSAY_PERMIT_DEBUG) != 0, ASSAY_REASON_DEBUG);

	passed &= row(g, ASSAY_CHECK_TD_ATTRIBUTES, known || (permit & ASSAY_PERMIT_TD_ATTRIBUTES) != 0,
	    ASSAY_REASON_TD_ATTRIBUTES);
	passed &= row(g, ASSAY_CHECK_SEPT_VE_DISABLE, (attributes & TD_SEPT_VE_DISABLE) != 0 ||
	    (permit & ASSAY_PERMIT_SEPT_VE) != 0, ASSAY_REASON_SEPT_VE_DISABLE);
	passed &= row(g, ASSAY_CHECK_SERVICE_TD, no_service_td(report) ||
	    (permit & ASSAY_PERMIT_SERVICE_TD) != 0, ASSAY_REASON_SERVICE_TD);
	return passed;
}

void
grade(struct grade *g, const struct standing *standing, const struct assay_policy *policy, int64_t at_s)
{
	const struct facts *facts = standing->facts;

	memset(g, 0, sizeof(*g));
	g->until_s = INT64_MAX;
	if (standing->covered) {
		grade_tcb(g, standing, policy, at_s);
	}
	bool passed = rows_tcb(g, standing, policy);

	passed &= rows_platform(g, standing, policy, at_s);
	/* A report that vouches for no enclave has nothing to judge here, and no tier. */
	passed &= facts->has_body;
	if (facts->has_body) {
		passed &= facts->tee == ASSAY_TEE_TDX ? rows_td(g, &facts->td, policy->permit) :
		    rows_enclave(g, &facts->sgx, policy->permit);
	}
	if (standing->has_references) {
		passed &= row(g, ASSAY_CHECK_REFERENCE_VALUES, standing->references_hold,
		    ASSAY_REASON_REFERENCE_VALUES);
	}
	g->tier = passed ? g->tcb_tier : ASSAY_TIER_NONE;
	if (!passed && (g->results[ASSAY_CHECK_CRITICAL_ADVISORY] == ASSAY_FAILED ||
	    g->results[ASSAY_CHECK_TCB_REVOKED] == ASSAY_FAILED)) {
		g->tcb_tier = ASSAY_TIER_NONE;
	}
}
