/* SPDX-License-Identifier: Apache-2.0 */
/* Records from the command line. */
#include "cmd/register_fields.h"

#include <stdio.h>

#include "cmd/failure.h"
#include "cmd/register_value.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* What of a record may be left out, and what it then is. */
static const struct {
	const char *record;	/* NULL: any */
	const char *field;
	uint64_t otherwise;
} optional[] = {
	{ "register", "endpoint", 0 },
	{ "reattest", "form", REATTEST_WHOLE },
	{ "start", "ask", 0 },
	{ "collateral", "signature", 0 },
	{ "collateral", "chain", 0 },
	{ "app-open", "escrow", 0 },
	{ NULL, "order", APP_BEST },
	{ NULL, "tees", 1 << ASSAY_TEE_SGX | 1 << ASSAY_TEE_TDX },
	{ "statement", "proposal", 0 },
	{ "statement", "worker", 0 },
	{ "allow-program", "source", 0 },
	{ "allow-program", "recipe", 0 },
	{ "allow-program", "mitigates", 0 },
	{ "allow-program", "valid_from_ms", 0 },
	{ "force-offline", "force", 1 },
	{ "pause-slashing", "pause", 1 },
	{ "rotate-log", "quorum", 0 },
	{ "rotate-log", "witnesses", 0 }
};

void
field_option(char out[static FIELD_OPTION_BYTES], const struct record *record, const struct field *field)
{
	static const char *const ends[] = { "_own_ms", "_ms" };
	size_t len = strlen(field->name);

	if (strcmp(field->name, "key") == 0) {
		snprintf(out, FIELD_OPTION_BYTES, "%s", strcmp(record->name, "register") == 0 ? "worker-key" :
		    strcmp(record->name, "rotate-log") == 0 ? "new-log-key" : "new-key");
		return;
	}
	for (size_t i = 0; i < COUNT(ends); i++) {
		if (len > strlen(ends[i]) && strcmp(field->name + len - strlen(ends[i]), ends[i]) == 0) {
			len -= strlen(ends[i]);
			break;
		}
	}
	for (size_t i = 0; i < len; i++) {
		out[i] = field->name[i] == '_' ? '-' : field->name[i];
	}
	out[len] = '\0';
}

bool
field_is_optional(const struct record *record, const struct field *field, uint64_t *value)
{
	for (size_t i = 0; i < COUNT(optional); i++) {
		if (strcmp(optional[i].field, field->name) == 0 &&
		    (optional[i].record == NULL || strcmp(optional[i].record, record->name) == 0)) {
			*value = optional[i].otherwise;
			return true;
		}
	}
	return false;
}

static const char *
argument_word(const struct record *record, const struct field *field)
{
	const enum field_role role = record_role(record, field);

	switch (field->type) {
	case FIELD_FLAG:
		return "yes|no";
	case FIELD_BYTES:
		return "ID";
	case FIELD_TEXT:
		return "TEXT";
	case FIELD_SLICE:
		return "@FILE";
	case FIELD_VAR:
		return role == ROLE_PLAIN ? "HEX" : "LIST";
	default:
		return record_has_words(record, field) ? "WORD" : role == ROLE_TIME ? "TIME" :
		    role == ROLE_DURATION ? "DURATION" : role == ROLE_TIERS || role == ROLE_TEES ? "LIST" : "NUMBER";
	}
}

void
fields_usage(char *out, size_t size, const struct record *record, const char *what)
{
	size_t len = (size_t)snprintf(out, size, "usage: %s", what);

	for (size_t i = 0; i < record->count && len < size; i++) {
		char option[FIELD_OPTION_BYTES];
		uint64_t otherwise;
		const bool may_miss = field_is_optional(record, &record->fields[i], &otherwise);

		field_option(option, record, &record->fields[i]);
		len += (size_t)snprintf(out + len, size - len, " %s--%s %s%s", may_miss ? "[" : "", option,
		    argument_word(record, &record->fields[i]), may_miss ? "]" : "");
	}
}

/* ---- all of them ------------------------------------------------------ */

static bool
is_in(const char *const *words, const char *word)
{
	for (; words != NULL && *words != NULL; words++) {
		if (strcmp(*words, word) == 0) {
			return true;
		}
	}
	return false;
}

static int
missing(const struct record *record, const struct field *field, const char *option, const char *what)
{
	char usage[1024];
	char cause[160];

	fields_usage(usage, sizeof(usage), record, what);
	snprintf(cause, sizeof(cause), "what it stands for: %s", field->text);
	return fail(EXIT_USAGE, cause, usage, "`%s` needs --%s, so nothing was done", what, option);
}

static int
field_read(struct place *place, const struct record *record, const struct field *field, void *out, const char *what)
{
	char option[FIELD_OPTION_BYTES + 2] = "--";
	uint64_t otherwise;

	field_option(option + 2, record, field);

	struct reading reading = {
		.place = place, .record = record, .field = field, .out = out, .option = option,
		.text = option_value(place->arguments, option + 2)
	};

	if (reading.text == NULL) {
		if (!field_is_optional(record, field, &otherwise)) {
			return missing(record, field, option + 2, what);
		}
		if (otherwise != 0 && field->type == FIELD_U8) {
			*((uint8_t *)out + field->offset) = (uint8_t)otherwise;
		} else if (otherwise != 0) {
			const bool yes = true;

			memcpy((uint8_t *)out + field->offset, &yes, sizeof(yes));
		}
		return 0;
	}
	return value_read(&reading);
}

int
fields_read(struct place *place, const struct record *record, void *out, const char *what, const char *const *given)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *const field = &record->fields[i];
		const int code = is_in(given, field->name) ? 0 : field_read(place, record, field, out, what);

		if (code != 0) {
			return code;
		}
	}
	return 0;
}

int
field_set(struct place *place, const struct record *record, void *out, const char *name, const char *text)
{
	const struct reading reading = {
		.place = place, .record = record, .field = record_field(record, name), .out = out, .option = name, .text = text
	};

	return value_read(&reading);
}

/* What all commands take that send a transaction, or look at a store. */
static const char *const common[] = {
	"store", "key", "agent", "passphrase-file", "valid-for", "dry-run", "now", "log-key", "checkpoint", "at",
	"accept-time", "unsigned", "sender", "color", "json", NULL
};

int
fields_check(const struct arguments *arguments, const struct record *record, const char *what,
    const char *const *more)
{
	for (size_t i = 0; i < arguments->given_count; i++) {
		const char *const name = arguments->given[i].row->name;
		char usage[1024];
		bool known = is_in(common, name) || is_in(more, name);

		for (size_t f = 0; record != NULL && f < record->count && !known; f++) {
			char option[FIELD_OPTION_BYTES];

			field_option(option, record, &record->fields[f]);
			known = strcmp(option, name) == 0;
		}
		if (known) {
			continue;
		}
		if (record != NULL) {
			fields_usage(usage, sizeof(usage), record, what);
		} else {
			snprintf(usage, sizeof(usage), "leave it out");
		}
		return fail(EXIT_USAGE, "it belongs to another use of the command", usage,
		    "`%s` does not take --%s, so nothing was done", what, name);
	}
	return 0;
}
