/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Payments, seen in the rows: an epoch's share that a worker is no longer owed,
 * and what an app set aside for a slot.  Each is looked up in the books.
 *
 * A row by itself does not say why it changed, so one call of the machine is
 * taken as a whole: what went out of epochs and apps must be what those who
 * were settled in it had coming.
 */
#include <stdlib.h>

#include "driver/trace_inside.h"

#define CLAIM_EPOCHS	720	/* after which a share that nobody fetched goes back to the treasury */

/* A list with room for one more; as it was, and failed is set, where there is no memory. */
static void *
list_room(struct trace *t, void *list, size_t count, size_t *size, size_t each)
{
	if (count != *size) {
		return list;
	}
	const size_t more = *size * 2 + 64;
	void *const grown = realloc(list, more * each);

	if (grown == NULL) {
		t->failed = true;
		return list;
	}
	*size = more;
	return grown;
}

/* A new last item; NULL: no memory. */
#define LIST_ADD(t, name) \
	((t)->name = list_room(t, (t)->name, (t)->name##_count, &(t)->name##_size, sizeof((t)->name[0])), \
	    (t)->failed ? NULL : &(t)->name[(t)->name##_count++])

/* ---- rows of workers and epochs --------------------------------------- */

static bool
owes(const uint32_t epochs[static 2], const uint64_t weights[static 2], uint32_t epoch, uint64_t weight)
{
	return (weights[0] == weight && epochs[0] == epoch) || (weights[1] == weight && epochs[1] == epoch);
}

static void
worker_seen(struct trace *t, struct assay_bytes key, struct assay_bytes value)
{
	struct worker row;
	struct traced *worker;

	if (key.len != 35 || !record_decode(table_record(TABLE_WORKER), &row, value)) {
		return;
	}
	worker = traced_of_row(t, key.data + 3, &row);
	if (worker == NULL) {
		return;
	}
	const uint32_t place = (uint32_t)(worker - t->workers) + 1;

	for (unsigned i = 0; i < 2; i++) {
		if (worker->owed_weight[i] != 0 &&
		    !owes(row.owed_epoch, row.owed_weight, worker->owed_epoch[i], worker->owed_weight[i])) {
			struct due *const due = LIST_ADD(t, dues);

			if (due != NULL) {
				*due = (struct due){ .worker = place, .epoch = worker->owed_epoch[i],
					.weight = worker->owed_weight[i] };
			}
		}
		if (row.owed_weight[i] != 0 &&
		    !owes(worker->owed_epoch, worker->owed_weight, row.owed_epoch[i], row.owed_weight[i])) {
			struct due *const gain = LIST_ADD(t, gains);

			if (gain != NULL) {
				*gain = (struct due){ .worker = place, .epoch = row.owed_epoch[i],
					.weight = row.owed_weight[i] };
				memcpy(gain->predecessor, row.predecessor, sizeof(gain->predecessor));
			}
		}
		worker->owed_epoch[i] = row.owed_epoch[i];
		worker->owed_weight[i] = row.owed_weight[i];
	}
	worker->live = true;
	worker->state = row.state;
	worker->tier = row.tier;
	worker->valid_until_s = row.valid_until_s;
}

static void
worker_gone(struct trace *t, struct assay_bytes key)
{
	struct traced *const worker = key.len == 35 ? traced_find(t, key.data + 3) : NULL;

	if (worker != NULL) {
		worker->live = false;
		memset(worker->owed_weight, 0, sizeof(worker->owed_weight));
	}
}

static void
epoch_seen(struct trace *t, struct assay_bytes key, struct assay_bytes value)
{
	struct assay_bytes primary = bytes_slice(key, 1, key.len - 1);
	struct epoch row;

	if (key.len != 5 || !record_decode(table_record(TABLE_EPOCH), &row, value)) {
		return;
	}
	const uint32_t number = (uint32_t)key_take(&primary, 4);

	if (number >= t->epochs_size) {
		const size_t size = (size_t)number * 2 + 64;
		struct traced_epoch *const epochs = realloc(t->epochs, size * sizeof(*epochs));

		if (epochs == NULL) {
			t->failed = true;
			return;
		}
		memset(epochs + t->epochs_size, 0, (size - t->epochs_size) * sizeof(*epochs));
		t->epochs = epochs;
		t->epochs_size = size;
	}
	struct traced_epoch *const epoch = &t->epochs[number];

	if (!epoch->touched) {
		epoch->touched = true;
		epoch->paid_before = epoch->paid;
	}
	epoch->weight = row.weight;
	epoch->budget = row.budget;
	epoch->paid = row.paid;
	epoch->closed = row.closed;
	t->epoch_first = number < t->epoch_first ? number : t->epoch_first;
	t->epoch_last = number > t->epoch_last ? number : t->epoch_last;
}

/* ---- rows of apps ----------------------------------------------------- */

static struct flow *
flow_of(struct trace *t, struct assay_bytes app)
{
	struct flow *flow;

	for (size_t i = 0; i < t->flows_count; i++) {
		if (memcmp(t->flows[i].app, app.data, sizeof(t->flows[i].app)) == 0) {
			return &t->flows[i];
		}
	}
	flow = LIST_ADD(t, flows);
	if (flow != NULL) {
		memset(flow, 0, sizeof(*flow));
		bytes_copy(flow->app, app, sizeof(flow->app));
	}
	return flow;
}

/* The row as it was; false, and zeros, where there was none. */
static bool
row_before(const struct sorted *rows, struct assay_bytes primary, enum table table, void *row, size_t size)
{
	const struct sorted_row *const was = sorted_find(rows, primary);

	memset(row, 0, size);
	return was != NULL && record_decode(table_record(table), row, row_value(was));
}

static void
row_keep(struct trace *t, struct sorted *rows, struct assay_bytes primary, const struct assay_bytes *value)
{
	if (value == NULL) {
		sorted_remove(rows, primary);
	} else if (sorted_put(rows, primary, *value) == NULL) {
		t->failed = true;
	}
}

static void
app_seen(struct trace *t, struct assay_bytes key, const struct assay_bytes *value)
{
	const struct assay_bytes primary = bytes_slice(key, 1, key.len - 1);
	struct app before, after;

	if (key.len != 33) {
		return;
	}
	struct flow *const flow = flow_of(t, primary);

	row_before(&t->apps, primary, TABLE_APP, &before, sizeof(before));
	row_keep(t, &t->apps, primary, value);
	row_before(&t->apps, primary, TABLE_APP, &after, sizeof(after));
	if (flow != NULL) {
		flow->before += before.escrow;
		flow->after += after.escrow;
		flow->closed = value == NULL || after.state == APP_CLOSED;
	}
}

static void
assignment_seen(struct trace *t, struct assay_bytes key, const struct assay_bytes *value)
{
	const struct assay_bytes primary = bytes_slice(key, 1, key.len - 1);
	struct assignment before, after;

	if (key.len != 35) {
		return;
	}
	struct flow *const flow = flow_of(t, bytes_slice(primary, 0, 32));

	row_before(&t->slots, primary, TABLE_ASSIGNMENT, &before, sizeof(before));
	row_keep(t, &t->slots, primary, value);
	row_before(&t->slots, primary, TABLE_ASSIGNMENT, &after, sizeof(after));
	if (flow != NULL) {
		flow->before += before.reserved;
		flow->after += after.reserved;
	}
	if (before.reserved == 0 || (after.reserved != 0 && after.epoch == before.epoch &&
	    memcmp(after.worker, before.worker, sizeof(after.worker)) == 0)) {
		return;
	}
	struct settled *const settled = LIST_ADD(t, settled);

	if (settled != NULL) {
		bytes_copy(settled->app, bytes_slice(primary, 0, 32), sizeof(settled->app));
		memcpy(settled->worker, before.worker, sizeof(settled->worker));
		settled->epoch = before.epoch;
		settled->amount = before.reserved;
	}
}

static void
slash_seen(struct trace *t, struct assay_bytes key, struct assay_bytes value)
{
	struct slash row;
	size_t len;

	if (record_decode(table_record(TABLE_SLASH), &row, value) &&
	    t->below.get(t->below.context, key, t->value, sizeof(t->value), &len) == ASSAY_ROWS_ABSENT) {
		t->slashes++;
		t->slashed += row.amount;
	}
}

/* ---- the port --------------------------------------------------------- */

static void
change_seen(struct trace *t, struct assay_bytes key, const struct assay_bytes *value)
{
	switch (key.len != 0 ? key.data[0] : 0) {
	case TABLE_WORKER:
		if (value != NULL) {
			worker_seen(t, key, *value);
		} else {
			worker_gone(t, key);
		}
		break;
	case TABLE_EPOCH:
		if (value != NULL) {
			epoch_seen(t, key, *value);
		}
		break;
	case TABLE_APP:
		app_seen(t, key, value);
		break;
	case TABLE_ASSIGNMENT:
		assignment_seen(t, key, value);
		break;
	case TABLE_SLASH:
		if (value != NULL) {
			slash_seen(t, key, *value);
		}
		break;
	default:
		break;
	}
}

static enum assay_rows_result
port_get(void *context, struct assay_bytes key, uint8_t *out, size_t size, size_t *len)
{
	const struct trace *const t = context;

	return t->below.get(t->below.context, key, out, size, len);
}

static bool
port_put(void *context, struct assay_bytes key, struct assay_bytes value)
{
	struct trace *const t = context;

	change_seen(t, key, &value);
	return t->below.put(t->below.context, key, value);
}

static bool
port_remove(void *context, struct assay_bytes key)
{
	struct trace *const t = context;

	change_seen(t, key, NULL);
	return t->below.remove(t->below.context, key);
}

static enum assay_rows_result
port_next(void *context, struct assay_bytes after, uint8_t *key, size_t *key_len, uint8_t *out, size_t size, size_t *len)
{
	const struct trace *const t = context;

	return t->below.next(t->below.context, after, key, key_len, out, size, len);
}

static bool
port_root(void *context, uint8_t root[ASSAY_AT_LEAST(32)])
{
	const struct trace *const t = context;

	return t->below.root(t->below.context, root);
}

struct assay_rows
trace_rows(struct trace *t, const struct assay_rows *rows)
{
	t->below = *rows;
	t->epoch_first = UINT32_MAX;
	t->epoch_last = 0;
	return (struct assay_rows){ t, port_get, port_put, port_remove, port_next, port_root };
}

/* ---- a call is over --------------------------------------------------- */

static void
payment(struct trace_sum *sum, uint64_t amount, bool covered)
{
	sum->payments++;
	sum->paid += amount;
	sum->without += covered ? 0 : 1;
}

/* It went over to the worker that takes its place. */
static bool
was_moved(struct trace *t, const struct due *due)
{
	for (size_t i = 0; i < t->gains_count; i++) {
		struct due *const gain = &t->gains[i];

		if (gain->epoch == due->epoch && gain->weight == due->weight &&
		    memcmp(gain->predecessor, t->workers[due->worker - 1].id, sizeof(gain->predecessor)) == 0) {
			gain->weight = 0;
			return true;
		}
	}
	return false;
}

static void
settle_dues(struct trace *t, struct trace_sum *sum)
{
	for (size_t i = 0; i < t->dues_count; i++) {
		const struct due *const due = &t->dues[i];
		const struct traced *const worker = &t->workers[due->worker - 1];
		struct traced_epoch *const epoch = due->epoch < t->epochs_size ? &t->epochs[due->epoch] : NULL;

		if (was_moved(t, due) || epoch == NULL || !epoch->touched || epoch->weight == 0) {
			continue;
		}
		uint64_t share = mul_div(epoch->budget, due->weight, epoch->weight);
		const uint64_t left = epoch->paid - epoch->paid_before;

		share = share < left ? share : left;
		if (share != 0) {
			epoch->paid_before += share;
			payment(sum, share, traced_kept(worker, due->epoch));
		}
	}
}

/* What went out of an epoch, and nobody had it coming. */
static void
settle_epochs(struct trace *t, const struct machine *m, bool expiring, struct trace_sum *sum)
{
	for (uint32_t i = t->epoch_first; i <= t->epoch_last && i < t->epochs_size; i++) {
		struct traced_epoch *const epoch = &t->epochs[i];
		const bool expired = expiring && epoch->paid == epoch->budget &&
		    m->meta.epoch > CLAIM_EPOCHS && i < m->meta.epoch - CLAIM_EPOCHS;

		if (epoch->touched && epoch->paid != epoch->paid_before && !expired) {
			payment(sum, epoch->paid - epoch->paid_before, false);
		}
		epoch->touched = false;
	}
}

/*
 * Of what an app gave out, each slot's part that a worker had coming.  What is
 * left went to its owner where the app is closed; else nobody had it coming.
 */
static void
settle_flow(struct trace *t, const struct flow *flow, struct trace_sum *sum)
{
	uint64_t out = flow->before > flow->after ? flow->before - flow->after : 0;

	for (size_t i = 0; i < t->settled_count && out != 0; i++) {
		const struct settled *const s = &t->settled[i];
		const struct traced *const worker = traced_find(t, s->worker);

		if (memcmp(s->app, flow->app, sizeof(s->app)) == 0 && s->amount <= out && worker != NULL &&
		    traced_kept(worker, s->epoch)) {
			out -= s->amount;
			payment(sum, s->amount, true);
		}
	}
	if (out != 0 && !flow->closed) {
		payment(sum, out, false);
	}
}

void
trace_settle(struct trace *t, const struct machine *m, bool expiring, struct trace_sum *sum)
{
	memset(sum, 0, sizeof(*sum));
	settle_dues(t, sum);
	settle_epochs(t, m, expiring, sum);
	for (size_t i = 0; i < t->flows_count; i++) {
		settle_flow(t, &t->flows[i], sum);
	}
	sum->slashes = t->slashes;
	sum->slashed = t->slashed;
	t->slashes = 0;
	t->slashed = 0;
	t->dues_count = 0;
	t->gains_count = 0;
	t->settled_count = 0;
	t->flows_count = 0;
	t->epoch_first = UINT32_MAX;
	t->epoch_last = 0;
}
