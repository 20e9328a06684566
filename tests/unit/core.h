/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of verify/ and appraise/ share: a simulated vendor, evidence
 * that is changed and signed again, policies by text, and questions to verdicts.
 */
#ifndef TEST_UNIT_CORE_H
#define TEST_UNIT_CORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "sim/scene.h"

/* Noon of 1 June 2026. */
#define CORE_NOW_S INT64_C(1780315200)
#define CORE_DAY_S INT64_C(86400)

#define CORE_COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sim_vendor *vendor;

static inline int
core_setup(void **state)
{
	(void)state;
	vendor = sim_vendor_new("core", CORE_NOW_S);
	return 0;
}

static inline int
core_teardown(void **state)
{
	(void)state;
	sim_vendor_free(vendor);
	return 0;
}

/* ------------------------------------------------------------------------
 * Evidence
 */

static inline void
core_make(struct sim_evidence *sim, struct sim_options options)
{
	if (!sim_evidence_make(vendor, &options, sim)) {
		fail_msg("the simulator: %s", sim->error);
	}
}

/* Build all documents anew from a plan that was changed, and sign them. */
static inline void
core_retell(struct sim_evidence *sim)
{
	struct sim_scene *scene = sim->scene;

	for (size_t i = 0; i < CHAIN_COUNT; i++) {
		for (size_t j = 0; j < scene->chains[i].count; j++) {
			struct sim_certificate *certificate = &scene->certificates[scene->chains[i].which[j]];

			if (certificate->key != NULL || certificate->rsa != NULL) {
				sim_buffer_clear(&certificate->tbs);
				sim_certificate_build(certificate);
			}
		}
	}
	if (scene->dcap) {
		sim_crl_build(&scene->crls[CRL_ROOT]);
		sim_crl_build(&scene->crls[CRL_PCK]);
		sim_tcb_info_build(&scene->tcb_info);
		sim_identity_build(&scene->identity);
	} else {
		sim_ias_build(vendor, scene);
	}
	sim_assemble(vendor, scene, sim);
}

/* Sign changed bytes of the quote, and nothing else. */
static inline void
core_sign_quote(struct sim_evidence *sim)
{
	sim_assemble(vendor, sim->scene, sim);
}

/* Sign the text of a document after it was edited by hand. */
static inline void
core_edit(struct sim_buffer *text, const char *from, const char *to)
{
	const size_t len = strlen(from);

	for (size_t i = 0; i + len <= text->len; i++) {
		if (memcmp(text->data + i, from, len) == 0) {
			sim_buffer_remove(text, i, len);
			sim_buffer_insert(text, i, to, strlen(to));
			return;
		}
	}
	fail_msg("the document has no \"%s\" to replace", from);
}

/* ------------------------------------------------------------------------
 * Policies
 */

static inline struct assay_policy
core_preset(unsigned i)
{
	struct assay_policy policy;

	assay_policy_preset(&policy, assay_crypto_openssl(), i);
	return policy;
}

/* ------------------------------------------------------------------------
 * Verdicts
 */

static inline struct assay_verifier
core_verifier(const struct sim_evidence *sim)
{
	return (struct assay_verifier){
		.crypto = assay_crypto_openssl(),
		.roots = sim->roots,
		.roots_count = sim->roots_count,
	};
}

/* policy may be NULL: the default. */
static inline struct assay_verdict
core_judge_at(const struct sim_evidence *sim, const struct assay_policy *policy, int64_t at_s)
{
	const struct assay_policy usual = core_preset(0);
	const struct assay_verifier verifier = core_verifier(sim);
	struct assay_verdict v;

	assay_appraise(&v, &verifier, &sim->evidence, &sim->collateral, policy == NULL ? &usual : policy, at_s);
	return v;
}

static inline struct assay_verdict
core_judge(const struct sim_evidence *sim, const struct assay_policy *policy)
{
	return core_judge_at(sim, policy, sim->at_s);
}

static inline bool
core_has_reason(const struct assay_verdict *v, enum assay_reason reason)
{
	for (unsigned i = 0; i < v->reasons_count; i++) {
		if (v->reasons[i] == (uint8_t)reason) {
			return true;
		}
	}
	return false;
}

static inline const char *
core_check_name(int check)
{
	return check < 0 ? "nothing" : assay_check_id((enum assay_check)check);
}

/* The first check that fails, or -1; says both where they differ. */
static inline void
core_expect(const struct assay_verdict *v, enum assay_authenticity authenticity, int first_failed, unsigned tier,
    const char *row)
{
	if (v->authenticity != authenticity || v->first_failed != first_failed ||
	    assay_tier_number(v->tier) != tier) {
		fail_msg("%s: is %s, first fails %s, tier %u; wanted %s, %s, %u", row,
		    assay_authenticity_word(v->authenticity), core_check_name(v->first_failed),
		    assay_tier_number(v->tier), assay_authenticity_word(authenticity),
		    core_check_name(first_failed), tier);
	}
}

#endif
