/* SPDX-License-Identifier: Apache-2.0 */
/* CRLs: one put together by hand with each part spoiled in turn, and every genuine one at hand. */
#define _POSIX_C_SOURCE 200809L	/* vector.h lists directories */

#include "der_text.h"
#include "vector.h"

#include "base/limits.h"
#include "x509/crl.h"

/* The parts of a CRL, in their order. */
enum part {
	VERSION, INNER_ALGORITHM, ISSUER, THIS_UPDATE, NEXT_UPDATE, REVOKED, EXTENSIONS, LAST,
	OUTER_ALGORITHM, SIGNATURE, TAIL, AFTER, PARTS
};

#define NUMBER "300a" "0603551d14" "0403" "020101"
#define AUTHORITY "300c" "0603551d23" "0405" "3003800101"
#define UNKNOWN "300a" "06032a0304" "0403" "010203"
#define UNKNOWN_CRITICAL "300d" "06032a0304" "0101ff" "0403" "010203"
#define REASON(hex) "300c" "300a" "0603551d15" "0403" hex
#define ENTRY(serial) "3020" serial DER_TIME_2018 REASON("0a0101")
#define BARE "3012" "020107" DER_TIME_2018

static const char *const good_parts[PARTS] = {
	[VERSION] = "020101",
	[INNER_ALGORITHM] = DER_ECDSA_SHA256,
	[ISSUER] = DER_NAME_ROOT,
	[THIS_UPDATE] = DER_TIME_2018,
	[NEXT_UPDATE] = DER_TIME_2049,
	/* The list's contents; "none": no list. */
	[REVOKED] = ENTRY("020105") ENTRY("020106") BARE,
	/* The list's contents; what begins with "a0" stands for the whole, "none" for its absence. */
	[EXTENSIONS] = NUMBER AUTHORITY,
	[LAST] = "",
	[OUTER_ALGORITHM] = DER_ECDSA_SHA256,
	[SIGNATURE] = DER_SIGNATURE,
	[TAIL] = "",
	[AFTER] = ""
};

struct row {
	const char *reason;
	enum part part;
	const char *hex;
};

static struct assay_bytes
build(enum part replaced, const char *replacement)
{
	static struct der_text d;

	d.len = 0;
	for (unsigned part = 0; part < PARTS; part++) {
		const char *const hex = part == replaced ? replacement : good_parts[part];
		const size_t list = d.len;

		if (strcmp(hex, "none") != 0) {
			der_text_add(&d, hex);
			if (part == REVOKED || (part == EXTENSIONS && strncmp(hex, "a0", 2) != 0)) {
				der_text_close(&d, list, 0x30);
			}
			if (part == EXTENSIONS && strncmp(hex, "a0", 2) != 0) {
				der_text_close(&d, list, 0xa0);
			}
		}
		if (part == LAST || part == TAIL) {
			der_text_close(&d, 0, 0x30);
		}
	}
	return der_text_copy(&d);
}

static void
all_fields_are_read(void **state)
{
	const struct assay_bytes der = build(PARTS, NULL);
	uint8_t rs[64] = { 0 };
	struct assay_signature_item item;
	struct crl crl;

	(void)state;
	assert_true(crl_parse(&crl, der));
	assert_true(bytes_equal(crl.der, der));
	assert_int_equal(crl.tbs.len, der.len - 3 - 12 - 11);
	assert_ptr_equal(crl.tbs.data, der.data + 3);
	rs[31] = 1;
	rs[63] = 2;
	assert_memory_equal(crl.signature_rs, rs, 64);
	assert_int_equal(crl.issuer.len, strlen(DER_NAME_ROOT) / 2);
	assert_int_equal(crl.this_update_s, 1526899510);
	assert_int_equal(crl.next_update_s, 2524607999);
	assert_true(bytes_equal(crl.number, bytes_of("\x01", 1)));
	assert_int_equal(crl.revoked_count, 3);

	item = crl_signature_item(&crl, bytes_of(rs, 64));
	assert_int_equal(item.algorithm, ASSAY_ECDSA_P256_SHA256);
	assert_true(bytes_equal(item.key, bytes_of(rs, 64)));
	assert_true(bytes_equal(item.message, crl.tbs));
	assert_true(bytes_equal(item.signature, bytes_of(rs, 64)));
	assert_false(item.valid);
	der_text_free(der);
}

static void
serials_are_found(void **state)
{
	static const struct {
		const char *reason;
		const char *serial;
		size_t len;
		bool wanted;
	} rows[] = {
		{ "the first", "\x05", 1, true },
		{ "with the highest bit, of which the sign's zero is no part", "\x80", 1, true },
		{ "in the middle", "\x01\x02\x03", 3, true },
		{ "the last", "\x07", 1, true },
		{ "not there", "\x08", 1, false },
		{ "with a zero before", "\x00\x05", 2, false },
		{ "the sign's zero as part", "\x00\x80", 2, false },
		{ "a beginning", "\x01\x02", 2, false },
		{ "an end", "\x02\x03", 2, false },
		{ "nothing", "", 0, false }
	};
	const struct assay_bytes der = build(REVOKED,
	    ENTRY("020105") "3021" "02020080" DER_TIME_2018 REASON("0a0101")
	    "3022" "0203010203" DER_TIME_2018 REASON("0a0101") BARE);
	const struct assay_bytes none = build(REVOKED, "none");
	struct crl crl;

	(void)state;
	assert_true(crl_parse(&crl, der));
	assert_int_equal(crl.revoked_count, 4);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (crl_has_serial(&crl, bytes_of(rows[i].serial, rows[i].len)) != rows[i].wanted) {
			fail_msg("%s", rows[i].reason);
		}
	}
	assert_true(crl_parse(&crl, none));
	assert_int_equal(crl.revoked_count, 0);
	assert_false(crl_has_serial(&crl, bytes_of("\x05", 1)));
	der_text_free(der);
	der_text_free(none);
}

static void
variants_are_accepted(void **state)
{
	static const struct row rows[] = {
		{ "as it is", PARTS, NULL },
		{ "nobody revoked", REVOKED, "none" },
		{ "a GeneralizedTime", NEXT_UPDATE, "180f32303530303130313030303030305a" },
		{ "an entry's GeneralizedTime", REVOKED, "3014" "020107" "180f32303530303130313030303030305a" },
		{ "an unknown extension", EXTENSIONS, NUMBER UNKNOWN },
		{ "a number alone", EXTENSIONS, NUMBER },
		{ "a number of 20 bytes", EXTENSIONS, "301d" "0603551d14" "0416" "0214"
		    "0102030405060708090a0b0c0d0e0f1011121314" },
		{ "a serial of 20 bytes", REVOKED, "3025" "0214" "0102030405060708090a0b0c0d0e0f1011121314"
		    DER_TIME_2018 },
		{ "an entry's unknown extension", REVOKED, "3020" "020107" DER_TIME_2018 "300c" UNKNOWN },
		{ "the reason unspecified", REVOKED, "3020" "020107" DER_TIME_2018 REASON("0a0100") },
		{ "the reason certificateHold", REVOKED, "3020" "020107" DER_TIME_2018 REASON("0a0106") },
		{ "the last reason", REVOKED, "3020" "020107" DER_TIME_2018 REASON("0a010a") }
	};
	struct crl crl;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes der = build(rows[i].part, rows[i].hex);

		if (!crl_parse(&crl, der)) {
			fail_msg("refused: %s", rows[i].reason);
		}
		der_text_free(der);
	}
}

#define SERIAL_21 "0215" "0102030405060708090a0b0c0d0e0f101112131415"

static void
spoiled_parts_are_refused(void **state)
{
	static const struct row rows[] = {
		{ "version 1", VERSION, "" },
		{ "version 1, written", VERSION, "020100" },
		{ "version 3", VERSION, "020102" },
		{ "ECDSA with SHA-384 inside", INNER_ALGORITHM, DER_ECDSA_SHA384 },
		{ "ECDSA with SHA-384 outside", OUTER_ALGORITHM, DER_ECDSA_SHA384 },
		{ "RSA inside", INNER_ALGORITHM, DER_RSA_SHA256 },
		{ "RSA outside", OUTER_ALGORITHM, DER_RSA_SHA256 },
		{ "no algorithm inside", INNER_ALGORITHM, "" },
		{ "an empty issuer", ISSUER, "3000" },
		{ "no issuer", ISSUER, "" },
		{ "no dates", THIS_UPDATE, "" },
		{ "a date that is none", THIS_UPDATE, "170d3138303533323130343531305a" },
		{ "no nextUpdate", NEXT_UPDATE, "" },
		{ "a nextUpdate that is none", NEXT_UPDATE, "170d3138303533323130343531305a" },
		{ "an empty list", REVOKED, "" },
		{ "an entry without a serial", REVOKED, "300f" DER_TIME_2018 },
		{ "an empty entry", REVOKED, ENTRY("020105") "3000" },
		{ "an entry without a date", REVOKED, "3003" "020107" },
		{ "a negative serial", REVOKED, "3012" "020187" DER_TIME_2018 },
		{ "a serial with a zero too many", REVOKED, "3013" "02020007" DER_TIME_2018 },
		{ "a serial of 21 bytes", REVOKED, "3026" SERIAL_21 DER_TIME_2018 },
		{ "a date that is none in an entry", REVOKED, "3012" "020107" "170d3138303533323130343531305a" },
		{ "an entry that is no sequence", REVOKED, "3112" "020107" DER_TIME_2018 },
		{ "an entry that breaks off", REVOKED, BARE "3020" "0201" },
		{ "bytes after an entry's date", REVOKED, "3014" "020107" DER_TIME_2018 "0500" },
		{ "bytes after an entry's extensions", REVOKED, "3022" "020107" DER_TIME_2018 REASON("0a0101") "0500" },
		{ "an empty list of an entry's extensions", REVOKED, "3014" "020107" DER_TIME_2018 "3000" },
		{ "an unknown critical extension of an entry", REVOKED, "3023" "020107" DER_TIME_2018
		    "300f" UNKNOWN_CRITICAL },
		{ "another issuer for an entry", REVOKED, "3022" "020107" DER_TIME_2018 "300e" "300c" "0603551d1d"
		    "0405" "3003810101" },
		{ "another issuer for an entry, critical", REVOKED, "3025" "020107" DER_TIME_2018 "3011" "300f"
		    "0603551d1d" "0101ff" "0405" "3003810101" },
		{ "two reasons", REVOKED, "302c" "020107" DER_TIME_2018 "3018" "300a" "0603551d15" "0403" "0a0101"
		    "300a" "0603551d15" "0403" "0a0101" },
		{ "the reason 7, which is none", REVOKED, "3020" "020107" DER_TIME_2018 REASON("0a0107") },
		{ "the reason removeFromCRL", REVOKED, "3020" "020107" DER_TIME_2018 REASON("0a0108") },
		{ "the reason 11", REVOKED, "3020" "020107" DER_TIME_2018 REASON("0a010b") },
		{ "a reason that is an INTEGER", REVOKED, "3020" "020107" DER_TIME_2018 REASON("020101") },
		{ "bytes after the reason", REVOKED, "3022" "020107" DER_TIME_2018 "300e" "300c" "0603551d15" "0405"
		    "0a01010500" },
		{ "no extensions", EXTENSIONS, "none" },
		{ "no number", EXTENSIONS, AUTHORITY },
		{ "an empty list of extensions", EXTENSIONS, "" },
		{ "two numbers", EXTENSIONS, NUMBER NUMBER },
		{ "a negative number", EXTENSIONS, "300a" "0603551d14" "0403" "0201ff" },
		{ "a number with a zero too many", EXTENSIONS, "300b" "0603551d14" "0404" "02020001" },
		{ "a number of 21 bytes", EXTENSIONS, "301e" "0603551d14" "0417" SERIAL_21 },
		{ "bytes after the number", EXTENSIONS, "300c" "0603551d14" "0405" "0201010500" },
		{ "an unknown critical extension", EXTENSIONS, NUMBER UNKNOWN_CRITICAL },
		{ "a delta CRL", EXTENSIONS, NUMBER "300d" "0603551d1b" "0101ff" "0403" "020101" },
		{ "a delta CRL that is not critical", EXTENSIONS, NUMBER "300a" "0603551d1b" "0403" "020101" },
		{ "an indirect CRL", EXTENSIONS, NUMBER "300f" "0603551d1c" "0101ff" "0405" "30038401ff" },
		{ "an indirect CRL that is not critical", EXTENSIONS, NUMBER "300c" "0603551d1c" "0405" "30038401ff" },
		{ "bytes after the extensions' list", EXTENSIONS, "a010" "300c" NUMBER "0500" },
		{ "bytes after the extensions", LAST, "0500" },
		{ "no signature", SIGNATURE, "" },
		{ "a raw signature", SIGNATURE, "03050001020304" },
		{ "unused bits in the signature", SIGNATURE, "0309013006020101020102" },
		{ "bytes after the signature", TAIL, "0500" },
		{ "a byte after the CRL", AFTER, "00" }
	};
	const struct crl none = { 0 };
	struct crl crl;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes der = build(rows[i].part, rows[i].hex);

		if (crl_parse(&crl, der)) {
			fail_msg("accepted: %s", rows[i].reason);
		}
		assert_memory_equal(&crl, &none, sizeof none);
		der_text_free(der);
	}
}

static void
every_cut_is_refused(void **state)
{
	const struct assay_bytes der = build(PARTS, NULL);
	struct crl crl;

	(void)state;
	for (size_t len = 0; len < der.len; len++) {
		const struct assay_bytes cut = vector_copy(bytes_of(der.data, len));

		assert_false(crl_parse(&crl, cut));
		vector_free(cut);
	}
	der_text_free(der);
}

/* Entries up to the limit are read; with one more, nothing is. */
static void
the_size_is_limited(void **state)
{
	const struct assay_bytes small = build(REVOKED, BARE);
	static const uint8_t bare[20] = "\x30\x12\x02\x01\x07\x17\x0d" "180521104510Z";
	const size_t small_heads = 3 + 2;
	/* What stands before the list of entries, without the three heads; and after it. */
	const size_t before = 3 + 12 + strlen(DER_NAME_ROOT DER_TIME_2018 DER_TIME_2049) / 2;
	const size_t after_tbs = 12 + 11;
	const size_t after = small.len - small_heads - before - 2 - sizeof bare;
	const size_t heads = 3 * 5;
	const size_t entries = (ASSAY_COLLATERAL_BYTES_MAX - heads - before - after) / sizeof bare;
	struct crl crl;

	(void)state;
	for (size_t more = 0; more <= 1; more++) {
		const size_t list = (entries + more) * sizeof bare;
		const size_t tbs = before + 5 + list + after - after_tbs;
		const size_t lengths[3] = { 5 + tbs + after_tbs, tbs, list };
		uint8_t *const der = malloc(5 + lengths[0]);
		size_t at = 0;

		assert_non_null(der);
		for (unsigned level = 0; level < 3; level++) {
			if (level == 2) {
				memcpy(der + at, small.data + small_heads, before);
				at += before;
			}
			der[at++] = 0x30;
			der[at++] = 0x83;
			der[at++] = (uint8_t)(lengths[level] >> 16);
			der[at++] = (uint8_t)(lengths[level] >> 8);
			der[at++] = (uint8_t)lengths[level];
		}
		for (size_t i = 0; i < entries + more; i++, at += sizeof bare) {
			memcpy(der + at, bare, sizeof bare);
		}
		memcpy(der + at, small.data + small.len - after, after);
		at += after;
		assert_int_equal(at, 5 + lengths[0]);
		assert_int_equal(at > ASSAY_COLLATERAL_BYTES_MAX, more == 1);
		assert_int_equal(crl_parse(&crl, bytes_of(der, at)), more == 0);
		assert_int_equal(crl.revoked_count, more == 0 ? entries : 0);
		free(der);
	}
	der_text_free(small);
}

/* Ways in which the same CRL is served. */
static void
served_forms(void **state)
{
	static const struct {
		const char *reason;
		const char *text;
		size_t len;	/* 0: up to the zero */
		size_t wanted;	/* bytes of DER; 0: refused */
	} rows[] = {
		{ "DER", "\x30\x02\x05\x00", 4, 4 },
		{ "DER with a NUL behind", "\x30\x02\x05\x00\x00", 5, 4 },
		{ "DER with many NULs behind", "\x30\x02\x05\x00\x00\x00\x00\x00", 8, 4 },
		{ "DER with a newline behind", "\x30\x02\x05\x00\n", 5, 0 },
		{ "DER cut short", "\x30\x02\x05", 3, 0 },
		{ "DER with something after a NUL", "\x30\x02\x05\x00\x00\x01", 6, 0 },
		{ "hex", "30020500", 0, 4 },
		{ "hex in capitals", "3002050A", 0, 4 },
		{ "hex with a newline behind", "30020500\n", 0, 4 },
		{ "hex with all that may be behind", "30020500 \t\r\n\0", 13, 4 },
		{ "hex with an odd digit", "300205000", 0, 0 },
		{ "hex with a blank inside", "3002 0500", 0, 0 },
		{ "hex with a blank before", " 30020500", 0, 0 },
		{ "hex with a prefix", "0x30020500", 0, 0 },
		{ "hex that does not fit", "30070505050505050505", 0, 0 },
		{ "PEM", "-----BEGIN X509 CRL-----\nMAIFAA==\n-----END X509 CRL-----\n", 0, 4 },
		{ "PEM with CRLF, blanks before and a NUL behind",
		    " \n-----BEGIN X509 CRL-----\r\nMAIFAA==\r\n-----END X509 CRL-----\r\n\0", 60, 4 },
		{ "PEM of a certificate", "-----BEGIN CERTIFICATE-----\nMAIFAA==\n-----END CERTIFICATE-----\n", 0, 0 },
		{ "two blocks", "-----BEGIN X509 CRL-----\nMAIFAA==\n-----END X509 CRL-----\n"
		    "-----BEGIN X509 CRL-----\nMAIFAA==\n-----END X509 CRL-----\n", 0, 0 },
		{ "text after the block", "-----BEGIN X509 CRL-----\nMAIFAA==\n-----END X509 CRL-----\nx", 0, 0 },
		{ "a block that does not fit", "-----BEGIN X509 CRL-----\nMAcFBQUFBQUF\n-----END X509 CRL-----\n", 0, 0 },
		{ "base64", "MAIFAA==", 0, 0 },
		{ "JSON", "{}", 0, 0 },
		{ "only white space", " \n", 0, 0 },
		{ "only NULs", "\0\0", 2, 0 },
		{ "nothing", "", 0, 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct assay_bytes served = vector_copy(bytes_of(rows[i].text,
		    rows[i].len != 0 ? rows[i].len : strlen(rows[i].text)));
		uint8_t out[8];
		const struct assay_bytes der = crl_der(served, out, sizeof out);

		if (der.len != rows[i].wanted || (der.len != 0 && memcmp(der.data, "\x30\x02\x05", 3) != 0)) {
			fail_msg("%s", rows[i].reason);
		}
		vector_free(served);
	}
}

/* The files' names say how many are revoked and which number they have. */
static void
visit(const char *name, struct assay_bytes der, void *context)
{
	const char *const revoked = strstr(name, "revoked-num");
	const char *count = revoked;
	const char *const number = revoked + strlen("revoked-num");
	struct crl crl;

	(void)context;
	assert_non_null(revoked);
	while (count[-1] != '-') {
		count--;
	}
	if (!crl_parse(&crl, der)) {
		fail_msg("%s", name);
	}
	assert_int_equal(crl.revoked_count, strtoul(count, NULL, 10));
	assert_int_equal(crl.number.len, 1);
	assert_int_equal(crl.number.data[0], strtoul(number, NULL, 10));
	assert_true(crl.this_update_s < crl.next_update_s);
}

static void
genuine_crls(void **state)
{
	(void)state;
	if (vector_each("dcap/crl", ".crl.der", visit, NULL) == 0) {
		skip();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields_are_read),
		cmocka_unit_test(serials_are_found),
		cmocka_unit_test(variants_are_accepted),
		cmocka_unit_test(spoiled_parts_are_refused),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(the_size_is_limited),
		cmocka_unit_test(served_forms),
		cmocka_unit_test(genuine_crls)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
