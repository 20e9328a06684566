/* SPDX-License-Identifier: Apache-2.0 */
/* Records as JSON and as text: each type of field, words, lists, times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "register/machine.h"
#include "render/record.h"

static char out[64 * 1024];

static const char *
as_json(const struct record *record, const void *in)
{
	struct writer w;

	writer_start(&w, out, sizeof(out));
	json_put_object(&w);
	record_json(&w, record, in);
	json_put_end(&w, '}');
	assert_true(writer_finish(&w) != 0);
	return out;
}

static const char *
as_text(const struct record *record, const void *in, bool all, uint64_t halted_ms)
{
	const struct record_style style = { .columns = 14, .all = all, .halted_ms = halted_ms };
	struct writer w;

	writer_start(&w, out, sizeof(out));
	record_text(&w, record, in, &style);
	(void)writer_finish(&w);
	return out;
}

static void
a_transfer_is_its_fields(void **state)
{
	const struct transfer_arguments a = { .to = { 0xab, 0x01 }, .amount = 18446744073709551615u };

	(void)state;
	assert_string_equal(as_json(kind_record(KIND_TRANSFER), &a),
	    "{\"to\":\"ab01000000000000000000000000000000000000000000000000000000000000\",\"amount\":18446744073709551615}");
	assert_string_equal(as_text(kind_record(KIND_TRANSFER), &a, false, 0),
	    "to            ab01000000000000000000000000000000000000000000000000000000000000\n"
	    "amount        18446744073709551615\n");
}

static void
bits_words_and_texts(void **state)
{
	struct app_open_arguments a = { .tiers = 0x15, .tees = 6, .order = APP_CHEAPEST, .slots = 3, .pay = 7 };

	(void)state;
	assert_true(VAR_SET(a.name, bytes_of_text("a \"shop\"")));
	assert_string_equal(as_json(kind_record(KIND_APP_OPEN), &a),
	    "{\"name\":\"a \\\"shop\\\"\",\"tiers\":[1,3,5],\"tees\":[\"sgx\",\"tdx\"],\"program\":"
	    "\"0000000000000000000000000000000000000000000000000000000000000000\",\"slots\":3,\"pay\":7,"
	    "\"order\":\"cheapest\",\"escrow\":0}");
	assert_non_null(strstr(as_text(kind_record(KIND_APP_OPEN), &a, true, 0), "tiers         1, 3, 5\n"));
	assert_non_null(strstr(out, "program       -\n"));
	/* What there is no word for stays a number. */
	a.order = 9;
	assert_non_null(strstr(as_json(kind_record(KIND_APP_OPEN), &a), "\"order\":9"));
}

static void
an_act_is_nested_by_its_number(void **state)
{
	const struct set_parameter_arguments parameter = { .parameter = PARAMETER_WINDOW, .value = 60 };
	uint8_t encoded[64];
	struct propose_arguments a = { .act = ACT_SET_PARAMETER };

	(void)state;
	a.arguments = bytes_of(encoded, record_encode(act_record(ACT_SET_PARAMETER), &parameter, encoded, sizeof(encoded)));
	assert_string_equal(as_json(kind_record(KIND_PROPOSE), &a),
	    "{\"act\":\"set-parameter\",\"reason\":\"\",\"arguments\":{\"parameter\":\"window\",\"value\":60}}");
	assert_non_null(strstr(as_text(kind_record(KIND_PROPOSE), &a, true, 0), "parameter window, value 60\n"));
	/* Bytes that are no such act are shown as the bytes that they are. */
	a.arguments.len -= 1;
	assert_non_null(strstr(as_json(kind_record(KIND_PROPOSE), &a), "\"arguments\":\"0003"));
}

static void
a_selector_is_nested_by_its_tee(void **state)
{
	const struct sgx_selector sgx = { .has_mrenclave = true, .isv_prod_id = 1, .isv_svn = 2 };
	struct allow_program_arguments a = { .tee = ASSAY_TEE_SGX };

	(void)state;
	a.selector.len = (uint16_t)record_encode(&sgx_selector_record, &sgx, a.selector.data, sizeof(a.selector.data));
	assert_true(VAR_SET(a.mitigates, bytes_of_text("\x03" "one\x03" "two")));
	assert_non_null(strstr(as_json(act_record(ACT_ALLOW_PROGRAM), &a),
	    "\"selector\":{\"has_mrenclave\":true,\"mrenclave\":"));
	assert_non_null(strstr(out, "\"isv_prod_id\":1,\"isv_svn\":2}"));
	assert_non_null(strstr(out, "\"mitigates\":[\"one\",\"two\"]"));
	a.tee = ASSAY_TEE_TDX;
	assert_null(strstr(as_json(act_record(ACT_ALLOW_PROGRAM), &a), "\"selector\":{"));
}

static void
lists_that_are_cut_are_bytes(void **state)
{
	struct log log = { .quorum = 1 };
	uint8_t witness[36] = { 3, 'a', 'b', 'c', 0x11 };

	(void)state;
	assert_true(VAR_SET(log.witnesses, bytes_of(witness, sizeof(witness))));
	assert_non_null(strstr(as_json(table_record(TABLE_LOG), &log), "\"witnesses\":[{\"name\":\"abc\",\"key\":\"11"));
	assert_true(VAR_SET(log.witnesses, bytes_of(witness, sizeof(witness) - 1)));
	assert_non_null(strstr(as_json(table_record(TABLE_LOG), &log), "\"witnesses\":\"03616263"));
}

static void
times_are_block_time_in_text_and_numbers_in_json(void **state)
{
	struct proposal proposal = { .act = ACT_DENY, .state = PROPOSAL_DONE, .proposed_own_ms = 1780272000000,
		.lapses_own_ms = NO_TIME };

	(void)state;
	assert_non_null(strstr(as_json(table_record(TABLE_PROPOSAL), &proposal), "\"proposed_own_ms\":1780272000000"));
	assert_non_null(strstr(out, "\"lapses_own_ms\":null"));
	assert_non_null(strstr(out, "\"act\":\"deny\",\"state\":\"done\""));
	/* What stood still has passed on the block's clock. */
	assert_non_null(strstr(as_text(table_record(TABLE_PROPOSAL), &proposal, true, 3600000),
	    "proposed      2026-06-01T01:00:00Z\n"));
	assert_non_null(strstr(out, "lapses        without end\n"));
	assert_non_null(strstr(out, "effective     -\n"));
}

static void
durations(void **state)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 1, "1 ms" },
		{ 999, "999 ms" },
		{ 1000, "1 s" },
		{ 90000, "1 min 30 s" },
		{ 7 * UINT64_C(86400000), "7 d" },
		{ 86400000 + 3600000 + 60000 + 1001, "1 d 1 h 1 min 1 s 1 ms" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct writer w;

		writer_start(&w, out, sizeof(out));
		record_put_duration(&w, rows[i].ms);
		assert_true(writer_finish(&w) != 0);
		assert_string_equal(out, rows[i].text);
	}
}

/* Every table, kind and act, filled with each of a few bytes: JSON that another reader takes. */
static void
every_record_is_json(void **state)
{
	static const uint8_t fills[] = { 0x00, 0x01, 0x02, 0x7f, 0xff };
	static alignas(16) uint8_t row[64 * 1024];

	(void)state;
	for (unsigned i = 0; i < 3 * 256; i++) {
		const unsigned n = i % 256;
		const struct record *const record = i < 256 ? table_record((enum table)n) : i < 512 ? kind_record(n) :
		    act_record(n);

		for (size_t f = 0; record != NULL && f < sizeof(fills); f++) {
			assert_true(record->struct_size <= sizeof(row));
			memset(row, 0, sizeof(row));
			for (size_t k = 0; k < record->count; k++) {
				const struct field *const field = &record->fields[k];
				const bool is_var = field->type == FIELD_VAR || field->type == FIELD_TEXT;
				const uint16_t len = is_var ? (uint16_t)field->n : 0;

				if (field->type == FIELD_FLAG || field->type == FIELD_SLICE) {
					continue;
				}
				memset(row + field->offset, fills[f], field->type == FIELD_BYTES ? field->n : 1);
				if (is_var) {
					memcpy(row + field->offset, &len, sizeof(len));
					memset(row + field->offset + sizeof(len), fills[f], field->n);
				}
			}
			json_error_t error;
			json_t *const json = json_loads(as_json(record, row),
			    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);

			if (json == NULL) {
				fail_msg("%s: %s: %s", record->name, error.text, out);
			}
			assert_int_equal(json_object_size(json), record->count);
			json_decref(json);
			(void)as_text(record, row, true, 0);
		}
	}
}

static void
words_are_found_by_their_value_and_back(void **state)
{
	unsigned words = 0;

	(void)state;
	for (unsigned n = 0; n < 256; n++) {
		const struct record *const record = table_record((enum table)n);

		for (size_t k = 0; record != NULL && k < record->count; k++) {
			const struct field *const field = &record->fields[k];
			const char *word;
			unsigned at = 0;

			while ((word = record_word_next(record, field, &at)) != NULL) {
				uint64_t value;

				assert_true(record_word_value(&value, record, field, bytes_of_text(word)));
				assert_string_equal(record_word(record, field, value), word);
				words++;
			}
			assert_false(record_word_value(&(uint64_t){ 0 }, record, field, bytes_of_text("no such word")));
		}
	}
	assert_true(words > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transfer_is_its_fields),
		cmocka_unit_test(bits_words_and_texts),
		cmocka_unit_test(an_act_is_nested_by_its_number),
		cmocka_unit_test(a_selector_is_nested_by_its_tee),
		cmocka_unit_test(lists_that_are_cut_are_bytes),
		cmocka_unit_test(times_are_block_time_in_text_and_numbers_in_json),
		cmocka_unit_test(durations),
		cmocka_unit_test(every_record_is_json),
		cmocka_unit_test(words_are_found_by_their_value_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
