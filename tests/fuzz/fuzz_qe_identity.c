/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an enclave identity, or as a reply that holds one: what is accepted keeps the promises of the header. */
#include <stdlib.h>

#include "collateral/qe_identity.h"
#include "collateral/reply.h"
#include "evidence/advisory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool true_always)
{
	if (!true_always) {
		abort();
	}
}

static void
check(struct assay_bytes text)
{
	static struct qe_identity identity;

	if (!qe_identity_parse(&identity, text)) {
		return;
	}
	demand(identity.levels_count >= 1 && identity.levels_count <= ISV_LEVELS_MAX);
	demand(identity.advisories_count <= sizeof identity.advisories / sizeof identity.advisories[0]);
	for (uint32_t i = 0; i < identity.advisories_count; i++) {
		demand(advisory_is_good(identity.advisories[i]));
	}
	for (uint32_t i = 0; i < identity.levels_count; i++) {
		const struct isv_level *const level = &identity.levels[i];

		demand(level->status != ASSAY_TCB_UNKNOWN);
		demand(i == 0 || identity.levels[i - 1].isv_svn > level->isv_svn);
		demand((uint32_t)level->advisories.first + level->advisories.count <=
		    identity.advisories_count);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct assay_bytes text;
	struct assay_bytes signature;

	check(bytes_of(data, size));
	if (reply_split(bytes_of(data, size), "enclaveIdentity", &text, &signature)) {
		check(text);
	}
	return 0;
}
