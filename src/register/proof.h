/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs about one worker: assay/worker-proof/1.
 *
 * A file is a tlog-proof (C2SP) of the commit entry that ends a checkpoint.
 * Its extra data is
 *
 *	"assay/worker-proof/1"
 *	worker's id (32)
 *	commit entry: length (u16), bytes
 *	count (u8) of rows, in the order of SHA-256(key); of each
 *		present (u8: 1) or absent (0)
 *		key: length (u8), bytes
 *		present: length (u16) of the packed value, packed value
 *		form (u8) of the place in its bucket: 1 present; absent: 0 empty bucket,
 *		    2 behind the last, 4 before the first, 6 between two
 *		index and size (u16 each) unless the bucket is empty: of the row, or of the
 *		    neighbour that comes first
 *		of each neighbour: its leaf's key and value (32 each); its hashes
 *		siblings in the tree on top, from the bucket upward, as far as they are not
 *		    those of the row before: a mask (u16) of those that are not of empty
 *		    subtrees, and these
 *
 * A packed value has each run of zeros as a zero and its length (1 to 255).
 * There is one encoding of each proof: whoever changes a byte breaks it.
 */
#ifndef REGISTER_PROOF_H
#define REGISTER_PROOF_H

#include "assay_register.h"
#include "log/note.h"
#include "log/state_tree.h"
#include "register/machine.h"

#define PROOF_ROWS_MAX		48
#define PROOF_ROW_BYTES_MAX	4096
#define PROOF_EXTRA_BYTES_MAX	((size_t)40 * 1024)
#define PROOF_COMMIT_BYTES_MAX	256
#define PROOF_BUCKET_MAX	UINT16_MAX

extern const char proof_magic[20];

/* ---- proof_path.c: places in the tree of rows */

/* Siblings on top that rows share with the one before. */
struct proof_tops {
	struct hash empty[STATE_DEPTH];	/* roots of empty subtrees, from one bucket upward */
	struct hash last[STATE_DEPTH];
	uint32_t bucket;
	bool any;
};
void proof_tops_start(struct proof_tops *tops, const struct assay_crypto *crypto);

struct proof_sink;
/* The place that a proof shows, as it stands in a file; false where it cannot. */
bool proof_path_write(struct proof_sink *sink, struct proof_tops *tops, const struct state_proof *proof,
    const struct hash *key);
/* Filled in but for the leaf of a row that is present; the cursor is bad where it is not of that form. */
void proof_path_read(struct cursor *c, struct proof_tops *tops, struct state_proof *proof, const struct hash *key,
    bool present);

/* Bytes that are gathered. */
struct proof_sink {
	uint8_t *out;
	size_t size;
	size_t len;	/* as if there were room */
};
void sink_put(struct proof_sink *sink, struct assay_bytes bytes);
void sink_number(struct proof_sink *sink, uint64_t value, unsigned bytes);
void sink_packed(struct proof_sink *sink, struct assay_bytes value);
/* The length; 0, and the cursor bad, where it is not packed, or longer than size. */
size_t unpack(struct cursor *packed, uint8_t *out, size_t size);

/* ---- proof_standing.c: what rows say of a worker */

#define PROOF_DENIES_MAX 40

/* A key of the deny list, without the table. */
struct proof_deny {
	uint8_t key[ASSAY_ROW_KEY_BYTES_MAX];
	size_t key_len;
	uint64_t until_own_ms;
};

struct proof_shown {
	uint8_t subject[32];
	bool has_worker;
	bool worker_is_absent;
	uint16_t slot;
	struct worker worker;
	bool has_meta;
	struct meta meta;
	bool has_sweep;
	struct sweep sweep;
	bool has_program;
	uint8_t program_id[32];
	struct program program;
	bool has_signer;
	uint8_t signer_id[32];
	struct signer signer;
	bool has_parameter[PARAMETER_END];
	uint64_t parameters[PARAMETER_END];
	size_t denies_count;
	struct proof_deny denies[PROOF_DENIES_MAX];	/* that are there */
	size_t absences_count;
	struct proof_deny absences[PROOF_DENIES_MAX];	/* that are not */
};

/* A row that is there (value) or is not (NULL); false where it says nothing about the subject. */
bool proof_shown_take(struct proof_shown *shown, struct assay_bytes key, const struct assay_bytes *value);
/* Do they fit together and the block, and is none superfluous? */
bool proof_shown_fits(const struct proof_shown *shown, const struct assay_crypto *crypto,
    const struct entry_commit *commit);
/* NULL where the worker is admitted; else a clause. */
const char *proof_shown_standing(const struct proof_shown *shown);
/* Has the worker's row followed all that the council and parameters did? */
bool proof_shown_followed(const struct proof_shown *shown);
uint64_t proof_shown_expires_own_ms(const struct proof_shown *shown);

/* ---- proof_compose.c */

struct proof_request {
	uint8_t worker[32];
	bool whole;			/* also what the worker's row has followed: program, signer, deny list, floor */
	struct assay_rows rows;
	void *context;
	bool (*prove)(void *context, struct state_proof *proof, struct assay_bytes key);
	struct assay_bytes commit;	/* the entry that the checkpoint ends with */
	struct proof inclusion;		/* of it */
	struct assay_bytes checkpoint;	/* the signed note */
};
/*
 * The file's length; 0 where a row cannot be read or proved, or it does not
 * fit.  It is made for workers that are not admitted, or not there, as well:
 * then it shows that.
 */
size_t proof_compose(char *out, size_t size, const struct proof_request *request,
    const struct assay_crypto *crypto);

#endif
