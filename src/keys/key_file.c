/* SPDX-License-Identifier: Apache-2.0 */
/* The text of key files: its first line and its blocks. */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "base/text.h"
#include "format/base64.h"
#include "format/pem.h"
#include "keys/envelope.h"
#include "log/line.h"

#define FIRST_WORD "assay.key/1"
#define PEM_LINE_BYTES ((size_t)48)

const struct key_cost key_cost_ordinary = { 1 << 14, 8, 8 };

/* ---- labels ----------------------------------------------------------- */

static const struct {
	enum key_kind kind;
	const char *word;
	enum key_algorithm algorithm;
	bool has_name;
} kinds[] = {
	{ KEY_ACCOUNT, "account", KEY_P256, false },
	{ KEY_AGENT, "agent", KEY_P256, false },
	{ KEY_LOG, "log", KEY_ED25519, true },
	{ KEY_WITNESS, "witness", KEY_ED25519, true }
};
#define KINDS_COUNT (sizeof(kinds) / sizeof(kinds[0]))

const char *
key_kind_word(enum key_kind kind)
{
	for (size_t i = 0; i < KINDS_COUNT; i++) {
		if (kinds[i].kind == kind) {
			return kinds[i].word;
		}
	}
	return NULL;
}

bool
key_kind_find(enum key_kind *kind, const char *word)
{
	for (size_t i = 0; i < KINDS_COUNT; i++) {
		if (strcmp(kinds[i].word, word) == 0) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

enum key_algorithm
key_kind_algorithm(enum key_kind kind)
{
	for (size_t i = 0; i < KINDS_COUNT; i++) {
		if (kinds[i].kind == kind) {
			return kinds[i].algorithm;
		}
	}
	return KEY_ALGORITHM_NONE;
}

bool
key_label_is_good(const struct key_label *label)
{
	for (size_t i = 0; i < KINDS_COUNT; i++) {
		if (kinds[i].kind == label->kind) {
			return kinds[i].has_name ? key_name_is_good(bytes_of_text(label->name)) : label->name[0] == '\0';
		}
	}
	return label->kind == KEY_UNSPECIFIED && label->name[0] == '\0';
}

/* "assay.key/1 log example.org/log" */
static bool
label_parse(struct key_label *label, struct assay_bytes line)
{
	struct assay_bytes rest;
	char word[16] = { 0 };
	size_t len = 0;

	if (!line_after(line, FIRST_WORD " ", &rest)) {
		return false;
	}
	while (len < rest.len && rest.data[len] != ' ') {
		len++;
	}
	if (len >= sizeof(word)) {
		return false;
	}
	bytes_copy(word, bytes_slice(rest, 0, len), len);
	if (!key_kind_find(&label->kind, word)) {
		return false;
	}
	if (len < rest.len) {
		const struct assay_bytes name = bytes_slice(rest, len + 1, rest.len - len - 1);

		/* A zero in it would end the name before its checks do. */
		if (!key_name_is_good(name)) {
			return false;
		}
		bytes_copy(label->name, name, name.len);
	}
	return key_label_is_good(label);
}

/* ---- reading ---------------------------------------------------------- */

static bool
begins_with(struct assay_bytes text, const char *head)
{
	const size_t len = strlen(head);

	return text.len >= len && memcmp(text.data, head, len) == 0;
}

/* The block of this label, if it is the next; else the cursor stays. */
static bool
take_block(struct cursor *c, const char *label, uint8_t *out, size_t size, size_t *len)
{
	struct cursor ahead = *c;

	if (pem_next(&ahead, label, out, size, len) != 1) {
		return false;
	}
	*c = ahead;
	return true;
}

/* Why there was no private block. */
static enum key_result
no_block(struct cursor c)
{
	while (cursor_peek(&c) == '\n' || cursor_peek(&c) == '\r') {
		(void)cursor_u8(&c);
	}
	const struct assay_bytes line = line_take(&c);

	if (!c.bad && begins_with(line, "-----BEGIN ") && !begins_with(line, "-----BEGIN ENCRYPTED PRIVATE KEY-----") &&
	    !begins_with(line, "-----BEGIN PRIVATE KEY-----") && !begins_with(line, "-----BEGIN PUBLIC KEY-----")) {
		return KEY_OTHER_FORM;
	}
	return KEY_NOT_A_KEY;
}

static enum key_result
parse_private(struct key_file *file, struct cursor *c)
{
	size_t len;
	enum key_result result = KEY_GOOD;

	if (take_block(c, "ENCRYPTED PRIVATE KEY", file->der, sizeof(file->der), &len)) {
		result = envelope_parse(file, bytes_of(file->der, len));
	} else if (take_block(c, "PRIVATE KEY", file->der, sizeof(file->der), &len)) {
		file->derivation = KEY_NOT_ENCRYPTED;
		file->secret = bytes_of(file->der, len);
	} else {
		return no_block(*c);
	}
	/* Nothing may follow; this says 0 for white space only. */
	return result != KEY_GOOD || pem_next(c, "", NULL, 0, &len) == 0 ? result : KEY_NOT_A_KEY;
}

enum key_result
key_file_parse(struct key_file *file, struct assay_bytes text)
{
	struct cursor c = cursor_over(text);
	uint8_t der[128];
	size_t len;

	memset(file, 0, sizeof(*file));
	if (begins_with(text, FIRST_WORD) && !label_parse(&file->label, line_take(&c))) {
		return KEY_NOT_A_KEY;
	}
	file->has_public = take_block(&c, "PUBLIC KEY", der, sizeof(der), &len);
	if (file->has_public && !key_public_parse(&file->public, bytes_of(der, len))) {
		return KEY_OTHER_ALGORITHM;
	}
	if (file->label.kind != KEY_UNSPECIFIED) {
		if (!file->has_public) {
			return KEY_NOT_A_KEY;
		}
		if (key_kind_algorithm(file->label.kind) != file->public.algorithm) {
			return KEY_OTHER_KIND;
		}
	}
	return parse_private(file, &c);
}

void
key_file_release(struct key_file *file)
{
	OPENSSL_cleanse(file, sizeof(*file));
}

/* ---- writing ---------------------------------------------------------- */

static void
put_block(struct text *t, const char *label, struct assay_bytes der)
{
	char line[PEM_LINE_BYTES / 3 * 4];

	text_puts(t, "-----BEGIN ");
	text_puts(t, label);
	text_puts(t, "-----\n");
	for (size_t at = 0; at < der.len; at += PEM_LINE_BYTES) {
		const size_t left = der.len - at;
		const struct assay_bytes part = bytes_slice(der, at, left < PEM_LINE_BYTES ? left : PEM_LINE_BYTES);

		text_put(t, line, base64_encode(line, part));
		text_puts(t, "\n");
	}
	text_puts(t, "-----END ");
	text_puts(t, label);
	text_puts(t, "-----\n");
	OPENSSL_cleanse(line, sizeof(line));
}

/* PKCS#8 of the pair; *good is false where OpenSSL failed. */
static void
put_private(struct text *t, const struct key_pair *pair, const struct key_cost *cost, struct assay_bytes passphrase,
    bool *good)
{
	PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(pair->secret);
	uint8_t *der = NULL;
	int len;

	if (cost != NULL) {
		X509_SIG *encrypted = plain == NULL ? NULL : envelope_seal(plain, cost, passphrase);

		len = encrypted == NULL ? -1 : i2d_X509_SIG(encrypted, &der);
		X509_SIG_free(encrypted);
	} else {
		len = plain == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(plain, &der);
	}
	*good = len > 0;
	if (*good) {
		put_block(t, cost != NULL ? "ENCRYPTED PRIVATE KEY" : "PRIVATE KEY", bytes_of(der, (size_t)len));
		OPENSSL_clear_free(der, (size_t)len);
	}
	PKCS8_PRIV_KEY_INFO_free(plain);
}

/* A file that cannot be opened again is worse than an error. */
static bool
can_be_opened(struct assay_bytes text, const struct key_pair *pair, struct assay_bytes passphrase)
{
	struct key_file file;
	struct key_pair again = { .secret = NULL };
	const bool good = key_file_parse(&file, text) == KEY_GOOD &&
	    key_file_open(&again, &file, passphrase) == KEY_GOOD && key_public_equal(&again.public, &pair->public);

	key_release(&again);
	key_file_release(&file);
	return good;
}

enum key_result
key_file_format(char out[static KEY_FILE_BYTES_MAX], size_t *len, const struct key_label *label,
    const struct key_pair *pair, const struct key_cost *cost, struct assay_bytes passphrase)
{
	struct text t = { out, KEY_FILE_BYTES_MAX, 0 };
	uint8_t public[KEY_PUBLIC_DER_BYTES_MAX];
	bool good;

	*len = 0;
	if (cost != NULL && passphrase.len == 0) {
		return KEY_WRONG_PASSPHRASE;
	}
	if (!key_label_is_good(label) ||
	    (label->kind != KEY_UNSPECIFIED && key_kind_algorithm(label->kind) != pair->public.algorithm)) {
		return KEY_OTHER_KIND;
	}
	if (label->kind != KEY_UNSPECIFIED) {
		text_puts(&t, FIRST_WORD " ");
		text_puts(&t, key_kind_word(label->kind));
		text_puts(&t, label->name[0] != '\0' ? " " : "");
		text_puts(&t, label->name);
		text_puts(&t, "\n");
	}
	put_block(&t, "PUBLIC KEY", bytes_of(public, key_public_der(public, &pair->public)));
	put_private(&t, pair, cost, passphrase, &good);
	if (!good || !text_fits(&t) || !can_be_opened(bytes_of(out, t.len), pair, passphrase)) {
		OPENSSL_cleanse(out, KEY_FILE_BYTES_MAX);
		ERR_clear_error();
		return KEY_FAILED;
	}
	*len = t.len;
	return KEY_GOOD;
}
