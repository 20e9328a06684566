/* SPDX-License-Identifier: Apache-2.0 */
/* How the play is told: aligned, and in no more than 80 columns. */
#include "cmd/assay_sim_play.h"

#include <stdarg.h>
#include <stdio.h>

#include "format/utc.h"

#define COLUMNS		80
#define TEXT_AT		31	/* height, date, subject stand before it */
#define TEXT_BYTES	4096

static const char bold[] = "\033[1m";
static const char dim[] = "\033[2m";
static const char green[] = "\033[32m";
static const char red[] = "\033[1;31m";
static const char plain[] = "\033[0m";

static const char *
color(const struct play *p, const char *code)
{
	return p->color ? code : "";
}

/* The rest of a line that has at columns already; broken at blanks, and goes on at indent. */
static void
fold(const char *text, unsigned at, unsigned indent)
{
	unsigned column = at;

	for (const char *word = text; *word != '\0';) {
		const unsigned len = (unsigned)strcspn(word, " ");

		if (column + (column > at ? 1 : 0) + len > COLUMNS && column > indent) {
			(void)printf("\n%*s", (int)indent, "");
			column = at = indent;
		}
		(void)printf("%s%.*s", column > at ? " " : "", (int)len, word);
		column += (column > at ? 1 : 0) + len;
		word += len;
		word += strspn(word, " ");
	}
	(void)putchar('\n');
}

void
play_heading(const struct play *p, const char *text)
{
	(void)printf("\n%s%s%s\n\n", color(p, bold), text, color(p, plain));
}

void
play_say(unsigned indent, const char *format, ...)
{
	char text[TEXT_BYTES];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	(void)printf("%*s", (int)indent, "");
	fold(text, indent, indent);
}

void
play_tell(const struct play *p, const char *subject, const char *format, ...)
{
	char text[TEXT_BYTES];
	char date[UTC_TEXT_BYTES];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	utc_format(date, (int64_t)(p->time_ms / 1000));
	/* "2026-01-05T14:00:00Z": month, day, hour and minute are enough. */
	(void)printf("%s%5llu  %.5s %.5s%s  %-10s ", color(p, dim), (unsigned long long)play_height(p), date + 5, date + 11,
	    color(p, plain), subject);
	fold(text, TEXT_AT, TEXT_AT);
}

void
play_announce(struct play *p, const char *subject, const char *text)
{
	play_must(p->announced_count < PLAY_COUNT(p->announced), "too much is announced");
	p->announced[p->announced_count++] = (struct play_line){ subject, text };
}

void
play_cheat_put(struct play *p, const char *what, const char *who, bool refused, const char *how)
{
	struct play_cheat *const cheat = &p->cheats[p->cheats_count];

	play_must(p->cheats_count < PLAY_CHEATS, "there are too many cheats");
	p->cheats_count++;
	*cheat = (struct play_cheat){ .what = what, .who = who, .refused = refused };
	(void)snprintf(cheat->how, sizeof(cheat->how), "%s", how);
}

unsigned
play_cheats_tell(const struct play *p)
{
	unsigned accepted = 0;

	play_heading(p, "Eight cheats, tried on the register above");
	(void)printf("%s    %-29s %-11s %s%s\n", color(p, dim), "what was tried", "refused by", "check or code",
	    color(p, plain));
	for (unsigned i = 0; i < p->cheats_count; i++) {
		const struct play_cheat *const cheat = &p->cheats[i];

		(void)printf("%2u  %-29s %s%-11s%s %s\n", i + 1, cheat->what, color(p, cheat->refused ? green : red),
		    cheat->refused ? cheat->who : "NOBODY", color(p, plain), cheat->how);
		accepted += cheat->refused ? 0 : 1;
	}
	return accepted;
}
