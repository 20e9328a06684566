/* SPDX-License-Identifier: Apache-2.0 */
/* assay-sim: a simulated vendor of TEEs, for development and tests. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cmd/assay_sim_options.h"
#include "cmd/assay_sim_play.h"
#include "cmd/assay_sim_write.h"
#include "sim/buffer.h"

#define SEED_BYTES_MAX 1024
#define FLEET_MAX 1000
#define AT_MIN_S INT64_C(315532800)	/* 1980-01-01T00:00:00Z */
#define AT_MAX_S INT64_C(221845391999)	/* 8999-12-31T23:59:59Z */

static int
make_directory(const char *path)
{
	if (mkdir(path, 0777) != 0 && errno != EEXIST) {
		return sim_usage("make the directory above it first, or give another path", "the directory %s cannot be made: %s",
		    path, strerror(errno));
	}
	return 0;
}

/* The seed of a vendor's directory: the first line of its file. */
static int
read_seed(char seed[static SEED_BYTES_MAX], const char *directory)
{
	struct sim_buffer path = { 0 };

	sim_put_text(&path, directory);
	sim_put(&path, "/seed", sizeof("/seed"));

	FILE *file = fopen((const char *)path.data, "r");
	const bool good = file != NULL && fgets(seed, SEED_BYTES_MAX, file) != NULL;

	sim_buffer_free(&path);
	if (file != NULL) {
		(void)fclose(file);
	}
	if (!good) {
		return sim_usage("make one with `assay-sim init --seed TEXT --vendor DIR`", "%s is not a vendor's directory",
		    directory);
	}
	seed[strcspn(seed, "\n")] = '\0';
	return 0;
}

static int
read_time(int64_t *now_s, const struct sim_arguments *arguments)
{
	const char *text = arguments->values[OPTION_AT];

	*now_s = (int64_t)time(NULL);
	/* Certificates begin a year before and end six years after: all dates keep four digits. */
	if (text != NULL && (!sim_parse_date(now_s, text) || *now_s < AT_MIN_S || *now_s > AT_MAX_S)) {
		return sim_usage("write it as 2026-11-25T03:28:19Z, in a year from 1980 to 8999", "--at: %s is no time", text);
	}
	return 0;
}

static int
open_vendor(struct sim_vendor **vendor, const struct sim_arguments *arguments)
{
	const char *directory = arguments->values[OPTION_VENDOR];
	const char *seed = arguments->values[OPTION_SEED];
	char from_file[SEED_BYTES_MAX];
	int64_t now_s;

	if ((directory == NULL) == (seed == NULL)) {
		return sim_usage("give --vendor DIR or --seed TEXT", "%s",
		    seed == NULL ? "no vendor was named" : "a vendor's directory has its own seed");
	}
	if (read_time(&now_s, arguments) != 0 || (directory != NULL && read_seed(from_file, directory) != 0)) {
		return SIM_EXIT_USAGE;
	}
	*vendor = sim_vendor_new(directory != NULL ? from_file : seed, now_s);
	if (directory != NULL) {
		sim_vendor_set_directory(*vendor, directory);
	}
	return 0;
}

static int
run_init(const struct sim_arguments *arguments)
{
	const char *directory = arguments->values[OPTION_VENDOR];
	const char *seed = arguments->values[OPTION_SEED];
	struct sim_buffer text = { 0 };
	int64_t now_s;

	if (directory == NULL || seed == NULL) {
		return sim_usage("assay-sim init --seed TEXT --vendor DIR", "a vendor needs a seed and a directory");
	}
	if (strlen(seed) >= SEED_BYTES_MAX - 1 || strchr(seed, '\n') != NULL) {
		return sim_usage("use at most 1000 characters, in one line", "--seed cannot be kept in a file");
	}
	if (read_time(&now_s, arguments) != 0 || make_directory(directory) != 0) {
		return SIM_EXIT_USAGE;
	}

	struct sim_vendor *vendor = sim_vendor_new(seed, now_s);

	sim_vendor_set_directory(vendor, directory);
	sim_put_text(&text, seed);
	sim_put_byte(&text, '\n');

	static const char readme[] = "A simulated vendor, made by `assay-sim init`: nothing here is secret, and roots.pem "
	    "is to be trusted by nobody but tests.\n";
	const char *roots = sim_vendor_roots_pem(vendor);
	int code = sim_write_file(directory, "/seed", text.data, text.len);

	code = code == 0 ? sim_write_file(directory, "/roots.pem", roots, strlen(roots)) : code;
	code = code == 0 ? sim_write_file(directory, "/README", readme, sizeof(readme) - 1) : code;
	if (code == 0) {
		(void)printf("%s/roots.pem\n", directory);
	}
	sim_buffer_free(&text);
	sim_vendor_free(vendor);
	return code;
}

static int
run_quote(const struct sim_arguments *arguments)
{
	const char *prefix = arguments->values[OPTION_OUT];
	struct sim_options options;
	struct sim_option_bytes bytes;
	struct sim_evidence out = { 0 };
	struct sim_vendor *vendor = NULL;

	if (prefix == NULL) {
		return sim_usage("give --out PREFIX", "it is not known where the files are to go");
	}
	/* The list of arguments has one a line, and what begins with a dash is an option. */
	if (strchr(prefix, '\n') != NULL || prefix[0] == '-') {
		return sim_usage("give another path, such as one that begins with ./",
		    "--out begins with a dash or has a line break in it");
	}
	if (sim_options_from_arguments(&options, &bytes, arguments) != 0 || open_vendor(&vendor, arguments) != 0) {
		return SIM_EXIT_USAGE;
	}

	const int code = sim_evidence_make(vendor, &options, &out) ? sim_write_evidence(&out, prefix) :
	    sim_usage("`assay-sim quote --help` says what goes together", "this evidence cannot be made: %s", out.error);

	sim_evidence_free(&out);
	sim_vendor_free(vendor);
	return code;
}

static int
write_fleet(struct sim_vendor *vendor, const char *directory, uint32_t count)
{
	struct sim_evidence out = { 0 };
	struct sim_buffer expected = { 0 };
	struct sim_buffer prefix = { 0 };
	const char *roots = sim_vendor_roots_pem(vendor);
	int code = sim_write_file(directory, "/roots.pem", roots, strlen(roots));

	for (uint32_t i = 0; i < count && code == 0; i++) {
		struct sim_fleet_worker worker;

		sim_fleet_worker(&worker, i);
		sim_buffer_clear(&prefix);
		sim_put_text(&prefix, directory);
		sim_put_byte(&prefix, '/');
		sim_put(&prefix, worker.name, strlen(worker.name) + 1);
		if (!sim_evidence_make(vendor, &worker.options, &out)) {
			/* The table of the fleet is at fault, not the caller. */
			(void)fprintf(stderr, "bug: %s cannot be made: %s\n", worker.name, out.error);
			exit(70);
		}
		code = sim_write_evidence(&out, (const char *)prefix.data);
		sim_put_text(&expected, worker.name);
		sim_put_byte(&expected, '\t');
		sim_put_decimal(&expected, worker.tier);
		sim_put_byte(&expected, '\n');
	}
	code = code == 0 ? sim_write_file(directory, "/expected", expected.data, expected.len) : code;
	sim_evidence_free(&out);
	sim_buffer_free(&expected);
	sim_buffer_free(&prefix);
	return code;
}

static int
run_fleet(const struct sim_arguments *arguments)
{
	const char *directory = arguments->values[OPTION_OUT];
	uint32_t count = SIM_FLEET_DEFAULT;
	struct sim_vendor *vendor = NULL;

	if (directory == NULL || strchr(directory, '\n') != NULL || directory[0] == '-') {
		return sim_usage("give --out DIR, a path without line breaks that does not begin with a dash",
		    "it is not known where the files are to go");
	}
	if (arguments->values[OPTION_COUNT] != NULL &&
	    sim_number_parse(&count, arguments->values[OPTION_COUNT], "count") != 0) {
		return SIM_EXIT_USAGE;
	}
	if (count < SIM_FLEET_MIN || count > FLEET_MAX) {
		return sim_usage("give --count 7 to 1000", "a fleet of %u does not show all that can happen, or is too large",
		    (unsigned)count);
	}
	if (open_vendor(&vendor, arguments) != 0) {
		return SIM_EXIT_USAGE;
	}

	const int code = make_directory(directory) != 0 ? SIM_EXIT_USAGE : write_fleet(vendor, directory, count);

	sim_vendor_free(vendor);
	return code;
}

static int
run_breaks(void)
{
	static const char *const tees[] = { [SIM_SGX] = "sgx", [SIM_TDX] = "tdx", [SIM_IAS] = "ias", [SIM_EPID] = "epid" };

	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const enum assay_check check = (enum assay_check)i;
		char fits[32] = "";

		for (unsigned tee = SIM_SGX; tee <= SIM_EPID; tee++) {
			if (sim_break_fits(check, (enum sim_tee)tee)) {
				(void)strncat(fits, fits[0] != '\0' ? "," : "", sizeof(fits) - strlen(fits) - 1);
				(void)strncat(fits, tees[tee], sizeof(fits) - strlen(fits) - 1);
			}
		}
		(void)printf("%-26s %-17s %s\n", sim_break_id(check), fits, sim_break_text(check));
	}
	return SIM_EXIT_YES;
}

static int
run_play(const struct sim_arguments *arguments)
{
	const char *seed = arguments->values[OPTION_SEED];

	if (arguments->directory == NULL) {
		return sim_usage("assay-sim play DIR", "it is not known where the register is to go");
	}
	return play_run(arguments->directory, seed != NULL ? seed : "eight days");
}

static int
run(const struct sim_arguments *arguments)
{
	if (arguments->values[OPTION_HELP] != NULL) {
		sim_help(arguments->command);
		return SIM_EXIT_YES;
	}
	switch (arguments->command) {
	case COMMAND_INIT:
		return run_init(arguments);
	case COMMAND_QUOTE:
		return run_quote(arguments);
	case COMMAND_FLEET:
		return run_fleet(arguments);
	case COMMAND_PLAY:
		return run_play(arguments);
	default:
		return run_breaks();
	}
}

int
main(int argc, char **argv)
{
	struct sim_arguments arguments;
	int code = sim_arguments_parse(&arguments, argc, argv);

	if (code == 0) {
		code = run(&arguments);
	}
	/* A full disk under standard output must not pass for success. */
	if (fflush(stdout) != 0 && code == 0) {
		code = sim_usage("look at where standard output goes", "the result could not be written: %s", strerror(errno));
	}
	return code;
}
