/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places in the tree of rows, as short as they can be said, and each in one
 * way only: a size and an index that lead to the same folds are written as the
 * least such pair.
 */
#include "register/proof.h"

#define FORM_EMPTY	0
#define FORM_PRESENT	1
#define FORM_BEFORE	2
#define FORM_AFTER	4

/* ---- bytes ------------------------------------------------------------ */

void
sink_put(struct proof_sink *sink, struct assay_bytes bytes)
{
	if (sink->len <= sink->size && bytes.len <= sink->size - sink->len) {
		bytes_copy(sink->out + sink->len, bytes, bytes.len);
	}
	sink->len += bytes.len;
}

void
sink_number(struct proof_sink *sink, uint64_t value, unsigned bytes)
{
	while (bytes != 0) {
		bytes--;
		const uint8_t byte = (uint8_t)(value >> (8 * bytes));

		sink_put(sink, bytes_of(&byte, 1));
	}
}

void
sink_packed(struct proof_sink *sink, struct assay_bytes value)
{
	for (size_t i = 0; i < value.len;) {
		size_t run = 0;

		while (i + run < value.len && run < 255 && value.data[i + run] == 0) {
			run++;
		}
		sink_put(sink, bytes_slice(value, i, 1));
		if (run != 0) {
			sink_number(sink, run, 1);
		}
		i += run != 0 ? run : 1;
	}
}

size_t
unpack(struct cursor *packed, uint8_t *out, size_t size)
{
	size_t len = 0;
	bool open = false;	/* a run of zeros that another one must not follow */

	while (!packed->bad && packed->left != 0) {
		const uint8_t byte = cursor_u8(packed);
		const size_t run = byte == 0 ? cursor_u8(packed) : 1;

		if (run == 0 || run > size - len || (byte == 0 && open)) {
			packed->bad = true;
			return 0;
		}
		memset(out + len, byte, run);
		len += run;
		open = byte == 0 && run != 255;
	}
	return len;
}

/* ---- folds ------------------------------------------------------------ */

static unsigned
bit_length(uint32_t value)
{
	unsigned bits = 0;

	while (value != 0) {
		value >>= 1;
		bits++;
	}
	return bits;
}

static unsigned
ones(uint32_t value)
{
	unsigned count = 0;

	for (; value != 0; value &= value - 1) {
		count++;
	}
	return count;
}

struct place {
	uint32_t index;
	uint32_t size;
};

static unsigned
place_hashes(struct place place)
{
	const unsigned inner = bit_length(place.index ^ (place.size - 1));

	return inner + ones(place.index >> inner);
}

/*
 * The least place with the same folds.  Above the level where the way leaves
 * the tree's right edge only the number of folds to the left counts.  pair: the
 * next index has the same folds as before, too.
 */
static struct place
place_least(struct place place, bool pair)
{
	const uint32_t last = place.size - 1;
	const unsigned inner = bit_length(place.index ^ last);
	const uint32_t above = ((UINT32_C(1) << ones(place.index >> inner)) - 1) << inner;
	const uint32_t low = place.index & ((UINT32_C(1) << inner) - 1);
	struct place least = { above | low, 1 + above };

	if (inner != 0) {
		const uint32_t half = UINT32_C(1) << (inner - 1);
		const unsigned next_inner = bit_length(last & (half - 1));

		least.size += half;
		/* The next one lies in the other half, at its beginning. */
		if (pair && low + 1 == half && next_inner != 0) {
			least.size += UINT32_C(1) << (next_inner - 1);
		}
	}
	return least;
}

/* ---- the tree on top -------------------------------------------------- */

void
proof_tops_start(struct proof_tops *tops, const struct assay_crypto *crypto)
{
	struct hash nodes[STATE_NODES(1)];
	struct state_tree tree = { .depth = 1, .nodes = nodes };

	memset(tops, 0, sizeof(*tops));
	state_tree_init(&tree, crypto);
	tops->empty[0] = nodes[2];
	for (unsigned level = 1; level < STATE_DEPTH; level++) {
		merkle_node(crypto, &tops->empty[level], &tops->empty[level - 1], &tops->empty[level - 1]);
	}
}

/* How many siblings a bucket does not share with the row before. */
static unsigned
tops_own(struct proof_tops *tops, uint32_t bucket)
{
	const unsigned own = tops->any ? bit_length(bucket ^ tops->bucket) : STATE_DEPTH;

	tops->any = true;
	tops->bucket = bucket;
	return own;
}

static void
tops_write(struct proof_sink *sink, struct proof_tops *tops, const struct hash *top, uint32_t bucket)
{
	const unsigned own = tops_own(tops, bucket);
	unsigned mask = 0;

	for (unsigned level = 0; level < own; level++) {
		mask |= hash_equal(&top[level], &tops->empty[level]) ? 0 : 1U << level;
	}
	sink_number(sink, mask, 2);
	for (unsigned level = 0; level < own; level++) {
		if ((mask >> level & 1) != 0) {
			sink_put(sink, bytes_of(top[level].bytes, HASH_BYTES));
		}
	}
}

static void
tops_read(struct cursor *c, struct proof_tops *tops, struct hash *top, uint32_t bucket)
{
	const unsigned own = tops_own(tops, bucket);
	const unsigned mask = cursor_u16be(c);

	c->bad = c->bad || mask >> own != 0;
	for (unsigned level = 0; level < own; level++) {
		tops->last[level] = tops->empty[level];
		if ((mask >> level & 1) != 0) {
			cursor_copy(c, tops->last[level].bytes, HASH_BYTES);
			c->bad = c->bad || hash_equal(&tops->last[level], &tops->empty[level]);
		}
	}
	memcpy(top, tops->last, sizeof(tops->last));
}

/* ---- a place ---------------------------------------------------------- */

static void
hashes_write(struct proof_sink *sink, const struct state_path *path)
{
	for (uint32_t i = 0; i < path->proof.count; i++) {
		sink_put(sink, bytes_of(path->proof.hashes[i].bytes, HASH_BYTES));
	}
}

static void
neighbour_write(struct proof_sink *sink, const struct state_path *path)
{
	sink_put(sink, bytes_of(path->leaf.key.bytes, HASH_BYTES));
	sink_put(sink, bytes_of(path->leaf.value.bytes, HASH_BYTES));
	hashes_write(sink, path);
}

bool
proof_path_write(struct proof_sink *sink, struct proof_tops *tops, const struct state_proof *proof,
    const struct hash *key)
{
	const struct state_path *first = proof->has_before ? &proof->before : &proof->after;
	unsigned form = FORM_PRESENT;

	if (proof->depth != STATE_DEPTH || proof->bucket_size > PROOF_BUCKET_MAX) {
		return false;
	}
	if (!proof->present) {
		form = (proof->has_before ? FORM_BEFORE : 0) | (proof->has_after ? FORM_AFTER : 0);
	}
	sink_number(sink, form, 1);
	if (form != FORM_EMPTY) {
		const struct place place = place_least((struct place){ (uint32_t)first->index,
		    (uint32_t)proof->bucket_size }, form == (FORM_BEFORE | FORM_AFTER));

		sink_number(sink, place.index, 2);
		sink_number(sink, place.size, 2);
	}
	if (form == FORM_PRESENT) {
		hashes_write(sink, &proof->before);
	}
	if ((form & FORM_BEFORE) != 0) {
		neighbour_write(sink, &proof->before);
	}
	if ((form & FORM_AFTER) != 0) {
		neighbour_write(sink, &proof->after);
	}
	tops_write(sink, tops, proof->top, state_bucket(key, STATE_DEPTH));
	return true;
}

static void
hashes_read(struct cursor *c, struct state_path *path, struct place place)
{
	path->index = place.index;
	path->proof.count = place_hashes(place);
	for (uint32_t i = 0; i < path->proof.count; i++) {
		cursor_copy(c, path->proof.hashes[i].bytes, HASH_BYTES);
	}
}

static void
neighbour_read(struct cursor *c, struct state_path *path, struct place place)
{
	cursor_copy(c, path->leaf.key.bytes, HASH_BYTES);
	cursor_copy(c, path->leaf.value.bytes, HASH_BYTES);
	hashes_read(c, path, place);
}

static bool
place_is_good(struct place place, unsigned form)
{
	const bool pair = form == (FORM_BEFORE | FORM_AFTER);

	if (place.index >= place.size || (pair && place.index + 1 >= place.size)) {
		return false;
	}
	const struct place least = place_least(place, pair);

	return least.index == place.index && least.size == place.size;
}

void
proof_path_read(struct cursor *c, struct proof_tops *tops, struct state_proof *proof, const struct hash *key,
    bool present)
{
	const unsigned form = cursor_u8(c);
	struct place place = { 0, 0 };

	memset(proof, 0, sizeof(*proof));
	proof->depth = STATE_DEPTH;
	proof->present = present;
	proof->has_before = present || (form & FORM_BEFORE) != 0;
	proof->has_after = (form & FORM_AFTER) != 0;
	if (present ? form != FORM_PRESENT : (form & ~(unsigned)(FORM_BEFORE | FORM_AFTER)) != 0) {
		c->bad = true;
	}
	if (form != FORM_EMPTY) {
		place.index = cursor_u16be(c);
		place.size = cursor_u16be(c);
		c->bad = c->bad || !place_is_good(place, form);
	}
	if (c->bad) {
		return;
	}
	proof->bucket_size = place.size;
	if (form == FORM_PRESENT) {
		hashes_read(c, &proof->before, place);
	}
	if ((form & FORM_BEFORE) != 0) {
		neighbour_read(c, &proof->before, place);
		place.index++;
	}
	if ((form & FORM_AFTER) != 0) {
		neighbour_read(c, &proof->after, place);
	}
	tops_read(c, tops, proof->top, state_bucket(key, STATE_DEPTH));
}
