/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The crypto port over OpenSSL 3.
 *
 * Keys arrive as raw points and moduli.  OpenSSL's key and certificate
 * decoders cost more than two verifications, so the low-level calls are used:
 * one shared group, and one key object for a whole batch.  They are marked as
 * deprecated in OpenSSL 3 but are the only ones that take raw input without a
 * decoder; doc/adr/0003 has the figures.
 */
#define OPENSSL_API_COMPAT 0x10101000L
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "crypto/crypto.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static CRYPTO_ONCE p256_once = CRYPTO_ONCE_STATIC_INIT;
static EC_GROUP *p256_group;

static void
p256_init(void)
{
	p256_group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
}

/* Without memory there is no answer, and a wrong one would be worse than none. */
static void *
must(void *p)
{
	if (p == NULL) {
		abort();
	}
	return p;
}

static void
sha256_of(uint8_t digest[static SHA256_DIGEST_LENGTH], struct assay_bytes message)
{
	SHA256_CTX sha;

	/* The one-shot call looks the algorithm up each time. */
	if (!SHA256_Init(&sha) || (message.len != 0 && !SHA256_Update(&sha, message.data, message.len)) ||
	    !SHA256_Final(digest, &sha)) {
		abort();
	}
}

struct p256_objects {
	EC_KEY *key;
	EC_POINT *point;
};

static void
p256_open(struct p256_objects *objects)
{
	if (!CRYPTO_THREAD_run_once(&p256_once, p256_init)) {
		abort();
	}
	objects->key = must(EC_KEY_new());
	if (!EC_KEY_set_group(objects->key, must(p256_group))) {
		abort();
	}
	objects->point = must(EC_POINT_new(p256_group));
}

static void
p256_close(struct p256_objects *objects)
{
	EC_POINT_free(objects->point);
	EC_KEY_free(objects->key);
}

static bool
p256_verify(struct p256_objects *objects, const struct assay_signature_item *item)
{
	uint8_t encoded[65] = { POINT_CONVERSION_UNCOMPRESSED };
	uint8_t digest[SHA256_DIGEST_LENGTH];

	if (item->key.len != 64 || item->signature.len != 64) {
		return false;
	}
	bytes_copy(encoded + 1, item->key, 64);
	/* oct2point refuses what is not on the curve, and the point at infinity has no such encoding. */
	if (!EC_POINT_oct2point(p256_group, objects->point, encoded, sizeof(encoded), NULL) ||
	    !EC_KEY_set_public_key(objects->key, objects->point)) {
		return false;
	}
	sha256_of(digest, item->message);

	const struct assay_bytes r = bytes_slice(item->signature, 0, 32);
	const struct assay_bytes s = bytes_slice(item->signature, 32, 32);
	ECDSA_SIG *signature = must(ECDSA_SIG_new());

	if (!ECDSA_SIG_set0(signature, must(BN_bin2bn(r.data, 32, NULL)), must(BN_bin2bn(s.data, 32, NULL)))) {
		abort();
	}

	const bool valid = ECDSA_do_verify(digest, sizeof(digest), signature, objects->key) == 1;

	ECDSA_SIG_free(signature);
	return valid;
}

static bool
rsa_verify(const struct assay_signature_item *item)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];

	if (item->key.len < 256 || item->key.len > 512 || item->signature.len != item->key.len ||
	    item->key.data[0] == 0) {
		return false;
	}

	RSA *rsa = must(RSA_new());
	BIGNUM *exponent = must(BN_new());

	if (!BN_set_word(exponent, RSA_F4) ||
	    !RSA_set0_key(rsa, must(BN_bin2bn(item->key.data, (int)item->key.len, NULL)), exponent, NULL)) {
		abort();
	}
	sha256_of(digest, item->message);

	const bool valid = RSA_verify(NID_sha256, digest, sizeof(digest), item->signature.data,
	    (unsigned)item->signature.len, rsa) == 1;

	RSA_free(rsa);
	return valid;
}

/* Checkpoints are few: the ordinary calls will do. */
static bool
ed25519_verify(const struct assay_signature_item *item)
{
	if (item->key.len != 32 || item->signature.len != 64) {
		return false;
	}
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, item->key.data, 32);
	EVP_MD_CTX *context = must(EVP_MD_CTX_new());
	const bool valid = key != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(context, item->signature.data, 64, item->message.data, item->message.len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return valid;
}

static void
openssl_verify(void *context, struct assay_signature_item *items, size_t count)
{
	struct p256_objects objects;
	bool open = false;

	(void)context;
	for (size_t i = 0; i < count; i++) {
		items[i].valid = false;
		/* What fails here is an answer: the program around us finds its errors as it
		 * left them.  Nothing is marked where it has none, and then all go. */
		(void)ERR_set_mark();
		switch (items[i].algorithm) {
		case ASSAY_ECDSA_P256_SHA256:
			if (!open) {
				p256_open(&objects);
				open = true;
			}
			items[i].valid = p256_verify(&objects, &items[i]);
			break;
		case ASSAY_RSA_PKCS1_SHA256:
			items[i].valid = rsa_verify(&items[i]);
			break;
		case ASSAY_ED25519:
			items[i].valid = ed25519_verify(&items[i]);
			break;
		case ASSAY_ALGORITHM_NONE:
		default:
			break;
		}
		(void)ERR_pop_to_mark();
	}
	if (open) {
		p256_close(&objects);
	}
}

static void
openssl_sha256(void *context, uint8_t digest[32], const struct assay_bytes *parts, size_t count)
{
	SHA256_CTX sha;

	(void)context;
	if (!SHA256_Init(&sha)) {
		abort();
	}
	for (size_t i = 0; i < count; i++) {
		if (parts[i].len != 0 && !SHA256_Update(&sha, parts[i].data, parts[i].len)) {
			abort();
		}
	}
	if (!SHA256_Final(digest, &sha)) {
		abort();
	}
}

const struct assay_crypto *
assay_crypto_openssl(void)
{
	static const struct assay_crypto crypto = { NULL, openssl_verify, openssl_sha256 };

	return &crypto;
}
