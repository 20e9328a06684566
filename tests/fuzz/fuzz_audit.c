/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The auditor over any list of entries, signed for by the log's own key: whatever
 * a team puts in its log, the audit ends, with a fault that is a sentence.
 *
 * The input is entries as in a bundle, a length of 16 bits before each.  Where it
 * begins with an empty entry it is what comes after an honest beginning; where it
 * begins with the one byte 'x' every entry after it is a change to one of those:
 * its number, a place in it, what the byte there is changed by.
 */
#include <openssl/evp.h>
#include <stdlib.h>

#include "driver/audit.h"
#include "log/tile.h"
#include "scene/register_scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ENTRIES_MAX 4096

struct entries {
	struct assay_bytes list[ENTRIES_MAX];
	size_t count;
};

static bool
entry_get(void *context, uint64_t index, struct assay_bytes *entry, struct store_error *error)
{
	const struct entries *const e = context;

	(void)error;
	*entry = e->list[index];
	return true;
}

/* A register with one worker, and a key for its log. */
static struct scene *scene;
static struct note_key log_key = { .algorithm = NOTE_ED25519 };
static EVP_PKEY *secret;

static void
begin(void)
{
	const uint8_t seed[32] = { 1 };
	size_t len = sizeof(log_key.key);
	struct scene_worker worker;

	scene = scene_new(&(struct scene_options){ .seed = "fuzz" });
	scene_bring_collateral(scene, SIM_SGX);
	scene_worker_online(scene, &worker, &(struct scene_worker_options){ .number = 0 });
	secret = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
	log_key.name = bytes_of_text("example.org/fuzz");
	if (secret == NULL || EVP_PKEY_get_raw_public_key(secret, log_key.key, &len) != 1) {
		abort();
	}
}

static size_t
note_make(char *note, size_t size, const struct frontier *tree)
{
	struct checkpoint checkpoint = { .origin = log_key.name, .size = tree->size };
	EVP_MD_CTX *const md = EVP_MD_CTX_new();
	uint8_t signature[64];
	size_t signature_len = sizeof(signature);
	size_t len;

	frontier_root(tree, assay_crypto_openssl(), &checkpoint.root);
	len = checkpoint_format(note, size, &checkpoint);
	if (len == 0 || md == NULL || EVP_DigestSignInit(md, NULL, NULL, NULL, secret) != 1 ||
	    EVP_DigestSign(md, signature, &signature_len, (const uint8_t *)note, len) != 1) {
		abort();
	}
	EVP_MD_CTX_free(md);
	return note_append_signature(note, size, len, true, assay_crypto_openssl(), &log_key, 0, signature);
}

static void
add(struct entries *e, struct assay_bytes entry)
{
	if (e->count < ENTRIES_MAX) {
		e->list[e->count++] = entry;
	}
}

static void
add_honest(struct entries *e, struct assay_bytes *bytes)
{
	struct assay_bytes entry;

	for (uint64_t i = 0; memory_entry(scene->memory, i, &entry); i++) {
		add(e, entry);
		bytes->len += entry.len;
	}
}

/* The honest beginning in memory that can be written to. */
static void
gather_changed(struct entries *e, struct assay_bytes bundle)
{
	static uint8_t copy[1024 * 1024];
	struct assay_bytes all = { copy, 0 };
	struct assay_bytes change;
	bool bad = false;
	size_t at = 0;

	add_honest(e, &all);
	if (all.len > sizeof(copy)) {
		abort();
	}
	for (size_t i = 0; i < e->count; i++) {
		bytes_copy(copy + at, e->list[i], e->list[i].len);
		e->list[i] = bytes_of(copy + at, e->list[i].len);
		at += e->list[i].len;
	}
	while (bundle_next(&bundle, &change, &bad)) {
		struct cursor c = cursor_over(change);
		const size_t i = cursor_u16be(&c) % e->count;
		const size_t place = cursor_u16be(&c) % e->list[i].len;

		copy[(size_t)(e->list[i].data - copy) + place] ^= cursor_u8(&c);
	}
}

static void
gather(struct entries *e, struct assay_bytes bundle)
{
	struct assay_bytes honest = { NULL, 0 };
	struct assay_bytes rest = bundle;
	struct assay_bytes entry;
	bool bad = false;
	bool first = true;

	e->count = 0;
	if (bundle_next(&rest, &entry, &bad) && entry.len == 1 && entry.data[0] == 'x') {
		gather_changed(e, rest);
		return;
	}
	while (bundle_next(&bundle, &entry, &bad)) {
		if (first && entry.len == 0) {
			add_honest(e, &honest);
		} else {
			add(e, entry);
		}
		first = false;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct entries e;
	const struct audit_source source = { .context = &e, .entry = entry_get };
	struct frontier tree = { .size = 0 };
	struct audit_options options = { .log = &log_key, .threads = 1 };
	char note[1024];
	struct audit_report report;
	struct hash hash;

	if (scene == NULL) {
		begin();
	}
	gather(&e, bytes_of(data, size));
	for (size_t i = 0; i < e.count; i++) {
		merkle_leaf(assay_crypto_openssl(), &hash, e.list[i]);
		frontier_append(&tree, assay_crypto_openssl(), &hash);
	}
	options.checkpoint = bytes_of(note, note_make(note, sizeof(note), &tree));
	if (!audit_run(&report, assay_crypto_openssl(), &source, &options) &&
	    (report.fault_text[0] == '\0' || (report.fault != AUDIT_GENESIS && report.fault != AUDIT_ENTRY &&
	    report.fault != AUDIT_STATE))) {
		abort();
	}
	return 0;
}
