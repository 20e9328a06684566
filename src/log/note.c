/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes and checkpoints. */
#include "base/text.h"
#include "crypto/crypto.h"
#include "format/base64.h"
#include "format/utf8.h"
#include "log/line.h"
#include "log/note.h"

/* U+2014, then a space: how every signature line begins. */
static const char line_head[] = "\xe2\x80\x94 ";

/* Payload of the longest signature that is decoded: key id, time, Ed25519. */
#define PAYLOAD_BYTES_MAX (4 + 8 + 64)

/* ---- reading ---------------------------------------------------------- */

static bool
is_plain(struct assay_bytes note)
{
	for (size_t i = 0; i < note.len; i++) {
		if (note.data[i] < 0x20 && note.data[i] != '\n') {
			return false;
		}
	}
	return utf8_is_valid(note);
}

bool
note_split(struct assay_bytes note, struct assay_bytes *text, struct assay_bytes *signatures)
{
	if (note.len == 0 || note.len > NOTE_BYTES_MAX || note.data[note.len - 1] != '\n' || !is_plain(note)) {
		return false;
	}
	/* The last blank line divides: a text may have blank lines of its own. */
	for (size_t i = note.len - 1; i > 0; i--) {
		if (note.data[i] == '\n' && note.data[i - 1] == '\n') {
			*text = bytes_slice(note, 0, i);
			*signatures = bytes_slice(note, i + 1, note.len - i - 1);
			return signatures->len != 0;
		}
	}
	return false;
}

void
note_key_id(const struct assay_crypto *crypto, const struct note_key *key, uint8_t id[static 4])
{
	const uint8_t middle[2] = { '\n', (uint8_t)key->algorithm };
	const struct assay_bytes parts[3] = { key->name, { middle, 2 }, { key->key, 32 } };
	uint8_t digest[32];

	crypto->sha256(crypto->context, digest, parts, 3);
	memcpy(id, digest, 4);
}

struct line {
	struct assay_bytes name;
	size_t payload_len;
	uint8_t payload[PAYLOAD_BYTES_MAX];
};

/* False where the line is malformed; a payload of another algorithm has length 0. */
static bool
line_parse(struct line *line, struct assay_bytes text)
{
	const size_t head = sizeof(line_head) - 1;

	if (text.len <= head || memcmp(text.data, line_head, head) != 0) {
		return false;
	}
	for (size_t i = head; i < text.len; i++) {
		if (text.data[i] == ' ') {
			line->name = bytes_slice(text, head, i - head);
			const struct assay_bytes coded = bytes_slice(text, i + 1, text.len - i - 1);

			if (!base64_decode(line->payload, sizeof(line->payload), &line->payload_len, coded, false)) {
				line->payload_len = 0;
			}
			return line->name.len != 0 && coded.len != 0;
		}
	}
	return false;
}

size_t
note_cosignature_head(char out[static 64], int64_t time_s)
{
	struct text t = { out, 64, 0 };

	text_puts(&t, "cosignature/v1\ntime ");
	text_integer(&t, time_s);
	text_puts(&t, "\n");
	return t.len;
}

static int64_t
time_of(const uint8_t bytes[static 8])
{
	uint64_t time = 0;

	for (unsigned i = 0; i < 8; i++) {
		time = time << 8 | bytes[i];
	}
	return (int64_t)(time & INT64_MAX);
}

static bool
payload_verifies(const struct assay_crypto *crypto, const struct line *line, const struct note_key *key,
    struct assay_bytes text, int64_t *time_s)
{
	uint8_t message[64 + CHECKPOINT_TEXT_BYTES_MAX];
	struct assay_signature_item item = { ASSAY_ED25519, bytes_of(key->key, 32), text, bytes_of(NULL, 0), false };

	*time_s = 0;
	if (key->algorithm == NOTE_ED25519) {
		if (line->payload_len != 4 + 64) {
			return false;
		}
		item.signature = bytes_of(line->payload + 4, 64);
		return crypto_verify_one(crypto, item);
	}
	if (line->payload_len != 4 + 8 + 64 || text.len > CHECKPOINT_TEXT_BYTES_MAX ||
	    (line->payload[4] & 0x80) != 0) {
		return false;
	}
	*time_s = time_of(line->payload + 4);
	const size_t head = note_cosignature_head((char *)message, *time_s);

	bytes_copy(message + head, text, text.len);
	item.message = bytes_of(message, head + text.len);
	item.signature = bytes_of(line->payload + 12, 64);
	return crypto_verify_one(crypto, item);
}

enum note_result
note_verify(const struct assay_crypto *crypto, struct assay_bytes note, const struct note_key *key,
    int64_t *time_s)
{
	struct assay_bytes text, signatures;
	enum note_result result = NOTE_ABSENT;
	uint8_t id[4];

	*time_s = 0;
	if (!note_split(note, &text, &signatures)) {
		return NOTE_BAD;
	}
	note_key_id(crypto, key, id);
	struct cursor c = cursor_over(signatures);

	for (unsigned lines = 0; c.left != 0; lines++) {
		struct line line;

		if (lines == NOTE_SIGNATURES_MAX || !line_parse(&line, line_take(&c)) || c.bad) {
			return NOTE_BAD;
		}
		if (!bytes_equal(line.name, key->name) || line.payload_len < 4 ||
		    memcmp(line.payload, id, 4) != 0) {
			continue;
		}
		if (!payload_verifies(crypto, &line, key, text, time_s)) {
			return NOTE_BAD;
		}
		result = NOTE_GOOD;
	}
	return result;
}

/* ---- writing ---------------------------------------------------------- */

size_t
note_append_signature(char *out, size_t size, size_t len, bool first, const struct assay_crypto *crypto,
    const struct note_key *key, int64_t time_s, const uint8_t signature[static 64])
{
	struct text t = { out, size, len };
	uint8_t payload[PAYLOAD_BYTES_MAX];
	char coded[(PAYLOAD_BYTES_MAX + 2) / 3 * 4];
	size_t used = 4;

	note_key_id(crypto, key, payload);
	if (key->algorithm == NOTE_COSIGNATURE) {
		for (unsigned i = 0; i < 8; i++) {
			payload[4 + i] = (uint8_t)((uint64_t)time_s >> (56 - 8 * i));
		}
		used += 8;
	}
	memcpy(payload + used, signature, 64);
	used += 64;
	text_puts(&t, first ? "\n" : "");
	text_puts(&t, line_head);
	text_put(&t, (const char *)key->name.data, key->name.len);
	text_puts(&t, " ");
	text_put(&t, coded, base64_encode(coded, bytes_of(payload, used)));
	text_puts(&t, "\n");
	return text_fits(&t) ? t.len : 0;
}

/* ---- checkpoints ------------------------------------------------------ */

bool
checkpoint_parse(struct checkpoint *checkpoint, struct assay_bytes text)
{
	struct cursor c = cursor_over(text);
	size_t len = 0;

	checkpoint->origin = line_take(&c);
	const bool size = line_decimal(&checkpoint->size, line_take(&c));
	const bool root = base64_decode(checkpoint->root.bytes, HASH_BYTES, &len, line_take(&c), false);

	return cursor_done(&c) && size && root && len == HASH_BYTES && checkpoint->origin.len != 0 &&
	    checkpoint->origin.len <= NOTE_NAME_BYTES_MAX && text.len <= CHECKPOINT_TEXT_BYTES_MAX;
}

size_t
checkpoint_format(char *out, size_t size, const struct checkpoint *checkpoint)
{
	struct text t = { out, size, 0 };
	char root[(HASH_BYTES + 2) / 3 * 4];

	text_put(&t, (const char *)checkpoint->origin.data, checkpoint->origin.len);
	text_puts(&t, "\n");
	text_unsigned(&t, checkpoint->size);
	text_puts(&t, "\n");
	text_put(&t, root, base64_encode(root, bytes_of(checkpoint->root.bytes, HASH_BYTES)));
	text_puts(&t, "\n");
	return text_fits(&t) ? t.len : 0;
}
