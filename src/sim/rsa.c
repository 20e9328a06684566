/* SPDX-License-Identifier: Apache-2.0 */
/* RSA keys from a seed: the first fitting primes of a stream, exponent 65537. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "sim/keys.h"

#define RSA_PRIME_BYTES_MAX 256

static void
must_be(int good)
{
	if (!good) {
		abort();
	}
}

/* The first prime p of the stream, with its two top bits set, for which 65537 has an inverse. */
static BIGNUM *
prime_make(const uint8_t secret[static 32], const char *label, uint32_t which, int bits, BN_CTX *context)
{
	uint8_t bytes[RSA_PRIME_BYTES_MAX];
	const size_t len = (size_t)bits / 8;
	BIGNUM *prime = NULL;

	sim_derive(bytes, len, secret, label, which);
	bytes[0] |= 0xc0;
	bytes[len - 1] |= 1;
	prime = sim_must(BN_bin2bn(bytes, (int)len, NULL));
	for (;;) {
		if (BN_mod_word(prime, 65537) != 1 && BN_check_prime(prime, context, NULL) == 1) {
			return prime;
		}
		must_be(BN_add_word(prime, 2));
	}
}

static void
key_from_primes(struct sim_rsa *key, BIGNUM *p, BIGNUM *q, BN_CTX *context)
{
	BIGNUM *n = sim_must(BN_new());
	BIGNUM *e = sim_must(BN_new());
	BIGNUM *p1 = sim_must(BN_dup(p));
	BIGNUM *q1 = sim_must(BN_dup(q));
	BIGNUM *phi = sim_must(BN_new());
	BIGNUM *dp = sim_must(BN_new());
	BIGNUM *dq = sim_must(BN_new());

	must_be(BN_set_word(e, 65537) && BN_mul(n, p, q, context) && BN_sub_word(p1, 1) && BN_sub_word(q1, 1) &&
	    BN_mul(phi, p1, q1, context));

	BIGNUM *d = sim_must(BN_mod_inverse(NULL, e, phi, context));
	BIGNUM *inverse = sim_must(BN_mod_inverse(NULL, q, p, context));

	must_be(BN_mod(dp, d, p1, context) && BN_mod(dq, d, q1, context));
	key->rsa = sim_must(RSA_new());
	key->modulus_len = (size_t)BN_num_bytes(n);
	must_be(key->modulus_len <= sizeof(key->modulus) && BN_bn2bin(n, key->modulus) == (int)key->modulus_len);
	must_be(RSA_set0_key(key->rsa, n, e, d) && RSA_set0_factors(key->rsa, p, q) &&
	    RSA_set0_crt_params(key->rsa, dp, dq, inverse));
	BN_free(p1);
	BN_free(q1);
	BN_free(phi);

	uint8_t digest[32];

	sim_sha256(digest, key->modulus, key->modulus_len);
	memcpy(key->key_id, digest, sizeof(key->key_id));
}

void
sim_rsa_make(struct sim_rsa *key, const uint8_t secret[static 32], const char *label, int bits)
{
	BN_CTX *context = sim_must(BN_CTX_new());
	BIGNUM *p = prime_make(secret, label, 0, bits / 2, context);
	BIGNUM *q = prime_make(secret, label, 1, bits / 2, context);

	key_from_primes(key, p, q, context);
	BN_CTX_free(context);
}

void
sim_rsa_write(struct sim_buffer *out, const struct sim_rsa *key)
{
	const BIGNUM *primes[2];

	RSA_get0_factors(key->rsa, &primes[0], &primes[1]);
	for (size_t i = 0; i < 2; i++) {
		char *hex = sim_must(BN_bn2hex(primes[i]));

		sim_put_text(out, hex);
		sim_put_byte(out, '\n');
		OPENSSL_free(hex);
	}
}

bool
sim_rsa_read(struct sim_rsa *key, const char *text, int bits)
{
	const char *second = strchr(text, '\n');
	BIGNUM *p = NULL;
	BIGNUM *q = NULL;
	BN_CTX *context = sim_must(BN_CTX_new());
	const bool good = second != NULL && BN_hex2bn(&p, text) == bits / 8 && BN_hex2bn(&q, second + 1) == bits / 8 &&
	    BN_check_prime(p, context, NULL) == 1 && BN_check_prime(q, context, NULL) == 1 && BN_cmp(p, q) != 0;

	if (good) {
		key_from_primes(key, p, q, context);
	} else {
		BN_free(p);
		BN_free(q);
	}
	BN_CTX_free(context);
	return good;
}

void
sim_rsa_free(struct sim_rsa *key)
{
	RSA_free(key->rsa);
	*key = (struct sim_rsa){ 0 };
}

void
sim_rsa_sign(uint8_t *out, struct sim_signer *signer, const struct sim_rsa *key, const void *data, size_t len)
{
	struct sim_kept_rsa_signature *kept = signer->kept_rsa;
	uint8_t digest[32];
	unsigned written = 0;

	sim_sha256(digest, data, len);
	for (size_t i = 0; i < SIM_RSA_SIGNATURES_KEPT; i++) {
		if (memcmp(kept[i].digest, digest, sizeof(digest)) == 0 &&
		    memcmp(kept[i].key_id, key->key_id, sizeof(key->key_id)) == 0) {
			memcpy(out, kept[i].signature, key->modulus_len);
			return;
		}
	}
	kept = &signer->kept_rsa[signer->kept_rsa_next++ % SIM_RSA_SIGNATURES_KEPT];
	must_be(RSA_sign(NID_sha256, digest, sizeof(digest), kept->signature, &written, key->rsa) == 1 &&
	    written == key->modulus_len);
	memcpy(kept->digest, digest, sizeof(digest));
	memcpy(kept->key_id, key->key_id, sizeof(key->key_id));
	memcpy(out, kept->signature, key->modulus_len);
}
