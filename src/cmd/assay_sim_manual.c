/* SPDX-License-Identifier: Apache-2.0 */
/* `assay-sim manual`: the manual page in mdoc(7), from the tables of options and of breaks. */
#include <stdio.h>
#include <string.h>

#include "cmd/assay_sim_options.h"
#include "cmd/roff.h"

static void
put_options(enum sim_command command)
{
	(void)puts(".Bl -tag -width Ds");
	for (unsigned i = 0; i < OPTIONS; i++) {
		const struct sim_option_row *row = sim_option_row((enum sim_option)i);

		if ((row->commands & 1U << command) == 0) {
			continue;
		}
		(void)printf(".It Fl \\-%s%s%s\n", row->name, row->argument != NULL ? " Ar " : "",
		    row->argument != NULL ? row->argument : "");
		roff_text(row->help, true);
		(void)puts(".");
	}
	(void)puts(".El");
}

static void
put_commands(void)
{
	(void)puts(".Sh COMMANDS");
	for (unsigned i = COMMAND_NONE + 1; i < COMMANDS; i++) {
		const struct sim_command_row *row = sim_command_row((enum sim_command)i);

		(void)printf(".Ss %s\n", row->name);
		roff_sentences(row->help);
		put_options((enum sim_command)i);
	}
}

static void
put_synopsis(void)
{
	(void)puts(".Sh SYNOPSIS");
	for (unsigned i = COMMAND_NONE + 1; i < COMMANDS; i++) {
		const struct sim_command_row *row = sim_command_row((enum sim_command)i);
		const char *rest = row->usage + strlen(row->name);

		(void)printf(".Nm\n.Cm %s\n", row->name);
		if (*rest != '\0') {
			(void)fputs(".Ar ", stdout);
			roff_argument(rest + 1);
			(void)putchar('\n');
		}
	}
}

static void
put_files(void)
{
	(void)puts(".Sh FILES\n"
	    "What\n.Cm quote\nwrites, behind the\n.Ar PREFIX\nof\n.Fl \\-out ;\n"
	    ".Cm fleet\nwrites the same for each worker.\n"
	    ".Bl -tag -width Ds\n"
	    ".It Pa .quote.bin\na quote\n"
	    ".It Pa .collateral.json\nits collateral, in one JSON object\n"
	    ".It Pa .report.json , .sig.b64 , .certificates.pem\na report, its signature and its signing chain\n"
	    ".It Pa .roots.pem\nthe simulated roots, for\n.Cm assay verify Fl \\-insecure-root\n"
	    ".It Pa .policy.json\na policy, where the break needs one\n"
	    ".It Pa .arguments\nthe arguments of the verifying\n.Cm assay verify ,\none a line\n"
	    ".El\n"
	    ".Pp\nWhat\n.Cm play\nleaves in its\n.Ar DIR :\n"
	    ".Bl -tag -width Ds\n"
	    ".It Pa register\nthe register's store\n"
	    ".It Pa keys\nkey files without passphrases: the log's, those of all accounts and workers\n"
	    ".It Pa keys/checkpoint\nthe last checkpoint that was signed\n"
	    ".It Pa fork\nthe second history of the last cheat, with a checkpoint that nobody should believe\n"
	    ".El");
}

static void
put_breaks(void)
{
	static const char *const tees[] = { [SIM_SGX] = "sgx", [SIM_TDX] = "tdx", [SIM_IAS] = "ias", [SIM_EPID] = "epid" };

	(void)puts(".Sh BREAKS\n"
	    "What\n.Fl \\-break\ntakes, in the order in which the checks are made, and for which\n.Fl \\-tee .\n"
	    "The defect makes exactly this check the first to fail.\n"
	    ".Bl -tag -width Ds");
	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const enum assay_check check = (enum assay_check)i;
		const char *between = " Pq \"";

		(void)printf(".It Li %s", sim_break_id(check));
		for (unsigned tee = SIM_SGX; tee <= SIM_EPID; tee++) {
			if (sim_break_fits(check, (enum sim_tee)tee)) {
				(void)printf("%s%s", between, tees[tee]);
				between = ", ";
			}
		}
		(void)puts("\"");
		roff_text(sim_break_text(check), true);
		(void)putchar('\n');
	}
	(void)puts(".El");
}

void
sim_manual(void)
{
	(void)puts(".\\\" Made by `assay-sim manual` from the command's own tables; do not edit.\n"
	    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
	    ".Dd " ROFF_DATE "\n.Dt ASSAY-SIM 1\n.Os\n.Sh NAME\n.Nm assay-sim\n"
	    ".Nd a simulated vendor of TEEs, for development and tests");
	put_synopsis();
	(void)puts(".Sh DESCRIPTION\n.Nm\n"
	    "makes evidence and collateral of any status, of any version and with any single defect, under roots of its own.\n"
	    "The same seed, options and time give the same bytes.\n"
	    ".Pp\n"
	    "Nothing that it makes is secret, and its roots are trusted only by who names them:\n"
	    ".Xr assay 1\n"
	    "takes them with\n.Fl \\-insecure-root ,\nand says in every verdict under them that it is simulated.\n"
	    "Without that option everything from here is a forgery.");
	put_commands();
	put_files();
	put_breaks();
	(void)puts(".Sh EXIT STATUS\n"
	    ".Bl -tag -width Ds -compact\n"
	    ".It 0\nit was made, or played\n"
	    ".It 2\nusage, a path that cannot be written to, or evidence that cannot be\n"
	    ".It 70\na bug in\n.Nm ;\nof\n.Cm play :\na cheat went through, or the audit found a fault\n"
	    ".El\n"
	    ".Sh EXAMPLES\n"
	    "Make the quote of a TD on a platform that is out of date, and verify it:\n"
	    ".Bd -literal -offset indent\n"
	    "assay-sim quote --seed example --tee tdx --status OutOfDate --out worker\n"
	    "assay verify worker.quote.bin --collateral worker.collateral.json \\e\n"
	    "    --insecure-root worker.roots.pem\n"
	    ".Ed\n"
	    ".Pp\n"
	    "The same with a signature that does not hold:\n"
	    ".Pp\n.Dl assay-sim quote --seed example --tee tdx --break quote.signature --out forged\n"
	    ".Sh SEE ALSO\n.Xr assay 1");
}
