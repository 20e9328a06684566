/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean": words that are nearly the one that was given. */
#ifndef CMD_NEAR_H
#define CMD_NEAR_H

#include <stddef.h>

#define NEAR_MAX 5

/* The nearest words so far, best first.  Zeroed is empty. */
struct near {
	const char *prefix;	/* of every word when it is shown; NULL: none */
	const char *words[NEAR_MAX];
	unsigned distances[NEAR_MAX];
	size_t count;
};

/* Offer a word; it is kept where it is near enough to what was given. */
void near_offer(struct near *near, const char *given, const char *word);
/* "did you mean a, b or c?", or otherwise where nothing is near. */
const char *near_text(const struct near *near, char *out, size_t size, const char *otherwise);

#endif
