/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A register's directory as the commands use it: opened for reading or for
 * adding blocks, looked up in, and written about.
 */
#ifndef CMD_STORE_OPEN_H
#define CMD_STORE_OPEN_H

#include "cmd/key_open.h"
#include "cmd/memory.h"
#include "cmd/options.h"
#include "driver/driver.h"
#include "register/rules.h"
#include "render/record.h"
#include "render/render.h"

/* Whoever signs for a log: its key file, and where its last checkpoint lies. */
struct log_key {
	struct key_file file;
	struct key_pair pair;
	struct log_signer signer;
	bool signs;			/* a key was given */
};

struct place {
	const struct arguments *arguments;
	const char *directory;
	struct driver *driver;
	struct machine *m;
	const struct assay_crypto *crypto;
	struct log_key log;
	struct arena arena;
	struct render_style style;
	bool json;
	bool writable;
};

/* The option that names the log's key: "key", or "log-key" where the key is another one. */
int log_key_open(struct log_key *log, const struct arguments *arguments, const char *option);
void log_key_release(struct log_key *log);

/*
 * Open the register that --store names.  log_option: the option that names the
 * log's key where blocks are to be added, NULL to read.  0, or the exit code of
 * an error that has been said; place_close in any case.
 */
int place_open(struct place *place, const struct arguments *arguments, const char *log_option);
void place_close(struct place *place);

/* Say what a store, or the driver, could not do. */
int store_say(const struct store_error *error);
/* A row or an entry could not be read: 0 where all could. */
int place_check(const struct place *place);

/* Now, or what --at says: a time, or +DURATION after the last block (given as last_ms). */
int time_of_block(uint64_t *now_ms, const struct arguments *arguments, uint64_t last_ms);
/* "90s", "5 min", "2h", "7d", "250ms", or milliseconds. */
bool duration_parse(uint64_t *duration_ms, const char *text);
/* Digits of a decimal number, at most highest. */
bool number_parse(uint64_t *number, const char *text, uint64_t highest);

/* ---- writing to standard output, piece by piece */

#define OUTPUT_BYTES ((size_t)1024 * 1024)
struct output {
	struct writer w;
	bool json;
	bool list;
	size_t count;
};
void output_start(struct output *out, bool json, bool list);
/* Around each object; in text nothing is written. */
void output_object(struct output *out, const char *schema);
void output_object_end(struct output *out);
void output_end(struct output *out);

/* Members. */
void json_text_member(struct writer *w, const char *name, const char *text);
void json_hex_member(struct writer *w, const char *name, struct assay_bytes bytes);
void json_number_member(struct writer *w, const char *name, uint64_t value);
void json_flag_member(struct writer *w, const char *name, bool value);
/* Milliseconds since 1970 as text; null for 0 and for what has no end. */
void json_time_member(struct writer *w, const char *name, uint64_t time_ms);

/* "name        " of a line of text. */
void put_label(struct writer *w, const char *label);
/* The beginning of an id, for people. */
void put_id(struct writer *w, const uint8_t id[static 32]);

/* The register's own clock as block time, as far as now is known. */
uint64_t time_of_own(const struct machine *m, uint64_t own_ms);

#endif
