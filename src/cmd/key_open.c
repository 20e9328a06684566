/* SPDX-License-Identifier: Apache-2.0 */
/* Key files as commands use them: read and opened, with the errors said. */
#include "cmd/key_open.h"

#include <errno.h>
#include <stdio.h>

#include "cmd/failure.h"

static const struct {
	enum key_result result;
	int exit_code;
	const char *cause;
	const char *fix;
} rows[] = {
	{ KEY_NOT_A_KEY, EXIT_USAGE, "it is no key file, or a part of it is missing",
	  "give the path of a key file, or restore it from its backup" },
	{ KEY_OTHER_FORM, EXIT_USAGE, "it is PEM, but not a PKCS#8 private key",
	  "convert it: openssl pkcs8 -topk8 -scrypt -in OLD -out NEW" },
	{ KEY_OTHER_CIPHER, EXIT_USAGE,
	  "it is encrypted by another scheme than PBES2 with scrypt (or PBKDF2 and SHA-256) and AES-256-CBC",
	  "convert it: openssl pkcs8 -topk8 -scrypt -in OLD -out NEW" },
	{ KEY_TOO_COSTLY, EXIT_USAGE,
	  "opening it would take more memory or time than any key needs, or the derivation is too weak to be meant",
	  "convert it: openssl pkcs8 -topk8 -scrypt -in OLD -out NEW" },
	{ KEY_OTHER_ALGORITHM, EXIT_USAGE, "the key is neither ECDSA P-256 nor Ed25519", "make one: assay key new" },
	{ KEY_OTHER_KIND, EXIT_USAGE, "the kind in its first line has keys of another algorithm",
	  "restore it from its backup" },
	{ KEY_WRONG_PASSPHRASE, EXIT_USAGE, "the passphrase is wrong, or the private part is damaged",
	  "try again, or restore the file from its backup" },
	{ KEY_TWO_HALVES, EXIT_USAGE, "its private and its public part belong to two keys: somebody has changed it",
	  "restore it from its backup" },
	{ KEY_EXISTS, EXIT_USAGE, "it exists, and a lost key cannot be made again",
	  "choose another name, or move the old file away" },
	{ KEY_NOT_A_FILE, EXIT_USAGE, "it is not a regular file", NULL },
	{ KEY_TOO_LARGE, EXIT_USAGE, "it is larger than any key file", NULL },
	{ KEY_FAILED, EXIT_CANNOT_TELL, "OpenSSL has no memory or no randomness left", NULL }
};

int
key_result_say(enum key_result result, const char *path)
{
	char fix[512];

	if (result == KEY_GOOD) {
		return EXIT_YES;
	}
	if (result == KEY_SYSTEM) {
		/* What the caller can put right is his; a full disk is not. */
		const int code = errno == ENOENT || errno == EACCES || errno == ENOTDIR || errno == EISDIR ? EXIT_USAGE :
		    EXIT_CANNOT_TELL;

		return fail(code, strerror(errno), NULL, "the key file %s cannot be used, so nothing was done", path);
	}
	if (result == KEY_TOO_OPEN) {
		snprintf(fix, sizeof(fix), "chmod 600 %s; where others may have read it, make a new key", path);
		return fail(EXIT_USAGE, "others than its owner may read or write it", fix,
		    "the key file %s cannot be used, so nothing was done", path);
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].result == result) {
			return fail(rows[i].exit_code, rows[i].cause, rows[i].fix,
			    "the key file %s cannot be used, so nothing was done", path);
		}
	}
	return fail(EXIT_BUG, "its result has no sentence", NULL, "the key file %s cannot be used", path);
}

int
key_read(struct key_file *file, const char *path)
{
	char text[KEY_FILE_BYTES_MAX];
	size_t len;
	enum key_result result = key_disk_read(text, &len, path);

	memset(file, 0, sizeof(*file));
	if (result == KEY_GOOD) {
		result = key_file_parse(file, bytes_of(text, len));
		key_forget(text, sizeof(text));
	}
	return key_result_say(result, path);
}

int
key_unlock(struct key_pair *pair, const struct key_file *file, const char *path, const char *passphrase_file)
{
	struct passphrase passphrase = { .len = 0 };
	char prompt[256];
	int code = 0;

	memset(pair, 0, sizeof(*pair));
	if (file->derivation != KEY_NOT_ENCRYPTED) {
		snprintf(prompt, sizeof(prompt), "passphrase of %s", path);
		const struct passphrase_source source = {
			"passphrase-file", passphrase_file, PASSPHRASE_VARIABLE, prompt, false
		};

		code = passphrase_get(&passphrase, &source);
	}
	if (code == 0) {
		code = key_result_say(key_file_open(pair, file, passphrase_bytes(&passphrase)), path);
	}
	passphrase_forget(&passphrase);
	return code;
}
