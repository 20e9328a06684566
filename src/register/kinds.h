/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be asked of the register: genesis, transactions by kind, acts of
 * the council, and what the log says of them.
 */
#ifndef REGISTER_KINDS_H
#define REGISTER_KINDS_H

#include "register/rows.h"

/* ---- a transaction: body, key, signature
 *
 * The signature (raw r||s, low s) is over "assay/tx/1", the register's id and
 * the body.  The key is the account's own or, for the kinds that an agent may
 * send, its agent's; each counts its nonces apart. */
#define TRANSACTION_BODY(F, R) \
	F(R, BYTES, sender, 32, "account id") \
	F(R, U64, nonce, 0, "one more than the key's last") \
	F(R, U64, valid_until, 0, "last height at which it may be applied") \
	F(R, U8, kind, 0, "enum kind") \
	F(R, SLICE, arguments, 59000, "of the kind")
#define TRANSACTION_SEAL(F, R) \
	F(R, BYTES, key, KEY_BYTES, "P-256, x||y") \
	F(R, BYTES, signature, 64, "r||s")

/* ---- arguments of the kinds */
#define TRANSFER_ARGUMENTS(F, R) \
	F(R, BYTES, to, 32, "account id") \
	F(R, U64, amount, 0, "units")
#define CREDIT_ARGUMENTS(F, R) \
	F(R, BYTES, account, 32, "whose balance; zero: the treasury") \
	F(R, U64, amount, 0, "units") \
	F(R, TEXT, reference, REASON_BYTES_MAX, "what it rests on outside")
#define SET_AGENT_KEY_ARGUMENTS(F, R) \
	F(R, VAR, key, KEY_BYTES, "empty: no agent any more")
#define ROTATE_KEY_ARGUMENTS(F, R) \
	F(R, BYTES, key, KEY_BYTES, "the new one")
#define COLLATERAL_ARGUMENTS(F, R) \
	F(R, U8, kind, 0, "enum collateral_kind") \
	F(R, SLICE, body, DOCUMENT_BYTES_MAX, "signed text as served, or a CRL as DER") \
	F(R, VAR, signature, 64, "raw r||s; empty for a CRL") \
	F(R, SLICE, chain, CHAIN_BYTES_MAX, "issuer chain, DER; empty for the root CRL")
#define REGISTER_ARGUMENTS(F, R) \
	F(R, BYTES, key, 64, "worker's key, x||y") \
	F(R, BYTES, agreement_key, 32, "X25519") \
	F(R, BYTES, program, 32, "row of the allow-list") \
	F(R, U64, nonce_height, 0, "block that the evidence answers to") \
	F(R, TEXT, endpoint, ENDPOINT_BYTES_MAX, "where it serves; may be empty") \
	F(R, SLICE, evidence, DOCUMENT_BYTES_MAX, "the quote")
#define REATTEST_ARGUMENTS(F, R) \
	F(R, BYTES, worker, 32, "worker id") \
	F(R, U64, nonce_height, 0, "block that the evidence answers to") \
	F(R, U8, form, 0, "enum reattest_form") \
	F(R, SLICE, evidence, DOCUMENT_BYTES_MAX, "the quote, or what of it is new")
#define WORKER_ARGUMENTS(F, R) \
	F(R, BYTES, worker, 32, "worker id")
#define START_ARGUMENTS(F, R) \
	F(R, BYTES, worker, 32, "worker id") \
	F(R, U64, ask, 0, "least pay per epoch that it works for")
#define PAUSE_ARGUMENTS(F, R) \
	F(R, BYTES, worker, 32, "worker id") \
	F(R, U64, duration_ms, 0, "announced; start ends it sooner")
#define ANSWERS_ARGUMENTS(F, R) \
	F(R, SLICE, groups, 58000, "see struct answer_group")
#define ENDPOINT_ARGUMENTS(F, R) \
	F(R, BYTES, worker, 32, "worker id") \
	F(R, TEXT, endpoint, ENDPOINT_BYTES_MAX, "where it serves")
#define STAKE_ARGUMENTS(F, R) \
	F(R, BYTES, worker, 32, "worker id") \
	F(R, U64, amount, 0, "units")
#define WITHDRAW_ARGUMENTS(F, R) \
	F(R, U64, number, 0, "of the exit")
#define APP_OPEN_ARGUMENTS(F, R) \
	F(R, TEXT, name, NAME_BYTES_MAX, "for people") \
	F(R, U8, tiers, 0, "bit t - 1: tier t is accepted") \
	F(R, U8, tees, 0, "bit t: enum assay_tee t is accepted") \
	F(R, BYTES, program, 32, "that it runs on") \
	F(R, U16, slots, 0, "workers wanted") \
	F(R, U64, pay, 0, "units per slot and epoch") \
	F(R, U8, order, 0, "enum app_order") \
	F(R, U64, escrow, 0, "units to begin with")
#define APP_CHANGE_ARGUMENTS(F, R) \
	F(R, BYTES, app, 32, "app id") \
	F(R, U8, tiers, 0, "bit t - 1: tier t is accepted") \
	F(R, U8, tees, 0, "bit t: enum assay_tee t is accepted") \
	F(R, BYTES, program, 32, "that it runs on") \
	F(R, U16, slots, 0, "workers wanted") \
	F(R, U64, pay, 0, "units per slot and epoch") \
	F(R, U8, order, 0, "enum app_order")
#define APP_FUND_ARGUMENTS(F, R) \
	F(R, BYTES, app, 32, "app id") \
	F(R, U64, amount, 0, "units")
#define APP_ARGUMENTS(F, R) \
	F(R, BYTES, app, 32, "app id")
#define PROPOSE_ARGUMENTS(F, R) \
	F(R, U8, act, 0, "enum act") \
	F(R, TEXT, reason, REASON_BYTES_MAX, "why; not empty") \
	F(R, SLICE, arguments, DOCUMENT_BYTES_MAX, "of the act")
#define PROPOSAL_ARGUMENTS(F, R) \
	F(R, U64, number, 0, "of the proposal")
#define CONFIRM_BUILD_ARGUMENTS(F, R) \
	F(R, BYTES, program, 32, "whose digest came out again") \
	F(R, BYTES, recipe, 32, "digest of the recipe that was followed")
#define STATEMENT_ARGUMENTS(F, R) \
	F(R, U64, proposal, 0, "the act that it answers to; 0: none") \
	F(R, BYTES, worker, 32, "whom it is about; zero: the sender as such") \
	F(R, TEXT, text, STATEMENT_BYTES_MAX, "not empty")

enum kind {
#define KIND(number, symbol, name, arguments, id, who, rows, codes, text) KIND_##symbol = number,
#define KIND_ALIKE KIND
#include "register/kinds.def"
#undef KIND_ALIKE
#undef KIND
	KIND_END
};

#define KIND(number, symbol, name, arguments, id, who, rows, codes, text) struct name { arguments(FIELD_MEMBER, name) };
#define KIND_ALIKE(number, symbol, name, arguments, id, who, rows, codes, text)
#include "register/kinds.def"
#undef KIND
#undef KIND_ALIKE

/* A renewal differs from the evidence that is stored in a few bytes only; the rest need not be sent. */
enum reattest_form {
	REATTEST_WHOLE = 0,	/* the quote */
	REATTEST_HEAD,		/* its beginning; it goes on as the stored one does at that length */
	REATTEST_SIGNATURE	/* its signature, 64 bytes; the rest is the stored one, with what REPORT_DATA must be */
};

struct transaction_body { TRANSACTION_BODY(FIELD_MEMBER, transaction_body) };
struct transaction_seal { TRANSACTION_SEAL(FIELD_MEMBER, transaction_seal) };
extern const struct record transaction_body_record;
extern const struct record transaction_seal_record;

enum kind_signer {
	KIND_BY_ACCOUNT,
	KIND_BY_AGENT,
	KIND_BY_COUNCIL
};

/* The arguments' record; NULL where there is no such kind. */
const struct record *kind_record(unsigned kind);
const char *kind_name(unsigned kind);
const char *kind_text(unsigned kind);
const char *kind_rows(unsigned kind);	/* "worker platform": tables it may change */
const char *kind_codes(unsigned kind);	/* "balance.short ...": codes it may be refused with */
enum kind_signer kind_signer(unsigned kind);

/*
 * A batch of answers is groups, one after another; a group is this head and
 * count answers of id_bytes + STATE_BYTES + 64 bytes: the beginning of the
 * worker's id, its state, its signature over "assay/answer/1", register id,
 * worker, height (u64), block id of that height, state.
 */
#define ANSWER_GROUP(F, R) \
	F(R, U64, height, 0, "draw that is answered") \
	F(R, U8, id_bytes, 0, "2 to 32; no two workers of the slots drawn begin alike") \
	F(R, U16, count, 0, "answers that follow")
struct answer_group { ANSWER_GROUP(FIELD_MEMBER, answer_group) };
extern const struct record answer_group_record;

/* What an answer says of its worker, in STATE_BYTES. */
#define ANSWER_STATE(F, R) \
	F(R, U8, version, 0, "program's version, its last 8 bits") \
	F(R, U8, uptime, 0, "hours; 255: more") \
	F(R, U8, load, 0, "per cent of all cores; 255: not known") \
	F(R, U8, memory, 0, "per cent in use; 255: not known") \
	F(R, U8, tasks, 0, "running; 255: more") \
	F(R, U8, behind, 0, "blocks between the draw and the last height seen, in 1/128 of an epoch, rounded up")
struct answer_state { ANSWER_STATE(FIELD_MEMBER, answer_state) };
extern const struct record answer_state_record;

/* ---- arguments of the council's acts: see acts.def */
#define ALLOW_PROGRAM_ARGUMENTS(F, R) \
	F(R, TEXT, name, NAME_BYTES_MAX, "for people") \
	F(R, U32, version, 0, "grows with each release") \
	F(R, U8, tee, 0, "enum assay_tee") \
	F(R, VAR, selector, SELECTOR_BYTES_MAX, "struct sgx_selector or td_selector, encoded") \
	F(R, BYTES, signer, 32, "row of the signer list") \
	F(R, TEXT, source, 128, "source revision") \
	F(R, BYTES, recipe, 32, "digest of the recipe; zero: none given") \
	F(R, VAR, mitigates, MITIGATES_VAR_MAX, "advisories that its code is hardened against: lengths and ids") \
	F(R, U64, valid_from_ms, 0, "block time; 0: at once")
#define RETIRE_PROGRAM_ARGUMENTS(F, R) \
	F(R, BYTES, program, 32, "which") \
	F(R, U64, notice_ms, 0, "no new registration from") \
	F(R, U64, retire_ms, 0, "suspended from; not before notice")
#define PROGRAM_ARGUMENTS(F, R) \
	F(R, BYTES, program, 32, "which")
#define ADD_SIGNER_ARGUMENTS(F, R) \
	F(R, BYTES, signer, 32, "digest") \
	F(R, TEXT, name, NAME_BYTES_MAX, "whose key it is")
#define SIGNER_ARGUMENTS(F, R) \
	F(R, BYTES, signer, 32, "digest")
#define SET_POLICY_ARGUMENTS(F, R) \
	F(R, SLICE, document, 16384, "assay.policy/1")
#define SET_PARAMETER_ARGUMENTS(F, R) \
	F(R, U16, parameter, 0, "its number") \
	F(R, U64, value, 0, "within the bounds of genesis")
#define RAISE_TCB_NUMBER_ARGUMENTS(F, R) \
	F(R, U32, number, 0, "highest evaluation number that may be in force; grows only")
#define DENY_ARGUMENTS(F, R) \
	F(R, U8, kind, 0, "enum deny_kind") \
	F(R, VAR, value, 64, "as enum deny_kind says")
#define FORCE_OFFLINE_ARGUMENTS(F, R) \
	F(R, BYTES, worker, 32, "which") \
	F(R, FLAG, force, 0, "0: undo")
#define PAUSE_SLASHING_ARGUMENTS(F, R) \
	F(R, FLAG, pause, 0, "0: resume")
#define RETURN_SLASH_ARGUMENTS(F, R) \
	F(R, U32, epoch, 0, "key of the slash") \
	F(R, BYTES, worker, 32, "key of the slash") \
	F(R, U64, height, 0, "key of the slash")
#define REPLACE_COUNCIL_ARGUMENTS(F, R) \
	F(R, U8, threshold, 0, "more than half") \
	F(R, VAR, members, 32 * COUNCIL_MAX, "account ids, ascending")
#define ROTATE_LOG_ARGUMENTS(F, R) \
	F(R, BYTES, key, 32, "Ed25519") \
	F(R, U8, quorum, 0, "cosignatures that the team promises") \
	F(R, VAR, witnesses, 1600, "of each: length of the name, name, Ed25519 key")
#define SET_VALIDATORS_ARGUMENTS(F, R) \
	F(R, VAR, validators, 4000, "of each: Ed25519 key, power u64; for an engine")
#define ACTIVATE_RULES_ARGUMENTS(F, R) \
	F(R, U32, rules, 0, "version") \
	F(R, U64, height, 0, "first height of it")

enum act {
#define ACT(number, symbol, name, arguments, id, how, text) ACT_##symbol = number,
#define ACT_ALIKE ACT
#include "register/acts.def"
#undef ACT_ALIKE
#undef ACT
	ACT_END
};

#define ACT(number, symbol, name, arguments, id, how, text) struct name { arguments(FIELD_MEMBER, name) };
#define ACT_ALIKE(number, symbol, name, arguments, id, how, text)
#include "register/acts.def"
#undef ACT
#undef ACT_ALIKE

const struct record *act_record(unsigned act);	/* NULL: no such act */
const char *act_name(unsigned act);
const char *act_text(unsigned act);
bool act_is_emergency(unsigned act);

/* ---- genesis: entry 0; its SHA-256 is the register's id */
#define GENESIS(F, R) \
	F(R, U32, rules, 0, "version of the rules") \
	F(R, TEXT, name, NAME_BYTES_MAX, "of the register") \
	F(R, TEXT, backing, REASON_BYTES_MAX, "what a unit is backed by, in its network's words") \
	F(R, U64, time_ms, 0, "block time of height 0") \
	F(R, SLICE, parameters, 1000, "those that differ from the table: number u16, value u64; ascending") \
	F(R, SLICE, roots, 4000, "struct root, one after another") \
	F(R, TEXT, log_origin, 128, "name of the log") \
	F(R, BYTES, log_key, 32, "Ed25519") \
	F(R, U8, log_quorum, 0, "cosignatures that the team promises") \
	F(R, VAR, witnesses, 1600, "of each: length of the name, name, Ed25519 key") \
	F(R, U8, threshold, 0, "of the council; more than half") \
	F(R, VAR, members, 32 * COUNCIL_MAX, "account ids, ascending") \
	F(R, U64, treasury, 0, "units that rewards are paid from") \
	F(R, SLICE, accounts, 20000, "account 32, balance u64; ascending") \
	F(R, SLICE, policy, 16384, "canonical document") \
	F(R, SLICE, signers, 4000, "struct add_signer_arguments, one after another") \
	F(R, SLICE, programs, 16000, "struct allow_program_arguments, one after another")
struct genesis { GENESIS(FIELD_MEMBER, genesis) };
extern const struct record genesis_record;

/* ---- entries of the log: type, then
 *
 *	ENTRY_GENESIS		the canonical genesis
 *	ENTRY_TRANSACTION	struct entry_result, the transaction
 *	ENTRY_REFUSED		struct entry_refused: no form, signature, nonce or height
 *	ENTRY_EFFECT		struct entry_effect, changes
 *	ENTRY_COMMIT		struct entry_commit
 *
 * A change is its key (u8 length), the old and the new row: each a byte, 0
 * where there is none, 1 and 2 with a u16 length and the row, or the SHA-256 of
 * a long one.
 */
enum entry_type {
	ENTRY_GENESIS = 0,
	ENTRY_TRANSACTION,
	ENTRY_REFUSED,
	ENTRY_EFFECT,
	ENTRY_COMMIT
};

#define ENTRY_RESULT(F, R) \
	F(R, U64, height, 0, "block") \
	F(R, U16, code, 0, "enum code; 0: accepted") \
	F(R, U16, detail, 0, "what the code says; of evidence: the failed check and one") \
	F(R, U64, fee, 0, "units taken") \
	F(R, VAR, parts, 4000, "of a batch: index u16, code u16 of each answer that was refused")
#define ENTRY_REFUSED_FIELDS(F, R) \
	F(R, U64, height, 0, "block") \
	F(R, U16, code, 0, "enum code") \
	F(R, BYTES, digest, 32, "SHA-256 of the transaction")
#define ENTRY_EFFECT_FIELDS(F, R) \
	F(R, U64, height, 0, "block") \
	F(R, U8, effect, 0, "enum effect")
#define ENTRY_COMMIT_FIELDS(F, R) \
	F(R, U64, height, 0, "block") \
	F(R, U64, time_ms, 0, "block time") \
	F(R, BYTES, inputs, 32, "digest of what came in: see block.c") \
	F(R, BYTES, state_root, 32, "of all rows after the block") \
	F(R, U32, rules, 0, "version that made it") \
	F(R, U64, first, 0, "index of the block's first entry") \
	F(R, U64, last, 0, "index of this entry")
struct entry_result { ENTRY_RESULT(FIELD_MEMBER, entry_result) };
struct entry_refused { ENTRY_REFUSED_FIELDS(FIELD_MEMBER, entry_refused) };
struct entry_effect { ENTRY_EFFECT_FIELDS(FIELD_MEMBER, entry_effect) };
struct entry_commit { ENTRY_COMMIT_FIELDS(FIELD_MEMBER, entry_commit) };
extern const struct record entry_result_record;
extern const struct record entry_refused_record;
extern const struct record entry_effect_record;
extern const struct record entry_commit_record;

/* Why rows changed without a transaction:  EFFECT(number, SYMBOL, "name", "what happened") */
#define EFFECTS(EFFECT) \
	EFFECT(1, ACT, "act", "an act of the council took effect") \
	EFFECT(2, PROPOSAL, "proposal", "a proposal lapsed, died or could not be done") \
	EFFECT(3, PARAMETERS, "parameters", "parameters changed at the start of an epoch") \
	EFFECT(4, EPOCH, "epoch", "an epoch began or was closed") \
	EFFECT(5, COLLATERAL, "collateral", "collateral came into force by its date") \
	EFFECT(6, MISSED, "missed", "workers missed their window") \
	EFFECT(7, WORKERS, "workers", "workers' dates passed: lapsed, suspended, left") \
	EFFECT(8, APPRAISED, "appraised", "workers were appraised again") \
	EFFECT(9, SLASH, "slash", "slashes were burnt or given back") \
	EFFECT(10, ASSIGNED, "assigned", "workers were assigned, replaced or paid") \
	EFFECT(11, LAPSED, "lapsed", "an emergency act ended")

enum effect {
	EFFECT_NONE = 0,
#define EFFECT(number, symbol, name, text) EFFECT_##symbol = number,
	EFFECTS(EFFECT)
#undef EFFECT
	EFFECT_END
};
const char *effect_name(unsigned effect);
const char *effect_text(unsigned effect);

#endif
