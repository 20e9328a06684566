/* SPDX-License-Identifier: Apache-2.0 */
/* Acts of the council in words. */
#ifndef CMD_GOV_WORDS_H
#define CMD_GOV_WORDS_H

#include "cmd/store_open.h"

/* "revoke program worker version 2 (1cc40342efff07a0)"; arguments must not stand in the machine's row. */
void put_act(struct writer *w, struct place *place, unsigned act, struct assay_bytes arguments);

/* The proposal of that number, its arguments kept in the place's arena.  False: there is none. */
bool proposal_load(struct place *place, uint64_t number, struct proposal *proposal);

/* ---- gov_log.c */
int gov_log(const struct arguments *arguments);

#endif
