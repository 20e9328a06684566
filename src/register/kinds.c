/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds, acts and entries of kinds.h as data. */
#include "register/kinds.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

#define RECORD(name, fields) \
	static const struct field name##_fields[] = { fields(FIELD_DESCRIBE, name) }; \
	const struct record name##_record = { #name, name##_fields, COUNT(name##_fields), sizeof(struct name) };
RECORD(transaction_body, TRANSACTION_BODY)
RECORD(transaction_seal, TRANSACTION_SEAL)
RECORD(answer_group, ANSWER_GROUP)
RECORD(answer_state, ANSWER_STATE)
RECORD(genesis, GENESIS)
RECORD(entry_result, ENTRY_RESULT)
RECORD(entry_refused, ENTRY_REFUSED_FIELDS)
RECORD(entry_effect, ENTRY_EFFECT_FIELDS)
RECORD(entry_commit, ENTRY_COMMIT_FIELDS)
#undef RECORD

#define KIND(number, symbol, name, arguments, id, who, rows, codes, text) \
	static const struct field name##_fields[] = { arguments(FIELD_DESCRIBE, name) };
#define KIND_ALIKE(number, symbol, name, arguments, id, who, rows, codes, text)
#include "register/kinds.def"
#undef KIND
#undef KIND_ALIKE

#define ACT(number, symbol, name, arguments, id, how, text) \
	static const struct field name##_fields[] = { arguments(FIELD_DESCRIBE, name) };
#define ACT_ALIKE(number, symbol, name, arguments, id, how, text)
#include "register/acts.def"
#undef ACT
#undef ACT_ALIKE

struct description {
	struct record record;
	const char *name;
	int how;
	const char *text;
	const char *rows;
	const char *codes;
};

static const struct description kinds[KIND_END] = {
#define KIND(number, symbol, name, arguments, id, who, rows, codes, text) \
	[number] = { { id, name##_fields, COUNT(name##_fields), sizeof(struct name) }, id, KIND_BY_##who, text, \
	    rows, codes },
#define KIND_ALIKE KIND
#include "register/kinds.def"
#undef KIND_ALIKE
#undef KIND
};

enum act_how {
	ACT_IS_LOCKED,
	ACT_IS_EMERGENCY
};

static const struct description acts[ACT_END] = {
#define ACT(number, symbol, name, arguments, id, how, text) \
	[number] = { { id, name##_fields, COUNT(name##_fields), sizeof(struct name) }, id, ACT_IS_##how, text, \
	    "", "" },
#define ACT_ALIKE ACT
#include "register/acts.def"
#undef ACT_ALIKE
#undef ACT
};

static const struct {
	const char *name;
	const char *text;
} effects[EFFECT_END] = {
#define EFFECT(number, symbol, name, text) [number] = { name, text },
	EFFECTS(EFFECT)
#undef EFFECT
};

static const struct description *
description_at(const struct description *table, unsigned end, unsigned i)
{
	return i < end && table[i].name != NULL ? &table[i] : NULL;
}

const struct record *
kind_record(unsigned kind)
{
	const struct description *d = description_at(kinds, KIND_END, kind);

	return d != NULL ? &d->record : NULL;
}

const char *
kind_name(unsigned kind)
{
	const struct description *d = description_at(kinds, KIND_END, kind);

	return d != NULL ? d->name : "?";
}

const char *
kind_text(unsigned kind)
{
	const struct description *d = description_at(kinds, KIND_END, kind);

	return d != NULL ? d->text : "?";
}

const char *
kind_rows(unsigned kind)
{
	const struct description *d = description_at(kinds, KIND_END, kind);

	return d != NULL ? d->rows : "";
}

const char *
kind_codes(unsigned kind)
{
	const struct description *d = description_at(kinds, KIND_END, kind);

	return d != NULL ? d->codes : "";
}

enum kind_signer
kind_signer(unsigned kind)
{
	const struct description *d = description_at(kinds, KIND_END, kind);

	return d != NULL ? (enum kind_signer)d->how : KIND_BY_ACCOUNT;
}

const struct record *
act_record(unsigned act)
{
	const struct description *d = description_at(acts, ACT_END, act);

	return d != NULL ? &d->record : NULL;
}

const char *
act_name(unsigned act)
{
	const struct description *d = description_at(acts, ACT_END, act);

	return d != NULL ? d->name : "?";
}

const char *
act_text(unsigned act)
{
	const struct description *d = description_at(acts, ACT_END, act);

	return d != NULL ? d->text : "?";
}

bool
act_is_emergency(unsigned act)
{
	const struct description *d = description_at(acts, ACT_END, act);

	return d != NULL && d->how == ACT_IS_EMERGENCY;
}

const char *
effect_name(unsigned effect)
{
	return effect > 0 && effect < EFFECT_END ? effects[effect].name : "?";
}

const char *
effect_text(unsigned effect)
{
	return effect > 0 && effect < EFFECT_END ? effects[effect].text : "?";
}
