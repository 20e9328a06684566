/* SPDX-License-Identifier: Apache-2.0 */
/* assay inspect: what the bytes claim, unverified. */
#include <stdio.h>

#include "cmd/assayer.h"
#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/inspect_parts.h"
#include "cmd/instead.h"

static struct claims the_claims;

static bool
inspect_shelf(struct claims *c, const struct shelf *shelf)
{
	bool good = true;

	claims_text(c, "kind", "collateral");
	claims_list(c, "parts");
	for (size_t i = 0; i < shelf->parts_count; i++) {
		claims_group(c, NULL);
		good = inspect_part(c, shelf->parts[i]) && good;
		claims_end_group(c);
	}
	claims_end_list(c);
	return good;
}

static void
inspect_unknown(struct claims *c, struct assay_bytes bytes)
{
	claims_text(c, "kind", is_snp_report(bytes) ? "snp-report" : "unknown");
	claims_unsigned(c, "bytes", bytes.len);
	claims_hex(c, "first_bytes", bytes_slice(bytes, 0, bytes.len < 32 ? bytes.len : 32));
}

/*
 * Malformed evidence is 3 and malformed collateral 4, as everywhere; what is
 * no form that is known is the caller's mistake, and says nothing of evidence.
 */
static int
inspect_bytes(struct claims *c, const struct input *input)
{
	struct shelf shelf = { .parts_count = 0 };
	int code;

	if (is_snp_report(input->evidence)) {
		inspect_unknown(c, input->evidence);
		return EXIT_CANNOT_TELL;
	}
	if (may_be_evidence(input->evidence)) {
		const bool report = input->evidence.data[0] == '{';
		const bool good = report ? inspect_ias_report(c, input->evidence) : inspect_quote(c, input->evidence);

		return good ? EXIT_YES : EXIT_NOT_GENUINE;
	}
	if (shelf_add_bytes(&shelf, input->file, input->name) != 0) {
		code = inspect_shelf(c, &shelf) ? EXIT_YES : EXIT_CANNOT_TELL;
	} else {
		inspect_unknown(c, input->file);
		code = EXIT_USAGE;
	}
	shelf_release(&shelf);
	return code;
}

static void
put_heading(struct claims *c, const struct input *input)
{
	if (c->json) {
		claims_text(c, "schema", "assay.claims/1");
		claims_boolean(c, "verified", false);
		claims_text(c, "name", input->name);
		claims_hex(c, "sha256", bytes_of(input->digest, sizeof(input->digest)));
		claims_text(c, "wrapping", input->wrapping);
		return;
	}
	render_color(&c->w, &c->style, RENDER_BOLD);
	put_printable(&c->w, bytes_of_text(input->name));
	render_color(&c->w, &c->style, RENDER_PLAIN);
	put_text(&c->w, ": ");
	render_color(&c->w, &c->style, RENDER_YELLOW);
	put_text(&c->w, "what the bytes claim; nothing of it has been verified\n");
	render_color(&c->w, &c->style, RENDER_PLAIN);
	c->depth = 1;
	claims_text(c, "wrapping", input->wrapping);
}

static int
inspect_one(struct claims *c, const char *path, bool json)
{
	static struct input input;
	int code = input_load(&input, path);

	if (code == 0) {
		c->depth = 0;
		if (json) {
			claims_group(c, NULL);
		}
		put_heading(c, &input);
		code = inspect_bytes(c, &input);
		if (json) {
			claims_end_group(c);
		}
	}
	input_release(&input);
	return code;
}

int
command_inspect(const struct arguments *arguments)
{
	struct claims *c = &the_claims;
	const bool json = option_given(arguments, "json");
	const bool many = arguments->operands_count > 1;
	struct render_style style;
	int exit_code = EXIT_YES;
	int code = style_parse(&style, arguments);

	if (code == 0) {
		code = standard_input_once(arguments);
	}
	if (code == 0 && !many && !file_readable(arguments->operands[0])) {
		code = EXIT_USAGE;
	}
	if (code != 0) {
		return code;
	}
	claims_start(c, json, &style);
	if (json && many) {
		claims_list(c, NULL);
	}
	/* One that cannot be read does not keep the others from being shown. */
	for (size_t i = 0; i < arguments->operands_count; i++) {
		code = inspect_one(c, arguments->operands[i], json);
		exit_code = !many ? code : worse_exit(exit_code, code == EXIT_USAGE ? EXIT_CANNOT_TELL : code);
	}
	if (json && many) {
		claims_end_list(c);
	}
	claims_finish(c);
	return exit_code;
}
