/* SPDX-License-Identifier: Apache-2.0 */
/* What others say in public: builds that gave the same digest, and answers to acts. */
#include "register/rules.h"

enum code
apply_confirm_build(struct machine *m, const struct confirm_build_arguments *a)
{
	const struct row_key program_key = key_of_32(TABLE_PROGRAM, a->program);
	const struct row_key key = key_bytes(key_of_32(TABLE_CONFIRMATION, a->program), ARRAY_BYTES(m->sender));
	struct confirmation confirmation = { .height = m->meta.height };
	struct program program;

	if (!row_get(m, &program_key, &program)) {
		return CODE_PROGRAM_UNKNOWN;
	}
	if (bytes_all_zero(ARRAY_BYTES(program.recipe)) ||
	    memcmp(program.recipe, a->recipe, sizeof(program.recipe)) != 0) {
		return CODE_RECIPE;
	}
	if (row_exists(m, &key)) {
		return CODE_CONFIRMED;
	}
	memcpy(confirmation.recipe, a->recipe, sizeof(confirmation.recipe));
	row_put(m, &key, &confirmation);
	if (program.confirmations != UINT32_MAX) {
		program.confirmations++;
	}
	row_put(m, &program_key, &program);
	return CODE_ACCEPTED;
}

/* The log is where it stands; no row holds it. */
enum code
apply_statement(struct machine *m, const struct statement_arguments *a)
{
	const struct row_key proposal_key = key_u64(key_start(TABLE_PROPOSAL), a->proposal);
	struct worker worker;

	if (a->text.len == 0) {
		return CODE_STATEMENT;
	}
	if (a->proposal != 0 && !row_exists(m, &proposal_key)) {
		return CODE_STATEMENT_SUBJECT;
	}
	if (!bytes_all_zero(ARRAY_BYTES(a->worker)) &&
	    (!worker_get(m, a->worker, &worker) ||
	    memcmp(worker.operator, m->sender, sizeof(worker.operator)) != 0)) {
		return CODE_STATEMENT_SUBJECT;
	}
	return CODE_ACCEPTED;
}
