/* SPDX-License-Identifier: Apache-2.0 */
/* Base64: every text has one meaning, every meaning one text. */
#include "text.h"

#include "format/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void
canonical_text_is_decoded(void **state)
{
	static const struct {
		const char *text;
		const char *wanted;
		bool newlines;
	} rows[] = {
		{ "", "", false },
		{ "", "", true },
		{ "Zg==", "f", false },
		{ "Zm8=", "fo", false },
		{ "Zm9v", "foo", false },
		{ "Zm9vYg==", "foob", false },
		{ "Zm9vYmE=", "fooba", false },
		{ "Zm9vYmFy", "foobar", false },
		{ "+/+/", "\xfb\xff\xbf", false },
		{ "Zm9v\nYmFy\n", "foobar", true },
		{ "Zm9v\r\nYmFy\r\n", "foobar", true },
		{ "Z\nm\r\n9\nv\n", "foo", true },
		{ "Zm9vYmE\n=\n", "fooba", true },
		{ "Zm9vYg=\r\n=", "foob", true }
	};
	uint8_t out[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_whole(rows[i].text);

		if (!base64_decode(out, strlen(rows[i].wanted), &len, text, rows[i].newlines)) {
			fail_msg("refused: %s", rows[i].text);
		}
		assert_int_equal(len, strlen(rows[i].wanted));
		assert_memory_equal(out, rows[i].wanted, len);
		text_free(text);
	}
}

static void
other_text_is_refused(void **state)
{
	static const struct {
		const char *reason;
		const char *text;
		bool newlines;
	} rows[] = {
		{ "one character", "Z", false },
		{ "two characters without padding", "Zg", false },
		{ "three characters without padding", "Zm8", false },
		{ "half of the padding", "Zg=", false },
		{ "padding alone", "====", false },
		{ "three characters of padding", "Z===", false },
		{ "padding before a character", "Zg=v", false },
		{ "padding in second place", "Z=9v", false },
		{ "padding more than needed", "Zm9v=", false },
		{ "a group after the padding", "Zg==Zm9v", false },
		{ "a whole group of padding after the text", "Zm9v====", false },
		{ "spare bits that are not zero, of one byte", "Zh==", false },
		{ "the highest spare bit of one byte", "Zo==", false },
		{ "spare bits that are not zero, of two bytes", "Zm9=", false },
		{ "the highest spare bit of two bytes", "Zm+=", false },
		{ "a blank", "Zm 9v", false },
		{ "a newline where none may be", "Zm9v\n", false },
		{ "a newline at the beginning where none may be", "\nZm9v", false },
		{ "a newline at the beginning", "\nZm9v", true },
		{ "a newline alone", "\n", true },
		{ "an empty line", "Zm9v\n\nYmFy", true },
		{ "an empty line with CRLF", "Zm9v\r\n\r\nYmFy", true },
		{ "an empty line inside a group", "Zm\n\n9v", true },
		{ "an empty line at the end", "Zm9v\n\n", true },
		{ "an empty line after padding", "Zg==\n\n", true },
		{ "a lone CR", "Zm9v\rYmFy", true },
		{ "a CR at the end", "Zm9v\r", true },
		{ "a blank at the end of a line", "Zm9v \nYmFy", true },
		{ "a tab", "Zm9v\tYmFy", true },
		{ "the alphabet for URLs", "-_-_", false },
		{ "a byte that is no ASCII", "Zm9\xc3", false },
		{ "text after padding and a newline", "Zg==\nZm9v", true },
		{ "a group that a newline and the end cut", "Zm9v\nZm\n", true },
		{ "an invalid first character", "!m9v", false },
		{ "an invalid third character before padding", "Zm!=", false }
	};
	uint8_t out[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes text = text_whole(rows[i].text);

		if (base64_decode(out, sizeof out, &len, text, rows[i].newlines)) {
			fail_msg("accepted: %s", rows[i].reason);
		}
		assert_int_equal(len, 0);
		text_free(text);
	}
	assert_false(base64_decode(out, sizeof out, &len, bytes_of("Zm\0v", 4), false));
}

/* What does not fit is refused, and nothing is written past the room that there is. */
static void
room_is_kept(void **state)
{
	static const char *const texts[] = { "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	uint8_t out[8];
	size_t len;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		for (size_t size = 0; size <= 7; size++) {
			memset(out, '#', sizeof out);
			assert_int_equal(base64_decode(out, size, &len, bytes_of_text(texts[i]), false),
			    size >= i + 1);
			for (size_t k = size; k < sizeof out; k++) {
				assert_int_equal(out[k], '#');
			}
		}
	}
}

/* All four-character texts of one changing place: the alphabet decodes, nothing else does. */
static void
the_alphabet_is_exact(void **state)
{
	uint8_t out[3];
	size_t len;

	(void)state;
	for (unsigned place = 0; place < 4; place++) {
		for (unsigned c = 1; c < 256; c++) {
			char text[4] = { 'A', 'A', 'A', 'A' };
			const char *const at = strchr(alphabet, (int)c);
			const bool padding = c == '=' && place == 3;

			text[place] = (char)c;
			assert_int_equal(base64_decode(out, sizeof out, &len, bytes_of(text, 4), false),
			    at != NULL || padding);
			if (at != NULL) {
				const uint32_t value = (uint32_t)(at - alphabet) << (6 * (3 - place));

				assert_int_equal(out[0] << 16 | out[1] << 8 | out[2], value);
			}
		}
	}
}

static void
encoding_comes_back(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "\xfb\xff\xbf", "+/+/" }
	};
	uint8_t bytes[256];
	uint8_t back[256];
	char text[344];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		text[strlen(rows[i][1])] = '#';
		assert_int_equal(base64_encode(text, bytes_of_text(rows[i][0])), strlen(rows[i][1]));
		assert_memory_equal(text, rows[i][1], strlen(rows[i][1]));
		assert_int_equal(text[strlen(rows[i][1])], '#');
	}
	for (unsigned i = 0; i < 256; i++) {
		bytes[i] = (uint8_t)(i * 167);
	}
	for (size_t size = 0; size <= 256; size++) {
		const size_t text_len = base64_encode(text, bytes_of(bytes, size));

		assert_true(base64_decode(back, size, &len, bytes_of(text, text_len), false));
		assert_true(bytes_equal(bytes_of(back, len), bytes_of(bytes, size)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_text_is_decoded),
		cmocka_unit_test(other_text_is_refused),
		cmocka_unit_test(room_is_kept),
		cmocka_unit_test(the_alphabet_is_exact),
		cmocka_unit_test(encoding_comes_back)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
