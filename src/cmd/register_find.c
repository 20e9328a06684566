/* SPDX-License-Identifier: Apache-2.0 */
/* Ids as people write them. */
#include "cmd/register_find.h"

#include <stdio.h>

#include "cmd/failure.h"
#include "format/hex.h"

#define PREFIX_DIGITS_MIN 4

/* What rows are found by: the end of the key, and a name where there is one. */
struct wanted_row {
	const char *text;
	bool is_hex;
	unsigned found;
	uint8_t id[32];
};

static bool
begins(const uint8_t id[static 32], const char *text)
{
	char digits[64];
	const size_t len = strlen(text);

	hex_encode(digits, bytes_of(id, 32));
	return len <= sizeof(digits) && memcmp(digits, text, len) == 0;
}

static void
offer(struct wanted_row *wanted, const struct row_key *key, struct assay_bytes name)
{
	const uint8_t *const id = key->bytes + key->len - 32;

	if ((wanted->is_hex && begins(id, wanted->text)) || (name.len != 0 && bytes_equal_text(name, wanted->text))) {
		wanted->found++;
		memcpy(wanted->id, id, sizeof(wanted->id));
	}
}

static void
search_rows(struct place *place, enum table table, struct wanted_row *wanted)
{
	const struct record *const record = table_record(table);
	const struct field *const name = record_field(record, "name");
	const struct row_key prefix = key_start(table);
	struct row_key key = prefix;
	void *const row = arena_get(&place->arena, record->struct_size);

	while (row_next(place->m, &prefix, &key, row)) {
		if (key.len > 32) {
			offer(wanted, &key, name != NULL ? record_bytes(name, row) : (struct assay_bytes){ NULL, 0 });
		}
	}
}

static bool
is_hex(const char *text)
{
	size_t len = 0;

	while (hex_is_digit((uint8_t)text[len]) && (text[len] < 'A' || text[len] > 'F')) {
		len++;
	}
	return text[len] == '\0' && len >= PREFIX_DIGITS_MIN && len <= 64;
}

int
find_id(struct place *place, enum table table, const char *text, const char *what, uint8_t id[static 32])
{
	struct wanted_row wanted = { .text = text, .is_hex = is_hex(text) };
	char cause[96];
	char fix[128];

	if (wanted.is_hex && strlen(text) == 64 && hex_decode(id, 32, bytes_of_text(text))) {
		return 0;
	}
	/* Genesis is written before there are rows to look into. */
	if (place->m != NULL) {
		search_rows(place, table, &wanted);
		if (place_check(place) != 0) {
			return EXIT_CANNOT_TELL;
		}
	}
	if (wanted.found == 1) {
		memcpy(id, wanted.id, sizeof(wanted.id));
		return 0;
	}
	if (wanted.found > 1) {
		snprintf(cause, sizeof(cause), "%u %ss have it", wanted.found, table_name(table));
		return fail(EXIT_USAGE, cause, "give more of the id", "%s %s is not clear, so nothing was done", what, text);
	}
	snprintf(cause, sizeof(cause), "no %s of this register begins so%s", table_name(table),
	    record_field(table_record(table), "name") != NULL ? " or has that name" : "");
	snprintf(fix, sizeof(fix), "give its id, or at least four hex digits of its beginning");
	return fail(EXIT_USAGE, cause, fix, "%s %s is not known, so nothing was done", what, text);
}

int
row_unknown(struct place *place, const char *what, const char *text)
{
	char fix[96];
	const int code = place_check(place);

	snprintf(fix, sizeof(fix), "run `assay %s list` for those that there are", what);
	return code != 0 ? code : fail(EXIT_USAGE, "the register has no such row", fix, "%s %s is not known", what, text);
}

/* ---- keys ------------------------------------------------------------- */

static int
key_of_file(const char *path, const char *what, enum key_algorithm algorithm, struct key_public *public)
{
	struct key_file file;
	struct key_pair pair = { .secret = NULL };
	int code = key_read(&file, path);

	if (code == 0 && !file.has_public) {
		code = key_unlock(&pair, &file, path, NULL);
	}
	if (code == 0) {
		*public = file.has_public ? file.public : pair.public;
		if (public->algorithm != algorithm) {
			code = fail(EXIT_USAGE, algorithm == KEY_P256 ? "accounts, agents and workers have ECDSA P-256 keys" :
			    "logs and witnesses have Ed25519 keys", "give another key file",
			    "%s cannot be the key in %s, so nothing was done", what, path);
		}
	}
	key_release(&pair);
	key_file_release(&file);
	return code;
}

int
find_account(const char *text, const char *what, uint8_t id[static 32])
{
	struct key_public public;

	if (text[0] == '@') {
		const int code = key_of_file(text + 1, what, KEY_P256, &public);

		if (code == 0) {
			key_id(id, &public);
		}
		return code;
	}
	if (!hex_decode(id, 32, bytes_of_text(text))) {
		return fail(EXIT_USAGE, "an account is known by the 64 hex digits of its id",
		    "give its id (assay key show FILE), or @FILE with its key file", "%s %s is no account, so nothing was done",
		    what, text);
	}
	return 0;
}

int
find_key(const char *text, const char *what, enum key_algorithm algorithm, uint8_t key[static 64])
{
	const size_t len = algorithm == KEY_P256 ? KEY_BYTES : 32;
	struct key_public public;

	memset(key, 0, 64);
	if (text[0] == '@') {
		const int code = key_of_file(text + 1, what, algorithm, &public);

		if (code == 0) {
			memcpy(key, public.bytes, len);
		}
		return code;
	}
	if (!hex_decode(key, len, bytes_of_text(text))) {
		return fail(EXIT_USAGE, algorithm == KEY_P256 ? "a key is the 128 hex digits of its point, x and y" :
		    "a key is 64 hex digits", "give the digits, or @FILE with the key file",
		    "%s %s is no key, so nothing was done", what, text);
	}
	return 0;
}

bool
account_of_key(struct place *place, const uint8_t key[static KEY_BYTES], bool agent, uint8_t id[static 32])
{
	const struct assay_bytes wanted = bytes_of(key, KEY_BYTES);
	const struct row_key prefix = key_start(TABLE_ACCOUNT);
	struct row_key at = prefix;
	struct account account;

	if (!agent) {
		account_id_of_key(place->crypto, id, key);
		at = key_of_32(TABLE_ACCOUNT, id);
		if (row_get(place->m, &at, &account) && (account.key.len == 0 || bytes_equal(VAR_BYTES(account.key), wanted))) {
			return true;
		}
		at = prefix;
	}
	/* A key that came by rotation is not the one that the id is of. */
	while (row_next(place->m, &prefix, &at, &account)) {
		const bool signs = agent ? bytes_equal(VAR_BYTES(account.agent_key), wanted) ||
		    bytes_equal(VAR_BYTES(account.agent_key_next), wanted) :
		    bytes_equal(VAR_BYTES(account.key), wanted) || bytes_equal(VAR_BYTES(account.key_next), wanted);

		if (signs) {
			memcpy(id, at.bytes + at.len - 32, 32);
			return true;
		}
	}
	return false;
}
