/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PCK certificate's SGX extension: a SEQUENCE of pairs of OID and value,
 * two of whose values are such sequences again.  Pairs may come in any order,
 * as the profile names them by OID, but each only once.
 */
#include "collateral/pck.h"
#include "format/der.h"

/* 1.2.840.113741.1.13.1, under which every OID here stands. */
static const uint8_t sgx_oid[9] = { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01 };

enum {
	ENTRY_PPID = 1,
	ENTRY_TCB = 2,
	ENTRY_PCE_ID = 3,
	ENTRY_FMSPC = 4,
	ENTRY_SGX_TYPE = 5,
	ENTRY_INSTANCE_ID = 6,
	ENTRY_CONFIGURATION = 7
};

enum {
	TCB_COMPONENT_FIRST = 1,
	TCB_COMPONENT_LAST = 16,
	TCB_PCESVN = 17,
	TCB_CPUSVN = 18
};

enum {
	CONFIGURATION_DYNAMIC_PLATFORM = 1,
	CONFIGURATION_CACHED_KEYS = 2,
	CONFIGURATION_SMT_ENABLED = 3
};

/* Entries n = 1, 2, ... as bit n. */
#define ENTRIES_REQUIRED 0x3eu		/* 1 to 5 */
#define ENTRIES_OF_PLATFORM 0xc0u	/* 6 and 7 */
#define TCB_REQUIRED 0x7fffeu		/* 1 to 18 */

/* The last arc of the pair's OID, where it stands under 13.1 and then parent (0: directly);
 * 0, and bad, for any other OID. */
static unsigned
take_arc(struct cursor *pair, uint8_t parent)
{
	struct cursor oid = der_enter(pair, DER_OID);
	const struct assay_bytes prefix = cursor_take(&oid, sizeof sgx_oid);
	const uint8_t above = parent == 0 ? 0 : cursor_u8(&oid);
	const uint8_t arc = cursor_u8(&oid);

	if (!cursor_done(&oid) || !bytes_equal(prefix, bytes_of(sgx_oid, sizeof sgx_oid)) ||
	    above != parent) {
		pair->bad = true;
		return 0;
	}
	return arc;
}

static void
take_octets(struct cursor *pair, uint8_t *out, size_t len)
{
	const struct assay_bytes octets = der_take(pair, DER_OCTET_STRING);

	if (octets.len != len) {
		pair->bad = true;
		return;
	}
	bytes_copy(out, octets, len);
}

static enum assay_flag
take_flag(struct cursor *pair)
{
	return der_boolean(pair) ? ASSAY_FLAG_TRUE : ASSAY_FLAG_FALSE;
}

static void
tcb_value(struct assay_platform *platform, unsigned arc, struct cursor *pair)
{
	if (arc >= TCB_COMPONENT_FIRST && arc <= TCB_COMPONENT_LAST) {
		platform->components[arc - TCB_COMPONENT_FIRST] =
		    (uint8_t)der_small(pair, DER_INTEGER, UINT8_MAX);
	} else if (arc == TCB_PCESVN) {
		platform->pcesvn = (uint16_t)der_small(pair, DER_INTEGER, UINT16_MAX);
	} else if (arc == TCB_CPUSVN) {
		take_octets(pair, platform->cpusvn, sizeof platform->cpusvn);
	} else {
		pair->bad = true;
	}
}

static void
configuration_value(struct assay_platform *platform, unsigned arc, struct cursor *pair)
{
	switch (arc) {
	case CONFIGURATION_DYNAMIC_PLATFORM:
		platform->dynamic_platform = take_flag(pair);
		break;
	case CONFIGURATION_CACHED_KEYS:
		platform->cached_keys = take_flag(pair);
		break;
	case CONFIGURATION_SMT_ENABLED:
		platform->smt_enabled = take_flag(pair);
		break;
	default:
		pair->bad = true;
		break;
	}
}

typedef void value_function(struct assay_platform *platform, unsigned arc, struct cursor *pair);

/*
 * Read the pairs of the SEQUENCE at hand, each value by the function, and set
 * the bits of those that were there.  outer is bad where one is doubled or not right.
 */
static uint32_t
take_pairs(struct assay_platform *platform, struct cursor *outer, uint8_t parent,
    value_function *value)
{
	struct cursor pairs = der_enter(outer, DER_SEQUENCE);
	uint32_t seen = 0;

	while (!cursor_done(&pairs)) {
		struct cursor pair = der_enter(&pairs, DER_SEQUENCE);
		const unsigned arc = take_arc(&pair, parent);

		if (!pair.bad) {
			value(platform, arc, &pair);
		}
		/* A value that was taken has an arc below 32. */
		if (!cursor_done(&pair) || (seen & UINT32_C(1) << arc) != 0) {
			outer->bad = true;
			return 0;
		}
		seen |= UINT32_C(1) << arc;
	}
	return seen;
}

static void
entry_value(struct assay_platform *platform, unsigned arc, struct cursor *pair)
{
	switch (arc) {
	case ENTRY_PPID:
		take_octets(pair, platform->ppid, sizeof platform->ppid);
		break;
	case ENTRY_TCB:
		if (take_pairs(platform, pair, ENTRY_TCB, tcb_value) != TCB_REQUIRED) {
			pair->bad = true;
		}
		break;
	case ENTRY_PCE_ID:
		take_octets(pair, platform->pce_id, sizeof platform->pce_id);
		break;
	case ENTRY_FMSPC:
		take_octets(pair, platform->fmspc, sizeof platform->fmspc);
		break;
	case ENTRY_SGX_TYPE:
		platform->sgx_type = (uint8_t)der_small(pair, DER_ENUMERATED, 2);
		break;
	case ENTRY_INSTANCE_ID:
		take_octets(pair, platform->instance_id, sizeof platform->instance_id);
		platform->has_instance_id = true;
		break;
	case ENTRY_CONFIGURATION:
		/* A flag that is not there stays undefined, which no requirement takes for "no". */
		(void)take_pairs(platform, pair, ENTRY_CONFIGURATION, configuration_value);
		break;
	default:
		pair->bad = true;
		break;
	}
}

bool
pck_extension_parse(struct assay_platform *platform, struct assay_bytes extension)
{
	struct cursor c = cursor_over(extension);

	memset(platform, 0, sizeof *platform);
	const uint32_t seen = take_pairs(platform, &c, 0, entry_value);

	/* The last two come together: a platform of several packages has both. */
	return cursor_done(&c) && (seen == ENTRIES_REQUIRED || seen == (ENTRIES_REQUIRED | ENTRIES_OF_PLATFORM));
}
