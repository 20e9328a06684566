/* SPDX-License-Identifier: Apache-2.0 */
/* Why a matter is undecided, and how to get what is lacking. */
#ifndef CMD_LACKING_H
#define CMD_LACKING_H

#include "cmd/shelf.h"

/* Say it as an error on standard error. */
void say_what_is_lacking(const struct assay_verdict *verdict, const struct assay_evidence *evidence,
    const struct shelf *shelf, const char *name);

#endif
