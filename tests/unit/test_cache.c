/* SPDX-License-Identifier: Apache-2.0 */
/* The cache by itself: bounded, exact, the one used longest ago makes room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "death.h"
#include "verify/cache.h"

static struct assay_cache
cache_new(size_t entries)
{
	struct assay_cache cache = { calloc(1, ASSAY_CACHE_BYTES(entries)), entries };

	assert_non_null(cache.storage);
	return cache;
}

static struct pck_facts
facts_of(uint32_t number)
{
	struct pck_facts facts;

	memset(&facts, 0, sizeof(facts));
	facts.platform.pcesvn = (uint16_t)number;
	return facts;
}

/* The first four bytes choose the set. */
static void
digest_of(uint8_t digest[static 32], uint32_t set, uint8_t rest)
{
	memset(digest, rest, 32);
	digest[0] = (uint8_t)set;
	digest[1] = (uint8_t)(set >> 8);
	digest[2] = (uint8_t)(set >> 16);
	digest[3] = (uint8_t)(set >> 24);
}

static void
put(struct assay_cache *cache, uint32_t set, uint8_t rest, uint32_t number)
{
	const struct pck_facts facts = facts_of(number);
	uint8_t digest[32];

	digest_of(digest, set, rest);
	cache_put(cache, CACHE_PLATFORM, digest, &facts);
}

/* What was put there, or 0. */
static unsigned
get(struct assay_cache *cache, uint32_t set, uint8_t rest)
{
	uint8_t digest[32];

	digest_of(digest, set, rest);
	const struct pck_facts *facts = cache_get(cache, CACHE_PLATFORM, digest);

	return facts == NULL ? 0 : facts->platform.pcesvn;
}

static void
without_a_cache_nothing_is_found(void **state)
{
	(void)state;
	put(NULL, 0, 1, 1);
	assert_int_equal(get(NULL, 0, 1), 0);
}

static void
an_empty_cache_has_nothing(void **state)
{
	struct assay_cache cache = cache_new(8);
	uint8_t zero[32] = { 0 };

	(void)state;
	/* Not even the digest of zeros, which an empty entry has. */
	assert_null(cache_get(&cache, CACHE_PLATFORM, zero));
	assert_null(cache_get(&cache, CACHE_ATTESTATION_KEY, zero));
	free(cache.storage);
}

static void
what_was_put_is_found_whole(void **state)
{
	(void)state;
	for (size_t entries = 1; entries <= 13; entries++) {
		struct assay_cache cache = cache_new(entries);

		for (uint32_t set = 0; set < 20; set++) {
			put(&cache, set * 0x01010101, 7, set + 1);
			assert_int_equal(get(&cache, set * 0x01010101, 7), set + 1);
			/* A digest that differs in one byte is another one. */
			assert_int_equal(get(&cache, set * 0x01010101, 8), 0);
		}
		free(cache.storage);
	}
}

static void
a_digest_counts_to_its_last_byte(void **state)
{
	struct assay_cache cache = cache_new(4);
	const struct pck_facts facts = facts_of(5);
	uint8_t digest[32];

	(void)state;
	digest_of(digest, 0, 7);
	cache_put(&cache, CACHE_PLATFORM, digest, &facts);
	for (size_t i = 0; i < 32; i++) {
		digest[i] ^= 0x40;
		assert_null(cache_get(&cache, CACHE_PLATFORM, digest));
		digest[i] ^= 0x40;
	}
	assert_non_null(cache_get(&cache, CACHE_PLATFORM, digest));
	free(cache.storage);
}

static void
kinds_are_apart(void **state)
{
	struct assay_cache cache = cache_new(4);
	const struct pck_facts one = facts_of(1);
	const struct pck_facts two = facts_of(2);
	uint8_t digest[32];

	(void)state;
	digest_of(digest, 3, 3);
	cache_put(&cache, CACHE_PLATFORM, digest, &one);
	assert_null(cache_get(&cache, CACHE_ATTESTATION_KEY, digest));
	cache_put(&cache, CACHE_ATTESTATION_KEY, digest, &two);
	assert_int_equal(cache_get(&cache, CACHE_PLATFORM, digest)->platform.pcesvn, 1);
	assert_int_equal(cache_get(&cache, CACHE_ATTESTATION_KEY, digest)->platform.pcesvn, 2);
	free(cache.storage);
}

static void
putting_again_replaces(void **state)
{
	struct assay_cache cache = cache_new(4);

	(void)state;
	put(&cache, 1, 1, 11);
	put(&cache, 2, 2, 12);
	put(&cache, 2, 2, 16);
	assert_int_equal(get(&cache, 1, 1), 11);
	assert_int_equal(get(&cache, 2, 2), 16);
	put(&cache, 2, 2, 12);
	put(&cache, 1, 1, 13);
	assert_int_equal(get(&cache, 1, 1), 13);
	/* It took no second entry: two more still fit. */
	put(&cache, 3, 3, 14);
	put(&cache, 4, 4, 15);
	assert_int_equal(get(&cache, 2, 2), 12);
	assert_int_equal(get(&cache, 1, 1), 13);
	free(cache.storage);
}

static void
the_one_used_longest_ago_makes_room(void **state)
{
	struct assay_cache cache = cache_new(4);

	(void)state;
	for (uint8_t i = 1; i <= 4; i++) {
		put(&cache, i, i, i);
	}
	assert_int_equal(get(&cache, 1, 1), 1);
	put(&cache, 5, 5, 5);
	assert_int_equal(get(&cache, 2, 2), 0);
	assert_int_equal(get(&cache, 1, 1), 1);
	assert_int_equal(get(&cache, 3, 3), 3);
	/* 4 is now the oldest. */
	put(&cache, 6, 6, 6);
	assert_int_equal(get(&cache, 4, 4), 0);
	assert_int_equal(get(&cache, 3, 3), 3);
	assert_int_equal(get(&cache, 5, 5), 5);
	assert_int_equal(get(&cache, 6, 6), 6);
	free(cache.storage);
}

/* Eight entries are two sets of four, twelve are three: another set is not disturbed. */
static void
sets_are_apart(void **state)
{
	static const uint32_t steps[] = { 1, 0x100, 0x10000, 0x1000000 };

	(void)state;
	for (size_t s = 0; s < 4; s++) {
		struct assay_cache cache = cache_new(12);

		/* 0 to 2 times the step fall into different sets: none of the steps is a multiple of three. */
		put(&cache, 0, 99, 42);
		for (uint8_t i = 1; i <= 40; i++) {
			put(&cache, steps[s] * (i % 3 == 0 ? 1 : i % 3), i, i);
		}
		assert_int_equal(get(&cache, 0, 99), 42);
		free(cache.storage);
	}
}

/* What does not divide by four is left unused, and nothing beyond the end is touched (the sanitizer looks). */
static void
every_set_lies_inside(void **state)
{
	(void)state;
	for (size_t entries = 1; entries <= 11; entries++) {
		struct assay_cache cache = cache_new(entries);
		unsigned kept = 0;

		for (uint32_t i = 0; i < 200; i++) {
			put(&cache, i * 2654435761u, (uint8_t)i, i + 1);
		}
		for (uint32_t i = 0; i < 200; i++) {
			kept += get(&cache, i * 2654435761u, (uint8_t)i) == i + 1 ? 1 : 0;
		}
		assert_int_equal(kept, entries < 4 ? entries : entries / 4 * 4);
		free(cache.storage);
	}
}

static void
ask(void *context)
{
	(void)get(context, 0, 1);
}

static void
tell(void *context)
{
	put(context, 0, 1, 1);
}

/* Storage that is not aligned, or has no entry, is the caller's mistake, and no undefined behaviour. */
static void
what_the_caller_must_see_to_is_asserted(void **state)
{
	uint8_t *storage = calloc(1, ASSAY_CACHE_BYTES(2));

	(void)state;
	assert_non_null(storage);
	for (size_t off = 0; off <= ASSAY_CACHE_ALIGNMENT; off++) {
		struct assay_cache cache = { storage + off, 1 };
		const bool bad = off % ASSAY_CACHE_ALIGNMENT != 0;

		assert_int_equal(is_asserted(ask, &cache), bad);
		assert_int_equal(is_asserted(tell, &cache), bad);
	}
	struct assay_cache none = { storage, 0 };

	assert_true(is_asserted(ask, &none));
	assert_true(is_asserted(tell, &none));
	free(storage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_cache_nothing_is_found),
		cmocka_unit_test(an_empty_cache_has_nothing),
		cmocka_unit_test(what_was_put_is_found_whole),
		cmocka_unit_test(a_digest_counts_to_its_last_byte),
		cmocka_unit_test(kinds_are_apart),
		cmocka_unit_test(putting_again_replaces),
		cmocka_unit_test(the_one_used_longest_ago_makes_room),
		cmocka_unit_test(sets_are_apart),
		cmocka_unit_test(every_set_lies_inside),
		cmocka_unit_test(what_the_caller_must_see_to_is_asserted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
