/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a key file: what is read keeps within its limits, and what is opened is one pair. */
#include <stdlib.h>
#include <string.h>

#include "keys/key_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool true_always)
{
	if (!true_always) {
		abort();
	}
}

static bool
lies_inside(const struct key_file *file, struct assay_bytes part)
{
	const uint8_t *end = file->der + sizeof(file->der);

	return part.len == 0 || (part.data >= file->der && part.len <= (size_t)(end - part.data));
}

/* Only what costs nothing is opened: a quarter of a second an input would find nothing. */
static bool
is_cheap(const struct key_file *file)
{
	return file->derivation == KEY_NOT_ENCRYPTED || (file->derivation == KEY_PBKDF2 && file->cost.n <= 8);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct key_file file;
	struct key_pair pair = { .secret = NULL };
	struct note_key verifier;
	char line[KEY_VERIFIER_BYTES_MAX];

	if (key_file_parse(&file, bytes_of(data, size)) == KEY_GOOD) {
		demand(key_label_is_good(&file.label) && file.secret.len != 0);
		demand(lies_inside(&file, file.secret) && lies_inside(&file, file.salt) && lies_inside(&file, file.iv));
		demand(file.derivation != KEY_SCRYPT ||
		    (uint64_t)file.cost.n * file.cost.r * file.cost.p <= KEY_SCRYPT_WORK_MAX);
		demand(file.derivation != KEY_PBKDF2 || file.cost.n <= KEY_PBKDF2_ITERATIONS_MAX);
		if (is_cheap(&file) && key_file_open(&pair, &file, bytes_of_text("x")) == KEY_GOOD) {
			demand(!file.has_public || key_public_equal(&pair.public, &file.public));
		}
		key_release(&pair);
	}
	key_file_release(&file);
	if (key_verifier_parse(&verifier, bytes_of(data, size))) {
		demand(key_verifier_format(line, &verifier) == size && memcmp(line, data, size) == 0);
	}
	return 0;
}
