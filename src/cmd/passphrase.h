/* SPDX-License-Identifier: Apache-2.0 */
/* Where a passphrase comes from: a file, the environment, or the terminal. */
#ifndef CMD_PASSPHRASE_H
#define CMD_PASSPHRASE_H

#include "keys/key_file.h"

struct passphrase {
	size_t len;
	char text[KEY_PASSPHRASE_BYTES_MAX];
};

/* The first of these that is there is taken. */
struct passphrase_source {
	const char *option;	/* "passphrase-file", for errors */
	const char *file;	/* its value, or NULL; - is standard input */
	const char *variable;	/* of the environment */
	const char *prompt;	/* on the terminal, without the colon */
	bool twice;		/* a new one, so that a slip is not kept */
};

/* 0, or the exit code of an error that has been said.  Cleanse it with passphrase_forget. */
int passphrase_get(struct passphrase *passphrase, const struct passphrase_source *source);
void passphrase_forget(struct passphrase *passphrase);

static inline struct assay_bytes
passphrase_bytes(const struct passphrase *passphrase)
{
	return bytes_of(passphrase->text, passphrase->len);
}

#endif
