/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures decided ahead of the machine: a crypto port that looks an item up
 * among those that threads have decided, and verifies what it does not find.
 *
 * What is found is the whole item, byte for byte, so that guessing wrong what the
 * machine will ask for costs time and never an answer.
 */
#ifndef DRIVER_AHEAD_H
#define DRIVER_AHEAD_H

#include "crypto/crypto.h"

struct ahead;
struct ahead_job;

/* threads: in all, this one included; 0: as many as there are processors.  NULL: no memory. */
struct ahead *ahead_new(const struct assay_crypto *crypto, unsigned threads);
void ahead_free(struct ahead *ahead);
/* The port. */
const struct assay_crypto *ahead_crypto(const struct ahead *ahead);
/* Is there anybody who works ahead? */
bool ahead_is_of_use(const struct ahead *ahead);

/* A job: items that belong together.  What there is no memory for is left out. */
struct ahead_job *ahead_job_new(void);
void ahead_job_add(struct ahead_job *job, enum assay_algorithm algorithm, struct assay_bytes key,
    struct assay_bytes message, struct assay_bytes signature);
void ahead_job_submit(struct ahead *ahead, struct ahead_job *job);
/* From now on the port looks into this job; NULL: into none. */
void ahead_job_use(struct ahead *ahead, struct ahead_job *job);
/* job may be NULL. */
void ahead_job_free(struct ahead *ahead, struct ahead_job *job);

#endif
