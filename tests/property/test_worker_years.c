/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Years of many workers' lives: reboots, upgrades, outages, and a register that
 * stands still now and then.  No slash may come of silence that was announced,
 * that the register caused, or that an epoch's being void excuses.
 *
 * To be fast, a block is half an hour and an epoch twelve; one worker is
 * registered, the others are its row again under ids of their own; nothing is
 * signed, as the crypto port calls every signature good; the state root is a
 * count.  Renewals are put into the rows.  All else is the machine as it is:
 * transactions, draws, windows and dates.  Every slash is seen as it passes the
 * rows port, and held against what the model knows of that worker.
 *
 * ASSAY_WORKER_YEARS sets how many: 100 usually, 10,000 in long runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scene/register_scene.h"

#define WORKERS		1000
#define SLOTS		24
#define WINDOW		2
#define REATTEST	8
#define BLOCK_MS	UINT64_C(1800000)
#define HOUR_MS		UINT64_C(3600000)
#define HALT_GAP_MS	HOUR_MS
#define BLOCKS_A_YEAR	17520
#define STAKE		UINT64_C(1000000)
#define REMEMBERED	4096	/* blocks of which the model knows the clock */

enum down {
	UP = 0,
	REBOOT,		/* less than a window */
	UPGRADE,	/* announced */
	HALT_DOWN,	/* while the register stands still, and a little longer */
	OUTAGE,		/* unannounced, and long: this is what is slashed */
	EVERYBODY	/* unannounced, and everybody at once */
};

struct model {
	uint8_t id[32];
	uint16_t slot;
	uint8_t state;		/* as last put */
	enum down down;
	enum down was;		/* before it came up in this block */
	bool wants_upgrade;
	bool starts_itself;	/* ends its pause, instead of letting it end */
	uint64_t until_ms;	/* down until */
	uint64_t pause_until_ms;
	uint64_t down_height;	/* first block that it was down at */
	uint64_t was_height;
	uint64_t answered[REATTEST + 1];	/* draws answered lately: height mod */
};

static struct scene *s;
static struct model workers[WORKERS];
static uint16_t by_slot[SLOTS][WORKERS];
static unsigned slot_count[SLOTS];
static uint64_t own_ms[REMEMBERED];	/* the model's own count of the register's clock */
static uint64_t time_ms[REMEMBERED];
static uint64_t height;
static uint64_t chance_state;
static unsigned slashes, real_slashes, halts, pauses, voids;
static struct assay_rows port;

static unsigned long
years_wanted(void)
{
	const char *years = getenv("ASSAY_WORKER_YEARS");
	const char *is_long = getenv("ASSAY_LONG");

	if (years != NULL && years[0] != '\0') {
		return strtoul(years, NULL, 10);
	}
	return is_long != NULL && is_long[0] != '\0' && strcmp(is_long, "0") != 0 ? 10000 : 100;
}

/* ---- chance that repeats */

static uint64_t
chance(uint64_t n)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return chance_state % n;
}

/* ---- ports */

static void
verify_all(void *context, struct assay_signature_item *items, size_t count)
{
	(void)context;
	for (size_t i = 0; i < count; i++) {
		items[i].valid = true;
	}
}

static bool
root_of_nothing(void *context, uint8_t root[static 32])
{
	static uint64_t count;

	(void)context;
	memset(root, 0, 32);
	count++;
	memcpy(root, &count, sizeof(count));
	return true;
}

static bool
entry_dropped(void *context, uint64_t index, struct assay_bytes entry)
{
	(void)context;
	(void)index;
	(void)entry;
	return true;
}

static int
order_of_models(const void *a, const void *b)
{
	return memcmp(((const struct model *)a)->id, ((const struct model *)b)->id, 32);
}

static struct model *
model_of(const uint8_t *id)
{
	struct model key;

	memcpy(key.id, id, sizeof(key.id));
	return bsearch(&key, workers, WORKERS, sizeof(workers[0]), order_of_models);
}

/* Was it silent on its own account, for as long as it was charged for? */
static void
slash_judge(const uint8_t *id, uint64_t missed, const struct slash *slash)
{
	const struct model *w = model_of(id);
	/* It comes back in the block in which this is settled, or it is still down. */
	const bool back = w->down == UP;
	const enum down kind = back ? w->was : w->down;
	const uint64_t from = back ? w->was_height : w->down_height;
	const uint64_t silent_ms = own_ms[height % REMEMBERED] - own_ms[(missed + WINDOW) % REMEMBERED];
	const uint64_t silent_reattest_ms = own_ms[height % REMEMBERED] - own_ms[(missed + REATTEST) % REMEMBERED];
	const uint64_t charged_ms = slash->ended_own_ms - slash->silent_own_ms;

	slashes++;
	if (kind != OUTAGE && kind != EVERYBODY) {
		fail_msg("a slash for what was no outage (%d), at %lu", (int)kind, (unsigned long)height);
	}
	/* Not one block of the window did it have a chance to answer in. */
	if (from > missed + REATTEST || (charged_ms == silent_ms && from > missed + 1)) {
		fail_msg("it was up within the window of %lu: down from %lu", (unsigned long)missed,
		    (unsigned long)from);
	}
	if (charged_ms != silent_ms && charged_ms != silent_reattest_ms) {
		fail_msg("charged for %lu ms, silent for %lu", (unsigned long)charged_ms, (unsigned long)silent_ms);
	}
	for (uint64_t h = missed + 1; h <= missed + WINDOW; h++) {
		if (time_ms[h % REMEMBERED] - time_ms[(h - 1) % REMEMBERED] > HALT_GAP_MS) {
			fail_msg("a halt within the window of %lu", (unsigned long)missed);
		}
	}
	if (slash->amount > mul_div(STAKE, charged_ms, 1000 * HOUR_MS)) {
		fail_msg("%lu units for %lu ms", (unsigned long)slash->amount, (unsigned long)charged_ms);
	}
	real_slashes += kind == OUTAGE ? 1 : 0;
}

static bool
put_seen(void *context, struct assay_bytes key, struct assay_bytes value)
{
	if (key.data[0] == TABLE_WORKER && key.len == 35) {
		struct model *w = model_of(key.data + 3);

		if (w != NULL) {
			w->state = value.data[0];
		}
	} else if (key.data[0] == TABLE_SLASH) {
		struct assay_bytes rest = bytes_slice(key, 37, 8);
		struct slash slash;

		assert_true(record_decode(table_record(TABLE_SLASH), &slash, value));
		if (slash.state == SLASH_ESCROWED && slash.height == height) {
			slash_judge(key.data + 5, key_take(&rest, 8), &slash);
		}
	}
	return port.put(context, key, value);
}

/* ---- the register */

static void
workers_load(void)
{
	struct machine *m = scene_machine(s);
	struct scene_worker first;
	struct worker model;

	scene_worker_online(s, &first, &(struct scene_worker_options){ .operator_index = 0 });
	scene_get_worker(s, &first, &model);
	/* The vendor's dates are another matter. */
	model.valid_until_s = UINT64_C(1) << 40;
	memset(slot_count, 0, sizeof(slot_count));
	memset(workers, 0, sizeof(workers));
	for (unsigned i = 0; i < WORKERS; i++) {
		crypto_sha256_2(s->crypto, workers[i].id, bytes_of(s->secret, 32), bytes_of(&i, sizeof(i)));
	}
	qsort(workers, WORKERS, sizeof(workers[0]), order_of_models);
	scene_wait(s, BLOCK_MS);
	for (unsigned i = 0; i < WORKERS; i++) {
		struct worker row = model;
		struct platform platform = { .weight_epoch = 0 };
		struct model *w = &workers[i];

		w->slot = slot_of_worker(m, w->id);
		by_slot[w->slot][slot_count[w->slot]++] = (uint16_t)i;
		memcpy(row.platform, w->id, sizeof(row.platform));
		memcpy(platform.sgx_worker, w->id, sizeof(platform.sgx_worker));
		row.state = WORKER_REGISTERED;
		row.candidate = 0;
		row.timer_own_ms = 0;
		row.stake = STAKE;
		const struct row_key key = key_of_32(TABLE_PLATFORM, row.platform);

		step_begin(m);
		row_put(m, &key, &platform);
		worker_enter(m, w->id, &row, WORKER_ONLINE, WORKER_BECAUSE_NONE);
		worker_put(m, w->id, &row);
		m->meta.stakes += STAKE;
		m->meta.minted += STAKE;
		step_commit(m, EFFECT_NONE);
		w->state = WORKER_ONLINE;
	}
	/* The one that was really registered goes. */
	struct worker_arguments stop;

	memcpy(stop.worker, first.id, sizeof(stop.worker));
	assert_int_equal(scene_send(s, 0, KIND_STOP, &stop), CODE_ACCEPTED);
	scene_block(s);
}

static struct assay_crypto all_good;

static void
register_open(void)
{
	static const struct scene_parameter parameters[] = {
		{ PARAMETER_EPOCH_BLOCKS, SLOTS },
		{ PARAMETER_WINDOW, WINDOW },
		{ PARAMETER_REATTEST_WINDOW, REATTEST },
		{ PARAMETER_NONCE_AGE, 30 },
		{ PARAMETER_HALT_GAP, HALT_GAP_MS },
		{ PARAMETER_EVIDENCE_AGE, 7776000000 },
		{ PARAMETER_REWARD, 1000 },
	};
	struct machine *m;

	s = scene_new(&(struct scene_options){ .seed = "years", .parameters = parameters,
	    .parameters_count = sizeof(parameters) / sizeof(parameters[0]) });
	scene_bring_collateral(s, SIM_SGX);
	scene_block(s);
	workers_load();
	m = scene_machine(s);
	all_good = *s->crypto;
	all_good.verify = verify_all;
	port = m->rows;
	m->crypto = &all_good;
	m->rows.put = put_seen;
	m->rows.root = root_of_nothing;
	m->entries.append = entry_dropped;
	height = s->commit.height;
	own_ms[height % REMEMBERED] = m->own_ms;
	time_ms[height % REMEMBERED] = s->time_ms;
}

static bool
sign_nothing(void *context, uint8_t signature[static 64], struct assay_bytes message)
{
	(void)context;
	(void)message;
	memset(signature, 1, 64);
	return true;
}

static enum code
send(unsigned account, enum kind kind, const void *arguments)
{
	struct scene_account *from = &s->accounts[account];
	struct signing_key signer = { .sign = sign_nothing };
	struct transaction_head head = { .nonce = from->nonce + 1, .valid_until = UINT64_MAX };

	memcpy(signer.key, from->key.public, sizeof(signer.key));
	memcpy(head.register_id, s->head.register_id, sizeof(head.register_id));
	memcpy(head.sender, from->id, sizeof(head.sender));
	s->transaction_len =
	    transaction_compose(s->transaction, sizeof(s->transaction), &head, kind, arguments, &signer);
	assert_true(s->transaction_len != 0);
	const enum code code = scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len));

	from->nonce += s->result.charged ? 1 : 0;
	return code;
}

/* ---- what workers do */

static void
go_down(struct model *w, enum down kind, uint64_t for_ms)
{
	w->down = kind;
	w->until_ms = s->time_ms + for_ms;
	w->down_height = height + 1;
}

static void
come_up(struct model *w)
{
	w->was = w->down;
	w->was_height = w->down_height;
	w->down = UP;
}

/* Between this block and the next one something may befall it. */
static void
befall(struct model *w)
{
	const uint64_t dice = chance(BLOCKS_A_YEAR);

	if (w->down != UP || w->state != WORKER_ONLINE) {
		return;
	}
	if (dice < 40) {
		go_down(w, REBOOT, 60000 + chance(1440000));
	} else if (dice < 55) {
		w->wants_upgrade = true;
	} else if (dice < 59) {
		go_down(w, OUTAGE, 2 * HOUR_MS + chance(60 * HOUR_MS));
	}
}

/* It announces before it goes: what is refused is tried again, or given up. */
static void
announce(struct model *w)
{
	struct pause_arguments a = { .duration_ms = 2 * HOUR_MS + chance(10 * HOUR_MS) };
	enum code code;

	memcpy(a.worker, w->id, sizeof(a.worker));
	code = send(0, KIND_PAUSE, &a);
	if (code == CODE_ACCEPTED) {
		pauses++;
		w->wants_upgrade = false;
		w->starts_itself = chance(2) == 0;
		go_down(w, UPGRADE, a.duration_ms - HOUR_MS);
	} else if (code != CODE_CHALLENGE_OPEN) {
		assert_true(code == CODE_PAUSE_LIMIT || code == CODE_WORKER_STATE);
		w->wants_upgrade = false;
	}
}

static void
start(struct model *w)
{
	struct start_arguments a = { .ask = 0 };

	memcpy(a.worker, w->id, sizeof(a.worker));
	(void)send(0, KIND_START, &a);
}

/* As a renewal that was accepted leaves the row. */
static void
renew(struct model *w)
{
	struct machine *m = scene_machine(s);
	struct worker row;

	step_begin(m);
	assert_true(worker_get(m, w->id, &row));
	row.attested_own_ms = m->own_ms;
	if (row.state == WORKER_SUSPENDED) {
		worker_enter(m, w->id, &row, WORKER_REGISTERED, WORKER_BECAUSE_NONE);
	}
	worker_schedule(m, w->id, &row);
	worker_put(m, w->id, &row);
	step_commit(m, EFFECT_NONE);
}

/* A re-attestation that was asked for, as apply_reattest counts it. */
static void
renew_asked(struct model *w, uint64_t draw)
{
	struct machine *m = scene_machine(s);
	struct worker row;

	step_begin(m);
	assert_true(worker_get(m, w->id, &row));
	if (challenge_is_open(m, w->id, &row, draw, true) == CODE_ACCEPTED) {
		challenge_answered(m, w->id, &row, draw);
		worker_put(m, w->id, &row);
	}
	step_commit(m, EFFECT_NONE);
}

/* ---- answers */

static uint8_t groups[58000];
static size_t groups_len;
static uint16_t group_count;
static size_t group_at;

static void
group_end(uint64_t draw)
{
	const struct answer_group group = { .height = draw, .id_bytes = 32, .count = group_count };

	if (group_count != 0) {
		(void)record_encode(&answer_group_record, &group, groups + group_at, 11);
	} else {
		groups_len = group_at;
	}
	group_at = groups_len;
	groups_len += 11;
	group_count = 0;
}

static void
batch_end(void)
{
	const struct answers_arguments a = { bytes_of(groups, group_at) };

	if (group_at != 0) {
		(void)send(1, KIND_ANSWERS, &a);
	}
	group_at = 0;
	groups_len = 11;
	group_count = 0;
}

static void
answer(const struct model *w, uint64_t draw)
{
	if (groups_len + 11 + 102 > sizeof(groups)) {
		group_end(draw);
		batch_end();
	}
	memcpy(groups + groups_len, w->id, 32);
	memset(groups + groups_len + 32, 0, STATE_BYTES + 64);
	groups_len += 102;
	group_count++;
}

/* Everybody that is up answers what it was asked lately and has not answered yet. */
static void
answer_draw(uint64_t draw)
{
	struct machine *m = scene_machine(s);
	const struct row_key key = key_u64(key_start(TABLE_BLOCK), draw);
	struct block block;

	if (!row_get(m, &key, &block)) {
		return;
	}
	for (unsigned spot = 0; spot < 2; spot++) {
		const uint16_t slot = spot != 0 ? block.spot : block.slot;

		for (unsigned i = 0; slot != NO_SLOT && i < slot_count[slot]; i++) {
			struct model *w = &workers[by_slot[slot][i]];
			uint64_t *answered = &w->answered[draw % (REATTEST + 1)];

			if (w->down != UP || *answered == draw ||
			    (w->state != WORKER_ONLINE && w->state != WORKER_UNRESPONSIVE)) {
				continue;
			}
			if (draw_asks_reattestation(s->crypto, block.id, w->id, 24)) {
				renew_asked(w, draw);
				*answered = draw;
			} else if (draw + WINDOW >= height) {
				answer(w, draw);
				*answered = draw;
			}
		}
	}
	group_end(draw);
}

static void
answers_send(void)
{
	group_at = 0;
	groups_len = 11;
	group_count = 0;
	for (uint64_t draw = height > REATTEST ? height - REATTEST : 1; draw < height; draw++) {
		answer_draw(draw);
	}
	/* Who finds itself unresponsive answers the last block. */
	for (unsigned i = 0; i < WORKERS; i++) {
		if (workers[i].down == UP && workers[i].state == WORKER_UNRESPONSIVE) {
			answer(&workers[i], height - 1);
		}
	}
	group_end(height - 1);
	batch_end();
}

/* ---- time */

static void
worker_turn(struct model *w, unsigned i)
{
	if (w->down != UP && w->until_ms <= s->time_ms) {
		come_up(w);
		if (w->was == UPGRADE && w->starts_itself && w->state == WORKER_PAUSED) {
			start(w);
		}
	}
	if (w->down == UP && (height + i * 3) % 2880 == 0) {
		renew(w);
	}
	if (w->down == UP && w->state == WORKER_SUSPENDED) {
		renew(w);
	}
	if (w->down == UP && w->state == WORKER_REGISTERED) {
		start(w);
	}
}

/* A block begins; the register may have stood still before it. */
static void
block_start(bool halt)
{
	const uint64_t gap = halt ? 2 * HOUR_MS + chance(20 * HOUR_MS) : BLOCK_MS;

	halts += halt ? 1 : 0;
	if (halt) {
		for (unsigned i = 0; i < WORKERS; i++) {
			if (workers[i].down == UP && chance(5) == 0) {
				go_down(&workers[i], HALT_DOWN, gap + chance(1500000));
			}
		}
	}
	scene_wait(s, gap);
	height = scene_machine(s)->meta.height;
	time_ms[height % REMEMBERED] = s->time_ms;
	own_ms[height % REMEMBERED] = own_ms[(height - 1) % REMEMBERED] + (gap > HALT_GAP_MS ? 0 : gap);
	assert_int_equal(own_ms[height % REMEMBERED], scene_machine(s)->own_ms);
}

static void
block_live(bool eventful)
{
	block_start(eventful && chance(100) == 0);
	for (unsigned i = 0; i < WORKERS; i++) {
		worker_turn(&workers[i], i);
	}
	answers_send();
	for (unsigned i = 0; i < WORKERS; i++) {
		if (workers[i].wants_upgrade && workers[i].down == UP) {
			announce(&workers[i]);
		}
	}
	scene_block(s);
	if (!eventful) {
		return;
	}
	for (unsigned i = 0; i < WORKERS; i++) {
		befall(&workers[i]);
	}
	/* Every other week, all of them at once. */
	if (height % 700 == 350) {
		const uint64_t for_ms = 20 * HOUR_MS + chance(10 * HOUR_MS);

		for (unsigned i = 0; i < WORKERS; i++) {
			if (workers[i].down == UP) {
				go_down(&workers[i], EVERYBODY, for_ms);
			}
		}
	}
}

/* What touched a void epoch has been given back, whatever came of it before. */
static void
voids_check(void)
{
	struct machine *m = scene_machine(s);
	const struct row_key epochs = key_start(TABLE_EPOCH);
	const struct row_key prefix = key_start(TABLE_SLASH);
	struct row_key key;
	struct epoch epoch;
	struct slash slash;

	for (struct row_key at = epochs; row_next(m, &epochs, &at, &epoch);) {
		struct assay_bytes primary = key_primary(&at);
		const uint64_t number = key_take(&primary, 4);

		if (!epoch.is_void) {
			continue;
		}
		voids++;
		for (key = prefix; row_next(m, &prefix, &key, &slash);) {
			struct assay_bytes rest = key_primary(&key);

			if (key_take(&rest, 4) <= number && slash.height >= epoch.start) {
				assert_int_equal(slash.state, SLASH_VOIDED);
			}
		}
	}
}

static void
test_worker_years(void **state)
{
	const unsigned long years = years_wanted();
	const uint64_t blocks = years * BLOCKS_A_YEAR / WORKERS;

	(void)state;
	chance_state = UINT64_C(0x9e3779b97f4a7c15);
	register_open();
	for (uint64_t i = 0; i < blocks; i++) {
		block_live(true);
		if (i % 997 == 0) {
			assert_true(scene_supply_holds(s));
		}
	}
	assert_true(scene_supply_holds(s));
	/* Whatever is still open closes. */
	for (unsigned i = 0; i < 3 * SLOTS; i++) {
		block_live(false);
	}
	voids_check();
	print_message("%lu worker-years: %u slashes, all of outages (%u of one worker's own); %u halts, %u pauses, "
	    "%u void epochs\n", years, slashes, real_slashes, halts, pauses, voids);
	assert_true(real_slashes > years / 2);
	assert_true(halts != 0 && voids != 0 && pauses > years);
	scene_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worker_years),
	};

	return cmocka_run_group_tests_name("worker_years", tests, NULL, NULL);
}
