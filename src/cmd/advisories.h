/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The advisory catalogue (data/advisories.def): what a vendor's advisory id
 * means to the owner of a machine.  It explains; it decides nothing.
 */
#ifndef CMD_ADVISORIES_H
#define CMD_ADVISORIES_H

#include <stddef.h>
#include <stdint.h>

/* What a machine's owner can do about an advisory.  Bits: several may help,
 * or all be needed. */
enum assay_fix {
	ASSAY_FIX_UNKNOWN = 0,
	ASSAY_FIX_MICROCODE = 1,
	ASSAY_FIX_BIOS = 2,
	ASSAY_FIX_HYPER_THREADING = 4,
	ASSAY_FIX_INTEGRATED_GRAPHICS = 8,
	ASSAY_FIX_VOLTAGE = 16,
	ASSAY_FIX_TURBO = 32,
	ASSAY_FIX_SOFTWARE = 64,
	ASSAY_FIX_TDX_MODULE = 128,
	ASSAY_FIX_PSW = 256
};

#define ADVISORY_FIXES_COUNT	9	/* bits of enum assay_fix */

/* How bad it is, by the rule that data/advisories.def states. */
enum assay_class {
	ASSAY_CLASS_UNKNOWN = 0,
	ASSAY_CLASS_TRIVIAL,
	ASSAY_CLASS_HARD,
	ASSAY_CLASS_POSSIBLE,
	ASSAY_CLASS_EXPLOITED
};

struct advisory {
	const char *id;		/* "INTEL-SA-00334" */
	const char *title;	/* "": unknown */
	const char *what;	/* "": unknown */
	uint32_t fixes;		/* bits of enum assay_fix */
	enum assay_class class;
	const char *source;	/* "": nothing is known; else "source; source" */
};

/* The row of an id, exactly as written; NULL where the catalogue has none. */
const struct advisory *advisory_find(const char *id);

/* Row i < advisories_count(), in the order of their ids; NULL beyond. */
size_t advisories_count(void);
const struct advisory *advisory_at(size_t i);

/*
 * Of bit i < ADVISORY_FIXES_COUNT of fixes: one word ("microcode"), and what
 * to do as a phrase ("load the newest microcode").  "?" beyond.
 */
const char *advisory_fix_word(unsigned i);
const char *advisory_fix_text(unsigned i);

/* One word ("possible"), and what that means.  "?" for a value outside the enum. */
const char *advisory_class_word(enum assay_class class);
const char *advisory_class_text(enum assay_class class);

#endif
