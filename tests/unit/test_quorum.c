/* SPDX-License-Identifier: Apache-2.0 */
/* Trust policies: what is one, and which cosignatures satisfy it. */
#include "unit/scratch.h"

#include "keys/quorum.h"

#define WITNESSES 4

static struct key_pair pairs[WITNESSES];
static struct note_key keys[WITNESSES];
static char verifiers[WITNESSES][KEY_VERIFIER_BYTES_MAX + 1];
static char log_verifier[KEY_VERIFIER_BYTES_MAX + 1];
static char policy_text[8192];

static int
setup(void **state)
{
	static const char *const names[WITNESSES] = { "w.example/0", "w.example/1", "w.example/2", "w.example/3" };
	struct note_key log = { .algorithm = NOTE_ED25519, .name = bytes_of_text("log.example") };

	(void)state;
	for (unsigned i = 0; i < WITNESSES; i++) {
		assert_true(key_generate(&pairs[i], KEY_ED25519));
		keys[i] = (struct note_key){ .algorithm = NOTE_COSIGNATURE, .name = bytes_of_text(names[i]) };
		memcpy(keys[i].key, pairs[i].public.bytes, 32);
		verifiers[i][key_verifier_format(verifiers[i], &keys[i])] = '\0';
	}
	log.key[0] = 7;
	log_verifier[key_verifier_format(log_verifier, &log)] = '\0';
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	for (unsigned i = 0; i < WITNESSES; i++) {
		key_release(&pairs[i]);
	}
	return 0;
}

/* The text with $0 to $3 and $L for verifier keys. */
static struct assay_bytes
expand(const char *text)
{
	size_t len = 0;

	for (const char *at = text; *at != '\0'; at++) {
		const char *put = NULL;

		if (*at == '$') {
			at++;
			put = *at == 'L' ? log_verifier : verifiers[*at - '0'];
			memcpy(policy_text + len, put, strlen(put));
			len += strlen(put);
		} else {
			policy_text[len++] = *at;
		}
	}
	return bytes_of(policy_text, len);
}

static void
test_form(void **state)
{
	static const struct {
		const char *text;
		const char *wrong;	/* begins so; NULL: it is good */
		const char *why;
	} rows[] = {
		{ "quorum none\n", NULL, "the least there is" },
		{ "# x\n\n \t\n\twitness a \t $0 https://w.example/\nquorum a\n", NULL, "blanks, comments, URLs" },
		{ "log $L\nwitness a $0\nwitness b $1\ngroup g 2 a b\nquorum g\n", NULL, "a group" },
		{ "witness a $0\nwitness b $1\ngroup g any a\ngroup h all g b\nquorum h\n", NULL, "a group of a group" },
		{ "", "it names no quorum", "nothing" },
		{ "quorum none", "its last line", "no end" },
		{ "quorum none\nquorum none\n", "there is a quorum", "two quorums" },
		{ "quorum a\nwitness a $0\n", "the quorum names", "a quorum before its name" },
		{ "quorum none x\n", "the quorum is written", "a word too many" },
		{ "witness none $0\nquorum none\n", "this name is taken", "the predefined name" },
		{ "witness a $0\nwitness a $1\nquorum a\n", "this name is taken", "one name twice" },
		{ "witness a $0\nwitness b $0\nquorum a\n", "this witness is there", "one key twice" },
		{ "log $L\nlog $L\nquorum none\n", "this log is there", "one log twice" },
		{ "log $0\nquorum none\n", "a log is written", "a witness's key for a log" },
		{ "witness a $L\nquorum none\n", "a witness is written", "a log's key for a witness" },
		{ "witness a $0x\nquorum none\n", "a witness is written", "a key that is none" },
		{ "witness a $0\ngroup g 0 a\nquorum g\n", "a group is written", "a threshold of none" },
		{ "witness a $0\ngroup g 2 a\nquorum g\n", "a group is written", "a threshold above its members" },
		{ "witness a $0\ngroup g 01 a\nquorum g\n", "a group is written", "a leading zero" },
		{ "witness a $0\ngroup g any\nquorum g\n", "a group is written", "no members" },
		{ "group g any a\nwitness a $0\nquorum g\n", "a group names", "a member before it is defined" },
		{ "witness a $0\ngroup g any none\nquorum g\n", "a group names", "the predefined name as a member" },
		{ "witness a $0\ngroup g any a a\nquorum g\n", "a name is a member", "a member twice" },
		{ "witness a $0\nwitness b $1\ngroup g any a\ngroup h any a b\nquorum h\n", "a name is a member",
		    "a member of two groups" },
		{ "quorum none\r\n", "it has a control", "a carriage return" },
		{ "witnesses a $0\nquorum none\n", "a line begins", "another word" },
	};
	static struct quorum quorum;
	unsigned line;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *wrong = quorum_parse(&quorum, expand(rows[i].text), &line);

		if ((wrong == NULL) != (rows[i].wrong == NULL) ||
		    (wrong != NULL && strncmp(wrong, rows[i].wrong, strlen(rows[i].wrong)) != 0)) {
			fail_msg("%s: %s", rows[i].why, wrong == NULL ? "taken" : wrong);
		}
	}
}

/* A note with the cosignatures of the set; that of witness i is of time 1000 + i. */
static size_t
note_of(char *note, size_t size, unsigned set)
{
	static const char text[] = "log.example\n5\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n";
	size_t len = sizeof(text) - 1;
	bool first = true;

	memcpy(note, text, len);
	for (unsigned i = 0; i < WITNESSES; i++) {
		char message[256];
		uint8_t signature[64];
		size_t head;

		if ((set >> i & 1) == 0) {
			continue;
		}
		head = note_cosignature_head(message, 1000 + i);
		memcpy(message + head, text, sizeof(text) - 1);
		assert_true(key_sign(&pairs[i], signature, bytes_of(message, head + sizeof(text) - 1)));
		len = note_append_signature(note, size, len, first, assay_crypto_openssl(), &keys[i], 1000 + i, signature);
		assert_int_not_equal(len, 0);
		first = false;
	}
	return len;
}

static void
test_check(void **state)
{
	static const struct {
		const char *text;
		uint16_t satisfied;	/* bit s: by the set s of witnesses, three of them */
	} rows[] = {
		{ "witness a $0\nquorum none\n", 0xfe },
		{ "witness a $0\nwitness b $1\nwitness c $2\nquorum b\n", 0xcc },
		{ "witness a $0\nwitness b $1\nwitness c $2\ngroup g any a b c\nquorum g\n", 0xfe },
		{ "witness a $0\nwitness b $1\nwitness c $2\ngroup g 2 a b c\nquorum g\n", 0xe8 },
		{ "witness a $0\nwitness b $1\nwitness c $2\ngroup g all a b c\nquorum g\n", 0x80 },
		{ "witness a $0\nwitness b $1\nwitness c $2\ngroup g any a b\ngroup h all g c\nquorum h\n", 0xe0 },
	};
	static struct quorum quorum;
	static char note[8192];
	struct quorum_seen seen;
	unsigned line;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(quorum_parse(&quorum, expand(rows[i].text), &line));
		for (unsigned set = 1; set < 8; set++) {
			const size_t len = note_of(note, sizeof(note), set);

			assert_int_equal(quorum_check(&quorum, assay_crypto_openssl(), bytes_of(note, len), 0, &seen),
			    rows[i].satisfied >> set & 1);
			assert_false(seen.bad);
		}
	}

	/* Too old; and one that does not verify. */
	assert_null(quorum_parse(&quorum, expand("witness a $0\nwitness b $1\ngroup g any a b\nquorum g\n"), &line));
	size_t len = note_of(note, sizeof(note), 3);

	assert_true(quorum_check(&quorum, assay_crypto_openssl(), bytes_of(note, len), 1001, &seen));
	assert_int_equal(seen.good, 1);
	assert_int_equal(seen.old, 1);
	assert_int_equal(seen.oldest_s, 1001);
	assert_false(quorum_check(&quorum, assay_crypto_openssl(), bytes_of(note, len), 1002, &seen));
	note[4] ^= 1;
	assert_false(quorum_check(&quorum, assay_crypto_openssl(), bytes_of(note, len), 0, &seen));
	assert_true(seen.bad);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
