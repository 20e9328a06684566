/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a document and telling where it is wrong. */
#include "appraise/policy_walk.h"
#include "base/text.h"

/* Of a name that is shown: enough to find it, and three of them fit the sentence. */
#define NAME_SHOWN_MAX 40

void
walk_start(struct walk *w, struct assay_bytes document, char *error)
{
	memset(w, 0, sizeof(*w));
	w->j = json_over(document);
	w->len = document.len;
	w->error = error;
}

/* ---- faults ----------------------------------------------------------- */

static void
put_shown(struct text *t, struct assay_bytes name)
{
	for (size_t i = 0; i < name.len && i < NAME_SHOWN_MAX; i++) {
		const char c = (char)name.data[i];

		text_put(t, c >= ' ' && c <= '~' ? &c : "?", 1);
	}
}

static void
put_path(struct text *t, const struct walk *w)
{
	for (unsigned i = 0; i < w->depth; i++) {
		const struct step *step = &w->steps[i];

		if (step->element) {
			text_puts(t, "[");
			text_unsigned(t, step->index);
			text_puts(t, "]");
			continue;
		}
		text_puts(t, i == 0 ? "" : ".");
		put_shown(t, step->name);
	}
	if (w->depth == 0) {
		text_puts(t, "the document");
	}
}

/* Only the first fault is told: what follows may be its consequence. */
static void
refuse(struct walk *w, const char *kind, const char *detail)
{
	struct text t = { w->error, ERROR_BYTES - 1, 0 };

	json_fail(&w->j);
	if (w->failed) {
		return;
	}
	w->failed = true;
	memset(w->error, 0, ERROR_BYTES);
	put_path(&t, w);
	text_puts(&t, ": ");
	text_puts(&t, kind);
	text_puts(&t, detail);
}

static void
refuse_syntax(struct walk *w, const struct json *at)
{
	struct text t = { w->error, ERROR_BYTES - 1, 0 };

	json_fail(&w->j);
	if (w->failed) {
		return;
	}
	w->failed = true;
	memset(w->error, 0, ERROR_BYTES);
	text_puts(&t, "not well-formed JSON at byte ");
	text_unsigned(&t, w->len - at->c.left);
	text_puts(&t, ", in ");
	put_path(&t, w);
}

void
walk_refuse(struct walk *w, const char *wanted)
{
	refuse(w, "out of range, ", wanted);
}

/* Is a whole value there, of whatever type? */
static bool
well_formed(struct json at)
{
	json_skip(&at);
	return !json_failed(&at);
}

/* True where the value at hand has this type; else the fault has been told. */
static bool
expect(struct walk *w, enum json_type type, const char *wanted)
{
	const enum json_type is = json_type(&w->j);

	if (w->failed || is == type || (type == JSON_TRUE && is == JSON_FALSE)) {
		return !w->failed;
	}
	if (well_formed(w->j)) {
		refuse(w, "wrong type, ", wanted);
	} else {
		refuse_syntax(w, &w->j);
	}
	return false;
}

/* A value was of the right type and was not taken. */
static void
refuse_value(struct walk *w, const struct json *before, const char *wanted)
{
	if (well_formed(*before)) {
		walk_refuse(w, wanted);
	} else {
		refuse_syntax(w, before);
	}
}

/* ---- objects and lists ------------------------------------------------ */

void
walk_enter_object(struct walk *w, struct members *m)
{
	m->depth = w->depth;
	if (expect(w, JSON_OBJECT, "an object is asked for")) {
		m->o = json_object(&w->j);
	}
}

static bool
is_among(const struct json_object *o, struct assay_bytes name)
{
	for (uint32_t i = 0; i < o->count; i++) {
		if (bytes_equal(o->names[i], name)) {
			return true;
		}
	}
	return false;
}

/* The reader refuses a repeated name and bad syntax alike: which was it? */
static void
refuse_member(struct walk *w, const struct members *m, struct json before)
{
	struct json_object alone;
	struct assay_bytes name;
	struct json again = before;

	alone.started = m->o.started && m->o.count != 0;
	alone.count = 0;
	if (json_member(&again, &alone, &name) && is_among(&m->o, name)) {
		w->steps[w->depth] = (struct step){ .name = name };
		w->depth++;
		refuse(w, "repeated member", "");
		return;
	}
	refuse_syntax(w, &before);
}

/* The next member, whose name is then the end of the path; false at the end. */
bool
walk_next_member(struct walk *w, struct members *m, struct assay_bytes *name)
{
	*name = bytes_of(NULL, 0);
	if (w->failed) {
		return false;
	}
	w->depth = m->depth;
	const struct json before = w->j;

	if (!json_member(&w->j, &m->o, name)) {
		if (json_failed(&w->j)) {
			refuse_member(w, m, before);
		}
		return false;
	}
	w->steps[w->depth] = (struct step){ .name = *name };
	w->depth++;
	return true;
}

void
walk_enter_list(struct walk *w, struct elements *e)
{
	e->depth = w->depth;
	e->count = 0;
	if (expect(w, JSON_ARRAY, "a list is asked for")) {
		e->a = json_array(&w->j);
	}
}

bool
walk_next_element(struct walk *w, struct elements *e)
{
	if (w->failed) {
		return false;
	}
	w->depth = e->depth;
	const struct json before = w->j;

	if (!json_element(&w->j, &e->a)) {
		if (json_failed(&w->j)) {
			refuse_syntax(w, &before);
		}
		return false;
	}
	w->steps[w->depth] = (struct step){ .index = e->count, .element = true };
	w->depth++;
	e->count++;
	return true;
}

void
walk_unknown_member(struct walk *w)
{
	refuse(w, "unknown member", "");
}

/* The path is now that of this member of the document or of the object at that depth. */
static void
point_at(struct walk *w, unsigned depth, const char *name)
{
	w->steps[depth] = (struct step){ .name = bytes_of_text(name) };
	w->depth = depth + 1;
}

void
walk_missing_member(struct walk *w, const struct members *m, const char *name)
{
	if (!w->failed) {
		point_at(w, m->depth, name);
		refuse(w, "missing member", "");
	}
}

void
walk_refuse_member(struct walk *w, const char *name, const char *wanted)
{
	if (!w->failed) {
		point_at(w, 0, name);
		walk_refuse(w, wanted);
	}
}

void
walk_end(struct walk *w)
{
	if (!w->failed && !json_done(&w->j)) {
		w->depth = 0;
		refuse_syntax(w, &w->j);
	}
}

/* ---- values ----------------------------------------------------------- */

int64_t
walk_integer(struct walk *w, int64_t lowest, int64_t highest, const char *wanted)
{
	if (!expect(w, JSON_NUMBER, "a number is asked for")) {
		return lowest;
	}
	const struct json before = w->j;
	const int64_t value = json_integer(&w->j, lowest, highest);

	if (json_failed(&w->j)) {
		refuse_value(w, &before, wanted);
	}
	return value;
}

bool
walk_boolean(struct walk *w)
{
	if (!expect(w, JSON_TRUE, "true or false is asked for")) {
		return false;
	}
	const struct json before = w->j;
	const bool value = json_boolean(&w->j);

	if (json_failed(&w->j)) {
		refuse_syntax(w, &before);
	}
	return value;
}

struct assay_bytes
walk_string(struct walk *w, const char *wanted)
{
	if (!expect(w, JSON_STRING, "a string is asked for")) {
		return bytes_of(NULL, 0);
	}
	const struct json before = w->j;
	const struct assay_bytes value = json_string(&w->j);

	if (json_failed(&w->j)) {
		refuse_value(w, &before, wanted);
	}
	return value;
}

int64_t
walk_utc(struct walk *w)
{
	if (!expect(w, JSON_STRING, "a date as a string is asked for")) {
		return 0;
	}
	const struct json before = w->j;
	const int64_t value = json_utc(&w->j);

	if (json_failed(&w->j)) {
		refuse_value(w, &before, "a date like 2018-01-04T00:00:00Z is asked for");
	}
	return value;
}

/* A word of the policy's own, of less than size bytes: printable, and harmless wherever it is shown. */
void
walk_word(struct walk *w, char *out, size_t size, const char *wanted)
{
	const struct assay_bytes word = walk_string(w, wanted);

	memset(out, 0, size);
	if (w->failed) {
		return;
	}
	if (word.len == 0 || word.len >= size) {
		walk_refuse(w, wanted);
		return;
	}
	for (size_t i = 0; i < word.len; i++) {
		const uint8_t c = word.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '.' || c == '_')) {
			walk_refuse(w, wanted);
			return;
		}
	}
	bytes_copy(out, word, word.len);
}

void
walk_null(struct walk *w)
{
	const struct json before = w->j;

	json_skip(&w->j);
	if (json_failed(&w->j)) {
		refuse_syntax(w, &before);
	}
}
