/* SPDX-License-Identifier: Apache-2.0 */
/* Acts on programs, signers, the deny list, workers and slashing: what each does, and when it is refused. */
#include "council.h"

/* ---- programs */

static struct sgx_selector
another_selector(void)
{
	struct sgx_selector selector = { .has_mrenclave = true, .isv_prod_id = 1, .isv_svn = 2 };

	memset(selector.mrenclave, 7, sizeof(selector.mrenclave));
	memcpy(selector.mrsigner, s->mrsigner, sizeof(selector.mrsigner));
	return selector;
}

static struct allow_program_arguments
sgx_program(const struct sgx_selector *selector)
{
	struct allow_program_arguments a;

	memset(&a, 0, sizeof(a));
	VAR_SET(a.name, bytes_of_text("successor"));
	a.version = 2;
	a.tee = ASSAY_TEE_SGX;
	a.selector.len = (uint16_t)record_encode(&sgx_selector_record, selector, a.selector.data,
	    sizeof(a.selector.data));
	memcpy(a.signer, selector->mrsigner, sizeof(a.signer));
	memset(a.recipe, 9, sizeof(a.recipe));
	return a;
}

/* Fails where a program's row differs from what was proposed, or it cannot be registered with. */
static void
test_allow(void **state)
{
	const struct sgx_selector selector = another_selector();
	struct allow_program_arguments a = sgx_program(&selector);
	struct program program;
	uint8_t id[32];

	(void)state;
	VAR_SET(a.mitigates, bytes_of_text("\016INTEL-SA-00615"));
	program_id_of_selector(s->crypto, id, VAR_BYTES(a.selector));
	(void)council_pass(ACT_ALLOW_PROGRAM, &a);
	assert_int_equal(program_stands(council_machine(), id, true, &program), CODE_PROGRAM_UNKNOWN);
	council_wait(COUNCIL_LOCK_MS);
	assert_int_equal(program_stands(council_machine(), id, true, &program), CODE_ACCEPTED);
	assert_int_equal(program.version, 2);
	assert_int_equal(program.tee, ASSAY_TEE_SGX);
	assert_true(bytes_equal(VAR_BYTES(program.selector), VAR_BYTES(a.selector)));
	assert_true(bytes_equal(VAR_BYTES(program.mitigates), VAR_BYTES(a.mitigates)));
	assert_memory_equal(program.signer, s->mrsigner, 32);
	assert_memory_equal(program.recipe, a.recipe, 32);
	/* Another mitigates for the same program would raise the tiers of who runs it. */
	a.mitigates.len = 0;
	council_expect(CODE_ACT_NOTHING, ACT_ALLOW_PROGRAM, &a, "it is there");
}

static void
test_allow_refused(void **state)
{
	struct sgx_selector selector = another_selector();
	struct allow_program_arguments a = sgx_program(&selector);

	(void)state;
	a.tee = ASSAY_TEE_TDX;
	council_expect(CODE_ACT_ARGUMENTS, ACT_ALLOW_PROGRAM, &a, "another TEE's selector");
	a.tee = ASSAY_TEE_NONE;
	council_expect(CODE_ACT_ARGUMENTS, ACT_ALLOW_PROGRAM, &a, "no TEE");
	a = sgx_program(&selector);
	a.selector.len--;
	council_expect(CODE_ACT_ARGUMENTS, ACT_ALLOW_PROGRAM, &a, "a selector that is cut off");
	a = sgx_program(&selector);
	VAR_SET(a.mitigates, bytes_of_text("\017INTEL-SA-00615"));
	council_expect(CODE_ACT_ARGUMENTS, ACT_ALLOW_PROGRAM, &a, "a list that is cut off");
	VAR_SET(a.mitigates, bytes_of_text("\030INTEL-SA-00615-and-so-on"));
	council_expect(CODE_ACT_ARGUMENTS, ACT_ALLOW_PROGRAM, &a, "longer than any advisory's id");
	a = sgx_program(&selector);
	a.signer[0] ^= 1;
	council_expect(CODE_ACT_ARGUMENTS, ACT_ALLOW_PROGRAM, &a, "a signer that the selector does not have");
	selector.mrsigner[0] ^= 1;
	a = sgx_program(&selector);
	council_expect(CODE_SIGNER_REVOKED, ACT_ALLOW_PROGRAM, &a, "a signer that is not listed");
	selector = another_selector();
	selector.has_mrenclave = false;
	a = sgx_program(&selector);
	council_expect(CODE_ACT_ARGUMENTS, ACT_ALLOW_PROGRAM, &a, "a digest that does not count");
	memset(selector.mrenclave, 0, sizeof(selector.mrenclave));
	a = sgx_program(&selector);
	council_expect(CODE_SIGNER_ROW, ACT_ALLOW_PROGRAM, &a, "no digest");
}

static void
test_allow_td(void **state)
{
	struct td_selector selector = { .has_rtmr3 = false };
	struct allow_program_arguments a;
	struct sgx_selector none = another_selector();

	(void)state;
	a = sgx_program(&none);
	a.tee = ASSAY_TEE_TDX;
	selector.rtmr3[0] = 1;
	a.selector.len = (uint16_t)record_encode(&td_selector_record, &selector, a.selector.data,
	    sizeof(a.selector.data));
	council_expect(CODE_ACT_ARGUMENTS, ACT_ALLOW_PROGRAM, &a, "a register that does not count");
	selector.has_rtmr3 = true;
	a.selector.len = (uint16_t)record_encode(&td_selector_record, &selector, a.selector.data,
	    sizeof(a.selector.data));
	council_expect(CODE_ACCEPTED, ACT_ALLOW_PROGRAM, &a, "a program");
}

/* Fails where notice or day are not kept to the millisecond, or the queue does not start. */
static void
test_retire(void **state)
{
	struct machine *m = council_machine();
	struct retire_program_arguments a;
	struct program program;
	uint64_t now_ms;

	(void)state;
	scene_wait(s, 1000);
	memcpy(a.program, s->program_sgx, sizeof(a.program));
	now_ms = m->meta.time_ms;
	a.notice_ms = now_ms + 20000;
	a.retire_ms = now_ms + 30000;
	(void)council_act(ACT_RETIRE_PROGRAM, &a);
	assert_int_equal(program_stands(m, a.program, true, &program), CODE_ACCEPTED);
	council_expect(CODE_ACT_NOTHING, ACT_RETIRE_PROGRAM, &a, "the same dates");
	council_wait(9999);
	assert_int_equal(program_stands(m, a.program, true, &program), CODE_ACCEPTED);
	council_wait(1);
	assert_int_equal(program_stands(m, a.program, true, &program), CODE_PROGRAM_RETIRED);
	assert_int_equal(program_stands(m, a.program, false, &program), CODE_ACCEPTED);
	council_wait(9999);
	assert_int_equal(program_stands(m, a.program, false, &program), CODE_ACCEPTED);
	council_wait(1);
	assert_int_equal(program_stands(m, a.program, false, &program), CODE_PROGRAM_RETIRED);
	/* The day has come: no other date brings it back. */
	a.notice_ms = m->meta.time_ms + 100000;
	a.retire_ms = a.notice_ms;
	council_expect(CODE_TOO_LATE, ACT_RETIRE_PROGRAM, &a, "it is retired");
}

/* Fails where the date that was announced first still acts. */
static void
test_retire_moved(void **state)
{
	struct machine *m = council_machine();
	struct retire_program_arguments a;
	struct program program;
	uint8_t subject[64];
	uint64_t due;
	size_t len;

	(void)state;
	scene_wait(s, 1000);
	memcpy(a.program, s->program_sgx, sizeof(a.program));
	a.notice_ms = 1;
	a.retire_ms = m->meta.time_ms + 15000;
	(void)council_act(ACT_RETIRE_PROGRAM, &a);
	a.retire_ms = m->meta.time_ms + 20000;
	(void)council_pass(ACT_RETIRE_PROGRAM, &a);
	/* The first day passes before the second act's lock: it is too late to move it. */
	council_wait(COUNCIL_LOCK_MS);
	assert_int_equal(council_state(council_last()), PROPOSAL_FAILED);
	assert_int_equal(program_stands(m, a.program, false, &program), CODE_PROGRAM_RETIRED);
	memcpy(a.program, s->program_tdx, sizeof(a.program));
	a.retire_ms = m->meta.time_ms + 60000;
	(void)council_act(ACT_RETIRE_PROGRAM, &a);
	a.retire_ms = m->meta.time_ms + 30000;
	(void)council_act(ACT_RETIRE_PROGRAM, &a);
	council_wait(20000);
	assert_int_equal(program_stands(m, a.program, false, &program), CODE_PROGRAM_RETIRED);
	step_begin(m);
	assert_false(timer_take(m, TIMER_PROGRAM, UINT64_MAX, &due, subject, &len));
	step_abort(m);
}

static void
test_retire_refused(void **state)
{
	struct retire_program_arguments a;

	(void)state;
	scene_wait(s, 1000);
	memset(&a, 0, sizeof(a));
	a.notice_ms = a.retire_ms = council_machine()->meta.time_ms + 50000;
	council_expect(CODE_PROGRAM_UNKNOWN, ACT_RETIRE_PROGRAM, &a, "no program");
	memcpy(a.program, s->program_sgx, sizeof(a.program));
	a.notice_ms++;
	council_expect(CODE_ACT_ARGUMENTS, ACT_RETIRE_PROGRAM, &a, "notice after the day");
	a.notice_ms = 0;
	council_expect(CODE_ACT_ARGUMENTS, ACT_RETIRE_PROGRAM, &a, "no notice");
	a.notice_ms = 1;
	a.retire_ms = council_machine()->meta.time_ms;
	council_expect(CODE_TOO_LATE, ACT_RETIRE_PROGRAM, &a, "today");
	a.retire_ms++;
	council_expect(CODE_ACCEPTED, ACT_RETIRE_PROGRAM, &a, "later");
}

/* Fails where a revocation does not act in its block, starts no queue, ends early or not at all. */
static void
test_revoke_program(void **state)
{
	struct machine *m = council_machine();
	struct program_arguments a;
	struct program program;

	(void)state;
	memset(&a, 0, sizeof(a));
	council_expect(CODE_PROGRAM_UNKNOWN, ACT_REVOKE_PROGRAM, &a, "no program");
	memcpy(a.program, s->program_sgx, sizeof(a.program));
	assert_false(council_is_sweeping());
	(void)council_pass(ACT_REVOKE_PROGRAM, &a);
	assert_true(council_is_sweeping());
	assert_int_equal(program_stands(m, a.program, false, &program), CODE_PROGRAM_REVOKED);
	council_wait(COUNCIL_EMERGENCY_MS - 1);
	assert_int_equal(program_stands(m, a.program, false, &program), CODE_PROGRAM_REVOKED);
	council_wait(1);
	assert_int_equal(program_stands(m, a.program, false, &program), CODE_ACCEPTED);
	assert_int_equal(program.revoked_ms, 0);
	(void)council_pass(ACT_REVOKE_PROGRAM, &a);
	(void)council_act(ACT_REVOKE_PROGRAM, &a);
	council_wait(2 * COUNCIL_EMERGENCY_MS);
	assert_int_equal(program_stands(m, a.program, false, &program), CODE_PROGRAM_REVOKED);
	council_expect(CODE_ACT_NOTHING, ACT_REVOKE_PROGRAM, &a, "it is revoked for good");
}

/* Fails where the end of one revocation, late for want of room in its block, takes back the next one. */
static void
test_revoke_anew(void **state)
{
	struct deny_arguments deny = { .kind = DENY_PLATFORM, .value = { .len = 32 } };
	struct program_arguments a;
	struct program program;

	(void)state;
	for (uint8_t i = 0; i < ACTS_PER_BLOCK; i++) {
		deny.value.data[0] = i;
		(void)council_pass(ACT_DENY, &deny);
	}
	memcpy(a.program, s->program_sgx, sizeof(a.program));
	(void)council_pass(ACT_REVOKE_PROGRAM, &a);
	council_wait(COUNCIL_EMERGENCY_MS);
	assert_int_equal(program_stands(council_machine(), a.program, false, &program), CODE_ACCEPTED);
	assert_int_not_equal(program.revoked_ms, 0);
	(void)council_pass(ACT_REVOKE_PROGRAM, &a);
	scene_wait(s, 1000);
	assert_int_equal(program_stands(council_machine(), a.program, false, &program), CODE_PROGRAM_REVOKED);
	council_wait(COUNCIL_EMERGENCY_MS - 1000);
	assert_int_equal(program_stands(council_machine(), a.program, false, &program), CODE_ACCEPTED);
}

/* Fails where a revoked signer's programs stand, or he can be listed anew. */
static void
test_signers(void **state)
{
	struct machine *m = council_machine();
	struct signer_arguments revoke;
	struct add_signer_arguments add;
	const struct sgx_selector selector = another_selector();
	const struct allow_program_arguments allow = sgx_program(&selector);
	struct program program;

	(void)state;
	memset(&add, 0, sizeof(add));
	memset(&revoke, 7, sizeof(revoke));
	VAR_SET(add.name, bytes_of_text("another team"));
	council_expect(CODE_ACT_ARGUMENTS, ACT_ADD_SIGNER, &add, "zeros are nobody");
	memcpy(add.signer, s->mrsigner, sizeof(add.signer));
	council_expect(CODE_ACT_NOTHING, ACT_ADD_SIGNER, &add, "it is listed");
	council_expect(CODE_SIGNER_REVOKED, ACT_REVOKE_SIGNER, &revoke, "it is not listed");
	memcpy(revoke.signer, s->mrsigner, sizeof(revoke.signer));
	(void)council_pass(ACT_REVOKE_SIGNER, &revoke);
	assert_true(council_is_sweeping());
	assert_int_equal(program_stands(m, s->program_sgx, false, &program), CODE_SIGNER_REVOKED);
	assert_int_equal(program_stands(m, s->program_tdx, false, &program), CODE_SIGNER_REVOKED);
	council_expect(CODE_SIGNER_REVOKED, ACT_ADD_SIGNER, &add, "it is revoked");
	council_expect(CODE_SIGNER_REVOKED, ACT_ALLOW_PROGRAM, &allow, "its signer is revoked");
	council_wait(COUNCIL_EMERGENCY_MS);
	assert_int_equal(program_stands(m, s->program_sgx, false, &program), CODE_ACCEPTED);
	(void)council_pass(ACT_REVOKE_SIGNER, &revoke);
	(void)council_act(ACT_REVOKE_SIGNER, &revoke);
	council_wait(2 * COUNCIL_EMERGENCY_MS);
	assert_int_equal(program_stands(m, s->program_sgx, false, &program), CODE_SIGNER_REVOKED);
	council_expect(CODE_ACT_NOTHING, ACT_REVOKE_SIGNER, &revoke, "it is revoked for good");
	council_expect(CODE_SIGNER_REVOKED, ACT_ADD_SIGNER, &add, "it is revoked for good");
	memset(add.signer, 7, sizeof(add.signer));
	add.name.len = 0;
	council_expect(CODE_ACT_ARGUMENTS, ACT_ADD_SIGNER, &add, "it has no name");
	VAR_SET(add.name, bytes_of_text("another team"));
	(void)council_act(ACT_ADD_SIGNER, &add);
	assert_int_equal(council_state(council_last()), PROPOSAL_DONE);
	council_expect(CODE_ACT_NOTHING, ACT_ADD_SIGNER, &add, "it is listed now");
}

/* ---- the deny list: which values are any */

static const struct {
	uint8_t kind;
	size_t len;
	const char *value;	/* NULL: zeros */
	enum code code;
	const char *why;
} denials[] = {
	{ 0, 32, NULL, CODE_ACT_ARGUMENTS, "no kind" },
	{ DENY_SIGNER + 1, 32, NULL, CODE_ACT_ARGUMENTS, "no such kind" },
	{ DENY_PLATFORM, 31, NULL, CODE_ACT_ARGUMENTS, "short" },
	{ DENY_PLATFORM, 33, NULL, CODE_ACT_ARGUMENTS, "long" },
	{ DENY_PLATFORM, 32, NULL, CODE_ACCEPTED, "a platform" },
	{ DENY_PROGRAM, 31, NULL, CODE_ACT_ARGUMENTS, "short" },
	{ DENY_PROGRAM, 32, NULL, CODE_ACCEPTED, "a program" },
	{ DENY_SIGNER, 64, NULL, CODE_ACT_ARGUMENTS, "long" },
	{ DENY_SIGNER, 32, NULL, CODE_ACCEPTED, "a signer" },
	{ DENY_FMSPC, 5, NULL, CODE_ACT_ARGUMENTS, "short" },
	{ DENY_FMSPC, 6, NULL, CODE_ACCEPTED, "an FMSPC" },
	{ DENY_COMPONENT, 8, "\0\0\0\0\0\0\0\1", CODE_ACT_ARGUMENTS, "short" },
	{ DENY_COMPONENT, 9, "\0\0\0\0\0\0\0\0\0", CODE_ACT_ARGUMENTS, "a least of 0" },
	{ DENY_COMPONENT, 9, "\0\0\0\0\0\0\0\0\1", CODE_ACCEPTED, "the first component" },
	{ DENY_COMPONENT, 9, "\0\0\0\0\0\0\017\0\377", CODE_ACCEPTED, "the last one" },
	{ DENY_COMPONENT, 9, "\0\0\0\0\0\0\017\1\0", CODE_ACT_ARGUMENTS, "more than a component has" },
	{ DENY_COMPONENT, 9, "\0\0\0\0\0\0\020\1\0", CODE_ACCEPTED, "PCESVN" },
	{ DENY_COMPONENT, 9, "\0\0\0\0\0\0\021\0\1", CODE_ACT_ARGUMENTS, "no such component" },
	{ DENY_ADVISORY, 0, NULL, CODE_ACT_ARGUMENTS, "empty" },
	{ DENY_ADVISORY, 14, "INTEL-SA-00615", CODE_ACCEPTED, "an advisory" },
	{ DENY_ADVISORY, 14, "INTEL SA 00615", CODE_ACT_ARGUMENTS, "spaces" },
	{ DENY_ADVISORY, 14, "INTEL-SA-0061", CODE_ACT_ARGUMENTS, "a zero at its end" },
	{ DENY_ADVISORY, 23, "INTEL-SA-00615-and-so-o", CODE_ACCEPTED, "the longest" },
	{ DENY_ADVISORY, 24, "INTEL-SA-00615-and-so-on", CODE_ACT_ARGUMENTS, "longer than any" },
	{ DENY_STATUS, 0, NULL, CODE_ACT_ARGUMENTS, "empty" },
	{ DENY_STATUS, 2, "\1\1", CODE_ACT_ARGUMENTS, "long" },
	{ DENY_STATUS, 1, "\5", CODE_ACCEPTED, "a status" },
	{ DENY_STATUS, 1, "\377", CODE_ACT_ARGUMENTS, "no such status" },
};

static struct deny_arguments
denial_at(size_t i)
{
	struct deny_arguments a;

	memset(&a, 0, sizeof(a));
	a.kind = denials[i].kind;
	a.value.len = (uint16_t)denials[i].len;
	if (denials[i].value != NULL) {
		memcpy(a.value.data, denials[i].value, denials[i].len);
	}
	return a;
}

static void
test_denials(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNCIL_COUNT(denials); i++) {
		const struct deny_arguments a = denial_at(i);

		council_expect(denials[i].code, ACT_DENY, &a, denials[i].why);
		council_expect(denials[i].code == CODE_ACCEPTED ? CODE_ACT_NOTHING : denials[i].code, ACT_UNDENY, &a,
		    denials[i].why);
	}
}

/* Fails where the list's length is kept wrong: standing does not look at a list of no length. */
static void
test_denied_count(void **state)
{
	const struct deny_arguments first = denial_at(4);
	const struct deny_arguments second = denial_at(10);
	struct machine *m = council_machine();

	(void)state;
	(void)council_pass(ACT_DENY, &first);
	assert_int_equal(m->meta.denied, 1);
	(void)council_act(ACT_DENY, &first);
	assert_int_equal(m->meta.denied, 1);
	(void)council_pass(ACT_DENY, &second);
	assert_int_equal(m->meta.denied, 2);
	assert_true(council_is_sweeping());
	council_wait(COUNCIL_EMERGENCY_MS);
	assert_int_equal(m->meta.denied, 1);
	assert_true(deny_has(m, DENY_PLATFORM, VAR_BYTES(first.value)));
	assert_false(deny_has(m, DENY_FMSPC, VAR_BYTES(second.value)));
	(void)council_act(ACT_UNDENY, &first);
	assert_int_equal(m->meta.denied, 0);
	council_expect(CODE_ACT_NOTHING, ACT_UNDENY, &first, "it is off the list");
}

/* ---- single workers */

static struct scene_worker worker;

static struct worker
online(void)
{
	struct worker row;

	scene_bring_collateral(s, SIM_SGX);
	scene_worker_online(s, &worker, &(struct scene_worker_options){ .operator_index = 0 });
	scene_get_worker(s, &worker, &row);
	assert_int_equal(row.state, WORKER_ONLINE);
	assert_true(worker_is_admitted(council_machine(), &row));
	return row;
}

static struct force_offline_arguments
force(bool offline)
{
	struct force_offline_arguments a = { .force = offline };

	memcpy(a.worker, worker.id, sizeof(a.worker));
	return a;
}

/* Fails where the worker stays admitted, comes back by itself, or is let in by the undoing. */
static void
test_force_offline(void **state)
{
	const struct force_offline_arguments nobody = { .force = true };
	struct force_offline_arguments a;
	struct worker row = online();

	(void)state;
	council_expect(CODE_WORKER_UNKNOWN, ACT_FORCE_OFFLINE, &nobody, "no worker");
	a = force(false);
	council_expect(CODE_ACT_NOTHING, ACT_FORCE_OFFLINE, &a, "it is not forced");
	a = force(true);
	(void)council_pass(ACT_FORCE_OFFLINE, &a);
	scene_get_worker(s, &worker, &row);
	assert_int_equal(row.state, WORKER_SUSPENDED);
	assert_int_equal(row.why, WORKER_BECAUSE_FORCED);
	assert_int_equal(worker_standing(council_machine(), &row), WORKER_BECAUSE_FORCED);
	council_wait(COUNCIL_EMERGENCY_MS - 1);
	scene_get_worker(s, &worker, &row);
	assert_int_equal(worker_standing(council_machine(), &row), WORKER_BECAUSE_FORCED);
	council_wait(1);
	scene_get_worker(s, &worker, &row);
	assert_int_equal(worker_standing(council_machine(), &row), WORKER_BECAUSE_NONE);
	assert_int_equal(row.state, WORKER_SUSPENDED);
	assert_int_equal(row.forced_until_own_ms, 0);
	assert_true(scene_supply_holds(s));
}

static void
test_force_offline_for_good(void **state)
{
	struct force_offline_arguments a;
	struct worker_arguments stop;
	struct worker row = online();

	(void)state;
	a = force(true);
	(void)council_pass(ACT_FORCE_OFFLINE, &a);
	(void)council_act(ACT_FORCE_OFFLINE, &a);
	council_wait(2 * COUNCIL_EMERGENCY_MS);
	scene_get_worker(s, &worker, &row);
	assert_int_equal(row.forced_until_own_ms, NO_TIME);
	council_expect(CODE_ACT_NOTHING, ACT_FORCE_OFFLINE, &a, "it is forced for good");
	a = force(false);
	(void)council_act(ACT_FORCE_OFFLINE, &a);
	scene_get_worker(s, &worker, &row);
	assert_int_equal(row.forced_until_own_ms, 0);
	assert_int_equal(row.state, WORKER_SUSPENDED);
	memcpy(stop.worker, worker.id, sizeof(stop.worker));
	assert_int_equal(scene_send(s, 0, KIND_STOP, &stop), CODE_ACCEPTED);
	a = force(true);
	council_expect(CODE_WORKER_STATE, ACT_FORCE_OFFLINE, &a, "it leaves");
}

/* ---- slashing */

static void
test_pause_slashing(void **state)
{
	const struct pause_slashing_arguments pause = { true };
	const struct pause_slashing_arguments resume = { false };
	const struct meta *meta = &council_machine()->meta;

	(void)state;
	council_expect(CODE_ACT_NOTHING, ACT_PAUSE_SLASHING, &resume, "it runs");
	(void)council_pass(ACT_PAUSE_SLASHING, &pause);
	assert_int_equal(meta->slashing_paused_until_own_ms, council_machine()->own_ms + COUNCIL_EMERGENCY_MS);
	council_wait(COUNCIL_EMERGENCY_MS);
	assert_int_equal(meta->slashing_paused_until_own_ms, 0);
	(void)council_pass(ACT_PAUSE_SLASHING, &pause);
	(void)council_act(ACT_PAUSE_SLASHING, &pause);
	assert_true(meta->slashing_paused_until_own_ms == NO_TIME);
	council_expect(CODE_ACT_NOTHING, ACT_PAUSE_SLASHING, &pause, "it is paused for good");
	council_wait(2 * COUNCIL_EMERGENCY_MS);
	assert_true(meta->slashing_paused_until_own_ms == NO_TIME);
	(void)council_act(ACT_PAUSE_SLASHING, &resume);
	assert_int_equal(meta->slashing_paused_until_own_ms, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, council_setup, council_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_allow),
		TEST(test_allow_refused),
		TEST(test_allow_td),
		TEST(test_retire),
		TEST(test_retire_moved),
		TEST(test_retire_refused),
		TEST(test_revoke_program),
		TEST(test_revoke_anew),
		TEST(test_signers),
		TEST(test_denials),
		TEST(test_denied_count),
		TEST(test_force_offline),
		TEST(test_force_offline_for_good),
		TEST(test_pause_slashing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
