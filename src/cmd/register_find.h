/* SPDX-License-Identifier: Apache-2.0 */
/* Ids as people write them: whole, by how they begin, as a key file, by name. */
#ifndef CMD_REGISTER_FIND_H
#define CMD_REGISTER_FIND_H

#include "cmd/store_open.h"

/*
 * The row of a table whose id, at the end of its key, begins so (four digits at
 * least); programs and apps also by their name, where only one has it.  A whole
 * id is taken as it is.  0, or the exit code of an error that has been said.
 */
int find_id(struct place *place, enum table table, const char *text, const char *what, uint8_t id[static 32]);
/* There is no row of that id: 4 where rows cannot be read, else 2, said. */
int row_unknown(struct place *place, const char *what, const char *text);
/* An account: its whole id, or @FILE, its key file. */
int find_account(const char *text, const char *what, uint8_t id[static 32]);
/* A public key: hex digits of x||y (or Ed25519's 32 bytes), or @FILE, a key file. */
int find_key(const char *text, const char *what, enum key_algorithm algorithm, uint8_t key[static 64]);

/* Whose key this is: the account that now signs with it (agent: that names it its agent's).  False: nobody's. */
bool account_of_key(struct place *place, const uint8_t key[static KEY_BYTES], bool agent, uint8_t id[static 32]);

#endif
