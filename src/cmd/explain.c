/* SPDX-License-Identifier: Apache-2.0 */
/* assay explain: what a word in a result means. */
#include <stdio.h>
#include <string.h>

#include "cmd/advisories.h"
#include "cmd/commands.h"
#include "cmd/failure.h"
#include "cmd/members.h"
#include "cmd/near.h"
#include "cmd/terminal.h"
#include "render/render.h"
#include "render/words.h"

#define EXPLANATION_BYTES_MAX ((size_t)64 * 1024)
#define LINE_BYTES_MAX 8192

static const char *const tiers[] = {
	NULL,
	"the vendor calls the platform up to date, and no advisory that counts is open",
	"up to date, but the program itself must be hardened against known attacks; no advisory that counts is open",
	"the firmware is current, but the configuration is not safe (Hyper-Threading and the like); "
	    "no advisory that counts is open",
	"a status of tiers 1 to 3, but at least one advisory counts, or advisories cannot be known",
	"firmware, microcode or quoting software is out of date",
};

static const char *const status_texts[ASSAY_TCB_STATUS_COUNT] = {
	[ASSAY_TCB_UP_TO_DATE] = "the vendor calls this platform up to date",
	[ASSAY_TCB_SW_HARDENING_NEEDED] =
	    "the platform is up to date, but the program itself must be hardened against known attacks",
	[ASSAY_TCB_CONFIGURATION_NEEDED] = "the firmware is current, but BIOS settings leave the platform open to attacks",
	[ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] =
	    "BIOS settings leave the platform open to attacks, and the program itself must be hardened",
	[ASSAY_TCB_OUT_OF_DATE] = "firmware, microcode or quoting software is out of date",
	[ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] =
	    "firmware, microcode or quoting software is out of date, and BIOS settings are not safe either",
	[ASSAY_TCB_TD_RELAUNCH_ADVISED] =
	    "the TDX module was updated under the running TD, which was launched under an older one",
	[ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] =
	    "the TD was launched under an older TDX module, and BIOS settings are not safe either",
	[ASSAY_TCB_REVOKED] = "the vendor has revoked this TCB: its keys may be known to attackers",
	[ASSAY_TCB_SIGNATURE_INVALID] = "archived reports: the quote's own signature was invalid",
	[ASSAY_TCB_SIGNATURE_REVOKED] = "archived reports: the quote was made by a revoked platform",
	[ASSAY_TCB_KEY_REVOKED] = "archived reports: the platform's attestation key was revoked",
	[ASSAY_TCB_SIGRL_VERSION_MISMATCH] = "archived reports: the quote was made against an old revocation list",
};

/* What explanations are written to: the same lines as text, or as one JSON object each. */
struct explanation {
	struct writer w;
	struct render_style style;
	bool json;
};

static void
begin(struct explanation *e, const char *kind, const char *id)
{
	if (e->json) {
		json_put_object(&e->w);
		json_put_name(&e->w, "schema");
		json_put_text(&e->w, "assay.explanation/1");
		json_put_name(&e->w, "kind");
		json_put_text(&e->w, kind);
		json_put_name(&e->w, "id");
		json_put_text(&e->w, id);
	} else {
		put_text(&e->w, kind);
		put_char(&e->w, ' ');
		put_text(&e->w, id);
		put_char(&e->w, '\n');
	}
}

/* The line's name has words parted by spaces; as a member's name, by underscores. */
static void
line(struct explanation *e, const char *name, const char *text)
{
	if (e->json) {
		char member[32];

		snprintf(member, sizeof(member), "%s", name);
		for (char *p = member; *p != '\0'; p++) {
			*p = *p == ' ' ? '_' : *p;
		}
		json_put_name(&e->w, member);
		json_put_text(&e->w, text);
		return;
	}
	if (text[0] == '\0') {
		return;
	}
	put_text(&e->w, "  ");
	put_text(&e->w, name);
	put_repeated(&e->w, ' ', strlen(name) < 14 ? 14 - strlen(name) : 1);
	render_filled(&e->w, &e->style, "                ", 16, text);
}

static void
end(struct explanation *e)
{
	if (e->json) {
		json_put_end(&e->w, '}');
		put_char(&e->w, '\n');
		e->w.comma = false;
	}
}

static bool
explain_check(struct explanation *e, const char *id)
{
	static const char *const consequences[] = {
		[ASSAY_CONSEQUENCE_NOT_GENUINE] = "the evidence is not genuine",
		[ASSAY_CONSEQUENCE_UNDECIDED] = "the matter is undecided",
		[ASSAY_CONSEQUENCE_NO_TIER] = "the evidence may be genuine, but it earns no tier",
	};

	for (int i = 0; i < ASSAY_CHECK_COUNT; i++) {
		const enum assay_check check = (enum assay_check)i;

		if (strcmp(assay_check_id(check), id) == 0) {
			begin(e, "check", id);
			line(e, "asks that", assay_check_text(check));
			line(e, "if it fails", consequences[assay_check_consequence(check)]);
			line(e, "asked for by", assay_check_specification(check));
			end(e);
			return true;
		}
	}
	return false;
}

static bool
explain_reason(struct explanation *e, const char *id)
{
	for (int i = 1; i < ASSAY_REASON_COUNT; i++) {
		const enum assay_reason reason = (enum assay_reason)i;

		if (strcmp(assay_reason_id(reason), id) == 0) {
			begin(e, "reason", id);
			line(e, "means", assay_reason_text(reason));
			line(e, "remedy", assay_reason_remedy(reason));
			end(e);
			return true;
		}
	}
	return false;
}

static bool
explain_status(struct explanation *e, const char *id)
{
	static struct assay_policy policy;

	for (int i = 1; i < ASSAY_TCB_STATUS_COUNT; i++) {
		const enum assay_tcb_status status = (enum assay_tcb_status)i;
		const char *dcap = assay_tcb_status_word(status, ASSAY_EVIDENCE_SGX_QUOTE);
		const char *ias = assay_tcb_status_word(status, ASSAY_EVIDENCE_IAS_REPORT);
		char tier[8] = "none";

		if (strcmp(dcap, id) != 0 && strcmp(ias, id) != 0) {
			continue;
		}
		assay_policy_preset(&policy, assay_crypto_openssl(), 0);
		if (policy.tier_of_status[status] != ASSAY_TIER_NONE) {
			snprintf(tier, sizeof(tier), "%u", assay_tier_number(policy.tier_of_status[status]) % 10);
		}
		begin(e, "status", id);
		line(e, "means", status_texts[status]);
		line(e, "in quotes", strcmp(dcap, "?") == 0 ? "" : dcap);
		line(e, "in reports", strcmp(ias, "?") == 0 ? "" : ias);
		line(e, "tier at best", tier);
		end(e);
		return true;
	}
	return false;
}

static bool
explain_tier(struct explanation *e, const char *id)
{
	const char *number = strncmp(id, "tier-", 5) == 0 || strncmp(id, "tier ", 5) == 0 ? id + 5 : id;

	if (number[0] < '1' || number[0] > '5' || number[1] != '\0') {
		return false;
	}
	begin(e, "tier", number);
	line(e, "means", tiers[number[0] - '0']);
	line(e, "scale", "1 is the best and 5 the worst; what is revoked, unknown, in debug mode or open to a critical "
	    "advisory has no tier at all");
	end(e);
	return true;
}

static bool
explain_field(struct explanation *e, const char *id)
{
	static const char *const texts[] = {
		"",
#define ASSAY_FIELD(symbol, id, len, text) text,
#include "fields.def"
#undef ASSAY_FIELD
	};
	char length[32];

	for (int i = 1; i < ASSAY_FIELD_COUNT; i++) {
		const enum assay_field field = (enum assay_field)i;

		if (strcmp(assay_field_id(field), id) == 0) {
			snprintf(length, sizeof(length), "%zu bytes", assay_field_len(field));
			begin(e, "field", id);
			line(e, "is", texts[i]);
			line(e, "length", assay_field_len(field) == 0 ? "1 to 32 characters" : length);
			end(e);
			return true;
		}
	}
	return false;
}

static void
fixes_text(char *out, size_t size, uint32_t fixes, const char *(*words)(unsigned), const char *between)
{
	struct writer w;
	bool first = true;

	writer_start(&w, out, size);
	for (unsigned i = 0; i < ADVISORY_FIXES_COUNT; i++) {
		if ((fixes >> i & 1) != 0) {
			put_text(&w, first ? "" : between);
			put_text(&w, words(i));
			first = false;
		}
	}
	if (writer_finish(&w) == 0) {
		out[0] = '\0';
	}
}

static bool
explain_advisory(struct explanation *e, const char *id)
{
	const struct advisory *a = advisory_find(id);
	char fixes[1024];
	char class[256];

	if (a == NULL) {
		return false;
	}
	fixes_text(fixes, sizeof(fixes), a->fixes, advisory_fix_text, "; ");
	snprintf(class, sizeof(class), "%s: %s", advisory_class_word(a->class), advisory_class_text(a->class));
	begin(e, "advisory", id);
	line(e, "title", a->title[0] == '\0' ? "unknown" : a->title);
	line(e, "what it is", a->what[0] == '\0' ? "unknown" : a->what);
	line(e, "fix", fixes[0] == '\0' ? "unknown" : fixes);
	line(e, "class", class);
	line(e, "sources", a->source[0] == '\0' ? "none: nothing is known of it here, and nothing is made up" : a->source);
	end(e);
	return true;
}

static bool
explain_schema(struct explanation *e, const char *id)
{
	for (int i = 0; i < MEMBER_SCHEMA_COUNT; i++) {
		const enum member_schema schema = (enum member_schema)i;
		char paths[LINE_BYTES_MAX];
		struct writer w;

		if (strcmp(member_schema_id(schema), id) != 0) {
			continue;
		}
		writer_start(&w, paths, sizeof(paths));
		for (const struct member *m = member_next(NULL); m != NULL; m = member_next(m)) {
			if (m->schema == schema) {
				put_text(&w, w.len == 0 ? "" : ", ");
				put_text(&w, m->path);
			}
		}
		begin(e, "schema", id);
		line(e, "is", member_schema_text(schema));
		line(e, "members", writer_finish(&w) == 0 ? "" : paths);
		end(e);
		return true;
	}
	return false;
}

/* "genuine, undecided, not-genuine" */
static void
words_text(struct writer *w, enum member_type type)
{
	for (const struct member_word *word = member_word_next(NULL); word != NULL; word = member_word_next(word)) {
		if (word->type == type) {
			put_text(w, w->len == 0 ? "" : ", ");
			put_text(w, word->word);
		}
	}
}

/* One name may be that of several members: each is explained. */
static bool
explain_members(struct explanation *e, const char *id)
{
	bool known = false;

	for (const struct member *m = member_next(NULL); m != NULL; m = member_next(m)) {
		char words[LINE_BYTES_MAX];
		struct writer w;

		if (!member_is(m, id)) {
			continue;
		}
		writer_start(&w, words, sizeof(words));
		words_text(&w, m->type);
		begin(e, "member", m->path);
		line(e, "of", member_schema_id(m->schema));
		line(e, "is", m->text);
		line(e, "type", member_type_text(m->type));
		line(e, "words", writer_finish(&w) == 0 ? "" : words);
		line(e, "null where", m->null_where);
		end(e);
		known = true;
	}
	return known;
}

static bool
explain_words(struct explanation *e, const char *id)
{
	bool known = false;

	for (const struct member_word *word = member_word_next(NULL); word != NULL; word = member_word_next(word)) {
		if (strcmp(word->word, id) == 0) {
			begin(e, "word", id);
			line(e, "of", member_type_text(word->type));
			line(e, "means", word->text);
			end(e);
			known = true;
		}
	}
	return known;
}

/* True where an earlier row has the same path or word. */
static bool
member_stood_before(const struct member *member)
{
	for (const struct member *m = member_next(NULL); m != member; m = member_next(m)) {
		if (strcmp(m->path, member->path) == 0) {
			return true;
		}
	}
	return false;
}

static bool
word_stood_before(const struct member_word *word)
{
	for (const struct member_word *w = member_word_next(NULL); w != word; w = member_word_next(w)) {
		if (strcmp(w->word, word->word) == 0) {
			return true;
		}
	}
	return false;
}

static void
every_id_of_results(void (*use)(void *context, const char *kind, const char *id), void *context)
{
	for (int i = 0; i < MEMBER_SCHEMA_COUNT; i++) {
		use(context, "schema", member_schema_id((enum member_schema)i));
	}
	for (const struct member *m = member_next(NULL); m != NULL; m = member_next(m)) {
		if (!member_stood_before(m)) {
			use(context, "member", m->path);
		}
	}
	for (const struct member_word *word = member_word_next(NULL); word != NULL; word = member_word_next(word)) {
		if (!word_stood_before(word)) {
			use(context, "word", word->word);
		}
	}
}

/* Every id there is, by kind, to a function. */
static void
every_id(void (*use)(void *context, const char *kind, const char *id), void *context)
{
	static const char *const numbers[] = { "1", "2", "3", "4", "5" };

	for (size_t i = 0; i < 5; i++) {
		use(context, "tier", numbers[i]);
	}
	for (int i = 1; i < ASSAY_TCB_STATUS_COUNT; i++) {
		const enum assay_tcb_status status = (enum assay_tcb_status)i;
		const char *dcap = assay_tcb_status_word(status, ASSAY_EVIDENCE_SGX_QUOTE);
		const char *ias = assay_tcb_status_word(status, ASSAY_EVIDENCE_IAS_REPORT);

		if (strcmp(dcap, "?") != 0) {
			use(context, "status", dcap);
		}
		if (strcmp(ias, "?") != 0 && strcmp(ias, dcap) != 0) {
			use(context, "status", ias);
		}
	}
	for (int i = 1; i < ASSAY_REASON_COUNT; i++) {
		use(context, "reason", assay_reason_id((enum assay_reason)i));
	}
	for (int i = 0; i < ASSAY_CHECK_COUNT; i++) {
		use(context, "check", assay_check_id((enum assay_check)i));
	}
	for (int i = 1; i < ASSAY_FIELD_COUNT; i++) {
		use(context, "field", assay_field_id((enum assay_field)i));
	}
	for (size_t i = 0; i < advisories_count(); i++) {
		use(context, "advisory", advisory_at(i)->id);
	}
	every_id_of_results(use, context);
}

struct listing {
	struct explanation *e;
	const char *kind;
};

static void
list_id(void *context, const char *kind, const char *id)
{
	struct listing *listing = context;
	struct explanation *e = listing->e;
	const bool new_kind = listing->kind == NULL || strcmp(listing->kind, kind) != 0;

	if (e->json) {
		if (new_kind) {
			if (listing->kind != NULL) {
				json_put_end(&e->w, ']');
			}
			json_put_name(&e->w, kind);
			json_put_array(&e->w);
		}
		json_put_text(&e->w, id);
	} else {
		put_text(&e->w, !new_kind ? "" : listing->kind == NULL ? "" : "\n");
		if (new_kind) {
			put_text(&e->w, kind);
			put_text(&e->w, ":\n");
		}
		put_text(&e->w, "  ");
		put_text(&e->w, id);
		put_char(&e->w, '\n');
	}
	listing->kind = kind;
}

static void
list_all(struct explanation *e)
{
	struct listing listing = { e, NULL };

	if (e->json) {
		json_put_object(&e->w);
	}
	every_id(list_id, &listing);
	if (e->json) {
		json_put_end(&e->w, ']');
		json_put_end(&e->w, '}');
		put_char(&e->w, '\n');
	}
}

struct offering {
	struct near *near;
	const char *given;
};

/*
 * Members are offered by their last name where a name alone was given.  What
 * was offered under another kind already is not offered twice.
 */
static void
offer_id(void *context, const char *kind, const char *id)
{
	const struct offering *offering = context;
	const char *stop = strcmp(kind, "member") == 0 && strchr(offering->given, '.') == NULL ? strrchr(id, '.') : NULL;
	const char *word = stop != NULL ? stop + 1 : id;

	for (size_t i = 0; i < offering->near->count; i++) {
		if (strcmp(offering->near->words[i], word) == 0) {
			return;
		}
	}
	if (strcmp(word, "*") != 0) {
		near_offer(offering->near, offering->given, word);
	}
}

/* INTEL-SA- or INTEL-DOC- and digits, which the catalogue does not have in capitals either. */
static bool
is_unknown_advisory(const char *id)
{
	char upper[32] = "";
	size_t len = 0;

	while (id[len] != '\0' && len + 1 < sizeof(upper)) {
		upper[len] = (char)(id[len] >= 'a' && id[len] <= 'z' ? id[len] - 'a' + 'A' : id[len]);
		len++;
	}
	const size_t prefix = memcmp(upper, "INTEL-SA-", 9) == 0 ? 9 : memcmp(upper, "INTEL-DOC-", 10) == 0 ? 10 : 0;

	return prefix != 0 && id[len] == '\0' && len > prefix && strspn(upper + prefix, "0123456789") == len - prefix &&
	    advisory_find(upper) == NULL;
}

static int
unknown(const char *id)
{
	struct near near = { .count = 0 };
	struct offering offering = { &near, id };
	char text[256];

	if (is_unknown_advisory(id)) {
		return fail(EXIT_CANNOT_TELL,
		    "the catalogue of this version does not know this advisory; there may well be one, and unless the policy "
		    "lists it, it counts",
		    "look for it among the vendor's security advisories, or try a newer version of assay",
		    "%s is unknown here", id);
	}
	every_id(offer_id, &offering);
	return fail(EXIT_USAGE,
	    "it is no check, reason, status, tier, advisory, field, and no schema, member or word of a result",
	    near_text(&near, text, sizeof(text), "run `assay explain` for all ids"), "%s cannot be explained", id);
}

int
command_explain(const struct arguments *arguments)
{
	static bool (*const explainers[])(struct explanation *e, const char *id) = {
		explain_tier, explain_status, explain_advisory, explain_field, explain_reason, explain_check,
		explain_schema, explain_members, explain_words,
	};
	static char out[EXPLANATION_BYTES_MAX];
	struct explanation e = {
		.json = option_given(arguments, "json"),
		.style = { .columns = terminal_columns() < 100 ? terminal_columns() : 100 },
	};

	writer_start(&e.w, out, sizeof(out));
	if (arguments->operands_count == 0) {
		list_all(&e);
	} else {
		const char *id = arguments->operands[0];
		const size_t ceiling = strlen("policy.ceiling:");
		const char *plain = strncmp(id, "policy.ceiling:", ceiling) == 0 ? "policy.ceiling" : id;
		bool known = false;

		/* What stands for several things has all of them explained, one after the other. */
		for (size_t i = 0; i < sizeof(explainers) / sizeof(explainers[0]); i++) {
			known = explainers[i](&e, plain) || known;
		}
		if (!known) {
			return unknown(id);
		}
	}
	fwrite(out, 1, e.w.len, stdout);
	return EXIT_YES;
}
