/* SPDX-License-Identifier: Apache-2.0 */
/* Names and values, nested, as indented text or as JSON. */
#include "cmd/claims.h"

#include <stdio.h>

#include "cmd/terminal.h"

#define NAME_COLUMNS 28

void
claims_start(struct claims *c, bool json, const struct render_style *style)
{
	writer_start(&c->w, c->out, sizeof(c->out));
	c->style = *style;
	c->json = json;
	c->depth = 0;
}

static void
flush(struct claims *c)
{
	terminal_write(stdout, bytes_of(c->out, c->w.len), c->json ? 0 : c->style.columns);
	c->w.len = 0;
}

void
claims_finish(struct claims *c)
{
	if (c->json) {
		put_char(&c->w, '\n');
	}
	flush(c);
}

/* The start of a line, or the name of a member. */
static void
begin(struct claims *c, const char *name, bool value_follows)
{
	if (c->w.len > c->w.size / 2) {
		flush(c);
	}
	if (c->json) {
		if (name != NULL) {
			json_put_name(&c->w, name);
		}
		return;
	}
	put_repeated(&c->w, ' ', (size_t)c->depth * 2);
	if (name == NULL) {
		put_char(&c->w, '-');
		put_text(&c->w, value_follows ? " " : "");
		return;
	}
	const size_t used = strlen(name) + (size_t)c->depth * 2;

	render_color(&c->w, &c->style, value_follows ? RENDER_PLAIN : RENDER_BOLD);
	put_text(&c->w, name);
	render_color(&c->w, &c->style, RENDER_PLAIN);
	if (value_follows) {
		put_repeated(&c->w, ' ', used < NAME_COLUMNS ? NAME_COLUMNS - used : 1);
	}
}

static void
end(struct claims *c)
{
	if (!c->json) {
		put_char(&c->w, '\n');
	}
}

static void
open_bracket(struct claims *c, const char *name, bool list)
{
	begin(c, name, false);
	if (!c->json) {
		put_char(&c->w, '\n');
	} else if (list) {
		json_put_array(&c->w);
	} else {
		json_put_object(&c->w);
	}
	c->depth++;
}

static void
close_bracket(struct claims *c, char bracket)
{
	c->depth--;
	if (c->json) {
		json_put_end(&c->w, bracket);
	}
}

void
claims_group(struct claims *c, const char *name)
{
	open_bracket(c, name, false);
}

void
claims_list(struct claims *c, const char *name)
{
	open_bracket(c, name, true);
}

void
claims_end_group(struct claims *c)
{
	close_bracket(c, '}');
}

void
claims_end_list(struct claims *c)
{
	close_bracket(c, ']');
}

void
claims_string(struct claims *c, const char *name, struct assay_bytes text)
{
	begin(c, name, true);
	if (c->json) {
		json_put_string(&c->w, text);
	} else {
		put_printable(&c->w, text);
	}
	end(c);
}

void
claims_text(struct claims *c, const char *name, const char *text)
{
	claims_string(c, name, bytes_of_text(text));
}

/* As text in lines of 64 digits, the largest values are certificates' authentication data. */
void
claims_hex(struct claims *c, const char *name, struct assay_bytes bytes)
{
	begin(c, name, true);
	if (c->json) {
		json_put_hex(&c->w, bytes);
		return;
	}
	for (size_t at = 0; at < bytes.len; at += 32) {
		if (at != 0) {
			put_char(&c->w, '\n');
			flush(c);
			put_repeated(&c->w, ' ', NAME_COLUMNS);
		}
		put_hex(&c->w, bytes_slice(bytes, at, bytes.len - at < 32 ? bytes.len - at : 32));
	}
	if (bytes.len == 0) {
		put_char(&c->w, '-');
	}
	end(c);
}

void
claims_unsigned(struct claims *c, const char *name, uint64_t value)
{
	begin(c, name, true);
	if (c->json) {
		json_put_unsigned(&c->w, value);
	} else {
		put_unsigned(&c->w, value);
	}
	end(c);
}

void
claims_boolean(struct claims *c, const char *name, bool value)
{
	begin(c, name, true);
	if (c->json) {
		json_put_boolean(&c->w, value);
	} else {
		put_text(&c->w, value ? "yes" : "no");
	}
	end(c);
}

void
claims_utc(struct claims *c, const char *name, int64_t seconds)
{
	begin(c, name, true);
	if (c->json) {
		json_put_utc(&c->w, seconds);
	} else {
		put_utc(&c->w, seconds);
	}
	end(c);
}

void
claims_numbers(struct claims *c, const char *name, const uint16_t *numbers, size_t count)
{
	begin(c, name, true);
	if (c->json) {
		json_put_array(&c->w);
	}
	for (size_t i = 0; i < count; i++) {
		if (c->json) {
			json_put_unsigned(&c->w, numbers[i]);
		} else {
			put_text(&c->w, i == 0 ? "" : " ");
			put_unsigned(&c->w, numbers[i]);
		}
	}
	if (c->json) {
		json_put_end(&c->w, ']');
	}
	end(c);
}

void
claims_svns(struct claims *c, const char *name, const uint8_t svns[static 16])
{
	uint16_t numbers[16];

	for (size_t i = 0; i < 16; i++) {
		numbers[i] = svns[i];
	}
	claims_numbers(c, name, numbers, 16);
}

void
claims_words(struct claims *c, const char *name, const struct assay_bytes *words, size_t count)
{
	if (!c->json && count == 0) {
		return;
	}
	begin(c, name, true);
	if (c->json) {
		json_put_array(&c->w);
	}
	for (size_t i = 0; i < count; i++) {
		if (c->json) {
			json_put_string(&c->w, words[i]);
		} else {
			put_text(&c->w, i == 0 ? "" : " ");
			put_printable(&c->w, words[i]);
		}
	}
	if (c->json) {
		json_put_end(&c->w, ']');
	}
	end(c);
}
