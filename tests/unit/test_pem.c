/* SPDX-License-Identifier: Apache-2.0 */
/* PEM blocks: what genuine chains look like, and what they never do. */
#include "text.h"

#include "format/pem.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"
#define FOO BEGIN "\nZm9v\n" END
#define BAR BEGIN "\nYmFy\n" END

static void
blocks_are_read(void **state)
{
	static const struct {
		const char *reason;
		const char *text;
		size_t len;	/* 0: up to the zero */
		unsigned blocks;
	} rows[] = {
		{ "no block", "", 0, 0 },
		{ "only white space and NUL bytes", " \t\r\n\0\0", 6, 0 },
		{ "one block", FOO "\n", 0, 1 },
		{ "no last newline", FOO, 0, 1 },
		{ "CRLF", BEGIN "\r\nZm9v\r\n" END "\r\n", 0, 1 },
		{ "white space before", " \t\n" FOO, 0, 1 },
		{ "lines of any length", BEGIN "\nZm\n9v\n" END, 0, 1 },
		{ "a NUL at the end", FOO "\n\0", sizeof(FOO) + 1, 1 },
		{ "two blocks", FOO "\n" BAR "\n", 0, 2 },
		{ "two blocks with an empty line between", FOO "\n\n" BAR, 0, 2 },
		{ "two blocks without a newline between", FOO BAR, 0, 2 }
	};
	uint8_t out[3];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_prefix(rows[i].text,
		    rows[i].len != 0 ? rows[i].len : strlen(rows[i].text));
		struct cursor c = cursor_over(text);

		for (unsigned k = 0; k < rows[i].blocks; k++) {
			if (pem_next(&c, "CERTIFICATE", out, sizeof out, &len) != 1) {
				fail_msg("refused: %s", rows[i].reason);
			}
			assert_int_equal(len, 3);
			assert_memory_equal(out, k == 0 ? "foo" : "bar", 3);
		}
		assert_int_equal(pem_next(&c, "CERTIFICATE", out, sizeof out, &len), 0);
		assert_int_equal(len, 0);
		text_free(text);
	}
}

static void
other_text_is_refused(void **state)
{
	static const struct text_change rows[] = {
		{ "another label", FOO, "-----BEGIN X509 CRL-----\nZm9v\n-----END X509 CRL-----" },
		{ "a longer label", FOO, "-----BEGIN CERTIFICATES-----\nZm9v\n-----END CERTIFICATES-----" },
		{ "a shorter label", FOO, "-----BEGIN CERT-----\nZm9v\n-----END CERT-----" },
		{ "END of another label", "END CERTIFICATE", "END X509 CRL" },
		{ "no END", "\n" END, "\n" },
		{ "END cut short", END, "-----END CERTIFICATE----" },
		{ "END without its dashes", END, "END CERTIFICATE-----" },
		{ "six dashes before END", "-----END", "------END" },
		{ "four dashes before BEGIN", "-----BEGIN", "----BEGIN" },
		{ "small letters", "BEGIN", "begin" },
		{ "no blank before the label", "BEGIN CERTIFICATE", "BEGINCERTIFICATE" },
		{ "text before", BEGIN, "subject=x\n" BEGIN },
		{ "text after", END, END "x" },
		{ "text in the line of BEGIN", BEGIN "\n", BEGIN "x\n" },
		{ "a blank after BEGIN", BEGIN "\n", BEGIN " \n" },
		{ "no newline after BEGIN", BEGIN "\n", BEGIN },
		{ "a CR alone after BEGIN", BEGIN "\n", BEGIN "\r" },
		{ "END in the line of the body", "Zm9v\n", "Zm9v" },
		{ "an empty line before the body", "\nZm9v", "\n\nZm9v" },
		{ "an empty line after the body", "Zm9v\n", "Zm9v\n\n" },
		{ "a header", "\nZm9v", "\nProc-Type: 4,ENCRYPTED\n\nZm9v" },
		{ "no body", "Zm9v\n", "" },
		{ "an empty body", "Zm9v\n", "\n" },
		{ "a body that is no base64", "Zm9v", "Zm9v!" },
		{ "a body with a dash", "Zm9v", "Zm9v-m9v" },
		{ "a body cut short", "Zm9v", "Zm9" },
		{ "a body with blanks", "Zm9v", " Zm9v" },
		{ "a body that does not fit", "Zm9v", "Zm9vZm9v" },
		{ "END before BEGIN", FOO, END "\nZm9v\n" BEGIN },
		{ "one BEGIN inside another", "Zm9v\n", BEGIN "\nZm9v\n" }
	};
	uint8_t out[3];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_changed(FOO, rows[i].from, rows[i].to);
		struct cursor c = cursor_over(text);
		int found = pem_next(&c, "CERTIFICATE", out, sizeof out, &len);

		/* Text after a block shows itself with the next one. */
		if (found == 1) {
			found = pem_next(&c, "CERTIFICATE", out, sizeof out, &len);
		}
		if (found != -1) {
			fail_msg("accepted: %s", rows[i].reason);
		}
		text_free(text);
	}
}

static void
every_cut_is_refused(void **state)
{
	uint8_t out[3];
	size_t len;

	(void)state;
	for (size_t cut = 1; cut < strlen(FOO); cut++) {
		const struct assay_bytes text = text_prefix(FOO, cut);
		struct cursor c = cursor_over(text);

		assert_int_equal(pem_next(&c, "CERTIFICATE", out, sizeof out, &len), -1);
		text_free(text);
	}
}

static void
a_failed_cursor_stays_failed(void **state)
{
	struct cursor c = cursor_over(bytes_of_text(FOO));
	uint8_t out[3];
	size_t len;

	(void)state;
	c.bad = true;
	assert_int_equal(pem_next(&c, "CERTIFICATE", out, sizeof out, &len), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_read),
		cmocka_unit_test(other_text_is_refused),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(a_failed_cursor_stays_failed)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
