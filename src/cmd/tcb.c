/* SPDX-License-Identifier: Apache-2.0 */
/* assay tcb. */
#include "cmd/commands.h"
#include "cmd/failure.h"

int
command_tcb(const struct arguments *arguments)
{
	(void)arguments;
	return fail(EXIT_CANNOT_TELL, "this version cannot do it", NULL, "`assay tcb` cannot be run");
}
