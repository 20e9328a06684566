/* SPDX-License-Identifier: Apache-2.0 */
/* Which collateral at hand fits a piece of evidence. */
#include "cmd/pick.h"

#include "collateral/pck.h"
#include "crypto/crypto.h"
#include "evidence/quote.h"
#include "format/hex.h"
#include "x509/chain.h"
#include "x509/crl.h"

struct window {
	int64_t from_s;
	int64_t until_s;
};

/* What the evidence claims about itself. */
struct wanted {
	enum assay_tee tee;
	bool has_quote;
	struct quote quote;
	struct chain own;		/* the certificates in the quote; count 0: none */
	const struct certificate *leaf;	/* of the PCK chain, or NULL */
	bool leaf_is_own;
	bool has_fmspc;
	uint8_t fmspc[6];
	struct assay_bytes root_key;	/* of the quote's own chain, or empty */
};

static bool
is_root(const struct certificate *certificate)
{
	return bytes_equal(certificate->subject, certificate->issuer);
}

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

/* ----- whose word a part is ----- */

static struct assay_bytes
root_of(const struct certificate *certificate, const struct roots *roots)
{
	for (size_t i = 0; i < roots->count; i++) {
		const struct assay_root *root = &roots->roots[i];

		if (root->kind == ASSAY_ROOT_INTEL_SGX && (bytes_equal(certificate->key, root->key) ||
		    crypto_verify_one(assay_crypto_openssl(), certificate_signature_item(certificate, root->key)))) {
			return root->key;
		}
	}
	return (struct assay_bytes){ NULL, 0 };
}

static bool
signed_part(const struct shelf_part *part, const struct certificate *signer)
{
	struct assay_signature_item item = {
		.algorithm = ASSAY_ECDSA_P256_SHA256, .key = signer->key, .message = part->bytes
	};
	uint8_t rs[64];
	struct crl crl;

	if (part->kind == SHELF_CRL) {
		return bytes_equal(signer->subject, part->issuer) && crl_parse(&crl, part->bytes) &&
		    crypto_verify_one(assay_crypto_openssl(), crl_signature_item(&crl, signer->key));
	}
	item.signature = bytes_of(rs, sizeof(rs));
	if (part->signature.len == sizeof(rs)) {
		item.signature = part->signature;
	} else if (!hex_decode(rs, sizeof(rs), part->signature)) {
		return false;
	}
	return crypto_verify_one(assay_crypto_openssl(), item);
}

/* Could this certificate have signed that part, by its role? */
static bool
could_sign(const struct shelf_part *part, const struct certificate *signer)
{
	return signer->key_algorithm == ASSAY_ECDSA_P256_SHA256 && (part->kind == SHELF_CRL ?
	    bytes_equal(signer->subject, part->issuer) : certificate_has_role(signer, "SGX TCB Signing"));
}

static struct assay_bytes
vouch(const struct shelf_part *part, const struct shelf *shelf, const struct certificate *certificates,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (could_sign(part, &certificates[i]) && signed_part(part, &certificates[i])) {
			const struct assay_bytes root = root_of(&certificates[i], shelf->roots);

			if (root.len != 0) {
				return root;
			}
		}
	}
	return (struct assay_bytes){ NULL, 0 };
}

/*
 * Which root stands behind a certificate at hand, found once.  Only such a
 * certificate is tried as a signer: the vendor's are few, and what anybody can
 * put into a directory must cost one check each, not one for every part.
 */
static struct assay_bytes
root_behind(struct shelf_part *certificate, const struct shelf *shelf)
{
	if (!certificate->vouched_known) {
		certificate->vouched_known = true;
		certificate->vouched_by = root_of(&certificate->certificate, shelf->roots);
	}
	return certificate->vouched_by;
}

static struct assay_bytes
vouch_from_shelf(const struct shelf_part *part, const struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->parts_count; i++) {
		struct shelf_part *c = shelf->parts[i];

		if (c->kind == SHELF_CERTIFICATE && c->read && could_sign(part, &c->certificate) &&
		    root_behind(c, shelf).len != 0 && signed_part(part, &c->certificate)) {
			return c->vouched_by;
		}
	}
	return (struct assay_bytes){ NULL, 0 };
}

/*
 * Is this the word of the root that the evidence itself hangs from?  Such parts
 * are preferred: a directory may hold those of other roots, or broken ones.
 * The library verifies whatever is chosen all the same.
 */
static bool
is_sound(struct shelf_part *part, const struct shelf *shelf, const struct wanted *wanted)
{
	static struct chain chain;

	if (shelf->roots == NULL) {
		return false;
	}
	if (!part->vouched_known) {
		part->vouched_known = true;
		if (part->chain.len == 0) {
			part->vouched_by = vouch_from_shelf(part, shelf);
		} else if (chain_parse(&chain, part->chain)) {
			part->vouched_by = vouch(part, shelf, chain.certificates, chain.count);
		}
	}
	struct assay_bytes vouched_by = part->vouched_by;

	/* What one quote's own certificates vouch for is not remembered for the next quote. */
	if (vouched_by.len == 0 && part->chain.len == 0) {
		vouched_by = vouch(part, shelf, wanted->own.certificates, wanted->own.count);
	}
	return vouched_by.len != 0 && (wanted->root_key.len == 0 || bytes_equal(wanted->root_key, vouched_by));
}

/* ----- chains ----- */

static bool
signed_by(const struct certificate *certificate, const struct certificate *issuer)
{
	return bytes_equal(certificate->issuer, issuer->subject) &&
	    crypto_verify_one(assay_crypto_openssl(), certificate_signature_item(certificate, issuer->key));
}

static bool
overlaps(int64_t from_s, int64_t until_s, struct window window)
{
	return from_s <= window.until_s && window.from_s <= until_s;
}

/* The issuer at hand: in the quote or on the shelf; one within the window where there is one. */
static const struct certificate *
issuer_of(const struct certificate *certificate, const struct shelf *shelf, const struct wanted *wanted,
    struct window window)
{
	const struct certificate *found = NULL;

	for (uint32_t i = 0; i < wanted->own.count; i++) {
		if (signed_by(certificate, &wanted->own.certificates[i])) {
			found = &wanted->own.certificates[i];
		}
	}
	for (size_t i = 0; i < shelf->parts_count; i++) {
		const struct shelf_part *part = shelf->parts[i];

		if (part->kind == SHELF_CERTIFICATE && part->read &&
		    (found == NULL || (overlaps(part->from_s, part->until_s, window) &&
		    !overlaps(found->not_before_s, found->not_after_s, window))) &&
		    signed_by(certificate, &part->certificate)) {
			found = &part->certificate;
		}
	}
	return found;
}

/* DER of the certificate and of its issuers up to a root; as far as they are at hand. */
static struct assay_bytes
chain_up(const struct certificate *certificate, const struct shelf *shelf, const struct wanted *wanted,
    struct window window, struct arena *arena)
{
	uint8_t *out = arena_get(arena, ASSAY_CHAIN_CERTIFICATES_MAX * CERTIFICATE_BYTES_MAX);
	size_t len = 0;

	for (unsigned i = 0; certificate != NULL && i < ASSAY_CHAIN_CERTIFICATES_MAX; i++) {
		if (certificate->der.len > CERTIFICATE_BYTES_MAX) {
			break;
		}
		memcpy(out + len, certificate->der.data, certificate->der.len);
		len += certificate->der.len;
		certificate = is_root(certificate) ? NULL : issuer_of(certificate, shelf, wanted, window);
	}
	return bytes_of(out, len);
}

/* The chain of a TCB info's or identity's signer: its own, or one put together. */
static struct assay_bytes
signer_chain(const struct shelf_part *part, const struct shelf *shelf, const struct wanted *wanted,
    struct window window, struct arena *arena)
{
	const struct certificate *signer = NULL;

	for (size_t i = 0; part->chain.len == 0 && i < shelf->parts_count; i++) {
		struct shelf_part *c = shelf->parts[i];

		if (c->kind == SHELF_CERTIFICATE && c->read &&
		    (signer == NULL || overlaps(c->from_s, c->until_s, window)) &&
		    could_sign(part, &c->certificate) && root_behind(c, shelf).len != 0 &&
		    signed_part(part, &c->certificate)) {
			signer = &c->certificate;
		}
	}
	return signer == NULL ? part->chain : chain_up(signer, shelf, wanted, window, arena);
}

/* The chain of a CRL's issuer: out of the quote, or one put together. */
static struct assay_bytes
crl_issuer_chain(const struct shelf_part *crl, const struct shelf *shelf, const struct wanted *wanted,
    struct window window, struct arena *arena)
{
	const struct certificate *found = NULL;

	for (uint32_t i = 0; i < wanted->own.count; i++) {
		if (bytes_equal(wanted->own.certificates[i].subject, crl->issuer)) {
			found = &wanted->own.certificates[i];
		}
	}
	for (size_t i = 0; found == NULL && i < shelf->parts_count; i++) {
		struct shelf_part *part = shelf->parts[i];

		if (part->kind == SHELF_CERTIFICATE && part->read && could_sign(crl, &part->certificate) &&
		    root_behind(part, shelf).len != 0 && signed_part(crl, &part->certificate)) {
			found = &part->certificate;
		}
	}
	return found == NULL ? (struct assay_bytes){ NULL, 0 } : chain_up(found, shelf, wanted, window, arena);
}

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
	/* Outside all dates: the newest that was there already. */
	if ((a->issued_s <= at_s) != (b->issued_s <= at_s)) {
		return a->issued_s <= at_s;
	}
	return a->issued_s > b->issued_s;
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
		    part->issued_s > newest_s && is_sound(part, shelf, wanted)) {
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
		const bool sound = is_sound(part, shelf, wanted);

		pick->tcb_infos += sound || !best_sound;
		if (sound != best_sound ? sound || best == NULL : better_tcb_info(part, best, at_s, newest_s)) {
			pick->tcb_infos = sound != best_sound ? 1 : pick->tcb_infos;
			best = part;
			best_sound = sound;
		}
	}
	return best != NULL ? best : the_only(shelf, SHELF_TCB_INFO);
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
		    is_sound(part, shelf, wanted) && part->evaluation_number > chosen->evaluation_number &&
		    (best == NULL || part->evaluation_number > best->evaluation_number ||
		    (part->evaluation_number == best->evaluation_number && part->issued_s > best->issued_s))) {
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
	return a->issued_s > b->issued_s;
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
		const bool sound = is_sound(part, shelf, wanted);

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
		const bool sound = is_sound(part, shelf, wanted);

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
		*chain = signer_chain(part, shelf, wanted, window, arena);
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
		c->pck_crl_issuer_chain = crl_issuer_chain(pck_crl, shelf, wanted, window, arena);
	}
	if (root_crl != NULL) {
		c->root_crl = root_crl->bytes;
	}
	if (wanted->leaf != NULL && !wanted->leaf_is_own) {
		c->pck_certificate_chain = chain_up(wanted->leaf, shelf, wanted, window, arena);
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
			c->pck_crl_issuer_chain = crl_issuer_chain(part, shelf, wanted,
			    (struct window){ part->from_s, part->until_s }, arena);
		}
	}
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
	struct window window = { at_s, at_s };

	/* Outside its dates the library answers as of their end: the rest must be of that time. */
	if (tcb_info != NULL && tcb_info->read && !overlaps(tcb_info->from_s, tcb_info->until_s, window)) {
		window = (struct window){ tcb_info->from_s, tcb_info->until_s };
	}
	pick->tcb_info = tcb_info;
	assemble(&pick->collateral, shelf, wanted, tcb_info, window, arena);
	pick->tcb_info_newer = tcb_info == NULL ? NULL : choose_newer(shelf, wanted, tcb_info, at_s);
	if (pick->tcb_info_newer != NULL) {
		pick->has_newer = true;
		assemble(&pick->newer, shelf, wanted, pick->tcb_info_newer, (struct window){ at_s, at_s }, arena);
	}
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
