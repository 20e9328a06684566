/* SPDX-License-Identifier: Apache-2.0 */
/* Enclave identities, read as TCB info is: what is missing is refused, what is not known passed over. */
#include "collateral/level.h"
#include "collateral/qe_identity.h"

enum {
	HAS_ID = 1 << 0,
	HAS_VERSION = 1 << 1,
	HAS_ISSUED = 1 << 2,
	HAS_NEXT_UPDATE = 1 << 3,
	HAS_EVALUATION_NUMBER = 1 << 4,
	HAS_MISCSELECT = 1 << 5,
	HAS_MISCSELECT_MASK = 1 << 6,
	HAS_ATTRIBUTES = 1 << 7,
	HAS_ATTRIBUTES_MASK = 1 << 8,
	HAS_MRSIGNER = 1 << 9,
	HAS_ISV_PROD_ID = 1 << 10,
	HAS_LEVELS = 1 << 11,
	NEEDS_ALL = (1 << 12) - 1
};

static enum qe_identity_id
id_read(struct json *j)
{
	const struct assay_bytes id = json_string(j);

	if (bytes_equal_text(id, "QE")) {
		return QE_IDENTITY_QE;
	}
	if (bytes_equal_text(id, "TD_QE")) {
		return QE_IDENTITY_TD_QE;
	}
	return QE_IDENTITY_OTHER;
}

/* What the document says of itself; 0 where the member is none of these and still unread. */
static unsigned
document_member_read(struct json *j, struct qe_identity *identity, struct assay_bytes name)
{
	if (bytes_equal_text(name, "id")) {
		identity->id = id_read(j);
		return HAS_ID;
	}
	if (bytes_equal_text(name, "version")) {
		json_integer(j, 2, 2);
		return HAS_VERSION;
	}
	if (bytes_equal_text(name, "issueDate")) {
		identity->issued_s = json_utc(j);
		return HAS_ISSUED;
	}
	if (bytes_equal_text(name, "nextUpdate")) {
		identity->next_update_s = json_utc(j);
		return HAS_NEXT_UPDATE;
	}
	if (bytes_equal_text(name, "tcbEvaluationDataNumber")) {
		identity->evaluation_number = (uint32_t)json_integer(j, 0, EVALUATION_NUMBER_MAX);
		return HAS_EVALUATION_NUMBER;
	}
	return 0;
}

/* What it says of the enclave; 0 as above. */
static unsigned
enclave_member_read(struct json *j, struct qe_identity *identity, struct assay_bytes name)
{
	if (bytes_equal_text(name, "miscselect")) {
		json_hex(j, identity->miscselect, sizeof identity->miscselect);
		return HAS_MISCSELECT;
	}
	if (bytes_equal_text(name, "miscselectMask")) {
		json_hex(j, identity->miscselect_mask, sizeof identity->miscselect_mask);
		return HAS_MISCSELECT_MASK;
	}
	if (bytes_equal_text(name, "attributes")) {
		json_hex(j, identity->attributes, sizeof identity->attributes);
		return HAS_ATTRIBUTES;
	}
	if (bytes_equal_text(name, "attributesMask")) {
		json_hex(j, identity->attributes_mask, sizeof identity->attributes_mask);
		return HAS_ATTRIBUTES_MASK;
	}
	if (bytes_equal_text(name, "mrsigner")) {
		json_hex(j, identity->mrsigner, sizeof identity->mrsigner);
		return HAS_MRSIGNER;
	}
	if (bytes_equal_text(name, "isvprodid")) {
		identity->isv_prod_id = (uint16_t)json_integer(j, 0, UINT16_MAX);
		return HAS_ISV_PROD_ID;
	}
	return 0;
}

bool
qe_identity_parse(struct qe_identity *identity, struct assay_bytes text)
{
	struct json j = json_over(text);
	struct advisory_pool pool = {
		identity->advisories, 0, sizeof identity->advisories / sizeof identity->advisories[0]
	};
	struct json_object o;
	struct assay_bytes name;
	unsigned has = 0;

	memset(identity, 0, sizeof *identity);
	o = json_object(&j);
	while (json_member(&j, &o, &name)) {
		unsigned member = document_member_read(&j, identity, name);

		if (member == 0) {
			member = enclave_member_read(&j, identity, name);
		}
		if (member == 0 && bytes_equal_text(name, "tcbLevels")) {
			isv_levels_read(&j, &pool, identity->levels, &identity->levels_count);
			member = HAS_LEVELS;
		}
		if (member == 0) {
			json_skip(&j);
		}
		has |= member;
	}
	identity->advisories_count = pool.count;
	return json_done(&j) && has == NEEDS_ALL;
}
