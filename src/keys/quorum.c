/* SPDX-License-Identifier: Apache-2.0 */
/* Trust policies (C2SP tlog-policy): read strictly, and held against a checkpoint. */
#include "keys/quorum.h"

#define WORDS_MAX (QUORUM_NAMES_MAX + 4)

struct words {
	size_t count;
	struct assay_bytes list[WORDS_MAX];
};

/* ---- lines ------------------------------------------------------------ */

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* False: a control character, or more words than any line can have. */
static bool
words_split(struct words *words, struct assay_bytes line)
{
	size_t at = 0;

	words->count = 0;
	for (size_t i = 0; i < line.len; i++) {
		if ((line.data[i] < ' ' && line.data[i] != '\t') || line.data[i] == 0x7f) {
			return false;
		}
	}
	for (;;) {
		while (at < line.len && is_blank(line.data[at])) {
			at++;
		}
		if (at == line.len || (words->count == 0 && line.data[at] == '#')) {
			return true;
		}
		const size_t from = at;

		while (at < line.len && !is_blank(line.data[at])) {
			at++;
		}
		if (words->count == WORDS_MAX) {
			return false;
		}
		words->list[words->count++] = bytes_slice(line, from, at - from);
	}
}

static size_t
name_find(const struct quorum *quorum, struct assay_bytes name)
{
	size_t i = 0;

	while (i < quorum->count && !bytes_equal(quorum->names[i].name, name)) {
		i++;
	}
	return i;
}

/* ---- what they define ------------------------------------------------- */

static const char *
log_add(struct quorum *quorum, const struct words *words)
{
	struct note_key key;

	if (words->count < 2 || words->count > 3 || !key_verifier_parse(&key, words->list[1]) ||
	    key.algorithm != NOTE_ED25519) {
		return "a log is written: log VKEY [URL], with the verifier key of an Ed25519 log";
	}
	for (size_t i = 0; i < quorum->logs_count; i++) {
		if (memcmp(quorum->logs[i].key, key.key, sizeof(key.key)) == 0) {
			return "this log is there already";
		}
	}
	if (quorum->logs_count == QUORUM_LOGS_MAX) {
		return "there are more than 32 logs";
	}
	quorum->logs[quorum->logs_count++] = key;
	return NULL;
}

static const char *
name_add(struct quorum *quorum, struct assay_bytes name, const struct quorum_name *added)
{
	if (bytes_equal_text(name, "none") || name_find(quorum, name) != quorum->count) {
		return "this name is taken already";
	}
	if (quorum->count == QUORUM_NAMES_MAX) {
		return "there are more than 64 witnesses and groups";
	}
	quorum->names[quorum->count] = *added;
	quorum->names[quorum->count++].name = name;
	return NULL;
}

static const char *
witness_add(struct quorum *quorum, const struct words *words)
{
	struct quorum_name added = { .is_witness = true };

	if (words->count < 3 || words->count > 4 || !key_verifier_parse(&added.key, words->list[2]) ||
	    added.key.algorithm != NOTE_COSIGNATURE) {
		return "a witness is written: witness NAME VKEY [URL], with the verifier key of a cosigner";
	}
	for (size_t i = 0; i < quorum->count; i++) {
		if (quorum->names[i].is_witness &&
		    memcmp(quorum->names[i].key.key, added.key.key, sizeof(added.key.key)) == 0) {
			return "this witness is there already";
		}
	}
	return name_add(quorum, words->list[1], &added);
}

static unsigned
threshold_of(struct assay_bytes word, size_t members)
{
	unsigned value = 0;

	if (bytes_equal_text(word, "any")) {
		return 1;
	}
	if (bytes_equal_text(word, "all")) {
		return (unsigned)members;
	}
	for (size_t i = 0; i < word.len; i++) {
		if (word.data[i] < '0' || word.data[i] > '9' || (value == 0 && word.data[i] == '0') || word.len > 2) {
			return 0;
		}
		value = value * 10 + (unsigned)(word.data[i] - '0');
	}
	return value;
}

static const char *
group_add(struct quorum *quorum, const struct words *words)
{
	struct quorum_name added = { .is_witness = false };
	const size_t members = words->count < 4 ? 0 : words->count - 3;
	const unsigned threshold = members == 0 ? 0 : threshold_of(words->list[2], members);

	if (threshold == 0 || threshold > members) {
		return "a group is written: group NAME any|all|K NAME..., with K from 1 to the number of its members";
	}
	added.threshold = (uint8_t)threshold;
	for (size_t i = 3; i < words->count; i++) {
		const size_t at = name_find(quorum, words->list[i]);

		if (at == quorum->count) {
			return "a group names what is not defined before it";
		}
		for (size_t j = 0; j < quorum->count; j++) {
			/* In two groups it would count in two ways. */
			if ((quorum->names[j].members >> at & 1) != 0) {
				return "a name is a member of one group at most";
			}
		}
		if ((added.members >> at & 1) != 0) {
			return "a name is a member of one group at most";
		}
		added.members |= UINT64_C(1) << at;
	}
	return name_add(quorum, words->list[1], &added);
}

static const char *
quorum_set(struct quorum *quorum, const struct words *words, bool *has)
{
	if (*has) {
		return "there is a quorum already";
	}
	if (words->count != 2) {
		return "the quorum is written: quorum NAME, or quorum none";
	}
	*has = true;
	quorum->none = bytes_equal_text(words->list[1], "none");
	quorum->wanted = name_find(quorum, words->list[1]);
	return quorum->none || quorum->wanted != quorum->count ? NULL : "the quorum names what is not defined before it";
}

static const char *
line_add(struct quorum *quorum, const struct words *words, bool *has_quorum)
{
	if (words->count == 0) {
		return NULL;
	}
	if (bytes_equal_text(words->list[0], "log")) {
		return log_add(quorum, words);
	}
	if (bytes_equal_text(words->list[0], "witness")) {
		return witness_add(quorum, words);
	}
	if (bytes_equal_text(words->list[0], "group")) {
		return group_add(quorum, words);
	}
	if (bytes_equal_text(words->list[0], "quorum")) {
		return quorum_set(quorum, words, has_quorum);
	}
	return "a line begins with log, witness, group or quorum";
}

const char *
quorum_parse(struct quorum *quorum, struct assay_bytes text, unsigned *line)
{
	bool has_quorum = false;
	size_t at = 0;

	memset(quorum, 0, sizeof(*quorum));
	*line = 0;
	if (text.len > QUORUM_BYTES_MAX) {
		return "it is longer than 64 KiB";
	}
	while (at < text.len) {
		const size_t from = at;
		struct words words;
		const char *wrong;

		(*line)++;
		while (at < text.len && text.data[at] != '\n') {
			at++;
		}
		if (at == text.len) {
			return "its last line has no end";
		}
		if (!words_split(&words, bytes_slice(text, from, at - from))) {
			return "it has a control character, or too many words";
		}
		at++;
		wrong = line_add(quorum, &words, &has_quorum);
		if (wrong != NULL) {
			return wrong;
		}
	}
	return has_quorum ? NULL : "it names no quorum";
}

/* ---- a checkpoint ----------------------------------------------------- */

bool
quorum_check(const struct quorum *quorum, const struct assay_crypto *crypto, struct assay_bytes note,
    int64_t oldest_s, struct quorum_seen *seen)
{
	uint64_t witnessed = 0;

	memset(seen, 0, sizeof(*seen));
	for (size_t i = 0; i < quorum->count; i++) {
		const struct quorum_name *name = &quorum->names[i];
		unsigned members = 0;
		int64_t time_s;

		if (!name->is_witness) {
			/* Members stand before it. */
			for (size_t j = 0; j < i; j++) {
				members += (unsigned)((name->members & witnessed) >> j & 1);
			}
			witnessed |= members >= name->threshold ? UINT64_C(1) << i : 0;
			continue;
		}
		switch (note_verify(crypto, note, &name->key, &time_s)) {
		case NOTE_BAD:
			seen->bad = true;
			break;
		case NOTE_GOOD:
			if (time_s < oldest_s) {
				seen->old++;
				break;
			}
			witnessed |= UINT64_C(1) << i;
			seen->times_s[i] = time_s;
			seen->oldest_s = seen->good == 0 || time_s < seen->oldest_s ? time_s : seen->oldest_s;
			seen->good++;
			break;
		case NOTE_ABSENT:
		default:
			break;
		}
	}
	return !seen->bad && (quorum->none || (witnessed >> quorum->wanted & 1) != 0);
}
