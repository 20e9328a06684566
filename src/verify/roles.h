/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what in Intel's certificate hierarchy (PCK profiles). */
#ifndef VERIFY_ROLES_H
#define VERIFY_ROLES_H

#include "x509/certificate.h"

bool role_is_root(const struct certificate *certificate);
bool role_is_pck_ca(const struct certificate *certificate);
bool role_is_pck_leaf(const struct certificate *certificate);
bool role_is_tcb_signer(const struct certificate *certificate);
bool role_is_ias_root(const struct certificate *certificate);
bool role_is_ias_signer(const struct certificate *certificate);
bool role_is_pck_platform_ca(const struct certificate *certificate);

#endif
