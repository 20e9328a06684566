/* SPDX-License-Identifier: Apache-2.0 */
/* Why a matter is undecided, and how to get what is lacking. */
#ifndef CMD_LACKING_H
#define CMD_LACKING_H

#include "cmd/pick.h"

/* Say it as an error on standard error: where documents are missing, all of them
 * at once, each with how to get it. */
void say_what_is_lacking(const struct assay_verdict *verdict, const struct assay_evidence *evidence,
    const struct pick *pick, const struct shelf *shelf, const char *name);

#endif
