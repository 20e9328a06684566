/* SPDX-License-Identifier: Apache-2.0 */
/* A set of collateral as one JSON object. */
#include "text.h"

#include <stdio.h>

static const char *const names[] = {
	"pck_certificate_chain", "root_ca_crl", "pck_crl", "pck_crl_issuer_chain", "tcb_info", "tcb_info_signature",
	"tcb_info_issuer_chain", "qe_identity", "qe_identity_signature", "qe_identity_issuer_chain",
};

#define NAMES (sizeof(names) / sizeof(names[0]))

static const struct assay_bytes *
part(const struct assay_collateral *c, size_t i)
{
	const struct assay_bytes *const parts[NAMES] = {
		&c->pck_certificate_chain, &c->root_crl, &c->pck_crl, &c->pck_crl_issuer_chain, &c->tcb_info,
		&c->tcb_info_signature, &c->tcb_info_issuer_chain, &c->qe_identity, &c->qe_identity_signature,
		&c->qe_identity_issuer_chain,
	};

	return parts[i];
}

static bool
parse(struct assay_collateral *c, const char *text, uint8_t *buffer, size_t size)
{
	const struct assay_bytes copy = text_whole(text);

	memset(c, 0xa5, sizeof(*c));
	const bool parsed = assay_collateral_parse(c, copy, buffer, size);

	text_free(copy);
	return parsed;
}

static bool
is_empty(const struct assay_collateral *c)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (part(c, i)->len != 0) {
			return false;
		}
	}
	return true;
}

static void
each_member_goes_to_its_part(void **state)
{
	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		char text[128];
		uint8_t buffer[128];
		struct assay_collateral c;

		(void)snprintf(text, sizeof(text), "{\"%s\":\"one\\ntwo\"}", names[i]);
		assert_true(parse(&c, text, buffer, sizeof(buffer)));
		for (size_t j = 0; j < NAMES; j++) {
			assert_true(bytes_equal_text(*part(&c, j), i == j ? "one\ntwo" : ""));
		}
	}
}

/* All at once, each its own bytes, in a buffer of exactly the text's size. */
static void
members_do_not_mix(void **state)
{
	char text[1024] = "{";
	struct assay_collateral c;

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		char one[64];

		(void)snprintf(one, sizeof(one), "%s\"%s\":\"value \\u003%zu\"", i == 0 ? "" : ",", names[NAMES - 1 - i], i);
		memcpy(text + strlen(text), one, strlen(one) + 1);
	}
	memcpy(text + strlen(text), "}", 2);
	uint8_t *buffer = malloc(strlen(text));

	assert_non_null(buffer);
	assert_true(parse(&c, text, buffer, strlen(text)));
	for (size_t i = 0; i < NAMES; i++) {
		char expected[16];

		(void)snprintf(expected, sizeof(expected), "value %zu", NAMES - 1 - i);
		assert_true(bytes_equal_text(*part(&c, i), expected));
	}
	free(buffer);
}

static void
others_are_passed_over_and_null_is_empty(void **state)
{
	static const char *const texts[] = {
		"{}", " { } \n", "{\"root_ca_crl\":null}", "{\"fetched\":\"today\"}",
		"{\"fetched\":7,\"n\":[1,{\"pck_crl\":\"x\"}]}",
		"{\"pck_crl\":\"\"}", "{\"Root_ca_crl\":\"x\",\"root_ca_cr\":\"x\",\"root_ca_crl2\":\"x\"}",
		"{\"pck_certificate_chain\":null,\"x\":null}",
	};
	uint8_t buffer[64];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct assay_collateral c;

		if (!parse(&c, texts[i], buffer, sizeof(buffer)) || !is_empty(&c)) {
			fail_msg("%s", texts[i]);
		}
	}
	struct assay_collateral c;

	assert_true(parse(&c, "{\"junk\":[\"x\",null],\"tcb_info\":\"{}\"}", buffer, sizeof(buffer)));
	assert_true(bytes_equal_text(c.tcb_info, "{}"));
}

static void
what_is_no_set_is_refused_and_leaves_nothing(void **state)
{
	static const char *const texts[] = {
		"", "null", "[]", "\"tcb_info\"", "17", "{", "{\"tcb_info\":\"a\"", "{\"tcb_info\":\"a\"}x",
		"{\"tcb_info\":\"a\"}{}", "{\"tcb_info\":\"a\",}", "{\"tcb_info\":\"a\",\"tcb_info\":\"b\"}",
		"{\"tcb_info\":\"a\",\"tcb_info\":null}", "{\"pck_crl\":\"a\",\"tcb_info\":{}}",
		"{\"pck_crl\":\"a\",\"tcb_info\":17}", "{\"pck_crl\":\"a\",\"tcb_info\":true}",
		"{\"pck_crl\":\"a\",\"tcb_info\":[\"a\"]}", "{\"pck_crl\":\"a\",\"tcb_info\":\"\\ud800\"}",
		"{\"pck_crl\":\"a\",\"tcb_info\":\"\\x\"}", "{'pck_crl':'a'}", "{pck_crl:\"a\"}",
		"{\"pck_crl\":\"a\",\"x\":\"a\",\"x\":\"a\"}", "{\"pck_crl\":\"a\",\"x\":[\"\\ud800\"]}",
	};
	uint8_t buffer[256];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct assay_collateral c;

		if (parse(&c, texts[i], buffer, sizeof(buffer)) || !is_empty(&c)) {
			fail_msg("%s", texts[i]);
		}
	}
}

static void
the_buffer_bounds_what_is_kept(void **state)
{
	static const char text[] = "{\"pck_crl\":\"12345\",\"x\":\"not kept at all\",\"tcb_info\":\"678\"}";

	(void)state;
	for (size_t size = 0; size <= 9; size++) {
		uint8_t *buffer = malloc(size != 0 ? size : 1);
		struct assay_collateral c;

		assert_non_null(buffer);
		assert_int_equal(parse(&c, text, buffer, size), size >= 8);
		if (size >= 8) {
			assert_true(bytes_equal_text(c.pck_crl, "12345"));
			assert_true(bytes_equal_text(c.tcb_info, "678"));
		} else {
			assert_true(is_empty(&c));
		}
		free(buffer);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_member_goes_to_its_part),
		cmocka_unit_test(members_do_not_mix),
		cmocka_unit_test(others_are_passed_over_and_null_is_empty),
		cmocka_unit_test(what_is_no_set_is_refused_and_leaves_nothing),
		cmocka_unit_test(the_buffer_bounds_what_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
