/* SPDX-License-Identifier: Apache-2.0 */
/* assay log entries, publish: the log as it is. */
#include <stdio.h>

#include "cmd/failure.h"
#include "cmd/log.h"

static const char *const type_words[] = {
	[ENTRY_GENESIS] = "genesis", [ENTRY_TRANSACTION] = "transaction", [ENTRY_REFUSED] = "refused",
	[ENTRY_EFFECT] = "effect", [ENTRY_COMMIT] = "commit"
};

/* An entry as far as its form lets itself be read. */
struct read_entry {
	struct assay_bytes bytes;
	unsigned type;
	bool good;
	struct genesis genesis;
	struct entry_result result;
	struct transaction_body body;
	struct entry_refused refused;
	struct entry_effect effect;
	struct entry_commit commit;
	void *arguments;		/* of a transaction, by its kind; NULL: they are malformed */
};

static void
entry_read(struct read_entry *e, struct arena *arena, struct assay_bytes bytes)
{
	struct cursor c = cursor_over(bytes);
	const struct record *record;

	memset(e, 0, sizeof(*e));
	e->bytes = bytes;
	e->type = cursor_u8(&c);
	switch (e->type) {
	case ENTRY_GENESIS:
		record_read(&genesis_record, &e->genesis, &c);
		break;
	case ENTRY_TRANSACTION:
		record_read(&entry_result_record, &e->result, &c);
		record_read(&transaction_body_record, &e->body, &c);
		record = kind_record(e->body.kind);
		if (record != NULL) {
			e->arguments = arena_get(arena, record->struct_size);
			e->arguments = record_decode(record, e->arguments, e->body.arguments) ? e->arguments : NULL;
		}
		break;
	case ENTRY_REFUSED:
		record_read(&entry_refused_record, &e->refused, &c);
		break;
	case ENTRY_EFFECT:
		record_read(&entry_effect_record, &e->effect, &c);
		break;
	case ENTRY_COMMIT:
		record_read(&entry_commit_record, &e->commit, &c);
		break;
	default:
		c.bad = true;
		break;
	}
	e->good = !c.bad;
}

static uint64_t
entry_height(const struct read_entry *e)
{
	switch (e->type) {
	case ENTRY_TRANSACTION:
		return e->result.height;
	case ENTRY_REFUSED:
		return e->refused.height;
	case ENTRY_EFFECT:
		return e->effect.height;
	case ENTRY_COMMIT:
		return e->commit.height;
	default:
		return 0;
	}
}

static void
put_entry_text(struct writer *w, const struct read_entry *e, uint64_t index)
{
	put_unsigned(w, index);
	put_text(w, "  block ");
	put_unsigned(w, entry_height(e));
	put_text(w, "  ");
	put_text(w, e->good ? type_words[e->type] : "malformed");
	if (!e->good) {
		put_char(w, '\n');
		return;
	}
	switch (e->type) {
	case ENTRY_GENESIS:
		put_text(w, " of \"");
		put_printable(w, VAR_BYTES(e->genesis.name));
		put_text(w, "\"");
		break;
	case ENTRY_TRANSACTION:
		put_text(w, " ");
		put_text(w, kind_name(e->body.kind));
		put_text(w, " by ");
		put_id(w, e->body.sender);
		put_text(w, ": ");
		put_text(w, code_id(e->result.code));
		break;
	case ENTRY_REFUSED:
		put_text(w, ": ");
		put_text(w, code_id(e->refused.code));
		break;
	case ENTRY_EFFECT:
		put_text(w, " ");
		put_text(w, effect_name(e->effect.effect));
		put_text(w, ": ");
		put_text(w, effect_text(e->effect.effect));
		break;
	default:
		put_text(w, " ");
		record_put_time(w, e->commit.time_ms);
		put_text(w, ", state ");
		put_id(w, e->commit.state_root);
		break;
	}
	put_char(w, '\n');
}

static void
put_record(struct writer *w, const char *name, const struct record *record, const void *in)
{
	json_put_name(w, name);
	if (record == NULL || in == NULL) {
		json_put_null(w);
		return;
	}
	json_put_object(w);
	record_json(w, record, in);
	json_put_end(w, '}');
}

/* One object a line, with the record of its type; bytes are always there. */
static void
put_entry_json(struct writer *w, const struct read_entry *e, uint64_t index)
{
	json_put_object(w);
	json_text_member(w, "schema", "assay.entry/1");
	json_number_member(w, "index", index);
	json_text_member(w, "type", e->good ? type_words[e->type] : "malformed");
	json_number_member(w, "height", entry_height(e));
	json_text_member(w, "kind", e->good && e->type == ENTRY_TRANSACTION ? kind_name(e->body.kind)
	    : e->good && e->type == ENTRY_EFFECT ? effect_name(e->effect.effect) : NULL);
	json_text_member(w, "code", e->good && e->type == ENTRY_TRANSACTION ? code_id(e->result.code)
	    : e->good && e->type == ENTRY_REFUSED ? code_id(e->refused.code) : NULL);
	json_put_name(w, "sender");
	if (e->good && e->type == ENTRY_TRANSACTION) {
		json_put_hex(w, ARRAY_BYTES(e->body.sender));
	} else {
		json_put_null(w);
	}
	put_record(w, "arguments", e->good && e->type == ENTRY_TRANSACTION ? kind_record(e->body.kind) : NULL,
	    e->arguments);
	put_record(w, "commit", &entry_commit_record, e->good && e->type == ENTRY_COMMIT ? &e->commit : NULL);
	json_hex_member(w, "bytes", e->bytes);
	json_put_end(w, '}');
	put_char(w, '\n');
	w->comma = false;
}

static int
range_read(const struct log_view *view, uint64_t *from, uint64_t *end)
{
	const char *first = option_value(view->arguments, "from");
	const char *count = option_value(view->arguments, "count");
	const uint64_t size = log_view_size(view);
	uint64_t many = UINT64_MAX;

	*from = 0;
	if ((first != NULL && !number_parse(from, first, UINT64_MAX)) ||
	    (count != NULL && !number_parse(&many, count, UINT64_MAX))) {
		return fail(EXIT_USAGE, "--from and --count are numbers; entries are counted from 0", NULL,
		    "which entries are wanted cannot be understood, so nothing was done");
	}
	*from = *from < size ? *from : size;
	*end = many < size - *from ? *from + many : size;
	return 0;
}

int
log_entries(const struct arguments *arguments)
{
	struct log_view view;
	struct output out;
	struct assay_bytes entry;
	uint64_t from = 0;
	uint64_t end = 0;
	int code = log_view_open(&view, arguments, LOG_NEED_ENTRIES);

	code = code != 0 ? code : range_read(&view, &from, &end);
	output_start(&out, false, false);
	for (uint64_t i = from; code == 0 && i < end; i++) {
		struct arena arena = { NULL };
		struct read_entry *e = arena_get(&arena, sizeof(*e));

		code = log_view_entry(&view, i, &entry);
		if (code == 0 && option_given(arguments, "raw")) {
			fwrite(entry.data, 1, entry.len, stdout);
		} else if (code == 0) {
			entry_read(e, &arena, entry);
			if (view.place.json) {
				put_entry_json(&out.w, e, i);
			} else {
				put_entry_text(&out.w, e, i);
			}
			output_object_end(&out);
		}
		arena_release(&arena);
	}
	log_view_close(&view);
	return code;
}

int
log_publish(const struct arguments *arguments)
{
	const char *directory = arguments->operands[1];
	struct store_error error = { .failure = STORE_FINE };
	struct log_view view;
	int code = option_value(arguments, "tiles") == NULL ? 0 : fail(EXIT_USAGE, "what is published is copied as it is",
	    "give --store DIR", "--tiles names a published log already, so nothing was done");

	if (code != 0) {
		return code;
	}
	code = log_view_open(&view, arguments, LOG_NEED_CHECKPOINT);
	if (code == 0 && !store_publish(driver_store(view.place.driver), directory, view.note, NULL, &error)) {
		code = store_say(&error);
	}
	if (code == 0) {
		printf("%llu entries published in %s\n", (unsigned long long)view.checkpoint.size, directory);
	}
	log_view_close(&view);
	return code;
}
