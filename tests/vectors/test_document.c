/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel's own collateral, one document at a time, in the form in which a
 * register keeps it: each that is good as part of a set is good by itself, fits
 * into a transaction, and says the same of itself.
 */
#include "unit/vector.h"

#include "format/hex.h"
#include "format/pem.h"
#include "verify/document.h"

#define DOCUMENT_BYTES 50000	/* what a transaction has room for */
#define CHAIN_BYTES 8192

static struct assay_prepared work;
static struct assay_prepared whole;
static uint8_t text[VECTOR_BYTES_MAX];

static const struct assay_verifier *
verifier(void)
{
	static struct assay_verifier intel;

	intel = (struct assay_verifier){ .crypto = assay_crypto_openssl(), .roots = assay_roots_intel,
		.roots_count = 2 };
	return &intel;
}

/* PEM as DER, in its order; the length, 0 where it is none. */
static size_t
chain_der(uint8_t out[static CHAIN_BYTES], struct assay_bytes pem)
{
	struct cursor c = cursor_over(pem);
	size_t total = 0;
	size_t len;

	while (pem_next(&c, "CERTIFICATE", out + total, CHAIN_BYTES - total, &len) == 1) {
		total += len;
	}
	return total;
}

/* What a verdict would say of the part: its digest and dates; NULL where it is not good. */
static const struct assay_collateral_part *
part_of(const struct assay_collateral_part *parts, size_t count, enum assay_collateral_kind kind)
{
	for (size_t i = 0; i < count; i++) {
		if (parts[i].kind == kind) {
			return &parts[i];
		}
	}
	return NULL;
}

static unsigned
set_agrees(const struct assay_collateral *c, const struct assay_verdict *verdict)
{
	const struct assay_bytes bodies[] = { c->root_crl, c->pck_crl, c->tcb_info, c->qe_identity };
	const struct assay_bytes chains[] = { bytes_of(NULL, 0), c->pck_crl_issuer_chain, c->tcb_info_issuer_chain,
		c->qe_identity_issuer_chain };
	const struct assay_bytes signatures[] = { bytes_of(NULL, 0), bytes_of(NULL, 0), c->tcb_info_signature,
		c->qe_identity_signature };
	unsigned good = 0;

	for (unsigned kind = 0; kind < 4; kind++) {
		const struct assay_collateral_part *part = part_of(verdict->collateral, verdict->collateral_count,
		    (enum assay_collateral_kind)kind);
		static uint8_t der[DOCUMENT_BYTES];
		uint8_t chain[CHAIN_BYTES];
		uint8_t signature[64];
		struct document document;
		struct document_parts parts = { .kind = (enum assay_collateral_kind)kind, .body = bodies[kind] };

		if (part == NULL) {
			continue;
		}
		if (kind <= ASSAY_COLLATERAL_PCK_CRL && bodies[kind].data[0] != 0x30) {
			assert_true(bodies[kind].len / 2 <= sizeof(der));
			assert_true(hex_decode(der, bodies[kind].len / 2, bodies[kind]));
			parts.body = bytes_of(der, bodies[kind].len / 2);
		}
		parts.chain = bytes_of(chain, chain_der(chain, chains[kind]));
		if (signatures[kind].len == 128) {
			assert_true(hex_decode(signature, sizeof(signature), signatures[kind]));
			parts.signature = bytes_of(signature, sizeof(signature));
		}
		assert_true(parts.body.len <= DOCUMENT_BYTES);
		assert_int_equal(document_verify(&document, &work, verifier(), &parts), DOCUMENT_GOOD);
		assert_int_equal(document.issued_s, part->issued_s);
		assert_int_equal(document.next_update_s, part->next_update_s);
		good++;
	}
	return good;
}

static void
every_good_document_is_good_alone(void **state)
{
	char directory[4096];
	unsigned sets = 0;
	unsigned documents = 0;
	DIR *dir;

	(void)state;
	(void)snprintf(directory, sizeof directory, "%s/dcap", vector_root());
	dir = opendir(directory);
	if (dir == NULL) {
		skip();
	}
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		const char *at = strstr(entry->d_name, ".collateral");
		struct assay_collateral collateral;
		struct assay_policy policy;
		struct assay_verdict verdict;
		char name[600];

		if (at == NULL || strncmp(entry->d_name, "neg-", 4) == 0) {
			continue;
		}
		(void)snprintf(name, sizeof name, "dcap/%s", entry->d_name);
		const struct assay_bytes json = vector_read(name);

		(void)snprintf(name, sizeof name, "dcap/%.*s.quote.bin", (int)(at - entry->d_name), entry->d_name);
		const struct assay_bytes quote = vector_read(name);
		const struct assay_evidence evidence = { .quote = quote };

		if (quote.len != 0 && assay_collateral_parse(&collateral, json, text, sizeof text)) {
			assay_policy_preset(&policy, verifier()->crypto, 0);
			assay_prepare(&whole, verifier(), &collateral);
			assay_appraise_prepared(&verdict, verifier(), &evidence, &whole, NULL, &policy, 0);
			documents += set_agrees(&collateral, &verdict);
			sets++;
		}
		vector_free(quote);
		vector_free(json);
	}
	(void)closedir(dir);
	print_message("%u sets, %u documents\n", sets, documents);
	assert_true(documents > 3 * sets && sets > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_good_document_is_good_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
