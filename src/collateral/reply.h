/* SPDX-License-Identifier: Apache-2.0 */
/* The vendor's reply: {"tcbInfo":X,"signature":"hex"} or {"enclaveIdentity":X,"signature":"hex"}. */
#ifndef COLLATERAL_REPLY_H
#define COLLATERAL_REPLY_H

#include "base/bytes.h"

/* Cut the reply into the exact text of X and the 128 hex digits.  False where
 * it is not one such object.  Nothing is trusted. */
bool reply_split(struct assay_bytes reply, const char *member, struct assay_bytes *signed_text,
    struct assay_bytes *signature);

#endif
