/* SPDX-License-Identifier: Apache-2.0 */
/* A short life of a register, with all that an audit has to answer for: workers, pay, slashes, acts, refusals. */
#ifndef UNIT_LEDGER_PLAY_H
#define UNIT_LEDGER_PLAY_H

#include "unit/ledger.h"

#define PLAY_WORKERS	3
#define PLAY_BLOCKS	110

struct play {
	struct scene *s;
	struct log_signer signer;
	struct scene_worker workers[PLAY_WORKERS];
	unsigned silent;		/* workers from this one on do not answer */
	char note[CHECKPOINT_NOTE_BYTES_MAX];	/* over all of it */
	size_t note_len;
};

static const struct scene_parameter play_parameters[] = {
	{ PARAMETER_EPOCH_BLOCKS, 24 },
	{ PARAMETER_WINDOW, 4 },
	{ PARAMETER_REATTEST_WINDOW, 8 },
	{ PARAMETER_REATTEST_ONE_IN, 3 },
	{ PARAMETER_NONCE_AGE, 40 },
	{ PARAMETER_SLASH_RATE, 100000 },
	{ PARAMETER_OFFLINE_LIMIT, 20000 },
	{ PARAMETER_REWARD, 1000 },
	{ PARAMETER_FEE_BASE, 3 },
	{ PARAMETER_LOCK, 3000 },
	{ PARAMETER_EMERGENCY_LIFE, 10000 },
};

/* The play's blocks from first on, cut by a driver: the same ones, entry for entry. */
static inline void
play_feed(struct play *p, struct driver *driver)
{
	static struct assay_bytes transactions[64];
	static struct driver_result results[64];
	const uint64_t size = p->s->commit.log_size;
	struct assay_register_commit commit;
	struct store_error error;
	struct assay_bytes entry;
	size_t count = 0;

	for (uint64_t i = driver_head(driver)->log_size; i < size; i++) {
		assert_true(memory_entry(p->s->memory, i, &entry));
		struct cursor c = cursor_over(entry);
		struct entry_result result;
		struct entry_commit end;

		switch (cursor_u8(&c)) {
		case ENTRY_TRANSACTION:
			record_read(&entry_result_record, &result, &c);
			assert_true(count < 64);
			transactions[count++] = cursor_rest(&c);
			break;
		case ENTRY_COMMIT:
			record_read(&entry_commit_record, &end, &c);
			if (!driver_cut(driver, end.time_ms, transactions, count, results, &commit, &error)) {
				fail_msg("%s %s", error.what, error.cause);
			}
			assert_int_equal(commit.log_size, i + 1);
			assert_memory_equal(commit.state_root, end.state_root, 32);
			count = 0;
			break;
		case ENTRY_EFFECT:
			break;
		default:
			fail_msg("what was refused for its form cannot be fed");
		}
	}
}

/* What the last block drew, and asks of those who answer. */
static inline void
play_answers(struct play *p)
{
	struct scene *const s = p->s;
	const uint64_t height = s->commit.height;
	uint8_t block_id[32];
	bool drawn[PLAY_WORKERS];

	memcpy(block_id, s->commit.block_id, sizeof(block_id));
	for (unsigned i = 0; i < PLAY_WORKERS; i++) {
		drawn[i] = i < p->silent && scene_is_drawn(s, &p->workers[i], height);
	}
	for (unsigned i = 0; i < PLAY_WORKERS; i++) {
		struct reattest_arguments a;

		if (drawn[i] && draw_asks_reattestation(s->crypto, block_id, p->workers[i].id, 3)) {
			scene_reattest_arguments(s, &a, &p->workers[i], height);
			(void)scene_send(s, p->workers[i].operator_index, KIND_REATTEST, &a);
		} else if (drawn[i]) {
			(void)scene_answer(s, &p->workers[i], height);
		}
	}
}

static inline void
play_block(struct play *p)
{
	play_answers(p);
	scene_block(p->s);
}

static inline void
play_app(struct play *p)
{
	struct app_open_arguments a = { .tiers = 31, .tees = 1 << ASSAY_TEE_SGX, .slots = 2, .pay = 50,
		.order = APP_BEST, .escrow = 100000 };

	VAR_SET(a.name, bytes_of_text("an app"));
	memcpy(a.program, p->s->program_sgx, sizeof(a.program));
	assert_int_equal(scene_send(p->s, 3, KIND_APP_OPEN, &a), CODE_ACCEPTED);
}

static inline void
play_acts(struct play *p)
{
	const struct set_parameter_arguments reward = { PARAMETER_REWARD, 2000 };
	struct deny_arguments deny = { .kind = DENY_ADVISORY };
	struct statement_arguments statement = { .proposal = 1 };

	assert_int_not_equal(scene_act(p->s, ACT_SET_PARAMETER, &reward), 0);
	VAR_SET(deny.value, bytes_of_text("INTEL-SA-99999"));
	assert_int_not_equal(scene_act(p->s, ACT_DENY, &deny), 0);
	VAR_SET(statement.text, bytes_of_text("so be it"));
	assert_int_equal(scene_send(p->s, 0, KIND_STATEMENT, &statement), CODE_ACCEPTED);
}

/* A worker of a forged quote, a form that is none, a nonce that is not the next. */
static inline void
play_refusals(struct play *p)
{
	struct register_arguments a;
	struct scene_worker forger;
	static uint8_t quote[DOCUMENT_BYTES_MAX];

	scene_worker_make(p->s, &forger, &(struct scene_worker_options){ .number = 77, .sim = { .index = 77 } });
	scene_register_arguments(p->s, &a, &forger, scene_nonce_height(p->s));
	bytes_copy(quote, a.evidence, a.evidence.len);
	quote[200] ^= 1;
	a.evidence = bytes_of(quote, a.evidence.len);
	assert_int_equal(scene_send(p->s, 0, KIND_REGISTER, &a), CODE_EVIDENCE_REFUSED);
	assert_int_equal(scene_send_bytes(p->s, bytes_of_text("no transaction")), CODE_FORM);
	p->s->accounts[1].nonce += 5;
	(void)scene_send_bytes(p->s, ledger_transfer(p->s, 1, 0, 1));
	assert_int_equal(p->s->result.code, CODE_NONCE);
	p->s->accounts[1].nonce -= 5;
}

static inline void
play_start(struct play *p)
{
	p->s = scene_new(&(struct scene_options){ .seed = "play", .parameters = play_parameters,
	    .parameters_count = sizeof(play_parameters) / sizeof(play_parameters[0]) });
	p->signer = scratch_signer(9);
	p->silent = PLAY_WORKERS;
	ledger_name_signer(p->s, &p->signer);
	scene_bring_collateral(p->s, SIM_SGX);
	scene_block(p->s);
	for (unsigned i = 0; i < PLAY_WORKERS; i++) {
		scene_worker_online(p->s, &p->workers[i], &(struct scene_worker_options){ .operator_index = i,
		    .number = i, .sim = { .tee = SIM_SGX, .index = i } });
	}
}

static inline void
play_note(struct play *p)
{
	uint64_t size;
	struct hash root;

	memory_log(p->s->memory, &size, &root);
	ledger_note(p->note, &p->note_len, &p->signer, size, &root);
}

static inline void
play(struct play *p)
{
	play_start(p);
	for (unsigned i = 0; i < PLAY_BLOCKS; i++) {
		if (i == 10) {
			play_app(p);
		} else if (i == 20) {
			play_acts(p);
		} else if (i == 25) {
			play_refusals(p);
		}
		/* The last of them is silent for two epochs, in one of which it is asked. */
		p->silent = i >= 30 && i < 80 ? PLAY_WORKERS - 1 : PLAY_WORKERS;
		play_block(p);
	}
	play_note(p);
}

static inline void
play_end(struct play *p)
{
	scratch_signer_free(&p->signer);
	scene_free(p->s);
}

#endif
