/* SPDX-License-Identifier: Apache-2.0 */
/* `assay completions`: the tables of the commands for three shells. */
#include <stdio.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/failure.h"

/* Text between apostrophes: an apostrophe ends them, is escaped, and begins them anew. */
static void
put_quoted_for_shell(const char *text, const char *also_escaped)
{
	putchar('\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			fputs("'\\''", stdout);
			continue;
		}
		if (strchr(also_escaped, *text) != NULL) {
			putchar('\\');
		}
		putchar(*text);
	}
	putchar('\'');
}

static void
bash_cases(const struct command *c)
{
	printf("\t%s)\n\t\tcase $before in\n", c->name);
	for (const struct option_row *row = c->options; row->name != NULL; row++) {
		if (row->argument == NULL) {
			continue;
		}
		if (row->words != NULL) {
			printf("\t\t--%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n", row->name, row->words);
		} else {
			printf("\t\t--%s) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", row->name);
		}
	}
	fputs("\t\tesac\n\t\tcase $word in\n\t\t-*) COMPREPLY=($(compgen -W '--help", stdout);
	for (const struct option_row *row = c->options; row->name != NULL; row++) {
		printf(" --%s", row->name);
	}
	fputs("' -- \"$word\")) ;;\n", stdout);
	if (c->words != NULL) {
		printf("\t\t*) COMPREPLY=($(compgen -W '%s' -- \"$word\")) ;;\n", c->words);
	} else {
		fputs("\t\t*) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n", stdout);
	}
	fputs("\t\tesac\n\t\t;;\n", stdout);
}

static void
write_bash(void)
{
	fputs("# bash completion for assay, made by `assay completions bash`\n"
	    "_assay() {\n"
	    "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
	    "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	    "\t\tCOMPREPLY=($(compgen -W '", stdout);
	for (const struct command *c = commands; c->name != NULL; c++) {
		printf("%s ", c->name);
	}
	fputs("--version --help' -- \"$word\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n", stdout);
	for (const struct command *c = commands; c->name != NULL; c++) {
		bash_cases(c);
	}
	fputs("\tesac\n}\ncomplete -o filenames -F _assay assay\n", stdout);
}

/* One option for _arguments: name, help and what completes its value, quoted as one word. */
static void
zsh_option(const struct option_row *row)
{
	printf(" \\\n\t\t\t'%s--%s[", row->repeatable ? "*" : "", row->name);
	for (const char *p = row->help; *p != '\0'; p++) {
		if (*p == '\'') {
			fputs("'\\''", stdout);
			continue;
		}
		if (strchr("[]:", *p) != NULL) {
			putchar('\\');
		}
		putchar(*p);
	}
	putchar(']');
	if (row->argument != NULL && row->words == NULL) {
		printf(":%s:_files", row->argument);
	} else if (row->argument != NULL) {
		printf(":%s:(%s)", row->argument, row->words);
	}
	putchar('\'');
}

static void
write_zsh(void)
{
	fputs("#compdef assay\n# zsh completion for assay, made by `assay completions zsh`\n"
	    "_assay() {\n\tlocal -a names\n\tnames=(\n", stdout);
	for (const struct command *c = commands; c->name != NULL; c++) {
		char line[512];

		snprintf(line, sizeof(line), "%s:%s", c->name, c->summary);
		fputs("\t\t", stdout);
		put_quoted_for_shell(line, "");
		putchar('\n');
	}
	fputs("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command names\n\t\treturn\n\tfi\n"
	    "\tlocal name=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n\tcase $name in\n", stdout);
	for (const struct command *c = commands; c->name != NULL; c++) {
		printf("\t%s)\n\t\t_arguments '--help[show help]'", c->name);
		for (const struct option_row *row = c->options; row->name != NULL; row++) {
			zsh_option(row);
		}
		if (c->words == NULL) {
			fputs(" \\\n\t\t\t'*:file:_files'\n\t\t;;\n", stdout);
		} else {
			printf(" \\\n\t\t\t'*:word:(%s)'\n\t\t;;\n", c->words);
		}
	}
	fputs("\tesac\n}\n_assay \"$@\"\n", stdout);
}

static void
write_fish(void)
{
	fputs("# fish completion for assay, made by `assay completions fish`\n"
	    "complete -c assay -n __fish_use_subcommand -f -l version -d 'show the version'\n", stdout);
	for (const struct command *c = commands; c->name != NULL; c++) {
		printf("complete -c assay -n __fish_use_subcommand -f -a %s -d ", c->name);
		put_quoted_for_shell(c->summary, "\\");
		putchar('\n');
		for (const struct option_row *row = c->options; row->name != NULL; row++) {
			printf("complete -c assay -n '__fish_seen_subcommand_from %s' -l %s", c->name, row->name);
			if (row->argument != NULL && row->words != NULL) {
				printf(" -x -a '%s'", row->words);
			} else if (row->argument != NULL) {
				fputs(" -r -F", stdout);
			}
			fputs(" -d ", stdout);
			put_quoted_for_shell(row->help, "\\");
			putchar('\n');
		}
		if (c->words != NULL) {
			printf("complete -c assay -n '__fish_seen_subcommand_from %s' -f -a '%s'\n", c->name, c->words);
		}
	}
}

int
command_completions(const struct arguments *arguments)
{
	const char *shell = arguments->operands[0];

	if (strcmp(shell, "bash") == 0) {
		write_bash();
	} else if (strcmp(shell, "zsh") == 0) {
		write_zsh();
	} else if (strcmp(shell, "fish") == 0) {
		write_fish();
	} else {
		return fail(EXIT_USAGE, "only bash, zsh and fish are known", "run `assay completions bash`, for instance",
		    "there are no completions for %s", shell);
	}
	return EXIT_YES;
}
