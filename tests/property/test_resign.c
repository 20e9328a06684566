/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutations that are signed again by the right keys, at every layer: none is
 * graded above the unmutated evidence, none crashes, and every verdict is
 * sound.  The chance of each mutation follows from its number alone.
 *
 * Whoever may sign may also say something better: the vendor that a platform
 * is patched, the hardware that a TD is not in debug mode.  Where the
 * unmutated evidence has tier 1 nothing can be above it, so every gain is a
 * failure.  Where it has less, a gain must be explained by what the layer's
 * signer now says (explained()); such gains are counted, all others fail.
 */
#include "property/property.h"

#include <pthread.h>

#define THREADS_MAX 2

struct base {
	const char *name;
	struct sim_options options;
};

static const struct base bases[] = {
	/* tier 1: nothing can be above these */
	{ "SGX v3, Platform CA", { .tee = SIM_SGX } },
	{ "SGX v3, Processor CA", { .tee = SIM_SGX, .ca = SIM_CA_PROCESSOR } },
	{ "SGX v5, clear PPID", { .tee = SIM_SGX, .version = 5, .certification_type = 1 } },
	{ "TDX v4", { .tee = SIM_TDX } },
	{ "TDX v5 1.5", { .tee = SIM_TDX, .version = 5, .body_type = 3 } },
	{ "TDX v5 extended", { .tee = SIM_TDX, .version = 5, .body_type = 4 } },
	{ "TDX v4, old module", { .tee = SIM_TDX, .old_module = true } },
	{ "IAS v3, OK", { .tee = SIM_IAS, .version = 3 } },
	{ "IAS v4, OK", { .tee = SIM_IAS, .version = 4, .linkable = true, .nonce = "beef" } },
	/* worse: a gain must be explained */
	{ "SGX v4, TCB info v2", { .tee = SIM_SGX, .version = 4, .tcb_info_version = 2 } },
	{ "SGX, hardening", { .tee = SIM_SGX, .status = ASSAY_TCB_SW_HARDENING_NEEDED } },
	{ "SGX, configuration", { .tee = SIM_SGX, .status = ASSAY_TCB_CONFIGURATION_NEEDED } },
	{ "SGX, out of date", { .tee = SIM_SGX, .status = ASSAY_TCB_OUT_OF_DATE } },
	{ "SGX, revoked", { .tee = SIM_SGX, .status = ASSAY_TCB_REVOKED } },
	/* The lowest level that is in date: a real vendor lists at each level what the ones above it list. */
	{ "SGX, advisory", { .tee = SIM_SGX, .status = ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED,
	    .advisories = { "INTEL-SA-00615" }, .advisories_count = 1 } },
	{ "SGX, QE out of date", { .tee = SIM_SGX, .qe_status = ASSAY_TCB_OUT_OF_DATE } },
	{ "SGX, debug", { .tee = SIM_SGX, .debug = true } },
	{ "TDX, module out of date", { .tee = SIM_TDX, .module_status = ASSAY_TCB_OUT_OF_DATE } },
	{ "TDX, relaunch", { .tee = SIM_TDX, .version = 5, .status = ASSAY_TCB_TD_RELAUNCH_ADVISED } },
	{ "TDX, debug", { .tee = SIM_TDX, .version = 5, .debug = true } },
	{ "IAS v4, hardening", { .tee = SIM_IAS, .status = ASSAY_TCB_SW_HARDENING_NEEDED } },
	{ "IAS v5, out of date", { .tee = SIM_IAS, .version = 5, .status = ASSAY_TCB_OUT_OF_DATE } },
	{ "IAS v4, revoked", { .tee = SIM_IAS, .status = ASSAY_TCB_REVOKED } },
};

#define BASES (sizeof(bases) / sizeof(bases[0]))

struct tally {
	unsigned long made;
	unsigned long first_signature;	/* passed the first signature of its chain */
	unsigned long own_signature;	/* passed the signature of the mutated layer */
	unsigned long genuine;
	unsigned long kept;		/* the tier of the unmutated */
	unsigned long explained;	/* above it, as the signer may say */
};

struct work {
	unsigned long from;
	unsigned long step;
	unsigned long count;
	struct tally tallies[SIM_LAYER_COUNT];
	unsigned failures;
	char failure[400];		/* the first one */
};

/* The row of the signature over each layer's bytes. */
static enum assay_check
own_signature(enum sim_layer layer)
{
	switch (layer) {
	case SIM_LAYER_PCK_CERTIFICATE:
		return ASSAY_CHECK_PCK_SIGNATURE;
	case SIM_LAYER_TCB_SIGNER_CERTIFICATE:
		return ASSAY_CHECK_TCB_INFO_CHAIN;
	case SIM_LAYER_ROOT_CRL:
		return ASSAY_CHECK_ROOT_CRL_SIGNATURE;
	case SIM_LAYER_PCK_CRL:
		return ASSAY_CHECK_PCK_CRL_SIGNATURE;
	case SIM_LAYER_TCB_INFO:
		return ASSAY_CHECK_TCB_INFO_SIGNATURE;
	case SIM_LAYER_QE_IDENTITY:
		return ASSAY_CHECK_QE_IDENTITY_SIGNATURE;
	case SIM_LAYER_QE_REPORT:
	case SIM_LAYER_QE_AUTHENTICATION:
		return ASSAY_CHECK_QE_REPORT_SIGNATURE;
	case SIM_LAYER_QUOTE_HEADER:
	case SIM_LAYER_QUOTE_BODY:
		return ASSAY_CHECK_QUOTE_SIGNATURE;
	case SIM_LAYER_IAS_CA_CERTIFICATE:
	case SIM_LAYER_IAS_CERTIFICATE:
		return ASSAY_CHECK_IAS_CERTIFICATE_SIGNATURE;
	case SIM_LAYER_IAS_REPORT:
		return ASSAY_CHECK_IAS_SIGNATURE;
	default:
		return ASSAY_CHECK_PCK_CA_SIGNATURE;
	}
}

/* ------------------------------------------------------------------------
 * Gains that a signer may give
 */

static bool
any_above(const uint8_t *a, const uint8_t *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (a[i] > b[i]) {
			return true;
		}
	}
	return false;
}

/* The QE's ISV SVN, from the bytes. */
static unsigned
qe_isv_svn(struct assay_bytes quote)
{
	static const size_t body_sizes[] = { 0, 384, 584, 648, 885 };
	const unsigned version = quote.data[0];
	size_t at = version == 5 ? 54 + body_sizes[quote.data[48] % 5] :
	    48 + (size_t)(quote.data[4] == 0 ? 384 : 584);

	at += 4 + 128 + 258 + (version >= 4 ? 6u : 0u);
	return at + 2 > quote.len ? 0 : quote.data[at] | (unsigned)quote.data[at + 1] << 8;
}

static bool
body_says_better(const struct assay_verdict *v, const struct assay_verdict *than)
{
	if (v->tee != ASSAY_TEE_TDX) {
		return memcmp(v->sgx.attributes, than->sgx.attributes, 16) != 0;
	}
	return any_above(v->td.tee_tcb_svn, than->td.tee_tcb_svn, 16) ||
	    any_above(v->td.tee_tcb_svn2, than->td.tee_tcb_svn2, 16) ||
	    memcmp(v->td.td_attributes, than->td.td_attributes, 8) != 0;
}

/* May the signer of this layer have called the evidence better, and has it? */
static bool
explained(enum sim_layer layer, const struct sim_evidence *made, unsigned isv_svn_before,
    const struct assay_verdict *v, const struct assay_verdict *than)
{
	switch (layer) {
	case SIM_LAYER_TCB_INFO:
	case SIM_LAYER_QE_IDENTITY:
	case SIM_LAYER_IAS_REPORT:
		/* The vendor's own statement of what is good. */
		return true;
	case SIM_LAYER_PCK_CERTIFICATE:
		return any_above(v->platform.components, than->platform.components, 16) ||
		    v->platform.pcesvn > than->platform.pcesvn;
	case SIM_LAYER_QE_REPORT:
		return qe_isv_svn(made->evidence.quote) > isv_svn_before;
	case SIM_LAYER_QUOTE_BODY:
		return body_says_better(v, than);
	default:
		return false;
	}
}

/* ------------------------------------------------------------------------
 * One mutation
 */

struct prepared_base {
	struct sim_evidence made;
	struct assay_policy policy;
	struct assay_verdict unmutated;
	unsigned isv_svn;
};

static void
complain(struct work *work, unsigned long number, const struct base *base, const struct sim_evidence *made,
    const struct assay_verdict *v, const struct assay_verdict *than, const char *why)
{
	if (work->failures++ != 0) {
		return;
	}
	(void)snprintf(work->failure, sizeof(work->failure), "number %lu, %s: %s: %s (%s, tier %u, unmutated %u, failed %s)",
	    number, base->name, made->mutation, why, assay_authenticity_word(v->authenticity),
	    assay_tier_number(v->tier), assay_tier_number(than->tier), check_name(v->first_failed));
}

static void
judge(struct work *work, unsigned long number, const struct base *base, const struct prepared_base *p,
    enum sim_layer layer)
{
	const struct subject subject = subject_of_sim(base->name, &p->made);
	struct tally *tally = &work->tallies[layer];
	struct assay_verdict v;

	appraise(&v, &subject, &p->policy);
	const char *fault = fault_in_verdict(&v);

	tally->made++;
	tally->first_signature += v.checks[ASSAY_CHECK_PCK_CA_SIGNATURE] == ASSAY_PASSED ||
	    v.checks[ASSAY_CHECK_IAS_CERTIFICATE_SIGNATURE] == ASSAY_PASSED;
	tally->own_signature += v.checks[own_signature(layer)] == ASSAY_PASSED;
	tally->genuine += v.authenticity == ASSAY_GENUINE;
	tally->kept += v.tier != ASSAY_TIER_NONE && v.tier == p->unmutated.tier;
	if (fault[0] != '\0') {
		complain(work, number, base, &p->made, &v, &p->unmutated, fault);
	} else if (!no_better(&v, &p->unmutated)) {
		tally->explained++;
		if (p->unmutated.tier == ASSAY_TIER_1 || !explained(layer, &p->made, p->isv_svn, &v, &p->unmutated)) {
			complain(work, number, base, &p->made, &v, &p->unmutated, "graded above the unmutated");
		}
	}
}

static void
make_bases(struct sim_vendor *vendor, struct prepared_base *prepared)
{
	for (size_t i = 0; i < BASES; i++) {
		struct prepared_base *p = &prepared[i];

		if (!sim_evidence_make(vendor, &bases[i].options, &p->made)) {
			(void)fprintf(stderr, "%s: %s\n", bases[i].name, p->made.error);
			abort();
		}
		const struct subject subject = subject_of_sim(bases[i].name, &p->made);

		assay_policy_preset(&p->policy, assay_crypto_openssl(), 0);
		appraise(&p->unmutated, &subject, &p->policy);
		if (bases[i].options.tee != SIM_IAS) {
			p->isv_svn = qe_isv_svn(p->made.evidence.quote);
		}
	}
}

static void *
run(void *context)
{
	struct work *work = context;
	struct sim_vendor *vendor = sim_vendor_new("resign", PROPERTY_NOW_S);
	struct prepared_base *prepared = calloc(BASES, sizeof(*prepared));

	make_bases(vendor, prepared);
	for (unsigned long number = work->from; number < work->count; number += work->step) {
		struct sim_rng rng = { number * UINT64_C(0x9e3779b97f4a7c15) + 5 };
		enum sim_layer layer = (enum sim_layer)sim_rng_below(&rng, SIM_LAYER_COUNT);
		size_t which = sim_rng_below(&rng, BASES);

		/* The next base that has such a layer. */
		while (!sim_evidence_mutate(vendor, &prepared[which].made, layer, &rng)) {
			which = (which + 1) % BASES;
		}
		judge(work, number, &bases[which], &prepared[which], layer);
	}
	for (size_t i = 0; i < BASES; i++) {
		sim_evidence_free(&prepared[i].made);
	}
	free(prepared);
	sim_vendor_free(vendor);
	return NULL;
}

/* ------------------------------------------------------------------------
 * All of them
 */

static void
add(struct work *to, const struct work *from)
{
	for (size_t i = 0; i < SIM_LAYER_COUNT; i++) {
		to->tallies[i].made += from->tallies[i].made;
		to->tallies[i].first_signature += from->tallies[i].first_signature;
		to->tallies[i].own_signature += from->tallies[i].own_signature;
		to->tallies[i].genuine += from->tallies[i].genuine;
		to->tallies[i].kept += from->tallies[i].kept;
		to->tallies[i].explained += from->tallies[i].explained;
	}
	to->failures += from->failures;
	if (from->failures != 0) {
		print_error("%s\n", from->failure);
	}
}

static void
print_share(const char *name, const struct tally *t)
{
	const double made = t->made == 0 ? 1 : (double)t->made;

	print_message("# %-24s %8lu made; %5.1f %% passed the first signature, %5.1f %% their own; %5.1f %% genuine, "
	    "%5.1f %% kept their tier, %lu explained gains\n", name, t->made, 100 * (double)t->first_signature / made,
	    100 * (double)t->own_signature / made, 100 * (double)t->genuine / made, 100 * (double)t->kept / made,
	    t->explained);
}

static void
none_is_graded_above_the_unmutated(void **state)
{
	const unsigned long count = property_number("ASSAY_RESIGNED", 15000, 1000000);
	const unsigned threads = property_long() ? THREADS_MAX : 1;
	static struct work works[THREADS_MAX];
	static struct work all;
	struct tally total = { 0 };
	pthread_t ids[THREADS_MAX];

	(void)state;
	for (unsigned i = 0; i < threads; i++) {
		works[i] = (struct work){ .from = i, .step = threads, .count = count };
		assert_int_equal(pthread_create(&ids[i], NULL, run, &works[i]), 0);
	}
	for (unsigned i = 0; i < threads; i++) {
		assert_int_equal(pthread_join(ids[i], NULL), 0);
		add(&all, &works[i]);
	}
	for (size_t i = 0; i < SIM_LAYER_COUNT; i++) {
		const struct tally *t = &all.tallies[i];

		print_share(sim_layer_name((enum sim_layer)i), t);
		total.made += t->made;
		total.first_signature += t->first_signature;
		total.own_signature += t->own_signature;
		total.genuine += t->genuine;
		total.kept += t->kept;
		total.explained += t->explained;
		/* A layer whose mutations all died at the door would test nothing. */
		if (count >= 1000) {
			assert_true(t->own_signature * 20 > t->made);
		}
	}
	print_share("all layers", &total);
	assert_int_equal(total.made, count);
	assert_int_equal(all.failures, 0);
}

/* The bases are what their names say, or the test above would compare with nothing. */
static void
the_unmutated_have_their_tiers(void **state)
{
	static const unsigned tiers[BASES] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 2, 3, 5, 0, 4, 5, 0, 5, 4, 0, 2, 5, 0 };
	struct sim_vendor *vendor = sim_vendor_new("resign", PROPERTY_NOW_S);
	struct prepared_base *prepared = calloc(BASES, sizeof(*prepared));
	unsigned failures = 0;

	(void)state;
	make_bases(vendor, prepared);
	for (size_t i = 0; i < BASES; i++) {
		const struct assay_verdict *v = &prepared[i].unmutated;

		if (v->authenticity != ASSAY_GENUINE || assay_tier_number(v->tier) != tiers[i] ||
		    fault_in_verdict(v)[0] != '\0') {
			failures++;
			print_error("%s: %s, tier %u, failed %s %s\n", bases[i].name,
			    assay_authenticity_word(v->authenticity), assay_tier_number(v->tier),
			    check_name(v->first_failed), fault_in_verdict(v));
		}
		sim_evidence_free(&prepared[i].made);
	}
	free(prepared);
	sim_vendor_free(vendor);
	assert_int_equal(failures, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_unmutated_have_their_tiers),
		cmocka_unit_test(none_is_graded_above_the_unmutated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
