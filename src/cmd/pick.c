/* SPDX-License-Identifier: Apache-2.0 */
/* Which collateral at hand fits a piece of evidence. */
#include "cmd/pick.h"

#include "cmd/pick_signer.h"
#include "collateral/pck.h"

static bool
describes(const struct quote *quote, const struct certificate *certificate)
{
	struct certification_fields fields;
	struct assay_platform platform;

	memset(&platform, 0, sizeof(platform));
	return quote_certification_fields(&fields, quote) &&
	    pck_extension_parse(&platform, certificate->sgx_extension) &&
	    fields.pcesvn == platform.pcesvn &&
	    bytes_equal(fields.cpusvn, bytes_of(platform.cpusvn, sizeof(platform.cpusvn))) &&
	    (fields.pce_id.len == 0 ||
	    bytes_equal(fields.pce_id, bytes_of(platform.pce_id, sizeof(platform.pce_id)))) &&
	    (fields.ppid.len == 0 || bytes_equal(fields.ppid, bytes_of(platform.ppid, sizeof(platform.ppid))));
}

/* The PCK certificate at hand that the quote's clear fields describe; else the only one there is. */
static const struct certificate *
leaf_at_hand(const struct shelf *shelf, const struct quote *quote)
{
	const struct certificate *only = NULL;
	size_t count = 0;

	for (size_t i = 0; i < shelf->parts_count; i++) {
		const struct shelf_part *part = shelf->parts[i];

		if (part->kind != SHELF_CERTIFICATE || !part->read || part->certificate.sgx_extension.len == 0) {
			continue;
		}
		if (describes(quote, &part->certificate)) {
			return &part->certificate;
		}
		only = &part->certificate;
		count++;
	}
	return count == 1 ? only : NULL;
}

static void
want(struct wanted *wanted, const struct shelf *shelf, const struct assay_evidence *evidence)
{
	struct assay_platform platform;

	memset(wanted, 0, sizeof(*wanted));
	memset(&platform, 0, sizeof(platform));
	const enum assay_check failed = quote_parse(&wanted->quote, evidence->quote);

	wanted->tee = wanted->quote.tee;
	wanted->has_quote = failed == ASSAY_CHECK_COUNT;
	if (!wanted->has_quote) {
		return;
	}
	if (wanted->quote.certification_type == CERTIFICATION_PCK_CHAIN) {
		if (!chain_parse(&wanted->own, wanted->quote.certification)) {
			wanted->own.count = 0;
		}
		for (uint32_t i = 0; i < wanted->own.count; i++) {
			if (wanted->own.certificates[i].sgx_extension.len != 0) {
				wanted->leaf = &wanted->own.certificates[i];
				wanted->leaf_is_own = true;
			}
			if (is_root(&wanted->own.certificates[i])) {
				wanted->root_key = wanted->own.certificates[i].key;
			}
		}
	} else {
		wanted->leaf = leaf_at_hand(shelf, &wanted->quote);
	}
	if (wanted->leaf != NULL && pck_extension_parse(&platform, wanted->leaf->sgx_extension)) {
		memcpy(wanted->fmspc, platform.fmspc, sizeof(wanted->fmspc));
		wanted->has_fmspc = true;
	}
}

/* Static, because a chain is large and the program has one thread. */
static struct wanted the_wanted;

/* ----- choosing ----- */

static bool
fits(const struct shelf_part *part, enum shelf_kind kind, const struct wanted *wanted)
{
	if (part->kind != kind || !part->read || part->signature.len == 0 || part->tee != wanted->tee) {
		return false;
	}
	return kind != SHELF_TCB_INFO ||
	    (wanted->has_fmspc && memcmp(part->fmspc, wanted->fmspc, sizeof(part->fmspc)) == 0);
}

/* The part of that kind where there is exactly one, whether it fits or not:
 * the library then says why it does not. */
static const struct shelf_part *
the_only(const struct shelf *shelf, enum shelf_kind kind)
{
	const struct shelf_part *found = NULL;

	for (size_t i = 0; i < shelf->parts_count; i++) {
		if (shelf->parts[i]->kind == kind) {
			if (found != NULL) {
				return NULL;
			}
			found = shelf->parts[i];
		}
	}
	return found;
}

/* An order of parts that has nothing to do with the order of reading. */
static bool
comes_first(const struct shelf_part *a, const struct shelf_part *b)
{
	const size_t len = a->bytes.len < b->bytes.len ? a->bytes.len : b->bytes.len;
	const int order = memcmp(a->bytes.data, b->bytes.data, len);

	return order != 0 ? order < 0 : a->bytes.len < b->bytes.len;
}

/* The vendor issues all sets anew every day. */
#define FETCHED_TOGETHER_S INT64_C(86400)

/*
 * Is a better than b for that time?  Within its dates first.  What was
 * fetched together differs by choice, so of the sets issued within a day of
 * the newest the lower evaluation number is taken, which is the vendor's
 * standard.  What is older differs by age: it must not hide a new set for as
 * long as its dates allow.
 */
static bool
better_tcb_info(const struct shelf_part *a, const struct shelf_part *b, int64_t at_s, int64_t newest_s)
{
	const struct window at = { at_s, at_s };
	const bool a_valid = overlaps(a->from_s, a->until_s, at);

	if (b == NULL) {
		return true;
	}
	if (a_valid != overlaps(b->from_s, b->until_s, at)) {
		return a_valid;
	}
	const bool a_fresh = newest_s - a->issued_s <= FETCHED_TOGETHER_S;

	if (a_valid && a_fresh != (newest_s - b->issued_s <= FETCHED_TOGETHER_S)) {
		return a_fresh;
	}
	if (a_valid && a_fresh && a->evaluation_number != b->evaluation_number) {
		return a->evaluation_number < b->evaluation_number;
	}
	/* The same in two formats: the newer one says more, whichever was issued first. */
	if (a_valid && a_fresh && a->version != b->version) {
		return a->version > b->version;
	}
	/* Outside all dates: the newest that was there already. */
	if ((a->issued_s <= at_s) != (b->issued_s <= at_s)) {
		return a->issued_s <= at_s;
	}
	if (a->issued_s != b->issued_s) {
		return a->issued_s > b->issued_s;
	}
	if (a->evaluation_number != b->evaluation_number) {
		return a->evaluation_number < b->evaluation_number;
	}
	if (a->version != b->version) {
		return a->version > b->version;
	}
	return comes_first(a, b);
}

/*
 * Might a as well have been chosen as b?  Where nothing in them tells them
 * apart, and they say different things; and where b is in the older format,
 * which leaves things out: what a newer format of that number adds must not be
 * lost, even where it is older than a day.
 */
static bool
are_rivals(const struct shelf_part *a, const struct shelf_part *b)
{
	return a->evaluation_number == b->evaluation_number && (a->version > b->version ||
	    (a->version == b->version && a->issued_s == b->issued_s && !bytes_equal(a->bytes, b->bytes)));
}

/* When the newest set that fits, is sound and is within its dates was issued. */
static int64_t
newest_tcb_info(const struct shelf *shelf, const struct wanted *wanted, int64_t at_s)
{
	const struct window at = { at_s, at_s };
	int64_t newest_s = 0;

	for (size_t i = 0; i < shelf->parts_count; i++) {
		struct shelf_part *part = shelf->parts[i];

		if (fits(part, SHELF_TCB_INFO, wanted) && overlaps(part->from_s, part->until_s, at) &&
		    part->issued_s > newest_s && pick_sound(part, shelf, wanted)) {
			newest_s = part->issued_s;
		}
	}
	return newest_s;
}

static const struct shelf_part *
choose_tcb_info(struct pick *pick, const struct shelf *shelf, const struct wanted *wanted, int64_t at_s)
{
	const int64_t newest_s = newest_tcb_info(shelf, wanted, at_s);
	const struct shelf_part *best = NULL;
	bool best_sound = false;

	pick->tcb_infos = 0;
	for (size_t i = 0; i < shelf->parts_count; i++) {
		struct shelf_part *part = shelf->parts[i];

		if (!fits(part, SHELF_TCB_INFO, wanted)) {
			continue;
		}
		const bool sound = pick_sound(part, shelf, wanted);

		pick->tcb_infos += sound || !best_sound;
		if (sound != best_sound ? sound || best == NULL : better_tcb_info(part, best, at_s, newest_s)) {
			pick->tcb_infos = sound != best_sound ? 1 : pick->tcb_infos;
			best = part;
			best_sound = sound;
		}
	}
	return best != NULL ? best : the_only(shelf, SHELF_TCB_INFO);
}

static bool
later_tcb_info(const struct shelf_part *a, const struct shelf_part *b)
{
	if (b == NULL || a->evaluation_number != b->evaluation_number) {
		return b == NULL || a->evaluation_number > b->evaluation_number;
	}
	if (a->version != b->version) {
		return a->version > b->version;
	}
	return a->issued_s != b->issued_s ? a->issued_s > b->issued_s : comes_first(a, b);
}

/* The set of the highest number above the chosen one's, within its dates. */
static const struct shelf_part *
choose_newer(const struct shelf *shelf, const struct wanted *wanted, const struct shelf_part *chosen, int64_t at_s)
{
	const struct shelf_part *best = NULL;
	const struct window at = { at_s, at_s };

	for (size_t i = 0; i < shelf->parts_count; i++) {
		struct shelf_part *part = shelf->parts[i];

		if (fits(part, SHELF_TCB_INFO, wanted) && overlaps(part->from_s, part->until_s, at) &&
		    part->evaluation_number > chosen->evaluation_number && later_tcb_info(part, best) &&
		    pick_sound(part, shelf, wanted)) {
			best = part;
		}
	}
	return best;
}

/* How long a part's dates and the window are together; negative: apart by that. */
static int64_t
together(const struct shelf_part *part, struct window window)
{
	const int64_t from_s = part->from_s > window.from_s ? part->from_s : window.from_s;
	const int64_t until_s = part->until_s < window.until_s ? part->until_s : window.until_s;

	return until_s - from_s;
}

/* Is a a better companion than b?  Within the window first; of CRLs then the
 * later; of identities the wanted evaluation number, the longer within the
 * window, the later. */
static bool
better_companion(const struct shelf_part *a, const struct shelf_part *b, struct window window, uint32_t number)
{
	if (b == NULL) {
		return true;
	}
	const int64_t a_s = together(a, window);
	const int64_t b_s = together(b, window);

	if ((a_s >= 0) != (b_s >= 0)) {
		return a_s >= 0;
	}
	/* A later list knows all that an earlier one does. */
	if (a->kind == SHELF_CRL && a_s >= 0 && a->issued_s != b->issued_s) {
		return a->issued_s > b->issued_s;
	}
	if ((a->evaluation_number == number) != (b->evaluation_number == number)) {
		return a->evaluation_number == number;
	}
	if (a_s != b_s) {
		return a_s > b_s;
	}
	if (a->evaluation_number != b->evaluation_number) {
		return a->evaluation_number < b->evaluation_number;
	}
	return a->issued_s != b->issued_s ? a->issued_s > b->issued_s : comes_first(a, b);
}

static void
narrow(struct window *window, const struct shelf_part *part)
{
	if (part != NULL && together(part, *window) >= 0) {
		window->from_s = part->from_s > window->from_s ? part->from_s : window->from_s;
		window->until_s = part->until_s < window->until_s ? part->until_s : window->until_s;
	}
}

static const struct shelf_part *
choose_identity(const struct shelf *shelf, const struct wanted *wanted, struct window window, uint32_t number)
{
	const struct shelf_part *best = NULL;
	bool best_sound = false;

	for (size_t i = 0; i < shelf->parts_count; i++) {
		struct shelf_part *part = shelf->parts[i];

		if (!fits(part, SHELF_QE_IDENTITY, wanted)) {
			continue;
		}
		const bool sound = pick_sound(part, shelf, wanted);

		if (sound != best_sound ? sound || best == NULL : better_companion(part, best, window, number)) {
			best = part;
			best_sound = sound;
		}
	}
	return best != NULL ? best : the_only(shelf, SHELF_QE_IDENTITY);
}

/* Does the Name hold this phrase?  Names are compared whole elsewhere; this
 * only tells kinds of CRL apart. */
static bool
name_holds(struct assay_bytes name, const char *phrase)
{
	const size_t len = strlen(phrase);

	for (size_t at = 0; at + len <= name.len; at++) {
		if (bytes_equal_text(bytes_slice(name, at, len), phrase)) {
			return true;
		}
	}
	return false;
}

static const struct shelf_part *
choose_crl(const struct shelf *shelf, const struct wanted *wanted, struct window window, bool of_root)
{
	const struct shelf_part *best = NULL;
	const struct shelf_part *other = NULL;
	size_t others = 0;
	bool best_sound = false;

	for (size_t i = 0; i < shelf->parts_count; i++) {
		struct shelf_part *part = shelf->parts[i];

		if (part->kind != SHELF_CRL || !part->read || name_holds(part->issuer, "Root CA") != of_root) {
			continue;
		}
		others++;
		other = part;
		if (!of_root && wanted->leaf != NULL && !bytes_equal(part->issuer, wanted->leaf->issuer)) {
			continue;
		}
		const bool sound = pick_sound(part, shelf, wanted);

		if (sound != best_sound ? sound || best == NULL : better_companion(part, best, window, 0)) {
			best = part;
			best_sound = sound;
		}
	}
	return best != NULL ? best : others == 1 ? other : NULL;
}

/* ----- putting a set together ----- */

static void
set_signed(struct assay_bytes *text, struct assay_bytes *signature, struct assay_bytes *chain,
    const struct shelf_part *part, const struct shelf *shelf, const struct wanted *wanted, struct window window,
    struct arena *arena)
{
	if (part != NULL) {
		*text = part->bytes;
		*signature = part->signature;
		*chain = pick_signer_chain(part, shelf, wanted, window, arena);
	}
}

static struct window
assemble(struct assay_collateral *c, const struct shelf *shelf, const struct wanted *wanted,
    const struct shelf_part *tcb_info, struct window window, struct arena *arena)
{
	memset(c, 0, sizeof(*c));
	const struct shelf_part *pck_crl = choose_crl(shelf, wanted, window, false);

	narrow(&window, pck_crl);
	const struct shelf_part *root_crl = choose_crl(shelf, wanted, window, true);

	narrow(&window, root_crl);
	const struct shelf_part *identity = choose_identity(shelf, wanted, window,
	    tcb_info != NULL ? tcb_info->evaluation_number : 0);

	narrow(&window, identity);
	set_signed(&c->tcb_info, &c->tcb_info_signature, &c->tcb_info_issuer_chain, tcb_info, shelf, wanted, window,
	    arena);
	set_signed(&c->qe_identity, &c->qe_identity_signature, &c->qe_identity_issuer_chain, identity, shelf, wanted,
	    window, arena);
	if (pck_crl != NULL) {
		c->pck_crl = pck_crl->bytes;
		c->pck_crl_issuer_chain = pick_crl_issuer_chain(pck_crl, shelf, wanted, window, arena);
	}
	if (root_crl != NULL) {
		c->root_crl = root_crl->bytes;
	}
	if (wanted->leaf != NULL && !wanted->leaf_is_own) {
		c->pck_certificate_chain = pick_chain_up(wanted->leaf, shelf, wanted, window, arena);
	}
	return window;
}

/* A set whose PCK CRL has no issuer chain: the quote holds the same CA. */
static void
complete(struct assay_collateral *c, const struct wanted *wanted, const struct shelf *shelf, struct arena *arena)
{
	for (size_t i = 0; i < shelf->parts_count && c->pck_crl.len != 0 && c->pck_crl_issuer_chain.len == 0; i++) {
		const struct shelf_part *part = shelf->parts[i];

		if (part->kind == SHELF_CRL && part->read && !name_holds(part->issuer, "Root CA")) {
			c->pck_crl_issuer_chain = pick_crl_issuer_chain(part, shelf, wanted,
			    (struct window){ part->from_s, part->until_s }, arena);
		}
	}
}

/* What the rest of a set must be in time with: at_s, or the TCB info's dates where it is outside them. */
static struct window
window_of(const struct shelf_part *tcb_info, int64_t at_s)
{
	const struct window at = { at_s, at_s };

	/* Outside its dates the library answers as of their end: the rest must be of that time. */
	if (tcb_info != NULL && tcb_info->read && !overlaps(tcb_info->from_s, tcb_info->until_s, at)) {
		return (struct window){ tcb_info->from_s, tcb_info->until_s };
	}
	return at;
}

void
pick_collateral(struct pick *pick, const struct shelf *shelf, const struct assay_evidence *evidence,
    int64_t at_s, struct arena *arena)
{
	struct wanted *wanted = &the_wanted;

	memset(pick, 0, sizeof(*pick));
	want(wanted, shelf, evidence);
	if (shelf->sets_count == 1 && shelf->loose_count == 0) {
		pick->alone = true;
		pick->collateral = shelf->sets[0].collateral;
		complete(&pick->collateral, wanted, shelf, arena);
		return;
	}
	if (!wanted->has_quote) {
		return;
	}
	const struct shelf_part *tcb_info = choose_tcb_info(pick, shelf, wanted, at_s);

	pick->tcb_info = tcb_info;
	assemble(&pick->collateral, shelf, wanted, tcb_info, window_of(tcb_info, at_s), arena);
	pick->tcb_info_newer = tcb_info == NULL ? NULL : choose_newer(shelf, wanted, tcb_info, at_s);
	if (pick->tcb_info_newer != NULL) {
		pick->has_newer = true;
		assemble(&pick->newer, shelf, wanted, pick->tcb_info_newer, (struct window){ at_s, at_s }, arena);
	}
}

/* The next part from *at on that is a rival of that one; NULL where there is none. */
static const struct shelf_part *
next_rival(const struct shelf *shelf, const struct wanted *wanted, const struct shelf_part *of, int64_t at_s, size_t *at)
{
	const struct window now = { at_s, at_s };

	while (of != NULL && of->read && *at < shelf->parts_count) {
		struct shelf_part *part = shelf->parts[*at];

		(*at)++;
		/* One that is out of date is told apart by that. */
		if (fits(part, SHELF_TCB_INFO, wanted) && are_rivals(part, of) &&
		    overlaps(part->from_s, part->until_s, now) == overlaps(of->from_s, of->until_s, now) &&
		    pick_sound(part, shelf, wanted)) {
			return part;
		}
	}
	return NULL;
}

bool
pick_rival(struct pick *rival, const struct pick *chosen, const struct shelf *shelf,
    const struct assay_evidence *evidence, int64_t at_s, size_t *at, struct arena *arena)
{
	struct wanted *wanted = &the_wanted;

	want(wanted, shelf, evidence);
	const struct shelf_part *part = next_rival(shelf, wanted, chosen->tcb_info, at_s, at);

	if (part == NULL) {
		return false;
	}
	*rival = *chosen;
	rival->tcb_info = part;
	assemble(&rival->collateral, shelf, wanted, part, window_of(part, at_s), arena);
	return true;
}

bool
pick_rival_newer(struct pick *rival, const struct pick *chosen, const struct shelf *shelf,
    const struct assay_evidence *evidence, int64_t at_s, size_t *at, struct arena *arena)
{
	struct wanted *wanted = &the_wanted;

	want(wanted, shelf, evidence);
	const struct shelf_part *part = next_rival(shelf, wanted, chosen->tcb_info_newer, at_s, at);

	if (part == NULL) {
		return false;
	}
	*rival = *chosen;
	rival->tcb_info_newer = part;
	assemble(&rival->newer, shelf, wanted, part, (struct window){ at_s, at_s }, arena);
	return true;
}

bool
pick_worse(const struct assay_verdict *a, const struct pick *picked_a, const struct assay_verdict *b,
    const struct pick *picked_b)
{
	if (a->authenticity != b->authenticity) {
		return a->authenticity < b->authenticity;
	}
	if (a->tier != b->tier) {
		return a->tier < b->tier;
	}
	if (a->as_of_tier != b->as_of_tier) {
		return a->as_of_tier < b->as_of_tier;
	}
	return comes_first(picked_a->tcb_info, picked_b->tcb_info);
}

bool
pick_worse_newer(const struct assay_verdict *a, const struct pick *picked_a, const struct assay_verdict *b,
    const struct pick *picked_b)
{
	/* One that is no good has no answer. */
	if (a->has_tier_next != b->has_tier_next) {
		return a->has_tier_next;
	}
	if (a->tier_next != b->tier_next) {
		return a->tier_next < b->tier_next;
	}
	return comes_first(picked_a->tcb_info_newer, picked_b->tcb_info_newer);
}

int64_t
pick_around(struct pick *pick, const struct shelf *shelf, const struct assay_evidence *evidence,
    const struct shelf_part *tcb_info, struct arena *arena)
{
	struct wanted *wanted = &the_wanted;

	memset(pick, 0, sizeof(*pick));
	want(wanted, shelf, evidence);
	pick->tcb_info = tcb_info;
	return assemble(&pick->collateral, shelf, wanted, tcb_info,
	    (struct window){ tcb_info->from_s, tcb_info->until_s }, arena).until_s;
}

bool
pick_fits(const struct shelf *shelf, const struct shelf_part *tcb_info, const struct assay_evidence *evidence)
{
	want(&the_wanted, shelf, evidence);
	return fits(tcb_info, SHELF_TCB_INFO, &the_wanted);
}

bool
pick_pck(struct certificate *leaf, const struct shelf *shelf, const struct assay_evidence *evidence,
    struct arena *arena)
{
	want(&the_wanted, shelf, evidence);
	if (the_wanted.leaf == NULL) {
		return false;
	}
	return certificate_parse(leaf, arena_copy(arena, the_wanted.leaf->der));
}
