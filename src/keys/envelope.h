/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EncryptedPrivateKeyInfo (PKCS#8, RFC 5958) of the one shape that is
 * accepted.  Our own strict reader goes first, so that a hostile file cannot
 * ask for an algorithm, memory or time of its choice.
 */
#ifndef KEYS_ENVELOPE_H
#define KEYS_ENVELOPE_H

#include "keys/key_file.h"

/* Sets the file's derivation, cost, salt, iv and secret. */
enum key_result envelope_parse(struct key_file *file, struct assay_bytes der);
/* NULL where OpenSSL fails. */
X509_SIG *envelope_seal(PKCS8_PRIV_KEY_INFO *plain, const struct key_cost *cost, struct assay_bytes passphrase);

#endif
