/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Standing: who may be admitted at this block's time.  It is derived from the
 * worker's row, its program, its signer, its platform and the deny list each
 * time that somebody asks, so one changed row acts in the same block on all
 * whom it concerns.  The workers' own rows follow in a queue.
 */
#include "register/acts.h"

/* ---- the deny list */

static struct row_key
deny_kind_key(enum deny_kind kind)
{
	return key_u8(key_start(TABLE_DENY), (uint8_t)kind);
}

bool
deny_has(struct machine *m, enum deny_kind kind, struct assay_bytes value)
{
	const struct row_key key = key_bytes(deny_kind_key(kind), value);
	struct deny deny;

	return m->meta.denied != 0 && row_get(m, &key, &deny) && row_until_holds(m, deny.until_own_ms);
}

static bool
deny_has_any(struct machine *m, const struct row_key *prefix)
{
	struct row_key key = *prefix;
	struct deny deny;

	return row_next(m, prefix, &key, &deny);
}

/*
 * Rows of a component end in the least SVN that is allowed, so the first one
 * after the worker's own SVN denies it, and there is no need to read the rest.
 */
static bool
component_is_denied(struct machine *m, const struct row_key *fmspc, unsigned index, uint16_t svn)
{
	const struct row_key prefix = key_u8(*fmspc, (uint8_t)index);
	struct row_key key = key_u16(prefix, svn);
	struct deny deny;

	while (row_next(m, &prefix, &key, &deny)) {
		if (row_until_holds(m, deny.until_own_ms)) {
			return true;
		}
	}
	return false;
}

static bool
components_are_denied(struct machine *m, const struct worker *worker)
{
	const struct row_key fmspc = key_bytes(deny_kind_key(DENY_COMPONENT), ARRAY_BYTES(worker->fmspc));

	if (!deny_has_any(m, &fmspc)) {
		return false;
	}
	for (unsigned i = 0; i < sizeof(worker->components); i++) {
		if (component_is_denied(m, &fmspc, i, worker->components[i])) {
			return true;
		}
	}
	return component_is_denied(m, &fmspc, sizeof(worker->components), worker->pcesvn);
}

static bool
advisories_are_denied(struct machine *m, const struct worker *worker)
{
	const struct row_key prefix = deny_kind_key(DENY_ADVISORY);
	struct assay_bytes list = VAR_BYTES(worker->advisories);
	struct assay_bytes advisory;

	if (!deny_has_any(m, &prefix)) {
		return false;
	}
	while (list_next(&list, &advisory)) {
		/* What is longer than any id on the list is none of them, and no key either. */
		if (advisory.len < ASSAY_ADVISORY_BYTES && deny_has(m, DENY_ADVISORY, advisory)) {
			return true;
		}
	}
	return false;
}

bool
worker_is_denied(struct machine *m, const struct worker *worker)
{
	return m->meta.denied != 0 &&
	    (deny_has(m, DENY_PLATFORM, ARRAY_BYTES(worker->platform)) ||
	    deny_has(m, DENY_FMSPC, ARRAY_BYTES(worker->fmspc)) ||
	    deny_has(m, DENY_STATUS, bytes_of(&worker->status, 1)) ||
	    components_are_denied(m, worker) || advisories_are_denied(m, worker));
}

/* ---- the program and its signer */

static enum code
signer_stands(struct machine *m, const uint8_t id[static 32])
{
	const struct row_key key = key_of_32(TABLE_SIGNER, id);
	struct signer signer;

	if (!row_get(m, &key, &signer) ||
	    revocation_holds(m, signer.revoked_ms, signer.revoked_until_own_ms)) {
		return CODE_SIGNER_REVOKED;
	}
	return deny_has(m, DENY_SIGNER, bytes_of(id, 32)) ? CODE_DENIED : CODE_ACCEPTED;
}

enum code
program_stands(struct machine *m, const uint8_t id[static 32], bool for_registration, struct program *program)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, id);
	enum code code;

	if (!row_get(m, &key, program)) {
		return CODE_PROGRAM_UNKNOWN;
	}
	if (revocation_holds(m, program->revoked_ms, program->revoked_until_own_ms)) {
		return CODE_PROGRAM_REVOKED;
	}
	if (program->retire_ms != 0 && program->retire_ms <= m->meta.time_ms) {
		return CODE_PROGRAM_RETIRED;
	}
	if (deny_has(m, DENY_PROGRAM, bytes_of(id, 32))) {
		return CODE_DENIED;
	}
	code = signer_stands(m, program->signer);
	if (code != CODE_ACCEPTED || !for_registration) {
		return code;
	}
	if (program->valid_from_ms > m->meta.time_ms) {
		return CODE_PROGRAM_NOT_YET;
	}
	return program->notice_ms != 0 && program->notice_ms <= m->meta.time_ms ? CODE_PROGRAM_RETIRED
	    : CODE_ACCEPTED;
}

static enum worker_reason
reason_of_program(enum code code)
{
	switch (code) {
	case CODE_ACCEPTED:
		return WORKER_BECAUSE_NONE;
	case CODE_SIGNER_REVOKED:
		return WORKER_BECAUSE_SIGNER;
	case CODE_DENIED:
		return WORKER_BECAUSE_DENIED;
	default:
		return WORKER_BECAUSE_PROGRAM;
	}
}

/* ---- evidence */

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The vendor's dates are block time; a halt of ours does not move them. */
static uint64_t
vendor_expires_ms(const struct machine *m, const struct worker *worker)
{
	const uint64_t until_ms = worker->valid_until_s > NO_TIME / 1000 ? NO_TIME : worker->valid_until_s * 1000;
	const uint64_t before_ms = time_add(until_ms, m->meta.stretched_ms);
	const uint64_t now_ms = time_add(until_ms, parameter(m, PARAMETER_VENDOR_STRETCH));

	/* Over already when the stretch was changed: see parameters_turn. */
	if (m->meta.stretched_time_ms != 0 && before_ms <= m->meta.stretched_time_ms) {
		return earlier(before_ms, now_ms);
	}
	return now_ms;
}

static uint64_t
age_expires_own_ms(const struct machine *m, const struct worker *worker)
{
	const uint64_t before_ms = time_add(worker->attested_own_ms, m->meta.aged_ms);
	const uint64_t now_ms = time_add(worker->attested_own_ms, parameter(m, PARAMETER_EVIDENCE_AGE));

	if (m->meta.aged_own_ms != 0 && before_ms <= m->meta.aged_own_ms) {
		return earlier(before_ms, now_ms);
	}
	return now_ms;
}

uint64_t
worker_evidence_expires_own_ms(const struct machine *m, const struct worker *worker)
{
	const uint64_t vendor_ms = vendor_expires_ms(m, worker);
	uint64_t vendor_own_ms = vendor_ms;

	if (vendor_ms != NO_TIME) {
		vendor_own_ms = vendor_ms > m->meta.halted_ms ? vendor_ms - m->meta.halted_ms : 0;
	}
	return earlier(age_expires_own_ms(m, worker), vendor_own_ms);
}

/* ---- all of it */

static bool
is_forced(const struct machine *m, const struct worker *worker)
{
	return worker->forced_until_own_ms == NO_TIME || worker->forced_until_own_ms > m->own_ms;
}

enum worker_reason
worker_standing(struct machine *m, const struct worker *worker)
{
	struct program program;
	enum worker_reason reason;

	if (is_forced(m, worker)) {
		return WORKER_BECAUSE_FORCED;
	}
	if (worker_evidence_expires_own_ms(m, worker) <= m->own_ms) {
		return WORKER_BECAUSE_LAPSED;
	}
	if (worker->tier == 0) {
		return WORKER_BECAUSE_EVIDENCE;
	}
	if (worker->tier > parameter(m, PARAMETER_FLOOR_TIER)) {
		return WORKER_BECAUSE_TIER;
	}
	reason = reason_of_program(program_stands(m, worker->program, false, &program));
	if (reason != WORKER_BECAUSE_NONE) {
		return reason;
	}
	if (worker_is_denied(m, worker)) {
		return WORKER_BECAUSE_DENIED;
	}
	return worker->stake < parameter(m, PARAMETER_STAKE_LEAST) ? WORKER_BECAUSE_STAKE : WORKER_BECAUSE_NONE;
}

bool
worker_is_admitted(struct machine *m, const struct worker *worker)
{
	return worker->state == WORKER_ONLINE && worker_standing(m, worker) == WORKER_BECAUSE_NONE;
}

enum code
code_of_reason(enum worker_reason reason)
{
	switch (reason) {
	case WORKER_BECAUSE_NONE:
		return CODE_ACCEPTED;
	case WORKER_BECAUSE_EVIDENCE:
		return CODE_EVIDENCE_REFUSED;
	case WORKER_BECAUSE_TIER:
		return CODE_EVIDENCE_TIER;
	case WORKER_BECAUSE_SIGNER:
		return CODE_SIGNER_REVOKED;
	case WORKER_BECAUSE_DENIED:
		return CODE_DENIED;
	case WORKER_BECAUSE_FORCED:
		return CODE_FORCED;
	case WORKER_BECAUSE_STAKE:
		return CODE_STAKE_LOW;
	default:
		return CODE_NOT_ADMITTED;
	}
}
