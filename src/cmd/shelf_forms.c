/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms in which collateral comes: sets as dcap-qvl writes them, replies
 * of the vendor's service, the file of its client tool, CRLs, certificates,
 * and header values as they are served.
 */
#include "cmd/shelf_forms.h"

#include "cmd/decode.h"
#include "collateral/reply.h"
#include "format/json.h"
#include "x509/crl.h"

struct reading {
	struct shelf *shelf;
	struct arena *scratch;
	const char *source;
};

static bool read_bytes(struct reading *r, struct assay_bytes bytes, unsigned depth);

/* ----- certificates and CRLs ----- */

static void
put_simple(struct reading *r, enum shelf_kind kind, struct assay_bytes der)
{
	shelf_put(r->shelf, (struct shelf_part){ .kind = kind, .bytes = der, .source = r->source });
}

/* DER of a CRL, or of certificates one after the other. */
static bool
read_der(struct reading *r, struct assay_bytes der)
{
	struct crl crl;
	struct cursor c = cursor_over(der);
	bool any = false;

	if (der.len == 0 || der.data[0] != 0x30) {
		return false;
	}
	if (crl_parse(&crl, der)) {
		put_simple(r, SHELF_CRL, der);
		return true;
	}
	while (!c.bad && c.left > 4 && cursor_peek(&c) == 0x30) {
		/* Certificates have two bytes of length. */
		struct cursor ahead = c;

		(void)cursor_u8(&ahead);
		if (cursor_u8(&ahead) != 0x82) {
			return any;
		}
		const size_t len = 4 + (size_t)cursor_u16be(&ahead);
		const struct assay_bytes one = cursor_take(&c, len);
		struct certificate certificate;

		if (!certificate_parse(&certificate, one)) {
			return any;
		}
		put_simple(r, SHELF_CERTIFICATE, one);
		any = true;
	}
	return any;
}

static bool
read_pem(struct reading *r, struct assay_bytes text)
{
	size_t at = 0;
	bool any = false;

	while (at < text.len) {
		const struct assay_bytes rest = bytes_slice(text, at, text.len - at);
		const size_t begin = find_text(rest, "-----BEGIN ");
		const struct assay_bytes block = bytes_slice(rest, begin, rest.len - begin);
		const size_t end = find_text(block, "-----END ");

		if (end == block.len) {
			break;
		}
		any = read_der(r, decode_pem(r->scratch, block)) || any;
		at += begin + end + strlen("-----END ");
	}
	return any;
}

/* A certificate chain in a form that the library takes: header values are unescaped. */
static struct assay_bytes
chain_form(struct reading *r, struct assay_bytes chain)
{
	const struct assay_bytes text = trimmed(chain);

	return begins_with(text, "-----BEGIN%20") ? decode_url(r->scratch, text) : chain;
}

/* ----- TCB info and QE identity ----- */

static void
put_signed(struct reading *r, enum shelf_kind kind, struct assay_bytes text, struct assay_bytes signature,
    struct assay_bytes chain)
{
	shelf_put(r->shelf, (struct shelf_part){
		.kind = kind, .bytes = text, .signature = signature, .chain = chain_form(r, chain), .source = r->source
	});
}

static bool
read_reply(struct reading *r, struct assay_bytes reply, struct assay_bytes chain)
{
	struct assay_bytes text, signature;

	if (reply_split(reply, "tcbInfo", &text, &signature)) {
		put_signed(r, SHELF_TCB_INFO, text, signature, chain);
		return true;
	}
	if (reply_split(reply, "enclaveIdentity", &text, &signature)) {
		put_signed(r, SHELF_QE_IDENTITY, text, signature, chain);
		return true;
	}
	return false;
}

/* ----- sets ----- */

/* A member's bytes: a string's meaning, an object's raw text, an array of byte values. */
static struct assay_bytes
set_member(struct reading *r, struct assay_bytes object, const char *name)
{
	const struct assay_bytes raw = json_member_raw(object, name);
	struct json j = json_over(raw);

	if (raw.len == 0 || raw.data[0] == 'n') {
		return (struct assay_bytes){ NULL, 0 };
	}
	if (raw.data[0] == '"') {
		return decode_json_string(r->scratch, raw);
	}
	if (raw.data[0] != '[') {
		return raw;
	}
	uint8_t *out = arena_get(r->scratch, raw.len);
	size_t len = 0;
	struct json_array a = json_array(&j);

	while (json_element(&j, &a)) {
		out[len] = (uint8_t)json_integer(&j, 0, 255);
		len++;
	}
	return json_done(&j) ? bytes_of(out, len) : (struct assay_bytes){ NULL, 0 };
}

static void
put_crl(struct reading *r, struct assay_bytes served)
{
	uint8_t *out = arena_get(r->scratch, served.len);

	put_simple(r, SHELF_CRL, crl_der(served, out, served.len));
}

static bool
read_set(struct reading *r, struct assay_bytes object)
{
	struct shelf_set set = { .source = r->source };
	struct assay_collateral *c = &set.collateral;

	c->pck_certificate_chain = chain_form(r, set_member(r, object, "pck_certificate_chain"));
	c->pck_crl_issuer_chain = chain_form(r, set_member(r, object, "pck_crl_issuer_chain"));
	c->root_crl = set_member(r, object, "root_ca_crl");
	c->pck_crl = set_member(r, object, "pck_crl");
	c->tcb_info_issuer_chain = chain_form(r, set_member(r, object, "tcb_info_issuer_chain"));
	c->tcb_info = set_member(r, object, "tcb_info");
	c->tcb_info_signature = set_member(r, object, "tcb_info_signature");
	c->qe_identity_issuer_chain = chain_form(r, set_member(r, object, "qe_identity_issuer_chain"));
	c->qe_identity = set_member(r, object, "qe_identity");
	c->qe_identity_signature = set_member(r, object, "qe_identity_signature");

	shelf_put_set(r->shelf, &set);
	put_signed(r, SHELF_TCB_INFO, c->tcb_info, c->tcb_info_signature, c->tcb_info_issuer_chain);
	put_signed(r, SHELF_QE_IDENTITY, c->qe_identity, c->qe_identity_signature, c->qe_identity_issuer_chain);
	put_crl(r, c->root_crl);
	put_crl(r, c->pck_crl);
	read_pem(r, c->pck_certificate_chain);
	read_pem(r, c->pck_crl_issuer_chain);
	read_pem(r, c->tcb_info_issuer_chain);
	read_pem(r, c->qe_identity_issuer_chain);
	return true;
}

/* ----- the vendor's client tool ----- */

/* Without white space between the tokens: the tool writes the reply anew with
 * blanks, but keeps the order, and what was signed had none. */
static struct assay_bytes
compact(struct reading *r, struct assay_bytes json)
{
	uint8_t *out = arena_get(r->scratch, json.len);
	size_t len = 0;
	bool inside = false;

	for (size_t i = 0; i < json.len; i++) {
		const uint8_t c = json.data[i];

		if (inside && c == '\\' && i + 1 < json.len) {
			out[len] = c;
			len++;
			i++;
		} else if (c == '"') {
			inside = !inside;
		} else if (!inside && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
			continue;
		}
		out[len] = json.data[i];
		len++;
	}
	return bytes_of(out, len);
}

/* A reply inside the tool's file: an object, or text that holds one. */
static void
read_tool_reply(struct reading *r, struct assay_bytes raw, struct assay_bytes chain)
{
	if (raw.len != 0 && raw.data[0] == '{') {
		read_reply(r, compact(r, raw), chain);
	} else if (raw.len != 0 && raw.data[0] == '"') {
		read_reply(r, trimmed(decode_json_string(r->scratch, raw)), chain);
	}
}

/* A string, or each string of an object of strings ({"PLATFORM": chain}). */
static void
read_tool_strings(struct reading *r, struct assay_bytes raw)
{
	struct json j = json_over(raw);
	struct assay_bytes name;

	if (raw.len == 0) {
		return;
	}
	if (raw.data[0] == '"') {
		read_bytes(r, decode_json_string(r->scratch, raw), 1);
		return;
	}
	if (raw.data[0] != '{') {
		return;
	}
	struct json_object o = json_object(&j);

	while (json_member(&j, &o, &name)) {
		read_bytes(r, decode_json_string(r->scratch, json_skip(&j)), 1);
	}
}

/* Every reply of every entry of "tcbinfos", whatever its member is called. */
static void
read_tool_tcb_infos(struct reading *r, struct assay_bytes raw, struct assay_bytes chain)
{
	struct json j = json_over(raw);
	struct assay_bytes name;

	if (raw.len == 0 || raw.data[0] != '[') {
		return;
	}
	struct json_array a = json_array(&j);

	while (json_element(&j, &a)) {
		if (json_type(&j) != JSON_OBJECT) {
			json_skip(&j);
			continue;
		}
		struct json_object o = json_object(&j);

		while (json_member(&j, &o, &name)) {
			read_tool_reply(r, json_skip(&j), chain);
		}
	}
}

/* The PCK certificates of "pck_certs": a chain needs them where the quote has none. */
static void
read_tool_pck_certificates(struct reading *r, struct assay_bytes raw)
{
	struct json j = json_over(raw);

	if (raw.len == 0 || raw.data[0] != '[') {
		return;
	}
	struct json_array a = json_array(&j);

	while (json_element(&j, &a)) {
		const struct assay_bytes certificates = json_member_raw(json_skip(&j), "certs");
		struct json k = json_over(certificates);

		if (certificates.len == 0 || certificates.data[0] != '[') {
			continue;
		}
		struct json_array b = json_array(&k);

		while (json_element(&k, &b)) {
			read_bytes(r, json_member_string(r->scratch, json_skip(&k), "cert"), 1);
		}
	}
}

static bool
read_tool(struct reading *r, struct assay_bytes object)
{
	static const char *const identities[] = {
		"qeidentity", "qeidentity_early", "tdqeidentity", "tdqeidentity_early"
	};
	struct assay_bytes chains = json_member_raw(object, "certificates");
	struct assay_bytes tcb_chain = json_member_string(r->scratch, chains, "TCB-Info-Issuer-Chain");
	const struct assay_bytes identity_chain = json_member_string(r->scratch, chains,
	    "SGX-Enclave-Identity-Issuer-Chain");

	if (tcb_chain.len == 0) {
		tcb_chain = json_member_string(r->scratch, chains, "SGX-TCB-Info-Issuer-Chain");
	}
	read_tool_tcb_infos(r, json_member_raw(object, "tcbinfos"), tcb_chain);
	for (size_t i = 0; i < sizeof(identities) / sizeof(identities[0]); i++) {
		read_tool_reply(r, json_member_raw(object, identities[i]), identity_chain);
	}
	read_tool_strings(r, json_member_raw(object, "pckcacrl"));
	read_tool_strings(r, json_member_raw(object, "pckcrls"));
	read_tool_strings(r, json_member_raw(object, "rootcacrl"));
	read_tool_strings(r, json_member_raw(chains, "SGX-PCK-Certificate-Issuer-Chain"));
	read_tool_pck_certificates(r, json_member_raw(object, "pck_certs"));
	return true;
}

/* ----- which form is it? ----- */

static bool
read_json(struct reading *r, struct assay_bytes object, unsigned depth)
{
	static const char *const of_a_set[] = { "tcb_info", "qe_identity", "root_ca_crl", "pck_crl" };
	static const char *const around_a_set[] = { "collateral", "quote_collateral" };

	if (read_reply(r, object, (struct assay_bytes){ NULL, 0 })) {
		return true;
	}
	for (size_t i = 0; i < sizeof(of_a_set) / sizeof(of_a_set[0]); i++) {
		if (json_member_raw(object, of_a_set[i]).len != 0) {
			return read_set(r, object);
		}
	}
	const struct assay_bytes tool = json_member_raw(object, "collaterals");

	if (tool.len != 0 && tool.data[0] == '{') {
		return read_tool(r, tool);
	}
	for (size_t i = 0; i < sizeof(around_a_set) / sizeof(around_a_set[0]) && depth == 0; i++) {
		const struct assay_bytes inside = json_member_raw(object, around_a_set[i]);

		if (inside.len != 0 && inside.data[0] == '{') {
			return read_json(r, inside, 1);
		}
	}
	return false;
}

static bool
read_bytes(struct reading *r, struct assay_bytes bytes, unsigned depth)
{
	const struct assay_bytes text = trimmed(bytes);

	if (text.len == 0 || depth > 2) {
		return false;
	}
	if (!looks_like_text(text)) {
		return read_der(r, bytes);
	}
	if (text.data[0] == '{') {
		return read_json(r, text, depth);
	}
	if (begins_with(text, "-----BEGIN%20")) {
		return read_pem(r, decode_url(r->scratch, text));
	}
	if (find_text(text, "-----BEGIN ") != text.len) {
		return read_pem(r, text);
	}
	const struct assay_bytes hex = decode_hex(r->scratch, text);

	return read_bytes(r, hex.len != 0 ? hex : decode_base64(r->scratch, text), depth + 1);
}

bool
shelf_read_form(struct shelf *shelf, struct arena *scratch, struct assay_bytes bytes, const char *source)
{
	struct reading r = { shelf, scratch, source };

	return read_bytes(&r, bytes, 0);
}
