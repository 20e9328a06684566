/* SPDX-License-Identifier: Apache-2.0 */
/*
 * P-256 keys from a seed, and ECDSA whose secret number is a function of key
 * and digest.  The low-level calls are used: a simulated quote is made a
 * million times in a row, and they take raw numbers without a decoder.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "sim/keys.h"

static void
must_be(int good)
{
	if (!good) {
		abort();
	}
}

void
sim_sha256(uint8_t digest[static 32], const void *data, size_t len)
{
	SHA256_CTX sha;

	SHA256_Init(&sha);
	SHA256_Update(&sha, data, len);
	SHA256_Final(digest, &sha);
}

void
sim_hmac(uint8_t digest[static 32], const uint8_t key[static 32], const struct sim_part *parts, size_t count)
{
	uint8_t pad[64];
	SHA256_CTX sha;

	memset(pad, 0x36, sizeof(pad));
	for (size_t i = 0; i < 32; i++) {
		pad[i] ^= key[i];
	}
	SHA256_Init(&sha);
	SHA256_Update(&sha, pad, sizeof(pad));
	for (size_t i = 0; i < count; i++) {
		SHA256_Update(&sha, parts[i].data, parts[i].len);
	}
	SHA256_Final(digest, &sha);
	for (size_t i = 0; i < sizeof(pad); i++) {
		pad[i] ^= 0x36 ^ 0x5c;
	}
	SHA256_Init(&sha);
	SHA256_Update(&sha, pad, sizeof(pad));
	SHA256_Update(&sha, digest, 32);
	SHA256_Final(digest, &sha);
}

void
sim_derive(uint8_t *out, size_t len, const uint8_t secret[static 32], const char *label, uint32_t number)
{
	uint8_t counter[8];
	uint8_t block[32];

	sim_store_le32(counter, number);
	for (uint32_t i = 0; len != 0; i++) {
		const size_t take = len < sizeof(block) ? len : sizeof(block);

		sim_store_le32(counter + 4, i);
		sim_hmac(block, secret, (const struct sim_part[]){ { label, strlen(label) + 1 }, { counter, 8 } }, 2);
		memcpy(out, block, take);
		out += take;
		len -= take;
	}
}

void
sim_signer_open(struct sim_signer *signer)
{
	signer->group = sim_must(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
	signer->point = sim_must(EC_POINT_new(signer->group));
	signer->context = sim_must(BN_CTX_new());
	signer->k = sim_must(BN_new());
	signer->r = sim_must(BN_new());
	signer->s = sim_must(BN_new());
	signer->e = sim_must(BN_new());
	signer->inverse = sim_must(BN_new());
	signer->kept = sim_must(calloc(SIM_SIGNATURES_KEPT, sizeof(*signer->kept)));
}

void
sim_signer_close(struct sim_signer *signer)
{
	EC_POINT_free(signer->point);
	EC_GROUP_free(signer->group);
	BN_CTX_free(signer->context);
	BN_free(signer->k);
	BN_free(signer->r);
	BN_free(signer->s);
	BN_free(signer->e);
	BN_free(signer->inverse);
	free(signer->kept);
}

void
sim_key_make(struct sim_key *key, struct sim_signer *signer, const uint8_t secret[static 32],
    const char *label, uint32_t number)
{
	uint8_t bytes[40];
	BIGNUM *y = sim_must(BN_new());

	/* 64 bits more than the order: the remainder is as good as uniform. */
	sim_derive(bytes, sizeof(bytes), secret, label, number);
	key->secret = sim_must(BN_bin2bn(bytes, sizeof(bytes), NULL));
	must_be(BN_nnmod(key->secret, key->secret, EC_GROUP_get0_order(signer->group), signer->context));
	if (BN_is_zero(key->secret)) {
		BN_one(key->secret);
	}
	sim_hmac(key->nonce_secret, secret, (const struct sim_part[]){ { "nonce", 6 }, { bytes, sizeof(bytes) } }, 2);
	must_be(EC_POINT_mul(signer->group, signer->point, key->secret, NULL, NULL, signer->context) &&
	    EC_POINT_get_affine_coordinates(signer->group, signer->point, signer->r, y, signer->context) &&
	    BN_bn2binpad(signer->r, key->public, 32) == 32 && BN_bn2binpad(y, key->public + 32, 32) == 32);
	BN_free(y);

	uint8_t digest[32];

	sim_sha256(digest, key->public, sizeof(key->public));
	memcpy(key->key_id, digest, sizeof(key->key_id));
}

void
sim_key_free(struct sim_key *key)
{
	BN_free(key->secret);
	*key = (struct sim_key){ 0 };
}

static void
sign_digest(uint8_t signature[static 64], struct sim_signer *signer, const struct sim_key *key,
    const uint8_t digest[static 32])
{
	const BIGNUM *order = EC_GROUP_get0_order(signer->group);
	uint8_t bytes[32];

	sim_must(BN_bin2bn(digest, 32, signer->e));
	for (uint8_t attempt = 0;; attempt++) {
		sim_hmac(bytes, key->nonce_secret,
		    (const struct sim_part[]){ { digest, 32 }, { &attempt, 1 } }, 2);
		sim_must(BN_bin2bn(bytes, sizeof(bytes), signer->k));
		if (BN_is_zero(signer->k) || BN_cmp(signer->k, order) >= 0) {
			continue;
		}
		must_be(EC_POINT_mul(signer->group, signer->point, signer->k, NULL, NULL, signer->context) &&
		    EC_POINT_get_affine_coordinates(signer->group, signer->point, signer->r, NULL, signer->context) &&
		    BN_nnmod(signer->r, signer->r, order, signer->context));
		/* s = (e + r d) / k */
		sim_must(BN_mod_inverse(signer->inverse, signer->k, order, signer->context));
		must_be(BN_mod_mul(signer->s, signer->r, key->secret, order, signer->context) &&
		    BN_mod_add(signer->s, signer->s, signer->e, order, signer->context) &&
		    BN_mod_mul(signer->s, signer->s, signer->inverse, order, signer->context));
		if (!BN_is_zero(signer->r) && !BN_is_zero(signer->s)) {
			break;
		}
	}
	must_be(BN_bn2binpad(signer->r, signature, 32) == 32 && BN_bn2binpad(signer->s, signature + 32, 32) == 32);
}

void
sim_sign(uint8_t signature[static 64], struct sim_signer *signer, const struct sim_key *key,
    const void *data, size_t len)
{
	uint8_t digest[32];

	sim_sha256(digest, data, len);

	struct sim_kept_signature *kept =
	    &signer->kept[(((size_t)digest[0] << 8 | digest[1]) ^ key->key_id[0]) % SIM_SIGNATURES_KEPT];

	if (memcmp(kept->key_id, key->key_id, sizeof(key->key_id)) != 0 ||
	    memcmp(kept->digest, digest, sizeof(digest)) != 0) {
		sign_digest(kept->signature, signer, key, digest);
		memcpy(kept->key_id, key->key_id, sizeof(key->key_id));
		memcpy(kept->digest, digest, sizeof(digest));
	}
	memcpy(signature, kept->signature, 64);
}

void
sim_sign_low(uint8_t signature[static 64], struct sim_signer *signer, const struct sim_key *key,
    const void *data, size_t len)
{
	const BIGNUM *order = EC_GROUP_get0_order(signer->group);

	sim_sign(signature, signer, key, data, len);
	/* Of the two values that verify, the lower one: s and the order less s. */
	sim_must(BN_bin2bn(signature + 32, 32, signer->s));
	must_be(BN_sub(signer->e, order, signer->s));
	if (BN_cmp(signer->e, signer->s) < 0) {
		must_be(BN_bn2binpad(signer->e, signature + 32, 32) == 32);
	}
}

void
sim_key_secret(uint8_t secret[static 32], const struct sim_key *key)
{
	must_be(BN_bn2binpad(key->secret, secret, 32) == 32);
}
