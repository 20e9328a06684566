/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs that send a transaction of one kind, or propose one act. */
#ifndef CMD_REGISTER_VERBS_H
#define CMD_REGISTER_VERBS_H

#include "cmd/store_open.h"

struct verb {
	const char *word;
	unsigned kind;			/* enum kind that it sends; 0: not by this */
	unsigned act;			/* enum act that it proposes; 0: not by this */
	const char *operand;		/* field that the word after it is; NULL: there is none */
	int (*run)(const struct arguments *arguments);	/* where it does neither */
	size_t operands_max;		/* of run: words after the verb */
};

/* Run the verb that the first operand names; rows end with a word that is NULL. */
int verbs_run(const struct arguments *arguments, const char *command, const struct verb *verbs);

/* As the verbs do: with the fields from options, and one from an operand (name NULL: none). */
int verb_send(const struct arguments *arguments, const char *what, enum kind kind, const char *name,
    const char *operand);
int verb_propose(const struct arguments *arguments, const char *what, enum act act, const char *name,
    const char *operand);

#endif
