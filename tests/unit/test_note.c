/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes, cosignatures and checkpoints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <openssl/evp.h>

#include "log/proof_text.h"

static const struct assay_crypto *crypto;
static EVP_PKEY *signer;
static struct note_key log_key;
static struct note_key witness_key;

static struct assay_bytes
text_of(const char *s)
{
	return (struct assay_bytes){ (const uint8_t *)s, strlen(s) };
}

static int
setup(void **state)
{
	static const uint8_t seed[32] = { 7 };
	size_t len = 32;

	(void)state;
	crypto = assay_crypto_openssl();
	signer = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
	log_key.algorithm = NOTE_ED25519;
	log_key.name = text_of("example.org/log");
	EVP_PKEY_get_raw_public_key(signer, log_key.key, &len);
	witness_key = log_key;
	witness_key.algorithm = NOTE_COSIGNATURE;
	witness_key.name = text_of("witness.example");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	EVP_PKEY_free(signer);
	return 0;
}

static void
sign(uint8_t signature[64], const void *message, size_t message_len)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t len = 64;

	assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, signer), 1);
	assert_int_equal(EVP_DigestSign(context, signature, &len, message, message_len), 1);
	EVP_MD_CTX_free(context);
}

static size_t
make_note(char *out, size_t size)
{
	struct checkpoint checkpoint = { .origin = text_of("example.org/log"), .size = 1234 };
	uint8_t signature[64];
	char message[600];

	memset(checkpoint.root.bytes, 0xab, HASH_BYTES);
	size_t len = checkpoint_format(out, size, &checkpoint);

	assert_int_not_equal(len, 0);
	sign(signature, out, len);
	size_t head = note_cosignature_head(message, 1700000000);

	memcpy(message + head, out, len);
	head += len;
	len = note_append_signature(out, size, len, true, crypto, &log_key, 0, signature);
	assert_int_not_equal(len, 0);
	sign(signature, message, head);
	len = note_append_signature(out, size, len, false, crypto, &witness_key, 1700000000, signature);
	assert_int_not_equal(len, 0);
	return len;
}

static void
what_was_signed_verifies(void **state)
{
	char note[1024];
	const size_t len = make_note(note, sizeof(note));
	const struct assay_bytes whole = { (const uint8_t *)note, len };
	struct assay_bytes text, signatures;
	struct checkpoint checkpoint;
	int64_t time_s;

	(void)state;
	assert_int_equal(note_verify(crypto, whole, &log_key, &time_s), NOTE_GOOD);
	assert_int_equal(time_s, 0);
	assert_int_equal(note_verify(crypto, whole, &witness_key, &time_s), NOTE_GOOD);
	assert_int_equal(time_s, 1700000000);
	assert_true(note_split(whole, &text, &signatures));
	assert_true(checkpoint_parse(&checkpoint, text));
	assert_int_equal(checkpoint.size, 1234);
	assert_int_equal(checkpoint.root.bytes[31], 0xab);
}

static void
every_changed_byte_is_noticed(void **state)
{
	char note[1024];
	const size_t len = make_note(note, sizeof(note));
	int64_t time_s;

	(void)state;
	for (size_t i = 0; i < len; i++) {
		note[i] ^= 1;
		const struct assay_bytes whole = { (const uint8_t *)note, len };
		const enum note_result by_log = note_verify(crypto, whole, &log_key, &time_s);
		const enum note_result by_witness = note_verify(crypto, whole, &witness_key, &time_s);

		/* A byte of one line leaves the other line good; none leaves both. */
		assert_false(by_log == NOTE_GOOD && by_witness == NOTE_GOOD);
		note[i] ^= 1;
	}
}

static void
other_keys_are_absent(void **state)
{
	char note[1024];
	const struct assay_bytes whole = { (const uint8_t *)note, make_note(note, sizeof(note)) };
	struct note_key other = log_key;
	int64_t time_s;

	(void)state;
	other.key[0] ^= 1;
	assert_int_equal(note_verify(crypto, whole, &other, &time_s), NOTE_ABSENT);
	other = log_key;
	other.name = text_of("example.org/other");
	assert_int_equal(note_verify(crypto, whole, &other, &time_s), NOTE_ABSENT);
}

static void
malformed_notes_are_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"text\n",
		"text\n\n",
		"text\n\nno dash here\n",
		"text\n\n\xe2\x80\x94 name\n",
		"text\n\n\xe2\x80\x94  AAAA\n",
		"text\n\n\xe2\x80\x94 name AAAA",
		"te\txt\n\n\xe2\x80\x94 name AAAA\n",
		"te\xff\n\n\xe2\x80\x94 name AAAA\n",
	};
	int64_t time_s;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(note_verify(crypto, text_of(rows[i]), &log_key, &time_s), NOTE_BAD);
	}
}

static void
checkpoints_are_strict(void **state)
{
	static const char root[] = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=";
	static const struct {
		const char *format;
		bool good;
	} rows[] = {
		{ "origin\n5\n%s\n", true },
		{ "origin\n0\n%s\n", true },
		{ "origin\n05\n%s\n", false },
		{ "origin\n-5\n%s\n", false },
		{ "origin\n\n%s\n", false },
		{ "\n5\n%s\n", false },
		{ "origin\n5\n%s", false },
		{ "origin\n5\n%s\nextension\n", false },
		{ "origin\n99999999999999999999\n%s\n", false },
		{ "origin\n5\nq6s=\n", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct checkpoint checkpoint;
		char text[200];

		snprintf(text, sizeof(text), rows[i].format, root);
		assert_int_equal(checkpoint_parse(&checkpoint, text_of(text)), rows[i].good);
	}
}

static void
what_does_not_fit_is_not_written(void **state)
{
	const struct checkpoint checkpoint = { .origin = text_of("example.org/log"), .size = 1 };
	const uint8_t signature[64] = { 0 };
	char out[80];

	(void)state;
	assert_int_equal(checkpoint_format(out, 10, &checkpoint), 0);
	assert_int_equal(note_append_signature(out, sizeof(out), 60, true, crypto, &log_key, 0, signature), 0);
}

/* A receipt of one entry among five, as a file. */
static void
a_receipt_proves_its_entry(void **state)
{
	static const char *const entries[] = { "a", "b", "c", "d", "e" };
	struct hash leaves[5];
	struct frontier frontier = { 0 };
	struct proof_text made = { .index = 2 };
	struct proof_text read;
	struct checkpoint checkpoint = { .origin = text_of("example.org/log"), .size = 5 };
	uint8_t signature[64];
	char note[512];
	char file[1024];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		merkle_leaf(crypto, &leaves[i], text_of(entries[i]));
		frontier_append(&frontier, crypto, &leaves[i]);
	}
	frontier_root(&frontier, crypto, &checkpoint.root);
	size_t len = checkpoint_format(note, sizeof(note), &checkpoint);

	sign(signature, note, len);
	len = note_append_signature(note, sizeof(note), len, true, crypto, &log_key, 0, signature);
	/* Of leaf 2 in a tree of 5: leaf 3, then the node over 0 and 1, then leaf 4. */
	made.proof.count = 3;
	made.proof.hashes[0] = leaves[3];
	merkle_node(crypto, &made.proof.hashes[1], &leaves[0], &leaves[1]);
	made.proof.hashes[2] = leaves[4];
	made.checkpoint = (struct assay_bytes){ (const uint8_t *)note, len };
	len = proof_text_format(file, sizeof(file), &made);
	assert_int_not_equal(len, 0);
	assert_int_equal(proof_text_format(file, len - 1, &made), 0);
	len = proof_text_format(file, sizeof(file), &made);

	const struct assay_bytes whole = { (const uint8_t *)file, len };

	assert_true(proof_text_parse(&read, whole));
	assert_true(proof_text_verify(&read, crypto, &log_key, text_of("c"), &checkpoint));
	assert_int_equal(checkpoint.size, 5);
	assert_false(proof_text_verify(&read, crypto, &log_key, text_of("d"), &checkpoint));
	read.index = 1;
	assert_false(proof_text_verify(&read, crypto, &log_key, text_of("c"), &checkpoint));
	for (size_t i = 0; i < len; i++) {
		file[i] ^= 1;
		assert_false(proof_text_parse(&read, whole) &&
		    proof_text_verify(&read, crypto, &log_key, text_of("c"), &checkpoint));
		file[i] ^= 1;
	}
	/* Extra data changes nothing; another header is another format. */
	char with_extra[1200];

	snprintf(with_extra, sizeof(with_extra), "c2sp.org/tlog-proof@v1\nextra AAAA\n%.*s",
	    (int)(len - strlen("c2sp.org/tlog-proof@v1\n")), file + strlen("c2sp.org/tlog-proof@v1\n"));
	assert_true(proof_text_parse(&read, text_of(with_extra)));
	assert_true(proof_text_verify(&read, crypto, &log_key, text_of("c"), &checkpoint));
	with_extra[strlen("c2sp.org/tlog-proof@v")] = '2';
	assert_false(proof_text_parse(&read, text_of(with_extra)));
}

static void
a_witness_is_asked_in_its_own_form(void **state)
{
	static const char expected[] = "old 7\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n\nnote\n";
	struct proof proof = { .count = 1 };
	char out[200];

	(void)state;
	memset(proof.hashes[0].bytes, 0xab, HASH_BYTES);
	const size_t len = witness_request_format(out, sizeof(out), 7, &proof, text_of("note\n"));

	assert_int_equal(len, strlen(expected));
	assert_memory_equal(out, expected, len);
	assert_int_equal(witness_request_format(out, 10, 7, &proof, text_of("note\n")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_signed_verifies),
		cmocka_unit_test(every_changed_byte_is_noticed),
		cmocka_unit_test(other_keys_are_absent),
		cmocka_unit_test(malformed_notes_are_refused),
		cmocka_unit_test(checkpoints_are_strict),
		cmocka_unit_test(what_does_not_fit_is_not_written),
		cmocka_unit_test(a_receipt_proves_its_entry),
		cmocka_unit_test(a_witness_is_asked_in_its_own_form),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
