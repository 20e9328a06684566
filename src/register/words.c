/* SPDX-License-Identifier: Apache-2.0 */
/* Codes and parameters: the words and bounds of the two tables. */
#include "register/machine.h"

static const struct {
	const char *id;
	const char *text;
	const char *remedy;
} codes[CODE_END] = {
#define CODE(number, symbol, id, text, remedy) [number] = { id, text, remedy },
#include "register/codes.def"
#undef CODE
};

static const struct parameter_bounds bounds[PARAMETER_END] = {
#define PARAMETER(number, symbol, name, unit, genesis, lowest, highest, when, text) \
	[number] = { name, unit, genesis, lowest, highest, PARAMETER_##when, text },
#include "register/parameters.def"
#undef PARAMETER
};

static bool
is_code(unsigned code)
{
	return code < CODE_END && codes[code].id != NULL;
}

const char *
code_id(unsigned code)
{
	return is_code(code) ? codes[code].id : "?";
}

const char *
code_text(unsigned code)
{
	return is_code(code) ? codes[code].text : "?";
}

const char *
code_remedy(unsigned code)
{
	return is_code(code) ? codes[code].remedy : "";
}

const struct parameter_bounds *
parameter_bounds(unsigned parameter)
{
	return parameter < PARAMETER_END && bounds[parameter].name != NULL ? &bounds[parameter] : NULL;
}

bool
parameters_fit(const uint64_t values[static PARAMETER_END])
{
	/* Two draws of a slot at most may wait for answers (challenge.c). */
	return values[PARAMETER_WINDOW] <= values[PARAMETER_REATTEST_WINDOW] &&
	    2 * values[PARAMETER_REATTEST_WINDOW] < values[PARAMETER_EPOCH_BLOCKS] &&
	    /* What an answer or evidence refers to must still be there. */
	    values[PARAMETER_NONCE_AGE] >= values[PARAMETER_REATTEST_WINDOW] &&
	    values[PARAMETER_OFFLINE_LIMIT] >= values[PARAMETER_WINDOW] * values[PARAMETER_BLOCK_INTERVAL];
}

const char *
assay_register_code_id(uint16_t code)
{
	return code_id(code);
}

const char *
assay_register_code_text(uint16_t code)
{
	return code_text(code);
}

const char *
assay_register_code_remedy(uint16_t code)
{
	return code_remedy(code);
}
