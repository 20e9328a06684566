/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The auditor's own books, kept beside the machine: which worker answered for
 * which epoch while its evidence was in date, taken from the entries; and who
 * was paid, taken from the rows as they change.  The second must be covered by
 * the first.
 *
 * It relies on the rules for what a row means, not for whether a payment was right.
 */
#ifndef DRIVER_TRACE_H
#define DRIVER_TRACE_H

#include "driver/audit.h"
#include "register/machine.h"

struct trace;

/* What one call of the machine came to. */
struct trace_sum {
	uint64_t payments;
	uint64_t paid;
	uint64_t without;
	uint64_t slashes;
	uint64_t slashed;
};

/* NULL: no memory. */
struct trace *trace_new(const struct assay_crypto *crypto);
void trace_free(struct trace *trace);
/* The same rows, and every change is seen. */
struct assay_rows trace_rows(struct trace *trace, const struct assay_rows *rows);
/* No memory for the books: the audit cannot go on. */
bool trace_failed(const struct trace *trace);

/* ---- keys of workers, known from registrations that may yet be refused */

void trace_know(struct trace *trace, const uint8_t key[static KEY_BYTES]);
/*
 * The next worker whose id begins so; *at is 0 at first.  Only with more than
 * two bytes is one that is found sure to be the one that the machine finds.
 */
const uint8_t *trace_key(const struct trace *trace, struct assay_bytes beginning, uint32_t *at,
    const uint8_t **id);

/* ---- the books.  m is the machine inside a block. */

/* Before an accepted batch of answers is applied: parts as in its entry. */
void trace_answers(struct trace *trace, struct machine *m, struct assay_bytes groups, struct assay_bytes parts);
/* After an accepted registration or renewal. */
void trace_registered(struct trace *trace, const struct machine *m, const struct register_arguments *a);
void trace_reattested(struct trace *trace, struct machine *m, const struct reattest_arguments *a);

/* A call of the machine is over: what was paid in it, and to whom.  expiring: it was a block's end. */
void trace_settle(struct trace *trace, const struct machine *m, bool expiring, struct trace_sum *sum);

#endif
