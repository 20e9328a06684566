/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a result that assay.h has no function for. */
#include "render/words.h"

#define WORD(table, i)	((size_t)(i) < sizeof(table) / sizeof(table)[0] ? (table)[i] : "?")

const char *
check_result_word(enum assay_check_result result)
{
	static const char *const words[] = {
		[ASSAY_NOT_REACHED] = "not-reached",
		[ASSAY_NOT_APPLICABLE] = "not-applicable",
		[ASSAY_FAILED] = "failed",
		[ASSAY_PASSED] = "passed",
	};

	return WORD(words, result);
}

const char *
check_result_mark(enum assay_check_result result)
{
	static const char *const marks[] = {
		[ASSAY_NOT_REACHED] = "·",
		[ASSAY_NOT_APPLICABLE] = "–",
		[ASSAY_FAILED] = "✗",
		[ASSAY_PASSED] = "✓",
	};

	return WORD(marks, result);
}

const char *
shortfall_part_word(enum assay_shortfall_part part)
{
	static const char *const words[] = {
		[ASSAY_SHORTFALL_SGX_COMPONENT] = "sgx.component",
		[ASSAY_SHORTFALL_PCESVN] = "pcesvn",
		[ASSAY_SHORTFALL_TDX_COMPONENT] = "tdx.component",
		[ASSAY_SHORTFALL_TDX_MODULE] = "tdx-module",
		[ASSAY_SHORTFALL_QE] = "qe",
		[ASSAY_SHORTFALL_CONFIGURATION] = "configuration",
	};

	return WORD(words, part);
}

const char *
raised_by_word(enum assay_raised_by raised_by)
{
	static const char *const words[] = {
		[ASSAY_RAISED_BY_UNKNOWN] = "unknown",
		[ASSAY_RAISED_BY_BIOS] = "bios",
		[ASSAY_RAISED_BY_MICROCODE] = "microcode",
		[ASSAY_RAISED_BY_TDX_MODULE] = "tdx-module",
		[ASSAY_RAISED_BY_SINIT] = "sinit",
		[ASSAY_RAISED_BY_PSW] = "psw",
		[ASSAY_RAISED_BY_CONFIGURATION] = "configuration",
	};

	return WORD(words, raised_by);
}

const char *
raised_by_text(enum assay_raised_by raised_by)
{
	static const char *const texts[] = {
		[ASSAY_RAISED_BY_UNKNOWN] = "by something that the vendor does not name",
		[ASSAY_RAISED_BY_BIOS] = "by a BIOS update",
		[ASSAY_RAISED_BY_MICROCODE] = "by a microcode update, which the BIOS carries",
		[ASSAY_RAISED_BY_TDX_MODULE] = "by an update of the TDX module",
		[ASSAY_RAISED_BY_SINIT] = "by an update of the SINIT module, which the BIOS carries",
		[ASSAY_RAISED_BY_PSW] = "by an update of the platform software (quoting and provisioning enclaves)",
		[ASSAY_RAISED_BY_CONFIGURATION] = "by other BIOS settings",
	};

	return WORD(texts, raised_by);
}

const char *
collateral_kind_word(enum assay_collateral_kind kind)
{
	static const char *const words[] = {
		[ASSAY_COLLATERAL_ROOT_CRL] = "root_crl",
		[ASSAY_COLLATERAL_PCK_CRL] = "pck_crl",
		[ASSAY_COLLATERAL_TCB_INFO] = "tcb_info",
		[ASSAY_COLLATERAL_QE_IDENTITY] = "qe_identity",
	};

	return WORD(words, kind);
}

const char *
tee_word(enum assay_tee tee)
{
	static const char *const words[] = {
		[ASSAY_TEE_NONE] = "none",
		[ASSAY_TEE_SGX] = "sgx",
		[ASSAY_TEE_TDX] = "tdx",
	};

	return WORD(words, tee);
}

const char *
vendor_word(enum assay_evidence_kind kind)
{
	static const char *const words[] = {
		[ASSAY_EVIDENCE_NONE] = "none",
		[ASSAY_EVIDENCE_SGX_QUOTE] = "intel",
		[ASSAY_EVIDENCE_TDX_QUOTE] = "intel",
		[ASSAY_EVIDENCE_EPID_QUOTE] = "intel",
		[ASSAY_EVIDENCE_IAS_REPORT] = "intel",
	};

	return WORD(words, kind);
}

const char *
consequence_word(enum assay_consequence consequence)
{
	static const char *const words[] = {
		[ASSAY_CONSEQUENCE_NOT_GENUINE] = "not-genuine",
		[ASSAY_CONSEQUENCE_UNDECIDED] = "undecided",
		[ASSAY_CONSEQUENCE_NO_TIER] = "no-tier",
	};

	return WORD(words, consequence);
}
