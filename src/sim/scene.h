/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the simulator: how evidence comes to be.
 *
 *	options --plan--> what everything says --build--> unsigned bytes
 *	        --assemble--> signed, encoded, handed out
 *
 * A break changes the plan (and its signatures are then good) or what was
 * assembled (and they are not); a mutation changes unsigned bytes.
 */
#ifndef SIM_SCENE_H
#define SIM_SCENE_H

#include "sim/keys.h"
#include "sim/sim.h"

#define SIM_DAY_S ((int64_t)86400)
#define SIM_YEAR_S (365 * SIM_DAY_S)

enum {					/* the vendor's P-256 keys, and two that are not */
	KEY_ROOT = 0,
	KEY_PLATFORM_CA,
	KEY_PROCESSOR_CA,
	KEY_TCB_SIGNER,
	KEY_QE_SIGNER,			/* a second signer, for breaks of one of two documents */
	KEY_FORGER_ROOT,
	KEY_FORGER,
	KEY_COUNT
};

enum {
	RSA_IAS_CA = 0,
	RSA_IAS_LEAF,
	RSA_FORGER,
	RSA_COUNT
};

#define SIM_MACHINES_KEPT 64

struct sim_machine {
	bool made;
	uint32_t index;
	struct sim_key pck;
	struct sim_key attestation;
};

struct sim_vendor {
	uint8_t secret[32];
	int64_t now_s;
	char *directory;
	struct sim_signer signer;
	struct sim_key keys[KEY_COUNT];
	struct sim_rsa rsa[RSA_COUNT];
	struct sim_machine machines[SIM_MACHINES_KEPT];
	struct sim_buffer roots_pem;
};

const struct sim_machine *sim_machine(struct sim_vendor *vendor, uint32_t index);
const struct sim_rsa *sim_vendor_rsa(struct sim_vendor *vendor, unsigned which);

/* What a PCK certificate says about its platform. */
struct sim_platform {
	uint8_t ppid[16];
	uint8_t components[16];
	unsigned pcesvn;
	uint8_t cpusvn[16];
	uint8_t pce_id[2];
	uint8_t fmspc[6];
	unsigned sgx_type;
	bool extended;			/* Platform CA: the next four are there */
	uint8_t instance_id[16];
	bool dynamic_platform;
	bool cached_keys;
	bool smt_enabled;
	bool without_fmspc;		/* break */
};

enum {
	KEY_USAGE_SIGN = 0xc0,		/* digitalSignature, nonRepudiation */
	KEY_USAGE_CA = 0x06		/* keyCertSign, cRLSign */
};

struct sim_certificate {
	const char *subject;		/* common names */
	const char *issuer;
	uint8_t serial[20];
	int64_t not_before_s;
	int64_t not_after_s;
	const struct sim_key *key;	/* or rsa */
	const struct sim_rsa *rsa;
	const struct sim_key *signer;	/* or rsa_signer */
	const struct sim_rsa *rsa_signer;
	const uint8_t *authority;	/* key id of the issuer that is claimed */
	bool is_ca;
	int path_length;		/* -1: none */
	uint8_t key_usage;
	const char *crl_url;
	const struct sim_platform *platform;	/* or NULL */
	struct sim_buffer tbs;
	struct sim_buffer der;
};

enum {
	CERT_ROOT = 0,
	CERT_PCK_CA,
	CERT_PCK,
	CERT_TCB_SIGNER,
	CERT_QE_SIGNER,
	CERT_OTHER_CA,			/* the PCK CA that did not issue the leaf */
	CERT_FORGER_ROOT,
	CERT_FORGER_CA,
	CERT_FORGER_SIGNER,
	CERT_IAS_CA,
	CERT_IAS_LEAF,
	CERT_IAS_FORGER_CA,
	CERT_COUNT
};

enum {
	CHAIN_PCK = 0,
	CHAIN_PCK_CRL,
	CHAIN_TCB_INFO,
	CHAIN_QE_IDENTITY,
	CHAIN_IAS,
	CHAIN_COUNT
};

#define SIM_CHAIN_MAX 4

struct sim_chain {
	size_t count;
	uint8_t which[SIM_CHAIN_MAX];	/* certificates, leaf first */
	bool cut_leaf;			/* break: the first one lacks its last byte */
	struct sim_buffer pem;
};

enum {
	CRL_ROOT = 0,
	CRL_PCK,
	CRL_COUNT
};

#define SIM_REVOKED_MAX 8

struct sim_crl {
	const char *issuer;
	const struct sim_key *signer;
	const uint8_t *authority;
	int64_t this_update_s;
	int64_t next_update_s;
	bool without_next_update;	/* break */
	size_t revoked_count;
	uint8_t revoked[SIM_REVOKED_MAX][20];
	struct sim_buffer tbs;
	struct sim_buffer der;
};

struct sim_level {
	uint8_t sgx[16];
	unsigned pcesvn;
	uint8_t tdx[16];
	enum assay_tcb_status status;
	int64_t date_s;
	const char *advisories[SIM_ADVISORIES_MAX];
	size_t advisories_count;
};

struct sim_isv_level {
	unsigned isv_svn;
	enum assay_tcb_status status;
	int64_t date_s;
	const char *advisory;		/* or NULL */
};

#define SIM_LEVELS 8
#define SIM_ISV_LEVELS 3

struct sim_tcb_info {
	unsigned version;
	bool tdx;
	int64_t issued_s;
	int64_t next_update_s;
	uint8_t fmspc[6];
	uint8_t pce_id[2];
	uint32_t evaluation_number;
	struct sim_level levels[SIM_LEVELS];
	struct sim_isv_level module_levels[SIM_ISV_LEVELS];
	const char *omit;		/* break: a member that is left out */
	const struct sim_key *signer;
	struct sim_buffer text;
	struct sim_buffer signature;	/* hex */
};

struct sim_identity {
	bool tdx;
	int64_t issued_s;
	int64_t next_update_s;
	uint32_t evaluation_number;
	uint8_t mrsigner[32];
	unsigned isv_prod_id;
	struct sim_isv_level levels[SIM_ISV_LEVELS];
	const char *omit;
	const struct sim_key *signer;
	struct sim_buffer text;
	struct sim_buffer signature;	/* hex */
};

struct sim_quote {
	unsigned version;
	unsigned body_type;
	struct sim_buffer header;	/* with the descriptor of version 5 */
	struct sim_buffer body;
	struct sim_buffer qe_report;
	struct sim_buffer authentication;
	const struct sim_key *attestation;
	const struct sim_key *qe_report_signer;
	unsigned certification_type;
	struct sim_platform described;	/* what certification data 1 to 3 say */
	unsigned size_lie;		/* break: the certification data claim to be longer by this */
	struct sim_buffer bytes;
};

struct sim_ias {
	unsigned version;
	int64_t timestamp_s;
	enum assay_tcb_status status;
	uint8_t quote_body[432];
	size_t quote_body_len;
	const char *omit;
	const struct sim_rsa *signer;
	struct sim_buffer body;
	struct sim_buffer signature;	/* base64 */
};

struct sim_saved {
	bool used;
	enum sim_layer layer;
	struct sim_buffer bytes;
	uint8_t report_data[64];	/* of the QE's report, for changed authentication data */
};

struct sim_scene {
	struct sim_options options;	/* with defaults resolved */
	int64_t now_s;
	bool dcap;			/* a quote with collateral */
	bool ias_made;
	struct sim_platform platform;
	struct sim_certificate certificates[CERT_COUNT];
	struct sim_chain chains[CHAIN_COUNT];
	struct sim_crl crls[CRL_COUNT];
	struct sim_tcb_info tcb_info;
	struct sim_identity identity;
	struct sim_quote quote;
	struct sim_ias ias;
	struct sim_buffer policy;
	struct sim_buffer roots_pem;
	struct sim_saved saved;
};

/* plan.c, certificates.c: options to plan.  False: contradiction, error says which. */
bool sim_options_resolve(struct sim_options *options, char error[static 160]);
void sim_plan(struct sim_vendor *vendor, struct sim_scene *scene);
void sim_plan_certificates(struct sim_vendor *vendor, struct sim_scene *scene);
void sim_plan_ias_certificates(struct sim_vendor *vendor, struct sim_scene *scene);
void sim_plan_levels(struct sim_scene *scene);
void sim_chain_set(struct sim_scene *scene, unsigned chain, size_t count, const uint8_t *which);

/* Unsigned bytes, each from its plan. */
void sim_certificate_build(struct sim_certificate *certificate);
void sim_certificate_sign(struct sim_vendor *vendor, struct sim_certificate *certificate);
void sim_pck_extension_build(struct sim_buffer *out, const struct sim_platform *platform);
void sim_name_build(struct sim_buffer *out, const char *common_name);
void sim_crl_build(struct sim_crl *crl);
void sim_tcb_info_build(struct sim_tcb_info *info);
void sim_identity_build(struct sim_identity *identity);
void sim_quote_build(struct sim_vendor *vendor, struct sim_scene *scene);
void sim_quote_bind(struct sim_quote *quote);	/* the QE's report to key and authentication data */
void sim_quote_assemble(struct sim_vendor *vendor, struct sim_scene *scene);
void sim_epid_assemble(struct sim_vendor *vendor, struct sim_scene *scene);
void sim_epid_body(struct sim_vendor *vendor, struct sim_scene *scene);	/* into ias.quote_body */
void sim_ias_build(struct sim_vendor *vendor, struct sim_scene *scene);

/* scene.c: sign and hand out. */
void sim_assemble(struct sim_vendor *vendor, struct sim_scene *scene, struct sim_evidence *out);

/* Words of statuses. */
const char *sim_status_word(enum assay_tcb_status status);	/* PCS */
const char *sim_ias_status_word(enum assay_tcb_status status);

/* breaks.c */
struct sim_break {
	const char *text;
	unsigned tees;			/* bits of TEE_* */
	/* Options that it needs; false where those given contradict, with the reason. */
	const char *(*choose)(struct sim_options *options);
	void (*plan)(struct sim_vendor *vendor, struct sim_scene *scene);
	void (*after)(struct sim_scene *scene, struct sim_evidence *out);
};

enum {
	TEE_SGX = 1 << SIM_SGX,
	TEE_TDX = 1 << SIM_TDX,
	TEE_IAS = 1 << SIM_IAS,
	TEE_EPID = 1 << SIM_EPID,
	TEE_DCAP = TEE_SGX | TEE_TDX
};

const struct sim_break *sim_break(enum assay_check check);

/* policy.c: the default policy's document with one change. */
struct sim_policy_change {
	enum assay_tcb_status without_status;
	uint32_t minimum_evaluation_number;
	const char *require;
	int64_t report_age_max_s;
};
void sim_policy_build(struct sim_buffer *out, const struct sim_policy_change *change);

/* mutate_*.c: change bytes in place; what is a short text. */
void sim_mutate_der(struct sim_buffer *bytes, struct sim_rng *rng, char what[static 120]);
void sim_mutate_json(struct sim_buffer *bytes, struct sim_rng *rng, char what[static 120]);
void sim_mutate_raw(struct sim_buffer *bytes, struct sim_rng *rng, char what[static 120]);

#endif
