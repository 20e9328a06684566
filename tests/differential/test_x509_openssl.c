/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates, chains and CRLs against OpenSSL: every genuine one, and seeded
 * mutations of them (ASSAY_MUTATIONS says how many).  What we accept, OpenSSL
 * accepts too, and reads the same out of it.  What OpenSSL accepts and we do
 * not falls into the classes below; a refusal without a class is a failure.
 */
#define _GNU_SOURCE	/* memmem, timegm */

#include "unit/vector.h"

#include <jansson.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "differential/mutate.h"
#include "base/limits.h"
#include "format/der.h"
#include "x509/chain.h"
#include "x509/crl.h"

/* Why we refuse what OpenSSL accepts. */
enum class {
	AGREED, REFUSED, SIZE, NOT_DER, VERSION, SERIAL, ALGORITHM, NAME, DATE, KEY, UNIQUE_ID, NO_EXTENSIONS,
	EXTENSION_TWICE, EXTENSIONS_MANY, CRITICAL, CONSTRAINTS, USAGE, SIGNATURE, NO_NEXT_UPDATE,
	EMPTY_LIST, ENTRY, NUMBER, PARTIAL, UNEXPLAINED, CLASSES
};

static const struct {
	const char *what;
	const char *why;
} classes[CLASSES] = {
	[AGREED] = { "read alike by both", "" },
	[REFUSED] = { "refused by both", "" },
	[SIZE] = { "too large", "limits.h bounds every document; OpenSSL has no limit" },
	[NOT_DER] = { "not DER", "OpenSSL reads BER lengths and defaults; one meaning must have one text, or two "
	    "readers of one signature could differ" },
	[VERSION] = { "version", "only version 3 certificates and version 2 CRLs are issued" },
	[SERIAL] = { "serial", "RFC 5280 wants it positive and of 20 bytes at most; revocation compares magnitudes" },
	[ALGORITHM] = { "algorithm", "ECDSA or RSA with SHA-256, spelled as issued, alike inside and outside" },
	[NAME] = { "name", "printable ASCII, one attribute a step: nothing else is issued, and names decide roles" },
	[DATE] = { "date", "to the second, in Z, real days from 1970 on; OpenSSL checks dates only when it uses them" },
	[KEY] = { "key", "P-256 points uncompressed, RSA of 2048 to 4096 bits with 65537" },
	[UNIQUE_ID] = { "unique id", "RFC 5280 forbids issuing them" },
	[NO_EXTENSIONS] = { "no extensions", "a version 3 certificate, and a CRL with its number, have some" },
	[EXTENSION_TWICE] = { "extension twice", "RFC 5280 4.2; OpenSSL leaves it to the verification" },
	[EXTENSIONS_MANY] = { "many extensions", "16 at most, to bound the search for doubles" },
	[CRITICAL] = { "critical extension", "what must be understood and is not; OpenSSL leaves it to the verification" },
	[CONSTRAINTS] = { "basic constraints", "strict DER of the value, which OpenSSL parses only when asked" },
	[USAGE] = { "key usage", "a named bit list in DER, which OpenSSL parses only when asked" },
	[SIGNATURE] = { "signature", "a pair of numbers that fit P-256 in strict DER, or the bytes of RSA" },
	[NO_NEXT_UPDATE] = { "no nextUpdate", "without it, a CRL would be current for ever" },
	[EMPTY_LIST] = { "empty list", "RFC 5280 5.1.2.6: absent where there are none" },
	[ENTRY] = { "entry", "a serial, a date or an extension of an entry that we would have to ignore" },
	[NUMBER] = { "CRL number", "required, and a magnitude of 20 bytes at most" },
	[PARTIAL] = { "delta or indirect CRL", "would say something else than who is revoked by this issuer" },
	[UNEXPLAINED] = { "unexplained", "a fault" }
};

struct documents {
	size_t count;
	struct assay_bytes items[1024];
};

static struct documents certificates;
static struct documents chains;		/* PEM */
static struct documents crls;
static struct chain chain;		/* 16 KiB: not for the stack */
static struct mutate mutate;
static unsigned long counts[CLASSES];

/* Keep a document that is not there yet. */
static void
keep(struct documents *documents, struct assay_bytes bytes)
{
	for (size_t i = 0; i < documents->count; i++) {
		if (bytes_equal(documents->items[i], bytes)) {
			return;
		}
	}
	assert_true(documents->count < sizeof documents->items / sizeof documents->items[0]);
	documents->items[documents->count++] = vector_copy(bytes);
}

static void
keep_chain(struct assay_bytes pem)
{
	keep(&chains, pem);
	if (chain_parse(&chain, pem)) {
		for (uint32_t i = 0; i < chain.count; i++) {
			keep(&certificates, chain.certificates[i].der);
		}
	}
}

static void
visit_pem(const char *name, struct assay_bytes pem, void *context)
{
	(void)context;
	if (strstr(name, ".pub.") == NULL) {
		keep_chain(pem);
	}
}

static void
visit_crl(const char *name, struct assay_bytes der, void *context)
{
	(void)name;
	(void)context;
	keep(&crls, der);
}

static void
visit_quote(const char *name, struct assay_bytes quote, void *context)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";

	(void)context;
	/* Chains that are broken by design are in the unit tests. */
	if (strstr(name, "badchain") != NULL || strstr(name, "with-trailing") != NULL) {
		return;
	}
	for (size_t at = 0; at + strlen(begin) <= quote.len; at++) {
		if (memcmp(quote.data + at, begin, strlen(begin)) == 0) {
			keep_chain(bytes_slice(quote, at, quote.len - at));
			return;
		}
	}
}

static void
visit_collateral(const char *name, struct assay_bytes text, void *context)
{
	static uint8_t out[CRL_DECODED_BYTES_MAX];
	json_t *const whole = json_loadb((const char *)text.data, text.len, 0, NULL);
	const char *key;
	json_t *value;

	(void)name;
	(void)context;
	assert_non_null(whole);
	json_object_foreach(whole, key, value) {
		const struct assay_bytes bytes = bytes_of(json_string_value(value), json_string_length(value));

		if (strstr(key, "chain") != NULL) {
			keep_chain(bytes);
		} else if (strstr(key, "crl") != NULL && bytes.len > 0) {
			keep(&crls, crl_der(bytes, out, sizeof out));
		}
	}
	json_decref(whole);
}

static int
load(void **state)
{
	(void)state;
	(void)vector_each("roots", ".pem", visit_pem, NULL);
	(void)vector_each("ias", ".pem", visit_pem, NULL);
	(void)vector_each("dcap", ".quote.bin", visit_quote, NULL);
	(void)vector_each("dcap", "collateral.json", visit_collateral, NULL);
	(void)vector_each("dcap/crl", ".der", visit_crl, NULL);
	return 0;
}

static void
free_all(struct documents *documents)
{
	for (size_t i = 0; i < documents->count; i++) {
		vector_free(documents->items[i]);
	}
	documents->count = 0;
}

static int
unload(void **state)
{
	(void)state;
	free_all(&certificates);
	free_all(&chains);
	free_all(&crls);
	return 0;
}

/* ------------------------------------------------------------------------
 * What both accept must mean the same.
 */

static bool
same_number(const ASN1_INTEGER *number, struct assay_bytes magnitude)
{
	BIGNUM *const bn = ASN1_INTEGER_to_BN(number, NULL);
	BIGNUM *const ours = BN_bin2bn(magnitude.data, (int)magnitude.len, NULL);
	const bool same = bn != NULL && BN_cmp(bn, ours) == 0 &&
	    (magnitude.len == (size_t)BN_num_bytes(bn) || (magnitude.len == 1 && BN_is_zero(bn)));

	BN_free(bn);
	BN_free(ours);
	return same;
}

static bool
same_time(const ASN1_TIME *time, int64_t seconds)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) == 1 && timegm(&tm) == seconds;
}

static bool
same_name(const X509_NAME *name, struct assay_bytes whole)
{
	const unsigned char *der;
	size_t len;

	return X509_NAME_get0_der(name, &der, &len) == 1 && bytes_equal(bytes_of(der, len), whole);
}

static bool
same_common_name(X509_NAME *name, struct assay_bytes common_name)
{
	const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);

	if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0) {
		return common_name.len == 0;
	}
	const ASN1_STRING *const text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));

	return bytes_equal(bytes_of(ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text)), common_name);
}

/* What one of OpenSSL's functions wrote equals the bytes. */
static bool
same_and_free(struct assay_bytes bytes, uint8_t *der, int len)
{
	const bool same = len >= 0 && bytes_equal(bytes_of(der, (size_t)len), bytes);

	OPENSSL_free(der);
	return same;
}

static bool
same_scalar(const BIGNUM *number, const uint8_t *ours)
{
	uint8_t padded[32];

	return BN_bn2binpad(number, padded, 32) == 32 && memcmp(padded, ours, 32) == 0;
}

static bool
same_signature(const ASN1_BIT_STRING *signature, const uint8_t rs[static 64])
{
	const unsigned char *next = signature->data;
	ECDSA_SIG *const pair = d2i_ECDSA_SIG(NULL, &next, signature->length);
	const bool same = pair != NULL && same_scalar(ECDSA_SIG_get0_r(pair), rs) &&
	    same_scalar(ECDSA_SIG_get0_s(pair), rs + 32);

	ECDSA_SIG_free(pair);
	return same;
}

static bool
same_key(X509 *x, const struct certificate *c)
{
	const unsigned char *bits;
	int len;
	bool same = false;

	if (X509_PUBKEY_get0_param(NULL, &bits, &len, NULL, X509_get_X509_PUBKEY(x)) != 1) {
		return false;
	}
	if (c->key_algorithm == ASSAY_ECDSA_P256_SHA256) {
		return len == 65 && bits[0] == 4 && bytes_equal(bytes_of(bits + 1, 64), c->key);
	}
	/* The modulus, by OpenSSL's own key. */
	EVP_PKEY *const key = X509_get0_pubkey(x);
	BIGNUM *n = NULL;
	BIGNUM *e = NULL;

	if (key != NULL && EVP_PKEY_get_bn_param(key, "n", &n) == 1 && EVP_PKEY_get_bn_param(key, "e", &e) == 1) {
		BIGNUM *const ours = BN_bin2bn(c->key.data, (int)c->key.len, NULL);

		same = BN_cmp(n, ours) == 0 && BN_is_word(e, 65537) && (size_t)BN_num_bytes(n) == c->key.len;
		BN_free(ours);
	}
	BN_free(n);
	BN_free(e);
	return same;
}

static bool
same_extensions(const X509 *x, const struct certificate *c)
{
	BASIC_CONSTRAINTS *const constraints = X509_get_ext_d2i(x, NID_basic_constraints, NULL, NULL);
	ASN1_BIT_STRING *const usage = X509_get_ext_d2i(x, NID_key_usage, NULL, NULL);
	struct assay_bytes sgx = { NULL, 0 };
	bool same = true;

	if (c->has_basic_constraints) {
		same = constraints != NULL && (constraints->ca != 0) == c->is_ca &&
		    (constraints->pathlen != NULL) == c->has_path_length &&
		    (!c->has_path_length || ASN1_INTEGER_get(constraints->pathlen) == c->path_length);
	} else {
		same = X509_get_ext_by_NID(x, NID_basic_constraints, -1) < 0 && !c->is_ca;
	}
	if (c->has_key_usage) {
		same = same && usage != NULL && usage->length > 0 && usage->data[0] == c->key_usage;
	} else {
		same = same && X509_get_ext_by_NID(x, NID_key_usage, -1) < 0;
	}
	for (int i = 0; i < X509_get_ext_count(x); i++) {
		X509_EXTENSION *const e = X509_get_ext(x, i);
		const ASN1_OCTET_STRING *const value = X509_EXTENSION_get_data(e);
		char oid[64];

		(void)OBJ_obj2txt(oid, sizeof oid, X509_EXTENSION_get_object(e), 1);
		if (strcmp(oid, "1.2.840.113741.1.13.1") == 0) {
			sgx = bytes_of(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
		}
	}
	BASIC_CONSTRAINTS_free(constraints);
	ASN1_BIT_STRING_free(usage);
	return same && bytes_equal(sgx, c->sgx_extension);
}

static void
check_same_certificate(X509 *x, const struct certificate *c)
{
	const ASN1_BIT_STRING *signature;
	uint8_t *tbs = NULL;
	uint8_t *whole = NULL;
	const int whole_len = i2d_X509(x, &whole);

	assert_true(same_and_free(c->der, whole, whole_len));
	assert_int_equal(X509_get_version(x), 2);
	assert_true(same_number(X509_get0_serialNumber(x), c->serial));
	assert_true(same_time(X509_get0_notBefore(x), c->not_before_s));
	assert_true(same_time(X509_get0_notAfter(x), c->not_after_s));
	assert_true(same_name(X509_get_issuer_name(x), c->issuer));
	assert_true(same_name(X509_get_subject_name(x), c->subject));
	assert_true(same_common_name(X509_get_subject_name(x), c->subject_common_name));
	assert_true(same_key(x, c));
	assert_true(same_extensions(x, c));
	X509_get0_signature(&signature, NULL, x);
	if (c->signature_algorithm == ASSAY_ECDSA_P256_SHA256) {
		assert_true(same_signature(signature, c->signature_rs));
	} else {
		assert_true(bytes_equal(bytes_of(signature->data, (size_t)signature->length), c->signature_rsa));
	}
	/* Written anew from what was read, the signed part is the same: it was DER. */
	const int tbs_len = i2d_re_X509_tbs(x, &tbs);

	assert_true(same_and_free(c->tbs, tbs, tbs_len));
}

/* ------------------------------------------------------------------------
 * Why we refuse: each of these looks at what OpenSSL read, or at one value.
 */

static bool
is_date_bad(const ASN1_TIME *time)
{
	struct tm tm;

	return time->length != (time->type == V_ASN1_UTCTIME ? 13 : 15) ||
	    time->data[time->length - 1] != 'Z' || ASN1_TIME_to_tm(time, &tm) != 1 || tm.tm_year < 70 ||
	    tm.tm_year > 9999 - 1900;
}

static bool
is_number_bad(const ASN1_INTEGER *number)
{
	const bool negative = (ASN1_STRING_type(number) & V_ASN1_NEG) != 0;

	return negative || ASN1_STRING_length(number) > SERIAL_BYTES_MAX;
}

static bool
is_name_bad(const X509_NAME *name)
{
	const int count = X509_NAME_entry_count(name);
	const unsigned char *der;
	uint8_t *again = NULL;
	size_t der_len;
	int last_step = -1;

	if (count == 0 || X509_NAME_get0_der(name, &der, &der_len) != 1) {
		return true;
	}
	for (int i = 0; i < count; i++) {
		const X509_NAME_ENTRY *const entry = X509_NAME_get_entry(name, i);
		const ASN1_STRING *const text = X509_NAME_ENTRY_get_data(entry);
		const int type = ASN1_STRING_type(text);

		if (X509_NAME_ENTRY_set(entry) == last_step || ASN1_STRING_length(text) == 0 ||
		    (type != V_ASN1_UTF8STRING && type != V_ASN1_PRINTABLESTRING && type != V_ASN1_IA5STRING)) {
			return true;
		}
		last_step = X509_NAME_ENTRY_set(entry);
		for (int k = 0; k < ASN1_STRING_length(text); k++) {
			if (ASN1_STRING_get0_data(text)[k] < 0x20 || ASN1_STRING_get0_data(text)[k] > 0x7e) {
				return true;
			}
		}
	}
	/* An empty step leaves a gap, or lengths in another form: written anew, the name differs. */
	X509_NAME *const copy = X509_NAME_new();

	for (int i = 0; i < count; i++) {
		assert_int_equal(X509_NAME_add_entry(copy, X509_NAME_get_entry(name, i), -1, 0), 1);
	}
	const int len = i2d_X509_NAME(copy, &again);

	X509_NAME_free(copy);
	return !same_and_free(bytes_of(der, der_len), again, len);
}

static bool
is_algorithm_bad(const X509_ALGOR *algorithm, bool rsa_too)
{
	const ASN1_OBJECT *oid;
	int type;

	X509_ALGOR_get0(&oid, &type, NULL, algorithm);
	return !(OBJ_obj2nid(oid) == NID_ecdsa_with_SHA256 && type == V_ASN1_UNDEF) &&
	    !(rsa_too && OBJ_obj2nid(oid) == NID_sha256WithRSAEncryption && type == V_ASN1_NULL);
}

/* A SEQUENCE of two numbers in strict DER that fit; else not a signature for P-256. */
static bool
is_pair_bad(const ASN1_BIT_STRING *signature)
{
	const unsigned char *next = signature->data;
	uint8_t rs[64];
	uint8_t *again = NULL;

	if ((signature->flags & 7) != 0) {
		return true;
	}
	ECDSA_SIG *const pair = d2i_ECDSA_SIG(NULL, &next, signature->length);
	const int len = pair == NULL ? -1 : i2d_ECDSA_SIG(pair, &again);
	const bool bad = pair == NULL || BN_is_negative(ECDSA_SIG_get0_r(pair)) ||
	    BN_is_negative(ECDSA_SIG_get0_s(pair)) ||
	    BN_bn2binpad(ECDSA_SIG_get0_r(pair), rs, 32) != 32 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(pair), rs + 32, 32) != 32;

	ECDSA_SIG_free(pair);
	return !same_and_free(bytes_of(signature->data, (size_t)signature->length), again, len) || bad;
}

static bool
is_key_bad(const X509 *x)
{
	const unsigned char *bits;
	int len;
	int type;
	X509_ALGOR *algorithm;
	ASN1_OBJECT *oid;
	const void *parameters;
	X509_PUBKEY *const key = X509_get_X509_PUBKEY(x);
	const ASN1_BIT_STRING *const string = X509_get0_pubkey_bitstr(x);

	if (X509_PUBKEY_get0_param(&oid, &bits, &len, &algorithm, key) != 1 || (string->flags & 7) != 0) {
		return true;
	}
	X509_ALGOR_get0(NULL, &type, &parameters, algorithm);
	if (OBJ_obj2nid(oid) == NID_X9_62_id_ecPublicKey) {
		return len != 65 || bits[0] != 4 || type != V_ASN1_OBJECT ||
		    OBJ_obj2nid(parameters) != NID_X9_62_prime256v1;
	}
	if (OBJ_obj2nid(oid) != NID_rsaEncryption || type != V_ASN1_NULL) {
		return true;
	}
	/* Exactly two INTEGERs: OpenSSL's decoder of keys would take a third. */
	const unsigned char *next = bits;
	uint8_t *again = NULL;
	ASN1_SEQUENCE_ANY *const pair = d2i_ASN1_SEQUENCE_ANY(NULL, &next, len);
	const int again_len = pair == NULL ? -1 : i2d_ASN1_SEQUENCE_ANY(pair, &again);
	bool bad = pair == NULL || sk_ASN1_TYPE_num(pair) != 2 ||
	    sk_ASN1_TYPE_value(pair, 0)->type != V_ASN1_INTEGER ||
	    sk_ASN1_TYPE_value(pair, 1)->type != V_ASN1_INTEGER;

	if (!bad) {
		BIGNUM *const n = ASN1_INTEGER_to_BN(sk_ASN1_TYPE_value(pair, 0)->value.integer, NULL);

		bad = ASN1_INTEGER_get(sk_ASN1_TYPE_value(pair, 1)->value.integer) != 65537 || BN_is_negative(n) ||
		    BN_num_bits(n) < 2048 || BN_num_bits(n) > 4096;
		BN_free(n);
	}
	sk_ASN1_TYPE_pop_free(pair, ASN1_TYPE_free);
	return !same_and_free(bytes_of(bits, (size_t)len), again, again_len) || bad;
}

/* A value's own encoding, which OpenSSL wrote anew from what it read, is another. */
static bool
is_value_bad(X509_EXTENSION *e, const ASN1_ITEM *item, void *value)
{
	const ASN1_OCTET_STRING *const content = X509_EXTENSION_get_data(e);
	uint8_t *again = NULL;
	const int len = value == NULL ? -1 : ASN1_item_i2d(value, &again, item);

	return !same_and_free(bytes_of(ASN1_STRING_get0_data(content), (size_t)ASN1_STRING_length(content)),
	    again, len);
}

static bool
are_constraints_bad(X509_EXTENSION *e)
{
	BASIC_CONSTRAINTS *const c = X509V3_EXT_d2i(e);
	/* OpenSSL keeps the byte of a BOOLEAN, of which DER allows two. */
	const bool bad = is_value_bad(e, ASN1_ITEM_rptr(BASIC_CONSTRAINTS), c) ||
	    (c->ca != 0 && c->ca != 0xff) || (c->pathlen != NULL && (c->ca == 0 || ASN1_INTEGER_get(c->pathlen) < 0 ||
	    ASN1_INTEGER_get(c->pathlen) > 255));

	BASIC_CONSTRAINTS_free(c);
	return bad;
}

static bool
is_usage_bad(X509_EXTENSION *e)
{
	ASN1_BIT_STRING *const usage = X509V3_EXT_d2i(e);
	bool bad = usage == NULL || usage->length < 1 || usage->length > 2;

	if (!bad) {
		const uint8_t last = usage->data[usage->length - 1];
		const int unused = (int)(usage->flags & 7);

		bad = ASN1_STRING_length(X509_EXTENSION_get_data(e)) != usage->length + 3 ||
		    (last & ((1 << (unused + 1)) - 1)) != 1 << unused ||
		    is_value_bad(e, ASN1_ITEM_rptr(ASN1_BIT_STRING), usage);
	}
	ASN1_BIT_STRING_free(usage);
	return bad;
}

/* A CRLReason in DER that a complete CRL can give. */
static bool
is_reason_bad(X509_EXTENSION *e)
{
	ASN1_ENUMERATED *const reason = X509V3_EXT_d2i(e);
	const long value = reason == NULL ? -1 : ASN1_ENUMERATED_get(reason);
	const bool bad = is_value_bad(e, ASN1_ITEM_rptr(ASN1_ENUMERATED), reason) || value < 0 || value > 10 ||
	    value == 7 || value == 8;

	ASN1_ENUMERATED_free(reason);
	return bad;
}

static bool
is_crl_number_bad(X509_EXTENSION *e)
{
	ASN1_INTEGER *const number = X509V3_EXT_d2i(e);
	const bool bad = is_value_bad(e, ASN1_ITEM_rptr(ASN1_INTEGER), number) || is_number_bad(number);

	ASN1_INTEGER_free(number);
	return bad;
}

/* What is wrong with a list of extensions of a certificate, a CRL or an entry, where something is. */
static enum class
classify_extensions(const STACK_OF(X509_EXTENSION) *list, bool certificate, bool entry)
{
	const int count = sk_X509_EXTENSION_num(list);

	if (count > 16) {
		return EXTENSIONS_MANY;
	}
	for (int i = 0; i < count; i++) {
		X509_EXTENSION *const e = sk_X509_EXTENSION_value(list, i);
		const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));
		char oid[64];

		for (int k = 0; k < i; k++) {
			if (OBJ_cmp(X509_EXTENSION_get_object(e),
			    X509_EXTENSION_get_object(sk_X509_EXTENSION_value(list, k))) == 0) {
				return EXTENSION_TWICE;
			}
		}
		(void)OBJ_obj2txt(oid, sizeof oid, X509_EXTENSION_get_object(e), 1);
		if (certificate && nid == NID_basic_constraints) {
			if (are_constraints_bad(e)) {
				return CONSTRAINTS;
			}
		} else if (certificate && nid == NID_key_usage) {
			if (is_usage_bad(e)) {
				return USAGE;
			}
		} else if (certificate && strcmp(oid, "1.2.840.113741.1.13.1") == 0) {
			continue;
		} else if (!certificate && !entry && nid == NID_crl_number) {
			if (is_crl_number_bad(e)) {
				return NUMBER;
			}
		} else if (!certificate && !entry && (nid == NID_delta_crl || nid == NID_issuing_distribution_point)) {
			return PARTIAL;
		} else if (entry && nid == NID_crl_reason) {
			if (is_reason_bad(e)) {
				return ENTRY;
			}
		} else if (X509_EXTENSION_get_critical(e) || (entry && nid == NID_certificate_issuer)) {
			return entry ? ENTRY : CRITICAL;
		}
	}
	return AGREED;
}

/* The byte of each BOOLEAN as DER has it, for the comparison with the encoding anew. */
static void
straighten(const STACK_OF(X509_EXTENSION) *list)
{
	for (int i = 0; i < sk_X509_EXTENSION_num(list); i++) {
		X509_EXTENSION *const e = sk_X509_EXTENSION_value(list, i);

		(void)X509_EXTENSION_set_critical(e, X509_EXTENSION_get_critical(e));
	}
}

static enum class
classify_certificate(X509 *x, struct assay_bytes der)
{
	const ASN1_BIT_STRING *signature;
	const ASN1_BIT_STRING *ids[2];
	const X509_ALGOR *algorithm;
	uint8_t *again = NULL;
	enum class found;

	X509_get0_signature(&signature, &algorithm, x);
	X509_get0_uids(x, &ids[0], &ids[1]);
	if (der.len > CERTIFICATE_BYTES_MAX) {
		return SIZE;
	}
	if (X509_get_version(x) != 2) {
		return VERSION;
	}
	if (is_number_bad(X509_get0_serialNumber(x))) {
		return SERIAL;
	}
	if (is_algorithm_bad(algorithm, true) || is_algorithm_bad(X509_get0_tbs_sigalg(x), true) ||
	    X509_ALGOR_cmp(algorithm, X509_get0_tbs_sigalg(x)) != 0) {
		return ALGORITHM;
	}
	if (is_name_bad(X509_get_issuer_name(x)) || is_name_bad(X509_get_subject_name(x))) {
		return NAME;
	}
	if (is_date_bad(X509_get0_notBefore(x)) || is_date_bad(X509_get0_notAfter(x))) {
		return DATE;
	}
	if (is_key_bad(x)) {
		return KEY;
	}
	if (ids[0] != NULL || ids[1] != NULL) {
		return UNIQUE_ID;
	}
	if (X509_get_ext_count(x) <= 0) {
		return NO_EXTENSIONS;
	}
	found = classify_extensions(X509_get0_extensions(x), true, false);
	if (found != AGREED) {
		return found;
	}
	if (X509_get_signature_nid(x) == NID_ecdsa_with_SHA256 ? is_pair_bad(signature) :
	    (signature->flags & 7) != 0 || signature->length < 256 || signature->length > 512) {
		return SIGNATURE;
	}
	/* At last: all that is left is how it was written. */
	straighten(X509_get0_extensions(x));
	int len = i2d_re_X509_tbs(x, &again);

	OPENSSL_free(again);
	again = NULL;
	len = len < 0 ? len : i2d_X509(x, &again);
	return same_and_free(der, again, len) ? UNEXPLAINED : NOT_DER;
}

static enum class
classify_crl(X509_CRL *x, struct assay_bytes der)
{
	const ASN1_BIT_STRING *signature;
	const X509_ALGOR *algorithm;
	STACK_OF(X509_REVOKED) *const revoked = X509_CRL_get_REVOKED(x);
	uint8_t *again = NULL;
	enum class found;

	X509_CRL_get0_signature(x, &signature, &algorithm);
	if (der.len > ASSAY_COLLATERAL_BYTES_MAX) {
		return SIZE;
	}
	if (X509_CRL_get_version(x) != 1) {
		return VERSION;
	}
	/* The inner algorithm is not to be had; where it differs, OpenSSL's verification refuses. */
	if (is_algorithm_bad(algorithm, false)) {
		return ALGORITHM;
	}
	if (is_name_bad(X509_CRL_get_issuer(x))) {
		return NAME;
	}
	if (X509_CRL_get0_nextUpdate(x) == NULL) {
		return NO_NEXT_UPDATE;
	}
	if (is_date_bad(X509_CRL_get0_lastUpdate(x)) || is_date_bad(X509_CRL_get0_nextUpdate(x))) {
		return DATE;
	}
	if (revoked != NULL && sk_X509_REVOKED_num(revoked) == 0) {
		return EMPTY_LIST;
	}
	for (int i = 0; i < sk_X509_REVOKED_num(revoked); i++) {
		const X509_REVOKED *const entry = sk_X509_REVOKED_value(revoked, i);
		const STACK_OF(X509_EXTENSION) *const list = X509_REVOKED_get0_extensions(entry);

		if (is_number_bad(X509_REVOKED_get0_serialNumber(entry)) ||
		    is_date_bad(X509_REVOKED_get0_revocationDate(entry)) ||
		    (list != NULL && (sk_X509_EXTENSION_num(list) == 0 ||
		    classify_extensions(list, false, true) != AGREED))) {
			return ENTRY;
		}
	}
	if (X509_CRL_get_ext_count(x) <= 0) {
		return NO_EXTENSIONS;
	}
	found = classify_extensions(X509_CRL_get0_extensions(x), false, false);
	if (found != AGREED) {
		return found;
	}
	if (X509_CRL_get_ext_by_NID(x, NID_crl_number, -1) < 0) {
		return NUMBER;
	}
	if (is_pair_bad(signature)) {
		return SIGNATURE;
	}
	straighten(X509_CRL_get0_extensions(x));
	for (int i = 0; i < sk_X509_REVOKED_num(revoked); i++) {
		straighten(X509_REVOKED_get0_extensions(sk_X509_REVOKED_value(revoked, i)));
	}
	int len = i2d_re_X509_CRL_tbs(x, &again);
	const bool algorithms_differ = len > 0 && memmem(again, (size_t)len, "\x30\x0a\x06\x08\x2a\x86\x48\xce"
	    "\x3d\x04\x03\x02", 12) == NULL;

	OPENSSL_free(again);
	again = NULL;
	if (algorithms_differ) {
		return ALGORITHM;
	}
	len = len < 0 ? len : i2d_X509_CRL(x, &again);
	return same_and_free(der, again, len) ? UNEXPLAINED : NOT_DER;
}

/* ------------------------------------------------------------------------
 * The comparison
 */

static void
show(struct assay_bytes bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		print_message("%02x", bytes.data[i]);
	}
	print_message("\n");
}

static void
compare_certificate(struct assay_bytes der, bool must_be_good)
{
	const struct assay_bytes copy = vector_copy(der);
	const unsigned char *next = copy.data;
	X509 *const x = d2i_X509(NULL, &next, (long)copy.len);
	/* What follows the certificate is not d2i's business, but it is ours. */
	const bool whole = x != NULL && next == copy.data + copy.len;
	struct certificate c;

	if (certificate_parse(&c, copy)) {
		assert_true(whole);
		check_same_certificate(x, &c);
		counts[AGREED]++;
	} else {
		assert_false(must_be_good);
		const enum class found = whole ? classify_certificate(x, copy) : REFUSED;

		counts[found]++;
		if (found == UNEXPLAINED) {
			show(copy);
			fail_msg("we refuse this certificate, and no class says why");
		}
	}
	X509_free(x);
	vector_free(copy);
}

static void
check_same_crl(X509_CRL *x, const struct crl *crl)
{
	const STACK_OF(X509_REVOKED) *const revoked = X509_CRL_get_REVOKED(x);
	ASN1_INTEGER *const number = X509_CRL_get_ext_d2i(x, NID_crl_number, NULL, NULL);
	const ASN1_BIT_STRING *signature;
	struct cursor list = cursor_over(crl->revoked);
	uint8_t *tbs = NULL;

	assert_int_equal(X509_CRL_get_version(x), 1);
	assert_true(same_name(X509_CRL_get_issuer(x), crl->issuer));
	assert_true(same_time(X509_CRL_get0_lastUpdate(x), crl->this_update_s));
	assert_true(same_time(X509_CRL_get0_nextUpdate(x), crl->next_update_s));
	assert_true(same_number(number, crl->number));
	ASN1_INTEGER_free(number);
	assert_int_equal(revoked == NULL ? 0 : sk_X509_REVOKED_num(revoked), crl->revoked_count);
	for (uint32_t i = 0; i < crl->revoked_count; i++) {
		struct cursor entry = der_enter(&list, DER_SEQUENCE);
		const struct assay_bytes serial = der_unsigned(&entry);

		assert_true(same_number(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, (int)i)),
		    serial));
		assert_true(crl_has_serial(crl, serial));
	}
	assert_true(cursor_done(&list));
	X509_CRL_get0_signature(x, &signature, NULL);
	assert_true(same_signature(signature, crl->signature_rs));
	const int len = i2d_re_X509_CRL_tbs(x, &tbs);

	assert_true(same_and_free(crl->tbs, tbs, len));
}

static void
compare_crl(struct assay_bytes der, bool must_be_good)
{
	const struct assay_bytes copy = vector_copy(der);
	const unsigned char *next = copy.data;
	X509_CRL *const x = d2i_X509_CRL(NULL, &next, (long)copy.len);
	const bool whole = x != NULL && next == copy.data + copy.len;
	struct crl crl;

	if (crl_parse(&crl, copy)) {
		assert_true(whole);
		check_same_crl(x, &crl);
		counts[AGREED]++;
	} else {
		assert_false(must_be_good);
		const enum class found = whole ? classify_crl(x, copy) : REFUSED;

		counts[found]++;
		if (found == UNEXPLAINED) {
			show(copy);
			fail_msg("we refuse this CRL, and no class says why");
		}
	}
	X509_CRL_free(x);
	vector_free(copy);
}

/*
 * A PEM chain that we accept, OpenSSL reads as the same certificates.  (It
 * loses a BEGIN that stands in the line of an END, as some genuine ones do:
 * there it gets a newline first.)
 */
static void
compare_chain(struct assay_bytes pem)
{
	const struct assay_bytes copy = vector_copy(pem);

	if (chain_parse(&chain, copy)) {
		BIO *const bio = BIO_new(BIO_s_mem());

		for (size_t i = 0; i < copy.len; i++) {
			if (i >= 5 && copy.len - i >= 5 && memcmp(copy.data + i - 5, "----------", 10) == 0) {
				(void)BIO_write(bio, "\n", 1);
			}
			(void)BIO_write(bio, copy.data + i, 1);
		}
		for (uint32_t i = 0; i < chain.count; i++) {
			X509 *const x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
			uint8_t *der = NULL;

			assert_non_null(x);
			const int len = i2d_X509(x, &der);

			assert_true(same_and_free(chain.certificates[i].der, der, len));
			X509_free(x);
		}
		assert_null(PEM_read_bio_X509(bio, NULL, NULL, NULL));
		BIO_free(bio);
	}
	vector_free(copy);
}

static void
report(const char *what)
{
	for (unsigned i = 0; i < CLASSES; i++) {
		if (counts[i] != 0) {
			print_message("# %s: %8lu %-22s %s\n", what, counts[i], classes[i].what, classes[i].why);
		}
	}
	memset(counts, 0, sizeof counts);
}

static void
genuine_documents_agree(void **state)
{
	const struct certificate *path[ASSAY_CHAIN_CERTIFICATES_MAX];
	const struct assay_crypto *const crypto = assay_crypto_openssl();

	(void)state;
	if (certificates.count == 0) {
		skip();
	}
	for (size_t i = 0; i < certificates.count; i++) {
		compare_certificate(certificates.items[i], true);
	}
	for (size_t i = 0; i < crls.count; i++) {
		compare_crl(crls.items[i], true);
	}
	for (size_t i = 0; i < chains.count; i++) {
		assert_true(chain_parse(&chain, chains.items[i]));
		compare_chain(chains.items[i]);
		if (chain.count == 1) {
			continue;
		}
		assert_true(chain_order(&chain, path, chain.count));
		for (uint32_t k = 0; k < chain.count; k++) {
			const struct certificate *const issuer = path[k == 0 ? 0 : k - 1];
			struct assay_signature_item item = certificate_signature_item(path[k], issuer->key);
			const unsigned char *next = path[k]->der.data;
			X509 *const x = d2i_X509(NULL, &next, (long)path[k]->der.len);
			X509 *y;

			next = issuer->der.data;
			y = d2i_X509(NULL, &next, (long)issuer->der.len);
			crypto->verify(crypto->context, &item, 1);
			assert_int_equal(X509_verify(x, X509_get0_pubkey(y)), item.valid);
			assert_true(item.valid);
			X509_free(x);
			X509_free(y);
		}
	}
	print_message("# %zu certificates, %zu chains, %zu CRLs\n", certificates.count, chains.count, crls.count);
	report("genuine");
}

static void
mutated_certificates_agree(void **state)
{
	(void)state;
	if (certificates.count == 0) {
		skip();
	}
	memset(counts, 0, sizeof counts);
	mutate.state = UINT64_C(0x5eed0001);
	for (unsigned long i = mutations_wanted(); i > 0; i--) {
		const struct assay_bytes der = certificates.items[mutate_below(&mutate, certificates.count)];

		if (i % 3 == 0) {
			mutate_bytes(&mutate, der);
		} else {
			mutate_der(&mutate, der);
		}
		compare_certificate(bytes_of(mutate.bytes, mutate.len), false);
	}
	report("certificates");
}

static void
mutated_crls_agree(void **state)
{
	(void)state;
	if (crls.count == 0) {
		skip();
	}
	memset(counts, 0, sizeof counts);
	mutate.state = UINT64_C(0x5eed0002);
	for (unsigned long i = mutations_wanted(); i > 0; i--) {
		const struct assay_bytes der = crls.items[mutate_below(&mutate, crls.count)];

		if (i % 3 == 0) {
			mutate_bytes(&mutate, der);
		} else {
			mutate_der(&mutate, der);
		}
		compare_crl(bytes_of(mutate.bytes, mutate.len), false);
	}
	report("CRLs");
}

static void
mutated_chains_agree(void **state)
{
	(void)state;
	if (chains.count == 0) {
		skip();
	}
	mutate.state = UINT64_C(0x5eed0003);
	for (unsigned long i = mutations_wanted(); i > 0; i--) {
		mutate_bytes(&mutate, chains.items[mutate_below(&mutate, chains.count)]);
		compare_chain(bytes_of(mutate.bytes, mutate.len));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(genuine_documents_agree),
		cmocka_unit_test(mutated_certificates_agree),
		cmocka_unit_test(mutated_crls_agree),
		cmocka_unit_test(mutated_chains_agree)
	};

	return cmocka_run_group_tests(tests, load, unload);
}
