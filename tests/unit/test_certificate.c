/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates: one put together by hand with each part spoiled in turn, ones
 * that OpenSSL makes on the spot, and every genuine one at hand.
 */
#define _POSIX_C_SOURCE 200809L	/* vector.h lists directories */

#include "der_text.h"
#include "vector.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/limits.h"
#include "format/pem.h"
#include "x509/certificate.h"

/* The parts of a certificate, in their order. */
enum part {
	VERSION, SERIAL, INNER_ALGORITHM, ISSUER, VALIDITY, SUBJECT, KEY, UNIQUE_IDS, EXTENSIONS,
	OUTER_ALGORITHM, SIGNATURE, TAIL, AFTER, PARTS
};

#define X8 "a1a2a3a4a5a6a7a8"
#define X64 X8 X8 X8 X8 X8 X8 X8 X8
#define X256 X64 X64 X64 X64
#define EC_KEY "3059" "301306072a8648ce3d020106082a8648ce3d030107" "0342" "0004" X64
#define CA "300f" "0603551d13" "0101ff" "0405" "30030101ff"
#define CA_1 "3012" "0603551d13" "0101ff" "0408" "30060101ff020101"
#define NO_CA "300c" "0603551d13" "0101ff" "0402" "3000"
#define SIGN "300e" "0603551d0f" "0101ff" "0404" "03020106"
#define DIGITAL "300e" "0603551d0f" "0101ff" "0404" "030206c0"
#define SGX "3010" "06092a864886f84d010d01" "0403" "3001ff"
#define UNKNOWN "300a" "06032a0304" "0403" "010203"
#define UNKNOWN_CRITICAL "300d" "06032a0304" "0101ff" "0403" "010203"

static const char *const good_parts[PARTS] = {
	[VERSION] = "a003020102",
	[SERIAL] = "020105",
	[INNER_ALGORITHM] = DER_ECDSA_SHA256,
	[ISSUER] = DER_NAME_ROOT,
	[VALIDITY] = "301e" DER_TIME_2018 DER_TIME_2049,
	[SUBJECT] = DER_NAME_LEAF,
	[KEY] = EC_KEY,
	[UNIQUE_IDS] = "",
	/* The list's contents; what begins with "a3" stands for the whole, "none" for its absence. */
	[EXTENSIONS] = CA_1 SIGN SGX UNKNOWN,
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

/* The certificate with one part replaced, and another where second is not PARTS. */
static struct assay_bytes
build(enum part first, const char *first_hex, enum part second, const char *second_hex)
{
	static struct der_text d;
	size_t list;

	d.len = 0;
	for (unsigned part = 0; part < PARTS; part++) {
		const char *const hex = part == first ? first_hex :
		    part == second ? second_hex : good_parts[part];

		list = d.len;
		if (strcmp(hex, "none") != 0) {
			der_text_add(&d, hex);
		}
		if (part == EXTENSIONS) {
			if (hex[0] != 'n' && strncmp(hex, "a3", 2) != 0) {
				der_text_close(&d, list, 0x30);
				der_text_close(&d, list, 0xa3);
			}
			der_text_close(&d, 0, 0x30);
		} else if (part == TAIL) {
			der_text_close(&d, 0, 0x30);
		}
	}
	return der_text_copy(&d);
}

static bool
parses(struct certificate *certificate, enum part part, const char *hex)
{
	const struct assay_bytes der = build(part, hex, PARTS, NULL);
	const bool good = certificate_parse(certificate, der);

	if (!good) {
		const struct certificate none = { 0 };

		assert_memory_equal(certificate, &none, sizeof none);
	}
	der_text_free(der);
	return good;
}

static void
all_fields_are_read(void **state)
{
	const struct assay_bytes der = build(PARTS, NULL, PARTS, NULL);
	struct certificate c;
	uint8_t point[64];
	uint8_t rs[64] = { 0 };
	struct assay_signature_item item;

	(void)state;
	assert_true(certificate_parse(&c, der));
	assert_true(bytes_equal(c.der, der));
	/* A head of four bytes, the algorithm, the signature: the rest is signed. */
	assert_int_equal(c.tbs.len, der.len - 4 - 12 - 11);
	assert_ptr_equal(c.tbs.data, der.data + 4);
	assert_int_equal(c.signature_algorithm, ASSAY_ECDSA_P256_SHA256);
	rs[31] = 1;
	rs[63] = 2;
	assert_memory_equal(c.signature_rs, rs, 64);
	assert_int_equal(c.signature_rsa.len, 0);
	assert_true(bytes_equal(c.serial, bytes_of("\x05", 1)));
	assert_int_equal(c.issuer.len, strlen(DER_NAME_ROOT) / 2);
	assert_int_equal(c.subject.len, strlen(DER_NAME_LEAF) / 2);
	assert_true(bytes_equal_text(c.subject_common_name, "Test Leaf"));
	assert_int_equal(c.not_before_s, 1526899510);
	assert_int_equal(c.not_after_s, 2524607999);
	assert_int_equal(c.key_algorithm, ASSAY_ECDSA_P256_SHA256);
	assert_true(hex_decode(point, 64, bytes_of_text(X64)));
	assert_true(bytes_equal(c.key, bytes_of(point, 64)));
	assert_true(c.has_basic_constraints && c.is_ca && c.has_path_length && c.has_key_usage);
	assert_int_equal(c.path_length, 1);
	assert_int_equal(c.key_usage, KEY_USAGE_KEY_CERT_SIGN | KEY_USAGE_CRL_SIGN);
	assert_true(bytes_equal(c.sgx_extension, bytes_of("\x30\x01\xff", 3)));

	item = certificate_signature_item(&c, bytes_of(point, 64));
	assert_int_equal(item.algorithm, ASSAY_ECDSA_P256_SHA256);
	assert_true(bytes_equal(item.key, bytes_of(point, 64)));
	assert_true(bytes_equal(item.message, c.tbs));
	assert_true(bytes_equal(item.signature, bytes_of(rs, 64)));
	assert_false(item.valid);
	der_text_free(der);
}

#define RSA_KEY(lengths, modulus) "3082" lengths "300d06092a864886f70d0101010500" modulus
#define RSA_2048 RSA_KEY("0122", "0382010f00" "3082010a" "0282010100" X256 "0203010001")

static void
rsa_is_read(void **state)
{
	static const struct row keys[] = {
		{ "2048 bits", KEY, RSA_2048 },
		{ "4096 bits", KEY, RSA_KEY("0222", "0382020f00" "3082020a" "0282020100" X256 X256 "0203010001") }
	};
	struct certificate c;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		if (!parses(&c, KEY, keys[i].hex)) {
			fail_msg("refused: %s", keys[i].reason);
		}
		assert_int_equal(c.key_algorithm, ASSAY_RSA_PKCS1_SHA256);
		assert_int_equal(c.key.len, i == 0 ? 256 : 512);
	}

	static const struct {
		const char *reason;
		const char *outer;
		const char *signature;
		bool good;
	} rows[] = {
		{ "256 bytes", DER_RSA_SHA256, "0382010100" X256, true },
		{ "512 bytes", DER_RSA_SHA256, "0382020100" X256 X256, true },
		{ "255 bytes", DER_RSA_SHA256, "0382010000" X64 X64 X64 X8 X8 X8 X8 X8 X8 X8 "a1a2a3a4a5a6a7", false },
		{ "513 bytes", DER_RSA_SHA256, "0382020200" X256 X256 "01", false },
		{ "RSA inside and ECDSA outside", DER_ECDSA_SHA256, "0382010100" X256, false }
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		static struct der_text d;

		d.len = 0;
		for (unsigned part = VERSION; part <= EXTENSIONS; part++) {
			const size_t list = d.len;

			der_text_add(&d, part == INNER_ALGORITHM ? DER_RSA_SHA256 : good_parts[part]);
			if (part == EXTENSIONS) {
				der_text_close(&d, list, 0x30);
				der_text_close(&d, list, 0xa3);
			}
		}
		der_text_close(&d, 0, 0x30);
		der_text_add(&d, rows[i].outer);
		der_text_add(&d, rows[i].signature);
		der_text_close(&d, 0, 0x30);
		if (certificate_parse(&c, bytes_of(d.bytes, d.len)) != rows[i].good) {
			fail_msg("%s", rows[i].reason);
		}
		if (rows[i].good) {
			const struct assay_signature_item item = certificate_signature_item(&c, c.key);

			assert_int_equal(item.algorithm, ASSAY_RSA_PKCS1_SHA256);
			assert_true(bytes_equal(item.signature, c.signature_rsa));
			assert_true(item.signature.len >= 256);
		}
	}
}

#define NAME_OF(tag) "30143112301006035504" "03" tag "0954657374204c656166"
#define SERIAL_20 "0214" "0102030405060708090a0b0c0d0e0f1011121314"
#define EXTENSION_OF(last) "3009" "06032a03" last "0402" "0500"

static void
variants_are_accepted(void **state)
{
	static const struct row rows[] = {
		{ "as it is", PARTS, NULL },
		{ "a serial of 20 bytes", SERIAL, SERIAL_20 },
		{ "a serial of 20 bytes with the highest bit", SERIAL,
		    "0215" "00" "f102030405060708090a0b0c0d0e0f1011121314" },
		{ "the serial zero", SERIAL, "020100" },
		{ "a GeneralizedTime", VALIDITY, "3020" DER_TIME_2018 "180f32303439313233313233353935395a" },
		{ "a PrintableString", SUBJECT, NAME_OF("13") },
		{ "an IA5String", SUBJECT, NAME_OF("16") },
		{ "issuer and subject alike", SUBJECT, DER_NAME_ROOT },
		{ "no CA", EXTENSIONS, NO_CA DIGITAL },
		{ "a CA without a path length", EXTENSIONS, CA },
		{ "no constraints", EXTENSIONS, UNKNOWN },
		{ "nine usages", EXTENSIONS, "300f" "0603551d0f" "0101ff" "0405" "030307ff80" },
		{ "one usage", EXTENSIONS, "300e" "0603551d0f" "0101ff" "0404" "03020780" },
		{ "eight usages", EXTENSIONS, "300e" "0603551d0f" "0101ff" "0404" "030200ff" },
		{ "constraints that are not critical", EXTENSIONS, "300c" "0603551d13" "0405" "30030101ff" },
		{ "a path length of 255", EXTENSIONS, "3013" "0603551d13" "0101ff" "0409" "30070101ff020200ff" },
		{ "a critical SGX extension", EXTENSIONS, "3013" "06092a864886f84d010d01" "0101ff" "0403" "3001ff" },
		{ "sixteen extensions", EXTENSIONS,
		    EXTENSION_OF("01") EXTENSION_OF("02") EXTENSION_OF("03") EXTENSION_OF("04")
		    EXTENSION_OF("05") EXTENSION_OF("06") EXTENSION_OF("07") EXTENSION_OF("08")
		    EXTENSION_OF("09") EXTENSION_OF("0a") EXTENSION_OF("0b") EXTENSION_OF("0c")
		    EXTENSION_OF("0d") EXTENSION_OF("0e") EXTENSION_OF("0f") EXTENSION_OF("10") }
	};
	struct certificate c;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!parses(&c, rows[i].part, rows[i].hex)) {
			fail_msg("refused: %s", rows[i].reason);
		}
	}
	assert_true(parses(&c, EXTENSIONS, "300f" "0603551d0f" "0101ff" "0405" "030307ff80"));
	assert_int_equal(c.key_usage, 0xff);
	assert_true(parses(&c, EXTENSIONS, NO_CA DIGITAL));
	assert_true(c.has_basic_constraints && !c.is_ca && !c.has_path_length);
	assert_int_equal(c.key_usage, KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_NON_REPUDIATION);
	assert_int_equal(c.sgx_extension.len, 0);
	assert_true(parses(&c, EXTENSIONS, UNKNOWN));
	assert_false(c.has_basic_constraints || c.has_key_usage || c.is_ca);
}

/* A SubjectPublicKeyInfo of P-256 by its parts. */
#define EC_KEY_WITH(lengths, algorithm, bits) "30" lengths algorithm bits
#define P256 "301306072a8648ce3d020106082a8648ce3d030107"

static void
spoiled_parts_are_refused(void **state)
{
	static const struct row rows[] = {
		{ "version 1 by default", VERSION, "" },
		{ "version 1", VERSION, "a003020100" },
		{ "version 2", VERSION, "a003020101" },
		{ "version 4", VERSION, "a003020103" },
		{ "version 258, which ends in a 2", VERSION, "a00402020102" },
		{ "bytes after the version", VERSION, "a0050201020500" },
		{ "the version without its tag", VERSION, "020102" },
		{ "an empty version", VERSION, "a000" },
		{ "no serial", SERIAL, "" },
		{ "an empty serial", SERIAL, "0200" },
		{ "a negative serial", SERIAL, "0201ff" },
		{ "a serial with a zero too many", SERIAL, "02020005" },
		{ "a serial of 21 bytes", SERIAL, "0215" "0102030405060708090a0b0c0d0e0f101112131415" },
		{ "a serial of another type", SERIAL, "0a0105" },
		{ "ECDSA with SHA-384 inside", INNER_ALGORITHM, DER_ECDSA_SHA384 },
		{ "ECDSA with SHA-384 outside", OUTER_ALGORITHM, DER_ECDSA_SHA384 },
		{ "RSA inside, ECDSA outside", INNER_ALGORITHM, DER_RSA_SHA256 },
		{ "ECDSA inside, RSA outside", OUTER_ALGORITHM, DER_RSA_SHA256 },
		{ "parameters of ECDSA", INNER_ALGORITHM, "300c06082a8648ce3d0403020500" },
		{ "RSA without NULL", OUTER_ALGORITHM, "300b06092a864886f70d01010b" },
		{ "no algorithm inside", INNER_ALGORITHM, "" },
		{ "no algorithm outside", OUTER_ALGORITHM, "" },
		{ "an empty issuer", ISSUER, "3000" },
		{ "an empty subject", SUBJECT, "3000" },
		{ "no issuer", ISSUER, "" },
		{ "an empty step in a name", SUBJECT, "30023100" },
		{ "a name without an attribute's value", SUBJECT, "300931073005" "0603550403" },
		{ "a name with an empty value", SUBJECT, "300b31093007" "0603550403" "0c00" },
		{ "a name with a third field", SUBJECT, "300e310c300a" "0603550403" "0c0141" "0500" },
		{ "two attributes in one step", SUBJECT, "3018" "3116" "3009" "0603550403" "0c0241" "42"
		    "3009" "0603550406" "0c024142" },
		{ "a name in a set", SUBJECT, "31143112301006035504030c0954657374204c656166" },
		{ "a sequence for the set in a name", SUBJECT, "30143012301006035504030c0954657374204c656166" },
		{ "a NUL in a name", SUBJECT, "30143112301006035504030c0954657374004c656166" },
		{ "a newline in a name", SUBJECT, "30143112301006035504030c09546573740a4c656166" },
		{ "DEL in a name", SUBJECT, "30143112301006035504030c09546573747f4c656166" },
		{ "a letter that is no ASCII in a name", SUBJECT, "30143112301006035504030c0954657374c3a9656166" },
		{ "a BMPString", SUBJECT, NAME_OF("1e") },
		{ "a T61String", SUBJECT, NAME_OF("14") },
		{ "a UniversalString", SUBJECT, NAME_OF("1c") },
		{ "an INTEGER in a name", SUBJECT, NAME_OF("02") },
		{ "an empty OID in a name", SUBJECT, "300f310d300b" "0600" "0c075465737420434" "1" },
		{ "an OID that breaks off", SUBJECT, "30143112301006035504830c0954657374204c656166" },
		{ "an OID with a zero digit", SUBJECT, "301531133011060455048003" "0c0954657374204c656166" },
		{ "notBefore alone", VALIDITY, "300f" DER_TIME_2018 },
		{ "a third date", VALIDITY, "302d" DER_TIME_2018 DER_TIME_2049 DER_TIME_2049 },
		{ "a date that is none", VALIDITY, "301e" DER_TIME_2018 "170d3439313333313233353935395a" },
		{ "no dates", VALIDITY, "3000" },
		{ "no validity", VALIDITY, "" },
		{ "no key", KEY, "" },
		{ "a compressed point", KEY, EC_KEY_WITH("39", P256, "0322" "0002" X8 X8 X8 X8) },
		{ "a point that says it is compressed", KEY, EC_KEY_WITH("59", P256, "0342" "0002" X64) },
		{ "a point of 63 bytes", KEY,
		    EC_KEY_WITH("58", P256, "0341" "0004" X8 X8 X8 X8 X8 X8 X8 "a1a2a3a4a5a6a7") },
		{ "a point of 65 bytes", KEY, EC_KEY_WITH("5a", P256, "0343" "0004" X64 "01") },
		{ "the point at infinity", KEY, EC_KEY_WITH("19", P256, "0302" "0000") },
		{ "no point", KEY, EC_KEY_WITH("18", P256, "0301" "00") },
		{ "unused bits in the point", KEY, EC_KEY_WITH("59", P256, "0342" "0104" X64) },
		{ "another curve", KEY, EC_KEY_WITH("56", "301006072a8648ce3d020106052b8104000a", "0342" "0004" X64) },
		{ "the curve spelled out", KEY, EC_KEY_WITH("51", "300b06072a8648ce3d02013000", "0342" "0004" X64) },
		{ "no curve", KEY, EC_KEY_WITH("4f", "300906072a8648ce3d0201", "0342" "0004" X64) },
		{ "an Ed25519 key", KEY, "302a" "300506032b6570" "0321" "00" X8 X8 X8 X8 },
		{ "bytes after the key", KEY, EC_KEY_WITH("5b", P256, "0342" "0004" X64 "0500") },
		{ "an RSA key of 2040 bits", KEY, RSA_KEY("011f", "0382010c00" "30820107" "0281ff" "71"
		    X64 X64 X64 X8 X8 X8 X8 X8 X8 X8 "a1a2a3a4a5a6" "0203010001") },
		{ "an RSA key of 2047 bits", KEY, RSA_KEY("0121", "0382010e00" "30820109" "02820100" "71"
		    X64 X64 X64 X8 X8 X8 X8 X8 X8 X8 "a1a2a3a4a5a6a7" "0203010001") },
		{ "an RSA key of 4104 bits", KEY, RSA_KEY("0222", "0382020f00" "3082020a" "02820201" "01"
		    X256 X256 "0203010001") },
		{ "the exponent 3", KEY, RSA_KEY("0120", "0382010d00" "30820108" "0282010100" X256 "020103") },
		{ "the exponent 65537 with a zero before", KEY,
		    RSA_KEY("0123", "0382011000" "3082010b" "0282010100" X256 "020400010001") },
		{ "a third number in the RSA key", KEY,
		    RSA_KEY("0125", "0382011200" "3082010d" "0282010100" X256 "0203010001" "020101") },
		{ "bytes after the RSA key", KEY,
		    RSA_KEY("0124", "0382011100" "3082010a" "0282010100" X256 "0203010001" "0500") },
		{ "an RSA key without NULL", KEY,
		    "30820120" "300b06092a864886f70d010101" "0382010f00" "3082010a" "0282010100" X256 "0203010001" },
		{ "an issuer's unique id", UNIQUE_IDS, "81020000" },
		{ "a subject's unique id", UNIQUE_IDS, "82020000" },
		{ "no extensions", EXTENSIONS, "none" },
		{ "an empty list of extensions", EXTENSIONS, "" },
		{ "an empty tag of extensions", EXTENSIONS, "a300" },
		{ "two lists of extensions", EXTENSIONS, "a31e" "300d" "300b" "06032a0304" "0404" "01020304" "300d"
		    "300b" "06032a0305" "0404" "01020304" },
		{ "bytes after the extensions' tag", EXTENSIONS, "a310" "300c" "300a" "06032a0304" "0403" "010203"
		    "0500" },
		{ "an unknown critical extension", EXTENSIONS, CA SIGN UNKNOWN_CRITICAL },
		{ "constraints twice", EXTENSIONS, CA SIGN CA },
		{ "usage twice", EXTENSIONS, SIGN SIGN },
		{ "the SGX extension twice", EXTENSIONS, SGX SGX },
		{ "an unknown extension twice", EXTENSIONS, UNKNOWN CA UNKNOWN },
		{ "seventeen extensions", EXTENSIONS, CA
		    EXTENSION_OF("01") EXTENSION_OF("02") EXTENSION_OF("03") EXTENSION_OF("04")
		    EXTENSION_OF("05") EXTENSION_OF("06") EXTENSION_OF("07") EXTENSION_OF("08")
		    EXTENSION_OF("09") EXTENSION_OF("0a") EXTENSION_OF("0b") EXTENSION_OF("0c")
		    EXTENSION_OF("0d") EXTENSION_OF("0e") EXTENSION_OF("0f") EXTENSION_OF("10") },
		{ "an extension without a value", EXTENSIONS, "3005" "06032a0304" },
		{ "an extension without an OID", EXTENSIONS, "3005" "0403" "010203" },
		{ "an extension with a fourth field", EXTENSIONS, "300c" "06032a0304" "0403" "010203" "0500" },
		{ "critical, as FALSE", EXTENSIONS, "300d" "06032a0304" "010100" "0403" "010203" },
		{ "critical, as BER", EXTENSIONS, "300f" "0603551d13" "010101" "0405" "30030101ff" },
		{ "an extension that is no sequence", EXTENSIONS, "310a" "06032a0304" "0403" "010203" },
		{ "an extension that breaks off", EXTENSIONS, CA "3020" "0603" },
		{ "CA, as FALSE", EXTENSIONS, "300f" "0603551d13" "0101ff" "0405" "3003010100" },
		{ "CA, as BER", EXTENSIONS, "300f" "0603551d13" "0101ff" "0405" "3003010101" },
		{ "a path length without CA", EXTENSIONS, "300f" "0603551d13" "0101ff" "0405" "3003020101" },
		{ "a path length of 256", EXTENSIONS, "3013" "0603551d13" "0101ff" "0409" "30070101ff02020100" },
		{ "a negative path length", EXTENSIONS, "3012" "0603551d13" "0101ff" "0408" "30060101ff0201ff" },
		{ "a third field of the constraints", EXTENSIONS, "3014" "0603551d13" "0101ff" "040a"
		    "30080101ff0201010500" },
		{ "bytes after the constraints", EXTENSIONS, "300e" "0603551d13" "0101ff" "0404" "30000500" },
		{ "empty constraints' value", EXTENSIONS, "300a" "0603551d13" "0101ff" "0400" },
		{ "no usage at all", EXTENSIONS, "300d" "0603551d0f" "0101ff" "0403" "030100" },
		{ "a usage without its byte of unused bits", EXTENSIONS, "300c" "0603551d0f" "0101ff" "0402" "0300" },
		{ "eight unused bits", EXTENSIONS, "300e" "0603551d0f" "0101ff" "0404" "03020880" },
		{ "bits set among the unused", EXTENSIONS, "300e" "0603551d0f" "0101ff" "0404" "030206ff" },
		{ "a zero bit at the end of the usage", EXTENSIONS, "300e" "0603551d0f" "0101ff" "0404" "03020006" },
		{ "a usage of zero bits", EXTENSIONS, "300e" "0603551d0f" "0101ff" "0404" "03020700" },
		{ "a usage of three bytes", EXTENSIONS, "3010" "0603551d0f" "0101ff" "0406" "030407ff8080" },
		{ "bytes after the usage", EXTENSIONS, "3010" "0603551d0f" "0101ff" "0406" "030201060500" },
		{ "a usage that is no BIT STRING", EXTENSIONS, "300e" "0603551d0f" "0101ff" "0404" "04020106" },
		{ "no signature", SIGNATURE, "" },
		{ "a raw signature", SIGNATURE, "0341" "00" X64 },
		{ "unused bits in the signature", SIGNATURE, "0309013006020101020102" },
		{ "a signature of three numbers", SIGNATURE, "030c003009020101020101020102" },
		{ "bytes after the signature", TAIL, "0500" },
		{ "a byte after the certificate", AFTER, "00" },
		{ "a second certificate", AFTER, "3000" }
	};
	struct certificate c;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (parses(&c, rows[i].part, rows[i].hex)) {
			fail_msg("accepted: %s", rows[i].reason);
		}
	}
}

static void
every_cut_is_refused(void **state)
{
	const struct assay_bytes der = build(PARTS, NULL, PARTS, NULL);
	struct certificate c;

	(void)state;
	for (size_t len = 0; len < der.len; len++) {
		const struct assay_bytes cut = vector_copy(bytes_of(der.data, len));

		assert_false(certificate_parse(&c, cut));
		vector_free(cut);
	}
	der_text_free(der);
}

static void
the_size_is_limited(void **state)
{
	static struct der_text d;
	struct certificate c;
	size_t begin;

	(void)state;
	/* An unknown extension fills the certificate up to the limit, and by one byte more. */
	for (unsigned more = 0; more <= 1; more++) {
		d.len = 0;
		for (unsigned part = VERSION; part < EXTENSIONS; part++) {
			der_text_add(&d, good_parts[part]);
		}
		begin = d.len;
		der_text_add(&d, "06032a0304");
		const size_t value = d.len;

		/* Four heads of four bytes, those of the extension's parts, and what follows. */
		const size_t fill = CERTIFICATE_BYTES_MAX - d.len - 6 * 4 - 12 - 11 + more;

		memset(d.bytes + d.len, 0, fill);
		d.len += fill;
		der_text_close(&d, value, 0x04);
		der_text_close(&d, begin, 0x30);
		der_text_close(&d, begin, 0x30);
		der_text_close(&d, begin, 0xa3);
		der_text_close(&d, 0, 0x30);
		der_text_add(&d, good_parts[OUTER_ALGORITHM]);
		der_text_add(&d, good_parts[SIGNATURE]);
		der_text_close(&d, 0, 0x30);
		assert_int_equal(d.len, CERTIFICATE_BYTES_MAX + more);
		assert_int_equal(certificate_parse(&c, bytes_of(d.bytes, d.len)), more == 0);
	}
}

#define CN(hex) "3010" "0603550403" "0c09" hex

static void
roles_are_whole_words_at_the_end(void **state)
{
	static const struct {
		const char *name;
		const char *phrase;
		bool wanted;
	} rows[] = {
		{ "Intel SGX Root CA", "SGX Root CA", true },
		{ "SGX Root CA", "SGX Root CA", true },
		{ "Intel SGX Root CA", "CA", true },
		{ "XSGX Root CA", "SGX Root CA", false },
		{ "Intel SGX Root CA ", "SGX Root CA", false },
		{ "Intel SGX Root CA 2", "SGX Root CA", false },
		{ "intel sgx root ca", "SGX Root CA", false },
		{ "Root CA", "SGX Root CA", false },
		{ "", "SGX Root CA", false },
		{ "Intel SGX Root CA", "", false },
		{ "", "", false }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct certificate c = { .subject_common_name = bytes_of_text(rows[i].name) };

		if (certificate_has_role(&c, rows[i].phrase) != rows[i].wanted) {
			fail_msg("\"%s\", \"%s\"", rows[i].name, rows[i].phrase);
		}
	}
}

static void
one_common_name_or_none(void **state)
{
	struct certificate c;

	(void)state;
	/* Two common names: neither is the subject's. */
	assert_true(parses(&c, SUBJECT, "3028" "3112" CN("54657374204c656166") "3112" CN("54657374204c656166")));
	assert_int_equal(c.subject_common_name.len, 0);
	/* Only an organisation. */
	assert_true(parses(&c, SUBJECT, "3014" "3112" "3010" "060355040a" "0c09" "54657374204c656166"));
	assert_int_equal(c.subject_common_name.len, 0);
}

/* What OpenSSL makes of the same profile. */
static void
certificates_of_openssl(void **state)
{
	static const struct {
		const char *constraints;
		const char *usage;
		bool rsa;
		bool is_ca;
		uint8_t key_usage;
	} rows[] = {
		{ "critical,CA:TRUE,pathlen:1", "critical,keyCertSign,cRLSign", false, true, 0x06 },
		{ "critical,CA:TRUE", "critical,keyCertSign,cRLSign", true, true, 0x06 },
		{ "critical,CA:FALSE", "critical,digitalSignature,nonRepudiation", false, false, 0xc0 },
		{ "critical,CA:FALSE", "critical,digitalSignature,nonRepudiation", true, false, 0xc0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		EVP_PKEY *const key = rows[i].rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
		X509 *const x = X509_new();
		X509_NAME *const name = X509_get_subject_name(x);
		uint8_t *der = NULL;
		struct certificate c;
		X509V3_CTX context;
		X509_EXTENSION *extension;

		assert_non_null(key);
		assert_int_equal(X509_set_version(x, X509_VERSION_3), 1);
		assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 4711), 1);
		assert_int_equal(X509_NAME_add_entry_by_txt(name, "C", MBSTRING_ASC,
		    (const unsigned char *)"US", -1, -1, 0), 1);
		assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		    (const unsigned char *)"Made SGX Root CA", -1, -1, 0), 1);
		assert_int_equal(X509_set_issuer_name(x, name), 1);
		assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x), 1526899510));
		assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), 2600000000));
		assert_int_equal(X509_set_pubkey(x, key), 1);
		X509V3_set_ctx(&context, x, x, NULL, NULL, 0);
		static const int extensions[] = { NID_subject_key_identifier, NID_basic_constraints, NID_key_usage };

		for (unsigned k = 0; k < 3; k++) {
			extension = X509V3_EXT_conf_nid(NULL, &context, extensions[k],
			    k == 0 ? "hash" : k == 1 ? rows[i].constraints : rows[i].usage);
			assert_non_null(extension);
			assert_int_equal(X509_add_ext(x, extension, -1), 1);
			X509_EXTENSION_free(extension);
		}
		assert_true(X509_sign(x, key, EVP_sha256()) > 0);
		const int len = i2d_X509(x, &der);

		assert_true(len > 0);
		assert_true(certificate_parse(&c, bytes_of(der, (size_t)len)));
		assert_int_equal(c.is_ca, rows[i].is_ca);
		assert_int_equal(c.key_usage, rows[i].key_usage);
		assert_int_equal(c.key.len, rows[i].rsa ? 256 : 64);
		assert_int_equal(c.not_after_s, 2600000000);
		assert_true(bytes_equal(c.serial, bytes_of("\x12\x67", 2)));
		assert_true(certificate_has_role(&c, "SGX Root CA"));
		assert_true(bytes_equal(c.issuer, c.subject));
		OPENSSL_free(der);
		X509_free(x);
		EVP_PKEY_free(key);
	}
}

/* Every root and signer at hand, with what is known of it. */
static void
genuine_certificates(void **state)
{
	static const struct {
		const char *file;
		const char *role;
		int path_length;	/* -1: no CA */
		size_t key_len;
		size_t serial_len;
		int64_t not_after_s;
	} rows[] = {
		{ "intel-sgx-root-ca", "SGX Root CA", 1, 64, 20, 2524607999 },
		{ "intel-sgx-root-ca-old-a", "SGX Root CA", 1, 64, 20, 2000284870 },
		{ "intel-sgx-root-ca-old-b", "SGX Root CA", 0, 64, 20, 2000284870 },
		{ "intel-sgx-pck-platform-ca", "SGX PCK Platform CA", 0, 64, 20, 2000285410 },
		{ "intel-sgx-pck-processor-ca", "SGX PCK Processor CA", 0, 64, 20, 2000285410 },
		{ "intel-sgx-pck-processor-ca-old", "SGX PCK Processor CA", 0, 64, 20, 2000285108 },
		{ "intel-sgx-tcb-signing-2018", "SGX TCB Signing", -1, 64, 20, 1747824610 },
		{ "intel-sgx-tcb-signing-2018-old", "SGX TCB Signing", -1, 64, 20, 2000285271 },
		{ "intel-sgx-tcb-signing-2025", "SGX TCB Signing", -1, 64, 20, 1967448300 },
		{ "ias-report-signing-ca", "Attestation Report Signing CA", 0, 384, 8, 2524607999 },
		{ "ias-report-signing-leaf", "Attestation Report Signing", -1, 256, 8, 1795167418 },
		{ "not-trusted-preprod-root-6b389606", "SGX Root CA", 1, 64, 20, 2524607999 },
		{ "not-trusted-preprod-root-e3f49e85", "SGX Root CA", 1, 64, 20, 2524607999 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t der[CERTIFICATE_BYTES_MAX];
		char path[128];
		size_t len;
		struct certificate c;

		(void)snprintf(path, sizeof path, "roots/%s.pem", rows[i].file);
		const struct assay_bytes pem = vector_read(path);

		if (pem.data == NULL) {
			skip();
		}
		struct cursor text = cursor_over(pem);

		assert_int_equal(pem_next(&text, "CERTIFICATE", der, sizeof der, &len), 1);
		if (!certificate_parse(&c, bytes_of(der, len)) || !certificate_has_role(&c, rows[i].role)) {
			fail_msg("%s", rows[i].file);
		}
		assert_true(c.has_basic_constraints && c.has_key_usage);
		assert_int_equal(c.is_ca, rows[i].path_length >= 0);
		assert_int_equal(c.has_path_length, rows[i].path_length >= 0);
		assert_int_equal(c.path_length, rows[i].path_length >= 0 ? rows[i].path_length : 0);
		assert_int_equal(c.key_usage, rows[i].path_length >= 0 ? 0x06 : 0xc0);
		assert_int_equal(c.key.len, rows[i].key_len);
		assert_int_equal(c.serial.len, rows[i].serial_len);
		assert_int_equal(c.not_after_s, rows[i].not_after_s);
		assert_int_equal(c.key_algorithm, rows[i].key_len == 64 ? ASSAY_ECDSA_P256_SHA256 :
		    ASSAY_RSA_PKCS1_SHA256);
		vector_free(pem);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields_are_read),
		cmocka_unit_test(rsa_is_read),
		cmocka_unit_test(variants_are_accepted),
		cmocka_unit_test(spoiled_parts_are_refused),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(the_size_is_limited),
		cmocka_unit_test(roles_are_whole_words_at_the_end),
		cmocka_unit_test(one_common_name_or_none),
		cmocka_unit_test(certificates_of_openssl),
		cmocka_unit_test(genuine_certificates)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
