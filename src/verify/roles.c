/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what in Intel's certificate hierarchy.
 *
 * A signature by the right key is not enough: any certificate below the root
 * would pass as a TCB signer.  So the name, the CA flag and the key usage of
 * the role must all fit.
 */
#include "verify/roles.h"

static bool
is_ca_named(const struct certificate *certificate, const char *phrase, enum assay_algorithm algorithm)
{
	return certificate_has_role(certificate, phrase) && certificate->key_algorithm == algorithm &&
	    certificate->has_basic_constraints && certificate->is_ca && certificate->has_key_usage &&
	    (certificate->key_usage & KEY_USAGE_KEY_CERT_SIGN) != 0;
}

static bool
is_end_named(const struct certificate *certificate, const char *phrase, enum assay_algorithm algorithm)
{
	return certificate_has_role(certificate, phrase) && certificate->key_algorithm == algorithm &&
	    !certificate->is_ca && certificate->has_key_usage &&
	    (certificate->key_usage & KEY_USAGE_DIGITAL_SIGNATURE) != 0 &&
	    (certificate->key_usage & KEY_USAGE_KEY_CERT_SIGN) == 0;
}

bool
role_is_root(const struct certificate *certificate)
{
	return is_ca_named(certificate, "SGX Root CA", ASSAY_ECDSA_P256_SHA256);
}

bool
role_is_pck_platform_ca(const struct certificate *certificate)
{
	return is_ca_named(certificate, "SGX PCK Platform CA", ASSAY_ECDSA_P256_SHA256);
}

bool
role_is_pck_ca(const struct certificate *certificate)
{
	return role_is_pck_platform_ca(certificate) ||
	    is_ca_named(certificate, "SGX PCK Processor CA", ASSAY_ECDSA_P256_SHA256);
}

bool
role_is_pck_leaf(const struct certificate *certificate)
{
	return is_end_named(certificate, "SGX PCK Certificate", ASSAY_ECDSA_P256_SHA256);
}

bool
role_is_tcb_signer(const struct certificate *certificate)
{
	return is_end_named(certificate, "SGX TCB Signing", ASSAY_ECDSA_P256_SHA256);
}

bool
role_is_ias_root(const struct certificate *certificate)
{
	return is_ca_named(certificate, "SGX Attestation Report Signing CA", ASSAY_RSA_PKCS1_SHA256);
}

bool
role_is_ias_signer(const struct certificate *certificate)
{
	return is_end_named(certificate, "SGX Attestation Report Signing", ASSAY_RSA_PKCS1_SHA256);
}
