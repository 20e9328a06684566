/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence as files: the names of the members are those of dcap-qvl's collateral. */
#include "cmd/assay_sim_write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/assay_sim_options.h"
#include "sim/buffer.h"

int
sim_write_file(const char *prefix, const char *suffix, const void *data, size_t len)
{
	struct sim_buffer path = { 0 };
	int code = 0;

	sim_put_text(&path, prefix);
	sim_put(&path, suffix, strlen(suffix) + 1);

	FILE *file = fopen((const char *)path.data, "wb");
	const bool written = file != NULL && fwrite(data, 1, len, file) == len;

	if ((file != NULL && fclose(file) != 0) || !written) {
		code = sim_usage("give a path in a directory that exists and can be written to", "%s cannot be written: %s",
		    (const char *)path.data, strerror(errno));
	}
	sim_buffer_free(&path);
	return code;
}

static void
put_member(struct sim_buffer *out, const char *name)
{
	sim_put_text(out, out->len > 1 ? ",\n  \"" : "\n  \"");
	sim_put_text(out, name);
	sim_put_text(out, "\": \"");
}

static void
put_escaped(struct sim_buffer *out, const char *name, struct assay_bytes text)
{
	put_member(out, name);
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.data[i];

		if (c == '"' || c == '\\') {
			sim_put_byte(out, '\\');
			sim_put_byte(out, c);
		} else if (c == '\n') {
			sim_put_text(out, "\\n");
		} else {
			sim_put_byte(out, c);
		}
	}
	sim_put_byte(out, '"');
}

static void
put_hex_member(struct sim_buffer *out, const char *name, struct assay_bytes bytes)
{
	put_member(out, name);
	sim_put_hex(out, bytes.data, bytes.len);
	sim_put_byte(out, '"');
}

/* What is withheld stands there empty. */
static int
write_collateral(const struct assay_collateral *c, const char *prefix)
{
	struct sim_buffer out = { 0 };

	sim_put_byte(&out, '{');
	put_escaped(&out, "pck_crl_issuer_chain", c->pck_crl_issuer_chain);
	put_hex_member(&out, "root_ca_crl", c->root_crl);
	put_hex_member(&out, "pck_crl", c->pck_crl);
	put_escaped(&out, "tcb_info_issuer_chain", c->tcb_info_issuer_chain);
	put_escaped(&out, "tcb_info", c->tcb_info);
	put_escaped(&out, "tcb_info_signature", c->tcb_info_signature);
	put_escaped(&out, "qe_identity_issuer_chain", c->qe_identity_issuer_chain);
	put_escaped(&out, "qe_identity", c->qe_identity);
	put_escaped(&out, "qe_identity_signature", c->qe_identity_signature);
	if (c->pck_certificate_chain.len != 0) {
		put_escaped(&out, "pck_certificate_chain", c->pck_certificate_chain);
	}
	sim_put_text(&out, "\n}\n");

	const int code = sim_write_file(prefix, ".collateral.json", out.data, out.len);

	sim_buffer_free(&out);
	return code;
}

/* The arguments, parted by newlines: first option and value, the evidence last. */
static void
put_argument(struct sim_buffer *out, const char *option, const char *prefix, const char *value)
{
	if (option != NULL) {
		sim_put_text(out, option);
		sim_put_byte(out, '\n');
	}
	sim_put_text(out, prefix);
	sim_put_text(out, value);
	sim_put_byte(out, '\n');
}

static bool
needs_quoting(uint8_t c)
{
	return c == '\0' || strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:./,@%", c) == NULL;
}

static void
print_command(const struct sim_buffer *arguments)
{
	(void)fputs("assay verify", stdout);
	for (size_t at = 0; at < arguments->len;) {
		size_t end = at;
		bool quoted = arguments->data[at] == '\n';

		while (arguments->data[end] != '\n') {
			quoted = quoted || needs_quoting(arguments->data[end]);
			end++;
		}
		(void)fputs(quoted ? " '" : " ", stdout);
		for (size_t i = at; i < end; i++) {
			if (arguments->data[i] == '\'') {
				(void)fputs("'\\''", stdout);
			} else {
				(void)putchar(arguments->data[i]);
			}
		}
		if (quoted) {
			(void)putchar('\'');
		}
		at = end + 1;
	}
	(void)putchar('\n');
}

static int
write_bytes(const char *prefix, const char *suffix, struct assay_bytes bytes)
{
	return sim_write_file(prefix, suffix, bytes.data, bytes.len);
}

static int
write_report(const struct sim_evidence *e, const char *prefix, struct sim_buffer *arguments)
{
	int code = write_bytes(prefix, ".report.json", e->evidence.quote);

	if (code == 0 && e->evidence.ias_signature.len != 0) {
		put_argument(arguments, "--signature", prefix, ".sig.b64");
		code = write_bytes(prefix, ".sig.b64", e->evidence.ias_signature);
	}
	if (code == 0 && e->evidence.ias_certificates.len != 0) {
		put_argument(arguments, "--certificates", prefix, ".certificates.pem");
		code = write_bytes(prefix, ".certificates.pem", e->evidence.ias_certificates);
	}
	return code;
}

static int
write_quote(const struct sim_evidence *e, const char *prefix, struct sim_buffer *arguments)
{
	int code = write_bytes(prefix, ".quote.bin", e->evidence.quote);

	if (code == 0 && e->tee != SIM_EPID) {
		put_argument(arguments, "--collateral", prefix, ".collateral.json");
		code = write_collateral(&e->collateral, prefix);
	}
	return code;
}

int
sim_write_evidence(const struct sim_evidence *e, const char *prefix)
{
	struct sim_buffer arguments = { 0 };
	struct sim_buffer at = { 0 };
	int code = e->tee == SIM_IAS ? write_report(e, prefix, &arguments) : write_quote(e, prefix, &arguments);

	sim_put_date(&at, e->at_s);
	sim_put_byte(&at, 0);
	put_argument(&arguments, "--insecure-root", prefix, ".roots.pem");
	put_argument(&arguments, "--at", "", (const char *)at.data);
	code = code == 0 ? write_bytes(prefix, ".roots.pem", e->roots_pem) : code;
	if (code == 0 && e->policy.len != 0) {
		put_argument(&arguments, "--policy", prefix, ".policy.json");
		code = write_bytes(prefix, ".policy.json", e->policy);
	}
	for (size_t i = 0; i < e->references_count; i++) {
		put_argument(&arguments, "--expect", "", e->expectations[i].text);
	}
	put_argument(&arguments, NULL, prefix, e->tee == SIM_IAS ? ".report.json" : ".quote.bin");
	code = code == 0 ? sim_write_file(prefix, ".arguments", arguments.data, arguments.len) : code;
	if (code == 0) {
		print_command(&arguments);
	}
	sim_buffer_free(&arguments);
	sim_buffer_free(&at);
	return code;
}
