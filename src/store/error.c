/* SPDX-License-Identifier: Apache-2.0 */
/* Why something about a store could not be done. */
#include <stdarg.h>
#include <stdio.h>

#include "store/error.h"

bool
store_fail(struct store_error *error, enum store_failure failure, const char *cause, const char *fix,
    const char *format, ...)
{
	va_list arguments;

	error->failure = failure;
	/* What does not fit is cut: an error must never fail itself. */
	snprintf(error->cause, sizeof(error->cause), "%s", cause == NULL ? "" : cause);
	snprintf(error->fix, sizeof(error->fix), "%s", fix == NULL ? "" : fix);
	va_start(arguments, format);
	vsnprintf(error->what, sizeof(error->what), format, arguments);
	va_end(arguments);
	return false;
}
