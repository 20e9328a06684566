/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wrappings in which people pass bytes around, read more leniently than
 * the library does: white space, 0x, URL-safe base64.  Each returns empty
 * bytes where the text is not in that form.
 */
#ifndef CMD_DECODE_H
#define CMD_DECODE_H

#include "cmd/memory.h"

struct assay_bytes decode_hex(struct arena *arena, struct assay_bytes text);
struct assay_bytes decode_base64(struct arena *arena, struct assay_bytes text);
/* The body of the first PEM block, whatever its label. */
struct assay_bytes decode_pem(struct arena *arena, struct assay_bytes text);
/* %XX, as in HTTP headers; '+' stands for itself. */
struct assay_bytes decode_url(struct arena *arena, struct assay_bytes text);
/* What the raw text of a JSON string (with its quotation marks) means, exactly. */
struct assay_bytes decode_json_string(struct arena *arena, struct assay_bytes raw);

/* Without white space at either end. */
struct assay_bytes trimmed(struct assay_bytes text);
/* True where all is printable ASCII, white space or UTF-8. */
bool looks_like_text(struct assay_bytes bytes);
bool begins_with(struct assay_bytes bytes, const char *text);
/* Where text first occurs, or bytes.len. */
size_t find_text(struct assay_bytes bytes, const char *text);

/*
 * The raw text of a member of a JSON object; empty where the object is
 * malformed or has no such member.
 */
struct assay_bytes json_member_raw(struct assay_bytes object, const char *name);
/* The same, unescaped, where it is a string. */
struct assay_bytes json_member_string(struct arena *arena, struct assay_bytes object, const char *name);

#endif
