/* SPDX-License-Identifier: Apache-2.0 */
/* Policies from the inside: the presets as constants. */
#ifndef APPRAISE_POLICY_H
#define APPRAISE_POLICY_H

#include "base/bytes.h"

/* Preset i, without its digest (which costs a hash; assay_policy_preset has it). */
const struct assay_policy *policy_preset(unsigned i);

/* Set the digest from the other fields. */
void policy_digest(struct assay_policy *policy, const struct assay_crypto *crypto);

#endif
