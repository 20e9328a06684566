/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The advisory catalogue, compiled from its table, and the words for people.
 */
#include "cmd/advisories.h"

#include <string.h>

static const struct advisory rows[] = {
#define ASSAY_ADVISORY(id_, title_, what_, fixes_, class_, source_)	\
	{								\
		.id = (id_),						\
		.title = (title_),					\
		.what = (what_),					\
		.fixes = (fixes_),					\
		.class = (class_),					\
		.source = (source_)					\
	},
#include "../../data/advisories.def"
#undef ASSAY_ADVISORY
};

/* By bit number of enum assay_fix. */
static const struct {
	const char *word;
	const char *text;
} fixes[ADVISORY_FIXES_COUNT] = {
	{ "microcode", "load the newest microcode" },
	{ "bios", "update the BIOS (system firmware)" },
	{ "hyper-threading", "turn Hyper-Threading off in the BIOS" },
	{ "integrated-graphics", "turn the integrated graphics off in the BIOS" },
	{ "voltage", "lock voltage control (undervolting, overclocking) in the BIOS" },
	{ "turbo", "turn Turbo Boost off in the BIOS" },
	{ "software", "rebuild the program with a mitigated toolchain or library; its author's task" },
	{ "tdx-module", "update the TDX module and its loader" },
	{ "psw", "update the SGX platform software (quoting and provisioning enclaves)" }
};

static const struct {
	const char *word;
	const char *text;
} classes[] = {
	[ASSAY_CLASS_UNKNOWN] = { "unknown", "no source says enough to classify it" },
	[ASSAY_CLASS_TRIVIAL] = { "trivial", "on the default whitelist: it does not lower a tier" },
	[ASSAY_CLASS_HARD] = { "hard",
	    "an attack needs physical access or conditions that are hard to bring about" },
	[ASSAY_CLASS_POSSIBLE] = { "possible",
	    "an owner of the machine can attack with software, or has been shown to" },
	[ASSAY_CLASS_EXPLOITED] = { "exploited",
	    "on the default critical list: working exploits are public" }
};

const struct advisory *
advisory_find(const char *id)
{
	size_t low = 0, high = sizeof(rows) / sizeof(rows[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(id, rows[middle].id);

		if (order == 0) {
			return &rows[middle];
		}
		if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return NULL;
}

size_t
advisories_count(void)
{
	return sizeof(rows) / sizeof(rows[0]);
}

const struct advisory *
advisory_at(size_t i)
{
	return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : NULL;
}

const char *
advisory_fix_word(unsigned i)
{
	return i < ADVISORY_FIXES_COUNT ? fixes[i].word : "?";
}

const char *
advisory_fix_text(unsigned i)
{
	return i < ADVISORY_FIXES_COUNT ? fixes[i].text : "?";
}

const char *
advisory_class_word(enum assay_class class)
{
	size_t i = (size_t)class;

	return i < sizeof(classes) / sizeof(classes[0]) ? classes[i].word : "?";
}

const char *
advisory_class_text(enum assay_class class)
{
	size_t i = (size_t)class;

	return i < sizeof(classes) / sizeof(classes[0]) ? classes[i].text : "?";
}
