/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of attestation verification reports.  The service added members from
 * version to version; a member that came with a later version than the
 * body's own, or that does not go with the body's status, is refused.
 */
#include "base/cursor.h"
#include "base/limits.h"
#include "evidence/advisory.h"
#include "evidence/ias_report.h"
#include "evidence/quote.h"
#include "format/base64.h"
#include "format/hex.h"
#include "format/json.h"
#include "format/utc.h"

#define PLATFORM_INFO_BYTES 105		/* a header of 4 and 101 */
#define PLATFORM_INFO_TYPE 0x15
#define PLATFORM_INFO_VERSION 2
#define PLATFORM_INFO_LEN 101
#define PLATFORM_INFO_SIGNATURE_BYTES 64

#define ID_DIGITS_MAX 39		/* of a number of 128 bits */
#define NONCE_BYTES_MAX 32

enum {
	HAS_ID = 1 << 0,
	HAS_TIMESTAMP = 1 << 1,
	HAS_STATUS = 1 << 2,
	HAS_QUOTE_BODY = 1 << 3,
	HAS_VERSION = 1 << 4,
	HAS_REVOCATION_REASON = 1 << 5,
	HAS_PLATFORM_INFO = 1 << 6,
	HAS_NONCE = 1 << 7,
	HAS_PSEUDONYM = 1 << 8,
	HAS_ADVISORY_URL = 1 << 9,
	HAS_ADVISORIES = 1 << 10,
	HAS_EVALUATION_NUMBER = 1 << 11,
	NEEDS_ALL = HAS_ID | HAS_TIMESTAMP | HAS_STATUS | HAS_QUOTE_BODY,
	SINCE_VERSION_4 = HAS_ADVISORY_URL | HAS_ADVISORIES,
	SINCE_VERSION_5 = HAS_EVALUATION_NUMBER
};

static enum assay_tcb_status
status_read(struct json *j)
{
	static const struct {
		const char *word;
		enum assay_tcb_status status;
	} known[] = {
		{ "OK", ASSAY_TCB_UP_TO_DATE },
		{ "SW_HARDENING_NEEDED", ASSAY_TCB_SW_HARDENING_NEEDED },
		{ "CONFIGURATION_NEEDED", ASSAY_TCB_CONFIGURATION_NEEDED },
		{ "CONFIGURATION_AND_SW_HARDENING_NEEDED",
		    ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED },
		{ "GROUP_OUT_OF_DATE", ASSAY_TCB_OUT_OF_DATE },
		{ "GROUP_REVOKED", ASSAY_TCB_REVOKED },
		{ "SIGNATURE_INVALID", ASSAY_TCB_SIGNATURE_INVALID },
		{ "SIGNATURE_REVOKED", ASSAY_TCB_SIGNATURE_REVOKED },
		{ "KEY_REVOKED", ASSAY_TCB_KEY_REVOKED },
		{ "SIGRL_VERSION_MISMATCH", ASSAY_TCB_SIGRL_VERSION_MISMATCH }
	};
	const struct assay_bytes word = json_string(j);

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (bytes_equal_text(word, known[i].word)) {
			return known[i].status;
		}
	}
	json_fail(j);
	return ASSAY_TCB_UNKNOWN;
}

/* A decimal number of at most 128 bits, as a string.  Nothing uses it. */
static void
id_read(struct json *j)
{
	const struct assay_bytes id = json_string(j);
	bool good = id.len >= 1 && id.len <= ID_DIGITS_MAX;

	for (size_t i = 0; good && i < id.len; i++) {
		good = id.data[i] >= '0' && id.data[i] <= '9';
	}
	if (!good) {
		json_fail(j);
	}
}

static void
timestamp_read(struct json *j, struct ias_report *report)
{
	if (!utc_parse_ias(&report->timestamp_s, json_string(j))) {
		json_fail(j);
	}
}

static void
nonce_read(struct json *j, struct ias_report *report)
{
	report->nonce = json_string(j);
	if (report->nonce.len > NONCE_BYTES_MAX) {
		json_fail(j);
	}
}

static void
pseudonym_read(struct json *j, struct ias_report *report)
{
	size_t len = 0;

	if (!base64_decode(report->pseudonym, sizeof report->pseudonym, &len, json_string(j), false) ||
	    len != sizeof report->pseudonym) {
		json_fail(j);
	}
	report->has_pseudonym = true;
}

static void
advisories_read(struct json *j, struct ias_report *report)
{
	struct json_array a = json_array(j);

	while (json_element(j, &a)) {
		const struct assay_bytes id = json_string(j);

		if (!advisory_is_good(id) || report->advisories_count == ASSAY_ADVISORIES_MAX) {
			json_fail(j);
			return;
		}
		report->advisories[report->advisories_count++] = id;
	}
}

static uint32_t
u32_big_endian(struct cursor *c)
{
	const uint32_t high = cursor_u16be(c);

	return high << 16 | cursor_u16be(c);
}

static void
platform_info_read(struct json *j, struct ias_report *report)
{
	uint8_t blob[PLATFORM_INFO_BYTES] = { 0 };
	struct cursor c = cursor_over(bytes_of(blob, sizeof blob));

	json_hex(j, blob, sizeof blob);

	const uint8_t type = cursor_u8(&c);
	const uint8_t version = cursor_u8(&c);
	const uint16_t len = cursor_u16be(&c);

	if (type != PLATFORM_INFO_TYPE || version != PLATFORM_INFO_VERSION ||
	    len != PLATFORM_INFO_LEN) {
		json_fail(j);
		return;
	}
	report->has_platform_info = true;
	report->platform_info.group_flags = cursor_u8(&c);
	report->platform_info.tcb_flags = cursor_u16be(&c);
	report->platform_info.pse_flags = cursor_u16be(&c);
	cursor_copy(&c, report->platform_info.latest_cpusvn,
	    sizeof report->platform_info.latest_cpusvn);
	/* Copied from a structure in memory, where all around is in network order. */
	report->platform_info.latest_isv_svn = cursor_u16le(&c);
	/* The SVNs of the platform services, which nothing uses. */
	cursor_take(&c, 2 + 4);
	report->platform_info.extended_group_id = u32_big_endian(&c);
	report->platform_info.group_id = u32_big_endian(&c);
	/* Its own signature is for the platform; here the report's covers it. */
	cursor_take(&c, PLATFORM_INFO_SIGNATURE_BYTES);
	assert(cursor_done(&c));
}

/* Wrong content is a check of its own, so that it does not fail the reader. */
static void
quote_body_read(struct json *j, struct ias_report *report)
{
	struct epid_quote quote;
	size_t len = 0;

	report->quote_body_good =
	    base64_decode(report->quote_body, sizeof report->quote_body, &len, json_string(j), false) &&
	    epid_quote_parse(&quote, bytes_of(report->quote_body, len), true);
}

/* The members that every version may have; 0 where it is none of these and still unread. */
static unsigned
old_member_read(struct json *j, struct ias_report *report, struct assay_bytes name)
{
	if (bytes_equal_text(name, "id")) {
		id_read(j);
		return HAS_ID;
	}
	if (bytes_equal_text(name, "timestamp")) {
		timestamp_read(j, report);
		return HAS_TIMESTAMP;
	}
	if (bytes_equal_text(name, "isvEnclaveQuoteStatus")) {
		report->status = status_read(j);
		return HAS_STATUS;
	}
	if (bytes_equal_text(name, "isvEnclaveQuoteBody")) {
		quote_body_read(j, report);
		return HAS_QUOTE_BODY;
	}
	if (bytes_equal_text(name, "revocationReason")) {
		json_skip(j);
		return HAS_REVOCATION_REASON;
	}
	if (bytes_equal_text(name, "platformInfoBlob")) {
		platform_info_read(j, report);
		return HAS_PLATFORM_INFO;
	}
	if (bytes_equal_text(name, "nonce")) {
		nonce_read(j, report);
		return HAS_NONCE;
	}
	if (bytes_equal_text(name, "epidPseudonym")) {
		pseudonym_read(j, report);
		return HAS_PSEUDONYM;
	}
	return 0;
}

/* The members that came with a version; 0 as above. */
static unsigned
new_member_read(struct json *j, struct ias_report *report, struct assay_bytes name)
{
	if (bytes_equal_text(name, "version")) {
		report->version = (uint8_t)json_integer(j, 3, 5);
		return HAS_VERSION;
	}
	if (bytes_equal_text(name, "advisoryURL")) {
		json_skip(j);
		return HAS_ADVISORY_URL;
	}
	if (bytes_equal_text(name, "advisoryIDs")) {
		advisories_read(j, report);
		return HAS_ADVISORIES;
	}
	if (bytes_equal_text(name, "tcbEvaluationDataNumber")) {
		report->evaluation_number = (uint32_t)json_integer(j, 0, INT32_MAX);
		return HAS_EVALUATION_NUMBER;
	}
	return 0;
}

/* The statuses of a group that has open advisories. */
static bool
status_has_advisories(enum assay_tcb_status status)
{
	return status == ASSAY_TCB_SW_HARDENING_NEEDED || status == ASSAY_TCB_CONFIGURATION_NEEDED ||
	    status == ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED ||
	    status == ASSAY_TCB_OUT_OF_DATE;
}

static bool
members_fit(const struct ias_report *report, unsigned has)
{
	const enum assay_tcb_status status = report->status;

	if ((has & NEEDS_ALL) != NEEDS_ALL) {
		return false;
	}
	if (report->version < 4 && ((has & SINCE_VERSION_4) != 0 ||
	    status == ASSAY_TCB_SW_HARDENING_NEEDED ||
	    status == ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED)) {
		return false;
	}
	if (report->version < 5 && (has & SINCE_VERSION_5) != 0) {
		return false;
	}
	if ((has & HAS_REVOCATION_REASON) != 0 && status != ASSAY_TCB_REVOKED) {
		return false;
	}
	return report->advisories_count == 0 || status_has_advisories(status) ||
	    status == ASSAY_TCB_REVOKED;
}

bool
ias_report_parse(struct ias_report *report, struct assay_bytes body)
{
	struct json j = json_over(body);
	struct json_object o;
	struct assay_bytes name;
	unsigned has = 0;

	memset(report, 0, sizeof *report);
	report->version = 2;
	if (body.len > IAS_REPORT_BYTES_MAX) {
		return false;
	}
	o = json_object(&j);
	while (json_member(&j, &o, &name)) {
		unsigned member = old_member_read(&j, report, name);

		if (member == 0) {
			member = new_member_read(&j, report, name);
		}
		if (member == 0) {
			json_skip(&j);
		}
		has |= member;
	}
	/* A status that comes with advisories, and a body that names none: they are not known. */
	report->advisories_unknown = report->version < 4 ||
	    (status_has_advisories(report->status) && (has & HAS_ADVISORIES) == 0);
	return json_done(&j) && members_fit(report, has);
}
