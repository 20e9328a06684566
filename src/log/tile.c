/* SPDX-License-Identifier: Apache-2.0 */
/* The log as static files: tiles of hashes, bundles of entries. */
#include "base/cursor.h"
#include "base/text.h"
#include "log/tile.h"

/* ---- paths ------------------------------------------------------------ */

static void
put_three(struct text *t, unsigned n)
{
	const char digits[3] = { (char)('0' + n / 100), (char)('0' + n / 10 % 10), (char)('0' + n % 10) };

	text_put(t, digits, 3);
}

void
tile_path(char out[static TILE_PATH_BYTES], const struct tile *tile)
{
	struct text t = { out, TILE_PATH_BYTES, 0 };
	unsigned groups[7];
	unsigned count = 0;
	uint64_t n = tile->number;

	text_puts(&t, "tile/");
	if (tile->level == TILE_LEVEL_ENTRIES) {
		text_puts(&t, "entries");
	} else {
		text_unsigned(&t, tile->level);
	}
	do {
		groups[count] = (unsigned)(n % 1000);
		n /= 1000;
		count++;
	} while (n != 0);
	for (unsigned i = count; i-- > 0;) {
		text_puts(&t, i == 0 ? "/" : "/x");
		put_three(&t, groups[i]);
	}
	if (tile->width != TILE_WIDTH) {
		text_puts(&t, ".p/");
		text_unsigned(&t, tile->width);
	}
	text_put(&t, "", 1);
	assert(text_fits(&t));
}

static bool
take_text(struct cursor *c, const char *text)
{
	const size_t len = strlen(text);
	struct cursor ahead = *c;

	if (!bytes_equal_text(cursor_take(&ahead, len), text)) {
		return false;
	}
	*c = ahead;
	return true;
}

/* One to three digits; bad where there is none. */
static unsigned
take_number(struct cursor *c, unsigned digits)
{
	unsigned n = 0;

	for (unsigned i = 0; i < digits; i++) {
		const uint8_t d = cursor_peek(c);

		if (d < '0' || d > '9') {
			c->bad |= i == 0;
			break;
		}
		n = n * 10 + (unsigned)(cursor_u8(c) - '0');
	}
	return n;
}

bool
tile_parse_path(struct tile *tile, struct assay_bytes path)
{
	struct cursor c = cursor_over(path);
	char again[TILE_PATH_BYTES];

	*tile = (struct tile){ .width = TILE_WIDTH };
	if (!take_text(&c, "tile/")) {
		return false;
	}
	tile->level = take_text(&c, "entries") ? TILE_LEVEL_ENTRIES : take_number(&c, 1);
	while (take_text(&c, "/x")) {
		tile->number = tile->number * 1000 + take_number(&c, 3);
		if (tile->number > UINT64_C(1) << 50) {
			return false;
		}
	}
	if (!take_text(&c, "/")) {
		return false;
	}
	tile->number = tile->number * 1000 + take_number(&c, 3);
	if (take_text(&c, ".p/")) {
		tile->width = take_number(&c, 3);
		if (tile->width == 0 || tile->width >= TILE_WIDTH) {
			return false;
		}
	}
	if (!cursor_done(&c) || (tile->level > 7 && tile->level != TILE_LEVEL_ENTRIES)) {
		return false;
	}
	/* One path for a tile: leading zeros and short groups are someone else's. */
	tile_path(again, tile);
	return bytes_equal_text(path, again);
}

/* ---- hashes ----------------------------------------------------------- */

struct tile
tile_at(unsigned level, uint64_t index, uint64_t size)
{
	const unsigned shift = level == TILE_LEVEL_ENTRIES ? 0 : 8 * level;
	const uint64_t hashes = shift < 64 ? size >> shift : 0;
	const uint64_t first = index - index % TILE_WIDTH;
	const uint64_t left = hashes > first ? hashes - first : 0;

	return (struct tile){ level, index / TILE_WIDTH, (unsigned)(left < TILE_WIDTH ? left : TILE_WIDTH) };
}

static bool
tile_load(struct tile_reader *reader, const struct tile *tile)
{
	if (reader->last.width == tile->width && reader->last.level == tile->level &&
	    reader->last.number == tile->number) {
		return true;
	}
	reader->last.width = 0;
	if (!reader->read(reader->context, tile, reader->bytes)) {
		return false;
	}
	reader->last = *tile;
	return true;
}

static struct hash
hash_in(const struct tile_reader *reader, size_t i)
{
	struct hash h;

	memcpy(h.bytes, reader->bytes + i * HASH_BYTES, HASH_BYTES);
	return h;
}

/* A subtree that is no tile's own hash is a run of up to 128 of them. */
static bool
tile_subtree(void *context, unsigned level, uint64_t index, struct hash *out)
{
	struct tile_reader *reader = context;
	const unsigned row = level % 8;
	const uint64_t first = index << row;
	const size_t count = (size_t)1 << row;
	const struct tile tile = tile_at(level / 8, first, reader->size);
	const size_t at = (size_t)(first % TILE_WIDTH);
	struct frontier frontier;

	if (at + count > tile.width || !tile_load(reader, &tile)) {
		return false;
	}
	frontier.size = 0;
	for (size_t i = at; i < at + count; i++) {
		const struct hash h = hash_in(reader, i);

		frontier_append(&frontier, reader->crypto, &h);
	}
	frontier_root(&frontier, reader->crypto, out);
	return true;
}

struct hash_source
tile_source(struct tile_reader *reader)
{
	reader->last.width = 0;
	return (struct hash_source){ reader, tile_subtree };
}

bool
bundle_next(struct assay_bytes *bundle, struct assay_bytes *entry, bool *bad)
{
	struct cursor c = cursor_over(*bundle);

	*bad = false;
	if (c.left == 0) {
		return false;
	}
	*entry = cursor_take(&c, cursor_u16be(&c));
	if (c.bad) {
		*bad = true;
		return false;
	}
	*bundle = cursor_rest(&c);
	return true;
}
