/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers: rows in the order in which they are due.  The class is the first
 * part of the key, so each class is a queue of its own.
 */
#include "register/rules.h"

static struct row_key
timer_key(enum timer_class class, uint64_t due, struct assay_bytes subject)
{
	return key_bytes(key_u64(key_u8(key_start(TABLE_TIMER), (uint8_t)class), due), subject);
}

void
timer_set(struct machine *m, enum timer_class class, uint64_t due, struct assay_bytes subject)
{
	const struct row_key key = timer_key(class, due, subject);
	const struct timer timer = { true };

	row_put(m, &key, &timer);
}

void
timer_clear(struct machine *m, enum timer_class class, uint64_t due, struct assay_bytes subject)
{
	const struct row_key key = timer_key(class, due, subject);

	if (row_exists(m, &key)) {
		row_remove(m, &key);
	}
}

bool
timer_take(struct machine *m, enum timer_class class, uint64_t now, uint64_t *due, uint8_t *out, size_t *len)
{
	const struct row_key prefix = key_u8(key_start(TABLE_TIMER), (uint8_t)class);
	struct row_key key = prefix;
	struct assay_bytes rest;
	struct timer timer;

	if (!row_next(m, &prefix, &key, &timer)) {
		return false;
	}
	rest = bytes_slice(bytes_of(key.bytes, key.len), prefix.len, (size_t)key.len - prefix.len);
	if (rest.len < 8) {
		m->failed = true;
		return false;
	}
	*due = key_take(&rest, 8);
	if (*due > now) {
		return false;
	}
	assert(rest.len <= 64);
	*len = rest.len;
	bytes_copy(out, rest, rest.len);
	row_remove(m, &key);
	return true;
}
