/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches of answers.  Some hundreds are looked up and checked, their signatures
 * are verified in one call, then rows change; so to the end.  Each answer is
 * taken or refused by itself.
 */
#include "register/challenge.h"

#define ID_BYTES_LEAST		2
#define SLOT_ID_BYTES		4	/* of an id, that say its slot */
#define SIGNATURE_BYTES		64
#define BEHIND_MAX		128	/* an epoch, in the unit of struct answer_state */
#define CHANGES_PER_ANSWER	16	/* at most, and some to spare */

_Static_assert(58000 / (ID_BYTES_LEAST + STATE_BYTES + SIGNATURE_BYTES) * 4 <= 4000,
    "a result has room for the codes of all answers that a transaction can bring");

/* ---- what an answer does */

/* The last two draws answered, the newer one first. */
static void
answered_note(struct worker *worker, uint64_t height)
{
	if (height > worker->answered[0]) {
		worker->answered[1] = worker->answered[0];
		worker->answered[0] = height;
	} else if (height > worker->answered[1]) {
		worker->answered[1] = height;
	}
}

/* What the silence has cost may leave it with too little stake to be admitted, until more is bonded. */
static void
silence_end(struct machine *m, const uint8_t id[static 32], struct worker *worker)
{
	if (worker->state == WORKER_UNRESPONSIVE) {
		worker_enter(m, id, worker, WORKER_ONLINE, WORKER_BECAUSE_NONE);
	}
}

void
draw_answered(struct machine *m, const uint8_t id[static 32], struct worker *worker, uint64_t height,
    uint32_t epoch)
{
	answered_note(worker, height);
	window_note(worker, epoch, true);
	worker->answers++;
	silence_end(m, id, worker);
	/* What is owed is paid first: it makes room for what comes to be owed. */
	reward_settle(m, worker);
	weight_add(m, id, worker, epoch);
}

void
challenge_answered(struct machine *m, const uint8_t id[static 32], struct worker *worker, uint64_t height)
{
	struct block block;

	if (block_get(m, height, &block)) {
		draw_answered(m, id, worker, height, block.epoch);
	}
}

/* ---- finding the worker that an answer is of */

static int
key_order(const struct row_key *a, const struct row_key *b)
{
	const int order = memcmp(a->bytes, b->bytes, a->len < b->len ? a->len : b->len);

	return order != 0 ? order : (int)a->len - (int)b->len;
}

static bool
id_begins(const uint8_t id[static 32], struct assay_bytes beginning)
{
	return memcmp(id, beginning.data, beginning.len) == 0;
}

/* The first worker of the slot after that key into the batch's ahead place. */
static bool
ahead_read(struct machine *m, const struct row_key *slot, const struct row_key *from)
{
	struct answer_batch *const b = &m->batch;
	struct row_key key = *from;

	b->ahead = row_next(m, slot, &key, &b->ahead_worker.row);
	if (b->ahead) {
		struct assay_bytes primary = key_primary(&key);

		b->ahead_from = *from;
		bytes_copy(b->ahead_worker.id, bytes_slice(primary, 2, 32), 32);
	}
	return b->ahead;
}

/* Is the row at hand the first one after that key? */
static bool
ahead_serves(const struct machine *m, const struct row_key *slot, const struct row_key *from)
{
	const struct answer_batch *const b = &m->batch;
	const struct row_key key = key_bytes(*slot, ARRAY_BYTES(b->ahead_worker.id));

	return b->ahead && memcmp(b->ahead_from.bytes, slot->bytes, slot->len) == 0 &&
	    key_order(&b->ahead_from, from) <= 0 && key_order(from, &key) < 0;
}

/*
 * How many workers of the slot begin so: none, one (to *out), or two where
 * there are more.  Answers that stand in the order of their ids cost one read each.
 */
static unsigned
slot_search(struct machine *m, uint16_t number, struct assay_bytes beginning, struct answer_worker *out)
{
	struct answer_batch *const b = &m->batch;
	const struct row_key slot = key_u16(key_start(TABLE_WORKER), number);
	const struct row_key from = key_bytes(slot, beginning);

	if (number == NO_SLOT) {
		return 0;
	}
	if (beginning.len == sizeof(out->id)) {
		bytes_copy(out->id, beginning, sizeof(out->id));
		return row_get(m, &from, &out->row) ? 1 : 0;
	}
	if ((!ahead_serves(m, &slot, &from) && !ahead_read(m, &slot, &from)) ||
	    !id_begins(b->ahead_worker.id, beginning)) {
		return 0;
	}
	*out = b->ahead_worker;
	const struct row_key found = key_bytes(slot, ARRAY_BYTES(out->id));

	return ahead_read(m, &slot, &found) && id_begins(b->ahead_worker.id, beginning) ? 2 : 1;
}

static unsigned
worker_search(struct machine *m, const struct block *block, struct assay_bytes beginning,
    struct answer_worker *out)
{
	uint8_t id[32] = { 0 };
	struct answer_worker other;
	unsigned found;

	if (beginning.len >= SLOT_ID_BYTES) {
		memcpy(id, beginning.data, beginning.len);
		return slot_search(m, slot_of_worker(m, id), beginning, out);
	}
	found = slot_search(m, block->slot, beginning, out);
	if (found == 0) {
		return slot_search(m, block->spot, beginning, out);
	}
	return found + slot_search(m, block->spot, beginning, &other);
}

/* Its place in the batch, where a worker stands once however many answers it gave. */
static enum code
worker_find(struct machine *m, const struct block *block, struct assay_bytes beginning, uint16_t *place)
{
	struct answer_batch *const b = &m->batch;
	struct answer_worker *const out = &b->workers[b->workers_count];

	if (worker_search(m, block, beginning, out) != 1) {
		return CODE_ANSWER_WORKER;
	}
	*place = 0;
	while (*place < b->workers_count && (memcmp(b->heads[*place], out->id, sizeof(b->heads[0])) != 0 ||
	    memcmp(b->workers[*place].id, out->id, sizeof(out->id)) != 0)) {
		(*place)++;
	}
	if (*place == b->workers_count) {
		memcpy(b->heads[*place], out->id, sizeof(b->heads[0]));
		b->workers_count++;
	}
	return CODE_ACCEPTED;
}

/* ---- checking */

/* Who is silent may answer to any of the last blocks, but to each one once. */
static enum code
recovery_check(const struct worker *worker, uint64_t height)
{
	if (worker->state != WORKER_UNRESPONSIVE) {
		return CODE_ANSWER_NOT_ASKED;
	}
	return height > worker->state_height ? CODE_ACCEPTED : CODE_ANSWER_TWICE;
}

static enum code
entry_check(struct machine *m, struct answer_entry *entry, const struct block *block,
    struct assay_bytes beginning)
{
	struct answer_state state;
	enum code code = worker_find(m, block, beginning, &entry->worker);

	if (code != CODE_ACCEPTED) {
		return code;
	}
	const struct answer_worker *const w = &m->batch.workers[entry->worker];

	/* That the key is alive is not what is in doubt. */
	if (w->row.state == WORKER_UNRESPONSIVE && w->row.why == WORKER_BECAUSE_UNATTESTED) {
		return CODE_ANSWER_REATTEST;
	}
	code = draw_check(m, w->id, &w->row, entry->height, block, false);
	if (code == CODE_ANSWER_NOT_ASKED) {
		code = recovery_check(&w->row, entry->height);
		entry->recovery = code == CODE_ACCEPTED;
	}
	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (!record_decode(&answer_state_record, &state, ARRAY_BYTES(entry->state)) ||
	    state.behind > BEHIND_MAX) {
		return CODE_ANSWER_BEHIND;
	}
	return worker_standing(m, &w->row) == WORKER_BECAUSE_NONE ? CODE_ACCEPTED : CODE_ANSWER_NOT_ADMITTED;
}

static void
item_add(struct machine *m, struct answer_entry *entry, const struct block *block, struct assay_bytes signature)
{
	struct answer_batch *const b = &m->batch;
	const struct answer_worker *const w = &b->workers[entry->worker];
	uint8_t *const message = b->messages[b->items_count];

	answer_message(message, m->meta.register_id, w->id, entry->height, block->id, entry->state);
	b->items[b->items_count] = (struct assay_signature_item){
		.algorithm = ASSAY_ECDSA_P256_SHA256,
		.key = ARRAY_BYTES(w->row.key),
		.message = bytes_of(message, ANSWER_MESSAGE_BYTES),
		.signature = signature
	};
	entry->item = (uint16_t)b->items_count;
	b->items_count++;
}

/* ---- reading */

static bool
group_read(struct cursor *c, struct answer_group *group, struct assay_bytes *answers)
{
	record_read(&answer_group_record, group, c);
	if (c->bad || group->count == 0 || group->id_bytes < ID_BYTES_LEAST || group->id_bytes > 32) {
		return false;
	}
	*answers = cursor_take(c, (size_t)group->count * (group->id_bytes + (size_t)(STATE_BYTES + SIGNATURE_BYTES)));
	return !c->bad;
}

static bool
groups_are_good(struct assay_bytes groups)
{
	struct cursor c = cursor_over(groups);
	struct answer_group group;
	struct assay_bytes answers;

	if (groups.len == 0) {
		return false;
	}
	while (c.left != 0) {
		if (!group_read(&c, &group, &answers)) {
			return false;
		}
	}
	return true;
}

/* The block that a group answers to; false where its window has passed, or has not begun. */
static bool
group_block(struct machine *m, uint64_t height, struct block *block)
{
	return height < m->meta.height && height + parameter(m, PARAMETER_WINDOW) >= m->meta.height &&
	    block_get(m, height, block);
}

/* ---- changing rows */

/* An earlier answer of the same batch may have changed what was checked. */
static enum code
entry_check_again(const struct answer_entry *entry, const struct worker *worker)
{
	if (entry->recovery) {
		return recovery_check(worker, entry->height);
	}
	if (worker->state != WORKER_ONLINE && worker->state != WORKER_UNRESPONSIVE) {
		return CODE_ANSWER_NOT_ASKED;
	}
	return entry->height == worker->answered[0] || entry->height == worker->answered[1] ?
	    CODE_ANSWER_TWICE : CODE_ACCEPTED;
}

static enum code
entry_apply(struct machine *m, const struct answer_entry *entry)
{
	struct answer_worker *const w = &m->batch.workers[entry->worker];
	const uint8_t before = w->row.state;
	const enum code code = entry_check_again(entry, &w->row);

	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (entry->height > w->row.state_height) {
		w->row.state_height = entry->height;
		memcpy(w->row.signed_state, entry->state, sizeof(w->row.signed_state));
	}
	if (entry->recovery) {
		silence_end(m, w->id, &w->row);
	} else {
		draw_answered(m, w->id, &w->row, entry->height, entry->epoch);
	}
	if (w->row.state == before) {
		/* No total of meta hangs on what changed, so the stored row need not be read. */
		const struct row_key key = key_of_worker(m, w->id);

		row_put(m, &key, &w->row);
	} else {
		worker_put(m, w->id, &w->row);
	}
	return CODE_ACCEPTED;
}

/* As many answers to a step as its changes have room for: they share rows. */
static void
batch_apply(struct machine *m)
{
	struct answer_batch *const b = &m->batch;

	step_begin(m);
	for (size_t i = 0; i < b->count && !m->failed; i++) {
		struct answer_entry *const entry = &b->entries[i];

		if (entry->code != CODE_ACCEPTED) {
			continue;
		}
		entry->code = (uint16_t)(b->items[entry->item].valid ? entry_apply(m, entry) :
							       CODE_ANSWER_SIGNATURE);
		b->accepted += entry->code == CODE_ACCEPTED ? 1 : 0;
		if (m->changes.count > CHANGES_MAX - CHANGES_PER_ANSWER ||
		    m->changes.used > sizeof(m->changes.bytes) / 2) {
			step_commit(m, EFFECT_NONE);
			step_begin(m);
		}
	}
	step_commit(m, EFFECT_NONE);
}

static void
parts_add(struct machine *m, size_t index, uint16_t code)
{
	const struct row_key part =
	    key_u16(key_u16((struct row_key){ { 0 }, 0 }, (uint16_t)index), code);

	assert(m->result.parts.len + part.len <= sizeof(m->result.parts.data));
	memcpy(m->result.parts.data + m->result.parts.len, part.bytes, part.len);
	m->result.parts.len = (uint16_t)(m->result.parts.len + part.len);
}

/* Verify and apply what is at hand, and make room for more. */
static void
batch_take(struct machine *m)
{
	struct answer_batch *const b = &m->batch;

	m->crypto->verify(m->crypto->context, b->items, b->items_count);
	batch_apply(m);
	for (size_t i = 0; i < b->count; i++) {
		if (b->entries[i].code != CODE_ACCEPTED) {
			parts_add(m, b->first + i, b->entries[i].code);
		}
	}
	b->first += b->count;
	b->count = 0;
	b->workers_count = 0;
	b->items_count = 0;
	b->ahead = false;
}

static void
group_check(struct machine *m, const struct answer_group *group, struct assay_bytes answers)
{
	struct answer_batch *const b = &m->batch;
	struct cursor c = cursor_over(answers);
	struct block block;
	const bool in_time = group_block(m, group->height, &block);

	for (unsigned i = 0; i < group->count; i++) {
		if (b->count == ANSWERS_AT_ONCE) {
			batch_take(m);
		}
		struct answer_entry *const entry = &b->entries[b->count];
		const struct assay_bytes beginning = cursor_take(&c, group->id_bytes);

		memset(entry, 0, sizeof(*entry));
		b->count++;
		entry->height = group->height;
		entry->code = CODE_ANSWER_HEIGHT;
		cursor_copy(&c, entry->state, sizeof(entry->state));
		const struct assay_bytes signature = cursor_take(&c, SIGNATURE_BYTES);

		if (in_time) {
			entry->epoch = block.epoch;
			entry->code = (uint16_t)entry_check(m, entry, &block, beginning);
		}
		if (entry->code == CODE_ACCEPTED) {
			item_add(m, entry, &block, signature);
		}
	}
}

enum code
apply_answers(struct machine *m, const struct answers_arguments *a)
{
	struct answer_batch *const b = &m->batch;
	struct cursor c = cursor_over(a->groups);
	struct answer_group group;
	struct assay_bytes answers;

	if (!groups_are_good(a->groups)) {
		return CODE_ANSWERS_FORM;
	}
	b->first = 0;
	b->accepted = 0;
	b->count = 0;
	b->workers_count = 0;
	b->items_count = 0;
	b->ahead = false;
	while (c.left != 0 && group_read(&c, &group, &answers)) {
		group_check(m, &group, answers);
	}
	batch_take(m);
	if (b->accepted == 0) {
		return CODE_ANSWERS_NONE;
	}
	m->free = true;
	return CODE_ACCEPTED;
}
