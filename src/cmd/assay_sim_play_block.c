/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions and blocks of the play, through the real driver. */
#include "cmd/assay_sim_play.h"

#include <stdlib.h>

struct signing {
	struct play *play;
	const struct sim_key *key;
};

static bool
sign(void *context, uint8_t signature[static 64], struct assay_bytes message)
{
	const struct signing *const signing = context;

	sim_sign_low(signature, &signing->play->signer, signing->key, message.data, message.len);
	return true;
}

size_t
play_compose(struct play *p, unsigned account, uint64_t nonce, enum kind kind, const void *arguments,
    uint8_t out[static ASSAY_TRANSACTION_BYTES_MAX])
{
	const struct play_account *const from = &p->accounts[account];
	struct signing signing = { p, &from->key };
	struct signing_key signer = { .context = &signing, .sign = sign };
	struct transaction_head head = { .nonce = nonce, .valid_until = play_height(p) + PLAY_DAY_BLOCKS };

	memcpy(signer.key, from->key.public, sizeof(signer.key));
	memcpy(head.register_id, p->register_id, sizeof(head.register_id));
	memcpy(head.sender, from->id, sizeof(head.sender));
	const size_t len = transaction_compose(out, ASSAY_TRANSACTION_BYTES_MAX, &head, kind, arguments, &signer);

	play_must(len != 0, "a transaction cannot be composed");
	return len;
}

static size_t
queue(struct play *p, unsigned account, enum kind kind, const void *arguments, bool may_fail)
{
	static uint8_t bytes[ASSAY_TRANSACTION_BYTES_MAX];
	struct play_queued *const to = &p->queue[p->queued];

	play_must(p->queued < PLAY_QUEUE_MAX, "a block is too full");
	p->accounts[account].nonce++;
	to->len = play_compose(p, account, p->accounts[account].nonce, kind, arguments, bytes);
	to->bytes = sim_must(malloc(to->len));
	memcpy(to->bytes, bytes, to->len);
	to->may_fail = may_fail;
	return p->queued++;
}

size_t
play_send(struct play *p, unsigned account, enum kind kind, const void *arguments)
{
	return queue(p, account, kind, arguments, false);
}

size_t
play_try(struct play *p, unsigned account, enum kind kind, const void *arguments)
{
	return queue(p, account, kind, arguments, true);
}

uint64_t
play_height(const struct play *p)
{
	return driver_head(p->driver)->height;
}

static bool
first_part(void *context, uint64_t index, struct assay_bytes entry)
{
	uint16_t *const code = context;
	struct cursor c = cursor_over(entry);
	struct entry_result result;

	(void)index;
	if (cursor_u8(&c) == ENTRY_TRANSACTION) {
		record_read(&entry_result_record, &result, &c);
		/* Parts are of an index and a code, each in 16 bits. */
		if (!c.bad && result.parts.len >= 4) {
			*code = (uint16_t)(result.parts.data[2] << 8 | result.parts.data[3]);
		}
	}
	return false;
}

uint16_t
play_answer_code(struct play *p, size_t result)
{
	const struct assay_register_result *const r = &p->results[result].result;
	struct store_error error;
	uint16_t code = r->code;

	if (!store_each_entry(driver_store(p->driver), r->index, r->index + 1, &code, first_part, &error)) {
		play_stop(&error);
	}
	return code;
}

static void
results_check(struct play *p)
{
	for (size_t i = 0; i < p->queued; i++) {
		const struct assay_register_result *const r = &p->results[i].result;

		/* What takes no nonce would break the sender's next transaction. */
		if (!r->charged || (r->code != CODE_ACCEPTED && !p->queue[i].may_fail)) {
			play_wrong("transaction %zu of block %llu was refused: %s, %s (%u)", i,
			    (unsigned long long)play_height(p), code_id(r->code), code_id(play_answer_code(p, i)), r->detail);
		}
		free(p->queue[i].bytes);
	}
}

void
play_cut(struct play *p)
{
	struct assay_bytes transactions[PLAY_QUEUE_MAX];
	struct assay_register_commit commit;
	struct store_error error;

	play_answers(p);
	for (size_t i = 0; i < p->queued; i++) {
		transactions[i] = bytes_of(p->queue[i].bytes, p->queue[i].len);
	}
	p->time_ms += p->step_ms;
	if (!driver_cut(p->driver, p->time_ms, transactions, p->queued, p->results, &commit, &error)) {
		play_stop(&error);
	}
	if (driver_unsigned(p->driver) != NULL) {
		play_stop(driver_unsigned(p->driver));
	}
	play_must(commit.time_ms == p->time_ms && commit.height < PLAY_BLOCKS_MAX, "the play is too long");
	memcpy(p->block_ids[commit.height], commit.block_id, 32);
	results_check(p);
	p->queued = 0;
	play_watch(p);
}

void
play_blocks(struct play *p, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		play_cut(p);
	}
}

void
play_until(struct play *p, uint64_t height)
{
	while (play_height(p) < height) {
		play_cut(p);
	}
}

void
play_act(struct play *p, enum act act, const void *arguments, const char *reason)
{
	static uint8_t encoded[DOCUMENT_BYTES_MAX];
	struct propose_arguments propose = { .act = (uint8_t)act };
	struct proposal_arguments approve = { .number = p->m->meta.proposals + 1 };

	propose.arguments = bytes_of(encoded, record_encode(act_record(act), arguments, encoded, sizeof(encoded)));
	VAR_SET(propose.reason, bytes_of_text(reason));
	(void)play_send(p, PLAY_COUNCIL, KIND_PROPOSE, &propose);
	(void)play_send(p, PLAY_COUNCIL + 1, KIND_APPROVE, &approve);
}
