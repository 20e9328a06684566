/* SPDX-License-Identifier: Apache-2.0 */
/* A transaction in words: what it asks for, who signs, what became of it. */
#include "cmd/register_send.h"

#include "cmd/failure.h"
#include "crypto/crypto.h"

bool
shown_of(struct shown *shown, const struct assay_crypto *crypto, struct assay_bytes transaction, const char *state)
{
	struct cursor c = cursor_over(transaction);

	memset(shown, 0, sizeof(*shown));
	shown->state = state;
	shown->bytes = transaction.len;
	record_read(&transaction_body_record, &shown->body, &c);
	if (c.bad || kind_record(shown->body.kind) == NULL) {
		return false;
	}
	if (c.left == 0) {
		return true;	/* a body alone, not yet signed */
	}
	shown->key = cursor_take(&c, KEY_BYTES).data;
	(void)cursor_take(&c, 64);
	shown->has_digest = true;
	crypto_sha256(crypto, shown->digest, transaction);
	return cursor_done(&c) && transaction.len <= ASSAY_TRANSACTION_BYTES_MAX;
}

/* The arguments as the kind's struct; NULL where they are not. */
static const struct record *
arguments_of(const struct shown *shown, void *out, size_t size)
{
	const struct record *const record = kind_record(shown->body.kind);

	assert(record->struct_size <= size);
	return record_decode(record, out, shown->body.arguments) ? record : NULL;
}

/* Of refused evidence: the check that failed. */
static const char *
detail_text(const struct assay_register_result *result)
{
	const bool of_evidence = result->code == CODE_EVIDENCE_REFUSED || result->code == CODE_EVIDENCE_UNDECIDED;

	return of_evidence && result->detail != 0 && result->detail <= ASSAY_CHECK_COUNT ?
	    assay_check_id((enum assay_check)(result->detail - 1)) : "";
}

static void
put_result_json(struct writer *w, const struct shown *shown)
{
	const struct assay_register_result *const result = shown->result;

	json_put_name(w, "result");
	if (result == NULL) {
		json_put_null(w);
		return;
	}
	json_put_object(w);
	json_flag_member(w, "accepted", result->code == CODE_ACCEPTED);
	json_text_member(w, "code", code_id(result->code));
	json_number_member(w, "number", result->code);
	json_text_member(w, "text", code_text(result->code));
	json_text_member(w, "remedy", code_remedy(result->code));
	json_text_member(w, "detail", detail_text(result));
	json_flag_member(w, "charged", result->charged);
	json_number_member(w, "fee", result->fee);
	json_number_member(w, "height", shown->height);
	json_number_member(w, "index", result->index);
	json_put_end(w, '}');
}

static void
put_json(struct writer *w, const struct shown *shown, const struct record *record, const void *arguments)
{
	json_text_member(w, "state", shown->state);
	json_put_name(w, "digest");
	if (shown->has_digest) {
		json_put_hex(w, bytes_of(shown->digest, sizeof(shown->digest)));
	} else {
		json_put_null(w);
	}
	json_number_member(w, "bytes", shown->bytes);
	json_text_member(w, "kind", kind_name(shown->body.kind));
	json_hex_member(w, "sender", ARRAY_BYTES(shown->body.sender));
	json_number_member(w, "nonce", shown->body.nonce);
	json_number_member(w, "valid_until", shown->body.valid_until);
	json_put_name(w, "arguments");
	json_put_object(w);
	if (record != NULL) {
		record_json(w, record, arguments);
	}
	json_put_end(w, '}');
	put_result_json(w, shown);
}

static void
put_result(struct writer *w, const struct shown *shown, const struct render_style *style)
{
	const struct assay_register_result *const result = shown->result;
	const char *const detail = detail_text(result);

	render_color(w, style, result->code == CODE_ACCEPTED ? RENDER_GREEN : RENDER_RED);
	put_label(w, result->code == CODE_ACCEPTED ? "accepted" : "refused");
	render_color(w, style, RENDER_PLAIN);
	if (result->code != CODE_ACCEPTED) {
		put_text(w, code_id(result->code));
		put_text(w, ": ");
		put_text(w, code_text(result->code));
		if (detail[0] != '\0') {
			put_text(w, " (");
			put_text(w, detail);
			put_text(w, ": ");
			put_text(w, assay_check_text((enum assay_check)(result->detail - 1)));
			put_char(w, ')');
		}
		put_char(w, '\n');
		if (code_remedy(result->code)[0] != '\0') {
			put_label(w, "  to do");
			put_text(w, code_remedy(result->code));
			put_char(w, '\n');
		}
		put_label(w, "");
	}
	put_text(w, strcmp(shown->state, "tried") == 0 ? "so the next block would say; height " : "block ");
	put_unsigned(w, shown->height);
	put_text(w, ", entry ");
	put_unsigned(w, result->index);
	put_text(w, ", fee ");
	put_unsigned(w, result->fee);
	put_text(w, result->charged ? "\n" : "; nothing changed\n");
}

static void
put_state(struct writer *w, const struct shown *shown)
{
	if (strcmp(shown->state, "waits") == 0) {
		put_label(w, "waits");
		put_text(w, "for the next block\n");
	} else if (strcmp(shown->state, "unsigned") == 0) {
		put_label(w, "unsigned");
		put_text(w, "take the file to its key: assay tx sign FILE --key KEY --out SIGNED\n");
	} else if (strcmp(shown->state, "signed") == 0) {
		put_label(w, "signed");
		put_text(w, "send it: assay tx send SIGNED --store DIR\n");
	}
}

void
shown_put(struct output *out, const struct shown *shown, const struct render_style *style, uint64_t halted_ms)
{
	struct writer *const w = &out->w;
	const size_t size = 16384;
	static alignas(16) uint8_t arguments[16384];
	const struct record *const record = arguments_of(shown, arguments, size);

	output_object(out, "assay.transaction/1");
	if (out->json) {
		put_json(w, shown, record, arguments);
		output_object_end(out);
		return;
	}
	put_label(w, kind_name(shown->body.kind));
	put_text(w, kind_text(shown->body.kind));
	put_char(w, '\n');
	if (record != NULL) {
		record_text(w, record, arguments,
		    &(struct record_style){ .indent = 2, .columns = 12, .halted_ms = halted_ms, .all = true });
	}
	put_label(w, "sender");
	put_hex(w, ARRAY_BYTES(shown->body.sender));
	put_text(w, ", nonce ");
	put_unsigned(w, shown->body.nonce);
	put_text(w, ", valid until height ");
	put_unsigned(w, shown->body.valid_until);
	put_char(w, '\n');
	if (shown->has_digest) {
		put_label(w, "digest");
		put_hex(w, ARRAY_BYTES(shown->digest));
		put_char(w, '\n');
	}
	if (shown->result != NULL) {
		put_result(w, shown, style);
	} else {
		put_state(w, shown);
	}
	output_object_end(out);
}
