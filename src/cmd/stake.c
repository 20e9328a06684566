/* SPDX-License-Identifier: Apache-2.0 */
/* assay stake: what an account has, and its stake. */
#include <stdio.h>

#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/register_fields.h"
#include "cmd/register_find.h"
#include "cmd/register_table.h"
#include "cmd/register_verbs.h"

/* The workers of an account, and what it gets back when. */
struct holdings {
	uint8_t id[32];
	struct account account;
	uint64_t staked;
	uint64_t leaving;
};

static void
put_worker_stakes(struct output *out, struct place *place, struct holdings *h)
{
	const struct row_key prefix = key_start(TABLE_WORKER);
	struct row_key key = prefix;
	struct worker worker;

	if (out->json) {
		json_put_name(&out->w, "workers");
		json_put_array(&out->w);
	}
	while (row_next(place->m, &prefix, &key, &worker)) {
		const uint8_t *const id = key.bytes + key.len - 32;

		if (memcmp(worker.operator, h->id, sizeof(h->id)) != 0) {
			continue;
		}
		h->staked += worker.stake;
		if (out->json) {
			json_put_object(&out->w);
			json_hex_member(&out->w, "worker", bytes_of(id, 32));
			json_text_member(&out->w, "state", record_word(table_record(TABLE_WORKER),
			    record_field(table_record(TABLE_WORKER), "state"), worker.state));
			json_number_member(&out->w, "stake", worker.stake);
			json_put_end(&out->w, '}');
			continue;
		}
		put_label(&out->w, "worker");
		put_hex(&out->w, bytes_of(id, 32));
		put_text(&out->w, "  ");
		put_text(&out->w, record_word(table_record(TABLE_WORKER), record_field(table_record(TABLE_WORKER), "state"),
		    worker.state));
		put_text(&out->w, ", stake ");
		put_unsigned(&out->w, worker.stake);
		put_char(&out->w, '\n');
	}
	if (out->json) {
		json_put_end(&out->w, ']');
	}
}

static void
put_exits(struct output *out, struct place *place, struct holdings *h)
{
	const struct row_key prefix = key_of_32(TABLE_EXIT, h->id);
	struct row_key key = prefix;
	struct exit_stake exit_row;

	if (out->json) {
		json_put_name(&out->w, "exits");
		json_put_array(&out->w);
	}
	while (row_next(place->m, &prefix, &key, &exit_row)) {
		struct assay_bytes number = bytes_of(key.bytes + 33, 8);
		const uint64_t n = key_take(&number, 8);

		h->leaving += exit_row.amount;
		if (out->json) {
			json_put_object(&out->w);
			json_number_member(&out->w, "number", n);
			record_json(&out->w, table_record(TABLE_EXIT), &exit_row);
			json_flag_member(&out->w, "free", exit_row.due_own_ms <= place->m->own_ms);
			json_put_end(&out->w, '}');
			continue;
		}
		put_label(&out->w, "exit");
		put_unsigned(&out->w, n);
		put_text(&out->w, ": ");
		put_unsigned(&out->w, exit_row.amount);
		put_text(&out->w, exit_row.due_own_ms <= place->m->own_ms ? ", free since " : ", free at ");
		record_put_time(&out->w, time_of_own(place->m, exit_row.due_own_ms));
		put_char(&out->w, '\n');
	}
	if (out->json) {
		json_put_end(&out->w, ']');
	}
}

static void
put_account(struct output *out, struct place *place, struct holdings *h)
{
	output_object(out, "assay.account/1");
	if (out->json) {
		json_hex_member(&out->w, "id", bytes_of(h->id, 32));
		record_json(&out->w, table_record(TABLE_ACCOUNT), &h->account);
	} else {
		put_label(&out->w, "account");
		put_hex(&out->w, bytes_of(h->id, 32));
		put_char(&out->w, '\n');
		record_text(&out->w, table_record(TABLE_ACCOUNT), &h->account,
		    &(struct record_style){ .columns = 14, .halted_ms = place->m->meta.halted_ms });
	}
	put_worker_stakes(out, place, h);
	put_exits(out, place, h);
	if (out->json) {
		json_number_member(&out->w, "staked", h->staked);
		json_number_member(&out->w, "leaving", h->leaving);
	} else {
		put_label(&out->w, "in all");
		put_text(&out->w, "balance ");
		put_unsigned(&out->w, h->account.balance);
		put_text(&out->w, ", staked ");
		put_unsigned(&out->w, h->staked);
		put_text(&out->w, ", on its way out ");
		put_unsigned(&out->w, h->leaving);
		put_char(&out->w, '\n');
	}
	output_object_end(out);
}

static int
stake_show(const struct arguments *arguments)
{
	struct holdings *h;
	struct row_key key;
	struct output out;
	struct place place;
	int code = fields_check(arguments, NULL, "assay stake show", NULL);

	if (code != 0) {
		return code;
	}
	if (arguments->operands_count != 2) {
		return fail(EXIT_USAGE, "an account is missing after it", "give its id, or @FILE with its key file",
		    "`assay stake show` was not told what to show");
	}
	code = place_open(&place, arguments, NULL);
	h = arena_get(&place.arena, sizeof(*h));
	if (code == 0) {
		code = find_account(arguments->operands[1], "account", h->id);
	}
	if (code == 0) {
		key = key_of_32(TABLE_ACCOUNT, h->id);
		if (!row_get(place.m, &key, &h->account)) {
			code = place_check(&place);
			code = code != 0 ? code : fail(EXIT_USAGE, "nothing was ever credited to it",
			    "give the id of an account of this register", "account %s is not known", arguments->operands[1]);
		}
	}
	if (code == 0) {
		output_start(&out, place.json, false);
		put_account(&out, &place, h);
		output_end(&out);
		code = place_check(&place);
	}
	place_close(&place);
	return code;
}

int
command_stake(const struct arguments *arguments)
{
	static const struct verb verbs[] = {
		{ .word = "show", .run = stake_show, .operand = "ACCOUNT", .operands_max = 1 },
		{ .word = "bond", .kind = KIND_BOND, .operand = "worker" },
		{ .word = "unbond", .kind = KIND_UNBOND, .operand = "worker" },
		{ .word = "withdraw", .kind = KIND_WITHDRAW, .operand = "number" },
		{ .word = NULL }
	};

	return verbs_run(arguments, "stake", verbs);
}
