/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the command line: the table, its parser, its help. */
#include "cmd/assay_sim_options.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	FOR_INIT = 1 << COMMAND_INIT,
	FOR_QUOTE = 1 << COMMAND_QUOTE,
	FOR_FLEET = 1 << COMMAND_FLEET,
	FOR_BREAKS = 1 << COMMAND_BREAKS,
	FOR_PLAY = 1 << COMMAND_PLAY,
	FOR_MANUAL = 1 << COMMAND_MANUAL,
	FOR_ALL = FOR_INIT | FOR_QUOTE | FOR_FLEET | FOR_BREAKS | FOR_PLAY | FOR_MANUAL
};

static const struct sim_option_row rows[OPTIONS] = {
	[OPTION_SEED] = { "seed", "TEXT", FOR_INIT | FOR_QUOTE | FOR_FLEET | FOR_PLAY,
	    "make everything from this text: the same text gives the same bytes" },
	[OPTION_VENDOR] = { "vendor", "DIR", FOR_INIT | FOR_QUOTE | FOR_FLEET,
	    "the directory of a vendor made by `assay-sim init`" },
	[OPTION_AT] = { "at", "TIME", FOR_INIT | FOR_QUOTE | FOR_FLEET,
	    "date everything around this time, as 2026-11-25T03:28:19Z (default: now)" },
	[OPTION_OUT] = { "out", "PATH", FOR_QUOTE | FOR_FLEET,
	    "quote: how the names of the files begin; fleet: the directory for them" },
	[OPTION_TEE] = { "tee", "sgx|tdx|ias|epid", FOR_QUOTE,
	    "SGX or TDX quote, report of the attestation service, or raw EPID quote (default: sgx, or what the break needs)" },
	[OPTION_VERSION] = { "version", "N", FOR_QUOTE,
	    "SGX 3, 4, 5; TDX 4, 5; reports 2 (naming none) to 5; EPID 1, 2" },
	[OPTION_BODY] = { "body", "N", FOR_QUOTE,
	    "version 5: 1 SGX, 2 TD 1.0, 3 TD 1.5, 4 TD 1.5 extended" },
	[OPTION_CERTIFICATION] = { "certification", "N", FOR_QUOTE,
	    "certification data: 1 clear PPID, 2 and 3 encrypted PPID, 4 leaf, 5 chain (default: 5)" },
	[OPTION_STATUS] = { "status", "WORD", FOR_QUOTE,
	    "the TCB status, in the vendor's word (UpToDate, OutOfDate, GROUP_OUT_OF_DATE, ...)" },
	[OPTION_QE_STATUS] = { "qe-status", "WORD", FOR_QUOTE,
	    "the quoting enclave's own status: UpToDate, OutOfDate, Revoked" },
	[OPTION_MODULE_STATUS] = { "module-status", "WORD", FOR_QUOTE,
	    "the TDX module's own status: UpToDate, OutOfDate, Revoked" },
	[OPTION_ADVISORY] = { "advisory", "ID", FOR_QUOTE,
	    "an advisory of the platform's level, instead of the usual ones (repeatable)" },
	[OPTION_TCB_INFO_VERSION] = { "tcb-info-version", "2|3", FOR_QUOTE, "version of the TCB info (default: 3)" },
	[OPTION_EVALUATION_NUMBER] = { "evaluation-number", "N", FOR_QUOTE,
	    "TCB evaluation number of the collateral: a higher one makes the newer of two sets" },
	[OPTION_CA] = { "ca", "platform|processor", FOR_QUOTE, "which PCK CA issued the leaf (default: platform)" },
	[OPTION_INDEX] = { "index", "N", FOR_QUOTE, "which machine of this vendor (default: 0)" },
	[OPTION_PROGRAM] = { "program", "HEX", FOR_QUOTE, "MRENCLAVE (32 bytes) or MRTD (48 bytes)" },
	[OPTION_REPORT_DATA] = { "report-data", "HEX", FOR_QUOTE, "up to 64 bytes; zeros follow" },
	[OPTION_DEBUG] = { "debug", NULL, FOR_QUOTE, "in debug mode" },
	[OPTION_LINKABLE] = { "linkable", NULL, FOR_QUOTE, "reports and EPID quotes: linkable, with a pseudonym" },
	[OPTION_NONCE] = { "nonce", "TEXT", FOR_QUOTE, "reports: the nonce, up to 32 letters and digits" },
	[OPTION_BREAK] = { "break", "CHECK", FOR_QUOTE,
	    "one defect, so that exactly this check is the first to fail (see `assay-sim breaks`)" },
	[OPTION_COUNT] = { "count", "N", FOR_FLEET, "how many workers (7 to 1000; default: 10)" },
	[OPTION_HELP] = { "help", NULL, FOR_ALL, "this text" },
};

static const struct sim_command_row commands[COMMANDS] = {
	[COMMAND_NONE] = { "", "COMMAND [options]",
	    "A simulated vendor of TEEs: evidence and collateral under roots of its own, for development and tests." },
	[COMMAND_INIT] = { "init", "init --seed TEXT --vendor DIR [--at TIME]",
	    "Make a vendor's directory: its seed, its two roots as certificates, its slow RSA keys." },
	[COMMAND_QUOTE] = { "quote", "quote --vendor DIR|--seed TEXT --out PREFIX [options]",
	    "Make one piece of evidence with its collateral, and print the command that verifies it." },
	[COMMAND_FLEET] = { "fleet", "fleet --vendor DIR|--seed TEXT --out DIR [--count N] [--at TIME]",
	    "Make the evidence of a fleet: all tiers, a forgery, expired collateral, SGX, TDX and a report.\n"
	    "Prints one verifying command a line; the file `expected` names the tier of each worker (0: none)." },
	[COMMAND_BREAKS] = { "breaks", "breaks", "List every check that can be broken, where, and how." },
	[COMMAND_PLAY] = { "play", "play DIR [--seed TEXT]",
	    "Play eight days of a register in seconds: a simulated fleet, eight cheats, and the audit.\n"
	    "DIR is made, and must be empty where it is there: it keeps the register, the fork that a cheat made, and the "
	    "keys of all who took part, without passphrases. "
	    "Time is the play's own, so that the same seed gives the same register, to the last byte. "
	    "It ends with 70 if one of the cheats went through." },
	[COMMAND_MANUAL] = { "manual", "manual", "Write the manual page, in mdoc(7)." },
};

const struct sim_command_row *
sim_command_row(enum sim_command command)
{
	return &commands[command];
}

const struct sim_option_row *
sim_option_row(enum sim_option option)
{
	return &rows[option];
}

int
sim_usage(const char *fix, const char *format, ...)
{
	va_list arguments;

	(void)fputs("error: ", stderr);
	va_start(arguments, format);
	(void)vfprintf(stderr, format, arguments);
	va_end(arguments);
	(void)fprintf(stderr, "\n  fix: %s\n", fix);
	return SIM_EXIT_USAGE;
}

void
sim_help(enum sim_command command)
{
	if (command == COMMAND_MANUAL) {
		sim_manual();
		return;
	}
	(void)printf("usage: assay-sim %s\n\n%s\n\n", commands[command].usage, commands[command].help);
	if (command == COMMAND_NONE) {
		for (size_t i = 1; i < COMMANDS; i++) {
			(void)printf("  %-8s %.*s\n", commands[i].name, (int)strcspn(commands[i].help, "\n"), commands[i].help);
		}
		(void)puts("\nassay-sim COMMAND --help says more.  "
		    "Simulated roots are trusted only by who passes them explicitly.");
		return;
	}
	for (size_t i = 0; i < OPTIONS; i++) {
		char left[64];

		if ((rows[i].commands & 1u << command) != 0) {
			(void)snprintf(left, sizeof(left), "--%s%s%s", rows[i].name, rows[i].argument != NULL ? " " : "",
			    rows[i].argument != NULL ? rows[i].argument : "");
			(void)printf("  %-26s %s\n", left, rows[i].help);
		}
	}
}

static int
parse_command(struct sim_arguments *arguments, const char *word)
{
	for (size_t i = 1; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, word) == 0) {
			arguments->command = (enum sim_command)i;
			return 0;
		}
	}
	return sim_usage("say init, quote, fleet, breaks, play or manual; assay-sim --help lists them",
	    "there is no command %s", word);
}

static int
keep_value(struct sim_arguments *arguments, size_t which, const char *value)
{
	if (which == OPTION_ADVISORY) {
		if (arguments->advisories_count == SIM_ADVISORIES_MAX) {
			return sim_usage("give at most 16", "there are too many advisories");
		}
		arguments->advisories[arguments->advisories_count++] = value;
	} else if (arguments->values[which] != NULL && rows[which].argument != NULL) {
		return sim_usage("leave one out", "--%s stands there twice", rows[which].name);
	}
	arguments->values[which] = value;
	return 0;
}

static int
keep_directory(struct sim_arguments *arguments, const char *path)
{
	if (arguments->directory != NULL || path[0] == '\0') {
		return sim_usage("assay-sim play DIR", "a play has one directory");
	}
	arguments->directory = path;
	return 0;
}

/* One option at argv[*at], with its value after it or behind '='. */
static int
parse_option(struct sim_arguments *arguments, int argc, char **argv, int *at)
{
	const char *word = argv[*at];
	const size_t name_len = strncmp(word, "--", 2) == 0 ? strcspn(word + 2, "=") : 0;

	for (size_t i = 0; i < OPTIONS && name_len != 0; i++) {
		const char *value = word[2 + name_len] == '=' ? word + 3 + name_len : NULL;

		if (strlen(rows[i].name) != name_len || memcmp(rows[i].name, word + 2, name_len) != 0 ||
		    (rows[i].commands & 1u << arguments->command) == 0) {
			continue;
		}
		if (rows[i].argument == NULL) {
			return value == NULL ? keep_value(arguments, i, "") :
			    sim_usage("leave out the = and what follows", "--%s takes no value", rows[i].name);
		}
		if (value == NULL && *at + 1 < argc) {
			*at += 1;
			value = argv[*at];
		}
		return value != NULL ? keep_value(arguments, i, value) :
		    sim_usage("put it behind the option", "--%s needs a value (%s)", rows[i].name, rows[i].argument);
	}
	return sim_usage("`assay-sim COMMAND --help` lists the options",
	    "assay-sim %s does not know %s", commands[arguments->command].name, word);
}

int
sim_arguments_parse(struct sim_arguments *arguments, int argc, char **argv)
{
	*arguments = (struct sim_arguments){ 0 };
	if (argc < 2) {
		return sim_usage("say init, quote, fleet, breaks, play or manual; assay-sim --help lists them",
		    "no command was given");
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		arguments->values[OPTION_HELP] = "";
		return 0;
	}

	int code = parse_command(arguments, argv[1]);

	for (int i = 2; i < argc && code == 0; i++) {
		if (arguments->command == COMMAND_PLAY && argv[i][0] != '-') {
			code = keep_directory(arguments, argv[i]);
			continue;
		}
		code = strcmp(argv[i], "-h") == 0 ? keep_value(arguments, OPTION_HELP, "") :
		    parse_option(arguments, argc, argv, &i);
	}
	/* The page is help in another form. */
	if (arguments->command == COMMAND_MANUAL) {
		arguments->values[OPTION_HELP] = "";
	}
	return code;
}

/* ------------------------------------------------------------------------
 * Words to values
 */

int
sim_number_parse(uint32_t *number, const char *text, const char *option)
{
	uint64_t value = 0;

	for (size_t i = 0; text[i] != '\0'; i++) {
		if (text[i] < '0' || text[i] > '9' || value > UINT32_MAX) {
			value = UINT64_MAX;
			break;
		}
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	if (text[0] == '\0' || value > UINT32_MAX) {
		return sim_usage("give a whole number", "--%s: %s is no number", option, text);
	}
	*number = (uint32_t)value;
	return 0;
}

struct status_word {
	const char *word;
	enum assay_tcb_status status;
};

static const struct status_word status_words[] = {
	{ "UpToDate", ASSAY_TCB_UP_TO_DATE },
	{ "SWHardeningNeeded", ASSAY_TCB_SW_HARDENING_NEEDED },
	{ "ConfigurationNeeded", ASSAY_TCB_CONFIGURATION_NEEDED },
	{ "ConfigurationAndSWHardeningNeeded", ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED },
	{ "OutOfDate", ASSAY_TCB_OUT_OF_DATE },
	{ "OutOfDateConfigurationNeeded", ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED },
	{ "TDRelaunchAdvised", ASSAY_TCB_TD_RELAUNCH_ADVISED },
	{ "TDRelaunchAdvisedConfigurationNeeded", ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED },
	{ "Revoked", ASSAY_TCB_REVOKED },
	{ "OK", ASSAY_TCB_UP_TO_DATE },
	{ "SW_HARDENING_NEEDED", ASSAY_TCB_SW_HARDENING_NEEDED },
	{ "CONFIGURATION_NEEDED", ASSAY_TCB_CONFIGURATION_NEEDED },
	{ "CONFIGURATION_AND_SW_HARDENING_NEEDED", ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED },
	{ "GROUP_OUT_OF_DATE", ASSAY_TCB_OUT_OF_DATE },
	{ "GROUP_REVOKED", ASSAY_TCB_REVOKED },
	{ "SIGNATURE_INVALID", ASSAY_TCB_SIGNATURE_INVALID },
	{ "SIGNATURE_REVOKED", ASSAY_TCB_SIGNATURE_REVOKED },
	{ "KEY_REVOKED", ASSAY_TCB_KEY_REVOKED },
	{ "SIGRL_VERSION_MISMATCH", ASSAY_TCB_SIGRL_VERSION_MISMATCH },
};

static int
status_parse(enum assay_tcb_status *status, const char *word, enum sim_option option)
{
	for (size_t i = 0; word != NULL && i < sizeof(status_words) / sizeof(status_words[0]); i++) {
		if (strcmp(status_words[i].word, word) == 0) {
			*status = status_words[i].status;
			return 0;
		}
	}
	return word == NULL ? 0 : sim_usage("UpToDate, SWHardeningNeeded, ConfigurationNeeded, "
	    "ConfigurationAndSWHardeningNeeded, OutOfDate, OutOfDateConfigurationNeeded, TDRelaunchAdvised, "
	    "TDRelaunchAdvisedConfigurationNeeded, Revoked; for reports OK, GROUP_OUT_OF_DATE and so on",
	    "--%s: there is no status %s", rows[option].name, word);
}

static int
part_status_parse(enum assay_tcb_status *status, const char *word, enum sim_option option)
{
	const int code = status_parse(status, word, option);

	if (code == 0 && *status != ASSAY_TCB_UNKNOWN && *status != ASSAY_TCB_UP_TO_DATE &&
	    *status != ASSAY_TCB_OUT_OF_DATE && *status != ASSAY_TCB_REVOKED) {
		return sim_usage("say UpToDate, OutOfDate or Revoked", "--%s: a part has no status %s", rows[option].name, word);
	}
	return code;
}

static int
tee_parse(enum sim_tee *tee, const char *word)
{
	static const char *const words[] = { [SIM_SGX] = "sgx", [SIM_TDX] = "tdx", [SIM_IAS] = "ias", [SIM_EPID] = "epid" };

	for (unsigned i = SIM_SGX; word != NULL && i <= SIM_EPID; i++) {
		if (strcmp(words[i], word) == 0) {
			*tee = (enum sim_tee)i;
			return 0;
		}
	}
	return word == NULL ? 0 : sim_usage("say sgx, tdx, ias or epid", "--tee: there is no %s", word);
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at == NULL ? -1 : at - digits < 16 ? (int)(at - digits) : (int)(at - digits - 6);
}

/* Bytes of hex, between min and max of them; what is not given stays zero. */
static int
hex_parse(uint8_t *out, size_t min, size_t max, const char *text, enum sim_option option)
{
	const size_t digits = strlen(text);

	if (digits % 2 != 0 || digits / 2 < min || digits / 2 > max) {
		return sim_usage(rows[option].help, "--%s has %zu digits, which is not the right number",
		    rows[option].name, digits);
	}
	for (size_t i = 0; i < digits; i += 2) {
		const int high = hex_digit(text[i]);
		const int low = hex_digit(text[i + 1]);

		if (high < 0 || low < 0) {
			return sim_usage("use 0 to 9 and a to f", "--%s is not hexadecimal", rows[option].name);
		}
		out[i / 2] = (uint8_t)(high * 16 + low);
	}
	return 0;
}

static int
numbers_parse(struct sim_options *options, const struct sim_arguments *arguments)
{
	const struct {
		enum sim_option option;
		uint32_t *number;
	} numbers[] = {
		{ OPTION_VERSION, &options->version },
		{ OPTION_BODY, &options->body_type },
		{ OPTION_CERTIFICATION, &options->certification_type },
		{ OPTION_TCB_INFO_VERSION, &options->tcb_info_version },
		{ OPTION_EVALUATION_NUMBER, &options->evaluation_number },
		{ OPTION_INDEX, &options->index },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const char *value = arguments->values[numbers[i].option];

		if (value != NULL && sim_number_parse(numbers[i].number, value, rows[numbers[i].option].name) != 0) {
			return SIM_EXIT_USAGE;
		}
	}
	return 0;
}

static int
text_is_plain(const char *text, enum sim_option option)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		const char c = text[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-')) {
			return sim_usage("use letters, digits and hyphens", "--%s: %s cannot stand in a document",
			    rows[option].name, text);
		}
	}
	return 0;
}

static int
bytes_parse(struct sim_options *options, struct sim_option_bytes *bytes, const struct sim_arguments *arguments)
{
	const char *program = arguments->values[OPTION_PROGRAM];
	const char *report_data = arguments->values[OPTION_REPORT_DATA];
	int code = 0;

	*bytes = (struct sim_option_bytes){ { 0 }, { 0 } };
	if (program != NULL) {
		const enum sim_tee tee = options->tee != SIM_TEE_DEFAULT ? options->tee :
		    options->broken ? sim_break_tee(options->break_check) : SIM_SGX;
		const size_t len = tee == SIM_TDX ? 48 : 32;

		code = hex_parse(bytes->program, len, len, program, OPTION_PROGRAM);
		options->program = bytes->program;
	}
	if (code == 0 && report_data != NULL) {
		code = hex_parse(bytes->report_data, 0, 64, report_data, OPTION_REPORT_DATA);
		options->report_data = bytes->report_data;
	}
	return code;
}

int
sim_options_from_arguments(struct sim_options *options, struct sim_option_bytes *bytes,
    const struct sim_arguments *arguments)
{
	const char *const *values = arguments->values;

	*options = (struct sim_options){ 0 };
	if (numbers_parse(options, arguments) != 0 || tee_parse(&options->tee, values[OPTION_TEE]) != 0 ||
	    status_parse(&options->status, values[OPTION_STATUS], OPTION_STATUS) != 0 ||
	    part_status_parse(&options->qe_status, values[OPTION_QE_STATUS], OPTION_QE_STATUS) != 0 ||
	    part_status_parse(&options->module_status, values[OPTION_MODULE_STATUS], OPTION_MODULE_STATUS) != 0) {
		return SIM_EXIT_USAGE;
	}
	for (size_t i = 0; i < arguments->advisories_count; i++) {
		if (text_is_plain(arguments->advisories[i], OPTION_ADVISORY) != 0) {
			return SIM_EXIT_USAGE;
		}
		options->advisories[i] = arguments->advisories[i];
	}
	options->advisories_count = arguments->advisories_count;
	if (values[OPTION_CA] != NULL && strcmp(values[OPTION_CA], "processor") == 0) {
		options->ca = SIM_CA_PROCESSOR;
	} else if (values[OPTION_CA] != NULL && strcmp(values[OPTION_CA], "platform") != 0) {
		return sim_usage("say platform or processor", "--ca: there is no PCK CA %s", values[OPTION_CA]);
	}
	options->debug = values[OPTION_DEBUG] != NULL;
	options->linkable = values[OPTION_LINKABLE] != NULL;
	options->nonce = values[OPTION_NONCE];
	if (options->nonce != NULL && text_is_plain(options->nonce, OPTION_NONCE) != 0) {
		return SIM_EXIT_USAGE;
	}
	if (values[OPTION_BREAK] != NULL) {
		options->broken = true;
		if (!sim_break_find(&options->break_check, values[OPTION_BREAK])) {
			return sim_usage("`assay-sim breaks` lists them", "--break: there is no check %s", values[OPTION_BREAK]);
		}
	}
	return bytes_parse(options, bytes, arguments);
}
