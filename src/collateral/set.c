/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of collateral as one JSON object: the form in which verifiers of this
 * kind exchange it.  Nothing is trusted and nothing but the frame is parsed.
 */
#include "format/json.h"
#include "format/json_text.h"

struct set_member {
	const char *name;
	struct assay_bytes *value;
};

bool
assay_collateral_parse(struct assay_collateral *collateral, struct assay_bytes json, uint8_t *buffer,
    size_t size)
{
	const struct set_member members[] = {
		{ "pck_certificate_chain", &collateral->pck_certificate_chain },
		{ "root_ca_crl", &collateral->root_crl },
		{ "pck_crl", &collateral->pck_crl },
		{ "pck_crl_issuer_chain", &collateral->pck_crl_issuer_chain },
		{ "tcb_info", &collateral->tcb_info },
		{ "tcb_info_signature", &collateral->tcb_info_signature },
		{ "tcb_info_issuer_chain", &collateral->tcb_info_issuer_chain },
		{ "qe_identity", &collateral->qe_identity },
		{ "qe_identity_signature", &collateral->qe_identity_signature },
		{ "qe_identity_issuer_chain", &collateral->qe_identity_issuer_chain },
	};
	struct json j = json_over(json);
	struct json_object o = json_object(&j);
	struct assay_bytes name;
	size_t used = 0;

	memset(collateral, 0, sizeof(*collateral));
	while (json_member(&j, &o, &name)) {
		const bool null = json_type(&j) == JSON_NULL;
		const struct assay_bytes raw = json_skip(&j);

		for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
			size_t len;

			if (null || !bytes_equal_text(name, members[i].name)) {
				continue;
			}
			if (!json_text_decode(buffer + used, size - used, &len, raw)) {
				json_fail(&j);
				break;
			}
			*members[i].value = bytes_of(buffer + used, len);
			used += len;
		}
	}
	if (!json_done(&j)) {
		memset(collateral, 0, sizeof(*collateral));
		return false;
	}
	return true;
}
