/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean": words that are nearly the one that was given. */
#include "cmd/near.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 64

static unsigned
lower(char c)
{
	return (unsigned)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Insertions, deletions, replacements between two words, case aside. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[WORD_MAX + 1];
	const size_t a_len = strlen(a);
	const size_t b_len = strlen(b);

	if (a_len > WORD_MAX || b_len > WORD_MAX) {
		return WORD_MAX;
	}
	for (size_t j = 0; j <= b_len; j++) {
		row[j] = (unsigned)j;
	}
	for (size_t i = 1; i <= a_len; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			const unsigned above = row[j];
			unsigned best = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));

			best = above + 1 < best ? above + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			row[j] = best;
			diagonal = above;
		}
	}
	return row[b_len];
}

void
near_offer(struct near *near, const char *given, const char *word)
{
	const size_t len = strlen(given);
	unsigned d = distance(given, word);

	/* A piece of a word is near as well, however long the rest. */
	if (len >= 3 && strstr(word, given) != NULL) {
		d = d < 2 ? d : 2;
	}
	/* The very word that was given was not what was wrong. */
	if (d > 1 + len / 4 || strcmp(given, word) == 0) {
		return;
	}
	size_t at = near->count;

	while (at > 0 && near->distances[at - 1] > d) {
		at--;
	}
	if (at == NEAR_MAX) {
		return;
	}
	const size_t last = near->count < NEAR_MAX ? near->count : NEAR_MAX - 1;

	for (size_t i = last; i > at; i--) {
		near->words[i] = near->words[i - 1];
		near->distances[i] = near->distances[i - 1];
	}
	near->words[at] = word;
	near->distances[at] = d;
	near->count = last + 1;
}

const char *
near_text(const struct near *near, char *out, size_t size, const char *otherwise)
{
	size_t len;

	if (near->count == 0) {
		return otherwise;
	}
	size_t count = 1;

	/* Only the nearest: what is much farther off was not meant. */
	while (count < near->count && near->distances[count] <= near->distances[0] + 1) {
		count++;
	}
	len = (size_t)snprintf(out, size, "did you mean ");
	for (size_t i = 0; i < count && len < size; i++) {
		len += (size_t)snprintf(out + len, size - len, "%s%s%s",
		    i == 0 ? "" : i + 1 == count ? " or " : ", ", near->prefix != NULL ? near->prefix : "",
		    near->words[i]);
	}
	if (len < size) {
		snprintf(out + len, size - len, "?");
	}
	return out;
}
