/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Genesis: what it may not say is refused with a sentence, whatever its bytes
 * are; and what is refused leaves no register behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "scene/register_scene.h"

static struct scene *s;
static struct assay_register *reg;

static int
setup(void **state)
{
	(void)state;
	s = scene_new(&(struct scene_options){ .seed = "genesis" });
	reg = calloc(1, sizeof(*reg));
	return reg != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	scene_free(s);
	free(reg);
	return 0;
}

/* Is it accepted, and then open to be used? */
static bool
accepted(struct assay_bytes bytes, char error[static 160])
{
	struct memory *memory = memory_new(s->crypto, false);
	const struct assay_rows rows = memory_rows(memory);
	const struct assay_entries entries = memory_entries(memory);
	struct assay_register_commit commit;
	struct assay_register_head head;
	bool good;

	memory_begin_block(memory);
	good = assay_register_genesis(reg, s->crypto, &rows, &entries, bytes, &commit, error);
	if (good) {
		assert_true(memory_commit_block(memory));
		assert_true(assay_register_open(reg, s->crypto, &rows, &entries, &head));
		/* There is one already. */
		memory_begin_block(memory);
		assert_false(assay_register_genesis(reg, s->crypto, &rows, &entries, bytes, &commit, error));
	} else {
		assert_true(error[0] != '\0');
	}
	memory_abort_block(memory);
	memory_free(memory);
	return good;
}

static struct genesis
decoded(void)
{
	struct genesis genesis;

	assert_true(record_decode(&genesis_record, &genesis, bytes_of(s->genesis, s->genesis_len)));
	return genesis;
}

static bool
accepted_record(const struct genesis *genesis, char error[static 160])
{
	static uint8_t bytes[ASSAY_GENESIS_BYTES_MAX];

	return accepted(bytes_of(bytes, record_encode(&genesis_record, genesis, bytes, sizeof(bytes))), error);
}

static uint8_t twice[40000];

/* The list, and itself behind it. */
static struct assay_bytes
doubled(struct assay_bytes list)
{
	memmove(twice, list.data, list.len);
	memcpy(twice + list.len, list.data, list.len);
	return bytes_of(twice, 2 * list.len);
}

/* One parameter: its number and value. */
static struct assay_bytes
one_parameter(uint16_t number, uint64_t value)
{
	const struct row_key key = key_u64(key_u16((struct row_key){ { 0 }, 0 }, number), value);

	memcpy(twice, key.bytes, key.len);
	return bytes_of(twice, key.len);
}

/* Each change by itself is refused: take the check away and its row fails. */
static void
what_it_may_not_say(void **state)
{
	static const uint8_t nothing[40];
	char error[160];

	(void)state;
#define REFUSED(change) \
	do { \
		struct genesis g = decoded(); \
		change; \
		if (accepted_record(&g, error)) { \
			fail_msg("accepted: %s", #change); \
		} \
	} while (0)
	assert_true(accepted(bytes_of(s->genesis, s->genesis_len), error));
	REFUSED(g.rules = 0);
	REFUSED(g.rules = RULES_VERSION + 1);
	REFUSED(g.name.len = 0);
	REFUSED(g.log_origin.len = 0);
	REFUSED(g.time_ms = UINT64_MAX);
	REFUSED(g.treasury = ((uint64_t)1 << 63) + 1);
	REFUSED(g.treasury = (uint64_t)1 << 63);	/* and balances beside it */
	REFUSED(g.threshold = 1);			/* of three: not more than half */
	REFUSED(g.threshold = 4);
	REFUSED(g.members.len -= 1);
	REFUSED(g.members.len = 0);
	REFUSED(memcpy(g.members.data, g.members.data + 32, 32));	/* one member twice */
	REFUSED(g.roots.len = 0);
	REFUSED(g.roots.len -= 1);
	REFUSED(g.accounts = doubled(g.accounts));
	REFUSED(g.accounts.len -= 1);
	REFUSED(g.accounts = bytes_of(nothing, 40));	/* a balance of nothing */
	REFUSED(g.signers = doubled(g.signers));
	REFUSED(g.signers.len -= 1);
	REFUSED(g.signers.len = 0);			/* programs whose signer is not there */
	REFUSED(g.programs = doubled(g.programs));
	REFUSED(g.programs.len -= 1);
	REFUSED(g.policy.len -= 1);
	REFUSED(g.policy.len = 0);
	REFUSED(g.log_quorum = 1);			/* of no witnesses */
	REFUSED(g.parameters = one_parameter(0, 1));
	REFUSED(g.parameters = one_parameter(PARAMETER_END, 1));
	REFUSED(g.parameters = one_parameter(PARAMETER_WINDOW, 0));
	REFUSED(g.parameters = one_parameter(PARAMETER_WINDOW, 1001));
	REFUSED(g.parameters = one_parameter(PARAMETER_WINDOW, 120));	/* what it is anyway: two encodings of one genesis */
	REFUSED(g.parameters = one_parameter(PARAMETER_WINDOW, 700));	/* longer than that of a re-attestation */
	REFUSED(g.parameters = one_parameter(PARAMETER_EPOCH_BLOCKS, 1200));	/* not twice that of one */
	REFUSED(g.parameters = one_parameter(PARAMETER_NONCE_AGE, 599));
	REFUSED(g.parameters = doubled(one_parameter(PARAMETER_WINDOW, 119)));
	REFUSED(g.parameters = bytes_of(one_parameter(PARAMETER_WINDOW, 119).data, 9));
#undef REFUSED
	struct genesis good = decoded();

	good.parameters = one_parameter(PARAMETER_WINDOW, 119);
	assert_true(accepted_record(&good, error));
}

/* No prefix is a genesis; a changed bit is refused, or makes another register's id. */
static void
bytes_of_any_kind(void **state)
{
	static uint8_t changed[ASSAY_GENESIS_BYTES_MAX + 1];
	struct sim_rng rng = { 5 };
	char error[160];

	(void)state;
	for (size_t len = 0; len < s->genesis_len; len += 1 + sim_rng_below(&rng, 40)) {
		assert_false(accepted(bytes_of(s->genesis, len), error));
	}
	memcpy(changed, s->genesis, s->genesis_len);
	assert_false(accepted(bytes_of(changed, s->genesis_len + 1), error));
	for (unsigned i = 0; i < 100; i++) {
		const size_t at = sim_rng_below(&rng, (uint32_t)s->genesis_len);
		const uint8_t bit = (uint8_t)(1 << sim_rng_below(&rng, 8));

		changed[at] ^= bit;
		if (accepted(bytes_of(changed, s->genesis_len), error)) {
			assert_memory_not_equal(((struct machine *)(void *)reg->opaque)->meta.register_id,
			    s->head.register_id, 32);
		}
		changed[at] ^= bit;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_it_may_not_say, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_of_any_kind, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
