/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs about one worker: what is so can be shown, shortly, and nothing else can. */
#include "unit/ledger_play.h"

#include "register/proof.h"

static struct play *p;

struct made {
	char text[ASSAY_WORKER_PROOF_BYTES_MAX];
	size_t len;
};

static bool
prove_row(void *context, struct state_proof *proof, struct assay_bytes key)
{
	return memory_prove_row(context, proof, key);
}

/* The last entry's proof: the roots to its left. */
static void
last_proof(struct proof *proof, const struct frontier *before)
{
	proof->count = 0;
	for (unsigned level = 0; level < 64; level++) {
		if ((before->size >> level & 1) != 0) {
			proof->hashes[proof->count++] = before->hashes[level];
		}
	}
}

/* Of the log up to size, whose last entry may be replaced; note: a checkpoint over it. */
static void
log_prove(struct proof *proof, char note[static CHECKPOINT_NOTE_BYTES_MAX], size_t *len, uint64_t size,
    const struct assay_bytes *last)
{
	struct frontier tree = { .size = 0 };
	struct assay_bytes entry;
	struct hash hash;

	for (uint64_t i = 0; i < size; i++) {
		assert_true(memory_entry(p->s->memory, i, &entry));
		if (i == size - 1) {
			last_proof(proof, &tree);
			entry = last != NULL ? *last : entry;
		}
		merkle_leaf(p->s->crypto, &hash, entry);
		frontier_append(&tree, p->s->crypto, &hash);
	}
	frontier_root(&tree, p->s->crypto, &hash);
	ledger_note(note, len, &p->signer, size, &hash);
}

static struct proof_request
request_at(const uint8_t worker[static 32], bool whole, uint64_t size, const struct assay_bytes *last,
    char note[static CHECKPOINT_NOTE_BYTES_MAX])
{
	struct proof_request request = { .whole = whole, .rows = memory_rows(p->s->memory), .context = p->s->memory,
		.prove = prove_row };
	size_t len;

	memcpy(request.worker, worker, sizeof(request.worker));
	log_prove(&request.inclusion, note, &len, size, last);
	request.checkpoint = bytes_of(note, len);
	if (last != NULL) {
		request.commit = *last;
	} else {
		assert_true(memory_entry(p->s->memory, size - 1, &request.commit));
	}
	return request;
}

static void
make(struct made *made, const uint8_t worker[static 32], bool whole)
{
	static char note[CHECKPOINT_NOTE_BYTES_MAX];
	static struct proof_request request;
	static uint8_t block_id[32];

	/* The log is proved once a block. */
	if (memcmp(block_id, p->s->commit.block_id, sizeof(block_id)) != 0) {
		memcpy(block_id, p->s->commit.block_id, sizeof(block_id));
		request = request_at(worker, whole, p->s->commit.log_size, NULL, note);
	}
	assert_true(memory_entry(p->s->memory, p->s->commit.log_size - 1, &request.commit));
	request.context = p->s->memory;
	request.rows = memory_rows(p->s->memory);
	request.whole = whole;
	memcpy(request.worker, worker, sizeof(request.worker));
	made->len = proof_compose(made->text, sizeof(made->text), &request, p->s->crypto);
	assert_int_not_equal(made->len, 0);
}

static struct assay_register_proof_question
question_of(const uint8_t *worker)
{
	struct assay_register_proof_question question = { .log_name = p->signer.key.name, .worker = worker };

	memcpy(question.log_key, p->signer.key.key, sizeof(question.log_key));
	return question;
}

static struct assay_register_proof_result
verified(const struct made *made, const uint8_t *worker)
{
	const struct assay_register_proof_question question = question_of(worker);
	struct assay_register_proof_result result;

	(void)assay_register_proof_verify(&result, p->s->crypto, bytes_of(made->text, made->len), &question);
	return result;
}

static void
start(void)
{
	static struct play one;

	p = &one;
	play_start(p);
}

/* ---- what is so */

static void
test_admitted(void **state)
{
	struct made made;
	struct worker row;

	(void)state;
	start();
	for (unsigned i = 0; i < PLAY_WORKERS; i++) {
		for (unsigned whole = 0; whole < 2; whole++) {
			make(&made, p->workers[i].id, whole != 0);
			const struct assay_register_proof_result result = verified(&made, p->workers[i].id);
			struct assay_register_proof_question question = question_of(p->workers[i].id);
			struct assay_register_proof_result again;

			scene_get_worker(p->s, &p->workers[i], &row);
			assert_string_equal(result.why, "");
			assert_int_equal(result.standing, ASSAY_STANDING_ADMITTED);
			assert_int_equal(result.tier, row.tier);
			assert_memory_equal(result.agreement_key, row.agreement_key, 32);
			assert_memory_equal(result.program, p->s->program_sgx, 32);
			assert_memory_equal(result.register_id, p->s->head.register_id, 32);
			assert_int_equal(result.height, p->s->commit.height);
			assert_int_equal(result.log_size, p->s->commit.log_size);
			assert_true(result.rows == (whole != 0 ? 8 : 5) && result.followed);
			assert_true(made.len < 6000 - 3 * 180);	/* with three cosignatures as well */
			question.tier_max = row.tier;
			assert_true(assay_register_proof_verify(&again, p->s->crypto, bytes_of(made.text, made.len),
			    &question));
			if (row.tier > 1) {
				question.tier_max = (uint8_t)(row.tier - 1);
				assert_false(assay_register_proof_verify(&again, p->s->crypto,
				    bytes_of(made.text, made.len), &question));
				assert_int_equal(again.standing, ASSAY_STANDING_ADMITTED);
			}
		}
	}
	play_end(p);
}

static void
test_absent(void **state)
{
	struct made made;
	uint8_t id[32];

	(void)state;
	start();
	for (unsigned i = 0; i < 64; i++) {
		memset(id, (int)i * 3, sizeof(id));
		make(&made, id, false);
		const struct assay_register_proof_result result = verified(&made, id);

		assert_int_equal(result.standing, ASSAY_STANDING_ABSENT);
		assert_int_equal(result.absences, 1);
		assert_int_equal(verified(&made, p->workers[0].id).fault, ASSAY_PROOF_WORKER);
	}
	play_end(p);
}

/* ---- nothing else is */

static void
test_every_byte(void **state)
{
	static const uint8_t nobody[32] = { 1 };
	static struct made made, changed;

	(void)state;
	start();
	for (unsigned kind = 0; kind < 3; kind++) {
		const uint8_t *worker = kind == 2 ? nobody : p->workers[kind].id;
		const enum assay_register_standing wanted = kind == 2 ? ASSAY_STANDING_ABSENT : ASSAY_STANDING_ADMITTED;

		make(&made, worker, kind == 1);
		assert_int_equal(verified(&made, worker).standing, wanted);
		changed = made;
		for (size_t i = 0; i < made.len; i++) {
			for (unsigned bit = 0; bit < 8; bit++) {
				changed.text[i] = (char)(made.text[i] ^ 1 << bit);
				const struct assay_register_proof_result result = verified(&changed, worker);

				if (result.fault == ASSAY_PROOF_FINE) {
					fail_msg("byte %zu, bit %u of kind %u: nobody noticed", i, bit, kind);
				}
				assert_int_equal(result.standing, ASSAY_STANDING_UNKNOWN);
				assert_true(result.why[0] != '\0');
			}
			changed.text[i] = made.text[i];
		}
		for (changed.len = 0; changed.len < made.len; changed.len++) {
			assert_int_not_equal(verified(&changed, worker).fault, ASSAY_PROOF_FINE);
		}
	}
	play_end(p);
}

static void
test_others(void **state)
{
	static struct made made;
	struct assay_register_proof_question question;
	struct assay_register_proof_result result;
	char note[CHECKPOINT_NOTE_BYTES_MAX];

	(void)state;
	start();
	make(&made, p->workers[0].id, false);
	const struct assay_bytes file = bytes_of(made.text, made.len);

	/* Another log's key; another log's name. */
	question = question_of(p->workers[0].id);
	question.log_key[0] ^= 1;
	assert_false(assay_register_proof_verify(&result, p->s->crypto, file, &question));
	assert_int_equal(result.fault, ASSAY_PROOF_CHECKPOINT);
	question = question_of(p->workers[0].id);
	question.log_name = bytes_of_text("example.org/another");
	assert_false(assay_register_proof_verify(&result, p->s->crypto, file, &question));
	assert_int_equal(result.fault, ASSAY_PROOF_CHECKPOINT);
	/* Another worker's; nobody asked for whom. */
	assert_int_equal(verified(&made, p->workers[1].id).fault, ASSAY_PROOF_WORKER);
	assert_int_equal(verified(&made, NULL).standing, ASSAY_STANDING_ADMITTED);

	/* A commit entry of before, under a checkpoint of now. */
	const uint64_t old_size = p->s->commit.log_size;
	struct proof_request stale = request_at(p->workers[0].id, false, old_size, NULL, note);
	char later[CHECKPOINT_NOTE_BYTES_MAX];
	struct proof inclusion;
	size_t len;

	play_block(p);
	log_prove(&inclusion, later, &len, p->s->commit.log_size, NULL);
	stale.checkpoint = bytes_of(later, len);
	made.len = proof_compose(made.text, sizeof(made.text), &stale, p->s->crypto);
	assert_int_equal(verified(&made, p->workers[0].id).fault, ASSAY_PROOF_INCLUSION);
	/* Rows of now, under a commit entry and a checkpoint of before. */
	stale = request_at(p->workers[0].id, false, old_size, NULL, note);
	made.len = proof_compose(made.text, sizeof(made.text), &stale, p->s->crypto);
	assert_int_equal(verified(&made, p->workers[0].id).fault, ASSAY_PROOF_ROW);
	/* An entry that is no commit entry, though it is the last one. */
	struct assay_bytes other;

	assert_true(memory_entry(p->s->memory, 0, &other));
	stale = request_at(p->workers[0].id, false, 1, NULL, note);
	assert_int_equal(proof_compose(made.text, sizeof(made.text), &stale, p->s->crypto), 0);
	play_end(p);
}

/* Every row that standing needs, left out of a proof: then it is not shown. */
struct leaving_out {
	struct memory *memory;
	struct row_key key;
};

static enum assay_rows_result
get_but_one(void *context, struct assay_bytes key, uint8_t *out, size_t size, size_t *len)
{
	struct leaving_out *l = context;
	const struct assay_rows rows = memory_rows(l->memory);

	if (bytes_equal(key, bytes_of(l->key.bytes, l->key.len))) {
		return ASSAY_ROWS_ABSENT;
	}
	return rows.get(rows.context, key, out, size, len);
}

static void
test_row_denied(void **state)
{
	static struct made made;
	char note[CHECKPOINT_NOTE_BYTES_MAX];

	(void)state;
	start();
	struct leaving_out l = { p->s->memory, key_start(TABLE_META) };
	const enum parameter_id needed[] = { PARAMETER_EVIDENCE_AGE, PARAMETER_STAKE_LEAST };

	/* A composer that says that a row is not there has no proof of that. */
	for (size_t i = 0; i < 4; i++) {
		struct proof_request request = request_at(p->workers[0].id, true, p->s->commit.log_size, NULL, note);

		l.key = i == 0 ? key_start(TABLE_META) : i == 1 ? key_start(TABLE_SWEEP)
		    : key_u16(key_start(TABLE_PARAMETER), (uint16_t)needed[i - 2]);
		request.rows.context = &l;
		request.rows.get = get_but_one;
		assert_int_equal(proof_compose(made.text, sizeof(made.text), &request, p->s->crypto), 0);
	}
	play_end(p);
}

/* ---- the same as the machine says, whatever happens */

static unsigned seen[2][2];	/* in; its row has followed */

/* As many as a pass takes some blocks for; those above the play's do not answer. */
#define MANY	26
static struct scene_worker many[MANY];

static void
compare_all(unsigned round)
{
	static struct made made;
	struct machine *m = scene_machine(p->s);

	for (unsigned i = 0; i < MANY; i++) {
		struct worker row;

		scene_get_worker(p->s, &many[i], &row);
		for (unsigned whole = 0; whole < 2; whole++) {
			make(&made, many[i].id, whole != 0);
			const struct assay_register_proof_result result = verified(&made, many[i].id);
			const bool admitted = result.standing == ASSAY_STANDING_ADMITTED;

			assert_int_equal(result.fault, ASSAY_PROOF_FINE);
			if (admitted != worker_is_admitted(m, &row)) {
				fail_msg("round %u, worker %u: the proof says %s (%s)", round, i, admitted ? "in" : "out",
				    result.why);
			}
			if (row.state == WORKER_ONLINE) {
				assert_int_equal(result.expires_ms, time_add(worker_evidence_expires_own_ms(m, &row),
				    m->meta.halted_ms));
				seen[admitted][result.followed]++;
			}
		}
	}
}

static void
deny(enum deny_kind kind, struct assay_bytes value, bool undo)
{
	struct deny_arguments a = { .kind = (uint8_t)kind };

	VAR_SET(a.value, value);
	(void)scene_act(p->s, undo ? ACT_UNDENY : ACT_DENY, &a);
}

static void
component(uint8_t value[static 9], const struct worker *row, uint8_t index, uint16_t least)
{
	memcpy(value, row->fmspc, 6);
	value[6] = index;
	value[7] = (uint8_t)(least >> 8);
	value[8] = (uint8_t)least;
}

/* One act a round, with so few rows a block that workers follow one after the other. */
static void
act_of_round(unsigned round)
{
	struct program_arguments program;
	struct set_parameter_arguments parameter = { PARAMETER_FLOOR_TIER, 5 };
	struct worker row;
	uint8_t value[9];

	scene_get_worker(p->s, &p->workers[round % PLAY_WORKERS], &row);
	memcpy(program.program, p->s->program_sgx, sizeof(program.program));
	switch (round) {
	case 0:
		deny(DENY_ADVISORY, bytes_of_text("INTEL-SA-99999"), false);
		break;
	case 1:
		component(value, &row, 0, row.components[0]);
		deny(DENY_COMPONENT, ARRAY_BYTES(value), false);
		break;
	case 2:
		deny(DENY_PLATFORM, ARRAY_BYTES(row.platform), false);
		break;
	case 3:
		parameter = (struct set_parameter_arguments){ PARAMETER_STAKE_LEAST, 5000000 };
		(void)scene_act(p->s, ACT_SET_PARAMETER, &parameter);
		break;
	case 4:
		parameter = (struct set_parameter_arguments){ PARAMETER_EVIDENCE_AGE, 60000 };
		(void)scene_act(p->s, ACT_SET_PARAMETER, &parameter);
		break;
	case 5:
		parameter = (struct set_parameter_arguments){ PARAMETER_STAKE_LEAST, 1 };
		(void)scene_act(p->s, ACT_SET_PARAMETER, &parameter);
		break;
	case 6:
		component(value, &row, 16, (uint16_t)(row.pcesvn + 1));
		deny(DENY_COMPONENT, ARRAY_BYTES(value), false);
		break;
	case 7:
		(void)scene_act(p->s, ACT_REVOKE_PROGRAM, &program);
		break;
	default:
		break;
	}
}

static void
test_as_the_machine(void **state)
{
	static const struct scene_parameter parameters[] = {
		{ PARAMETER_EPOCH_BLOCKS, 24 }, { PARAMETER_WINDOW, 4 }, { PARAMETER_REATTEST_WINDOW, 8 },
		{ PARAMETER_REATTEST_ONE_IN, 3 }, { PARAMETER_NONCE_AGE, 40 }, { PARAMETER_LOCK, 0 },
		{ PARAMETER_TIMER_ROWS, 8 }, { PARAMETER_APPRAISALS, 1 },
	};
	static struct play one;

	(void)state;
	p = &one;
	p->s = scene_new(&(struct scene_options){ .seed = "proofs", .parameters = parameters,
	    .parameters_count = sizeof(parameters) / sizeof(parameters[0]) });
	p->signer = scratch_signer(9);
	p->silent = PLAY_WORKERS;
	ledger_name_signer(p->s, &p->signer);
	scene_bring_collateral(p->s, SIM_SGX);
	scene_block(p->s);
	for (unsigned i = 0; i < MANY; i++) {
		scene_worker_online(p->s, &many[i], &(struct scene_worker_options){ .operator_index = i % 3,
		    .number = i, .sim = { .tee = SIM_SGX, .index = i } });
	}
	memcpy(p->workers, many, sizeof(p->workers));
	for (unsigned round = 0; round < 9; round++) {
		act_of_round(round);
		for (unsigned block = 0; block < 26; block++) {
			play_block(p);
			compare_all(round);
		}
	}
	print_message("# out %u and %u, in %u and %u\n", seen[0][0], seen[0][1], seen[1][0], seen[1][1]);
	/* Out though its row has not followed yet; in though it has not; and both once it has. */
	assert_true(seen[0][0] != 0 && seen[0][1] != 0 && seen[1][0] != 0 && seen[1][1] != 0);
	play_end(p);
}

/* Is a worker in only while its row has followed?  In the very block of an act the causes are shown themselves. */
static void
test_same_block(void **state)
{
	static struct made made;
	struct deny_arguments a = { .kind = DENY_PLATFORM };
	struct worker row;

	(void)state;
	start();
	scene_get_worker(p->s, &p->workers[1], &row);
	VAR_SET(a.value, ARRAY_BYTES(row.platform));
	assert_int_not_equal(scene_act(p->s, ACT_DENY, &a), 0);
	scene_block(p->s);
	make(&made, p->workers[0].id, false);
	assert_int_equal(verified(&made, p->workers[0].id).standing, ASSAY_STANDING_ADMITTED);
	make(&made, p->workers[1].id, false);
	assert_int_equal(verified(&made, p->workers[1].id).standing, ASSAY_STANDING_OUT);
	play_end(p);
}

/* ---- size */

/* The register among many more rows than it has: as long as that is. */
static size_t
length_among(unsigned rows_count)
{
	static struct made made;
	const struct assay_rows rows = memory_rows(p->s->memory);
	struct entry_commit commit;
	struct assay_bytes entry;
	uint8_t key[33] = { TABLE_EVIDENCE };
	uint8_t bytes[256] = { ENTRY_COMMIT };
	char note[CHECKPOINT_NOTE_BYTES_MAX];
	size_t longest = 0;

	memory_begin_block(p->s->memory);
	for (unsigned i = 0; i < rows_count; i++) {
		memcpy(key + 1, &i, sizeof(i));
		assert_true(rows.put(rows.context, ARRAY_BYTES(key), bytes_of(key, 1)));
	}
	assert_true(memory_entry(p->s->memory, p->s->commit.log_size - 1, &entry));
	assert_true(record_decode(&entry_commit_record, &commit, bytes_slice(entry, 1, entry.len - 1)));
	assert_true(rows.root(rows.context, commit.state_root));
	const struct assay_bytes last = bytes_of(bytes, 1 + record_encode(&entry_commit_record, &commit, bytes + 1,
	    sizeof(bytes) - 1));

	for (unsigned i = 0; i < PLAY_WORKERS; i++) {
		const struct proof_request request = request_at(p->workers[i].id, false, p->s->commit.log_size, &last, note);

		made.len = proof_compose(made.text, sizeof(made.text), &request, p->s->crypto);
		assert_int_equal(verified(&made, p->workers[i].id).standing, ASSAY_STANDING_ADMITTED);
		longest = made.len > longest ? made.len : longest;
	}
	memory_abort_block(p->s->memory);
	return longest;
}

static void
test_size(void **state)
{
	size_t few, among_many;

	(void)state;
	start();
	few = length_among(1000);
	among_many = length_among(60000);
	print_message("# a proof has %zu bytes among 1,000 rows, %zu among 60,000\n", few, among_many);
	assert_true(few < 5000);
	assert_true(among_many < 6000);
	play_end(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_admitted),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_row_denied),
		cmocka_unit_test(test_as_the_machine),
		cmocka_unit_test(test_same_block),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
