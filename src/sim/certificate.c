/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificates in the vendor's profile, and the PCK SGX extension. */
#include <string.h>

#include "sim/der.h"
#include "sim/scene.h"

static const uint8_t oid_common_name[] = { 0x55, 0x04, 0x03 };
static const uint8_t oid_organization[] = { 0x55, 0x04, 0x0a };
static const uint8_t oid_ec_public_key[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };
static const uint8_t oid_prime256v1[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
static const uint8_t oid_rsa_encryption[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
static const uint8_t oid_subject_key_id[] = { 0x55, 0x1d, 0x0e };
static const uint8_t oid_key_usage[] = { 0x55, 0x1d, 0x0f };
static const uint8_t oid_basic_constraints[] = { 0x55, 0x1d, 0x13 };
static const uint8_t oid_crl_distribution_points[] = { 0x55, 0x1d, 0x1f };
static const uint8_t oid_authority_key_id[] = { 0x55, 0x1d, 0x23 };

static void
put_attribute(struct sim_buffer *out, const uint8_t oid[static 3], const char *value)
{
	const size_t set = sim_der_begin(out, DER_SET);
	const size_t pair = sim_der_begin(out, DER_SEQUENCE);

	sim_der_oid(out, oid, 3);
	sim_der_put(out, DER_UTF8_STRING, value, strlen(value));
	sim_der_end(out, pair);
	sim_der_end(out, set);
}

void
sim_name_build(struct sim_buffer *out, const char *common_name)
{
	const size_t name = sim_der_begin(out, DER_SEQUENCE);

	put_attribute(out, oid_common_name, common_name);
	put_attribute(out, oid_organization, "assay simulated vendor");
	sim_der_end(out, name);
}

static void
put_public_key(struct sim_buffer *out, const struct sim_certificate *certificate)
{
	const size_t info = sim_der_begin(out, DER_SEQUENCE);
	const size_t algorithm = sim_der_begin(out, DER_SEQUENCE);

	if (certificate->rsa != NULL) {
		sim_der_oid(out, oid_rsa_encryption, sizeof(oid_rsa_encryption));
		sim_der_put(out, DER_NULL, NULL, 0);
		sim_der_end(out, algorithm);

		const size_t bits = sim_der_begin(out, DER_BIT_STRING);

		sim_put_byte(out, 0);

		const size_t pair = sim_der_begin(out, DER_SEQUENCE);

		sim_der_unsigned(out, DER_INTEGER, certificate->rsa->modulus, certificate->rsa->modulus_len);
		sim_der_small(out, DER_INTEGER, 65537);
		sim_der_end(out, pair);
		sim_der_end(out, bits);
	} else {
		uint8_t point[65] = { 0x04 };

		sim_der_oid(out, oid_ec_public_key, sizeof(oid_ec_public_key));
		sim_der_oid(out, oid_prime256v1, sizeof(oid_prime256v1));
		sim_der_end(out, algorithm);
		memcpy(point + 1, certificate->key->public, 64);
		sim_der_bit_string(out, point, sizeof(point));
	}
	sim_der_end(out, info);
}

/* An extension is opened here and closed by extension_end. */
struct extension {
	size_t whole;
	size_t value;
};

static struct extension
extension_begin(struct sim_buffer *out, const uint8_t *oid, size_t oid_len, bool critical)
{
	struct extension extension;

	extension.whole = sim_der_begin(out, DER_SEQUENCE);
	sim_der_oid(out, oid, oid_len);
	if (critical) {
		sim_der_boolean(out, true);
	}
	extension.value = sim_der_begin(out, DER_OCTET_STRING);
	return extension;
}

static void
extension_end(struct sim_buffer *out, struct extension extension)
{
	sim_der_end(out, extension.value);
	sim_der_end(out, extension.whole);
}

static void
put_crl_distribution_point(struct sim_buffer *out, const char *url)
{
	const struct extension extension =
	    extension_begin(out, oid_crl_distribution_points, sizeof(oid_crl_distribution_points), false);
	const size_t points = sim_der_begin(out, DER_SEQUENCE);
	const size_t point = sim_der_begin(out, DER_SEQUENCE);
	const size_t name = sim_der_begin(out, 0xa0);
	const size_t full_name = sim_der_begin(out, 0xa0);

	sim_der_put(out, 0x86, url, strlen(url));
	sim_der_end(out, full_name);
	sim_der_end(out, name);
	sim_der_end(out, point);
	sim_der_end(out, points);
	extension_end(out, extension);
}

static void
put_key_usage(struct sim_buffer *out, uint8_t usage)
{
	const struct extension extension = extension_begin(out, oid_key_usage, sizeof(oid_key_usage), true);
	uint8_t unused = 0;

	while (unused < 7 && (usage >> unused & 1) == 0) {
		unused++;
	}
	sim_der_put(out, DER_BIT_STRING, (const uint8_t[]){ unused, usage }, 2);
	extension_end(out, extension);
}

static void
put_basic_constraints(struct sim_buffer *out, const struct sim_certificate *certificate)
{
	const struct extension extension =
	    extension_begin(out, oid_basic_constraints, sizeof(oid_basic_constraints), true);
	const size_t constraints = sim_der_begin(out, DER_SEQUENCE);

	if (certificate->is_ca) {
		sim_der_boolean(out, true);
		if (certificate->path_length >= 0) {
			sim_der_small(out, DER_INTEGER, (uint32_t)certificate->path_length);
		}
	}
	sim_der_end(out, constraints);
	extension_end(out, extension);
}

static void
put_extensions(struct sim_buffer *out, const struct sim_certificate *certificate)
{
	const size_t tagged = sim_der_begin(out, 0xa3);
	const size_t list = sim_der_begin(out, DER_SEQUENCE);
	struct extension extension = extension_begin(out, oid_authority_key_id, sizeof(oid_authority_key_id), false);
	const size_t authority = sim_der_begin(out, DER_SEQUENCE);

	sim_der_put(out, 0x80, certificate->authority, 20);
	sim_der_end(out, authority);
	extension_end(out, extension);

	put_crl_distribution_point(out, certificate->crl_url);

	extension = extension_begin(out, oid_subject_key_id, sizeof(oid_subject_key_id), false);
	sim_der_put(out, DER_OCTET_STRING,
	    certificate->rsa != NULL ? certificate->rsa->key_id : certificate->key->key_id, 20);
	extension_end(out, extension);

	put_key_usage(out, certificate->key_usage);
	put_basic_constraints(out, certificate);
	if (certificate->platform != NULL) {
		static const uint8_t oid_sgx[] = { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01 };

		extension = extension_begin(out, oid_sgx, sizeof(oid_sgx), false);
		sim_pck_extension_build(out, certificate->platform);
		extension_end(out, extension);
	}
	sim_der_end(out, list);
	sim_der_end(out, tagged);
}

void
sim_certificate_build(struct sim_certificate *certificate)
{
	struct sim_buffer *out = &certificate->tbs;

	sim_buffer_clear(out);

	const size_t tbs = sim_der_begin(out, DER_SEQUENCE);
	const size_t version = sim_der_begin(out, 0xa0);

	sim_der_small(out, DER_INTEGER, 2);
	sim_der_end(out, version);
	sim_der_unsigned(out, DER_INTEGER, certificate->serial, sizeof(certificate->serial));
	sim_der_algorithm(out, certificate->rsa_signer != NULL);
	sim_name_build(out, certificate->issuer);

	const size_t validity = sim_der_begin(out, DER_SEQUENCE);

	sim_der_time(out, certificate->not_before_s);
	sim_der_time(out, certificate->not_after_s);
	sim_der_end(out, validity);
	sim_name_build(out, certificate->subject);
	put_public_key(out, certificate);
	put_extensions(out, certificate);
	sim_der_end(out, tbs);
}

void
sim_certificate_sign(struct sim_vendor *vendor, struct sim_certificate *certificate)
{
	sim_buffer_clear(&certificate->der);
	if (certificate->rsa_signer != NULL) {
		uint8_t signature[512];

		sim_rsa_sign(signature, &vendor->signer, certificate->rsa_signer, certificate->tbs.data,
		    certificate->tbs.len);
		sim_der_signed_rsa(&certificate->der, &certificate->tbs, signature, certificate->rsa_signer->modulus_len);
	} else {
		uint8_t signature[64];

		sim_sign(signature, &vendor->signer, certificate->signer, certificate->tbs.data, certificate->tbs.len);
		sim_der_signed_ecdsa(&certificate->der, &certificate->tbs, signature);
	}
}

static size_t
entry_begin(struct sim_buffer *out, uint8_t arc, uint8_t sub_arc)
{
	const size_t entry = sim_der_begin(out, DER_SEQUENCE);

	sim_der_sgx_oid(out, arc, sub_arc);
	return entry;
}

static void
put_octets(struct sim_buffer *out, uint8_t arc, uint8_t sub_arc, const uint8_t *data, size_t len)
{
	const size_t entry = entry_begin(out, arc, sub_arc);

	sim_der_put(out, DER_OCTET_STRING, data, len);
	sim_der_end(out, entry);
}

static void
put_number(struct sim_buffer *out, uint8_t arc, uint8_t sub_arc, uint8_t tag, uint32_t value)
{
	const size_t entry = entry_begin(out, arc, sub_arc);

	sim_der_small(out, tag, value);
	sim_der_end(out, entry);
}

static void
put_flag(struct sim_buffer *out, uint8_t sub_arc, bool value)
{
	const size_t entry = entry_begin(out, 7, sub_arc);

	sim_der_boolean(out, value);
	sim_der_end(out, entry);
}

void
sim_pck_extension_build(struct sim_buffer *out, const struct sim_platform *platform)
{
	const size_t whole = sim_der_begin(out, DER_SEQUENCE);

	put_octets(out, 1, 0, platform->ppid, sizeof(platform->ppid));

	const size_t tcb = entry_begin(out, 2, 0);
	const size_t tcb_list = sim_der_begin(out, DER_SEQUENCE);

	for (uint8_t i = 0; i < 16; i++) {
		put_number(out, 2, (uint8_t)(i + 1), DER_INTEGER, platform->components[i]);
	}
	put_number(out, 2, 17, DER_INTEGER, platform->pcesvn);
	put_octets(out, 2, 18, platform->cpusvn, sizeof(platform->cpusvn));
	sim_der_end(out, tcb_list);
	sim_der_end(out, tcb);

	put_octets(out, 3, 0, platform->pce_id, sizeof(platform->pce_id));
	if (!platform->without_fmspc) {
		put_octets(out, 4, 0, platform->fmspc, sizeof(platform->fmspc));
	}
	put_number(out, 5, 0, DER_ENUMERATED, platform->sgx_type);
	if (platform->extended) {
		put_octets(out, 6, 0, platform->instance_id, sizeof(platform->instance_id));

		const size_t configuration = entry_begin(out, 7, 0);
		const size_t flags = sim_der_begin(out, DER_SEQUENCE);

		put_flag(out, 1, platform->dynamic_platform);
		put_flag(out, 2, platform->cached_keys);
		put_flag(out, 3, platform->smt_enabled);
		sim_der_end(out, flags);
		sim_der_end(out, configuration);
	}
	sim_der_end(out, whole);
}
