/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parsers alone, on real data: every quote against the claims that the
 * manifest states, every signed document against what a general reader of
 * JSON finds in it.
 */
#define _DEFAULT_SOURCE

#include "vectors/load.h"

#include <dirent.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "collateral/pck.h"
#include "collateral/qe_identity.h"
#include "collateral/reply.h"
#include "collateral/tcb_info.h"
#include "evidence/ias_report.h"
#include "evidence/quote.h"
#include "evidence/report.h"
#include "format/base64.h"
#include "format/hex.h"
#include "x509/chain.h"

static json_t *manifest;
static const char *subject;	/* the file at hand, for messages */

static int
setup(void **state)
{
	(void)state;
	manifest = vector_json("dcap", "manifest.json");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	json_decref(manifest);
	return 0;
}

/* The names in a folder that end so, sorted; the number of them. */
static size_t
list(const char *folder, const char *ending, struct dirent ***entries)
{
	const int count = scandir(vector_path(folder, ""), entries, NULL, alphasort);
	size_t kept = 0;

	for (int i = 0; i < count; i++) {
		const char *const name = (*entries)[i]->d_name;

		if (strlen(name) > strlen(ending) &&
		    strcmp(name + strlen(name) - strlen(ending), ending) == 0) {
			(*entries)[kept++] = (*entries)[i];
		} else {
			free((*entries)[i]);
		}
	}
	return kept;
}

static void
list_free(struct dirent **entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(entries[i]);
	}
	free(entries);
}

static void
check_hex(const json_t *object, const char *member, const void *data, size_t len)
{
	const struct assay_bytes text = json_bytes(object, member);
	uint8_t expected[1024];

	assert_true(len <= sizeof expected);
	if (!hex_decode(expected, len, text) || (len != 0 && memcmp(expected, data, len) != 0)) {
		fail_msg("%s: %s is not as stated", subject, member);
	}
}

static void
check_number(const json_t *object, const char *member, json_int_t value)
{
	const json_t *const expected = json_object_get(object, member);

	if (!json_is_integer(expected) || json_integer_value(expected) != value) {
		fail_msg("%s: %s is not as stated", subject, member);
	}
}

static void
check_date(const json_t *object, const char *member, int64_t value)
{
	if (vector_time(json_text(object, member)) != value) {
		fail_msg("%s: %s is not as stated", subject, member);
	}
}

/* ------------------------------------------------------------------------
 * Quotes
 */

static void
check_sgx(const json_t *claims, struct assay_bytes body)
{
	struct assay_sgx_report report;
	uint8_t miscselect[4];

	sgx_report_parse(&report, body);
	/* The manifest states it as a number. */
	for (unsigned i = 0; i < 4; i++) {
		miscselect[i] = (uint8_t)(report.miscselect >> (24 - 8 * i));
	}
	if (json_object_get(claims, "cpusvn") != NULL) {
		check_hex(claims, "cpusvn", report.cpusvn, 16);
		check_hex(claims, "report_data", report.report_data, 64);
	}
	check_hex(claims, "miscselect", miscselect, 4);
	check_hex(claims, "attributes", report.attributes, 16);
	check_hex(claims, "mrenclave", report.mrenclave, 32);
	check_hex(claims, "mrsigner", report.mrsigner, 32);
	check_number(claims, "isv_prod_id", report.isv_prod_id);
	check_number(claims, "isv_svn", report.isv_svn);
}

static void
check_td(const json_t *claims, struct assay_bytes body)
{
	struct assay_td_report report;

	td_report_parse(&report, body);
	check_hex(claims, "td_tcbsvn", report.tee_tcb_svn, 16);
	check_hex(claims, "td_mrseam", report.mrseam, 48);
	check_hex(claims, "td_mrsignerseam", report.mrsignerseam, 48);
	check_hex(claims, "td_seamattr", report.seam_attributes, 8);
	check_hex(claims, "td_tdattr", report.td_attributes, 8);
	check_hex(claims, "td_xfam", report.xfam, 8);
	check_hex(claims, "td_mrtd", report.mrtd, 48);
	check_hex(claims, "td_mrconfig", report.mrconfigid, 48);
	check_hex(claims, "td_mrowner", report.mrowner, 48);
	check_hex(claims, "td_mrownerconfig", report.mrownerconfig, 48);
	check_hex(claims, "td_rtmr0", report.rtmr[0], 48);
	check_hex(claims, "td_rtmr1", report.rtmr[1], 48);
	check_hex(claims, "td_rtmr2", report.rtmr[2], 48);
	check_hex(claims, "td_rtmr3", report.rtmr[3], 48);
	check_hex(claims, "td_rd", report.report_data, 64);
	assert_int_equal(report.has_1_5, json_object_get(claims, "td_tcbsvn2") != NULL);
	if (report.has_1_5) {
		check_hex(claims, "td_tcbsvn2", report.tee_tcb_svn2, 16);
		check_hex(claims, "td_mrservicetd", report.mrservicetd, 48);
	}
}

static void
check_flag(const json_t *pck, const char *member, enum assay_flag flag)
{
	const json_t *const stated = json_object_get(pck, member);
	const enum assay_flag expected = stated == NULL || json_is_null(stated) ? ASSAY_FLAG_UNDEFINED :
	    json_is_true(stated) ? ASSAY_FLAG_TRUE : ASSAY_FLAG_FALSE;

	if (flag != expected) {
		fail_msg("%s: %s is not as stated", subject, member);
	}
}

static void
check_pck(const json_t *pck, struct assay_bytes certificates)
{
	static struct chain chain;
	struct assay_platform platform;
	unsigned found = 0;

	if (!chain_parse(&chain, certificates)) {
		fail_msg("%s: the chain does not parse", subject);
	}
	for (uint32_t i = 0; i < chain.count; i++) {
		if (chain.certificates[i].sgx_extension.len != 0) {
			found++;
			if (!pck_extension_parse(&platform, chain.certificates[i].sgx_extension)) {
				fail_msg("%s: the SGX extension does not parse", subject);
			}
		}
	}
	assert_int_equal(found, 1);
	check_hex(pck, "ppid", platform.ppid, 16);
	check_hex(pck, "fmspc", platform.fmspc, 6);
	check_hex(pck, "pceid", platform.pce_id, 2);
	check_hex(pck, "cpusvn", platform.cpusvn, 16);
	check_number(pck, "pcesvn", platform.pcesvn);
	check_number(pck, "sgx_type", platform.sgx_type);
	for (size_t i = 0; i < 16; i++) {
		assert_int_equal(json_integer_value(json_array_get(json_object_get(pck, "components"), i)),
		    platform.components[i]);
	}
	assert_int_equal(platform.has_instance_id, json_is_string(json_object_get(pck, "platform_instance_id")));
	if (platform.has_instance_id) {
		check_hex(pck, "platform_instance_id", platform.instance_id, 16);
	}
	check_flag(pck, "dynamic_platform", platform.dynamic_platform);
	check_flag(pck, "cached_keys", platform.cached_keys);
	check_flag(pck, "smt_enabled", platform.smt_enabled);
}

static void
check_quote(const json_t *claims, struct assay_bytes bytes)
{
	const json_t *const pck = json_object_get(claims, "pck");
	struct quote quote;
	const enum assay_check failed = quote_parse(&quote, bytes);

	if (failed != ASSAY_CHECK_COUNT) {
		fail_msg("%s: check %d failed", subject, (int)failed);
	}
	check_number(claims, "version", quote.version);
	assert_int_equal(quote.tee, strcmp(json_text(claims, "tee_type"), "0x81") == 0 ?
	    ASSAY_TEE_TDX : ASSAY_TEE_SGX);
	check_hex(claims, "user_data", quote.user_data.data, 20);
	check_number(claims, "cert_type", quote.certification_type);
	check_hex(claims, "auth_data", quote.qe_authentication.data, quote.qe_authentication.len);
	if (quote.tee == ASSAY_TEE_TDX) {
		check_td(claims, quote.body);
	} else {
		check_sgx(claims, quote.body);
	}
	check_sgx(json_object_get(claims, "qe"), quote.qe_report);
	if (json_is_object(pck) && quote.certification_type == CERTIFICATION_PCK_CHAIN) {
		check_pck(pck, quote.certification);
	}
	assert_int_equal(quote_length(bytes), bytes.len);
}

static void
quotes_are_as_the_manifest_says(void **state)
{
	const json_t *const quotes = json_object_get(manifest, "quotes");

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	assert_true(json_array_size(quotes) >= 80);
	for (size_t i = 0; i < json_array_size(quotes); i++) {
		const json_t *const entry = json_array_get(quotes, i);

		subject = json_text(entry, "file");
		const struct assay_bytes bytes = vector_load("dcap", subject);

		assert_non_null(bytes.data);
		check_quote(json_object_get(entry, "claims"), bytes);
		vector_free(bytes);
	}
}

static void
bytes_after_a_quote_are_refused(void **state)
{
	struct dirent **entries;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	const size_t count = list("dcap", ".with-trailing.quote.bin", &entries);

	assert_true(count >= 2);
	for (size_t i = 0; i < count; i++) {
		const struct assay_bytes bytes = vector_load("dcap", entries[i]->d_name);
		struct quote quote;

		subject = entries[i]->d_name;
		if (quote_parse(&quote, bytes) != ASSAY_CHECK_QUOTE_FORM) {
			fail_msg("%s: the bytes after it were not refused", subject);
		}
		const size_t len = quote_length(bytes);

		assert_true(len > 0 && len < bytes.len);
		assert_int_equal(quote_parse(&quote, bytes_slice(bytes, 0, len)), ASSAY_CHECK_COUNT);
		vector_free(bytes);
	}
	list_free(entries, count);
}

/* ------------------------------------------------------------------------
 * TCB info and identities
 */

static void
check_advisories(const json_t *level, const struct assay_bytes *pool, struct advisory_range range)
{
	const json_t *const ids = json_object_get(level, "advisoryIDs");

	assert_int_equal(json_array_size(ids), range.count);
	for (size_t i = 0; i < range.count; i++) {
		assert_true(bytes_equal_text(pool[range.first + i], json_string_value(json_array_get(ids, i))));
	}
}

static void
check_isv_levels(const json_t *levels, const struct isv_level *parsed, uint32_t count,
    const struct assay_bytes *pool)
{
	assert_int_equal(json_array_size(levels), count);
	for (size_t i = 0; i < count; i++) {
		const json_t *const level = json_array_get(levels, i);

		check_number(json_object_get(level, "tcb"), "isvsvn", parsed[i].isv_svn);
		check_date(level, "tcbDate", parsed[i].date_s);
		assert_int_equal(parsed[i].status, tcb_status_parse(json_bytes(level, "tcbStatus")));
		assert_int_not_equal(parsed[i].status, ASSAY_TCB_UNKNOWN);
		check_advisories(level, pool, parsed[i].advisories);
	}
}

static void
check_components(const json_t *tcb, const char *member, const uint16_t svn[static 16])
{
	const json_t *const components = json_object_get(tcb, member);

	assert_int_equal(json_array_size(components), 16);
	for (size_t i = 0; i < 16; i++) {
		check_number(json_array_get(components, i), "svn", svn[i]);
	}
}

static void
check_level(const struct tcb_info *info, const json_t *level, const struct tcb_level *parsed)
{
	const json_t *const tcb = json_object_get(level, "tcb");

	if (info->version == 2) {
		for (unsigned i = 0; i < 16; i++) {
			char name[32];

			(void)snprintf(name, sizeof name, "sgxtcbcomp%02usvn", i + 1);
			check_number(tcb, name, parsed->sgx[i]);
		}
	} else {
		check_components(tcb, "sgxtcbcomponents", parsed->sgx);
	}
	if (info->tee == ASSAY_TEE_TDX) {
		check_components(tcb, "tdxtcbcomponents", parsed->tdx);
	}
	check_number(tcb, "pcesvn", parsed->pcesvn);
	check_date(level, "tcbDate", parsed->date_s);
	assert_int_equal(parsed->status, tcb_status_parse(json_bytes(level, "tcbStatus")));
	check_advisories(level, info->advisories, parsed->advisories);
}

static void
check_module(const json_t *module, const struct tdx_module *parsed)
{
	check_hex(module, "mrsigner", parsed->mrsigner, 48);
	check_hex(module, "attributes", parsed->attributes, 8);
	check_hex(module, "attributesMask", parsed->attributes_mask, 8);
}

static void
check_tcb_info(const struct tcb_info *info, struct assay_bytes text)
{
	json_t *const document = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *const levels = json_object_get(document, "tcbLevels");
	const json_t *const modules = json_object_get(document, "tdxModuleIdentities");

	assert_non_null(document);
	check_number(document, "version", info->version);
	assert_int_equal(info->tee, strcmp(json_text(document, "id"), "TDX") == 0 ? ASSAY_TEE_TDX : ASSAY_TEE_SGX);
	check_date(document, "issueDate", info->issued_s);
	check_date(document, "nextUpdate", info->next_update_s);
	check_hex(document, "fmspc", info->fmspc, 6);
	check_hex(document, "pceId", info->pce_id, 2);
	check_number(document, "tcbEvaluationDataNumber", info->evaluation_number);
	assert_int_equal(json_array_size(levels), info->levels_count);
	for (size_t i = 0; i < info->levels_count; i++) {
		check_level(info, json_array_get(levels, i), &info->levels[i]);
	}
	assert_int_equal(info->has_tdx_module, json_object_get(document, "tdxModule") != NULL);
	if (info->has_tdx_module) {
		check_module(json_object_get(document, "tdxModule"), &info->tdx_module);
	}
	assert_int_equal(json_array_size(modules), info->modules_count);
	for (size_t i = 0; i < info->modules_count; i++) {
		const json_t *const module = json_array_get(modules, i);

		check_module(module, &info->modules[i]);
		assert_int_equal(strtoul(json_text(module, "id") + 4, NULL, 16), info->modules[i].version);
		check_isv_levels(json_object_get(module, "tcbLevels"), info->modules[i].levels,
		    info->modules[i].levels_count, info->advisories);
	}
	json_decref(document);
}

static void
check_qe_identity(const struct qe_identity *identity, struct assay_bytes text)
{
	json_t *const document = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
	const char *const id = json_text(document, "id");

	assert_non_null(document);
	assert_int_equal(identity->id, strcmp(id, "QE") == 0 ? QE_IDENTITY_QE :
	    strcmp(id, "TD_QE") == 0 ? QE_IDENTITY_TD_QE : QE_IDENTITY_OTHER);
	check_date(document, "issueDate", identity->issued_s);
	check_date(document, "nextUpdate", identity->next_update_s);
	check_number(document, "tcbEvaluationDataNumber", identity->evaluation_number);
	check_hex(document, "miscselect", identity->miscselect, 4);
	check_hex(document, "miscselectMask", identity->miscselect_mask, 4);
	check_hex(document, "attributes", identity->attributes, 16);
	check_hex(document, "attributesMask", identity->attributes_mask, 16);
	check_hex(document, "mrsigner", identity->mrsigner, 32);
	check_number(document, "isvprodid", identity->isv_prod_id);
	check_isv_levels(json_object_get(document, "tcbLevels"), identity->levels, identity->levels_count,
	    identity->advisories);
	json_decref(document);
}

static struct tcb_info tcb_info;
static struct qe_identity qe_identity;

/* The set whose TCB info is itself out of form: it has a member twice. */
static bool
tcb_info_is_malformed(const char *name)
{
	return strncmp(name, "neg-duplicate-key-appended.", 27) == 0;
}

static void
documents_of_all_sets_are_read(void **state)
{
	struct dirent **entries;
	size_t read = 0;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	const size_t count = list("dcap", ".json", &entries);

	for (size_t i = 0; i < count; i++) {
		json_t *const set = vector_json("dcap", entries[i]->d_name);
		const struct assay_bytes info = json_bytes(set, "tcb_info");
		const struct assay_bytes identity = json_bytes(set, "qe_identity");

		subject = entries[i]->d_name;
		if (info.len != 0) {
			if (tcb_info_parse(&tcb_info, info) == tcb_info_is_malformed(subject)) {
				fail_msg("%s: the TCB info was wrongly judged", subject);
			}
			if (!tcb_info_is_malformed(subject)) {
				check_tcb_info(&tcb_info, info);
			}
			if (!qe_identity_parse(&qe_identity, identity)) {
				fail_msg("%s: the QE identity does not parse", subject);
			}
			check_qe_identity(&qe_identity, identity);
			read++;
		}
		json_decref(set);
	}
	assert_true(read >= 190);
	list_free(entries, count);
}

static void
replies_are_read_and_version_1_is_refused(void **state)
{
	struct dirent **entries;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	const size_t count = list("dcap/json", ".json", &entries);

	assert_true(count >= 40);
	for (size_t i = 0; i < count; i++) {
		const struct assay_bytes reply = vector_load("dcap/json", entries[i]->d_name);
		struct assay_bytes text;
		struct assay_bytes signature;

		subject = entries[i]->d_name;
		if (strncmp(subject, "tcbinfo-", 8) == 0) {
			if (!reply_split(reply, "tcbInfo", &text, &signature)) {
				fail_msg("%s: is no reply", subject);
			}
			if (tcb_info_parse(&tcb_info, text) != (strstr(subject, "-v1-") == NULL)) {
				fail_msg("%s: was wrongly judged", subject);
			}
			if (strstr(subject, "-v1-") == NULL) {
				check_tcb_info(&tcb_info, text);
			}
		} else {
			if (!reply_split(reply, "enclaveIdentity", &text, &signature) ||
			    !qe_identity_parse(&qe_identity, text)) {
				fail_msg("%s: does not parse", subject);
			}
			check_qe_identity(&qe_identity, text);
		}
		assert_int_equal(signature.len, 128);
		vector_free(reply);
	}
	list_free(entries, count);
}

/* ------------------------------------------------------------------------
 * Another verifier's files for its own parser
 */

/* Most of these files are from before the PCE id; without one all would be refused for that alone. */
static struct assay_bytes
with_pce_id(struct assay_bytes reply)
{
	static const char member[] = "\"pceId\":\"0000\",";
	char *const text = calloc(1, reply.len + sizeof member);

	assert_non_null(text);
	memcpy(text, reply.data, reply.len);
	char *const at = strstr(text, "\"tcbType\"");

	if (at != NULL && strstr(text, "\"pceId\"") == NULL) {
		memmove(at + sizeof member - 1, at, strlen(at) + 1);
		memcpy(at, member, sizeof member - 1);
	}
	vector_free(reply);
	return bytes_of_text(text);
}

static bool
reply_is_read(struct assay_bytes reply)
{
	struct assay_bytes text;
	struct assay_bytes signature;

	if (reply_split(reply, "tcbInfo", &text, &signature)) {
		return tcb_info_parse(&tcb_info, text);
	}
	return reply_split(reply, "enclaveIdentity", &text, &signature) &&
	    qe_identity_parse(&qe_identity, text);
}

static void
files_of_another_parser_are_judged_alike(void **state)
{
	struct dirent **entries;
	size_t good = 0;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	const size_t count = list("dcap/oe-json", ".json", &entries);

	assert_true(count >= 40);
	for (size_t i = 0; i < count; i++) {
		const struct assay_bytes reply = with_pce_id(vector_load("dcap/oe-json", entries[i]->d_name));
		const char *const name = entries[i]->d_name;
		const bool refused = strstr(name, "Negative") != NULL || strstr(name, "missing") != NULL;

		subject = name;
		if (reply_is_read(reply) == refused) {
			fail_msg("%s: was wrongly judged", subject);
		}
		good += refused ? 0 : 1;
		vector_free(reply);
	}
	assert_int_equal(good, 5);
	list_free(entries, count);
}

/* ------------------------------------------------------------------------
 * IAS
 */

static enum assay_tcb_status
ias_status(const char *word)
{
	static const struct {
		const char *word;
		enum assay_tcb_status status;
	} words[] = {
		{ "OK", ASSAY_TCB_UP_TO_DATE },
		{ "SIGNATURE_INVALID", ASSAY_TCB_SIGNATURE_INVALID },
		{ "GROUP_OUT_OF_DATE", ASSAY_TCB_OUT_OF_DATE },
		{ "CONFIGURATION_NEEDED", ASSAY_TCB_CONFIGURATION_NEEDED },
		{ "SW_HARDENING_NEEDED", ASSAY_TCB_SW_HARDENING_NEEDED },
		{ "CONFIGURATION_AND_SW_HARDENING_NEEDED", ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED }
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(word, words[i].word) == 0) {
			return words[i].status;
		}
	}
	return ASSAY_TCB_UNKNOWN;
}

/* The blob's group id is that of the quote: two readings of two layouts. */
static void
check_platform_info(const struct ias_report *report, const struct epid_quote *quote)
{
	assert_int_equal(report->platform_info.group_id, quote->group_id);
	assert_int_equal(report->platform_info.extended_group_id, quote->extended_group_id);
	assert_int_equal((report->platform_info.group_flags & 4) != 0, report->status == ASSAY_TCB_OUT_OF_DATE);
	/* The newest SVN of the quoting enclave is not below the one that quoted. */
	assert_true(report->platform_info.latest_isv_svn >= quote->qe_svn);
	assert_true(report->platform_info.latest_isv_svn < 32);
}

static void
check_report(const struct ias_report *report, struct assay_bytes body)
{
	json_t *const document = json_loadb((const char *)body.data, body.len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *const advisories = json_object_get(document, "advisoryIDs");
	const json_t *const version = json_object_get(document, "version");
	struct epid_quote quote;
	uint8_t bytes[1024];
	size_t len = 0;

	assert_non_null(document);
	assert_int_equal(report->version, version == NULL ? 2 : json_integer_value(version));
	check_date(document, "timestamp", report->timestamp_s);
	assert_int_equal(report->status, ias_status(json_text(document, "isvEnclaveQuoteStatus")));
	assert_int_equal(report->advisories_count, json_array_size(advisories));
	for (size_t i = 0; i < report->advisories_count; i++) {
		assert_true(bytes_equal_text(report->advisories[i],
		    json_string_value(json_array_get(advisories, i))));
	}
	assert_int_equal(report->advisories_unknown, report->version < 4);
	assert_true(bytes_equal_text(report->nonce, json_text(document, "nonce")));
	assert_int_equal(report->has_pseudonym, json_object_get(document, "epidPseudonym") != NULL);
	assert_int_equal(report->has_platform_info, json_object_get(document, "platformInfoBlob") != NULL);
	assert_true(report->quote_body_good);
	assert_true(base64_decode(bytes, sizeof bytes, &len, json_bytes(document, "isvEnclaveQuoteBody"), false));
	assert_int_equal(len, 432);
	assert_memory_equal(report->quote_body, bytes, 432);
	assert_true(epid_quote_parse(&quote, bytes_of(report->quote_body, 432), true));
	assert_int_equal(report->has_pseudonym, quote.linkable);
	if (report->has_platform_info) {
		check_platform_info(report, &quote);
	}
	json_decref(document);
}

static void
ias_reports_are_read(void **state)
{
	struct dirent **entries;

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	const size_t count = list("ias", ".report.json", &entries);

	assert_true(count >= 24);
	for (size_t i = 0; i < count; i++) {
		const struct assay_bytes body = vector_load("ias", entries[i]->d_name);
		/* Its blob has another type in front: a change that the signature shows as well. */
		const bool altered = strncmp(entries[i]->d_name, "neg-", 4) == 0;
		static struct ias_report report;

		subject = entries[i]->d_name;
		if (ias_report_parse(&report, body) == altered) {
			fail_msg("%s: was wrongly judged", subject);
		}
		if (!altered) {
			check_report(&report, body);
		}
		vector_free(body);
	}
	list_free(entries, count);
}

static void
epid_quotes_are_read(void **state)
{
	static const struct {
		const char *file;
		bool linkable;
		uint32_t group_id;
		uint16_t qe_svn;
		uint16_t pce_svn;
	} files[] = {
		{ "epid-v2-01.quote.bin", true, 0xb7d, 10, 9 },
		{ "epid-v2-02.quote.bin", false, 0xb4d, 8, 7 },
		{ "epid-v2-03.quote.bin", false, 0xb54, 8, 7 },
		{ "epid-v2-06.quote.bin", false, 0xaf2, 7, 6 }
	};

	(void)state;
	if (manifest == NULL) {
		skip();
	}
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		const struct assay_bytes bytes = vector_load("ias", files[i].file);
		struct assay_sgx_report report;
		struct epid_quote epid;
		struct quote quote;

		subject = files[i].file;
		assert_true(epid_quote_parse(&epid, bytes, false));
		assert_int_equal(epid.version, 2);
		assert_int_equal(epid.linkable, files[i].linkable);
		assert_int_equal(epid.group_id, files[i].group_id);
		assert_int_equal(epid.qe_svn, files[i].qe_svn);
		assert_int_equal(epid.pce_svn, files[i].pce_svn);
		sgx_report_parse(&report, epid.report);
		assert_true((sgx_report_flags(&report) & SGX_FLAG_DEBUG) != 0);
		assert_int_equal(quote_parse(&quote, bytes), ASSAY_CHECK_QUOTE_EPID);
		assert_int_equal(quote_length(bytes), bytes.len);
		vector_free(bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_are_as_the_manifest_says),
		cmocka_unit_test(bytes_after_a_quote_are_refused),
		cmocka_unit_test(documents_of_all_sets_are_read),
		cmocka_unit_test(replies_are_read_and_version_1_is_refused),
		cmocka_unit_test(files_of_another_parser_are_judged_alike),
		cmocka_unit_test(ias_reports_are_read),
		cmocka_unit_test(epid_quotes_are_read),
	};

	return cmocka_run_group_tests_name("parse", tests, setup, teardown);
}
