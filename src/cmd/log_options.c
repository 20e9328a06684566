/* SPDX-License-Identifier: Apache-2.0 */
/* The options of assay log and assay policy. */
#include "cmd/commands.h"
#include "cmd/key_open.h"

const struct option_row log_options[] = {
	{ "store", "DIR", "the directory of the register", false, NULL },
	{ "tiles", "DIR", "read the log from this directory of published tiles instead (C2SP tlog-tiles)", false, NULL },
	{ "checkpoint", "FILE",
	  "the log's last signed checkpoint, which lies beside its key; of tiles: one to use instead of theirs", false, NULL },
	{ "log", "VKEY",
	  "the log's verifier key: the string, a file with it, or the key file; without it the log is believed about itself",
	  false, NULL },
	{ "out", "FILE", "write to this file, as a whole, instead of standard output", false, NULL },
	{ "key", "FILE", "checkpoint: sign with the log's key what is not signed yet; audit: cosign with a witness's key", false,
	  NULL },
	OPTION_PASSPHRASE_FILE,
	{ "accept-missing-checkpoint", NULL,
	  "checkpoint: sign although nothing says what was signed before: you vouch that it was no more", false, NULL },
	{ "accept-time", NULL, "checkpoint: sign although the last block is more than an hour away from the clock", false, NULL },
	{ "tier", "N", "prove, verify: the worker has to be admitted at tier N or better (1 is the best)", false, "1 2 3 4 5" },
	{ "whole", NULL,
	  "prove worker: show the program, the signer, the floor and the deny list as well, which makes it longer", false, NULL },
	{ "worker", "ID", "verify: whom the proof has to be about", false, "" },
	{ "entry", "FILE", "verify: the entry that is proved, where it does not stand in the proof", false, NULL },
	{ "witnesses", "FILE", "verify: a trust policy (C2SP tlog-policy): who must have cosigned, and which logs are known",
	  false, NULL },
	{ "max-age", "DURATION", "verify: cosignatures that are older do not count: 90s, 15min, 2h, 7d", false, "" },
	{ "at", "TIME", "verify: count --max-age from this time instead of now", false, "" },
	{ "old-checkpoint", "FILE",
	  "audit: one seen before, of which the log must be a continuation; cosign: the last one that the witness has", false,
	  NULL },
	{ "register", "ID", "audit: the id that genesis must have", false, "" },
	{ "follow", NULL, "audit: look again and again at published tiles, and go on from there", false, NULL },
	{ "interval", "DURATION", "audit --follow: time from one look to the next (10s by default)", false, "" },
	{ "rounds", "N", "audit --follow: end after so many looks", false, "" },
	{ "verbose", NULL, "audit: name the entries behind the answers", false, NULL },
	{ "from", "INDEX", "entries: the first one", false, "" },
	{ "count", "N", "entries: how many at most", false, "" },
	{ "raw", NULL, "entries: write their bytes as they are", false, NULL },
	{ "request", "FILE", "cosign: where the request to a witness is written", false, NULL },
	{ "witness", "VKEY", "cosignatures: the verifier key of a witness that the register does not name", true, NULL },
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};

const struct option_row policy_options[] = {
	{ "store", "DIR", "eval: the directory of the register", false, NULL },
	OPTION_POLICY,
	OPTION_COLOR,
	OPTION_JSON,
	OPTION_END
};
