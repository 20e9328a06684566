/* SPDX-License-Identifier: Apache-2.0 */
/* assay policy: list, show, check and compare policies. */
#include <stdio.h>
#include <string.h>

#include "cmd/assayer.h"
#include "cmd/commands.h"
#include "cmd/decode.h"
#include "cmd/failure.h"
#include "cmd/near.h"
#include "cmd/policy_eval.h"
#include "format/json.h"

static struct assay_policy policies[2];
static char documents[2][ASSAY_POLICY_DOCUMENT_MAX];

static struct assay_bytes
document_of(size_t i)
{
	const size_t len = assay_policy_document(&policies[i], documents[i], sizeof(documents[i]));

	return bytes_of(documents[i], len <= sizeof(documents[i]) ? len : 0);
}

static void
put_policy_line(struct writer *w, const struct assay_policy *policy, const char *note_text, bool json)
{
	if (json) {
		json_put_object(w);
		json_put_name(w, "name");
		json_put_text(w, policy->name);
		json_put_name(w, "sha256");
		json_put_hex(w, bytes_of(policy->digest, sizeof(policy->digest)));
		json_put_end(w, '}');
		return;
	}
	put_printable(w, bytes_of_text(policy->name));
	put_repeated(w, ' ', strlen(policy->name) < 18 ? 18 - strlen(policy->name) : 1);
	put_hex(w, bytes_of(policy->digest, sizeof(policy->digest)));
	put_text(w, note_text);
	put_char(w, '\n');
}

static int
policy_list(bool json)
{
	char out[4096];
	struct writer w;

	writer_start(&w, out, sizeof(out));
	if (json) {
		json_put_array(&w);
	}
	for (unsigned i = 0; i < ASSAY_PRESETS_COUNT; i++) {
		assay_policy_preset(&policies[0], assay_crypto_openssl(), i);
		put_policy_line(&w, &policies[0], i == 0 ? "  (default)" : "", json);
	}
	if (json) {
		json_put_end(&w, ']');
		put_char(&w, '\n');
	}
	fwrite(out, 1, w.len, stdout);
	return EXIT_YES;
}

static int
policy_show(struct arena *arena, const char *name)
{
	const int code = policy_load(&policies[0], arena, name);

	if (code != 0) {
		return code;
	}
	const struct assay_bytes document = document_of(0);

	/* The digest is of the document without the newline. */
	fwrite(document.data, 1, document.len, stdout);
	putchar('\n');
	return EXIT_YES;
}

static int
policy_check(struct arena *arena, const char *name, bool json)
{
	char out[1024];
	struct writer w;
	const int code = policy_load(&policies[0], arena, name);

	if (code != 0) {
		return code;
	}
	writer_start(&w, out, sizeof(out));
	put_policy_line(&w, &policies[0], "", json);
	if (json) {
		put_char(&w, '\n');
	}
	fwrite(out, 1, w.len, stdout);
	return EXIT_YES;
}

static void
put_difference(struct writer *w, struct assay_bytes path, const struct assay_bytes values[2], bool json)
{
	if (json) {
		json_put_object(w);
		json_put_name(w, "member");
		json_put_string(w, path);
		json_put_name(w, "a");
		json_put_raw(w, values[0].len != 0 ? values[0] : bytes_of_text("null"));
		json_put_name(w, "b");
		json_put_raw(w, values[1].len != 0 ? values[1] : bytes_of_text("null"));
		json_put_end(w, '}');
		return;
	}
	put_printable(w, path);
	put_text(w, "\n  - ");
	put_printable(w, values[0].len != 0 ? values[0] : bytes_of_text("(none)"));
	put_text(w, "\n  + ");
	put_printable(w, values[1].len != 0 ? values[1] : bytes_of_text("(none)"));
	put_char(w, '\n');
}

/* The members of one object against those of another, one level further down
 * for members that are objects themselves.  Returns the number of differences. */
static size_t
compare_objects(struct writer *w, struct assay_bytes a, struct assay_bytes b, const char *above, bool json)
{
	struct json j = json_over(a);
	struct json_object o = json_object(&j);
	struct assay_bytes name;
	size_t differences = 0;

	while (json_member(&j, &o, &name)) {
		char member[64];
		char path[128];
		const struct assay_bytes value = json_skip(&j);

		snprintf(member, sizeof(member), "%.*s", (int)(name.len < 63 ? name.len : 63), (const char *)name.data);
		snprintf(path, sizeof(path), "%s%s%s", above, above[0] != '\0' ? "." : "", member);
		const struct assay_bytes values[2] = { value, json_member_raw(b, member) };

		if (bytes_equal(values[0], values[1])) {
			continue;
		}
		if (value.data[0] == '{' && above[0] == '\0' && values[1].len != 0) {
			differences += compare_objects(w, values[0], values[1], member, json);
			continue;
		}
		put_difference(w, bytes_of_text(path), values, json);
		differences++;
	}
	/* What only the other one has. */
	j = json_over(b);
	o = json_object(&j);
	while (json_member(&j, &o, &name)) {
		char member[64];
		char path[128];
		const struct assay_bytes values[2] = { { NULL, 0 }, json_skip(&j) };

		snprintf(member, sizeof(member), "%.*s", (int)(name.len < 63 ? name.len : 63), (const char *)name.data);
		snprintf(path, sizeof(path), "%s%s%s", above, above[0] != '\0' ? "." : "", member);
		if (json_member_raw(a, member).len == 0) {
			put_difference(w, bytes_of_text(path), values, json);
			differences++;
		}
	}
	return differences;
}

static int
policy_diff(struct arena *arena, const char *const *names, bool json)
{
	static char out[ASSAY_POLICY_DOCUMENT_MAX * 4];
	struct writer w;

	for (size_t i = 0; i < 2; i++) {
		const int code = policy_load(&policies[i], arena, names[i]);

		if (code != 0) {
			return code;
		}
	}
	writer_start(&w, out, sizeof(out));
	if (json) {
		json_put_array(&w);
	}
	const size_t differences = compare_objects(&w, document_of(0), document_of(1), "", json);

	if (json) {
		json_put_end(&w, ']');
		put_char(&w, '\n');
	}
	fwrite(out, 1, w.len, stdout);
	return differences == 0 ? EXIT_YES : EXIT_NO;
}

struct verb {
	const char *name;
	size_t operands;
	const char *synopsis;
};

static const struct verb verbs[] = {
	{ "list", 0, "list" },
	{ "show", 1, "show NAME|FILE" },
	{ "check", 1, "check FILE" },
	{ "diff", 2, "diff A B" },
	{ "eval", 0, "eval --store DIR --policy NAME|FILE" },
};

/* A word that is known, with too few or too many after it. */
static int
wrong_count(const struct verb *verb, const char *const *names, size_t count)
{
	static const char *const missing[][2] = {
		{ "", "" }, { "the policy's name or file is missing after it", "" },
		{ "the policy's file is missing after it", "" },
		{ "both policies are missing after it", "the second policy is missing after it" },
	};
	char fix[128];

	snprintf(fix, sizeof(fix), "write `assay policy %s`", verb->synopsis);
	if (count > verb->operands) {
		return fail(EXIT_USAGE, "it is one word too many", fix, "`assay policy %s` does not know what to do with %s",
		    verb->name, names[verb->operands]);
	}
	return fail(EXIT_USAGE, missing[verb - verbs][count], fix,
	    "`assay policy %s` was not told what to work on, so nothing was done", verb->name);
}

static int
wrong_use(const char *word, const char *const *names, size_t count)
{
	struct near near = { .count = 0 };
	char text[256];

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, word) == 0) {
			return wrong_count(&verbs[i], names, count);
		}
		near_offer(&near, word, verbs[i].name);
	}
	return fail(EXIT_USAGE, "its words are list, show NAME|FILE, check FILE, diff A B, and eval",
	    near_text(&near, text, sizeof(text), "run `assay help policy`"), "`assay policy %s` cannot be understood", word);
}

int
command_policy(const struct arguments *arguments)
{
	struct arena arena = { NULL };
	const char *verb = arguments->operands[0];
	const char *const *names = arguments->operands + 1;
	const size_t count = arguments->operands_count - 1;
	const bool json = option_given(arguments, "json");
	int code = standard_input_once(arguments);

	if (code != 0) {
		return code;
	}
	if (strcmp(verb, "list") == 0 && count == 0) {
		code = policy_list(json);
	} else if (strcmp(verb, "show") == 0 && count == 1) {
		code = policy_show(&arena, names[0]);
	} else if (strcmp(verb, "check") == 0 && count == 1) {
		code = policy_check(&arena, names[0], json);
	} else if (strcmp(verb, "diff") == 0 && count == 2) {
		code = policy_diff(&arena, names, json);
	} else if (strcmp(verb, "eval") == 0 && count == 0) {
		code = policy_eval(arguments);
	} else {
		code = wrong_use(verb, names, count);
	}
	arena_release(&arena);
	return code;
}
