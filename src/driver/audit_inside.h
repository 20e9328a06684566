/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the auditor share, and nobody else sees. */
#ifndef DRIVER_AUDIT_INSIDE_H
#define DRIVER_AUDIT_INSIDE_H

#include "base/text.h"
#include "driver/ahead.h"
#include "driver/audit.h"
#include "driver/trace.h"
#include "register/machine.h"
#include "store/memory.h"

#define AUDIT_TIME_MS_MAX	UINT64_C(253402300799999)	/* the last of the year 9999 */
#define AUDIT_BLOCK_BYTES_MAX	((size_t)256 * 1024 * 1024)
#define AUDIT_BLOCKS_AHEAD	32
#define AUDIT_BYTES_AHEAD	((size_t)4 * 1024 * 1024)

/* The entries of a block, read before it is replayed. */
struct audit_block {
	uint64_t first;			/* index of its first entry */
	uint8_t *bytes;
	size_t len;
	size_t size;
	size_t *ends;			/* of each entry in bytes */
	size_t count;
	size_t ends_size;
	struct entry_commit commit;
	struct hash id;			/* leaf hash of its commit entry */
	struct ahead_job *job;
};

#define AUDIT_IDS 16384		/* ids of the last blocks: more than any answer goes back */
struct audit_id {
	uint64_t height;
	struct hash id;
	bool known;
};

struct audit {
	const struct assay_crypto *crypto;
	struct audit_source source;
	struct audit_options options;
	struct audit_report report;
	bool dead;			/* a fault in the log: nothing makes it good */
	bool lost;			/* the machine stopped within a block */
	/* A fault that was met reading ahead: it is told when all before it has been replayed. */
	enum audit_fault late;
	uint64_t late_index;
	char late_text[320];
	bool old_seen;			/* the checkpoint seen before has been compared */
	struct memory *memory;
	struct assay_register *reg;
	struct assay_rows rows;		/* the memory's, watched */
	struct ahead *ahead;
	struct trace *trace;
	bool open;			/* genesis was replayed */
	struct frontier hashed;		/* of the entries that are under a checkpoint */
	struct frontier read;		/* of those that were read once more, to be replayed */
	uint64_t replayed;		/* entries */
	size_t note_len;
	char note[NOTE_BYTES_MAX];	/* the checkpoint that was replayed last */

	struct audit_block blocks[AUDIT_BLOCKS_AHEAD];
	size_t blocks_first;
	size_t blocks_count;
	size_t blocks_bytes;
	uint64_t read_height;		/* of the block that is read next */
	uint64_t read_time_ms;		/* of the one before it */

	struct audit_id ids[AUDIT_IDS];	/* of block h at h mod AUDIT_IDS */
	uint8_t message[ASSAY_TRANSACTION_BYTES_MAX + 64];

	struct audit_block *block;	/* that is replayed */
	size_t at;			/* the entry that the machine is to make next */
};

static inline struct machine *
audit_machine(struct audit *audit)
{
	return (struct machine *)(void *)audit->reg->opaque;
}

static inline struct assay_bytes
block_entry(const struct audit_block *block, size_t i)
{
	const size_t from = i == 0 ? 0 : block->ends[i - 1];

	return bytes_slice(bytes_of(block->bytes, block->len), from, block->ends[i] - from);
}

/* ---- audit.c: the first fault is kept; always false. */
bool audit_fail(struct audit *audit, enum audit_fault fault, uint64_t index, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- audit_block.c: blocks as they are read ahead */

/* The next block of those below size; NULL: a fault, or there is none. */
struct audit_block *audit_block_next(struct audit *audit, uint64_t size);
/* It was replayed. */
void audit_block_done(struct audit *audit);
void audit_blocks_drop(struct audit *audit);

/* ---- audit_replay.c */
bool audit_replay(struct audit *audit, uint64_t size);

/* ---- audit_text.c */

/* What an entry says, in a few words. */
void entry_describe(struct text *t, struct assay_bytes entry);
/* In what two entries of one place differ: what is said, and what the rules make. */
void entries_differ(struct text *t, struct assay_bytes said, struct assay_bytes made);
/* "name \"worker\", version 2": the fields of what was decoded. */
void record_describe(struct text *t, const struct record *record, const void *in);
void text_short_id(struct text *t, struct assay_bytes id);
/* Its zero, in a buffer that was zeros: what did not fit was not written. */
void text_end(struct text *t, char *out, size_t size);

/* The next change of an effect entry; false at its end. */
struct effect_change {
	struct assay_bytes key;
	uint8_t form[2];		/* old, new: 0 absent, 1 whole, 2 digest */
	struct assay_bytes row[2];
};
bool effect_open(struct cursor *c, struct entry_effect *effect, struct assay_bytes entry);
bool effect_next(struct cursor *c, struct effect_change *change);

/* ---- audit_act.c: the third answer, as sentences */
void audit_act_transaction(struct audit *audit, uint64_t index, const struct transaction_body *body);
void audit_act_effect(struct audit *audit, uint64_t index, struct assay_bytes entry);

#endif
