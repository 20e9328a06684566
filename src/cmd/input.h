/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence as people have it: files in several wrappings. */
#ifndef CMD_INPUT_H
#define CMD_INPUT_H

#include "cmd/memory.h"

struct input {
	const char *name;		/* as given */
	struct assay_bytes file;	/* as read */
	struct assay_bytes evidence;	/* unwrapped */
	const char *wrapping;		/* "raw", "hex", "base64", "PEM", "JSON", or two of them */
	uint8_t digest[32];		/* SHA-256 of evidence */
	char wrappings[64];
	struct arena arena;
};

/* Read and unwrap.  0, or an exit code after an error that has been said. */
int input_load(struct input *input, const char *path);
void input_release(struct input *input);

/* Unwrap bytes that did not come from a file. */
void input_unwrap(struct input *input);

#endif
