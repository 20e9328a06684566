/* SPDX-License-Identifier: Apache-2.0 */
/* What challenge.c, answers.c, epoch.c and reward.c have to say to each other. */
#ifndef REGISTER_CHALLENGE_H
#define REGISTER_CHALLENGE_H

#include "register/rules.h"

/* ---- challenge.c */

/* May this worker answer what block drew at that height?  Its window is looked at too. */
enum code draw_check(const struct machine *m, const uint8_t id[static 32], const struct worker *worker,
    uint64_t height, const struct block *block, bool reattest);
bool block_get(struct machine *m, uint64_t height, struct block *block);

/* ---- answers.c */

/* A draw of that height and epoch is answered. */
void draw_answered(struct machine *m, const uint8_t id[static 32], struct worker *worker, uint64_t height,
    uint32_t epoch);

/* ---- epoch.c */

/* All epochs are of one length, and the first one is number 1, from block 1 on. */
uint32_t epoch_of_height(const struct machine *m, uint64_t height);
bool epoch_get(struct machine *m, uint32_t number, struct epoch *epoch);
void epoch_put(struct machine *m, uint32_t number, const struct epoch *epoch);
/* A new epoch where its time has come; at a block's start. */
void epoch_turn(struct machine *m);
/* Close the next one once all that it asked is judged. */
void epoch_close(struct machine *m);
/* Was any epoch void that a silence from that height until now went through? */
bool epoch_void_since(struct machine *m, uint64_t height);

/* ---- reward.c */

/* The windows of 24 epochs: bring them up to an epoch; note a challenge there. */
void window_advance(struct worker *worker, uint32_t epoch);
void window_note(struct worker *worker, uint32_t epoch, bool kept);
/* Epochs of the window that had a miss. */
unsigned window_misses(const struct worker *worker);
/* Count the answer in its epoch, and its weight where it earns one. */
void weight_add(struct machine *m, const uint8_t id[static 32], struct worker *worker, uint32_t number);
/* What an epoch still holds goes back to the treasury. */
void reward_expire(struct machine *m, uint32_t number);

/* ---- stake.c */

/* A void epoch's slashes are to be given back, from now on. */
void void_begin(struct sweep *sweep, uint32_t number);

#endif
