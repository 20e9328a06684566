/* SPDX-License-Identifier: Apache-2.0 */
/* Six cheats that the register itself has to refuse; each is sent to it, and its answer is shown. */
#include "cmd/assay_sim_play.h"

#include <stdio.h>

#define MACHINE_OF_CHEAT 40

/* What the register said of it; refused for another reason than the one that is meant is not good either. */
static void
judge(struct play *p, const char *what, uint16_t code, uint16_t detail, enum code wanted)
{
	char how[128];

	if (code != CODE_ACCEPTED && code != wanted) {
		play_wrong("%s was refused for another reason than it should be: %s, not %s", what, code_id(code),
		    code_id(wanted));
	}
	(void)snprintf(how, sizeof(how), "%s%s%s", code == CODE_ACCEPTED ? "ACCEPTED" : code_id(code),
	    detail != 0 ? ": " : "", detail != 0 ? assay_check_id((enum assay_check)(detail - 1)) : "");
	play_cheat_put(p, what, "register", code != CODE_ACCEPTED, how);
}

static void
judge_registration(struct play *p, const char *what, const struct register_arguments *a,
    enum code wanted)
{
	const size_t at = play_try(p, PLAY_CHEAT, KIND_REGISTER, a);

	play_cut(p);
	judge(p, what, p->results[at].result.code, p->results[at].result.detail, wanted);
}

static struct play_worker *
machine_of_cheat(struct play *p, const struct sim_options *options)
{
	struct sim_options own = *options;

	own.tee = SIM_SGX;
	own.index = MACHINE_OF_CHEAT;
	return play_worker_new(p, "cheat", PLAY_CHEAT, &own, PLAY_SGX_2);
}

static void
one_byte_changed(struct play *p)
{
	static uint8_t quote[DOCUMENT_BYTES_MAX];
	const struct sim_options options = { .program = p->mrenclave_2 };
	static struct register_arguments a;

	play_register_arguments(p, &a, machine_of_cheat(p, &options), PLAY_CHEAT, play_height(p));
	bytes_copy(quote, a.evidence, a.evidence.len);
	/* In its report, where the program's security version is: higher sells better. */
	quote[48 + 258] ^= 1;
	a.evidence = bytes_of(quote, a.evidence.len);
	judge_registration(p, "one byte of a quote changed", &a, CODE_EVIDENCE_REFUSED);
}

/* Whose evidence is the newest: what it answers to must not be what fails. */
static struct worker
newest_evidence(struct play *p)
{
	size_t newest = p->workers_count;

	for (size_t i = 0; i < p->workers_count; i++) {
		const struct play_worker *const w = &p->workers[i];

		if (w->registered && w->program == PLAY_SGX_2 && w->told.state == WORKER_ONLINE &&
		    (newest == p->workers_count || w->told.nonce_height > p->workers[newest].told.nonce_height)) {
			newest = i;
		}
	}
	play_must(newest < p->workers_count, "nobody is online");
	struct play_worker *const w = &p->workers[newest];

	if (play_height(p) - w->told.nonce_height > parameter(p->m, PARAMETER_NONCE_AGE) / 2) {
		w->renews = true;
		play_cut(p);
	}
	return w->told;
}

static void
another_machines_quote(struct play *p)
{
	static uint8_t quote[DOCUMENT_BYTES_MAX];
	static struct register_arguments a;
	const struct sim_options options = { .program = p->mrenclave_2 };
	const struct worker victim = newest_evidence(p);
	struct evidence row;

	play_register_arguments(p, &a, machine_of_cheat(p, &options), PLAY_CHEAT, play_height(p));
	/* The register is public, so anybody can have it. */
	const struct row_key key = key_of_32(TABLE_EVIDENCE, victim.evidence);

	play_must(row_get(p->m, &key, &row), "a worker has no evidence");
	a.nonce_height = victim.nonce_height;
	a.evidence = bytes_of(quote, row.bytes.len);
	bytes_copy(quote, row.bytes, row.bytes.len);
	judge_registration(p, "another machine's quote", &a, CODE_EVIDENCE_REPORT_DATA);
}

static void
last_weeks_quote(struct play *p)
{
	static struct register_arguments a;
	const struct sim_options options = { .program = p->mrenclave_2 };
	const uint64_t last_week = play_height(p) - 7 * PLAY_DAY_BLOCKS;

	play_register_arguments(p, &a, machine_of_cheat(p, &options), PLAY_CHEAT, last_week);
	judge_registration(p, "last week's quote", &a, CODE_NONCE_UNKNOWN);
}

static void
debug_build(struct play *p)
{
	static struct register_arguments a;
	const struct sim_options options = { .program = p->mrenclave_2, .debug = true };

	play_register_arguments(p, &a, machine_of_cheat(p, &options), PLAY_CHEAT, play_height(p));
	judge_registration(p, "a debug build", &a, CODE_EVIDENCE_REFUSED);
}

static void
changed_program(struct play *p)
{
	static struct register_arguments a;
	uint8_t mrenclave[32];
	const struct sim_options options = { .program = mrenclave };

	memcpy(mrenclave, p->mrenclave_2, sizeof(mrenclave));
	mrenclave[31] ^= 1;
	struct play_worker *const w = machine_of_cheat(p, &options);

	play_register_arguments(p, &a, w, PLAY_CHEAT, play_height(p));
	/* The simulator borrowed it. */
	w->options.program = p->mrenclave_2;
	judge_registration(p, "a changed worker program", &a, CODE_PROGRAM_DIGEST);
}

/* By the last block, and for an answer; not for a new quote. */
static bool
is_asked_plainly(struct play *p, const struct play_worker *w)
{
	struct worker row;

	return w->registered && play_row(p, w, &row) && worker_is_admitted(p->m, &row) &&
	    play_draw_check(p, w, &row, play_height(p), false) == CODE_ACCEPTED;
}

/*
 * Before a block is cut its id is guessed, and the answers of all workers to it
 * are signed; until a block asks one of them.
 */
static void
answer_signed_ahead(struct play *p)
{
	static uint8_t bytes[PLAY_WORKERS_MAX][PLAY_ANSWER_BYTES];
	struct answers_arguments a[PLAY_WORKERS_MAX];
	size_t asked = PLAY_WORKERS_MAX;

	for (unsigned tries = 0; asked == PLAY_WORKERS_MAX; tries++) {
		const uint64_t height = play_height(p) + 1;
		uint8_t guess[32];

		play_must(tries < 2 * PLAY_DAY_BLOCKS, "nobody is asked any more");
		sim_derive(guess, sizeof(guess), p->secret, "guess", (uint32_t)height);
		for (size_t i = 0; i < p->workers_count; i++) {
			play_answer_one(p, &a[i], bytes[i], &p->workers[i], height, guess);
		}
		play_cut(p);
		for (size_t i = 0; i < p->workers_count; i++) {
			asked = is_asked_plainly(p, &p->workers[i]) ? i : asked;
		}
	}
	const size_t at = play_try(p, PLAY_RELAY, KIND_ANSWERS, &a[asked]);

	/* Its honest answer comes a block later, which is still in time. */
	p->workers[asked].silent = true;
	play_cut(p);
	p->workers[asked].silent = false;
	judge(p, "an answer signed ahead", play_answer_code(p, at), 0, CODE_ANSWER_SIGNATURE);
}

void
play_cheats(struct play *p)
{
	one_byte_changed(p);
	another_machines_quote(p);
	last_weeks_quote(p);
	debug_build(p);
	changed_program(p);
	answer_signed_ahead(p);
	play_cheats_of_log(p);
}
