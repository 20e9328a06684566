/* SPDX-License-Identifier: Apache-2.0 */
/* A register as a whole, as text and as an object. */
#include "cmd/register_describe.h"

#include "log/note.h"

/* Rows of a table; the counts that meta does not keep. */
static uint64_t
rows_count(struct machine *m, enum table table)
{
	static alignas(16) uint8_t row[sizeof(struct worker) + 8192];
	const struct row_key prefix = key_start(table);
	struct row_key key = prefix;
	uint64_t count = 0;

	assert(table_record(table)->struct_size <= sizeof(row));
	while (row_next(m, &prefix, &key, row)) {
		count++;
	}
	return count;
}

static bool
roots_are_simulated(struct machine *m, unsigned *count)
{
	const struct row_key prefix = key_start(TABLE_ROOT);
	struct row_key key = prefix;
	struct root root;
	bool simulated = false;

	*count = 0;
	while (row_next(m, &prefix, &key, &root)) {
		simulated = simulated || root.simulated;
		*count += 1;
	}
	return simulated;
}

/* ---- JSON ------------------------------------------------------------- */

static void
put_row(struct writer *w, const char *name, enum table table, const void *row)
{
	json_put_name(w, name);
	json_put_object(w);
	record_json(w, table_record(table), row);
	json_put_end(w, '}');
}

static void
put_roots_json(struct writer *w, struct machine *m)
{
	const struct row_key prefix = key_start(TABLE_ROOT);
	struct row_key key = prefix;
	struct root root;

	json_put_name(w, "roots");
	json_put_array(w);
	while (row_next(m, &prefix, &key, &root)) {
		json_put_object(w);
		record_json(w, table_record(TABLE_ROOT), &root);
		json_put_end(w, '}');
	}
	json_put_end(w, ']');
}

/* Those that are not what the table says, or will not be. */
static bool
parameter_differs(struct machine *m, unsigned i, struct parameter *row)
{
	const struct parameter_bounds *const b = parameter_bounds(i);
	const struct row_key key = key_u16(key_start(TABLE_PARAMETER), (uint16_t)i);

	return b != NULL && row_get(m, &key, row) && (row->value != b->genesis || row->next_epoch != 0);
}

static void
put_parameters_json(struct writer *w, struct machine *m)
{
	struct parameter row;

	json_put_name(w, "parameters");
	json_put_array(w);
	for (unsigned i = 0; i < PARAMETER_END; i++) {
		if (!parameter_differs(m, i, &row)) {
			continue;
		}
		json_put_object(w);
		json_text_member(w, "name", parameter_bounds(i)->name);
		json_number_member(w, "value", row.value);
		json_text_member(w, "unit", parameter_bounds(i)->unit);
		json_number_member(w, "otherwise", parameter_bounds(i)->genesis);
		json_flag_member(w, "fixed", parameter_bounds(i)->when == PARAMETER_NEVER);
		json_number_member(w, "next", row.next);
		json_number_member(w, "next_epoch", row.next_epoch);
		json_put_end(w, '}');
	}
	json_put_end(w, ']');
}

static void
put_counts_json(struct writer *w, struct machine *m)
{
	json_put_name(w, "counts");
	json_put_object(w);
	json_number_member(w, "workers", m->meta.workers);
	json_number_member(w, "online", m->meta.online);
	json_number_member(w, "programs", rows_count(m, TABLE_PROGRAM));
	json_number_member(w, "signers", rows_count(m, TABLE_SIGNER));
	json_number_member(w, "accounts", rows_count(m, TABLE_ACCOUNT));
	json_number_member(w, "apps", rows_count(m, TABLE_APP));
	json_number_member(w, "collateral", rows_count(m, TABLE_COLLATERAL));
	json_number_member(w, "proposals", m->meta.proposals);
	json_number_member(w, "denied", m->meta.denied);
	json_put_end(w, '}');
	json_put_name(w, "supply");
	json_put_object(w);
	json_number_member(w, "minted", m->meta.minted);
	json_number_member(w, "burnt", m->meta.burnt);
	json_number_member(w, "balances", m->meta.balances);
	json_number_member(w, "stakes", m->meta.stakes);
	json_number_member(w, "exits", m->meta.exits);
	json_number_member(w, "escrows", m->meta.escrows);
	json_number_member(w, "treasury", m->meta.treasury);
	json_put_end(w, '}');
}

static void
put_queues_json(struct writer *w, const struct described *d)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	struct sweep sweep;

	(void)row_get(d->m, &key, &sweep);
	json_put_name(w, "queues");
	json_put_object(w);
	json_number_member(w, "waiting", d->waiting);
	json_flag_member(w, "appraising", sweep.appraising);
	json_flag_member(w, "refreshing", sweep.refreshing);
	json_flag_member(w, "voiding", sweep.voiding);
	json_number_member(w, "due_height", sweep.due_height);
	json_number_member(w, "reattest_height", sweep.reattest_height);
	json_number_member(w, "close_epoch", sweep.close_epoch);
	json_put_end(w, '}');
}

static void
put_json(struct writer *w, const struct described *d)
{
	struct machine *const m = d->m;
	const struct row_key log_key = key_start(TABLE_LOG);
	const struct row_key council_key = key_start(TABLE_COUNCIL);
	struct log log;
	struct council council;
	unsigned count;

	json_hex_member(w, "id", ARRAY_BYTES(m->meta.register_id));
	json_put_name(w, "name");
	json_put_string(w, VAR_BYTES(d->genesis->name));
	json_put_name(w, "backing");
	json_put_string(w, VAR_BYTES(d->genesis->backing));
	json_flag_member(w, "simulated", roots_are_simulated(m, &count));
	json_time_member(w, "genesis_time", d->genesis->time_ms);
	json_number_member(w, "rules", m->meta.rules);
	json_number_member(w, "height", m->meta.height);
	json_number_member(w, "time_ms", m->meta.time_ms);
	json_time_member(w, "time", m->meta.time_ms);
	json_number_member(w, "halted_ms", m->meta.halted_ms);
	json_hex_member(w, "block_id", ARRAY_BYTES(d->block_id));
	json_hex_member(w, "state_root", ARRAY_BYTES(d->state_root));
	json_number_member(w, "log_size", d->log_size);
	json_number_member(w, "epoch", m->meta.epoch);
	json_number_member(w, "epoch_start", m->meta.epoch_start);
	json_hex_member(w, "policy", ARRAY_BYTES(m->meta.policy));
	put_roots_json(w, m);
	(void)row_get(m, &log_key, &log);
	put_row(w, "log", TABLE_LOG, &log);
	(void)row_get(m, &council_key, &council);
	put_row(w, "council", TABLE_COUNCIL, &council);
	put_parameters_json(w, m);
	put_counts_json(w, m);
	put_queues_json(w, d);
}

/* ---- text ------------------------------------------------------------- */

static void
put_line(struct writer *w, const char *label, const char *text)
{
	put_label(w, label);
	put_text(w, text);
	put_char(w, '\n');
}

static void
put_number_line(struct writer *w, const char *label, uint64_t number, const char *after)
{
	put_label(w, label);
	put_unsigned(w, number);
	put_text(w, after);
	put_char(w, '\n');
}

static void
put_hex_line(struct writer *w, const char *label, struct assay_bytes bytes)
{
	put_label(w, label);
	put_hex(w, bytes);
	put_char(w, '\n');
}

static void
put_roots(struct writer *w, struct machine *m, const struct render_style *style)
{
	unsigned count;
	const bool simulated = roots_are_simulated(m, &count);

	put_label(w, "roots");
	put_unsigned(w, count);
	if (simulated) {
		put_text(w, ", ");
		render_color(w, style, RENDER_ALARM);
		put_text(w, "SIMULATED");
		render_color(w, style, RENDER_PLAIN);
		put_text(w, ": what this register says is of no real hardware");
	} else {
		put_text(w, ", the vendor's own");
	}
	put_text(w, "; fixed for ever\n");
}

static void
put_log(struct writer *w, struct machine *m)
{
	const struct row_key key = key_start(TABLE_LOG);
	char verifier[KEY_VERIFIER_BYTES_MAX];
	struct log log;

	(void)row_get(m, &key, &log);
	const struct note_key note_key = { .algorithm = NOTE_ED25519, .name = VAR_BYTES(log.origin) };
	struct note_key named = note_key;

	memcpy(named.key, log.key, sizeof(named.key));
	put_label(w, "log");
	put_bytes(w, bytes_of(verifier, key_verifier_format(verifier, &named)));
	put_char(w, '\n');
	if (log.witnesses.len != 0) {
		put_label(w, "witnesses");
		record_text_value(w, table_record(TABLE_LOG), record_field(table_record(TABLE_LOG), "witnesses"), &log, 0);
		put_text(w, ", of which ");
		put_unsigned(w, log.quorum);
		put_text(w, " are promised to cosign\n");
	}
}

static void
put_council(struct writer *w, struct machine *m)
{
	const struct row_key key = key_start(TABLE_COUNCIL);
	struct council council;

	(void)row_get(m, &key, &council);
	put_label(w, "council");
	put_unsigned(w, council.threshold);
	put_text(w, " of ");
	put_unsigned(w, council.members.len / 32);
	put_text(w, " must approve\n");
	for (size_t at = 0; at + 32 <= council.members.len; at += 32) {
		put_label(w, "");
		put_hex(w, bytes_slice(VAR_BYTES(council.members), at, 32));
		put_char(w, '\n');
	}
}

static void
put_value(struct writer *w, const struct parameter_bounds *b, uint64_t value)
{
	if (strcmp(b->unit, "ms") == 0) {
		record_put_duration(w, value);
		return;
	}
	put_unsigned(w, value);
	put_char(w, ' ');
	put_text(w, b->unit);
}

static void
put_parameters(struct writer *w, struct machine *m)
{
	struct parameter row;
	bool first = true;

	for (unsigned i = 0; i < PARAMETER_END; i++) {
		const struct parameter_bounds *const b = parameter_bounds(i);

		if (!parameter_differs(m, i, &row)) {
			continue;
		}
		put_label(w, first ? "parameters" : "");
		first = false;
		put_text(w, b->name);
		put_char(w, ' ');
		put_value(w, b, row.value);
		put_text(w, ", in the table ");
		put_value(w, b, b->genesis);
		/* An act of its own raises that one. */
		put_text(w, i == PARAMETER_TCB_NUMBER ? "; it only grows" : b->when == PARAMETER_NEVER ? "; fixed for ever" : "");
		if (row.next_epoch != 0) {
			put_text(w, "; from epoch ");
			put_unsigned(w, row.next_epoch);
			put_char(w, ' ');
			put_value(w, b, row.next);
		}
		put_char(w, '\n');
	}
	if (first) {
		put_line(w, "parameters", "as in the table of the rules");
	}
}

static void
put_supply(struct writer *w, const struct machine *m)
{
	const struct {
		const char *word;
		uint64_t amount;
	} parts[] = {
		{ "balances", m->meta.balances }, { "stakes", m->meta.stakes }, { "exits", m->meta.exits },
		{ "escrows", m->meta.escrows }, { "treasury", m->meta.treasury }
	};

	put_label(w, "supply");
	put_unsigned(w, m->meta.minted - m->meta.burnt);
	put_text(w, " units:");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		put_text(w, i == 0 ? " " : ", ");
		put_text(w, parts[i].word);
		put_char(w, ' ');
		put_unsigned(w, parts[i].amount);
	}
	put_char(w, '\n');
}

static void
put_queues(struct writer *w, const struct described *d)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	struct sweep sweep;

	(void)row_get(d->m, &key, &sweep);
	put_label(w, "queues");
	put_unsigned(w, d->waiting);
	put_text(w, d->waiting == 1 ? " transaction waits" : " transactions wait");
	put_text(w, sweep.appraising ? "; workers are being appraised again" : "");
	put_text(w, sweep.refreshing ? "; collateral in force is being decided again" : "");
	put_text(w, sweep.voiding ? "; slashes of a void epoch are being given back" : "");
	put_text(w, "; answers judged up to the draw of height ");
	put_unsigned(w, sweep.due_height != 0 ? sweep.due_height - 1 : 0);
	put_char(w, '\n');
}

static void
put_described(struct writer *w, const struct described *d, const struct render_style *style)
{
	struct machine *const m = d->m;

	put_label(w, "register");
	put_printable(w, VAR_BYTES(d->genesis->name));
	put_char(w, '\n');
	put_hex_line(w, "id", ARRAY_BYTES(m->meta.register_id));
	put_label(w, "backing");
	put_printable(w, VAR_BYTES(d->genesis->backing));
	put_text(w, "\n");
	put_roots(w, m, style);
	put_log(w, m);
	put_council(w, m);
	put_hex_line(w, "policy", ARRAY_BYTES(m->meta.policy));
	put_parameters(w, m);
	put_label(w, "height");
	put_unsigned(w, m->meta.height);
	put_text(w, ", ");
	record_put_time(w, m->meta.time_ms);
	if (m->meta.halted_ms != 0) {
		put_text(w, "; stood still for ");
		record_put_duration(w, m->meta.halted_ms);
	}
	put_char(w, '\n');
	put_hex_line(w, "block id", ARRAY_BYTES(d->block_id));
	put_hex_line(w, "state root", ARRAY_BYTES(d->state_root));
	put_number_line(w, "entries", d->log_size, " in the log");
	put_label(w, "epoch");
	put_unsigned(w, m->meta.epoch);
	put_text(w, ", since height ");
	put_unsigned(w, m->meta.epoch_start);
	put_char(w, '\n');
	put_label(w, "workers");
	put_unsigned(w, m->meta.workers);
	put_text(w, ", online ");
	put_unsigned(w, m->meta.online);
	put_char(w, '\n');
	put_label(w, "lists");
	put_text(w, "programs ");
	put_unsigned(w, rows_count(m, TABLE_PROGRAM));
	put_text(w, ", signers ");
	put_unsigned(w, rows_count(m, TABLE_SIGNER));
	put_text(w, ", denied ");
	put_unsigned(w, m->meta.denied);
	put_text(w, ", apps ");
	put_unsigned(w, rows_count(m, TABLE_APP));
	put_text(w, ", collateral ");
	put_unsigned(w, rows_count(m, TABLE_COLLATERAL));
	put_text(w, ", accounts ");
	put_unsigned(w, rows_count(m, TABLE_ACCOUNT));
	put_text(w, ", proposals ");
	put_unsigned(w, m->meta.proposals);
	put_char(w, '\n');
	put_supply(w, m);
	put_queues(w, d);
}

void
describe(struct output *out, const struct described *d, const struct render_style *style)
{
	output_object(out, "assay.register/1");
	if (out->json) {
		put_json(&out->w, d);
	} else {
		put_described(&out->w, d, style);
	}
	output_object_end(out);
}
