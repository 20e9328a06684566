/* SPDX-License-Identifier: Apache-2.0 */
/* The log's texts: notes, checkpoints, receipts, paths of tiles, bundles. */
#include <stdlib.h>

#include "log/proof_text.h"
#include "log/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct proof_text receipt;
	const struct assay_bytes in = { data, size };
	const struct note_key key = { NOTE_ED25519, { (const uint8_t *)"log", 3 }, { 1 } };
	const struct note_key witness = { NOTE_COSIGNATURE, { (const uint8_t *)"log", 3 }, { 1 } };
	struct checkpoint checkpoint;
	struct assay_bytes rest = in;
	struct assay_bytes entry;
	struct tile tile;
	int64_t time_s;
	bool bad;

	/* Nobody has signed with a key that has no owner. */
	if (note_verify(assay_crypto_openssl(), in, &key, &time_s) == NOTE_GOOD ||
	    note_verify(assay_crypto_openssl(), in, &witness, &time_s) == NOTE_GOOD) {
		abort();
	}
	if (checkpoint_parse(&checkpoint, in)) {
		char out[CHECKPOINT_TEXT_BYTES_MAX];
		const size_t len = checkpoint_format(out, sizeof(out), &checkpoint);

		if (len != size || memcmp(out, data, len) != 0) {
			abort();
		}
	}
	if (proof_text_parse(&receipt, in) &&
	    proof_text_verify(&receipt, assay_crypto_openssl(), &key, in, &checkpoint)) {
		abort();
	}
	(void)tile_parse_path(&tile, in);
	while (bundle_next(&rest, &entry, &bad)) {
		if (entry.len > size) {
			abort();
		}
	}
	return 0;
}
