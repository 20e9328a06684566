/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target without a fuzzer, so that the ordinary tests replay its corpus:
 * every file as it is, cut short at many places, with one byte more, and with seeded mutations.
 *
 *	replay [-m MUTATIONS] FILE|DIRECTORY...
 *
 * The same arguments make the same inputs, in the same order.
 */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What libFuzzer itself takes by default is 1 MiB; nothing here needs more. */
#define INPUT_BYTES_MAX ((size_t)4 * 1024 * 1024)
/* Prefixes of one input; all of them where the input is shorter. */
#define PREFIXES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long mutations_each = 16;
static unsigned long inputs;
static unsigned long runs;

/* The target gets a copy of exactly its size, so that the sanitizer sees every byte past its end. */
static void
run_one(const uint8_t *data, size_t size)
{
	uint8_t *const copy = malloc(size != 0 ? size : 1);

	if (copy == NULL) {
		abort();
	}
	if (size != 0) {
		memcpy(copy, data, size);
	}
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	runs++;
}

/* xorshift64*: good enough to choose places, and the same everywhere. */
static uint64_t
random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* One to four changes: a bit, a byte, a copied run, or bytes cut out; returns the new size. */
static size_t
mutate(uint8_t *data, size_t size, uint64_t *state)
{
	uint64_t changes = 1 + random_next(state) % 4;

	for (; changes > 0 && size > 0; changes--) {
		const size_t at = (size_t)(random_next(state) % size);
		const size_t from = (size_t)(random_next(state) % size);
		const size_t longest = size - (at > from ? at : from);
		const size_t len = (size_t)(1 + random_next(state) % longest) % 64;

		switch (random_next(state) % 4) {
		case 0:
			data[at] ^= (uint8_t)(1U << (random_next(state) % 8));
			break;
		case 1:
			data[at] = (uint8_t)random_next(state);
			break;
		case 2:
			memmove(data + at, data + from, len);
			break;
		default:
			memmove(data + at, data + at + len, size - at - len);
			size -= len;
			break;
		}
	}
	return size;
}

static void
run_around(const uint8_t *data, size_t size)
{
	const size_t step = size / PREFIXES_MAX + 1;
	uint64_t state = UINT64_C(88172645463325252) ^ size;
	uint8_t *const changed = malloc(size + 1);

	if (changed == NULL) {
		abort();
	}
	run_one(data, size);
	for (size_t len = 0; len < size; len += step) {
		run_one(data, len);
	}
	if (size != 0) {
		run_one(data, size - 1);
		memcpy(changed, data, size);
	}
	changed[size] = 0;
	run_one(changed, size + 1);
	for (unsigned long i = 0; i < mutations_each && size != 0; i++) {
		memcpy(changed, data, size);
		run_one(changed, mutate(changed, size, &state));
	}
	free(changed);
	inputs++;
}

static void
run_file(const char *path)
{
	FILE *const file = fopen(path, "rb");
	uint8_t *const data = malloc(INPUT_BYTES_MAX);
	size_t size;

	if (file == NULL || data == NULL) {
		fprintf(stderr, "replay: cannot read %s: %s\n", path, strerror(errno));
		exit(2);
	}
	size = fread(data, 1, INPUT_BYTES_MAX, file);
	if (ferror(file)) {
		fprintf(stderr, "replay: cannot read %s: %s\n", path, strerror(errno));
		exit(2);
	}
	(void)fclose(file);
	run_around(data, size);
	free(data);
}

static void
run_path(const char *path)
{
	struct dirent **entries;
	struct stat about;
	int count;

	if (stat(path, &about) != 0) {
		fprintf(stderr, "replay: cannot read %s: %s\n", path, strerror(errno));
		exit(2);
	}
	if (!S_ISDIR(about.st_mode)) {
		run_file(path);
		return;
	}
	count = scandir(path, &entries, NULL, alphasort);
	if (count < 0) {
		fprintf(stderr, "replay: cannot list %s: %s\n", path, strerror(errno));
		exit(2);
	}
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			const size_t room = strlen(path) + strlen(entries[i]->d_name) + 2;
			char *const below = malloc(room);

			if (below == NULL) {
				abort();
			}
			(void)snprintf(below, room, "%s/%s", path, entries[i]->d_name);
			run_path(below);
			free(below);
		}
		free(entries[i]);
	}
	free(entries);
}

int
main(int argc, char **argv)
{
	int first = 1;

	if (argc > 2 && strcmp(argv[1], "-m") == 0) {
		mutations_each = strtoul(argv[2], NULL, 10);
		first = 3;
	}
	if (first >= argc) {
		fputs("usage: replay [-m MUTATIONS] FILE|DIRECTORY...\n", stderr);
		return 2;
	}
	run_one(NULL, 0);
	for (int i = first; i < argc; i++) {
		run_path(argv[i]);
	}
	printf("replayed %lu files as %lu inputs\n", inputs, runs);
	return 0;
}
