/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vendor's reply, cut in two.  The signed text is a slice of the reply
 * and never written anew: a signature is over bytes, not over their meaning.
 */
#include "collateral/reply.h"
#include "format/hex.h"
#include "format/json.h"

#define SIGNATURE_DIGITS 128

static bool
signature_is_good(struct assay_bytes signature)
{
	if (signature.len != SIGNATURE_DIGITS) {
		return false;
	}
	for (size_t i = 0; i < signature.len; i++) {
		if (!hex_is_digit(signature.data[i])) {
			return false;
		}
	}
	return true;
}

bool
reply_split(struct assay_bytes reply, const char *member, struct assay_bytes *signed_text,
    struct assay_bytes *signature)
{
	struct json j = json_over(reply);
	struct json_object o = json_object(&j);
	struct assay_bytes name;

	*signed_text = (struct assay_bytes){ NULL, 0 };
	*signature = (struct assay_bytes){ NULL, 0 };
	while (json_member(&j, &o, &name)) {
		if (bytes_equal_text(name, member) && json_type(&j) == JSON_OBJECT) {
			*signed_text = json_skip(&j);
		} else if (bytes_equal_text(name, "signature")) {
			*signature = json_string(&j);
		} else {
			json_fail(&j);
		}
	}
	return json_done(&j) && signed_text->len != 0 && signature_is_good(*signature);
}
