/* SPDX-License-Identifier: Apache-2.0 */
/* Fake evidence: one defect of every check there is, and none of them makes a worker. */
#include "enrol.h"

#include "sim/scene.h"

/* ---- fake evidence */

/* Bring of the broken set what the register takes; then register. */
static enum code
register_broken(struct scene_worker *w)
{
	static const enum collateral_kind kinds[] = { COLLATERAL_ROOT_CRL, COLLATERAL_PCK_CRL, COLLATERAL_TCB_INFO,
		COLLATERAL_QE_IDENTITY };
	struct register_arguments a = enrol_arguments(w);
	const struct assay_collateral *c = &s->evidence.collateral;

	/* What no transaction has room for; none at all fails the same check. */
	if (a.evidence.len > DOCUMENT_BYTES_MAX) {
		a.evidence = bytes_of(NULL, 0);
	}
	for (size_t i = 0; i < ENROL_COUNT(kinds); i++) {
		const struct assay_bytes chains[] = { bytes_of(c, 1), c->pck_crl_issuer_chain,
			c->tcb_info_issuer_chain, c->qe_identity_issuer_chain };
		const struct assay_bytes bodies[] = { c->root_crl, c->pck_crl, c->tcb_info, c->qe_identity };

		if (chains[i].len != 0 && bodies[i].len != 0) {
			(void)enrol_bring(kinds[i]);
		}
	}
	return scene_send(s, w->operator_index, KIND_REGISTER, &a);
}

/* The document that a break of the policy needs, as text; NULL: the usual one. */
static const char *
policy_of(const struct sim_options *options)
{
	static char text[ASSAY_POLICY_DOCUMENT_MAX + 1];
	struct sim_vendor *vendor = sim_vendor_new("broken", ENROL_NOW_S);
	struct sim_evidence evidence = { 0 };
	struct assay_policy policy;
	char error[160];
	const char *found = NULL;

	assert_true(sim_evidence_make(vendor, options, &evidence));
	if (evidence.policy.len != 0) {
		assert_true(assay_policy_parse(&policy, assay_crypto_openssl(), evidence.policy, error));
		memset(policy.name, 0, sizeof(policy.name));
		memcpy(policy.name, "broken", 6);
		text[assay_policy_document(&policy, text, sizeof(text) - 1)] = 0;
		found = text;
	}
	sim_evidence_free(&evidence);
	sim_vendor_free(vendor);
	return found;
}

/* Where the defect is in the evidence, or in what the vendor says of its platform, the entry names the check. */
static bool
is_named(enum assay_check check, enum sim_tee tee)
{
	return tee != SIM_IAS && tee != SIM_EPID &&
	    assay_check_consequence(check) != ASSAY_CONSEQUENCE_UNDECIDED &&
	    /* Collateral of a revoked signer does not come into force. */
	    check != ASSAY_CHECK_TCB_INFO_SIGNER_REVOKED && check != ASSAY_CHECK_QE_IDENTITY_SIGNER_REVOKED &&
	    check != ASSAY_CHECK_PCK_CA_REVOKED;
}

/* With that one defect, on the scene at hand: no worker comes of it. */
static void
break_is_refused(enum assay_check check, const struct sim_options *options, uint32_t number)
{
	struct scene_worker w;
	struct worker row;
	enum code code;

	scene_worker_make(s, &w, &(struct scene_worker_options){ .number = number, .sim = *options });
	code = register_broken(&w);
	if (code == CODE_ACCEPTED || (is_named(check, options->tee) &&
	    (code != CODE_EVIDENCE_REFUSED || s->detail != (unsigned)check + 1))) {
		fail_msg("%s: %s, %s", assay_check_id(check), code_id(code), s->detail == 0 ? "nothing" :
		    assay_check_id((enum assay_check)(s->detail - 1)));
	}
	if (options->tee == SIM_EPID || options->tee == SIM_IAS) {
		assert_true(code == CODE_EVIDENCE_KIND || code == CODE_EVIDENCE_REFUSED);
	}
	assert_false(worker_get(enrol_machine(), w.id, &row));
	assert_int_equal(enrol_machine()->meta.workers, 0);
}

/* One break of every check there is. */
static void
test_no_break_is_admitted(void **state)
{
	struct scene *reports = NULL;	/* shared by archived reports, whose keys take long to make */
	unsigned tried = 0;

	(void)state;
	enrol_teardown(NULL);
	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const enum assay_check check = (enum assay_check)i;
		const struct sim_options options = { .tee = sim_break_tee(check), .broken = true,
			.break_check = check };
		const bool report = options.tee == SIM_IAS;

		/* What a program measures is a matter of the allow-list here: see test_register_worker.c. */
		if (check == ASSAY_CHECK_REFERENCE_VALUES) {
			continue;
		}
		if (!report || reports == NULL) {
			s = scene_new(&(struct scene_options){ .seed = "broken",
			    .policy = report ? NULL : policy_of(&options) });
			reports = report ? s : reports;
		} else {
			s = reports;
		}
		break_is_refused(check, &options, i);
		tried++;
		if (!report) {
			scene_free(s);
		}
	}
	s = reports;
	assert_int_equal(tried, ASSAY_CHECK_COUNT - 1);
}

/* An archived report is graded elsewhere, and never makes a worker: it answers to no block. */
static void
test_reports_are_no_evidence(void **state)
{
	const struct sim_options ias = { .tee = SIM_IAS };
	struct register_arguments a;
	struct scene_worker w;

	(void)state;
	enrol_make(&w, 0, 0, SIM_SGX, 0);
	a = enrol_arguments(&w);
	enrol_vendor(&ias);
	a.evidence = s->evidence.evidence.quote;
	enrol_refused(0, KIND_REGISTER, &a, CODE_EVIDENCE_KIND);
}

/* Where the last certificate of its chain begins: the root's, which is trusted by its key and not by what it says. */
static size_t
root_begins(struct assay_bytes quote)
{
	static const char begin[] = "-----BEGIN";
	size_t found = 0;

	for (size_t at = 0; at + sizeof(begin) - 1 <= quote.len; at++) {
		if (memcmp(quote.data + at, begin, sizeof(begin) - 1) == 0) {
			found = at;
		}
	}
	return found;
}

/* Every byte of a quote counts, up to the root's certificate. */
static void
test_flipped_bytes(void **state)
{
	static uint8_t quote[DOCUMENT_BYTES_MAX];
	struct register_arguments a;
	struct scene_worker w;

	(void)state;
	enrol_make(&w, 0, 0, SIM_SGX, 0);
	a = enrol_arguments(&w);
	const struct assay_bytes good = a.evidence;

	for (size_t at = 0; at < root_begins(good); at += 61) {
		bytes_copy(quote, good, good.len);
		quote[at] ^= 0x10;
		a.evidence = bytes_of(quote, good.len);
		assert_int_not_equal(scene_send(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
	}
	for (size_t len = 0; len < good.len; len += 97) {
		a.evidence = bytes_slice(good, 0, len);
		assert_int_not_equal(scene_send(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
	}
	assert_int_equal(enrol_machine()->meta.workers, 0);
	a.evidence = good;
	enrol_expect(scene_send(s, 0, KIND_REGISTER, &a), CODE_ACCEPTED);
}

/* Fails where machines that do not say who they are are taken for one. */
static void
test_platform_unknown(void **state)
{
	struct register_arguments a;
	struct scene_worker w;

	(void)state;
	enrol_make(&w, 0, 0, SIM_SGX, 0);
	a = enrol_arguments(&w);
	struct sim_scene *scene = s->evidence.scene;
	struct sim_certificate *leaf = &scene->certificates[CERT_PCK];

	memset(scene->platform.ppid, 0, sizeof(scene->platform.ppid));
	sim_buffer_clear(&leaf->tbs);
	sim_certificate_build(leaf);
	sim_assemble(s->vendor, scene, &s->evidence);
	a.evidence = s->evidence.evidence.quote;
	enrol_refused(0, KIND_REGISTER, &a, CODE_PLATFORM_UNKNOWN);
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, enrol_setup_ready, enrol_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_no_break_is_admitted),
		EACH(test_reports_are_no_evidence),
		EACH(test_flipped_bytes),
		EACH(test_platform_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
