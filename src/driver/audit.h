/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The auditor: the whole log again through the same machine, from nothing but
 * its entries.  Every signature, every piece of evidence and collateral is
 * verified again, every state root compared, and three questions answered:
 *
 *	Are all workers genuine?  Was anyone paid who is not?  What did the team do?
 *
 * It trusts nothing that it reads: a log that contradicts itself is told from
 * one that was replayed to its end.
 */
#ifndef DRIVER_AUDIT_H
#define DRIVER_AUDIT_H

#include "assay_register.h"
#include "log/note.h"
#include "store/error.h"

/* What the log is read from: entries in order, from a store, from tiles, from a fork of either. */
struct audit_source {
	void *context;
	/* Entry index, borrowed until the next call; false: it cannot be had (error says why). */
	bool (*entry)(void *context, uint64_t index, struct assay_bytes *entry, struct store_error *error);
};

struct audit_options {
	struct assay_bytes checkpoint;		/* the signed note whose size is replayed */
	const struct note_key *log;		/* whose signature it must bear */
	struct assay_bytes old_checkpoint;	/* one seen before, of which this must be a continuation; or empty */
	const uint8_t *register_id;		/* 32 bytes that genesis must have; NULL: any */
	/* Called for each sentence of the third answer, in order; may be NULL. */
	void *context;
	void (*act)(void *context, uint64_t index, uint64_t height, uint64_t time_ms, const char *sentence);
	/* Progress, now and then; may be NULL. */
	void (*progress)(void *context, uint64_t done, uint64_t size);
};

enum audit_fault {
	AUDIT_FINE = 0,
	AUDIT_CHECKPOINT,	/* not signed by the log, or malformed */
	AUDIT_FORK,		/* not a continuation of the checkpoint seen before */
	AUDIT_ROOT,		/* the entries are not those of the checkpoint */
	AUDIT_GENESIS,		/* no genesis, or another register's */
	AUDIT_ENTRY,		/* an entry is not what the rules make at this place */
	AUDIT_STATE,		/* a state root is not that of the rows */
	AUDIT_UNREADABLE	/* an entry could not be had */
};

/* Counts, and the entries behind them where one is to be blamed. */
struct audit_report {
	enum audit_fault fault;
	uint64_t fault_index;		/* entry at which it was found */
	char fault_text[320];		/* what is wrong there, a sentence */
	uint64_t size;			/* entries replayed */
	uint64_t height;
	uint64_t time_ms;
	uint8_t register_id[32];
	uint8_t state_root[32];

	/* Are all workers genuine? */
	uint64_t workers;		/* that have not left */
	uint64_t admitted;		/* now */
	uint64_t evidences;		/* accepted, each verified again to the vendor's root */
	uint64_t evidences_refused;	/* refused, each for the same reason again */
	uint64_t evidences_failing;	/* of admitted workers, at this time: must be 0 */
	uint64_t simulated;		/* roots of genesis that are no vendor's */

	/* Was anyone paid who is not? */
	uint64_t payments;
	uint64_t paid;			/* units */
	uint64_t payments_without;	/* not traced to an answer of an attested worker in that epoch: must be 0 */
	uint64_t slashes;
	uint64_t slashed;		/* units */

	/* What did the team do? */
	uint64_t proposals;
	uint64_t acts;			/* that took effect */
	uint64_t changes_without;	/* rows that changed without an entry: a fault, so 0 or AUDIT_STATE */
};

/* True where fault is AUDIT_FINE and what must be 0 is. */
bool audit_run(struct audit_report *report, const struct assay_crypto *crypto,
    const struct audit_source *source, const struct audit_options *options);

#endif
