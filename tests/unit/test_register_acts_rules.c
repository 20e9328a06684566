/* SPDX-License-Identifier: Apache-2.0 */
/* Acts on the policy, parameters, council, log, validators, units and rules. */
#include "council.h"

/* ---- the policy */

static const char strict_policy[] =
    " { \"schema\":\"assay.policy/1\", \"name\":\"strict\", \"tiers\":{\"UpToDate\":1} } ";

static enum code
propose_policy(const char *document)
{
	const struct set_policy_arguments a = { bytes_of_text(document) };

	return council_propose(0, ACT_SET_POLICY, &a);
}

/* Fails where what is stored is not the canonical document that the digest is of. */
static void
test_set_policy(void **state)
{
	const struct set_policy_arguments a = { bytes_of_text(strict_policy) };
	struct machine *m = council_machine();
	struct policy row;
	uint8_t before[32];
	uint8_t digest[32];

	(void)state;
	memcpy(before, m->meta.policy, sizeof(before));
	(void)council_pass(ACT_SET_POLICY, &a);
	assert_memory_equal(m->meta.policy, before, sizeof(before));
	council_wait(COUNCIL_LOCK_MS);
	assert_memory_not_equal(m->meta.policy, before, sizeof(before));
	assert_int_equal(m->meta.policy_height, m->meta.height);
	assert_true(council_is_sweeping());
	const struct row_key key = key_of_32(TABLE_POLICY, m->meta.policy);

	assert_true(row_get(m, &key, &row));
	crypto_sha256(s->crypto, digest, row.document);
	assert_memory_equal(digest, m->meta.policy, sizeof(digest));
	assert_true(row.document.data[0] == '{');
	assert_int_equal(row.height, m->meta.height);
	assert_int_equal(propose_policy(strict_policy), CODE_ACT_NOTHING);
}

static void
test_set_policy_refused(void **state)
{
	char preset[ASSAY_POLICY_DOCUMENT_MAX + 1];
	struct assay_policy policy;

	(void)state;
	assay_policy_preset(&policy, s->crypto, 0);
	preset[assay_policy_document(&policy, preset, sizeof(preset) - 1)] = 0;
	assert_int_equal(propose_policy(preset), CODE_ACT_NOTHING);
	assert_int_equal(propose_policy(""), CODE_POLICY_INVALID);
	assert_int_equal(propose_policy("{}"), CODE_POLICY_INVALID);
	assert_int_equal(propose_policy("{\"schema\":\"assay.policy/1\",\"name\":\"x\",\"trust\":true}"),
	    CODE_POLICY_INVALID);
	/* Fails where the council can let in what its owner writes himself. */
	assert_int_equal(propose_policy("{\"schema\":\"assay.policy/1\",\"name\":\"x\",\"permit\":[\"debug\"]}"),
	    CODE_POLICY_DEBUG);
	assert_int_equal(propose_policy("{\"schema\":\"assay.policy/1\",\"name\":\"x\",\"permit\":[\"service-td\"]}"),
	    CODE_ACCEPTED);
}

/* ---- parameters */

static uint64_t
next_epoch_blocks(void)
{
	const struct meta *meta = &council_machine()->meta;

	return meta->epoch_start + COUNCIL_EPOCH_BLOCKS - meta->height;
}

/* Fails where a parameter changes within an epoch. */
static void
test_set_parameter(void **state)
{
	const struct set_parameter_arguments a = { PARAMETER_REWARD, 77 };
	struct machine *m = council_machine();
	uint64_t left;

	(void)state;
	(void)council_act(ACT_SET_PARAMETER, &a);
	assert_int_equal(council_state(council_last()), PROPOSAL_DONE);
	left = next_epoch_blocks();
	assert_true(left > 1);
	assert_int_equal(parameter(m, PARAMETER_REWARD), 0);
	council_expect(CODE_ACT_NOTHING, ACT_SET_PARAMETER, &a, "it comes already");
	for (uint64_t i = 1; i < left; i++) {
		scene_wait(s, 1000);
		assert_int_equal(parameter(m, PARAMETER_REWARD), 0);
	}
	scene_wait(s, 1000);
	assert_int_equal(m->meta.epoch_start, m->meta.height);
	assert_int_equal(parameter(m, PARAMETER_REWARD), 77);
	/* It stands in the row too: a register that is opened has it. */
	scene_block(s);
	scene_reopen(s);
	assert_int_equal(parameter(m, PARAMETER_REWARD), 77);
	council_expect(CODE_ACT_NOTHING, ACT_SET_PARAMETER, &a, "it is so");
}

/* The bounds of every parameter, by the table that everybody can read. */
static void
test_parameter_bounds(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PARAMETER_END + 2; i++) {
		const struct parameter_bounds *bounds = parameter_bounds(i);
		struct set_parameter_arguments a = { .parameter = (uint16_t)i };

		if (bounds == NULL) {
			council_expect(CODE_ACT_ARGUMENTS, ACT_SET_PARAMETER, &a, "no such parameter");
			continue;
		}
		a.value = bounds->highest;
		if (bounds->when == PARAMETER_NEVER) {
			council_expect(CODE_PARAMETER_FIXED, ACT_SET_PARAMETER, &a, bounds->name);
			continue;
		}
		if (bounds->lowest != 0) {
			a.value = bounds->lowest - 1;
			council_expect(CODE_PARAMETER_RANGE, ACT_SET_PARAMETER, &a, bounds->name);
		}
		a.value = bounds->highest + 1;
		council_expect(CODE_PARAMETER_RANGE, ACT_SET_PARAMETER, &a, bounds->name);
	}
}

/* Fails where two changes, each of which fits, together do not. */
static void
test_parameters_fit(void **state)
{
	struct set_parameter_arguments a = { PARAMETER_WINDOW, 5 };

	(void)state;
	council_expect(CODE_PARAMETER_RANGE, ACT_SET_PARAMETER, &a, "longer than the window for a re-attestation");
	a.value = 4;
	(void)council_act(ACT_SET_PARAMETER, &a);
	a.parameter = PARAMETER_OFFLINE_LIMIT;
	a.value = 3000;
	council_expect(CODE_PARAMETER_RANGE, ACT_SET_PARAMETER, &a, "shorter than the window that comes");
	a.value = 4000;
	council_expect(CODE_ACCEPTED, ACT_SET_PARAMETER, &a, "as long");
}

/* Fails where the vendor's number can fall, or waits for an epoch. */
static void
test_raise_tcb_number(void **state)
{
	struct raise_tcb_number_arguments a = { 17 };

	(void)state;
	(void)council_act(ACT_RAISE_TCB_NUMBER, &a);
	assert_int_equal(parameter(council_machine(), PARAMETER_TCB_NUMBER), 17);
	council_expect(CODE_ACT_NOTHING, ACT_RAISE_TCB_NUMBER, &a, "it is so");
	a.number = 16;
	council_expect(CODE_ACT_NOTHING, ACT_RAISE_TCB_NUMBER, &a, "it only grows");
	a.number = 18;
	council_expect(CODE_ACCEPTED, ACT_RAISE_TCB_NUMBER, &a, "higher");
	scene_block(s);
	scene_reopen(s);
	assert_int_equal(parameter(council_machine(), PARAMETER_TCB_NUMBER), 17);
}

/* ---- the council */

static struct replace_council_arguments
council_of(unsigned count, uint8_t threshold)
{
	struct replace_council_arguments a;

	memset(&a, 0, sizeof(a));
	a.threshold = threshold;
	a.members.len = (uint16_t)(32 * count);
	for (unsigned i = 0; i < count; i++) {
		a.members.data[32 * i] = (uint8_t)(i + 1);
	}
	return a;
}

static void
test_replace_council(void **state)
{
	struct replace_council_arguments a;
	struct council council;
	const struct row_key key = key_start(TABLE_COUNCIL);

	(void)state;
	for (unsigned count = 0; count <= COUNCIL_MAX; count++) {
		for (unsigned threshold = 0; threshold <= count + 1; threshold++) {
			a = council_of(count, (uint8_t)threshold);
			council_expect(2 * threshold > count && threshold <= count ? CODE_ACCEPTED : CODE_COUNCIL_INVALID,
			    ACT_REPLACE_COUNCIL, &a, "threshold");
		}
	}
	a = council_of(3, 2);
	a.members.data[64] = 2;
	council_expect(CODE_COUNCIL_INVALID, ACT_REPLACE_COUNCIL, &a, "a member twice");
	a.members.data[64] = 1;
	council_expect(CODE_COUNCIL_INVALID, ACT_REPLACE_COUNCIL, &a, "not ascending");
	a = council_of(3, 2);
	a.members.len--;
	council_expect(CODE_COUNCIL_INVALID, ACT_REPLACE_COUNCIL, &a, "cut off");
	assert_true(row_get(council_machine(), &key, &council));
	a.threshold = council.threshold;
	VAR_SET(a.members, VAR_BYTES(council.members));
	council_expect(CODE_ACT_NOTHING, ACT_REPLACE_COUNCIL, &a, "the same");
	a = council_of(1, 1);
	memcpy(a.members.data, s->accounts[2].id, 32);
	(void)council_act(ACT_REPLACE_COUNCIL, &a);
	assert_true(council_has(council_machine(), s->accounts[2].id));
	assert_false(council_has(council_machine(), s->accounts[SCENE_COUNCIL].id));
	assert_true(row_get(council_machine(), &key, &council));
	assert_int_equal(council.generation, 2);
}

/* Fails where a council of one needs an approval besides its proposal. */
static void
test_council_of_one(void **state)
{
	struct replace_council_arguments a = council_of(1, 1);
	struct propose_arguments propose;
	struct deny_arguments deny;
	uint8_t bytes[100];

	(void)state;
	memcpy(a.members.data, s->accounts[2].id, 32);
	(void)council_act(ACT_REPLACE_COUNCIL, &a);
	memset(&deny, 0, sizeof(deny));
	deny.kind = DENY_FMSPC;
	deny.value.len = 6;
	memset(&propose, 0, sizeof(propose));
	propose.act = ACT_DENY;
	VAR_SET(propose.reason, bytes_of_text("alone"));
	propose.arguments = bytes_of(bytes, record_encode(act_record(ACT_DENY), &deny, bytes, sizeof(bytes)));
	assert_int_equal(scene_send(s, 2, KIND_PROPOSE, &propose), CODE_ACCEPTED);
	assert_int_equal(council_state(council_last()), PROPOSAL_DONE);
	assert_true(deny_has(council_machine(), DENY_FMSPC, VAR_BYTES(deny.value)));
}

/* ---- the log */

static void
test_rotate_log(void **state)
{
	const char two[] = "\003onekkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\003twollllllllllllllllllllllllllllllll";
	struct rotate_log_arguments a;
	const struct row_key key = key_start(TABLE_LOG);
	struct log log;

	(void)state;
	memset(&a, 0, sizeof(a));
	council_expect(CODE_ACT_ARGUMENTS, ACT_ROTATE_LOG, &a, "no key");
	memset(a.key, 5, sizeof(a.key));
	a.quorum = 1;
	council_expect(CODE_ACT_ARGUMENTS, ACT_ROTATE_LOG, &a, "a quorum of nobody");
	VAR_SET(a.witnesses, bytes_of(two, sizeof(two) - 1));
	a.quorum = 3;
	council_expect(CODE_ACT_ARGUMENTS, ACT_ROTATE_LOG, &a, "a quorum of more than there are");
	a.quorum = 2;
	a.witnesses.len--;
	council_expect(CODE_ACT_ARGUMENTS, ACT_ROTATE_LOG, &a, "cut off");
	VAR_SET(a.witnesses, bytes_of(two, sizeof(two) - 1));
	memcpy(a.witnesses.data + 37, "one", 3);
	council_expect(CODE_ACT_ARGUMENTS, ACT_ROTATE_LOG, &a, "a name twice");
	VAR_SET(a.witnesses, bytes_of(two, sizeof(two) - 1));
	memset(a.witnesses.data + 40, 'k', 32);
	council_expect(CODE_ACT_ARGUMENTS, ACT_ROTATE_LOG, &a, "a key twice");
	VAR_SET(a.witnesses, bytes_of(two, sizeof(two) - 1));
	(void)council_act(ACT_ROTATE_LOG, &a);
	assert_true(row_get(council_machine(), &key, &log));
	assert_memory_equal(log.key, a.key, sizeof(a.key));
	assert_int_equal(log.quorum, 2);
	assert_true(bytes_equal(VAR_BYTES(log.witnesses), VAR_BYTES(a.witnesses)));
	assert_true(bytes_equal_text(VAR_BYTES(log.origin), "example.org/scene"));
	council_expect(CODE_ACT_NOTHING, ACT_ROTATE_LOG, &a, "the same");
}

/* ---- validators */

static void
test_set_validators(void **state)
{
	struct set_validators_arguments a;
	const struct row_key key = key_start(TABLE_VALIDATORS);
	struct validators row;

	(void)state;
	memset(&a, 0, sizeof(a));
	council_expect(CODE_ACT_ARGUMENTS, ACT_SET_VALIDATORS, &a, "nobody");
	a.validators.len = 80;
	a.validators.data[0] = 1;
	a.validators.data[39] = 10;
	a.validators.data[40] = 2;
	council_expect(CODE_ACT_ARGUMENTS, ACT_SET_VALIDATORS, &a, "one without power");
	a.validators.data[72] = 0x10;
	council_expect(CODE_ACT_ARGUMENTS, ACT_SET_VALIDATORS, &a, "more power than can be added up");
	a.validators.data[72] = 0;
	a.validators.data[79] = 10;
	a.validators.data[40] = 1;
	council_expect(CODE_ACT_ARGUMENTS, ACT_SET_VALIDATORS, &a, "one twice");
	a.validators.data[40] = 2;
	a.validators.len = 79;
	council_expect(CODE_ACT_ARGUMENTS, ACT_SET_VALIDATORS, &a, "cut off");
	a.validators.len = 80;
	(void)council_act(ACT_SET_VALIDATORS, &a);
	assert_true(row_get(council_machine(), &key, &row));
	assert_true(bytes_equal(VAR_BYTES(row.validators), VAR_BYTES(a.validators)));
	assert_int_equal(row.height, council_machine()->meta.height);
	council_expect(CODE_ACT_NOTHING, ACT_SET_VALIDATORS, &a, "the same");
}

/* ---- units */

static struct act_credit_arguments
units(const uint8_t *account, uint64_t amount)
{
	struct act_credit_arguments a;

	memset(&a, 0, sizeof(a));
	if (account != NULL) {
		memcpy(a.account, account, sizeof(a.account));
	}
	a.amount = amount;
	VAR_SET(a.reference, bytes_of_text("invoice 7"));
	return a;
}

/* Fails where units come from nowhere: minted and burnt, balances and treasury are all kept. */
static void
test_units(void **state)
{
	const struct meta *meta = &council_machine()->meta;
	const uint64_t minted = meta->minted;
	const uint64_t treasury = meta->treasury;
	uint8_t nobody[32];
	struct act_credit_arguments a = units(NULL, 100);
	struct account row;

	(void)state;
	memset(nobody, 0xdd, sizeof(nobody));
	(void)council_act(ACT_CREDIT, &a);
	assert_int_equal(meta->treasury, treasury + 100);
	assert_int_equal(meta->minted, minted + 100);
	a.amount = 40;
	(void)council_act(ACT_DEBIT, &a);
	assert_int_equal(meta->treasury, treasury + 60);
	assert_int_equal(meta->burnt, 40);
	/* An account comes to be by what it gets. */
	a = units(nobody, 7);
	council_expect(CODE_ACCOUNT_UNKNOWN, ACT_DEBIT, &a, "no account");
	(void)council_act(ACT_CREDIT, &a);
	assert_true(account_get(council_machine(), nobody, &row));
	assert_int_equal(row.balance, 7);
	assert_true(scene_supply_holds(s));
	a.amount = 8;
	council_expect(CODE_BALANCE, ACT_DEBIT, &a, "more than there is");
	a.amount = 7;
	(void)council_act(ACT_DEBIT, &a);
	assert_true(account_get(council_machine(), nobody, &row));
	assert_int_equal(row.balance, 0);
	assert_int_equal(meta->burnt, 47);
	assert_true(scene_supply_holds(s));
}

static void
test_units_refused(void **state)
{
	const struct meta *meta = &council_machine()->meta;
	const uint64_t most = ((uint64_t)1 << 63) - (meta->minted - meta->burnt);
	struct act_credit_arguments a = units(s->accounts[1].id, 0);

	(void)state;
	council_expect(CODE_AMOUNT, ACT_CREDIT, &a, "nothing");
	council_expect(CODE_AMOUNT, ACT_DEBIT, &a, "nothing");
	a.amount = most + 1;
	council_expect(CODE_AMOUNT, ACT_CREDIT, &a, "more than there may ever be");
	a.amount = most;
	council_expect(CODE_ACCEPTED, ACT_CREDIT, &a, "as much as there may be");
	a.reference.len = 0;
	council_expect(CODE_REASON, ACT_CREDIT, &a, "it rests on nothing");
	council_expect(CODE_REASON, ACT_DEBIT, &a, "it rests on nothing");
	a = units(NULL, meta->treasury + 1);
	council_expect(CODE_BALANCE, ACT_DEBIT, &a, "more than the treasury has");
}

/* ---- slashes */

static struct return_slash_arguments
slash_put(enum slash_state slash_state, uint64_t settled_own_ms)
{
	struct machine *m = council_machine();
	struct return_slash_arguments a = { .epoch = 1, .height = 2 };
	struct slash slash;

	memset(a.worker, 3, sizeof(a.worker));
	memset(&slash, 0, sizeof(slash));
	slash.rule = SLASH_SILENCE;
	slash.state = (uint8_t)slash_state;
	memcpy(slash.operator, s->accounts[1].id, sizeof(slash.operator));
	slash.amount = 10;
	slash.settled_own_ms = settled_own_ms;
	const struct row_key key = key_u64(key_bytes(key_u32(key_start(TABLE_SLASH), a.epoch),
	    ARRAY_BYTES(a.worker)), a.height);

	step_begin(m);
	row_put(m, &key, &slash);
	step_commit(m, EFFECT_NONE);
	return a;
}

/* Fails where a slash can be given back that is burnt, or was given back. */
static void
test_return_slash(void **state)
{
	struct return_slash_arguments a = { .epoch = 9 };
	struct machine *m = council_machine();
	struct account before;
	struct account after;

	(void)state;
	scene_wait(s, 1000);
	council_expect(CODE_SLASH_UNKNOWN, ACT_RETURN_SLASH, &a, "no slash");
	a = slash_put(SLASH_BURNT, m->own_ms + 1);
	council_expect(CODE_TOO_LATE, ACT_RETURN_SLASH, &a, "it is burnt");
	a = slash_put(SLASH_RETURNED, m->own_ms + 1);
	council_expect(CODE_TOO_LATE, ACT_RETURN_SLASH, &a, "it was given back");
	a = slash_put(SLASH_ESCROWED, m->own_ms);
	council_expect(CODE_TOO_LATE, ACT_RETURN_SLASH, &a, "it is to be burnt now");
	a = slash_put(SLASH_ESCROWED, m->own_ms + 5 * COUNCIL_LOCK_MS);
	/* What is in escrow came from somewhere. */
	m->meta.escrows += 10;
	m->meta.treasury -= 10;
	scene_get_account(s, 1, &before);
	(void)council_act(ACT_RETURN_SLASH, &a);
	assert_int_equal(council_state(council_last()), PROPOSAL_DONE);
	scene_get_account(s, 1, &after);
	assert_int_equal(after.balance, before.balance + 10);
	assert_true(scene_supply_holds(s));
	council_expect(CODE_TOO_LATE, ACT_RETURN_SLASH, &a, "it was given back");
}

/* ---- rules */

static void
test_activate_rules(void **state)
{
	struct activate_rules_arguments a = { RULES_VERSION + 1, 1000 };

	(void)state;
	council_expect(CODE_RULES_UNKNOWN, ACT_ACTIVATE_RULES, &a, "this version does not have them");
	a.rules = RULES_VERSION;
	council_expect(CODE_ACT_NOTHING, ACT_ACTIVATE_RULES, &a, "they are in force");
	a.rules = 0;
	council_expect(CODE_ACT_NOTHING, ACT_ACTIVATE_RULES, &a, "there is no way back");
	/* From older rules the newest ones of this version can be reached. */
	council_machine()->meta.rules = RULES_VERSION - 1;
	a.rules = RULES_VERSION;
	a.height = council_machine()->meta.height;
	council_expect(CODE_TOO_LATE, ACT_ACTIVATE_RULES, &a, "that height has passed");
	a.height += 100;
	(void)council_act(ACT_ACTIVATE_RULES, &a);
	assert_int_equal(council_machine()->meta.rules_next, RULES_VERSION);
	assert_int_equal(council_machine()->meta.rules_height, a.height);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, council_setup, council_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_set_policy),
		TEST(test_set_policy_refused),
		TEST(test_set_parameter),
		TEST(test_parameter_bounds),
		TEST(test_parameters_fit),
		TEST(test_raise_tcb_number),
		TEST(test_replace_council),
		TEST(test_council_of_one),
		TEST(test_rotate_log),
		TEST(test_set_validators),
		TEST(test_units),
		TEST(test_units_refused),
		TEST(test_return_slash),
		TEST(test_activate_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
