/* SPDX-License-Identifier: Apache-2.0 */
/* Acts on who runs the register: the council, the log's key and witnesses, an engine's validators. */
#include "register/acts.h"

/* ---- the council */

static enum code
council_check(uint8_t threshold, struct assay_bytes members)
{
	const size_t count = members.len / 32;

	if (members.len % 32 != 0 || count == 0 || count > COUNCIL_MAX || threshold > count ||
	    (size_t)threshold * 2 <= count) {
		return CODE_COUNCIL_INVALID;
	}
	for (size_t i = 1; i < count; i++) {
		const struct assay_bytes before = bytes_slice(members, 32 * (i - 1), 32);
		const struct assay_bytes member = bytes_slice(members, 32 * i, 32);

		if (memcmp(before.data, member.data, 32) >= 0) {
			return CODE_COUNCIL_INVALID;
		}
	}
	return CODE_ACCEPTED;
}

/* A new generation: what the council before had not brought to its effect is dead. */
enum code
council_set(struct machine *m, uint8_t threshold, struct assay_bytes members)
{
	const struct row_key key = key_start(TABLE_COUNCIL);
	const enum code code = council_check(threshold, members);
	struct council council;

	if (code != CODE_ACCEPTED) {
		return code;
	}
	m->meta.council_generation++;
	council.generation = m->meta.council_generation;
	council.threshold = threshold;
	VAR_SET(council.members, members);
	row_put(m, &key, &council);
	return CODE_ACCEPTED;
}

static enum code
replace_check(struct machine *m, const union act_arguments *a)
{
	const struct replace_council_arguments *replace = &a->replace_council_arguments;
	const struct row_key key = key_start(TABLE_COUNCIL);
	const enum code code = council_check(replace->threshold, VAR_BYTES(replace->members));
	struct council council;

	if (code != CODE_ACCEPTED) {
		return code;
	}
	row_get(m, &key, &council);
	return council.threshold == replace->threshold &&
	    bytes_equal(VAR_BYTES(council.members), VAR_BYTES(replace->members)) ? CODE_ACT_NOTHING : CODE_ACCEPTED;
}

static enum code
replace_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	(void)deed;
	return council_set(m, a->replace_council_arguments.threshold,
	    VAR_BYTES(a->replace_council_arguments.members));
}

const struct act_rule act_replace_council = { replace_check, replace_do, NULL, NULL };

/* ---- the log */

/* A witness that counts twice would make a quorum of one. */
static bool
witness_is_new(struct assay_bytes before, struct assay_bytes name, struct assay_bytes key)
{
	struct cursor c = cursor_over(before);

	while (c.left != 0) {
		const struct assay_bytes other_name = cursor_take(&c, cursor_u8(&c));
		const struct assay_bytes other_key = cursor_take(&c, 32);

		if (bytes_equal(other_name, name) || bytes_equal(other_key, key)) {
			return false;
		}
	}
	return true;
}

static bool
witnesses_are_good(struct assay_bytes witnesses, uint8_t quorum)
{
	struct cursor c = cursor_over(witnesses);
	unsigned count = 0;

	while (c.left != 0) {
		const size_t from = witnesses.len - c.left;
		const struct assay_bytes name = cursor_take(&c, cursor_u8(&c));
		const struct assay_bytes key = cursor_take(&c, 32);

		if (c.bad || name.len == 0 || !witness_is_new(bytes_slice(witnesses, 0, from), name, key)) {
			return false;
		}
		count++;
	}
	return count <= WITNESSES_MAX && quorum <= count;
}

enum code
log_set(struct machine *m, struct assay_bytes origin, const uint8_t key[static 32], uint8_t quorum,
    struct assay_bytes witnesses)
{
	const struct row_key row_key = key_start(TABLE_LOG);
	struct log log = { .quorum = quorum };

	if (origin.len == 0 || bytes_all_zero(bytes_of(key, 32)) || !witnesses_are_good(witnesses, quorum) ||
	    !VAR_SET(log.origin, origin) || !VAR_SET(log.witnesses, witnesses)) {
		return CODE_ACT_ARGUMENTS;
	}
	memcpy(log.key, key, sizeof(log.key));
	row_put(m, &row_key, &log);
	return CODE_ACCEPTED;
}

static enum code
rotate_check(struct machine *m, const union act_arguments *a)
{
	const struct rotate_log_arguments *rotate = &a->rotate_log_arguments;
	const struct row_key key = key_start(TABLE_LOG);
	struct log log;

	if (bytes_all_zero(ARRAY_BYTES(rotate->key)) ||
	    !witnesses_are_good(VAR_BYTES(rotate->witnesses), rotate->quorum)) {
		return CODE_ACT_ARGUMENTS;
	}
	row_get(m, &key, &log);
	return memcmp(log.key, rotate->key, sizeof(log.key)) == 0 && log.quorum == rotate->quorum &&
	    bytes_equal(VAR_BYTES(log.witnesses), VAR_BYTES(rotate->witnesses)) ? CODE_ACT_NOTHING : CODE_ACCEPTED;
}

/* The log's name never changes: it is what old checkpoints are known by. */
static enum code
rotate_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct rotate_log_arguments *rotate = &a->rotate_log_arguments;
	const struct row_key key = key_start(TABLE_LOG);
	struct log log;

	(void)deed;
	row_get(m, &key, &log);
	return log_set(m, VAR_BYTES(log.origin), rotate->key, rotate->quorum, VAR_BYTES(rotate->witnesses));
}

const struct act_rule act_rotate_log = { rotate_check, rotate_do, NULL, NULL };

/* ---- validators */

#define VALIDATOR_BYTES		40
/* What engines of this family can add up without overflow. */
#define VALIDATORS_POWER_MAX	((uint64_t)INT64_MAX / 8)

static bool
validators_are_good(struct assay_bytes validators)
{
	uint64_t power = 0;

	if (validators.len == 0 || validators.len % VALIDATOR_BYTES != 0) {
		return false;
	}
	for (size_t at = 0; at < validators.len; at += VALIDATOR_BYTES) {
		struct assay_bytes number = bytes_slice(validators, at + 32, 8);
		const uint64_t one = key_take(&number, 8);

		if (one == 0 || one > VALIDATORS_POWER_MAX - power) {
			return false;
		}
		power += one;
		if (at != 0 && memcmp(bytes_slice(validators, at - VALIDATOR_BYTES, 32).data,
		    bytes_slice(validators, at, 32).data, 32) >= 0) {
			return false;
		}
	}
	return true;
}

static enum code
validators_check(struct machine *m, const union act_arguments *a)
{
	const struct assay_bytes validators = VAR_BYTES(a->set_validators_arguments.validators);
	const struct row_key key = key_start(TABLE_VALIDATORS);
	struct validators row;

	if (!validators_are_good(validators)) {
		return CODE_ACT_ARGUMENTS;
	}
	row_get(m, &key, &row);
	return bytes_equal(VAR_BYTES(row.validators), validators) ? CODE_ACT_NOTHING : CODE_ACCEPTED;
}

static enum code
validators_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const struct row_key key = key_start(TABLE_VALIDATORS);
	struct validators row = { .height = m->meta.height };

	(void)deed;
	VAR_SET(row.validators, VAR_BYTES(a->set_validators_arguments.validators));
	row_put(m, &key, &row);
	return CODE_ACCEPTED;
}

const struct act_rule act_set_validators = { validators_check, validators_do, NULL, NULL };
