/* SPDX-License-Identifier: Apache-2.0 */
/* What standard output can show. */
#ifndef CMD_TERMINAL_H
#define CMD_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "base/bytes.h"

unsigned terminal_columns(void);
/* Of standard error; 0 where it is no terminal and nobody says: lines then stay whole. */
unsigned terminal_error_columns(void);
/* Write text, whose longer lines are broken at blanks; columns 0: none is. */
void terminal_write(FILE *to, struct assay_bytes text, unsigned columns);
bool terminal_shows_color(void);

#endif
