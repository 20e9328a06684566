/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of properties share: subjects to appraise, sound verdicts, chance that repeats. */
#ifndef PROPERTY_PROPERTY_H
#define PROPERTY_PROPERTY_H

#include "vectors/load.h"

#include <setjmp.h>
#include <cmocka.h>

#include "sim/sim.h"

/* The time of everything simulated here: noon of 1 June 2026. */
#define PROPERTY_NOW_S INT64_C(1780315200)

/* One piece of evidence with all that it is judged by. */
struct subject {
	const char *name;
	struct assay_evidence evidence;
	struct assay_collateral collateral;
	struct assay_verifier verifier;
	int64_t at_s;
};

static inline bool
property_long(void)
{
	const char *text = getenv("ASSAY_LONG");

	return text != NULL && text[0] != '\0' && strcmp(text, "0") != 0;
}

/* A number from the environment, or what the kind of run calls for. */
static inline unsigned long
property_number(const char *name, unsigned long usual, unsigned long in_long)
{
	const char *text = getenv(name);

	if (text != NULL && text[0] != '\0') {
		return strtoul(text, NULL, 10);
	}
	return property_long() ? in_long : usual;
}

/* ------------------------------------------------------------------------
 * Subjects
 */

static inline struct assay_verifier
verifier_intel(void)
{
	return (struct assay_verifier){ .crypto = assay_crypto_openssl(), .roots = assay_roots_intel,
		.roots_count = 2 };
}

/* A real quote with a real set; evidence.quote and the object are to be given back. */
struct real {
	struct subject subject;
	json_t *object;
};

static inline bool
real_load(struct real *real, const char *quote, const char *collateral, const char *at)
{
	memset(real, 0, sizeof(*real));
	real->subject.name = quote;
	real->subject.verifier = verifier_intel();
	real->subject.at_s = vector_time(at);
	real->subject.evidence.quote = vector_load("dcap", quote);
	real->object = vector_json("dcap", collateral);
	if (real->subject.evidence.quote.data == NULL || real->object == NULL) {
		return false;
	}
	real->subject.collateral = vector_collateral(real->object);
	return true;
}

static inline void
real_free(struct real *real)
{
	vector_free(real->subject.evidence.quote);
	json_decref(real->object);
}

/* Borrows from the evidence, as long as it is neither made anew nor mutated. */
static inline struct subject
subject_of_sim(const char *name, const struct sim_evidence *made)
{
	return (struct subject){
		.name = name,
		.evidence = made->evidence,
		.collateral = made->collateral,
		.verifier = {
			.crypto = assay_crypto_openssl(),
			.roots = made->roots,
			.roots_count = made->roots_count,
			.references = made->references,
			.references_count = made->references_count,
		},
		.at_s = made->at_s,
	};
}

static inline void
appraise(struct assay_verdict *verdict, const struct subject *subject, const struct assay_policy *policy)
{
	assay_appraise(verdict, &subject->verifier, &subject->evidence, &subject->collateral, policy,
	    subject->at_s);
}

/* The policy that a simulated piece of evidence asks for, or the default. */
static inline void
policy_of_sim(struct assay_policy *policy, const struct sim_evidence *made)
{
	char error[160];

	if (made->policy.len == 0) {
		assay_policy_preset(policy, assay_crypto_openssl(), 0);
	} else {
		assert_true(assay_policy_parse(policy, assay_crypto_openssl(), made->policy, error));
	}
}

/* ------------------------------------------------------------------------
 * Verdicts
 */

static inline const char *
check_name(int check)
{
	return check < 0 ? "none" : assay_check_id((enum assay_check)check);
}

/* Is it no better in any respect?  What was judged for another time counts too. */
static inline bool
no_better(const struct assay_verdict *verdict, const struct assay_verdict *than)
{
	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		if (verdict->tier_by_preset[i] > than->tier_by_preset[i]) {
			return false;
		}
	}
	return verdict->tier <= than->tier && (!verdict->has_as_of || verdict->as_of_tier <= than->tier);
}

static inline bool
has_any_tier(const struct assay_verdict *verdict)
{
	bool any = verdict->tier != ASSAY_TIER_NONE;

	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		any |= verdict->tier_by_preset[i] != ASSAY_TIER_NONE;
	}
	return any;
}

/* Rows against each other and against the authenticity; empty where they fit. */
static inline const char *
fault_in_checks(const struct assay_verdict *v)
{
	int first = -1;
	int first_closing = -1;

	for (int i = 0; i < ASSAY_CHECK_COUNT; i++) {
		if (v->checks[i] > ASSAY_PASSED) {
			return "a row has no such result";
		}
		const bool closing = assay_check_consequence((enum assay_check)i) != ASSAY_CONSEQUENCE_NO_TIER;

		if (first_closing >= 0 && (v->checks[i] == ASSAY_PASSED || v->checks[i] == ASSAY_FAILED)) {
			return "a row was decided after the failure that ends an appraisal";
		}
		if (first_closing < 0 && closing && v->checks[i] == ASSAY_NOT_REACHED) {
			return "a row was passed over";
		}
		if (v->checks[i] == ASSAY_FAILED) {
			first = first < 0 ? i : first;
			first_closing = closing ? i : first_closing;
		}
	}
	if (first != v->first_failed) {
		return "first_failed is not the first that failed";
	}
	if (first_closing < 0) {
		return v->authenticity == ASSAY_GENUINE ? "" : "nothing failed, and yet it is not genuine";
	}
	const enum assay_consequence consequence = assay_check_consequence((enum assay_check)first_closing);

	/* A chain that came as collateral says nothing against the evidence. */
	if (v->authenticity == ASSAY_NOT_GENUINE) {
		return consequence == ASSAY_CONSEQUENCE_NOT_GENUINE ? "" : "not genuine for a row that decides nothing";
	}
	if (v->authenticity == ASSAY_UNDECIDED) {
		return consequence == ASSAY_CONSEQUENCE_UNDECIDED ||
		    (first_closing >= ASSAY_CHECK_PCK_FORM && first_closing <= ASSAY_CHECK_QE_REPORT_SIGNATURE) ? "" :
		    "undecided for a row that refutes";
	}
	return "genuine in spite of a failure";
}

/* Empty where the verdict is sound in itself, else what is wrong with it. */
static inline const char *
fault_in_verdict(const struct assay_verdict *v)
{
	const char *fault = fault_in_checks(v);

	if (fault[0] != '\0') {
		return fault;
	}
	if (v->authenticity > ASSAY_GENUINE || v->tier > ASSAY_TIER_1) {
		return "a value outside its enum";
	}
	if (has_any_tier(v) && v->authenticity != ASSAY_GENUINE) {
		return "a tier for what is not genuine";
	}
	if (v->tier != ASSAY_TIER_NONE && v->first_failed >= 0) {
		return "a tier in spite of a failed row";
	}
	if (v->authenticity == ASSAY_GENUINE && v->tier == ASSAY_TIER_NONE && v->first_failed < 0) {
		return "no tier, and no row that says why";
	}
	if (v->authenticity == ASSAY_GENUINE ? v->reasons_count == 0 : v->reasons_count != 0) {
		return "reasons belong to what is genuine";
	}
	/* What a quote says whose signature or key the vendor refused is nobody's word. */
	const bool refused = v->tcb_status >= ASSAY_TCB_SIGNATURE_INVALID;

	if (v->authenticity == ASSAY_GENUINE && (!v->has_validity || v->has_body == refused || v->has_as_of)) {
		return "genuine without a body or dates";
	}
	if (v->has_as_of && (v->authenticity != ASSAY_UNDECIDED || v->as_of_authenticity != ASSAY_GENUINE ||
	    v->as_of_s < v->valid_from_s || v->as_of_s > v->valid_until_s)) {
		return "as_of is not the answer for a time within the dates";
	}
	if (v->reasons_count > ASSAY_REASONS_MAX || v->advisories_count > ASSAY_ADVISORIES_MAX ||
	    v->shortfalls_count > ASSAY_SHORTFALLS_MAX || v->collateral_count > ASSAY_COLLATERAL_PARTS_MAX ||
	    v->tcb_status >= ASSAY_TCB_STATUS_COUNT) {
		return "a count beyond its limit";
	}
	for (unsigned i = 0; i < v->reasons_count; i++) {
		if (v->reasons[i] == ASSAY_REASON_NONE || v->reasons[i] >= ASSAY_REASON_COUNT) {
			return "a reason that there is not";
		}
	}
	for (unsigned i = 0; i < v->advisories_count; i++) {
		if (memchr(v->advisories[i], '\0', ASSAY_ADVISORY_BYTES) == NULL) {
			return "an advisory without an end";
		}
	}
	return "";
}

/* ------------------------------------------------------------------------
 * A crypto port that remembers
 *
 * Most signatures of an altered input are those of the unaltered one.  What
 * was decided while learning is answered from memory, by comparing all of the
 * item's bytes; the rest goes to the real adapter.
 */

#define MEMORY_ITEMS_MAX 32

struct memory_item {
	struct assay_signature_item item;
	uint8_t *bytes;			/* that the item's parts point into */
};

struct memory {
	bool learning;
	size_t count;
	struct memory_item items[MEMORY_ITEMS_MAX];
	unsigned long answered;
	unsigned long computed;
};

static inline bool
same_bytes(struct assay_bytes a, struct assay_bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool
memory_answers(struct memory *memory, struct assay_signature_item *item)
{
	for (size_t i = 0; i < memory->count; i++) {
		const struct assay_signature_item *known = &memory->items[i].item;

		if (known->algorithm == item->algorithm && same_bytes(known->signature, item->signature) &&
		    same_bytes(known->key, item->key) && same_bytes(known->message, item->message)) {
			item->valid = known->valid;
			memory->answered++;
			return true;
		}
	}
	return false;
}

static inline struct assay_bytes
memory_copy(uint8_t **to, struct assay_bytes bytes)
{
	const struct assay_bytes copy = { *to, bytes.len };

	if (bytes.len != 0) {
		memcpy(*to, bytes.data, bytes.len);
	}
	*to += bytes.len;
	return copy;
}

static inline void
memory_learn(struct memory *memory, const struct assay_signature_item *item)
{
	struct memory_item *known = &memory->items[memory->count];
	uint8_t *to = malloc(item->key.len + item->message.len + item->signature.len + 1);

	assert_true(memory->count < MEMORY_ITEMS_MAX);
	known->bytes = to;
	known->item = *item;
	known->item.key = memory_copy(&to, item->key);
	known->item.message = memory_copy(&to, item->message);
	known->item.signature = memory_copy(&to, item->signature);
	memory->count++;
}

static inline void
memory_verify(void *context, struct assay_signature_item *items, size_t count)
{
	struct memory *memory = context;
	const struct assay_crypto *real = assay_crypto_openssl();

	for (size_t i = 0; i < count; i++) {
		if (memory_answers(memory, &items[i])) {
			continue;
		}
		real->verify(real->context, &items[i], 1);
		memory->computed += items[i].algorithm != ASSAY_ALGORITHM_NONE;
		if (memory->learning && items[i].algorithm != ASSAY_ALGORITHM_NONE) {
			memory_learn(memory, &items[i]);
		}
	}
}

static inline void
memory_sha256(void *context, uint8_t digest[32], const struct assay_bytes *parts, size_t count)
{
	const struct assay_crypto *real = assay_crypto_openssl();

	(void)context;
	real->sha256(real->context, digest, parts, count);
}

static inline struct assay_crypto
memory_port(struct memory *memory)
{
	return (struct assay_crypto){ memory, memory_verify, memory_sha256 };
}

static inline void
memory_free(struct memory *memory)
{
	for (size_t i = 0; i < memory->count; i++) {
		free(memory->items[i].bytes);
	}
	memory->count = 0;
}

#endif
