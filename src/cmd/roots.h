/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to trust: the vendor's roots, and others that a caller passes explicitly. */
#ifndef CMD_ROOTS_H
#define CMD_ROOTS_H

#include "cmd/memory.h"

#define ROOTS_MAX 16

struct roots {
	size_t count;
	struct assay_root roots[ROOTS_MAX];
};

/* The vendor's two. */
void roots_start(struct roots *roots);
/* Add a PEM file's certificates, as simulated roots.  0, or the exit code of an error that has been said. */
int roots_add(struct roots *roots, struct arena *arena, const char *path);

#endif
