/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine from the inside: what the rules are written with.
 *
 * A step is what succeeds or fails as a whole: a transaction, one answer of a
 * batch, one timer's turn.  Rows that it changes stand in the machine's set of
 * changes and reach the port when the step is committed, or never.  Rows are
 * read through the same set, so a step sees what it did.
 */
#ifndef REGISTER_MACHINE_H
#define REGISTER_MACHINE_H

#include "assay_register.h"
#include "register/compose.h"

/* ---- codes and parameters */

enum code {
#define CODE(number, symbol, id, text, remedy) CODE_##symbol = number,
#include "register/codes.def"
#undef CODE
	CODE_END
};

enum parameter_id {
#define PARAMETER(number, symbol, name, unit, genesis, lowest, highest, when, text) PARAMETER_##symbol = number,
#include "register/parameters.def"
#undef PARAMETER
	PARAMETER_END
};

enum parameter_when {
	PARAMETER_NEVER,
	PARAMETER_EPOCH
};

struct parameter_bounds {
	const char *name;
	const char *unit;
	uint64_t genesis;
	uint64_t lowest;
	uint64_t highest;
	enum parameter_when when;
	const char *text;
};
/* NULL: no such parameter. */
const struct parameter_bounds *parameter_bounds(unsigned parameter);

/* Do they fit each other?  Each one's bounds are another matter. */
bool parameters_fit(const uint64_t values[static PARAMETER_END]);

const char *code_id(unsigned code);
const char *code_text(unsigned code);
const char *code_remedy(unsigned code);

#define RULES_VERSION 1		/* the newest that this binary has */

struct row_key {
	uint8_t bytes[ASSAY_ROW_KEY_BYTES_MAX];
	uint8_t len;
};

/* ---- the set of changes */

#define CHANGES_MAX		48
#define CHANGES_BYTES_MAX	((size_t)192 * 1024)

struct change {
	uint8_t key[ASSAY_ROW_KEY_BYTES_MAX];
	uint8_t key_len;
	bool removed;
	size_t from;		/* of the value, in the bytes */
	size_t len;
};

struct changes {
	uint32_t count;
	size_t used;
	struct change change[CHANGES_MAX];
	uint8_t bytes[CHANGES_BYTES_MAX];
};

/* ---- memos: what would come out the same if it were worked out again.  They
 * are empty in a machine just opened, and no result depends on what they hold. */

#define PREPARED_SLOTS		10
#define CACHE_ENTRIES		1024

/* Collateral of one kind of platform, verified; the least recently used one makes room. */
struct prepared_slot {
	bool used;
	uint64_t last_used;
	uint8_t digest[32];		/* of what it was made from */
	uint8_t bytes[4 * DOCUMENT_BYTES_MAX + 3 * CHAIN_BYTES_MAX + 2 * 64];	/* that it borrows */
	struct assay_prepared prepared;
};

struct memos {
	bool has_roots;			/* roots are fixed at genesis */
	size_t roots_count;
	struct assay_root roots[ASSAY_ROOTS_MAX];
	uint8_t root_keys[ASSAY_ROOTS_MAX][512];
	bool has_policy;		/* of policy.digest */
	struct assay_policy policy;
	struct assay_cache caching;	/* over cache */
	uint64_t clock;			/* counts uses of slots */
	struct prepared_slot prepared[PREPARED_SLOTS];
	struct assay_prepared work;	/* for a single document */
	alignas(16) uint8_t cache[ASSAY_CACHE_BYTES(CACHE_ENTRIES)];
};

/* ---- a batch of answers, from its bytes to its rows: see answers.c */

#define ANSWERS_AT_ONCE	400	/* of a batch; its signatures are verified in one call */

struct answer_entry {
	uint64_t height;
	uint32_t epoch;
	uint16_t code;
	uint16_t worker;	/* its place among the batch's workers */
	uint16_t item;		/* and of its signature among the batch's */
	bool recovery;		/* it answers no draw of its own, but ends a silence */
	uint8_t state[STATE_BYTES];
};

struct answer_worker {
	uint8_t id[32];
	struct worker row;
};

struct answer_batch {
	size_t first;		/* index in the transaction of the first entry */
	size_t accepted;	/* in all */
	size_t count;
	size_t workers_count;
	size_t items_count;
	struct answer_entry entries[ANSWERS_AT_ONCE];
	struct answer_worker workers[ANSWERS_AT_ONCE];
	uint8_t heads[ANSWERS_AT_ONCE][8];	/* of their ids, close together for looking through */
	struct assay_signature_item items[ANSWERS_AT_ONCE];
	uint8_t messages[ANSWERS_AT_ONCE][ANSWER_MESSAGE_BYTES];
	/* The row that a look for one worker read besides: mostly the next answer's. */
	bool ahead;
	struct row_key ahead_from;
	struct answer_worker ahead_worker;
};

/* ---- the machine */

/* What a block's start can have to say: at most 8 acts and 8 proposals that lapse, each of few rows. */
#define LATE_BYTES_MAX	((size_t)768 * 1024)
#define ACTS_PER_BLOCK	8

struct machine {
	const struct assay_crypto *crypto;
	struct assay_rows rows;
	struct assay_entries entries;
	bool failed;			/* a port failed or a stored row is corrupt: the block is lost */
	bool in_block;
	bool in_step;

	struct meta meta;		/* written back at the end of the block */
	struct meta meta_before;	/* of the step */
	uint64_t parameters[PARAMETER_END];

	/* the block */
	uint8_t last_block_id[32];	/* of the block that was ended last */
	uint64_t own_ms;		/* the register's own clock: time_ms - halted_ms */
	uint64_t next_entry;
	uint8_t inputs[32];		/* running digest */
	bool beginning;			/* entries wait in late: transactions stand before effects in the log */
	size_t late_len;
	uint8_t late[LATE_BYTES_MAX];	/* each with its length in 16 bits before it */

	/* the step */
	struct changes changes;
	uint8_t sender[32];		/* account of the transaction */
	bool by_agent;
	uint16_t detail;		/* of the code that is about to be returned */
	bool free;			/* the rule waives the fee: an answer that was due and valid */
	struct entry_result result;

	/* effects not yet appended as an entry: see effect.c */
	uint8_t effect;
	size_t effect_len;
	uint8_t effect_bytes[ASSAY_ENTRY_BYTES_MAX];

	/* memory for rows with slices: what was read lasts until the next read into the same one */
	uint8_t row[ASSAY_ROW_BYTES_MAX];	/* row_get: until the next row_get or row_next */
	uint8_t document[ASSAY_ROW_BYTES_MAX];	/* free for the rule that runs */
	uint8_t entry[ASSAY_ENTRY_BYTES_MAX];

	struct answer_batch batch;
	struct memos memos;
};

static inline uint64_t
parameter(const struct machine *m, enum parameter_id id)
{
	return m->parameters[id];
}

/* ---- keys of rows */

/* key_start, then what the table's key lists; all big endian. */
struct row_key key_start(enum table table);
struct row_key key_u8(struct row_key key, uint8_t value);
struct row_key key_u16(struct row_key key, uint16_t value);
struct row_key key_u32(struct row_key key, uint32_t value);
struct row_key key_u64(struct row_key key, uint64_t value);
struct row_key key_bytes(struct row_key key, struct assay_bytes value);

struct row_key key_of_worker(const struct machine *m, const uint8_t id[static 32]);
struct row_key key_of_32(enum table table, const uint8_t id[static 32]);
uint16_t slot_of_worker(const struct machine *m, const uint8_t id[static 32]);
/* The primary key: without the table. */
struct assay_bytes key_primary(const struct row_key *key);
/* Numbers at the front of what is left of a key. */
uint64_t key_take(struct assay_bytes *primary, size_t bytes);

/* ---- rows.  Where a port fails they say absent, m->failed is set, and the
 * block will be lost; a rule need not look. */

/* Into the table's struct, whose slices last until the next read.  False: absent. */
bool row_get(struct machine *m, const struct row_key *key, void *row);
bool row_exists(struct machine *m, const struct row_key *key);
void row_put(struct machine *m, const struct row_key *key, const void *row);
/* The row is there. */
void row_remove(struct machine *m, const struct row_key *key);
/*
 * The first row after *key whose key begins with prefix; *key becomes its key.
 * Start with *key = prefix.  False: no more.
 */
bool row_next(struct machine *m, const struct row_key *prefix, struct row_key *key, void *row);

/* ---- steps */

void step_begin(struct machine *m);
/* Undo all of the step, meta included. */
void step_abort(struct machine *m);
/* Write the changes to the port; where effect is not EFFECT_NONE, also into an entry. */
void step_commit(struct machine *m, enum effect effect);
/* Append the entry of the effects gathered so far.  At the end of each timer. */
void effect_flush(struct machine *m);

/* ---- arithmetic on amounts: false where it would overflow, or go below 0 */

bool amount_add(uint64_t *to, uint64_t amount);
bool amount_take(uint64_t *from, uint64_t amount);
/* floor(a * b / c), in 128 bits; c is not 0; UINT64_MAX where it exceeds that. */
uint64_t mul_div(uint64_t a, uint64_t b, uint64_t c);

/* Sum of two times, and NO_TIME where that is beyond them. */
uint64_t time_add(uint64_t a, uint64_t b);

/* ---- words of numbers in VAR fields: a list of texts, each with a length byte */
bool list_next(struct assay_bytes *list, struct assay_bytes *item);
bool list_has(struct assay_bytes list, struct assay_bytes item);
bool list_is_well_formed(struct assay_bytes list, size_t item_bytes_max);

#endif
