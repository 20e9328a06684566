/* SPDX-License-Identifier: Apache-2.0 */
/* Passphrases from a file, the environment, or the terminal without echo. */
#define _DEFAULT_SOURCE
#include "cmd/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "cmd/failure.h"

/* ---- any source ------------------------------------------------------- */

void
passphrase_forget(struct passphrase *passphrase)
{
	key_forget(passphrase, sizeof(*passphrase));
}

static int
cannot_use(const char *from, const char *cause, const char *fix)
{
	return fail(EXIT_USAGE, cause, fix, "the passphrase from %s cannot be used, so nothing was done", from);
}

/* Takes the newline off, with its CR; what is left must be one line of text. */
static int
check(struct passphrase *passphrase, const char *from)
{
	if (passphrase->len > 0 && passphrase->text[passphrase->len - 1] == '\n') {
		passphrase->len--;
		if (passphrase->len > 0 && passphrase->text[passphrase->len - 1] == '\r') {
			passphrase->len--;
		}
	}
	if (passphrase->len == 0) {
		return cannot_use(from, "it is empty",
		    "give one; a new key is left unencrypted only where --no-passphrase says so");
	}
	if (memchr(passphrase->text, '\n', passphrase->len) != NULL ||
	    memchr(passphrase->text, '\0', passphrase->len) != NULL) {
		return cannot_use(from, "it has more than one line, or a zero byte", "write it as one line of text");
	}
	return 0;
}

/*
 * One line, or all there is.  Byte by byte, so that what follows the line stays unread and no buffer keeps a
 * copy.  False where reading failed (errno) or a signal was caught.
 */
static bool
read_passphrase(struct passphrase *passphrase, int fd, bool line, const volatile sig_atomic_t *signal_caught,
    bool *too_long)
{
	char c = 0;

	passphrase->len = 0;
	*too_long = false;
	for (;;) {
		const ssize_t got = read(fd, &c, 1);

		if (got < 0 && errno == EINTR && (signal_caught == NULL || *signal_caught == 0)) {
			continue;
		}
		if (got <= 0) {
			key_forget(&c, 1);
			return got == 0;
		}
		if (passphrase->len == sizeof(passphrase->text)) {
			*too_long = true;
		} else {
			passphrase->text[passphrase->len] = c;
			passphrase->len++;
		}
		if (line && c == '\n') {
			return true;
		}
		if (!line && *too_long) {
			return true;
		}
	}
}

/* ---- files ------------------------------------------------------------ */

static int
from_file(struct passphrase *passphrase, const char *path)
{
	const bool standard = strcmp(path, "-") == 0;
	const int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat status;
	bool too_long = false;

	if (fd < 0) {
		return cannot_use(path, strerror(errno), "give the path of a file that exists and that you may read");
	}
	/* A pipe or a descriptor has no readers but this one. */
	const bool too_open = !standard && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
	const bool good = !too_open && read_passphrase(passphrase, fd, false, NULL, &too_long);
	const int error = errno;

	if (!standard) {
		close(fd);
	}
	if (too_open) {
		char fix[256];

		snprintf(fix, sizeof(fix), "chmod 600 %s", path);
		return cannot_use(path, "others than its owner may read it", fix);
	}
	if (!good) {
		return cannot_use(path, strerror(error), NULL);
	}
	if (too_long) {
		return cannot_use(path, "it is longer than 1,024 bytes", "use a shorter one");
	}
	return check(passphrase, path);
}

static int
from_environment(struct passphrase *passphrase, const char *name, const char *value)
{
	const size_t len = strlen(value);

	if (len > sizeof(passphrase->text)) {
		return cannot_use(name, "it is longer than 1,024 bytes", "use a shorter one");
	}
	memcpy(passphrase->text, value, len);
	passphrase->len = len;
	return check(passphrase, name);
}

/* ---- the terminal ----------------------------------------------------- */

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
#define SIGNALS_COUNT (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t caught;

static void
remember(int number)
{
	caught = number;
}

/* The shell must get its echo back whatever ends this, so signals wait until it has. */
static void
catch_signals(struct sigaction old[static SIGNALS_COUNT])
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = remember;
	caught = 0;
	for (size_t i = 0; i < SIGNALS_COUNT; i++) {
		sigaction(signals[i], &action, &old[i]);
	}
}

static void
let_signals(const struct sigaction old[static SIGNALS_COUNT])
{
	for (size_t i = 0; i < SIGNALS_COUNT; i++) {
		sigaction(signals[i], &old[i], NULL);
	}
	if (caught != 0) {
		raise((int)caught);
	}
}

static void
say(int fd, const char *text)
{
	/* Nothing can be done about a terminal that takes no prompt; the reading will tell. */
	if (write(fd, text, strlen(text)) < 0) {
		return;
	}
}

/* One line without echo; false where it was broken off. */
static bool
ask(struct passphrase *passphrase, int fd, const char *prompt, bool *too_long)
{
	struct sigaction old[SIGNALS_COUNT];
	struct termios as_it_was;
	struct termios silent;
	bool good = false;

	if (tcgetattr(fd, &as_it_was) != 0) {
		return false;
	}
	catch_signals(old);
	silent = as_it_was;
	silent.c_lflag &= (tcflag_t)~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	/* What was typed ahead was shown, and is thrown away. */
	if (tcsetattr(fd, TCSAFLUSH, &silent) == 0) {
		say(fd, prompt);
		say(fd, ": ");
		good = read_passphrase(passphrase, fd, true, &caught, too_long) && caught == 0;
		say(fd, "\n");
		tcsetattr(fd, TCSAFLUSH, &as_it_was);
	}
	let_signals(old);
	return good;
}

static int
from_terminal(struct passphrase *passphrase, const struct passphrase_source *source, int fd)
{
	struct passphrase again;
	bool too_long = false;
	bool same = true;

	if (!ask(passphrase, fd, source->prompt, &too_long)) {
		return cannot_use("the terminal", "it was broken off", NULL);
	}
	if (too_long) {
		return cannot_use("the terminal", "it is longer than 1,024 bytes", "use a shorter one");
	}
	const int code = check(passphrase, "the terminal");

	if (code != 0 || !source->twice) {
		return code;
	}
	if (!ask(&again, fd, "the same again", &too_long)) {
		passphrase_forget(&again);
		return cannot_use("the terminal", "it was broken off", NULL);
	}
	/* Without the newline, which check took off the first one. */
	same = !too_long && again.len > 0 && again.len - 1 == passphrase->len &&
	    memcmp(again.text, passphrase->text, passphrase->len) == 0;
	passphrase_forget(&again);
	return same ? 0 : cannot_use("the terminal", "the two are not the same", "try again");
}

/* ---- all -------------------------------------------------------------- */

int
passphrase_get(struct passphrase *passphrase, const struct passphrase_source *source)
{
	const char *value = getenv(source->variable);
	char fix[160];
	int code;

	memset(passphrase, 0, sizeof(*passphrase));
	if (source->file != NULL) {
		code = from_file(passphrase, source->file);
	} else if (value != NULL) {
		code = from_environment(passphrase, source->variable, value);
	} else {
		const int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

		if (fd < 0) {
			snprintf(fix, sizeof(fix), "give --%s FILE, or set %s", source->option, source->variable);
			return fail(EXIT_USAGE, "there is no terminal to ask on", fix,
			    "no passphrase was given, so nothing was done");
		}
		code = from_terminal(passphrase, source, fd);
		close(fd);
	}
	if (code != 0) {
		passphrase_forget(passphrase);
	}
	return code;
}
