/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The embedded driver: blocks over a store, a signed checkpoint behind each.
 *
 * A block is durable before its checkpoint is signed, and a checkpoint on the
 * disk before anybody sees it; so a crash leaves at most a block that is not
 * signed for yet, and that is made up for at the next occasion.
 */
#include <stdio.h>
#include <stdlib.h>

#include "driver/inside.h"

#define HOUR_MS		UINT64_C(3600000)
#define TIME_MS_MAX	UINT64_C(253402300799999)	/* the last of the year 9999 */

/* ---- signing ---------------------------------------------------------- */

static bool
signer_is_named(struct driver *driver, struct store_error *error)
{
	const struct row_key key = key_start(TABLE_LOG);
	struct log log;

	if (row_get(driver_machine(driver), &key, &log) &&
	    memcmp(log.key, driver->signer->key.key, sizeof(log.key)) == 0 &&
	    bytes_equal(VAR_BYTES(log.origin), driver->signer->key.name)) {
		return true;
	}
	return store_fail(error, STORE_CONFLICT, "The register's own rows name another key or another origin.",
	    "Open it with the key that it names.", "The register cannot be signed for with this key.");
}

/* A file whose writing failed half-way says nothing before it is read again. */
static bool
file_ready(struct driver *driver, struct store_error *error)
{
	if (driver->has_file && driver->file.uncertain) {
		const bool missing_accepted = driver->file.missing_accepted;

		checkpoint_file_close(&driver->file);
		driver->has_file = checkpoint_file_open(&driver->file, driver->checkpoint_path, driver->disk,
		    driver->crypto, &driver->signer->key, error);
		driver->file.missing_accepted = missing_accepted;
		return driver->has_file;
	}
	if (!driver->has_file) {
		driver->has_file = checkpoint_file_open(&driver->file, driver->checkpoint_path, driver->disk,
		    driver->crypto, &driver->signer->key, error);
	}
	return driver->has_file;
}

static void
sign_head(struct driver *driver)
{
	struct store_error *const why = &driver->unsigned_why;

	if (driver->signer == NULL) {
		return;
	}
	memset(why, 0, sizeof(*why));
	if (!signer_is_named(driver, why) || !file_ready(driver, why) ||
	    !checkpoint_file_sign(&driver->file, driver->store, driver->signer, why)) {
		assert(why->failure != STORE_FINE);
	}
}

/* ---- opening ---------------------------------------------------------- */

static bool
machine_open(struct driver *driver, struct store_error *error)
{
	const struct assay_rows rows = store_rows(driver->store);
	const struct assay_entries entries = store_entries(driver->store);
	const struct store_error *damage = store_damage(driver->store);
	struct assay_register_head *const head = &driver->head;

	if (damage != NULL) {
		*error = *damage;
		return false;
	}
	if (store_head(driver->store)->log_size == 0) {
		return store_fail(error, STORE_MISSING, "Its making was interrupted.", "Make it again.",
		    "There is no register in %s yet.", driver->directory);
	}
	if (!assay_register_open(driver->reg, driver->crypto, &rows, &entries, head)) {
		return store_fail(error, STORE_DAMAGED, "Its rows are not those of a register, or of a later version's.",
		    NULL, "The register in %s cannot be opened.", driver->directory);
	}
	if (head->height != store_head(driver->store)->height || head->log_size != store_head(driver->store)->log_size) {
		return store_fail(error, STORE_DAMAGED, "Its rows and its head are of different blocks.", NULL,
		    "The register in %s cannot be opened.", driver->directory);
	}
	return true;
}

static struct driver *
driver_new(const struct driver_options *options, const struct assay_crypto *crypto, struct store_error *error)
{
	struct driver *driver = calloc(1, sizeof(*driver));

	memset(error, 0, sizeof(*error));
	assert((options->checkpoint_path == NULL) == (options->signer == NULL));
	if (driver != NULL) {
		driver->reg = calloc(1, sizeof(*driver->reg));
	}
	if (driver == NULL || driver->reg == NULL) {
		store_fail(error, STORE_MEMORY, NULL, NULL, "There is not enough memory to open a register.");
		driver_close(driver);
		return NULL;
	}
	driver->crypto = crypto;
	driver->disk = options->disk == NULL ? disk_posix() : options->disk;
	driver->signer = options->mode == STORE_READ ? NULL : options->signer;
	const int len = snprintf(driver->directory, sizeof(driver->directory), "%s", options->directory);
	const int path_len = snprintf(driver->checkpoint_path, sizeof(driver->checkpoint_path), "%s",
	    options->checkpoint_path == NULL ? "" : options->checkpoint_path);

	if (len < 0 || (size_t)len >= sizeof(driver->directory) || path_len < 0 ||
	    (size_t)path_len + 8 > sizeof(driver->checkpoint_path)) {
		store_fail(error, STORE_MISSING, "Its path is too long.", NULL, "The register cannot be opened.");
		driver_close(driver);
		return NULL;
	}
	return driver;
}

static bool
store_make_ready(struct driver *driver, const struct driver_options *options, struct store_error *error)
{
	struct store_options store_options = { .mode = options->mode, .vfs = options->vfs, .disk = options->disk };
	const struct store_error *why;
	struct store_error empty;

	driver->store = store_open(options->directory, &store_options, driver->crypto, error);
	if (driver->store != NULL || options->mode != STORE_CREATE || error->failure != STORE_EXISTS) {
		return driver->store != NULL;
	}
	/* A store without genesis is what an interrupted making leaves behind. */
	store_options.mode = STORE_WRITE;
	driver->store = store_open(options->directory, &store_options, driver->crypto, &empty);
	why = driver->store == NULL ? &empty : store_head(driver->store)->log_size != 0 ? error : NULL;
	if (why != NULL) {
		*error = *why;
	}
	return why == NULL;
}

/* Genesis as the first block.  A failure leaves an empty store, which may be made again. */
static bool
genesis_apply(struct driver *driver, struct assay_bytes genesis, struct store_error *error)
{
	const struct assay_rows rows = store_rows(driver->store);
	const struct assay_entries entries = store_entries(driver->store);
	struct assay_register_commit commit;
	char why[160];

	if (!store_begin_block(driver->store, error)) {
		return false;
	}
	if (!assay_register_genesis(driver->reg, driver->crypto, &rows, &entries, genesis, &commit, why)) {
		store_abort_block(driver->store);
		return store_fail(error, STORE_CONFLICT, why, NULL, "No register can be made of this genesis.");
	}
	return store_commit_block(driver->store, commit.height, error);
}

/* Looked at before anything is written: what it is to be signed with is said by genesis itself. */
static bool
genesis_names_signer(const struct driver *driver, struct assay_bytes bytes, struct store_error *error)
{
	struct genesis *genesis = calloc(1, sizeof(*genesis));
	const bool named = genesis != NULL && (!record_decode(&genesis_record, genesis, bytes) ||
	    (memcmp(genesis->log_key, driver->signer->key.key, sizeof(genesis->log_key)) == 0 &&
	    bytes_equal(VAR_BYTES(genesis->log_origin), driver->signer->key.name)));

	free(genesis);
	return named || store_fail(error, STORE_CONFLICT, "Genesis names another key or another origin.",
	    "Make genesis with the key that the log is to be signed with.", "The register is not made.");
}

static bool
create_file(struct driver *driver, struct store_error *error)
{
	driver->has_file = checkpoint_file_open(&driver->file, driver->checkpoint_path, driver->disk, driver->crypto,
	    &driver->signer->key, error);
	if (driver->has_file && driver->file.present) {
		return store_fail(error, STORE_EXISTS, "One key and one name sign one log.",
		    "Make a key, or name another file for its last checkpoint.",
		    "%s says that this key has signed for a log already.", driver->checkpoint_path);
	}
	return driver->has_file;
}

struct driver *
driver_create(const struct driver_options *options, struct assay_bytes genesis, const struct assay_crypto *crypto,
    struct store_error *error)
{
	struct driver_options creating = *options;
	struct driver *driver;

	creating.mode = STORE_CREATE;
	driver = driver_new(&creating, crypto, error);
	if (driver == NULL) {
		return NULL;
	}
	if ((driver->signer != NULL && (!genesis_names_signer(driver, genesis, error) || !create_file(driver, error))) ||
	    !store_make_ready(driver, &creating, error) || !genesis_apply(driver, genesis, error) ||
	    !machine_open(driver, error)) {
		driver_close(driver);
		return NULL;
	}
	if (driver->signer != NULL) {
		/* Nothing was signed by this key, and nothing of this register was ever elsewhere. */
		checkpoint_file_accept_missing(&driver->file);
		sign_head(driver);
	}
	return driver;
}

/* Beside a writer: the note as it lies there, if it is one. */
static bool
note_read(struct driver *driver, const struct driver_options *options, struct store_error *error)
{
	struct assay_bytes text, signatures;
	struct checkpoint checkpoint;
	int64_t time_s;
	size_t len = 0;

	switch (driver->disk->read(driver->disk->context, driver->checkpoint_path, (uint8_t *)driver->note,
	    sizeof(driver->note), &len)) {
	case DISK_ABSENT:
		return true;
	case DISK_FAILED:
		return store_fail(error, STORE_DISK, NULL, "Let this user read it.",
		    "The last signed checkpoint, %s, cannot be read.", driver->checkpoint_path);
	case DISK_READ:
		break;
	}
	const struct assay_bytes note = { (const uint8_t *)driver->note, len };

	if (!note_split(note, &text, &signatures) || !checkpoint_parse(&checkpoint, text) ||
	    note_verify(driver->crypto, note, &options->signer->key, &time_s) != NOTE_GOOD) {
		return store_fail(error, STORE_FOREIGN, "It is not a checkpoint of this log signed by this key.",
		    "Name the file that belongs to the key.", "%s is not the last signed checkpoint.",
		    driver->checkpoint_path);
	}
	driver->note_len = len;
	return true;
}

static bool
standing_allows(struct driver *driver, const struct driver_options *options, struct store_error *error)
{
	if (driver->signer == NULL) {
		return true;
	}
	if (!signer_is_named(driver, error)) {
		return false;
	}
	driver->has_file = checkpoint_file_open(&driver->file, driver->checkpoint_path, driver->disk, driver->crypto,
	    &driver->signer->key, error);
	if (!driver->has_file) {
		return false;
	}
	if (options->accept_missing_checkpoint) {
		checkpoint_file_accept_missing(&driver->file);
	}
	return checkpoint_file_standing(&driver->file, driver->store, error) == CHECKPOINT_AGREES;
}

static bool
time_allows(const struct driver *driver, const struct driver_options *options, uint64_t now_ms,
    struct store_error *error)
{
	const uint64_t last_ms = driver->head.time_ms;
	const uint64_t apart_ms = now_ms > last_ms ? now_ms - last_ms : last_ms - now_ms;

	if (now_ms > TIME_MS_MAX) {
		return store_fail(error, STORE_CONFLICT, NULL, "Set this machine's clock.",
		    "The register is not gone on with: the clock is beyond the year 9999.");
	}
	if (apart_ms <= HOUR_MS || options->accept_time) {
		return true;
	}
	return store_fail(error, STORE_CONFLICT, "A time from the future, once in the log, can never be taken back.",
	    "Set the clock; or accept the time, where the register did stand still.",
	    "The register is not gone on with: this machine's clock is %llu minutes %s its last block.",
	    (unsigned long long)(apart_ms / 60000), now_ms > last_ms ? "after" : "before");
}

struct driver *
driver_open(const struct driver_options *options, uint64_t now_ms, const struct assay_crypto *crypto,
    struct store_error *error)
{
	struct driver *driver = driver_new(options, crypto, error);
	bool opened;

	assert(options->mode != STORE_CREATE);
	if (driver == NULL) {
		return NULL;
	}
	opened = store_make_ready(driver, options, error) && machine_open(driver, error);
	if (opened && options->mode == STORE_READ) {
		opened = options->signer == NULL || note_read(driver, options, error);
	} else if (opened) {
		opened = standing_allows(driver, options, error) && time_allows(driver, options, now_ms, error) &&
		    pending_recover(driver, error);
	}
	if (!opened) {
		driver_close(driver);
		return NULL;
	}
	sign_head(driver);
	return driver;
}

void
driver_close(struct driver *driver)
{
	if (driver == NULL) {
		return;
	}
	if (driver->has_file) {
		checkpoint_file_close(&driver->file);
	}
	store_close(driver->store);
	free(driver->taken.names);
	free(driver->reg);
	free(driver);
}

const struct assay_register_head *
driver_head(const struct driver *driver)
{
	return &driver->head;
}

struct store *
driver_store(struct driver *driver)
{
	return driver->store;
}

struct assay_register *
driver_register(struct driver *driver)
{
	return driver->reg;
}

struct assay_bytes
driver_checkpoint(const struct driver *driver)
{
	if (driver->note_len != 0) {
		return (struct assay_bytes){ (const uint8_t *)driver->note, driver->note_len };
	}
	if (!driver->has_file || !driver->file.present) {
		return (struct assay_bytes){ NULL, 0 };
	}
	return (struct assay_bytes){ (const uint8_t *)driver->file.note, driver->file.note_len };
}

const struct store_error *
driver_unsigned(const struct driver *driver)
{
	return driver->unsigned_why.failure == STORE_FINE ? NULL : &driver->unsigned_why;
}

/* ---- blocks ----------------------------------------------------------- */

static bool
machine_failed(struct driver *driver, struct store_error *error)
{
	const struct store_error *failure = store_failure(driver->store);

	if (failure->failure != STORE_FINE) {
		*error = *failure;
		return false;
	}
	return store_fail(error, STORE_DISK, "A row or an entry could not be read or kept.", "Open the register again.",
	    "The block is lost; the register is as it was before it.");
}

static bool
transactions_apply(struct driver *driver, uint64_t time_ms, const struct assay_bytes *transactions, size_t count,
    struct driver_result *results, struct assay_register_commit *commit)
{
	if (!assay_register_begin(driver->reg, time_ms)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		crypto_sha256(driver->crypto, results[i].digest, transactions[i]);
		if (!assay_register_apply(driver->reg, transactions[i], &results[i].result)) {
			return false;
		}
	}
	return assay_register_end(driver->reg, commit);
}

static bool
may_cut(struct driver *driver, uint64_t now_ms, struct store_error *error)
{
	memset(error, 0, sizeof(*error));
	if (driver->broken) {
		return store_fail(error, STORE_DISK, "A block was lost.", "Open the register again.",
		    "No block can be added to the register.");
	}
	if (now_ms > TIME_MS_MAX || driver->head.time_ms >= TIME_MS_MAX) {
		return store_fail(error, STORE_CONFLICT, NULL, "Set this machine's clock.",
		    "No block can be added to the register: the clock is beyond the year 9999.");
	}
	return pending_forget(driver, error);
}

bool
driver_cut(struct driver *driver, uint64_t now_ms, const struct assay_bytes *transactions, size_t count,
    struct driver_result *results, struct assay_register_commit *commit, struct store_error *error)
{
	const uint64_t time_ms = now_ms > driver->head.time_ms ? now_ms : driver->head.time_ms + 1;

	if (!may_cut(driver, now_ms, error) || !store_begin_block(driver->store, error)) {
		return false;
	}
	if (!transactions_apply(driver, time_ms, transactions, count, results, commit)) {
		driver->broken = true;
		store_abort_block(driver->store);
		return machine_failed(driver, error);
	}
	if (!store_commit_block(driver->store, commit->height, error)) {
		driver->broken = true;
		return false;
	}
	driver->head.height = commit->height;
	driver->head.time_ms = commit->time_ms;
	driver->head.log_size = commit->log_size;
	driver->head.rules = driver_machine(driver)->meta.rules;
	memcpy(driver->head.block_id, commit->block_id, sizeof(driver->head.block_id));
	sign_head(driver);
	return true;
}
