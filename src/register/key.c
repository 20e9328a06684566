/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of rows: the table's number, then what the table's key lists, big endian. */
#include "register/machine.h"

static struct row_key
key_number(struct row_key key, uint64_t value, unsigned bytes)
{
	assert(key.len + bytes <= sizeof(key.bytes));
	for (unsigned i = 0; i < bytes; i++) {
		key.bytes[key.len + i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
	}
	key.len = (uint8_t)(key.len + bytes);
	return key;
}

struct row_key
key_start(enum table table)
{
	return key_number((struct row_key){ { 0 }, 0 }, table, 1);
}

struct row_key
key_u8(struct row_key key, uint8_t value)
{
	return key_number(key, value, 1);
}

struct row_key
key_u16(struct row_key key, uint16_t value)
{
	return key_number(key, value, 2);
}

struct row_key
key_u32(struct row_key key, uint32_t value)
{
	return key_number(key, value, 4);
}

struct row_key
key_u64(struct row_key key, uint64_t value)
{
	return key_number(key, value, 8);
}

struct row_key
key_bytes(struct row_key key, struct assay_bytes value)
{
	assert(value.len <= sizeof(key.bytes) - key.len);
	bytes_copy(key.bytes + key.len, value, value.len);
	key.len = (uint8_t)(key.len + value.len);
	return key;
}

struct row_key
key_of_32(enum table table, const uint8_t id[static 32])
{
	return key_bytes(key_start(table), bytes_of(id, 32));
}

uint16_t
slot_of_worker(const struct machine *m, const uint8_t id[static 32])
{
	const uint32_t head = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];

	return (uint16_t)(head % parameter(m, PARAMETER_EPOCH_BLOCKS));
}

struct row_key
key_of_worker(const struct machine *m, const uint8_t id[static 32])
{
	return key_bytes(key_u16(key_start(TABLE_WORKER), slot_of_worker(m, id)), bytes_of(id, 32));
}

struct assay_bytes
key_primary(const struct row_key *key)
{
	return bytes_slice(bytes_of(key->bytes, key->len), 1, (size_t)key->len - 1);
}

uint64_t
key_take(struct assay_bytes *primary, size_t bytes)
{
	uint64_t value = 0;

	assert(bytes <= 8 && bytes <= primary->len);
	for (size_t i = 0; i < bytes; i++) {
		value = value << 8 | primary->data[i];
	}
	*primary = bytes_slice(*primary, bytes, primary->len - bytes);
	return value;
}
