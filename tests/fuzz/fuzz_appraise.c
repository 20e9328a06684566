/* SPDX-License-Identifier: Apache-2.0 */
/*
 * End to end, past the signatures: evidence and collateral of the simulated
 * vendor, edited anywhere, appraised with a port that finds every signature
 * good.  Nothing may crash, a verdict must be sound, and cold, warm and hot
 * must agree.
 *
 * Input: a byte that picks the evidence, then edits of four bytes (part,
 * offset low, offset high, new byte); part 0x80 cuts the part there instead.
 */
#include <stdlib.h>

#include "base/bytes.h"
#include "sim/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_S INT64_C(1790000000)
#define PARTS 13
#define CACHE_ENTRIES 4

static const struct sim_options bases[] = {
	{ .tee = SIM_SGX },
	{ .tee = SIM_SGX, .ca = SIM_CA_PROCESSOR, .tcb_info_version = 2, .status = ASSAY_TCB_OUT_OF_DATE },
	{ .tee = SIM_SGX, .version = 5, .certification_type = 1 },
	{ .tee = SIM_SGX, .version = 4, .certification_type = 4 },
	{ .tee = SIM_TDX, .status = ASSAY_TCB_CONFIGURATION_NEEDED },
	{ .tee = SIM_TDX, .version = 5, .body_type = 3, .status = ASSAY_TCB_TD_RELAUNCH_ADVISED },
	{ .tee = SIM_TDX, .version = 5, .body_type = 4, .module_status = ASSAY_TCB_OUT_OF_DATE },
	{ .tee = SIM_TDX, .old_module = true },
	{ .tee = SIM_IAS, .version = 4, .linkable = true },
	{ .tee = SIM_IAS, .version = 5, .status = ASSAY_TCB_SW_HARDENING_NEEDED },
};

#define BASES (sizeof(bases) / sizeof(bases[0]))

static struct sim_evidence made[BASES];
static struct assay_prepared prepared;
static struct assay_policy policy;
static uint8_t *copies[PARTS];

static void
accept_all(void *context, struct assay_signature_item *items, size_t count)
{
	(void)context;
	for (size_t i = 0; i < count; i++) {
		items[i].valid = items[i].algorithm != ASSAY_ALGORITHM_NONE;
	}
}

static void
hash(void *context, uint8_t digest[32], const struct assay_bytes *parts, size_t count)
{
	const struct assay_crypto *openssl = assay_crypto_openssl();

	(void)context;
	openssl->sha256(openssl->context, digest, parts, count);
}

static const struct assay_crypto credulous = { NULL, accept_all, hash };

static void
open_once(void)
{
	static bool done;

	if (done) {
		return;
	}
	done = true;
	struct sim_vendor *vendor = sim_vendor_new("fuzz", NOW_S);

	for (size_t i = 0; i < BASES; i++) {
		if (!sim_evidence_make(vendor, &bases[i], &made[i])) {
			abort();
		}
	}
	assay_policy_preset(&policy, &credulous, 0);
}

static void
edit(struct assay_bytes *const *parts, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i + 4 <= size; i += 4) {
		const size_t part = (data[i] & 0x7f) % PARTS;
		const size_t at = (size_t)data[i + 1] | (size_t)data[i + 2] << 8;

		if (at >= parts[part]->len) {
			continue;
		}
		if ((data[i] & 0x80) != 0) {
			parts[part]->len = at;
		} else {
			copies[part][at] = data[i + 3];
		}
	}
}

static void
must_be_sound(const struct assay_verdict *v)
{
	if (v->tier != ASSAY_TIER_NONE && (v->authenticity != ASSAY_GENUINE || v->first_failed >= 0)) {
		abort();
	}
	if (v->authenticity != ASSAY_GENUINE && (v->first_failed < 0 || v->reasons_count != 0)) {
		abort();
	}
	if (!v->simulated) {
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct assay_verdict cold, warm, hot;
	static uint8_t storage[ASSAY_CACHE_BYTES(CACHE_ENTRIES)] __attribute__((aligned(16)));
	struct assay_cache cache = { storage, CACHE_ENTRIES };

	if (size < 1) {
		return 0;
	}
	open_once();
	const struct sim_evidence *base = &made[data[0] % BASES];
	struct assay_verifier verifier = { .crypto = &credulous, .roots = base->roots,
		.roots_count = base->roots_count };
	struct assay_evidence e = base->evidence;
	struct assay_collateral c = base->collateral;
	struct assay_bytes *const parts[PARTS] = { &e.quote, &e.ias_signature, &e.ias_certificates,
		&c.pck_certificate_chain, &c.root_crl, &c.pck_crl, &c.pck_crl_issuer_chain, &c.tcb_info,
		&c.tcb_info_signature, &c.tcb_info_issuer_chain, &c.qe_identity, &c.qe_identity_signature,
		&c.qe_identity_issuer_chain };

	for (size_t i = 0; i < PARTS; i++) {
		/* A block of its own for each, so that reading past one is noticed. */
		copies[i] = malloc(parts[i]->len == 0 ? 1 : parts[i]->len);
		if (parts[i]->len != 0) {
			memcpy(copies[i], parts[i]->data, parts[i]->len);
			parts[i]->data = copies[i];
		}
	}
	edit(parts, data + 1, size - 1);
	assay_appraise(&cold, &verifier, &e, &c, &policy, NOW_S);
	must_be_sound(&cold);
	memset(storage, 0, sizeof(storage));
	verifier.cache = &cache;
	assay_prepare(&prepared, &verifier, &c);
	assay_appraise_prepared(&warm, &verifier, &e, &prepared, &prepared, &policy, NOW_S);
	assay_appraise_prepared(&hot, &verifier, &e, &prepared, &prepared, &policy, NOW_S);
	if (memcmp(&warm, &hot, sizeof(warm)) != 0 || cold.tier != warm.tier ||
	    memcmp(cold.checks, warm.checks, sizeof(cold.checks)) != 0) {
		abort();
	}
	for (size_t i = 0; i < PARTS; i++) {
		free(copies[i]);
	}
	return 0;
}
