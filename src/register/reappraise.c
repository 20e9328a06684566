/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stored evidence, appraised again whenever what decides about it has changed:
 * a tier changes when the vendor says so, not when the worker next calls.
 *
 * One pass walks all workers in the order of their keys, a bounded number a
 * block.  What is asked for during a pass does not start it over, or the last
 * workers would wait for ever; another pass follows it.
 */
#include "register/rules.h"

#define ENCODED_BYTES_MAX 4096	/* of a worker's row */

void
appraise_again(struct machine *m)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	struct sweep sweep;

	row_get(m, &key, &sweep);
	if (!sweep.appraising) {
		sweep.appraising = true;
		sweep.appraise_began = m->meta.height;
		sweep.appraise_after.len = 0;
	}
	sweep.appraise_height = m->meta.height;
	row_put(m, &key, &sweep);
}

/* Those that work, or may begin to; the others have to attest anew anyway. */
static bool
is_concerned(const struct worker *worker)
{
	return worker->state == WORKER_REGISTERED || worker->state == WORKER_ONLINE ||
	    worker->state == WORKER_UNRESPONSIVE || worker->state == WORKER_PAUSED;
}

static void
verdict_renew(struct machine *m, struct worker *worker)
{
	const struct row_key key = key_of_32(TABLE_EVIDENCE, worker->evidence);
	const struct row_key program_key = key_of_32(TABLE_PROGRAM, worker->program);
	struct appraisal appraisal;
	struct program program;
	struct evidence row;

	row_get(m, &program_key, &program);
	/* Evidence that is not there is empty, and fails the first check. */
	row_get(m, &key, &row);
	bytes_copy(m->document, row.bytes, row.bytes.len);
	appraise(m, &appraisal, bytes_of(m->document, row.bytes.len), VAR_BYTES(program.mitigates));
	worker_appraised(m, worker, &appraisal.verdict, &program);
}

/* What only new evidence mends.  A lapse has its grace, stake can be added,
 * and what the council forces it does by itself. */
static bool
is_out(enum worker_reason reason)
{
	return reason == WORKER_BECAUSE_EVIDENCE || reason == WORKER_BECAUSE_TIER ||
	    reason == WORKER_BECAUSE_PROGRAM || reason == WORKER_BECAUSE_SIGNER || reason == WORKER_BECAUSE_DENIED;
}

/* Have they the same encoding, but for when they were appraised? */
static bool
is_same(const struct worker *a, const struct worker *b)
{
	const struct record *record = table_record(TABLE_WORKER);
	struct worker aligned = *b;
	uint8_t bytes[2][ENCODED_BYTES_MAX];

	aligned.appraised_height = a->appraised_height;
	const size_t len = record_encode(record, a, bytes[0], sizeof(bytes[0]));

	assert(len <= sizeof(bytes[0]));
	return record_encode(record, &aligned, bytes[1], sizeof(bytes[1])) == len &&
	    memcmp(bytes[0], bytes[1], len) == 0;
}

/* Its evidence, if what decides about it has changed; then whether it still stands.  Returns
 * whether the evidence had to be appraised, which is what costs. */
static bool
worker_review(struct machine *m, const uint8_t id[static 32], struct worker *worker, const struct worker *before)
{
	const bool stale = worker->appraised_height <= verdict_cause_height(m, worker);
	enum worker_reason reason;

	if (stale) {
		verdict_renew(m, worker);
	}
	reason = worker_standing(m, worker);
	if (is_out(reason)) {
		worker_enter(m, id, worker, WORKER_SUSPENDED, reason);
	} else if (stale) {
		assignment_check(m, id, worker, before);
	}
	return stale;
}

/* All that a pass does for one worker.  Its dates may have moved even where nothing else has. */
static bool
worker_pass(struct machine *m, const uint8_t id[static 32], const struct worker *before)
{
	struct worker worker = *before;
	bool appraised = false;

	step_begin(m);
	if (is_concerned(before)) {
		appraised = worker_review(m, id, &worker, before);
	}
	worker_schedule(m, id, &worker);
	/* A row in which nothing else has changed is not worth a line of the log. */
	if (!is_same(&worker, before)) {
		worker_put(m, id, &worker);
	}
	step_commit(m, EFFECT_APPRAISED);
	return appraised;
}

/* The next worker of the pass; false at its end. */
static bool
review_next(struct machine *m, struct sweep *sweep, uint64_t *appraisals)
{
	const struct row_key prefix = key_start(TABLE_WORKER);
	struct row_key key = key_bytes(prefix, VAR_BYTES(sweep->appraise_after));
	struct worker worker;
	uint8_t id[32];

	if (!row_next(m, &prefix, &key, &worker)) {
		return false;
	}
	struct assay_bytes primary = key_primary(&key);

	VAR_SET(sweep->appraise_after, primary);
	(void)key_take(&primary, 2);
	bytes_copy(id, primary, sizeof(id));
	*appraisals -= worker_pass(m, id, &worker) ? 1 : 0;
	return true;
}

void
appraise_timer(struct machine *m)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	uint64_t appraisals = parameter(m, PARAMETER_APPRAISALS);
	uint64_t rows = parameter(m, PARAMETER_TIMER_ROWS);
	struct sweep sweep;
	bool more = true;

	row_get(m, &key, &sweep);
	if (!sweep.appraising) {
		return;
	}
	while (more && appraisals != 0 && rows != 0 && !m->failed) {
		more = review_next(m, &sweep, &appraisals);
		rows--;
	}
	step_begin(m);
	struct sweep now;

	/* The steps above may have changed other fields of it. */
	row_get(m, &key, &now);
	now.appraise_after = sweep.appraise_after;
	if (!more) {
		now.appraising = now.appraise_height > now.appraise_began;
		now.appraise_began = m->meta.height;
		now.appraise_after.len = 0;
	}
	row_put(m, &key, &now);
	step_commit(m, EFFECT_APPRAISED);
	effect_flush(m);
}
