/* SPDX-License-Identifier: Apache-2.0 */
/* From a record to a transaction that is signed and sent. */
#include "cmd/register_send.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/failure.h"
#include "cmd/register_find.h"
#include "format/hex.h"

#define VALID_FOR_BLOCKS 3600

/* Who signs, and for which account. */
struct identity {
	struct key_file file;
	struct key_pair pair;
	bool agent;
	uint8_t sender[32];
};

int
place_open_to_send(struct place *place, const struct arguments *arguments)
{
	static const char *const alone[] = { "now", "dry-run", "unsigned" };
	const char *given = NULL;

	for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++) {
		if (option_given(arguments, alone[i]) && given != NULL) {
			memset(place, 0, sizeof(*place));
			return fail(EXIT_USAGE, "each says what is to become of the transaction", "leave out one of them",
			    "--%s and --%s exclude each other, so nothing was done", given, alone[i]);
		}
		given = option_given(arguments, alone[i]) ? alone[i] : given;
	}
	return place_open(place, arguments, option_given(arguments, "now") ? "log-key" : NULL);
}

/* ---- who signs -------------------------------------------------------- */

static int
identity_find(struct place *place, struct identity *who, const struct key_public *public, const char *path)
{
	if (public->algorithm != KEY_P256) {
		return fail(EXIT_USAGE, "accounts and agents have ECDSA P-256 keys",
		    "give the key of an account, or with --agent that of its agent",
		    "%s cannot sign a transaction, so nothing was done", path);
	}
	/* An account that nobody knows yet signs as well: the machine says what it may. */
	if (account_of_key(place, public->bytes, who->agent, who->sender) || !who->agent) {
		return 0;
	}
	return fail(EXIT_USAGE, "no account names it as its agent's key",
	    "let the account do so: assay tx set-agent-key --new-key @AGENT --key ACCOUNT",
	    "the key in %s may send nothing, so nothing was done", path);
}

/* The secret half only where it is needed: --unsigned leaves it where it is. */
static int
identity_open(struct place *place, struct identity *who)
{
	const char *path = option_value(place->arguments, "key");
	const char *sender = option_value(place->arguments, "sender");
	const bool is_unsigned = option_given(place->arguments, "unsigned");
	int code;

	memset(who, 0, sizeof(*who));
	who->agent = option_given(place->arguments, "agent");
	if (sender != NULL && is_unsigned && path == NULL) {
		return find_account(sender, "--sender", who->sender);
	}
	if (path == NULL) {
		return fail(EXIT_USAGE, "every transaction is signed", is_unsigned ? "give --key FILE or --sender ID" :
		    "give --key FILE, the key of the account that it is from", "--key is missing, so nothing was done");
	}
	code = key_read(&who->file, path);
	if (code == 0 && (!is_unsigned || !who->file.has_public)) {
		code = key_unlock(&who->pair, &who->file, path, option_value(place->arguments, "passphrase-file"));
	}
	return code != 0 ? code : identity_find(place, who,
	    who->pair.secret != NULL ? &who->pair.public : &who->file.public, path);
}

static void
identity_release(struct identity *who)
{
	key_release(&who->pair);
	key_file_release(&who->file);
}

/* ---- composing -------------------------------------------------------- */

struct batch {
	struct assay_bytes *transactions;	/* bodies, where they are not signed */
	struct driver_result *results;
	bool *has_result;
	size_t count;
	uint64_t height;
};

static void
batch_start(struct place *place, struct batch *batch, size_t count)
{
	memset(batch, 0, sizeof(*batch));
	batch->transactions = arena_get(&place->arena, (count + 1) * sizeof(batch->transactions[0]));
	batch->results = arena_get(&place->arena, (count + 1) * sizeof(batch->results[0]));
	batch->has_result = arena_get(&place->arena, (count + 1) * sizeof(batch->has_result[0]));
	batch->count = count;
}

static int
valid_until(struct place *place, uint64_t *height)
{
	const char *text = option_value(place->arguments, "valid-for");
	uint64_t blocks = VALID_FOR_BLOCKS;

	if (text != NULL && (!number_parse(&blocks, text, UINT32_MAX) || blocks == 0)) {
		return fail(EXIT_USAGE, "it is no number of blocks", "give --valid-for 3600, for instance",
		    "--valid-for %s cannot be understood, so nothing was done", text);
	}
	*height = driver_head(place->driver)->height + blocks;
	return 0;
}

static int
compose(struct place *place, const struct identity *who, const struct transaction_head *head,
    const struct sending *sending, struct assay_bytes *out)
{
	const size_t size = ASSAY_TRANSACTION_BYTES_MAX;
	uint8_t *const bytes = arena_get(&place->arena, size);
	uint8_t *const message = arena_get(&place->arena, size + 64);
	uint8_t signature[64];
	size_t len = transaction_body_compose(bytes, size, head, sending->kind, sending->arguments);
	size_t message_len;

	if (len == 0) {
		return fail(EXIT_USAGE, "it would be longer than 60,000 bytes", "send less at once",
		    "the %s cannot be composed, so nothing was done", kind_name(sending->kind));
	}
	if (who->pair.secret != NULL) {
		message_len = transaction_message(message, size + 64, head->register_id, bytes_of(bytes, len));
		if (message_len == 0 || !key_sign(&who->pair, signature, bytes_of(message, message_len))) {
			return fail(EXIT_BUG, "OpenSSL failed", NULL, "the %s cannot be signed", kind_name(sending->kind));
		}
		len = transaction_finish(bytes, size, bytes_of(bytes, len), who->pair.public.bytes, signature);
		if (len == 0) {
			return fail(EXIT_USAGE, "it would be longer than 60,000 bytes", "send less at once",
			    "the %s cannot be composed, so nothing was done", kind_name(sending->kind));
		}
	}
	*out = bytes_of(bytes, len);
	return 0;
}

static int
compose_all(struct place *place, const struct identity *who, const struct sending *list, struct batch *batch)
{
	struct transaction_head head = { .nonce = 0 };
	struct store_error error;
	int code = valid_until(place, &head.valid_until);

	if (code == 0 && !pending_next_nonce(place->driver, who->sender, who->agent, &head.nonce, &error)) {
		code = store_say(&error);
	}
	memcpy(head.register_id, driver_head(place->driver)->register_id, sizeof(head.register_id));
	memcpy(head.sender, who->sender, sizeof(head.sender));
	for (size_t i = 0; code == 0 && i < batch->count; i++) {
		code = compose(place, who, &head, &list[i], &batch->transactions[i]);
		head.nonce++;
	}
	return code;
}

/* ---- what becomes of them --------------------------------------------- */

/* {"schema":"assay.unsigned/1","register":"...","body":"..."} in a new file. */
static int
write_unsigned(struct place *place, const struct batch *batch)
{
	const char *path = option_value(place->arguments, "unsigned");
	const size_t size = 2 * ASSAY_TRANSACTION_BYTES_MAX + 512;
	char *const out = arena_get(&place->arena, size);
	struct writer w;
	FILE *file;

	if (batch->count != 1) {
		return fail(EXIT_USAGE, "a file holds one transaction", "make one after the other",
		    "%zu transactions cannot be written to %s", batch->count, path);
	}
	writer_start(&w, out, size);
	json_put_object(&w);
	json_text_member(&w, "schema", "assay.unsigned/1");
	json_hex_member(&w, "register", bytes_of(driver_head(place->driver)->register_id, 32));
	json_hex_member(&w, "body", batch->transactions[0]);
	json_put_end(&w, '}');
	put_char(&w, '\n');
	file = fopen(path, "wbx");
	const bool written = file != NULL && fwrite(out, 1, w.len, file) == w.len;

	if ((file != NULL && fclose(file) != 0) || !written) {
		return fail(EXIT_USAGE, strerror(errno), "name a new file in a directory that can be written to",
		    "%s cannot be written", path);
	}
	return 0;
}

struct collecting {
	struct batch *batch;
};

static void
collect(void *context, const struct driver_result *result)
{
	struct batch *const batch = ((struct collecting *)context)->batch;

	for (size_t i = 0; i < batch->count; i++) {
		if (memcmp(batch->results[i].digest, result->digest, sizeof(result->digest)) == 0) {
			batch->results[i].result = result->result;
			batch->has_result[i] = true;
		}
	}
}

static int
cut_now(struct place *place, struct batch *batch)
{
	struct collecting collecting = { batch };
	struct assay_register_commit commit;
	struct store_error error;
	uint64_t now_ms;
	int code = time_of_block(&now_ms, place->arguments, driver_head(place->driver)->time_ms);

	if (code != 0) {
		return code;
	}
	if (!driver_cut_pending(place->driver, now_ms, &collecting, collect, &commit, &error)) {
		return store_say(&error);
	}
	batch->height = commit.height;
	if (driver_unsigned(place->driver) != NULL) {
		note("block %llu stands, and is not signed for: %s", (unsigned long long)commit.height,
		    driver_unsigned(place->driver)->what);
	}
	return 0;
}

static int
let_wait(struct place *place, struct batch *batch)
{
	struct store_error error;

	for (size_t i = 0; i < batch->count; i++) {
		if (!pending_add(place->directory, place->crypto, batch->transactions[i], batch->results[i].digest, &error)) {
			return store_say(&error);
		}
	}
	return option_given(place->arguments, "now") ? cut_now(place, batch) : 0;
}

static int
try_all(struct place *place, struct batch *batch)
{
	const int code = dry_run(place, batch->transactions, batch->count, batch->results);

	for (size_t i = 0; i < batch->count; i++) {
		batch->has_result[i] = code == 0;
	}
	batch->height = driver_head(place->driver)->height + 1;
	return code;
}

static int
show_batch(struct place *place, const struct batch *batch)
{
	const bool tried = option_given(place->arguments, "dry-run");
	const bool is_unsigned = option_given(place->arguments, "unsigned");
	int code = EXIT_YES;
	struct output out;

	output_start(&out, place->json, batch->count != 1);
	for (size_t i = 0; i < batch->count; i++) {
		struct shown shown;

		(void)shown_of(&shown, place->crypto, batch->transactions[i], tried ? "tried" : is_unsigned ? "unsigned" :
		    batch->has_result[i] ? "in-block" : "waits");
		if (batch->has_result[i]) {
			shown.result = &batch->results[i].result;
			shown.height = batch->height;
			code = shown.result->code != CODE_ACCEPTED ? EXIT_REFUSED : code;
		}
		shown_put(&out, &shown, &place->style, place->m->meta.halted_ms);
	}
	output_end(&out);
	return code;
}

static int
batch_go(struct place *place, struct batch *batch)
{
	const int code = option_given(place->arguments, "unsigned") ? write_unsigned(place, batch) :
	    option_given(place->arguments, "dry-run") ? try_all(place, batch) : let_wait(place, batch);

	return code != 0 ? code : show_batch(place, batch);
}

int
send_all(struct place *place, const struct sending *list, size_t count)
{
	struct identity who;
	struct batch batch;
	int code = identity_open(place, &who);

	batch_start(place, &batch, count);
	if (code == 0) {
		code = compose_all(place, &who, list, &batch);
	}
	identity_release(&who);
	return code != 0 ? code : batch_go(place, &batch);
}

int
send_one(struct place *place, enum kind kind, const void *arguments)
{
	const struct sending sending = { kind, arguments };

	return send_all(place, &sending, 1);
}

int
send_signed(struct place *place, const struct assay_bytes *transactions, size_t count)
{
	struct batch batch;

	batch_start(place, &batch, count);
	for (size_t i = 0; i < count; i++) {
		batch.transactions[i] = transactions[i];
	}
	return batch_go(place, &batch);
}
