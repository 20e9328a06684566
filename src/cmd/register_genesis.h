/* SPDX-License-Identifier: Apache-2.0 */
/* A register's genesis from a description in JSON (assay.genesis/1). */
#ifndef CMD_REGISTER_GENESIS_H
#define CMD_REGISTER_GENESIS_H

#include "cmd/store_open.h"

/*
 * Read the description and encode it canonically; lists are put in order.
 * place has neither a driver nor a machine yet; what is borrowed lives in its
 * arena.  now_ms: the time where the description names none.  0, or the exit
 * code of an error that has been said, with the path of the member.
 */
int genesis_read(struct place *place, const char *path, uint64_t now_ms, struct assay_bytes *genesis);

#endif
