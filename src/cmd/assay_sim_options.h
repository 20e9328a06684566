/* SPDX-License-Identifier: Apache-2.0 */
/* The options of assay-sim: one table, from which parsing, help and the manual page are made. */
#ifndef CMD_ASSAY_SIM_OPTIONS_H
#define CMD_ASSAY_SIM_OPTIONS_H

#include "sim/sim.h"

enum {
	SIM_EXIT_YES = 0,
	SIM_EXIT_USAGE = 2
};

enum sim_command {
	COMMAND_NONE = 0,
	COMMAND_INIT,
	COMMAND_QUOTE,
	COMMAND_FLEET,
	COMMAND_BREAKS,
	COMMAND_PLAY,
	COMMAND_MANUAL,
	COMMANDS
};

enum sim_option {
	OPTION_SEED = 0,
	OPTION_VENDOR,
	OPTION_AT,
	OPTION_OUT,
	OPTION_TEE,
	OPTION_VERSION,
	OPTION_BODY,
	OPTION_CERTIFICATION,
	OPTION_STATUS,
	OPTION_QE_STATUS,
	OPTION_MODULE_STATUS,
	OPTION_ADVISORY,
	OPTION_TCB_INFO_VERSION,
	OPTION_EVALUATION_NUMBER,
	OPTION_CA,
	OPTION_INDEX,
	OPTION_PROGRAM,
	OPTION_REPORT_DATA,
	OPTION_DEBUG,
	OPTION_LINKABLE,
	OPTION_NONCE,
	OPTION_BREAK,
	OPTION_COUNT,
	OPTION_HELP,
	OPTIONS
};

/* A command, and its form in a usage line; help: sentences, the first of them in a line of its own. */
struct sim_command_row {
	const char *name;
	const char *usage;
	const char *help;
};

struct sim_option_row {
	const char *name;
	const char *argument;		/* NULL: a flag */
	unsigned commands;		/* bit i: command i has it */
	const char *help;
};

const struct sim_command_row *sim_command_row(enum sim_command command);
const struct sim_option_row *sim_option_row(enum sim_option option);

struct sim_arguments {
	enum sim_command command;
	const char *directory;		/* of play; NULL: not given */
	const char *values[OPTIONS];	/* NULL: not given; "" for flags */
	const char *advisories[SIM_ADVISORIES_MAX];
	size_t advisories_count;
};

/* A sentence of what is wrong and one of how to mend it.  Returns the exit code. */
int sim_usage(const char *fix, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* 0, or an exit code after an error that has been said. */
int sim_arguments_parse(struct sim_arguments *arguments, int argc, char **argv);
/* The command's help; of COMMAND_MANUAL the manual page. */
void sim_help(enum sim_command command);
void sim_manual(void);

/* From words to what the simulator takes; as above.  Bytes are kept in *bytes. */
struct sim_option_bytes {
	uint8_t program[48];
	uint8_t report_data[64];
};
int sim_options_from_arguments(struct sim_options *options, struct sim_option_bytes *bytes,
    const struct sim_arguments *arguments);
int sim_number_parse(uint32_t *number, const char *text, const char *option);

#endif
