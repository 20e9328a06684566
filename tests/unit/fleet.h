/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of workers' lives share: a scene whose epochs are 24 blocks,
 * looks at rows, and blocks after each of which the books must agree.
 */
#ifndef TEST_UNIT_FLEET_H
#define TEST_UNIT_FLEET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scene/register_scene.h"

#define FLEET_EPOCH		((uint64_t)24)
#define FLEET_WINDOW		((uint64_t)3)
#define FLEET_REATTEST		((uint64_t)8)
#define FLEET_STAKE		((uint64_t)1000000)
#define FLEET_REWARD		((uint64_t)1000)

static struct scene *s;

/* One in 10,000 challenges asks for a re-attestation: in most tests none does.  Misses suspend
 * where a test is about that. */
static const struct scene_parameter fleet_usual[] = {
	{ PARAMETER_EPOCH_BLOCKS, FLEET_EPOCH },
	{ PARAMETER_WINDOW, FLEET_WINDOW },
	{ PARAMETER_REATTEST_WINDOW, FLEET_REATTEST },
	{ PARAMETER_REATTEST_ONE_IN, 10000 },
	{ PARAMETER_SPOT, 0 },
	{ PARAMETER_NONCE_AGE, 30 },
	{ PARAMETER_HALT_GAP, 10000 },
	{ PARAMETER_EVIDENCE_AGE, 3600000 },
	{ PARAMETER_LAPSE_GRACE, 20000 },
	{ PARAMETER_BOND_TIME, 10000 },
	{ PARAMETER_SLASH_RATE, 100000 },
	{ PARAMETER_SLASH_ESCROW, 200000 },
	{ PARAMETER_OFFLINE_LIMIT, 100000 },
	{ PARAMETER_MISSES_LIMIT, 24 },
	{ PARAMETER_PAUSE_LIMIT, 40000 },
	{ PARAMETER_PAUSE_PERIOD, 300000 },
	{ PARAMETER_COOLING, 40000 },
	{ PARAMETER_REWARD, FLEET_REWARD },
	{ PARAMETER_LOCK, 3000 },
};
#define FLEET_COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static inline struct machine *
fleet_machine(void)
{
	return scene_machine(s);
}

static int
fleet_order(const void *a, const void *b)
{
	const struct scene_parameter *x = a;
	const struct scene_parameter *y = b;

	return (int)x->id - (int)y->id;
}

/* A scene with the usual parameters but for these; what is the table's own value is left out. */
static inline void
fleet_open(const struct scene_parameter *others, size_t count)
{
	struct scene_parameter all[48];
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		if (others[i].value != parameter_bounds(others[i].id)->genesis) {
			all[used++] = others[i];
		}
	}
	for (size_t i = 0; i < FLEET_COUNT(fleet_usual); i++) {
		bool given = false;

		for (size_t j = 0; j < count; j++) {
			given = given || others[j].id == fleet_usual[i].id;
		}
		if (!given) {
			all[used++] = fleet_usual[i];
		}
	}
	qsort(all, used, sizeof(all[0]), fleet_order);
	s = scene_new(&(struct scene_options){ .seed = "fleet", .parameters = all, .parameters_count = used });
	scene_bring_collateral(s, SIM_SGX);
	scene_block(s);
}

static inline int
fleet_setup(void **state)
{
	(void)state;
	fleet_open(NULL, 0);
	return 0;
}

static inline int
fleet_teardown(void **state)
{
	(void)state;
	scene_free(s);
	s = NULL;
	return 0;
}

/* ---- workers.  Each is on a machine of its own. */

static inline void
fleet_make(struct scene_worker *w, unsigned operator_index, uint32_t number)
{
	scene_worker_make(s, w, &(struct scene_worker_options){ .operator_index = operator_index,
	    .number = number, .sim = { .tee = SIM_SGX, .index = number } });
}

static inline void
fleet_online(struct scene_worker *w, unsigned operator_index, uint32_t number)
{
	scene_worker_online(s, w, &(struct scene_worker_options){ .operator_index = operator_index,
	    .number = number, .sim = { .tee = SIM_SGX, .index = number } });
}

static inline struct worker
fleet_row(const struct scene_worker *w)
{
	struct worker row;

	scene_get_worker(s, w, &row);
	return row;
}

static inline enum worker_state
fleet_state(const struct scene_worker *w)
{
	return (enum worker_state)fleet_row(w).state;
}

static inline uint64_t
fleet_balance(unsigned account)
{
	struct account row;

	scene_get_account(s, account, &row);
	return row.balance;
}

/* Change a worker's row by hand, in the block that is open. */
static inline void
fleet_poke(const struct scene_worker *w, void (*change)(struct worker *row))
{
	struct machine *m = fleet_machine();
	struct worker row;

	if (!s->in_block) {
		scene_wait(s, s->step_ms);
	}
	step_begin(m);
	assert_true(worker_get(m, w->id, &row));
	change(&row);
	worker_put(m, w->id, &row);
	step_commit(m, EFFECT_NONE);
}

/* ---- blocks after which the books agree */

/* Each worker has the one timer row that it says it has; who is online, and nobody else, is a candidate. */
static inline bool
fleet_books_agree(void)
{
	struct machine *m = fleet_machine();
	const struct row_key workers = key_start(TABLE_WORKER);
	const struct row_key timers = key_u8(key_start(TABLE_TIMER), TIMER_WORKER);
	struct row_key key = workers;
	struct worker row;
	struct timer timer;
	uint64_t online = 0;
	uint64_t dated = 0;
	bool agree = true;

	while (row_next(m, &workers, &key, &row)) {
		const struct row_key own = key_bytes(key_u64(timers, row.timer_own_ms), key_primary(&key));

		online += row.state == WORKER_ONLINE ? 1 : 0;
		dated += row.timer_own_ms != 0 ? 1 : 0;
		agree = agree && (row.timer_own_ms == 0 || row_exists(m, &own)) &&
		    (row.state == WORKER_ONLINE) == (row.candidate != 0) &&
		    (row.silent_own_ms != 0) == (row.state == WORKER_UNRESPONSIVE);
	}
	for (key = timers; row_next(m, &timers, &key, &timer);) {
		dated--;
	}
	return agree && online == m->meta.online && dated == 0;
}

/* End a block; all that must hold after each one does. */
static inline void
fleet_block(void)
{
	scene_block(s);
	assert_true(scene_supply_holds(s));
	assert_true(fleet_books_agree());
}

static inline void
fleet_blocks(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		fleet_block();
	}
}

/* Does the draw at that height ask it, and has it not answered? */
static inline bool
fleet_is_asked(const struct scene_worker *w, uint64_t height)
{
	const struct worker row = fleet_row(w);

	return scene_is_drawn(s, w, height) && row.online_height != 0 && row.online_height < height &&
	    row.answered[0] != height && row.answered[1] != height;
}

/* Answer what waits for this worker's answer, and end the block. */
static inline void
fleet_block_kept(const struct scene_worker *w)
{
	const uint64_t last = scene_nonce_height(s);

	for (uint64_t height = last + 1 > FLEET_WINDOW ? last + 1 - FLEET_WINDOW : 1; height <= last; height++) {
		if (fleet_is_asked(w, height)) {
			assert_int_equal(scene_answer(s, w, height), CODE_ACCEPTED);
		}
	}
	fleet_block();
}

/* End blocks until the last one has drawn the worker: its height. */
static inline uint64_t
fleet_until_drawn(const struct scene_worker *w)
{
	if (!s->in_block && fleet_is_asked(w, s->commit.height)) {
		return s->commit.height;
	}
	for (unsigned i = 0; i < 3 * FLEET_EPOCH; i++) {
		fleet_block();
		if (scene_is_drawn(s, w, s->commit.height)) {
			return s->commit.height;
		}
	}
	fail_msg("three epochs without a draw");
	return 0;
}

/* Until it has answered a draw: its height. */
static inline uint64_t
fleet_until_answered(const struct scene_worker *w)
{
	const uint64_t height = fleet_until_drawn(w);

	assert_int_equal(scene_answer(s, w, height), CODE_ACCEPTED);
	fleet_block();
	return height;
}

/* Until it has missed one. */
static inline uint64_t
fleet_until_missed(const struct scene_worker *w)
{
	const uint64_t height = fleet_until_drawn(w);

	fleet_blocks(FLEET_WINDOW);
	assert_int_equal(fleet_state(w), WORKER_UNRESPONSIVE);
	return height;
}

/* Blocks up to a height. */
static inline void
fleet_to_height(uint64_t height)
{
	while (s->commit.height < height) {
		fleet_block();
	}
}

static inline struct epoch
fleet_epoch(uint32_t number)
{
	const struct row_key key = key_u32(key_start(TABLE_EPOCH), number);
	struct epoch epoch;

	(void)row_get(fleet_machine(), &key, &epoch);
	return epoch;
}

static inline uint32_t
fleet_epoch_of(uint64_t height)
{
	return (uint32_t)((height - 1) / FLEET_EPOCH + 1);
}

/* ---- slashes */

static inline unsigned
fleet_slashes(struct slash *last)
{
	const struct row_key prefix = key_start(TABLE_SLASH);
	struct row_key key = prefix;
	struct slash slash;
	unsigned count = 0;

	if (last != NULL) {
		memset(last, 0, sizeof(*last));
	}
	while (row_next(fleet_machine(), &prefix, &key, &slash)) {
		count++;
		if (last != NULL) {
			*last = slash;
		}
	}
	return count;
}

/* ---- refusals */

/* Of all rows but the sender's, and of the totals but what a fee moves. */
static inline void
fleet_digest(uint8_t digest[static 32], const uint8_t account[static 32])
{
	static uint8_t value[ASSAY_ROW_BYTES_MAX];
	const struct row_key spared = key_of_32(TABLE_ACCOUNT, account);
	struct machine *m = fleet_machine();
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

/* It is refused with that code, changes nothing, and cannot be sent again. */
static inline void
fleet_refused(unsigned account, enum kind kind, const void *arguments, enum code code)
{
	uint8_t before[32];
	uint8_t after[32];

	if (!s->in_block) {
		scene_wait(s, s->step_ms);
	}
	fleet_digest(before, s->accounts[account].id);
	const enum code given = scene_send(s, account, kind, arguments);

	if (given != code) {
		fail_msg("%s: %s, not %s", kind_name(kind), code_id(given), code_id(code));
	}
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_NONCE);
	fleet_digest(after, s->accounts[account].id);
	assert_memory_equal(before, after, sizeof(before));
}

/* It is accepted, once. */
static inline void
fleet_accepted(unsigned account, enum kind kind, const void *arguments)
{
	const enum code given = scene_send(s, account, kind, arguments);

	if (given != CODE_ACCEPTED) {
		fail_msg("%s: %s", kind_name(kind), code_id(given));
	}
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_NONCE);
}

static inline struct worker_arguments
fleet_worker(const struct scene_worker *w)
{
	struct worker_arguments a;

	memcpy(a.worker, w->id, sizeof(a.worker));
	return a;
}

static inline struct start_arguments
fleet_start(const struct scene_worker *w)
{
	struct start_arguments a = { .ask = 7 };

	memcpy(a.worker, w->id, sizeof(a.worker));
	return a;
}

static inline struct pause_arguments
fleet_pause(const struct scene_worker *w, uint64_t duration_ms)
{
	struct pause_arguments a = { .duration_ms = duration_ms };

	memcpy(a.worker, w->id, sizeof(a.worker));
	return a;
}

static inline struct stake_arguments
fleet_stake(const struct scene_worker *w, uint64_t amount)
{
	struct stake_arguments a = { .amount = amount };

	memcpy(a.worker, w->id, sizeof(a.worker));
	return a;
}

#endif
