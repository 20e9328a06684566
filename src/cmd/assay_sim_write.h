/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence as files, and the command that verifies them. */
#ifndef CMD_ASSAY_SIM_WRITE_H
#define CMD_ASSAY_SIM_WRITE_H

#include "sim/sim.h"

/* 0, or an exit code after an error that has been said. */
int sim_write_file(const char *prefix, const char *suffix, const void *data, size_t len);
/* Writes PREFIX.* and prints the one command. */
int sim_write_evidence(const struct sim_evidence *evidence, const char *prefix);

#endif
