/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay.h - appraise the attestation evidence of TEEs
 *
 * One function does the work:
 *
 *	assay_appraise(&verdict, &verifier, &evidence, &collateral, &policy, now_s);
 *
 * It is a pure function.  The library behind this header allocates nothing,
 * reads no clock, opens no file, writes no log and keeps no state between
 * calls.  The same inputs give the same verdict, byte for byte, on every
 * machine and at any time; that is what lets a command line, a server, an
 * auditor and a replicated register share it.
 *
 * Conventions, which the comments below do not repeat
 *
 *   Ownership  A struct assay_bytes borrows: the caller keeps the bytes alive
 *              and unchanged during the call.  Where the library keeps a
 *              pointer longer (struct assay_prepared), the comment says so.
 *              A verdict holds no pointers.  There is nothing to free.
 *   NULL       A pointer to one object is never NULL unless the comment says
 *              that it may be.  Empty bytes are { NULL, 0 }.
 *   Zero       Zero fails closed.  A zeroed verdict is a rejection, a zeroed
 *              policy gives no tier to anybody, no roots trust nobody.
 *   Hostile    Evidence and collateral may hold any bytes at all.  Bad bytes
 *              are not an error of the call: they give a verdict that names
 *              the first check that failed.
 *   Misuse     A broken precondition is the caller's bug, and is asserted.
 *   Untrusted  A function with "untrusted" in its name reports what bytes
 *              claim, before anything has been verified.
 *   Time       int64_t, seconds since 1970-01-01T00:00:00Z; names end in _s.
 *   Threads    No hidden state: any number of threads may call at once, as
 *              long as each struct assay_cache belongs to one thread.
 */
#ifndef ASSAY_H
#define ASSAY_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An array parameter of at least n elements, which C++ cannot say. */
#ifdef __cplusplus
#define ASSAY_AT_LEAST(n) n
extern "C" {
#else
#define ASSAY_AT_LEAST(n) static n
#endif

/* ------------------------------------------------------------------------
 * Bytes and limits
 */

/* Borrowed bytes.  data may be NULL only where len is 0. */
struct assay_bytes {
	const uint8_t *data;
	size_t len;
};

/* Limits.  What exceeds one is refused before it is parsed. */
#define ASSAY_EVIDENCE_BYTES_MAX	((size_t)64 * 1024)	/* largest real quote: 16 KiB */
#define ASSAY_COLLATERAL_BYTES_MAX	((size_t)1024 * 1024)	/* each part, as given */
#define ASSAY_CHAIN_CERTIFICATES_MAX	4	/* a chain has 1 to 3 */
#define ASSAY_ADVISORIES_MAX		64	/* of one verdict; most seen: 20 */
#define ASSAY_ADVISORY_BYTES		24	/* "INTEL-SA-01234", zero-padded */
#define ASSAY_REASONS_MAX		16
#define ASSAY_SHORTFALLS_MAX		40	/* 16 + 16 components, PCESVN, QE, module, configuration */
#define ASSAY_COLLATERAL_PARTS_MAX	8
#define ASSAY_WORD_BYTES		32	/* a policy's name or reason word, zero-terminated */
#define ASSAY_POLICY_IDS_MAX		64	/* advisories in one list of a policy */
#define ASSAY_POLICY_CEILINGS_MAX	8
#define ASSAY_POLICY_SECONDS_MAX	(INT64_C(10) * 366 * 86400)	/* a grace or an age: ten years */

/* ------------------------------------------------------------------------
 * The crypto port: all that the library asks of the outside
 */

enum assay_algorithm {
	ASSAY_ALGORITHM_NONE = 0,
	ASSAY_ECDSA_P256_SHA256,	/* key x||y (64 bytes), signature r||s (64 bytes), big endian */
	ASSAY_RSA_PKCS1_SHA256,		/* key = modulus, big endian, 256 to 512 bytes; exponent 65537 */
	ASSAY_ED25519			/* key 32 bytes, signature 64 bytes (RFC 8032) */
};

/* One signature to check.  The adapter hashes the message. */
struct assay_signature_item {
	enum assay_algorithm algorithm;
	struct assay_bytes key;
	struct assay_bytes message;
	struct assay_bytes signature;
	bool valid;		/* out: true only where the signature is good */
};

/*
 * A crypto adapter.  Both functions are total: they cannot fail, a bad key or
 * a signature of the wrong length is simply not valid.  They are called from
 * the caller's thread only.
 */
struct assay_crypto {
	void *context;
	/* Decide valid for each of count items, independently of each other. */
	void (*verify)(void *context, struct assay_signature_item *items, size_t count);
	/* SHA-256 over the parts in order. */
	void (*sha256)(void *context, uint8_t digest[32], const struct assay_bytes *parts, size_t count);
};

/* The adapter over OpenSSL 3.  Its value is constant and shareable. */
const struct assay_crypto *assay_crypto_openssl(void);

/* ------------------------------------------------------------------------
 * Words: checks, statuses, tiers
 */

/* What a failed check means for the verdict. */
enum assay_consequence {
	ASSAY_CONSEQUENCE_NOT_GENUINE = 0,
	ASSAY_CONSEQUENCE_UNDECIDED,
	ASSAY_CONSEQUENCE_NO_TIER
};

/* Every check, in the order in which they are made (see assay_check_text). */
enum assay_check {
#define ASSAY_CHECK(symbol, id, consequence, text, specification) ASSAY_CHECK_##symbol,
#include "checks.def"
#undef ASSAY_CHECK
	ASSAY_CHECK_COUNT
};

enum assay_check_result {
	ASSAY_NOT_REACHED = 0,	/* an earlier check failed */
	ASSAY_NOT_APPLICABLE,	/* not for this kind of evidence */
	ASSAY_FAILED,
	ASSAY_PASSED
};

/* Is the evidence authentic, and can that be decided? */
enum assay_authenticity {
	ASSAY_NOT_GENUINE = 0,
	ASSAY_UNDECIDED,
	ASSAY_GENUINE
};

/*
 * Confidence.  The name is the public tier, of which 1 is the best; the value
 * grows with confidence, so that >= means "at least as good" and zero is no
 * tier at all.
 */
enum assay_tier {
	ASSAY_TIER_NONE = 0,
	ASSAY_TIER_5 = 1,
	ASSAY_TIER_4 = 2,
	ASSAY_TIER_3 = 3,
	ASSAY_TIER_2 = 4,
	ASSAY_TIER_1 = 5
};

enum assay_evidence_kind {
	ASSAY_EVIDENCE_NONE = 0,
	ASSAY_EVIDENCE_SGX_QUOTE,	/* DCAP, versions 3, 4, 5 */
	ASSAY_EVIDENCE_TDX_QUOTE,	/* DCAP, versions 4, 5 */
	ASSAY_EVIDENCE_EPID_QUOTE,	/* versions 1, 2: decoded, never decided */
	ASSAY_EVIDENCE_IAS_REPORT	/* an archived attestation verification report */
};

enum assay_tee {
	ASSAY_TEE_NONE = 0,
	ASSAY_TEE_SGX,
	ASSAY_TEE_TDX
};

/*
 * The vendor's word on the platform, merged over platform, module and
 * quoting enclave (PCS tcbStatus; IAS isvEnclaveQuoteStatus).  Ordered for
 * the table of a policy only; do not compare with < and >.
 */
enum assay_tcb_status {
	ASSAY_TCB_UNKNOWN = 0,
	ASSAY_TCB_UP_TO_DATE,			/* IAS: OK */
	ASSAY_TCB_SW_HARDENING_NEEDED,
	ASSAY_TCB_CONFIGURATION_NEEDED,
	ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED,
	ASSAY_TCB_OUT_OF_DATE,			/* IAS: GROUP_OUT_OF_DATE */
	ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
	ASSAY_TCB_TD_RELAUNCH_ADVISED,
	ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
	ASSAY_TCB_REVOKED,			/* IAS: GROUP_REVOKED */
	ASSAY_TCB_SIGNATURE_INVALID,		/* IAS only, as are the following */
	ASSAY_TCB_SIGNATURE_REVOKED,
	ASSAY_TCB_KEY_REVOKED,
	ASSAY_TCB_SIGRL_VERSION_MISMATCH,
	ASSAY_TCB_STATUS_COUNT
};

/* Why a genuine worker has the tier that it has (see assay_reason_text). */
enum assay_reason {
	ASSAY_REASON_NONE = 0,
#define ASSAY_REASON(symbol, id, text, remedy) ASSAY_REASON_##symbol,
#include "reasons.def"
#undef ASSAY_REASON
	ASSAY_REASON_COUNT
};

/* ------------------------------------------------------------------------
 * What goes in
 */

/* A root of trust: one public key, and what may hang from it. */
enum assay_root_kind {
	ASSAY_ROOT_NONE = 0,
	ASSAY_ROOT_INTEL_SGX,	/* the SGX Root CA: PCK and TCB signing chains; P-256, x||y */
	ASSAY_ROOT_INTEL_IAS	/* the attestation report signing CA; RSA modulus */
};

/* Roots of one verifier. */
#define ASSAY_ROOTS_MAX 8

struct assay_root {
	enum assay_root_kind kind;
	struct assay_bytes key;
	bool simulated;		/* not the vendor's: every verdict under it says so */
};

/* Intel's own two roots. */
extern const struct assay_root assay_roots_intel[2];

/* What a worker sent. */
struct assay_evidence {
	/*
	 * A quote, to its last byte; or the body of an IAS report, which is
	 * told by its first byte '{'.
	 */
	struct assay_bytes quote;
	/* IAS reports only: header values as served, the signature in base64
	 * or as 256 bytes, the certificates as PEM or DER, leaf first or not. */
	struct assay_bytes ias_signature;
	struct assay_bytes ias_certificates;
};

/*
 * What the vendor signed about the platform, each part exactly as it was
 * served.  Chains are PEM or concatenated DER in any order; CRLs are DER, PEM
 * or hex; signatures are 64 bytes r||s or 128 hex digits; tcb_info and
 * qe_identity are the exact signed text (the value of the member "tcbInfo" or
 * "enclaveIdentity" of the reply).  What is missing is empty.
 */
struct assay_collateral {
	struct assay_bytes pck_certificate_chain;	/* only for quotes that do not carry it */
	struct assay_bytes root_crl;
	struct assay_bytes pck_crl;
	struct assay_bytes pck_crl_issuer_chain;
	struct assay_bytes tcb_info;
	struct assay_bytes tcb_info_signature;
	struct assay_bytes tcb_info_issuer_chain;
	struct assay_bytes qe_identity;
	struct assay_bytes qe_identity_signature;
	struct assay_bytes qe_identity_issuer_chain;
};

/*
 * Read a set of collateral from one JSON object with these members, all of
 * them strings (the form that dcap-qvl writes): pck_crl_issuer_chain,
 * root_ca_crl, pck_crl, tcb_info_issuer_chain, tcb_info, tcb_info_signature,
 * qe_identity_issuer_chain, qe_identity, qe_identity_signature and, rarely,
 * pck_certificate_chain.  Others are passed over, null is empty.  The strings
 * are unescaped into buffer, which *collateral then borrows; json.len bytes
 * suffice.  False, and nothing in *collateral, where it is no such object.
 */
bool assay_collateral_parse(struct assay_collateral *collateral, struct assay_bytes json,
    uint8_t *buffer, size_t size);

/* A measurement that the relying party expects (RATS: Reference Value). */
enum assay_field {
	ASSAY_FIELD_NONE = 0,
#define ASSAY_FIELD(symbol, id, len, text) ASSAY_FIELD_##symbol,
#include "fields.def"
#undef ASSAY_FIELD
	ASSAY_FIELD_COUNT
};

struct assay_reference {
	enum assay_field field;
	struct assay_bytes value;	/* of the field's length; integers big endian */
};

struct assay_cache;

/* Who appraises: crypto, roots, and what the relying party expects to see. */
struct assay_verifier {
	const struct assay_crypto *crypto;
	const struct assay_root *roots;		/* may be NULL where count is 0 */
	size_t roots_count;			/* at most ASSAY_ROOTS_MAX */
	const struct assay_reference *references;	/* may be NULL; all must hold */
	size_t references_count;
	/* Advisories against which this program is hardened ("INTEL-SA-00615"):
	 * they do not count.  May be NULL. */
	const struct assay_bytes *mitigated;
	size_t mitigated_count;
	struct assay_cache *cache;		/* may be NULL */
};

/* ------------------------------------------------------------------------
 * Policy
 */

struct assay_advisory {
	char id[ASSAY_ADVISORY_BYTES];	/* zero-padded */
	/* Critical list only, for lists that the format cannot carry: a TCB level
	 * of this date or later has the fix, and so has what a report of this date
	 * or later speaks of; 0: unknown. */
	int64_t fixed_s;
};

struct assay_advisory_list {
	uint32_t count;
	struct assay_advisory ids[ASSAY_POLICY_IDS_MAX];
};

struct assay_ceiling {
	enum assay_tee tee;
	enum assay_tier tier;			/* at best */
	char word[ASSAY_WORD_BYTES];		/* why, for the reasons */
};

enum assay_permission {			/* bits of assay_policy.permit */
	ASSAY_PERMIT_DEBUG = 1,
	ASSAY_PERMIT_ENCLAVE_ATTRIBUTES = 2,
	ASSAY_PERMIT_TD_ATTRIBUTES = 4,
	ASSAY_PERMIT_SEPT_VE = 8,
	ASSAY_PERMIT_SERVICE_TD = 16
};

enum assay_requirement {		/* bits of assay_policy.require */
	ASSAY_REQUIRE_SMT_DISABLED = 1,
	ASSAY_REQUIRE_STATIC_PLATFORM = 2,
	ASSAY_REQUIRE_NO_CACHED_KEYS = 4
};

/*
 * What the relying party asks for: a document (assay.policy/1), not code.
 * Made by assay_policy_preset or assay_policy_parse; a zeroed one gives no
 * tier to anybody.  One made by hand keeps counts to their arrays, tiers to
 * the enum and the three times to 0 .. ASSAY_POLICY_SECONDS_MAX.
 */
struct assay_policy {
	char name[ASSAY_WORD_BYTES];
	uint8_t digest[32];		/* SHA-256 of the canonical document */
	enum assay_tier tier_of_status[ASSAY_TCB_STATUS_COUNT];
	enum assay_tier advisory_tier;	/* at best, where an advisory counts */
	enum assay_tier advisories_count_at_or_below;	/* a status of a better tier ignores them */
	bool advisories_count_beside_up_to_date;
	bool hard_stays_in_tier_2;	/* list hard: such advisories cap at tier 2 instead */
	struct assay_advisory_list whitelist;
	struct assay_advisory_list hard;
	struct assay_advisory_list critical;
	uint32_t minimum_tcb_evaluation_number;
	uint32_t permit;
	uint32_t require;
	uint32_t ceilings_count;
	struct assay_ceiling ceilings[ASSAY_POLICY_CEILINGS_MAX];
	int64_t collateral_grace_s;	/* TCB info, identity and CRLs may be late by this */
	int64_t out_of_date_grace_s;	/* OutOfDate counts as relaunch advised where that is better, this
					 *   long after the platform fell behind */
	int64_t report_age_max_s;	/* IAS reports; 0: any age */
	int64_t tier_next_at_s;		/* 0: not known */
};

#define ASSAY_PRESETS_COUNT	3

/* Preset i < ASSAY_PRESETS_COUNT: "confidence" (0, the default), "phala-chain",
 * "confidence-2026". */
void assay_policy_preset(struct assay_policy *policy, const struct assay_crypto *crypto, unsigned i);
const char *assay_policy_preset_name(unsigned i);

/*
 * Read a policy document (JSON, schema assay.policy/1; unknown or duplicate
 * members are refused, missing members are strict).  Returns false and says
 * why in error (a sentence, zero-terminated) where it is not one.
 */
bool assay_policy_parse(struct assay_policy *policy, const struct assay_crypto *crypto,
    struct assay_bytes document, char error[ASSAY_AT_LEAST(160)]);

/*
 * Write the canonical document, the one that the digest is of.  Returns its
 * length; where that exceeds size, out holds no whole document.  16 KiB always suffice.
 */
#define ASSAY_POLICY_DOCUMENT_MAX	((size_t)16 * 1024)
size_t assay_policy_document(const struct assay_policy *policy, char *out, size_t size);

/* ------------------------------------------------------------------------
 * The verdict
 */

/* An SGX report body (QUOTE: 384 bytes), integers decoded. */
struct assay_sgx_report {
	uint8_t cpusvn[16];
	uint32_t miscselect;
	uint8_t attributes[16];		/* flags, XFRM: as in memory */
	uint8_t mrenclave[32];
	uint8_t mrsigner[32];
	uint16_t isv_prod_id;
	uint16_t isv_svn;
	uint8_t isv_ext_prod_id[16];	/* these four: key separation and sharing */
	uint8_t isv_family_id[16];
	uint8_t config_id[64];
	uint16_t config_svn;
	uint8_t report_data[64];
};

/* A TD report body (QUOTE: 584, 648 or 885 bytes). */
struct assay_td_report {
	uint8_t tee_tcb_svn[16];	/* at launch */
	uint8_t mrseam[48];
	uint8_t mrsignerseam[48];
	uint8_t seam_attributes[8];
	uint8_t td_attributes[8];
	uint8_t xfam[8];
	uint8_t mrtd[48];
	uint8_t mrconfigid[48];
	uint8_t mrowner[48];
	uint8_t mrownerconfig[48];
	uint8_t rtmr[4][48];
	uint8_t report_data[64];
	bool has_1_5;			/* the next two are there */
	uint8_t tee_tcb_svn2[16];	/* now */
	uint8_t mrservicetd[48];
	bool has_extension;		/* the rest is there (TD 1.5 extended) */
	uint8_t vm_id;
	uint8_t td_id[32];
	uint8_t device_info_hash[48];
	uint8_t init_servicetd_hash[48];
	uint8_t init_servicetd_attributes[8];
	uint8_t init_cpusvn[16];
	uint8_t init_tee_tcb_svn[16];
	uint8_t init_tee_fmspc[12];
	uint8_t current_servicetd_hash[48];
	uint8_t current_servicetd_attributes[8];
};

enum assay_flag {			/* of a PCK certificate's configuration */
	ASSAY_FLAG_UNDEFINED = 0,	/* Processor CA certificates say nothing */
	ASSAY_FLAG_FALSE,
	ASSAY_FLAG_TRUE
};

/* Which machine it was (PCK SGX extension).  Of a linkable report only the id
 * is there.  A pseudonym cannot be traced to a PPID: one machine has one id as
 * an author of quotes and another as an author of reports. */
struct assay_platform {
	uint8_t id[32];			/* SHA-256("assay/platform/1" | PPID); of a linkable report
					 *   SHA-256("assay/platform/epid/1" | pseudonym) */
	bool has_id;
	uint8_t ppid[16];
	uint8_t fmspc[6];
	uint8_t pce_id[2];
	uint8_t components[16];
	uint16_t pcesvn;
	uint8_t cpusvn[16];
	uint8_t sgx_type;		/* 0 standard, 1 scalable, 2 scalable with integrity */
	bool has_instance_id;
	uint8_t instance_id[16];
	enum assay_flag dynamic_platform;
	enum assay_flag cached_keys;
	enum assay_flag smt_enabled;
};

/* Where the next better tier is. */
enum assay_shortfall_part {
	ASSAY_SHORTFALL_SGX_COMPONENT = 0,
	ASSAY_SHORTFALL_PCESVN,
	ASSAY_SHORTFALL_TDX_COMPONENT,
	ASSAY_SHORTFALL_TDX_MODULE,
	ASSAY_SHORTFALL_QE,
	ASSAY_SHORTFALL_CONFIGURATION
};

enum assay_raised_by {
	ASSAY_RAISED_BY_UNKNOWN = 0,
	ASSAY_RAISED_BY_BIOS,
	ASSAY_RAISED_BY_MICROCODE,
	ASSAY_RAISED_BY_TDX_MODULE,
	ASSAY_RAISED_BY_SINIT,
	ASSAY_RAISED_BY_PSW,
	ASSAY_RAISED_BY_CONFIGURATION
};

struct assay_shortfall {
	enum assay_shortfall_part part;
	uint8_t index;			/* of a component, 0 to 15 */
	uint16_t has;
	uint16_t needs;			/* both 0 for CONFIGURATION */
	enum assay_tcb_status status;	/* what would be reached */
	enum assay_raised_by raised_by;
};

enum assay_collateral_kind {
	ASSAY_COLLATERAL_ROOT_CRL = 0,
	ASSAY_COLLATERAL_PCK_CRL,
	ASSAY_COLLATERAL_TCB_INFO,
	ASSAY_COLLATERAL_QE_IDENTITY
};

/* A piece of collateral that was used, by content. */
struct assay_collateral_part {
	enum assay_collateral_kind kind;
	uint8_t digest[32];		/* SHA-256 of the signed bytes (CRL: of the DER) */
	int64_t issued_s;
	int64_t next_update_s;
};

/* What an archived report says of itself. */
struct assay_ias {
	uint8_t version;		/* 2 where the body names none */
	int64_t timestamp_s;
	bool linkable;
	bool has_platform_info;
	uint8_t group_flags;		/* platform info blob: not trusted beyond the report */
	uint16_t tcb_flags;
	uint16_t pse_flags;
	uint8_t nonce_len;
	uint8_t nonce[32];
};

struct assay_verdict {
	enum assay_authenticity authenticity;
	enum assay_tier tier;
	enum assay_tier tier_by_preset[ASSAY_PRESETS_COUNT];
	bool has_tier_next;		/* a newer set of collateral was given and is good */
	enum assay_tier tier_next;
	int64_t tier_next_at_s;		/* 0: not known */
	uint8_t reasons_count;
	uint8_t reasons[ASSAY_REASONS_MAX];	/* enum assay_reason */
	uint8_t deciding_reason;	/* the one of them that the tier is due to */
	char ceiling_word[ASSAY_WORD_BYTES];	/* of ASSAY_REASON_CEILING */

	uint8_t checks[ASSAY_CHECK_COUNT];	/* enum assay_check_result */
	int first_failed;		/* enum assay_check, or -1 */

	int64_t at_s;			/* the time appraised for */
	bool has_validity;		/* the next two are there; there may be no
					 *   such second: then from > until */
	int64_t valid_from_s;		/* the first and the last second at which every */
	int64_t valid_until_s;		/*   document is within its dates, and a grace or an
					 *   age that the tier rests on has not ended;
					 *   INT64_MAX: no end */
	bool has_as_of;			/* not within dates at at_s: the answer at as_of_s */
	int64_t as_of_s;
	enum assay_authenticity as_of_authenticity;
	enum assay_tier as_of_tier;

	enum assay_evidence_kind kind;
	uint16_t version;
	enum assay_tee tee;
	bool simulated;
	bool has_body;			/* the measurements below were read */
	bool debug;
	struct assay_sgx_report sgx;	/* where tee is SGX */
	struct assay_td_report td;	/* where tee is TDX */
	struct assay_ias ias;		/* where kind is IAS_REPORT */

	bool has_platform;
	struct assay_platform platform;
	enum assay_tcb_status tcb_status;
	uint32_t tcb_evaluation_number;	/* the lower of TCB info and identity; 0: none */
	int64_t tcb_date_s;		/* the earliest of the matched levels; 0: none */
	bool advisories_unknown;	/* the format cannot carry them */
	uint8_t advisories_count;
	char advisories[ASSAY_ADVISORIES_MAX][ASSAY_ADVISORY_BYTES];
	uint64_t advisories_counted;	/* bit i: advisories[i] counts under the policy */
	uint8_t shortfalls_count;
	struct assay_shortfall shortfalls[ASSAY_SHORTFALLS_MAX];

	uint8_t collateral_count;
	struct assay_collateral_part collateral[ASSAY_COLLATERAL_PARTS_MAX];

	char policy_name[ASSAY_WORD_BYTES];
	uint8_t policy_digest[32];
};

/*
 * Appraise evidence at the time now_s under the policy, and fill in the whole
 * of *verdict.  Returns verdict->tier.  Uses about 320 KiB of stack, most of it
 * for the collateral; assay_appraise_prepared uses about 40 KiB.
 */
enum assay_tier assay_appraise(struct assay_verdict *verdict,
    const struct assay_verifier *verifier, const struct assay_evidence *evidence,
    const struct assay_collateral *collateral, const struct assay_policy *policy, int64_t now_s);

/* ------------------------------------------------------------------------
 * Many appraisals: prepared collateral, caches, batches
 */

/*
 * Collateral, verified once: leaves three signatures of nine for each quote.
 * Immutable after assay_prepare and shareable between threads.  It borrows
 * the collateral's bytes for as long as it is used, and must not be copied or
 * moved.  Verdicts from it equal those from assay_appraise.
 */
#define ASSAY_PREPARED_BYTES	((size_t)256 * 1024)
struct assay_prepared {
	alignas(16) uint8_t opaque[ASSAY_PREPARED_BYTES];
};

void assay_prepare(struct assay_prepared *prepared, const struct assay_verifier *verifier,
    const struct assay_collateral *collateral);

/*
 * What was verified about platforms and attestation keys: leaves one
 * signature of three.  A value that the caller owns, zeroed to start with;
 * bounded, and only valid results are kept.  A cache serves one set of roots.
 */
#define ASSAY_CACHE_BYTES(entries)	(64 + (size_t)(entries) * 512)
#define ASSAY_CACHE_ALIGNMENT		16	/* what malloc gives; of an array: alignas(ASSAY_CACHE_ALIGNMENT) */
struct assay_cache {
	uint8_t *storage;	/* zeroed, aligned, of ASSAY_CACHE_BYTES(entries) bytes */
	size_t entries;			/* at least 1 */
};

/* As assay_appraise; newer may be NULL, or a newer set for tier_next. */
enum assay_tier assay_appraise_prepared(struct assay_verdict *verdict,
    const struct assay_verifier *verifier, const struct assay_evidence *evidence,
    const struct assay_prepared *prepared, const struct assay_prepared *newer,
    const struct assay_policy *policy, int64_t now_s);

/*
 * Many pieces of evidence against one set of collateral, their signatures
 * decided in batches.  verdicts[i] equals what assay_appraise_prepared gives
 * for evidence[i].  Both arrays have count entries.  Uses about 240 KiB of stack.
 */
void assay_appraise_batch(struct assay_verdict *verdicts, const struct assay_verifier *verifier,
    const struct assay_evidence *evidence, size_t count, const struct assay_prepared *prepared,
    const struct assay_policy *policy, int64_t now_s);

/* ------------------------------------------------------------------------
 * Before anything is verified
 */

/* What collateral this evidence will need.  A claim: use it to build a
 * request, never to decide.  Returns false where the evidence names none.
 * Uses about 20 KiB of stack. */
struct assay_collateral_id {
	enum assay_tee tee;
	uint8_t fmspc[6];
	bool pck_ca_is_platform;
};
bool assay_untrusted_collateral_id(struct assay_collateral_id *id,
    const struct assay_evidence *evidence);

/* The length of the quote that bytes begin with, by its own length fields;
 * 0 where they are no quote.  For callers that trim zero padding. */
size_t assay_untrusted_quote_length(struct assay_bytes bytes);

/* ------------------------------------------------------------------------
 * For people.  Never NULL; "?" for a value outside its enum.
 */
const char *assay_check_id(enum assay_check check);		/* "quote.signature" */
const char *assay_check_text(enum assay_check check);		/* the sentence */
const char *assay_check_specification(enum assay_check check);
enum assay_consequence assay_check_consequence(enum assay_check check);
const char *assay_reason_id(enum assay_reason reason);		/* "status.up-to-date" */
const char *assay_reason_text(enum assay_reason reason);
const char *assay_reason_remedy(enum assay_reason reason);	/* "" where there is none */
const char *assay_authenticity_word(enum assay_authenticity authenticity); /* "genuine" */
const char *assay_evidence_kind_word(enum assay_evidence_kind kind);	/* "sgx-quote" */
const char *assay_tcb_status_word(enum assay_tcb_status status, enum assay_evidence_kind kind);
const char *assay_field_id(enum assay_field field);
size_t assay_field_len(enum assay_field field);
unsigned assay_tier_number(enum assay_tier tier);		/* 1 to 5; 0: none */

/* The value of a field in a verdict, or empty.  Points into *verdict; small
 * integers are written big endian to scratch. */
struct assay_bytes assay_verdict_field(const struct assay_verdict *verdict, enum assay_field field,
    uint8_t scratch[ASSAY_AT_LEAST(8)]);

/* ------------------------------------------------------------------------
 * The result object
 */

/*
 * Write the result object (assay.result/1, JSON in one line, ending in a
 * zero) of a verdict on the input of that name (UTF-8 or not: what is not is
 * escaped) and SHA-256.  Returns its length without the zero, or 0 where it
 * does not fit into size; ASSAY_RESULT_JSON_MAX always suffices.
 */
#define ASSAY_RESULT_JSON_MAX	((size_t)48 * 1024)
size_t assay_result_json(const struct assay_verdict *verdict, struct assay_bytes input_name,
    const uint8_t input_digest[ASSAY_AT_LEAST(32)], char *out, size_t size);

#ifdef __cplusplus
}
#endif
#endif
