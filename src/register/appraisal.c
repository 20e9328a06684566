/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence under the collateral and the policy in force.
 *
 * Collateral is put together from rows and verified once; the machine keeps a
 * few such sets, each by the digest of what it was made from.  A set that is
 * kept and one that is made anew give the same verdict, so that which of them
 * are kept is nobody's business but speed's.
 */
#include "register/rules.h"

/* ---- memos */

static void
roots_read(struct machine *m)
{
	struct memos *memos = &m->memos;
	const struct row_key prefix = key_start(TABLE_ROOT);
	struct row_key key = prefix;
	struct root root;

	memos->roots_count = 0;
	while (memos->roots_count < ASSAY_ROOTS_MAX && row_next(m, &prefix, &key, &root)) {
		const size_t i = memos->roots_count;

		bytes_copy(memos->root_keys[i], VAR_BYTES(root.key), root.key.len);
		memos->roots[i] = (struct assay_root){ (enum assay_root_kind)root.kind,
			bytes_of(memos->root_keys[i], root.key.len), root.simulated };
		memos->roots_count++;
	}
	memos->has_roots = !m->failed;
}

struct assay_verifier
memo_verifier(struct machine *m)
{
	struct memos *memos = &m->memos;

	if (!memos->has_roots) {
		roots_read(m);
	}
	memos->caching = (struct assay_cache){ memos->cache, CACHE_ENTRIES };
	return (struct assay_verifier){ .crypto = m->crypto, .roots = memos->roots,
		.roots_count = memos->roots_count, .cache = &memos->caching };
}

/* The policy in force.  One that could not be read gives no tier to anybody. */
static const struct assay_policy *
memo_policy(struct machine *m)
{
	struct memos *memos = &m->memos;
	const struct row_key key = key_of_32(TABLE_POLICY, m->meta.policy);
	struct policy row;
	char error[160];

	if (memos->has_policy && memcmp(memos->policy.digest, m->meta.policy, sizeof(m->meta.policy)) == 0) {
		return &memos->policy;
	}
	memos->has_policy = row_get(m, &key, &row) &&
	    assay_policy_parse(&memos->policy, m->crypto, row.document, error);
	if (!memos->has_policy) {
		memset(&memos->policy, 0, sizeof(memos->policy));
	}
	return &memos->policy;
}

/* ---- sets of collateral */

enum part {
	PART_ROOT_CRL,
	PART_PCK_CRL,
	PART_TCB_INFO,
	PART_QE_IDENTITY,
	PARTS
};

/* Which rows a set is made from. */
struct set_part {
	enum collateral_kind kind;
	uint8_t subject[7];
	bool there;
	uint32_t number;
	uint8_t digest[32];	/* zero: there is none */
};

struct set {
	struct set_part parts[PARTS];
};

/* The set in force for a kind of platform; and the newer one, where there is any. */
struct sets {
	struct set in_force;
	struct set newer;
	bool complete;		/* nothing is missing in the first */
	bool has_newer;
	uint64_t newer_ms;	/* when the first of the newer parts comes into force; 0: not known */
};

static struct row_key
in_force_key(enum collateral_kind kind, const uint8_t subject[static 7])
{
	return key_bytes(key_u8(key_start(TABLE_IN_FORCE), (uint8_t)kind), bytes_of(subject, 7));
}

static void
set_part(struct machine *m, struct sets *sets, enum part i, enum collateral_kind kind,
    const struct assay_collateral_id *id)
{
	struct set_part *part = &sets->in_force.parts[i];
	struct in_force row;

	part->kind = kind;
	collateral_subject(part->subject, kind, id->tee, id->fmspc, id->pck_ca_is_platform);
	const struct row_key key = in_force_key(kind, part->subject);

	if (row_get(m, &key, &row) && row.there) {
		part->there = true;
		part->number = row.number;
		memcpy(part->digest, row.digest, sizeof(part->digest));
	}
	sets->complete = sets->complete && part->there;
	sets->newer.parts[i] = *part;
	if (row.next_number != 0) {
		sets->newer.parts[i].there = true;
		sets->newer.parts[i].number = row.next_number;
		memcpy(sets->newer.parts[i].digest, row.next_digest, sizeof(row.next_digest));
		sets->has_newer = true;
		if (row.next_ms != 0 && (sets->newer_ms == 0 || row.next_ms < sets->newer_ms)) {
			sets->newer_ms = row.next_ms;
		}
	}
}

static void
sets_find(struct machine *m, struct sets *sets, const struct assay_collateral_id *id)
{
	memset(sets, 0, sizeof(*sets));
	sets->complete = true;
	set_part(m, sets, PART_ROOT_CRL, COLLATERAL_ROOT_CRL, id);
	set_part(m, sets, PART_PCK_CRL, COLLATERAL_PCK_CRL, id);
	set_part(m, sets, PART_TCB_INFO, COLLATERAL_TCB_INFO, id);
	set_part(m, sets, PART_QE_IDENTITY, COLLATERAL_QE_IDENTITY, id);
}

static void
set_digest(const struct machine *m, uint8_t digest[static 32], const struct set *set)
{
	struct assay_bytes parts[PARTS];

	for (size_t i = 0; i < PARTS; i++) {
		parts[i] = ARRAY_BYTES(set->parts[i].digest);
	}
	m->crypto->sha256(m->crypto->context, digest, parts, PARTS);
}

/* The slot's memory, taken piece by piece. */
struct room {
	uint8_t *bytes;
	size_t size;
	size_t used;
};

static struct assay_bytes
keep(struct room *room, struct assay_bytes bytes)
{
	uint8_t *to = room->bytes + room->used;

	assert(bytes.len <= room->size - room->used);
	bytes_copy(to, bytes, bytes.len);
	room->used += bytes.len;
	return bytes_of(bytes.len != 0 ? to : NULL, bytes.len);
}

/* One part's row into the slot; what is not there stays empty. */
static void
part_read(struct machine *m, struct room *room, const struct set_part *part, struct assay_bytes *body,
    struct assay_bytes *signature, struct assay_bytes *chain)
{
	const struct row_key key = collateral_key(part->kind, part->subject, part->number);
	struct collateral row;

	if (part->there && row_get(m, &key, &row)) {
		*body = keep(room, row.body);
		*signature = keep(room, VAR_BYTES(row.signature));
		*chain = keep(room, row.chain);
	}
}

static void
slot_fill(struct machine *m, struct prepared_slot *slot, const struct set *set)
{
	const struct assay_verifier verifier = memo_verifier(m);
	struct room room = { slot->bytes, sizeof(slot->bytes), 0 };
	struct assay_collateral c = { 0 };
	struct assay_bytes none = { NULL, 0 };

	part_read(m, &room, &set->parts[PART_ROOT_CRL], &c.root_crl, &none, &none);
	part_read(m, &room, &set->parts[PART_PCK_CRL], &c.pck_crl, &none, &c.pck_crl_issuer_chain);
	part_read(m, &room, &set->parts[PART_TCB_INFO], &c.tcb_info, &c.tcb_info_signature,
	    &c.tcb_info_issuer_chain);
	part_read(m, &room, &set->parts[PART_QE_IDENTITY], &c.qe_identity, &c.qe_identity_signature,
	    &c.qe_identity_issuer_chain);
	assay_prepare(&slot->prepared, &verifier, &c);
}

static const struct assay_prepared *
set_prepared(struct machine *m, const struct set *set)
{
	struct memos *memos = &m->memos;
	struct prepared_slot *slot = &memos->prepared[0];
	uint8_t digest[32];

	set_digest(m, digest, set);
	memos->clock++;
	for (size_t i = 0; i < PREPARED_SLOTS; i++) {
		struct prepared_slot *one = &memos->prepared[i];

		if (one->used && memcmp(one->digest, digest, sizeof(digest)) == 0) {
			one->last_used = memos->clock;
			return &one->prepared;
		}
		if (one->last_used < slot->last_used) {
			slot = one;
		}
	}
	slot->used = false;
	slot_fill(m, slot, set);
	slot->used = !m->failed;
	slot->last_used = memos->clock;
	memcpy(slot->digest, digest, sizeof(slot->digest));
	return &slot->prepared;
}

/* ---- the appraisal */

#define MITIGATES_MAX	(MITIGATES_VAR_MAX / 2)

static size_t
mitigated_ids(struct assay_bytes ids[static MITIGATES_MAX], struct assay_bytes list)
{
	struct assay_bytes id;
	size_t count = 0;

	while (count < MITIGATES_MAX && list_next(&list, &id)) {
		ids[count] = id;
		count++;
	}
	return count;
}

/*
 * The policy in force, under which vendors' documents that are late go on for
 * the stretch: no longer, or the council could keep in by a policy whom the
 * vendor's dates put out.  A copy: what it is called and what it is a digest of
 * stay.
 */
static struct assay_policy
policy_with_stretch(struct machine *m)
{
	struct assay_policy policy = *memo_policy(m);

	policy.collateral_grace_s = (int64_t)(parameter(m, PARAMETER_VENDOR_STRETCH) / 1000);
	return policy;
}

void
appraise(struct machine *m, struct appraisal *out, struct assay_bytes evidence, struct assay_bytes mitigates)
{
	const struct assay_evidence given = { .quote = evidence };
	const struct assay_policy policy = policy_with_stretch(m);
	const int64_t now_s = (int64_t)(m->meta.time_ms / 1000);
	struct assay_verifier verifier = memo_verifier(m);
	struct assay_bytes mitigated[MITIGATES_MAX];
	struct assay_collateral_id id;
	struct sets sets;

	memset(out, 0, sizeof(*out));
	memset(&sets, 0, sizeof(sets));
	/* Evidence that names no platform is judged without collateral: it cannot come out well. */
	if (assay_untrusted_collateral_id(&id, &given)) {
		sets_find(m, &sets, &id);
	}
	verifier.mitigated = mitigated;
	verifier.mitigated_count = mitigated_ids(mitigated, mitigates);
	const struct assay_prepared *in_force = set_prepared(m, &sets.in_force);
	const struct assay_prepared *newer = sets.has_newer ? set_prepared(m, &sets.newer) : NULL;

	assay_appraise_prepared(&out->verdict, &verifier, &given, in_force, newer, &policy, now_s);
	out->has_collateral = sets.complete;
	out->verdict.tier_next_at_s = (int64_t)(sets.newer_ms / 1000);
}

uint64_t
verdict_cause_height(struct machine *m, const struct worker *worker)
{
	static const struct {
		enum collateral_kind kind;
		bool platform_ca;
	} parts[] = {
		/* A worker's row does not say which CA its platform hangs from. */
		{ COLLATERAL_ROOT_CRL, false }, { COLLATERAL_PCK_CRL, false }, { COLLATERAL_PCK_CRL, true },
		{ COLLATERAL_TCB_INFO, false }, { COLLATERAL_QE_IDENTITY, false }
	};
	uint64_t cause = m->meta.policy_height;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		uint8_t subject[7];
		struct in_force row;

		collateral_subject(subject, parts[i].kind, (enum assay_tee)worker->tee, worker->fmspc,
		    parts[i].platform_ca);
		const struct row_key key = in_force_key(parts[i].kind, subject);

		if (row_get(m, &key, &row) && row.height > cause) {
			cause = row.height;
		}
	}
	return cause;
}

/* ---- what follows from the verdict */

static void
set_advisories(struct worker *worker, const struct assay_verdict *verdict)
{
	uint8_t list[ADVISORIES_VAR_MAX];
	size_t used = 0;

	for (size_t i = 0; i < verdict->advisories_count; i++) {
		size_t len = 0;

		while (len < ASSAY_ADVISORY_BYTES && verdict->advisories[i][len] != '\0') {
			len++;
		}
		assert(1 + len <= sizeof(list) - used);
		list[used] = (uint8_t)len;
		memcpy(list + used + 1, verdict->advisories[i], len);
		used += 1 + len;
	}
	VAR_SET(worker->advisories, bytes_of(list, used));
}

static bool
has_reason(const struct assay_verdict *verdict, enum assay_reason reason)
{
	for (size_t i = 0; i < verdict->reasons_count; i++) {
		if (verdict->reasons[i] == (uint8_t)reason) {
			return true;
		}
	}
	return false;
}

/*
 * The vendor's dates alone.  A verdict that rests on late documents ends with
 * their grace; the row holds when that grace began, and whoever asks when the
 * evidence expires adds it: so a date in the past says that it does rest on it.
 */
static uint64_t
valid_until(const struct machine *m, const struct assay_verdict *verdict)
{
	const int64_t stretch_s = (int64_t)(parameter(m, PARAMETER_VENDOR_STRETCH) / 1000);
	int64_t until_s = verdict->valid_until_s;

	if (has_reason(verdict, ASSAY_REASON_GRACE_COLLATERAL)) {
		until_s -= stretch_s;
	}
	return until_s < 0 ? 0 : (uint64_t)until_s;
}

void
worker_set_verdict(struct machine *m, struct worker *worker, const struct assay_verdict *verdict)
{
	worker->appraised_height = m->meta.height;
	worker->failed_check = (uint16_t)(verdict->first_failed + 1);
	worker->tier = (uint8_t)assay_tier_number(verdict->tier);
	worker->tier_next = UINT8_MAX;
	worker->tier_next_ms = 0;
	if (verdict->has_tier_next) {
		worker->tier_next = (uint8_t)assay_tier_number(verdict->tier_next);
		worker->tier_next_ms = (uint64_t)verdict->tier_next_at_s * 1000;
	}
	worker->status = (uint8_t)verdict->tcb_status;
	/* Evidence that was refused before its dates were looked at keeps those that it had. */
	if (verdict->has_validity) {
		worker->valid_until_s = valid_until(m, verdict);
	}
	worker->evaluation_number = verdict->tcb_evaluation_number;
	set_advisories(worker, verdict);
	if (verdict->has_platform) {
		memcpy(worker->fmspc, verdict->platform.fmspc, sizeof(worker->fmspc));
		memcpy(worker->components, verdict->platform.components, sizeof(worker->components));
		worker->pcesvn = verdict->platform.pcesvn;
	}
}

enum code
verdict_code(struct machine *m, const struct appraisal *appraisal)
{
	const struct assay_verdict *v = &appraisal->verdict;

	m->detail = (uint16_t)(v->first_failed + 1);
	if (v->kind == ASSAY_EVIDENCE_IAS_REPORT || v->kind == ASSAY_EVIDENCE_EPID_QUOTE) {
		return CODE_EVIDENCE_KIND;
	}
	if (v->authenticity == ASSAY_UNDECIDED) {
		return CODE_EVIDENCE_UNDECIDED;
	}
	if (v->authenticity != ASSAY_GENUINE || v->tier == ASSAY_TIER_NONE) {
		return CODE_EVIDENCE_REFUSED;
	}
	/* Machines that do not say who they are would all be one. */
	if (!v->has_platform || !v->platform.has_id ||
	    bytes_all_zero(bytes_of(v->platform.ppid, sizeof(v->platform.ppid)))) {
		return CODE_PLATFORM_UNKNOWN;
	}
	return CODE_ACCEPTED;
}
