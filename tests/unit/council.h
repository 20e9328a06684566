/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of governance share: a scene whose locks and lives are
 * seconds, proposals by their members, and a digest of all rows.
 */
#ifndef TEST_UNIT_COUNCIL_H
#define TEST_UNIT_COUNCIL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "scene/register_scene.h"

#define COUNCIL_LOCK_MS		((uint64_t)10000)
#define COUNCIL_LIFE_MS		((uint64_t)40000)
#define COUNCIL_EMERGENCY_MS	((uint64_t)30000)
#define COUNCIL_EPOCH_BLOCKS	((uint64_t)12)

#define COUNCIL_COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static struct scene *s;

static inline int
council_setup(void **state)
{
	static const struct scene_parameter quick[] = {
		{ PARAMETER_EPOCH_BLOCKS, COUNCIL_EPOCH_BLOCKS },
		{ PARAMETER_WINDOW, 2 },
		{ PARAMETER_REATTEST_WINDOW, 4 },
		{ PARAMETER_LOCK, COUNCIL_LOCK_MS },
		{ PARAMETER_PROPOSAL_LIFE, COUNCIL_LIFE_MS },
		{ PARAMETER_EMERGENCY_LIFE, COUNCIL_EMERGENCY_MS },
	};

	(void)state;
	s = scene_new(&(struct scene_options){ .seed = "council", .parameters = quick,
	    .parameters_count = COUNCIL_COUNT(quick) });
	return 0;
}

static inline int
council_teardown(void **state)
{
	(void)state;
	scene_free(s);
	return 0;
}

static inline struct machine *
council_machine(void)
{
	return scene_machine(s);
}

/* ---- transactions of members: 0, 1, 2; any other number is an account that is no member */

static inline unsigned
council_account(unsigned member)
{
	return member < SCENE_COUNCIL_COUNT ? SCENE_COUNCIL + member : 0;
}

static inline enum code
council_propose_bytes(unsigned member, unsigned act, const char *reason, struct assay_bytes arguments)
{
	struct propose_arguments a;

	memset(&a, 0, sizeof(a));
	a.act = (uint8_t)act;
	VAR_SET(a.reason, bytes_of_text(reason));
	a.arguments = arguments;
	return scene_send(s, council_account(member), KIND_PROPOSE, &a);
}

static inline enum code
council_propose(unsigned member, enum act act, const void *arguments)
{
	static uint8_t encoded[DOCUMENT_BYTES_MAX];
	const size_t len = record_encode(act_record(act), arguments, encoded, sizeof(encoded));

	return council_propose_bytes(member, act, "a test", bytes_of(encoded, len));
}

static inline enum code
council_approve(unsigned member, uint64_t number)
{
	const struct proposal_arguments a = { number };

	return scene_send(s, council_account(member), KIND_APPROVE, &a);
}

static inline enum code
council_withdraw(unsigned member, uint64_t number)
{
	const struct proposal_arguments a = { number };

	return scene_send(s, council_account(member), KIND_WITHDRAW_APPROVAL, &a);
}

static inline uint64_t
council_last(void)
{
	return council_machine()->meta.proposals;
}

/* Its row; the arguments last until the next read. */
static inline struct proposal
council_proposal(uint64_t number)
{
	const struct row_key key = key_u64(key_start(TABLE_PROPOSAL), number);
	struct proposal proposal;

	assert_true(row_get(council_machine(), &key, &proposal));
	return proposal;
}

static inline enum proposal_state
council_state(uint64_t number)
{
	return (enum proposal_state)council_proposal(number).state;
}

/* Proposed and approved: passed.  Its number. */
static inline uint64_t
council_pass(enum act act, const void *arguments)
{
	uint64_t number;

	assert_int_equal(council_propose(0, act, arguments), CODE_ACCEPTED);
	number = council_last();
	assert_int_equal(council_approve(1, number), CODE_ACCEPTED);
	return number;
}

/* Does the table of kinds name the code among those of the kind that was sent last? */
static inline bool
council_is_listed(enum code code)
{
	const size_t kind_at = 32 + 8 + 8;	/* behind sender, nonce and height */

	return strstr(kind_codes(s->transaction[kind_at]), code_id(code)) != NULL;
}

/* What would become of the act if member 0 proposed it now. */
static inline void
council_expect(enum code code, enum act act, const void *arguments, const char *why)
{
	const enum code got = council_propose(0, act, arguments);

	if (got != code) {
		fail_msg("%s: %s: %s, not %s", act_name(act), why, code_id(got), code_id(code));
	}
	assert_true(code == CODE_ACCEPTED || council_is_listed(code));
}

/* Blocks until that much of the register's own time has passed; the last one is open. */
static inline void
council_wait(uint64_t ms)
{
	for (uint64_t left = ms; left != 0;) {
		const uint64_t step = left < 5000 ? left : 5000;

		scene_wait(s, step);
		left -= step;
	}
}

/* Passed, and its lock over: it has taken effect, or failed to. */
static inline uint64_t
council_act(enum act act, const void *arguments)
{
	const uint64_t number = council_pass(act, arguments);

	council_wait(COUNCIL_LOCK_MS);
	return number;
}

/* ---- rows */

/* Are workers to be appraised again? */
static inline bool
council_is_sweeping(void)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	struct sweep sweep;

	return row_get(council_machine(), &key, &sweep) && sweep.appraising;
}

/* Of all rows but those of one account and of the block that is open: a refused transaction leaves it. */
static inline void
council_digest(uint8_t digest[static 32], const uint8_t account[static 32])
{
	static uint8_t value[ASSAY_ROW_BYTES_MAX];
	const struct row_key spared = key_of_32(TABLE_ACCOUNT, account);
	struct machine *m = council_machine();
	uint8_t key[ASSAY_ROW_KEY_BYTES_MAX] = { 0 };
	size_t key_len = 0;
	size_t len;

	crypto_sha256(s->crypto, digest, bytes_of(&m->meta, sizeof(m->meta)));
	while (m->rows.next(m->rows.context, bytes_of(key, key_len), key, &key_len, value, sizeof(value), &len) ==
	    ASSAY_ROWS_FOUND) {
		const struct assay_bytes parts[3] = { bytes_of(digest, 32), bytes_of(key, key_len), bytes_of(value, len) };

		if (!bytes_equal(bytes_of(key, key_len), bytes_of(spared.bytes, spared.len))) {
			s->crypto->sha256(s->crypto->context, digest, parts, 3);
		}
	}
}

#endif
