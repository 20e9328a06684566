/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Platforms: which workers a physical machine has, and may have.  A worker
 * without a bond, or whose evidence has ended, occupies nothing: it makes way
 * for whoever comes.
 */
#include "register/rules.h"

#define ID_BYTES	32
#define CHANGE_BYTES	41	/* height, worker, enum platform_change */
#define CHANGES_KEPT	8
#define TD_WORKERS_MAX	16

static struct assay_bytes
id_at(struct assay_bytes ids, size_t i)
{
	return bytes_slice(ids, i * ID_BYTES, ID_BYTES);
}

static bool
is_operator(const struct worker *worker, const struct worker *other)
{
	return memcmp(worker->operator, other->operator, sizeof(worker->operator)) == 0;
}

static bool
is_live(const struct worker *worker)
{
	return worker->state != WORKER_NONE && worker->state != WORKER_COOLING && worker->state != WORKER_LEFT;
}

static bool
works(const struct worker *worker)
{
	return worker->state == WORKER_ONLINE || worker->state == WORKER_UNRESPONSIVE ||
	    worker->state == WORKER_PAUSED;
}

/* What has neither a bond nor work is a mere announcement. */
static bool
is_bonded(const struct worker *worker)
{
	return is_live(worker) && (worker->stake != 0 || works(worker));
}

/*
 * A bond alone shows nothing of a machine: who has it now can say so with
 * evidence, who had it once cannot.
 */
static bool
occupies(const struct machine *m, const struct worker *worker)
{
	return is_bonded(worker) && (works(worker) || worker_evidence_expires_own_ms(m, worker) > m->own_ms);
}

static void
copy_id(uint8_t to[static 32], struct assay_bytes id)
{
	bytes_copy(to, id, ID_BYTES);
}

static enum code
place_sgx(struct machine *m, const struct platform *platform, const struct worker *worker,
    uint8_t replaced[static 32])
{
	struct worker other;

	if (!worker_get(m, platform->sgx_worker, &other) || !is_live(&other)) {
		return CODE_ACCEPTED;
	}
	if (!is_operator(worker, &other) && occupies(m, &other)) {
		return CODE_PLATFORM_OTHER;
	}
	memcpy(replaced, platform->sgx_worker, sizeof(platform->sgx_worker));
	return CODE_ACCEPTED;
}

/*
 * A host of TDs has room for several of one operator, so evidence from it alone
 * does not say that it comes in place of another.  It does where that one is
 * silent or suspended, or runs a program that registers nobody any more.
 */
static bool
is_succeeded(struct machine *m, const struct worker *worker, const struct worker *other)
{
	struct program program;

	return is_operator(worker, other) && is_bonded(other) &&
	    (other->state == WORKER_SUSPENDED || other->state == WORKER_UNRESPONSIVE ||
	    program_stands(m, other->program, true, &program) != CODE_ACCEPTED);
}

static enum code
place_td(struct machine *m, const struct platform *platform, const struct worker *worker,
    uint8_t replaced[static 32])
{
	const struct assay_bytes ids = VAR_BYTES(platform->td_workers);
	const uint64_t most = parameter(m, PARAMETER_TDX_WORKERS_PER_PLATFORM);
	uint64_t occupied = 0;
	size_t idle = TD_WORKERS_MAX;

	for (size_t i = 0; i < ids.len / ID_BYTES; i++) {
		struct worker other;
		uint8_t id[32];

		copy_id(id, id_at(ids, i));
		if (!worker_get(m, id, &other)) {
			continue;
		}
		if (is_succeeded(m, worker, &other)) {
			memcpy(replaced, id, sizeof(id));
			return CODE_ACCEPTED;
		}
		occupied += occupies(m, &other) ? 1 : 0;
		if (!occupies(m, &other) && idle == TD_WORKERS_MAX) {
			idle = i;
		}
	}
	if (occupied >= most) {
		return CODE_PLATFORM_FULL;
	}
	if (ids.len / ID_BYTES >= most && idle != TD_WORKERS_MAX) {
		copy_id(replaced, id_at(ids, idle));
	}
	return CODE_ACCEPTED;
}

enum code
platform_place(struct machine *m, const struct worker *worker, uint8_t replaced[static 32])
{
	const struct row_key key = key_of_32(TABLE_PLATFORM, worker->platform);
	struct platform platform;

	memset(replaced, 0, ID_BYTES);
	if (!row_get(m, &key, &platform)) {
		return CODE_ACCEPTED;
	}
	return worker->tee == ASSAY_TEE_TDX ? place_td(m, &platform, worker, replaced) :
	    place_sgx(m, &platform, worker, replaced);
}

static void
change_add(const struct machine *m, struct platform *platform, const uint8_t id[static 32],
    enum platform_change change)
{
	struct row_key entry = { { 0 }, 0 };
	struct assay_bytes kept = VAR_BYTES(platform->changes);
	uint8_t all[CHANGES_KEPT * CHANGE_BYTES];

	entry = key_u8(key_bytes(key_u64(entry, m->meta.height), bytes_of(id, ID_BYTES)), (uint8_t)change);
	if (kept.len == sizeof(all)) {
		kept = bytes_slice(kept, CHANGE_BYTES, kept.len - CHANGE_BYTES);
	}
	bytes_copy(all, kept, kept.len);
	memcpy(all + kept.len, entry.bytes, CHANGE_BYTES);
	VAR_SET(platform->changes, bytes_of(all, kept.len + CHANGE_BYTES));
}

static void
td_remove(struct platform *platform, const uint8_t id[static 32])
{
	const struct assay_bytes ids = VAR_BYTES(platform->td_workers);
	uint8_t others[sizeof(platform->td_workers.data)];
	size_t used = 0;

	for (size_t i = 0; i < ids.len / ID_BYTES; i++) {
		if (!bytes_equal(id_at(ids, i), bytes_of(id, ID_BYTES))) {
			bytes_copy(others + used, id_at(ids, i), ID_BYTES);
			used += ID_BYTES;
		}
	}
	VAR_SET(platform->td_workers, bytes_of(others, used));
}

static void
td_add(struct platform *platform, const uint8_t id[static 32])
{
	uint8_t ids[sizeof(platform->td_workers.data)];
	const size_t len = platform->td_workers.len;

	assert(len + ID_BYTES <= sizeof(ids));
	memcpy(ids, platform->td_workers.data, len);
	memcpy(ids + len, id, ID_BYTES);
	VAR_SET(platform->td_workers, bytes_of(ids, len + ID_BYTES));
}

void
platform_join(struct machine *m, const uint8_t id[static 32], const struct worker *worker,
    const uint8_t replaced[static 32])
{
	const struct row_key key = key_of_32(TABLE_PLATFORM, worker->platform);
	const bool replaces = !bytes_all_zero(bytes_of(replaced, ID_BYTES));
	struct platform platform;

	row_get(m, &key, &platform);
	if (worker->tee == ASSAY_TEE_TDX) {
		td_remove(&platform, replaced);
		td_add(&platform, id);
	} else {
		memcpy(platform.operator, worker->operator, sizeof(platform.operator));
		memcpy(platform.sgx_worker, id, sizeof(platform.sgx_worker));
	}
	change_add(m, &platform, id, replaces ? PLATFORM_REPLACED : PLATFORM_JOINED);
	row_put(m, &key, &platform);
}
