/* SPDX-License-Identifier: Apache-2.0 */
/* Acts on programs and on those who sign them. */
#include "register/acts.h"
#include "register/compose.h"

/* An advisory's id as the verifier takes it has a zero after it. */
#define ADVISORY_ID_MAX		(ASSAY_ADVISORY_BYTES - 1)

/* ---- which program it is */

static enum code
sgx_selector_check(const struct machine *m, const struct allow_program_arguments *a)
{
	struct sgx_selector selector;

	if (!record_decode(&sgx_selector_record, &selector, VAR_BYTES(a->selector)) ||
	    memcmp(selector.mrsigner, a->signer, sizeof(a->signer)) != 0) {
		return CODE_ACT_ARGUMENTS;
	}
	if (selector.has_mrenclave) {
		return CODE_ACCEPTED;
	}
	/* One program, one id: what does not count must not make another. */
	if (!bytes_all_zero(ARRAY_BYTES(selector.mrenclave))) {
		return CODE_ACT_ARGUMENTS;
	}
	return parameter(m, PARAMETER_ALLOW_SIGNER_ROWS) != 0 ? CODE_ACCEPTED : CODE_SIGNER_ROW;
}

static enum code
selector_check(const struct machine *m, const struct allow_program_arguments *a)
{
	struct td_selector selector;

	if (a->tee == ASSAY_TEE_SGX) {
		return sgx_selector_check(m, a);
	}
	if (a->tee != ASSAY_TEE_TDX ||
	    !record_decode(&td_selector_record, &selector, VAR_BYTES(a->selector)) ||
	    (!selector.has_rtmr3 && !bytes_all_zero(ARRAY_BYTES(selector.rtmr3)))) {
		return CODE_ACT_ARGUMENTS;
	}
	return CODE_ACCEPTED;
}

static struct row_key
program_key(const struct machine *m, struct assay_bytes selector)
{
	uint8_t id[32];

	program_id_of_selector(m->crypto, id, selector);
	return key_of_32(TABLE_PROGRAM, id);
}

/* ---- allow.  A row that is there stays as it is: another `mitigates` would raise the tiers of those
 * who run the program already, and a program that was taken out does not come back. */

static enum code
program_check(struct machine *m, const struct allow_program_arguments *a)
{
	const struct row_key key = program_key(m, VAR_BYTES(a->selector));
	const struct row_key signer_key = key_of_32(TABLE_SIGNER, a->signer);
	enum code code = selector_check(m, a);
	struct signer signer;

	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (!list_is_well_formed(VAR_BYTES(a->mitigates), ADVISORY_ID_MAX)) {
		return CODE_ACT_ARGUMENTS;
	}
	if (!row_get(m, &signer_key, &signer) ||
	    revocation_holds(m, signer.revoked_ms, signer.revoked_until_own_ms)) {
		return CODE_SIGNER_REVOKED;
	}
	return row_exists(m, &key) ? CODE_ACT_NOTHING : CODE_ACCEPTED;
}

enum code
program_allow(struct machine *m, const struct allow_program_arguments *a)
{
	const struct row_key key = program_key(m, VAR_BYTES(a->selector));
	const enum code code = program_check(m, a);
	struct program program;

	if (code != CODE_ACCEPTED) {
		return code;
	}
	memset(&program, 0, sizeof(program));
	VAR_SET(program.name, VAR_BYTES(a->name));
	program.version = a->version;
	program.tee = a->tee;
	VAR_SET(program.selector, VAR_BYTES(a->selector));
	memcpy(program.signer, a->signer, sizeof(program.signer));
	VAR_SET(program.source, VAR_BYTES(a->source));
	memcpy(program.recipe, a->recipe, sizeof(program.recipe));
	VAR_SET(program.mitigates, VAR_BYTES(a->mitigates));
	program.valid_from_ms = a->valid_from_ms;
	row_put(m, &key, &program);
	return CODE_ACCEPTED;
}

static enum code
allow_check(struct machine *m, const union act_arguments *a)
{
	return program_check(m, &a->allow_program_arguments);
}

static enum code
allow_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	(void)deed;
	return program_allow(m, &a->allow_program_arguments);
}

const struct act_rule act_allow_program = { allow_check, allow_do, NULL, NULL };

/* ---- retire.  Dates may move until the day has come; then the program is out for good. */

static enum code
retire_check(struct machine *m, const union act_arguments *a)
{
	const struct retire_program_arguments *retire = &a->retire_program_arguments;
	const struct row_key key = key_of_32(TABLE_PROGRAM, retire->program);
	struct program program;

	if (!row_get(m, &key, &program)) {
		return CODE_PROGRAM_UNKNOWN;
	}
	if (retire->notice_ms == 0 || retire->retire_ms < retire->notice_ms) {
		return CODE_ACT_ARGUMENTS;
	}
	if (retire->retire_ms <= m->meta.time_ms ||
	    (program.retire_ms != 0 && program.retire_ms <= m->meta.time_ms)) {
		return CODE_TOO_LATE;
	}
	return program.notice_ms == retire->notice_ms && program.retire_ms == retire->retire_ms
	    ? CODE_ACT_NOTHING : CODE_ACCEPTED;
}

static enum code
retire_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct retire_program_arguments *retire = &a->retire_program_arguments;
	const struct row_key key = key_of_32(TABLE_PROGRAM, retire->program);
	struct program program;

	(void)deed;
	if (!row_get(m, &key, &program)) {
		return CODE_PROGRAM_UNKNOWN;
	}
	if (program.retire_ms != 0) {
		timer_clear(m, TIMER_PROGRAM, program.retire_ms, ARRAY_BYTES(retire->program));
	}
	program.notice_ms = retire->notice_ms;
	program.retire_ms = retire->retire_ms;
	row_put(m, &key, &program);
	timer_set(m, TIMER_PROGRAM, program.retire_ms, ARRAY_BYTES(retire->program));
	return CODE_ACCEPTED;
}

const struct act_rule act_retire_program = { retire_check, retire_do, NULL, NULL };

/* ---- revoke: programs and signers alike.  Rows follow in the queue; standing acts in this block. */

static enum act_hold
revocation_hold(const struct machine *m, uint64_t revoked_ms, uint64_t until_own_ms)
{
	if (!revocation_holds(m, revoked_ms, until_own_ms)) {
		return ACT_NOT_IN_FORCE;
	}
	return until_own_ms == 0 ? ACT_FOR_GOOD : ACT_FOR_A_TIME;
}

static void
revocation_set(struct machine *m, uint64_t *revoked_ms, uint64_t *until_own_ms, const struct act_deed *deed)
{
	if (!revocation_holds(m, *revoked_ms, *until_own_ms)) {
		*revoked_ms = m->meta.time_ms;
	}
	*until_own_ms = row_until(deed->until_own_ms);
	appraise_again(m);
}

/* False where there is nothing to take back: it was confirmed, or came anew. */
static bool
revocation_lapse(const struct machine *m, uint64_t *revoked_ms, uint64_t *until_own_ms)
{
	if (*revoked_ms == 0 || row_until_holds(m, *until_own_ms)) {
		return false;
	}
	*revoked_ms = 0;
	*until_own_ms = 0;
	return true;
}

static enum act_hold
revoke_program_hold(struct machine *m, const union act_arguments *a)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, a->program_arguments.program);
	struct program program;

	row_get(m, &key, &program);
	return revocation_hold(m, program.revoked_ms, program.revoked_until_own_ms);
}

static enum code
revoke_program_check(struct machine *m, const union act_arguments *a)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, a->program_arguments.program);

	if (!row_exists(m, &key)) {
		return CODE_PROGRAM_UNKNOWN;
	}
	return revoke_program_hold(m, a) == ACT_FOR_GOOD ? CODE_ACT_NOTHING : CODE_ACCEPTED;
}

static enum code
revoke_program_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, a->program_arguments.program);
	struct program program;

	row_get(m, &key, &program);
	revocation_set(m, &program.revoked_ms, &program.revoked_until_own_ms, deed);
	row_put(m, &key, &program);
	return CODE_ACCEPTED;
}

static void
revoke_program_lapse(struct machine *m, const union act_arguments *a)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, a->program_arguments.program);
	struct program program;

	if (row_get(m, &key, &program) &&
	    revocation_lapse(m, &program.revoked_ms, &program.revoked_until_own_ms)) {
		row_put(m, &key, &program);
	}
}

const struct act_rule act_revoke_program = { revoke_program_check, revoke_program_do, revoke_program_hold,
	revoke_program_lapse };

/* ---- signers.  One that was revoked does not come back: that would bring back all its programs. */

static enum code
signer_check(struct machine *m, const struct add_signer_arguments *a)
{
	const struct row_key key = key_of_32(TABLE_SIGNER, a->signer);
	struct signer signer;

	if (bytes_all_zero(ARRAY_BYTES(a->signer)) || a->name.len == 0) {
		return CODE_ACT_ARGUMENTS;
	}
	if (!row_get(m, &key, &signer)) {
		return CODE_ACCEPTED;
	}
	return revocation_holds(m, signer.revoked_ms, signer.revoked_until_own_ms) ? CODE_SIGNER_REVOKED
	    : CODE_ACT_NOTHING;
}

enum code
signer_add(struct machine *m, const struct add_signer_arguments *a)
{
	const struct row_key key = key_of_32(TABLE_SIGNER, a->signer);
	const enum code code = signer_check(m, a);
	struct signer signer;

	if (code != CODE_ACCEPTED) {
		return code;
	}
	memset(&signer, 0, sizeof(signer));
	VAR_SET(signer.name, VAR_BYTES(a->name));
	signer.since_ms = m->meta.time_ms;
	row_put(m, &key, &signer);
	return CODE_ACCEPTED;
}

static enum code
add_signer_check(struct machine *m, const union act_arguments *a)
{
	return signer_check(m, &a->add_signer_arguments);
}

static enum code
add_signer_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	(void)deed;
	return signer_add(m, &a->add_signer_arguments);
}

const struct act_rule act_add_signer = { add_signer_check, add_signer_do, NULL, NULL };

static enum act_hold
revoke_signer_hold(struct machine *m, const union act_arguments *a)
{
	const struct row_key key = key_of_32(TABLE_SIGNER, a->signer_arguments.signer);
	struct signer signer;

	row_get(m, &key, &signer);
	return revocation_hold(m, signer.revoked_ms, signer.revoked_until_own_ms);
}

static enum code
revoke_signer_check(struct machine *m, const union act_arguments *a)
{
	const struct row_key key = key_of_32(TABLE_SIGNER, a->signer_arguments.signer);

	if (!row_exists(m, &key)) {
		return CODE_SIGNER_REVOKED;
	}
	return revoke_signer_hold(m, a) == ACT_FOR_GOOD ? CODE_ACT_NOTHING : CODE_ACCEPTED;
}

static enum code
revoke_signer_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct row_key key = key_of_32(TABLE_SIGNER, a->signer_arguments.signer);
	struct signer signer;

	row_get(m, &key, &signer);
	revocation_set(m, &signer.revoked_ms, &signer.revoked_until_own_ms, deed);
	row_put(m, &key, &signer);
	return CODE_ACCEPTED;
}

static void
revoke_signer_lapse(struct machine *m, const union act_arguments *a)
{
	const struct row_key key = key_of_32(TABLE_SIGNER, a->signer_arguments.signer);
	struct signer signer;

	if (row_get(m, &key, &signer) &&
	    revocation_lapse(m, &signer.revoked_ms, &signer.revoked_until_own_ms)) {
		row_put(m, &key, &signer);
	}
}

const struct act_rule act_revoke_signer = { revoke_signer_check, revoke_signer_do, revoke_signer_hold,
	revoke_signer_lapse };
