/* SPDX-License-Identifier: Apache-2.0 */
/* Collateral at hand: parts, and how they are kept. */
#define _POSIX_C_SOURCE 200809L
#include "cmd/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/decode.h"
#include "cmd/failure.h"
#include "cmd/file.h"
#include "cmd/instead.h"
#include "cmd/shelf_forms.h"
#include "collateral/qe_identity.h"
#include "format/json.h"
#include "x509/chain.h"
#include "x509/crl.h"

/* Of one directory: a year of daily collateral for every kind of part. */
#define DIRECTORY_FILES_MAX 10000

#define PATH_BYTES 4096
/* Of the files of one directory that are of no use. */
#define NAMES_MAX 8
#define NAMES_BYTES ((size_t)NAMES_MAX * (256 + 64))

#define TOO_LARGE "it is larger than any collateral"

/* Beyond all dates that can be written, and far enough from the ends of the
 * type that two of them can be subtracted. */
#define DATE_LIMIT_S (INT64_MAX / 4)

const char *
shelf_kind_word(enum shelf_kind kind)
{
	static const char *const words[] = { "TCB info", "QE identity", "CRL", "certificate" };

	return words[kind];
}

static void
narrow(struct shelf_part *part, int64_t from_s, int64_t until_s)
{
	part->from_s = from_s > part->from_s ? from_s : part->from_s;
	part->until_s = until_s < part->until_s ? until_s : part->until_s;
}

/* The part is of use no longer than the chain that came with it. */
static void
narrow_to_chain(struct shelf_part *part)
{
	static struct chain chain;

	if (part->chain.len == 0 || !chain_parse(&chain, part->chain)) {
		return;
	}
	for (uint32_t i = 0; i < chain.count; i++) {
		narrow(part, chain.certificates[i].not_before_s, chain.certificates[i].not_after_s);
	}
}

static void
read_tcb_info(struct shelf_part *part)
{
	static struct tcb_info info;

	part->read = tcb_info_parse(&info, part->bytes);
	if (part->read) {
		part->issued_s = info.issued_s;
		part->tee = info.tee;
		part->evaluation_number = info.evaluation_number;
		part->version = info.version;
		memcpy(part->fmspc, info.fmspc, sizeof(part->fmspc));
		narrow(part, info.issued_s, info.next_update_s);
	}
}

static void
read_qe_identity(struct shelf_part *part)
{
	static struct qe_identity identity;

	part->read = qe_identity_parse(&identity, part->bytes);
	if (part->read) {
		part->issued_s = identity.issued_s;
		part->tee = identity.id == QE_IDENTITY_QE ? ASSAY_TEE_SGX
		    : identity.id == QE_IDENTITY_TD_QE ? ASSAY_TEE_TDX : ASSAY_TEE_NONE;
		part->evaluation_number = identity.evaluation_number;
		narrow(part, identity.issued_s, identity.next_update_s);
	}
}

static void
read_crl(struct shelf_part *part)
{
	struct crl crl;

	part->read = crl_parse(&crl, part->bytes);
	if (part->read) {
		part->issued_s = crl.this_update_s;
		part->issuer = crl.issuer;
		narrow(part, crl.this_update_s, crl.next_update_s);
	}
}

static void
read_certificate(struct shelf_part *part)
{
	part->read = certificate_parse(&part->certificate, part->bytes);
	if (part->read) {
		part->issued_s = part->certificate.not_before_s;
		narrow(part, part->certificate.not_before_s, part->certificate.not_after_s);
	}
}

static void
read_part(struct shelf_part *part)
{
	part->from_s = -DATE_LIMIT_S;
	part->until_s = DATE_LIMIT_S;
	switch (part->kind) {
	case SHELF_TCB_INFO:
		read_tcb_info(part);
		break;
	case SHELF_QE_IDENTITY:
		read_qe_identity(part);
		break;
	case SHELF_CRL:
		read_crl(part);
		break;
	case SHELF_CERTIFICATE:
		read_certificate(part);
		break;
	}
	narrow_to_chain(part);
}

static bool
same_part(const struct shelf_part *a, const struct shelf_part *b)
{
	return a->kind == b->kind && bytes_equal(a->bytes, b->bytes) && bytes_equal(a->signature, b->signature) &&
	    bytes_equal(a->chain, b->chain);
}

void
shelf_put(struct shelf *shelf, struct shelf_part part)
{
	if (part.bytes.len == 0) {
		return;
	}
	for (size_t i = 0; i < shelf->parts_count; i++) {
		if (same_part(shelf->parts[i], &part)) {
			return;
		}
	}
	if (shelf->parts_count == shelf->parts_size) {
		const size_t size = shelf->parts_size == 0 ? 32 : shelf->parts_size * 2;
		struct shelf_part **parts = arena_get(&shelf->arena, size * sizeof(struct shelf_part *));

		if (shelf->parts_count != 0) {
			memcpy(parts, shelf->parts, shelf->parts_count * sizeof(struct shelf_part *));
		}
		shelf->parts = parts;
		shelf->parts_size = size;
	}
	struct shelf_part *kept = arena_get(&shelf->arena, sizeof(*kept));

	*kept = part;
	/* Copies: the file that the bytes came from is not kept. */
	kept->bytes = arena_copy(&shelf->arena, part.bytes);
	kept->signature = arena_copy(&shelf->arena, part.signature);
	kept->chain = arena_copy(&shelf->arena, part.chain);
	read_part(kept);
	shelf->parts[shelf->parts_count] = kept;
	shelf->parts_count++;
}

void
shelf_put_set(struct shelf *shelf, const struct shelf_set *set)
{
	if (shelf->sets_count == shelf->sets_size) {
		const size_t size = shelf->sets_size == 0 ? 4 : shelf->sets_size * 2;
		struct shelf_set *sets = arena_get(&shelf->arena, size * sizeof(*sets));

		if (shelf->sets_count != 0) {
			memcpy(sets, shelf->sets, shelf->sets_count * sizeof(*sets));
		}
		shelf->sets = sets;
		shelf->sets_size = size;
	}
	struct shelf_set *kept = &shelf->sets[shelf->sets_count];

	*kept = *set;
	/* One set alone is handed over as it stands; of many only the parts are used. */
	if (shelf->sets_count == 0) {
		struct assay_collateral *c = &kept->collateral;
		struct assay_bytes *const members[] = {
			&c->pck_certificate_chain, &c->root_crl, &c->pck_crl, &c->pck_crl_issuer_chain, &c->tcb_info,
			&c->tcb_info_signature, &c->tcb_info_issuer_chain, &c->qe_identity,
			&c->qe_identity_signature, &c->qe_identity_issuer_chain
		};

		for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
			if (members[i]->len != 0) {
				*members[i] = arena_copy(&shelf->arena, *members[i]);
			}
		}
	} else {
		memset(&kept->collateral, 0, sizeof(kept->collateral));
	}
	shelf->sets_count++;
}

size_t
shelf_add_bytes(struct shelf *shelf, struct assay_bytes bytes, const char *source)
{
	struct arena scratch = { NULL };
	const size_t before = shelf->parts_count;
	const size_t sets_before = shelf->sets_count;
	const bool found = shelf_read_form(shelf, &scratch, bytes, source);

	arena_release(&scratch);
	if (shelf->sets_count == sets_before) {
		shelf->loose_count += shelf->parts_count - before;
	}
	if (shelf->parts_count != before) {
		return shelf->parts_count - before;
	}
	return found ? 1 : 0;
}

/* ----- files ----- */

/* Why bytes in which nothing was found are no collateral. */
static const char *
no_collateral(struct assay_bytes bytes)
{
	const struct assay_bytes text = trimmed(bytes);

	if (text.len == 0) {
		return bytes.len == 0 ? "it is empty" : "it is blank";
	}
	if (may_be_evidence(bytes) || is_snp_report(bytes)) {
		return "it is evidence";
	}
	if (text.data[0] == '{') {
		struct json j = json_over(text);

		json_skip(&j);
		return json_done(&j) ? "it is JSON in no form of collateral that is known"
		    : "it is JSON that is broken or cut off";
	}
	return "it is in no form of collateral that is known";
}

/* Add what the bytes hold; NULL, or what is of no use in them and why. */
static const char *
add_bytes(struct shelf *shelf, struct assay_bytes bytes, const char *path)
{
	static const char *const malformed[] = {
		[SHELF_TCB_INFO] = "its TCB info is malformed",
		[SHELF_QE_IDENTITY] = "its QE identity is malformed",
		[SHELF_CRL] = "a CRL in it is malformed",
		[SHELF_CERTIFICATE] = "a certificate in it is malformed",
	};
	const size_t before = shelf->parts_count;
	const char *source = arena_text(&shelf->arena, bytes_of_text(path));

	if (shelf_add_bytes(shelf, bytes, source) == 0) {
		return no_collateral(bytes);
	}
	for (size_t i = before; i < shelf->parts_count; i++) {
		if (!shelf->parts[i]->read) {
			return malformed[shelf->parts[i]->kind];
		}
	}
	return NULL;
}

static int
add_file(struct shelf *shelf, const char *path)
{
	struct arena scratch = { NULL };
	struct assay_bytes bytes;
	bool cut;
	const int code = file_read(&bytes, &cut, &scratch, path, COLLATERAL_FILE_BYTES_MAX);

	if (code == 0) {
		const char *why = cut ? TOO_LARGE : add_bytes(shelf, bytes, path);

		if (why != NULL) {
			note("%s is of no use as collateral: %s", path, why);
		}
	}
	arena_release(&scratch);
	return code;
}

/* What of a directory is of no use, and why: the first names of them. */
struct useless {
	struct writer w;
	char out[NAMES_BYTES];
	size_t count;
};

static void
add_useless(struct useless *useless, const char *name, const char *why)
{
	if (useless->count < NAMES_MAX) {
		put_text(&useless->w, useless->count == 0 ? "" : ", ");
		put_text(&useless->w, name);
		put_text(&useless->w, " (");
		put_text(&useless->w, why);
		put_char(&useless->w, ')');
	}
	useless->count++;
}

static void
say_useless(struct useless *useless, const char *path)
{
	if (useless->count > NAMES_MAX) {
		put_text(&useless->w, ", and ");
		put_unsigned(&useless->w, useless->count - NAMES_MAX);
		put_text(&useless->w, " more");
	}
	if (useless->count != 0) {
		writer_finish(&useless->w);
		note("%s: of no use as collateral: %s", path, useless->out);
	}
}

static void
add_file_of_directory(struct shelf *shelf, const char *path, const char *name, struct useless *useless)
{
	struct arena scratch = { NULL };
	struct assay_bytes bytes;
	char file[PATH_BYTES];
	bool cut;
	const int len = snprintf(file, sizeof(file), "%s/%s", path, name);
	const char *why = len <= 0 || (size_t)len >= sizeof(file) ? "its path is too long"
	    : file_read_regular(&bytes, &cut, &scratch, file, COLLATERAL_FILE_BYTES_MAX);

	if (why == NULL) {
		why = cut ? TOO_LARGE : add_bytes(shelf, bytes, file);
	}
	if (why != NULL) {
		add_useless(useless, name, why);
	}
	arena_release(&scratch);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
add_directory(struct shelf *shelf, const char *path)
{
	struct dirent **entries = NULL;
	const int count = scandir(path, &entries, NULL, by_name);
	static struct useless useless;
	const size_t before = shelf->parts_count + shelf->sets_count;

	if (count < 0) {
		return fail(EXIT_USAGE, strerror(errno), "give a directory that exists and that you may read",
		    "the directory %s cannot be read, so nothing was decided", path);
	}
	writer_start(&useless.w, useless.out, sizeof(useless.out));
	useless.count = 0;
	for (int i = 0; i < count; i++) {
		if (i < DIRECTORY_FILES_MAX && entries[i]->d_name[0] != '.') {
			add_file_of_directory(shelf, path, entries[i]->d_name, &useless);
		}
		free(entries[i]);
	}
	free(entries);
	if (count > DIRECTORY_FILES_MAX) {
		note("%s: only the first %d files were looked at", path, DIRECTORY_FILES_MAX);
	}
	say_useless(&useless, path);
	if (useless.count == 0 && before == shelf->parts_count + shelf->sets_count) {
		note("%s is of no use as collateral: it holds no file, or none that is new", path);
	}
	return 0;
}

int
shelf_add(struct shelf *shelf, const char *path)
{
	shelf->given = true;
	return file_is_directory(path) ? add_directory(shelf, path) : add_file(shelf, path);
}

void
shelf_release(struct shelf *shelf)
{
	arena_release(&shelf->arena);
}
