/* SPDX-License-Identifier: Apache-2.0 */
/* Enclave identities: what is taken and what is refused. */
#include <stdio.h>

#include "text.h"

#include "collateral/qe_identity.h"

#define LEVEL_END "\"tcbDate\":\"2024-03-13T00:00:00Z\",\"tcbStatus\":"

static const char base[] =
    "{\"id\":\"QE\",\"version\":2,\"issueDate\":\"2025-01-02T03:04:05Z\","
    "\"nextUpdate\":\"2025-02-01T03:04:05Z\",\"tcbEvaluationDataNumber\":17,"
    "\"miscselect\":\"01020304\",\"miscselectMask\":\"FFFFFFFE\","
    "\"attributes\":\"11000000000000000000000000000022\","
    "\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000033\","
    "\"mrsigner\":\"8C4F000000000000000000000000000000000000000000000000000000000bff\","
    "\"isvprodid\":258,\"tcbLevels\":["
    "{\"tcb\":{\"isvsvn\":8}," LEVEL_END "\"UpToDate\"},"
    "{\"tcb\":{\"isvsvn\":6}," LEVEL_END "\"OutOfDate\",\"advisoryIDs\":[\"INTEL-SA-00615\"]},"
    "{\"tcb\":{\"isvsvn\":1}," LEVEL_END "\"Revoked\",\"advisoryIDs\":[\"INTEL-SA-00202\",\"INTEL-SA-00293\"]}]}";

static struct qe_identity identity;

static void
every_member_is_read(void **state)
{
	(void)state;
	assert_true(qe_identity_parse(&identity, bytes_of_text(base)));
	assert_int_equal(identity.id, QE_IDENTITY_QE);
	assert_true(identity.issued_s == 1735787045);
	assert_true(identity.next_update_s == 1738379045);
	assert_int_equal(identity.evaluation_number, 17);
	assert_memory_equal(identity.miscselect, "\x01\x02\x03\x04", 4);
	assert_memory_equal(identity.miscselect_mask, "\xff\xff\xff\xfe", 4);
	assert_memory_equal(identity.attributes, "\x11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x22", 16);
	assert_memory_equal(identity.attributes_mask,
	    "\xfb\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\x33", 16);
	assert_memory_equal(identity.mrsigner, "\x8c\x4f\0", 3);
	assert_memory_equal(identity.mrsigner + 29, "\0\x0b\xff", 3);
	assert_int_equal(identity.isv_prod_id, 258);
	assert_int_equal(identity.levels_count, 3);
	assert_int_equal(identity.levels[0].isv_svn, 8);
	assert_int_equal(identity.levels[0].status, ASSAY_TCB_UP_TO_DATE);
	assert_int_equal(identity.levels[0].advisories.count, 0);
	assert_true(identity.levels[0].date_s == 1710288000);
	assert_int_equal(identity.levels[1].isv_svn, 6);
	assert_int_equal(identity.levels[1].status, ASSAY_TCB_OUT_OF_DATE);
	assert_int_equal(identity.levels[2].status, ASSAY_TCB_REVOKED);
	assert_int_equal(identity.levels[2].advisories.first, 1);
	assert_int_equal(identity.levels[2].advisories.count, 2);
	assert_int_equal(identity.advisories_count, 3);
	assert_true(bytes_equal_text(identity.advisories[0], "INTEL-SA-00615"));
	assert_true(bytes_equal_text(identity.advisories[2], "INTEL-SA-00293"));
}

static void
ids_are_told_apart(void **state)
{
	static const struct {
		const char *id;
		enum qe_identity_id expected;
	} ids[] = {
		{ "\"QE\"", QE_IDENTITY_QE },
		{ "\"TD_QE\"", QE_IDENTITY_TD_QE },
		{ "\"QVE\"", QE_IDENTITY_OTHER },
		{ "\"qe\"", QE_IDENTITY_OTHER },
		{ "\"\"", QE_IDENTITY_OTHER }
	};

	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		const struct assay_bytes text = text_changed(base, "\"QE\"", ids[i].id);

		assert_true(qe_identity_parse(&identity, text));
		assert_int_equal(identity.id, ids[i].expected);
		text_free(text);
	}
}

static void
good_changes_are_taken(void **state)
{
	static const struct text_change rows[] = {
		{ "a new member", "{\"id\"", "{\"new\":{\"tcbLevels\":[]},\"id\"" },
		{ "a new member of a level", "{\"tcb\":{\"isvsvn\":8}", "{\"new\":1,\"tcb\":{\"isvsvn\":8}" },
		{ "levels in another order", "{\"isvsvn\":1}", "{\"isvsvn\":9}" },
		{ "the largest SVN", "{\"isvsvn\":8}", "{\"isvsvn\":65535}" },
		{ "evaluation number 2^31 - 1", "Number\":17", "Number\":2147483647" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_changed(base, rows[i].from, rows[i].to);

		if (!qe_identity_parse(&identity, text)) {
			fail_msg("refused: %s", rows[i].reason);
		}
		for (uint32_t k = 1; k < identity.levels_count; k++) {
			assert_true(identity.levels[k - 1].isv_svn > identity.levels[k].isv_svn);
		}
		text_free(text);
	}
}

static void
a_fault_is_refused(void **state)
{
	static const struct text_change rows[] = {
		{ "no id, as in version 1", "\"id\":\"QE\",", "" },
		{ "an id that is a number", "\"QE\"", "2" },
		{ "no version", "\"version\":2,", "" },
		{ "version 1", "\"version\":2", "\"version\":1" },
		{ "version 3", "\"version\":2", "\"version\":3" },
		{ "no issue date", "\"issueDate\":\"2025-01-02T03:04:05Z\",", "" },
		{ "a bad issue date", "2025-01-02", "2025-13-02" },
		{ "no next update", "\"nextUpdate\":\"2025-02-01T03:04:05Z\",", "" },
		{ "a bad next update", "2025-02-01T03", "2025-02-01T24" },
		{ "no evaluation number", "\"tcbEvaluationDataNumber\":17,", "" },
		{ "a negative evaluation number", "Number\":17", "Number\":-17" },
		{ "evaluation number 2^31", "Number\":17", "Number\":2147483648" },
		{ "no MISCSELECT", "\"miscselect\":\"01020304\",", "" },
		{ "a MISCSELECT of 3 bytes", "01020304", "010203" },
		{ "no MISCSELECT mask", "\"miscselectMask\":\"FFFFFFFE\",", "" },
		{ "a MISCSELECT mask of 5 bytes", "FFFFFFFE", "FFFFFFFE00" },
		{ "no attributes", "\"attributes\":\"11000000000000000000000000000022\",", "" },
		{ "attributes of 15 bytes", "11000000000000000000000000000022", "110000000000000000000000000000" },
		{ "no attributes mask", "\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000033\",", "" },
		{ "a mask of 8 bytes", "FBFFFFFFFFFFFFFF0000000000000033", "FBFFFFFFFFFFFFFF" },
		{ "no signer", "\"mrsigner\"", "\"signer\"" },
		{ "a signer of 33 bytes", "0bff", "0bff00" },
		{ "a signer that is no hex", "8C4F", "8C4G" },
		{ "no product id", "\"isvprodid\":258,", "" },
		{ "product id 65536", "258", "65536" },
		{ "a product id that is a string", "258", "\"258\"" },
		{ "no levels", "\"tcbLevels\"", "\"levels\"" },
		{ "no level in the list", "\"tcbLevels\":[", "\"tcbLevels\":[],\"x\":[" },
		{ "two levels of one SVN", "{\"isvsvn\":6}", "{\"isvsvn\":8}" },
		{ "two levels of one SVN, apart", "{\"isvsvn\":1}", "{\"isvsvn\":8}" },
		{ "a level without an SVN", "{\"isvsvn\":8}", "{}" },
		{ "an SVN of 65536", "{\"isvsvn\":8}", "{\"isvsvn\":65536}" },
		{ "a level without a TCB", "\"tcb\":{\"isvsvn\":8},", "" },
		{ "a level without a date", "\"tcbDate\":\"2024-03-13T00:00:00Z\",", "" },
		{ "a level without a status", ",\"tcbStatus\":\"UpToDate\"", "" },
		{ "an unknown status", "\"UpToDate\"", "\"UpToDatE\"" },
		{ "a bad advisory", "INTEL-SA-00615", "INTEL-SA-00615\xc3\xa9" },
		{ "a name twice", "\"version\":2", "\"version\":2,\"version\":2" },
		{ "text after the document", "\"INTEL-SA-00293\"]}]}", "\"INTEL-SA-00293\"]}]}}" },
		{ "an array around the document", "{\"id\"", "[{\"id\"" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_changed(base, rows[i].from, rows[i].to);

		if (qe_identity_parse(&identity, text)) {
			fail_msg("accepted: %s", rows[i].reason);
		}
		text_free(text);
	}
}

/* The pool has room for four full levels beside none: a fifth is refused. */
static void
advisories_of_all_levels_are_limited(void **state)
{
	(void)state;
	for (unsigned levels = 4; levels <= 5; levels++) {
		char list[8192];
		size_t len = 0;

		for (unsigned i = 0; i < levels; i++) {
			len += (size_t)snprintf(list + len, sizeof list - len,
			    "%s{\"tcb\":{\"isvsvn\":%u}," LEVEL_END "\"OutOfDate\",\"advisoryIDs\":[",
			    i == 0 ? "" : ",", i);
			for (unsigned k = 0; k < LEVEL_ADVISORIES_MAX; k++) {
				len += (size_t)snprintf(list + len, sizeof list - len, "%s\"SA-%u\"",
				    k == 0 ? "" : ",", k);
			}
			len += (size_t)snprintf(list + len, sizeof list - len, "]}");
			assert_true(len < sizeof list);
		}
		char whole[16384];
		const char *const at = strstr(base, "{\"tcb\"");

		assert_non_null(at);
		(void)snprintf(whole, sizeof whole, "%.*s%s]}", (int)(at - base), base, list);
		assert_int_equal(qe_identity_parse(&identity, bytes_of_text(whole)), levels == 4);
	}
}

static void
every_prefix_is_refused(void **state)
{
	(void)state;
	for (size_t len = 0; len < strlen(base); len++) {
		const struct assay_bytes text = text_prefix(base, len);

		assert_false(qe_identity_parse(&identity, text));
		text_free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(ids_are_told_apart),
		cmocka_unit_test(good_changes_are_taken),
		cmocka_unit_test(a_fault_is_refused),
		cmocka_unit_test(advisories_of_all_levels_are_limited),
		cmocka_unit_test(every_prefix_is_refused),
	};

	return cmocka_run_group_tests_name("qe-identity", tests, NULL, NULL);
}
