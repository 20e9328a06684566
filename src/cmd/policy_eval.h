/* SPDX-License-Identifier: Apache-2.0 */
/* assay policy eval. */
#ifndef CMD_POLICY_EVAL_H
#define CMD_POLICY_EVAL_H

#include "cmd/options.h"

int policy_eval(const struct arguments *arguments);

#endif
