/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as TCB info, or as a reply that holds some: what is accepted keeps the promises of the header. */
#include <stdlib.h>

#include "collateral/reply.h"
#include "collateral/tcb_info.h"
#include "evidence/advisory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool true_always)
{
	if (!true_always) {
		abort();
	}
}

/* Descending by the SGX components, then PCE SVN, then the TDX components; never equal. */
static bool
in_order(const struct tcb_level *higher, const struct tcb_level *lower)
{
	for (size_t i = 0; i < 16; i++) {
		if (higher->sgx[i] != lower->sgx[i]) {
			return higher->sgx[i] > lower->sgx[i];
		}
	}
	if (higher->pcesvn != lower->pcesvn) {
		return higher->pcesvn > lower->pcesvn;
	}
	for (size_t i = 0; i < 16; i++) {
		if (higher->tdx[i] != lower->tdx[i]) {
			return higher->tdx[i] > lower->tdx[i];
		}
	}
	return false;
}

static void
check_range(const struct tcb_info *info, struct advisory_range range)
{
	demand(range.count <= LEVEL_ADVISORIES_MAX);
	demand((uint32_t)range.first + range.count <= info->advisories_count);
}

static void
check_module(const struct tcb_info *info, const struct tdx_module *module)
{
	demand(module->levels_count >= 1 && module->levels_count <= ISV_LEVELS_MAX);
	for (uint32_t i = 0; i < module->levels_count; i++) {
		demand(module->levels[i].status != ASSAY_TCB_UNKNOWN);
		demand(i == 0 || module->levels[i - 1].isv_svn > module->levels[i].isv_svn);
		check_range(info, module->levels[i].advisories);
	}
}

static void
check(struct assay_bytes text)
{
	static struct tcb_info info;

	if (!tcb_info_parse(&info, text)) {
		return;
	}
	demand(info.version == 2 || info.version == 3);
	demand(info.tee == ASSAY_TEE_SGX || (info.tee == ASSAY_TEE_TDX && info.version == 3));
	demand(info.levels_count >= 1 && info.levels_count <= TCB_LEVELS_MAX);
	demand(info.advisories_count <= TCB_ADVISORIES_MAX);
	demand(info.modules_count <= TDX_MODULES_MAX);
	for (uint32_t i = 0; i < info.advisories_count; i++) {
		demand(advisory_is_good(info.advisories[i]));
	}
	for (uint32_t i = 0; i < info.levels_count; i++) {
		demand(info.levels[i].status != ASSAY_TCB_UNKNOWN);
		demand(i == 0 || in_order(&info.levels[i - 1], &info.levels[i]));
		check_range(&info, info.levels[i].advisories);
	}
	for (uint32_t i = 0; i < info.modules_count; i++) {
		check_module(&info, &info.modules[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct assay_bytes text;
	struct assay_bytes signature;

	check(bytes_of(data, size));
	if (reply_split(bytes_of(data, size), "tcbInfo", &text, &signature)) {
		check(text);
	}
	return 0;
}
