/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs over OpenSSL 3's EVP calls: keys are few, so nothing faster is asked for. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "crypto/crypto.h"
#include "format/der.h"
#include "keys/keys.h"

/* What stands before the point and the key in a SubjectPublicKeyInfo. */
static const uint8_t p256_head[27] = {
	0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04
};
static const uint8_t ed25519_head[12] = {
	0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
};

/* ---- pairs ------------------------------------------------------------ */

static bool
coordinate_of(uint8_t out[static 32], const EVP_PKEY *secret, const char *name)
{
	BIGNUM *value = NULL;
	const bool good = EVP_PKEY_get_bn_param(secret, name, &value) == 1 && BN_bn2binpad(value, out, 32) == 32;

	BN_free(value);
	return good;
}

/* A file may hold a private number beside the point of another key. */
static bool
halves_agree(EVP_PKEY *secret)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, secret, NULL);
	const bool agree = context != NULL && EVP_PKEY_check(context) == 1;

	EVP_PKEY_CTX_free(context);
	return agree;
}

static bool
read_public(struct key_public *public, EVP_PKEY *secret)
{
	char group[32];
	size_t len = 0;

	memset(public, 0, sizeof(*public));
	if (EVP_PKEY_is_a(secret, "ED25519") == 1) {
		len = 32;
		public->algorithm = KEY_ED25519;
		return EVP_PKEY_get_raw_public_key(secret, public->bytes, &len) == 1 && len == 32;
	}
	public->algorithm = KEY_P256;
	return EVP_PKEY_is_a(secret, "EC") == 1 &&
	    EVP_PKEY_get_group_name(secret, group, sizeof(group), &len) == 1 &&
	    strcmp(group, SN_X9_62_prime256v1) == 0 &&
	    coordinate_of(public->bytes, secret, OSSL_PKEY_PARAM_EC_PUB_X) &&
	    coordinate_of(public->bytes + 32, secret, OSSL_PKEY_PARAM_EC_PUB_Y);
}

bool
key_adopt(struct key_pair *pair, EVP_PKEY *secret)
{
	memset(pair, 0, sizeof(*pair));
	if (secret == NULL || !read_public(&pair->public, secret) ||
	    (pair->public.algorithm == KEY_P256 && !halves_agree(secret))) {
		ERR_clear_error();
		EVP_PKEY_free(secret);
		memset(pair, 0, sizeof(*pair));
		return false;
	}
	pair->secret = secret;
	return true;
}

bool
key_generate(struct key_pair *pair, enum key_algorithm algorithm)
{
	switch (algorithm) {
	case KEY_P256:
		return key_adopt(pair, EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"));
	case KEY_ED25519:
		return key_adopt(pair, EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	case KEY_ALGORITHM_NONE:
	default:
		return key_adopt(pair, NULL);
	}
}

void
key_release(struct key_pair *pair)
{
	EVP_PKEY_free(pair->secret);
	memset(pair, 0, sizeof(*pair));
}

void
key_forget(void *data, size_t len)
{
	OPENSSL_cleanse(data, len);
}

/* ---- signatures ------------------------------------------------------- */

/* (r, s) and (r, n - s) are both signatures of the message; the smaller s is the one. */
static bool
make_s_low(uint8_t s[static 32], const EVP_PKEY *secret)
{
	BIGNUM *order = NULL;
	BIGNUM *half = BN_new();
	BIGNUM *value = BN_bin2bn(s, 32, NULL);
	bool good = half != NULL && value != NULL &&
	    EVP_PKEY_get_bn_param(secret, OSSL_PKEY_PARAM_EC_ORDER, &order) == 1 && BN_rshift1(half, order) == 1;

	if (good && BN_cmp(value, half) > 0) {
		good = BN_sub(value, order, value) == 1 && BN_bn2binpad(value, s, 32) == 32;
	}
	BN_free(order);
	BN_free(half);
	BN_free(value);
	return good;
}

static bool
sign_p256(const struct key_pair *pair, EVP_MD_CTX *context, uint8_t signature[static 64], struct assay_bytes message)
{
	uint8_t der[80];
	size_t len = sizeof(der);

	/* OpenSSL mixes key and digest into the secret number: a poor source of randomness does not betray the key. */
	return EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pair->secret) == 1 &&
	    EVP_DigestSign(context, der, &len, message.data, message.len) == 1 &&
	    der_ecdsa_signature(signature, bytes_of(der, len)) && make_s_low(signature + 32, pair->secret);
}

static bool
sign_ed25519(const struct key_pair *pair, EVP_MD_CTX *context, uint8_t signature[static 64],
    struct assay_bytes message)
{
	size_t len = 64;

	return EVP_DigestSignInit(context, NULL, NULL, NULL, pair->secret) == 1 &&
	    EVP_DigestSign(context, signature, &len, message.data, message.len) == 1 && len == 64;
}

bool
key_sign(const struct key_pair *pair, uint8_t signature[static 64], struct assay_bytes message)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context != NULL && pair->secret != NULL;

	/* No bytes at all have no address; OpenSSL wants one. */
	message.data = message.len != 0 ? message.data : (const uint8_t *)"";
	if (good) {
		good = pair->public.algorithm == KEY_P256 ? sign_p256(pair, context, signature, message) :
		    sign_ed25519(pair, context, signature, message);
	}
	EVP_MD_CTX_free(context);
	if (!good) {
		memset(signature, 0, 64);
		ERR_clear_error();
	}
	return good;
}

/* ---- public halves ---------------------------------------------------- */

struct assay_bytes
key_public_bytes(const struct key_public *public)
{
	return bytes_of(public->bytes, public->algorithm == KEY_P256 ? 64 : 32);
}

bool
key_public_equal(const struct key_public *a, const struct key_public *b)
{
	return a->algorithm == b->algorithm && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

size_t
key_compressed(uint8_t out[static 33], const struct key_public *public)
{
	memset(out, 0, 33);
	if (public->algorithm != KEY_P256) {
		memcpy(out, public->bytes, 32);
		return 32;
	}
	out[0] = (uint8_t)(POINT_CONVERSION_COMPRESSED | (public->bytes[63] & 1));
	memcpy(out + 1, public->bytes, 32);
	return 33;
}

void
key_id(uint8_t id[static 32], const struct key_public *public)
{
	uint8_t compressed[33];
	const size_t len = key_compressed(compressed, public);

	crypto_sha256(assay_crypto_openssl(), id, bytes_of(compressed, len));
}

size_t
key_public_der(uint8_t out[static KEY_PUBLIC_DER_BYTES_MAX], const struct key_public *public)
{
	const struct assay_bytes bytes = key_public_bytes(public);
	const bool p256 = public->algorithm == KEY_P256;
	const size_t head = p256 ? sizeof(p256_head) : sizeof(ed25519_head);

	memcpy(out, p256 ? p256_head : ed25519_head, head);
	memcpy(out + head, bytes.data, bytes.len);
	return head + bytes.len;
}

static bool
is_on_curve(struct assay_bytes der)
{
	const uint8_t *data = der.data;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &data, (long)der.len);
	const bool good = key != NULL;

	EVP_PKEY_free(key);
	ERR_clear_error();
	return good;
}

bool
key_public_parse(struct key_public *public, struct assay_bytes der)
{
	memset(public, 0, sizeof(*public));
	if (der.len == sizeof(p256_head) + 64 && memcmp(der.data, p256_head, sizeof(p256_head)) == 0) {
		public->algorithm = KEY_P256;
		bytes_copy(public->bytes, bytes_slice(der, sizeof(p256_head), 64), 64);
		return is_on_curve(der);
	}
	if (der.len == sizeof(ed25519_head) + 32 && memcmp(der.data, ed25519_head, sizeof(ed25519_head)) == 0) {
		public->algorithm = KEY_ED25519;
		bytes_copy(public->bytes, bytes_slice(der, sizeof(ed25519_head), 32), 32);
		return true;
	}
	return false;
}
