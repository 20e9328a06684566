/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCB info.  One pass over the text: each object notes which of its members
 * it has seen, and is refused where one is missing.  Members that are not
 * known are passed over, since the vendor adds some without a new version.
 */
#include "collateral/level.h"
#include "collateral/tcb_info.h"
#include "format/hex.h"

/* Members of the document. */
enum {
	HAS_VERSION = 1 << 0,
	HAS_ISSUED = 1 << 1,
	HAS_NEXT_UPDATE = 1 << 2,
	HAS_FMSPC = 1 << 3,
	HAS_PCE_ID = 1 << 4,
	HAS_TCB_TYPE = 1 << 5,
	HAS_EVALUATION_NUMBER = 1 << 6,
	HAS_LEVELS = 1 << 7,
	HAS_ID = 1 << 8,
	HAS_MODULE = 1 << 9,
	HAS_MODULES = 1 << 10,
	NEEDS_DOCUMENT = (1 << 8) - 1
};

/* Members of a TDX module. */
enum {
	HAS_MRSIGNER = 1 << 0,
	HAS_ATTRIBUTES = 1 << 1,
	HAS_ATTRIBUTES_MASK = 1 << 2,
	HAS_MODULE_ID = 1 << 3,
	HAS_MODULE_LEVELS = 1 << 4,
	NEEDS_MODULE = HAS_MRSIGNER | HAS_ATTRIBUTES | HAS_ATTRIBUTES_MASK
};

/* How a level writes its components: one shape for each kind of document. */
enum {
	SHAPE_NUMBERED = 1 << 0,	/* version 2: sgxtcbcomp01svn to sgxtcbcomp16svn */
	SHAPE_SGX_ARRAY = 1 << 1,	/* version 3 */
	SHAPE_TDX_ARRAY = 1 << 2	/* version 3, TDX */
};

struct raised_by {
	enum assay_raised_by sgx[16];
	enum assay_raised_by tdx[16];
};

struct parser {
	struct json j;
	struct tcb_info *info;
	struct advisory_pool pool;
	unsigned has;		/* members of the document */
	unsigned shape;		/* of the levels so far; 0: none yet */
};

/* The words are for people; what is not known says nothing and costs nothing. */
static enum assay_raised_by
raised_by_of(struct assay_bytes category, struct assay_bytes type)
{
	if (bytes_equal_text(category, "BIOS") || bytes_equal_text(type, "Early Microcode Update") ||
	    bytes_equal_text(type, "SEAMLDR ACM")) {
		return ASSAY_RAISED_BY_BIOS;
	}
	if (bytes_equal_text(type, "SGX Late Microcode Update") ||
	    bytes_equal_text(type, "TDX Late Microcode Update")) {
		return ASSAY_RAISED_BY_MICROCODE;
	}
	if (bytes_equal_text(type, "TXT SINIT")) {
		return ASSAY_RAISED_BY_SINIT;
	}
	if (bytes_equal_text(type, "TDX Module")) {
		return ASSAY_RAISED_BY_TDX_MODULE;
	}
	return ASSAY_RAISED_BY_UNKNOWN;
}

static void
component_read(struct json *j, uint16_t *svn, enum assay_raised_by *raised_by)
{
	struct json_object o = json_object(j);
	struct assay_bytes category = { NULL, 0 };
	struct assay_bytes type = { NULL, 0 };
	struct assay_bytes name;
	bool has_svn = false;

	while (json_member(j, &o, &name)) {
		if (bytes_equal_text(name, "svn")) {
			*svn = (uint16_t)json_integer(j, 0, UINT16_MAX);
			has_svn = true;
		} else if (bytes_equal_text(name, "category")) {
			category = json_string(j);
		} else if (bytes_equal_text(name, "type")) {
			type = json_string(j);
		} else {
			json_skip(j);
		}
	}
	if (!has_svn) {
		json_fail(j);
	}
	*raised_by = raised_by_of(category, type);
}

/* Exactly 16: a shorter array would compare fewer components than there are. */
static void
components_read(struct json *j, uint16_t svn[static 16], enum assay_raised_by raised_by[static 16])
{
	struct json_array a = json_array(j);
	unsigned count = 0;

	while (json_element(j, &a)) {
		if (count == 16) {
			json_fail(j);
			return;
		}
		component_read(j, &svn[count], &raised_by[count]);
		count++;
	}
	if (count != 16) {
		json_fail(j);
	}
}

/* n of "sgxtcbcompnnsvn", 1 to 16; 0 for any other name. */
static unsigned
numbered_component(struct assay_bytes name)
{
	static const char head[] = "sgxtcbcomp";
	static const char tail[] = "svn";
	const size_t digits = sizeof head - 1;

	if (name.len != digits + 2 + sizeof tail - 1 || memcmp(name.data, head, digits) != 0 ||
	    memcmp(&name.data[digits + 2], tail, sizeof tail - 1) != 0) {
		return 0;
	}
	const unsigned tens = (unsigned)name.data[digits] - '0';
	const unsigned ones = (unsigned)name.data[digits + 1] - '0';

	if (tens > 1 || ones > 9 || 10 * tens + ones > 16) {
		return 0;
	}
	return 10 * tens + ones;
}

/* Returns the shape; fails where a part of it is missing. */
static unsigned
tcb_read(struct json *j, struct tcb_level *level, struct raised_by *raised_by)
{
	struct json_object o = json_object(j);
	struct assay_bytes name;
	unsigned numbered = 0;
	unsigned shape = 0;
	bool has_pcesvn = false;

	while (json_member(j, &o, &name)) {
		const unsigned n = numbered_component(name);

		if (n != 0) {
			level->sgx[n - 1] = (uint16_t)json_integer(j, 0, UINT16_MAX);
			numbered |= 1u << (n - 1);
			shape |= SHAPE_NUMBERED;
		} else if (bytes_equal_text(name, "sgxtcbcomponents")) {
			components_read(j, level->sgx, raised_by->sgx);
			shape |= SHAPE_SGX_ARRAY;
		} else if (bytes_equal_text(name, "tdxtcbcomponents")) {
			components_read(j, level->tdx, raised_by->tdx);
			shape |= SHAPE_TDX_ARRAY;
		} else if (bytes_equal_text(name, "pcesvn")) {
			level->pcesvn = (uint16_t)json_integer(j, 0, UINT16_MAX);
			has_pcesvn = true;
		} else {
			json_skip(j);
		}
	}
	/* A level without components would cover every platform. */
	if (!has_pcesvn || shape == 0 || ((shape & SHAPE_NUMBERED) != 0 && numbered != 0xffff)) {
		json_fail(j);
	}
	return shape;
}

/* Less than, equal to or greater than zero, from the first component on. */
static int
components_compare(const uint16_t a[static 16], const uint16_t b[static 16])
{
	for (unsigned i = 0; i < 16; i++) {
		if (a[i] != b[i]) {
			return (int)a[i] - (int)b[i];
		}
	}
	return 0;
}

static int
level_compare(const struct tcb_level *a, const struct tcb_level *b)
{
	int order = components_compare(a->sgx, b->sgx);

	if (order == 0) {
		order = (int)a->pcesvn - (int)b->pcesvn;
	}
	if (order == 0) {
		order = components_compare(a->tdx, b->tdx);
	}
	return order;
}

/* Levels arrive in order, so that this is one comparison for each. */
static bool
level_insert(struct tcb_info *info, const struct tcb_level *level, const struct raised_by *raised_by)
{
	uint32_t at = info->levels_count;

	if (info->levels_count == TCB_LEVELS_MAX) {
		return false;
	}
	while (at > 0 && level_compare(&info->levels[at - 1], level) < 0) {
		info->levels[at] = info->levels[at - 1];
		at--;
	}
	if (at > 0 && level_compare(&info->levels[at - 1], level) == 0) {
		return false;
	}
	info->levels[at] = *level;
	info->levels_count++;
	if (at == 0) {
		memcpy(info->sgx_raised_by, raised_by->sgx, sizeof raised_by->sgx);
		memcpy(info->tdx_raised_by, raised_by->tdx, sizeof raised_by->tdx);
	}
	return true;
}

static void
level_read(struct parser *p)
{
	struct json *j = &p->j;
	struct json_object o = json_object(j);
	struct tcb_level level;
	struct raised_by raised_by;
	struct assay_bytes name;
	unsigned shape = 0;
	unsigned has = 0;

	memset(&level, 0, sizeof level);
	memset(&raised_by, 0, sizeof raised_by);
	while (json_member(j, &o, &name)) {
		const unsigned member = level_member_read(j, &p->pool, name, &level.date_s,
		    &level.status, &level.advisories);

		if (member != 0) {
			has |= member;
		} else if (bytes_equal_text(name, "tcb")) {
			shape = tcb_read(j, &level, &raised_by);
			has |= HAS_TCB;
		} else {
			json_skip(j);
		}
	}
	if (p->shape == 0) {
		p->shape = shape;
	}
	if (json_failed(j) || (has & NEEDS_LEVEL) != NEEDS_LEVEL || shape != p->shape ||
	    !level_insert(p->info, &level, &raised_by)) {
		json_fail(j);
	}
}

static void
levels_read(struct parser *p)
{
	struct json_array a = json_array(&p->j);

	while (json_element(&p->j, &a)) {
		level_read(p);
	}
}

static void
module_id_read(struct json *j, struct tdx_module *module)
{
	static const char head[] = "TDX_";
	const struct assay_bytes id = json_string(j);

	if (id.len != sizeof head - 1 + 2 || memcmp(id.data, head, sizeof head - 1) != 0 ||
	    !hex_decode(&module->version, 1, bytes_slice(id, sizeof head - 1, 2))) {
		json_fail(j);
	}
}

/* identity: one of tdxModuleIdentities, which has an id and levels; tdxModule has none. */
static void
module_read(struct parser *p, struct tdx_module *module, bool identity)
{
	struct json *j = &p->j;
	struct json_object o = json_object(j);
	const unsigned needs = identity ? NEEDS_MODULE | HAS_MODULE_ID | HAS_MODULE_LEVELS : NEEDS_MODULE;
	struct assay_bytes name;
	unsigned has = 0;

	while (json_member(j, &o, &name)) {
		if (bytes_equal_text(name, "mrsigner")) {
			json_hex(j, module->mrsigner, sizeof module->mrsigner);
			has |= HAS_MRSIGNER;
		} else if (bytes_equal_text(name, "attributes")) {
			json_hex(j, module->attributes, sizeof module->attributes);
			has |= HAS_ATTRIBUTES;
		} else if (bytes_equal_text(name, "attributesMask")) {
			json_hex(j, module->attributes_mask, sizeof module->attributes_mask);
			has |= HAS_ATTRIBUTES_MASK;
		} else if (identity && bytes_equal_text(name, "id")) {
			module_id_read(j, module);
			has |= HAS_MODULE_ID;
		} else if (identity && bytes_equal_text(name, "tcbLevels")) {
			isv_levels_read(j, &p->pool, module->levels, &module->levels_count);
			has |= HAS_MODULE_LEVELS;
		} else {
			json_skip(j);
		}
	}
	if (has != needs) {
		json_fail(j);
	}
}

static void
modules_read(struct parser *p)
{
	struct json_array a = json_array(&p->j);
	struct tcb_info *info = p->info;

	while (json_element(&p->j, &a)) {
		if (info->modules_count == TDX_MODULES_MAX) {
			json_fail(&p->j);
			return;
		}
		struct tdx_module *module = &info->modules[info->modules_count];

		module_read(p, module, true);
		for (uint32_t i = 0; i < info->modules_count; i++) {
			if (info->modules[i].version == module->version) {
				json_fail(&p->j);
			}
		}
		info->modules_count++;
	}
}

static void
id_read(struct parser *p)
{
	const struct assay_bytes id = json_string(&p->j);

	if (bytes_equal_text(id, "SGX")) {
		p->info->tee = ASSAY_TEE_SGX;
	} else if (bytes_equal_text(id, "TDX")) {
		p->info->tee = ASSAY_TEE_TDX;
	} else {
		json_fail(&p->j);
	}
}

static unsigned
member_read(struct parser *p, struct assay_bytes name)
{
	struct json *j = &p->j;
	struct tcb_info *info = p->info;

	if (bytes_equal_text(name, "id")) {
		id_read(p);
		return HAS_ID;
	}
	if (bytes_equal_text(name, "version")) {
		info->version = (uint8_t)json_integer(j, 2, 3);
		return HAS_VERSION;
	}
	if (bytes_equal_text(name, "issueDate")) {
		info->issued_s = json_utc(j);
		return HAS_ISSUED;
	}
	if (bytes_equal_text(name, "nextUpdate")) {
		info->next_update_s = json_utc(j);
		return HAS_NEXT_UPDATE;
	}
	if (bytes_equal_text(name, "fmspc")) {
		json_hex(j, info->fmspc, sizeof info->fmspc);
		return HAS_FMSPC;
	}
	if (bytes_equal_text(name, "pceId")) {
		json_hex(j, info->pce_id, sizeof info->pce_id);
		return HAS_PCE_ID;
	}
	if (bytes_equal_text(name, "tcbType")) {
		/* The only rule there is for comparing components: one by one. */
		json_integer(j, 0, 0);
		return HAS_TCB_TYPE;
	}
	if (bytes_equal_text(name, "tcbEvaluationDataNumber")) {
		info->evaluation_number = (uint32_t)json_integer(j, 0, EVALUATION_NUMBER_MAX);
		return HAS_EVALUATION_NUMBER;
	}
	if (bytes_equal_text(name, "tdxModule")) {
		module_read(p, &info->tdx_module, false);
		info->has_tdx_module = true;
		return HAS_MODULE;
	}
	if (bytes_equal_text(name, "tdxModuleIdentities")) {
		modules_read(p);
		return HAS_MODULES;
	}
	if (bytes_equal_text(name, "tcbLevels")) {
		levels_read(p);
		return HAS_LEVELS;
	}
	json_skip(j);
	return 0;
}

/* What belongs together: the version decides the id, the id the components and the modules. */
static bool
members_fit(struct parser *p)
{
	if ((p->has & NEEDS_DOCUMENT) != NEEDS_DOCUMENT || p->info->levels_count == 0) {
		return false;
	}
	if (p->info->version == 2) {
		if ((p->has & HAS_ID) != 0) {
			return false;
		}
		p->info->tee = ASSAY_TEE_SGX;
	} else if ((p->has & HAS_ID) == 0) {
		return false;
	}
	if (p->info->tee == ASSAY_TEE_TDX) {
		return p->shape == (SHAPE_SGX_ARRAY | SHAPE_TDX_ARRAY);
	}
	return (p->has & (HAS_MODULE | HAS_MODULES)) == 0 &&
	    p->shape == (p->info->version == 2 ? SHAPE_NUMBERED : SHAPE_SGX_ARRAY);
}

bool
tcb_info_parse(struct tcb_info *info, struct assay_bytes text)
{
	struct parser p = {
		.j = json_over(text),
		.info = info,
		.pool = { info->advisories, 0, TCB_ADVISORIES_MAX }
	};
	struct json_object o;
	struct assay_bytes name;

	memset(info, 0, sizeof *info);
	o = json_object(&p.j);
	while (json_member(&p.j, &o, &name)) {
		p.has |= member_read(&p, name);
	}
	info->advisories_count = p.pool.count;
	return json_done(&p.j) && members_fit(&p);
}
