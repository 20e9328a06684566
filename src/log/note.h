/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint and
 * tlog-cosignature, all version 1): text, a blank line, signature lines.
 */
#ifndef LOG_NOTE_H
#define LOG_NOTE_H

#include "log/merkle.h"

#define NOTE_BYTES_MAX ((size_t)64 * 1024)
#define NOTE_SIGNATURES_MAX 32		/* lines looked at; C2SP asks for 16 at least */
#define NOTE_NAME_BYTES_MAX 255
#define CHECKPOINT_TEXT_BYTES_MAX 512

enum note_algorithm {
	NOTE_ED25519 = 0x01,		/* a log's own signature */
	NOTE_COSIGNATURE = 0x04		/* a witness's, with a time: cosignature/v1 */
};

/* Whose signature is wanted. */
struct note_key {
	enum note_algorithm algorithm;
	struct assay_bytes name;	/* no space, no plus, not empty */
	uint8_t key[32];		/* Ed25519 */
};

enum note_result {
	NOTE_ABSENT = 0,	/* no line of that name and key id */
	NOTE_BAD,		/* one that does not verify: the whole note is to be refused */
	NOTE_GOOD
};

/* Cut a note into its text (with the last newline) and its signature lines.
 * False where it is no note: control characters, no blank line, no signature. */
bool note_split(struct assay_bytes note, struct assay_bytes *text, struct assay_bytes *signatures);

/* Look for the key's signature.  *time_s is a cosignature's time, else 0. */
enum note_result note_verify(const struct assay_crypto *crypto, struct assay_bytes note,
    const struct note_key *key, int64_t *time_s);

/* First four bytes of SHA-256(name | 0A | algorithm | key). */
void note_key_id(const struct assay_crypto *crypto, const struct note_key *key, uint8_t id[static 4]);

/* What a cosignature signs, before the text itself: "cosignature/v1\ntime N\n". */
size_t note_cosignature_head(char out[static 64], int64_t time_s);

/*
 * Append a signature line to a note of len bytes in out (a text without
 * signatures gets its blank line first).  signature is 64 bytes; time_s is
 * written for cosignatures only.  Returns the new length, or 0 where it does
 * not fit.
 */
size_t note_append_signature(char *out, size_t size, size_t len, bool first,
    const struct assay_crypto *crypto, const struct note_key *key, int64_t time_s,
    const uint8_t signature[static 64]);

/* A log's promise of all entries below size. */
struct checkpoint {
	struct assay_bytes origin;
	uint64_t size;
	struct hash root;
};

/* The text of a checkpoint; extension lines are refused: monitors cannot audit them. */
bool checkpoint_parse(struct checkpoint *checkpoint, struct assay_bytes text);
/* Returns the length, or 0 where it does not fit. */
size_t checkpoint_format(char *out, size_t size, const struct checkpoint *checkpoint);

#endif
