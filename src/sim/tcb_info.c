/* SPDX-License-Identifier: Apache-2.0 */
/* TCB info and QE identity as the vendor writes them: compact, members in a fixed order. */
#include <string.h>

#include "sim/scene.h"

const char *
sim_status_word(enum assay_tcb_status status)
{
	switch (status) {
	case ASSAY_TCB_UP_TO_DATE:
		return "UpToDate";
	case ASSAY_TCB_SW_HARDENING_NEEDED:
		return "SWHardeningNeeded";
	case ASSAY_TCB_CONFIGURATION_NEEDED:
		return "ConfigurationNeeded";
	case ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED:
		return "ConfigurationAndSWHardeningNeeded";
	case ASSAY_TCB_OUT_OF_DATE:
		return "OutOfDate";
	case ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED:
		return "OutOfDateConfigurationNeeded";
	case ASSAY_TCB_TD_RELAUNCH_ADVISED:
		return "TDRelaunchAdvised";
	case ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED:
		return "TDRelaunchAdvisedConfigurationNeeded";
	case ASSAY_TCB_REVOKED:
		return "Revoked";
	default:
		return NULL;
	}
}

/* What a document leaves out where a break asks for it. */
struct writer {
	struct sim_buffer *out;
	const char *omit;
};

static void
comma(const struct writer *w)
{
	const uint8_t last = w->out->data[w->out->len - 1];

	if (last != '{' && last != '[') {
		sim_put_byte(w->out, ',');
	}
}

static bool
name(const struct writer *w, const char *member)
{
	if (w->omit != NULL && strcmp(w->omit, member) == 0) {
		return false;
	}
	comma(w);
	sim_put_byte(w->out, '"');
	sim_put_text(w->out, member);
	sim_put_text(w->out, "\":");
	return true;
}

static void
put_string(const struct writer *w, const char *member, const char *value)
{
	if (name(w, member)) {
		sim_put_byte(w->out, '"');
		sim_put_text(w->out, value);
		sim_put_byte(w->out, '"');
	}
}

static void
put_number(const struct writer *w, const char *member, uint64_t value)
{
	if (name(w, member)) {
		sim_put_decimal(w->out, value);
	}
}

static void
put_date(const struct writer *w, const char *member, int64_t seconds)
{
	if (name(w, member)) {
		sim_put_byte(w->out, '"');
		sim_put_date(w->out, seconds);
		sim_put_byte(w->out, '"');
	}
}

static void
put_hex(const struct writer *w, const char *member, const uint8_t *data, size_t len, bool upper)
{
	if (name(w, member)) {
		sim_put_byte(w->out, '"');
		if (upper) {
			sim_put_hex_upper(w->out, data, len);
		} else {
			sim_put_hex(w->out, data, len);
		}
		sim_put_byte(w->out, '"');
	}
}

static void
put_advisories(const struct writer *w, const char *const *advisories, size_t count)
{
	if (count == 0 || !name(w, "advisoryIDs")) {
		return;
	}
	sim_put_byte(w->out, '[');
	for (size_t i = 0; i < count; i++) {
		comma(w);
		sim_put_byte(w->out, '"');
		sim_put_text(w->out, advisories[i]);
		sim_put_byte(w->out, '"');
	}
	sim_put_byte(w->out, ']');
}

static void
put_isv_levels(const struct writer *w, const struct sim_isv_level *levels)
{
	if (!name(w, "tcbLevels")) {
		return;
	}
	sim_put_byte(w->out, '[');
	for (size_t i = 0; i < SIM_ISV_LEVELS; i++) {
		comma(w);
		sim_put_text(w->out, "{\"tcb\":{");
		put_number(w, "isvsvn", levels[i].isv_svn);
		sim_put_byte(w->out, '}');
		put_date(w, "tcbDate", levels[i].date_s);
		put_string(w, "tcbStatus", sim_status_word(levels[i].status));
		put_advisories(w, &levels[i].advisory, levels[i].advisory != NULL ? 1 : 0);
		sim_put_byte(w->out, '}');
	}
	sim_put_byte(w->out, ']');
}

/* Where a component's update comes from: what the vendor says about each place. */
struct component_words {
	const char *category;
	const char *type;
};

static const struct component_words sgx_words[16] = {
	{ "BIOS", "Early Microcode Update" }, { "OS/VMM", "SGX Late Microcode Update" },
	{ "OS/VMM", "TXT SINIT" }, { "BIOS", NULL }, { "BIOS", NULL }, { "BIOS", NULL }, { NULL, NULL },
	{ "OS/VMM", "SEAMLDR ACM" },
};

static const struct component_words tdx_words[16] = {
	{ "OS/VMM", "TDX Module" }, { "OS/VMM", "TDX Module" }, { "OS/VMM", "TDX Late Microcode Update" },
};

static void
put_components(const struct writer *w, const char *member, const uint8_t svns[static 16],
    const struct component_words words[static 16])
{
	if (!name(w, member)) {
		return;
	}
	sim_put_byte(w->out, '[');
	for (size_t i = 0; i < 16; i++) {
		comma(w);
		sim_put_byte(w->out, '{');
		put_number(w, "svn", svns[i]);
		if (words[i].category != NULL) {
			put_string(w, "category", words[i].category);
		}
		if (words[i].type != NULL) {
			put_string(w, "type", words[i].type);
		}
		sim_put_byte(w->out, '}');
	}
	sim_put_byte(w->out, ']');
}

static void
put_numbered_components(const struct writer *w, const uint8_t svns[static 16])
{
	char member[] = "sgxtcbcomp00svn";

	for (unsigned i = 0; i < 16; i++) {
		member[10] = (char)('0' + (i + 1) / 10);
		member[11] = (char)('0' + (i + 1) % 10);
		put_number(w, member, svns[i]);
	}
}

static void
put_level(const struct writer *w, const struct sim_tcb_info *info, const struct sim_level *level)
{
	comma(w);
	sim_put_byte(w->out, '{');
	if (name(w, "tcb")) {
		sim_put_byte(w->out, '{');
		if (info->version == 2) {
			put_numbered_components(w, level->sgx);
		} else {
			put_components(w, "sgxtcbcomponents", level->sgx, sgx_words);
		}
		put_number(w, "pcesvn", level->pcesvn);
		if (info->tdx) {
			put_components(w, "tdxtcbcomponents", level->tdx, tdx_words);
		}
		sim_put_byte(w->out, '}');
	}
	put_date(w, "tcbDate", level->date_s);
	put_string(w, "tcbStatus", sim_status_word(level->status));
	if (info->version >= 3) {
		put_advisories(w, level->advisories, level->advisories_count);
	}
	sim_put_byte(w->out, '}');
}

static void
put_module(const struct writer *w)
{
	static const uint8_t zero[48];
	static const uint8_t ones[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	put_hex(w, "mrsigner", zero, 48, true);
	put_hex(w, "attributes", zero, 8, true);
	put_hex(w, "attributesMask", ones, 8, true);
}

static void
put_modules(const struct writer *w, const struct sim_tcb_info *info)
{
	/* The versions that there are besides the first one, newest first. */
	static const char *const ids[] = { "TDX_03", "TDX_01" };

	if (name(w, "tdxModule")) {
		sim_put_byte(w->out, '{');
		put_module(w);
		sim_put_byte(w->out, '}');
	}
	if (!name(w, "tdxModuleIdentities")) {
		return;
	}
	sim_put_byte(w->out, '[');
	for (size_t i = 0; i < 2; i++) {
		comma(w);
		sim_put_byte(w->out, '{');
		put_string(w, "id", ids[i]);
		put_module(w);
		put_isv_levels(w, info->module_levels);
		sim_put_byte(w->out, '}');
	}
	sim_put_byte(w->out, ']');
}

void
sim_tcb_info_build(struct sim_tcb_info *info)
{
	const struct writer w = { &info->text, info->omit };

	sim_buffer_clear(&info->text);
	sim_put_byte(&info->text, '{');
	if (info->version >= 3) {
		put_string(&w, "id", info->tdx ? "TDX" : "SGX");
	}
	put_number(&w, "version", info->version);
	put_date(&w, "issueDate", info->issued_s);
	put_date(&w, "nextUpdate", info->next_update_s);
	put_hex(&w, "fmspc", info->fmspc, 6, false);
	put_hex(&w, "pceId", info->pce_id, 2, false);
	put_number(&w, "tcbType", 0);
	put_number(&w, "tcbEvaluationDataNumber", info->evaluation_number);
	if (info->tdx) {
		put_modules(&w, info);
	}
	if (name(&w, "tcbLevels")) {
		sim_put_byte(&info->text, '[');
		for (size_t i = 0; i < SIM_LEVELS; i++) {
			put_level(&w, info, &info->levels[i]);
		}
		sim_put_byte(&info->text, ']');
	}
	sim_put_byte(&info->text, '}');
}

void
sim_identity_build(struct sim_identity *identity)
{
	static const uint8_t ones[4] = { 0xff, 0xff, 0xff, 0xff };
	static const uint8_t zero[4];
	/* DEBUG clear, INIT and PROVISION_KEY set, MODE64 and XFRM free. */
	static const uint8_t attributes[16] = { 0x11 };
	static const uint8_t mask[16] = { 0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const struct writer w = { &identity->text, identity->omit };

	sim_buffer_clear(&identity->text);
	sim_put_byte(&identity->text, '{');
	put_string(&w, "id", identity->tdx ? "TD_QE" : "QE");
	put_number(&w, "version", 2);
	put_date(&w, "issueDate", identity->issued_s);
	put_date(&w, "nextUpdate", identity->next_update_s);
	put_number(&w, "tcbEvaluationDataNumber", identity->evaluation_number);
	put_hex(&w, "miscselect", zero, 4, true);
	put_hex(&w, "miscselectMask", ones, 4, true);
	put_hex(&w, "attributes", attributes, 16, true);
	put_hex(&w, "attributesMask", mask, 16, true);
	put_hex(&w, "mrsigner", identity->mrsigner, 32, true);
	put_number(&w, "isvprodid", identity->isv_prod_id);
	put_isv_levels(&w, identity->levels);
	sim_put_byte(&identity->text, '}');
}
