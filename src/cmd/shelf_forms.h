/* SPDX-License-Identifier: Apache-2.0 */
/* The forms in which collateral comes, taken apart for the shelf. */
#ifndef CMD_SHELF_FORMS_H
#define CMD_SHELF_FORMS_H

#include "cmd/shelf.h"

/* Put what the bytes hold on the shelf; false where nothing was understood. */
bool shelf_read_form(struct shelf *shelf, struct arena *scratch, struct assay_bytes bytes, const char *source);

/* Of the shelf itself: put copies of a part, of a set. */
void shelf_put(struct shelf *shelf, struct shelf_part part);
void shelf_put_set(struct shelf *shelf, const struct shelf_set *set);

#endif
