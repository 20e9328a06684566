/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of the register for people and programs: any struct that has a list
 * of fields, as members of a JSON object or as aligned lines.
 *
 * Members are named as the fields are.  Bytes are hex digits, texts are
 * strings, numbers are numbers; where a number stands for a word, the word is
 * written; where bytes hold a list or another record, that is.
 */
#ifndef RENDER_RECORD_H
#define RENDER_RECORD_H

#include "register/kinds.h"
#include "render/writer.h"

/* ---- words of fields that hold numbers: enumerations, kinds, acts, codes, parameters, checks */

/* The word of a value; NULL where the field has no words, or none for this value. */
const char *record_word(const struct record *record, const struct field *field, uint64_t value);
bool record_has_words(const struct record *record, const struct field *field);
/* The value of a word; false: there is no such word. */
bool record_word_value(uint64_t *value, const struct record *record, const struct field *field,
    struct assay_bytes word);
/* One word after the other: start with *at = 0; NULL at the end. */
const char *record_word_next(const struct record *record, const struct field *field, unsigned *at);

/* ---- what a field is, by its name and place */

enum field_role {
	ROLE_PLAIN = 0,
	ROLE_TIME,		/* milliseconds of block time */
	ROLE_OWN_TIME,		/* milliseconds of the register's own clock */
	ROLE_SECONDS,		/* block time in seconds */
	ROLE_DURATION,		/* milliseconds */
	ROLE_TIERS,		/* bits */
	ROLE_TEES,		/* bits */
	ROLE_IDS,		/* 32 bytes each */
	ROLE_TEXTS,		/* each with its length in a byte */
	ROLE_WITNESSES,
	ROLE_CHANGES,		/* of a platform */
	ROLE_VALIDATORS,
	ROLE_SELECTOR,		/* by the field tee */
	ROLE_ARGUMENTS,		/* by the field act */
	ROLE_DOCUMENT,		/* text */
	ROLE_SLOT		/* NO_SLOT: none */
};
enum field_role record_role(const struct record *record, const struct field *field);

/* The field of that name; NULL: none. */
const struct field *record_field(const struct record *record, const char *name);
/* A number of any width; 0 of what is no number. */
uint64_t record_number(const struct field *field, const void *in);
/* Bytes of any kind; empty of what is none. */
struct assay_bytes record_bytes(const struct field *field, const void *in);

/* ---- writing */

/* The members, into an object that is open. */
void record_json(struct writer *w, const struct record *record, const void *in);
/* The value of one field, as it stands after its member's name. */
void record_json_value(struct writer *w, const struct record *record, const struct field *field, const void *in);

/*
 * A line a field: indent, the name in as many columns, the value.  Fields that
 * are zero or empty are left out unless all is set.  halted_ms brings the
 * register's own clock to block time.
 */
struct record_style {
	size_t indent;
	size_t columns;		/* of the names; 0: as the longest asks for */
	uint64_t halted_ms;
	bool all;
};
void record_text(struct writer *w, const struct record *record, const void *in, const struct record_style *style);
/* The value of one field in one line. */
void record_text_value(struct writer *w, const struct record *record, const struct field *field, const void *in,
    uint64_t halted_ms);

/* "2026-11-25T03:28:19Z", "-" for 0, "without end" for NO_TIME. */
void record_put_time(struct writer *w, uint64_t time_ms);
/* "7 d", "1 h 30 min", "250 ms". */
void record_put_duration(struct writer *w, uint64_t duration_ms);

#endif
