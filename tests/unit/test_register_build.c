/* SPDX-License-Identifier: Apache-2.0 */
/* Confirmed builds and statements: what others say in public. */
#include "council.h"

/* ---- builds */

static void
give_recipe(uint8_t byte)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, s->program_sgx);
	struct machine *m = council_machine();
	struct program program;

	scene_wait(s, 1000);
	assert_true(row_get(m, &key, &program));
	memset(program.recipe, byte, sizeof(program.recipe));
	step_begin(m);
	row_put(m, &key, &program);
	step_commit(m, EFFECT_NONE);
}

static uint32_t
confirmations(void)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, s->program_sgx);
	struct program program;

	assert_true(row_get(council_machine(), &key, &program));
	return program.confirmations;
}

static enum code
confirm(unsigned account, const uint8_t *program, uint8_t recipe)
{
	struct confirm_build_arguments a;

	memcpy(a.program, program, sizeof(a.program));
	memset(a.recipe, recipe, sizeof(a.recipe));
	const enum code code = scene_send(s, account, KIND_CONFIRM_BUILD, &a);

	assert_true(code == CODE_ACCEPTED || council_is_listed(code));
	return code;
}

/* Fails where one account counts twice, or a build by another recipe counts at all. */
static void
test_confirm(void **state)
{
	const uint8_t unknown[32] = { 1 };
	uint8_t before[32];
	uint8_t after[32];

	(void)state;
	give_recipe(0);
	council_digest(before, s->accounts[1].id);
	assert_int_equal(confirm(1, unknown, 0), CODE_PROGRAM_UNKNOWN);
	assert_int_equal(confirm(1, s->program_sgx, 0), CODE_RECIPE);
	council_digest(after, s->accounts[1].id);
	assert_memory_equal(before, after, sizeof(before));
	give_recipe(8);
	council_digest(before, s->accounts[1].id);
	assert_int_equal(confirm(1, s->program_sgx, 9), CODE_RECIPE);
	council_digest(after, s->accounts[1].id);
	assert_memory_equal(before, after, sizeof(before));
	assert_int_equal(confirm(1, s->program_sgx, 8), CODE_ACCEPTED);
	assert_int_equal(confirmations(), 1);
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_NONCE);
	council_digest(before, s->accounts[1].id);
	assert_int_equal(confirm(1, s->program_sgx, 8), CODE_CONFIRMED);
	council_digest(after, s->accounts[1].id);
	assert_memory_equal(before, after, sizeof(before));
	assert_int_equal(confirm(2, s->program_sgx, 8), CODE_ACCEPTED);
	assert_int_equal(confirmations(), 2);
}

/* ---- statements */

static enum code
state_that(unsigned account, uint64_t proposal, const uint8_t *about, const char *text)
{
	struct statement_arguments a;

	memset(&a, 0, sizeof(a));
	a.proposal = proposal;
	if (about != NULL) {
		memcpy(a.worker, about, sizeof(a.worker));
	}
	VAR_SET(a.text, bytes_of_text(text));
	const enum code code = scene_send(s, account, KIND_STATEMENT, &a);

	assert_true(code == CODE_ACCEPTED || council_is_listed(code));
	return code;
}

/* Fails where somebody speaks for another's worker, or a statement leaves more than its entry. */
static void
test_statement(void **state)
{
	const struct act_credit_arguments credit = { .amount = 1, .reference = { 1, "x" } };
	const uint8_t unknown[32] = { 1 };
	struct scene_worker worker;
	uint8_t before[32];
	uint8_t after[32];

	(void)state;
	scene_bring_collateral(s, SIM_SGX);
	scene_worker_online(s, &worker, &(struct scene_worker_options){ .operator_index = 0 });
	assert_int_equal(council_propose(0, ACT_CREDIT, &credit), CODE_ACCEPTED);
	council_digest(before, s->accounts[0].id);
	assert_int_equal(state_that(0, 0, NULL, ""), CODE_STATEMENT);
	assert_int_equal(state_that(0, 2, NULL, "why?"), CODE_STATEMENT_SUBJECT);
	assert_int_equal(state_that(0, 0, unknown, "why?"), CODE_STATEMENT_SUBJECT);
	assert_int_equal(state_that(0, 1, worker.id, "why?"), CODE_ACCEPTED);
	assert_int_equal(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_NONCE);
	assert_int_equal(state_that(0, 1, NULL, "why?"), CODE_ACCEPTED);
	assert_int_equal(state_that(0, 0, NULL, "good morning"), CODE_ACCEPTED);
	council_digest(after, s->accounts[0].id);
	assert_memory_equal(before, after, sizeof(before));
	assert_int_equal(state_that(1, 1, worker.id, "why?"), CODE_STATEMENT_SUBJECT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, council_setup, council_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_confirm),
		TEST(test_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
