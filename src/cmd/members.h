/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of the JSON objects that the command writes, and the words in
 * them (cmd/members.def): what explains them and makes pages of them.
 */
#ifndef CMD_MEMBERS_H
#define CMD_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "register/kinds.h"

enum member_type {
	MEMBER_TYPE_NONE = 0,
	MEMBER_TYPE_OBJECT,
	MEMBER_TYPE_OBJECTS,
	MEMBER_TYPE_TEXT,
	MEMBER_TYPE_NUMBER,
	MEMBER_TYPE_NUMBERS,
	MEMBER_TYPE_TIER,
	MEMBER_TYPE_BOOLEAN,
	MEMBER_TYPE_TIME,
	MEMBER_TYPE_HEX,
	MEMBER_TYPE_STATUS,
	MEMBER_TYPE_CHECK,
	MEMBER_TYPE_REASON,
	MEMBER_TYPE_REASONS,
	MEMBER_TYPE_ADVISORIES,
	MEMBER_TYPE_FIELD,
	MEMBER_TYPE_VALUE,
	MEMBER_TYPE_NUMBER_LIST,
	MEMBER_TYPE_WORDED,
	MEMBER_TYPE_HELD,
	MEMBER_TYPE_RECORD,
	/* From here on: one of the words of this type. */
	MEMBER_TYPE_VERDICT,
	MEMBER_TYPE_KIND,
	MEMBER_TYPE_VENDOR,
	MEMBER_TYPE_TEE,
	MEMBER_TYPE_OUTCOME,
	MEMBER_TYPE_PART,
	MEMBER_TYPE_RAISED_BY,
	MEMBER_TYPE_COLLATERAL,
	MEMBER_TYPE_COUNT,
	/* Of the fields of rows, by their type. */
	MEMBER_TYPE_ROW_U8 = MEMBER_TYPE_WORDED,
	MEMBER_TYPE_ROW_FLAG = MEMBER_TYPE_BOOLEAN,
	MEMBER_TYPE_ROW_U16 = MEMBER_TYPE_WORDED,
	MEMBER_TYPE_ROW_U32 = MEMBER_TYPE_NUMBER,
	MEMBER_TYPE_ROW_U64 = MEMBER_TYPE_NUMBER,
	MEMBER_TYPE_ROW_BYTES = MEMBER_TYPE_HEX,
	MEMBER_TYPE_ROW_VAR = MEMBER_TYPE_HELD,
	MEMBER_TYPE_ROW_TEXT = MEMBER_TYPE_TEXT,
	MEMBER_TYPE_ROW_SLICE = MEMBER_TYPE_HELD,
	MEMBER_TYPE_ROW_U32S = MEMBER_TYPE_NUMBER_LIST,
	MEMBER_TYPE_ROW_U64S = MEMBER_TYPE_NUMBER_LIST
};

enum member_schema {
#define ASSAY_SCHEMA(symbol, id, text) MEMBER_SCHEMA_##symbol,
#define ASSAY_MEMBER(schema, path, type, null_where, text)
#define ASSAY_FIELD(symbol, id, len, text)
#define ASSAY_WORD(type, word, text)
#include "cmd/members.def"
#undef ASSAY_SCHEMA
#undef ASSAY_MEMBER
#undef ASSAY_FIELD
#undef ASSAY_WORD
	MEMBER_SCHEMA_COUNT
};

struct member {
	enum member_schema schema;
	const char *path;
	enum member_type type;
	const char *null_where;	/* "": never null */
	const char *text;
};

struct member_word {
	enum member_type type;
	const char *word;
	const char *text;
};

/* "assay.result/1", and what it is; i < MEMBER_SCHEMA_COUNT. */
const char *member_schema_id(enum member_schema schema);
const char *member_schema_text(enum member_schema schema);

/* The row after this one, or the first after NULL; NULL at the end. */
const struct member *member_next(const struct member *member);
const struct member_word *member_word_next(const struct member_word *word);

/* "a TCB status"; of a type with words: what they are about ("a verdict"). */
const char *member_type_text(enum member_type type);
bool member_type_has_words(enum member_type type);

/*
 * True where id is the path or ends it after a full stop.  Brackets and what
 * stands in them may be left out, and a full stop may come first, as in jq.
 */
bool member_is(const struct member *member, const char *id);

#endif
