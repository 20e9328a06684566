/* SPDX-License-Identifier: Apache-2.0 */
/* Roles of certificates: each condition of each role, by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verify/roles.h"

struct role {
	const char *phrase;
	bool (*is)(const struct certificate *);
	bool ca;
	enum assay_algorithm algorithm;
};

static const struct role roles[] = {
	{ "SGX Root CA", role_is_root, true, ASSAY_ECDSA_P256_SHA256 },
	{ "SGX PCK Platform CA", role_is_pck_platform_ca, true, ASSAY_ECDSA_P256_SHA256 },
	{ "SGX PCK Platform CA", role_is_pck_ca, true, ASSAY_ECDSA_P256_SHA256 },
	{ "SGX PCK Processor CA", role_is_pck_ca, true, ASSAY_ECDSA_P256_SHA256 },
	{ "SGX PCK Certificate", role_is_pck_leaf, false, ASSAY_ECDSA_P256_SHA256 },
	{ "SGX TCB Signing", role_is_tcb_signer, false, ASSAY_ECDSA_P256_SHA256 },
	{ "SGX Attestation Report Signing CA", role_is_ias_root, true, ASSAY_RSA_PKCS1_SHA256 },
	{ "SGX Attestation Report Signing", role_is_ias_signer, false, ASSAY_RSA_PKCS1_SHA256 },
};

#define ROLES (sizeof(roles) / sizeof(roles[0]))

static struct certificate
certificate_of(const struct role *role)
{
	struct certificate c;

	memset(&c, 0, sizeof(c));
	c.subject_common_name = bytes_of_text(role->phrase);
	c.key_algorithm = role->algorithm;
	c.has_basic_constraints = true;
	c.is_ca = role->ca;
	c.has_key_usage = true;
	c.key_usage = role->ca ? KEY_USAGE_KEY_CERT_SIGN | KEY_USAGE_CRL_SIGN :
	    KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_NON_REPUDIATION;
	return c;
}

static void
each_role_has_its_own_certificates(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROLES; i++) {
		const struct certificate c = certificate_of(&roles[i]);

		for (size_t j = 0; j < ROLES; j++) {
			/* The platform CA is one of the two PCK CAs. */
			const bool same = strcmp(roles[i].phrase, roles[j].phrase) == 0 ||
			    (roles[i].is == role_is_pck_platform_ca && roles[j].is == role_is_pck_ca &&
			    strcmp(roles[j].phrase, "SGX PCK Platform CA") == 0) ||
			    (roles[j].is == role_is_pck_ca && strstr(roles[i].phrase, "SGX PCK P") != NULL);

			if (roles[j].is(&c) != same) {
				fail_msg("\"%s\" as \"%s\"", roles[i].phrase, roles[j].phrase);
			}
		}
	}
}

static void
each_condition_matters(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROLES; i++) {
		const struct role *role = &roles[i];
		struct certificate c = certificate_of(role);

		assert_true(role->is(&c));
		c.subject_common_name = bytes_of_text("SGX Something Else");
		assert_false(role->is(&c));

		c = certificate_of(role);
		c.key_algorithm = role->algorithm == ASSAY_RSA_PKCS1_SHA256 ? ASSAY_ECDSA_P256_SHA256 :
		    ASSAY_RSA_PKCS1_SHA256;
		assert_false(role->is(&c));

		c = certificate_of(role);
		c.is_ca = !c.is_ca;
		assert_false(role->is(&c));

		/* An end certificate may leave basic constraints out; a CA may not. */
		c = certificate_of(role);
		c.has_basic_constraints = false;
		assert_int_equal(role->is(&c), !role->ca);

		c = certificate_of(role);
		c.has_key_usage = false;
		assert_false(role->is(&c));

		c = certificate_of(role);
		c.key_usage = role->ca ? KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_CRL_SIGN : KEY_USAGE_NON_REPUDIATION;
		assert_false(role->is(&c));

		/* Who signs documents signs no certificates. */
		c = certificate_of(role);
		c.key_usage |= KEY_USAGE_KEY_CERT_SIGN;
		assert_int_equal(role->is(&c), role->ca);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_has_its_own_certificates),
		cmocka_unit_test(each_condition_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
