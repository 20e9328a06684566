/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Composing what the register takes: transactions, answers, genesis lists,
 * ids.  For commands, workers and tests; the machine itself composes nothing.
 * Signing is the caller's: the bytes to sign come out, the signature goes in.
 */
#ifndef REGISTER_COMPOSE_H
#define REGISTER_COMPOSE_H

#include "crypto/crypto.h"
#include "register/kinds.h"

/* Signs with one P-256 key: r||s, low s, over SHA-256 of the message. */
struct signing_key {
	void *context;
	bool (*sign)(void *context, uint8_t signature[static 64], struct assay_bytes message);
	uint8_t key[KEY_BYTES];
};

struct transaction_head {
	uint8_t register_id[32];
	uint8_t sender[32];
	uint64_t nonce;
	uint64_t valid_until;
};

/*
 * The whole transaction: arguments are the kind's struct.  Returns its length,
 * at most ASSAY_TRANSACTION_BYTES_MAX; 0 where it is longer, where size is too
 * small, or where signing failed.
 */
size_t transaction_compose(uint8_t *out, size_t size, const struct transaction_head *head, enum kind kind,
    const void *arguments, const struct signing_key *signer);

/*
 * Composing in two steps, for a key that is elsewhere: the body, the message
 * that the key signs, and the two put together.  Lengths, 0 as above.
 */
size_t transaction_body_compose(uint8_t *out, size_t size, const struct transaction_head *head,
    enum kind kind, const void *arguments);
size_t transaction_message(uint8_t *out, size_t size, const uint8_t register_id[static 32],
    struct assay_bytes body);
size_t transaction_finish(uint8_t *out, size_t size, struct assay_bytes body,
    const uint8_t key[static KEY_BYTES], const uint8_t signature[static 64]);

/* What a worker signs to answer a draw. */
#define ANSWER_MESSAGE_BYTES	(14 + 32 + 32 + 8 + 32 + STATE_BYTES)
void answer_message(uint8_t out[static ANSWER_MESSAGE_BYTES], const uint8_t register_id[static 32],
    const uint8_t worker[static 32], uint64_t height, const uint8_t block_id[static 32],
    const uint8_t state[static STATE_BYTES]);

/* Does the draw at that height ask this worker for a re-attestation? */
bool draw_asks_reattestation(const struct assay_crypto *crypto, const uint8_t block_id[static 32],
    const uint8_t worker[static 32], uint64_t one_in);

/* SHA-256("assay/worker-key/1" | key): the id of a worker. */
void worker_id_of_key(const struct assay_crypto *crypto, uint8_t id[static 32],
    const uint8_t key[static KEY_BYTES]);
/* SHA-256 of the compressed point: the id of an account. */
void account_id_of_key(const struct assay_crypto *crypto, uint8_t id[static 32],
    const uint8_t key[static KEY_BYTES]);
/* SHA-256("assay/program/1" | selector): the id of a program. */
void program_id_of_selector(const struct assay_crypto *crypto, uint8_t id[static 32],
    struct assay_bytes selector);
/* SHA-256("assay/app/1" | owner | nonce of the transaction that opened it): the id of an app. */
void app_id_of_opening(const struct assay_crypto *crypto, uint8_t id[static 32],
    const uint8_t owner[static 32], uint64_t nonce);

/* What REPORT_DATA[0..32] must be; [32..64] are zero. */
struct report_data_parts {
	uint8_t register_id[32];
	uint8_t key[KEY_BYTES];
	uint8_t agreement_key[32];
	uint8_t operator_id[32];
	uint8_t program[32];
	uint64_t nonce_height;
	uint8_t block_id[32];
};
void report_data_digest(const struct assay_crypto *crypto, uint8_t digest[static 32],
    const struct report_data_parts *parts);

#endif
