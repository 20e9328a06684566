/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rows of a proof say of a worker: standing.c over again, for who has
 * no more than these rows.  What is not shown is not so.
 */
#include "register/proof.h"

/* ---- taking rows ------------------------------------------------------ */

static bool
decode(enum table table, void *row, const struct assay_bytes *value)
{
	return value != NULL && record_decode(table_record(table), row, *value);
}

/* Once each. */
static bool
first_time(bool *has)
{
	const bool first = !*has;

	*has = true;
	return first;
}

static bool
take_worker(struct proof_shown *shown, struct assay_bytes primary, const struct assay_bytes *value)
{
	if (primary.len != 2 + 32 || shown->has_worker || shown->worker_is_absent) {
		return false;
	}
	shown->slot = (uint16_t)key_take(&primary, 2);
	if (!bytes_equal(primary, ARRAY_BYTES(shown->subject))) {
		return false;
	}
	shown->has_worker = value != NULL;
	shown->worker_is_absent = value == NULL;
	return value == NULL || decode(TABLE_WORKER, &shown->worker, value);
}

static bool
take_parameter(struct proof_shown *shown, struct assay_bytes primary, const struct assay_bytes *value)
{
	struct parameter row;
	const uint64_t id = primary.len == 2 ? key_take(&primary, 2) : 0;

	if (id == 0 || id >= PARAMETER_END || !first_time(&shown->has_parameter[id]) ||
	    !decode(TABLE_PARAMETER, &row, value)) {
		return false;
	}
	shown->parameters[id] = row.value;
	return true;
}

static bool
take_deny(struct proof_shown *shown, struct assay_bytes primary, const struct assay_bytes *value)
{
	size_t *count = value != NULL ? &shown->denies_count : &shown->absences_count;
	struct proof_deny *list = value != NULL ? shown->denies : shown->absences;
	struct deny row = { 0 };

	if (primary.len == 0 || *count == PROOF_DENIES_MAX || (value != NULL && !decode(TABLE_DENY, &row, value))) {
		return false;
	}
	struct proof_deny *deny = &list[(*count)++];

	bytes_copy(deny->key, primary, primary.len);
	deny->key_len = primary.len;
	deny->until_own_ms = row.until_own_ms;
	return true;
}

static bool
take_of_32(bool *has, uint8_t id[static 32], enum table table, void *row, struct assay_bytes primary,
    const struct assay_bytes *value)
{
	if (primary.len != 32 || !first_time(has)) {
		return false;
	}
	bytes_copy(id, primary, 32);
	return decode(table, row, value);
}

bool
proof_shown_take(struct proof_shown *shown, struct assay_bytes key, const struct assay_bytes *value)
{
	if (key.len == 0 || key.len > ASSAY_ROW_KEY_BYTES_MAX) {
		return false;
	}
	const struct assay_bytes primary = bytes_slice(key, 1, key.len - 1);

	switch (key.data[0]) {
	case TABLE_WORKER:
		return take_worker(shown, primary, value);
	case TABLE_META:
		return primary.len == 0 && first_time(&shown->has_meta) && decode(TABLE_META, &shown->meta, value);
	case TABLE_SWEEP:
		return primary.len == 0 && first_time(&shown->has_sweep) && decode(TABLE_SWEEP, &shown->sweep, value);
	case TABLE_PROGRAM:
		return take_of_32(&shown->has_program, shown->program_id, TABLE_PROGRAM, &shown->program, primary, value);
	case TABLE_SIGNER:
		return take_of_32(&shown->has_signer, shown->signer_id, TABLE_SIGNER, &shown->signer, primary, value);
	case TABLE_PARAMETER:
		return take_parameter(shown, primary, value);
	case TABLE_DENY:
		return take_deny(shown, primary, value);
	default:
		return false;
	}
}

/* ---- do they fit? ----------------------------------------------------- */

static bool
deny_is(const struct proof_deny *deny, enum deny_kind kind, struct assay_bytes value)
{
	return deny->key[0] == kind && bytes_equal(bytes_of(deny->key + 1, deny->key_len - 1), value);
}

static bool
has_advisory(const struct worker *worker, struct assay_bytes id)
{
	return list_has(VAR_BYTES(worker->advisories), id);
}

/* A component of the worker's kind of platform whose least SVN is above the worker's. */
static bool
denies_component(const struct proof_deny *deny, const struct worker *worker)
{
	struct assay_bytes value = bytes_of(deny->key + 1, deny->key_len - 1);

	if (deny->key[0] != DENY_COMPONENT || value.len != 6 + 1 + 2 ||
	    !bytes_equal(bytes_slice(value, 0, 6), ARRAY_BYTES(worker->fmspc))) {
		return false;
	}
	value = bytes_slice(value, 6, 3);
	const uint64_t index = key_take(&value, 1);
	const uint64_t least = key_take(&value, 2);

	if (index > sizeof(worker->components)) {
		return false;
	}
	return least > (index < sizeof(worker->components) ? worker->components[index] : worker->pcesvn);
}

/* Would such a row deny this worker? */
static bool
deny_concerns(const struct proof_shown *shown, const struct proof_deny *deny)
{
	const struct worker *worker = &shown->worker;

	return deny_is(deny, DENY_PLATFORM, ARRAY_BYTES(worker->platform)) ||
	    deny_is(deny, DENY_FMSPC, ARRAY_BYTES(worker->fmspc)) ||
	    deny_is(deny, DENY_STATUS, bytes_of(&worker->status, 1)) ||
	    deny_is(deny, DENY_PROGRAM, ARRAY_BYTES(worker->program)) ||
	    (shown->has_program && deny_is(deny, DENY_SIGNER, ARRAY_BYTES(shown->program.signer))) ||
	    (deny->key[0] == DENY_ADVISORY && has_advisory(worker, bytes_of(deny->key + 1, deny->key_len - 1))) ||
	    denies_component(deny, worker);
}

bool
proof_shown_fits(const struct proof_shown *shown, const struct assay_crypto *crypto,
    const struct entry_commit *commit)
{
	uint8_t id[32];

	if (shown->has_meta && (shown->meta.height != commit->height || shown->meta.time_ms != commit->time_ms ||
	    shown->meta.halted_ms > shown->meta.time_ms)) {
		return false;
	}
	if (!shown->has_worker) {
		/* Where a worker would stand follows from its id and the number of slots. */
		const struct assay_bytes head = bytes_of(shown->subject, 4);
		struct assay_bytes rest = head;
		const uint64_t slots = shown->parameters[PARAMETER_EPOCH_BLOCKS];

		return shown->worker_is_absent && slots != 0 && key_take(&rest, 4) % slots == shown->slot;
	}
	worker_id_of_key(crypto, id, shown->worker.key);
	if (!bytes_equal(ARRAY_BYTES(id), ARRAY_BYTES(shown->subject))) {
		return false;
	}
	if ((shown->has_program && !bytes_equal(ARRAY_BYTES(shown->program_id), ARRAY_BYTES(shown->worker.program))) ||
	    (shown->has_signer && (!shown->has_program ||
	    !bytes_equal(ARRAY_BYTES(shown->signer_id), ARRAY_BYTES(shown->program.signer))))) {
		return false;
	}
	for (size_t i = 0; i < shown->absences_count; i++) {
		if (!deny_concerns(shown, &shown->absences[i])) {
			return false;
		}
	}
	return true;
}

/* ---- standing --------------------------------------------------------- */

static uint64_t
own_ms(const struct proof_shown *shown)
{
	return shown->meta.time_ms - shown->meta.halted_ms;
}

static bool
until_holds(const struct proof_shown *shown, uint64_t until_own_ms)
{
	return until_own_ms == 0 || until_own_ms > own_ms(shown);
}

static bool
revocation_stands(const struct proof_shown *shown, uint64_t revoked_ms, uint64_t until_own_ms)
{
	return revoked_ms != 0 && until_holds(shown, until_own_ms);
}

/* What had expired under an earlier value stays so. */
static uint64_t
expires(uint64_t from_ms, uint64_t now_value_ms, uint64_t before_value_ms, uint64_t before_until_ms)
{
	const uint64_t before_ms = time_add(from_ms, before_value_ms);
	const uint64_t now_ms = time_add(from_ms, now_value_ms);

	return before_until_ms != 0 && before_ms <= before_until_ms && before_ms < now_ms ? before_ms : now_ms;
}

uint64_t
proof_shown_expires_own_ms(const struct proof_shown *shown)
{
	const struct meta *meta = &shown->meta;
	const struct worker *worker = &shown->worker;
	const uint64_t until_ms = worker->valid_until_s > NO_TIME / 1000 ? NO_TIME : worker->valid_until_s * 1000;
	/* A parameter that is not shown is 0: evidence then expires at once, or with the vendor's dates. */
	const uint64_t age_own_ms = expires(worker->attested_own_ms, shown->parameters[PARAMETER_EVIDENCE_AGE],
	    meta->aged_ms, meta->aged_own_ms);
	uint64_t vendor_ms = expires(until_ms, shown->parameters[PARAMETER_VENDOR_STRETCH], meta->stretched_ms,
	    meta->stretched_time_ms);

	if (vendor_ms != NO_TIME) {
		vendor_ms = vendor_ms > meta->halted_ms ? vendor_ms - meta->halted_ms : 0;
	}
	return age_own_ms < vendor_ms ? age_own_ms : vendor_ms;
}

bool
proof_shown_followed(const struct proof_shown *shown)
{
	const struct sweep *sweep = &shown->sweep;
	uint8_t key[2 + 32] = { (uint8_t)(shown->slot >> 8), (uint8_t)shown->slot };
	const size_t len = sweep->appraise_after.len;

	if (!shown->has_sweep || !shown->has_worker) {
		return false;
	}
	if (!sweep->appraising) {
		return true;
	}
	/* The pass that runs has been here, and nothing was asked for since it began. */
	memcpy(key + 2, shown->subject, sizeof(shown->subject));
	return sweep->appraise_height <= sweep->appraise_began && len == sizeof(key) &&
	    memcmp(key, sweep->appraise_after.data, len) <= 0;
}

static const char *
program_standing(const struct proof_shown *shown)
{
	const struct program *program = &shown->program;

	if (shown->has_program && revocation_stands(shown, program->revoked_ms, program->revoked_until_own_ms)) {
		return "its program is revoked";
	}
	if (shown->has_program && program->retire_ms != 0 && program->retire_ms <= shown->meta.time_ms) {
		return "its program is retired";
	}
	if (shown->has_signer && revocation_stands(shown, shown->signer.revoked_ms, shown->signer.revoked_until_own_ms)) {
		return "its program's signer is revoked";
	}
	return (shown->has_program && shown->has_signer) || proof_shown_followed(shown) ? NULL
	    : "it is not shown that its program and signer stand";
}

static const char *
deny_standing(const struct proof_shown *shown)
{
	for (size_t i = 0; i < shown->denies_count; i++) {
		if (until_holds(shown, shown->denies[i].until_own_ms) && deny_concerns(shown, &shown->denies[i])) {
			return "it is on the deny list";
		}
	}
	/* Rows of a proof are of different keys, so as many as there are is all of them. */
	if (shown->denies_count == shown->meta.denied && (shown->meta.denied == 0 || shown->has_program)) {
		return NULL;
	}
	return proof_shown_followed(shown) ? NULL : "it is not shown that it is not on the deny list";
}

static const char *
tier_standing(const struct proof_shown *shown)
{
	const uint8_t tier = shown->worker.tier;

	if (tier == 0) {
		return "its evidence earns no tier";
	}
	if (shown->has_parameter[PARAMETER_FLOOR_TIER]) {
		return tier > shown->parameters[PARAMETER_FLOOR_TIER] ? "its tier is below the floor" : NULL;
	}
	/* No floor is above the best tier. */
	return tier == 1 || proof_shown_followed(shown) ? NULL : "it is not shown that its tier is not below the floor";
}

const char *
proof_shown_standing(const struct proof_shown *shown)
{
	const struct worker *worker = &shown->worker;
	const char *why;

	if (worker->state != WORKER_ONLINE) {
		return "it is not online";
	}
	if (!shown->has_meta) {
		return "it is not shown what time it was";
	}
	if (worker->forced_until_own_ms == NO_TIME || worker->forced_until_own_ms > own_ms(shown)) {
		return "the council keeps it offline";
	}
	if (proof_shown_expires_own_ms(shown) <= own_ms(shown)) {
		return shown->has_parameter[PARAMETER_EVIDENCE_AGE] ? "its evidence has expired"
		    : "it is not shown that its evidence has not expired";
	}
	why = tier_standing(shown);
	if (why == NULL) {
		why = program_standing(shown);
	}
	if (why == NULL) {
		why = deny_standing(shown);
	}
	if (why == NULL && (!shown->has_parameter[PARAMETER_STAKE_LEAST] ||
	    worker->stake < shown->parameters[PARAMETER_STAKE_LEAST])) {
		why = "its stake is below the least bond, or that is not shown";
	}
	return why;
}
