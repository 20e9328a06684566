/* SPDX-License-Identifier: Apache-2.0 */
/* What a broken precondition does to the program that breaks it. */
#ifndef TEST_UNIT_DEATH_H
#define TEST_UNIT_DEATH_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* The call ends its process by an assertion.  Here that is another process. */
static inline bool
is_asserted(void (*call)(void *context), void *context)
{
	int status = 0;
	const pid_t child = fork();

	if (child == 0) {
		const int nowhere = open("/dev/null", O_WRONLY);

		(void)dup2(nowhere, STDERR_FILENO);
		call(context);
		_exit(EXIT_SUCCESS);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
