/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A register for tests: the machine over rows in memory, a simulated vendor,
 * keys from a seed.  Two scenes of one seed that are sent the same come to the
 * same roots.
 *
 *	struct scene *s = scene_new(&(struct scene_options){ .seed = "one" });
 *	scene_bring_collateral(s, SIM_SGX);
 *	scene_worker(s, &worker, &(struct scene_worker_options){ .operator_index = 0 });
 *	scene_block(s);
 *
 * Blocks begin by themselves: what is sent goes into the block that is open;
 * scene_block ends it (and begins one where none is open).
 */
#ifndef TESTS_SCENE_REGISTER_SCENE_H
#define TESTS_SCENE_REGISTER_SCENE_H

#include "register/rules.h"
#include "sim/keys.h"
#include "sim/sim.h"
#include "store/memory.h"

#define SCENE_ACCOUNTS		8	/* 0 to 3: operators and others; 4 to 6: the council; 7: nobody's */
#define SCENE_COUNCIL		4	/* the first member; there are three, two must approve */
#define SCENE_COUNCIL_COUNT	3
#define SCENE_BALANCE		((uint64_t)1000000000)
#define SCENE_START_MS		((uint64_t)1790000000000)	/* block time of genesis */

struct scene_account {
	struct sim_key key;
	uint8_t id[32];
	uint64_t nonce;		/* of the next transaction is this and one */
	struct sim_key agent;
	uint64_t agent_nonce;
};

struct scene_parameter {
	enum parameter_id id;
	uint64_t value;
};

struct scene_options {
	const char *seed;			/* NULL: "scene" */
	const struct scene_parameter *parameters;	/* that differ; ascending */
	size_t parameters_count;
	uint64_t treasury;			/* 0: SCENE_BALANCE */
	const char *policy;			/* a document; NULL: the default preset */
	bool without_programs;			/* an empty allow-list */
};

struct scene {
	const struct assay_crypto *crypto;
	struct memory *memory;
	struct assay_register *reg;
	struct assay_register_head head;
	struct assay_register_commit commit;	/* of the last block */
	struct sim_vendor *vendor;
	struct sim_signer signer;
	uint8_t secret[32];
	struct scene_account accounts[SCENE_ACCOUNTS];
	uint64_t time_ms;			/* of the block that is open, or of the last one */
	uint64_t step_ms;			/* between blocks; 1000 */
	bool in_block;
	uint16_t detail;			/* of the last transaction */
	struct assay_register_result result;	/* of the last transaction */
	uint8_t program_sgx[32];		/* ids of the two programs that genesis allows */
	uint8_t program_tdx[32];
	uint8_t mrenclave[32];			/* what they are selected by */
	uint8_t mrsigner[32];
	uint8_t mrtd[48];
	uint8_t genesis[ASSAY_GENESIS_BYTES_MAX];
	size_t genesis_len;
	uint8_t transaction[ASSAY_TRANSACTION_BYTES_MAX];	/* the last one */
	size_t transaction_len;
	struct sim_evidence evidence;		/* the last one made */
	/* What goes through the ports, for tests that watch; may be NULL.  Changes are of committed steps. */
	void *watcher;
	void (*on_change)(void *watcher, struct assay_bytes key);
	void (*on_entry)(void *watcher, struct assay_bytes entry);
	bool applying;				/* a transaction is being applied, not a block begun or ended */
	struct sim_key *worker_keys;		/* of all workers made, for freeing */
	size_t worker_keys_count;
};

/* Fails the test (abort with a sentence) where it cannot be made. */
struct scene *scene_new(const struct scene_options *options);
void scene_free(struct scene *s);

/* The machine from the inside, for looking at rows between and in blocks. */
struct machine *scene_machine(struct scene *s);

/* End the block that is open, or a new one. */
void scene_block(struct scene *s);
void scene_blocks(struct scene *s, uint64_t count);
/* End the open block; the next one comes later by that much. */
void scene_wait(struct scene *s, uint64_t ms);
/* Close the handle and open it again from the rows: as after a restart. */
void scene_reopen(struct scene *s);

/* ---- transactions: the code is returned; s->result has the rest */

enum code scene_send(struct scene *s, unsigned account, enum kind kind, const void *arguments);
enum code scene_send_as_agent(struct scene *s, unsigned account, enum kind kind, const void *arguments);
/* Compose without sending: into s->transaction. */
void scene_compose(struct scene *s, unsigned account, bool by_agent, enum kind kind, const void *arguments);
/* Any bytes. */
enum code scene_send_bytes(struct scene *s, struct assay_bytes transaction);
/* Name the account's agent key (s->accounts[i].agent). */
void scene_set_agent(struct scene *s, unsigned account);

/* ---- council: propose by member 0 and approve by member 1; the proposal's number, 0 where refused */
uint64_t scene_act(struct scene *s, enum act act, const void *arguments);
/* The same, and blocks until the lock has passed and it has taken effect. */
void scene_act_now(struct scene *s, enum act act, const void *arguments);

/* ---- the vendor */

/* All collateral that evidence made with these options needs, as transactions of account 3. */
void scene_bring_collateral_for(struct scene *s, const struct sim_options *options);
void scene_bring_collateral(struct scene *s, enum sim_tee tee);
/* Arguments of one document of s->evidence.collateral; borrowed from buffer. */
void scene_collateral_arguments(struct scene *s, struct collateral_arguments *a, enum collateral_kind kind,
    enum sim_tee tee, uint8_t *buffer, size_t size);

/* ---- workers */

struct scene_worker {
	struct sim_key key;
	uint8_t id[32];
	uint8_t agreement_key[32];
	unsigned operator_index;
	struct sim_options options;
	uint8_t program[32];
};

struct scene_worker_options {
	unsigned operator_index;
	const char *name;		/* its key follows from it; NULL: "worker" */
	uint32_t number;		/* and from this */
	struct sim_options sim;		/* tee (SGX by default), index of the machine, status ... */
};

/* Keys and ids only; the scene frees the key. */
void scene_worker_make(struct scene *s, struct scene_worker *w, const struct scene_worker_options *options);
/* Arguments with evidence that answers to that block; the evidence is s->evidence, the caller may change it. */
void scene_register_arguments(struct scene *s, struct register_arguments *a, struct scene_worker *w,
    uint64_t nonce_height);
void scene_reattest_arguments(struct scene *s, struct reattest_arguments *a, struct scene_worker *w,
    uint64_t nonce_height);
/* Made, registered in a block of its own at the last block's id, bonded, started. */
void scene_worker_online(struct scene *s, struct scene_worker *w, const struct scene_worker_options *options);
enum code scene_register(struct scene *s, struct scene_worker *w);
enum code scene_bond(struct scene *s, const struct scene_worker *w, uint64_t amount);
enum code scene_start(struct scene *s, const struct scene_worker *w, uint64_t ask);
/* The block whose id evidence can answer to now: the last that has ended. */
uint64_t scene_nonce_height(struct scene *s);

/* One answer of a worker to the draw at that height, as a batch of its operator. */
enum code scene_answer(struct scene *s, const struct scene_worker *w, uint64_t height);
/* The signed answer alone: id prefix, state, signature; its length. */
size_t scene_answer_bytes(struct scene *s, uint8_t *out, const struct scene_worker *w, uint64_t height,
    uint8_t id_bytes, uint8_t behind);
/* Was the worker drawn at that height? */
bool scene_is_drawn(struct scene *s, const struct scene_worker *w, uint64_t height);

/* ---- rows as they are */

void scene_get_worker(struct scene *s, const struct scene_worker *w, struct worker *row);
void scene_get_account(struct scene *s, unsigned account, struct account *row);
/* balances + stakes + exits + escrows + treasury = minted - burnt, and each sum is that of its rows. */
bool scene_supply_holds(struct scene *s);

#endif
