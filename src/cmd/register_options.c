/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of the commands that work on a register.  Those that are fields
 * of a record are named by the record (register_fields.h); a test holds this
 * table against the records.
 */
#include "cmd/commands.h"
#include "cmd/key_open.h"

#define OPTION_STORE { "store", "DIR", "the directory of the register", false, NULL }
#define OPTION_BLOCK_AT { "at", "TIME", \
	"give the block this time instead of now: 2026-11-25T03:28:19Z, 2026-11-25, seconds since 1970, or +1s after the " \
	"last block", false, "" }
#define OPTION_ACCEPT_TIME { "accept-time", NULL, \
	"go on where the last block is more than an hour away: the register did stand still", false, NULL }
#define OPTION_CHECKPOINT { "checkpoint", "FILE", \
	"the log's last signed checkpoint, which lies beside its key and in no backup", false, NULL }

/* Of all that send a transaction. */
#define OPTIONS_SEND \
	{ "key", "FILE", "the key that signs: of the account that it is from, or with --agent of its agent", false, NULL }, \
	{ "agent", NULL, "sign as the agent of the account that names this key", false, NULL }, \
	OPTION_PASSPHRASE_FILE, \
	{ "valid-for", "BLOCKS", "let it lapse unless a block takes it within so many (3600 by default)", false, "" }, \
	{ "dry-run", NULL, "say what the register would answer, and send nothing", false, NULL }, \
	{ "now", NULL, "cut a block as well, and say what became of it", false, NULL }, \
	{ "log-key", "FILE", "with --now: sign for the log with this key", false, NULL }, \
	OPTION_CHECKPOINT, \
	OPTION_BLOCK_AT, \
	OPTION_ACCEPT_TIME, \
	{ "unsigned", "FILE", "write it to this new file instead, for a key that is elsewhere (assay tx sign)", false, NULL }, \
	{ "sender", "ID", "with --unsigned: the account that it is from, where --key is elsewhere", false, "" }

#define FIELD(name, argument, help) { name, argument, help, false, "" }
#define FIELD_FILE(name, help) { name, "@FILE", help, false, NULL }
#define FIELD_WORDS(name, help, words) { name, "WORD", help, false, words }

#define FIELD_WORKER FIELD("worker", "ID", "a worker: its id, or how that begins")
#define FIELD_PROGRAM FIELD("program", "ID", "a program: its id, how that begins, or its name")
#define FIELD_APP FIELD("app", "ID", "an app: its id, how that begins, or its name")
#define FIELD_AMOUNT FIELD("amount", "UNITS", "how many units")
#define FIELD_RECIPE FIELD("recipe", "HEX", "SHA-256 of the recipe that builds the program")
#define FIELD_NAME FIELD("name", "TEXT", "a name, for people")
#define FIELD_REASON FIELD("reason", "TEXT", "why: it stands in the log for ever")
#define FIELD_WORKER_KEY FIELD("worker-key", "HEX|@FILE", \
	"a worker's key: its point as 128 hex digits, or a key file")
#define FIELD_AGREEMENT_KEY FIELD("agreement-key", "HEX", "a worker's X25519 key: secrets are sealed to it")

#define FIELDS_APP \
	FIELD_NAME, \
	FIELD("tiers", "LIST", "tiers that the app accepts: 1-3 or 1,2,5, or a use: finance, secrets, gatekeeper, analytics, " \
	    "batch, oracle, vpn, game, web, ephemeral, dapp"), \
	FIELD_WORDS("tees", "TEEs that the app accepts (both by default)", "sgx tdx sgx,tdx"), \
	FIELD("slots", "N", "how many workers the app wants"), \
	FIELD("pay", "UNITS", "what a slot pays in an epoch"), \
	FIELD_WORDS("order", "who is drawn first: best by score (the default) or cheapest by ask", "best cheapest"), \
	FIELD("escrow", "UNITS", "units that the app begins with")

#define FIELDS_ALLOW \
	FIELD_NAME, \
	FIELD("version", "N", "the program's version; grows with each release"), \
	{ "quote", "FILE", "take the measurements from a quote that the program made", false, NULL }, \
	FIELD_WORDS("tee", "with --selector: which TEE it is for", "sgx tdx"), \
	FIELD("selector", "HEX|@FILE", "what evidence must show, encoded"), \
	FIELD("mrenclave", "HEX", "SGX: digest of the program"), \
	FIELD("mrsigner", "HEX", "SGX: the key that signed it"), \
	FIELD("isv-prod-id", "N", "SGX: product id"), \
	FIELD("isv-svn", "N", "SGX: security version, exactly"), \
	FIELD("mrtd", "HEX", "TDX: initial memory"), \
	FIELD("rtmr0", "HEX", "TDX: firmware configuration"), \
	FIELD("rtmr1", "HEX", "TDX: loader and kernel"), \
	FIELD("rtmr2", "HEX", "TDX: command line and initial file system"), \
	FIELD("rtmr3", "HEX", "TDX: the program's own register, where it counts"), \
	FIELD("signer", "ID", "a row of the signer list: its digest, how that begins, or its name"), \
	FIELD("source", "TEXT", "source revision"), \
	FIELD_RECIPE, \
	FIELD("mitigates", "LIST", "advisories that its code is hardened against, parted by commas"), \
	FIELD("valid-from", "TIME", "no registration before")

#define FIELDS_RETIRE \
	FIELD("notice", "TIME", "no new registration from then on: a time, or +7d after the last block"), \
	FIELD("retire", "TIME", "workers of it are suspended then: a time, or +30d after the last block")

const struct option_row register_options[] = {
	OPTION_STORE,
	{ "genesis", "FILE", "init: the description of the register (assay.genesis/1)", false, NULL },
	{ "print-genesis", NULL, "init: make nothing, show what would be made", false, NULL },
	{ "key", "FILE", "init: the log's key, which signs the first checkpoint", false, NULL },
	OPTION_CHECKPOINT,
	OPTION_PASSPHRASE_FILE,
	{ "at", "TIME", "init: the time of genesis, where the description has none, instead of now", false, "" },
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

const struct option_row tx_options[] = {
	OPTION_STORE,
	OPTIONS_SEND,
	{ "out", "FILE", "sign: write the signed transaction to this new file", false, NULL },
	{ "collateral", "FILE|DIR", "collateral: bring every document that is found there, each in a transaction of its own",
	  true, NULL },
	FIELD("to", "ID|@FILE", "the account that gets it: its id, or its key file"),
	FIELD_AMOUNT,
	FIELD("account", "ID|@FILE", "whose balance: an account, or the word treasury"),
	FIELD("reference", "TEXT", "what it rests on outside of the register"),
	FIELD("new-key", "HEX|@FILE", "the new key: its point as 128 hex digits, or a key file; of an agent also none"),
	FIELD_WORDS("kind", "collateral: which document it is", "root-crl pck-crl tcb-info qe-identity"),
	FIELD_FILE("body", "collateral: the signed text as served, or a CRL as DER"),
	FIELD("signature", "HEX", "collateral: the document's signature, r and s"),
	FIELD_FILE("chain", "collateral: the chain of its issuer, as DER"),
	FIELD_WORKER_KEY,
	FIELD_AGREEMENT_KEY,
	FIELD_PROGRAM,
	FIELD("nonce-height", "HEIGHT", "the block that the evidence answers to"),
	FIELD("endpoint", "TEXT", "where the worker serves"),
	FIELD_FILE("evidence", "the quote, in any wrapping that assay verify takes"),
	FIELD_WORKER,
	FIELD_WORDS("form",
	    "reattest: the quote whole (the default), its head where the rest is as stored, or its signature alone",
	    "whole head signature"),
	FIELD("ask", "UNITS", "start: the least pay per epoch that it works for"),
	FIELD("duration", "DURATION", "pause: how long, as 30min or 2h"),
	FIELD_FILE("groups", "answers: groups of signed answers"),
	FIELD("number", "N", "of an exit or a proposal"),
	FIELDS_APP,
	FIELD_APP,
	FIELD("act", "WORD", "propose: the act (assay gov propose does this better)"),
	FIELD_REASON,
	FIELD("arguments", "HEX|@FILE", "propose: the act's arguments, encoded"),
	FIELD_RECIPE,
	FIELD("proposal", "N", "statement: the act that it answers to"),
	FIELD("text", "TEXT|@FILE", "statement: what is said"),
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

const struct option_row gov_options[] = {
	OPTION_STORE,
	FIELD_REASON,
	OPTIONS_SEND,
	FIELDS_ALLOW,
	FIELD_PROGRAM,
	FIELDS_RETIRE,
	FIELD("document", "NAME|FILE", "set-policy: a preset or a policy document"),
	FIELD("parameter", "NAME", "set-parameter: which"),
	FIELD("value", "VALUE", "set-parameter: a number, or a duration as 2h; deny: what is denied, in the form of its kind"),
	FIELD("number", "N", "raise-tcb-number: the highest number that may be in force"),
	FIELD_WORDS("kind", "deny: what kind of thing", "platform fmspc component advisory status program signer"),
	FIELD_WORKER,
	FIELD_WORDS("force", "force-offline: yes (the default), or no to undo it", "yes no"),
	FIELD_WORDS("pause", "pause-slashing: yes (the default), or no to resume", "yes no"),
	FIELD("epoch", "N", "return-slash: key of the slash"),
	FIELD("height", "HEIGHT", "return-slash: key of the slash; activate-rules: the first height of it"),
	FIELD("threshold", "N", "replace-council: how many must approve"),
	FIELD("members", "LIST", "replace-council: accounts, ids or @FILE, parted by commas"),
	FIELD("new-log-key", "HEX|@FILE", "rotate-log: the log's new key"),
	FIELD("quorum", "N", "rotate-log: how many cosignatures are promised"),
	FIELD("witnesses", "LIST", "rotate-log: verifier keys of the witnesses, parted by commas"),
	FIELD("validators", "LIST", "set-validators: KEY:POWER of each, parted by commas"),
	FIELD("account", "ID|@FILE", "credit, debit: an account, or the word treasury"),
	FIELD_AMOUNT,
	FIELD("reference", "TEXT", "credit, debit: what it rests on outside"),
	FIELD("rules", "N", "activate-rules: which version"),
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

const struct option_row program_options[] = {
	OPTION_STORE,
	FIELD_REASON,
	OPTIONS_SEND,
	FIELDS_ALLOW,
	FIELDS_RETIRE,
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

const struct option_row signer_options[] = {
	OPTION_STORE,
	FIELD_REASON,
	OPTIONS_SEND,
	FIELD_NAME,
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

const struct option_row worker_options[] = {
	OPTION_STORE,
	FIELD("tier", "LIST", "list: only workers of these tiers, as 1-3"),
	FIELD_WORDS("state", "list: only workers in this state",
	    "registered online unresponsive paused suspended cooling-down left"),
	FIELD("operator", "ID|@FILE", "list: only workers of this account; bind: the account that registers it"),
	FIELD_WORKER_KEY,
	FIELD_AGREEMENT_KEY,
	FIELD_PROGRAM,
	FIELD("height", "HEIGHT", "bind: the block to answer to instead of the last one"),
	OPTIONS_SEND,
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

const struct option_row stake_options[] = {
	OPTION_STORE,
	FIELD_AMOUNT,
	OPTIONS_SEND,
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

const struct option_row app_options[] = {
	OPTION_STORE,
	FIELDS_APP,
	FIELD_PROGRAM,
	FIELD_AMOUNT,
	OPTIONS_SEND,
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

const struct option_row assign_options[] = {
	OPTION_STORE,
	FIELD_APP,
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

const struct option_row block_options[] = {
	OPTION_STORE,
	{ "count", "N", "cut so many, one after the other", false, "" },
	{ "every", "DURATION",
	  "time from one to the next, instead of the parameter block_interval; without --at it passes", false, "" },
	OPTION_BLOCK_AT,
	OPTION_ACCEPT_TIME,
	{ "key", "FILE", "sign for the log with this key", false, NULL },
	OPTION_CHECKPOINT,
	{ "accept-missing-checkpoint", NULL,
	  "sign although nothing says what was signed before: you vouch that it was no more", false, NULL },
	OPTION_PASSPHRASE_FILE,
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};
