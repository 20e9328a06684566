/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What vendors signed: brought by anybody, verified to the roots of genesis,
 * kept one row for each subject and evaluation number.
 *
 * In force is one row of each subject.  Of TCB info and identities it is the
 * highest number that stands: not above tcb_number, or with a recovery date
 * that is tcb_number_auto days ago.  Numbers stand for good once they stand, and
 * what is in force never goes back to a lower one, so nobody lowers the bar by
 * bringing an old set, nor the council by raising tcb_number.
 */
#include "register/rules.h"
#include "verify/document.h"
#include "x509/crl.h"

#define SUBJECT_BYTES		7
#define DAY_MS			UINT64_C(86400000)

/* What happens at a block's start has little room until the transactions are there: see entry_append. */
#define REFRESHED_PER_BLOCK	12
#define REMOVED_AT_ONCE		2

struct subject {
	enum collateral_kind kind;
	uint8_t bytes[SUBJECT_BYTES];
};

/* ---- keys */

struct row_key
collateral_key(enum collateral_kind kind, const uint8_t subject[static 7], uint32_t number)
{
	const struct row_key key = key_u8(key_start(TABLE_COLLATERAL), (uint8_t)kind);

	return key_u32(key_bytes(key, bytes_of(subject, SUBJECT_BYTES)), number);
}

void
collateral_subject(uint8_t subject[static 7], enum collateral_kind kind, enum assay_tee tee,
    const uint8_t fmspc[static 6], bool platform_ca)
{
	memset(subject, 0, SUBJECT_BYTES);
	switch (kind) {
	case COLLATERAL_ROOT_CRL:
		break;
	case COLLATERAL_PCK_CRL:
		subject[0] = platform_ca ? 1 : 0;
		break;
	case COLLATERAL_TCB_INFO:
		subject[0] = (uint8_t)tee;
		memcpy(subject + 1, fmspc, 6);
		break;
	case COLLATERAL_QE_IDENTITY:
		subject[0] = (uint8_t)tee;
		break;
	}
}

static struct row_key
subject_rows(const struct subject *subject)
{
	const struct row_key key = key_u8(key_start(TABLE_COLLATERAL), (uint8_t)subject->kind);

	return key_bytes(key, ARRAY_BYTES(subject->bytes));
}

static struct row_key
in_force_key(const struct subject *subject)
{
	const struct row_key key = key_u8(key_start(TABLE_IN_FORCE), (uint8_t)subject->kind);

	return key_bytes(key, ARRAY_BYTES(subject->bytes));
}

static struct subject
subject_of_primary(struct assay_bytes primary)
{
	struct subject subject;

	assert(primary.len == 1 + SUBJECT_BYTES);
	subject.kind = (enum collateral_kind)key_take(&primary, 1);
	bytes_copy(subject.bytes, primary, SUBJECT_BYTES);
	return subject;
}

static uint32_t
number_of_key(const struct row_key *key)
{
	struct assay_bytes primary = key_primary(key);

	(void)key_take(&primary, 1 + SUBJECT_BYTES - 4);
	(void)key_take(&primary, 4);
	return (uint32_t)key_take(&primary, 4);
}

void
collateral_digest(const struct machine *m, uint8_t digest[static 32], const struct collateral *row)
{
	const struct assay_bytes parts[] = { ARRAY_BYTES(row->digest), VAR_BYTES(row->signature), row->chain };

	m->crypto->sha256(m->crypto->context, digest, parts, sizeof(parts) / sizeof(parts[0]));
}

static bool
has_numbers(enum collateral_kind kind)
{
	return kind == COLLATERAL_TCB_INFO || kind == COLLATERAL_QE_IDENTITY;
}

/* ---- what is in force */

/* When a set comes into force without the council; NO_TIME where it says no date. */
static uint64_t
auto_ms(const struct machine *m, const struct collateral *row)
{
	const uint64_t days = parameter(m, PARAMETER_TCB_NUMBER_AUTO);

	if (row->evaluation_date_s == 0 || row->evaluation_date_s > NO_TIME / 1000) {
		return NO_TIME;
	}
	return time_add(row->evaluation_date_s * 1000, days * DAY_MS);
}

static bool
stands(const struct machine *m, uint32_t number, const struct collateral *row)
{
	return number <= parameter(m, PARAMETER_TCB_NUMBER) || auto_ms(m, row) <= m->meta.time_ms;
}

/* What was found among the rows of a subject. */
struct found {
	bool there;
	uint32_t number;
	uint64_t due_ms;
	uint8_t digest[32];
};

static void
found_set(const struct machine *m, struct found *found, uint32_t number, uint64_t due_ms,
    const struct collateral *row)
{
	found->there = true;
	found->number = number;
	found->due_ms = due_ms;
	collateral_digest(m, found->digest, row);
}

/*
 * The row in force: the highest number that stands, never lower than what is in
 * force already.  While the council has set no tcb_number and none stands, the
 * first that came is in force: a register without collateral could admit nobody.
 */
static struct found
find_in_force(struct machine *m, const struct subject *subject, const struct in_force *before)
{
	const struct row_key prefix = subject_rows(subject);
	const bool unset = parameter(m, PARAMETER_TCB_NUMBER) == 0;
	struct row_key key = prefix;
	struct found found = { 0 };
	struct found lowest = { 0 };
	struct collateral row;

	while (row_next(m, &prefix, &key, &row)) {
		const uint32_t number = number_of_key(&key);

		if (!has_numbers(subject->kind) || stands(m, number, &row) ||
		    (before->there && number == before->number)) {
			found_set(m, &found, number, 0, &row);
		} else if (!lowest.there) {
			found_set(m, &lowest, number, 0, &row);
		}
	}
	return found.there || !unset ? found : lowest;
}

/* Of the higher numbers the one that comes into force first, by its own date. */
static struct found
find_next(struct machine *m, const struct subject *subject, const struct found *in_force)
{
	const struct row_key prefix = subject_rows(subject);
	struct row_key key = prefix;
	struct found next = { 0 };
	struct collateral row;

	while (has_numbers(subject->kind) && row_next(m, &prefix, &key, &row)) {
		const uint32_t number = number_of_key(&key);
		const uint64_t due_ms = auto_ms(m, &row);

		if ((!in_force->there || number > in_force->number) && (!next.there || due_ms <= next.due_ms)) {
			found_set(m, &next, number, due_ms, &row);
		}
	}
	return next;
}

/* Numbers below the one in force decide nothing any more.  A few at a time: a step is small. */
static void
remove_lower(struct machine *m, const struct subject *subject, uint32_t in_force)
{
	const struct row_key prefix = subject_rows(subject);
	struct row_key key = prefix;
	struct collateral row;

	for (unsigned i = 0; i < REMOVED_AT_ONCE; i++) {
		if (!row_next(m, &prefix, &key, &row) || number_of_key(&key) >= in_force) {
			return;
		}
		row_remove(m, &key);
	}
}

static bool
is_timed(uint64_t due_ms)
{
	return due_ms != 0 && due_ms != NO_TIME;
}

/* Decide anew what is in force of a subject, and see to what follows from it. */
static void
subject_refresh(struct machine *m, const struct subject *subject)
{
	const struct row_key key = in_force_key(subject);
	struct in_force before;
	struct in_force after = { 0 };

	row_get(m, &key, &before);
	const struct found found = find_in_force(m, subject, &before);
	const struct found next = find_next(m, subject, &found);

	after.there = found.there;
	after.number = found.number;
	memcpy(after.digest, found.digest, sizeof(after.digest));
	after.next_number = next.number;
	memcpy(after.next_digest, next.digest, sizeof(after.next_digest));
	after.next_ms = next.there && next.due_ms != NO_TIME ? next.due_ms : 0;
	if (after.next_ms != before.next_ms) {
		if (is_timed(before.next_ms)) {
			timer_clear(m, TIMER_COLLATERAL, before.next_ms, key_primary(&key));
		}
		if (is_timed(after.next_ms)) {
			timer_set(m, TIMER_COLLATERAL, after.next_ms, key_primary(&key));
		}
	}
	if (found.there) {
		remove_lower(m, subject, found.number);
	}
	if (before.there == after.there && before.number == after.number &&
	    before.next_number == after.next_number && before.next_ms == after.next_ms &&
	    memcmp(before.digest, after.digest, sizeof(after.digest)) == 0 &&
	    memcmp(before.next_digest, after.next_digest, sizeof(after.next_digest)) == 0) {
		return;
	}
	after.height = m->meta.height;
	row_put(m, &key, &after);
	m->meta.collateral_height = m->meta.height;
	appraise_again(m);
}

/* ---- bringing a document */

static enum assay_collateral_kind
part_kind(enum collateral_kind kind)
{
	switch (kind) {
	case COLLATERAL_PCK_CRL:
		return ASSAY_COLLATERAL_PCK_CRL;
	case COLLATERAL_TCB_INFO:
		return ASSAY_COLLATERAL_TCB_INFO;
	case COLLATERAL_QE_IDENTITY:
		return ASSAY_COLLATERAL_QE_IDENTITY;
	case COLLATERAL_ROOT_CRL:
	default:
		return ASSAY_COLLATERAL_ROOT_CRL;
	}
}

static enum code
document_read(struct machine *m, struct document *document, const struct collateral_arguments *a)
{
	const struct document_parts parts = { part_kind((enum collateral_kind)a->kind), a->body,
		VAR_BYTES(a->signature), a->chain };
	const struct assay_verifier verifier = memo_verifier(m);
	enum document_result result;

	if (a->kind < COLLATERAL_ROOT_CRL || a->kind > COLLATERAL_QE_IDENTITY) {
		return CODE_COLLATERAL_FORM;
	}
	result = document_verify(document, &m->memos.work, &verifier, &parts);
	if (result == DOCUMENT_SIGNATURE) {
		return CODE_COLLATERAL_SIGNATURE;
	}
	/* Version 2 cannot say which advisories hold; number 0 would be no number. */
	if (result != DOCUMENT_GOOD || (a->kind == COLLATERAL_TCB_INFO && document->version < 3) ||
	    (has_numbers((enum collateral_kind)a->kind) && document->evaluation_number == 0)) {
		return CODE_COLLATERAL_FORM;
	}
	return CODE_ACCEPTED;
}

/* At block time, which is the vendor's clock. */
static bool
in_date(const struct machine *m, const struct document *document)
{
	const int64_t now_s = (int64_t)(m->meta.time_ms / 1000);

	return document->issued_s >= 0 && document->issued_s <= now_s && now_s <= document->next_update_s &&
	    (document->signer_serial.len == 0 ||
	    (document->signer_from_s <= now_s && now_s <= document->signer_until_s));
}

/* By the root's CRL in force.  Where there is none, nothing can be appraised anyway. */
static bool
signer_is_revoked(struct machine *m, const struct document *document)
{
	static const uint8_t root[SUBJECT_BYTES];
	const struct row_key key = collateral_key(COLLATERAL_ROOT_CRL, root, 0);
	struct collateral row;
	struct crl crl;

	if (document->signer_serial.len == 0 || !row_get(m, &key, &row)) {
		return false;
	}
	return !crl_parse(&crl, row.body) || crl_has_serial(&crl, document->signer_serial);
}

static bool
number_is_lower(struct assay_bytes a, struct assay_bytes b)
{
	return a.len != b.len ? a.len < b.len : a.len != 0 && memcmp(a.data, b.data, a.len) < 0;
}

/* It must be newer than what it takes the place of, and not below what is in force. */
static bool
is_newer(struct machine *m, const struct subject *subject, const struct document *document)
{
	const struct row_key key = collateral_key(subject->kind, subject->bytes, document->evaluation_number);
	const struct row_key force_key = in_force_key(subject);
	struct in_force in_force;
	struct collateral row;

	row_get(m, &force_key, &in_force);
	if (in_force.there && document->evaluation_number < in_force.number) {
		return false;
	}
	return !row_get(m, &key, &row) || ((uint64_t)document->issued_s > row.issued_s &&
	    !number_is_lower(document->crl_number, VAR_BYTES(row.crl_number)));
}

static void
document_put(struct machine *m, const struct subject *subject, const struct document *document,
    const struct collateral_arguments *a)
{
	const struct row_key key = collateral_key(subject->kind, subject->bytes, document->evaluation_number);
	struct collateral row = { 0 };

	row.height = m->meta.height;
	crypto_sha256(m->crypto, row.digest, a->body);
	row.issued_s = (uint64_t)document->issued_s;
	row.next_update_s = (uint64_t)document->next_update_s;
	row.evaluation_date_s = document->newest_level_s > 0 ? (uint64_t)document->newest_level_s : 0;
	VAR_SET(row.crl_number, document->crl_number);
	row.body = a->body;
	VAR_SET(row.signature, VAR_BYTES(a->signature));
	row.chain = a->chain;
	row_put(m, &key, &row);
}

enum code
apply_collateral(struct machine *m, const struct collateral_arguments *a)
{
	struct document document;
	struct subject subject = { .kind = (enum collateral_kind)a->kind };
	const enum code code = document_read(m, &document, a);

	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (!in_date(m, &document)) {
		return CODE_COLLATERAL_DATES;
	}
	if (signer_is_revoked(m, &document)) {
		return CODE_COLLATERAL_REVOKED;
	}
	collateral_subject(subject.bytes, subject.kind, document.tee, document.fmspc, document.platform_ca);
	if (!is_newer(m, &subject, &document)) {
		return CODE_COLLATERAL_OLDER;
	}
	document_put(m, &subject, &document, a);
	subject_refresh(m, &subject);
	return CODE_ACCEPTED;
}

/* ---- dates and numbers that change what is in force */

static struct sweep
sweep_get(struct machine *m)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	struct sweep sweep;

	row_get(m, &key, &sweep);
	return sweep;
}

static void
sweep_put(struct machine *m, const struct sweep *sweep)
{
	const struct row_key key = key_start(TABLE_SWEEP);

	row_put(m, &key, sweep);
}

void
collateral_refresh(struct machine *m)
{
	struct sweep sweep = sweep_get(m);

	sweep.refreshing = true;
	sweep.refresh_after.len = 0;
	sweep_put(m, &sweep);
}

/* The next subject of the queue; false at its end. */
static bool
refresh_next(struct machine *m, struct sweep *sweep)
{
	const struct row_key prefix = key_start(TABLE_IN_FORCE);
	struct row_key key = key_bytes(prefix, VAR_BYTES(sweep->refresh_after));
	struct in_force row;

	if (!row_next(m, &prefix, &key, &row)) {
		return false;
	}
	const struct subject subject = subject_of_primary(key_primary(&key));

	step_begin(m);
	subject_refresh(m, &subject);
	step_commit(m, EFFECT_COLLATERAL);
	VAR_SET(sweep->refresh_after, key_primary(&key));
	return true;
}

static void
refresh_run(struct machine *m, unsigned left)
{
	struct sweep sweep = sweep_get(m);

	if (!sweep.refreshing) {
		return;
	}
	bool more = true;

	while (more && left != 0 && !m->failed) {
		more = refresh_next(m, &sweep);
		left--;
	}
	/* What the steps above asked of the row besides stays. */
	struct sweep now = sweep_get(m);

	now.refreshing = more;
	now.refresh_after = sweep.refresh_after;
	step_begin(m);
	sweep_put(m, &now);
	step_commit(m, EFFECT_COLLATERAL);
}

void
collateral_timer(struct machine *m)
{
	unsigned left = REFRESHED_PER_BLOCK;

	for (; left != 0 && !m->failed; left--) {
		uint8_t primary[64];
		uint64_t due_ms;
		size_t len;

		step_begin(m);
		if (!timer_take(m, TIMER_COLLATERAL, m->meta.time_ms, &due_ms, primary, &len)) {
			step_abort(m);
			break;
		}
		const struct subject subject = subject_of_primary(bytes_of(primary, len));

		subject_refresh(m, &subject);
		step_commit(m, EFFECT_COLLATERAL);
	}
	refresh_run(m, left);
	effect_flush(m);
}
