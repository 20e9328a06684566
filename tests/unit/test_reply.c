/* SPDX-License-Identifier: Apache-2.0 */
/* The vendor's reply: two members, and the signed text to the byte. */
#include "text.h"

#include "collateral/reply.h"

#define DIGITS_32 "0123456789abcdefABCDEF9876543210"
#define SIGNATURE DIGITS_32 DIGITS_32 DIGITS_32 DIGITS_32
#define TEXT "{\"id\":\"SGX\", \"levels\":[{\"a\":1.50e1},{}],\"b\":\"\\u0041\"}"

static const char reply[] = "{\"tcbInfo\":" TEXT ",\"signature\":\"" SIGNATURE "\"}";

static void
check_split(struct assay_bytes text)
{
	struct assay_bytes signed_text;
	struct assay_bytes signature;

	assert_true(reply_split(text, "tcbInfo", &signed_text, &signature));
	assert_true(bytes_equal_text(signed_text, TEXT));
	assert_true(bytes_equal_text(signature, SIGNATURE));
	assert_true(signed_text.data > text.data && signed_text.data < text.data + text.len);
}

static void
good_replies_are_cut(void **state)
{
	static const struct text_change rows[] = {
		{ "as served", "", "" },
		{ "white space around", "{\"tcbInfo\":" TEXT ",", " { \"tcbInfo\" : " TEXT " \n , " },
		{ "a newline at the end", SIGNATURE "\"}", SIGNATURE "\"}\r\n" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_changed(reply, rows[i].from, rows[i].to);

		check_split(text);
		text_free(text);
	}
}

static void
the_signature_may_come_first(void **state)
{
	const struct assay_bytes text =
	    text_whole("{\"signature\":\"" SIGNATURE "\",\"tcbInfo\":" TEXT "}");

	(void)state;
	check_split(text);
	text_free(text);
}

static void
other_forms_are_refused(void **state)
{
	static const struct text_change rows[] = {
		{ "no signed text", "\"tcbInfo\":" TEXT ",", "" },
		{ "no signature", ",\"signature\":\"" SIGNATURE "\"", "" },
		{ "the other document", "tcbInfo", "enclaveIdentity" },
		{ "a name in other letters", "tcbInfo", "TcbInfo" },
		{ "a third member", SIGNATURE "\"}", SIGNATURE "\",\"more\":1}" },
		{ "the signed text twice", "{\"tcbInfo\"", "{\"tcbInfo\":{},\"tcbInfo\"" },
		{ "the signature twice", "\"signature\"", "\"signature\":\"" SIGNATURE "\",\"signature\"" },
		{ "the signed text is a string", TEXT, "\"{}\"" },
		{ "the signed text is an array", TEXT, "[]" },
		{ "the signed text is null", TEXT, "null" },
		{ "the signed text is no JSON", "1.50e1", "1.50e" },
		{ "the signed text has a name twice", "{\"a\":1.50e1}", "{\"a\":1,\"a\":1}" },
		{ "a signature of 127 digits", DIGITS_32 "\"", "0123456789abcdefABCDEF987654321\"" },
		{ "a signature of 129 digits", DIGITS_32 "\"", DIGITS_32 "0\"" },
		{ "an empty signature", SIGNATURE, "" },
		{ "a signature with a letter that is no digit", "0123", "g123" },
		{ "a signature that is a number", "\"" SIGNATURE "\"", "1" },
		{ "text after the reply", SIGNATURE "\"}", SIGNATURE "\"}x" },
		{ "a second object after the reply", SIGNATURE "\"}", SIGNATURE "\"}{}" },
		{ "a list of replies", "{\"tcbInfo\"", "[{\"tcbInfo\"" },
		{ "a byte order mark", "{\"tcbInfo\"", "\xef\xbb\xbf{\"tcbInfo\"" }
	};
	struct assay_bytes signed_text;
	struct assay_bytes signature;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_changed(reply, rows[i].from, rows[i].to);

		if (reply_split(text, "tcbInfo", &signed_text, &signature)) {
			fail_msg("accepted: %s", rows[i].reason);
		}
		text_free(text);
	}
}

static void
prefixes_are_refused(void **state)
{
	struct assay_bytes signed_text;
	struct assay_bytes signature;

	(void)state;
	for (size_t len = 0; len < strlen(reply); len++) {
		const struct assay_bytes text = text_prefix(reply, len);

		assert_false(reply_split(text, "tcbInfo", &signed_text, &signature));
		text_free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_replies_are_cut),
		cmocka_unit_test(the_signature_may_come_first),
		cmocka_unit_test(other_forms_are_refused),
		cmocka_unit_test(prefixes_are_refused),
	};

	return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
