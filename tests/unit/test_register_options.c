/* SPDX-License-Identifier: Apache-2.0 */
/* The options of tx, gov and their kin are the fields of the records, all of them and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/commands.h"
#include "cmd/register_fields.h"
#include "register/kinds.h"

static bool
has(const struct option_row *rows, const char *name)
{
	for (; rows->name != NULL; rows++) {
		if (strcmp(rows->name, name) == 0) {
			return true;
		}
	}
	return false;
}

static void
fields_are_options(const struct option_row *rows, const struct record *record, const char *operand)
{
	for (size_t i = 0; i < record->count; i++) {
		char option[FIELD_OPTION_BYTES];

		field_option(option, record, &record->fields[i]);
		if (!has(rows, option) && (operand == NULL || strcmp(operand, record->fields[i].name) != 0)) {
			fail_msg("%s: there is no --%s", record->name, option);
		}
	}
}

static void
every_field_of_a_kind_is_an_option_of_tx(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < KIND_END; kind++) {
		if (kind_record(kind) != NULL) {
			fields_are_options(tx_options, kind_record(kind), NULL);
		}
	}
}

static void
every_field_of_an_act_is_an_option_of_gov(void **state)
{
	(void)state;
	for (unsigned act = 0; act < ACT_END; act++) {
		if (act_record(act) != NULL) {
			fields_are_options(gov_options, act_record(act), NULL);
		}
	}
	fields_are_options(gov_options, &sgx_selector_record, "has_mrenclave");
	fields_are_options(program_options, act_record(ACT_ALLOW_PROGRAM), NULL);
	fields_are_options(program_options, act_record(ACT_RETIRE_PROGRAM), "program");
	fields_are_options(program_options, kind_record(KIND_CONFIRM_BUILD), "program");
	fields_are_options(signer_options, act_record(ACT_ADD_SIGNER), "signer");
	fields_are_options(stake_options, kind_record(KIND_BOND), "worker");
	fields_are_options(app_options, kind_record(KIND_APP_OPEN), NULL);
	fields_are_options(app_options, kind_record(KIND_APP_CHANGE), "app");
	fields_are_options(app_options, kind_record(KIND_APP_FUND), "app");
}

/* Two options of one name would hide each other; the field `key` is named by its record. */
static void
no_name_stands_twice(void **state)
{
	const struct option_row *const tables[] = {
		register_options, tx_options, gov_options, program_options, signer_options, worker_options, stake_options,
		app_options, assign_options, block_options
	};

	(void)state;
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct option_row *row = tables[t]; row->name != NULL; row++) {
			if (has(row + 1, row->name)) {
				fail_msg("--%s stands twice in table %zu", row->name, t);
			}
		}
	}
}

static void
names_follow_from_fields(void **state)
{
	static const struct {
		unsigned kind;
		const char *field;
		const char *option;
	} rows[] = {
		{ KIND_REGISTER, "nonce_height", "nonce-height" },
		{ KIND_REGISTER, "key", "worker-key" },
		{ KIND_ROTATE_KEY, "key", "new-key" },
		{ KIND_PAUSE, "duration_ms", "duration" },
	};
	char option[FIELD_OPTION_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct record *const record = kind_record(rows[i].kind);

		field_option(option, record, record_field(record, rows[i].field));
		assert_string_equal(option, rows[i].option);
	}
	field_option(option, act_record(ACT_ROTATE_LOG), record_field(act_record(ACT_ROTATE_LOG), "key"));
	assert_string_equal(option, "new-log-key");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_a_kind_is_an_option_of_tx),
		cmocka_unit_test(every_field_of_an_act_is_an_option_of_gov),
		cmocka_unit_test(no_name_stands_twice),
		cmocka_unit_test(names_follow_from_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
