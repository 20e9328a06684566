/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cache is set-associative: a digest picks a set of a few entries, the
 * one used longest ago makes room.  Nothing is allocated and nothing grows;
 * whoever floods it only makes verification cost what it costs without.
 */
#include "verify/cache.h"

#define WAYS 4

struct entry {
	uint32_t kind;
	uint8_t digest[32];
	uint64_t used;
	struct pck_facts facts;
};

struct header {
	uint64_t clock;		/* counts uses: no real time in here */
};

_Static_assert(sizeof(struct header) <= 64, "the cache's header has 64 bytes");
_Static_assert(sizeof(struct entry) <= 512, "a cache entry has 512 bytes");
_Static_assert(alignof(struct entry) <= ASSAY_CACHE_ALIGNMENT, "assay.h asks for what an entry needs");

/* Storage of the caller's own making: what assay.h asks for, or his bug. */
static void
assert_storage(const struct assay_cache *cache)
{
	assert(cache->entries >= 1);
	assert((uintptr_t)cache->storage % ASSAY_CACHE_ALIGNMENT == 0);
}

static struct header *
header_of(struct assay_cache *cache)
{
	return (struct header *)(void *)cache->storage;
}

static struct entry *
entry_at(struct assay_cache *cache, size_t i)
{
	return (struct entry *)(void *)(cache->storage + 64 + i * 512);
}

/* The first entry of the digest's set; sets *ways to its size. */
static size_t
set_of(const struct assay_cache *cache, const uint8_t digest[static 32], size_t *ways)
{
	*ways = cache->entries < WAYS ? cache->entries : WAYS;

	const size_t sets = cache->entries / *ways;
	const size_t hash = (size_t)digest[0] | (size_t)digest[1] << 8 | (size_t)digest[2] << 16 |
	    (size_t)digest[3] << 24;

	return hash % sets * *ways;
}

const struct pck_facts *
cache_get(struct assay_cache *cache, enum cache_kind kind, const uint8_t digest[static 32])
{
	size_t ways;

	if (cache == NULL) {
		return NULL;
	}
	assert_storage(cache);
	const size_t first = set_of(cache, digest, &ways);

	for (size_t i = first; i < first + ways; i++) {
		struct entry *entry = entry_at(cache, i);

		if (entry->kind == (uint32_t)kind && memcmp(entry->digest, digest, 32) == 0) {
			entry->used = ++header_of(cache)->clock;
			return &entry->facts;
		}
	}
	return NULL;
}

void
cache_put(struct assay_cache *cache, enum cache_kind kind, const uint8_t digest[static 32],
    const struct pck_facts *facts)
{
	size_t ways;

	if (cache == NULL) {
		return;
	}
	assert_storage(cache);
	const size_t first = set_of(cache, digest, &ways);
	struct entry *victim = entry_at(cache, first);

	for (size_t i = first; i < first + ways; i++) {
		struct entry *entry = entry_at(cache, i);

		if (entry->kind == (uint32_t)kind && memcmp(entry->digest, digest, 32) == 0) {
			victim = entry;
			break;
		}
		if (entry->used < victim->used) {
			victim = entry;
		}
	}
	victim->kind = (uint32_t)kind;
	memcpy(victim->digest, digest, 32);
	victim->used = ++header_of(cache)->clock;
	victim->facts = *facts;
}
