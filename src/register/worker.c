/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registration and renewal: whose evidence, about which program, answering to
 * which block; and what becomes of a worker that another one replaces.
 */
#include "evidence/quote.h"
#include "register/compose.h"
#include "register/rules.h"

#define SIGNER_ONLY_TIER 4	/* at best, for programs that cannot be checked by rebuilding */

/* ---- rows */

bool
worker_get(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	const struct row_key key = key_of_worker(m, id);

	return row_get(m, &key, worker);
}

static bool
is_counted(const struct worker *worker)
{
	return worker->state != WORKER_NONE && worker->state != WORKER_LEFT;
}

void
worker_put(struct machine *m, const uint8_t id[static 32], const struct worker *worker)
{
	const struct row_key key = key_of_worker(m, id);
	struct worker before;

	row_get(m, &key, &before);
	m->meta.workers -= is_counted(&before) ? 1 : 0;
	m->meta.workers += is_counted(worker) ? 1 : 0;
	m->meta.online -= before.state == WORKER_ONLINE ? 1 : 0;
	m->meta.online += worker->state == WORKER_ONLINE ? 1 : 0;
	row_put(m, &key, worker);
}

static void
evidence_put(struct machine *m, const uint8_t digest[static 32], struct assay_bytes bytes)
{
	const struct row_key key = key_of_32(TABLE_EVIDENCE, digest);
	const struct evidence row = { bytes };

	row_put(m, &key, &row);
}

void
evidence_remove(struct machine *m, const uint8_t digest[static 32])
{
	const struct row_key key = key_of_32(TABLE_EVIDENCE, digest);

	if (row_exists(m, &key)) {
		row_remove(m, &key);
	}
}

/* ---- what evidence must be bound to */

/* The block must have ended, and be recent: before it the evidence could not be made. */
static enum code
nonce_block(struct machine *m, uint64_t height, struct block *block)
{
	const struct row_key key = key_u64(key_start(TABLE_BLOCK), height);

	if (height >= m->meta.height || m->meta.height - height > parameter(m, PARAMETER_NONCE_AGE) ||
	    !row_get(m, &key, block)) {
		return CODE_NONCE_UNKNOWN;
	}
	return CODE_ACCEPTED;
}

static const uint8_t *
report_data(const struct assay_verdict *verdict)
{
	return verdict->tee == ASSAY_TEE_TDX ? verdict->td.report_data : verdict->sgx.report_data;
}

/* What REPORT_DATA must begin with; the rest of it is zero. */
static void
binding(const struct machine *m, uint8_t digest[static 32], const struct worker *worker,
    const uint8_t block_id[static 32])
{
	struct report_data_parts parts = { .nonce_height = worker->nonce_height };

	memcpy(parts.register_id, m->meta.register_id, sizeof(parts.register_id));
	memcpy(parts.key, worker->key, sizeof(parts.key));
	memcpy(parts.agreement_key, worker->agreement_key, sizeof(parts.agreement_key));
	memcpy(parts.operator_id, worker->operator, sizeof(parts.operator_id));
	memcpy(parts.program, worker->program, sizeof(parts.program));
	memcpy(parts.block_id, block_id, sizeof(parts.block_id));
	report_data_digest(m->crypto, digest, &parts);
}

static enum code
binding_code(const struct machine *m, const struct assay_verdict *verdict, const struct worker *worker,
    const uint8_t block_id[static 32])
{
	const uint8_t *data = report_data(verdict);
	uint8_t digest[32];

	binding(m, digest, worker, block_id);
	return memcmp(data, digest, sizeof(digest)) == 0 && bytes_all_zero(bytes_of(data + 32, 32)) ?
	    CODE_ACCEPTED : CODE_EVIDENCE_REPORT_DATA;
}

/* ---- the program inside */

static bool
is_signer_only(const struct program *program)
{
	struct sgx_selector selector;

	return program->tee == ASSAY_TEE_SGX &&
	    record_decode(&sgx_selector_record, &selector, VAR_BYTES(program->selector)) &&
	    !selector.has_mrenclave;
}

static enum code
sgx_program_code(const struct machine *m, const struct assay_sgx_report *report, struct assay_bytes selector)
{
	struct sgx_selector s;

	if (!record_decode(&sgx_selector_record, &s, selector)) {
		return CODE_PROGRAM_DIGEST;
	}
	if (!s.has_mrenclave && parameter(m, PARAMETER_ALLOW_SIGNER_ROWS) == 0) {
		return CODE_SIGNER_ROW;
	}
	if (s.has_mrenclave && memcmp(report->mrenclave, s.mrenclave, sizeof(s.mrenclave)) != 0) {
		return CODE_PROGRAM_DIGEST;
	}
	if (memcmp(report->mrsigner, s.mrsigner, sizeof(s.mrsigner)) != 0) {
		return CODE_PROGRAM_SIGNER;
	}
	if (report->isv_prod_id != s.isv_prod_id) {
		return CODE_PROGRAM_PRODUCT;
	}
	return report->isv_svn == s.isv_svn ? CODE_ACCEPTED : CODE_PROGRAM_SVN;
}

static enum code
td_program_code(const struct assay_td_report *report, struct assay_bytes selector)
{
	struct td_selector s;

	if (!record_decode(&td_selector_record, &s, selector)) {
		return CODE_PROGRAM_DIGEST;
	}
	return memcmp(report->mrtd, s.mrtd, sizeof(s.mrtd)) == 0 &&
	    memcmp(report->rtmr[0], s.rtmr0, sizeof(s.rtmr0)) == 0 &&
	    memcmp(report->rtmr[1], s.rtmr1, sizeof(s.rtmr1)) == 0 &&
	    memcmp(report->rtmr[2], s.rtmr2, sizeof(s.rtmr2)) == 0 &&
	    (!s.has_rtmr3 || memcmp(report->rtmr[3], s.rtmr3, sizeof(s.rtmr3)) == 0) ?
	    CODE_ACCEPTED : CODE_PROGRAM_DIGEST;
}

static enum code
program_code(const struct machine *m, const struct assay_verdict *verdict, const struct program *program)
{
	if (program->tee != (uint8_t)verdict->tee) {
		return CODE_PROGRAM_TEE;
	}
	if (verdict->tee == ASSAY_TEE_TDX) {
		return td_program_code(&verdict->td, VAR_BYTES(program->selector));
	}
	return sgx_program_code(m, &verdict->sgx, VAR_BYTES(program->selector));
}

void
worker_appraised(struct machine *m, struct worker *worker, const struct assay_verdict *verdict,
    const struct program *program)
{
	worker_set_verdict(m, worker, verdict);
	if (!is_signer_only(program)) {
		return;
	}
	if (worker->tier != 0 && worker->tier < SIGNER_ONLY_TIER) {
		worker->tier = SIGNER_ONLY_TIER;
	}
	if (worker->tier_next != 0 && worker->tier_next < SIGNER_ONLY_TIER) {
		worker->tier_next = SIGNER_ONLY_TIER;
	}
}

/*
 * Is this evidence good for this worker?  The worker's row says what it must
 * be bound to; where it is good the row says what came of it.
 */
static enum code
evidence_code(struct machine *m, struct worker *worker, const struct program *program,
    const struct block *block, struct assay_bytes evidence)
{
	struct appraisal appraisal;
	enum code code;

	appraise(m, &appraisal, evidence, VAR_BYTES(program->mitigates));
	const struct assay_verdict *v = &appraisal.verdict;

	code = verdict_code(m, &appraisal);
	if (code == CODE_ACCEPTED) {
		code = binding_code(m, v, worker, block->id);
	}
	if (code == CODE_ACCEPTED) {
		code = program_code(m, v, program);
	}
	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (worker->state != WORKER_NONE &&
	    memcmp(worker->platform, v->platform.id, sizeof(worker->platform)) != 0) {
		return CODE_PLATFORM_CHANGED;
	}
	memcpy(worker->platform, v->platform.id, sizeof(worker->platform));
	worker->tee = (uint8_t)v->tee;
	worker->attested_own_ms = m->own_ms;
	worker_appraised(m, worker, v, program);
	if (worker->tier > parameter(m, PARAMETER_FLOOR_TIER)) {
		return CODE_EVIDENCE_TIER;
	}
	return worker_is_denied(m, worker) ? CODE_DENIED : CODE_ACCEPTED;
}

/* ---- replacement */

/* What belongs to the operator and to the machine, not to the key: a reinstall
 * costs nothing, and clears nothing. */
static void
history_move(struct worker *to, struct worker *from)
{
	to->stake = from->stake;
	to->ask = from->ask;
	to->window_epoch = from->window_epoch;
	to->missed_mask = from->missed_mask;
	to->pause_period_own_ms = from->pause_period_own_ms;
	to->pause_used_ms = from->pause_used_ms;
	to->forced_until_own_ms = from->forced_until_own_ms;
	to->answers = from->answers;
	to->misses = from->misses;
	memcpy(to->asked_window, from->asked_window, sizeof(to->asked_window));
	memcpy(to->kept_window, from->kept_window, sizeof(to->kept_window));
	memcpy(to->owed_epoch, from->owed_epoch, sizeof(to->owed_epoch));
	memcpy(to->owed_weight, from->owed_weight, sizeof(to->owed_weight));
	memcpy(to->slashed_own_ms, from->slashed_own_ms, sizeof(to->slashed_own_ms));
	memcpy(to->slashed, from->slashed, sizeof(to->slashed));
	from->stake = 0;
	memset(from->owed_weight, 0, sizeof(from->owed_weight));
}

/* Its app goes on with the new one, if that one is what the app accepts. */
static void
assignment_move(struct machine *m, const uint8_t id[static 32], struct worker *worker,
    const struct worker *old, const uint8_t app[static 32], uint16_t slot)
{
	const struct row_key key = key_u16(key_bytes(key_start(TABLE_ASSIGNMENT), bytes_of(app, 32)), slot);
	struct assignment assignment;

	if (!row_get(m, &key, &assignment)) {
		return;
	}
	memcpy(assignment.worker, id, sizeof(assignment.worker));
	row_put(m, &key, &assignment);
	memcpy(worker->app, app, sizeof(worker->app));
	worker->app_slot = slot;
	assignment_check(m, id, worker, old);
}

/* One that works goes on working: nothing but its key has changed. */
static bool
goes_on(struct machine *m, const struct worker *worker, const struct worker *old)
{
	struct worker next = *worker;

	next.stake = old->stake;
	next.forced_until_own_ms = old->forced_until_own_ms;
	return old->state == WORKER_ONLINE && worker_standing(m, &next) == WORKER_BECAUSE_NONE;
}

/* By another operator: it had no bond, or has nothing any more that shows it on this machine.  Then
 * its bond cools down as after a stop. */
static void
displace(struct machine *m, const uint8_t old_id[static 32], struct worker *old)
{
	if (old->stake == 0) {
		worker_enter(m, old_id, old, WORKER_LEFT, WORKER_BECAUSE_UNBONDED);
	} else {
		worker_enter(m, old_id, old, WORKER_COOLING, WORKER_BECAUSE_LAPSED);
	}
	worker_put(m, old_id, old);
}

static void
replace(struct machine *m, const uint8_t id[static 32], struct worker *worker, const uint8_t old_id[static 32])
{
	uint8_t app[32] = { 0 };
	uint16_t slot = NO_SLOT;
	struct worker old;
	bool online;

	worker_get(m, old_id, &old);
	if (memcmp(old.operator, worker->operator, sizeof(old.operator)) != 0) {
		displace(m, old_id, &old);
		worker_enter(m, id, worker, WORKER_REGISTERED, WORKER_BECAUSE_NONE);
		return;
	}
	online = goes_on(m, worker, &old);
	if (online) {
		memcpy(app, old.app, sizeof(app));
		slot = old.app_slot;
		memset(old.app, 0, sizeof(old.app));
		old.app_slot = NO_SLOT;
	}
	/* What is owed is paid, and silence settled from the old stake, before that moves. */
	worker_enter(m, old_id, &old, WORKER_LEFT, WORKER_BECAUSE_REPLACED);
	history_move(worker, &old);
	memcpy(worker->predecessor, old_id, sizeof(worker->predecessor));
	memcpy(old.successor, id, sizeof(old.successor));
	worker_put(m, old_id, &old);
	worker_enter(m, id, worker, WORKER_REGISTERED, WORKER_BECAUSE_NONE);
	if (online) {
		worker_enter(m, id, worker, WORKER_ONLINE, WORKER_BECAUSE_NONE);
	}
	if (online && slot != NO_SLOT) {
		assignment_move(m, id, worker, &old, app, slot);
	}
}

/* ---- the kinds */

enum code
apply_register(struct machine *m, const struct register_arguments *a)
{
	struct worker worker = { 0 };
	struct program program;
	struct block block;
	uint8_t replaced[32];
	uint8_t id[32];
	enum code code;

	worker_id_of_key(m->crypto, id, a->key);
	const struct row_key key = key_of_worker(m, id);

	if (row_exists(m, &key)) {
		return CODE_WORKER_EXISTS;
	}
	code = nonce_block(m, a->nonce_height, &block);
	if (code == CODE_ACCEPTED) {
		code = program_stands(m, a->program, true, &program);
	}
	if (code != CODE_ACCEPTED) {
		return code;
	}
	memcpy(worker.key, a->key, sizeof(worker.key));
	memcpy(worker.agreement_key, a->agreement_key, sizeof(worker.agreement_key));
	memcpy(worker.operator, m->sender, sizeof(worker.operator));
	memcpy(worker.program, a->program, sizeof(worker.program));
	VAR_SET(worker.endpoint, VAR_BYTES(a->endpoint));
	worker.nonce_height = a->nonce_height;
	worker.registered_height = m->meta.height;
	worker.window_epoch = m->meta.epoch;
	worker.app_slot = NO_SLOT;
	code = evidence_code(m, &worker, &program, &block, a->evidence);
	if (code == CODE_ACCEPTED) {
		code = platform_place(m, &worker, replaced);
	}
	if (code != CODE_ACCEPTED) {
		return code;
	}
	crypto_sha256(m->crypto, worker.evidence, a->evidence);
	evidence_put(m, worker.evidence, a->evidence);
	if (bytes_all_zero(ARRAY_BYTES(replaced))) {
		worker_enter(m, id, &worker, WORKER_REGISTERED, WORKER_BECAUSE_NONE);
	} else {
		replace(m, id, &worker, replaced);
	}
	platform_join(m, id, &worker, replaced);
	worker_put(m, id, &worker);
	return CODE_ACCEPTED;
}

/*
 * Renewals differ from one another in their first bytes only: what follows,
 * the certificates above all, the register has.  False where it has not.
 */
static bool
evidence_with_head(struct machine *m, struct assay_bytes stored, struct assay_bytes head, struct assay_bytes *whole)
{
	if (head.len == 0 || head.len >= stored.len) {
		return false;
	}
	bytes_copy(m->document, head, head.len);
	bytes_copy(m->document + head.len, bytes_slice(stored, head.len, stored.len - head.len),
	    stored.len - head.len);
	*whole = bytes_of(m->document, stored.len);
	return true;
}

/* REPORT_DATA in a body. */
#define SGX_REPORT_DATA_AT	320
#define TD_REPORT_DATA_AT	520

/* And of the same machine in two places only, one of which follows from the rules. */
static bool
evidence_with_signature(struct machine *m, struct assay_bytes stored, const uint8_t digest[static 32],
    struct assay_bytes signature, struct assay_bytes *whole)
{
	struct quote quote;

	if (signature.len != 64 || quote_parse(&quote, stored) != ASSAY_CHECK_COUNT) {
		return false;
	}
	/* The body ends what is signed; a length of four bytes, then the signature. */
	const size_t body = quote.signed_bytes.len - quote.body.len;
	const size_t data = body + (quote.tee == ASSAY_TEE_TDX ? TD_REPORT_DATA_AT : SGX_REPORT_DATA_AT);

	bytes_copy(m->document, stored, stored.len);
	memcpy(m->document + data, digest, 32);
	memset(m->document + data + 32, 0, 32);
	bytes_copy(m->document + quote.signed_bytes.len + 4, signature, 64);
	*whole = bytes_of(m->document, stored.len);
	return true;
}

/* The quote that is meant; the worker's row holds its nonce height already. */
static bool
evidence_whole(struct machine *m, const struct worker *worker, const struct block *block,
    const struct reattest_arguments *a, struct assay_bytes *whole)
{
	const struct row_key key = key_of_32(TABLE_EVIDENCE, worker->evidence);
	struct evidence stored;
	uint8_t digest[32];

	*whole = a->evidence;
	if (a->form == REATTEST_WHOLE) {
		return true;
	}
	if (!row_get(m, &key, &stored)) {
		return false;
	}
	assert(stored.bytes.len <= sizeof(m->document));
	if (a->form == REATTEST_HEAD) {
		return evidence_with_head(m, stored.bytes, a->evidence, whole);
	}
	binding(m, digest, worker, block->id);
	return a->form == REATTEST_SIGNATURE &&
	    evidence_with_signature(m, stored.bytes, digest, a->evidence, whole);
}

static enum code
renewable(struct machine *m, const struct worker *worker, const struct reattest_arguments *a)
{
	if (worker->state == WORKER_COOLING || worker->state == WORKER_LEFT) {
		return CODE_WORKER_STATE;
	}
	if (worker->forced_until_own_ms > m->own_ms) {
		return CODE_FORCED;
	}
	return a->nonce_height <= worker->nonce_height ? CODE_NONCE_USED : CODE_ACCEPTED;
}

/* The new evidence has been found good, and stands in the row. */
static void
renew(struct machine *m, const uint8_t id[static 32], struct worker *worker, const struct worker *before,
    struct assay_bytes evidence, bool answers)
{
	uint8_t digest[32];

	crypto_sha256(m->crypto, digest, evidence);
	if (memcmp(digest, worker->evidence, sizeof(digest)) != 0) {
		evidence_remove(m, worker->evidence);
	}
	evidence_put(m, digest, evidence);
	memcpy(worker->evidence, digest, sizeof(worker->evidence));
	if (answers) {
		challenge_answered(m, id, worker, worker->nonce_height);
		m->free = true;		/* it was asked for: see transaction.c */
	}
	if (worker->state == WORKER_SUSPENDED) {
		worker_enter(m, id, worker, WORKER_REGISTERED, WORKER_BECAUSE_NONE);
	}
	/* Silent since it was to re-attest: now it has. */
	if (worker->state == WORKER_UNRESPONSIVE && worker->why == WORKER_BECAUSE_UNATTESTED) {
		worker_enter(m, id, worker, WORKER_ONLINE, WORKER_BECAUSE_NONE);
	}
	assignment_check(m, id, worker, before);
	worker_schedule(m, id, worker);
	worker_put(m, id, worker);
}

enum code
apply_reattest(struct machine *m, const struct reattest_arguments *a)
{
	struct assay_bytes evidence;
	struct program program;
	struct worker worker;
	struct worker before;
	struct block block;
	bool answers;
	enum code code;

	code = worker_of_sender(m, a->worker, &worker);
	if (code == CODE_ACCEPTED) {
		code = renewable(m, &worker, a);
	}
	if (code == CODE_ACCEPTED) {
		code = nonce_block(m, a->nonce_height, &block);
	}
	if (code == CODE_ACCEPTED) {
		code = program_stands(m, worker.program, false, &program);
	}
	if (code != CODE_ACCEPTED) {
		return code;
	}
	/* Whether it was asked is a matter of the row as it was. */
	answers = challenge_is_open(m, a->worker, &worker, a->nonce_height, true) == CODE_ACCEPTED;
	before = worker;
	worker.nonce_height = a->nonce_height;
	if (!evidence_whole(m, &worker, &block, a, &evidence)) {
		return CODE_TAIL;
	}
	code = evidence_code(m, &worker, &program, &block, evidence);
	if (code == CODE_ACCEPTED) {
		renew(m, a->worker, &worker, &before, evidence, answers);
	}
	return code;
}
