/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key files.  Three parts of text:
 *
 *	assay.key/1 KIND [NAME]
 *	-----BEGIN PUBLIC KEY-----              so that nobody needs the passphrase to see whose key it is
 *	-----BEGIN ENCRYPTED PRIVATE KEY-----   PKCS#8, PBES2: scrypt and AES-256-CBC
 *
 * OpenSSL skips the first line and reads the rest with its ordinary commands;
 * files that its commands make, which have the last block only, are read too.
 *
 * scrypt's N is 2^14 because OpenSSL's readers refuse what takes more than
 * 32 MiB; p makes up for it: 16 MiB and a quarter of a second for each guess.
 * CBC, because PBES2 with an authenticated cipher is not read by OpenSSL; that
 * the private half belongs to the public one is checked instead.
 */
#ifndef KEYS_KEY_FILE_H
#define KEYS_KEY_FILE_H

#include "keys/keys.h"

/* Ours have some 700 bytes; room for the RSA keys that are refused by name. */
#define KEY_FILE_BYTES_MAX ((size_t)8 * 1024)
#define KEY_DER_BYTES_MAX ((size_t)4 * 1024)
#define KEY_SALT_BYTES_MAX 64
#define KEY_PASSPHRASE_BYTES_MAX ((size_t)1024)

/* What a file may make its reader spend: 128 MiB and some seconds at most. */
#define KEY_SCRYPT_N_MIN ((uint32_t)1 << 10)
#define KEY_SCRYPT_N_R_MAX ((uint64_t)1 << 20)
#define KEY_SCRYPT_WORK_MAX ((uint64_t)1 << 22)
#define KEY_PBKDF2_ITERATIONS_MAX ((uint32_t)4000000)

enum key_kind {
	KEY_UNSPECIFIED = 0,	/* a file that was not made here */
	KEY_ACCOUNT,
	KEY_AGENT,
	KEY_LOG,
	KEY_WITNESS
};

struct key_label {
	enum key_kind kind;
	char name[NOTE_NAME_BYTES_MAX + 1];	/* of logs and witnesses, else empty */
};

enum key_derivation {
	KEY_NOT_ENCRYPTED = 0,
	KEY_SCRYPT,
	KEY_PBKDF2
};

/* Of scrypt; PBKDF2 has its iterations in n. */
struct key_cost {
	uint32_t n, r, p;
};

extern const struct key_cost key_cost_ordinary;

enum key_result {
	KEY_GOOD = 0,
	KEY_NOT_A_KEY,		/* no key file, or cut short */
	KEY_OTHER_FORM,		/* a PEM block, but none that is read here */
	KEY_OTHER_CIPHER,	/* encrypted by anything but the above, or PBKDF2 with SHA-256 */
	KEY_TOO_COSTLY,		/* a key derivation outside of the limits */
	KEY_OTHER_ALGORITHM,	/* neither P-256 nor Ed25519 */
	KEY_OTHER_KIND,		/* kind and algorithm do not go together */
	KEY_WRONG_PASSPHRASE,	/* or a damaged private part: CBC cannot tell */
	KEY_TWO_HALVES,		/* public and private half are of two keys */
	KEY_SYSTEM,		/* errno says why */
	KEY_EXISTS,
	KEY_NOT_A_FILE,
	KEY_TOO_OPEN,		/* somebody else may read it */
	KEY_TOO_LARGE,
	KEY_FAILED		/* OpenSSL has no randomness or no memory */
};

/* A file that was read and not opened.  It must stay where it is: secret points into der. */
struct key_file {
	struct key_label label;
	bool has_public;
	struct key_public public;
	enum key_derivation derivation;
	struct key_cost cost;
	struct assay_bytes salt;
	struct assay_bytes iv;
	struct assay_bytes secret;	/* PKCS#8, encrypted or not */
	uint8_t der[KEY_DER_BYTES_MAX];
};

/* "account", "agent", "log", "witness"; NULL for the unspecified. */
const char *key_kind_word(enum key_kind kind);
bool key_kind_find(enum key_kind *kind, const char *word);
enum key_algorithm key_kind_algorithm(enum key_kind kind);
/* Logs and witnesses have names; nobody else has. */
bool key_label_is_good(const struct key_label *label);

/* Strictly; nothing is decrypted. */
enum key_result key_file_parse(struct key_file *file, struct assay_bytes text);
/* The pair; the passphrase is not looked at where the file is not encrypted. */
enum key_result key_file_open(struct key_pair *pair, const struct key_file *file, struct assay_bytes passphrase);
void key_file_release(struct key_file *file);
/* Encrypted at this cost, or where that is NULL not at all.  What was written is read again before
 * KEY_GOOD is said; an empty passphrase is none. */
enum key_result key_file_format(char out[static KEY_FILE_BYTES_MAX], size_t *len, const struct key_label *label,
    const struct key_pair *pair, const struct key_cost *cost, struct assay_bytes passphrase);

/* Only a file that nobody but its owner can read or write is read. */
enum key_result key_disk_read(char out[static KEY_FILE_BYTES_MAX], size_t *len, const char *path);
/* A new file of mode 0600, on the disk when this returns; what exists is never overwritten. */
enum key_result key_disk_create(const char *path, struct assay_bytes text);
/* The old or the new content stands there whatever happens; the owner stays. */
enum key_result key_disk_replace(const char *path, struct assay_bytes text);

#endif
