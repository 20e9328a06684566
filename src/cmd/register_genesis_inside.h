/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a description of a genesis: what its two halves share. */
#ifndef CMD_REGISTER_GENESIS_INSIDE_H
#define CMD_REGISTER_GENESIS_INSIDE_H

#include "cmd/store_open.h"
#include "format/json.h"

#define LIST_BYTES_MAX	20000
#define PATH_BYTES	192

struct genesis_list {
	uint8_t data[LIST_BYTES_MAX];
	size_t len;
};

struct description {
	struct place *place;
	const char *file;
	char member[PATH_BYTES];	/* that is read */
	struct genesis genesis;
	uint64_t parameters[PARAMETER_END];
	struct genesis_list encoded_parameters, roots, accounts, signers, programs;
	char *policy;
	int code;			/* of the first error */
};

/* Say what is wrong with the member that is read; the first one is said, and kept in code. */
int genesis_refuse(struct description *d, const char *cause, const char *fix);
/* Go into a member, or where name is empty into an element; the length before, for genesis_leave. */
size_t genesis_enter(struct description *d, struct assay_bytes name, size_t index);
void genesis_leave(struct description *d, size_t len);
/* A member that there is not; words: those that there are, NULL ends them. */
void genesis_unknown(struct description *d, struct json *j, struct assay_bytes name, const char *const *words);

/* A string's meaning, zero-terminated; NULL after an error. */
const char *genesis_string(struct description *d, struct json *j);
uint64_t genesis_number(struct description *d, struct json *j, uint64_t most);
/* A value as the command line has it: lists are joined by commas. */
const char *genesis_value_text(struct description *d, struct json *j);
bool genesis_object(struct description *d, struct json *j, struct json_object *o);
bool genesis_array(struct description *d, struct json *j, struct json_array *a);
/* Files stand beside the description. */
const char *genesis_beside(struct description *d, const char *name);
void genesis_account(struct description *d, struct json *j, uint8_t id[static 32]);

void genesis_put(struct description *d, struct genesis_list *list, const void *data, size_t len);
void genesis_put_number(struct description *d, struct genesis_list *list, uint64_t value, unsigned bytes);
/* One field of a record, and a list of the records of an act's arguments. */
void genesis_field(struct description *d, struct json *j, const struct record *record, const struct field *field,
    void *out);
void genesis_records(struct description *d, struct json *j, enum act act, struct genesis_list *list);

#endif
