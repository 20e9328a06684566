/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quotes, built field by field.  Each shape of quote is good as built; each
 * row then sets one field wrong and names the check that must fail.
 */
#include "text.h"

#include "evidence/quote.h"

#define QUOTE_BYTES_MAX 2048

/* The quotes that there are. */
enum shape {
	V3,
	V4_SGX,
	V4_TDX,
	V5_SGX,
	V5_TD_1_0,
	V5_TD_1_5,
	V5_TD_1_5_EXTENDED,
	SHAPES
};

static const struct {
	uint16_t version;
	uint32_t tee_type;
	uint16_t body_type;
	size_t body_size;
} shapes[SHAPES] = {
	[V3] = { 3, 0, 1, 384 },
	[V4_SGX] = { 4, 0, 1, 384 },
	[V4_TDX] = { 4, 0x81, 2, 584 },
	[V5_SGX] = { 5, 0, 1, 384 },
	[V5_TD_1_0] = { 5, 0x81, 2, 584 },
	[V5_TD_1_5] = { 5, 0x81, 3, 648 },
	[V5_TD_1_5_EXTENDED] = { 5, 0x81, 4, 885 }
};

/* The fields that rows change. */
enum field {
	VERSION,
	KEY_TYPE,
	TEE_TYPE,
	VENDOR,
	USER_DATA,
	BODY_TYPE,
	BODY_SIZE,
	BODY,
	SIGNATURE_SIZE,
	SIGNATURE,
	KEY,
	OUTER_TYPE,
	OUTER_SIZE,
	QE_REPORT,
	QE_SIGNATURE,
	AUTHENTICATION_SIZE,
	AUTHENTICATION,
	TYPE,
	SIZE,
	CERTIFICATION,
	FIELDS
};

struct built {
	uint8_t bytes[QUOTE_BYTES_MAX];
	size_t len;
	size_t at[FIELDS];
	size_t size[FIELDS];
};

static void
put_number(struct built *b, enum field field, size_t size, uint64_t value)
{
	b->at[field] = b->len;
	b->size[field] = size;
	for (size_t i = 0; i < size; i++) {
		b->bytes[b->len++] = (uint8_t)(value >> (8 * i));
	}
}

/* A field of bytes that differ from each other field's. */
static void
put_bytes(struct built *b, enum field field, size_t size)
{
	b->at[field] = b->len;
	b->size[field] = size;
	for (size_t i = 0; i < size; i++) {
		b->bytes[b->len++] = (uint8_t)(i + 16 * (size_t)field);
	}
}

static void
set_number(struct built *b, enum field field, uint64_t value)
{
	for (size_t i = 0; i < b->size[field] && i < sizeof value; i++) {
		b->bytes[b->at[field] + i] = (uint8_t)(value >> (8 * i));
	}
}

static uint64_t
get_number(const struct built *b, enum field field)
{
	uint64_t value = 0;

	for (size_t i = 0; i < b->size[field] && i < sizeof value; i++) {
		value |= (uint64_t)b->bytes[b->at[field] + i] << (8 * i);
	}
	return value;
}

static void
build(struct built *b, enum shape shape, uint16_t type, size_t authentication, size_t certification)
{
	static const uint8_t vendor[16] = {
		0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9,
		0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07
	};
	const uint16_t version = shapes[shape].version;

	memset(b, 0, sizeof *b);
	put_number(b, VERSION, 2, version);
	put_number(b, KEY_TYPE, 2, 2);
	put_number(b, TEE_TYPE, 4, shapes[shape].tee_type);
	b->len += 4;
	put_bytes(b, VENDOR, sizeof vendor);
	memcpy(b->bytes + b->at[VENDOR], vendor, sizeof vendor);
	put_bytes(b, USER_DATA, 20);
	if (version == 5) {
		put_number(b, BODY_TYPE, 2, shapes[shape].body_type);
		put_number(b, BODY_SIZE, 4, shapes[shape].body_size);
	}
	put_bytes(b, BODY, shapes[shape].body_size);
	put_number(b, SIGNATURE_SIZE, 4, 0);
	put_bytes(b, SIGNATURE, 64);
	put_bytes(b, KEY, 64);
	if (version >= 4) {
		put_number(b, OUTER_TYPE, 2, CERTIFICATION_QE_REPORT);
		put_number(b, OUTER_SIZE, 4, 0);
	}
	put_bytes(b, QE_REPORT, 384);
	put_bytes(b, QE_SIGNATURE, 64);
	put_number(b, AUTHENTICATION_SIZE, 2, authentication);
	put_bytes(b, AUTHENTICATION, authentication);
	put_number(b, TYPE, 2, type);
	put_number(b, SIZE, 4, certification);
	put_bytes(b, CERTIFICATION, certification);
	set_number(b, SIGNATURE_SIZE, b->len - b->at[SIGNATURE]);
	if (version >= 4) {
		set_number(b, OUTER_SIZE, b->len - b->at[QE_REPORT]);
	}
	assert_true(b->len <= QUOTE_BYTES_MAX);
}

/* What was parsed must be the very bytes of the field. */
static void
check_view(const struct built *b, const uint8_t *base, enum field field, struct assay_bytes view)
{
	assert_int_equal(view.len, b->size[field]);
	if (view.len != 0) {
		assert_ptr_equal(view.data, base + b->at[field]);
	}
}

static void
every_shape_is_cut_right(void **state)
{
	(void)state;
	for (enum shape shape = V3; shape < SHAPES; shape++) {
		struct built b;
		struct quote quote;
		const bool tdx = shapes[shape].tee_type == 0x81;

		build(&b, shape, CERTIFICATION_PCK_CHAIN, 32, 100);
		assert_int_equal(quote_parse(&quote, bytes_of(b.bytes, b.len)), ASSAY_CHECK_COUNT);
		assert_int_equal(quote.version, shapes[shape].version);
		assert_int_equal(quote.tee, tdx ? ASSAY_TEE_TDX : ASSAY_TEE_SGX);
		assert_int_equal(quote.kind, tdx ? ASSAY_EVIDENCE_TDX_QUOTE : ASSAY_EVIDENCE_SGX_QUOTE);
		assert_int_equal(quote.body_type, shapes[shape].body_type);
		check_view(&b, b.bytes, USER_DATA, quote.user_data);
		check_view(&b, b.bytes, BODY, quote.body);
		check_view(&b, b.bytes, SIGNATURE, quote.signature);
		check_view(&b, b.bytes, KEY, quote.attestation_key);
		check_view(&b, b.bytes, QE_REPORT, quote.qe_report);
		check_view(&b, b.bytes, QE_SIGNATURE, quote.qe_report_signature);
		check_view(&b, b.bytes, AUTHENTICATION, quote.qe_authentication);
		check_view(&b, b.bytes, CERTIFICATION, quote.certification);
		assert_int_equal(quote.certification_type, CERTIFICATION_PCK_CHAIN);
		assert_ptr_equal(quote.signed_bytes.data, b.bytes);
		assert_int_equal(quote.signed_bytes.len, b.at[SIGNATURE_SIZE]);
		assert_ptr_equal(quote.from_attestation_key.data, b.bytes + b.at[KEY]);
		assert_int_equal(quote.from_attestation_key.len, b.len - b.at[KEY]);
		assert_int_equal(quote_length(bytes_of(b.bytes, b.len)), b.len);
	}
}

static void
sizes_and_types_inside_are_honoured(void **state)
{
	static const size_t authentications[] = { 0, 1, 31, 33, 500 };
	struct built b;
	struct quote quote;

	(void)state;
	for (unsigned t = CERTIFICATION_PPID_CLEAR; t <= CERTIFICATION_PCK_CHAIN; t++) {
		const uint16_t type = (uint16_t)t;

		for (size_t i = 0; i < sizeof authentications / sizeof authentications[0]; i++) {
			build(&b, V3, type, authentications[i], i * 10);
			assert_int_equal(quote_parse(&quote, bytes_of(b.bytes, b.len)), ASSAY_CHECK_COUNT);
			assert_int_equal(quote.certification_type, type);
			check_view(&b, b.bytes, AUTHENTICATION, quote.qe_authentication);
			check_view(&b, b.bytes, CERTIFICATION, quote.certification);
		}
	}
}

/* One field set wrong: to a value, or by a difference where it is a size. */
struct row {
	const char *reason;
	enum shape shape;
	enum field field;
	int64_t by;		/* 0: to */
	uint32_t to;
	enum assay_check failed;
};

static const struct row rows[] = {
	{ "version 0", V3, VERSION, 0, 0, ASSAY_CHECK_QUOTE_VERSION },
	{ "version 6", V4_TDX, VERSION, 0, 6, ASSAY_CHECK_QUOTE_VERSION },
	{ "version 3 in big endian", V3, VERSION, 0, 0x0300, ASSAY_CHECK_QUOTE_VERSION },
	{ "a version 3 quote said to be EPID", V3, VERSION, 0, 2, ASSAY_CHECK_QUOTE_FORM },
	{ "key type 0 (EPID)", V3, KEY_TYPE, 0, 0, ASSAY_CHECK_QUOTE_KEY_TYPE },
	{ "key type 1 (EPID)", V4_TDX, KEY_TYPE, 0, 1, ASSAY_CHECK_QUOTE_KEY_TYPE },
	{ "key type 3 (P-384)", V5_TD_1_5, KEY_TYPE, 0, 3, ASSAY_CHECK_QUOTE_KEY_TYPE },
	{ "version 3 with a TEE", V3, TEE_TYPE, 0, 0x81, ASSAY_CHECK_QUOTE_TEE },
	{ "version 3 with something in the TEE field", V3, TEE_TYPE, 0, 0x10000, ASSAY_CHECK_QUOTE_TEE },
	{ "version 4 of an unknown TEE", V4_TDX, TEE_TYPE, 0, 0x82, ASSAY_CHECK_QUOTE_TEE },
	{ "version 4 with a high TEE byte", V4_TDX, TEE_TYPE, 0, 0x81000081, ASSAY_CHECK_QUOTE_TEE },
	{ "version 5 of an unknown TEE", V5_SGX, TEE_TYPE, 0, 1, ASSAY_CHECK_QUOTE_TEE },
	{ "another vendor, first byte", V3, VENDOR, 0, 0x33729a92, ASSAY_CHECK_QUOTE_VENDOR },
	{ "another vendor, all zero", V5_TD_1_5, VENDOR, 0, 0, ASSAY_CHECK_QUOTE_VENDOR },
	{ "a version 4 TDX quote said to be SGX", V4_TDX, TEE_TYPE, 0, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "a version 4 SGX quote said to be TDX", V4_SGX, TEE_TYPE, 0, 0x81, ASSAY_CHECK_QUOTE_FORM },
	{ "a version 4 quote said to be version 3", V4_SGX, VERSION, 0, 3, ASSAY_CHECK_QUOTE_FORM },
	{ "a version 4 quote read as version 5", V4_TDX, VERSION, 0, 5, ASSAY_CHECK_QUOTE_BODY },
	{ "a version 5 quote read as version 4", V5_TD_1_0, VERSION, 0, 4, ASSAY_CHECK_QUOTE_FORM },
	{ "version 5, body type 0", V5_TD_1_5, BODY_TYPE, 0, 0, ASSAY_CHECK_QUOTE_BODY },
	{ "version 5, body type 5", V5_TD_1_5, BODY_TYPE, 0, 5, ASSAY_CHECK_QUOTE_BODY },
	{ "version 5, an SGX body of a TD", V5_TD_1_5, BODY_TYPE, 0, 1, ASSAY_CHECK_QUOTE_BODY },
	{ "version 5, a TD body of an enclave", V5_SGX, BODY_TYPE, 0, 2, ASSAY_CHECK_QUOTE_BODY },
	{ "version 5, the type of another size", V5_TD_1_5, BODY_TYPE, 0, 2, ASSAY_CHECK_QUOTE_BODY },
	{ "version 5, a TD quote said to be SGX", V5_TD_1_0, TEE_TYPE, 0, 0, ASSAY_CHECK_QUOTE_BODY },
	{ "version 5, size one less", V5_TD_1_5, BODY_SIZE, -1, 0, ASSAY_CHECK_QUOTE_BODY },
	{ "version 5, size one more", V5_SGX, BODY_SIZE, 1, 0, ASSAY_CHECK_QUOTE_BODY },
	{ "version 5, size 2^32 - 1", V5_SGX, BODY_SIZE, 0, UINT32_MAX, ASSAY_CHECK_QUOTE_BODY },
	{ "version 5, size 0", V5_SGX, BODY_SIZE, 0, 0, ASSAY_CHECK_QUOTE_BODY },
	{ "signature data one byte less", V3, SIGNATURE_SIZE, -1, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "signature data one byte more", V3, SIGNATURE_SIZE, 1, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "no signature data", V4_TDX, SIGNATURE_SIZE, 0, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "signature data of 2^32 - 1", V5_TD_1_5, SIGNATURE_SIZE, 0, UINT32_MAX, ASSAY_CHECK_QUOTE_FORM },
	{ "signature data of 2^32 - 436", V3, SIGNATURE_SIZE, 0, UINT32_MAX - 435, ASSAY_CHECK_QUOTE_FORM },
	{ "outer size one less", V4_TDX, OUTER_SIZE, -1, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "outer size one more", V4_TDX, OUTER_SIZE, 1, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "outer size 2^32 - 1", V4_SGX, OUTER_SIZE, 0, UINT32_MAX, ASSAY_CHECK_QUOTE_FORM },
	{ "outer size 0", V5_SGX, OUTER_SIZE, 0, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "outer type 5", V4_TDX, OUTER_TYPE, 0, 5, ASSAY_CHECK_QUOTE_CERTIFICATION },
	{ "outer type 7", V5_TD_1_5, OUTER_TYPE, 0, 7, ASSAY_CHECK_QUOTE_CERTIFICATION },
	{ "outer type 0", V5_TD_1_5, OUTER_TYPE, 0, 0, ASSAY_CHECK_QUOTE_CERTIFICATION },
	{ "authentication data one less", V3, AUTHENTICATION_SIZE, -1, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "authentication data one more", V4_TDX, AUTHENTICATION_SIZE, 1, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "authentication data of 65535", V5_SGX, AUTHENTICATION_SIZE, 0, 65535, ASSAY_CHECK_QUOTE_FORM },
	{ "a byte left over in version 3", V3, SIZE, -1, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "a byte left over in version 4", V4_TDX, SIZE, -1, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "certification data one more", V3, SIZE, 1, 0, ASSAY_CHECK_QUOTE_FORM },
	{ "certification data of 2^32 - 1", V5_TD_1_5, SIZE, 0, UINT32_MAX, ASSAY_CHECK_QUOTE_FORM },
	{ "certification type 0", V3, TYPE, 0, 0, ASSAY_CHECK_QUOTE_CERTIFICATION },
	{ "certification type 6 in version 3", V3, TYPE, 0, 6, ASSAY_CHECK_QUOTE_CERTIFICATION },
	{ "certification type 6 inside of 6", V4_TDX, TYPE, 0, 6, ASSAY_CHECK_QUOTE_CERTIFICATION },
	{ "certification type 7 inside of 6", V5_TD_1_5, TYPE, 0, 7, ASSAY_CHECK_QUOTE_CERTIFICATION },
	{ "certification type 0x0500", V4_SGX, TYPE, 0, 0x0500, ASSAY_CHECK_QUOTE_CERTIFICATION },
	{ "the header's checks come before the form's", V3, KEY_TYPE, 0, 9, ASSAY_CHECK_QUOTE_KEY_TYPE }
};

static void
one_wrong_field_fails_its_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct built b;
		struct quote quote;
		const struct row *const row = &rows[i];

		build(&b, row->shape, CERTIFICATION_PCK_CHAIN, 32, 100);
		assert_true(b.size[row->field] != 0);
		set_number(&b, row->field, row->by == 0 ? row->to :
		    get_number(&b, row->field) + (uint64_t)row->by);
		const enum assay_check failed = quote_parse(&quote, bytes_of(b.bytes, b.len));

		if (failed != row->failed) {
			fail_msg("%s: check %d, not %d", row->reason, (int)failed, (int)row->failed);
		}
	}
}

/* The check of the first field that is not wholly there. */
static enum assay_check
check_of_prefix(enum shape shape, size_t len)
{
	if (len < 2) {
		return ASSAY_CHECK_QUOTE_VERSION;
	}
	if (len < 4) {
		return ASSAY_CHECK_QUOTE_KEY_TYPE;
	}
	if (len < 8) {
		return ASSAY_CHECK_QUOTE_TEE;
	}
	if (len < 28) {
		return ASSAY_CHECK_QUOTE_VENDOR;
	}
	if (shapes[shape].version == 5 && len < 54) {
		return ASSAY_CHECK_QUOTE_BODY;
	}
	return ASSAY_CHECK_QUOTE_FORM;
}

static void
every_prefix_is_refused(void **state)
{
	(void)state;
	for (enum shape shape = V3; shape < SHAPES; shape++) {
		struct built b;

		build(&b, shape, CERTIFICATION_PCK_CHAIN, 32, 100);
		for (size_t len = 0; len < b.len; len++) {
			uint8_t *const copy = malloc(len != 0 ? len : 1);
			struct quote quote;

			assert_non_null(copy);
			memcpy(copy, b.bytes, len);
			assert_int_equal(quote_parse(&quote, bytes_of(copy, len)), check_of_prefix(shape, len));
			assert_int_equal(quote_length(bytes_of(copy, len)), 0);
			free(copy);
		}
	}
}

static void
bytes_after_the_quote_are_refused_and_measured(void **state)
{
	(void)state;
	for (enum shape shape = V3; shape < SHAPES; shape++) {
		struct built b;
		struct quote quote;

		build(&b, shape, CERTIFICATION_PCK_CHAIN, 32, 100);
		assert_int_equal(quote_parse(&quote, bytes_of(b.bytes, b.len + 1)), ASSAY_CHECK_QUOTE_FORM);
		assert_int_equal(quote_parse(&quote, bytes_of(b.bytes, b.len + 64)), ASSAY_CHECK_QUOTE_FORM);
		assert_int_equal(quote_length(bytes_of(b.bytes, b.len + 1)), b.len);
		assert_int_equal(quote_length(bytes_of(b.bytes, b.len + 64)), b.len);
	}
}

/* Signature data that ends early, and the quote with it: all outer lengths are right. */
static void
short_signature_data_is_refused(void **state)
{
	(void)state;
	for (enum shape shape = V3; shape < SHAPES; shape++) {
		struct built b;
		struct quote quote;

		build(&b, shape, CERTIFICATION_PCK_CHAIN, 32, 100);
		for (size_t len = 0; len < b.len - b.at[SIGNATURE]; len++) {
			set_number(&b, SIGNATURE_SIZE, len);
			const struct assay_bytes bytes = bytes_of(b.bytes, b.at[SIGNATURE] + len);

			assert_int_equal(quote_parse(&quote, bytes), ASSAY_CHECK_QUOTE_FORM);
			assert_int_equal(quote_length(bytes), bytes.len);
		}
	}
}

static void
what_is_no_quote_has_no_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct built b;
		const struct row *const row = &rows[i];

		if (row->failed >= ASSAY_CHECK_QUOTE_FORM || row->field == BODY_SIZE) {
			continue;
		}
		build(&b, row->shape, CERTIFICATION_PCK_CHAIN, 32, 100);
		set_number(&b, row->field, row->to);
		if (quote_length(bytes_of(b.bytes, b.len)) != 0) {
			fail_msg("a length: %s", row->reason);
		}
	}
	assert_int_equal(quote_length(bytes_of(NULL, 0)), 0);
}

static void
kind_is_known_before_the_key_is_refused(void **state)
{
	struct built b;
	struct quote quote;

	(void)state;
	build(&b, V4_TDX, CERTIFICATION_PCK_CHAIN, 32, 100);
	set_number(&b, KEY_TYPE, 3);
	assert_int_equal(quote_parse(&quote, bytes_of(b.bytes, b.len)), ASSAY_CHECK_QUOTE_KEY_TYPE);
	assert_int_equal(quote.version, 4);
	assert_int_equal(quote.kind, ASSAY_EVIDENCE_TDX_QUOTE);
	assert_int_equal(quote.tee, ASSAY_TEE_TDX);

	build(&b, V3, CERTIFICATION_PCK_CHAIN, 32, 100);
	set_number(&b, TEE_TYPE, 0x81);
	assert_int_equal(quote_parse(&quote, bytes_of(b.bytes, b.len)), ASSAY_CHECK_QUOTE_TEE);
	assert_int_equal(quote.kind, ASSAY_EVIDENCE_NONE);

	set_number(&b, VERSION, 7);
	assert_int_equal(quote_parse(&quote, bytes_of(b.bytes, b.len)), ASSAY_CHECK_QUOTE_VERSION);
	assert_int_equal(quote.version, 7);
}

/* An EPID quote with a signature of size bytes; returns its length. */
static size_t
build_epid(uint8_t out[static QUOTE_BYTES_MAX], uint16_t version, uint16_t type, uint8_t size)
{
	memset(out, 0, QUOTE_BYTES_MAX);
	out[0] = (uint8_t)version;
	out[2] = (uint8_t)type;
	memcpy(out + 4, "\x78\x56\x34\x12\x0d\x01\x0e\x02\x44\x33\x22\x11", 12);
	memset(out + 16, 0xba, 32);
	memset(out + 48, 0x5e, 384);
	out[432] = size;
	memset(out + 436, 0x51, size);
	return 436 + (size_t)size;
}

static void
epid_quotes_are_read_but_never_decided(void **state)
{
	uint8_t bytes[QUOTE_BYTES_MAX];
	struct epid_quote epid;
	struct quote quote;

	(void)state;
	for (uint16_t version = 1; version <= 2; version++) {
		for (uint16_t type = 0; type <= 1; type++) {
			const size_t len = build_epid(bytes, version, type, 200);

			assert_true(epid_quote_parse(&epid, bytes_of(bytes, len), false));
			assert_int_equal(epid.version, version);
			assert_int_equal(epid.linkable, type == 1);
			assert_int_equal(epid.group_id, 0x12345678);
			assert_int_equal(epid.qe_svn, 0x010d);
			assert_int_equal(epid.pce_svn, 0x020e);
			assert_int_equal(epid.extended_group_id, 0x11223344);
			assert_ptr_equal(epid.basename.data, bytes + 16);
			assert_int_equal(epid.basename.len, 32);
			assert_ptr_equal(epid.report.data, bytes + 48);
			assert_int_equal(epid.report.len, 384);
			assert_int_equal(quote_parse(&quote, bytes_of(bytes, len)), ASSAY_CHECK_QUOTE_EPID);
			assert_int_equal(quote.version, version);
			assert_int_equal(quote.kind, ASSAY_EVIDENCE_EPID_QUOTE);
			assert_int_equal(quote.tee, ASSAY_TEE_SGX);
			assert_ptr_equal(quote.body.data, bytes + 48);
			assert_int_equal(quote.body.len, 384);
			assert_int_equal(quote_length(bytes_of(bytes, len)), len);
			assert_int_equal(quote_length(bytes_of(bytes, len + 9)), len);
			assert_true(epid_quote_parse(&epid, bytes_of(bytes, 432), true));
		}
	}
}

static void
epid_quotes_of_other_forms_are_refused(void **state)
{
	static const struct {
		const char *reason;
		uint16_t version;
		uint16_t type;
		size_t len;
		bool body_only;
	} wrong[] = {
		{ "version 0", 0, 0, 636, false },
		{ "version 3", 3, 0, 636, false },
		{ "a signature type that is not known", 2, 2, 636, false },
		{ "the signature one byte short", 2, 0, 635, false },
		{ "a byte after the signature", 2, 0, 637, false },
		{ "the length's last byte is not there", 2, 0, 435, false },
		{ "no length of a signature", 2, 0, 432, false },
		{ "a body with a length after it", 2, 0, 436, true },
		{ "a whole quote for a body", 2, 0, 636, true },
		{ "a body one byte short", 2, 0, 431, true },
		{ "a body of version 4", 4, 0, 432, true },
		{ "a body of an unknown signature type", 2, 7, 432, true },
		{ "nothing", 2, 0, 0, true }
	};
	uint8_t bytes[QUOTE_BYTES_MAX];
	struct epid_quote epid;
	struct quote quote;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		(void)build_epid(bytes, wrong[i].version, wrong[i].type, 200);
		if (epid_quote_parse(&epid, bytes_of(bytes, wrong[i].len), wrong[i].body_only)) {
			fail_msg("accepted: %s", wrong[i].reason);
		}
		if (!wrong[i].body_only && wrong[i].version == 2) {
			assert_int_equal(quote_parse(&quote, bytes_of(bytes, wrong[i].len)),
			    ASSAY_CHECK_QUOTE_FORM);
			assert_int_equal(quote.kind, ASSAY_EVIDENCE_EPID_QUOTE);
		}
	}
	(void)build_epid(bytes, 2, 0, 200);
	assert_int_equal(quote_length(bytes_of(bytes, 635)), 0);
	assert_int_equal(quote_length(bytes_of(bytes, 435)), 0);
	memset(bytes + 432, 0xff, 4);
	assert_int_equal(quote_length(bytes_of(bytes, 636)), 0);
}

static void
clear_certification_fields_are_found(void **state)
{
	static const struct {
		const char *reason;
		uint16_t type;
		size_t size;
		size_t cpusvn;	/* where it stands; 0: refused */
	} cases[] = {
		{ "type 1", 1, 36, 16 },
		{ "type 2", 2, 276, 256 },
		{ "type 3", 3, 404, 384 },
		{ "type 1 of the oldest form, without a PCE id", 1, 34, 16 },
		{ "type 1 with half a PCE id", 1, 35, 0 },
		{ "type 1 with half a PCE SVN", 1, 33, 0 },
		{ "type 2 without a PCE id", 2, 274, 0 },
		{ "type 1 with a byte more", 1, 37, 0 },
		{ "type 2 with a byte less", 2, 275, 0 },
		{ "type 3 of type 2's size", 3, 276, 0 },
		{ "nothing at all", 1, 0, 0 },
		{ "a leaf has none", 4, 36, 0 },
		{ "a chain has none", 5, 36, 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct built b;
		struct quote quote;
		struct certification_fields fields;

		build(&b, V4_SGX, cases[i].type, 32, cases[i].size);
		assert_int_equal(quote_parse(&quote, bytes_of(b.bytes, b.len)), ASSAY_CHECK_COUNT);
		if (quote_certification_fields(&fields, &quote) != (cases[i].cpusvn != 0)) {
			fail_msg("%s", cases[i].reason);
		}
		if (cases[i].cpusvn == 0) {
			continue;
		}
		const uint8_t *const cpusvn = b.bytes + b.at[CERTIFICATION] + cases[i].cpusvn;

		assert_int_equal(fields.ppid.len, cases[i].type == 1 ? 16 : 0);
		if (cases[i].type == 1) {
			assert_ptr_equal(fields.ppid.data, b.bytes + b.at[CERTIFICATION]);
		}
		assert_int_equal(fields.cpusvn.len, 16);
		assert_ptr_equal(fields.cpusvn.data, cpusvn);
		assert_int_equal(fields.pcesvn, cpusvn[16] | cpusvn[17] << 8);
		if (cases[i].size == 34) {
			assert_int_equal(fields.pce_id.len, 0);
		} else {
			assert_int_equal(fields.pce_id.len, 2);
			assert_ptr_equal(fields.pce_id.data, cpusvn + 18);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shape_is_cut_right),
		cmocka_unit_test(sizes_and_types_inside_are_honoured),
		cmocka_unit_test(one_wrong_field_fails_its_check),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(bytes_after_the_quote_are_refused_and_measured),
		cmocka_unit_test(short_signature_data_is_refused),
		cmocka_unit_test(what_is_no_quote_has_no_length),
		cmocka_unit_test(kind_is_known_before_the_key_is_refused),
		cmocka_unit_test(epid_quotes_are_read_but_never_decided),
		cmocka_unit_test(epid_quotes_of_other_forms_are_refused),
		cmocka_unit_test(clear_certification_fields_are_found),
	};

	return cmocka_run_group_tests_name("quote", tests, NULL, NULL);
}
