/* SPDX-License-Identifier: Apache-2.0 */
/* `assay manual`: the manual page in mdoc(7), from the tables. */
#include <stdio.h>

#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/members.h"
#include "cmd/roff.h"
#include "render/words.h"

static void
put_synopsis(void)
{
	for (const struct command *c = commands; c->name != NULL; c++) {
		printf(".Nm\n.Cm %s\n", c->name);
		if (c->options[0].name != NULL) {
			puts(".Op Ar options");
		}
		if (c->operands[0] != '\0') {
			fputs(".Ar ", stdout);
			roff_argument(c->operands);
			putchar('\n');
		}
	}
	puts(".Nm\n.Fl \\-version");
}

static void
put_commands(void)
{
	puts(".Sh COMMANDS");
	for (const struct command *c = commands; c->name != NULL; c++) {
		printf(".Ss %s\n", c->name);
		fputs("The command\n", stdout);
		printf(".Cm %s\nis there to ", c->name);
		roff_text(c->summary, false);
		puts(".");
		if (c->description[0] != '\0') {
			puts(".Pp");
			roff_sentences(c->description);
		}
		if (c->options[0].name == NULL) {
			continue;
		}
		puts(".Bl -tag -width Ds");
		for (const struct option_row *row = c->options; row->name != NULL; row++) {
			printf(".It Fl \\-%s%s%s\n", row->name, row->argument != NULL ? " Ar " : "",
			    row->argument != NULL ? row->argument : "");
			roff_text(row->help, true);
			puts(row->repeatable ? ".\nMay be given several times." : ".");
		}
		puts(".El");
	}
}

static void
put_collateral(void)
{
	puts(".Sh COLLATERAL\n"
	    "What the vendor signs about platforms: TCB info, QE identities, CRLs and the chains of their issuers.\n"
	    "A file given with\n"
	    ".Fl \\-collateral\n"
	    "may be\n"
	    ".Bl -bullet -compact\n"
	    ".It\n"
	    "a JSON object with the members\n"
	    ".Li pck_crl_issuer_chain , root_ca_crl , pck_crl , tcb_info_issuer_chain , tcb_info , tcb_info_signature ,\n"
	    ".Li qe_identity_issuer_chain , qe_identity , qe_identity_signature\n"
	    "and, where quotes do not hold it,\n"
	    ".Li pck_certificate_chain\n"
	    ".It\n"
	    "a reply of the vendor's service, with\n"
	    ".Li tcbInfo\n"
	    "or\n"
	    ".Li enclaveIdentity\n"
	    "and\n"
	    ".Li signature\n"
	    ".It\n"
	    "the file that the vendor's PCS client tool writes\n"
	    ".It\n"
	    "a CRL in DER, PEM, hex or base64\n"
	    ".It\n"
	    "certificates in PEM or DER, or percent-encoded as in the headers of a reply\n"
	    ".El\n"
	    ".Pp\n"
	    "One set alone is used as it stands.\n"
	    "From several files what fits each piece of evidence is chosen: TCB info by TEE and FMSPC, a set within its dates\n"
	    "before one outside, and of these the lower TCB evaluation number, which is the vendor's standard; an identity by\n"
	    "TEE; CRLs by their issuer.\n"
	    "Of one number the newer version of the form is taken.\n"
	    "Where nothing tells which of several sets is meant, the outcome that is worst for the platform stands.\n"
	    "A set of a higher number serves to look ahead.\n"
	    "What was chosen is verified as strictly as what was given alone.\n"
	    ".Pp\n"
	    "A file that is none of these, or is malformed, says nothing against the evidence: it is named in a note, and the\n"
	    "rest is used.\n"
	    "Of a directory the regular files are read, but for those whose names begin with a full stop.");
}

static void
put_tables(void)
{
	puts(".Sh CHECKS\nIn the order in which they are made.\n"
	    "A failure means that the evidence is not genuine, that the matter is undecided, or that there is no tier.\n"
	    ".Bl -tag -width Ds");
	for (int i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const enum assay_check check = (enum assay_check)i;

		printf(".It Li %s Pq ", assay_check_id(check));
		roff_argument(consequence_word(assay_check_consequence(check)));
		putchar('\n');
		roff_text(assay_check_text(check), true);
		puts("");
	}
	puts(".El\n.Sh REASONS\nWhy genuine evidence has the tier that it has.\n.Bl -tag -width Ds");
	for (int i = 1; i < ASSAY_REASON_COUNT; i++) {
		printf(".It Li %s\n", assay_reason_id((enum assay_reason)i));
		roff_text(assay_reason_text((enum assay_reason)i), true);
		puts("");
	}
	puts(".El");
}

/* The members of one schema. */
static void
put_members(enum member_schema schema)
{
	fputs(".Ss ", stdout);
	puts(member_schema_id(schema));
	roff_text(member_schema_text(schema), true);
	puts(".\n.Bl -tag -width Ds");
	for (const struct member *m = member_next(NULL); m != NULL; m = member_next(m)) {
		if (m->schema != schema) {
			continue;
		}
		printf(".It Li %s Pq ", m->path);
		roff_argument(member_type_text(m->type));
		putchar('\n');
		roff_text(m->text, true);
		if (m->null_where[0] != '\0') {
			fputs("; null where ", stdout);
			roff_text(m->null_where, false);
		}
		puts("");
	}
	puts(".El");
}

static void
put_words(void)
{
	enum member_type type = MEMBER_TYPE_NONE;

	puts(".Ss Words");
	for (const struct member_word *word = member_word_next(NULL); word != NULL; word = member_word_next(word)) {
		if (word->type != type) {
			fputs(type == MEMBER_TYPE_NONE ? "" : ".El\n.Pp\n", stdout);
			type = word->type;
			roff_text("Of type ", true);
			roff_text(member_type_text(type), false);
			puts(":\n.Bl -tag -width Ds -compact");
		}
		printf(".It Li %s\n", word->word);
		roff_text(word->text, true);
		puts("");
	}
	puts(".El");
}

static void
put_result_objects(void)
{
	puts(".Sh RESULT OBJECTS\n"
	    "What is written with\n.Fl \\-json .\n"
	    "Within a schema of\n.Li /1\n"
	    "no member changes its name, its place or its type, none goes away, and a word keeps its meaning.\n"
	    "Members and words may come along: readers pass over what they do not know.\n"
	    "No member is left out; what is absent is null.\n"
	    "Only in\n.Li measurements\nand\n.Li tier_by_policy\nthere is no more than there is to say.");
	for (int i = 0; i < MEMBER_SCHEMA_COUNT; i++) {
		put_members((enum member_schema)i);
	}
	put_words();
}

static void
put_exit_status(void)
{
	puts(".Sh EXIT STATUS\n"
	    ".Bl -tag -width Ds -compact\n"
	    ".It 0\nyes: genuine, and of the tier that was asked for\n"
	    ".It 1\nno: genuine, but without a tier or below what was asked\n"
	    ".It 2\nusage or configuration\n"
	    ".It 3\nthe evidence is not genuine\n"
	    ".It 4\ncannot tell: collateral is missing or outside its dates\n"
	    ".It 5\nthe register refused a transaction\n"
	    ".It 70\na bug in\n.Nm\n"
	    ".El\n"
	    ".Pp\n"
	    "For several inputs: the first of 3, 4, 1 and 0 that occurred.\n"
	    "Standard output carries only the result.\n"
	    "Errors go to standard error: what failed and what follows from it, then the cause, then the fix; with\n"
	    ".Fl \\-json\n"
	    "as JSON objects, one a line.");
}

int
command_manual(const struct arguments *arguments)
{
	(void)arguments;
	puts(".\\\" Made by `assay manual` from the command's own tables; do not edit.\n"
	    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
	    ".Dd " ROFF_DATE "\n.Dt ASSAY 1\n.Os\n.Sh NAME\n.Nm assay\n"
	    ".Nd verify the attestation evidence of TEEs, and grade it\n.Sh SYNOPSIS");
	put_synopsis();
	puts(".Sh DESCRIPTION\n.Nm\n"
	    "says whether a piece of attestation evidence is genuine, made by real hardware, unrevoked and current; which tier,\n"
	    "from 1 (best) to 5, its platform earns under a policy; why; and what would raise it.\n"
	    "It opens no network connection.\n"
	    ".Pp\n"
	    "A verdict is\n.Em genuine ,\n.Em not genuine\nor\n.Em undecided .\n"
	    "Genuine evidence may still earn no tier.\n"
	    "Roots that are given with\n.Fl \\-insecure-root\n"
	    "are trusted beside the vendor's own, and every verdict under them says that it is simulated.");
	put_commands();
	put_collateral();
	puts(".Sh ENVIRONMENT\n.Bl -tag -width NO_COLOR\n"
	    ".It Ev COLUMNS\nthe width of text, instead of the terminal's\n"
	    ".It Ev NO_COLOR\nwhere set and not empty,\n.Fl \\-color Cm auto\nmeans never\n.El");
	put_exit_status();
	puts(".Sh EXAMPLES\n"
	    "Verify a quote with one set of collateral:\n"
	    ".Pp\n.Dl assay verify quote.bin --collateral collateral.json\n.Pp\n"
	    "Rank many, and accept no tier below 3:\n"
	    ".Pp\n.Dl assay verify --collateral pcs/ --max-tier 3 quotes/*.bin\n.Pp\n"
	    "Judge an archived report:\n"
	    ".Pp\n.Dl assay verify report.json --signature report.sig --certificates chain.pem");
	put_tables();
	put_result_objects();
	puts(".Sh SEE ALSO\n.Xr assay-sim 1\n.Sh STANDARDS\n"
	    "Where each check is asked for is shown by\n.Nm\n.Cm explain .");
	return EXIT_YES;
}
