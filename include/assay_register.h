/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay_register.h - the register of workers, as a deterministic machine
 *
 *	assay_register_genesis(register, genesis);
 *	for each block:
 *		assay_register_begin(register, time_ms);
 *		for each transaction in it:
 *			assay_register_apply(register, transaction, &result);
 *		assay_register_end(register, &commit);
 *
 * Rows come and go through one port, log entries leave through another; there
 * is no clock, no file, no memory of its own.  The same blocks give the same
 * rows, the same entries and the same results on every machine.  Both drivers
 * (one process with a signed log; an engine that replicates) and every auditor
 * run this one machine.
 *
 * The conventions of assay.h hold here too.  Besides:
 *
 *   Port       Where a port fails, the call returns false and the block is
 *              lost: throw away what was put since assay_register_begin, and
 *              open the register again.  A failing port never changes a result.
 *   Time       Block time is uint64_t, milliseconds since 1970-01-01T00:00:00Z;
 *              names end in _ms.  Heights are uint64_t; genesis is height 0.
 *   Amounts    uint64_t of the smallest unit.
 */
#ifndef ASSAY_REGISTER_H
#define ASSAY_REGISTER_H

#include "assay.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Limits
 */
#define ASSAY_TRANSACTION_BYTES_MAX	((size_t)60000)	/* body and signature */
#define ASSAY_ENTRY_BYTES_MAX		((size_t)65535)	/* of the log (C2SP tlog-tiles) */
#define ASSAY_GENESIS_BYTES_MAX		((size_t)60000)
#define ASSAY_ROW_KEY_BYTES_MAX		((size_t)80)	/* table and primary key */
#define ASSAY_ROW_BYTES_MAX		((size_t)60000)	/* evidence and collateral are the longest */

/* ------------------------------------------------------------------------
 * The rows port
 */

enum assay_rows_result {
	ASSAY_ROWS_FAILED = 0,
	ASSAY_ROWS_ABSENT,
	ASSAY_ROWS_FOUND
};

/*
 * All rows of the register: key to value, keys in the order of their bytes (a
 * key comes before the longer ones that it begins).  The first byte of a key
 * is its table.  Every change is seen by the calls after it.
 */
struct assay_rows {
	void *context;
	/* Copy the value out.  FAILED also where it is longer than size. */
	enum assay_rows_result (*get)(void *context, struct assay_bytes key, uint8_t *out, size_t size,
	    size_t *len);
	/* Insert or replace. */
	bool (*put)(void *context, struct assay_bytes key, struct assay_bytes value);
	/* The row must be there. */
	bool (*remove)(void *context, struct assay_bytes key);
	/*
	 * The first row whose key is greater than after, which need not exist:
	 * its key to key[ASSAY_ROW_KEY_BYTES_MAX], its value as get does.
	 */
	enum assay_rows_result (*next)(void *context, struct assay_bytes after, uint8_t *key,
	    size_t *key_len, uint8_t *out, size_t size, size_t *len);
	/*
	 * The root of the state tree over all rows as they are now: 65,536
	 * buckets by the first 16 bits of SHA-256(key), each an RFC 6962 tree
	 * over its rows in the order of SHA-256(key).
	 */
	bool (*root)(void *context, uint8_t root[ASSAY_AT_LEAST(32)]);
};

/*
 * The entries of the log, in order.  The port copies what it keeps.  The index
 * counts from 0, which is genesis.
 */
struct assay_entries {
	void *context;
	bool (*append)(void *context, uint64_t index, struct assay_bytes entry);
};

/* ------------------------------------------------------------------------
 * The machine
 */

/*
 * Where the machine works: 8 MiB that the caller owns and may share between
 * registers one after another.  It holds no state that is not in the rows.
 */
#define ASSAY_REGISTER_BYTES	((size_t)8 * 1024 * 1024)
struct assay_register {
	alignas(16) uint8_t opaque[ASSAY_REGISTER_BYTES];
};

/* What became of a transaction. */
struct assay_register_result {
	uint16_t code;		/* 0: accepted; see assay_register_code_id */
	uint16_t detail;	/* what the code says; of evidence that is refused: enum assay_check and one */
	bool charged;		/* form, signature, nonce and height were good: nonce and fee were taken */
	uint64_t fee;
	uint64_t index;		/* of its entry in the log */
};

/* What a block came to. */
struct assay_register_commit {
	uint64_t height;
	uint64_t time_ms;
	uint8_t block_id[32];	/* leaf hash of the commit entry */
	uint8_t state_root[32];
	uint64_t first_entry;
	uint64_t log_size;	/* entries up to and with the commit entry */
};

/* Where a register stands. */
struct assay_register_head {
	uint8_t register_id[32];
	uint64_t height;
	uint64_t time_ms;
	uint8_t block_id[32];
	uint64_t log_size;
	uint32_t rules;
};

/*
 * Make a register from its canonical genesis: its first rows and entries 0 (the genesis) and 1
 * (the commit of height 0).  The rows must be empty.  False where the genesis is not canonical
 * or says what the rules forbid, and why in error; or where a port failed.
 */
bool assay_register_genesis(struct assay_register *reg, const struct assay_crypto *crypto,
    const struct assay_rows *rows, const struct assay_entries *entries, struct assay_bytes genesis,
    struct assay_register_commit *commit, char error[ASSAY_AT_LEAST(160)]);

/* Open a register that stands in the rows, between two blocks.  False: none, or a port failed. */
bool assay_register_open(struct assay_register *reg, const struct assay_crypto *crypto,
    const struct assay_rows *rows, const struct assay_entries *entries, struct assay_register_head *head);

/* A block begins: its height is one more; its time must be later than the last one's, which is asserted. */
bool assay_register_begin(struct assay_register *reg, uint64_t time_ms);

/* One transaction of the block.  Any bytes at all may stand here; *result says what became of them. */
bool assay_register_apply(struct assay_register *reg, struct assay_bytes transaction,
    struct assay_register_result *result);

/* As the log has a transaction of bad form: for replay, which has no more than its digest and code. */
bool assay_register_apply_refused(struct assay_register *reg, const uint8_t digest[ASSAY_AT_LEAST(32)],
    uint16_t code);

/* Timers run, the commit entry is appended.  What the ports hold now is to be made durable as one. */
bool assay_register_end(struct assay_register *reg, struct assay_register_commit *commit);

/* ------------------------------------------------------------------------
 * Proofs about one worker, for who has nothing but the log's key
 *
 * A file (assay/worker-proof/1, see doc/register.md) holds the log's signed
 * checkpoint, the commit entry that ends it, and the rows that standing rests
 * on with their way to the state root in that entry.  It is a C2SP tlog-proof
 * of the commit entry; the rest stands in its extra data.
 *
 * What it proves is that the log says so.  That the rules were followed is for
 * auditors to prove, so ask for their cosignatures on the checkpoint.
 */
#define ASSAY_WORKER_PROOF_BYTES_MAX	((size_t)64 * 1024)

enum assay_register_proof_fault {
	ASSAY_PROOF_FINE = 0,
	ASSAY_PROOF_FORM,		/* it is no such file */
	ASSAY_PROOF_CHECKPOINT,		/* the log of that key has not signed it */
	ASSAY_PROOF_INCLUSION,		/* the commit entry is not the last one of that log */
	ASSAY_PROOF_COMMIT,		/* the entry is no commit entry, or one of another place */
	ASSAY_PROOF_ROW,		/* a row is not as said under the state root of the commit entry */
	ASSAY_PROOF_ROWS,		/* rows are missing, superfluous or do not fit together */
	ASSAY_PROOF_WORKER		/* it is about another worker */
};

enum assay_register_standing {
	ASSAY_STANDING_UNKNOWN = 0,	/* there is a fault */
	ASSAY_STANDING_ABSENT,		/* there is no such worker */
	ASSAY_STANDING_OUT,		/* there is, and it is not admitted, or not shown to be: why */
	ASSAY_STANDING_ADMITTED
};

/* What is asked. */
struct assay_register_proof_question {
	struct assay_bytes log_name;	/* its origin */
	uint8_t log_key[32];		/* Ed25519 */
	const uint8_t *worker;		/* 32 bytes; NULL: whomever it is about */
	uint8_t tier_max;		/* 1 to 5; 0: any tier */
};

struct assay_register_proof_result {
	enum assay_register_proof_fault fault;
	enum assay_register_standing standing;
	const char *why;		/* of a fault and of ASSAY_STANDING_OUT: a clause; else "" */
	uint8_t worker[32];

	/* as of */
	uint64_t log_size;
	uint64_t height;
	uint64_t time_ms;
	uint8_t register_id[32];	/* zero: the proof does not show it */
	uint8_t state_root[32];

	/* the worker, where it is there */
	uint8_t state;			/* 2: online */
	uint8_t tee;			/* enum assay_tee */
	uint8_t tier;			/* 0: none */
	uint8_t tier_next;		/* 0: none known */
	uint8_t key[64];
	uint8_t agreement_key[32];	/* X25519: secrets are sealed to it */
	uint8_t operator_id[32];
	uint8_t program[32];
	uint8_t platform[32];
	uint8_t evidence[32];
	char endpoint[132];
	uint64_t stake;
	uint64_t attested_ms;		/* block time */
	uint64_t expires_ms;		/* its evidence, as far as now is known */

	/* how it is shown */
	uint32_t rows;			/* present */
	uint32_t absences;
	bool followed;			/* the worker's row has followed all that the council did */
};

/*
 * True where the worker that was asked about is admitted at that tier or a better one; *result says
 * what else is so.  Nothing is borrowed from the file.
 */
bool assay_register_proof_verify(struct assay_register_proof_result *result, const struct assay_crypto *crypto,
    struct assay_bytes file, const struct assay_register_proof_question *question);

/* ------------------------------------------------------------------------
 * For people.  Never NULL; "?" for what there is not.
 */
const char *assay_register_code_id(uint16_t code);	/* "worker.unknown" */
const char *assay_register_code_text(uint16_t code);
const char *assay_register_code_remedy(uint16_t code);	/* "" where there is none */

#ifdef __cplusplus
}
#endif
#endif
