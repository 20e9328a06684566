/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted private keys: PBES2 (RFC 8018) with scrypt (RFC 7914) or PBKDF2, and AES-256-CBC. */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "format/der.h"
#include "keys/envelope.h"

#define AES_BLOCK_BYTES ((size_t)16)
#define AES_KEY_BYTES ((size_t)32)
#define SALT_BYTES 16
/* scrypt's table is 128 N r; what else it takes is far below this. */
#define SCRYPT_MEMORY_MAX ((uint64_t)(160 * 1024 * 1024))

static const uint8_t oid_pbes2[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d };
static const uint8_t oid_pbkdf2[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c };
static const uint8_t oid_scrypt[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b };
static const uint8_t oid_hmac_sha256[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09 };
static const uint8_t oid_aes256_cbc[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a };

#define IS_OID(bytes, oid) bytes_equal(bytes, bytes_of(oid, sizeof(oid)))

/* ---- reading ---------------------------------------------------------- */

/* What does not fit is too much for every limit. */
static uint32_t
take_number(struct cursor *c)
{
	const struct assay_bytes digits = der_unsigned(c);
	uint32_t value = 0;

	if (digits.len > 4) {
		return UINT32_MAX;
	}
	for (size_t i = 0; i < digits.len; i++) {
		value = value << 8 | digits.data[i];
	}
	return value;
}

/* The optional length of the derived key can only be that of AES-256. */
static bool
skip_key_length(struct cursor *c)
{
	return !der_next_is(c, DER_INTEGER) || take_number(c) == AES_KEY_BYTES;
}

static enum key_result
parse_scrypt(struct key_file *file, struct cursor *c)
{
	struct cursor parameters = der_enter(c, DER_SEQUENCE);
	struct key_cost *cost = &file->cost;

	file->derivation = KEY_SCRYPT;
	file->salt = der_take(&parameters, DER_OCTET_STRING);
	cost->n = take_number(&parameters);
	cost->r = take_number(&parameters);
	cost->p = take_number(&parameters);
	if (!skip_key_length(&parameters) || !cursor_done(&parameters) || !cursor_done(c) ||
	    file->salt.len > KEY_SALT_BYTES_MAX) {
		return KEY_NOT_A_KEY;
	}
	/* Each product is looked at before the next one could overflow. */
	if (cost->n < KEY_SCRYPT_N_MIN || (cost->n & (cost->n - 1)) != 0 || cost->r == 0 || cost->p == 0 ||
	    (uint64_t)cost->n * cost->r > KEY_SCRYPT_N_R_MAX ||
	    (uint64_t)cost->n * cost->r * cost->p > KEY_SCRYPT_WORK_MAX) {
		return KEY_TOO_COSTLY;
	}
	return KEY_GOOD;
}

static enum key_result
parse_pbkdf2(struct key_file *file, struct cursor *c)
{
	struct cursor parameters = der_enter(c, DER_SEQUENCE);

	file->derivation = KEY_PBKDF2;
	file->salt = der_take(&parameters, DER_OCTET_STRING);
	file->cost.n = take_number(&parameters);
	const bool length = skip_key_length(&parameters);

	/* Without an algorithm SHA-1 is meant. */
	if (cursor_done(&parameters)) {
		return KEY_OTHER_CIPHER;
	}
	struct cursor prf = der_enter(&parameters, DER_SEQUENCE);
	const struct assay_bytes oid = der_take(&prf, DER_OID);

	if (der_next_is(&prf, DER_NULL) && der_take(&prf, DER_NULL).len != 0) {
		return KEY_NOT_A_KEY;
	}
	if (!length || !cursor_done(&prf) || !cursor_done(&parameters) || !cursor_done(c) ||
	    file->salt.len > KEY_SALT_BYTES_MAX) {
		return KEY_NOT_A_KEY;
	}
	if (!IS_OID(oid, oid_hmac_sha256)) {
		return KEY_OTHER_CIPHER;
	}
	return file->cost.n == 0 || file->cost.n > KEY_PBKDF2_ITERATIONS_MAX ? KEY_TOO_COSTLY : KEY_GOOD;
}

static enum key_result
parse_cipher(struct key_file *file, struct cursor *c)
{
	const struct assay_bytes oid = der_take(c, DER_OID);

	if (!c->bad && !IS_OID(oid, oid_aes256_cbc)) {
		return KEY_OTHER_CIPHER;
	}
	file->iv = der_take(c, DER_OCTET_STRING);
	return cursor_done(c) && file->iv.len == AES_BLOCK_BYTES ? KEY_GOOD : KEY_NOT_A_KEY;
}

enum key_result
envelope_parse(struct key_file *file, struct assay_bytes der)
{
	struct cursor c = cursor_over(der);
	struct cursor outer = der_enter(&c, DER_SEQUENCE);
	struct cursor scheme = der_enter(&outer, DER_SEQUENCE);

	file->secret = der_take(&outer, DER_OCTET_STRING);
	const struct assay_bytes scheme_oid = der_take(&scheme, DER_OID);

	if (!cursor_done(&c) || !cursor_done(&outer) || scheme.bad || file->secret.len == 0) {
		return KEY_NOT_A_KEY;
	}
	if (!IS_OID(scheme_oid, oid_pbes2)) {
		return KEY_OTHER_CIPHER;
	}
	struct cursor both = der_enter(&scheme, DER_SEQUENCE);
	struct cursor derivation = der_enter(&both, DER_SEQUENCE);
	struct cursor cipher = der_enter(&both, DER_SEQUENCE);
	const struct assay_bytes oid = der_take(&derivation, DER_OID);

	if (!cursor_done(&both) || !cursor_done(&scheme) || derivation.bad) {
		return KEY_NOT_A_KEY;
	}
	enum key_result result = parse_cipher(file, &cipher);

	if (result != KEY_GOOD) {
		return result;
	}
	if (file->secret.len % AES_BLOCK_BYTES != 0) {
		return KEY_NOT_A_KEY;
	}
	if (IS_OID(oid, oid_scrypt)) {
		result = parse_scrypt(file, &derivation);
	} else if (IS_OID(oid, oid_pbkdf2)) {
		result = parse_pbkdf2(file, &derivation);
	} else {
		result = KEY_OTHER_CIPHER;
	}
	return result;
}

/* ---- opening ---------------------------------------------------------- */

static bool
derive(uint8_t key[static AES_KEY_BYTES], const struct key_file *file, struct assay_bytes passphrase)
{
	const char *word = passphrase.len != 0 ? (const char *)passphrase.data : "";
	const uint8_t *salt = file->salt.len != 0 ? file->salt.data : (const uint8_t *)"";

	if (file->derivation == KEY_SCRYPT) {
		return EVP_PBE_scrypt(word, passphrase.len, salt, file->salt.len, file->cost.n, file->cost.r, file->cost.p,
		    SCRYPT_MEMORY_MAX, key, AES_KEY_BYTES) == 1;
	}
	return PKCS5_PBKDF2_HMAC(word, (int)passphrase.len, salt, (int)file->salt.len, (int)file->cost.n, EVP_sha256(),
	    (int)AES_KEY_BYTES, key) == 1;
}

/* The length of what was encrypted, or 0: another passphrase seldom leaves the padding as it was. */
static size_t
decrypt(uint8_t out[static KEY_DER_BYTES_MAX], const struct key_file *file, const uint8_t key[static AES_KEY_BYTES])
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int len = 0;
	int last = 0;
	const bool good = context != NULL &&
	    EVP_DecryptInit_ex(context, EVP_aes_256_cbc(), NULL, key, file->iv.data) == 1 &&
	    EVP_DecryptUpdate(context, out, &len, file->secret.data, (int)file->secret.len) == 1 &&
	    EVP_DecryptFinal_ex(context, out + len, &last) == 1;

	EVP_CIPHER_CTX_free(context);
	return good ? (size_t)(len + last) : 0;
}

/* Names the algorithm before OpenSSL decodes the key itself: others have decoders of their own. */
static bool
is_our_algorithm(const PKCS8_PRIV_KEY_INFO *plain)
{
	const X509_ALGOR *algorithm = NULL;
	const ASN1_OBJECT *object = NULL;
	const void *value = NULL;
	int type = V_ASN1_UNDEF;

	if (PKCS8_pkey_get0(NULL, NULL, NULL, &algorithm, plain) != 1) {
		return false;
	}
	X509_ALGOR_get0(&object, &type, &value, algorithm);
	if (OBJ_obj2nid(object) == NID_ED25519) {
		return type == V_ASN1_UNDEF;
	}
	return OBJ_obj2nid(object) == NID_X9_62_id_ecPublicKey && type == V_ASN1_OBJECT &&
	    OBJ_obj2nid(value) == NID_X9_62_prime256v1;
}

static enum key_result
pair_of(struct key_pair *pair, struct assay_bytes der)
{
	const uint8_t *data = der.data;
	PKCS8_PRIV_KEY_INFO *plain = d2i_PKCS8_PRIV_KEY_INFO(NULL, &data, (long)der.len);
	enum key_result result = KEY_GOOD;

	if (plain == NULL || data != der.data + der.len) {
		result = KEY_NOT_A_KEY;
	} else if (!is_our_algorithm(plain)) {
		result = KEY_OTHER_ALGORITHM;
	} else {
		EVP_PKEY *secret = EVP_PKCS82PKEY(plain);

		if (secret == NULL) {
			result = KEY_NOT_A_KEY;
		} else if (!key_adopt(pair, secret)) {
			result = KEY_TWO_HALVES;
		}
	}
	PKCS8_PRIV_KEY_INFO_free(plain);
	return result;
}

enum key_result
key_file_open(struct key_pair *pair, const struct key_file *file, struct assay_bytes passphrase)
{
	uint8_t key[AES_KEY_BYTES];
	uint8_t plain[KEY_DER_BYTES_MAX];
	enum key_result result;

	memset(pair, 0, sizeof(*pair));
	if (file->derivation == KEY_NOT_ENCRYPTED) {
		result = pair_of(pair, file->secret);
	} else if (passphrase.len > KEY_PASSPHRASE_BYTES_MAX) {
		result = KEY_WRONG_PASSPHRASE;
	} else if (!derive(key, file, passphrase)) {
		result = KEY_FAILED;
	} else {
		const size_t len = decrypt(plain, file, key);

		result = len == 0 ? KEY_NOT_A_KEY : pair_of(pair, bytes_of(plain, len));
		/* What does not even parse was opened with another key. */
		result = result == KEY_NOT_A_KEY ? KEY_WRONG_PASSPHRASE : result;
	}
	OPENSSL_cleanse(key, sizeof(key));
	OPENSSL_cleanse(plain, sizeof(plain));
	if (result == KEY_GOOD && file->has_public && !key_public_equal(&pair->public, &file->public)) {
		result = KEY_TWO_HALVES;
	}
	if (result != KEY_GOOD) {
		key_release(pair);
		ERR_clear_error();
	}
	return result;
}

/* ---- sealing ---------------------------------------------------------- */

X509_SIG *
envelope_seal(PKCS8_PRIV_KEY_INFO *plain, const struct key_cost *cost, struct assay_bytes passphrase)
{
	X509_ALGOR *scheme = passphrase.len > KEY_PASSPHRASE_BYTES_MAX ? NULL :
	    PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, SALT_BYTES, NULL, cost->n, cost->r, cost->p);
	X509_SIG *sealed = scheme == NULL ? NULL :
	    PKCS8_set0_pbe((const char *)passphrase.data, (int)passphrase.len, plain, scheme);

	/* On success the sealed key owns the scheme. */
	if (sealed == NULL) {
		X509_ALGOR_free(scheme);
	}
	return sealed;
}
