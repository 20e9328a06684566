/* SPDX-License-Identifier: Apache-2.0 */
/* assay inspect: what the bytes claim, unverified. */
#include <stdio.h>

#include "cmd/assayer.h"
#include "cmd/commands.h"
#include "cmd/decode.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/inspect_parts.h"

static struct claims the_claims;

/* Quotes are binary: a text of that shape is none. */
static bool
is_quote(struct assay_bytes bytes)
{
	struct quote quote;

	return !looks_like_text(bytes) && (assay_untrusted_quote_length(bytes) != 0 ||
	    (quote_parse(&quote, bytes) != ASSAY_CHECK_QUOTE_VERSION && bytes.len > 48));
}

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

static bool
inspect_bytes(struct claims *c, const struct input *input)
{
	struct shelf shelf = { .parts_count = 0 };
	bool good = false;

	if (is_quote(input->evidence)) {
		return inspect_quote(c, input->evidence);
	}
	if (input_is_ias_report(input)) {
		return inspect_ias_report(c, input->evidence);
	}
	if (shelf_add_bytes(&shelf, input->file, input->name) != 0) {
		good = inspect_shelf(c, &shelf);
	} else {
		claims_text(c, "kind", "unknown");
		claims_unsigned(c, "bytes", input->file.len);
		claims_hex(c, "first_bytes", bytes_slice(input->file, 0, input->file.len < 32 ? input->file.len : 32));
	}
	shelf_release(&shelf);
	return good;
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

int
command_inspect(const struct arguments *arguments)
{
	static struct input input;
	struct claims *c = &the_claims;
	const bool json = option_given(arguments, "json");
	const bool many = arguments->operands_count > 1;
	struct render_style style;
	int exit_code = EXIT_YES;
	int code = style_parse(&style, arguments);

	for (size_t i = 0; code == 0 && i < arguments->operands_count; i++) {
		code = file_readable(arguments->operands[i]) ? 0 : EXIT_USAGE;
	}
	claims_start(c, json, &style);
	if (code == 0 && json && many) {
		claims_list(c, NULL);
	}
	for (size_t i = 0; code == 0 && i < arguments->operands_count; i++) {
		code = input_load(&input, arguments->operands[i]);
		if (code == 0) {
			c->depth = 0;
			if (json) {
				claims_group(c, NULL);
			}
			put_heading(c, &input);
			if (!inspect_bytes(c, &input)) {
				exit_code = EXIT_NOT_GENUINE;
			}
			if (json) {
				claims_end_group(c);
			}
		}
		input_release(&input);
	}
	if (code != 0) {
		return code;
	}
	if (json && many) {
		claims_end_list(c);
	}
	claims_finish(c);
	return exit_code;
}
