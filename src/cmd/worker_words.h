/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's standing in words, and what is shown of one. */
#ifndef CMD_WORKER_WORDS_H
#define CMD_WORKER_WORDS_H

#include "cmd/store_open.h"

struct worker_view {
	const uint8_t *id;
	const struct worker *row;
	bool admitted;
	const char *standing;		/* "admitted", or the word of what keeps it out, or of its state */
	const char *text;		/* a sentence on that */
	const char *to_do;		/* what would mend it; "" where nothing has to be or can be done */
	uint64_t expires_own_ms;
	/* Of one that is shown alone; NULL in a list. */
	const struct assay_verdict *verdict;
	const struct platform *platform;
};

void worker_view(struct worker_view *view, struct machine *m, const uint8_t id[static 32], const struct worker *row);
/* Appraise its evidence as the register would now, and look its platform up. */
void worker_view_fill(struct worker_view *view, struct place *place);

void worker_put_json(struct output *out, struct place *place, const struct worker_view *view);
void worker_put_text(struct output *out, struct place *place, const struct worker_view *view);

/* ---- worker_bind.c */
int worker_bind(const struct arguments *arguments);
int worker_answer(const struct arguments *arguments);

#endif
