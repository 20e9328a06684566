/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions that wait for the next block: a file each, in the order of
 * their names.  Whoever adds one needs no more than the directory.
 *
 * A block takes files, becomes durable, and then the files go.  What a crash
 * leaves in between was taken by the last block there is, whose entries tell:
 * no further block is cut before the files are gone for good.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "driver/inside.h"
#include "format/hex.h"

#define NUMBER_DIGITS	16

/* ---- names ------------------------------------------------------------ */

static bool
name_parse(struct pending_name *out, const char *name)
{
	if (strlen(name) != PENDING_NAME_BYTES || name[NUMBER_DIGITS] != '-') {
		return false;
	}
	for (size_t i = 0; i < PENDING_NAME_BYTES; i++) {
		/* Lower case only, so that the order of names is that of numbers. */
		if (i != NUMBER_DIGITS && (!hex_is_digit((uint8_t)name[i]) || (name[i] >= 'A' && name[i] <= 'F'))) {
			return false;
		}
	}
	memcpy(out->name, name, PENDING_NAME_BYTES + 1);
	return hex_decode(out->digest, sizeof(out->digest), bytes_of_text(name + NUMBER_DIGITS + 1));
}

static void
name_make(struct pending_name *out, uint64_t number, const uint8_t digest[static 32])
{
	snprintf(out->name, sizeof(out->name), "%016llx-", (unsigned long long)number);
	hex_encode(out->name + NUMBER_DIGITS + 1, bytes_of(digest, 32));
	out->name[PENDING_NAME_BYTES] = '\0';
	memcpy(out->digest, digest, sizeof(out->digest));
}

static uint64_t
name_number(const struct pending_name *name)
{
	return strtoull(name->name, NULL, 16);
}

static int
name_order(const void *a, const void *b)
{
	return memcmp(a, b, PENDING_NAME_BYTES);
}

static bool
list_add(struct pending_list *list, const struct pending_name *name)
{
	if (list->count == list->size) {
		const size_t size = list->size * 2 + 64;
		struct pending_name *names = realloc(list->names, size * sizeof(*names));

		if (names == NULL) {
			return false;
		}
		list->names = names;
		list->size = size;
	}
	list->names[list->count] = *name;
	list->count++;
	return true;
}

static bool
list_unreadable(struct store_error *error, const char *path)
{
	return store_fail(error, STORE_DISK, strerror(errno), "Let this user read and write there.",
	    "What waits in %s cannot be read.", path);
}

/* All that waits; other files there are nobody's business. */
static bool
list_read(struct pending_list *list, const char *directory, struct store_error *error)
{
	char path[DISK_PATH_BYTES];
	struct pending_name name;
	bool kept = true;
	bool read = false;

	memset(list, 0, sizeof(*list));
	snprintf(path, sizeof(path), "%s/pending", directory);
	DIR *const dir = opendir(path);

	if (dir == NULL) {
		return errno == ENOENT || list_unreadable(error, path);
	}
	while (kept && !read) {
		errno = 0;
		const struct dirent *const at = readdir(dir);

		if (at == NULL && errno != 0) {
			break;
		}
		read = at == NULL;
		kept = read || !name_parse(&name, at->d_name) || list_add(list, &name);
	}
	closedir(dir);
	if (!kept || !read) {
		free(list->names);
		memset(list, 0, sizeof(*list));
		return kept ? list_unreadable(error, path) :
		    store_fail(error, STORE_MEMORY, NULL, NULL, "There is not enough memory for what waits.");
	}
	if (list->count != 0) {
		qsort(list->names, list->count, sizeof(list->names[0]), name_order);
	}
	return true;
}

static void
file_path(char path[static DISK_PATH_BYTES], const char *directory, const struct pending_name *name)
{
	snprintf(path, DISK_PATH_BYTES, "%s/pending/%s", directory, name->name);
}

/* ---- adding ----------------------------------------------------------- */

/* The form that every transaction has; the rest is the machine's to say. */
static bool
form_read(struct assay_bytes transaction, struct transaction_body *body, struct transaction_seal *seal)
{
	struct cursor c = cursor_over(transaction);

	record_read(&transaction_body_record, body, &c);
	record_read(&transaction_seal_record, seal, &c);
	return cursor_done(&c) && kind_record(body->kind) != NULL;
}

static bool
form_is_good(struct assay_bytes transaction, struct store_error *error)
{
	struct transaction_body body;
	struct transaction_seal seal;

	if (transaction.len > ASSAY_TRANSACTION_BYTES_MAX) {
		return store_fail(error, STORE_FOREIGN, code_text(CODE_SIZE), code_remedy(CODE_SIZE),
		    "The transaction is not taken.");
	}
	return form_read(transaction, &body, &seal) || store_fail(error, STORE_FOREIGN, code_text(CODE_FORM),
	    code_remedy(CODE_FORM), "The transaction is not taken.");
}

/* After the last one; *there: it waits already. */
static bool
number_next(const char *directory, const uint8_t digest[static 32], uint64_t *number, bool *there,
    struct store_error *error)
{
	struct pending_list list;

	*number = 1;
	*there = false;
	if (!list_read(&list, directory, error)) {
		return false;
	}
	for (size_t i = 0; i < list.count; i++) {
		*there = *there || memcmp(list.names[i].digest, digest, 32) == 0;
	}
	const bool full = list.count >= PENDING_COUNT_MAX;

	if (list.count != 0) {
		*number = name_number(&list.names[list.count - 1]) + 1;
	}
	free(list.names);
	return *there || (!full && *number != 0) || store_fail(error, STORE_FULL, "Too many wait already.",
	    "Cut a block, then send it again.", "The transaction is not taken.");
}

bool
pending_add(const char *directory, const struct assay_crypto *crypto, struct assay_bytes transaction,
    uint8_t digest[static 32], struct store_error *error)
{
	const struct disk *const disk = disk_posix();
	char path[DISK_PATH_BYTES];
	struct pending_name name;
	uint64_t number;
	bool there;

	memset(error, 0, sizeof(*error));
	crypto_sha256(crypto, digest, transaction);
	if (strlen(directory) + PENDING_NAME_BYTES + 32 > sizeof(path)) {
		return store_fail(error, STORE_MISSING, "Its path is too long.", NULL, "The transaction is not taken.");
	}
	if (!form_is_good(transaction, error)) {
		return false;
	}
	snprintf(path, sizeof(path), "%s/%s", directory, STORE_NAME);
	if (!disk->exists(disk->context, path)) {
		return store_fail(error, STORE_MISSING, NULL, "Name the directory of a register.",
		    "There is no register in %s.", directory);
	}
	if (!number_next(directory, digest, &number, &there, error)) {
		return false;
	}
	if (there) {
		return true;
	}
	name_make(&name, number, digest);
	snprintf(path, sizeof(path), "%s/pending", directory);
	if (!disk->exists(disk->context, path) &&
	    (!disk->make_directory(disk->context, path) || !disk->sync_directory(disk->context, directory))) {
		return store_fail(error, STORE_UNWRITABLE, NULL, "Let this user write to the directory.",
		    "The transaction is not taken: %s cannot be made.", path);
	}
	file_path(path, directory, &name);
	return disk_replace(disk, path, transaction) || store_fail(error, STORE_UNWRITABLE, NULL,
	    "Let this user write there, and make room.", "The transaction is not taken: %s cannot be written.", path);
}

/* ---- removing --------------------------------------------------------- */

bool
pending_forget(struct driver *driver, struct store_error *error)
{
	const struct disk *const disk = disk_posix();
	char path[DISK_PATH_BYTES];

	if (driver->taken.count == 0) {
		return true;
	}
	for (size_t i = 0; i < driver->taken.count; i++) {
		file_path(path, driver->directory, &driver->taken.names[i]);
		if (!disk->remove(disk->context, path) && disk->exists(disk->context, path)) {
			return store_fail(error, STORE_UNWRITABLE, "Its transaction is in the last block already.",
			    "Let this user write there.", "%s cannot be removed, and no block is cut before.", path);
		}
	}
	/* A name that came back after the next block would be taken for new. */
	snprintf(path, sizeof(path), "%s/pending", driver->directory);
	if (!disk->sync_directory(disk->context, path)) {
		return list_unreadable(error, path);
	}
	free(driver->taken.names);
	memset(&driver->taken, 0, sizeof(driver->taken));
	return true;
}

struct recovery {
	struct driver *driver;
	struct pending_list waiting;
	bool no_memory;
};

/* The digest of what an entry is of; false: of no transaction. */
static bool
entry_digest(const struct assay_crypto *crypto, struct assay_bytes entry, uint8_t digest[static 32])
{
	struct cursor c = cursor_over(entry);
	const uint8_t type = cursor_u8(&c);
	struct entry_result result;
	struct entry_refused refused;

	if (type == ENTRY_TRANSACTION) {
		record_read(&entry_result_record, &result, &c);
		crypto_sha256(crypto, digest, cursor_rest(&c));
		return !c.bad;
	}
	if (type == ENTRY_REFUSED) {
		record_read(&entry_refused_record, &refused, &c);
		memcpy(digest, refused.digest, sizeof(refused.digest));
		return cursor_done(&c);
	}
	return false;
}

static bool
recover_entry(void *context, uint64_t index, struct assay_bytes entry)
{
	struct recovery *const r = context;
	uint8_t digest[32];

	(void)index;
	if (!entry_digest(r->driver->crypto, entry, digest)) {
		return true;
	}
	for (size_t i = 0; i < r->waiting.count; i++) {
		if (memcmp(r->waiting.names[i].digest, digest, sizeof(digest)) == 0) {
			r->no_memory = r->no_memory || !list_add(&r->driver->taken, &r->waiting.names[i]);
		}
	}
	return !r->no_memory;
}

bool
pending_recover(struct driver *driver, struct store_error *error)
{
	struct recovery r = { .driver = driver };
	bool done;

	if (!list_read(&r.waiting, driver->directory, error)) {
		return false;
	}
	done = r.waiting.count == 0 || store_each_entry(driver->store, driver_machine(driver)->meta.first_entry,
	    driver->head.log_size, &r, recover_entry, error);
	free(r.waiting.names);
	if (r.no_memory) {
		return store_fail(error, STORE_MEMORY, NULL, NULL, "There is not enough memory for what waits.");
	}
	return done && pending_forget(driver, error);
}

/* ---- taking ----------------------------------------------------------- */

/* Files of what waits, one after another, and who they are. */
struct taking {
	struct pending_list list;
	size_t count;			/* of the list, taken */
	uint8_t *bytes;
	struct assay_bytes *transactions;
	struct driver_result *results;
};

static void
taking_free(struct taking *t)
{
	free(t->list.names);
	free(t->bytes);
	free(t->transactions);
	free(t->results);
}

/* One file into out; false where it is not what its name says. */
static bool
transaction_read(const struct assay_crypto *crypto, const char *directory, const struct pending_name *name,
    uint8_t *out, size_t *len, struct store_error *error)
{
	const struct disk *const disk = disk_posix();
	char path[DISK_PATH_BYTES];
	uint8_t digest[32] = { 0 };

	file_path(path, directory, name);
	if (disk->read(disk->context, path, out, ASSAY_TRANSACTION_BYTES_MAX, len) == DISK_READ) {
		crypto_sha256(crypto, digest, bytes_of(out, *len));
	}
	return memcmp(digest, name->digest, sizeof(digest)) == 0 || store_fail(error, STORE_DAMAGED,
	    "It cannot be read, or does not hash to its name.", "Look at it, and remove it.",
	    "What waits cannot be taken: %s is not what was put there.", path);
}

static bool
taking_fill(struct driver *driver, struct taking *t, struct store_error *error)
{
	size_t used = 0;

	if (!list_read(&t->list, driver->directory, error)) {
		return false;
	}
	t->bytes = malloc(PENDING_BLOCK_BYTES_MAX);
	t->transactions = calloc(t->list.count + 1, sizeof(t->transactions[0]));
	t->results = calloc(t->list.count + 1, sizeof(t->results[0]));
	if (t->bytes == NULL || t->transactions == NULL || t->results == NULL) {
		return store_fail(error, STORE_MEMORY, NULL, NULL, "There is not enough memory for what waits.");
	}
	while (t->count < t->list.count && used <= PENDING_BLOCK_BYTES_MAX - ASSAY_TRANSACTION_BYTES_MAX) {
		size_t len = 0;

		if (!transaction_read(driver->crypto, driver->directory, &t->list.names[t->count], t->bytes + used, &len,
		    error)) {
			return false;
		}
		t->transactions[t->count] = bytes_of(t->bytes + used, len);
		t->count++;
		used += len;
	}
	return true;
}

static bool
taking_cut(struct driver *driver, struct taking *t, uint64_t now_ms, struct assay_register_commit *commit,
    struct store_error *error)
{
	/* Before anything is listed: what the last block took is not to be taken again. */
	if (!pending_forget(driver, error) || !taking_fill(driver, t, error) ||
	    !driver_cut(driver, now_ms, t->transactions, t->count, t->results, commit, error)) {
		return false;
	}
	driver->taken = t->list;
	driver->taken.count = t->count;
	memset(&t->list, 0, sizeof(t->list));
	return true;
}

bool
driver_cut_pending(struct driver *driver, uint64_t now_ms, void *context,
    void (*each)(void *context, const struct driver_result *result), struct assay_register_commit *commit,
    struct store_error *error)
{
	struct taking t = { .count = 0 };
	struct store_error removing;
	bool cut;

	memset(error, 0, sizeof(*error));
	cut = taking_cut(driver, &t, now_ms, commit, error);
	for (size_t i = 0; cut && each != NULL && i < t.count; i++) {
		each(context, &t.results[i]);
	}
	if (cut) {
		/* Where this fails it is tried again before the next block. */
		(void)pending_forget(driver, &removing);
	}
	taking_free(&t);
	return cut;
}

/* ---- nonces ----------------------------------------------------------- */

static bool
is_agents(const struct driver *driver, const struct transaction_body *body, const struct transaction_seal *seal,
    const struct account *account)
{
	const struct assay_bytes key = ARRAY_BYTES(seal->key);
	uint8_t id[32];

	account_id_of_key(driver->crypto, id, seal->key);
	return memcmp(id, body->sender, sizeof(id)) != 0 && !bytes_equal(VAR_BYTES(account->key), key) &&
	    !bytes_equal(VAR_BYTES(account->key_next), key);
}

bool
pending_next_nonce(struct driver *driver, const uint8_t account[static 32], bool agent, uint64_t *nonce,
    struct store_error *error)
{
	const struct row_key key = key_of_32(TABLE_ACCOUNT, account);
	struct pending_list list;
	struct account row;
	uint8_t *const bytes = malloc(ASSAY_TRANSACTION_BYTES_MAX);
	bool read;

	memset(error, 0, sizeof(*error));
	if (bytes == NULL) {
		return store_fail(error, STORE_MEMORY, NULL, NULL, "There is not enough memory for what waits.");
	}
	read = list_read(&list, driver->directory, error);
	(void)row_get(driver_machine(driver), &key, &row);
	*nonce = (agent ? row.agent_nonce : row.nonce) + 1;
	for (size_t i = 0; read && i < list.count; i++) {
		struct transaction_body body;
		struct transaction_seal seal;
		size_t len = 0;

		read = transaction_read(driver->crypto, driver->directory, &list.names[i], bytes, &len, error);
		if (read && form_read(bytes_of(bytes, len), &body, &seal) &&
		    memcmp(body.sender, account, sizeof(body.sender)) == 0 && body.nonce == *nonce &&
		    is_agents(driver, &body, &seal, &row) == agent) {
			(*nonce)++;
		}
	}
	free(list.names);
	free(bytes);
	return read;
}
