/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the sub-commands and of their options. */
#include "cmd/commands.h"
#include "cmd/key_open.h"

#include <stdint.h>

static const struct option_row verify_options[] = {
	OPTION_COLLATERAL,
	OPTION_AT,
	OPTION_POLICY,
	{ "max-tier", "N", "exit with 1 where the tier is worse than N (1 is the best, 5 the worst)", false, "1 2 3 4 5" },
	{ "expect", "FIELD=VALUE",
	  "give no tier unless this field of the evidence has this value: hex digits, or a number for fields of two bytes",
	  true, "" },
	{ "signature", "FILE", "the signature of an archived report: base64 as in its header, or 256 bytes", false, NULL },
	{ "certificates", "FILE",
	  "the signing certificates of an archived report: PEM, DER, or percent-encoded as in their header", false, NULL },
	OPTION_INSECURE_ROOT,
	{ "wide", NULL, "show every check on a line of its own, with its sentence", false, NULL },
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

static const struct option_row inspect_options[] = {
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

static const struct option_row tcb_options[] = {
	OPTION_COLLATERAL,
	OPTION_AT,
	OPTION_POLICY,
	{ "history", NULL, "show the tier under each set of TCB info at hand, by evaluation number and date", false, NULL },
	OPTION_INSECURE_ROOT,
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

static const struct option_row key_options[] = {
	{ "kind", "KIND", "what the new key is for: account, agent, log or witness", false, "account agent log witness" },
	{ "name", "NAME", "the name of the new log or witness: a log's origin, example.org/register for instance", false, "" },
	OPTION_PASSPHRASE_FILE,
	{ "new-passphrase-file", "FILE",
	  "with passwd: take the new passphrase from this file instead of ASSAY_NEW_PASSPHRASE or the terminal", false, NULL },
	{ "no-passphrase", NULL, "leave the new key unencrypted, for servers that start without a human", false, NULL },
	OPTION_JSON,
	OPTION_END
};

static const struct option_row json_options[] = {
	OPTION_JSON,
	OPTION_END
};

static const struct option_row no_options[] = {
	OPTION_END
};

const struct command commands[] = {
	{ "verify", "FILE...", "say whether evidence is genuine, which tier it earns, why, and what would raise it",
	  "Evidence is an SGX or TDX quote, or the body of an archived report of Intel's attestation service. Each FILE may "
	  "hold it raw, as hex (white space and 0x allowed), as base64, in a PEM block, or in a JSON object with a quote "
	  "member; - is standard input. Zero bytes after a quote are left out, and that is said.\n\n"
	  "One input is shown as a tree, several as a table with the best tier first. With --json one result object "
	  "(assay.result/1) is written, or an array of them in the order of the inputs. The sha256 of a result is that of "
	  "the unwrapped evidence.\n\n"
	  "Collateral may be a JSON object as dcap-qvl writes it, replies of the vendor's service (tcbInfo, enclaveIdentity), "
	  "the file of its client tool, CRLs (DER, PEM, hex, base64) and certificates (PEM, DER, percent-encoded). One set "
	  "alone is used as it stands; of several what fits the evidence and the time is chosen. A file that holds none is "
	  "named in a note and passed over.\n\n"
	  "Nothing is fetched: collateral that is not given is missing, and the matter is then undecided.",
	  NULL, 1, SIZE_MAX, verify_options, command_verify },
	{ "inspect", "FILE...", "show what the bytes claim, without verifying any of it",
	  "Reads quotes (EPID ones too), archived reports, TCB info, QE identities, certificates and CRLs. Nothing that is "
	  "shown has been verified.",
	  NULL, 1, SIZE_MAX, inspect_options, command_inspect },
	{ "tcb", "FILE", "compare a platform with each TCB level of the vendor",
	  "Shows the platform's security version numbers beside every level of the TCB info, which level matches, and which "
	  "component falls short by how much. With --history it shows instead the tier under every set of TCB info at hand.",
	  NULL, 1, 1, tcb_options, command_tcb },
	{ "explain", "[ID]", "explain a check, reason, status, tier, advisory, field, schema, member or word",
	  "ID is what a result shows: quote.signature, status.out-of-date, SWHardeningNeeded, 3, INTEL-SA-00615, mrenclave, "
	  "assay.result/1, platform.shortfall[].part, not-genuine. Without it all are listed.",
	  "", 0, 1, json_options, command_explain },
	{ "policy", "list | show NAME|FILE | check FILE | diff A B | eval", "list, show, check and compare policies",
	  "list names the presets. show writes the canonical document, the one that a policy's digest is of. check says the "
	  "digest of a document, or why it is none. diff shows where two policies differ. eval judges the stored evidence of "
	  "every worker of a register by the policy in force and by --policy: who would rise, who would drop, who would be out.",
	  "list show check diff eval", 1, 3, policy_options, command_policy },
	{ "key", "new | show | passwd FILE", "make, show and re-encrypt the keys of accounts, agents, logs and witnesses",
	  "An account's key is cold: it owns units and stake, and signs what moves them. Keep it off servers. The key of its "
	  "agent is hot: it stands on a server and may only register, re-attest, start, pause and relay, and be replaced by "
	  "the account. Both are ECDSA P-256. The key of a log signs checkpoints, that of a witness cosigns them; they are "
	  "Ed25519. A worker's key is made inside its TEE and never is a file.\n\n"
	  "new writes FILE with mode 0600 and never over another. show needs no passphrase, for the public half lies beside the "
	  "private one; it prints the id of an account, or the verifier string of a log or witness. passwd gives the file "
	  "another passphrase, or its first one; copies and backups keep the old one. A file that others can read is refused.\n\n"
	  "The passphrase is asked for on the terminal where neither an option nor the environment has it. Files are PKCS#8 in "
	  "PEM (scrypt, AES-256-CBC), which openssl pkey reads; files made by openssl are read too.\n\n"
	  "Nothing signs bytes as they are: the commands that make a transaction or a checkpoint sign it under a "
	  "word of its own, so that no signature can be taken for another.",
	  "new show passwd", 1, 2, key_options, command_key },
	{ "register", "init | show", "make a register of workers in a directory, and show where it stands",
	  "init makes a register from its genesis, a description in JSON (assay.genesis/1): its name, what backs its units, the "
	  "roots that evidence must verify to, its log's key, its council, accounts, policy, signers, programs, and the "
	  "parameters that differ from the table. Paths in it are beside it. What is fixed for ever is said; --print-genesis "
	  "shows it and makes nothing.\n\n"
	  "With --key and --checkpoint the first checkpoint is signed. The checkpoint's file lies beside the key, never in the "
	  "store and never in a backup: it keeps the key from signing two histories.\n\n"
	  "show reads a register: its id, height and time, the parameters that differ, counts, supply and queues.",
	  "init show", 1, 1, register_options, command_register },
	{ "tx", "KIND | decode FILE | sign FILE | send FILE", "make, sign, try, send and show transactions of a register",
	  "KIND is one of transfer, credit, debit, set-agent-key, rotate-key, collateral, register, reattest, start, pause, "
	  "stop, answers, endpoint, bond, unbond, withdraw, app-open, app-change, app-fund, app-close, propose, approve, "
	  "withdraw-approval, confirm-build and statement. What it says stands in options that are named as its fields are. "
	  "Workers, programs and apps are found by how their id begins; @FILE stands for what a file holds.\n\n"
	  "A transaction waits in the store until a block takes it. --now cuts that block, --dry-run only says what the register "
	  "would answer. Refused, by either: exit 5, with the code and its remedy.\n\n"
	  "A key that is elsewhere signs in three steps: --unsigned FILE here, tx sign there, tx send here.\n\n"
	  "tx collateral --collateral FILE|DIR brings every document of a vendor's that is found there.",
	  "transfer credit debit set-agent-key rotate-key collateral register reattest start pause stop answers endpoint bond "
	  "unbond withdraw app-open app-change app-fund app-close propose approve withdraw-approval confirm-build statement "
	  "decode sign send", 1, 2, tx_options, command_tx },
	{ "gov", "propose ACT | approve N | withdraw N | show N | list | log",
	  "propose, approve and read what a register's council does",
	  "ACT is one of allow-program, retire-program, revoke-program, add-signer, revoke-signer, set-policy, set-parameter, "
	  "raise-tcb-number, deny, undeny, force-offline, pause-slashing, return-slash, replace-council, rotate-log, "
	  "set-validators, credit, debit and activate-rules. Each needs a reason. Most take effect after a lock; what takes away "
	  "does so at once, and ends unless it is confirmed. No act admits a worker, or raises its tier.\n\n"
	  "log tells each step in a sentence, from the log's entries: who, when, what, why, and when it takes effect.",
	  "propose approve withdraw show list log", 1, 2, gov_options, command_gov },
	{ "program", "list | show ID | allow | retire ID | revoke ID | confirm ID",
	  "the allow-list of programs that may run in workers",
	  "allow, retire and revoke propose an act of the council. allow takes the measurements from options, or from a quote "
	  "that the program made. confirm says that the sender built the program again and got the same digest.",
	  "list show allow retire revoke confirm", 1, 2, program_options, command_program },
	{ "signer", "list | add DIGEST | revoke ID", "the keys that may sign programs",
	  "add and revoke propose an act of the council. Revoking a signer takes out all its programs.",
	  "list add revoke", 1, 2, signer_options, command_signer },
	{ "worker", "list | show ID | bind | answer", "who works, who does not, why, and what would mend it",
	  "show appraises the worker's evidence as the register would now. bind says what a new worker has to put into "
	  "REPORT_DATA, so that its evidence is bound to its keys, its operator, its program and the last block. answer signs "
	  "the draws that wait for this worker with its own key: for tests and scripts, since a real worker's key never leaves "
	  "its TEE.",
	  "list show bind answer", 1, 2, worker_options, command_worker },
	{ "stake", "show ACCOUNT | bond WORKER | unbond WORKER | withdraw N", "what an account has, and its stake on workers",
	  "A worker that is online pauses before stake is taken off it. What is unbonded cools down; when it is free, withdraw "
	  "moves it to the balance.",
	  "show bond unbond withdraw", 1, 2, stake_options, command_stake },
	{ "app", "list | show APP | open | change APP | fund APP | close APP", "who asks for workers, which, and for what pay",
	  "An app names the tiers and TEEs that it accepts, a program, how many workers, and what it pays.",
	  "list show open change fund close", 1, 2, app_options, command_app },
	{ "assign", "list", "who works for which app", "",
	  "list", 1, 1, assign_options, command_assign },
	{ "block", "cut", "cut blocks of a register by hand",
	  "A block takes what waits, in order. With --key and --checkpoint it is signed for. Without --at blocks have the "
	  "clock's time; a clock that is more than an hour away from the last block is not believed unless --accept-time says "
	  "so.",
	  "cut", 1, 1, block_options, command_block },
	{ "log", "checkpoint | prove entry INDEX | prove worker ID | verify FILE | audit | publish DIR | entries | "
	  "cosign --request FILE | cosignatures add FILE", "prove what a register's log holds, verify it, replay it",
	  "checkpoint writes the last signed checkpoint. prove entry writes a receipt (C2SP tlog-proof): this entry is in the "
	  "log. prove worker writes one file that shows where a worker stands as of the checkpoint: admitted at which tier, out "
	  "and why, or not there. verify checks either with nothing but the log's key; --witnesses adds whose cosignatures it "
	  "must bear. Exit 0: so it is; 1: it is genuine and less than what was asked; 3: it proves nothing.\n\n"
	  "audit replays the whole log, verifies each piece of evidence again, compares each state root, and answers: Are all "
	  "workers genuine? Was anyone paid who is not? What did the team do? With --key it cosigns what it has replayed; with "
	  "--follow it goes on as the log grows. Exit 0: the log is honest; 3: it is not.\n\n"
	  "publish writes the log as static files that anybody can serve. cosign writes the request to a witness (C2SP "
	  "tlog-witness), cosignatures adds what it answers to the checkpoint; nothing is sent.",
	  "checkpoint prove verify audit publish entries cosign cosignatures", 1, 3, log_options, command_log },
	{ "completions", "bash|zsh|fish", "write completions for a shell",
	  "For bash: source the output. For zsh: write it to a file _assay in a directory of fpath. For fish: write it to "
	  "~/.config/fish/completions/assay.fish.",
	  "bash zsh fish", 1, 1, no_options, command_completions },
	{ "manual", "", "write the manual page", "The page is written in mdoc(7); read it with man -l or mandoc.",
	  "", 0, 0, no_options, command_manual },
	{ "help", "[COMMAND]", "show help on a command, or the list of commands", "", "", 0, 1, no_options, command_help },
	{ NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL }
};
