/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the register: every table with its key and its record.  A row's
 * key is the table's number, one byte, and the primary key.
 *
 * Two times occur.  What the vendor dates is block time (_ms, or _s where the
 * vendor gives seconds).  What the register itself promises is counted on its
 * own clock (_own_ms): block time less the time that the register stood still,
 * so that no halt of ours ends a grace, a lock or a lease of theirs.
 */
#ifndef REGISTER_ROWS_H
#define REGISTER_ROWS_H

#include "register/record.h"

/* ---- limits of what rows hold */
#define EPOCH_BLOCKS_MAX	3600
#define WINDOW_EPOCHS		24
#define COUNCIL_MAX		32
#define WITNESSES_MAX		16
#define DOCUMENT_BYTES_MAX	50000	/* evidence, collateral, policy: what a transaction can bring */
#define CHAIN_BYTES_MAX		8192
#define REASON_BYTES_MAX	500
#define STATEMENT_BYTES_MAX	1024
#define ENDPOINT_BYTES_MAX	128
#define NAME_BYTES_MAX		64
#define SELECTOR_BYTES_MAX	256
#define ADVISORIES_VAR_MAX	1600	/* ASSAY_ADVISORIES_MAX ids, each with its length in one byte */
#define MITIGATES_VAR_MAX	400
#define KEY_BYTES		64	/* a P-256 point, x||y: nothing here can decompress one */
#define STATE_BYTES		6	/* of an answer: see struct answer_state */
#define NO_SLOT			UINT16_MAX
#define APP_SLOTS_MAX		10000
#define NO_TIME			UINT64_MAX

/* ---- meta: the one row of totals and queue heads; its primary key is empty */
#define META_ROW(F, R) \
	F(R, BYTES, register_id, 32, "SHA-256 of the canonical genesis") \
	F(R, U64, height, 0, "of the last block; during a block, its own") \
	F(R, U64, time_ms, 0, "block time") \
	F(R, U64, halted_ms, 0, "time that the register stood still, in all") \
	F(R, BYTES, block_id, 32, "id of the block before that: leaf hash of its commit entry") \
	F(R, BYTES, inputs, 32, "digest of what came in, as in its commit entry") \
	F(R, U64, first_entry, 0, "index of its first entry") \
	F(R, U64, log_size, 0, "entries of the log up to and with its commit entry") \
	F(R, U32, rules, 0, "version of the rules in force") \
	F(R, U32, rules_next, 0, "version to come; 0: none") \
	F(R, U64, rules_height, 0, "height at which it comes") \
	F(R, U64, minted, 0, "units ever made") \
	F(R, U64, burnt, 0, "units ever destroyed") \
	F(R, U64, treasury, 0, "units that rewards are paid from") \
	F(R, U64, balances, 0, "sum over accounts") \
	F(R, U64, stakes, 0, "sum over workers") \
	F(R, U64, exits, 0, "sum over stake on its way out") \
	F(R, U64, escrows, 0, "sum over apps' funds and slashes not yet settled") \
	F(R, U32, epoch, 0, "number of the current epoch") \
	F(R, U64, epoch_start, 0, "height of its first block") \
	F(R, U32, void_epoch, 0, "the last void epoch and one; 0: none yet") \
	F(R, U64, collateral_height, 0, "when collateral in force last changed") \
	F(R, U64, policy_height, 0, "when the policy in force began") \
	F(R, BYTES, policy, 32, "digest of the policy in force") \
	F(R, U32, council_generation, 0, "how many councils there were") \
	F(R, U64, proposals, 0, "number of the last proposal") \
	F(R, U64, exits_count, 0, "number of the last exit") \
	F(R, U32, denied, 0, "rows of the deny list") \
	F(R, U64, aged_ms, 0, "an evidence_age of before, which was in force until") \
	F(R, U64, aged_own_ms, 0, "this: what had expired by then stays expired") \
	F(R, U64, stretched_ms, 0, "a vendor_stretch of before, which was in force until") \
	F(R, U64, stretched_time_ms, 0, "this, block time: what had expired by then stays expired") \
	F(R, U64, slashing_paused_until_own_ms, 0, "0: slashing runs; NO_TIME: until resumed") \
	F(R, U64, workers, 0, "rows of workers that have not left") \
	F(R, U64, online, 0, "of them, online")

/* ---- sweep: where the bounded queues stand; its primary key is empty */
#define SWEEP_ROW(F, R) \
	F(R, FLAG, appraising, 0, "workers are being appraised again") \
	F(R, VAR, appraise_after, 34, "primary key of the worker appraised last") \
	F(R, U64, appraise_height, 0, "when that was asked for last") \
	F(R, U64, appraise_began, 0, "when this pass over them began; a later request makes another one") \
	F(R, FLAG, refreshing, 0, "what is in force is being decided again") \
	F(R, VAR, refresh_after, 8, "subject decided last") \
	F(R, U64, due_height, 0, "the next draw whose answers are to be judged") \
	F(R, FLAG, due_spot, 0, "its main slot is done, its spot slot is not") \
	F(R, VAR, due_after, 34, "worker judged last") \
	F(R, U64, reattest_height, 0, "the next draw whose re-attestations are to be judged") \
	F(R, FLAG, reattest_spot, 0, "its main slot is done, its spot slot is not") \
	F(R, VAR, reattest_after, 34, "worker judged last") \
	F(R, U32, close_epoch, 0, "the next epoch to close") \
	F(R, FLAG, voiding, 0, "slashes of a void epoch are being given back") \
	F(R, U32, void_epoch, 0, "that epoch") \
	F(R, VAR, void_after, 44, "slash given back last")

/* ---- block: height (u64) -> what a draw and an answer need; the last ones only */
#define BLOCK_ROW(F, R) \
	F(R, BYTES, id, 32, "leaf hash of the commit entry") \
	F(R, U64, time_ms, 0, "block time") \
	F(R, U64, own_ms, 0, "the register's own clock") \
	F(R, U32, epoch, 0, "epoch that it lies in") \
	F(R, U16, slot, 0, "slot drawn; NO_SLOT: none") \
	F(R, U16, spot, 0, "slot drawn besides; NO_SLOT: none")

/* ---- slot: slot (u16) -> when it was drawn */
#define SLOT_ROW(F, R) \
	F(R, U64S, drawn, 2, "heights of the last two draws, the newer one first; 0: none")

/* ---- epoch: number (u32) */
#define EPOCH_ROW(F, R) \
	F(R, U64, start, 0, "height of the first block") \
	F(R, VAR, drawn, 450, "bit per slot: drawn already") \
	F(R, U16, left, 0, "slots not yet drawn") \
	F(R, U32, asked, 0, "challenges judged") \
	F(R, U32, answered, 0, "of them, answered") \
	F(R, U64, weight, 0, "sum of the weights of those who answered") \
	F(R, U64, budget, 0, "units to be shared; fixed when the epoch closes") \
	F(R, U64, paid, 0, "units paid so far") \
	F(R, FLAG, closed, 0, "all challenges are judged, the budget is fixed") \
	F(R, FLAG, is_void, 0, "too few answered: nobody is slashed")

/* ---- parameter: number (u16) */
#define PARAMETER_ROW(F, R) \
	F(R, U64, value, 0, "in force") \
	F(R, U64, next, 0, "value to come") \
	F(R, U32, next_epoch, 0, "epoch at whose start it comes; 0: none")

/* ---- root: number (u8); fixed at genesis */
#define ROOT_ROW(F, R) \
	F(R, U8, kind, 0, "enum assay_root_kind") \
	F(R, VAR, key, 512, "its public key, as in struct assay_root") \
	F(R, FLAG, simulated, 0, "not the vendor's")

/* ---- log: the primary key is empty */
#define LOG_ROW(F, R) \
	F(R, TEXT, origin, 128, "name of the log in its checkpoints") \
	F(R, BYTES, key, 32, "Ed25519 key that signs checkpoints") \
	F(R, U8, quorum, 0, "cosignatures that the team promises") \
	F(R, VAR, witnesses, 1600, "of each: length of the name, name, Ed25519 key")

/* ---- council: the primary key is empty */
#define COUNCIL_ROW(F, R) \
	F(R, U32, generation, 0, "which council") \
	F(R, U8, threshold, 0, "approvals that an act needs; more than half") \
	F(R, VAR, members, 32 * COUNCIL_MAX, "account ids, ascending")

/* ---- account: id (32), SHA-256 of its first key, compressed (SEC 1) */
#define ACCOUNT_ROW(F, R) \
	F(R, VAR, key, KEY_BYTES, "empty until it first signs") \
	F(R, U64, nonce, 0, "of the last transaction under the account's key") \
	F(R, U64, balance, 0, "units") \
	F(R, VAR, agent_key, KEY_BYTES, "empty: no agent") \
	F(R, U64, agent_nonce, 0, "of the last transaction under the agent's key") \
	F(R, VAR, key_next, KEY_BYTES, "key after a rotation; empty: none") \
	F(R, U64, key_next_own_ms, 0, "when it comes") \
	F(R, VAR, agent_key_next, KEY_BYTES, "agent's key after its own rotation; empty: none") \
	F(R, U64, agent_key_next_own_ms, 0, "when it comes")

/* ---- proposal: number (u64) */
#define PROPOSAL_ROW(F, R) \
	F(R, U8, act, 0, "enum act") \
	F(R, U8, state, 0, "enum proposal_state") \
	F(R, BYTES, proposer, 32, "account id") \
	F(R, U32, generation, 0, "of the council that may approve it") \
	F(R, U8, approvals, 0, "so far") \
	F(R, U64, proposed_own_ms, 0, "when it was made") \
	F(R, U64, passed_own_ms, 0, "when it had approvals enough; 0: not yet") \
	F(R, U64, effective_own_ms, 0, "when it takes effect, or took effect; 0: not yet known") \
	F(R, U64, lapses_own_ms, 0, "when it lapses unless passed; once done, unless confirmed; 0: never") \
	F(R, TEXT, reason, REASON_BYTES_MAX, "why") \
	F(R, SLICE, arguments, DOCUMENT_BYTES_MAX, "of the act")

/* ---- approval: proposal (u64), member (32) */
#define APPROVAL_ROW(F, R) \
	F(R, U64, height, 0, "when")

/* ---- policy: digest (32) */
#define POLICY_ROW(F, R) \
	F(R, U64, height, 0, "when it came into force") \
	F(R, SLICE, document, 16384, "canonical document (assay.policy/1)")

/* ---- signer: digest (32), MRSIGNER for SGX */
#define SIGNER_ROW(F, R) \
	F(R, TEXT, name, NAME_BYTES_MAX, "whose key it is") \
	F(R, U64, since_ms, 0, "when it was added") \
	F(R, U64, revoked_ms, 0, "0: not revoked") \
	F(R, U64, revoked_until_own_ms, 0, "emergency: when the revocation lapses; 0: it does not")

/* ---- program: SHA-256 of its selector */
#define PROGRAM_ROW(F, R) \
	F(R, TEXT, name, NAME_BYTES_MAX, "for people") \
	F(R, U32, version, 0, "grows with each release") \
	F(R, U8, tee, 0, "enum assay_tee") \
	F(R, VAR, selector, SELECTOR_BYTES_MAX, "what evidence must show: struct sgx_selector or td_selector") \
	F(R, BYTES, signer, 32, "row of the signer list that must stand") \
	F(R, TEXT, source, 128, "source revision") \
	F(R, BYTES, recipe, 32, "digest of the recipe that builds it; zero: none given") \
	F(R, VAR, mitigates, MITIGATES_VAR_MAX, "advisories that its code is hardened against: lengths and ids") \
	F(R, U64, valid_from_ms, 0, "no registration before") \
	F(R, U64, notice_ms, 0, "no new registration from; 0: not retired") \
	F(R, U64, retire_ms, 0, "suspended from; 0: not retired") \
	F(R, U64, revoked_ms, 0, "0: not revoked") \
	F(R, U64, revoked_until_own_ms, 0, "emergency: when the revocation lapses; 0: it does not") \
	F(R, U32, confirmations, 0, "accounts that built it again and got this digest") \
	F(R, U32, candidates, 0, "length of its list of candidates")

/* ---- collateral: kind (u8), subject (7, see collateral_key), number (u32) */
#define COLLATERAL_ROW(F, R) \
	F(R, U64, height, 0, "when it was accepted") \
	F(R, BYTES, digest, 32, "SHA-256 of the signed bytes") \
	F(R, U64, issued_s, 0, "issueDate or thisUpdate") \
	F(R, U64, next_update_s, 0, "nextUpdate") \
	F(R, U64, evaluation_date_s, 0, "date of the newest level: when the vendor's recovery was") \
	F(R, VAR, crl_number, 20, "of a CRL, big endian, shortest form") \
	F(R, SLICE, body, DOCUMENT_BYTES_MAX, "the signed text, or the CRL as DER") \
	F(R, VAR, signature, 64, "raw; empty for a CRL") \
	F(R, SLICE, chain, CHAIN_BYTES_MAX, "its issuer chain; DER certificates")

/* ---- in force: kind (u8), subject (7) -> which collateral row decides */
#define IN_FORCE_ROW(F, R) \
	F(R, FLAG, there, 0, "0: nothing is in force yet") \
	F(R, U32, number, 0, "evaluation number in force; 0 for CRLs") \
	F(R, BYTES, digest, 32, "of all that its row holds, see collateral_digest; zero: nothing is in force") \
	F(R, U64, height, 0, "since when this row is as it is") \
	F(R, U32, next_number, 0, "a higher one that gives tier_next; 0: none") \
	F(R, BYTES, next_digest, 32, "as digest; zero: none") \
	F(R, U64, next_ms, 0, "when that will come into force, block time; 0: there is none")

/* ---- platform: SHA-256("assay/platform/1" | PPID) */
#define PLATFORM_ROW(F, R) \
	F(R, BYTES, operator, 32, "of the live SGX worker; zero: none") \
	F(R, BYTES, sgx_worker, 32, "zero: none") \
	F(R, VAR, td_workers, 32 * 16, "worker ids") \
	F(R, U32, weight_epoch, 0, "epoch of the next field") \
	F(R, U64, weight_stake, 0, "stake that already earned weight in that epoch") \
	F(R, VAR, changes, 8 * 41, "the last eight: height, worker, enum platform_change")

/* ---- deny: kind (u8), value */
#define DENY_ROW(F, R) \
	F(R, U64, since_ms, 0, "when it began") \
	F(R, U64, until_own_ms, 0, "emergency: when it lapses; 0: it does not") \
	F(R, U64, proposal, 0, "by which it came") \
	F(R, TEXT, reason, REASON_BYTES_MAX, "why")

/* ---- evidence: SHA-256 of the bytes */
#define EVIDENCE_ROW(F, R) \
	F(R, SLICE, bytes, DOCUMENT_BYTES_MAX, "the quote")

/* ---- worker: slot (u16), id (32), SHA-256("assay/worker-key/1" | key) */
#define WORKER_ROW(F, R) \
	F(R, U8, state, 0, "enum worker_state") \
	F(R, U8, why, 0, "enum worker_reason: why it is not online") \
	F(R, BYTES, key, 64, "P-256, x||y; made inside the TEE") \
	F(R, BYTES, agreement_key, 32, "X25519; secrets are sealed to it") \
	F(R, TEXT, endpoint, ENDPOINT_BYTES_MAX, "where it serves") \
	F(R, BYTES, operator, 32, "account id") \
	F(R, BYTES, program, 32, "row of the allow-list") \
	F(R, BYTES, platform, 32, "row of the platform") \
	F(R, U8, tee, 0, "enum assay_tee") \
	F(R, BYTES, evidence, 32, "digest of the evidence") \
	F(R, U64, nonce_height, 0, "block that the evidence answers to") \
	F(R, U64, registered_height, 0, "when it came") \
	F(R, U64, attested_own_ms, 0, "when the evidence was accepted") \
	F(R, U64, appraised_height, 0, "when it was last appraised") \
	F(R, U16, failed_check, 0, "the first check that failed then, and one; 0: none") \
	F(R, U8, tier, 0, "public number; 0: none") \
	F(R, U8, tier_next, 0, "under newer collateral; 0: none; UINT8_MAX: not known") \
	F(R, U64, tier_next_ms, 0, "when that will be; 0: not known") \
	F(R, U8, status, 0, "enum assay_tcb_status") \
	F(R, U64, valid_until_s, 0, "vendor's dates: the verdict's last second") \
	F(R, BYTES, fmspc, 6, "the platform's kind") \
	F(R, BYTES, components, 16, "CPU SVN components") \
	F(R, U16, pcesvn, 0, "PCE SVN") \
	F(R, U32, evaluation_number, 0, "of the collateral that it was judged by") \
	F(R, VAR, advisories, ADVISORIES_VAR_MAX, "that hold for its TCB level: lengths and ids") \
	F(R, U64, stake, 0, "units") \
	F(R, U64, ask, 0, "least pay per epoch that it works for") \
	F(R, U64, online_height, 0, "since when it is online; 0: it is not") \
	F(R, U64S, answered, 2, "draws that it answered last, the newer one first; 0: none") \
	F(R, BYTES, asked_window, WINDOW_EPOCHS, "challenges in epoch e at e mod 24") \
	F(R, BYTES, kept_window, WINDOW_EPOCHS, "of them, answered") \
	F(R, U32, window_epoch, 0, "the newest epoch in the windows") \
	F(R, U32, missed_mask, 0, "bit i: epoch window_epoch - i had a miss") \
	F(R, U64, state_height, 0, "draw of the last signed state; 0: none") \
	F(R, BYTES, signed_state, STATE_BYTES, "the last signed state") \
	F(R, U32S, owed_epoch, 2, "epochs of the weights owed") \
	F(R, U64S, owed_weight, 2, "0: none") \
	F(R, U64, silent_own_ms, 0, "since when it is silent; 0: it is not") \
	F(R, U64, silent_height, 0, "the draw that it missed first") \
	F(R, U64S, slashed_own_ms, 8, "when it was slashed") \
	F(R, U64S, slashed, 8, "by how much") \
	F(R, U64, paused_until_own_ms, 0, "0: it is not paused") \
	F(R, U64, pause_period_own_ms, 0, "start of the period that the next field counts in") \
	F(R, U64, pause_used_ms, 0, "announced maintenance in that period") \
	F(R, U64, forced_until_own_ms, 0, "council keeps it offline until; NO_TIME: until undone; 0: not") \
	F(R, U64, free_own_ms, 0, "cooling down: when the stake is free") \
	F(R, U64, timer_own_ms, 0, "when its timer row is due; 0: there is none") \
	F(R, U32, candidate, 0, "its place in the program's list and one; 0: not in it") \
	F(R, BYTES, app, 32, "that it works for; zero: none") \
	F(R, U16, app_slot, 0, "NO_SLOT: none") \
	F(R, U32, answers, 0, "ever given") \
	F(R, U32, misses, 0, "ever missed") \
	F(R, BYTES, predecessor, 32, "worker that it replaced; zero: none") \
	F(R, BYTES, successor, 32, "worker that replaced it; zero: none")

/* ---- timer: class (u8), due (u64, own clock or height), subject -> empty record */
#define TIMER_ROW(F, R) \
	F(R, FLAG, set, 0, "always 1")

/* ---- exit: account (32), number (u64): stake on its way out */
#define EXIT_ROW(F, R) \
	F(R, U64, amount, 0, "units") \
	F(R, U64, due_own_ms, 0, "when it can be withdrawn")

/* ---- app: id (32), SHA-256("assay/app/1" | owner | nonce) */
#define APP_ROW(F, R) \
	F(R, BYTES, owner, 32, "account id") \
	F(R, TEXT, name, NAME_BYTES_MAX, "for people") \
	F(R, U8, state, 0, "enum app_state") \
	F(R, U8, tiers, 0, "bit t - 1: tier t is accepted") \
	F(R, U8, tees, 0, "bit t: enum assay_tee t is accepted") \
	F(R, BYTES, program, 32, "that it runs on") \
	F(R, U16, slots, 0, "workers wanted") \
	F(R, U16, filled, 0, "workers it has") \
	F(R, U16, places, 0, "assignment rows that there are") \
	F(R, U64, pay, 0, "units per slot and epoch") \
	F(R, U8, order, 0, "enum app_order") \
	F(R, U64, escrow, 0, "units that pay comes from") \
	F(R, U64, height, 0, "when it was opened")

/* ---- assignment: app (32), slot (u16) */
#define ASSIGNMENT_ROW(F, R) \
	F(R, BYTES, worker, 32, "zero: the slot is empty") \
	F(R, U64, height, 0, "since when") \
	F(R, U32, epoch, 0, "the first epoch not yet paid for") \
	F(R, U64, reserved, 0, "units of the app's funds set aside for it") \
	F(R, U32, tries, 0, "blocks that drew for it since it was filled last") \
	F(R, U64, timer_height, 0, "when its timer row is due")

/* ---- candidate: program (32), index (u32) */
#define CANDIDATE_ROW(F, R) \
	F(R, BYTES, worker, 32, "worker id")

/* ---- slash: epoch (u32), worker (32), height of the missed draw (u64) */
#define SLASH_ROW(F, R) \
	F(R, U8, rule, 0, "enum slash_rule") \
	F(R, U8, state, 0, "enum slash_state") \
	F(R, BYTES, operator, 32, "account id, to whom a returned slash goes") \
	F(R, U64, amount, 0, "units") \
	F(R, U64, silent_own_ms, 0, "silence began") \
	F(R, U64, ended_own_ms, 0, "and ended") \
	F(R, U64, settled_own_ms, 0, "when it is burnt, or was settled") \
	F(R, U64, height, 0, "block that made the row")

/* ---- confirmation: program (32), account (32) */
#define CONFIRMATION_ROW(F, R) \
	F(R, BYTES, recipe, 32, "digest of the recipe that was followed") \
	F(R, U64, height, 0, "when")

/* ---- validators: the primary key is empty */
#define VALIDATORS_ROW(F, R) \
	F(R, U64, height, 0, "block that set them") \
	F(R, VAR, validators, 4000, "of each: Ed25519 key, power u64; keys ascend")

/*
 * All tables:  TABLE(number, SYMBOL, struct, fields, "primary key", "what it is")
 */
#define TABLES(TABLE) \
	TABLE(1, META, meta, META_ROW, "", "totals and heights") \
	TABLE(2, BLOCK, block, BLOCK_ROW, "height u64", "the last blocks") \
	TABLE(3, EPOCH, epoch, EPOCH_ROW, "number u32", "epochs") \
	TABLE(4, PARAMETER, parameter, PARAMETER_ROW, "number u16", "parameters") \
	TABLE(5, ROOT, root, ROOT_ROW, "number u8", "vendors' roots, fixed at genesis") \
	TABLE(6, LOG, log, LOG_ROW, "", "the log's name, key and witnesses") \
	TABLE(7, COUNCIL, council, COUNCIL_ROW, "", "the council") \
	TABLE(8, ACCOUNT, account, ACCOUNT_ROW, "account 32", "accounts") \
	TABLE(9, PROPOSAL, proposal, PROPOSAL_ROW, "number u64", "proposals") \
	TABLE(10, APPROVAL, approval, APPROVAL_ROW, "proposal u64, member 32", "approvals") \
	TABLE(11, POLICY, policy, POLICY_ROW, "digest 32", "policies") \
	TABLE(12, SIGNER, signer, SIGNER_ROW, "digest 32", "who may sign programs") \
	TABLE(13, PROGRAM, program, PROGRAM_ROW, "digest of the selector 32", "the allow-list") \
	TABLE(14, COLLATERAL, collateral, COLLATERAL_ROW, "kind u8, subject 7, number u32", "what vendors signed") \
	TABLE(15, PLATFORM, platform, PLATFORM_ROW, "platform 32", "physical machines") \
	TABLE(16, DENY, deny, DENY_ROW, "kind u8, value", "the deny list") \
	TABLE(17, EVIDENCE, evidence, EVIDENCE_ROW, "digest 32", "evidence") \
	TABLE(18, WORKER, worker, WORKER_ROW, "slot u16, worker 32", "workers") \
	TABLE(19, TIMER, timer, TIMER_ROW, "class u8, due u64, subject", "timers") \
	TABLE(20, EXIT, exit_stake, EXIT_ROW, "account 32, number u64", "stake on its way out") \
	TABLE(21, SWEEP, sweep, SWEEP_ROW, "", "where the queues stand") \
	TABLE(22, APP, app, APP_ROW, "app 32", "apps") \
	TABLE(23, ASSIGNMENT, assignment, ASSIGNMENT_ROW, "app 32, slot u16", "who works for whom") \
	TABLE(24, SLASH, slash, SLASH_ROW, "epoch u32, worker 32, height u64", "slashes") \
	TABLE(25, CONFIRMATION, confirmation, CONFIRMATION_ROW, "program 32, account 32", "builds confirmed") \
	TABLE(26, SLOT, slot, SLOT_ROW, "slot u16", "when a slot was drawn") \
	TABLE(27, IN_FORCE, in_force, IN_FORCE_ROW, "kind u8, subject 7", "collateral in force") \
	TABLE(28, CANDIDATE, candidate, CANDIDATE_ROW, "program 32, index u32", "who may be drawn for an app") \
	TABLE(29, VALIDATORS, validators, VALIDATORS_ROW, "", "validators of an engine that replicates the register")

enum table {
#define TABLE(number, symbol, name, fields, key, text) TABLE_##symbol = number,
	TABLES(TABLE)
#undef TABLE
	TABLE_END
};

#define TABLE(number, symbol, name, fields, key, text) struct name { fields(FIELD_MEMBER, name) };
TABLES(TABLE)
#undef TABLE

/* The record of a table's rows; NULL where there is no such table. */
const struct record *table_record(enum table table);
const char *table_name(enum table table);	/* "worker" */
const char *table_key(enum table table);	/* "slot u16, worker 32" */
const char *table_text(enum table table);

/* ---- the words that rows hold as numbers; 0 is never a good state */

enum worker_state {
	WORKER_NONE = 0,
	WORKER_REGISTERED,	/* may start once it has a bond */
	WORKER_ONLINE,
	WORKER_UNRESPONSIVE,	/* missed a window; may answer itself back */
	WORKER_PAUSED,		/* announced maintenance */
	WORKER_SUSPENDED,	/* must re-attest */
	WORKER_COOLING,		/* stopped; its stake is on its way out */
	WORKER_LEFT		/* nothing but a reminder that its key was used */
};

enum worker_reason {
	WORKER_BECAUSE_NONE = 0,
	WORKER_BECAUSE_MISSED,		/* a window */
	WORKER_BECAUSE_OFFLINE,		/* offline_limit, or too many missed epochs */
	WORKER_BECAUSE_LAPSED,		/* evidence too old for too long */
	WORKER_BECAUSE_EVIDENCE,	/* appraised again, and refused: failed_check */
	WORKER_BECAUSE_TIER,		/* below the floor */
	WORKER_BECAUSE_PROGRAM,		/* retired or revoked */
	WORKER_BECAUSE_SIGNER,		/* revoked */
	WORKER_BECAUSE_DENIED,
	WORKER_BECAUSE_FORCED,		/* by the council */
	WORKER_BECAUSE_STAKE,		/* below the least bond */
	WORKER_BECAUSE_STOPPED,		/* by its operator */
	WORKER_BECAUSE_REPLACED,	/* by another worker of its operator */
	WORKER_BECAUSE_UNBONDED,	/* no bond within the time for it */
	WORKER_BECAUSE_UNATTESTED	/* missed a window in which it was to re-attest */
};

enum platform_change {
	PLATFORM_JOINED = 1,
	PLATFORM_REPLACED,
	PLATFORM_LEFT
};

enum proposal_state {
	PROPOSAL_OPEN = 1,
	PROPOSAL_LOCKED,	/* passed; waits for its time lock */
	PROPOSAL_DONE,
	PROPOSAL_LAPSED,	/* not passed in time, or an emergency act that ended */
	PROPOSAL_DEAD,		/* the council changed before it took effect */
	PROPOSAL_FAILED		/* no longer possible when its time came */
};

enum collateral_kind {
	COLLATERAL_ROOT_CRL = 1,	/* subject: zeros */
	COLLATERAL_PCK_CRL,		/* subject: 0 processor, 1 platform, zeros */
	COLLATERAL_TCB_INFO,		/* subject: enum assay_tee, FMSPC */
	COLLATERAL_QE_IDENTITY		/* subject: enum assay_tee, zeros */
};

enum deny_kind {
	DENY_PLATFORM = 1,	/* platform 32 */
	DENY_FMSPC,		/* fmspc 6 */
	DENY_COMPONENT,		/* fmspc 6, index u8 (16: PCESVN), least SVN allowed u16 */
	DENY_ADVISORY,		/* its id, text */
	DENY_STATUS,		/* enum assay_tcb_status u8 */
	DENY_PROGRAM,		/* program 32 */
	DENY_SIGNER		/* signer 32 */
};

enum timer_class {
	TIMER_WORKER = 1,	/* own clock; worker's primary key */
	TIMER_SLASH,		/* own clock; slash's primary key */
	TIMER_PROPOSAL,		/* own clock; proposal number: it takes effect, or an emergency act ends */
	TIMER_APP,		/* height; assignment's primary key */
	TIMER_COLLATERAL,	/* block time; in_force's primary key: a newer set comes into force by itself */
	TIMER_PROGRAM,		/* block time; program id: its retirement */
	TIMER_LAPSE		/* own clock; proposal number: it has not passed in time */
};

enum slash_rule {
	SLASH_SILENCE = 1
};

enum slash_state {
	SLASH_ESCROWED = 1,
	SLASH_BURNT,
	SLASH_RETURNED,		/* by the council */
	SLASH_VOIDED		/* its epoch was void */
};

enum app_state {
	APP_OPEN = 1,
	APP_CLOSED
};

enum app_order {
	APP_BEST = 1,		/* by score */
	APP_CHEAPEST		/* by ask, then score */
};

/* What evidence must show to be of a program.  The program's id is SHA-256 of
 * "assay/program/1" and the encoded selector. */
#define SGX_SELECTOR(F, R) \
	F(R, FLAG, has_mrenclave, 0, "0: any build of the signer (signer only)") \
	F(R, BYTES, mrenclave, 32, "digest of the program") \
	F(R, BYTES, mrsigner, 32, "the team's key") \
	F(R, U16, isv_prod_id, 0, "product id") \
	F(R, U16, isv_svn, 0, "security version, exactly")
#define TD_SELECTOR(F, R) \
	F(R, BYTES, mrtd, 48, "initial memory") \
	F(R, BYTES, rtmr0, 48, "firmware configuration") \
	F(R, BYTES, rtmr1, 48, "loader and kernel") \
	F(R, BYTES, rtmr2, 48, "command line and initial file system") \
	F(R, FLAG, has_rtmr3, 0, "the next one counts") \
	F(R, BYTES, rtmr3, 48, "the program's own register")
struct sgx_selector { SGX_SELECTOR(FIELD_MEMBER, sgx_selector) };
struct td_selector { TD_SELECTOR(FIELD_MEMBER, td_selector) };
extern const struct record sgx_selector_record;
extern const struct record td_selector_record;

#endif
