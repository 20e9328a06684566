/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables at the end of doc/register.md are those of the rules.  With
 * ASSAY_GOLDEN=update in the environment they are written instead.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "register/machine.h"

#define BEGINNING "## Tables\n"

static char tables[256 * 1024];
static size_t tables_len;

static void
put(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void
put(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tables_len += (size_t)vsnprintf(tables + tables_len, sizeof(tables) - tables_len, format, arguments);
	va_end(arguments);
	assert_true(tables_len < sizeof(tables));
}

static const char *
type_word(const struct field *field)
{
	static char word[64];

	switch (field->type) {
	case FIELD_U8:
		return "u8";
	case FIELD_FLAG:
		return "flag";
	case FIELD_U16:
		return "u16";
	case FIELD_U32:
		return "u32";
	case FIELD_U64:
		return "u64";
	case FIELD_BYTES:
		snprintf(word, sizeof(word), "%zu bytes", field->n);
		break;
	case FIELD_TEXT:
		snprintf(word, sizeof(word), "text, at most %zu", field->n);
		break;
	case FIELD_U32S:
		snprintf(word, sizeof(word), "%zu times u32", field->n);
		break;
	case FIELD_U64S:
		snprintf(word, sizeof(word), "%zu times u64", field->n);
		break;
	case FIELD_VAR:
	case FIELD_SLICE:
	default:
		snprintf(word, sizeof(word), "at most %zu bytes", field->n);
		break;
	}
	return word;
}

static void
put_fields(const struct record *record)
{
	put("\n| field | type | what it is |\n|---|---|---|\n");
	for (size_t i = 0; i < record->count; i++) {
		put("| `%s` | %s | %s |\n", record->fields[i].name, type_word(&record->fields[i]), record->fields[i].text);
	}
}

static const char *
signer_word(enum kind_signer signer)
{
	return signer == KIND_BY_COUNCIL ? "council" : signer == KIND_BY_AGENT ? "account or its agent" : "account";
}

/* "a.b c.d" as `a.b`, `c.d`. */
static void
put_words(const char *words)
{
	for (const char *at = words; *at != '\0';) {
		const size_t len = strcspn(at, " ");

		put("%s`%.*s`", at == words ? "" : ", ", (int)len, at);
		at += len;
		at += strspn(at, " ");
	}
	put("%s", *words == '\0' ? "none besides" : "");
}

static void
put_kinds(void)
{
	put("\n### Kinds of transactions\n");
	for (unsigned kind = 1; kind < KIND_END; kind++) {
		put("\n#### %s\n\nTo %s. Number %u; signed by: %s. Rows: ", kind_name(kind), kind_text(kind), kind,
		    signer_word(kind_signer(kind)));
		put_words(kind_rows(kind));
		put(". Refusals: ");
		put_words(kind_codes(kind));
		put(".\n");
		put_fields(kind_record(kind));
	}
}

static void
put_acts(void)
{
	put("\n### Acts of the council\n");
	for (unsigned act = 1; act < ACT_END; act++) {
		put("\n#### %s\n\nTo %s. Number %u; %s.\n", act_name(act), act_text(act), act, act_is_emergency(act)
		    ? "at once, and it lapses unless an ordinary proposal confirms it" : "after the lock");
		put_fields(act_record(act));
	}
}

static void
put_codes(void)
{
	put("\n### Codes\n\nBelow 10 nothing changes; from 10 on nonce and fee are taken.\n\n"
	    "| number | code | what is wrong | what to do |\n|---|---|---|---|\n");
#define CODE(number, symbol, id, text, remedy) put("| %u | `%s` | %s | %s |\n", (unsigned)(number), id, text, remedy);
#include "register/codes.def"
#undef CODE
}

static void
put_parameters(void)
{
	put("\n### Parameters\n\n| number | parameter | unit | genesis | lowest | highest | changes | what it is |\n"
	    "|---|---|---|---|---|---|---|---|\n");
	for (unsigned id = 1; id < PARAMETER_END; id++) {
		const struct parameter_bounds *b = parameter_bounds(id);

		if (b != NULL) {
			put("| %u | `%s` | %s | %llu | %llu | %llu | %s | %s |\n", id, b->name, b->unit,
			    (unsigned long long)b->genesis, (unsigned long long)b->lowest, (unsigned long long)b->highest,
			    b->when == PARAMETER_NEVER ? "never" : "at an epoch's start", b->text);
		}
	}
}

static void
put_rows(void)
{
	put("\n### Rows\n\nA row's key is the table's number, one byte, and the primary key.\n");
	for (unsigned table = 1; table < TABLE_END; table++) {
		const struct record *record = table_record((enum table)table);

		if (record == NULL) {
			continue;
		}
		put("\n#### %s\n\nTable %u: %s. Key: %s.\n", table_name((enum table)table), table,
		    table_text((enum table)table), table_key((enum table)table)[0] == '\0' ? "empty, for there is one row"
		    : table_key((enum table)table));
		put_fields(record);
	}
}

static void
put_effects(void)
{
	put("\n### Effects\n\n| number | effect | what happened |\n|---|---|---|\n");
	for (unsigned effect = 1; effect < EFFECT_END; effect++) {
		put("| %u | `%s` | %s |\n", effect, effect_name(effect), effect_text(effect));
	}
}

/* A pipe in a sentence is not a column: that one has blanks or dashes beside it. */
static void
escape(char *out, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < tables_len; i++) {
		const bool word = (i > 0 && isalnum((unsigned char)tables[i - 1])) ||
		    (i + 1 < tables_len && isalnum((unsigned char)tables[i + 1]));

		if (tables[i] == '|' && word) {
			out[len++] = '\\';
		}
		out[len++] = tables[i];
		assert_true(len + 2 < size);
	}
	out[len] = '\0';
}

static void
test_tables(void **state)
{
	static char document[512 * 1024];
	static char wanted[300 * 1024];
	char path[4096];
	const char *source = getenv("ASSAY_SOURCE");
	const char *golden = getenv("ASSAY_GOLDEN");

	(void)state;
	snprintf(path, sizeof(path), "%s/doc/register.md", source != NULL ? source : ".");
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		skip();
	}
	document[fread(document, 1, sizeof(document) - 1, file)] = '\0';
	fclose(file);
	put_kinds();
	put_acts();
	put_codes();
	put_parameters();
	put_rows();
	put_effects();
	escape(wanted, sizeof(wanted));

	char *beginning = strstr(document, "\n" BEGINNING);

	assert_non_null(beginning);
	beginning += 1 + sizeof(BEGINNING) - 1;
	if (golden != NULL && strcmp(golden, "update") == 0) {
		file = fopen(path, "wb");
		assert_non_null(file);
		assert_int_equal(fwrite(document, 1, (size_t)(beginning - document), file), beginning - document);
		assert_int_equal(fwrite(wanted, 1, strlen(wanted), file), strlen(wanted));
		fclose(file);
		return;
	}
	if (strcmp(beginning, wanted) != 0) {
		size_t at = 0;

		while (beginning[at] == wanted[at]) {
			at++;
		}
		while (at > 0 && wanted[at - 1] != '\n') {
			at--;
		}
		fail_msg("doc/register.md has other tables than the rules, at: %.80s\n(ASSAY_GOLDEN=update writes them)",
		    wanted + at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
