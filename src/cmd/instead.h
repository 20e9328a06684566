/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is that was given as evidence and is none. */
#ifndef CMD_INSTEAD_H
#define CMD_INSTEAD_H

#include "cmd/input.h"

/*
 * 0 where the library should judge the input: it is evidence, or may be
 * evidence that was damaged.  Else an exit code, after an error that says what
 * it is instead and what to do with it.
 */
int input_refused(const struct input *input);

/* Could these bytes be a quote or a report, whole or damaged? */
bool may_be_evidence(struct assay_bytes bytes);
/* AMD's, which this version cannot read. */
bool is_snp_report(struct assay_bytes bytes);

#endif
