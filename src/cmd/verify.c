/* SPDX-License-Identifier: Apache-2.0 */
/* assay verify: is it genuine, which tier does it earn, why, and what would raise it? */
#include <stdio.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "cmd/assayer.h"
#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/lacking.h"

struct verify {
	struct assayer assayer;
	struct render_style style;
	bool json;
	enum assay_tier at_least;
	size_t count;			/* of inputs */
	size_t undecided;
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

static void
write_json(const struct verify *v, const struct input *input, size_t i)
{
	static char out[ASSAY_RESULT_JSON_MAX];
	const size_t len = assay_result_json(&the_verdict, bytes_of_text(input->name), input->digest, out, sizeof(out));

	if (len == 0) {
		exit(fail(EXIT_BUG, "the result object is larger than it can be", "report this with the evidence",
		    "%s: there is a bug in assay", input->name));
	}
	if (v->count > 1) {
		fputs(i == 0 ? "[" : ",\n", stdout);
	}
	fwrite(out, 1, len, stdout);
	if (v->count > 1 && i + 1 == v->count) {
		putchar(']');
	}
	if (v->count == 1 || i + 1 == v->count) {
		putchar('\n');
	}
}

static void
write_tree(const struct verify *v, const struct input *input)
{
	static char out[RENDER_VERDICT_MAX];
	struct writer w;

	writer_start(&w, out, sizeof(out));
	render_verdict(&w, &the_verdict, bytes_of_text(input->name), &v->style);
	fwrite(out, 1, w.len, stdout);
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

/* AMD's report: 1,184 bytes, version 2 to 5, signed with ECDSA P-384 (algorithm 1). */
static bool
is_snp_report(struct assay_bytes bytes)
{
	struct cursor c = cursor_over(bytes);
	const uint32_t version = cursor_u32le(&c);

	cursor_take(&c, 0x34 - 4);
	return bytes.len == 1184 && version >= 2 && version <= 5 && cursor_u32le(&c) == 1;
}

static int
verify_one(struct verify *v, const char *path, size_t i)
{
	static struct input input;
	struct pick pick;
	const int code = input_load(&input, path);

	if (code != 0) {
		input_release(&input);
		return code;
	}
	/* What is not read is not accused. */
	if (is_snp_report(input.evidence)) {
		input_release(&input);
		return fail(EXIT_CANNOT_TELL, "it is an AMD SEV-SNP attestation report, which this version does not read",
		    "use the vendor's own tools for it", "%s cannot be judged, so nothing was decided", path);
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
	v->undecided += exit_code == EXIT_CANNOT_TELL;
	if (exit_code == EXIT_CANNOT_TELL && v->undecided == 1) {
		const struct assay_evidence evidence = assayer_evidence(&v->assayer, &input);

		say_what_is_lacking(&the_verdict, &evidence, &v->assayer.shelf, input.name);
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
	fwrite(out, 1, w.len, stdout);
	for (size_t i = 0; i < v->count; i++) {
		writer_start(&w, out, sizeof(out));
		render_table_row(&w, &v->rows[order[i]], bytes_of_text(names[order[i]]), &widths,
		    &v->style);
		fwrite(out, 1, w.len, stdout);
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

/* Standard input can be read once. */
static int
check_standard_input(const struct arguments *arguments)
{
	unsigned count = 0;

	for (size_t i = 0; i < arguments->operands_count; i++) {
		count += strcmp(arguments->operands[i], "-") == 0;
	}
	if (count < 2) {
		return 0;
	}
	return fail(EXIT_USAGE, "it can be read only once", "name each other input by its file",
	    "standard input is named %u times, so nothing was decided", count);
}

int
command_verify(const struct arguments *arguments)
{
	struct verify *v = &the_verify;
	int code = check_signature_use(arguments);

	if (code == 0) {
		code = check_standard_input(arguments);
	}

	v->json = option_given(arguments, "json");
	v->count = arguments->operands_count;
	if (code == 0) {
		code = tier_parse(&v->at_least, option_value(arguments, "max-tier"));
	}
	if (code == 0) {
		code = style_parse(&v->style, arguments);
	}
	for (size_t i = 0; code == 0 && i < v->count; i++) {
		code = file_readable(arguments->operands[i]) ? 0 : EXIT_USAGE;
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
	if (code == 0 && v->count > 1 && !v->json) {
		write_table(v, arguments->operands);
	}
	assayer_release(&v->assayer);
	return code != 0 ? code : v->exit_code;
}
