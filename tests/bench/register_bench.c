/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a registration costs beside its signature checks, and how many bytes of
 * log a worker makes in a day.
 *
 * usage: register-bench [--workers N]; exits 1 where a goal is missed.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "scene/register_scene.h"

/* One an epoch, and a quarter of that in extra draws; one in 24 asks for a re-attestation. */
#define CHALLENGES_A_DAY	30.0
#define RENEWALS_A_DAY		(CHALLENGES_A_DAY / 24)
/* That a block's own entries are shared by; 278 of them are in each of an hour's slots, as here in twelve. */
#define WORKERS_OF_A_NETWORK	1000000
#define WORKERS			(12 * 278)
#define ROUNDS			5

static const struct scene_parameter parameters[] = {
	{ PARAMETER_EPOCH_BLOCKS, 12 },
	{ PARAMETER_WINDOW, 4 },
	{ PARAMETER_REATTEST_WINDOW, 5 },
	{ PARAMETER_REATTEST_ONE_IN, 10000 },	/* of this seed's answers none */
	{ PARAMETER_SPOT, 0 },
	{ PARAMETER_NONCE_AGE, 10000 },
};

static struct scene *s;
static bool missed;

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the crypto port, with a count and a clock */

static uint64_t checks;
static double checking_s;

static void
counting_verify(void *context, struct assay_signature_item *items, size_t count)
{
	const struct assay_crypto *inner = context;
	const double start = now_s();

	inner->verify(inner->context, items, count);
	checking_s += now_s() - start;
	checks += count;
}

static void
counting_sha256(void *context, uint8_t digest[32], const struct assay_bytes *parts, size_t count)
{
	const struct assay_crypto *inner = context;

	inner->sha256(inner->context, digest, parts, count);
}

static void
report(const char *what, double value, const char *unit, double goal)
{
	printf("%-52s %9.2f %-6s goal %.2f%s\n", what, value, unit, goal, value > goal ? "  MISSED" : "");
	missed |= value > goal;
}

static uint64_t
log_bytes(uint64_t from, uint64_t end)
{
	uint64_t total = 0;

	for (uint64_t i = from; i < end; i++) {
		struct assay_bytes entry;

		if (memory_entry(s->memory, i, &entry)) {
			total += entry.len + 2;		/* a bundle has each entry's length before it */
		}
	}
	return total;
}

/* The best of some rounds: other work on the machine only ever adds. */
static double
registration(struct scene_worker *workers, unsigned count)
{
	double best = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		double spent_s = 0;

		checks = 0;
		checking_s = 0;
		for (unsigned i = round * count / ROUNDS; i < (round + 1) * count / ROUNDS; i++) {
			struct register_arguments a;

			scene_worker_make(s, &workers[i], &(struct scene_worker_options){ .operator_index = i % 3,
			    .number = i, .sim = { .index = i } });
			scene_register_arguments(s, &a, &workers[i], scene_nonce_height(s));
			scene_compose(s, i % 3, false, KIND_REGISTER, &a);
			const double start = now_s();

			(void)scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len));
			spent_s += now_s() - start;
			if (s->result.code != CODE_ACCEPTED) {
				fprintf(stderr, "register-bench: a worker was refused: %s\n", code_id(s->result.code));
				exit(2);
			}
			s->accounts[i % 3].nonce++;
		}
		scene_block(s);
		if (best == 0 || spent_s / checking_s < best) {
			best = spent_s / checking_s;
		}
	}
	return best;
}

/* Who is asked by the last block, and whether two bytes tell him from the others. */
static struct {
	const struct scene_worker *worker;
	bool alike;
} batch[WORKERS];
static unsigned batch_count;

static unsigned
batch_begin(const struct scene_worker *workers, unsigned count)
{
	batch_count = 0;
	for (unsigned i = 0; i < count; i++) {
		if (scene_is_drawn(s, &workers[i], s->commit.height)) {
			batch[batch_count].worker = &workers[i];
			batch[batch_count].alike = false;
			for (unsigned k = 0; k < batch_count; k++) {
				if (memcmp(batch[k].worker->id, workers[i].id, 2) == 0) {
					batch[k].alike = true;
					batch[batch_count].alike = true;
				}
			}
			batch_count++;
		}
	}
	return batch_count;
}

/* A group of those; nothing where there are none. */
static size_t
batch_group(uint8_t *out, size_t size, uint8_t id_bytes, bool alike)
{
	struct answer_group group = { .height = s->commit.height, .id_bytes = id_bytes };
	size_t len = record_encode(&answer_group_record, &group, out, size);

	for (unsigned i = 0; i < batch_count; i++) {
		if (batch[i].alike == alike) {
			len += scene_answer_bytes(s, out + len, batch[i].worker, group.height, id_bytes, 1);
			group.count++;
		}
	}
	(void)record_encode(&answer_group_record, &group, out, size);
	return group.count != 0 ? len : 0;
}

static double
bytes_of_answer(struct scene_worker *workers, unsigned count)
{
	uint64_t total = 0;
	unsigned answers = 0;

	for (unsigned i = 0; i < count; i++) {
		if (scene_bond(s, &workers[i], 1000) != CODE_ACCEPTED || scene_start(s, &workers[i], 0) != CODE_ACCEPTED) {
			fprintf(stderr, "register-bench: a worker cannot start\n");
			exit(2);
		}
	}
	/* Who comes online in a block is asked by the next one at the earliest. */
	scene_blocks(s, 2);
	for (unsigned block = 0; block < 12; block++) {
		static uint8_t bytes[58000];
		const unsigned asked = batch_begin(workers, count);
		struct answers_arguments a;
		const uint64_t from = s->commit.log_size;
		size_t len;

		if (asked == 0) {
			scene_block(s);
			continue;
		}
		len = batch_group(bytes, sizeof(bytes), 2, false);
		len += batch_group(bytes + len, sizeof(bytes) - len, 6, true);
		a.groups = bytes_of(bytes, len);
		if (scene_send(s, 3, KIND_ANSWERS, &a) != CODE_ACCEPTED) {
			fprintf(stderr, "register-bench: answers were refused: %s\n", code_id(s->result.code));
			exit(2);
		}
		scene_block(s);
		/* The block's own commit entry is counted below, once. */
		total += log_bytes(from, s->commit.log_size - 1);
		answers += asked;
	}
	return answers != 0 ? (double)total / answers : 1e9;
}

/* Its signature alone: the rest is stored, or follows from the rules. */
static double
bytes_of_renewal(struct scene_worker *worker)
{
	struct reattest_arguments a;
	uint64_t from;

	scene_reattest_arguments(s, &a, worker, scene_nonce_height(s));
	a.form = REATTEST_SIGNATURE;
	a.evidence = bytes_of(a.evidence.data + 48 + 384 + 4, 64);	/* after header, body and a length */
	from = s->commit.log_size;
	if (scene_send(s, worker->operator_index, KIND_REATTEST, &a) != CODE_ACCEPTED) {
		fprintf(stderr, "register-bench: a renewal was refused: %s\n", code_id(s->result.code));
		exit(2);
	}
	scene_block(s);
	return (double)log_bytes(from, s->commit.log_size - 1);
}

int
main(int argc, char **argv)
{
	const unsigned count = argc == 3 && strcmp(argv[1], "--workers") == 0 ? (unsigned)strtoul(argv[2], NULL, 10) : WORKERS;
	const struct assay_crypto *inner = assay_crypto_openssl();
	const struct assay_crypto counting = { .context = (void *)(uintptr_t)inner, .verify = counting_verify,
		.sha256 = counting_sha256 };
	struct scene_worker *workers = calloc(count, sizeof(*workers));
	double answer, renewal, block;

	if (workers == NULL || count < ROUNDS || count > WORKERS) {
		return 2;
	}
	s = scene_new(&(struct scene_options){ .seed = "answers", .parameters = parameters,
	    .parameters_count = sizeof(parameters) / sizeof(parameters[0]) });
	scene_bring_collateral(s, SIM_SGX);
	scene_block(s);
	s->crypto = &counting;
	scene_reopen(s);
	report("registration, in its signature checks", registration(workers, count), "x", 1.25);
	printf("    of %.2f checks each\n", (double)checks * ROUNDS / count);
	answer = bytes_of_answer(workers, count);
	renewal = bytes_of_renewal(&workers[0]);
	block = (double)log_bytes(s->commit.log_size - 1, s->commit.log_size);
	printf("    an answer %.1f bytes, a renewal that was asked for %.0f, a block's commit entry %.0f\n", answer,
	    renewal, block);
	report("log of a worker and day",
	    (CHALLENGES_A_DAY - RENEWALS_A_DAY) * answer + RENEWALS_A_DAY * renewal +
	    86400 * block / WORKERS_OF_A_NETWORK, "bytes", 2500);
	scene_free(s);
	free(workers);
	return missed ? 1 : 0;
}
