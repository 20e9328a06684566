/* SPDX-License-Identifier: Apache-2.0 */
/* Collateral: the forms in which it is served, who may sign it, and under which root. */
#include "core.h"

static struct sim_evidence sim;

static int
fresh(void **state)
{
	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	return 0;
}

static int
done(void **state)
{
	(void)state;
	sim_evidence_free(&sim);
	return 0;
}

static void
expect(int first_failed, enum assay_authenticity authenticity, const char *row)
{
	const struct assay_verdict v = core_judge(&sim, NULL);

	core_expect(&v, authenticity, first_failed, first_failed < 0 ? 1u : 0u, row);
}

#define GOOD(row) expect(-1, ASSAY_GENUINE, row)
#define UNDECIDED(check, row) expect((int)(check), ASSAY_UNDECIDED, row)

/* ---- forms ------------------------------------------------------------ */

static struct sim_buffer spare;

static struct assay_bytes
chain_bytes(unsigned chain, bool der, bool reversed, const char *after)
{
	const struct sim_chain *c = &sim.scene->chains[chain];

	sim_buffer_clear(&spare);
	for (size_t i = 0; i < c->count; i++) {
		const struct sim_buffer *bytes = &sim.scene->certificates[c->which[reversed ? c->count - 1 - i : i]].der;

		if (der) {
			sim_put(&spare, bytes->data, bytes->len);
		} else {
			sim_put_pem(&spare, "CERTIFICATE", bytes->data, bytes->len);
		}
	}
	sim_put_text(&spare, after);
	return sim_view(&spare);
}

static void
chains_come_in_any_order_as_pem_or_der(void **state)
{
	struct assay_bytes *const parts[] = {
		&sim.collateral.pck_crl_issuer_chain, &sim.collateral.tcb_info_issuer_chain,
		&sim.collateral.qe_identity_issuer_chain,
	};
	static const unsigned chains[] = { CHAIN_PCK_CRL, CHAIN_TCB_INFO, CHAIN_QE_IDENTITY };
	static const enum assay_check checks[] = {
		ASSAY_CHECK_PCK_CRL_CHAIN, ASSAY_CHECK_TCB_INFO_CHAIN, ASSAY_CHECK_QE_IDENTITY_CHAIN,
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (unsigned form = 0; form < 4; form++) {
			const struct assay_bytes served = *parts[i];

			*parts[i] = chain_bytes(chains[i], (form & 1) != 0, (form & 2) != 0, "");
			GOOD("a form of the chain");
			if ((form & 1) == 0) {
				*parts[i] = chain_bytes(chains[i], false, (form & 2) != 0, "\r\n\n ");
				GOOD("white space behind PEM");
			}
			*parts[i] = chain_bytes(chains[i], (form & 1) != 0, (form & 2) != 0, "x");
			UNDECIDED(checks[i], "something behind it");
			*parts[i] = chain_bytes(chains[i], (form & 1) != 0, (form & 2) != 0, "");
			parts[i]->len--;
			if ((form & 1) != 0) {
				UNDECIDED(checks[i], "cut");
			}
			*parts[i] = served;
		}
		const struct assay_bytes served = *parts[i];

		*parts[i] = bytes_of(NULL, 0);
		UNDECIDED(checks[i], "no chain");
		*parts[i] = served;
	}
}

/* Of two certificates, no fewer and no more. */
static void
issuer_chains_have_two_certificates(void **state)
{
	static const struct {
		size_t count;
		uint8_t which[3];
	} rows[] = {
		{ 1, { CERT_TCB_SIGNER } }, { 1, { CERT_ROOT } }, { 2, { CERT_TCB_SIGNER, CERT_TCB_SIGNER } },
		{ 3, { CERT_TCB_SIGNER, CERT_PCK_CA, CERT_ROOT } }, { 3, { CERT_TCB_SIGNER, CERT_ROOT, CERT_ROOT } },
		{ 2, { CERT_PCK, CERT_ROOT } },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		sim_chain_set(sim.scene, CHAIN_TCB_INFO, rows[i].count, rows[i].which);
		core_retell(&sim);
		UNDECIDED(ASSAY_CHECK_TCB_INFO_CHAIN, "another number of certificates");
	}
}

static struct assay_bytes
as_hex(struct assay_bytes bytes, bool upper)
{
	sim_buffer_clear(&spare);
	if (upper) {
		sim_put_hex_upper(&spare, bytes.data, bytes.len);
	} else {
		sim_put_hex(&spare, bytes.data, bytes.len);
	}
	return sim_view(&spare);
}

static void
crls_are_der_pem_or_hex(void **state)
{
	struct assay_bytes *const parts[] = { &sim.collateral.root_crl, &sim.collateral.pck_crl };
	static const enum assay_check forms[] = { ASSAY_CHECK_ROOT_CRL_FORM, ASSAY_CHECK_PCK_CRL_FORM };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct assay_bytes served = *parts[i];

		*parts[i] = as_hex(served, false);
		GOOD("hex");
		*parts[i] = as_hex(served, true);
		GOOD("HEX");
		parts[i]->len--;
		UNDECIDED(forms[i], "an odd number of digits");
		sim_buffer_clear(&spare);
		sim_put_pem(&spare, "X509 CRL", served.data, served.len);
		*parts[i] = sim_view(&spare);
		GOOD("PEM");
		sim_buffer_clear(&spare);
		sim_put_pem(&spare, "CERTIFICATE", served.data, served.len);
		*parts[i] = sim_view(&spare);
		UNDECIDED(forms[i], "PEM of something else");
		sim_buffer_clear(&spare);
		sim_put(&spare, served.data, served.len);
		sim_put_byte(&spare, 1);
		*parts[i] = sim_view(&spare);
		UNDECIDED(forms[i], "a byte more");
		*parts[i] = served;
		parts[i]->len--;
		UNDECIDED(forms[i], "a byte less");
		*parts[i] = served;
	}
}

static void
signatures_are_raw_or_hex(void **state)
{
	struct assay_bytes *const parts[] = {
		&sim.collateral.tcb_info_signature, &sim.collateral.qe_identity_signature,
	};
	static const enum assay_check checks[] = {
		ASSAY_CHECK_TCB_INFO_SIGNATURE, ASSAY_CHECK_QE_IDENTITY_SIGNATURE,
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct assay_bytes served = *parts[i];
		uint8_t raw[65] = { 0 };

		assert_int_equal(served.len, 128);
		for (size_t k = 0; k < 64; k++) {
			const char digits[3] = { (char)served.data[2 * k], (char)served.data[2 * k + 1], '\0' };

			raw[k] = (uint8_t)strtoul(digits, NULL, 16);
		}
		for (size_t len = 0; len <= 65; len++) {
			*parts[i] = bytes_of(raw, len);
			if (len == 64) {
				GOOD("raw");
			} else if (len == 0 || len > 62) {
				UNDECIDED(checks[i], "raw, of another length");
			}
		}
		*parts[i] = as_hex(bytes_of(raw, 64), true);
		GOOD("capital digits");
		*parts[i] = as_hex(bytes_of(raw, 65), false);
		UNDECIDED(checks[i], "130 digits");
		*parts[i] = bytes_of(served.data, 127);
		UNDECIDED(checks[i], "127 digits");
		raw[63] ^= 1;
		*parts[i] = bytes_of(raw, 64);
		UNDECIDED(checks[i], "another signature");
		*parts[i] = served;
	}
}

/* Larger than the limit is refused as if it were not well formed; at the limit the contents decide. */
static void
parts_are_bounded(void **state)
{
	struct assay_bytes *const parts[] = {
		&sim.collateral.root_crl, &sim.collateral.pck_crl_issuer_chain, &sim.collateral.pck_crl,
		&sim.collateral.tcb_info_issuer_chain, &sim.collateral.qe_identity_issuer_chain,
	};
	static const enum assay_check checks[] = {
		ASSAY_CHECK_ROOT_CRL_FORM, ASSAY_CHECK_PCK_CRL_CHAIN, ASSAY_CHECK_PCK_CRL_FORM,
		ASSAY_CHECK_TCB_INFO_CHAIN, ASSAY_CHECK_QE_IDENTITY_CHAIN,
	};
	uint8_t *padded = malloc(ASSAY_COLLATERAL_BYTES_MAX + 1);

	(void)state;
	assert_non_null(padded);
	for (size_t i = 0; i < CORE_COUNT(parts); i++) {
		const struct assay_bytes served = *parts[i];
		struct assay_bytes pem = served;

		/* PEM, which may have white space behind it. */
		if (pem.data[0] != '-') {
			sim_buffer_clear(&spare);
			sim_put_pem(&spare, "X509 CRL", served.data, served.len);
			pem = sim_view(&spare);
		}
		memset(padded, '\n', ASSAY_COLLATERAL_BYTES_MAX + 1);
		memcpy(padded, pem.data, pem.len);
		*parts[i] = bytes_of(padded, ASSAY_COLLATERAL_BYTES_MAX);
		GOOD("at the limit");
		*parts[i] = bytes_of(padded, ASSAY_COLLATERAL_BYTES_MAX + 1);
		UNDECIDED(checks[i], "beyond the limit");
		*parts[i] = served;
	}
	free(padded);
}

/* White space behind the JSON is signed as well, so a text of any length can be. */
static void
texts_are_bounded(void **state)
{
	(void)state;
	for (unsigned which = 0; which < 2; which++) {
		struct sim_buffer *text = which == 0 ? &sim.scene->tcb_info.text : &sim.scene->identity.text;

		for (unsigned over = 0; over < 2; over++) {
			const size_t pad = ASSAY_COLLATERAL_BYTES_MAX + over - text->len;

			memset(sim_buffer_extend(text, pad), ' ', pad);
			core_sign_quote(&sim);
			if (over == 0) {
				GOOD("at the limit");
			} else {
				UNDECIDED(which == 0 ? ASSAY_CHECK_TCB_INFO_SIGNATURE : ASSAY_CHECK_QE_IDENTITY_SIGNATURE,
				    "beyond the limit");
			}
		}
		core_retell(&sim);
	}
}

static void
each_missing_part_has_its_row(void **state)
{
	struct assay_bytes *const parts[] = {
		&sim.collateral.root_crl, &sim.collateral.pck_crl, &sim.collateral.tcb_info,
		&sim.collateral.qe_identity, &sim.collateral.tcb_info_signature, &sim.collateral.qe_identity_signature,
	};
	static const enum assay_check checks[] = {
		ASSAY_CHECK_ROOT_CRL_PRESENT, ASSAY_CHECK_PCK_CRL_PRESENT, ASSAY_CHECK_TCB_INFO_PRESENT,
		ASSAY_CHECK_QE_IDENTITY_PRESENT, ASSAY_CHECK_TCB_INFO_SIGNATURE, ASSAY_CHECK_QE_IDENTITY_SIGNATURE,
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(parts); i++) {
		const struct assay_bytes served = *parts[i];

		*parts[i] = bytes_of(NULL, 0);
		UNDECIDED(checks[i], "missing");
		*parts[i] = served;
	}
	/* None at all: what only needs the quote was proven. */
	sim.collateral = (struct assay_collateral){ 0 };
	const struct assay_verdict v = core_judge(&sim, NULL);

	core_expect(&v, ASSAY_UNDECIDED, ASSAY_CHECK_ROOT_CRL_PRESENT, 0, "no collateral");
	assert_int_equal(v.checks[ASSAY_CHECK_QUOTE_SIGNATURE], ASSAY_PASSED);
	assert_true(v.has_body);
	assert_true(v.has_platform);
	assert_int_equal(v.collateral_count, 0);
	assert_false(v.has_validity);
	assert_false(v.has_as_of);
}

/* ---- who may sign ----------------------------------------------------- */

static void
a_ca_without_crl_sign_signs_no_crl(void **state)
{
	(void)state;
	sim.scene->certificates[CERT_PCK_CA].key_usage = 0x04;
	core_retell(&sim);
	UNDECIDED(ASSAY_CHECK_PCK_CRL_CHAIN, "no cRLSign");
}

static void
a_tcb_signer_signs_no_crl(void **state)
{
	struct sim_scene *scene = sim.scene;

	(void)state;
	scene->crls[CRL_PCK].signer = scene->certificates[CERT_TCB_SIGNER].key;
	scene->crls[CRL_PCK].issuer = scene->certificates[CERT_TCB_SIGNER].subject;
	sim_chain_set(scene, CHAIN_PCK_CRL, 2, (const uint8_t[]){ CERT_TCB_SIGNER, CERT_ROOT });
	core_retell(&sim);
	UNDECIDED(ASSAY_CHECK_PCK_CRL_CHAIN, "the TCB signer");
}

static void
the_pck_crl_names_its_issuer(void **state)
{
	(void)state;
	sim.scene->crls[CRL_PCK].issuer = sim.scene->certificates[CERT_OTHER_CA].subject;
	core_retell(&sim);
	UNDECIDED(ASSAY_CHECK_PCK_CRL_SIGNATURE, "another name");
}

static void
the_root_crl_names_the_root(void **state)
{
	(void)state;
	sim.scene->crls[CRL_ROOT].issuer = "Simulated SGX Other Root CA";
	core_retell(&sim);
	UNDECIDED(ASSAY_CHECK_ROOT_CRL_SIGNATURE, "another name");
	/* Also where only one of the chains tells the root's name. */
	sim.collateral.pck_crl_issuer_chain = bytes_of(NULL, 0);
	sim.collateral.tcb_info_issuer_chain = bytes_of(NULL, 0);
	UNDECIDED(ASSAY_CHECK_ROOT_CRL_SIGNATURE, "the identity's chain tells");
	/* Where none tells, the next row that needs one fails. */
	sim.collateral.qe_identity_issuer_chain = bytes_of(NULL, 0);
	UNDECIDED(ASSAY_CHECK_PCK_CRL_CHAIN, "no chain tells");
}

static void
the_pck_ca_does_not_sign_the_root_crl(void **state)
{
	(void)state;
	sim.scene->crls[CRL_ROOT].signer = sim.scene->certificates[CERT_PCK_CA].key;
	core_retell(&sim);
	UNDECIDED(ASSAY_CHECK_ROOT_CRL_SIGNATURE, "the PCK CA");
}

/* Each of the two documents with a chain of its own, whose signer the root did not sign. */
static void
the_root_must_have_signed_the_signer(void **state)
{
	static const struct {
		unsigned chain;
		uint8_t certificate;
		enum assay_check check;
	} rows[] = {
		{ CHAIN_PCK_CRL, CERT_OTHER_CA, ASSAY_CHECK_PCK_CRL_CHAIN },
		{ CHAIN_TCB_INFO, CERT_QE_SIGNER, ASSAY_CHECK_TCB_INFO_CHAIN },
		{ CHAIN_QE_IDENTITY, CERT_QE_SIGNER, ASSAY_CHECK_QE_IDENTITY_CHAIN },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		struct sim_certificate *certificate;

		core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
		certificate = &sim.scene->certificates[rows[i].certificate];
		sim_chain_set(sim.scene, rows[i].chain, 2, (const uint8_t[]){ rows[i].certificate, CERT_ROOT });
		certificate->signer = &vendor->keys[KEY_FORGER];
		if (rows[i].chain == CHAIN_PCK_CRL) {
			sim.scene->crls[CRL_PCK].signer = certificate->key;
			sim.scene->crls[CRL_PCK].issuer = certificate->subject;
		} else if (rows[i].chain == CHAIN_TCB_INFO) {
			sim.scene->tcb_info.signer = certificate->key;
		} else {
			sim.scene->identity.signer = certificate->key;
		}
		core_retell(&sim);
		UNDECIDED((int)rows[i].check, "a forger signed the signer");
		/* With the root's signature it is as good as the usual one. */
		if (rows[i].chain != CHAIN_PCK_CRL) {
			certificate->signer = &vendor->keys[KEY_ROOT];
			core_retell(&sim);
			GOOD("a second signer");
		}
	}
}

/* The root of an issuer chain has a root's name and a root's rights. */
static void
a_root_has_the_role_of_one(void **state)
{
	(void)state;
	sim.scene->certificates[CERT_ROOT].key_usage = 0x02;
	core_retell(&sim);
	expect(ASSAY_CHECK_PCK_ROLES, ASSAY_NOT_GENUINE, "in the quote");
	/* In the collateral alone. */
	const struct sim_certificate *root = &sim.scene->certificates[CERT_ROOT];
	const struct sim_certificate *signer = &sim.scene->certificates[CERT_TCB_SIGNER];

	sim_buffer_clear(&spare);
	sim_put_pem(&spare, "CERTIFICATE", signer->der.data, signer->der.len);
	sim_put_pem(&spare, "CERTIFICATE", root->der.data, root->der.len);
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	sim.collateral.tcb_info_issuer_chain = sim_view(&spare);
	UNDECIDED(ASSAY_CHECK_TCB_INFO_CHAIN, "in a chain of the collateral");
}

/* A signer whose signature is the same, and whose revocation is told apart. */
static void
either_signer_may_be_revoked(void **state)
{
	static const enum assay_check checks[] = {
		ASSAY_CHECK_TCB_INFO_SIGNER_REVOKED, ASSAY_CHECK_QE_IDENTITY_SIGNER_REVOKED,
	};

	(void)state;
	for (unsigned which = 0; which < 2; which++) {
		struct sim_scene *scene = sim.scene;

		core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
		scene->identity.signer = &vendor->keys[KEY_QE_SIGNER];
		sim_chain_set(scene, CHAIN_QE_IDENTITY, 2, (const uint8_t[]){ CERT_QE_SIGNER, CERT_ROOT });
		memcpy(scene->crls[CRL_ROOT].revoked[0],
		    scene->certificates[which == 0 ? CERT_TCB_SIGNER : CERT_QE_SIGNER].serial, 20);
		scene->crls[CRL_ROOT].revoked_count = 1;
		core_retell(&sim);
		expect((int)checks[which], ASSAY_NOT_GENUINE, "revoked");
	}
}

/* ---- roots ------------------------------------------------------------ */

static struct assay_verdict
judge_with(const struct assay_root *roots, size_t count)
{
	const struct assay_policy policy = core_preset(0);
	const struct assay_verifier verifier = {
		.crypto = assay_crypto_openssl(), .roots = roots, .roots_count = count,
	};
	struct assay_verdict v;

	assay_appraise(&v, &verifier, &sim.evidence, &sim.collateral, &policy, sim.at_s);
	return v;
}

static struct assay_root
forger_root(void)
{
	return (struct assay_root){ ASSAY_ROOT_INTEL_SGX, bytes_of(vendor->keys[KEY_FORGER_ROOT].public, 64), false };
}

/* Everything fits but the root, which is trusted, yet not the one that the quote hangs from. */
static void
collateral_under_another_trusted_root_says_nothing(void **state)
{
	static const struct {
		enum assay_check check;
	} rows[] = {
		{ ASSAY_CHECK_PCK_CRL_CHAIN }, { ASSAY_CHECK_TCB_INFO_CHAIN }, { ASSAY_CHECK_QE_IDENTITY_CHAIN },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		for (unsigned order = 0; order < 2; order++) {
			struct assay_verdict v;

			core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .broken = true, .break_check = rows[i].check });
			const struct assay_root roots[2] = {
				order == 0 ? sim.roots[0] : forger_root(), order == 0 ? forger_root() : sim.roots[0],
			};

			v = judge_with(roots, 2);
			core_expect(&v, ASSAY_UNDECIDED, (int)rows[i].check, 0, "another root");
			assert_true(v.simulated);
		}
	}
}

static void
the_root_crl_is_that_of_the_quotes_root(void **state)
{
	(void)state;
	sim.scene->crls[CRL_ROOT].signer = &vendor->keys[KEY_FORGER_ROOT];
	core_retell(&sim);
	for (unsigned order = 0; order < 2; order++) {
		const struct assay_root roots[2] = {
			order == 0 ? sim.roots[0] : forger_root(), order == 0 ? forger_root() : sim.roots[0],
		};
		const struct assay_verdict v = judge_with(roots, 2);

		core_expect(&v, ASSAY_UNDECIDED, ASSAY_CHECK_ROOT_CRL_SIGNATURE, 0, "another root's CRL");
	}
}

/* The quote hangs from the second root: the vendor's own collateral does not make it the vendor's. */
static void
a_quote_under_another_root_does_not_profit(void **state)
{
	struct assay_verdict v;

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_PCK_ROOT });
	const struct assay_root roots[2] = { sim.roots[0], forger_root() };

	v = judge_with(roots, 2);
	core_expect(&v, ASSAY_UNDECIDED, ASSAY_CHECK_ROOT_CRL_SIGNATURE, 0, "the other root's quote");
	/* Simulated is the root that it hangs from, not one that happens to be trusted too. */
	assert_false(v.simulated);
	v = judge_with(roots, 1);
	core_expect(&v, ASSAY_NOT_GENUINE, ASSAY_CHECK_PCK_ROOT, 0, "not trusted");
	assert_true(v.simulated);
}

static void
roots_are_by_kind_and_key(void **state)
{
	struct assay_root root = sim.roots[0];
	struct assay_verdict v;
	uint8_t key[64];

	(void)state;
	v = judge_with(NULL, 0);
	core_expect(&v, ASSAY_NOT_GENUINE, ASSAY_CHECK_PCK_ROOT, 0, "no roots");
	assert_false(v.simulated);
	root.kind = ASSAY_ROOT_INTEL_IAS;
	v = judge_with(&root, 1);
	core_expect(&v, ASSAY_NOT_GENUINE, ASSAY_CHECK_PCK_ROOT, 0, "of the other kind");
	root.kind = ASSAY_ROOT_NONE;
	v = judge_with(&root, 1);
	core_expect(&v, ASSAY_NOT_GENUINE, ASSAY_CHECK_PCK_ROOT, 0, "of no kind");
	root = sim.roots[0];
	memcpy(key, root.key.data, 64);
	key[63] ^= 1;
	root.key = bytes_of(key, 64);
	v = judge_with(&root, 1);
	core_expect(&v, ASSAY_NOT_GENUINE, ASSAY_CHECK_PCK_ROOT, 0, "another key");
	root.key = bytes_of(sim.roots[0].key.data, 63);
	v = judge_with(&root, 1);
	core_expect(&v, ASSAY_NOT_GENUINE, ASSAY_CHECK_PCK_ROOT, 0, "a shorter key");
	v = judge_with(assay_roots_intel, 2);
	core_expect(&v, ASSAY_NOT_GENUINE, ASSAY_CHECK_PCK_ROOT, 0, "the vendor's roots");
	assert_false(v.simulated);
}

/* Up to the most that a verifier may have, wherever ours stands, and also where it stands twice. */
static void
a_root_may_stand_anywhere(void **state)
{
	(void)state;
	for (size_t at = 0; at < ASSAY_ROOTS_MAX; at++) {
		struct assay_root roots[ASSAY_ROOTS_MAX];
		struct assay_verdict v;

		for (size_t i = 0; i < ASSAY_ROOTS_MAX; i++) {
			roots[i] = i == at ? sim.roots[0] : i % 2 == 0 ? forger_root() : assay_roots_intel[0];
		}
		v = judge_with(roots, ASSAY_ROOTS_MAX);
		core_expect(&v, ASSAY_GENUINE, -1, 1, "ours among others");
		assert_true(v.simulated);
		roots[(at + 3) % ASSAY_ROOTS_MAX] = sim.roots[0];
		v = judge_with(roots, ASSAY_ROOTS_MAX);
		core_expect(&v, ASSAY_GENUINE, -1, 1, "ours twice");
	}
}

/* Three certificates exist for one key: their dates are not looked at, the key is. */
static void
a_roots_dates_do_not_matter(void **state)
{
	(void)state;
	sim.scene->certificates[CERT_ROOT].not_after_s = CORE_NOW_S - 10;
	core_retell(&sim);
	GOOD("the root's certificate has ended");
}

/* Prepared for one verifier, used by another whose roots stand in another order. */
static void
prepared_collateral_names_its_root_by_key(void **state)
{
	const struct assay_policy policy = core_preset(0);
	const struct assay_root one[2] = { sim.roots[0], forger_root() };
	const struct assay_root two[2] = { forger_root(), sim.roots[0] };
	struct assay_verifier verifier = core_verifier(&sim);
	struct assay_prepared prepared;
	struct assay_verdict v;

	(void)state;
	verifier.roots = one;
	verifier.roots_count = 2;
	assay_prepare(&prepared, &verifier, &sim.collateral);
	verifier.roots = two;
	assay_appraise_prepared(&v, &verifier, &sim.evidence, &prepared, NULL, &policy, sim.at_s);
	core_expect(&v, ASSAY_GENUINE, -1, 1, "another order");
}

/* ---- what is told of it ----------------------------------------------- */

static void
the_parts_that_were_used_are_told(void **state)
{
	const struct assay_verdict v = core_judge(&sim, NULL);
	const struct {
		enum assay_collateral_kind kind;
		struct assay_bytes bytes;
		int64_t issued_s;
		int64_t next_update_s;
	} rows[] = {
		{ ASSAY_COLLATERAL_ROOT_CRL, sim.collateral.root_crl, sim.scene->crls[CRL_ROOT].this_update_s,
		    sim.scene->crls[CRL_ROOT].next_update_s },
		{ ASSAY_COLLATERAL_PCK_CRL, sim.collateral.pck_crl, sim.scene->crls[CRL_PCK].this_update_s,
		    sim.scene->crls[CRL_PCK].next_update_s },
		{ ASSAY_COLLATERAL_TCB_INFO, sim.collateral.tcb_info, sim.scene->tcb_info.issued_s,
		    sim.scene->tcb_info.next_update_s },
		{ ASSAY_COLLATERAL_QE_IDENTITY, sim.collateral.qe_identity, sim.scene->identity.issued_s,
		    sim.scene->identity.next_update_s },
	};

	(void)state;
	assert_int_equal(v.collateral_count, 4);
	for (size_t i = 0; i < 4; i++) {
		uint8_t digest[32];

		sim_sha256(digest, rows[i].bytes.data, rows[i].bytes.len);
		assert_int_equal(v.collateral[i].kind, rows[i].kind);
		assert_int_equal(v.collateral[i].issued_s, rows[i].issued_s);
		assert_int_equal(v.collateral[i].next_update_s, rows[i].next_update_s);
		assert_memory_equal(v.collateral[i].digest, digest, 32);
	}
	/* The same CRL as text is the same part. */
	sim.collateral.root_crl = as_hex(sim.collateral.root_crl, false);
	const struct assay_verdict hex = core_judge(&sim, NULL);

	assert_memory_equal(&hex, &v, sizeof(v));
	/* What is not good was not used. */
	sim.collateral.tcb_info = bytes_of(NULL, 0);
	sim.collateral.pck_crl.len--;
	const struct assay_verdict less = core_judge(&sim, NULL);

	assert_int_equal(less.collateral_count, 2);
	assert_int_equal(less.collateral[0].kind, ASSAY_COLLATERAL_ROOT_CRL);
	assert_int_equal(less.collateral[1].kind, ASSAY_COLLATERAL_QE_IDENTITY);
	assert_int_equal(less.collateral[2].issued_s, 0);
}

/* The JSON object that sets are exchanged in gives the same as its parts. */
static void
a_set_from_json_is_the_set(void **state)
{
	static const char *const names[] = {
		"root_ca_crl", "pck_crl", "pck_crl_issuer_chain", "tcb_info", "tcb_info_signature",
		"tcb_info_issuer_chain", "qe_identity", "qe_identity_signature", "qe_identity_issuer_chain",
	};
	const struct assay_bytes parts[] = {
		sim.collateral.root_crl, sim.collateral.pck_crl, sim.collateral.pck_crl_issuer_chain,
		sim.collateral.tcb_info, sim.collateral.tcb_info_signature, sim.collateral.tcb_info_issuer_chain,
		sim.collateral.qe_identity, sim.collateral.qe_identity_signature, sim.collateral.qe_identity_issuer_chain,
	};
	const struct assay_verdict expected = core_judge(&sim, NULL);
	struct sim_buffer json = { 0 };

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(parts); i++) {
		sim_put_text(&json, i == 0 ? "{\"" : ",\"");
		sim_put_text(&json, names[i]);
		sim_put_text(&json, "\":\"");
		if (i < 2) {
			sim_put_hex(&json, parts[i].data, parts[i].len);
		}
		for (size_t k = 0; i >= 2 && k < parts[i].len; k++) {
			const uint8_t c = parts[i].data[k];

			if (c == '"' || c == '\n') {
				sim_put_byte(&json, '\\');
			}
			sim_put_byte(&json, c == '\n' ? 'n' : c);
		}
		sim_put_byte(&json, '"');
	}
	sim_put_byte(&json, '}');
	uint8_t *buffer = malloc(json.len);

	assert_non_null(buffer);
	assert_true(assay_collateral_parse(&sim.collateral, sim_view(&json), buffer, json.len));
	const struct assay_verdict v = core_judge(&sim, NULL);

	assert_memory_equal(&v, &expected, sizeof(v));
	free(buffer);
	sim_buffer_free(&json);
}

static int
teardown(void **state)
{
	sim_buffer_free(&spare);
	return core_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(chains_come_in_any_order_as_pem_or_der),
		TEST(issuer_chains_have_two_certificates),
		TEST(crls_are_der_pem_or_hex),
		TEST(signatures_are_raw_or_hex),
		TEST(parts_are_bounded),
		TEST(texts_are_bounded),
		TEST(each_missing_part_has_its_row),
		TEST(a_ca_without_crl_sign_signs_no_crl),
		TEST(a_tcb_signer_signs_no_crl),
		TEST(the_pck_crl_names_its_issuer),
		TEST(the_root_crl_names_the_root),
		TEST(the_pck_ca_does_not_sign_the_root_crl),
		TEST(the_root_must_have_signed_the_signer),
		TEST(a_root_has_the_role_of_one),
		TEST(either_signer_may_be_revoked),
		TEST(collateral_under_another_trusted_root_says_nothing),
		TEST(the_root_crl_is_that_of_the_quotes_root),
		TEST(a_quote_under_another_root_does_not_profit),
		TEST(roots_are_by_kind_and_key),
		TEST(a_root_may_stand_anywhere),
		TEST(a_roots_dates_do_not_matter),
		TEST(prepared_collateral_names_its_root_by_key),
		TEST(the_parts_that_were_used_are_told),
		TEST(a_set_from_json_is_the_set),
	};

	return cmocka_run_group_tests(tests, core_setup, teardown);
}
