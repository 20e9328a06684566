/* SPDX-License-Identifier: Apache-2.0 */
/* From a record to a transaction that is signed, sent, tried or shown. */
#ifndef CMD_REGISTER_SEND_H
#define CMD_REGISTER_SEND_H

#include "cmd/store_open.h"

struct sending {
	enum kind kind;
	const void *arguments;		/* the kind's struct */
};

/* Open the register that --store names as the options ask: to add blocks where --now is given. */
int place_open_to_send(struct place *place, const struct arguments *arguments);

/*
 * Compose each with the next nonces, sign, and do what the options say: write
 * it unsigned (--unsigned), try it (--dry-run), let it wait, or let it wait and
 * cut a block (--now).  What became of it is written to standard output.
 * Returns the exit code; 5 where the register refused one.
 */
int send_all(struct place *place, const struct sending *list, size_t count);
int send_one(struct place *place, enum kind kind, const void *arguments);

/* Transactions that are whole: to pending/, or tried, as above. */
int send_signed(struct place *place, const struct assay_bytes *transactions, size_t count);

/* ---- register_show.c: a transaction in words */

struct shown {
	const char *state;		/* "waits", "in-block", "tried", "unsigned", "signed", "decoded" */
	struct transaction_body body;
	size_t bytes;
	bool has_digest;
	uint8_t digest[32];
	const uint8_t *key;		/* that signed, or NULL */
	const struct assay_register_result *result;	/* NULL: none yet */
	uint64_t height;		/* of the result's block */
};
/* False: it is no transaction. */
bool shown_of(struct shown *shown, const struct assay_crypto *crypto, struct assay_bytes transaction, const char *state);
void shown_put(struct output *out, const struct shown *shown, const struct render_style *style, uint64_t halted_ms);

/* ---- register_dry.c */

/*
 * What the register would say to them in its next block, after those that
 * wait: nothing is kept.  The time is that of a block cut now.
 */
int dry_run(struct place *place, const struct assay_bytes *transactions, size_t count,
    struct driver_result *results);

#endif
