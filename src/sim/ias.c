/* SPDX-License-Identifier: Apache-2.0 */
/* The body of an attestation verification report, as the service wrote it. */
#include <string.h>

#include "sim/scene.h"

struct ias_row {
	enum assay_tcb_status status;
	const char *word;
	const char *advisories[2];	/* usual ones */
	bool has_platform_info;
	uint8_t group_flags;
	uint8_t tcb_flags;
};

static const struct ias_row ias_rows[] = {
	{ ASSAY_TCB_UP_TO_DATE, "OK", { NULL }, false, 0, 0 },
	{ ASSAY_TCB_SW_HARDENING_NEEDED, "SW_HARDENING_NEEDED", { "INTEL-SA-00334" }, false, 0, 0 },
	{ ASSAY_TCB_CONFIGURATION_NEEDED, "CONFIGURATION_NEEDED", { "INTEL-SA-00219" }, true, 0, 0x08 },
	{ ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, "CONFIGURATION_AND_SW_HARDENING_NEEDED",
	    { "INTEL-SA-00219", "INTEL-SA-00334" }, true, 0, 0x08 },
	{ ASSAY_TCB_OUT_OF_DATE, "GROUP_OUT_OF_DATE", { "INTEL-SA-00381", "INTEL-SA-00389" }, true, 0x04, 0x01 },
	{ ASSAY_TCB_REVOKED, "GROUP_REVOKED", { NULL }, true, 0x01, 0 },
	{ ASSAY_TCB_SIGNATURE_INVALID, "SIGNATURE_INVALID", { NULL }, false, 0, 0 },
	{ ASSAY_TCB_SIGNATURE_REVOKED, "SIGNATURE_REVOKED", { NULL }, false, 0, 0 },
	{ ASSAY_TCB_KEY_REVOKED, "KEY_REVOKED", { NULL }, false, 0, 0 },
	{ ASSAY_TCB_SIGRL_VERSION_MISMATCH, "SIGRL_VERSION_MISMATCH", { NULL }, false, 0, 0 },
};

static const struct ias_row *
row_of(enum assay_tcb_status status)
{
	for (size_t i = 0; i < sizeof(ias_rows) / sizeof(ias_rows[0]); i++) {
		if (ias_rows[i].status == status) {
			return &ias_rows[i];
		}
	}
	return NULL;
}

const char *
sim_ias_status_word(enum assay_tcb_status status)
{
	const struct ias_row *row = row_of(status);

	return row != NULL ? row->word : NULL;
}

static bool
name(const struct sim_ias *ias, struct sim_buffer *out, const char *member)
{
	if (ias->omit != NULL && strcmp(ias->omit, member) == 0) {
		return false;
	}
	sim_put_text(out, out->len > 1 ? ",\"" : "\"");
	sim_put_text(out, member);
	sim_put_text(out, "\":");
	return true;
}

static void
put_string(const struct sim_ias *ias, struct sim_buffer *out, const char *member, const char *value)
{
	if (name(ias, out, member)) {
		sim_put_byte(out, '"');
		sim_put_text(out, value);
		sim_put_byte(out, '"');
	}
}

static void
put_base64(const struct sim_ias *ias, struct sim_buffer *out, const char *member, const uint8_t *data, size_t len)
{
	if (name(ias, out, member)) {
		sim_put_byte(out, '"');
		sim_put_base64(out, data, len);
		sim_put_byte(out, '"');
	}
}

static void
put_timestamp(const struct sim_ias *ias, struct sim_buffer *out)
{
	if (name(ias, out, "timestamp")) {
		sim_put_byte(out, '"');
		sim_put_date(out, ias->timestamp_s);
		/* Microseconds in place of the zone's mark. */
		out->len--;
		sim_put_text(out, ".550219\"");
	}
}

static void
put_advisories(const struct sim_scene *scene, struct sim_buffer *out, const struct ias_row *row)
{
	const char *const *advisories = row->advisories;
	size_t count = row->advisories[0] == NULL ? 0 : row->advisories[1] == NULL ? 1 : 2;

	if (scene->options.advisories_count != 0 || scene->options.no_advisories) {
		advisories = scene->options.advisories;
		count = scene->options.advisories_count;
	}
	if (count == 0) {
		return;
	}
	put_string(&scene->ias, out, "advisoryURL", "https://security.simulated-vendor.invalid");
	if (name(&scene->ias, out, "advisoryIDs")) {
		for (size_t i = 0; i < count; i++) {
			sim_put_text(out, i == 0 ? "[\"" : ",\"");
			sim_put_text(out, advisories[i]);
			sim_put_byte(out, '"');
		}
		sim_put_byte(out, ']');
	}
}

/* A 4-byte header and 101 bytes; the last 64 are a signature for the platform only. */
static void
put_platform_info(const struct sim_vendor *vendor, const struct sim_scene *scene, struct sim_buffer *out,
    const struct ias_row *row)
{
	uint8_t blob[105] = { 0x15, 0x02, 0x00, 0x65 };

	blob[4] = row->group_flags;
	blob[6] = row->tcb_flags;
	memcpy(blob + 9, scene->platform.cpusvn, 16);
	blob[25] = 12;
	blob[27] = 11;
	memcpy(blob + 37, scene->ias.quote_body + 4, 4);
	sim_derive(blob + 41, 64, vendor->secret, "platform information", scene->options.index);
	if (name(&scene->ias, out, "platformInfoBlob")) {
		sim_put_byte(out, '"');
		sim_put_hex_upper(out, blob, sizeof(blob));
		sim_put_byte(out, '"');
	}
}

static void
put_id(struct sim_vendor *vendor, const struct sim_scene *scene, struct sim_buffer *out)
{
	if (name(&scene->ias, out, "id")) {
		uint8_t bytes[32];

		sim_derive(bytes, sizeof(bytes), vendor->secret, "report id", scene->options.index);
		sim_put_byte(out, '"');
		sim_put_byte(out, (uint8_t)('1' + bytes[0] % 9));
		for (size_t i = 1; i < sizeof(bytes); i++) {
			sim_put_byte(out, (uint8_t)('0' + bytes[i] % 10));
		}
		sim_put_byte(out, '"');
	}
}

void
sim_ias_build(struct sim_vendor *vendor, struct sim_scene *scene)
{
	struct sim_ias *ias = &scene->ias;
	struct sim_buffer *out = &ias->body;
	const struct ias_row *row = row_of(ias->status);

	sim_buffer_clear(out);
	sim_put_byte(out, '{');
	if (scene->options.nonce != NULL) {
		put_string(ias, out, "nonce", scene->options.nonce);
	}
	put_id(vendor, scene, out);
	put_timestamp(ias, out);
	if (ias->version >= 3 && name(ias, out, "version")) {
		sim_put_decimal(out, ias->version);
	}
	if (scene->options.linkable) {
		uint8_t pseudonym[128];

		sim_derive(pseudonym, sizeof(pseudonym), vendor->secret, "pseudonym", scene->options.index);
		put_base64(ias, out, "epidPseudonym", pseudonym, sizeof(pseudonym));
	}
	if (ias->version >= 4) {
		put_advisories(scene, out, row);
	}
	put_string(ias, out, "isvEnclaveQuoteStatus", row->word);
	if (ias->status == ASSAY_TCB_REVOKED && name(ias, out, "revocationReason")) {
		sim_put_decimal(out, 1);
	}
	if (row->has_platform_info) {
		put_platform_info(vendor, scene, out, row);
	}
	if (ias->version >= 5 && name(ias, out, "tcbEvaluationDataNumber")) {
		sim_put_decimal(out, scene->options.evaluation_number);
	}
	put_base64(ias, out, "isvEnclaveQuoteBody", ias->quote_body, ias->quote_body_len);
	sim_put_byte(out, '}');
}
