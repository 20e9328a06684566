/* SPDX-License-Identifier: Apache-2.0 */
/* Keys made from a seed, and signatures without chance. */
#ifndef SIM_KEYS_H
#define SIM_KEYS_H

#include "sim/buffer.h"

struct bignum_st;
struct rsa_st;
struct bignum_ctx;
struct ec_group_st;
struct ec_point_st;

/* Digests. */
struct sim_part {
	const void *data;
	size_t len;
};
void sim_sha256(uint8_t digest[static 32], const void *data, size_t len);
void sim_hmac(uint8_t digest[static 32], const uint8_t key[static 32], const struct sim_part *parts, size_t count);
/* Bytes that depend on the secret, the label and the number only. */
void sim_derive(uint8_t *out, size_t len, const uint8_t secret[static 32], const char *label, uint32_t number);

/* A P-256 key. */
struct sim_key {
	struct bignum_st *secret;
	uint8_t public[64];		/* x||y */
	uint8_t nonce_secret[32];
	uint8_t key_id[20];		/* for subject and authority key identifiers */
};

/* An RSA key with its public parts as bytes. */
struct sim_rsa {
	struct rsa_st *rsa;
	uint8_t modulus[512];
	size_t modulus_len;
	uint8_t key_id[20];
};

#define SIM_SIGNATURES_KEPT 4096

struct sim_kept_signature {
	uint8_t key_id[20];	/* keys come and go: their address would not do */
	uint8_t digest[32];
	uint8_t signature[64];
};

#define SIM_RSA_SIGNATURES_KEPT 8

struct sim_kept_rsa_signature {
	uint8_t key_id[20];
	uint8_t digest[32];
	uint8_t signature[512];
};

/* What signing needs.  One for each vendor. */
struct sim_signer {
	struct sim_kept_rsa_signature kept_rsa[SIM_RSA_SIGNATURES_KEPT];
	unsigned kept_rsa_next;
	struct ec_group_st *group;
	struct ec_point_st *point;
	struct bignum_ctx *context;
	struct bignum_st *k, *r, *s, *e, *inverse;
	struct sim_kept_signature *kept;	/* of SIM_SIGNATURES_KEPT: signing is a function */
};

void sim_signer_open(struct sim_signer *signer);
void sim_signer_close(struct sim_signer *signer);

void sim_key_make(struct sim_key *key, struct sim_signer *signer, const uint8_t secret[static 32],
    const char *label, uint32_t number);
void sim_key_free(struct sim_key *key);
/* r||s over the SHA-256 of the data. */
void sim_sign(uint8_t signature[static 64], struct sim_signer *signer, const struct sim_key *key,
    const void *data, size_t len);

/* The same with s in the lower half of the order, as the register wants it. */
void sim_sign_low(uint8_t signature[static 64], struct sim_signer *signer, const struct sim_key *key,
    const void *data, size_t len);
/* The secret number itself, big endian, for a key file. */
void sim_key_secret(uint8_t secret[static 32], const struct sim_key *key);

void sim_rsa_make(struct sim_rsa *key, const uint8_t secret[static 32], const char *label, int bits);
/* The primes as two lines of hex, and back; false where the text is not that. */
void sim_rsa_write(struct sim_buffer *out, const struct sim_rsa *key);
bool sim_rsa_read(struct sim_rsa *key, const char *text, int bits);
void sim_rsa_free(struct sim_rsa *key);
/* PKCS #1 version 1.5 with SHA-256; out has modulus_len bytes. */
void sim_rsa_sign(uint8_t *out, struct sim_signer *signer, const struct sim_rsa *key, const void *data, size_t len);

#endif
