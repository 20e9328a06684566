/* SPDX-License-Identifier: Apache-2.0 */
/* What evidence and collateral claim, kind by kind.  Nothing of it is verified. */
#ifndef CMD_INSPECT_PARTS_H
#define CMD_INSPECT_PARTS_H

#include "cmd/claims.h"
#include "cmd/shelf.h"
#include "evidence/quote.h"

/* Each returns false where the bytes are malformed; what could be read has been shown. */
bool inspect_quote(struct claims *claims, struct assay_bytes bytes);
bool inspect_ias_report(struct claims *claims, struct assay_bytes body);
/* Parts of collateral. */
bool inspect_part(struct claims *claims, const struct shelf_part *part);

void inspect_certificate(struct claims *claims, const struct certificate *certificate);
void inspect_sgx_report(struct claims *claims, const char *name, struct assay_bytes body);

#endif
