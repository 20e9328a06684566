/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs, verifier strings, and key files: what opens, and what never does. */
#include "text.h"
#include "der_text.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "crypto/crypto.h"
#include "format/base64.h"
#include "keys/key_file.h"

/* As cheap as is read at all: these tests are about form. */
static const struct key_cost cheap = { 1 << 10, 1, 1 };

static const char *
word_of(enum key_result result)
{
	static const char *const words[] = { "good", "not a key", "other form", "other cipher", "too costly",
		"other algorithm", "other kind", "wrong passphrase", "two halves", "system", "exists", "not a file",
		"too open", "too large", "failed" };

	return words[result];
}

static void
expect(const char *reason, enum key_result is, enum key_result wanted)
{
	if (is != wanted) {
		fail_msg("%s: %s, not %s", reason, word_of(is), word_of(wanted));
	}
}

/* ---- pairs ------------------------------------------------------------ */

static bool
verifies(const struct key_pair *pair, const uint8_t signature[64], struct assay_bytes message)
{
	const struct assay_signature_item item = {
		pair->public.algorithm == KEY_P256 ? ASSAY_ECDSA_P256_SHA256 : ASSAY_ED25519,
		key_public_bytes(&pair->public), message, { signature, 64 }, false
	};

	return crypto_verify_one(assay_crypto_openssl(), item);
}

static void
signatures_verify(void **state)
{
	static const enum key_algorithm algorithms[] = { KEY_P256, KEY_ED25519 };
	struct key_pair pair, other;
	uint8_t signature[64], zero[64] = { 0 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_true(key_generate(&pair, algorithms[i]) && key_generate(&other, algorithms[i]));
		assert_false(key_public_equal(&pair.public, &other.public));
		assert_true(key_sign(&pair, signature, bytes_of_text("assay/tx/1 and so on")));
		assert_true(verifies(&pair, signature, bytes_of_text("assay/tx/1 and so on")));
		assert_false(verifies(&pair, signature, bytes_of_text("assay/tx/2 and so on")));
		assert_false(verifies(&other, signature, bytes_of_text("assay/tx/1 and so on")));
		/* No bytes are a message too. */
		assert_true(key_sign(&pair, signature, bytes_of(NULL, 0)));
		assert_true(verifies(&pair, signature, bytes_of("", 0)));
		key_release(&pair);
		assert_false(key_sign(&pair, signature, bytes_of_text("x")));
		assert_memory_equal(signature, zero, 64);
		key_release(&other);
	}
	assert_false(key_generate(&pair, KEY_ALGORITHM_NONE));
}

static void
s_is_always_low(void **state)
{
	uint8_t half[32];
	struct key_pair pair;

	(void)state;
	assert_true(hex_decode(half, 32, bytes_of_text("7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8")));
	assert_true(key_generate(&pair, KEY_P256));
	/* Half of all signatures would be high: none of 256 by chance is 2^-256. */
	for (unsigned i = 0; i < 256; i++) {
		uint8_t signature[64];

		assert_true(key_sign(&pair, signature, bytes_of(&i, sizeof(i))));
		assert_true(memcmp(signature + 32, half, 32) <= 0);
		assert_true(verifies(&pair, signature, bytes_of(&i, sizeof(i))));
	}
	key_release(&pair);
}

/* The key of RFC 6979 A.2.5: y is odd. */
static void
public_forms_are_right(void **state)
{
	struct key_public public = { .algorithm = KEY_P256 }, again;
	uint8_t compressed[33], id[32], der[KEY_PUBLIC_DER_BYTES_MAX];
	char digits[67] = { 0 };

	(void)state;
	assert_true(hex_decode(public.bytes, 64, bytes_of_text(
	    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
	    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")));
	assert_int_equal(key_compressed(compressed, &public), 33);
	hex_encode(digits, bytes_of(compressed, 33));
	assert_string_equal(digits, "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
	key_id(id, &public);
	hex_encode(digits, bytes_of(id, 32));
	digits[64] = '\0';
	/* sha256sum of these bytes. */
	assert_string_equal(digits, "a468072bf83a2703085af2570d847c88c93d8071175df0587bff53eb4cf57824");
	assert_int_equal(key_public_der(der, &public), 91);
	assert_true(key_public_parse(&again, bytes_of(der, 91)));
	assert_true(key_public_equal(&again, &public));
	der[90] ^= 1;
	assert_false(key_public_parse(&again, bytes_of(der, 91)));	/* beside the curve */
	der[90] ^= 1;
	der[26] = 2;
	assert_false(key_public_parse(&again, bytes_of(der, 91)));	/* says compressed */
	der[26] = 4;
	assert_false(key_public_parse(&again, bytes_of(der, 90)));
	assert_false(key_public_parse(&again, bytes_of(NULL, 0)));
	/* An even y, and Ed25519. */
	public.bytes[63] ^= 1;
	key_compressed(compressed, &public);
	assert_int_equal(compressed[0], 2);
	memset(&public, 0, sizeof(public));
	public.algorithm = KEY_ED25519;
	public.bytes[0] = 7;
	assert_int_equal(key_public_der(der, &public), 44);
	assert_true(key_public_parse(&again, bytes_of(der, 44)));
	assert_true(key_public_equal(&again, &public));
	assert_int_equal(key_compressed(compressed, &public), 32);
}

/* ---- verifier strings ------------------------------------------------- */

#define VERIFIER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

static void
verifier_strings_are_read_and_written(void **state)
{
	static const struct text_change rows[] = {
		{ "another name", "PeterNeumann", "PeterNeuman" },
		{ "another id", "c74f", "c75f" },
		{ "an id in capitals", "c74f", "C74F" },
		{ "a name with a space", "PeterN", "Peter N" },
		{ "no name", "PeterNeumann", "" },
		{ "a plus too few", "+ARpc", "ARpc" },
		{ "a minus for the first plus", "n+c", "n-c" },
		{ "a minus for the second plus", "a3+A", "a3-A" },
		{ "another algorithm", "ARpc", "BRpc" },
		{ "something behind", "10TW", "10TW=" },
		{ "a newline behind", "10TW", "10TW\n" },
		{ "cut short", "10TW", "" }
	};
	struct note_key key;
	char out[KEY_VERIFIER_BYTES_MAX];

	(void)state;
	assert_true(key_verifier_parse(&key, bytes_of_text(VERIFIER)));
	assert_int_equal(key.algorithm, NOTE_ED25519);
	assert_true(bytes_equal_text(key.name, "PeterNeumann"));
	assert_true(bytes_equal_text(bytes_of(out, key_verifier_format(out, &key)), VERIFIER));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct assay_bytes text = text_changed(VERIFIER, rows[i].from, rows[i].to);

		if (key_verifier_parse(&key, text)) {
			fail_msg("accepted: %s", rows[i].reason);
		}
		text_free(text);
	}
	assert_false(key_verifier_parse(&key, bytes_of(NULL, 0)));
	/* A witness's has type 04, and so another id. */
	assert_true(key_verifier_parse(&key, bytes_of_text(VERIFIER)));
	key.algorithm = NOTE_COSIGNATURE;
	const size_t len = key_verifier_format(out, &key);

	assert_true(key_verifier_parse(&key, bytes_of(out, len)));
	assert_int_equal(key.algorithm, NOTE_COSIGNATURE);
	/* The longest name fits. */
	char name[NOTE_NAME_BYTES_MAX + 1];

	memset(name, 'n', sizeof(name));
	key.name = bytes_of(name, NOTE_NAME_BYTES_MAX);
	assert_int_equal(key_verifier_format(out, &key), KEY_VERIFIER_BYTES_MAX);
	assert_true(key_name_is_good(key.name));
	assert_false(key_name_is_good(bytes_of(name, NOTE_NAME_BYTES_MAX + 1)));
}

/* ---- files: round trips ----------------------------------------------- */

struct text_file {
	size_t len;
	char text[KEY_FILE_BYTES_MAX];
};

static void
make_file(struct text_file *out, struct key_pair *pair, const struct key_label *label, bool encrypted)
{
	assert_true(key_generate(pair, label->kind == KEY_UNSPECIFIED ? KEY_P256 : key_kind_algorithm(label->kind)));
	expect("writing", key_file_format(out->text, &out->len, label, pair, encrypted ? &cheap : NULL,
	    bytes_of_text("correct horse")), KEY_GOOD);
}

static enum key_result
open_text(struct key_pair *pair, struct assay_bytes text, const char *passphrase)
{
	struct key_file file;
	enum key_result result = key_file_parse(&file, text);

	memset(pair, 0, sizeof(*pair));
	if (result == KEY_GOOD) {
		result = key_file_open(pair, &file, bytes_of_text(passphrase));
	}
	assert_true((result == KEY_GOOD) == (pair->secret != NULL));
	key_file_release(&file);
	return result;
}

static void
files_give_back_what_was_written(void **state)
{
	static const struct key_label labels[] = {
		{ KEY_UNSPECIFIED, "" }, { KEY_ACCOUNT, "" }, { KEY_AGENT, "" }, { KEY_LOG, "example.org/log" },
		{ KEY_WITNESS, "w" }
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(labels) / sizeof(labels[0]); i++) {
		const struct key_label *label = &labels[i / 2];
		const bool encrypted = i % 2 == 0;
		struct text_file written;
		struct key_pair pair, again;
		struct key_file file;
		uint8_t signature[64];

		make_file(&written, &pair, label, encrypted);
		expect("parsing", key_file_parse(&file, bytes_of(written.text, written.len)), KEY_GOOD);
		assert_int_equal(file.label.kind, label->kind);
		assert_string_equal(file.label.name, label->name);
		assert_true(file.has_public && key_public_equal(&file.public, &pair.public));
		assert_int_equal(file.derivation, encrypted ? KEY_SCRYPT : KEY_NOT_ENCRYPTED);
		assert_int_equal(file.cost.n, encrypted ? cheap.n : 0);
		expect("opening", key_file_open(&again, &file, bytes_of_text("correct horse")), KEY_GOOD);
		assert_true(key_sign(&again, signature, bytes_of_text("m")));
		assert_true(verifies(&pair, signature, bytes_of_text("m")));
		key_file_release(&file);
		key_release(&pair);
		key_release(&again);
	}
}

static void
ordinary_cost_is_what_openssl_reads(void **state)
{
	const struct key_label label = { KEY_ACCOUNT, "" };
	struct key_pair pair;
	struct text_file written;
	char word[] = "correct horse";

	(void)state;
	assert_true(key_generate(&pair, KEY_P256));
	expect("writing", key_file_format(written.text, &written.len, &label, &pair, &key_cost_ordinary,
	    bytes_of_text(word)), KEY_GOOD);
	BIO *bio = BIO_new_mem_buf(written.text, (int)written.len);
	EVP_PKEY *read = PEM_read_bio_PrivateKey(bio, NULL, NULL, word);

	assert_non_null(read);
	assert_int_equal(EVP_PKEY_eq(read, pair.secret), 1);
	EVP_PKEY_free(read);
	BIO_free(bio);
	key_release(&pair);
}

static void
labels_and_passphrases_are_checked(void **state)
{
	static const struct {
		const char *reason;
		bool with_ed25519;
		struct key_label label;
	} rows[] = {
		{ "an account with a name", false, { KEY_ACCOUNT, "me" } },
		{ "a log without a name", true, { KEY_LOG, "" } },
		{ "a witness without a name", true, { KEY_WITNESS, "" } },
		{ "a name with a plus", true, { KEY_LOG, "a+b" } },
		{ "a name with a newline", true, { KEY_LOG, "a\nb" } },
		{ "a log of a key of another algorithm", false, { KEY_LOG, "log" } },
		{ "an account of a key of another algorithm", true, { KEY_ACCOUNT, "" } },
		{ "nobody's, with a name", false, { KEY_UNSPECIFIED, "log" } }
	};
	struct key_pair pair, log;
	struct text_file out;
	const struct key_label account = { KEY_ACCOUNT, "" };
	char *long_word = malloc(KEY_PASSPHRASE_BYTES_MAX + 1);

	(void)state;
	assert_true(key_generate(&pair, KEY_P256) && key_generate(&log, KEY_ED25519));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		expect(rows[i].reason, key_file_format(out.text, &out.len, &rows[i].label,
		    rows[i].with_ed25519 ? &log : &pair, NULL, bytes_of(NULL, 0)), KEY_OTHER_KIND);
		assert_int_equal(out.len, 0);
	}
	key_release(&log);
	expect("an empty passphrase", key_file_format(out.text, &out.len, &account, &pair, &cheap, bytes_of("", 0)),
	    KEY_WRONG_PASSPHRASE);
	assert_non_null(long_word);
	memset(long_word, 'x', KEY_PASSPHRASE_BYTES_MAX + 1);
	expect("a passphrase of one byte too many", key_file_format(out.text, &out.len, &account, &pair, &cheap,
	    bytes_of(long_word, KEY_PASSPHRASE_BYTES_MAX + 1)), KEY_FAILED);
	expect("the longest passphrase", key_file_format(out.text, &out.len, &account, &pair, &cheap,
	    bytes_of(long_word, KEY_PASSPHRASE_BYTES_MAX)), KEY_GOOD);
	free(long_word);
	key_release(&pair);
}

/* ---- files: what is refused ------------------------------------------- */

static void
wrong_passphrases_open_nothing(void **state)
{
	const struct key_label label = { KEY_ACCOUNT, "" };
	struct text_file written;
	struct key_pair pair, again;

	(void)state;
	make_file(&written, &pair, &label, true);
	/* By chance one of 256 leaves good padding: then the form of what comes out decides. */
	for (unsigned i = 0; i < 600; i++) {
		char word[16];

		snprintf(word, sizeof(word), "%u", i);
		expect(word, open_text(&again, bytes_of(written.text, written.len), word), KEY_WRONG_PASSPHRASE);
	}
	expect("none", open_text(&again, bytes_of(written.text, written.len), ""), KEY_WRONG_PASSPHRASE);
	key_release(&pair);
}

static void
pieces_and_damage_open_nothing_else(void **state)
{
	const struct key_label label = { KEY_LOG, "example.org/log" };
	struct text_file written;
	struct key_pair pair, again;

	(void)state;
	make_file(&written, &pair, &label, true);
	/* All but the last newline is needed. */
	for (size_t len = 0; len + 1 < written.len; len++) {
		const struct assay_bytes text = text_prefix(written.text, len);

		expect("a prefix", open_text(&again, text, "correct horse"), KEY_NOT_A_KEY);
		text_free(text);
	}
	for (size_t i = 0; i < written.len; i++) {
		const char was = written.text[i];

		written.text[i] = was == 'B' ? 'C' : 'B';
		if (open_text(&again, bytes_of(written.text, written.len), "correct horse") == KEY_GOOD) {
			assert_true(key_public_equal(&again.public, &pair.public));
			key_release(&again);
		}
		written.text[i] = was;
	}
	key_release(&pair);
}

static void
other_text_is_refused(void **state)
{
	static const struct {
		const char *reason;
		const char *from, *to;
		enum key_result result;
	} rows[] = {
		{ "another version", "key/1", "key/2", KEY_NOT_A_KEY },
		{ "another kind of word", "log example", "lag example", KEY_NOT_A_KEY },
		{ "a long word", "log example", "loglogloglogloglog example", KEY_NOT_A_KEY },
		{ "no kind", " log example.org/log", " ", KEY_NOT_A_KEY },
		{ "no name", " example.org/log", "", KEY_NOT_A_KEY },
		{ "an empty name", " example.org/log", " ", KEY_NOT_A_KEY },
		{ "two names", "example.org/log", "example.org/log b", KEY_NOT_A_KEY },
		{ "an account with a log's name", "log example", "account example", KEY_NOT_A_KEY },
		{ "an account with a log's key", "log example.org/log", "account", KEY_OTHER_KIND },
		{ "no public half", "-----BEGIN PUBLIC", "-----BEGIN BUBLIC", KEY_NOT_A_KEY },
		{ "text in front", "assay.key/1", "Bag Attributes\nassay.key/1", KEY_NOT_A_KEY },
		{ "text between the blocks", "-----END PUBLIC KEY-----\n", "-----END PUBLIC KEY-----\nx\n", KEY_NOT_A_KEY },
		{ "a traditional block", "-----BEGIN ENCRYPTED", "-----BEGIN EC", KEY_OTHER_FORM },
		{ "text behind", "-----END ENCRYPTED PRIVATE KEY-----\n", "-----END ENCRYPTED PRIVATE KEY-----\nx\n",
		  KEY_NOT_A_KEY },
		{ "another block behind", "-----END ENCRYPTED PRIVATE KEY-----\n",
		  "-----END ENCRYPTED PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
		  KEY_NOT_A_KEY }
	};
	const struct key_label label = { KEY_LOG, "example.org/log" };
	struct text_file written;
	struct key_pair pair, again;

	(void)state;
	make_file(&written, &pair, &label, true);
	written.text[written.len] = '\0';
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct assay_bytes text = text_changed(written.text, rows[i].from, rows[i].to);

		expect(rows[i].reason, open_text(&again, text, "correct horse"), rows[i].result);
		text_free(text);
	}
	/* A zero would end a name before its end, and a long one has no room. */
	char *dot = strstr(written.text, ".org");

	*dot = '\0';
	expect("a zero in the name", open_text(&again, bytes_of(written.text, written.len), "correct horse"),
	    KEY_NOT_A_KEY);
	*dot = '.';
	char name[NOTE_NAME_BYTES_MAX + 2];

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	for (size_t shorter = 0; shorter < 2; shorter++) {
		const struct assay_bytes text = text_changed(written.text, "example.org/log", name + shorter);

		expect("a long name", open_text(&again, text, "correct horse"), shorter == 0 ? KEY_NOT_A_KEY : KEY_GOOD);
		key_release(&again);
		text_free(text);
	}
	key_release(&pair);
}

/* PEM of any PKCS#8, encrypted or not, as OpenSSL writes it. */
static struct assay_bytes
pem_of(EVP_PKEY *key, bool encrypted)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data;

	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, key, encrypted ? EVP_aes_256_cbc() : NULL, "x",
	    encrypted ? 1 : 0, NULL, NULL), 1);
	const size_t len = (size_t)BIO_get_mem_data(bio, &data);
	const struct assay_bytes text = text_prefix(data, len);

	BIO_free(bio);
	return text;
}

static void
other_algorithms_are_refused(void **state)
{
	EVP_PKEY *keys[] = {
		EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384"), EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1"),
		EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048), EVP_PKEY_Q_keygen(NULL, NULL, "X25519"),
		EVP_PKEY_Q_keygen(NULL, NULL, "ED448")
	};
	EVP_PKEY *good[] = { EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"), EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") };
	struct key_pair again;

	(void)state;
	for (unsigned i = 0; i < 2 * sizeof(keys) / sizeof(keys[0]); i++) {
		const struct assay_bytes text = pem_of(keys[i / 2], i % 2 == 0);

		expect("another algorithm", open_text(&again, text, "x"), KEY_OTHER_ALGORITHM);
		text_free(text);
	}
	for (unsigned i = 0; i < 4; i++) {
		const struct assay_bytes text = pem_of(good[i / 2], i % 2 == 0);

		expect("ours, by OpenSSL", open_text(&again, text, "x"), KEY_GOOD);
		key_release(&again);
		text_free(text);
	}
	/* The pair itself takes none of them either; it frees what it does not take. */
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_false(key_adopt(&again, keys[i]));
	}
	EVP_PKEY_free(good[0]);
	EVP_PKEY_free(good[1]);
}

static struct assay_bytes
pem_of_der(const char *label, const uint8_t *der, size_t len)
{
	static char coded[8192];
	static char text[8192];

	assert_true(len < 4096);
	const size_t coded_len = base64_encode(coded, bytes_of(der, len));
	const int text_len = snprintf(text, sizeof(text), "-----BEGIN %s-----\n%.*s\n-----END %s-----\n", label,
	    (int)coded_len, coded, label);

	return text_prefix(text, (size_t)text_len);
}

static void
halves_of_two_keys_are_refused(void **state)
{
	const struct key_label label = { KEY_ACCOUNT, "" };
	struct text_file a, b, mixed;
	struct key_pair pair, other, again;

	(void)state;
	make_file(&a, &pair, &label, true);
	make_file(&b, &other, &label, true);
	a.text[a.len] = '\0';
	b.text[b.len] = '\0';
	/* The public block of one, the private block of the other. */
	char *cut = strstr(a.text, "-----BEGIN ENCRYPTED");
	const int mixed_len = snprintf(mixed.text, sizeof(mixed.text), "%.*s%s", (int)(cut - a.text), a.text,
	    strstr(b.text, "-----BEGIN ENCRYPTED"));

	expect("blocks of two keys", open_text(&again, bytes_of(mixed.text, (size_t)mixed_len), "correct horse"),
	    KEY_TWO_HALVES);
	/* Inside PKCS#8 a point may stand behind the number: here that of the other key. */
	PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(pair.secret);
	uint8_t *der = NULL;
	const int len = i2d_PKCS8_PRIV_KEY_INFO(plain, &der);

	assert_int_equal(len, 138);
	memcpy(der + len - 64, other.public.bytes, 64);
	const struct assay_bytes text = pem_of_der("PRIVATE KEY", der, (size_t)len);

	expect("a number and another's point", open_text(&again, text, ""), KEY_TWO_HALVES);
	text_free(text);
	/* And a byte behind all of it. */
	memcpy(der + len - 64, pair.public.bytes, 64);
	uint8_t longer[139] = { 0 };

	memcpy(longer, der, (size_t)len);
	for (size_t more = 0; more < 2; more++) {
		const struct assay_bytes whole = pem_of_der("PRIVATE KEY", longer, (size_t)len + more);

		expect("whole, and a byte more", open_text(&again, whole, ""), more == 0 ? KEY_GOOD : KEY_NOT_A_KEY);
		key_release(&again);
		text_free(whole);
	}
	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(plain);
	key_release(&pair);
	key_release(&other);
}

/* ---- hostile envelopes ------------------------------------------------ */

#define OID_PBES2 "06092a864886f70d01050d"
#define OID_PBKDF2 "06092a864886f70d01050c"
#define OID_SCRYPT "06092b06010401da47040b"
#define OID_AES256 "060960864801650304012a"
#define OID_AES128 "0609608648016503040102"
#define OID_DES3 "06082a864886f70d0307"
#define SALT "04080102030405060708"
#define IV "0410000102030405060708090a0b0c0d0e0f"
#define BLOCK "0410000102030405060708090a0b0c0d0e0f"
#define SHA256_PRF "300c06082a864886f70d02090500"

struct envelope_row {
	const char *reason;
	enum key_result result;
	const char *scheme, *derivation, *parameters, *cipher, *iv, *secret;
};

/* EncryptedPrivateKeyInfo out of its parts. */
static struct assay_bytes
envelope_of(const struct envelope_row *row)
{
	static struct der_text d;

	d.len = 0;
	der_text_add(&d, row->scheme);
	const size_t both = d.len;

	der_text_add(&d, row->derivation);
	const size_t parameters = d.len;

	der_text_add(&d, row->parameters);
	der_text_close(&d, parameters, 0x30);
	der_text_close(&d, both, 0x30);
	const size_t cipher = d.len;

	der_text_add(&d, row->cipher);
	der_text_add(&d, row->iv);
	der_text_close(&d, cipher, 0x30);
	der_text_close(&d, both, 0x30);
	der_text_close(&d, 0, 0x30);
	der_text_add(&d, row->secret);
	der_text_close(&d, 0, 0x30);
	return pem_of_der("ENCRYPTED PRIVATE KEY", d.bytes, d.len);
}

#define SCRYPT(numbers) OID_PBES2, OID_SCRYPT, SALT numbers, OID_AES256, IV, BLOCK
#define PBKDF2(rest) OID_PBES2, OID_PBKDF2, SALT rest, OID_AES256, IV, BLOCK

static const struct envelope_row envelope_rows[] = {
	{ "ours", KEY_GOOD, SCRYPT("02024000" "020108" "020108") },
	{ "with the length of the derived key", KEY_GOOD, SCRYPT("02024000" "020108" "020108" "020120") },
	{ "the largest table: 128 MiB", KEY_GOOD, SCRYPT("0203020000" "020108" "020104") },
	{ "a table of twice that", KEY_TOO_COSTLY, SCRYPT("0203040000" "020108" "020101") },
	{ "the same by r", KEY_TOO_COSTLY, SCRYPT("0203020000" "020109" "020101") },
	{ "a little more work than allowed", KEY_TOO_COSTLY, SCRYPT("02024000" "020108" "020121") },
	{ "N of 2^31", KEY_TOO_COSTLY, SCRYPT("02050080000000" "020101" "020101") },
	{ "N of 2^64 + 2^14", KEY_TOO_COSTLY, SCRYPT("0209010000000000004000" "020108" "020108") },
	{ "N of 2^64", KEY_TOO_COSTLY, SCRYPT("0209010000000000000000" "020101" "020101") },
	{ "r of 2^30", KEY_TOO_COSTLY, SCRYPT("02024000" "020440000000" "020101") },
	{ "p of 2^30", KEY_TOO_COSTLY, SCRYPT("02024000" "020101" "020440000000") },
	{ "a product that is zero in 64 bits", KEY_TOO_COSTLY,
	  SCRYPT("02050080000000" "02050080000000" "020104") },
	{ "N that is no power of two", KEY_TOO_COSTLY, SCRYPT("02024001" "020108" "020101") },
	{ "N that protects nothing", KEY_TOO_COSTLY, SCRYPT("02020200" "020108" "020101") },
	{ "N of zero", KEY_TOO_COSTLY, SCRYPT("020100" "020108" "020101") },
	{ "r of zero", KEY_TOO_COSTLY, SCRYPT("02024000" "020100" "020101") },
	{ "p of zero", KEY_TOO_COSTLY, SCRYPT("02024000" "020108" "020100") },
	{ "a negative N", KEY_NOT_A_KEY, SCRYPT("0202c000" "020108" "020101") },
	{ "no p", KEY_NOT_A_KEY, SCRYPT("02024000" "020108") },
	{ "a derived key of another length", KEY_NOT_A_KEY, SCRYPT("02024000" "020108" "020108" "020110") },
	{ "a number too many", KEY_NOT_A_KEY, SCRYPT("02024000" "020108" "020108" "020120" "020120") },
	{ "PBKDF2 with SHA-256", KEY_GOOD, PBKDF2("02020800" SHA256_PRF) },
	{ "the most iterations", KEY_GOOD, PBKDF2("02033d0900" SHA256_PRF) },
	{ "one iteration more", KEY_TOO_COSTLY, PBKDF2("02033d0901" SHA256_PRF) },
	{ "2^31 iterations", KEY_TOO_COSTLY, PBKDF2("02050080000000" SHA256_PRF) },
	{ "no iterations", KEY_TOO_COSTLY, PBKDF2("020100" SHA256_PRF) },
	{ "PBKDF2 with SHA-1, unsaid", KEY_OTHER_CIPHER, PBKDF2("02020800") },
	{ "PBKDF2 with SHA-1, said", KEY_OTHER_CIPHER, PBKDF2("02020800" "300c06082a864886f70d02070500") },
	{ "PBKDF2 with something behind", KEY_NOT_A_KEY, PBKDF2("02020800" SHA256_PRF "0500") },
	{ "PBES1", KEY_OTHER_CIPHER, "06092a864886f70d010503", OID_SCRYPT, SALT "02024000" "020108" "020108", OID_AES256, IV,
	  BLOCK },
	{ "another derivation", KEY_OTHER_CIPHER, OID_PBES2, OID_AES128, SALT, OID_AES256, IV, BLOCK },
	{ "AES-128", KEY_OTHER_CIPHER, OID_PBES2, OID_SCRYPT, SALT "02024000" "020108" "020108", OID_AES128, IV, BLOCK },
	{ "triple DES", KEY_OTHER_CIPHER, OID_PBES2, OID_SCRYPT, SALT "02024000" "020108" "020108", OID_DES3,
	  "04080001020304050607", BLOCK },
	{ "a short IV", KEY_NOT_A_KEY, OID_PBES2, OID_SCRYPT, SALT "02024000" "020108" "020108", OID_AES256,
	  "04080001020304050607", BLOCK },
	{ "no IV", KEY_NOT_A_KEY, OID_PBES2, OID_SCRYPT, SALT "02024000" "020108" "020108", OID_AES256, "", BLOCK },
	{ "half a block", KEY_NOT_A_KEY, OID_PBES2, OID_SCRYPT, SALT "02024000" "020108" "020108", OID_AES256, IV,
	  "04080001020304050607" },
	{ "no secret", KEY_NOT_A_KEY, OID_PBES2, OID_SCRYPT, SALT "02024000" "020108" "020108", OID_AES256, IV, "0400" },
	{ "something behind the secret", KEY_NOT_A_KEY, OID_PBES2, OID_SCRYPT, SALT "02024000" "020108" "020108",
	  OID_AES256, IV, BLOCK "0500" },
	{ "a salt of 65 bytes", KEY_NOT_A_KEY, OID_PBES2, OID_SCRYPT,
	  "0441" "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "00000000000000000000000000000000000000000000000000" "02024000" "020108" "020108", OID_AES256, IV, BLOCK }
};

static void
hostile_envelopes_are_refused_unopened(void **state)
{
	struct key_file file;

	(void)state;
	for (size_t i = 0; i < sizeof(envelope_rows) / sizeof(envelope_rows[0]); i++) {
		const struct assay_bytes text = envelope_of(&envelope_rows[i]);

		expect(envelope_rows[i].reason, key_file_parse(&file, text), envelope_rows[i].result);
		key_file_release(&file);
		text_free(text);
	}
}

/* ---- disk ------------------------------------------------------------- */

static char directory[256];

static const char *
path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static int
make_directory(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	snprintf(directory, sizeof(directory), "%s/keys-XXXXXX", parent == NULL ? "/tmp" : parent);
	return mkdtemp(directory) == NULL;
}

static int
remove_directory(void **state)
{
	char command[512];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return system(command);
}

static void
expect_on_disk(const char *name, const char *content)
{
	char text[KEY_FILE_BYTES_MAX];
	size_t len;
	struct stat status;

	expect(name, key_disk_read(text, &len, path_of(name)), KEY_GOOD);
	assert_true(bytes_equal_text(bytes_of(text, len), content));
	assert_int_equal(lstat(path_of(name), &status), 0);
	if (S_ISREG(status.st_mode)) {
		assert_int_equal(status.st_mode & 07777, 0600);
	}
}

static void
new_files_are_private_and_never_overwrite(void **state)
{
	static const mode_t masks[] = { 0, 022, 0777 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char name[8];
		const mode_t old = umask(masks[i]);

		snprintf(name, sizeof(name), "new%u", (unsigned)i);
		expect("creating", key_disk_create(path_of(name), bytes_of_text("first")), KEY_GOOD);
		umask(old);
		expect_on_disk(name, "first");
		expect("creating again", key_disk_create(path_of(name), bytes_of_text("second")), KEY_EXISTS);
		expect_on_disk(name, "first");
	}
	/* A link into nowhere is something that exists, too. */
	assert_int_equal(symlink("nowhere", path_of("link")), 0);
	expect("through a link", key_disk_create(path_of("link"), bytes_of_text("x")), KEY_EXISTS);
	assert_int_equal(access(path_of("nowhere"), F_OK), -1);
	expect("without a directory", key_disk_create(path_of("no/key"), bytes_of_text("x")), KEY_SYSTEM);
}

static void
files_that_others_can_read_are_refused(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0601, 0666, 0444 };
	char text[KEY_FILE_BYTES_MAX];
	size_t len;
	const char *path = path_of("open");

	(void)state;
	expect("creating", key_disk_create(path, bytes_of_text("x")), KEY_GOOD);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(path, modes[i]), 0);
		expect("too open", key_disk_read(text, &len, path), KEY_TOO_OPEN);
		assert_int_equal(len, 0);
	}
	assert_int_equal(chmod(path, 0400), 0);
	expect("read-only", key_disk_read(text, &len, path), KEY_GOOD);
}

static void
what_is_no_file_of_that_size_is_refused(void **state)
{
	static char large[KEY_FILE_BYTES_MAX + 1];
	char text[KEY_FILE_BYTES_MAX];
	size_t len;

	(void)state;
	expect("a directory", key_disk_read(text, &len, directory), KEY_NOT_A_FILE);
	expect("nothing", key_disk_read(text, &len, path_of("nothing")), KEY_SYSTEM);
	assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
	expect("a pipe that nobody writes", key_disk_read(text, &len, path_of("pipe")), KEY_NOT_A_FILE);
	memset(large, 'x', sizeof(large));
	expect("creating", key_disk_create(path_of("large"), bytes_of(large, sizeof(large))), KEY_GOOD);
	expect("a byte too many", key_disk_read(text, &len, path_of("large")), KEY_TOO_LARGE);
	expect("creating", key_disk_create(path_of("full"), bytes_of(large, KEY_FILE_BYTES_MAX)), KEY_GOOD);
	expect("as large as may be", key_disk_read(text, &len, path_of("full")), KEY_GOOD);
	assert_int_equal(len, KEY_FILE_BYTES_MAX);
}

static void
replacing_goes_through_links_and_leaves_nothing(void **state)
{
	char command[1024];

	(void)state;
	expect("creating", key_disk_create(path_of("target"), bytes_of_text("first")), KEY_GOOD);
	assert_int_equal(symlink("target", path_of("alias")), 0);
	expect("replacing", key_disk_replace(path_of("alias"), bytes_of_text("second")), KEY_GOOD);
	expect_on_disk("target", "second");
	expect_on_disk("alias", "second");
	struct stat status;

	assert_int_equal(lstat(path_of("alias"), &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	expect("replacing nothing", key_disk_replace(path_of("absent"), bytes_of_text("x")), KEY_SYSTEM);
	/* No half-written neighbour stays behind. */
	snprintf(command, sizeof(command), "test -z \"$(find '%s' -name 'target.*' -o -name 'absent*')\"", directory);
	assert_int_equal(system(command), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures_verify),
		cmocka_unit_test(s_is_always_low),
		cmocka_unit_test(public_forms_are_right),
		cmocka_unit_test(verifier_strings_are_read_and_written),
		cmocka_unit_test(files_give_back_what_was_written),
		cmocka_unit_test(ordinary_cost_is_what_openssl_reads),
		cmocka_unit_test(labels_and_passphrases_are_checked),
		cmocka_unit_test(wrong_passphrases_open_nothing),
		cmocka_unit_test(pieces_and_damage_open_nothing_else),
		cmocka_unit_test(other_text_is_refused),
		cmocka_unit_test(other_algorithms_are_refused),
		cmocka_unit_test(halves_of_two_keys_are_refused),
		cmocka_unit_test(hostile_envelopes_are_refused_unopened),
		cmocka_unit_test(new_files_are_private_and_never_overwrite),
		cmocka_unit_test(files_that_others_can_read_are_refused),
		cmocka_unit_test(what_is_no_file_of_that_size_is_refused),
		cmocka_unit_test(replacing_goes_through_links_and_leaves_nothing)
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
