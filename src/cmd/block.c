/* SPDX-License-Identifier: Apache-2.0 */
/* assay block: cut blocks by hand. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <time.h>

#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/register_fields.h"
#include "cmd/register_verbs.h"

struct cutting {
	struct output out;
	struct place place;
	uint64_t count;
	uint64_t every_ms;
	uint64_t now_ms;		/* of the next block, where a time was given */
	bool given;			/* --at: the times are meant; else they are the clock's */
	struct driver_result *results;	/* of the block that was cut */
	size_t results_count;
	size_t results_size;
};

/* A result is told after its block. */
static void
keep_result(void *context, const struct driver_result *result)
{
	struct cutting *const c = context;

	if (c->results_count == c->results_size) {
		const size_t size = c->results_size * 2 + 64;
		struct driver_result *const results = arena_get(&c->place.arena, size * sizeof(*results));

		if (c->results_count != 0) {
			memcpy(results, c->results, c->results_count * sizeof(*results));
		}
		c->results = results;
		c->results_size = size;
	}
	c->results[c->results_count] = *result;
	c->results_count++;
}

static void
put_result_json(struct writer *w, const struct driver_result *result)
{
	json_put_object(w);
	json_hex_member(w, "digest", ARRAY_BYTES(result->digest));
	json_flag_member(w, "accepted", result->result.code == CODE_ACCEPTED);
	json_text_member(w, "code", code_id(result->result.code));
	json_number_member(w, "fee", result->result.fee);
	json_number_member(w, "index", result->result.index);
	json_put_end(w, '}');
}

static void
put_result(struct writer *w, const struct driver_result *result, const struct render_style *style)
{
	const bool accepted = result->result.code == CODE_ACCEPTED;

	put_text(w, "  ");
	render_color(w, style, accepted ? RENDER_GREEN : RENDER_RED);
	put_text(w, accepted ? "accepted" : "refused ");
	render_color(w, style, RENDER_PLAIN);
	put_text(w, "  ");
	put_id(w, result->digest);
	if (!accepted) {
		put_text(w, "  ");
		put_text(w, code_id(result->result.code));
		put_text(w, ": ");
		put_text(w, code_text(result->result.code));
	}
	put_char(w, '\n');
}

static void
put_block_json(struct cutting *c, const struct assay_register_commit *commit, bool is_signed)
{
	struct writer *const w = &c->out.w;

	json_number_member(w, "height", commit->height);
	json_number_member(w, "time_ms", commit->time_ms);
	json_time_member(w, "time", commit->time_ms);
	json_hex_member(w, "block_id", ARRAY_BYTES(commit->block_id));
	json_hex_member(w, "state_root", ARRAY_BYTES(commit->state_root));
	json_number_member(w, "first_entry", commit->first_entry);
	json_number_member(w, "log_size", commit->log_size);
	json_flag_member(w, "signed", is_signed);
	json_put_name(w, "transactions");
	json_put_array(w);
	for (size_t i = 0; i < c->results_count; i++) {
		put_result_json(w, &c->results[i]);
	}
	json_put_end(w, ']');
}

static void
put_block(struct cutting *c, const struct assay_register_commit *commit)
{
	const bool is_signed = c->place.log.signs && driver_unsigned(c->place.driver) == NULL;
	const uint64_t entries = commit->log_size - commit->first_entry;
	struct writer *const w = &c->out.w;

	output_object(&c->out, "assay.block/1");
	if (c->place.json) {
		put_block_json(c, commit, is_signed);
		output_object_end(&c->out);
		return;
	}
	put_label(w, "block");
	put_unsigned(w, commit->height);
	put_text(w, "  ");
	record_put_time(w, commit->time_ms);
	put_text(w, "  ");
	put_id(w, commit->block_id);
	put_text(w, "  ");
	put_unsigned(w, entries);
	put_text(w, entries == 1 ? " entry" : " entries");
	put_text(w, is_signed ? ", signed\n" : ", not signed\n");
	for (size_t i = 0; i < c->results_count; i++) {
		put_result(w, &c->results[i], &c->place.style);
	}
	output_object_end(&c->out);
}

static int
cut(struct cutting *c)
{
	struct assay_register_commit commit;
	struct store_error error;

	c->results_count = 0;
	if (!driver_cut_pending(c->place.driver, c->now_ms, c, keep_result, &commit, &error)) {
		return store_say(&error);
	}
	put_block(c, &commit);
	return 0;
}

static int
read_options(struct cutting *c, const struct arguments *arguments)
{
	const char *count = option_value(arguments, "count");
	const char *every = option_value(arguments, "every");

	c->count = 1;
	c->every_ms = parameter(c->place.m, PARAMETER_BLOCK_INTERVAL);
	c->given = option_given(arguments, "at");
	if (count != NULL && (!number_parse(&c->count, count, 1000000) || c->count == 0)) {
		return fail(EXIT_USAGE, "it is no number from 1 to 1000000", "give --count 10, for instance",
		    "--count %s cannot be understood, so no block was cut", count);
	}
	if (every != NULL && (!duration_parse(&c->every_ms, every) || c->every_ms == 0)) {
		return fail(EXIT_USAGE, "it is no duration above 0", "give --every 1s, for instance",
		    "--every %s cannot be understood, so no block was cut", every);
	}
	return time_of_block(&c->now_ms, arguments, driver_head(c->place.driver)->time_ms);
}

/* Until the next block is due: a time from the future can never be taken back. */
static int
next_time(struct cutting *c)
{
	const struct timespec pause = {
		.tv_sec = (time_t)(c->every_ms / 1000), .tv_nsec = (long)(c->every_ms % 1000) * 1000000
	};

	if (c->given) {
		c->now_ms = time_add(c->now_ms, c->every_ms);
		return 0;
	}
	nanosleep(&pause, NULL);
	return time_of_block(&c->now_ms, c->place.arguments, 0);
}

static int
block_cut(const struct arguments *arguments)
{
	static const char *const more[] = { "count", "every", "accept-missing-checkpoint", NULL };
	static struct cutting cutting;
	struct cutting *const c = &cutting;
	int code = fields_check(arguments, NULL, "assay block cut", more);

	if (code != 0) {
		return code;
	}
	code = place_open(&c->place, arguments, "key");
	if (code == 0) {
		code = read_options(c, arguments);
	}
	output_start(&c->out, c->place.json, true);
	for (uint64_t i = 0; code == 0 && i < c->count; i++) {
		code = i == 0 ? 0 : next_time(c);
		if (code == 0) {
			code = cut(c);
		}
	}
	if (code == 0) {
		output_end(&c->out);
		if (driver_unsigned(c->place.driver) != NULL) {
			note("the last block stands, and is not signed for: %s", driver_unsigned(c->place.driver)->what);
		}
	}
	place_close(&c->place);
	return code;
}

int
command_block(const struct arguments *arguments)
{
	static const struct verb verbs[] = { { .word = "cut", .run = block_cut }, { .word = NULL } };

	return verbs_run(arguments, "block", verbs);
}
