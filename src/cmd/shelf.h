/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collateral at hand: whatever the files given hold, in whatever form.  A
 * shelf reads; pick.h chooses what fits a piece of evidence.  Nothing on it is
 * trusted: the library verifies every part that it is handed.
 */
#ifndef CMD_SHELF_H
#define CMD_SHELF_H

#include "cmd/memory.h"
#include "cmd/roots.h"
#include "x509/certificate.h"

enum shelf_kind {
	SHELF_TCB_INFO,
	SHELF_QE_IDENTITY,
	SHELF_CRL,
	SHELF_CERTIFICATE
};

struct shelf_part {
	enum shelf_kind kind;
	struct assay_bytes bytes;	/* signed text; DER of CRL or certificate */
	struct assay_bytes signature;	/* as served; TCB info and QE identity */
	struct assay_bytes chain;	/* of its issuer, where it came along; else empty */
	const char *source;		/* file */

	bool read;			/* what follows was understood */
	int64_t from_s;			/* dates of the part and of its own chain */
	int64_t until_s;
	int64_t issued_s;
	enum assay_tee tee;		/* TCB info and QE identity */
	uint8_t fmspc[6];		/* TCB info */
	uint8_t version;		/* TCB info */
	uint32_t evaluation_number;	/* TCB info and QE identity */
	struct assay_bytes issuer;	/* CRL: the Name */
	struct certificate certificate;

	bool vouched_known;		/* pick.c: the root whose word this is, looked for once */
	struct assay_bytes vouched_by;	/* its key, or empty: nobody's that is trusted */
};

/* A file that holds one set of everything, as dcap-qvl writes them. */
struct shelf_set {
	struct assay_collateral collateral;
	const char *source;
};

struct shelf {
	struct arena arena;
	const struct roots *roots;	/* whose word is preferred; NULL: nobody's */
	struct shelf_part **parts;
	size_t parts_count;
	size_t parts_size;
	size_t loose_count;		/* parts that did not come out of a set */
	struct shelf_set *sets;
	size_t sets_count;
	size_t sets_size;
	bool given;			/* a file or directory was, whatever it held */
};

/*
 * Add a file, or all files of a directory.  What holds no collateral, or
 * malformed collateral, says nothing against the evidence: it is named in a
 * note, and the run goes on.  0, or the exit code of an error that has been
 * said: the path cannot be opened.
 */
int shelf_add(struct shelf *shelf, const char *path);
/* Add what the bytes hold; returns the number of parts found. */
size_t shelf_add_bytes(struct shelf *shelf, struct assay_bytes bytes, const char *source);
void shelf_release(struct shelf *shelf);

const char *shelf_kind_word(enum shelf_kind kind);

#endif
