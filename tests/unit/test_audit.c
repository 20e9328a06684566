/* SPDX-License-Identifier: Apache-2.0 */
/* The auditor: an honest log comes through with its answers; nothing else comes through. */
#include "unit/ledger_play.h"

static struct play *p;

/* ---- a log as a list of entries, which can be tampered with */

struct entries {
	struct assay_bytes *list;
	uint8_t *owned;		/* of the one that was changed */
	size_t count;
};

static struct entries
entries_of(const struct play *from)
{
	struct entries e = { .count = from->s->commit.log_size };

	e.list = calloc(e.count + 8, sizeof(e.list[0]));
	for (size_t i = 0; i < e.count; i++) {
		assert_true(memory_entry(from->s->memory, i, &e.list[i]));
	}
	return e;
}

static void
entries_free(struct entries *e)
{
	free(e->list);
	free(e->owned);
}

static uint8_t *
entries_own(struct entries *e, size_t i)
{
	e->owned = realloc(e->owned, e->list[i].len + 1);
	bytes_copy(e->owned, e->list[i], e->list[i].len);
	e->list[i] = bytes_of(e->owned, e->list[i].len);
	return e->owned;
}

static bool
entry_get(void *context, uint64_t index, struct assay_bytes *entry, struct store_error *error)
{
	const struct entries *const e = context;

	if (index >= e->count) {
		return store_fail(error, STORE_MISSING, NULL, NULL, "There is no such entry.");
	}
	*entry = e->list[index];
	return true;
}

/* A checkpoint of these entries by the log's own key: a team that cheats has that. */
static void
entries_sign(struct entries *e, char note[static CHECKPOINT_NOTE_BYTES_MAX], size_t *len)
{
	struct frontier tree = { .size = 0 };
	struct hash hash;

	for (size_t i = 0; i < e->count; i++) {
		merkle_leaf(assay_crypto_openssl(), &hash, e->list[i]);
		frontier_append(&tree, assay_crypto_openssl(), &hash);
	}
	frontier_root(&tree, assay_crypto_openssl(), &hash);
	ledger_note(note, len, &p->signer, tree.size, &hash);
}

struct heard {
	size_t count;
	char all[32000];
	size_t len;
};

static void
hear(void *context, uint64_t index, uint64_t height, uint64_t time_ms, const char *sentence)
{
	struct heard *const h = context;

	h->count++;
	h->len += (size_t)snprintf(h->all + h->len, sizeof(h->all) - h->len, "%llu %llu %s\n", (unsigned long long)index,
	    (unsigned long long)height, sentence);
	assert_true(h->len < sizeof(h->all) && time_ms >= SCENE_START_MS);
}

static bool
audit_entries(struct entries *e, struct assay_bytes note, struct assay_bytes old, unsigned threads, struct heard *heard,
    struct audit_report *report)
{
	const struct audit_source source = { .context = e, .entry = entry_get };
	const struct audit_options options = { .checkpoint = note, .log = &p->signer.key, .old_checkpoint = old,
		.threads = threads, .context = heard, .act = heard != NULL ? hear : NULL };

	return audit_run(report, assay_crypto_openssl(), &source, &options);
}

/* Signed over again by the team, without any old checkpoint.  Reading ahead changes nothing that is said. */
static struct audit_report
audit_signed(struct entries *e)
{
	char note[CHECKPOINT_NOTE_BYTES_MAX];
	struct audit_report report, other;
	size_t len;

	entries_sign(e, note, &len);
	(void)audit_entries(e, bytes_of(note, len), bytes_of(NULL, 0), 1, NULL, &report);
	if (report.size % 2 == 0) {
		(void)audit_entries(e, bytes_of(note, len), bytes_of(NULL, 0), 2, NULL, &other);
		assert_int_equal(other.fault, report.fault);
		assert_int_equal(other.fault_index, report.fault_index);
		assert_string_equal(other.fault_text, report.fault_text);
	}
	return report;
}

static struct assay_bytes
play_checkpoint(void)
{
	return bytes_of(p->note, p->note_len);
}

/* ---- honest */

static void
an_honest_log_is_answered_for(void **state)
{
	static struct heard heard;
	struct audit_report r[2];
	struct entries e = entries_of(p);

	(void)state;
	memset(&heard, 0, sizeof(heard));
	if (!audit_entries(&e, play_checkpoint(), bytes_of(NULL, 0), 1, &heard, &r[0])) {
		fail_msg("%d at %llu: %s; failing %llu, without %llu at %llu", r[0].fault,
		    (unsigned long long)r[0].fault_index, r[0].fault_text, (unsigned long long)r[0].evidences_failing,
		    (unsigned long long)r[0].payments_without, (unsigned long long)r[0].without_index);
	}
	assert_int_equal(r[0].size, p->s->commit.log_size);
	assert_int_equal(r[0].height, p->s->commit.height);
	assert_memory_equal(r[0].state_root, p->s->commit.state_root, 32);
	assert_memory_equal(r[0].register_id, p->s->head.register_id, 32);
	assert_int_equal(r[0].workers, PLAY_WORKERS);
	assert_true(r[0].admitted >= 2);
	assert_true(r[0].evidences >= PLAY_WORKERS);
	assert_int_equal(r[0].evidences_refused, 1);
	assert_true(r[0].simulated >= 1);
	assert_true(r[0].payments >= 4 && r[0].paid >= 1000);
	assert_true(r[0].slashes >= 1 && r[0].slashed > 0);
	assert_int_equal(r[0].proposals, 2);
	assert_int_equal(r[0].acts, 2);
	assert_non_null(strstr(heard.all, "set-parameter reward to 2000, because \"a test\""));
	assert_non_null(strstr(heard.all, "proposal 2 was approved by "));
	assert_non_null(strstr(heard.all, "took effect at once"));
	assert_non_null(strstr(heard.all, "proposal 1 took effect: set-parameter reward to 2000"));
	assert_non_null(strstr(heard.all, "was for a time, which is over: deny"));
	/* Threads change nothing that is said. */
	assert_true(audit_entries(&e, play_checkpoint(), bytes_of(NULL, 0), 3, NULL, &r[1]));
	assert_memory_equal(&r[0], &r[1], sizeof(r[0]));
	entries_free(&e);
}

/* The units that the audit found paid are those that epochs and apps gave out. */
static void
every_unit_paid_is_found(void **state)
{
	struct machine *const m = scene_machine(p->s);
	const struct row_key prefix = key_start(TABLE_EPOCH);
	struct row_key key = prefix;
	struct audit_report r;
	struct entries e = entries_of(p);
	uint64_t paid = 0;
	struct epoch epoch;

	(void)state;
	assert_true(audit_entries(&e, play_checkpoint(), bytes_of(NULL, 0), 1, NULL, &r));
	while (row_next(m, &prefix, &key, &epoch)) {
		paid += epoch.paid;
	}
	assert_true(paid > 0 && r.paid >= paid);
	/* The rest is pay of the app, in whole slots. */
	assert_true(r.paid > paid);
	assert_int_equal((r.paid - paid) % 50, 0);
	entries_free(&e);
}

/* ---- checkpoints */

static void
a_checkpoint_must_be_the_logs(void **state)
{
	struct log_signer other = scratch_signer(20);
	struct audit_report r;
	struct entries e = entries_of(p);
	char note[CHECKPOINT_NOTE_BYTES_MAX];
	struct hash root;
	uint64_t size;
	size_t len;

	(void)state;
	memory_log(p->s->memory, &size, &root);
	ledger_note(note, &len, &other, size, &root);
	assert_false(audit_entries(&e, bytes_of(note, len), bytes_of(NULL, 0), 1, NULL, &r));
	assert_int_equal(r.fault, AUDIT_CHECKPOINT);
	assert_false(audit_entries(&e, bytes_of_text("no note"), bytes_of(NULL, 0), 1, NULL, &r));
	assert_int_equal(r.fault, AUDIT_CHECKPOINT);
	assert_false(audit_entries(&e, play_checkpoint(), bytes_of(note, len), 1, NULL, &r));
	assert_int_equal(r.fault, AUDIT_CHECKPOINT);
	scratch_signer_free(&other);
	entries_free(&e);
}

static void
a_checkpoint_inside_a_block_is_refused(void **state)
{
	struct entries e = entries_of(p);

	(void)state;
	/* Blocks in which nothing happened are their commit entry, so the last one that is more. */
	while (e.list[e.count - 2].data[0] == ENTRY_COMMIT) {
		e.count--;
	}
	e.count--;
	assert_int_equal(audit_signed(&e).fault, AUDIT_ENTRY);
	e.count = 0;
	assert_int_equal(audit_signed(&e).fault, AUDIT_GENESIS);
	entries_free(&e);
}

/* ---- tampering: the team signs over what it made of its log */

/* Mutation caught: any comparison that is left out.  Every entry, some of its bytes. */
static void
a_changed_byte_is_found_wherever_it_is(void **state)
{
	struct entries e = entries_of(p);
	struct audit_report r;
	uint64_t seed = 5;

	(void)state;
	for (size_t i = 0; i < e.count; i++) {
		const struct assay_bytes whole = e.list[i];
		uint8_t *const bytes = entries_own(&e, i);

		/* Not signed over again: the tree finds it at once. */
		bytes[scratch_random(&seed) % whole.len] ^= (uint8_t)(1 + scratch_random(&seed) % 255);
		assert_false(audit_entries(&e, play_checkpoint(), bytes_of(NULL, 0), 1, NULL, &r));
		assert_int_equal(r.fault, AUDIT_ROOT);
		e.list[i] = whole;
	}
	for (unsigned i = 0; i < 60; i++) {
		const size_t at = (size_t)(scratch_random(&seed) % e.count);
		const struct assay_bytes whole = e.list[at];
		uint8_t *const bytes = entries_own(&e, at);

		bytes[scratch_random(&seed) % whole.len] ^= (uint8_t)(1 << scratch_random(&seed) % 8);
		r = audit_signed(&e);
		/* A genesis with another name is another register, whose transactions are not these. */
		assert_int_not_equal(r.fault, AUDIT_FINE);
		assert_true(strlen(r.fault_text) > 10);
		assert_true(r.fault_index <= e.count);
		e.list[at] = whole;
	}
	entries_free(&e);
}

static void
entries_cut_off_swapped_or_doubled_are_found(void **state)
{
	struct entries e = entries_of(p);
	uint64_t seed = 6;

	(void)state;
	for (unsigned i = 0; i < 25; i++) {
		const size_t at = (size_t)(scratch_random(&seed) % (e.count - 1));
		struct assay_bytes *const list = calloc(e.count + 1, sizeof(list[0]));
		struct entries bad = { .list = list, .count = e.count };

		memcpy(list, e.list, e.count * sizeof(list[0]));
		switch (i % 4) {
		case 0:		/* left out */
			memmove(list + at, list + at + 1, (e.count - at - 1) * sizeof(list[0]));
			bad.count--;
			break;
		case 1:		/* doubled */
			memmove(list + at + 1, list + at, (e.count - at) * sizeof(list[0]));
			bad.count++;
			break;
		case 2:		/* swapped */
			list[at] = e.list[at + 1];
			list[at + 1] = e.list[at];
			break;
		default:	/* cut off, within a block or not: then it is another, shorter log */
			bad.count = at + 1;
			break;
		}
		/* At a block's end it is a shorter log, which the checkpoint of the longer one tells from it. */
		if (i % 4 != 3 || list[at].data[0] != ENTRY_COMMIT) {
			assert_int_not_equal(audit_signed(&bad).fault, AUDIT_FINE);
		}
		struct audit_report r;
		char note[CHECKPOINT_NOTE_BYTES_MAX];
		size_t len;

		entries_sign(&bad, note, &len);
		assert_false(audit_entries(&bad, bytes_of(note, len), play_checkpoint(), 1, NULL, &r));
		free(list);
	}
	entries_free(&e);
}

static void
garbage_is_no_log(void **state)
{
	struct audit_report r;
	static uint8_t bytes[70000];
	uint64_t seed = 7;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		struct assay_bytes list[6];
		struct entries e = { .list = list, .count = 1 + scratch_random(&seed) % 6 };
		struct assay_bytes genesis;

		assert_true(memory_entry(p->s->memory, 0, &genesis));
		for (size_t k = 0; k < e.count; k++) {
			const size_t from = (size_t)(scratch_random(&seed) % 60000);

			for (size_t at = from; at < from + 64; at++) {
				bytes[at] = (uint8_t)scratch_random(&seed);
			}
			bytes[from] = (uint8_t)(scratch_random(&seed) % 6);
			list[k] = bytes_of(bytes + from, (size_t)(scratch_random(&seed) % 300));
		}
		if (i % 2 == 0) {
			list[0] = genesis;
			if (e.count > 1 && i % 4 == 0) {
				assert_true(memory_entry(p->s->memory, 1, &list[1]));
			}
		}
		r = audit_signed(&e);
		if (i % 4 == 0 && e.count <= 2) {
			continue;	/* that is the beginning of a log */
		}
		assert_int_not_equal(r.fault, AUDIT_FINE);
	}
}

/* Where the new state of the first worker stands in an effect of missed windows; 0: nowhere. */
static size_t
worker_state_at(struct assay_bytes entry)
{
	size_t at = 10;		/* type, height, effect */

	if (entry.data[0] != ENTRY_EFFECT || entry.data[9] != EFFECT_MISSED) {
		return 0;
	}
	while (at < entry.len) {
		const bool is_worker = entry.data[at + 1] == TABLE_WORKER;

		at += 1 + (size_t)entry.data[at];
		for (unsigned i = 0; i < 2; i++) {
			const bool there = entry.data[at] != 0;

			if (i == 1 && is_worker && there && entry.data[at + 3] == WORKER_UNRESPONSIVE) {
				return at + 3;
			}
			at += there ? 3 + (size_t)(entry.data[at + 1] << 8 | entry.data[at + 2]) : 1;
		}
	}
	return 0;
}

/* What the sentences say: the kind of entry, the block, what was expected. */
static void
the_fault_names_what_was_expected(void **state)
{
	struct entries e = entries_of(p);
	struct audit_report r;
	unsigned found = 0;

	(void)state;
	for (size_t i = 0; i < e.count && found < 2; i++) {
		const struct assay_bytes whole = e.list[i];
		struct entry_result result;
		struct cursor c = cursor_over(whole);
		uint8_t *bytes;

		if (cursor_u8(&c) != ENTRY_TRANSACTION) {
			continue;
		}
		record_read(&entry_result_record, &result, &c);
		if (result.code != CODE_EVIDENCE_REFUSED) {
			continue;
		}
		bytes = entries_own(&e, i);
		bytes[9] = 0;	/* the code: forged evidence is said to have been accepted */
		bytes[10] = 0;
		r = audit_signed(&e);
		assert_int_equal(r.fault, AUDIT_ENTRY);
		assert_int_equal(r.fault_index, i);
		assert_non_null(strstr(r.fault_text, "says that the register number "));
		assert_non_null(strstr(r.fault_text, "was accepted"));
		assert_non_null(strstr(r.fault_text, "by the rules it must say that"));
		assert_non_null(strstr(r.fault_text, "evidence.refused"));
		found++;
		e.list[i] = whole;
	}
	assert_int_equal(found, 1);
	/* A worker's change of state that is not what the rules make. */
	for (size_t i = 0; i < e.count; i++) {
		const struct assay_bytes whole = e.list[i];
		const size_t at = worker_state_at(whole);

		if (at == 0) {
			continue;
		}
		uint8_t *const bytes = entries_own(&e, i);

		assert_int_equal(bytes[at], WORKER_UNRESPONSIVE);
		bytes[at] = WORKER_PAUSED;
		r = audit_signed(&e);
		assert_int_equal(r.fault, AUDIT_ENTRY);
		assert_non_null(strstr(r.fault_text, "went from online to paused; by the rules worker "));
		assert_non_null(strstr(r.fault_text, "went from online to unresponsive"));
		e.list[i] = whole;
		found++;
		break;
	}
	assert_int_equal(found, 2);
	entries_free(&e);
}

/* The machine asserts that time goes on, so the auditor must not let it see what does not. */
static void
a_block_whose_time_or_height_is_not_the_next_is_refused(void **state)
{
	static const uint64_t times[] = { 0, SCENE_START_MS, UINT64_MAX, UINT64_C(253402300800000) };
	struct entries e = entries_of(p);
	struct audit_report r;
	size_t at = e.count / 2;

	(void)state;
	while (e.list[at].data[0] != ENTRY_COMMIT) {
		at++;
	}
	const struct assay_bytes whole = e.list[at];

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		uint8_t *const bytes = entries_own(&e, at);

		for (unsigned k = 0; k < 8; k++) {
			bytes[9 + k] = (uint8_t)(times[i] >> (56 - 8 * k));
		}
		r = audit_signed(&e);
		assert_int_equal(r.fault, AUDIT_ENTRY);
		assert_int_equal(r.fault_index, at);
		assert_non_null(strstr(r.fault_text, "a time that is not after"));
		e.list[at] = whole;
	}
	entries_own(&e, at)[8] ^= 1;
	r = audit_signed(&e);
	assert_int_equal(r.fault, AUDIT_ENTRY);
	assert_non_null(strstr(r.fault_text, "the next one is block"));
	entries_free(&e);
}

/* Mutation caught: a transaction withheld for a reason that only its text could show. */
static void
nothing_is_withheld_without_a_reason_of_form(void **state)
{
	static const uint16_t codes[] = { CODE_ACCEPTED, CODE_ARGUMENTS, CODE_EVIDENCE_REFUSED, 60000 };
	const uint8_t digest[32] = { 3 };

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]) + 1; i++) {
		struct play *const honest = p;
		struct play *const other = calloc(1, sizeof(*other));
		const bool good = i == sizeof(codes) / sizeof(codes[0]);
		struct entries e;

		play_start(other);
		scene_wait(other->s, 1000);
		assert_true(assay_register_apply_refused(other->s->reg, digest, good ? CODE_SIGNATURE : codes[i]));
		scene_block(other->s);
		p = other;
		e = entries_of(other);
		assert_int_equal(audit_signed(&e).fault, good ? AUDIT_FINE : AUDIT_ENTRY);
		entries_free(&e);
		p = honest;
		play_end(other);
		free(other);
	}
}

/* A source that fails once, anywhere: the audit goes on from where it was. */
struct flaky {
	struct entries e;
	uint64_t calls, fails_at;
};

static bool
flaky_get(void *context, uint64_t index, struct assay_bytes *entry, struct store_error *error)
{
	struct flaky *const f = context;

	f->calls++;
	if (f->calls == f->fails_at) {
		return store_fail(error, STORE_DISK, "The line was cut.", NULL, "Entry %u cannot be had.", (unsigned)index);
	}
	return entry_get(&f->e, index, entry, error);
}

static void
what_could_not_be_read_can_be_tried_again(void **state)
{
	struct flaky f = { .e = entries_of(p) };
	const struct audit_source source = { .context = &f, .entry = flaky_get };
	struct audit_options options = { .log = &p->signer.key };
	uint64_t seed = 8;

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		struct audit_report r;
		struct audit *audit;

		options.threads = 1 + i % 2;
		f.calls = 0;
		f.fails_at = 1 + scratch_random(&seed) % (2 * f.e.count);
		audit = audit_new(assay_crypto_openssl(), &source, &options);
		assert_false(audit_continue(audit, play_checkpoint(), true, &r));
		assert_int_equal(r.fault, AUDIT_UNREADABLE);
		assert_non_null(strstr(r.fault_text, "cannot be had. The line was cut."));
		assert_true(audit_continue(audit, play_checkpoint(), true, &r));
		assert_int_equal(r.size, f.e.count);
		audit_free(audit);
	}
	entries_free(&f.e);
}

static void
another_registers_log_is_not_taken_for_it(void **state)
{
	const uint8_t other[32] = { 1 };
	struct entries e = entries_of(p);
	const struct audit_source source = { .context = &e, .entry = entry_get };
	struct audit_options options = { .checkpoint = play_checkpoint(), .log = &p->signer.key, .register_id = other };
	struct audit_report r;

	(void)state;
	assert_false(audit_run(&r, assay_crypto_openssl(), &source, &options));
	assert_int_equal(r.fault, AUDIT_GENESIS);
	options.register_id = p->s->head.register_id;
	assert_true(audit_run(&r, assay_crypto_openssl(), &source, &options));
	entries_free(&e);
}

static int
setup(void **state)
{
	(void)state;
	p = calloc(1, sizeof(*p));
	play(p);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	play_end(p);
	free(p);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_log_is_answered_for),
		cmocka_unit_test(every_unit_paid_is_found),
		cmocka_unit_test(a_checkpoint_must_be_the_logs),
		cmocka_unit_test(a_checkpoint_inside_a_block_is_refused),
		cmocka_unit_test(a_changed_byte_is_found_wherever_it_is),
		cmocka_unit_test(entries_cut_off_swapped_or_doubled_are_found),
		cmocka_unit_test(garbage_is_no_log),
		cmocka_unit_test(the_fault_names_what_was_expected),
		cmocka_unit_test(a_block_whose_time_or_height_is_not_the_next_is_refused),
		cmocka_unit_test(nothing_is_withheld_without_a_reason_of_form),
		cmocka_unit_test(what_could_not_be_read_can_be_tried_again),
		cmocka_unit_test(another_registers_log_is_not_taken_for_it),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
