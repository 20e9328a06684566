/* SPDX-License-Identifier: Apache-2.0 */
/* From options to what every document is going to say. */
#include <stdio.h>
#include <string.h>

#include "sim/scene.h"

#define EVALUATION_NUMBER 18

static bool
refuse(char error[static 160], const char *sentence)
{
	(void)snprintf(error, 160, "%s", sentence);
	return false;
}

static bool
is_relaunch(enum assay_tcb_status status)
{
	return status == ASSAY_TCB_TD_RELAUNCH_ADVISED || status == ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
}

static bool
resolve_version(struct sim_options *o, char error[static 160])
{
	static const unsigned least[] = { [SIM_SGX] = 3, [SIM_TDX] = 4, [SIM_IAS] = 2, [SIM_EPID] = 1 };
	static const unsigned most[] = { [SIM_SGX] = 5, [SIM_TDX] = 5, [SIM_IAS] = 5, [SIM_EPID] = 2 };
	static const unsigned usual[] = { [SIM_SGX] = 3, [SIM_TDX] = 4, [SIM_IAS] = 4, [SIM_EPID] = 2 };

	if (o->version == 0) {
		o->version = usual[o->tee];
		if ((o->tee == SIM_SGX || o->tee == SIM_TDX) && (o->body_type != 0 || is_relaunch(o->status))) {
			o->version = 5;
		}
	}
	if (o->version < least[o->tee] || o->version > most[o->tee]) {
		return refuse(error, "there is no such version of this kind of evidence "
		    "(SGX quotes: 3, 4, 5; TDX quotes: 4, 5; reports: 2 to 5; EPID quotes: 1, 2)");
	}
	return true;
}

static bool
resolve_quote(struct sim_options *o, char error[static 160])
{
	const unsigned natural = o->tee == SIM_SGX ? 1 : o->version == 5 ? 3 : 2;

	if (o->body_type == 0) {
		o->body_type = natural;
	}
	if (o->body_type > 4 || (o->tee == SIM_SGX) != (o->body_type == 1)) {
		return refuse(error, "SGX quotes have body type 1, TDX quotes 2, 3 or 4");
	}
	if (o->version != 5 && o->body_type != natural) {
		return refuse(error, "only quotes of version 5 have other body types");
	}
	if (o->certification_type == 0) {
		o->certification_type = 5;
	}
	if (o->certification_type > 5) {
		return refuse(error, "certification data have type 1, 2, 3, 4 or 5 (7: use --break quote.certification)");
	}
	if (o->tcb_info_version == 0) {
		o->tcb_info_version = 3;
	}
	if (o->tcb_info_version < 2 || o->tcb_info_version > 3 || (o->tcb_info_version == 2 && o->tee == SIM_TDX)) {
		return refuse(error, "TCB info has version 2 (SGX only) or 3");
	}
	if (is_relaunch(o->status) && (o->tee != SIM_TDX || o->body_type < 3)) {
		return refuse(error, "only TDX quotes of version 5 with body type 3 or 4 can advise a relaunch");
	}
	if (o->status > ASSAY_TCB_REVOKED) {
		return refuse(error, "quotes have no such status; it is one of IAS reports");
	}
	return true;
}

static bool
resolve_ias(const struct sim_options *o, char error[static 160])
{
	if (sim_ias_status_word(o->status) == NULL) {
		return refuse(error, "IAS reports have no such status");
	}
	if (o->version < 4 && (o->status == ASSAY_TCB_SW_HARDENING_NEEDED ||
	    o->status == ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED)) {
		return refuse(error, "IAS reports know SW_HARDENING_NEEDED from version 4 on");
	}
	if (o->advisories_count != 0 && (o->version < 4 || o->status == ASSAY_TCB_UP_TO_DATE)) {
		return refuse(error, "IAS reports list advisories from version 4 on, and not beside the status OK");
	}
	if (o->nonce != NULL && strlen(o->nonce) > 32) {
		return refuse(error, "a nonce has at most 32 characters");
	}
	return true;
}

bool
sim_options_resolve(struct sim_options *o, char error[static 160])
{
	if (o->broken) {
		const struct sim_break *broken = sim_break(o->break_check);

		if (o->tee == SIM_TEE_DEFAULT) {
			o->tee = sim_break_tee(o->break_check);
		}
		if ((broken->tees & 1u << o->tee) == 0) {
			return refuse(error, "this check does not exist for this kind of evidence; leave --tee out");
		}

		const char *contradiction = broken->choose != NULL ? broken->choose(o) : NULL;

		if (contradiction != NULL) {
			return refuse(error, contradiction);
		}
	}
	if (o->tee == SIM_TEE_DEFAULT) {
		o->tee = SIM_SGX;
	}
	if (o->status == ASSAY_TCB_UNKNOWN) {
		o->status = ASSAY_TCB_UP_TO_DATE;
	}
	if (o->advisories_count > SIM_ADVISORIES_MAX) {
		return refuse(error, "too many advisories");
	}
	if (o->evaluation_number == 0) {
		o->evaluation_number = EVALUATION_NUMBER;
	}
	if (o->report_age_s == 0) {
		o->report_age_s = 3600;
	}
	if (!resolve_version(o, error)) {
		return false;
	}
	return o->tee == SIM_IAS ? resolve_ias(o, error) : o->tee == SIM_EPID || resolve_quote(o, error);
}

/* ------------------------------------------------------------------------
 * Levels: one for each status, the same for all platforms
 */

struct level_row {
	uint8_t microcode;	/* components 0 and 1 */
	uint8_t configuration;	/* component 5 */
	uint8_t pcesvn;
	uint8_t tdx_microcode;	/* TDX component 2 */
	enum assay_tcb_status status;
	int64_t age_days;
	const char *advisories[3];
};

static const struct level_row level_rows[SIM_LEVELS] = {
	{ 12, 4, 13, 3, ASSAY_TCB_UP_TO_DATE, 120, { NULL } },
	{ 12, 3, 13, 3, ASSAY_TCB_SW_HARDENING_NEEDED, 120, { "INTEL-SA-00334" } },
	{ 12, 2, 13, 3, ASSAY_TCB_CONFIGURATION_NEEDED, 120, { "INTEL-SA-00219" } },
	{ 12, 1, 13, 3, ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, 120, { "INTEL-SA-00219", "INTEL-SA-00334" } },
	{ 10, 3, 13, 3, ASSAY_TCB_OUT_OF_DATE, 400, { "INTEL-SA-00615", "INTEL-SA-00828" } },
	{ 10, 1, 13, 3, ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, 400,
	    { "INTEL-SA-00219", "INTEL-SA-00615", "INTEL-SA-00828" } },
	{ 7, 1, 11, 2, ASSAY_TCB_OUT_OF_DATE, 900, { "INTEL-SA-00615", "INTEL-SA-00657", "INTEL-SA-00828" } },
	{ 2, 0, 5, 0, ASSAY_TCB_REVOKED, 1600, { "INTEL-SA-00615" } },
};

/* The level's components; a value above 127 is among them for the sake of DER. */
static void
level_components(uint8_t components[static 16], const struct level_row *row)
{
	static const uint8_t common[16] = { 0, 0, 2, 2, 255, 0, 0, 5 };

	memcpy(components, common, sizeof(common));
	components[0] = row->microcode;
	components[1] = row->microcode;
	components[5] = row->configuration;
}

/* Which level gives this status to the platform. */
static size_t
level_of_status(enum assay_tcb_status status)
{
	if (status == ASSAY_TCB_TD_RELAUNCH_ADVISED) {
		return 0;
	}
	if (status == ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED) {
		return 2;
	}
	for (size_t i = 0; i < SIM_LEVELS; i++) {
		if (level_rows[i].status == status) {
			return i;
		}
	}
	return 0;
}

static int64_t
midnight(int64_t seconds)
{
	return seconds - seconds % SIM_DAY_S;
}

static void
isv_levels(struct sim_isv_level levels[static SIM_ISV_LEVELS], int64_t now_s, unsigned newest, const char *advisory)
{
	static const enum assay_tcb_status statuses[SIM_ISV_LEVELS] = {
		ASSAY_TCB_UP_TO_DATE, ASSAY_TCB_OUT_OF_DATE, ASSAY_TCB_REVOKED,
	};
	static const int64_t ages[SIM_ISV_LEVELS] = { 120, 400, 1600 };

	for (size_t i = 0; i < SIM_ISV_LEVELS; i++) {
		levels[i] = (struct sim_isv_level){
			.isv_svn = newest - 2 * (unsigned)i,
			.status = statuses[i],
			.date_s = midnight(now_s - ages[i] * SIM_DAY_S),
			.advisory = i == 0 ? NULL : advisory,
		};
	}
}

#define MODULE_NEWEST 6
#define QE_NEWEST 8

static unsigned
isv_svn_of_status(unsigned newest, enum assay_tcb_status status)
{
	return status == ASSAY_TCB_REVOKED ? newest - 4 : status == ASSAY_TCB_OUT_OF_DATE ? newest - 2 : newest;
}

void
sim_plan_levels(struct sim_scene *scene)
{
	const struct sim_options *o = &scene->options;
	struct sim_tcb_info *info = &scene->tcb_info;

	for (size_t i = 0; i < SIM_LEVELS; i++) {
		struct sim_level *level = &info->levels[i];
		const struct level_row *row = &level_rows[i];

		*level = (struct sim_level){ .pcesvn = row->pcesvn, .status = row->status };
		level_components(level->sgx, row);
		/* The module's own version, then the late microcode. */
		level->tdx[0] = 5;
		level->tdx[2] = row->tdx_microcode;
		level->date_s = midnight(scene->now_s - row->age_days * SIM_DAY_S);
		for (size_t j = 0; j < 3 && row->advisories[j] != NULL; j++) {
			level->advisories[level->advisories_count++] = row->advisories[j];
		}
		if (i == level_of_status(o->status) && (o->advisories_count != 0 || o->no_advisories)) {
			memcpy(level->advisories, o->advisories, o->advisories_count * sizeof(o->advisories[0]));
			level->advisories_count = o->advisories_count;
		}
	}
	isv_levels(info->module_levels, scene->now_s, MODULE_NEWEST, "INTEL-SA-01036");
	isv_levels(scene->identity.levels, scene->now_s, QE_NEWEST, "INTEL-SA-00615");
}

/* ------------------------------------------------------------------------
 * Everything else
 */

static void
plan_platform(struct sim_vendor *vendor, struct sim_scene *scene)
{
	const struct sim_options *o = &scene->options;
	struct sim_platform *p = &scene->platform;
	const struct level_row *row = &level_rows[level_of_status(o->status)];

	*p = (struct sim_platform){ .pcesvn = row->pcesvn, .sgx_type = o->tee == SIM_TDX ? 1 : 0 };
	sim_derive(p->ppid, sizeof(p->ppid), vendor->secret, "PPID", o->index);
	level_components(p->components, row);
	memcpy(p->cpusvn, p->components, sizeof(p->cpusvn));
	/* All machines of a seed are of one model for each TEE. */
	sim_derive(p->fmspc, 4, vendor->secret, "FMSPC", o->tee == SIM_TDX ? 1 : 0);
	if (o->ca == SIM_CA_PLATFORM) {
		p->extended = true;
		sim_derive(p->instance_id, sizeof(p->instance_id), vendor->secret, "instance", o->index);
		p->dynamic_platform = o->dynamic_platform != ASSAY_FLAG_FALSE;
		p->cached_keys = o->cached_keys != ASSAY_FLAG_FALSE;
		p->smt_enabled = o->smt_enabled != ASSAY_FLAG_FALSE;
	}
}

static void
plan_crls(struct sim_vendor *vendor, struct sim_scene *scene)
{
	const unsigned authorities[CRL_COUNT] = { CERT_ROOT, CERT_PCK_CA };

	for (size_t i = 0; i < CRL_COUNT; i++) {
		struct sim_crl *crl = &scene->crls[i];
		const struct sim_certificate *issuer = &scene->certificates[authorities[i]];
		const struct sim_buffer tbs = crl->tbs;
		const struct sim_buffer der = crl->der;

		*crl = (struct sim_crl){
			.issuer = issuer->subject,
			.signer = issuer->key,
			.authority = issuer->key->key_id,
			.this_update_s = scene->now_s - SIM_DAY_S,
			.next_update_s = scene->now_s + 29 * SIM_DAY_S,
			.tbs = tbs,
			.der = der,
		};
	}
	/* Some other machines have been revoked: the list is not empty. */
	if (scene->options.ca == SIM_CA_PLATFORM) {
		struct sim_crl *crl = &scene->crls[CRL_PCK];

		for (uint32_t i = 0; i < 3; i++) {
			sim_derive(crl->revoked[i], 20, vendor->secret, "revoked serial", i);
		}
		crl->revoked_count = 3;
	}
}

static void
plan_documents(struct sim_vendor *vendor, struct sim_scene *scene)
{
	const struct sim_options *o = &scene->options;
	struct sim_tcb_info *info = &scene->tcb_info;
	struct sim_identity *identity = &scene->identity;
	const bool tdx = o->tee == SIM_TDX;

	info->version = o->tcb_info_version;
	info->tdx = tdx;
	info->issued_s = scene->now_s - SIM_DAY_S;
	info->next_update_s = scene->now_s + 29 * SIM_DAY_S;
	memcpy(info->fmspc, scene->platform.fmspc, sizeof(info->fmspc));
	memcpy(info->pce_id, scene->platform.pce_id, sizeof(info->pce_id));
	info->evaluation_number = o->evaluation_number;
	info->omit = NULL;
	info->signer = &vendor->keys[KEY_TCB_SIGNER];

	identity->tdx = tdx;
	identity->issued_s = info->issued_s;
	identity->next_update_s = info->next_update_s;
	identity->evaluation_number = o->evaluation_number;
	sim_derive(identity->mrsigner, sizeof(identity->mrsigner), vendor->secret, tdx ? "TD QE signer" : "QE signer", 0);
	identity->isv_prod_id = tdx ? 2 : 1;
	identity->omit = NULL;
	identity->signer = &vendor->keys[KEY_TCB_SIGNER];
	sim_plan_levels(scene);
}

static void
put_tee_tcb_svns(struct sim_scene *scene)
{
	const struct sim_options *o = &scene->options;
	const bool relaunch = is_relaunch(o->status);
	uint8_t now[16] = { 0 };
	uint8_t launch[16];

	if (o->old_module) {
		now[0] = 5;
	} else {
		now[0] = (uint8_t)isv_svn_of_status(MODULE_NEWEST, o->module_status);
		now[1] = 1;
	}
	now[2] = 3;
	memcpy(launch, now, sizeof(launch));
	if (relaunch && o->old_module) {
		launch[2] = 2;
	} else if (relaunch) {
		launch[0] = (uint8_t)isv_svn_of_status(MODULE_NEWEST, ASSAY_TCB_OUT_OF_DATE);
	}
	memcpy(scene->quote.body.data, o->tee_tcb_svn != NULL ? o->tee_tcb_svn : launch, 16);
	if (o->body_type >= 3) {
		memcpy(scene->quote.body.data + 584, o->tee_tcb_svn2 != NULL ? o->tee_tcb_svn2 :
		    o->tee_tcb_svn != NULL ? o->tee_tcb_svn : now, 16);
	}
}

static void
plan_quote(struct sim_vendor *vendor, struct sim_scene *scene)
{
	const struct sim_options *o = &scene->options;
	const struct sim_machine *machine = sim_machine(vendor, o->index);
	struct sim_quote *quote = &scene->quote;

	quote->version = o->version;
	quote->body_type = o->body_type;
	quote->attestation = &machine->attestation;
	quote->qe_report_signer = &machine->pck;
	quote->certification_type = o->certification_type;
	quote->described = scene->platform;
	quote->size_lie = 0;
	sim_quote_build(vendor, scene);
	if (o->tee == SIM_TDX) {
		put_tee_tcb_svns(scene);
	}
	sim_store_le16(quote->qe_report.data + 258, isv_svn_of_status(QE_NEWEST, o->qe_status));
	sim_quote_bind(quote);
}

void
sim_plan(struct sim_vendor *vendor, struct sim_scene *scene)
{
	const struct sim_options *o = &scene->options;

	scene->now_s = vendor->now_s;
	scene->dcap = o->tee == SIM_SGX || o->tee == SIM_TDX;
	sim_buffer_clear(&scene->policy);
	plan_platform(vendor, scene);
	sim_plan_certificates(vendor, scene);
	plan_crls(vendor, scene);
	plan_documents(vendor, scene);
	if (scene->dcap) {
		plan_quote(vendor, scene);
		return;
	}
	sim_epid_body(vendor, scene);
	if (o->tee == SIM_IAS) {
		sim_plan_ias_certificates(vendor, scene);
		scene->ias.version = o->version;
		scene->ias.timestamp_s = scene->now_s - o->report_age_s;
		scene->ias.status = o->status;
		scene->ias.omit = NULL;
	}
}
