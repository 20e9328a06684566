/* SPDX-License-Identifier: Apache-2.0 */
/* Key files as commands use them: read and opened, with the errors said. */
#ifndef CMD_KEY_OPEN_H
#define CMD_KEY_OPEN_H

#include "cmd/passphrase.h"

#define PASSPHRASE_VARIABLE "ASSAY_PASSPHRASE"
#define OPTION_PASSPHRASE_FILE { "passphrase-file", "FILE", \
	"take the passphrase from this file (/dev/fd/3 is a descriptor, - standard input) instead of " \
	PASSPHRASE_VARIABLE " or the terminal", false, NULL }

/* Say what is wrong with a key file; returns the exit code, 0 for KEY_GOOD. */
int key_result_say(enum key_result result, const char *path);

/* Read the file without opening it; release it whatever is returned. */
int key_read(struct key_file *file, const char *path);
/* Open it, asking for the passphrase where it has one. */
int key_unlock(struct key_pair *pair, const struct key_file *file, const char *path, const char *passphrase_file);

#endif
