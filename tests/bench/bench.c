/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast an appraisal is, counted in P-256 verifications.
 *
 * Machines are noisy and differ, so the unit is OpenSSL's own verification
 * with key and signature parsed before, run in turn with the candidates in
 * this process.  Of at least 31 rounds the minimum counts.  Everything is
 * parsed from the form in which it is served inside the timed part.
 *
 * usage: bench [--rounds N]; exits 1 where a goal is missed.
 */
#define _GNU_SOURCE
#define OPENSSL_API_COMPAT 0x10101000L
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/bytes.h"
#include "sim/sim.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#define ROUNDS_MAX 301
#define ROUND_NS 10e6
#define NOW_S INT64_C(1790000000)
#define CACHE_ENTRIES 64

/* ---- the unit --------------------------------------------------------- */

struct unit {
	EC_KEY *key;
	ECDSA_SIG *signature;
	uint8_t digest[32];
};

static void
unit_open(struct unit *unit)
{
	memset(unit->digest, 0x5a, sizeof(unit->digest));
	unit->key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
	if (unit->key == NULL || !EC_KEY_generate_key(unit->key)) {
		abort();
	}
	unit->signature = ECDSA_do_sign(unit->digest, sizeof(unit->digest), unit->key);
}

static void
run_unit(void *context)
{
	struct unit *unit = context;

	if (ECDSA_do_verify(unit->digest, sizeof(unit->digest), unit->signature, unit->key) != 1) {
		abort();
	}
}

/* ---- the candidates --------------------------------------------------- */

struct subject {
	struct sim_evidence sim;
	struct assay_prepared *prepared;
	struct assay_cache *cache;
	struct assay_verifier verifier;
	struct assay_policy policy;
	bool cold;
	enum assay_authenticity expected;
};

static void
run_subject(void *context)
{
	struct subject *s = context;
	struct assay_verdict verdict;

	if (s->cold) {
		assay_appraise(&verdict, &s->verifier, &s->sim.evidence, &s->sim.collateral, &s->policy, s->sim.at_s);
	} else {
		assay_appraise_prepared(&verdict, &s->verifier, &s->sim.evidence, s->prepared, NULL, &s->policy,
		    s->sim.at_s);
	}
	if (verdict.authenticity != s->expected) {
		fprintf(stderr, "bench: the verdict is not the one expected\n");
		abort();
	}
}

enum mode { COLD, WARM, HOT };

static void
subject_open(struct subject *s, struct sim_vendor *vendor, enum sim_tee tee, enum mode mode, int broken,
    enum assay_authenticity expected)
{
	struct sim_options options = { .tee = tee };

	memset(s, 0, sizeof(*s));
	if (broken >= 0) {
		options.broken = true;
		options.break_check = (enum assay_check)broken;
	}
	if (!sim_evidence_make(vendor, &options, &s->sim)) {
		fprintf(stderr, "bench: %s\n", s->sim.error);
		abort();
	}
	s->verifier.crypto = assay_crypto_openssl();
	s->verifier.roots = s->sim.roots;
	s->verifier.roots_count = s->sim.roots_count;
	s->expected = expected;
	s->cold = mode == COLD;
	assay_policy_preset(&s->policy, s->verifier.crypto, 0);
	if (mode != COLD) {
		s->prepared = aligned_alloc(16, sizeof(*s->prepared));
		assay_prepare(s->prepared, &s->verifier, &s->sim.collateral);
	}
	if (mode == HOT) {
		s->cache = calloc(1, sizeof(*s->cache));
		s->cache->storage = aligned_alloc(16, ASSAY_CACHE_BYTES(CACHE_ENTRIES));
		memset(s->cache->storage, 0, ASSAY_CACHE_BYTES(CACHE_ENTRIES));
		s->cache->entries = CACHE_ENTRIES;
		s->verifier.cache = s->cache;
	}
}

/* ---- timing ----------------------------------------------------------- */

struct candidate {
	const char *name;
	void (*run)(void *);
	void *context;
	double goal;		/* in units; 0: none */
	long iterations;
	double ns[ROUNDS_MAX];
};

static double
now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double
timed(struct candidate *c, long iterations)
{
	const double start = now_ns(CLOCK_THREAD_CPUTIME_ID);

	for (long i = 0; i < iterations; i++) {
		c->run(c->context);
	}
	return now_ns(CLOCK_THREAD_CPUTIME_ID) - start;
}

static int
by_size(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
measure(struct candidate *candidates, size_t count, int rounds)
{
	for (size_t i = 0; i < count; i++) {
		timed(&candidates[i], 3);
		candidates[i].iterations = 1 + (long)(ROUND_NS / timed(&candidates[i], 1));
	}
	for (int round = 0; round < rounds; round++) {
		for (size_t i = 0; i < count; i++) {
			candidates[i].ns[round] = timed(&candidates[i], candidates[i].iterations) /
			    (double)candidates[i].iterations;
		}
	}
	for (size_t i = 0; i < count; i++) {
		qsort(candidates[i].ns, (size_t)rounds, sizeof(double), by_size);
	}
}

/* ---- two threads ------------------------------------------------------ */

#define THREAD_RUNS 400

static void *
run_many(void *context)
{
	for (int i = 0; i < THREAD_RUNS; i++) {
		run_subject(context);
	}
	return NULL;
}

/* How many times as much two threads get done in the same wall time. */
static double
two_threads(struct subject *a, struct subject *b)
{
	double best = 0;

	for (int round = 0; round < 9; round++) {
		pthread_t threads[2];
		double start = now_ns(CLOCK_MONOTONIC);

		run_many(a);
		const double one = now_ns(CLOCK_MONOTONIC) - start;

		start = now_ns(CLOCK_MONOTONIC);
		pthread_create(&threads[0], NULL, run_many, a);
		pthread_create(&threads[1], NULL, run_many, b);
		pthread_join(threads[0], NULL);
		pthread_join(threads[1], NULL);
		const double both = now_ns(CLOCK_MONOTONIC) - start;

		if (2 * one / both > best) {
			best = 2 * one / both;
		}
	}
	return best;
}

/* ---- the table -------------------------------------------------------- */

enum { UNIT, SGX_COLD, TDX_COLD, SGX_WARM, TDX_WARM, SGX_HOT, TDX_HOT, BAD_QUOTE_COLD, REVOKED_COLD,
	EXPIRED_COLD, BAD_QUOTE_WARM, BAD_QUOTE_HOT, CANDIDATES };

static int
report(struct candidate *c, int rounds, double threads)
{
	int missed = 0;
	const double unit = c[UNIT].ns[0];

	printf("%-44s %10s %10s %8s %8s\n", "what", "min us", "median us", "units", "goal");
	for (int i = 0; i < CANDIDATES; i++) {
		const double units = c[i].ns[0] / unit;
		const bool miss = c[i].goal != 0 && units > c[i].goal;

		missed |= miss;
		printf("%-44s %10.2f %10.2f %8.2f ", c[i].name, c[i].ns[0] / 1e3, c[i].ns[rounds / 2] / 1e3, units);
		if (c[i].goal != 0) {
			printf("%8.2f%s", c[i].goal, miss ? "  missed" : "");
		}
		printf("\n");
	}
	printf("%-44s %10s %10s %8.2f %8.2f%s\n", "two threads, of one (wall time)", "", "", threads, 1.8,
	    threads < 1.8 ? "  missed" : "");
	return missed | (threads < 1.8);
}

int
main(int argc, char **argv)
{
	static struct subject subjects[CANDIDATES];
	static struct subject other;
	static struct candidate candidates[CANDIDATES];
	struct unit unit;
	int rounds = 31;

	if (argc == 3 && strcmp(argv[1], "--rounds") == 0) {
		rounds = atoi(argv[2]);
	}
	if (rounds < 31 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "bench: --rounds takes 31 to %d\n", ROUNDS_MAX);
		return 2;
	}
	struct sim_vendor *vendor = sim_vendor_new("bench", NOW_S);
	const struct {
		const char *name;
		enum sim_tee tee;
		enum mode mode;
		int broken;
		enum assay_authenticity expected;
		double goal;
	} rows[CANDIDATES] = {
		[SGX_COLD] = { "SGX quote, cold", SIM_SGX, COLD, -1, ASSAY_GENUINE, 10.5 },
		[TDX_COLD] = { "TDX quote, cold", SIM_TDX, COLD, -1, ASSAY_GENUINE, 10.5 },
		[SGX_WARM] = { "SGX quote, collateral prepared", SIM_SGX, WARM, -1, ASSAY_GENUINE, 3.4 },
		[TDX_WARM] = { "TDX quote, collateral prepared", SIM_TDX, WARM, -1, ASSAY_GENUINE, 3.4 },
		[SGX_HOT] = { "SGX quote, known platform and key", SIM_SGX, HOT, -1, ASSAY_GENUINE, 1.2 },
		[TDX_HOT] = { "TDX quote, known platform and key", SIM_TDX, HOT, -1, ASSAY_GENUINE, 1.2 },
		[BAD_QUOTE_COLD] = { "refusal: bad quote signature, cold", SIM_SGX, COLD,
		    ASSAY_CHECK_QUOTE_SIGNATURE, ASSAY_NOT_GENUINE, 21 },
		[REVOKED_COLD] = { "refusal: revoked certificate, cold", SIM_SGX, COLD,
		    ASSAY_CHECK_PCK_REVOKED, ASSAY_NOT_GENUINE, 21 },
		[EXPIRED_COLD] = { "refusal: expired TCB info, cold", SIM_SGX, COLD,
		    ASSAY_CHECK_TCB_INFO_DATES, ASSAY_UNDECIDED, 21 },
		[BAD_QUOTE_WARM] = { "refusal: bad quote signature, prepared", SIM_SGX, WARM,
		    ASSAY_CHECK_QUOTE_SIGNATURE, ASSAY_NOT_GENUINE, 6.8 },
		[BAD_QUOTE_HOT] = { "refusal: bad quote signature, known key", SIM_SGX, HOT,
		    ASSAY_CHECK_QUOTE_SIGNATURE, ASSAY_NOT_GENUINE, 2.4 },
	};

	unit_open(&unit);
	candidates[UNIT] = (struct candidate){ .name = "OpenSSL P-256 verification (the unit)", .run = run_unit,
		.context = &unit };
	for (int i = UNIT + 1; i < CANDIDATES; i++) {
		subject_open(&subjects[i], vendor, rows[i].tee, rows[i].mode, rows[i].broken, rows[i].expected);
		candidates[i] = (struct candidate){ .name = rows[i].name, .run = run_subject,
			.context = &subjects[i], .goal = rows[i].goal };
	}
	subject_open(&other, vendor, SIM_SGX, WARM, -1, ASSAY_GENUINE);
	measure(candidates, CANDIDATES, rounds);
	const int missed = report(candidates, rounds, two_threads(&subjects[SGX_WARM], &other));

	sim_vendor_free(vendor);
	return missed;
}
