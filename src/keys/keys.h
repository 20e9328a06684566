/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key pairs of two algorithms: ECDSA P-256 for accounts and workers, Ed25519
 * for logs and witnesses.  There is no call that signs bytes of unknown
 * origin: whoever calls key_sign has put the domain in front of the message.
 */
#ifndef KEYS_KEYS_H
#define KEYS_KEYS_H

#include <openssl/types.h>

#include "base/bytes.h"
#include "log/note.h"

enum key_algorithm {
	KEY_ALGORITHM_NONE = 0,
	KEY_P256,
	KEY_ED25519
};

struct key_public {
	enum key_algorithm algorithm;
	uint8_t bytes[64];	/* x||y, or Ed25519's 32 bytes and zeros */
};

/* Zeroed holds no key. */
struct key_pair {
	struct key_public public;
	EVP_PKEY *secret;
};

/* False where OpenSSL has no randomness or no memory. */
bool key_generate(struct key_pair *pair, enum key_algorithm algorithm);
/* Take what OpenSSL read; secret is freed where false is returned: another
 * algorithm or curve, or halves that do not belong together. */
bool key_adopt(struct key_pair *pair, EVP_PKEY *secret);
/* Frees and forgets; OpenSSL cleanses its own memory. */
void key_release(struct key_pair *pair);
/* Overwrite what held a secret, even where it is not looked at again. */
void key_forget(void *data, size_t len);

/*
 * ECDSA: raw r||s over SHA-256 of the message with s in the lower half of the
 * order, so that nobody can make a second signature of one.  Ed25519: as in
 * RFC 8032.  False where OpenSSL fails; the signature is then zero.
 */
bool key_sign(const struct key_pair *pair, uint8_t signature[static 64], struct assay_bytes message);

/* x||y (64 bytes) or the 32 bytes, as the crypto port takes them. */
struct assay_bytes key_public_bytes(const struct key_public *public);
bool key_public_equal(const struct key_public *a, const struct key_public *b);
/* The compressed point (33 bytes), or Ed25519's 32 bytes; returns the length. */
size_t key_compressed(uint8_t out[static 33], const struct key_public *public);
/* SHA-256 of key_compressed: an account's id. */
void key_id(uint8_t id[static 32], const struct key_public *public);

/* SubjectPublicKeyInfo; returns the length. */
#define KEY_PUBLIC_DER_BYTES_MAX 91
size_t key_public_der(uint8_t out[static KEY_PUBLIC_DER_BYTES_MAX], const struct key_public *public);
/* The same form only; the point must lie on the curve. */
bool key_public_parse(struct key_public *public, struct assay_bytes der);

/*
 * Verifier keys as C2SP signed-note writes them:
 * name "+" hex key id "+" base64(algorithm | key).
 */
/* Printable ASCII without space and plus: what a name is in every tool that reads one. */
bool key_name_is_good(struct assay_bytes name);
#define KEY_VERIFIER_BYTES_MAX (NOTE_NAME_BYTES_MAX + 1 + 8 + 1 + 44)
/* Writes no zero; returns the length. */
size_t key_verifier_format(char out[static KEY_VERIFIER_BYTES_MAX], const struct note_key *key);
/* key->name is borrowed from text. */
bool key_verifier_parse(struct note_key *key, struct assay_bytes text);

#endif
