/* SPDX-License-Identifier: Apache-2.0 */
/* Standing: what keeps a worker from being admitted, at the very millisecond and SVN. */
#include "council.h"

static struct scene_worker worker;

/* An admitted worker's row, to be changed in memory. */
static struct worker
admitted(void)
{
	struct worker row;

	scene_bring_collateral(s, SIM_SGX);
	scene_worker_online(s, &worker, &(struct scene_worker_options){ .operator_index = 0 });
	scene_wait(s, 1000);
	scene_get_worker(s, &worker, &row);
	assert_int_equal(worker_standing(council_machine(), &row), WORKER_BECAUSE_NONE);
	assert_true(worker_is_admitted(council_machine(), &row));
	return row;
}

static enum worker_reason
standing(const struct worker *row)
{
	return worker_standing(council_machine(), row);
}

/* ---- the worker's own row */

/* Fails where any date, bound or order of the rule is off by one. */
static void
test_own_row(void **state)
{
	const struct worker good = admitted();
	struct machine *m = council_machine();
	struct worker row = good;

	(void)state;
	row.forced_until_own_ms = m->own_ms;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	row.forced_until_own_ms = m->own_ms + 1;
	assert_int_equal(standing(&row), WORKER_BECAUSE_FORCED);
	row.forced_until_own_ms = NO_TIME;
	assert_int_equal(standing(&row), WORKER_BECAUSE_FORCED);
	row = good;
	row.attested_own_ms = m->own_ms - parameter(m, PARAMETER_EVIDENCE_AGE) + 1;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	row.attested_own_ms--;
	assert_int_equal(standing(&row), WORKER_BECAUSE_LAPSED);
	row = good;
	row.tier = 5;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	row.tier = 6;
	assert_int_equal(standing(&row), WORKER_BECAUSE_TIER);
	row.tier = 0;
	assert_int_equal(standing(&row), WORKER_BECAUSE_EVIDENCE);
	m->parameters[PARAMETER_FLOOR_TIER] = 3;
	row.tier = 3;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	row.tier = 4;
	assert_int_equal(standing(&row), WORKER_BECAUSE_TIER);
	row = good;
	row.stake = parameter(m, PARAMETER_STAKE_LEAST);
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	row.stake--;
	assert_int_equal(standing(&row), WORKER_BECAUSE_STAKE);
	row = good;
	memset(row.program, 1, sizeof(row.program));
	assert_int_equal(standing(&row), WORKER_BECAUSE_PROGRAM);
}

/* Fails where a worker is admitted in any state but one. */
static void
test_states(void **state)
{
	struct worker row = admitted();

	(void)state;
	for (unsigned i = 0; i <= WORKER_LEFT; i++) {
		row.state = (uint8_t)i;
		assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
		assert_int_equal(worker_is_admitted(council_machine(), &row), i == WORKER_ONLINE);
	}
}

/* ---- dates */

/* Fails where the vendor's dates stop with the register, or the register's own do not. */
static void
test_halt(void **state)
{
	struct machine *m = council_machine();
	struct worker row = admitted();
	uint64_t expires_own_ms;

	(void)state;
	row.valid_until_s = NO_TIME;
	expires_own_ms = worker_evidence_expires_own_ms(m, &row);
	assert_int_equal(expires_own_ms, row.attested_own_ms + parameter(m, PARAMETER_EVIDENCE_AGE));
	scene_wait(s, 1000000);
	assert_int_equal(worker_evidence_expires_own_ms(m, &row), expires_own_ms);
	/* In an hour of block time its vendor's dates and their stretch are over. */
	row.valid_until_s = (m->meta.time_ms - parameter(m, PARAMETER_VENDOR_STRETCH)) / 1000 + 3600;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	expires_own_ms = worker_evidence_expires_own_ms(m, &row);
	scene_wait(s, 3000000);
	assert_int_equal(worker_evidence_expires_own_ms(m, &row), expires_own_ms - 3000000);
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	scene_wait(s, 601000);
	assert_int_equal(standing(&row), WORKER_BECAUSE_LAPSED);
}

static void
test_vendor_date(void **state)
{
	struct machine *m = council_machine();
	struct worker row = admitted();

	(void)state;
	m->meta.time_ms = m->meta.time_ms / 1000 * 1000;
	m->own_ms = m->meta.time_ms - m->meta.halted_ms;
	row.valid_until_s = (m->meta.time_ms - parameter(m, PARAMETER_VENDOR_STRETCH)) / 1000;
	assert_int_equal(standing(&row), WORKER_BECAUSE_LAPSED);
	row.valid_until_s++;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	row.valid_until_s = 0;
	assert_int_equal(standing(&row), WORKER_BECAUSE_LAPSED);
	row.valid_until_s = UINT64_MAX;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	row.valid_until_s = UINT64_MAX / 1000 + 1;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
}

/* ---- a value that is loosened brings nobody back */

static void
set_parameter(enum parameter_id id, uint64_t value)
{
	const struct set_parameter_arguments a = { (uint16_t)id, value };

	(void)council_act(ACT_SET_PARAMETER, &a);
	for (unsigned i = 0; i <= COUNCIL_EPOCH_BLOCKS; i++) {
		scene_wait(s, 1000);
	}
	assert_int_equal(parameter(council_machine(), id), value);
}

static struct worker
attested(uint64_t ago_ms)
{
	struct worker row = { .valid_until_s = NO_TIME };

	row.attested_own_ms = council_machine()->own_ms - ago_ms;
	return row;
}

static bool
has_expired(const struct worker *row)
{
	return worker_evidence_expires_own_ms(council_machine(), row) <= council_machine()->own_ms;
}

/* Fails where evidence that had expired is good again under a longer age, however often it is changed. */
static void
test_age_loosened(void **state)
{
	struct worker old;
	struct worker older;
	struct worker fresh;

	(void)state;
	scene_wait(s, 1000);
	old = attested(400000);
	older = attested(700000);
	set_parameter(PARAMETER_EVIDENCE_AGE, 300000);
	fresh = attested(1000);
	assert_true(has_expired(&old));
	assert_true(has_expired(&older));
	set_parameter(PARAMETER_EVIDENCE_AGE, 600000);
	assert_true(has_expired(&old));
	assert_int_equal(worker_evidence_expires_own_ms(council_machine(), &old), old.attested_own_ms + 300000);
	assert_false(has_expired(&fresh));
	assert_int_equal(worker_evidence_expires_own_ms(council_machine(), &fresh),
	    fresh.attested_own_ms + 600000);
	/* Who expired in the very block of the change, too. */
	old.attested_own_ms = council_machine()->meta.aged_own_ms - council_machine()->meta.aged_ms;
	assert_true(has_expired(&old));
	old.attested_own_ms++;
	assert_false(has_expired(&old));
	old.attested_own_ms--;
	set_parameter(PARAMETER_EVIDENCE_AGE, 6000000);
	assert_true(has_expired(&old));
	assert_true(has_expired(&older));
	assert_int_equal(worker_evidence_expires_own_ms(council_machine(), &fresh),
	    fresh.attested_own_ms + 6000000);
	/* A shorter age acts on everybody. */
	set_parameter(PARAMETER_EVIDENCE_AGE, 60000);
	assert_int_equal(worker_evidence_expires_own_ms(council_machine(), &fresh), fresh.attested_own_ms + 60000);
}

static void
test_stretch_loosened(void **state)
{
	const uint64_t hour_ms = 3600000;
	struct worker late = { .attested_own_ms = 0 };
	struct worker later = { .attested_own_ms = 0 };
	struct machine *m = council_machine();

	(void)state;
	scene_wait(s, 1000);
	late.attested_own_ms = later.attested_own_ms = m->own_ms;
	late.valid_until_s = (m->meta.time_ms - 2 * hour_ms) / 1000;
	later.valid_until_s = (m->meta.time_ms + hour_ms) / 1000;
	assert_false(has_expired(&late));
	set_parameter(PARAMETER_VENDOR_STRETCH, hour_ms);
	assert_true(has_expired(&late));
	set_parameter(PARAMETER_VENDOR_STRETCH, 24 * hour_ms);
	assert_true(has_expired(&late));
	assert_false(has_expired(&later));
	assert_int_equal(worker_evidence_expires_own_ms(m, &later),
	    later.valid_until_s * 1000 + 24 * hour_ms - m->meta.halted_ms);
	late.valid_until_s = (m->meta.stretched_time_ms - m->meta.stretched_ms) / 1000;
	assert_true(has_expired(&late));
	late.valid_until_s++;
	assert_false(has_expired(&late));
	/* New collateral gives new dates, which is the vendor's to do. */
	late.valid_until_s = later.valid_until_s;
	assert_false(has_expired(&late));
}

/* ---- the deny list */

static struct deny_arguments
denial(enum deny_kind kind, const void *value, size_t len)
{
	struct deny_arguments a;

	memset(&a, 0, sizeof(a));
	a.kind = (uint8_t)kind;
	VAR_SET(a.value, bytes_of(value, len));
	return a;
}

/* Denied at once; denied no more once it has lapsed. */
static void
expect_denied(enum deny_kind kind, const void *value, size_t len, struct worker *row, bool denied)
{
	const struct deny_arguments a = denial(kind, value, len);

	(void)council_pass(ACT_DENY, &a);
	assert_int_equal(standing(row), denied ? WORKER_BECAUSE_DENIED : WORKER_BECAUSE_NONE);
	council_wait(COUNCIL_EMERGENCY_MS);
	assert_int_equal(standing(row), WORKER_BECAUSE_NONE);
}

/* Fails where any kind of denial does not reach the worker that it names, or reaches another. */
static void
test_denied(void **state)
{
	struct worker row = admitted();
	uint8_t value[32];
	uint8_t status = row.status;

	(void)state;
	VAR_SET(row.advisories, bytes_of_text("\016INTEL-SA-00615\016INTEL-SA-00657"));
	expect_denied(DENY_PLATFORM, row.platform, 32, &row, true);
	memcpy(value, row.platform, 32);
	value[31] ^= 1;
	expect_denied(DENY_PLATFORM, value, 32, &row, false);
	expect_denied(DENY_FMSPC, row.fmspc, 6, &row, true);
	memcpy(value, row.fmspc, 6);
	value[5] ^= 1;
	expect_denied(DENY_FMSPC, value, 6, &row, false);
	expect_denied(DENY_ADVISORY, "INTEL-SA-00657", 14, &row, true);
	expect_denied(DENY_ADVISORY, "INTEL-SA-0065", 13, &row, false);
	expect_denied(DENY_ADVISORY, "INTEL-SA-00658", 14, &row, false);
	expect_denied(DENY_STATUS, &status, 1, &row, true);
	status = ASSAY_TCB_OUT_OF_DATE;
	expect_denied(DENY_STATUS, &status, 1, &row, false);
	expect_denied(DENY_PROGRAM, row.program, 32, &row, true);
	expect_denied(DENY_PROGRAM, s->program_tdx, 32, &row, false);
	expect_denied(DENY_SIGNER, s->mrsigner, 32, &row, true);
	expect_denied(DENY_SIGNER, s->program_sgx, 32, &row, false);
}

/* A denial whose time is over, though its timer has not had its turn. */
static void
deny_row_until(const struct deny_arguments *a, uint64_t until_own_ms)
{
	const struct row_key key = key_bytes(key_u8(key_start(TABLE_DENY), a->kind), VAR_BYTES(a->value));
	struct machine *m = council_machine();
	struct deny deny;

	assert_true(row_get(m, &key, &deny));
	deny.until_own_ms = until_own_ms;
	step_begin(m);
	row_put(m, &key, &deny);
	step_commit(m, EFFECT_NONE);
}

static struct deny_arguments
deny_component(const struct worker *row, uint8_t index, uint16_t least)
{
	uint8_t value[9];
	struct deny_arguments a;

	memcpy(value, row->fmspc, 6);
	value[6] = index;
	value[7] = (uint8_t)(least >> 8);
	value[8] = (uint8_t)least;
	a = denial(DENY_COMPONENT, value, sizeof(value));
	(void)council_pass(ACT_DENY, &a);
	return a;
}

/* Fails where "below the least" is not strictly below, or the wrong component or platform is meant. */
static void
test_component(void **state)
{
	const struct worker good = admitted();
	struct worker row = good;

	(void)state;
	(void)deny_component(&good, 3, 10);
	row.components[3] = 10;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	row.components[3] = 9;
	assert_int_equal(standing(&row), WORKER_BECAUSE_DENIED);
	row.components[3] = 255;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	row.components[4] = 0;
	row.components[2] = 0;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	row.components[3] = 0;
	row.fmspc[0] ^= 1;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	/* Of two rows the stricter one counts, whichever came first. */
	row = good;
	row.components[3] = 10;
	(void)deny_component(&good, 3, 12);
	(void)deny_component(&good, 3, 2);
	assert_int_equal(standing(&row), WORKER_BECAUSE_DENIED);
	row.components[3] = 12;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	const struct deny_arguments last = deny_component(&good, 16, 300);

	row.pcesvn = 300;
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	row.pcesvn = 299;
	deny_row_until(&last, council_machine()->own_ms + 1);
	assert_int_equal(standing(&row), WORKER_BECAUSE_DENIED);
	deny_row_until(&last, council_machine()->own_ms);
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	council_wait(COUNCIL_EMERGENCY_MS);
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
}

static enum assay_rows_result
get_nothing(void *context, struct assay_bytes key, uint8_t *out, size_t size, size_t *len)
{
	(void)context;
	(void)key;
	(void)out;
	(void)size;
	(void)len;
	return ASSAY_ROWS_FAILED;
}

/* Fails where an empty list costs a look at a row. */
static void
test_empty_list(void **state)
{
	struct worker row = admitted();
	struct machine *m = council_machine();
	const struct assay_rows rows = m->rows;

	(void)state;
	m->rows.get = get_nothing;
	assert_false(worker_is_denied(m, &row));
	assert_false(deny_has(m, DENY_PLATFORM, ARRAY_BYTES(row.platform)));
	assert_false(m->failed);
	m->rows = rows;
}

/* ---- programs */

static void
test_program(void **state)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, s->program_sgx);
	const struct row_key signer_key = key_of_32(TABLE_SIGNER, s->mrsigner);
	struct machine *m = council_machine();
	const struct worker row = admitted();
	struct program program;
	struct program found;
	struct signer signer;

	(void)state;
	assert_true(row_get(m, &key, &program));
	assert_true(row_get(m, &signer_key, &signer));
	step_begin(m);
	program.valid_from_ms = m->meta.time_ms;
	row_put(m, &key, &program);
	assert_int_equal(program_stands(m, s->program_sgx, true, &found), CODE_ACCEPTED);
	program.valid_from_ms++;
	row_put(m, &key, &program);
	assert_int_equal(program_stands(m, s->program_sgx, true, &found), CODE_PROGRAM_NOT_YET);
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	program.retire_ms = m->meta.time_ms;
	row_put(m, &key, &program);
	assert_int_equal(standing(&row), WORKER_BECAUSE_PROGRAM);
	program.retire_ms = 0;
	program.revoked_ms = 1;
	row_put(m, &key, &program);
	assert_int_equal(standing(&row), WORKER_BECAUSE_PROGRAM);
	/* Its time is over, though its timer has not come yet. */
	program.revoked_until_own_ms = m->own_ms;
	row_put(m, &key, &program);
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
	program.revoked_until_own_ms++;
	row_put(m, &key, &program);
	assert_int_equal(standing(&row), WORKER_BECAUSE_PROGRAM);
	program.revoked_ms = 0;
	row_put(m, &key, &program);
	signer.revoked_ms = 1;
	row_put(m, &signer_key, &signer);
	assert_int_equal(standing(&row), WORKER_BECAUSE_SIGNER);
	row_remove(m, &signer_key);
	assert_int_equal(standing(&row), WORKER_BECAUSE_SIGNER);
	step_abort(m);
	assert_int_equal(standing(&row), WORKER_BECAUSE_NONE);
}

/* Fails where a reason that keeps a worker out is told as accepted. */
static void
test_codes(void **state)
{
	static const struct {
		enum worker_reason reason;
		enum code code;
	} rows[] = {
		{ WORKER_BECAUSE_NONE, CODE_ACCEPTED },
		{ WORKER_BECAUSE_LAPSED, CODE_NOT_ADMITTED },
		{ WORKER_BECAUSE_EVIDENCE, CODE_EVIDENCE_REFUSED },
		{ WORKER_BECAUSE_TIER, CODE_EVIDENCE_TIER },
		{ WORKER_BECAUSE_PROGRAM, CODE_NOT_ADMITTED },
		{ WORKER_BECAUSE_SIGNER, CODE_SIGNER_REVOKED },
		{ WORKER_BECAUSE_DENIED, CODE_DENIED },
		{ WORKER_BECAUSE_FORCED, CODE_FORCED },
		{ WORKER_BECAUSE_STAKE, CODE_STAKE_LOW },
	};

	(void)state;
	for (size_t i = 0; i < COUNCIL_COUNT(rows); i++) {
		assert_int_equal(code_of_reason(rows[i].reason), rows[i].code);
	}
	for (unsigned i = 1; i <= WORKER_BECAUSE_UNATTESTED + 1; i++) {
		assert_int_not_equal(code_of_reason((enum worker_reason)i), CODE_ACCEPTED);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, council_setup, council_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_own_row),
		TEST(test_states),
		TEST(test_halt),
		TEST(test_vendor_date),
		TEST(test_age_loosened),
		TEST(test_stretch_loosened),
		TEST(test_denied),
		TEST(test_component),
		TEST(test_empty_list),
		TEST(test_program),
		TEST(test_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
