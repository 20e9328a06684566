/* SPDX-License-Identifier: Apache-2.0 */
/* Facts, trail and grade, written down as a verdict. */
#include "appraise/verdict.h"
#include "evidence/report.h"

void
verdict_facts(struct assay_verdict *verdict, const struct facts *facts)
{
	verdict->simulated = facts->simulated;
	verdict->has_body = facts->has_body;
	if (facts->has_body) {
		verdict->sgx = facts->sgx;
		verdict->td = facts->td;
		verdict->debug = facts->tee == ASSAY_TEE_TDX ?
		    (td_report_attributes(&facts->td) & TD_DEBUG) != 0 :
		    (sgx_report_flags(&facts->sgx) & SGX_FLAG_DEBUG) != 0;
	}
	verdict->ias = facts->ias;
	verdict->has_platform = facts->has_platform;
	verdict->platform = facts->platform;
	if (facts->ias_has_platform_id) {
		memcpy(verdict->platform.id, facts->ias_platform_id, 32);
		verdict->platform.has_id = true;
	}
	if (facts->prepared != NULL) {
		verdict->collateral_count = (uint8_t)facts->prepared->parts_count;
		memcpy(verdict->collateral, facts->prepared->parts, sizeof(verdict->collateral));
		/* Slots beyond the count hold whatever was there before. */
		memset(&verdict->collateral[verdict->collateral_count], 0,
		    (ASSAY_COLLATERAL_PARTS_MAX - (size_t)verdict->collateral_count) *
		    sizeof(verdict->collateral[0]));
	}
}

void
verdict_standing(struct assay_verdict *verdict, const struct standing *standing)
{
	const struct advisories *advisories = &standing->match.advisories;

	verdict->tcb_status = standing->match.status;
	verdict->tcb_evaluation_number = standing->evaluation_number;
	verdict->tcb_date_s = standing->match.date_s;
	verdict->advisories_unknown = advisories->unknown;
	verdict->advisories_count = (uint8_t)advisories->count;
	for (uint32_t i = 0; i < advisories->count; i++) {
		/* The parsers have bounded the length. */
		assert(advisories->ids[i].len < ASSAY_ADVISORY_BYTES);
		bytes_copy(verdict->advisories[i], advisories->ids[i], advisories->ids[i].len);
	}
}

void
verdict_grade(struct assay_verdict *verdict, const struct grade *grade)
{
	verdict->tier = grade->tier;
	verdict->advisories_counted = grade->counted;
	verdict->deciding_reason = grade->deciding;
	verdict->reasons_count = (uint8_t)grade->reasons_count;
	memcpy(verdict->reasons, grade->reasons, sizeof(verdict->reasons));
	if (grade->ceiling_word != NULL) {
		memcpy(verdict->ceiling_word, grade->ceiling_word, ASSAY_WORD_BYTES);
	}
	for (unsigned i = 0; i < ASSAY_CHECK_COUNT; i++) {
		if (grade->results[i] == 0) {
			continue;
		}
		verdict->checks[i] = grade->results[i];
		if (grade->results[i] == ASSAY_FAILED && verdict->first_failed < 0) {
			verdict->first_failed = (int)i;
		}
	}
}

void
verdict_trail(struct assay_verdict *verdict, const struct trail *trail)
{
	memcpy(verdict->checks, trail->results, sizeof(verdict->checks));
	verdict->first_failed = trail->first_failed;
	verdict->authenticity = trail->closed ? trail->authenticity : ASSAY_GENUINE;
}

static struct assay_bytes
big_endian(uint8_t scratch[static 8], uint32_t value, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		scratch[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
	}
	return bytes_of(scratch, len);
}

static struct assay_bytes
sgx_field(const struct assay_sgx_report *sgx, enum assay_field field, uint8_t scratch[static 8])
{
	switch (field) {
	case ASSAY_FIELD_MRENCLAVE:
		return bytes_of(sgx->mrenclave, 32);
	case ASSAY_FIELD_MRSIGNER:
		return bytes_of(sgx->mrsigner, 32);
	case ASSAY_FIELD_ISV_PROD_ID:
		return big_endian(scratch, sgx->isv_prod_id, 2);
	case ASSAY_FIELD_ISV_SVN:
		return big_endian(scratch, sgx->isv_svn, 2);
	case ASSAY_FIELD_ISV_EXT_PROD_ID:
		return bytes_of(sgx->isv_ext_prod_id, 16);
	case ASSAY_FIELD_ISV_FAMILY_ID:
		return bytes_of(sgx->isv_family_id, 16);
	case ASSAY_FIELD_CONFIG_ID:
		return bytes_of(sgx->config_id, 64);
	case ASSAY_FIELD_CONFIG_SVN:
		return big_endian(scratch, sgx->config_svn, 2);
	case ASSAY_FIELD_ATTRIBUTES:
		return bytes_of(sgx->attributes, 16);
	case ASSAY_FIELD_MISCSELECT:
		return big_endian(scratch, sgx->miscselect, 4);
	case ASSAY_FIELD_REPORT_DATA:
		return bytes_of(sgx->report_data, 64);
	default:
		return bytes_of(NULL, 0);
	}
}

static struct assay_bytes
td_field(const struct assay_td_report *td, enum assay_field field)
{
	switch (field) {
	case ASSAY_FIELD_MRTD:
		return bytes_of(td->mrtd, 48);
	case ASSAY_FIELD_RTMR0:
	case ASSAY_FIELD_RTMR1:
	case ASSAY_FIELD_RTMR2:
	case ASSAY_FIELD_RTMR3:
		return bytes_of(td->rtmr[field - ASSAY_FIELD_RTMR0], 48);
	case ASSAY_FIELD_MRCONFIGID:
		return bytes_of(td->mrconfigid, 48);
	case ASSAY_FIELD_MROWNER:
		return bytes_of(td->mrowner, 48);
	case ASSAY_FIELD_MROWNERCONFIG:
		return bytes_of(td->mrownerconfig, 48);
	case ASSAY_FIELD_MRSEAM:
		return bytes_of(td->mrseam, 48);
	case ASSAY_FIELD_MRSIGNERSEAM:
		return bytes_of(td->mrsignerseam, 48);
	case ASSAY_FIELD_TD_ATTRIBUTES:
		return bytes_of(td->td_attributes, 8);
	case ASSAY_FIELD_XFAM:
		return bytes_of(td->xfam, 8);
	case ASSAY_FIELD_MRSERVICETD:
		return td->has_1_5 ? bytes_of(td->mrservicetd, 48) : bytes_of(NULL, 0);
	case ASSAY_FIELD_REPORT_DATA:
		return bytes_of(td->report_data, 64);
	default:
		return bytes_of(NULL, 0);
	}
}

struct assay_bytes
assay_verdict_field(const struct assay_verdict *verdict, enum assay_field field, uint8_t scratch[static 8])
{
	switch (field) {
	case ASSAY_FIELD_NONCE:
		return bytes_of(verdict->ias.nonce_len == 0 ? NULL : verdict->ias.nonce, verdict->ias.nonce_len);
	case ASSAY_FIELD_FMSPC:
		return verdict->has_platform ? bytes_of(verdict->platform.fmspc, 6) : bytes_of(NULL, 0);
	case ASSAY_FIELD_PPID:
		return verdict->has_platform ? bytes_of(verdict->platform.ppid, 16) : bytes_of(NULL, 0);
	case ASSAY_FIELD_PLATFORM_ID:
		return verdict->platform.has_id ? bytes_of(verdict->platform.id, 32) : bytes_of(NULL, 0);
	default:
		break;
	}
	if (!verdict->has_body) {
		return bytes_of(NULL, 0);
	}
	return verdict->tee == ASSAY_TEE_TDX ? td_field(&verdict->td, field) :
	    sgx_field(&verdict->sgx, field, scratch);
}

bool
verdict_references_hold(const struct assay_verdict *verdict, const struct assay_verifier *verifier)
{
	for (size_t i = 0; i < verifier->references_count; i++) {
		uint8_t scratch[8];
		const struct assay_bytes is = assay_verdict_field(verdict, verifier->references[i].field, scratch);

		/* What is not there is not as expected, even where nothing was expected. */
		if (is.len == 0 || !bytes_equal(is, verifier->references[i].value)) {
			return false;
		}
	}
	return true;
}
