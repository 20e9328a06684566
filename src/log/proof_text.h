/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs and requests as text: the .tlog-proof file (C2SP tlog-proof,
 * version 1) and the body of a witness's add-checkpoint (C2SP tlog-witness).
 */
#ifndef LOG_PROOF_TEXT_H
#define LOG_PROOF_TEXT_H

#include "log/note.h"

/* A receipt: this entry is at this index of the log of this checkpoint. */
struct proof_text {
	uint64_t index;
	struct proof proof;
	struct assay_bytes checkpoint;	/* the signed note; borrowed */
};

/* Extra data is allowed and passed over. */
bool proof_text_parse(struct proof_text *text, struct assay_bytes in);
/* Returns the length, or 0 where it does not fit. */
size_t proof_text_format(char *out, size_t size, const struct proof_text *text);

/*
 * Is entry in the log of that key?  Checks the checkpoint's signature and
 * origin, then the proof; *checkpoint is filled in where it is true.
 */
bool proof_text_verify(const struct proof_text *text, const struct assay_crypto *crypto,
    const struct note_key *log, struct assay_bytes entry, struct checkpoint *checkpoint);

/* The body of add-checkpoint: "old N", the consistency proof, a blank line, the checkpoint. */
size_t witness_request_format(char *out, size_t size, uint64_t old_size, const struct proof *consistency,
    struct assay_bytes checkpoint);

#endif
