/* SPDX-License-Identifier: Apache-2.0 */
/* The words for people and for JSON, from the tables. */
#include "base/bytes.h"

static const char *
pick(const char *const *words, size_t count, unsigned i)
{
	return i < count && words[i] != NULL ? words[i] : "?";
}

#define PICK(words, i) pick(words, sizeof(words) / sizeof((words)[0]), (unsigned)(i))

const char *
assay_check_id(enum assay_check check)
{
	static const char *const words[] = {
#define ASSAY_CHECK(symbol, id, consequence, text, specification) id,
#include "checks.def"
#undef ASSAY_CHECK
	};

	return PICK(words, check);
}

const char *
assay_check_text(enum assay_check check)
{
	static const char *const words[] = {
#define ASSAY_CHECK(symbol, id, consequence, text, specification) text,
#include "checks.def"
#undef ASSAY_CHECK
	};

	return PICK(words, check);
}

const char *
assay_check_specification(enum assay_check check)
{
	static const char *const words[] = {
#define ASSAY_CHECK(symbol, id, consequence, text, specification) specification,
#include "checks.def"
#undef ASSAY_CHECK
	};

	return PICK(words, check);
}

const char *
assay_reason_id(enum assay_reason reason)
{
	static const char *const words[] = {
		NULL,
#define ASSAY_REASON(symbol, id, text, remedy) id,
#include "reasons.def"
#undef ASSAY_REASON
	};

	return PICK(words, reason);
}

const char *
assay_reason_text(enum assay_reason reason)
{
	static const char *const words[] = {
		NULL,
#define ASSAY_REASON(symbol, id, text, remedy) text,
#include "reasons.def"
#undef ASSAY_REASON
	};

	return PICK(words, reason);
}

const char *
assay_reason_remedy(enum assay_reason reason)
{
	static const char *const words[] = {
		NULL,
#define ASSAY_REASON(symbol, id, text, remedy) remedy,
#include "reasons.def"
#undef ASSAY_REASON
	};

	return PICK(words, reason);
}

const char *
assay_field_id(enum assay_field field)
{
	static const char *const words[] = {
		NULL,
#define ASSAY_FIELD(symbol, id, len, text) id,
#include "fields.def"
#undef ASSAY_FIELD
	};

	return PICK(words, field);
}

size_t
assay_field_len(enum assay_field field)
{
	static const uint8_t lens[ASSAY_FIELD_COUNT] = {
		0,
#define ASSAY_FIELD(symbol, id, len, text) len,
#include "fields.def"
#undef ASSAY_FIELD
	};

	return (unsigned)field < ASSAY_FIELD_COUNT ? lens[field] : 0;
}

const char *
assay_authenticity_word(enum assay_authenticity authenticity)
{
	static const char *const words[] = { "not-genuine", "undecided", "genuine" };

	return PICK(words, authenticity);
}

const char *
assay_evidence_kind_word(enum assay_evidence_kind kind)
{
	static const char *const words[] = { "unknown", "sgx-quote", "tdx-quote", "epid-quote", "ias-report" };

	return PICK(words, kind);
}

const char *
assay_tcb_status_word(enum assay_tcb_status status, enum assay_evidence_kind kind)
{
	static const char *const pcs[ASSAY_TCB_STATUS_COUNT] = {
		[ASSAY_TCB_UNKNOWN] = "Unknown",
		[ASSAY_TCB_UP_TO_DATE] = "UpToDate",
		[ASSAY_TCB_SW_HARDENING_NEEDED] = "SWHardeningNeeded",
		[ASSAY_TCB_CONFIGURATION_NEEDED] = "ConfigurationNeeded",
		[ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] = "ConfigurationAndSWHardeningNeeded",
		[ASSAY_TCB_OUT_OF_DATE] = "OutOfDate",
		[ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = "OutOfDateConfigurationNeeded",
		[ASSAY_TCB_TD_RELAUNCH_ADVISED] = "TDRelaunchAdvised",
		[ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] = "TDRelaunchAdvisedConfigurationNeeded",
		[ASSAY_TCB_REVOKED] = "Revoked",
	};
	static const char *const ias[ASSAY_TCB_STATUS_COUNT] = {
		[ASSAY_TCB_UNKNOWN] = "Unknown",
		[ASSAY_TCB_UP_TO_DATE] = "OK",
		[ASSAY_TCB_SW_HARDENING_NEEDED] = "SW_HARDENING_NEEDED",
		[ASSAY_TCB_CONFIGURATION_NEEDED] = "CONFIGURATION_NEEDED",
		[ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] = "CONFIGURATION_AND_SW_HARDENING_NEEDED",
		[ASSAY_TCB_OUT_OF_DATE] = "GROUP_OUT_OF_DATE",
		[ASSAY_TCB_REVOKED] = "GROUP_REVOKED",
		[ASSAY_TCB_SIGNATURE_INVALID] = "SIGNATURE_INVALID",
		[ASSAY_TCB_SIGNATURE_REVOKED] = "SIGNATURE_REVOKED",
		[ASSAY_TCB_KEY_REVOKED] = "KEY_REVOKED",
		[ASSAY_TCB_SIGRL_VERSION_MISMATCH] = "SIGRL_VERSION_MISMATCH",
	};

	return kind == ASSAY_EVIDENCE_IAS_REPORT ? PICK(ias, status) : PICK(pcs, status);
}

unsigned
assay_tier_number(enum assay_tier tier)
{
	return tier >= ASSAY_TIER_5 && tier <= ASSAY_TIER_1 ? 6U - (unsigned)tier : 0;
}
