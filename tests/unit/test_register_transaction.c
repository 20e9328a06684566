/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every transaction has to pass, and what accounts can do: form, key,
 * signature, nonce, height, fee; agents and rotations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "scene/register_scene.h"

static struct transfer_arguments
transfer_to(const struct scene *s, unsigned account, uint64_t amount)
{
	struct transfer_arguments a = { .amount = amount };

	memcpy(a.to, s->accounts[account].id, sizeof(a.to));
	return a;
}

static void
a_transfer_moves_units(void **state)
{
	struct scene *s = scene_new(&(struct scene_options){ .seed = "transfer" });
	struct transfer_arguments a = transfer_to(s, 1, 1000);
	struct account from, to;

	(void)state;
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_ACCEPTED);
	scene_get_account(s, 0, &from);
	scene_get_account(s, 1, &to);
	assert_int_equal(from.balance, SCENE_BALANCE - 1000);
	assert_int_equal(to.balance, SCENE_BALANCE + 1000);
	assert_int_equal(from.nonce, 1);
	scene_block(s);
	assert_true(scene_supply_holds(s));

	/* The same bytes again change nothing. */
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_NONCE);
	scene_get_account(s, 0, &from);
	assert_int_equal(from.balance, SCENE_BALANCE - 1000);

	a = transfer_to(s, 1, 0);
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_AMOUNT);
	a = transfer_to(s, 0, 1);
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_SELF);
	a = transfer_to(s, 1, SCENE_BALANCE);
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_BALANCE);
	a = transfer_to(s, 1, UINT64_MAX);
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_BALANCE);
	scene_block(s);
	assert_true(scene_supply_holds(s));
	scene_free(s);
}

/* Each byte of a transaction matters: whichever is changed, it is refused before anything was taken. */
static void
no_byte_can_be_changed(void **state)
{
	struct scene *s = scene_new(&(struct scene_options){ .seed = "bytes" });
	const struct transfer_arguments a = transfer_to(s, 1, 1000);

	(void)state;
	scene_compose(s, 0, false, KIND_TRANSFER, &a);
	for (size_t i = 0; i < s->transaction_len; i++) {
		uint8_t changed[1024];

		assert_true(s->transaction_len <= sizeof(changed));
		memcpy(changed, s->transaction, s->transaction_len);
		changed[i] ^= 1;
		const enum code code = scene_send_bytes(s, bytes_of(changed, s->transaction_len));

		if (code == CODE_ACCEPTED || s->result.charged) {
			fail_msg("byte %zu: %s", i, code_id(code));
		}
	}
	for (size_t len = 0; len < s->transaction_len; len++) {
		assert_int_not_equal(scene_send_bytes(s, bytes_of(s->transaction, len)), CODE_ACCEPTED);
		assert_false(s->result.charged);
	}
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_ACCEPTED);
	scene_free(s);
}

static void
signatures_are_bound_and_canonical(void **state)
{
	static const uint8_t order[32] = {
		0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51
	};
	struct scene *s = scene_new(&(struct scene_options){ .seed = "one" });
	struct scene *other = scene_new(&(struct scene_options){ .seed = "one", .treasury = 7 });
	const struct transfer_arguments a = transfer_to(s, 1, 1000);
	unsigned borrow = 0;

	(void)state;
	/* The same keys, another register: its id is signed. */
	scene_compose(s, 0, false, KIND_TRANSFER, &a);
	assert_int_equal(scene_send_bytes(other, bytes_of(s->transaction, s->transaction_len)), CODE_SIGNATURE);

	/* n - s verifies as well as s: it is refused, or one transaction would have two digests. */
	uint8_t *const low = s->transaction + s->transaction_len - 32;

	for (unsigned i = 32; i-- > 0;) {
		const unsigned difference = 256u + order[i] - low[i] - borrow;

		low[i] = (uint8_t)difference;
		borrow = difference < 256 ? 1 : 0;
	}
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_SIGNATURE);
	scene_free(s);
	scene_free(other);
}

static void
nonce_height_and_size(void **state)
{
	struct scene *s = scene_new(&(struct scene_options){ .seed = "nonce" });
	const struct transfer_arguments a = transfer_to(s, 1, 1);
	static uint8_t big[ASSAY_TRANSACTION_BYTES_MAX + 1];
	struct transaction_body body;

	(void)state;
	s->accounts[0].nonce = 1;	/* one too many */
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_NONCE);
	s->accounts[0].nonce = UINT64_MAX;	/* which makes the next one 0 */
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_NONCE);
	s->accounts[0].nonce = 0;
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_ACCEPTED);
	assert_int_equal(scene_send_bytes(s, bytes_of(big, sizeof(big))), CODE_SIZE);
	assert_int_equal(scene_send_bytes(s, bytes_of(NULL, 0)), CODE_FORM);

	/* A kind that there is not, well signed, is refused before its signature is looked at. */
	scene_compose(s, 0, false, KIND_TRANSFER, &a);
	struct cursor c = cursor_over(bytes_of(s->transaction, s->transaction_len));

	record_read(&transaction_body_record, &body, &c);
	s->transaction[48] = 200;
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_KIND);
	assert_int_equal(body.kind, KIND_TRANSFER);
	scene_free(s);
}

static void
the_last_height_is_kept(void **state)
{
	struct scene *s = scene_new(&(struct scene_options){ .seed = "height" });
	const struct transfer_arguments a = transfer_to(s, 1, 1);
	struct scene_account *from = &s->accounts[0];
	struct transaction_head head = { .nonce = 1, .valid_until = 3 };
	uint8_t signature[64];
	uint8_t message[1024];
	size_t len;

	(void)state;
	memcpy(head.register_id, s->head.register_id, 32);
	memcpy(head.sender, from->id, 32);
	/* Sign until s is low, which every second signature is: messages differ by the last height. */
	for (head.valid_until = 3; ; head.valid_until++) {
		len = transaction_body_compose(s->transaction, sizeof(s->transaction), &head, KIND_TRANSFER, &a);
		const size_t message_len = transaction_message(message, sizeof(message), head.register_id,
		    bytes_of(s->transaction, len));

		sim_sign(signature, &s->signer, &from->key, message, message_len);
		if (signature[32] < 0x7f) {
			break;
		}
	}
	s->transaction_len = transaction_finish(s->transaction, sizeof(s->transaction), bytes_of(s->transaction, len),
	    from->key.public, signature);
	while (s->commit.height < head.valid_until) {
		scene_block(s);
	}
	/* The block that is open now is one beyond. */
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_EXPIRED);
	assert_false(s->result.charged);
	scene_free(s);
}

static void
fees_are_taken_once_the_nonce_is(void **state)
{
	const struct scene_parameter fees[] = { { PARAMETER_FEE_BASE, 100 }, { PARAMETER_FEE_BYTE, 2 } };
	struct scene *s = scene_new(&(struct scene_options){ .seed = "fee", .parameters = fees, .parameters_count = 2 });
	struct transfer_arguments a = transfer_to(s, 1, 0);
	struct account from;
	uint64_t fee;

	(void)state;
	/* Refused by its rule: nonce and fee are gone, nothing else. */
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_AMOUNT);
	fee = 100 + 2 * s->transaction_len;
	assert_int_equal(s->result.fee, fee);
	scene_get_account(s, 0, &from);
	assert_int_equal(from.balance, SCENE_BALANCE - fee);
	assert_int_equal(from.nonce, 1);
	assert_int_equal(scene_machine(s)->meta.treasury, SCENE_BALANCE + fee);

	/* An account without means, and one that nobody has heard of. */
	a = transfer_to(s, 1, from.balance - fee);
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_ACCEPTED);
	a = transfer_to(s, 1, 1);
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_FEE);
	assert_false(s->result.charged);
	assert_int_equal(scene_send(s, 7, KIND_TRANSFER, &a), CODE_FEE);
	scene_block(s);
	assert_true(scene_supply_holds(s));
	scene_free(s);
}

/* Fails where answers and renewals that are no good cost nothing, nor leave more than a digest, for
 * who has nothing. */
static void
who_has_nothing_sends_nothing_bad(void **state)
{
	const struct scene_parameter fees[] = { { PARAMETER_FEE_BASE, 100 }, { PARAMETER_FEE_BYTE, 2 } };
	struct scene *s = scene_new(&(struct scene_options){ .seed = "nothing", .parameters = fees, .parameters_count = 2 });
	const struct transfer_arguments a = transfer_to(s, 7, 3);
	const struct answer_group group = { .height = 1, .id_bytes = 32, .count = 1 };
	struct reattest_arguments renewal = { .nonce_height = 0 };
	struct scene_account *const poor = &s->accounts[7];
	struct answers_arguments answers;
	struct account before, after;
	uint8_t bytes[256] = { 0 };
	struct assay_bytes entry;

	(void)state;
	(void)record_encode(&answer_group_record, &group, bytes, sizeof(bytes));
	answers.groups = bytes_of(bytes, record_encode(&answer_group_record, &group, bytes, sizeof(bytes)) + 102);
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &a), CODE_ACCEPTED);
	scene_get_account(s, 7, &before);
	assert_int_equal(scene_send(s, 7, KIND_ANSWERS, &answers), CODE_FEE);
	assert_false(s->result.charged);
	assert_int_equal(s->result.fee, 0);
	const uint64_t index = s->result.index;

	assert_int_equal(scene_send(s, 7, KIND_REATTEST, &renewal), CODE_FEE);
	scene_get_account(s, 7, &after);
	assert_int_equal(after.balance, 3);
	assert_int_equal(after.nonce, 0);
	assert_int_equal(after.key.len, before.key.len);
	assert_int_equal(poor->nonce, 0);
	scene_block(s);
	assert_true(memory_entry(s->memory, index, &entry));
	assert_int_equal(entry.data[0], ENTRY_REFUSED);
	assert_true(scene_supply_holds(s));
	/* Who has enough pays for it. */
	assert_int_equal(scene_send(s, 1, KIND_ANSWERS, &answers), CODE_ANSWERS_NONE);
	assert_int_equal(s->result.fee, 100 + 2 * s->transaction_len);
	scene_block(s);
	assert_true(scene_supply_holds(s));
	scene_free(s);
}

static void
arguments_must_be_the_kinds(void **state)
{
	struct scene *s = scene_new(&(struct scene_options){ .seed = "arguments" });
	const struct transfer_arguments a = transfer_to(s, 1, 5);

	(void)state;
	/* A transfer's arguments under every other kind: too long, too short or not what they mean. */
	for (unsigned kind = 1; kind < KIND_END; kind++) {
		uint8_t encoded[64];
		const size_t len = record_encode(kind_record(KIND_TRANSFER), &a, encoded, sizeof(encoded));
		uint8_t *decoded = malloc(kind_record(kind)->struct_size);

		assert_non_null(decoded);
		if (!record_decode(kind_record(kind), decoded, bytes_of(encoded, len))) {
			/* The composer writes the kind's number over a transfer: the body is signed with it. */
			struct scene_account *from = &s->accounts[0];
			struct transaction_head head = { .nonce = from->nonce + 1, .valid_until = UINT64_MAX };
			uint8_t signature[64];
			uint8_t message[1024];
			size_t body_len;

			memcpy(head.register_id, s->head.register_id, 32);
			memcpy(head.sender, from->id, 32);
			do {
				head.valid_until--;
				body_len = transaction_body_compose(s->transaction, sizeof(s->transaction), &head,
				    KIND_TRANSFER, &a);
				s->transaction[48] = (uint8_t)kind;
				const size_t message_len = transaction_message(message, sizeof(message),
				    head.register_id, bytes_of(s->transaction, body_len));

				sim_sign(signature, &s->signer, &from->key, message, message_len);
			} while (signature[32] >= 0x7f);
			s->transaction_len = transaction_finish(s->transaction, sizeof(s->transaction),
			    bytes_of(s->transaction, body_len), from->key.public, signature);
			assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)),
			    CODE_ARGUMENTS);
			assert_true(s->result.charged);
			from->nonce++;
		}
		free(decoded);
	}
	scene_block(s);
	assert_true(scene_supply_holds(s));
	scene_free(s);
}

static void
an_agent_may_only_run_workers(void **state)
{
	struct scene *s = scene_new(&(struct scene_options){ .seed = "agent" });
	const struct transfer_arguments transfer = transfer_to(s, 1, 5);
	struct set_agent_key_arguments none = { .key = { 0 } };
	struct endpoint_arguments endpoint = { .worker = { 0 } };

	(void)state;
	assert_int_equal(scene_send_as_agent(s, 0, KIND_ENDPOINT, &endpoint), CODE_KEY);
	scene_set_agent(s, 0);
	/* Its key passes for what an agent may send, and nothing else: stake stays under the cold key. */
	for (unsigned kind = 1; kind < KIND_END; kind++) {
		uint8_t *arguments = calloc(1, kind_record(kind)->struct_size);
		const uint64_t nonce = s->accounts[0].agent_nonce;

		assert_non_null(arguments);
		const enum code code = scene_send_as_agent(s, 0, (enum kind)kind, arguments);

		if (kind_signer(kind) == KIND_BY_AGENT) {
			assert_int_not_equal(code, CODE_KEY);
			assert_int_equal(s->accounts[0].agent_nonce, nonce + 1);
		} else {
			assert_int_equal(code, CODE_KEY);
		}
		free(arguments);
	}
	/* The account's own nonces go on apart. */
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &transfer), CODE_ACCEPTED);
	assert_int_equal(scene_send(s, 0, KIND_SET_AGENT_KEY, &none), CODE_ACCEPTED);
	assert_int_equal(scene_send_as_agent(s, 0, KIND_ENDPOINT, &endpoint), CODE_KEY);
	assert_int_equal(scene_send(s, 0, KIND_SET_AGENT_KEY, &none), CODE_KEY_USED);
	none.key.len = 5;
	assert_int_equal(scene_send(s, 0, KIND_SET_AGENT_KEY, &none), CODE_ARGUMENTS);
	VAR_SET(none.key, bytes_of(s->accounts[0].key.public, KEY_BYTES));
	assert_int_equal(scene_send(s, 0, KIND_SET_AGENT_KEY, &none), CODE_KEY_USED);
	scene_free(s);
}

static void
a_rotated_key_signs_after_its_lock(void **state)
{
	const struct scene_parameter lock = { PARAMETER_ROTATE_LOCK, 10000 };
	struct scene *s = scene_new(&(struct scene_options){ .seed = "rotate", .parameters = &lock, .parameters_count = 1 });
	const struct transfer_arguments transfer = transfer_to(s, 1, 5);
	struct rotate_key_arguments rotate;
	struct sim_key old = s->accounts[0].key;

	(void)state;
	memcpy(rotate.key, s->accounts[0].agent.public, sizeof(rotate.key));
	assert_int_equal(scene_send(s, 0, KIND_ROTATE_KEY, &rotate), CODE_ACCEPTED);
	memcpy(rotate.key, s->accounts[7].key.public, sizeof(rotate.key));
	assert_int_equal(scene_send(s, 0, KIND_ROTATE_KEY, &rotate), CODE_ROTATION_PENDING);
	scene_blocks(s, 9);
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &transfer), CODE_ACCEPTED);
	scene_blocks(s, 2);
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &transfer), CODE_KEY);
	s->accounts[0].key = s->accounts[0].agent;
	assert_int_equal(scene_send(s, 0, KIND_TRANSFER, &transfer), CODE_ACCEPTED);
	/* The id stays; a key is no other account's by being used here. */
	memcpy(rotate.key, s->accounts[0].key.public, sizeof(rotate.key));
	assert_int_equal(scene_send(s, 0, KIND_ROTATE_KEY, &rotate), CODE_KEY_USED);
	s->accounts[0].key = old;
	scene_free(s);
}

/* What a step did not commit is not there: refused transactions leave the rows as they were. */
static void
a_restart_changes_nothing(void **state)
{
	struct scene *a = scene_new(&(struct scene_options){ .seed = "restart" });
	struct scene *b = scene_new(&(struct scene_options){ .seed = "restart" });
	const struct transfer_arguments transfer = transfer_to(a, 1, 5);

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(scene_send(a, 0, KIND_TRANSFER, &transfer), CODE_ACCEPTED);
		assert_int_equal(scene_send(b, 0, KIND_TRANSFER, &transfer), CODE_ACCEPTED);
		scene_block(a);
		scene_reopen(b);	/* ends the block, and opens the register from its rows */
		assert_memory_equal(a->commit.state_root, b->commit.state_root, 32);
		assert_memory_equal(a->commit.block_id, b->commit.block_id, 32);
	}
	scene_free(a);
	scene_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transfer_moves_units),
		cmocka_unit_test(no_byte_can_be_changed),
		cmocka_unit_test(signatures_are_bound_and_canonical),
		cmocka_unit_test(nonce_height_and_size),
		cmocka_unit_test(the_last_height_is_kept),
		cmocka_unit_test(fees_are_taken_once_the_nonce_is),
		cmocka_unit_test(who_has_nothing_sends_nothing_bad),
		cmocka_unit_test(arguments_must_be_the_kinds),
		cmocka_unit_test(an_agent_may_only_run_workers),
		cmocka_unit_test(a_rotated_key_signs_after_its_lock),
		cmocka_unit_test(a_restart_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
