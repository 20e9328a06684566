/* SPDX-License-Identifier: Apache-2.0 */
/* assay register: make one, and say where it stands. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/near.h"
#include "cmd/register_describe.h"
#include "cmd/register_fields.h"
#include "cmd/register_genesis.h"
#include "cmd/assayer.h"
#include "crypto/crypto.h"
#include "store/memory.h"

/* ---- a register in memory: what genesis would come to ------------------ */

struct trial {
	struct memory *memory;
	struct assay_register *reg;
	struct assay_register_head head;
	struct assay_register_commit commit;
};

static int
trial_make(struct place *place, struct trial *t, struct assay_bytes genesis, const char *path)
{
	char why[160] = "";

	t->memory = memory_new(place->crypto, false);
	t->reg = malloc(sizeof(*t->reg));
	if (t->memory == NULL || t->reg == NULL) {
		return fail(EXIT_CANNOT_TELL, "there is no memory left", NULL, "no register was made");
	}
	const struct assay_rows rows = memory_rows(t->memory);
	const struct assay_entries entries = memory_entries(t->memory);

	memory_begin_block(t->memory);
	if (!assay_register_genesis(t->reg, place->crypto, &rows, &entries, genesis, &t->commit, why)) {
		memory_abort_block(t->memory);
		return fail(EXIT_USAGE, why, "doc/register.md says what each member may be",
		    "%s cannot be a genesis, so no register was made", path);
	}
	if (!memory_commit_block(t->memory) ||
	    !assay_register_open(t->reg, place->crypto, &rows, &entries, &t->head)) {
		return fail(EXIT_CANNOT_TELL, "there is no memory left", NULL, "no register was made");
	}
	return 0;
}

static void
trial_free(struct trial *t)
{
	if (t->memory != NULL) {
		memory_free(t->memory);
	}
	free(t->reg);
}

static void
trial_describe(struct place *place, struct trial *t, const struct genesis *genesis)
{
	struct output out;
	struct described d = {
		.m = (struct machine *)(void *)t->reg->opaque, .genesis = genesis, .log_size = t->head.log_size
	};

	memcpy(d.block_id, t->commit.block_id, sizeof(d.block_id));
	memcpy(d.state_root, t->commit.state_root, sizeof(d.state_root));
	output_start(&out, place->json, false);
	describe(&out, &d, &place->style);
	output_end(&out);
}

/* ---- init ------------------------------------------------------------- */

static int
create(struct place *place, struct assay_bytes genesis)
{
	const struct driver_options options = {
		.directory = place->directory,
		.checkpoint_path = place->log.signs ? option_value(place->arguments, "checkpoint") : NULL,
		.signer = place->log.signs ? &place->log.signer : NULL,
		.mode = STORE_CREATE
	};
	struct store_error error = { .failure = STORE_FINE };

	place->driver = driver_create(&options, genesis, place->crypto, &error);
	if (place->driver == NULL) {
		return store_say(&error);
	}
	if (driver_unsigned(place->driver) != NULL) {
		note("the register was made, and its first checkpoint is not signed: %s", driver_unsigned(place->driver)->what);
	}
	return 0;
}

static int
init_start(struct place *place, const struct arguments *arguments, bool print_only)
{
	memset(place, 0, sizeof(*place));
	place->arguments = arguments;
	place->crypto = assay_crypto_openssl();
	place->json = option_given(arguments, "json");
	place->directory = option_value(arguments, "store");
	if (place->directory == NULL && !print_only) {
		return fail(EXIT_USAGE, "a register lies in a directory", "give --store DIR, which may not hold a register yet",
		    "--store is missing, so no register was made");
	}
	if (option_value(arguments, "genesis") == NULL) {
		return fail(EXIT_USAGE, "a register begins with its genesis", "give --genesis FILE; doc/register.md describes it",
		    "--genesis is missing, so no register was made");
	}
	return style_parse(&place->style, arguments);
}

static int
register_init(const struct arguments *arguments)
{
	static struct genesis genesis;
	const bool print_only = option_given(arguments, "print-genesis");
	struct trial trial = { .memory = NULL };
	struct assay_bytes encoded = { NULL, 0 };
	struct place place;
	uint64_t now_ms = 0;
	int code = init_start(&place, arguments, print_only);

	if (code == 0) {
		code = time_of_block(&now_ms, arguments, 0);
	}
	if (code == 0) {
		code = genesis_read(&place, option_value(arguments, "genesis"), now_ms, &encoded);
	}
	if (code == 0) {
		code = trial_make(&place, &trial, encoded, option_value(arguments, "genesis"));
	}
	if (code == 0 && !print_only) {
		code = log_key_open(&place.log, arguments, "key");
	}
	if (code == 0 && !print_only) {
		code = create(&place, encoded);
	}
	if (code == 0) {
		(void)record_decode(&genesis_record, &genesis, encoded);
		trial_describe(&place, &trial, &genesis);
	}
	trial_free(&trial);
	place_close(&place);
	return code;
}

/* ---- show ------------------------------------------------------------- */

struct first_entry {
	struct genesis *genesis;
	uint8_t *bytes;
	bool good;
};

static bool
take_genesis(void *context, uint64_t index, struct assay_bytes entry)
{
	struct first_entry *const first = context;

	(void)index;
	if (entry.len > 1 && entry.len <= ASSAY_ENTRY_BYTES_MAX && entry.data[0] == ENTRY_GENESIS) {
		bytes_copy(first->bytes, entry, entry.len);
		first->good = record_decode(&genesis_record, first->genesis, bytes_of(first->bytes + 1, entry.len - 1));
	}
	return true;
}

static size_t
waiting_count(const struct place *place)
{
	char path[DISK_PATH_BYTES];
	size_t count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/pending", place->directory);
	dir = opendir(path);
	for (const struct dirent *entry = dir != NULL ? readdir(dir) : NULL; entry != NULL; entry = readdir(dir)) {
		count += strlen(entry->d_name) == 16 + 1 + 64;
	}
	if (dir != NULL) {
		closedir(dir);
	}
	return count;
}

static int
register_show(const struct arguments *arguments)
{
	static struct genesis genesis;
	struct first_entry first = { .genesis = &genesis };
	struct described d = { .genesis = &genesis };
	struct store_error error;
	struct output out;
	struct place place;
	int code = place_open(&place, arguments, NULL);

	if (code == 0) {
		first.bytes = arena_get(&place.arena, ASSAY_ENTRY_BYTES_MAX);
		if (!store_each_entry(driver_store(place.driver), 0, 1, &first, take_genesis, &error)) {
			code = store_say(&error);
		} else if (!first.good) {
			code = fail(EXIT_CANNOT_TELL, "entry 0 of its log is no genesis", "restore the store from a backup",
			    "the register in %s cannot be shown", place.directory);
		}
	}
	if (code == 0) {
		d.m = place.m;
		d.log_size = driver_head(place.driver)->log_size;
		d.waiting = waiting_count(&place);
		memcpy(d.block_id, driver_head(place.driver)->block_id, sizeof(d.block_id));
		memcpy(d.state_root, store_head(driver_store(place.driver))->state_root.bytes, sizeof(d.state_root));
		output_start(&out, place.json, false);
		describe(&out, &d, &place.style);
		output_end(&out);
		code = place_check(&place);
	}
	place_close(&place);
	return code;
}

/* ---- all -------------------------------------------------------------- */

int
command_register(const struct arguments *arguments)
{
	static const char *const init_options[] = { "genesis", "print-genesis", NULL };
	const char *const verb = arguments->operands[0];
	struct near near = { .count = 0 };
	char text[256];
	int code;

	if (strcmp(verb, "init") == 0) {
		code = fields_check(arguments, NULL, "assay register init", init_options);
		return code != 0 ? code : register_init(arguments);
	}
	if (strcmp(verb, "show") == 0) {
		code = fields_check(arguments, NULL, "assay register show", NULL);
		return code != 0 ? code : register_show(arguments);
	}
	near_offer(&near, verb, "init");
	near_offer(&near, verb, "show");
	return fail(EXIT_USAGE, "its words are init and show", near_text(&near, text, sizeof(text), "run `assay help register`"),
	    "`assay register %s` cannot be understood", verb);
}
