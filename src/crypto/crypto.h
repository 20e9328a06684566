/* SPDX-License-Identifier: Apache-2.0 */
/* The crypto port (assay.h) with the small helpers that the core calls it by. */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include "base/bytes.h"

static inline bool
crypto_verify_one(const struct assay_crypto *crypto, struct assay_signature_item item)
{
	item.valid = false;
	crypto->verify(crypto->context, &item, 1);
	return item.valid;
}

static inline void
crypto_sha256(const struct assay_crypto *crypto, uint8_t digest[static 32], struct assay_bytes a)
{
	crypto->sha256(crypto->context, digest, &a, 1);
}

static inline void
crypto_sha256_2(const struct assay_crypto *crypto, uint8_t digest[static 32], struct assay_bytes a,
    struct assay_bytes b)
{
	const struct assay_bytes parts[2] = { a, b };

	crypto->sha256(crypto->context, digest, parts, 2);
}

#endif
