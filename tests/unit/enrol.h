/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of collateral, appraisal and registration share: a scene for
 * each test, documents of the vendor as arguments, and a digest of all rows.
 */
#ifndef TEST_UNIT_ENROL_H
#define TEST_UNIT_ENROL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "register/compose.h"
#include "scene/register_scene.h"

#define ENROL_COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define ENROL_DAY_S		INT64_C(86400)
#define ENROL_DAY_MS		UINT64_C(86400000)
#define ENROL_NOW_S		((int64_t)(SCENE_START_MS / 1000))

static struct scene *s;

/* Acts take effect in the next block. */
#define ENROL_AT_ONCE		{ PARAMETER_LOCK, 0 }

static inline void
enrol_open(const struct scene_parameter *parameters, size_t count)
{
	s = scene_new(&(struct scene_options){ .seed = "enrol", .parameters = parameters,
	    .parameters_count = count });
}

static inline int
enrol_setup(void **state)
{
	static const struct scene_parameter quick[] = { ENROL_AT_ONCE };

	(void)state;
	enrol_open(quick, ENROL_COUNT(quick));
	return 0;
}

static inline int
enrol_teardown(void **state)
{
	(void)state;
	if (s != NULL) {
		scene_free(s);
		s = NULL;
	}
	return 0;
}

static inline struct machine *
enrol_machine(void)
{
	return scene_machine(s);
}

#define enrol_expect(code, wanted) enrol_expect_at(code, wanted, __FILE__, __LINE__)

static inline void
enrol_expect_at(enum code code, enum code wanted, const char *file, int line)
{
	if (code != wanted) {
		print_error("%s:%d: %s (%u), wanted %s\n", file, line, code_id(code), s->detail, code_id(wanted));
		fail();
	}
}

/* ---- rows */

/* Of all rows but those of one account and of the block that is open. */
static inline void
enrol_digest(uint8_t digest[static 32], unsigned account)
{
	static uint8_t value[ASSAY_ROW_BYTES_MAX];
	const struct row_key spared = key_of_32(TABLE_ACCOUNT, s->accounts[account].id);
	struct machine *m = enrol_machine();
	uint8_t key[ASSAY_ROW_KEY_BYTES_MAX] = { 0 };
	size_t key_len = 0;
	size_t len;

	crypto_sha256(s->crypto, digest, bytes_of(&m->meta, sizeof(m->meta)));
	while (m->rows.next(m->rows.context, bytes_of(key, key_len), key, &key_len, value, sizeof(value), &len) ==
	    ASSAY_ROWS_FOUND) {
		const struct assay_bytes parts[3] = { bytes_of(digest, 32), bytes_of(key, key_len),
			bytes_of(value, len) };

		if (!bytes_equal(bytes_of(key, key_len), bytes_of(spared.bytes, spared.len))) {
			s->crypto->sha256(s->crypto->context, digest, parts, 3);
		}
	}
}

/* Refused with that code, and nothing but nonce and fee has changed. */
#define enrol_refused(account, kind, arguments, wanted) \
	enrol_refused_at(account, kind, arguments, wanted, __FILE__, __LINE__)

static inline void
enrol_refused_at(unsigned account, enum kind kind, const void *arguments, enum code wanted, const char *file,
    int line)
{
	uint8_t before[32];
	uint8_t after[32];

	if (!s->in_block) {
		scene_wait(s, s->step_ms);	/* what a block's start does is no doing of the transaction */
	}
	enrol_digest(before, account);
	enrol_expect_at(scene_send(s, account, kind, arguments), wanted, file, line);
	assert_true(s->result.charged);
	enrol_digest(after, account);
	assert_memory_equal(before, after, sizeof(before));
	assert_true(strstr(kind_codes(kind), code_id(wanted)) != NULL);
}

/* The last transaction again, byte for byte. */
static inline void
enrol_replay_refused(void)
{
	enrol_expect(scene_send_bytes(s, bytes_of(s->transaction, s->transaction_len)), CODE_NONCE);
}

static inline struct worker
enrol_worker(const struct scene_worker *w)
{
	struct worker row;

	scene_get_worker(s, w, &row);
	return row;
}

/* What is left of the sweep: blocks until no worker waits to be appraised. */
static inline void
enrol_sweep(void)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	struct sweep sweep;

	for (unsigned i = 0; i < 100; i++) {
		scene_block(s);
		assert_true(row_get(enrol_machine(), &key, &sweep));
		if (!sweep.appraising) {
			return;
		}
	}
	fail_msg("the sweep does not end");
}

/* ---- the vendor's documents */

static uint8_t enrol_chain[CHAIN_BYTES_MAX];

/* Those that evidence of the options comes with. */
static inline void
enrol_vendor(const struct sim_options *options)
{
	if (!sim_evidence_make(s->vendor, options, &s->evidence)) {
		fail_msg("%s", s->evidence.error);
	}
}

static inline struct collateral_arguments
enrol_document(enum collateral_kind kind)
{
	struct collateral_arguments a;

	scene_collateral_arguments(s, &a, kind, SIM_SGX, enrol_chain, sizeof(enrol_chain));
	return a;
}

static inline enum code
enrol_bring(enum collateral_kind kind)
{
	const struct collateral_arguments a = enrol_document(kind);

	return scene_send(s, 3, KIND_COLLATERAL, &a);
}

static inline struct in_force
enrol_in_force(enum collateral_kind kind, enum assay_tee tee)
{
	static const uint8_t zeros[6];
	struct row_key key = key_u8(key_start(TABLE_IN_FORCE), (uint8_t)kind);
	struct assay_collateral_id id = { 0 };
	struct in_force row;
	uint8_t subject[7];

	if (!assay_untrusted_collateral_id(&id, &s->evidence.evidence)) {
		memcpy(id.fmspc, zeros, sizeof(zeros));
	}
	collateral_subject(subject, kind, tee, id.fmspc, true);
	key = key_bytes(key, bytes_of(subject, sizeof(subject)));
	(void)row_get(enrol_machine(), &key, &row);
	return row;
}

/* ---- workers */

/* All that evidence of either TEE needs has been brought. */
static inline int
enrol_setup_ready(void **state)
{
	enrol_setup(state);
	scene_bring_collateral(s, SIM_TDX);
	scene_bring_collateral(s, SIM_SGX);
	return 0;
}

static inline void
enrol_make(struct scene_worker *w, unsigned operator_index, uint32_t number, enum sim_tee tee, uint32_t machine)
{
	scene_worker_make(s, w, &(struct scene_worker_options){ .operator_index = operator_index, .number = number,
	    .sim = { .tee = tee, .index = machine } });
}

static inline void
enrol_online(struct scene_worker *w, unsigned operator_index, uint32_t number, enum sim_tee tee, uint32_t machine)
{
	scene_worker_online(s, w, &(struct scene_worker_options){ .operator_index = operator_index,
	    .number = number, .sim = { .tee = tee, .index = machine } });
}

static inline struct register_arguments
enrol_arguments(struct scene_worker *w)
{
	struct register_arguments a;

	scene_register_arguments(s, &a, w, scene_nonce_height(s));
	return a;
}

static inline void
enrol_register_refused(struct scene_worker *w, enum code wanted)
{
	const struct register_arguments a = enrol_arguments(w);

	enrol_refused(w->operator_index, KIND_REGISTER, &a, wanted);
}

static inline bool
enrol_has_evidence(const uint8_t digest[static 32])
{
	const struct row_key key = key_of_32(TABLE_EVIDENCE, digest);

	return row_exists(enrol_machine(), &key);
}

static inline struct platform
enrol_platform_of(const struct scene_worker *w)
{
	const struct worker row = enrol_worker(w);
	const struct row_key key = key_of_32(TABLE_PLATFORM, row.platform);
	struct platform platform;

	assert_true(row_get(enrol_machine(), &key, &platform));
	return platform;
}

static inline enum code
enrol_reattest(struct scene_worker *w)
{
	struct reattest_arguments a;

	scene_reattest_arguments(s, &a, w, scene_nonce_height(s));
	return scene_send(s, w->operator_index, KIND_REATTEST, &a);
}

/* Allow a program for the TEE by that selector; its id to the worker's. */
static inline void
enrol_allow(struct scene_worker *w, enum assay_tee tee, const struct record *record, const void *selector,
    uint64_t valid_from_ms)
{
	struct allow_program_arguments a = { .version = 2, .tee = (uint8_t)tee, .valid_from_ms = valid_from_ms };

	VAR_SET(a.name, bytes_of_text("another"));
	memcpy(a.signer, s->mrsigner, sizeof(a.signer));
	if (tee == ASSAY_TEE_SGX) {
		memcpy(a.signer, ((const struct sgx_selector *)selector)->mrsigner, sizeof(a.signer));
	}
	a.selector.len = (uint16_t)record_encode(record, selector, a.selector.data, sizeof(a.selector.data));
	program_id_of_selector(s->crypto, w->program, VAR_BYTES(a.selector));
	scene_act_now(s, ACT_ALLOW_PROGRAM, &a);
}

#endif
