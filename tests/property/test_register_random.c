/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random transactions from a seed, through the machine: whatever comes, the
 * invariants hold after every block, a restart changes nothing, and the roots
 * of all heights depend on what was sent alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "format/hex.h"
#include "scene/register_scene.h"

#define OPERATORS	3	/* accounts 0 to 2 run workers, 3 has apps */
#define WORKERS		24
#define APPS		4
#define NORMAL_TRANSACTIONS	12000
#define LONG_TRANSACTIONS	1000000
#define CHAPTER		4000	/* transactions of one register; then another seed */

static const struct scene_parameter parameters[] = {
	{ PARAMETER_EPOCH_BLOCKS, 48 },
	{ PARAMETER_WINDOW, 6 },
	{ PARAMETER_REATTEST_WINDOW, 14 },
	{ PARAMETER_REATTEST_ONE_IN, 5 },
	{ PARAMETER_NONCE_AGE, 60 },
	{ PARAMETER_EVIDENCE_AGE, 400000 },
	{ PARAMETER_LAPSE_GRACE, 30000 },
	{ PARAMETER_BOND_TIME, 40000 },
	{ PARAMETER_STAKE_LEAST, 100 },
	{ PARAMETER_STAKE_CAP, 5000 },
	{ PARAMETER_SLASH_RATE, 100000 },
	{ PARAMETER_SLASH_PERIOD, 600000 },
	{ PARAMETER_SLASH_ESCROW, 60000 },
	{ PARAMETER_OFFLINE_LIMIT, 90000 },
	{ PARAMETER_PAUSE_LIMIT, 60000 },
	{ PARAMETER_PAUSE_PERIOD, 600000 },
	{ PARAMETER_COOLING, 50000 },
	{ PARAMETER_VOID_LEAST, 3 },
	{ PARAMETER_VOID_GAP, 4 },
	{ PARAMETER_REWARD, 1000 },
	{ PARAMETER_FEE_BASE, 3 },
	{ PARAMETER_LOCK, 20000 },
	{ PARAMETER_PROPOSAL_LIFE, 120000 },
	{ PARAMETER_EMERGENCY_LIFE, 60000 },
	{ PARAMETER_ROTATE_LOCK, 10000 },
	{ PARAMETER_TIMER_ROWS, 8 },
	{ PARAMETER_APPRAISALS, 3 },
	{ PARAMETER_ASSIGN_SLOTS, 3 },
};

/* Rows that a block changed without a transaction, and those that its effect entries speak of. */
#define CHANGES_A_BLOCK	4096

struct changed {
	uint8_t key[ASSAY_ROW_KEY_BYTES_MAX];
	uint8_t len;
};

struct watch {
	size_t changed_count;
	size_t told_count;
	struct changed changed[CHANGES_A_BLOCK];
	struct changed told[CHANGES_A_BLOCK];
	uint64_t tables_by_kind[KIND_END];	/* bit t: a transaction of the kind changed a row of table t */
};

struct world {
	struct scene *s;
	struct watch watch;
	struct sim_rng rng;
	struct scene_worker workers[WORKERS];
	unsigned made;			/* how many keys there were, for new ones */
	uint8_t reliability[WORKERS];	/* of 100 challenges it answers so many */
	uint8_t apps[APPS][32];
	unsigned apps_count;
	uint64_t transactions;
	uint64_t accepted;
	uint64_t kinds[KIND_END];	/* accepted, by kind */
	uint64_t codes[CODE_END];
	struct hash roots;		/* over the roots of all heights */
};

static uint32_t
chance(struct world *w, uint32_t bound)
{
	return sim_rng_below(&w->rng, bound);
}

static uint64_t
amount(struct world *w)
{
	switch (chance(w, 8)) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX - chance(w, 3);
	case 2:
		return SCENE_BALANCE * (1 + chance(w, 3));
	default:
		return chance(w, 20000);
	}
}

static void
note(struct world *w, enum kind kind, enum code code)
{
	w->transactions++;
	w->codes[code]++;
	if (code == CODE_ACCEPTED) {
		w->accepted++;
		w->kinds[kind]++;
	}
}

static void
send(struct world *w, unsigned account, enum kind kind, const void *arguments)
{
	note(w, kind, scene_send(w->s, account, kind, arguments));
}

/* ---- workers */

static struct scene_worker *
any_worker(struct world *w)
{
	return &w->workers[chance(w, WORKERS)];
}

/* A machine has an operator, mostly the same one; a place in the list is of a machine. */
static void
worker_new(struct world *w)
{
	const unsigned i = chance(w, WORKERS);
	struct register_arguments a;
	struct scene_worker worker;
	struct scene_worker_options options = { .operator_index = chance(w, 12) == 0 ? chance(w, OPERATORS) : i % OPERATORS,
		.number = w->made, .sim = { .tee = i % 4 == 0 ? SIM_TDX : SIM_SGX, .index = i } };

	w->made++;
	scene_worker_make(w->s, &worker, &options);
	scene_register_arguments(w->s, &a, &worker, scene_nonce_height(w->s) - (chance(w, 10) == 0 ? chance(w, 80) : 0));
	if (chance(w, 12) == 0) {
		a.program[0] ^= 1;
	}
	if (chance(w, 12) == 0) {
		/* A forger's byte somewhere in the quote. */
		static uint8_t forged[DOCUMENT_BYTES_MAX];

		memcpy(forged, a.evidence.data, a.evidence.len);
		forged[chance(w, (uint32_t)a.evidence.len)] ^= (uint8_t)(1 + chance(w, 255));
		a.evidence.data = forged;
	}
	send(w, options.operator_index, KIND_REGISTER, &a);
	if (w->s->result.code != CODE_ACCEPTED) {
		return;
	}
	w->workers[i] = worker;
	w->reliability[i] = (uint8_t)(chance(w, 3) == 0 ? chance(w, 100) : 95 + chance(w, 6));
	if (chance(w, 5) != 0) {
		note(w, KIND_BOND, scene_bond(w->s, &worker, 100 + chance(w, 10000)));
		note(w, KIND_START, scene_start(w->s, &worker, chance(w, 60)));
	}
}

static void
worker_reattest(struct world *w, struct scene_worker *worker)
{
	struct reattest_arguments a;

	if (worker->options.tee == SIM_TEE_DEFAULT) {
		return;		/* a place that has no worker yet */
	}
	scene_reattest_arguments(w->s, &a, worker, scene_nonce_height(w->s) - chance(w, 5));
	send(w, worker->operator_index, KIND_REATTEST, &a);
}

static void
worker_kind(struct world *w)
{
	struct scene_worker *worker = any_worker(w);
	const unsigned account = chance(w, 8) == 0 ? chance(w, OPERATORS) : worker->operator_index;
	struct start_arguments start = { .ask = chance(w, 100) };
	struct pause_arguments pause = { .duration_ms = chance(w, 80000) };
	struct worker_arguments stop;
	struct stake_arguments stake = { .amount = amount(w) };
	struct endpoint_arguments endpoint = { .worker = { 0 } };
	struct withdraw_arguments withdraw = { .number = chance(w, 40) };

	memcpy(start.worker, worker->id, 32);
	memcpy(pause.worker, worker->id, 32);
	memcpy(stop.worker, worker->id, 32);
	memcpy(stake.worker, worker->id, 32);
	memcpy(endpoint.worker, worker->id, 32);
	switch (chance(w, 8)) {
	case 0:
		send(w, account, KIND_START, &start);
		break;
	case 1:
		send(w, account, KIND_PAUSE, &pause);
		break;
	case 2:
		if (chance(w, 4) == 0) {
			send(w, account, KIND_STOP, &stop);
		}
		break;
	case 3:
		send(w, account, KIND_BOND, &stake);
		break;
	case 4:
		send(w, account, KIND_UNBOND, &stake);
		break;
	case 5:
		send(w, account, KIND_WITHDRAW, &withdraw);
		break;
	case 6:
		send(w, account, KIND_ENDPOINT, &endpoint);
		break;
	default:
		worker_reattest(w, worker);
		break;
	}
}

/* Each worker that was drawn in the last block answers it, or does not. */
static void
answers(struct world *w)
{
	const uint64_t height = w->s->commit.height;
	uint8_t bytes[WORKERS * 128 + 64];
	struct answer_group group = { .height = height, .id_bytes = (uint8_t)(4 + chance(w, 29)) };
	struct answers_arguments a;
	size_t len = record_encode(&answer_group_record, &group, bytes, sizeof(bytes));

	for (unsigned i = 0; i < WORKERS; i++) {
		struct scene_worker *worker = &w->workers[i];

		if (worker->options.tee == SIM_TEE_DEFAULT || !scene_is_drawn(w->s, worker, height) ||
		    chance(w, 100) >= w->reliability[i]) {
			continue;
		}
		len += scene_answer_bytes(w->s, bytes + len, worker, height, group.id_bytes,
		    chance(w, 20) == 0 ? 129 : (uint8_t)chance(w, 128));
		group.count++;
		if (chance(w, 5) == 0) {
			worker_reattest(w, worker);
		}
	}
	if (group.count != 0) {
		(void)record_encode(&answer_group_record, &group, bytes, sizeof(bytes));
		a.groups = bytes_of(bytes, len);
		send(w, chance(w, 4), KIND_ANSWERS, &a);
	}
}

/* ---- apps, accounts */

static void
app_kind(struct world *w)
{
	struct app_open_arguments open = { .tiers = (uint8_t)chance(w, 33), .tees = (uint8_t)chance(w, 8),
		.slots = (uint16_t)chance(w, 5), .pay = chance(w, 60), .order = (uint8_t)chance(w, 4),
		.escrow = amount(w) };
	struct app_change_arguments change = { .tiers = open.tiers, .tees = open.tees, .slots = open.slots,
		.pay = open.pay, .order = open.order };
	struct app_fund_arguments fund = { .amount = amount(w) };
	struct app_arguments close_it;
	const unsigned i = chance(w, APPS);

	memcpy(open.program, chance(w, 3) == 0 ? w->s->program_tdx : w->s->program_sgx, 32);
	memcpy(change.program, open.program, 32);
	memcpy(change.app, w->apps[i], 32);
	memcpy(fund.app, w->apps[i], 32);
	memcpy(close_it.app, w->apps[i], 32);
	switch (chance(w, 5)) {
	case 0:
	case 1:
		send(w, 3, KIND_APP_OPEN, &open);
		if (w->s->result.code == CODE_ACCEPTED) {
			app_id_of_opening(w->s->crypto, w->apps[w->apps_count % APPS], w->s->accounts[3].id,
			    w->s->accounts[3].nonce);
			w->apps_count++;
		}
		break;
	case 2:
		send(w, 3, KIND_APP_CHANGE, &change);
		break;
	case 3:
		send(w, 3, KIND_APP_FUND, &fund);
		break;
	default:
		send(w, chance(w, 8) == 0 ? 0 : 3, KIND_APP_CLOSE, &close_it);
		break;
	}
}

static void
account_kind(struct world *w)
{
	struct transfer_arguments transfer = { .amount = amount(w) };
	struct confirm_build_arguments confirm = { .recipe = { (uint8_t)chance(w, 2) } };
	struct statement_arguments statement = { .proposal = chance(w, 20) };

	memcpy(transfer.to, w->s->accounts[chance(w, SCENE_ACCOUNTS)].id, 32);
	memcpy(confirm.program, w->s->program_sgx, 32);
	VAR_SET(statement.text, bytes_of("because", chance(w, 8)));
	switch (chance(w, 4)) {
	case 0:
		send(w, chance(w, 4), KIND_CONFIRM_BUILD, &confirm);
		break;
	case 1:
		send(w, chance(w, 4), KIND_STATEMENT, &statement);
		break;
	default:
		send(w, chance(w, SCENE_ACCOUNTS), KIND_TRANSFER, &transfer);
		break;
	}
}

/* ---- the council */

/* Arguments of any act, sometimes sensible ones. */
static struct assay_bytes
act_arguments(struct world *w, enum act act, uint8_t *out, size_t size)
{
	struct scene *s = w->s;
	struct machine *m = scene_machine(s);
	struct worker row;
	union {
		struct retire_program_arguments retire;
		struct program_arguments program;
		struct signer_arguments signer;
		struct set_parameter_arguments parameter;
		struct raise_tcb_number_arguments number;
		struct deny_arguments deny;
		struct force_offline_arguments force;
		struct pause_slashing_arguments pause;
		struct act_credit_arguments credit;
		struct return_slash_arguments slash;
	} a;

	memset(&a, 0, sizeof(a));
	scene_get_worker(s, any_worker(w), &row);
	switch (act) {
	case ACT_RETIRE_PROGRAM:
		memcpy(a.retire.program, s->program_tdx, 32);
		a.retire.notice_ms = m->meta.time_ms + chance(w, 100000);
		a.retire.retire_ms = a.retire.notice_ms + chance(w, 100000);
		break;
	case ACT_REVOKE_PROGRAM:
		memcpy(a.program.program, chance(w, 2) == 0 ? s->program_sgx : s->program_tdx, 32);
		break;
	case ACT_REVOKE_SIGNER:
		memcpy(a.signer.signer, s->mrsigner, 32);
		break;
	case ACT_SET_PARAMETER:
		a.parameter.parameter = (uint16_t)chance(w, PARAMETER_END + 2);
		if (parameter_bounds(a.parameter.parameter) != NULL) {
			const struct parameter_bounds *b = parameter_bounds(a.parameter.parameter);

			a.parameter.value = b->lowest + chance(w, 5) * ((b->highest - b->lowest) / 4);
		}
		break;
	case ACT_RAISE_TCB_NUMBER:
		a.number.number = chance(w, 30);
		break;
	case ACT_DENY:
	case ACT_UNDENY:
		a.deny.kind = (uint8_t)(1 + chance(w, 3));
		VAR_SET(a.deny.value, a.deny.kind == DENY_PLATFORM ? ARRAY_BYTES(row.platform)
		    : bytes_of(row.fmspc, a.deny.kind == DENY_FMSPC ? 6 : 5));
		break;
	case ACT_FORCE_OFFLINE:
		memcpy(a.force.worker, any_worker(w)->id, 32);
		a.force.force = chance(w, 3) != 0;
		break;
	case ACT_PAUSE_SLASHING:
		a.pause.pause = chance(w, 2) == 0;
		break;
	case ACT_CREDIT:
	case ACT_DEBIT:
		memcpy(a.credit.account, w->s->accounts[chance(w, 4)].id, 32);
		a.credit.amount = amount(w);
		VAR_SET(a.credit.reference, bytes_of_text("receipt 1"));
		break;
	default:
		break;
	}
	return bytes_of(out, record_encode(act_record(act), &a, out, size));
}

static void
council_kind(struct world *w)
{
	/* Those whose arguments a zeroed union of the above can hold. */
	static const enum act acts[] = { ACT_RETIRE_PROGRAM, ACT_REVOKE_PROGRAM, ACT_REVOKE_SIGNER, ACT_SET_PARAMETER,
		ACT_RAISE_TCB_NUMBER, ACT_DENY, ACT_UNDENY, ACT_FORCE_OFFLINE, ACT_PAUSE_SLASHING, ACT_CREDIT,
		ACT_DEBIT, ACT_RETURN_SLASH };
	static uint8_t encoded[2048];
	struct proposal_arguments approve = { .number = scene_machine(w->s)->meta.proposals - chance(w, 3) };
	struct propose_arguments propose = { .act = 0 };
	const unsigned member = SCENE_COUNCIL + chance(w, SCENE_COUNCIL_COUNT);

	switch (chance(w, 5)) {
	case 0:
	case 1:
		propose.act = (uint8_t)acts[chance(w, sizeof(acts) / sizeof(acts[0]))];
		/* What takes out everybody at once is rare, or there would be nothing to see. */
		if ((propose.act == ACT_REVOKE_SIGNER || propose.act == ACT_REVOKE_PROGRAM) && chance(w, 6) != 0) {
			propose.act = ACT_FORCE_OFFLINE;
		}
		propose.arguments = act_arguments(w, (enum act)propose.act, encoded, sizeof(encoded));
		VAR_SET(propose.reason, bytes_of("reason", chance(w, 7)));
		send(w, member, KIND_PROPOSE, &propose);
		break;
	case 2:
		send(w, member, KIND_WITHDRAW_APPROVAL, &approve);
		break;
	default:
		send(w, chance(w, 10) == 0 ? 0 : member, KIND_APPROVE, &approve);
		break;
	}
}

/* ---- bytes of any kind */

static void
garbage(struct world *w)
{
	static uint8_t bytes[ASSAY_TRANSACTION_BYTES_MAX + 10];
	struct scene *s = w->s;
	size_t len = s->transaction_len;

	switch (chance(w, 3)) {
	case 0:		/* the last one once more */
		break;
	case 1:		/* a bit of it turned */
		memcpy(bytes, s->transaction, len);
		bytes[chance(w, (uint32_t)len)] ^= (uint8_t)(1 << chance(w, 8));
		(void)scene_send_bytes(s, bytes_of(bytes, len));
		assert_int_not_equal(s->result.code, CODE_ACCEPTED);
		w->transactions++;
		return;
	default:
		len = chance(w, 300);
		for (size_t i = 0; i < len; i++) {
			bytes[i] = (uint8_t)sim_rng_next(&w->rng);
		}
		(void)scene_send_bytes(s, bytes_of(bytes, len));
		assert_int_not_equal(s->result.code, CODE_ACCEPTED);
		w->transactions++;
		return;
	}
	(void)scene_send_bytes(s, bytes_of(s->transaction, len));
	assert_int_not_equal(s->result.code, CODE_ACCEPTED);
	w->transactions++;
}

/* ---- invariant 3: no row changes but by a logged transaction or a logged effect */

static void
changed_add(struct changed *list, size_t *count, struct assay_bytes key)
{
	assert_true(*count < CHANGES_A_BLOCK);
	bytes_copy(list[*count].key, key, key.len);
	list[*count].len = (uint8_t)key.len;
	(*count)++;
}

/* The kind of the transaction that is being applied. */
static unsigned
kind_now(const struct scene *s)
{
	struct transaction_body body;
	struct cursor c = cursor_over(bytes_of(s->transaction, s->transaction_len));

	record_read(&transaction_body_record, &body, &c);
	return body.kind;
}

static void
on_change(void *watcher, struct assay_bytes key)
{
	struct world *w = watcher;

	if (w->s->applying) {
		w->watch.tables_by_kind[kind_now(w->s)] |= UINT64_C(1) << key.data[0];
	} else {
		changed_add(w->watch.changed, &w->watch.changed_count, key);
	}
}

/* The keys of an effect's changes. */
static void
on_entry(void *watcher, struct assay_bytes entry)
{
	struct world *w = watcher;
	struct cursor c = cursor_over(entry);
	struct entry_effect head;

	if (cursor_u8(&c) != ENTRY_EFFECT) {
		return;
	}
	record_read(&entry_effect_record, &head, &c);
	while (c.left != 0 && !c.bad) {
		changed_add(w->watch.told, &w->watch.told_count, cursor_take(&c, cursor_u8(&c)));
		for (unsigned i = 0; i < 2; i++) {
			if (cursor_u8(&c) != 0) {
				(void)cursor_take(&c, cursor_u16be(&c));
			}
		}
	}
	assert_false(c.bad);
	assert_int_equal(head.height, scene_machine(w->s)->meta.height);
}

/* Rows that are the block itself: its commit entry stands for them. */
static bool
is_blocks_own(uint8_t table)
{
	return table == TABLE_META || table == TABLE_BLOCK || table == TABLE_SLOT || table == TABLE_EPOCH ||
	    table == TABLE_SWEEP;
}

static void
every_change_was_told(struct world *w)
{
	const struct watch *watch = &w->watch;

	for (size_t i = 0; i < watch->changed_count; i++) {
		bool told = is_blocks_own(watch->changed[i].key[0]);

		for (size_t k = 0; k < watch->told_count && !told; k++) {
			told = watch->told[k].len == watch->changed[i].len &&
			    memcmp(watch->told[k].key, watch->changed[i].key, watch->told[k].len) == 0;
		}
		if (!told) {
			fail_msg("a row of %s changed, and no entry says so",
			    table_name((enum table)watch->changed[i].key[0]));
		}
	}
	w->watch.changed_count = 0;
	w->watch.told_count = 0;
}

static bool
has_word(const char *words, const char *word)
{
	const size_t len = strlen(word);

	for (const char *at = strstr(words, word); at != NULL; at = strstr(at + 1, word)) {
		if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0')) {
			return true;
		}
	}
	return false;
}

/* What kinds.def says that a kind may change is what it was seen to change, and more at most. */
static void
kinds_kept_to_their_tables(const struct world *w)
{
	bool all = true;

	for (unsigned kind = 1; kind < KIND_END; kind++) {
		for (unsigned table = 1; table < TABLE_END; table++) {
			if ((w->watch.tables_by_kind[kind] >> table & 1) != 0 && table != TABLE_ACCOUNT &&
			    !has_word(kind_rows(kind), table_name((enum table)table))) {
				print_error("%s changed a row of %s, which kinds.def does not say\n", kind_name(kind),
				    table_name((enum table)table));
				all = false;
			}
		}
	}
	assert_true(all);
}

/* ---- invariants */

/* Invariant 5, from the rows alone and by other means than the rules' own. */
static void
the_admitted_are_admissible(struct world *w)
{
	struct machine *m = scene_machine(w->s);
	const struct row_key prefix = key_start(TABLE_WORKER);
	struct row_key key = prefix;
	struct worker worker;
	uint64_t workers = 0;
	uint64_t online = 0;

	while (row_next(m, &prefix, &key, &worker)) {
		workers += worker.state != WORKER_LEFT ? 1 : 0;
		online += worker.state == WORKER_ONLINE ? 1 : 0;
		assert_true(worker.state != WORKER_LEFT || worker.stake == 0);
		assert_true((worker.state == WORKER_ONLINE) == (worker.candidate != 0));
		if (!worker_is_admitted(m, &worker)) {
			continue;
		}
		const struct row_key evidence_key = key_of_32(TABLE_EVIDENCE, worker.evidence);
		const struct row_key program_key = key_of_32(TABLE_PROGRAM, worker.program);
		const struct row_key signer_key = key_bytes(key_start(TABLE_SIGNER), bytes_of(w->s->mrsigner, 32));
		const struct row_key deny_key = key_bytes(key_u8(key_start(TABLE_DENY), DENY_PLATFORM),
		    ARRAY_BYTES(worker.platform));
		const struct row_key platform_key = key_of_32(TABLE_PLATFORM, worker.platform);
		struct program program;
		struct platform platform;
		struct signer signer;

		assert_true(row_exists(m, &evidence_key));
		assert_true(row_get(m, &program_key, &program));
		assert_true(row_get(m, &signer_key, &signer));
		assert_true(row_get(m, &platform_key, &platform));
		assert_int_equal(program.revoked_ms, 0);
		assert_int_equal(signer.revoked_ms, 0);
		assert_true(program.retire_ms == 0 || program.retire_ms > m->meta.time_ms);
		assert_true(worker.attested_own_ms + parameter(m, PARAMETER_EVIDENCE_AGE) > m->own_ms);
		assert_in_range(worker.tier, 1, parameter(m, PARAMETER_FLOOR_TIER));
		assert_true(worker.stake >= parameter(m, PARAMETER_STAKE_LEAST));
		if (worker.tee == ASSAY_TEE_SGX) {
			assert_int_equal(memcmp(platform.operator, worker.operator, 32), 0);
		}
		/* A denial may have ended by its date while its row is still there. */
		struct deny deny;

		if (row_get(m, &deny_key, &deny)) {
			assert_true(deny.until_own_ms != 0 && deny.until_own_ms <= m->own_ms);
		}
	}
	assert_int_equal(workers, m->meta.workers);
	assert_int_equal(online, m->meta.online);
	assert_false(m->failed);
}

static void
block(struct world *w)
{
	struct assay_register_head head;

	scene_block(w->s);
	every_change_was_told(w);
	assert_true(scene_supply_holds(w->s));
	the_admitted_are_admissible(w);
	crypto_sha256_2(w->s->crypto, w->roots.bytes, ARRAY_BYTES(w->roots.bytes), ARRAY_BYTES(w->s->commit.state_root));
	crypto_sha256_2(w->s->crypto, w->roots.bytes, ARRAY_BYTES(w->roots.bytes), ARRAY_BYTES(w->s->commit.block_id));
	if (chance(w, 40) == 0) {
		head = w->s->head;
		scene_reopen(w->s);
		assert_int_equal(w->s->head.log_size, w->s->commit.log_size);
		assert_memory_equal(w->s->head.block_id, w->s->commit.block_id, 32);
		assert_memory_equal(w->s->head.register_id, head.register_id, 32);
	}
}

/* ---- a chapter: one register from its genesis */

static void
chapter(struct world *w, uint64_t seed, uint64_t transactions)
{
	char name[32];

	memset(w->workers, 0, sizeof(w->workers));
	memset(w->apps, 0, sizeof(w->apps));
	w->apps_count = 0;
	w->made = 0;
	w->rng.state = seed;
	(void)snprintf(name, sizeof(name), "random %llu", (unsigned long long)seed);
	w->s = scene_new(&(struct scene_options){ .seed = name, .parameters = parameters,
	    .parameters_count = sizeof(parameters) / sizeof(parameters[0]) });
	w->s->watcher = w;
	w->s->on_change = on_change;
	w->s->on_entry = on_entry;
	scene_bring_collateral(w->s, SIM_SGX);
	scene_bring_collateral(w->s, SIM_TDX);
	scene_block(w->s);
	for (unsigned i = 0; i < OPERATORS; i++) {
		scene_set_agent(w->s, i);
	}
	const uint64_t until = w->transactions + transactions;

	while (w->transactions < until) {
		const uint32_t what = chance(w, 100);

		if (what < 12) {
			worker_new(w);
		} else if (what < 40) {
			worker_kind(w);
		} else if (what < 50) {
			app_kind(w);
		} else if (what < 58) {
			account_kind(w);
		} else if (what < 64) {
			council_kind(w);
		} else if (what < 68) {
			garbage(w);
		} else if (what < 99) {
			block(w);
			answers(w);
		} else if (chance(w, 4) == 0) {
			/* The register stands still; or only a little. */
			scene_wait(w->s, 30000 + chance(w, 200000));
		}
	}
	block(w);
	kinds_kept_to_their_tables(w);
	scene_free(w->s);
}

static void
invariants_hold_whatever_comes(void **state)
{
	static struct world w;
	const char *in_long = getenv("ASSAY_LONG");
	const uint64_t all = in_long != NULL && strcmp(in_long, "0") != 0 ? LONG_TRANSACTIONS : NORMAL_TRANSACTIONS;
	unsigned kinds_seen = 0;

	(void)state;
	for (uint64_t seed = 1; w.transactions < all; seed++) {
		chapter(&w, seed, CHAPTER);
	}
	for (unsigned kind = 1; kind < KIND_END; kind++) {
		kinds_seen += w.kinds[kind] != 0 ? 1 : 0;
	}
	print_message("%llu transactions, %llu accepted, %u kinds of them\n", (unsigned long long)w.transactions,
	    (unsigned long long)w.accepted, kinds_seen);
	if (getenv("ASSAY_VERBOSE") != NULL) {
		for (unsigned code = 0; code < CODE_END; code++) {
			if (w.codes[code] != 0) {
				print_message("%8llu %s\n", (unsigned long long)w.codes[code], code_id(code));
			}
		}
	}
	/* A generator that gets nothing accepted would find nothing. */
	assert_true(w.accepted * 4 > w.transactions);
	assert_true(kinds_seen >= 18);
}

/* The same chapter under another locale and time zone, and from memory that held something else. */
static void
roots_depend_on_nothing_else(void **state)
{
	static struct world first;
	static struct world second;

	(void)state;
	chapter(&first, 1, CHAPTER / 4);
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	assert_int_equal(setenv("TZ", "Pacific/Chatham", 1), 0);
	memset(second.roots.bytes, 0, sizeof(second.roots.bytes));
	chapter(&second, 1, CHAPTER / 4);
	assert_memory_equal(first.roots.bytes, second.roots.bytes, sizeof(first.roots.bytes));
}

/*
 * The roots of all heights are those that were written down: the same for every
 * compiler, optimization and machine.  Whoever changes a rule changes them, on
 * purpose (ASSAY_GOLDEN=update), and once there are registers that live, the
 * version of the rules with them.
 */
static void
roots_are_the_recorded_ones(void **state)
{
	static struct world w;
	const char *source = getenv("ASSAY_SOURCE");
	const char *update = getenv("ASSAY_GOLDEN");
	char path[1024], recorded[80] = { 0 }, now[80] = { 0 };
	FILE *file;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/tests/property/register-roots.txt", source != NULL ? source : ".");
	chapter(&w, 7, CHAPTER / 2);
	hex_encode(now, ARRAY_BYTES(w.roots.bytes));
	if (update != NULL && strcmp(update, "update") == 0) {
		file = fopen(path, "w");
		assert_non_null(file);
		assert_true(fprintf(file, "%s\n", now) > 0 && fclose(file) == 0);
	}
	file = fopen(path, "r");
	if (file == NULL) {
		fail_msg("%s cannot be read", path);
	}
	assert_non_null(fgets(recorded, sizeof(recorded), file));
	(void)fclose(file);
	recorded[strcspn(recorded, "\n")] = '\0';
	assert_string_equal(now, recorded);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invariants_hold_whatever_comes),
		cmocka_unit_test(roots_are_the_recorded_ones),
		cmocka_unit_test(roots_depend_on_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
