/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the store: a directory that goes away, a seed, stores of made-up blocks. */
#ifndef UNIT_SCRATCH_H
#define UNIT_SCRATCH_H

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "store/checkpoint_file.h"

struct scratch {
	char directory[256];
	char path[512];		/* the last that scratch_path made */
};

static inline void
scratch_make(struct scratch *scratch)
{
	const char *parent = getenv("TMPDIR");

	snprintf(scratch->directory, sizeof(scratch->directory), "%s/store-XXXXXX", parent == NULL ? "/tmp" : parent);
	assert_non_null(mkdtemp(scratch->directory));
}

static inline void
scratch_remove(const struct scratch *scratch)
{
	char command[1024];

	snprintf(command, sizeof(command), "chmod -R u+w '%s' && rm -rf '%s'", scratch->directory, scratch->directory);
	assert_int_equal(system(command), 0);
}

static inline const char *
scratch_path(struct scratch *scratch, const char *name)
{
	snprintf(scratch->path, sizeof(scratch->path), "%s/%s", scratch->directory, name);
	return scratch->path;
}

static inline uint64_t
scratch_random(uint64_t *seed)
{
	uint64_t x = *seed += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static inline struct store *
scratch_open(const char *directory, enum store_mode mode)
{
	const struct store_options options = { .mode = mode };
	struct store_error error;
	struct store *store = store_open(directory, &options, assay_crypto_openssl(), &error);

	if (store == NULL) {
		print_error("%s %s %s\n", error.what, error.cause, error.fix);
	}
	assert_non_null(store);
	return store;
}

/* ---- a key ------------------------------------------------------------ */

static inline bool
scratch_sign(void *context, struct assay_bytes message, uint8_t signature[64])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t len = 64;
	const bool signed_ = EVP_DigestSignInit(md, NULL, NULL, NULL, context) == 1 &&
	    EVP_DigestSign(md, signature, &len, message.data, message.len) == 1;

	EVP_MD_CTX_free(md);
	return signed_;
}

/* The same key for the same number; its name is the log's. */
static inline struct log_signer
scratch_signer(uint8_t number)
{
	struct log_signer signer = { .sign = scratch_sign };
	uint8_t seed[32];
	size_t len = sizeof(signer.key.key);

	memset(seed, number, sizeof(seed));
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));

	assert_non_null(key);
	EVP_PKEY_get_raw_public_key(key, signer.key.key, &len);
	signer.context = key;
	signer.key.algorithm = NOTE_ED25519;
	signer.key.name = bytes_of_text("example.org/scratch");
	return signer;
}

static inline void
scratch_signer_free(struct log_signer *signer)
{
	EVP_PKEY_free(signer->context);
}

/* ---- stores ----------------------------------------------------------- */

/* What opening fails with. */
static inline enum store_failure
scratch_refused(const char *directory, enum store_mode mode)
{
	const struct store_options options = { .mode = mode };
	struct store_error error;
	struct store *store = store_open(directory, &options, assay_crypto_openssl(), &error);

	if (store != NULL) {
		store_close(store);
		return STORE_FINE;
	}
	/* Every error is a sentence. */
	assert_true(strlen(error.what) > 10 && error.what[strlen(error.what) - 1] == '.');
	return error.failure;
}

static inline void
scratch_append(struct store *store, struct assay_bytes entry)
{
	const struct assay_entries entries = store_entries(store);
	uint64_t size;
	struct hash root;

	store_log(store, &size, &root);
	assert_true(entries.append(entries.context, size, entry));
}

/* Entry i of every scratch log; some are empty, some long. */
static inline struct assay_bytes
scratch_entry(uint64_t i, uint8_t out[static 4096])
{
	const size_t len = i % 7 == 3 ? 0 : i % 50 == 49 ? 4096 : 20 + i % 64;

	memset(out, (int)(i * 31), len);
	if (len >= sizeof(i)) {
		memcpy(out, &i, sizeof(i));
	}
	return bytes_of(out, len);
}

/* What block h does, between begin and commit: rows of a few tables, some put, some removed, and count entries. */
static inline void
scratch_fill(struct store *store, uint64_t height, unsigned rows_count, unsigned entries_count)
{
	const struct assay_rows rows = store_rows(store);
	uint8_t entry[4096], key[9], value[512];
	uint64_t seed = height * 1000003, size;
	struct hash root;
	size_t len;

	for (unsigned i = 0; i < rows_count; i++) {
		const uint64_t random = scratch_random(&seed);
		const struct assay_bytes name = bytes_of(key, 1 + random % 3 * 4);

		memset(key, 0, sizeof(key));
		key[0] = (uint8_t)(1 + random % 5);
		key[1] = (uint8_t)(random >> 8);
		key[2] = (uint8_t)(random >> 16 & 3);
		memset(value, (int)(random >> 24), sizeof(value));
		if (random >> 40 & 1 && rows.get(rows.context, name, value, sizeof(value), &len) == ASSAY_ROWS_FOUND) {
			rows.remove(rows.context, name);
		} else {
			rows.put(rows.context, name, bytes_of(value, random >> 44 & 255));
		}
	}
	for (unsigned i = 0; i < entries_count; i++) {
		store_log(store, &size, &root);
		const struct assay_entries entries = store_entries(store);

		entries.append(entries.context, size, scratch_entry(size, entry));
	}
}

static inline bool
scratch_block(struct store *store, uint64_t height, unsigned rows_count, unsigned entries_count,
    struct store_error *error)
{
	if (!store_begin_block(store, error)) {
		return false;
	}
	scratch_fill(store, height, rows_count, entries_count);
	return store_commit_block(store, height, error);
}

static inline void
scratch_blocks(struct store *store, uint64_t first, uint64_t end)
{
	struct store_error error;

	for (uint64_t h = first; h < end; h++) {
		if (!scratch_block(store, h, 20, 1 + (unsigned)(h % 5), &error)) {
			print_error("%s %s\n", error.what, error.cause);
			fail();
		}
	}
}

#endif
