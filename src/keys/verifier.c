/* SPDX-License-Identifier: Apache-2.0 */
/* Verifier keys of notes as text: what a log or a witness hands out about itself. */
#include "base/cursor.h"
#include "base/text.h"
#include "format/base64.h"
#include "format/hex.h"
#include "keys/keys.h"

bool
key_name_is_good(struct assay_bytes name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] <= ' ' || name.data[i] > '~' || name.data[i] == '+') {
			return false;
		}
	}
	return name.len != 0 && name.len <= NOTE_NAME_BYTES_MAX;
}

size_t
key_verifier_format(char out[static KEY_VERIFIER_BYTES_MAX], const struct note_key *key)
{
	struct text t = { out, KEY_VERIFIER_BYTES_MAX, 0 };
	uint8_t payload[33] = { (uint8_t)key->algorithm };
	char coded[44];
	char digits[8];
	uint8_t id[4];

	note_key_id(assay_crypto_openssl(), key, id);
	memcpy(payload + 1, key->key, 32);
	text_put(&t, (const char *)key->name.data, key->name.len);
	text_puts(&t, "+");
	hex_encode(digits, bytes_of(id, 4));
	text_put(&t, digits, sizeof(digits));
	text_puts(&t, "+");
	text_put(&t, coded, base64_encode(coded, bytes_of(payload, sizeof(payload))));
	return text_fits(&t) ? t.len : 0;
}

bool
key_verifier_parse(struct note_key *key, struct assay_bytes text)
{
	struct cursor c = cursor_over(text);
	uint8_t payload[33];
	char again[KEY_VERIFIER_BYTES_MAX];
	size_t name_len = 0;
	size_t len = 0;

	memset(key, 0, sizeof(*key));
	while (name_len < text.len && text.data[name_len] != '+') {
		name_len++;
	}
	key->name = cursor_take(&c, name_len);
	/* The id and its two plus signs are compared below, when all is written once more. */
	(void)cursor_take(&c, 10);
	if (c.bad || !key_name_is_good(key->name) ||
	    !base64_decode(payload, sizeof(payload), &len, cursor_rest(&c), false) || len != sizeof(payload) ||
	    (payload[0] != NOTE_ED25519 && payload[0] != NOTE_COSIGNATURE)) {
		return false;
	}
	key->algorithm = payload[0] == NOTE_ED25519 ? NOTE_ED25519 : NOTE_COSIGNATURE;
	memcpy(key->key, payload + 1, sizeof(key->key));
	return bytes_equal(bytes_of(again, key_verifier_format(again, key)), text);
}
