/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing by the tables of options.h. */
#include "cmd/options.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cmd/failure.h"
#include "cmd/near.h"

const struct command *
command_find(const char *name)
{
	struct near near = { .count = 0 };
	char text[256];

	for (const struct command *c = commands; c->name != NULL; c++) {
		if (strcmp(c->name, name) == 0) {
			return c;
		}
		near_offer(&near, name, c->name);
	}
	fail(EXIT_USAGE, "there is no such command",
	    near_text(&near, text, sizeof(text), "run `assay help` for the list of commands"),
	    "`assay %s` cannot be run", name);
	return NULL;
}

static const struct option_row *
row_find(const struct command *command, const char *name, size_t len)
{
	for (const struct option_row *row = command->options; row->name != NULL; row++) {
		if (strlen(row->name) == len && memcmp(row->name, name, len) == 0) {
			return row;
		}
	}
	return NULL;
}

static int
unknown_option(const struct command *command, const char *argument)
{
	struct near near = { .prefix = "--" };
	char text[256];
	char otherwise[96];
	const char *name = argument;

	while (*name == '-') {
		name++;
	}
	for (const struct option_row *row = command->options; row->name != NULL; row++) {
		near_offer(&near, name, row->name);
	}
	snprintf(otherwise, sizeof(otherwise), "run `assay %s --help` for its options", command->name);
	return fail(EXIT_USAGE, "it has no such option",
	    near_text(&near, text, sizeof(text), otherwise), "`assay %s` does not know %s, so nothing was done",
	    command->name, argument);
}

static bool
already_given(const struct arguments *arguments, const struct option_row *row)
{
	for (size_t i = 0; i < arguments->given_count; i++) {
		if (arguments->given[i].row == row) {
			return true;
		}
	}
	return false;
}

/* One option at argv[*at]; moves *at on to its value where that is apart. */
static int
parse_option(struct arguments *arguments, int argc, char **argv, int *at)
{
	const struct command *command = arguments->command;
	const char *argument = argv[*at];
	const char *name = argument + 2;
	const char *equals = strchr(name, '=');
	const struct option_row *row = row_find(command, name,
	    equals != NULL ? (size_t)(equals - name) : strlen(name));
	const char *value = NULL;

	if (strncmp(argument, "--", 2) != 0 || row == NULL) {
		return unknown_option(command, argument);
	}
	if (row->argument == NULL && equals != NULL) {
		return fail(EXIT_USAGE, "this option takes no value", "leave out the = and what follows it",
		    "--%s was given a value, so nothing was done", row->name);
	}
	if (row->argument != NULL && equals != NULL) {
		value = equals + 1;
	} else if (row->argument != NULL) {
		if (*at + 1 >= argc) {
			return fail(EXIT_USAGE, "it is the last word of the line", row->help,
			    "--%s needs %s after it", row->name, row->argument);
		}
		*at += 1;
		value = argv[*at];
	}
	if (!row->repeatable && row->argument != NULL && already_given(arguments, row)) {
		return fail(EXIT_USAGE, "it can be given once only", "leave out all but one of them",
		    "--%s was given twice, so nothing was done", row->name);
	}
	arguments->given[arguments->given_count] = (struct given){ row, value };
	arguments->given_count++;
	return 0;
}

static int
check_operands(const struct arguments *arguments)
{
	const struct command *command = arguments->command;
	char fix[256];

	snprintf(fix, sizeof(fix), "usage: assay %s [options]%s%s", command->name,
	    command->operands[0] != '\0' ? " " : "", command->operands);
	if (arguments->operands_count < command->operands_min) {
		return fail(EXIT_USAGE, "something is missing after it", fix,
		    "`assay %s` was not told what to work on", command->name);
	}
	if (arguments->operands_count > command->operands_max) {
		return fail(EXIT_USAGE, "it does not take as many words", fix,
		    "`assay %s` does not know what to do with %s", command->name,
		    arguments->operands[command->operands_max]);
	}
	return 0;
}

int
options_parse(struct arguments *arguments, const struct command *command, int argc, char **argv)
{
	bool options_end = false;

	arguments->command = command;
	for (int i = 0; i < argc; i++) {
		const char *argument = argv[i];

		if (options_end || argument[0] != '-' || argument[1] == '\0') {
			arguments->operands[arguments->operands_count] = argument;
			arguments->operands_count++;
		} else if (strcmp(argument, "--") == 0) {
			options_end = true;
		} else if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
			return OPTIONS_HELP;
		} else {
			const int code = parse_option(arguments, argc, argv, &i);

			if (code != 0) {
				return code;
			}
		}
	}
	return check_operands(arguments);
}

bool
option_given(const struct arguments *arguments, const char *name)
{
	for (size_t i = 0; i < arguments->given_count; i++) {
		if (strcmp(arguments->given[i].row->name, name) == 0) {
			return true;
		}
	}
	return false;
}

const char *
option_next(const struct arguments *arguments, const char *name, size_t *at)
{
	while (*at < arguments->given_count) {
		const struct given *given = &arguments->given[*at];

		*at += 1;
		if (strcmp(given->row->name, name) == 0) {
			return given->value;
		}
	}
	return NULL;
}

const char *
option_value(const struct arguments *arguments, const char *name)
{
	size_t at = 0;

	return option_next(arguments, name, &at);
}

/* Standard input can be read once, whoever names it. */
int
standard_input_once(const struct arguments *arguments)
{
	unsigned count = 0;

	for (size_t i = 0; i < arguments->operands_count; i++) {
		count += strcmp(arguments->operands[i], "-") == 0;
	}
	for (size_t i = 0; i < arguments->given_count; i++) {
		const struct given *given = &arguments->given[i];

		count += given->value != NULL && strcmp(given->value, "-") == 0;
	}
	if (count < 2) {
		return 0;
	}
	return fail(EXIT_USAGE, "it can be read only once", "name each other input by its file",
	    "standard input is named %u times, so nothing was decided", count);
}
