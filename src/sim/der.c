/* SPDX-License-Identifier: Apache-2.0 */
/* DER writer.  A length is put in once its content is known. */
#include "sim/der.h"

static size_t
length_encode(uint8_t encoded[static 4], size_t len)
{
	if (len < 0x80) {
		encoded[0] = (uint8_t)len;
		return 1;
	}
	if (len < 0x100) {
		encoded[0] = 0x81;
		encoded[1] = (uint8_t)len;
		return 2;
	}
	if (len < 0x10000) {
		encoded[0] = 0x82;
		encoded[1] = (uint8_t)(len >> 8);
		encoded[2] = (uint8_t)len;
		return 3;
	}
	encoded[0] = 0x83;
	encoded[1] = (uint8_t)(len >> 16);
	encoded[2] = (uint8_t)(len >> 8);
	encoded[3] = (uint8_t)len;
	return 4;
}

size_t
sim_der_begin(struct sim_buffer *out, uint8_t tag)
{
	sim_put_byte(out, tag);
	return out->len;
}

void
sim_der_end(struct sim_buffer *out, size_t mark)
{
	uint8_t encoded[4];
	const size_t len = length_encode(encoded, out->len - mark);

	sim_buffer_insert(out, mark, encoded, len);
}

void
sim_der_put(struct sim_buffer *out, uint8_t tag, const void *content, size_t len)
{
	uint8_t encoded[4];

	sim_put_byte(out, tag);
	sim_put(out, encoded, length_encode(encoded, len));
	sim_put(out, content, len);
}

void
sim_der_unsigned(struct sim_buffer *out, uint8_t tag, const uint8_t *magnitude, size_t len)
{
	while (len > 1 && magnitude[0] == 0) {
		magnitude++;
		len--;
	}

	const size_t mark = sim_der_begin(out, tag);

	if ((magnitude[0] & 0x80) != 0) {
		sim_put_byte(out, 0);
	}
	sim_put(out, magnitude, len);
	sim_der_end(out, mark);
}

void
sim_der_small(struct sim_buffer *out, uint8_t tag, uint32_t value)
{
	const uint8_t bytes[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value };

	sim_der_unsigned(out, tag, bytes, sizeof(bytes));
}

void
sim_der_boolean(struct sim_buffer *out, bool value)
{
	sim_der_put(out, DER_BOOLEAN, &(const uint8_t){ value ? 0xff : 0x00 }, 1);
}

void
sim_der_oid(struct sim_buffer *out, const uint8_t *content, size_t len)
{
	sim_der_put(out, DER_OID, content, len);
}

void
sim_der_sgx_oid(struct sim_buffer *out, uint8_t arc, uint8_t sub_arc)
{
	const uint8_t content[11] = { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01, arc, sub_arc };

	sim_der_oid(out, content, sub_arc != 0 ? 11 : arc != 0 ? 10 : 9);
}

static void
put_two_digits(char out[static 2], int value)
{
	out[0] = (char)('0' + value / 10 % 10);
	out[1] = (char)('0' + value % 10);
}

void
sim_der_time(struct sim_buffer *out, int64_t seconds)
{
	struct sim_calendar c;
	char digits[15];

	sim_calendar(&c, seconds);
	put_two_digits(digits, c.year / 100);
	put_two_digits(digits + 2, c.year);
	put_two_digits(digits + 4, c.month);
	put_two_digits(digits + 6, c.day);
	put_two_digits(digits + 8, c.hour);
	put_two_digits(digits + 10, c.minute);
	put_two_digits(digits + 12, c.second);
	digits[14] = 'Z';
	/* RFC 5280 4.1.2.5: UTCTime through 2049. */
	if (c.year < 2050) {
		sim_der_put(out, DER_UTC_TIME, digits + 2, sizeof(digits) - 2);
	} else {
		sim_der_put(out, DER_GENERALIZED_TIME, digits, sizeof(digits));
	}
}

void
sim_der_bit_string(struct sim_buffer *out, const void *bytes, size_t len)
{
	const size_t mark = sim_der_begin(out, DER_BIT_STRING);

	sim_put_byte(out, 0);
	sim_put(out, bytes, len);
	sim_der_end(out, mark);
}

void
sim_der_algorithm(struct sim_buffer *out, bool rsa)
{
	static const uint8_t ecdsa_sha256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
	static const uint8_t rsa_sha256[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b };
	const size_t mark = sim_der_begin(out, DER_SEQUENCE);

	if (rsa) {
		sim_der_oid(out, rsa_sha256, sizeof(rsa_sha256));
		sim_der_put(out, DER_NULL, NULL, 0);
	} else {
		sim_der_oid(out, ecdsa_sha256, sizeof(ecdsa_sha256));
	}
	sim_der_end(out, mark);
}

void
sim_der_signed_ecdsa(struct sim_buffer *out, const struct sim_buffer *tbs, const uint8_t signature[static 64])
{
	const size_t mark = sim_der_begin(out, DER_SEQUENCE);

	sim_put_copy(out, tbs);
	sim_der_algorithm(out, false);

	const size_t bits = sim_der_begin(out, DER_BIT_STRING);

	sim_put_byte(out, 0);

	const size_t pair = sim_der_begin(out, DER_SEQUENCE);

	sim_der_unsigned(out, DER_INTEGER, signature, 32);
	sim_der_unsigned(out, DER_INTEGER, signature + 32, 32);
	sim_der_end(out, pair);
	sim_der_end(out, bits);
	sim_der_end(out, mark);
}

void
sim_der_signed_rsa(struct sim_buffer *out, const struct sim_buffer *tbs, const uint8_t *signature, size_t len)
{
	const size_t mark = sim_der_begin(out, DER_SEQUENCE);

	sim_put_copy(out, tbs);
	sim_der_algorithm(out, true);
	sim_der_bit_string(out, signature, len);
	sim_der_end(out, mark);
}
