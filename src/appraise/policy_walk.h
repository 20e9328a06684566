/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict walk through a JSON document that people write.  The first fault
 * ends it and is told with the path of the value that it is about:
 *
 *	advisories.whitelsit: unknown member
 *	ceilings[0].word: missing member
 *	tiers.UpToDate: wrong type, a number is asked for
 *	tiers.UpToDate: out of range, a tier is a whole number from 1 to 5
 *	permit: repeated member
 *	not well-formed JSON at byte 17, in tiers
 */
#ifndef APPRAISE_POLICY_WALK_H
#define APPRAISE_POLICY_WALK_H

#include "format/json.h"

/* Of the sentence, with its zero: what assay_policy_parse promises. */
#define ERROR_BYTES 160

/* "advisories", "critical", an index, "fixed". */
#define DEPTH_MAX 4

struct step {
	bool element;			/* of a list: the index counts, not the name */
	struct assay_bytes name;
	uint32_t index;
};

struct walk {
	struct json j;
	size_t len;			/* of the document */
	struct step steps[DEPTH_MAX];
	unsigned depth;
	char *error;			/* ERROR_BYTES */
	bool failed;			/* and the error says why */
};

/* An object or a list at hand, and where in the path its members go. */
struct members {
	struct json_object o;
	unsigned depth;
};

struct elements {
	struct json_array a;
	unsigned depth;
	uint32_t count;
};

void walk_start(struct walk *walk, struct assay_bytes document, char *error);
/* Nothing but white space may follow. */
void walk_end(struct walk *walk);

/* The next member or element is then the end of the path; false at the end, or after a fault. */
void walk_enter_object(struct walk *walk, struct members *members);
bool walk_next_member(struct walk *walk, struct members *members, struct assay_bytes *name);
void walk_enter_list(struct walk *walk, struct elements *elements);
bool walk_next_element(struct walk *walk, struct elements *elements);

/* The value at hand; wanted says what it must be.  After a fault the value means nothing. */
int64_t walk_integer(struct walk *walk, int64_t lowest, int64_t highest, const char *wanted);
bool walk_boolean(struct walk *walk);
struct assay_bytes walk_string(struct walk *walk, const char *wanted);
int64_t walk_utc(struct walk *walk);
/* Letters, digits, - . _; at least one, less than size; zero-padded. */
void walk_word(struct walk *walk, char *out, size_t size, const char *wanted);
void walk_null(struct walk *walk);

/* Faults.  Only the first is told. */
void walk_refuse(struct walk *walk, const char *wanted);
void walk_unknown_member(struct walk *walk);
void walk_missing_member(struct walk *walk, const struct members *members, const char *name);
/* About a member of the document itself, once it has been read. */
void walk_refuse_member(struct walk *walk, const char *name, const char *wanted);

#endif
