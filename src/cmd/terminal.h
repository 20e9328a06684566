/* SPDX-License-Identifier: Apache-2.0 */
/* What standard output can show. */
#ifndef CMD_TERMINAL_H
#define CMD_TERMINAL_H

#include <stdbool.h>

unsigned terminal_columns(void);
bool terminal_shows_color(void);

#endif
