/* SPDX-License-Identifier: Apache-2.0 */
/* Batches give what each appraisal gives alone; and how many signatures each way of appraising asks for. */
#include "core.h"

/* The adapter over OpenSSL, with a count of what it was asked. */
struct counting {
	unsigned calls;
	unsigned items;
};

static void
counted_verify(void *context, struct assay_signature_item *items, size_t count)
{
	struct counting *counting = context;

	counting->calls++;
	for (size_t i = 0; i < count; i++) {
		counting->items += items[i].algorithm != ASSAY_ALGORITHM_NONE ? 1 : 0;
	}
	assay_crypto_openssl()->verify(NULL, items, count);
}

static void
counted_sha256(void *context, uint8_t digest[32], const struct assay_bytes *parts, size_t count)
{
	(void)context;
	assay_crypto_openssl()->sha256(NULL, digest, parts, count);
}

#define KINDS 7

static struct sim_evidence kinds[KINDS];
static struct assay_evidence evidence[40];
static struct assay_prepared prepared;
static struct assay_verifier verifier;
static struct assay_root roots[2];
static struct counting counting;
static struct assay_crypto crypto;

/* Good ones of three machines, forgeries, a report, a raw EPID quote, nothing: mixed, so that slots shift. */
static int
setup(void **state)
{
	static const struct sim_options options[KINDS] = {
		{ .tee = SIM_SGX, .index = 0 },
		{ .tee = SIM_SGX, .index = 1, .version = 5 },
		{ .tee = SIM_SGX, .index = 2, .version = 4, .status = ASSAY_TCB_OUT_OF_DATE },
		{ .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_QUOTE_SIGNATURE },
		{ .tee = SIM_IAS },
		{ .tee = SIM_EPID },
		{ .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_PCK_SIGNATURE },
	};

	core_setup(state);
	for (size_t i = 0; i < KINDS; i++) {
		core_make(&kinds[i], options[i]);
	}
	for (size_t i = 0; i < CORE_COUNT(evidence); i++) {
		evidence[i] = i % 9 == 8 ? (struct assay_evidence){ 0 } : kinds[i * 5 % KINDS].evidence;
	}
	memcpy(roots, kinds[4].roots, sizeof(roots));
	crypto = (struct assay_crypto){ &counting, counted_verify, counted_sha256 };
	verifier = (struct assay_verifier){ .crypto = &crypto, .roots = roots, .roots_count = 2 };
	assay_prepare(&prepared, &verifier, &kinds[0].collateral);
	return 0;
}

static int
teardown(void **state)
{
	for (size_t i = 0; i < KINDS; i++) {
		sim_evidence_free(&kinds[i]);
	}
	return core_teardown(state);
}

static void
batch_equals_single(size_t count, struct assay_cache *cache)
{
	const struct assay_policy policy = core_preset(0);
	struct assay_verdict *verdicts = malloc((count + 1) * sizeof(*verdicts));
	struct assay_verifier with_cache = verifier;

	assert_non_null(verdicts);
	memset(verdicts, 0x5a, (count + 1) * sizeof(*verdicts));
	with_cache.cache = cache;
	counting = (struct counting){ 0 };
	assay_appraise_batch(verdicts, &with_cache, evidence, count, &prepared, &policy, CORE_NOW_S);
	/* One call for each eight, and what reports ask for by themselves. */
	if (cache == NULL) {
		unsigned reports = 0;

		for (size_t i = 0; i < count; i++) {
			reports += evidence[i].ias_signature.len != 0 ? 1 : 0;
		}
		assert_int_equal(counting.calls - reports, (count + 7) / 8);
	}
	for (size_t i = 0; i < count; i++) {
		struct assay_verdict single;

		assay_appraise_prepared(&single, &verifier, &evidence[i], &prepared, NULL, &policy, CORE_NOW_S);
		if (memcmp(&single, &verdicts[i], sizeof(single)) != 0) {
			fail_msg("verdict %zu of %zu: %s alone, %s in the batch", i, count,
			    core_check_name(single.first_failed), core_check_name(verdicts[i].first_failed));
		}
	}
	/* Nothing behind the last. */
	const uint8_t *behind = (const uint8_t *)&verdicts[count];

	for (size_t i = 0; i < sizeof(*verdicts); i++) {
		assert_int_equal(behind[i], 0x5a);
	}
	free(verdicts);
}

static void
a_batch_of_any_size_is_its_parts(void **state)
{
	(void)state;
	for (size_t count = 0; count <= 20; count++) {
		batch_equals_single(count, NULL);
	}
	batch_equals_single(CORE_COUNT(evidence), NULL);
}

static void
a_batch_with_a_cache_is_the_same(void **state)
{
	struct assay_cache cache = { calloc(1, ASSAY_CACHE_BYTES(16)), 16 };

	(void)state;
	assert_non_null(cache.storage);
	for (unsigned round = 0; round < 3; round++) {
		batch_equals_single(CORE_COUNT(evidence), &cache);
	}
	free(cache.storage);
}

static void
the_batch_has_some_of_each(void **state)
{
	const struct assay_policy policy = core_preset(0);
	unsigned counts[3] = { 0 };

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(evidence); i++) {
		struct assay_verdict v;

		assay_appraise_prepared(&v, &verifier, &evidence[i], &prepared, NULL, &policy, CORE_NOW_S);
		counts[v.authenticity]++;
	}
	assert_true(counts[ASSAY_GENUINE] > 10);
	assert_true(counts[ASSAY_UNDECIDED] > 2);
	assert_true(counts[ASSAY_NOT_GENUINE] > 5);
}

static unsigned
items_of(struct assay_cache *cache, const struct sim_evidence *sim)
{
	const struct assay_policy policy = core_preset(0);
	struct assay_verifier with_cache = verifier;
	struct assay_verdict v;

	with_cache.cache = cache;
	counting = (struct counting){ 0 };
	assay_appraise_prepared(&v, &with_cache, &sim->evidence, &prepared, NULL, &policy, CORE_NOW_S);
	assert_int_equal(v.authenticity, ASSAY_GENUINE);
	return counting.items;
}

/* Cold nine, prepared three, with the platform known two, with its attestation key known one. */
static void
signatures_are_not_checked_twice(void **state)
{
	struct assay_cache cache = { calloc(1, ASSAY_CACHE_BYTES(16)), 16 };
	const struct assay_policy policy = core_preset(0);
	struct sim_evidence other = { 0 };
	struct assay_verdict v;

	(void)state;
	assert_non_null(cache.storage);
	counting = (struct counting){ 0 };
	assay_appraise(&v, &verifier, &kinds[0].evidence, &kinds[0].collateral, &policy, CORE_NOW_S);
	assert_int_equal(v.tier, ASSAY_TIER_1);
	assert_int_equal(counting.items, 9);
	assert_int_equal(items_of(NULL, &kinds[0]), 3);
	assert_int_equal(items_of(NULL, &kinds[0]), 3);
	assert_int_equal(items_of(&cache, &kinds[0]), 3);
	assert_int_equal(items_of(&cache, &kinds[0]), 1);
	assert_int_equal(items_of(&cache, &kinds[1]), 3);
	assert_int_equal(items_of(&cache, &kinds[1]), 1);
	assert_int_equal(items_of(&cache, &kinds[0]), 1);
	/* The same machine, with an attestation key that is certified anew. */
	core_make(&other, (struct sim_options){ .tee = SIM_SGX, .index = 0, .qe_status = ASSAY_TCB_OUT_OF_DATE });
	assert_int_equal(items_of(&cache, &other), 2);
	assert_int_equal(items_of(&cache, &other), 1);
	/* The other version cuts the same bytes elsewhere: its name is another one. */
	sim_evidence_free(&other);
	core_make(&other, (struct sim_options){ .tee = SIM_SGX, .index = 0, .version = 4 });
	assert_int_equal(items_of(&cache, &other), 2);
	sim_evidence_free(&other);
	free(cache.storage);
}

/* Where the CA's certificate did not come with the collateral it is checked with the quote. */
static void
an_unknown_ca_costs_one_more(void **state)
{
	struct assay_prepared without;
	struct assay_collateral collateral = kinds[0].collateral;
	const struct assay_policy policy = core_preset(0);
	struct assay_verdict v;

	(void)state;
	collateral.pck_crl_issuer_chain = bytes_of(NULL, 0);
	assay_prepare(&without, &verifier, &collateral);
	counting = (struct counting){ 0 };
	assay_appraise_prepared(&v, &verifier, &kinds[0].evidence, &without, NULL, &policy, CORE_NOW_S);
	assert_int_equal(counting.items, 4);
	core_expect(&v, ASSAY_UNDECIDED, ASSAY_CHECK_PCK_CRL_CHAIN, 0, "no CRL chain");
}

/* A forgery is never kept, so it never spares a signature. */
static void
only_what_is_valid_is_kept(void **state)
{
	static const enum assay_check breaks[] = {
		ASSAY_CHECK_PCK_SIGNATURE, ASSAY_CHECK_PCK_CA_SIGNATURE, ASSAY_CHECK_PCK_EXTENSION,
		ASSAY_CHECK_QE_REPORT_SIGNATURE, ASSAY_CHECK_QE_REPORT_BINDING, ASSAY_CHECK_QUOTE_SIGNATURE,
	};
	const struct assay_policy policy = core_preset(0);

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(breaks); i++) {
		struct assay_cache cache = { calloc(1, ASSAY_CACHE_BYTES(16)), 16 };
		struct assay_verifier with_cache = verifier;
		struct sim_evidence sim = { 0 };

		assert_non_null(cache.storage);
		with_cache.cache = &cache;
		core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .broken = true, .break_check = breaks[i] });
		for (unsigned round = 0; round < 3; round++) {
			struct assay_verdict v;

			assay_appraise_prepared(&v, &with_cache, &sim.evidence, &prepared, NULL, &policy, CORE_NOW_S);
			core_expect(&v, ASSAY_NOT_GENUINE, (int)breaks[i], 0, "round");
		}
		sim_evidence_free(&sim);
		free(cache.storage);
	}
}

/* A cache that has seen a root does not outlive the trust in it. */
static void
a_cache_does_not_replace_trust(void **state)
{
	struct assay_cache cache = { calloc(1, ASSAY_CACHE_BYTES(16)), 16 };
	const struct assay_policy policy = core_preset(0);
	struct assay_verifier distrustful = verifier;
	struct assay_verdict v;

	(void)state;
	assert_non_null(cache.storage);
	assert_int_equal(items_of(&cache, &kinds[0]), 3);
	distrustful.cache = &cache;
	distrustful.roots = assay_roots_intel;
	assay_appraise_prepared(&v, &distrustful, &kinds[0].evidence, &prepared, NULL, &policy, CORE_NOW_S);
	core_expect(&v, ASSAY_NOT_GENUINE, ASSAY_CHECK_PCK_ROOT, 0, "the vendor's roots");
	distrustful.roots_count = 0;
	assay_appraise_prepared(&v, &distrustful, &kinds[0].evidence, &prepared, NULL, &policy, CORE_NOW_S);
	core_expect(&v, ASSAY_NOT_GENUINE, ASSAY_CHECK_PCK_ROOT, 0, "no roots");
	/* The same root in another place. */
	const struct assay_root moved[] = { assay_roots_intel[0], roots[0] };

	distrustful.roots = moved;
	distrustful.roots_count = 2;
	assay_appraise_prepared(&v, &distrustful, &kinds[0].evidence, &prepared, NULL, &policy, CORE_NOW_S);
	core_expect(&v, ASSAY_GENUINE, -1, 1, "the root has moved");
	assert_true(v.simulated);
	free(cache.storage);
}

/* What is served beside the quote is judged each time: its bytes are no part of the name in the cache. */
static void
chains_beside_the_quote_are_not_kept_by_the_quote(void **state)
{
	struct assay_cache cache = { calloc(1, ASSAY_CACHE_BYTES(16)), 16 };
	const struct assay_policy policy = core_preset(0);
	struct assay_verifier with_cache = verifier;
	struct assay_prepared one;
	struct assay_prepared two;
	struct sim_evidence sim = { 0 };
	struct sim_evidence other = { 0 };
	struct assay_collateral collateral;
	struct assay_verdict v;

	(void)state;
	assert_non_null(cache.storage);
	with_cache.cache = &cache;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .certification_type = 1 });
	core_make(&other, (struct sim_options){ .tee = SIM_SGX, .certification_type = 1, .index = 1 });
	assay_prepare(&one, &verifier, &sim.collateral);
	collateral = sim.collateral;
	collateral.pck_certificate_chain = other.collateral.pck_certificate_chain;
	assay_prepare(&two, &verifier, &collateral);
	for (unsigned round = 0; round < 2; round++) {
		assay_appraise_prepared(&v, &with_cache, &sim.evidence, &one, NULL, &policy, CORE_NOW_S);
		core_expect(&v, ASSAY_GENUINE, -1, 1, "its own chain");
		assay_appraise_prepared(&v, &with_cache, &sim.evidence, &two, NULL, &policy, CORE_NOW_S);
		core_expect(&v, ASSAY_UNDECIDED, ASSAY_CHECK_PCK_FITS_QUOTE, 0, "another machine's chain");
	}
	sim_evidence_free(&sim);
	sim_evidence_free(&other);
	free(cache.storage);
}

/* A CA that has a second certificate under another name: the CRL under that name is not this one's, hot or cold. */
static void
a_cache_hit_compares_the_cas_name(void **state)
{
	struct assay_cache cache = { calloc(1, ASSAY_CACHE_BYTES(16)), 16 };
	const struct assay_policy policy = core_preset(0);
	struct assay_verifier with_cache = verifier;
	struct assay_prepared renamed;
	struct sim_evidence sim = { 0 };
	struct sim_scene *scene;

	(void)state;
	assert_non_null(cache.storage);
	with_cache.cache = &cache;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	scene = sim.scene;
	scene->certificates[CERT_OTHER_CA].key = scene->certificates[CERT_PCK_CA].key;
	scene->crls[CRL_PCK].issuer = scene->certificates[CERT_OTHER_CA].subject;
	sim_chain_set(scene, CHAIN_PCK_CRL, 2, (const uint8_t[]){ CERT_OTHER_CA, CERT_ROOT });
	core_retell(&sim);
	assay_prepare(&renamed, &verifier, &sim.collateral);
	for (unsigned round = 0; round < 3; round++) {
		struct assay_verdict v;

		assay_appraise_prepared(&v, &with_cache, &sim.evidence, &renamed, NULL, &policy, CORE_NOW_S);
		core_expect(&v, ASSAY_UNDECIDED, ASSAY_CHECK_PCK_CRL_ISSUER, 0, "round");
	}
	sim_evidence_free(&sim);
	free(cache.storage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_of_any_size_is_its_parts),
		cmocka_unit_test(a_batch_with_a_cache_is_the_same),
		cmocka_unit_test(the_batch_has_some_of_each),
		cmocka_unit_test(signatures_are_not_checked_twice),
		cmocka_unit_test(an_unknown_ca_costs_one_more),
		cmocka_unit_test(only_what_is_valid_is_kept),
		cmocka_unit_test(a_cache_does_not_replace_trust),
		cmocka_unit_test(chains_beside_the_quote_are_not_kept_by_the_quote),
		cmocka_unit_test(a_cache_hit_compares_the_cas_name),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
