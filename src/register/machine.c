/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows and steps: reading through the set of changes, and writing it to the
 * port when the step has succeeded.
 */
#include "register/machine.h"

#include "register/rules.h"

/* ---- the set of changes */

static struct assay_bytes
key_whole(const struct row_key *key)
{
	return bytes_of(key->bytes, key->len);
}

static struct assay_bytes
change_key(const struct change *change)
{
	return bytes_of(change->key, change->key_len);
}

static struct change *
change_find(struct machine *m, struct assay_bytes key)
{
	for (uint32_t i = 0; i < m->changes.count; i++) {
		if (bytes_equal(change_key(&m->changes.change[i]), key)) {
			return &m->changes.change[i];
		}
	}
	return NULL;
}

/* The change of that key, a new one where there is none.  A rule that changes
 * more rows than a step holds is a bug in the rule. */
static struct change *
change_of(struct machine *m, const struct row_key *key)
{
	struct change *change = change_find(m, key_whole(key));

	assert(m->in_step);
	if (change == NULL) {
		assert(m->changes.count < CHANGES_MAX);
		change = &m->changes.change[m->changes.count];
		m->changes.count++;
		memset(change, 0, sizeof(*change));
		memcpy(change->key, key->bytes, key->len);
		change->key_len = key->len;
	}
	return change;
}

static struct assay_bytes
change_value(const struct machine *m, const struct change *change)
{
	return bytes_slice(bytes_of(m->changes.bytes, m->changes.used), change->from, change->len);
}

/* ---- reading */

/* Order of keys: by their bytes, a beginning before what it begins. */
static int
key_compare(struct assay_bytes a, struct assay_bytes b)
{
	const size_t common = a.len < b.len ? a.len : b.len;
	const int order = common != 0 ? memcmp(a.data, b.data, common) : 0;

	if (order != 0) {
		return order;
	}
	return a.len < b.len ? -1 : a.len > b.len;
}

static const struct record *
key_record(const struct row_key *key)
{
	const struct record *record = table_record((enum table)key->bytes[0]);

	assert(key->len >= 1 && record != NULL);
	return record;
}

/* What stands in m->row as the row of that key; a row that does not decode is
 * corruption, and loses the block. */
static bool
row_decode(struct machine *m, const struct row_key *key, size_t len, void *row)
{
	if (!record_decode(key_record(key), row, bytes_of(m->row, len))) {
		m->failed = true;
		return false;
	}
	return true;
}

static bool
row_load(struct machine *m, const struct row_key *key, size_t *len)
{
	const struct change *change = change_find(m, key_whole(key));
	enum assay_rows_result result;

	*len = 0;
	if (change != NULL) {
		if (change->removed) {
			return false;
		}
		*len = change->len;
		bytes_copy(m->row, change_value(m, change), change->len);
		return true;
	}
	if (m->failed) {
		return false;
	}
	result = m->rows.get(m->rows.context, key_whole(key), m->row, sizeof(m->row), len);
	m->failed = m->failed || result == ASSAY_ROWS_FAILED;
	return result == ASSAY_ROWS_FOUND;
}

bool
row_get(struct machine *m, const struct row_key *key, void *row)
{
	size_t len;

	if (row_load(m, key, &len) && row_decode(m, key, len, row)) {
		return true;
	}
	memset(row, 0, key_record(key)->struct_size);
	return false;
}

bool
row_exists(struct machine *m, const struct row_key *key)
{
	size_t len;

	return row_load(m, key, &len);
}

/* The first change after the key that begins with the prefix and puts a row. */
static const struct change *
change_next(const struct machine *m, struct assay_bytes prefix, struct assay_bytes after)
{
	const struct change *best = NULL;

	for (uint32_t i = 0; i < m->changes.count; i++) {
		const struct change *change = &m->changes.change[i];
		const struct assay_bytes key = change_key(change);

		if (!change->removed && key.len >= prefix.len &&
		    bytes_equal(bytes_slice(key, 0, prefix.len), prefix) && key_compare(key, after) > 0 &&
		    (best == NULL || key_compare(key, change_key(best)) < 0)) {
			best = change;
		}
	}
	return best;
}

/* The port's next row that the step has not removed; its key to *key, its value to m->row. */
static bool
port_next(struct machine *m, struct assay_bytes prefix, struct row_key *key, size_t *len)
{
	for (;;) {
		struct row_key found = { { 0 }, 0 };
		size_t found_len = 0;
		enum assay_rows_result result = ASSAY_ROWS_FAILED;
		const struct change *change;

		if (!m->failed) {
			result = m->rows.next(m->rows.context, key_whole(key), found.bytes, &found_len, m->row,
			    sizeof(m->row), len);
		}
		if (result != ASSAY_ROWS_FOUND) {
			m->failed = m->failed || result == ASSAY_ROWS_FAILED;
			return false;
		}
		found.len = (uint8_t)found_len;
		if (found.len < prefix.len ||
		    !bytes_equal(bytes_slice(key_whole(&found), 0, prefix.len), prefix)) {
			return false;
		}
		*key = found;
		change = change_find(m, key_whole(&found));
		if (change == NULL || !change->removed) {
			return true;
		}
	}
}

bool
row_next(struct machine *m, const struct row_key *prefix, struct row_key *key, void *row)
{
	struct row_key found = *key;
	size_t len = 0;
	const struct change *change = change_next(m, key_whole(prefix), key_whole(key));
	const bool in_port = port_next(m, key_whole(prefix), &found, &len);

	memset(row, 0, key_record(prefix)->struct_size);
	if (m->failed) {
		return false;
	}
	if (change != NULL && (!in_port || key_compare(change_key(change), key_whole(&found)) <= 0)) {
		memset(&found, 0, sizeof(found));
		memcpy(found.bytes, change->key, change->key_len);
		found.len = change->key_len;
		len = change->len;
		bytes_copy(m->row, change_value(m, change), len);
	} else if (!in_port) {
		return false;
	}
	*key = found;
	return row_decode(m, key, len, row);
}

/* ---- writing */

void
row_put(struct machine *m, const struct row_key *key, const void *row)
{
	struct change *change = change_of(m, key);
	const size_t room = sizeof(m->changes.bytes) - m->changes.used;
	const size_t len = record_encode(key_record(key), row, m->changes.bytes + m->changes.used, room);

	assert(len <= room && len <= ASSAY_ROW_BYTES_MAX);
	change->removed = false;
	change->from = m->changes.used;
	change->len = len;
	m->changes.used += len;
}

void
row_remove(struct machine *m, const struct row_key *key)
{
	struct change *change = change_of(m, key);

	change->removed = true;
	change->len = 0;
	change->from = 0;
}

/* ---- effects: changes without a transaction, as an entry */

static void
effect_start(struct machine *m, enum effect effect)
{
	const struct entry_effect head = { m->meta.height, (uint8_t)effect };

	m->effect = (uint8_t)effect;
	m->effect_bytes[0] = ENTRY_EFFECT;
	m->effect_len = 1 + record_encode(&entry_effect_record, &head, m->effect_bytes + 1,
	    sizeof(m->effect_bytes) - 1);
}

void
effect_flush(struct machine *m)
{
	if (m->effect == EFFECT_NONE) {
		return;
	}
	entry_append(m, bytes_of(m->effect_bytes, m->effect_len));
	m->effect = EFFECT_NONE;
	m->effect_len = 0;
}

static void
effect_put(struct machine *m, const void *data, size_t len)
{
	assert(len <= sizeof(m->effect_bytes) - m->effect_len);
	if (len != 0) {
		memcpy(m->effect_bytes + m->effect_len, data, len);
	}
	m->effect_len += len;
}

/*
 * Long rows (evidence, documents) stand in the log already, in the transaction
 * that brought them; an effect names them by digest.
 */
#define EFFECT_ROW_MAX	8192

enum row_form {
	ROW_ABSENT = 0,
	ROW_WHOLE,
	ROW_DIGEST
};

struct effect_row {
	enum row_form form;
	struct assay_bytes bytes;
	uint8_t digest[32];
};

static void
effect_row(const struct machine *m, struct effect_row *row, bool there, struct assay_bytes value)
{
	row->form = !there ? ROW_ABSENT : value.len <= EFFECT_ROW_MAX ? ROW_WHOLE : ROW_DIGEST;
	row->bytes = there ? value : bytes_of(NULL, 0);
	if (row->form == ROW_DIGEST) {
		crypto_sha256(m->crypto, row->digest, value);
		row->bytes = bytes_of(row->digest, sizeof(row->digest));
	}
}

static void
effect_put_row(struct machine *m, const struct effect_row *row)
{
	const uint8_t head[3] = { (uint8_t)row->form, (uint8_t)(row->bytes.len >> 8), (uint8_t)row->bytes.len };

	effect_put(m, head, row->form == ROW_ABSENT ? 1 : 3);
	effect_put(m, row->bytes.data, row->bytes.len);
}

static void
effect_add(struct machine *m, enum effect effect, const struct change *change, bool was, struct assay_bytes old)
{
	struct effect_row before;
	struct effect_row after;

	effect_row(m, &before, was, old);
	effect_row(m, &after, !change->removed, change_value(m, change));
	const size_t need = 1 + (size_t)change->key_len + 6 + before.bytes.len + after.bytes.len;

	if (m->effect != EFFECT_NONE &&
	    (m->effect != effect || need > ASSAY_TRANSACTION_BYTES_MAX - m->effect_len)) {
		effect_flush(m);
	}
	if (m->effect == EFFECT_NONE) {
		effect_start(m, effect);
	}
	effect_put(m, &change->key_len, 1);
	effect_put(m, change->key, change->key_len);
	effect_put_row(m, &before);
	effect_put_row(m, &after);
}

/* ---- steps */

void
step_begin(struct machine *m)
{
	assert(!m->in_step);
	m->in_step = true;
	m->changes.count = 0;
	m->changes.used = 0;
	m->meta_before = m->meta;
}

void
step_abort(struct machine *m)
{
	assert(m->in_step);
	m->in_step = false;
	m->changes.count = 0;
	m->changes.used = 0;
	m->meta = m->meta_before;
}

static void
change_write(struct machine *m, const struct change *change, enum effect effect)
{
	const struct assay_bytes key = change_key(change);
	const struct assay_bytes value = change_value(m, change);
	size_t len = 0;
	bool was = false;

	if (effect != EFFECT_NONE || change->removed) {
		const enum assay_rows_result result =
		    m->rows.get(m->rows.context, key, m->row, sizeof(m->row), &len);

		m->failed = m->failed || result == ASSAY_ROWS_FAILED;
		was = result == ASSAY_ROWS_FOUND;
	}
	/* What came and went within the step, and what stayed as it was, is no change. */
	if (m->failed || (change->removed && !was) ||
	    (was && !change->removed && bytes_equal(value, bytes_of(m->row, len)))) {
		return;
	}
	if (effect != EFFECT_NONE) {
		effect_add(m, effect, change, was, bytes_of(m->row, len));
	}
	if (!(change->removed ? m->rows.remove(m->rows.context, key)
			      : m->rows.put(m->rows.context, key, value))) {
		m->failed = true;
	}
}

void
step_commit(struct machine *m, enum effect effect)
{
	assert(m->in_step);
	for (uint32_t i = 0; i < m->changes.count && !m->failed; i++) {
		change_write(m, &m->changes.change[i], effect);
	}
	m->in_step = false;
	m->changes.count = 0;
	m->changes.used = 0;
}
