/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Epochs: all of one length.  One closes when all that it asked is judged; then
 * its budget is fixed, and it is known whether it was void.
 */
#include "register/challenge.h"

/* Shares that nobody fetched for so many epochs go back to the treasury. */
#define CLAIM_EPOCHS	720

uint32_t
epoch_of_height(const struct machine *m, uint64_t height)
{
	return height == 0 ? 0 : (uint32_t)((height - 1) / parameter(m, PARAMETER_EPOCH_BLOCKS) + 1);
}

/* The first height after it. */
static uint64_t
epoch_end(const struct machine *m, uint32_t number)
{
	return number * parameter(m, PARAMETER_EPOCH_BLOCKS) + 1;
}

bool
epoch_get(struct machine *m, uint32_t number, struct epoch *epoch)
{
	const struct row_key key = key_u32(key_start(TABLE_EPOCH), number);

	return row_get(m, &key, epoch);
}

void
epoch_put(struct machine *m, uint32_t number, const struct epoch *epoch)
{
	const struct row_key key = key_u32(key_start(TABLE_EPOCH), number);

	row_put(m, &key, epoch);
}

void
epoch_turn(struct machine *m)
{
	const uint64_t blocks = parameter(m, PARAMETER_EPOCH_BLOCKS);
	const uint32_t number = epoch_of_height(m, m->meta.height);
	struct epoch epoch;

	if (number == m->meta.epoch) {
		return;
	}
	memset(&epoch, 0, sizeof(epoch));
	epoch.start = m->meta.height;
	epoch.left = (uint16_t)blocks;
	epoch.drawn.len = (uint16_t)((blocks + 7) / 8);
	step_begin(m);
	m->meta.epoch = number;
	m->meta.epoch_start = m->meta.height;
	epoch_put(m, number, &epoch);
	step_commit(m, EFFECT_EPOCH);
	parameters_turn(m);
}

bool
epoch_void_since(struct machine *m, uint64_t height)
{
	const uint32_t first = epoch_of_height(m, height);
	uint32_t number = m->meta.epoch;

	/* The newest void epoch is the only one that most silences can have met. */
	if (m->meta.void_epoch == 0 || m->meta.void_epoch - 1 < first) {
		return false;
	}
	for (unsigned i = 0; i <= WINDOW_EPOCHS && number >= first && number != 0; i++, number--) {
		struct epoch epoch;

		if (epoch_get(m, number, &epoch) && epoch.is_void) {
			return true;
		}
	}
	return false;
}

/* Too few of enough answered, and it has not happened lately. */
static bool
epoch_is_void(const struct machine *m, uint32_t number, const struct epoch *epoch)
{
	const bool lately = m->meta.void_epoch != 0 &&
	    number - (m->meta.void_epoch - 1) < parameter(m, PARAMETER_VOID_GAP);

	return epoch->asked >= parameter(m, PARAMETER_VOID_LEAST) && !lately &&
	    epoch->answered * UINT64_C(1000) < epoch->asked * parameter(m, PARAMETER_VOID_SHARE);
}

static void
epoch_settle(struct machine *m, struct sweep *sweep)
{
	const uint32_t number = sweep->close_epoch;
	struct epoch epoch;

	if (!epoch_get(m, number, &epoch)) {
		m->failed = true;
		return;
	}
	epoch.closed = true;
	/* Which slots were drawn is known from the blocks; the row needs it no more. */
	epoch.drawn.len = 0;
	if (epoch.weight != 0) {
		const uint64_t reward = parameter(m, PARAMETER_REWARD);

		epoch.budget = reward < m->meta.treasury ? reward : m->meta.treasury;
		m->meta.treasury -= epoch.budget;
		m->meta.escrows += epoch.budget;
	}
	if (epoch_is_void(m, number, &epoch)) {
		epoch.is_void = true;
		m->meta.void_epoch = number + 1;
		void_begin(sweep, number);
	}
	epoch_put(m, number, &epoch);
	if (number > CLAIM_EPOCHS) {
		reward_expire(m, number - CLAIM_EPOCHS);
	}
	sweep->close_epoch++;
}

void
epoch_close(struct machine *m)
{
	const struct row_key key = key_start(TABLE_SWEEP);
	struct sweep sweep;

	if (!row_get(m, &key, &sweep)) {
		m->failed = true;
		return;
	}
	const uint64_t end = epoch_end(m, sweep.close_epoch);

	/* A void epoch's slashes go back before the next one can be void. */
	if (sweep.close_epoch >= m->meta.epoch || sweep.voiding || sweep.due_height < end ||
	    sweep.reattest_height < end) {
		return;
	}
	step_begin(m);
	epoch_settle(m, &sweep);
	row_put(m, &key, &sweep);
	step_commit(m, EFFECT_EPOCH);
}
