/* SPDX-License-Identifier: Apache-2.0 */
/* assay: the command.  Which sub-command is called, and with what. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/failure.h"

static int
run(const struct command *command, int argc, char **argv)
{
	const size_t room = (size_t)argc + 1;
	struct arguments arguments = {
		.given = calloc(room, sizeof(*arguments.given)),
		.operands = calloc(room, sizeof(*arguments.operands)),
	};
	int code;

	if (arguments.given == NULL || arguments.operands == NULL) {
		code = fail(EXIT_CANNOT_TELL, "there is no memory left", NULL, "nothing was decided");
	} else {
		code = options_parse(&arguments, command, argc, argv);
	}
	if (code == OPTIONS_HELP) {
		help_command(command);
		code = EXIT_YES;
	} else if (code == 0) {
		code = command->run(&arguments);
	}
	free(arguments.given);
	free(arguments.operands);
	return code;
}

/* Errors are JSON where results are, even an error in the options themselves. */
static bool
wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			return true;
		}
		if (strcmp(argv[i], "--") == 0) {
			return false;
		}
	}
	return false;
}

int
main(int argc, char **argv)
{
	const struct command *command;
	int code;

	failure_as_json(wants_json(argc, argv));
	if (argc < 2) {
		help_all();
		return fail(EXIT_USAGE, "no command was given", "run `assay verify FILE`, for instance", "nothing was done");
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("assay %s\n", ASSAY_VERSION);
		return EXIT_YES;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help_all();
		return EXIT_YES;
	}
	command = command_find(argv[1]);
	code = command == NULL ? EXIT_USAGE : run(command, argc - 2, argv + 2);
	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		return fail(EXIT_CANNOT_TELL, "standard output cannot be written", "make room, or write elsewhere",
		    "the result was lost");
	}
	return code;
}
