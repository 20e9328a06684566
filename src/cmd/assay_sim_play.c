/* SPDX-License-Identifier: Apache-2.0 */
/* assay-sim play: its directory, its register, its order, its end. */
#define _POSIX_C_SOURCE 200809L
#include "cmd/assay_sim_play.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cmd/assay_sim_options.h"
#include "cmd/terminal.h"
#include "format/hex.h"

#define EXIT_WRONG 70

void
play_wrong(const char *format, ...)
{
	va_list arguments;

	(void)fflush(stdout);
	(void)fputs("bug: the play went another way than the rules have it: ", stderr);
	va_start(arguments, format);
	(void)vfprintf(stderr, format, arguments);
	va_end(arguments);
	(void)fputc('\n', stderr);
	exit(EXIT_WRONG);
}

void
play_stop(const struct store_error *error)
{
	(void)fflush(stdout);
	(void)sim_usage(error->fix[0] != '\0' ? error->fix : "look at the disk", "%s%s%s", error->what,
	    error->cause[0] != '\0' ? " " : "", error->cause);
	exit(SIM_EXIT_USAGE);
}

/* ---- the directory */

void
play_path(const struct play *p, char out[static PLAY_PATH_BYTES], const char *name)
{
	const int len = snprintf(out, PLAY_PATH_BYTES, "%s/%s", p->directory, name);

	play_must(len > 0 && len < PLAY_PATH_BYTES, "a path is too long");
}

static bool
is_empty(const char *path)
{
	DIR *const directory = opendir(path);
	bool empty = directory != NULL;
	const struct dirent *entry;

	while (empty && (entry = readdir(directory)) != NULL) {
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	}
	if (directory != NULL) {
		(void)closedir(directory);
	}
	return empty;
}

static int
directory_make(const struct play *p)
{
	char keys[PLAY_PATH_BYTES];

	if (strlen(p->directory) > PLAY_PATH_BYTES - 256) {
		return sim_usage("give a shorter one", "the path is too long");
	}
	if (mkdir(p->directory, 0777) != 0 && errno != EEXIST) {
		return sim_usage("make the directory above it first, or give another path",
		    "the directory %s cannot be made: %s", p->directory, strerror(errno));
	}
	if (!is_empty(p->directory)) {
		return sim_usage("give a directory that is empty, or not there yet",
		    "%s is no empty directory, and a play begins with nothing", p->directory);
	}
	play_path(p, keys, "keys");
	return mkdir(keys, 0700) == 0 ? 0 :
	    sim_usage("look at its permissions", "%s cannot be made: %s", keys, strerror(errno));
}

/* ---- the register */

struct driver *
play_open(struct play *p, const char *name, const char *checkpoint_name, enum store_mode mode,
    struct store_error *error)
{
	char directory[PLAY_PATH_BYTES], checkpoint[PLAY_PATH_BYTES];
	const struct driver_options options = { .directory = directory, .checkpoint_path = checkpoint,
		.signer = &p->log, .mode = mode, .accept_missing_checkpoint = strcmp(name, "fork") == 0 };

	play_path(p, directory, name);
	play_path(p, checkpoint, checkpoint_name);
	return mode == STORE_CREATE ?
	    driver_create(&options, bytes_of(p->genesis, p->genesis_len), p->crypto, error) :
	    driver_open(&options, p->time_ms, p->crypto, error);
}

void
play_take(struct play *p, struct driver *driver)
{
	const struct assay_register_head *const head = driver_head(driver);

	p->driver = driver;
	p->m = (struct machine *)(void *)driver_register(driver)->opaque;
	memcpy(p->register_id, head->register_id, sizeof(p->register_id));
	memcpy(p->block_ids[head->height], head->block_id, sizeof(p->block_ids[0]));
	p->time_ms = head->time_ms;
}

static void
open_all(struct play *p)
{
	static const char domain[] = "assay play";
	struct store_error error;
	struct driver *driver;
	uint8_t key[32] = { 0 };

	memcpy(key, domain, sizeof(domain));
	sim_hmac(p->secret, key, &(const struct sim_part){ p->seed, strlen(p->seed) }, 1);
	p->crypto = assay_crypto_openssl();
	p->color = terminal_shows_color();
	p->vendor = sim_vendor_new(p->seed, (int64_t)(PLAY_START_MS / 1000));
	sim_signer_open(&p->signer);
	play_accounts_make(p);
	play_keys_write(p);
	play_genesis_make(p);
	driver = play_open(p, "register", "keys/checkpoint", STORE_CREATE, &error);
	if (driver == NULL) {
		play_stop(&error);
	}
	play_take(p, driver);
}

static void
close_all(struct play *p)
{
	driver_close(p->driver);
	key_release(&p->log_pair);
	for (unsigned i = 0; i < PLAY_ACCOUNTS; i++) {
		sim_key_free(&p->accounts[i].key);
	}
	for (size_t i = 0; i < p->workers_count; i++) {
		sim_key_free(&p->workers[i].key);
	}
	sim_buffer_free(&p->acts);
	sim_evidence_free(&p->evidence);
	sim_signer_close(&p->signer);
	sim_vendor_free(p->vendor);
}

static void
end_tell(const struct play *p)
{
	const struct store_head *const head = store_head(driver_store(p->driver));
	char hex[65];

	hex_encode(hex, bytes_of(head->state_root.bytes, 32));
	hex[64] = '\0';
	(void)printf("\nblocks      %llu, %llu entries\nstate root  %s\n", (unsigned long long)head->height,
	    (unsigned long long)head->log_size, hex);
	hex_encode(hex, bytes_of(head->log_root.bytes, 32));
	(void)printf("log root    %s\nkept in     %s: register, keys, fork (the second history)\n", hex, p->directory);
}

int
play_run(const char *directory, const char *seed)
{
	static struct play p;
	int code;

	p.directory = directory;
	p.seed = seed;
	code = directory_make(&p);
	if (code != 0) {
		return code;
	}
	open_all(&p);
	play_genesis_tell(&p);
	play_story(&p);
	play_cheats(&p);
	const unsigned accepted = play_cheats_tell(&p);
	const bool good = play_audit(&p);

	play_worker_keys_write(&p);
	end_tell(&p);
	close_all(&p);
	if (accepted != 0 || !good) {
		(void)fflush(stdout);
		(void)fprintf(stderr, "error: %u OF THE CHEATS WENT THROUGH, AND THE AUDIT SAYS %s\n"
		    "  cause: a rule of the register does not hold in this build\n", accepted, good ? "YES" : "NO");
		return EXIT_WRONG;
	}
	return 0;
}
