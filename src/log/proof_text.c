/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs and requests as text. */
#include "base/text.h"
#include "format/base64.h"
#include "log/line.h"
#include "log/proof_text.h"

static const char header[] = "c2sp.org/tlog-proof@v1";

static void
put_hashes(struct text *t, const struct proof *proof)
{
	for (uint32_t i = 0; i < proof->count; i++) {
		char coded[(HASH_BYTES + 2) / 3 * 4];

		text_put(t, coded, base64_encode(coded, bytes_of(proof->hashes[i].bytes, HASH_BYTES)));
		text_puts(t, "\n");
	}
}

/* Hashes up to the blank line. */
static void
take_hashes(struct cursor *c, struct proof *proof)
{
	proof->count = 0;
	for (;;) {
		const struct assay_bytes line = line_take(c);
		size_t len;

		if (c->bad || line.len == 0) {
			return;
		}
		if (proof->count == PROOF_HASHES_MAX ||
		    !base64_decode(proof->hashes[proof->count].bytes, HASH_BYTES, &len, line, false) ||
		    len != HASH_BYTES) {
			c->bad = true;
			return;
		}
		proof->count++;
	}
}

bool
proof_text_parse(struct proof_text *text, struct assay_bytes in)
{
	struct cursor c = cursor_over(in);
	struct assay_bytes rest;

	if (in.len > NOTE_BYTES_MAX || !bytes_equal_text(line_take(&c), header)) {
		return false;
	}
	struct assay_bytes line = line_take(&c);

	if (line_after(line, "extra ", &rest)) {
		line = line_take(&c);
	}
	if (!line_after(line, "index ", &rest) || !line_decimal(&text->index, rest)) {
		return false;
	}
	take_hashes(&c, &text->proof);
	text->checkpoint = cursor_rest(&c);
	return !c.bad && text->checkpoint.len != 0;
}

size_t
proof_text_format(char *out, size_t size, const struct proof_text *text)
{
	struct text t = { out, size, 0 };

	text_puts(&t, header);
	text_puts(&t, "\nindex ");
	text_unsigned(&t, text->index);
	text_puts(&t, "\n");
	put_hashes(&t, &text->proof);
	text_puts(&t, "\n");
	text_put(&t, (const char *)text->checkpoint.data, text->checkpoint.len);
	return text_fits(&t) ? t.len : 0;
}

bool
proof_text_verify(const struct proof_text *text, const struct assay_crypto *crypto,
    const struct note_key *log, struct assay_bytes entry, struct checkpoint *checkpoint)
{
	struct assay_bytes body, signatures;
	struct hash leaf;
	int64_t time_s;

	if (note_verify(crypto, text->checkpoint, log, &time_s) != NOTE_GOOD ||
	    !note_split(text->checkpoint, &body, &signatures) || !checkpoint_parse(checkpoint, body) ||
	    !bytes_equal(checkpoint->origin, log->name)) {
		return false;
	}
	merkle_leaf(crypto, &leaf, entry);
	return inclusion_verify(crypto, &text->proof, &leaf, text->index, checkpoint->size, &checkpoint->root);
}

size_t
witness_request_format(char *out, size_t size, uint64_t old_size, const struct proof *consistency,
    struct assay_bytes checkpoint)
{
	struct text t = { out, size, 0 };

	text_puts(&t, "old ");
	text_unsigned(&t, old_size);
	text_puts(&t, "\n");
	put_hashes(&t, consistency);
	text_puts(&t, "\n");
	text_put(&t, (const char *)checkpoint.data, checkpoint.len);
	return text_fits(&t) ? t.len : 0;
}
