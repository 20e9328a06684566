/* SPDX-License-Identifier: Apache-2.0 */
/* Renewal: what it must be, what it keeps, and what becomes of those who do not renew. */
#include "enrol.h"

/* ---- renewal */

static void
test_renewed(void **state)
{
	struct reattest_arguments a;
	struct scene_worker w;
	struct worker before;
	struct worker after;

	(void)state;
	enrol_online(&w, 0, 0, SIM_SGX, 0);
	scene_wait(s, 1000);
	before = enrol_worker(&w);
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_expect(scene_send(s, 0, KIND_REATTEST, &a), CODE_ACCEPTED);
	enrol_replay_refused();
	after = enrol_worker(&w);
	assert_int_equal(after.state, WORKER_ONLINE);
	assert_int_equal(after.attested_own_ms, enrol_machine()->own_ms);
	assert_true(after.attested_own_ms > before.attested_own_ms);
	assert_int_equal(after.nonce_height, a.nonce_height);
	assert_true(enrol_has_evidence(after.evidence));
	assert_false(enrol_has_evidence(before.evidence));
	/* The same evidence in a new transaction: its block is used. */
	enrol_refused(0, KIND_REATTEST, &a, CODE_NONCE_USED);
	a.nonce_height++;
	enrol_refused(0, KIND_REATTEST, &a, CODE_NONCE_UNKNOWN);
	scene_blocks(s, 2);
	scene_wait(s, 1000);
	enrol_refused(0, KIND_REATTEST, &a, CODE_EVIDENCE_REPORT_DATA);
	enrol_refused(1, KIND_REATTEST, &a, CODE_NOT_YOURS);
	a.worker[0] ^= 1;
	enrol_refused(0, KIND_REATTEST, &a, CODE_WORKER_UNKNOWN);
	scene_set_agent(s, 0);
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_expect(scene_send_as_agent(s, 0, KIND_REATTEST, &a), CODE_ACCEPTED);
}

static void
test_renewal_of_another(void **state)
{
	struct worker_arguments stop;
	struct reattest_arguments a;
	struct scene_worker w;

	(void)state;
	enrol_online(&w, 0, 0, SIM_SGX, 0);
	/* Another machine. */
	w.options.index = 1;
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_refused(0, KIND_REATTEST, &a, CODE_PLATFORM_CHANGED);
	w.options.index = 0;
	/* Another program. */
	uint8_t mrenclave[32];

	memcpy(mrenclave, s->mrenclave, sizeof(mrenclave));
	mrenclave[0] ^= 1;
	w.options.program = mrenclave;
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_refused(0, KIND_REATTEST, &a, CODE_PROGRAM_DIGEST);
	w.options.program = NULL;
	/* A debug build, a forgery, and none at all. */
	w.options.debug = true;
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_refused(0, KIND_REATTEST, &a, CODE_EVIDENCE_REFUSED);
	assert_int_equal(s->detail, ASSAY_CHECK_DEBUG + 1);
	w.options.debug = false;
	a.evidence = bytes_of(NULL, 0);
	enrol_refused(0, KIND_REATTEST, &a, CODE_EVIDENCE_REFUSED);
	assert_int_equal(s->detail, ASSAY_CHECK_EVIDENCE_SIZE + 1);
	memcpy(stop.worker, w.id, sizeof(stop.worker));
	enrol_expect(scene_send(s, 0, KIND_STOP, &stop), CODE_ACCEPTED);
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	enrol_refused(0, KIND_REATTEST, &a, CODE_WORKER_STATE);
}

/* Fails where the kept tail is of another length, or what is stored is not the whole. */
static void
test_tail_kept(void **state)
{
	struct reattest_arguments a;
	struct scene_worker w;
	uint8_t digest[32];
	size_t whole;
	size_t head;

	(void)state;
	enrol_online(&w, 0, 0, SIM_SGX, 0);
	scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
	whole = a.evidence.len;
	crypto_sha256(s->crypto, digest, a.evidence);
	/* Header, body and the length; its two signatures and its key; the rest is as it was. */
	head = 48 + 384 + 4 + 64 + 64;
	const struct row_key key = key_of_32(TABLE_EVIDENCE, enrol_worker(&w).evidence);
	struct evidence stored;

	assert_true(row_get(enrol_machine(), &key, &stored));
	assert_int_equal(stored.bytes.len, whole);
	assert_true(bytes_equal(bytes_slice(stored.bytes, head, whole - head),
	    bytes_slice(a.evidence, head, whole - head)));
	a.form = REATTEST_HEAD;
	enrol_refused(0, KIND_REATTEST, &a, CODE_TAIL);	/* nothing is left to go on */
	a.evidence.len = 0;
	enrol_refused(0, KIND_REATTEST, &a, CODE_TAIL);
	a.evidence.len = head - 64 - 64 - 1;
	enrol_refused(0, KIND_REATTEST, &a, CODE_EVIDENCE_REFUSED);
	a.evidence.len = head;
	enrol_expect(scene_send(s, 0, KIND_REATTEST, &a), CODE_ACCEPTED);
	assert_true(s->transaction_len < 1000);
	assert_memory_equal(enrol_worker(&w).evidence, digest, sizeof(digest));
	assert_true(enrol_has_evidence(digest));
}

/* Where the signature lies: after header (and the description of a version 5 body), body and a length. */
static size_t
signature_at(enum sim_tee tee)
{
	return 48 + (tee == SIM_TDX ? 584 : 384) + 4;
}

/* Fails where anything but the signature and the binding is taken from elsewhere than the stored quote. */
static void
test_signature_alone(void **state)
{
	static const enum sim_tee tees[] = { SIM_SGX, SIM_TDX };

	(void)state;
	scene_bring_collateral(s, SIM_TDX);
	for (unsigned i = 0; i < 2; i++) {
		struct reattest_arguments a;
		struct scene_worker w;
		uint8_t signature[64];
		uint8_t digest[32];

		enrol_online(&w, i, i, tees[i], i);
		scene_reattest_arguments(s, &a, &w, scene_nonce_height(s));
		crypto_sha256(s->crypto, digest, a.evidence);
		memcpy(signature, a.evidence.data + signature_at(tees[i]), sizeof(signature));
		a.form = REATTEST_SIGNATURE;
		enrol_refused(i, KIND_REATTEST, &a, CODE_TAIL);		/* not 64 bytes */
		a.evidence = bytes_of(signature, 63);
		enrol_refused(i, KIND_REATTEST, &a, CODE_TAIL);
		a.form = REATTEST_SIGNATURE + 1;
		a.evidence = bytes_of(signature, 64);
		enrol_refused(i, KIND_REATTEST, &a, CODE_TAIL);
		a.form = REATTEST_SIGNATURE;
		signature[5] ^= 1;
		enrol_refused(i, KIND_REATTEST, &a, CODE_EVIDENCE_REFUSED);
		signature[5] ^= 1;
		/* The same signature for another block binds nothing. */
		a.nonce_height--;
		if (a.nonce_height > enrol_worker(&w).nonce_height) {
			enrol_refused(i, KIND_REATTEST, &a, CODE_EVIDENCE_REFUSED);
		}
		a.nonce_height++;
		enrol_expect(scene_send(s, i, KIND_REATTEST, &a), CODE_ACCEPTED);
		assert_true(s->transaction_len < 300);
		assert_memory_equal(enrol_worker(&w).evidence, digest, sizeof(digest));
		assert_true(enrol_has_evidence(digest));
	}
}

/* Nobody stays in by keeping still: not admitted at the lapse, out after the grace, back by attesting. */
static void
test_blocked_renewal(void **state)
{
	static const struct scene_parameter parameters[] = { { PARAMETER_HALT_GAP, 3600000 },
		{ PARAMETER_OFFLINE_LIMIT, 2592000000 } };
	struct scene_worker w;
	struct worker row;
	uint64_t lapse_ms;

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	scene_bring_collateral(s, SIM_SGX);
	enrol_online(&w, 0, 0, SIM_SGX, 0);
	row = enrol_worker(&w);
	lapse_ms = row.attested_own_ms + parameter(enrol_machine(), PARAMETER_EVIDENCE_AGE);
	while (enrol_machine()->own_ms + 3600000 < lapse_ms) {
		scene_wait(s, 3600000);
	}
	row = enrol_worker(&w);
	assert_true(worker_is_admitted(enrol_machine(), &row));
	scene_wait(s, lapse_ms - enrol_machine()->own_ms);
	row = enrol_worker(&w);
	assert_false(worker_is_admitted(enrol_machine(), &row));
	assert_int_equal(worker_standing(enrol_machine(), &row), WORKER_BECAUSE_LAPSED);
	for (unsigned hour = 0; hour < 6; hour++) {
		scene_wait(s, 3600000);
	}
	scene_block(s);
	row = enrol_worker(&w);
	assert_int_equal(row.state, WORKER_SUSPENDED);
	assert_int_equal(row.why, WORKER_BECAUSE_LAPSED);
	enrol_expect(enrol_reattest(&w), CODE_ACCEPTED);
	row = enrol_worker(&w);
	assert_int_equal(row.state, WORKER_REGISTERED);
	assert_int_equal(row.why, WORKER_BECAUSE_NONE);
	enrol_expect(scene_start(s, &w, 0), CODE_ACCEPTED);
	row = enrol_worker(&w);
	assert_true(worker_is_admitted(enrol_machine(), &row));
}

/* Fails where a re-attestation that was asked for is no answer, or costs a fee; or any other is free. */
static void
test_asked_for(void **state)
{
	static const struct scene_parameter parameters[] = { { PARAMETER_EPOCH_BLOCKS, 12 }, { PARAMETER_WINDOW, 2 },
		{ PARAMETER_REATTEST_WINDOW, 4 }, { PARAMETER_REATTEST_ONE_IN, 2 }, { PARAMETER_FEE_BASE, 7 } };
	struct scene_worker w;
	bool answered = false;

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	scene_bring_collateral(s, SIM_SGX);
	enrol_online(&w, 0, 0, SIM_SGX, 0);
	for (unsigned i = 0; i < 400 && !answered; i++) {
		scene_block(s);
		const uint64_t height = s->commit.height;

		if (!scene_is_drawn(s, &w, height)) {
			continue;
		}
		if (!draw_asks_reattestation(s->crypto, s->commit.block_id, w.id, 2)) {
			enrol_expect(scene_answer(s, &w, height), CODE_ACCEPTED);
			continue;
		}
		const struct worker before = enrol_worker(&w);

		enrol_expect(enrol_reattest(&w), CODE_ACCEPTED);
		assert_int_equal(s->result.fee, 0);
		const struct worker after = enrol_worker(&w);

		assert_int_equal(after.answers, before.answers + 1);
		assert_int_equal(after.answered[0], height);
		answered = true;
	}
	assert_true(answered);
	scene_block(s);
	if (!scene_is_drawn(s, &w, s->commit.height)) {
		enrol_expect(enrol_reattest(&w), CODE_ACCEPTED);
		assert_int_equal(s->result.fee, 7);
	}
	scene_blocks(s, 6);
	assert_int_equal(enrol_worker(&w).state, WORKER_ONLINE);
	assert_true(scene_supply_holds(s));
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, enrol_setup_ready, enrol_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_renewed),
		EACH(test_renewal_of_another),
		EACH(test_tail_kept),
		EACH(test_signature_alone),
		EACH(test_blocked_renewal),
		EACH(test_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
