/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sub-commands and their options.  One table a sub-command; parsing, help,
 * completions and the manual page are all made from it.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct option_row {
	const char *name;	/* without the dashes; NULL ends a table */
	const char *argument;	/* "FILE", or NULL for a flag */
	const char *help;	/* a sentence without its full stop */
	bool repeatable;
	const char *words;	/* values that can be completed, by spaces; NULL: file names */
};

struct arguments;

struct command {
	const char *name;	/* NULL ends the table */
	const char *operands;	/* "FILE..." as in a synopsis */
	const char *summary;	/* one line */
	const char *description;	/* sentences, paragraphs parted by "\n\n" */
	const char *words;	/* operands that can be completed; NULL: file names */
	size_t operands_min;
	size_t operands_max;
	const struct option_row *options;
	int (*run)(const struct arguments *arguments);
};

struct given {
	const struct option_row *row;
	const char *value;	/* NULL for a flag */
};

struct arguments {
	const struct command *command;
	size_t given_count;
	struct given *given;
	size_t operands_count;
	const char **operands;
};

/* All of the program's commands (assay.c). */
extern const struct command commands[];

/* Find a command; on failure the error has been said and NULL is returned. */
const struct command *command_find(const char *name);

/*
 * Parse what follows the command's name.  Returns 0, an exit code after an
 * error that has been said, or OPTIONS_HELP where help was asked for.
 * given and operands point to arrays of argc entries.
 */
#define OPTIONS_HELP (-1)
int options_parse(struct arguments *arguments, const struct command *command, int argc, char **argv);

bool option_given(const struct arguments *arguments, const char *name);
/* The last value given, or NULL. */
const char *option_value(const struct arguments *arguments, const char *name);
/* One value after the other: start with *at = 0; NULL at the end. */
const char *option_next(const struct arguments *arguments, const char *name, size_t *at);

/* Refuse a command line on which more than one operand or option is "-": 0, or
 * an exit code after an error that has been said. */
int standard_input_once(const struct arguments *arguments);

/* Rows that several commands have. */
#define OPTION_JSON { "json", NULL, \
	"write JSON instead of text", false, NULL }
#define OPTION_AT { "at", "TIME", \
	"judge as of this time instead of now: 2026-11-25T03:28:19Z, 2026-11-25, or seconds since 1970", false, "" }
#define OPTION_COLLATERAL { "collateral", "FILE|DIR", \
	"take collateral from this file, or from every file of this directory that holds any", true, NULL }
#define OPTION_POLICY { "policy", "NAME|FILE", \
	"judge by this preset (confidence, phala-chain, confidence-2026) or policy document", false, \
	"confidence phala-chain confidence-2026" }
#define OPTION_INSECURE_ROOT { "insecure-root", "FILE", \
	"trust the certificates of this PEM file as roots as well; every verdict under them says that it is simulated", \
	true, NULL }
#define OPTION_COLOR { "color", "WHEN", \
	"colour the text: auto (only on a terminal, and not where NO_COLOR is set), always or never", false, \
	"auto always never" }
#define OPTION_END { NULL, NULL, NULL, false, NULL }

#endif
