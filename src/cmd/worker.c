/* SPDX-License-Identifier: Apache-2.0 */
/* assay worker: who works, who does not, why, and what would mend it. */
#include <stdio.h>

#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/register_fields.h"
#include "cmd/register_find.h"
#include "cmd/register_table.h"
#include "cmd/register_verbs.h"
#include "cmd/worker_words.h"

/* ---- filters ---------------------------------------------------------- */

struct filter {
	uint64_t tiers;		/* bits; 0: any */
	uint64_t state;
	bool has_state;
	bool has_operator;
	uint8_t operator_id[32];
};

static int
filter_read(struct filter *filter, struct place *place)
{
	struct app_open_arguments tiers = { .tiers = 0 };
	struct worker state = { .state = 0 };
	const char *text = option_value(place->arguments, "tier");
	int code = 0;

	memset(filter, 0, sizeof(*filter));
	if (text != NULL) {
		code = field_set(place, kind_record(KIND_APP_OPEN), &tiers, "tiers", text);
		filter->tiers = tiers.tiers;
	}
	text = option_value(place->arguments, "state");
	if (code == 0 && text != NULL) {
		code = field_set(place, table_record(TABLE_WORKER), &state, "state", text);
		filter->state = state.state;
		filter->has_state = true;
	}
	text = option_value(place->arguments, "operator");
	if (code == 0 && text != NULL) {
		code = find_account(text, "--operator", filter->operator_id);
		filter->has_operator = true;
	}
	return code;
}

static bool
filter_takes(const struct filter *filter, const struct worker *worker)
{
	return (filter->tiers == 0 || (worker->tier != 0 && (filter->tiers >> (worker->tier - 1) & 1) != 0)) &&
	    (!filter->has_state || filter->state == worker->state) &&
	    (!filter->has_operator || memcmp(filter->operator_id, worker->operator, sizeof(worker->operator)) == 0);
}

/* ---- list ------------------------------------------------------------- */

static void
worker_add_line(struct table_text *table, struct place *place, const struct worker_view *view)
{
	const struct record *const record = table_record(TABLE_WORKER);
	const struct worker *const row = view->row;
	struct cell cells[7];

	for (size_t i = 0; i < 7; i++) {
		cell_start(&cells[i]);
	}
	record_text_value(&cells[0].w, record, record_field(record, "state"), row, 0);
	if (row->tier != 0) {
		put_unsigned(&cells[1].w, row->tier);
	} else {
		put_char(&cells[1].w, '-');
	}
	record_text_value(&cells[2].w, record, record_field(record, "status"), row, 0);
	put_unsigned(&cells[3].w, worker_score(place->m, row));
	put_unsigned(&cells[4].w, row->stake);
	record_put_time(&cells[5].w, time_of_own(place->m, view->expires_own_ms));
	put_id(&cells[6].w, view->id);

	const char *const texts[] = {
		view->standing, cell_text(&cells[0]), cell_text(&cells[1]), cell_text(&cells[2]), cell_text(&cells[3]),
		cell_text(&cells[4]), cell_text(&cells[5]), cell_text(&cells[6])
	};

	table_add(table, view->admitted ? RENDER_GREEN : row->state == WORKER_LEFT ? RENDER_DIM : RENDER_YELLOW, texts);
}

static int
worker_list(const struct arguments *arguments)
{
	static const char *const heads[] = {
		"STANDING", "STATE", "TIER", "STATUS", "SCORE", "STAKE", "EXPIRES", "ID", NULL
	};
	static const char *const more[] = { "tier", "state", "operator", NULL };
	const struct row_key prefix = key_start(TABLE_WORKER);
	struct row_key key = prefix;
	struct worker_view view;
	struct table_text table;
	struct filter filter;
	struct worker worker;
	struct output out;
	struct place place;
	int code = fields_check(arguments, NULL, "assay worker list", more);

	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	if (code == 0) {
		code = filter_read(&filter, &place);
	}
	table_start(&table, heads);
	output_start(&out, place.json, true);
	while (code == 0 && row_next(place.m, &prefix, &key, &worker)) {
		if (!filter_takes(&filter, &worker)) {
			continue;
		}
		worker_view(&view, place.m, key.bytes + key.len - 32, &worker);
		if (place.json) {
			worker_put_json(&out, &place, &view);
		} else {
			worker_add_line(&table, &place, &view);
		}
	}
	code = code == 0 ? place_check(&place) : code;
	if (code == 0 && place.json) {
		output_end(&out);
	} else if (code == 0) {
		table_finish(&table, &place.style, "there is no such worker");
	}
	place_close(&place);
	return code;
}

/* ---- show ------------------------------------------------------------- */

static int
worker_show(const struct arguments *arguments)
{
	struct worker_view view;
	struct worker *worker;
	struct output out;
	struct place place;
	uint8_t id[32];
	int code = fields_check(arguments, NULL, "assay worker show", NULL);

	if (code == 0 && arguments->operands_count != 2) {
		return fail(EXIT_USAGE, "a worker is missing after it",
		    "give its id, or how it begins; assay worker list shows them",
		    "`assay worker show` was not told what to show");
	}
	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	worker = arena_get(&place.arena, sizeof(*worker));
	if (code == 0) {
		code = find_id(&place, TABLE_WORKER, arguments->operands[1], "worker", id);
	}
	if (code == 0 && !worker_get(place.m, id, worker)) {
		code = row_unknown(&place, "worker", arguments->operands[1]);
	}
	if (code == 0) {
		worker_view(&view, place.m, id, worker);
		worker_view_fill(&view, &place);
		output_start(&out, place.json, false);
		if (place.json) {
			worker_put_json(&out, &place, &view);
		} else {
			worker_put_text(&out, &place, &view);
		}
		output_end(&out);
		code = place_check(&place);
	}
	place_close(&place);
	return code;
}

int
command_worker(const struct arguments *arguments)
{
	static const struct verb verbs[] = {
		{ .word = "list", .run = worker_list },
		{ .word = "show", .run = worker_show, .operand = "WORKER", .operands_max = 1 },
		{ .word = "bind", .run = worker_bind },
		{ .word = "answer", .run = worker_answer },
		{ .word = NULL }
	};

	return verbs_run(arguments, "worker", verbs);
}
