/* SPDX-License-Identifier: Apache-2.0 */
/* assay key: make, show and re-encrypt the keys of accounts, agents, logs and witnesses. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <sys/stat.h>

#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/key_open.h"
#include "cmd/near.h"
#include "render/writer.h"

#define NEW_PASSPHRASE_VARIABLE "ASSAY_NEW_PASSPHRASE"

static const struct {
	const char *name;
	const char *verb;	/* the only one that takes it */
} uses[] = {
	{ "kind", "new" },
	{ "name", "new" },
	{ "no-passphrase", "new" },
	{ "new-passphrase-file", "passwd" }
};

/* ---- showing ---------------------------------------------------------- */

static const char *
kind_of_use(enum key_kind kind)
{
	switch (kind) {
	case KEY_ACCOUNT:
		return "account (cold: it holds the stake; keep it off servers)";
	case KEY_AGENT:
		return "agent (hot: it registers, re-attests, starts, pauses and relays for an account)";
	case KEY_LOG:
		return "log (hot: it signs checkpoints)";
	case KEY_WITNESS:
		return "witness (hot: it cosigns checkpoints)";
	case KEY_UNSPECIFIED:
	default:
		return "unspecified (the file was not made by assay)";
	}
}

/* What a log or a witness hands out; empty for all others. */
static size_t
verifier_of(char out[static KEY_VERIFIER_BYTES_MAX], const struct key_label *label, const struct key_public *public)
{
	struct note_key key = {
		.algorithm = label->kind == KEY_WITNESS ? NOTE_COSIGNATURE : NOTE_ED25519,
		.name = bytes_of_text(label->name)
	};

	if (label->kind != KEY_LOG && label->kind != KEY_WITNESS) {
		return 0;
	}
	memcpy(key.key, public->bytes, sizeof(key.key));
	return key_verifier_format(out, &key);
}

static void
put_derivation(struct writer *w, const struct key_file *file)
{
	put_text(w, "encrypted   ");
	if (file->derivation == KEY_NOT_ENCRYPTED) {
		put_text(w, "NO: whoever reads the file has the key\n");
		return;
	}
	put_text(w, file->derivation == KEY_SCRYPT ? "scrypt N=" : "PBKDF2 iterations=");
	put_unsigned(w, file->cost.n);
	if (file->derivation == KEY_SCRYPT) {
		put_text(w, " r=");
		put_unsigned(w, file->cost.r);
		put_text(w, " p=");
		put_unsigned(w, file->cost.p);
	}
	put_text(w, ", AES-256-CBC\n");
}

static void
put_key_text(struct writer *w, const struct key_file *file, const struct key_public *public)
{
	char verifier[KEY_VERIFIER_BYTES_MAX];
	uint8_t compressed[33];
	uint8_t id[32];
	const size_t len = key_compressed(compressed, public);
	const size_t verifier_len = verifier_of(verifier, &file->label, public);

	key_id(id, public);
	put_text(w, "kind        ");
	put_text(w, kind_of_use(file->label.kind));
	put_text(w, "\nalgorithm   ");
	put_text(w, public->algorithm == KEY_P256 ? "ECDSA P-256" : "Ed25519");
	put_text(w, "\nid          ");
	put_hex(w, bytes_of(id, sizeof(id)));
	put_text(w, "\npublic key  ");
	put_hex(w, bytes_of(compressed, len));
	put_char(w, '\n');
	if (verifier_len != 0) {
		put_text(w, "name        ");
		put_text(w, file->label.name);
		put_text(w, "\nverifier    ");
		put_bytes(w, bytes_of(verifier, verifier_len));
		put_char(w, '\n');
	}
	put_derivation(w, file);
}

static void
put_text_or_null(struct writer *w, const char *name, const char *text)
{
	json_put_name(w, name);
	if (text != NULL) {
		json_put_text(w, text);
	} else {
		json_put_null(w);
	}
}

static void
put_derivation_json(struct writer *w, const struct key_file *file)
{
	json_put_name(w, "encrypted");
	json_put_boolean(w, file->derivation != KEY_NOT_ENCRYPTED);
	json_put_name(w, "derivation");
	if (file->derivation == KEY_NOT_ENCRYPTED) {
		json_put_null(w);
		return;
	}
	json_put_object(w);
	json_put_name(w, "name");
	json_put_text(w, file->derivation == KEY_SCRYPT ? "scrypt" : "pbkdf2");
	json_put_name(w, file->derivation == KEY_SCRYPT ? "n" : "iterations");
	json_put_unsigned(w, file->cost.n);
	if (file->derivation == KEY_SCRYPT) {
		json_put_name(w, "r");
		json_put_unsigned(w, file->cost.r);
		json_put_name(w, "p");
		json_put_unsigned(w, file->cost.p);
	}
	json_put_end(w, '}');
}

static void
put_key_json(struct writer *w, const struct key_file *file, const struct key_public *public)
{
	char verifier[KEY_VERIFIER_BYTES_MAX];
	uint8_t compressed[33];
	uint8_t id[32];
	const size_t len = key_compressed(compressed, public);
	const size_t verifier_len = verifier_of(verifier, &file->label, public);

	key_id(id, public);
	json_put_object(w);
	put_text_or_null(w, "schema", "assay.key/1");
	put_text_or_null(w, "kind", key_kind_word(file->label.kind));
	put_text_or_null(w, "algorithm", public->algorithm == KEY_P256 ? "ecdsa-p256" : "ed25519");
	json_put_name(w, "id");
	json_put_hex(w, bytes_of(id, sizeof(id)));
	json_put_name(w, "public_key");
	json_put_hex(w, bytes_of(compressed, len));
	put_text_or_null(w, "name", file->label.name[0] != '\0' ? file->label.name : NULL);
	json_put_name(w, "verifier");
	if (verifier_len != 0) {
		json_put_string(w, bytes_of(verifier, verifier_len));
	} else {
		json_put_null(w);
	}
	put_derivation_json(w, file);
	json_put_end(w, '}');
	put_char(w, '\n');
}

static int
show(const struct key_file *file, const struct key_public *public, bool json)
{
	char out[4096];
	struct writer w;

	writer_start(&w, out, sizeof(out));
	if (json) {
		put_key_json(&w, file, public);
	} else {
		put_key_text(&w, file, public);
	}
	fwrite(out, 1, w.len, stdout);
	return EXIT_YES;
}

/* Files from elsewhere may make guessing a passphrase cheap. */
static bool
is_weak(const struct key_file *file)
{
	const struct key_cost *cost = &file->cost;
	const struct key_cost *ours = &key_cost_ordinary;

	/* PBKDF2 takes no memory: no number of iterations stops machines that are made to guess. */
	return file->derivation == KEY_PBKDF2 || (file->derivation == KEY_SCRYPT &&
	    (uint64_t)cost->n * cost->r * cost->p < (uint64_t)ours->n * ours->r * ours->p / 2);
}

static int
key_show(const struct arguments *arguments, const char *path)
{
	struct key_file file;
	struct key_pair pair = { .secret = NULL };
	int code = key_read(&file, path);

	/* A file without a public half has to be opened, as has one that can be for nothing. */
	if (code == 0 && (!file.has_public || file.derivation == KEY_NOT_ENCRYPTED)) {
		code = key_unlock(&pair, &file, path, option_value(arguments, "passphrase-file"));
	}
	if (code == 0 && is_weak(&file)) {
		note("its passphrase is cheaper to guess than it has to be; `assay key passwd %s` encrypts it anew", path);
	}
	if (code == 0) {
		code = show(&file, file.has_public ? &file.public : &pair.public, option_given(arguments, "json"));
	}
	key_release(&pair);
	key_file_release(&file);
	return code;
}

/* ---- making ----------------------------------------------------------- */

static int
label_of(struct key_label *label, const struct arguments *arguments)
{
	const char *kind = option_value(arguments, "kind");
	const char *name = option_value(arguments, "name");

	memset(label, 0, sizeof(*label));
	if (kind == NULL || !key_kind_find(&label->kind, kind)) {
		return fail(EXIT_USAGE, kind == NULL ? "--kind is missing" : "there is no such kind",
		    "give --kind account, agent, log or witness", "no key was made");
	}
	if (name != NULL && strlen(name) < sizeof(label->name)) {
		memcpy(label->name, name, strlen(name));
	}
	if (name != NULL && key_kind_algorithm(label->kind) == KEY_P256) {
		return fail(EXIT_USAGE, "accounts and agents are known by their id", "leave out --name", "no key was made");
	}
	if (!key_label_is_good(label)) {
		return fail(EXIT_USAGE, name == NULL ? "logs and witnesses have names" :
		    "a name is 1 to 255 printable ASCII characters, without spaces and plus signs",
		    "give --name, the log's origin for instance: example.org/register", "no key was made");
	}
	return 0;
}

static int
new_passphrase(struct passphrase *passphrase, const char *option, const char *file, const char *variable,
    const char *path)
{
	char prompt[256];

	snprintf(prompt, sizeof(prompt), "new passphrase for %s", path);
	const struct passphrase_source source = { option, file, variable, prompt, true };

	return passphrase_get(passphrase, &source);
}

/* What is written is shown as it will be read. */
static int
show_text(const char *text, size_t len, bool json)
{
	struct key_file file;
	const enum key_result result = key_file_parse(&file, bytes_of(text, len));
	const int code = result == KEY_GOOD ? show(&file, &file.public, json) : EXIT_BUG;

	key_file_release(&file);
	return code;
}

static int
make(const struct key_label *label, const char *path, const struct passphrase *passphrase, bool json)
{
	char text[KEY_FILE_BYTES_MAX];
	struct key_pair pair;
	size_t len = 0;
	enum key_result result = KEY_FAILED;

	if (key_generate(&pair, key_kind_algorithm(label->kind))) {
		result = key_file_format(text, &len, label, &pair, passphrase->len != 0 ? &key_cost_ordinary : NULL,
		    passphrase_bytes(passphrase));
	}
	if (result == KEY_GOOD) {
		result = key_disk_create(path, bytes_of(text, len));
	}
	key_release(&pair);
	int code = key_result_say(result, path);

	if (code == 0) {
		code = show_text(text, len, json);
	}
	key_forget(text, sizeof(text));
	return code;
}

static int
key_new(const struct arguments *arguments, const char *path)
{
	struct key_label label;
	struct passphrase passphrase = { .len = 0 };
	struct stat status;
	const char *file = option_value(arguments, "passphrase-file");
	const bool open = option_given(arguments, "no-passphrase");
	int code = label_of(&label, arguments);

	if (code == 0 && open && file != NULL) {
		code = fail(EXIT_USAGE, "one says that there is a passphrase, the other that there is none",
		    "leave out one of them", "--no-passphrase and --passphrase-file exclude each other, so no key was made");
	}
	/* Before anybody types a passphrase; the file is made such that it cannot appear in between. */
	if (code == 0 && lstat(path, &status) == 0) {
		code = key_result_say(KEY_EXISTS, path);
	}
	if (code == 0 && !open) {
		code = new_passphrase(&passphrase, "passphrase-file", file, PASSPHRASE_VARIABLE, path);
	}
	if (code == 0 && open && label.kind == KEY_ACCOUNT) {
		note("an account's key is cold and holds its stake; without a passphrase whoever reads %s has it", path);
	}
	if (code == 0) {
		code = make(&label, path, &passphrase, option_given(arguments, "json"));
	}
	passphrase_forget(&passphrase);
	return code;
}

/* ---- another passphrase ----------------------------------------------- */

static int
seal_again(const struct key_file *file, const struct key_pair *pair, const char *path,
    const struct passphrase *passphrase, bool json)
{
	char text[KEY_FILE_BYTES_MAX];
	size_t len;
	enum key_result result = key_file_format(text, &len, &file->label, pair, &key_cost_ordinary,
	    passphrase_bytes(passphrase));

	if (result == KEY_GOOD) {
		result = key_disk_replace(path, bytes_of(text, len));
	}
	int code = key_result_say(result, path);

	if (code == 0) {
		code = show_text(text, len, json);
	}
	key_forget(text, sizeof(text));
	return code;
}

static int
key_passwd(const struct arguments *arguments, const char *path)
{
	struct key_file file;
	struct key_pair pair = { .secret = NULL };
	struct passphrase passphrase = { .len = 0 };
	const char *old = option_value(arguments, "passphrase-file");
	const char *new = option_value(arguments, "new-passphrase-file");
	int code = 0;

	if (old != NULL && new != NULL && strcmp(old, "-") == 0 && strcmp(new, "-") == 0) {
		return fail(EXIT_USAGE, "standard input can give one passphrase only", "give one of them from a file",
		    "--passphrase-file and --new-passphrase-file are both -, so nothing was done");
	}
	code = key_read(&file, path);
	if (code == 0) {
		code = key_unlock(&pair, &file, path, old);
	}
	if (code == 0) {
		code = new_passphrase(&passphrase, "new-passphrase-file", new, NEW_PASSPHRASE_VARIABLE, path);
	}
	if (code == 0) {
		code = seal_again(&file, &pair, path, &passphrase, option_given(arguments, "json"));
	}
	passphrase_forget(&passphrase);
	key_release(&pair);
	key_file_release(&file);
	return code;
}

/* ---- all -------------------------------------------------------------- */

static const struct {
	const char *word;
	int (*run)(const struct arguments *arguments, const char *path);
} verbs[] = {
	{ "new", key_new },
	{ "show", key_show },
	{ "passwd", key_passwd }
};
#define VERBS_COUNT (sizeof(verbs) / sizeof(verbs[0]))

static int
wrong_use(const char *verb)
{
	struct near near = { .count = 0 };
	char text[256];

	if (strcmp(verb, "sign") == 0) {
		return fail(EXIT_USAGE, "a signature of bytes that somebody hands over may be one of a transaction",
		    "use the command that makes what is to be signed", "`assay key` signs nothing");
	}
	for (size_t i = 0; i < VERBS_COUNT; i++) {
		near_offer(&near, verb, verbs[i].word);
	}
	return fail(EXIT_USAGE, "its words are new FILE, show FILE and passwd FILE",
	    near_text(&near, text, sizeof(text), "run `assay help key`"), "`assay key %s` cannot be understood", verb);
}

/* An option that would be left unread is a mistake of whoever gave it. */
static int
check_options(const struct arguments *arguments, const char *verb)
{
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		if (option_given(arguments, uses[i].name) && strcmp(uses[i].verb, verb) != 0) {
			char cause[64];

			snprintf(cause, sizeof(cause), "it belongs to `assay key %s`", uses[i].verb);
			return fail(EXIT_USAGE, cause, "leave it out", "`assay key %s` does not take --%s, so nothing was done",
			    verb, uses[i].name);
		}
	}
	return 0;
}

int
command_key(const struct arguments *arguments)
{
	const char *verb = arguments->operands[0];

	for (size_t i = 0; i < VERBS_COUNT; i++) {
		if (strcmp(verbs[i].word, verb) == 0 && arguments->operands_count == 2) {
			const int code = check_options(arguments, verb);

			return code != 0 ? code : verbs[i].run(arguments, arguments->operands[1]);
		}
	}
	return wrong_use(verb);
}
