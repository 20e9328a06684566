/* SPDX-License-Identifier: Apache-2.0 */
/* Real data, read at test time from the directory in ASSAY_VECTORS; a test skips where it is not there. */
#ifndef TEST_UNIT_VECTOR_H
#define TEST_UNIT_VECTOR_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"

#define VECTOR_BYTES_MAX ((size_t)2 * 1024 * 1024)

static inline const char *
vector_root(void)
{
	const char *const root = getenv("ASSAY_VECTORS");

	return root != NULL && root[0] != '\0' ? root : "../shared/vectors";
}

/* A whole file below the root, of exactly its size; empty where it is not there.  The caller frees it. */
static inline struct assay_bytes
vector_read(const char *path)
{
	char name[4096];
	FILE *file;
	uint8_t *data;
	size_t len;

	(void)snprintf(name, sizeof name, "%s/%s", vector_root(), path);
	file = fopen(name, "rb");
	if (file == NULL) {
		return bytes_of(NULL, 0);
	}
	data = malloc(VECTOR_BYTES_MAX);
	assert_non_null(data);
	len = fread(data, 1, VECTOR_BYTES_MAX, file);
	(void)fclose(file);
	data = realloc(data, len != 0 ? len : 1);
	assert_non_null(data);
	return bytes_of(data, len);
}

static inline void
vector_free(struct assay_bytes bytes)
{
	free((void *)(uintptr_t)bytes.data);
}

/* A copy of exactly its size, so that the sanitizer sees each byte past its end. */
static inline struct assay_bytes
vector_copy(struct assay_bytes bytes)
{
	uint8_t *const data = malloc(bytes.len != 0 ? bytes.len : 1);

	assert_non_null(data);
	bytes_copy(data, bytes, bytes.len);
	return bytes_of(data, bytes.len);
}

/*
 * Call visit for every file in the directory whose name ends so, in the order
 * of their names; returns how many there were.
 */
static inline unsigned
vector_each(const char *directory, const char *ending,
    void (*visit)(const char *name, struct assay_bytes bytes, void *context), void *context)
{
	char path[1024];
	struct dirent **entries;
	unsigned visited = 0;
	int count;

	(void)snprintf(path, sizeof path, "%s/%s", vector_root(), directory);
	count = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		const char *const name = entries[i]->d_name;
		const size_t len = strlen(name);

		if (len > strlen(ending) && strcmp(name + len - strlen(ending), ending) == 0) {
			(void)snprintf(path, sizeof path, "%s/%s", directory, name);
			const struct assay_bytes bytes = vector_read(path);

			visit(name, bytes, context);
			vector_free(bytes);
			visited++;
		}
		free(entries[i]);
	}
	if (count >= 0) {
		free(entries);
	}
	return visited;
}

#endif
