/* SPDX-License-Identifier: Apache-2.0 */
/* assay tx: any transaction, by its kind; signed here or elsewhere; shown. */
#include <errno.h>
#include <stdio.h>

#include "cmd/commands.h"
#include "cmd/decode.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/near.h"
#include "cmd/pick_signer.h"
#include "cmd/register_fields.h"
#include "cmd/register_send.h"
#include "cmd/register_verbs.h"
#include "cmd/assayer.h"
#include "crypto/crypto.h"
#include "format/hex.h"
#include "format/pem.h"

/* ---- files ------------------------------------------------------------ */

struct loaded {
	struct assay_bytes bytes;	/* a transaction, or a body */
	bool is_unsigned;
	uint8_t register_id[32];
};

static int
no_transaction(const char *path)
{
	return fail(EXIT_USAGE, "it is neither a signed transaction nor what --unsigned writes",
	    "give a file that `assay tx` wrote", "%s cannot be read as a transaction, so nothing was done", path);
}

/* Not from a store: a place with nothing but memory and a style. */
static int
place_bare(struct place *place, const struct arguments *arguments)
{
	memset(place, 0, sizeof(*place));
	place->arguments = arguments;
	place->crypto = assay_crypto_openssl();
	place->json = option_given(arguments, "json");
	return style_parse(&place->style, arguments);
}

static int
load(struct place *place, struct loaded *loaded, const char *path)
{
	struct assay_bytes file, id, body;
	bool cut;
	int code = file_read(&file, &cut, &place->arena, path, EVIDENCE_FILE_BYTES_MAX);

	memset(loaded, 0, sizeof(*loaded));
	if (code != 0) {
		return code;
	}
	if (!bytes_equal_text(json_member_string(&place->arena, file, "schema"), "assay.unsigned/1")) {
		loaded->bytes = file;
		return 0;
	}
	id = json_member_string(&place->arena, file, "register");
	body = decode_hex(&place->arena, json_member_string(&place->arena, file, "body"));
	if (!hex_decode(loaded->register_id, sizeof(loaded->register_id), id) || body.len == 0) {
		return no_transaction(path);
	}
	loaded->is_unsigned = true;
	loaded->bytes = body;
	return 0;
}

static int
show_loaded(struct place *place, const struct loaded *loaded, const char *state, const char *path)
{
	struct output out;
	struct shown shown;

	if (!shown_of(&shown, place->crypto, loaded->bytes, state) || shown.has_digest == loaded->is_unsigned) {
		return no_transaction(path);
	}
	output_start(&out, place->json, false);
	shown_put(&out, &shown, &place->style, 0);
	output_end(&out);
	return EXIT_YES;
}

static int
tx_decode(const struct arguments *arguments)
{
	struct loaded loaded;
	struct place place;
	int code = fields_check(arguments, NULL, "assay tx decode", NULL);

	if (code != 0) {
		return code;
	}
	code = place_bare(&place, arguments);
	if (code == 0) {
		code = load(&place, &loaded, arguments->operands[1]);
	}
	if (code == 0) {
		code = show_loaded(&place, &loaded, loaded.is_unsigned ? "unsigned" : "decoded", arguments->operands[1]);
	}
	place_close(&place);
	return code;
}

/* ---- signing elsewhere ------------------------------------------------ */

static int
sign_loaded(struct place *place, struct loaded *loaded, const struct key_pair *pair)
{
	const size_t size = ASSAY_TRANSACTION_BYTES_MAX + 256;
	uint8_t *const out = arena_get(&place->arena, size);
	uint8_t *const message = arena_get(&place->arena, size);
	uint8_t signature[64];
	const size_t message_len = transaction_message(message, size, loaded->register_id, loaded->bytes);

	if (pair->public.algorithm != KEY_P256) {
		return fail(EXIT_USAGE, "accounts and agents have ECDSA P-256 keys", "give the key of the sender",
		    "this key cannot sign a transaction, so nothing was done");
	}
	if (message_len == 0 || !key_sign(pair, signature, bytes_of(message, message_len))) {
		return fail(EXIT_BUG, "OpenSSL failed", NULL, "the transaction cannot be signed");
	}
	loaded->bytes = bytes_of(out, transaction_finish(out, size, loaded->bytes, pair->public.bytes, signature));
	loaded->is_unsigned = false;
	return loaded->bytes.len != 0 ? 0 : fail(EXIT_USAGE, "it is longer than 60,000 bytes", NULL,
	    "the transaction cannot be signed");
}

static int
write_signed(const struct loaded *loaded, const char *path)
{
	FILE *const file = fopen(path, "wbx");
	const bool written = file != NULL && fwrite(loaded->bytes.data, 1, loaded->bytes.len, file) == loaded->bytes.len;

	if ((file != NULL && fclose(file) != 0) || !written) {
		return fail(EXIT_USAGE, strerror(errno), "name a new file in a directory that can be written to",
		    "%s cannot be written", path);
	}
	return 0;
}

static int
tx_sign(const struct arguments *arguments)
{
	static const char *const more[] = { "out", NULL };
	const char *path = option_value(arguments, "key");
	const char *out = option_value(arguments, "out");
	struct key_file file = { .has_public = false };
	struct key_pair pair = { .secret = NULL };
	struct loaded loaded;
	struct place place;
	int code = fields_check(arguments, NULL, "assay tx sign", more);

	if (code == 0 && (path == NULL || out == NULL)) {
		return fail(EXIT_USAGE, "it signs what another machine has made",
		    "write `assay tx sign FILE --key KEY --out SIGNED`", "--%s is missing, so nothing was done",
		    path == NULL ? "key" : "out");
	}
	if (code != 0) {
		return code;
	}
	code = place_bare(&place, arguments);
	if (code == 0) {
		code = load(&place, &loaded, arguments->operands[1]);
	}
	if (code == 0 && !loaded.is_unsigned) {
		code = no_transaction(arguments->operands[1]);
	}
	if (code == 0) {
		code = key_read(&file, path);
	}
	if (code == 0) {
		code = key_unlock(&pair, &file, path, option_value(arguments, "passphrase-file"));
	}
	if (code == 0) {
		code = sign_loaded(&place, &loaded, &pair);
	}
	if (code == 0) {
		code = write_signed(&loaded, out);
	}
	if (code == 0) {
		code = show_loaded(&place, &loaded, "signed", arguments->operands[1]);
	}
	key_release(&pair);
	key_file_release(&file);
	place_close(&place);
	return code;
}

static int
tx_send(const struct arguments *arguments)
{
	struct loaded loaded;
	struct shown shown;
	struct place place;
	int code = fields_check(arguments, NULL, "assay tx send", NULL);

	if (code != 0) {
		return code;
	}
	code = place_open_to_send(&place, arguments);
	if (code == 0) {
		code = load(&place, &loaded, arguments->operands[1]);
	}
	if (code == 0 && loaded.is_unsigned) {
		code = fail(EXIT_USAGE, "nobody has signed it", "assay tx sign FILE --key KEY --out SIGNED",
		    "%s cannot be sent", arguments->operands[1]);
	}
	if (code == 0 && (!shown_of(&shown, place.crypto, loaded.bytes, "waits") || !shown.has_digest)) {
		code = no_transaction(arguments->operands[1]);
	}
	if (code == 0) {
		code = send_signed(&place, &loaded.bytes, 1);
	}
	place_close(&place);
	return code;
}

/* ---- collateral: one transaction a document ---------------------------- */

struct documents {
	struct sending list[64];
	struct collateral_arguments arguments[64];
	size_t count;
};

/* PEM or DER, one after another, as DER. */
static struct assay_bytes
chain_der(struct place *place, struct assay_bytes chain)
{
	struct cursor c = cursor_over(chain);
	uint8_t *const out = arena_get(&place->arena, CHAIN_BYTES_MAX);
	size_t total = 0;
	size_t len;

	if (chain.len == 0 || chain.data[0] == 0x30) {
		return chain;
	}
	while (pem_next(&c, "CERTIFICATE", out + total, CHAIN_BYTES_MAX - total, &len) == 1) {
		total += len;
	}
	return bytes_of(out, total);
}

/* The register's own roots: whose word is looked for. */
static void
roots_of(struct place *place, struct roots *roots)
{
	const struct row_key prefix = key_start(TABLE_ROOT);
	struct row_key key = prefix;
	struct root root;

	roots->count = 0;
	while (roots->count < ROOTS_MAX && row_next(place->m, &prefix, &key, &root)) {
		roots->roots[roots->count] = (struct assay_root){
			.kind = (enum assay_root_kind)root.kind, .key = arena_copy(&place->arena, VAR_BYTES(root.key)),
			.simulated = root.simulated
		};
		roots->count++;
	}
}

static bool
is_alone(struct assay_bytes der)
{
	struct certificate certificate;

	return certificate_parse(&certificate, der) && is_root(&certificate);
}

static bool
document_of(struct place *place, const struct shelf *shelf, const struct shelf_part *part,
    struct collateral_arguments *a)
{
	static const struct wanted nobody;
	const struct window always = { INT64_MIN, INT64_MAX };
	struct assay_bytes chain;

	memset(a, 0, sizeof(*a));
	a->body = part->bytes;
	if (part->kind == SHELF_CRL) {
		chain = pick_crl_issuer_chain(part, shelf, &nobody, always, &place->arena);
		a->kind = chain.len == 0 || is_alone(chain) ? COLLATERAL_ROOT_CRL : COLLATERAL_PCK_CRL;
		a->chain = a->kind == COLLATERAL_ROOT_CRL ? (struct assay_bytes){ NULL, 0 } : chain;
		return true;
	}
	a->kind = part->kind == SHELF_TCB_INFO ? COLLATERAL_TCB_INFO : COLLATERAL_QE_IDENTITY;
	a->chain = chain_der(place, pick_signer_chain(part, shelf, &nobody, always, &place->arena));
	a->signature.len = 64;
	if (part->signature.len == 64) {
		bytes_copy(a->signature.data, part->signature, 64);
		return true;
	}
	return hex_decode(a->signature.data, 64, part->signature);
}

/* CRLs first: what follows is verified with them. */
static void
documents_collect(struct place *place, const struct shelf *shelf, struct documents *d)
{
	static const enum collateral_kind order[] = {
		COLLATERAL_ROOT_CRL, COLLATERAL_PCK_CRL, COLLATERAL_TCB_INFO, COLLATERAL_QE_IDENTITY
	};

	for (size_t pass = 0; pass < sizeof(order) / sizeof(order[0]); pass++) {
		for (size_t i = 0; i < shelf->parts_count && d->count < sizeof(d->list) / sizeof(d->list[0]); i++) {
			struct collateral_arguments *const a = &d->arguments[d->count];

			if (shelf->parts[i]->kind != SHELF_CERTIFICATE && document_of(place, shelf, shelf->parts[i], a) &&
			    a->kind == order[pass]) {
				d->list[d->count] = (struct sending){ KIND_COLLATERAL, a };
				d->count++;
			}
		}
	}
}

static int
send_collateral(struct place *place)
{
	struct documents *const d = arena_get(&place->arena, sizeof(*d));
	struct roots *const roots = arena_get(&place->arena, sizeof(*roots));
	struct shelf shelf = { .roots = roots };
	const char *path;
	size_t at = 0;
	int code = 0;

	roots_of(place, roots);
	while (code == 0 && (path = option_next(place->arguments, "collateral", &at)) != NULL) {
		code = shelf_add(&shelf, path);
	}
	if (code == 0) {
		documents_collect(place, &shelf, d);
		code = d->count != 0 ? send_all(place, d->list, d->count) : fail(EXIT_CANNOT_TELL,
		    "no document of a vendor's was found in what was given", "give what the vendor's service served",
		    "there is no collateral to bring, so nothing was done");
	}
	shelf_release(&shelf);
	return code;
}

static int
tx_collateral(const struct arguments *arguments)
{
	static const char *const more[] = { "collateral", NULL };
	const bool from_files = option_given(arguments, "collateral");
	struct place place;
	int code;

	if (!from_files) {
		return verb_send(arguments, "assay tx collateral", KIND_COLLATERAL, NULL, NULL);
	}
	code = fields_check(arguments, NULL, "assay tx collateral", more);
	if (code != 0) {
		return code;
	}
	code = place_open_to_send(&place, arguments);
	if (code == 0) {
		code = send_collateral(&place);
	}
	place_close(&place);
	return code;
}

/* ---- all -------------------------------------------------------------- */

static int
kind_unknown(const char *word)
{
	struct near near = { .count = 0 };
	char text[256];

	for (unsigned kind = 0; kind < KIND_END; kind++) {
		if (kind_record(kind) != NULL) {
			near_offer(&near, word, kind_name(kind));
		}
	}
	near_offer(&near, word, "decode");
	near_offer(&near, word, "sign");
	near_offer(&near, word, "send");
	return fail(EXIT_USAGE, "there is no such kind of transaction, and it is none of decode, sign and send",
	    near_text(&near, text, sizeof(text), "run `assay help tx` for the list"), "`assay tx %s` cannot be understood", word);
}

int
command_tx(const struct arguments *arguments)
{
	static const struct verb files[] = {
		{ .word = "decode", .run = tx_decode, .operands_max = 1 },
		{ .word = "sign", .run = tx_sign, .operands_max = 1 },
		{ .word = "send", .run = tx_send, .operands_max = 1 },
		{ .word = NULL }
	};
	const char *const word = arguments->operands[0];
	char what[96];

	for (size_t i = 0; files[i].word != NULL; i++) {
		if (strcmp(files[i].word, word) == 0) {
			snprintf(what, sizeof(what), "write `assay tx %s FILE`", word);
			return arguments->operands_count == 2 ? files[i].run(arguments) : fail(EXIT_USAGE,
			    "its file is missing after it", what,
			    "`assay tx %s` was not told what to work on, so nothing was done", word);
		}
	}
	if (arguments->operands_count != 1) {
		return fail(EXIT_USAGE, "what a transaction says stands in options", "write --worker ID, for instance",
		    "`assay tx %s` does not know what to do with %s", word, arguments->operands[1]);
	}
	if (strcmp(word, kind_name(KIND_COLLATERAL)) == 0) {
		return tx_collateral(arguments);
	}
	for (unsigned kind = 0; kind < KIND_END; kind++) {
		if (kind_record(kind) != NULL && strcmp(kind_name(kind), word) == 0) {
			snprintf(what, sizeof(what), "assay tx %s", word);
			return verb_send(arguments, what, (enum kind)kind, NULL, NULL);
		}
	}
	return kind_unknown(word);
}
