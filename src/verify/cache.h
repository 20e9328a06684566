/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was verified about platforms and attestation keys (struct assay_cache
 * from the inside).  Only what is valid is ever put in, and a key is a digest
 * of all the bytes that the result rests on, so a hit means the same as the
 * verification it saves.
 */
#ifndef VERIFY_CACHE_H
#define VERIFY_CACHE_H

#include "base/limits.h"
#include "verify/prepared.h"

/* A serial number by value. */
struct serial {
	uint8_t len;
	uint8_t bytes[SERIAL_BYTES_MAX];
};

/* What a verified PCK certificate says, by value. */
struct pck_facts {
	struct assay_platform platform;
	uint32_t root;			/* index into this verifier's roots, */
	uint8_t root_key[64];		/*   and the key by which it is found in another's */
	struct interval dates;		/* of the whole chain */
	struct serial leaf_serial;
	uint8_t ca_key[64];
	uint8_t ca_subject_digest[32];
	struct serial ca_serial;
};

enum cache_kind {
	CACHE_EMPTY = 0,
	CACHE_PLATFORM,		/* by leaf certificate and CA key */
	CACHE_ATTESTATION_KEY	/* by the bytes from the attestation key to the end */
};

/* NULL where it is not there, or where there is no cache. */
const struct pck_facts *cache_get(struct assay_cache *cache, enum cache_kind kind,
    const uint8_t digest[static 32]);
void cache_put(struct assay_cache *cache, enum cache_kind kind, const uint8_t digest[static 32],
    const struct pck_facts *facts);

#endif
