/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `assay-sim play`: a register lives in compressed time, is cheated, and is
 * audited.  Everything happens in the real machine, on a real store under a
 * signed log; simulated are the machines with TEEs, their vendor, and the time.
 *
 * What is told is read from the rows after each block (assay_sim_play_watch.c),
 * not from what was asked for.
 */
#ifndef CMD_ASSAY_SIM_PLAY_H
#define CMD_ASSAY_SIM_PLAY_H

#include "driver/audit.h"
#include "driver/driver.h"
#include "keys/key_file.h"
#include "register/challenge.h"
#include "sim/keys.h"
#include "sim/sim.h"

#define PLAY_COUNT(array)	(sizeof(array) / sizeof((array)[0]))

#define PLAY_START_MS		UINT64_C(1767571200000)	/* 2026-01-05T00:00:00Z */
#define PLAY_MINUTE_MS		UINT64_C(60000)
#define PLAY_HOUR_MS		UINT64_C(3600000)
#define PLAY_DAY_BLOCKS		24			/* an epoch: a block an hour */
#define PLAY_BLOCKS_MAX		1024
#define PLAY_WORKERS_MAX	24
#define PLAY_QUEUE_MAX		64
#define PLAY_PATH_BYTES		3072
#define PLAY_APPS		2
#define PLAY_SLOTS		3			/* most of an app */
#define PLAY_PROPOSALS_MAX	16
#define PLAY_BOND		UINT64_C(200000)
#define PLAY_BALANCE		UINT64_C(10000000)

enum play_account_name {
	PLAY_COUNCIL = 0,	/* three of them, two must approve */
	PLAY_OPERATOR = 3,	/* three as well */
	PLAY_CLIENT = 6,	/* who has apps */
	PLAY_RELAY,		/* brings collateral and answers: anybody may */
	PLAY_CHEAT,
	PLAY_ACCOUNTS
};

struct play_account {
	const char *name;
	struct sim_key key;
	uint8_t id[32];
	uint64_t nonce;
};

enum play_program {
	PLAY_SGX_1 = 0,
	PLAY_TDX_1,
	PLAY_SGX_2,
	PLAY_PROGRAMS
};

struct play_worker {
	char name[16];
	unsigned operator_index;
	struct sim_options options;
	enum play_program program;
	uint64_t ask;
	struct sim_key key;
	uint8_t id[32];
	uint8_t agreement_key[32];
	bool registered;
	bool silent;
	bool renews;		/* re-attests with the next block */
	struct worker told;	/* its row as it was told last */
};

struct play_queued {
	uint8_t *bytes;
	size_t len;
	bool may_fail;		/* it is a try; anything else must be accepted */
};

struct play_line {
	const char *subject;
	const char *text;
};

#define PLAY_CHEATS	8
struct play_cheat {
	const char *what;
	const char *who;	/* refused it */
	bool refused;
	char how[128];
};

struct play {
	const char *directory;
	const char *seed;
	bool color;
	const struct assay_crypto *crypto;
	struct sim_signer signer;
	uint8_t secret[32];
	struct sim_vendor *vendor;
	struct sim_evidence evidence;	/* the last one made */
	struct play_account accounts[PLAY_ACCOUNTS];
	struct key_pair log_pair;
	struct log_signer log;

	struct allow_program_arguments programs[PLAY_PROGRAMS];
	uint8_t program_ids[PLAY_PROGRAMS][32];
	uint8_t mrenclave_2[32];	/* of PLAY_SGX_2 */
	uint8_t genesis[ASSAY_GENESIS_BYTES_MAX];
	size_t genesis_len;

	struct driver *driver;
	struct machine *m;
	uint8_t register_id[32];
	uint64_t time_ms;
	uint64_t step_ms;
	uint8_t block_ids[PLAY_BLOCKS_MAX][32];
	struct play_queued queue[PLAY_QUEUE_MAX];
	size_t queued;
	struct driver_result results[PLAY_QUEUE_MAX];	/* of the last block */

	struct play_worker workers[PLAY_WORKERS_MAX];
	size_t workers_count;

	/* what was told, and what is to be */
	struct play_line announced[2];
	unsigned announced_count;
	uint8_t apps[PLAY_APPS][32];
	size_t apps_count;
	uint8_t assigned[PLAY_APPS][PLAY_SLOTS][32];
	uint8_t proposal_states[PLAY_PROPOSALS_MAX];
	uint32_t epoch_told;
	unsigned quotes;		/* re-attestations since then */
	struct play_cheat cheats[PLAY_CHEATS];
	unsigned cheats_count;
	struct sim_buffer acts;		/* sentences of the audit, each with its zero */
};

/* ---- assay_sim_play.c: what ends the play */

/* It went another way than the rules have it: says so and exits with 70. */
_Noreturn void play_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void
play_must(bool good, const char *what)
{
	if (!good) {
		play_wrong("%s", what);
	}
}
/* The disk says no: says so and exits with 2. */
_Noreturn void play_stop(const struct store_error *error);
/* Open or create the register of a directory under the play's own; NULL: refused, and error says why. */
struct driver *play_open(struct play *p, const char *name, const char *checkpoint_name, enum store_mode mode,
    struct store_error *error);
/* Go on with what was opened. */
void play_take(struct play *p, struct driver *driver);
void play_path(const struct play *p, char out[static PLAY_PATH_BYTES], const char *name);
int play_run(const char *directory, const char *seed);

/* ---- assay_sim_play_tell.c: lines of at most 80 columns */

void play_heading(const struct play *p, const char *text);
/* A line of its own, folded. */
void play_say(unsigned indent, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Of the block cut last. */
void play_tell(const struct play *p, const char *subject, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Of the block that is cut next: told before what follows from it. */
void play_announce(struct play *p, const char *subject, const char *text);

/* Cheats, as they come; they are told together. */
void play_cheat_put(struct play *p, const char *what, const char *who, bool refused, const char *how);
/* How many went through. */
unsigned play_cheats_tell(const struct play *p);

/* ---- assay_sim_play_genesis.c */

void play_accounts_make(struct play *p);
void play_genesis_make(struct play *p);
void play_genesis_tell(const struct play *p);

/* ---- assay_sim_play_keys.c: key files without passphrase */

/* Of accounts and the log, which is then ready to be signed for. */
void play_keys_write(struct play *p);
/* Of the workers that are there in the end. */
void play_worker_keys_write(const struct play *p);

/* ---- assay_sim_play_block.c */

/* Queue a transaction for the next block; its place in results. */
size_t play_send(struct play *p, unsigned account, enum kind kind, const void *arguments);
size_t play_try(struct play *p, unsigned account, enum kind kind, const void *arguments);
/* With that nonce, without sending it; its length. */
size_t play_compose(struct play *p, unsigned account, uint64_t nonce, enum kind kind, const void *arguments,
    uint8_t out[static ASSAY_TRANSACTION_BYTES_MAX]);
/* The fleet's answers and what is queued, in one block; then what changed is told. */
void play_cut(struct play *p);
void play_blocks(struct play *p, unsigned count);
void play_until(struct play *p, uint64_t height);
uint64_t play_height(const struct play *p);
/* The code of the first answer of a batch, from its entry in the log. */
uint16_t play_answer_code(struct play *p, size_t result);
/* Propose and approve; the caller cuts. */
void play_act(struct play *p, enum act act, const void *arguments, const char *reason);

/* ---- assay_sim_play_fleet.c */

void play_collateral(struct play *p, const struct sim_options *options, const char *what);
struct play_worker *play_worker_new(struct play *p, const char *name, unsigned operator_index,
    const struct sim_options *options, enum play_program program);
/* Evidence that answers to that height, in p->evidence. */
void play_evidence(struct play *p, struct play_worker *w, unsigned operator_index, uint64_t nonce_height);
void play_register_arguments(struct play *p, struct register_arguments *a, struct play_worker *w,
    unsigned operator_index, uint64_t nonce_height);
void play_register(struct play *p, struct play_worker *w);
void play_start(struct play *p, const struct play_worker *w);
/* It goes on as another program: another key, another row. */
struct play_worker *play_upgrade(struct play *p, struct play_worker *w, enum play_program program);
bool play_row(struct play *p, const struct play_worker *w, struct worker *row);
struct play_worker *play_worker_of(struct play *p, const uint8_t id[static 32]);
/* Did that block ask this worker, and is it still in time?  is_quote: for a new quote. */
enum code play_draw_check(struct play *p, const struct play_worker *w, const struct worker *row, uint64_t height,
    bool is_quote);
/* The answers to all draws that still wait. */
void play_answers(struct play *p);
/* One answer of a worker as the arguments of a batch. */
#define PLAY_ANSWER_BYTES	128
void play_answer_one(struct play *p, struct answers_arguments *a, uint8_t bytes[static PLAY_ANSWER_BYTES],
    const struct play_worker *w, uint64_t height, const uint8_t block_id[static 32]);

/* ---- assay_sim_play_watch.c */

void play_watch(struct play *p);
const char *play_status_word(const struct worker *row);

/* ---- assay_sim_play_story.c, _cheats.c, _log.c */

void play_story(struct play *p);
void play_cheats(struct play *p);
void play_cheats_of_log(struct play *p);
/* The three answers; false where one of them is not as it must be. */
bool play_audit(struct play *p);

#endif
