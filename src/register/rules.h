/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules: what each file of them offers to the others.
 *
 * A function apply_KIND gets a transaction's decoded arguments inside a step
 * whose nonce and fee are taken already.  It looks at everything first, then
 * changes rows; what it returns is the transaction's code.  Unless that is
 * CODE_ACCEPTED its changes are undone.
 *
 * Functions that take a worker's id and row change the row in memory only; the
 * caller puts it, once, with worker_put.
 */
#ifndef REGISTER_RULES_H
#define REGISTER_RULES_H

#include "register/compose.h"
#include "register/machine.h"

/* ---- transaction.c */

/* Apply one transaction; m->result is filled in, and its entry appended. */
void transaction_apply(struct machine *m, struct assay_bytes whole);
/* A transaction that the block held and that had no good form: its entry only. */
void transaction_refused(struct machine *m, const uint8_t digest[static 32], uint16_t code);

/* ---- account.c */

/* False, and a zeroed row, where there is no such account. */
bool account_get(struct machine *m, const uint8_t id[static 32], struct account *account);
void account_put(struct machine *m, const uint8_t id[static 32], const struct account *account);
/* Move units to or from a balance; the account comes to be where it is not.
 * False, and nothing changed, where it would overflow or go below 0.  They keep meta.balances. */
bool account_credit(struct machine *m, const uint8_t id[static 32], uint64_t amount);
bool account_debit(struct machine *m, const uint8_t id[static 32], uint64_t amount);
enum code apply_transfer(struct machine *m, const struct transfer_arguments *a);
enum code apply_set_agent_key(struct machine *m, const struct set_agent_key_arguments *a);
enum code apply_rotate_key(struct machine *m, const struct rotate_key_arguments *a);

/* ---- governance.c: proposals */

enum code apply_propose(struct machine *m, const struct propose_arguments *a);
enum code apply_approve(struct machine *m, const struct proposal_arguments *a);
enum code apply_withdraw_approval(struct machine *m, const struct proposal_arguments *a);
enum code apply_credit(struct machine *m, const struct credit_arguments *a);	/* as apply_propose with that act */
enum code apply_debit(struct machine *m, const struct credit_arguments *a);
bool council_has(struct machine *m, const uint8_t id[static 32]);
/* Proposals whose time has come: effect, lapse; at a block's start. */
void governance_timer(struct machine *m);
/* Parameters whose epoch has come; at the start of an epoch. */
void parameters_turn(struct machine *m);

/* ---- acts.c: what acts do */

/* Could it be done now?  For propose, and again before it is done. */
enum code act_check(struct machine *m, unsigned act, struct assay_bytes arguments);
/* Do it, inside a step.  An emergency act that is not confirmed lapses at until (own clock; NO_TIME: never). */
enum code act_do(struct machine *m, unsigned act, struct assay_bytes arguments, uint64_t proposal,
    struct assay_bytes reason, uint64_t until_own_ms);
/* An emergency act's time is over: take back what it did, unless it was confirmed. */
void act_lapse(struct machine *m, unsigned act, struct assay_bytes arguments);
/* Rows for genesis and for the acts. */
enum code program_allow(struct machine *m, const struct allow_program_arguments *a);
enum code signer_add(struct machine *m, const struct add_signer_arguments *a);
enum code policy_set(struct machine *m, struct assay_bytes document);
enum code council_set(struct machine *m, uint8_t threshold, struct assay_bytes members);
enum code log_set(struct machine *m, struct assay_bytes origin, const uint8_t key[static 32], uint8_t quorum,
    struct assay_bytes witnesses);

/* ---- standing.c: who may be admitted, at this block's time */

/* The program row (and its signer and the deny list) let a worker of it in; for_registration: also
 * validity and notice.  *program is filled in where it exists. */
enum code program_stands(struct machine *m, const uint8_t id[static 32], bool for_registration,
    struct program *program);
/* On the deny list: by platform, FMSPC, component, advisory or status. */
bool worker_is_denied(struct machine *m, const struct worker *worker);
bool deny_has(struct machine *m, enum deny_kind kind, struct assay_bytes value);
/* WORKER_BECAUSE_NONE, or the first thing that keeps it from being admitted.  Does not look at its state
 * but for: forced offline. */
enum worker_reason worker_standing(struct machine *m, const struct worker *worker);
/* Online and standing: may work and earn. */
bool worker_is_admitted(struct machine *m, const struct worker *worker);
/* When its evidence expires, on the register's own clock as far as now is known. */
uint64_t worker_evidence_expires_own_ms(const struct machine *m, const struct worker *worker);
enum code code_of_reason(enum worker_reason reason);

/* ---- collateral.c */

enum code apply_collateral(struct machine *m, const struct collateral_arguments *a);
struct row_key collateral_key(enum collateral_kind kind, const uint8_t subject[static 7], uint32_t number);
void collateral_subject(uint8_t subject[static 7], enum collateral_kind kind, enum assay_tee tee,
    const uint8_t fmspc[static 6], bool platform_ca);
/* SHA-256 of digest, signature and chain: two rows with the same one are the same collateral. */
void collateral_digest(const struct machine *m, uint8_t digest[static 32], const struct collateral *row);
/* What is in force must be decided again for all subjects: starts the queue.  Inside a step. */
void collateral_refresh(struct machine *m);
/* Sets whose own date has come; at a block's start. */
void collateral_timer(struct machine *m);

/* ---- appraisal.c: evidence under the collateral and policy in force */

struct appraisal {
	struct assay_verdict verdict;
	bool has_collateral;	/* the register has all that it needs */
};
/* mitigates as in the program's row.  Reads rows: the evidence must not stand in m->row. */
void appraise(struct machine *m, struct appraisal *out, struct assay_bytes evidence, struct assay_bytes mitigates);
/* Crypto, the roots of genesis, and a cache. */
struct assay_verifier memo_verifier(struct machine *m);
/* When what decides about such a worker last changed: collateral of its kind, or the policy. */
uint64_t verdict_cause_height(struct machine *m, const struct worker *worker);
/* What the verdict says, into the worker's row. */
void worker_set_verdict(struct machine *m, struct worker *worker, const struct assay_verdict *verdict);
/* The code for a verdict that admits nobody, whatever the floor; CODE_ACCEPTED for others.  Sets m->detail. */
enum code verdict_code(struct machine *m, const struct appraisal *appraisal);

/* ---- worker.c: registration, renewal, re-appraisal */

enum code apply_register(struct machine *m, const struct register_arguments *a);
enum code apply_reattest(struct machine *m, const struct reattest_arguments *a);
bool worker_get(struct machine *m, const uint8_t id[static 32], struct worker *worker);
/* Keeps meta.workers and meta.online by comparing with the stored row. */
void worker_put(struct machine *m, const uint8_t id[static 32], const struct worker *worker);
/* The verdict on its evidence, into its row; the program may lower what comes of it. */
void worker_appraised(struct machine *m, struct worker *worker, const struct assay_verdict *verdict,
    const struct program *program);
/* All workers' standing and verdicts must be looked at again. */
void appraise_again(struct machine *m);
/* The bounded queue of that; at a block's end. */
void appraise_timer(struct machine *m);
/* Evidence that no worker stands on any more. */
void evidence_remove(struct machine *m, const uint8_t digest[static 32]);

/* ---- platform.c: who is on which machine */

/*
 * May a worker of that TEE and operator come to that platform?  *replaced is
 * whom it takes the place of, and zero where nobody has to make way.
 */
enum code platform_place(struct machine *m, const struct worker *worker, uint8_t replaced[static 32]);
/* It has come; replaced as above, and gone already.  Keeps the last changes. */
void platform_join(struct machine *m, const uint8_t id[static 32], const struct worker *worker,
    const uint8_t replaced[static 32]);

/* ---- life.c: states and dates */

enum code apply_start(struct machine *m, const struct start_arguments *a);
enum code apply_pause(struct machine *m, const struct pause_arguments *a);
enum code apply_stop(struct machine *m, const struct worker_arguments *a);
enum code apply_endpoint(struct machine *m, const struct endpoint_arguments *a);
/* Go from one state to another with all that hangs on it: silence settled, candidate list, assignment,
 * online_height, timer.  The one place where state changes. */
void worker_enter(struct machine *m, const uint8_t id[static 32], struct worker *worker, enum worker_state state,
    enum worker_reason why);
/* Set its timer row to the next of its dates. */
void worker_schedule(struct machine *m, const uint8_t id[static 32], struct worker *worker);
/* Workers whose dates have come; at a block's end. */
void worker_timer(struct machine *m);
/* The worker of that id, if the sender is its operator (or its agent). */
enum code worker_of_sender(struct machine *m, const uint8_t id[static 32], struct worker *worker);

/* ---- stake.c: stake, silence, slashes */

enum code apply_bond(struct machine *m, const struct stake_arguments *a);
enum code apply_unbond(struct machine *m, const struct stake_arguments *a);
enum code apply_withdraw(struct machine *m, const struct withdraw_arguments *a);
/* Silence ends now: one slash row by the rule, or none; clears it. */
void silence_settle(struct machine *m, const uint8_t id[static 32], struct worker *worker);
enum code slash_return(struct machine *m, const struct return_slash_arguments *a);
/* Slashes that are burnt, or voided; at a block's end. */
void slash_timer(struct machine *m);

/* ---- challenge.c: draws, answers, epochs, rewards */

/* At a block's start: a new epoch if its time has come, then the draws of this block. */
void challenge_draw(struct machine *m);
enum code apply_answers(struct machine *m, const struct answers_arguments *a);
/* Was the worker asked at that height, is it still in time, and not yet answered?  reattest: asked to
 * re-attest. */
enum code challenge_is_open(struct machine *m, const uint8_t id[static 32], const struct worker *worker,
    uint64_t height, bool reattest);
/* Is any draw of its slot still waiting for its answer? */
bool challenge_waits(struct machine *m, const uint8_t id[static 32], const struct worker *worker);
/* It has: window, score, weight, recovery from silence, pay of what is owed. */
void challenge_answered(struct machine *m, const uint8_t id[static 32], struct worker *worker, uint64_t height);
/* The bounded queues of windows that ended; closing of epochs; at a block's end. */
void challenge_timer(struct machine *m);
/* Pay what closed epochs owe it. */
void reward_settle(struct machine *m, struct worker *worker);
uint32_t worker_kept_per_mille(const struct worker *worker);
uint32_t worker_score(const struct machine *m, const struct worker *worker);
uint64_t tier_factor(const struct machine *m, uint8_t tier);

/* ---- app.c, assign.c */

enum code apply_app_open(struct machine *m, const struct app_open_arguments *a);
enum code apply_app_change(struct machine *m, const struct app_change_arguments *a);
enum code apply_app_fund(struct machine *m, const struct app_fund_arguments *a);
enum code apply_app_close(struct machine *m, const struct app_arguments *a);
/* Dense list of a program's workers that are online. */
void candidate_add(struct machine *m, const uint8_t id[static 32], struct worker *worker);
void candidate_remove(struct machine *m, const uint8_t id[static 32], struct worker *worker);
/* The worker works no more for its app: the slot is empty, and queued. */
void assignment_release(struct machine *m, const uint8_t id[static 32], struct worker *worker);
/* Its tier or program is not what it was before: does its app still accept it?  Releases it where not. */
void assignment_check(struct machine *m, const uint8_t id[static 32], struct worker *worker,
    const struct worker *before);
/* A slot has its turn at that height. */
void assignment_schedule(struct machine *m, const uint8_t app[static 32], uint16_t slot,
    struct assignment *assignment, uint64_t height);
/* Would it take this worker, as far as words go: tier, TEE, program, ask? */
bool app_accepts(const struct app *app, const struct worker *worker);
/* Slots that are due: paid, kept, replaced, filled; at a block's end. */
void assign_timer(struct machine *m);

/* ---- build.c */

enum code apply_confirm_build(struct machine *m, const struct confirm_build_arguments *a);
enum code apply_statement(struct machine *m, const struct statement_arguments *a);

/* ---- block.c */

/* Append an entry to the log; at a block's start it waits until the transactions are there. */
void entry_append(struct machine *m, struct assay_bytes entry);
/* Timers run, the commit entry is appended. */
void block_end(struct machine *m, struct assay_register_commit *commit);
/* m->parameters from the rows: after they were changed. */
void parameters_load(struct machine *m);

/* ---- timer.c: rows that are due */

void timer_set(struct machine *m, enum timer_class class, uint64_t due, struct assay_bytes subject);
void timer_clear(struct machine *m, enum timer_class class, uint64_t due, struct assay_bytes subject);
/* The first timer of the class that is due at now: its subject to out (of 64 bytes).  It is removed. */
bool timer_take(struct machine *m, enum timer_class class, uint64_t now, uint64_t *due, uint8_t *out,
    size_t *len);

#endif
