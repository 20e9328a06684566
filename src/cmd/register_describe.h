/* SPDX-License-Identifier: Apache-2.0 */
/* A register as a whole: what it is, where it stands, what differs from the table. */
#ifndef CMD_REGISTER_DESCRIBE_H
#define CMD_REGISTER_DESCRIBE_H

#include "cmd/store_open.h"

struct described {
	struct machine *m;
	const struct genesis *genesis;
	uint64_t log_size;
	uint8_t block_id[32];
	uint8_t state_root[32];
	size_t waiting;			/* transactions in pending/ */
};
void describe(struct output *out, const struct described *d, const struct render_style *style);

#endif
