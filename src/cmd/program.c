/* SPDX-License-Identifier: Apache-2.0 */
/* assay program, assay signer: which programs may run in workers, and who signs them. */
#include <stdio.h>

#include "cmd/commands.h"
#include "cmd/register_fields.h"
#include "cmd/register_find.h"
#include "cmd/register_table.h"
#include "cmd/register_verbs.h"

/* How a program stands at the last block, as a word; registering asks for more than staying. */
static const char *
program_word(struct machine *m, const uint8_t id[static 32], enum render_color *color)
{
	struct program program;
	const enum code stays = program_stands(m, id, false, &program);
	const enum code comes = program_stands(m, id, true, &program);

	*color = stays == CODE_ACCEPTED ? comes == CODE_ACCEPTED ? RENDER_GREEN : RENDER_YELLOW : RENDER_RED;
	switch (stays != CODE_ACCEPTED ? stays : comes) {
	case CODE_ACCEPTED:
		return "allowed";
	case CODE_PROGRAM_REVOKED:
		return "revoked";
	case CODE_PROGRAM_RETIRED:
		return stays == CODE_ACCEPTED ? "retiring" : "retired";
	case CODE_PROGRAM_NOT_YET:
		return "not-yet";
	case CODE_SIGNER_REVOKED:
		return "signer-revoked";
	case CODE_DENIED:
		return "denied";
	default:
		return "unknown";
	}
}

static void
put_program_json(struct output *out, struct machine *m, const uint8_t id[static 32], const struct program *program)
{
	enum render_color color;

	output_object(out, "assay.program/1");
	json_hex_member(&out->w, "id", bytes_of(id, 32));
	json_text_member(&out->w, "standing", program_word(m, id, &color));
	record_json(&out->w, table_record(TABLE_PROGRAM), program);
	output_object_end(out);
}

static void
add_program_line(struct table_text *table, struct machine *m, const uint8_t id[static 32],
    const struct program *program)
{
	struct cell cells[6];
	enum render_color color;
	const char *const standing = program_word(m, id, &color);

	for (size_t i = 0; i < 6; i++) {
		cell_start(&cells[i]);
	}
	put_bytes(&cells[0].w, VAR_BYTES(program->name));
	put_unsigned(&cells[1].w, program->version);
	put_text(&cells[2].w, program->tee == ASSAY_TEE_SGX ? "sgx" : "tdx");
	put_unsigned(&cells[3].w, program->confirmations);
	record_put_time(&cells[4].w, program->retire_ms);
	put_id(&cells[5].w, id);

	const char *const texts[] = {
		standing, cell_text(&cells[0]), cell_text(&cells[1]), cell_text(&cells[2]), cell_text(&cells[3]),
		cell_text(&cells[4]), cell_text(&cells[5])
	};

	table_add(table, color, texts);
}

static int
program_list(const struct arguments *arguments)
{
	static const char *const heads[] = { "STANDING", "NAME", "VERSION", "TEE", "REBUILT", "RETIRES", "ID", NULL };
	const struct row_key prefix = key_start(TABLE_PROGRAM);
	struct row_key key = prefix;
	struct table_text table;
	struct program program;
	struct output out;
	struct place place;
	int code = fields_check(arguments, NULL, "assay program list", NULL);

	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	table_start(&table, heads);
	output_start(&out, place.json, true);
	while (code == 0 && row_next(place.m, &prefix, &key, &program)) {
		uint8_t id[32];

		memcpy(id, key.bytes + 1, sizeof(id));
		if (place.json) {
			put_program_json(&out, place.m, id, &program);
		} else {
			add_program_line(&table, place.m, id, &program);
		}
	}
	code = code == 0 ? place_check(&place) : code;
	if (code == 0 && place.json) {
		output_end(&out);
	} else if (code == 0) {
		table_finish(&table, &place.style, "no program is on the allow-list");
	}
	place_close(&place);
	return code;
}

static void
put_program(struct writer *w, struct place *place, const uint8_t id[static 32], const struct program *program)
{
	enum render_color color;
	const char *const standing = program_word(place->m, id, &color);

	put_label(w, "program");
	put_hex(w, bytes_of(id, 32));
	put_char(w, '\n');
	render_color(w, &place->style, color);
	put_label(w, "standing");
	render_color(w, &place->style, RENDER_PLAIN);
	put_text(w, standing);
	put_char(w, '\n');
	record_text(w, table_record(TABLE_PROGRAM), program,
	    &(struct record_style){ .columns = 14, .halted_ms = place->m->meta.halted_ms });
}

static int
program_show(const struct arguments *arguments)
{
	struct program program;
	struct row_key key;
	struct output out;
	struct place place;
	uint8_t id[32];
	int code = fields_check(arguments, NULL, "assay program show", NULL);

	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	if (code == 0) {
		code = find_id(&place, TABLE_PROGRAM, arguments->operands[1], "program", id);
	}
	if (code == 0) {
		key = key_of_32(TABLE_PROGRAM, id);
		code = row_get(place.m, &key, &program) ? 0 : row_unknown(&place, "program", arguments->operands[1]);
	}
	if (code == 0) {
		output_start(&out, place.json, false);
		if (place.json) {
			put_program_json(&out, place.m, id, &program);
		} else {
			put_program(&out.w, &place, id, &program);
		}
		output_end(&out);
	}
	place_close(&place);
	return code;
}

int
command_program(const struct arguments *arguments)
{
	static const struct verb verbs[] = {
		{ .word = "list", .run = program_list },
		{ .word = "show", .run = program_show, .operand = "PROGRAM", .operands_max = 1 },
		{ .word = "allow", .act = ACT_ALLOW_PROGRAM },
		{ .word = "retire", .act = ACT_RETIRE_PROGRAM, .operand = "program" },
		{ .word = "revoke", .act = ACT_REVOKE_PROGRAM, .operand = "program" },
		{ .word = "confirm", .kind = KIND_CONFIRM_BUILD, .operand = "program" },
		{ .word = NULL }
	};

	return verbs_run(arguments, "program", verbs);
}

/* ---- signers ---------------------------------------------------------- */

static void
signer_add_line(struct table_text *table, struct place *place, const uint8_t id[static 32], const struct signer *signer,
    bool revoked)
{
	struct cell since, revocation, name, id_cell;

	cell_start(&since);
	cell_start(&revocation);
	cell_start(&name);
	cell_start(&id_cell);
	record_put_time(&since.w, signer->since_ms);
	record_put_time(&revocation.w, signer->revoked_ms);
	put_bytes(&name.w, VAR_BYTES(signer->name));
	put_hex(&id_cell.w, bytes_of(id, 32));
	(void)place;

	const char *const texts[] = {
		revoked ? "revoked" : "listed", cell_text(&name), cell_text(&since), cell_text(&revocation), cell_text(&id_cell)
	};

	table_add(table, revoked ? RENDER_RED : RENDER_GREEN, texts);
}

static int
signer_list(const struct arguments *arguments)
{
	static const char *const heads[] = { "STANDING", "NAME", "SINCE", "REVOKED", "DIGEST", NULL };
	const struct row_key prefix = key_start(TABLE_SIGNER);
	struct row_key key = prefix;
	struct table_text table;
	struct signer signer;
	struct output out;
	struct place place;
	int code = fields_check(arguments, NULL, "assay signer list", NULL);

	if (code != 0) {
		return code;
	}
	code = place_open(&place, arguments, NULL);
	table_start(&table, heads);
	output_start(&out, place.json, true);
	while (code == 0 && row_next(place.m, &prefix, &key, &signer)) {
		/* Without an end, or an emergency that has not ended. */
		const bool revoked = signer.revoked_ms != 0 &&
		    (signer.revoked_until_own_ms == 0 || signer.revoked_until_own_ms > place.m->own_ms);

		if (!place.json) {
			signer_add_line(&table, &place, key.bytes + 1, &signer, revoked);
			continue;
		}
		output_object(&out, "assay.signer/1");
		json_hex_member(&out.w, "id", bytes_of(key.bytes + 1, 32));
		json_text_member(&out.w, "standing", revoked ? "revoked" : "listed");
		record_json(&out.w, table_record(TABLE_SIGNER), &signer);
		output_object_end(&out);
	}
	code = code == 0 ? place_check(&place) : code;
	if (code == 0 && place.json) {
		output_end(&out);
	} else if (code == 0) {
		table_finish(&table, &place.style, "no key may sign programs");
	}
	place_close(&place);
	return code;
}

int
command_signer(const struct arguments *arguments)
{
	static const struct verb verbs[] = {
		{ .word = "list", .run = signer_list },
		{ .word = "add", .act = ACT_ADD_SIGNER, .operand = "signer" },
		{ .word = "revoke", .act = ACT_REVOKE_SIGNER, .operand = "signer" },
		{ .word = NULL }
	};

	return verbs_run(arguments, "signer", verbs);
}
