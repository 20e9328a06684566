/* SPDX-License-Identifier: Apache-2.0 */
/* The sub-commands' functions, the rows of their options, and what makes pages of them. */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "cmd/options.h"

#ifndef ASSAY_VERSION
#define ASSAY_VERSION "0.1.0"
#endif

int command_verify(const struct arguments *arguments);
int command_inspect(const struct arguments *arguments);
int command_tcb(const struct arguments *arguments);
int command_explain(const struct arguments *arguments);
int command_policy(const struct arguments *arguments);
int command_key(const struct arguments *arguments);
int command_completions(const struct arguments *arguments);
int command_manual(const struct arguments *arguments);
int command_help(const struct arguments *arguments);

/* Text of `assay help` and of `assay COMMAND --help`, to standard output. */
void help_all(void);
void help_command(const struct command *command);

#endif
