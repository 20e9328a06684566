/* SPDX-License-Identifier: Apache-2.0 */
/* The words of cmd/members.def are those that results are written with, all of them and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/members.h"
#include "render/words.h"

/* More than any of the enumerations has; their functions answer "?" beyond the end. */
#define VALUES_MAX 64

static const char *
verdict(unsigned i)
{
	return assay_authenticity_word((enum assay_authenticity)i);
}

static const char *
kind(unsigned i)
{
	return assay_evidence_kind_word((enum assay_evidence_kind)i);
}

static const char *
tee(unsigned i)
{
	return tee_word((enum assay_tee)i);
}

static const char *
outcome(unsigned i)
{
	return check_result_word((enum assay_check_result)i);
}

static const char *
part(unsigned i)
{
	return shortfall_part_word((enum assay_shortfall_part)i);
}

static const char *
raised_by(unsigned i)
{
	return raised_by_word((enum assay_raised_by)i);
}

static const char *
collateral(unsigned i)
{
	return collateral_kind_word((enum assay_collateral_kind)i);
}

/* first: the values before it are written as null. */
static const struct {
	enum member_type type;
	unsigned first;
	const char *(*word)(unsigned i);
} rows[] = {
	{ MEMBER_TYPE_VERDICT, 0, verdict },
	{ MEMBER_TYPE_KIND, 1, kind },
	{ MEMBER_TYPE_TEE, 1, tee },
	{ MEMBER_TYPE_OUTCOME, 0, outcome },
	{ MEMBER_TYPE_PART, 0, part },
	{ MEMBER_TYPE_RAISED_BY, 0, raised_by },
	{ MEMBER_TYPE_COLLATERAL, 0, collateral },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool
has_word(enum member_type type, const char *text)
{
	for (const struct member_word *word = member_word_next(NULL); word != NULL; word = member_word_next(word)) {
		if (word->type == type && strcmp(word->word, text) == 0) {
			return true;
		}
	}
	return false;
}

static void
every_word_that_is_written_is_in_the_table(void **state)
{
	(void)state;
	for (size_t row = 0; row < ROWS; row++) {
		unsigned i = rows[row].first;

		for (; strcmp(rows[row].word(i), "?") != 0; i++) {
			if (!has_word(rows[row].type, rows[row].word(i))) {
				fail_msg("%s is not in the table", rows[row].word(i));
			}
		}
		assert_true(i > rows[row].first && i < VALUES_MAX);
	}
}

static void
every_word_of_the_table_is_written(void **state)
{
	(void)state;
	for (const struct member_word *word = member_word_next(NULL); word != NULL; word = member_word_next(word)) {
		bool found = word->type == MEMBER_TYPE_VENDOR;	/* a result names the only one itself */

		for (size_t row = 0; row < ROWS && !found; row++) {
			for (unsigned i = rows[row].first; i < VALUES_MAX && !found; i++) {
				found = rows[row].type == word->type && strcmp(rows[row].word(i), word->word) == 0;
			}
		}
		if (!found) {
			fail_msg("no result is written with %s", word->word);
		}
	}
}

static void
a_type_with_words_has_some_and_no_other_has_any(void **state)
{
	(void)state;
	for (int i = 0; i < MEMBER_TYPE_COUNT; i++) {
		const enum member_type type = (enum member_type)i;
		bool any = false;

		for (const struct member_word *word = member_word_next(NULL); word != NULL; word = member_word_next(word)) {
			any = any || word->type == type;
		}
		assert_int_equal(any, member_type_has_words(type));
		assert_non_null(member_type_text(type));
	}
}

static void
a_path_is_found_by_its_end_at_whole_names(void **state)
{
	static const struct {
		const char *id;
		bool is;
	} ids[] = {
		{ "platform.shortfall[].raised_by", true },
		{ "platform.shortfall[3].raised_by", true },
		{ ".platform.shortfall.raised_by", true },
		{ "shortfall.raised_by", true },
		{ "raised_by", true },
		{ "raised_b", false },
		{ "aised_by", false },
		{ "shortfall", false },
		{ "x.platform.shortfall[].raised_by", false },
		{ "", false },
		{ ".", false },
		{ "[]", false },
	};
	const struct member member = { .path = "platform.shortfall[].raised_by" };

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (member_is(&member, ids[i].id) != ids[i].is) {
			fail_msg("%s", ids[i].id);
		}
	}
	/* Longer than any path. */
	char long_id[4096];

	memset(long_id, 'a', sizeof(long_id) - 1);
	long_id[sizeof(long_id) - 1] = '\0';
	assert_false(member_is(&member, long_id));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_that_is_written_is_in_the_table),
		cmocka_unit_test(every_word_of_the_table_is_written),
		cmocka_unit_test(a_type_with_words_has_some_and_no_other_has_any),
		cmocka_unit_test(a_path_is_found_by_its_end_at_whole_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
