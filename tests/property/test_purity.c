/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Purity: the same inputs give the same verdict, byte for byte, padding
 * included, whatever lies on the stack, in the environment or in a cache,
 * however many threads ask, and whether they come cold, prepared, cached or
 * in a batch.  And speed is what it says: nine signatures cold, three with
 * prepared collateral, one with a cache, and no allocation at all.
 */
#include "property/property.h"

#include <locale.h>
#include <pthread.h>

#include "sim/scene.h"

/* ------------------------------------------------------------------------
 * A heap that counts
 */

#if defined(__SANITIZE_ADDRESS__)
#define HEAP_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEAP_SANITIZED 1
#endif
#endif

/* Volatile: compilers know that malloc changes no variable of ours. */
static _Thread_local volatile unsigned long allocations;

#ifdef HEAP_SANITIZED
typedef void on_malloc_hook(const volatile void *at, size_t size);
typedef void on_free_hook(const volatile void *at);
int __sanitizer_install_malloc_and_free_hooks(on_malloc_hook *on_malloc, on_free_hook *on_free);

static void
count_malloc(const volatile void *at, size_t size)
{
	(void)at;
	(void)size;
	allocations++;
}

static void
count_free(const volatile void *at)
{
	(void)at;
}

static void
heap_open(void)
{
	(void)__sanitizer_install_malloc_and_free_hooks(count_malloc, count_free);
}
#elif defined(__GLIBC__)
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *at, size_t size);

/* These stand before the C library's own for the whole program. */
void *
malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)	/* NOLINT: the C library's names are reserved */
{
	allocations++;
	return __libc_calloc(count, size);
}

void *
realloc(void *at, size_t size)	/* NOLINT: the C library's names are reserved */
{
	allocations++;
	return __libc_realloc(at, size);
}

static void
heap_open(void)
{
}
#else
static void
heap_open(void)
{
}
#endif

/* Does the heap really count?  Not under tools that replace it. */
static bool
heap_counts(void)
{
	const unsigned long before = allocations;
	void *volatile some = malloc(10);

	free(some);
	return allocations == before + 1;
}

/* ------------------------------------------------------------------------
 * All that is appraised: real and simulated, whole and broken
 */

#define SUBJECTS_MAX 1024

struct entry {
	struct subject subject;
	struct assay_policy policy;
	struct assay_verdict verdict;	/* cold */
	struct real real;
	struct sim_evidence made;
};

static struct entry *entries;
static size_t entries_count;
static size_t real_count;
static struct sim_vendor *vendor;

static struct entry *
next_entry(void)
{
	assert_true(entries_count < SUBJECTS_MAX);
	return &entries[entries_count++];
}

static void
add_real(void)
{
	json_t *manifest = vector_json("dcap", "manifest.json");
	size_t i, k;
	json_t *quote, *set;

	json_array_foreach(json_object_get(manifest, "quotes"), i, quote) {
		json_array_foreach(json_object_get(quote, "collaterals"), k, set) {
			struct entry *e = next_entry();

			(void)real_load(&e->real, json_text(quote, "file"), json_text(set, "file"), json_text(set, "at"));
			e->subject = e->real.subject;
			e->subject.name = "a real quote";
			assay_policy_preset(&e->policy, assay_crypto_openssl(), 0);
		}
	}
	real_count = entries_count;
	json_decref(manifest);
}

static void
add_simulated(const struct sim_options *options)
{
	struct entry *e = next_entry();

	if (!sim_evidence_make(vendor, options, &e->made)) {
		/* This combination does not exist. */
		sim_evidence_free(&e->made);
		entries_count--;
		return;
	}
	e->subject = subject_of_sim(options->broken ? sim_break_id(options->break_check) : "simulated", &e->made);
	policy_of_sim(&e->policy, &e->made);
}

static void
add_all_simulated(void)
{
	static const struct sim_options kinds[] = {
		{ .tee = SIM_SGX },
		{ .tee = SIM_SGX, .version = 5, .ca = SIM_CA_PROCESSOR },
		{ .tee = SIM_TDX },
		{ .tee = SIM_TDX, .version = 5 },
		{ .tee = SIM_IAS },
		{ .tee = SIM_EPID },
	};
	uint32_t index = 0;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		struct sim_options o = kinds[k];

		for (unsigned status = ASSAY_TCB_UP_TO_DATE; status < ASSAY_TCB_STATUS_COUNT; status++) {
			o.status = (enum assay_tcb_status)status;
			o.index = index++ % 16;
			add_simulated(&o);
		}
		o = kinds[k];
		for (unsigned check = 0; check < ASSAY_CHECK_COUNT; check++) {
			o.broken = true;
			o.break_check = (enum assay_check)check;
			o.index = index++ % 16;
			if (sim_break_fits(o.break_check, o.tee)) {
				add_simulated(&o);
			}
		}
	}
	for (unsigned type = 1; type <= 5; type++) {
		add_simulated(&(struct sim_options){ .tee = SIM_SGX, .certification_type = type });
		add_simulated(&(struct sim_options){ .tee = SIM_TDX, .certification_type = type, .debug = true });
	}
}

static int
setup(void **state)
{
	(void)state;
	heap_open();
	vendor = sim_vendor_new("purity", PROPERTY_NOW_S);
	entries = calloc(SUBJECTS_MAX, sizeof(*entries));
	add_real();
	add_all_simulated();
	for (size_t i = 0; i < entries_count; i++) {
		appraise(&entries[i].verdict, &entries[i].subject, &entries[i].policy);
	}
	print_message("# %zu real subjects, %zu simulated\n", real_count, entries_count - real_count);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < entries_count; i++) {
		if (i < real_count) {
			real_free(&entries[i].real);
		} else {
			sim_evidence_free(&entries[i].made);
		}
	}
	free(entries);
	sim_vendor_free(vendor);
	return 0;
}

/* ------------------------------------------------------------------------
 * Comparing
 */

static unsigned differences;

static void
must_equal(const struct assay_verdict *v, const struct assay_verdict *expected, const char *name, const char *how)
{
	const uint8_t *a = (const uint8_t *)v;
	const uint8_t *b = (const uint8_t *)expected;

	if (memcmp(a, b, sizeof(*v)) == 0) {
		return;
	}
	differences++;
	if (differences < 10) {
		size_t at = 0;

		while (a[at] == b[at]) {
			at++;
		}
		print_error("%s, %s: byte %zu of the verdict is %02x instead of %02x (%s, tier %u, failed %s; "
		    "expected %s, tier %u, failed %s)\n", name, how, at, a[at], b[at],
		    assay_authenticity_word(v->authenticity), assay_tier_number(v->tier), check_name(v->first_failed),
		    assay_authenticity_word(expected->authenticity), assay_tier_number(expected->tier),
		    check_name(expected->first_failed));
	}
}

/* Leave this byte all over the stack below the caller. */
__attribute__((noinline)) static void
dirty_stack(int byte)
{
	volatile uint8_t space[768 * 1024];

	for (size_t i = 0; i < sizeof(space); i++) {
		space[i] = (uint8_t)byte;
	}
}

/* Appraise each entry anew on dirty memory and compare. */
static void
all_must_equal(const char *how)
{
	static const int dirt[] = { 0xff, 0x00, 0xa5 };
	static struct assay_verdict v;

	for (size_t i = 0; i < entries_count; i++) {
		const int byte = dirt[i % 3];

		memset(&v, byte, sizeof(v));
		dirty_stack(byte);
		appraise(&v, &entries[i].subject, &entries[i].policy);
		must_equal(&v, &entries[i].verdict, entries[i].subject.name, how);
	}
}

/* ------------------------------------------------------------------------
 * Sound, and the same again
 */

static void
every_verdict_is_sound(void **state)
{
	unsigned failures = 0;

	(void)state;
	assert_true(entries_count - real_count >= 200);
	for (size_t i = 0; i < entries_count; i++) {
		const char *fault = fault_in_verdict(&entries[i].verdict);

		if (fault[0] != '\0') {
			failures++;
			print_error("%s: %s\n", entries[i].subject.name, fault);
		}
	}
	assert_int_equal(failures, 0);
}

static void
again_on_dirty_memory(void **state)
{
	(void)state;
	differences = 0;
	for (unsigned i = 0; i < 3; i++) {
		all_must_equal("on dirty memory");
	}
	assert_int_equal(differences, 0);
}

static void
under_another_locale_and_zone(void **state)
{
	static const char *const locales[] = { "tr_TR.UTF-8", "de_DE.UTF-8", "C.UTF-8" };
	static const char *const zones[] = { "CHAT-12:45CHADT", "UTC+11" };

	(void)state;
	differences = 0;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		const char *locale = NULL;

		for (size_t k = i; k < sizeof(locales) / sizeof(locales[0]) && locale == NULL; k++) {
			locale = setlocale(LC_ALL, locales[k]);
		}
		print_message("# under locale %s, zone %s\n", locale == NULL ? "C" : locale, zones[i]);
		assert_int_equal(setenv("TZ", zones[i], 1), 0);
		tzset();
		all_must_equal("elsewhere");
	}
	(void)setlocale(LC_ALL, "C");
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	tzset();
	assert_int_equal(differences, 0);
}

/* One thread's share of two: all entries, from its own end. */
struct crowd {
	bool backwards;
	unsigned long different;
	const struct assay_prepared *shared;
};

static void *
crowd_run(void *context)
{
	struct crowd *crowd = context;
	struct assay_verdict *v = malloc(sizeof(*v));

	for (size_t i = 0; i < entries_count; i++) {
		const struct entry *e = &entries[crowd->backwards ? entries_count - 1 - i : i];

		memset(v, 0xff, sizeof(*v));
		appraise(v, &e->subject, &e->policy);
		crowd->different += memcmp(v, &e->verdict, sizeof(*v)) != 0;
		/* And one set of prepared collateral that both use. */
		assay_appraise_prepared(v, &entries[real_count].subject.verifier, &entries[real_count].subject.evidence,
		    crowd->shared, NULL, &entries[real_count].policy, entries[real_count].subject.at_s);
		crowd->different += memcmp(v, &entries[real_count].verdict, sizeof(*v)) != 0;
	}
	free(v);
	return NULL;
}

static void
in_two_threads_at_once(void **state)
{
	static struct assay_prepared shared;
	struct crowd crowds[2] = { { false, 0, &shared }, { true, 0, &shared } };
	pthread_t ids[2];

	(void)state;
	assay_prepare(&shared, &entries[real_count].subject.verifier, &entries[real_count].subject.collateral);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(pthread_create(&ids[i], NULL, crowd_run, &crowds[i]), 0);
	}
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(ids[i], NULL), 0);
		assert_int_equal(crowds[i].different, 0);
	}
}

/* ------------------------------------------------------------------------
 * Cold, warm, hot, batched
 */

#define CACHE_ENTRIES 64
#define BATCH 11

static void
cache_open(struct assay_cache *cache, size_t count)
{
	cache->storage = calloc(1, ASSAY_CACHE_BYTES(count));
	cache->entries = count;
}

static void
appraise_warm(struct assay_verdict *v, const struct entry *e, const struct assay_verifier *verifier,
    const struct assay_prepared *prepared, const struct assay_evidence *evidence)
{
	memset(v, 0xff, sizeof(*v));
	dirty_stack(0xff);
	assay_appraise_prepared(v, verifier, evidence, prepared, NULL, &e->policy, e->subject.at_s);
}

/* The evidence among others, good and bad, so that it stands at each end of a batch and in between. */
static void
fill_batch(struct assay_evidence batch[static BATCH], const struct entry *e, uint8_t *flipped)
{
	const struct assay_evidence *own = &e->subject.evidence;
	const size_t len = own->quote.len;

	for (size_t i = 0; i < BATCH; i++) {
		batch[i] = *own;
	}
	if (len > 0) {
		memcpy(flipped, own->quote.data, len);
		flipped[len / 3] ^= 1;
		batch[1].quote = (struct assay_bytes){ flipped, len };
		batch[6].quote.len = len - 1;
	}
	batch[3].quote = (struct assay_bytes){ NULL, 0 };
	batch[4] = entries[(size_t)(e - entries + 1) % entries_count].subject.evidence;
	batch[8] = entries[entries_count / 2].subject.evidence;
}

static void
must_equal_in_batches(const struct entry *e, const struct assay_prepared *prepared, struct assay_cache *cache)
{
	static struct assay_verdict verdicts[BATCH];
	struct assay_verifier verifier = e->subject.verifier;
	struct assay_evidence batch[BATCH];
	uint8_t *flipped = malloc(e->subject.evidence.quote.len + 1);
	struct assay_verdict one;

	verifier.cache = cache;
	fill_batch(batch, e, flipped);
	memset(verdicts, 0xff, sizeof(verdicts));
	dirty_stack(0xa5);
	assay_appraise_batch(verdicts, &verifier, batch, BATCH, prepared, &e->policy, e->subject.at_s);
	for (size_t i = 0; i < BATCH; i++) {
		appraise_warm(&one, e, &e->subject.verifier, prepared, &batch[i]);
		must_equal(&verdicts[i], &one, e->subject.name, cache == NULL ? "batched" : "batched with a cache");
	}
	must_equal(&verdicts[0], &e->verdict, e->subject.name, "first of a batch");
	must_equal(&verdicts[BATCH - 1], &e->verdict, e->subject.name, "last of a batch");
	free(flipped);
}

static void
every_way_gives_the_same(void **state)
{
	static struct assay_prepared prepared;
	static const char *const rounds[] = { "with an empty cache", "hot", "hot again" };
	struct assay_verdict v;
	/* One cache for each set of roots. */
	struct assay_cache caches[2];

	(void)state;
	differences = 0;
	cache_open(&caches[0], CACHE_ENTRIES);
	cache_open(&caches[1], CACHE_ENTRIES);
	for (size_t i = 0; i < entries_count; i++) {
		const struct entry *e = &entries[i];
		struct assay_verifier cached = e->subject.verifier;

		cached.cache = &caches[i < real_count];
		memset(&prepared, 0xff, sizeof(prepared));
		dirty_stack(0xff);
		assay_prepare(&prepared, &e->subject.verifier, &e->subject.collateral);
		appraise_warm(&v, e, &e->subject.verifier, &prepared, &e->subject.evidence);
		must_equal(&v, &e->verdict, e->subject.name, "warm");
		for (size_t round = 0; round < 3; round++) {
			appraise_warm(&v, e, &cached, &prepared, &e->subject.evidence);
			must_equal(&v, &e->verdict, e->subject.name, rounds[round]);
		}
		must_equal_in_batches(e, &prepared, NULL);
		must_equal_in_batches(e, &prepared, cached.cache);
	}
	free(caches[0].storage);
	free(caches[1].storage);
	assert_int_equal(differences, 0);
}

/* An empty batch is none, and needs no array. */
static void
an_empty_batch(void **state)
{
	static struct assay_prepared prepared;
	const struct entry *e = &entries[real_count];

	(void)state;
	assay_prepare(&prepared, &e->subject.verifier, &e->subject.collateral);
	assay_appraise_batch(NULL, &e->subject.verifier, NULL, 0, &prepared, &e->policy, e->subject.at_s);
}

/* ------------------------------------------------------------------------
 * Caches that are too small, or serve others
 */

#define MACHINES 24

static void
small_caches_under_a_flood(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 5, 8, 64 };
	static struct assay_prepared prepared;
	static struct sim_evidence machines[MACHINES];
	static struct assay_verdict cold[MACHINES];
	struct sim_rng rng = { 7 };
	struct assay_policy policy;
	struct assay_verdict v;

	(void)state;
	differences = 0;
	assay_policy_preset(&policy, assay_crypto_openssl(), 0);
	for (uint32_t i = 0; i < MACHINES; i++) {
		assert_true(sim_evidence_make(vendor, &(struct sim_options){ .tee = SIM_SGX, .index = 100 + i,
		    .broken = i % 6 == 5, .break_check = ASSAY_CHECK_QUOTE_SIGNATURE }, &machines[i]));
		const struct subject s = subject_of_sim("flood", &machines[i]);

		appraise(&cold[i], &s, &policy);
	}
	const struct subject first = subject_of_sim("flood", &machines[0]);

	assay_prepare(&prepared, &first.verifier, &first.collateral);
	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		struct assay_cache cache;
		struct assay_verifier verifier = first.verifier;

		cache_open(&cache, sizes[k]);
		verifier.cache = &cache;
		for (unsigned n = 0; n < 200; n++) {
			const size_t i = sim_rng_below(&rng, MACHINES);

			assay_appraise_prepared(&v, &verifier, &machines[i].evidence, &prepared, NULL, &policy, first.at_s);
			must_equal(&v, &cold[i], "flood", "in a small cache");
		}
		free(cache.storage);
	}
	for (size_t i = 0; i < MACHINES; i++) {
		sim_evidence_free(&machines[i]);
	}
	assert_int_equal(differences, 0);
}

/* What a cache answers for altered evidence is what is answered without one. */
static void
a_cache_changes_no_verdict_of_noise(void **state)
{
	static struct assay_prepared prepared;
	const unsigned long flips = property_number("ASSAY_CACHE_FLIPS", 3000, 200000);
	const struct entry *e = &entries[real_count];
	struct assay_verifier cached = e->subject.verifier;
	struct assay_evidence evidence = e->subject.evidence;
	uint8_t *copy = malloc(evidence.quote.len);
	struct sim_rng rng = { 8 };
	struct assay_cache cache;
	struct assay_verdict with, without;

	(void)state;
	differences = 0;
	cache_open(&cache, 16);
	cached.cache = &cache;
	assay_prepare(&prepared, &e->subject.verifier, &e->subject.collateral);
	memcpy(copy, evidence.quote.data, evidence.quote.len);
	evidence.quote.data = copy;
	for (unsigned long n = 0; n < flips; n++) {
		const size_t bit = sim_rng_below(&rng, (uint32_t)evidence.quote.len * 8);
		/* Every fifth time the unaltered evidence keeps the cache filled. */
		const uint8_t flip = (uint8_t)(n % 5 == 0 ? 0u : 1u << bit % 8);

		copy[bit / 8] ^= flip;
		assay_appraise_prepared(&with, &cached, &evidence, &prepared, NULL, &e->policy, e->subject.at_s);
		assay_appraise_prepared(&without, &e->subject.verifier, &evidence, &prepared, NULL, &e->policy,
		    e->subject.at_s);
		must_equal(&with, &without, "flipped", "hot");
		copy[bit / 8] ^= flip;
	}
	free(copy);
	free(cache.storage);
	assert_int_equal(differences, 0);
}

/* A cache that was filled while a root was trusted gives nothing away after that. */
static void
a_cache_does_not_outlive_trust(void **state)
{
	static struct assay_prepared prepared;
	static struct assay_prepared foreign;
	const struct entry *e = &entries[real_count];
	struct sim_vendor *other = sim_vendor_new("somebody else", PROPERTY_NOW_S);
	struct sim_evidence elsewhere = { 0 };
	struct assay_verifier verifier = e->subject.verifier;
	struct assay_root roots[4] = { assay_roots_intel[0], assay_roots_intel[1] };
	struct assay_cache cache;
	struct assay_verdict v, cold;

	(void)state;
	differences = 0;
	assert_true(sim_evidence_make(other, &(struct sim_options){ .tee = SIM_SGX }, &elsewhere));
	cache_open(&cache, 16);
	assay_prepare(&prepared, &verifier, &e->subject.collateral);
	verifier.cache = &cache;
	for (unsigned i = 0; i < 2; i++) {
		appraise_warm(&v, e, &verifier, &prepared, &e->subject.evidence);
		assert_int_equal(v.tier, ASSAY_TIER_1);
	}

	/* Now Intel's roots alone, with the collateral prepared before and with what is prepared anew. */
	verifier.roots = assay_roots_intel;
	verifier.roots_count = 2;
	assay_prepare(&foreign, &verifier, &e->subject.collateral);
	for (unsigned i = 0; i < 2; i++) {
		appraise_warm(&v, e, &verifier, &foreign, &e->subject.evidence);
		assert_int_equal(v.authenticity, ASSAY_NOT_GENUINE);
		assert_int_equal(v.first_failed, ASSAY_CHECK_PCK_ROOT);
		assert_false(has_any_tier(&v));
	}

	/* Another vendor's root, then no root at all. */
	verifier.roots = elsewhere.roots;
	verifier.roots_count = 1;
	assay_prepare(&foreign, &verifier, &e->subject.collateral);
	appraise_warm(&v, e, &verifier, &foreign, &e->subject.evidence);
	assert_int_equal(v.first_failed, ASSAY_CHECK_PCK_ROOT);
	verifier.roots_count = 0;
	assay_prepare(&foreign, &verifier, &e->subject.collateral);
	appraise_warm(&v, e, &verifier, &foreign, &e->subject.evidence);
	assert_int_equal(v.first_failed, ASSAY_CHECK_PCK_ROOT);

	/* Trusted again, at another place among the roots and under another flag: as without a cache. */
	roots[2] = elsewhere.roots[0];
	roots[3] = e->subject.verifier.roots[0];
	roots[3].simulated = false;
	verifier.roots = roots;
	verifier.roots_count = 4;
	assay_prepare(&foreign, &verifier, &e->subject.collateral);
	for (unsigned i = 0; i < 2; i++) {
		appraise_warm(&v, e, &verifier, &foreign, &e->subject.evidence);
		verifier.cache = NULL;
		appraise_warm(&cold, e, &verifier, &foreign, &e->subject.evidence);
		verifier.cache = &cache;
		must_equal(&v, &cold, "another place", "hot");
		assert_int_equal(v.tier, ASSAY_TIER_1);
		assert_false(v.simulated);
	}
	assert_int_equal(differences, 0);
	free(cache.storage);
	sim_evidence_free(&elsewhere);
	sim_vendor_free(other);
}

/*
 * Two certificates of one CA key, under two names: that is not the CA which
 * issued the leaf, whether the leaf is known already or not.
 */
static void
a_cache_keeps_the_issuers_name(void **state)
{
	static struct assay_prepared prepared;
	static struct assay_prepared renamed;
	const struct entry *e = &entries[real_count];
	struct assay_verifier verifier = e->subject.verifier;
	struct sim_evidence other = { 0 };
	struct sim_crl *crl;
	struct assay_cache cache;
	struct assay_verdict cold, hot;

	(void)state;
	differences = 0;
	assert_true(sim_evidence_make(vendor, &(struct sim_options){ .tee = SIM_SGX }, &other));
	/* The chain of the CRL: the other CA's certificate on this CA's key, and a CRL by that name. */
	other.scene->certificates[CERT_OTHER_CA].key = other.scene->certificates[CERT_PCK_CA].key;
	sim_buffer_clear(&other.scene->certificates[CERT_OTHER_CA].tbs);
	sim_certificate_build(&other.scene->certificates[CERT_OTHER_CA]);
	sim_chain_set(other.scene, CHAIN_PCK_CRL, 2, (const uint8_t[]){ CERT_OTHER_CA, CERT_ROOT });
	crl = &other.scene->crls[CRL_PCK];
	crl->issuer = other.scene->certificates[CERT_OTHER_CA].subject;
	sim_buffer_clear(&crl->tbs);
	sim_crl_build(crl);
	sim_assemble(vendor, other.scene, &other);
	assay_prepare(&prepared, &verifier, &e->subject.collateral);
	assay_prepare(&renamed, &verifier, &other.collateral);
	appraise_warm(&cold, e, &verifier, &renamed, &e->subject.evidence);
	assert_int_equal(cold.first_failed, ASSAY_CHECK_PCK_CRL_ISSUER);
	cache_open(&cache, 4);
	verifier.cache = &cache;
	appraise_warm(&hot, e, &verifier, &prepared, &e->subject.evidence);
	assert_int_equal(hot.tier, ASSAY_TIER_1);
	appraise_warm(&hot, e, &verifier, &renamed, &e->subject.evidence);
	must_equal(&hot, &cold, "a CA of two names", "hot");
	free(cache.storage);
	sim_evidence_free(&other);
	assert_int_equal(differences, 0);
}

/* ------------------------------------------------------------------------
 * How many signatures, and no allocation
 */

struct tally {
	unsigned long calls;
	unsigned long signatures;
};

static void
tally_verify(void *context, struct assay_signature_item *items, size_t count)
{
	struct tally *tally = context;
	const struct assay_crypto *real = assay_crypto_openssl();

	tally->calls++;
	for (size_t i = 0; i < count; i++) {
		tally->signatures += items[i].algorithm != ASSAY_ALGORITHM_NONE;
	}
	real->verify(real->context, items, count);
}

static void
nine_three_and_one(void **state)
{
	static struct assay_prepared prepared;
	unsigned counted = 0;
	unsigned nine = 0;

	(void)state;
	for (size_t i = 0; i < entries_count; i++) {
		struct tally tally = { 0, 0 };
		const struct assay_crypto port = { &tally, tally_verify, memory_sha256 };
		const struct entry *e = &entries[i];
		struct assay_verifier verifier = e->subject.verifier;
		struct assay_cache cache;
		struct assay_verdict v;

		/* Only what is good and carries its chain costs all of it. */
		if (e->verdict.authenticity != ASSAY_GENUINE || e->verdict.kind == ASSAY_EVIDENCE_IAS_REPORT ||
		    e->subject.collateral.pck_certificate_chain.len != 0) {
			continue;
		}
		counted++;
		verifier.crypto = &port;
		assay_appraise(&v, &verifier, &e->subject.evidence, &e->subject.collateral, &e->policy, e->subject.at_s);
		/* In real sets the CA beside the CRL may be another certificate than the one in the quote. */
		assert_in_range(tally.signatures, 9, i < real_count ? 10 : 9);
		nine += tally.signatures == 9;
		assert_int_equal(tally.calls, 2);
		assay_prepare(&prepared, &verifier, &e->subject.collateral);
		tally = (struct tally){ 0, 0 };
		appraise_warm(&v, e, &verifier, &prepared, &e->subject.evidence);
		assert_in_range(tally.signatures, 3, i < real_count ? 4 : 3);
		cache_open(&cache, 4);
		verifier.cache = &cache;
		appraise_warm(&v, e, &verifier, &prepared, &e->subject.evidence);
		tally = (struct tally){ 0, 0 };
		appraise_warm(&v, e, &verifier, &prepared, &e->subject.evidence);
		assert_int_equal(tally.signatures, 1);
		assert_int_equal(tally.calls, 1);
		free(cache.storage);
	}
	print_message("# %u subjects: %u cost nine, three and one signatures, the others one more for a second CA\n", counted,
	    nine);
	assert_true(nine >= 60 && nine * 10 >= counted * 9);
}

/* A port that answers what it has written down, in the same order, and does nothing else. */
#define TAPE_MAX 256

struct tape {
	bool recording;
	size_t valid_count, valid_at;
	size_t digest_count, digest_at;
	bool valid[TAPE_MAX];
	uint8_t digest[TAPE_MAX][32];
};

static void
tape_verify(void *context, struct assay_signature_item *items, size_t count)
{
	struct tape *tape = context;
	const struct assay_crypto *real = assay_crypto_openssl();

	if (tape->recording) {
		real->verify(real->context, items, count);
	}
	for (size_t i = 0; i < count; i++) {
		if (tape->recording && tape->valid_count < TAPE_MAX) {
			tape->valid[tape->valid_count++] = items[i].valid;
		} else if (!tape->recording) {
			items[i].valid = tape->valid_at < tape->valid_count && tape->valid[tape->valid_at];
			tape->valid_at++;
		}
	}
}

static void
tape_sha256(void *context, uint8_t digest[32], const struct assay_bytes *parts, size_t count)
{
	struct tape *tape = context;

	if (tape->recording) {
		memory_sha256(NULL, digest, parts, count);
		if (tape->digest_count < TAPE_MAX) {
			memcpy(tape->digest[tape->digest_count++], digest, 32);
		}
	} else if (tape->digest_at < tape->digest_count) {
		memcpy(digest, tape->digest[tape->digest_at++], 32);
	}
}

/* All ways of appraising e, one after the other. */
static void
appraise_every_way(struct assay_verdict verdicts[static BATCH], const struct entry *e,
    const struct assay_verifier *verifier, struct assay_prepared *prepared)
{
	const struct assay_evidence twice[2] = { e->subject.evidence, e->subject.evidence };

	assay_appraise(&verdicts[0], verifier, &e->subject.evidence, &e->subject.collateral, &e->policy,
	    e->subject.at_s);
	assay_prepare(prepared, verifier, &e->subject.collateral);
	assay_appraise_prepared(&verdicts[1], verifier, &e->subject.evidence, prepared, prepared, &e->policy,
	    e->subject.at_s);
	assay_appraise_batch(&verdicts[2], verifier, twice, 2, prepared, &e->policy, e->subject.at_s);
}

static void
no_allocation(void **state)
{
	static struct tape tape;
	static struct assay_prepared prepared;
	static struct assay_verdict recorded[BATCH];
	static struct assay_verdict played[BATCH];
	const struct assay_crypto port = { &tape, tape_verify, tape_sha256 };
	struct assay_cache cache;

	(void)state;
	if (!heap_counts()) {
		skip();
	}
	differences = 0;
	cache_open(&cache, 8);
	for (size_t i = 0; i < entries_count; i++) {
		const struct entry *e = &entries[i];
		struct assay_verifier verifier = e->subject.verifier;

		verifier.crypto = &port;
		verifier.cache = &cache;
		memset(&tape, 0, sizeof(tape));
		memset(cache.storage, 0, ASSAY_CACHE_BYTES(8));
		tape.recording = true;
		appraise_every_way(recorded, e, &verifier, &prepared);
		tape.recording = false;
		memset(cache.storage, 0, ASSAY_CACHE_BYTES(8));

		const unsigned long before = allocations;

		appraise_every_way(played, e, &verifier, &prepared);
		assert_int_equal(allocations, before);
		assert_int_equal(tape.valid_at, tape.valid_count);
		assert_int_equal(tape.digest_at, tape.digest_count);
		for (size_t k = 0; k < 4; k++) {
			must_equal(&played[k], &recorded[k], e->subject.name, "from the tape");
		}
	}
	free(cache.storage);
	assert_int_equal(differences, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_is_sound),
		cmocka_unit_test(again_on_dirty_memory),
		cmocka_unit_test(under_another_locale_and_zone),
		cmocka_unit_test(in_two_threads_at_once),
		cmocka_unit_test(every_way_gives_the_same),
		cmocka_unit_test(an_empty_batch),
		cmocka_unit_test(small_caches_under_a_flood),
		cmocka_unit_test(a_cache_changes_no_verdict_of_noise),
		cmocka_unit_test(a_cache_does_not_outlive_trust),
		cmocka_unit_test(a_cache_keeps_the_issuers_name),
		cmocka_unit_test(nine_three_and_one),
		cmocka_unit_test(no_allocation),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
