/* SPDX-License-Identifier: Apache-2.0 */
/* What OpenSSL says about simulated chains and signatures; no code of the verifier's takes part. */
#ifndef TESTS_UNIT_SIM_OPENSSL_H
#define TESTS_UNIT_SIM_OPENSSL_H

#define OPENSSL_API_COMPAT 0x10101000L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static STACK_OF(X509) *
read_chain(struct assay_bytes pem)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	X509 *certificate;

	while ((certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		unsigned char *whole = NULL;
		unsigned char *signed_part = NULL;
		const int whole_len = i2d_X509(certificate, &whole);
		const int signed_len = i2d_re_X509_tbs(certificate, &signed_part);

		/* Encoded anew, what is signed is the same behind the outer header of four bytes: the DER is strict. */
		assert_in_range(signed_len, 256, whole_len - 4);
		assert_memory_equal(whole + 4, signed_part, (size_t)signed_len);
		OPENSSL_free(whole);
		OPENSSL_free(signed_part);
		assert_int_not_equal(sk_X509_push(chain, certificate), 0);
	}
	BIO_free(bio);
	return chain;
}

static X509_CRL *
read_crl(struct assay_bytes der)
{
	const unsigned char *at = der.data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.len);

	assert_non_null(crl);
	assert_ptr_equal(at, der.data + der.len);
	return crl;
}

static int
verify_chain(const struct sim_evidence *e, STACK_OF(X509) *chain, STACK_OF(X509_CRL) *crls)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	STACK_OF(X509) *roots = read_chain(e->roots_pem);

	for (int i = 0; i < sk_X509_num(roots); i++) {
		assert_int_equal(X509_STORE_add_cert(store, sk_X509_value(roots, i)), 1);
	}
	assert_int_equal(X509_STORE_CTX_init(context, store, sk_X509_value(chain, 0), chain), 1);
	X509_STORE_CTX_set_time(context, 0, (time_t)e->at_s);
	X509_STORE_CTX_set_flags(context, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
	if (crls != NULL) {
		X509_STORE_CTX_set0_crls(context, crls);
		X509_STORE_CTX_set_flags(context, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	}
	(void)X509_verify_cert(context);

	const int error = X509_STORE_CTX_get_error(context);

	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	sk_X509_pop_free(roots, X509_free);
	return error;
}

/* From the quote's own text: everything behind the first BEGIN. */
static struct assay_bytes
pck_chain(const struct sim_evidence *e)
{
	static const char begin[] = "-----BEGIN";

	if (e->collateral.pck_certificate_chain.len != 0) {
		return e->collateral.pck_certificate_chain;
	}
	for (size_t i = 0; i + sizeof(begin) < e->evidence.quote.len; i++) {
		if (memcmp(e->evidence.quote.data + i, begin, sizeof(begin) - 1) == 0) {
			return (struct assay_bytes){ e->evidence.quote.data + i, e->evidence.quote.len - i };
		}
	}
	fail();
	return (struct assay_bytes){ NULL, 0 };
}

static int
verify_pem(const struct sim_evidence *e, struct assay_bytes pem, STACK_OF(X509_CRL) *crls, int length)
{
	STACK_OF(X509) *chain = read_chain(pem);

	assert_int_equal(sk_X509_num(chain), length);

	const int error = verify_chain(e, chain, crls);

	sk_X509_pop_free(chain, X509_free);
	return error;
}

static EC_KEY *
leaf_key(struct assay_bytes pem)
{
	STACK_OF(X509) *chain = read_chain(pem);
	EVP_PKEY *key = X509_get0_pubkey(sk_X509_value(chain, 0));
	EC_KEY *ec = EVP_PKEY_get1_EC_KEY(key);

	assert_non_null(ec);
	sk_X509_pop_free(chain, X509_free);
	return ec;
}

static bool
signed_by(EC_KEY *key, struct assay_bytes message, const uint8_t signature[static 64])
{
	uint8_t digest[32];
	ECDSA_SIG *pair = ECDSA_SIG_new();

	assert_int_equal(EVP_Digest(message.data, message.len, digest, NULL, EVP_sha256(), NULL), 1);
	assert_int_equal(ECDSA_SIG_set0(pair, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL)), 1);

	const bool good = ECDSA_do_verify(digest, sizeof(digest), pair, key) == 1;

	ECDSA_SIG_free(pair);
	return good;
}

static bool
text_signed_by(struct assay_bytes chain, struct assay_bytes text, struct assay_bytes hex)
{
	uint8_t signature[64];
	EC_KEY *key = leaf_key(chain);

	assert_int_equal(hex.len, 128);
	for (size_t i = 0; i < 64; i++) {
		const char digits[3] = { (char)hex.data[2 * i], (char)hex.data[2 * i + 1], '\0' };

		signature[i] = (uint8_t)strtoul(digits, NULL, 16);
	}

	const bool good = signed_by(key, text, signature);

	EC_KEY_free(key);
	return good;
}

#endif
