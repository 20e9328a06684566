/* SPDX-License-Identifier: Apache-2.0 */
/* Who certifies whom: the vendor's certificates, and a forger's beside them. */
#include <string.h>

#include "sim/scene.h"

static const char root_name[] = "Simulated SGX Root CA";
static const char platform_ca_name[] = "Simulated SGX PCK Platform CA";
static const char processor_ca_name[] = "Simulated SGX PCK Processor CA";
static const char tcb_signer_name[] = "Simulated SGX TCB Signing";
static const char ias_ca_name[] = "Simulated SGX Attestation Report Signing CA";

static const char root_crl_url[] = "https://simulated-vendor.invalid/SimulatedSGXRootCA.der";
static const char platform_crl_url[] =
    "https://simulated-vendor.invalid/sgx/certification/v4/pckcrl?ca=platform&encoding=der";
static const char processor_crl_url[] =
    "https://simulated-vendor.invalid/sgx/certification/v4/pckcrl?ca=processor&encoding=der";
static const char ias_crl_url[] = "https://simulated-vendor.invalid/SimulatedReportSigningCA.crl";

/* Certificates began a year ago and end in six years. */
static void
set_dates(struct sim_certificate *certificate, int64_t now_s)
{
	certificate->not_before_s = now_s - SIM_YEAR_S;
	certificate->not_after_s = now_s + 6 * SIM_YEAR_S;
}

static void
set_ca(struct sim_certificate *certificate, int path_length)
{
	certificate->is_ca = true;
	certificate->path_length = path_length;
	certificate->key_usage = KEY_USAGE_CA;
}

static void
set_leaf(struct sim_certificate *certificate)
{
	certificate->is_ca = false;
	certificate->path_length = -1;
	certificate->key_usage = KEY_USAGE_SIGN;
}

/* The buffers stay: they are memory, not meaning. */
static struct sim_certificate *
begin(struct sim_scene *scene, unsigned which, const char *subject, const char *issuer,
    const struct sim_key *key, const struct sim_key *signer)
{
	struct sim_certificate *certificate = &scene->certificates[which];
	const struct sim_buffer tbs = certificate->tbs;
	const struct sim_buffer der = certificate->der;

	*certificate = (struct sim_certificate){ .subject = subject, .issuer = issuer, .key = key, .signer = signer };
	certificate->tbs = tbs;
	certificate->der = der;
	if (key != NULL) {
		memcpy(certificate->serial, key->key_id, sizeof(certificate->serial));
		certificate->authority = signer->key_id;
	}
	certificate->crl_url = root_crl_url;
	set_dates(certificate, scene->now_s);
	return certificate;
}

static void
plan_pck_ca(struct sim_vendor *vendor, struct sim_scene *scene, unsigned which, bool processor)
{
	struct sim_certificate *ca = begin(scene, which, processor ? processor_ca_name : platform_ca_name, root_name,
	    &vendor->keys[processor ? KEY_PROCESSOR_CA : KEY_PLATFORM_CA], &vendor->keys[KEY_ROOT]);

	set_ca(ca, 0);
}

static void
plan_leaf(struct sim_vendor *vendor, struct sim_scene *scene)
{
	const bool processor = scene->options.ca == SIM_CA_PROCESSOR;
	const struct sim_certificate *ca = &scene->certificates[CERT_PCK_CA];
	const struct sim_machine *machine = sim_machine(vendor, scene->options.index);
	struct sim_certificate *leaf = begin(scene, CERT_PCK, "Simulated SGX PCK Certificate", ca->subject,
	    &machine->pck, ca->key);

	sim_derive(leaf->serial, sizeof(leaf->serial), vendor->secret, "PCK serial", scene->options.index);
	set_leaf(leaf);
	leaf->crl_url = processor ? processor_crl_url : platform_crl_url;
	leaf->platform = &scene->platform;
}

static void
plan_forger(struct sim_vendor *vendor, struct sim_scene *scene)
{
	const struct sim_key *root = &vendor->keys[KEY_FORGER_ROOT];
	const struct sim_key *forger = &vendor->keys[KEY_FORGER];
	const char *ca_name = scene->certificates[CERT_PCK_CA].subject;

	/* The right names on the wrong keys. */
	set_ca(begin(scene, CERT_FORGER_ROOT, root_name, root_name, root, root), 1);
	set_ca(begin(scene, CERT_FORGER_CA, ca_name, root_name, forger, root), 0);
	set_leaf(begin(scene, CERT_FORGER_SIGNER, tcb_signer_name, root_name, forger, root));
}

void
sim_chain_set(struct sim_scene *scene, unsigned chain, size_t count, const uint8_t *which)
{
	scene->chains[chain].count = count;
	if (count != 0) {
		memcpy(scene->chains[chain].which, which, count);
	}
	scene->chains[chain].cut_leaf = false;
}

void
sim_plan_certificates(struct sim_vendor *vendor, struct sim_scene *scene)
{
	const bool processor = scene->options.ca == SIM_CA_PROCESSOR;
	const struct sim_key *root = &vendor->keys[KEY_ROOT];

	set_ca(begin(scene, CERT_ROOT, root_name, root_name, root, root), 1);
	plan_pck_ca(vendor, scene, CERT_PCK_CA, processor);
	plan_pck_ca(vendor, scene, CERT_OTHER_CA, !processor);
	plan_leaf(vendor, scene);
	set_leaf(begin(scene, CERT_TCB_SIGNER, tcb_signer_name, root_name, &vendor->keys[KEY_TCB_SIGNER], root));
	set_leaf(begin(scene, CERT_QE_SIGNER, tcb_signer_name, root_name, &vendor->keys[KEY_QE_SIGNER], root));
	plan_forger(vendor, scene);

	sim_chain_set(scene, CHAIN_PCK, 3, (const uint8_t[]){ CERT_PCK, CERT_PCK_CA, CERT_ROOT });
	sim_chain_set(scene, CHAIN_PCK_CRL, 2, (const uint8_t[]){ CERT_PCK_CA, CERT_ROOT });
	sim_chain_set(scene, CHAIN_TCB_INFO, 2, (const uint8_t[]){ CERT_TCB_SIGNER, CERT_ROOT });
	sim_chain_set(scene, CHAIN_QE_IDENTITY, 2, (const uint8_t[]){ CERT_TCB_SIGNER, CERT_ROOT });
	sim_chain_set(scene, CHAIN_IAS, 0, NULL);
}

static struct sim_certificate *
begin_rsa(struct sim_scene *scene, unsigned which, const char *subject, const struct sim_rsa *key,
    const struct sim_rsa *signer)
{
	struct sim_certificate *certificate = begin(scene, which, subject, ias_ca_name, NULL, NULL);

	certificate->rsa = key;
	certificate->rsa_signer = signer;
	certificate->authority = signer->key_id;
	certificate->crl_url = ias_crl_url;
	memcpy(certificate->serial, key->key_id, sizeof(certificate->serial));
	return certificate;
}

void
sim_plan_ias_certificates(struct sim_vendor *vendor, struct sim_scene *scene)
{
	const struct sim_rsa *ca = sim_vendor_rsa(vendor, RSA_IAS_CA);
	const struct sim_rsa *leaf = sim_vendor_rsa(vendor, RSA_IAS_LEAF);

	set_ca(begin_rsa(scene, CERT_IAS_CA, ias_ca_name, ca, ca), 0);
	set_leaf(begin_rsa(scene, CERT_IAS_LEAF, "Simulated SGX Attestation Report Signing", leaf, ca));
	sim_chain_set(scene, CHAIN_IAS, 2, (const uint8_t[]){ CERT_IAS_LEAF, CERT_IAS_CA });
	scene->ias.signer = leaf;
}
