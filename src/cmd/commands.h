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
int command_register(const struct arguments *arguments);
int command_tx(const struct arguments *arguments);
int command_gov(const struct arguments *arguments);
int command_program(const struct arguments *arguments);
int command_signer(const struct arguments *arguments);
int command_worker(const struct arguments *arguments);
int command_stake(const struct arguments *arguments);
int command_app(const struct arguments *arguments);
int command_assign(const struct arguments *arguments);
int command_block(const struct arguments *arguments);
int command_log(const struct arguments *arguments);
int command_completions(const struct arguments *arguments);
int command_manual(const struct arguments *arguments);
int command_help(const struct arguments *arguments);

/* Options of the commands that work on a register (register_options.c). */
extern const struct option_row register_options[];
extern const struct option_row tx_options[];
extern const struct option_row gov_options[];
extern const struct option_row program_options[];
extern const struct option_row signer_options[];
extern const struct option_row worker_options[];
extern const struct option_row stake_options[];
extern const struct option_row app_options[];
extern const struct option_row assign_options[];
extern const struct option_row block_options[];
/* log_options.c */
extern const struct option_row log_options[];
extern const struct option_row policy_options[];

/* Text of `assay help` and of `assay COMMAND --help`, to standard output. */
void help_all(void);
void help_command(const struct command *command);

#endif
