/* SPDX-License-Identifier: Apache-2.0 */
/* The log of a register, as assay log works on it: a store's, or published tiles. */
#ifndef CMD_LOG_H
#define CMD_LOG_H

#include "cmd/store_open.h"
#include "driver/audit.h"
#include "keys/quorum.h"

struct log_view {
	const struct arguments *arguments;
	struct place place;		/* of a store; else its arena, style and crypto only */
	bool has_place;
	const char *tiles;		/* NULL: a store */
	struct audit_source source;
	bool has_source;
	struct note_key key;		/* whose signature checkpoints bear */
	bool key_is_told;		/* by the log itself: nobody else vouches for it */
	struct assay_bytes note;	/* the checkpoint; empty where there is none */
	struct checkpoint checkpoint;
	struct tile_reader *reader;
};

/* What a view is to have. */
enum log_need {
	LOG_NEED_ENTRIES = 1,
	LOG_NEED_CHECKPOINT = 2
};

/* 0, or the exit code of an error that has been said; log_view_close in any case. */
int log_view_open(struct log_view *view, const struct arguments *arguments, unsigned needs);
void log_view_close(struct log_view *view);

/* How many entries can be read: of the store, or under the checkpoint. */
uint64_t log_view_size(const struct log_view *view);
int log_view_entry(struct log_view *view, uint64_t index, struct assay_bytes *entry);
int log_view_inclusion(struct log_view *view, struct proof *proof, uint64_t index, uint64_t size);
int log_view_consistency(struct log_view *view, struct proof *proof, uint64_t old_size);

/* The verifier key of a log or a witness: its string, or a file that holds it, or a key file. */
int verifier_read(struct note_key *key, struct arena *arena, const char *text, enum note_algorithm algorithm);
/* The key that --log names; false: none is named. */
int log_key_option(struct note_key *key, struct arena *arena, const struct arguments *arguments, bool *given);
/* A note that the key has signed, split. */
int checkpoint_read(struct assay_bytes *note, struct checkpoint *checkpoint, struct arena *arena,
    const struct assay_crypto *crypto, const char *path, const struct note_key *key);
/* A key file of a witness, opened to cosign. */
int witness_open(struct log_key *witness, const struct arguments *arguments, const char *path);

/* To the file of --out (as a whole), or to standard output. */
int out_write(const struct arguments *arguments, struct assay_bytes bytes);

int log_checkpoint(const struct arguments *arguments);
int log_prove(const struct arguments *arguments);
int log_verify(const struct arguments *arguments);
int log_audit(const struct arguments *arguments);
int log_publish(const struct arguments *arguments);
int log_entries(const struct arguments *arguments);
int log_cosign(const struct arguments *arguments);
int log_cosignatures(const struct arguments *arguments);

/* Extra data of a proof about an entry: this, then the entry. */
#define ENTRY_PROOF_MAGIC "assay/entry/1"

#endif
