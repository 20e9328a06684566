/* SPDX-License-Identifier: Apache-2.0 */
/* The words of policy documents, which writing and reading share. */
#ifndef APPRAISE_POLICY_WORDS_H
#define APPRAISE_POLICY_WORDS_H

#include "assay.h"

#define TIERED_COUNT 8
#define PERMIT_WORDS_COUNT 5
#define REQUIRE_WORDS_COUNT 3

struct flag_word {
	const char *word;
	uint32_t bit;
};

/* Statuses that a policy may give a tier; all others never have one. */
extern const enum assay_tcb_status policy_tiered[TIERED_COUNT];
extern const struct flag_word policy_permit_words[PERMIT_WORDS_COUNT];
extern const struct flag_word policy_require_words[REQUIRE_WORDS_COUNT];

#endif
