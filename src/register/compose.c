/* SPDX-License-Identifier: Apache-2.0 */
/* Composing transactions, answers and ids. */
#include "register/compose.h"

#include "assay_register.h"

static const char transaction_domain[] = "assay/tx/1";
static const char answer_domain[] = "assay/answer/1";

/* A domain without its zero. */
#define DOMAIN(text)	bytes_of(text, sizeof(text) - 1)

struct writer {
	uint8_t *out;
	size_t size;
	size_t len;
};

static void
put(struct writer *w, struct assay_bytes bytes)
{
	if (w->len <= w->size && bytes.len <= w->size - w->len) {
		bytes_copy(w->out + w->len, bytes, bytes.len);
	}
	w->len += bytes.len;
}

static void
big_endian(uint8_t out[static 8], uint64_t value)
{
	for (unsigned i = 0; i < 8; i++) {
		out[i] = (uint8_t)(value >> (8 * (7 - i)));
	}
}

static size_t
written(const struct writer *w)
{
	return w->len <= w->size ? w->len : 0;
}

size_t
transaction_body_compose(uint8_t *out, size_t size, const struct transaction_head *head, enum kind kind,
    const void *arguments)
{
	/* The arguments are encoded where they will stand: after the head and their own length. */
	struct transaction_body body = { .nonce = head->nonce, .valid_until = head->valid_until, .kind = (uint8_t)kind };
	size_t front;
	size_t len;

	memcpy(body.sender, head->sender, sizeof(body.sender));
	front = record_encode(&transaction_body_record, &body, out, size);
	if (front > size) {
		return 0;
	}
	len = record_encode(kind_record(kind), arguments, out + front, size - front);
	if (len > size - front || len > 59000) {
		return 0;
	}
	out[front - 2] = (uint8_t)(len >> 8);
	out[front - 1] = (uint8_t)len;
	return front + len;
}

size_t
transaction_message(uint8_t *out, size_t size, const uint8_t register_id[static 32], struct assay_bytes body)
{
	struct writer w = { out, size, 0 };

	put(&w, DOMAIN(transaction_domain));
	put(&w, bytes_of(register_id, 32));
	put(&w, body);
	return written(&w);
}

size_t
transaction_finish(uint8_t *out, size_t size, struct assay_bytes body, const uint8_t key[static KEY_BYTES],
    const uint8_t signature[static 64])
{
	struct writer w = { out, size < ASSAY_TRANSACTION_BYTES_MAX ? size : ASSAY_TRANSACTION_BYTES_MAX, 0 };

	/* The body may stand in out already. */
	if (body.data == out) {
		w.len = body.len;
	} else {
		put(&w, body);
	}
	put(&w, bytes_of(key, KEY_BYTES));
	put(&w, bytes_of(signature, 64));
	return written(&w);
}

size_t
transaction_compose(uint8_t *out, size_t size, const struct transaction_head *head, enum kind kind,
    const void *arguments, const struct signing_key *signer)
{
	uint8_t message[ASSAY_TRANSACTION_BYTES_MAX];
	uint8_t signature[64];
	const size_t body = transaction_body_compose(out, size, head, kind, arguments);
	const size_t len = body == 0 ? 0
	    : transaction_message(message, sizeof(message), head->register_id, bytes_of(out, body));

	if (len == 0 || !signer->sign(signer->context, signature, bytes_of(message, len))) {
		return 0;
	}
	return transaction_finish(out, size, bytes_of(out, body), signer->key, signature);
}

void
answer_message(uint8_t out[static ANSWER_MESSAGE_BYTES], const uint8_t register_id[static 32],
    const uint8_t worker[static 32], uint64_t height, const uint8_t block_id[static 32],
    const uint8_t state[static STATE_BYTES])
{
	struct writer w = { out, ANSWER_MESSAGE_BYTES, 0 };
	uint8_t number[8];

	big_endian(number, height);
	put(&w, DOMAIN(answer_domain));
	put(&w, bytes_of(register_id, 32));
	put(&w, bytes_of(worker, 32));
	put(&w, bytes_of(number, sizeof(number)));
	put(&w, bytes_of(block_id, 32));
	put(&w, bytes_of(state, STATE_BYTES));
	assert(w.len == ANSWER_MESSAGE_BYTES);
}

bool
draw_asks_reattestation(const struct assay_crypto *crypto, const uint8_t block_id[static 32],
    const uint8_t worker[static 32], uint64_t one_in)
{
	uint8_t digest[32];
	uint64_t head = 0;

	crypto_sha256_2(crypto, digest, bytes_of(block_id, 32), bytes_of(worker, 32));
	for (unsigned i = 0; i < 8; i++) {
		head = head << 8 | digest[i];
	}
	return head % one_in == 0;
}

void
worker_id_of_key(const struct assay_crypto *crypto, uint8_t id[static 32], const uint8_t key[static KEY_BYTES])
{
	crypto_sha256_2(crypto, id, DOMAIN("assay/worker-key/1"), bytes_of(key, KEY_BYTES));
}

void
account_id_of_key(const struct assay_crypto *crypto, uint8_t id[static 32], const uint8_t key[static KEY_BYTES])
{
	/* SEC 1, compressed: 2 and the lowest bit of y, then x. */
	const uint8_t parity = (uint8_t)(2 + (key[KEY_BYTES - 1] & 1));

	crypto_sha256_2(crypto, id, bytes_of(&parity, 1), bytes_of(key, 32));
}

void
program_id_of_selector(const struct assay_crypto *crypto, uint8_t id[static 32], struct assay_bytes selector)
{
	crypto_sha256_2(crypto, id, DOMAIN("assay/program/1"), selector);
}

void
app_id_of_opening(const struct assay_crypto *crypto, uint8_t id[static 32], const uint8_t owner[static 32],
    uint64_t nonce)
{
	uint8_t number[8];
	struct assay_bytes parts[3] = { DOMAIN("assay/app/1"), bytes_of(owner, 32), bytes_of(number, sizeof(number)) };

	big_endian(number, nonce);
	crypto->sha256(crypto->context, id, parts, 3);
}

void
report_data_digest(const struct assay_crypto *crypto, uint8_t digest[static 32],
    const struct report_data_parts *parts)
{
	uint8_t number[8];
	const struct assay_bytes bytes[] = {
		DOMAIN("assay/worker/1"),
		ARRAY_BYTES(parts->register_id),
		ARRAY_BYTES(parts->key),
		ARRAY_BYTES(parts->agreement_key),
		ARRAY_BYTES(parts->operator_id),
		ARRAY_BYTES(parts->program),
		bytes_of(number, sizeof(number)),
		ARRAY_BYTES(parts->block_id)
	};

	big_endian(number, parts->nonce_height);
	crypto->sha256(crypto->context, digest, bytes, sizeof(bytes) / sizeof(bytes[0]));
}
