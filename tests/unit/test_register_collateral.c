/* SPDX-License-Identifier: Apache-2.0 */
/* What vendors signed: who may bring it, what is kept, and what is in force. */
#include "enrol.h"

#include "sim/scene.h"

static const enum collateral_kind kinds[] = {
	COLLATERAL_ROOT_CRL, COLLATERAL_PCK_CRL, COLLATERAL_TCB_INFO, COLLATERAL_QE_IDENTITY,
};

static void
send_refused(const struct collateral_arguments *a, enum code wanted)
{
	enrol_refused(3, KIND_COLLATERAL, a, wanted);
}

static void
bring_all(const struct sim_options *options, enum code wanted)
{
	enrol_vendor(options);
	for (size_t i = 0; i < ENROL_COUNT(kinds); i++) {
		enrol_expect(enrol_bring(kinds[i]), wanted);
	}
}

/* ---- what is kept */

/* Fails where other bytes are kept than were signed, or nothing comes into force. */
static void
test_kept_as_signed(void **state)
{
	(void)state;
	for (unsigned tdx = 0; tdx < 2; tdx++) {
		const struct sim_options options = { .tee = tdx != 0 ? SIM_TDX : SIM_SGX };
		const enum assay_tee tee = tdx != 0 ? ASSAY_TEE_TDX : ASSAY_TEE_SGX;

		enrol_vendor(&options);
		for (size_t i = tdx != 0 ? 2 : 0; i < ENROL_COUNT(kinds); i++) {
			const struct collateral_arguments a = enrol_document(kinds[i]);
			uint8_t subject[7];
			uint8_t digest[32];
			struct assay_collateral_id id;
			struct collateral row;

			enrol_expect(scene_send(s, 3, KIND_COLLATERAL, &a), CODE_ACCEPTED);
			enrol_replay_refused();
			assert_true(assay_untrusted_collateral_id(&id, &s->evidence.evidence));
			collateral_subject(subject, kinds[i], tee, id.fmspc, true);
			const struct row_key key = collateral_key(kinds[i], subject, i < 2 ? 0 : 18);

			assert_true(row_get(enrol_machine(), &key, &row));
			assert_true(bytes_equal(row.body, a.body));
			assert_true(bytes_equal(row.chain, a.chain));
			assert_true(bytes_equal(VAR_BYTES(row.signature), VAR_BYTES(a.signature)));
			crypto_sha256(s->crypto, digest, a.body);
			assert_memory_equal(row.digest, digest, sizeof(digest));
			assert_int_equal(row.issued_s, ENROL_NOW_S - ENROL_DAY_S);
			assert_int_equal(row.next_update_s, ENROL_NOW_S + 29 * ENROL_DAY_S);
			assert_true(enrol_in_force(kinds[i], tee).there);
			assert_int_equal(enrol_in_force(kinds[i], tee).height, enrol_machine()->meta.height);
		}
	}
	assert_int_equal(enrol_machine()->meta.collateral_height, enrol_machine()->meta.height);
}

/* ---- what is refused */

/* Fails where a document has more than one form, or a part is passed over. */
static void
test_form(void **state)
{
	static uint8_t other[CHAIN_BYTES_MAX + 1];
	const struct sim_options usual = { .tee = SIM_SGX };
	const struct sim_options version_2 = { .tee = SIM_SGX, .tcb_info_version = 2 };

	(void)state;
	enrol_vendor(&usual);
	for (size_t i = 0; i < ENROL_COUNT(kinds); i++) {
		const struct collateral_arguments good = enrol_document(kinds[i]);
		struct collateral_arguments a = good;

		a.kind = 0;
		send_refused(&a, CODE_COLLATERAL_FORM);
		a.kind = 5;
		send_refused(&a, CODE_COLLATERAL_FORM);
		a = good;
		a.body = bytes_of(NULL, 0);
		send_refused(&a, CODE_COLLATERAL_FORM);
		a = good;
		a.signature.len = good.signature.len == 0 ? 64 : 0;
		send_refused(&a, CODE_COLLATERAL_FORM);
		a = good;
		a.signature.len = 63;
		send_refused(&a, CODE_COLLATERAL_FORM);
		a = good;
		if (kinds[i] == COLLATERAL_ROOT_CRL) {
			a.chain = bytes_of("0", 1);
			send_refused(&a, CODE_COLLATERAL_FORM);
			continue;
		}
		a.chain = s->evidence.collateral.tcb_info_issuer_chain;	/* PEM */
		send_refused(&a, CODE_COLLATERAL_FORM);
		bytes_copy(other, good.chain, good.chain.len);
		other[good.chain.len] = 0;
		a.chain = bytes_of(other, good.chain.len + 1);	/* a byte behind it */
		send_refused(&a, CODE_COLLATERAL_FORM);
		/* The root first: DER lengths of 4 bytes tell where the signer ends. */
		const size_t first = 4 + ((size_t)good.chain.data[2] << 8 | good.chain.data[3]);

		bytes_copy(other, bytes_slice(good.chain, first, good.chain.len - first), good.chain.len - first);
		bytes_copy(other + good.chain.len - first, bytes_slice(good.chain, 0, first), first);
		a.chain = bytes_of(other, good.chain.len);
		send_refused(&a, CODE_COLLATERAL_FORM);
	}
	/* Number 0 would be no number. */
	struct sim_buffer *text = &s->evidence.scene->tcb_info.text;
	static const char number[] = "DataNumber\":18";
	size_t found = 0;

	for (size_t at = 0; at + sizeof(number) - 1 <= text->len; at++) {
		if (memcmp(text->data + at, number, sizeof(number) - 1) == 0) {
			found = at + sizeof(number) - 3;
		}
	}
	assert_int_not_equal(found, 0);
	sim_buffer_remove(text, found, 1);
	text->data[found] = '0';
	sim_assemble(s->vendor, s->evidence.scene, &s->evidence);
	const struct collateral_arguments none = enrol_document(COLLATERAL_TCB_INFO);

	send_refused(&none, CODE_COLLATERAL_FORM);
	enrol_vendor(&version_2);
	const struct collateral_arguments old = enrol_document(COLLATERAL_TCB_INFO);

	send_refused(&old, CODE_COLLATERAL_FORM);
}

/* CRLs are kept as DER: hex digits of the same one are another encoding of it. */
static void
test_crl_as_hex(void **state)
{
	static const char digits[] = "0123456789abcdef";
	static uint8_t hex[DOCUMENT_BYTES_MAX];
	const struct sim_options usual = { .tee = SIM_SGX };
	struct collateral_arguments a;

	(void)state;
	enrol_vendor(&usual);
	a = enrol_document(COLLATERAL_ROOT_CRL);
	for (size_t i = 0; i < a.body.len; i++) {
		hex[2 * i] = (uint8_t)digits[a.body.data[i] >> 4];
		hex[2 * i + 1] = (uint8_t)digits[a.body.data[i] & 15];
	}
	a.body = bytes_of(hex, 2 * a.body.len);
	send_refused(&a, CODE_COLLATERAL_FORM);
}

/* Fails where any of body, signature and chain is not looked at, or the root is not asked for. */
static void
test_signature(void **state)
{
	static uint8_t flipped[DOCUMENT_BYTES_MAX];
	static const enum assay_check forged[] = {
		ASSAY_CHECK_ROOT_CRL_SIGNATURE, ASSAY_CHECK_PCK_CRL_CHAIN, ASSAY_CHECK_PCK_CRL_SIGNATURE,
		ASSAY_CHECK_TCB_INFO_CHAIN, ASSAY_CHECK_TCB_INFO_SIGNER, ASSAY_CHECK_TCB_INFO_SIGNATURE,
		ASSAY_CHECK_QE_IDENTITY_CHAIN, ASSAY_CHECK_QE_IDENTITY_SIGNER, ASSAY_CHECK_QE_IDENTITY_SIGNATURE,
	};
	static const enum collateral_kind kind_of[] = {
		COLLATERAL_ROOT_CRL, COLLATERAL_PCK_CRL, COLLATERAL_PCK_CRL, COLLATERAL_TCB_INFO, COLLATERAL_TCB_INFO,
		COLLATERAL_TCB_INFO, COLLATERAL_QE_IDENTITY, COLLATERAL_QE_IDENTITY, COLLATERAL_QE_IDENTITY,
	};
	const struct sim_options usual = { .tee = SIM_SGX };

	(void)state;
	enrol_vendor(&usual);
	for (size_t i = 0; i < ENROL_COUNT(kinds); i++) {
		struct collateral_arguments a = enrol_document(kinds[i]);

		bytes_copy(flipped, a.body, a.body.len);
		flipped[a.body.len - 3] ^= 1;
		a.body = bytes_of(flipped, a.body.len);
		send_refused(&a, CODE_COLLATERAL_SIGNATURE);
	}
	for (size_t i = 0; i < ENROL_COUNT(forged); i++) {
		const struct sim_options options = { .tee = SIM_SGX, .broken = true, .break_check = forged[i] };

		enrol_vendor(&options);
		const struct collateral_arguments a = enrol_document(kind_of[i]);

		send_refused(&a, CODE_COLLATERAL_SIGNATURE);
	}
}

/* Fails where another clock than the block's decides, or one end of the dates is open. */
static void
test_dates(void **state)
{
	static const int64_t days[] = { 2, -31 };
	const struct sim_options usual = { .tee = SIM_SGX };

	(void)state;
	for (size_t d = 0; d < ENROL_COUNT(days); d++) {
		sim_vendor_set_time(s->vendor, ENROL_NOW_S + days[d] * ENROL_DAY_S);
		enrol_vendor(&usual);
		for (size_t i = 0; i < ENROL_COUNT(kinds); i++) {
			const struct collateral_arguments a = enrol_document(kinds[i]);

			send_refused(&a, CODE_COLLATERAL_DATES);
		}
	}
	/* The first and the last second. */
	sim_vendor_set_time(s->vendor, ENROL_NOW_S + ENROL_DAY_S + 1);
	enrol_vendor(&usual);
	enrol_expect(enrol_bring(COLLATERAL_TCB_INFO), CODE_ACCEPTED);
	scene_block(s);
	sim_vendor_set_time(s->vendor, ENROL_NOW_S - 29 * ENROL_DAY_S + 2);
	enrol_vendor(&usual);
	enrol_expect(enrol_bring(COLLATERAL_QE_IDENTITY), CODE_ACCEPTED);
	const struct collateral_arguments a = enrol_document(COLLATERAL_ROOT_CRL);

	scene_block(s);
	send_refused(&a, CODE_COLLATERAL_DATES);
}

/* Fails where a signer's own dates are passed over. */
static void
test_signer_dates(void **state)
{
	static const struct {
		enum assay_check check;
		enum collateral_kind kind;
	} rows[] = {
		{ ASSAY_CHECK_TCB_INFO_SIGNER_DATES, COLLATERAL_TCB_INFO },
		{ ASSAY_CHECK_QE_IDENTITY_SIGNER_DATES, COLLATERAL_QE_IDENTITY },
	};

	(void)state;
	for (size_t i = 0; i < ENROL_COUNT(rows); i++) {
		const struct sim_options options = { .tee = SIM_SGX, .broken = true, .break_check = rows[i].check };

		enrol_vendor(&options);
		const struct collateral_arguments a = enrol_document(rows[i].kind);

		send_refused(&a, CODE_COLLATERAL_DATES);
	}
}

/* Fails where the root's CRL in force is not asked about signers. */
static void
test_signer_revoked(void **state)
{
	static const struct {
		enum assay_check check;
		enum collateral_kind kind;
	} rows[] = {
		{ ASSAY_CHECK_PCK_CA_REVOKED, COLLATERAL_PCK_CRL },
		{ ASSAY_CHECK_TCB_INFO_SIGNER_REVOKED, COLLATERAL_TCB_INFO },
		{ ASSAY_CHECK_QE_IDENTITY_SIGNER_REVOKED, COLLATERAL_QE_IDENTITY },
	};

	(void)state;
	for (size_t i = 0; i < ENROL_COUNT(rows); i++) {
		const struct sim_options options = { .tee = SIM_SGX, .broken = true, .break_check = rows[i].check };

		sim_vendor_set_time(s->vendor, ENROL_NOW_S - 3600 + (int64_t)i);
		enrol_vendor(&options);
		enrol_expect(enrol_bring(COLLATERAL_ROOT_CRL), CODE_ACCEPTED);
		const struct collateral_arguments a = enrol_document(rows[i].kind);

		send_refused(&a, CODE_COLLATERAL_REVOKED);
	}
}

/* Fails where the same is taken twice, or an older one in place of a newer one. */
static void
test_not_newer(void **state)
{
	const struct sim_options usual = { .tee = SIM_SGX };
	const struct sim_options lower = { .tee = SIM_SGX, .evaluation_number = 17 };

	(void)state;
	bring_all(&usual, CODE_ACCEPTED);
	scene_block(s);
	bring_all(&usual, CODE_COLLATERAL_OLDER);
	sim_vendor_set_time(s->vendor, ENROL_NOW_S - 1);
	bring_all(&usual, CODE_COLLATERAL_OLDER);
	sim_vendor_set_time(s->vendor, ENROL_NOW_S + 3600);
	bring_all(&usual, CODE_ACCEPTED);
	/* A lower number is older whatever its date: it is signed anew every day. */
	sim_vendor_set_time(s->vendor, ENROL_NOW_S + 7200);
	enrol_vendor(&lower);
	enrol_expect(enrol_bring(COLLATERAL_TCB_INFO), CODE_COLLATERAL_OLDER);
	enrol_expect(enrol_bring(COLLATERAL_QE_IDENTITY), CODE_COLLATERAL_OLDER);
}

/* A later CRL of a lower number is refused: the numbers of one issuer never fall. */
static void
test_crl_number(void **state)
{
	static const uint8_t extension[] = { 0x55, 0x1d, 0x14 };
	const struct sim_options usual = { .tee = SIM_SGX };
	const uint8_t numbers[] = { 1, 5, 5, 4, 127 };
	static const bool good[] = { true, true, true, false, true };

	(void)state;
	for (size_t i = 0; i < ENROL_COUNT(numbers); i++) {
		sim_vendor_set_time(s->vendor, ENROL_NOW_S + (int64_t)i);
		enrol_vendor(&usual);
		struct sim_buffer *tbs = &s->evidence.scene->crls[CRL_ROOT].tbs;
		bool found = false;

		for (size_t at = 0; at + 8 <= tbs->len; at++) {
			if (memcmp(tbs->data + at, extension, sizeof(extension)) == 0) {
				/* OCTET STRING, INTEGER of one byte. */
				assert_int_equal(tbs->data[at + 3], 4);
				assert_int_equal(tbs->data[at + 5], 2);
				assert_int_equal(tbs->data[at + 6], 1);
				tbs->data[at + 7] = numbers[i];
				found = true;
			}
		}
		assert_true(found);
		sim_assemble(s->vendor, s->evidence.scene, &s->evidence);
		enrol_expect(enrol_bring(COLLATERAL_ROOT_CRL), good[i] ? CODE_ACCEPTED : CODE_COLLATERAL_OLDER);
	}
}

/* ---- what is in force */

static void
bring_number(uint32_t number, int64_t age_s, enum code wanted)
{
	const struct sim_options options = { .tee = SIM_SGX, .evaluation_number = number };

	sim_vendor_set_time(s->vendor, ENROL_NOW_S - age_s);
	enrol_vendor(&options);
	enrol_expect(enrol_bring(COLLATERAL_TCB_INFO), wanted);
}

static void
expect_force(bool there, uint32_t number, uint32_t next)
{
	const struct in_force row = enrol_in_force(COLLATERAL_TCB_INFO, ASSAY_TEE_SGX);

	assert_int_equal(row.there, there);
	assert_int_equal(row.number, number);
	assert_int_equal(row.next_number, next);
	assert_int_equal(row.next_ms != 0, next != 0);
}

/* The recovery date of the simulated vendor's sets, at midnight. */
static uint64_t
auto_ms(int64_t age_s)
{
	const int64_t date_s = ENROL_NOW_S - age_s - 120 * ENROL_DAY_S;

	return (uint64_t)(date_s - date_s % ENROL_DAY_S + 180 * ENROL_DAY_S) * 1000;
}

/* Fails where 0 means no limit, or where the first set is replaced by a lower one. */
static void
test_number_unset(void **state)
{
	(void)state;
	bring_number(18, 0, CODE_ACCEPTED);
	expect_force(true, 18, 0);
	bring_number(20, 0, CODE_ACCEPTED);
	expect_force(true, 18, 20);
	assert_int_equal(enrol_in_force(COLLATERAL_TCB_INFO, ASSAY_TEE_SGX).next_ms, auto_ms(0));
	bring_number(19, 2 * ENROL_DAY_S, CODE_ACCEPTED);
	expect_force(true, 18, 19);	/* its date comes first */
	bring_number(17, 0, CODE_COLLATERAL_OLDER);
	expect_force(true, 18, 19);
}

/* Fails where the limit does not hold back what is above it, though nothing else is there. */
static void
test_number_set(void **state)
{
	static const struct scene_parameter parameters[] = { ENROL_AT_ONCE, { PARAMETER_TCB_NUMBER, 17 } };
	struct raise_tcb_number_arguments raise = { .number = 18 };

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	bring_number(19, 0, CODE_ACCEPTED);
	expect_force(false, 0, 19);
	bring_number(18, 0, CODE_ACCEPTED);
	expect_force(false, 0, 19);
	bring_number(17, 0, CODE_ACCEPTED);
	expect_force(true, 17, 19);
	bring_number(16, 0, CODE_COLLATERAL_OLDER);
	scene_act_now(s, ACT_RAISE_TCB_NUMBER, &raise);
	expect_force(true, 18, 19);
	assert_true(enrol_machine()->meta.collateral_height + 5 > enrol_machine()->meta.height);
	/* What is below has no use any more. */
	bring_number(17, -60, CODE_COLLATERAL_OLDER);
	raise.number = 25;
	scene_act_now(s, ACT_RAISE_TCB_NUMBER, &raise);
	expect_force(true, 19, 0);
}

/* Fails where an act takes a newer set out of force again, which would raise tiers. */
static void
test_number_never_falls(void **state)
{
	const struct raise_tcb_number_arguments raise = { .number = 17 };

	(void)state;
	bring_number(18, 0, CODE_ACCEPTED);
	scene_act_now(s, ACT_RAISE_TCB_NUMBER, &raise);
	expect_force(true, 18, 0);
	bring_number(17, -60, CODE_COLLATERAL_OLDER);
	expect_force(true, 18, 0);
}

/* Fails where the date is missed by a block, or waits for a council. */
static void
test_number_by_date(void **state)
{
	(void)state;
	bring_number(18, 0, CODE_ACCEPTED);
	bring_number(19, 0, CODE_ACCEPTED);
	expect_force(true, 18, 19);
	const uint64_t due_ms = enrol_in_force(COLLATERAL_TCB_INFO, ASSAY_TEE_SGX).next_ms;

	scene_wait(s, due_ms - s->time_ms - 1);
	expect_force(true, 18, 19);
	scene_block(s);
	s->step_ms = 1;
	scene_block(s);
	expect_force(true, 19, 0);
	assert_int_equal(enrol_machine()->meta.collateral_height, enrol_machine()->meta.height);
}

/* A set whose date is past when it comes is in force at once. */
static void
test_number_dated_already(void **state)
{
	static const struct scene_parameter parameters[] = { ENROL_AT_ONCE, { PARAMETER_TCB_NUMBER, 17 },
		{ PARAMETER_TCB_NUMBER_AUTO, 119 } };

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	bring_number(19, 0, CODE_ACCEPTED);
	expect_force(true, 19, 0);
	bring_number(18, 0, CODE_COLLATERAL_OLDER);
}

/* Fails where another date stays set when the parameter changes. */
static void
test_auto_changes(void **state)
{
	struct set_parameter_arguments set = { .parameter = PARAMETER_TCB_NUMBER_AUTO, .value = 100 };
	static const struct scene_parameter parameters[] = { { PARAMETER_EPOCH_BLOCKS, 12 }, { PARAMETER_WINDOW, 2 },
		{ PARAMETER_REATTEST_WINDOW, 4 }, ENROL_AT_ONCE };

	(void)state;
	enrol_teardown(NULL);
	enrol_open(parameters, ENROL_COUNT(parameters));
	bring_number(18, 0, CODE_ACCEPTED);
	bring_number(19, 0, CODE_ACCEPTED);
	expect_force(true, 18, 19);
	scene_act_now(s, ACT_SET_PARAMETER, &set);
	scene_blocks(s, 26);
	expect_force(true, 19, 0);
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, enrol_setup, enrol_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_kept_as_signed),
		EACH(test_form),
		EACH(test_crl_as_hex),
		EACH(test_signature),
		EACH(test_dates),
		EACH(test_signer_dates),
		EACH(test_signer_revoked),
		EACH(test_not_newer),
		EACH(test_crl_number),
		EACH(test_number_unset),
		EACH(test_number_set),
		EACH(test_number_never_falls),
		EACH(test_number_by_date),
		EACH(test_number_dated_already),
		EACH(test_auto_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
