/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trying transactions: the same machine over the same rows, in a block that
 * is never kept.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/register_send.h"
#include "crypto/crypto.h"
#include "store/overlay.h"

/* Rows of the block on top, the root as it is: no block is ended here. */
struct trial {
	struct overlay overlay;
	struct assay_rows top;
	struct assay_rows below;
	struct assay_register *reg;
};

static enum assay_rows_result
trial_get(void *context, struct assay_bytes key, uint8_t *out, size_t size, size_t *len)
{
	const struct trial *const t = context;

	return t->top.get(t->top.context, key, out, size, len);
}

static bool
trial_put(void *context, struct assay_bytes key, struct assay_bytes value)
{
	const struct trial *const t = context;

	return t->top.put(t->top.context, key, value);
}

static bool
trial_remove(void *context, struct assay_bytes key)
{
	const struct trial *const t = context;

	return t->top.remove(t->top.context, key);
}

static enum assay_rows_result
trial_next(void *context, struct assay_bytes after, uint8_t *key, size_t *key_len, uint8_t *out, size_t size,
    size_t *len)
{
	const struct trial *const t = context;

	return t->top.next(t->top.context, after, key, key_len, out, size, len);
}

static bool
trial_root(void *context, uint8_t root[static 32])
{
	const struct trial *const t = context;

	return t->below.root(t->below.context, root);
}

static bool
trial_append(void *context, uint64_t index, struct assay_bytes entry)
{
	(void)context;
	(void)index;
	(void)entry;
	return true;
}

static bool
trial_begin(struct trial *t, struct place *place, uint64_t now_ms)
{
	const struct assay_rows rows = { t, trial_get, trial_put, trial_remove, trial_next, trial_root };
	const struct assay_entries entries = { t, trial_append };
	struct assay_register_head head;

	t->below = store_rows(driver_store(place->driver));
	overlay_init(&t->overlay, place->crypto, &t->below, NULL);
	overlay_begin(&t->overlay);
	t->top = overlay_rows(&t->overlay);
	t->reg = malloc(sizeof(*t->reg));
	return t->reg != NULL && assay_register_open(t->reg, place->crypto, &rows, &entries, &head) &&
	    assay_register_begin(t->reg, now_ms > head.time_ms ? now_ms : head.time_ms + 1);
}

/* ---- what waits goes first -------------------------------------------- */

static int
is_transaction(const struct dirent *entry)
{
	return strlen(entry->d_name) == 16 + 1 + 64 && entry->d_name[16] == '-';
}

static bool
trial_apply_waiting(struct trial *t, struct place *place)
{
	char path[DISK_PATH_BYTES];
	struct assay_register_result result;
	struct dirent **names = NULL;
	struct assay_bytes bytes;
	bool good = true;
	bool cut;

	snprintf(path, sizeof(path), "%s/pending", place->directory);
	const int count = scandir(path, &names, is_transaction, alphasort);

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/pending/%s", place->directory, names[i]->d_name);
		/* One that a block has taken meanwhile is gone, and no error. */
		if (good && file_read_regular(&bytes, &cut, &place->arena, path, ASSAY_TRANSACTION_BYTES_MAX + 1) == NULL) {
			good = assay_register_apply(t->reg, bytes, &result);
		}
		free(names[i]);
	}
	free(names);
	return good;
}

int
dry_run(struct place *place, const struct assay_bytes *transactions, size_t count, struct driver_result *results)
{
	struct trial *const t = arena_get(&place->arena, sizeof(*t));
	uint64_t now_ms;
	int code = time_of_block(&now_ms, place->arguments, driver_head(place->driver)->time_ms);
	bool good;

	if (code != 0) {
		return code;
	}
	good = trial_begin(t, place, now_ms) && trial_apply_waiting(t, place);
	for (size_t i = 0; good && i < count; i++) {
		crypto_sha256(place->crypto, results[i].digest, transactions[i]);
		good = assay_register_apply(t->reg, transactions[i], &results[i].result);
	}
	overlay_drop(&t->overlay);
	free(t->reg);
	return good ? 0 : fail(EXIT_CANNOT_TELL, "a row of it could not be read, or there is no memory",
	    "look whether the disk is well", "the register in %s could not be tried", place->directory);
}
