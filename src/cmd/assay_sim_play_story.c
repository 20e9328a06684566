/* SPDX-License-Identifier: Apache-2.0 */
/* Eight days in the life of a register: what its people do, hour by hour. */
#include "cmd/assay_sim_play.h"

#include <stdio.h>

/* Machines of the fleet that the story does something with. */
#define MACHINE_LATE	1	/* worker-2: it comes when all places are taken */
#define MACHINE_SILENT	4	/* worker-5 */
#define MACHINE_PAUSED	5	/* worker-6 */
#define MACHINE_DENIED	8	/* worker-9 */
#define MACHINE_REVOKED	30
#define MACHINE_DEBUG	31

static const struct {
	enum sim_tee tee;
	unsigned version;
	enum assay_tcb_status status;
	uint64_t ask;
} machines[] = {
	{ SIM_SGX, 3, ASSAY_TCB_UP_TO_DATE, 60 },
	{ SIM_SGX, 3, ASSAY_TCB_UP_TO_DATE, 60 },
	{ SIM_SGX, 3, ASSAY_TCB_SW_HARDENING_NEEDED, 50 },
	{ SIM_SGX, 4, ASSAY_TCB_CONFIGURATION_NEEDED, 50 },
	{ SIM_SGX, 3, ASSAY_TCB_OUT_OF_DATE, 20 },
	{ SIM_TDX, 4, ASSAY_TCB_UP_TO_DATE, 40 },
	{ SIM_TDX, 4, ASSAY_TCB_SW_HARDENING_NEEDED, 40 },
	{ SIM_TDX, 5, ASSAY_TCB_TD_RELAUNCH_ADVISED, 20 },
	{ SIM_TDX, 4, ASSAY_TCB_OUT_OF_DATE, 10 },
};

/* ---- the first hour */

static void
collateral_arrives(struct play *p)
{
	/* The vendor's list of revoked certificates has that of one machine. */
	const struct sim_options sgx = { .tee = SIM_SGX, .index = MACHINE_REVOKED, .broken = true,
		.break_check = ASSAY_CHECK_PCK_REVOKED };
	const struct sim_options tdx = { .tee = SIM_TDX };

	play_collateral(p, &sgx, "rptq");
	play_collateral(p, &tdx, "tq");
	play_announce(p, "vendor", "collateral: CRLs, TCB infos, QE identities");
	play_cut(p);
}

static void
tell_refused(struct play *p, const char *name, const char *what, size_t at)
{
	const struct assay_register_result *const r = &p->results[at].result;

	if (r->code == CODE_ACCEPTED) {
		play_wrong("%s was registered, and may not be: %s", name, what);
	}
	play_tell(p, name, "%s: %s (%s)", what, code_id(r->code),
	    r->detail != 0 ? assay_check_id((enum assay_check)(r->detail - 1)) : "-");
}

static struct play_worker *
machine_new(struct play *p, unsigned i)
{
	const struct sim_options options = { .tee = machines[i].tee, .version = machines[i].version,
		.status = machines[i].status, .index = i };
	struct play_worker *w;
	char name[16];

	(void)snprintf(name, sizeof(name), "worker-%u", i + 1);
	w = play_worker_new(p, name, PLAY_OPERATOR + i % 3, &options,
	    machines[i].tee == SIM_TDX ? PLAY_TDX_1 : PLAY_SGX_1);
	w->ask = machines[i].ask;
	return w;
}

static void
machine_arrives(struct play *p, struct play_worker *w)
{
	struct stake_arguments bond = { .amount = PLAY_BOND };

	play_register(p, w);
	memcpy(bond.worker, w->id, sizeof(bond.worker));
	(void)play_send(p, w->operator_index, KIND_BOND, &bond);
	play_start(p, w);
}

static void
fleet_arrives(struct play *p)
{
	static struct register_arguments a;
	static const struct sim_options revoked = { .tee = SIM_SGX, .index = MACHINE_REVOKED };
	static const struct sim_options debug = { .tee = SIM_SGX, .index = MACHINE_DEBUG, .debug = true };
	const uint64_t height = play_height(p);
	size_t results[2];

	for (unsigned i = 0; i < PLAY_COUNT(machines); i++) {
		struct play_worker *const w = machine_new(p, i);

		if (i != MACHINE_LATE) {
			machine_arrives(p, w);
		}
	}
	play_register_arguments(p, &a, play_worker_new(p, "machine-r", PLAY_OPERATOR, &revoked, PLAY_SGX_1),
	    PLAY_OPERATOR, height);
	results[0] = play_try(p, PLAY_OPERATOR, KIND_REGISTER, &a);
	play_register_arguments(p, &a, play_worker_new(p, "machine-d", PLAY_OPERATOR, &debug, PLAY_SGX_1),
	    PLAY_OPERATOR, height);
	results[1] = play_try(p, PLAY_OPERATOR, KIND_REGISTER, &a);
	play_cut(p);
	tell_refused(p, "machine-r", "revoked PCK", results[0]);
	tell_refused(p, "machine-d", "debug build", results[1]);
}

static void
app_open(struct play *p, const char *name, uint8_t tiers, uint8_t tees, enum play_program program, uint16_t slots,
    uint64_t pay, enum app_order order)
{
	struct app_open_arguments a = { .tiers = tiers, .tees = tees, .slots = slots, .pay = pay, .order = (uint8_t)order,
		.escrow = 50000 };

	VAR_SET(a.name, bytes_of_text(name));
	memcpy(a.program, p->program_ids[program], sizeof(a.program));
	app_id_of_opening(p->crypto, p->apps[p->apps_count], p->accounts[PLAY_CLIENT].id,
	    p->accounts[PLAY_CLIENT].nonce + 1);
	p->apps_count++;
	(void)play_send(p, PLAY_CLIENT, KIND_APP_OPEN, &a);
}

static void
apps_open(struct play *p)
{
	app_open(p, "finance", 7, 1 << ASSAY_TEE_SGX, PLAY_SGX_1, 3, 100, APP_BEST);
	app_open(p, "batch", 31, 1 << ASSAY_TEE_TDX, PLAY_TDX_1, 2, 60, APP_CHEAPEST);
	play_announce(p, "client", "\"finance\": 3 SGX workers, best of tiers 1 to 3");
	play_announce(p, "client", "\"batch\": 2 TDX workers, cheapest of tiers 1 to 5");
	play_cut(p);
}

/* ---- the vendor's update */

static void
vendor_updates(struct play *p)
{
	const struct raise_tcb_number_arguments raise = { .number = 19 };
	/* The new set names one more advisory at the level of worker-3. */
	const struct sim_options options = { .tee = SIM_SGX, .status = ASSAY_TCB_SW_HARDENING_NEEDED,
		.evaluation_number = 19, .advisories = { "INTEL-SA-00334", "INTEL-SA-00615" }, .advisories_count = 2 };

	sim_vendor_set_time(p->vendor, (int64_t)(p->time_ms / 1000));
	play_collateral(p, &options, "tq");
	sim_vendor_set_time(p->vendor, (int64_t)(PLAY_START_MS / 1000));
	play_act(p, ACT_RAISE_TCB_NUMBER, &raise, "the vendor's set 19 names INTEL-SA-00615");
	play_announce(p, "vendor", "TCB info 19 names one more advisory");
	play_cut(p);
}

static void
program_is_allowed(struct play *p)
{
	play_act(p, ACT_ALLOW_PROGRAM, &p->programs[PLAY_SGX_2], "version 2 is built and reviewed");
	play_cut(p);
}

/* ---- silence, and maintenance */

static uint8_t
state_of(struct play *p, const struct play_worker *w)
{
	struct worker row;

	return play_row(p, w, &row) ? row.state : WORKER_NONE;
}

/* Hours pass until its state is this one; more than two days is too long. */
static void
wait_for(struct play *p, const struct play_worker *w, enum worker_state state, const char *what)
{
	for (unsigned i = 0; state_of(p, w) != state; i++) {
		if (i == 2 * PLAY_DAY_BLOCKS) {
			play_wrong("%s: %s", w->name, what);
		}
		play_cut(p);
	}
}

static void
one_is_silent(struct play *p)
{
	struct play_worker *const w = &p->workers[MACHINE_SILENT];
	const uint64_t stake = w->told.stake;

	w->silent = true;
	play_tell(p, w->name, "goes silent");
	wait_for(p, w, WORKER_UNRESPONSIVE, "was not missed");
	play_blocks(p, 9);
	w->silent = false;
	wait_for(p, w, WORKER_ONLINE, "did not recover");
	play_must(w->told.stake < stake, "silence cost nothing");
}

static void
one_pauses(struct play *p)
{
	struct play_worker *const w = &p->workers[MACHINE_PAUSED];
	struct pause_arguments a = { .duration_ms = 12 * PLAY_HOUR_MS };
	const uint64_t stake = w->told.stake;
	size_t at;

	memcpy(a.worker, w->id, sizeof(a.worker));
	/* Announced maintenance is no way out of a challenge that waits, and the next block may bring one. */
	do {
		at = play_try(p, w->operator_index, KIND_PAUSE, &a);
		play_cut(p);
	} while (p->results[at].result.code == CODE_CHALLENGE_OPEN);
	play_must(p->results[at].result.code == CODE_ACCEPTED, "maintenance cannot be announced");
	play_blocks(p, 8);
	play_start(p, w);
	play_cut(p);
	play_must(state_of(p, w) == WORKER_ONLINE && w->told.stake == stake && w->told.misses == 0,
	    "maintenance that was announced cost something");
}

/* ---- a program's end */

static void
program_is_retired(struct play *p)
{
	struct retire_program_arguments a = { .notice_ms = p->time_ms + 26 * PLAY_HOUR_MS,
		.retire_ms = p->time_ms + 50 * PLAY_HOUR_MS };

	memcpy(a.program, p->program_ids[PLAY_SGX_1], sizeof(a.program));
	play_act(p, ACT_RETIRE_PROGRAM, &a, "version 2 takes its place");
	play_cut(p);
}

static void
workers_move(struct play *p)
{
	struct app_change_arguments a = { .tiers = 7, .tees = 1 << ASSAY_TEE_SGX, .slots = 3, .pay = 100,
		.order = APP_BEST };

	for (size_t i = 0; i < PLAY_COUNT(machines); i++) {
		struct play_worker *const w = &p->workers[i];

		if (w->program == PLAY_SGX_1) {
			(void)play_upgrade(p, w, PLAY_SGX_2);
			play_cut(p);
		}
	}
	memcpy(a.app, p->apps[0], sizeof(a.app));
	memcpy(a.program, p->program_ids[PLAY_SGX_2], sizeof(a.program));
	(void)play_send(p, PLAY_CLIENT, KIND_APP_CHANGE, &a);
	play_announce(p, "client", "\"finance\" asks for \"worker\" 2 from now on");
	play_cut(p);
}

static void
one_is_denied(struct play *p)
{
	struct play_worker *const w = &p->workers[MACHINE_DENIED];
	struct deny_arguments a = { .kind = DENY_PLATFORM };
	struct worker row;

	VAR_SET(a.value, ARRAY_BYTES(w->told.platform));
	/* If the last block asked it, its answer would come too late. */
	w->silent = true;
	play_act(p, ACT_DENY, &a, "its operator sold access to the machine");
	play_cut(p);
	play_must(play_row(p, w, &row) && !worker_is_admitted(p->m, &row), "a worker of a denied platform is admitted");
}

/* What came of it for those who run machines: rewards of the register, and pay of the apps. */
static void
earnings_tell(struct play *p)
{
	for (unsigned i = PLAY_OPERATOR; i < PLAY_CLIENT; i++) {
		struct account account;
		uint64_t bonded = 0;

		for (unsigned j = 0; j < PLAY_COUNT(machines); j++) {
			bonded += PLAY_OPERATOR + j % 3 == i ? PLAY_BOND : 0;
		}
		play_must(account_get(p->m, p->accounts[i].id, &account) && account.balance + bonded > PLAY_BALANCE,
		    "an operator earned nothing");
		play_tell(p, p->accounts[i].name, "has earned %llu units",
		    (unsigned long long)(account.balance + bonded - PLAY_BALANCE));
	}
}

void
play_story(struct play *p)
{
	play_heading(p, "block  date         who        what");
	p->step_ms = PLAY_MINUTE_MS;
	collateral_arrives(p);
	fleet_arrives(p);
	apps_open(p);
	/* From the next full hour on. */
	p->step_ms = PLAY_HOUR_MS - (p->time_ms - PLAY_START_MS);
	play_cut(p);
	p->step_ms = PLAY_HOUR_MS;
	play_until(p, 20);
	machine_arrives(p, &p->workers[MACHINE_LATE]);
	play_until(p, 26);
	vendor_updates(p);
	program_is_allowed(p);
	one_pauses(p);
	play_until(p, 52);
	one_is_silent(p);
	program_is_retired(p);
	play_blocks(p, 27);
	workers_move(p);
	play_blocks(p, 4);
	one_is_denied(p);
	/* So that what was new at the beginning is last week's. */
	play_until(p, 7 * PLAY_DAY_BLOCKS + 10);
	earnings_tell(p);
}
