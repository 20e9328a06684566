/* SPDX-License-Identifier: Apache-2.0 */
/* The value of one field from a word of the command line. */
#ifndef CMD_REGISTER_VALUE_H
#define CMD_REGISTER_VALUE_H

#include "cmd/store_open.h"

struct reading {
	struct place *place;
	const struct record *record;
	const struct field *field;
	uint8_t *out;		/* the struct; fields before this one are there */
	const char *option;	/* with its dashes, for errors */
	const char *text;
};

/* 0, or the exit code of an error that has been said. */
int value_read(const struct reading *reading);

#endif
