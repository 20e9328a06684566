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
 *
 *	audit = audit_new(crypto, &source, &options);
 *	audit_continue(audit, checkpoint, true, &report);	as often as a longer one is there
 *	audit_cosign(audit, &witness, now_s, note, sizeof(note));
 *	audit_free(audit);
 */
#ifndef DRIVER_AUDIT_H
#define DRIVER_AUDIT_H

#include "assay_register.h"
#include "log/note.h"
#include "store/checkpoint_file.h"
#include "store/error.h"

/* What the log is read from: entries in order, from a store, from tiles, from a fork of either. */
struct audit_source {
	void *context;
	/* Entry index, borrowed until the next call; false: it cannot be had (error says why). */
	bool (*entry)(void *context, uint64_t index, struct assay_bytes *entry, struct store_error *error);
	/*
	 * The log has grown to this checkpoint, which is signed and not yet compared
	 * with any entry; NULL where the source need not know.
	 */
	bool (*grown)(void *context, const struct checkpoint *checkpoint, struct store_error *error);
};

struct audit_options {
	struct assay_bytes checkpoint;		/* of audit_run: the signed note whose size is replayed */
	const struct note_key *log;		/* whose signature it must bear */
	struct assay_bytes old_checkpoint;	/* one seen before, of which this must be a continuation; or empty */
	const uint8_t *register_id;		/* 32 bytes that genesis must have; NULL: any */
	unsigned threads;			/* that verify signatures; 0: as many as there are processors */
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
	uint8_t failing[32];		/* the first of those workers */
	uint64_t simulated;		/* roots of genesis that are no vendor's */

	/* Was anyone paid who is not? */
	uint64_t payments;
	uint64_t paid;			/* units */
	uint64_t payments_without;	/* not traced to an answer of an attested worker in that epoch: must be 0 */
	uint64_t without_index;		/* of the first of them: the entry after which it was found */
	uint64_t slashes;
	uint64_t slashed;		/* units */

	/* What did the team do? */
	uint64_t proposals;
	uint64_t acts;			/* that took effect */
	uint64_t changes_without;	/* rows that changed without an entry: a fault, so 0 or AUDIT_STATE */
};

struct audit;

/* NULL where there is no memory.  What options point to must last as long as the audit. */
struct audit *audit_new(const struct assay_crypto *crypto, const struct audit_source *source,
    const struct audit_options *options);
void audit_free(struct audit *audit);

/*
 * Replay on to this checkpoint.  True where fault is AUDIT_FINE and what must be
 * 0 is.  thoroughly: appraise the evidence of every admitted worker anew
 * besides, which takes as long as admitting them did.  A checkpoint that is not
 * the log's, or not a continuation, leaves the audit as it was, and what could
 * not be read can be tried again; after any other fault it says the same for ever.
 */
bool audit_continue(struct audit *audit, struct assay_bytes checkpoint, bool thoroughly,
    struct audit_report *report);

/*
 * The checkpoint that was replayed last, with the cosignature (cosignature/v1) of
 * a witness whose key's algorithm is NOTE_COSIGNATURE.  Its length; 0 where
 * nothing was replayed without fault, or signing failed.
 */
size_t audit_cosign(const struct audit *audit, const struct log_signer *witness, int64_t now_s, char *out,
    size_t size);

/* All of it once: new, continue thoroughly, free. */
bool audit_run(struct audit_report *report, const struct assay_crypto *crypto,
    const struct audit_source *source, const struct audit_options *options);

/* ---- sources */

/* A store; it must outlive the source.  False: no memory. */
bool audit_store_open(struct audit_source *source, struct store *store);
void audit_store_close(struct audit_source *source);

/*
 * A directory of published tiles (C2SP tlog-tiles).  Bundles are read, and the
 * hash tiles beside them compared with what the bundles hold.
 */
bool audit_tiles_open(struct audit_source *source, const char *directory, const struct assay_crypto *crypto,
    const struct disk *disk);
void audit_tiles_close(struct audit_source *source);
/* The checkpoint that lies there: its length, 0 where there is none (error says why). */
size_t audit_tiles_checkpoint(const char *directory, const struct disk *disk, char *out, size_t size,
    struct store_error *error);

#endif
