/* SPDX-License-Identifier: Apache-2.0 */
/* A register's directory as the commands use it. */
#define _POSIX_C_SOURCE 200809L
#include "cmd/store_open.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cmd/assayer.h"
#include "cmd/failure.h"
#include "crypto/crypto.h"

static char output_bytes[OUTPUT_BYTES];

/* ---- errors ----------------------------------------------------------- */

/* A sentence of a store's, as errors are written here: it goes on after "error: ". */
static void
sentence_copy(char *out, size_t size, const char *sentence)
{
	size_t len;

	snprintf(out, size, "%s", sentence);
	len = strlen(out);
	if (len > 1 && out[len - 1] == '.') {
		out[len - 1] = '\0';
	}
	if (len > 1 && isupper((unsigned char)out[0]) && !isupper((unsigned char)out[1])) {
		out[0] = (char)tolower((unsigned char)out[0]);
	}
}

static int
exit_of(enum store_failure failure)
{
	switch (failure) {
	case STORE_MISSING:
	case STORE_EXISTS:
	case STORE_FOREIGN:
	case STORE_NEWER:
	case STORE_CONFLICT:
		return EXIT_USAGE;
	default:
		return EXIT_CANNOT_TELL;
	}
}

int
store_say(const struct store_error *error)
{
	char what[sizeof(error->what)];
	char cause[sizeof(error->cause)];
	char fix[sizeof(error->fix)];

	sentence_copy(what, sizeof(what), error->what);
	sentence_copy(cause, sizeof(cause), error->cause);
	sentence_copy(fix, sizeof(fix), error->fix);
	return fail(exit_of(error->failure), cause, fix, "%s", what);
}

int
place_check(const struct place *place)
{
	const struct store_error *failure = store_failure(driver_store(place->driver));

	if (failure->failure != STORE_FINE) {
		return store_say(failure);
	}
	return place->m->failed ? fail(EXIT_CANNOT_TELL, "a row of it is not what the rules write",
	    "restore it from a backup, or replay its log", "the register in %s cannot be read to its end",
	    place->directory) : 0;
}

/* ---- the log's key ---------------------------------------------------- */

static bool
log_sign(void *context, struct assay_bytes message, uint8_t signature[64])
{
	return key_sign(context, signature, message);
}

int
log_key_open(struct log_key *log, const struct arguments *arguments, const char *option)
{
	const char *path = option_value(arguments, option);
	const char *checkpoint = option_value(arguments, "checkpoint");
	int code = 0;

	if (path == NULL && checkpoint == NULL) {
		return 0;
	}
	if (path == NULL || checkpoint == NULL) {
		char fix[128];

		snprintf(fix, sizeof(fix), "give --%s FILE and --checkpoint FILE, or neither: blocks are then not signed for",
		    option);
		return fail(EXIT_USAGE, "whoever signs for a log keeps the last checkpoint beside the key", fix,
		    "--%s is missing, so nothing was done", path == NULL ? option : "checkpoint");
	}
	code = key_read(&log->file, path);
	if (code == 0 && log->file.label.kind != KEY_LOG) {
		code = fail(EXIT_USAGE, "a log is signed for by a key of kind log, which has the log's name",
		    "make one: assay key new --kind log --name NAME FILE",
		    "%s is not the key of a log, so nothing was done", path);
	}
	if (code == 0) {
		code = key_unlock(&log->pair, &log->file, path, option_value(arguments, "passphrase-file"));
	}
	if (code != 0) {
		return code;
	}
	log->signer = (struct log_signer){
		.context = &log->pair,
		.key = { .algorithm = NOTE_ED25519, .name = bytes_of_text(log->file.label.name) },
		.sign = log_sign
	};
	memcpy(log->signer.key.key, log->pair.public.bytes, sizeof(log->signer.key.key));
	log->signs = true;
	return 0;
}

void
log_key_release(struct log_key *log)
{
	key_release(&log->pair);
	key_file_release(&log->file);
}

/* ---- opening ---------------------------------------------------------- */

static int
directory_of(struct place *place, const struct arguments *arguments)
{
	place->directory = option_value(arguments, "store");
	return place->directory != NULL ? 0 : fail(EXIT_USAGE, "a register lies in a directory",
	    "give --store DIR; `assay register init` makes one", "--store is missing, so nothing was done");
}

static int
say_open_error(const struct store_error *error)
{
	struct store_error said = *error;

	/* The driver knows what to accept, not what the option is called. */
	if (strstr(error->fix, "accept the time") != NULL) {
		snprintf(said.fix, sizeof(said.fix), "set the clock; or give --accept-time, where the register did stand still");
	}
	if (strstr(error->fix, "accept that it is missing") != NULL) {
		snprintf(said.fix, sizeof(said.fix), "bring the file back; only if it is certain that nothing was signed beyond "
		    "this store, cut a block with --accept-missing-checkpoint");
	}
	return store_say(&said);
}

int
place_open(struct place *place, const struct arguments *arguments, const char *log_option)
{
	struct driver_options options = { .mode = log_option != NULL ? STORE_WRITE : STORE_READ };
	struct store_error error = { .failure = STORE_FINE };
	uint64_t now_ms = 0;
	int code;

	memset(place, 0, sizeof(*place));
	place->arguments = arguments;
	place->crypto = assay_crypto_openssl();
	place->json = option_given(arguments, "json");
	place->writable = log_option != NULL;
	code = directory_of(place, arguments);
	if (code == 0) {
		code = style_parse(&place->style, arguments);
	}
	if (code == 0 && log_option != NULL) {
		code = log_key_open(&place->log, arguments, log_option);
	}
	if (code == 0 && log_option != NULL && strncmp(option_value(arguments, "at") != NULL ?
	    option_value(arguments, "at") : "", "+", 1) != 0) {
		code = time_of_block(&now_ms, arguments, 0);
	}
	if (code != 0) {
		return code;
	}
	options.directory = place->directory;
	options.checkpoint_path = place->log.signs ? option_value(arguments, "checkpoint") : NULL;
	options.signer = place->log.signs ? &place->log.signer : NULL;
	/* A time after the last block is meant as it is. */
	options.accept_time = option_given(arguments, "accept-time") || now_ms == 0;
	options.accept_missing_checkpoint = option_given(arguments, "accept-missing-checkpoint");
	place->driver = driver_open(&options, now_ms, place->crypto, &error);
	if (place->driver == NULL) {
		return say_open_error(&error);
	}
	place->m = (struct machine *)(void *)driver_register(place->driver)->opaque;
	return 0;
}

void
place_close(struct place *place)
{
	driver_close(place->driver);
	log_key_release(&place->log);
	arena_release(&place->arena);
}

/* ---- times ------------------------------------------------------------ */

bool
number_parse(uint64_t *number, const char *text, uint64_t highest)
{
	uint64_t value = 0;

	if (*text == '\0') {
		return false;
	}
	for (; *text != '\0'; text++) {
		const unsigned digit = (unsigned)(*text - '0');

		if (digit > 9 || value > (UINT64_MAX - digit) / 10) {
			return false;
		}
		value = value * 10 + digit;
	}
	*number = value;
	return value <= highest;
}

bool
duration_parse(uint64_t *duration_ms, const char *text)
{
	static const struct {
		const char *word;
		uint64_t ms;
	} units[] = {
		{ "", 1 }, { "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 }
	};
	char digits[24];
	const size_t len = strspn(text, "0123456789");
	const char *unit = text + len;

	if (len == 0 || len >= sizeof(digits)) {
		return false;
	}
	memcpy(digits, text, len);
	digits[len] = '\0';
	unit += *unit == ' ';
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit, units[i].word) == 0) {
			if (!number_parse(duration_ms, digits, UINT64_MAX / units[i].ms)) {
				return false;
			}
			*duration_ms *= units[i].ms;
			return true;
		}
	}
	return false;
}

int
time_of_block(uint64_t *now_ms, const struct arguments *arguments, uint64_t last_ms)
{
	const char *at = option_value(arguments, "at");
	struct timespec now;
	int64_t seconds;
	uint64_t after_ms;
	int code;

	if (at == NULL) {
		clock_gettime(CLOCK_REALTIME, &now);
		*now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
		return 0;
	}
	if (at[0] == '+') {
		if (!duration_parse(&after_ms, at + 1)) {
			return fail(EXIT_USAGE, "after the plus stands how much later than the last block it is",
			    "write it like +1s, +90min or +2d", "--at %s cannot be understood, so nothing was done", at);
		}
		*now_ms = time_add(last_ms, after_ms);
		return 0;
	}
	code = time_parse(&seconds, at);
	*now_ms = code == 0 ? (uint64_t)seconds * 1000 : 0;
	return code;
}

uint64_t
time_of_own(const struct machine *m, uint64_t own_ms)
{
	return own_ms == 0 || own_ms == NO_TIME ? own_ms : time_add(own_ms, m->meta.halted_ms);
}

/* ---- output ----------------------------------------------------------- */

static void
flush(struct output *out)
{
	/* An object is bounded by what a transaction can hold; more is a bug, and not half an answer. */
	if (out->w.full) {
		fail(EXIT_BUG, "an object is longer than any can be", NULL, "the result cannot be written");
		exit(EXIT_BUG);
	}
	fwrite(out->w.out, 1, out->w.len, stdout);
	out->w.len = 0;
}

void
output_start(struct output *out, bool json, bool list)
{
	writer_start(&out->w, output_bytes, sizeof(output_bytes));
	out->json = json;
	out->list = list;
	out->count = 0;
	if (json && list) {
		json_put_array(&out->w);
	}
}

void
output_object(struct output *out, const char *schema)
{
	out->count++;
	if (out->json) {
		json_put_object(&out->w);
		json_text_member(&out->w, "schema", schema);
	}
}

void
output_object_end(struct output *out)
{
	if (out->json) {
		json_put_end(&out->w, '}');
	}
	flush(out);
}

void
output_end(struct output *out)
{
	if (out->json && out->list) {
		json_put_end(&out->w, ']');
	}
	if (out->json) {
		put_char(&out->w, '\n');
	}
	flush(out);
}

void
json_text_member(struct writer *w, const char *name, const char *text)
{
	json_put_name(w, name);
	if (text != NULL) {
		json_put_text(w, text);
	} else {
		json_put_null(w);
	}
}

void
json_hex_member(struct writer *w, const char *name, struct assay_bytes bytes)
{
	json_put_name(w, name);
	json_put_hex(w, bytes);
}

void
json_number_member(struct writer *w, const char *name, uint64_t value)
{
	json_put_name(w, name);
	json_put_unsigned(w, value);
}

void
json_flag_member(struct writer *w, const char *name, bool value)
{
	json_put_name(w, name);
	json_put_boolean(w, value);
}

void
json_time_member(struct writer *w, const char *name, uint64_t time_ms)
{
	json_put_name(w, name);
	if (time_ms == 0 || time_ms == NO_TIME) {
		json_put_null(w);
	} else {
		json_put_utc(w, (int64_t)(time_ms / 1000));
	}
}

void
put_label(struct writer *w, const char *label)
{
	const size_t len = strlen(label);

	put_text(w, label);
	put_repeated(w, ' ', len < 14 ? 14 - len : 1);
}

void
put_id(struct writer *w, const uint8_t id[static 32])
{
	put_hex_short(w, bytes_of(id, 32));
}
