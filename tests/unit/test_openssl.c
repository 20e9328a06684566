/* SPDX-License-Identifier: Apache-2.0 */
/* The adapter over OpenSSL: total, and valid only where everything is as it must be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "crypto/crypto.h"
#include "format/hex.h"
#include "rsa.h"
#include "sim/keys.h"

static const char message[] = "assay";

/* The order and the prime of P-256, big endian. */
static const uint8_t order[32] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};
static const uint8_t prime[32] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};
static const uint8_t ones[32] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};
static const uint8_t zero[32];

static uint8_t key[64];
static uint8_t other_key[64];
static uint8_t signature[64];

static struct sim_rsa rsa;
static uint8_t rsa_signature[256];

static int
setup(void **state)
{
	static const uint8_t secret[32] = { 42 };
	struct sim_signer signer = { 0 };
	struct sim_key made = { 0 };
	struct sim_key other = { 0 };

	(void)state;
	sim_signer_open(&signer);
	sim_key_make(&made, &signer, secret, "adapter", 0);
	sim_key_make(&other, &signer, secret, "adapter", 1);
	memcpy(key, made.public, 64);
	memcpy(other_key, other.public, 64);
	sim_sign(signature, &signer, &made, message, sizeof(message) - 1);
	sim_rsa_make(&rsa, secret, "adapter", 2048);
	sim_rsa_sign(rsa_signature, &signer, &rsa, message, sizeof(message) - 1);
	sim_key_free(&made);
	sim_key_free(&other);
	sim_signer_close(&signer);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sim_rsa_free(&rsa);
	return 0;
}

static struct assay_signature_item
ecdsa(const uint8_t k[static 64], const uint8_t s[static 64])
{
	return (struct assay_signature_item){ ASSAY_ECDSA_P256_SHA256, bytes_of(k, 64), bytes_of_text(message),
	    bytes_of(s, 64), false };
}

static struct assay_signature_item
rsa_item(void)
{
	return (struct assay_signature_item){ ASSAY_RSA_PKCS1_SHA256, bytes_of(rsa.modulus, rsa.modulus_len),
	    bytes_of_text(message), bytes_of(rsa_signature, sizeof(rsa_signature)), false };
}

/* A refusal leaves nothing in OpenSSL's queue of errors, which belongs to the caller. */
static bool
verify(struct assay_signature_item item)
{
	const bool valid = crypto_verify_one(assay_crypto_openssl(), item);

	assert_int_equal(ERR_peek_error(), 0);
	return valid;
}

static void
a_good_signature_is_valid(void **state)
{
	(void)state;
	assert_true(verify(ecdsa(key, signature)));
	assert_true(verify(rsa_item()));
	assert_false(verify(ecdsa(other_key, signature)));
}

/* What the program around us has not looked at yet is still there, in order, however much fails here. */
static void
errors_of_the_host_are_kept(void **state)
{
	struct assay_signature_item items[40];
	uint8_t bad_key[64];
	const uint8_t zeros[64] = { 0 };
	unsigned long first, second;

	(void)state;
	memset(bad_key, 0x11, sizeof(bad_key));
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		items[i] = i % 4 == 0 ? ecdsa(bad_key, signature) : i % 4 == 1 ? ecdsa(key, zeros) :
		    i % 4 == 2 ? rsa_item() : ecdsa(key, signature);
		if (i % 8 == 2) {
			items[i].message = bytes_of_text("another");
		}
	}
	ERR_clear_error();
	ERR_raise(ERR_LIB_USER, 1);
	first = ERR_peek_error();
	ERR_raise(ERR_LIB_USER, 2);
	second = ERR_peek_last_error();
	assay_crypto_openssl()->verify(NULL, items, sizeof(items) / sizeof(items[0]));
	assert_false(items[0].valid || items[1].valid || items[2].valid);
	assert_true(items[3].valid && items[6].valid);
	assert_int_equal(ERR_get_error(), first);
	assert_int_equal(ERR_get_error(), second);
	assert_int_equal(ERR_get_error(), 0);
}

static void
ecdsa_scalars_out_of_range_are_refused(void **state)
{
	static const uint8_t *const values[] = { zero, order, prime, ones };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		for (unsigned which = 1; which < 4; which++) {
			uint8_t bad[64];

			memcpy(bad, signature, 64);
			if ((which & 1) != 0) {
				memcpy(bad, values[i], 32);
			}
			if ((which & 2) != 0) {
				memcpy(bad + 32, values[i], 32);
			}
			assert_false(verify(ecdsa(key, bad)));
		}
	}
}

/* A flip anywhere: signature, key, message. */
static void
ecdsa_is_about_every_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < 64; i++) {
		uint8_t changed[64];

		memcpy(changed, signature, 64);
		changed[i] ^= 1;
		assert_false(verify(ecdsa(key, changed)));
		memcpy(changed, key, 64);
		changed[i] ^= 1;
		assert_false(verify(ecdsa(changed, signature)));
	}
	struct assay_signature_item item = ecdsa(key, signature);

	item.message = bytes_of("assaz", 5);
	assert_false(verify(item));
	item.message = bytes_of("assay", 4);
	assert_false(verify(item));
	item.message = bytes_of(NULL, 0);
	assert_false(verify(item));
}

static void
ecdsa_keys_that_are_no_point_are_refused(void **state)
{
	uint8_t bad[64];

	(void)state;
	/* The point at infinity has no affine coordinates; zeros are none either. */
	memset(bad, 0, 64);
	assert_false(verify(ecdsa(bad, signature)));
	memset(bad, 0xff, 64);
	assert_false(verify(ecdsa(bad, signature)));
	memcpy(bad, prime, 32);
	memcpy(bad + 32, key + 32, 32);
	assert_false(verify(ecdsa(bad, signature)));
	/* The halves the wrong way round. */
	memcpy(bad, key + 32, 32);
	memcpy(bad + 32, key, 32);
	assert_false(verify(ecdsa(bad, signature)));
	/* What has gone wrong leaves no trace. */
	assert_true(verify(ecdsa(key, signature)));
}

/* Longer than it should be, with the right bytes in front. */
static void
ecdsa_lengths_are_exact(void **state)
{
	uint8_t longer[65] = { 0 };

	(void)state;
	for (size_t len = 0; len <= 65; len++) {
		struct assay_signature_item item = ecdsa(key, signature);

		memcpy(longer, key, 64);
		item.key = bytes_of(longer, len);
		assert_int_equal(verify(item), len == 64);
		item = ecdsa(key, signature);
		memcpy(longer, signature, 64);
		item.signature = bytes_of(longer, len);
		assert_int_equal(verify(item), len == 64);
	}
	struct assay_signature_item item = ecdsa(key, signature);

	item.key = bytes_of(NULL, 0);
	item.signature = bytes_of(NULL, 0);
	assert_false(verify(item));
}

static void
rsa_sizes_and_exponents(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rsa_vectors) / sizeof(rsa_vectors[0]); i++) {
		uint8_t modulus[600];
		uint8_t signed_bytes[600];
		const size_t len = strlen(rsa_vectors[i].modulus) / 2;

		assert_int_equal(strlen(rsa_vectors[i].signature), 2 * len);
		assert_true(hex_decode(modulus, len, bytes_of_text(rsa_vectors[i].modulus)));
		assert_true(hex_decode(signed_bytes, len, bytes_of_text(rsa_vectors[i].signature)));
		if (verify((struct assay_signature_item){ ASSAY_RSA_PKCS1_SHA256, bytes_of(modulus, len),
		    bytes_of_text(message), bytes_of(signed_bytes, len), false }) != rsa_vectors[i].valid) {
			fail_msg("%s", rsa_vectors[i].reason);
		}
	}
}

static void
rsa_is_exact(void **state)
{
	uint8_t longer[257] = { 0 };
	struct assay_signature_item item;

	(void)state;
	for (size_t i = 0; i < 256; i += 15) {
		uint8_t changed[256];

		memcpy(changed, rsa_signature, 256);
		changed[i] ^= 1;
		item = rsa_item();
		item.signature = bytes_of(changed, 256);
		assert_false(verify(item));
	}
	for (size_t len = 0; len <= 257; len += len < 255 ? 51 : 1) {
		item = rsa_item();
		memcpy(longer, rsa_signature, 256);
		item.signature = bytes_of(longer, len);
		assert_int_equal(verify(item), len == 256);
		item = rsa_item();
		memcpy(longer, rsa.modulus, 256);
		item.key = bytes_of(longer, len);
		assert_int_equal(verify(item), len == 256);
	}
	/* The same number with a zero before it is another encoding: there is one only. */
	uint8_t padded_key[257] = { 0 };
	uint8_t padded_signature[257] = { 0 };

	memcpy(padded_key + 1, rsa.modulus, 256);
	memcpy(padded_signature + 1, rsa_signature, 256);
	item = rsa_item();
	item.key = bytes_of(padded_key, 257);
	item.signature = bytes_of(padded_signature, 257);
	assert_false(verify(item));
	item = rsa_item();
	item.message = bytes_of("assaz", 5);
	assert_false(verify(item));
	/* A modulus of zero, and an even one. */
	memset(padded_key, 0, 257);
	item = rsa_item();
	item.key = bytes_of(padded_key, 256);
	assert_false(verify(item));
	memcpy(padded_key, rsa.modulus, 256);
	padded_key[255] &= 0xfe;
	assert_false(verify(item));
}

/* Keys of one algorithm are not keys of the other, and none is none. */
static void
the_algorithm_is_told(void **state)
{
	struct assay_signature_item item = ecdsa(key, signature);

	(void)state;
	item.algorithm = ASSAY_RSA_PKCS1_SHA256;
	assert_false(verify(item));
	item = rsa_item();
	item.algorithm = ASSAY_ECDSA_P256_SHA256;
	assert_false(verify(item));
	item = ecdsa(key, signature);
	item.algorithm = ASSAY_ALGORITHM_NONE;
	item.valid = true;
	assay_crypto_openssl()->verify(NULL, &item, 1);
	assert_false(item.valid);
	item = ecdsa(key, signature);
	item.algorithm = (enum assay_algorithm)77;
	item.valid = true;
	assay_crypto_openssl()->verify(NULL, &item, 1);
	assert_false(item.valid);
}

/* Keys and signatures of RFC 8032, 7.1, tests 1 and 2. */
static const struct {
	const char *key;
	const char *message;
	const char *signature;
} ed25519_vectors[] = {
	{ "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
	    "d25bf5f0595bbe24655141438e7a100b" },
	{ "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "r",
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
	    "387b2eaeb4302aeeb00d291612bb0c00" },
};

static void
ed25519_is_exact(void **state)
{
	(void)state;
	for (size_t v = 0; v < 2; v++) {
		uint8_t k[33] = { 0 };
		uint8_t s[65] = { 0 };
		struct assay_signature_item good = { ASSAY_ED25519, bytes_of(k, 32),
			bytes_of_text(ed25519_vectors[v].message), bytes_of(s, 64), false };
		struct assay_signature_item item;

		assert_true(hex_decode(k, 32, bytes_of_text(ed25519_vectors[v].key)));
		assert_true(hex_decode(s, 64, bytes_of_text(ed25519_vectors[v].signature)));
		assert_true(verify(good));
		for (size_t i = 0; i < 96; i++) {
			uint8_t *byte = i < 64 ? &s[i] : &k[i - 64];

			*byte ^= 0x10;
			assert_false(verify(good));
			*byte ^= 0x10;
		}
		for (size_t len = 0; len <= 65; len += len < 30 ? 30 : 1) {
			item = good;
			item.signature = bytes_of(s, len);
			assert_int_equal(verify(item), len == 64);
			item = good;
			item.key = bytes_of(k, len < 33 ? len : 33);
			assert_int_equal(verify(item), len == 32);
		}
		item = good;
		item.message = bytes_of("x", 1);
		assert_false(verify(item));
		item.message = bytes_of(NULL, 0);
		assert_int_equal(verify(item), v == 0);
	}
}

/* Each item is decided by itself, whatever stands before it. */
static void
a_batch_is_its_items(void **state)
{
	uint8_t bad[64];
	struct assay_signature_item items[16];

	(void)state;
	memcpy(bad, signature, 64);
	bad[40] ^= 4;
	for (unsigned pattern = 0; pattern < 256; pattern += 5) {
		for (unsigned i = 0; i < 16; i++) {
			const bool good = (pattern >> (i % 8) & 1) != 0;

			items[i] = i == 3 ? rsa_item() : i == 11 ? (struct assay_signature_item){ 0 } :
			    ecdsa(key, good ? signature : bad);
			items[i].valid = !good;
		}
		assay_crypto_openssl()->verify(NULL, items, 16);
		for (unsigned i = 0; i < 16; i++) {
			assert_int_equal(items[i].valid, i == 3 || (i != 11 && (pattern >> (i % 8) & 1) != 0));
		}
	}
	assay_crypto_openssl()->verify(NULL, NULL, 0);
}

static void
sha256_is_over_the_parts_in_order(void **state)
{
	static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	static const char nothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	const struct assay_bytes parts[] = { bytes_of("a", 1), bytes_of(NULL, 0), bytes_of("bc", 2) };
	uint8_t expected[32];
	uint8_t digest[32];

	(void)state;
	assert_true(hex_decode(expected, 32, bytes_of_text(abc)));
	assay_crypto_openssl()->sha256(NULL, digest, parts, 3);
	assert_memory_equal(digest, expected, 32);
	crypto_sha256(assay_crypto_openssl(), digest, bytes_of("abc", 3));
	assert_memory_equal(digest, expected, 32);
	crypto_sha256_2(assay_crypto_openssl(), digest, bytes_of("ab", 2), bytes_of("c", 1));
	assert_memory_equal(digest, expected, 32);
	crypto_sha256_2(assay_crypto_openssl(), digest, bytes_of("c", 1), bytes_of("ab", 2));
	assert_memory_not_equal(digest, expected, 32);
	assert_true(hex_decode(expected, 32, bytes_of_text(nothing)));
	assay_crypto_openssl()->sha256(NULL, digest, NULL, 0);
	assert_memory_equal(digest, expected, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_signature_is_valid),
		cmocka_unit_test(errors_of_the_host_are_kept),
		cmocka_unit_test(ecdsa_scalars_out_of_range_are_refused),
		cmocka_unit_test(ecdsa_is_about_every_byte),
		cmocka_unit_test(ecdsa_keys_that_are_no_point_are_refused),
		cmocka_unit_test(ecdsa_lengths_are_exact),
		cmocka_unit_test(rsa_sizes_and_exponents),
		cmocka_unit_test(rsa_is_exact),
		cmocka_unit_test(the_algorithm_is_told),
		cmocka_unit_test(ed25519_is_exact),
		cmocka_unit_test(a_batch_is_its_items),
		cmocka_unit_test(sha256_is_over_the_parts_in_order),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
