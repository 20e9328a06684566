/* SPDX-License-Identifier: Apache-2.0 */
/* assay inspect. */
#include "cmd/commands.h"
#include "cmd/failure.h"

int
command_inspect(const struct arguments *arguments)
{
	(void)arguments;
	return fail(EXIT_CANNOT_TELL, "this version cannot do it", NULL, "`assay inspect` cannot be run");
}
