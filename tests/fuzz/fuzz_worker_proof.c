/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs about workers.  Nobody has signed with the key of the question, so no
 * input is one; the rows behind the signature are reached by going in at the
 * extra data as well.
 */
#include <stdlib.h>

#include "register/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Rows as they stand behind the commit entry: read, and taken. */
static void
rows(struct assay_bytes in)
{
	static struct proof_shown shown;
	static uint8_t value[PROOF_ROW_BYTES_MAX];
	static uint8_t again[2 * PROOF_ROW_BYTES_MAX];
	struct cursor c = cursor_over(in);
	struct proof_tops tops;
	struct state_proof proof;
	struct hash key = { { 0 } };

	memset(&shown, 0, sizeof(shown));
	proof_tops_start(&tops, assay_crypto_openssl());
	cursor_copy(&c, shown.subject, sizeof(shown.subject));
	while (!c.bad && c.left != 0) {
		const bool present = (cursor_u8(&c) & 1) != 0;
		const struct assay_bytes name = cursor_take(&c, cursor_u8(&c));
		const struct assay_bytes coded = cursor_take(&c, present ? cursor_u16be(&c) : 0);
		struct cursor packed = cursor_over(coded);
		const size_t len = unpack(&packed, value, sizeof(value));
		const struct assay_bytes bytes = bytes_of(value, len);
		struct proof_sink sink = { again, sizeof(again), 0 };

		/* There is one packed form of each value. */
		sink_packed(&sink, bytes);
		if (!packed.bad && !bytes_equal(coded, bytes_of(again, sink.len))) {
			abort();
		}
		proof_path_read(&c, &tops, &proof, &key, present);
		(void)state_verify_absence(&proof, assay_crypto_openssl(), STATE_DEPTH, &key, &key);
		(void)proof_shown_take(&shown, name, present ? &bytes : NULL);
	}
	if (shown.has_worker) {
		(void)proof_shown_standing(&shown);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct assay_register_proof_question question = { .log_name = { (const uint8_t *)"log", 3 },
		.log_key = { 1 } };
	struct assay_register_proof_result result;

	if (assay_register_proof_verify(&result, assay_crypto_openssl(), bytes_of(data, size), &question) ||
	    result.fault == ASSAY_PROOF_FINE || result.standing != ASSAY_STANDING_UNKNOWN) {
		abort();
	}
	rows(bytes_of(data, size));
	return 0;
}
