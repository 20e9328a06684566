/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The advisory catalogue: its rows are findable, well formed and sourced, and
 * it knows every id that real collateral names.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assay.h"
#include "cmd/advisories.h"

/* The text of a row or a word that people read: plain ASCII, one line. */
static bool
is_plain(const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (*at < ' ' || *at > '~' || *at == '"') {
			return false;
		}
	}
	return true;
}

static bool
is_id(const char *id, size_t len)
{
	size_t prefix;

	if (len > 9 && strncmp(id, "INTEL-SA-", 9) == 0) {
		prefix = 9;
	} else if (len > 10 && strncmp(id, "INTEL-DOC-", 10) == 0) {
		prefix = 10;
	} else {
		return false;
	}
	return len == prefix + 5 && strspn(id + prefix, "0123456789") >= 5;
}

static void
ids_are_sorted_unique_and_well_formed(void **state)
{
	(void)state;
	assert_true(advisories_count() > 0);
	assert_null(advisory_at(advisories_count()));
	assert_null(advisory_at(SIZE_MAX));
	for (size_t i = 0; i < advisories_count(); i++) {
		const struct advisory *row = advisory_at(i);

		assert_non_null(row);
		if (!is_id(row->id, strlen(row->id)) || strlen(row->id) >= ASSAY_ADVISORY_BYTES) {
			fail_msg("%s is not an id", row->id);
		}
		if (i > 0 && strcmp(advisory_at(i - 1)->id, row->id) >= 0) {
			fail_msg("%s is out of order", row->id);
		}
	}
}

static void
every_row_is_found_and_nothing_else(void **state)
{
	static const struct {
		const char *id;
		const char *why;
	} absent[] = {
		{ "", "nothing at all" },
		{ "A", "before the first row" },
		{ "INTEL-SA-", "a prefix alone" },
		{ "INTEL-SA-00000", "between the documents and the advisories" },
		{ "INTEL-SA-99999", "after the last row" },
		{ "INTEL-SA-0033", "a row's id without its last digit" },
		{ "INTEL-SA-003344", "a row's id and a digit more" },
		{ "INTEL-SA-00334 ", "a row's id and a space" },
		{ "intel-sa-00334", "a row's id in lower case" },
		{ "AMD-SB-3015", "another vendor's" },
	};

	(void)state;
	for (size_t i = 0; i < advisories_count(); i++) {
		assert_ptr_equal(advisory_find(advisory_at(i)->id), advisory_at(i));
	}
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		if (advisory_find(absent[i].id) != NULL) {
			fail_msg("found \"%s\": %s", absent[i].id, absent[i].why);
		}
	}
}

static void
every_fact_has_a_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < advisories_count(); i++) {
		const struct advisory *row = advisory_at(i);
		bool known = row->title[0] != '\0' || row->what[0] != '\0' ||
		    row->fixes != ASSAY_FIX_UNKNOWN || row->class != ASSAY_CLASS_UNKNOWN;

		if (known != (row->source[0] != '\0')) {
			fail_msg("%s: facts and sources do not go together", row->id);
		}
		/* A name without an explanation helps nobody, nor the reverse. */
		if ((row->title[0] == '\0') != (row->what[0] == '\0')) {
			fail_msg("%s has a title or a sentence, but not both", row->id);
		}
		/* Separated by "; ", none of them empty. */
		if (strstr(row->source, ";;") != NULL || strstr(row->source, "; ;") != NULL ||
		    (row->source[0] != '\0' && row->source[strlen(row->source) - 1] == ';')) {
			fail_msg("%s has an empty source", row->id);
		}
		if ((row->fixes >> ADVISORY_FIXES_COUNT) != 0) {
			fail_msg("%s has a fix that does not exist", row->id);
		}
	}
}

static void
texts_are_plain_sentences(void **state)
{
	(void)state;
	for (size_t i = 0; i < advisories_count(); i++) {
		const struct advisory *row = advisory_at(i);
		size_t len = strlen(row->what);

		if (!is_plain(row->title) || !is_plain(row->what) || !is_plain(row->source)) {
			fail_msg("%s has a character that is not plain ASCII", row->id);
		}
		if (strlen(row->title) > 96) {
			fail_msg("%s has too long a title", row->id);
		}
		if (len != 0 && (row->what[0] < 'A' || row->what[0] > 'Z' || row->what[len - 1] != '.')) {
			fail_msg("%s is not explained in sentences", row->id);
		}
		if (strstr(row->what, "  ") != NULL || strstr(row->source, "  ") != NULL) {
			fail_msg("%s has two spaces where its lines join", row->id);
		}
	}
}

/* The classes that the default policy's two lists imply, and no row beside. */
static void
classes_agree_with_the_default_lists(void **state)
{
	static const char *const trivial[] = {
		"INTEL-SA-00219", "INTEL-SA-00334", "INTEL-SA-00381", "INTEL-SA-00389"
	};
	size_t trivials = 0, exploited = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(trivial) / sizeof(trivial[0]); i++) {
		assert_non_null(advisory_find(trivial[i]));
		assert_int_equal(advisory_find(trivial[i])->class, ASSAY_CLASS_TRIVIAL);
	}
	assert_non_null(advisory_find("INTEL-SA-00088"));
	assert_int_equal(advisory_find("INTEL-SA-00088")->class, ASSAY_CLASS_EXPLOITED);
	for (size_t i = 0; i < advisories_count(); i++) {
		trivials += advisory_at(i)->class == ASSAY_CLASS_TRIVIAL;
		exploited += advisory_at(i)->class == ASSAY_CLASS_EXPLOITED;
	}
	assert_int_equal(trivials, 4);
	assert_int_equal(exploited, 1);
}

static void
words_are_there_and_differ(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ADVISORY_FIXES_COUNT; i++) {
		assert_string_not_equal(advisory_fix_word(i), "?");
		assert_string_not_equal(advisory_fix_text(i), "?");
		assert_true(is_plain(advisory_fix_word(i)) && is_plain(advisory_fix_text(i)));
		for (unsigned j = 0; j < i; j++) {
			assert_string_not_equal(advisory_fix_word(i), advisory_fix_word(j));
		}
	}
	assert_string_equal(advisory_fix_word(ADVISORY_FIXES_COUNT), "?");
	assert_string_equal(advisory_fix_text(ADVISORY_FIXES_COUNT), "?");
	/* The words stand in the order of the bits. */
	assert_int_equal(ASSAY_FIX_HYPER_THREADING, 1 << 2);
	assert_string_equal(advisory_fix_word(2), "hyper-threading");
	assert_int_equal(ASSAY_FIX_PSW, 1 << (ADVISORY_FIXES_COUNT - 1));
	assert_string_equal(advisory_fix_word(ADVISORY_FIXES_COUNT - 1), "psw");

	assert_string_equal(advisory_class_word(ASSAY_CLASS_UNKNOWN), "unknown");
	assert_string_equal(advisory_class_word(ASSAY_CLASS_TRIVIAL), "trivial");
	assert_string_equal(advisory_class_word(ASSAY_CLASS_HARD), "hard");
	assert_string_equal(advisory_class_word(ASSAY_CLASS_POSSIBLE), "possible");
	assert_string_equal(advisory_class_word(ASSAY_CLASS_EXPLOITED), "exploited");
	assert_string_equal(advisory_class_word((enum assay_class)(ASSAY_CLASS_EXPLOITED + 1)), "?");
	assert_string_equal(advisory_class_text((enum assay_class)(ASSAY_CLASS_EXPLOITED + 1)), "?");
	assert_string_not_equal(advisory_class_text(ASSAY_CLASS_UNKNOWN), "?");
}

/* Look up every "INTEL-..." in the file; returns how many there were. */
static size_t
find_all_in(const char *path)
{
	size_t count = 0, len;
	char *text;
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		return 0;
	}
	text = malloc((size_t)1024 * 1024 + 1);
	assert_non_null(text);
	len = fread(text, 1, (size_t)1024 * 1024, file);
	fclose(file);
	text[len] = '\0';
	for (size_t i = 0; i + 6 < len; i++) {
		char id[ASSAY_ADVISORY_BYTES];
		size_t id_len;

		if (strncmp(text + i, "INTEL-", 6) != 0) {
			continue;
		}
		id_len = strspn(text + i, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789");
		if (!is_id(text + i, id_len)) {
			continue;
		}
		memcpy(id, text + i, id_len);
		id[id_len] = '\0';
		if (advisory_find(id) == NULL) {
			fail_msg("%s names %s, which the catalogue lacks", path, id);
		}
		count++;
	}
	free(text);
	return count;
}

static void
knows_what_real_collateral_names(void **state)
{
	static const char *const folders[] = { "dcap", "ias" };
	const char *vectors = getenv("ASSAY_VECTORS");
	size_t found = 0;

	(void)state;
	if (vectors == NULL) {
		vectors = "../shared/vectors";
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[4096];
		struct dirent *entry;
		DIR *folder;

		snprintf(path, sizeof(path), "%s/%s", vectors, folders[i]);
		folder = opendir(path);
		if (folder == NULL) {
			continue;
		}
		while ((entry = readdir(folder)) != NULL) {
			if (entry->d_name[0] == '.' || strstr(entry->d_name, ".json") == NULL) {
				continue;
			}
			snprintf(path, sizeof(path), "%s/%s/%s", vectors, folders[i], entry->d_name);
			found += find_all_in(path);
		}
		closedir(folder);
	}
	if (found == 0) {
		skip();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_sorted_unique_and_well_formed),
		cmocka_unit_test(every_row_is_found_and_nothing_else),
		cmocka_unit_test(every_fact_has_a_source),
		cmocka_unit_test(texts_are_plain_sentences),
		cmocka_unit_test(classes_agree_with_the_default_lists),
		cmocka_unit_test(words_are_there_and_differ),
		cmocka_unit_test(knows_what_real_collateral_names),
	};

	return cmocka_run_group_tests_name("advisories", tests, NULL, NULL);
}
