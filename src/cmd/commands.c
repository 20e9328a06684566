/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the sub-commands and of their options. */
#include "cmd/commands.h"

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
	  "alone is used as it stands; of several what fits the evidence and the time is chosen.\n\n"
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
	{ "explain", "[ID]", "explain a check, reason, status, tier, advisory or field",
	  "ID is what a result shows: quote.signature, status.out-of-date, SWHardeningNeeded, 3, INTEL-SA-00615, mrenclave. "
	  "Without it all are listed.",
	  "", 0, 1, json_options, command_explain },
	{ "policy", "list | show NAME|FILE | check FILE | diff A B", "list, show, check and compare policies",
	  "list names the presets. show writes the canonical document, the one that a policy's digest is of. check says the "
	  "digest of a document, or why it is none. diff shows where two policies differ.",
	  "list show check diff", 1, 3, json_options, command_policy },
	{ "completions", "bash|zsh|fish", "write completions for a shell",
	  "For bash: source the output. For zsh: write it to a file _assay in a directory of fpath. For fish: write it to "
	  "~/.config/fish/completions/assay.fish.",
	  "bash zsh fish", 1, 1, no_options, command_completions },
	{ "manual", "", "write the manual page", "The page is written in mdoc(7); read it with man -l or mandoc.",
	  "", 0, 0, no_options, command_manual },
	{ "help", "[COMMAND]", "show help on a command, or the list of commands", "", "", 0, 1, no_options, command_help },
	{ NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL }
};
