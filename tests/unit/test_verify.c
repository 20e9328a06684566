/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of trust of quotes and reports: each link by itself, and all the forms that it may have. */
#include "core.h"

static struct sim_evidence sim;

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

/* ---- the PCK chain ---------------------------------------------------- */

static const uint8_t orders[][3] = {
	{ CERT_PCK, CERT_PCK_CA, CERT_ROOT }, { CERT_PCK, CERT_ROOT, CERT_PCK_CA },
	{ CERT_PCK_CA, CERT_PCK, CERT_ROOT }, { CERT_PCK_CA, CERT_ROOT, CERT_PCK },
	{ CERT_ROOT, CERT_PCK, CERT_PCK_CA }, { CERT_ROOT, CERT_PCK_CA, CERT_PCK },
};

/* Concatenated DER in place of the text. */
static void
chain_as_der(unsigned chain, const uint8_t *which, size_t count)
{
	struct sim_buffer *pem = &sim.scene->chains[chain].pem;

	sim_buffer_clear(pem);
	for (size_t i = 0; i < count; i++) {
		const struct sim_buffer *der = &sim.scene->certificates[which[i]].der;

		sim_put(pem, der->data, der->len);
	}
}

static void
the_pck_chain_comes_in_any_order(void **state)
{
	(void)state;
	for (unsigned version = 3; version <= 5; version++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .version = version });
		for (size_t i = 0; i < CORE_COUNT(orders); i++) {
			sim_chain_set(sim.scene, CHAIN_PCK, 3, orders[i]);
			core_retell(&sim);
			GOOD("PEM in the quote");
			chain_as_der(CHAIN_PCK, orders[i], 3);
			sim_quote_assemble(vendor, sim.scene);
			sim.evidence.quote = sim_view(&sim.scene->quote.bytes);
			GOOD("DER in the quote");
		}
	}
	/* Beside the quote. */
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .certification_type = 1 });
	for (size_t i = 0; i < CORE_COUNT(orders); i++) {
		sim_chain_set(sim.scene, CHAIN_PCK, 3, orders[i]);
		core_retell(&sim);
		GOOD("PEM beside the quote");
		chain_as_der(CHAIN_PCK, orders[i], 3);
		sim.collateral.pck_certificate_chain = sim_view(&sim.scene->chains[CHAIN_PCK].pem);
		GOOD("DER beside the quote");
	}
}

static void
the_pck_chain_has_three_certificates(void **state)
{
	static const struct {
		size_t count;
		uint8_t which[4];
	} rows[] = {
		{ 2, { CERT_PCK, CERT_PCK_CA } }, { 2, { CERT_PCK_CA, CERT_ROOT } }, { 1, { CERT_PCK } },
		{ 4, { CERT_PCK, CERT_PCK_CA, CERT_ROOT, CERT_ROOT } }, { 3, { CERT_PCK, CERT_OTHER_CA, CERT_ROOT } },
		{ 4, { CERT_PCK, CERT_PCK_CA, CERT_ROOT, CERT_OTHER_CA } },
	};

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		sim_chain_set(sim.scene, CHAIN_PCK, rows[i].count, rows[i].which);
		core_retell(&sim);
		expect(ASSAY_CHECK_PCK_FORM, ASSAY_NOT_GENUINE, "in the quote");
	}
	/* Beside the quote it may be the wrong chain, and says nothing of the quote. */
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .certification_type = 3 });
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		sim_chain_set(sim.scene, CHAIN_PCK, rows[i].count, rows[i].which);
		core_retell(&sim);
		expect(ASSAY_CHECK_PCK_FORM, ASSAY_UNDECIDED, "beside the quote");
	}
	sim.collateral.pck_certificate_chain = bytes_of(NULL, 0);
	expect(ASSAY_CHECK_PCK_PRESENT, ASSAY_UNDECIDED, "none");
}

static void
a_chain_beside_the_quote_is_bounded(void **state)
{
	uint8_t *padded = malloc(ASSAY_COLLATERAL_BYTES_MAX + 1);

	(void)state;
	assert_non_null(padded);
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .certification_type = 1 });
	memset(padded, '\n', ASSAY_COLLATERAL_BYTES_MAX + 1);
	memcpy(padded, sim.collateral.pck_certificate_chain.data, sim.collateral.pck_certificate_chain.len);
	sim.collateral.pck_certificate_chain = bytes_of(padded, ASSAY_COLLATERAL_BYTES_MAX);
	GOOD("at the limit");
	sim.collateral.pck_certificate_chain.len++;
	expect(ASSAY_CHECK_PCK_FORM, ASSAY_UNDECIDED, "beyond the limit");
	free(padded);
}

/* A certificate of the chain with another role's name, or without its rights. */
static void
each_certificate_has_its_role(void **state)
{
	static const struct {
		unsigned certificate;
		const char *subject;	/* NULL: as it is */
		uint8_t key_usage;	/* 0: as it is */
	} rows[] = {
		{ CERT_PCK, "Simulated SGX TCB Signing", 0 },
		{ CERT_PCK, NULL, 0x40 },
		{ CERT_PCK_CA, NULL, 0x02 },
		{ CERT_ROOT, NULL, 0x02 },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
		struct sim_certificate *certificate = &sim.scene->certificates[rows[i].certificate];

		certificate->subject = rows[i].subject != NULL ? rows[i].subject : certificate->subject;
		certificate->key_usage = rows[i].key_usage != 0 ? rows[i].key_usage : certificate->key_usage;
		core_retell(&sim);
		expect(ASSAY_CHECK_PCK_ROLES, ASSAY_NOT_GENUINE, "role");
	}
	/* A CA of another name, which its leaf follows. */
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	sim.scene->certificates[CERT_PCK_CA].subject = "Simulated SGX PCK Some CA";
	sim.scene->certificates[CERT_PCK].issuer = "Simulated SGX PCK Some CA";
	core_retell(&sim);
	expect(ASSAY_CHECK_PCK_ROLES, ASSAY_NOT_GENUINE, "another CA");
}

/* Where the CA's certificate is the collateral's, its signature was found good there, under this root. */
static void
the_ca_is_checked_wherever_it_comes_from(void **state)
{
	static const struct sim_options rows[] = {
		{ .tee = SIM_SGX, .broken = true, .break_check = ASSAY_CHECK_PCK_CA_SIGNATURE },
		{ .tee = SIM_TDX, .broken = true, .break_check = ASSAY_CHECK_PCK_CA_SIGNATURE },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		core_make(&sim, rows[i]);
		expect(ASSAY_CHECK_PCK_CA_SIGNATURE, ASSAY_NOT_GENUINE, "as broken");
		sim.collateral.pck_crl_issuer_chain = bytes_of(NULL, 0);
		expect(ASSAY_CHECK_PCK_CA_SIGNATURE, ASSAY_NOT_GENUINE, "without the collateral's chain");
	}
	/* A good CA is good without it. */
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	sim.collateral.pck_crl_issuer_chain = bytes_of(NULL, 0);
	expect(ASSAY_CHECK_PCK_CRL_CHAIN, ASSAY_UNDECIDED, "good, without the collateral's chain");
	assert_int_equal(core_judge(&sim, NULL).checks[ASSAY_CHECK_PCK_CA_SIGNATURE], ASSAY_PASSED);
}

/* ---- certification data that only describe the certificate ------------- */

static void
the_description_must_fit_the_leaf(void **state)
{
	(void)state;
	for (unsigned type = 1; type <= 3; type++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .certification_type = type });
		GOOD("as it is");
		for (unsigned field = 0; field < 4; field++) {
			struct sim_platform *described = &sim.scene->quote.described;

			*described = sim.scene->platform;
			switch (field) {
			case 0:
				described->ppid[15] ^= 1;
				break;
			case 1:
				described->cpusvn[15] ^= 1;
				break;
			case 2:
				described->pcesvn ^= 1;
				break;
			default:
				described->pce_id[1] ^= 1;
				break;
			}
			core_sign_quote(&sim);
			if (field == 0 && type != 1) {
				GOOD("an encrypted PPID cannot be compared");
			} else {
				expect(ASSAY_CHECK_PCK_FITS_QUOTE, ASSAY_UNDECIDED, "another platform");
			}
		}
	}
}

static void
a_leaf_in_the_quote_is_the_chains(void **state)
{
	struct sim_evidence other = { 0 };

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .certification_type = 4 });
	GOOD("the same leaf");
	/* The chain of another machine: its key signed no such report either, but the leaf is the first that differs. */
	core_make(&other, (struct sim_options){ .tee = SIM_SGX, .certification_type = 4, .index = 1 });
	sim.collateral.pck_certificate_chain = other.collateral.pck_certificate_chain;
	expect(ASSAY_CHECK_PCK_FITS_QUOTE, ASSAY_UNDECIDED, "another machine's chain");
	sim_evidence_free(&other);
}

/* Certification data are not signed: what they are said to be can be changed at will. */
static void
a_leaf_in_the_quote_is_one_certificate(void **state)
{
	static const struct {
		size_t count;
		uint8_t which[3];
		int failed;
	} rows[] = {
		{ 1, { CERT_PCK }, -1 },
		{ 3, { CERT_PCK, CERT_PCK_CA, CERT_ROOT }, ASSAY_CHECK_PCK_FITS_QUOTE },
		{ 1, { CERT_PCK_CA }, ASSAY_CHECK_PCK_FITS_QUOTE },
		{ 2, { CERT_PCK, CERT_PCK }, ASSAY_CHECK_PCK_FITS_QUOTE },
	};
	struct sim_buffer chain = { 0 };

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	sim_put_copy(&chain, &sim.scene->chains[CHAIN_PCK].pem);
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		sim_chain_set(sim.scene, CHAIN_PCK, rows[i].count, rows[i].which);
		core_sign_quote(&sim);
		const size_t at = sim.scene->quote.bytes.len - sim.scene->chains[CHAIN_PCK].pem.len - 1 - 6;

		assert_int_equal(sim.scene->quote.bytes.data[at], 5);
		sim.scene->quote.bytes.data[at] = 4;
		sim.collateral.pck_certificate_chain = sim_view(&chain);
		expect(rows[i].failed, rows[i].failed < 0 ? ASSAY_GENUINE : ASSAY_UNDECIDED, "a leaf");
	}
	sim_buffer_free(&chain);
}

/* The oldest form ends before the PCE id: what is not said is not compared. */
static void
a_description_may_lack_the_pce_id(void **state)
{
	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .certification_type = 1 });
	struct sim_buffer *quote = &sim.scene->quote.bytes;

	quote->len -= 2;
	sim_store_le32(quote->data + quote->len - 34 - 4, 34);
	sim_store_le32(quote->data + 432, (uint32_t)(quote->len - 436));
	sim.evidence.quote = sim_view(quote);
	GOOD("34 bytes");
	quote->data[quote->len - 1] ^= 1;
	expect(ASSAY_CHECK_PCK_FITS_QUOTE, ASSAY_UNDECIDED, "another PCESVN");
}

/* A chain beside the quote of the same make, whose key did not sign: not the quote's fault. */
static void
a_report_that_another_key_signed(void **state)
{
	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .certification_type = 2 });
	sim.scene->quote.qe_report_signer = &vendor->keys[KEY_FORGER];
	core_sign_quote(&sim);
	expect(ASSAY_CHECK_QE_REPORT_SIGNATURE, ASSAY_UNDECIDED, "beside the quote");
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	sim.scene->quote.qe_report_signer = &vendor->keys[KEY_FORGER];
	core_sign_quote(&sim);
	expect(ASSAY_CHECK_QE_REPORT_SIGNATURE, ASSAY_NOT_GENUINE, "in the quote");
}

/* ---- the quoting enclave ---------------------------------------------- */

static void
the_binding_is_about_all_64_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < 64; i++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
		sim.scene->quote.qe_report.data[320 + i] ^= 1;
		core_sign_quote(&sim);
		expect(ASSAY_CHECK_QE_REPORT_BINDING, ASSAY_NOT_GENUINE, "a changed byte");
	}
	/* Authentication data of any length are bound. */
	for (size_t len = 0; len < 64; len += 21) {
		struct sim_buffer *authentication = &sim.scene->quote.authentication;

		core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
		sim_buffer_clear(authentication);
		memset(sim_buffer_extend(authentication, len + 1), 7, len + 1);
		authentication->len = len;
		sim_quote_bind(&sim.scene->quote);
		core_sign_quote(&sim);
		GOOD("bound");
		authentication->len = len + 1;
		core_sign_quote(&sim);
		expect(ASSAY_CHECK_QE_REPORT_BINDING, ASSAY_NOT_GENUINE, "one byte more than is bound");
	}
}

/* Each bit of the report against mask and value of the identity. */
static void
the_identity_is_compared_under_its_mask(void **state)
{
	static const struct {
		const char *reason;
		const char *from;
		const char *to;
		size_t at;		/* a byte of the report, */
		uint8_t flip;		/*   of which these bits are changed */
		int failed;
	} rows[] = {
		{ "MISCSELECT's first byte", "", "", 16, 0x80, ASSAY_CHECK_QE_MISCSELECT },
		{ "MISCSELECT's second byte", "", "", 17, 0x01, ASSAY_CHECK_QE_MISCSELECT },
		{ "MISCSELECT's third byte", "", "", 18, 0x01, ASSAY_CHECK_QE_MISCSELECT },
		{ "MISCSELECT's last byte", "", "", 19, 0x10, ASSAY_CHECK_QE_MISCSELECT },
		{ "a bit outside MISCSELECT's mask", "\"miscselectMask\":\"FFFFFFFF\"", "\"miscselectMask\":\"FFFFFEFF\"",
		    18, 0x01, -1 },
		{ "a bit that MISCSELECT lacks", "\"miscselect\":\"00000000\"", "\"miscselect\":\"00000001\"", 0, 0,
		    ASSAY_CHECK_QE_MISCSELECT },
		{ "a bit that it has", "\"miscselect\":\"00000000\"", "\"miscselect\":\"00000001\"", 19, 0x01, -1 },
		{ "an expected bit outside the mask", "\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\"",
		    "\"miscselect\":\"00000001\",\"miscselectMask\":\"FFFFFFFE\"", 19, 0x01, ASSAY_CHECK_QE_MISCSELECT },
		{ "INIT", "", "", 48, 0x01, ASSAY_CHECK_QE_ATTRIBUTES },
		{ "DEBUG", "", "", 48, 0x02, ASSAY_CHECK_QE_ATTRIBUTES },
		{ "MODE64, which the mask leaves free", "", "", 48, 0x04, -1 },
		{ "a reserved flag", "", "", 55, 0x80, ASSAY_CHECK_QE_ATTRIBUTES },
		{ "XFRM, which the mask leaves free", "", "", 63, 0x80, -1 },
		{ "the last byte, where the mask has it",
		    "\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\"",
		    "\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000001\"", 63, 0x01, ASSAY_CHECK_QE_ATTRIBUTES },
		{ "MRSIGNER's first byte", "", "", 128, 0x01, ASSAY_CHECK_QE_MRSIGNER },
		{ "MRSIGNER's last byte", "", "", 159, 0x01, ASSAY_CHECK_QE_MRSIGNER },
		{ "the product id", "", "", 256, 0x02, ASSAY_CHECK_QE_PRODUCT },
		{ "the product id's high byte", "", "", 257, 0x01, ASSAY_CHECK_QE_PRODUCT },
		{ "MRENCLAVE, which is not compared", "", "", 64, 0x01, -1 },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
		core_edit(&sim.scene->identity.text, rows[i].from, rows[i].to);
		sim.scene->quote.qe_report.data[rows[i].at] ^= rows[i].flip;
		core_sign_quote(&sim);
		expect(rows[i].failed, rows[i].failed < 0 ? ASSAY_GENUINE : ASSAY_NOT_GENUINE, rows[i].reason);
	}
}

/* The identity of the other quoting enclave, and of one that makes no quotes. */
static void
the_identity_is_that_of_the_tee(void **state)
{
	static const struct {
		enum sim_tee tee;
		const char *id;
	} rows[] = {
		{ SIM_SGX, "\"id\":\"TD_QE\"" }, { SIM_SGX, "\"id\":\"QVE\"" },
		{ SIM_TDX, "\"id\":\"QE\"" }, { SIM_TDX, "\"id\":\"QVE\"" },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		core_make(&sim, (struct sim_options){ .tee = rows[i].tee });
		core_edit(&sim.scene->identity.text, rows[i].tee == SIM_SGX ? "\"id\":\"QE\"" : "\"id\":\"TD_QE\"", rows[i].id);
		core_sign_quote(&sim);
		expect(ASSAY_CHECK_QE_IDENTITY_TEE, ASSAY_UNDECIDED, rows[i].id);
	}
}

/* ---- revocation, platform --------------------------------------------- */

static void
serials_are_compared_whole(void **state)
{
	static const struct {
		unsigned crl;
		unsigned certificate;
		int failed;
	} rows[] = {
		{ CRL_ROOT, CERT_PCK_CA, ASSAY_CHECK_PCK_CA_REVOKED },
		{ CRL_PCK, CERT_PCK, ASSAY_CHECK_PCK_REVOKED },
		/* On the list of somebody else a serial means nothing. */
		{ CRL_PCK, CERT_PCK_CA, -1 },
		{ CRL_ROOT, CERT_PCK, -1 },
		{ CRL_PCK, CERT_TCB_SIGNER, -1 },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		for (unsigned near = 0; near < 2; near++) {
			core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
			struct sim_crl *crl = &sim.scene->crls[rows[i].crl];

			crl->revoked_count = 1;
			memcpy(crl->revoked[0], sim.scene->certificates[rows[i].certificate].serial, 20);
			crl->revoked[0][19] ^= (uint8_t)near;
			core_retell(&sim);
			if (near != 0 || rows[i].failed < 0) {
				GOOD("not revoked");
			} else {
				expect(rows[i].failed, ASSAY_NOT_GENUINE, "revoked");
			}
		}
	}
}

static void
tcb_info_is_for_this_platform(void **state)
{
	(void)state;
	for (size_t i = 0; i < 6; i++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
		sim.scene->tcb_info.fmspc[i] ^= 0x10;
		core_retell(&sim);
		expect(ASSAY_CHECK_TCB_INFO_FMSPC, ASSAY_UNDECIDED, "FMSPC");
	}
	for (size_t i = 0; i < 2; i++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
		sim.scene->tcb_info.pce_id[i] ^= 0x10;
		core_retell(&sim);
		expect(ASSAY_CHECK_TCB_INFO_PCE_ID, ASSAY_UNDECIDED, "PCE id");
	}
}

/* A Platform CA states which instance it is and how it is configured; what it leaves out is no "no". */
static void
a_platform_ca_states_instance_and_configuration(void **state)
{
	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	GOOD("all seven entries");
	sim.scene->platform.extended = false;
	core_retell(&sim);
	expect(ASSAY_CHECK_PCK_EXTENSION, ASSAY_NOT_GENUINE, "the five of a Processor CA");
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX, .ca = SIM_CA_PROCESSOR });
	GOOD("of a Processor CA five are all");
}

/* A CA can have two certificates for one key: that of the CRL's chain must stand as well. */
static void
the_crls_own_ca_is_not_revoked(void **state)
{
	(void)state;
	for (unsigned revoked = 0; revoked < 2; revoked++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
		struct sim_certificate *own = &sim.scene->certificates[CERT_PCK_CA];
		struct sim_certificate *other = &sim.scene->certificates[CERT_OTHER_CA];
		struct sim_crl *crl = &sim.scene->crls[CRL_ROOT];
		const struct sim_buffer tbs = other->tbs;
		const struct sim_buffer der = other->der;

		*other = *own;
		other->tbs = tbs;
		other->der = der;
		other->serial[19] ^= 1;
		for (size_t i = 0; i < sim.scene->chains[CHAIN_PCK_CRL].count; i++) {
			uint8_t *which = &sim.scene->chains[CHAIN_PCK_CRL].which[i];

			*which = *which == CERT_PCK_CA ? CERT_OTHER_CA : *which;
		}
		memcpy(crl->revoked[crl->revoked_count], other->serial, 20);
		crl->revoked_count += revoked;
		core_retell(&sim);
		expect(revoked ? ASSAY_CHECK_PCK_CRL_CHAIN : -1, revoked ? ASSAY_UNDECIDED : ASSAY_GENUINE, "its CA's serial");
	}
}

/* ---- TDX modules ------------------------------------------------------ */

#define ZEROS48 "0000000000000000000000000000000000000000000000000000000000000000" "00000000000000000000000000000000"

static void
the_module_is_one_that_tcb_info_knows(void **state)
{
	static const struct {
		const char *reason;
		uint8_t launch;		/* version */
		uint8_t now;
		bool without_first;	/* no "tdxModule" */
		int failed;
	} rows[] = {
		/* What it does not know is undecided: the host may be ahead of the set. */
		{ "both known", 1, 1, false, -1 },
		{ "the newest", 3, 3, false, -1 },
		{ "updated under the TD", 1, 3, false, -1 },
		{ "there is no 2", 2, 2, false, ASSAY_CHECK_TDX_MODULE_IDENTITY },
		{ "launched under an unknown one", 2, 1, false, ASSAY_CHECK_TDX_MODULE_IDENTITY },
		{ "an unknown one now", 1, 2, false, ASSAY_CHECK_TDX_MODULE_IDENTITY },
		{ "16 is not 10", 16, 16, false, ASSAY_CHECK_TDX_MODULE_IDENTITY },
		{ "version 0", 0, 0, false, -1 },
		{ "version 0 without its record", 0, 0, true, ASSAY_CHECK_TDX_MODULE_IDENTITY },
		{ "version 0 at launch without its record", 0, 1, true, ASSAY_CHECK_TDX_MODULE_IDENTITY },
		{ "version 0 now without its record", 1, 0, true, ASSAY_CHECK_TDX_MODULE_IDENTITY },
		{ "others do not need that record", 1, 3, true, -1 },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_TDX, .version = 5, .body_type = 3 });
		uint8_t *body = sim.scene->quote.body.data;

		body[0] = 6;
		body[1] = rows[i].launch;
		body[584] = 6;
		body[585] = rows[i].now;
		sim.scene->tcb_info.omit = rows[i].without_first ? "tdxModule" : NULL;
		core_retell(&sim);
		expect(rows[i].failed, rows[i].failed < 0 ? ASSAY_GENUINE : ASSAY_UNDECIDED, rows[i].reason);
		/* Before TD 1.5 the second value is no part of the quote. */
		if (rows[i].launch == 1) {
			core_make(&sim, (struct sim_options){ .tee = SIM_TDX, .version = 4 });
			GOOD("TD 1.0");
		}
	}
}

/* The record of each of the two modules, and the report, agree on signer and attributes. */
static void
signer_and_attributes_are_those_of_both_records(void **state)
{
	static const char record[] =
	    "\"mrsigner\":\"" ZEROS48 "\",\"attributes\":\"0000000000000000\"";
	static const char other_signer[] =
	    "\"mrsigner\":\"01" "0000000000000000000000000000000000000000000000000000000000000000"
	    "000000000000000000000000000000\",\"attributes\":\"0000000000000000\"";
	static const char other_attributes[] =
	    "\"mrsigner\":\"" ZEROS48 "\",\"attributes\":\"0000000000000001\"";
	static const char *const ids[] = { "\"id\":\"TDX_01\",", "\"id\":\"TDX_03\"," };

	(void)state;
	for (unsigned which = 0; which < 2; which++) {
		for (unsigned attributes = 0; attributes < 2; attributes++) {
			char from[256];
			char to[256];

			(void)snprintf(from, sizeof(from), "%s%s", ids[which], record);
			(void)snprintf(to, sizeof(to), "%s%s", ids[which], attributes ? other_attributes : other_signer);
			core_make(&sim, (struct sim_options){ .tee = SIM_TDX, .version = 5, .body_type = 3 });
			core_edit(&sim.scene->tcb_info.text, from, to);
			/* Launched under 1, which is 3 by now. */
			sim.scene->quote.body.data[0] = 6;
			sim.scene->quote.body.data[584] = 6;
			sim.scene->quote.body.data[585] = 3;
			core_sign_quote(&sim);
			expect(attributes ? ASSAY_CHECK_TDX_MODULE_ATTRIBUTES : ASSAY_CHECK_TDX_MODULE_SIGNER,
			    ASSAY_NOT_GENUINE, "one record differs");
		}
	}
	/* The report. */
	for (size_t i = 64; i < 120; i++) {
		if (i != 64 && i != 111 && i != 112 && i != 119) {
			continue;
		}
		core_make(&sim, (struct sim_options){ .tee = SIM_TDX });
		sim.scene->quote.body.data[i] = 1;
		core_sign_quote(&sim);
		expect(i < 112 ? ASSAY_CHECK_TDX_MODULE_SIGNER : ASSAY_CHECK_TDX_MODULE_ATTRIBUTES, ASSAY_NOT_GENUINE,
		    "the report differs");
	}
	/* Attributes that both have are still not zero. */
	core_make(&sim, (struct sim_options){ .tee = SIM_TDX });
	{
		char from[256];
		char to[256];

		(void)snprintf(from, sizeof(from), "%s%s", ids[0], record);
		(void)snprintf(to, sizeof(to), "%s%s", ids[0],
		    "\"mrsigner\":\"" ZEROS48 "\",\"attributes\":\"0100000000000000\"");
		core_edit(&sim.scene->tcb_info.text, from, to);
		sim.scene->quote.body.data[112] = 1;
		core_sign_quote(&sim);
		expect(ASSAY_CHECK_TDX_MODULE_ATTRIBUTES, ASSAY_NOT_GENUINE, "not zero");
	}
}

/* A module that the TCB info does not know may be the vendor's next, but not anybody's. */
static void
what_no_module_is_needs_no_record(void **state)
{
	static const struct {
		const char *reason;
		size_t at;		/* in the body */
		bool without_modules;	/* nor any other record to hold it against */
		int failed;
		enum assay_authenticity authenticity;
	} rows[] = {
		{ "signed by another, first byte", 64, false, ASSAY_CHECK_TDX_MODULE_SIGNER, ASSAY_NOT_GENUINE },
		{ "signed by another, last byte", 111, false, ASSAY_CHECK_TDX_MODULE_SIGNER, ASSAY_NOT_GENUINE },
		{ "reserved attributes, first byte", 112, false, ASSAY_CHECK_TDX_MODULE_ATTRIBUTES, ASSAY_NOT_GENUINE },
		{ "reserved attributes, last byte", 119, false, ASSAY_CHECK_TDX_MODULE_ATTRIBUTES, ASSAY_NOT_GENUINE },
		{ "no record names a signer", 64, true, ASSAY_CHECK_TDX_MODULE_IDENTITY, ASSAY_UNDECIDED },
		{ "attributes are zero by themselves", 112, true, ASSAY_CHECK_TDX_MODULE_ATTRIBUTES, ASSAY_NOT_GENUINE },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		for (unsigned now = 0; now < 2; now++) {
			core_make(&sim, (struct sim_options){ .tee = SIM_TDX, .version = 5, .body_type = 3 });
			uint8_t *body = sim.scene->quote.body.data;

			body[0] = 6;
			body[1] = now == 1 && !rows[i].without_modules ? 1 : 9;
			body[584] = 6;
			body[585] = 9;
			body[rows[i].at] = 1;
			if (rows[i].without_modules) {
				core_edit(&sim.scene->tcb_info.text, "\"tdxModuleIdentities\":[", "\"other\":[");
				core_edit(&sim.scene->tcb_info.text, "\"tdxModule\":{", "\"another\":{");
			}
			core_sign_quote(&sim);
			expect(rows[i].failed, rows[i].authenticity, rows[i].reason);
		}
	}
}

/* Launched under one kind of module and running another: each has its own levels, or none. */
static void
launch_and_now_may_differ_in_kind(void **state)
{
	static const struct {
		const char *reason;
		uint8_t launch[2];
		uint8_t now[2];
		int failed;
	} rows[] = {
		{ "version 0, then 1", { 5, 0 }, { 6, 1 }, -1 },
		{ "version 0, then 1 below all levels", { 5, 0 }, { 1, 1 }, ASSAY_CHECK_TDX_MODULE_LEVEL },
		{ "version 1, then 0", { 6, 1 }, { 5, 0 }, -1 },
		{ "version 1 below all levels, then 0", { 1, 1 }, { 5, 0 }, ASSAY_CHECK_TDX_MODULE_LEVEL },
		{ "version 1, then 0 below the platform's levels", { 6, 1 }, { 4, 0 }, ASSAY_CHECK_TCB_LEVEL },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_TDX, .version = 5, .body_type = 3 });
		memcpy(sim.scene->quote.body.data, rows[i].launch, 2);
		memcpy(sim.scene->quote.body.data + 584, rows[i].now, 2);
		core_sign_quote(&sim);
		expect(rows[i].failed, ASSAY_GENUINE, rows[i].reason);
		/* Where dates keep the row from being made it is not reached, and not: not there. */
		const struct assay_verdict late = core_judge_at(&sim, NULL, CORE_NOW_S + 40 * CORE_DAY_S);

		assert_int_equal(late.authenticity, ASSAY_UNDECIDED);
		assert_int_equal(late.checks[ASSAY_CHECK_TDX_MODULE_LEVEL], ASSAY_NOT_REACHED);
	}
}

/* ---- archived reports ------------------------------------------------- */

static void
a_reports_certificates_come_in_any_form(void **state)
{
	static const struct {
		const char *reason;
		size_t count;
		uint8_t which[3];
		int failed;
	} rows[] = {
		{ "leaf first", 2, { CERT_IAS_LEAF, CERT_IAS_CA }, -1 },
		{ "root first", 2, { CERT_IAS_CA, CERT_IAS_LEAF }, -1 },
		{ "the leaf alone", 1, { CERT_IAS_LEAF }, -1 },
		{ "the root alone", 1, { CERT_IAS_CA }, ASSAY_CHECK_IAS_ROLES },
		{ "the leaf twice", 2, { CERT_IAS_LEAF, CERT_IAS_LEAF }, ASSAY_CHECK_IAS_CERTIFICATES },
		{ "a third one", 3, { CERT_IAS_LEAF, CERT_IAS_CA, CERT_ROOT }, ASSAY_CHECK_IAS_CERTIFICATES },
		{ "the wrong root", 2, { CERT_IAS_LEAF, CERT_ROOT }, ASSAY_CHECK_IAS_CERTIFICATES },
	};

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	sim_buffer_clear(&sim.scene->certificates[CERT_ROOT].tbs);
	sim_certificate_build(&sim.scene->certificates[CERT_ROOT]);
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		const enum assay_authenticity wanted = rows[i].failed < 0 ? ASSAY_GENUINE : ASSAY_NOT_GENUINE;

		sim_chain_set(sim.scene, CHAIN_IAS, rows[i].count, rows[i].which);
		core_sign_quote(&sim);
		expect(rows[i].failed, wanted, rows[i].reason);
		chain_as_der(CHAIN_IAS, rows[i].which, rows[i].count);
		sim.evidence.ias_certificates = sim_view(&sim.scene->chains[CHAIN_IAS].pem);
		expect(rows[i].failed, wanted, rows[i].reason);
	}
}

static void
a_reports_signature_is_base64_or_raw(void **state)
{
	uint8_t raw[257] = { 0 };
	struct sim_buffer text = { 0 };
	const struct sim_rsa *key;

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	key = sim.scene->ias.signer;
	assert_int_equal(key->modulus_len, 256);
	sim_rsa_sign(raw, &vendor->signer, key, sim.evidence.quote.data, sim.evidence.quote.len);
	sim.evidence.ias_signature = bytes_of(raw, 256);
	GOOD("raw");
	raw[100] ^= 1;
	expect(ASSAY_CHECK_IAS_SIGNATURE, ASSAY_NOT_GENUINE, "another signature");
	raw[100] ^= 1;
	sim.evidence.ias_signature = bytes_of(raw, 255);
	expect(ASSAY_CHECK_IAS_SIGNATURE, ASSAY_NOT_GENUINE, "a byte less");
	sim.evidence.ias_signature = bytes_of(raw, 257);
	expect(ASSAY_CHECK_IAS_SIGNATURE, ASSAY_NOT_GENUINE, "a byte more");
	sim_put_base64(&text, raw, 255);
	sim.evidence.ias_signature = sim_view(&text);
	expect(ASSAY_CHECK_IAS_SIGNATURE, ASSAY_NOT_GENUINE, "base64 of a byte less");
	sim_buffer_clear(&text);
	sim_put_base64(&text, raw, 257);
	sim.evidence.ias_signature = sim_view(&text);
	expect(ASSAY_CHECK_IAS_SIGNATURE, ASSAY_NOT_GENUINE, "base64 of a byte more");
	sim.evidence.ias_signature = bytes_of_text("!!!!");
	expect(ASSAY_CHECK_IAS_SIGNATURE, ASSAY_NOT_GENUINE, "no base64");
	sim.evidence.ias_signature = bytes_of(NULL, 0);
	expect(ASSAY_CHECK_IAS_PRESENT, ASSAY_UNDECIDED, "no signature");
	sim_buffer_clear(&text);
	sim_put_base64(&text, raw, 256);
	sim.evidence.ias_signature = sim_view(&text);
	GOOD("base64");
	/* Headers of mail break lines. */
	sim_buffer_insert(&text, 76, "\r\n", 2);
	sim_put_text(&text, "\n");
	sim.evidence.ias_signature = sim_view(&text);
	GOOD("base64 in lines");
	sim.evidence.ias_certificates = bytes_of(NULL, 0);
	expect(ASSAY_CHECK_IAS_PRESENT, ASSAY_UNDECIDED, "no certificates");
	sim_buffer_free(&text);
}

/* What is no report at all needs no signature to be refused; a report without one stays undecided. */
static void
what_is_no_report_is_refused_unsigned(void **state)
{
	static const struct {
		const char *reason;
		const char *text;	/* NULL: the report, changed below */
	} rows[] = {
		{ "a brace", "{" }, { "an empty object", "{}" }, { "a quote that is a number", "{\"quote\":123}" },
		{ "another object", "{\"tcbInfo\":{}}" }, { "no JSON", "{quote}" },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		for (unsigned given = 0; given < 3; given++) {
			core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
			sim.evidence.quote = bytes_of_text(rows[i].text);
			if (given == 0) {
				sim.evidence.ias_signature = bytes_of(NULL, 0);
			}
			if (given <= 1) {
				sim.evidence.ias_certificates = bytes_of(NULL, 0);
			}
			expect(given == 2 ? ASSAY_CHECK_IAS_SIGNATURE : ASSAY_CHECK_IAS_FORM, ASSAY_NOT_GENUINE, rows[i].reason);
			/* Nor is it called a report. */
			assert_int_equal(core_judge(&sim, NULL).kind,
			    given == 2 ? ASSAY_EVIDENCE_IAS_REPORT : ASSAY_EVIDENCE_NONE);
		}
	}
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	sim.evidence.ias_signature = bytes_of(NULL, 0);
	expect(ASSAY_CHECK_IAS_PRESENT, ASSAY_UNDECIDED, "a report without its signature");
	core_edit(&sim.scene->ias.body, "isvEnclaveQuoteBody\":\"A", "isvEnclaveQuoteBody\":\"=");
	sim.evidence.quote = sim_view(&sim.scene->ias.body);
	expect(ASSAY_CHECK_IAS_QUOTE_BODY, ASSAY_NOT_GENUINE, "a report without a quote");
	assert_int_equal(core_judge(&sim, NULL).kind, ASSAY_EVIDENCE_IAS_REPORT);
	sim.evidence.quote = bytes_slice(sim.evidence.quote, 0, sim.evidence.quote.len - 1);
	expect(ASSAY_CHECK_IAS_FORM, ASSAY_NOT_GENUINE, "a report without its end");
}

static void
a_reports_root_is_by_kind_and_key(void **state)
{
	const struct assay_policy policy = core_preset(0);

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	for (unsigned leaf_only = 0; leaf_only < 2; leaf_only++) {
		for (unsigned i = 0; i < 7; i++) {
			struct assay_root roots[3] = { assay_roots_intel[1], sim.roots[0], sim.roots[1] };
			struct assay_verifier verifier = core_verifier(&sim);
			struct assay_verdict v;
			bool trusted = true;

			verifier.roots = roots;
			verifier.roots_count = 3;
			switch (i) {
			case 0:
				verifier.roots_count = 0;
				trusted = false;
				break;
			case 1:
				verifier.roots_count = 2;
				trusted = false;
				break;
			case 2:
				roots[2].kind = ASSAY_ROOT_INTEL_SGX;
				trusted = false;
				break;
			case 3:
				roots[2].kind = ASSAY_ROOT_NONE;
				trusted = false;
				break;
			case 4:
				roots[0] = sim.roots[1];
				roots[2] = assay_roots_intel[1];
				break;
			case 5:
				roots[2].simulated = false;
				break;
			default:
				break;
			}
			assay_appraise(&v, &verifier, &sim.evidence, &sim.collateral, &policy, sim.at_s);
			core_expect(&v, trusted ? ASSAY_GENUINE : ASSAY_NOT_GENUINE, trusted ? -1 : ASSAY_CHECK_IAS_ROOT,
			    trusted ? 1 : 0, "roots");
			assert_int_equal(v.simulated, i != 5 && i != 0);
		}
		sim_chain_set(sim.scene, CHAIN_IAS, 1, (const uint8_t[]){ CERT_IAS_LEAF });
		core_sign_quote(&sim);
	}
}

/* The CA must have the role of one; where it was not sent its key alone must do. */
static void
a_reports_certificates_have_their_roles(void **state)
{
	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	sim.scene->certificates[CERT_IAS_CA].key_usage = 0x02;
	core_retell(&sim);
	expect(ASSAY_CHECK_IAS_ROLES, ASSAY_NOT_GENUINE, "the CA's rights");
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	sim.scene->certificates[CERT_IAS_LEAF].subject = "Simulated SGX TCB Signing";
	core_retell(&sim);
	expect(ASSAY_CHECK_IAS_ROLES, ASSAY_NOT_GENUINE, "the leaf's name");
	sim_chain_set(sim.scene, CHAIN_IAS, 1, (const uint8_t[]){ CERT_IAS_LEAF });
	core_retell(&sim);
	expect(ASSAY_CHECK_IAS_ROLES, ASSAY_NOT_GENUINE, "the leaf's name, alone");
}

/* At its own signed second: the first and the last of the certificate count. */
static void
a_report_is_judged_at_its_own_time(void **state)
{
	static const struct {
		int64_t from_s;		/* against the report's time */
		int64_t until_s;
		bool passes;
	} rows[] = {
		{ 0, 0, true }, { -5, 5, true }, { 1, 5, false }, { -5, -1, false }, { -5, 0, true }, { 0, 5, true },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
		const int64_t timestamp_s = sim.scene->ias.timestamp_s;

		sim.scene->certificates[CERT_IAS_LEAF].not_before_s = timestamp_s + rows[i].from_s;
		sim.scene->certificates[CERT_IAS_LEAF].not_after_s = timestamp_s + rows[i].until_s;
		core_retell(&sim);
		expect(rows[i].passes ? -1 : ASSAY_CHECK_IAS_DATES, rows[i].passes ? ASSAY_GENUINE : ASSAY_UNDECIDED, "dates");
		sim_chain_set(sim.scene, CHAIN_IAS, 1, (const uint8_t[]){ CERT_IAS_LEAF });
		core_retell(&sim);
		expect(rows[i].passes ? -1 : ASSAY_CHECK_IAS_DATES, rows[i].passes ? ASSAY_GENUINE : ASSAY_UNDECIDED, "alone");
	}
	/* The CA's dates are those of a root. */
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	sim.scene->certificates[CERT_IAS_CA].not_after_s = sim.scene->ias.timestamp_s - 1;
	core_retell(&sim);
	GOOD("the CA's certificate has ended");
}

/* Its certificates long ended, a report stays what it was; before it was made it is not yet. */
static void
a_report_has_a_beginning_and_no_end(void **state)
{
	struct assay_verdict v;

	(void)state;
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	const int64_t made_s = sim.scene->ias.timestamp_s;

	v = core_judge_at(&sim, NULL, made_s + 100 * 365 * CORE_DAY_S);
	core_expect(&v, ASSAY_GENUINE, -1, 1, "a century later");
	assert_true(v.has_validity);
	assert_int_equal(v.valid_from_s, made_s);
	assert_true(v.valid_until_s == INT64_MAX);
	assert_false(v.has_as_of);
	v = core_judge_at(&sim, NULL, made_s);
	core_expect(&v, ASSAY_GENUINE, -1, 1, "in its second");
	v = core_judge_at(&sim, NULL, made_s - 1);
	core_expect(&v, ASSAY_UNDECIDED, ASSAY_CHECK_IAS_TIME, 0, "a second before");
	assert_true(v.has_as_of);
	assert_int_equal(v.as_of_s, made_s);
	assert_int_equal(v.as_of_authenticity, ASSAY_GENUINE);
	assert_int_equal(v.as_of_tier, ASSAY_TIER_1);
	v = core_judge_at(&sim, NULL, INT64_MAX);
	core_expect(&v, ASSAY_GENUINE, -1, 1, "at the end of time");
	v = core_judge_at(&sim, NULL, INT64_MIN);
	core_expect(&v, ASSAY_UNDECIDED, ASSAY_CHECK_IAS_TIME, 0, "at its beginning");
}

static void
a_reports_body_is_bounded_and_well_formed(void **state)
{
	struct sim_buffer *body;

	(void)state;
	for (unsigned over = 0; over < 2; over++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
		body = &sim.scene->ias.body;
		const size_t pad = (size_t)16 * 1024 + over - body->len;

		memset(sim_buffer_extend(body, pad), ' ', pad);
		core_sign_quote(&sim);
		expect(over ? ASSAY_CHECK_IAS_FORM : -1, over ? ASSAY_NOT_GENUINE : ASSAY_GENUINE, "padded");
	}
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	body = &sim.scene->ias.body;
	sim_put_byte(body, 'x');
	core_sign_quote(&sim);
	expect(ASSAY_CHECK_IAS_FORM, ASSAY_NOT_GENUINE, "something behind it");
	/* A quote body that is none, in a report that is one. */
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	sim.scene->ias.quote_body[0] = 7;
	sim_ias_build(vendor, sim.scene);
	core_sign_quote(&sim);
	expect(ASSAY_CHECK_IAS_QUOTE_BODY, ASSAY_NOT_GENUINE, "a quote of version 7");
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	sim.scene->ias.quote_body_len = 431;
	sim_ias_build(vendor, sim.scene);
	core_sign_quote(&sim);
	expect(ASSAY_CHECK_IAS_QUOTE_BODY, ASSAY_NOT_GENUINE, "a byte less");
}

static void
a_reports_certificates_are_bounded(void **state)
{
	uint8_t *padded = malloc(ASSAY_COLLATERAL_BYTES_MAX + 1);

	(void)state;
	assert_non_null(padded);
	core_make(&sim, (struct sim_options){ .tee = SIM_IAS });
	memset(padded, '\n', ASSAY_COLLATERAL_BYTES_MAX + 1);
	memcpy(padded, sim.evidence.ias_certificates.data, sim.evidence.ias_certificates.len);
	sim.evidence.ias_certificates = bytes_of(padded, ASSAY_COLLATERAL_BYTES_MAX);
	GOOD("at the limit");
	sim.evidence.ias_certificates.len++;
	expect(ASSAY_CHECK_IAS_CERTIFICATES, ASSAY_NOT_GENUINE, "beyond the limit");
	free(padded);
}

/* ---- evidence as such -------------------------------------------------- */

static void
evidence_has_a_size(void **state)
{
	uint8_t *large = calloc(1, ASSAY_EVIDENCE_BYTES_MAX + 1);

	(void)state;
	assert_non_null(large);
	core_make(&sim, (struct sim_options){ .tee = SIM_SGX });
	sim.evidence.quote = bytes_of(NULL, 0);
	expect(ASSAY_CHECK_EVIDENCE_SIZE, ASSAY_NOT_GENUINE, "nothing");
	sim.evidence.quote = bytes_of(large, ASSAY_EVIDENCE_BYTES_MAX);
	expect(ASSAY_CHECK_QUOTE_VERSION, ASSAY_NOT_GENUINE, "at the limit");
	sim.evidence.quote = bytes_of(large, ASSAY_EVIDENCE_BYTES_MAX + 1);
	expect(ASSAY_CHECK_EVIDENCE_SIZE, ASSAY_NOT_GENUINE, "beyond it");
	/* A report by its first byte, too large as well. */
	large[0] = '{';
	expect(ASSAY_CHECK_EVIDENCE_SIZE, ASSAY_NOT_GENUINE, "a report beyond it");
	const struct assay_verdict v = core_judge(&sim, NULL);

	assert_int_equal(v.checks[ASSAY_CHECK_QUOTE_VERSION], ASSAY_NOT_APPLICABLE);
	assert_int_equal(v.checks[ASSAY_CHECK_IAS_PRESENT], ASSAY_NOT_REACHED);
	free(large);
}

/* An EPID quote is told for what it is, and decided never. */
static void
an_epid_quote_is_never_decided(void **state)
{
	(void)state;
	for (unsigned version = 1; version <= 2; version++) {
		core_make(&sim, (struct sim_options){ .tee = SIM_EPID, .version = version });
		const struct assay_verdict v = core_judge(&sim, NULL);

		core_expect(&v, ASSAY_UNDECIDED, ASSAY_CHECK_QUOTE_EPID, 0, "EPID");
		assert_int_equal(v.kind, ASSAY_EVIDENCE_EPID_QUOTE);
		assert_int_equal(v.version, version);
		assert_int_equal(v.tee, ASSAY_TEE_SGX);
		assert_false(v.has_body);
		assert_int_equal(v.checks[ASSAY_CHECK_QUOTE_VERSION], ASSAY_PASSED);
	}
}

/* Which rows there are depends on the kind: all others are marked so. */
static void
rows_that_do_not_apply_are_marked(void **state)
{
	static const struct {
		struct sim_options options;
		unsigned applicable;
	} rows[] = {
		{ { .tee = SIM_SGX }, 0 }, { { .tee = SIM_TDX }, 1 }, { { .tee = SIM_IAS }, 2 },
		{ { .tee = SIM_TDX, .old_module = true }, 3 }, { { .tee = SIM_SGX, .certification_type = 1 }, 4 },
	};

	(void)state;
	for (size_t i = 0; i < CORE_COUNT(rows); i++) {
		core_make(&sim, rows[i].options);
		const struct assay_verdict v = core_judge(&sim, NULL);
		const bool ias = i == 2;
		const bool td = i == 1 || i == 3;

		for (unsigned c = 0; c < ASSAY_CHECK_COUNT; c++) {
			bool applies = true;

			if ((c >= ASSAY_CHECK_IAS_PRESENT && c <= ASSAY_CHECK_IAS_QUOTE_BODY) || c == ASSAY_CHECK_IAS_DATES ||
			    c == ASSAY_CHECK_IAS_TIME || c == ASSAY_CHECK_REPORT_AGE) {
				applies = ias;
			} else if (c == ASSAY_CHECK_PCK_FITS_QUOTE) {
				applies = i == 4;
			} else if (c == ASSAY_CHECK_TDX_MODULE_LEVEL) {
				applies = i == 1;
			} else if ((c >= ASSAY_CHECK_TDX_MODULE_SIGNER && c <= ASSAY_CHECK_TDX_MODULE_IDENTITY) ||
			    (c >= ASSAY_CHECK_TD_ATTRIBUTES && c <= ASSAY_CHECK_SERVICE_TD)) {
				applies = td;
			} else if (c == ASSAY_CHECK_ENCLAVE_ATTRIBUTES) {
				applies = !td;
			} else if (c == ASSAY_CHECK_REFERENCE_VALUES) {
				applies = false;
			} else if ((c >= ASSAY_CHECK_QUOTE_VERSION && c <= ASSAY_CHECK_QUOTE_SIGNATURE) ||
			    (c >= ASSAY_CHECK_ROOT_CRL_PRESENT && c <= ASSAY_CHECK_QE_PRODUCT) ||
			    (c >= ASSAY_CHECK_PCK_DATES && c <= ASSAY_CHECK_QE_IDENTITY_DATES) ||
			    (c >= ASSAY_CHECK_TCB_LEVEL && c <= ASSAY_CHECK_QE_LEVEL)) {
				applies = !ias;
			}
			if (v.checks[c] != (applies ? ASSAY_PASSED : ASSAY_NOT_APPLICABLE)) {
				fail_msg("kind %zu: %s is %u", i, core_check_name((int)c), v.checks[c]);
			}
		}
		assert_int_equal(v.kind, ias ? ASSAY_EVIDENCE_IAS_REPORT : td ? ASSAY_EVIDENCE_TDX_QUOTE :
		    ASSAY_EVIDENCE_SGX_QUOTE);
		assert_int_equal(v.tee, td ? ASSAY_TEE_TDX : ASSAY_TEE_SGX);
		assert_int_equal(v.has_platform, !ias);
	}
}

#define TEST(name) cmocka_unit_test_teardown(name, done)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_pck_chain_comes_in_any_order),
		TEST(the_pck_chain_has_three_certificates),
		TEST(a_chain_beside_the_quote_is_bounded),
		TEST(each_certificate_has_its_role),
		TEST(the_ca_is_checked_wherever_it_comes_from),
		TEST(the_description_must_fit_the_leaf),
		TEST(a_leaf_in_the_quote_is_the_chains),
		TEST(a_leaf_in_the_quote_is_one_certificate),
		TEST(a_description_may_lack_the_pce_id),
		TEST(a_report_that_another_key_signed),
		TEST(the_binding_is_about_all_64_bytes),
		TEST(the_identity_is_compared_under_its_mask),
		TEST(the_identity_is_that_of_the_tee),
		TEST(serials_are_compared_whole),
		TEST(tcb_info_is_for_this_platform),
		TEST(a_platform_ca_states_instance_and_configuration),
		TEST(the_crls_own_ca_is_not_revoked),
		TEST(the_module_is_one_that_tcb_info_knows),
		TEST(signer_and_attributes_are_those_of_both_records),
		TEST(what_no_module_is_needs_no_record),
		TEST(launch_and_now_may_differ_in_kind),
		TEST(a_reports_certificates_come_in_any_form),
		TEST(a_reports_signature_is_base64_or_raw),
		TEST(what_is_no_report_is_refused_unsigned),
		TEST(a_reports_root_is_by_kind_and_key),
		TEST(a_reports_certificates_have_their_roles),
		TEST(a_report_is_judged_at_its_own_time),
		TEST(a_report_has_a_beginning_and_no_end),
		TEST(a_reports_body_is_bounded_and_well_formed),
		TEST(a_reports_certificates_are_bounded),
		TEST(evidence_has_a_size),
		TEST(an_epid_quote_is_never_decided),
		TEST(rows_that_do_not_apply_are_marked),
	};

	return cmocka_run_group_tests(tests, core_setup, core_teardown);
}
