/* SPDX-License-Identifier: Apache-2.0 */
/* Acts on what evidence is judged by: the policy, and the version of the rules. */
#include "register/acts.h"

/* ---- the policy */

static enum code
policy_check(const struct machine *m, struct assay_bytes document, struct assay_policy *policy)
{
	char error[160];

	if (!assay_policy_parse(policy, m->crypto, document, error)) {
		return CODE_POLICY_INVALID;
	}
	/* Whoever owns a debug enclave reads and writes all of it: its key is not inside anything. */
	if ((policy->permit & ASSAY_PERMIT_DEBUG) != 0) {
		return CODE_POLICY_DEBUG;
	}
	return memcmp(policy->digest, m->meta.policy, sizeof(policy->digest)) == 0 ? CODE_ACT_NOTHING
	    : CODE_ACCEPTED;
}

/* The row holds the canonical document, whatever spaces the proposal had: the digest is of that. */
enum code
policy_set(struct machine *m, struct assay_bytes document)
{
	struct assay_policy policy;
	char canonical[ASSAY_POLICY_DOCUMENT_MAX];
	struct policy row = { .height = m->meta.height };
	const enum code code = policy_check(m, document, &policy);

	if (code != CODE_ACCEPTED) {
		return code;
	}
	const size_t len = assay_policy_document(&policy, canonical, sizeof(canonical));
	const struct row_key key = key_of_32(TABLE_POLICY, policy.digest);

	assert(len <= sizeof(canonical));
	row.document = bytes_of(canonical, len);
	row_put(m, &key, &row);
	memcpy(m->meta.policy, policy.digest, sizeof(m->meta.policy));
	m->meta.policy_height = m->meta.height;
	return CODE_ACCEPTED;
}

static enum code
set_policy_check(struct machine *m, const union act_arguments *a)
{
	struct assay_policy policy;

	return policy_check(m, a->set_policy_arguments.document, &policy);
}

/* The entries of the workers that are appraised again say who rose and who dropped. */
static enum code
set_policy_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	const enum code code = policy_set(m, a->set_policy_arguments.document);

	(void)deed;
	if (code == CODE_ACCEPTED) {
		appraise_again(m);
	}
	return code;
}

const struct act_rule act_set_policy = { set_policy_check, set_policy_do, NULL, NULL };

/* ---- the rules.  Only a version that every binary in use has can be activated. */

static enum code
activate_check(struct machine *m, const union act_arguments *a)
{
	const struct activate_rules_arguments *activate = &a->activate_rules_arguments;

	if (activate->rules > RULES_VERSION) {
		return CODE_RULES_UNKNOWN;
	}
	if (activate->rules <= m->meta.rules) {
		return CODE_ACT_NOTHING;
	}
	return activate->height > m->meta.height ? CODE_ACCEPTED : CODE_TOO_LATE;
}

static enum code
activate_do(struct machine *m, const union act_arguments *a, const struct act_deed *deed)
{
	(void)deed;
	m->meta.rules_next = a->activate_rules_arguments.rules;
	m->meta.rules_height = a->activate_rules_arguments.height;
	return CODE_ACCEPTED;
}

const struct act_rule act_activate_rules = { activate_check, activate_do, NULL, NULL };
