/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is given back all at once. */
#include "cmd/memory.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/failure.h"

struct arena_block {
	struct arena_block *before;
	max_align_t data[];
};

void *
arena_get(struct arena *arena, size_t len)
{
	struct arena_block *block = len > SIZE_MAX / 2 ? NULL : calloc(1, sizeof(*block) + len + 1);

	if (block == NULL) {
		fputs("error: there is no memory left\n", stderr);
		exit(EXIT_CANNOT_TELL);
	}
	block->before = arena->last;
	arena->last = block;
	return block->data;
}

struct assay_bytes
arena_copy(struct arena *arena, struct assay_bytes bytes)
{
	uint8_t *data = arena_get(arena, bytes.len);

	if (bytes.len != 0) {
		memcpy(data, bytes.data, bytes.len);
	}
	return bytes_of(data, bytes.len);
}

char *
arena_text(struct arena *arena, struct assay_bytes bytes)
{
	char *text = arena_get(arena, bytes.len + 1);

	if (bytes.len != 0) {
		memcpy(text, bytes.data, bytes.len);
	}
	return text;
}

void
arena_release(struct arena *arena)
{
	while (arena->last != NULL) {
		struct arena_block *block = arena->last;

		arena->last = block->before;
		free(block);
	}
}
