/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of rows.h as data: what the codec, the documentation and the tests read. */
#include "register/rows.h"

#define TABLE(number, symbol, name, fields, key, text) \
	static const struct field name##_fields[] = { fields(FIELD_DESCRIBE, name) };
TABLES(TABLE)
#undef TABLE

static const struct {
	struct record record;
	const char *key;
	const char *text;
} tables[TABLE_END] = {
#define TABLE(number, symbol, name, fields, key, text) \
	[number] = { { #name, name##_fields, sizeof(name##_fields) / sizeof(name##_fields[0]), \
	    sizeof(struct name) }, key, text },
	TABLES(TABLE)
#undef TABLE
};

static const struct field sgx_selector_fields[] = { SGX_SELECTOR(FIELD_DESCRIBE, sgx_selector) };
const struct record sgx_selector_record = { "sgx_selector", sgx_selector_fields,
	sizeof(sgx_selector_fields) / sizeof(sgx_selector_fields[0]), sizeof(struct sgx_selector) };

static const struct field td_selector_fields[] = { TD_SELECTOR(FIELD_DESCRIBE, td_selector) };
const struct record td_selector_record = { "td_selector", td_selector_fields,
	sizeof(td_selector_fields) / sizeof(td_selector_fields[0]), sizeof(struct td_selector) };

static bool
is_table(enum table table)
{
	return table > 0 && table < TABLE_END && tables[table].record.fields != NULL;
}

const struct record *
table_record(enum table table)
{
	return is_table(table) ? &tables[table].record : NULL;
}

const char *
table_name(enum table table)
{
	return is_table(table) ? tables[table].record.name : "?";
}

const char *
table_key(enum table table)
{
	return is_table(table) ? tables[table].key : "?";
}

const char *
table_text(enum table table)
{
	return is_table(table) ? tables[table].text : "?";
}
