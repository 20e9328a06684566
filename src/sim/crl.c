/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate revocation lists in the vendor's profile. */
#include "sim/der.h"
#include "sim/scene.h"

static const uint8_t oid_crl_number[] = { 0x55, 0x1d, 0x14 };
static const uint8_t oid_reason_code[] = { 0x55, 0x1d, 0x15 };
static const uint8_t oid_authority_key_id[] = { 0x55, 0x1d, 0x23 };

#define REASON_KEY_COMPROMISE 1

static void
put_entry(struct sim_buffer *out, const uint8_t serial[static 20], int64_t when_s)
{
	const size_t entry = sim_der_begin(out, DER_SEQUENCE);

	sim_der_unsigned(out, DER_INTEGER, serial, 20);
	sim_der_time(out, when_s);

	const size_t extensions = sim_der_begin(out, DER_SEQUENCE);
	const size_t extension = sim_der_begin(out, DER_SEQUENCE);

	sim_der_oid(out, oid_reason_code, sizeof(oid_reason_code));

	const size_t value = sim_der_begin(out, DER_OCTET_STRING);

	sim_der_small(out, DER_ENUMERATED, REASON_KEY_COMPROMISE);
	sim_der_end(out, value);
	sim_der_end(out, extension);
	sim_der_end(out, extensions);
	sim_der_end(out, entry);
}

static void
put_extensions(struct sim_buffer *out, const uint8_t authority[static 20])
{
	const size_t tagged = sim_der_begin(out, 0xa0);
	const size_t list = sim_der_begin(out, DER_SEQUENCE);
	size_t extension = sim_der_begin(out, DER_SEQUENCE);

	sim_der_oid(out, oid_crl_number, sizeof(oid_crl_number));

	size_t value = sim_der_begin(out, DER_OCTET_STRING);

	sim_der_small(out, DER_INTEGER, 1);
	sim_der_end(out, value);
	sim_der_end(out, extension);

	extension = sim_der_begin(out, DER_SEQUENCE);
	sim_der_oid(out, oid_authority_key_id, sizeof(oid_authority_key_id));
	value = sim_der_begin(out, DER_OCTET_STRING);

	const size_t key = sim_der_begin(out, DER_SEQUENCE);

	sim_der_put(out, 0x80, authority, 20);
	sim_der_end(out, key);
	sim_der_end(out, value);
	sim_der_end(out, extension);
	sim_der_end(out, list);
	sim_der_end(out, tagged);
}

void
sim_crl_build(struct sim_crl *crl)
{
	struct sim_buffer *out = &crl->tbs;

	sim_buffer_clear(out);

	const size_t tbs = sim_der_begin(out, DER_SEQUENCE);

	sim_der_small(out, DER_INTEGER, 1);
	sim_der_algorithm(out, false);
	sim_name_build(out, crl->issuer);
	sim_der_time(out, crl->this_update_s);
	if (!crl->without_next_update) {
		sim_der_time(out, crl->next_update_s);
	}
	/* RFC 5280 5.1.2.6: where none is revoked, the list is absent, not empty. */
	if (crl->revoked_count != 0) {
		const size_t list = sim_der_begin(out, DER_SEQUENCE);

		for (size_t i = 0; i < crl->revoked_count; i++) {
			put_entry(out, crl->revoked[i], crl->this_update_s);
		}
		sim_der_end(out, list);
	}
	put_extensions(out, crl->authority);
	sim_der_end(out, tbs);
}
