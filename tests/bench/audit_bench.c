/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast answers are applied by the driver, with the log kept, and how fast an
 * auditor replays the same blocks: the second is to be twice the first.
 *
 * usage: audit-bench [--workers N]; exits 1 where a goal is missed.
 */
#define _GNU_SOURCE
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "driver/audit.h"
#include "driver/driver.h"
#include "scene/register_scene.h"

#define EPOCHS		6
#define EPOCH		12
#define BATCH		700	/* answers of a transaction */

static struct scene *s;
static struct scene_worker *workers;
static unsigned long workers_count = 3000;	/* 250 a block */
static unsigned long answers;
static bool missed;
static double spent_cpu_s;	/* by what was measured last */


static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of all threads: what the rates come to where nobody else is at work. */
static double
cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
must(bool done, const char *what)
{
	if (!done) {
		fprintf(stderr, "audit-bench: %s\n", what);
		exit(2);
	}
}

static void
report(const char *what, double rate, double goal)
{
	printf("%-44s %10.0f /s   %5.2f of the goal, %.0f%s\n", what, rate, rate / goal, goal,
	    rate < goal ? "  MISSED" : "");
	missed |= rate < goal;
}

static bool
sign(void *context, struct assay_bytes message, uint8_t signature[64])
{
	EVP_MD_CTX *const md = EVP_MD_CTX_new();
	size_t len = 64;
	const bool done = EVP_DigestSignInit(md, NULL, NULL, NULL, context) == 1 &&
	    EVP_DigestSign(md, signature, &len, message.data, message.len) == 1;

	EVP_MD_CTX_free(md);
	return done;
}

/* All that the last block asked, in batches: first the answers, then one transaction for each BATCH. */
static void
answer_all(void)
{
	static uint8_t groups[58000];
	const uint64_t height = s->commit.height;
	unsigned long at = 0;

	while (at < workers_count) {
		struct answer_group group = { .height = height, .id_bytes = 8 };
		struct answers_arguments a;
		size_t len = record_encode(&answer_group_record, &group, groups, sizeof(groups));

		for (; at < workers_count && group.count < BATCH; at++) {
			if (scene_is_drawn(s, &workers[at], height)) {
				len += scene_answer_bytes(s, groups + len, &workers[at], height, 8, 0);
				group.count++;
			}
		}
		if (group.count == 0) {
			return;
		}
		record_encode(&answer_group_record, &group, groups, sizeof(groups));
		a.groups = bytes_of(groups, len);
		must(scene_send(s, 0, KIND_ANSWERS, &a) == CODE_ACCEPTED, "answers are refused");
		/* Of each that was refused the result has four bytes: one that is asked to re-attest, say. */
		answers += group.count - scene_machine(s)->result.parts.len / 4;
	}
}

static double
feed(struct driver *driver, uint64_t size)
{
	static struct assay_bytes transactions[4096];
	static struct driver_result results[4096];
	const double start_s = now_s();
	const double cpu_start_s = cpu_s();
	size_t count = 0;

	for (uint64_t i = driver_head(driver)->log_size; i < size; i++) {
		struct assay_register_commit commit;
		struct store_error error;
		struct assay_bytes entry;
		struct entry_result result;
		struct entry_commit end;

		must(memory_entry(s->memory, i, &entry), "no entry");
		struct cursor c = cursor_over(entry);
		const uint8_t type = cursor_u8(&c);

		if (type == ENTRY_TRANSACTION) {
			record_read(&entry_result_record, &result, &c);
			transactions[count++] = cursor_rest(&c);
		} else if (type == ENTRY_COMMIT) {
			record_read(&entry_commit_record, &end, &c);
			must(driver_cut(driver, end.time_ms, transactions, count, results, &commit, &error), error.what);
			count = 0;
		}
	}
	spent_cpu_s = cpu_s() - cpu_start_s;
	return now_s() - start_s;
}

static double
audit_on(struct audit *audit, struct driver *driver)
{
	const double start_s = now_s();
	const double cpu_start_s = cpu_s();
	struct audit_report r;

	must(audit_continue(audit, driver_checkpoint(driver), false, &r), r.fault_text);
	spent_cpu_s = cpu_s() - cpu_start_s;
	return now_s() - start_s;
}

static struct log_signer
signer_make(void)
{
	struct log_signer signer = { .sign = sign, .key = { .algorithm = NOTE_ED25519,
		.name = bytes_of_text("example.org/scene") } };

	/* The scene's log has a key that nobody holds, so this bench signs under a genesis of its own. */
	signer.context = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	size_t len = sizeof(signer.key.key);

	must(EVP_PKEY_get_raw_public_key(signer.context, signer.key.key, &len) == 1, "no key");
	return signer;
}

static void
genesis_name_signer(const struct log_signer *signer)
{
	static uint8_t bytes[ASSAY_GENESIS_BYTES_MAX];
	static struct genesis genesis;
	char error[160];

	memcpy(bytes, s->genesis, s->genesis_len);
	must(record_decode(&genesis_record, &genesis, bytes_of(bytes, s->genesis_len)), "no genesis");
	memcpy(genesis.log_key, signer->key.key, sizeof(genesis.log_key));
	s->genesis_len = record_encode(&genesis_record, &genesis, s->genesis, sizeof(s->genesis));
	memory_free(s->memory);
	s->memory = memory_new(s->crypto, true);
	const struct assay_rows rows = memory_rows(s->memory);
	const struct assay_entries entries = memory_entries(s->memory);

	memory_begin_block(s->memory);
	must(assay_register_genesis(s->reg, s->crypto, &rows, &entries, bytes_of(s->genesis, s->genesis_len), &s->commit,
	    error) && memory_commit_block(s->memory), error);
	scene_reopen(s);
}

static void
scene_make(const struct log_signer *signer)
{
	static const struct scene_parameter parameters[] = {
		{ PARAMETER_EPOCH_BLOCKS, EPOCH }, { PARAMETER_WINDOW, 4 }, { PARAMETER_REATTEST_WINDOW, 5 },
		{ PARAMETER_REATTEST_ONE_IN, 10000 }, { PARAMETER_SPOT, 0 }, { PARAMETER_OFFLINE_LIMIT, 2592000000 },
		{ PARAMETER_MISSES_LIMIT, 24 }, { PARAMETER_REWARD, 1000000 }
	};

	s = scene_new(&(struct scene_options){ .seed = "bench", .parameters = parameters,
	    .parameters_count = sizeof(parameters) / sizeof(parameters[0]) });
	genesis_name_signer(signer);
	scene_bring_collateral(s, SIM_SGX);
	scene_block(s);
	workers = calloc(workers_count, sizeof(workers[0]));
	for (unsigned long i = 0; i < workers_count; i++) {
		const struct scene_worker_options options = { .operator_index = (unsigned)(i % 3),
			.number = (uint32_t)i, .sim = { .tee = SIM_SGX, .index = (uint32_t)i } };

		scene_worker_make(s, &workers[i], &options);
		must(scene_register(s, &workers[i]) == CODE_ACCEPTED && scene_bond(s, &workers[i], 100000) == CODE_ACCEPTED,
		    "a worker is refused");
		if (i % 50 == 49) {
			scene_block(s);
		}
	}
	scene_block(s);
	/* All at once: whoever starts earlier than others misses what it is asked meanwhile. */
	for (unsigned long i = 0; i < workers_count; i++) {
		must(scene_start(s, &workers[i], 0) == CODE_ACCEPTED, "a worker does not start");
	}
	scene_blocks(s, 2);
}

static void
measure(const char *directory, const struct log_signer *signer)
{
	char path[300];
	struct store_error error;
	struct audit_source source;
	double enrol_s, answer_s, answer_cpu_s, audit_cpu_s = 0;
	double audit_s[2][2];

	snprintf(path, sizeof(path), "%s.checkpoint", directory);
	const struct driver_options options = { .directory = directory, .checkpoint_path = path, .signer = signer };
	struct driver *const driver = driver_create(&options, bytes_of(s->genesis, s->genesis_len), assay_crypto_openssl(),
	    &error);
	const uint64_t enrolled = s->commit.log_size;
	struct audit *audits[2];

	must(driver != NULL, error.what);
	enrol_s = feed(driver, enrolled);
	must(audit_store_open(&source, driver_store(driver)), "no memory");
	for (unsigned i = 0; i < 2; i++) {
		const struct audit_options audit_options = { .log = &signer->key, .threads = i };

		audits[i] = audit_new(assay_crypto_openssl(), &source, &audit_options);
		audit_s[i][0] = audit_on(audits[i], driver);
	}
	for (unsigned i = 0; i < EPOCH * EPOCHS; i++) {
		answer_all();
		scene_block(s);
	}
	answer_s = feed(driver, s->commit.log_size);
	answer_cpu_s = spent_cpu_s;
	for (unsigned i = 0; i < 2; i++) {
		audit_s[i][1] = audit_on(audits[i], driver);
		audit_cpu_s = spent_cpu_s;
		audit_free(audits[i]);
	}
	audit_store_close(&source);
	driver_close(driver);
	report("answers applied, with the log kept", (double)answers / answer_s, 8000);
	report("answers audited", (double)answers / audit_s[0][1], 2 * (double)answers / answer_s);
	printf("%-44s %10.0f /s\n", "answers audited, by one thread", (double)answers / audit_s[1][1]);
	printf("%-44s %10.1f us, applied %.1f us\n", "processor time of an answer audited",
	    audit_cpu_s * 1e6 / (double)answers, answer_cpu_s * 1e6 / (double)answers);
	printf("%-44s %10.0f /s\n", "registrations applied", (double)workers_count / enrol_s);
	printf("%-44s %10.0f /s\n", "registrations audited", (double)workers_count / audit_s[0][0]);
	printf("%-44s %10.0f /s\n", "registrations audited, by one thread", (double)workers_count / audit_s[1][0]);
}

int
main(int argc, char **argv)
{
	char directory[256], command[900];
	const char *parent = getenv("TMPDIR");

	if (argc == 3 && strcmp(argv[1], "--workers") == 0) {
		workers_count = strtoul(argv[2], NULL, 10);
	} else if (argc != 1) {
		fprintf(stderr, "usage: audit-bench [--workers N]\n");
		return 2;
	}
	snprintf(directory, sizeof(directory), "%s/audit-bench-XXXXXX", parent == NULL ? "/tmp" : parent);
	must(mkdtemp(directory) != NULL, "no directory for temporary files");
	struct log_signer signer = signer_make();

	scene_make(&signer);
	measure(directory, &signer);
	snprintf(command, sizeof(command), "rm -rf '%s' '%s.checkpoint' '%s.checkpoint.lock'", directory, directory, directory);
	must(system(command) == 0, "temporary files stay");
	EVP_PKEY_free(signer.context);
	free(workers);
	scene_free(s);
	return missed ? 1 : 0;
}
