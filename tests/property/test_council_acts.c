/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search for a back door: no act of the council, nor any few of them one
 * after another, admits a worker or betters a tier.
 *
 * One scene holds a worker in every state and with every reason to be out.
 * Each trial is a child of this process, so that all begin at the same bytes:
 * it proposes and approves acts whose arguments come from a seed, lets their
 * locks pass, an epoch begin and the queues run, and looks at every worker
 * after every block.  No worker and no vendor sends anything meanwhile.
 *
 * Two things are told apart from a door.
 * An undoing gives back what the council itself took (denied, below a floor or
 * a least bond that it had raised), and no more: only a worker that had started
 * itself and that no queue has put out yet, and only where its own evidence,
 * appraised now, gives the tier that it has.
 * A policy, and newer collateral, may grade anew: then the tier must be one that
 * stored evidence alone gives, by what is in force or, while the queue runs, was
 * in force a few blocks ago; and nobody is admitted who was not.
 */
#include "property/random_acts.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <stdlib.h>
#include <unistd.h>

#define EPOCH_BLOCKS		100
#define BUILD_FROM		66	/* who comes online later has no window that ends within a trial */
#define SNAPSHOT_AT		96
#define TRIAL_BLOCKS		10
#define TRIALS			190	/* ten of each act */
#define TRIALS_LONG		10000
#define ACTS_MAX		3

enum who {
	WHO_TIER_1,
	WHO_TIER_2,
	WHO_CONFIGURATION,
	WHO_CONFIGURATION_AND_HARDENING,
	WHO_BELOW_FLOOR,
	WHO_UNBONDED,
	WHO_NOT_STARTED,
	WHO_PAUSED,
	WHO_SILENT,
	WHO_SUSPENDED_LAPSED,
	WHO_SUSPENDED_EVIDENCE,
	WHO_IN_GRACE,
	WHO_STAKE,
	WHO_FORCED,
	WHO_DENIED,
	WHO_STOPPED,
	WHO_LEFT,
	WHO_RETIRED,
	WHO_LATE,
	WHO_COUNT
};

static struct {
	const char *name;
	enum assay_tcb_status status;
	bool restorable;		/* the council took it, and may give it back */
	struct scene_worker w;
	bool admitted;
	uint8_t tier;
	unsigned tiers_alone;		/* bit t: its evidence alone gave tier t since the trial began; 0: none */
} workers[WHO_COUNT] = {
	[WHO_TIER_1] = { .name = "tier 1", .status = ASSAY_TCB_UP_TO_DATE },
	[WHO_TIER_2] = { .name = "tier 2", .status = ASSAY_TCB_SW_HARDENING_NEEDED },
	[WHO_CONFIGURATION] = { .name = "configuration", .status = ASSAY_TCB_CONFIGURATION_NEEDED },
	[WHO_CONFIGURATION_AND_HARDENING] = { .name = "configuration and hardening",
	    .status = ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED },
	[WHO_BELOW_FLOOR] = { .name = "below the floor", .status = ASSAY_TCB_OUT_OF_DATE, .restorable = true },
	[WHO_UNBONDED] = { .name = "unbonded" },
	[WHO_NOT_STARTED] = { .name = "not started" },
	[WHO_PAUSED] = { .name = "paused" },
	[WHO_SILENT] = { .name = "silent" },
	[WHO_SUSPENDED_LAPSED] = { .name = "suspended: lapsed" },
	[WHO_SUSPENDED_EVIDENCE] = { .name = "suspended: evidence" },
	[WHO_IN_GRACE] = { .name = "lapsed, in its grace" },
	[WHO_STAKE] = { .name = "below the least bond", .restorable = true },
	[WHO_FORCED] = { .name = "forced offline" },
	[WHO_DENIED] = { .name = "denied", .restorable = true },
	[WHO_STOPPED] = { .name = "cooling down" },
	[WHO_LEFT] = { .name = "left" },
	[WHO_RETIRED] = { .name = "of a retired program" },
	[WHO_LATE] = { .name = "with late collateral" },
};

/* What all trials came to; shared with them. */
static struct {
	uint32_t accepted[ACT_END];
	uint32_t restored;
	uint32_t regraded;
	uint32_t lost;
} *sums;

/* ---- the scene */

static struct worker
row_of(enum who who)
{
	struct worker row;

	scene_get_worker(s, &workers[who].w, &row);
	return row;
}

/* Change a row as if it had come so; in the block that is open. */
static void
row_put_of(enum who who, struct worker *row, enum worker_state state, enum worker_reason why)
{
	struct machine *m = council_machine();

	step_begin(m);
	if (state != row->state) {
		worker_enter(m, workers[who].w.id, row, state, why);
	} else {
		worker_schedule(m, workers[who].w.id, row);
	}
	worker_put(m, workers[who].w.id, row);
	step_commit(m, EFFECT_NONE);
}

static void
parameter_set(enum parameter_id id, uint64_t value)
{
	const struct row_key key = key_u16(key_start(TABLE_PARAMETER), (uint16_t)id);
	const struct parameter row = { .value = value };
	struct machine *m = council_machine();

	step_begin(m);
	row_put(m, &key, &row);
	step_commit(m, EFFECT_NONE);
	m->parameters[id] = value;
}

/* The denied one has a key that the queue comes to late, so that there is something to undo. */
static uint32_t
key_number(enum who who)
{
	struct scene_worker worker;
	uint32_t number = (uint32_t)who;

	do {
		number += WHO_COUNT;
		scene_worker_make(s, &worker, &(struct scene_worker_options){ .number = number });
	} while (who == WHO_DENIED && slot_of_worker(council_machine(), worker.id) < EPOCH_BLOCKS - 5);
	return number;
}

static void
workers_make(void)
{
	for (unsigned i = 0; i < WHO_COUNT; i++) {
		const struct scene_worker_options options = { .operator_index = i % 3, .number = key_number((enum who)i),
			.sim = { .tee = i == WHO_RETIRED ? SIM_TDX : SIM_SGX, .index = i, .status = workers[i].status } };

		if (i != WHO_UNBONDED && i != WHO_NOT_STARTED) {
			scene_worker_online(s, &workers[i].w, &options);
			continue;
		}
		scene_worker_make(s, &workers[i].w, &options);
		assert_int_equal(scene_register(s, &workers[i].w), CODE_ACCEPTED);
		if (i == WHO_NOT_STARTED) {
			assert_int_equal(scene_bond(s, &workers[i].w, 1000000), CODE_ACCEPTED);
		}
		scene_block(s);
	}
}

static void
stake_lower(struct worker *row, uint64_t to)
{
	struct machine *m = council_machine();

	m->meta.stakes -= row->stake - to;
	m->meta.treasury += row->stake - to;
	row->stake = to;
}

static void
workers_turn(void)
{
	struct machine *m = council_machine();
	struct pause_arguments pause = { .duration_ms = parameter(m, PARAMETER_PAUSE_LIMIT) };
	struct force_offline_arguments force = { .force = true };
	struct worker_arguments stop;
	struct worker row;

	memcpy(pause.worker, workers[WHO_PAUSED].w.id, 32);
	assert_int_equal(scene_send(s, WHO_PAUSED % 3, KIND_PAUSE, &pause), CODE_ACCEPTED);
	memcpy(stop.worker, workers[WHO_STOPPED].w.id, 32);
	assert_int_equal(scene_send(s, WHO_STOPPED % 3, KIND_STOP, &stop), CODE_ACCEPTED);
	memcpy(force.worker, workers[WHO_FORCED].w.id, 32);
	(void)council_pass(ACT_FORCE_OFFLINE, &force);
	row = row_of(WHO_SILENT);
	row.silent_own_ms = m->own_ms - 1000;
	row.silent_height = m->meta.height - 1;
	row_put_of(WHO_SILENT, &row, WORKER_UNRESPONSIVE, WORKER_BECAUSE_MISSED);
	row = row_of(WHO_IN_GRACE);
	row.attested_own_ms = m->own_ms - parameter(m, PARAMETER_EVIDENCE_AGE) - 1000;
	row_put_of(WHO_IN_GRACE, &row, WORKER_ONLINE, WORKER_BECAUSE_NONE);
	row = row_of(WHO_SUSPENDED_LAPSED);
	row.attested_own_ms = m->own_ms - parameter(m, PARAMETER_EVIDENCE_AGE) - 1000;
	row_put_of(WHO_SUSPENDED_LAPSED, &row, WORKER_SUSPENDED, WORKER_BECAUSE_LAPSED);
	row = row_of(WHO_SUSPENDED_EVIDENCE);
	row.tier = 0;
	row_put_of(WHO_SUSPENDED_EVIDENCE, &row, WORKER_SUSPENDED, WORKER_BECAUSE_EVIDENCE);
	row = row_of(WHO_LATE);
	row.valid_until_s = (m->meta.time_ms - parameter(m, PARAMETER_VENDOR_STRETCH)) / 1000 - 1;
	row_put_of(WHO_LATE, &row, WORKER_ONLINE, WORKER_BECAUSE_NONE);
	row = row_of(WHO_LEFT);
	stake_lower(&row, 0);
	row_put_of(WHO_LEFT, &row, WORKER_LEFT, WORKER_BECAUSE_STOPPED);
	row = row_of(WHO_STAKE);
	stake_lower(&row, 1500);
	row_put_of(WHO_STAKE, &row, WORKER_ONLINE, WORKER_BECAUSE_NONE);
}

/* What the council has taken a moment ago, so that no queue has followed yet. */
static void
council_turn(void)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, s->program_tdx);
	struct machine *m = council_machine();
	struct deny_arguments deny = { .kind = DENY_PLATFORM };
	struct worker row = row_of(WHO_DENIED);
	struct program program;
	uint8_t bytes[100];

	VAR_SET(deny.value, ARRAY_BYTES(row.platform));
	assert_true(row_get(m, &key, &program));
	program.notice_ms = 1;
	program.retire_ms = m->meta.time_ms;
	step_begin(m);
	assert_int_equal(act_do(m, ACT_DENY, bytes_of(bytes, record_encode(act_record(ACT_DENY), &deny, bytes,
	    sizeof(bytes))), 1, bytes_of_text("a test"), NO_TIME), CODE_ACCEPTED);
	row_put(m, &key, &program);
	step_commit(m, EFFECT_NONE);
	parameter_set(PARAMETER_FLOOR_TIER, 4);
	parameter_set(PARAMETER_STAKE_LEAST, 2000);
}

static int
search_setup(void **state)
{
	static const struct scene_parameter quick[] = {
		{ PARAMETER_EPOCH_BLOCKS, EPOCH_BLOCKS },
		{ PARAMETER_WINDOW, 40 },
		{ PARAMETER_REATTEST_WINDOW, 49 },
		{ PARAMETER_LOCK, 0 },
		{ PARAMETER_TIMER_ROWS, 8 },
	};
	/* Newer collateral waits, by which tier 2 would be better than it is now. */
	static const struct sim_options now = { .tee = SIM_SGX, .status = ASSAY_TCB_SW_HARDENING_NEEDED,
		.advisories = { "INTEL-SA-00615" }, .advisories_count = 1 };
	static const struct sim_options newer = { .tee = SIM_SGX, .status = ASSAY_TCB_SW_HARDENING_NEEDED,
		.no_advisories = true, .evaluation_number = 19 };

	(void)state;
	s = scene_new(&(struct scene_options){ .seed = "search", .parameters = quick,
	    .parameters_count = COUNCIL_COUNT(quick) });
	scene_bring_collateral_for(s, &now);
	scene_bring_collateral_for(s, &newer);
	scene_bring_collateral(s, SIM_TDX);
	scene_block(s);
	while (council_machine()->meta.height < BUILD_FROM) {
		scene_block(s);
	}
	workers_make();
	scene_blocks(s, SNAPSHOT_AT - 1 - council_machine()->meta.height);
	scene_wait(s, 1000);
	workers_turn();
	council_turn();
	for (unsigned i = 0; i < WHO_COUNT; i++) {
		const struct worker row = row_of((enum who)i);

		workers[i].admitted = worker_is_admitted(council_machine(), &row);
		workers[i].tier = row.tier;
		random_acts.workers[i] = &workers[i].w;
	}
	random_acts.workers_count = WHO_COUNT;
	random_acts.denied = &workers[WHO_DENIED].w;
	random_acts.forced = &workers[WHO_FORCED].w;
	sums = mmap(NULL, sizeof(*sums), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return sums == MAP_FAILED;
}

/* ---- what must not be */

/* The tier that its stored evidence gives now, and nothing else. */
static uint8_t
tier_alone(const struct worker *row)
{
	const struct row_key key = key_of_32(TABLE_EVIDENCE, row->evidence);
	static uint8_t quote[DOCUMENT_BYTES_MAX];
	static struct appraisal appraisal;
	struct evidence evidence;
	size_t len;

	if (!row_get(council_machine(), &key, &evidence)) {
		return 0;
	}
	len = evidence.bytes.len;
	bytes_copy(quote, evidence.bytes, len);
	appraise(council_machine(), &appraisal, bytes_of(quote, len), bytes_of(NULL, 0));
	return (uint8_t)assay_tier_number(appraisal.verdict.tier);
}

static bool
is_better(uint8_t tier, uint8_t than)
{
	return tier != 0 && (than == 0 || tier < than);
}

/* regrades: an act that may grade anew was among those of the trial. */
static bool
is_sound(enum who who, bool regrades)
{
	const struct worker row = row_of(who);
	const bool admitted = worker_is_admitted(council_machine(), &row);
	const bool is_news = is_better(row.tier, workers[who].tier) || (admitted && !workers[who].admitted);

	if (regrades || is_news) {
		workers[who].tiers_alone |= 1U << tier_alone(&row);
	}
	/* Its date was set by hand; appraised again it has the vendor's own, which is not late. */
	if (who == WHO_LATE && regrades) {
		return true;
	}
	if (admitted && !workers[who].admitted) {
		if (!workers[who].restorable || (workers[who].tiers_alone >> row.tier & 1) == 0) {
			return false;
		}
		sums->restored++;
	}
	sums->lost += workers[who].admitted && !admitted ? 1 : 0;
	if (is_better(row.tier, workers[who].tier)) {
		if (!regrades || (workers[who].tiers_alone >> row.tier & 1) == 0) {
			return false;
		}
		sums->regraded++;
	}
	return true;
}

static bool
all_sound(bool regrades)
{
	for (unsigned i = 0; i < WHO_COUNT; i++) {
		if (!is_sound((enum who)i, regrades)) {
			const struct worker row = row_of((enum who)i);

			(void)fprintf(stderr, "height %u: %s: state %u, tier %u\n",
			    (unsigned)council_machine()->meta.height, workers[i].name, row.state, row.tier);
			return false;
		}
	}
	return true;
}

/* ---- trials */

static void
trial_act(enum act act, bool *regrades)
{
	static union any any;

	random_arguments(act, &any);
	if (council_propose(0, act, &any) != CODE_ACCEPTED) {
		return;
	}
	/* A council of one, which a trial may have come to, has passed it already. */
	*regrades = *regrades || act == ACT_SET_POLICY || act == ACT_RAISE_TCB_NUMBER ||
	    (act == ACT_SET_PARAMETER && any.parameter.parameter == PARAMETER_TCB_NUMBER_AUTO);
	(void)council_approve(1, council_last());
	sums->accepted[act] += council_state(council_last()) != PROPOSAL_OPEN ? 1 : 0;
	(void)fprintf(stderr, "%s ", act_name(act));
}

static bool
trial(unsigned number)
{
	bool regrades = false;
	unsigned acts;

	random_start(number);
	acts = 1 + (unsigned)random_below(ACTS_MAX);
	for (unsigned i = 0; i < TRIAL_BLOCKS; i++) {
		if (i < acts) {
			random_acts.turn = i == 0 ? number / (ACT_END - 1) : RANDOM_EDGES;
			trial_act((enum act)(1 + (i == 0 ? number : random_below(ACT_END - 1)) % (ACT_END - 1)), &regrades);
			if (!all_sound(regrades)) {
				return false;
			}
		}
		scene_block(s);
		if (!all_sound(regrades)) {
			return false;
		}
	}
	return true;
}

/* A worker that starts itself: what the search must be able to see. */
static bool
trial_of_a_worker(unsigned number)
{
	(void)number;
	assert_int_equal(scene_start(s, &workers[WHO_NOT_STARTED].w, 0), CODE_ACCEPTED);
	return all_sound(false);
}

/* In a child of its own: 0 where it found nothing, 1 where it did. */
static int
run(bool (*run_trial)(unsigned), unsigned number, bool quiet)
{
	const pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		const bool sound = freopen("/dev/null", "w", quiet ? stderr : stdout) != NULL && run_trial(number);

		_exit(sound ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Fails where the scene does not hold what it says, and the search would look at nothing. */
static void
test_scene(void **state)
{
	static const struct {
		enum who who;
		enum worker_state state;
		enum worker_reason standing;
	} expected[] = {
		{ WHO_TIER_1, WORKER_ONLINE, WORKER_BECAUSE_NONE },
		{ WHO_TIER_2, WORKER_ONLINE, WORKER_BECAUSE_NONE },
		{ WHO_CONFIGURATION, WORKER_ONLINE, WORKER_BECAUSE_NONE },
		{ WHO_CONFIGURATION_AND_HARDENING, WORKER_ONLINE, WORKER_BECAUSE_NONE },
		{ WHO_BELOW_FLOOR, WORKER_ONLINE, WORKER_BECAUSE_TIER },
		{ WHO_UNBONDED, WORKER_REGISTERED, WORKER_BECAUSE_STAKE },
		{ WHO_NOT_STARTED, WORKER_REGISTERED, WORKER_BECAUSE_NONE },
		{ WHO_PAUSED, WORKER_PAUSED, WORKER_BECAUSE_NONE },
		{ WHO_SILENT, WORKER_UNRESPONSIVE, WORKER_BECAUSE_NONE },
		{ WHO_SUSPENDED_LAPSED, WORKER_SUSPENDED, WORKER_BECAUSE_LAPSED },
		{ WHO_SUSPENDED_EVIDENCE, WORKER_SUSPENDED, WORKER_BECAUSE_EVIDENCE },
		{ WHO_IN_GRACE, WORKER_ONLINE, WORKER_BECAUSE_LAPSED },
		{ WHO_STAKE, WORKER_ONLINE, WORKER_BECAUSE_STAKE },
		{ WHO_FORCED, WORKER_SUSPENDED, WORKER_BECAUSE_FORCED },
		{ WHO_DENIED, WORKER_ONLINE, WORKER_BECAUSE_DENIED },
		{ WHO_STOPPED, WORKER_COOLING, WORKER_BECAUSE_NONE },
		{ WHO_LEFT, WORKER_LEFT, WORKER_BECAUSE_STAKE },
		{ WHO_RETIRED, WORKER_ONLINE, WORKER_BECAUSE_PROGRAM },
		{ WHO_LATE, WORKER_ONLINE, WORKER_BECAUSE_LAPSED },
	};

	(void)state;
	for (size_t i = 0; i < COUNCIL_COUNT(expected); i++) {
		const struct worker row = row_of(expected[i].who);

		assert_int_equal(row.state, expected[i].state);
		assert_int_equal(worker_standing(council_machine(), &row), expected[i].standing);
	}
	assert_int_equal(run(trial_of_a_worker, 0, true), 1);
}

static void
test_search(void **state)
{
	const char *text = getenv("ASSAY_LONG");
	const bool is_long = text != NULL && text[0] != 0 && strcmp(text, "0") != 0;
	const unsigned trials = is_long ? TRIALS_LONG : TRIALS;

	(void)state;
	for (unsigned i = 0; i < trials; i++) {
		if (run(trial, i, true) != 0) {
			(void)run(trial, i, false);
			fail_msg("trial %u admits or raises a worker", i);
		}
	}
	/* Every act was done, but for the one that needs newer rules than there are. */
	for (unsigned act = 1; act < ACT_END; act++) {
		if (act != ACT_ACTIVATE_RULES && act != ACT_RETURN_SLASH) {
			if (sums->accepted[act] == 0) {
				fail_msg("%s was never accepted", act_name(act));
			}
		}
	}
	assert_int_not_equal(sums->restored, 0);
	assert_int_not_equal(sums->regraded, 0);
	assert_int_not_equal(sums->lost, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scene),
		cmocka_unit_test(test_search),
	};

	return cmocka_run_group_tests(tests, search_setup, council_teardown);
}
