/* SPDX-License-Identifier: Apache-2.0 */
/* What trace.c and trace_pay.c share, and nobody else sees. */
#ifndef DRIVER_TRACE_INSIDE_H
#define DRIVER_TRACE_INSIDE_H

#include "driver/trace.h"
#include "store/sorted.h"

#define TRACE_EPOCHS	768	/* that answers are remembered for: longer than any share waits to be fetched */

/* A worker as the books have it; its row's part follows the row. */
struct traced {
	uint8_t id[32];
	uint8_t key[KEY_BYTES];
	uint32_t next;			/* in its chain, and one; 0: none */
	bool accepted;			/* a registration of it was accepted */
	bool live;			/* it has a row */
	uint8_t state;
	uint8_t tier;
	uint64_t attested_own_ms;	/* from the entries */
	uint64_t valid_until_s;
	uint32_t owed_epoch[2];
	uint64_t owed_weight[2];
	uint32_t newest;		/* epoch in kept */
	uint64_t kept[TRACE_EPOCHS / 64];
};

struct traced_epoch {
	uint64_t weight, budget, paid;
	uint64_t paid_before;		/* the call that runs */
	bool closed, touched;
};

/* A weight that a row no longer owes, or owes newly. */
struct due {
	uint32_t worker;		/* its place, and one */
	uint32_t epoch;
	uint64_t weight;
	uint8_t predecessor[32];	/* of a gain */
};

/* What was set aside for a slot of an app, and was settled. */
struct settled {
	uint8_t app[32];
	uint8_t worker[32];
	uint32_t epoch;
	uint64_t amount;
};

/* What an app had, escrow and set aside, before and after. */
struct flow {
	uint8_t app[32];
	bool closed;
	uint64_t before, after;		/* sums of what changed, on either side */
};

struct trace {
	const struct assay_crypto *crypto;
	struct assay_rows below;
	bool failed;
	uint32_t heads[65536];
	struct traced *workers;
	size_t count, size;
	struct traced_epoch *epochs;	/* by number */
	size_t epochs_size;
	struct sorted slots;		/* assignment rows: key without table */
	struct sorted apps;		/* app rows, likewise */

	/* of the call that runs */
	struct due *dues;
	size_t dues_count, dues_size;
	struct due *gains;
	size_t gains_count, gains_size;
	struct settled *settled;
	size_t settled_count, settled_size;
	struct flow *flows;
	size_t flows_count, flows_size;
	uint32_t epoch_first, epoch_last;	/* that were touched; first > last: none */
	uint64_t slashes, slashed;
	uint8_t value[ASSAY_ROW_BYTES_MAX];
};

struct traced *traced_find(const struct trace *trace, const uint8_t id[static 32]);
/* The books' worker of a row, which comes to be where it is not. */
struct traced *traced_of_row(struct trace *trace, const uint8_t id[static 32], const struct worker *row);
bool traced_kept(const struct traced *worker, uint32_t epoch);

#endif
