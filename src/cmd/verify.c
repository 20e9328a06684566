/* SPDX-License-Identifier: Apache-2.0 */
/* assay verify: is it genuine, which tier does it earn, why, and what would raise it? */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/assayer.h"
#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/instead.h"
#include "cmd/lacking.h"
#include "cmd/terminal.h"

/* Of a path, as the system bounds it. */
#define PATH_SHOWN_MAX 4096

struct verify {
	struct assayer assayer;
	struct render_style style;
	bool json;
	enum assay_tier at_least;
	size_t count;			/* of inputs */
	size_t undecided;
	size_t unreadable;
	struct render_row *rows;	/* one an input, where there are many */
	int exit_code;
};

/* One of each for the whole run: they are large. */
static struct verify the_verify;
static struct assay_verdict the_verdict;

static int
tier_parse(enum assay_tier *tier, const char *text)
{
	if (text == NULL) {
		*tier = ASSAY_TIER_NONE;
		return 0;
	}
	if (text[0] < '1' || text[0] > '5' || text[1] != '\0') {
		return fail(EXIT_USAGE, "a tier is a number from 1, the best, to 5", "write --max-tier 3, for instance",
		    "--max-tier %s cannot be understood, so nothing was decided", text);
	}
	*tier = (enum assay_tier)((int)ASSAY_TIER_1 - (text[0] - '1'));
	return 0;
}

/* One object of the array that many inputs make, or the only one. */
static void
write_object(const struct verify *v, const char *object, size_t len, size_t i)
{
	if (v->count > 1) {
		fputs(i == 0 ? "[" : ",\n", stdout);
	}
	fwrite(object, 1, len, stdout);
	if (v->count > 1 && i + 1 == v->count) {
		putchar(']');
	}
	if (v->count == 1 || i + 1 == v->count) {
		putchar('\n');
	}
}

static void
write_json(const struct verify *v, const struct input *input, size_t i)
{
	static char out[RENDER_RESULT_MAX];
	const size_t len = render_result(&the_verdict, &v->assayer.verifier, bytes_of_text(input->name), input->digest,
	    out, sizeof(out));

	if (len == 0) {
		exit(fail(EXIT_BUG, "the result object is larger than it can be", "report this with the evidence",
		    "%s: there is a bug in assay", input->name));
	}
	write_object(v, out, len, i);
}

static void
write_tree(const struct verify *v, const struct input *input)
{
	static char out[RENDER_VERDICT_MAX];
	struct writer w;

	writer_start(&w, out, sizeof(out));
	render_verdict(&w, &the_verdict, &v->assayer.verifier, bytes_of_text(input->name), &v->style);
	terminal_write(stdout, bytes_of(out, w.len), v->style.columns);
}

/* Which collateral was taken, where there was a choice. */
static void
say_choice(const struct input *input, const struct pick *pick)
{
	if (pick->tcb_info == NULL || pick->tcb_infos < 2) {
		return;
	}
	if (pick->tcb_info_newer != NULL) {
		note("%s: of %u sets of TCB info that fit, number %u of %s was taken, and number %u of %s to look ahead",
		    input->name, pick->tcb_infos, pick->tcb_info->evaluation_number, pick->tcb_info->source,
		    pick->tcb_info_newer->evaluation_number, pick->tcb_info_newer->source);
	} else {
		note("%s: of %u sets of TCB info that fit, number %u of %s was taken", input->name, pick->tcb_infos,
		    pick->tcb_info->evaluation_number, pick->tcb_info->source);
	}
}

/* One of many that cannot be judged: the others are judged all the same. */
static void
keep_failure(struct verify *v, const struct failure *failure, const char *name, size_t i)
{
	static char out[sizeof(struct failure) * 6 + 256 + PATH_SHOWN_MAX * 6];
	struct writer w;

	if (v->json) {
		writer_start(&w, out, sizeof(out));
		failure_json(&w, failure, name);
		write_object(v, out, w.len, i);
	} else {
		render_row_of_failure(&v->rows[i], failure->cause);
	}
	v->unreadable++;
	v->exit_code = i == 0 ? EXIT_CANNOT_TELL : worse_exit(v->exit_code, EXIT_CANNOT_TELL);
}

static int
load(struct input *input, const char *path)
{
	const int code = input_load(input, path);

	return code != 0 ? code : input_refused(input);
}

static int
verify_one(struct verify *v, const char *path, size_t i)
{
	static struct input input;
	static struct failure failure;
	struct pick pick;

	failure_keep(v->count > 1 ? &failure : NULL);
	const int code = load(&input, path);

	failure_keep(NULL);
	if (code != 0) {
		input_release(&input);
		if (v->count == 1) {
			return code;
		}
		failure.exit_code = EXIT_CANNOT_TELL;
		keep_failure(v, &failure, path, i);
		return 0;
	}
	assayer_appraise(&v->assayer, &the_verdict, &pick, &input);
	const int exit_code = verdict_exit(&the_verdict, v->at_least);

	if (v->json) {
		write_json(v, &input, i);
	} else if (v->count == 1) {
		write_tree(v, &input);
	} else {
		render_row_of(&v->rows[i], &the_verdict);
	}
	if (v->count == 1) {
		say_choice(&input, &pick);
	}
	if (pick.rivals != 0) {
		note("%s: %u sets of TCB info have the same number, and nothing tells which of them is meant; "
		    "the one that is worst for the platform was taken, of %s", input.name, pick.rivals + 1,
		    pick.tcb_info->source);
	}
	v->undecided += exit_code == EXIT_CANNOT_TELL;
	if (exit_code == EXIT_CANNOT_TELL && v->undecided == 1) {
		const struct assay_evidence evidence = assayer_evidence(&v->assayer, &input);

		say_what_is_lacking(&the_verdict, &evidence, &pick, &v->assayer.shelf, input.name);
	}
	v->exit_code = i == 0 ? exit_code : worse_exit(v->exit_code, exit_code);
	input_release(&input);
	return 0;
}

/* For qsort, which passes no context. */
static const struct render_row *sorted_rows;

static int
compare_rows(const void *a, const void *b)
{
	const size_t i = *(const size_t *)a;
	const size_t k = *(const size_t *)b;
	const int order = render_row_compare(&sorted_rows[i], &sorted_rows[k]);

	return order != 0 ? order : i < k ? -1 : i > k;
}

static void
write_table(struct verify *v, const char *const *names)
{
	static char out[RENDER_ROW_MAX];
	struct render_widths widths;
	struct writer w;
	size_t *order = arena_get(&v->assayer.arena, v->count * sizeof(*order));

	for (size_t i = 0; i < v->count; i++) {
		order[i] = i;
	}
	sorted_rows = v->rows;
	qsort(order, v->count, sizeof(*order), compare_rows);
	render_table_measure(&widths, v->rows, v->count);
	writer_start(&w, out, sizeof(out));
	render_table_head(&w, &widths, &v->style);
	terminal_write(stdout, bytes_of(out, w.len), v->style.columns);
	for (size_t i = 0; i < v->count; i++) {
		writer_start(&w, out, sizeof(out));
		render_table_row(&w, &v->rows[order[i]], bytes_of_text(names[order[i]]), &widths,
		    &v->style);
		terminal_write(stdout, bytes_of(out, w.len), v->style.columns);
	}
}

/* An archived report's signature belongs to one report. */
static int
check_signature_use(const struct arguments *arguments)
{
	if (option_given(arguments, "signature") && arguments->operands_count > 1) {
		return fail(EXIT_USAGE, "a signature is that of one report", "verify the reports one by one",
		    "--signature cannot be used with several inputs, so nothing was decided");
	}
	return 0;
}

int
command_verify(const struct arguments *arguments)
{
	struct verify *v = &the_verify;
	int code = check_signature_use(arguments);

	if (code == 0) {
		code = standard_input_once(arguments);
	}
	v->json = option_given(arguments, "json");
	v->count = arguments->operands_count;
	if (code == 0) {
		code = tier_parse(&v->at_least, option_value(arguments, "max-tier"));
	}
	if (code == 0) {
		code = style_parse(&v->style, arguments);
	}
	if (code == 0 && v->count == 1) {
		code = file_readable(arguments->operands[0]) ? 0 : EXIT_USAGE;
	}
	if (code == 0) {
		code = assayer_start(&v->assayer, arguments);
	}
	if (code == 0) {
		v->rows = arena_get(&v->assayer.arena, v->count * sizeof(*v->rows));
	}
	for (size_t i = 0; code == 0 && i < v->count; i++) {
		code = verify_one(v, arguments->operands[i], i);
	}
	if (code == 0 && v->undecided > 1) {
		note("%zu of %zu inputs are undecided; the error is about the first of them", v->undecided, v->count);
	}
	if (code == 0 && v->unreadable > 0) {
		note("%zu of %zu inputs could not be judged; verify one alone for its cause and fix", v->unreadable, v->count);
	}
	if (code == 0 && v->count > 1 && !v->json) {
		write_table(v, arguments->operands);
	}
	assayer_release(&v->assayer);
	return code != 0 ? code : v->exit_code;
}
