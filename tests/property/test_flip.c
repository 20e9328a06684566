/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No gift from noise: whatever single bit of evidence or collateral is
 * flipped, no tier is gained, and a flip that still gives a tier lies in the
 * explicit list of bytes that nothing vouches for and changes nothing else.
 *
 * The list (enum region):
 *   - the text of a root's certificate: the root is pinned by its key, and its
 *     own certificate is signed by nobody else.  Its dates may move the
 *     verdict's, and nothing more;
 *   - the zero that ends a PEM text inside a quote, which may become a space;
 *   - the letter case of hexadecimal digits;
 *   - the newlines of PEM and of base64 in so far as a flip makes another
 *     white space of one.
 * Everything else is signed, or framing that must fit.
 */
#include "property/property.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

enum region {
	REGION_AUTHENTICATED = 0,
	REGION_ROOT_CERTIFICATE,
	REGION_LAST_ZERO,
	REGION_HEX_CASE,
	REGION_WHITE_SPACE,
	REGION_COUNT
};

static const char *const region_names[REGION_COUNT] = {
	"authenticated", "root certificate", "last zero", "hex letter case", "white space",
};

/* Sampling in the normal run: one position in fifty, after the dense beginning. */
#define SAMPLE 50

static struct sim_vendor *vendor;
static struct assay_policy confidence;

static int
setup(void **state)
{
	(void)state;
	vendor = sim_vendor_new("flip", PROPERTY_NOW_S);
	assay_policy_preset(&confidence, assay_crypto_openssl(), 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sim_vendor_free(vendor);
	return 0;
}

/* ------------------------------------------------------------------------
 * Regions
 */

struct flip {
	const struct subject *subject;
	struct assay_verdict unflipped;
	struct memory memory;
	struct assay_crypto port;
	struct assay_verifier verifier;
	const struct assay_prepared *prepared;	/* where the evidence is flipped */

	const char *part;
	struct assay_bytes original;
	uint8_t *copy;
	uint8_t *regions;		/* of each byte of the part */

	unsigned long flips;
	unsigned long no_effect[REGION_COUNT];
	unsigned failures;
};

static bool
is_root(const uint8_t *pem, size_t len)
{
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	const bool root = certificate != NULL &&
	    X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;

	X509_free(certificate);
	BIO_free(bio);
	return root;
}

static const uint8_t *
find(const uint8_t *from, const uint8_t *end, const char *text)
{
	const size_t len = strlen(text);

	for (; (size_t)(end - from) >= len; from++) {
		if (memcmp(from, text, len) == 0) {
			return from;
		}
	}
	return NULL;
}

/* Mark the PEM blocks of roots, and the white space of all. */
static void
mark_pem(struct flip *f)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	static const char finish[] = "-----END CERTIFICATE-----";
	const uint8_t *const start = f->original.data;
	const uint8_t *const end = start + f->original.len;
	const uint8_t *at = find(start, end, begin);

	while (at != NULL) {
		const uint8_t *stop = find(at, end, finish);

		if (stop == NULL) {
			return;
		}
		stop += sizeof(finish) - 1;
		for (const uint8_t *p = at; p < end; p++) {
			if (*p == '\n' || *p == '\r') {
				f->regions[p - start] = REGION_WHITE_SPACE;
			}
		}
		if (is_root(at, (size_t)(stop - at))) {
			memset(f->regions + (at - start), REGION_ROOT_CERTIFICATE, (size_t)(stop - at));
		}
		at = find(stop, end, begin);
	}
	if (find(start, end, begin) != NULL && f->original.data[f->original.len - 1] == '\0') {
		f->regions[f->original.len - 1] = REGION_LAST_ZERO;
	}
}

static void
mark_hex(struct flip *f)
{
	for (size_t i = 0; i < f->original.len; i++) {
		const uint8_t c = f->original.data[i];

		if (strchr("0123456789abcdefABCDEF", c) == NULL || c == '\0') {
			memset(f->regions, REGION_AUTHENTICATED, f->original.len);
			return;
		}
		f->regions[i] = c > '9' ? REGION_HEX_CASE : REGION_AUTHENTICATED;
	}
}

/* ------------------------------------------------------------------------
 * Flipping
 */

/* Equal, apart from what the region may move. */
static bool
nothing_else_changed(const struct assay_verdict *verdict, const struct assay_verdict *unflipped, enum region region)
{
	struct assay_verdict copy = *verdict;

	if (region == REGION_ROOT_CERTIFICATE) {
		copy.valid_from_s = unflipped->valid_from_s;
		copy.valid_until_s = unflipped->valid_until_s;
	}
	return memcmp(&copy, unflipped, sizeof(copy)) == 0;
}

static void
complain(struct flip *f, size_t bit, const struct assay_verdict *verdict, const char *why)
{
	f->failures++;
	if (f->failures < 10) {
		print_error("%s, %s: bit %zu of byte %zu: %s (%s, tier %u, first failed %s)\n", f->subject->name, f->part,
		    bit % 8, bit / 8, why, assay_authenticity_word(verdict->authenticity),
		    assay_tier_number(verdict->tier), check_name(verdict->first_failed));
	}
}

static void
judge_flip(struct flip *f, size_t bit, const struct assay_verdict *verdict)
{
	const enum region region = (enum region)f->regions[bit / 8];
	const char *fault = fault_in_verdict(verdict);

	f->flips++;
	if (fault[0] != '\0') {
		complain(f, bit, verdict, fault);
	} else if (!no_better(verdict, &f->unflipped)) {
		complain(f, bit, verdict, "a better tier");
	} else if (verdict->authenticity == ASSAY_GENUINE) {
		f->no_effect[region]++;
		if (region == REGION_AUTHENTICATED) {
			complain(f, bit, verdict, "an authenticated byte does not matter");
		} else if (!nothing_else_changed(verdict, &f->unflipped, region)) {
			complain(f, bit, verdict, "a byte that nothing vouches for changes the verdict");
		}
	}
}

static void
appraise_flipped(struct flip *f, const struct assay_evidence *evidence, const struct assay_collateral *collateral,
    struct assay_verdict *verdict)
{
	if (f->prepared != NULL) {
		assay_appraise_prepared(verdict, &f->verifier, evidence, f->prepared, NULL, &confidence,
		    f->subject->at_s);
	} else {
		assay_appraise(verdict, &f->verifier, evidence, collateral, &confidence, f->subject->at_s);
	}
}

/* Flip the bits of one part, which evidence or collateral hold in *slot.  The
 * first dense_bytes are flipped whole; after them a sample, or all in a long run. */
static void
flip_part(struct flip *f, const char *name, struct assay_evidence *evidence, struct assay_collateral *collateral,
    struct assay_bytes *slot, size_t dense_bytes, struct sim_rng *rng)
{
	struct assay_verdict verdict;

	if (slot->len == 0) {
		return;
	}
	f->part = name;
	f->original = *slot;
	f->copy = malloc(slot->len);
	f->regions = calloc(slot->len, 1);
	memcpy(f->copy, slot->data, slot->len);
	mark_hex(f);
	mark_pem(f);
	slot->data = f->copy;
	for (size_t bit = 0; bit < slot->len * 8; bit++) {
		/* The last byte is where framing goes wrong: always. */
		if (bit / 8 >= dense_bytes && bit / 8 + 1 < slot->len && !property_long() &&
		    sim_rng_below(rng, SAMPLE) != 0) {
			continue;
		}
		f->copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		appraise_flipped(f, evidence, collateral, &verdict);
		judge_flip(f, bit, &verdict);
		f->copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	*slot = f->original;
	free(f->copy);
	free(f->regions);
}

/* To the end of the quote's own signature, attestation key and QE report with its signature. */
static size_t
dense_bytes(struct assay_bytes quote)
{
	static const size_t body_sizes[] = { 0, 384, 584, 648, 885 };
	const unsigned version = quote.data[0];
	size_t signed_bytes = 48 + (size_t)(quote.data[4] == 0 ? 384 : 584);

	if (version == 5) {
		signed_bytes = 54 + body_sizes[quote.data[48] % 5];
	}
	return signed_bytes + 4 + 64 + 64 + (version >= 4 ? 6 : 0) + 384 + 64 + 2 + 32 + 6;
}

static void
flip_open(struct flip *f, const struct subject *subject)
{
	memset(f, 0, sizeof(*f));
	f->subject = subject;
	f->memory.learning = true;
	f->port = memory_port(&f->memory);
	f->verifier = subject->verifier;
	f->verifier.crypto = &f->port;
	assay_appraise(&f->unflipped, &f->verifier, &subject->evidence, &subject->collateral, &confidence,
	    subject->at_s);
	f->memory.learning = false;
	assert_int_equal(f->unflipped.authenticity, ASSAY_GENUINE);
	assert_string_equal(fault_in_verdict(&f->unflipped), "");
}

static void
flip_close(struct flip *f, const char *what)
{
	print_message("# %s, %s (tier %u): %lu flips, %lu signatures checked", f->subject->name, what,
	    assay_tier_number(f->unflipped.tier), f->flips, f->memory.computed);
	for (unsigned i = 0; i < REGION_COUNT; i++) {
		if (f->no_effect[i] != 0) {
			print_message("; no effect in %s: %lu", region_names[i], f->no_effect[i]);
		}
	}
	print_message("\n");
	memory_free(&f->memory);
	assert_true(f->flips > 0);
	assert_int_equal(f->failures, 0);
}

static void
flip_evidence(const struct subject *subject, size_t dense, struct sim_rng *rng)
{
	static struct assay_prepared prepared;
	struct assay_evidence evidence = subject->evidence;
	struct flip f;

	flip_open(&f, subject);
	assay_prepare(&prepared, &f.verifier, &subject->collateral);
	f.prepared = &prepared;
	flip_part(&f, "evidence", &evidence, NULL, &evidence.quote, dense, rng);
	flip_part(&f, "ias_signature", &evidence, NULL, &evidence.ias_signature, 0, rng);
	flip_part(&f, "ias_certificates", &evidence, NULL, &evidence.ias_certificates, 0, rng);
	flip_close(&f, "evidence");
}

static void
flip_collateral(const struct subject *subject, struct sim_rng *rng)
{
	struct assay_evidence evidence = subject->evidence;
	struct assay_collateral c = subject->collateral;
	struct flip f;
	struct {
		const char *name;
		struct assay_bytes *slot;
	} parts[] = {
		{ "pck_certificate_chain", &c.pck_certificate_chain },
		{ "root_crl", &c.root_crl },
		{ "pck_crl", &c.pck_crl },
		{ "pck_crl_issuer_chain", &c.pck_crl_issuer_chain },
		{ "tcb_info", &c.tcb_info },
		{ "tcb_info_signature", &c.tcb_info_signature },
		{ "tcb_info_issuer_chain", &c.tcb_info_issuer_chain },
		{ "qe_identity", &c.qe_identity },
		{ "qe_identity_signature", &c.qe_identity_signature },
		{ "qe_identity_issuer_chain", &c.qe_identity_issuer_chain },
	};

	flip_open(&f, subject);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		flip_part(&f, parts[i].name, &evidence, &c, parts[i].slot, 0, rng);
	}
	flip_close(&f, "collateral");
}

/* ------------------------------------------------------------------------
 * Real
 */

static const struct {
	const char *quote;
	const char *collateral;
	const char *at;
} five[] = {
	/* version 3, Processor CA: ConfigurationAndSWHardeningNeeded */
	{ "sgx-v3-00a067110000-02.quote.bin", "sgx-v3-00a067110000-02.collateral.json", "2023-12-06T00:22:47Z" },
	/* version 3, Platform CA: SWHardeningNeeded */
	{ "sgx-v3-00606a000000-03.quote.bin", "sgx-v3-00606a000000-03.collateral-b.json", "2025-08-30T05:09:06Z" },
	/* version 4: UpToDate */
	{ "tdx-v4-00806f050000-03.quote.bin", "tdx-v4-00806f050000-03.collateral.json", "2025-10-08T02:11:07Z" },
	/* version 5: TDRelaunchAdvised */
	{ "tdx-v5-90c06f000000-05.quote.bin", "tdx-v5-90c06f000000-05.collateral.json", "2025-03-10T11:04:29Z" },
	/* debug and OutOfDate: no tier, which a flip must not give */
	{ "sgx-v3-00606a000000-01.quote.bin", "sgx-v3-00606a000000-01.collateral-b.json", "2025-08-30T05:09:06Z" },
};

static void
real_quotes(void **state)
{
	struct sim_rng rng = { 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(five) / sizeof(five[0]); i++) {
		struct real real;

		if (!real_load(&real, five[i].quote, five[i].collateral, five[i].at)) {
			real_free(&real);
			skip();
		}
		flip_evidence(&real.subject, dense_bytes(real.subject.evidence.quote), &rng);
		real_free(&real);
	}
}

static void
real_collateral(void **state)
{
	struct sim_rng rng = { 2 };
	struct real real;

	(void)state;
	/* The v5 set has TDX modules and a TD QE; the processor's an SGX set. */
	for (size_t i = 0; i < (property_long() ? 4 : 2); i++) {
		const size_t which = (i + 3) % 4;

		if (!real_load(&real, five[which].quote, five[which].collateral, five[which].at)) {
			real_free(&real);
			skip();
		}
		flip_collateral(&real.subject, &rng);
		real_free(&real);
	}
}

static void
real_reports(void **state)
{
	static const char *const names[] = { "ias-v4-2021-11-23-ok-0417a6", "ias-v4-2021-02-14-group-out-of-date-aa0694" };
	struct sim_rng rng = { 3 };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char file[80];
		struct subject s = { .name = names[i], .verifier = verifier_intel(), .at_s = INT64_C(1893456000) };

		(void)snprintf(file, sizeof(file), "%s.report.json", names[i]);
		s.evidence.quote = vector_load("ias", file);
		(void)snprintf(file, sizeof(file), "%s.sig.b64", names[i]);
		s.evidence.ias_signature = vector_load("ias", file);
		s.evidence.ias_certificates = vector_load("ias", "ias-signing-chain.pem");
		if (s.evidence.quote.data != NULL) {
			flip_evidence(&s, 200, &rng);
		}
		vector_free(s.evidence.quote);
		vector_free(s.evidence.ias_signature);
		vector_free(s.evidence.ias_certificates);
		if (s.evidence.quote.data == NULL) {
			skip();
		}
	}
}

/* ------------------------------------------------------------------------
 * Simulated
 */

static void
simulated(void **state)
{
	static const struct {
		const char *name;
		struct sim_options options;
	} rows[] = {
		{ "SGX v3, hardening", { .tee = SIM_SGX, .status = ASSAY_TCB_SW_HARDENING_NEEDED } },
		{ "SGX v5, chain given beside it", { .tee = SIM_SGX, .version = 5, .certification_type = 1 } },
		{ "SGX v3, leaf in the quote", { .tee = SIM_SGX, .certification_type = 4, .ca = SIM_CA_PROCESSOR } },
		{ "TDX v5 extended, relaunch", { .tee = SIM_TDX, .version = 5, .body_type = 4,
		    .status = ASSAY_TCB_TD_RELAUNCH_ADVISED } },
		{ "TDX v4, debug", { .tee = SIM_TDX, .debug = true } },
		{ "IAS report", { .tee = SIM_IAS, .status = ASSAY_TCB_OUT_OF_DATE } },
	};
	struct sim_evidence made = { 0 };
	struct sim_rng rng = { 4 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!sim_evidence_make(vendor, &rows[i].options, &made)) {
			fail_msg("%s: %s", rows[i].name, made.error);
		}
		const struct subject subject = subject_of_sim(rows[i].name, &made);

		flip_evidence(&subject, 0, &rng);
		if (rows[i].options.tee != SIM_IAS) {
			flip_collateral(&subject, &rng);
		}
	}
	sim_evidence_free(&made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_quotes),
		cmocka_unit_test(real_collateral),
		cmocka_unit_test(real_reports),
		cmocka_unit_test(simulated),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
