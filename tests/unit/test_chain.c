/* SPDX-License-Identifier: Apache-2.0 */
/* Chains: the ways in which they are served, and who issued whom. */
#define _POSIX_C_SOURCE 200809L	/* vector.h lists directories */

#include "der_text.h"
#include "vector.h"

#include <openssl/evp.h>

#include "x509/chain.h"

#define X64 "a1a2a3a4a5a6a7a8a1a2a3a4a5a6a7a8a1a2a3a4a5a6a7a8a1a2a3a4a5a6a7a8" \
	"a1a2a3a4a5a6a7a8a1a2a3a4a5a6a7a8a1a2a3a4a5a6a7a8a1a2a3a4a5a6a7a8"

/* A chain is 16 KiB: not for the stack of a test. */
static struct chain chain;

/* A certificate of these one-letter names; the serial tells copies apart. */
static void
add_certificate(struct der_text *d, char subject, char issuer, unsigned serial)
{
	const size_t begin = d->len;
	char hex[32];

	der_text_add(d, "a003020102");
	(void)snprintf(hex, sizeof hex, "0201%02x", serial);
	der_text_add(d, hex);
	der_text_add(d, DER_ECDSA_SHA256);
	(void)snprintf(hex, sizeof hex, "300c310a30080603550403" "0c01%02x", (unsigned)issuer);
	der_text_add(d, hex);
	der_text_add(d, "301e" DER_TIME_2018 DER_TIME_2049);
	(void)snprintf(hex, sizeof hex, "300c310a30080603550403" "0c01%02x", (unsigned)subject);
	der_text_add(d, hex);
	der_text_add(d, "3059" "301306072a8648ce3d020106082a8648ce3d030107" "0342" "0004" X64);
	der_text_add(d, "a30e" "300c" "300a" "06032a0304" "0403" "010203");
	der_text_close(d, begin, 0x30);
	der_text_add(d, DER_ECDSA_SHA256);
	der_text_add(d, DER_SIGNATURE);
	der_text_close(d, begin, 0x30);
}

/* Pairs of letters, subject and issuer: "LI II RR" in DER, one behind the other. */
static void
build(struct der_text *d, const char *pairs)
{
	unsigned serial = 1;

	d->len = 0;
	for (; *pairs != '\0'; pairs += pairs[2] == ' ' ? 3 : 2) {
		add_certificate(d, pairs[0], pairs[1], serial++);
	}
}

/* Bytes that grow, of a PEM text. */
struct pem_text {
	size_t len;
	char bytes[16384];
};

static void
add_text(struct pem_text *t, const void *text, size_t len)
{
	assert_true(len <= sizeof t->bytes - t->len);
	memcpy(t->bytes + t->len, text, len);
	t->len += len;
}

#define ADD_TEXT(t, text) add_text((t), (text), strlen(text))

/* The same as PEM, with these behind the lines, between the blocks and at the end. */
static struct assay_bytes
build_pem(const char *pairs, const char *newline, const char *between, const char *end, size_t end_len)
{
	static struct der_text d;
	static struct pem_text t;
	unsigned serial = 1;

	t.len = 0;
	while (*pairs != '\0') {
		unsigned char text[2048];

		d.len = 0;
		add_certificate(&d, pairs[0], pairs[1], serial++);
		const size_t text_len = (size_t)EVP_EncodeBlock(text, d.bytes, (int)d.len);

		ADD_TEXT(&t, "-----BEGIN CERTIFICATE-----");
		ADD_TEXT(&t, newline);
		for (size_t at = 0; at < text_len; at += 64) {
			add_text(&t, text + at, text_len - at < 64 ? text_len - at : 64);
			ADD_TEXT(&t, newline);
		}
		ADD_TEXT(&t, "-----END CERTIFICATE-----");
		pairs += pairs[2] == ' ' ? 3 : 2;
		if (*pairs != '\0') {
			ADD_TEXT(&t, between);
		}
	}
	add_text(&t, end, end_len);
	return vector_copy(bytes_of(t.bytes, t.len));
}

#define PEM(pairs, newline, between, end) build_pem((pairs), (newline), (between), (end), sizeof(end) - 1)

static void
pem_is_taken_apart(void **state)
{
	const struct {
		const char *reason;
		struct assay_bytes bytes;
		uint32_t wanted;	/* 0: refused */
	} rows[] = {
		{ "three blocks", PEM("LI IR RR", "\n", "\n", "\n"), 3 },
		{ "one block", PEM("RR", "\n", "\n", "\n"), 1 },
		{ "four blocks", PEM("LI IJ JR RR", "\n", "\n", "\n"), 4 },
		{ "five blocks", PEM("LI IJ JK KR RR", "\n", "\n", "\n"), 0 },
		{ "no last newline", PEM("LI IR RR", "\n", "\n", ""), 3 },
		{ "a NUL at the end", PEM("LI IR RR", "\n", "\n", "\n\0"), 3 },
		{ "a NUL and no last newline", PEM("LI IR RR", "\n", "\n", "\0"), 3 },
		{ "many NULs and blanks at the end", PEM("LI IR RR", "\n", "\n", "\0\0 \r\n\t\0"), 3 },
		{ "CRLF", PEM("LI IR RR", "\r\n", "\r\n", "\r\n"), 3 },
		{ "empty lines between", PEM("LI IR RR", "\n", "\n\n", "\n"), 3 },
		{ "no newline between", PEM("LI IR RR", "\n", "", "\n"), 3 },
		{ "text between", PEM("LI IR RR", "\n", "\nissuer=R\n", "\n"), 0 },
		{ "text at the end", PEM("LI IR RR", "\n", "\n", "\nx"), 0 },
		{ "a block that is cut short", PEM("LI IR RR", "\n", "\n", "\n-----BEGIN CERTIFICATE-----\n"), 0 },
		{ "a block of another kind", PEM("LI", "\n", "\n",
		    "\n-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"), 0 },
		{ "a block that is no certificate", PEM("LI", "\n", "\n",
		    "\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"), 0 },
		{ "base64 that is broken in the second block", PEM("LI", "\n", "\n",
		    "\n-----BEGIN CERTIFICATE-----\nM!A=\n-----END CERTIFICATE-----\n"), 0 },
		{ "DER behind PEM", PEM("LI", "\n", "\n", "\n\x30\x00"), 0 },
		{ "only white space", vector_copy(bytes_of(" \n\t\r", 4)), 0 },
		{ "only NULs", vector_copy(bytes_of("\0\0\0", 3)), 0 },
		{ "nothing", vector_copy(bytes_of(NULL, 0)), 0 },
		{ "a dash", vector_copy(bytes_of("-", 1)), 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (chain_parse(&chain, rows[i].bytes) != (rows[i].wanted > 0) || chain.count != rows[i].wanted) {
			fail_msg("%s", rows[i].reason);
		}
		for (uint32_t k = 0; k < chain.count; k++) {
			/* In the order in which they came, and out of the chain's own bytes. */
			assert_int_equal(chain.certificates[k].serial.data[0], k + 1);
			assert_ptr_equal(chain.certificates[k].der.data, chain.der[k]);
		}
		vector_free(rows[i].bytes);
	}
}

static void
blanks_may_come_before_pem(void **state)
{
	const struct assay_bytes pem = PEM("RR", "\n", "\n", "\n");
	uint8_t before[2048] = "\r\n \t";

	(void)state;
	memcpy(before + 4, pem.data, pem.len);
	assert_true(chain_parse(&chain, bytes_of(before, pem.len + 4)));
	vector_free(pem);
}

static void
der_is_taken_apart(void **state)
{
	static const struct {
		const char *reason;
		const char *pairs;
		const char *end;
		size_t end_len;
		uint32_t wanted;
	} rows[] = {
		{ "three certificates", "LI IR RR", "", 0, 3 },
		{ "one certificate", "RR", "", 0, 1 },
		{ "four certificates", "LI IJ JR RR", "", 0, 4 },
		{ "five certificates", "LI IJ JK KR RR", "", 0, 0 },
		{ "NULs at the end", "LI IR RR", "\0\0\0", 3, 3 },
		{ "a newline at the end", "LI IR RR", "\n", 1, 0 },
		{ "something behind a NUL", "LI IR RR", "\0x", 2, 0 },
		{ "a certificate cut short", "LI IR RR", "\x30\x03", 2, 0 },
		{ "a sequence that is no certificate", "LI IR RR", "\x30\x00", 2, 0 },
		{ "an element that is no sequence", "LI IR RR", "\x05\x00", 2, 0 },
		{ "PEM behind DER", "LI", "-----BEGIN CERTIFICATE-----\n", 28, 0 }
	};
	static struct der_text d;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		build(&d, rows[i].pairs);
		memcpy(d.bytes + d.len, rows[i].end, rows[i].end_len);
		d.len += rows[i].end_len;
		const struct assay_bytes bytes = der_text_copy(&d);

		if (chain_parse(&chain, bytes) != (rows[i].wanted > 0) || chain.count != rows[i].wanted) {
			fail_msg("%s", rows[i].reason);
		}
		for (uint32_t k = 0; k < chain.count; k++) {
			assert_int_equal(chain.certificates[k].serial.data[0], k + 1);
		}
		der_text_free(bytes);
	}
}

static void
a_copy_is_refused(void **state)
{
	static struct der_text d;
	static struct pem_text t;
	const struct assay_bytes pem = PEM("RR", "\n", "\n", "\n");

	(void)state;
	t.len = 0;
	add_text(&t, pem.data, pem.len);
	assert_true(chain_parse(&chain, bytes_of(t.bytes, t.len)));
	add_text(&t, pem.data, pem.len);
	assert_false(chain_parse(&chain, bytes_of(t.bytes, t.len)));
	assert_int_equal(chain.count, 0);
	vector_free(pem);

	d.len = 0;
	add_certificate(&d, 'L', 'R', 1);
	add_certificate(&d, 'R', 'R', 2);
	assert_true(chain_parse(&chain, bytes_of(d.bytes, d.len)));
	add_certificate(&d, 'L', 'R', 1);
	assert_false(chain_parse(&chain, bytes_of(d.bytes, d.len)));
}

static void
order_is_by_names(void **state)
{
	static const struct {
		const char *reason;
		const char *pairs;
		const char *path;	/* subjects from the root; NULL: none */
		uint32_t wanted;
	} rows[] = {
		{ "leaf first", "LI IR RR", "RIL", 3 },
		{ "root first", "RR IR LI", "RIL", 3 },
		{ "leaf, root, intermediate", "LI RR IR", "RIL", 3 },
		{ "intermediate first", "IR LI RR", "RIL", 3 },
		{ "signer and root", "SR RR", "RS", 2 },
		{ "four", "LI IJ JR RR", "RJIL", 4 },
		{ "a root alone", "RR", "R", 1 },
		{ "fewer than wanted", "SR RR", NULL, 3 },
		{ "more than wanted", "LI IR RR", NULL, 2 },
		{ "none wanted", "RR", NULL, 0 },
		{ "no root", "LI IJ JR", NULL, 3 },
		{ "two roots", "LR RR SS", NULL, 3 },
		{ "two roots of one name", "LR RR RR", NULL, 3 },
		{ "two leaves", "LR SR RR", NULL, 3 },
		{ "two leaves below the intermediate", "LI SI IR RR", NULL, 4 },
		{ "a leaf of an unknown issuer", "LX IR RR", NULL, 3 },
		{ "a self-issued intermediate", "LI II IR RR", NULL, 4 },
		{ "two that issue each other", "IJ JI RR", NULL, 3 },
		{ "an intermediate twice, in two versions", "LI IR IR RR", NULL, 4 },
		{ "a leaf that has the root's name", "RI IR RR", "RIR", 3 }
	};
	const struct certificate *path[ASSAY_CHAIN_CERTIFICATES_MAX];
	static struct der_text d;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		build(&d, rows[i].pairs);
		assert_true(chain_parse(&chain, bytes_of(d.bytes, d.len)));
		if (chain_order(&chain, path, rows[i].wanted) != (rows[i].path != NULL)) {
			fail_msg("%s", rows[i].reason);
		}
		for (uint32_t k = 0; rows[i].path != NULL && k < rows[i].wanted; k++) {
			assert_int_equal(path[k]->subject_common_name.data[0], rows[i].path[k]);
		}
	}
}

/* The chain in a quote, cut out without any knowledge of quotes. */
static struct assay_bytes
find_pem(struct assay_bytes quote)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";

	for (size_t at = 0; at + strlen(begin) <= quote.len; at++) {
		if (memcmp(quote.data + at, begin, strlen(begin)) == 0) {
			return bytes_slice(quote, at, quote.len - at);
		}
	}
	return bytes_of(NULL, 0);
}

struct seen {
	unsigned chains;
	unsigned ordered;
};

static void
visit_quote(const char *name, struct assay_bytes quote, void *context)
{
	struct seen *const seen = context;
	const struct assay_bytes pem = find_pem(quote);
	const struct certificate *path[ASSAY_CHAIN_CERTIFICATES_MAX];
	/* Two quotes with chains that are truly broken, and one with text behind it. */
	const bool wanted = strstr(name, "badchain") == NULL &&
	    strcmp(name, "tdx-v4-50806f000000-02.with-trailing.quote.bin") != 0;

	if (pem.len == 0) {
		return;
	}
	const struct assay_bytes copy = vector_copy(pem);
	const bool good = chain_parse(&chain, copy) && chain_order(&chain, path, 3);

	if (good != wanted) {
		fail_msg("%s", name);
	}
	if (good) {
		assert_true(certificate_has_role(path[0], "SGX Root CA"));
		assert_true(certificate_has_role(path[2], "SGX PCK Certificate"));
		assert_true(path[2]->sgx_extension.len > 400);
		seen->ordered++;
	}
	seen->chains++;
	vector_free(copy);
}

static void
genuine_chains(void **state)
{
	const struct certificate *path[ASSAY_CHAIN_CERTIFICATES_MAX];
	const struct assay_bytes ias = vector_read("ias/ias-signing-chain.pem");
	struct seen seen = { 0, 0 };

	(void)state;
	if (ias.data == NULL) {
		skip();
	}
	assert_true(chain_parse(&chain, ias));
	assert_true(chain_order(&chain, path, 2));
	assert_true(certificate_has_role(path[0], "Attestation Report Signing CA"));
	assert_true(certificate_has_role(path[1], "Attestation Report Signing"));
	vector_free(ias);
	(void)vector_each("dcap", ".quote.bin", visit_quote, &seen);
	assert_true(seen.chains >= 80);
	assert_int_equal(seen.chains - seen.ordered, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pem_is_taken_apart),
		cmocka_unit_test(blanks_may_come_before_pem),
		cmocka_unit_test(der_is_taken_apart),
		cmocka_unit_test(a_copy_is_refused),
		cmocka_unit_test(order_is_by_names),
		cmocka_unit_test(genuine_chains)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
