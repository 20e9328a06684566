/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A block from its beginning to its commit entry, and the public face of the
 * machine.
 *
 * The id of a block is the leaf hash of its commit entry, which holds the state
 * root; so no row can hold the id of the block that it is of.  The next block
 * writes it, and a register that is opened computes it again.
 */
#include "log/merkle.h"
#include "register/rules.h"

_Static_assert(sizeof(struct machine) <= ASSAY_REGISTER_BYTES, "the machine outgrew its memory");

static struct machine *
machine_of(struct assay_register *reg)
{
	return (struct machine *)(void *)reg->opaque;
}

/* ---- entries */

static void
entry_append_now(struct machine *m, struct assay_bytes entry)
{
	if (!m->failed && !m->entries.append(m->entries.context, m->next_entry, entry)) {
		m->failed = true;
	}
	m->next_entry++;
}

void
entry_append(struct machine *m, struct assay_bytes entry)
{
	assert(entry.len <= ASSAY_ENTRY_BYTES_MAX);
	if (!m->beginning) {
		entry_append_now(m, entry);
		return;
	}
	assert(entry.len + 2 <= sizeof(m->late) - m->late_len);
	m->late[m->late_len] = (uint8_t)(entry.len >> 8);
	m->late[m->late_len + 1] = (uint8_t)entry.len;
	bytes_copy(m->late + m->late_len + 2, entry, entry.len);
	m->late_len += entry.len + 2;
}

static void
late_flush(struct machine *m)
{
	struct cursor c = cursor_over(bytes_of(m->late, m->late_len));

	while (c.left != 0 && !c.bad) {
		const uint16_t len = cursor_u16be(&c);

		entry_append_now(m, cursor_take(&c, len));
	}
	m->late_len = 0;
}

/* ---- rows of the block itself.  The commit entry stands for them in the log. */

static void
meta_write(struct machine *m)
{
	const struct row_key key = key_start(TABLE_META);

	row_put(m, &key, &m->meta);
}

void
parameters_load(struct machine *m)
{
	for (unsigned i = 0; i < PARAMETER_END; i++) {
		const struct row_key key = key_u16(key_start(TABLE_PARAMETER), (uint16_t)i);
		struct parameter row;

		m->parameters[i] = 0;
		if (parameter_bounds(i) == NULL) {
			continue;
		}
		if (!row_get(m, &key, &row)) {
			m->failed = true;
		}
		m->parameters[i] = row.value;
	}
}

/* Block h - 1 gets its id, block h its row. */
static void
block_rows(struct machine *m)
{
	const struct row_key before = key_u64(key_start(TABLE_BLOCK), m->meta.height - 1);
	const struct row_key now = key_u64(key_start(TABLE_BLOCK), m->meta.height);
	struct block block;

	if (!row_get(m, &before, &block)) {
		m->failed = true;
	}
	memcpy(block.id, m->last_block_id, sizeof(block.id));
	row_put(m, &before, &block);
	memset(&block, 0, sizeof(block));
	block.time_ms = m->meta.time_ms;
	block.own_ms = m->own_ms;
	block.epoch = m->meta.epoch;
	block.slot = NO_SLOT;
	block.spot = NO_SLOT;
	row_put(m, &now, &block);
}

/* Rows of blocks that nothing refers to any more; one more than comes each block. */
static void
blocks_prune(struct machine *m)
{
	const uint64_t keep = parameter(m, PARAMETER_NONCE_AGE) + parameter(m, PARAMETER_REATTEST_WINDOW) + 1;
	const struct row_key prefix = key_start(TABLE_BLOCK);
	const struct row_key sweep_key = key_start(TABLE_SWEEP);
	struct sweep sweep;
	struct block block;

	row_get(m, &sweep_key, &sweep);
	for (unsigned i = 0; i < 2; i++) {
		struct row_key key = prefix;
		struct assay_bytes primary;
		uint64_t height;

		if (!row_next(m, &prefix, &key, &block)) {
			return;
		}
		primary = key_primary(&key);
		height = key_take(&primary, 8);
		if (height + keep >= m->meta.height || height >= sweep.due_height ||
		    height >= sweep.reattest_height) {
			return;
		}
		row_remove(m, &key);
	}
}

/* ---- from begin to end */

static void
inputs_start(struct machine *m)
{
	static const char domain[] = "assay/inputs/1";
	const struct row_key height_and_time =
	    key_u64(key_u64((struct row_key){ { 0 }, 0 }, m->meta.height), m->meta.time_ms);

	crypto_sha256_2(m->crypto, m->inputs, bytes_of(domain, sizeof(domain) - 1),
	    bytes_of(height_and_time.bytes, height_and_time.len));
}

static void
clock_advance(struct machine *m, uint64_t time_ms)
{
	const uint64_t gap = time_ms - m->meta.time_ms;

	assert(time_ms > m->meta.time_ms);
	if (gap > parameter(m, PARAMETER_HALT_GAP)) {
		m->meta.halted_ms += gap;
	}
	m->meta.time_ms = time_ms;
	m->meta.height++;
	m->own_ms = m->meta.time_ms - m->meta.halted_ms;
}

static void
block_begin(struct machine *m, uint64_t time_ms)
{
	clock_advance(m, time_ms);
	memcpy(m->meta.block_id, m->last_block_id, sizeof(m->meta.block_id));
	m->meta.first_entry = m->next_entry;
	inputs_start(m);
	m->in_block = true;
	m->beginning = true;
	m->late_len = 0;
	if (m->meta.rules_next != 0 && m->meta.height >= m->meta.rules_height) {
		m->meta.rules = m->meta.rules_next;
		m->meta.rules_next = 0;
		m->meta.rules_height = 0;
	}
	step_begin(m);
	block_rows(m);
	step_commit(m, EFFECT_NONE);
	governance_timer(m);
	collateral_timer(m);
	challenge_draw(m);
	effect_flush(m);
	m->beginning = false;
}

/* The commit entry of the block that stands in meta, and its leaf hash. */
static size_t
commit_entry(struct machine *m, struct assay_register_commit *commit)
{
	struct entry_commit entry = {
		.height = m->meta.height,
		.time_ms = m->meta.time_ms,
		.rules = m->meta.rules,
		.first = m->meta.first_entry,
		.last = m->meta.log_size - 1
	};
	struct hash leaf;
	size_t len;

	if (m->failed || !m->rows.root(m->rows.context, entry.state_root)) {
		m->failed = true;
		return 0;
	}
	memcpy(entry.inputs, m->meta.inputs, sizeof(entry.inputs));
	m->entry[0] = ENTRY_COMMIT;
	len = 1 + record_encode(&entry_commit_record, &entry, m->entry + 1, sizeof(m->entry) - 1);
	merkle_leaf(m->crypto, &leaf, bytes_of(m->entry, len));
	commit->height = entry.height;
	commit->time_ms = entry.time_ms;
	memcpy(commit->block_id, leaf.bytes, sizeof(commit->block_id));
	memcpy(commit->state_root, entry.state_root, sizeof(commit->state_root));
	commit->first_entry = entry.first;
	commit->log_size = m->meta.log_size;
	return len;
}

void
block_end(struct machine *m, struct assay_register_commit *commit)
{
	size_t len;

	memset(commit, 0, sizeof(*commit));
	memcpy(m->meta.inputs, m->inputs, sizeof(m->meta.inputs));
	m->meta.log_size = m->next_entry + 1;
	step_begin(m);
	blocks_prune(m);
	meta_write(m);
	step_commit(m, EFFECT_NONE);
	len = commit_entry(m, commit);
	entry_append_now(m, bytes_of(m->entry, len));
	memcpy(m->last_block_id, commit->block_id, sizeof(m->last_block_id));
	m->in_block = false;
}

static void
timers_run(struct machine *m)
{
	late_flush(m);
	challenge_timer(m);
	worker_timer(m);
	appraise_timer(m);
	slash_timer(m);
	assign_timer(m);
	effect_flush(m);
}

/* ---- the public face */

bool
assay_register_open(struct assay_register *reg, const struct assay_crypto *crypto,
    const struct assay_rows *rows, const struct assay_entries *entries, struct assay_register_head *head)
{
	struct machine *m = machine_of(reg);
	const struct row_key key = key_start(TABLE_META);
	struct assay_register_commit commit;

	memset(m, 0, sizeof(*m));
	memset(head, 0, sizeof(*head));
	m->crypto = crypto;
	m->rows = *rows;
	m->entries = *entries;
	if (!row_get(m, &key, &m->meta) || m->meta.rules == 0 || m->meta.rules > RULES_VERSION ||
	    m->meta.log_size == 0) {
		return false;
	}
	parameters_load(m);
	commit_entry(m, &commit);
	if (m->failed) {
		return false;
	}
	m->own_ms = m->meta.time_ms - m->meta.halted_ms;
	m->next_entry = m->meta.log_size;
	memcpy(m->last_block_id, commit.block_id, sizeof(m->last_block_id));
	memcpy(head->register_id, m->meta.register_id, sizeof(head->register_id));
	memcpy(head->block_id, commit.block_id, sizeof(head->block_id));
	head->height = m->meta.height;
	head->time_ms = m->meta.time_ms;
	head->log_size = m->meta.log_size;
	head->rules = m->meta.rules;
	return true;
}

bool
assay_register_begin(struct assay_register *reg, uint64_t time_ms)
{
	struct machine *m = machine_of(reg);

	assert(!m->in_block);
	if (!m->failed) {
		block_begin(m, time_ms);
	}
	return !m->failed;
}

bool
assay_register_apply(struct assay_register *reg, struct assay_bytes transaction,
    struct assay_register_result *result)
{
	struct machine *m = machine_of(reg);

	assert(m->in_block || m->failed);
	memset(result, 0, sizeof(*result));
	if (m->failed) {
		return false;
	}
	result->index = m->next_entry;
	transaction_apply(m, transaction);
	result->code = m->result.code;
	result->detail = m->result.detail;
	result->charged = m->result.code == CODE_ACCEPTED || m->result.code >= CODE_ARGUMENTS;
	result->fee = m->result.fee;
	return !m->failed;
}

bool
assay_register_apply_refused(struct assay_register *reg, const uint8_t digest[static 32], uint16_t code)
{
	struct machine *m = machine_of(reg);

	assert(m->in_block || m->failed);
	if (!m->failed) {
		transaction_refused(m, digest, code);
	}
	return !m->failed;
}

bool
assay_register_end(struct assay_register *reg, struct assay_register_commit *commit)
{
	struct machine *m = machine_of(reg);

	assert(m->in_block || m->failed);
	memset(commit, 0, sizeof(*commit));
	if (!m->failed) {
		timers_run(m);
		block_end(m, commit);
	}
	return !m->failed;
}
