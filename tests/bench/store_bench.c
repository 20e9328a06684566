/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the durable store is with many workers in it, each line against its
 * goal: starting again, the root and the commit of a block that touches 10,000
 * rows, and what of it all stays in memory.
 *
 * usage: store-bench [--workers N]; exits 1 where a goal is missed.  One
 * million workers take some 1.5 GB in the directory for temporary files.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "store/store.h"

#define TABLES 5		/* rows of a worker, one in each table */
#define TOUCHED 10000
#define ENTRIES 8000
#define ROUNDS 15
#define STARTS 3
#define LOAD_ROWS 100000	/* a block of the loader */

/* About what a worker, its platform, account, assignment and window take. */
static const size_t row_bytes[TABLES] = { 320, 160, 96, 120, 64 };

static const struct assay_crypto *crypto;
static unsigned long workers = 1000000;
static uint64_t height;
static bool missed;

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of all threads.  On a machine with other work to do it says more than the clock on the wall. */
static double
cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
must(bool done, const struct store_error *error)
{
	if (!done) {
		fprintf(stderr, "store-bench: %s %s\n", error->what, error->cause);
		exit(2);
	}
}

static void
report(const char *what, double value, double goal, const char *unit)
{
	printf("%-44s %10.3f %-4s %5.2f of the goal, %g%s\n", what, value, unit, value / goal, goal,
	    value > goal ? "  MISSED" : "");
	missed |= value > goal;
}

static double
resident_gib(const char *member)
{
	char line[256];
	double kib = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, member, strlen(member)) == 0) {
			kib = strtod(line + strlen(member), NULL);
		}
	}
	if (f != NULL) {
		fclose(f);
	}
	return kib / 1024 / 1024;
}

/* Ids in rising order, so that loading is sequential; the rest of each is as a digest is. */
static void
row_key(uint8_t key[static 33], unsigned table, unsigned long worker)
{
	const uint64_t head = (uint64_t)worker * (UINT64_MAX / workers);

	key[0] = (uint8_t)(table + 1);
	crypto_sha256(crypto, key + 1, bytes_of(&worker, sizeof(worker)));
	for (unsigned i = 0; i < 8; i++) {
		key[1 + i] = (uint8_t)(head >> (56 - 8 * i));
	}
}

static void
put(const struct assay_rows *rows, unsigned table, unsigned long worker, unsigned salt)
{
	uint8_t key[33], value[512];

	row_key(key, table, worker);
	memset(value, (int)(worker + salt), sizeof(value));
	memcpy(value, &worker, sizeof(worker));
	memcpy(value + sizeof(worker), &salt, sizeof(salt));
	if (!rows->put(rows->context, bytes_of(key, sizeof(key)), bytes_of(value, row_bytes[table]))) {
		abort();
	}
}

static void
append(struct store *store, unsigned count)
{
	const struct assay_entries entries = store_entries(store);
	uint8_t entry[100];
	uint64_t size;
	struct hash root;

	store_log(store, &size, &root);
	for (unsigned i = 0; i < count; i++) {
		memset(entry, (int)(size + i), sizeof(entry));
		if (!entries.append(entries.context, size + i, bytes_of(entry, sizeof(entry)))) {
			abort();
		}
	}
}

static void
load(struct store *store)
{
	const struct assay_rows rows = store_rows(store);
	struct store_error error;
	unsigned long in_block = 0;

	must(store_begin_block(store, &error), &error);
	for (unsigned table = 0; table < TABLES; table++) {
		for (unsigned long w = 0; w < workers; w++) {
			put(&rows, table, w, 0);
			in_block++;
			if (in_block == LOAD_ROWS) {
				append(store, 1);
				must(store_commit_block(store, height, &error), &error);
				height++;
				in_block = 0;
				must(store_begin_block(store, &error), &error);
			}
		}
	}
	append(store, 1);
	must(store_commit_block(store, height, &error), &error);
	height++;
}

/* Of some rounds: the best is the store's own, the worst is the machine's too. */
struct best {
	double best_s;
	double worst_s;
	double cpu_s;		/* of all threads, in the best */
};

struct times {
	struct best touch;
	struct best root;
	struct best commit;
	struct best entries;
};

static void
take(struct best *best, double wall_s, double cpu)
{
	if (best->best_s == 0 || wall_s < best->best_s) {
		best->best_s = wall_s;
		best->cpu_s = cpu;
	}
	best->worst_s = wall_s > best->worst_s ? wall_s : best->worst_s;
}

static void
report_best(const char *what, const struct best *best, double goal)
{
	report(what, best->best_s, goal, "s");
	printf("%-44s %10.3f s, worst %.3f s\n", "  of the processors", best->cpu_s, best->worst_s);
}

/* A block whose rows lie anywhere; every other one is read first, as a machine does. */
static void
touch(struct store *store, unsigned round, struct times *times)
{
	const struct assay_rows rows = store_rows(store);
	struct store_error error;
	uint8_t key[33], value[512], root[32];
	size_t len;
	uint64_t random = round * UINT64_C(7919) + 1;
	const double start = now_s();
	const double start_cpu = cpu_s();

	must(store_begin_block(store, &error), &error);
	for (unsigned i = 0; i < TOUCHED; i++) {
		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		const unsigned long worker = (unsigned long)(random >> 33) % workers;
		const unsigned table = i % TABLES;

		row_key(key, table, worker);
		if (rows.get(rows.context, bytes_of(key, sizeof(key)), value, sizeof(value), &len) != ASSAY_ROWS_FOUND) {
			abort();
		}
		put(&rows, table, worker, round + 1);
	}
	const double touched = now_s();
	const double touched_cpu = cpu_s();

	if (!rows.root(rows.context, root)) {
		abort();
	}

	take(&times->root, now_s() - touched, cpu_s() - touched_cpu);

	append(store, 1);
	must(store_commit_block(store, height, &error), &error);
	height++;
	const double committed = now_s();
	const double committed_cpu = cpu_s();


	must(store_begin_block(store, &error), &error);
	append(store, ENTRIES);
	must(store_commit_block(store, height, &error), &error);
	height++;
	take(&times->touch, touched - start, touched_cpu - start_cpu);
	take(&times->commit, committed - start, committed_cpu - start_cpu);
	take(&times->entries, now_s() - committed, cpu_s() - committed_cpu);
}

static struct store *
open_store(const char *directory, enum store_mode mode)
{
	const struct store_options options = { .mode = mode };
	struct store_error error;
	struct store *store = store_open(directory, &options, crypto, &error);

	must(store != NULL, &error);
	return store;
}

int
main(int argc, char **argv)
{
	const char *parent = getenv("TMPDIR");
	char directory[4096], command[4200];
	struct times times = { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } };
	struct best again = { 0, 0, 0 };

	crypto = assay_crypto_openssl();
	if (argc == 3 && strcmp(argv[1], "--workers") == 0) {
		workers = strtoul(argv[2], NULL, 10);
	}
	if (workers == 0 || (argc != 1 && argc != 3)) {
		fprintf(stderr, "usage: store-bench [--workers N]\n");
		return 2;
	}
	snprintf(directory, sizeof(directory), "%s/store-bench-XXXXXX", parent == NULL ? "/tmp" : parent);
	if (mkdtemp(directory) == NULL) {
		fprintf(stderr, "store-bench: no directory for temporary files\n");
		return 2;
	}
	double start = now_s();
	struct store *store = open_store(directory, STORE_CREATE);

	load(store);
	store_close(store);
	const double scale = (double)workers / 1e6;

	printf("%lu workers, %lu rows, loaded in %.1f s\n", workers, workers * TABLES, now_s() - start);
	for (unsigned i = 0; i < STARTS; i++) {
		start = now_s();
		const double cpu = cpu_s();

		store = open_store(directory, STORE_WRITE);
		take(&again, now_s() - start, cpu_s() - cpu);
		if (i != STARTS - 1) {
			store_close(store);
		}
	}
	report_best("start again", &again, 10 * (scale < 1 ? 1 : scale));
	for (unsigned round = 0; round < ROUNDS; round++) {
		touch(store, round, &times);
	}
	printf("%-44s %10.3f s\n", "10,000 rows read and put", times.touch.best_s);
	report_best("state root after 10,000 touched rows", &times.root, 0.25);
	report_best("block of 10,000 touched rows", &times.commit, 1);
	report_best("block of 8,000 entries", &times.entries, 1);
	report("resident", resident_gib("VmRSS:"), 1, "GiB");
	report("resident at most", resident_gib("VmHWM:"), 1, "GiB");
	store_close(store);
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	if (system(command) != 0) {
		fprintf(stderr, "store-bench: %s is left\n", directory);
	}
	return missed ? 1 : 0;
}
