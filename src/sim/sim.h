/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated vendor: evidence and collateral of any status, any version
 * and with any single defect, under roots of its own.
 *
 * Everything is a function of the seed, the options and the time: the same
 * three give the same bytes, signatures included.  It shares no parsing code
 * with the verifier, so that the two do not share a mistake, and nothing else
 * than its command, the tests and development tools link it.
 *
 *	struct sim_vendor *vendor = sim_vendor_new("seed", now_s);
 *	struct sim_evidence out = { 0 };
 *	struct sim_options options = { .tee = SIM_TDX, .status = ASSAY_TCB_OUT_OF_DATE };
 *
 *	if (!sim_evidence_make(vendor, &options, &out)) {
 *		(void)puts(out.error);
 *	}
 *	... out.evidence, out.collateral, out.roots ...
 *	sim_evidence_free(&out);
 *	sim_vendor_free(vendor);
 *
 * A vendor and its evidence belong to one thread at a time.  Without memory
 * the library aborts: it is a tool for development.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "assay.h"

struct sim_vendor;
struct sim_scene;

/* ------------------------------------------------------------------------
 * The vendor
 */

/* Any text is a seed.  now_s: the time around which everything is dated. */
struct sim_vendor *sim_vendor_new(const char *seed, int64_t now_s);
void sim_vendor_free(struct sim_vendor *vendor);

/* Another time for what is made from now on; keys stay. */
void sim_vendor_set_time(struct sim_vendor *vendor, int64_t now_s);

/*
 * RSA keys are found by a search that takes about a second, once, and only
 * when evidence of the attestation service is asked for.  With a directory
 * they are kept there as files; without one they live as long as the vendor.
 */
void sim_vendor_set_directory(struct sim_vendor *vendor, const char *directory);

/* The certificates of both roots as PEM (makes the RSA keys).  The text
 * belongs to the vendor and lasts until the next call. */
const char *sim_vendor_roots_pem(struct sim_vendor *vendor);

/* ------------------------------------------------------------------------
 * What is to be made
 */

enum sim_tee {
	SIM_TEE_DEFAULT = 0,	/* SGX, or what the break needs */
	SIM_SGX,
	SIM_TDX,
	SIM_IAS,		/* an attestation verification report */
	SIM_EPID		/* a raw EPID quote */
};

enum sim_ca {
	SIM_CA_PLATFORM = 0,
	SIM_CA_PROCESSOR
};


#define SIM_ADVISORIES_MAX 16

/* A zeroed structure asks for an up-to-date SGX quote of version 3. */
struct sim_options {
	enum sim_tee tee;
	/* Quotes: 3, 4, 5; reports: 2 (names none), 3, 4, 5; EPID: 1, 2.
	 * 0: 3 for SGX, 4 for TDX and reports, 2 for EPID. */
	unsigned version;
	unsigned body_type;	/* version 5: 1 SGX, 2 TD 1.0, 3 TD 1.5, 4 TD 1.5 extended; 0: 1 or 3 */
	unsigned certification_type;	/* 1 to 5; 0: 5 */
	unsigned tcb_info_version;	/* 2 (SGX) or 3; 0: 3 */
	enum sim_ca ca;
	uint32_t index;		/* which machine */

	/* The status that is to come out (0: up to date).  The two relaunch
	 * statuses need TDX, version 5 and body type 3 or 4. */
	enum assay_tcb_status status;
	/* Statuses of the parts that are merged into it: UP_TO_DATE,
	 * OUT_OF_DATE or REVOKED; 0: up to date. */
	enum assay_tcb_status qe_status;
	enum assay_tcb_status module_status;
	/* Advisories at the platform's level instead of the usual ones. */
	const char *advisories[SIM_ADVISORIES_MAX];
	size_t advisories_count;
	bool no_advisories;	/* and no usual ones either */
	uint32_t evaluation_number;	/* 0: 18 */

	/* TDX: TEE TCB SVN at launch and now, all 16 bytes; NULL: by status. */
	const uint8_t *tee_tcb_svn;
	const uint8_t *tee_tcb_svn2;
	bool old_module;	/* module of version 0: no module identity applies */

	const uint8_t *program;		/* MRENCLAVE (32) or MRTD (48); NULL: of the seed */
	const uint8_t *signer;		/* MRSIGNER (32); NULL: of the seed */
	const uint8_t *report_data;	/* 64; NULL: of the seed and the index */
	bool debug;
	enum assay_flag dynamic_platform;	/* Platform CA only; UNDEFINED: true */
	enum assay_flag cached_keys;
	enum assay_flag smt_enabled;

	/* IAS and EPID */
	bool linkable;
	const char *nonce;		/* up to 32 characters; NULL: none */
	int64_t report_age_s;		/* 0: one hour */

	/* One defect: exactly this check is to fail first. */
	bool broken;
	enum assay_check break_check;
};

/* ------------------------------------------------------------------------
 * What comes out
 */

/* A value to expect, which a break of the reference values needs. */
struct sim_expectation {
	char text[160];			/* "mrenclave=HEX" */
	uint8_t value[64];
};

/*
 * Zero it before the first use; reuse saves allocations.  All bytes belong to
 * it and last until the next make, mutate or free.
 */
struct sim_evidence {
	struct assay_evidence evidence;
	struct assay_collateral collateral;
	struct assay_root roots[2];
	size_t roots_count;		/* 1: SGX; 2: and IAS */
	struct assay_bytes roots_pem;	/* their certificates */
	int64_t at_s;			/* the time to appraise at */
	struct assay_bytes policy;	/* a document, or empty: the default */
	struct assay_reference references[1];
	size_t references_count;
	struct sim_expectation expectations[1];	/* the same as text */
	enum sim_tee tee;		/* as chosen */
	unsigned version;
	char error[160];		/* a sentence, where it returned false */
	char mutation[120];		/* what the last mutation changed */
	struct sim_scene *scene;	/* private */
};

/* False where the options contradict each other; error says how. */
bool sim_evidence_make(struct sim_vendor *vendor, const struct sim_options *options,
    struct sim_evidence *out);
void sim_evidence_free(struct sim_evidence *out);

/* ------------------------------------------------------------------------
 * Breaks: one for each check
 */

bool sim_break_find(enum assay_check *check, const char *id);
const char *sim_break_id(enum assay_check check);	/* the check's id */
const char *sim_break_text(enum assay_check check);	/* what is done */
/* Does the break fit this kind of evidence? */
bool sim_break_fits(enum assay_check check, enum sim_tee tee);
/* What it chooses where options leave the choice open. */
enum sim_tee sim_break_tee(enum assay_check check);

/* ------------------------------------------------------------------------
 * Mutations that are signed again
 */

enum sim_layer {
	SIM_LAYER_ROOT_CERTIFICATE = 0,
	SIM_LAYER_PCK_CA_CERTIFICATE,
	SIM_LAYER_PCK_CERTIFICATE,
	SIM_LAYER_TCB_SIGNER_CERTIFICATE,
	SIM_LAYER_ROOT_CRL,
	SIM_LAYER_PCK_CRL,
	SIM_LAYER_TCB_INFO,
	SIM_LAYER_QE_IDENTITY,
	SIM_LAYER_QE_REPORT,
	SIM_LAYER_QE_AUTHENTICATION,
	SIM_LAYER_QUOTE_HEADER,
	SIM_LAYER_QUOTE_BODY,
	SIM_LAYER_IAS_CA_CERTIFICATE,
	SIM_LAYER_IAS_CERTIFICATE,
	SIM_LAYER_IAS_REPORT,
	SIM_LAYER_COUNT
};

const char *sim_layer_name(enum sim_layer layer);

/* Chance that can be repeated. */
struct sim_rng {
	uint64_t state;
};

uint64_t sim_rng_next(struct sim_rng *rng);
uint32_t sim_rng_below(struct sim_rng *rng, uint32_t bound);	/* bound at least 1 */

/*
 * Change the bytes or a field of one layer before it is signed, sign with the
 * right keys, and bind everything above it anew (the QE's report to changed
 * authentication data, and so on), so that a verifier gets past the
 * signatures.  Each call starts from the evidence as it was made: mutations
 * do not add up.  False where the evidence has no such layer.
 *
 * What the vendor signs is the vendor's word: a mutation of a platform that
 * is not up to date may honestly call it better.  A property that no mutation
 * betters anything therefore needs a platform that is up to date, or a break:
 * those that plan (a forger's key in one place) can be mutated in all others,
 * those that change what has been signed cannot (false).
 */
bool sim_evidence_mutate(struct sim_vendor *vendor, struct sim_evidence *out, enum sim_layer layer,
    struct sim_rng *rng);

/* ------------------------------------------------------------------------
 * A fleet
 */

#define SIM_FLEET_MIN 7
#define SIM_FLEET_DEFAULT 10

struct sim_fleet_worker {
	char name[64];			/* "worker-01-sgx-up-to-date" */
	struct sim_options options;
	unsigned tier;			/* that it earns; 0: none */
};

/* The worker of that number, from 0.  The first seven cover all tiers, a
 * forgery, expired collateral, SGX, TDX and the attestation service. */
void sim_fleet_worker(struct sim_fleet_worker *worker, uint32_t number);

#endif
