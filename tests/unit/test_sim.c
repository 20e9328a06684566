/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated vendor, judged by OpenSSL and jansson alone: what it makes is
 * well formed, signed by whom it says, and a function of its seed.
 */
#include "sim_openssl.h"

#include <jansson.h>

#include "sim/buffer.h"

#define NOW_S INT64_C(1795000000)
#define ITEMS(array) (sizeof(array) / sizeof((array)[0]))

static struct sim_vendor *vendor;

static int
setup(void **state)
{
	(void)state;
	vendor = sim_vendor_new("unit", NOW_S);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sim_vendor_free(vendor);
	return 0;
}

static const struct sim_options kinds[] = {
	{ .tee = SIM_SGX },
	{ .tee = SIM_SGX, .version = 4, .ca = SIM_CA_PROCESSOR },
	{ .tee = SIM_SGX, .version = 5, .tcb_info_version = 2 },
	{ .tee = SIM_SGX, .certification_type = 1 },
	{ .tee = SIM_SGX, .version = 4, .certification_type = 2 },
	{ .tee = SIM_SGX, .certification_type = 3 },
	{ .tee = SIM_SGX, .version = 5, .certification_type = 4 },
	{ .tee = SIM_TDX },
	{ .tee = SIM_TDX, .version = 5, .body_type = 2 },
	{ .tee = SIM_TDX, .version = 5, .body_type = 3, .old_module = true },
	{ .tee = SIM_TDX, .version = 5, .body_type = 4, .index = 7 },
	{ .tee = SIM_IAS, .version = 2 },
	{ .tee = SIM_IAS, .version = 3, .linkable = true, .status = ASSAY_TCB_OUT_OF_DATE },
	{ .tee = SIM_IAS, .version = 4, .status = ASSAY_TCB_SW_HARDENING_NEEDED },
	{ .tee = SIM_IAS, .version = 5, .nonce = "0123456789abcdef", .status = ASSAY_TCB_CONFIGURATION_NEEDED },
	{ .tee = SIM_EPID },
};

static bool
is_dcap(const struct sim_evidence *e)
{
	return e->tee == SIM_SGX || e->tee == SIM_TDX;
}

/* ------------------------------------------------------------------------
 * Everything that is handed out, as one run of bytes
 */

static void
put_all(struct sim_buffer *all, const struct sim_evidence *e)
{
	const struct assay_collateral *c = &e->collateral;
	const struct assay_bytes parts[] = {
		e->evidence.quote, e->evidence.ias_signature, e->evidence.ias_certificates, c->pck_certificate_chain,
		c->root_crl, c->pck_crl, c->pck_crl_issuer_chain, c->tcb_info, c->tcb_info_signature,
		c->tcb_info_issuer_chain, c->qe_identity, c->qe_identity_signature, c->qe_identity_issuer_chain, e->policy,
	};

	for (size_t i = 0; i < ITEMS(parts); i++) {
		sim_put_le32(all, (uint32_t)parts[i].len);
		sim_put(all, parts[i].data, parts[i].len);
	}
	for (size_t i = 0; i < e->references_count; i++) {
		sim_put_text(all, e->expectations[i].text);
	}
}

static void
make(struct sim_vendor *by, const struct sim_options *options, struct sim_buffer *all)
{
	struct sim_evidence e = { 0 };

	assert_true(sim_evidence_make(by, options, &e));
	sim_buffer_clear(all);
	put_all(all, &e);
	sim_evidence_free(&e);
}

static bool
equal(const struct sim_buffer *a, const struct sim_buffer *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static void
test_same_seed_same_bytes(void **state)
{
	struct sim_vendor *same = sim_vendor_new("unit", NOW_S);
	struct sim_vendor *other = sim_vendor_new("unit2", NOW_S);
	struct sim_vendor *later = sim_vendor_new("unit", NOW_S + 1);
	struct sim_buffer a = { 0 };
	struct sim_buffer b = { 0 };

	(void)state;
	for (size_t i = 0; i < ITEMS(kinds); i++) {
		make(vendor, &kinds[i], &a);
		make(same, &kinds[i], &b);
		assert_true(equal(&a, &b));
		/* The searches for RSA primes are slow: one foreign report is enough. */
		if (kinds[i].tee != SIM_IAS || i + 2 == ITEMS(kinds)) {
			make(other, &kinds[i], &b);
			assert_false(equal(&a, &b));
		}
		if (kinds[i].tee != SIM_IAS && kinds[i].tee != SIM_EPID) {
			make(later, &kinds[i], &b);
			assert_false(equal(&a, &b));
		}
	}
	sim_buffer_free(&a);
	sim_buffer_free(&b);
	sim_vendor_free(same);
	sim_vendor_free(other);
	sim_vendor_free(later);
}

static void
test_history_does_not_matter(void **state)
{
	struct sim_vendor *fresh = sim_vendor_new("unit", NOW_S);
	struct sim_buffer a = { 0 };
	struct sim_buffer b = { 0 };
	struct sim_evidence e = { 0 };

	(void)state;
	/* One object reused for all kinds, in a vendor that made 200 machines before. */
	for (uint32_t i = 0; i < 200; i++) {
		assert_true(sim_evidence_make(vendor, &(struct sim_options){ .tee = SIM_TDX, .index = i }, &e));
	}
	for (size_t i = 0; i < ITEMS(kinds); i++) {
		if (kinds[i].tee == SIM_IAS) {
			continue;
		}
		assert_true(sim_evidence_make(vendor, &kinds[i], &e));
		sim_buffer_clear(&a);
		put_all(&a, &e);
		make(fresh, &kinds[i], &b);
		assert_true(equal(&a, &b));
	}
	sim_evidence_free(&e);
	sim_buffer_free(&a);
	sim_buffer_free(&b);
	sim_vendor_free(fresh);
}

/* ------------------------------------------------------------------------
 * Certificates and CRLs, by OpenSSL
 */

static void
test_chains_verify(void **state)
{
	struct sim_evidence e = { 0 };

	(void)state;
	for (size_t i = 0; i < ITEMS(kinds); i++) {
		assert_true(sim_evidence_make(vendor, &kinds[i], &e));
		if (e.tee == SIM_IAS) {
			assert_int_equal(verify_pem(&e, e.evidence.ias_certificates, NULL, 2), X509_V_OK);
		}
		if (!is_dcap(&e)) {
			continue;
		}

		STACK_OF(X509_CRL) *crls = sk_X509_CRL_new_null();

		sk_X509_CRL_push(crls, read_crl(e.collateral.root_crl));
		sk_X509_CRL_push(crls, read_crl(e.collateral.pck_crl));
		assert_int_equal(verify_pem(&e, pck_chain(&e), crls, 3), X509_V_OK);
		assert_int_equal(verify_pem(&e, e.collateral.pck_crl_issuer_chain, crls, 2), X509_V_OK);
		assert_int_equal(verify_pem(&e, e.collateral.tcb_info_issuer_chain, crls, 2), X509_V_OK);
		assert_int_equal(verify_pem(&e, e.collateral.qe_identity_issuer_chain, crls, 2), X509_V_OK);
		sk_X509_CRL_pop_free(crls, X509_CRL_free);
	}
	sim_evidence_free(&e);
}

struct chain_row {
	enum assay_check check;
	bool with_crls;			/* OpenSSL looks at them before it looks at signatures */
	int error;			/* OpenSSL's own word for the same defect */
};

static void
test_openssl_names_the_same_defect(void **state)
{
	static const struct chain_row table[] = {
		{ ASSAY_CHECK_PCK_ROOT, false, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN },	/* another root of that name */
		{ ASSAY_CHECK_PCK_CA_SIGNATURE, false, X509_V_ERR_CERT_SIGNATURE_FAILURE },	/* not by the root */
		{ ASSAY_CHECK_PCK_SIGNATURE, false, X509_V_ERR_CERT_SIGNATURE_FAILURE },	/* not by the CA */
		{ ASSAY_CHECK_ROOT_CRL_SIGNATURE, true, X509_V_ERR_CRL_SIGNATURE_FAILURE },	/* not by the root */
		{ ASSAY_CHECK_PCK_CRL_SIGNATURE, true, X509_V_ERR_CRL_SIGNATURE_FAILURE },	/* not by the CA */
		{ ASSAY_CHECK_PCK_CA_REVOKED, true, X509_V_ERR_CERT_REVOKED },		/* on the root's list */
		{ ASSAY_CHECK_PCK_REVOKED, true, X509_V_ERR_CERT_REVOKED },		/* on the CA's list */
		{ ASSAY_CHECK_PCK_DATES, true, X509_V_ERR_CERT_HAS_EXPIRED },		/* ended yesterday */
		{ ASSAY_CHECK_ROOT_CRL_DATES, true, X509_V_ERR_CRL_HAS_EXPIRED },	/* due yesterday */
		{ ASSAY_CHECK_PCK_CRL_DATES, true, X509_V_ERR_CRL_HAS_EXPIRED },	/* due yesterday */
		{ ASSAY_CHECK_PCK_CRL_ISSUER, true, X509_V_ERR_UNABLE_TO_GET_CRL },	/* of the other CA */
	};
	struct sim_evidence e = { 0 };

	(void)state;
	for (size_t i = 0; i < ITEMS(table); i++) {
		const struct sim_options options = { .broken = true, .break_check = table[i].check };
		STACK_OF(X509_CRL) *crls = sk_X509_CRL_new_null();

		assert_true(sim_evidence_make(vendor, &options, &e));
		sk_X509_CRL_push(crls, read_crl(e.collateral.root_crl));
		sk_X509_CRL_push(crls, read_crl(e.collateral.pck_crl));
		assert_int_equal(verify_pem(&e, pck_chain(&e), table[i].with_crls ? crls : NULL, 3), table[i].error);
		sk_X509_CRL_pop_free(crls, X509_CRL_free);
	}
	sim_evidence_free(&e);
}

/* ------------------------------------------------------------------------
 * Signatures over documents and quotes, by OpenSSL
 */

/* Where the signed bytes end, counted from the documents and not from the simulator. */
static size_t
signed_bytes(const struct sim_evidence *e, unsigned body_type)
{
	static const size_t bodies[] = { 0, 384, 584, 648, 885 };

	return (e->version == 5 ? 54 : 48) + bodies[body_type];
}

/* Is the QE's report about the attestation key and the authentication data? */
static bool
is_bound(const struct sim_evidence *e, unsigned body_type)
{
	const uint8_t *data = e->evidence.quote.data + signed_bytes(e, body_type) + 4;
	const uint8_t *qe_report = data + 128 + (e->version == 3 ? 0 : 6);
	const size_t authentication_len = (size_t)qe_report[448] | (size_t)qe_report[449] << 8;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t digest[32];

	assert_int_equal(EVP_DigestInit_ex(context, EVP_sha256(), NULL), 1);
	assert_int_equal(EVP_DigestUpdate(context, data + 64, 64), 1);
	assert_int_equal(EVP_DigestUpdate(context, qe_report + 450, authentication_len), 1);
	assert_int_equal(EVP_DigestFinal_ex(context, digest, NULL), 1);
	EVP_MD_CTX_free(context);
	return memcmp(digest, qe_report + 320, 32) == 0;
}

static void
check_quote(const struct sim_evidence *e, unsigned body_type)
{
	const uint8_t *quote = e->evidence.quote.data;
	const size_t len = signed_bytes(e, body_type);
	const uint8_t *data = quote + len + 4;
	const uint8_t *qe_report = data + 128 + (e->version == 3 ? 0 : 6);
	EC_KEY *attestation = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
	EC_KEY *pck = leaf_key(pck_chain(e));
	BIGNUM *x = BN_bin2bn(data + 64, 32, NULL);
	BIGNUM *y = BN_bin2bn(data + 96, 32, NULL);

	assert_int_equal(EC_KEY_set_public_key_affine_coordinates(attestation, x, y), 1);
	assert_true(signed_by(attestation, (struct assay_bytes){ quote, len }, data));
	assert_true(signed_by(pck, (struct assay_bytes){ qe_report, 384 }, qe_report + 384));
	assert_true(is_bound(e, body_type));
	BN_free(x);
	BN_free(y);
	EC_KEY_free(attestation);
	EC_KEY_free(pck);
}

static void
check_report(const struct sim_evidence *e)
{
	STACK_OF(X509) *chain = read_chain(e->evidence.ias_certificates);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t signature[512];
	const int len = EVP_DecodeBlock(signature, e->evidence.ias_signature.data, (int)e->evidence.ias_signature.len);

	/* 256 bytes in base64 end in "==". */
	assert_int_equal(len, 258);
	assert_int_equal(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL,
	    X509_get0_pubkey(sk_X509_value(chain, 0))), 1);
	assert_int_equal(EVP_DigestVerify(context, signature, 256, e->evidence.quote.data, e->evidence.quote.len), 1);
	EVP_MD_CTX_free(context);
	sk_X509_pop_free(chain, X509_free);
}

static void
check_json(struct assay_bytes text, bool compact)
{
	json_t *value = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
	char *again = json_dumps(value, JSON_COMPACT);

	assert_non_null(value);
	/* jansson keeps the order of members: written compactly, it is the same text. */
	if (compact) {
		assert_int_equal(strlen(again), text.len);
		assert_memory_equal(again, text.data, text.len);
	}
	free(again);
	json_decref(value);
}

static void
test_documents_are_signed(void **state)
{
	struct sim_evidence e = { 0 };

	(void)state;
	for (size_t i = 0; i < ITEMS(kinds); i++) {
		assert_true(sim_evidence_make(vendor, &kinds[i], &e));
		if (e.tee == SIM_IAS) {
			check_report(&e);
			check_json(e.evidence.quote, true);
		} else if (is_dcap(&e)) {
			const struct assay_collateral *c = &e.collateral;

			check_quote(&e, kinds[i].body_type != 0 ? kinds[i].body_type : e.tee == SIM_SGX ? 1 : 2);
			assert_true(text_signed_by(c->tcb_info_issuer_chain, c->tcb_info, c->tcb_info_signature));
			assert_true(text_signed_by(c->qe_identity_issuer_chain, c->qe_identity, c->qe_identity_signature));
			check_json(c->tcb_info, true);
			check_json(c->qe_identity, true);
		}
	}
	sim_evidence_free(&e);
}

/* ------------------------------------------------------------------------
 * Breaks, mutations, refusals
 */

static void
test_each_break_changes_something(void **state)
{
	struct sim_buffer whole = { 0 };
	struct sim_buffer broken = { 0 };

	(void)state;
	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const enum assay_check check = (enum assay_check)i;
		enum assay_check found;

		assert_true(sim_break_find(&found, sim_break_id(check)));
		assert_int_equal(found, check);
		assert_true(strlen(sim_break_text(check)) > 8);
		for (unsigned tee = SIM_SGX; tee <= SIM_EPID; tee++) {
			const struct sim_options options = {
				.tee = (enum sim_tee)tee, .broken = true, .break_check = check };

			if (sim_break_fits(check, (enum sim_tee)tee)) {
				make(vendor, &(struct sim_options){ .tee = (enum sim_tee)tee }, &whole);
				make(vendor, &options, &broken);
				/* A raw EPID quote cannot be decided as it is. */
				assert_int_equal(equal(&whole, &broken), check == ASSAY_CHECK_QUOTE_EPID);
			}
		}
	}
	sim_buffer_free(&whole);
	sim_buffer_free(&broken);
}

static void
test_mutations_do_not_add_up(void **state)
{
	struct sim_rng rng = { 1 };
	struct sim_evidence e = { 0 };
	struct sim_buffer before = { 0 };
	struct sim_buffer after = { 0 };

	(void)state;
	for (size_t i = 0; i < ITEMS(kinds); i++) {
		assert_true(sim_evidence_make(vendor, &kinds[i], &e));
		sim_buffer_clear(&before);
		put_all(&before, &e);
		for (unsigned layer = 0; layer < SIM_LAYER_COUNT; layer++) {
			const bool has = layer >= SIM_LAYER_IAS_CA_CERTIFICATE ? e.tee == SIM_IAS : is_dcap(&e);
			unsigned changed = 0;

			for (unsigned j = 0; j < 8; j++) {
				assert_int_equal(sim_evidence_mutate(vendor, &e, (enum sim_layer)layer, &rng), has);
				sim_buffer_clear(&after);
				put_all(&after, &e);
				changed += equal(&before, &after) ? 0 : 1;
				/* At most one element was doubled: nothing grows from call to call. */
				assert_true(after.len < 3 * before.len);
			}
			/* Setting a byte to what it was is rare, not a rule. */
			assert_true(!has || changed >= 4);
		}
	}
	sim_evidence_free(&e);
	sim_buffer_free(&before);
	sim_buffer_free(&after);
}

static void
test_breaks_survive_mutations(void **state)
{
	static const struct sim_options broken = { .broken = true, .break_check = ASSAY_CHECK_QE_REPORT_BINDING };
	struct sim_rng rng = { 3 };
	struct sim_evidence e = { 0 };

	(void)state;
	/* Binding changed authentication data anew must not mend a report that was about another key. */
	assert_true(sim_evidence_make(vendor, &broken, &e));
	for (unsigned i = 0; i < 20; i++) {
		const enum sim_layer layer = i % 2 == 0 ? SIM_LAYER_QE_AUTHENTICATION : SIM_LAYER_QUOTE_BODY;

		assert_true(sim_evidence_mutate(vendor, &e, layer, &rng));
		assert_false(is_bound(&e, 1));
	}
	/* Without the break the same mutations leave it bound. */
	assert_true(sim_evidence_make(vendor, &(struct sim_options){ .tee = SIM_SGX }, &e));
	for (unsigned i = 0; i < 20; i++) {
		assert_true(sim_evidence_mutate(vendor, &e, SIM_LAYER_QE_AUTHENTICATION, &rng));
		assert_true(is_bound(&e, 1));
	}
	sim_evidence_free(&e);
}

static void
test_mutations_are_signed_again(void **state)
{
	struct sim_rng rng = { 2 };
	struct sim_evidence e = { 0 };

	(void)state;
	assert_true(sim_evidence_make(vendor, &(struct sim_options){ .tee = SIM_TDX }, &e));
	for (unsigned i = 0; i < 50; i++) {
		const struct assay_collateral *c = &e.collateral;

		assert_true(sim_evidence_mutate(vendor, &e, SIM_LAYER_TCB_INFO, &rng));
		assert_true(text_signed_by(c->tcb_info_issuer_chain, c->tcb_info, c->tcb_info_signature));
		assert_true(sim_evidence_mutate(vendor, &e, SIM_LAYER_QE_IDENTITY, &rng));
		assert_true(text_signed_by(c->qe_identity_issuer_chain, c->qe_identity, c->qe_identity_signature));
	}
	sim_evidence_free(&e);
}

static void
test_contradictions_are_refused(void **state)
{
	static const struct sim_options table[] = {
		{ .tee = SIM_SGX, .version = 2 },			/* no such quote */
		{ .tee = SIM_TDX, .version = 3 },			/* version 3 cannot carry TDX */
		{ .tee = SIM_SGX, .body_type = 2 },			/* a TD report is not SGX */
		{ .tee = SIM_TDX, .version = 4, .body_type = 3 },	/* version 4 has one body */
		{ .tee = SIM_SGX, .certification_type = 6 },		/* 6 is what surrounds the others */
		{ .tee = SIM_TDX, .tcb_info_version = 2 },		/* version 2 is SGX only */
		{ .tee = SIM_SGX, .status = ASSAY_TCB_TD_RELAUNCH_ADVISED },	/* no TD */
		{ .tee = SIM_TDX, .version = 4, .status = ASSAY_TCB_TD_RELAUNCH_ADVISED },	/* one SVN only */
		{ .tee = SIM_SGX, .status = ASSAY_TCB_KEY_REVOKED },	/* a word of the service */
		{ .tee = SIM_IAS, .status = ASSAY_TCB_TD_RELAUNCH_ADVISED },	/* a word of the PCS */
		{ .tee = SIM_IAS, .version = 3, .status = ASSAY_TCB_SW_HARDENING_NEEDED },	/* came with version 4 */
		{ .tee = SIM_IAS, .nonce = "012345678901234567890123456789012" },	/* 33 characters */
		/* An SGX quote names no module. */
		{ .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_TDX_MODULE_SIGNER },
		/* Version 3 has no descriptor of its body. */
		{ .tee = SIM_SGX, .version = 3, .broken = true, .break_check = ASSAY_CHECK_QUOTE_BODY },
		/* The chain that is to be exchanged is inside the quote. */
		{ .certification_type = 5, .broken = true, .break_check = ASSAY_CHECK_PCK_FITS_QUOTE },
	};
	struct sim_evidence e = { 0 };

	(void)state;
	for (size_t i = 0; i < ITEMS(table); i++) {
		assert_false(sim_evidence_make(vendor, &table[i], &e));
		assert_true(strlen(e.error) > 20);
	}
	sim_evidence_free(&e);
}

static void
test_dates(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t seconds;
	} table[] = {
		{ "1970-01-01T00:00:00Z", true, 0 },
		{ "2000-02-29T12:34:56Z", true, 951827696 },	/* a leap day of a round century */
		{ "2026-11-25T03:28:19Z", true, 1795577299 },
		{ "2100-02-29T00:00:00Z", false, 0 },		/* no leap year */
		{ "2026-04-31T00:00:00Z", false, 0 },		/* no such day */
		{ "2026-11-25T24:00:00Z", false, 0 },
		{ "2026-11-25T03:28:19", false, 0 },		/* no zone */
		{ "2026-11-25 03:28:19Z", false, 0 },
	};
	struct sim_buffer text = { 0 };

	(void)state;
	for (size_t i = 0; i < ITEMS(table); i++) {
		int64_t seconds = -1;

		assert_int_equal(sim_parse_date(&seconds, table[i].text), table[i].good);
		if (table[i].good) {
			assert_int_equal(seconds, table[i].seconds);
			sim_buffer_clear(&text);
			sim_put_date(&text, seconds);
			assert_memory_equal(text.data, table[i].text, 20);
		}
	}
	sim_buffer_free(&text);
}

static void
test_fleet_covers_everything(void **state)
{
	bool tiers[6] = { false };
	bool tees[5] = { false };
	struct sim_evidence e = { 0 };

	(void)state;
	for (uint32_t i = 0; i < SIM_FLEET_MIN; i++) {
		struct sim_fleet_worker worker;

		sim_fleet_worker(&worker, i);
		assert_true(sim_evidence_make(vendor, &worker.options, &e));
		tiers[worker.tier] = true;
		tees[worker.options.tee] = true;
	}
	for (size_t i = 0; i <= 5; i++) {
		assert_true(tiers[i]);
	}
	assert_true(tees[SIM_SGX] && tees[SIM_TDX] && tees[SIM_IAS]);
	sim_evidence_free(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_seed_same_bytes),
		cmocka_unit_test(test_history_does_not_matter),
		cmocka_unit_test(test_chains_verify),
		cmocka_unit_test(test_openssl_names_the_same_defect),
		cmocka_unit_test(test_documents_are_signed),
		cmocka_unit_test(test_each_break_changes_something),
		cmocka_unit_test(test_mutations_do_not_add_up),
		cmocka_unit_test(test_breaks_survive_mutations),
		cmocka_unit_test(test_mutations_are_signed_again),
		cmocka_unit_test(test_contradictions_are_refused),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_fleet_covers_everything),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
