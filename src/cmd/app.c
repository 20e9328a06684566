/* SPDX-License-Identifier: Apache-2.0 */
/* assay app, assay assign: who asks for workers, and who works for whom. */
#include <stdio.h>

#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/register_fields.h"
#include "cmd/register_find.h"
#include "cmd/register_table.h"
#include "cmd/register_verbs.h"

static void
put_app_json(struct output *out, const uint8_t id[static 32], const struct app *app)
{
	output_object(out, "assay.app/1");
	json_hex_member(&out->w, "id", bytes_of(id, 32));
	record_json(&out->w, table_record(TABLE_APP), app);
	output_object_end(out);
}

static void
app_add_line(struct table_text *table, const uint8_t id[static 32], const struct app *app)
{
	const struct record *const record = table_record(TABLE_APP);
	struct cell cells[7];

	for (size_t i = 0; i < 7; i++) {
		cell_start(&cells[i]);
	}
	put_bytes(&cells[0].w, VAR_BYTES(app->name));
	record_text_value(&cells[1].w, record, record_field(record, "tiers"), app, 0);
	record_text_value(&cells[2].w, record, record_field(record, "tees"), app, 0);
	put_unsigned(&cells[3].w, app->filled);
	put_text(&cells[3].w, " of ");
	put_unsigned(&cells[3].w, app->slots);
	put_unsigned(&cells[4].w, app->pay);
	put_unsigned(&cells[5].w, app->escrow);
	put_id(&cells[6].w, id);

	const bool open = app->state == APP_OPEN;
	const char *const texts[] = {
		open ? "open" : "closed", cell_text(&cells[0]), cell_text(&cells[1]), cell_text(&cells[2]), cell_text(&cells[3]),
		cell_text(&cells[4]), cell_text(&cells[5]), cell_text(&cells[6])
	};

	table_add(table, !open ? RENDER_DIM : app->filled == app->slots ? RENDER_GREEN : RENDER_YELLOW, texts);
}

static int
app_list(const struct arguments *arguments)
{
	static const char *const heads[] = { "STATE", "NAME", "TIERS", "TEES", "FILLED", "PAY", "ESCROW", "ID", NULL };
	const struct row_key prefix = key_start(TABLE_APP);
	struct row_key key = prefix;
	struct table_text table;
	struct output out;
	struct place place;
	struct app app;
	int code = fields_check(arguments, NULL, "assay app list", NULL);

	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	table_start(&table, heads);
	output_start(&out, place.json, true);
	while (code == 0 && row_next(place.m, &prefix, &key, &app)) {
		if (place.json) {
			put_app_json(&out, key.bytes + 1, &app);
		} else {
			app_add_line(&table, key.bytes + 1, &app);
		}
	}
	code = code == 0 ? place_check(&place) : code;
	if (code == 0 && place.json) {
		output_end(&out);
	} else if (code == 0) {
		table_finish(&table, &place.style, "no app asks for workers");
	}
	place_close(&place);
	return code;
}

static int
app_show(const struct arguments *arguments)
{
	struct row_key key;
	struct output out;
	struct place place;
	struct app app;
	uint8_t id[32];
	int code = fields_check(arguments, NULL, "assay app show", NULL);

	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	if (code == 0) {
		code = find_id(&place, TABLE_APP, arguments->operands[1], "app", id);
	}
	if (code == 0) {
		key = key_of_32(TABLE_APP, id);
		code = row_get(place.m, &key, &app) ? 0 : row_unknown(&place, "app", arguments->operands[1]);
	}
	if (code == 0) {
		output_start(&out, place.json, false);
		if (place.json) {
			put_app_json(&out, id, &app);
		} else {
			put_label(&out.w, "app");
			put_hex(&out.w, bytes_of(id, 32));
			put_char(&out.w, '\n');
			record_text(&out.w, table_record(TABLE_APP), &app,
			    &(struct record_style){ .columns = 14, .halted_ms = place.m->meta.halted_ms, .all = true });
		}
		output_end(&out);
	}
	place_close(&place);
	return code;
}

int
command_app(const struct arguments *arguments)
{
	static const struct verb verbs[] = {
		{ .word = "list", .run = app_list },
		{ .word = "show", .run = app_show, .operand = "APP", .operands_max = 1 },
		{ .word = "open", .kind = KIND_APP_OPEN },
		{ .word = "change", .kind = KIND_APP_CHANGE, .operand = "app" },
		{ .word = "fund", .kind = KIND_APP_FUND, .operand = "app" },
		{ .word = "close", .kind = KIND_APP_CLOSE, .operand = "app" },
		{ .word = NULL }
	};

	return verbs_run(arguments, "app", verbs);
}

/* ---- assignments ------------------------------------------------------ */

static void
put_assignment_json(struct output *out, const struct row_key *key, const struct assignment *assignment)
{
	struct assay_bytes slot = bytes_of(key->bytes + 33, 2);

	output_object(out, "assay.assignment/1");
	json_hex_member(&out->w, "app", bytes_of(key->bytes + 1, 32));
	json_number_member(&out->w, "slot", key_take(&slot, 2));
	json_flag_member(&out->w, "filled", !bytes_all_zero(ARRAY_BYTES(assignment->worker)));
	record_json(&out->w, table_record(TABLE_ASSIGNMENT), assignment);
	output_object_end(out);
}

static void
assignment_add_line(struct table_text *table, const struct row_key *key, const struct assignment *assignment)
{
	const bool filled = !bytes_all_zero(ARRAY_BYTES(assignment->worker));
	struct assay_bytes slot = bytes_of(key->bytes + 33, 2);
	struct cell cells[6];

	for (size_t i = 0; i < 6; i++) {
		cell_start(&cells[i]);
	}
	put_id(&cells[0].w, key->bytes + 1);
	put_unsigned(&cells[1].w, key_take(&slot, 2));
	if (filled) {
		put_id(&cells[2].w, assignment->worker);
	} else {
		put_char(&cells[2].w, '-');
	}
	put_unsigned(&cells[3].w, assignment->height);
	put_unsigned(&cells[4].w, assignment->reserved);
	put_unsigned(&cells[5].w, assignment->tries);

	const char *const texts[] = {
		filled ? "filled" : "empty", cell_text(&cells[0]), cell_text(&cells[1]), cell_text(&cells[2]),
		cell_text(&cells[3]), cell_text(&cells[4]), cell_text(&cells[5])
	};

	table_add(table, filled ? RENDER_GREEN : RENDER_YELLOW, texts);
}

static int
assign_list(const struct arguments *arguments)
{
	static const char *const heads[] = { "STATE", "APP", "SLOT", "WORKER", "SINCE", "RESERVED", "TRIES", NULL };
	static const char *const more[] = { "app", NULL };
	const char *wanted = option_value(arguments, "app");
	struct row_key prefix = key_start(TABLE_ASSIGNMENT);
	struct assignment assignment;
	struct table_text table;
	struct row_key key;
	struct output out;
	struct place place;
	uint8_t id[32];
	int code = fields_check(arguments, NULL, "assay assign list", more);

	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	if (code == 0 && wanted != NULL) {
		code = find_id(&place, TABLE_APP, wanted, "--app", id);
		prefix = key_of_32(TABLE_ASSIGNMENT, id);
	}
	key = prefix;
	table_start(&table, heads);
	output_start(&out, place.json, true);
	while (code == 0 && row_next(place.m, &prefix, &key, &assignment)) {
		if (place.json) {
			put_assignment_json(&out, &key, &assignment);
		} else {
			assignment_add_line(&table, &key, &assignment);
		}
	}
	code = code == 0 ? place_check(&place) : code;
	if (code == 0 && place.json) {
		output_end(&out);
	} else if (code == 0) {
		table_finish(&table, &place.style, "nobody works for an app");
	}
	place_close(&place);
	return code;
}

int
command_assign(const struct arguments *arguments)
{
	static const struct verb verbs[] = { { .word = "list", .run = assign_list }, { .word = NULL } };

	return verbs_run(arguments, "assign", verbs);
}
