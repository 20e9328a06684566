/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical encoding: every record there is, there and back, and nothing else accepted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "register/kinds.h"
#include "sim/sim.h"

#define RECORDS_MAX 128

/* All records of rows, kinds, acts and entries. */
static size_t
all_records(const struct record *out[RECORDS_MAX])
{
	size_t count = 0;

	for (unsigned i = 0; i < 256; i++) {
		const struct record *some[] = { table_record((enum table)i), kind_record(i), act_record(i) };

		for (unsigned k = 0; k < 3; k++) {
			if (some[k] != NULL) {
				assert_true(count < RECORDS_MAX);
				out[count++] = some[k];
			}
		}
	}
	const struct record *others[] = { &transaction_body_record, &transaction_seal_record, &answer_group_record,
		&answer_state_record, &genesis_record, &entry_result_record, &entry_refused_record,
		&entry_effect_record, &entry_commit_record, &sgx_selector_record, &td_selector_record };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		out[count++] = others[i];
	}
	return count;
}

static uint8_t slice_bytes[70000];

/* Any value that the record can hold. */
static void
fill(const struct record *record, uint8_t *out, struct sim_rng *rng)
{
	memset(out, 0, record->struct_size);
	for (size_t i = 0; i < record->count; i++) {
		const struct field *f = &record->fields[i];
		uint8_t *member = out + f->offset;
		const uint16_t len = (uint16_t)(f->n != 0 ? sim_rng_below(rng, (uint32_t)f->n + 1) : 0);
		struct assay_bytes slice = { len != 0 ? slice_bytes : NULL, len };
		const bool flag = sim_rng_below(rng, 2) == 1;
		uint64_t u64;

		switch (f->type) {
		case FIELD_FLAG:
			memcpy(member, &flag, sizeof(flag));
			break;
		case FIELD_VAR:
		case FIELD_TEXT:
			memcpy(member, &len, sizeof(len));
			for (uint16_t k = 0; k < len; k++) {
				member[2 + k] = f->type == FIELD_TEXT ? (uint8_t)('a' + k % 26)
				    : (uint8_t)sim_rng_next(rng);
			}
			break;
		case FIELD_SLICE:
			memcpy(member, &slice, sizeof(slice));
			break;
		case FIELD_BYTES:
			for (size_t k = 0; k < f->n; k++) {
				member[k] = (uint8_t)sim_rng_next(rng);
			}
			break;
		case FIELD_U8:
			*member = (uint8_t)sim_rng_next(rng);
			break;
		case FIELD_U16:
			memcpy(member, &len, sizeof(len));
			break;
		case FIELD_U32:
		case FIELD_U32S:
			for (size_t k = 0; k < (f->type == FIELD_U32 ? 1 : f->n); k++) {
				const uint32_t u32 = (uint32_t)sim_rng_next(rng);

				memcpy(member + 4 * k, &u32, sizeof(u32));
			}
			break;
		case FIELD_U64:
		case FIELD_U64S:
			for (size_t k = 0; k < (f->type == FIELD_U64 ? 1 : f->n); k++) {
				u64 = sim_rng_next(rng);
				memcpy(member + 8 * k, &u64, sizeof(u64));
			}
			break;
		}
	}
}

static void
every_record_comes_back(void **state)
{
	const struct record *records[RECORDS_MAX];
	const size_t count = all_records(records);
	struct sim_rng rng = { 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(slice_bytes); i++) {
		slice_bytes[i] = (uint8_t)sim_rng_next(&rng);
	}
	for (size_t i = 0; i < count; i++) {
		uint8_t *in = malloc(records[i]->struct_size);
		uint8_t *out = malloc(records[i]->struct_size);
		const size_t max = record_bytes_max(records[i]);
		uint8_t *bytes = malloc(max + 1);
		uint8_t *again = malloc(max + 1);

		assert_true(in != NULL && out != NULL && bytes != NULL && again != NULL);
		for (unsigned round = 0; round < 8; round++) {
			fill(records[i], in, &rng);
			const size_t len = record_encode(records[i], in, bytes, max);

			assert_true(len <= max);
			assert_true(record_decode(records[i], out, bytes_of(bytes, len)));
			assert_int_equal(record_encode(records[i], out, again, max), len);
			assert_memory_equal(bytes, again, len);
			/* One byte less, and one byte more, is another record or none. */
			assert_false(record_decode(records[i], out, bytes_of(bytes, len - 1)));
			bytes[len] = 0;
			assert_false(record_decode(records[i], out, bytes_of(bytes, len + 1)));
			/* What does not fit is said, and not written beyond. */
			assert_int_equal(record_encode(records[i], in, again, len - 1), len);
		}
		free(in);
		free(out);
		free(bytes);
		free(again);
	}
}

/* Whatever decodes is what encoding produces: there is one encoding of each value. */
static void
what_decodes_is_canonical(void **state)
{
	const struct record *records[RECORDS_MAX];
	const size_t count = all_records(records);
	struct sim_rng rng = { 2 };
	unsigned accepted = 0;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		uint8_t *in = malloc(records[i]->struct_size);
		const size_t max = record_bytes_max(records[i]);
		uint8_t *bytes = malloc(max);
		uint8_t *again = malloc(max);

		assert_true(in != NULL && bytes != NULL && again != NULL);
		for (unsigned round = 0; round < 60; round++) {
			fill(records[i], in, &rng);
			const size_t len = record_encode(records[i], in, bytes, max);

			for (unsigned flips = 0; flips < 3; flips++) {
				bytes[sim_rng_below(&rng, (uint32_t)len)] = (uint8_t)sim_rng_next(&rng);
			}
			if (record_decode(records[i], in, bytes_of(bytes, len))) {
				assert_int_equal(record_encode(records[i], in, again, max), len);
				assert_memory_equal(bytes, again, len);
				accepted++;
			}
		}
		free(in);
		free(bytes);
		free(again);
	}
	assert_true(accepted > 100);
}

#define SAMPLE(F, R) \
	F(R, FLAG, flag, 0, "") \
	F(R, TEXT, text, 4, "") \
	F(R, VAR, var, 2, "") \
	F(R, U16, number, 0, "")
struct sample { SAMPLE(FIELD_MEMBER, sample) };
static const struct field sample_fields[] = { SAMPLE(FIELD_DESCRIBE, sample) };
static const struct record sample_record = { "sample", sample_fields, 4, sizeof(struct sample) };

static void
strange_bytes_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
		const char *why;
	} rows[] = {
		{ "\1\0\1a\0\0\1\2", 8, true, "all in order" },
		{ "\2\0\1a\0\0\1\2", 8, false, "a flag that is neither 0 nor 1" },
		{ "\1\0\5aaaaa\0\0\1\2", 12, false, "a text beyond its limit" },
		{ "\1\0\1\x80\0\0\1\2", 8, false, "no UTF-8" },
		{ "\1\0\1\n\0\0\1\2", 8, false, "a control character in a text" },
		{ "\1\0\1\x7f\0\0\1\2", 8, false, "delete in a text" },
		{ "\1\0\2\xc3\xa4\0\0\1\2", 9, true, "two bytes of UTF-8" },
		{ "\1\0\1a\0\3xyz\1\2", 11, false, "a VAR beyond its limit" },
		{ "\1\0\1a\0\2xy\1\2", 10, true, "a VAR at its limit" },
		{ "\1\0\1a\0\2xy\1", 9, false, "cut off" },
		{ "", 0, false, "nothing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample sample;
		const struct sample zero = { .flag = false };

		if (record_decode(&sample_record, &sample, bytes_of(rows[i].bytes, rows[i].len)) != rows[i].good) {
			fail_msg("%s", rows[i].why);
		}
		if (!rows[i].good) {
			assert_memory_equal(&sample, &zero, sizeof(zero));
		}
	}
}

/* Numbers are big endian, and stand in the order of the fields: bytes written down by hand. */
static void
the_encoding_is_the_documented_one(void **state)
{
	struct entry_commit commit = { .height = 0x0102030405060708, .time_ms = 9, .rules = 0x0a0b0c0d, .first = 1,
		.last = 2 };
	uint8_t bytes[200];
	static const uint8_t head[] = { 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 9 };
	static const uint8_t tail[] = { 0x0a, 0x0b, 0x0c, 0x0d, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2 };
	const size_t len = record_encode(&entry_commit_record, &commit, bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(len, 16 + 64 + 20);
	assert_memory_equal(bytes, head, sizeof(head));
	assert_memory_equal(bytes + 80, tail, sizeof(tail));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_comes_back),
		cmocka_unit_test(what_decodes_is_canonical),
		cmocka_unit_test(strange_bytes_are_refused),
		cmocka_unit_test(the_encoding_is_the_documented_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
