/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and numbers, as the log's texts have them. */
#include "log/line.h"

struct assay_bytes
line_take(struct cursor *c)
{
	struct cursor ahead = *c;
	size_t len = 0;

	while (!ahead.bad && ahead.left != 0) {
		if (cursor_u8(&ahead) == '\n') {
			const struct assay_bytes line = cursor_take(c, len);

			cursor_take(c, 1);
			return line;
		}
		len++;
	}
	c->bad = true;
	return bytes_of(NULL, 0);
}

bool
line_after(struct assay_bytes line, const char *head, struct assay_bytes *rest)
{
	const size_t len = strlen(head);

	if (line.len < len || !bytes_equal_text(bytes_slice(line, 0, len), head)) {
		return false;
	}
	*rest = bytes_slice(line, len, line.len - len);
	return true;
}

bool
line_decimal(uint64_t *value, struct assay_bytes text)
{
	if (text.len == 0 || text.len > 19 || (text.len > 1 && text.data[0] == '0')) {
		return false;
	}
	*value = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9') {
			return false;
		}
		*value = *value * 10 + (uint64_t)(text.data[i] - '0');
	}
	return true;
}
