/* SPDX-License-Identifier: Apache-2.0 */
/* The last signed checkpoint, in a file of its own. */
#include <stdio.h>

#include "store/checkpoint_file.h"

/* ---- the file --------------------------------------------------------- */

static struct assay_bytes
note_of(const struct checkpoint_file *file)
{
	return (struct assay_bytes){ (const uint8_t *)file->note, file->note_len };
}

/* Is this note a checkpoint of this log, by this key? */
static bool
note_accept(const struct checkpoint_file *file, struct assay_bytes note, struct checkpoint *checkpoint)
{
	struct assay_bytes text, signatures;
	int64_t time_s;

	return note_split(note, &text, &signatures) && checkpoint_parse(checkpoint, text) &&
	    bytes_equal(checkpoint->origin, file->key.name) &&
	    note_verify(file->crypto, note, &file->key, &time_s) == NOTE_GOOD;
}

static bool
read_file(struct checkpoint_file *file, struct store_error *error)
{
	struct checkpoint checkpoint;

	file->present = false;
	switch (file->disk->read(file->disk->context, file->path, (uint8_t *)file->note, sizeof(file->note),
	    &file->note_len)) {
	case DISK_ABSENT:
		return true;
	case DISK_FAILED:
		return store_fail(error, STORE_DISK, NULL, "Let this user read it.",
		    "The last signed checkpoint, %s, cannot be read, and nothing is signed without it.", file->path);
	case DISK_READ:
		break;
	}
	if (!note_accept(file, note_of(file), &checkpoint)) {
		return store_fail(error, STORE_FOREIGN, "It is not a checkpoint of this log signed by this key.",
		    "Name the file that belongs to the key.",
		    "%s is not the last signed checkpoint, and nothing is signed without it.", file->path);
	}
	file->present = true;
	file->size = checkpoint.size;
	file->root = checkpoint.root;
	return true;
}

bool
checkpoint_file_open(struct checkpoint_file *file, const char *path, const struct disk *disk,
    const struct assay_crypto *crypto, const struct note_key *key, struct store_error *error)
{
	char lock[DISK_PATH_BYTES];
	bool busy;

	memset(file, 0, sizeof(*file));
	file->disk = disk == NULL ? disk_posix() : disk;
	file->crypto = crypto;
	file->lock = -1;
	file->key = *key;
	if (strlen(path) + 8 > sizeof(file->path) || key->name.len > NOTE_NAME_BYTES_MAX) {
		return store_fail(error, STORE_MISSING, "Its path or the log's name is too long.", NULL,
		    "The last signed checkpoint cannot be opened.");
	}
	snprintf(file->path, sizeof(file->path), "%s", path);
	bytes_copy(file->origin, key->name, key->name.len);
	file->key.name = bytes_of(file->origin, key->name.len);
	snprintf(lock, sizeof(lock), "%s.lock", path);
	file->lock = file->disk->lock(file->disk->context, lock, &busy);
	if (file->lock < 0) {
		return busy ? store_fail(error, STORE_BUSY, "Another process signs for this log.",
		    "Stop that process.", "The checkpoint file %s is in use.", path) :
		    store_fail(error, STORE_UNWRITABLE, NULL, "Let this user write to its directory.",
		    "The checkpoint file %s cannot be written.", path);
	}
	if (!read_file(file, error)) {
		checkpoint_file_close(file);
		return false;
	}
	return true;
}

void
checkpoint_file_close(struct checkpoint_file *file)
{
	if (file->lock >= 0) {
		file->disk->unlock(file->disk->context, file->lock);
	}
	file->lock = -1;
	file->present = false;
}

/* ---- may it be signed? ------------------------------------------------ */

enum checkpoint_standing
checkpoint_file_standing(const struct checkpoint_file *file, struct store *store, struct store_error *error)
{
	const struct store_head *head = store_head(store);
	struct hash root;

	if (!file->present && (head->log_size == 0 || file->missing_accepted)) {
		return CHECKPOINT_AGREES;
	}
	if (!file->present) {
		store_fail(error, STORE_MISSING, "The file is not there, so nothing says what was signed before.",
		    "Bring the file back; only if it is certain that nothing was signed beyond this store, accept that it "
		    "is missing.", "The store is not signed for: the last signed checkpoint %s is missing.", file->path);
		return CHECKPOINT_MISSING;
	}
	if (file->size > head->log_size) {
		store_fail(error, STORE_BEHIND, "It is an old copy, or a restored backup.",
		    "Bring it up to date from the published log.",
		    "The store is behind what was signed, and is only read: it has %llu entries, %llu were signed for.",
		    (unsigned long long)head->log_size, (unsigned long long)file->size);
		return CHECKPOINT_BEHIND;
	}
	if (!store_log_root(store, file->size, &root, error)) {
		return CHECKPOINT_REFUSED;
	}
	if (!hash_equal(&root, &file->root)) {
		store_fail(error, STORE_CONFLICT, "Its first entries are not those that were signed for.",
		    "Find out who changed which; the published log shows what was signed.",
		    "The store has another history than what was signed, and is only read: it differs within the first "
		    "%llu entries.", (unsigned long long)file->size);
		return CHECKPOINT_CONFLICTS;
	}
	return CHECKPOINT_AGREES;
}

void
checkpoint_file_accept_missing(struct checkpoint_file *file)
{
	file->missing_accepted = true;
}

/* ---- signing ---------------------------------------------------------- */

static bool
may_sign(const struct checkpoint_file *file, struct store *store, struct store_error *error)
{
	const struct store_error *damage = store_damage(store);

	if (damage != NULL) {
		*error = *damage;
		return false;
	}
	if (!store_writable(store)) {
		return store_fail(error, STORE_UNWRITABLE, "The store was opened for reading.", "Open it for writing.",
		    "Nothing is signed.");
	}
	if (file->uncertain || file->lock < 0) {
		return store_fail(error, STORE_DISK, "Writing the checkpoint file failed half-way.",
		    "Open the checkpoint file again.", "Nothing is signed.");
	}
	if (store_head(store)->log_size == 0) {
		return store_fail(error, STORE_MISSING, "The register has no genesis yet.", NULL,
		    "There is nothing to sign.");
	}
	return checkpoint_file_standing(file, store, error) == CHECKPOINT_AGREES;
}

/* The file is as we know it: nobody moved it away or put an older one in its place. */
static bool
unchanged(const struct checkpoint_file *file, struct store_error *error)
{
	uint8_t bytes[CHECKPOINT_NOTE_BYTES_MAX];
	size_t len;
	const enum disk_result result = file->disk->read(file->disk->context, file->path, bytes, sizeof(bytes), &len);

	if (file->present ? result == DISK_READ && bytes_equal(bytes_of(bytes, len), note_of(file)) :
	    result == DISK_ABSENT) {
		return true;
	}
	return store_fail(error, STORE_CONFLICT, "It was changed by somebody else.",
	    "Find out who did; then open it again.", "Nothing is signed: %s is not as it was.", file->path);
}

static bool
compose(const struct checkpoint_file *file, const struct store_head *head, const struct log_signer *signer,
    char note[static CHECKPOINT_NOTE_BYTES_MAX], size_t *len, struct store_error *error)
{
	const struct checkpoint checkpoint = { file->key.name, head->log_size, head->log_root };
	struct checkpoint again;
	uint8_t signature[64];
	size_t n = checkpoint_format(note, CHECKPOINT_NOTE_BYTES_MAX, &checkpoint);

	if (n != 0 && signer->sign(signer->context, (struct assay_bytes){ (const uint8_t *)note, n }, signature)) {
		n = note_append_signature(note, CHECKPOINT_NOTE_BYTES_MAX, n, true, file->crypto, &file->key, 0, signature);
		*len = n;
		/* A signature that we would not accept ourselves must not become the last one. */
		if (n != 0 && note_accept(file, (struct assay_bytes){ (const uint8_t *)note, n }, &again) &&
		    again.size == head->log_size && hash_equal(&again.root, &head->log_root)) {
			return true;
		}
	}
	return store_fail(error, STORE_DISK, "The key gave no signature, or not one of this log's key.", NULL,
	    "The checkpoint of %llu entries is not signed.", (unsigned long long)head->log_size);
}

bool
checkpoint_file_sign(struct checkpoint_file *file, struct store *store, const struct log_signer *signer,
    struct store_error *error)
{
	const struct store_head head = *store_head(store);
	char note[CHECKPOINT_NOTE_BYTES_MAX];
	size_t len = 0;

	if (!may_sign(file, store, error) || !unchanged(file, error)) {
		return false;
	}
	if (file->present && file->size == head.log_size) {
		return true;
	}
	if (!store_read_back(store, file->present ? file->size : 0, error) ||
	    !compose(file, &head, signer, note, &len, error)) {
		return false;
	}
	const struct assay_bytes written = { (const uint8_t *)note, len };

	/* Until it is known to be on the disk nobody is shown it. */
	file->uncertain = true;
	if (!disk_replace(file->disk, file->path, written)) {
		return store_fail(error, STORE_DISK, NULL, "Make room, and let this user write there; then open it again.",
		    "The signed checkpoint could not be written to %s, and is not given out.", file->path);
	}
	if (!read_file(file, error)) {
		return false;
	}
	if (!file->present || !bytes_equal(note_of(file), written)) {
		file->present = false;
		return store_fail(error, STORE_DISK, "The disk gives back something else than was written.", NULL,
		    "The signed checkpoint in %s is not given out.", file->path);
	}
	file->uncertain = false;
	return true;
}
