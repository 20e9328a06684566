/* SPDX-License-Identifier: Apache-2.0 */
/* The auditor's own books: answers from the entries, payments from the rows. */
#include <stdlib.h>

#include "driver/trace_inside.h"

/* ---- workers ---------------------------------------------------------- */

static uint32_t
head_of(const uint8_t id[static 32])
{
	return (uint32_t)(id[0] << 8 | id[1]);
}

struct traced *
traced_find(const struct trace *t, const uint8_t id[static 32])
{
	for (uint32_t at = t->heads[head_of(id)]; at != 0; at = t->workers[at - 1].next) {
		if (memcmp(t->workers[at - 1].id, id, 32) == 0) {
			return &t->workers[at - 1];
		}
	}
	return NULL;
}

static struct traced *
traced_add(struct trace *t, const uint8_t id[static 32])
{
	struct traced *found = traced_find(t, id);

	if (found != NULL) {
		return found;
	}
	if (t->count == t->size) {
		const size_t size = t->size * 2 + 64;
		struct traced *workers = size > UINT32_MAX / 2 ? NULL : realloc(t->workers, size * sizeof(*workers));

		if (workers == NULL) {
			t->failed = true;
			return NULL;
		}
		t->workers = workers;
		t->size = size;
	}
	found = &t->workers[t->count];
	memset(found, 0, sizeof(*found));
	memcpy(found->id, id, sizeof(found->id));
	t->count++;
	found->next = t->heads[head_of(id)];
	t->heads[head_of(id)] = (uint32_t)t->count;
	return found;
}

void
trace_know(struct trace *t, const uint8_t key[static KEY_BYTES])
{
	struct traced *worker;
	uint8_t id[32];

	worker_id_of_key(t->crypto, id, key);
	worker = traced_add(t, id);
	if (worker != NULL) {
		memcpy(worker->key, key, sizeof(worker->key));
	}
}

/* The next one in the chain that begins so. */
static const struct traced *
traced_next(const struct trace *t, struct assay_bytes beginning, uint32_t *at)
{
	if (beginning.len < 2 || beginning.len > 32) {
		return NULL;
	}
	*at = *at == 0 ? t->heads[head_of(beginning.data)] : t->workers[*at - 1].next;
	while (*at != 0) {
		const struct traced *const worker = &t->workers[*at - 1];

		if (memcmp(worker->id, beginning.data, beginning.len) == 0) {
			return worker;
		}
		*at = worker->next;
	}
	return NULL;
}

const uint8_t *
trace_key(const struct trace *t, struct assay_bytes beginning, uint32_t *at, const uint8_t **id)
{
	const struct traced *const worker = traced_next(t, beginning, at);

	*id = worker != NULL ? worker->id : NULL;
	return worker != NULL ? worker->key : NULL;
}

/* ---- epochs that a worker answered in --------------------------------- */

static void
kept_advance(struct traced *worker, uint32_t epoch)
{
	if (epoch <= worker->newest) {
		return;
	}
	const uint32_t steps = epoch - worker->newest;

	for (uint32_t i = 0; i < steps && i < TRACE_EPOCHS; i++) {
		const uint32_t at = (epoch - i) % TRACE_EPOCHS;

		worker->kept[at / 64] &= ~(UINT64_C(1) << at % 64);
	}
	worker->newest = epoch;
}

static void
kept_mark(struct traced *worker, uint32_t epoch)
{
	kept_advance(worker, epoch);
	if (worker->newest - epoch < TRACE_EPOCHS) {
		const uint32_t at = epoch % TRACE_EPOCHS;

		worker->kept[at / 64] |= UINT64_C(1) << at % 64;
	}
}

bool
traced_kept(const struct traced *worker, uint32_t epoch)
{
	const uint32_t at = epoch % TRACE_EPOCHS;

	return epoch <= worker->newest && worker->newest - epoch < TRACE_EPOCHS &&
	    (worker->kept[at / 64] >> at % 64 & 1) != 0;
}

/*
 * Was its evidence in date, with a tier, and was it there to answer?  Dates as
 * the rules have them now: where they were stricter once, the machine was too.
 */
static bool
in_good_standing(const struct traced *worker, const struct machine *m)
{
	const uint64_t stretch_ms = parameter(m, PARAMETER_VENDOR_STRETCH);
	const uint64_t age_ms = parameter(m, PARAMETER_EVIDENCE_AGE);

	return worker->accepted && worker->live && worker->tier >= 1 && worker->tier <= 5 &&
	    (worker->state == WORKER_ONLINE || worker->state == WORKER_UNRESPONSIVE) &&
	    m->own_ms < time_add(worker->attested_own_ms, age_ms) &&
	    m->meta.time_ms / 1000 <= time_add(worker->valid_until_s, stretch_ms / 1000);
}

static uint32_t
epoch_of(const struct machine *m, uint64_t height)
{
	return (uint32_t)((height - 1) / parameter(m, PARAMETER_EPOCH_BLOCKS) + 1);
}

static bool
block_at(struct machine *m, uint64_t height, struct block *block)
{
	const struct row_key key = key_u64(key_start(TABLE_BLOCK), height);

	return height != 0 && height < m->meta.height && row_get(m, &key, block);
}

/* ---- what the entries say --------------------------------------------- */

static bool
is_refused(struct assay_bytes parts, size_t index)
{
	for (size_t at = 0; at + 4 <= parts.len; at += 4) {
		if ((size_t)(parts.data[at] << 8 | parts.data[at + 1]) == index) {
			return true;
		}
	}
	return false;
}

/* Who of the workers drawn at that block begins so?  Several may: of a list that the entry does not tell apart, none. */
static struct traced *
answerer(struct trace *t, const struct machine *m, const struct block *block, struct assay_bytes beginning)
{
	struct traced *found = NULL;
	uint32_t at = 0;

	for (const struct traced *w = traced_next(t, beginning, &at); w != NULL; w = traced_next(t, beginning, &at)) {
		const uint16_t slot = slot_of_worker(m, w->id);

		if (w->live && (slot == block->slot || slot == block->spot)) {
			if (found != NULL) {
				return NULL;
			}
			found = &t->workers[at - 1];
		}
	}
	return found;
}

void
trace_answers(struct trace *t, struct machine *m, struct assay_bytes groups, struct assay_bytes parts)
{
	struct cursor c = cursor_over(groups);
	size_t index = 0;

	while (c.left != 0 && !c.bad) {
		struct answer_group group;
		struct block block;

		record_read(&answer_group_record, &group, &c);
		const bool drawn = !c.bad && block_at(m, group.height, &block);

		for (unsigned i = 0; i < group.count && !c.bad; i++, index++) {
			const struct assay_bytes beginning = cursor_take(&c, group.id_bytes);

			(void)cursor_take(&c, STATE_BYTES + 64);
			if (c.bad || !drawn || is_refused(parts, index)) {
				continue;
			}
			struct traced *const worker = answerer(t, m, &block, beginning);

			if (worker != NULL && in_good_standing(worker, m)) {
				kept_mark(worker, epoch_of(m, group.height));
			}
		}
	}
}

void
trace_registered(struct trace *t, const struct machine *m, const struct register_arguments *a)
{
	uint8_t id[32];
	struct traced *worker;

	trace_know(t, a->key);
	worker_id_of_key(t->crypto, id, a->key);
	worker = traced_find(t, id);
	if (worker != NULL) {
		worker->accepted = true;
		worker->attested_own_ms = m->own_ms;
	}
}

/* Where it answered a draw that asked for it, it counts as an answer. */
void
trace_reattested(struct trace *t, struct machine *m, const struct reattest_arguments *a)
{
	struct traced *const worker = traced_find(t, a->worker);
	struct block block;

	if (worker == NULL) {
		return;
	}
	worker->attested_own_ms = m->own_ms;
	if (!block_at(m, a->nonce_height, &block)) {
		return;
	}
	const uint16_t slot = slot_of_worker(m, worker->id);

	if ((slot == block.slot || slot == block.spot) && in_good_standing(worker, m) &&
	    draw_asks_reattestation(t->crypto, block.id, worker->id, parameter(m, PARAMETER_REATTEST_ONE_IN))) {
		kept_mark(worker, epoch_of(m, a->nonce_height));
	}
}

/* ---- the whole -------------------------------------------------------- */

struct traced *
traced_of_row(struct trace *t, const uint8_t id[static 32], const struct worker *row)
{
	struct traced *const worker = traced_add(t, id);
	const struct traced *before;

	if (worker == NULL || worker->live || bytes_all_zero(ARRAY_BYTES(row->predecessor))) {
		return worker;
	}
	/* Its windows and what it is owed are those of the worker that it replaces. */
	before = traced_find(t, row->predecessor);
	if (before != NULL) {
		memcpy(worker->kept, before->kept, sizeof(worker->kept));
		worker->newest = before->newest;
	}
	return worker;
}

struct trace *
trace_new(const struct assay_crypto *crypto)
{
	struct trace *t = calloc(1, sizeof(*t));

	if (t != NULL) {
		t->crypto = crypto;
	}
	return t;
}

void
trace_free(struct trace *t)
{
	if (t == NULL) {
		return;
	}
	sorted_clear(&t->slots);
	sorted_clear(&t->apps);
	free(t->workers);
	free(t->epochs);
	free(t->dues);
	free(t->gains);
	free(t->settled);
	free(t->flows);
	free(t);
}

bool
trace_failed(const struct trace *t)
{
	return t->failed;
}
