/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What answers are worth: the windows that a score is made of, the weights that
 * an epoch's budget is shared by, and their pay.
 */
#include "register/challenge.h"

#define WINDOW_MASK	((UINT32_C(1) << WINDOW_EPOCHS) - 1)

/* ---- windows */

void
window_advance(struct worker *worker, uint32_t epoch)
{
	if (epoch <= worker->window_epoch) {
		return;
	}
	const uint32_t steps = epoch - worker->window_epoch;

	for (uint32_t i = 0; i < steps && i < WINDOW_EPOCHS; i++) {
		worker->asked_window[(epoch - i) % WINDOW_EPOCHS] = 0;
		worker->kept_window[(epoch - i) % WINDOW_EPOCHS] = 0;
	}
	worker->missed_mask = steps < WINDOW_EPOCHS ? worker->missed_mask << steps & WINDOW_MASK : 0;
	worker->window_epoch = epoch;
}

void
window_note(struct worker *worker, uint32_t epoch, bool kept)
{
	window_advance(worker, epoch);
	const uint32_t age = worker->window_epoch - epoch;
	const uint32_t at = epoch % WINDOW_EPOCHS;

	if (age >= WINDOW_EPOCHS) {
		return;
	}
	if (worker->asked_window[at] < UINT8_MAX) {
		worker->asked_window[at]++;
		worker->kept_window[at] = (uint8_t)(worker->kept_window[at] + (kept ? 1 : 0));
	}
	if (!kept) {
		worker->missed_mask |= UINT32_C(1) << age;
	}
}

unsigned
window_misses(const struct worker *worker)
{
	unsigned misses = 0;

	for (unsigned i = 0; i < WINDOW_EPOCHS; i++) {
		misses += worker->missed_mask >> i & 1;
	}
	return misses;
}

/* ---- score */

uint32_t
worker_kept_per_mille(const struct worker *worker)
{
	uint32_t asked = 0;
	uint32_t kept = 0;

	for (unsigned i = 0; i < WINDOW_EPOCHS; i++) {
		asked += worker->asked_window[i];
		kept += worker->kept_window[i];
	}
	/* Who was never asked has kept nothing yet. */
	return asked != 0 ? kept * 1000 / asked : 0;
}

uint64_t
tier_factor(const struct machine *m, uint8_t tier)
{
	switch (tier) {
	case 1:
		return parameter(m, PARAMETER_FACTOR_1);
	case 2:
		return parameter(m, PARAMETER_FACTOR_2);
	case 3:
		return parameter(m, PARAMETER_FACTOR_3);
	case 4:
		return parameter(m, PARAMETER_FACTOR_4);
	case 5:
		return parameter(m, PARAMETER_FACTOR_5);
	default:
		return 0;
	}
}

uint32_t
worker_score(const struct machine *m, const struct worker *worker)
{
	return (uint32_t)(tier_factor(m, worker->tier) * worker_kept_per_mille(worker) / 1000);
}

/* ---- weight */

/*
 * Stake that still earns in that epoch: all workers of a platform together have
 * one cap.  An answer that comes when another worker of the platform has begun
 * the next epoch already finds nothing left to count by, and earns nothing.
 */
static uint64_t
platform_stake(struct machine *m, const struct worker *worker, uint32_t epoch)
{
	const struct row_key key = key_of_32(TABLE_PLATFORM, worker->platform);
	const uint64_t cap = parameter(m, PARAMETER_STAKE_CAP);
	struct platform platform;
	uint64_t left;
	uint64_t stake;

	if (!row_get(m, &key, &platform) || epoch < platform.weight_epoch) {
		return 0;
	}
	if (epoch > platform.weight_epoch) {
		platform.weight_epoch = epoch;
		platform.weight_stake = 0;
	}
	left = platform.weight_stake < cap ? cap - platform.weight_stake : 0;
	stake = worker->stake < left ? worker->stake : left;
	if (stake != 0) {
		platform.weight_stake += stake;
		row_put(m, &key, &platform);
	}
	return stake;
}

/* Where the weight of that epoch is to be written down; false: it has one already, or there is no room. */
static bool
owed_place(const struct worker *worker, uint32_t epoch, unsigned *place)
{
	bool found = false;

	for (unsigned i = 0; i < 2; i++) {
		if (worker->owed_weight[i] == 0) {
			*place = i;
			found = true;
		} else if (worker->owed_epoch[i] == epoch) {
			return false;
		}
	}
	return found;
}

static uint64_t
weight_earned(struct machine *m, struct worker *worker, uint32_t number)
{
	const uint64_t factor = tier_factor(m, worker->tier);
	unsigned place;

	if (worker->state != WORKER_ONLINE || factor == 0 || worker->stake < parameter(m, PARAMETER_STAKE_LEAST) ||
	    !owed_place(worker, number, &place)) {
		return 0;
	}
	const uint64_t weight = mul_div(platform_stake(m, worker, number), factor, 1000);

	worker->owed_epoch[place] = number;
	worker->owed_weight[place] = weight;
	return weight;
}

void
weight_add(struct machine *m, const uint8_t id[static 32], struct worker *worker, uint32_t number)
{
	struct epoch epoch;

	(void)id;
	if (!epoch_get(m, number, &epoch) || epoch.closed) {
		return;
	}
	epoch.asked++;
	epoch.answered++;
	epoch.weight += weight_earned(m, worker, number);
	epoch_put(m, number, &epoch);
}

/* ---- pay */

/* Its share of a closed epoch; 0, and false, while that is open. */
static bool
share_pay(struct machine *m, const struct worker *worker, uint32_t number, uint64_t weight)
{
	struct epoch epoch;
	uint64_t share;

	if (number >= m->meta.epoch || !epoch_get(m, number, &epoch) || !epoch.closed) {
		return false;
	}
	share = epoch.weight != 0 ? mul_div(epoch.budget, weight, epoch.weight) : 0;
	if (share > epoch.budget - epoch.paid) {
		share = epoch.budget - epoch.paid;
	}
	if (share != 0 && account_credit(m, worker->operator, share)) {
		m->meta.escrows -= share;
		epoch.paid += share;
		epoch_put(m, number, &epoch);
	}
	return true;
}

void
reward_settle(struct machine *m, struct worker *worker)
{
	for (unsigned i = 0; i < 2; i++) {
		if (worker->owed_weight[i] != 0 &&
		    share_pay(m, worker, worker->owed_epoch[i], worker->owed_weight[i])) {
			worker->owed_epoch[i] = 0;
			worker->owed_weight[i] = 0;
		}
	}
}

void
reward_expire(struct machine *m, uint32_t number)
{
	struct epoch epoch;

	if (!epoch_get(m, number, &epoch) || !epoch.closed || epoch.paid == epoch.budget) {
		return;
	}
	m->meta.escrows -= epoch.budget - epoch.paid;
	m->meta.treasury += epoch.budget - epoch.paid;
	epoch.paid = epoch.budget;
	epoch_put(m, number, &epoch);
}
