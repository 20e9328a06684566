/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay policy eval: who of a register's workers would rise, drop or be out
 * under another policy.  Stored evidence, stored collateral, the last block's
 * time: what the register itself would find the day that policy is in force.
 */
#include <stdio.h>

#include "cmd/assayer.h"
#include "cmd/failure.h"
#include "cmd/policy_eval.h"
#include "cmd/register_table.h"
#include "cmd/store_open.h"

enum change_kind { CHANGE_SAME, CHANGE_RISE, CHANGE_DROP, CHANGE_OUT, CHANGE_IN, CHANGE_COUNT };

static const char *const change_words[CHANGE_COUNT] = { "same", "rise", "drop", "out", "in" };

struct evaluated {
	struct evaluated *next;
	uint8_t id[32];
	struct worker worker;
	unsigned tiers[2];	/* under the policy in force, under the other one; 0: none */
	int checks[2];		/* enum assay_check that failed first, or -1 */
	enum change_kind change;
};

struct evaluating {
	struct place place;
	struct assay_policy other;
	struct assay_policy in_force;
	uint64_t floor;
	struct evaluated *first;
	struct evaluated **last;
	size_t counts[CHANGE_COUNT];
};

/* The machine judges by the policy that it remembers as the one in force. */
static void
policy_use(struct machine *m, const struct assay_policy *policy)
{
	m->memos.policy = *policy;
	memcpy(m->memos.policy.digest, m->meta.policy, sizeof(m->meta.policy));
	m->memos.has_policy = true;
}

static unsigned
tier_under(struct machine *m, const struct assay_policy *policy, const struct worker *worker, int *failed)
{
	const struct row_key evidence_key = key_of_32(TABLE_EVIDENCE, worker->evidence);
	const struct row_key program_key = key_of_32(TABLE_PROGRAM, worker->program);
	static struct appraisal appraisal;
	struct worker judged = *worker;
	struct program program;
	struct evidence evidence;

	row_get(m, &program_key, &program);
	row_get(m, &evidence_key, &evidence);
	bytes_copy(m->document, evidence.bytes, evidence.bytes.len);
	policy_use(m, policy);
	appraise(m, &appraisal, bytes_of(m->document, evidence.bytes.len), VAR_BYTES(program.mitigates));
	worker_appraised(m, &judged, &appraisal.verdict, &program);
	*failed = appraisal.verdict.first_failed;
	return judged.tier;
}

static enum change_kind
change_of(const struct evaluating *e, unsigned now, unsigned then)
{
	const bool was_in = now != 0 && now <= e->floor;
	const bool is_in = then != 0 && then <= e->floor;

	if (was_in != is_in) {
		return was_in ? CHANGE_OUT : CHANGE_IN;
	}
	return now == then || !is_in ? CHANGE_SAME : then < now ? CHANGE_RISE : CHANGE_DROP;
}

static int
evaluate_all(struct evaluating *e)
{
	struct machine *m = e->place.m;
	const struct row_key prefix = key_start(TABLE_WORKER);
	struct row_key key = prefix;
	struct worker worker;

	while (row_next(m, &prefix, &key, &worker)) {
		struct evaluated *one;
		struct assay_bytes primary = key_primary(&key);

		if (worker.state == WORKER_LEFT || worker.state == WORKER_NONE) {
			continue;
		}
		one = arena_get(&e->place.arena, sizeof(*one));
		(void)key_take(&primary, 2);
		bytes_copy(one->id, primary, sizeof(one->id));
		one->worker = worker;
		one->tiers[0] = tier_under(m, &e->in_force, &worker, &one->checks[0]);
		one->tiers[1] = tier_under(m, &e->other, &worker, &one->checks[1]);
		one->change = change_of(e, one->tiers[0], one->tiers[1]);
		e->counts[one->change]++;
		*e->last = one;
		e->last = &one->next;
	}
	return place_check(&e->place);
}

/* ---- saying it -------------------------------------------------------- */

static const char *
tier_cell(struct cell *cell, unsigned tier)
{
	cell_start(cell);
	if (tier == 0) {
		put_text(&cell->w, "none");
	} else {
		put_unsigned(&cell->w, tier);
	}
	return cell_text(cell);
}

static const char *
why_of(const struct evaluated *one)
{
	return one->tiers[1] == 0 && one->checks[1] >= 0 ? assay_check_id((enum assay_check)one->checks[1]) : "";
}

static void
say_text(const struct evaluating *e)
{
	static const char *const heads[] = { "worker", "tee", "state", "now", "then", "change", "check", NULL };
	static const enum render_color colors[CHANGE_COUNT] = { RENDER_PLAIN, RENDER_GREEN, RENDER_YELLOW, RENDER_RED,
		RENDER_GREEN };
	struct table_text table;
	struct cell id, now, then;

	printf("%zu would rise, %zu would drop, %zu would be out, %zu would be let in if they attest, %zu stay as they are\n\n",
	    e->counts[CHANGE_RISE], e->counts[CHANGE_DROP], e->counts[CHANGE_OUT], e->counts[CHANGE_IN],
	    e->counts[CHANGE_SAME]);
	table_start(&table, heads);
	for (const struct evaluated *one = e->first; one != NULL; one = one->next) {
		const struct record *record = table_record(TABLE_WORKER);

		if (one->change == CHANGE_SAME) {
			continue;
		}
		cell_start(&id);
		put_id(&id.w, one->id);
		const char *const cells[] = { cell_text(&id), one->worker.tee == ASSAY_TEE_TDX ? "tdx" : "sgx",
			record_word(record, record_field(record, "state"), one->worker.state), tier_cell(&now, one->tiers[0]),
			tier_cell(&then, one->tiers[1]), change_words[one->change], why_of(one) };

		table_add(&table, colors[one->change], cells);
	}
	table_finish(&table, &e->place.style, "No worker's tier would change.");
}

static void
put_policy(struct writer *w, const char *name, const struct assay_policy *policy)
{
	json_put_name(w, name);
	json_put_object(w);
	json_text_member(w, "name", policy->name);
	json_hex_member(w, "sha256", ARRAY_BYTES(policy->digest));
	json_put_end(w, '}');
}

static void
put_tier(struct writer *w, const char *name, unsigned tier)
{
	json_put_name(w, name);
	if (tier == 0) {
		json_put_null(w);
	} else {
		json_put_unsigned(w, tier);
	}
}

static void
say_json(const struct evaluating *e)
{
	const struct record *record = table_record(TABLE_WORKER);
	struct output out;
	struct writer *w = &out.w;

	output_start(&out, true, false);
	output_object(&out, "assay.policy-eval/1");
	put_policy(w, "in_force", &e->in_force);
	put_policy(w, "policy", &e->other);
	json_number_member(w, "height", e->place.m->meta.height);
	json_time_member(w, "time", e->place.m->meta.time_ms);
	json_number_member(w, "floor_tier", e->floor);
	for (unsigned i = 0; i < CHANGE_COUNT; i++) {
		json_number_member(w, change_words[i], e->counts[i]);
	}
	json_put_name(w, "workers");
	json_put_array(w);
	for (const struct evaluated *one = e->first; one != NULL; one = one->next) {
		json_put_object(w);
		json_hex_member(w, "id", ARRAY_BYTES(one->id));
		json_hex_member(w, "operator", ARRAY_BYTES(one->worker.operator));
		json_text_member(w, "tee", one->worker.tee == ASSAY_TEE_TDX ? "tdx" : "sgx");
		json_text_member(w, "state", record_word(record, record_field(record, "state"), one->worker.state));
		put_tier(w, "tier", one->tiers[0]);
		put_tier(w, "tier_then", one->tiers[1]);
		json_text_member(w, "change", change_words[one->change]);
		json_text_member(w, "check", why_of(one)[0] != '\0' ? why_of(one) : NULL);
		json_put_end(w, '}');
		fwrite(w->out, 1, w->len, stdout);
		w->len = 0;
	}
	json_put_end(w, ']');
	output_object_end(&out);
	output_end(&out);
}

/* ---- the command ------------------------------------------------------ */

static int
policy_of_register(struct evaluating *e)
{
	struct machine *m = e->place.m;
	const struct row_key key = key_of_32(TABLE_POLICY, m->meta.policy);
	struct policy row;
	char error[160];

	if (!row_get(m, &key, &row) || !assay_policy_parse(&e->in_force, e->place.crypto, row.document, error)) {
		return fail(EXIT_CANNOT_TELL, "its policy in force cannot be read", NULL, "nothing was decided");
	}
	e->floor = parameter(m, PARAMETER_FLOOR_TIER);
	return 0;
}

int
policy_eval(const struct arguments *arguments)
{
	static struct evaluating e;
	const char *name = option_value(arguments, "policy");
	int code;

	memset(&e, 0, sizeof(e));
	e.last = &e.first;
	if (name == NULL) {
		return fail(EXIT_USAGE, "another policy than the one in force is asked about", "give --policy NAME|FILE",
		    "--policy is missing, so nothing was decided");
	}
	code = place_open(&e.place, arguments, NULL);
	code = code != 0 ? code : policy_load(&e.other, &e.place.arena, name);
	code = code != 0 ? code : policy_of_register(&e);
	code = code != 0 ? code : evaluate_all(&e);
	if (code == 0 && e.place.json) {
		say_json(&e);
	} else if (code == 0) {
		say_text(&e);
	}
	place_close(&e.place);
	return code;
}
