/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PEM framing.  Text between or around the blocks is refused: what the
 * verifier does not read must not travel with what it does.
 */
#include "format/pem.h"
#include "format/base64.h"

static bool
is_filler(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* Take the text where it is next; false, and the cursor unmoved, where it is not. */
static bool
take_text(struct cursor *c, const char *text)
{
	struct cursor ahead = *c;

	if (!bytes_equal_text(cursor_take(&ahead, strlen(text)), text)) {
		return false;
	}
	*c = ahead;
	return true;
}

static bool
take_newline(struct cursor *c)
{
	return take_text(c, "\n") || take_text(c, "\r\n");
}

/*
 * All up to the five dashes of END, looked for in steps of five.  A lone dash
 * may be stepped over; base64 has none, so that the body then fails to decode.
 */
static struct assay_bytes
take_body(struct cursor *c)
{
	struct cursor ahead = *c;
	const struct assay_bytes rest = cursor_rest(&ahead);
	size_t len = 0;

	while (len < rest.len && rest.data[len] != '-') {
		len += 5;
	}
	if (len > rest.len) {
		len = rest.len;
	}
	while (len > 0 && rest.data[len - 1] == '-') {
		len--;
	}
	return cursor_take(c, len);
}

int
pem_next(struct cursor *c, const char *label, uint8_t *out, size_t size, size_t *len)
{
	*len = 0;
	if (c->bad) {
		return -1;
	}
	while (c->left > 0 && is_filler(cursor_peek(c))) {
		(void)cursor_u8(c);
	}
	if (c->left == 0) {
		return 0;
	}
	if (!take_text(c, "-----BEGIN ") || !take_text(c, label) || !take_text(c, "-----") ||
	    !take_newline(c)) {
		return -1;
	}
	const struct assay_bytes body = take_body(c);

	/* END begins a line.  Genuine chains have the next BEGIN right behind it, without a newline. */
	if (body.len == 0 || body.data[body.len - 1] != '\n' ||
	    !take_text(c, "-----END ") || !take_text(c, label) || !take_text(c, "-----") ||
	    (c->left > 0 && !is_filler(cursor_peek(c)) && cursor_peek(c) != '-')) {
		return -1;
	}
	return base64_decode(out, size, len, body, true) ? 1 : -1;
}
