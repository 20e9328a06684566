/* SPDX-License-Identifier: Apache-2.0 */
/* assay log: which of its verbs, and what they share. */
#include "cmd/log.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/assayer.h"
#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/near.h"
#include "crypto/crypto.h"

/* ---- keys ------------------------------------------------------------- */

static int
no_verifier(const char *text, enum note_algorithm algorithm)
{
	return fail(EXIT_USAGE, algorithm == NOTE_ED25519
	    ? "a log is known by its verifier string, name+key id+base64, as `assay key show FILE` prints it"
	    : "a witness is known by its verifier string, name+key id+base64, as `assay key show FILE` prints it",
	    "give the string, a file that holds it, or the key file",
	    "%s is no verifier key of %s, so nothing was done", text,
	    algorithm == NOTE_ED25519 ? "a log" : "a witness");
}

static struct assay_bytes
trimmed(struct assay_bytes text)
{
	while (text.len != 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == ' ')) {
		text.len--;
	}
	return text;
}

int
verifier_read(struct note_key *key, struct arena *arena, const char *text, enum note_algorithm algorithm)
{
	struct assay_bytes bytes = bytes_of_text(text);
	struct key_file file;
	bool cut;
	int code;

	if (key_verifier_parse(key, bytes)) {
		return key->algorithm == algorithm ? 0 : no_verifier(text, algorithm);
	}
	code = file_read(&bytes, &cut, arena, text, KEY_FILE_BYTES_MAX);
	if (code != 0) {
		return code;
	}
	if (key_verifier_parse(key, trimmed(bytes)) && key->algorithm == algorithm) {
		return 0;
	}
	if (key_file_parse(&file, bytes) != KEY_GOOD || !file.has_public ||
	    file.label.kind != (algorithm == NOTE_ED25519 ? KEY_LOG : KEY_WITNESS)) {
		return no_verifier(text, algorithm);
	}
	key->algorithm = algorithm;
	key->name = arena_copy(arena, bytes_of_text(file.label.name));
	memcpy(key->key, file.public.bytes, sizeof(key->key));
	key_file_release(&file);
	return 0;
}

int
log_key_option(struct note_key *key, struct arena *arena, const struct arguments *arguments, bool *given)
{
	const char *text = option_value(arguments, "log");

	*given = text != NULL;
	return text == NULL ? 0 : verifier_read(key, arena, text, NOTE_ED25519);
}

int
witness_open(struct log_key *witness, const struct arguments *arguments, const char *path)
{
	int code = key_read(&witness->file, path);

	if (code == 0 && witness->file.label.kind != KEY_WITNESS) {
		code = fail(EXIT_USAGE, "a checkpoint is cosigned by a key of kind witness, which has the witness's name",
		    "make one: assay key new --kind witness --name NAME FILE",
		    "%s is not the key of a witness, so nothing was done", path);
	}
	if (code == 0) {
		code = key_unlock(&witness->pair, &witness->file, path, option_value(arguments, "passphrase-file"));
	}
	return code;
}

/* ---- checkpoints ------------------------------------------------------ */

static int
checkpoint_take(struct checkpoint *checkpoint, struct assay_bytes note, const struct assay_crypto *crypto,
    const char *path, const struct note_key *key)
{
	struct assay_bytes text, signatures;
	int64_t time_s;

	if (!note_split(note, &text, &signatures) || !checkpoint_parse(checkpoint, text)) {
		return fail(EXIT_NOT_GENUINE, "a checkpoint is a signed note: origin, size, root, and signatures", NULL,
		    "%s is no checkpoint, so nothing was done", path);
	}
	if (note_verify(crypto, note, key, &time_s) != NOTE_GOOD || !bytes_equal(checkpoint->origin, key->name)) {
		return fail(EXIT_NOT_GENUINE, "it does not bear a signature of the log's key that verifies",
		    "compare the log's verifier key with the one that its operator publishes",
		    "%s is not a checkpoint of %.*s", path, (int)key->name.len, (const char *)key->name.data);
	}
	return 0;
}

int
checkpoint_read(struct assay_bytes *note, struct checkpoint *checkpoint, struct arena *arena,
    const struct assay_crypto *crypto, const char *path, const struct note_key *key)
{
	bool cut;
	const int code = file_read(note, &cut, arena, path, NOTE_BYTES_MAX);

	return code != 0 ? code : checkpoint_take(checkpoint, *note, crypto, path, key);
}

/* ---- views ------------------------------------------------------------ */

static bool
tile_read(void *context, const struct tile *tile, uint8_t *out)
{
	const struct log_view *view = context;
	const struct disk *disk = disk_posix();
	char name[TILE_PATH_BYTES];
	char path[DISK_PATH_BYTES];
	size_t len;

	tile_path(name, tile);
	const int path_len = snprintf(path, sizeof(path), "%s/%s", view->tiles, name);

	return path_len > 0 && (size_t)path_len < sizeof(path) &&
	    disk->read(disk->context, path, out, (size_t)tile->width * HASH_BYTES, &len) == DISK_READ &&
	    len == (size_t)tile->width * HASH_BYTES;
}

/* The key that genesis names: who has nothing else believes the log about itself. */
static int
key_from_genesis(struct log_view *view)
{
	struct genesis *genesis = arena_get(&view->place.arena, sizeof(*genesis));
	struct assay_bytes entry;
	int code = log_view_entry(view, 0, &entry);

	if (code != 0) {
		return code;
	}
	entry = arena_copy(&view->place.arena, entry);
	if (entry.len == 0 || entry.data[0] != ENTRY_GENESIS ||
	    !record_decode(&genesis_record, genesis, bytes_slice(entry, 1, entry.len - 1))) {
		return fail(EXIT_NOT_GENUINE, "its first entry is no genesis", NULL, "%s is no register's log", view->tiles);
	}
	view->key.algorithm = NOTE_ED25519;
	view->key.name = VAR_BYTES(genesis->log_origin);
	memcpy(view->key.key, genesis->log_key, sizeof(view->key.key));
	view->key_is_told = true;
	return 0;
}

static int
key_from_rows(struct log_view *view)
{
	const struct row_key key = key_start(TABLE_LOG);
	struct log *row = arena_get(&view->place.arena, sizeof(*row));

	if (!row_get(view->place.m, &key, row)) {
		return fail(EXIT_CANNOT_TELL, "its row of the log is missing", NULL, "the register in %s cannot be read",
		    view->place.directory);
	}
	view->key.algorithm = NOTE_ED25519;
	view->key.name = VAR_BYTES(row->origin);
	memcpy(view->key.key, row->key, sizeof(view->key.key));
	view->key_is_told = true;
	return 0;
}

static int
view_key(struct log_view *view)
{
	bool given;
	int code = log_key_option(&view->key, &view->place.arena, view->arguments, &given);

	if (code != 0 || given) {
		return code;
	}
	return view->tiles != NULL ? key_from_genesis(view) : key_from_rows(view);
}

/* The checkpoint of a store: its own file, or the head signed just now. */
static int
store_checkpoint(struct log_view *view, bool needed)
{
	const char *path = option_value(view->arguments, "checkpoint");
	struct store *store = driver_store(view->place.driver);
	struct store_error error = { .failure = STORE_FINE };
	struct hash root;
	int code;

	if (path == NULL) {
		return !needed ? 0 : fail(EXIT_USAGE, "the last signed checkpoint lies beside the log's key, not in the store",
		    "give --checkpoint FILE, or the published log with --tiles DIR",
		    "--checkpoint is missing, so nothing was done");
	}
	code = checkpoint_read(&view->note, &view->checkpoint, &view->place.arena, view->place.crypto, path, &view->key);
	if (code != 0) {
		return code;
	}
	if (view->checkpoint.size > store_head(store)->log_size) {
		return fail(EXIT_CANNOT_TELL, "more was signed than the store holds", "give the store that it belongs to",
		    "%s is of %llu entries, and the store has %llu", path, (unsigned long long)view->checkpoint.size,
		    (unsigned long long)store_head(store)->log_size);
	}
	if (!store_log_root(store, view->checkpoint.size, &root, &error)) {
		return store_say(&error);
	}
	return hash_equal(&root, &view->checkpoint.root) ? 0 : fail(EXIT_NOT_GENUINE,
	    "the entries below it have another root", "keep both: together they show who signed what",
	    "%s is a checkpoint of another history than the store's", path);
}

static int
tiles_checkpoint(struct log_view *view)
{
	const char *path = option_value(view->arguments, "checkpoint");
	struct store_error error = { .failure = STORE_FINE };
	char *note = arena_get(&view->place.arena, NOTE_BYTES_MAX);

	if (path != NULL) {
		return checkpoint_read(&view->note, &view->checkpoint, &view->place.arena, view->place.crypto, path,
		    &view->key);
	}
	const size_t len = audit_tiles_checkpoint(view->tiles, NULL, note, NOTE_BYTES_MAX, &error);

	if (len == 0) {
		return store_say(&error);
	}
	view->note = bytes_of(note, len);
	return checkpoint_take(&view->checkpoint, view->note, view->place.crypto, view->tiles, &view->key);
}

/* A source is told of a checkpoint before its entries are asked for. */
static int
tiles_grow(struct log_view *view)
{
	struct store_error error = { .failure = STORE_FINE };

	if (view->source.grown != NULL && !view->source.grown(view->source.context, &view->checkpoint, &error)) {
		return store_say(&error);
	}
	view->reader = arena_get(&view->place.arena, sizeof(*view->reader));
	view->reader->context = view;
	view->reader->read = tile_read;
	view->reader->crypto = view->place.crypto;
	view->reader->size = view->checkpoint.size;
	return 0;
}

/* Any checkpoint that lies there, unverified: to read the genesis by. */
static int
tiles_grow_unverified(struct log_view *view)
{
	struct store_error error = { .failure = STORE_FINE };
	char *note = arena_get(&view->place.arena, NOTE_BYTES_MAX);
	const size_t len = audit_tiles_checkpoint(view->tiles, NULL, note, NOTE_BYTES_MAX, &error);
	struct assay_bytes text, signatures;

	if (len == 0) {
		return store_say(&error);
	}
	if (!note_split(bytes_of(note, len), &text, &signatures) || !checkpoint_parse(&view->checkpoint, text)) {
		return fail(EXIT_NOT_GENUINE, "its checkpoint is malformed", NULL, "%s is no published log", view->tiles);
	}
	return tiles_grow(view);
}

static int
tiles_open(struct log_view *view)
{
	bool given = option_value(view->arguments, "log") != NULL;
	int code;

	view->place.crypto = assay_crypto_openssl();
	view->place.json = option_given(view->arguments, "json");
	code = style_parse(&view->place.style, view->arguments);
	if (code != 0) {
		return code;
	}
	if (!audit_tiles_open(&view->source, view->tiles, view->place.crypto, NULL)) {
		return fail(EXIT_CANNOT_TELL, "there is no memory left", NULL, "nothing was done");
	}
	view->has_source = true;
	code = given ? 0 : tiles_grow_unverified(view);
	if (code == 0) {
		code = view_key(view);
	}
	if (code == 0) {
		code = tiles_checkpoint(view);
	}
	return code == 0 ? tiles_grow(view) : code;
}

int
log_view_open(struct log_view *view, const struct arguments *arguments, unsigned needs)
{
	int code;

	memset(view, 0, sizeof(*view));
	view->arguments = arguments;
	view->tiles = option_value(arguments, "tiles");
	if (view->tiles != NULL && option_value(arguments, "store") != NULL) {
		return fail(EXIT_USAGE, "they are two places to read a log from", "give one of them",
		    "both --store and --tiles were given, so nothing was done");
	}
	if (view->tiles != NULL) {
		return tiles_open(view);
	}
	view->has_place = true;
	code = place_open(&view->place, arguments, NULL);
	if (code == 0) {
		code = view_key(view);
	}
	if (code == 0) {
		code = store_checkpoint(view, (needs & LOG_NEED_CHECKPOINT) != 0);
	}
	if (code == 0 && !audit_store_open(&view->source, driver_store(view->place.driver))) {
		return fail(EXIT_CANNOT_TELL, "there is no memory left", NULL, "nothing was done");
	}
	view->has_source = code == 0;
	return code;
}

void
log_view_close(struct log_view *view)
{
	if (view->has_source && view->tiles != NULL) {
		audit_tiles_close(&view->source);
	} else if (view->has_source) {
		audit_store_close(&view->source);
	}
	if (view->has_place) {
		place_close(&view->place);
	} else {
		arena_release(&view->place.arena);
	}
}

uint64_t
log_view_size(const struct log_view *view)
{
	return view->tiles != NULL ? view->checkpoint.size : store_head(driver_store(view->place.driver))->log_size;
}

int
log_view_entry(struct log_view *view, uint64_t index, struct assay_bytes *entry)
{
	struct store_error error = { .failure = STORE_FINE };

	return view->source.entry(view->source.context, index, entry, &error) ? 0 : store_say(&error);
}

int
log_view_inclusion(struct log_view *view, struct proof *proof, uint64_t index, uint64_t size)
{
	struct store_error error = { .failure = STORE_FINE };

	if (view->tiles == NULL) {
		return store_prove_inclusion(driver_store(view->place.driver), proof, index, size, &error) ? 0
		    : store_say(&error);
	}
	const struct hash_source source = tile_source(view->reader);

	return inclusion_prove(proof, &source, view->place.crypto, index, size) ? 0 : fail(EXIT_CANNOT_TELL,
	    "a tile is missing or of another length", "publish the log again", "%s cannot be proved from", view->tiles);
}

int
log_view_consistency(struct log_view *view, struct proof *proof, uint64_t old_size)
{
	struct store_error error = { .failure = STORE_FINE };

	if (view->tiles == NULL) {
		return store_prove_consistency(driver_store(view->place.driver), proof, old_size, view->checkpoint.size, &error)
		    ? 0 : store_say(&error);
	}
	const struct hash_source source = tile_source(view->reader);

	return consistency_prove(proof, &source, view->place.crypto, old_size, view->checkpoint.size) ? 0
	    : fail(EXIT_CANNOT_TELL, "a tile is missing or of another length", "publish the log again",
	    "%s cannot be proved from", view->tiles);
}

/* ---- output ----------------------------------------------------------- */

int
out_write(const struct arguments *arguments, struct assay_bytes bytes)
{
	const char *path = option_value(arguments, "out");

	if (path == NULL || strcmp(path, "-") == 0) {
		fwrite(bytes.data, 1, bytes.len, stdout);
		return 0;
	}
	return disk_replace(disk_posix(), path, bytes) ? 0 : fail(EXIT_CANNOT_TELL, "the file cannot be written",
	    "make room, or write elsewhere", "%s was not written", path);
}

/* ---- verbs ------------------------------------------------------------ */

static const struct {
	const char *word;
	const char *synopsis;
	int (*run)(const struct arguments *arguments);
	size_t operands_min, operands_max;	/* after the word */
} verbs[] = {
	{ "checkpoint", "checkpoint", log_checkpoint, 0, 0 },
	{ "prove", "prove entry INDEX, or prove worker ID", log_prove, 2, 2 },
	{ "verify", "verify FILE", log_verify, 1, 1 },
	{ "audit", "audit", log_audit, 0, 0 },
	{ "publish", "publish DIR", log_publish, 1, 1 },
	{ "entries", "entries", log_entries, 0, 0 },
	{ "cosign", "cosign --request FILE", log_cosign, 0, 0 },
	{ "cosignatures", "cosignatures add FILE", log_cosignatures, 2, 2 },
};

int
command_log(const struct arguments *arguments)
{
	const char *word = arguments->operands[0];
	const size_t count = arguments->operands_count - 1;
	struct near near = { .count = 0 };
	char text[256];

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].word, word) == 0 && count >= verbs[i].operands_min && count <= verbs[i].operands_max) {
			return verbs[i].run(arguments);
		}
		if (strcmp(verbs[i].word, word) == 0) {
			snprintf(text, sizeof(text), "write `assay log %s`", verbs[i].synopsis);
			return fail(EXIT_USAGE, count < verbs[i].operands_min ? "a word is missing after it"
			    : "it is one word too many", text,
			    "`assay log %s` cannot be understood, so nothing was done", word);
		}
		near_offer(&near, word, verbs[i].word);
	}
	return fail(EXIT_USAGE, "its words are checkpoint, prove, verify, audit, publish, entries, cosign and cosignatures",
	    near_text(&near, text, sizeof(text), "run `assay help log`"), "`assay log %s` cannot be understood", word);
}
