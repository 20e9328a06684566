/* SPDX-License-Identifier: Apache-2.0 */
/* The members of the JSON objects that the command writes, and the words in them. */
#include "cmd/members.h"

#include <string.h>

#include "assay.h"

#define PATH_BYTES 128

struct schema {
	const char *id;
	const char *text;
};

static const struct schema schemas[] = {
#define ASSAY_SCHEMA(symbol, id, text) { id, text },
#define ASSAY_MEMBER(schema, path, type, null_where, text)
#define ASSAY_FIELD(symbol, id, len, text)
#define ASSAY_WORD(type, word, text)
#include "cmd/members.def"
#undef ASSAY_SCHEMA
#undef ASSAY_MEMBER
#undef ASSAY_FIELD
#undef ASSAY_WORD
};

/* These fields have a place of their own in a result: their rows are passed over. */
#define STANDS_ELSEWHERE(field)	((field) == ASSAY_FIELD_REPORT_DATA || (field) == ASSAY_FIELD_FMSPC || \
    (field) == ASSAY_FIELD_PPID || (field) == ASSAY_FIELD_PLATFORM_ID)

static const struct member members[] = {
#define ASSAY_SCHEMA(symbol, id, text)
#define ASSAY_MEMBER(schema, path, type, null_where, text) \
	{ MEMBER_SCHEMA_##schema, path, MEMBER_TYPE_##type, null_where, text },
#define ASSAY_FIELD(symbol, id, len, text) \
	{ MEMBER_SCHEMA_RESULT, "measurements." id, STANDS_ELSEWHERE(ASSAY_FIELD_##symbol) ? MEMBER_TYPE_NONE : \
	    (len) == 0 ? MEMBER_TYPE_TEXT : (len) == 2 ? MEMBER_TYPE_NUMBER : MEMBER_TYPE_HEX, "", text },
#define ASSAY_WORD(type, word, text)
#include "cmd/members.def"
#undef ASSAY_SCHEMA
#undef ASSAY_MEMBER
#undef ASSAY_FIELD
#undef ASSAY_WORD
};

static const struct member_word words[] = {
#define ASSAY_SCHEMA(symbol, id, text)
#define ASSAY_MEMBER(schema, path, type, null_where, text)
#define ASSAY_FIELD(symbol, id, len, text)
#define ASSAY_WORD(type, word, text) { MEMBER_TYPE_##type, word, text },
#include "cmd/members.def"
#undef ASSAY_SCHEMA
#undef ASSAY_MEMBER
#undef ASSAY_FIELD
#undef ASSAY_WORD
};

static const char *const types[MEMBER_TYPE_COUNT] = {
	[MEMBER_TYPE_NONE] = "?",
	[MEMBER_TYPE_OBJECT] = "object",
	[MEMBER_TYPE_OBJECTS] = "list of objects",
	[MEMBER_TYPE_TEXT] = "text",
	[MEMBER_TYPE_NUMBER] = "number",
	[MEMBER_TYPE_NUMBERS] = "list of 16 numbers",
	[MEMBER_TYPE_TIER] = "tier: a number from 1, the best, to 5",
	[MEMBER_TYPE_BOOLEAN] = "true or false",
	[MEMBER_TYPE_TIME] = "time in UTC, as 2026-11-25T03:28:19Z",
	[MEMBER_TYPE_HEX] = "bytes as hex digits",
	[MEMBER_TYPE_STATUS] = "status, in the vendor's word",
	[MEMBER_TYPE_CHECK] = "id of a check",
	[MEMBER_TYPE_REASON] = "id of a reason or check",
	[MEMBER_TYPE_REASONS] = "list of ids of reasons or checks",
	[MEMBER_TYPE_ADVISORIES] = "list of advisory ids",
	[MEMBER_TYPE_FIELD] = "name of a field",
	[MEMBER_TYPE_VALUE] = "value of a field: bytes as hex digits, a number, or a nonce's text",
	[MEMBER_TYPE_NUMBER_LIST] = "list of numbers",
	[MEMBER_TYPE_WORDED] = "number; where it stands for words, the word or a list of them",
	[MEMBER_TYPE_HELD] = "bytes as hex digits, or the list or object that they hold",
	[MEMBER_TYPE_RECORD] = "object with the fields of a record",
	[MEMBER_TYPE_VERDICT] = "verdict",
	[MEMBER_TYPE_KIND] = "kind of evidence",
	[MEMBER_TYPE_VENDOR] = "vendor",
	[MEMBER_TYPE_TEE] = "TEE",
	[MEMBER_TYPE_OUTCOME] = "result of a check",
	[MEMBER_TYPE_PART] = "part of a platform",
	[MEMBER_TYPE_RAISED_BY] = "way of raising a part",
	[MEMBER_TYPE_COLLATERAL] = "kind of collateral",
};

const char *
member_schema_id(enum member_schema schema)
{
	return (unsigned)schema < MEMBER_SCHEMA_COUNT ? schemas[schema].id : "?";
}

const char *
member_schema_text(enum member_schema schema)
{
	return (unsigned)schema < MEMBER_SCHEMA_COUNT ? schemas[schema].text : "?";
}

const struct member *
member_next(const struct member *member)
{
	const struct member *next = member == NULL ? members : member + 1;
	const struct member *const end = members + sizeof(members) / sizeof(members[0]);

	while (next < end && next->type == MEMBER_TYPE_NONE) {
		next++;
	}
	return next < end ? next : NULL;
}

const struct member_word *
member_word_next(const struct member_word *word)
{
	const struct member_word *next = word == NULL ? words : word + 1;

	return next < words + sizeof(words) / sizeof(words[0]) ? next : NULL;
}

const char *
member_type_text(enum member_type type)
{
	return (unsigned)type < MEMBER_TYPE_COUNT ? types[type] : "?";
}

bool
member_type_has_words(enum member_type type)
{
	return type >= MEMBER_TYPE_VERDICT && type < MEMBER_TYPE_COUNT;
}

/* Without brackets and what stands in them; false where it is longer than any path. */
static bool
without_brackets(char out[static PATH_BYTES], const char *text)
{
	size_t len = 0;
	bool inside = false;

	for (; *text != '\0'; text++) {
		inside = *text == '[' || (inside && *text != ']');
		if (inside || *text == ']') {
			continue;
		}
		if (len + 1 == PATH_BYTES) {
			return false;
		}
		out[len] = *text;
		len++;
	}
	out[len] = '\0';
	return true;
}

bool
member_is(const struct member *member, const char *id)
{
	char path[PATH_BYTES];
	char given[PATH_BYTES];
	size_t path_len;

	if (!without_brackets(path, member->path) || !without_brackets(given, id[0] == '.' ? id + 1 : id) ||
	    given[0] == '\0') {
		return false;
	}
	path_len = strlen(path);
	/* Any member of the object: "tier_by_policy.phala-chain". */
	if (path[path_len - 1] == '*' && strncmp(path, given, path_len - 1) == 0 && given[path_len - 1] != '\0') {
		return true;
	}
	const size_t given_len = strlen(given);

	return given_len <= path_len && strcmp(path + path_len - given_len, given) == 0 &&
	    (given_len == path_len || path[path_len - given_len - 1] == '.');
}
