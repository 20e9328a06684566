/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything but the evidence: whom to trust, by which policy, as of when,
 * with which collateral, against which reference values.
 */
#ifndef CMD_ASSAYER_H
#define CMD_ASSAYER_H

#include "cmd/input.h"
#include "cmd/options.h"
#include "cmd/pick.h"
#include "cmd/roots.h"
#include "render/render.h"

#define REFERENCES_MAX 64

struct assayer {
	struct arena arena;
	struct roots roots;
	struct assay_reference references[REFERENCES_MAX];
	struct assay_cache cache;
	struct assay_verifier verifier;
	struct assay_policy policy;
	int64_t at_s;
	struct shelf shelf;
	struct assay_bytes ias_signature;
	struct assay_bytes ias_certificates;
	struct assay_collateral prepared_for;	/* what the_prepared was made of */
	bool is_prepared;
};

/* From the options that the command has.  0, or the exit code of an error that has been said. */
int assayer_start(struct assayer *assayer, const struct arguments *arguments);
void assayer_release(struct assayer *assayer);

/* What the library is given of an input. */
struct assay_evidence assayer_evidence(const struct assayer *assayer, const struct input *input);

/* Appraise with collateral chosen from the shelf; pick says which. */
void assayer_appraise(struct assayer *assayer, struct assay_verdict *verdict, struct pick *pick,
    const struct input *input);

/* The exit code of a verdict by itself. */
int verdict_exit(const struct assay_verdict *verdict, enum assay_tier at_least);
/* What several inputs exit with, one after the other: the first of 3, 4, 1, 0 that occurred. */
int worse_exit(int a, int b);

/* Load a policy by preset name or file. */
int policy_load(struct assay_policy *policy, struct arena *arena, const char *name);
/* Seconds since 1970 of a TIME as people write it. */
int time_parse(int64_t *seconds, const char *text);
/* How to write text to standard output. */
int style_parse(struct render_style *style, const struct arguments *arguments);

#endif
