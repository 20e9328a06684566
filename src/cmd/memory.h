/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is given back all at once. */
#ifndef CMD_MEMORY_H
#define CMD_MEMORY_H

#include "base/bytes.h"

/* Zeroed is empty. */
struct arena {
	struct arena_block *last;
};

/* len bytes, zeroed, until arena_release; never NULL: the program ends where there is no memory. */
void *arena_get(struct arena *arena, size_t len);
struct assay_bytes arena_copy(struct arena *arena, struct assay_bytes bytes);
char *arena_text(struct arena *arena, struct assay_bytes bytes);
void arena_release(struct arena *arena);

#endif
