/* SPDX-License-Identifier: Apache-2.0 */
/* Writes DER: minimal lengths, minimal integers, nothing optional that is default. */
#ifndef SIM_DER_H
#define SIM_DER_H

#include "sim/buffer.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31
};

/* Everything put between begin and end is the content. */
size_t sim_der_begin(struct sim_buffer *out, uint8_t tag);
void sim_der_end(struct sim_buffer *out, size_t mark);

void sim_der_put(struct sim_buffer *out, uint8_t tag, const void *content, size_t len);
void sim_der_unsigned(struct sim_buffer *out, uint8_t tag, const uint8_t *magnitude, size_t len);
void sim_der_small(struct sim_buffer *out, uint8_t tag, uint32_t value);
void sim_der_boolean(struct sim_buffer *out, bool value);
void sim_der_oid(struct sim_buffer *out, const uint8_t *content, size_t len);
/* 1.2.840.113741.1.13.1 and up to two more arcs, each below 128; 0: none. */
void sim_der_sgx_oid(struct sim_buffer *out, uint8_t arc, uint8_t sub_arc);
void sim_der_time(struct sim_buffer *out, int64_t seconds);
void sim_der_bit_string(struct sim_buffer *out, const void *bytes, size_t len);
/* SEQUENCE { ecdsa-with-SHA256 } or sha256WithRSAEncryption with NULL */
void sim_der_algorithm(struct sim_buffer *out, bool rsa);
/* SEQUENCE { tbs, algorithm, BIT STRING signature } */
void sim_der_signed_ecdsa(struct sim_buffer *out, const struct sim_buffer *tbs, const uint8_t signature[static 64]);
void sim_der_signed_rsa(struct sim_buffer *out, const struct sim_buffer *tbs, const uint8_t *signature, size_t len);

#endif
