/* SPDX-License-Identifier: Apache-2.0 */
/* `assay help`: the tables of the commands as text. */
#include <stdio.h>

#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/terminal.h"
#include "render/render.h"

#define HELP_BYTES_MAX 16384

static void
say_filled(const char *first, const char *prefix, size_t indent, const char *text)
{
	char out[HELP_BYTES_MAX];
	struct writer w;
	const struct render_style style = { .columns = terminal_columns() < 100 ? terminal_columns() : 100 };

	writer_start(&w, out, sizeof(out));
	put_text(&w, first);
	render_filled(&w, &style, prefix, indent, text);
	fwrite(out, 1, w.len, stdout);
}

void
help_all(void)
{
	char first[64];

	fputs("assay: verify the attestation evidence of TEEs, and grade it\n\nusage: assay COMMAND [options] ...\n\n",
	    stdout);
	for (const struct command *c = commands; c->name != NULL; c++) {
		snprintf(first, sizeof(first), "  %-12s ", c->name);
		say_filled(first, "               ", 15, c->summary);
	}
	fputs("\nassay help COMMAND shows its options; assay --version shows the version.\n"
	    "\nexit codes: 0 yes, 1 no (genuine, but below what was asked), 2 usage or configuration,\n"
	    "3 the evidence is not genuine, 4 cannot tell, 5 the register refused, 70 a bug in assay\n", stdout);
}

/* The paragraphs of a description, each filled. */
static void
say_paragraphs(const char *text)
{
	char paragraph[2048];

	while (*text != '\0') {
		const char *end = strstr(text, "\n\n");
		const size_t len = end == NULL ? strlen(text) : (size_t)(end - text);

		snprintf(paragraph, sizeof(paragraph), "%.*s", (int)len, text);
		putchar('\n');
		say_filled("", "", 0, paragraph);
		text += len + (end == NULL ? 0 : 2);
	}
}

void
help_command(const struct command *command)
{
	char first[64];
	char text[512];

	printf("usage: assay %s%s%s%s\n\n", command->name, command->options[0].name != NULL ? " [options]" : "",
	    command->operands[0] != '\0' ? " " : "", command->operands);
	say_filled("", "", 0, command->summary);
	say_paragraphs(command->description);
	if (command->options[0].name != NULL) {
		puts("\noptions:");
	}
	for (const struct option_row *row = command->options; row->name != NULL; row++) {
		snprintf(first, sizeof(first), "  --%s%s%s", row->name, row->argument != NULL ? " " : "",
		    row->argument != NULL ? row->argument : "");
		snprintf(text, sizeof(text), "%s%s", row->help, row->repeatable ? " (may be repeated)" : "");
		printf("%-27s ", first);
		say_filled("", "                            ", 28, text);
	}
}

int
command_help(const struct arguments *arguments)
{
	if (arguments->operands_count == 0) {
		help_all();
		return EXIT_YES;
	}
	const struct command *command = command_find(arguments->operands[0]);

	if (command == NULL) {
		return EXIT_USAGE;
	}
	help_command(command);
	return EXIT_YES;
}
