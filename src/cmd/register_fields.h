/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records from the command line: each field is an option, named as the field
 * is, with hyphens, and without the clock that its name ends in.
 */
#ifndef CMD_REGISTER_FIELDS_H
#define CMD_REGISTER_FIELDS_H

#include "cmd/store_open.h"

#define FIELD_OPTION_BYTES 40

/* "nonce-height"; a field `key` is --worker-key, --new-key or --new-log-key, for --key is whose key signs. */
void field_option(char out[static FIELD_OPTION_BYTES], const struct record *record, const struct field *field);

/* May it be left out?  *value is what it then is. */
bool field_is_optional(const struct record *record, const struct field *field, uint64_t *value);

/*
 * Fill a zeroed struct in from the options; fields in given need not be there
 * (they have their value already), nor do those that the rules take as empty.
 * what: "assay tx transfer", for errors.  0, or the exit code of an error that
 * has been said.  Slices are borrowed from the place's arena.
 */
int fields_read(struct place *place, const struct record *record, void *out, const char *what,
    const char *const *given);

/* One field from a word that is no option: the operand after a verb. */
int field_set(struct place *place, const struct record *record, void *out, const char *name, const char *text);

/*
 * Is every option that was given one of the record's, of the words in common
 * (NULL ends them), or of the group that all such commands have?  0, or the
 * exit code of an error that has been said.
 */
int fields_check(const struct arguments *arguments, const struct record *record, const char *what,
    const char *const *more);

/* "usage: assay tx transfer --to ID --amount NUMBER": what the record's fields ask for. */
void fields_usage(char *out, size_t size, const struct record *record, const char *what);

#endif
